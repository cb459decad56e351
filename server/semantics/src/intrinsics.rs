//! What a few functions of the languages' own libraries give: reads of the environment, building of texts and mappings.

use smol_str::SmolStr;

use crate::fill::{ANY_KEY, any_value, under_any_key};
use crate::texts::{format, join, parts_of, replace};
use crate::value::{Args, Reason, Symbol, Value};
use crate::work::Work;
use crate::{class, emitted, forms, ops, resolve, settings};

/// The result of a call that is understood; none for all others.
pub(crate) fn call(work: Work<'_>, callee: &Value, args: &Args) -> Option<Value> {
    match callee {
        Value::Symbol(symbol) => function(work, &symbol.dotted(), args).or_else(|| read(work, symbol, args)),
        Value::Member(member) => method(work, &member.object, &member.name, args),
        _ => None,
    }
}

/// `flask.request.args.get("model", "gpt-4o")`, on something that a package has: the default is what is known of it.
fn read(work: Work<'_>, symbol: &Symbol, args: &Args) -> Option<Value> {
    let [object @ .., method] = symbol.path.as_slice() else { return None };
    let [key @ Value::Text(_), default @ ..] = args.positional.as_slice() else { return None };
    if method != "get" || object.is_empty() {
        return None;
    }
    let object: Vec<&str> = object.iter().map(SmolStr::as_str).collect();
    let object = Value::symbol(&symbol.module, &object);
    let remembers = || matches!(&object, Value::Symbol(object) if forms::is_session(object));
    match default {
        [] => remembers().then(|| ops::index(work, &object, key)),
        [default] => Some(Value::fallback([ops::index(work, &object, key), default.clone()])),
        _ => None,
    }
}

fn function(work: Work<'_>, name: &str, args: &Args) -> Option<Value> {
    let first = args.positional.first();
    Some(match name {
        "os.getenv" | "os.environ.get" | "Deno.env.get" | "os.environ.setdefault" => {
            let default = args.positional.get(1).or_else(|| args.named("default"));
            let default = default.filter(|default| **default != Value::None).cloned();
            Value::environment(SmolStr::new(first?.as_text()?), default)
        }
        // Attributes of these are entries too.
        "dict"
        | "OrderedDict"
        | "collections.OrderedDict"
        | "SimpleNamespace"
        | "types.SimpleNamespace"
        | "argparse.Namespace"
        | "easydict.EasyDict"
        | "munch.Munch"
        | "box.Box"
        | "addict.Dict"
        | "omegaconf.OmegaConf.create" => {
            let mut entries = Vec::new();
            let mut spreads = args.spreads.clone();
            args.positional.iter().for_each(|value| ops::spread_into(value.clone(), &mut entries, &mut spreads));
            entries.extend(args.keywords.iter().cloned());
            Value::mapping(entries, spreads)
        }
        "Object.assign" | "Object.freeze" | "structuredClone" | "copy.copy" | "copy.deepcopy" => {
            if let [only] = args.positional.as_slice() {
                return Some(only.clone());
            }
            emitted::merged(&args.positional)
        }
        // `new Map([["fast", "gpt-4o-mini"]])`
        "Map" | "Object.fromEntries" => pairs(first?).or_else(|| entries_of(first?))?,
        "str"
        | "String"
        | "list"
        | "tuple"
        | "textwrap.dedent"
        | "inspect.cleandoc"
        | "asyncio.run"
        | "int"
        | "iter"
        | "Number"
        | "parseInt"
        | "asyncio.create_task"
        | "asyncio.ensure_future"
        | "Promise.resolve" => first?.clone(),
        "dataclasses.asdict" | "asdict" | "attrs.asdict" | "vars" => dumped(work, first?)?,
        "importlib.import_module" | "import_module" | "__import__" => {
            let module = first?.as_text()?;
            // `__import__("a.b")` gives `a`.
            let root = module.split('.').next().filter(|_| name == "__import__");
            imported(work, root.unwrap_or(module))
        }
        "getattr" => match args.positional.as_slice() {
            [object, name] => ops::member(work, object, name.as_text()?),
            [object, name, default] => Value::fallback([ops::member(work, object, name.as_text()?), default.clone()]),
            _ => return None,
        },
        // What the framework gives when it is asked for nothing else.
        "typer.Option" | "typer.Argument" | "fastapi.Query" | "fastapi.Body" | "fastapi.Form" | "fastapi.Header" => {
            args.named("default").or(first).cloned()?
        }
        "typing.cast" | "cast" => args.positional.get(1)?.clone(),
        "functools.partial" | "partial" => match first? {
            Value::Function(function) => {
                let mut bound = function.bound.clone();
                bound.positional.extend(args.positional.iter().skip(1).cloned());
                bound.keywords.extend(args.keywords.iter().cloned());
                Value::function(function.item, function.receiver.clone(), bound)
            }
            _ => return None,
        },
        // A field's default is what an instance has unless it is given another.
        "pydantic.Field"
        | "pydantic.PrivateAttr"
        | "dataclasses.field"
        | "pydantic.fields.Field"
        | "attr.ib"
        | "attrs.field"
        | "attr.field" => {
            if let Some(factory) = args.named("default_factory") {
                return Some(ops::call(work, factory, &Args::default()));
            }
            args.named("default").or(first).cloned().unwrap_or(Value::Unknown(Reason::Undefined))
        }
        _ if name.starts_with("streamlit.") || name.ends_with(".useState") => forms::widget(name, args)?,
        _ => return None,
    })
}

/// Pairs of keys and values as a mapping.
fn pairs(value: &Value) -> Option<Value> {
    let Value::List(list) = value else { return None };
    let pair = |item: &Value| match item {
        Value::List(pair) => match pair.items.as_slice() {
            [key, value] => Some((SmolStr::new(key.as_text()?), value.clone())),
            _ => None,
        },
        _ => None,
    };
    let entries: Option<Vec<_>> = list.items.iter().map(pair).collect();
    entries.filter(|_| !list.open).map(|entries| Value::mapping(entries, Vec::new()))
}

/// The mapping of which a value is what is left of its entries: `Object.entries(params).filter(…)`.
fn entries_of(value: &Value) -> Option<Value> {
    let Value::Invoke(invoke) = value else { return None };
    match &invoke.callee {
        Value::Member(member) if member.name == "filter" => entries_of(&member.object),
        Value::Symbol(symbol) if symbol.dotted() == "Object.entries" => invoke.args.positional.first().cloned(),
        _ => None,
    }
}

/// Whether a value is what an import gives whose module is not known.
pub(crate) fn is_import(value: &Value) -> bool {
    match value {
        Value::Invoke(invoke) => match &invoke.callee {
            Value::Symbol(symbol) => {
                matches!(symbol.dotted().as_str(), "importlib.import_module" | "import_module" | "__import__")
            }
            _ => false,
        },
        Value::OneOf(several) | Value::Fallback(several) => several.values.iter().any(is_import),
        _ => false,
    }
}

/// The module of this name.
fn imported(work: Work<'_>, name: &str) -> Value {
    match work.within_file() {
        Some(file) => resolve::module(work.db, file, SmolStr::new(name)),
        None => Value::symbol(name, &[]),
    }
}

/// An instance as a mapping of its fields.
fn dumped(work: Work<'_>, object: &Value) -> Option<Value> {
    let Value::Instance(instance) = object else { return None };
    let names = class::fields(work.db, instance.class);
    if names.is_empty() {
        return None;
    }
    let entries = names.into_iter().map(|name| {
        let value = ops::member(work, object, &name);
        (name, value)
    });
    Some(Value::mapping(entries.filter(|(_, value)| !value.is_unknown()).collect(), Vec::new()))
}

fn method(work: Work<'_>, object: &Value, name: &str, args: &Args) -> Option<Value> {
    let first = args.positional.first();
    Some(match (object, name) {
        // A class of the project that has such a method itself never comes here.
        (Value::Instance(_), "model_dump" | "dict" | "_asdict" | "to_dict") => dumped(work, object)?,
        (Value::Text(_), "strip" | "trim" | "lstrip" | "rstrip" | "trimEnd" | "trimStart" | "dedent" | "toString") => {
            object.clone()
        }
        (Value::Text(_), "format") => format(object, args),
        (Value::Text(_), "lower" | "toLowerCase") => Value::text(&object.as_text()?.to_lowercase()),
        (Value::Text(_), "upper" | "toUpperCase") => Value::text(&object.as_text()?.to_uppercase()),
        (Value::Text(_), "replace") => {
            let once = work.within_file().is_some_and(|file| !file.language(work.db).is_python());
            replace(object, args, once)?
        }
        (Value::Text(_), "replaceAll") => replace(object, args, false)?,
        (Value::Text(_), "join") => join(object, first?),
        (Value::List(_), "join") => join(first.unwrap_or(&Value::text(",")), object),
        (Value::Text(_), "concat") => {
            let all = std::iter::once(object).chain(&args.positional);
            Value::template(all.flat_map(parts_of).collect())
        }
        (Value::List(list), "concat") => {
            let mut items = list.items.clone();
            let mut open = list.open;
            for value in &args.positional {
                match value {
                    Value::List(more) => {
                        items.extend(more.items.iter().cloned());
                        open |= more.open;
                    }
                    _ => open = true,
                }
            }
            Value::list(items, open)
        }
        (Value::Mapping(mapping), "get" | "pop" | "setdefault") => {
            let default = args.positional.get(1).cloned();
            let Some(key) = first?.as_text() else {
                return Some(Value::one_of([any_value(mapping)].into_iter().chain(default)));
            };
            match mapping.get(key) {
                Some(value) => value.clone().seen_from(mapping.origin),
                None if mapping.spreads.is_empty() => {
                    let found = under_any_key(mapping).collect::<Vec<_>>();
                    if found.is_empty() {
                        default.unwrap_or(Value::None)
                    } else {
                        Value::one_of(found.into_iter().chain(default))
                    }
                }
                None => {
                    let found = Value::one_of(mapping.spreads.iter().map(|spread| ops::member(work, spread, key)));
                    Value::fallback([found].into_iter().chain(default))
                }
            }
        }
        (Value::Mapping(_), "copy") => object.clone(),
        // `client.chat.completions.create.bind(client.chat.completions)`
        (Value::Symbol(_) | Value::Member(_), "bind") if args.positional.len() == 1 => object.clone(),
        (_, "opts" | "optsWithGlobals" | "parseSync" | "parse_args") => {
            settings::command_line(work.db, work.within_file()?)?
        }
        (_, "parse_known_args") => Value::list(
            vec![settings::command_line(work.db, work.within_file()?)?, Value::Unknown(Reason::Computed)],
            false,
        ),
        (Value::Mapping(mapping), "keys") => Value::list(keys(mapping).collect(), true),
        (Value::Mapping(mapping), "values") if mapping.spreads.is_empty() => {
            let values = mapping.entries.iter().map(|(_, value)| value.clone().seen_from(mapping.origin));
            Value::list(values.collect(), true)
        }
        (Value::Mapping(mapping), "items") if mapping.spreads.is_empty() => {
            let entries = mapping.entries.iter().map(|(key, value)| {
                let key = if *key == ANY_KEY { Value::Unknown(Reason::Computed) } else { Value::text(key) };
                let seen = |value: Value| value.seen_from(mapping.origin);
                Value::list(vec![seen(key), seen(value.clone())], false)
            });
            Value::list(entries.collect(), true)
        }
        // `config.get("model", "gpt-4o")` on something that is not known: the default is what is known of it.
        (Value::Param(_) | Value::Member(_) | Value::Invoke(_) | Value::Index(_), "get" | "getenv")
            if args.positional.len() == 2 && first.is_some_and(|key| key.as_text().is_some()) =>
        {
            let key = SmolStr::new(first?.as_text()?);
            let read = Value::symbolic_index(object.clone(), Value::text(&key));
            Value::fallback([read, args.positional.get(1)?.clone()])
        }
        _ => return None,
    })
}

fn keys(mapping: &crate::value::Mapping) -> impl Iterator<Item = Value> {
    let keys = mapping.entries.iter().filter(|(key, _)| *key != ANY_KEY);
    keys.map(|(key, _)| Value::text(key).seen_from(mapping.origin))
}
