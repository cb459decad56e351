//! Small programs and what their functions and routes lead to, as Markdown that is both the specification and the test: `tests/reach`.
//! A block `reach` after the files of a program (and its `lensai.toml`, in a block `toml`) says it, in order of place and name:
//!
//! ```text
//! path:line leads to path:line ×times, … · sends low/expected/high · costs low/expected/high [and more]
//! POST /path leads to path:line ×times, … · costs low/expected/high [and more] [· a month low/expected/high]
//! ```
//!
//! The first is a call of a function of the project, the second a route. What is not known is `?`, `and more` says that what is known is
//! only a part, `n not priced` that some of it has no price. Costs are in hundred-millionths of a dollar: every request there is an
//! embedding of one token, which costs 2 with `text-embedding-3-small`, 13 with `text-embedding-3-large` and 10 with
//! `text-embedding-ada-002`, and nothing else. So requests can be counted off the costs.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../calls/tests/common/programs.rs"]
mod programs;
mod support;

use std::fmt::Write as _;
use std::path::Path;

use programs::{CELL, Written, files_in, programs};
use serde_json::Value;

#[test]
fn every_function_and_route_leads_to_what_is_written() {
    let mut faults = String::new();
    let mut count = 0;
    for file in files_in("../../lensai/tests/reach") {
        for program in programs(&file) {
            count += 1;
            let found = found(&program);
            if found != program.requests {
                let name = file.file_name().unwrap().to_string_lossy();
                writeln!(faults, "{name}:{}\n  expected\n{}  found\n{found}", program.line, program.requests).unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
    assert!(count >= 30, "{count} programs");
}

/// What a scan finds in a program.
fn found(program: &Written) -> String {
    let folder = tempfile::tempdir().unwrap();
    for file in &program.files {
        assert_ne!(file.language, "notebook", "cells are no files of a program here");
        let path = folder.path().join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, file.text.replace(CELL, "")).unwrap();
    }
    scanned(folder.path())
}

fn scanned(folder: &Path) -> String {
    let document = support::lensai(folder, &["scan", ".", "--format", "json"]).json();
    assert_eq!(document["errors"].as_array().unwrap().len(), 0, "{}", document["errors"]);
    let mut text = String::new();
    let wrappers = document["calls"].as_array().unwrap().iter().filter(|call| call["kind"] == "wrapper");
    for wrapper in wrappers {
        let (path, line) = (wrapper["path"].as_str().unwrap(), &wrapper["range"]["start"]["line"]);
        let notes: Vec<&str> = wrapper["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap()).collect();
        let more = if notes.iter().any(|note| note.starts_with("some of it")) { " and more" } else { "" };
        let sends = range(&wrapper["input_tokens"], &ToString::to_string);
        let (reaches, costs) = (reaches(wrapper), costs(&wrapper["cost_usd"]));
        writeln!(text, "{path}:{line} leads to {reaches} · sends {sends} · costs {costs}{more}").unwrap();
    }
    for route in document["routes"].as_array().unwrap() {
        let (name, reaches, costs_) = (route["name"].as_str().unwrap(), reaches(route), costs(&route["cost_usd"]));
        write!(text, "{name} leads to {reaches} · costs {costs_}").unwrap();
        if route["open"] == true {
            text.push_str(" and more");
        }
        if route["unpriced"] != 0 {
            write!(text, ", {} not priced", route["unpriced"]).unwrap();
        }
        if !route["per_month"].is_null() {
            write!(text, " · a month {}", costs(&route["per_month"]["cost_usd"])).unwrap();
        }
        text.push('\n');
    }
    text
}

fn reaches(of: &Value) -> String {
    let reached = of["reaches"].as_array().unwrap().iter().map(|reached| {
        let times = reached["times"].as_u64().map_or_else(|| "?".to_owned(), |times| times.to_string());
        format!("{}:{} ×{times}", reached["path"].as_str().unwrap(), reached["line"])
    });
    let all: Vec<String> = reached.collect();
    if all.is_empty() { "?".to_owned() } else { all.join(", ") }
}

/// Low, expected and high; `?` when there is none.
fn range(of: &Value, shown: &dyn Fn(&Value) -> String) -> String {
    if of.is_null() {
        return "?".to_owned();
    }
    let parts = ["low", "expected", "high"].map(|part| match &of[part] {
        Value::Null => "?".to_owned(),
        number => shown(number),
    });
    parts.join("/")
}

/// In hundred-millionths of a dollar.
fn costs(of: &Value) -> String {
    range(of, &|usd| {
        let usd = usd.as_str().unwrap();
        let (whole, part) = usd.split_once('.').unwrap_or((usd, ""));
        let (part, rest) = part.split_at_checked(8).unwrap_or((part, ""));
        let digits = format!("{whole}{part:0<8}");
        let shown = digits.trim_start_matches('0');
        assert!(rest.chars().all(|digit| digit == '0'), "{usd}");
        if shown.is_empty() { "0".to_owned() } else { shown.to_owned() }
    })
}
