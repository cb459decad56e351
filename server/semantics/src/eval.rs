//! Evaluates expressions of one body.
//!
//! A body's arena is in order of evaluation, so what an expression needs always has a lower id: the evaluator marks
//! what is needed, then evaluates it in ascending order. It never recurses on the depth of the code.

mod changed;
mod local;

use std::sync::Arc;

use lensai_syntax::hir::{Arg, Body, ChoiceKind, Element, Entry, Expr, ExprId, ItemKind, JoinOp, NameId, Part, Slice};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

pub(crate) use self::changed::{grows, stores_to};
use self::local::needs_of_name;
pub(crate) use self::local::{is_outside, tested};
use crate::class;
use crate::db::{Db, Head, Worked, head, item};
use crate::emitted;
use crate::fill::{ANY_KEY, is_mapping, mapping_of_entries};
use crate::flow::Place;
use crate::ops;
use crate::scope;
use crate::texts;
use crate::value::{Args, ItemRef, Reason, TextPart, Value};
use crate::work::{Budget, Work};

/// Evaluates expressions of an item's body, each once.
pub struct Evaluator<'db> {
    db: &'db dyn Db,
    at: ItemRef,
    body: Arc<Body>,
    head: Option<&'db Head>,
    values: FxHashMap<ExprId, Value>,
    /// What an attribute of `this` is before the body runs.
    initial: Option<(NameId, Value)>,
    /// What methods store in parts of the instance is asked for: not while it is found out.
    asks_for_parts: bool,
    /// What this body puts into what is held under this name is found out.
    fills: Option<SmolStr>,
    /// One turn of the loop over a value: what the loop's variables are a part of.
    turn: Option<(ExprId, Value)>,
    budget: Budget,
}

impl<'db> Evaluator<'db> {
    /// An evaluator of the body of an item.
    pub fn new(db: &'db dyn Db, at: ItemRef) -> Self {
        db.worked(Worked::Item);
        Self {
            db,
            at,
            body: item(db, at.file, at.item),
            head: head(db, at.file, at.item),
            values: FxHashMap::default(),
            initial: None,
            asks_for_parts: true,
            fills: None,
            turn: None,
            budget: Budget::default(),
        }
    }

    /// To find out what the body puts into what is held under a name around it.
    pub(crate) fn filling(self, name: SmolStr) -> Self {
        Self { fills: Some(name), ..self }
    }

    /// With what an attribute of `this` is before the body runs: `this.model = options.model ?? this.model`.
    pub(crate) fn with_initial(mut self, name: NameId, value: Value) -> Self {
        self.initial = Some((name, value));
        self
    }

    /// Without what methods store in parts of the instance.
    pub(crate) fn without_parts(mut self) -> Self {
        self.asks_for_parts = false;
        self
    }

    /// Another one of the same body, in one turn of a loop.
    fn in_turn(&self, of: ExprId, element: Value) -> Self {
        Self {
            initial: self.initial.clone(),
            asks_for_parts: self.asks_for_parts,
            fills: self.fills.clone(),
            turn: Some((of, element)),
            ..Self::new(self.db, self.at)
        }
    }

    /// The database with what is left of this evaluator's budget.
    pub(crate) fn work(&self) -> Work<'_> {
        Work::new(self.db, &self.budget).within(self.at)
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
    pub fn args(&mut self, args: Slice) -> Args {
        let body = Arc::clone(&self.body);
        self.require(body.args(args).iter().map(|arg| arg.value()));
        self.bind_args(args)
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
            needs(&body, expr, &mut deps);
            // An id that is not lower would be a fault of the lowering: it is left out and reads as unknown.
            stack.extend(deps.iter().copied().filter(|dep| *dep < expr));
        }
        needed.sort_unstable();
        for expr in needed {
            let value = self.compute(&body, expr);
            let value = match body.cast_of(expr) {
                Some(declared) => ops::cast(self.work(), self.at.file, value, &self.value(declared)),
                None => value,
            };
            self.values.insert(expr, value);
        }
    }

    /// An attribute of an object; when that is a part of the instance, with what methods store there.
    fn with_stored(&self, body: &Body, object: ExprId, name: NameId, value: Value) -> Value {
        let stored = match body.expr(object) {
            Expr::Attribute { object: owner, name: part } if self.asks_for_parts => match self.value(owner) {
                Value::Instance(this) if this.args.is_none() => {
                    class::stored_in_part(self.db, this.class, body.name(part), body.name(name))
                }
                _ => None,
            },
            _ => None,
        };
        match stored {
            Some(stored) => Value::fallback([value, stored]),
            None => value,
        }
    }

    fn value(&self, expr: ExprId) -> Value {
        self.values.get(&expr).cloned().unwrap_or(Value::Unknown(Reason::Cycle))
    }

    fn compute(&self, body: &Body, expr: ExprId) -> Value {
        match body.expr(expr) {
            Expr::Name(name) => self.name(body, name, Place::of(body, expr)),
            Expr::This => scope::this(self.db, self.at),
            Expr::Super => scope::super_of(self.db, self.at),
            Expr::Attribute { object, name } => match (&self.initial, self.value(object)) {
                (Some((attribute, value)), Value::Instance(this)) if *attribute == name && this.args.is_none() => {
                    value.clone()
                }
                (_, value) => self.with_stored(body, object, name, ops::member(self.work(), &value, body.name(name))),
            },
            Expr::Index { object, index } => ops::index(self.work(), &self.value(object), &self.value(index)),
            Expr::Call { callee, args, .. } => self.call(body, callee, args),
            Expr::Text(text) => Value::literal(body.shared_text(text), self.at.file),
            Expr::Template(parts) => Value::template(
                body.parts(parts)
                    .iter()
                    .flat_map(|part| match part {
                        Part::Text(text) => vec![TextPart::literal(body.shared_text(*text), self.at.file)],
                        Part::Hole(hole) => self.text_parts(body, *hole),
                    })
                    .collect(),
            ),
            Expr::Number(text) => Value::number(body.text(text)),
            Expr::Bool(value) => Value::Bool(value),
            Expr::None => Value::None,
            Expr::Mapping(entries) => self.mapping(body.entries(entries)),
            Expr::Sequence(elements) => self.sequence(body.elements(elements)),
            Expr::Comprehension { key: None, element } => Value::list(vec![self.value(element)], true),
            Expr::Comprehension { key: Some(key), element } => self.dict_comprehension(body, key, element),
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

    fn call(&self, body: &Body, callee: ExprId, args: Slice) -> Value {
        let args = self.bind_args(args);
        let name = match body.expr(callee) {
            Expr::Name(name) | Expr::Attribute { name, .. } => body.name(name),
            _ => "",
        };
        // What compilers put in place of syntax is known by its name, wherever it comes from.
        let emitted = if name.starts_with('_') { emitted::call(self.work(), name, &args) } else { None };
        emitted.unwrap_or_else(|| ops::call(self.work(), &self.value(callee), &args))
    }

    fn bind_args(&self, args: Slice) -> Args {
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
                    let key = self.value(*key);
                    pairs.push((key.as_text().map_or(ANY_KEY, SmolStr::new), self.value(*value)));
                }
                Entry::Spread(value) => ops::spread_into(self.value(*value), &mut pairs, &mut spreads),
            }
        }
        Value::mapping(pairs, spreads)
    }

    /// `{key: value for key, value in mapping.items() if …}` is what is left of the mapping.
    fn dict_comprehension(&self, body: &Body, key: ExprId, value: ExprId) -> Value {
        let (mut entries, mut spreads) = (Vec::new(), Vec::new());
        if let Some(mapping) = mapping_of_entries(body, key, value) {
            ops::spread_into(self.value(mapping), &mut entries, &mut spreads);
        } else if let Some(text) = self.value(key).as_text() {
            entries.push((SmolStr::new(text), self.value(value)));
        } else {
            let place = Place { time: key, block: body.block_of(key) };
            match self.entries_in_turns(body, place, key, value) {
                Some(known) => entries.extend(known.into_iter().map(|(key, value)| (key.unwrap_or(ANY_KEY), value))),
                None => entries.push((ANY_KEY, self.value(value))),
            }
        }
        Value::mapping(entries, spreads)
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
                self.arithmetic(operands, u64::checked_add)
            }
            JoinOp::Pipe => {
                let values: Vec<Value> = operands.iter().map(|operand| self.value(*operand)).collect();
                if values.iter().all(|value| is_mapping(self.db, value)) {
                    let mut entries = Vec::new();
                    let mut spreads = Vec::new();
                    for value in values {
                        ops::spread_into(value, &mut entries, &mut spreads);
                    }
                    return Value::mapping(entries, spreads);
                }
                Value::pipe(values)
            }
            JoinOp::Percent => match operands {
                [format, values] => {
                    let names = names_of(body, *values);
                    texts::percent_format(&self.value(*format), &self.value(*values), &names)
                }
                _ => Value::Unknown(Reason::Computed),
            },
            JoinOp::Times => self.arithmetic(operands, u64::checked_mul),
        }
    }

    /// Whole numbers put together: `4 * 1024`.
    fn arithmetic(&self, operands: &[ExprId], combine: impl Fn(u64, u64) -> Option<u64>) -> Value {
        let mut numbers = operands.iter().map(|operand| self.value(*operand).as_u64());
        let first = numbers.next().flatten();
        let all = first.and_then(|first| numbers.try_fold(first, |total, number| combine(total, number?)));
        all.map_or(Value::Unknown(Reason::Computed), |all| Value::number(&all.to_string()))
    }

    /// An expression as parts of a text.
    fn text_parts(&self, body: &Body, expr: ExprId) -> Vec<TextPart> {
        match self.value(expr) {
            Value::Text(text) => text.parts.clone(),
            Value::Number(number) => vec![TextPart::made(&number.text)],
            other => vec![TextPart::Hole(name_of(body, expr), other)],
        }
    }
}

/// What must be evaluated before an expression.
fn needs(body: &Body, expr: ExprId, out: &mut Vec<ExprId>) {
    out.extend(body.cast_of(expr));
    match body.expr(expr) {
        Expr::Name(name) => needs_of_name(body, name, Place::of(body, expr), out),
        // Its value is not known whatever its operands are.
        Expr::Opaque(_) => {}
        _ => body.children(expr, &mut |child| out.push(child)),
    }
}

/// The name that an expression has for a reader: `text`, `doc.body`, `load()`; `…` when it has none.
fn name_of(body: &Body, expr: ExprId) -> SmolStr {
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

/// The names of the elements of a list, or of what stands in its place.
fn names_of(body: &Body, expr: ExprId) -> Vec<SmolStr> {
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
