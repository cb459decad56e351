//! Steps in order, and how control comes to their end.

use lensai_syntax::hir::{Block, Jump};

use super::super::Turns;
use super::super::steps::{Cut, Step, Steps};

/// Loops and branches within each other are followed this deep: whoever walks over steps may recurse.
const MAX_NESTING: usize = 48;
/// What follows is written once more for a way of its own when it holds no more steps than these.
const MAX_COPIED: usize = 64;

/// Whether what follows is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum On {
    /// No: control is elsewhere.
    No,
    /// Only when something went wrong: behind a `try` whose body returns.
    AfterFault,
    /// Yes.
    Yes,
}

/// How control comes to the end of something.
#[expect(clippy::struct_excessive_bools, reason = "control may leave in several of these ways, or in none")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    pub(super) on: On,
    /// Some way goes on with the next turn of the loop around.
    continues: bool,
    /// Some way leaves the loop around.
    breaks: bool,
    /// Some way leaves the `switch` around.
    breaks_switch: bool,
    /// Some way leaves the function.
    leaves: bool,
}

impl End {
    /// Control goes on.
    pub(super) const ON: Self =
        Self { on: On::Yes, continues: false, breaks: false, breaks_switch: false, leaves: false };

    /// How a block itself ends.
    pub(super) fn of(block: Block) -> Self {
        let gone = Self { on: On::No, ..Self::ON };
        match block.jump {
            Some(Jump::Continue) => Self { continues: true, ..gone },
            Some(Jump::Break) => Self { breaks: true, ..gone },
            Some(Jump::BreakSwitch) if !block.diverges => Self { breaks_switch: true, ..gone },
            _ if block.diverges => Self { leaves: true, ..gone },
            _ => Self::ON,
        }
    }

    /// Some way is elsewhere before the end.
    fn is_left(self) -> bool {
        self.continues || self.breaks || self.breaks_switch || self.leaves
    }

    fn either(self, other: Self) -> Self {
        Self { on: self.on.max(other.on), ..self.with_ways_of(other) }
    }

    fn then(self, after: Self) -> Self {
        if self.on == On::No { self } else { Self { on: self.on.min(after.on), ..self.with_ways_of(after) } }
    }

    fn with_ways_of(self, other: Self) -> Self {
        Self {
            on: self.on,
            continues: self.continues || other.continues,
            breaks: self.breaks || other.breaks,
            breaks_switch: self.breaks_switch || other.breaks_switch,
            leaves: self.leaves || other.leaves,
        }
    }
}

/// Steps in order.
#[derive(Debug, Clone)]
pub(super) struct Ordered {
    pub(super) steps: Steps,
    end: End,
    /// A case of a `switch` that runs into the next one.
    falls: bool,
    /// Levels of loops and branches within each other.
    depth: usize,
    /// How many steps there are on all levels, without those of other functions.
    weight: usize,
}

impl Default for Ordered {
    fn default() -> Self {
        Self::nothing(End::ON)
    }
}

impl Ordered {
    pub(super) fn nothing(end: End) -> Self {
        Self { steps: Steps::new(), end, falls: false, depth: 0, weight: 0 }
    }

    pub(super) fn step(step: Step) -> Self {
        Self { steps: vec![step], weight: 1, ..Self::default() }
    }

    /// Nothing is done, and control goes on.
    pub(super) fn is_nothing(&self) -> bool {
        self.steps.is_empty() && self.end == End::ON
    }

    /// An arm; of a `switch` its `break` goes on behind it. `falls` is none when it is no case of a `switch`.
    pub(super) fn of_case(mut self, falls: Option<bool>) -> Self {
        if let Some(falls) = falls {
            self.falls = falls;
            if std::mem::take(&mut self.end.breaks_switch) && self.end.on != On::Yes && !falls {
                self.end.on = On::Yes;
            }
        }
        self
    }

    /// This, then what follows as far as control comes there.
    pub(super) fn then(mut self, mut after: Self) -> Self {
        let end = self.end.then(after.end);
        let is_left = self.end.is_left();
        let mut depth = after.depth;
        match self.end.on {
            // A way before it left: it is done or not.
            On::Yes if is_left && !after.steps.is_empty() => {
                self.steps.extend(perhaps(after.steps));
                depth += 1;
            }
            On::Yes if self.steps.is_empty() => self.steps = after.steps,
            On::Yes => self.steps.append(&mut after.steps),
            On::AfterFault if !after.steps.is_empty() => {
                self.steps.push(Step::Handler(after.steps));
                depth += 1;
            }
            On::AfterFault => {}
            On::No => return self,
        }
        Self { end, falls: false, depth: self.depth.max(depth), weight: self.weight + after.weight, ..self }.bounded()
    }

    /// The body of a `try` with what handles its faults and what is done in any case.
    pub(super) fn tried(mut self, handlers: Vec<Self>, finally: Steps) -> Self {
        // Who goes on with the next turn of a loop comes back to the `try`.
        let leaves = |handler: &Self| handler.end.on == On::No && !handler.end.continues;
        let every_handler_leaves = !handlers.is_empty() && handlers.iter().all(leaves);
        if self.end.on == On::No && !every_handler_leaves {
            self.end.on = On::AfterFault;
        }
        self.depth = self.depth.max(handlers.iter().map(|handler| handler.depth + 2).max().unwrap_or_default());
        self.weight += handlers.iter().map(|handler| handler.weight).sum::<usize>() + finally.len();
        // No fault is expected, so where a handler goes on is where the body does.
        let handlers = one_of(handlers.into_iter().map(|handler| handler.steps).collect());
        if !handlers.is_empty() {
            self.steps.push(Step::Handler(handlers));
        }
        self.steps.extend(finally);
        self.bounded()
    }

    /// The body of a loop as a loop.
    pub(super) fn repeated(self, turns: Turns) -> Self {
        let End { on, continues, breaks, leaves, .. } = self.end;
        let is_left = breaks || leaves;
        let always_in_first = on == On::No && is_left && !continues;
        let turns = match on {
            On::No if always_in_first => Turns { low: turns.low.min(1), expected: Some(1), high: Some(1) },
            // Once more as often as something goes wrong.
            On::AfterFault if is_left => Turns { low: turns.low.min(1), expected: Some(1), high: turns.high },
            // It may be left in any turn.
            On::No | On::Yes if is_left => Turns { low: turns.low.min(1), ..turns },
            _ => turns,
        };
        let is_gone = always_in_first && !breaks && turns.low == 1;
        let end = End { on: if is_gone { On::No } else { On::Yes }, leaves, ..End::ON };
        let steps =
            if self.steps.is_empty() { Steps::new() } else { vec![Step::Repeated { turns, steps: self.steps }] };
        Self { steps, end, falls: false, depth: self.depth + 1, weight: self.weight + 1 }.bounded()
    }

    fn bounded(mut self) -> Self {
        if self.depth > MAX_NESTING {
            self.steps = vec![Step::Cut(Cut::TooMuch)];
            (self.depth, self.weight) = (0, 1);
        }
        self
    }
}

/// One of several, then what follows. An arm that control leaves for good takes the place of what follows: `if cached: return …`.
pub(super) fn alternatives(mut arms: Vec<Ordered>, exhaustive: bool, after: Ordered) -> Ordered {
    for at in (1..arms.len()).rev() {
        let (before, behind) = arms.split_at_mut(at);
        if let (Some(arm), Some(next)) = (before.last_mut().filter(|arm| arm.falls), behind.first()) {
            *arm = std::mem::take(arm).then(next.clone());
        }
    }
    if !exhaustive {
        arms.push(Ordered::default());
    }
    let end = arms.iter().map(|arm| arm.end).reduce(End::either).unwrap_or(End::ON);
    let depth = arms.iter().map(|arm| arm.depth).max().unwrap_or_default() + 1;
    let weight = arms.iter().map(|arm| arm.weight).sum::<usize>() + 1;
    let of = |arms: Vec<Ordered>| one_of(arms.into_iter().map(|arm| arm.steps).collect());
    if after.steps.is_empty() || !arms.iter().any(|arm| arm.end != End::ON) {
        // Where an arm goes on elsewhere nothing follows that matters.
        let all = Ordered { steps: of(arms), end: End { on: On::Yes, ..End::ON }, falls: false, depth, weight };
        return Ordered { end: end.then(after.end), ..all.then(after) };
    }
    let end = end.then(after.end);
    let mut ways: Vec<Ordered> = Vec::new();
    let mut on: Vec<Ordered> = Vec::new();
    for arm in arms {
        match arm.end.on {
            On::No => ways.push(arm),
            On::AfterFault if after.weight <= MAX_COPIED => ways.push(arm.then(after.clone())),
            _ => on.push(arm),
        }
    }
    if !on.is_empty() {
        let end = on.iter().map(|arm| arm.end).reduce(End::either).unwrap_or(End::ON);
        let rest = Ordered { steps: of(on), end: End { on: On::Yes, ..end }, falls: false, depth, weight };
        ways.push(rest.then(after));
    }
    let depth = ways.iter().map(|way| way.depth).max().unwrap_or_default() + 1;
    let weight = ways.iter().map(|way| way.weight).sum::<usize>() + 1;
    Ordered { steps: of(ways), end, falls: false, depth, weight }.bounded()
}

/// Done or not.
fn perhaps(steps: Steps) -> Steps {
    one_of(vec![Steps::new(), steps])
}

/// One of these; alternatives within alternatives are alternatives.
fn one_of(arms: Vec<Steps>) -> Steps {
    let mut flat: Vec<Steps> = Vec::with_capacity(arms.len());
    let mut add = |arm: Steps| {
        if !arm.is_empty() || !flat.iter().any(Vec::is_empty) {
            flat.push(arm);
        }
    };
    for mut arm in arms {
        match (arm.len(), arm.pop()) {
            (1, Some(Step::Alternatives(inner))) => inner.into_iter().for_each(&mut add),
            (_, last) => {
                arm.extend(last);
                add(arm);
            }
        }
    }
    match flat.len() {
        0 | 1 => flat.pop().unwrap_or_default(),
        _ if flat.iter().all(Vec::is_empty) => Steps::new(),
        _ => vec![Step::Alternatives(flat)],
    }
}
