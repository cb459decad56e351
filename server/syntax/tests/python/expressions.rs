//! Expressions.

use lensai_syntax::hir::{Bound, Expr, ExprId};

use crate::{lowers, python};

#[test]
fn lambdas() {
    lowers(
        r"
map(lambda x, y=k(), *z: x + y, xs)
f = lambda: (yield)
pool.map(lambda q: g(q), sorted(a, key=lambda: 1))
",
        r"
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
",
    );
}

#[test]
fn comprehensions() {
    lowers(
        r"
[f(x) for x in g() if h(x) for y, z in x if y]
{k: v async for k, v in d.items()}
q = {a for a in b}
sum(x for x in y)
(x for x in y)
",
        r"
[loop] x = each g()
[loop] h(x)
[loop>loop] y = 0 of each x
[loop>loop] z = 1 of each x
[loop>loop] y
(each f(x))
[loop] k = 0 of each d.items()
[loop] v = 1 of each d.items()
(each k: v)
[loop] a = each b
q = (each a)
[loop] x = each y
sum((each x))
[loop] x = each y
(each x)
",
    );
}

#[test]
fn operators() {
    lowers(
        r#"
x = a or b or c and d and e
y = (f(1) if t() else g() if u else h)
z = a + b + "c" - d * e * f % g | h | i
not a
-b < c(1) < 3
x = a[1:f(2), 3], b[c], d["k"]
"#,
        r#"
x = (or a b (and c d e))
t()
[arm1!] u
y = (if f(1) (if g() h))
z = (| (opaque (+ a b "c") (% (* d e f) g)) h i)
(opaque a)
(opaque (opaque b) c(1) 3)
x = [a[[(opaque 1 f(2)), 3]], b[c], d["k"]]
"#,
    );
}

#[test]
fn displays() {
    lowers(
        r#"
{**a, "b": 1, c: d}
[1, *a, 1_000, 0x_ff, 1.5e3, True, None, ...]
x = (), (1,), {1, 2}
return *a, b
"#,
        r#"
{**a, "b": 1, c: d}
[1, *a, 1000, 0xff, 1.5e3, true, none, (opaque)]
x = [[], [1], [1, 2]]
return [*a, b]
"#,
    );
}

#[test]
fn calls() {
    lowers(
        r#"
f(**{"a": 1}, b=lambda x: x)(c)[d].e(*f)
f(a for a in b)(c).d
Agent[Deps, Out]("m").run_sync(q)
"#,
        r#"
f(**{"a": 1}, b=<lambda#1>)(c)[d].e(*f)
[loop] a = each b
f((each a))(c).d
Agent[[Deps, Out]]("m").run_sync(q)
lambda#1(x)
return x
"#,
    );
}

#[test]
fn lambdas_that_are_evaluated_in_another_order() {
    lowers(
        r"
x = [(lambda: 1)() for y in (lambda: 2)()]
",
        r"
[loop] y = each <lambda#2>()
x = (each <lambda#1>())
lambda#1()
return 1
lambda#2()
return 2
",
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
fn a_name_on_the_right_is_older_than_the_binding() {
    let facts = python("x = f(x)\nx\n(x)()\n");
    let body = &facts.items[0].body;
    let Bound::Value(call) = body.bindings[0].value else { unreachable!("a value") };
    assert_eq!(body.bindings[0].time, ExprId(call.0 + 1));
}
