//! Functions of the project: what they return, and what that is for given arguments.

use std::sync::Arc;

use lensai_syntax::hir::{Body, Expr, ItemId, ParamKind};
use smol_str::SmolStr;

use crate::db::{Db, SourceFile, head, item};
use crate::eval::Evaluator;
use crate::value::{Args, ItemRef, Origin, Param, Reason, TextPart, Value};
use crate::work::Work;
use crate::{class, ops, with_stack};

/// What a function returns, in terms of its parameters.
#[salsa::tracked(returns(clone), cycle_result = returns_in_cycle)]
pub fn returns(db: &dyn Db, file: SourceFile, function: ItemId) -> Value {
    with_stack(|| {
        let mut evaluator = Evaluator::new(db, ItemRef { file, item: function });
        let body = Arc::clone(evaluator.body());
        let has_value = body.returns.iter().any(|result| !result.is_yield && result.value.is_some());
        let results = body.returns.iter().filter(|result| result.is_yield != has_value);
        let values: Vec<Value> =
            results.map(|result| result.value.map_or(Value::None, |value| evaluator.eval(value))).collect();
        if !values.is_empty() {
            let value = Value::one_of(values);
            if !value.is_unknown() {
                return value;
            }
        }
        match body.return_type {
            Some(declared) => {
                let declared = evaluator.eval(declared);
                ops::declared(evaluator.work(), file, &declared)
            }
            None => Value::Unknown(Reason::Computed),
        }
    })
}

fn returns_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: ItemId) -> Value {
    Value::Unknown(Reason::Cycle)
}

/// Whether a method has no receiver.
pub(crate) fn is_static(body: &Body) -> bool {
    has_decorator(body, &["staticmethod"])
}

/// Whether a method is left to the classes below its own.
pub(crate) fn is_abstract(body: &Body) -> bool {
    let gives_nothing = body.returns.iter().all(|result| result.value.is_none());
    gives_nothing && (has_decorator(body, &["abstractmethod"]) || body.find_name("NotImplementedError").is_some())
}

/// Whether one of the decorators has one of these names (`functools.cached_property` has the name `cached_property`).
pub(crate) fn has_decorator(body: &Body, names: &[&str]) -> bool {
    body.decorators.iter().any(|decorator| {
        let callee = match body.expr(*decorator) {
            Expr::Call { callee, .. } => callee,
            _ => *decorator,
        };
        match body.expr(callee) {
            Expr::Name(name) | Expr::Attribute { name, .. } => names.contains(&body.name(name)),
            _ => false,
        }
    })
}

/// What parameters stand for while a term is carried to a caller.
pub(crate) struct Environment<'a> {
    functions: Vec<(ItemRef, &'a Args, usize)>,
    /// What a generic instance of a class stands for.
    receiver: Option<&'a Value>,
}

impl<'a> Environment<'a> {
    /// The arguments of a call of a function, whose receiver is known or not.
    pub(crate) fn of_call(db: &dyn Db, function: ItemRef, args: &'a Args, receiver: Option<&'a Value>) -> Self {
        let shift = usize::from(receiver.is_some() && function.file.language(db).is_python());
        let mut environment = Self { functions: vec![(function, args, shift)], receiver };
        environment.add_instance(db, receiver);
        environment
    }

    /// The arguments with which an instance was made.
    pub(crate) fn of_instance(db: &dyn Db, instance: &'a Value) -> Self {
        let mut environment = Self { functions: Vec::new(), receiver: Some(instance) };
        environment.add_instance(db, Some(instance));
        environment
    }

    fn add_instance(&mut self, db: &dyn Db, instance: Option<&'a Value>) {
        let Some(Value::Instance(instance)) = instance else { return };
        let Some(args) = &instance.args else { return };
        let constructor =
            class::ancestors(db, instance.class).into_iter().find_map(|class| class::constructor(db, class));
        if let Some(constructor) = constructor {
            let shift = usize::from(constructor.file.language(db).is_python());
            self.functions.push((constructor, args, shift));
        }
    }

    /// Whether nothing in a term could change.
    pub(crate) fn is_empty(&self) -> bool {
        self.functions.is_empty() && self.receiver.is_none()
    }

    /// The value of a parameter; none when the environment does not say.
    pub(crate) fn argument(&self, db: &dyn Db, function: ItemRef, index: u32) -> Option<Value> {
        let (_, args, shift) = self.functions.iter().find(|(of, _, _)| *of == function)?;
        let body = item(db, function.file, function.item);
        let param = body.params.get(index as usize)?;
        let position = (index as usize).checked_sub(*shift)?;
        match param.kind {
            ParamKind::Rest => {
                return Some(Value::list(args.positional.get(position..).unwrap_or(&[]).to_vec(), false));
            }
            ParamKind::KeywordRest => {
                let named = |name: &SmolStr| body.params.iter().any(|param| param.name == *name);
                let rest = args.keywords.iter().filter(|(name, _)| !named(name)).cloned().collect();
                return Some(Value::mapping(rest, args.spreads.clone()));
            }
            ParamKind::Plain | ParamKind::KeywordOnly => {}
        }
        let keyword = args.keywords.iter().rev().find(|(name, _)| *name == param.name).map(|(_, value)| value);
        let given = keyword.or_else(|| match param.kind {
            ParamKind::Plain => args.positional.get(position),
            _ => None,
        });
        match given {
            Some(value) => Some(value.clone()),
            None if args.spreads.is_empty() => Some(default(db, function, index)),
            None => None,
        }
    }

    /// The value of a parameter of a base's constructor: what the constructor below it gives it.
    fn base_argument(&self, work: Work<'_>, param: &Param) -> Option<Value> {
        let Some(Value::Instance(instance)) = self.receiver else { return None };
        let constructors = class::ancestors(work.db, instance.class);
        let constructors = constructors.into_iter().filter_map(|class| class::constructor(work.db, class));
        let mut below = None;
        for constructor in constructors {
            if constructor == param.function {
                let below: ItemRef = below?;
                let args = class::base_arguments(work.db, below.file, below.item)?;
                let shift = usize::from(constructor.file.language(work.db).is_python());
                let environment = Environment { functions: vec![(constructor, args.as_ref(), shift)], receiver: None };
                let value = environment.argument(work.db, constructor, param.index)?;
                return Some(self.substitute(work, &value));
            }
            below = Some(constructor);
        }
        None
    }

    /// A term with its parameters replaced. Terms are bounded in depth, so this may recurse.
    pub(crate) fn substitute(&self, work: Work<'_>, value: &Value) -> Value {
        if self.is_empty() {
            return value.clone();
        }
        let work = match work.deeper() {
            Ok(work) => work,
            Err(unknown) => return unknown,
        };
        match value {
            Value::Param(param) => self
                .argument(work.db, param.function, param.index)
                .or_else(|| self.base_argument(work, param))
                .unwrap_or_else(|| value.clone()),
            Value::Text(text) if text.parts.iter().any(|part| matches!(part, TextPart::Hole(..))) => {
                let parts = text.parts.iter().flat_map(|part| match part {
                    TextPart::Literal(_) => vec![part.clone()],
                    TextPart::Hole(name, hole) => match self.substitute(work, hole) {
                        Value::Text(text) => text.parts.clone(),
                        Value::Number(number) => vec![TextPart::made(&number.text)],
                        other => vec![TextPart::Hole(name.clone(), other)],
                    },
                });
                Value::template(parts.collect()).seen_from(text.origin)
            }
            Value::List(list) => Value::list(self.all(work, &list.items), list.open),
            Value::Mapping(mapping) => {
                let mut entries = Vec::new();
                let mut spreads = Vec::new();
                for (key, value) in &mapping.entries {
                    entries.push((key.clone(), self.substitute(work, value)));
                }
                for spread in &mapping.spreads {
                    ops::spread_into(self.substitute(work, spread), &mut entries, &mut spreads);
                }
                Value::mapping(entries, spreads).seen_from(mapping.origin)
            }
            Value::Function(function) => {
                let receiver = function.receiver.as_ref().map(|receiver| self.substitute(work, receiver));
                Value::function(function.item, receiver, self.args(work, &function.bound))
            }
            Value::Instance(instance) => match (&instance.args, self.receiver) {
                (Some(args), _) => Value::instance(instance.class, Some(self.args(work, args))),
                (None, Some(Value::Instance(actual)))
                    if class::ancestors(work.db, actual.class).contains(&instance.class) =>
                {
                    Value::Instance(Arc::clone(actual))
                }
                (None, _) => value.clone(),
            },
            Value::Environment(read) => {
                let default = read.default.as_ref().map(|default| self.substitute(work, default));
                Value::environment(read.name.clone(), default)
            }
            Value::Member(member) => ops::member(work, &self.substitute(work, &member.object), &member.name),
            Value::Index(index) => {
                ops::index(work, &self.substitute(work, &index.object), &self.substitute(work, &index.index))
            }
            Value::Invoke(invoke) => {
                ops::call(work, &self.substitute(work, &invoke.callee), &self.args(work, &invoke.args))
            }
            Value::Pipe(several) => Value::pipe(self.all(work, &several.values)),
            Value::OneOf(several) => Value::one_of(self.all(work, &several.values)),
            Value::Fallback(several) => Value::fallback(self.all(work, &several.values)),
            Value::Text(_)
            | Value::Unknown(_)
            | Value::None
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Symbol(_)
            | Value::Module(_)
            | Value::Class(_)
            | Value::Typed(_) => value.clone(),
        }
    }

    fn all(&self, work: Work<'_>, values: &[Value]) -> Vec<Value> {
        values.iter().map(|value| self.substitute(work, value)).collect()
    }

    /// Arguments with their parameters replaced.
    pub(crate) fn args(&self, work: Work<'_>, args: &Args) -> Args {
        let mut bound = Args {
            positional: self.all(work, &args.positional),
            keywords: args.keywords.iter().map(|(name, value)| (name.clone(), self.substitute(work, value))).collect(),
            spreads: Vec::new(),
        };
        for spread in &args.spreads {
            match self.substitute(work, spread) {
                list @ Value::List(_) => bound.spread(list),
                other => bound.spread_keywords(other),
            }
        }
        bound
    }
}

/// What an instance of a class below one of a package gives the constructor of that: the arguments of the last
/// `super().__init__(…)`, in terms of what the instance was made with; without a constructor, these themselves.
pub fn given_to_package(db: &dyn Db, instance: &Value) -> Args {
    let Value::Instance(made) = instance else { return Args::default() };
    let constructors = class::ancestors(db, made.class);
    let last = constructors.into_iter().filter_map(|class| class::constructor(db, class)).last();
    let Some(args) = last.and_then(|last| class::base_arguments(db, last.file, last.item)) else {
        return made.args.clone().unwrap_or_default();
    };
    let budget = crate::work::Budget::default();
    Environment::of_instance(db, instance).args(Work::new(db, &budget), &args)
}

/// What a parameter is when it is not given.
fn default(db: &dyn Db, function: ItemRef, index: u32) -> Value {
    let body = item(db, function.file, function.item);
    let Some(param) = body.params.get(index as usize) else { return Value::Unknown(Reason::Undefined) };
    match Evaluator::new(db, function).param(index, param) {
        Value::Param(param) => match (&param.default, &param.declared) {
            (Some(Value::None) | None, Some(declared)) => declared.clone(),
            (Some(default), _) => default.clone(),
            (None, None) => Value::Unknown(Reason::Undefined),
        },
        other => other,
    }
}

/// The result of a call of a function of the project.
pub(crate) fn call(work: Work<'_>, function: &crate::value::Function, args: &Args) -> Value {
    let at = function.item;
    if head(work.db, at.file, at.item).is_none() {
        return Value::Unknown(Reason::Undefined);
    }
    if work.is_within(at) {
        return Value::Unknown(Reason::Cycle);
    }
    let all = function.with_bound(args);
    // A literal of the function is a constant for whoever calls it.
    let result = returns(work.db, at.file, at.item).seen_from(Origin::Constant);
    Environment::of_call(work.db, at, &all, function.receiver.as_ref()).substitute(work, &result)
}
