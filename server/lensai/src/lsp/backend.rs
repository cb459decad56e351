//! The methods of the protocol, each a line or two: what they do stands in [`super::session`] and [`super::requests`].
//!
//! A notification changes the state before its first `await`, so notifications keep their order; a request takes its snapshot
//! before its first `await`. Nothing is asked of the client while something waits for it.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::Notify;
use tokio::sync::oneshot;
use tower_lsp::LanguageServer;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{
    CodeActionParams, CodeActionResponse, CodeLens, CodeLensParams, CompletionParams, CompletionResponse,
    ConfigurationItem, DidChangeConfigurationParams, DidChangeNotebookDocumentParams, DidChangeTextDocumentParams,
    DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, DidCloseNotebookDocumentParams,
    DidCloseTextDocumentParams, DidOpenNotebookDocumentParams, DidOpenTextDocumentParams,
    DidSaveNotebookDocumentParams, DidSaveTextDocumentParams, DocumentDiagnosticParams, DocumentDiagnosticReport,
    DocumentDiagnosticReportResult, ExecuteCommandParams, FullDocumentDiagnosticReport, Hover, HoverParams,
    InitializeParams, InitializeResult, InitializedParams, InlayHint, InlayHintParams, LSPAny,
    RelatedFullDocumentDiagnosticReport, Uri, WorkDoneProgressCancelParams,
};

use super::capabilities::Client;
use super::fault::{self, Fault};
use super::initialize::{self, REFRESH};
use super::log::Log;
use super::place::on_disk;
use super::process;
use super::requests::explain::{self, EXPLAIN, ExplainParams, Explanation};
use super::requests::totals::{Adder, Totals, TotalsParams};
use super::requests::{code_action, code_lens, completion, diagnostic, hover, inlay_hint};
use super::session::{Asked, Session, Snapshot};
use super::settings::ClientSettings;
use super::trust::Trust;
use super::worker::{Event, Wanted};

/// The server, as the framework sees it.
pub(super) struct Backend {
    session: Arc<Session>,
    log: Arc<Log>,
    /// The client's process is gone.
    orphaned: Arc<Notify>,
    /// Panics, in tests of what must survive that.
    fault: Option<fn()>,
}

impl Backend {
    pub(super) fn new(session: Arc<Session>, log: Arc<Log>, orphaned: Arc<Notify>, fault: Option<fn()>) -> Self {
        Self { session, log, orphaned, fault }
    }

    /// Takes settings of the client.
    fn set(session: &Session, log: &Log, sent: &Value) {
        let (settings, problems) = ClientSettings::parse(sent);
        log.set_level(settings.log_level);
        for problem in problems {
            tracing::warn!("{problem}");
        }
        let mut state = session.state();
        if *state.settings != settings {
            state.settings = Arc::new(settings);
            drop(state);
            session.tell(Event::Settings);
        }
    }

    /// Asks the client for its settings, without waiting for the answer.
    fn ask_for_settings(&self) {
        let (session, log) = (Arc::clone(&self.session), Arc::clone(&self.log));
        tokio::spawn(async move {
            let section = ConfigurationItem { scope_uri: None, section: Some("lensai".to_owned()) };
            if let Ok(answer) = session.client.configuration(vec![section]).await
                && let Some(sent) = answer.first()
                && !sent.is_null()
            {
                Self::set(&session, &log, sent);
            }
        });
    }

    /// Answers a request about a document, away from the threads that read messages.
    async fn answer<T: Send + 'static>(
        snapshot: Option<Snapshot>,
        answer: impl FnOnce(&Asked) -> T + Send + 'static,
    ) -> Result<Option<T>> {
        let Some(snapshot) = snapshot else { return Ok(None) };
        let Some(asked) = snapshot.known().await? else { return Ok(None) };
        let answered = tokio::task::spawn_blocking(move || {
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| answer(&asked))).map_err(|_| {
                fault::tell("request", Some(&asked.known.source.text));
                Fault
            })
        });
        Ok(Some(answered.await.map_err(|_| Fault)??))
    }

    /// `lensai/totals`
    pub(super) async fn totals(&self, params: TotalsParams) -> Result<Totals> {
        if let Some(uri) = params.uri {
            let snapshot = self.session.snapshot(&uri);
            let name = uri.as_str().to_owned();
            let totals = Self::answer(snapshot, move |asked| {
                let mut adder = Adder::default();
                adder.file(&name);
                if let Some((found, part)) = asked.found() {
                    for priced in &found.analysis.calls {
                        if part.holds(priced.call.span.start) {
                            let expected = priced.estimate.cost.and_then(|cost| cost.expected);
                            adder.add(&name, priced.call.model.name.as_deref(), expected);
                        }
                    }
                }
                adder.finish()
            });
            return Ok(totals.await?.unwrap_or_default());
        }
        if !self.session.state().settings.enable {
            return Ok(Totals::default());
        }
        let (answer, totals) = oneshot::channel();
        self.session.tell(Event::Totals(answer));
        totals.await.map_err(|_| Error::internal_error())
    }

    /// `lensai.explain`
    async fn explain(&self, params: ExplainParams) -> Result<Option<LSPAny>> {
        let Some(snapshot) = self.session.snapshot(&params.uri) else { return Ok(None) };
        let Some(asked) = snapshot.known().await? else { return Ok(None) };
        let Some((_, part)) = asked.found() else { return Ok(None) };
        let offset = part.offset(params.position, asked.client.encoding);
        let (answer, report) = oneshot::channel();
        self.session.tell(Event::Explain(Wanted { unit: asked.unit, offset, answer }));
        // The text may be closed, or the folder may change: then there is nothing to say of what was asked.
        let Ok(report) = report.await else { return Ok(None) };
        serde_json::to_value(Explanation::new(report)).map(Some).map_err(|_| Error::internal_error())
    }

    /// `window/workDoneProgress/cancel`
    #[expect(clippy::unused_async, reason = "the framework's signature")]
    pub(super) async fn cancel_progress(&self, params: WorkDoneProgressCancelParams) {
        self.session.cancel_progress(&params.token);
    }

    /// `lensai/test/panic`
    #[expect(clippy::unused_async, reason = "the framework's signature")]
    pub(super) async fn panics(&self, _: Value) -> Result<Value> {
        if let Some(fault) = self.fault {
            fault();
        }
        Ok(Value::Null)
    }

    /// `lensai/test/hang`
    pub(super) async fn hangs(&self, _: Value) -> Result<Value> {
        std::future::pending().await
    }

    fn saved(&self, uri: &Uri) {
        // A client that watches no files still says what it writes.
        self.session.tell(Event::Disk(on_disk(uri).into_iter().collect()));
    }
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let client = Client::new(&params.capabilities);
        {
            let mut state = self.session.state();
            state.client = client;
            state.trust = Trust::parse(params.initialization_options.as_ref());
            state.explain_command = explain::command_of(params.initialization_options.as_ref()).map(Arc::from);
        }
        if let Some(options) = &params.initialization_options {
            Self::set(&self.session, &self.log, options);
        }
        self.session.tell(Event::Folders { added: initialize::folders(&params), removed: Vec::new() });
        if let Some(process) = params.process_id {
            let orphaned = Arc::clone(&self.orphaned);
            tokio::spawn(async move {
                process::gone(process).await;
                orphaned.notify_one();
            });
        }
        Ok(initialize::result(client))
    }

    async fn initialized(&self, _: InitializedParams) {
        let client = self.session.state().client;
        let registrations = initialize::registrations(client);
        if !registrations.is_empty() {
            let client = self.session.client.clone();
            tokio::spawn(async move {
                if let Err(error) = client.register_capability(registrations).await {
                    tracing::warn!("the client does not watch: {error}");
                }
            });
        }
        if client.has_configuration {
            self.ask_for_settings();
        }
    }

    async fn shutdown(&self) -> Result<()> {
        self.session.state().is_shutting_down = true;
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.session.open(document.uri, &document.language_id, document.version, &document.text);
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        self.session.change(&document.uri, document.version, &params.content_changes);
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.saved(&params.text_document.uri);
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.session.close(&params.text_document.uri);
    }

    async fn notebook_did_open(&self, params: DidOpenNotebookDocumentParams) {
        self.session.open_notebook(params);
    }

    async fn notebook_did_change(&self, params: DidChangeNotebookDocumentParams) {
        self.session.change_notebook(params);
    }

    async fn notebook_did_save(&self, params: DidSaveNotebookDocumentParams) {
        self.saved(&params.notebook_document.uri);
    }

    async fn notebook_did_close(&self, params: DidCloseNotebookDocumentParams) {
        self.session.close_notebook_of(&params);
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        // What is sent along is old: clients that can be asked send nothing of use.
        if self.session.state().client.has_configuration {
            self.ask_for_settings();
        } else {
            Self::set(&self.session, &self.log, &params.settings);
        }
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        let paths = params.changes.iter().filter_map(|change| on_disk(&change.uri)).collect();
        self.session.tell(Event::Disk(paths));
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        let paths = |folders: &[tower_lsp::ls_types::WorkspaceFolder]| {
            folders.iter().filter_map(|folder| on_disk(&folder.uri)).collect()
        };
        let event = Event::Folders { added: paths(&params.event.added), removed: paths(&params.event.removed) };
        self.session.tell(event);
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let at = params.text_document_position_params;
        let snapshot = self.session.snapshot(&at.text_document.uri);
        Ok(Self::answer(snapshot, move |asked| hover::hover(asked, at.position)).await?.flatten())
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        let snapshot = self.session.snapshot(&params.text_document.uri);
        Ok(Self::answer(snapshot, move |asked| inlay_hint::inlay_hints(asked, params.range)).await?.flatten())
    }

    async fn inlay_hint_resolve(&self, hint: InlayHint) -> Result<InlayHint> {
        let data = hint.data.clone().and_then(|data| serde_json::from_value::<inlay_hint::HintData>(data).ok());
        let Some(data) = data else { return Ok(hint) };
        let snapshot = self.session.snapshot_of(data.unit);
        let plain = hint.clone();
        Ok(Self::answer(snapshot, move |asked| inlay_hint::resolved(asked, hint, &data)).await?.unwrap_or(plain))
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let at = params.text_document_position;
        let snapshot = self.session.snapshot(&at.text_document.uri);
        let items = Self::answer(snapshot, move |asked| completion::completions(asked, at.position)).await?.flatten();
        Ok(items.map(CompletionResponse::Array))
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let snapshot = self.session.snapshot(&params.text_document.uri);
        let session = Arc::clone(&self.session);
        let answer = move |asked: &Asked| code_action::code_actions(&session, asked, params.range, &params.context);
        Ok(Self::answer(snapshot, answer).await?.flatten())
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        let snapshot = self.session.snapshot(&params.text_document.uri);
        Ok(Self::answer(snapshot, code_lens::code_lenses).await?.flatten())
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        let snapshot = self.session.snapshot(&params.text_document.uri);
        let items = Self::answer(snapshot, diagnostic::asked).await?.unwrap_or_default();
        let full_document_diagnostic_report = FullDocumentDiagnosticReport { result_id: None, items };
        let report = RelatedFullDocumentDiagnosticReport { related_documents: None, full_document_diagnostic_report };
        Ok(DocumentDiagnosticReportResult::Report(DocumentDiagnosticReport::Full(report)))
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<LSPAny>> {
        match params.command.as_str() {
            REFRESH => {
                self.session.tell(Event::Refresh);
                Ok(None)
            }
            EXPLAIN => {
                let wanted = ExplainParams::parse(&params.arguments);
                self.explain(wanted.ok_or_else(|| Error::invalid_params("say which `uri` and `position`"))?).await
            }
            other => Err(Error::invalid_params(format!("there is no command `{other}`"))),
        }
    }
}
