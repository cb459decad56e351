//! All calls of a workspace, for its totals.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lensai_calls::reach::of_function;
use lensai_calls::{Call, calls, entries_of};
use lensai_cost::Sum;
use lensai_models::Money;
use lensai_semantics::{ItemRef, SourceFile};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::handle::{Handle, Terms};
use crate::engine::pricing::costs_the_same;
use crate::engine::reach::leading;

/// What the calls of a workspace cost. Kept from one time to the next, it spares what did not change.
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// Files with calls, sorted by path.
    pub files: Vec<Arc<FileCalls>>,
    /// Routes and other entries that lead to calls, sorted by name; as far as [`Self::names`] were known to the workspace.
    pub routes: Vec<IndexedRoute>,
    /// The names by which functions are called that lead to calls, for [`super::Workspace::set_reaching_names`].
    pub names: Arc<FxHashSet<SmolStr>>,
}

/// A route or another entry, as far as totals need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedRoute {
    /// `POST /api/chat`.
    pub name: String,
    /// What it costs each time.
    pub sum: Sum,
}

/// The calls of a file, as far as totals need them.
#[derive(Debug, Clone)]
pub struct FileCalls {
    /// Relative to the root of the workspace, with `/`.
    pub path: SmolStr,
    /// In order of place.
    pub calls: Vec<IndexedCall>,
}

/// Told how much is done, of how much; says whether to go on.
pub type GoesOn<'a> = &'a (dyn Fn(usize, usize) -> bool + Sync);

/// A call, as far as totals need it.
#[derive(Debug, Clone)]
pub struct IndexedCall {
    /// The call.
    pub call: Arc<Call>,
    /// What it is expected to cost, once.
    pub expected: Option<Money>,
}

impl Handle {
    /// All calls of the workspace; none when the workspace changes meanwhile, or when `goes_on`, which is told (done, of),
    /// says no.
    pub fn index(&self, before: &Index, terms: Terms<'_>, goes_on: GoesOn<'_>) -> Option<Index> {
        // A change waits until this has ended: it gives up as soon as there is one.
        let _rest = self.sources.rest();
        salsa::Cancelled::catch(AssertUnwindSafe(|| self.indexed(before, terms, goes_on))).ok().flatten()
    }

    fn indexed(&self, before: &Index, terms: Terms<'_>, goes_on: GoesOn<'_>) -> Option<Index> {
        let database = &self.database;
        let open: FxHashMap<&str, _> = self.open.iter().map(|(path, look)| (path.as_str(), look)).collect();
        let mut looks: Vec<_> = self
            .listed
            .iter()
            .filter_map(|(path, look)| {
                Some((path, database.file(path)?, open.get(path.as_str()).map_or(look, |look| *look)))
            })
            .collect();
        looks.sort_unstable_by_key(|(path, ..)| *path);
        let looks = looks.into_iter().map(|(_, file, look)| (file, look.clone())).collect();
        let wanted = self.prefilter.wanted(database, &self.sources, looks).files;
        let before: FxHashMap<&str, &Arc<FileCalls>> =
            before.files.iter().map(|file| (file.path.as_str(), file)).collect();
        let (done, of) = (AtomicUsize::new(0), wanted.len());
        let all = wanted.clone();
        let files = wanted.into_par_iter().map_with(self.clone(), |handle, file| {
            if !goes_on(done.fetch_add(1, Ordering::Relaxed), of) {
                return None;
            }
            let path = file.path(&handle.database);
            Some(handle.file_calls(file, path, before.get(path.as_str()).copied(), terms))
        });
        // None as soon as one says so.
        let files: Option<Vec<_>> = files.collect();
        let files = files?.into_iter().flatten().collect();
        let leading = leading(database, &all);
        Some(Index { files, routes: self.routes(&leading.items, terms), names: leading.names })
    }

    /// The entries that functions handle. Of several with one name the first counts.
    fn routes(&self, items: &[ItemRef], terms: Terms<'_>) -> Vec<IndexedRoute> {
        let found = items.par_iter().map_with(self.clone(), |handle, at| {
            let entries = entries_of(&handle.database, *at);
            if entries.is_empty() {
                return Vec::new();
            }
            let sum = terms.estimates().sum(&of_function(&handle.database, *at));
            entries.iter().map(|entry| IndexedRoute { name: entry.name.to_string(), sum }).collect()
        });
        let found: Vec<Vec<IndexedRoute>> = found.collect();
        let mut routes: Vec<IndexedRoute> =
            found.into_iter().flatten().filter(|route| route.sum.requests > 0).collect();
        routes.sort_by(|one, other| one.name.cmp(&other.name));
        routes.dedup_by(|one, other| one.name == other.name);
        routes
    }

    fn file_calls(
        &self,
        file: SourceFile,
        path: &SmolStr,
        before: Option<&Arc<FileCalls>>,
        terms: Terms<'_>,
    ) -> Option<Arc<FileCalls>> {
        let calls = calls(&self.database, file);
        if calls.is_empty() {
            return None;
        }
        if let Some(before) = before
            && before.calls.len() == calls.len()
            && before.calls.iter().zip(&calls).all(|(old, call)| costs_the_same(&old.call, call))
        {
            return Some(Arc::clone(before));
        }
        let calls = calls.into_iter().map(|call| {
            let cost = terms.pricing.estimate(&call, &terms.assumptions, terms.date).cost;
            IndexedCall { call: Arc::new(call), expected: cost.and_then(|cost| cost.expected) }
        });
        Some(Arc::new(FileCalls { path: path.clone(), calls: calls.collect() }))
    }
}
