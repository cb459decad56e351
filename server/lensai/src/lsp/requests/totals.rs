//! `lensai/totals`: what the calls of a file or of all folders cost together. docs/lsp.md has its contract.

use std::collections::BTreeMap;
use std::path::Path;

use lensai_models::Money;
use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::Uri;

use crate::engine::workspace::{FileCalls, Index};

/// What is asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct TotalsParams {
    /// An open document; without one all folders are meant.
    #[serde(default)]
    pub(crate) uri: Option<Uri>,
}

/// Sums over the calls of what was asked for, each counted once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Totals {
    /// By file, sorted by URI; files without calls are left out, unless they are what was asked for.
    pub(crate) files: Vec<FileTotal>,
    /// By model, the dearest first.
    pub(crate) models: Vec<ModelTotal>,
    /// By route, task, command, …: what one request of each costs, sorted by name. Of all folders only.
    pub(crate) routes: Vec<RouteTotal>,
    /// Of everything.
    #[serde(rename = "totals")]
    pub(crate) all: Sum,
    /// All calls of what was asked for are in the sums: nobody and nothing kept them from being found.
    pub(crate) complete: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FileTotal {
    pub(crate) uri: String,
    #[serde(flatten)]
    pub(crate) sum: Sum,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ModelTotal {
    /// As the code names it; null for calls whose model is not known.
    pub(crate) model: Option<String>,
    #[serde(flatten)]
    pub(crate) sum: Sum,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RouteTotal {
    pub(crate) route: String,
    #[serde(flatten)]
    pub(crate) sum: Sum,
    /// Some of it is done an unknown number of times: there is more.
    pub(crate) open: bool,
}

/// Calls, and what those with a known price cost when each is made once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sum {
    pub(crate) calls: usize,
    pub(crate) priced: usize,
    pub(crate) unpriced: usize,
    /// US dollars as an exact decimal string.
    pub(crate) expected_usd: Money,
}

impl Default for Totals {
    /// Of nothing, and that is all there is.
    fn default() -> Self {
        Adder::default().finish()
    }
}

impl Sum {
    fn add(&mut self, expected: Option<Money>) {
        self.calls += 1;
        match expected {
            Some(expected) => {
                self.priced += 1;
                self.expected_usd += expected;
            }
            None => self.unpriced += 1,
        }
    }
}

/// Makes the sums.
#[derive(Default)]
pub(crate) struct Adder {
    files: BTreeMap<String, Sum>,
    models: BTreeMap<Option<String>, Sum>,
    totals: Sum,
    routes: Vec<RouteTotal>,
    lacks: bool,
}

impl Adder {
    /// Adds a call of a file.
    pub(crate) fn add(&mut self, uri: &str, model: Option<&str>, expected: Option<Money>) {
        self.file(uri).add(expected);
        self.models.entry(model.map(str::to_owned)).or_default().add(expected);
        self.totals.add(expected);
    }

    /// The sum of a file, which it has from now on.
    pub(crate) fn file(&mut self, uri: &str) -> &mut Sum {
        if !self.files.contains_key(uri) {
            self.files.insert(uri.to_owned(), Sum::default());
        }
        self.files.entry(uri.to_owned()).or_default()
    }

    /// Calls of a folder may be missing.
    pub(crate) fn lacks(&mut self, lacks: bool) {
        self.lacks |= lacks;
    }

    /// Adds the calls of a folder.
    pub(crate) fn add_index(&mut self, root: &Path, index: &Index) {
        for file in &index.files {
            self.add_file(root, file);
        }
        self.routes.extend(index.routes.iter().map(|route| {
            let (calls, unpriced) = (route.sum.requests, route.sum.unpriced);
            let sum = Sum { calls, priced: calls - unpriced, unpriced, expected_usd: route.sum.expected };
            RouteTotal { route: route.name.clone(), sum, open: route.sum.is_open }
        }));
    }

    fn add_file(&mut self, root: &Path, file: &FileCalls) {
        let path = root.join(file.path.as_str());
        let uri = Uri::from_file_path(&path).map_or_else(|| file.path.to_string(), |uri| uri.as_str().to_owned());
        for call in &file.calls {
            self.add(&uri, call.call.model.name.as_deref(), call.expected);
        }
    }

    pub(crate) fn finish(self) -> Totals {
        let files = self.files.into_iter().map(|(uri, sum)| FileTotal { uri, sum });
        let mut models: Vec<ModelTotal> =
            self.models.into_iter().map(|(model, sum)| ModelTotal { model, sum }).collect();
        models.sort_by(|a, b| b.sum.expected_usd.cmp(&a.sum.expected_usd).then_with(|| a.model.cmp(&b.model)));
        let mut routes = self.routes;
        routes.sort_by(|a, b| a.route.cmp(&b.route));
        Totals { files: files.collect(), models, routes, all: self.totals, complete: !self.lacks }
    }
}
