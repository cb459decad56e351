//! A folder with one bad file and one good, and what a scan says of it.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::support;

/// A folder that is scanned.
pub(crate) struct Tree {
    folder: TempDir,
}

/// What a scan says of all files but the good one.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) calls: Vec<Place>,
    /// Path and message.
    pub(crate) errors: Vec<(String, String)>,
}

/// A call that is found.
#[derive(Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) path: String,
    pub(crate) cell: Option<u64>,
    pub(crate) line: u64,
    pub(crate) column: u64,
    /// `?` when it is not known.
    pub(crate) model: String,
}

const GOOD: &str = "beside.py";
pub(crate) const PYTHON_CLIENT: &str = "from openai import OpenAI\nclient = OpenAI()\n";
pub(crate) const SCRIPT_CLIENT: &str = "import OpenAI from 'openai';\nconst client = new OpenAI();\n";

/// As deep as no code is.
pub(crate) const DEEP: usize = 5_000;

/// A request, in either language; a model of its own tells it from others.
pub(crate) fn request(language: &str, model: &str) -> String {
    if language == "py" {
        format!("client.chat.completions.create(model=\"{model}\", messages=[])")
    } else {
        format!("client.chat.completions.create({{model: \"{model}\", messages: []}})")
    }
}

/// A program with a request before and one after what is tried.
pub(crate) fn around(language: &str, middle: &str) -> String {
    let (client, end) = if language == "py" { (PYTHON_CLIENT, "") } else { (SCRIPT_CLIENT, ";") };
    let (before, after) = (request(language, "before"), request(language, "after"));
    format!("{client}{before}{end}\n{middle}\n{after}{end}\n")
}

impl Tree {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Ends the search for a lensai.toml: none above it matters.
        fs::create_dir(folder.path().join(".git")).unwrap();
        let tree = Self { folder };
        tree.with(GOOD, format!("{PYTHON_CLIENT}{}\n", request("py", "gpt-4o")))
    }

    /// One bad file.
    pub(crate) fn of(path: &str, content: impl AsRef<[u8]>) -> Self {
        Self::new().with(path, content)
    }

    pub(crate) fn with(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn scan(&self) -> Found {
        self.scan_with(&[])
    }

    pub(crate) fn scan_with(&self, options: &[&str]) -> Found {
        let args = [&["scan", ".", "--format", "json"], options].concat();
        Found::of(&support::lensai(self.path(), &args))
    }
}

impl Found {
    pub(crate) fn of(run: &support::Run) -> Self {
        let document = run.json();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let place = |call: &serde_json::Value| Place {
            path: text(&call["path"]),
            cell: call["cell"].as_u64(),
            line: call["range"]["start"]["line"].as_u64().unwrap(),
            column: call["range"]["start"]["column"].as_u64().unwrap(),
            model: call["model"].as_str().unwrap_or("?").to_owned(),
        };
        let is_direct = |call: &&serde_json::Value| call["kind"] == "direct";
        let mut calls: Vec<Place> = document["calls"].as_array().unwrap().iter().filter(is_direct).map(place).collect();
        let errors =
            document["errors"].as_array().unwrap().iter().map(|error| (text(&error["path"]), text(&error["message"])));
        let good = calls.iter().position(|call| call.path == GOOD).expect("the good file beside is lost");
        assert_eq!((calls[good].line, calls[good].model.as_str()), (3, "gpt-4o"));
        calls.remove(good);
        Self { calls, errors: errors.collect() }
    }

    /// Lines, columns and models.
    pub(crate) fn places(&self) -> Vec<(u64, u64, &str)> {
        self.calls.iter().map(|call| (call.line, call.column, call.model.as_str())).collect()
    }

    pub(crate) fn models(&self) -> Vec<&str> {
        self.calls.iter().map(|call| call.model.as_str()).collect()
    }

    /// Whether an entry of `errors` names a file with words like these.
    pub(crate) fn says(&self, path: &str, words: &str) -> bool {
        self.errors.iter().any(|(of, message)| of == path && message.contains(words))
    }

    /// There is no error, and the requests of [`around`] are found beside these.
    pub(crate) fn is_whole(&self, middle: &[&str], what: &str) {
        assert_eq!(self.errors, [], "{what:.200}");
        let expected = [&["before"], middle, &["after"]].concat();
        assert_eq!(self.models(), expected, "{what:.200}");
    }

    /// The requests of [`around`] are found, or the file is named: enough for what is beyond any real code.
    pub(crate) fn is_whole_or_said(&self, path: &str, what: &str) {
        let whole = ["before", "after"].iter().all(|model| self.models().contains(model));
        assert!(whole || self.says(path, ""), "{what:.200}: {self:?}");
    }
}

/// Scans a file that is hard on a program in each language, whatever the good calls around it.
pub(crate) fn hard(language: &str, middle: &str) -> (Found, String) {
    let path = format!("hard.{language}");
    let tree = Tree::of(&path, around(language, middle));
    (tree.scan_with(&["--parse-all"]), path)
}

/// Many times the same, in lines that are short enough not to be taken for those of a minified script.
pub(crate) fn many(piece: &str, times: usize) -> String {
    let mut text = String::new();
    let mut line = 0;
    for _ in 0..times {
        text.push_str(piece);
        line += piece.len();
        if line > 100 {
            text.push('\n');
            line = 0;
        }
    }
    text
}

pub(crate) fn all_found(language: &str, middle: &str) {
    hard(language, middle).0.is_whole(&[], middle);
}

pub(crate) fn found_or_said(language: &str, middle: &str) {
    let (found, path) = hard(language, middle);
    found.is_whole_or_said(&path, middle);
}
