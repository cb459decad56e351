//! Lowering of TypeScript, TSX and JavaScript, construct by construct, on bad input and on any input.

#[path = "typescript/any_input.rs"]
mod any_input;
mod common;
#[path = "typescript/definitions.rs"]
mod definitions;
#[path = "typescript/expressions.rs"]
mod expressions;
#[path = "typescript/modules.rs"]
mod modules;
#[path = "typescript/places.rs"]
mod places;
#[path = "typescript/statements.rs"]
mod statements;

use common::{check, render};
use lensai_syntax::hir::Facts;
use lensai_syntax::{Language, Limits, facts};

const DIALECTS: [Language; 3] = [Language::TypeScript, Language::Tsx, Language::JavaScript];

/// Facts of a valid text, rendered.
#[track_caller]
fn lower(language: Language, text: &str) -> String {
    let facts = checked(language, text);
    assert_eq!(facts.problems, [], "{text}");
    render(&facts)
}

#[track_caller]
fn checked(language: Language, text: &str) -> Facts {
    let limits = Limits { deadline: std::time::Duration::from_mins(1) };
    let facts = facts(text, language, limits);
    let sound = check(text, &facts);
    assert!(sound.is_ok(), "{sound:?}\n{}", render(&facts));
    facts
}

#[track_caller]
fn ts(text: &str, expected: &str) {
    let rendered = lower(Language::TypeScript, text);
    assert_eq!(trimmed(&rendered), trimmed(expected), "\n{rendered}");
}

/// The same in all three grammars.
#[track_caller]
fn js(text: &str, expected: &str) {
    for language in DIALECTS {
        let rendered = lower(language, text);
        assert_eq!(trimmed(&rendered), trimmed(expected), "{language:?}\n{rendered}");
    }
}

fn trimmed(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && *line != "module#0" && *line != "module").collect()
}
