//! Bad, large and arbitrary input.

use std::time::{Duration, Instant};

use lensai_syntax::hir::{Expr, Facts, Problem};
use proptest::prelude::*;

use crate::{common, python};

#[test]
fn calls_beside_an_error_are_found() {
    for (text, calls) in [
        ("x = foo(a, \ny = bar(b)\n", "bar(b)"),
        ("client.create(model=\"x\", messages=[\ndef f():\n    return call(1)\n", "call(1)"),
        ("class\ndef f(: \n   g(1)\nx = = h(2)\n", "g(1)"),
        ("class\ndef f(: \n   g(1)\nx = = h(2)\n", "h(2)"),
        ("def f(:\n    pass\n\nclient.create(1)\n", "client.create(1)"),
        ("if x\n    client.create(1)\n", "client.create(1)"),
        ("x = {'a': client.create(1), \n", "client.create(1)"),
    ] {
        let facts = python(text);
        let shown = common::render(&facts);
        assert!(shown.contains(calls), "{text}\n{shown}");
        assert_eq!(facts.problems.len(), 1, "{text}");
        assert!(matches!(facts.problems[0], Problem::SyntaxError(_)));
    }
}

/// Lowers a text that is hard on a parser, within a time that quadratic work would exceed.
fn hard(text: &str) -> Facts {
    let start = Instant::now();
    let facts = python(text);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?} for {:.80}", start.elapsed(), text);
    facts
}

#[test]
fn nothing_gives_an_empty_module() {
    for text in ["", "\n", "\u{feff}", "\0", "\0\0x = f(1)\0", "# only a comment", "\\", "\t\r\r\n"] {
        assert_eq!(hard(text).items[0].name, "", "{text:?}");
    }
}

#[test]
fn deep_code() {
    let deep = 5000;
    for (open, close) in
        [("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"), ("a[", "]"), ("-", ""), ("not ", ""), ("lambda: ", "")]
    {
        hard(&format!("x = {}1{}\n", open.repeat(deep), close.repeat(deep)));
        hard(&format!("x = {}1\n", open.repeat(deep)));
    }
    hard(&format!("x = a{}\n", ".b(c)".repeat(deep)));
    hard(&format!("x = {}z\n", "a if b else ".repeat(deep)));
    hard(&format!("{}v = 1\n", "x = ".repeat(deep)));
    hard(&format!("{}x{} = v\n", "[a, ".repeat(2000), "]".repeat(2000)));
    hard(&format!("x = {}1{}\n", "f\"{".repeat(200), "}\"".repeat(200)));
    let nested = (0..300).map(|depth| " ".repeat(depth) + "if x:\n").collect::<String>();
    hard(&format!("{nested}{}f()\n", " ".repeat(300)));
}

#[test]
fn long_code() {
    let sum = hard(&format!("x = a{}\n", " + f(1)".repeat(20_000)));
    assert!(
        sum.items[0]
            .body
            .exprs
            .iter()
            .any(|expr| matches!(expr, Expr::Join { operands, .. } if operands.len == 20_001))
    );
    let either = hard(&format!("x = a{}\n", " or b".repeat(20_000)));
    assert_eq!(either.items[0].body.exprs.len(), 20_002);
    hard(&format!("x = a{}\n", " - b".repeat(20_000)));
    hard(&format!("x: A{}\n", " | B".repeat(20_000)));
    hard(&format!("x = ({})\n", "'a' f'{b}'\n".repeat(20_000)));
    let chain = hard(&format!("if a: b()\n{}else: c()\n", "elif d: e()\n".repeat(5000)));
    let deepest = chain.items[0].body.blocks.iter().map(|block| block.parent.0).max();
    assert_eq!(deepest, Some(0), "the chain is flat");
    let list = hard(&format!("x = [{}]\n", "f(1), ".repeat(100_000)));
    assert_eq!(list.items[0].body.exprs.len(), 300_001);
    hard(&"x = f(1)\n".repeat(100_000));
    hard(&"# lensai: ignore\n".repeat(100_000));
    hard(&format!("x = \"{}\"\n", "abc ".repeat(1_500_000)));
}

#[test]
fn truncated_anywhere() {
    let text = "@a(b)\nclass A(B):\n  async def f(self, x: int = 1, *y):\n    with c() as (d, e):\n      return f\"é{x!r:>{y}}\" + [g(z) for z in h if i]\n";
    for (end, _) in text.char_indices() {
        python(&text[..end]);
        python(&text[end..]);
    }
}

const SOUP: &[&str] = &[
    "def",
    "class",
    "f",
    "x",
    "self",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    ".",
    "=",
    "+=",
    ":=",
    "->",
    "*",
    "**",
    "+",
    "|",
    "%",
    "or",
    "and",
    "not",
    "if",
    "elif",
    "else",
    "for",
    "in",
    "while",
    "try",
    "except",
    "finally",
    "with",
    "as",
    "match",
    "case",
    "_",
    "import",
    "from",
    "lambda",
    "return",
    "yield",
    "await",
    "async",
    "global",
    "del",
    "raise",
    "assert",
    "pass",
    "break",
    "print",
    "exec",
    "type",
    "@",
    ";",
    "\\",
    "\n",
    "\n  ",
    "\n    ",
    "\n",
    "1",
    "1.5",
    "\"a\"",
    "f\"{",
    "f'",
    "}\"",
    "'",
    "\"\"\"",
    "b'\\x",
    "#",
    "# lensai: a",
    "é",
    "…",
    "\0",
    "\r\n",
    "...",
    "True",
    "None",
    "super()",
    "TYPE_CHECKING",
    "!r",
    "<",
    "==",
    "is",
    "-",
    "~",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_lowered(text in any::<String>()) {
        python(&text);
    }

    #[test]
    fn any_soup_of_tokens_is_lowered(tokens in prop::collection::vec(prop::sample::select(SOUP), 0..60), blank in any::<bool>()) {
        python(&tokens.join(if blank { " " } else { "" }));
    }
}
