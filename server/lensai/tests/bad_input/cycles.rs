//! Values that lead nowhere, round and round, or on without an end.

use std::fmt::Write as _;

use crate::tree::{Tree, hard, many};

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
    let models: Vec<_> = found.calls.iter().map(|call| (call.path.as_str(), call.model.as_str())).collect();
    for expected in [("b.py", "m"), ("c.py", "n"), ("p/q.py", "o")] {
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
    let models: Vec<_> = found.calls.iter().map(|call| (call.path.as_str(), call.model.as_str())).collect();
    for expected in [("a.ts", "m"), ("b.ts", "m")] {
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

/// What the value of a name is depends on what it is. Found by `server/calls/tests/soup.rs`, from which more may come.
#[test]
fn names_that_lead_round_and_round() {
    for (language, names) in [
        (
            "ts",
            "a=b\nif(a){while(a{let a=aa\na=C\nconst a=call\nclass C extends a{}}export const a=a()t const a=a.b\na=[]",
        ),
        (
            "ts",
            "let a = [a, ...a];\na = {a, ...a};\na = a.b(a);\na = class extends a {};\na = `${a}${a}`;\na().create({model: a});",
        ),
        ("py", "a = [a, *a]\na = {'a': a, **a}\na = a.b(a)\nclass a(a): pass\na = f'{a}{a}'\na().create(model=a)"),
        ("py", "while a:\n    a = b + a\n    b = a + b\n    a, b = b, a\na.create(model=b)"),
        ("py", "def a(a=a): return a(a)\na = a(a)(a)\na.create(model=a)"),
    ] {
        let (found, path) = hard(language, names);
        found.is_whole_or_said(&path, names);
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
