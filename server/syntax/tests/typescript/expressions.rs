//! Expressions, assignments and patterns.

use lensai_syntax::Language;

use crate::{js, lower, trimmed, ts};

#[test]
fn destructuring() {
    js(
        "const {a, b: c = 1, d: {e}, 'f-g': h, [k]: i, ...rest} = v;\nconst [x, , [y = 2], ...z] = w;",
        r"
        a = a of v
        c = b of v default 1
        e = d/e of v
        h = f-g of v
        k
        i =  of v
        rest = rest of v
        x = 0 of w
        y = 2/0 of w default 2
        z = rest of w
        ",
    );
    js(
        "({p, q: r.s, t = 3} = obj);\n[a, this.b] = [b, a];",
        "p = p of obj\nr.s = obj.q\nt = t of obj default 3\na = 0 of [b, a]\nthis.b = [b, a][1]",
    );
}

#[test]
fn expressions() {
    js(
        "const t = `a${x}b${`in${y}`}`;\nconst u = `pl\\u0041in`;\ntag`q${z}`;\ns = 'a\\n' + b + \"c\" + 1_000;\n\
         q = a || b || c && d;\nn = x ?? y;\np = a | b | c;\nm = a % b * c;\no = c ? f(1) : g(2);\nr = a < b;",
        r#"
        t = `"a" {x} "b" {`"in" {y}`}`
        u = "plAin"
        tag(`"q" {z}`)
        s = (+ "a\n" b "c" 1000)
        q = (or a b (and c d))
        n = (?? x y)
        p = (| a b c)
        m = (* (% a b) c)
        c
        o = (if f(1) g(2))
        r = (opaque a b)
        "#,
    );
    js(
        "new Foo;\nnew a.B(...args);\nf?.(1);\na?.b?.[c];\na['b']['c-d'];\ndelete a.b;\nvoid 0;\ntypeof x;\n!f();\n\
         /re/g;\n[1,,2,...z];\n({a, b: 1, [c]: 2, ...d});\nnew.target;\nimport.meta.url;\nundefined;",
        r#"
        new Foo()
        new a.B(*args)
        f(1)
        a.b[c]
        a.b["c-d"]
        (opaque a.b)
        none
        (opaque x)
        (opaque f())
        (opaque)
        [1, none, 2, *z]
        {"a": a, "b": 1, c: 2, **d}
        (opaque)
        (opaque).url
        none
        "#,
    );
    ts(
        "(env.AI.run as any)(1);\n(x as Foo)!.bar<Baz, Qux>(1);\nconst g = <T>(y satisfies Z);\nf<A>;\n\
         await a.b<T>(1);\nx = a + !await f<T>(2);",
        "env.AI.run(1)\n(x as Foo).bar(1)\ng = y\nf\n(await a.b(1))\nx = (+ a (opaque (await f(2))))",
    );
}

#[test]
fn assignments() {
    js(
        "x += 1;\nthis.a += f();\no[k] ??= g();\na.b['c'] = 1;\na['d-e'] = 2;\ni++;\na = b = c();\nx -= 2;\n(y) ||= 3;",
        r#"
        x = (+ x 1)
        this.a = (+ this.a f())
        o[k] = (?? o[k] g())
        a.b.c = 1
        a["d-e"] = 2
        i = (opaque i)
        b = c()
        a = c()
        x = (opaque x 2)
        y = (or y 3)
        "#,
    );
}

#[test]
fn jsx() {
    let text = "const C = () => <A.B x={f(1)} s='t' {...p} onClick={async () => { await g() }}>\n\
                <p>hi {name} {h()} {/* none */}</p><></></A.B>;";
    let expected = r"
        C = <def#1 C>
        def#1 C()
        return (opaque f(1) p <lambda#2> (opaque name h() (opaque)) (opaque))
        lambda#2()
        (await g())
        ";
    for language in [Language::Tsx, Language::JavaScript] {
        assert_eq!(trimmed(&lower(language, text)), trimmed(expected));
    }
}

#[test]
fn what_is_awaited_may_stand_in_parentheses() {
    js(
        "const g = async (x) => {\n  const a = await (c.f)({ m: x.m });\n  const b = await (a.b());\n};",
        r#"
        g = <def#1 g>
        def#1 g(x)
        a = (await c.f({"m": x.m}))
        b = (await a.b())
        "#,
    );
}
