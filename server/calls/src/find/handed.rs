//! Methods that are handed on to be called: `asyncio.to_thread(client.messages.create, model="…")`,
//! `with_retries(litellm.completion)(**params)`.

use lensai_semantics::{RETRIERS, RUNNERS};
use lensai_syntax::hir::{Arg, Expr, ExprId, Slice};

use super::Finder;
use crate::db::Chance;

/// What is handed on stands among the first arguments.
const FIRST: usize = 2;

impl Finder<'_, '_> {
    /// The method that is handed on with a call, and the arguments with which it will be called.
    pub(super) fn handed_on(&self, call: ExprId, callee: ExprId, args: Slice) -> Option<(ExprId, Slice)> {
        // `wrapped(method)(…)`: the arguments are those of the outer call.
        if let Expr::Call { args: inner, .. } = self.body.expr(callee)
            && let Some((_, method)) = self.method_in(inner)
        {
            return Some((method, args));
        }
        let (at, method) = self.method_in(args)?;
        if self.is_called(call) {
            return None;
        }
        let skipped = u32::try_from(at + 1).ok()?;
        let rest = Slice { start: args.start + skipped, len: args.len.checked_sub(skipped)? };
        let is_given = self.body.args(rest).iter().any(|arg| match *arg {
            Arg::Keyword(name, _) => is_telling(self.body.name(name)),
            Arg::KeywordSpread(_) => true,
            Arg::Positional(_) | Arg::Spread(_) => false,
        });
        (is_given || (rest.len > 0 && self.is_runner(callee))).then_some((method, rest))
    }

    /// The first argument that is written as the method of a request, with its position.
    fn method_in(&self, args: Slice) -> Option<(usize, ExprId)> {
        let first = self.body.args(args).iter().take(FIRST).enumerate();
        let methods = first.filter_map(|(at, arg)| match *arg {
            Arg::Positional(value) => Some((at, value)),
            _ => None,
        });
        methods.into_iter().filter(|(_, value)| self.db.chance(self.at, *value) != Chance::None).find(|(_, value)| {
            // An object that may be called itself is mostly handed on for something else.
            let is_method = || match self.body.expr(*value) {
                Expr::Attribute { name, .. } => self.names.contains(self.body.name(name)),
                // Not any name that a request may have: much is called `embedding`.
                Expr::Name(name) => self.is_bound_to_request(self.body.name(name)),
                _ => false,
            };
            is_method() && self.has_candidate_form(*value)
        })
    }

    fn is_runner(&self, callee: ExprId) -> bool {
        match self.body.expr(callee) {
            Expr::Name(name) | Expr::Attribute { name, .. } => {
                let name = self.body.name(name);
                RUNNERS.contains(&name) || RETRIERS.contains(&name)
            }
            _ => false,
        }
    }

    /// Whether what a call gives is called at once.
    fn is_called(&self, call: ExprId) -> bool {
        // A parent stands behind its children, a caller right behind its arguments.
        let after = (call.0 + 1..).map(ExprId).zip(self.body.exprs.iter().skip(call.0 as usize + 1));
        after.into_iter().any(|(_, expr)| matches!(*expr, Expr::Call { callee, .. } if callee == call))
    }
}

/// Whether an argument of this name is one of a request, and not of who calls it.
fn is_telling(name: &str) -> bool {
    matches!(name, "model" | "messages" | "prompt" | "input" | "inputs" | "contents" | "modelId" | "body" | "texts")
}
