//! What of a body comes from the answer to a request.

use lensai_syntax::hir::{Body, Bound, Expr, ExprId, Place};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use super::lists::{List, Lists, Root};

/// Methods that put something into what they are called on.
const PUTS: [&str; 7] = ["append", "extend", "insert", "push", "add", "write", "update"];

/// The expressions that come from an answer.
pub(super) struct Answers {
    of: FxHashSet<ExprId>,
}

impl Answers {
    /// What comes from the answer to `call`; the list that it is added to is no answer itself.
    pub(super) fn of(body: &Body, lists: &Lists<'_>, list: &List, call: ExprId) -> Self {
        let mut of = FxHashSet::default();
        let mut names = FxHashSet::default();
        let mut places: Vec<List> = Vec::new();
        let history = match list.root {
            Root::Name(name) => Some(name),
            Root::This => None,
        };
        let mut bindings = body.bindings.iter().filter(|binding| binding.time > call).peekable();
        let mut stores = body.stores.iter().filter(|store| store.time > call).peekable();
        of.insert(call);
        for at in (call.0 + 1..).map(ExprId).take(body.exprs.len().saturating_sub(call.0 as usize)) {
            while let Some(binding) = bindings.next_if(|binding| binding.time <= at) {
                let from = match binding.value {
                    Bound::Value(value) | Bound::Entered(value) => value,
                    Bound::Part { of, .. } | Bound::Element { of, .. } => of,
                    _ => continue,
                };
                if of.contains(&from) && Some(binding.name) != history {
                    names.insert(binding.name);
                }
            }
            while let Some(store) = stores.next_if(|store| store.time <= at) {
                if store.value.is_some_and(|value| of.contains(&value))
                    && let Place::Attribute(name) = store.place
                    && let Some(mut place) = lists.list(store.object)
                {
                    place.path.push(SmolStr::new(body.name(name)));
                    if place != *list {
                        places.push(place);
                    }
                }
            }
            let expr = body.expr(at);
            let mut is_answer = match expr {
                Expr::Name(name) => names.contains(&name),
                Expr::Attribute { .. } if !places.is_empty() => {
                    lists.list(at).is_some_and(|place| places.contains(&place))
                }
                _ => false,
            };
            body.children(at, &mut |child| is_answer |= of.contains(&child));
            if is_answer {
                of.insert(at);
            }
            // `texts.append(chunk.text)`
            if is_answer
                && let Expr::Call { callee, .. } = expr
                && let Expr::Attribute { object, name } = body.expr(callee)
                && PUTS.contains(&body.name(name))
                && let Expr::Name(holder) = body.expr(object)
                && Some(holder) != history
            {
                names.insert(holder);
            }
        }
        Self { of }
    }

    /// Whether an expression comes from the answer.
    pub(super) fn holds(&self, expr: ExprId) -> bool {
        self.of.contains(&expr)
    }
}
