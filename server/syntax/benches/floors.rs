//! How long parsing files takes, and turning the trees into facts: what no scan can undercut.
//!
//!     cargo bench -p lensai-syntax --bench floors -- LIST
//!
//! `LIST` is a file with a path in each line. One thread; the files are read before. `benches/scan/run` runs it.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a bench fails by panicking")]

use std::path::Path;
use std::time::{Duration, Instant};

use lensai_syntax::{Language, Limits, facts};
use tree_sitter::Parser;

fn main() {
    let Some(list) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) else {
        println!("  nothing to do: name a file with a list of files");
        return;
    };
    let list = std::fs::read_to_string(list).expect("the list can be read");
    let texts: Vec<(Language, String)> = list.lines().filter_map(read).collect();
    // What has to be paid once is not counted.
    let rounds = 3;
    let parse = (0..rounds).map(|_| timed(|| texts.iter().for_each(|(language, text)| parse(*language, text)))).min();
    let all = (0..rounds).map(|_| timed(|| texts.iter().for_each(|(language, text)| lower(*language, text)))).min();
    let (parse, all) = (parse.unwrap_or_default(), all.unwrap_or_default());
    println!("  {:<22}{:8.2}", "parse", parse.as_secs_f64());
    println!("  {:<22}{:8.2}", "walk the trees", all.saturating_sub(parse).as_secs_f64());
}

/// A file that is text; a notebook is none.
fn read(path: &str) -> Option<(Language, String)> {
    let language =
        Language::of_path(path).filter(|_| Path::new(path).extension().is_none_or(|ending| ending != "ipynb"))?;
    Some((language, String::from_utf8(std::fs::read(path).ok()?).ok()?))
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn parse(language: Language, text: &str) {
    let grammar = match language {
        Language::Python => tree_sitter_python::LANGUAGE.into(),
        Language::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        Language::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
        Language::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
    };
    let mut parser = Parser::new();
    parser.set_language(&grammar).unwrap();
    std::hint::black_box(parser.parse(text, None));
}

fn lower(language: Language, text: &str) {
    std::hint::black_box(facts(text, language, Limits::default()));
}
