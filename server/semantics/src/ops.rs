//! Operations on values: attribute, element, call, destructuring, declared types.

use lensai_syntax::hir::{ItemKind, Step};
use smol_str::SmolStr;

use crate::class;
use crate::db::{SourceFile, head, item};
use crate::fill::{ANY_KEY, any_value, under_any_key};
use crate::forms;
use crate::function::{self, Environment, has_decorator, is_static};
use crate::intrinsics;
use crate::scope;
use crate::settings;
use crate::value::{Args, ItemRef, Reason, Symbol, Value};
use crate::work::Work;

/// `object.name`
pub(crate) fn member(work: Work<'_>, object: &Value, name: &str) -> Value {
    match object {
        Value::Symbol(symbol) => match symbol.dotted().as_str() {
            "process.env" | "import.meta.env" | "Bun.env" => Value::environment(SmolStr::new(name), None),
            _ => remembered(work, symbol, name).unwrap_or_else(|| symbol.child(name)),
        },
        Value::Module(file) => module_member(work, *file, name),
        Value::Class(class) => class_member(work, *class, name),
        Value::Instance(instance) => instance_member(work, object, instance.class, instance.args.as_ref(), name),
        Value::Mapping(mapping) => match mapping.get(name) {
            Some(value) => value.clone().seen_from(mapping.origin),
            None if mapping.spreads.is_empty() && name != "get" => {
                Value::symbolic_member(object.clone(), SmolStr::new(name))
            }
            None => from_spreads(work, object, &mapping.spreads, name),
        },
        Value::OneOf(several) => Value::one_of(several.values.iter().map(|value| member(work, value, name))),
        Value::Fallback(several) => Value::fallback(several.values.iter().map(|value| member(work, value, name))),
        Value::Unknown(reason) => Value::Unknown(*reason),
        Value::None | Value::Bool(_) => Value::Unknown(Reason::Undefined),
        // An instance of a class of the project, whoever gives it: what the class says, unless it says nothing.
        Value::Param(param) => match &param.declared {
            Some(declared @ Value::Instance(_)) => match member(work, declared, name) {
                Value::Unknown(_) => Value::symbolic_member(object.clone(), SmolStr::new(name)),
                known => known,
            },
            _ => Value::symbolic_member(object.clone(), SmolStr::new(name)),
        },
        // What a member of an enumeration stands for: texts and numbers have no such attribute themselves.
        Value::Text(_) | Value::Number(_) if name == "value" => object.clone(),
        Value::Number(_)
        | Value::Text(_)
        | Value::List(_)
        | Value::Function(_)
        | Value::Environment(_)
        | Value::Index(_)
        | Value::Pipe(_)
        | Value::Typed(_) => Value::symbolic_member(object.clone(), SmolStr::new(name)),
        // `parseArgs({ options: { model: { default: "gpt-4o" } } }).values.model`
        Value::Member(inner) => match (&inner.object, inner.name.as_str()) {
            (Value::Invoke(read), "values" | "data" | "flags") => settings::read_with_schema(read, name),
            _ => None,
        }
        .unwrap_or_else(|| Value::symbolic_member(object.clone(), SmolStr::new(name))),
        Value::Invoke(read) => match settings::read_with_schema(read, name) {
            Some(setting) => setting,
            // `yargs(…).option("model", { default: "gpt-4o" }).argv`
            None if name == "argv" => match work.within_file().and_then(|file| settings::command_line(work.db, file)) {
                Some(options) => options,
                None => Value::symbolic_member(object.clone(), SmolStr::new(name)),
            },
            None => Value::symbolic_member(object.clone(), SmolStr::new(name)),
        },
    }
}

/// What a page remembers under a name.
fn remembered(work: Work<'_>, symbol: &Symbol, name: &str) -> Option<Value> {
    let file = work.within_file().filter(|_| forms::is_session(symbol))?;
    forms::remembered(work.db, file, SmolStr::new(name))
}

fn from_spreads(work: Work<'_>, object: &Value, spreads: &[Value], name: &str) -> Value {
    if name == "get" {
        return Value::symbolic_member(object.clone(), SmolStr::new(name));
    }
    Value::one_of(spreads.iter().map(|spread| member(work, spread, name)))
}

fn module_member(work: Work<'_>, file: SourceFile, name: &str) -> Value {
    scope::export(work.db, file, SmolStr::new(name)).unwrap_or(Value::Unknown(Reason::Undefined))
}

fn class_member(work: Work<'_>, class: ItemRef, name: &str) -> Value {
    match class::attribute(work.db, class, name) {
        Some((Value::Function(function), _)) => {
            let body = item(work.db, function.item.file, function.item.item);
            let receiver = has_decorator(&body, &["classmethod"]).then_some(Value::Class(class));
            Value::function(function.item, receiver, Args::default())
        }
        Some((value, _)) => value,
        None => match class::external_bases(work.db, class).first() {
            Some(_) => Value::symbolic_member(Value::Class(class), SmolStr::new(name)),
            None => Value::Unknown(Reason::Undefined),
        },
    }
}

fn instance_member(work: Work<'_>, object: &Value, class: ItemRef, args: Option<&Args>, name: &str) -> Value {
    let said = class::attribute(work.db, class, name).map(|(value, _)| value);
    let is_left_open = || match &said {
        None | Some(Value::None | Value::Unknown(_)) => true,
        Some(Value::Function(function)) => {
            function::is_abstract(&item(work.db, function.item.file, function.item.item))
        }
        Some(_) => false,
    };
    // Whoever implements a method is looked for in its own file alone.
    let asks_all = !matches!(said, Some(Value::Function(_)));
    if args.is_none()
        && is_left_open()
        && let Some(value) = said_by_heirs(work, class, name, asks_all)
    {
        return value;
    }
    let Some(value) = said else {
        // What the class does not say may come from a package's class below it.
        return match class::external_bases(work.db, class).first() {
            Some(_) => Value::symbolic_member(object.clone(), SmolStr::new(name)),
            None => Value::Unknown(Reason::Undefined),
        };
    };
    if let Value::Function(function) = &value
        && is_method(work, function.item)
    {
        let body = item(work.db, function.item.file, function.item.item);
        if is_static(&body) {
            return value;
        }
        if has_decorator(&body, &["property", "cached_property", "computed_field", "computed"]) {
            let result = function::returns(work.db, function.item.file, function.item.item);
            // What it gives may be set by classes below: `self.client` in a base that leaves `_client` to them.
            if args.is_none()
                && matches!(result, Value::None | Value::Unknown(_) | Value::Param(_))
                && let Some(value) = said_by_heirs(work, class, name, true)
            {
                return value;
            }
            return Environment::of_instance(work.db, object).substitute(work, &result);
        }
        return Value::function(function.item, Some(object.clone()), Args::default());
    }
    // Fields without a constructor (dataclasses, pydantic): the arguments of the instance go to the fields.
    if let Some(args) = args
        && class::ancestors(work.db, class).iter().all(|class| class::constructor(work.db, *class).is_none())
        && let Some(given) = args.named(name)
    {
        return given.clone();
    }
    Environment::of_instance(work.db, object).substitute(work, &value)
}

/// What the classes below one say of an attribute that it leaves open, when `this` may be an instance of any of them.
fn said_by_heirs(work: Work<'_>, class: ItemRef, name: &str, asks_all: bool) -> Option<Value> {
    let says = |heir: &ItemRef| class::class_attribute(work.db, heir.file, heir.item, SmolStr::new(name)).is_some();
    let said_by = |heir: ItemRef| member(work, &Value::instance(heir, None), name);
    let mut said: Vec<Value> = class::heirs(work.db, class).into_iter().filter(says).map(said_by).collect();
    // Of classes in other files only objects: which of their settings counts here, nothing says.
    let is_setting = |value: &Value| matches!(value, Value::Text(_) | Value::Number(_) | Value::Bool(_) | Value::None);
    if asks_all {
        let elsewhere = class::heirs_elsewhere(work.db, class.file, class.item, SmolStr::new(name));
        said.extend(elsewhere.iter().copied().filter(says).map(said_by).filter(|value| !is_setting(value)));
    }
    (!said.is_empty()).then(|| Value::one_of(said))
}

fn is_method(work: Work<'_>, function: ItemRef) -> bool {
    head(work.db, function.file, function.item)
        .and_then(|this| head(work.db, function.file, this.parent?))
        .is_some_and(|parent| parent.kind == ItemKind::Class)
}

/// `object[index]`
pub(crate) fn index(work: Work<'_>, object: &Value, index: &Value) -> Value {
    match (object, index) {
        (Value::Mapping(mapping), Value::Text(_)) => match index.as_text().map(|key| (mapping.get(key), key)) {
            Some((Some(value), _)) => value.clone().seen_from(mapping.origin),
            Some((None, key)) => {
                Value::one_of(under_any_key(mapping).chain([from_spreads(work, object, &mapping.spreads, key)]))
            }
            None => any_value(mapping),
        },
        // A key that is not known: any of the values.
        (Value::Mapping(mapping), _) => any_value(mapping),
        (Value::List(list), Value::Number(_)) => match index.as_u64().and_then(|at| usize::try_from(at).ok()) {
            Some(at) => list.items.get(at).cloned().unwrap_or(Value::Unknown(Reason::Undefined)),
            None => from_end(list, index),
        },
        (Value::List(list), _) if !list.open => Value::one_of(list.items.iter().cloned()),
        // `[Predict(…) for _ in range(n)]`
        (Value::List(list), _) if list.items.len() == 1 => list.items.first().cloned().unwrap_or(Value::None),
        (Value::Symbol(symbol), _) if symbol.dotted() == "os.environ" || symbol.dotted() == "process.env" => {
            match index.as_text() {
                Some(name) => Value::environment(SmolStr::new(name), None),
                None => Value::Unknown(Reason::Computed),
            }
        }
        (Value::Symbol(symbol), Value::Text(_)) if forms::is_session(symbol) => index
            .as_text()
            .and_then(|name| remembered(work, symbol, name))
            .unwrap_or_else(|| Value::symbolic_index(object.clone(), index.clone())),
        // `Agent[Deps, Out](…)`: a class with its type arguments.
        (Value::Class(_) | Value::Function(_), _) => object.clone(),
        (Value::OneOf(several), _) => Value::one_of(several.values.iter().map(|value| self::index(work, value, index))),
        (Value::Fallback(several), _) => {
            Value::fallback(several.values.iter().map(|value| self::index(work, value, index)))
        }
        (Value::Instance(_) | Value::Module(_), Value::Text(_)) => {
            index.as_text().map_or(Value::Unknown(Reason::Computed), |name| member(work, object, name))
        }
        (
            Value::Symbol(_)
            | Value::Param(_)
            | Value::Member(_)
            | Value::Index(_)
            | Value::Invoke(_)
            | Value::Typed(_)
            | Value::Environment(_),
            _,
        ) => Value::symbolic_index(object.clone(), index.clone()),
        _ => Value::Unknown(Reason::Computed),
    }
}

/// `texts[-1]`: an element of a list counted from its end, when the end is known.
fn from_end(list: &crate::value::List, index: &Value) -> Value {
    let Value::Number(number) = index else { return Value::Unknown(Reason::Computed) };
    let back = number.text.strip_prefix('-').and_then(|back| back.parse::<usize>().ok());
    match back {
        // Any of those that are known, as if nothing were known of the index.
        Some(_) if list.open => match list.items.as_slice() {
            [only] => only.clone(),
            _ => Value::Unknown(Reason::Computed),
        },
        Some(back) => {
            let at = list.items.len().checked_sub(back).filter(|_| back > 0);
            at.and_then(|at| list.items.get(at)).cloned().unwrap_or(Value::Unknown(Reason::Undefined))
        }
        None => Value::Unknown(Reason::Computed),
    }
}

/// `callee(args)`, `new callee(args)`
pub(crate) fn call(work: Work<'_>, callee: &Value, args: &Args) -> Value {
    if let Some(value) = intrinsics::call(work, callee, args) {
        return value;
    }
    match callee {
        Value::Class(class) => Value::instance(*class, Some(args.clone())),
        Value::Function(function) => function::call(work, function, args),
        Value::OneOf(several) => Value::one_of(several.values.iter().map(|value| call(work, value, args))),
        Value::Fallback(several) => Value::fallback(several.values.iter().map(|value| call(work, value, args))),
        Value::Unknown(reason) => Value::Unknown(*reason),
        Value::Symbol(_)
        | Value::Param(_)
        | Value::Member(_)
        | Value::Index(_)
        | Value::Invoke(_)
        | Value::Instance(_)
        | Value::Typed(_) => Value::symbolic_call(callee.clone(), args.clone()),
        Value::None
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::List(_)
        | Value::Mapping(_)
        | Value::Module(_)
        | Value::Environment(_)
        | Value::Pipe(_) => Value::Unknown(Reason::Computed),
    }
}

/// An element of what is iterated.
pub(crate) fn element(value: &Value) -> Value {
    if let Some(elements) = elements(value) {
        return Value::one_of(elements);
    }
    match value {
        Value::OneOf(several) => Value::one_of(several.values.iter().map(element)),
        Value::Invoke(_) | Value::Param(_) | Value::Member(_) | Value::Index(_) => {
            Value::symbolic_index(value.clone(), Value::Unknown(Reason::Computed))
        }
        _ => Value::Unknown(Reason::Computed),
    }
}

/// The known elements of what is iterated, in order: of a mapping its keys. There may be more of an open list.
pub(crate) fn elements(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::List(list) => Some(list.items.clone()),
        Value::Mapping(mapping) if mapping.spreads.is_empty() => {
            let keys = mapping.entries.iter().filter(|(key, _)| *key != ANY_KEY);
            Some(keys.map(|(key, _)| Value::text(key).seen_from(mapping.origin)).collect())
        }
        _ => None,
    }
}

/// What a context manager gives.
pub(crate) fn entered(work: Work<'_>, value: &Value) -> Value {
    if let Value::Instance(instance) = value {
        for name in ["__enter__", "__aenter__"] {
            if class::attribute(work.db, instance.class, name).is_some() {
                let entered = call(work, &member(work, value, name), &Args::default());
                return if entered.is_unknown() { value.clone() } else { entered };
            }
        }
    }
    value.clone()
}

/// A part of a value, by the steps of destructuring.
pub(crate) fn project(work: Work<'_>, value: Value, path: &[Step]) -> Value {
    path.iter().fold(value, |value, step| match step {
        Step::Index(at) => match &value {
            Value::List(_) | Value::OneOf(_) | Value::Fallback(_) => {
                index(work, &value, &Value::number(&at.to_string()))
            }
            Value::Invoke(_) | Value::Param(_) | Value::Member(_) | Value::Index(_) => {
                Value::symbolic_index(value.clone(), Value::number(&at.to_string()))
            }
            _ => Value::Unknown(Reason::Computed),
        },
        Step::Key(name) => member(work, &value, name),
        Step::Rest => match &value {
            // What is left of a mapping still has the keys that are asked for.
            Value::Mapping(_) | Value::Param(_) => value,
            _ => Value::Unknown(Reason::Computed),
        },
    })
}

/// Adds a spread value to the entries of a mapping.
pub(crate) fn spread_into(value: Value, entries: &mut Vec<(SmolStr, Value)>, spreads: &mut Vec<Value>) {
    match value {
        Value::Mapping(mapping) => {
            let seen = |value: &Value| value.clone().seen_from(mapping.origin);
            entries.extend(mapping.entries.iter().map(|(key, value)| (key.clone(), seen(value))));
            spreads.extend(mapping.spreads.iter().cloned());
        }
        Value::None => {}
        other => spreads.push(other),
    }
}

/// The base class behind type arguments (`Generic[T]`, `Agent[Deps]`).
pub(crate) fn generic_base(value: &Value) -> Value {
    match value {
        Value::Index(index) => generic_base(&index.object),
        other => other.clone(),
    }
}

/// A value that is said to be of a type. What is known of it counts more; a parameter may be both.
pub(crate) fn cast(work: Work<'_>, file: SourceFile, value: Value, annotation: &Value) -> Value {
    let is_given = is_given(&value);
    let is_open = match begin(&value) {
        Value::Unknown(_) | Value::None => true,
        // A file of the project that is not there.
        Value::Symbol(symbol) => symbol.module.starts_with(['.', '/', '~', '#']) || symbol.module.starts_with("@/"),
        _ => is_given,
    };
    if !is_open {
        return value;
    }
    match declared(work, file, annotation) {
        Value::Unknown(_) => value,
        said @ (Value::Typed(_) | Value::Instance(_)) if is_given => Value::fallback([value, said]),
        _ if is_given => value,
        said => said,
    }
}

/// Whether a value begins with a parameter of which nothing is said.
pub(crate) fn is_given(value: &Value) -> bool {
    match begin(value) {
        Value::Param(param) => param.default.is_none() && param.declared.is_none(),
        _ => false,
    }
}

/// What a symbolic value begins with.
fn begin(value: &Value) -> &Value {
    match value {
        Value::Member(member) => begin(&member.object),
        Value::Index(index) => begin(&index.object),
        Value::Invoke(invoke) => begin(&invoke.callee),
        other => other,
    }
}

/// Something that is declared to be of a type; unknown when the type says nothing.
pub(crate) fn declared(work: Work<'_>, file: SourceFile, annotation: &Value) -> Value {
    match annotation {
        Value::Symbol(symbol) if symbol.module.is_empty() || is_typing(&symbol.module) => {
            Value::Unknown(Reason::Undefined)
        }
        Value::Symbol(_) => Value::typed(annotation.clone()),
        Value::Class(class) => Value::instance(*class, None),
        // A type written as a text: a name of the module.
        Value::Text(_) => match annotation.as_text() {
            Some(name) if is_dotted_name(name) => {
                let mut parts = name.split('.');
                let first = parts.next().unwrap_or(name);
                let module = ItemRef { file, item: lensai_syntax::hir::ItemId::MODULE };
                let root = scope::outer_name(work.db, module, first, true, false);
                let named = parts.fold(root, |value, part| member(work, &value, part));
                if matches!(named, Value::Text(_)) {
                    Value::Unknown(Reason::Undefined)
                } else {
                    declared(work, file, &named)
                }
            }
            _ => Value::Unknown(Reason::Undefined),
        },
        Value::Index(index) => match &index.object {
            Value::Symbol(symbol) => {
                let name = symbol.path.last().map_or("", SmolStr::as_str);
                if is_wrapper(name) {
                    match &index.index {
                        Value::List(list) => Value::one_of(list.items.iter().map(|item| declared(work, file, item))),
                        other => declared(work, file, other),
                    }
                } else {
                    declared(work, file, &index.object)
                }
            }
            other => declared(work, file, other),
        },
        Value::Pipe(several) | Value::OneOf(several) => {
            Value::one_of(several.values.iter().map(|value| declared(work, file, value)))
        }
        // `ReturnType<typeof f>`
        Value::Function(function) => function::returns(work.db, function.item.file, function.item.item),
        Value::Instance(_) | Value::Invoke(_) | Value::Typed(_) => annotation.clone(),
        _ => Value::Unknown(Reason::Undefined),
    }
}

/// Types that stand for what is in their brackets.
fn is_wrapper(name: &str) -> bool {
    matches!(
        name,
        "Optional"
            | "Union"
            | "Annotated"
            | "Final"
            | "ClassVar"
            | "Awaitable"
            | "Promise"
            | "PromiseLike"
            | "NonNullable"
            | "Readonly"
            | "Required"
            | "Partial"
            | "ReturnType"
            | "Awaited"
            | "InstanceType"
            | "Generator"
            | "AsyncGenerator"
            | "Iterator"
            | "AsyncIterator"
    )
}

fn is_typing(module: &str) -> bool {
    matches!(module, "typing" | "typing_extensions" | "collections.abc" | "types" | "builtins")
}

fn is_dotted_name(text: &str) -> bool {
    !text.is_empty() && text.len() < 200 && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
}
