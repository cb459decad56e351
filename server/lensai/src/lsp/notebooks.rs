//! `notebookDocument/…`: the cells of a notebook, looked at as one text.

use std::sync::Arc;

use tower_lsp::ls_types::{
    DidChangeNotebookDocumentParams, DidCloseNotebookDocumentParams, DidOpenNotebookDocumentParams, NotebookCell,
    NotebookCellKind, TextDocumentItem, Uri,
};

use super::place::Place;
use super::publisher::Touched;
use super::session::{Session, State};
use super::source::{Document, Source};
use super::units::{Cell, Unit};
use super::worker::Event;

impl Session {
    pub(super) fn open_notebook(&self, params: DidOpenNotebookDocumentParams) {
        let DidOpenNotebookDocumentParams { notebook_document: notebook, cell_text_documents: texts } = params;
        self.close_notebook(&notebook.uri);
        let mut state = self.state();
        let id = state.next_unit();
        let cells = cells(&notebook.cells, &texts);
        for cell in &cells {
            state.documents.insert(cell.document.uri.as_str().to_owned(), id);
        }
        let mut unit = Unit::new(Arc::new(Source::of_cells(0, &[])), Some(cells));
        unit.rejoin(state.next_edit());
        let source = Arc::clone(&unit.source);
        state.units.insert(id, unit);
        state.notebooks.insert(notebook.uri.as_str().to_owned(), id);
        self.tell(Event::Opened { unit: id, place: Place::of_notebook(&notebook.uri), source });
    }

    pub(super) fn change_notebook(&self, params: DidChangeNotebookDocumentParams) {
        let mut state = self.state();
        let notebook = params.notebook_document.uri;
        let Some(id) = state.notebooks.get(notebook.as_str()).copied() else { return };
        let Some(changes) = params.change.cells else { return };
        let (encoding, edit) = (state.client.encoding, state.next_edit());
        let State { units, documents, .. } = &mut *state;
        let Some(unit) = units.get_mut(&id) else { return };
        let known = unit.cells.get_or_insert_default();
        if let Some(structure) = changes.structure {
            let start = usize::try_from(structure.array.start).unwrap_or(usize::MAX).min(known.len());
            let count = usize::try_from(structure.array.delete_count).unwrap_or(usize::MAX);
            let end = start.saturating_add(count).min(known.len());
            let listed = structure.array.cells.unwrap_or_default();
            // A cell that moves is taken out and put in again, without its text.
            let mut new = cells(&listed, &structure.did_open.unwrap_or_default());
            for cell in &listed {
                let is_new = new.iter().any(|known| known.document.uri == cell.document);
                if let (false, Some(moved)) = (is_new, known.iter().find(|known| known.document.uri == cell.document)) {
                    new.push(moved.clone());
                }
            }
            new.sort_by_key(|cell| listed.iter().position(|listed| listed.document == cell.document.uri));
            for cell in &new {
                documents.insert(cell.document.uri.as_str().to_owned(), id);
            }
            let gone: Vec<Cell> = known.splice(start..end, new).collect();
            for cell in gone {
                let uri = &cell.document.uri;
                if !known.iter().any(|known| known.document.uri == *uri) {
                    documents.remove(uri.as_str());
                    self.touch(Touched::Closed(uri.clone()));
                }
            }
        }
        for change in changes.text_content.into_iter().flatten() {
            let Some(cell) = known.iter_mut().find(|cell| cell.document.uri == change.document.uri) else { continue };
            if change.document.version >= cell.document.version {
                cell.document = Arc::new(cell.document.edited(change.document.version, &change.changes, encoding));
            }
        }
        unit.rejoin(edit);
        self.tell(Event::Edited { unit: id, source: Arc::clone(&unit.source) });
        self.touch(Touched::Edited(id));
    }

    pub(super) fn close_notebook(&self, notebook: &Uri) {
        let mut state = self.state();
        let Some(id) = state.notebooks.remove(notebook.as_str()) else { return };
        let Some(unit) = state.units.remove(&id) else { return };
        for cell in unit.cells.iter().flatten() {
            state.documents.remove(cell.document.uri.as_str());
            self.touch(Touched::Closed(cell.document.uri.clone()));
        }
        self.tell(Event::Closed { unit: id });
    }

    pub(super) fn close_notebook_of(&self, params: &DidCloseNotebookDocumentParams) {
        self.close_notebook(&params.notebook_document.uri);
    }
}

/// The cells whose texts are there.
fn cells(listed: &[NotebookCell], texts: &[TextDocumentItem]) -> Vec<Cell> {
    let cell = |cell: &NotebookCell| {
        let text = texts.iter().find(|text| text.uri == cell.document)?;
        let document = Arc::new(Document::new(text.uri.clone(), text.version, &text.text));
        Some(Cell { document, is_code: cell.kind == NotebookCellKind::CODE && text.language_id == "python" })
    };
    listed.iter().filter_map(cell).collect()
}
