//! Reads files: bytes to text, notebooks to the text of their cells.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lensai_calls::Texts;
use lensai_text::{Notebook, decode};

/// A file as it is read.
pub(crate) struct Source {
    /// Its text; of a notebook the Python of its code cells.
    pub(crate) text: Arc<str>,
    /// Its cells, if it is a notebook.
    pub(crate) notebook: Option<Notebook>,
    /// What was wrong with it.
    pub(crate) problem: Option<String>,
}

/// The files below a root.
pub(crate) struct Sources {
    root: PathBuf,
    /// How many texts were asked for: each is parsed once.
    texts: AtomicUsize,
}

impl Sources {
    /// The files below a root.
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf(), texts: AtomicUsize::new(0) }
    }

    /// Reads a file.
    pub(crate) fn read(&self, path: &str) -> Source {
        match std::fs::read(self.root.join(path)) {
            Ok(bytes) => source(path, &bytes),
            Err(error) => {
                Source { text: Arc::from(""), notebook: None, problem: Some(format!("cannot be read: {error}")) }
            }
        }
    }

    /// How many files were parsed.
    pub(crate) fn parsed(&self) -> usize {
        self.texts.load(Ordering::Relaxed)
    }
}

impl Texts for Sources {
    fn text(&self, path: &str) -> Arc<str> {
        self.texts.fetch_add(1, Ordering::Relaxed);
        self.read(path).text
    }

    fn mentions(&self, path: &str, word: &str) -> bool {
        let Ok(bytes) = std::fs::read(self.root.join(path)) else { return false };
        let is_utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
        if is_utf16 || !word.is_ascii() {
            return source(path, &bytes).text.contains(word);
        }
        // In all other encodings a name has the same bytes: asked for thousands of files, few of which have it.
        memchr::memmem::find(&bytes, word.as_bytes()).is_some()
    }
}

/// The text in the bytes of a file.
pub(crate) fn source(path: &str, bytes: &[u8]) -> Source {
    let decoded = decode(bytes);
    let problem = decoded.warning.map(|warning| warning.to_string());
    if path.rsplit_once('.').is_none_or(|(_, ending)| ending != "ipynb") {
        return Source { text: decoded.text.into(), notebook: None, problem };
    }
    let notebook = Notebook::parse(&decoded.text);
    let problem = problem.or_else(|| notebook.problem.clone());
    Source { text: Arc::from(notebook.text.as_str()), notebook: Some(notebook), problem }
}
