//! What is said of a file without parsing it.

use std::time::{Duration, Instant};

use lensai_syntax::Language;
use lensai_syntax::skim::{ImportForm, Skimmer};
use proptest::prelude::*;

/// The imported modules; those that may be names have a `?`.
fn imports(text: &[u8], language: Language) -> Vec<String> {
    let skim = Skimmer::new(&[]).skim(text, language);
    let mark = |form| if form == ImportForm::Name { "?" } else { "" };
    skim.imports.iter().map(|import| format!("{}{}", import.module, mark(import.form))).collect()
}

fn py(text: &str) -> Vec<String> {
    imports(text.as_bytes(), Language::Python)
}

fn js(text: &str) -> Vec<String> {
    imports(text.as_bytes(), Language::TypeScript)
}

#[test]
fn python_imports() {
    assert_eq!(py("import openai"), ["openai"]);
    assert_eq!(py("import a.b as c, d\nx = 1; import e"), ["a.b", "d", "e"]);
    assert_eq!(py("from openai import OpenAI as O, b"), ["openai", "openai.OpenAI?", "openai.b?"]);
    assert_eq!(py("from . import a, b"), [".", ".a?", ".b?"]);
    assert_eq!(py("from .x import (  # why\n    a,\n    # more\n    b as c,\n)\n"), [".x", ".x.a?", ".x.b?"]);
    assert_eq!(py("from ...a.b import *"), ["...a.b"]);
    assert_eq!(py("from .import a"), [".", ".a?"]);
    assert_eq!(py("from.a import b"), [".a", ".a.b?"]);
    assert_eq!(py("from . a import b"), [".a", ".a.b?"]);
    assert_eq!(py("try: import a\nexcept: import b"), ["a", "b"]);
    assert_eq!(py("from a \\\n  import \\\n  b, \\\n  c"), ["a", "a.b?", "a.c?"]);
    assert_eq!(py("import a, \\\r\n b"), ["a", "b"]);
    assert_eq!(py("from a import(b)"), ["a", "a.b?"]);
    assert_eq!(py("from a import b\nfrom a import b\nimport a.b"), ["a", "a.b"]);
    assert_eq!(py("\timport a\n    from b import c"), ["a", "b", "b.c?"]);
    assert_eq!(py("\u{feff}import a"), ["a"]);
    assert_eq!(py("x = 1\rimport a\rfrom b import (\rc,\rd\r)\r"), ["a", "b", "b.c?", "b.d?"]);
    assert_eq!(py("from größe import maß"), ["größe", "größe.maß?"]);
    assert_eq!(py("x.import_module('a.b')\ny = __import__ (\n \"c\")"), ["a.b", "c"]);
    assert_eq!(py("important = 1\nreimport a\nx.import_module(a)\n# do import it"), Vec::<String>::new());
}

#[test]
fn forms_of_imports() {
    let forms = |text: &str| {
        let skim = Skimmer::new(&[]).skim(text.as_bytes(), Language::Python);
        skim.imports.iter().map(|import| import.form).collect::<Vec<_>>()
    };
    assert_eq!(forms("import a"), [ImportForm::Module]);
    assert_eq!(forms("from a import b"), [ImportForm::Package, ImportForm::Name]);
    assert_eq!(forms("from a import *"), [ImportForm::All]);
    assert_eq!(forms("from a import b\nimport a, a.b"), [ImportForm::Module, ImportForm::Module]);
}

#[test]
fn javascript_imports() {
    assert_eq!(js("import OpenAI from 'openai';"), ["openai"]);
    assert_eq!(js("import {\n  a,\n  b as c,\n} from\n  \"@ai-sdk/openai\""), ["@ai-sdk/openai"]);
    assert_eq!(js("import './side'\nimport type { T } from \"./t.js\""), ["./side", "./t.js"]);
    assert_eq!(js("export * from 'a'; export { b } from 'b'; import c = require('c')"), ["a", "b", "c"]);
    assert_eq!(js("const a = await import(/* webpackChunkName: \"x\" */ 'a'), b = require(`b`)"), ["a", "b"]);
    assert_eq!(js("import{a}from\"a\";import*as b from'b';import\"c\""), ["a", "b", "c"]);
    assert_eq!(js("import a // why\n  from // 'x'\n  'b'"), ["b"]);
    assert_eq!(js("\u{feff}import a from 'a'\rimport b from 'b'\r"), ["a", "b"]);
    assert_eq!(js("let x: import('a').B; require?.('b')"), ["a", "b"]);
    assert_eq!(
        js("import a from '$lib/a'; import(`./${b}.js`); Array.from(xs); required('c'); import.meta"),
        ["$lib/a"]
    );
}

#[test]
fn words_are_found_as_a_whole() {
    let words = ["create", "created", "@ai-sdk/openai", "chat.completions", "run", ""];
    let skim = |text: &str| Skimmer::new(&words).skim(text.as_bytes(), Language::TypeScript).words;
    assert_eq!(skim("x.create()").iter().collect::<Vec<_>>(), [0]);
    assert_eq!(skim("created recreate create_all $run runs").iter().collect::<Vec<_>>(), [1]);
    assert_eq!(skim("from '@ai-sdk/openai'; a.chat.completions.create").iter().collect::<Vec<_>>(), [0, 2, 3]);
    assert_eq!(skim("“run”").iter().collect::<Vec<_>>(), [4]);
    assert!(skim("").is_empty());
    assert!(skim("run").intersects(&skim("a.run")) && !skim("run").contains(0));
}

#[test]
fn no_text_takes_long() {
    let million = |text: &str| text.repeat(6_000_000 / text.len());
    let texts = [
        million("import "),
        million("from "),
        million("import a, "),
        million("from a import (b, "),
        million("from a import (# "),
        million("from /* "),
        million("from // "),
        million("require( "),
        million("import('"),
        million("import{a}from\"b\";"),
        million(" "),
        million("\\\n"),
        million("."),
        million("from ...."),
        [&million("a")[..3_000_000], " import ", &million(". ")].concat(),
    ];
    let skimmer = Skimmer::new(&["create", "import", "from"]);
    for text in texts {
        let start = Instant::now();
        skimmer.skim(text.as_bytes(), Language::Python);
        skimmer.skim(text.as_bytes(), Language::JavaScript);
        let shown = &text[..20];
        assert!(start.elapsed() < Duration::from_secs(20), "{shown:?} took {:?}", start.elapsed());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_skimmed(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for language in [Language::Python, Language::JavaScript] {
            Skimmer::new(&["a", "from"]).skim(&bytes, language);
        }
    }

    #[test]
    fn any_tokens_are_skimmed(tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..30)) {
        for language in [Language::Python, Language::JavaScript] {
            Skimmer::new(&["a", "from"]).skim(tokens.concat().as_bytes(), language);
        }
    }
}

const TOKENS: &[&str] = &[
    "import", "from", "require", " ", "\n", "\r", "\\", "(", ")", ",", ".", "a", "as", "*", "#", "'", "`", "/*", "//",
    "é",
];
