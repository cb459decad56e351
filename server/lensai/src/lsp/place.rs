//! Where a document is, and what language it has.

use std::path::PathBuf;

use lensai_syntax::Language;
use tower_lsp::ls_types::Uri;

/// The scheme of cells that a client without notebooks sends as documents.
const CELL_SCHEME: &str = "vscode-notebook-cell";

/// Where something that is looked at is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// On the disk, or where it will be; none for a text that has no place yet.
    pub(super) path: Option<PathBuf>,
    /// The last part of its name.
    pub(super) name: String,
    pub(super) language: Language,
    /// For a cell that is a document of its own: what its notebook is called.
    pub(super) cell_of: Option<String>,
}

impl Place {
    /// The place of a text document; none when it is nothing to look at.
    pub(super) fn of(uri: &Uri, language: &str) -> Option<Self> {
        let name = name(uri);
        if uri.scheme().as_str() == CELL_SCHEME {
            let notebook = format!("{CELL_SCHEME}:{}", uri.path().as_str());
            let path = uri.to_file_path().map(std::borrow::Cow::into_owned);
            return (language == "python").then_some(Self {
                path,
                name,
                language: Language::Python,
                cell_of: Some(notebook),
            });
        }
        // The source of a notebook, as a text, is no Python.
        if std::path::Path::new(&name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ipynb")) {
            return None;
        }
        // What the user chose for this document counts more than its name, but knows nothing of dialects.
        let by_name = Language::of_path(&name);
        let language = match language {
            "python" => Language::Python,
            "typescriptreact" => Language::Tsx,
            "javascript" | "javascriptreact" => Language::JavaScript,
            "typescript" => by_name.filter(|found| *found == Language::Tsx).unwrap_or(Language::TypeScript),
            _ => by_name?,
        };
        Some(Self { path: on_disk(uri), name, language, cell_of: None })
    }

    /// The place of a notebook.
    pub(super) fn of_notebook(uri: &Uri) -> Self {
        Self { path: on_disk(uri), name: name(uri), language: Language::Python, cell_of: None }
    }
}

/// The path of a URI that names a file.
pub(super) fn on_disk(uri: &Uri) -> Option<PathBuf> {
    let is_file = uri.scheme().as_str() == "file";
    is_file.then(|| uri.to_file_path().map(std::borrow::Cow::into_owned)).flatten()
}

fn name(uri: &Uri) -> String {
    let path = uri.path().decode().to_string_lossy().into_owned();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}
