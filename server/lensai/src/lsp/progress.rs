//! Progress of what takes long, and its end at the wish of the user.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tower_lsp::ls_types::notification::Progress as ProgressNotification;
use tower_lsp::ls_types::{
    ProgressParams, ProgressParamsValue, ProgressToken, WorkDoneProgress, WorkDoneProgressBegin, WorkDoneProgressEnd,
    WorkDoneProgressReport,
};

use super::session::Session;
use super::worker::Means;

/// So often a client is told how far it is.
const STEP: Duration = Duration::from_millis(250);

/// Something that may take long. It ends when it is finished.
pub(super) struct Progress {
    token: ProgressToken,
    done: AtomicUsize,
    of: AtomicUsize,
    is_cancelled: AtomicBool,
    finished: Notify,
}

static NEXT: AtomicU32 = AtomicU32::new(1);

impl Progress {
    /// Begins; the client is told if it takes long.
    pub(super) fn begin(means: &Means, title: String) -> Arc<Self> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let progress = Arc::new(Self {
            token: ProgressToken::String(format!("lensai/{number}")),
            done: AtomicUsize::new(0),
            of: AtomicUsize::new(0),
            is_cancelled: AtomicBool::new(false),
            finished: Notify::new(),
        });
        means.session.state().progress.push(Arc::clone(&progress));
        means.runtime.spawn(Arc::clone(&progress).show(Arc::clone(&means.session), title, means.patience));
        progress
    }

    pub(super) fn token(&self) -> &ProgressToken {
        &self.token
    }

    /// How far it is.
    pub(super) fn at(&self, done: usize, of: usize) {
        self.done.store(done, Ordering::Relaxed);
        self.of.store(of, Ordering::Relaxed);
    }

    /// The user has had enough of it.
    pub(super) fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }

    pub(super) fn finish(&self) {
        self.finished.notify_one();
    }

    async fn show(self: Arc<Self>, session: Arc<Session>, title: String, patience: Duration) {
        let shows = session.state().client.shows_progress;
        let is_long = tokio::time::timeout(patience, self.finished.notified()).await.is_err();
        if is_long && shows && session.client.create_work_done_progress(self.token.clone()).await.is_ok() {
            self.tell(
                &session,
                WorkDoneProgress::Begin(WorkDoneProgressBegin {
                    title,
                    cancellable: Some(true),
                    message: None,
                    percentage: Some(0),
                }),
            )
            .await;
            while tokio::time::timeout(STEP, self.finished.notified()).await.is_err() {
                let (done, of) = (self.done.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed));
                let report = WorkDoneProgressReport {
                    cancellable: Some(true),
                    // Before the files are listed nobody knows how many there are.
                    message: (of > 0).then(|| format!("{done} of {of} files")),
                    percentage: u32::try_from((done * 100).checked_div(of).unwrap_or(0)).ok(),
                };
                self.tell(&session, WorkDoneProgress::Report(report)).await;
            }
            let message = self.is_cancelled().then(|| "stopped; `lensai.refresh` starts again".to_owned());
            self.tell(&session, WorkDoneProgress::End(WorkDoneProgressEnd { message })).await;
        } else if is_long {
            self.finished.notified().await;
        }
        session.state().progress.retain(|progress| !Arc::ptr_eq(progress, &self));
    }

    async fn tell(&self, session: &Session, value: WorkDoneProgress) {
        let params = ProgressParams { token: self.token.clone(), value: ProgressParamsValue::WorkDone(value) };
        session.client.send_notification::<ProgressNotification>(params).await;
    }
}
