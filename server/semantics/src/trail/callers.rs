//! What a parameter is: what the call gives through which the way came, its default, or what all known calls give.

use lensai_syntax::hir::{Arg, Expr, ExprId, ParamKind, Slice};
use smol_str::SmolStr;

use super::{Access, End, Goal, Kind, MAX_ALTERNATIVES, Tracer, What};
use crate::callers::call_sites;
use crate::scope::qualified_name;
use crate::value::{ItemRef, Value};

impl Tracer<'_> {
    pub(super) fn param(&mut self, goal: &Goal, at: ItemRef, index: u32) {
        let body = self.body(at);
        let Some(param) = body.params.get(index as usize).cloned() else { return };
        if index == 0 && at.file.language(self.db).is_python() && self.is_method_of_class(at) {
            return self.this(goal, at);
        }
        let what = What::Parameter { name: param.name.clone(), function: qualified_name(self.db, at.file, at.item) };
        let spot = Some(self.param_place(at, index));
        let step = self.on(goal, what, spot);
        let goal = &goal.clone().after(step);
        if let Some(frame) = goal.frame.clone().filter(|frame| frame.function == at) {
            let position = (index as usize).checked_sub(frame.shift);
            let given = self.given(frame.site, frame.args, &param.name, param.kind, position);
            if !given.is_empty() {
                let outer = goal.clone().within(frame.outer.clone());
                let goals = given.into_iter().map(|given| self.argument(&outer, frame.site, &param.name, given));
                let goals = goals.collect();
                return self.then(goals);
            }
        }
        let default = param.default.or_else(|| self.default_beside(at, &param.name));
        if let Some(default) = default {
            let value = self.eval(at, default);
            let is_nothing = value == Value::None;
            let from = goal.clone().within(None);
            if !is_nothing || (goal.rest.is_empty() && param.annotation.is_none()) {
                let step = self.on(&from, What::Default(param.name.clone()), Some(self.spot(at, default)));
                return self.then(vec![from.next(Kind::Expr(at, default)).after(step)]);
            }
        }
        if let Some(annotation) = param.annotation {
            let said = self.eval(at, annotation);
            let said = crate::ops::declared(self.evaluator(at).work(), at.file, &said);
            if !said.is_unknown() && (!goal.rest.is_empty() || call_sites(self.db, at, index).is_empty()) {
                return self.declared(goal, at, annotation);
            }
        }
        self.then(vec![goal.next(Kind::Callers(at, index))]);
    }

    /// What all known calls of a function give for a parameter.
    pub(super) fn callers(&mut self, goal: &Goal, at: ItemRef, index: u32) {
        let body = self.body(at);
        let Some(param) = body.params.get(index as usize).cloned() else { return };
        let goal = &goal.clone().within(None);
        let mut goals = Vec::new();
        for site in call_sites(self.db, at, index) {
            let position = (index as usize).checked_sub(site.shift);
            for given in self.given(site.at, site.args, &param.name, param.kind, position) {
                if goals.len() < MAX_ALTERNATIVES {
                    goals.push(self.argument(goal, site.at, &param.name, given));
                }
            }
        }
        if goals.is_empty() {
            let spot = Some(self.param_place(at, index));
            return self.end(goal, End::Caller(param.name), spot);
        }
        self.then(goals);
    }

    fn argument(&mut self, goal: &Goal, site: ItemRef, name: &SmolStr, given: (ExprId, Vec<Access>)) -> Goal {
        let (given, access) = given;
        let step = self.on(goal, What::Argument(name.clone()), Some(self.spot(site, given)));
        let mut next = goal.next(Kind::Expr(site, given)).after(step);
        for access in access.into_iter().rev() {
            next = next.taking(access);
        }
        next
    }

    /// The arguments of a call that are given for a parameter, and what of them.
    pub(super) fn given(
        &mut self,
        site: ItemRef,
        args: Slice,
        name: &SmolStr,
        kind: ParamKind,
        position: Option<usize>,
    ) -> Vec<(ExprId, Vec<Access>)> {
        let body = self.body(site);
        let args = body.args(args);
        let named = args.iter().rev().find_map(|arg| match *arg {
            Arg::Keyword(key, value) if body.name(key) == name => Some(value),
            _ => None,
        });
        if let Some(named) = named {
            return vec![(named, Vec::new())];
        }
        let spread = || {
            args.iter().filter_map(|arg| match *arg {
                Arg::KeywordSpread(value) => Some((value, vec![Access::Key(name.clone())])),
                _ => None,
            })
        };
        match (kind, position) {
            (ParamKind::Plain, Some(position)) => {
                let before = args.iter().take(position + 1);
                let is_spread = before.into_iter().any(|arg| matches!(arg, Arg::Spread(_)));
                match args.get(position) {
                    Some(Arg::Positional(value)) if !is_spread => vec![(*value, Vec::new())],
                    _ => spread().collect(),
                }
            }
            _ => spread().collect(),
        }
    }

    /// The default that a decorator declares for a parameter: `@click.option("--model", default="gpt-4o")`.
    fn default_beside(&mut self, at: ItemRef, name: &SmolStr) -> Option<ExprId> {
        let body = self.body(at);
        if !at.file.language(self.db).is_python() {
            return None;
        }
        body.decorators.iter().find_map(|decorator| {
            let Expr::Call { callee, args, .. } = body.expr(*decorator) else { return None };
            let (Expr::Attribute { name: method, .. } | Expr::Name(method)) = body.expr(callee) else { return None };
            if !matches!(body.name(method), "option" | "argument") {
                return None;
            }
            let values = self.evaluator(at).args(args);
            crate::settings::option(&values, true).filter(|(option, _)| option == name)?;
            body.args(args).iter().find_map(|arg| match *arg {
                Arg::Keyword(key, value) if body.name(key) == "default" => Some(value),
                _ => None,
            })
        })
    }
}
