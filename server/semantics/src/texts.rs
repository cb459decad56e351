//! Texts put together of others: joined, formatted, replaced. What cannot be known of them is a hole with a name.

use smol_str::SmolStr;

use crate::value::{Args, Reason, TextPart, Value};

/// The name of a hole that has none.
const NAMELESS: &str = "…";

/// A value as parts of a text.
pub(crate) fn parts_of(value: &Value) -> Vec<TextPart> {
    match value {
        Value::Text(text) => text.parts.clone(),
        Value::Number(number) => vec![TextPart::made(&number.text)],
        other => vec![TextPart::Hole(label(other), other.clone())],
    }
}

/// A name for a value that stands in a text.
pub(crate) fn label(value: &Value) -> SmolStr {
    match value {
        Value::Param(param) => param.name.clone(),
        Value::Environment(read) => read.name.clone(),
        Value::Member(member) => member.name.clone(),
        _ => SmolStr::new_static(NAMELESS),
    }
}

/// `separator.join(list)`
pub(crate) fn join(separator: &Value, list: &Value) -> Value {
    let Value::List(list) = list else {
        return Value::template(vec![TextPart::Hole(label(list), list.clone())]);
    };
    let mut parts = Vec::new();
    for (index, value) in list.items.iter().enumerate() {
        if index > 0 {
            parts.extend(parts_of(separator));
        }
        parts.extend(parts_of(value));
    }
    if list.open {
        parts.push(TextPart::Hole(SmolStr::new_static(NAMELESS), Value::Unknown(Reason::Computed)));
    }
    Value::template(parts)
}

/// `"…{name}…".format(name=value)`
pub(crate) fn format(template: &Value, args: &Args) -> Value {
    let Value::Text(text) = template else { return template.clone() };
    let mut parts = Vec::new();
    let mut next = 0;
    for part in &text.parts {
        let TextPart::Literal(literal) = part else {
            parts.push(part.clone());
            continue;
        };
        let mut rest: &str = &literal.text;
        let piece = |text: &str| literal.piece(text);
        while let Some(open) = rest.find('{') {
            let (before, from) = rest.split_at(open);
            parts.push(piece(before));
            if let Some(after) = from.strip_prefix("{{") {
                parts.push(piece("{"));
                rest = after;
                continue;
            }
            let Some(close) = from.find('}') else {
                rest = from;
                break;
            };
            let field = from.get(1..close).unwrap_or("");
            let name = field.split(['!', ':', '.', '[']).next().unwrap_or(field);
            let value = if name.is_empty() {
                next += 1;
                args.positional.get(next - 1)
            } else if let Ok(at) = name.parse::<usize>() {
                args.positional.get(at)
            } else {
                args.named(name)
            };
            match value {
                Some(value @ (Value::Text(_) | Value::Number(_))) => parts.extend(parts_of(value)),
                Some(other) if name.is_empty() => parts.push(TextPart::Hole(label(other), other.clone())),
                Some(other) => parts.push(TextPart::Hole(SmolStr::new(name), other.clone())),
                None => parts.push(TextPart::Hole(SmolStr::new(name), Value::Unknown(Reason::Undefined))),
            }
            rest = from.get(close + 1..).unwrap_or("");
        }
        parts.push(piece(&rest.replace("}}", "}")));
    }
    Value::template(parts).seen_from(text.origin)
}

/// `"…%s…" % values`; `names` are those of the values in the code.
pub(crate) fn percent_format(template: &Value, values: &Value, names: &[SmolStr]) -> Value {
    let Value::Text(text) = template else { return Value::Unknown(Reason::Computed) };
    let values: Vec<Value> = match values {
        Value::List(list) => list.items.clone(),
        other => vec![other.clone()],
    };
    let mut values = values.into_iter();
    let mut names = names.iter();
    let mut parts = Vec::new();
    for part in &text.parts {
        let TextPart::Literal(literal) = part else {
            parts.push(part.clone());
            continue;
        };
        let mut pieces = literal.text.split('%');
        parts.push(literal.piece(pieces.next().unwrap_or("")));
        let mut escaped = false;
        for piece in pieces {
            if std::mem::take(&mut escaped) {
                parts.push(literal.piece(piece));
                continue;
            }
            if piece.is_empty() {
                escaped = true;
                parts.push(literal.piece("%"));
                continue;
            }
            let end = piece.find(|c: char| c.is_ascii_alphabetic()).map_or(piece.len(), |at| at + 1);
            let name = names.next().cloned().unwrap_or_else(|| SmolStr::new_static(NAMELESS));
            match values.next() {
                Some(value @ (Value::Text(_) | Value::Number(_))) => parts.extend(parts_of(&value)),
                other => parts.push(TextPart::Hole(name, other.unwrap_or(Value::Unknown(Reason::Undefined)))),
            }
            parts.push(literal.piece(piece.get(end..).unwrap_or("")));
        }
    }
    Value::template(parts).seen_from(text.origin)
}

/// `text.replace(old, new)`: as often as `old` stands in literal parts, or once.
pub(crate) fn replace(text: &Value, args: &Args, once: bool) -> Option<Value> {
    let Value::Text(text) = text else { return None };
    let [old, new, ..] = args.positional.as_slice() else { return None };
    let old = old.as_text().filter(|old| !old.is_empty())?;
    // A placeholder says better what stands in its place than a value that has no name.
    let name = old.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
    let new = match parts_of(new).as_slice() {
        [TextPart::Hole(hole, value)] if hole == NAMELESS && !name.is_empty() => {
            vec![TextPart::Hole(SmolStr::new(name), value.clone())]
        }
        parts => parts.to_vec(),
    };
    let mut left = if once { 1 } else { usize::MAX };
    let mut parts = Vec::new();
    for part in &text.parts {
        let TextPart::Literal(literal) = part else {
            parts.push(part.clone());
            continue;
        };
        for (at, piece) in literal.text.splitn(left.saturating_add(1), old).enumerate() {
            if at > 0 {
                left = left.saturating_sub(1);
                parts.extend(new.iter().cloned());
            }
            parts.push(literal.piece(piece));
        }
    }
    Some(Value::template(parts).seen_from(text.origin))
}
