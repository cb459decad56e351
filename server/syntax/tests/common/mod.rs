//! What the tests of both lowerings share: a readable form of facts, and what must hold of every arena.

mod invariants;
mod render;

pub(crate) use invariants::check;
pub(crate) use render::render;
