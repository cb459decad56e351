//! Items in order of their start.
//!
//! A lowering opens items in order of evaluation, which differs from that of the text where a comprehension's clauses
//! come before its element, a test before its branches, the step of a `for` after its body.

use std::sync::Arc;

use crate::hir::{Bound, Expr, Item, ItemId};

/// Sorts the items and renames every reference to one. An item never comes before the one around it, which starts no
/// later and was opened before.
pub(super) fn in_order(items: &mut [Item]) {
    if items.is_sorted_by_key(|item| item.span.start) {
        return;
    }
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|slot| items.get(*slot).map(|item| item.span.start));
    let mut renamed = vec![ItemId::MODULE; items.len()];
    for (number, slot) in (0..).zip(&order) {
        if let Some(entry) = renamed.get_mut(*slot) {
            *entry = ItemId(number);
        }
    }
    let rename = |id: &mut ItemId| *id = renamed.get(id.0 as usize).copied().unwrap_or(*id);
    for item in items.iter_mut() {
        item.parent.iter_mut().for_each(rename);
        // Nobody else has the body yet.
        let Some(body) = Arc::get_mut(&mut item.body) else { continue };
        for expr in &mut body.exprs {
            if let Expr::Function(id) = expr {
                rename(id);
            }
        }
        for binding in &mut body.bindings {
            if let Bound::Item(id) = &mut binding.value {
                rename(id);
            }
        }
    }
    items.sort_by_key(|item| item.span.start);
}
