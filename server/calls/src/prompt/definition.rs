//! Tools and schemas from the values of a request, in the forms of all vendors.

use lensai_semantics::{Args, Invoke, ItemRef, List, Mapping, TextPart, Value, head};
use smol_str::SmolStr;

use super::build::{PromptBuilder, label};
use super::{Definition, PromptPart, StaticText};
use crate::symbol::symbol_of;

/// Keys under which one tool stands for several (Gemini, Bedrock).
const GROUPS: [&str; 4] = ["functionDeclarations", "function_declarations", "tools", "functions"];
/// Keys around a definition.
const WRAPPERS: [&str; 5] = ["function", "toolSpec", "json_schema", "format", "schema"];
/// What a tool has, by which a mapping is one and no collection of tools by their names.
const OF_TOOL: [&str; 8] =
    ["name", "type", "function", "toolSpec", "parameters", "input_schema", "description", "inputSchema"];
/// Values in definitions are followed this far.
const MAX_DEPTH: usize = 24;

impl PromptBuilder<'_> {
    /// Adds the tools that a request is given.
    pub(crate) fn tools(&mut self, value: &Value) {
        match value {
            Value::None | Value::Bool(_) => {}
            Value::List(list) => self.tools_of_list(list),
            Value::Mapping(mapping) => self.tools_of_mapping(mapping, None),
            Value::OneOf(several) | Value::Fallback(several) => {
                // Of several sets one is sent.
                if let Some(first) =
                    several.values.iter().find(|value| matches!(value, Value::List(_) | Value::Mapping(_)))
                {
                    self.tools(first);
                } else {
                    self.prompt.open_tools = true;
                }
            }
            Value::Function(_) | Value::Class(_) | Value::Instance(_) | Value::Invoke(_) => self.tool(value, None),
            _ => self.prompt.open_tools = true,
        }
    }

    /// Adds the schema of the answer.
    pub(crate) fn schema(&mut self, value: &Value) {
        let schema = match value {
            // `"json"` says that the answer is JSON and not of what form.
            Value::None | Value::Bool(_) | Value::Text(_) => return,
            Value::Mapping(mapping) if is_plain_format(mapping) => return,
            Value::Mapping(mapping) => self.schema_of_mapping(mapping),
            Value::List(list) => match list.items.first() {
                Some(first) => return self.schema(first),
                None => return,
            },
            other => Definition { name: self.name(other), parts: self.known(other) },
        };
        self.prompt.schema = Some(schema);
    }

    fn schema_of_mapping(&self, mapping: &Mapping) -> Definition {
        let inner = WRAPPERS.iter().find_map(|key| match mapping.get(key) {
            Some(Value::Mapping(inner)) if mapping.get("properties").is_none() => Some(inner),
            _ => None,
        });
        match inner {
            Some(inner) if !is_plain_format(inner) => {
                let found = self.schema_of_mapping(inner);
                Definition { name: named(mapping).or(found.name), parts: found.parts }
            }
            _ => {
                let name = named(mapping).or_else(|| mapping.get("title").and_then(Value::as_text).map(SmolStr::new));
                Definition { name, parts: self.json_of(mapping) }
            }
        }
    }

    fn tools_of_list(&mut self, list: &List) {
        for item in &list.items {
            self.tool(item, None);
        }
        self.prompt.open_tools |= list.open;
    }

    fn tools_of_mapping(&mut self, mapping: &Mapping, name: Option<&SmolStr>) {
        if let Some(group) = GROUPS.iter().find_map(|key| mapping.get(key)) {
            return self.tools(group);
        }
        if name.is_some()
            || OF_TOOL.iter().any(|key| mapping.get(key).is_some_and(|value| !matches!(value, Value::Invoke(_))))
        {
            let inner = WRAPPERS.iter().find_map(|key| match mapping.get(key) {
                Some(Value::Mapping(inner)) => Some(inner.as_ref()),
                _ => None,
            });
            let tool = inner.unwrap_or(mapping);
            let kind = || mapping.get("type").and_then(Value::as_text).filter(|kind| *kind != "function");
            let name = name.cloned().or_else(|| named(tool)).or_else(|| kind().map(SmolStr::new));
            self.prompt.tools.push(Definition { name, parts: self.json_of(tool) });
            return;
        }
        // `{ weather: tool({ … }) }`, `{"googleSearch": {}}`
        for (name, value) in &mapping.entries {
            if !matches!(value, Value::None) {
                self.tool(value, Some(name).filter(|name| !name.is_empty()));
            }
        }
        self.prompt.open_tools |= !mapping.spreads.is_empty();
    }

    fn tool(&mut self, value: &Value, name: Option<&SmolStr>) {
        match value {
            Value::Mapping(mapping) => self.tools_of_mapping(mapping, name),
            Value::Unknown(_) | Value::Param(_) | Value::Member(_) | Value::Index(_) if name.is_none() => {
                self.prompt.open_tools = true;
            }
            // A group made of a class of the SDK: `types.Tool(function_declarations=[…])`.
            Value::Invoke(invoke) if GROUPS.iter().any(|key| invoke.args.named(key).is_some()) => {
                for group in GROUPS.iter().filter_map(|key| invoke.args.named(key)) {
                    self.tools(group);
                }
            }
            other => {
                let name = name.cloned().or_else(|| self.name(other));
                let parts = self.known(other);
                self.prompt.tools.push(Definition { name, parts });
            }
        }
    }

    /// The name of a tool or schema that is made of a function, a class or a call.
    fn name(&self, value: &Value) -> Option<SmolStr> {
        let of_item =
            |at: ItemRef| head(self.db, at.file, at.item).map(|head| head.name.clone()).filter(|name| !name.is_empty());
        match value {
            Value::Function(function) => of_item(function.item),
            Value::Class(class) => of_item(*class),
            Value::Instance(instance) => of_item(instance.class),
            Value::Invoke(invoke) => self.name_of_call(invoke),
            Value::Symbol(symbol) => symbol.path.last().cloned(),
            other => label(other),
        }
    }

    fn name_of_call(&self, invoke: &Invoke) -> Option<SmolStr> {
        let args = &invoke.args;
        let text = |value: Option<&Value>| value.and_then(Value::as_text).map(SmolStr::new);
        let options = || {
            args.positional.iter().find_map(|value| match value {
                Value::Mapping(mapping) => Some(mapping),
                _ => None,
            })
        };
        // `zodResponseFormat(Answer, "answer")`
        let by_position = || args.positional.get(1).and_then(Value::as_text).map(SmolStr::new);
        let of_part = || {
            args.values().find_map(|value| match value {
                Value::Function(_) | Value::Class(_) => self.name(value),
                _ => None,
            })
        };
        text(args.named("name"))
            .or_else(|| options().and_then(|options| named(options)))
            .or_else(by_position)
            .or_else(of_part)
            .or_else(|| {
                symbol_of(&invoke.callee)?.path.last().filter(|name| name.starts_with(char::is_uppercase)).cloned()
            })
    }

    /// What is known of a definition that is made by calls: its texts.
    fn known(&self, value: &Value) -> Vec<PromptPart> {
        let mut out = Written::default();
        self.json(value, &mut out, 0);
        let parts = out.finish();
        if parts.iter().all(|part| matches!(part, PromptPart::Hole(_))) { Vec::new() } else { parts }
    }

    fn json_of(&self, mapping: &Mapping) -> Vec<PromptPart> {
        let mut out = Written::default();
        self.json_entries(mapping, &mut out, 0);
        out.finish()
    }

    fn json_entries(&self, mapping: &Mapping, out: &mut Written, depth: usize) {
        out.text("{");
        let mut first = true;
        for (key, value) in &mapping.entries {
            // What runs here is not sent.
            if matches!(value, Value::Function(_)) {
                continue;
            }
            if !std::mem::take(&mut first) {
                out.text(", ");
            }
            out.text(&format!("{}: ", quoted(key)));
            self.json(value, out, depth + 1);
        }
        for spread in &mapping.spreads {
            out.hole(label(spread));
        }
        out.text("}");
    }

    fn json(&self, value: &Value, out: &mut Written, depth: usize) {
        if depth > MAX_DEPTH {
            return out.hole(self.name(value));
        }
        match value {
            Value::Mapping(mapping) => self.json_entries(mapping, out, depth),
            Value::List(list) => {
                out.text("[");
                for (at, item) in list.items.iter().enumerate() {
                    if at > 0 {
                        out.text(", ");
                    }
                    self.json(item, out, depth + 1);
                }
                if list.open {
                    out.hole(None);
                }
                out.text("]");
            }
            Value::Text(text) => {
                out.text("\"");
                for part in &text.parts {
                    match part {
                        TextPart::Literal(text) => out.text(quoted(&text.text).trim_matches('"')),
                        TextPart::Hole(name, _) => out.hole(Some(name.clone())),
                    }
                }
                out.text("\"");
            }
            Value::Number(number) => out.text(&number.text),
            Value::Bool(value) => out.text(if *value { "true" } else { "false" }),
            Value::None => out.text("null"),
            Value::Invoke(invoke) => self.json_of_call(invoke, out, depth),
            other => out.hole(self.name(other)),
        }
    }

    /// What is said by a chain of calls that build a schema: `z.object({ city: z.string().describe("…") })`.
    fn json_of_call(&self, invoke: &Invoke, out: &mut Written, depth: usize) {
        if let Value::Member(member) = &invoke.callee {
            self.json(&member.object, out, depth + 1);
            if !invoke.args.positional.is_empty() {
                out.text(" ");
            }
        }
        if is_empty(&invoke.args) {
            // `z.string()` says no more than its name.
            if let Some(symbol) = symbol_of(&invoke.callee) {
                out.text(&quoted(symbol.path.last().map_or("", SmolStr::as_str)));
            }
            return;
        }
        let keywords = invoke.args.keywords.iter().map(|(_, value)| value);
        let said = |value: &&Value| !matches!(value, Value::Function(_) | Value::Class(_));
        // `zodResponseFormat(Answer, "answer")`: the name is no part of it.
        let named = |(at, value): &(usize, &Value)| *at == 0 || depth > 0 || !matches!(value, Value::Text(_));
        let positional = invoke.args.positional.iter().enumerate().filter(named).map(|(_, value)| value);
        for (at, value) in positional.chain(keywords).filter(said).enumerate() {
            if at > 0 {
                out.text(" ");
            }
            self.json(value, out, depth + 1);
        }
    }
}

fn is_empty(args: &Args) -> bool {
    args.values().next().is_none()
}

/// A format that has no schema: `{"type": "json_object"}`.
fn is_plain_format(mapping: &Mapping) -> bool {
    let kind = mapping.get("type").and_then(Value::as_text);
    matches!(kind, Some("json_object" | "text" | "json")) && mapping.entries.len() == 1
}

fn named(mapping: &Mapping) -> Option<SmolStr> {
    mapping.get("name").and_then(Value::as_text).map(SmolStr::new)
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A definition under construction: text that is put together once, and holes.
#[derive(Default)]
struct Written {
    parts: Vec<PromptPart>,
    /// The text since the last hole.
    open: String,
}

impl Written {
    fn text(&mut self, text: &str) {
        self.open.push_str(text);
    }

    fn hole(&mut self, name: Option<SmolStr>) {
        self.close();
        self.parts.push(PromptPart::Hole(name.unwrap_or_else(|| SmolStr::new_static("…"))));
    }

    fn finish(mut self) -> Vec<PromptPart> {
        self.close();
        self.parts
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            let text = std::mem::take(&mut self.open).into();
            self.parts.push(PromptPart::Text(StaticText { text, path: None }));
        }
    }
}
