//! Small programs and the requests in them, as Markdown that is both the specification and the test: `tests/requests` has a
//! file per SDK, `tests/patterns` one per way in which code reaches its models and clients.
//!
//! A code block is a file: `python`, `typescript`, `tsx` or `javascript`, with its path when there are several. One of
//! `notebook` holds the code cells of a notebook, with a line `# %%` between them. The block `requests` after them holds
//! what must be found in the files since the last one, in order:
//!
//! ```text
//! path:line sdk operation provider model max_output [loop]
//! ```
//!
//! with `-` for what is not known and `/` between several models, `path[cell]:line` in a notebook. What is no request is
//! a program with an empty block.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lensai_calls::sdk::{BUILTIN, Descriptions};
use lensai_calls::{Call, Database, Texts, calls};
use lensai_syntax::Language;
use lensai_text::Notebook;
use smol_str::SmolStr;

/// The files of a program, by path.
#[derive(Debug, Clone, Default)]
struct Program(BTreeMap<String, Source>);

/// The text of a file; of a notebook that of its cells.
#[derive(Debug, Clone)]
struct Source {
    text: Arc<str>,
    notebook: Option<Notebook>,
}

impl Texts for Program {
    fn text(&self, path: &str) -> Arc<str> {
        self.0.get(path).map(|source| Arc::clone(&source.text)).unwrap_or_default()
    }
}

impl Program {
    fn requests(&self) -> String {
        let paths: Vec<_> = self.0.keys().map(|path| (SmolStr::new(path), Language::of_path(path).unwrap())).collect();
        let mut database = Database::new(Arc::new(self.clone()), Descriptions::builtin(), &paths, Vec::new());
        let all = paths.iter().filter_map(|(path, _)| database.file(path)).collect();
        database.set_ambient_files(all);
        let mut found = String::new();
        for (path, source) in &self.0 {
            for call in calls(&database, database.file(path).unwrap()) {
                writeln!(found, "{path}{} {}", source.place(call.span.start), shown(&call)).unwrap();
            }
        }
        found
    }
}

impl Source {
    fn new(language: &str, block: &str) -> Self {
        if language != "notebook" {
            return Self { text: block.into(), notebook: None };
        }
        let notebook = Notebook::of_cells((0..).zip(block.split("# %%\n")));
        Self { text: notebook.text.as_str().into(), notebook: Some(notebook) }
    }

    /// `:line`, with the cell before it in a notebook.
    fn place(&self, offset: u32) -> String {
        let cell = self.notebook.as_ref().map(|notebook| notebook.cell_at(offset).unwrap());
        let start = cell.map_or(0, |cell| cell.span.start);
        let before = &self.text[usize::try_from(start).unwrap()..usize::try_from(offset).unwrap()];
        let cell = cell.map_or(String::new(), |cell| format!("[{}]", cell.index));
        format!("{cell}:{}", before.matches('\n').count() + 1)
    }
}

fn shown(call: &Call) -> String {
    let model = match call.model.candidates.as_slice() {
        [] => "-".to_owned(),
        models => models.join("/"),
    };
    let provider = call.provider.as_deref().unwrap_or("-");
    let limit = call.max_output.map_or("-".to_owned(), |limit| limit.to_string());
    let in_loop = if call.in_loop { " loop" } else { "" };
    format!("{} {} {provider} {model} {limit}{in_loop}", call.sdk, call.operation.as_str())
}

/// Line, language (and path), and text of each code block.
fn blocks(text: &str) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String, String)> = None;
    for (line, text) in (1..).zip(text.lines()) {
        match (text.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(kind), None) => open = Some((line, kind.to_owned(), String::new())),
            (None, Some((_, _, block))) => writeln!(block, "{text}").unwrap(),
            (None, None) => {}
        }
    }
    found
}

/// What differs in a file of programs.
fn differences(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let mut program = Program::default();
    let mut found = String::new();
    for (line, kind, block) in blocks(&text) {
        let (language, name) = kind.split_once(' ').unwrap_or((&kind, ""));
        let name = match (language, name) {
            ("python", "") => "main.py",
            ("typescript", "") => "main.ts",
            ("tsx", "") => "main.tsx",
            ("javascript", "") => "main.js",
            ("notebook", "") => "main.ipynb",
            ("python" | "typescript" | "tsx" | "javascript" | "notebook", name) => name,
            ("requests", _) => {
                let actual = std::mem::take(&mut program).requests();
                if actual != block {
                    writeln!(found, "{}:{line}\n  expected\n{block}  found\n{actual}", path.display()).unwrap();
                }
                continue;
            }
            (other, _) => panic!("{}:{line}: what is a block of {other}?", path.display()),
        };
        program.0.insert(name.to_owned(), Source::new(language, &block));
    }
    assert!(program.0.is_empty(), "{}: a program without its requests", path.display());
    found
}

fn files_in(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn the_requests_of_every_program_are_found_and_nothing_else() {
    let files = files_in("requests").into_iter().chain(files_in("patterns"));
    let found: Vec<String> = files.map(|file| differences(&file)).filter(|found| !found.is_empty()).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// Described and tried elsewhere: in `fixtures/support-bot`.
const ELSEWHERE: [&str; 8] =
    ["anthropic", "bedrock", "dspy", "google-genai", "langchain", "litellm", "openai", "vercel-ai"];

#[test]
fn every_description_has_its_programs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/requests");
    for (file, _) in BUILTIN {
        let name = file.trim_end_matches(".toml");
        assert!(ELSEWHERE.contains(&name) || folder.join(format!("{name}.md")).is_file(), "no programs for {name}");
    }
}
