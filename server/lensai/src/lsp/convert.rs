//! The one edge between offsets and the positions of the protocol.

use lensai_checks::Severity;
use lensai_ide::{ActionKind, CompletionKind};
use lensai_text::{Encoding, LineColumn};
use tower_lsp::ls_types::{CodeActionKind, CompletionItemKind, DiagnosticSeverity, Position, PositionEncodingKind};

pub(super) fn line_column(position: Position) -> LineColumn {
    LineColumn { line: position.line, column: position.character }
}

pub(super) fn position(place: LineColumn) -> Position {
    Position::new(place.line, place.column)
}

/// The encoding to use with a client that offers these: UTF-8 wherever it can, else what it likes best, and UTF-16 with one that
/// does not say.
pub(super) fn encoding(offered: &[PositionEncodingKind]) -> Encoding {
    if offered.contains(&PositionEncodingKind::UTF8) {
        return Encoding::Utf8;
    }
    match offered.iter().find(|kind| [PositionEncodingKind::UTF16, PositionEncodingKind::UTF32].contains(kind)) {
        Some(kind) if *kind == PositionEncodingKind::UTF32 => Encoding::Utf32,
        _ => Encoding::Utf16,
    }
}

pub(super) fn encoding_kind(encoding: Encoding) -> PositionEncodingKind {
    match encoding {
        Encoding::Utf8 => PositionEncodingKind::UTF8,
        Encoding::Utf16 => PositionEncodingKind::UTF16,
        Encoding::Utf32 => PositionEncodingKind::UTF32,
    }
}

pub(super) fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Hint => DiagnosticSeverity::HINT,
        Severity::Info => DiagnosticSeverity::INFORMATION,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Error => DiagnosticSeverity::ERROR,
    }
}

pub(super) fn action_kind(kind: ActionKind) -> CodeActionKind {
    match kind {
        ActionKind::QuickFix => CodeActionKind::QUICKFIX,
        ActionKind::Rewrite => CodeActionKind::REFACTOR_REWRITE,
    }
}

pub(super) fn completion_kind(kind: CompletionKind) -> CompletionItemKind {
    match kind {
        CompletionKind::Model => CompletionItemKind::CONSTANT,
        CompletionKind::Directive => CompletionItemKind::KEYWORD,
        CompletionKind::Code => CompletionItemKind::ENUM_MEMBER,
    }
}
