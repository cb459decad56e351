//! Lowering: one iterative walk over a syntax tree with an explicit stack of work, a module per language.

mod directive;
pub(crate) mod python;
pub(crate) mod typescript;
