//! Which expressions a value comes from.

use std::rc::Rc;

use lensai_syntax::hir::{Arg, Body, ChoiceKind, Element, Expr, ExprId, ItemKind, JoinOp, Part, Slice};
use smol_str::SmolStr;

use super::{Access, End, Frame, Goal, Kind, MAX_ALTERNATIVES, Tracer, What};
use crate::class;
use crate::db::head;
use crate::resolve;
use crate::scope::qualified_name;
use crate::value::{ItemRef, Reason, Value};

impl Tracer<'_> {
    pub(super) fn expression(&mut self, goal: &Goal, at: ItemRef, expr: ExprId) {
        let body = self.body(at);
        match body.expr(expr) {
            Expr::Name(name) => {
                let place = crate::flow::Place::of(&body, expr);
                self.then(vec![goal.next(Kind::Name(at, SmolStr::new(body.name(name)), place))]);
            }
            Expr::This => self.this(goal, at),
            Expr::Super => self.base(goal, at),
            Expr::Attribute { object, name } => {
                let name = SmolStr::new(body.name(name));
                if !self.read_of_environment(goal, at, expr) {
                    self.then(vec![goal.next(Kind::Expr(at, object)).taking(Access::Key(name))]);
                }
            }
            Expr::Index { object, index } => {
                if !self.read_of_environment(goal, at, expr) {
                    let index = self.eval(at, index);
                    self.then(vec![goal.next(Kind::Expr(at, object)).taking(access(&index))]);
                }
            }
            Expr::Call { callee, args, .. } => self.call(goal, at, &body, callee, args),
            Expr::Text(_) | Expr::Number(_) if goal.rest.is_empty() || is_value_of_member(goal) => {
                self.end(goal, End::Literal, None);
            }
            Expr::Bool(_) | Expr::None if goal.rest.is_empty() => self.end(goal, End::Literal, None),
            Expr::Text(_) | Expr::Number(_) | Expr::Bool(_) | Expr::None => self.missing(goal),
            Expr::Template(parts) => {
                let holes = body.parts(parts).iter().filter_map(|part| match part {
                    Part::Hole(hole) => Some(*hole),
                    Part::Text(_) => None,
                });
                let holes: Vec<ExprId> = holes.collect();
                self.joined(goal, at, expr, &holes);
            }
            Expr::Mapping(entries) => self.mapping(goal, at, &body, entries),
            Expr::Sequence(elements) => self.sequence(goal, at, body.elements(elements)),
            Expr::Comprehension { element, .. } => match goal.rest.first() {
                Some(_) => self.then(vec![goal.next(Kind::Expr(at, element)).taken()]),
                None => self.end(goal, End::Collection, None),
            },
            Expr::Choice { kind, operands } => self.choice(goal, at, expr, kind, body.operands(operands)),
            Expr::Join { op: JoinOp::Pipe, .. } if !matches!(self.eval(at, expr), Value::Mapping(_)) => {
                self.end(goal, End::Pipe, None);
            }
            Expr::Join { operands, .. } => {
                let operands = body.operands(operands);
                if goal.rest.is_empty() {
                    self.joined(goal, at, expr, operands);
                } else {
                    let each = operands.iter().map(|operand| goal.next(Kind::Expr(at, *operand)));
                    self.then(each.collect());
                }
            }
            Expr::Function(id) => self.then(vec![goal.next(Kind::Definition(ItemRef { file: at.file, item: id }))]),
            Expr::ImportModule(text) => {
                let name = SmolStr::new(body.text(text));
                let spot = Some(self.spot(at, expr));
                let step = self.on(goal, What::Imported { name: name.clone(), module: name.clone() }, spot);
                match resolve::module(self.db, at.file, name.clone()) {
                    Value::Module(file) => self.in_module(&goal.clone().after(step), file),
                    _ => self.end(&goal.clone().after(step), End::Symbol(name), None),
                }
            }
            Expr::Await(value) => self.then(vec![goal.next(Kind::Expr(at, value))]),
            Expr::Opaque(_) => self.end(goal, End::Unknown(Reason::Computed), None),
        }
    }

    /// `os.environ["MODEL"]`, `process.env.MODEL`
    fn read_of_environment(&mut self, goal: &Goal, at: ItemRef, expr: ExprId) -> bool {
        let Value::Environment(read) = self.eval(at, expr) else { return false };
        if read.default.is_some() || !goal.rest.is_empty() {
            return false;
        }
        self.end(goal, End::Environment(read.name.clone()), None);
        true
    }

    /// What a text or a number is put together of.
    fn joined(&mut self, goal: &Goal, at: ItemRef, expr: ExprId, parts: &[ExprId]) {
        if !goal.rest.is_empty() {
            return self.missing(goal);
        }
        let body = self.body(at);
        let literal = |part: &&ExprId| !matches!(body.expr(**part), Expr::Text(_) | Expr::Number(_));
        let parts: Vec<ExprId> = parts.iter().filter(literal).copied().collect();
        if parts.is_empty() {
            return self.end(goal, End::Literal, None);
        }
        let step = self.on(goal, What::Joined, Some(self.spot(at, expr)));
        self.then(parts.iter().map(|part| goal.next(Kind::Expr(at, *part)).after(step)).collect());
    }

    fn choice(&mut self, goal: &Goal, at: ItemRef, expr: ExprId, kind: ChoiceKind, operands: &[ExprId]) {
        let mut chosen: Vec<ExprId> = match kind {
            ChoiceKind::And => operands.last().copied().into_iter().collect(),
            _ => operands.to_vec(),
        };
        if matches!(kind, ChoiceKind::Or | ChoiceKind::Coalesce) {
            // What stands behind one that is certainly given is never the value.
            if let Some(given) = chosen.iter().position(|operand| self.eval(at, *operand).is_given()) {
                chosen.truncate(given + 1);
            }
        }
        let goals = |after: Option<usize>| -> Vec<Goal> {
            chosen.iter().map(|operand| Goal { after, ..goal.next(Kind::Expr(at, *operand)) }).collect()
        };
        if chosen.len() < 2 {
            return self.then(goals(goal.after));
        }
        let step = self.on(goal, What::Choice, Some(self.spot(at, expr)));
        self.then(goals(Some(step)));
    }

    fn sequence(&mut self, goal: &Goal, at: ItemRef, elements: &[Element]) {
        let Some(first) = goal.rest.first() else { return self.end(goal, End::Collection, None) };
        let value = |element: &Element| match element {
            Element::Item(value) => goal.next(Kind::Expr(at, *value)).taken(),
            Element::Spread(value) => goal.next(Kind::Expr(at, *value)),
        };
        let goals: Vec<Goal> = match first {
            Access::At(index) => elements.get(*index as usize).map(value).into_iter().collect(),
            Access::Any => elements.iter().map(value).collect(),
            // Of a list the keys of all of it.
            Access::Key(_) => elements
                .iter()
                .map(|element| {
                    let (Element::Item(value) | Element::Spread(value)) = element;
                    goal.next(Kind::Expr(at, *value))
                })
                .collect(),
        };
        if goals.is_empty() {
            return self.missing(goal);
        }
        if goals.len() > 1 {
            let step = self.on(goal, What::Element, None);
            return self.then(goals.into_iter().map(|goal| goal.after(step)).collect());
        }
        self.then(goals);
    }

    /// What a call gives: what the function returns, an attribute of the new object, or what it was given.
    fn call(&mut self, goal: &Goal, at: ItemRef, body: &Body, callee: ExprId, args: Slice) {
        let mut alternatives = match self.eval(at, callee) {
            Value::OneOf(several) | Value::Fallback(several) => several.values.clone(),
            one => vec![one],
        };
        alternatives.truncate(MAX_ALTERNATIVES);
        let mut goals = Vec::new();
        for value in alternatives {
            match value {
                Value::Function(function) => {
                    let is_bound = function.receiver.is_some();
                    let shift = usize::from(is_bound && function.item.file.language(self.db).is_python());
                    let frame = enter(goal, function.item, at, args, shift);
                    let name = qualified_name(self.db, function.item.file, function.item.item);
                    let what = What::Returned(if name.is_empty() { "a function".into() } else { name });
                    let Kind::Expr(_, call) = goal.kind else { continue };
                    goals.push((what, Some(self.spot(at, call)), frame, Kind::Returns(function.item)));
                }
                Value::Class(class) if goal.key().is_some() => {
                    let constructor = class::ancestors(self.db, class);
                    let constructor = constructor.into_iter().find_map(|class| class::constructor(self.db, class));
                    let shift = usize::from(class.file.language(self.db).is_python() && constructor.is_some());
                    let frame = enter(goal, constructor.unwrap_or(class), at, args, shift);
                    let name = goal.key().cloned().unwrap_or_default();
                    let shown = qualified_name(self.db, class.file, class.item);
                    let Kind::Expr(_, call) = goal.kind else { continue };
                    let what = What::Through(shown);
                    goals.push((what, Some(self.spot(at, call)), frame, Kind::Attribute(class, name)));
                }
                Value::Class(class) => {
                    let name = qualified_name(self.db, class.file, class.item);
                    return self.end(goal, End::Instance(name), None);
                }
                _ => {}
            }
        }
        if goals.is_empty() {
            return self.call_of_package(goal, at, body, callee, args);
        }
        let mut next = Vec::new();
        for (what, spot, frame, kind) in goals {
            let step = self.on(goal, what, spot);
            let inner = goal.next(kind).within(Some(frame)).after(step);
            next.push(if matches!(inner.kind, Kind::Attribute(..)) { inner.taken() } else { inner });
        }
        self.then(next);
    }

    /// A call of a function of the language, or of a package: what it gives may be what it is given.
    fn call_of_package(&mut self, goal: &Goal, at: ItemRef, body: &Body, callee: ExprId, args: Slice) {
        let Kind::Expr(_, call) = goal.kind else { return };
        let value = self.eval(at, call);
        let given = body.args(args);
        let named = |name: &str| {
            given.iter().rev().find_map(|arg| match *arg {
                Arg::Keyword(key, value) if body.name(key) == name => Some(value),
                _ => None,
            })
        };
        let positional = |index: usize| match given.get(index) {
            Some(Arg::Positional(value)) => Some(*value),
            _ => None,
        };
        let name = match body.expr(callee) {
            Expr::Name(name) | Expr::Attribute { name, .. } => SmolStr::new(body.name(name)),
            _ => SmolStr::default(),
        };
        let object = match body.expr(callee) {
            Expr::Attribute { object, .. } => Some(object),
            _ => None,
        };
        if let Value::Environment(read) = &value
            && goal.rest.is_empty()
        {
            let default = positional(1).or_else(|| named("default")).filter(|_| read.default.is_some());
            let Some(default) = default else { return self.end(goal, End::Environment(read.name.clone()), None) };
            let step = self.on(goal, What::Environment(read.name.clone()), Some(self.spot(at, call)));
            return self.then(vec![goal.next(Kind::Expr(at, default)).after(step)]);
        }
        let through = What::Through(name.clone());
        // `mapping.get("model", default)`, `getattr(object, "model", default)`
        let taken = match (name.as_str(), object) {
            ("get" | "pop" | "setdefault" | "getenv", Some(object)) => Some((object, positional(0), positional(1))),
            ("getattr", None) => positional(0).map(|object| (object, positional(1), positional(2))),
            _ => None,
        };
        if let Some((object, Some(key), default)) = taken
            && self.eval(at, key).as_text().is_some()
        {
            let key = self.eval(at, key);
            let step = self.on(goal, through.clone(), Some(self.spot(at, call)));
            let inner = goal.next(Kind::Expr(at, object)).taking(access(&key)).after(step);
            let default = default.map(|default| goal.next(Kind::Expr(at, default)).after(step));
            return self.then(std::iter::once(inner).chain(default).collect());
        }
        // A field of a class, an option of a command line: its default.
        if let Some(default) = named("default").filter(|default| self.eval(at, *default) == value) {
            let step = self.on(goal, through.clone(), Some(self.spot(at, call)));
            return self.then(vec![goal.next(Kind::Expr(at, default)).after(step)]);
        }
        if let Some(factory) = named("default_factory") {
            let step = self.on(goal, through.clone(), Some(self.spot(at, call)));
            if let Expr::Function(id) = body.expr(factory) {
                let made = Kind::Returns(ItemRef { file: at.file, item: id });
                return self.then(vec![goal.next(made).after(step)]);
            }
        }
        if goal.key().is_some() {
            let key = goal.key().cloned().unwrap_or_default();
            if matches!(value, Value::Mapping(_)) {
                // `dict(defaults, model="gpt-4o")`, `Object.assign({}, defaults, { model: "gpt-4o" })`
                let own = named(&key).map(|value| goal.next(Kind::Expr(at, value)).taken());
                let given = given.iter().rev().filter(|arg| !matches!(arg, Arg::Keyword(..)));
                let others = given.map(|arg| goal.next(Kind::Expr(at, arg.value())));
                let goals: Vec<Goal> = own.map_or_else(|| others.collect(), |own| vec![own]);
                let step = self.on(goal, through.clone(), Some(self.spot(at, call)));
                return self.then(goals.into_iter().map(|goal| goal.after(step)).collect());
            }
        }
        // What gives what it is given: `str(model)`, `model.strip()`; and texts that are made of others.
        let parts = object.into_iter().chain(given.iter().map(|arg| arg.value()));
        let parts: Vec<ExprId> = parts.collect();
        let same = parts.iter().copied().find(|part| !value.is_unknown() && self.eval(at, *part) == value);
        if let Some(same) = same {
            let step = self.on(goal, through.clone(), Some(self.spot(at, call)));
            return self.then(vec![goal.next(Kind::Expr(at, same)).after(step)]);
        }
        let is_plain = matches!(value, Value::Text(_) | Value::Number(_) | Value::List(_) | Value::Mapping(_));
        if is_plain || (matches!(value, Value::OneOf(_) | Value::Fallback(_)) && goal.rest.is_empty()) {
            let known = |part: &ExprId| {
                let part = self.eval(at, *part);
                !matches!(part, Value::Unknown(_) | Value::Symbol(_) | Value::Function(_) | Value::None)
            };
            let parts: Vec<ExprId> = parts.into_iter().filter(known).collect();
            if !parts.is_empty() {
                let step = self.on(goal, through.clone(), Some(self.spot(at, call)));
                let each = parts.iter().map(|part| goal.next(Kind::Expr(at, *part)).after(step));
                return self.then(each.collect());
            }
        }
        self.end(goal, End::Call, None);
    }

    pub(super) fn returns(&mut self, goal: &Goal, function: ItemRef) {
        let body = self.body(function);
        let has_value = body.returns.iter().any(|result| !result.is_yield && result.value.is_some());
        let results = body.returns.iter().filter(|result| result.is_yield != has_value);
        let values: Vec<ExprId> = results.filter_map(|result| result.value).collect();
        if values.is_empty() {
            let spot = Some(self.head_of(function));
            return match body.return_type {
                Some(declared) => self.declared(goal, function, declared),
                None => self.end(goal, End::Unknown(Reason::Undefined), spot),
            };
        }
        let values: Vec<ExprId> = self.known_first(function, values);
        self.then(values.into_iter().map(|value| goal.next(Kind::Expr(function, value))).collect());
    }

    /// Without those of which nothing is known, unless nothing is known of any.
    pub(super) fn known_first(&mut self, at: ItemRef, values: Vec<ExprId>) -> Vec<ExprId> {
        let is_known = |value: &ExprId| !matches!(self.eval(at, *value), Value::None | Value::Unknown(_));
        let known: Vec<ExprId> = values.iter().copied().filter(is_known).collect();
        if known.is_empty() { values } else { known }
    }

    /// A class or a function of the project.
    pub(super) fn definition(&mut self, goal: &Goal, at: ItemRef) {
        let is_class = head(self.db, at.file, at.item).is_some_and(|head| head.kind == ItemKind::Class);
        if is_class && let Some(key) = goal.key().cloned() {
            return self.then(vec![goal.next(Kind::Attribute(at, key)).taken()]);
        }
        let name = qualified_name(self.db, at.file, at.item);
        let spot = Some(self.head_of(at));
        self.end(goal, End::Definition(name), spot);
    }

    /// What is asked for is not there.
    pub(super) fn missing(&mut self, goal: &Goal) {
        let name = goal.key().cloned().unwrap_or_else(|| SmolStr::new_static("…"));
        self.end(goal, End::Missing(name), None);
    }
}

/// A call that a way goes into.
fn enter(goal: &Goal, function: ItemRef, site: ItemRef, args: Slice, shift: usize) -> Rc<Frame> {
    Rc::new(Frame { function, site, args, shift, outer: goal.frame.clone() })
}

/// `Model.FAST.value` of an enumeration is what stands behind the name.
fn is_value_of_member(goal: &Goal) -> bool {
    matches!(goal.rest.as_slice(), [Access::Key(name)] if name == "value")
}

pub(super) fn access(index: &Value) -> Access {
    match index {
        Value::Text(_) => index.as_text().map_or(Access::Any, |key| Access::Key(SmolStr::new(key))),
        Value::Number(_) => index.as_u64().and_then(|at| u32::try_from(at).ok()).map_or(Access::Any, Access::At),
        _ => Access::Any,
    }
}
