//! What editors say of themselves in `initialize`, as far as it matters here.

use std::path::Path;

use serde_json::{Value, json};

/// An editor, by what it can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Editor {
    VsCode,
    Neovim,
    Helix,
    Emacs,
    /// Says nothing at all.
    Mute,
}

impl Editor {
    pub(crate) const ALL: [Self; 5] = [Self::VsCode, Self::Neovim, Self::Helix, Self::Emacs, Self::Mute];

    /// What it sends to open these folders.
    pub(crate) fn initialize(self, folders: &[&Path]) -> Value {
        let folder = |path: &&Path| json!({"uri": uri(path), "name": path.file_name().unwrap().to_string_lossy()});
        let listed: Vec<Value> = folders.iter().map(folder).collect();
        let root = folders.first().map(|path| uri(path));
        match self {
            // Emacs and editors of old have a root only.
            Self::Mute => json!({"processId": null, "rootUri": root, "capabilities": {}}),
            _ => json!({
                "processId": std::process::id(),
                "rootUri": root,
                "workspaceFolders": if listed.is_empty() { Value::Null } else { json!(listed) },
                "capabilities": self.capabilities(),
            }),
        }
    }

    /// How it reads a text with a structure. Emacs is one without `markdown-mode`; who says nothing reads Markdown, as most do.
    pub(crate) fn format(self) -> &'static str {
        if self == Self::Emacs { "plaintext" } else { "markdown" }
    }

    fn capabilities(self) -> Value {
        let literals =
            json!({"codeActionKind": {"valueSet": ["", "quickfix", "refactor", "refactor.rewrite", "source"]}});
        match self {
            Self::VsCode => json!({
                "general": {"positionEncodings": ["utf-16"], "staleRequestSupport": {"cancel": true, "retryOnContentModified": []}},
                "window": {"workDoneProgress": true},
                "workspace": {
                    "applyEdit": true, "configuration": true, "workspaceFolders": true,
                    "workspaceEdit": {"documentChanges": true},
                    "didChangeConfiguration": {"dynamicRegistration": true},
                    "didChangeWatchedFiles": {"dynamicRegistration": true, "relativePatternSupport": true},
                    "inlayHint": {"refreshSupport": true}, "codeLens": {"refreshSupport": true},
                    "diagnostics": {"refreshSupport": true},
                },
                "textDocument": {
                    "hover": {"contentFormat": ["markdown", "plaintext"]},
                    "inlayHint": {"dynamicRegistration": true, "resolveSupport": {"properties": ["tooltip", "textEdits", "label.tooltip", "label.location", "label.command"]}},
                    "diagnostic": {"dynamicRegistration": true, "relatedDocumentSupport": false},
                    "publishDiagnostics": {"relatedInformation": true, "versionSupport": false, "codeDescriptionSupport": true, "dataSupport": true, "tagSupport": {"valueSet": [1, 2]}},
                    "codeAction": {"codeActionLiteralSupport": literals, "isPreferredSupport": true},
                    "completion": {"completionItem": {"snippetSupport": true, "tagSupport": {"valueSet": [1]}, "deprecatedSupport": true}},
                },
                "notebookDocument": {"synchronization": {"dynamicRegistration": true, "executionSummarySupport": true}},
            }),
            Self::Neovim => json!({
                "general": {"positionEncodings": ["utf-8", "utf-16", "utf-32"]},
                "window": {"workDoneProgress": true},
                "workspace": {
                    "applyEdit": true, "configuration": true, "workspaceFolders": true,
                    "workspaceEdit": {"resourceOperations": ["rename", "create", "delete"]},
                    "didChangeConfiguration": {"dynamicRegistration": false},
                    "didChangeWatchedFiles": {"dynamicRegistration": false, "relativePatternSupport": true},
                    "inlayHint": {"refreshSupport": true}, "semanticTokens": {"refreshSupport": true},
                },
                "textDocument": {
                    "hover": {"contentFormat": ["markdown", "plaintext"]},
                    "inlayHint": {"dynamicRegistration": true, "resolveSupport": {"properties": ["textEdits", "tooltip", "location", "command"]}},
                    "diagnostic": {"dynamicRegistration": false},
                    "publishDiagnostics": {"relatedInformation": true, "tagSupport": {"valueSet": [1, 2]}, "dataSupport": true},
                    "codeAction": {"dynamicRegistration": true, "codeActionLiteralSupport": literals, "isPreferredSupport": true},
                    "completion": {"completionItem": {"tagSupport": {"valueSet": [1]}, "deprecatedSupport": true}},
                },
            }),
            Self::Helix => json!({
                "general": {"positionEncodings": ["utf-8", "utf-32", "utf-16"]},
                "window": {"workDoneProgress": true},
                "workspace": {
                    "applyEdit": true, "configuration": true, "workspaceFolders": true,
                    "workspaceEdit": {"documentChanges": true},
                    "didChangeConfiguration": {"dynamicRegistration": false},
                    "didChangeWatchedFiles": {"dynamicRegistration": true, "relativePatternSupport": false},
                    "inlayHint": {"refreshSupport": false},
                },
                "textDocument": {
                    "hover": {"contentFormat": ["markdown"]},
                    "inlayHint": {"dynamicRegistration": false},
                    "publishDiagnostics": {"versionSupport": true, "tagSupport": {"valueSet": [1, 2]}},
                    "codeAction": {"codeActionLiteralSupport": literals, "isPreferredSupport": true},
                    "completion": {"completionItem": {"deprecatedSupport": true, "tagSupport": {"valueSet": [1]}}},
                },
            }),
            Self::Emacs => json!({
                "general": {"positionEncodings": ["utf-32", "utf-8", "utf-16"]},
                "window": {"workDoneProgress": true},
                "workspace": {
                    "applyEdit": true, "configuration": true, "workspaceFolders": true,
                    "workspaceEdit": {"documentChanges": true},
                    "didChangeWatchedFiles": {"dynamicRegistration": true},
                },
                "textDocument": {
                    "hover": {"contentFormat": ["plaintext"]},
                    "inlayHint": {"dynamicRegistration": false},
                    "publishDiagnostics": {"relatedInformation": false, "codeDescriptionSupport": false, "tagSupport": {"valueSet": [1, 2]}},
                    "codeAction": {"codeActionLiteralSupport": literals, "isPreferredSupport": true},
                    "completion": {"completionItem": {"deprecatedSupport": true, "tagSupport": {"valueSet": [1]}}},
                },
            }),
            Self::Mute => json!({}),
        }
    }

    /// What it answers when the server has just been initialised.
    pub(crate) async fn greet(self, client: &mut crate::client::Client) {
        if matches!(self, Self::VsCode | Self::Helix | Self::Emacs) {
            client.grant("client/registerCapability", Value::Null).await;
        }
        if self != Self::Mute {
            client.grant("workspace/configuration", json!([null])).await;
        }
    }

    /// A server that this editor has opened folders with.
    pub(crate) async fn start(self, folders: &[&Path]) -> crate::client::Client {
        let mut client = crate::client::Client::initialized(self.initialize(folders)).await;
        self.greet(&mut client).await;
        client
    }

    /// A server without folders that has its vocabularies to read yet.
    pub(crate) async fn start_cold(self) -> crate::client::Client {
        let mut client = crate::client::Client::initialized_cold(self.initialize(&[])).await;
        self.greet(&mut client).await;
        client
    }
}

/// The URI of a path.
pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}
