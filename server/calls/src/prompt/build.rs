//! Messages from the values of a request.

use std::sync::Arc;

use lensai_semantics::{Args, List, Literal, Mapping, TextPart, Value};
use smol_str::SmolStr;

use super::media::{made_media, media};
use super::{Media, MediaKind, Message, Prompt, PromptPart, StaticText};
use crate::db::Db;
use crate::object::PARTS;
use crate::symbol::symbol_of;

/// Values in messages are followed this far.
const MAX_DEPTH: usize = 12;
/// Keys of a message or content part that hold text for the model.
const CONTENT_KEYS: [&str; 8] = ["content", "text", "parts", "input_text", "contents", "messages", "output", "prompt"];

/// What stands first in a message that is a pair.
const ROLES: [&str; 9] = ["system", "human", "user", "ai", "assistant", "developer", "model", "tool", "placeholder"];
/// Functions and methods that read a file whose path they are given, or that is what they are called on.
const READS: [&str; 8] =
    ["read_text", "read", "readFileSync", "readFile", "readTextFile", "readTextFileSync", "text", "readlines"];

/// An image of which nothing else is known.
const IMAGE: Media = Media { kind: MediaKind::Image, detail: None };

/// Builds a prompt from the slots of a request, in the order in which they are sent.
pub(crate) struct PromptBuilder<'db> {
    pub(super) db: &'db dyn Db,
    pub(super) prompt: Prompt,
}

impl<'db> PromptBuilder<'db> {
    /// An empty one.
    pub(crate) fn new(db: &'db dyn Db) -> Self {
        Self { db, prompt: Prompt::default() }
    }

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
            // What a template is filled with: `chain.invoke({"question": question})`.
            Value::Mapping(mapping) => {
                let mut parts = Vec::new();
                self.content(mapping, name, &mut parts, 0);
                if parts.is_empty() {
                    mapping.entries.iter().for_each(|(key, value)| self.flatten(value, key, &mut parts, 0));
                }
                if parts.is_empty() {
                    return self.unknown(name, value);
                }
                self.message(None, parts);
            }
            other => self.unknown(name, other),
        }
    }

    /// Adds one message.
    pub(crate) fn message_of(&mut self, name: &str, value: &Value) {
        self.one_message(name, value);
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
                let role = mapping.get("role").and_then(Value::as_text).map(role_named);
                let mut parts = Vec::new();
                match media(mapping).filter(|_| role.is_none()) {
                    Some(media) => parts.push(PromptPart::Media(media)),
                    None => self.content(mapping, name, &mut parts, 0),
                }
                self.message(role, parts);
            }
            Value::List(pair) if let Some((role, content)) = pair_of(pair) => {
                if role == "placeholder" {
                    self.prompt.open = true;
                    return;
                }
                let mut parts = Vec::new();
                self.flatten(content, name, &mut parts, 0);
                self.message(Some(role_named(role)), parts);
            }
            // A template of several messages: `ChatPromptTemplate.from_messages([…])`.
            Value::Invoke(invoke)
                if is_made_by_package(&invoke.callee)
                    && let Some(messages @ Value::List(_)) = messages_of(&invoke.args) =>
            {
                self.messages(name, messages);
            }
            // A parser or tool at the end of a chain sends nothing.
            Value::Invoke(invoke)
                if name == PARTS && invoke.args.values().next().is_none() && is_made_by_package(&invoke.callee) => {}
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
        // Ollama's messages have their images beside the text.
        match mapping.get("images") {
            Some(Value::List(list)) if !list.open => parts.extend(list.items.iter().map(|_| PromptPart::Media(IMAGE))),
            Some(Value::None) | None => {}
            Some(_) => parts.push(PromptPart::Media(IMAGE)),
        }
        if parts.len() == before && !mapping.spreads.is_empty() {
            parts.push(PromptPart::Hole(SmolStr::new(name)));
        }
    }

    fn static_text(&self, literal: &Literal) -> StaticText {
        let path = literal.file.map(|file| file.path(self.db).clone());
        StaticText { text: Arc::clone(&literal.text), path }
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
                        TextPart::Literal(literal) if literal.text.is_empty() => {}
                        TextPart::Literal(literal) => parts.push(PromptPart::Text(self.static_text(literal))),
                        TextPart::Hole(hole, _) => parts.push(PromptPart::Hole(hole.clone())),
                    }
                }
            }
            Value::Number(number) => {
                parts.push(PromptPart::Text(StaticText { text: number.text.as_str().into(), path: None }));
            }
            Value::List(list) => {
                for item in &list.items {
                    self.flatten(item, name, parts, depth + 1);
                }
                if list.open {
                    parts.push(PromptPart::Hole(SmolStr::new(name)));
                }
            }
            Value::Mapping(mapping) => match media(mapping) {
                Some(media) => parts.push(PromptPart::Media(media)),
                None => self.content(mapping, name, parts, depth),
            },
            Value::Invoke(_) if let Some(path) = file_read(value) => parts.push(PromptPart::Hole(path)),
            // A message, part or template class of an SDK: `HumanMessage("…")`, `types.Part.from_text(text=…)`.
            Value::Invoke(invoke) if is_made_by_package(&invoke.callee) => match made_media(invoke) {
                Some(media) => parts.push(PromptPart::Media(media)),
                None => self.arguments(&invoke.args, name, parts, depth),
            },
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

/// `("system", "You are …")`
fn pair_of(pair: &List) -> Option<(&str, &Value)> {
    let [role, content] = pair.items.as_slice() else { return None };
    let role = role.as_text().filter(|role| ROLES.contains(role))?;
    Some((role, content))
}

/// The role under the name that most vendors have for it.
fn role_named(role: &str) -> SmolStr {
    SmolStr::new(match role {
        "human" => "user",
        "ai" => "assistant",
        other => other,
    })
}

/// The list that a template of messages is made of.
fn messages_of(args: &Args) -> Option<&Value> {
    args.positional.first().or_else(|| args.named("messages"))
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
    // `types.Content(role="user", parts=[…])`
    if let Some(role) = invoke.args.named("role").and_then(Value::as_text) {
        return Some(role_named(role));
    }
    let symbol = symbol_of(&invoke.callee)?;
    let name = symbol.path.iter().find(|name| name.contains("Message"))?;
    Some(SmolStr::new_static(match name {
        name if name.starts_with("System") => "system",
        name if name.starts_with("Human") || name.starts_with("User") => "user",
        name if name.starts_with("AI") || name.starts_with("Assistant") => "assistant",
        _ => return None,
    }))
}

/// The path of the file whose content a value is.
fn file_read(value: &Value) -> Option<SmolStr> {
    let Value::Invoke(invoke) = value else { return None };
    let (of, name) = match &invoke.callee {
        Value::Member(member) => (path_of(&member.object), &member.name),
        Value::Symbol(symbol) => (invoke.args.positional.first().and_then(path_of), symbol.path.last()?),
        _ => return None,
    };
    READS.contains(&name.as_str()).then_some(of).flatten()
}

/// The path that a value is, or is opened with: `Path("a.md")`, `open("a.md")`, `path.join(__dirname, "a.md")`.
fn path_of(value: &Value) -> Option<SmolStr> {
    match value {
        Value::Text(_) => value.as_text().map(SmolStr::new),
        Value::Invoke(invoke) => {
            let opener = symbol_of(&invoke.callee)?.path.last();
            let texts: Vec<&str> = invoke.args.positional.iter().filter_map(Value::as_text).collect();
            // `open(path, "r")`
            let texts = if opener? == "open" { texts.get(..1)? } else { &texts };
            (!texts.is_empty()).then(|| SmolStr::new(texts.join("/")))
        }
        _ => None,
    }
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
        Value::Invoke(_) if let Some(path) = file_read(value) => Some(path),
        Value::Invoke(invoke) => match &invoke.callee {
            Value::Symbol(symbol) => symbol.path.last().map(|name| SmolStr::new(format!("{name}()"))),
            callee => label(callee).map(|name| SmolStr::new(format!("{name}()"))),
        },
        Value::OneOf(several) | Value::Fallback(several) => several.values.iter().find_map(label),
        _ => None,
    }
}
