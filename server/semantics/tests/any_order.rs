//! The same answers in any order of questions, by one thread and by eight.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fmt::Write as _;

use common::{Database, render};
use lensai_semantics::{Evaluator, caller_argument, class_attribute, export, given_argument, item, items, returns};
use lensai_syntax::hir::ExprId;
use smol_str::SmolStr;

/// A question, by names and numbers that mean the same in every database.
#[derive(Debug, Clone, Copy)]
enum Question {
    Export(usize, &'static str),
    Item(usize, usize),
}

const MODULES: usize = 12;
const NAMES: [&str; 6] = ["HERE", "THERE", "make", "again", "Bot", "all_of_them"];

/// Modules in a ring, each with values of the next: constants, factories, classes, and some that depend on themselves.
fn files() -> String {
    let mut files = String::new();
    for at in 0..MODULES {
        let next = (at + 1) % MODULES;
        let _ = write!(
            files,
            r#"
--- m{at:02}.py
from openai import OpenAI
from m{next:02} import HERE as THERE, make as other, Bot as Base
from m{next:02} import *

HERE = THERE if read() else "m{at}"

def make(name, depth={at}):
    return other(name) if depth else OpenAI(model=HERE, name=name)

def again(flag):
    if flag:
        return again(flag - 1)
    return [HERE, THERE]

def _private(value):
    return f"{{value}} of {{HERE}}"

class Bot(Base):
    def __init__(self, model=THERE):
        self.model = model
        self.client = make(self.model)

    def run(self):
        return _private(self.client)

all_of_them = {{"make": make("x"), "bot": Bot(), **other}}
"#
        );
    }
    files
}

/// All questions, in an order that depends on a seed.
fn questions(seed: u64) -> Vec<Question> {
    let exports = (0..MODULES).flat_map(|file| NAMES.map(|name| Question::Export(file, name)));
    let items = (0..MODULES).flat_map(|file| (0..7).map(move |item| Question::Item(file, item)));
    let mut all: Vec<Question> = exports.chain(items).collect();
    let mut state = seed;
    for last in (1..all.len()).rev() {
        // Knuth's generator: any will do, as long as it is the same everywhere.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        all.swap(last, usize::try_from(state >> 33).unwrap() % (last + 1));
    }
    all
}

fn answer(db: &Database, question: Question) -> String {
    let shown = |value: Option<lensai_semantics::Value>| value.map(|value| render(db, &value));
    let file = |at: usize| db.file(&format!("m{at:02}.py"));
    match question {
        Question::Export(at, name) => format!("{name} of {at}: {:?}", shown(export(db, file(at), SmolStr::new(name)))),
        Question::Item(at, number) => {
            let file = file(at);
            let Some(at) = items(db, file).nth(number) else { return format!("no item {number} in {at}") };
            let body = item(db, file, at.item);
            let mut evaluator = Evaluator::new(db, at);
            let all = (0..body.exprs.len()).map(|id| render(db, &evaluator.eval(ExprId(u32::try_from(id).unwrap()))));
            let all: Vec<String> = all.collect();
            let attributes =
                ["model", "client"].map(|name| shown(class_attribute(db, file, at.item, SmolStr::new(name))));
            let result = render(db, &returns(db, file, at.item));
            let given = [caller_argument, given_argument].map(|given| shown(given(db, file, at.item, 0)));
            format!("item {number} of {}: {all:?} {attributes:?} {result} {given:?}", file.path(db))
        }
    }
}

/// All answers of a new database, sorted, when so many threads ask in an order.
fn answers(seed: u64, threads: usize) -> Vec<String> {
    let database = Database::new(&files(), None);
    let questions = questions(seed);
    let mut all: Vec<String> = std::thread::scope(|scope| {
        let parts = questions.chunks(questions.len().div_ceil(threads));
        let workers: Vec<_> = parts
            .map(|part| {
                let database = database.clone();
                let work = move || part.iter().map(|question| answer(&database, *question)).collect::<Vec<_>>();
                std::thread::Builder::new().stack_size(16 << 20).spawn_scoped(scope, work).unwrap()
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    all.sort_unstable();
    all
}

#[test]
fn neither_order_nor_threads_change_an_answer() {
    let expected = answers(1, 1);
    assert_eq!(expected.len(), MODULES * (NAMES.len() + 7));
    for seed in 2..6 {
        for threads in [1, 8] {
            let found = answers(seed, threads);
            let differs = expected.iter().zip(&found).find(|(expected, found)| expected != found);
            assert_eq!(differs, None, "seed {seed}, {threads} threads");
        }
    }
}
