//! Which functions, routes and other entries of a workspace lead to requests.

use std::collections::BTreeMap;
use std::sync::Arc;

use lensai_calls::Database;
use lensai_calls::entry::{Entry, EntryKind, entries_of};
use lensai_calls::reach::{self, Back, Step, Steps, WrapperSite};
use lensai_semantics::{ItemRef, SourceFile, qualified_name};
use lensai_syntax::Language;
use lensai_text::Span;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::locate::Places;
use super::scope::Scope;
use super::source::Sources;
use super::{LocatedCall, Position, module_name};

/// More functions than these are not followed back to who calls them.
const MAX_ITEMS: usize = 20_000;

/// A place in a file, as reports show it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Relative to the root, with `/`.
    pub path: String,
    /// In a notebook: the 0-based index of the cell in the file.
    pub cell: Option<u32>,
    /// First character.
    pub start: Position,
}

/// A request that something leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachedCall {
    /// Where it stands.
    pub at: Place,
    /// How often it is sent; none when nothing says it.
    pub times: Option<u64>,
}

/// A call of a function of the project that leads to requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapper {
    /// Where it stands.
    pub at: Place,
    /// After the last character.
    pub end: Position,
    /// The language of the file.
    pub language: Language,
    /// Qualified name of the function around it, or of the module.
    pub function: String,
    /// It stands in a loop of that function.
    pub in_loop: bool,
    /// What it does.
    pub steps: Steps,
    /// The requests among that, each once, in order of place.
    pub reaches: Vec<ReachedCall>,
    /// The entries that lead to it, in order.
    pub routes: Vec<String>,
}

/// A route, a task, a command, … that leads to requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocatedEntry {
    /// Of which kind.
    pub kind: EntryKind,
    /// `POST /api/chat`.
    pub name: String,
    /// What calls it.
    pub framework: String,
    /// Where it is registered.
    pub at: Place,
    /// Qualified name of the function that handles it.
    pub handler: String,
    /// What it does.
    pub steps: Steps,
    /// The requests among that, each once, in order of place.
    pub reaches: Vec<ReachedCall>,
}

/// What leads to the requests of a workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// In order of place.
    pub wrappers: Vec<Wrapper>,
    /// In order of name and place.
    pub entries: Vec<LocatedEntry>,
}

/// All items that lead to requests.
pub(crate) struct Leading {
    /// Those that make requests first, then who calls them.
    pub(crate) items: Vec<ItemRef>,
    /// The names by which they are called.
    pub(crate) names: Arc<FxHashSet<SmolStr>>,
}

/// All items that lead to requests of these files.
pub(crate) fn leading(database: &Database, files: &[SourceFile]) -> Leading {
    let seeds: Vec<Vec<ItemRef>> =
        in_parallel(database, files, |database, file| reach::requesting_items(database, *file));
    let mut frontier: Vec<ItemRef> = seeds.into_iter().flatten().collect();
    let mut all: Vec<ItemRef> = Vec::new();
    let mut seen: FxHashSet<ItemRef> = frontier.iter().copied().collect();
    let mut names: FxHashSet<SmolStr> = FxHashSet::default();
    while !frontier.is_empty() && all.len() < MAX_ITEMS {
        let steps: Vec<Back> = in_parallel(database, &frontier, |database, at| reach::back(database, *at));
        all.append(&mut frontier);
        for back in steps {
            names.extend(back.names);
            frontier.extend(back.items.into_iter().filter(|item| seen.insert(*item)));
        }
    }
    all.append(&mut frontier);
    Leading { items: all, names: Arc::new(names) }
}

/// What leads to requests, of the files that are shown. `items` are those of [`leading`]; the calls get the entries that lead to
/// them.
pub(crate) fn find(
    database: &Database,
    sources: &Sources,
    scope: &Scope,
    items: &[ItemRef],
    calls: &mut [LocatedCall],
) -> Reach {
    let mut files: Vec<SourceFile> = items.iter().map(|item| item.file).collect();
    files.sort_unstable_by(|a, b| a.path(database).cmp(b.path(database)));
    files.dedup();
    let sites = in_parallel(database, &files, |database, file| {
        let sites = reach::wrapper_sites(database, *file);
        sites.into_iter().map(|site| (site, reach::of_site(database, site))).collect::<Vec<_>>()
    });
    let mut handled: Vec<(Entry, Steps)> = in_parallel(database, items, |database, item| {
        let entries = entries_of(database, *item);
        let steps = if entries.is_empty() { Steps::new() } else { reach::of_function(database, *item) };
        entries.iter().map(|entry| (entry.clone(), steps.clone())).collect::<Vec<_>>()
    })
    .into_iter()
    .flatten()
    .collect();
    handled.retain(|(_, steps)| !steps.is_empty());

    let mut places = Locator { database, sources, scope, known: FxHashMap::default() };
    let mut routes: BTreeMap<(SmolStr, Span), Vec<String>> = BTreeMap::new();
    let mut found = Reach::default();
    for (entry, steps) in handled {
        for at in spans(&steps, database) {
            let names = routes.entry(at).or_default();
            if !names.iter().any(|name| *name == *entry.name) {
                names.push(entry.name.to_string());
            }
        }
        let Some((at, _)) = places.of(entry.file, entry.span) else { continue };
        found.entries.push(LocatedEntry {
            kind: entry.kind,
            name: entry.name.to_string(),
            framework: entry.framework.to_string(),
            at,
            handler: places.function(entry.handler),
            reaches: places.reaches(&steps),
            steps,
        });
    }
    found.entries.sort_by(|a, b| (&a.name, &a.at).cmp(&(&b.name, &b.at)));
    found.entries.dedup();
    for names in routes.values_mut() {
        names.sort();
    }
    for (site, steps) in sites.into_iter().flatten().filter(|(_, steps)| !steps.is_empty()) {
        found.wrappers.extend(places.wrapper(site, steps, &routes));
    }
    found.wrappers.sort_by(|a, b| (&a.at, a.end).cmp(&(&b.at, b.end)));
    for located in calls {
        let inner = scope.inner(&located.path);
        located.routes = routes.get(&(inner, located.call.span)).cloned().unwrap_or_default();
    }
    found
}

fn in_parallel<T: Sync, R: Send>(database: &Database, all: &[T], each: impl Fn(&Database, &T) -> R + Sync) -> Vec<R> {
    all.par_iter().map_with(database.clone(), |database, one| each(database, one)).collect()
}

/// Where the requests and calls of functions among steps stand.
fn spans(steps: &[Step], database: &Database) -> Vec<(SmolStr, Span)> {
    let mut found = Vec::new();
    let mut open: Vec<&Step> = steps.iter().collect();
    while let Some(step) = open.pop() {
        match step {
            Step::Request(request) => found.push((request.file.path(database).clone(), request.call.span)),
            Step::Function(entered) => found.push((entered.file.path(database).clone(), entered.span)),
            _ => {}
        }
        open.extend(step.inner());
    }
    found
}

/// Finds places, with the line index of each file made once.
struct Locator<'d> {
    database: &'d Database,
    sources: &'d Sources,
    scope: &'d Scope,
    known: FxHashMap<SourceFile, Option<(String, Places)>>,
}

impl Locator<'_> {
    fn places(&mut self, file: SourceFile) -> Option<&(String, Places)> {
        let (database, sources, scope) = (self.database, self.sources, self.scope);
        let known = self.known.entry(file).or_insert_with(|| {
            let path = file.path(database);
            Some((scope.shown(path)?.to_owned(), Places::new(sources.read(path))))
        });
        known.as_ref()
    }

    /// The place of a span and its end; none for a file that is not shown.
    fn of(&mut self, file: SourceFile, span: Span) -> Option<(Place, Position)> {
        let (path, places) = self.places(file)?;
        let (cell, start, end) = places.range(span);
        Some((Place { path: path.clone(), cell, start }, end))
    }

    fn reaches(&mut self, steps: &[Step]) -> Vec<ReachedCall> {
        let mut found: BTreeMap<Place, Option<u64>> = BTreeMap::new();
        for reached in reach::requests(steps) {
            let Some((at, _)) = self.of(reached.request.file, reached.request.call.span) else { continue };
            let times = found.entry(at).or_insert(Some(0));
            *times = times.zip(reached.times).map(|(a, b)| a.saturating_add(b));
        }
        found.into_iter().map(|(at, times)| ReachedCall { at, times }).collect()
    }

    fn function(&mut self, at: ItemRef) -> String {
        let path = self.places(at.file).map(|(path, _)| path.clone()).unwrap_or_default();
        let name = qualified_name(self.database, at.file, at.item);
        let module = module_name(&path);
        if name.is_empty() { module } else { format!("{module}.{name}") }
    }

    fn wrapper(
        &mut self,
        site: WrapperSite,
        steps: Steps,
        routes: &BTreeMap<(SmolStr, Span), Vec<String>>,
    ) -> Option<Wrapper> {
        let file = site.at.file;
        let (at, end) = self.of(file, site.span)?;
        let key = (file.path(self.database).clone(), site.span);
        Some(Wrapper {
            at,
            end,
            language: file.language(self.database),
            function: self.function(site.at),
            in_loop: site.in_loop,
            reaches: self.reaches(&steps),
            routes: routes.get(&key).cloned().unwrap_or_default(),
            steps,
        })
    }
}
