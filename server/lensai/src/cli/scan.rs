//! `lensai scan`: every call with its cost.

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail};
use lensai_calls::sdk::Descriptions;
use lensai_syntax::Language;
use lensai_text::{Notebook, decode};

use super::Exit;
use super::args::{Global, ScanArgs, ScanFormat};
use super::console::{self, Console};
use super::progress::Progress;
use super::settings;
use crate::engine::pricing::{Pricing, today};
use crate::engine::{self, Scan, ScanOptions};
use crate::report::{ScanReport, View, csv, json, markdown, table};

pub(super) fn run(args: &ScanArgs, global: &Global, console: &Console) -> anyhow::Result<Exit> {
    let target = Target::of(&args.paths, console)?;
    let settings = settings::load(global, &target.root, console)?;
    let assumptions = settings.assumptions();
    let descriptions = Descriptions::builtin().with(settings.sdks);
    let options = ScanOptions { parse_all: args.parse_all, threads: args.threads };
    let progress = Progress::new(console.is_live());
    let scan = engine::scan(&target.root, &target.paths, descriptions, options, &|done, of| progress.at(done, of));
    drop(progress);

    let pricing = Pricing::builtin().context("the built-in price catalogue is broken")?;
    let today = today();
    let traffic = &settings.workspace.traffic;
    let report = ScanReport::new(&target.shown, &scan, traffic, |call| pricing.estimate(call, &assumptions, today));
    tell(&scan, console);
    let view = || View {
        width: console::width(),
        palette: console.palette(),
        wrappers: args.wrappers,
        files: scan.counters.files,
        price_age_days: Some(pricing.catalogue.as_of().days_until(today)),
        tokens_per_hole: assumptions.tokens_per_hole,
        output_tokens: assumptions.output_tokens,
        agent_turns: assumptions.agent_turns,
    };
    let bytes = match args.format {
        ScanFormat::Table => table::render(&report, &view()).into_bytes(),
        ScanFormat::Json => json::render(&report)?.into_bytes(),
        ScanFormat::Csv => csv::render(&report)?,
        ScanFormat::Markdown => markdown::render(&report, &view()).into_bytes(),
    };
    console::results(&bytes)?;
    Ok(Exit::Fine)
}

/// What is scanned, and what paths are relative to.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    root: PathBuf,
    /// The root as reports name it.
    shown: String,
    paths: Vec<PathBuf>,
}

impl Target {
    /// One folder is its own root, one file has that of its folder, several paths have the current folder.
    fn of(paths: &[PathBuf], console: &Console) -> anyhow::Result<Self> {
        for path in paths {
            readable(path, console)?;
        }
        let here = || PathBuf::from(".");
        let root = match paths {
            [one] if one.is_dir() => one.clone(),
            [one] => one.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or_else(here, Path::to_path_buf),
            _ => here(),
        };
        let paths = if paths.is_empty() { vec![here()] } else { paths.to_vec() };
        Ok(Self { shown: with_slashes(&root), root, paths })
    }
}

/// Refuses what is named and cannot be read. What lies inside a folder is the scan's to report.
fn readable(path: &Path, console: &Console) -> anyhow::Result<()> {
    let shown = path.display();
    let kind = match fs::metadata(path) {
        Ok(kind) => kind,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!("`{shown}` does not exist"),
        Err(error) => return Err(error).with_context(|| format!("cannot read `{shown}`")),
    };
    if kind.is_dir() {
        fs::read_dir(path).with_context(|| format!("cannot read the folder `{shown}`"))?;
        return Ok(());
    }
    if !kind.is_file() {
        bail!("cannot read `{shown}`: it is not a regular file");
    }
    let bytes = fs::read(path).with_context(|| format!("cannot read `{shown}`"))?;
    if path.extension().is_some_and(|extension| extension == "ipynb") {
        let notebook = Notebook::parse(&decode(&bytes).text);
        if let (Some(problem), true) = (notebook.problem, notebook.cells.is_empty()) {
            bail!("cannot read the notebook `{shown}`: {problem}");
        }
    }
    if Language::of_path(&path.to_string_lossy()).is_none() {
        console.warning(&format!(
            "`{shown}` is no Python, TypeScript, JavaScript or notebook: nothing is looked for in it"
        ));
    }
    Ok(())
}

/// The path with `/`, whatever the system writes, and without a `/` at its end.
fn with_slashes(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if std::path::MAIN_SEPARATOR == '\\' { text.replace('\\', "/") } else { text.into_owned() };
    let only_root = path.components().all(|component| matches!(component, Component::RootDir | Component::Prefix(_)));
    if only_root { text } else { text.trim_end_matches('/').to_owned() }
}

/// What the results do not say: faults in a line, and what was done for those who ask.
fn tell(scan: &Scan, console: &Console) {
    let counters = &scan.counters;
    let skipped: usize = counters.skipped.values().sum();
    console.detail(&format!("{} files looked at, {} parsed, {skipped} skipped", counters.files, counters.parsed));
    let work = counters.work;
    console.detail(&format!("{} items evaluated, {} budgets used up", work.items, work.budgets));
    for (reason, count) in &counters.skipped {
        console.detail(&format!("  skipped {count}: {reason}"));
    }
    if scan.errors.is_empty() {
        return;
    }
    if console.is_verbose() {
        for error in &scan.errors {
            console.warning(&format!("{}: {}", error.path, error.message));
        }
        return;
    }
    let mut files: Vec<&str> = scan.errors.iter().map(|error| error.path.as_str()).collect();
    files.dedup();
    let count = if files.len() == 1 { "1 file".to_owned() } else { format!("{} files", files.len()) };
    console.warning(&format!("{count} could not be read fully; -v lists them"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_shown_as_given_with_slashes() {
        for (given, shown) in [(".", "."), ("app/", "app"), ("/", "/"), ("/srv/app//", "/srv/app"), ("../x", "../x")] {
            assert_eq!(with_slashes(Path::new(given)), shown, "{given}");
        }
    }
}
