//! Evaluates expressions of one body.
//!
//! A body's arena is in order of evaluation, so what an expression needs always has a lower id: the evaluator marks
//! what is needed, then evaluates it in ascending order. It never recurses on the depth of the code.

use std::sync::Arc;

use lensai_syntax::hir::{
    Arg, Binding, Bound, Body, ChoiceKind, Element, Entry, Expr, ExprId, ItemId, ItemKind, JoinOp, NameId, Param, ParamKind, Part,
    Place as Target, Store,
};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::db::{Db, Head, head, item};
use crate::flow::{self, Place};
use crate::function::is_static;
use crate::intrinsics;
use crate::ops;
use crate::scope;
use crate::work::{Budget, Work};
use crate::value::{Args, ItemRef, Mapping, Origin, Reason, TextPart, Value};

/// Evaluates expressions of an item's body, each once.
pub struct Evaluator<'db> {
    db: &'db dyn Db,
    at: ItemRef,
    body: Arc<Body>,
    head: Option<Head>,
    values: FxHashMap<ExprId, Value>,
    budget: Budget,
}

impl<'db> Evaluator<'db> {
    /// An evaluator of the body of an item.
    pub fn new(db: &'db dyn Db, at: ItemRef) -> Self {
        Self {
            db,
            at,
            body: item(db, at.file, at.item),
            head: head(db, at.file, at.item),
            values: FxHashMap::default(),
            budget: Budget::default(),
        }
    }

    /// The database with what is left of this evaluator's budget.
    pub(crate) fn work(&self) -> Work<'_> {
        Work::new(self.db, &self.budget)
    }

    /// The body.
    pub fn body(&self) -> &Arc<Body> {
        &self.body
    }

    /// What an expression can be.
    pub fn eval(&mut self, root: ExprId) -> Value {
        self.require([root]);
        self.value(root)
    }

    /// The arguments of a call.
    pub fn args(&mut self, args: lensai_syntax::hir::Slice) -> Args {
        let body = Arc::clone(&self.body);
        self.require(body.args(args).iter().map(|arg| arg.value()));
        self.bind_args(args)
    }

    /// The value of a name at a place, seen from inside the body.
    pub(crate) fn name_at(&mut self, name: &str, place: Place) -> Option<Value> {
        let body = Arc::clone(&self.body);
        let id = body.find_name(name)?;
        let mut needed = Vec::new();
        self.needs_of_name(&body, id, place, &mut needed);
        self.require(needed);
        self.local(&body, id, place)
    }

    /// The value of a binding.
    pub(crate) fn bound(&mut self, binding: &Binding) -> Value {
        let mut needed = Vec::new();
        needs_of_binding(binding, &mut needed);
        self.require(needed);
        self.value_of_binding(binding)
    }

    /// The value of a parameter's default, or of its declared type.
    pub(crate) fn param(&mut self, index: u32, param: &Param) -> Value {
        self.require(param.default.into_iter().chain(param.annotation));
        self.value_of_param(index, param)
    }

    fn require(&mut self, roots: impl IntoIterator<Item = ExprId>) {
        let body = Arc::clone(&self.body);
        let mut needed = Vec::new();
        let mut seen = rustc_hash::FxHashSet::default();
        let mut stack: Vec<ExprId> = Vec::new();
        let mut deps = Vec::new();
        stack.extend(roots);
        while let Some(expr) = stack.pop() {
            if self.values.contains_key(&expr) || !seen.insert(expr) {
                continue;
            }
            needed.push(expr);
            deps.clear();
            self.needs(&body, expr, &mut deps);
            // An id that is not lower would be a fault of the lowering: it is left out and reads as unknown.
            stack.extend(deps.iter().copied().filter(|dep| *dep < expr));
        }
        needed.sort_unstable();
        for expr in needed {
            let value = self.compute(&body, expr);
            self.values.insert(expr, value);
        }
    }

    fn value(&self, expr: ExprId) -> Value {
        self.values.get(&expr).cloned().unwrap_or(Value::Unknown(Reason::Cycle))
    }

    /// What must be evaluated before an expression.
    fn needs(&self, body: &Body, expr: ExprId, out: &mut Vec<ExprId>) {
        match body.expr(expr) {
            Expr::Name(name) => self.needs_of_name(body, name, Place::of(body, expr), out),
            // Its value is not known whatever its operands are.
            Expr::Opaque(_) => {}
            _ => body.children(expr, &mut |child| out.push(child)),
        }
    }

    fn needs_of_name(&self, body: &Body, name: NameId, place: Place, out: &mut Vec<ExprId>) {
        if self.is_outside(body, name, place) {
            return;
        }
        let reaching = flow::reaching(body, name, place);
        for binding in &reaching.bindings {
            needs_of_binding(binding, out);
        }
        if !reaching.certain
            && let Some(param) = body.params.iter().find(|param| param.name == body.name(name))
        {
            out.extend(param.default.into_iter().chain(param.annotation));
        }
        for store in stores_to(body, name, place) {
            out.extend(store.value);
            if let Target::Index(key) = store.place {
                out.push(key);
            }
        }
        for (_, args) in changes_to(body, name, place) {
            out.extend(args.iter().map(|arg| arg.value()));
        }
    }

    /// Whether a name at a place belongs to the scope around the body.
    fn is_outside(&self, body: &Body, name: NameId, place: Place) -> bool {
        place.time.0 < body.prelude || body.outer_names.contains(&name)
    }

    fn compute(&self, body: &Body, expr: ExprId) -> Value {
        match body.expr(expr) {
            Expr::Name(name) => self.name(body, name, Place::of(body, expr)),
            Expr::This => scope::this(self.db, self.at),
            Expr::Super => scope::super_of(self.db, self.at),
            Expr::Attribute { object, name } => ops::member(self.work(), &self.value(object), body.name(name)),
            Expr::Index { object, index } => ops::index(self.work(), &self.value(object), &self.value(index)),
            Expr::Call { callee, args, .. } => ops::call(self.work(), &self.value(callee), &self.bind_args(args)),
            Expr::Text(text) => Value::text(body.text(text)),
            Expr::Template(parts) => Value::template(
                body.parts(parts)
                    .iter()
                    .flat_map(|part| match part {
                        Part::Text(text) => vec![TextPart::Literal(body.text(*text).into())],
                        Part::Hole(hole) => self.text_parts(body, *hole),
                    })
                    .collect(),
            ),
            Expr::Number(text) => Value::number(body.text(text)),
            Expr::Bool(value) => Value::Bool(value),
            Expr::None => Value::None,
            Expr::Mapping(entries) => self.mapping(body.entries(entries)),
            Expr::Sequence(elements) => self.sequence(body.elements(elements)),
            Expr::Comprehension { element } => Value::list(vec![self.value(element)], true),
            Expr::Choice { kind, operands } => self.choice(kind, body.operands(operands)),
            Expr::Join { op, operands } => self.join(body, op, body.operands(operands)),
            Expr::Function(id) => match head(self.db, self.at.file, id).map(|head| head.kind) {
                Some(ItemKind::Class) => Value::Class(ItemRef { file: self.at.file, item: id }),
                _ => Value::function(ItemRef { file: self.at.file, item: id }, None, Args::default()),
            },
            Expr::ImportModule(name) => scope::imported_module(self.db, self.at.file, body.text(name)),
            Expr::Await(value) => self.value(value),
            Expr::Opaque(_) => Value::Unknown(Reason::Computed),
        }
    }

    fn name(&self, body: &Body, name: NameId, place: Place) -> Value {
        if !self.is_outside(body, name, place)
            && let Some(value) = self.local(body, name, place)
        {
            return value;
        }
        scope::outer_name(self.db, self.at, body.name(name))
    }

    /// The value of a name that this body binds.
    fn local(&self, body: &Body, name: NameId, place: Place) -> Option<Value> {
        let reaching = flow::reaching(body, name, place);
        let mut values: Vec<Value> = reaching.bindings.iter().map(|binding| self.value_of_binding(binding)).collect();
        if !reaching.certain {
            let text = body.name(name);
            let param = body.params.iter().enumerate().find(|(_, param)| param.name == text);
            if let Some((index, param)) = param {
                values.push(self.value_of_param(u32::try_from(index).unwrap_or(u32::MAX), param));
            }
        }
        if values.is_empty() {
            // Definitions and imports further down: functions are called after the module ran.
            let later = body.bindings_of(name).filter(|binding| matches!(binding.value, Bound::Item(_) | Bound::Import(_)));
            values.extend(later.map(|binding| self.value_of_binding(binding)));
        }
        if values.is_empty() {
            return None;
        }
        let value = self.changed(body, name, place, Value::one_of(values));
        // In a script, calls and constants are in one body: by custom, constants are in capitals.
        let is_constant = self.at.item == ItemId::MODULE && is_in_capitals(body.name(name));
        Some(if is_constant { value.seen_from(Origin::Constant) } else { value })
    }

    /// A local value with what was stored into it, or appended to it, since it was bound.
    fn changed(&self, body: &Body, name: NameId, place: Place, value: Value) -> Value {
        let since = flow::reaching(body, name, place).bindings.last().map_or(ExprId(0), |binding| binding.time);
        match &value {
            Value::Mapping(mapping) => {
                let mut mapping = Mapping::clone(mapping);
                let mut touched = false;
                for store in stores_to(body, name, place).filter(|store| store.time >= since) {
                    let key = match store.place {
                        Target::Attribute(name) => Some(SmolStr::new(body.name(name))),
                        Target::Index(key) => self.value(key).as_text().map(SmolStr::new),
                    };
                    if let (Some(key), Some(new)) = (key, store.value) {
                        touched = true;
                        mapping.entries.push((key, self.value(new)));
                    }
                }
                for (method, args) in changes_to(body, name, place).filter(|(method, _)| *method == "update") {
                    touched |= method == "update";
                    let args = self.bind(args);
                    mapping.entries.extend(args.keywords);
                    for value in args.positional {
                        match value {
                            Value::Mapping(more) => mapping.entries.extend(more.entries.iter().cloned()),
                            other => mapping.spreads.push(other),
                        }
                    }
                }
                if touched { Value::mapping(mapping.entries, mapping.spreads).seen_from(mapping.origin) } else { value }
            }
            Value::List(list) => {
                let mut items = list.items.clone();
                let mut open = list.open;
                for (method, args) in changes_to(body, name, place) {
                    let args = self.bind(args);
                    match method {
                        "append" | "push" => items.extend(args.positional),
                        "extend" | "insert" | "unshift" => open = true,
                        _ => continue,
                    }
                }
                if items.len() == list.items.len() && open == list.open { value } else { Value::list(items, open) }
            }
            _ => value,
        }
    }

    fn value_of_binding(&self, binding: &Binding) -> Value {
        let value = match &binding.value {
            Bound::Value(value) => self.value(*value),
            Bound::Part { of, path, default } => {
                let part = ops::project(self.work(), self.value(*of), path);
                match default {
                    Some(default) if matches!(part, Value::None | Value::Unknown(_)) => self.value(*default),
                    Some(default) => Value::fallback([part, self.value(*default)]),
                    None => part,
                }
            }
            Bound::Element { of, path } => {
                let element = ops::element(self.work(), &self.value(*of));
                ops::project(self.work(), element, path)
            }
            Bound::Entered(value) => ops::entered(self.work(), &self.value(*value)),
            Bound::Item(id) => match head(self.db, self.at.file, *id).map(|head| head.kind) {
                Some(ItemKind::Class) => Value::Class(ItemRef { file: self.at.file, item: *id }),
                _ => Value::function(ItemRef { file: self.at.file, item: *id }, None, Args::default()),
            },
            Bound::Import(index) => match self.body.imports.get(*index as usize) {
                Some(import) => scope::imported(self.db, self.at.file, import),
                None => Value::Unknown(Reason::Undefined),
            },
            Bound::Unknown => Value::Unknown(Reason::Undefined),
        };
        match binding.annotation {
            Some(annotation) if matches!(value, Value::Unknown(_) | Value::None) => {
                let declared = ops::declared(self.work(), self.at.file, &self.value(annotation));
                if declared.is_unknown() { value } else { declared }
            }
            _ => value,
        }
    }

    fn value_of_param(&self, index: u32, param: &Param) -> Value {
        let is_method = self.head.as_ref().is_some_and(|this| {
            this.parent.and_then(|parent| head(self.db, self.at.file, parent)).is_some_and(|parent| parent.kind == ItemKind::Class)
        });
        if index == 0 && is_method && self.at.file.language(self.db).is_python() && !is_static(&self.body) {
            return scope::this(self.db, self.at);
        }
        if matches!(param.kind, ParamKind::Rest) {
            return Value::param(self.at, index, param.name.clone(), None, None);
        }
        let default = param.default.map(|default| self.value(default).seen_from(Origin::ParameterDefault));
        let declared = param.annotation.map(|annotation| ops::declared(self.work(), self.at.file, &self.value(annotation)));
        let declared = declared.filter(|declared| !declared.is_unknown());
        Value::param(self.at, index, param.name.clone(), default, declared)
    }

    fn bind_args(&self, args: lensai_syntax::hir::Slice) -> Args {
        self.bind(self.body.args(args))
    }

    fn bind(&self, args: &[Arg]) -> Args {
        let mut bound = Args::default();
        for arg in args {
            match *arg {
                Arg::Positional(value) => bound.positional.push(self.value(value)),
                Arg::Keyword(name, value) => {
                    bound.keywords.push((SmolStr::new(self.body.name(name)), self.value(value)));
                }
                Arg::Spread(value) => bound.spread(self.value(value)),
                Arg::KeywordSpread(value) => bound.spread_keywords(self.value(value)),
            }
        }
        bound.positional.truncate(crate::value::MAX_ELEMENTS);
        bound
    }

    fn mapping(&self, entries: &[Entry]) -> Value {
        let mut pairs = Vec::with_capacity(entries.len().min(crate::value::MAX_ELEMENTS));
        let mut spreads = Vec::new();
        for entry in entries {
            match entry {
                Entry::Pair(key, value) => {
                    // A key that is not known names no entry that anyone could ask for.
                    if let Some(key) = self.value(*key).as_text() {
                        pairs.push((SmolStr::new(key), self.value(*value)));
                    }
                }
                Entry::Spread(value) => ops::spread_into(self.value(*value), &mut pairs, &mut spreads),
            }
        }
        Value::mapping(pairs, spreads)
    }

    fn sequence(&self, elements: &[Element]) -> Value {
        let mut items = Vec::with_capacity(elements.len().min(crate::value::MAX_ELEMENTS));
        let mut open = false;
        for element in elements {
            match element {
                Element::Item(value) => items.push(self.value(*value)),
                Element::Spread(value) => match self.value(*value) {
                    Value::List(list) => {
                        items.extend(list.items.iter().cloned());
                        open |= list.open;
                    }
                    _ => open = true,
                },
            }
            if items.len() > crate::value::MAX_ELEMENTS {
                break;
            }
        }
        Value::list(items, open)
    }

    fn choice(&self, kind: ChoiceKind, operands: &[ExprId]) -> Value {
        let values = operands.iter().map(|operand| self.value(*operand));
        match kind {
            ChoiceKind::Or | ChoiceKind::Coalesce => Value::fallback(values),
            ChoiceKind::And => values.last().unwrap_or(Value::None),
            ChoiceKind::Conditional => Value::one_of(values),
        }
    }

    fn join(&self, body: &Body, op: JoinOp, operands: &[ExprId]) -> Value {
        match op {
            JoinOp::Add => {
                let first = operands.first().map(|first| self.value(*first));
                if let Some(Value::List(_)) = first {
                    let mut items = Vec::new();
                    let mut open = false;
                    for operand in operands {
                        match self.value(*operand) {
                            Value::List(list) => {
                                items.extend(list.items.iter().cloned());
                                open |= list.open;
                            }
                            _ => open = true,
                        }
                    }
                    return Value::list(items, open);
                }
                if operands.iter().any(|operand| matches!(self.values.get(operand), Some(Value::Text(_)))) {
                    let parts = operands.iter().flat_map(|operand| self.text_parts(body, *operand));
                    return Value::template(parts.collect());
                }
                Value::Unknown(Reason::Computed)
            }
            JoinOp::Pipe => {
                let values: Vec<Value> = operands.iter().map(|operand| self.value(*operand)).collect();
                if values.iter().all(|value| matches!(value, Value::Mapping(_))) {
                    let mut entries = Vec::new();
                    let mut spreads = Vec::new();
                    values.into_iter().for_each(|value| ops::spread_into(value, &mut entries, &mut spreads));
                    return Value::mapping(entries, spreads);
                }
                Value::pipe(values)
            }
            JoinOp::Percent => match operands {
                [format, values] => {
                    let names = self.names_of(body, *values);
                    intrinsics::percent_format(&self.value(*format), &self.value(*values), &names)
                }
                _ => Value::Unknown(Reason::Computed),
            },
            JoinOp::Times => Value::Unknown(Reason::Computed),
        }
    }

    /// An expression as parts of a text.
    fn text_parts(&self, body: &Body, expr: ExprId) -> Vec<TextPart> {
        match self.value(expr) {
            Value::Text(text) => text.parts.clone(),
            Value::Number(number) => vec![TextPart::Literal(number.text.as_str().into())],
            other => vec![TextPart::Hole(name_of(body, expr), other)],
        }
    }

    fn names_of(&self, body: &Body, expr: ExprId) -> Vec<SmolStr> {
        match body.expr(expr) {
            Expr::Sequence(elements) => body
                .elements(elements)
                .iter()
                .map(|element| match element {
                    Element::Item(value) | Element::Spread(value) => name_of(body, *value),
                })
                .collect(),
            _ => vec![name_of(body, expr)],
        }
    }
}

/// The name that an expression has for a reader: `text`, `doc.body`, `load()`; `…` when it has none.
pub fn name_of(body: &Body, expr: ExprId) -> SmolStr {
    let mut parts = Vec::new();
    let mut current = expr;
    for _ in 0..6 {
        match body.expr(current) {
            Expr::Name(name) => {
                parts.push(body.name(name).to_owned());
                parts.reverse();
                return SmolStr::new(parts.concat());
            }
            Expr::This => {
                parts.push("this".to_owned());
                parts.reverse();
                return SmolStr::new(parts.concat());
            }
            Expr::Attribute { object, name } => {
                parts.push(format!(".{}", body.name(name)));
                current = object;
            }
            Expr::Call { callee, .. } => {
                parts.push("()".to_owned());
                current = callee;
            }
            Expr::Index { object, .. } => {
                parts.push("[…]".to_owned());
                current = object;
            }
            Expr::Await(value) => current = value,
            _ => break,
        }
    }
    SmolStr::new_static("…")
}

fn is_in_capitals(name: &str) -> bool {
    name.chars().all(|c| c.is_uppercase() || c.is_ascii_digit() || c == '_')
}

fn needs_of_binding(binding: &Binding, out: &mut Vec<ExprId>) {
    out.extend(binding.annotation);
    match &binding.value {
        Bound::Value(value) | Bound::Entered(value) => out.push(*value),
        Bound::Part { of, default, .. } => {
            out.push(*of);
            out.extend(*default);
        }
        Bound::Element { of, .. } => out.push(*of),
        Bound::Item(_) | Bound::Import(_) | Bound::Unknown => {}
    }
}

/// What is stored into a local value before a place.
fn stores_to(body: &Body, name: NameId, place: Place) -> impl Iterator<Item = &Store> {
    let end = body.stores.partition_point(|store| store.time <= place.time);
    body.stores.get(..end).unwrap_or(&[]).iter().filter(move |store| {
        body.expr(store.object) == Expr::Name(name) && flow::happened(body, store.block, place.block)
    })
}

/// Calls of methods that change a local value before a place: method and arguments.
fn changes_to(body: &Body, name: NameId, place: Place) -> impl Iterator<Item = (&str, &[Arg])> {
    let end = body.changes.partition_point(|call| *call <= place.time);
    body.changes.get(..end).unwrap_or(&[]).iter().filter_map(move |call| {
        let Expr::Call { callee, args, .. } = body.expr(*call) else { return None };
        let Expr::Attribute { object, name: method } = body.expr(callee) else { return None };
        let counts = body.expr(object) == Expr::Name(name) && flow::happened(body, body.block_of(*call), place.block);
        counts.then(|| (body.name(method), body.args(args)))
    })
}

