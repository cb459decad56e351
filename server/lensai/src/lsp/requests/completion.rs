//! `textDocument/completion`

use tower_lsp::ls_types::{CompletionItem, CompletionItemTag, CompletionTextEdit, Documentation, Position, TextEdit};

use crate::lsp::convert;
use crate::lsp::markup::markup;
use crate::lsp::session::Asked;

pub(crate) fn completions(asked: &Asked, position: Position) -> Option<Vec<CompletionItem>> {
    let (found, part) = asked.found()?;
    let encoding = asked.client.encoding;
    let offset = part.offset(position, encoding);
    let completions = lensai_ide::completions(&found.view(&asked.known.source), offset, &found.context());
    if completions.is_empty() {
        return None;
    }
    let items = completions.into_iter().map(|completion| {
        let tags = asked.client.tags_completions;
        CompletionItem {
            kind: Some(convert::completion_kind(completion.kind)),
            detail: Some(completion.detail),
            documentation: completion.documentation.map(|text| documentation(text, asked)),
            deprecated: (completion.deprecated && !tags).then_some(true),
            tags: (completion.deprecated && tags).then(|| vec![CompletionItemTag::DEPRECATED]),
            sort_text: Some(completion.sort),
            filter_text: Some(completion.insert.clone()),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit {
                range: part.range(completion.replace, encoding),
                new_text: completion.insert,
            })),
            label: completion.label,
            ..CompletionItem::default()
        }
    });
    Some(items.collect())
}

/// A client that says nothing of kinds takes a text of no kind as well.
fn documentation(markdown: String, asked: &Asked) -> Documentation {
    if asked.client.reads_markdown_items {
        Documentation::MarkupContent(markup(markdown, true))
    } else {
        Documentation::String(markup(markdown, false).value)
    }
}
