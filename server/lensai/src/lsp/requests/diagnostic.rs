//! Diagnostics, pushed and asked for by `textDocument/diagnostic`

use lensai_checks::{Code, Finding};
use tower_lsp::ls_types::{Diagnostic, DiagnosticRelatedInformation, DiagnosticTag, Location, NumberOrString};

use crate::lsp::capabilities::Client;
use crate::lsp::convert;
use crate::lsp::session::Asked;
use crate::lsp::source::{Part, Source};
use crate::lsp::units::Found;

/// The diagnostics of a document that a client asks for.
pub(crate) fn asked(asked: &Asked) -> Vec<Diagnostic> {
    let found = asked.found();
    found.map(|(found, part)| diagnostics(found, &asked.known.source, part, asked.client)).unwrap_or_default()
}

/// The diagnostics of a document.
pub(crate) fn diagnostics(found: &Found, source: &Source, part: &Part, client: Client) -> Vec<Diagnostic> {
    let here = found.analysis.findings.iter().filter(|finding| part.holds(finding.span.start));
    here.map(|finding| diagnostic(finding, source, part, client)).collect()
}

pub(crate) fn diagnostic(finding: &Finding, source: &Source, part: &Part, client: Client) -> Diagnostic {
    let related = finding.related.iter().filter_map(|related| {
        let part = source.part_at(related.span.start)?;
        let location = Location::new(part.document.uri.clone(), part.range(related.span, client.encoding));
        Some(DiagnosticRelatedInformation { location, message: related.message.clone() })
    });
    let related: Vec<_> = related.filter(|_| client.relates_diagnostics).collect();
    Diagnostic {
        range: part.range(finding.span, client.encoding),
        severity: Some(convert::severity(finding.severity)),
        code: Some(NumberOrString::String(finding.code.as_str().to_owned())),
        source: Some("lensai".to_owned()),
        message: finding.message.clone(),
        related_information: (!related.is_empty()).then_some(related),
        tags: matches!(finding.code, Code::DeprecatedModel | Code::RetiredModel)
            .then(|| vec![DiagnosticTag::DEPRECATED]),
        ..Diagnostic::default()
    }
}
