//! The queries of this crate and what they need.

mod inputs;

use lensai_semantics::ItemRef;
use lensai_syntax::hir::ExprId;

pub use self::inputs::Knowledge;

/// What the queries need from whoever holds them.
#[salsa::db]
pub trait Db: lensai_semantics::Db {
    /// What is looked for.
    fn knowledge(&self) -> Knowledge;

    /// Whether a call may be a request, by what is called; `true` says nothing.
    fn may_be_request(&self, item: ItemRef, callee: ExprId) -> bool;
}
