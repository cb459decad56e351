//! Imports and exports, of modules and of `CommonJS`.

use lensai_syntax::Language;

use crate::{checked, js, ts};

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
