//! The log: to stderr or to a file, at a level that can be changed while the server runs.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Mutex;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry, fmt, reload};

/// Changes the level of the log.
pub(super) struct Log {
    filter: Option<reload::Handle<Targets, Registry>>,
    /// The level of the command line.
    level: LevelFilter,
}

impl Log {
    /// No log: whoever holds the server has one.
    pub(super) const fn none() -> Self {
        Self { filter: None, level: LevelFilter::OFF }
    }

    /// Starts the log of this process.
    pub(super) fn start(file: Option<&Path>, level: LevelFilter) -> std::io::Result<Self> {
        let (filter, handle) = reload::Layer::new(targets(level));
        let to = match file {
            Some(file) => {
                let file = OpenOptions::new().create(true).append(true).open(file)?;
                fmt::layer().with_ansi(false).with_writer(Mutex::new(file)).with_filter(filter).boxed()
            }
            None => fmt::layer().with_ansi(false).with_writer(std::io::stderr).with_filter(filter).boxed(),
        };
        // Whoever came first has the log.
        let _ = tracing_subscriber::registry().with(to).try_init();
        Ok(Self { filter: Some(handle), level })
    }

    /// The level that the client wants; without one it is that of the command line.
    pub(super) fn set_level(&self, level: Option<LevelFilter>) {
        if let Some(filter) = &self.filter {
            // It fails only when the log is gone.
            let _ = filter.reload(targets(level.unwrap_or(self.level)));
        }
    }
}

/// Of others only what is wrong is told: what they say in detail holds messages, and so what the user wrote.
fn targets(level: LevelFilter) -> Targets {
    Targets::new().with_default(level.min(LevelFilter::WARN)).with_target("lensai", level)
}
