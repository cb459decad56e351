//! A bar on stderr, for scans that take a while.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Sooner than this nobody needs to be told.
const PATIENCE: Duration = Duration::from_millis(500);

/// Shows itself once the work takes long, and leaves nothing behind.
pub(super) struct Progress {
    bar: ProgressBar,
    since: Instant,
    live: bool,
}

impl Progress {
    pub(super) fn new(live: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} files") {
            bar.set_style(style);
        }
        Self { bar, since: Instant::now(), live }
    }

    pub(super) fn at(&self, done: usize, of: usize) {
        if !self.live || self.since.elapsed() < PATIENCE {
            return;
        }
        if self.bar.is_hidden() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_length(u64::try_from(of).unwrap_or(u64::MAX));
        self.bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
