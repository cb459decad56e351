//! Unfolds all that a function, or a call of one, leads to, with what the calls on the way give.

use std::sync::Arc;

use lensai_semantics::{
    Each, Evaluator, Given, ItemRef, Turns, Value, bound_targets, elements, item, item_span, turns_over,
};
use lensai_syntax::hir::{Body, Expr, ExprId, Slice};
use lensai_text::Span;

use super::arrange::{Placed, arrange};
use super::parts::{Part, What, WrapperSite, leading};
use super::retries;
use super::steps::{Cut, Entered, Request, Step, Steps};
use crate::call::Call;
use crate::db::Db;
use crate::find::{call_given, remembered_calls};

/// Calls of functions are followed this deep.
const MAX_DEPTH: usize = 24;
/// So many steps are unfolded from one root.
const MAX_STEPS: usize = 2_000;

/// What a function does when it is called, whoever calls it.
pub fn of_function(db: &dyn Db, function: ItemRef) -> Steps {
    Unfolding::new(db).item(function, &[])
}

/// What a call of a function of the project does.
pub fn of_site(db: &dyn Db, site: WrapperSite) -> Steps {
    let mut unfolding = Unfolding::new(db);
    let part = leading(db, site.at).into_iter().find(|part| part.at == site.call);
    let body = item(db, site.at.file, site.at.item);
    let mut evaluator = None;
    let Some(part) = part else { return Steps::new() };
    let is_each = matches!(part.what, What::Call { each: Some(_), .. });
    match unfolding.step(site.at, &body, &mut evaluator, &part, &[]) {
        // How often it is called is not what it does.
        Some(Step::Repeated { steps, .. }) if is_each => steps,
        other => other.into_iter().collect(),
    }
}

struct Unfolding<'db> {
    db: &'db dyn Db,
    /// The functions that are being followed.
    within: Vec<ItemRef>,
    /// How many steps were unfolded.
    steps: usize,
}

impl<'db> Unfolding<'db> {
    fn new(db: &'db dyn Db) -> Self {
        Self { db, within: Vec::new(), steps: 0 }
    }

    /// The steps of an item; `given` is what the functions around it are given, innermost first.
    fn item(&mut self, at: ItemRef, given: &[Given]) -> Steps {
        if self.within.contains(&at) {
            return vec![Step::Cut(Cut::Recursion)];
        }
        if self.within.len() >= MAX_DEPTH {
            return vec![Step::Cut(Cut::TooMuch)];
        }
        self.within.push(at);
        let steps = lensai_semantics::with_stack(|| {
            let body = item(self.db, at.file, at.item);
            let mut evaluator = None;
            let mut placed = Vec::new();
            for part in leading(self.db, at) {
                if self.steps >= MAX_STEPS {
                    placed.push(Placed { at: part.at, step: Step::Cut(Cut::TooMuch) });
                    break;
                }
                let step = self.step(at, &body, &mut evaluator, &part, given);
                placed.extend(step.map(|step| Placed { at: part.at, step }));
            }
            let db = self.db;
            let bind = |value| Given::bind_all(db, given, value);
            let mut turns = |block| {
                let evaluator = evaluator.get_or_insert_with(|| Evaluator::new(db, at));
                turns_over(evaluator, block, &bind)
            };
            arrange(&body, placed, &mut turns)
        });
        self.within.pop();
        self.retried(at, steps)
    }

    /// The steps of a function as often as its decorators call it.
    fn retried(&self, at: ItemRef, steps: Steps) -> Steps {
        let body = item(self.db, at.file, at.item);
        let may_retry = |decorator: &&ExprId| match body.expr(**decorator) {
            Expr::Call { callee, .. } => retries::may_be(&body, callee),
            _ => retries::may_be(&body, **decorator),
        };
        if steps.is_empty() || !body.decorators.iter().any(|decorator| may_retry(&decorator)) {
            return steps;
        }
        let mut evaluator = Evaluator::new(self.db, at);
        let decorators = body.decorators.iter().rev().filter(may_retry);
        let turns = decorators.filter_map(|decorator| retries::turns_of_decorator(&evaluator.eval(*decorator)));
        turns.fold(steps, |steps, turns| vec![Step::Repeated { turns, steps }])
    }

    /// How often a call runs what is handed to it, when it does so again after a fault.
    fn retries(
        &self,
        at: ItemRef,
        evaluator: &mut Option<Evaluator<'db>>,
        body: &Body,
        call: ExprId,
        given: &[Given],
    ) -> Option<Turns> {
        let Expr::Call { callee, args, .. } = body.expr(call) else { return None };
        if !retries::may_be(body, callee) {
            return None;
        }
        let evaluator = evaluator.get_or_insert_with(|| Evaluator::new(self.db, at));
        let callee = evaluator.eval(callee);
        if !matches!(callee, Value::Symbol(_)) {
            return None;
        }
        retries::turns(&callee, &Given::bind_all_args(self.db, given, evaluator.args(args)))
    }

    fn step(
        &mut self,
        at: ItemRef,
        body: &Body,
        evaluator: &mut Option<Evaluator<'db>>,
        part: &Part,
        given: &[Given],
    ) -> Option<Step> {
        self.steps += 1;
        let start = item_span(self.db, at.file, at.item).start;
        let span = body.span(part.at).shifted(start);
        let (each, mut steps) = match &part.what {
            What::Request => return Some(Step::Request(self.request(at, part.at, span, given)?)),
            What::Inner { item, each, .. } => (each, self.item(ItemRef { file: at.file, item: *item }, given)),
            What::Call { callee, args, each, targets } => {
                let evaluator = evaluator.get_or_insert_with(|| Evaluator::new(self.db, at));
                let called = self.called(evaluator, *callee, *args, given);
                let mut several: Vec<Steps> = Vec::new();
                let (value, args) = &called;
                for target in bound_targets(self.db, body, *callee, value, targets) {
                    let mut all = vec![Given::new(value, args.clone(), target)];
                    // A function within another sees what that is given.
                    all.extend(given.iter().cloned());
                    let steps = self.item(target, &all);
                    if !steps.is_empty() {
                        let entered = Entered { file: at.file, span, function: target, steps };
                        several.push(vec![Step::Function(entered)]);
                    }
                }
                let steps = match several.len() {
                    0 | 1 => several.pop().unwrap_or_default(),
                    _ => vec![Step::Alternatives(several)],
                };
                (each, steps)
            }
        };
        if steps.is_empty() {
            return None;
        }
        let handed_to = match part.what {
            What::Inner { handed_to, .. } => handed_to,
            // Of a function that is handed on the call is one of something else.
            What::Call { callee, .. } => {
                Some(part.at).filter(|call| !matches!(body.expr(*call), Expr::Call { callee: of, .. } if of == callee))
            }
            What::Request => None,
        };
        if let Some(turns) = handed_to.and_then(|call| self.retries(at, evaluator, body, call, given)) {
            steps = vec![Step::Repeated { turns, steps }];
        }
        Some(match each {
            None if steps.len() == 1 => steps.into_iter().next()?,
            None => Step::Repeated { turns: Turns::ONCE, steps },
            Some(Each { of }) => {
                let number = of.and_then(|of| {
                    let evaluator = evaluator.get_or_insert_with(|| Evaluator::new(self.db, at));
                    let value = evaluator.eval(of);
                    elements(&Given::bind_all(self.db, given, value))
                });
                Step::Repeated { turns: number.map_or(Turns::UNKNOWN, Turns::exactly), steps }
            }
        })
    }

    /// What is called and with what, as the functions around are given it.
    fn called(
        &self,
        evaluator: &mut Evaluator<'db>,
        callee: ExprId,
        args: Slice,
        given: &[Given],
    ) -> (lensai_semantics::Value, lensai_semantics::Args) {
        let (value, args) = (evaluator.eval(callee), evaluator.args(args));
        (Given::bind_all(self.db, given, value), Given::bind_all_args(self.db, given, args))
    }

    /// A request with what it is given. Where it stands and what a comment says of it is what it always is.
    fn request(&self, at: ItemRef, expr: ExprId, span: Span, given: &[Given]) -> Option<Request> {
        let calls = remembered_calls(self.db, at.file);
        let found = calls.binary_search_by_key(&span, |call| call.span).ok()?;
        let call = calls.get(found)?;
        // What is given nothing is what it always is.
        let bound = if given.is_empty() { None } else { call_given(self.db, at, expr, given) };
        let call = match bound {
            Some(bound) => Call {
                span: call.span,
                function: call.function.clone(),
                annotation: call.annotation,
                places: call.places.clone(),
                in_loop: call.in_loop,
                history: call.history.clone(),
                ..bound
            },
            None => call.clone(),
        };
        Some(Request { file: at.file, call: Arc::new(call) })
    }
}
