//! From what stands in an item, in its blocks, to steps in order.

mod ordered;

use std::collections::BTreeMap;

use lensai_syntax::hir::{BlockId, BlockKind, Body, ExprId, Jump};

use self::ordered::{End, Ordered, alternatives};
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
    for Placed { at, step } in placed {
        if let Some(content) = contents.get_mut(body.block_of(at).0 as usize) {
            content.push(Content { time: at, what: What::Step(step) });
        }
    }
    // A block comes after the one in which it stands: from the last to the first all that is in a block is known.
    for index in (1..contents.len()).rev() {
        let id = BlockId(u32::try_from(index).unwrap_or_default());
        let block = body.block(id);
        let content = contents.get_mut(index).map(std::mem::take).unwrap_or_default();
        // A `continue` at the end of a loop changes nothing.
        let is_next_turn = block.kind == BlockKind::Loop && block.jump == Some(Jump::Continue);
        let ordered = in_order(content, if is_next_turn { End::ON } else { End::of(block) });
        let what = match block.kind {
            BlockKind::Arm { group, exhaustive } => {
                let falls = body.case(id).map(|case| case.falls);
                What::Arm { group, exhaustive, arm: ordered.of_case(falls) }
            }
            BlockKind::Handler { .. } => What::Handler(ordered),
            _ if ordered.is_nothing() => continue,
            BlockKind::Root | BlockKind::Plain => What::Plain(ordered),
            BlockKind::Operand => What::Operand(ordered),
            BlockKind::Finally => What::Finally(ordered.steps),
            BlockKind::Loop => {
                let turns = if ordered.steps.is_empty() { Turns::UNKNOWN } else { turns(id) };
                What::Loop(ordered.repeated(turns))
            }
        };
        if let Some(parent) = contents.get_mut(block.parent.0 as usize) {
            parent.push(Content { time: block.time, what });
        }
    }
    let root = contents.get_mut(0).map(std::mem::take).unwrap_or_default();
    in_order(root, End::ON).steps
}

struct Content {
    time: ExprId,
    what: What,
}

enum What {
    Step(Step),
    Plain(Ordered),
    Loop(Ordered),
    Operand(Ordered),
    Handler(Ordered),
    Finally(Steps),
    Arm { group: u32, exhaustive: bool, arm: Ordered },
}

/// Arms of which some are still to come: earlier ones.
struct Open {
    group: u32,
    exhaustive: bool,
    /// In order of place.
    arms: Vec<Ordered>,
    /// Something stands between these arms and those before: the condition of an `elif`. It, and they, are now what follows.
    is_between: bool,
    /// What follows the arms.
    after: Ordered,
}

/// What is in a block, in order; `end` is how the block itself ends.
fn in_order(mut content: Vec<Content>, end: End) -> Ordered {
    content.sort_by_key(|content| content.time);
    let mut arms_left: BTreeMap<u32, usize> = BTreeMap::new();
    for Content { what, .. } in &content {
        if let What::Arm { group, .. } = what {
            *arms_left.entry(*group).or_default() += 1;
        }
    }
    // From the last to the first: what follows is known.
    let mut order = Order { after: Ordered::nothing(end), open: Vec::new(), fault: Fault::default() };
    while let Some(Content { what, .. }) = content.pop() {
        match what {
            What::Arm { group, exhaustive, arm } => {
                order.arm(group, exhaustive, arm);
                let left = arms_left.entry(group).or_default();
                *left = left.saturating_sub(1);
                if *left == 0 {
                    order.close();
                }
            }
            What::Handler(handler) => {
                order.begin();
                order.fault.handlers.push(handler);
            }
            What::Finally(steps) => {
                order.settle(None);
                order.begin();
                order.fault.finally = steps;
            }
            What::Plain(plain) => {
                order.begin();
                order.settle(Some(plain));
            }
            What::Step(step) => order.before(Ordered::step(step)),
            What::Loop(repeated) => order.before(repeated),
            What::Operand(operand) => {
                order.settle(None);
                order.begin();
                let after = std::mem::take(&mut order.after);
                order.after = alternatives(vec![operand], false, after);
            }
        }
    }
    order.settle(None);
    order.after
}

/// What handles the faults of a `try`, and what is done in any case.
#[derive(Default)]
struct Fault {
    handlers: Vec<Ordered>,
    finally: Steps,
}

/// What follows in a block that is looked at from its end.
struct Order {
    after: Ordered,
    /// The innermost last.
    open: Vec<Open>,
    fault: Fault,
}

impl Order {
    /// Before anything that is no arm of the group that is open: the arms become what follows.
    fn begin(&mut self) {
        if let Some(open) = self.open.last_mut()
            && !open.is_between
        {
            open.is_between = true;
            let arms = std::mem::take(&mut open.arms);
            self.after = alternatives(arms, open.exhaustive, Ordered::default());
        }
    }

    fn before(&mut self, first: Ordered) {
        self.settle(None);
        self.begin();
        let after = std::mem::take(&mut self.after);
        self.after = first.then(after);
    }

    fn arm(&mut self, group: u32, exhaustive: bool, arm: Ordered) {
        self.settle(None);
        match self.open.last_mut() {
            Some(open) if open.group == group => {
                if open.is_between {
                    // One of the arms behind runs or none of them: together they are what happens otherwise.
                    open.arms = vec![std::mem::take(&mut self.after)];
                    (open.exhaustive, open.is_between) = (true, false);
                }
                open.arms.insert(0, arm);
            }
            _ => {
                self.begin();
                let after = std::mem::take(&mut self.after);
                self.open.push(Open { group, exhaustive, arms: vec![arm], is_between: false, after });
            }
        }
    }

    /// All arms of the group are known.
    fn close(&mut self) {
        if let Some(Open { arms, exhaustive, after, .. }) = self.open.pop() {
            self.after = alternatives(arms, exhaustive, after);
        }
    }

    /// Puts a block that runs in place, perhaps the body of a `try`, before what handles its faults, and that before what follows.
    fn settle(&mut self, tried: Option<Ordered>) {
        let Fault { mut handlers, finally } = std::mem::take(&mut self.fault);
        if tried.is_none() && handlers.is_empty() && finally.is_empty() {
            return;
        }
        handlers.reverse();
        let tried = tried.unwrap_or_default().tried(handlers, finally);
        let after = std::mem::take(&mut self.after);
        self.after = tried.then(after);
    }
}
