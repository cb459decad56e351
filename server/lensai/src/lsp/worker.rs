//! The owner of the workspaces: one thread that takes what changed, and lets others compute on it.
//!
//! It waits for events and does nothing without one. All that have come are taken at once, so edits that come faster than they
//! can be worked on are one edit. Whoever computes on an older state is cancelled by the change.

mod folder;
mod rounds;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use lensai_syntax::Language;
use rustc_hash::{FxHashMap, FxHashSet};
use tokio::sync::oneshot;

use self::folder::{Folder, FolderKey};
use super::place::Place;
use super::publisher::{QUIET, Touched};
use super::requests::totals::{Adder, Totals};
use super::session::Session;
use super::source::Source;
use super::units::UnitId;
use crate::engine::pricing::Pricing;
use crate::engine::settings::find_upwards;
use crate::engine::workspace::{Index, Listed};
use crate::report::explain::ExplainReport;

/// What happened.
pub(super) enum Event {
    /// A text was opened.
    Opened { unit: UnitId, place: Place, source: Arc<Source> },
    /// Its state changed.
    Edited { unit: UnitId, source: Arc<Source> },
    /// It was closed.
    Closed { unit: UnitId },
    /// The client has other folders.
    Folders { added: Vec<PathBuf>, removed: Vec<PathBuf> },
    /// Something on the disk changed: a file, or a folder that went.
    Disk(Vec<PathBuf>),
    /// What counts tokens is ready.
    Warm,
    /// The user has other settings.
    Settings,
    /// Everything is to be read again.
    Refresh,
    /// The sums of all folders are wanted.
    Totals(oneshot::Sender<Totals>),
    /// How the call at an offset of a text was found is wanted.
    Explain(Wanted),
    /// The files of a folder were listed.
    Listed { folder: u64, listed: Option<Listed> },
    /// The calls of a folder were found, unless that was cancelled.
    Indexed { folder: u64, revision: u64, end: IndexEnd },
}

/// An explanation that is wanted.
pub(super) struct Wanted {
    pub(super) unit: UnitId,
    pub(super) offset: u32,
    pub(super) answer: oneshot::Sender<ExplainReport>,
}

/// How the search for the calls of a folder ended.
pub(super) enum IndexEnd {
    /// All are found.
    Found(Index),
    /// The folder changed meanwhile.
    Overtaken,
    /// The user ended it.
    GivenUp,
    /// A fault of this program ended it: another try would end in the same way.
    Faulty,
}

/// What a worker works with.
pub(super) struct Means {
    pub(super) session: Arc<Session>,
    pub(super) pricing: Arc<Pricing>,
    pub(super) runtime: tokio::runtime::Handle,
    /// For texts that are open: nothing that takes long runs here.
    pub(super) rounds: rayon::ThreadPool,
    /// For whole folders.
    pub(super) background: rayon::ThreadPool,
    pub(super) events: Sender<Event>,
    /// What is done sooner has no progress.
    pub(super) patience: Duration,
    /// Called before each file of an index, in tests.
    pub(super) before_file: Option<fn()>,
}

/// A text that is open.
struct Open {
    place: Place,
    source: Arc<Source>,
    folder: FolderKey,
    /// In its folder.
    path: smol_str::SmolStr,
    is_edited: bool,
}

struct Worker {
    means: Arc<Means>,
    folders: FxHashMap<FolderKey, Folder>,
    open: FxHashMap<UnitId, Open>,
    /// Texts that were edited and are not settled.
    unsettled: FxHashSet<UnitId>,
    /// When the last edit was made.
    edited: Instant,
    /// Edited in this turn, the last one first.
    first: Vec<UnitId>,
    totals: Vec<oneshot::Sender<Totals>>,
    wanted: Vec<Wanted>,
    last_folder: u64,
    /// What counts tokens is ready: before that an open text needs every core.
    is_warm: bool,
}

/// Works until all who could tell it something are gone.
pub(super) fn run(means: Arc<Means>, events: &Receiver<Event>) {
    let mut worker = Worker {
        means,
        folders: FxHashMap::default(),
        open: FxHashMap::default(),
        unsettled: FxHashSet::default(),
        edited: Instant::now(),
        first: Vec::new(),
        totals: Vec::new(),
        wanted: Vec::new(),
        last_folder: 0,
        is_warm: false,
    };
    loop {
        let event = match worker.patience() {
            None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(patience) => events.recv_timeout(patience),
        };
        match event {
            Ok(event) => worker.take(event),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        while let Ok(event) = events.try_recv() {
            worker.take(event);
        }
        worker.work();
    }
}

impl Worker {
    /// How long there is nothing to do unless something happens.
    fn patience(&self) -> Option<Duration> {
        let is_free = !self.folders.values().any(Folder::is_indexing);
        let waits = self.folders.values().any(|folder| folder.can_list() || (is_free && folder.can_index()));
        let waits = (waits && self.is_warm) || !self.unsettled.is_empty();
        waits.then(|| QUIET.saturating_sub(self.edited.elapsed()))
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Opened { unit, place, source } => self.opened(unit, place, source),
            Event::Edited { unit, source } => {
                let Some(open) = self.open.get_mut(&unit) else { return };
                open.source = source;
                open.is_edited = true;
                self.edited = Instant::now();
                self.unsettled.insert(unit);
                self.first.retain(|first| *first != unit);
                self.first.insert(0, unit);
            }
            Event::Closed { unit } => {
                self.unsettled.remove(&unit);
                let Some(open) = self.open.remove(&unit) else { return };
                if let Some(folder) = self.folders.get_mut(&open.folder) {
                    folder.close(&open.path);
                }
            }
            Event::Folders { added, removed } => {
                for root in removed {
                    self.folders.remove(&FolderKey::Root(root));
                }
                for root in added {
                    self.add_folder(FolderKey::Root(root));
                }
                self.place_again();
            }
            Event::Disk(paths) => {
                for path in paths {
                    self.changed_on_disk(&path);
                }
            }
            Event::Warm => {
                self.is_warm = true;
                // What was counted roughly is counted again.
                self.folders.values_mut().for_each(Folder::price_again);
            }
            Event::Settings => {
                self.folders.values_mut().for_each(Folder::touch_settings);
                // Nothing is looked at: there is nothing to wait for.
                if !self.means.session.state().settings.enable {
                    self.means.session.touch(Touched::Settings);
                }
            }
            Event::Refresh => {
                let keys: Vec<FolderKey> = self.folders.keys().cloned().collect();
                for key in keys {
                    self.folders.remove(&key);
                    self.add_folder(key);
                }
                self.place_again();
            }
            Event::Totals(answer) => {
                self.totals.push(answer);
                self.folders.values_mut().for_each(Folder::want_index);
            }
            Event::Explain(wanted) => self.wanted.push(wanted),
            Event::Listed { folder, listed } => {
                if let Some(folder) = self.folders.values_mut().find(|it| it.id == folder) {
                    folder.listed(listed);
                }
            }
            Event::Indexed { folder, revision, end } => {
                if let Some(folder) = self.folders.values_mut().find(|it| it.id == folder) {
                    folder.indexed(revision, end);
                }
            }
        }
    }

    fn opened(&mut self, unit: UnitId, place: Place, source: Arc<Source>) {
        let (folder, path) = self.folder_of(unit, &place);
        if let Some(folder) = self.folders.get_mut(&folder) {
            folder.open(&path, place.language, &source.text);
        }
        self.first.insert(0, unit);
        self.open.insert(unit, Open { place, source, folder, path, is_edited: false });
    }

    /// The folder that owns a place, and the path in it: the longest one, or else one for what lies in none.
    fn folder_of(&mut self, unit: UnitId, place: &Place) -> (FolderKey, smol_str::SmolStr) {
        if let Some(path) = &place.path {
            let owns = |key: &FolderKey| key.root().is_some_and(|root| path.starts_with(root));
            let owner = self
                .folders
                .keys()
                .filter(|key| owns(key))
                .max_by_key(|key| key.root().map(|root| root.as_os_str().len()));
            if let Some(owner) = owner.cloned() {
                let path = smol_str::SmolStr::new(relative(owner.root().unwrap_or(path), path));
                return (owner, path);
            }
        }
        // What lies in none is in no folder that it could stay inside of.
        let stays_inside = self.means.session.state().trust.stays_inside();
        let above = place.path.as_deref().and_then(Path::parent).filter(|_| !stays_inside);
        let key = FolderKey::Loose(above.and_then(find_upwards));
        if !self.folders.contains_key(&key) {
            self.add_folder(key.clone());
        }
        // Each lies in a folder of its own, so that they know nothing of each other.
        (key, smol_str::format_smolstr!("{}/{}", unit.0, place.name))
    }

    fn add_folder(&mut self, key: FolderKey) {
        self.last_folder += 1;
        let folder = Folder::new(self.last_folder, &key, &self.means);
        self.folders.insert(key, folder);
    }

    /// Puts every open text where it belongs now.
    fn place_again(&mut self) {
        let units: Vec<UnitId> = self.open.keys().copied().collect();
        for unit in units {
            let Some(open) = self.open.remove(&unit) else { continue };
            if let Some(folder) = self.folders.get_mut(&open.folder) {
                folder.close(&open.path);
            }
            self.opened(unit, open.place, open.source);
        }
    }

    fn changed_on_disk(&mut self, path: &Path) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name == lensai_config::FILE_NAME {
            let changed: Vec<FolderKey> = self
                .folders
                .iter_mut()
                .filter_map(|(key, folder)| folder.read_settings(key, &self.means).then(|| key.clone()))
                .collect();
            // Other descriptions of SDKs: nothing of what was found holds.
            for key in &changed {
                self.folders.remove(key);
                self.add_folder(key.clone());
            }
            if !changed.is_empty() || self.folders.keys().any(|key| key.root().is_none()) {
                self.place_again();
            }
            return;
        }
        let owns = |key: &FolderKey| key.root().is_some_and(|root| path.starts_with(root));
        let owner = self.folders.iter_mut().filter(|(key, _)| owns(key));
        let Some((key, folder)) = owner.max_by_key(|(key, _)| key.root().map(|root| root.as_os_str().len())) else {
            return;
        };
        if Language::of_path(&name).is_some() {
            let relative = relative(key.root().unwrap_or(path), path);
            folder.changed_on_disk(&smol_str::SmolStr::new(relative));
        } else if matches!(name.as_str(), "tsconfig.json" | "jsconfig.json" | "package.json" | ".gitignore" | ".ignore")
            || !path.exists()
        {
            folder.want_listing();
        }
        self.edited = Instant::now();
    }

    /// Does what there is to do after what was taken.
    fn work(&mut self) {
        for open in self.open.values_mut().filter(|open| open.is_edited) {
            open.is_edited = false;
            if let Some(folder) = self.folders.get_mut(&open.folder) {
                folder.edit(&open.path, &open.source.text);
            }
        }
        for wanted in std::mem::take(&mut self.wanted) {
            let open = self.open.get(&wanted.unit);
            if let Some((open, folder)) = open.and_then(|open| Some((open, self.folders.get(&open.folder)?))) {
                rounds::explain(&self.means, folder, open.path.clone(), wanted);
            }
        }
        let is_quiet = self.edited.elapsed() >= QUIET;
        if is_quiet {
            for unit in std::mem::take(&mut self.unsettled) {
                let Some(open) = self.open.get(&unit) else { continue };
                if let Some(folder) = self.folders.get_mut(&open.folder) {
                    folder.settle(&open.path);
                }
            }
        }
        let (enable, refreshes) = {
            let state = self.means.session.state();
            (state.settings.enable, state.client.refreshes_hints)
        };
        let first = std::mem::take(&mut self.first);
        for (key, folder) in &mut self.folders {
            // What a client cannot be asked to ask for again is not answered before it is right.
            if (refreshes || (folder.was_listed() && self.is_warm)) && folder.take_stale() && enable {
                let here =
                    |unit: &UnitId| self.open.get(unit).filter(|open| open.folder == *key).map(|open| (*unit, open));
                let others = self.open.keys().filter(|unit| !first.contains(unit));
                let jobs = first.iter().chain(others).filter_map(here);
                let jobs = jobs.map(|(unit, open)| rounds::Job {
                    unit,
                    path: open.path.clone(),
                    source: Arc::clone(&open.source),
                });
                rounds::start(&self.means, folder, jobs.collect());
            }
        }
        if enable {
            for folder in self.folders.values_mut() {
                if self.is_warm || (!refreshes && !folder.was_listed()) {
                    folder.list(&self.means, is_quiet);
                }
            }
        }
        if enable && self.is_warm {
            // One after another: whoever waits for a part of one must not be given the whole of another to do.
            let is_free = !self.folders.values().any(Folder::is_indexing);
            if is_quiet
                && is_free
                && let Some(folder) = self.folders.values_mut().find(|folder| folder.can_index())
            {
                folder.start_index(&self.means);
            }
        }
        self.answer();
    }

    /// Answers those who wait for sums, once all folders are indexed.
    fn answer(&mut self) {
        self.totals.retain(|answer| !answer.is_closed());
        if self.totals.is_empty() || !self.folders.values().all(Folder::is_indexed) {
            return;
        }
        let mut adder = Adder::default();
        for (key, folder) in &self.folders {
            if let Some(root) = key.root() {
                adder.add_index(root, &folder.index);
                adder.lacks(!folder.is_complete());
            }
        }
        let totals = adder.finish();
        for answer in self.totals.drain(..) {
            // Whoever asked may have gone.
            let _ = answer.send(totals.clone());
        }
    }
}

/// The path of a file below a root, with `/`.
fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}
