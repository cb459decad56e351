//! From what stands in an item, in its blocks, to steps in order.

use lensai_syntax::hir::{BlockId, BlockKind, Body, ExprId};

use super::Turns;
use super::steps::{Step, Steps};

/// A step and where it stands.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) at: ExprId,
    pub(super) step: Step,
}

/// The steps of a body. `turns` is asked once for each loop with something in it.
pub(super) fn arrange(body: &Body, placed: Vec<Placed>, turns: &mut dyn FnMut(BlockId) -> Turns) -> Steps {
    let mut contents: Vec<Vec<Content>> = std::iter::repeat_with(Vec::new).take(body.blocks.len().max(1)).collect();
    let mut has_something = vec![false; contents.len()];
    for Placed { at, step } in placed {
        let block = body.block_of(at).0 as usize;
        if let Some(content) = contents.get_mut(block) {
            content.push(Content { time: at, what: What::Step(step) });
            mark(body, block, &mut has_something);
        }
    }
    // A block comes after the one in which it stands: from the last to the first all that is in a block is known.
    for id in (1..contents.len()).rev() {
        let block = body.block(BlockId(u32::try_from(id).unwrap_or_default()));
        let content = contents.get_mut(id).map(std::mem::take).unwrap_or_default();
        let is_guard = block.diverges && block.kind.group().is_some();
        if !has_something.get(id).copied().unwrap_or_default() && !is_guard {
            continue;
        }
        let steps = in_order(content);
        let what = match block.kind {
            BlockKind::Root | BlockKind::Plain => What::Plain { steps, diverges: block.diverges },
            BlockKind::Loop => {
                let turns = turns(BlockId(u32::try_from(id).unwrap_or_default()));
                What::Step(Step::Repeated { turns: once_enough(turns, &steps, block.diverges), steps: steps.steps })
            }
            BlockKind::Handler { .. } => What::Step(Step::Handler(steps.steps)),
            BlockKind::Arm { group, exhaustive } => {
                What::Arm { group, exhaustive, diverges: block.diverges, steps: steps.steps }
            }
        };
        if let Some(parent) = contents.get_mut(block.parent.0 as usize) {
            parent.push(Content { time: block.time, what });
        }
    }
    let root = contents.get_mut(0).map(std::mem::take).unwrap_or_default();
    in_order(root).steps
}

struct Content {
    time: ExprId,
    what: What,
}

enum What {
    Step(Step),
    Plain { steps: Ordered, diverges: bool },
    Arm { group: u32, exhaustive: bool, diverges: bool, steps: Steps },
}

/// What is in a block, in order.
struct Ordered {
    steps: Steps,
    /// It is left for good after its steps, also when nothing goes wrong: by a `return` in a `try`.
    is_left: bool,
}

fn mark(body: &Body, mut block: usize, has_something: &mut [bool]) {
    while let Some(mark) = has_something.get_mut(block).filter(|mark| !**mark) {
        *mark = true;
        block = body.block(BlockId(u32::try_from(block).unwrap_or_default())).parent.0 as usize;
    }
}

/// A loop that is left after what it does: by its last statement it turns once, within a `try` as often as that goes wrong.
fn once_enough(turns: Turns, steps: &Ordered, diverges: bool) -> Turns {
    match (diverges, steps.is_left) {
        (true, _) => Turns { low: turns.low.min(1), expected: Some(1), high: Some(1) },
        (false, true) => Turns { low: turns.low.min(1), expected: Some(1), high: turns.high },
        (false, false) => turns,
    }
}

/// Arms of a group become one step. What follows an arm that is left for good is another arm of it: `if cached: return …`.
fn in_order(mut content: Vec<Content>) -> Ordered {
    content.sort_by_key(|content| content.time);
    let mut is_left = false;
    // From the last to the first: what follows is known.
    let mut after: Steps = Vec::new();
    while let Some(Content { what, .. }) = content.pop() {
        match what {
            What::Step(step) => after.insert(0, step),
            What::Plain { steps, diverges } => {
                is_left |= diverges || steps.is_left;
                after.splice(0..0, steps.steps);
            }
            What::Arm { group, exhaustive, diverges, steps } => {
                let mut arms = vec![(diverges, steps)];
                while let Some(Content { what: What::Arm { group: other, .. }, .. }) = content.last()
                    && *other == group
                    && let Some(Content { what: What::Arm { diverges, steps, .. }, .. }) = content.pop()
                {
                    arms.insert(0, (diverges, steps));
                }
                after = alternatives(arms, exhaustive, after);
            }
        }
    }
    Ordered { steps: after, is_left }
}

fn alternatives(arms: Vec<(bool, Steps)>, exhaustive: bool, after: Steps) -> Steps {
    let leaves = arms.iter().any(|(diverges, _)| *diverges);
    if !leaves || after.is_empty() {
        let mut all: Vec<Steps> = arms.into_iter().map(|(_, steps)| steps).collect();
        if !exhaustive {
            all.push(Steps::new());
        }
        let mut steps = one_of(all);
        steps.extend(after);
        return steps;
    }
    // Arms that go on: one of them, then what follows.
    let (left, on): (Vec<_>, Vec<_>) = arms.into_iter().partition(|(diverges, _)| *diverges);
    let mut all: Vec<Steps> = left.into_iter().map(|(_, steps)| steps).collect();
    let mut on: Vec<Steps> = on.into_iter().map(|(_, steps)| steps).collect();
    if !exhaustive {
        on.push(Steps::new());
    }
    if !on.is_empty() {
        let mut rest = one_of(on);
        rest.extend(after);
        all.push(rest);
    }
    one_of(all)
}

fn one_of(arms: Vec<Steps>) -> Steps {
    if arms.iter().all(Vec::is_empty) { Steps::new() } else { vec![Step::Alternatives(arms)] }
}
