//! Arguments as expressions, and what stands around an expression.

use lensai_semantics::{ItemRef, Made, item, named};
use lensai_syntax::hir::{Arg, Body, Entry, Expr, ExprId, JoinOp, Slice};
use smol_str::SmolStr;

use crate::db::Db;
use crate::entry::model::{Source, Start};

/// The expressions that an argument is, each with the item that it stands in.
pub(crate) fn expressions(
    db: &dyn Db,
    at: ItemRef,
    body: &Body,
    args: Slice,
    source: &Source,
) -> Vec<(ItemRef, ExprId)> {
    let args = body.args(args);
    let positional: Vec<ExprId> = args
        .iter()
        .filter_map(|arg| match arg {
            Arg::Positional(value) => Some(*value),
            _ => None,
        })
        .collect();
    let mut found: Vec<(ItemRef, ExprId)> = match &source.start {
        Start::Position(position) => positional.get(*position).map(|value| (at, *value)).into_iter().collect(),
        Start::Last => positional.last().map(|value| (at, *value)).into_iter().collect(),
        Start::Any => positional.iter().map(|value| (at, *value)).collect(),
        Start::Name(name) => {
            let keyword = args.iter().find_map(|arg| match arg {
                Arg::Keyword(key, value) if body.name(*key) == name => Some(*value),
                _ => None,
            });
            match keyword {
                Some(value) => vec![(at, value)],
                None => positional.iter().flat_map(|value| keyed(db, at, *value, name)).collect(),
            }
        }
        Start::Decorated | Start::Itself => Vec::new(),
    };
    for key in &source.keys {
        found = found.into_iter().flat_map(|(at, value)| keyed(db, at, value, key)).collect();
    }
    found
}

/// What a mapping has under a key.
pub(crate) fn keyed(db: &dyn Db, at: ItemRef, value: ExprId, key: &SmolStr) -> Vec<(ItemRef, ExprId)> {
    let mut found = Vec::new();
    for made in named(db, at, value) {
        let Made::Expr(at, expr) = made else { continue };
        let body = item(db, at.file, at.item);
        let Expr::Mapping(entries) = body.expr(expr) else { continue };
        for entry in body.entries(entries) {
            if let Entry::Pair(name, value) = *entry
                && matches!(body.expr(name), Expr::Text(text) if body.text(text) == key)
            {
                found.push((at, value));
            }
        }
    }
    found
}

/// The list or call that each expression of a body stands in.
pub(crate) struct Containers(Vec<Option<ExprId>>);

impl Containers {
    pub(crate) fn of(body: &Body) -> Self {
        let mut parents = vec![None; body.exprs.len()];
        for (parent, _) in (0..).map(ExprId).zip(&body.exprs) {
            body.children(parent, &mut |child| {
                if let Some(place) = parents.get_mut(child.0 as usize) {
                    *place = Some(parent);
                }
            });
        }
        Self(parents)
    }

    /// The list, or the call with it among its arguments, in which an expression stands.
    pub(crate) fn around(&self, body: &Body, expr: ExprId) -> Option<ExprId> {
        let mut current = self.0.get(expr.0 as usize).copied().flatten()?;
        loop {
            match body.expr(current) {
                Expr::Sequence(_) | Expr::Call { .. } => return Some(current),
                Expr::Choice { .. } | Expr::Join { op: JoinOp::Add, .. } | Expr::Await(_) => {
                    current = self.0.get(current.0 as usize).copied().flatten()?;
                }
                _ => return None,
            }
        }
    }
}
