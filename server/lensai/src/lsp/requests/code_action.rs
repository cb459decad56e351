//! `textDocument/codeAction`

use std::collections::HashMap;

use lensai_ide::Edit;
use tower_lsp::ls_types::{
    CodeAction, CodeActionContext, CodeActionOrCommand, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, Range, TextDocumentEdit, TextEdit, WorkspaceEdit,
};

use super::diagnostic::diagnostic;
use crate::lsp::convert;
use crate::lsp::session::Asked;

pub(crate) fn code_actions(
    asked: &Asked,
    range: Range,
    context: &CodeActionContext,
) -> Option<Vec<CodeActionOrCommand>> {
    if !asked.client.takes_code_actions {
        return None;
    }
    let (found, part) = asked.found()?;
    let source = &asked.known.source;
    let view = found.view(source);
    let actions = lensai_ide::code_actions(&view, part.span(range, asked.client.encoding), &found.context());
    let wanted = |kind: &tower_lsp::ls_types::CodeActionKind| {
        // A kind that is asked for stands for those that begin with it.
        let begins = |only: &str| {
            kind.as_str() == only || kind.as_str().strip_prefix(only).is_some_and(|rest| rest.starts_with('.'))
        };
        context
            .only
            .as_ref()
            .is_none_or(|only| only.iter().any(|only| only.as_str().is_empty() || begins(only.as_str())))
    };
    let actions = actions.into_iter().filter_map(|action| {
        let kind = Some(convert::action_kind(action.kind)).filter(wanted)?;
        let fixes = action.fixes.iter().filter_map(|at| view.findings.get(*at));
        let fixes: Vec<_> = fixes
            .filter(|finding| part.holds(finding.span.start))
            .map(|finding| diagnostic(finding, source, part, asked.client))
            .collect();
        Some(CodeActionOrCommand::CodeAction(CodeAction {
            title: action.title,
            kind: Some(kind),
            diagnostics: (!fixes.is_empty()).then_some(fixes),
            edit: Some(workspace_edit(asked, &action.edits)?),
            is_preferred: action.preferred.then_some(true),
            ..CodeAction::default()
        }))
    });
    Some(actions.collect())
}

/// The edits of each document; none when one of them stands in no document.
fn workspace_edit(asked: &Asked, edits: &[Edit]) -> Option<WorkspaceEdit> {
    let encoding = asked.client.encoding;
    let mut by_document: Vec<(&crate::lsp::source::Part, Vec<TextEdit>)> = Vec::new();
    for edit in edits {
        let part = asked.known.source.part_at(edit.span.start).filter(|part| part.holds(edit.span.end))?;
        let edit = TextEdit { range: part.range(edit.span, encoding), new_text: edit.text.clone() };
        match by_document.iter_mut().find(|(known, _)| known.start == part.start) {
            Some((_, edits)) => edits.push(edit),
            None => by_document.push((part, vec![edit])),
        }
    }
    if asked.client.takes_document_changes {
        let changes = by_document.into_iter().map(|(part, edits)| TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                uri: part.document.uri.clone(),
                version: Some(part.document.version),
            },
            edits: edits.into_iter().map(OneOf::Left).collect(),
        });
        return Some(WorkspaceEdit {
            document_changes: Some(DocumentChanges::Edits(changes.collect())),
            ..WorkspaceEdit::default()
        });
    }
    let changes: HashMap<_, _> =
        by_document.into_iter().map(|(part, edits)| (part.document.uri.clone(), edits)).collect();
    Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() })
}
