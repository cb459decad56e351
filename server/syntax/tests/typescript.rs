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
    let limits = Limits { deadline: std::time::Duration::from_mins(1), ..Limits::default() };
    let facts = facts(text, language, limits);
    check(text, &facts).unwrap_or_else(|error| panic!("{error}\n{}", render(&facts)));
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
fn look() {
    for text in [
        "import OpenAI, { toFile as f, type X } from 'openai'; import * as ns from \"n\"; import './side'; import type { T } from 't'; import d from './d.json' with { type: 'json' }",
        "import x = require('y'); import A = B.C; const o = require('openai'); const { Client: C } = await import('a');",
        "const {a, b: c = 1, d: {e}, ...rest} = v; const [x, , [y = 2], ...z] = w;",
        "function f(this: Foo, a: string, b?: OpenAI | null, {model = 'm', ...o}: Opts = {}, ...r: any[]): Promise<X[]> { return a }",
        "export const handler = async (req) => { const r = await client.chat.completions.create({model: 'gpt-4o', ...opts}); return r; }",
        "export default async function () { yield1() } export { a, b as c }; export * from 'm'; export * as ns from 'n'; export {x as y, default as z} from 'q'",
        "@Injectable() export class Svc extends mixin(Base)<T> implements I { #key = 'k'; private readonly m: string; static s = 1; @Inject(X) y: Y; constructor(private readonly c: OpenAI, @Body() b: B, d = 4) { super(); this.client = new OpenAI({apiKey: k}); this.#key = 1 } @Get('x') async run() { return this.client.run(); } get client2() { return 1 } set client2(v) {} static make() { return new Svc } static { go() } abstract foo(): void; fn = async () => {}; }",
        "enum E { A, B = 'b', 'c-d' = 3 } namespace N { export const q = 1 } type Client = OpenAI; type R = ReturnType<typeof f>; interface I { a: string } declare const z: number; let u: a.b.C<X>;",
        "if (a) { x = 1 } else if (b()) return; else { x = 2 }",
        "switch (k) { case 'a': case 'b': m = 1; break; default: m = 2 }",
        "for (const [k, v] of xs) { f(k) } for (let i = 0; i < n; i++) g(i); while (c()) d(); do { e() } while (h()); for (const x in o) { if (x) continue; }",
        "try { a() } catch (e) { throw e } finally { b() } l: for (;;) { break l }",
        "const t = `a${x}b${`in${y}`}`; const u = `plain`; tag`q${z}`; s = 'a\\n' + b + \"c\"; q = a || b || c; n = x ?? y; p = a | b | c; o = c ? f(1) : g(2)",
        "xs.map(async (x) => call(x)); Promise.all(xs.map(x => y)); app.get('/x', (req, res) => {}); const o = { run: async () => 1, m() { return 2 }, ['k' + 1]: 3, 'a-b': 4, sh, get g() { return 5 } }",
        "x += 1; this.a += f(); o[k] ??= g(); a.b['c'] = 1; a['d-e'] = 2; i++; ({p, q: r.s} = obj); [a, b] = [b, a]",
        "const r = (0, ai_1.generateText)({}); const y = (env.AI.run as any)(1); (x as Foo)!.bar<Baz>(1); new Foo; new a.B(...args); f?.(1); a?.b?.[c]; delete a.b; void 0; typeof x; !f(); -1; /re/g; 1_000; [1,,2,...z]",
        "function* g() { yield a(); yield* b; yield } async function h() { for await (const c of s) { await c } }",
        "const C = class Foo extends Bar { a = 1 }; new.target; import.meta.url",
    ] {
        println!("--- {text}\n{}", render(&checked(Language::TypeScript, text)));
    }
    println!("--- jsx\n{}", render(&checked(Language::Tsx, "const C = () => <A.B x={f(1)} {...p} onClick={async () => { await g() }}><p>hi {name} {h()}</p><></></A.B>")));
    println!("--- cjs\n{}", render(&checked(Language::JavaScript, "'use strict';\nObject.defineProperty(exports, '__esModule', { value: true });\nexports.a = exports.b = void 0;\nconst openai_1 = __importDefault(require('openai'));\nconst q = tslib_1.__importStar(require('q'));\n__exportStar(require('./x'), exports);\nObject.defineProperty(exports, 'z', { enumerable: true, get: function () { return m_1.z; } });\nexports.a = function () {};\nmodule.exports.k = 1;\nmodule.exports = { q };\nclass K { static #p = 1; static get v() { return 1 } m() {} }")));
}
