//! Functions, classes, enums, namespaces and types.

use crate::{js, ts};

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
