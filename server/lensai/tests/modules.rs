//! What a module name means in a project: `paths` of a configuration and what it extends, packages of a workspace.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use lensai::engine::{ScanOptions, scan};
use lensai_calls::sdk::Descriptions;

/// The requests of a tree as text (`== path` begins a file): `path:line provider model max_output`.
fn requests(tree: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    for file in tree.split("== ").skip(1) {
        let (path, text) = file.split_once('\n').expect("a path and a text");
        let path = folder.path().join(path.trim());
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    let of = |parse_all| {
        let options = ScanOptions { parse_all, threads: 2 };
        scan(folder.path(), &[PathBuf::from(folder.path())], Descriptions::builtin(), options, &|_, _| {})
    };
    let (some, all) = (of(false), of(true));
    assert_eq!(some.calls, all.calls, "with and without choosing files");
    assert_eq!(some.errors.len(), 0);
    let shown = some.calls.iter().map(|call| {
        let limit = call.call.max_output.map_or("-".to_owned(), |limit| limit.to_string());
        let provider = call.call.provider.as_deref().unwrap_or("-");
        format!("{}:{} {provider} {} {limit}", call.path, call.start.line, call.call.model.candidates.join("/"))
    });
    shown.collect()
}

#[test]
fn packages_of_a_workspace_are_read_where_their_sources_are() {
    let found = requests(
        r#"
== package.json
{ "name": "acme", "private": true, "workspaces": ["packages/*", "apps/*"] }
== packages/llm/package.json
{ "name": "@acme/llm", "main": "./dist/index.js",
  "exports": { ".": { "types": "./dist/index.d.ts", "import": "./dist/index.mjs" }, "./models": "./dist/config/models.js" } }
== packages/llm/src/index.ts
export * from "./client";
== packages/llm/src/client.ts
import OpenAI from "openai";
export const createClient = () => new OpenAI({ baseURL: "https://api.groq.com/openai/v1" });
== packages/llm/src/config/models.ts
export const MODELS = { chat: "llama-3.3-70b-versatile" } as const;
== packages/llm/src/limits.ts
export const LIMIT = 321;
== apps/web/package.json
{ "name": "web", "dependencies": { "@acme/llm": "workspace:*" } }
== apps/web/page.ts
import { createClient } from "@acme/llm";
import { LIMIT } from "@acme/llm/limits";
import { MODELS } from "@acme/llm/models";
export const ask = (messages) =>
  createClient().chat.completions.create({ model: MODELS.chat, messages, max_tokens: LIMIT });
"#,
    );
    assert_eq!(found, ["apps/web/page.ts:5 groq llama-3.3-70b-versatile 321"]);
}

#[test]
fn paths_hold_where_a_configuration_extends_another_one() {
    let found = requests(
        r#"
== tsconfig.base.json
{ "compilerOptions": { "paths": { "@shared/*": ["./shared/*"] } } }
== apps/web/tsconfig.json
{ "extends": "../../tsconfig.base.json", "compilerOptions": { "strict": true } }
== apps/api/tsconfig.json
{ // its own stand for those that it extends
  "extends": "../../tsconfig.base", "compilerOptions": { "paths": { "~/*": ["./src/*"], "llm": ["./src/llm.ts"], } } }
== shared/model.ts
export const MODEL = "gpt-4.1";
== apps/web/page.ts
import OpenAI from "openai";
import { MODEL } from "@shared/model";
export const ask = (messages) => new OpenAI().chat.completions.create({ model: MODEL, messages });
== apps/api/src/llm.ts
import OpenAI from "openai";
export const client = new OpenAI();
== apps/api/src/models.ts
export default { fast: "gpt-4o-mini" };
== apps/api/routes/ask.ts
import { client } from "llm";
import models from "~/models";
export const ask = (messages) => client.chat.completions.create({ model: models.fast, messages });
"#,
    );
    assert_eq!(found, ["apps/api/routes/ask.ts:3 openai gpt-4o-mini -", "apps/web/page.ts:3 openai gpt-4.1 -"]);
}

#[test]
fn the_sources_of_an_sdk_in_a_workspace_are_not_what_its_users_mean() {
    let found = requests(
        r#"
== packages/openai/package.json
{ "name": "openai" }
== packages/openai/src/index.ts
export class OpenAI { chat = { completions: { create: async (body) => this.post("/chat", body) } }; }
== examples/ask.ts
import { OpenAI } from "openai";
export const ask = (messages) => new OpenAI().chat.completions.create({ model: "gpt-4o", messages });
"#,
    );
    assert_eq!(found, ["examples/ask.ts:2 openai gpt-4o -"]);
}
