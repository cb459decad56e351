//! What methods store in a part of an instance: `self.config.model = self.config.model or "gpt-4o"`.

use std::sync::Arc;

use lensai_syntax::hir::{Expr, ExprId, ItemId, Place as Target};
use smol_str::SmolStr;

use super::{ancestors, is_self, methods};
use crate::db::{Db, SourceFile, item};
use crate::eval::Evaluator;
use crate::value::{ItemRef, Value};
use crate::with_stack;

/// A value that is stored in a part.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stored {
    /// The attribute of the instance.
    part: SmolStr,
    /// The attribute of that.
    name: SmolStr,
    method: ItemId,
    value: ExprId,
}

/// What the methods of a class and of its ancestors store as an attribute of an attribute; none when they store nothing there.
pub(crate) fn stored_in_part(db: &dyn Db, class: ItemRef, part: &str, name: &str) -> Option<Value> {
    let mut values = Vec::new();
    for class in ancestors(db, class) {
        let all = stored(db, class.file, class.item);
        for found in all.iter().filter(|found| found.part == part && found.name == name) {
            values.extend(value_of(db, class.file, found.method, found.value));
        }
    }
    (!values.is_empty()).then(|| Value::one_of(values))
}

/// What is stored in parts by the methods of a class itself, in order.
#[salsa::tracked(returns(clone))]
fn stored(db: &dyn Db, file: SourceFile, class: ItemId) -> Arc<[Stored]> {
    let mut found = Vec::new();
    for method in methods(db, ItemRef { file, item: class }) {
        let body = item(db, file, method.item);
        for store in &body.stores {
            let (Target::Attribute(name), Some(value)) = (store.place, store.value) else { continue };
            if let Expr::Attribute { object, name: part } = body.expr(store.object)
                && is_self(db, method, &body, body.expr(object))
            {
                let [part, name] = [part, name].map(|id| SmolStr::new(body.name(id)));
                found.push(Stored { part, name, method: method.item, value });
            }
        }
    }
    found.into()
}

#[salsa::tracked(returns(clone), cycle_result = value_in_cycle)]
fn value_of(db: &dyn Db, file: SourceFile, method: ItemId, value: ExprId) -> Option<Value> {
    // What it was before is what the object has that was given.
    with_stack(|| Some(Evaluator::new(db, ItemRef { file, item: method }).without_parts().eval(value)))
}

fn value_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: ItemId, _: ExprId) -> Option<Value> {
    None
}
