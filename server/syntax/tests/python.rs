//! Lowering of Python, construct by construct, on bad input and on any input.

mod common;

use std::time::{Duration, Instant};

use lensai_syntax::hir::{Bound, Expr, ExprId, Facts, Problem};
use lensai_syntax::{Language, Limits, facts};
use proptest::prelude::*;

const LIMITS: Limits = Limits { deadline: Duration::from_secs(60) };

fn python(text: &str) -> Facts {
    let facts = facts(text, Language::Python, LIMITS);
    assert_eq!(common::check(text, &facts), Ok(()), "in {:.300}", text);
    facts
}

/// Compares what a text is lowered to, without the header of the module.
#[track_caller]
fn lowers(text: &str, expected: &str) {
    let shown = common::render(&python(text));
    let shown = shown.strip_prefix("module\n").unwrap_or(&shown);
    let trimmed =
        |text: &str| text.trim().lines().map(|line| format!("{}\n", line.trim())).collect::<String>();
    assert_eq!(trimmed(shown), trimmed(expected), "\n{shown}");
}

#[test]
fn imports() {
    lowers(
        r##"
import a, b.c, d.e as f
import os . path as p
from . import x, y as z
from ...pkg.mod import (c, d as e,)
from .x.y import *
from __future__ import annotations
def g():
    import inner.most
"##,
        r##"
import a = module of "a"
import b = root of "b.c"
import f = module of "d.e"
import p = module of "os.path"
import x = name x of "."
import z = name y of "."
import c = name c of "...pkg.mod"
import e = name d of "...pkg.mod"
import * = all of ".x.y"
import annotations = name annotations of "__future__"
g = def#1 g
def#1 g()
import inner = root of "inner.most"
"##,
    );
}

#[test]
fn imports_for_types_and_with_a_fallback() {
    lowers(
        r##"
if TYPE_CHECKING:
    from t import T
elif typing.TYPE_CHECKING:
    import q
else:
    import r
try:
    import fast
except ImportError as e:
    fast = None
else:
    ok()
finally:
    done()
"##,
        r##"
TYPE_CHECKING
[arm1!] type import T = name T of "t"
typing.TYPE_CHECKING
[arm1!] type import q = module of "q"
[arm1!] import r = module of "r"
[plain] import fast = module of "fast"
[arm2] ImportError
[arm2] e = ?
[arm2] fast = none
[plain] ok()
[plain] done()
"##,
    );
}

#[test]
fn assignments() {
    lowers(
        r##"
a = b = f(1)
a, (b, *c, d) = v
[x, y.z, w["k"]] = v
self.m: T = 1
n: int
o: Optional[A.B, "C"] = g(o)
p += 1 + 2
q.r += 3
s[t] -= 4
u |= {}
Settings.llm = v
obj.a.b = v
(u := v2)
print((w := h()) or w)
"##,
        r##"
a = f(1)
b = f(1)
a = 0 of v
b = 1/0 of v
c = 1/rest of v
d = ?
x = 0 of v
#part = 1 of v
#part = 2 of v
y.z = #part
w["k"] = #part
self.m: T = 1
n: int = ?
o: Optional[[A.B, "C"]] = g(o)
p = (+ p (+ 1 2))
q.r = (+ q.r 3)
s[t] = (opaque s[t] 4)
u = (| u {})
Settings.llm = v
obj.a.b = v
u = v2
w = h()
print((or h() w))
"##,
    );
}

#[test]
fn functions() {
    lowers(
        r##"
def f(a, /, b: int, *args: str, c=k(), d: X = 2, **kw) -> Optional[Foo]:
    "doc"
    global g, h
    g = 1
    if a:
        return b
    else:
        yield c
    x = yield from d
    await e(a=1, *b, **c)
    raise E(1) from z
def g(a, *, b): return
"##,
        r##"
f = def#1 f
g = def#2 g
def#1 f(a, b: int, *args: str, kw c = k(), kw d: X = 2, **kw) -> Optional[Foo]
outer g, h
g = 1
a
[arm1!^] return b
[arm1!] yield c
yield d
x = (opaque d)
(await e(a=1, *b, **c))
E(1)
z
def#2 g(a, kw b)
return
"##,
    );
}

#[test]
fn classes_and_decorators() {
    lowers(
        r##"
@app.get("/x")
@deco
async def f((a, b), c): return a, *b
@dataclass
class A(B, C[int], metaclass=M):
    """doc"""
    x: int
    y: str = "s"
    z = 1
    def m(self): self.x = super().m(); super(A, self).q()
    @property
    async def p(self): pass
"##,
        r##"
f = def#1 f
A = class#2 A
def#1 f(#0, c)
decorator app.get("/x")
decorator deco
a = 0 of #0
b = 1 of #0
return [a, *b]
class#2 A < B, C[int]
decorator dataclass
@ M
x: int = ?
y: str = "s"
z = 1
m = def#3 m
p = def#4 p
def#3 m(self)
self.x = super.m()
super.q()
def#4 p(self)
decorator property
"##,
    );
}

#[test]
fn lambdas() {
    lowers(
        r##"
map(lambda x, y=k(), *z: x + y, xs)
f = lambda: (yield)
pool.map(lambda q: g(q), sorted(a, key=lambda: 1))
"##,
        r##"
map(<lambda*#1>, xs)
f = <lambda#2>
pool.map(<lambda*#3>, sorted(a, key=<lambda#4>))
lambda*#1(x, y = k(), *z)
return (+ x y)
lambda#2()
return (opaque)
yield
lambda*#3(q)
return g(q)
lambda#4()
return 1
"##,
    );
}

#[test]
fn with_statements() {
    lowers(
        r##"
with open(a) as f, b as (x, y):
    return 1
with (c as d):
    pass
async with e as self.q: pass
with (open(a) as f, b as g): f()
"##,
        r##"
f = entered open(a)
#entered = entered b
x = 0 of #entered
y = 1 of #entered
[plain^] return 1
d = entered c
#entered = entered e
self.q = #entered
f = entered open(a)
g = entered b
[plain] f()
"##,
    );
}

#[test]
fn loops() {
    lowers(
        r##"
async for a, b in c, d:
    if x: break
    continue
else: e()
while (n := f()) < 3:
    g()
else:
    h()
for self.x in xs: pass
"##,
        r##"
[loop^] a = 0 of each [c, d]
[loop^] b = 1 of each [c, d]
[loop^] x
[plain] e()
[loop] n = f()
[loop] (opaque f() 3)
[loop] g()
[plain] h()
[loop] #element = each xs
[loop] self.x = #element
"##,
    );
}

#[test]
fn branches() {
    lowers(
        r##"
if a(): b()
elif c(): d()
else:
    e()
    raise f()
if g: h()
"##,
        r##"
a()
[arm1!] b()
c()
[arm1!] d()
[arm1!^] e()
[arm1!^] f()
g
[arm2] h()
"##,
    );
}

#[test]
fn exceptions() {
    lowers(
        r##"
try:
    a()
except (B, C) as e:
    d()
except* E:
    return
except: f()
"##,
        r##"
[plain] a()
[arm1] [B, C]
[arm1] e = ?
[arm1] d()
[arm1^] E
[arm1] f()
[arm1^] return
"##,
    );
}

#[test]
fn match_statements() {
    lowers(
        r##"
match a, b(c):
    case [A(k=y), *rest] | {"a": z, **kw}: f()
    case m.X as q if q > 1: pass
    case "s" | -1: pass
    case e, (f, _): pass
    case _: g()
match x:
    case 1: h()
match = case(type)
"##,
        r##"
a
b(c)
[arm1!] y = ?
[arm1!] rest = ?
[arm1!] z = ?
[arm1!] kw = ?
[arm1!] f()
[arm1!] q = ?
[arm1!] (opaque q 1)
[arm1!] e = ?
[arm1!] f = ?
[arm1!] g()
x
[arm2] h()
match = case(type)
"##,
    );
}

#[test]
fn comprehensions() {
    lowers(
        r##"
[f(x) for x in g() if h(x) for y, z in x if y]
{k: v async for k, v in d.items()}
q = {a for a in b}
sum(x for x in y)
(x for x in y)
"##,
        r##"
[loop] x = each g()
[loop] h(x)
[loop>loop] y = 0 of each x
[loop>loop] z = 1 of each x
[loop>loop] y
(each f(x))
[loop] k = 0 of each d.items()
[loop] v = 1 of each d.items()
[loop] k
(each v)
[loop] a = each b
q = (each a)
[loop] x = each y
sum((each x))
[loop] x = each y
(each x)
"##,
    );
}

#[test]
fn operators() {
    lowers(
        r##"
x = a or b or c and d and e
y = (f(1) if t() else g() if u else h)
z = a + b + "c" - d * e * f % g | h | i
not a
-b < c(1) < 3
x = a[1:f(2), 3], b[c], d["k"]
"##,
        r##"
x = (or a b (and c d e))
t()
[arm1!] u
y = (if f(1) (if g() h))
z = (| (opaque (+ a b "c") (% (* d e f) g)) h i)
(opaque a)
(opaque (opaque b) c(1) 3)
x = [a[[(opaque 1 f(2)), 3]], b[c], d["k"]]
"##,
    );
}

#[test]
fn displays() {
    lowers(
        r##"
{**a, "b": 1, c: d}
[1, *a, 1_000, 0x_ff, 1.5e3, True, None, ...]
x = (), (1,), {1, 2}
return *a, b
"##,
        r##"
{**a, "b": 1, c: d}
[1, *a, 1000, 0xff, 1.5e3, true, none, (opaque)]
x = [[], [1], [1, 2]]
return [*a, b]
"##,
    );
}

#[test]
fn calls() {
    lowers(
        r##"
f(**{"a": 1}, b=lambda x: x)(c)[d].e(*f)
f(a for a in b)(c).d
Agent[Deps, Out]("m").run_sync(q)
"##,
        r##"
f(**{"a": 1}, b=<lambda#1>)(c)[d].e(*f)
[loop] a = each b
f((each a))(c).d
Agent[[Deps, Out]]("m").run_sync(q)
lambda#1(x)
return x
"##,
    );
}

#[test]
fn python_two_and_other_statements() {
    lowers(
        r##"
print "a", f(b)
print >>f, g(x)
exec "code" in ns
type X[T] = list[T]
del a[f(1)], b
assert f(x), "m"
"##,
        r##"
f(b)
g(x)
X = list[T]
[a[f(1)], b]
f(x)
"##,
    );
}

#[test]
fn annotations() {
    lowers(
        r##"
a: list[int] | None = b
c: "Later"
d: A.B[C]
def f(*args: *Ts) -> X | Y: ...
"##,
        r##"
a: (| list[int] none) = b
c: "Later" = ?
d: A.B[C] = ?
f = def#1 f
def#1 f(*args: (opaque Ts)) -> (| X Y)
"##,
    );
}

#[test]
fn directives() {
    lowers(
        r##"
# lensai: ignore this
x = f(1,  # lensai:model=foo
)
# about lensai: nothing
"##,
        r##"
x = f(1)
directive ignore this
directive model=foo
"##,
    );
}

#[test]
fn lambdas_that_are_evaluated_in_another_order() {
    lowers(
        r##"
x = [(lambda: 1)() for y in (lambda: 2)()]
"##,
        r##"
[loop] y = each <lambda#2>()
x = (each <lambda#1>())
lambda#1()
return 1
lambda#2()
return 2
"##,
    );
}

#[test]
fn strings() {
    lowers(
        concat!(
            "a = f\"x{b!r:>{w()}}c{{}}{d=}\" \"e\" r'\\n' b'\\xff\\u0041'\n",
            "b = \"a\\n\\t\\x41\\u0042\\\nc\\q\\N{DASH}\\101\\ud800\"\n",
            "c = \"\"\"x'\"y\r\nz\"\"\"\n",
            "e = f\"{f'{a}'}{b:%Y}\"\n",
            "f = rf\"\\d{x}\" \"\"\n",
            "g = f\"{{}}\"\n",
            "h = u'\\\\' t'{x}'\n",
            "\"doc\" 'doc'\n",
            "f\"{call()}\"\n",
        ),
        r#"
        w()
        a = `"x" {b} "c{}d=" {d} "e\\nÿ\\u0041"`
        b = "a\n\tABc\\q\\N{DASH}A\\ud800"
        c = "x'\"y\nz"
        e = `{`{a}`} {b}`
        f = `"\\d" {x}`
        g = "{}"
        h = `"\\" {x}`
        `{call()}`
        "#,
    );
}

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

#[test]
fn a_call_spans_from_its_receiver_to_its_closing_parenthesis() {
    let text = "def f():\n    return await (self.client\n      .chat.create(\n  a=1))\n";
    let facts = python(text);
    let item = &facts.items[1];
    let calls: Vec<&str> = (0..)
        .zip(&item.body.exprs)
        .filter(|(_, expr)| matches!(expr, Expr::Call { .. }))
        .map(|(id, _)| &text[item.body.span(ExprId(id)).shifted(item.span.start).range()])
        .collect();
    assert_eq!(calls, ["self.client\n      .chat.create(\n  a=1)"]);
}

#[test]
fn the_prelude_ends_where_the_body_begins() {
    let facts = python("@d(1)\ndef f(a: T = b(), *c) -> R:\n    return g(a)\n");
    let body = &facts.items[1].body;
    let is_call = |id: u32| matches!(body.expr(ExprId(id)), Expr::Call { .. });
    assert_eq!((0..body.prelude).filter(|id| is_call(*id)).count(), 2);
    assert_eq!((body.prelude..9).filter(|id| is_call(*id)).count(), 0);
    assert_eq!(body.exprs.len(), body.prelude as usize + 3);
}

#[test]
fn a_name_on_the_right_is_older_than_the_binding() {
    let facts = python("x = f(x)\nx\n(x)()\n");
    let body = &facts.items[0].body;
    let Bound::Value(call) = body.bindings[0].value else { unreachable!("a value") };
    assert_eq!(body.bindings[0].time, ExprId(call.0 + 1));
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
    let nested: String = (0..300).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
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
