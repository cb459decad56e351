//! `lensai.explain`: how the call at a position was found and what its figures rest on. docs/lsp.md has its contract.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower_lsp::ls_types::{Position, Uri};

use crate::report::Palette;
use crate::report::explain::{self, ExplainReport};

/// The command.
pub(crate) const EXPLAIN: &str = "lensai.explain";
/// Columns of the text: an editor's window has no width that anyone could ask.
const COLUMNS: usize = 110;

/// What is asked about.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ExplainParams {
    pub(crate) uri: Uri,
    pub(crate) position: Position,
}

/// The answer: the same in three forms.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Explanation {
    report: ExplainReport,
    text: String,
    markdown: String,
}

impl ExplainParams {
    /// The one argument of the command.
    pub(crate) fn parse(arguments: &[Value]) -> Option<Self> {
        serde_json::from_value(arguments.first()?.clone()).ok()
    }
}

impl Explanation {
    pub(crate) fn new(report: ExplainReport) -> Self {
        Self { text: explain::text(&report, COLUMNS, Palette::Plain), markdown: explain::markdown(&report), report }
    }
}

/// A link in a hover that asks the client's own command to show an explanation; `name` is that command.
pub(crate) fn link(name: &str, uri: &Uri, position: Position) -> String {
    let arguments = serde_json::json!([{ "uri": uri.as_str(), "position": position }]).to_string();
    let encoded: String = arguments.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            use std::fmt::Write as _;
            let _ = write!(out, "%{byte:02X}");
        }
        out
    });
    format!("[Explain](command:{name}?{encoded})")
}

/// The command by which a client shows explanations, from its `initializationOptions`. It becomes a part of a link, so it is no more
/// than a name.
pub(crate) fn command_of(options: Option<&Value>) -> Option<String> {
    let name = options?.get("explainCommand")?.as_str()?;
    let is_name = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_');
    (!name.is_empty() && name.len() <= 100 && name.chars().all(is_name)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_is_a_command() {
        let of = |name: Value| command_of(Some(&serde_json::json!({ "explainCommand": name })));
        assert_eq!(of("lensai.showExplanation".into()).as_deref(), Some("lensai.showExplanation"));
        for wrong in ["", "a b", "a)", "a?b", "a%20b"] {
            assert_eq!(of(wrong.into()), None, "{wrong}");
        }
        assert_eq!(command_of(None), None);
    }
}
