//! What an edit computes anew: the queries that salsa executes are counted, by name.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use common::{Database, render};
use lensai_semantics::{Content, ItemRef, SourceFile, attribute, export, head, items, returns};
use lensai_syntax::hir::ItemKind;
use salsa::{EventKind, Setter};
use smol_str::SmolStr;

const FILES: &str = r#"
--- main.py
from clients import make, MODEL

def first(text):
    return f"{MODEL}: {text}"

def second(text):
    return make(text)

class Bot:
    def __init__(self):
        self.client = make("bot")

    def run(self):
        return self.client
--- clients.py
from openai import OpenAI

MODEL = "m"

def make(name):
    return OpenAI(name=name)
"#;

/// Names of executed queries, each with how often.
type Executed = Arc<Mutex<Vec<String>>>;

/// A workspace whose every question was asked once.
struct Workspace {
    database: Database,
    executed: Executed,
}

impl Workspace {
    fn new() -> Self {
        let executed = Executed::default();
        let log = Arc::clone(&executed);
        let listener = move |event: salsa::Event| {
            if let EventKind::WillExecute { database_key } = event.kind {
                log.lock().unwrap().push(format!("{database_key:?}"));
            }
        };
        let database = Database::new(FILES, Some(Box::new(listener)));
        Self { database, executed }
    }

    /// What all functions return, and an attribute and exports, with the queries that were executed for it.
    fn ask(&self) -> (Vec<String>, BTreeMap<String, usize>) {
        let db = &self.database;
        self.executed.lock().unwrap().clear();
        let (main, clients) = (db.file("main.py"), db.file("clients.py"));
        let mut answers = Vec::new();
        let mut class = None;
        for at in items(db, main).chain(items(db, clients)).collect::<Vec<ItemRef>>() {
            let this = head(db, at.file, at.item).unwrap();
            match this.kind {
                ItemKind::Function => {
                    answers.push(format!("{}: {}", this.name, render(db, &returns(db, at.file, at.item))));
                }
                ItemKind::Class => class = Some(at),
                _ => {}
            }
        }
        let (client, _) = attribute(db, class.unwrap(), "client").unwrap();
        answers.push(format!("client: {}", render(db, &client)));
        answers.push(format!("MODEL: {}", render(db, &export(db, clients, SmolStr::new("MODEL")).unwrap())));
        let mut executed = BTreeMap::new();
        for query in self.executed.lock().unwrap().iter() {
            let name = query.split('(').next().unwrap_or(query);
            *executed.entry(name.to_owned()).or_default() += 1;
        }
        (answers, executed)
    }

    /// Types into an open file.
    fn replace(&mut self, file: SourceFile, old: &str, new: &str) {
        let Content::Open(text) = file.content(&self.database).clone() else { return };
        assert!(text.contains(old), "{text}");
        file.set_content(&mut self.database).to(Content::Open(text.replace(old, new).into()));
    }
}

/// The file, its outline, the names of it that functions assign, and each of its items, as they are read anew after an edit; then
/// what is asked of them.
fn read_anew(items: usize, then: &[(&str, usize)]) -> BTreeMap<String, usize> {
    let read = [("facts", 1), ("outline", 1), ("assigned_names", 1), ("item", items)];
    read.iter().chain(then).map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[test]
fn a_question_that_was_asked_costs_nothing() {
    let workspace = Workspace::new();
    let (answers, executed) = workspace.ask();
    assert!(executed["returns"] >= 4, "{executed:?}");
    assert_eq!(workspace.ask(), (answers, BTreeMap::new()));
}

#[test]
fn an_edit_in_a_body_evaluates_that_function_alone() {
    let mut workspace = Workspace::new();
    let (before, _) = workspace.ask();
    let main = workspace.database.file("main.py");

    // As long as before: nothing in the file moves.
    workspace.replace(main, "{MODEL}: ", "{MODEL}! ");
    let (after, executed) = workspace.ask();
    assert_eq!(executed, read_anew(6, &[("returns", 1)]));
    assert_eq!(after[0], r#"first: "m! {text: param text}""#);
    assert_eq!(after[1..], before[1..]);

    // Longer: what stands below moves, and with it the places of the module's own names. They are looked up again, here
    // `MODEL` and `make`, and no function that uses them is evaluated.
    workspace.replace(main, "def first(text):\n", "def first(text):\n    log(text)\n");
    assert_eq!(workspace.ask(), (after, read_anew(6, &[("returns", 1), ("scope_binding", 2)])));
}

#[test]
fn an_edit_between_functions_leaves_them_alone() {
    let mut workspace = Workspace::new();
    let (before, _) = workspace.ask();
    let main = workspace.database.file("main.py");
    workspace.replace(main, "def second", "# What comes second.\n\ndef second");
    assert_eq!(workspace.ask(), (before, read_anew(6, &[("scope_binding", 2)])));
}

#[test]
fn a_result_that_stays_stops_an_edit() {
    let mut workspace = Workspace::new();
    let (before, _) = workspace.ask();
    let clients = workspace.database.file("clients.py");

    // Who calls the function, a function and an attribute, looks at its parameters and is evaluated again; the method that
    // hands out the attribute is not.
    workspace.replace(clients, "    return OpenAI", "    log(name)\n    return OpenAI");
    assert_eq!(workspace.ask(), (before.clone(), read_anew(2, &[("returns", 2), ("class_attribute", 1)])));

    // Another result goes all the way.
    workspace.replace(clients, "name=name", "name=name, timeout=1");
    let (after, executed) = workspace.ask();
    assert_eq!(executed, read_anew(2, &[("returns", 3), ("class_attribute", 1)]));
    assert_eq!(after[0], before[0]);
    assert_eq!(after[1], "second: openai#OpenAI(name=param text, timeout=1@constant)");
}
