//! Where the parts of a call stand, and what comments beside it say.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use lensai_calls::sdk::Descriptions;
use lensai_calls::{Call, Database, OutputLimit, Texts, calls, constant_in, directives};
use lensai_syntax::Language;
use lensai_text::Span;

struct One(Arc<str>);

impl Texts for One {
    fn text(&self, _: &str) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

fn database(path: &str, text: &str) -> Database {
    let paths = [(path.into(), Language::of_path(path).unwrap())];
    Database::new(Arc::new(One(text.into())), Descriptions::builtin(), &paths, Vec::new())
}

fn found(path: &str, text: &str) -> Vec<Call> {
    let database = database(path, text);
    calls(&database, database.file(path).unwrap())
}

/// The places of the first call, by their text; a place for a new argument by its names and what it comes after.
fn places(path: &str, text: &str) -> Vec<String> {
    let call = found(path, text).remove(0);
    let at = |span: Span| text[span.range()].to_owned();
    let places = call.places;
    let named = |name: &str, span: Option<Span>| span.map(|span| format!("{name} {}", at(span)));
    let mut out = vec![format!("callee {}", at(places.callee))];
    out.extend(named("model", places.model));
    out.extend(named("literal", places.model_literal));
    out.extend(named("limit", places.max_output));
    out.extend(places.add_max_output.map(|new| {
        let after = new.after.map(at).unwrap_or_default();
        format!("add {} {:?} after {after} in {}", new.path.join("."), new.style, at(new.within))
    }));
    out
}

const HEAD: &str = "from openai import OpenAI\nc = OpenAI()\n";

#[test]
fn arguments_of_a_call() {
    assert_eq!(
        places("a.py", &format!("{HEAD}c.responses.create(model='gpt-4o', input=[x], max_output_tokens=7)")),
        ["callee c.responses.create", "model 'gpt-4o'", "literal 'gpt-4o'", "limit 7"]
    );
    assert_eq!(
        places("a.py", &format!("{HEAD}c.responses.create(model='gpt-4o', input=[x])")),
        [
            "callee c.responses.create",
            "model 'gpt-4o'",
            "literal 'gpt-4o'",
            "add max_output_tokens Keyword after [x] in (model='gpt-4o', input=[x])"
        ]
    );
    let script = "import { generateText } from 'ai';\nimport { openai } from '@ai-sdk/openai';\n";
    assert_eq!(
        places("a.ts", &format!("{script}generateText({{ model: openai('gpt-4o'), prompt: x }})")),
        [
            "callee generateText",
            "model openai('gpt-4o')",
            "literal 'gpt-4o'",
            "add maxOutputTokens Property after x in { model: openai('gpt-4o'), prompt: x }"
        ]
    );
}

#[test]
fn names_are_followed_to_the_one_literal_that_they_stand_for() {
    let literal = |code: &str| {
        let places = places("a.py", &format!("{HEAD}{code}"));
        places.into_iter().find(|place| place.starts_with("literal"))
    };
    let inside = "def f():\n    m = 'gpt-4o'\n    c.responses.create(model=m, input=x)";
    assert_eq!(literal(inside).as_deref(), Some("literal 'gpt-4o'"));
    let module = "M = 'gpt-4o'\ndef f():\n    def g():\n        c.responses.create(model=M, input=x)";
    assert_eq!(literal(module).as_deref(), Some("literal 'gpt-4o'"));
    let either = "M = 'gpt-4o'\nif x: M = 'gpt-4'\ndef f():\n    c.responses.create(model=M, input=x)";
    assert_eq!(literal(either), None);
    let parameter = "M = 'gpt-4o'\ndef f(M):\n    c.responses.create(model=M, input=x)";
    assert_eq!(literal(parameter), None);
}

#[test]
fn the_function_is_the_one_with_a_name() {
    let text = format!(
        "{HEAD}class A:\n    @d\n    def f(self):\n        return [(lambda: c.responses.create(model='m', input=x))()]\n"
    );
    let call = found("a.py", &text).remove(0);
    assert!(text[call.places.function.unwrap().range()].starts_with("@d\n    def f(self)"));
    let top = found("a.py", &format!("{HEAD}c.responses.create(model='m', input=x)")).remove(0);
    assert_eq!(top.places.function, None);
}

#[test]
fn whether_the_output_is_limited() {
    let limit = |code: &str| found("a.py", &format!("{HEAD}{code}")).remove(0).output_limit;
    assert_eq!(limit("c.responses.create(model='m', input=x, max_output_tokens=n())"), OutputLimit::Set);
    assert_eq!(limit("c.responses.create(model='m', input=x, max_output_tokens=None)"), OutputLimit::NotSet);
    assert_eq!(limit("c.responses.create(model='m', input=x)"), OutputLimit::NotSet);
    assert_eq!(limit("c.embeddings.create(model='m', input=x)"), OutputLimit::NotOffered);
}

/// The figures of each call in a text, as input and output.
fn annotated(path: &str, text: &str) -> Vec<(Option<u64>, Option<u64>)> {
    found(path, text).into_iter().map(|call| (call.annotation.input, call.annotation.output)).collect()
}

#[test]
fn comments_are_about_the_call_below_or_beside() {
    let python = |code: &str| annotated("a.py", &format!("{HEAD}{code}"));
    let call = "c.responses.create(model='m', input=x)";
    assert_eq!(python(&format!("# lensai: input=1\n{call}\n{call}")), [(Some(1), None), (None, None)]);
    assert_eq!(python(&format!("{call}  # lensai: input=1\n{call}")), [(Some(1), None), (None, None)]);
    assert_eq!(
        python(&format!("# lensai: input=1 output=5\n\n# other\n{call}  # lensai: input=2")),
        [(Some(2), Some(5))]
    );
    assert_eq!(python("c.responses.create(\n    model='m',\n    input=x,  # lensai: output=4\n)"), [(None, Some(4))]);
    assert_eq!(python(&format!("# lensai: input=1\nx = 1\n{call}")), [(None, None)]);
    assert_eq!(python(&format!("# lensai: inptu=1\n{call}")), [(None, None)]);
    let script = "import OpenAI from 'openai';\nconst c = new OpenAI();\n";
    let call = "c.responses.create({ model: 'm', input: x });";
    assert_eq!(annotated("a.ts", &format!("{script}// lensai: input=3\nawait {call}")), [(Some(3), None)]);
    assert_eq!(
        annotated("a.ts", &format!("{script}/* lensai: input=3 */ {call}\n{call}")),
        [(Some(3), None), (None, None)]
    );
}

#[test]
fn directives_are_listed_with_what_is_wrong_with_them() {
    let text = "# lensai: input=many\n# lensai: ignore\nx = 1\n";
    let database = database("a.py", text);
    let found = directives(&database, database.file("a.py").unwrap());
    assert_eq!(found.len(), 2);
    assert!(found[0].said.as_ref().unwrap_err().message.contains("`many` is no number of tokens"));
    assert!(found[1].said.is_ok());
    assert_eq!(&text[found[1].line.range()], "x = 1");
}

struct Several(Vec<(&'static str, &'static str)>);

impl Texts for Several {
    fn text(&self, path: &str) -> Arc<str> {
        self.0.iter().find(|(at, _)| *at == path).map_or("", |(_, text)| text).into()
    }
}

/// The constants of other files that models of the calls of a file stand in, and whether their literals are found there.
fn constants(path: &str, files: &[(&'static str, &'static str)]) -> Vec<String> {
    let paths: Vec<_> = files.iter().map(|(path, _)| ((*path).into(), Language::of_path(path).unwrap())).collect();
    let database = Database::new(Arc::new(Several(files.to_vec())), Descriptions::builtin(), &paths, Vec::new());
    let calls = calls(&database, database.file(path).unwrap());
    let shown = calls.iter().map(|call| {
        let Some(constant) = &call.places.model_constant else { return "none".to_owned() };
        let (path, text) = files.iter().find(|(path, _)| *path == constant.path).unwrap();
        let span = constant_in(text, Language::of_path(path).unwrap(), &constant.name).unwrap();
        format!("{path} {} {}", constant.name, &text[span.range()])
    });
    shown.collect()
}

#[test]
fn constants_of_other_files_are_followed_to_where_they_are_written() {
    let python = [
        ("app/__init__.py", "from .models import FAST\n"),
        (
            "app/models.py",
            "import os\nFAST = 'gpt-4o-mini'\nSLOW = FAST\nTWICE = 'a'\nTWICE = 'b'\nREAD = os.environ['M']\nclass Settings:\n    MODEL = 'gpt-4o'\n",
        ),
        (
            "app/use.py",
            "from openai import OpenAI\nfrom . import FAST as QUICK, models\nfrom .models import SLOW, TWICE, READ, Settings\nimport app.models as whole\nc = OpenAI()\n\
             def a(): c.responses.create(model=QUICK, input=x)\n\
             def b(): c.responses.create(model=models.FAST, input=x)\n\
             def d(): c.responses.create(model=SLOW, input=x)\n\
             def e(): c.responses.create(model=whole.FAST, input=x)\n\
             def f(): c.responses.create(model=TWICE, input=x)\n\
             def g(): c.responses.create(model=READ, input=x)\n\
             def h(): c.responses.create(model=Settings.MODEL, input=x)\n\
             def i(SLOW): c.responses.create(model=SLOW, input=x)\n\
             def j(FAST='m'):\n    def inner(): c.responses.create(model=SLOW, input=x)\n    SLOW = 'other'\n",
        ),
    ];
    let fast = "app/models.py FAST 'gpt-4o-mini'";
    assert_eq!(constants("app/use.py", &python), [fast, fast, fast, fast, "none", "none", "none", "none", "none"]);
    let script = [
        ("lib/models.ts", "/* 😀 */ export const MODEL = \"gpt-4o\" as const;\nexport default MODEL;\n"),
        ("lib/index.ts", "import { MODEL } from './models';\nexport { MODEL };\n"),
        (
            "use.ts",
            "import OpenAI from 'openai';\nimport { MODEL } from './lib/models';\nimport * as all from './lib/models';\nimport { MODEL as AGAIN } from './lib';\nconst c = new OpenAI();\n\
             export function a() { return c.responses.create({ model: MODEL, input: 'x' }); }\n\
             export function b() { return c.responses.create({ model: all.MODEL, input: 'x' }); }\n\
             export function d() { return c.responses.create({ model: AGAIN, input: 'x' }); }\n",
        ),
    ];
    assert_eq!(constants("use.ts", &script), ["lib/models.ts MODEL \"gpt-4o\""; 3]);
}

/// While somebody types: what the parser puts where something is missing has no place, and nothing is added after it.
#[test]
fn what_is_missing_stands_nowhere() {
    let script = "import { generateText } from 'ai';\nimport { openai } from '@ai-sdk/openai';\n";
    let mut seen = 0;
    for call in [
        "generateText({ model: , prompt: x })",
        "generateText({ model: openai('gpt-4o'), prompt: })",
        "generateText({ model: openai('gpt-4o'), prompt: x, maxOutputTokens: })",
        "generateText({ model: openai('gpt-4o'), prompt: x.",
        "generateText({ model: openai('gpt-4o'), ...",
        "generateText({ model:",
    ] {
        for path in ["a.ts", "a.tsx", "a.js"] {
            for call in found(path, &format!("{script}{call}")) {
                let places = call.places;
                let after = places.add_max_output.and_then(|new| new.after);
                let spans = [Some(places.callee), places.model, places.model_literal, places.max_output, after];
                assert!(spans.into_iter().flatten().all(|span| !span.is_empty()), "{path}: {:?}", call.span);
                seen += 1;
            }
        }
    }
    assert!(seen > 6, "{seen} calls");
}
