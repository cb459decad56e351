//! What functions put into what a scope around them holds for all of them: `state["chain"] = …`, `sessions.set(id, …)`, `agents.append(…)`.

#![expect(clippy::needless_pass_by_value, reason = "salsa's signature: a query owns its key")]

use std::sync::Arc;

use lensai_syntax::hir::{Arg, Body, Expr, ExprId, ItemId, NameId, Place};
use smol_str::SmolStr;

use crate::db::{Db, SourceFile, facts, head, item};
use crate::eval::Evaluator;
use crate::fill::{ANY_KEY, Filling};
use crate::value::{ItemRef, Value};
use crate::with_stack;

/// What a scope holds under a name, with what functions in it put into it.
pub(crate) fn with_shared(db: &dyn Db, scope: ItemRef, name: &SmolStr, own: Value) -> Value {
    let fills = |(owner, _, filled): &(ItemId, ItemId, SmolStr)| *owner == scope.item && filled == name;
    if !is_holder(&own) || !fillers(db, scope.file).iter().any(fills) {
        return own;
    }
    let Value::Mapping(put) = put_into(db, scope.file, scope.item, name.clone()) else { return own };
    match &own {
        Value::List(list) => {
            // Texts and mappings that are collected one by one are no objects that are shared.
            let objects = put.entries.iter().map(|(_, value)| value);
            let objects = objects.filter(|value| {
                matches!(value, Value::Invoke(_) | Value::Instance(_) | Value::Pipe(_) | Value::Symbol(_))
            });
            Value::list(list.items.iter().chain(objects).cloned().collect(), true)
        }
        Value::Mapping(mapping) => {
            let Some(mut filling) = Filling::of(&own) else { return own };
            for (key, value) in &put.entries {
                // That there was nothing yet is no value that anyone uses.
                let is_empty = mapping.get(key).is_some_and(|held| *held == Value::None);
                filling.set((*key != ANY_KEY).then(|| key.clone()), value.clone(), is_empty);
            }
            filling.finish()
        }
        _ => Value::mapping(put.entries.clone(), Vec::new()),
    }
}

/// Whether a value is one into which others are put: of a `Map` and of what React keeps it is known only what is put into it.
fn is_holder(value: &Value) -> bool {
    let is_ref = || matches!(callee_of(value), Some(name) if matches!(name.as_str(), "react.useRef" | "react.default.useRef" | "preact/hooks.useRef"));
    matches!(value, Value::Mapping(_) | Value::List(_)) || is_map(value) || is_ref()
}

/// Whether a value is a `Map` with nothing in it.
pub(crate) fn is_map(value: &Value) -> bool {
    let is_empty = matches!(value, Value::Invoke(invoke) if invoke.args.positional.is_empty());
    is_empty && callee_of(value).is_some_and(|name| name == "Map")
}

/// The function of a package or of the language that gave a value.
fn callee_of(value: &Value) -> Option<String> {
    match value {
        Value::Invoke(invoke) => match &invoke.callee {
            Value::Symbol(symbol) => Some(symbol.dotted()),
            _ => None,
        },
        _ => None,
    }
}

/// The scopes into whose names functions in them put something, with the functions and the names.
#[salsa::tracked(returns(clone))]
pub(crate) fn fillers(db: &dyn Db, file: SourceFile) -> Arc<[(ItemId, ItemId, SmolStr)]> {
    let facts = facts(db, file);
    let mut found: Vec<(ItemId, ItemId, SmolStr)> = Vec::new();
    for (at, item) in (0..).map(ItemId).zip(&facts.items).filter(|(at, _)| *at != ItemId::MODULE) {
        let body = &item.body;
        // Mostly it is a name of the function's own.
        let is_own = |name: NameId| {
            body.bindings_of(name).next().is_some() || body.params.iter().any(|param| param.name == body.name(name))
        };
        for (_, name) in puts(body).filter(|(_, name)| !is_own(*name)) {
            let text = SmolStr::new(body.name(name));
            if !found.iter().any(|(_, known, name)| *known == at && *name == text)
                && let Some(owner) = owner(db, file, at, &text)
            {
                found.push((owner, at, text));
            }
        }
    }
    found.into()
}

/// The places of a body where something is put into what a name holds: of a store its index, of a call the expression.
pub(crate) fn puts(body: &Body) -> impl Iterator<Item = (Put, NameId)> {
    let stores = body.stores.iter().enumerate().filter_map(|(at, store)| match body.expr(store.object) {
        Expr::Name(name) => Some((Put::Store(at), name)),
        _ => None,
    });
    let calls = body.changes.iter().filter_map(|call| {
        let Expr::Call { callee, .. } = body.expr(*call) else { return None };
        let Expr::Attribute { object, .. } = body.expr(callee) else { return None };
        match body.expr(object) {
            Expr::Name(name) => Some((Put::Call(*call), name)),
            _ => None,
        }
    });
    stores.chain(calls)
}

#[derive(Clone, Copy)]
pub(crate) enum Put {
    /// The store of this index.
    Store(usize),
    /// This call.
    Call(ExprId),
}

/// The scope around a function that binds a name which the function does not.
fn owner(db: &dyn Db, file: SourceFile, at: ItemId, name: &str) -> Option<ItemId> {
    let mut current = head(db, file, at)?.parent?;
    while current != ItemId::MODULE {
        let body = item(db, file, current);
        let is_bound = body.find_name(name).is_some_and(|name| body.bindings_of(name).next().is_some());
        if is_bound || body.params.iter().any(|param| param.name == name) {
            return Some(current);
        }
        current = head(db, file, current)?.parent?;
    }
    Some(ItemId::MODULE)
}

/// What the functions in a scope put into what a name of it holds, as a mapping.
#[salsa::tracked(returns(clone), cycle_result = put_in_cycle)]
fn put_into(db: &dyn Db, file: SourceFile, scope: ItemId, name: SmolStr) -> Value {
    with_stack(|| {
        let mut entries = Vec::new();
        for (_, at, _) in fillers(db, file).iter().filter(|(owner, _, filled)| *owner == scope && *filled == name) {
            let mut evaluator = Evaluator::new(db, ItemRef { file, item: *at }).filling(name.clone());
            let body = Arc::clone(evaluator.body());
            for (put, _) in puts(&body).filter(|(_, into)| body.name(*into) == name) {
                entries.extend(entry(&mut evaluator, &body, put));
            }
        }
        entries
            .retain(|(_, value)| !matches!(value, Value::Unknown(_) | Value::Param(_) | Value::None | Value::Bool(_)));
        Value::mapping(entries, Vec::new())
    })
}

fn put_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: ItemId, _: SmolStr) -> Value {
    Value::None
}

/// Under which key something is put, and what.
fn entry(evaluator: &mut Evaluator<'_>, body: &Body, put: Put) -> Option<(SmolStr, Value)> {
    let key_of = |value: &Value| value.as_text().map_or(ANY_KEY, SmolStr::new);
    match put {
        Put::Store(at) => {
            let store = body.stores.get(at)?;
            let key = match store.place {
                Place::Attribute(name) => SmolStr::new(body.name(name)),
                Place::Index(key) => key_of(&evaluator.eval(key)),
            };
            Some((key, evaluator.eval(store.value?)))
        }
        Put::Call(call) => {
            let Expr::Call { callee, args, .. } = body.expr(call) else { return None };
            let Expr::Attribute { name: method, .. } = body.expr(callee) else { return None };
            match (body.name(method), body.args(args)) {
                ("set" | "setdefault", [Arg::Positional(key), Arg::Positional(value)]) => {
                    Some((key_of(&evaluator.eval(*key)), evaluator.eval(*value)))
                }
                ("append" | "push", [Arg::Positional(value)]) => Some((ANY_KEY, evaluator.eval(*value))),
                _ => None,
            }
        }
    }
}
