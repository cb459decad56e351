//! What is sent with a request: messages of literal parts and named holes.

use std::sync::Arc;

use lensai_semantics::{Args, Mapping, TextPart, Value};
use smol_str::SmolStr;

use crate::call::{Message, Prompt, PromptPart};
use crate::symbol::symbol_of;

/// Values in messages are followed this far.
const MAX_DEPTH: usize = 12;
/// Keys of a message or content part that hold text for the model.
const CONTENT_KEYS: [&str; 8] = ["content", "text", "parts", "input_text", "contents", "messages", "output", "prompt"];

/// Builds a prompt from the slots of a request, in the order in which they are sent.
#[derive(Default)]
pub(crate) struct PromptBuilder {
    prompt: Prompt,
}

impl PromptBuilder {
    /// Adds a text, or what stands for one, as a message of a role.
    pub(crate) fn text(&mut self, role: &'static str, name: &str, value: &Value) {
        let mut parts = Vec::new();
        self.flatten(value, name, &mut parts, 0);
        self.message(Some(SmolStr::new_static(role)), parts);
    }

    /// Adds a list of messages, or a text that stands for one of the user.
    pub(crate) fn messages(&mut self, name: &str, value: &Value) {
        match value {
            Value::List(list) => {
                for item in &list.items {
                    self.one_message(name, item);
                }
                if list.open {
                    self.prompt.open = true;
                }
            }
            Value::Text(_) => self.text("user", name, value),
            Value::Mapping(mapping) if mapping.get("role").is_some() || mapping.get("content").is_some() => {
                self.one_message(name, value);
            }
            other => self.unknown(name, other),
        }
    }

    /// Adds texts that are sent side by side (the inputs of an embedding), a message each.
    pub(crate) fn inputs(&mut self, name: &str, value: &Value) {
        match value {
            Value::List(list) => {
                for item in &list.items {
                    self.text("user", name, item);
                }
                self.prompt.open |= list.open;
            }
            other => self.text("user", name, other),
        }
    }

    /// Says that something is sent of which nothing is known.
    pub(crate) fn unknown(&mut self, name: &str, value: &Value) {
        let name = label(value).unwrap_or_else(|| SmolStr::new(name));
        self.message(None, vec![PromptPart::Hole(name)]);
    }

    /// The prompt.
    pub(crate) fn finish(self) -> Arc<Prompt> {
        Arc::new(self.prompt)
    }

    fn message(&mut self, role: Option<SmolStr>, parts: Vec<PromptPart>) {
        if !parts.is_empty() {
            self.prompt.messages.push(Message { role, parts });
        }
    }

    fn one_message(&mut self, name: &str, value: &Value) {
        match value {
            Value::Mapping(mapping) => {
                let role = mapping.get("role").and_then(Value::as_text).map(SmolStr::new);
                let mut parts = Vec::new();
                self.content(mapping, name, &mut parts, 0);
                self.message(role, parts);
            }
            // `("system", "You are …")`
            Value::List(pair)
                if pair.items.len() == 2 && pair.items.iter().all(|item| matches!(item, Value::Text(_))) =>
            {
                let role = pair.items.first().and_then(Value::as_text).map(SmolStr::new);
                let mut parts = Vec::new();
                if let Some(content) = pair.items.get(1) {
                    self.flatten(content, name, &mut parts, 0);
                }
                self.message(role, parts);
            }
            other => {
                let mut parts = Vec::new();
                self.flatten(other, name, &mut parts, 0);
                self.message(role_of(other), parts);
            }
        }
    }

    fn content(&mut self, mapping: &Mapping, name: &str, parts: &mut Vec<PromptPart>, depth: usize) {
        let before = parts.len();
        for key in CONTENT_KEYS {
            if let Some(value) = mapping.get(key) {
                self.flatten(value, name, parts, depth + 1);
            }
        }
        if parts.len() == before && !mapping.spreads.is_empty() {
            parts.push(PromptPart::Hole(SmolStr::new(name)));
        }
    }

    fn flatten(&mut self, value: &Value, name: &str, parts: &mut Vec<PromptPart>, depth: usize) {
        if depth > MAX_DEPTH {
            parts.push(PromptPart::Hole(SmolStr::new(name)));
            return;
        }
        match value {
            Value::Text(text) => {
                for part in &text.parts {
                    match part {
                        TextPart::Literal(text) if text.is_empty() => {}
                        TextPart::Literal(text) => parts.push(PromptPart::Text(Arc::clone(text))),
                        TextPart::Hole(hole, _) => parts.push(PromptPart::Hole(hole.clone())),
                    }
                }
            }
            Value::Number(number) => parts.push(PromptPart::Text(number.text.as_str().into())),
            Value::List(list) => {
                for item in &list.items {
                    self.flatten(item, name, parts, depth + 1);
                }
                if list.open {
                    parts.push(PromptPart::Hole(SmolStr::new(name)));
                }
            }
            Value::Mapping(mapping) => self.content(mapping, name, parts, depth),
            // A message, part or template class of an SDK: `HumanMessage("…")`, `types.Part.from_text(text=…)`.
            Value::Invoke(invoke) if is_made_by_package(&invoke.callee) => {
                self.arguments(&invoke.args, name, parts, depth);
            }
            Value::None | Value::Bool(_) => {}
            Value::Environment(read) if has_text(read.default.as_ref()) => {
                if let Some(default) = &read.default {
                    self.flatten(default, name, parts, depth + 1);
                }
            }
            other => parts.push(PromptPart::Hole(label(other).unwrap_or_else(|| SmolStr::new(name)))),
        }
    }

    fn arguments(&mut self, args: &Args, name: &str, parts: &mut Vec<PromptPart>, depth: usize) {
        let before = parts.len();
        for value in &args.positional {
            self.flatten(value, name, parts, depth + 1);
        }
        for key in CONTENT_KEYS.iter().chain(&["template"]) {
            if let Some((_, value)) = args.keywords.iter().find(|(keyword, _)| keyword == key) {
                self.flatten(value, name, parts, depth + 1);
            }
        }
        if parts.len() == before {
            parts.push(PromptPart::Hole(SmolStr::new(name)));
        }
    }
}

/// Whether a read of the environment has a text to stand in.
fn has_text(default: Option<&Value>) -> bool {
    matches!(default, Some(Value::Text(_)))
}

/// A class or function of a package, directly: what it was given goes into the message.
fn is_made_by_package(callee: &Value) -> bool {
    symbol_of(callee).is_some_and(|symbol| !symbol.module.is_empty())
}

/// The role that the class of a message says (`HumanMessage`, `SystemMessage`).
fn role_of(value: &Value) -> Option<SmolStr> {
    let Value::Invoke(invoke) = value else { return None };
    let symbol = symbol_of(&invoke.callee)?;
    let name = symbol.path.iter().find(|name| name.contains("Message"))?;
    Some(SmolStr::new_static(match name {
        name if name.starts_with("System") => "system",
        name if name.starts_with("Human") || name.starts_with("User") => "user",
        name if name.starts_with("AI") || name.starts_with("Assistant") => "assistant",
        _ => return None,
    }))
}

/// The name that a value has for a reader.
pub(crate) fn label(value: &Value) -> Option<SmolStr> {
    match value {
        Value::Param(param) if !param.name.starts_with('#') => Some(param.name.clone()),
        Value::Environment(read) => Some(read.name.clone()),
        Value::Member(member) => match label(&member.object) {
            Some(object) => Some(SmolStr::new(format!("{object}.{}", member.name))),
            None => Some(member.name.clone()),
        },
        Value::Index(index) => label(&index.object).map(|object| SmolStr::new(format!("{object}[…]"))),
        Value::Invoke(invoke) => match &invoke.callee {
            Value::Symbol(symbol) => symbol.path.last().map(|name| SmolStr::new(format!("{name}()"))),
            callee => label(callee).map(|name| SmolStr::new(format!("{name}()"))),
        },
        Value::OneOf(several) | Value::Fallback(several) => several.values.iter().find_map(label),
        _ => None,
    }
}
