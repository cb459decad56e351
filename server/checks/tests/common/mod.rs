//! From the source of a small project to what is known of one of its files, with a catalogue of a few models.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use lensai_calls::sdk::Descriptions;
use lensai_calls::{Database, Directive, Texts, calls, directives};
use lensai_checks::{Context, Finding, Settings, check};
use lensai_cost::{Assumptions, PricedCall, estimate};
use lensai_models::{Catalogue, Date};
use lensai_syntax::Language;
use lensai_tokens::Tokenizers;

/// Models with figures that are easy to reckon with.
pub(crate) const CATALOGUE: &str = r#"{"schema":1,"as_of":"2026-11-09","currency":"USD","source":[],"providers":[
{"id":"anthropic","models":[
 {"id":"claude-opus-4-5","match":["claude-opus-4-5*"],"context":200000,"max_output":64000,"prices":[{"rate":{"in":"5","out":"25","cache_read":"0.5","cache_write":"6.25"}}]},
 {"id":"claude-sonnet-4-5","match":["claude-sonnet-4-5*"],"context":200000,"max_output":64000,"retires":{"claude-sonnet-4-5":"2026-11-30"},"prices":[{"rate":{"in":"3","out":"15","cache_read":"0.3"}}]},
 {"id":"claude-sonnet-4-6","match":["claude-sonnet-4-6*"],"context":1000000,"max_output":128000,"prices":[{"rate":{"in":"3","out":"15"}}]},
 {"id":"claude-haiku-4-5","match":["claude-haiku-4-5*"],"context":200000,"max_output":64000,"prices":[{"rate":{"in":"1","out":"5"}}]}]},
{"id":"azure","fallback":["openai"],"models":[]},
{"id":"openai","models":[
 {"id":"gpt-4","match":["gpt-4","gpt-4-0613"],"context":8192,"max_output":4096,"retires":{"gpt-4":"2026-10-23","gpt-4-0613":"2026-10-23"},"prices":[{"rate":{"in":"30","out":"60"}}]},
 {"id":"gpt-4-tiny","match":["gpt-4-tiny"],"context":16,"max_output":8,"prices":[{"rate":{"in":"30","out":"60"}}]},
 {"id":"gpt-4.1","match":["gpt-4.1"],"context":1000000,"max_output":32768,"prices":[{"rate":{"in":"2","out":"8","cache_read":"0.5"}}]},
 {"id":"gpt-4.1-mini","match":["gpt-4.1-mini"],"context":1000000,"max_output":32768,"prices":[{"rate":{"in":"0.4","out":"1.6"}}]},
 {"id":"gpt-4o","match":["gpt-4o","gpt-4o-2024-11-20"],"context":128000,"max_output":16384,"prices":[{"rate":{"in":"2.5","out":"10","cache_read":"1.25"}}]},
 {"id":"gpt-4o-audio-preview","match":["gpt-4o-audio-preview"],"context":128000,"max_output":16384,"prices":[{"rate":{"in":"2.5","out":"10"}}]},
 {"id":"gpt-4o-mini","match":["gpt-4o-mini","gpt-4o-mini-2024-07-18"],"context":128000,"max_output":16384,"prices":[{"rate":{"in":"0.15","out":"0.6"}}]},
 {"id":"gpt-4.5-preview","match":["gpt-4.5-preview"],"context":128000,"max_output":16384,"deprecated":true,"prices":[{"rate":{"in":"75","out":"150"}}]},
 {"id":"gpt-image-1","match":["gpt-image-1"],"prices":[{"rate":{"in":"5"}}]},
 {"id":"gpt-free","match":["gpt-free"],"prices":[{"rate":{}}]},
 {"id":"text-embedding-3-small","match":["text-embedding-3-small"],"context":8192,"prices":[{"rate":{"in":"0.02"}}]}]}]}"#;

/// What is costly to make.
static DESCRIPTIONS: LazyLock<Descriptions> = LazyLock::new(Descriptions::builtin);
static TOKENIZERS: LazyLock<Tokenizers> = LazyLock::new(Tokenizers::new);

/// The sources of a project, by path.
struct Sources(BTreeMap<String, Arc<str>>);

impl Texts for Sources {
    fn text(&self, path: &str) -> Arc<str> {
        self.0.get(path).cloned().unwrap_or_default()
    }
}

/// A file and all that is known of it.
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) language: Language,
    pub(crate) text: Arc<str>,
    pub(crate) calls: Vec<PricedCall>,
    pub(crate) directives: Vec<Directive>,
    pub(crate) findings: Vec<Finding>,
}

pub(crate) fn catalogue() -> Catalogue {
    Catalogue::parse(CATALOGUE, "builtin").unwrap()
}

pub(crate) fn today() -> Date {
    "2026-11-21".parse().unwrap()
}

/// What is seen of a file that stands alone.
pub(crate) fn seen(path: &str, text: &str) -> Seen {
    seen_among(&[(path, text)], &Settings::default())
}

/// What is seen of the first of several files.
pub(crate) fn seen_among(files: &[(&str, &str)], settings: &Settings) -> Seen {
    let sources: BTreeMap<String, Arc<str>> =
        files.iter().map(|(path, text)| ((*path).to_owned(), Arc::from(*text))).collect();
    let paths: Vec<_> = sources.keys().map(|path| (path.as_str().into(), Language::of_path(path).unwrap())).collect();
    let (path, text) = files[0];
    let database = Database::new(Arc::new(Sources(sources)), DESCRIPTIONS.clone(), &paths, Vec::new());
    let file = database.file(path).unwrap();
    let (catalogue, assumptions) = (catalogue(), Assumptions::default());
    let priced = |call| {
        let estimate = estimate(&call, &catalogue, &TOKENIZERS, &assumptions, today());
        PricedCall { call, estimate: estimate.into() }
    };
    let calls: Vec<PricedCall> = calls(&database, file).into_iter().map(priced).collect();
    let directives = directives(&database, file);
    let findings = check(&calls, &directives, &Context { catalogue: &catalogue, today: today(), settings });
    let language = Language::of_path(path).unwrap();
    Seen { path: path.to_owned(), language, text: Arc::from(text), calls, directives, findings }
}

impl Seen {
    /// The text with each finding under its place.
    pub(crate) fn with_findings(&self) -> String {
        let notes = self.findings.iter().map(|finding| {
            let mut lines =
                vec![(finding.span, format!("{} [{}] {}", finding.severity.as_str(), finding.code, finding.message))];
            lines.extend(finding.related.iter().map(|related| (related.span, format!("related: {}", related.message))));
            lines
        });
        annotated(&self.text, &notes.flatten().collect::<Vec<_>>())
    }
}

/// A text with notes under the places that they are about.
pub(crate) fn annotated(text: &str, notes: &[(lensai_text::Span, String)]) -> String {
    let mut out = String::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        out.push_str(line.trim_end_matches('\n'));
        out.push('\n');
        for (span, note) in notes {
            let (from, to) = (span.start as usize, span.end as usize);
            if (start..end).contains(&from) {
                let shown = to.min(end - usize::from(line.ends_with('\n')));
                let marks = "^".repeat(text[from..shown.max(from)].chars().count().max(1));
                let indent = " ".repeat(text[start..from].chars().count());
                let more = if to > end { "…" } else { "" };
                let _ = writeln!(out, "{indent}{marks}{more} {note}");
            }
        }
        start = end;
    }
    out.trim_matches('\n').to_owned()
}
