//! `initialize`: what the client can do, and what this server does.

use std::path::PathBuf;

use tower_lsp::ls_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CodeLensOptions, CompletionOptions,
    DiagnosticOptions, DiagnosticServerCapabilities, DidChangeWatchedFilesRegistrationOptions, ExecuteCommandOptions,
    FileSystemWatcher, GlobPattern, HoverProviderCapability, InitializeParams, InitializeResult, InlayHintOptions,
    InlayHintServerCapabilities, Notebook, NotebookCellSelector, NotebookDocumentSyncOptions, NotebookSelector, OneOf,
    Registration, SaveOptions, ServerCapabilities, ServerInfo, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, TextDocumentSyncSaveOptions, WorkDoneProgressOptions, WorkspaceFoldersServerCapabilities,
    WorkspaceServerCapabilities,
};

use super::capabilities::Client;
use super::convert::encoding_kind;
use super::place::on_disk;
use super::requests::explain::EXPLAIN;

/// Reads everything again.
pub(super) const REFRESH: &str = "lensai.refresh";

/// What the server does for a client.
pub(super) fn result(client: Client) -> InitializeResult {
    InitializeResult {
        capabilities: capabilities(client),
        server_info: Some(ServerInfo {
            name: "lensai".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        ..InitializeResult::default()
    }
}

fn capabilities(client: Client) -> ServerCapabilities {
    let diagnostics = DiagnosticOptions {
        identifier: Some("lensai".to_owned()),
        inter_file_dependencies: true,
        workspace_diagnostics: false,
        work_done_progress_options: WorkDoneProgressOptions::default(),
    };
    ServerCapabilities {
        position_encoding: Some(encoding_kind(client.encoding)),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
            ..TextDocumentSyncOptions::default()
        })),
        notebook_document_sync: Some(OneOf::Left(NotebookDocumentSyncOptions {
            notebook_selector: vec![NotebookSelector::ByNotebook {
                // By its name alone: a filter's `notebookType` leaves the type crate as `notebook_type`, which clients refuse.
                notebook: Notebook::String("jupyter-notebook".to_owned()),
                cells: Some(vec![NotebookCellSelector { language: "python".to_owned() }]),
            }],
            save: Some(true),
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        inlay_hint_provider: Some(OneOf::Right(InlayHintServerCapabilities::Options(InlayHintOptions {
            resolve_provider: Some(client.resolves_tooltips),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }))),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(["\"", "'", "`", "-", ".", "/", ":", " "].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        code_action_provider: client.takes_code_actions.then(|| {
            CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, CodeActionKind::REFACTOR_REWRITE]),
                ..CodeActionOptions::default()
            })
        }),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
        diagnostic_provider: client.pulls_diagnostics.then_some(DiagnosticServerCapabilities::Options(diagnostics)),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: vec![REFRESH.to_owned(), EXPLAIN.to_owned()],
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: None,
        }),
        ..ServerCapabilities::default()
    }
}

/// The folders that a client opens with.
pub(super) fn folders(params: &InitializeParams) -> Vec<PathBuf> {
    let folders = params.workspace_folders.iter().flatten();
    let mut folders: Vec<PathBuf> = folders.filter_map(|folder| on_disk(&folder.uri)).collect();
    if folders.is_empty() {
        #[expect(deprecated, reason = "clients without folders have a root")]
        let root = params.root_uri.as_ref();
        folders.extend(root.and_then(on_disk));
    }
    folders
}

/// What a client is asked to tell: changes of files and of its settings.
pub(super) fn registrations(client: Client) -> Vec<Registration> {
    /// Sources, and what says how they are read.
    const WATCHED: [&str; 4] = [
        "**/*.{py,pyi,ipynb,ts,mts,cts,tsx,js,jsx,mjs,cjs}",
        "**/lensai.toml",
        "**/{tsconfig,jsconfig,package}.json",
        "**/{.gitignore,.ignore}",
    ];
    let mut registrations = Vec::new();
    if client.watches_files {
        let watchers = WATCHED
            .map(|pattern| FileSystemWatcher { glob_pattern: GlobPattern::String(pattern.to_owned()), kind: None });
        let options = DidChangeWatchedFilesRegistrationOptions { watchers: watchers.to_vec() };
        registrations.push(Registration {
            id: "lensai/files".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: serde_json::to_value(options).ok(),
        });
    }
    if client.registers_configuration {
        registrations.push(Registration {
            id: "lensai/settings".to_owned(),
            method: "workspace/didChangeConfiguration".to_owned(),
            register_options: Some(serde_json::json!({ "section": "lensai" })),
        });
    }
    registrations
}
