//! `textDocument/codeLens`

use lensai_text::Span;
use tower_lsp::ls_types::{CodeLens, Command};

use crate::lsp::session::Asked;

pub(crate) fn code_lenses(asked: &Asked) -> Option<Vec<CodeLens>> {
    if !asked.settings.shows_lenses {
        return None;
    }
    let (found, part) = asked.found()?;
    let lenses = lensai_ide::code_lenses(&found.view(&asked.known.source), &found.context());
    let lenses = lenses.into_iter().filter(|lens| part.holds(lens.span.start)).map(|lens| CodeLens {
        range: part.range(Span::new(lens.span.start, lens.span.start), asked.client.encoding),
        // Nothing happens on a click: the command's name is empty, as editors expect of a text.
        command: Some(Command { title: lens.title, command: String::new(), arguments: None }),
        data: None,
    });
    Some(lenses.collect())
}
