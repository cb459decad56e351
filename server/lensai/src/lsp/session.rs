//! The state of the server: what is open, what is known of it, and what the client wants.
//!
//! It stands behind one lock that is held for a moment, never over a computation or an `await`. Notifications change it before
//! anything else is done; a request takes what it needs of it in the same way, and then works on that.

use std::path::Path;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tower_lsp::ls_types::{ProgressToken, TextDocumentContentChangeEvent, Uri};

use super::capabilities::Client;
use super::place::{Place, on_disk};
use super::progress::Progress;
use super::publisher::Touched;
use super::settings::ClientSettings;
use super::source::{Document, Source};
use super::trust::Trust;
use super::units::{Known, Unit, UnitId};
use super::worker::Event;

/// The state, and the ways to those who work with it.
pub(super) struct Session {
    pub(super) client: tower_lsp::Client,
    state: Mutex<State>,
    worker: Sender<Event>,
    publisher: UnboundedSender<Touched>,
}

/// What the lock guards.
#[derive(Default)]
pub(super) struct State {
    pub(super) client: Client,
    pub(super) trust: Trust,
    /// The client's own command that shows an explanation.
    pub(super) explain_command: Option<Arc<str>>,
    pub(super) settings: Arc<ClientSettings>,
    pub(super) units: FxHashMap<UnitId, Unit>,
    /// Which unit a document belongs to, by its URI.
    pub(super) documents: FxHashMap<String, UnitId>,
    /// Notebooks by their URI, and those whose cells were opened one by one by their path.
    pub(super) notebooks: FxHashMap<String, UnitId>,
    pub(super) progress: Vec<Arc<Progress>>,
    last_unit: u64,
    last_edit: u64,
    pub(super) is_shutting_down: bool,
}

impl State {
    pub(super) fn next_unit(&mut self) -> UnitId {
        self.last_unit += 1;
        UnitId(self.last_unit)
    }

    pub(super) fn next_edit(&mut self) -> u64 {
        self.last_edit += 1;
        self.last_edit
    }

    /// The document that is open at a path. Clients write the same place in more than one way, so URIs are no help.
    pub(super) fn open_at(&self, path: &Path) -> Option<Arc<Document>> {
        let documents = self.units.values().filter(|unit| unit.cells.is_none()).flat_map(|unit| &unit.source.parts);
        let mut documents = documents.map(|part| &part.document);
        documents.find(|document| on_disk(&document.uri).is_some_and(|at| at == path)).cloned()
    }

    /// The document of a URI, if it is open and is looked at.
    pub(super) fn document(&self, uri: &Uri) -> Option<&Arc<Document>> {
        self.units.get(self.documents.get(uri.as_str())?)?.document(uri)
    }
}

/// What a request works on.
pub(super) struct Snapshot {
    /// The document that is asked about.
    pub(super) uri: Uri,
    unit: UnitId,
    /// The state of its text when it was asked.
    edit: u64,
    pub(super) client: Client,
    pub(super) settings: Arc<ClientSettings>,
    pub(super) explain_command: Option<Arc<str>>,
    known: watch::Receiver<Option<Arc<Known>>>,
}

impl Session {
    pub(super) fn new(client: tower_lsp::Client, worker: Sender<Event>, publisher: UnboundedSender<Touched>) -> Self {
        Self { client, state: Mutex::default(), worker, publisher }
    }

    /// The state, for a moment. What a panic left behind is still the state.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the worker. It goes only when the server ends.
    pub(super) fn tell(&self, event: Event) {
        let _ = self.worker.send(event);
    }

    /// Tells the publisher. It goes only when the server ends.
    pub(super) fn touch(&self, touched: Touched) {
        let _ = self.publisher.send(touched);
    }

    /// What a request about a document works on; none when it is not open, or the user wants nothing.
    pub(super) fn snapshot(&self, uri: &Uri) -> Option<Snapshot> {
        let state = self.state();
        Self::snapshot_in(&state, *state.documents.get(uri.as_str())?, uri.clone())
    }

    /// What a request about a text works on that names no document, by the first document of the text.
    pub(super) fn snapshot_of(&self, unit: UnitId) -> Option<Snapshot> {
        let state = self.state();
        let uri = state.units.get(&unit)?.source.parts.first()?.document.uri.clone();
        Self::snapshot_in(&state, unit, uri)
    }

    fn snapshot_in(state: &State, id: UnitId, uri: Uri) -> Option<Snapshot> {
        if !state.settings.enable {
            return None;
        }
        let unit = state.units.get(&id)?;
        Some(Snapshot {
            uri,
            unit: id,
            edit: unit.source.edit,
            client: state.client,
            settings: Arc::clone(&state.settings),
            explain_command: state.explain_command.clone(),
            known: unit.known.subscribe(),
        })
    }

    /// A document was opened.
    pub(super) fn open(&self, uri: Uri, language: &str, version: i32, text: &str) {
        self.close(&uri);
        let place = Place::of(&uri, language);
        let document = Arc::new(Document::new(uri, version, text));
        let mut state = self.state();
        if let Some(notebook) = place.as_ref().and_then(|place| place.cell_of.clone()) {
            self.open_cell(&mut state, notebook, place, document);
            return;
        }
        // What is not looked at is not kept.
        let Some(place) = place else { return };
        let source = Arc::new(Source::of_document(state.next_edit(), Arc::clone(&document)));
        let id = state.next_unit();
        state.documents.insert(document.uri.as_str().to_owned(), id);
        state.units.insert(id, Unit::new(Arc::clone(&source), None));
        self.tell(Event::Opened { unit: id, place, source });
    }

    /// A cell was opened as a document of its own: it joins the cells of the same notebook that are open.
    fn open_cell(&self, state: &mut State, notebook: String, place: Option<Place>, document: Arc<Document>) {
        let edit = state.next_edit();
        let known = state.notebooks.get(&notebook).copied();
        let id = known.unwrap_or_else(|| state.next_unit());
        state.documents.insert(document.uri.as_str().to_owned(), id);
        if let Some(unit) = state.units.get_mut(&id) {
            unit.cells.get_or_insert_default().push(super::units::Cell { document, is_code: true });
            unit.rejoin(edit);
            self.tell(Event::Edited { unit: id, source: Arc::clone(&unit.source) });
        } else if let Some(place) = place {
            let source = Arc::new(Source::of_cells(edit, std::slice::from_ref(&document)));
            let cells = vec![super::units::Cell { document, is_code: true }];
            state.units.insert(id, Unit::new(Arc::clone(&source), Some(cells)));
            state.notebooks.insert(notebook, id);
            self.tell(Event::Opened { unit: id, place, source });
        }
    }

    /// A document was edited. One that goes back in version is refused: its edits are of a text that is not there.
    pub(super) fn change(&self, uri: &Uri, version: i32, changes: &[TextDocumentContentChangeEvent]) {
        let mut state = self.state();
        let Some(document) = state.document(uri) else { return };
        if version < document.version {
            tracing::warn!(version, last = document.version, "an edit of an older version was refused");
            return;
        }
        let document = Arc::new(document.edited(version, changes, state.client.encoding));
        self.replace(&mut state, document);
    }

    /// Puts a document in the place of its older state.
    pub(super) fn replace(&self, state: &mut State, document: Arc<Document>) {
        let edit = state.next_edit();
        let Some(id) = state.documents.get(document.uri.as_str()).copied() else { return };
        let Some(unit) = state.units.get_mut(&id) else { return };
        unit.replace(document, edit);
        self.tell(Event::Edited { unit: id, source: Arc::clone(&unit.source) });
        self.touch(Touched::Edited(id));
    }

    /// A document was closed.
    pub(super) fn close(&self, uri: &Uri) {
        let mut state = self.state();
        let Some(id) = state.documents.remove(uri.as_str()) else { return };
        let edit = state.next_edit();
        let Some(unit) = state.units.get_mut(&id) else { return };
        let is_last = match &mut unit.cells {
            Some(cells) => {
                cells.retain(|cell| cell.document.uri != *uri);
                cells.is_empty()
            }
            None => true,
        };
        if is_last {
            state.units.remove(&id);
            state.notebooks.retain(|_, unit| *unit != id);
            self.tell(Event::Closed { unit: id });
        } else {
            unit.rejoin(edit);
            self.tell(Event::Edited { unit: id, source: Arc::clone(&unit.source) });
        }
        self.touch(Touched::Closed(uri.clone()));
    }

    /// Something is known of a text. What is known of a later state of it stays. Returns whether an editor shows something else
    /// now without an edit of it.
    pub(super) fn publish(&self, id: UnitId, known: Known) -> bool {
        let known = Arc::new(known);
        let state = self.state();
        let Some(unit) = state.units.get(&id) else { return false };
        let mut is_news = false;
        let mut changed_by_others = false;
        unit.known.send_if_modified(|before| {
            if let Some(before) = before {
                if before.source.edit > known.source.edit {
                    return false;
                }
                changed_by_others = before.source.edit == known.source.edit && !before.looks_like(&known);
            }
            is_news = true;
            *before = Some(known);
            true
        });
        drop(state);
        if is_news {
            self.touch(Touched::Known(id));
        }
        changed_by_others
    }

    /// The client ends something that takes long.
    pub(super) fn cancel_progress(&self, token: &ProgressToken) {
        for progress in self.state().progress.iter().filter(|progress| progress.token() == token) {
            progress.cancel();
        }
    }
}

impl Snapshot {
    /// What is known of the text as it was when it was asked, or later; none when it is closed meanwhile. Waits until that is
    /// known. An error is a fault of this program.
    pub(super) async fn known(mut self) -> Result<Option<Asked>, super::Fault> {
        let edit = self.edit;
        let is_fresh = |known: &Option<Arc<Known>>| known.as_ref().is_some_and(|known| known.source.edit >= edit);
        let Ok(known) = self.known.wait_for(is_fresh).await.map(|known| known.clone()) else { return Ok(None) };
        let Some(known) = known else { return Ok(None) };
        if known.found.is_none() {
            return Err(super::Fault);
        }
        Ok(Some(Asked {
            uri: self.uri,
            unit: self.unit,
            client: self.client,
            settings: self.settings,
            explain_command: self.explain_command,
            known,
        }))
    }
}

/// A request with what it needs for its answer.
pub(super) struct Asked {
    pub(super) uri: Uri,
    pub(super) unit: UnitId,
    pub(super) client: Client,
    pub(super) settings: Arc<ClientSettings>,
    /// The client's own command that shows an explanation.
    pub(super) explain_command: Option<Arc<str>>,
    pub(super) known: Arc<Known>,
}

impl Asked {
    /// What was found, and the document within it; none for a document that is no part of it (a cell that is no code).
    pub(super) fn found(&self) -> Option<(&super::units::Found, &super::source::Part)> {
        Some((self.known.found.as_ref()?, self.known.source.part(&self.uri)?))
    }
}
