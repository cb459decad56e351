//! What is looked at as one text, and what is known of it.

use std::sync::Arc;

use lensai_checks::Settings as Levels;
use lensai_ide::{Context, FileView};
use lensai_models::Date;
use tokio::sync::watch;
use tower_lsp::ls_types::Uri;

use super::source::{Document, Source};
use crate::engine::pricing::Pricing;
use crate::engine::settings::Settings;
use crate::engine::workspace::Analysis;

/// A document or notebook, from when it is opened until it is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct UnitId(pub(crate) u64);

/// A document or notebook that is open.
pub(super) struct Unit {
    pub(super) source: Arc<Source>,
    /// The cells of a notebook, in order.
    pub(super) cells: Option<Vec<Cell>>,
    /// What is known; of an earlier state until something is known of this one.
    pub(super) known: watch::Sender<Option<Arc<Known>>>,
}

/// A cell of a notebook.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) document: Arc<Document>,
    /// It is Python.
    pub(super) is_code: bool,
}

impl Unit {
    pub(super) fn new(source: Arc<Source>, cells: Option<Vec<Cell>>) -> Self {
        Self { source, cells, known: watch::Sender::default() }
    }

    pub(super) fn document(&self, uri: &Uri) -> Option<&Arc<Document>> {
        match &self.cells {
            Some(cells) => cells.iter().map(|cell| &cell.document).find(|document| document.uri == *uri),
            None => self.source.part(uri).map(|part| &part.document),
        }
    }

    /// Puts a document in the place of its older state.
    pub(super) fn replace(&mut self, document: Arc<Document>, edit: u64) {
        match &mut self.cells {
            None => self.source = Arc::new(Source::of_document(edit, document)),
            Some(cells) => {
                if let Some(cell) = cells.iter_mut().find(|cell| cell.document.uri == document.uri) {
                    cell.document = document;
                }
                self.rejoin(edit);
            }
        }
    }

    /// Joins the cells again.
    pub(super) fn rejoin(&mut self, edit: u64) {
        let Some(cells) = &self.cells else { return };
        let code: Vec<_> = cells.iter().filter(|cell| cell.is_code).map(|cell| Arc::clone(&cell.document)).collect();
        self.source = Arc::new(Source::of_cells(edit, &code));
    }
}

/// What is known of a text in one state.
pub(super) struct Known {
    pub(super) source: Arc<Source>,
    /// None when a fault of this program kept it from being found out.
    pub(super) found: Option<Found>,
}

/// What was found in a text, and what that rests on.
pub(super) struct Found {
    pub(super) analysis: Arc<Analysis>,
    pub(super) workspace: Arc<Settings>,
    pub(super) pricing: Arc<Pricing>,
    pub(super) date: Date,
    /// Tokens were counted before the vocabularies were read.
    pub(super) is_rough: bool,
    /// How loud each finding is.
    pub(super) levels: Arc<Levels>,
}

impl Known {
    /// Whether an editor shows the same for both.
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        match (&self.found, &other.found) {
            (Some(one), Some(other)) => {
                (Arc::ptr_eq(&one.analysis, &other.analysis) || one.analysis == other.analysis)
                    && one.workspace == other.workspace
                    && one.date == other.date
            }
            (one, other) => one.is_none() && other.is_none(),
        }
    }
}

impl Found {
    /// For the features.
    pub(super) fn view<'a>(&'a self, source: &'a Source) -> FileView<'a> {
        let analysis = &self.analysis;
        FileView {
            path: &analysis.path,
            language: analysis.language,
            text: &source.text,
            calls: &analysis.calls,
            directives: &analysis.directives,
            findings: &analysis.findings,
            functions: &analysis.functions,
            wrappers: &analysis.wrappers,
        }
    }

    /// For the features.
    pub(super) fn context(&self) -> Context<'_> {
        Context {
            catalogue: &self.pricing.catalogue,
            today: self.date,
            traffic: &self.workspace.workspace.traffic,
            policy: &self.workspace.workspace.policy,
        }
    }
}
