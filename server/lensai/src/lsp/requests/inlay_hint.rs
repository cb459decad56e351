//! `textDocument/inlayHint` and `inlayHint/resolve`
//!
//! Labels are complete in the first answer; tooltips come with it only for clients that do not ask for them later.

use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::{InlayHint, InlayHintLabel, InlayHintTooltip, Range, Uri};

use crate::lsp::markup::markup;
use crate::lsp::session::Asked;

/// What is remembered in a hint to find its tooltip later.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct HintData {
    pub(crate) uri: Uri,
    /// The call, by its index.
    call: usize,
    /// The state of the text that the index is of.
    edit: u64,
}

pub(crate) fn inlay_hints(asked: &Asked, range: Range) -> Option<Vec<InlayHint>> {
    if !asked.settings.shows_hints {
        return None;
    }
    let (found, part) = asked.found()?;
    let source = &asked.known.source;
    let view = found.view(source);
    let encoding = asked.client.encoding;
    let hints = lensai_ide::inlay_hints(&view, part.span(range, encoding), &asked.settings.hints);
    let hints = hints.into_iter().filter(|hint| part.holds(hint.offset)).map(|hint| {
        let is_resolved = asked.client.resolves_tooltips;
        let data = HintData { uri: asked.uri.clone(), call: hint.call, edit: source.edit };
        InlayHint {
            position: part.range(lensai_text::Span::new(hint.offset, hint.offset), encoding).start,
            label: InlayHintLabel::String(hint.label),
            kind: None,
            text_edits: None,
            tooltip: if is_resolved { None } else { tooltip(asked, hint.call) },
            padding_left: Some(true),
            padding_right: None,
            data: if is_resolved { serde_json::to_value(data).ok() } else { None },
        }
    });
    Some(hints.collect())
}

/// The hint with its tooltip. Of another state of the text nothing is said.
pub(crate) fn resolved(asked: &Asked, mut hint: InlayHint, data: &HintData) -> InlayHint {
    if asked.known.source.edit == data.edit {
        hint.tooltip = tooltip(asked, data.call);
    }
    hint
}

fn tooltip(asked: &Asked, call: usize) -> Option<InlayHintTooltip> {
    let (found, _) = asked.found()?;
    let markdown = lensai_ide::hint_tooltip(&found.view(&asked.known.source), call, &found.context())?;
    // No client says what its tooltips can hold: it is what its hovers can.
    Some(InlayHintTooltip::MarkupContent(markup(markdown, asked.client.reads_markdown_hovers)))
}
