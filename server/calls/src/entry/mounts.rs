//! Under which prefixes a router is reached, over all that it is mounted on.

use std::sync::Arc;

use lensai_semantics::{Made, SourceFile, is_mentioned};
use smol_str::SmolStr;

use super::callers::{self, files_around};
use super::path::join;
use super::registered::{registering, registrations};
use super::router::{Router, description, own_name, own_prefix};
use crate::db::Db;

/// More ways to a router than this are not told apart.
const MAX_WAYS: usize = 32;
/// Deeper than this nothing is mounted.
const MAX_DEPTH: usize = 24;
/// More steps are not taken to find all ways.
const MAX_STEPS: usize = 512;

/// A place at which a router is put below another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mount {
    /// What is put below.
    pub(crate) what: Made,
    /// What it is put below, unless that is the program itself.
    pub(crate) on: Option<Router>,
    /// Under which prefix.
    pub(crate) prefix: Option<SmolStr>,
    /// The prefix stands in for the router's own.
    pub(crate) replaces: bool,
    /// What stands between the prefix and what follows.
    pub(crate) separator: SmolStr,
}

/// A prefix, and what stands between it and what follows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Prefix {
    pub(crate) path: SmolStr,
    /// None of an empty one.
    pub(crate) separator: Option<SmolStr>,
}

impl Prefix {
    /// The same below another.
    fn below(&self, prefix: &str, separator: &str) -> Self {
        let own = || (!prefix.is_empty()).then(|| SmolStr::new(separator));
        Self { path: join(prefix, &self.path, separator), separator: self.separator.clone().or_else(own) }
    }
}

/// The prefixes under which a router is reached; one that is mounted nowhere is reached under its own.
pub(crate) fn prefixes(db: &dyn Db, id: Made) -> Arc<[Prefix]> {
    prefixes_in(db, file_of(id), id)
}

/// The file in which something is made.
fn file_of(id: Made) -> SourceFile {
    match id {
        Made::Expr(at, _) | Made::Param(at, _) | Made::Item(at) => at.file,
        Made::Module(file) => file,
    }
}

#[salsa::tracked(returns(clone))]
fn prefixes_in(db: &dyn Db, _file: SourceFile, id: Made) -> Arc<[Prefix]> {
    let mut found: Vec<Prefix> = Vec::new();
    let mut open = vec![(id, Prefix::default(), Vec::new())];
    let mut steps = 0;
    while let Some((id, suffix, trail)) = open.pop() {
        steps += 1;
        if steps > MAX_STEPS || found.len() >= MAX_WAYS {
            break;
        }
        let own = own_prefix(db, id).unwrap_or_default();
        let mut is_mounted = false;
        let mut more = Vec::new();
        for mount in mounts_of(db, file_of(id), id).iter() {
            let prefix = match &mount.prefix {
                Some(prefix) if mount.replaces => prefix.clone(),
                Some(prefix) => join(prefix, &own, &mount.separator),
                // What has a name of its own needs no prefix.
                None => mount.on.as_ref().and_then(|_| own_name(db, id)).unwrap_or_else(|| own.clone()),
            };
            let path = suffix.below(&prefix, &mount.separator);
            match &mount.on {
                None => {
                    is_mounted = true;
                    add(&mut found, path);
                }
                // What is mounted on itself is reached by the other ways.
                Some(above) if above.id == id || trail.contains(&above.id) || trail.len() >= MAX_DEPTH => {}
                Some(above) => {
                    is_mounted = true;
                    let framework = above.framework.and_then(|framework| description(db, framework));
                    let own =
                        framework.map_or_else(|| mount.separator.clone(), |framework| framework.separator.clone());
                    let trail: Vec<Made> = trail.iter().copied().chain([id]).collect();
                    more.push((above.id, path.below(&above.under, &own), trail));
                }
            }
        }
        open.extend(more.into_iter().rev());
        if !is_mounted {
            add(&mut found, suffix.below(&own, "/"));
        }
    }
    found.into()
}

fn add(found: &mut Vec<Prefix>, path: Prefix) {
    if !found.contains(&path) {
        found.push(path);
    }
}

/// Where a router is put below another.
#[salsa::tracked(returns(clone))]
fn mounts_of(db: &dyn Db, file: SourceFile, id: Made) -> Arc<[Mount]> {
    if let Made::Param(function, index) = id {
        let given = callers::given(db, function, index);
        let mounts = given.iter().map(|given| Mount {
            what: id,
            on: Some(given.router.clone()),
            prefix: Some(given.prefix.clone()),
            replaces: false,
            separator: SmolStr::new_static("/"),
        });
        return mounts.collect();
    }
    // What a function returns may be put below something by whoever calls it.
    let mut found = Vec::new();
    for other in files_around(db, file).iter() {
        found.extend(file_mounts(db, *other).iter().filter(|mount| mount.what == id).cloned());
    }
    for other in mounted_by_name(db, file).iter() {
        if !files_around(db, file).contains(other) {
            found.extend(file_mounts(db, *other).iter().filter(|mount| mount.what == id).cloned());
        }
    }
    found.into()
}

/// What a file mounts, in order of place.
#[salsa::tracked(returns(clone))]
fn file_mounts(db: &dyn Db, file: SourceFile) -> Arc<[Mount]> {
    let frameworks = db.knowledge().frameworks(db);
    if !frameworks.mounting().iter().any(|word| is_mentioned(db, file, word)) {
        return Arc::from([]);
    }
    registering(db, file).iter().flat_map(|id| registrations(db, file, *id).mounts.clone()).collect()
}

/// The files in which a file may be mounted by the name of its module, by their own names.
#[salsa::tracked(returns(clone))]
fn mounted_by_name(db: &dyn Db, file: SourceFile) -> Arc<[SourceFile]> {
    let frameworks = db.knowledge().frameworks(db);
    let names = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let throughs = frameworks.all.iter().flat_map(|framework| &framework.throughs);
        throughs.flat_map(|through| &through.files).any(|file| file == name)
    };
    // Only lists of routes are mounted so.
    if !frameworks.all.iter().any(|framework| framework.throughs.iter().any(|through| !through.files.is_empty()))
        || !file.language(db).is_python()
        || !is_mentioned(db, file, "urlpatterns")
    {
        return Arc::from([]);
    }
    let mut found: Vec<SourceFile> = lensai_semantics::Db::project(db)
        .files(db)
        .iter()
        .filter(|(path, other)| names(path) && **other != file)
        .map(|(_, other)| *other)
        .collect();
    found.sort_unstable_by(|a, b| a.path(db).cmp(b.path(db)));
    found.into()
}
