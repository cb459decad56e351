//! What an editor shows of LLM calls, as plain data over byte offsets: no protocol, no files, no clock.
//!
//! Whoever holds the documents makes a [`FileView`] of one text: its calls with their estimates (`lensai_calls::calls`, each with
//! `lensai_cost::estimate`), its comments (`lensai_calls::directives`) and findings (`lensai_checks::check`). All are of the
//! same text, in order of place. A [`Context`] has what is the same for all files. Then, for each request of an editor, one function:
//!
//! | request | function | answer |
//! |---|---|---|
//! | inlay hints in a range | [`inlay_hints`] | complete labels; a tooltip is asked for later by [`hint_tooltip`] with [`InlayHint::call`] |
//! | hover | [`hover`] | Markdown over a call, or over a text that names a model |
//! | completion | [`completions`] | models inside model texts, directives inside `lensai:` comments |
//! | code actions in a range | [`code_actions`] | edits of this text, or one of another file; [`CodeAction::fixes`] are indexes of `FileView::findings` |
//! | code lenses | [`code_lenses`] | a cost for each function that has calls |
//!
//! Every function takes any offset and any span, also ones outside of the text or within a character, and any view, also one whose
//! spans are of an older text: what cannot be placed is left out. Of a notebook the text is the joined text of its cells, and the
//! caller maps offsets to cells and back.

mod action;
mod complete;
mod hint;
mod hover;
mod lens;
mod markdown;
mod named;
mod template;
mod text;
mod view;

pub use action::{ActionKind, CodeAction, ConstantEdit, Edit, code_actions};
pub use complete::{Completion, CompletionKind, completions};
pub use hint::{HintPosition, HintSettings, InlayHint, hint_tooltip, inlay_hints};
pub use hover::{Hover, hover};
pub use lens::{CodeLens, code_lenses};
pub use template::{InvalidTemplate, Template};
pub use view::{Context, FileView};
