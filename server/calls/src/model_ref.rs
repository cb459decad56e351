//! Which models, and which numbers, a value can be.

use lensai_semantics::{Origin, Param, Reason, TextPart, Value, given, given_argument};
use smol_str::SmolStr;

use crate::call::{ModelOrigin, ModelRef};
use crate::db::Db;
use crate::object::Matcher;

/// A model is named by at most this many candidates.
const MAX_CANDIDATES: usize = 12;
/// A step from a parameter to its callers weighs as much: each may be called by many.
const HOP: usize = 3;
/// Objects that stand for models are followed this far.
const MAX_DEPTH: usize = 6;

/// The models that a value can be: a text, or an object with a model of its own.
pub(crate) fn model_ref(matcher: &Matcher<'_>, value: &Value) -> ModelRef {
    sorted(of(matcher, value, 0))
}

/// The texts that a value can be, as [`model_ref`], but an object does not stand for its model.
pub(crate) fn text_ref(matcher: &Matcher<'_>, value: &Value) -> ModelRef {
    sorted(of(matcher, value, MAX_DEPTH))
}

fn sorted(mut found: ModelRef) -> ModelRef {
    found.candidates.truncate(MAX_CANDIDATES);
    if let Some(name) = &found.name
        && let Some(at) = found.candidates.iter().position(|candidate| candidate == name)
    {
        found.candidates[..=at].rotate_right(1);
    }
    found
}

fn of(matcher: &Matcher<'_>, value: &Value, depth: usize) -> ModelRef {
    if depth > MAX_DEPTH + MAX_DEPTH {
        return ModelRef::default();
    }
    match value {
        Value::Text(text) => {
            let Some((name, inner)) = resolved(matcher, &text.parts, depth).filter(|(name, _)| is_name(name)) else {
                return ModelRef::default();
            };
            // Where the literal stands decides; a template takes the place of what fills it.
            let inner = inner.filter(|_| text.parts.len() > 1).filter(|inner| *inner != ModelOrigin::Literal);
            certain(&name, inner.unwrap_or_else(|| origin(text.origin)))
        }
        Value::Param(param) => of_param(matcher, param, depth),
        Value::Environment(read) => {
            let mut found = read.default.as_ref().map(|default| of(matcher, default, depth + 1)).unwrap_or_default();
            found.origin = ModelOrigin::EnvironmentDefault;
            if found.candidates.is_empty() {
                found.origin = ModelOrigin::Configuration;
            }
            found
        }
        Value::OneOf(several) => {
            let all = several.values.iter().map(|value| of(matcher, value, depth + 1));
            let merged = merge(all);
            ModelRef {
                name: (merged.candidates.len() == 1).then(|| merged.candidates.first().cloned()).flatten(),
                ..merged
            }
        }
        Value::Fallback(several) => {
            let all: Vec<ModelRef> = several.values.iter().map(|value| of(matcher, value, depth + 1)).collect();
            let first = all.iter().find(|found| !found.candidates.is_empty()).cloned();
            let merged = merge(all.into_iter());
            match first {
                Some(first) => ModelRef { name: first.name, origin: first.origin, ..merged },
                None => merged,
            }
        }
        Value::List(list) => merge(list.items.iter().map(|value| of(matcher, value, depth + 1))),
        Value::Symbol(_)
        | Value::Member(_)
        | Value::Index(_)
        | Value::Invoke(_)
        | Value::Instance(_)
        | Value::Typed(_)
        | Value::Pipe(_) => {
            let objects = if depth < MAX_DEPTH { matcher.objects(value) } else { Vec::new() };
            let models = objects.iter().filter_map(|object| object.slots.get("model"));
            let found = merge(models.map(|model| of(matcher, model, depth + 1)));
            if found.candidates.is_empty() && !objects.is_empty() {
                return found;
            }
            if found.candidates.is_empty() {
                let given = given(matcher.db, value).map(|given| of(matcher, &given, depth + 1)).unwrap_or_default();
                return ModelRef { origin: rooted(value), ..given };
            }
            ModelRef {
                name: (found.candidates.len() == 1).then(|| found.candidates.first().cloned()).flatten(),
                ..found
            }
        }
        _ => ModelRef::default(),
    }
}

/// The model that a parameter is by default, or that all its callers give.
fn of_param(matcher: &Matcher<'_>, param: &Param, depth: usize) -> ModelRef {
    let Some(default) = &param.default else {
        let given = given_argument(matcher.db, param.function.file, param.function.item, param.index);
        let found = given.map(|given| of_all(matcher, &given, depth + HOP)).unwrap_or_default();
        return ModelRef { origin: ModelOrigin::Caller, ..found };
    };
    let mut found = of(matcher, default, depth + 1);
    if found.candidates.is_empty() {
        found.origin = ModelOrigin::Caller;
    } else if matches!(found.origin, ModelOrigin::Literal | ModelOrigin::Constant) {
        found.origin = ModelOrigin::ParameterDefault;
    }
    found
}

/// The models of what callers give, when all of them are known.
fn of_all(matcher: &Matcher<'_>, given: &Value, depth: usize) -> ModelRef {
    let found = of(matcher, given, depth);
    // An object of the project itself (a mock) names none, and hides none.
    let names_none = |value: &Value| matches!(value, Value::Instance(_) | Value::Function(_) | Value::None);
    let is_known = |value: &Value| names_none(value) || !of(matcher, value, depth).candidates.is_empty();
    match given {
        Value::OneOf(several) if !several.values.iter().all(is_known) => ModelRef::default(),
        _ => found,
    }
}

/// With whom a symbolic value begins: a parameter is the caller's.
fn rooted(value: &Value) -> ModelOrigin {
    match value {
        Value::Member(member) => rooted(&member.object),
        Value::Index(index) => rooted(&index.object),
        Value::Invoke(invoke) => rooted(&invoke.callee),
        Value::Param(_) => ModelOrigin::Caller,
        Value::Environment(_) => ModelOrigin::Configuration,
        _ => ModelOrigin::Unknown,
    }
}

/// The text of parts, when each hole has one value that it can be.
fn resolved(matcher: &Matcher<'_>, parts: &[TextPart], depth: usize) -> Option<(SmolStr, Option<ModelOrigin>)> {
    let mut text = String::new();
    let mut origin = None;
    for part in parts {
        match part {
            TextPart::Literal(literal) => text.push_str(&literal.text),
            TextPart::Hole(_, value) => {
                let found = of(matcher, value, depth + 1);
                text.push_str(&found.name?);
                origin = Some(found.origin);
            }
        }
    }
    Some((SmolStr::new(text), origin))
}

fn merge(all: impl Iterator<Item = ModelRef>) -> ModelRef {
    let mut merged = ModelRef::default();
    for found in all {
        if merged.candidates.is_empty() {
            if merged.origin == ModelOrigin::Unknown || !found.candidates.is_empty() {
                merged.origin = found.origin;
            }
            merged.name = found.name;
        }
        for candidate in found.candidates {
            if !merged.candidates.contains(&candidate) {
                merged.candidates.push(candidate);
            }
        }
    }
    merged
}

fn certain(name: &str, origin: ModelOrigin) -> ModelRef {
    let name = SmolStr::new(name);
    ModelRef { name: Some(name.clone()), candidates: vec![name], origin, host: None }
}

/// A model's name has no blanks and is not empty.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 300 && !text.chars().any(char::is_whitespace)
}

fn origin(origin: Origin) -> ModelOrigin {
    match origin {
        Origin::Literal => ModelOrigin::Literal,
        Origin::Constant => ModelOrigin::Constant,
        Origin::Attribute => ModelOrigin::Attribute,
        Origin::ParameterDefault => ModelOrigin::ParameterDefault,
        Origin::EnvironmentDefault => ModelOrigin::EnvironmentDefault,
        Origin::Configuration => ModelOrigin::Configuration,
    }
}

/// The number that a value is, when it can be one only, or has one as its default.
pub(crate) fn number(db: &dyn Db, value: &Value) -> Option<u64> {
    number_in(db, value, 0)
}

fn number_in(db: &dyn Db, value: &Value, depth: usize) -> Option<u64> {
    let number = |value: &Value| number_in(db, value, depth + 1);
    match value {
        Value::Number(_) => value.as_u64(),
        Value::Text(_) => value.as_text()?.parse().ok(),
        Value::Param(_) | Value::Member(_) | Value::Index(_) if depth < MAX_DEPTH => match given(db, value)? {
            // Callers that differ say nothing.
            Value::OneOf(several) => only(several.values.iter().filter_map(number)),
            given => number(&given),
        },
        Value::Environment(read) => number(read.default.as_ref()?),
        // Of several that a choice gives the last: what is left when no condition holds.
        Value::OneOf(several) => several.values.iter().rev().find_map(number),
        Value::Fallback(several) => several.values.iter().find_map(number),
        _ => None,
    }
}

/// The number that all of several are.
fn only(mut numbers: impl Iterator<Item = u64>) -> Option<u64> {
    let first = numbers.next()?;
    numbers.all(|other| other == first).then_some(first)
}

/// Why nothing is known of a value, for a note. Which of the reasons inside the evaluator it was is not said: of values that
/// depend on each other it is not the same for all.
pub(crate) fn why_unknown(value: &Value) -> &'static str {
    if *value == Value::Unknown(Reason::TooLarge) {
        return "its value is too large to be followed";
    }
    match rooted(value) {
        ModelOrigin::Caller => "it comes from the caller",
        ModelOrigin::Configuration => "it comes from the configuration",
        _ => "its value is not known statically",
    }
}
