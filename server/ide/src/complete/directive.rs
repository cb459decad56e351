//! What a `lensai:` comment can say.

use lensai_checks::Code;
use lensai_text::Span;

use super::{Completion, CompletionKind};
use crate::text::{line_start, offset};
use crate::view::FileView;

/// What a comment begins with.
const MARK: &str = "lensai:";

/// What can be written at an index of a comment, of which `span` is what follows its mark.
pub(super) fn completions(view: &FileView<'_>, at: usize, span: Span) -> Vec<Completion> {
    let Some(before) = view.text.get(span.start as usize..at) else { return Vec::new() };
    let begun = before.trim_start_matches(['*', '/', '#']).trim_start();
    let Some(said) = begun.strip_prefix(MARK) else {
        let is_begun = !begun.is_empty() && MARK.starts_with(begun);
        return if is_begun { beginnings(view, at, begun) } else { Vec::new() };
    };
    match said.rsplit_once('[') {
        Some((ignore, codes)) if ignore.trim() == "ignore" && !codes.contains(']') => of_codes(view, at, codes),
        _ => words(view, at, said),
    }
}

/// Whole comments, where only the start of the mark is written.
fn beginnings(view: &FileView<'_>, at: usize, begun: &str) -> Vec<Completion> {
    let replace = Span::new(offset(at - begun.len()), offset(at));
    let mut found = vec![entry(&format!("{MARK} {}", figures(view, at)), replace, "figures of the call below", 0)];
    found.push(entry(&format!("{MARK} ignore"), replace, "show no findings of the call below", 1));
    found
}

/// The next word of what is said.
fn words(view: &FileView<'_>, at: usize, said: &str) -> Vec<Completion> {
    let word = said.rsplit(char::is_whitespace).next().unwrap_or_default();
    let earlier: Vec<&str> = said.get(..said.len() - word.len()).unwrap_or_default().split_whitespace().collect();
    if word.contains('=') || earlier.first().is_some_and(|first| first.starts_with("ignore")) {
        return Vec::new();
    }
    let replace = Span::new(offset(at - word.len()), offset(at));
    let is_said = |key: &str| earlier.iter().any(|word| word.split('=').next() == Some(key));
    let figures = figures(view, at);
    let details = [
        ("calls", "how often the call is made"),
        ("input", "tokens that are sent with each call"),
        ("output", "tokens of the answer to each call"),
    ];
    let mut found: Vec<Completion> = (0..)
        .zip(figures.split(' '))
        .filter_map(|(rank, figure)| {
            let key = figure.split('=').next()?;
            let (_, detail) = details.iter().find(|(name, _)| *name == key && !is_said(name))?;
            Some(entry(figure, replace, detail, rank))
        })
        .collect();
    if earlier.is_empty() {
        found.push(entry("ignore", replace, "show no findings of this call", 8));
        found.push(entry("ignore[]", replace, "show no findings of one kind", 9));
    }
    found
}

/// The codes of findings: those of the call first.
fn of_codes(view: &FileView<'_>, at: usize, codes: &str) -> Vec<Completion> {
    let word = codes.rsplit(',').next().unwrap_or_default().trim_start();
    let replace = Span::new(offset(at - word.len()), offset(at));
    let call = next_call(view, at);
    let is_here =
        |code: Code| view.findings.iter().any(|finding| finding.code == code && finding.call == call && call.is_some());
    let is_said = |code: Code| codes.split(',').any(|said| said.trim() == code.as_str());
    (0_u8..)
        .zip(Code::ALL)
        .filter(|(_, code)| *code != Code::ConfigInvalid && !is_said(*code))
        .map(|(rank, code)| {
            let rank = if is_here(code) { rank } else { rank + 20 };
            Completion { kind: CompletionKind::Code, ..entry(code.as_str(), replace, code.summary(), rank) }
        })
        .collect()
}

/// An annotation with the figures that are assumed now.
fn figures(view: &FileView<'_>, at: usize) -> String {
    let call = next_call(view, at).and_then(|at| view.calls.get(at));
    let input = call.and_then(|call| Some(call.estimate.input.as_ref()?.total.expected)).unwrap_or(1200);
    let output = call.and_then(|call| call.estimate.output).map_or(300, |output| output.expected);
    format!("calls=1k/month input={input} output={output}")
}

/// The call on the line of an index, or the next one below it.
fn next_call(view: &FileView<'_>, at: usize) -> Option<usize> {
    let line = offset(line_start(view.text, at));
    let after = view.calls.partition_point(|priced| priced.call.span.start < line);
    (after < view.calls.len()).then_some(after)
}

fn entry(text: &str, replace: Span, detail: &str, rank: u8) -> Completion {
    Completion {
        label: text.to_owned(),
        kind: CompletionKind::Directive,
        replace,
        insert: text.to_owned(),
        detail: detail.to_owned(),
        documentation: None,
        deprecated: false,
        sort: format!("{rank:03}"),
    }
}
