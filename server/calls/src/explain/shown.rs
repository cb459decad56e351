//! Descriptions and values as people write them.

use lensai_semantics::{Symbol, Value, head, qualified_name};
use lensai_syntax::hir::ItemKind;
use smol_str::SmolStr;

use crate::address::UNKNOWN;
use crate::db::Db;
use crate::sdk::{ModulePattern, Path, Sdk, SlotSource, SlotStart, SlotStep, SymbolPattern};
use crate::symbol::module_of;

/// `chat.completions.create()`
pub(super) fn path_text(path: &Path) -> String {
    let mut text = String::new();
    for step in &path.0 {
        if !text.is_empty() && !step.name.is_empty() {
            text.push('.');
        }
        text.push_str(&step.name);
        if step.called {
            text.push_str("()");
        }
    }
    text
}

/// `openai#OpenAI`, or only the name for an export of any module of the SDK.
pub(super) fn symbol_pattern_text(sdk: &Sdk, pattern: &SymbolPattern) -> String {
    let export = pattern.export.join(".");
    match &pattern.module {
        Some(module) => format!("{}#{export}", module_text(sdk, module)),
        None => export,
    }
}

fn module_text(sdk: &Sdk, module: &ModulePattern) -> String {
    let is_script = sdk.typescript.contains(module) || module.segments.iter().any(|part| part.starts_with('@'));
    module.segments.join(if is_script { "/" } else { "." })
}

/// The modules through which an SDK is imported.
pub(super) fn modules_text(sdk: &Sdk, python: bool) -> Vec<String> {
    let (modules, separator) = if python { (&sdk.python, ".") } else { (&sdk.typescript, "/") };
    modules.iter().map(|module| module.segments.join(separator)).collect()
}

/// A source of a slot, as descriptions write it.
pub(super) fn source_text(source: &SlotSource) -> String {
    let mut text = match &source.start {
        SlotStart::Keyword(name) => name.to_string(),
        SlotStart::Position(at) => at.to_string(),
        SlotStart::Own(slot) => format!("@{slot}"),
        SlotStart::Ambient(name) => format!("ambient:{name}"),
        SlotStart::Literal(said) => format!("={said}"),
    };
    for step in &source.steps {
        match step {
            SlotStep::Key(name) => text.extend([".", name]),
            SlotStep::Own(slot) => text.extend([".@", slot]),
            SlotStep::Json => text.push_str("|json"),
        }
    }
    text
}

/// `stripe#Charge.create`
pub(super) fn symbol_text(symbol: &Symbol) -> String {
    if symbol.module.is_empty() {
        return symbol.path.join(".");
    }
    let module = module_of(symbol);
    if symbol.path.is_empty() { module.to_owned() } else { format!("{module}#{}", symbol.path.join(".")) }
}

/// An address, with what is not known in braces.
pub(super) fn address_text(address: &str) -> String {
    let parts = address.split(UNKNOWN).enumerate();
    let shown = parts.map(|(at, part)| match (at % 2, part) {
        (0, part) => part.to_owned(),
        (_, "") => "{…}".to_owned(),
        (_, name) => format!("{{{name}}}"),
    });
    shown.collect()
}

/// What a value is, as a short text; `depth` keeps it short.
pub(super) fn value_text(db: &dyn Db, value: &Value) -> String {
    text_of(db, value, 0)
}

fn text_of(db: &dyn Db, value: &Value, depth: usize) -> String {
    const MAX_DEPTH: usize = 6;
    if depth > MAX_DEPTH {
        return "…".to_owned();
    }
    let inner = |value: &Value| text_of(db, value, depth + 1);
    match value {
        Value::Symbol(symbol) => symbol_text(symbol),
        Value::Member(member) => format!("{}.{}", inner(&member.object), member.name),
        Value::Invoke(invoke) => format!("{}()", inner(&invoke.callee)),
        Value::Index(index) => format!("{}[…]", inner(&index.object)),
        Value::Param(param) => param.name.to_string(),
        Value::Environment(read) => read.name.to_string(),
        Value::Function(function) => named(db, function.item),
        Value::Class(class) => named(db, *class),
        Value::Instance(instance) => format!("{}()", named(db, instance.class)),
        Value::Typed(typed) => inner(&typed.declared),
        Value::Module(file) => file.path(db).to_string(),
        Value::OneOf(several) | Value::Fallback(several) => several.values.first().map(inner).unwrap_or_default(),
        Value::Pipe(several) => several.values.iter().map(inner).collect::<Vec<_>>().join(" | "),
        Value::Text(_) => "a text".to_owned(),
        Value::Number(number) => number.text.to_string(),
        Value::Bool(_) => "a truth value".to_owned(),
        Value::None => "nothing".to_owned(),
        Value::List(_) => "a list".to_owned(),
        Value::Mapping(_) => "a mapping".to_owned(),
        Value::Unknown(_) => "…".to_owned(),
    }
}

fn named(db: &dyn Db, at: lensai_semantics::ItemRef) -> String {
    let name: SmolStr = qualified_name(db, at.file, at.item);
    let is_class = head(db, at.file, at.item).is_some_and(|head| head.kind == ItemKind::Class);
    if name.is_empty() { if is_class { "a class" } else { "a function" }.to_owned() } else { name.to_string() }
}
