//! Text: spans, line indexes, encodings, notebook cells, and the trait through which files are read.
//!
//! Depends on no other crate of the workspace.

mod decode;
mod files;
mod line_index;
mod magics;
mod notebook;
mod span;

pub use decode::{DecodeWarning, Decoded, SourceEncoding, decode};
pub use files::{Files, MemoryFiles, ReadError};
pub use line_index::{Encoding, LineColumn, LineIndex};
pub use notebook::{Notebook, NotebookCell};
pub use span::Span;
