//! What functions put into what a module holds for all of them: `state["chain"] = …`, `sessions.set(id, …)`, `agents.append(…)`.

#![expect(clippy::needless_pass_by_value, reason = "salsa's signature: a query owns its key")]

use std::sync::Arc;

use lensai_syntax::hir::{Arg, Body, Expr, ExprId, ItemId, NameId, Place};
use smol_str::SmolStr;

use crate::db::{Db, SourceFile, facts, head, item};
use crate::eval::Evaluator;
use crate::fill::{ANY_KEY, Filling};
use crate::value::{ItemRef, Value};
use crate::with_stack;

/// What a module holds under a name, with what its functions put into it.
pub(crate) fn with_shared(db: &dyn Db, file: SourceFile, name: &SmolStr, own: Value) -> Value {
    if !is_holder(&own) || !fillers(db, file).iter().any(|(_, filled)| filled == name) {
        return own;
    }
    let Value::Mapping(put) = put_into(db, file, name.clone()) else { return own };
    match &own {
        Value::List(list) => {
            // Texts and mappings that are collected one by one are no objects that are shared.
            let objects = put.entries.iter().map(|(_, value)| value);
            let objects = objects.filter(|value| {
                matches!(value, Value::Invoke(_) | Value::Instance(_) | Value::Pipe(_) | Value::Symbol(_))
            });
            let items: Vec<_> = list.items.iter().chain(objects).cloned().collect();
            if items.len() == list.items.len() { own } else { Value::list(items, true) }
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

/// Whether a value is one into which others are put: of a `Map` it is known only what is put into it.
fn is_holder(value: &Value) -> bool {
    match value {
        Value::Mapping(_) | Value::List(_) => true,
        Value::Invoke(invoke) => match &invoke.callee {
            Value::Symbol(symbol) => {
                symbol.module.is_empty() && symbol.path == ["Map"] && invoke.args.positional.is_empty()
            }
            _ => false,
        },
        _ => false,
    }
}

/// The functions that put something into names of the module around them, with these names.
#[salsa::tracked(returns(clone))]
fn fillers(db: &dyn Db, file: SourceFile) -> Arc<[(ItemId, SmolStr)]> {
    let facts = facts(db, file);
    let mut found: Vec<(ItemId, SmolStr)> = Vec::new();
    for (at, item) in (0..).map(ItemId).zip(&facts.items).filter(|(at, _)| *at != ItemId::MODULE) {
        let body = &item.body;
        for (_, name) in puts(body) {
            let text = SmolStr::new(body.name(name));
            if !found.iter().any(|known| known.0 == at && known.1 == text) && is_of_module(db, file, at, &text) {
                found.push((at, text));
            }
        }
    }
    found.into()
}

/// The places of a body where something is put into what a name holds: of a store its index, of a call the expression.
fn puts(body: &Body) -> impl Iterator<Item = (Put, NameId)> {
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
enum Put {
    Store(usize),
    Call(ExprId),
}

/// Whether a name in an item is one of the module: no function up to it binds it.
fn is_of_module(db: &dyn Db, file: SourceFile, at: ItemId, name: &str) -> bool {
    let mut current = Some(at);
    while let Some(id) = current.filter(|id| *id != ItemId::MODULE) {
        let body = item(db, file, id);
        let is_bound = body.find_name(name).is_some_and(|name| body.bindings_of(name).next().is_some());
        if is_bound || body.params.iter().any(|param| param.name == name) {
            return false;
        }
        current = head(db, file, id).and_then(|head| head.parent);
    }
    true
}

/// What the functions of a module put into what a name of it holds, as a mapping.
#[salsa::tracked(returns(clone), cycle_result = put_in_cycle)]
fn put_into(db: &dyn Db, file: SourceFile, name: SmolStr) -> Value {
    with_stack(|| {
        let mut entries = Vec::new();
        for (at, _) in fillers(db, file).iter().filter(|(_, filled)| *filled == name) {
            let mut evaluator = Evaluator::new(db, ItemRef { file, item: *at });
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

fn put_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: SmolStr) -> Value {
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
