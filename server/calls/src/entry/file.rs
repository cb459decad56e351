//! Files that are routes by their path.

use std::sync::Arc;

use lensai_semantics::{Content, ItemRef, Made, SourceFile, item, item_span, made_export, named};
use lensai_syntax::hir::{Body, Entry as Pair, ExportTarget, Expr, ItemId};
use lensai_text::Span;
use smol_str::SmolStr;

use super::handler::{Handler, functions, functions_of};
use super::model::{FileForm, Framework};
use super::path::{join, whole};
use super::{Entry, EntryKind};
use crate::db::Db;
use crate::symbol::glob;

/// More entries of one table are not looked at.
const MAX_ENTRIES: usize = 200;

/// What a file is by its path.
pub(crate) fn entries(db: &dyn Db, file: SourceFile) -> Vec<Entry> {
    let mut found = Vec::new();
    for framework in &db.knowledge().frameworks(db).all {
        let is_python = file.language(db).is_python();
        if framework.files.is_empty() || is_python == framework.python.is_empty() {
            continue;
        }
        for form in &framework.files {
            if let Some(directive) = &form.directive {
                with_directive(db, file, framework, form, directive, &mut found);
            } else if let Some((path, http)) = path_of(db, file, form) {
                of_form(db, file, framework, form, &path, http.as_deref(), &mut found);
            }
        }
    }
    found
}

fn of_form(
    db: &dyn Db,
    file: SourceFile,
    framework: &Framework,
    form: &FileForm,
    path: &str,
    by_name: Option<&str>,
    found: &mut Vec<Entry>,
) {
    let body = item(db, file, ItemId::MODULE);
    let path = whole(path, false);
    let mut add = |http: &str, path: &str, span: Span, handlers: Vec<Handler>| {
        for handler in handlers.into_iter().filter(|handler| !handler.is_class) {
            let name = SmolStr::new(format!("{http} {path}"));
            let framework = framework.name.clone();
            found.push(Entry { kind: EntryKind::Route, name, framework, handler: handler.item, file, span });
        }
    };
    for (name, http) in &form.export {
        let http = by_name.or(http.as_deref()).unwrap_or(name);
        let made = made_export(db, file, name, false);
        if !made.is_empty() {
            add(&http.to_uppercase(), &path, span_of(db, file, &body, name), functions_of(db, made, &|_| false));
        }
    }
    for (name, http) in &form.table {
        for made in made_export(db, file, name, false) {
            let Made::Expr(at, expr) = made else { continue };
            let body = item(db, at.file, at.item);
            let Expr::Mapping(entries) = body.expr(expr) else { continue };
            for entry in body.entries(entries).iter().take(MAX_ENTRIES) {
                let Pair::Pair(key, value) = *entry else { continue };
                let Expr::Text(text) = body.expr(key) else { continue };
                let action = match body.text(text) {
                    "default" => path.clone(),
                    name => SmolStr::new(format!("{path}?/{name}")),
                };
                let span = if at.file == file {
                    body.span(key).shifted(item_span(db, file, at.item).start)
                } else {
                    span_of(db, file, &item(db, file, ItemId::MODULE), name)
                };
                add(http.as_deref().unwrap_or("POST"), &action, span, functions(db, at, value, &|_| false));
            }
        }
    }
}

/// All functions that a file exports which says so at its head.
fn with_directive(
    db: &dyn Db,
    file: SourceFile,
    framework: &Framework,
    form: &FileForm,
    directive: &str,
    found: &mut Vec<Entry>,
) {
    if !lensai_semantics::is_mentioned(db, file, directive) || !begins_with(db, file, directive) {
        return;
    }
    let body = item(db, file, ItemId::MODULE);
    for export in &body.exports {
        let ExportTarget::Local(_) = export.target else { continue };
        for handler in functions_of(db, made_export(db, file, &export.name, false), &|_| false) {
            if !handler.is_class {
                found.push(Entry {
                    kind: form.kind,
                    name: SmolStr::new(format!("{} {}", form.kind.as_str(), export.name)),
                    framework: framework.name.clone(),
                    handler: handler.item,
                    file,
                    span: span_of(db, file, &body, &export.name),
                });
            }
        }
    }
}

/// Whether the first statement of a file is a text.
fn begins_with(db: &dyn Db, file: SourceFile, directive: &str) -> bool {
    let text = match file.content(db) {
        Content::Disk(_) => db.read(file.path(db)),
        Content::Open(text) | Content::Parsed(text, _) => Arc::clone(text),
    };
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let (open, close) = if rest.starts_with("//") { ("//", "\n") } else { ("/*", "*/") };
        match rest.strip_prefix(open).and_then(|comment| comment.split_once(close)) {
            Some((_, after)) => rest = after.trim_start(),
            None => break,
        }
    }
    let quoted = rest.strip_prefix(['"', '\'']).and_then(|rest| rest.strip_prefix(directive));
    quoted.is_some_and(|rest| rest.starts_with(['"', '\'']))
}

/// Where a module exports a name.
pub(crate) fn span_of(db: &dyn Db, file: SourceFile, body: &Body, name: &str) -> Span {
    let module = item_span(db, file, ItemId::MODULE);
    let export = body.exports.iter().find(|export| export.name == name);
    let span = export.and_then(|export| match &export.target {
        ExportTarget::Local(local) => {
            let id = body.find_name(local)?;
            body.bindings_of(id).next_back().map(|binding| binding.span)
        }
        ExportTarget::Value(value) => Some(body.span(*value)),
        ExportTarget::From(..) => None,
    });
    span.filter(|span| span.start < span.end).map_or(module, |span| span.shifted(module.start))
}

/// The route that a file is, and its HTTP method by its name; none when it is none of a form.
fn path_of(db: &dyn Db, file: SourceFile, form: &FileForm) -> Option<(SmolStr, Option<SmolStr>)> {
    let path = file.path(db).as_str();
    let (_, name) = path.rsplit_once('/')?;
    let (stem, _) = name.rsplit_once('.')?;
    let (stem, http) = match stem.rsplit_once('.') {
        Some((rest, http)) if form.suffix.iter().any(|suffix| suffix == http) => (rest, Some(SmolStr::new(http))),
        _ => (stem, None),
    };
    let is_named = form.file.iter().any(|pattern| glob(pattern, stem));
    if !is_named || [".test", ".spec", ".d"].iter().any(|end| stem.ends_with(end)) {
        return None;
    }
    let rest = below_root(db, path, form)?;
    let folders = rest.rsplit_once('/').map_or("", |(folders, _)| folders);
    let mut parts: Vec<&str> = folders.split('/').filter(|part| !part.is_empty()).collect();
    if form.names_route {
        parts.push(stem);
    }
    let separator = if form.dots { '.' } else { '/' };
    let parts = parts.into_iter().flat_map(|part| part.split(separator));
    let parts = parts.filter(|part| !form.drop.iter().any(|pattern| glob(pattern, part)));
    let parts = parts.map(|part| if form.dots { part.trim_end_matches('_') } else { part });
    let route = parts.fold(SmolStr::default(), |path, part| join(&path, part, "/"));
    Some((join(&form.prefix, &route, "/"), http))
}

/// What of a path stands below the folder in which the routes are.
fn below_root<'a>(db: &dyn Db, path: &'a str, form: &FileForm) -> Option<&'a str> {
    let files = lensai_semantics::Db::project(db).files(db);
    let mut first = None;
    for root in &form.root {
        let slashed = format!("{root}/");
        for (at, _) in path.match_indices(slashed.as_str()) {
            let before = path.get(..at)?;
            if !before.is_empty() && !before.ends_with('/') {
                continue;
            }
            let rest = path.get(at + slashed.len()..)?;
            let is_root = form.beside.iter().any(|name| {
                ["tsx", "jsx", "js", "ts"]
                    .iter()
                    .any(|ending| files.contains_key(format!("{before}{slashed}{name}.{ending}").as_str()))
            });
            if is_root {
                return Some(rest);
            }
            first = first.or(Some(rest));
        }
    }
    first
}

/// What a mapping that is a default export has under a name.
pub(crate) fn default_entry(db: &dyn Db, file: SourceFile, name: &str) -> Vec<(Handler, Span)> {
    let mut found = Vec::new();
    for made in made_export(db, file, "default", false) {
        let Made::Expr(at, expr) = made else { continue };
        let body = item(db, at.file, at.item);
        let Expr::Mapping(entries) = body.expr(expr) else { continue };
        for entry in body.entries(entries).iter().take(MAX_ENTRIES) {
            let Pair::Pair(key, value) = *entry else { continue };
            if at.file != file || !matches!(body.expr(key), Expr::Text(text) if body.text(text) == name) {
                continue;
            }
            // A function of the file: what another object has is handed on, and not answered here.
            let is_function = named(db, at, value).iter().any(|made| matches!(made, Made::Item(ItemRef { .. })));
            if is_function {
                let span = body.span(key).shifted(item_span(db, file, at.item).start);
                found.extend(functions(db, at, value, &|_| false).into_iter().map(|handler| (handler, span)));
            }
        }
    }
    found
}
