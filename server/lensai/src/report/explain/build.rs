//! From what the engine knows to the report.

use std::collections::HashMap;
use std::sync::Arc;

use lensai_calls::explain::{Explained, Found, Missed, Outcome, explain};
use lensai_calls::{Call, Database, Directive, calls, directives};
use lensai_cost::Assumptions;
use lensai_models::Date;
use lensai_semantics::SourceFile;
use lensai_semantics::trail::{Spot, Step};
use lensai_text::{Encoding, LineColumn, LineIndex, Notebook, Span};

use super::{
    CallExplained, DescriptionExplained, ExplainReport, NearExplained, NotFound, PlaceExplained, SlotExplained,
    StepExplained, said,
};
use crate::engine::pricing::Pricing;
use crate::report::build::position;
use crate::report::json::{ErrorReport, Range};
use crate::{engine, engine::explain::TextOf};

/// Explains places of files.
pub struct Explainer<'a> {
    /// The state that is explained.
    pub(crate) database: &'a Database,
    /// Gives the text of a file, and its cells if it is a notebook.
    pub(crate) text_of: TextOf<'a>,
    /// How places name a file of the database.
    pub(crate) shown: &'a dyn Fn(&str) -> String,
    pub(crate) pricing: &'a Pricing,
    pub(crate) assumptions: Assumptions,
    pub(crate) date: Date,
}

/// So much of a line is shown, in characters.
const LONGEST_LINE: usize = 200;

/// A file with what turns offsets into places.
pub(super) struct Paged {
    pub(super) text: Arc<str>,
    notebook: Option<Notebook>,
    index: LineIndex,
}

/// What is needed while one report is built.
pub(super) struct Builder<'a> {
    pub(super) explainer: &'a Explainer<'a>,
    files: HashMap<SourceFile, Arc<Paged>>,
}

impl Explainer<'_> {
    /// Explains a line of a file, or a column in it; says what of the place is not there.
    pub fn line(
        &self,
        file: SourceFile,
        cell: Option<u32>,
        line: u32,
        column: Option<u32>,
    ) -> Result<ExplainReport, String> {
        let mut builder = Builder { explainer: self, files: HashMap::new() };
        let paged = builder.file(file);
        let within = paged.line(cell, line, column)?;
        Ok(builder.report(file, within, (cell, line, column)))
    }

    /// Explains what stands at an offset of a file.
    pub fn offset(&self, file: SourceFile, offset: u32) -> ExplainReport {
        let mut builder = Builder { explainer: self, files: HashMap::new() };
        let paged = builder.file(file);
        let (cell, at, _) = paged.range(Span::new(offset, offset));
        builder.report(file, Span::new(offset, offset + 1), (cell, at.line, Some(at.column)))
    }

    /// A report that has only to say why nothing is looked for in a file.
    pub fn nothing(&self, path: &str, (cell, line, column): (Option<u32>, u32, Option<u32>)) -> ExplainReport {
        ExplainReport::of((self.shown)(path), cell, line, column)
    }
}

impl Paged {
    pub(super) fn new(text: Arc<str>, notebook: Option<Notebook>) -> Self {
        Self { index: LineIndex::new(&text), text, notebook }
    }

    /// The span of a line, or from a column on one character.
    fn line(&self, cell: Option<u32>, line: u32, column: Option<u32>) -> Result<Span, String> {
        let no = |what: String| Err(what);
        let (first, count) = match (&self.notebook, cell) {
            (None, _) => (0, self.index.line_count()),
            (Some(notebook), Some(index)) => {
                let Some(cell) = notebook.cells.iter().find(|cell| cell.index == index) else {
                    return no(format!("has no code cell {index}"));
                };
                let first = self.position(cell.span.start).line - 1;
                (first, self.position(cell.span.end).line - first)
            }
            (Some(_), None) => return no("is a notebook: say FILE:CELL:LINE".to_owned()),
        };
        if line == 0 || line > count {
            let lines = if count == 1 { "1 line".to_owned() } else { format!("{count} lines") };
            return no(format!("has no line {line}: there are {lines}"));
        }
        let at = |line, column| self.index.offset(LineColumn { line, column }, Encoding::Utf32, &self.text);
        let (start, end) = (at(first + line - 1, 0), at(first + line, 0));
        let end = if end > start { end } else { u32::try_from(self.text.len()).unwrap_or(u32::MAX) };
        match column {
            Some(0) => no("has no column 0: columns count from 1".to_owned()),
            Some(column) => {
                let offset = at(first + line - 1, column - 1).min(end);
                Ok(Span::new(offset, offset + 1))
            }
            None => {
                // Without the white space around it: a call ends before it.
                let text = self.text.get(start as usize..end as usize).unwrap_or_default();
                let blank = |text: &str, trimmed: &str| u32::try_from(text.len() - trimmed.len()).unwrap_or(0);
                let (before, after) = (blank(text, text.trim_start()), blank(text, text.trim_end()));
                if text.trim().is_empty() {
                    Ok(Span::new(start, end))
                } else {
                    Ok(Span::new(start + before, end - after))
                }
            }
        }
    }

    fn position(&self, offset: u32) -> engine::Position {
        let at = self.index.line_column(offset, Encoding::Utf32, &self.text);
        engine::Position { line: at.line + 1, column: at.column + 1 }
    }

    fn range(&self, span: Span) -> (Option<u32>, engine::Position, engine::Position) {
        let cell = self.notebook.as_ref().and_then(|notebook| notebook.cell_at(span.start));
        let first = cell.map_or(0, |cell| self.position(cell.span.start).line - 1);
        let within = |at: engine::Position| engine::Position { line: at.line.saturating_sub(first), ..at };
        (cell.map(|cell| cell.index), within(self.position(span.start)), within(self.position(span.end)))
    }

    /// The line in which a span begins, without the white space around it.
    fn code(&self, span: Span) -> String {
        let start = span.start as usize;
        let (before, after) = (self.text.get(..start).unwrap_or_default(), self.text.get(start..).unwrap_or_default());
        let begin = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let rest = after.find(['\n', '\r']).unwrap_or(after.len());
        let line = self.text.get(begin..start + rest).unwrap_or_default().trim();
        // Lines of generated code may be as long as the file.
        line.chars().take(LONGEST_LINE).collect()
    }
}

impl Builder<'_> {
    pub(super) fn file(&mut self, file: SourceFile) -> Arc<Paged> {
        let explainer = self.explainer;
        let read = || {
            let (text, notebook) = (explainer.text_of)(file);
            Arc::new(Paged::new(text, notebook))
        };
        Arc::clone(self.files.entry(file).or_insert_with(read))
    }

    fn report(&mut self, file: SourceFile, within: Span, at: (Option<u32>, u32, Option<u32>)) -> ExplainReport {
        let database = self.explainer.database;
        let mut report = self.explainer.nothing(file.path(database), at);
        let found = calls(database, file);
        let comments = directives(database, file);
        let mut explained = explain(database, file, within);
        // The innermost request of a place counts, where one is picked.
        if within.len() == 1 && explained.iter().any(|one| matches!(one.outcome, Outcome::Found(_))) {
            let inner = explained.iter().map(|one| one.span.len()).min();
            explained.retain(|one| Some(one.span.len()) == inner);
        }
        for one in explained {
            let call = found.iter().find(|call| call.span == one.span);
            report.calls.push(self.call(file, &one, call, &comments));
        }
        report.errors = self.errors(file);
        report
    }

    fn errors(&mut self, file: SourceFile) -> Vec<ErrorReport> {
        use lensai_syntax::hir::Problem;
        let database = self.explainer.database;
        let path = (self.explainer.shown)(file.path(database));
        let paged = self.file(file);
        let problems = lensai_semantics::facts(database, file).problems.clone();
        let message = |problem: &Problem| match problem {
            Problem::SyntaxError(span) => {
                let (_, at, _) = paged.range(*span);
                format!("syntax error at line {}, column {}; what stands around it was read", at.line, at.column)
            }
            Problem::Deadline => "parsing took too long and was given up: nothing of the file is known".to_owned(),
            Problem::TooLarge => "too large to be parsed: nothing of the file is known".to_owned(),
        };
        problems.iter().map(|problem| ErrorReport { path: path.clone(), message: message(problem) }).collect()
    }

    fn call(
        &mut self,
        file: SourceFile,
        explained: &Explained,
        call: Option<&Call>,
        comments: &[Directive],
    ) -> CallExplained {
        let paged = self.file(file);
        let (_, start, end) = paged.range(explained.span);
        let callee = paged.text.get(explained.callee.range()).unwrap_or_default();
        let callee: String = callee.split_whitespace().collect();
        let (request, not_found) = match (&explained.outcome, call) {
            (Outcome::Found(found), Some(call)) => (Some(self.request(file, found, call, comments)), None),
            (Outcome::Found(found), None) => (None, Some(self.found_nowhere(found))),
            (Outcome::Missed(missed), _) => (None, Some(self.missed(missed))),
        };
        let range = Range { start: position(start), end: position(end) };
        let leads_to = if request.is_none() { self.leads_to(file, explained.span) } else { None };
        CallExplained { range, callee, request, not_found, leads_to }
    }

    fn missed(&mut self, missed: &Missed) -> NotFound {
        let (kind, text) = said::callee(missed);
        let near = missed.near.iter().map(|near| {
            let (failed, text) = said::failed(&near.failed);
            NearExplained { description: description(&near.description), failed: failed.to_owned(), text }
        });
        NotFound {
            callee: missed.callee.clone(),
            kind: kind.to_owned(),
            text,
            near: near.collect(),
            steps: self.steps(&missed.steps),
        }
    }

    /// A call that is a request but for what the list of calls says: it must not be, and is shown as it is.
    fn found_nowhere(&mut self, found: &Found) -> NotFound {
        let text = "it is described, but is not among the calls of the file".to_owned();
        let steps = self.steps(&found.receiver);
        NotFound { callee: String::new(), kind: "unknown".to_owned(), text, steps, near: Vec::new() }
    }

    pub(super) fn steps(&mut self, steps: &[Step]) -> Vec<StepExplained> {
        let shown = steps.iter().map(|step| {
            let (kind, text) = said::step(&step.what);
            StepExplained {
                after: step.after,
                kind: kind.to_owned(),
                text,
                place: step.spot.map(|spot| self.place(spot)),
            }
        });
        shown.collect()
    }

    pub(super) fn place(&mut self, spot: Spot) -> PlaceExplained {
        let paged = self.file(spot.file);
        let (cell, start, end) = paged.range(spot.span);
        PlaceExplained {
            path: (self.explainer.shown)(spot.file.path(self.explainer.database)),
            cell,
            range: Range { start: position(start), end: position(end) },
            code: paged.code(spot.span),
        }
    }

    pub(super) fn slot(&mut self, slot: &lensai_calls::explain::Slot) -> SlotExplained {
        SlotExplained {
            slot: slot.name.to_string(),
            source: slot.source.clone(),
            sources: slot.sources.clone(),
            steps: self.steps(&slot.steps),
        }
    }
}

pub(super) fn description(of: &lensai_calls::explain::Description) -> DescriptionExplained {
    DescriptionExplained {
        sdk: of.sdk.to_string(),
        file: of.file.to_string(),
        table: of.table.to_owned(),
        number: of.number,
        pattern: of.pattern.clone(),
    }
}
