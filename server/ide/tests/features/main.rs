//! What editors show, on small files of both languages.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod actions;
mod any_input;
#[expect(dead_code, reason = "shared with the tests of findings")]
#[path = "../../../checks/tests/common/mod.rs"]
mod common;
mod completions;
mod hints;
mod hovers;
mod lenses;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use common::{Seen, catalogue, today};
use lensai_config::{Policy, Rate};
use lensai_ide::{Context, FileView};
use lensai_models::Catalogue;

static MODELS: LazyLock<Catalogue> = LazyLock::new(catalogue);
static TRAFFIC: LazyLock<BTreeMap<String, Rate>> = LazyLock::new(|| {
    let rate = |text: &str| Rate::try_from(text.to_owned()).unwrap();
    BTreeMap::from([("app.ask".to_owned(), rate("10k/month"))])
});
static POLICY: LazyLock<Policy> = LazyLock::new(Policy::default);

fn view(seen: &Seen) -> FileView<'_> {
    FileView {
        path: &seen.path,
        language: seen.language,
        text: &seen.text,
        calls: &seen.calls,
        directives: &seen.directives,
        findings: &seen.findings,
        functions: &[],
        wrappers: &[],
    }
}

fn context() -> Context<'static> {
    Context { catalogue: &MODELS, today: today(), traffic: &TRAFFIC, policy: &POLICY }
}

/// A text without its cursor, the last `|`, and where that was.
fn cursor(marked: &str) -> (String, u32) {
    let at = marked.rfind('|').unwrap();
    let mut text = marked.to_owned();
    text.remove(at);
    (text, u32::try_from(at).unwrap())
}
