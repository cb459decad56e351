//! Lowering of Python, construct by construct, on bad input and on any input.

mod common;

use std::time::{Duration, Instant};

use lensai_syntax::hir::{Facts, Problem};
use lensai_syntax::{Language, Limits, facts};
use proptest::prelude::*;

const LIMITS: Limits = Limits { deadline: Duration::from_secs(60) };

fn python(text: &str) -> Facts {
    let facts = facts(text, Language::Python, LIMITS);
    assert_eq!(common::check(text, &facts), Ok(()), "in {:.300}", text);
    facts
}

/// Compares what a text is lowered to, without the header of the module.
#[track_caller]
fn lowers(text: &str, expected: &str) {
    let shown = common::render(&python(text));
    let shown = shown.strip_prefix("module\n").unwrap_or(&shown);
    let trimmed = |text: &str| text.trim_matches('\n').lines().map(|line| format!("{}\n", line.trim())).collect::<String>();
    assert_eq!(trimmed(shown), trimmed(expected), "\n{shown}");
}

#[test]
fn probe() {
    if let Ok(path) = std::env::var("PROBE") {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        for chunk in text.split("\n---\n") {
            println!("## {chunk}\n{}", common::render(&python(chunk)));
        }
    }
}
