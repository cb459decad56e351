//! The text of what is looked at, and how it comes about: one document, or the cells of a notebook.

use std::sync::Arc;

use lensai_text::{Encoding, LineIndex, Notebook, Span};
use tower_lsp::ls_types::{Position, Range, TextDocumentContentChangeEvent, Uri};

use super::convert;

/// A text document of the client: a file, or a cell of a notebook. It is replaced by every edit.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub(super) uri: Uri,
    /// As the client counts.
    pub(super) version: i32,
    pub(super) text: Arc<str>,
    pub(super) lines: Arc<LineIndex>,
}

impl Document {
    pub(super) fn new(uri: Uri, version: i32, text: &str) -> Self {
        Self { uri, version, lines: Arc::new(LineIndex::new(text)), text: Arc::from(text) }
    }

    /// The document after edits, which are made one after another. What lies outside of the text is clamped.
    pub(super) fn edited(&self, version: i32, changes: &[TextDocumentContentChangeEvent], encoding: Encoding) -> Self {
        let mut text = self.text.to_string();
        let mut lines: Option<LineIndex> = None;
        for change in changes {
            match change.range {
                None => text.clone_from(&change.text),
                Some(range) => {
                    let lines = lines.as_ref().unwrap_or(&self.lines);
                    let start = lines.offset(convert::line_column(range.start), encoding, &text) as usize;
                    let end = lines.offset(convert::line_column(range.end), encoding, &text) as usize;
                    text.replace_range(start..end.max(start), &change.text);
                }
            }
            lines = Some(LineIndex::new(&text));
        }
        let lines = lines.map_or_else(|| Arc::clone(&self.lines), Arc::new);
        Self { uri: self.uri.clone(), version, text: text.into(), lines }
    }

    /// The offset of a position.
    pub(super) fn offset(&self, position: Position, encoding: Encoding) -> u32 {
        self.lines.offset(convert::line_column(position), encoding, &self.text)
    }

    /// The range of a span.
    pub(super) fn range(&self, span: Span, encoding: Encoding) -> Range {
        let position = |offset| convert::position(self.lines.line_column(offset, encoding, &self.text));
        Range::new(position(span.start), position(span.end.max(span.start)))
    }
}

/// What is looked at as one text, in one state.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// Counts the states of all texts: a later one has a higher number.
    pub(super) edit: u64,
    /// The document, or the code cells of the notebook in order.
    pub(super) parts: Vec<Part>,
    /// The joined text; of a notebook without magics.
    pub(super) text: Arc<str>,
}

/// A document within a [`Source`].
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) document: Arc<Document>,
    /// Where its text starts in the joined text. It is as long there as it is in itself.
    pub(super) start: u32,
}

impl Source {
    /// The one of a single document.
    pub(super) fn of_document(edit: u64, document: Arc<Document>) -> Self {
        let text = Arc::clone(&document.text);
        Self { edit, parts: vec![Part { document, start: 0 }], text }
    }

    /// The one of the cells of a notebook.
    pub(super) fn of_cells(edit: u64, cells: &[Arc<Document>]) -> Self {
        let joined = Notebook::of_cells((0..).zip(cells.iter().map(|cell| &*cell.text)));
        let parts = joined.cells.iter().zip(cells);
        let parts = parts.map(|(cell, document)| Part { document: Arc::clone(document), start: cell.span.start });
        Self { edit, parts: parts.collect(), text: joined.text.into() }
    }

    /// The part that is this document.
    pub(super) fn part(&self, uri: &Uri) -> Option<&Part> {
        self.parts.iter().find(|part| part.document.uri == *uri)
    }

    /// The part in which an offset of the joined text lies.
    pub(super) fn part_at(&self, offset: u32) -> Option<&Part> {
        let after = self.parts.partition_point(|part| part.start <= offset);
        self.parts.get(after.checked_sub(1)?)
    }
}

impl Part {
    /// The offset in the joined text of a position in the document.
    pub(super) fn offset(&self, position: Position, encoding: Encoding) -> u32 {
        self.start.saturating_add(self.document.offset(position, encoding))
    }

    /// The span in the joined text of a range in the document.
    pub(super) fn span(&self, range: Range, encoding: Encoding) -> Span {
        Span::new(self.offset(range.start, encoding), self.offset(range.end, encoding))
    }

    /// The range in the document of a span in the joined text.
    pub(super) fn range(&self, span: Span, encoding: Encoding) -> Range {
        let within = Span::new(span.start.saturating_sub(self.start), span.end.saturating_sub(self.start));
        self.document.range(within, encoding)
    }

    /// Whether an offset of the joined text lies in the document, or at its end.
    pub(super) fn holds(&self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end()
    }

    fn end(&self) -> u32 {
        self.start.saturating_add(u32::try_from(self.document.text.len()).unwrap_or(u32::MAX))
    }
}
