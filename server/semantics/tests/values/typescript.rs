//! Values in TypeScript.

use crate::check;

#[test]
fn literals() {
    check(
        r"
--- main.ts
const a = 1;
it = 'a\x21';
it = 0x10;
it = false;
it = undefined;
it = [1, 'x', ...read()];
it = { a, 'b-c': 2, [a]: 3 };
",
        &[r#""a!""#, "0x10", "false", "none", r#"[1, "x", …]"#, "{a: 1, b-c: 2, ?: 3}"],
    );
}

#[test]
fn constants_of_other_files() {
    check(
        r"
--- src/main.ts
import { FAST, BEST as best } from './models';
import all, * as models from './models.js';
import { FAST as reexported, named, starred } from './api';
import { FAST as absolute } from '@/models';
import OpenAI, { AzureOpenAI } from 'openai';
const { FAST: required } = require('./models');
it = FAST;
it = best;
it = all;
it = models.FAST;
it = reexported;
it = named;
it = starred;
it = absolute;
it = OpenAI;
it = AzureOpenAI;
it = required;
function f() { it = FAST; }
--- src/models.ts
export const FAST = 'small';
export const BEST = `${FAST}-pro`;
export default { fast: FAST };
--- src/api/index.ts
export { FAST, BEST as named } from '../models';
export * from './inner';
--- src/api/inner.ts
export const starred = 7;
",
        &[
            r#""small"@constant"#,
            r#""small-pro"@constant"#,
            r#"{fast: "small"@constant}@constant"#,
            r#""small"@constant"#,
            r#""small"@constant"#,
            r#""small-pro"@constant"#,
            "7@constant",
            r#""small"@constant"#,
            "openai#default",
            "openai#AzureOpenAI",
            r#""small"@constant"#,
            r#""small"@constant"#,
        ],
    );
}

#[test]
fn parameters_and_the_environment() {
    check(
        r"
--- main.ts
import OpenAI from 'openai';
function f(a: string, b = 'x', { c = 'y', d }: Options = {}, ...rest: OpenAI[]) {
  it = a;
  it = b;
  it = c;
  it = d;
}
const g = (client: OpenAI) => { it = client; };
it = process.env.A;
it = process.env['B'] ?? 'b';
const { C = 'c' } = process.env;
it = C;
it = process.env.D || MODEL;
const MODEL = 'm';
",
        &[
            "env A",
            r#"env B or "b""#,
            r#"env C or "c""#,
            r#"env D or "m"@constant"#,
            "param a",
            r#"param b = "x"@parameter"#,
            r#"(param #2 = {}@parameter.c else "y")"#,
            "param #2 = {}@parameter.d",
            "param client: a openai#default",
        ],
    );
}

#[test]
fn attributes_of_this() {
    check(
        r"
--- main.ts
import OpenAI from 'openai';
class Base { protected model = 'base'; }
class Bot extends Base {
  #own = new OpenAI();
  name: string;
  constructor(private client: OpenAI, name = 'bot') { super(); this.name = name; }
  get shown() { return `${this.name} (${this.model})`; }
  run() {
    it = this.client;
    it = this.#own;
    it = this.name;
    it = this.model;
    const inner = () => { it = this.model; };
  }
}
const bot = new Bot(new OpenAI(), 'helper');
it = bot.client;
it = bot.name;
it = bot.shown;
",
        &[
            "openai#default()",
            r#""helper""#,
            r#""helper (base)""#,
            "param client: a openai#default",
            "openai#default()",
            r#"param name = "bot"@parameter"#,
            r#""base"@attribute"#,
            r#""base"@attribute"#,
        ],
    );
}

#[test]
fn attributes_of_bases() {
    check(
        r"
--- main.ts
class Base { constructor(protected model: string, readonly limit = 5) {} }
class Bot extends Base {
  constructor(size = 7) { super('bot-model', size); }
  run() {
    it = this.model;
    it = this.limit;
  }
}
it = new Bot().model;
it = new Bot(9).limit;
",
        &[r#""bot-model""#, "9", r#""bot-model""#, "param size = 7@parameter"],
    );
}

#[test]
fn factories() {
    check(
        r"
--- main.ts
import { make, makeArrow } from './factories';
const named = (name: string, suffix = '-pro') => `${name}${suffix}`;
async function later({ model = 'm' }: Options) { return { model, client: makeArrow() }; }
it = make({ key: 'k' });
it = makeArrow();
it = named('m');
it = named('m', '!');
it = (await later({ model: 'n' })).model;
const { client } = await later({});
it = client;
--- factories.ts
import OpenAI from 'openai';
export function make(options: { key: string }) { return new OpenAI({ apiKey: options.key }); }
export const makeArrow = () => new OpenAI();
",
        &[
            r#"openai#default({apiKey: "k"}@constant)"#,
            "openai#default()",
            r#""m-pro"@constant"#,
            r#""m!"@constant"#,
            r#""n"@constant"#,
            "openai#default()",
        ],
    );
}

#[test]
fn spreads() {
    check(
        r"
--- main.ts
import { defaults } from './shared';
const more = { b: 2, ...defaults };
function f(options) { it = { a: 1, ...options }; }
it = { ...more, a: 3 };
it = { ...more }.model;
it = Object.assign({}, more, { c: 4 });
it = [...[1, 2], 3];
const { b, ...rest } = more;
it = b;
it = rest.model;
more.d = 5;
it = more.d;
--- shared.ts
export const defaults = { model: 'm' } as const;
",
        &[
            r#"{b: 2, model: "m"@constant, a: 3}"#,
            r#""m"@constant"#,
            r#"{b: 2, model: "m"@constant, c: 4}"#,
            "[1, 2, 3]",
            "2",
            r#""m"@constant"#,
            "5",
            "{a: 1, **param options}",
        ],
    );
}

#[test]
fn texts() {
    check(
        r"
--- main.ts
const name = 'n';
function f(doc) {
  it = `a ${name} ${doc} ${doc.body} ${load(doc)}`;
  it = 'a ' + doc + ' b';
  it = ['a', name, doc].join(', ');
  it = 'a'.concat(name, doc);
  it = name.toUpperCase();
  it = ['a'].concat(['b', doc]);
}
",
        &[
            r#""a n {doc: param doc} {doc.body: param doc.body} {load(): #load(param doc)}""#,
            r#""a {doc: param doc} b""#,
            r#""a, n, {doc: param doc}""#,
            r#""an{doc: param doc}""#,
            r#""N""#,
            r#"["a", "b", param doc]"#,
        ],
    );
}

#[test]
fn choices() {
    check(
        r"
--- main.ts
function f(flag, model?: string) {
  it = flag ? 'a' : 'b';
  it = model ?? 'm';
  it = flag || 'x';
  let chosen;
  switch (flag) {
    case 1: chosen = 'a'; break;
    default: chosen = 'b';
  }
  it = chosen;
  it = { x: 'a', y: 'b' }[flag];
  for (const each of ['p', 'q']) { it = each; }
}
",
        &[
            r#"("a" or "b")"#,
            r#"(param model else "m")"#,
            r#"(param flag else "x")"#,
            r#"("a" or "b")"#,
            r#"("a" or "b")"#,
            r#"("p" or "q")"#,
        ],
    );
}

#[test]
fn the_order_of_assignments() {
    check(
        r"
--- main.ts
let value = 'first';
it = value;
const early = () => { it = value; };
value = 'second';
it = value;
value += '!';
it = value;
if (read()) { value = 'third'; }
it = value;
",
        &[
            r#""first""#,
            r#""second""#,
            r#""second!""#,
            r#"("second!" or "third")"#,
            r#"("second!"@constant or "third"@constant)"#,
        ],
    );
}
