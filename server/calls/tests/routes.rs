//! Small programs and where work comes into them, as Markdown that is both the specification and the test: `tests/routes` has a file
//! per framework. A block `routes` after the files of a program says what is registered in them, in order:
//!
//! ```text
//! path:line framework NAME = handler
//! ```
//!
//! with the handler's name in its file (`Summarizer.post`), `λ` and its line for one without a name, and its path before it where
//! that is another (`handlers.py#chat`).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "common/programs.rs"]
mod programs;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use lensai_calls::entry::{BUILTIN, parse};
use lensai_calls::sdk::Descriptions;
use lensai_calls::{Database, Entry, Texts, entries, entries_of};
use lensai_semantics::{Importers, ItemRef, SourceFile, head, item_span, items, qualified_name, resolve_module};
use lensai_syntax::Language;
use lensai_syntax::hir::ItemKind;
use lensai_syntax::skim::Skimmer;
use programs::{CELL, File, Written, files_in, programs};
use smol_str::SmolStr;

/// The files of a program, by path.
#[derive(Debug, Clone, Default)]
struct Program(BTreeMap<String, Arc<str>>);

impl Texts for Program {
    fn text(&self, path: &str) -> Arc<str> {
        self.0.get(path).cloned().unwrap_or_default()
    }
}

impl Program {
    fn new(written: &Written) -> Self {
        let text = |file: &File| {
            assert_ne!(file.language, "notebook", "nothing is registered in notebooks");
            file.text.replace(CELL, "").into()
        };
        Self(written.files.iter().map(|file| (file.path.clone(), text(file))).collect())
    }

    fn database(&self) -> Database {
        let paths: Vec<_> = self.0.keys().map(|path| (SmolStr::new(path), Language::of_path(path).unwrap())).collect();
        let mut database = Database::new(Arc::new(self.clone()), Descriptions::builtin(), &paths, Vec::new());
        let mut importers = Importers::default();
        let skimmer = Skimmer::new(&[]);
        for (path, language) in &paths {
            let file = database.file(path).unwrap();
            for import in skimmer.skim(self.0[path.as_str()].as_bytes(), *language).imports {
                if let Some(imported) = resolve_module(&database, file, &import.module).filter(|found| *found != file) {
                    let importers = importers.entry(imported).or_default();
                    if !importers.contains(&file) {
                        importers.push(file);
                    }
                }
            }
        }
        database.set_importers(importers);
        database
    }

    /// A line for each entry.
    fn routes(&self) -> String {
        let database = self.database();
        let files: Vec<SourceFile> = self.0.keys().map(|path| database.file(path).unwrap()).collect();
        let all: Vec<Entry> = files.iter().flat_map(|file| entries(&database, *file).to_vec()).collect();
        let mut found = self.check(&database, &files, &all);
        for entry in &all {
            let place = self.place(&database, entry.file, entry.span.start);
            let handler = self.handler(&database, entry);
            writeln!(found, "{place} {} {} = {handler}", entry.framework, entry.name).unwrap();
        }
        found
    }

    /// What a function handles is the same, asked from the other side and in another order.
    fn check(&self, database: &Database, files: &[SourceFile], all: &[Entry]) -> String {
        let mut faults = String::new();
        let other = self.database();
        for file in files.iter().rev() {
            for at in items(database, *file) {
                let mut expected: Vec<&Entry> = all.iter().filter(|entry| entry.handler == at).collect();
                let path = |entry: &Entry| entry.file.path(database).clone();
                expected.sort_by(|a, b| (path(a), a.span, &a.name).cmp(&(path(b), b.span, &b.name)));
                let found = entries_of(database, at);
                if found.iter().ne(expected.iter().copied()) {
                    writeln!(
                        faults,
                        "{} handles {found:?}, not {expected:?}",
                        qualified_name(database, *file, at.item)
                    )
                    .unwrap();
                }
                let there = ItemRef { file: other.file(file.path(database)).unwrap(), item: at.item };
                let names = |entries: &[Entry]| entries.iter().map(|entry| entry.name.clone()).collect::<Vec<_>>();
                assert_eq!(names(&entries_of(&other, there)), names(&found));
            }
        }
        for entry in all {
            let text = &self.0[entry.file.path(database).as_str()];
            assert!(text.get(entry.span.range()).is_some_and(|text| !text.is_empty()), "{entry:?}");
        }
        faults
    }

    fn place(&self, database: &Database, file: SourceFile, offset: u32) -> String {
        let path = file.path(database);
        let before = &self.0[path.as_str()][..usize::try_from(offset).unwrap()];
        format!("{path}:{}", before.matches('\n').count() + 1)
    }

    fn handler(&self, database: &Database, entry: &Entry) -> String {
        let ItemRef { file, item } = entry.handler;
        let kind = head(database, file, item).unwrap().kind;
        let name = match kind {
            ItemKind::Lambda { .. } => {
                let place = self.place(database, file, item_span(database, file, item).start);
                format!("λ{}", place.rsplit(':').next().unwrap())
            }
            _ => qualified_name(database, file, item).to_string(),
        };
        if file == entry.file { name } else { format!("{}#{name}", file.path(database)) }
    }
}

/// What differs in a file of programs.
fn differences(path: &Path) -> String {
    let mut found = String::new();
    for program in programs(path) {
        let actual = Program::new(&program).routes();
        if actual != program.requests {
            let place = format!("{}:{}", path.display(), program.line);
            writeln!(found, "{place}\n  expected\n{}  found\n{actual}", program.requests).unwrap();
        }
    }
    found
}

#[test]
fn the_entries_of_every_program_are_found_and_nothing_else() {
    let found: Vec<String> =
        files_in("routes").iter().map(|file| differences(file)).filter(|found| !found.is_empty()).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn what_is_wrong_in_a_description_is_said_with_its_place() {
    let from = "from = { python = [\"x\"] }\n";
    let cases = [
        ("framework = \"a\"\nrooter = 1\n".to_owned(), "a.toml:2:1: unknown field `rooter`"),
        (format!("framework = \"\"\n{from}"), "a.toml:1:13: the name is empty"),
        (
            format!("framework = \"a\"\n{from}[[entry]]\nmethod = [\"get\"]\nhandler = [\"last\"]\n"),
            "a.toml:3:1: a route needs `path`",
        ),
        (
            format!(
                "framework = \"a\"\n{from}[[entry]]\nkind = \"rout\"\nmethod = [\"get\"]\npath = [\"0..x\"]\nhandler = [\"last\"]\n"
            ),
            "a.toml:4:8: `rout` is no kind of entry: there are `route`, `task`, `schedule`, `command`, `function`\na.toml:6:9: `0..x` has an empty part",
        ),
        (
            format!("framework = \"a\"\n{from}[[mount]]\nmethod = [\"use\"]\n"),
            "a.toml:3:1: a `mount` needs `what`: what is put below",
        ),
        (
            format!("framework = \"a\"\n{from}[[router]]\nprefix = [\"x\"]\n"),
            "a.toml:3:1: a `router` needs `call`, `is`, `object`, `plugin` or `names`",
        ),
    ];
    for (text, expected) in cases {
        let errors: Vec<String> =
            parse("a.toml", &text).err().unwrap_or_default().iter().map(ToString::to_string).collect();
        let found = errors.join("\n");
        assert!(found.starts_with(expected), "{text}\n{found}");
    }
}

#[test]
fn every_description_is_built_in_and_has_its_programs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../queries/routes");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "toml"))
        .collect();
    names.sort();
    assert_eq!(BUILTIN.iter().map(|(file, _)| *file).collect::<Vec<_>>(), names);
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/routes");
    for (file, text) in BUILTIN {
        let errors: Vec<String> = parse(file, text).err().unwrap_or_default().iter().map(ToString::to_string).collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
        let name = file.trim_end_matches(".toml");
        assert!(programs.join(format!("{name}.md")).is_file(), "no programs for {name}");
    }
}
