//! Small programs in Markdown, with what must be found in them.
//!
//! A code block is a file: `python`, `typescript`, `tsx` or `javascript`, with its path when there are several. One of
//! `notebook` holds the code cells of a notebook, with a line `# %%` between them. The block `requests` after them holds
//! what must be found in the files since the last one, in order:
//!
//! ```text
//! path:line sdk operation provider model max_output [turns=10] [loop]
//! ```
//!
//! with `-` for what is not known, `turns` for what may be more than one request (`?` when nothing limits a chat) and `/` between several models, `path[cell]:line` in a notebook. What is no request is
//! a program with an empty block. A block `prompts` in its place says what is sent with each:
//!
//! ```text
//! path:line
//!   role "static text"@path {hole} <image low>
//!   tool name {definition}
//!   schema name {definition}
//! ```
//!
//! with the path of a static text where it is not the file of the call, and `…` for what else is sent and not known.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

/// Between two cells of a notebook.
pub(crate) const CELL: &str = "# %%\n";

/// A program, as it is written.
#[derive(Debug)]
pub(crate) struct Written {
    /// The line of its requests in the Markdown.
    pub(crate) line: usize,
    /// Its files.
    pub(crate) files: Vec<File>,
    /// Its requests, a line each, or what is sent with them.
    pub(crate) requests: String,
}

/// A file of a program.
#[derive(Debug)]
pub(crate) struct File {
    /// As the block says: `python`, `notebook`.
    pub(crate) language: String,
    /// Relative to the program's root.
    pub(crate) path: String,
    /// Its text; of a notebook the cells with [`CELL`] between them.
    pub(crate) text: String,
}

/// The Markdown files in a folder of the tests of the package `calls`, in order.
pub(crate) fn files_in(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../calls/tests").join(folder);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// The programs of a Markdown file.
pub(crate) fn programs(path: &Path) -> Vec<Written> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut found = Vec::new();
    let mut files = Vec::new();
    for (line, kind, block) in blocks(&text) {
        let (language, name) = kind.split_once(' ').unwrap_or((&kind, ""));
        let name = match (language, name) {
            ("python", "") => "main.py",
            ("typescript", "") => "main.ts",
            ("tsx", "") => "main.tsx",
            ("javascript", "") => "main.js",
            ("notebook", "") => "main.ipynb",
            ("toml", _) => "lensai.toml",
            ("python" | "typescript" | "tsx" | "javascript" | "notebook", name) => name,
            ("requests" | "prompts" | "routes" | "reach", _) => {
                found.push(Written { line, files: std::mem::take(&mut files), requests: block });
                continue;
            }
            (other, _) => panic!("{}:{line}: what is a block of {other}?", path.display()),
        };
        files.push(File { language: language.to_owned(), path: name.to_owned(), text: block });
    }
    assert!(files.is_empty(), "{}: a program without its requests", path.display());
    found
}

/// Line, language (and path), and text of each code block.
fn blocks(text: &str) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String, String)> = None;
    for (line, text) in (1..).zip(text.lines()) {
        match (text.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(kind), None) => open = Some((line, kind.to_owned(), String::new())),
            (None, Some((_, _, block))) => {
                block.push_str(text);
                block.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}
