//! Jupyter notebooks: their Python cells as one text.

use serde_json::Value;

use crate::Span;
use crate::magics;

/// The Python of a notebook.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notebook {
    /// The sources of the code cells, joined by line feeds; magics are blank.
    pub text: String,
    /// The cells of which the text is made, in order.
    pub cells: Vec<NotebookCell>,
    /// What could not be read, in words: the whole file or single cells.
    pub problem: Option<String>,
}

/// A code cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NotebookCell {
    /// Index of the cell in the file, from 0, counting cells of every type.
    pub index: u32,
    /// Its source in [`Notebook::text`].
    pub span: Span,
}

impl Notebook {
    /// Reads a `.ipynb` file of format 3 or 4. Code of other languages than Python is left out and no problem.
    pub fn parse(json: &str) -> Self {
        let root: Value = match serde_json::from_str(json) {
            Ok(root) => root,
            // Says the line and column.
            Err(error) => return Self::broken(format!("not a notebook: {error}")),
        };
        let cells: Vec<&Value> = if let Some(cells) = root.get("cells").and_then(Value::as_array) {
            cells.iter().collect()
        } else if let Some(sheets) = root.get("worksheets").and_then(Value::as_array) {
            sheets.iter().filter_map(|sheet| sheet.get("cells")?.as_array()).flatten().collect()
        } else {
            return Self::broken("not a notebook: it has no list of cells".to_owned());
        };
        if !is_python(&root) {
            return Self::default();
        }
        let mut notebook = Self::default();
        let mut problems = 0;
        for (index, cell) in (0..).zip(cells) {
            match source(cell) {
                Ok(Some(source)) => notebook.push(index, &source),
                Ok(None) => {}
                Err(problem) => {
                    problems += 1;
                    notebook.problem.get_or_insert_with(|| format!("cell {index} skipped: {problem}"));
                }
            }
        }
        if let (Some(problem), 2..) = (&mut notebook.problem, problems) {
            *problem = format!("{problem} (and {} more)", problems - 1);
        }
        notebook
    }

    /// The notebook of the sources of its code cells, each with its index among all cells.
    pub fn of_cells<'a>(cells: impl IntoIterator<Item = (u32, &'a str)>) -> Self {
        let mut notebook = Self::default();
        for (index, source) in cells {
            notebook.push(index, source);
        }
        notebook
    }

    /// The cell that holds an offset of the text; the line feed after a cell belongs to it.
    pub fn cell_at(&self, offset: u32) -> Option<&NotebookCell> {
        let after = self.cells.partition_point(|cell| cell.span.start <= offset);
        let cell = self.cells.get(after.checked_sub(1)?)?;
        (offset <= cell.span.end).then_some(cell)
    }

    fn broken(problem: String) -> Self {
        Self { problem: Some(problem), ..Self::default() }
    }

    fn push(&mut self, index: u32, source: &str) {
        if !self.cells.is_empty() {
            self.text.push('\n');
        }
        let start = length(self.text.len());
        self.text.push_str(&magics::blanked(source));
        self.cells.push(NotebookCell { index, span: Span::new(start, length(self.text.len())) });
    }
}

/// Whether a notebook's code is Python; one that does not say is.
fn is_python(root: &Value) -> bool {
    let metadata = root.get("metadata");
    let language = |of: &str, key: &str| metadata?.get(of)?.get(key)?.as_str();
    let said = language("kernelspec", "language").or_else(|| language("language_info", "name"));
    said.is_none_or(is_python_name)
}

fn is_python_name(language: &str) -> bool {
    let language = language.trim().to_ascii_lowercase();
    language.is_empty() || language.contains("python")
}

/// The source of a code cell in Python.
fn source(cell: &Value) -> Result<Option<String>, &'static str> {
    let kind = cell.get("cell_type").and_then(Value::as_str).ok_or("it has no type")?;
    // Format 3 names the language in the cell, some editors in its metadata.
    let language = cell.get("language").or_else(|| cell.get("metadata")?.get("vscode")?.get("languageId"));
    if kind != "code" || !language.and_then(Value::as_str).is_none_or(is_python_name) {
        return Ok(None);
    }
    match cell.get("source").or_else(|| cell.get("input")) {
        Some(Value::String(source)) => Ok(Some(source.clone())),
        Some(Value::Array(lines)) => {
            let lines: Option<String> = lines.iter().map(Value::as_str).collect();
            lines.map(Some).ok_or("its source is not text")
        }
        Some(_) => Err("its source is not text"),
        None => Err("it has no source"),
    }
}

fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells(notebook: &Notebook) -> Vec<(u32, &str)> {
        notebook.cells.iter().map(|cell| (cell.index, &notebook.text[cell.span.range()])).collect()
    }

    #[test]
    fn code_cells_are_joined() {
        let notebook = Notebook::parse(
            r##"{"nbformat": 4, "metadata": {"kernelspec": {"language": "python"}}, "cells": [
                {"cell_type": "markdown", "source": ["# title"]},
                {"cell_type": "code", "source": ["import openai\n", "x = 'é'"], "outputs": []},
                {"cell_type": "raw", "source": "raw"},
                {"cell_type": "code", "source": "!ls\ny = 2"},
                {"cell_type": "code", "source": []},
                {"cell_type": "code", "source": "let z", "metadata": {"vscode": {"languageId": "javascript"}}}]}"##,
        );
        assert_eq!(notebook.text, "import openai\nx = 'é'\n   \ny = 2\n");
        assert_eq!(cells(&notebook), [(1, "import openai\nx = 'é'"), (3, "   \ny = 2"), (4, "")]);
        assert_eq!(notebook.problem, None);
        let at = |offset| notebook.cell_at(offset).map(|cell| cell.index);
        let places = [1, 1, 3, 3, 3, 3, 4].map(Some);
        assert_eq!([0, 22, 23, 24, 31, 32, 33].map(at), places);
        assert_eq!(at(34), None);
    }

    #[test]
    fn format_three() {
        let notebook = Notebook::parse(
            r#"{"nbformat": 3, "worksheets": [
                {"cells": [{"cell_type": "heading", "source": "a"}, {"cell_type": "code", "language": "python", "input": ["a"]}]},
                {"cells": [{"cell_type": "code", "language": "ruby", "input": "b"}, {"cell_type": "code", "input": "c"}]}]}"#,
        );
        assert_eq!(cells(&notebook), [(1, "a"), (3, "c")]);
    }

    #[test]
    fn other_languages_are_no_problem() {
        for metadata in [r#"{"kernelspec": {"language": "R"}}"#, r#"{"language_info": {"name": "julia"}}"#] {
            let json = format!(r#"{{"metadata": {metadata}, "cells": [{{"cell_type": "code", "source": "x"}}]}}"#);
            assert_eq!(Notebook::parse(&json), Notebook::default());
        }
        for metadata in ["{}", "1", r#"{"kernelspec": {"language": "ipython3"}}"#, r#"{"kernelspec": {"language": 1}}"#]
        {
            let json = format!(r#"{{"metadata": {metadata}, "cells": [{{"cell_type": "code", "source": "x"}}]}}"#);
            assert_eq!(Notebook::parse(&json).text, "x");
        }
    }

    #[test]
    fn broken_files_say_where() {
        for (json, problem) in [
            ("", "not a notebook: EOF while parsing a value at line 1 column 0"),
            ("{\"cells\": [\n{", "not a notebook: EOF while parsing an object at line 2 column 1"),
            ("[]", "not a notebook: it has no list of cells"),
            ("{\"cells\": {}}", "not a notebook: it has no list of cells"),
        ] {
            let notebook = Notebook::parse(json);
            assert_eq!((notebook.problem.as_deref(), notebook.text.as_str()), (Some(problem), ""), "{json}");
        }
        let deep = Notebook::parse(&format!("{{\"cells\": {}", "[".repeat(5000)));
        assert!(deep.problem.is_some_and(|problem| problem.contains("recursion limit exceeded at line 1")));
    }

    #[test]
    fn odd_cells_are_skipped_one_by_one() {
        let notebook = Notebook::parse(
            r#"{"cells": [1, {"cell_type": "code", "source": "a"}, {"cell_type": "code"},
                {"cell_type": "code", "source": ["b", 2]}, {"cell_type": "markdown"}]}"#,
        );
        assert_eq!(notebook.text, "a");
        assert_eq!(notebook.problem.as_deref(), Some("cell 0 skipped: it has no type (and 2 more)"));
        let one = Notebook::parse(r#"{"cells": [{"cell_type": "code", "source": 1}]}"#);
        assert_eq!(one.problem.as_deref(), Some("cell 0 skipped: its source is not text"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_sources_have_their_place(sources in prop::collection::vec(any::<String>(), 0..6), end in any::<usize>()) {
            let cells: Vec<Value> =
                sources.iter().map(|source| serde_json::json!({"cell_type": "code", "source": source})).collect();
            let json = serde_json::json!({ "cells": cells }).to_string();
            let notebook = Notebook::parse(&json);
            prop_assert_eq!(notebook.cells.len(), sources.len());
            for (cell, source) in notebook.cells.iter().zip(&sources) {
                prop_assert_eq!(notebook.text.get(cell.span.range()).map(str::len), Some(source.len()));
                prop_assert_eq!(notebook.cell_at(cell.span.end).map(|cell| cell.index), Some(cell.index));
            }
            let cut = json.floor_char_boundary(end % (json.len() + 1));
            Notebook::parse(&json[..cut]);
        }

        #[test]
        fn any_text_is_read(text in any::<String>()) {
            Notebook::parse(&text);
        }
    }
}
