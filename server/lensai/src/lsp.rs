//! The language server: costs where the code is written.
//!
//! [`serve`] speaks the protocol over any pair of streams, [`run`] over the streams of the process. What it shows comes from
//! `lensai-ide` and the engine, as on the command line; types of the protocol stay in this module. `docs/lsp.md` is its contract.
//!
//! ```text
//! messages ─▶ framing ─▶ guard ─▶ backend ─▶ session ─▶ worker ─▶ workspaces ─▶ rounds (threads)
//!                                    ▲                                   │
//!                       requests ────┴── publisher ◀── what is known ◀───┘
//! ```

mod backend;
mod capabilities;
mod config;
mod convert;
mod fault;
mod framing;
mod guard;
mod initialize;
mod log;
mod markup;
mod notebooks;
mod place;
mod process;
mod progress;
mod publisher;
mod requests;
mod session;
mod settings;
mod source;
mod trust;
mod units;
mod uris;
mod worker;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use lensai_tokens::Tokenizers;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::sync::{Notify, mpsc};
use tower_lsp::{LspService, Server};
use tracing::level_filters::LevelFilter;

use self::backend::Backend;
use self::fault::Fault;
use self::guard::Guard;
use self::log::Log;
use self::session::Session;
use self::worker::{Event, Means};
use crate::engine::pricing::Pricing;

/// So many requests may be in work at a time. With few of them, those that hang would keep edits and cancellations out.
const CONCURRENCY: usize = 64;
/// Stack of a thread that evaluates code, in bytes.
const STACK: usize = 16 * 1024 * 1024;

/// Bytes between who reads messages and who works on them.
const PIPE: usize = 64 * 1024;
/// What is done sooner is not worth a progress.
const PATIENCE: Duration = Duration::from_millis(500);
/// So long what came last may take when the client is gone.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How the server is run.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the log goes; to stderr without.
    pub log_file: Option<PathBuf>,
    /// The level of the log: `error`, `warn`, `info`, `debug` or `trace`; `warn` without. The client can change it.
    pub log_level: Option<LevelFilter>,
    /// What counts tokens, where somebody else has it as well; its own without.
    pub tokenizers: Option<Arc<Tokenizers>>,
    /// What tests hold in their hands.
    #[doc(hidden)]
    pub hooks: Option<Hooks>,
}

/// What tests hold in their hands. With it there is `lensai/test/hang`, which never answers.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Hooks {
    /// Called by `lensai/test/panic`.
    pub fault: fn(),
    /// Called before each file of an index: it may take its time.
    pub before_file: fn(),
    /// What is done sooner has no progress.
    pub patience: Duration,
}

/// How the server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// As the protocol wants it.
    Asked,
    /// By `exit` without `shutdown`, or because the client was gone.
    Left,
}

/// Runs the server on the streams of this process.
pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let log = Log::start(options.log_file.as_deref(), options.log_level.unwrap_or(LevelFilter::WARN))?;
    fault::hush();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build()?;
    let ended = runtime.block_on(serve_with(tokio::io::stdin(), tokio::io::stdout(), options, log))?;
    // Whoever still reads or computes is not waited for.
    runtime.shutdown_background();
    Ok(match ended {
        Ended::Asked => ExitCode::SUCCESS,
        Ended::Left => ExitCode::FAILURE,
    })
}

/// Speaks the protocol over a pair of streams until the client ends it or is gone. Needs a runtime of several threads.
pub async fn serve<R, W>(input: R, output: W, options: &Options) -> anyhow::Result<Ended>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite,
{
    serve_with(input, output, options, Log::none()).await
}

async fn serve_with<R, W>(input: R, output: W, options: &Options, log: Log) -> anyhow::Result<Ended>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite,
{
    let (events, taken) = std::sync::mpsc::channel();
    let tokenizers = options.tokenizers.clone().unwrap_or_else(|| Arc::new(Tokenizers::rough_until_warm()));
    warm(&tokenizers, &events)?;
    let pricing = Arc::new(Pricing::with(tokenizers)?);
    let (touched, news) = mpsc::unbounded_channel();
    let pool = |name: &'static str| {
        let threads = rayon::ThreadPoolBuilder::new().stack_size(STACK);
        threads.thread_name(move |at| format!("lensai-{name}-{at}")).build()
    };
    let (rounds, background) = (pool("open")?, pool("index")?);
    let orphaned = Arc::new(Notify::new());
    let log = Arc::new(log);
    let own: Arc<OnceLock<Arc<Session>>> = Arc::default();
    let (kept, to_worker, gone, hooks) = (Arc::clone(&own), events.clone(), Arc::clone(&orphaned), options.hooks);
    let mut builder = LspService::build(move |client| {
        let session = Arc::new(Session::new(client, to_worker, touched));
        // Set once, here.
        let _ = kept.set(Arc::clone(&session));
        Backend::new(session, log, gone, hooks.map(|hooks| hooks.fault))
    })
    .custom_method("lensai/totals", Backend::totals)
    .custom_method("window/workDoneProgress/cancel", Backend::cancel_progress);
    if hooks.is_some() {
        builder = builder
            .custom_method("lensai/test/panic", Backend::panics)
            .custom_method("lensai/test/hang", Backend::hangs);
    }
    let (service, socket) = builder.finish();
    let session = own.get().cloned().ok_or_else(|| anyhow::anyhow!("the service has no session"))?;
    let means = Arc::new(Means {
        session: Arc::clone(&session),
        pricing,
        runtime: tokio::runtime::Handle::current(),
        rounds,
        background,
        events,
        patience: hooks.map_or(PATIENCE, |hooks| hooks.patience),
        before_file: hooks.map(|hooks| hooks.before_file),
    });
    std::thread::Builder::new()
        .name("lensai-worker".to_owned())
        .stack_size(STACK)
        .spawn(move || worker::run(means, &taken))?;
    let publisher = tokio::spawn(publisher::run(Arc::clone(&session), news));

    let (passed_on, to) = tokio::io::duplex(PIPE);
    let server = Server::new(passed_on, output, socket).concurrency_level(CONCURRENCY);
    tokio::select! {
        () = server.serve(Guard::new(service, Arc::clone(&session))) => {}
        () = read(input, to) => {}
        () = orphaned.notified() => {}
    }
    publisher.abort();
    let is_asked = session.state().is_shutting_down;
    Ok(if is_asked { Ended::Asked } else { Ended::Left })
}

/// Makes ready what counts tokens.
fn warm(tokenizers: &Arc<Tokenizers>, events: &std::sync::mpsc::Sender<Event>) -> std::io::Result<()> {
    let (tokenizers, events) = (Arc::clone(tokenizers), events.clone());
    let work = move || {
        tokenizers.warm();
        // The server may have ended.
        let _ = events.send(Event::Warm);
    };
    std::thread::Builder::new().name("lensai-warm".to_owned()).spawn(work).map(drop)
}

/// Hands on what comes in. When nothing more comes, what came is still answered, but whatever hangs is not waited for.
async fn read<R: AsyncRead + Unpin>(input: R, to: DuplexStream) {
    framing::pass_on(input, to).await;
    tokio::time::sleep(LAST_WORDS).await;
}
