//! The queries of this crate and what they need.

mod inputs;

pub use self::inputs::Knowledge;

/// What the queries need from whoever holds them.
#[salsa::db]
pub trait Db: lensai_semantics::Db {
    /// What is looked for.
    fn knowledge(&self) -> Knowledge;
}
