//! Much text, and deep text.

use std::fmt::Write as _;

use crate::support;
use crate::tree::{DEEP, Tree, all_found, around, found_or_said, hard, many, request};

#[test]
fn six_megabytes_on_one_line_of_text() {
    let text = "abc ".repeat(1_500_000);
    all_found("py", &format!("x = \"{text}\""));
    all_found("py", &format!("# {text}"));
    all_found("ts", &format!("const x = `{}`;", many("abc ", 1_500_000)));
}

/// Nobody writes scripts like this, so a tool did: left out, and said by `-v`.
#[test]
fn a_script_that_is_one_long_line_is_taken_for_minified() {
    for language in ["ts", "js", "tsx"] {
        let text = around(language, &format!("const x = \"{}\";", "abc ".repeat(1_500_000)));
        let tree = Tree::of(&format!("long.{language}"), text);
        assert_eq!(tree.scan().calls.len(), 0);
        let run = support::lensai(tree.path(), &["scan", "-v"]);
        assert!(run.stderr.contains("skipped 1: generated or minified file"), "{}", run.stderr);
    }
}

#[test]
fn a_prompt_of_six_megabytes() {
    let text = "abc ".repeat(1_500_000);
    let (found, _) =
        hard("py", &format!("client.chat.completions.create(model=\"m\", messages=[{{\"content\": \"{text}\"}}])"));
    found.is_whole(&["m"], "a prompt of 6 MB");
}

#[test]
fn a_hundred_thousand_calls_on_one_line() {
    // A busy machine may not parse it in the time that a file has.
    found_or_said("py", &format!("x = [{}]", "f(1), ".repeat(100_000)));
    found_or_said("ts", &format!("const x = [{}];", many("f(1), ", 100_000)));
}

#[test]
fn five_thousand_requests_in_one_list() {
    for language in ["py", "ts"] {
        let one = request(language, "m");
        let times = 5_000;
        let name = if language == "py" { "x" } else { "const x" };
        let (found, path) = hard(language, &format!("{name} = [{}]", many(&format!("{one}, "), times)));
        let is_all = found.calls.len() == times + 2;
        assert!(is_all || found.says(&path, ""), "{} of {}, {:?}", found.calls.len(), times + 2, found.errors);
    }
}

#[test]
fn a_sum_of_twenty_thousand_terms() {
    let sum = |term: &str| format!("({}{term})", many(&format!("{term} + "), 19_999));
    all_found("py", &format!("x = {}", sum("\"a\"")));
    all_found("ts", &format!("const x = {};", sum("'a'")));
    for (language, middle) in [
        ("py", format!("x = {} + {} + {}", sum("'a'"), request("py", "inside"), sum("'a'"))),
        ("ts", format!("const x = {} + {} + {};", sum("'a'"), request("ts", "inside"), sum("'a'"))),
        ("py", format!("client.chat.completions.create(model=\"inside\", messages=[{{\"content\": {}}}])", sum("'a'"))),
        ("py", format!("client.chat.completions.create(model=\"inside\", messages={})", sum("[f(1)]"))),
        ("py", format!("client.chat.completions.create(model=\"inside\", messages=[], temperature={})", sum("1"))),
    ] {
        hard(language, &middle).0.is_whole(&["inside"], &middle);
    }
    let (found, _) = hard("py", &format!("client.chat.completions.create(model={}, messages=[])", sum("'a'")));
    assert_eq!(found.calls.len(), 3, "{found:?}");
}

#[test]
fn five_thousand_nested_brackets_and_operators() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("{'a': ", "}"),
        ("{**", "}"),
        ("f(", ")"),
        ("f(**", ")"),
        ("f(*", ")"),
        ("a[", "]"),
        ("-", ""),
        ("not ", ""),
        ("lambda: ", ""),
        ("lambda x: x(", ")"),
        ("await ", ""),
        ("x if y else ", ""),
        ("1 or ", ""),
        ("'a' + (", ")"),
        ("[x for x in ", "]"),
    ] {
        found_or_said("py", &format!("x = {}1{}", open.repeat(DEEP), close.repeat(DEEP)));
        found_or_said("py", &format!("f({}1)", open.repeat(DEEP)));
    }
}

#[test]
fn five_thousand_nested_brackets_and_operators_in_scripts() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("({a: ", "})"),
        ("({...", "})"),
        ("[...", "]"),
        ("f(", ")"),
        ("f(...", ")"),
        ("a[", "]"),
        ("!", ""),
        ("-", ""),
        ("() => ", ""),
        ("x => x(", ")"),
        ("y ? x : ", ""),
        ("y ?? ", ""),
        ("`a${", "}`"),
        ("'a' + (", ")"),
        ("function () { return (", ")}"),
        ("new A(", ")"),
    ] {
        found_or_said("ts", &format!("const x = {}1{};", many(open, DEEP), many(close, DEEP)));
    }
    found_or_said("tsx", &format!("const x = {}{};", many("<a>", DEEP), many("</a>", DEEP)));
    found_or_said("ts", &format!("let x: {}string{};", many("Array<", DEEP), many(">", DEEP)));
    found_or_said("ts", &format!("{}{}", many("{", DEEP), many("}", DEEP)));
}

#[test]
fn chains_of_five_thousand_names_and_calls() {
    for language in ["py", "ts"] {
        for link in [".b", "[0]", ".b(1)", "(1)", ".b[0](c)", ".create(1)", ".invoke()", ".chat.completions"] {
            found_or_said(language, &format!("x = (client{})", many(link, DEEP)));
        }
    }
    found_or_said("ts", &format!("x = client{};", many("?.b", DEEP)));
    // What makes no difference is seen through, as far as anybody goes; beyond that the chain speaks for itself.
    for times in [1, 10, 50, 500, DEEP] {
        let chain = many("with_options(timeout=1).", times);
        let middle = format!("(client.{chain}{})", &request("py", "m")["client.".len()..]);
        let (found, path) = hard("py", &middle);
        assert!(found.models() == ["before", "m", "after"] || found.says(&path, ""), "{times}: {found:?}");
    }
}

/// Python blocks of one line, each within the one before.
fn within_each_other(open: &str, deep: usize) -> String {
    let lines = (0..deep).map(|depth| " ".repeat(depth) + open + "\n");
    lines.chain([" ".repeat(deep) + "f()"]).collect()
}

#[test]
fn chains_of_branches() {
    all_found("py", &format!("if a: b()\n{}else: c()", "elif d: e()\n".repeat(DEEP)));
    found_or_said("ts", &format!("if (a) b(); {}else c();", "else if (d) e();\n".repeat(DEEP)));
    all_found("py", &within_each_other("if x:", 300));
    found_or_said("ts", &format!("{}f();{}", many("if (x) {", DEEP), many("}", DEEP)));
    let models: String = (0..DEEP).fold(String::new(), |mut text, at| {
        let word = if at == 0 { "if" } else { "elif" };
        writeln!(text, "{word} x == {at}: model = \"m{at}\"").unwrap();
        text
    });
    let (found, _) = hard("py", &format!("{models}client.chat.completions.create(model=model, messages=[])"));
    assert_eq!((found.calls.len(), found.errors.len()), (3, 0), "{:?}", found.errors);
}

#[test]
fn functions_and_classes_within_each_other() {
    found_or_said("py", &within_each_other("def f():", 300));
    found_or_said("py", &within_each_other("class A:", 300));
    found_or_said("ts", &format!("{}{}", many("function f() {", DEEP), many("}", DEEP)));
    found_or_said("ts", &format!("{}{}", many("class A { f() {", 1_000), many("}}", 1_000)));
    found_or_said("ts", &format!("{}1{};", many("f(() => g(", 1_000), many("))", 1_000)));
}
