//! How long the language server takes, as a client sees it: over pipes, with the time of the pipes.
//!
//! `benches/lsp/run` builds the program and runs this with its path.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a bench fails by panicking, and prints")]

mod client;
mod tree;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;

use client::Client;

/// Edits that are timed.
const EDITS: usize = 400;
const HOVERS: usize = 200;
/// Threads that answered requests end after ten seconds without one, and memory that is free goes back to the system.
const REST: Duration = Duration::from_secs(12);

fn main() {
    let program = PathBuf::from(std::env::var_os("LENSAI_BIN").unwrap_or_else(|| panic!("run benches/lsp/run")));
    let mut rows = Vec::new();
    let folder = std::env::temp_dir().join(format!("lensai-bench-{}", std::process::id()));
    tree::write(&folder, 10_000);
    measure(&program, &folder, &mut rows);
    std::fs::remove_dir_all(&folder).unwrap();
    if let Some(tree) = std::env::var_os("LENSAI_BENCH_TREE") {
        index_only(&program, Path::new(&tree), &mut rows);
    }
    println!("| what | measured | goal |\n|---|---|---|");
    for (what, measured, goal) in rows {
        println!("| {what} | {measured} | {goal} |");
    }
}

type Row = (String, String, &'static str);

fn measure(program: &Path, folder: &Path, rows: &mut Vec<Row>) {
    let mut client = Client::start(program, folder);
    let small = tree::source(1_000);
    let uri = client.uri("app/opened.py");
    let since = Instant::now();
    client.open(&uri, &small);
    let hints = client.hints(&uri);
    let first = since.elapsed();
    assert!(hints > 10, "{hints} hints");
    rows.push((
        "first hints of a file that is opened as the server starts, while vocabularies are read".into(),
        millis(first),
        "50 ms",
    ));
    // The same again: by now the vocabularies are loaded.
    let again = client.uri("app/again.py");
    let since = Instant::now();
    client.open(&again, &small.replace("gpt-4o", "gpt-4.1"));
    client.hints(&again);
    rows.push((
        "first hints of a file that is opened next, while the index is being built".into(),
        millis(since.elapsed()),
        "50 ms",
    ));
    client.request("lensai/totals", &json!({}));
    rows.push(("index of 10,000 files, from the start".into(), millis(client.since.elapsed()), "—"));
    for (lines, goal) in [(1_000, "p50 3 ms, p99 10 ms"), (5_000, "p50 5 ms, p99 20 ms")] {
        let name = client.uri(&format!("app/edited_{lines}.py"));
        let text = tree::source(lines);
        client.open(&name, &text);
        client.hints(&name);
        let mut times = type_into(&mut client, &name, &text, Pairs::Closed);
        rows.push((format!("keystroke to hints and diagnostics, {lines} lines"), spread(&mut times), goal));
        let unpaired = client.uri(&format!("app/unpaired_{lines}.py"));
        client.open(&unpaired, &text);
        client.hints(&unpaired);
        let mut times = type_into(&mut client, &unpaired, &text, Pairs::Open);
        rows.push((format!("the same, with quotes and brackets left open, {lines} lines"), spread(&mut times), "—"));
        let mut hovers: Vec<Duration> = (0..HOVERS).map(|turn| hover(&mut client, &name, &text, turn)).collect();
        rows.push((format!("hover, {lines} lines"), spread(&mut hovers), "2 ms"));
    }
    std::thread::sleep(REST);
    rows.push(("resident memory afterwards".into(), format!("{} MB", client.resident_mb()), "250 MB"));
    let before = client.cpu();
    std::thread::sleep(Duration::from_secs(10));
    let idle = client.cpu().saturating_sub(before);
    rows.push(("CPU time in 10 s of idleness".into(), millis(idle), "none"));
    client.end();
}

/// Indexes a folder and no more.
fn index_only(program: &Path, folder: &Path, rows: &mut Vec<Row>) {
    let mut client = Client::start(program, folder);
    client.request("lensai/totals", &json!({}));
    rows.push(("index of the bench tree of `scan`".into(), millis(client.since.elapsed()), "5 s"));
    std::thread::sleep(REST);
    rows.push(("resident memory afterwards".into(), format!("{} MB", client.resident_mb()), "250 MB"));
    client.end();
}

/// How an editor treats quotes and brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pairs {
    /// It writes the closing one with the opening one, as nearly all do.
    Closed,
    /// It leaves them open until they are closed.
    Open,
}

/// What is typed: an assignment, and a call.
const TYPED: &str = "    note = f\"{text} is what was said\"\n    other = client.chat.completions.create(model=\"gpt-4o-mini\", messages=[])\n";

/// Types words, lines and a call, one character after another, and asks after each what an editor asks.
fn type_into(client: &mut Client, uri: &str, text: &str, pairs: Pairs) -> Vec<Duration> {
    let middle = text.lines().count() / 2;
    let (line, _) = text.lines().enumerate().find(|(at, line)| *at > middle && line.starts_with("def ")).unwrap();
    let (mut line, mut column) = (line + 1, 0);
    // On a line of its own, as one does.
    let at = json!({"line": line, "character": 0});
    client.change(uri, &json!([{"range": {"start": at, "end": at}, "text": "\n"}]));
    client.hints_and_diagnostics(uri);
    let mut times = Vec::new();
    let mut open = String::new();
    for letter in TYPED.chars().cycle().take(EDITS) {
        let mut written = letter.to_string();
        if pairs == Pairs::Closed {
            // The editor has written it already: the cursor goes past it.
            if open.ends_with(letter) {
                open.pop();
                column += 1;
                continue;
            }
            if let Some(closing) =
                [('(', ')'), ('[', ']'), ('{', '}'), ('"', '"')].into_iter().find(|pair| pair.0 == letter)
            {
                open.push(closing.1);
                written.push(closing.1);
            }
        }
        let at = json!({"line": line, "character": column});
        let since = Instant::now();
        client.change(uri, &json!([{"range": {"start": at, "end": at}, "text": written}]));
        times.push(client.hints_and_diagnostics(uri) - since);
        (line, column) = if letter == '\n' { (line + 1, 0) } else { (line, column + 1) };
        // As fast as nobody types: the server is idle in between, and the quiet after an edit does not come.
        std::thread::sleep(Duration::from_millis(15));
    }
    times
}

fn hover(client: &mut Client, uri: &str, text: &str, turn: usize) -> Duration {
    let calls: Vec<usize> =
        text.lines().enumerate().filter(|(_, line)| line.contains("model=")).map(|(at, _)| at).collect();
    let line = calls[turn % calls.len()];
    let character = text.lines().nth(line).unwrap().find("model=").unwrap() + 9;
    let since = Instant::now();
    client.request(
        "textDocument/hover",
        &json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}),
    );
    since.elapsed()
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |percent: usize| millis(times[(times.len() * percent / 100).min(times.len() - 1)]);
    format!("p50 {}, p99 {}, most {}", at(50), at(99), at(100))
}
