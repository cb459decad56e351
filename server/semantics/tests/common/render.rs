//! Values as text.

use lensai_semantics::{Args, Db, ItemRef, Origin, Reason, Several, TextPart, Value, head};

/// A value as one line: plain data as Python writes it, `?reason` for what is unknown, `@origin` behind a literal that
/// is seen from elsewhere, `package#name` for what a package exports.
pub(crate) fn render(db: &dyn Db, value: &Value) -> String {
    match value {
        Value::Unknown(reason) => reason_of(*reason).to_owned(),
        Value::None => "none".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => format!("{}{}", number.text, origin(number.origin)),
        Value::Text(text) => {
            let parts = text.parts.iter().map(|part| match part {
                TextPart::Literal(literal) => literal.text.to_string(),
                TextPart::Hole(name, value) => format!("{{{name}: {}}}", render(db, value)),
            });
            format!("\"{}\"{}", parts.collect::<String>(), origin(text.origin))
        }
        Value::List(list) => {
            let open = list.open.then(|| "…".to_owned());
            format!("[{}]", joined(list.items.iter().map(|value| render(db, value)).chain(open), ", "))
        }
        Value::Mapping(mapping) => {
            let entries = mapping.entries.iter().map(|(key, value)| {
                let key = if key.is_empty() { "?" } else { key };
                format!("{key}: {}", render(db, value))
            });
            let spreads = mapping.spreads.iter().map(|value| format!("**{}", render(db, value)));
            format!("{{{}}}{}", joined(entries.chain(spreads), ", "), origin(mapping.origin))
        }
        Value::Symbol(symbol) => format!("{}#{}", symbol.module, symbol.path.join(".")),
        Value::Module(file) => format!("module {}", file.path(db)),
        Value::Class(class) => format!("class {}", name(db, *class)),
        Value::Function(function) => {
            let receiver = function.receiver.as_ref().map(|receiver| format!("{}.", render(db, receiver)));
            let bound = Some(args(db, &function.bound)).filter(|bound| !bound.is_empty());
            let bound = bound.map(|bound| format!(" with {bound}")).unwrap_or_default();
            format!("def {}{}{bound}", receiver.unwrap_or_default(), name(db, function.item))
        }
        Value::Instance(instance) => {
            let args = instance.args.as_ref().map_or_else(|| "…".to_owned(), |given| args(db, given));
            format!("{}({args})", name(db, instance.class))
        }
        Value::Param(param) => {
            let declared = param.declared.as_ref().map(|declared| format!(": {}", render(db, declared)));
            let default = param.default.as_ref().map(|default| format!(" = {}", render(db, default)));
            format!("param {}{}{}", param.name, declared.unwrap_or_default(), default.unwrap_or_default())
        }
        Value::Environment(read) => {
            let default = read.default.as_ref().map(|default| format!(" or {}", render(db, default)));
            format!("env {}{}", read.name, default.unwrap_or_default())
        }
        Value::Member(member) => format!("{}.{}", render(db, &member.object), member.name),
        Value::Index(index) => format!("{}[{}]", render(db, &index.object), render(db, &index.index)),
        Value::Invoke(invoke) => format!("{}({})", render(db, &invoke.callee), args(db, &invoke.args)),
        Value::Pipe(values) => several(db, values, " | "),
        Value::OneOf(values) => several(db, values, " or "),
        Value::Fallback(values) => several(db, values, " else "),
        Value::Typed(typed) => format!("a {}", render(db, &typed.declared)),
    }
}

fn several(db: &dyn Db, several: &Several, separator: &str) -> String {
    format!("({})", joined(several.values.iter().map(|value| render(db, value)), separator))
}

fn args(db: &dyn Db, args: &Args) -> String {
    let positional = args.positional.iter().map(|value| render(db, value));
    let keywords = args.keywords.iter().map(|(name, value)| format!("{name}={}", render(db, value)));
    let spreads = args.spreads.iter().map(|value| format!("**{}", render(db, value)));
    joined(positional.chain(keywords).chain(spreads), ", ")
}

fn joined(parts: impl Iterator<Item = String>, separator: &str) -> String {
    parts.collect::<Vec<_>>().join(separator)
}

fn name(db: &dyn Db, at: ItemRef) -> String {
    let name = head(db, at.file, at.item).unwrap().name.clone();
    if name.is_empty() { format!("#{}", at.item.0) } else { name.to_string() }
}

fn reason_of(reason: Reason) -> &'static str {
    match reason {
        Reason::Computed => "?computed",
        Reason::Cycle => "?cycle",
        Reason::TooLarge => "?too-large",
        Reason::Undefined => "?undefined",
    }
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Literal => "",
        Origin::Constant => "@constant",
        Origin::Attribute => "@attribute",
        Origin::ParameterDefault => "@parameter",
        Origin::EnvironmentDefault => "@environment",
        Origin::Configuration => "@configuration",
    }
}
