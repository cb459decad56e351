//! `textDocument/hover`

use tower_lsp::ls_types::{Hover, HoverContents, Position};

use super::explain;
use crate::lsp::markup::markup;
use crate::lsp::session::Asked;

pub(crate) fn hover(asked: &Asked, position: Position) -> Option<Hover> {
    let (found, part) = asked.found()?;
    let encoding = asked.client.encoding;
    let offset = part.offset(position, encoding);
    let hover = lensai_ide::hover(&found.view(&asked.known.source), offset, &found.context())?;
    let mut markdown = hover.markdown;
    let is_call = found.analysis.calls.iter().any(|priced| priced.call.places.callee == hover.span);
    if let Some(command) = asked.explain_command.as_deref().filter(|_| is_call && asked.client.reads_markdown_hovers) {
        let link = explain::link(command, &asked.uri, position);
        markdown.push_str("\n\n");
        markdown.push_str(&link);
    }
    Some(Hover {
        contents: HoverContents::Markup(markup(markdown, asked.client.reads_markdown_hovers)),
        range: Some(part.range(hover.span, encoding)),
    })
}
