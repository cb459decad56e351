//! Why a configuration could not be used.

/// A fault of a configuration file, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}{}", .suggestion.as_ref().map(|s| format!(" ({s})")).unwrap_or_default())]
pub struct Error {
    /// What kind of fault it is.
    pub kind: ErrorKind,
    /// 1-based.
    pub line: u32,
    /// 1-based, in Unicode scalar values.
    pub column: u32,
    /// The bytes that it is about, counted after a byte order mark.
    pub span: std::ops::Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What may be meant: ``did you mean `output_tokens`?``
    pub suggestion: Option<String>,
}

/// What kind of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The text is no TOML.
    Syntax,
    /// A key that does not exist.
    UnknownKey,
    /// A key that would set an endpoint or a credential, which a workspace may not.
    ForbiddenKey,
    /// A value of the wrong type or out of its range, or a key that is missing.
    InvalidValue,
}
