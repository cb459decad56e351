//! Where functions of the project are called: the other side of [`crate::callers`], which asks what they are given.
//!
//! A call is looked for by the name that is called, which is cheap, and counts when what it evaluates to is the function.

#![expect(clippy::needless_pass_by_value, reason = "salsa's signature: a query owns its key")]

mod instances;

use std::sync::Arc;

use lensai_syntax::hir::{Arg, Body, ExportTarget, Expr, ExprId, ItemId, ItemKind, Slice};
use smol_str::SmolStr;

use crate::callers::{importers, items_with};
use crate::db::{Db, SourceFile, head, item, outline};
use crate::eval::Evaluator;
use crate::function::Environment;
use crate::value::{Args, Function, ItemRef, Value};
use crate::work::{Budget, Work};
use crate::{class, with_stack};

/// Functions that call what they are given, once, with the arguments that follow it.
pub const RUNNERS: [&str; 11] = [
    "to_thread",
    "run_in_executor",
    "run_in_threadpool",
    "run_sync",
    "submit",
    "partial",
    "apply",
    "apply_async",
    "start_soon",
    "call_soon",
    "create_task",
];
/// Functions that call what they are given, and again when it fails, with arguments of their own.
pub const RETRIERS: [&str; 4] = ["retry", "pRetry", "backOff", "retryAsync"];
/// Functions that call what they are given for each element of what follows it, or of what they are methods of.
const ITERATORS: [&str; 14] = [
    "map",
    "forEach",
    "flatMap",
    "filter",
    "imap",
    "imap_unordered",
    "starmap",
    "map_async",
    "for_each",
    "every",
    "some",
    "reduce",
    "find",
    "mapAsync",
];

/// A call of functions of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The whole call.
    pub call: ExprId,
    /// What is called; of a function that is handed on this function.
    pub callee: ExprId,
    /// What it is called with, as far as that is written in the call.
    pub args: Slice,
    /// It is called once for each element of this, or of something that is not known.
    pub each: Option<Each>,
    /// The functions that may be called, in order; several when a choice or a class below another decides.
    pub targets: Arc<[ItemRef]>,
}

/// That a function is called for each element of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Each {
    /// Of what.
    pub of: Option<ExprId>,
}

/// The calls in an item of what has this name there, in order of place.
#[salsa::tracked(returns(clone))]
pub fn sites(db: &dyn Db, file: SourceFile, id: ItemId, name: SmolStr) -> Arc<[Site]> {
    with_stack(|| {
        let at = ItemRef { file, item: id };
        let body = item(db, file, id);
        let Some(called) = body.find_name(&name) else { return Arc::from([]) };
        let is_named = |expr: ExprId| match body.expr(expr) {
            Expr::Name(name) | Expr::Attribute { name, .. } => name == called,
            _ => false,
        };
        // `Agent()(text)` is known by the class.
        let is_called = |expr: ExprId| match body.expr(expr) {
            Expr::Call { callee, .. } => is_named(callee),
            _ => is_named(expr),
        };
        let mut evaluator = None;
        let mut found = Vec::new();
        for (call, expr) in (0..).map(ExprId).zip(&body.exprs) {
            let Expr::Call { callee, args, .. } = *expr else { continue };
            let site = if is_called(callee) {
                Some(Site { call, callee, args, each: None, targets: Arc::default() })
            } else {
                handed_on(&body, call, callee, args, &is_called)
            };
            let Some(site) = site else { continue };
            let evaluator = evaluator.get_or_insert_with(|| Evaluator::new(db, at));
            let mut targets = Vec::new();
            if is_of_base(&body, site.callee) {
                // The method of the first base that has one, whichever classes are below.
                add_targets(db, &evaluator.eval(site.callee), Heirs::LeftOut, &mut targets);
                targets.truncate(1);
            } else {
                add_targets(db, &evaluator.eval(site.callee), Heirs::Asked, &mut targets);
            }
            if !targets.is_empty() {
                found.push(Site { targets: targets.into(), ..site });
            }
        }
        found.into()
    })
}

/// The site of a function that is handed on to be called.
fn handed_on(
    body: &Body,
    call: ExprId,
    callee: ExprId,
    args: Slice,
    is_called: &impl Fn(ExprId) -> bool,
) -> Option<Site> {
    let (name, receiver) = match body.expr(callee) {
        Expr::Name(name) => (body.name(name), None),
        Expr::Attribute { object, name } => (body.name(name), Some(object)),
        _ => return None,
    };
    let is_runner = RUNNERS.contains(&name);
    let is_retrier = RETRIERS.contains(&name);
    if !is_runner && !is_retrier && !ITERATORS.contains(&name) {
        return None;
    }
    let given = body.args(args);
    let (at, function) = given.iter().enumerate().find_map(|(at, arg)| match *arg {
        Arg::Positional(value) if is_called(value) => Some((u32::try_from(at).ok()?, value)),
        _ => None,
    })?;
    let skipped = at + 1;
    let rest = Slice { start: args.start + skipped, len: args.len.saturating_sub(skipped) };
    let nothing = Slice { start: args.start, len: 0 };
    if is_retrier {
        return Some(Site { call, callee: function, args: nothing, each: None, targets: Arc::default() });
    }
    if is_runner {
        return Some(Site { call, callee: function, args: rest, each: None, targets: Arc::default() });
    }
    // `map(f, texts)`, `executor.map(f, texts)`, `texts.map(f)`
    let of = match body.args(rest).first() {
        Some(Arg::Positional(value)) => Some(*value),
        _ => receiver,
    };
    Some(Site { call, callee: function, args: nothing, each: Some(Each { of }), targets: Arc::default() })
}

/// Whether a method of a base is called as such: `super().run`.
fn is_of_base(body: &Body, callee: ExprId) -> bool {
    matches!(body.expr(callee), Expr::Attribute { object, .. } if body.expr(object) == Expr::Super)
}

/// Which of the functions that a call in a body may mean it means, now that what is called is bound to what the functions around are
/// given: of an instance whose class is known the method of that class.
pub fn bound_targets(db: &dyn Db, body: &Body, callee: ExprId, value: &Value, targets: &[ItemRef]) -> Vec<ItemRef> {
    let is_made = match value {
        Value::Function(function) => {
            matches!(&function.receiver, Some(Value::Instance(this)) if this.args.is_some())
        }
        Value::Instance(this) => this.args.is_some(),
        _ => false,
    };
    if targets.len() < 2 || is_of_base(body, callee) || !is_made {
        return targets.to_vec();
    }
    let found = match value {
        Value::Function(function) => match (&function.receiver, head(db, function.item.file, function.item.item)) {
            (Some(Value::Instance(this)), Some(head)) => method(db, this.class, &head.name),
            _ => None,
        },
        Value::Instance(this) => called_method(db, this.class),
        _ => None,
    };
    match found.filter(|found| targets.contains(found)) {
        Some(found) => vec![found],
        None => targets.to_vec(),
    }
}

/// Whether the classes below that of an instance count, when it is not known which instance it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heirs {
    Asked,
    LeftOut,
}

/// The functions that run when a value is called.
fn add_targets(db: &dyn Db, value: &Value, heirs: Heirs, targets: &mut Vec<ItemRef>) {
    let mut add = |target: ItemRef| {
        if !targets.contains(&target) {
            targets.push(target);
        }
    };
    match value {
        Value::Function(function) => {
            add(function.item);
            // Which instance it is may not be known: then it may be one of a class below.
            if let Some(Value::Instance(this)) = &function.receiver
                && this.args.is_none()
                && heirs == Heirs::Asked
                && let Some(name) = head(db, function.item.file, function.item.item).map(|head| head.name.clone())
            {
                class::heirs(db, this.class).into_iter().filter_map(|heir| method(db, heir, &name)).for_each(add);
            }
        }
        Value::Class(class) => {
            class::ancestors(db, *class).into_iter().find_map(|class| class::constructor(db, class)).map(add);
        }
        Value::Instance(this) => {
            called_method(db, this.class).map(&mut add);
            if this.args.is_none() {
                let below = class::heirs(db, this.class).into_iter();
                below.filter_map(|heir| called_method(db, heir)).for_each(add);
            }
        }
        Value::OneOf(several) | Value::Fallback(several) => {
            several.values.iter().for_each(|value| add_targets(db, value, heirs, targets));
        }
        // `agent: Agent`
        Value::Param(param) => {
            if let Some(declared @ Value::Instance(_)) = &param.declared {
                add_targets(db, declared, heirs, targets);
            }
        }
        _ => {}
    }
}

/// The method that runs when an instance of a class is called.
fn called_method(db: &dyn Db, class: ItemRef) -> Option<ItemRef> {
    let is_callable = class.file.language(db).is_python();
    is_callable.then(|| instances::CALLED.into_iter().find_map(|name| method(db, class, name)))?
}

/// The method that an instance of a class has under a name.
fn method(db: &dyn Db, class: ItemRef, name: &str) -> Option<ItemRef> {
    match class::attribute(db, class, name) {
        Some((Value::Function(function), _)) => Some(function.item),
        _ => None,
    }
}

/// The items that call a function, in its own file and in those that import it, each with the name it has there; in order of place.
pub fn calling_items(db: &dyn Db, function: ItemRef) -> Vec<(ItemRef, SmolStr)> {
    let Some(name) = called_name(db, function) else { return Vec::new() };
    let mut found: Vec<(ItemRef, SmolStr)> = Vec::new();
    let mut look = |file: SourceFile, name: &SmolStr| {
        for id in items_with(db, file, name.clone()).iter() {
            let caller = (ItemRef { file, item: *id }, name.clone());
            let calls = || sites(db, file, *id, name.clone()).iter().any(|site| site.targets.contains(&function));
            if !found.contains(&caller) && calls() {
                found.push(caller);
            }
        }
    };
    for (file, name) in known_as(db, function.file, &name) {
        look(file, &name);
    }
    let Some(class) = instances::class_of_called(db, function) else { return found };
    for class in instances::classes(db, class) {
        for (file, class) in known_as(db, function.file, &class) {
            look(file, &class);
            for name in instances::instance_names(db, file, class).iter() {
                look(file, name);
                if instances::is_of_module(db, file, name) {
                    for (file, name) in known_as(db, file, name) {
                        look(file, &name);
                    }
                }
            }
        }
    }
    found
}

/// The files that know something of a file, that one first, each with the name it has there.
fn known_as(db: &dyn Db, file: SourceFile, name: &SmolStr) -> Vec<(SourceFile, SmolStr)> {
    let mut known = vec![(file, name.clone())];
    let exported = exported_as(db, file, name.clone());
    for importer in importers(db, file).iter() {
        known.push((*importer, name.clone()));
        for (imported, bound) in imported_as(db, *importer).iter() {
            if exported.contains(imported) && bound != name {
                known.push((*importer, bound.clone()));
            }
        }
    }
    known
}

/// By what a function is called; none when it has no name.
fn called_name(db: &dyn Db, function: ItemRef) -> Option<SmolStr> {
    let this = head(db, function.file, function.item)?;
    let parent = this.parent.and_then(|parent| head(db, function.file, parent));
    match (this.name.as_str(), parent) {
        ("", _) => None,
        ("__init__" | "constructor", Some(class)) if class.kind == ItemKind::Class => Some(class.name.clone()),
        _ => Some(this.name.clone()),
    }
}

/// The names under which a file exports what has a name in it.
#[salsa::tracked(returns(clone))]
fn exported_as(db: &dyn Db, file: SourceFile, name: SmolStr) -> Arc<[SmolStr]> {
    let mut names = vec![name.clone()];
    for export in &item(db, file, ItemId::MODULE).exports {
        if matches!(&export.target, ExportTarget::Local(local) if *local == name) && export.name != name {
            names.push(export.name.clone());
        }
    }
    names.into()
}

/// What a file imports under another name than it has: that, and the name here. A default import has any name.
#[salsa::tracked(returns(clone))]
fn imported_as(db: &dyn Db, file: SourceFile) -> Arc<[(SmolStr, SmolStr)]> {
    let mut found = Vec::new();
    for id in (0..).map(ItemId).take(outline(db, file).len()) {
        let body = item(db, file, id);
        found.extend(body.renamed_imports().map(|(here, own)| (own.clone(), SmolStr::new(here))));
    }
    found.into()
}

/// A call of a function of the project with what it is given: carries values out of that function to where it is called.
#[derive(Debug, Clone)]
pub struct Given {
    function: ItemRef,
    receiver: Option<Value>,
    args: Args,
}

impl Given {
    /// What `callee`, called with these arguments, gives one of the functions that it may be.
    pub fn new(callee: &Value, args: Args, function: ItemRef) -> Self {
        let mut given = Self { function, receiver: None, args };
        match callee {
            Value::Function(bound) => given.take(bound),
            Value::Class(class) => given.receiver = Some(Value::instance(*class, Some(given.args.clone()))),
            Value::Instance(_) => given.receiver = Some(callee.clone()),
            Value::OneOf(several) | Value::Fallback(several) => {
                let is_it = |value: &&Value| matches!(value, Value::Function(bound) if bound.item == function);
                if let Some(Value::Function(bound)) = several.values.iter().find(is_it) {
                    given.take(bound);
                }
            }
            _ => {}
        }
        given
    }

    fn take(&mut self, called: &Function) {
        self.receiver.clone_from(&called.receiver);
        self.args = called.with_bound(&self.args);
    }

    /// A value of an item with its parameters replaced by what the functions around are given, innermost first.
    pub fn bind_all(db: &dyn Db, given: &[Self], value: Value) -> Value {
        given.iter().fold(value, |value, given| given.bind(db, &value))
    }

    /// The same for arguments of a call.
    pub fn bind_all_args(db: &dyn Db, given: &[Self], args: Args) -> Args {
        given.iter().fold(args, |args, given| given.bind_args(db, &args))
    }

    /// A value of the function with its parameters replaced by what it is given. It has a budget of its own.
    fn bind(&self, db: &dyn Db, value: &Value) -> Value {
        let budget = Budget::default();
        let environment = Environment::of_call(db, self.function, &self.args, self.receiver.as_ref());
        environment.substitute(Work::new(db, &budget), value)
    }

    /// The same for arguments of a call in it.
    fn bind_args(&self, db: &dyn Db, args: &Args) -> Args {
        let budget = Budget::default();
        let environment = Environment::of_call(db, self.function, &self.args, self.receiver.as_ref());
        environment.args(Work::new(db, &budget), args)
    }
}
