//! Where work comes into a program: routes, tasks, schedules, commands and cloud functions, by descriptions of frameworks.
//!
//! A function or module registers entries and mounts routers (`registered`); a router is known by the place where it is made, and
//! the whole path of a route is put together over all that its router is mounted on (`mounts`), in the files that import it.

mod callers;
mod file;
mod frameworks;
mod function;
mod global;
mod handler;
mod model;
mod mounts;
mod parse;
mod path;
mod raw;
mod registered;
mod router;
mod symbols;

use std::sync::Arc;

use lensai_semantics::{ItemRef, SourceFile, ancestors, head, is_mentioned, item_span, outline};
use lensai_syntax::hir::{ItemId, ItemKind};
use lensai_text::Span;
use smol_str::SmolStr;

pub use self::frameworks::{BUILTIN, Frameworks};
pub use self::model::Framework;
pub use self::parse::parse;
use self::registered::{Registration, registering, registrations};
use crate::db::Db;

/// Where work comes into a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Of which kind.
    pub kind: EntryKind,
    /// `POST /api/chat/{id}`, `task summarize`, `schedule digest`, `command ask`, `function handler`.
    pub name: SmolStr,
    /// The framework that calls it, as its description is named.
    pub framework: SmolStr,
    /// The function that handles it.
    pub handler: ItemRef,
    /// The file in which it is registered.
    pub file: SourceFile,
    /// What registers it, absolute in the text of that file: a decorator, a call, an exported name.
    pub span: Span,
}

/// Kind of an [`Entry`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryKind {
    /// A request over HTTP.
    Route,
    /// A task of a queue.
    Task,
    /// Something that is run at set times.
    Schedule,
    /// A command of a program.
    Command,
    /// A cloud function.
    Function,
}

impl EntryKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Route, Self::Task, Self::Schedule, Self::Command, Self::Function];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::Task => "task",
            Self::Schedule => "schedule",
            Self::Command => "command",
            Self::Function => "function",
        }
    }

    /// The kind of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What is registered in a file, in order of place.
#[salsa::tracked(returns(clone))]
pub fn entries(db: &dyn Db, file: SourceFile) -> Arc<[Entry]> {
    let mut found = file::entries(db, file);
    found.extend(function::entries(db, file));
    for id in registering(db, file).iter() {
        let registered = registrations(db, file, *id);
        if registered.entries.is_empty() {
            continue;
        }
        let start = item_span(db, file, *id).start;
        for registration in &registered.entries {
            let names = names(db, registration);
            found.extend(names.into_iter().filter_map(|name| {
                Some(Entry {
                    kind: registration.kind,
                    name,
                    framework: router::description(db, registration.framework)?.name.clone(),
                    handler: registration.handler,
                    file,
                    span: registration.span.shifted(start),
                })
            }));
        }
    }
    found.sort_by(|a, b| (a.span, &a.name).cmp(&(b.span, &b.name)));
    found.dedup();
    found.into()
}

/// The names of what is registered: one for each way on which it is reached.
fn names(db: &dyn Db, registration: &Registration) -> Vec<SmolStr> {
    let Some(framework) = router::description(db, registration.framework) else { return Vec::new() };
    let separator = &framework.separator;
    let prefixes = match &registration.router {
        Some(router) => mounts::prefixes(db, router.id),
        // What stands in a class of its own is below the prefix of the whole program.
        None if registration.kind == EntryKind::Route => {
            global::prefixes(db, registration.handler.file, registration.framework)
        }
        None => Arc::from([mounts::Prefix::default()]),
    };
    let under = registration.router.as_ref().map(|router| router.under.clone()).unwrap_or_default();
    let own = path::join(&under, &registration.path, separator);
    let mut names = Vec::new();
    for prefix in prefixes.iter() {
        let path = path::join(&prefix.path, &own, prefix.separator.as_ref().unwrap_or(separator));
        let name = match registration.kind {
            EntryKind::Route => format!("{} {}", registration.http, path::whole(&path, framework.keeps_slash)),
            kind => format!("{} {path}", kind.as_str()),
        };
        let name = SmolStr::new(name.trim_end());
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A class and those below it in some files.
fn heirs(db: &dyn Db, class: ItemRef, files: &[SourceFile]) -> Vec<ItemRef> {
    let Some(name) = head(db, class.file, class.item).map(|head| head.name.clone()) else { return Vec::new() };
    let mut found = vec![class];
    for file in files.iter().filter(|file| is_mentioned(db, **file, &name)) {
        for (item, head) in (0..).map(ItemId).zip(outline(db, *file).iter()) {
            let other = ItemRef { file: *file, item };
            if head.kind == ItemKind::Class && other != class && ancestors(db, other).contains(&class) {
                found.push(other);
            }
        }
    }
    found
}

#[salsa::tracked(returns(clone))]
fn handled(db: &dyn Db, file: SourceFile, function: ItemId) -> Arc<[Entry]> {
    let handler = ItemRef { file, item: function };
    let Some(this) = head(db, file, function) else { return Arc::from([]) };
    // A method is registered by its own name, or by that of its class.
    let class = this.parent.and_then(|parent| head(db, file, parent)).filter(|parent| parent.kind == ItemKind::Class);
    let mut words: Vec<SmolStr> = [this.name.clone()].into_iter().filter(|word| !word.is_empty()).collect();
    let mut files = callers::files_around(db, file).to_vec();
    if class.is_some()
        && let Some(class) = this.parent
    {
        // What it hands down is registered by the names of the classes below its own.
        let below = heirs(db, ItemRef { file, item: class }, &files);
        for heir in &below {
            words.extend(head(db, heir.file, heir.item).map(|head| head.name.clone()));
            for other in callers::files_around(db, heir.file).iter() {
                if !files.contains(other) {
                    files.push(*other);
                }
            }
        }
    }
    let is_default = callers::is_default_export(db, handler);
    let mut found = Vec::new();
    for other in &files {
        if *other == file || is_default || words.iter().any(|word| is_mentioned(db, *other, word)) {
            found.extend(entries(db, *other).iter().filter(|entry| entry.handler == handler).cloned());
        }
    }
    found.sort_by(|a, b| (a.file.path(db), a.span, &a.name).cmp(&(b.file.path(db), b.span, &b.name)));
    found.into()
}

/// The entries that a function of the project handles, wherever they are registered: in its own file or in those that import it
/// (Django's `urls.py`, `app.post("/x", handler)`), with the whole path after all mounts.
pub fn entries_of(db: &dyn Db, handler: ItemRef) -> Arc<[Entry]> {
    handled(db, handler.file, handler.item)
}
