//! A folder of the client, or what lies in none, with how much of it is known.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lensai_calls::sdk::Descriptions;
use lensai_syntax::Language;
use smol_str::SmolStr;

use super::{Event, IndexEnd, Means};
use crate::engine::settings::{Settings, find_upwards};
use crate::engine::workspace::{Handle, Index, Listed, Workspace};
use crate::lsp::config;
use crate::lsp::progress::Progress;
use crate::lsp::trust::Trust;

/// What tells folders apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum FolderKey {
    /// A folder of the client.
    Root(PathBuf),
    /// Files outside of all folders to which this file of settings applies, and those without one.
    Loose(Option<PathBuf>),
}

impl FolderKey {
    pub(super) fn root(&self) -> Option<&Path> {
        match self {
            Self::Root(root) => Some(root),
            Self::Loose(_) => None,
        }
    }

    /// The file of settings that applies.
    fn settings_file(&self, trust: Trust) -> Option<PathBuf> {
        match self {
            Self::Root(root) if trust.stays_inside() => within(root),
            Self::Root(root) => find_upwards(root),
            Self::Loose(file) => file.clone(),
        }
    }
}

/// The file of settings that lies in a folder itself, and not behind a link that leads out of it.
fn within(root: &Path) -> Option<PathBuf> {
    let file = root.join(lensai_config::FILE_NAME);
    let is_inside = file.canonicalize().ok()?.starts_with(root.canonicalize().ok()?);
    is_inside.then_some(file)
}

/// How far something is that is done in the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Nobody wants it, or it is done.
    Rest,
    /// It is to be done.
    Wanted,
    /// It is being done.
    Running,
    /// It is being done, and must be done again.
    RunningStale,
}

/// Why calls of a folder may be missing in its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// None are.
    None,
    /// A fault of this program kept them from being found.
    Fault,
    /// The user wants no index until everything is read again.
    GivenUp,
}

/// A folder.
pub(super) struct Folder {
    pub(super) id: u64,
    workspace: Workspace,
    pub(super) settings: Arc<Settings>,
    file: Option<PathBuf>,
    /// The calls of the whole folder, as of [`Self::indexed`].
    pub(super) index: Index,
    /// Counts the states of the workspace.
    revision: u64,
    indexed: Option<u64>,
    gap: Gap,
    /// Something changed since the open texts were looked at.
    is_stale: bool,
    /// What changed are settings of the user, by which texts may be shown in another way although the same is known of them.
    has_new_settings: bool,
    listing: Step,
    /// Its files were listed once, so that what other files say can be followed.
    was_listed: bool,
    indexing: Step,
    progress: Option<Arc<Progress>>,
    /// The folder is gone: what runs for it ends.
    is_gone: Arc<AtomicBool>,
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.is_gone.store(true, Ordering::Relaxed);
        if let Some(progress) = self.progress.take() {
            progress.finish();
        }
    }
}

impl Folder {
    pub(super) fn new(id: u64, key: &FolderKey, means: &Means) -> Self {
        let file = key.settings_file(means.session.state().trust);
        let settings = config::read(file.as_deref(), means).unwrap_or_default();
        let descriptions = Descriptions::builtin().with(settings.sdks.clone());
        let is_loose = key.root().is_none();
        Self {
            id,
            workspace: Workspace::new(key.root().unwrap_or(Path::new("")), descriptions, None),
            settings: Arc::new(settings),
            file,
            index: Index::default(),
            revision: 0,
            // What lies in no folder is in no sum.
            indexed: is_loose.then_some(u64::MAX),
            gap: Gap::None,
            is_stale: true,
            has_new_settings: false,
            listing: if is_loose { Step::Rest } else { Step::Wanted },
            was_listed: is_loose,
            indexing: Step::Rest,
            progress: None,
            is_gone: Arc::default(),
        }
    }

    pub(super) fn handle(&self) -> Handle {
        self.workspace.handle()
    }

    /// Something changed.
    pub(super) fn touch(&mut self) {
        self.is_stale = true;
        self.revision += 1;
    }

    /// The user has other settings.
    pub(super) fn touch_settings(&mut self) {
        self.has_new_settings = true;
        self.price_again();
    }

    /// The same calls may cost something else now.
    pub(super) fn price_again(&mut self) {
        self.is_stale = true;
    }

    /// Whether the user has other settings than the texts were looked at with; they are from now on.
    pub(super) fn take_new_settings(&mut self) -> bool {
        std::mem::take(&mut self.has_new_settings)
    }

    /// Whether the open texts must be looked at; they are from now on.
    pub(super) fn take_stale(&mut self) -> bool {
        std::mem::take(&mut self.is_stale)
    }

    pub(super) fn open(&mut self, path: &SmolStr, language: Language, text: &Arc<str>) {
        self.workspace.open(path, language, text);
        self.touch();
    }

    pub(super) fn edit(&mut self, path: &SmolStr, text: &Arc<str>) {
        self.workspace.edit(path, text);
        self.touch();
    }

    pub(super) fn settle(&mut self, path: &SmolStr) {
        if self.workspace.settle(path) {
            self.touch();
        }
    }

    pub(super) fn close(&mut self, path: &SmolStr) {
        self.workspace.close(path);
        self.touch();
    }

    pub(super) fn changed_on_disk(&mut self, path: &SmolStr) {
        if !self.workspace.changed_on_disk(path) {
            self.want_listing();
        }
        self.touch();
    }

    pub(super) fn want_listing(&mut self) {
        self.listing = match self.listing {
            Step::Rest | Step::Wanted => Step::Wanted,
            Step::Running | Step::RunningStale => Step::RunningStale,
        };
    }

    /// The sums of the folder are wanted.
    pub(super) fn want_index(&mut self) {
        if !self.is_indexed() && self.indexing == Step::Rest {
            self.indexing = Step::Wanted;
        }
    }

    /// Whether there is nothing to wait for before its sums are asked for.
    pub(super) fn is_indexed(&self) -> bool {
        let is_last = self.indexed.is_some_and(|indexed| indexed >= self.revision) && self.listing == Step::Rest;
        is_last || self.gap == Gap::GivenUp
    }

    /// Whether all its calls are in its sums.
    pub(super) fn is_complete(&self) -> bool {
        self.gap == Gap::None
    }

    /// Whether its files are to be listed.
    pub(super) fn can_list(&self) -> bool {
        self.listing == Step::Wanted
    }

    /// Whether its files were listed. Before that a name from another file is not known.
    pub(super) fn was_listed(&self) -> bool {
        self.was_listed
    }

    /// Whether its calls are to be found, and can be.
    pub(super) fn can_index(&self) -> bool {
        self.indexing == Step::Wanted && self.listing == Step::Rest
    }

    pub(super) fn is_indexing(&self) -> bool {
        self.indexing == Step::Running
    }

    /// Takes the files of the folder; none when that was given up.
    pub(super) fn listed(&mut self, listed: Option<Listed>) {
        let again = self.listing == Step::RunningStale;
        self.listing = if again { Step::Wanted } else { Step::Rest };
        self.was_listed = true;
        if let Some(listed) = listed {
            self.workspace.set_listing(listed);
            self.touch();
            if self.gap != Gap::GivenUp {
                self.indexing = Step::Wanted;
            }
        }
    }

    /// Takes the calls of the folder as of a revision.
    pub(super) fn indexed(&mut self, revision: u64, end: IndexEnd) {
        self.indexing = Step::Rest;
        match end {
            IndexEnd::Found(index) => {
                let names = Arc::clone(&index.names);
                self.index = index;
                self.indexed = Some(revision);
                self.gap = Gap::None;
                // Who looked at an open text meanwhile was cancelled.
                self.is_stale = true;
                if self.workspace.set_reaching_names(names) {
                    // What leads to calls is only now known: routes are looked at with it, and everything else is as it was.
                    self.revision += 1;
                    self.indexing = Step::Wanted;
                } else {
                    self.workspace.forget_syntax();
                }
            }
            IndexEnd::Overtaken => self.indexing = Step::Wanted,
            IndexEnd::GivenUp => self.gap = Gap::GivenUp,
            IndexEnd::Faulty => (self.indexed, self.gap) = (Some(revision), Gap::Fault),
        }
        if self.indexing == Step::Rest
            && let Some(progress) = self.progress.take()
        {
            progress.finish();
        }
    }

    /// Lists the files, if they are to be listed. While somebody types that waits, but for the first time.
    pub(super) fn list(&mut self, means: &Arc<Means>, is_quiet: bool) {
        let is_first = self.indexed.is_none() && self.gap != Gap::GivenUp;
        if !self.can_list() || !(is_quiet || is_first) {
            return;
        }
        self.listing = Step::Running;
        if is_first && self.progress.is_none() {
            let title = format!("LensAI: indexing {}", self.workspace.root().display());
            self.progress = Some(Progress::begin(means, title));
        }
        let (lister, folder, events) = (self.workspace.lister(), self.id, means.events.clone());
        // On threads that hold no state of a workspace while they wait for each other.
        std::thread::spawn(move || {
            let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(lister)).ok();
            let _ = events.send(Event::Listed { folder, listed: found });
        });
    }

    /// Finds the calls of the whole folder.
    pub(super) fn start_index(&mut self, means: &Arc<Means>) {
        self.indexing = Step::Running;
        super::rounds::start_index(means, self, self.progress.clone(), Arc::clone(&self.is_gone));
    }

    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    /// Reads the settings again. Returns whether they describe other SDKs, so that nothing of what was found holds.
    pub(super) fn read_settings(&mut self, key: &FolderKey, means: &Means) -> bool {
        let file = key.settings_file(means.session.state().trust);
        if file != self.file
            && let Some(before) = &self.file
        {
            config::clear(before, means);
        }
        self.file = file;
        // Of a broken file nothing is used: the last good one is kept.
        let Some(settings) = config::read(self.file.as_deref(), means) else { return false };
        let is_other = settings.sdks != self.settings.sdks;
        if settings != *self.settings {
            self.settings = Arc::new(settings);
            self.touch();
        }
        is_other
    }
}
