//! What was stored into a local value, or appended to it, since it was bound.

use std::sync::Arc;

use lensai_syntax::hir::{Arg, Binding, BlockId, Body, Bound, Expr, ExprId, NameId, Place as Target, Store};
use smol_str::SmolStr;

use super::Evaluator;
use crate::fill::{Filling, mapping_of_entries};
use crate::flow::{self, Place};
use crate::ops;
use crate::value::{Args, List, Value};

/// Loops over more elements than these are not run through.
const MAX_TURNS: usize = 24;

/// A call of a method that changes a value.
pub(super) struct Change<'b> {
    time: ExprId,
    block: BlockId,
    method: &'b str,
    pub(super) args: &'b [Arg],
}

/// What happens to a mapping.
enum Step<'b> {
    Store(&'b Store),
    Change(&'b Change<'b>),
}

impl Step<'_> {
    fn time(&self) -> ExprId {
        match self {
            Self::Store(store) => store.time,
            Self::Change(change) => change.time,
        }
    }
}

impl Evaluator<'_> {
    /// A local value with what was stored into it, or appended to it, since it was bound.
    pub(super) fn changed(&self, body: &Body, name: NameId, place: Place, value: Value) -> Value {
        let bound = flow::reaching(body, name, place).bindings.last().map(|binding| (binding.time, binding.block));
        let (since, bound_in) = bound.unwrap_or((ExprId(0), BlockId::ROOT));
        if let Value::List(list) = value {
            return self.grown(body, name, place, (since, bound_in), list);
        }
        let changes: Vec<Change<'_>> = changes_to(body, name, place).filter(|change| change.time >= since).collect();
        let is_form = is_form(&value);
        let is_mapping = |value: &Value| matches!(value, Value::Mapping(_));
        // Attributes are stored into objects of any kind, elements of texts into mappings alone. In scripts both are the same.
        let is_script = !self.at.file.language(self.db).is_python();
        let stores = stores_to(body, name, place).filter(|store| store.time >= since);
        let stores = stores.filter(|store| match store.place {
            _ if outer_of(body, store.object).is_some() => is_mapping(&value),
            Target::Attribute(_) => is_mapping(&value) || is_script && matches!(value, Value::Param(_)),
            Target::Index(key) => is_mapping(&value) || self.value(key).as_text().is_some(),
        });
        let mut steps: Vec<Step<'_>> = stores.map(Step::Store).collect();
        let fills = |change: &&Change<'_>| match change.method {
            "setdefault" => true,
            "append" | "set" => is_form && change.args.len() > 1,
            "update" => is_mapping(&value) || !steps.is_empty(),
            _ => false,
        };
        let fillings: Vec<Step<'_>> = changes.iter().filter(fills).map(Step::Change).collect();
        steps.extend(fillings);
        if steps.is_empty() {
            return value;
        }
        steps.sort_by_key(Step::time);
        let empty = is_form.then(|| Value::mapping(Vec::new(), Vec::new()));
        self.filled(body, place, &steps, empty.as_ref().unwrap_or(&value))
    }

    /// A list with what was put into it since it was bound. What a loop puts in may be there any number of times.
    fn grown(&self, body: &Body, name: NameId, place: Place, bound: (ExprId, BlockId), list: Arc<List>) -> Value {
        let (since, bound_in) = bound;
        let mut items = list.items.clone();
        let mut open = list.open;
        let mut is_changed = false;
        for change in changes(body, name).filter(|change| change.time >= since && grows(change.method)) {
            let is_again = flow::loops_around(body, change.block, bound_in);
            if change.time > place.time {
                // In the next round of a loop it is there.
                open |= is_again.into_iter().any(|around| flow::is_within(body, place.block, around));
                continue;
            }
            if !flow::happened(body, change.block, place.block) {
                continue;
            }
            is_changed = true;
            open |= !is_again.is_empty();
            let args = self.bind(change.args);
            open |= !args.spreads.is_empty();
            match change.method {
                "append" | "push" => items.extend(args.positional),
                "unshift" => drop(items.splice(0..0, args.positional)),
                "insert" => {
                    let at = args.positional.first().and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
                    let at = at.map_or(items.len(), |at| at.min(items.len()));
                    drop(items.splice(at..at, args.positional.into_iter().skip(1)));
                }
                _ => match args.positional.into_iter().next() {
                    Some(Value::List(more)) => {
                        items.extend(more.items.iter().cloned());
                        open |= more.open;
                    }
                    _ => open = true,
                },
            }
        }
        if is_changed || open != list.open { Value::list(items, open) } else { Value::List(list) }
    }

    /// The entries of a mapping that a loop over few known elements makes, turn by turn:
    /// `for name in NAMES: params[name] = getattr(self, name)`.
    pub(super) fn entries_in_turns(
        &self,
        body: &Body,
        place: Place,
        key: ExprId,
        value: ExprId,
    ) -> Option<Vec<(Option<SmolStr>, Value)>> {
        let Expr::Name(name) = body.expr(key) else { return None };
        let reaching = flow::reaching(body, name, place);
        let [Binding { value: Bound::Element { of, .. }, .. }] = *reaching.bindings else { return None };
        // There may be more of them, which make more entries.
        let elements = ops::elements(&self.value(*of))?;
        // A turn in a turn may be one of many.
        if self.turn.is_some() || elements.len() > MAX_TURNS {
            return None;
        }
        let entry = |element| {
            let mut turn = self.in_turn(*of, element);
            (turn.eval(key).as_text().map(SmolStr::new), turn.eval(value))
        };
        Some(elements.into_iter().map(entry).collect())
    }

    fn key_of(&self, body: &Body, place: Target) -> Option<SmolStr> {
        match place {
            Target::Attribute(name) => Some(SmolStr::new(body.name(name))),
            Target::Index(key) => self.value(key).as_text().map(SmolStr::new),
        }
    }

    fn filled(&self, body: &Body, place: Place, steps: &[Step<'_>], value: &Value) -> Value {
        if let Value::OneOf(several) = value {
            return Value::one_of(several.values.iter().map(|value| self.filled(body, place, steps, value)));
        }
        let Some(mut filling) = Filling::of(value) else { return value.clone() };
        for step in steps {
            match step {
                Step::Store(store) => {
                    let key = self.key_of(body, store.place);
                    if let Some(outer) = outer_of(body, store.object) {
                        let outer = self.key_of(body, outer);
                        if let (Some(outer), Some(new)) = (outer, store.value) {
                            let is_certain = flow::certainly_happened(body, store.block, place.block);
                            filling.set_within(&outer, key, self.value(new), is_certain);
                        }
                        continue;
                    }
                    if let Some(new) = store.value {
                        // `for key, value in more.items(): params[key] = value`
                        if let Target::Index(key) = store.place
                            && let Some(more) = mapping_of_entries(body, key, new)
                        {
                            filling.perhaps_update(Args { positional: vec![self.value(more)], ..Args::default() });
                            continue;
                        }
                        if key.is_none()
                            && let Target::Index(key) = store.place
                            && let Some(entries) =
                                self.entries_in_turns(body, Place { time: store.time, block: store.block }, key, new)
                        {
                            for (key, value) in entries {
                                filling.set(key, value, false);
                            }
                            continue;
                        }
                        let is_certain = flow::certainly_happened(body, store.block, place.block);
                        filling.set(key, self.value(new), is_certain);
                    }
                }
                Step::Change(Change { method: "append" | "set", args, block, .. }) => {
                    if let [Arg::Positional(key), Arg::Positional(new), ..] = **args {
                        let is_certain = flow::certainly_happened(body, *block, place.block);
                        filling.set(self.value(key).as_text().map(SmolStr::new), self.value(new), is_certain);
                    }
                }
                Step::Change(Change { method: "setdefault", args, .. }) => {
                    if let [Arg::Positional(key), Arg::Positional(value)] = **args
                        && let Some(defaults) = mapping_of_entries(body, key, value)
                    {
                        filling.set_defaults(self.work(), &self.value(defaults));
                        continue;
                    }
                    filling.set_default(self.work(), &self.bind(args));
                }
                Step::Change(change) => {
                    let args = self.bind(change.args);
                    if flow::certainly_happened(body, change.block, place.block) {
                        filling.update(args);
                    } else {
                        filling.perhaps_update(args);
                    }
                }
            }
        }
        filling.finish()
    }
}

/// Whether a value is an empty form: `new FormData()`, of the browser or of a package.
fn is_form(value: &Value) -> bool {
    let Value::Invoke(invoke) = value else { return false };
    let Value::Symbol(symbol) = &invoke.callee else { return false };
    let is_named = symbol.path.last().is_some_and(|name| name == "FormData");
    invoke.args.positional.is_empty() && (is_named || symbol.module == "form-data")
}

/// The place in what a name stands for into which something is stored, when it is not stored into that itself:
/// `body["options"]["temperature"] = …`
pub(super) fn outer_of(body: &Body, object: ExprId) -> Option<Target> {
    match body.expr(object) {
        Expr::Index { index, .. } => Some(Target::Index(index)),
        Expr::Attribute { name, .. } => Some(Target::Attribute(name)),
        _ => None,
    }
}

/// What is stored into a local value before a place, or into something that it holds.
pub(crate) fn stores_to(body: &Body, name: NameId, place: Place) -> impl Iterator<Item = &Store> {
    let end = body.stores.partition_point(|store| store.time <= place.time);
    body.stores.get(..end).unwrap_or(&[]).iter().filter(move |store| {
        let holder = match body.expr(store.object) {
            Expr::Index { object, .. } | Expr::Attribute { object, .. } => object,
            _ => store.object,
        };
        body.expr(holder) == Expr::Name(name) && flow::happened(body, store.block, place.block)
    })
}

/// Calls of methods that change a local value before a place.
pub(super) fn changes_to(body: &Body, name: NameId, place: Place) -> impl Iterator<Item = Change<'_>> {
    let before = changes(body, name).take_while(move |change| change.time <= place.time);
    before.filter(move |change| flow::happened(body, change.block, place.block))
}

/// Calls of methods that change a local value, in order.
fn changes(body: &Body, name: NameId) -> impl Iterator<Item = Change<'_>> {
    body.changes.iter().filter_map(move |call| {
        let Expr::Call { callee, args, .. } = body.expr(*call) else { return None };
        let Expr::Attribute { object, name: method } = body.expr(callee) else { return None };
        let is_it = body.expr(object) == Expr::Name(name);
        is_it.then(|| Change {
            time: *call,
            block: body.block_of(*call),
            method: body.name(method),
            args: body.args(args),
        })
    })
}

/// Whether a method puts something into a list.
pub(crate) fn grows(method: &str) -> bool {
    matches!(method, "append" | "extend" | "insert" | "push" | "unshift")
}
