//! What the client can do, read once.

use lensai_text::Encoding;
use tower_lsp::ls_types::{ClientCapabilities, MarkupKind};

use super::convert;

/// What matters here of a client's capabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the protocol has a flag for each")]
pub(super) struct Client {
    /// What its columns count.
    pub(super) encoding: Encoding,
    /// It can be told that hints have changed.
    pub(super) refreshes_hints: bool,
    /// It can be told that lenses have changed.
    pub(super) refreshes_lenses: bool,
    /// It asks for diagnostics, and can be told that they have changed. Without both they are pushed.
    pub(super) pulls_diagnostics: bool,
    /// It answers questions about its settings.
    pub(super) has_configuration: bool,
    /// It can be asked to tell when its settings change.
    pub(super) registers_configuration: bool,
    /// It can be asked to watch files.
    pub(super) watches_files: bool,
    /// It shows progress.
    pub(super) shows_progress: bool,
    /// It resolves the tooltip of a hint when it is needed.
    pub(super) resolves_tooltips: bool,
    /// Code actions may be more than commands.
    pub(super) takes_code_actions: bool,
    /// Edits may say of which version of a document they are.
    pub(super) takes_document_changes: bool,
    /// Completions can be struck through, by a tag.
    pub(super) tags_completions: bool,
    /// It shows Markdown in a hover. One that says nothing of it is taken to, as most do.
    pub(super) reads_markdown_hovers: bool,
    /// It shows Markdown beside a completion.
    pub(super) reads_markdown_items: bool,
    /// Diagnostics can name other places.
    pub(super) relates_diagnostics: bool,
}

impl Default for Client {
    /// A client that says nothing.
    fn default() -> Self {
        Self::new(&ClientCapabilities::default())
    }
}

impl Client {
    /// Reads what a client says of itself.
    pub(super) fn new(capabilities: &ClientCapabilities) -> Self {
        let workspace = capabilities.workspace.as_ref();
        let text = capabilities.text_document.as_ref();
        let window = capabilities.window.as_ref();
        let encodings = capabilities.general.as_ref().and_then(|general| general.position_encodings.as_deref());
        let has = |flag: Option<bool>| flag == Some(true);
        let refreshes_diagnostics = has(workspace.and_then(|all| all.diagnostics.as_ref()?.refresh_support));
        let hint = text.and_then(|all| all.inlay_hint.as_ref()?.resolve_support.as_ref());
        let item = text.and_then(|all| all.completion.as_ref()?.completion_item.as_ref());
        let hover = text.and_then(|all| all.hover.as_ref()?.content_format.as_ref());
        let diagnostics = text.and_then(|all| all.publish_diagnostics.as_ref());
        Self {
            encoding: convert::encoding(encodings.unwrap_or_default()),
            refreshes_hints: has(workspace.and_then(|all| all.inlay_hint.as_ref()?.refresh_support)),
            refreshes_lenses: has(workspace.and_then(|all| all.code_lens.as_ref()?.refresh_support)),
            pulls_diagnostics: refreshes_diagnostics && text.is_some_and(|all| all.diagnostic.is_some()),
            has_configuration: has(workspace.and_then(|all| all.configuration)),
            registers_configuration: has(
                workspace.and_then(|all| all.did_change_configuration.as_ref()?.dynamic_registration)
            ),
            watches_files: has(workspace.and_then(|all| all.did_change_watched_files.as_ref()?.dynamic_registration)),
            shows_progress: has(window.and_then(|all| all.work_done_progress)),
            resolves_tooltips: hint.is_some_and(|resolve| resolve.properties.iter().any(|name| name == "tooltip")),
            takes_code_actions: text
                .is_some_and(|all| all.code_action.as_ref().is_some_and(|it| it.code_action_literal_support.is_some())),
            takes_document_changes: has(workspace.and_then(|all| all.workspace_edit.as_ref()?.document_changes)),
            tags_completions: item.is_some_and(|item| item.tag_support.is_some()),
            reads_markdown_hovers: hover.is_none_or(|formats| formats.contains(&MarkupKind::Markdown)),
            reads_markdown_items: item
                .and_then(|item| item.documentation_format.as_ref())
                .is_some_and(|formats| formats.contains(&MarkupKind::Markdown)),
            relates_diagnostics: has(diagnostics.and_then(|all| all.related_information)),
        }
    }
}
