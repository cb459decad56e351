//! Broken, odd, deep, long and arbitrary texts.

use lensai_syntax::hir::Problem;
use lensai_syntax::{Language, Limits, facts};
use proptest::prelude::*;

use crate::common::{check, render};
use crate::{DIALECTS, checked};

#[test]
fn calls_beside_an_error_are_found() {
    for text in [
        "const r = await client.chat.create({ model: 'x' });\nconst = ;;; )\nother.create();",
        "function f() { client.create(); const x = {{{ ",
        "class A { m() { return this.c.create(1 +* 2) } @@ }",
        "if (x { client.create() }",
        "f(a + @ client.create() + b)",
    ] {
        for language in DIALECTS {
            let facts = checked(language, text);
            let errors = facts.problems.iter().filter(|problem| matches!(problem, Problem::SyntaxError(_))).count();
            assert_eq!(errors, 1, "{text}");
            assert!(render(&facts).contains("create("), "{text}\n{}", render(&facts));
        }
    }
}

/// Reads the text in all dialects; nothing may take long or go deep.
#[track_caller]
fn survives(text: &str) {
    for language in DIALECTS {
        checked(language, text);
    }
}

#[test]
fn odd_texts_are_read() {
    for text in [
        "",
        "\0\0a\0(",
        "\u{feff}import a from 'b'",
        "f(",
        "`${",
        "class {",
        "<a><b>",
        "export",
        "import {",
        "é = ü('ß')",
    ] {
        survives(text);
    }
    let whole = include_str!("definitions.rs");
    for end in (0..whole.len()).step_by(997).filter(|end| whole.is_char_boundary(*end)) {
        survives(&whole[..end]);
    }
}

#[test]
fn deep_nesting_is_read() {
    let nested =
        |open: &str, inner: &str, close: &str| [open.repeat(5_000).as_str(), inner, &close.repeat(5_000)].concat();
    survives(&nested("[", "1", "]"));
    survives(&nested("(", "1", ")"));
    survives(&nested("{", "", "}"));
    survives(&nested("f(", "", ")"));
    survives(&nested("x => (", "1", ")"));
    survives(&nested("{ a: ", "1", "}"));
    survives(&nested("`${", "1", "}`"));
    survives(&["const ", &nested("[", "a", "]"), " = b"].concat());
    survives(&["const ", &nested("[a, ", "b", "]"), " = c"].concat());
    survives(&nested("<a x={1}>", "", "</a>"));
    survives(&nested("a ? b : ", "c", ""));
    survives(&nested("a = ", "c", ""));
    survives(&nested("a.b[c].d(", "c", ")"));
    survives(&["let x: ", &nested("A<", "B", ">")].concat());
    survives(&["let x: ", &nested("A | ", "B", "")].concat());
    survives(&nested("if (a) b(); else ", "c()", ""));
    survives(&nested("if (a) {", "c()", "}"));
    survives(&nested("[", "", ""));
}

#[test]
fn long_texts_are_read() {
    survives(&["x = 1", &" + a()".repeat(20_000)].concat());
    survives(&["x = 1", &" + a - b".repeat(10_000)].concat());
    survives(&["x = [", &"f(1), ".repeat(100_000), "]"].concat());
    survives(&["x = '", &"a".repeat(6_000_000), "'"].concat());
    survives(&["f()", &".g()".repeat(5_000)].concat());
}

#[test]
fn a_long_sum_is_one_join() {
    let facts = checked(Language::TypeScript, &["x = a", &" + a".repeat(20_000)].concat());
    assert_eq!(facts.items[0].body.exprs.len(), 20_002);
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        for language in DIALECTS {
            let facts = facts(&text, language, Limits::default());
            prop_assert_eq!(check(&text, &facts), Ok(()));
        }
    }

    #[test]
    fn any_tokens_are_read(tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..60)) {
        let text = tokens.join(" ");
        for language in DIALECTS {
            let facts = facts(&text, language, Limits::default());
            prop_assert_eq!(check(&text, &facts), Ok(()), "{}", text);
        }
    }
}

const TOKENS: &[&str] = &[
    "a",
    "b.c",
    "#p",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    ":",
    "=",
    "=>",
    ".",
    "?.",
    "...",
    "+",
    "||",
    "??",
    "|",
    "+=",
    "??=",
    "?",
    "`",
    "${",
    "'s'",
    "`t`",
    "1",
    "if",
    "else",
    "for",
    "of",
    "in",
    "while",
    "switch",
    "case",
    "default",
    "break",
    "return",
    "throw",
    "try",
    "catch",
    "finally",
    "function",
    "async",
    "await",
    "yield",
    "*",
    "class",
    "extends",
    "static",
    "get",
    "set",
    "constructor",
    "new",
    "this",
    "super",
    "import",
    "export",
    "from",
    "as",
    "type",
    "const",
    "let",
    "var",
    "enum",
    "namespace",
    "<",
    ">",
    "/>",
    "</",
    "@d",
    "!",
    "typeof",
    "void 0",
    "require('m')",
    "exports.x =",
    "\n",
    "// c",
    "module.exports =",
    "x.map(",
    "private",
    "readonly",
    ": T",
    "<A, B>",
    "satisfies",
    "declare",
    "abstract",
    "/* c */",
];
