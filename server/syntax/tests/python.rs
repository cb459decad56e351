//! Lowering of Python, construct by construct, on bad input and on any input.

#[path = "python/any_input.rs"]
mod any_input;
mod common;
#[path = "python/expressions.rs"]
mod expressions;
#[path = "python/statements.rs"]
mod statements;

use std::time::Duration;

use lensai_syntax::hir::Facts;
use lensai_syntax::{Language, Limits, facts};

const LIMITS: Limits = Limits { deadline: Duration::from_mins(1) };

fn python(text: &str) -> Facts {
    let facts = facts(text, Language::Python, LIMITS);
    assert_eq!(common::check(text, &facts), Ok(()), "in {text:.300}");
    facts
}

/// Compares what a text is lowered to, without the header of the module.
#[track_caller]
fn lowers(text: &str, expected: &str) {
    let shown = common::render(&python(text));
    let shown = shown.strip_prefix("module\n").unwrap_or(&shown);
    let trimmed = |text: &str| text.trim().lines().map(str::trim).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(trimmed(shown), trimmed(expected), "\n{shown}");
}
