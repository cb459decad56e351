//! Lowering of TypeScript, TSX and JavaScript.

mod common;

use common::{check, render};
use lensai_syntax::hir::{Facts, Problem};
use lensai_syntax::{Language, Limits, facts};
use proptest::prelude::*;

const DIALECTS: [Language; 3] = [Language::TypeScript, Language::Tsx, Language::JavaScript];

/// Facts of a valid text, rendered.
#[track_caller]
fn lower(language: Language, text: &str) -> String {
    let facts = checked(language, text);
    assert_eq!(facts.problems, [], "{text}");
    render(&facts)
}

#[track_caller]
fn checked(language: Language, text: &str) -> Facts {
    let limits = Limits { deadline: std::time::Duration::from_mins(1) };
    let facts = facts(text, language, limits);
    let sound = check(text, &facts);
    assert!(sound.is_ok(), "{sound:?}\n{}", render(&facts));
    facts
}

#[track_caller]
fn ts(text: &str, expected: &str) {
    let rendered = lower(Language::TypeScript, text);
    assert_eq!(trimmed(&rendered), trimmed(expected), "\n{rendered}");
}

/// The same in all three grammars.
#[track_caller]
fn js(text: &str, expected: &str) {
    for language in DIALECTS {
        let rendered = lower(language, text);
        assert_eq!(trimmed(&rendered), trimmed(expected), "{language:?}\n{rendered}");
    }
}

fn trimmed(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && *line != "module#0" && *line != "module").collect()
}

#[test]
fn imports() {
    ts(
        "import OpenAI, { toFile as f, type X } from 'openai';\nimport * as ns from \"n\";\nimport './side';\n\
         import type { T } from 't';\nimport d from './d.json' with { type: 'json' }",
        r#"
        import OpenAI = name default of "openai"
        import f = name toFile of "openai"
        type import X = name X of "openai"
        import ns = module of "n"
        type import T = name T of "t"
        import d = name default of "./d.json"
        "#,
    );
    let facts = checked(Language::TypeScript, "import './side'");
    assert_eq!(facts.items[0].body.imports[0].module, "./side");
    assert!(facts.items[0].body.bindings.is_empty());
    ts("import x = require('y');\nimport A = B.C;", "import x = module of \"y\"\nA = B.C");
    js(
        "const o = require('openai').OpenAI;\nconst { Client: C } = await import(`a`);\nimport(name);",
        "o = (import \"openai\").OpenAI\nC = Client of (await (import \"a\"))\n(opaque)(name)",
    );
}

#[test]
fn a_use_before_an_import_sees_it() {
    let facts = checked(Language::TypeScript, "f(x);\nimport { f } from 'f';\nfunction x() {}");
    assert!(facts.items[0].body.bindings.iter().all(|binding| binding.time.0 == 0));
}

#[test]
fn exports() {
    js(
        "export const a = 1, { b } = o;\nexport function f() {}\nexport class C {}\nexport { a as c, b };\n\
         export * from 'm';\nexport * as ns from 'n';\nexport { x as y, default as z } from 'q';\nexport default a;",
        r#"
        f = def#1 f
        a = 1
        b = b of o
        C = class#2 C
        export a = a
        export b = b
        export f = f
        export C = C
        export c = a
        export b = b
        export * = all of "m"
        export ns = module of "n"
        export y = name x of "q"
        export z = name default of "q"
        export default = a
        def#1 f()
        class#2 C
        "#,
    );
    js("export default async function h(r) {}", "h = def#1 h\nexport default = h\ndef#1 h(r)");
    js("export default async () => {}", "export default = <lambda#1>\nlambda#1()");
    js("export default class {}", "export default = <class#1>\nclass#1");
    ts("const x = 1;\nexport = x;", "x = 1\nexport = = x");
    ts("namespace N { export const a = 1 }\nexport type { T } from 't';", "[plain] a = 1\nexport T = name T of \"t\"");
    ts("export type Client = OpenAI;\nexport interface I {}", "Client = OpenAI\nexport Client = Client");
}

#[test]
fn commonjs() {
    js(
        "'use strict';\nObject.defineProperty(exports, '__esModule', { value: true });\nexports.a = exports.b = void 0;\n\
         const openai_1 = __importDefault(require('openai'));\nconst q = tslib_1.__importStar(require('q'));\n\
         __exportStar(require('./x'), exports);\n\
         Object.defineProperty(exports, 'z', { enumerable: true, get: function () { return m_1.z; } });\n\
         exports.a = function () {};\nmodule.exports.k = 1;\nmodule.exports = { q };\n\
         (0, openai_1.default)(1);",
        r#"
        Object.defineProperty(exports, "__esModule", {"value": true})
        exports.b = none
        exports.a = none
        openai_1 = (import "openai")
        q = (import "q")
        __exportStar((import "./x"), exports)
        Object.defineProperty(exports, "z", {"enumerable": true, "get": <def#1 get>})
        exports.a = <def#2 a>
        module.exports.k = 1
        module.exports = {"q": q}
        0
        openai_1.default(1)
        export * = all of "./x"
        export z = m_1.z
        export a = <def#2 a>
        export k = 1
        export = = {"q": q}
        def#1 get()
        return m_1.z
        def#2 a()
        "#,
    );
}

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
fn functions() {
    ts(
        "function f(this: Foo, a: string, b?: OpenAI | null, {model = 'm', ...o}: Opts = {}, ...r: any[])\
         : Promise<X[]> { return a }",
        r#"
        f = def#1 f
        def#1 f(a: (opaque), b: (| OpenAI none), #2: Opts = {}, *r: Array[(opaque)]) -> Promise[Array[X]]
        model = model of #2 default "m"
        o = rest of #2
        return a
        "#,
    );
    js(
        "function* g() { yield a(); return }\nasync function h(m = 'x', {n}) { for await (const c of s) { await c } }",
        r#"
        g = def#1 g
        h = def#2 h
        def#1 g()
        yield a()
        return
        def#2 h(m = "x", #1)
        n = n of #1
        [loop] c = each s
        [loop] (await c)
        "#,
    );
}

#[test]
fn functions_are_named_by_what_they_are_bound_to() {
    js(
        "const f = async (x) => g(x);\nconst h = function () {};\nthis.i = (() => 1);\nexports.j = function own() {};\n\
         app.get('/x', async function handler() {});\nxs.map(async x => x);\nArray.from(xs, x => x);\nrun(() => {});\n\
         const o = { k: () => 1, l() {}, get m() { return 2 }, ['n']: () => 3, 'p-q': () => 4 };",
        r#"
        f = <def#1 f>
        h = <def#2 h>
        this.i = <def#3 i>
        exports.j = <def#4 j>
        app.get("/x", <def#5 handler>)
        xs.map(<lambda*#6>)
        Array.from(xs, <lambda*#7>)
        run(<lambda#8>)
        o = {"k": <def#9 k>, "l": <def#10 l>, "m": <def#11 m>, "n": <lambda#12>, "p-q": <def#13 p-q>}
        export j = <def#4 j>
        def#1 f(x)
        return g(x)
        def#2 h()
        def#3 i()
        return 1
        def#4 j()
        def#5 handler()
        lambda*#6(x)
        return x
        lambda*#7(x)
        return x
        lambda#8()
        def#9 k()
        return 1
        def#10 l()
        def#11 m()
        decorator property
        return 2
        lambda#12()
        return 3
        def#13 p-q()
        return 4
        "#,
    );
}

#[test]
fn classes() {
    ts(
        "@Injectable() export class Svc extends mixin(Base)<T> implements I {\n  #key = 'k';\n  private readonly m: string;\n\
         @Inject(X) y: Y;\n  constructor(private readonly c: OpenAI, @Body() b: B, d = 4) { super(); this.#key = 1 }\n\
         @Get('x') async run() { return this.c }\n  get v() { return 1 }\n  set v(x) {}\n  static make() { return new Svc }\n\
         static { go() }\n  abstract foo(): void;\n  fn = async () => {};\n}",
        r#"
        Svc = class#1 Svc
        export Svc = Svc
        class#1 Svc < mixin(Base)
        decorator Injectable()
        #key = "k"
        m: (opaque) = ?
        Inject(X)
        y: Y = ?
        constructor = def#2 constructor
        run = def#3 run
        v = def#4 v
        make = def#6 make
        [plain] go()
        fn = <def#7 fn>
        def#2 constructor(this.c: OpenAI, b: B, d = 4)
        @ Body()
        super()
        this.#key = 1
        def#3 run()
        decorator Get("x")
        return this.c
        def#4 v()
        decorator property
        return 1
        def#5 v(x)
        def#6 make()
        decorator staticmethod
        return new Svc()
        def#7 fn()
        "#,
    );
    js(
        "class A extends b.C { x = 1; static y; 'z-z' = 2; static get w() { return 3 } }\nconst D = class E {};",
        r"
        A = class#1 A
        D = <class#3 D>
        class#1 A < b.C
        x = 1
        y = ?
        z-z = 2
        w = def#2 w
        def#2 w()
        decorator staticmethod
        decorator property
        return 3
        class#3 D
        ",
    );
}
#[test]
fn enums_namespaces_and_types() {
    ts(
        "enum E { A, B = 'b', 'c-d' = 3 }\nnamespace N { q = 1 }\ntype Client = OpenAI;\ntype R = ReturnType<typeof f>;\n\
         interface I { a: string }\ndeclare const z: number;\ndeclare module 'm' { import x from 'y' }\n\
         let u: a.b.C<X>, m: Map<K, V[]>, t: typeof x.y, i: import('p').Q, n: (A) | B | null;",
        r#"
        E = class#1 E
        [plain] q = 1
        Client = OpenAI
        R = ReturnType[f]
        u: a.b.C[X] = ?
        m: Map[[K, Array[V]]] = ?
        t: x.y = ?
        i: (import "p").Q = ?
        n: (| A B none) = ?
        class#1 E
        A = ?
        B = "b"
        c-d = 3
        "#,
    );
}

#[test]
fn branches() {
    js(
        "if (a) { x = 1 } else if (b()) return; else { x = 2 }",
        "a\n[arm1!] x = 1\nb()\n[arm1!] x = 2\n[arm1!^] return",
    );
    js(
        "switch (k) { case 'a': case 'b': m = 1; break; default: m = 2 }\nswitch (k) { case 'c': return 3 }",
        r#"
        k
        "a"
        "b"
        [arm1!] m = 1
        [arm1!] m = 2
        k
        "c"
        [arm2^] return 3
        "#,
    );
    js(
        "try { a() } catch ({ message }) { throw e } finally { b() }",
        "[plain] a()\n[arm1^] message = ?\n[arm1^] e\n[plain] b()",
    );
}

#[test]
fn loops() {
    js(
        "for (const [k, v] of xs) { f(k) }\nfor (let i = 0; i < n; i++) g(i);\nwhile (c()) d();\ndo { e() } while (h());\n\
         for (const x in o) { if (x) continue }\nl: for (;;) { break l }\nfor (this.y of ys) {}",
        r"
        [loop] k = 0 of each xs
        [loop] v = 1 of each xs
        [loop] f(k)
        i = 0
        [loop] (opaque i n)
        [loop] g(i)
        [loop] i = (opaque i)
        [loop] c()
        [loop] d()
        [loop] e()
        [loop] h()
        [loop] x = each o
        [loop] x
        ys
        [loop] this
        ",
    );
    let facts = checked(Language::JavaScript, "for (;; ys.map(() => 2)) { xs.map(() => 1) }");
    assert!(facts.items[1].span.start < facts.items[2].span.start);
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
        "env.AI.run(1)\nx.bar(1)\ng = y\nf\n(await a.b(1))\nx = (+ a (opaque (await f(2))))",
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
fn spans_of_calls_are_the_calls() {
    let text = "async function f() { return await this.c.d\n  .create<T>({a: 1})!.x; }";
    let facts = checked(Language::TypeScript, text);
    let item = &facts.items[1];
    let call = item.body.exprs.iter().position(|expr| matches!(expr, lensai_syntax::hir::Expr::Call { .. }));
    let span = call.map(|call| item.body.spans[call].shifted(item.span.start));
    assert_eq!(span.map(|span| &text[span.range()]), Some("this.c.d\n  .create<T>({a: 1})"));
}

#[test]
fn directives() {
    let text = "// lensai: one \nf(/* lensai: two */ 1);\n/** lensai:three */\nclass A { // lensai: four\n}\n// other lensai: no";
    for language in DIALECTS {
        let facts = checked(language, text);
        let found: Vec<&str> = facts.directives.iter().map(|directive| &*directive.text).collect();
        assert_eq!(found, ["one", "two", "three", "four"]);
    }
}

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
    let whole = include_str!("typescript.rs");
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
