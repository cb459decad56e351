//! What is no plain file, and what is named as an argument.

use crate::support;
use crate::tree::{PYTHON_CLIENT, Tree, around, request};

#[test]
fn a_folder_with_the_name_of_a_file() {
    let found = Tree::new().with("x.py/inner.py", format!("{PYTHON_CLIENT}{}", request("py", "m"))).scan();
    assert_eq!(found.errors, []);
    assert_eq!(found.calls[0].path, "x.py/inner.py");
    let found = Tree::new().with("tsconfig.json/inner.py", "").with("lensai.toml/x", "").scan();
    assert_eq!(found.calls.len(), 0);
}

#[test]
fn a_broken_tsconfig_is_named() {
    for content in ["{\"compilerOptions\": {\"paths\": ", "\u{0}", "[", "\"\\ud800\"", &"[".repeat(5_000)] {
        let found = Tree::of("tsconfig.json", content).scan();
        assert!(found.says("tsconfig.json", ""), "{content:.80}: {found:?}");
    }
    for content in [
        "",
        "{}",
        "[]",
        "3",
        "{\"compilerOptions\": {\"baseUrl\": 3, \"paths\": {\"@/*\": 1}}}",
        "{\"compilerOptions\": {\"baseUrl\": \"../../..\", \"paths\": {\"*\": [\"*\", \"../*\"]}}}",
    ] {
        let found = Tree::of("tsconfig.json", content)
            .with("a.ts", around("ts", "import { x } from '@/y'; import z from 'a';"))
            .scan();
        assert_eq!(found.models(), ["before", "after"], "{content}: {found:?}");
    }
}

#[test]
fn a_path_that_is_missing() {
    let tree = Tree::new();
    for args in [&["scan", "missing.py"][..], &["scan", ".", "missing"], &["scan", "beside.py/x.py"]] {
        let run = support::lensai(tree.path(), args);
        assert_eq!((run.code, run.stdout.len()), (Some(2), 0), "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(args.last().unwrap()), "{}", run.stderr);
    }
}

/// What git leaves out is left out where git is. Without it the files were shipped: `.gitignore` of an unpacked package names what it was made into.
#[test]
fn what_git_ignores_is_shipped_where_there_is_no_git() {
    let tree = Tree::of(".gitignore", "dist/\n")
        .with("dist/shipped.py", format!("{PYTHON_CLIENT}{}", request("py", "shipped")))
        .with("old/.ignore", "old.py\n")
        .with("old/old.py", format!("{PYTHON_CLIENT}{}", request("py", "old")))
        .with(".svelte-kit/built.py", format!("{PYTHON_CLIENT}{}", request("py", "built")));
    assert_eq!(tree.scan().models(), <[&str; 0]>::default());
    std::fs::remove_dir(tree.path().join(".git")).unwrap();
    assert_eq!(tree.scan().models(), ["shipped"]);
}

#[test]
fn a_named_notebook_that_is_broken() {
    for content in ["", "{\"cells\": [", "[]", "{}", &"[".repeat(5_000)] {
        let tree = Tree::of("bad.ipynb", content);
        let run = support::lensai(tree.path(), &["scan", "bad.ipynb"]);
        assert_eq!((run.code, run.stdout.len()), (Some(2), 0), "{content:.40}: {}", run.stderr);
        assert!(run.stderr.contains("bad.ipynb"), "{}", run.stderr);
    }
}

#[test]
fn a_named_file_that_is_binary() {
    let tree = Tree::of("image.py", b"\x89PNG\r\n\x1a\n\0\0\0");
    let run = support::lensai(tree.path(), &["scan", "image.py", "--format", "json"]);
    let said = run.code == Some(2) && run.stderr.contains("image.py");
    assert!(said || String::from_utf8_lossy(&run.stdout).contains("binary file"), "{:?} {}", run.code, run.stderr);
}
