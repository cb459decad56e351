//! What README.md shows is what the program prints. `UPDATE_README=1` writes it anew.
//!
//! A comment above a block says how it is shown:
//!
//! * `<!-- file: PATH -->`: the block is a file for the commands below it;
//! * `<!-- shown -->`: a session in a folder with these files and the fixtures;
//! * `<!-- screen: NAME LINES -->`: what an editor shows, which `tests/editors/run` compares;
//! * `<!-- the table of DAY -->`: the scan of the fixture as of that day. Prices and models change with time, the README does not.

#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lensai::engine::{ScanOptions, scan};
use lensai::report::{Palette, ScanReport, View, table};
use lensai_calls::sdk::Descriptions;
use lensai_config::Workspace;
use lensai_cost::{Assumptions, estimate};
use lensai_models::{Catalogue, Date};
use lensai_tests::readme::{with_answers, with_blocks};
use lensai_tests::repository::root;
use lensai_tokens::Tokenizers;

const FIXTURE: &str = "fixtures/support-bot";

#[test]
fn the_readme_shows_what_the_program_prints() {
    let file = root().join("README.md");
    let shown = fs::read_to_string(&file).unwrap();
    let desk = Desk::new();
    let mut blocks = 0;
    let real = with_blocks(&shown, |comment, block| {
        blocks += 1;
        match comment.split_once(' ') {
            Some(("file:", path)) => desk.file(path, block),
            Some(("screen:", _)) => block.to_owned(),
            None if comment == "shown" => with_answers(block, |command| desk.run(command)),
            _ => match comment.strip_prefix("the table of ") {
                Some(day) => with_answers(block, |_| table_of(day.parse().unwrap())),
                None => panic!("`<!-- {comment} -->` says nothing that this test knows"),
            },
        }
    });
    assert!(blocks > 5, "README.md has lost its comments");
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(&file, real).unwrap();
        return;
    }
    for (number, (shown, real)) in (1..).zip(shown.lines().zip(real.lines())) {
        assert_eq!(shown, real, "README.md:{number} differs; UPDATE_README=1 writes what the program prints");
    }
    assert_eq!(shown.len(), real.len());
}

/// The program as it is run today finds the same calls: all that the day can change is left out.
#[test]
fn the_program_prints_that_table() {
    let calls = |table: &str| -> Vec<String> {
        let costs = table.lines().next().and_then(|header| header.find("per call")).unwrap() - 2;
        let rows = table.lines().skip(1).take_while(|line| *line != "Not priced" && !line.contains(" calls in "));
        rows.map(|line| line.chars().take(costs).collect::<String>().trim_end().to_owned()).collect()
    };
    let today = Desk::new().run(&format!("lensai scan {FIXTURE}"));
    assert_eq!(calls(&today), calls(&table_of(Catalogue::builtin().unwrap().as_of())));
}

/// The table as the program prints it on a day, where nobody can be asked for a width.
fn table_of(day: Date) -> String {
    let folder = root().join(FIXTURE);
    let settings = Workspace::parse(&fs::read_to_string(folder.join("lensai.toml")).unwrap()).unwrap();
    let lensai_config::Assumptions { tokens_per_hole, output_tokens, agent_turns, history_turns } =
        settings.assumptions;
    let assumptions = Assumptions { tokens_per_hole, output_tokens, agent_turns, history_turns };
    let traffic = settings.traffic;
    let found =
        scan(&folder, std::slice::from_ref(&folder), Descriptions::builtin(), ScanOptions::default(), &|_, _| ());
    let (catalogue, tokenizers) = (Catalogue::builtin().unwrap(), Tokenizers::new());
    let report =
        ScanReport::new(FIXTURE, &found, &traffic, |call| estimate(call, &catalogue, &tokenizers, &assumptions, day));
    let view = View {
        wrappers: false,
        width: 100,
        palette: Palette::Plain,
        files: found.counters.files,
        price_age_days: Some(catalogue.as_of().days_until(day)),
        tokens_per_hole,
        output_tokens,
        agent_turns,
    };
    table::render(&report, &view)
}

/// A folder in which the commands of the README run, with the program in their path.
struct Desk {
    folder: PathBuf,
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Desk {
    fn new() -> Self {
        // Each test of this file has its own, whether they are threads or processes.
        let own = format!("{}-{:?}", std::process::id(), std::thread::current().id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme").join(own);
        let _ = fs::remove_dir_all(&folder);
        // Ends the search for settings and for files to ignore.
        fs::create_dir_all(folder.join(".git")).unwrap();
        fs::create_dir_all(folder.join("bin")).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_lensai-under-test"), folder.join("bin/lensai")).unwrap();
        std::os::unix::fs::symlink(root().join("fixtures"), folder.join("fixtures")).unwrap();
        Self { folder }
    }

    fn file(&self, path: &str, text: &str) -> String {
        let file = self.folder.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
        text.to_owned()
    }

    /// What a command prints, on both streams.
    fn run(&self, command: &str) -> String {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut paths = vec![self.folder.join("bin")];
        paths.extend(std::env::split_paths(&path));
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{{ {command}\n}} 2>&1")]).current_dir(&self.folder).env_remove("NO_COLOR");
        let output = shell.env("PATH", std::env::join_paths(paths).unwrap()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}
