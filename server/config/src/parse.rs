//! From the text of a file to its settings, or to a fault that says where it is and what may be meant.

use std::ops::Range;

use schemars::Schema;

use crate::error::{Error, ErrorKind};
use crate::workspace::Workspace;

impl Workspace {
    /// Reads a `lensai.toml`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        // An editor on Windows may put a byte order mark in front, which is no part of the text.
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        if let Err(error) = toml::from_str::<toml::Table>(body) {
            return Err(fault(body, &error, ErrorKind::Syntax));
        }
        toml::from_str(body).map_err(|error| fault(body, &error, ErrorKind::InvalidValue))
    }
}

/// The JSON schema of `lensai.toml`.
pub fn json_schema() -> Schema {
    schemars::schema_for!(Workspace)
}

/// Words in a key by which a workspace would set where something is sent, or with which secret.
const FORBIDDEN: &[&str] =
    &["url", "uri", "endpoint", "host", "proxy", "key", "token", "secret", "password", "credential", "auth", "command"];

fn fault(text: &str, error: &toml::de::Error, kind: ErrorKind) -> Error {
    let span = error.span().unwrap_or(0..0);
    let (line, column) = place(text, span.start);
    let plain = error.message().lines().collect::<Vec<_>>().join(", ");
    match unknown_key(&plain) {
        Some(key) if kind == ErrorKind::InvalidValue => unknown(key, &plain, (line, column), span),
        _ => Error { kind, line, column, span, message: plain, suggestion: None },
    }
}

fn unknown(key: &str, plain: &str, (line, column): (u32, u32), span: Range<usize>) -> Error {
    let known = known_keys(plain);
    let near = nearest(key, &known);
    let forbidden = near.is_none()
        && key.split(['_', '-', '.']).any(|word| FORBIDDEN.contains(&word.to_ascii_lowercase().as_str()));
    if forbidden {
        let message = format!("`{key}` may not be set by a workspace");
        let suggestion = Some("endpoints and credentials belong in your own configuration".to_owned());
        return Error { kind: ErrorKind::ForbiddenKey, line, column, span, message, suggestion };
    }
    let suggestion = match near {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None if known.is_empty() => None,
        None => Some(format!("there is {}", listed(&known))),
    };
    Error { kind: ErrorKind::UnknownKey, line, column, span, message: format!("unknown key `{key}`"), suggestion }
}

/// The key in serde's ``unknown field `x`, expected …``: there is no other way to learn it.
fn unknown_key(message: &str) -> Option<&str> {
    message.strip_prefix("unknown field `")?.split('`').next()
}

/// The keys after `expected`, each in backquotes.
fn known_keys(message: &str) -> Vec<&str> {
    let Some((_, expected)) = message.split_once("expected") else { return Vec::new() };
    expected.split('`').skip(1).step_by(2).collect()
}

fn listed(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

/// The key that differs by the fewest letters, when those are few for its length.
pub(crate) fn nearest<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|near| (distance(key, near), *near))
        .filter(|(distance, near)| *distance <= near.len().max(3) / 3)
        .min()
        .map(|(_, near)| near)
}

/// Letters to insert, remove or replace to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (n, letter) in one.chars().take(64).enumerate() {
        let mut diagonal = n;
        let mut left = n + 1;
        let mut next = vec![left];
        for (above, against) in row.iter().skip(1).zip(&other) {
            left = (diagonal + usize::from(letter != *against)).min(left + 1).min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Line and column of a byte, both 1-based; columns count Unicode scalar values.
fn place(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::Period;

    const CONTRACT: &str = r#"
[project]
name = "support-bot"
[assumptions]
tokens_per_hole = 250
output_tokens = 100
[traffic]
"POST /api/chat" = "40k/month"
[budget]
monthly_usd = "3000"
per_call_usd = "0.05"
thresholds = [50, 75, 90, 100]
hard_stop = false
[[budget.model]]
match = "gpt-5*"
monthly_usd = "1000"
[[budget.route]]
match = "POST /api/chat"
monthly_usd = 800
[budget.override]
until = "2026-12-01"
reason = "launch week"
by = "ops"
[policy]
allow = ["gpt-*", "claude-*"]
deny = ["*-preview"]
[prompts]
directory = "prompts"
"#;

    fn error(text: &str) -> String {
        Workspace::parse(text).map_or_else(|error| format!("{:?} {error}", error.kind), |_| "fine".to_owned())
    }

    #[test]
    fn a_full_file_is_read_and_an_empty_one_has_the_defaults() {
        let full = Workspace::parse(CONTRACT).unwrap();
        assert_eq!(full.assumptions.tokens_per_hole, 250);
        assert_eq!(full.traffic["POST /api/chat"].per, Period::Month);
        assert_eq!(full.budget.per_call_usd.map(|usd| usd.get().to_string()).as_deref(), Some("0.05"));
        assert_eq!(full.budget.route[0].monthly_usd.map(|usd| usd.get().to_string()).as_deref(), Some("800"));
        assert_eq!(full.budget.overridden.map(|window| window.until.to_string()).as_deref(), Some("2026-12-01"));
        assert!(!full.budget.hard_stop);
        let empty = Workspace::parse("\u{feff}").unwrap();
        assert_eq!(empty, Workspace::default());
        assert_eq!((empty.assumptions.tokens_per_hole, empty.assumptions.output_tokens), (200, 300));
        assert_eq!((empty.assumptions.agent_turns, empty.assumptions.history_turns), (3, 10));
        assert_eq!((empty.budget.thresholds.as_slice(), empty.budget.hard_stop), ([50, 75, 90, 100].as_slice(), true));
    }

    #[test]
    fn a_fault_has_its_place_and_a_suggestion() {
        assert_eq!(
            error("[assumptions]\ntokens_per_holes = 3\n"),
            "UnknownKey 2:1: unknown key `tokens_per_holes` (did you mean `tokens_per_hole`?)"
        );
        let none = error("[assumptions]\nhistory_turns = 5\nagent_turns = 0\n");
        assert!(none.starts_with("InvalidValue 3:15: at least 1 turn is needed"), "{none}");
        assert!(error("[assumptions]\ntoken_per_hole = 3\n").contains("did you mean `tokens_per_hole`?"));
        assert_eq!(error("[policy]\nfoo = 3\n"), "UnknownKey 2:1: unknown key `foo` (there is `allow`, `deny`)");
        assert!(
            error("[assumptions]\noutput_tokens = \"many\"").starts_with("InvalidValue 2:17: invalid type: string")
        );
        assert!(error("[assumptions\n").starts_with("Syntax 1:13:"), "{}", error("[assumptions\n"));
        assert!(error("[[budget.model]]\nmonthly_usd = \"3\"\n").contains("missing field `match`"));
    }

    #[test]
    fn money_dates_rates_and_folders_say_how_they_are_written() {
        assert_eq!(
            error("[budget]\nper_call_usd = 0.05\n"),
            "InvalidValue 2:16: an amount with a point is written in quotes, so that it stays exact: \"0.05\""
        );
        assert!(error("[budget]\nmonthly_usd = -1").contains("negative"));
        assert!(error("[budget]\nmonthly_usd = \"1e3\"").contains("no amount"));
        assert!(error("[traffic]\na = \"lots\"\n").contains("\"40k/month\""));
        assert!(error("[budget.override]\nuntil = \"soon\"\nreason = \"\"").contains("no day"));
        for path in ["/etc", "../other", "a/../../b", "~/x", "C:\\x"] {
            assert!(error(&format!("[prompts]\ndirectory = '{path}'")).contains("leads out"), "{path}");
        }
    }

    #[test]
    fn an_endpoint_or_a_credential_cannot_be_set_by_a_workspace() {
        for text in
            ["[prompts]\nvault_url = 'x'", "api_key = 'x'", "[budget]\nendpoint = 'x'", "[project]\nauth-token = 1"]
        {
            assert!(error(text).starts_with("ForbiddenKey "), "{}", error(text));
            assert!(error(text).contains("your own configuration"));
        }
    }

    #[test]
    fn a_description_of_an_sdk_is_accepted_as_it_is() {
        let text = "[[sdk]]\nsdk = 'acme'\nfrom = { python = ['acme'] }\n[[sdk.request]]\npath = ['ask()']\n";
        let workspace = Workspace::parse(text).unwrap();
        assert_eq!(workspace.sdk[0]["request"][0]["path"][0].as_str(), Some("ask()"));
    }

    #[test]
    fn the_schema_names_every_table_and_no_endpoint() {
        let schema = serde_json::to_string(&json_schema()).unwrap();
        for table in ["project", "assumptions", "traffic", "budget", "override", "policy", "prompts", "sdk"] {
            assert!(schema.contains(&format!("\"{table}\"")), "{table}");
        }
        assert!(!schema.contains("url"), "{schema}");
    }

    #[test]
    fn distances_are_those_of_levenshtein() {
        for (one, other, apart) in [("", "abc", 3), ("kitten", "sitting", 3), ("same", "same", 0), ("ab", "ba", 2)] {
            assert_eq!(distance(one, other), apart, "{one} {other}");
        }
    }
}
