//! Tells the client what it did not ask for: diagnostics of what is quiet, and that what it shows is no longer so.

use std::sync::Arc;
use std::time::Duration;

use rustc_hash::FxHashMap;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};
use tower_lsp::ls_types::{Diagnostic, Uri};

use super::requests::diagnostic::diagnostics;
use super::session::Session;
use super::units::UnitId;

/// So long a text must be left alone before its diagnostics are sent.
pub(super) const QUIET: Duration = Duration::from_millis(250);
/// Changes that follow each other so closely are one to the client.
const TOGETHER: Duration = Duration::from_millis(40);

/// What may be worth telling.
#[derive(Debug)]
pub(super) enum Touched {
    /// The text was edited.
    Edited(UnitId),
    /// Something is known of a text.
    Known(UnitId),
    /// A document was closed.
    Closed(Uri),
    /// What an editor shows of a text changed without an edit of it.
    Visible,
    /// The user has other settings.
    Settings,
    /// A file of settings has these faults; it need not be open.
    Faults(Uri, Vec<Diagnostic>),
}

/// Works until the server ends.
pub(super) async fn run(session: Arc<Session>, mut touched: UnboundedReceiver<Touched>) {
    let mut publisher = Publisher {
        session,
        quiet_from: FxHashMap::default(),
        due: FxHashMap::default(),
        refresh: None,
        has_lenses: false,
        sent: FxHashMap::default(),
    };
    loop {
        let next = publisher.due.values().chain(&publisher.refresh).min().copied();
        let alarm = async move {
            match next {
                Some(due) => sleep_until(due).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            touched = touched.recv() => match touched {
                Some(touched) => publisher.take(touched).await,
                None => return,
            },
            () = alarm => publisher.ring().await,
        }
    }
}

struct Publisher {
    session: Arc<Session>,
    /// When each text was left alone long enough.
    quiet_from: FxHashMap<UnitId, Instant>,
    /// When to look at a text.
    due: FxHashMap<UnitId, Instant>,
    /// When to tell that what is shown is no longer so.
    refresh: Option<Instant>,
    /// The client may show lenses.
    has_lenses: bool,
    /// What the client has, by the URI of the document.
    sent: FxHashMap<String, Vec<Diagnostic>>,
}

impl Publisher {
    async fn take(&mut self, touched: Touched) {
        let now = Instant::now();
        match touched {
            Touched::Edited(id) => {
                self.quiet_from.insert(id, now + QUIET);
                self.due.insert(id, now + QUIET);
            }
            Touched::Known(id) => {
                let quiet_from = *self.quiet_from.entry(id).or_insert(now + QUIET);
                self.due.entry(id).or_insert(quiet_from.max(now));
            }
            Touched::Closed(uri) => self.send(uri, Vec::new(), None).await,
            Touched::Visible => self.refresh = self.refresh.or(Some(now + TOGETHER)),
            Touched::Settings => {
                self.refresh = self.refresh.or(Some(now + TOGETHER));
                let state = self.session.state();
                self.due.extend(state.units.keys().map(|id| (*id, now)));
            }
            Touched::Faults(uri, diagnostics) => self.send(uri, diagnostics, None).await,
        }
    }

    async fn ring(&mut self) {
        let now = Instant::now();
        if self.refresh.is_some_and(|due| due <= now) {
            self.refresh = None;
            self.refresh();
        }
        let due: Vec<UnitId> = self.due.iter().filter(|(_, due)| **due <= now).map(|(id, _)| *id).collect();
        for id in due {
            self.due.remove(&id);
            for (uri, diagnostics, version) in self.diagnostics(id) {
                self.send(uri, diagnostics, Some(version)).await;
            }
        }
    }

    /// The diagnostics of the documents of a text, if they are of its last state.
    fn diagnostics(&mut self, id: UnitId) -> Vec<(Uri, Vec<Diagnostic>, i32)> {
        let state = self.session.state();
        let (client, enable) = (state.client, state.settings.enable);
        let Some(unit) = state.units.get(&id) else {
            self.quiet_from.remove(&id);
            return Vec::new();
        };
        let known = unit.known.borrow().clone();
        drop(state);
        let Some(known) = known.filter(|_| !client.pulls_diagnostics) else { return Vec::new() };
        let found = known.found.as_ref().filter(|_| enable);
        let of_part = |part: &super::source::Part| {
            let diagnostics = found.map(|found| diagnostics(found, &known.source, part, client)).unwrap_or_default();
            (part.document.uri.clone(), diagnostics, part.document.version)
        };
        let all: Vec<_> = known.source.parts.iter().map(of_part).collect();
        // Looked at last, so that nothing that was edited meanwhile is sent.
        let state = self.session.state();
        let is_last = state.units.get(&id).is_some_and(|unit| unit.source.edit == known.source.edit);
        if is_last { all } else { Vec::new() }
    }

    async fn send(&mut self, uri: Uri, diagnostics: Vec<Diagnostic>, version: Option<i32>) {
        let sent = self.sent.get(uri.as_str());
        if sent.map_or(diagnostics.is_empty(), |sent| *sent == diagnostics) {
            return;
        }
        if diagnostics.is_empty() {
            self.sent.remove(uri.as_str());
        } else {
            self.sent.insert(uri.as_str().to_owned(), diagnostics.clone());
        }
        self.session.client.publish_diagnostics(uri, diagnostics, version).await;
    }

    /// The requests go off on their own: a client may take its time to answer.
    fn refresh(&mut self) {
        let (can, shows_lenses) = {
            let state = self.session.state();
            if state.is_shutting_down {
                return;
            }
            (state.client, state.settings.shows_lenses)
        };
        // Lenses that are turned off must go.
        let has_lenses = std::mem::replace(&mut self.has_lenses, shows_lenses) || shows_lenses;
        let client = self.session.client.clone();
        tokio::spawn(async move {
            // An answer says nothing, and there is nothing to do about a fault.
            if can.refreshes_hints {
                let _ = client.inlay_hint_refresh().await;
            }
            if can.refreshes_lenses && has_lenses {
                let _ = client.code_lens_refresh().await;
            }
            if can.pulls_diagnostics {
                let _ = client.workspace_diagnostic_refresh().await;
            }
        });
    }
}
