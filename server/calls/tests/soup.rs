//! Programs that nobody would write, made of what SDK code is made of: evaluated without a panic and without a hang, with
//! spans that can be shown, and to the same calls whatever the order of questions.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "soup/words.rs"]
mod words;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;

use lensai_calls::sdk::Descriptions;
use lensai_calls::{Call, Database, Texts, calls, entries, entries_of};
use lensai_syntax::Language;
use lensai_text::{Notebook, decode};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use smol_str::SmolStr;
use words::{PYTHON, PYTHON_VALUES, SCRIPT, SCRIPT_VALUES};

static DESCRIPTIONS: LazyLock<Descriptions> = LazyLock::new(Descriptions::builtin);

/// The files of a project, by path.
#[derive(Debug, Clone)]
struct Program(BTreeMap<&'static str, Arc<str>>);

impl Texts for Program {
    fn text(&self, path: &str) -> Arc<str> {
        self.0.get(path).cloned().unwrap_or_default()
    }
}

impl Program {
    fn database(&self) -> Database {
        let language = |path: &str| Language::of_path(path).unwrap();
        let paths: Vec<_> = self.0.keys().map(|path| (SmolStr::new(path), language(path))).collect();
        let mut database = Database::new(Arc::new(self.clone()), DESCRIPTIONS.clone(), &paths, Vec::new());
        let all: Vec<_> = paths.iter().filter_map(|(path, _)| database.file(path)).collect();
        // Who imports none of a file's functions calls none of them.
        database.set_importers(all.iter().map(|file| (*file, all.clone())).collect());
        database.set_addressed_files(all.iter().copied().collect());
        database.set_ambient_files(all);
        database
    }

    /// The calls of each file, asked for in this order.
    fn calls(&self, order: impl Iterator<Item = &'static str>) -> BTreeMap<&'static str, Vec<Call>> {
        let database = self.database();
        order.map(|path| (path, calls(&database, database.file(path).unwrap()))).collect()
    }

    /// Asked by several at once.
    fn calls_by_threads(&self) -> BTreeMap<&'static str, Vec<Call>> {
        let database = self.database();
        thread::scope(|scope| {
            let ask = |path| {
                let database = database.clone();
                let ask = move || (path, calls(&database, database.file(path).unwrap()));
                thread::Builder::new().stack_size(STACK).spawn_scoped(scope, ask).unwrap()
            };
            let threads: Vec<_> = self.0.keys().copied().map(ask).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    /// What is registered in each file, asked for in this order, with places that are in the text.
    fn entries(
        &self,
        order: impl Iterator<Item = &'static str>,
    ) -> Result<BTreeMap<&'static str, Vec<SmolStr>>, String> {
        let database = self.database();
        let mut found = BTreeMap::new();
        for path in order {
            let file = database.file(path).unwrap();
            let entries = entries(&database, file);
            if let Some(entry) =
                entries.iter().find(|entry| self.0[path].get(entry.span.range()).is_none_or(str::is_empty))
            {
                return Err(format!("{path}: {:?} is no place in the text", entry.span));
            }
            if let Some(entry) = entries.iter().find(|entry| !entries_of(&database, entry.handler).contains(entry)) {
                return Err(format!("{path}: {} is not what its handler handles", entry.name));
            }
            found.insert(path, entries.iter().map(|entry| entry.name.clone()).collect());
        }
        Ok(found)
    }

    /// What must hold for any program, or what does not. A panic is for faults of the engine alone.
    fn check(&self) -> Result<(), String> {
        let found = self.calls(self.0.keys().copied());
        for (path, calls) in &found {
            let text = &self.0[path];
            if !calls.is_sorted_by_key(|call| call.span) {
                return Err(format!("{path}: calls are not in order of place"));
            }
            for call in calls {
                if text.get(call.span.range()).is_none_or(str::is_empty) {
                    return Err(format!("{path}: {:?} is no place in the text", call.span));
                }
                let places = &call.places;
                let new = places.add_max_output.as_ref().map(|new| (new.within, new.after));
                let spans =
                    [Some(places.callee), places.function, places.model, places.model_literal, places.max_output];
                let spans = spans
                    .into_iter()
                    .flatten()
                    .chain(new.into_iter().flat_map(|(all, last)| [Some(all), last]).flatten());
                if let Some(span) = spans.into_iter().find(|span| text.get(span.range()).is_none_or(str::is_empty)) {
                    return Err(format!("{path}: {span:?} of {:?} is no place in the text", call.span));
                }
            }
        }
        let entries = self.entries(self.0.keys().copied())?;
        if entries.values().any(|names| !names.is_empty()) && entries != self.entries(self.0.keys().rev().copied())? {
            return Err("another order of questions gives other entries".to_owned());
        }
        same(&found, &self.calls(self.0.keys().rev().copied()), "another order of questions")?;
        same(&found, &self.calls_by_threads(), "several threads")
    }
}

fn same(a: &BTreeMap<&'static str, Vec<Call>>, b: &BTreeMap<&'static str, Vec<Call>>, how: &str) -> Result<(), String> {
    match a.iter().find(|(path, calls)| b.get(**path) != Some(calls)) {
        None => Ok(()),
        Some((path, calls)) => Err(format!("{how} gives other calls in {path}\n{calls:#?}\n{:#?}", b.get(path))),
    }
}

/// What a scan gives to its threads.
const STACK: usize = 16 * 1024 * 1024;
/// Far above what any of these small programs takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// Checks a program with an eye on the clock.
fn check(program: &Program) -> Result<(), TestCaseError> {
    // What overflows the stack ends the whole process: then this is all that is left of it.
    let name = thread::current().name().unwrap_or_default().to_owned();
    let _ = std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name + ".txt"), format!("{program:#?}"));
    let (done, is_done) = mpsc::channel();
    let this = program.clone();
    let worker = thread::Builder::new().stack_size(STACK).spawn(move || {
        let result = this.check();
        done.send(()).unwrap();
        result
    });
    let worker = worker.unwrap();
    if is_done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
        // A thread cannot be ended, and shrinking would start many more. Not through what captures the output of tests.
        let _ = writeln!(std::io::stderr(), "still running after {PATIENCE:?}: {program:#?}");
        std::process::abort();
    }
    let text = |fault: &Box<dyn std::any::Any + Send>| match fault.downcast_ref::<String>() {
        Some(text) => text.clone(),
        None => fault.downcast_ref::<&str>().map_or_else(|| "panicked".to_owned(), |text| (*text).to_owned()),
    };
    worker.join().unwrap_or_else(|fault| Err(text(&fault))).map_err(TestCaseError::fail)
}

fn program(files: impl IntoIterator<Item = (&'static str, String)>) -> Program {
    Program(files.into_iter().map(|(path, text)| (path, Arc::from(text))).collect())
}

// ---- bytes

const EVERY_LANGUAGE: [&str; 5] = ["a.py", "a.ts", "a.tsx", "a.js", "a.ipynb"];

/// The text of a file as a scan reads it.
fn read(path: &str, bytes: &[u8]) -> String {
    let text = decode(bytes).text.into_owned();
    if Path::new(path).extension().is_some_and(|ending| ending == "ipynb") { Notebook::parse(&text).text } else { text }
}

/// Programs that are good, to be spoilt.
const GOOD: [&str; 5] = [
    "from openai import OpenAI\nclass A:\n    def __init__(self, model='m'):\n        self.c, self.model = OpenAI(), model\n    def f(self, x):\n        return self.c.chat.completions.create(model=self.model, messages=[{'role': 'user', 'content': f'é {x}'}])\n",
    "import OpenAI from 'openai';\nclass A {\n  constructor(private c = new OpenAI(), private model: string = 'm') {}\n  f(x: string) { return this.c.chat.completions.create({model: this.model, messages: [{role: 'user', content: `é ${x}`}]}); }\n}\n",
    "import { generateText as g } from 'ai';\nimport { openai } from '@ai-sdk/openai';\nexport default async function P() { const r = await g({model: openai('m'), prompt: 'é'}); return <p>{r.text}</p>; }\n",
    "const { OpenAI } = require('openai');\nconst o = {...{model: 'm'}, input: ['é']};\nmodule.exports = async () => new OpenAI().embeddings.create({...o});\n",
    "{\"cells\": [{\"cell_type\": \"code\", \"source\": [\"import litellm\\n\", \"%time x = 1\\n\", \"litellm.completion('m', ['é'])\"]}, {\"cell_type\": \"code\", \"source\": \"!ls\\nlitellm.completion(model='n')\"}]}",
];

#[test]
fn the_good_programs_are_good() {
    for (path, text) in EVERY_LANGUAGE.into_iter().zip(GOOD) {
        let program = program([(path, read(path, text.as_bytes()))]);
        let expected = if path == "a.ipynb" { 2 } else { 1 };
        assert_eq!(program.calls([path].into_iter())[path].len(), expected, "{path}");
    }
}

// ---- tokens and statements of SDK code

/// A statement or value whose holes are filled, and filled again, as long as there is something to fill them with.
fn filled(pattern: &str, values: &[&str], choices: &mut impl Iterator<Item = Index>, depth: usize) -> String {
    let mut pieces = pattern.split('$');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match choices.next().filter(|_| depth < 6) {
            Some(choice) => text.push_str(&filled(values[choice.index(values.len())], values, choices, depth + 1)),
            None => text.push('a'),
        }
        text.push_str(piece);
    }
    text
}

/// Lines of a program, each with how it is indented.
fn lines(statements: &'static [&'static str], values: &'static [&'static str]) -> impl Strategy<Value = String> {
    let line = (select(statements), prop::collection::vec(any::<Index>(), 0..12), 0_usize..5);
    prop::collection::vec(line, 0..24).prop_map(move |lines| {
        let mut text = String::new();
        for (statement, choices, indent) in lines {
            text.push_str(&" ".repeat(indent));
            text.push_str(&filled(statement, values, &mut choices.into_iter(), 0));
            text.push('\n');
        }
        text
    })
}

/// Lines as above, each indented below what opens a block, so that most of them parse.
fn python() -> impl Strategy<Value = String> {
    let line = (select(PYTHON), prop::collection::vec(any::<Index>(), 0..12), 0_usize..3);
    prop::collection::vec(line, 0..30).prop_map(move |lines| {
        let (mut text, mut indent) = (String::new(), 0_usize);
        for (statement, choices, less) in lines {
            let is_deeper = text.trim_end().ends_with(':');
            indent = if is_deeper { indent + 1 } else { indent.saturating_sub(less) };
            text.push_str(&"  ".repeat(indent));
            text.push_str(&filled(statement, PYTHON_VALUES, &mut choices.into_iter(), 0));
            text.push('\n');
        }
        if text.trim_end().ends_with(':') {
            text.push_str(&"  ".repeat(indent + 1));
            text.push_str("pass\n");
        }
        text
    })
}

/// Lines with their braces closed.
fn script() -> impl Strategy<Value = String> {
    lines(SCRIPT, SCRIPT_VALUES).prop_map(|mut text| {
        let open = text.matches('{').count().saturating_sub(text.matches('}').count());
        text.push_str(&"}\n".repeat(open));
        text
    })
}

/// `PROPTEST_CASES` asks for more.
fn few() -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = std::env::var_os("PROPTEST_CASES").map_or(96, |_| default.cases);
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 4_000, ..default }
}

proptest! {
    #![proptest_config(few())]

    #[test]
    fn any_bytes(bytes in any::<Vec<u8>>(), path in select(&EVERY_LANGUAGE[..])) {
        check(&program([(path, read(path, &bytes))]))?;
    }

    /// Good programs with some bytes replaced, added or cut.
    #[test]
    fn any_fault(
        which in 0..GOOD.len(),
        faults in prop::collection::vec((any::<Index>(), 0_usize..8, prop::collection::vec(any::<u8>(), 0..4)), 1..6),
        end in any::<Index>(),
    ) {
        let mut bytes = GOOD[which].as_bytes().to_vec();
        for (at, len, new) in faults {
            let start = at.index(bytes.len() + 1);
            let end = (start + len).min(bytes.len());
            bytes.splice(start..end, new);
        }
        let cut = end.index(4 * (bytes.len() + 1)).min(bytes.len());
        check(&program([(EVERY_LANGUAGE[which], read(EVERY_LANGUAGE[which], &bytes[..cut]))]))?;
    }

    #[test]
    fn any_python(a in python(), b in python(), init in python()) {
        check(&program([("p/a.py", a), ("p/b.py", b), ("p/__init__.py", init)]))?;
    }

    #[test]
    fn any_python_lines(a in lines(PYTHON, PYTHON_VALUES), b in lines(PYTHON, PYTHON_VALUES)) {
        check(&program([("a.py", a), ("b.py", b)]))?;
    }

    #[test]
    fn any_typescript(a in script(), b in script(), index in script()) {
        check(&program([("a.ts", a), ("b.tsx", b), ("index.ts", index)]))?;
    }

    #[test]
    fn any_javascript(a in script(), b in lines(SCRIPT, SCRIPT_VALUES)) {
        check(&program([("a.mjs", a), ("b.js", b)]))?;
    }

    /// A notebook, whose names lead on into its project.
    #[test]
    fn any_notebook(cells in prop::collection::vec(lines(PYTHON, PYTHON_VALUES), 0..4), b in python()) {
        let cells: Vec<String> = cells.iter().map(|cell| format!("{{\"cell_type\": \"code\", \"source\": {cell:?}}}")).collect();
        let notebook = format!("{{\"cells\": [{}]}}", cells.join(","));
        check(&program([("a.ipynb", read("a.ipynb", notebook.as_bytes())), ("b.py", b)]))?;
    }
}
