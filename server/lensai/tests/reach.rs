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

/// `fixtures/support-bot` against its truth: every wrapper and every route is there, leads to what it leads to as often as it does, and
/// costs what its parts cost; and nothing else is there.
#[test]
fn every_wrapper_and_route_of_the_support_bot_is_right_and_nothing_else_is_there() {
    let fixtures = support::fixtures();
    let rows = std::fs::read_to_string(fixtures.join("support-bot/truth-routes.jsonl")).unwrap();
    let truth: Vec<Value> = rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    let document = support::lensai(&fixtures, &["scan", "support-bot", "--format", "json"]).json();
    let calls = document["calls"].as_array().unwrap();
    let routes = document["routes"].as_array().unwrap();

    let mut expected: Vec<Value> = truth.iter().map(|row| known(row, row, row["per_month"].clone())).collect();
    let mut found: Vec<Value> = Vec::new();
    for call in calls.iter().filter(|call| call["kind"] == "wrapper") {
        found.push(known(call, &call["range"]["start"], Value::Null));
    }
    for route in routes {
        let times = route["per_month"]["times"].as_str().map(|times| times.parse::<u64>().unwrap());
        found.push(known(route, route, times.into()));
    }
    for row in expected.iter_mut().chain(&mut found) {
        row["text"] = row.to_string().into();
    }
    let text = |rows: &[Value]| {
        let mut lines: Vec<String> = rows.iter().map(|row| row["text"].as_str().unwrap().to_owned()).collect();
        lines.sort();
        lines
    };
    let (expected, found) = (text(&expected), text(&found));
    let missing: Vec<&String> = expected.iter().filter(|row| !found.contains(row)).collect();
    let more: Vec<&String> = found.iter().filter(|row| !expected.contains(row)).collect();
    assert!(missing.is_empty() && more.is_empty(), "missing {missing:#?}\ntoo much {more:#?}");
    assert_eq!(expected.len(), found.len(), "something stands twice");

    for row in truth.iter().filter(|row| row["kind"] == "route") {
        let route = routes.iter().find(|route| route["name"] == row["name"]).unwrap();
        let sum = row["sum"].as_array().unwrap().iter().map(|part| money(part, calls)).reduce(added).unwrap();
        assert_eq!(dollars(&route["cost_usd"]), sum, "{}", row["name"]);
        if let Some(times) = row["per_month"].as_i64() {
            let month = sum.map(|usd| usd.map(|usd| usd * i128::from(times)));
            assert_eq!(dollars(&route["per_month"]["cost_usd"]), month, "{} in a month", row["name"]);
        }
    }
}

/// What is compared, by its name in both documents; `at` has line and column.
fn known(of: &Value, at: &Value, per_month: Value) -> Value {
    let is_route = of.get("handler").is_some();
    let same = ["path", "function", "in_loop", "routes", "name", "framework", "handler", "reaches", "open", "unpriced"];
    let mut known: serde_json::Map<String, Value> =
        same.iter().filter_map(|name| Some(((*name).to_owned(), of.get(*name)?.clone()))).collect();
    if is_route {
        known.insert("per_month".to_owned(), per_month);
    } else {
        known.remove("unpriced");
        known.insert("column".to_owned(), at["column"].clone());
    }
    known.insert("line".to_owned(), at["line"].clone());
    known.into()
}

/// Low, expected and high, in 10⁻²⁴ dollars.
type Bounds = [Option<i128>; 3];

/// What a part of a route costs: a call that stands there as often as it is made, or one of several ways.
fn money(part: &Value, calls: &[Value]) -> Bounds {
    if let Some(ways) = part["either"].as_array() {
        let ways = ways.iter().map(|way| {
            let parts = way.as_array().unwrap().iter().map(|part| money(part, calls));
            parts.reduce(added).unwrap()
        });
        let either = |one: Bounds, other: Bounds| {
            let most = |at: usize| one[at].zip(other[at]).map(|(one, other)| one.max(other));
            [one[0].min(other[0]), most(1), most(2)]
        };
        return ways.reduce(either).unwrap();
    }
    let stands = |call: &&Value| {
        let start = &call["range"]["start"];
        call["path"] == part["path"] && start["line"] == part["line"] && start["column"] == part["column"]
    };
    let call = calls.iter().find(stands).unwrap_or_else(|| panic!("no call at {part}"));
    let cost = match &call["cost_usd"] {
        // What has no expected cost is in no sum, and there is no bound above it.
        cost if cost["expected"].is_null() => [Some(0), Some(0), None],
        cost => dollars(cost),
    };
    let times = |at: usize| i128::from(part["times"][at].as_i64().unwrap());
    [0, 1, 2].map(|at| cost[at].map(|usd| usd * times(at)))
}

fn added(one: Bounds, other: Bounds) -> Bounds {
    [0, 1, 2].map(|at| one[at].zip(other[at]).map(|(one, other)| one + other))
}

fn dollars(cost: &Value) -> Bounds {
    ["low", "expected", "high"].map(|bound| {
        let (whole, part) = cost[bound].as_str()?.split_once('.').unwrap_or((cost[bound].as_str()?, ""));
        Some(format!("{whole}{part:0<24}").parse().unwrap())
    })
}

/// What is further away than calls are followed is `?` in what people read, with a month and without: never nothing.
#[test]
fn what_is_too_far_away_is_not_free_in_any_view() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "from fastapi import FastAPI\nfrom openai import OpenAI\n\napp = FastAPI()\n\n\ndef f30():\n    return OpenAI().embeddings.create(model=\"text-embedding-3-small\", input=\"hello\")\n".to_owned();
    for at in (0..30).rev() {
        write!(text, "\n\ndef f{at}():\n    return f{}()\n", at + 1).unwrap();
    }
    text.push_str("\n\n@app.post(\"/deep\")\ndef deep():\n    return f0()\n");
    std::fs::write(folder.path().join("main.py"), text).unwrap();
    std::fs::write(folder.path().join("lensai.toml"), "[traffic]\n\"POST /deep\" = \"1k/month\"\n").unwrap();
    let shown = |args: &[&str]| String::from_utf8(support::lensai(folder.path(), args).stdout).unwrap();
    let line = |text: &str| text.lines().find(|line| line.contains("POST /deep")).unwrap().to_owned();
    let row = line(&shown(&["scan", ".", "--no-config"]));
    assert_eq!(row.split_whitespace().collect::<Vec<_>>().join(" "), "POST /deep ? ? too deep to follow");
    assert_eq!(line(&shown(&["scan", ".", "--format", "markdown"])), "| `POST /deep` | ? | ? |  |");
}
