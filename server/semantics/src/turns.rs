//! How often something is done, as far as the code says.

use lensai_syntax::hir::{BlockId, Body, Bound, ExprId};

use crate::eval::Evaluator;
use crate::value::Value;

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
    /// From a number up to another.
    Count { from: Value, to: Value, is_inclusive: bool },
}

/// How often the loop of a block turns. `bind` says what values stand for where the function is called.
pub fn turns_over(evaluator: &mut Evaluator<'_>, block: BlockId, bind: &dyn Fn(Value) -> Value) -> Turns {
    let body = std::sync::Arc::clone(evaluator.body());
    let number = match over(&body, evaluator, block) {
        Some(Over::Elements(value)) => elements(&bind(value)),
        Some(Over::Count { from, to, is_inclusive }) => {
            let (from, to) = (bind(from).as_u64(), length_or_number(&bind(to)));
            from.zip(to).map(|(from, to)| to.saturating_add(u64::from(is_inclusive)).saturating_sub(from))
        }
        None => None,
    };
    number.map_or(Turns::UNKNOWN, Turns::exactly)
}

fn over(body: &Body, evaluator: &mut Evaluator<'_>, block: BlockId) -> Option<Over> {
    if let Some(count) = body.counts.iter().find(|count| count.block == block) {
        let start = body.block(block).time;
        let from = body.bindings_before(count.name, start).next_back()?;
        let Bound::Value(from) = from.value else { return None };
        return Some(Over::Count {
            from: evaluator.eval(from),
            to: evaluator.eval(count.to),
            is_inclusive: count.is_inclusive,
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
    match value {
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
            let numbers = || args.iter().map(Value::as_u64).collect::<Option<Vec<u64>>>();
            match name {
                "range" | "trange" => match numbers()?.as_slice() {
                    [end] => Some(*end),
                    [start, end] => Some(end.saturating_sub(*start)),
                    [start, end, step] if *step > 0 => Some(end.saturating_sub(*start).div_ceil(*step)),
                    _ => None,
                },
                "enumerate" | "list" | "tuple" | "sorted" | "reversed" | "tqdm" | "iter" | "as_completed" | "keys"
                | "values" | "entries" => elements(args.first()?),
                "zip" => args.iter().map(elements).collect::<Option<Vec<u64>>>()?.into_iter().min(),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A number, or the number of elements that `texts.length` asks for.
fn length_or_number(value: &Value) -> Option<u64> {
    match value {
        Value::Member(member) if member.name == "length" => elements(&member.object),
        number => number.as_u64(),
    }
}
