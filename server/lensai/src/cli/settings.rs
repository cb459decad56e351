//! The workspace's settings: which file applies, and what to do when it is broken.

use std::path::{Path, PathBuf};

use super::args::Global;
use super::console::Console;
use crate::engine::settings::{Settings, find_upwards};
use anyhow::Context as _;

/// The settings for a folder or file. A broken file is warned about, and the defaults are used; a file named by `--config` that
/// cannot be read is an error.
pub(super) fn load(global: &Global, start: &Path, console: &Console) -> anyhow::Result<Settings> {
    if global.no_config {
        return Ok(Settings::default());
    }
    let text = match &global.config {
        Some(file) => {
            let text = std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
            Some((file.clone(), text))
        }
        None => found(start, console),
    };
    Ok(text.map(|(file, text)| read(&shown(&file), &text, console)).unwrap_or_default())
}

fn read(file: &str, text: &str, console: &Console) -> Settings {
    let (settings, faults) = Settings::parse(file, text);
    for error in faults.sdks {
        console.warning(&format!("{error}; no SDK of this file is used"));
    }
    if let Some(error) = faults.settings {
        console.warning(&format!("{file}:{error}; the defaults are used instead"));
    }
    if settings.is_some() {
        console.detail(&format!("configuration: {file}"));
    }
    settings.unwrap_or_default()
}

/// The nearest file that can be read.
fn found(start: &Path, console: &Console) -> Option<(PathBuf, String)> {
    let file = find_upwards(&std::path::absolute(start).ok()?)?;
    match std::fs::read_to_string(&file) {
        Ok(text) => Some((file, text)),
        Err(error) => {
            console.warning(&format!("cannot read `{}`: {error}; the defaults are used instead", shown(&file)));
            None
        }
    }
}

/// As short as it can be said from here.
fn shown(file: &Path) -> String {
    let here = std::env::current_dir().ok();
    let short = here.and_then(|here| file.strip_prefix(here).ok().map(Path::to_path_buf));
    short.unwrap_or_else(|| file.to_path_buf()).display().to_string()
}
