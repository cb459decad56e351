//! Where files come from: the core reads them through a trait and does no IO of its own.

use std::collections::BTreeMap;
use std::fmt;

/// Reads the files of a workspace.
///
/// Paths are relative to the root of the workspace, with `/` between their segments on every system, without `.`, `..`
/// or a leading `/`. Which files there are is found out elsewhere.
pub trait Files: Send + Sync {
    /// The bytes of a file.
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError>;
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// In words, without the path.
    pub message: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for ReadError {}

/// Files in memory: for tests, and for text that no disk has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryFiles {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryFiles {
    /// Adds a file or replaces it.
    pub fn insert(&mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), content.into());
    }

    /// The paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}

impl<P: Into<String>, C: Into<Vec<u8>>> FromIterator<(P, C)> for MemoryFiles {
    fn from_iter<I: IntoIterator<Item = (P, C)>>(files: I) -> Self {
        Self { files: files.into_iter().map(|(path, content)| (path.into(), content.into())).collect() }
    }
}

impl Files for MemoryFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.files.get(path).cloned().ok_or_else(|| ReadError { message: "no such file".to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_gives_what_was_put_in() {
        let mut files: MemoryFiles = [("b/c.py", "x = 1"), ("a.py", "")].into_iter().collect();
        files.insert("b/c.py", "x = 2");
        assert_eq!(files.paths().collect::<Vec<_>>(), ["a.py", "b/c.py"]);
        assert_eq!(files.read("b/c.py"), Ok(b"x = 2".to_vec()));
        assert_eq!(files.read("c.py").map_err(|error| error.to_string()), Err("no such file".to_owned()));
    }
}
