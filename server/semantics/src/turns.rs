//! How often something is done, as far as the code says.

use lensai_syntax::hir::{BlockId, Body, Bound, ExprId};

use crate::eval::Evaluator;
use crate::flow;
use crate::value::{Reason, Value};

/// A number of turns: at least, most likely, at most; none when nothing says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turns {
    /// At least.
    pub low: u64,
    /// Most likely.
    pub expected: Option<u64>,
    /// At most.
    pub high: Option<u64>,
}

impl Turns {
    /// Exactly once.
    pub const ONCE: Self = Self::exactly(1);
    /// Any number of times.
    pub const UNKNOWN: Self = Self { low: 0, expected: None, high: None };

    /// Exactly so often.
    pub const fn exactly(number: u64) -> Self {
        Self { low: number, expected: Some(number), high: Some(number) }
    }
}

/// What says how often a loop turns.
enum Over {
    /// Once for each element.
    Elements(Value),
    /// From a number up, or down, to another.
    Count { from: Value, to: Value, by: Option<Value>, is_inclusive: bool, is_down: bool },
}

/// How often the loop of a block turns. `bind` says what values stand for where the function is called.
pub fn turns_over(evaluator: &mut Evaluator<'_>, block: BlockId, bind: &dyn Fn(Value) -> Value) -> Turns {
    let body = std::sync::Arc::clone(evaluator.body());
    let number = match over(&body, evaluator, block) {
        Some(Over::Elements(value)) => elements(&bind(value)),
        Some(Over::Count { from, to, by, is_inclusive, is_down }) => {
            let (from, to) = (length_or_number(&bind(from)), length_or_number(&bind(to)));
            let by = by.map_or(Some(1), |by| bind(by).as_u64());
            from.zip(to).zip(by).and_then(|((from, to), by)| {
                let (least, most) = if is_down { (to, from) } else { (from, to) };
                counted(least, most.saturating_add(u64::from(is_inclusive)), by)
            })
        }
        None => None,
    };
    match number {
        Some(number) => Turns::exactly(number),
        None if body.entered_loops.contains(&block) => Turns { low: 1, ..Turns::UNKNOWN },
        None => Turns::UNKNOWN,
    }
}

/// How many numbers there are from one up to, and without, another; none when it does not go on.
fn counted(from: u64, to: u64, by: u64) -> Option<u64> {
    (by > 0).then(|| to.saturating_sub(from).div_ceil(by))
}

fn over(body: &Body, evaluator: &mut Evaluator<'_>, block: BlockId) -> Option<Over> {
    if let Some(count) = body.counts.iter().find(|count| count.block == block) {
        let start = body.block(block).time;
        let from = body.bindings_before(count.name, start).next_back()?;
        let Bound::Value(from) = from.value else { return None };
        // The step binds the name once. Who binds it again within the loop goes on from elsewhere.
        let within = body.bindings_of(count.name).filter(|binding| flow::is_within(body, binding.block, block));
        if within.count() != 1 {
            return None;
        }
        return Some(Over::Count {
            from: evaluator.eval(from),
            to: evaluator.eval(count.to),
            by: count.step.map(|step| evaluator.eval(step)),
            is_inclusive: count.is_inclusive,
            is_down: count.is_down,
        });
    }
    let of = body.bindings.iter().filter(|binding| binding.block == block).find_map(|binding| match binding.value {
        Bound::Element { of, .. } => Some(of),
        _ => None,
    })?;
    // `async for`, a generator: what is iterated is evaluated before the loop.
    is_before(body, of, block).then(|| Over::Elements(evaluator.eval(of)))
}

/// What the loop iterates stands before it; what a loop within it iterates does not.
fn is_before(body: &Body, of: ExprId, block: BlockId) -> bool {
    of < body.block(block).time
}

/// The number of elements of a value.
pub fn elements(value: &Value) -> Option<u64> {
    let length = |length: usize| u64::try_from(length).ok();
    match settled(value) {
        Value::List(list) if !list.open => length(list.items.len()),
        Value::Mapping(mapping)
            if mapping.spreads.is_empty() && mapping.entries.iter().all(|(key, _)| !key.is_empty()) =>
        {
            length(mapping.entries.len())
        }
        Value::Invoke(invoke) => {
            let args = &invoke.args.positional;
            if !invoke.args.spreads.is_empty() {
                return None;
            }
            let name = match &invoke.callee {
                Value::Symbol(symbol) => symbol.path.last()?.as_str(),
                // `models.items()`, `names.keys()`
                Value::Member(member) if args.is_empty() => {
                    return match member.name.as_str() {
                        "items" | "keys" | "values" | "entries" | "copy" => elements(&member.object),
                        _ => None,
                    };
                }
                _ => return None,
            };
            match name {
                "range" | "trange" => range(args),
                "enumerate" | "list" | "tuple" | "sorted" | "reversed" | "tqdm" | "iter" | "as_completed" | "keys"
                | "values" | "entries" => elements(args.first()?),
                "zip" => args.iter().map(elements).collect::<Option<Vec<u64>>>()?.into_iter().min(),
                _ => None,
            }
        }
        _ => None,
    }
}

/// How many numbers `range` gives.
fn range(args: &[Value]) -> Option<u64> {
    let numbers = args.iter().map(whole).collect::<Option<Vec<i64>>>()?;
    let (from, to, by) = match *numbers.as_slice() {
        [to] => (0, to, 1),
        [from, to] => (from, to, 1),
        [from, to, by] => (from, to, by),
        _ => return None,
    };
    let (least, most) = if by < 0 { (to, from) } else { (from, to) };
    counted(0, u64::try_from(most.saturating_sub(least)).unwrap_or(0), by.unsigned_abs())
}

/// A whole number, which may be less than nothing; `len(texts)` when that is known.
fn whole(value: &Value) -> Option<i64> {
    match settled(value) {
        Value::Number(number) => number.text.parse().ok().or_else(|| i64::try_from(value.as_u64()?).ok()),
        value => i64::try_from(length_or_number(value)?).ok(),
    }
}

/// What a value is when what comes before a default is missing for certain: `{ times = 1 } = {}`.
fn settled(value: &Value) -> &Value {
    let Value::Fallback(several) = value else { return value };
    let is_missing = |value: &&Value| match value {
        Value::None | Value::Unknown(Reason::Undefined) => true,
        Value::Member(member) => match &member.object {
            Value::Mapping(mapping) => {
                mapping.spreads.is_empty() && mapping.entries.iter().all(|(key, _)| !key.is_empty())
            }
            _ => false,
        },
        _ => false,
    };
    several.values.iter().find(|value| !is_missing(value)).unwrap_or(value)
}

/// A number, or the number of elements that `texts.length` asks for.
fn length_or_number(value: &Value) -> Option<u64> {
    match settled(value) {
        Value::Member(member) if member.name == "length" => elements(&member.object),
        // `len(texts)`
        Value::Invoke(invoke) if matches!(&invoke.callee, Value::Symbol(symbol) if symbol.path.last().is_some_and(|name| name == "len")) => {
            elements(invoke.args.positional.first()?)
        }
        number => number.as_u64(),
    }
}
