//! The same tree gives the same bytes: whatever the number of threads, the order in which its files were made and the
//! order in which its paths are named. And the prefilter loses nothing.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

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

/// What was done, so that a change of it is seen: a file that is parsed without need costs every user.
#[test]
fn work_counters() {
    let folder = support::fixtures().join("support-bot");
    let of = |parse_all| {
        let options = lensai::engine::ScanOptions { parse_all, threads: 2 };
        let descriptions = lensai_calls::sdk::Descriptions::builtin();
        lensai::engine::scan(&folder, std::slice::from_ref(&folder), descriptions, options, &|_, _| {}).counters
    };
    insta::assert_debug_snapshot!(of(false), @"
    ScanCounters {
        files: 53,
        parsed: 40,
        skipped: {},
    }
    ");
    insta::assert_debug_snapshot!(of(true), @"
    ScanCounters {
        files: 53,
        parsed: 53,
        skipped: {},
    }
    ");
}
