//! A module per request: each turns what is known of a text into the types of the protocol.

pub(super) mod code_action;
pub(super) mod code_lens;
pub(super) mod completion;
pub(super) mod diagnostic;
pub(super) mod explain;
pub(super) mod hover;
pub(super) mod inlay_hint;
pub(super) mod totals;
