//! What is computed away from the worker, on a state that it may change at any time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lensai_checks::Settings as Levels;
use rayon::prelude::*;
use smol_str::SmolStr;

use super::folder::Folder;
use super::{Event, IndexEnd, Means, Wanted};
use crate::engine::pricing::today;
use crate::engine::settings::Settings;
use crate::engine::workspace::{Handle, Terms};
use crate::lsp::fault;
use crate::lsp::progress::Progress;
use crate::lsp::publisher::Touched;
use crate::lsp::source::Source;
use crate::lsp::units::{Found, Known, UnitId};

/// A text to look at.
pub(super) struct Job {
    pub(super) unit: UnitId,
    /// In its folder.
    pub(super) path: SmolStr,
    pub(super) source: Arc<Source>,
}

/// Looks at the open texts of a folder, the first of them first. Ends early when the folder changes: then it is started again.
pub(super) fn start(means: &Arc<Means>, folder: &mut Folder, jobs: Vec<Job>) {
    let has_settings = folder.take_new_settings();
    if jobs.is_empty() {
        return;
    }
    let (handle, settings) = (folder.handle(), Arc::clone(&folder.settings));
    let round = Arc::clone(means);
    means.rounds.spawn(move || {
        let levels = Arc::new(levels(&settings, &round));
        let is_changed = AtomicBool::new(false);
        let look_at = |handle: &Handle, job: &Job| look_at(&round, handle, job, &settings, &levels, &is_changed);
        if let Some((first, others)) = jobs.split_first()
            && look_at(&handle, first)
        {
            let _ = others.par_iter().map_with(handle, |handle, job| look_at(handle, job)).all(|went_on| went_on);
        }
        // All at once: an editor that is told asks for everything again.
        if has_settings {
            round.session.touch(Touched::Settings);
        } else if is_changed.into_inner() {
            round.session.touch(Touched::Visible);
        }
    });
}

/// Levels of the workspace, and over them those of the user.
fn levels(settings: &Settings, means: &Means) -> Levels {
    let named = settings.workspace.findings.iter().map(|(code, level)| (code.as_str(), *level));
    Levels::from_names(named).0.with(&means.session.state().settings.levels)
}

/// Returns whether to go on: the folder did not change.
fn look_at(
    means: &Means,
    handle: &Handle,
    job: &Job,
    settings: &Arc<Settings>,
    levels: &Arc<Levels>,
    is_changed: &AtomicBool,
) -> bool {
    let (date, is_rough) = (today(), means.pricing.tokenizers.is_rough());
    let known = {
        let state = means.session.state();
        state.units.get(&job.unit).and_then(|unit| unit.known.borrow().clone())
    };
    let same_terms = |found: &&Found| {
        found.date == date
            && found.is_rough == is_rough
            && found.levels == *levels
            && found.workspace.assumptions() == settings.assumptions()
    };
    let before = known.as_ref().and_then(|known| known.found.as_ref()).filter(same_terms);
    let terms = Terms { pricing: &means.pricing, assumptions: settings.assumptions(), date, levels };
    let analysis = before.map(|found| &found.analysis);
    let found = match catch_unwind(AssertUnwindSafe(|| handle.analysis(&job.path, analysis, terms))) {
        Ok(None) => return false,
        Ok(Some(analysis)) => {
            let is_old = before.is_some_and(|found| {
                Arc::ptr_eq(&found.analysis, &analysis) && Arc::ptr_eq(&found.workspace, settings)
            });
            if is_old && known.as_ref().is_some_and(|known| known.source.edit == job.source.edit) {
                return true;
            }
            Some(Found {
                analysis,
                workspace: Arc::clone(settings),
                pricing: Arc::clone(&means.pricing),
                date,
                is_rough,
                levels: Arc::clone(levels),
            })
        }
        Err(_) => {
            fault::tell("analysis", Some(&job.source.text));
            None
        }
    };
    if means.session.publish(job.unit, Known { source: Arc::clone(&job.source), found }) {
        is_changed.store(true, Ordering::Relaxed);
    }
    true
}

/// Explains a place of an open text. Whoever asked hears nothing when the folder changes meanwhile.
pub(super) fn explain(means: &Arc<Means>, folder: &Folder, path: SmolStr, wanted: Wanted) {
    let (handle, settings, round) = (folder.handle(), Arc::clone(&folder.settings), Arc::clone(means));
    means.rounds.spawn(move || {
        let Wanted { offset, answer, .. } = wanted;
        let report = catch_unwind(AssertUnwindSafe(|| {
            handle.explained(&path, offset, &round.pricing, settings.assumptions(), today())
        }));
        drop(handle);
        match report {
            Ok(Some(report)) => drop(answer.send(report)),
            Ok(None) => {}
            Err(_) => fault::tell("explanation", None),
        }
    });
}

/// Finds the calls of a whole folder.
pub(super) fn start_index(
    means: &Arc<Means>,
    folder: &Folder,
    progress: Option<Arc<Progress>>,
    is_gone: Arc<AtomicBool>,
) {
    let (handle, settings, before) = (folder.handle(), Arc::clone(&folder.settings), folder.index.clone());
    let (id, revision) = (folder.id, folder.revision());
    let round = Arc::clone(means);
    means.background.spawn(move || {
        let levels = Levels::default();
        let terms =
            Terms { pricing: &round.pricing, assumptions: settings.assumptions(), date: today(), levels: &levels };
        let is_given_up = || progress.as_ref().is_some_and(|progress| progress.is_cancelled());
        let goes_on = |done, of| {
            if let Some(progress) = &progress {
                progress.at(done, of);
            }
            if let Some(before_file) = round.before_file {
                before_file();
            }
            !is_given_up() && !is_gone.load(Ordering::Relaxed)
        };
        let index = catch_unwind(AssertUnwindSafe(|| handle.index(&before, terms, &goes_on)));
        drop(handle);
        let end = match index {
            Ok(Some(index)) => IndexEnd::Found(index),
            Ok(None) if is_given_up() => IndexEnd::GivenUp,
            Ok(None) => IndexEnd::Overtaken,
            Err(_) => {
                fault::tell("index", None);
                IndexEnd::Faulty
            }
        };
        let _ = round.events.send(Event::Indexed { folder: id, revision, end });
    });
}
