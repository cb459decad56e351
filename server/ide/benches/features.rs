//! What an editor asks for in a file of a thousand lines with fifty calls, once the calls are known.

#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use divan::black_box;
use lensai_calls::sdk::Descriptions;
use lensai_calls::{Database, Directive, Texts, calls, directives};
use lensai_checks::{Finding, Settings, check};
use lensai_config::{Policy, Rate};
use lensai_cost::{Assumptions, PricedCall, estimate};
use lensai_ide::{Context, FileView, HintSettings, code_actions, code_lenses, completions, hover, inlay_hints};
use lensai_models::{Catalogue, Date};
use lensai_syntax::Language;
use lensai_text::Span;
use lensai_tokens::Tokenizers;

fn main() {
    divan::main();
}

/// Twenty lines; `@` is their number.
const PART: &str = r#"
# lensai: calls=40k/month output=200
async def summarise_@(client, texts: list[str], limit: int = @) -> list[str]:
    """Makes summaries."""
    answers = []
    for text in texts:
        if len(text) < limit:
            answers.append(text)
            continue
        reply = await client.chat.completions.create(
            model="gpt-4",
            messages=[
                {"role": "system", "content": "You are a patient assistant who answers in one sentence."},
                {"role": "user", "content": f"Summarise number @: {text}"},
            ],
            temperature=0,
        )
        answers.append(reply.choices[0].message.content)
    return answers

"#;

struct One(Arc<str>);

impl Texts for One {
    fn text(&self, _: &str) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

/// A file and all that is known of it.
struct Scene {
    text: Arc<str>,
    calls: Vec<PricedCall>,
    directives: Vec<Directive>,
    findings: Vec<Finding>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::builtin().unwrap());
static TRAFFIC: BTreeMap<String, Rate> = BTreeMap::new();
static POLICY: LazyLock<Policy> = LazyLock::new(Policy::default);
static SCENE: LazyLock<Scene> = LazyLock::new(|| {
    let parts = (0..50).map(|part| PART.replace('@', &part.to_string()));
    let text: Arc<str> = parts.collect::<String>().into();
    let paths = [("app.py".into(), Language::Python)];
    let database = Database::new(Arc::new(One(Arc::clone(&text))), Descriptions::builtin(), &paths, Vec::new());
    let file = database.file("app.py").unwrap();
    let tokenizers = Tokenizers::new();
    let priced = |call| {
        let estimate = estimate(&call, &CATALOGUE, &tokenizers, &Assumptions::default(), today());
        PricedCall { call, estimate: estimate.into() }
    };
    let calls: Vec<PricedCall> = calls(&database, file).into_iter().map(priced).collect();
    assert_eq!((calls.len(), text.lines().count()), (50, 1000));
    let directives = directives(&database, file);
    let mut scene = Scene { text, calls, directives, findings: Vec::new() };
    scene.findings = checked(&scene);
    scene
});

fn today() -> Date {
    "2026-11-21".parse().unwrap()
}

fn checked(scene: &Scene) -> Vec<Finding> {
    let settings = Settings::default();
    let context = lensai_checks::Context { catalogue: &CATALOGUE, today: today(), settings: &settings };
    check(&scene.calls, &scene.directives, &context)
}

fn view(scene: &Scene) -> FileView<'_> {
    FileView {
        path: "app.py",
        language: Language::Python,
        text: &scene.text,
        calls: &scene.calls,
        directives: &scene.directives,
        findings: &scene.findings,
        functions: &[],
        wrappers: &[],
    }
}

fn context() -> Context<'static> {
    Context { catalogue: &CATALOGUE, today: today(), traffic: &TRAFFIC, policy: &POLICY }
}

/// Where something of the last call stands.
fn last(what: &str) -> u32 {
    u32::try_from(SCENE.text.rfind(what).unwrap() + 2).unwrap()
}

#[divan::bench]
fn findings_of_the_file() -> Vec<Finding> {
    checked(black_box(&SCENE))
}

#[divan::bench]
fn hints_of_the_file() -> usize {
    inlay_hints(&view(black_box(&SCENE)), Span::new(0, u32::MAX), &HintSettings::default()).len()
}

#[divan::bench]
fn hover_over_a_call() -> usize {
    hover(&view(black_box(&SCENE)), last("client.chat"), &context()).unwrap().markdown.len()
}

#[divan::bench]
fn hover_over_a_model() -> usize {
    hover(&view(black_box(&SCENE)), last("\"gpt-4\""), &context()).unwrap().markdown.len()
}

#[divan::bench]
fn actions_of_a_call() -> usize {
    let at = last("client.chat");
    code_actions(&view(black_box(&SCENE)), Span::new(at, at), &context()).len()
}

#[divan::bench]
fn completions_of_a_model() -> usize {
    completions(&view(black_box(&SCENE)), last("\"gpt-4\""), &context()).len()
}

#[divan::bench]
fn lenses_of_the_file() -> usize {
    code_lenses(&view(black_box(&SCENE)), &context()).len()
}
