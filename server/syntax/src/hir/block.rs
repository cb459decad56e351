//! Regions of control flow in a body.

use super::{BlockId, ExprId, NameId};

/// A region of control flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Block {
    /// The block around it; the root is its own parent.
    pub parent: BlockId,
    /// What it is.
    pub kind: BlockKind,
    /// Control never leaves it at its end (`return`, `raise`, `throw`, `continue`, `break` as its last statement).
    pub diverges: bool,
    /// The jump at its end, of the code around it or of a `switch`.
    pub jump: Option<Jump>,
    /// How many expressions of the body come before it.
    pub time: ExprId,
}

/// Where control goes on when it leaves a block by a jump.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Jump {
    /// `continue`: with the next turn of the loop.
    Continue,
    /// `break` of a loop: behind the loop.
    Break,
    /// `break` of a `switch`: behind it, so the block itself does not diverge.
    BreakSwitch,
}

/// An arm that is a case of a `switch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Case {
    /// The arm.
    pub block: BlockId,
    /// Nothing leaves it at its end: the next case runs too.
    pub falls: bool,
}

/// What a counting loop compares and by how much it counts: `for (let i = 0; i < to; i += step)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Count {
    /// The loop.
    pub block: BlockId,
    /// The name that counts.
    pub name: NameId,
    /// Up, or down, to where.
    pub to: ExprId,
    /// The end itself is a turn too (`<=`, `>=`).
    pub is_inclusive: bool,
    /// It counts down.
    pub is_down: bool,
    /// By how much; none is 1.
    pub step: Option<ExprId>,
}

/// What a test says of a name in the arm that runs when it holds: `if name == "text"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Equality {
    /// The arm.
    pub block: BlockId,
    /// The name.
    pub name: NameId,
    /// The literal text that it equals.
    pub value: ExprId,
}

/// Kind of a [`Block`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// The body of the item.
    Root,
    /// One arm of an `if`/`elif`/`else`, `switch`, `match`, or conditional expression.
    /// Arms of the same `group` exclude each other; of an `exhaustive` group one always runs.
    Arm {
        /// Number of the group within the body.
        group: u32,
        /// The group has an `else` (or `default`).
        exhaustive: bool,
    },
    /// A handler of a `try`, whose body is [`BlockKind::Plain`]: runs when something went wrong.
    Handler {
        /// Number of the group of all handlers of that `try`, which exclude each other, within the body.
        group: u32,
    },
    /// The body of a loop, the condition of a `while`, the element of a comprehension.
    Loop,
    /// The right operand of `and`, `or`, `&&`, `||` or `??`, the `else` of a loop: runs or does not. What it binds is seen
    /// behind it.
    Operand,
    /// The `finally` of a `try`: runs once, also when what is before it is left.
    Finally,
    /// Runs once, when reached (`with`, `try`, a bare block).
    Plain,
}

impl BlockKind {
    /// The group of blocks that exclude each other in which it is, and whether one of them always runs.
    pub fn group(self) -> Option<(u32, bool)> {
        match self {
            Self::Arm { group, exhaustive } => Some((group, exhaustive)),
            Self::Handler { group } => Some((group, false)),
            Self::Root | Self::Loop | Self::Operand | Self::Finally | Self::Plain => None,
        }
    }
}
