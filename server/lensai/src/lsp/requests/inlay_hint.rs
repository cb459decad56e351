//! `textDocument/inlayHint` and `inlayHint/resolve`
//!
//! Labels are complete in the first answer; tooltips come with it only for clients that do not ask for them later.

use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::{InlayHint, InlayHintLabel, InlayHintTooltip, Range};

use crate::lsp::markup::markup;
use crate::lsp::session::Asked;
use crate::lsp::units::UnitId;

/// What is remembered in a hint to find its tooltip later. A file may have hundreds of them, with every keystroke: it is written
/// as a list of three numbers.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(from = "[u64; 3]", into = "[u64; 3]")]
pub(crate) struct HintData {
    pub(crate) unit: UnitId,
    /// The state of the text that the call is of.
    edit: u64,
    /// The call, by its index.
    call: u64,
}

impl From<[u64; 3]> for HintData {
    fn from([unit, edit, call]: [u64; 3]) -> Self {
        Self { unit: UnitId(unit), edit, call }
    }
}

impl From<HintData> for [u64; 3] {
    fn from(data: HintData) -> Self {
        [data.unit.0, data.edit, data.call]
    }
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
        let data = HintData { unit: asked.unit, edit: source.edit, call: hint.call as u64 };
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
    if asked.known.source.edit == data.edit
        && let Ok(call) = usize::try_from(data.call)
    {
        hint.tooltip = tooltip(asked, call);
    }
    hint
}

fn tooltip(asked: &Asked, call: usize) -> Option<InlayHintTooltip> {
    let (found, _) = asked.found()?;
    let markdown = lensai_ide::hint_tooltip(&found.view(&asked.known.source), call, &found.context())?;
    // No client says what its tooltips can hold: it is what its hovers can.
    Some(InlayHintTooltip::MarkupContent(markup(markdown, asked.client.reads_markdown_hovers)))
}
