//! What the callers of a function give it.

#![expect(clippy::needless_pass_by_value, reason = "salsa's signature: a query owns its key")]

use std::sync::Arc;

use lensai_syntax::hir::{Body, Expr, ExprId, ItemId, ItemKind, Slice};
use smol_str::SmolStr;

use crate::db::{Db, Head, SourceFile, head, item, outline};
use crate::eval::Evaluator;
use crate::function::{Environment, has_decorator};
use crate::value::{Args, ItemRef, Reason, Value};
use crate::{class, index, member, settings, with_stack};

/// More callers than this say nothing.
const MAX_CALLERS: usize = 50;

/// The argument for a parameter, over all calls of its function in its file; none when there are none there, or one of them
/// says nothing, or the function is handed on as a value.
///
/// A function that a file keeps to itself has no others: a Python function whose name begins with `_`, a function of a
/// TypeScript module that is not exported, a private method, a function inside another. Of others these calls are what is known; they count
/// when the name in them means the function.
#[salsa::tracked(returns(clone), cycle_result = argument_in_cycle)]
pub fn caller_argument(db: &dyn Db, file: SourceFile, function: ItemId, index: u32) -> Option<Value> {
    with_stack(|| {
        let this = head(db, file, function)?;
        let called = ItemRef { file, item: function };
        let class = constructed(db, called, &this);
        let name = match class {
            Some(class) => head(db, file, class.item)?.name,
            None => this.name.clone(),
        };
        if this.kind != ItemKind::Function || name.is_empty() || name.ends_with("__") {
            return None;
        }
        // Handed on as a value it may be called from anywhere. A class is named for many reasons.
        if class.is_none() && is_handed_on(db, file, &name) {
            return None;
        }
        let is_private = class.is_none() && is_private(db, called, &this);
        // Which instance it is does not matter here: a receiver takes the first parameter.
        let receiver = is_method(db, file, function).then(|| Value::instance(called, None));
        let given = |args: &Args| {
            let given = Environment::of_call(db, called, args, receiver.as_ref()).argument(db, called, index)?;
            (!given.is_unknown()).then_some(given)
        };
        let mut values = Vec::new();
        for id in items_naming(db, file, name.clone()).iter() {
            let at = ItemRef { file, item: *id };
            let body = item(db, file, *id);
            for (callee, args) in calls_of(&body, &name) {
                let mut evaluator = Evaluator::new(db, at);
                // What calls itself hands on what it was given.
                if at == called || (!is_private && !means(&evaluator.eval(callee), class.unwrap_or(called))) {
                    continue;
                }
                if values.len() >= MAX_CALLERS {
                    return None;
                }
                values.push(given(&evaluator.args(args))?);
            }
        }
        // What the constructors of the classes below it give it.
        for heir in class.into_iter().flat_map(|class| class::heirs(db, class)) {
            if let Some(constructor) = class::constructor(db, heir)
                && let Some(args) = class::base_arguments(db, file, constructor.item)
            {
                values.push(given(&args)?);
            }
        }
        (!values.is_empty() && values.len() <= MAX_CALLERS).then(|| Value::one_of(values))
    })
}

/// The class that a function is the constructor of.
fn constructed(db: &dyn Db, function: ItemRef, this: &Head) -> Option<ItemRef> {
    let class = ItemRef { file: function.file, item: this.parent? };
    let is_constructor = matches!(this.name.as_str(), "constructor" | "__init__");
    (is_constructor && head(db, class.file, class.item)?.kind == ItemKind::Class).then_some(class)
}

/// A value that begins with a parameter (`params`, `options.model`), with what the function is given for it, or else its
/// default, in its place; none when neither is known, and for all other values.
pub fn given(db: &dyn Db, value: &Value) -> Option<Value> {
    match value {
        Value::Param(param) => {
            let callers = caller_argument(db, param.function.file, param.function.item, param.index);
            let known: Vec<Value> = callers.into_iter().chain(param.default.clone()).collect();
            (!known.is_empty()).then(|| Value::fallback(known))
        }
        Value::Member(inner) => match (given(db, &inner.object), &inner.object) {
            (Some(object), _) => Some(member(db, &object, &inner.name)),
            (None, Value::Param(param)) => settings::of_handler(db, param, &inner.name),
            (None, _) => None,
        },
        Value::Index(inner) => Some(index(db, &given(db, &inner.object)?, &inner.index)),
        _ => None,
    }
}

/// Whether a value is a function or class.
fn means(value: &Value, function: ItemRef) -> bool {
    match value {
        Value::Class(class) => *class == function,
        Value::Function(called) => called.item == function,
        Value::OneOf(several) | Value::Fallback(several) => several.values.iter().any(|value| means(value, function)),
        _ => false,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "salsa's signature")]
fn argument_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: ItemId, _: u32) -> Option<Value> {
    Some(Value::Unknown(Reason::Cycle))
}

/// Whether only its own file can call a function.
fn is_private(db: &dyn Db, function: ItemRef, this: &Head) -> bool {
    let file = function.file;
    let Some(parent) = this.parent.and_then(|parent| head(db, file, parent)) else { return false };
    match parent.kind {
        ItemKind::Function | ItemKind::Lambda { .. } => true,
        _ if file.language(db).is_python() => this.name.starts_with('_'),
        ItemKind::Class => this.name.starts_with('#') || has_decorator(&item(db, file, function.item), &["private"]),
        ItemKind::Module => {
            let exports = &item(db, file, ItemId::MODULE).exports;
            !exports.is_empty() && exports.iter().all(|export| export.name != this.name && export.name != "=")
        }
    }
}

fn is_method(db: &dyn Db, file: SourceFile, function: ItemId) -> bool {
    let parent = head(db, file, function).and_then(|this| head(db, file, this.parent?));
    parent.is_some_and(|parent| parent.kind == ItemKind::Class)
}

/// Whether a name is used in a body other than to call it.
fn is_handed_on(db: &dyn Db, file: SourceFile, name: &str) -> bool {
    items_naming(db, file, SmolStr::new(name)).iter().any(|id| {
        let body = item(db, file, *id);
        let Some(id) = body.find_name(name) else { return false };
        let uses = body.exprs.iter().filter(|expr| match expr {
            Expr::Name(used) | Expr::Attribute { name: used, .. } => *used == id,
            _ => false,
        });
        uses.count() > calls_of(&body, name).len()
    })
}

/// The items in which a name of one of the file's functions and classes occurs. An edit that names no other of them asks none
/// of these again.
#[salsa::tracked(returns(clone))]
pub(crate) fn items_naming(db: &dyn Db, file: SourceFile, name: SmolStr) -> Arc<[ItemId]> {
    let items = (0..outline(db, file).len()).map(|at| ItemId(u32::try_from(at).unwrap_or(u32::MAX)));
    items.filter(|id| named_in(db, file, *id).binary_search(&name).is_ok()).collect()
}

/// The names of the file's functions and classes that occur in an item, in order.
#[salsa::tracked(returns(clone))]
fn named_in(db: &dyn Db, file: SourceFile, id: ItemId) -> Arc<[SmolStr]> {
    let defined = defined(db, file);
    let body = item(db, file, id);
    let mut named: Vec<SmolStr> =
        body.names.iter().filter(|name| defined.binary_search(name).is_ok()).cloned().collect();
    named.sort_unstable();
    named.into()
}

/// The names of the functions and classes of a file, each once, in order.
#[salsa::tracked(returns(clone))]
fn defined(db: &dyn Db, file: SourceFile) -> Arc<[SmolStr]> {
    let mut names: Vec<SmolStr> = outline(db, file).iter().map(|head| head.name.clone()).collect();
    names.sort_unstable();
    names.dedup();
    names.into()
}

/// The calls of a name, as a function or as a method: what is called, and the arguments.
fn calls_of(body: &Body, name: &str) -> Vec<(ExprId, Slice)> {
    let Some(id) = body.find_name(name) else { return Vec::new() };
    let calls = body.exprs.iter().filter_map(|expr| match *expr {
        Expr::Call { callee, args, .. } => match body.expr(callee) {
            Expr::Name(called) | Expr::Attribute { name: called, .. } if called == id => Some((callee, args)),
            _ => None,
        },
        _ => None,
    });
    calls.collect()
}
