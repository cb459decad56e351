//! What expressions can be, in both languages: each case is a workspace, and what `it` is in its first file.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
#[path = "values/python.rs"]
mod python;
#[path = "values/python_classes.rs"]
mod python_classes;
#[path = "values/typescript.rs"]
mod typescript;

use common::{Database, render};
use lensai_semantics::{Evaluator, SourceFile, item, items};
use lensai_syntax::hir::Bound;

/// Compares what each `it` of the first file is bound to.
#[track_caller]
fn check(files: &str, expected: &[&str]) {
    let first = files.split("--- ").nth(1).and_then(|file| file.lines().next()).unwrap();
    let database = Database::new(files, None);
    assert_eq!(its(&database, database.file(first)), expected, "{files}");
}

/// What each `it` of a file is bound to, item by item.
fn its(db: &Database, file: SourceFile) -> Vec<String> {
    let mut found = Vec::new();
    for at in items(db, file) {
        let body = item(db, at.file, at.item);
        let mut evaluator = Evaluator::new(db, at);
        for binding in body.bindings.iter().filter(|binding| body.name(binding.name) == "it") {
            if let Bound::Value(value) = binding.value {
                found.push(render(db, &evaluator.eval(value)));
            }
        }
    }
    found
}
