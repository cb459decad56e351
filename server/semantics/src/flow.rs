//! Which bindings of a name reach a place in a body.

use lensai_syntax::hir::{Binding, BlockId, BlockKind, Body, ExprId, NameId};

/// A place in a body: what was evaluated before `time` has happened, as far as it lies on the way to `block`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// The time.
    pub(crate) time: ExprId,
    /// The block.
    pub(crate) block: BlockId,
}

impl Place {
    /// After everything in the body.
    pub(crate) const END: Self = Self { time: ExprId(u32::MAX), block: BlockId::ROOT };

    /// Where an expression stands.
    pub(crate) fn of(body: &Body, expr: ExprId) -> Self {
        Self { time: expr, block: body.block_of(expr) }
    }
}

/// The bindings that reach a place.
pub(crate) struct Reaching<'b> {
    /// In order of time.
    pub(crate) bindings: Vec<&'b Binding>,
    /// One of them certainly has happened.
    pub(crate) certain: bool,
}

/// The bindings of a name that reach a place.
pub(crate) fn reaching(body: &Body, name: NameId, place: Place) -> Reaching<'_> {
    let mut found = Vec::new();
    let mut certain = false;
    // Arms of exhaustive groups that were seen: when all arms bind the name, nothing before them reaches the place.
    let mut arms: Vec<(u32, BlockId)> = Vec::new();
    let mut steps = 0;
    for binding in body.bindings_before(name, place.time).rev() {
        match relation(body, binding.block, place.block) {
            Relation::Always => {
                found.push(binding);
                certain = true;
            }
            Relation::Never => continue,
            Relation::Perhaps(arm) => {
                found.push(binding);
                if let Some((group, block)) = arm
                    && !arms.contains(&(group, block))
                {
                    arms.push((group, block));
                    certain = covers(body, group, &arms);
                }
            }
        }
        steps += 1;
        if certain || steps >= MAX_ALTERNATIVES {
            break;
        }
    }
    found.reverse();
    Reaching { bindings: found, certain }
}

/// More conditional bindings of one name than this are not followed.
const MAX_ALTERNATIVES: usize = 32;

/// Whether what happened in one block has happened at a place in another, given that it stands before it.
pub(crate) fn happened(body: &Body, block: BlockId, at: BlockId) -> bool {
    !matches!(relation(body, block, at), Relation::Never)
}

/// Whether what happened in one block has certainly happened at a place in another, given that it stands before it.
pub(crate) fn certainly_happened(body: &Body, block: BlockId, at: BlockId) -> bool {
    matches!(relation(body, block, at), Relation::Always)
}

/// Whether whoever comes to the end of a body came through a block.
pub(crate) fn is_certain(body: &Body, block: BlockId) -> bool {
    matches!(relation(body, block, BlockId::ROOT), Relation::Always)
}

/// Whether a block is another one, or lies in it.
pub(crate) fn is_within(body: &Body, block: BlockId, other: BlockId) -> bool {
    ancestors(body, block).contains(&other)
}

/// The loops around a block that are not around another one.
pub(crate) fn loops_around(body: &Body, block: BlockId, other: BlockId) -> Vec<BlockId> {
    let common = ancestors(body, other);
    let around = ancestors(body, block).into_iter();
    around.filter(|at| body.block(*at).kind == BlockKind::Loop && !common.contains(at)).collect()
}

enum Relation {
    /// Whoever reaches the place came through the block.
    Always,
    /// Some ways to the place come through the block; the exhaustive arm that the block lies in, directly.
    Perhaps(Option<(u32, BlockId)>),
    /// No way to the place comes through the block.
    Never,
}

fn relation(body: &Body, block: BlockId, at: BlockId) -> Relation {
    let ways = ancestors(body, at);
    let mut current = block;
    let mut perhaps = false;
    let mut arm = None;
    for _ in 0..body.blocks.len() {
        if ways.contains(&current) {
            break;
        }
        let this = body.block(current);
        match this.kind.group() {
            Some((group, exhaustive)) => {
                let is_other = |way: &&BlockId| **way != current;
                let mut others = ways.iter().filter(is_other).filter_map(|way| body.block(*way).kind.group());
                if others.any(|(other, _)| other == group) || this.diverges {
                    return Relation::Never;
                }
                // Only the outermost arm counts: an inner one leaves its own group open.
                arm = (exhaustive && !perhaps).then_some((group, current));
                perhaps = true;
            }
            None if matches!(this.kind, BlockKind::Plain | BlockKind::Finally | BlockKind::Operand) => {}
            None => {
                perhaps = true;
                arm = None;
            }
        }
        current = this.parent;
    }
    if perhaps { Relation::Perhaps(arm) } else { Relation::Always }
}

fn ancestors(body: &Body, block: BlockId) -> Vec<BlockId> {
    let mut ways = vec![block];
    let mut current = block;
    while current != BlockId::ROOT && ways.len() <= body.blocks.len() {
        current = body.block(current).parent;
        ways.push(current);
    }
    ways
}

/// Whether these arms are all arms of the group that control leaves at their end.
fn covers(body: &Body, group: u32, seen: &[(u32, BlockId)]) -> bool {
    body.blocks.iter().enumerate().all(|(index, block)| match block.kind.group() {
        Some((of, _)) if of == group => {
            block.diverges || seen.iter().any(|(of, seen)| *of == group && seen.0 as usize == index)
        }
        _ => true,
    })
}
