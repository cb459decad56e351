//! Settings that code declares with a default, beside what reads them: options of a command line, schemas of the environment,
//! fields of a form that a framework fills in.

use std::sync::Arc;

use lensai_syntax::hir::{Arg, Body, Entry, Expr, ExprId};
use smol_str::SmolStr;

use crate::db::{Db, SourceFile, head, item, items};
use crate::eval::Evaluator;
use crate::value::{Args, Invoke, ItemRef, Param, Value};
use crate::with_stack;

/// Methods that declare an option of a command line: argparse, commander, yargs, cac.
const DECLARING: [&str; 4] = ["add_argument", "option", "requiredOption", "positional"];
/// Methods that take what runs when the command line is read.
const RUNNING: [&str; 3] = ["action", "command", "handler"];

/// The options that a file declares for its command line, as a mapping of their defaults; none when it declares none.
#[salsa::tracked(returns(clone), cycle_result = command_line_in_cycle)]
pub(crate) fn command_line(db: &dyn Db, file: SourceFile) -> Option<Value> {
    with_stack(|| {
        let mut entries = Vec::new();
        for at in items(db, file) {
            let body = item(db, file, at.item);
            if !DECLARING.iter().any(|name| body.find_name(name).is_some()) {
                continue;
            }
            let mut evaluator = Evaluator::new(db, at);
            for expr in &body.exprs {
                let Expr::Call { callee, args, .. } = *expr else { continue };
                let Expr::Attribute { name, .. } = body.expr(callee) else { continue };
                if DECLARING.contains(&body.name(name)) {
                    let args = evaluator.args(args);
                    entries.extend(option(&args, file.language(db).is_python()));
                }
            }
        }
        (!entries.is_empty()).then(|| Value::mapping(entries, Vec::new()))
    })
}

fn command_line_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile) -> Option<Value> {
    None
}

/// Name and default of an option: `add_argument("-m", "--model", default="gpt-4o")`, `.option("-m, --model <name>", "…", "gpt-4o")`,
/// `.option("model", { default: "gpt-4o" })`.
pub(crate) fn option(args: &Args, python: bool) -> Option<(SmolStr, Value)> {
    let spelled = args.positional.iter().map_while(Value::as_text);
    let spelled: Vec<&str> = spelled.take(if python { usize::MAX } else { 1 }).collect();
    let flags = || spelled.iter().flat_map(|text| text.split([',', ' ', '|', '=']));
    let name = match args.named("dest").and_then(Value::as_text) {
        Some(name) => name,
        None => {
            flags().find_map(|flag| flag.strip_prefix("--")).or_else(|| flags().find(|flag| !flag.starts_with('-')))?
        }
    };
    let default = args.named("default").cloned().or_else(|| {
        let rest = args.positional.iter().skip(2).filter(|_| !python);
        rest.rev().find(|value| !matches!(value, Value::Mapping(_) | Value::Function(_) | Value::Symbol(_))).cloned()
    });
    Some((attribute_name(name, python), default?))
}

/// The name under which an option is read: `max_tokens` and `maxTokens` for `max-tokens`.
fn attribute_name(flag: &str, python: bool) -> SmolStr {
    if python {
        return SmolStr::new(flag.replace('-', "_"));
    }
    let mut parts = flag.split('-');
    let mut name = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        name.push_str(letters.as_str());
    }
    SmolStr::new(name)
}

/// The default that a declaration gives: `z.string().default("x")`, `str({ default: "x" })`, `{ type: "string", default: "x" }`.
fn default_of(declaration: &Value) -> Option<Value> {
    match declaration {
        Value::Mapping(mapping) => mapping.get("default").or_else(|| mapping.get("defaultValue")).cloned(),
        Value::Invoke(invoke) => match &invoke.callee {
            Value::Member(method) if matches!(method.name.as_str(), "default" | "catch" | "prefault") => {
                invoke.args.positional.first().cloned()
            }
            // `z.string().default("x").describe("…")`
            Value::Member(method) if matches!(method.object, Value::Invoke(_)) => default_of(&method.object),
            _ => invoke.args.positional.iter().find_map(default_of),
        },
        _ => None,
    }
}

/// What a setting is that was read with a schema: `z.object({ MODEL: z.string().default("gpt-4o") }).parse(process.env).MODEL`,
/// `cleanEnv(process.env, { MODEL: str({ default: "gpt-4o" }) }).MODEL`.
pub(crate) fn read_with_schema(read: &Invoke, name: &str) -> Option<Value> {
    let schema = match &read.callee {
        Value::Member(method) if matches!(method.name.as_str(), "parse" | "safeParse" | "parseAsync") => &method.object,
        _ => return default_in(&read.args, name),
    };
    let mut current = schema;
    while let Value::Invoke(invoke) = current {
        if let Some(default) = default_in(&invoke.args, name) {
            let is_environment = read.args.positional.iter().any(|source| match source {
                Value::Symbol(symbol) => symbol.path.last().is_some_and(|name| name == "env"),
                _ => false,
            });
            return Some(if is_environment { Value::environment(SmolStr::new(name), Some(default)) } else { default });
        }
        let Value::Member(method) = &invoke.callee else { return None };
        current = &method.object;
    }
    None
}

/// The default that a mapping among arguments declares under a name, also one level further in: `{ server: { MODEL: … } }`.
fn default_in(args: &Args, name: &str) -> Option<Value> {
    let declared = |value: &Value| match value {
        Value::Mapping(mapping) => mapping.get(name).and_then(default_of),
        _ => None,
    };
    args.positional.iter().find_map(|value| {
        let Value::Mapping(mapping) = value else { return None };
        declared(value).or_else(|| mapping.entries.iter().find_map(|(_, inner)| declared(inner)))
    })
}

/// What a framework gives the function that it runs, where the code beside the function declares it: the options of a command
/// line (`.option("--model <name>", "…", "gpt-4o").action((options) => …)`), the fields beside it (`{ args: { model: { default:
/// "gpt-4o" } }, run({ args }) { … } }`) when `name` is what is read of the parameter.
pub(crate) fn of_handler(db: &dyn Db, param: &Param, name: &str) -> Option<Value> {
    let at = param.function;
    let around = ItemRef { file: at.file, item: head(db, at.file, at.item)?.parent? };
    let body = item(db, around.file, around.item);
    let function = (0..).map(ExprId).zip(&body.exprs).find(|(_, expr)| **expr == Expr::Function(at.item))?.0;
    if is_run_by_command_line(&body, function) {
        let options = command_line(db, at.file)?;
        return match &options {
            Value::Mapping(mapping) => mapping.get(name).cloned(),
            _ => None,
        };
    }
    let siblings = body.exprs.iter().find_map(|expr| {
        let Expr::Mapping(entries) = *expr else { return None };
        let entries = body.entries(entries);
        entries.iter().any(|entry| matches!(entry, Entry::Pair(_, value) if *value == function)).then_some(entries)
    })?;
    let mut evaluator = Evaluator::new(db, around);
    let declarations = siblings.iter().find_map(|entry| {
        let Entry::Pair(key, value) = *entry else { return None };
        let Expr::Text(key) = body.expr(key) else { return None };
        (value != function && name.starts_with(body.text(key))).then_some(value)
    })?;
    let Value::Mapping(declared) = evaluator.eval(declarations) else { return None };
    let entries = declared.entries.iter().filter_map(|(key, value)| Some((key.clone(), default_of(value)?)));
    Some(Value::mapping(entries.collect(), Vec::new()))
}

fn is_run_by_command_line(body: &Arc<Body>, function: ExprId) -> bool {
    body.exprs.iter().any(|expr| {
        let Expr::Call { callee, args, .. } = *expr else { return false };
        let Expr::Attribute { name, .. } = body.expr(callee) else { return false };
        RUNNING.contains(&body.name(name)) && body.args(args).contains(&Arg::Positional(function))
    })
}
