//! Reads files: bytes to text, notebooks to the text of their cells.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lensai_calls::Texts;
use lensai_text::{Notebook, decode};
use rustc_hash::FxHashMap;

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
    /// What was read to look for words, while files are taken to stay as they are.
    recent: Mutex<Option<Recent>>,
}

/// Files that were read a short while ago: who looks for one word in the files around another looks for the next one there too.
#[derive(Default)]
struct Recent {
    files: FxHashMap<String, Arc<[u8]>>,
    /// Of all of them, in bytes.
    size: usize,
}

impl Recent {
    /// In bytes. When there is more, all are dropped.
    const MOST: usize = 16 << 20;

    fn add(&mut self, path: &str, bytes: &Arc<[u8]>) {
        if self.size + bytes.len() > Self::MOST {
            *self = Self::default();
        }
        self.size += bytes.len();
        self.files.insert(path.to_owned(), Arc::clone(bytes));
    }
}

impl Sources {
    /// The files below a root.
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf(), texts: AtomicUsize::new(0), recent: Mutex::default() }
    }

    /// The files below a root, which stay as they are from now on.
    pub(crate) fn at_rest(root: &Path) -> Self {
        Self { recent: Mutex::new(Some(Recent::default())), ..Self::new(root) }
    }

    /// Takes files to stay as they are until the answer is dropped: for work that looks through many of them, and that is given up
    /// when one of them changes.
    pub(crate) fn rest(&self) -> Rest<'_> {
        *self.recent() = Some(Recent::default());
        Rest(self)
    }

    fn recent(&self) -> MutexGuard<'_, Option<Recent>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bytes(&self, path: &str) -> std::io::Result<Arc<[u8]>> {
        if let Some(bytes) = self.recent().as_ref().and_then(|recent| recent.files.get(path)) {
            return Ok(Arc::clone(bytes));
        }
        let bytes = std::fs::read(self.root.join(path)).map(Arc::from)?;
        if let Some(recent) = self.recent().as_mut() {
            recent.add(path, &bytes);
        }
        Ok(bytes)
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
        let Ok(bytes) = self.bytes(path) else { return false };
        let is_utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
        if is_utf16 || !word.is_ascii() {
            return source(path, &bytes).text.contains(word);
        }
        // In all other encodings a name has the same bytes: asked for thousands of files, few of which have it.
        memchr::memmem::find(&bytes, word.as_bytes()).is_some()
    }
}

/// As long as it lives files are taken to stay as they are.
pub(crate) struct Rest<'a>(&'a Sources);

impl Drop for Rest<'_> {
    fn drop(&mut self) {
        *self.0.recent() = None;
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
