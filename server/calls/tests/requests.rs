//! Small programs and the requests in them, as Markdown that is both the specification and the test: `tests/requests` has a
//! file per SDK, `tests/patterns` one per way in which code reaches its models and clients, `tests/prompts` one per question
//! about what is sent. How they are written stands in
//! `common/programs.rs`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "common/programs.rs"]
mod programs;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use lensai_calls::sdk::{BUILTIN, Descriptions};
use lensai_calls::{Call, Database, Definition, Operation, PromptPart, Texts, TurnLimit, calls};
use lensai_syntax::Language;
use lensai_text::Notebook;
use programs::{Written, files_in, programs};
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
    fn new(written: &Written) -> Self {
        let files = written.files.iter();
        Self(files.map(|file| (file.path.clone(), Source::new(&file.language, &file.text))).collect())
    }

    /// A line for each request, or several with what is sent.
    fn requests(&self, prompts: bool) -> String {
        let paths: Vec<_> = self.0.keys().map(|path| (SmolStr::new(path), Language::of_path(path).unwrap())).collect();
        let mut database = Database::new(Arc::new(self.clone()), Descriptions::builtin(), &paths, Vec::new());
        let all: Vec<_> = paths.iter().filter_map(|(path, _)| database.file(path)).collect();
        // Who imports none of a file's functions calls none of them.
        database.set_importers(all.iter().map(|file| (*file, all.clone())).collect());
        database.set_addressed_files(all.iter().copied().collect());
        database.set_ambient_files(all);
        let mut found = String::new();
        for (path, source) in &self.0 {
            for call in calls(&database, database.file(path).unwrap()) {
                let place = source.place(call.span.start);
                if prompts {
                    write!(found, "{path}{place}\n{}", sent(path, &call)).unwrap();
                } else {
                    writeln!(found, "{path}{place} {}", shown(&call)).unwrap();
                }
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
        let notebook = Notebook::of_cells((0..).zip(block.split(programs::CELL)));
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
    let turns = match call.turns {
        TurnLimit::AtMost(turns) => format!(" turns={turns}"),
        TurnLimit::Open if call.operation != Operation::Agent => " turns=?".to_owned(),
        TurnLimit::One | TurnLimit::Open => String::new(),
    };
    let in_loop = if call.in_loop { " loop" } else { "" };
    format!("{} {} {provider} {model} {limit}{turns}{in_loop}", call.sdk, call.operation.as_str())
}

/// What is sent with a request of a file.
fn sent(path: &str, call: &Call) -> String {
    let prompt = &call.prompt;
    let mut found = String::new();
    for message in &prompt.messages {
        writeln!(found, "  {} {}", message.role.as_deref().unwrap_or("-"), parts(path, &message.parts)).unwrap();
    }
    if prompt.open {
        writeln!(found, "  …").unwrap();
    }
    let define = |kind: &str, definition: &Definition| {
        let line = format!("  {kind} {} {}", definition.name.as_deref().unwrap_or("-"), parts(path, &definition.parts));
        line.trim_end().to_owned() + "\n"
    };
    found.extend(prompt.tools.iter().map(|tool| define("tool", tool)));
    if prompt.open_tools {
        writeln!(found, "  tool …").unwrap();
    }
    found.extend(prompt.schema.iter().map(|schema| define("schema", schema)));
    found
}

fn parts(path: &str, parts: &[PromptPart]) -> String {
    let part = |part: &PromptPart| match part {
        PromptPart::Text(text) => match &text.path {
            Some(other) if other != path => format!("{:?}@{other}", text.text),
            Some(_) => format!("{:?}", text.text),
            None => text.text.to_string(),
        },
        PromptPart::Hole(name) => format!("{{{name}}}"),
        PromptPart::Media(media) => match &media.detail {
            Some(detail) => format!("<{} {detail}>", media.kind.as_str()),
            None => format!("<{}>", media.kind.as_str()),
        },
    };
    parts.iter().map(part).collect::<Vec<_>>().join(" ")
}

/// What differs in a file of programs.
fn differences(path: &Path) -> String {
    let mut found = String::new();
    for program in programs(path) {
        let prompts = program.requests.lines().any(|line| line.starts_with(' '));
        let actual = Program::new(&program).requests(prompts);
        if actual != program.requests {
            let place = format!("{}:{}", path.display(), program.line);
            writeln!(found, "{place}\n  expected\n{}  found\n{actual}", program.requests).unwrap();
        }
    }
    found
}

#[test]
fn the_requests_of_every_program_are_found_and_nothing_else() {
    let files = ["requests", "patterns", "prompts"].into_iter().flat_map(files_in);
    let found: Vec<String> = files.map(|file| differences(&file)).filter(|found| !found.is_empty()).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_description_has_its_programs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/requests");
    for (file, _) in BUILTIN {
        let name = file.trim_end_matches(".toml");
        assert!(folder.join(format!("{name}.md")).is_file(), "no programs for {name}");
    }
}
