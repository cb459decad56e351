//! Which written argument a source of a slot is.

use lensai_semantics::Value;
use lensai_semantics::trail::Access;
use lensai_syntax::hir::{Arg, Entry, Expr, ExprId, Slice};
use smol_str::SmolStr;

use super::slots::SlotTracer;
use lensai_semantics::ItemRef;

impl SlotTracer<'_, '_> {
    /// The written argument of a name, and what of it is taken: a keyword, the key of an options object, something that is spread.
    pub(super) fn named(&mut self, at: ItemRef, args: Slice, name: &SmolStr) -> Vec<(ExprId, Vec<Access>)> {
        let body = lensai_semantics::item(self.db, at.file, at.item);
        let args = body.args(args);
        let keyword = args.iter().rev().find_map(|arg| match *arg {
            Arg::Keyword(key, value) if body.name(key) == name => Some(value),
            _ => None,
        });
        if let Some(value) = keyword {
            return vec![(value, Vec::new())];
        }
        for arg in args {
            let Arg::Positional(value) = *arg else { continue };
            let Expr::Mapping(entries) = body.expr(value) else { continue };
            for entry in body.entries(entries).iter().rev() {
                if let Entry::Pair(key, value) = *entry
                    && let Expr::Text(key) = body.expr(key)
                    && body.text(key) == name
                {
                    return vec![(value, Vec::new())];
                }
            }
        }
        let key = || vec![Access::Key(name.clone())];
        let holders = args.iter().filter_map(|arg| match *arg {
            Arg::KeywordSpread(value) | Arg::Spread(value) => Some(value),
            Arg::Positional(value) if self.holds(at, value) => Some(value),
            _ => None,
        });
        holders.collect::<Vec<_>>().into_iter().map(|value| (value, key())).collect()
    }

    /// The written argument at a position.
    pub(super) fn at_position(&mut self, at: ItemRef, args: Slice, position: usize) -> Vec<(ExprId, Vec<Access>)> {
        let body = lensai_semantics::item(self.db, at.file, at.item);
        let positional = body.args(args).iter().filter(|arg| !matches!(arg, Arg::Keyword(..) | Arg::KeywordSpread(_)));
        if let Some(Arg::Positional(value)) = positional.clone().nth(position) {
            vec![(*value, Vec::new())]
        } else {
            let spread = positional.filter_map(|arg| match *arg {
                Arg::Spread(value) => Some((value, vec![Access::Any])),
                _ => None,
            });
            spread.collect()
        }
    }

    /// Whether an argument may be an object with options.
    fn holds(&mut self, at: ItemRef, value: ExprId) -> bool {
        match self.tracer.eval(at, value) {
            Value::Mapping(_) | Value::Instance(_) | Value::Param(_) | Value::Member(_) | Value::Index(_) => true,
            Value::OneOf(several) | Value::Fallback(several) => {
                several.values.iter().any(|value| matches!(value, Value::Mapping(_) | Value::Param(_)))
            }
            _ => false,
        }
    }
}
