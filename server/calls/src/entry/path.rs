//! Texts of paths: from values, and put together.

use std::fmt::Write as _;

use lensai_semantics::{Args, TextPart, Value};
use smol_str::SmolStr;

use super::model::{Framework, Sources, Start};

/// Stands for what is not known.
pub(crate) const UNKNOWN: &str = "…";
/// More alternatives than this are not told apart.
const MAX_ALTERNATIVES: usize = 16;

/// The argument that is given, of the sources that name a value.
pub(crate) fn argument(sources: &Sources, args: &Args) -> Option<Value> {
    sources.iter().find_map(|source| {
        let start = match &source.start {
            Start::Position(position) => args.positional.get(*position)?,
            Start::Name(name) => args.named(name)?,
            Start::Last => args.positional.last()?,
            Start::Any | Start::Decorated | Start::Itself => return None,
        };
        let mut value = start.clone();
        for key in &source.keys {
            value = match &value {
                Value::Mapping(mapping) => mapping.get(key)?.clone(),
                // What a package's function was given: `createRoute({ path })`.
                Value::Invoke(invoke) => invoke.args.named(key)?.clone(),
                _ => return None,
            };
        }
        Some(value)
    })
}

/// What a value says as a part of a path; none when it is no text.
pub(crate) fn text(value: &Value) -> Option<SmolStr> {
    match value {
        Value::Text(text) => {
            let mut found = String::new();
            for part in &text.parts {
                match part {
                    TextPart::Literal(literal) => found.push_str(&literal.text),
                    TextPart::Hole(_, hole) => {
                        let _ = write!(found, "{}", inner(hole).unwrap_or_else(|| SmolStr::new_static(UNKNOWN)));
                    }
                }
            }
            Some(SmolStr::new(found))
        }
        _ => inner(value),
    }
}

/// The text that stands in for what is read or given, and else what is known to be a text at all.
fn inner(value: &Value) -> Option<SmolStr> {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Text(text) => match text.parts.as_slice() {
                [] => return Some(SmolStr::default()),
                [TextPart::Literal(literal)] => return Some(SmolStr::new(&*literal.text)),
                _ => return Some(SmolStr::new_static(UNKNOWN)),
            },
            Value::Number(number) => return Some(number.text.clone()),
            Value::Environment(read) => open.extend(&read.default),
            Value::Param(param) => open.extend(&param.default),
            Value::Fallback(several) => open.extend(several.values.iter().rev()),
            Value::OneOf(several) => {
                let mut texts: Vec<SmolStr> =
                    several.values.iter().filter_map(Value::as_text).map(SmolStr::new).collect();
                texts.dedup();
                if let ([only], true) = (texts.as_slice(), several.values.len() == 1) {
                    return Some(only.clone());
                }
            }
            _ => {}
        }
    }
    None
}

/// The texts that a value says: those of a list, one of a text; what is not known stands for one. Nothing of what is no text.
pub(crate) fn texts(value: &Value) -> Vec<SmolStr> {
    match value {
        Value::List(list) => list.items.iter().take(MAX_ALTERNATIVES).filter_map(text).collect(),
        // What a package makes is no text: middleware, a router.
        Value::Function(_)
        | Value::Class(_)
        | Value::Instance(_)
        | Value::Mapping(_)
        | Value::None
        | Value::Module(_)
        | Value::Invoke(_)
        | Value::Bool(_) => Vec::new(),
        other => vec![text(other).unwrap_or_else(|| SmolStr::new_static(UNKNOWN))],
    }
}

/// A name or prefix as it counts: of a command, which blanks separate from what it takes, the first word.
pub(crate) fn word(name: &str, framework: &Framework) -> SmolStr {
    if framework.separator != " " {
        return SmolStr::new(name);
    }
    SmolStr::new(name.split_whitespace().next().unwrap_or(""))
}

/// A path below a prefix.
pub(crate) fn join(prefix: &str, path: &str, separator: &str) -> SmolStr {
    if prefix.is_empty() || path.is_empty() {
        return SmolStr::new(if prefix.is_empty() { path } else { prefix });
    }
    let (before, after) = (prefix.trim_end_matches(separator), path.trim_start_matches(separator));
    SmolStr::new(format!("{before}{separator}{after}"))
}

/// A path as it is shown: from the root.
pub(crate) fn whole(path: &str, keeps_slash: bool) -> SmolStr {
    let path = path.trim_start_matches('^').trim_end_matches('$');
    let mut whole = String::with_capacity(path.len() + 1);
    whole.push('/');
    // Regular expressions of parts are joined with their anchors.
    whole.push_str(path.replace("/^", "/").trim_start_matches('/'));
    if !keeps_slash && whole.len() > 1 {
        whole.truncate(whole.trim_end_matches('/').len().max(1));
    }
    SmolStr::new(whole)
}
