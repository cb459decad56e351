//! The two streams. Nothing else in the program writes to them.

use std::io::{self, IsTerminal as _, Write as _};

use unicode_width::UnicodeWidthStr as _;

use super::args::{Color, Global};
use crate::report::Palette;

/// Columns of a line where nobody can be asked.
const WIDTH: usize = 100;

/// Where results and messages go, and how they look.
#[derive(Debug)]
pub(super) struct Console {
    color: Color,
    no_color: bool,
    quiet: bool,
    verbose: bool,
}

impl Console {
    pub(super) fn new(global: &Global) -> Self {
        // By the convention any value counts, except the empty one.
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { color: global.color, no_color, quiet: global.quiet, verbose: global.verbose > 0 }
    }

    pub(super) fn palette(&self) -> Palette {
        self.palette_on(io::stdout().is_terminal())
    }

    pub(super) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Whether something may move on stderr.
    pub(super) fn is_live(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// What makes a run fail: shown also when it should be quiet.
    pub(super) fn error(&self, message: &str) {
        self.say("error", "1;31", message);
    }

    /// What a user should know, though the run goes on.
    pub(super) fn warning(&self, message: &str) {
        if !self.quiet {
            self.say("warning", "1;33", message);
        }
    }

    /// A line that helps with an error: shown with it.
    pub(super) fn hint(&self, message: &str) {
        self.say("", "", message);
    }

    /// What a user may want to know.
    pub(super) fn note(&self, message: &str) {
        if !self.quiet {
            self.say("", "", message);
        }
    }

    /// What was done, for those who ask.
    pub(super) fn detail(&self, message: &str) {
        if self.verbose {
            self.say("", "", message);
        }
    }

    fn say(&self, label: &str, code: &str, message: &str) {
        let message: String =
            message.chars().map(|char| if char.is_control() && char != '\n' { '\u{fffd}' } else { char }).collect();
        let head = match (label, self.palette_on(io::stderr().is_terminal())) {
            ("", _) => String::new(),
            (label, Palette::Plain) => format!("{label}: "),
            (label, Palette::Coloured) => format!("\u{1b}[{code}m{label}:\u{1b}[0m "),
        };
        // Nobody can be told that stderr is closed.
        let _ = writeln!(io::stderr(), "{head}{message}");
    }

    fn palette_on(&self, terminal: bool) -> Palette {
        let coloured = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !self.no_color && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
        };
        if coloured { Palette::Coloured } else { Palette::Plain }
    }
}

/// Writes the results. The error of a reader that has gone is for [`is_closed_pipe`].
pub(super) fn results(bytes: &[u8]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush())?;
    Ok(())
}

/// Columns of the terminal that the results go to.
pub(super) fn width() -> usize {
    terminal_size::terminal_size_of(io::stdout()).map_or(WIDTH, |(width, _)| usize::from(width.0).max(40))
}

/// Rows in columns: the columns named are set to the right.
pub(super) fn columns(rows: &[Vec<String>], right: &[usize]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = cell.width().max(*widest);
        }
    }
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (at, (cell, widest)) in row.iter().zip(&widths).enumerate() {
            let pad = " ".repeat(widest - cell.width());
            let (before, after) = if right.contains(&at) { (pad.as_str(), "") } else { ("", pad.as_str()) };
            line.extend([before, cell, after, "  "]);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// True when the reader of the results has gone (`lensai scan | head`).
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe))
}
