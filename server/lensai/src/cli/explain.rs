//! `lensai explain`: how a call was found and what its figures rest on, or why it was not found.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use lensai_calls::sdk::Descriptions;

use super::Exit;
use super::args::{ExplainArgs, Global, TextFormat};
use super::console::{self, Console};
use super::settings;
use crate::engine::STACK;
use crate::engine::explain::{Explained, seen_from, text_of};
use crate::engine::pricing::{Pricing, today};
use crate::report::explain::{self, CallExplained, ExplainReport, Explainer};

pub(super) fn run(args: &ExplainArgs, global: &Global, console: &Console) -> anyhow::Result<Exit> {
    let asked = Asked::parse(&args.place)?;
    readable(&asked.file)?;
    let folder = asked.file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let settings = settings::load(global, folder, console)?;
    let assumptions = settings.assumptions();
    let descriptions = Descriptions::builtin().with(settings.sdks);
    let pricing = Pricing::builtin().context("the built-in price catalogue is broken")?;
    let report = deep(|| -> anyhow::Result<ExplainReport> {
        let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        let shown_file = asked.file.display();
        let mut found =
            Explained::of(&asked.file, &here, descriptions).with_context(|| format!("cannot read `{shown_file}`"))?;
        let here = here.canonicalize().unwrap_or(here);
        let report_of = |found: &Explained| {
            let shown = |path: &str| seen_from(&here, &found.base.join(path));
            let text_of = |file| text_of(&found.database, &found.sources, file);
            let explainer = Explainer {
                database: &found.database,
                text_of: &text_of,
                shown: &shown,
                pricing: &pricing,
                assumptions,
                date: today(),
            };
            match found.file {
                Some(file) => match explainer.line(file, asked.cell, asked.line, asked.column) {
                    Ok(report) => Ok(report),
                    Err(fault) => bail!("`{shown_file}` {fault}"),
                },
                None => Ok(explainer.nothing(&found.path, (asked.cell, asked.line, asked.column))),
            }
        };
        let mut report = report_of(&found)?;
        // What is of the project may lead to requests, which takes the whole project to know.
        let is_of_project = |call: &CallExplained| {
            let not_found = call.not_found.as_ref();
            not_found.is_some_and(|not_found| !matches!(not_found.kind.as_str(), "package" | "language"))
        };
        if report.calls.iter().any(is_of_project) {
            found.follow_all();
            report = report_of(&found)?;
        }
        report.left_out = found.left_out;
        Ok(report)
    })?;
    let text = match args.format {
        TextFormat::Json => explain::json(&report)?,
        TextFormat::Text => explain::text(&report, console::width(), console.palette()),
    };
    console::results(text.as_bytes())?;
    Ok(Exit::Fine)
}

/// Values are walked by recursion that is bounded in depth: the stack is made for it.
fn deep<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().stack_size(STACK).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

/// A place, as it is asked about.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    file: PathBuf,
    cell: Option<u32>,
    line: u32,
    column: Option<u32>,
}

impl Asked {
    /// `FILE:LINE` or `FILE:LINE:COLUMN`; of a notebook `FILE:CELL:LINE` or `FILE:CELL:LINE:COLUMN`.
    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut rest = text;
        let mut numbers: Vec<u32> = Vec::new();
        while let Some((before, last)) = rest.rsplit_once(':')
            && let Ok(number) = last.parse()
            && numbers.len() < 3
        {
            numbers.insert(0, number);
            rest = before;
        }
        let is_notebook = Path::new(rest).extension().is_some_and(|extension| extension == "ipynb");
        let (cell, line, column) = match (is_notebook, numbers.as_slice()) {
            (false, [line]) => (None, *line, None),
            (false, [line, column]) => (None, *line, Some(*column)),
            (true, [cell, line]) => (Some(*cell), *line, None),
            (true, [cell, line, column]) => (Some(*cell), *line, Some(*column)),
            (true, _) => bail!("`{text}` is no place in a notebook: say FILE:CELL:LINE or FILE:CELL:LINE:COLUMN"),
            (false, _) => bail!("`{text}` is no place in a file: say FILE:LINE or FILE:LINE:COLUMN"),
        };
        Ok(Self { file: PathBuf::from(rest), cell, line, column })
    }
}

/// Refuses a file that cannot be read.
fn readable(file: &Path) -> anyhow::Result<()> {
    let shown = file.display();
    match std::fs::metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!("`{shown}` does not exist"),
        Err(error) => return Err(error).with_context(|| format!("cannot read `{shown}`")),
        Ok(kind) if !kind.is_file() => bail!("cannot read `{shown}`: it is not a regular file"),
        Ok(_) => {}
    }
    std::fs::File::open(file).with_context(|| format!("cannot read `{shown}`"))?;
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_from_their_end() {
        let at = |text: &str| {
            let Asked { file, cell, line, column } = Asked::parse(text).unwrap();
            (file.display().to_string(), cell, line, column)
        };
        assert_eq!(at("a.py:3"), ("a.py".to_owned(), None, 3, None));
        assert_eq!(at("a.py:3:7"), ("a.py".to_owned(), None, 3, Some(7)));
        assert_eq!(at("C:\\a.py:3"), ("C:\\a.py".to_owned(), None, 3, None));
        assert_eq!(at("a.ipynb:2:3"), ("a.ipynb".to_owned(), Some(2), 3, None));
        assert_eq!(at("a.ipynb:2:3:4"), ("a.ipynb".to_owned(), Some(2), 3, Some(4)));
        for wrong in ["a.py", "a.py:", "a.py:x", "a.ipynb:3", "a.py:1:2:3"] {
            assert!(Asked::parse(wrong).is_err(), "{wrong}");
        }
    }
}
