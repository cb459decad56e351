//! What the callers of a function give it, when all of them are known.

use lensai_syntax::hir::{Body, Expr, ItemId, ItemKind, Slice};

use crate::db::{Db, SourceFile, head, item, outline};
use crate::eval::Evaluator;
use crate::function::{Environment, has_decorator};
use crate::value::{ItemRef, Reason, Value};
use crate::{index, member, settings, with_stack};

/// More callers than this say nothing.
const MAX_CALLERS: usize = 50;

/// The argument for a parameter, over all calls of its function; none when not all callers are known, or one of them says
/// nothing.
///
/// All callers are known of what its file keeps to itself: a Python function whose name begins with `_`, a function
/// of a TypeScript module that is not exported, a private method, a function inside another.
#[salsa::tracked(returns(clone), cycle_result = argument_in_cycle)]
pub fn caller_argument(db: &dyn Db, file: SourceFile, function: ItemId, index: u32) -> Option<Value> {
    with_stack(|| {
        let name = private_name(db, file, function)?;
        let mut values = Vec::new();
        for at in 0..outline(db, file).len() {
            let at = ItemRef { file, item: ItemId(u32::try_from(at).ok()?) };
            let body = item(db, file, at.item);
            for args in calls_of(&body, &name) {
                if values.len() >= MAX_CALLERS {
                    return None;
                }
                let args = Evaluator::new(db, at).args(args);
                // Which instance it is does not matter here: a receiver takes the first parameter.
                let receiver = is_method(db, file, function).then(|| Value::instance(at, None));
                let called = ItemRef { file, item: function };
                let given = Environment::of_call(db, called, &args, receiver.as_ref()).argument(db, called, index)?;
                if given.is_unknown() {
                    return None;
                }
                values.push(given);
            }
        }
        (!values.is_empty()).then(|| Value::one_of(values))
    })
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

#[expect(clippy::unnecessary_wraps, reason = "salsa's signature")]
fn argument_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: ItemId, _: u32) -> Option<Value> {
    Some(Value::Unknown(Reason::Cycle))
}

/// The name of a function that only its own file can call.
fn private_name(db: &dyn Db, file: SourceFile, function: ItemId) -> Option<smol_str::SmolStr> {
    let this = head(db, file, function)?;
    if this.kind != ItemKind::Function || this.name.is_empty() {
        return None;
    }
    let parent = head(db, file, this.parent?)?;
    let private = match parent.kind {
        ItemKind::Function | ItemKind::Lambda { .. } => true,
        _ if file.language(db).is_python() => this.name.starts_with('_') && !this.name.ends_with("__"),
        ItemKind::Class => this.name.starts_with('#') || has_decorator(&item(db, file, function), &["private"]),
        ItemKind::Module => {
            let exports = &item(db, file, ItemId::MODULE).exports;
            !exports.is_empty() && exports.iter().all(|export| export.name != this.name && export.name != "=")
        }
    };
    // Handed on as a value it may be called from anywhere.
    (private && !is_handed_on(db, file, &this.name)).then_some(this.name)
}

fn is_method(db: &dyn Db, file: SourceFile, function: ItemId) -> bool {
    let parent = head(db, file, function).and_then(|this| head(db, file, this.parent?));
    parent.is_some_and(|parent| parent.kind == ItemKind::Class)
}

/// Whether a name is used in a body other than to call it.
fn is_handed_on(db: &dyn Db, file: SourceFile, name: &str) -> bool {
    (0..outline(db, file).len()).any(|at| {
        let body = item(db, file, ItemId(u32::try_from(at).unwrap_or(u32::MAX)));
        let Some(id) = body.find_name(name) else { return false };
        let uses = body.exprs.iter().filter(|expr| match expr {
            Expr::Name(used) | Expr::Attribute { name: used, .. } => *used == id,
            _ => false,
        });
        uses.count() > calls_of(&body, name).len()
    })
}

/// The arguments of the calls of a name, as a function or as a method.
fn calls_of(body: &Body, name: &str) -> Vec<Slice> {
    let Some(id) = body.find_name(name) else { return Vec::new() };
    let calls = body.exprs.iter().filter_map(|expr| match *expr {
        Expr::Call { callee, args, .. } => match body.expr(callee) {
            Expr::Name(called) | Expr::Attribute { name: called, .. } if called == id => Some(args),
            _ => None,
        },
        _ => None,
    });
    calls.collect()
}
