//! Comments: findings that are not to be shown, and figures that the code does not say.

use lensai_checks::Finding;
use lensai_config::Directive as Said;
use lensai_syntax::Language;
use lensai_text::Span;

use super::{CodeAction, Edit, Subject};
use crate::text::{indent, line_ending, line_start, offset};

pub(super) fn actions(subject: &Subject<'_>) -> Vec<CodeAction> {
    let mut actions: Vec<CodeAction> = Vec::new();
    for (at, finding) in subject.findings() {
        actions.extend(ignore(subject, at, finding));
    }
    actions.extend(annotate(subject));
    actions
}

/// A comment that turns a finding off for this call; one that is there takes up the code.
fn ignore(subject: &Subject<'_>, at: usize, finding: &Finding) -> Option<CodeAction> {
    let code = finding.code;
    let edit = match existing(subject) {
        Some((place, codes)) => Edit { span: place, text: format!("ignore[{codes}, {code}]") },
        None => above(subject, &format!("ignore[{code}] TODO: say why"))?,
    };
    Some(Subject::action(format!("Ignore `{code}` for this call, with a reason"), edit, vec![at]))
}

/// The `ignore[…]` of a comment about this call, and the codes in it.
fn existing(subject: &Subject<'_>) -> Option<(Span, String)> {
    let spans: Vec<Span> = subject.view.calls.iter().map(|priced| priced.call.span).collect();
    let is_about = |about: std::ops::Range<usize>| about.contains(&subject.index) && about.len() == 1;
    subject.view.directives.iter().find_map(|directive| {
        let Ok(Said::Ignore(ignore)) = &directive.said else { return None };
        if ignore.codes.is_empty() || !is_about(directive.about(&spans)) {
            return None;
        }
        let comment = subject.view.slice(directive.span)?;
        let from = comment.find("ignore[")?;
        let to = from + comment.get(from..)?.find(']')? + 1;
        let place = Span::new(directive.span.start + offset(from), directive.span.start + offset(to));
        Some((place, ignore.codes.join(", ")))
    })
}

/// A comment with the figures that are assumed now, to be corrected by who knows better.
fn annotate(subject: &Subject<'_>) -> Option<CodeAction> {
    let annotation = subject.priced.call.annotation;
    if annotation.calls.is_some() || annotation.input.is_some() || annotation.output.is_some() {
        return None;
    }
    let estimate = &subject.priced.estimate;
    let input = estimate.input.as_ref().map(|input| format!(" input={}", input.total.expected));
    let output = estimate.output.filter(|output| output.high != Some(0));
    let output = output.map(|output| format!(" output={}", output.expected));
    let said = format!("calls=1k/month{}{}", input.unwrap_or_default(), output.unwrap_or_default());
    let edit = above(subject, &said)?;
    Some(Subject::action(
        "Say how often this is called, and how much is sent and answered".to_owned(),
        edit,
        Vec::new(),
    ))
}

/// A comment above the line on which the call begins; none where a comment there would be something else.
fn above(subject: &Subject<'_>, said: &str) -> Option<Edit> {
    let text = subject.view.text;
    let start = line_start(text, subject.priced.call.span.start as usize);
    let line = text.get(start..)?;
    // Below `\` a comment ends the statement; between the tags of JSX it is text.
    let before = text.get(..start)?.trim_end_matches(['\n', '\r']);
    let is_markup = matches!(subject.view.language, Language::Tsx | Language::JavaScript)
        && line.trim_start().starts_with(['{', '<']);
    if before.ends_with('\\') || is_markup {
        return None;
    }
    let mark = if subject.view.language.is_python() { "#" } else { "//" };
    let at = offset(start);
    let comment = format!("{}{mark} lensai: {said}{}", indent(text, start), line_ending(text));
    Some(Edit { span: Span::new(at, at), text: comment })
}
