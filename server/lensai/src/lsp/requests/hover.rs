//! `textDocument/hover`

use tower_lsp::ls_types::{Hover, HoverContents, Position};

use crate::lsp::markup::markup;
use crate::lsp::session::Asked;

pub(crate) fn hover(asked: &Asked, position: Position) -> Option<Hover> {
    let (found, part) = asked.found()?;
    let encoding = asked.client.encoding;
    let offset = part.offset(position, encoding);
    let hover = lensai_ide::hover(&found.view(&asked.known.source), offset, &found.context())?;
    Some(Hover {
        contents: HoverContents::Markup(markup(hover.markdown, asked.client.reads_markdown_hovers)),
        range: Some(part.range(hover.span, encoding)),
    })
}
