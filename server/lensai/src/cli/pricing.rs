//! What every subcommand needs to price something.

use std::time::SystemTime;

use anyhow::Context as _;
use lensai_models::{Catalogue, Date};

/// The catalogue in this program.
pub(super) fn catalogue() -> anyhow::Result<Catalogue> {
    Catalogue::builtin().context("the built-in price catalogue is broken")
}

/// The day, UTC. A clock before 1970 is wrong: prices of the first day known are used then.
pub(super) fn today() -> Date {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Date::from_unix_seconds(since.as_secs())
}
