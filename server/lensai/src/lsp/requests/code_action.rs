//! `textDocument/codeAction`

use std::collections::HashMap;
use std::sync::Arc;

use lensai_ide::{ConstantEdit, Edit};
use lensai_syntax::Language;
use tower_lsp::ls_types::{
    CodeAction, CodeActionContext, CodeActionOrCommand, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, Range, TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};

use super::diagnostic::diagnostic;
use crate::lsp::convert;
use crate::lsp::place::on_disk;
use crate::lsp::session::{Asked, Session};
use crate::lsp::source::Document;

pub(crate) fn code_actions(
    session: &Session,
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
            edit: Some(match &action.elsewhere {
                None => workspace_edit(asked, &action.edits)?,
                Some(edit) => elsewhere(session, asked, &found.analysis.path, edit)?,
            }),
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
    let edits = by_document.into_iter().map(|(part, edits)| {
        let document = &part.document;
        (document.uri.clone(), Some(document.version), edits)
    });
    Some(of_documents(asked, edits))
}

/// Edits of documents, each with its version when it is open.
fn of_documents(asked: &Asked, edits: impl Iterator<Item = (Uri, Option<i32>, Vec<TextEdit>)>) -> WorkspaceEdit {
    if asked.client.takes_document_changes {
        let changes = edits.map(|(uri, version, edits)| TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
            edits: edits.into_iter().map(OneOf::Left).collect(),
        });
        let changes = Some(DocumentChanges::Edits(changes.collect()));
        return WorkspaceEdit { document_changes: changes, ..WorkspaceEdit::default() };
    }
    let changes: HashMap<_, _> = edits.map(|(uri, _, edits)| (uri, edits)).collect();
    WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
}

/// The edit of a constant in another file: as the editor has that open, else as the disk has it. None when it does not say any more
/// what it said, and for what lies in no folder. `path` is that of what is asked about, in its folder.
fn elsewhere(session: &Session, asked: &Asked, path: &str, edit: &ConstantEdit) -> Option<WorkspaceEdit> {
    let here = on_disk(&asked.uri)?;
    let folder = here.ancestors().nth(path.split('/').count()).filter(|folder| folder.join(path) == here)?;
    let path = folder.join(edit.constant.path.as_str());
    let language = Language::of_path(&edit.constant.path)?;
    let open = session.state().open_at(&path);
    let version = open.as_ref().map(|document| document.version);
    let document = match open {
        Some(document) => document,
        None => Arc::new(Document::new(Uri::from_file_path(&path)?, 0, &std::fs::read_to_string(&path).ok()?)),
    };
    let edit = edit.in_text(&document.text, language)?;
    let edit = TextEdit { range: document.range(edit.span, asked.client.encoding), new_text: edit.text };
    Some(of_documents(asked, std::iter::once((document.uri.clone(), version, vec![edit]))))
}
