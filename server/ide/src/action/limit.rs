//! A limit of the output: one that is missing, or one that is above the model's own.

use lensai_calls::{ArgumentStyle, NewArgument};
use lensai_checks::Code;
use lensai_cost::{grouped, provider};
use lensai_text::Span;

use super::{CodeAction, Edit, Subject};
use crate::text::offset;

/// A limit that most answers of a chat fit in.
const USUAL: u64 = 1024;

pub(super) fn actions(subject: &Subject<'_>) -> Vec<CodeAction> {
    let call = &subject.priced.call;
    let name = call.model.name.as_deref();
    let found = name.and_then(|name| subject.context.catalogue.find(provider(call), name));
    let most = found.and_then(|found| found.limits().max_output);
    add(subject, most).into_iter().chain(lower(subject, most)).collect()
}

/// Adds the argument that the SDK has for it.
fn add(subject: &Subject<'_>, most: Option<u64>) -> Option<CodeAction> {
    let new = subject.priced.call.places.add_max_output.as_ref()?;
    let expected = subject.priced.call.annotation.output.unwrap_or(0);
    let limit = most.map_or(USUAL, |most| most.min(USUAL)).max(expected);
    let edit = inserted(subject.view.text, new, &limit.to_string())?;
    let name = new.path.last()?;
    let call = subject.priced.call.span;
    let is_in_call = call.start <= new.within.start && new.within.end <= call.end;
    // Others may use the object as well.
    let place = if is_in_call { "" } else { " where its object is made" };
    let mut action = Subject::action(
        format!("Limit the answer to {} tokens (`{name}`{place})", grouped(limit)),
        edit,
        subject.with_codes(&[Code::UnboundedOutput]),
    );
    action.preferred = !action.fixes.is_empty();
    Some(action)
}

/// Lowers a limit that is written as a number.
fn lower(subject: &Subject<'_>, most: Option<u64>) -> Option<CodeAction> {
    let most = most?;
    let fixes = subject.with_codes(&[Code::OutputAboveLimit]);
    let place = subject.priced.call.places.max_output.filter(|_| !fixes.is_empty())?;
    let is_number = subject.view.slice(place)?.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let title = format!("Lower the limit to {} tokens", grouped(most));
    let mut action = is_number.then(|| Subject::action(title, Edit { span: place, text: most.to_string() }, fixes))?;
    action.preferred = true;
    Some(action)
}

/// The insertion of an argument: on a line of its own where its neighbour has one, with a comma where one is needed.
fn inserted(text: &str, new: &NewArgument, value: &str) -> Option<Edit> {
    let written = written(new, value)?;
    let inside_end = new.within.end.checked_sub(1)?;
    // The span of the arguments begins behind what is called: type arguments may stand before the parenthesis.
    let opening = if new.style == ArgumentStyle::Keyword { '(' } else { '{' };
    let Some(after) = new.after else {
        let within = text.get(new.within.start as usize..inside_end as usize)?;
        let open = new.within.start as usize + within.find(opening)? + 1;
        let is_empty = text.get(open..inside_end as usize)?.trim().is_empty();
        let at = Span::new(offset(open), inside_end);
        let padded = if new.style == ArgumentStyle::Property { format!(" {written} ") } else { written };
        return is_empty.then_some(Edit { span: at, text: padded });
    };
    let between = text.get(after.end as usize..inside_end as usize)?;
    // A value in parentheses ends before them.
    let closed = between.find(|char: char| char != ')' && !char.is_whitespace()).unwrap_or(between.len());
    let parentheses = between.get(..closed)?.rfind(')').map_or(0, |at| at + 1);
    let rest = between.get(parentheses..)?;
    let at = after.end as usize + parentheses;
    let comma = rest.trim_start().starts_with(',').then(|| rest.find(',')).flatten();
    let line = text.get(..after.start as usize)?.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let is_on_own_line = new.within.start as usize <= line;
    let indent: String = text.get(line..)?.chars().take_while(|char| matches!(char, ' ' | '\t')).collect();
    let indent = if is_on_own_line { own_indent(text, new, &indent)? } else { indent };
    let ending = crate::text::line_ending(text);
    let (place, text) = match (is_on_own_line, comma) {
        (true, Some(comma)) => (at + comma + 1, format!("{ending}{indent}{written},")),
        (true, None) => (at, format!(",{ending}{indent}{written},")),
        (false, Some(comma)) => (at + comma + 1, format!(" {written}")),
        (false, None) => (at, format!(", {written}")),
    };
    Some(Edit { span: Span::new(offset(place), offset(place)), text })
}

/// How the arguments are indented that begin lines: as the first line below the opening one is.
fn own_indent(text: &str, new: &NewArgument, fallback: &str) -> Option<String> {
    let within = text.get(new.within.range())?;
    let first = within.find(['\n', '\r']).and_then(|at| within.get(at..))?.trim_start_matches(['\n', '\r']);
    let indent: String = first.chars().take_while(|char| matches!(char, ' ' | '\t')).collect();
    Some(if indent.is_empty() { fallback.to_owned() } else { indent })
}

/// The argument as it is written: `max_tokens=1024`, `inferenceConfig: { maxTokens: 1024 }`.
fn written(new: &NewArgument, value: &str) -> Option<String> {
    let (name, inner) = new.path.split_first()?;
    Some(match new.style {
        ArgumentStyle::Keyword => format!(
            "{name}={}",
            inner.iter().rev().fold(value.to_owned(), |value, key| format!("{{\"{key}\": {value}}}"))
        ),
        ArgumentStyle::Property => new.path.iter().rev().fold(value.to_owned(), |value, key| {
            if value.contains(':') { format!("{key}: {{ {value} }}") } else { format!("{key}: {value}") }
        }),
        ArgumentStyle::Entry => new.path.iter().rev().fold(value.to_owned(), |value, key| {
            if value.contains(':') { format!("\"{key}\": {{{value}}}") } else { format!("\"{key}\": {value}") }
        }),
    })
}
