//! Input that nobody wrote on purpose, or somebody did. Each ends in the right calls or in an entry of `errors` that
//! names the file; never in a panic, a lost scan, a hang or a silent skip.
//!
//! In every scan here stands a good file beside the bad one, and its call must be found.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// A folder that is scanned.
struct Tree {
    folder: TempDir,
}

/// What a scan says of all files but the good one.
#[derive(Debug)]
struct Found {
    /// Path, cell, line, column and model.
    calls: Vec<(String, Option<u64>, u64, u64, Option<String>)>,
    /// Path and message.
    errors: Vec<(String, String)>,
}

const GOOD: &str = "beside.py";
const PYTHON_CLIENT: &str = "from openai import OpenAI\nclient = OpenAI()\n";
const SCRIPT_CLIENT: &str = "import OpenAI from 'openai';\nconst client = new OpenAI();\n";

/// A request, in either language; a model of its own tells it from others.
fn request(language: &str, model: &str) -> String {
    if language == "py" {
        format!("client.chat.completions.create(model=\"{model}\", messages=[])")
    } else {
        format!("client.chat.completions.create({{model: \"{model}\", messages: []}})")
    }
}

/// A program with a request before and one after what is tried.
fn around(language: &str, middle: &str) -> String {
    let (client, end) = if language == "py" { (PYTHON_CLIENT, "") } else { (SCRIPT_CLIENT, ";") };
    let (before, after) = (request(language, "before"), request(language, "after"));
    format!("{client}{before}{end}\n{middle}\n{after}{end}\n")
}

impl Tree {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Ends the search for a lensai.toml: none above it matters.
        fs::create_dir(folder.path().join(".git")).unwrap();
        let tree = Self { folder };
        tree.with(GOOD, format!("{PYTHON_CLIENT}{}\n", request("py", "gpt-4o")))
    }

    /// One bad file.
    fn of(path: &str, content: impl AsRef<[u8]>) -> Self {
        Self::new().with(path, content)
    }

    fn with(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn scan(&self) -> Found {
        self.scan_with(&[])
    }

    fn scan_with(&self, options: &[&str]) -> Found {
        let args = [&["scan", ".", "--format", "json"], options].concat();
        Found::of(&support::lensai(self.path(), &args))
    }
}

impl Found {
    fn of(run: &support::Run) -> Self {
        let document = run.json();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let mut calls: Vec<_> = document["calls"]
            .as_array()
            .unwrap()
            .iter()
            .map(|call| {
                let start = &call["range"]["start"];
                let place = (start["line"].as_u64().unwrap(), start["column"].as_u64().unwrap());
                let model = call["model"].as_str().map(str::to_owned);
                (text(&call["path"]), call["cell"].as_u64(), place.0, place.1, model)
            })
            .collect();
        let errors =
            document["errors"].as_array().unwrap().iter().map(|error| (text(&error["path"]), text(&error["message"])));
        let good = calls.iter().position(|call| call.0 == GOOD).expect("the good file beside is lost");
        assert_eq!((calls[good].2, calls[good].4.as_deref()), (3, Some("gpt-4o")));
        calls.remove(good);
        Self { calls, errors: errors.collect() }
    }

    /// Lines, columns and models.
    fn places(&self) -> Vec<(u64, u64, &str)> {
        self.calls.iter().map(|(_, _, line, column, model)| (*line, *column, model.as_deref().unwrap_or("?"))).collect()
    }

    fn models(&self) -> Vec<&str> {
        self.calls.iter().map(|call| call.4.as_deref().unwrap_or("?")).collect()
    }

    /// Whether an entry of `errors` names a file with words like these.
    fn says(&self, path: &str, words: &str) -> bool {
        self.errors.iter().any(|(of, message)| of == path && message.contains(words))
    }

    /// There is no error, and the requests of [`around`] are found beside these.
    fn is_whole(&self, middle: &[&str], what: &str) {
        assert_eq!(self.errors, [], "{what:.200}");
        let expected = [&["before"], middle, &["after"]].concat();
        assert_eq!(self.models(), expected, "{what:.200}");
    }

    /// The requests of [`around`] are found, or the file is named: enough for what is beyond any real code.
    fn is_whole_or_said(&self, path: &str, what: &str) {
        let whole = ["before", "after"].iter().all(|model| self.models().contains(model));
        assert!(whole || self.says(path, ""), "{what:.200}: {self:?}");
    }
}

/// Scans a file that is hard on a program in each language, whatever the good calls around it.
fn hard(language: &str, middle: &str) -> (Found, String) {
    let path = format!("hard.{language}");
    let tree = Tree::of(&path, around(language, middle));
    (tree.scan_with(&["--parse-all"]), path)
}

/// Many times the same, in lines that are short enough not to be taken for those of a minified script.
fn many(piece: &str, times: usize) -> String {
    let mut text = String::new();
    let mut line = 0;
    for _ in 0..times {
        text.push_str(piece);
        line += piece.len();
        if line > 100 {
            text.push('\n');
            line = 0;
        }
    }
    text
}

fn all_found(language: &str, middle: &str) {
    hard(language, middle).0.is_whole(&[], middle);
}

fn found_or_said(language: &str, middle: &str) {
    let (found, path) = hard(language, middle);
    found.is_whole_or_said(&path, middle);
}

// ---- bytes

#[test]
fn empty_files() {
    let tree = Tree::of("a.py", "").with("b.ts", "").with("c.tsx", "\n").with("d.js", " ").with("e/__init__.py", "");
    let found = tree.scan();
    assert_eq!((found.calls.len(), found.errors.len()), (0, 0), "{found:?}");
}

#[test]
fn binary_files() {
    let image = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";
    let found =
        Tree::of("image.py", image).with("program.js", b"\x7fELF\x02\x01\x01\0\0\0").with("x.ipynb", image).scan();
    assert_eq!(found.calls.len(), 0);
    for path in ["image.py", "program.js", "x.ipynb"] {
        assert!(found.says(path, "binary file"), "{path}: {found:?}");
    }
}

#[test]
fn a_nul_byte() {
    let early = format!("{PYTHON_CLIENT}\0{}\n", request("py", "m"));
    let late = format!("{PYTHON_CLIENT}# {}\0\n{}\n", "a".repeat(9_000), request("py", "m"));
    let found = Tree::of("early.py", early).with("late.py", late).scan();
    assert!(found.says("early.py", "NUL"), "{found:?}");
    assert_eq!(found.places(), [(4, 1, "m")]);
}

#[test]
fn a_byte_order_mark() {
    let client = "from openai import OpenAI; ";
    let found = Tree::of("a.py", format!("\u{feff}{client}OpenAI().{}\n", &request("py", "m")[7..]))
        .with("b.ts", format!("\u{feff}{SCRIPT_CLIENT}{}", request("ts", "n")))
        .scan();
    assert_eq!(found.errors, []);
    assert_eq!(found.places(), [(1, client.len() as u64 + 1, "m"), (3, 1, "n")]);
}

#[test]
fn utf_16_with_a_mark() {
    let text = format!("{PYTHON_CLIENT}x = '日本 😀'; {}\n", request("py", "m"));
    let bytes = |unit: fn(u16) -> [u8; 2], mark: u16| -> Vec<u8> {
        [mark].into_iter().chain(text.encode_utf16()).flat_map(unit).collect()
    };
    let found =
        Tree::of("big.py", bytes(u16::to_be_bytes, 0xfeff)).with("little.py", bytes(u16::to_le_bytes, 0xfeff)).scan();
    assert_eq!(found.errors, []);
    assert_eq!(found.places(), [(3, 13, "m"), (3, 13, "m")]);

    let unmarked: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut odd = bytes(u16::to_le_bytes, 0xfeff);
    odd.push(b'x');
    let found = Tree::of("odd.py", odd).with("unmarked.py", unmarked).scan();
    assert_eq!(found.places(), [(3, 13, "m")]);
    assert!(found.says("odd.py", "UTF-16") && found.says("unmarked.py", "NUL"), "{found:?}");
}

#[test]
fn latin_1() {
    let body = format!("x = 'été'; {}\n", request("py", "m"));
    let latin = |text: String| -> Vec<u8> { text.chars().map(|char| u8::try_from(u32::from(char)).unwrap()).collect() };
    let found = Tree::of("said.py", latin(format!("# coding: latin-1\n{PYTHON_CLIENT}{body}")))
        .with("silent.py", latin(format!("{PYTHON_CLIENT}{body}")))
        .scan();
    assert_eq!(found.places(), [(4, 12, "m"), (3, 12, "m")]);
    assert_eq!(found.errors, [("silent.py".to_owned(), "not valid UTF-8 from byte 49; read as Latin-1".to_owned())]);
}

#[test]
fn ends_of_lines() {
    let mut tree = Tree::new();
    for (name, end) in [("cr", "\r"), ("crlf", "\r\n"), ("lf", "\n")] {
        for (language, client) in [("py", PYTHON_CLIENT), ("ts", SCRIPT_CLIENT)] {
            let text = format!("{client}\n  \n{}\n", request(language, "m")).replace('\n', end);
            tree = tree.with(&format!("{name}.{language}"), text);
        }
    }
    let found = tree.scan();
    assert_eq!(found.errors, []);
    assert_eq!(found.places(), [(5, 1, "m"); 6]);
}

// ---- text that is no program

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
            let has = |model: &str| found.calls.iter().any(|call| call.0 == path && call.4.as_deref() == Some(model));
            assert!(has("before"), "{path}: {:?}", &text[..cut]);
        }
    }
}

// ---- much text

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

// ---- deep text

const DEEP: usize = 5_000;

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

#[test]
fn chains_of_branches() {
    all_found("py", &format!("if a: b()\n{}else: c()", "elif d: e()\n".repeat(DEEP)));
    found_or_said("ts", &format!("if (a) b(); {}else c();", "else if (d) e();\n".repeat(DEEP)));
    let deep: String = (0..300).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
    all_found("py", &format!("{deep}{}f()", " ".repeat(300)));
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
    let nested = |open: &str, deep: usize| -> String {
        (0..deep).map(|depth| format!("{}{open}\n", " ".repeat(depth))).collect::<String>() + &" ".repeat(deep) + "pass"
    };
    found_or_said("py", &nested("def f():", 300));
    found_or_said("py", &nested("class A:", 300));
    found_or_said("ts", &format!("{}{}", many("function f() {", DEEP), many("}", DEEP)));
    found_or_said("ts", &format!("{}{}", many("class A { f() {", 1_000), many("}}", 1_000)));
    found_or_said("ts", &format!("{}1{};", many("f(() => g(", 1_000), many("))", 1_000)));
}

// ---- values that lead nowhere, or round and round

#[test]
fn ten_thousand_assignments_to_one_name() {
    let lines = |line: &str| format!("{line}\n").repeat(10_000);
    let ask = "client.chat.completions.create(model=\"m\", messages=[{\"content\": x}])";
    for line in
        ["x = x + 'a'", "x += 'a'", "x = f(x)", "x = [x]", "x = {**x, 'a': 1}", "x = x or y", "x = 'a' if x else x"]
    {
        let middle = format!("x = ''\n{}{ask}", lines(line));
        hard("py", &middle).0.is_whole(&["m"], &middle);
    }
    let middle = format!(
        "{}client.chat.completions.create(model=\"m\", messages=[])",
        lines("client = client.with_options(timeout=1)")
    );
    let (found, _) = hard("py", &middle);
    found.is_whole(&["m"], "a client that is replaced again and again");
    let middle = format!(
        "let x = '';\n{}client.chat.completions.create({{model: 'm', messages: [{{content: x}}]}});",
        lines("x = x + 'a';")
    );
    hard("ts", &middle).0.is_whole(&["m"], &middle);
}

#[test]
fn a_long_way_from_name_to_name() {
    let mut chain = "x0 = \"m\"\n".to_owned();
    let mut functions = String::new();
    let mut twice = "y0 = \"m\"\n".to_owned();
    for at in 1..2_000 {
        writeln!(chain, "x{at} = x{}", at - 1).unwrap();
        writeln!(functions, "def f{at}(x): return f{}(x)", at - 1).unwrap();
        writeln!(twice, "y{at} = y{0} + y{0}", at - 1).unwrap();
    }
    for (before, model) in
        [(chain, "x1999"), (format!("def f0(x): return x\n{functions}"), "f1999('m')"), (twice, "y1999")]
    {
        let (found, _) = hard("py", &format!("{before}client.chat.completions.create(model={model}, messages=[])"));
        assert_eq!((found.calls.len(), found.errors.len()), (3, 0), "{model}: {found:?}");
    }
}

/// Files that lead to each other in every way that imports can.
#[test]
fn mutual_imports() {
    let ask = |model: &str| format!("client.chat.completions.create(model={model}, messages=[])\n");
    let found = Tree::new()
        .with(
            "a.py",
            format!("from b import client, model\nfrom openai import OpenAI\nmodel = model\nx = 'm'\n{}", ask("model")),
        )
        .with(
            "b.py",
            format!("from a import client, model, x\nfrom openai import OpenAI\nclient = OpenAI()\n{}", ask("x")),
        )
        .with("c.py", format!("from d import *\nfrom openai import OpenAI\n{}", ask("y")))
        .with("d.py", "from c import *\nfrom d import *\nfrom openai import OpenAI\nclient = OpenAI()\ny = 'n'\n")
        .with("e.py", format!("from e import client\nimport e\nfrom openai import OpenAI\n{}", ask("e.e.e.client")))
        .with("p/__init__.py", "from .q import client\nfrom . import q, p\n")
        .with(
            "p/q.py",
            format!("from . import client\nfrom openai import OpenAI\nclient = client or OpenAI()\n{}", ask("'o'")),
        )
        .scan();
    assert_eq!(found.errors, []);
    let models: Vec<_> = found.calls.iter().map(|call| (call.0.as_str(), call.4.as_deref())).collect();
    for expected in [("b.py", Some("m")), ("c.py", Some("n")), ("p/q.py", Some("o"))] {
        assert!(models.contains(&expected), "{expected:?}: {models:?}");
    }
}

#[test]
fn mutual_imports_of_scripts() {
    let ask = "client.chat.completions.create({model, messages: []});\n";
    let found = Tree::new()
        .with("a.ts", format!("import {{ model }} from './b';\nimport OpenAI from 'openai';\nexport const client = new OpenAI();\nexport * from './b';\n{ask}"))
        .with("b.ts", format!("import {{ client }} from './a';\nimport 'openai';\nexport const model = 'm';\nexport * from './a';\nexport * from './b';\n{ask}"))
        .with("c.ts", "export { default as client } from './d';\nexport { x as default } from './d';\nimport 'openai';\n")
        .with("d.ts", format!("import client, {{ client as model }} from './c';\nexport {{ default }} from './c';\nexport {{ client as x }} from './c';\nimport 'openai';\n{ask}"))
        .scan();
    assert_eq!(found.errors, []);
    let models: Vec<_> = found.calls.iter().map(|call| (call.0.as_str(), call.4.as_deref())).collect();
    for expected in [("a.ts", Some("m")), ("b.ts", Some("m"))] {
        assert!(models.contains(&expected), "{expected:?}: {models:?}");
    }
}

#[test]
fn classes_made_of_themselves() {
    for classes in [
        "class A(A): pass",
        "class A(B): pass\nclass B(A): pass",
        "class A(f(A)):\n    def g(self): return self.client.chat.completions.create(model=self.model)",
        "class A:\n    def __init__(self):\n        self.x = self.x\n        self.y = self.z\n        self.z = self.y\n    def f(self):\n        self.x.chat.completions.create(model=self.y)",
        "class A:\n    def __init__(self):\n        self.a = A()\n    def f(self):\n        self.a.a.a.a.client.create(model=self.a.a.a)",
        "class A:\n    a = A()\n    def f(self):\n        return self.f().f().create(self.f)\nA().f().f()",
        "class A:\n    def __getattr__(self, name): return getattr(self, name)\nA().b.c.create()",
        "class A:\n    @property\n    def p(self): return self.p\nA().p.create(model=A().p)",
        "class M(type):\n    def __call__(cls): return cls()\nclass A(metaclass=M): pass\nA()().create()",
        "class A(A.B):\n    class B(A): pass\nA.B.B.B().create()",
    ] {
        let (found, _) = hard("py", classes);
        assert_eq!(found.errors, [], "{classes}");
        let models = found.models();
        assert!(models.contains(&"before") && models.contains(&"after"), "{classes}: {found:?}");
    }
    for classes in [
        "class A extends A {}",
        "class A extends B {}\nclass B extends A {}",
        "class A extends f(A) { g() { return this.client.chat.completions.create({model: this.model}); } }",
        "class A { x = this.x; y = this.z; z = this.y; f() { this.x.chat.completions.create({model: this.y}); } }",
        "class A { a = new A(); f() { return this.a.a.a.a.f().create({model: this.a.a}); } }\nnew A().f().f();",
        "class A { get p() { return this.p; } static q = A.q; }\nnew A().p.create({model: A.q});",
        "const o = {get o() { return o; }, ...o};\no.o.o.create({...o});",
    ] {
        let (found, _) = hard("ts", classes);
        assert_eq!(found.errors, [], "{classes}");
        let models = found.models();
        assert!(models.contains(&"before") && models.contains(&"after"), "{classes}: {found:?}");
    }
}

#[test]
fn functions_that_call_themselves() {
    for functions in [
        "def f(x): return x(x)\nf(f)",
        "def f(x=f()): return x()\nf()",
        "def f(x=f()):\n    with x() as y:\n        return y\nf().create(model=f())",
        "def f(x=g()): return x()\ndef g(x=f()): return x()\nf().create(model=g())",
        "def f(x=f): return x()\nf().create(model=f())",
        "f = lambda x=f(): x()\nf().create(model=f())",
        "class A:\n    def __init__(self, x=A()): self.x = x()\n    def f(self, y=A().x): return y()\nA().f().create(model=A().x)",
        "def f(x): return x(x)\nf(f).create(model=f(f))",
        "def f(x): return lambda y: x(y)(x)\nf(f)(f)(f).create(model=f(f)(f))",
        "f = lambda x: x(x)(x)\nf(f)(f).create(model=f(f))",
        "def f(): return f()\nf().create(model=f())",
        "def f(): return g()\ndef g(): return f()\nf().create(model=g())",
        "def f(x): return f(x + 'a')\nf('').create(model=f(''))",
        "def f(x): return f([x])\nf([]).create(model=f([]))",
        "def f(x, **k): return f(x, a=k, **k)\nf(1, b=2).create(**f(1))",
        "def f(n): return f(n - 1) + f(n - 2) if n else 'a'\nf(9).create(model=f(9))",
        "def f(x): return (x, x)\nx = 1\nfor _ in y: x = f(x)\nclient.create(model=x)",
        "def f(x=None):\n    if x is None: x = f(f)\n    return x\nf().create(model=f(f(f)))",
        "@f\ndef f(x): return f(x)\nf(f).create(model=f)",
        "def f(): yield from f()\nfor x in f(): x.create(model=x)",
        "Y = lambda f: (lambda x: f(lambda v: x(x)(v)))(lambda x: f(lambda v: x(x)(v)))\nY(Y)(Y).create(model=Y(Y))",
    ] {
        let (found, _) = hard("py", functions);
        assert_eq!(found.errors, [], "{functions}");
        let models = found.models();
        assert!(models.contains(&"before") && models.contains(&"after"), "{functions}: {found:?}");
    }
    for functions in [
        "const f = x => x(x);\nf(f).create({model: f(f)});",
        "function f(x = f()) { return x(); }\nf().create({model: f()});",
        "const f = ({ x = f({}) } = f()) => x();\nf().create({model: f()});",
        "class A { constructor(x = new A()) { this.x = x; } f(y = this.f()) { return y(); } }\nnew A().f().create({model: new A().x.x});",
        "const f = x => y => x(y)(x)(y);\nf(f)(f)(f).create({model: f(f)(f)});",
        "function f(x) { return f({...x, x}); }\nf({}).create({model: f({})});",
        "function f(x) { return f([...x, ...x]); }\nf([1]).create({model: f([1])});",
        "const a = {b: () => a.b()};\na.b().create({model: a.b()});",
        "const f = async x => await f(await x);\n(await f(f)).create({model: await f(f)});",
    ] {
        let (found, _) = hard("ts", functions);
        assert_eq!(found.errors, [], "{functions}");
        let models = found.models();
        assert!(models.contains(&"before") && models.contains(&"after"), "{functions}: {found:?}");
    }
}

/// What doubles at each step must not be written out.
#[test]
fn values_that_grow_by_doubling() {
    let doubling = |first: &str, step: &dyn Fn(usize) -> String| -> String {
        (1..60).fold(format!("{first}\n"), |mut text, at| {
            writeln!(text, "{}", step(at)).unwrap();
            text
        })
    };
    for (before, value) in [
        (doubling("x0 = 'a'", &|at| format!("x{at} = x{0} + x{0}", at - 1)), "x59"),
        (doubling("x0 = ['a']", &|at| format!("x{at} = [x{0}, x{0}]", at - 1)), "x59"),
        (doubling("x0 = ['a']", &|at| format!("x{at} = [*x{0}, *x{0}]", at - 1)), "x59"),
        (doubling("x0 = {'a': 1}", &|at| format!("x{at} = {{'a': x{0}, 'b': x{0}}}", at - 1)), "x59"),
        (doubling("x0 = {'a': 1}", &|at| format!("x{at} = {{**x{0}, 'k{at}': x{0}}}", at - 1)), "x59"),
        (doubling("x0 = 'a'", &|at| format!("x{at} = f'{{x{0}}}{{x{0}}}'", at - 1)), "x59"),
        (doubling("x0 = 'a'", &|at| format!("x{at} = x{0} if y{at} else x{0} + 'b{at}'", at - 1)), "x59"),
        (doubling("def x0(): return 'a'", &|at| format!("def x{at}(): return x{0}() + x{0}()", at - 1)), "x59()"),
        (doubling("def x0(y): return y", &|at| format!("def x{at}(y): return x{0}(x{0}(y))", at - 1)), "x59('a')"),
        (doubling("x0 = lambda y: y", &|at| format!("x{at} = lambda y: x{0}(x{0}(y))", at - 1)), "x59('a')"),
    ] {
        let asks = [
            format!("client.chat.completions.create(model={value}, messages=[])"),
            format!("client.chat.completions.create(model='m', messages=[{{'content': {value}}}])"),
            format!("client.chat.completions.create(model='m', messages={value})"),
            format!("client.chat.completions.create(**{value})"),
        ];
        let (found, _) = hard("py", &format!("{before}{}", asks.join("\n")));
        assert_eq!((found.calls.len(), found.errors.len()), (6, 0), "{before:.80}: {found:?}");
    }
}

#[test]
fn spreads_nested_deep() {
    let deep = 500;
    let mut layers = "k0 = {'model': 'm'}\n".to_owned();
    let mut calls = "def g0(**k): return client.chat.completions.create(**k)\n".to_owned();
    let mut dicts = "d0 = dict(model='m')\n".to_owned();
    for at in 1..deep {
        writeln!(layers, "k{at} = {{**k{}, 'a{at}': {at}}}", at - 1).unwrap();
        writeln!(calls, "def g{at}(**k): return g{}(**k)", at - 1).unwrap();
        writeln!(dicts, "d{at} = dict(d{}, **k)\nk = dict(**d{at})", at - 1).unwrap();
    }
    let last = deep - 1;
    for (before, spread) in [
        (format!("x = {}'model': 'm'{}\n", "{**".repeat(deep) + "{", "}".repeat(deep + 1)), "**x".to_owned()),
        (layers, format!("**k{last}")),
        (format!("k = {{}}\n{dicts}"), format!("**d{last}")),
        (String::new(), format!("**{}{{'model': 'm'}}{}", "{**".repeat(deep), "}".repeat(deep))),
    ] {
        let (found, _) = hard("py", &format!("{before}client.chat.completions.create({spread})"));
        assert_eq!((found.calls.len(), found.errors.len()), (3, 0), "{spread}: {found:?}");
    }
    let (found, _) = hard("py", &format!("{calls}g{last}(model='m')"));
    assert_eq!((found.calls.len(), found.errors.len()), (3, 0), "{found:?}");
    let object = format!("{}{{model: 'm'}}{}", many("{...", deep), many("}", deep));
    let (found, _) = hard("ts", &format!("client.chat.completions.create({object});"));
    assert_eq!((found.calls.len(), found.errors.len()), (3, 0), "{found:?}");
}

/// Mappings that are spread into each other.
#[test]
fn spreads_of_themselves() {
    for (language, middle) in [
        ("py", "x = {**x}\ny = {**z}\nz = {**y}\nclient.chat.completions.create(**x, **y, **z)"),
        ("py", "x = {}\nx.update(x)\nx['x'] = x\nx.update(**x)\nclient.chat.completions.create(**x['x'])"),
        ("py", "x = []\nx.append(x)\nx.extend(x)\nx += x\nclient.chat.completions.create(model='m', messages=x)"),
        ("ts", "const x = {...x}, y = {...z}, z = {...y};\nclient.chat.completions.create({...x, ...y, ...z});"),
        ("ts", "const x = []; x.push(x, ...x);\nclient.chat.completions.create({model: 'm', messages: x});"),
    ] {
        let (found, _) = hard(language, middle);
        assert_eq!((found.calls.len(), found.errors.len()), (3, 0), "{middle}: {found:?}");
    }
}

// ---- notebooks

/// A notebook with these cells, as JSON.
fn notebook(cells: &[&str]) -> String {
    let cells: Vec<_> = cells
        .iter()
        .map(|source| serde_json::json!({"cell_type": "code", "metadata": {}, "outputs": [], "source": source}))
        .collect();
    serde_json::json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).to_string()
}

#[test]
fn broken_notebooks_are_named() {
    let good = notebook(&[PYTHON_CLIENT, &request("py", "m")]);
    let half = &good[..good.len() / 2];
    let deep = format!("{{\"cells\": {}", "[".repeat(5_000));
    let deep_closed = format!("{{\"cells\": {}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let odd = "{\"cells\": [{\"cell_type\": \"code\", \"source\": 1}]}";
    for content in ["", "{", half, &deep, &deep_closed, "[]", "{\"cells\": {}}", "1", odd, "\u{feff}{", "not json"] {
        let found = Tree::of("bad.ipynb", content).scan();
        assert!(found.says("bad.ipynb", ""), "{content:.80}: {found:?}");
        assert_eq!(found.calls.len(), 0);
    }
}

#[test]
fn good_cells_of_odd_notebooks_are_read() {
    let ask = request("py", "m");
    let cell = |source: &str| serde_json::json!({"cell_type": "code", "source": source}).to_string();
    let cells = |cells: &[String]| format!("{{\"cells\": [{}]}}", cells.join(","));
    let client = cell(PYTHON_CLIENT);

    // A cell of a wrong type, or none, is named; the others count on.
    let odd = cells(&["1".into(), client.clone(), "{\"cell_type\": \"code\", \"source\": [1]}".into(), cell(&ask)]);
    let found = Tree::of("a.ipynb", odd).scan();
    assert!(found.says("a.ipynb", "cell 0"), "{found:?}");
    assert_eq!(found.calls, [("a.ipynb".to_owned(), Some(3), 1, 1, Some("m".to_owned()))]);

    // Magics are no Python and no error.
    let magics = format!("%load_ext autoreload\n!pip install openai\nx = !ls\ny = %time 3\n?client\nclient??\n{ask}");
    let found =
        Tree::of("a.ipynb", cells(&[client.clone(), cell(&magics), cell("%%bash\nrm -rf (\n"), cell(&ask)])).scan();
    assert_eq!(found.errors, []);
    let places: Vec<_> = found.calls.iter().map(|call| (call.1, call.2, call.3)).collect();
    assert_eq!(places, [(Some(1), 7, 1), (Some(3), 1, 1)]);

    // A syntax error in one cell leaves the others alone.
    let found = Tree::of("a.ipynb", cells(&[client, cell("x = = (\n"), cell(&ask)])).scan();
    assert!(found.says("a.ipynb", "cell 1"), "{found:?}");
    assert_eq!(found.models(), ["m"]);
}

#[test]
fn notebooks_of_other_languages_hold_no_python() {
    let text = format!("{PYTHON_CLIENT}{}", request("py", "m"));
    let other = notebook(&[&text])
        .replace("\"metadata\":{},\"nbformat\"", "\"metadata\":{\"kernelspec\":{\"language\":\"R\"}},\"nbformat\"");
    assert!(other.contains("\"R\""));
    let found = Tree::of("r.ipynb", other).scan();
    assert_eq!((found.calls.len(), found.errors.len()), (0, 0), "{found:?}");
}

#[test]
fn notebooks_of_much_and_deep_text() {
    let many: Vec<String> = (0..5_000).map(|at| format!("x{at} = {}", request("py", "m"))).collect();
    let mut cells = vec![PYTHON_CLIENT];
    cells.extend(many.iter().map(String::as_str));
    let found = Tree::of("many.ipynb", notebook(&cells)).scan();
    assert_eq!((found.calls.len(), found.errors.len()), (5_000, 0));
    assert_eq!(found.calls.last().unwrap().1, Some(5_000));

    let deep = format!("x = {}1{}", "(".repeat(DEEP), ")".repeat(DEEP));
    let found = Tree::of("deep.ipynb", notebook(&[PYTHON_CLIENT, &deep, &request("py", "m")])).scan();
    assert!(found.models() == ["m"] || found.says("deep.ipynb", ""), "{found:?}");
}

// ---- what is no plain file

#[test]
fn a_folder_with_the_name_of_a_file() {
    let found = Tree::new().with("x.py/inner.py", format!("{PYTHON_CLIENT}{}", request("py", "m"))).scan();
    assert_eq!(found.errors, []);
    assert_eq!(found.calls[0].0, "x.py/inner.py");
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

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    use super::*;

    #[test]
    fn loops_of_links() {
        let tree = Tree::new().with("a/b/inner.py", format!("{PYTHON_CLIENT}{}", request("py", "m")));
        symlink("..", tree.path().join("a/b/up")).unwrap();
        symlink(tree.path(), tree.path().join("a/all")).unwrap();
        symlink("self.py", tree.path().join("self.py")).unwrap();
        symlink("there.py", tree.path().join("here.py")).unwrap();
        symlink("here.py", tree.path().join("there.py")).unwrap();
        let found = tree.scan();
        assert_eq!(found.calls.len(), 1, "each file once: {found:?}");
        for path in ["self.py", "here.py", "there.py"] {
            assert!(found.says(path, ""), "{path}: {found:?}");
        }
    }

    #[test]
    fn links_that_lead_nowhere() {
        let tree = Tree::new();
        symlink("nowhere", tree.path().join("dangling.py")).unwrap();
        symlink("/nowhere/at/all", tree.path().join("dangling.ts")).unwrap();
        symlink("nowhere", tree.path().join("not-ours")).unwrap();
        let found = tree.scan();
        assert_eq!(found.calls.len(), 0);
        assert!(found.says("dangling.py", "") && found.says("dangling.ts", ""), "{found:?}");
        assert!(!found.says("not-ours", ""), "{found:?}");
        let run = support::lensai(tree.path(), &["scan", "dangling.py"]);
        assert_eq!((run.code, run.stdout.len()), (Some(2), 0), "{}", run.stderr);
        assert!(run.stderr.contains("dangling.py"), "{}", run.stderr);
    }

    /// A file that two names have within the tree is one file, at its own place.
    #[test]
    fn links_to_good_files_within_the_tree_add_nothing() {
        let tree = Tree::new().with("a/inner.py", format!("{PYTHON_CLIENT}{}", request("py", "m")));
        symlink("a/inner.py", tree.path().join("link.py")).unwrap();
        symlink("a", tree.path().join("link")).unwrap();
        let found = tree.scan();
        assert_eq!(found.errors, []);
        assert_eq!(found.calls.iter().map(|call| call.0.as_str()).collect::<Vec<_>>(), ["a/inner.py"]);
    }

    fn make_pipe(tree: &Tree, name: &str) {
        assert!(Command::new("mkfifo").arg(tree.path().join(name)).status().unwrap().success());
    }

    #[test]
    fn pipes_and_sockets_are_not_waited_for() {
        let tree = Tree::new();
        for name in ["pipe.py", "pipe.ipynb", "tsconfig.json"] {
            make_pipe(&tree, name);
        }
        let _socket = std::os::unix::net::UnixListener::bind(tree.path().join("socket.ts")).unwrap();
        let found = tree.scan();
        assert_eq!(found.calls.len(), 0);
        for path in ["pipe.py", "pipe.ipynb", "socket.ts"] {
            assert!(found.says(path, "not a regular file"), "{path}: {found:?}");
        }
    }

    #[test]
    fn a_named_pipe_or_socket_ends_with_2() {
        let tree = Tree::new();
        make_pipe(&tree, "pipe.py");
        make_pipe(&tree, "pipe.ipynb");
        let _socket = std::os::unix::net::UnixListener::bind(tree.path().join("socket.ts")).unwrap();
        for path in ["pipe.py", "pipe.ipynb", "socket.ts"] {
            let run = support::lensai(tree.path(), &["scan", path]);
            assert_eq!((run.code, run.stdout.len()), (Some(2), 0), "{path}: {}", run.stderr);
            assert!(run.stderr.contains(path), "{}", run.stderr);
        }
    }

    #[test]
    fn settings_that_are_pipes_are_not_waited_for() {
        for name in ["lensai.toml", "tsconfig.json", ".gitignore", ".ignore", "app/.gitignore"] {
            let tree = Tree::new().with("app/inner.py", format!("{PYTHON_CLIENT}{}", request("py", "m")));
            make_pipe(&tree, name);
            let found = tree.scan();
            let is_said = found.errors.iter().any(|(path, message)| format!("{path} {message}").contains(".gitignore"));
            assert!(found.models() == ["m"] || is_said, "{name}: {found:?}");
        }
    }

    /// Runs as somebody who may not read everything.
    fn as_nobody(tree: &Tree, args: &[&str]) -> support::Run {
        let is_root = fs::metadata(tree.path()).unwrap().uid() == 0;
        let mut command = if is_root {
            // Where the program lies may be closed to others, so it is copied to where it is not.
            let program = tree.path().join(".git/lensai");
            fs::copy(env!("CARGO_BIN_EXE_lensai"), &program).unwrap();
            fs::set_permissions(tree.path(), fs::Permissions::from_mode(0o755)).unwrap();
            let mut command = Command::new(program);
            command.uid(65_534).gid(65_534);
            command
        } else {
            Command::new(env!("CARGO_BIN_EXE_lensai"))
        };
        support::run(command.current_dir(tree.path()).args(args))
    }

    #[test]
    fn files_and_folders_that_may_not_be_read() {
        let text = format!("{PYTHON_CLIENT}{}", request("py", "m"));
        let tree = Tree::of("closed.py", &text).with("closed/inner.py", &text).with("tsconfig.json", "{}");
        let close = |name: &str, mode| {
            fs::set_permissions(tree.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
        };
        for name in ["closed.py", "closed", "tsconfig.json"] {
            close(name, 0o000);
        }
        let scan = as_nobody(&tree, &["scan", ".", "--format", "json"]);
        let named = as_nobody(&tree, &["scan", "closed.py"]);
        let folder = as_nobody(&tree, &["scan", "closed"]);
        // Whoever clears up must get in.
        close("closed", 0o755);

        let found = Found::of(&scan);
        assert_eq!(found.calls.len(), 0);
        for path in ["closed.py", "closed", "tsconfig.json"] {
            assert!(found.says(path, "cannot be read"), "{path}: {found:?}");
        }
        for (run, name) in [(named, "closed.py"), (folder, "closed")] {
            assert_eq!((run.code, run.stdout.len()), (Some(2), 0), "{}", run.stderr);
            assert!(run.stderr.contains(name), "{}", run.stderr);
        }
    }

    #[test]
    fn names_that_are_no_text() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        let tree = Tree::new();
        let text = format!("{PYTHON_CLIENT}{}", request("py", "m"));
        // Not every file system takes such a name.
        if fs::write(tree.path().join(OsStr::from_bytes(b"caf\xe9.py")), &text).is_err() {
            return;
        }
        let tree = tree.with("new\nline.py", &text).with("a b/ü.py", &text);
        let found = tree.scan();
        assert!(found.calls.iter().any(|call| call.0 == "a b/ü.py"), "{found:?}");
        assert!(found.calls.iter().any(|call| call.0 == "new\nline.py"), "{found:?}");
        assert!(found.calls.len() == 3 || found.errors.len() == 1, "{found:?}");
    }
}

// ---- what is named as an argument

#[test]
fn a_path_that_is_missing() {
    let tree = Tree::new();
    for args in [&["scan", "missing.py"][..], &["scan", ".", "missing"], &["scan", "beside.py/x.py"]] {
        let run = support::lensai(tree.path(), args);
        assert_eq!((run.code, run.stdout.len()), (Some(2), 0), "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(args.last().unwrap()), "{}", run.stderr);
    }
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
