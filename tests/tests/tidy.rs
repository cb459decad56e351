//! Holds the invariants of ARCHITECTURE.md over the manifests and the sources. A fault names its place; what has to change is the
//! source, not this file.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use lensai_tests::code::{has_word, without_comments_and_texts, without_tests};
use lensai_tests::repository::{self, File, Package, files, packages};

/// The arrows: what each part of the program may depend on, and does.
const ARROWS: &[(&str, &[&str])] = &[
    ("lensai-text", &[]),
    ("lensai-syntax", &["lensai-text"]),
    ("lensai-semantics", &["lensai-syntax", "lensai-text"]),
    ("lensai-calls", &["lensai-config", "lensai-semantics", "lensai-syntax", "lensai-text"]),
    ("lensai-tokens", &[]),
    ("lensai-models", &["lensai-tokens"]),
    ("lensai-cost", &["lensai-calls", "lensai-models", "lensai-text", "lensai-tokens"]),
    ("lensai-config", &[]),
    ("lensai-checks", &["lensai-calls", "lensai-config", "lensai-cost", "lensai-models", "lensai-text"]),
    (
        "lensai-ide",
        &[
            "lensai-calls",
            "lensai-checks",
            "lensai-config",
            "lensai-cost",
            "lensai-models",
            "lensai-syntax",
            "lensai-text",
            "lensai-tokens",
        ],
    ),
    (
        "lensai",
        &[
            "lensai-calls",
            "lensai-checks",
            "lensai-config",
            "lensai-cost",
            "lensai-ide",
            "lensai-models",
            "lensai-semantics",
            "lensai-syntax",
            "lensai-text",
            "lensai-tokens",
        ],
    ),
];

/// Crates that one part of the program has to itself: LSP and the command line at the edge, HTTP in one place, grammars in one.
const AT_HOME: &[(&str, &[&str])] = &[
    ("clap", &["lensai"]),
    ("lsp-types", &["lensai"]),
    ("ls-types", &["lensai"]),
    ("tower-lsp", &["lensai"]),
    ("tower-lsp-server", &["lensai"]),
    ("tokio", &["lensai", "lensai-vault-server"]),
    ("reqwest", &["lensai-remote"]),
    ("tree-sitter", &["lensai-syntax"]),
    ("tree-sitter-javascript", &["lensai-syntax"]),
    ("tree-sitter-python", &["lensai-syntax"]),
    ("tree-sitter-typescript", &["lensai-syntax"]),
];

/// The folders of the core, which does no IO and keeps no state of its own.
const CORE: &[&str] =
    &["text", "syntax", "semantics", "calls", "tokens", "models", "prompts", "cost", "checks", "config", "ide"];

/// What reaches outside, or stays behind when a call is over.
const NOT_IN_THE_CORE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::process",
    "std::net",
    "std::io::stdin",
    "fs::read",
    "env::var",
    "SystemTime",
    ".is_file()",
    ".is_dir()",
    ".exists()",
    ".metadata()",
    ".read_dir()",
    ".canonicalize()",
    "println!",
    "print!",
    "eprintln!",
    "eprint!",
    "static mut",
    "thread_local!",
    "lazy_static!",
];

/// What makes a static a global state.
const CELLS: &[&str] =
    &["Cell", "LazyCell", "LazyLock", "Mutex", "OnceCell", "OnceLock", "RefCell", "RwLock", "UnsafeCell"];

/// Where a static may be computed once: a table of what a grammar calls its kinds. It is the same in every run and nobody can
/// change it, but the grammar only tells it at run time, and one walk per file cannot afford to ask.
const TABLES_OF_GRAMMARS: &str = "server/syntax/src/lower/";

/// What is computed once and cannot be changed after that.
const COMPUTED_ONCE: &[&str] = &["LazyLock", "OnceLock"];

const PANICS: &[&str] = &[
    ".unwrap()",
    ".expect(",
    ".unwrap_err()",
    ".expect_err(",
    "panic!(",
    "todo!(",
    "unimplemented!(",
    "unreachable!(",
    "dbg!(",
];

const MOST_LINES: usize = 500;

/// Shows all faults at once.
#[track_caller]
fn none(what: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{what}:\n  {}\n", faults.join("\n  "));
}

fn rust_files() -> impl Iterator<Item = File> {
    files().into_iter().filter(|file| file.has_extension("rs"))
}

/// What is compiled into programs, without what is only compiled for tests.
fn program_code() -> Vec<(String, String)> {
    let is_test = |path: &str| {
        path.starts_with("tests/")
            || path.split('/').any(|part| matches!(part, "tests" | "benches" | "tests.rs" | "build.rs"))
    };
    rust_files()
        .filter(|file| !is_test(&file.path))
        .map(|file| (file.path, without_tests(&without_comments_and_texts(&file.text))))
        .collect()
}

/// `path:line` of each place of a pattern.
fn places<'a>(path: &'a str, code: &'a str, pattern: &'a str) -> impl Iterator<Item = String> + 'a {
    let begins_a_name = pattern.starts_with(|char: char| char.is_alphabetic());
    (1..).zip(code.lines()).filter_map(move |(number, line)| {
        let at = line.find(pattern)?;
        // `eprintln!` holds `println!`, `my_fs::read` is not `fs::read`.
        let before = line.get(..at)?.chars().next_back();
        let is_inside = begins_a_name && before.is_some_and(|char| char.is_alphanumeric() || char == '_');
        (!is_inside).then(|| format!("{path}:{number}: {pattern}"))
    })
}

fn of_core(path: &str) -> bool {
    path.strip_prefix("server/").and_then(|path| path.split('/').next()).is_some_and(|folder| CORE.contains(&folder))
}

// ---- packages

#[test]
fn dependencies_point_along_the_arrows() {
    let arrows: BTreeMap<&str, BTreeSet<&str>> =
        ARROWS.iter().map(|(name, to)| (*name, to.iter().copied().collect())).collect();
    let mut faults = Vec::new();
    for package in packages().iter().filter(|package| package.is_server()) {
        let Some(allowed) = arrows.get(package.name.as_str()) else {
            faults.push(format!("{}: a new part of the program has no place in the table of arrows", package.name));
            continue;
        };
        let ours = |names: &[String]| -> BTreeSet<String> {
            names.iter().filter(|name| name.starts_with("lensai")).cloned().collect()
        };
        let found = ours(&package.dependencies);
        let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
        if found != *allowed {
            faults.push(format!("{} depends on {found:?}, not on {allowed:?}", package.name));
        }
        // Tests may use what lies below, and nothing above.
        let below = below(&package.name, &arrows);
        for name in ours(&package.dev_dependencies) {
            if found.contains(name.as_str()) {
                faults.push(format!("{} depends on {name} already: its tests need no second entry", package.name));
            } else if !below.contains(name.as_str()) {
                faults.push(format!("the tests of {} depend on {name}, which is not below it", package.name));
            }
        }
    }
    none("dependencies against the arrows", &faults);
}

/// Everything that a part of the program rests on.
fn below<'a>(name: &str, arrows: &BTreeMap<&str, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = arrows.get(name).into_iter().flatten().copied().collect();
    while let Some(next) = open.pop() {
        if found.insert(next) {
            open.extend(arrows.get(next).into_iter().flatten());
        }
    }
    found
}

#[test]
fn some_crates_are_used_in_one_place_only() {
    let mut faults = Vec::new();
    for package in packages().iter().filter(|package| package.is_server()) {
        for (dependency, homes) in AT_HOME {
            let uses = package.dependencies.iter().chain(&package.dev_dependencies).any(|name| name == dependency);
            if uses && !homes.contains(&package.name.as_str()) {
                faults.push(format!("{} depends on {dependency}, which belongs to {homes:?}", package.name));
            }
        }
    }
    none("crates outside of their place", &faults);
}

#[test]
fn packages_share_what_the_workspace_says() {
    let mut faults = Vec::new();
    for Package { name, manifest, publishable, .. } in packages() {
        let is_shared = |table: &toml::Table| table.get("workspace").and_then(toml::Value::as_bool) == Some(true);
        if !manifest.get("lints").and_then(toml::Value::as_table).is_some_and(is_shared) {
            faults.push(format!("{name}: no `[lints] workspace = true`"));
        }
        for key in ["version", "edition", "rust-version", "license"] {
            if !manifest["package"].get(key).and_then(toml::Value::as_table).is_some_and(is_shared) {
                faults.push(format!("{name}: no `{key}.workspace = true`"));
            }
        }
        if publishable {
            faults.push(format!("{name}: could be published"));
        }
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let entries = manifest.get(kind).and_then(toml::Value::as_table).into_iter().flatten();
            let own = entries.filter(|(_, entry)| !entry.as_table().is_some_and(is_shared));
            faults.extend(own.map(|(entry, _)| format!("{name}: the version of {entry} belongs in the workspace")));
        }
    }
    none("packages that differ from the workspace", &faults);
}

#[test]
fn the_compiler_is_named_once() {
    let workspace = repository::workspace();
    assert_eq!(workspace["workspace"]["package"]["rust-version"].as_str(), Some("1.94"));
    let pinned: Vec<String> = files()
        .into_iter()
        .map(|file| file.path)
        .filter(|path| matches!(path.rsplit('/').next(), Some("rust-toolchain" | "rust-toolchain.toml")))
        .collect();
    none("files that choose a toolchain", &pinned);
}

#[test]
fn every_dependency_is_used_and_explained() {
    let architecture = text("ARCHITECTURE.md");
    let packages = packages();
    let code: Vec<(String, String)> =
        rust_files().map(|file| (file.path, without_comments_and_texts(&file.text))).collect();
    let mut faults = Vec::new();
    for (name, entry) in repository::workspace()["workspace"]["dependencies"].as_table().unwrap() {
        let users: Vec<&Package> = packages
            .iter()
            .filter(|user| user.dependencies.iter().chain(&user.dev_dependencies).any(|used| used == name))
            .collect();
        if users.is_empty() {
            faults.push(format!("{name} is used by no package"));
        }
        // Cargo has an underscore where the name has a hyphen.
        let in_code = name.replace('-', "_");
        for package in users {
            let own = format!("{}/", package.folder);
            if !code.iter().any(|(path, code)| path.starts_with(&own) && has_word(code, &in_code)) {
                faults.push(format!("{name} is in the manifest of {} and not in its code", package.name));
            }
        }
        if entry.get("path").is_none() && !architecture.contains(&format!("`{name}`")) {
            faults.push(format!("{name} is not explained in ARCHITECTURE.md"));
        }
    }
    none("dependencies", &faults);
}

// ---- code

#[test]
fn tree_sitter_stays_inside_syntax() {
    let mut faults = Vec::new();
    for (path, code) in program_code() {
        let used = code.lines().any(|line| line.contains("tree_sitter"));
        if !used {
            continue;
        }
        if !path.starts_with("server/syntax/") {
            faults.push(format!("{path}: names tree_sitter"));
            continue;
        }
        let types = imported(&code, "tree_sitter");
        for (number, signature) in public_signatures(&code) {
            let mut shown = types.iter().map(String::as_str).chain(["tree_sitter"]);
            if let Some(name) = shown.find(|name| has_word(&signature, name)) {
                faults.push(format!("{path}:{number}: shows {name}"));
            }
        }
    }
    none("tree-sitter outside of lensai-syntax", &faults);
}

/// The names that a file imports from a crate, as it calls them.
fn imported(code: &str, name: &str) -> Vec<String> {
    let uses = code.split("use ").skip(1).filter_map(|rest| rest.split_once(';')).map(|(path, _)| path);
    uses.filter(|path| path.starts_with(&format!("{name}::")))
        .flat_map(|path| path.split(['{', '}', ',']).map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|path| path.split([' ', ':']).rfind(|part| !part.is_empty()).map(str::to_owned))
        .collect()
}

/// What is `pub` (`unreachable_pub` sees to it that this means public), up to the body, with its line.
fn public_signatures(code: &str) -> Vec<(usize, String)> {
    let lines: Vec<&str> = code.lines().collect();
    let begins = |line: &str| line.trim_start().starts_with("pub ");
    let starts = (0..lines.len()).filter(|at| lines.get(*at).is_some_and(|line| begins(line)));
    starts
        .map(|at| {
            let rest = lines.get(at..).unwrap_or_default().join("\n");
            let end = rest.find(['{', ';', '=']).unwrap_or(rest.len());
            (at + 1, rest.get(..end).unwrap_or_default().to_owned())
        })
        .collect()
}

#[test]
fn the_core_does_no_io_and_keeps_no_global_state() {
    let mut faults = Vec::new();
    for (path, code) in program_code().iter().filter(|(path, _)| of_core(path)) {
        faults.extend(NOT_IN_THE_CORE.iter().flat_map(|pattern| places(path, code, pattern)));
        for (number, line) in (1..).zip(code.lines()) {
            let line = line.trim_start();
            let declares = line.starts_with("static ") || (line.starts_with("pub") && line.contains(" static "));
            let kept = |name: &&&str| has_word(line, name) || line.contains(": Atomic");
            let is_table = |cell: &&&str| path.starts_with(TABLES_OF_GRAMMARS) && COMPUTED_ONCE.contains(*cell);
            if let Some(cell) = CELLS.iter().filter(|cell| !is_table(cell)).find(kept).filter(|_| declares) {
                faults.push(format!("{path}:{number}: a static {cell}"));
            }
        }
    }
    none("IO or global state in the core", &faults);
}

#[test]
fn nothing_panics_on_purpose() {
    let mut faults = Vec::new();
    for (path, code) in program_code() {
        faults.extend(PANICS.iter().flat_map(|pattern| places(&path, &code, pattern)));
    }
    none("panics outside of tests", &faults);
}

#[test]
fn modules_stay_small() {
    let lines = rust_files().map(|file| (file.text.lines().count(), file.path));
    let long: Vec<String> =
        lines.filter(|(lines, _)| *lines > MOST_LINES).map(|(lines, path)| format!("{path}: {lines} lines")).collect();
    none(&format!("modules of more than {MOST_LINES} lines: split them"), &long);
}

// ---- data and documents

#[test]
fn every_sdk_description_is_built_in() {
    let built_in: BTreeSet<&str> = lensai_calls::sdk::BUILTIN.iter().map(|(file, _)| *file).collect();
    let files = files();
    let of_folder: BTreeSet<&str> = files
        .iter()
        .filter(|file| file.has_extension("toml"))
        .filter_map(|file| file.path.strip_prefix("queries/sdks/"))
        .collect();
    assert_eq!(built_in, of_folder);
}

#[test]
fn nothing_names_a_machine_or_a_registry() {
    // In pieces, or this file would name them.
    let folders = ["/wo#rk/", "/ro#ot/", "/ho#me/", "/Us#ers/"].map(|name| name.replace('#', ""));
    let hosts = ["crates#.io", "py#pi.org", "python#hosted.org", "np#mjs.", "proxy.go#lang.org"];
    let hosts = hosts.map(|name| name.replace('#', ""));
    let outside = "..#/shared".replace('#', "");
    let mut faults = Vec::new();
    for file in files() {
        // Cargo writes where a package comes from; there is no other way to lock it.
        let is_lock = file.path == "Cargo.lock";
        for (number, line) in (1..).zip(file.text.lines()) {
            let names_host = !(is_lock && line.starts_with("source = \"registry+"));
            let mut fault = |name: &str| faults.push(format!("{}:{number}: {name}", file.path));
            folders.iter().filter(|name| begins_a_path(line, name)).for_each(|name| fault(name));
            hosts.iter().filter(|name| names_host && line.contains(name.as_str())).for_each(|name| fault(name));
            if line.contains(&outside) {
                fault(&outside);
            }
        }
    }
    none("names of machines, registries or folders outside", &faults);
}

/// Whether an absolute path begins so; `web/home/` does not.
fn begins_a_path(line: &str, beginning: &str) -> bool {
    line.match_indices(beginning).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.' | '/' | ']' | '}' | ')'))
    })
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut faults = Vec::new();
    for file in files().iter().filter(|file| file.has_extension("md") && !file.path.starts_with("fixtures/")) {
        let folder = repository::root().join(&file.path);
        let folder = folder.parent().unwrap();
        for link in file.text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            let is_outside = link.contains("://") || link.contains(char::is_whitespace) || target.is_empty();
            if !is_outside && !folder.join(target).exists() {
                faults.push(format!("{}: {link}", file.path));
            }
        }
    }
    none("links to nothing", &faults);
}

#[test]
fn what_every_project_has_is_there() {
    for (path, says) in [
        ("LICENSE-MIT", "the LensAI authors"),
        ("LICENSE-APACHE", "Version 2.0, January 2004"),
        ("THIRD-PARTY.md", "genai-prices"),
        ("CONTRIBUTING.md", "./tests/run fast"),
        ("CHANGELOG.md", "## [Unreleased]"),
        ("README.md", "cargo run --release -p lensai -- scan fixtures/support-bot"),
        ("ARCHITECTURE.md", "Invariants"),
    ] {
        assert!(text(path).contains(says), "{path} does not say `{says}`");
    }
}

fn text(path: &str) -> String {
    let found = files().into_iter().find(|file| file.path == path);
    found.map(|file| file.text).unwrap_or_default()
}
