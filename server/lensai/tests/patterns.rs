//! The programs that specify which requests are found, as trees on a disk: the files that are chosen for a parse must be those
//! that parsing all of them needs.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../../calls/tests/common/programs.rs"]
mod programs;

use std::path::{Path, PathBuf};

use lensai::engine::{Scan, ScanOptions, scan};
use lensai_calls::sdk::Descriptions;
use programs::{File, files_in, programs};

#[test]
fn every_program_is_found_without_parsing_all_of_it() {
    let mut differences = Vec::new();
    for file in ["patterns", "prompts", "requests"].into_iter().flat_map(files_in) {
        for program in programs(&file) {
            let folder = tempfile::tempdir().expect("a folder");
            for file in &program.files {
                write(folder.path(), file);
            }
            let of = |parse_all| {
                let options = ScanOptions { parse_all, threads: 1 };
                scan(folder.path(), &[PathBuf::from(folder.path())], Descriptions::builtin(), options, &|_, _| {})
            };
            let place = format!("{}:{}", file.display(), program.line);
            let (some, all) = (of(false), of(true));
            let expected: Vec<&str> = program
                .requests
                .lines()
                .filter(|line| !line.starts_with(' '))
                .filter_map(|line| line.split(' ').next())
                .collect();
            if places(&some) != expected || places(&all) != expected {
                differences.push(format!(
                    "{place}\n{expected:?}\nfound {:?}\nparsing all {:?}",
                    places(&some),
                    places(&all)
                ));
            }
            assert!(
                some.calls == all.calls || places(&some) != places(&all),
                "{place}: the same calls, told otherwise"
            );
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn places(scan: &Scan) -> Vec<String> {
    let place = |call: &lensai::engine::LocatedCall| match call.cell {
        Some(cell) => format!("{}[{cell}]:{}", call.path, call.start.line),
        None => format!("{}:{}", call.path, call.start.line),
    };
    scan.calls.iter().map(place).collect()
}

fn write(folder: &Path, file: &File) {
    let path = folder.join(&file.path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    let text = if file.language == "notebook" { notebook(&file.text) } else { file.text.clone() };
    std::fs::write(path, text).expect("written");
}

fn notebook(cells: &str) -> String {
    let cells = cells.split(programs::CELL).map(|source| serde_json::json!({"cell_type": "code", "source": source}));
    serde_json::json!({"cells": cells.collect::<Vec<_>>(), "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        .to_string()
}
