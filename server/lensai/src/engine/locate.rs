//! From byte spans to places that people and scripts can use.

use lensai_calls::{Call, Database, module_name, remembered_calls};
use lensai_semantics::{SourceFile, facts};
use lensai_syntax::hir::Problem;
use lensai_text::{Encoding, LineIndex, Notebook, Span};

use super::source::{Source, Sources};
use super::{LocatedCall, Position, ScanError};

/// The calls of a file with their places, and what could not be read of it. `path` is how reports name it.
pub(crate) fn file(
    database: &Database,
    sources: &Sources,
    file: SourceFile,
    path: &str,
) -> (Vec<LocatedCall>, Vec<ScanError>) {
    let found = remembered_calls(database, file);
    let facts = facts(database, file);
    if found.is_empty() && facts.problems.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let source = sources.read(file.path(database));
    let places = Places::new(source);
    let module = module_name(path);
    let located = found.iter().cloned().map(|call| {
        let (cell, start, end) = places.range(call.span);
        LocatedCall {
            path: path.to_owned(),
            language: file.language(database),
            cell,
            start,
            end,
            function: qualified(&module, &call),
            routes: Vec::new(),
            call,
        }
    });
    let errors = facts.problems.iter().map(|problem| {
        let message = match problem {
            Problem::SyntaxError(span) => {
                let (cell, at, _) = places.range(*span);
                let cell = cell.map(|cell| format!("cell {cell}, ")).unwrap_or_default();
                format!("syntax error at {cell}line {}, column {}; what stands around it was read", at.line, at.column)
            }
            Problem::Deadline => "parsing took too long and was given up".to_owned(),
            Problem::TooLarge => "too large to be parsed".to_owned(),
        };
        ScanError { path: path.to_owned(), message }
    });
    (located.collect(), errors.collect())
}

/// Turns spans in the text of a file into places in the file.
pub(crate) struct Places {
    source: Source,
    index: LineIndex,
}

impl Places {
    /// Of a source as it was read.
    pub(crate) fn new(source: Source) -> Self {
        Self { index: LineIndex::new(&source.text), source }
    }

    /// The cell, first character and end of a span; in a notebook both places count from the start of the cell.
    pub(crate) fn range(&self, span: Span) -> (Option<u32>, Position, Position) {
        let cell = self.source.notebook.as_ref().and_then(|notebook: &Notebook| notebook.cell_at(span.start));
        let first_line = cell.map_or(0, |cell| self.position(cell.span.start).line - 1);
        let within = |position: Position| Position { line: position.line.saturating_sub(first_line), ..position };
        (cell.map(|cell| cell.index), within(self.position(span.start)), within(self.position(span.end)))
    }

    fn position(&self, offset: u32) -> Position {
        let at = self.index.line_column(offset, Encoding::Utf32, &self.source.text);
        Position { line: at.line + 1, column: at.column + 1 }
    }
}

/// The function around a call with its module before it; the module itself at the top level.
fn qualified(module: &str, call: &Call) -> String {
    if call.function.is_empty() { module.to_owned() } else { format!("{module}.{}", call.function) }
}
