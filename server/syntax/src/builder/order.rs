//! Items in order of their start.
//!
//! A lowering opens items in order of evaluation, which differs from that of the text where a comprehension's clauses
//! come before its element or a test before its branches.

use std::sync::Arc;

use crate::hir::{Bound, Expr, Item, ItemId};

/// Sorts the items and renames every reference to one. An item never comes before the one around it: that starts no
/// later and was opened before.
pub(super) fn in_order(mut items: Vec<Item>) -> Vec<Item> {
    if items.is_sorted_by_key(|item| item.span.start) {
        return items;
    }
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|index| items.get(*index).map(|item| item.span.start));
    let mut renamed = vec![ItemId::MODULE; items.len()];
    for (new, old) in (0..).zip(&order) {
        if let Some(slot) = renamed.get_mut(*old) {
            *slot = ItemId(new);
        }
    }
    let rename = |id: &mut ItemId| {
        if let Some(new) = renamed.get(id.0 as usize) {
            *id = *new;
        }
    };
    for item in &mut items {
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
    items
}
