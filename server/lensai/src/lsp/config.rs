//! The file of settings of a workspace, read from the disk, with what is wrong with it as diagnostics on it.

use std::path::Path;

use lensai_config::ErrorKind;
use tower_lsp::ls_types::{Diagnostic, DiagnosticSeverity, NumberOrString, Position, Range, Uri};

use super::publisher::Touched;
use super::worker::Means;
use crate::engine::settings::{Faults, Settings};

/// Reads a file and tells the client what is wrong with it. None when nothing of it can be used; without a file the defaults.
pub(super) fn read(file: Option<&Path>, means: &Means) -> Option<Settings> {
    let Some(file) = file else { return Some(Settings::default()) };
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            clear(file, means);
            return Some(Settings::default());
        }
        Err(error) => {
            let diagnostic = fault(1, 1, "config-invalid", format!("cannot be read: {error}"));
            tell(file, vec![diagnostic], means);
            return None;
        }
    };
    let (settings, faults) = Settings::parse(&file.display().to_string(), &text);
    tell(file, diagnostics(&faults), means);
    settings
}

/// Nothing is wrong with a file, for it does not apply any more.
pub(super) fn clear(file: &Path, means: &Means) {
    tell(file, Vec::new(), means);
}

fn tell(file: &Path, diagnostics: Vec<Diagnostic>, means: &Means) {
    if let Some(uri) = Uri::from_file_path(file) {
        means.session.touch(Touched::Faults(uri, diagnostics));
    }
}

fn diagnostics(faults: &Faults) -> Vec<Diagnostic> {
    let whole = faults.settings.iter().map(|error| {
        let code = if error.kind == ErrorKind::ForbiddenKey { "forbidden-key" } else { "config-invalid" };
        let suggestion = error.suggestion.as_ref().map(|text| format!(" ({text})")).unwrap_or_default();
        let message = format!("{}{suggestion}; the last settings that could be read are still used", error.message);
        fault(error.line, error.column, code, message)
    });
    let sdks = faults.sdks.iter().map(|error| {
        let place = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let message = format!("{}; no SDK of this file is used", error.message);
        fault(place(error.line), place(error.column), "config-invalid", message)
    });
    whole.chain(sdks).collect()
}

/// A fault at a place, which counts from 1. Names in such a file are ASCII wherever it matters, so a column is one in any encoding.
fn fault(line: u32, column: u32, code: &str, message: String) -> Diagnostic {
    let at = Position::new(line.saturating_sub(1), column.saturating_sub(1));
    Diagnostic {
        // To the end of the line: clients clamp what lies behind it.
        range: Range::new(at, Position::new(at.line, u32::from(u16::MAX))),
        severity: Some(DiagnosticSeverity::ERROR),
        code: Some(NumberOrString::String(code.to_owned())),
        source: Some("lensai".to_owned()),
        message,
        ..Diagnostic::default()
    }
}
