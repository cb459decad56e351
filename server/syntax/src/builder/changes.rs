//! Calls that change what something holds.

use crate::hir::{Arg, Body, Expr, ExprId, Place, Store};

/// Fills [`Body::changes`], and adds what `setattr(object, "name", value)` stores to [`Body::stores`].
pub(super) fn collect(body: &mut Body) {
    let mut changes = Vec::new();
    let mut stores = Vec::new();
    for (id, expr) in (0..).map(ExprId).zip(&body.exprs) {
        let Expr::Call { callee, args, .. } = *expr else { continue };
        match body.expr(callee) {
            Expr::Attribute { object, name }
                if is_change(body.name(name))
                    && matches!(body.expr(object), Expr::Name(_) | Expr::Attribute { .. }) =>
            {
                changes.push(id);
            }
            Expr::Name(name) if body.name(name) == "setattr" => {
                if let [Arg::Positional(object), Arg::Positional(key), Arg::Positional(value)] = *body.args(args) {
                    match body.expr(key) {
                        Expr::Text(key) => stores.push((id, object, body.text(key).to_owned(), value)),
                        _ => changes.push(id),
                    }
                }
            }
            _ => {}
        }
    }
    body.changes = changes;
    if stores.is_empty() {
        return;
    }
    for (time, object, key, value) in stores {
        // A name that the body does not use is a name that nobody asks for here, but others may.
        let name = body.names.iter().position(|name| *name == key).unwrap_or_else(|| {
            body.names.push(key.into());
            body.names.len() - 1
        });
        let place = Place::Attribute(crate::hir::NameId(super::index(name)));
        let block = body.block_of(time);
        body.stores.push(Store { object, place, value: Some(value), annotation: None, block, time });
    }
    body.stores.sort_by_key(|store| store.time);
}

fn is_change(method: &str) -> bool {
    matches!(method, "append" | "extend" | "insert" | "push" | "set" | "setdefault" | "unshift" | "update")
}
