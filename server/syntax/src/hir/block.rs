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
    /// How many expressions of the body come before it.
    pub time: ExprId,
}

/// What the condition of a counting loop compares: `for (let i = 0; i < to; i++)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Count {
    /// The loop.
    pub block: BlockId,
    /// The name that is counted up.
    pub name: NameId,
    /// Up to where.
    pub to: ExprId,
    /// The end itself is a turn too (`<=`).
    pub is_inclusive: bool,
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
    /// Runs once, when reached (`with`, `try`, `finally`, a bare block).
    Plain,
}

impl BlockKind {
    /// The group of blocks that exclude each other in which it is, and whether one of them always runs.
    pub fn group(self) -> Option<(u32, bool)> {
        match self {
            Self::Arm { group, exhaustive } => Some((group, exhaustive)),
            Self::Handler { group } => Some((group, false)),
            Self::Root | Self::Loop | Self::Plain => None,
        }
    }
}
