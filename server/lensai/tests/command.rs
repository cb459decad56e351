//! The program as it is run: streams, formats, exit codes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A folder of its own for each test, empty at the start.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("command").join(name);
    let _ = fs::remove_dir_all(&folder);
    // Ends the search for a lensai.toml: none above it matters.
    fs::create_dir_all(folder.join(".git")).unwrap();
    folder
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lensai"));
    command.current_dir(folder).args(args).env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

fn lensai(folder: &Path, args: &[&str]) -> Output {
    command(folder, args).output().unwrap()
}

fn with_stdin(folder: &Path, args: &[&str], stdin: &[u8]) -> Output {
    let mut child =
        command(folder, args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn err(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn json(output: &Output) -> Value {
    assert!(output.stdout.ends_with(b"\n"));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn usage_faults_end_with_2_and_help_with_0() {
    let folder = folder("usage");
    for args in [&[][..], &["frobnicate"], &["scan", "--format", "xml"], &["schema", "nothing"], &["scan", "-q", "-v"]]
    {
        let output = lensai(&folder, args);
        assert_eq!((output.status.code(), out(&output)), (Some(2), ""), "{args:?}");
        assert!(!err(&output).is_empty(), "{args:?}");
    }
    for args in [&["--help"][..], &["scan", "--help"], &["--version"]] {
        assert_eq!(lensai(&folder, args).status.code(), Some(0), "{args:?}");
    }
    assert!(out(&lensai(&folder, &["--version"])).starts_with("lensai "));
    assert!(!out(&lensai(&folder, &["scan", "--help"])).contains("--threads"));
}

#[test]
fn a_path_that_does_not_exist_ends_with_2() {
    let folder = folder("missing");
    for args in [&["scan", "nowhere"][..], &["scan", ".", "nowhere", "--format", "json"], &["tokens", "nowhere"]] {
        let output = lensai(&folder, args);
        assert_eq!((output.status.code(), out(&output)), (Some(2), ""), "{args:?}");
        assert!(err(&output).starts_with("error: ") && err(&output).contains("`nowhere`"), "{}", err(&output));
    }
    assert_eq!(err(&lensai(&folder, &["scan", "nowhere"])), "error: `nowhere` does not exist\n");
}

#[test]
fn a_named_notebook_that_cannot_be_read_ends_with_2() {
    let folder = folder("notebook");
    fs::write(folder.join("bad.ipynb"), "{\"cells\": [").unwrap();
    let output = lensai(&folder, &["scan", "bad.ipynb"]);
    assert_eq!((output.status.code(), out(&output)), (Some(2), ""));
    assert!(err(&output).contains("cannot read the notebook `bad.ipynb`"), "{}", err(&output));
    assert_eq!(lensai(&folder, &["scan"]).status.code(), Some(0));
}

#[test]
fn an_empty_folder_is_a_scan_without_calls() {
    let folder = folder("empty");
    fs::create_dir(folder.join("app")).unwrap();
    let document = json(&lensai(&folder, &["scan", "app/", "--format", "json"]));
    assert_eq!(document["schema"], 1);
    assert_eq!(document["root"], "app");
    assert_eq!(document["totals"]["expected_usd_per_pass"], "0");
    assert_eq!(document["calls"].as_array().map(Vec::len), Some(0));
    let table = lensai(&folder, &["scan"]);
    assert_eq!(table.status.code(), Some(0));
    assert!(out(&table).starts_with("There are no Python"), "{}", out(&table));
    assert!(out(&lensai(&folder, &["scan", "--format", "csv"])).starts_with("path,cell,line,column,"));
    assert!(out(&lensai(&folder, &["scan", "--format", "markdown"])).starts_with("## LLM calls\n"));
}

#[test]
fn the_root_is_the_folder_given_or_that_of_the_file_given() {
    let folder = folder("root");
    fs::create_dir(folder.join("app")).unwrap();
    fs::write(folder.join("app/a.py"), "x = 1\n").unwrap();
    fs::write(folder.join("b.py"), "x = 1\n").unwrap();
    for (paths, root) in [
        (&["app"][..], "app"),
        (&["app/a.py"], "app"),
        (&["b.py"], "."),
        (&["./app/"], "./app"),
        (&["app", "b.py"], "."),
        (&[], "."),
    ] {
        let args = [&["scan", "--format", "json"], paths].concat();
        assert_eq!(json(&lensai(&folder, &args))["root"], root, "{paths:?}");
    }
}

#[test]
fn real_output_follows_the_schema_that_is_printed() {
    let folder = folder("schema");
    fs::write(
        folder.join("app.py"),
        "from openai import OpenAI\nclient = OpenAI()\nclient.chat.completions.create(model=\"gpt-4o\", messages=[])\n",
    )
    .unwrap();
    let schema = json(&lensai(&folder, &["schema", "scan"]));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let output = lensai(&folder, &["scan", "--format", "json"]);
    assert_eq!((output.status.code(), err(&output)), (Some(0), ""));
    let document = json(&output);
    let faults: Vec<String> = validator.iter_errors(&document).map(|fault| fault.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new());
    assert!(json(&lensai(&folder, &["schema", "config"]))["properties"]["budget"].is_object());
}

#[test]
fn a_broken_configuration_is_warned_about_with_its_place() {
    let folder = folder("config");
    fs::write(folder.join("lensai.toml"), "[assumptions]\ntokens_per_holes = 3\n").unwrap();
    let output = lensai(&folder, &["scan", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        err(&output),
        "warning: lensai.toml:2:1: unknown key `tokens_per_holes` (did you mean `tokens_per_hole`?); the defaults are used \
         instead\n"
    );
    json(&output);
    for args in [&["scan", "--no-config"][..], &["scan", "-q"]] {
        assert_eq!(err(&lensai(&folder, args)), "", "{args:?}");
    }
    let missing = lensai(&folder, &["scan", "--config", "other.toml"]);
    assert_eq!((missing.status.code(), out(&missing)), (Some(2), ""));
    assert!(err(&missing).contains("`other.toml`"), "{}", err(&missing));
    fs::write(folder.join("fine.toml"), "[project]\nname = 'x'\n").unwrap();
    assert_eq!(err(&lensai(&folder, &["--config", "fine.toml", "scan"])), "");
}

#[test]
fn verbose_says_what_was_done() {
    let folder = folder("verbose");
    let output = lensai(&folder, &["scan", "-v"]);
    assert!(err(&output).contains("files looked at"), "{}", err(&output));
    assert_eq!(err(&lensai(&folder, &["scan"])), "");
}

#[test]
fn tokens_are_counted_as_the_model_does() {
    let folder = folder("tokens");
    fs::write(folder.join("a.txt"), "hello world").unwrap();
    fs::write(folder.join("b.txt"), "hello").unwrap();
    let output = with_stdin(&folder, &["tokens", "--model", "gpt-4o", "--format", "json"], b"hello world");
    assert_eq!(
        out(&output),
        "{\"model\":\"gpt-4o\",\"encoding\":\"o200k_base\",\"tokens\":2,\"low\":2,\"high\":2,\"method\":\"exact\"}\n"
    );
    assert_eq!(json(&with_stdin(&folder, &["tokens", "-", "--format", "json"], b"hello"))["model"], Value::Null);
    let several = json(&lensai(&folder, &["tokens", "a.txt", "b.txt", "--format", "json"]));
    assert_eq!((several[0]["tokens"].as_u64(), several[1]["tokens"].as_u64()), (Some(2), Some(1)));
    let compared = json(&lensai(&folder, &["tokens", "--compare", "gpt-4o,gpt-4", "a.txt", "--format", "json"]));
    assert_eq!(
        (compared[0]["encoding"].as_str(), compared[1]["encoding"].as_str()),
        (Some("o200k_base"), Some("cl100k_base"))
    );
    assert_eq!(
        out(&lensai(&folder, &["tokens", "--model", "gpt-4o", "a.txt"])),
        "2  tokens  (gpt-4o, o200k_base, exact)\n"
    );
    let wrong = with_stdin(&folder, &["tokens"], b"ab\xff");
    assert_eq!((wrong.status.code(), out(&wrong)), (Some(2), ""));
    assert_eq!(err(&wrong), "error: stdin is not valid UTF-8 from byte 2\n");
}

#[test]
fn prices_are_shown_with_source_and_day() {
    let folder = folder("prices");
    let shown = json(&lensai(&folder, &["prices", "show", "gpt-4o", "--format", "json"]));
    assert_eq!((shown["model"].as_str(), shown["provider"].as_str()), (Some("gpt-4o"), Some("openai")));
    assert_eq!(shown["price"]["input_per_mtok"], "2.50");
    assert_eq!(shown["source"], "builtin");
    assert!(shown["as_of"].is_string() && shown["limits"]["context"].is_u64() && shown["status"].is_string());
    assert!(out(&lensai(&folder, &["prices", "show", "gpt-4o"])).contains("$2.50 per 1M tokens"));
    let unknown = lensai(&folder, &["prices", "show", "gpt-4o-mni", "--format", "json"]);
    assert_eq!((unknown.status.code(), out(&unknown)), (Some(2), ""));
    assert!(err(&unknown).contains("near names: ") && err(&unknown).contains("gpt-4o-mini"), "{}", err(&unknown));
    let list = lensai(&folder, &["prices", "list", "--provider", "anthropic"]);
    assert!(out(&list).lines().count() > 3 && out(&list).lines().skip(1).all(|line| line.starts_with("anthropic ")));
    assert!(json(&lensai(&folder, &["prices", "list", "gpt-4o", "--format", "json"])).as_array().unwrap().len() > 1);
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let folder = folder("pipe");
    let mut child = command(&folder, &["prices", "list", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), err(&output)), (Some(0), ""));
}

#[test]
fn colours_are_there_when_asked_for() {
    let folder = folder("colours");
    fs::write(folder.join("lensai.toml"), "[").unwrap();
    assert!(err(&lensai(&folder, &["scan", "--color", "always"])).contains("\u{1b}["));
    assert!(!err(&lensai(&folder, &["scan", "--color", "never"])).contains('\u{1b}'));
    assert!(!err(&lensai(&folder, &["scan"])).contains('\u{1b}'));
}
