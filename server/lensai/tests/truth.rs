//! `fixtures/support-bot` against its truth: every request is found where it stands, with what can be known of it, and
//! nothing else is.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

/// Path, cell, line, column and end line.
type Place = (String, Option<u64>, u64, u64, u64);

/// What is compared beside the place, by its name in both documents.
const FIELDS: [&str; 9] =
    ["sdk", "operation", "provider", "model", "models", "model_origin", "max_output_tokens", "in_loop", "function"];

#[test]
fn every_request_of_the_support_bot_is_found_and_nothing_else() {
    let fixtures = support::fixtures();
    let rows = std::fs::read_to_string(fixtures.join("support-bot/truth.jsonl")).unwrap();
    let truth: BTreeMap<Place, Value> = rows.lines().map(|row| of_truth(&serde_json::from_str(row).unwrap())).collect();
    assert_eq!(truth.len(), rows.lines().count(), "a row stands twice");

    let document = support::lensai(&fixtures, &["scan", "support-bot", "--format", "json"]).json();
    assert_eq!(document["errors"], json!([]));
    let found: BTreeMap<Place, Value> =
        document["calls"].as_array().unwrap().iter().filter(|call| call["kind"] == "direct").map(of_scan).collect();

    let differences = differences(&truth, &found);
    assert!(differences.is_empty(), "\n{differences}\n{} of {} found", count(&truth, &found), truth.len());
}

fn of_truth(row: &Value) -> (Place, Value) {
    let line = |key: &str| row[key].as_u64().unwrap();
    let place = (
        row["path"].as_str().unwrap().to_owned(),
        row["cell"].as_u64(),
        line("line"),
        line("column"),
        line("end_line"),
    );
    (place, fields(row))
}

fn of_scan(call: &Value) -> (Place, Value) {
    let (start, end) = (&call["range"]["start"], &call["range"]["end"]);
    let number = |of: &Value| of.as_u64().unwrap();
    let place = (
        call["path"].as_str().unwrap().to_owned(),
        call["cell"].as_u64(),
        number(&start["line"]),
        number(&start["column"]),
        number(&end["line"]),
    );
    (place, fields(call))
}

fn fields(of: &Value) -> Value {
    let field = |name: &&str| {
        let value = of.get(*name).unwrap_or_else(|| panic!("no `{name}` in {of}"));
        ((*name).to_owned(), value.clone())
    };
    FIELDS.iter().map(field).collect::<serde_json::Map<_, _>>().into()
}

/// Everything that is missing, too much or different, a line each.
fn differences(truth: &BTreeMap<Place, Value>, found: &BTreeMap<Place, Value>) -> String {
    let mut text = String::new();
    for (place, expected) in truth {
        match found.get(place) {
            None => writeln!(text, "missing  {}", shown(place)).unwrap(),
            Some(call) => {
                for name in FIELDS.iter().filter(|name| call[**name] != expected[**name]) {
                    let (is, should) = (&call[*name], &expected[*name]);
                    writeln!(text, "differs  {}  {name} is {is}, should be {should}", shown(place)).unwrap();
                }
            }
        }
    }
    for (place, call) in found.iter().filter(|(place, _)| !truth.contains_key(*place)) {
        writeln!(text, "too much {}  {call}", shown(place)).unwrap();
    }
    text
}

fn count(truth: &BTreeMap<Place, Value>, found: &BTreeMap<Place, Value>) -> usize {
    truth.keys().filter(|place| found.contains_key(*place)).count()
}

fn shown((path, cell, line, column, end): &Place) -> String {
    let cell = cell.map_or(String::new(), |cell| format!(" cell {cell}"));
    format!("{path}{cell}:{line}:{column} to line {end}")
}
