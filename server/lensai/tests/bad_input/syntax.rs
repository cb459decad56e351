//! Text that is no program, or half of one.

use std::fs;

use crate::support;
use crate::tree::{Tree, around};

#[test]
fn good_calls_beside_a_syntax_error_are_found() {
    for (language, wrong) in [
        ("py", "class\ndef f(:\n    pass"),
        ("py", "x = = 3"),
        ("py", "def f(:\n    pass"),
        ("py", "print 'python 2'\nexec 'x'"),
        ("py", "<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> other"),
        ("py", "if x\n    y()"),
        ("py", "  unexpected = 'indent'"),
        ("ts", "const = 3;"),
        ("ts", "class { x( }"),
        ("ts", "<<<<<<< HEAD\nlet a = 1;\n=======\nlet a = 2;\n>>>>>>> other"),
        ("js", "function f( { return 1 }"),
        ("tsx", "const x = <div a=></div>;"),
    ] {
        let path = format!("wrong.{language}");
        let found = Tree::of(&path, around(language, wrong)).scan();
        assert_eq!(found.models(), ["before", "after"], "{wrong}: {found:?}");
        // What a version of the language does not allow need not be an error to the grammar.
        let is_lenient = wrong.starts_with("print") || wrong.starts_with(' ');
        assert!(found.says(&path, "syntax error") || is_lenient, "{wrong}: {found:?}");
    }
}

#[test]
fn a_half_written_file() {
    for language in ["py", "ts", "js", "tsx"] {
        let path = format!("half.{language}");
        for open in ["client.chat.completions.create(", "x = [1, {\"a\": ", "x = \"", "x = f(a, ", "x.", "x = \\"] {
            let text = around(language, "");
            let whole = text.trim_end().rsplit_once('\n').unwrap().0;
            let found = Tree::of(&path, format!("{whole}\n{open}")).scan();
            assert!(found.models().contains(&"before"), "{language} {open}: {found:?}");
        }
    }
}

/// Cut anywhere, a file gives what stands before the cut or says that it is broken.
#[test]
fn a_file_cut_anywhere() {
    for language in ["py", "ts"] {
        let text = around(language, "");
        let mut tree = Tree::new();
        let first = text.find("\n\n").unwrap();
        for cut in first..text.len() {
            tree = tree.with(&format!("{cut:04}.{language}"), &text[..cut]);
        }
        let found = tree.scan();
        for cut in first..text.len() {
            let path = format!("{cut:04}.{language}");
            let has = |model: &str| found.calls.iter().any(|call| call.path == path && call.model == model);
            assert!(has("before"), "{path}: {:?}", &text[..cut]);
        }
    }
}

/// A product that was cut off while it was copied: nothing in it leads to a fault.
#[test]
fn every_file_of_the_support_bot_cut_in_half() {
    let folder = support::fixtures().join("support-bot");
    let mut tree = Tree::new();
    let mut open = vec![folder.clone()];
    while let Some(folder_of) = open.pop() {
        for entry in fs::read_dir(folder_of).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
            tree = tree.with(name, &bytes[..bytes.len() / 2]);
        }
    }
    let found = tree.scan();
    assert!(found.says("notebooks/evaluate.ipynb", "not a notebook"), "{found:?}");
    assert!(found.says("web/tsconfig.json", ""), "{found:?}");
    assert!(!found.calls.is_empty(), "{found:?}");
}
