//! Instances that are called themselves: `agent(text)` runs a method of its class.

#![expect(clippy::needless_pass_by_value, reason = "salsa's signature: a query owns its key")]

use std::sync::Arc;

use lensai_syntax::hir::{Body, Bound, Expr, ExprId, ItemKind, NameId, Place};
use smol_str::SmolStr;

use crate::callers::items_with;
use crate::class;
use crate::db::{Db, SourceFile, head, item};
use crate::value::ItemRef;

/// The methods that run when an instance is called, the first that there is: Python's own, and those in which subclasses of a
/// package's class (`DSPy`, `PyTorch`, Keras) say what a call does.
pub(super) const CALLED: [&str; 3] = ["__call__", "forward", "call"];

/// The class whose instances run this function when they are called. What cannot be called itself has none.
pub(super) fn class_of_called(db: &dyn Db, function: ItemRef) -> Option<ItemRef> {
    let this = head(db, function.file, function.item)?;
    let parent = head(db, function.file, this.parent?)?;
    let is_called = parent.kind == ItemKind::Class && CALLED.contains(&this.name.as_str());
    let class = ItemRef { file: function.file, item: this.parent? };
    (is_called && function.file.language(db).is_python()).then_some(class)
}

/// The class and those below it in its file.
pub(super) fn classes(db: &dyn Db, class: ItemRef) -> Vec<SmolStr> {
    let all = std::iter::once(class).chain(class::heirs(db, class));
    all.filter_map(|class| head(db, class.file, class.item).map(|head| head.name.clone())).collect()
}

/// The names of variables, parameters and attributes of a file that hold an instance of what has a name there, as far as that is
/// written down where they are bound; each once.
#[salsa::tracked(returns(clone))]
pub(super) fn instance_names(db: &dyn Db, file: SourceFile, class: SmolStr) -> Arc<[SmolStr]> {
    let mut found: Vec<SmolStr> = Vec::new();
    for id in items_with(db, file, class.clone()).iter() {
        let body = item(db, file, *id);
        let Some(class) = body.find_name(&class) else { continue };
        let mut add = |name: &str| {
            if !found.iter().any(|known| known == name) {
                found.push(SmolStr::new(name));
            }
        };
        let mut held: Vec<NameId> = Vec::new();
        for param in body.params.iter().filter(|param| param.annotation.is_some_and(|of| mentions(&body, of, class))) {
            add(&param.name);
            held.extend(body.find_name(&param.name));
        }
        for binding in &body.bindings {
            let is_declared = binding.annotation.is_some_and(|declared| mentions(&body, declared, class));
            let is_made =
                matches!(binding.value, Bound::Value(value) | Bound::Entered(value) if is_made(&body, value, class));
            if is_declared || is_made {
                add(body.name(binding.name));
                held.push(binding.name);
            }
        }
        for store in &body.stores {
            let Place::Attribute(name) = store.place else { continue };
            let is_declared = store.annotation.is_some_and(|declared| mentions(&body, declared, class));
            let is_held = store.value.is_some_and(|value| {
                is_made(&body, value, class) || matches!(body.expr(value), Expr::Name(name) if held.contains(&name))
            });
            if is_declared || is_held {
                add(body.name(name));
            }
        }
    }
    found.into()
}

/// Whether a name is bound in a module itself, so that others may import it.
pub(super) fn is_of_module(db: &dyn Db, file: SourceFile, name: &str) -> bool {
    let body = item(db, file, lensai_syntax::hir::ItemId::MODULE);
    body.find_name(name).is_some_and(|name| body.bindings_of(name).len() > 0)
}

/// Whether a type names a class: `Agent`, `agents.Agent`, `Agent | None`, `Optional[Agent]`.
fn mentions(body: &Body, of: ExprId, class: NameId) -> bool {
    any_below(body, of, &|expr| matches!(expr, Expr::Name(name) | Expr::Attribute { name, .. } if name == class))
}

/// Whether a value is made by a call of a class, or may be: `Agent(…)`, `agent or Agent(…)`.
fn is_made(body: &Body, value: ExprId, class: NameId) -> bool {
    let is_class =
        |callee: ExprId| matches!(body.expr(callee), Expr::Name(name) | Expr::Attribute { name, .. } if name == class);
    match body.expr(value) {
        Expr::Call { callee, .. } => is_class(callee),
        Expr::Choice { operands, .. } => {
            let made = |operand: &ExprId| matches!(body.expr(*operand), Expr::Call { callee, .. } if is_class(callee));
            body.operands(operands).iter().any(made)
        }
        _ => false,
    }
}

fn any_below(body: &Body, expr: ExprId, is_it: &dyn Fn(Expr) -> bool) -> bool {
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        if is_it(body.expr(expr)) {
            return true;
        }
        body.children(expr, &mut |child| open.push(child));
    }
    false
}
