//! Where something is made: the identity of an object, which its value does not have.
//!
//! Two routers made by the same call of a package are equal as values. What tells them apart is the place of the expression that
//! makes each; names, imports, re-exports, attributes, parameters and results of functions lead to it.

mod lookup;

use std::sync::Arc;

use lensai_syntax::hir::{Body, Element, Entry, Expr, ExprId, JoinOp};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use crate::db::{Db, SourceFile, item};
use crate::eval::Evaluator;
use crate::value::{ItemRef, Value};
use crate::{class, resolve};

/// What an expression leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Made {
    /// An expression of a body, that leads no further: a call of a package, a list.
    Expr(ItemRef, ExprId),
    /// A parameter of a function, by its index.
    Param(ItemRef, u32),
    /// A function or class of the project.
    Item(ItemRef),
    /// A module of the project.
    Module(SourceFile),
}

/// More leads than this are not followed.
const MAX_LEADS: usize = 256;

/// Where that is made which an expression gives, in order of trial. Calls of the project's functions lead to what these return.
pub fn made(db: &dyn Db, at: ItemRef, expr: ExprId) -> Vec<Made> {
    Search::new(db, true).run(Lead::new(At::Expr(at, expr)))
}

/// The same without following calls: a call is what it leads to.
pub fn named(db: &dyn Db, at: ItemRef, expr: ExprId) -> Vec<Made> {
    Search::new(db, false).run(Lead::new(At::Expr(at, expr)))
}

/// Where that is made which a module gives others under a name. `follows_calls` as in [`made`].
pub fn made_export(db: &dyn Db, file: SourceFile, name: &str, follows_calls: bool) -> Vec<Made> {
    Search::new(db, follows_calls).run(Lead::new(At::Export(file, SmolStr::new(name))))
}

/// A method or attribute that a class or one of its ancestors gives its instances under a name.
pub fn made_member(db: &dyn Db, class: ItemRef, name: &str) -> Vec<Made> {
    let mut search = Search::new(db, false);
    let found = search.members(class, name, &[]);
    found.into_iter().flat_map(|lead| search.run(lead)).collect()
}

/// What a lead leads to next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum At {
    Expr(ItemRef, ExprId),
    Export(SourceFile, SmolStr),
    Made(Made),
}

/// A step that is still to be taken from what a lead leads to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Step {
    take: Take,
    /// The expression that takes it: where the way ends when it leads no further.
    of: Option<(ItemRef, ExprId)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Take {
    Key(SmolStr),
    Index(u32),
    Any,
}

/// A way that is followed, and the steps that are left, the next one last.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Lead {
    at: At,
    steps: Vec<Step>,
}

impl Lead {
    fn new(at: At) -> Self {
        Self { at, steps: Vec::new() }
    }

    fn with(at: At, steps: &[Step]) -> Self {
        Self { at, steps: steps.to_vec() }
    }
}

struct Search<'db> {
    db: &'db dyn Db,
    follows_calls: bool,
    /// Ways that are open, the next one last.
    open: Vec<Lead>,
    found: Vec<Made>,
}

impl<'db> Search<'db> {
    fn new(db: &'db dyn Db, follows_calls: bool) -> Self {
        Self { db, follows_calls, open: Vec::new(), found: Vec::new() }
    }

    fn run(&mut self, lead: Lead) -> Vec<Made> {
        self.open = vec![lead];
        let mut seen = FxHashSet::default();
        while let Some(lead) = self.open.pop() {
            if seen.len() >= MAX_LEADS {
                break;
            }
            if !seen.insert(lead.clone()) {
                continue;
            }
            let Lead { at, steps } = lead;
            match at {
                At::Expr(at, expr) => self.expr(at, expr, steps),
                At::Export(file, name) => self.export(file, &name, &steps),
                At::Made(made) => self.made(made, &steps),
            }
        }
        std::mem::take(&mut self.found)
    }

    /// Ways in order of trial.
    fn push(&mut self, leads: Vec<Lead>) {
        self.open.extend(leads.into_iter().rev());
    }

    fn add(&mut self, made: Made) {
        if !self.found.contains(&made) {
            self.found.push(made);
        }
    }

    fn expr(&mut self, at: ItemRef, expr: ExprId, mut steps: Vec<Step>) {
        let body = item(self.db, at.file, at.item);
        let on = |exprs: &[ExprId], steps: &[Step]| {
            exprs.iter().map(|expr| Lead::with(At::Expr(at, *expr), steps)).collect::<Vec<_>>()
        };
        match body.expr(expr) {
            Expr::Name(name) => match self.name(at, &body, expr, body.name(name), &steps) {
                leads if leads.is_empty() => self.end(at, expr, &steps),
                leads => self.push(leads),
            },
            Expr::Attribute { object, name } => {
                let take = Take::Key(SmolStr::new(body.name(name)));
                steps.push(Step { take, of: Some((at, expr)) });
                self.push(vec![Lead { at: At::Expr(at, object), steps }]);
            }
            Expr::Index { object, index } => {
                steps.push(Step { take: taken(&body, index), of: Some((at, expr)) });
                self.push(vec![Lead { at: At::Expr(at, object), steps }]);
            }
            Expr::Await(inner) => self.push(on(&[inner], &steps)),
            Expr::Choice { operands, .. } | Expr::Join { op: JoinOp::Add, operands } => {
                self.push(on(body.operands(operands), &steps));
            }
            Expr::Function(id) => {
                self.push(vec![Lead { at: At::Made(Made::Item(ItemRef { file: at.file, item: id })), steps }]);
            }
            Expr::ImportModule(module) => match resolve::module(self.db, at.file, SmolStr::new(body.text(module))) {
                Value::Module(file) => self.push(vec![Lead { at: At::Made(Made::Module(file)), steps }]),
                _ => self.end(at, expr, &steps),
            },
            Expr::Call { callee, .. } if self.follows_calls || !steps.is_empty() => {
                self.call(at, expr, callee, &steps);
            }
            Expr::Mapping(_) | Expr::Sequence(_) if !steps.is_empty() => match parts(at, &body, expr, &mut steps) {
                leads if leads.is_empty() => {}
                leads => self.push(leads),
            },
            _ => self.end(at, expr, &steps),
        }
    }

    /// A call: what a function of the project returns, an attribute of the instance that a class gives.
    fn call(&mut self, at: ItemRef, call: ExprId, callee: ExprId, steps: &[Step]) {
        let mut leads = Vec::new();
        let mut callees = vec![Evaluator::new(self.db, at).eval(callee)];
        while let Some(callee) = callees.pop() {
            match callee {
                Value::Function(function) => {
                    let body = item(self.db, function.item.file, function.item.item);
                    let results = body.returns.iter().filter(|result| !result.is_yield);
                    let results = results.filter_map(|result| result.value);
                    leads.extend(results.map(|value| Lead::with(At::Expr(function.item, value), steps)));
                }
                Value::Class(class) => leads.extend(self.member_leads(class, steps)),
                Value::OneOf(several) | Value::Fallback(several) => callees.extend(several.values.iter().cloned()),
                _ => {}
            }
        }
        if leads.is_empty() { self.end(at, call, steps) } else { self.push(leads) }
    }

    /// An expression that leads no further as it is written: what its value has.
    fn end(&mut self, at: ItemRef, expr: ExprId, steps: &[Step]) {
        let Some(last) = steps.last() else { return self.add(Made::Expr(at, expr)) };
        let rest = steps.get(..steps.len() - 1).unwrap_or_default();
        let mut leads = Vec::new();
        let mut values = vec![Evaluator::new(self.db, at).eval(expr)];
        while let (Some(value), Take::Key(name)) = (values.pop(), &last.take) {
            match value {
                Value::Instance(instance) => leads.extend(self.members(instance.class, name, rest)),
                Value::Class(class) => leads.extend(self.members(class, name, rest)),
                Value::Module(file) => leads.push(Lead::with(At::Export(file, name.clone()), rest)),
                Value::OneOf(several) | Value::Fallback(several) => values.extend(several.values.iter().cloned()),
                Value::Param(param) => values.extend(param.declared.clone()),
                _ => {}
            }
        }
        match (leads.is_empty(), steps.iter().find_map(|step| step.of)) {
            (false, _) => self.push(leads),
            // The outermost expression on the way.
            (true, Some((at, expr))) => self.add(Made::Expr(at, expr)),
            (true, None) => {}
        }
    }

    fn made(&mut self, made: Made, steps: &[Step]) {
        let Some(last) = steps.last() else {
            let own = match made {
                Made::Module(file) if !file.language(self.db).is_python() => self.module_value(file),
                _ => None,
            };
            return match own {
                Some(lead) => self.push(vec![lead]),
                None => self.add(made),
            };
        };
        let rest = steps.get(..steps.len() - 1).unwrap_or_default();
        let leads = match (made, &last.take) {
            (Made::Module(file), Take::Key(name)) => vec![Lead::with(At::Export(file, name.clone()), rest)],
            (Made::Item(class), Take::Key(name)) => self.members(class, name, rest),
            _ => Vec::new(),
        };
        match (leads.is_empty(), steps.iter().find_map(|step| step.of)) {
            (false, _) => self.push(leads),
            (true, Some((at, expr))) => self.add(Made::Expr(at, expr)),
            (true, None) => {}
        }
    }

    /// The next step on an instance of a class.
    fn member_leads(&self, class: ItemRef, steps: &[Step]) -> Vec<Lead> {
        match steps.last() {
            Some(Step { take: Take::Key(name), .. }) => {
                self.members(class, name, steps.get(..steps.len() - 1).unwrap_or_default())
            }
            _ => Vec::new(),
        }
    }

    /// What a class and its ancestors have under a name: the first that has it counts.
    fn members(&self, class: ItemRef, name: &str, rest: &[Step]) -> Vec<Lead> {
        let classes = class::ancestors(self.db, class);
        let mut found = classes.into_iter().map(|class| self.own_members(class, name, rest));
        found.find(|leads| !leads.is_empty()).unwrap_or_default()
    }

    fn own_members(&self, class: ItemRef, name: &str, rest: &[Step]) -> Vec<Lead> {
        let body = item(self.db, class.file, class.item);
        let field = body.find_name(name).and_then(|name| body.bindings_of(name).next_back());
        if let Some(leads) =
            field.map(|field| self.binding(class, &body, field, rest)).filter(|leads| !leads.is_empty())
        {
            return leads;
        }
        let stores = class::stores_on_instance(self.db, class, name);
        stores.into_iter().map(|(method, value)| Lead::with(At::Expr(method, value), rest)).collect()
    }
}

/// What an index takes.
fn taken(body: &Body, index: ExprId) -> Take {
    match body.expr(index) {
        Expr::Text(text) => Take::Key(SmolStr::new(body.text(text))),
        Expr::Number(text) => body.text(text).parse().map_or(Take::Any, Take::Index),
        _ => Take::Any,
    }
}

/// What the next step takes from a mapping or a list.
fn parts(at: ItemRef, body: &Arc<Body>, expr: ExprId, steps: &mut Vec<Step>) -> Vec<Lead> {
    let Some(step) = steps.pop() else { return Vec::new() };
    let lead = |value: ExprId, steps: &[Step]| Lead::with(At::Expr(at, value), steps);
    // What is spread into it has what it has.
    let spread = |value: ExprId, steps: &[Step]| {
        let steps: Vec<Step> = steps.iter().cloned().chain([step.clone()]).collect();
        Lead { at: At::Expr(at, value), steps }
    };
    let mut leads = Vec::new();
    match body.expr(expr) {
        Expr::Mapping(entries) => {
            for entry in body.entries(entries) {
                match *entry {
                    Entry::Pair(key, value) => match (&step.take, body.expr(key)) {
                        (Take::Key(wanted), Expr::Text(key)) if wanted != body.text(key) => {}
                        (Take::Index(_), _) => {}
                        _ => leads.push(lead(value, steps)),
                    },
                    Entry::Spread(value) => leads.push(spread(value, steps)),
                }
            }
        }
        Expr::Sequence(elements) => {
            for (position, element) in (0_u32..).zip(body.elements(elements)) {
                match (*element, &step.take) {
                    (Element::Item(value), Take::Any) => leads.push(lead(value, steps)),
                    (Element::Item(value), Take::Index(wanted)) if *wanted == position => {
                        leads.push(lead(value, steps));
                    }
                    (Element::Spread(value), Take::Any) => leads.push(spread(value, steps)),
                    _ => {}
                }
            }
        }
        _ => {}
    }
    leads
}
