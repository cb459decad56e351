//! What a request asks for, where its model or an argument of it says that.

use lensai_semantics::Value;
use smol_str::SmolStr;

use crate::call::ModelRef;
use crate::object::Object;
use crate::sdk::{Operation, Request};
use crate::symbol::glob;

/// What a request asks for. `own`: the object on which it is made, with the slots of the request.
pub(crate) fn operation(request: &Request, model: &ModelRef, own: &Object) -> Operation {
    let by_slot = request.by_slot.iter().find(|rule| {
        let value = own.slots.get(&rule.slot).filter(|value| !matches!(value, Value::None | Value::Unknown(_)));
        value.is_some_and(|value| rule.glob.as_ref().is_none_or(|pattern| says(value, pattern)))
    });
    if let Some(rule) = by_slot {
        return rule.operation;
    }
    let names = || model.name.iter().chain(&model.candidates);
    let by_model = request.by_model.iter().find(|(pattern, _)| names().any(|name| glob(pattern, name)));
    by_model.map_or(request.operation, |(_, operation)| *operation)
}

/// Whether a value, or one of those that it may be or holds, is what a glob of small letters names.
fn says(value: &Value, pattern: &str) -> bool {
    let one = |value: &Value| match value {
        Value::List(list) => list.items.iter().any(|item| is_named(item, pattern)),
        other => is_named(other, pattern),
    };
    match value {
        Value::OneOf(several) | Value::Fallback(several) => several.values.iter().any(one),
        other => one(other),
    }
}

/// A text, or a constant by its name (`Modality.AUDIO`).
fn is_named(value: &Value, pattern: &str) -> bool {
    let name = match value {
        Value::Symbol(symbol) => symbol.path.last().map(SmolStr::as_str),
        Value::Member(member) => Some(member.name.as_str()),
        other => other.as_text(),
    };
    name.is_some_and(|name| glob(pattern, &name.to_ascii_lowercase()))
}
