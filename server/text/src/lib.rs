//! Text: spans, line indexes, encodings, notebook cells, and the trait through which files are listed and read.
//!
//! Depends on nothing of LensAI.

mod span;

pub use span::Span;
