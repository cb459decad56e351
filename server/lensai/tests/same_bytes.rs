//! The same tree gives the same bytes: whatever the number of threads, the order in which its files were made and the
//! order in which its paths are named. And the prefilter loses nothing.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use lensai::engine::{Scan, ScanCounters, ScanOptions};
use lensai_calls::sdk::Descriptions;
use tempfile::TempDir;

/// The bytes of a scan in a folder.
fn bytes(folder: &Path, args: &[&str]) -> String {
    let run = support::lensai(folder, &[&["scan", "--format", "json"], args].concat());
    // One document, and nothing else.
    run.json();
    String::from_utf8(run.stdout).unwrap()
}

/// The first lines in which two results differ; none when they are equal.
fn difference(a: &str, b: &str) -> Option<String> {
    let line = a.lines().zip(b.lines()).position(|(a, b)| a != b);
    let line = line.or_else(|| (a != b).then(|| a.lines().count().min(b.lines().count())))?;
    let around = |text: &str| text.lines().skip(line.saturating_sub(2)).take(6).collect::<Vec<_>>().join("\n");
    Some(format!("line {}:\n{}\n--- and ---\n{}", line + 1, around(a), around(b)))
}

/// Every file below a folder, relative to it, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() { open.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    let mut found: Vec<_> = found.iter().map(|path| path.strip_prefix(folder).unwrap().to_path_buf()).collect();
    found.sort();
    found
}

/// A copy of a folder whose files are made in this order.
fn copy(folder: &Path, files: &[PathBuf]) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join(".git")).unwrap();
    for file in files {
        let to = copy.path().join("tree").join(file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(folder.join(file), to).unwrap();
    }
    copy
}

/// Every fixture: a folder of `fixtures/`.
fn every_fixture() -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(support::fixtures())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.contains(&"support-bot".to_owned()));
    names
}

#[test]
fn any_number_of_threads_and_any_repetition() {
    let fixtures = support::fixtures();
    for name in every_fixture() {
        let once = bytes(&fixtures, &[&name, "--threads", "1"]);
        for threads in ["1", "8", "8", "2", "8", "0"] {
            let again = bytes(&fixtures, &[&name, "--threads", threads]);
            assert_eq!(difference(&once, &again), None, "{name} with {threads} threads");
        }
    }
}

#[test]
fn any_order_in_which_files_are_made() {
    let folder = support::fixtures().join("support-bot");
    let mut files = files(&folder);
    let sorted = bytes(copy(&folder, &files).path(), &["tree"]);
    files.reverse();
    let reversed = bytes(copy(&folder, &files).path(), &["tree"]);
    assert_eq!(difference(&sorted, &reversed), None);
    // Neither alphabetical nor by folder.
    files.sort_by_key(|path| path.as_os_str().as_encoded_bytes().iter().rev().copied().collect::<Vec<_>>());
    let mixed = bytes(copy(&folder, &files).path(), &["tree"]);
    assert_eq!(difference(&sorted, &mixed), None);
    assert_eq!(
        difference(&sorted, &bytes(&support::fixtures(), &["support-bot"]).replace("\"support-bot\"", "\"tree\"")),
        None
    );
}

#[test]
fn any_order_in_which_paths_are_named() {
    let folder = support::fixtures().join("support-bot");
    let all = bytes(&folder, &["service", "web", "notebooks"]);
    for paths in [
        &["web", "notebooks", "service"][..],
        &["notebooks", "service", "web"],
        &["web", "service", "notebooks", "web"],
        &["./web/", "service/", "notebooks"],
        &["web", "service/support_bot/llm", "service", "notebooks/evaluate.ipynb"],
        &["."],
    ] {
        assert_eq!(difference(&all, &bytes(&folder, paths)), None, "{paths:?}");
    }
}

#[test]
fn parsing_every_file_finds_nothing_more() {
    let fixtures = support::fixtures();
    for name in every_fixture() {
        let some = bytes(&fixtures, &[&name]);
        let all = bytes(&fixtures, &[&name, "--parse-all"]);
        assert_eq!(difference(&some, &all), None, "{name}");
    }
}

/// What was done, so that a change of it is seen: a file that is parsed, or an item that is evaluated, without need costs every user.
#[test]
fn work_counters() {
    let folder = support::fixtures().join("support-bot");
    insta::assert_debug_snapshot!(counted(&folder, false), @"
    ScanCounters {
        files: 53,
        parsed: 50,
        work: WorkDone {
            items: 671,
            budgets: 0,
        },
        skipped: {},
    }
    ");
    insta::assert_debug_snapshot!(counted(&folder, true), @"
    ScanCounters {
        files: 53,
        parsed: 53,
        work: WorkDone {
            items: 740,
            budgets: 0,
        },
        skipped: {},
    }
    ");
}

/// A query that would take more steps than it may ends, and that is counted and said.
#[test]
fn a_budget_that_is_used_up() {
    let folder = tempfile::tempdir().unwrap();
    let picks = "pick(MODELS),\n".repeat(21_000);
    let text = format!(
        "import openai\n\nMODELS = {{'a': 'gpt-4o'}}\n\ndef pick(models):\n    return models['a']\n\nclient = openai.OpenAI()\nclient.chat.completions.create(messages=[{picks}], model=pick(MODELS))\nclient.responses.create(model='gpt-4o', input='')\n"
    );
    std::fs::write(folder.path().join("main.py"), text).unwrap();
    let scan = scanned(folder.path(), false);
    assert_eq!(scan.counters.work.budgets, 1);
    let notes: Vec<&[String]> = scan.calls.iter().map(|call| call.call.notes.as_slice()).collect();
    assert_eq!(
        notes,
        [&["the model is not known: its value is too large to be followed".to_owned()] as &[String], &[]]
    );
}

fn counted(folder: &Path, parse_all: bool) -> ScanCounters {
    scanned(folder, parse_all).counters
}

fn scanned(folder: &Path, parse_all: bool) -> Scan {
    let options = ScanOptions { parse_all, threads: 2 };
    lensai::engine::scan(folder, &[folder.to_path_buf()], Descriptions::builtin(), options, &|_, _| {})
}
