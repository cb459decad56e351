//! What of a file leads to requests: for whoever shows it.

use std::sync::Arc;

use lensai_semantics::{ItemRef, SourceFile, head, item_span, items};
use lensai_syntax::hir::ItemKind;
use lensai_text::Span;
use smol_str::SmolStr;

use super::parts::{WrapperSite, calls_functions, has_requests, wrapper_sites};
use super::steps::{Step, Steps};
use super::unfold::{of_function, of_site};
use crate::db::Db;
use crate::entry::{entries, entries_of};

/// What of a file leads to requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileReach {
    /// Functions that handle an entry or call other functions on the way to a request, in order of place.
    pub functions: Vec<ReachingFunction>,
    /// Calls of such functions, in order of place.
    pub wrappers: Vec<(WrapperSite, Steps)>,
}

/// A function that leads to requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachingFunction {
    /// The function with its decorators; of one in another file what registers it. Absolute in the text.
    pub span: Span,
    /// The entries that it handles, by name: `POST /api/chat`.
    pub entries: Vec<SmolStr>,
    /// What it does.
    pub steps: Steps,
}

/// What of a file leads to requests. As long as nothing changes that it rests on it is the same, at the same place in memory.
#[salsa::tracked(returns(clone))]
pub fn of_file(db: &dyn Db, file: SourceFile) -> Arc<FileReach> {
    let mut functions = Vec::new();
    if !db.knowledge().reaching_names(db).is_empty() || items(db, file).any(|at| has_requests(db, at)) {
        for at in items(db, file).filter(|at| is_function(db, *at) && has_requests(db, *at)) {
            let names = names(entries_of(db, at).iter().map(|entry| entry.name.clone()));
            // Its own requests are shown at their places, not at it.
            if names.is_empty() && !calls_functions(db, at) {
                continue;
            }
            let steps = of_function(db, at);
            if !names.is_empty() || steps.iter().any(calls_function) {
                functions.push(ReachingFunction { span: item_span(db, file, at.item), entries: names, steps });
            }
        }
        // What is registered here and handled elsewhere.
        for entry in
            entries(db, file).iter().filter(|entry| entry.handler.file != file && has_requests(db, entry.handler))
        {
            let steps = of_function(db, entry.handler);
            functions.push(ReachingFunction { span: entry.span, entries: vec![entry.name.clone()], steps });
        }
    }
    functions.sort_by_key(|function| function.span);
    let sites = wrapper_sites(db, file).into_iter().map(|site| (site, of_site(db, site)));
    Arc::new(FileReach { functions, wrappers: sites.filter(|(_, steps)| !steps.is_empty()).collect() })
}

/// A function that people know as one: with a name, or registered where it stands.
fn is_function(db: &dyn Db, at: ItemRef) -> bool {
    head(db, at.file, at.item).is_some_and(|head| match head.kind {
        ItemKind::Function => true,
        ItemKind::Lambda { .. } => !head.name.is_empty() || !entries_of(db, at).is_empty(),
        ItemKind::Module | ItemKind::Class => false,
    })
}

fn names(names: impl Iterator<Item = SmolStr>) -> Vec<SmolStr> {
    let mut found: Vec<SmolStr> = Vec::new();
    for name in names {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// Whether a step is, or holds, a call of another function.
fn calls_function(step: &Step) -> bool {
    matches!(step, Step::Function(_)) || step.inner().any(calls_function)
}
