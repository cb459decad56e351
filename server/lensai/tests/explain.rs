//! `lensai explain`: each situation is a small project and a place in it; how the call was found and whence its model comes is
//! compared word for word. What follows (tokens, rates, costs) is that of a scan and is tested there.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::path::Path;

use support::{Run, fixtures, lensai};

/// A project of its own, written anew.
fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join(".git")).unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn explain(folder: &Path, place: &str) -> Run {
    lensai(folder, &["explain", "--no-config", place])
}

/// The text up to what is sent.
fn text(files: &[(&str, &str)], place: &str) -> String {
    let run = explain(project(files).path(), place);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let text = String::from_utf8(run.stdout).unwrap();
    text.split("\nPrompt").next().unwrap().trim_end().to_owned()
}

#[track_caller]
fn check(name: &str, files: &[(&str, &str)], place: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("explain_{name}"), text(files, place));
    });
}

const CLIENT: &str = "from openai import OpenAI\nclient = OpenAI()\n";

#[test]
fn a_model_through_three_files() {
    let chat = "from app.settings import MODEL\nfrom app.clients import client\n\ndef ask(text):\n    return client.chat.completions.create(\n        model=MODEL,\n        messages=[{\"role\": \"user\", \"content\": text}],\n    )\n";
    let files = [
        ("app/__init__.py", ""),
        ("app/defaults.py", "DEFAULT = \"gpt-4o\"\n"),
        ("app/settings.py", "from app.defaults import DEFAULT\nMODEL = DEFAULT\n"),
        ("app/clients.py", CLIENT),
        ("app/chat.py", chat),
    ];
    check("three_files", &files, "app/chat.py:6");
}

#[test]
fn an_attribute_of_the_object_itself() {
    let text = "from openai import OpenAI\n\nclass Bot:\n    def __init__(self, model=\"gpt-4o\"):\n        self.model = model\n        self.client = OpenAI()\n\n    def ask(self, text):\n        return self.client.chat.completions.create(model=self.model, messages=[])\n";
    check("attribute", &[("a.py", text)], "a.py:9");
}

#[test]
fn a_default_of_the_environment() {
    let text = format!(
        "import os\n{CLIENT}client.chat.completions.create(model=os.getenv(\"MODEL\", \"gpt-4o\"), messages=[])\n"
    );
    check("environment", &[("a.py", &text)], "a.py:4");
}

#[test]
fn what_callers_give() {
    let text = format!(
        "{CLIENT}\ndef ask(model):\n    return client.chat.completions.create(model=model, messages=[])\n\nask(\"gpt-4o\")\n"
    );
    let other = "from a import ask\nask(\"gpt-4.1\")\n";
    check("callers", &[("a.py", &text), ("b.py", other)], "a.py:5");
}

#[test]
fn several_alternatives() {
    let text = "import OpenAI from \"openai\";\nconst client = new OpenAI();\nexport async function ask(fast: boolean) {\n  const model = fast ? \"gpt-4o-mini\" : \"gpt-4o\";\n  return client.chat.completions.create({ model, messages: [] });\n}\n";
    check("alternatives", &[("a.ts", text)], "a.ts:5");
}

#[test]
fn a_model_that_is_not_known() {
    let text =
        format!("{CLIENT}\ndef ask(row):\n    return client.chat.completions.create(model=row.model, messages=[])\n");
    check("unknown", &[("a.py", &text)], "a.py:5");
}

#[test]
fn an_address_without_an_sdk() {
    let text = "import requests\nBASE = \"https://api.openai.com/v1\"\nrequests.post(f\"{BASE}/chat/completions\", json={\"model\": \"gpt-4o\", \"messages\": []})\n";
    check("address", &[("a.py", text)], "a.py:3");
}

#[test]
fn a_receiver_that_is_not_known() {
    let text = "def ask(client):\n    return client.chat.completions.create(model=\"gpt-4o\", messages=[])\n";
    check("unseen", &[("a.py", text)], "a.py:2");
}

#[test]
fn a_pipe_of_langchain() {
    let text = "from langchain_openai import ChatOpenAI\nfrom langchain_core.prompts import ChatPromptTemplate\n\nllm = ChatOpenAI(model=\"gpt-4o\")\nchain = ChatPromptTemplate.from_template(\"Hi {name}\") | llm\nchain.invoke({\"name\": \"x\"})\n";
    check("langchain", &[("a.py", text)], "a.py:6");
}

#[test]
fn a_name_of_the_vercel_gateway() {
    let text = "import { generateText } from \"ai\";\nexport const ask = (text: string) =>\n  generateText({ model: \"openai/gpt-4o\", prompt: text });\n";
    check("vercel", &[("a.ts", text)], "a.ts:3");
}

#[test]
fn what_only_looks_like_a_request() {
    let text = "import stripe\nstripe.Charge.create(amount=3)\n";
    check("stripe", &[("a.py", text)], "a.py:2");
    let text = "import requests\nrequests.post(\"https://api.example.com/v1/orders\", json={\"model\": \"x\"})\n# api.openai.com\nOTHER = \"api.openai.com/v1\"\n";
    check("other_address", &[("a.py", text)], "a.py:2");
    let text = format!("{CLIENT}client.files.create(file=3)\n");
    check("other_path", &[("a.py", &text)], "a.py:3");
    let text = "def helper(x):\n    return x\n\nhelper(1)\n";
    check("function", &[("a.py", text)], "a.py:4");
    check("no_call", &[("a.py", text)], "a.py:2");
}

#[test]
fn files_that_are_left_out() {
    let text = format!("{CLIENT}client.chat.completions.create(model=\"gpt-4o\", messages=[])\n");
    let ignored = [("a/b.py", text.as_str()), (".gitignore", "a/\n")];
    check("ignored", &ignored, "a/b.py:3");
    let notice = format!("# Code generated by a tool. DO NOT EDIT.\n{text}");
    check("generated", &[("a.py", &notice)], "a.py:4");
    check("other_language", &[("a.txt", "x\n")], "a.txt:1");
}

#[test]
fn a_model_without_a_price() {
    let text = format!("{CLIENT}client.chat.completions.create(model=\"no-such-model\", messages=[])\n");
    check("unpriced", &[("a.py", &text)], "a.py:3");
}

#[test]
fn a_notebook() {
    let cell =
        |source: &str| serde_json::json!({ "cell_type": "code", "source": source, "metadata": {}, "outputs": [] });
    let cells = [
        cell("from openai import OpenAI\nclient = OpenAI()"),
        cell("MODEL = \"gpt-4o\""),
        cell("x = 1\nclient.chat.completions.create(model=MODEL, messages=[])"),
    ];
    let text = serde_json::json!({ "cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5 }).to_string();
    check("notebook", &[("a.ipynb", &text)], "a.ipynb:2:2");
}

#[test]
fn what_cannot_be_read_as_asked_ends_with_2() {
    let folder = project(&[("a.py", "x = 1\n"), ("a.ipynb", "{\"cells\": []}")]);
    for (place, fault) in [
        ("b.py:1", "`b.py` does not exist"),
        ("a.py", "`a.py` is no place in a file: say FILE:LINE or FILE:LINE:COLUMN"),
        ("a.py:0", "`a.py` has no line 0: there are 2 lines"),
        ("a.py:9", "`a.py` has no line 9: there are 2 lines"),
        ("a.ipynb:1:1", "`a.ipynb` has no code cell 1"),
    ] {
        let run = explain(folder.path(), place);
        assert_eq!((run.code, run.stdout.len()), (Some(2), 0), "{place}");
        assert_eq!(run.stderr, format!("error: {fault}\n"));
    }
}

#[test]
fn a_line_with_several_calls_explains_each_and_a_column_picks_one() {
    let text = format!(
        "{CLIENT}a = client.chat.completions.create(model=\"gpt-4o\", messages=[]), client.embeddings.create(model=\"text-embedding-3-small\", input=\"x\")\n"
    );
    let folder = project(&[("a.py", &text)]);
    let calls = |place: &str| {
        let report = lensai(folder.path(), &["explain", "--format", "json", place]).json();
        let calls = report["calls"].as_array().unwrap().clone();
        calls.iter().map(|call| call["request"]["operation"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(calls("a.py:3"), ["chat", "embeddings"]);
    assert_eq!(calls("a.py:3:10"), ["chat"]);
    assert_eq!(calls("a.py:3:80"), ["embeddings"]);
}

/// Over all calls of the fixture: the schema holds, and where the model is known its steps end where its text stands.
#[test]
fn steps_end_where_the_text_of_the_model_stands() {
    let folder = fixtures().join("support-bot");
    let schema = lensai(&folder, &["schema", "explain"]).json();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let scan = lensai(&folder, &["scan", "--format", "json"]).json();
    let mut faults = Vec::new();
    for call in scan["calls"].as_array().unwrap().iter().filter(|call| call["kind"] == "direct") {
        let (start, path) = (&call["range"]["start"], call["path"].as_str().unwrap());
        let cell = call["cell"].as_u64().map(|cell| format!("{cell}:")).unwrap_or_default();
        let place = format!("{path}:{cell}{}:{}", start["line"], start["column"]);
        let report = lensai(&folder, &["explain", "--format", "json", &place]).json();
        assert!(schema.is_valid(&report), "{place}: {:?}", schema.iter_errors(&report).next());
        let [explained] = report["calls"].as_array().unwrap().as_slice() else { panic!("{place}: {report}") };
        let request = &explained["request"];
        assert_eq!(explained["range"], call["range"], "{place}");
        assert_eq!(request["model"]["models"], call["models"], "{place}");
        assert_eq!(request["cost"]["cost_usd"], call["cost_usd"], "{place}");
        let ways = request["reached_from"].as_array().unwrap().iter().filter(|way| !way["kind"].is_null());
        let mut entries: Vec<&str> = ways.filter_map(|way| way["name"].as_str()).collect();
        entries.sort_unstable();
        assert_eq!(serde_json::json!(entries), call["routes"], "{place}");
        for model in call["models"].as_array().unwrap() {
            let model = model.as_str().unwrap();
            let steps = request["model"]["slot"]["steps"].as_array().cloned().unwrap_or_default();
            let literals = steps.iter().filter(|step| step["kind"] == "literal");
            let codes: Vec<&str> = literals.filter_map(|step| step["place"]["code"].as_str()).collect();
            // Parts of a text that is put together stand in several places.
            let parts = codes.iter().flat_map(|code| code.split(['"', '\'', '`']).skip(1).step_by(2));
            let rest =
                parts.fold(model.to_owned(), |rest, part| if part.is_empty() { rest } else { rest.replace(part, "") });
            let is_joined = steps.iter().any(|step| step["kind"] == "joined");
            let is_whole = codes.iter().any(|code| code.contains(model));
            if !(is_whole || is_joined && rest.chars().all(|char| !char.is_alphanumeric())) {
                faults.push(format!("{place}: {model}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The part of an explanation that says from where the request is reached.
fn reached_from(files: &[(&str, &str)], place: &str) -> String {
    let run = explain(project(files).path(), place);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let text = String::from_utf8(run.stdout).unwrap();
    text.split("\nReached from").nth(1).map(|text| text.trim_end().to_owned()).unwrap_or_default()
}

#[test]
fn from_where_a_request_is_reached() {
    let llm = "from openai import OpenAI\nclient = OpenAI()\n\ndef ask(text):\n    return client.chat.completions.create(model=\"gpt-4o\", messages=[])\n\ndef each(texts):\n    for text in texts:\n        ask(text)\n";
    let web = "from fastapi import FastAPI\nfrom llm import ask, each\n\napp = FastAPI()\n\n@app.post(\"/ask\")\ndef one(text: str):\n    return ask(text)\n\n@app.get(\"/all\")\ndef all_of_them():\n    for round in range(2):\n        each([\"a\", \"b\", \"c\"])\n";
    let files = [("llm.py", llm), ("web.py", web)];
    insta::assert_snapshot!(reached_from(&files, "llm.py:5"), @r#"

    `POST /ask` of fastapi
    web.py:6:2   `one` handles it  @app.post("/ask")
    web.py:8:12  `ask` is called  return ask(text)
    `GET /all` of fastapi, 6 times each
    web.py:10:2  `all_of_them` handles it  @app.get("/all")
    web.py:13:9  `each` is called  each(["a", "b", "c"])
    llm.py:9:9   `ask` is called  ask(text)
    "#);
    // Without an entry the calls of the function are told, and without any nothing.
    let script = "from llm import ask\n\ndef main():\n    ask(\"a\")\n\nmain()\n";
    insta::assert_snapshot!(reached_from(&[("llm.py", llm), ("script.py", script)], "llm.py:5"), @r#"
    calls of the function; no entry is known to lead here
    `llm.each`
    llm.py:9:9     `ask` is called  ask(text)
    `script.main`
    script.py:4:5  `ask` is called  ask("a")
    "#);
    assert_eq!(reached_from(&[("llm.py", &llm[..llm.find("def each").unwrap()])], "llm.py:5"), "");
}

/// Over all calls of functions of the fixture that lead to requests: what an explanation says is what a scan says.
#[test]
fn calls_of_functions_lead_where_a_scan_says() {
    let folder = fixtures().join("support-bot");
    let scan = lensai(&folder, &["scan", "--format", "json"]).json();
    let mut compared = 0;
    for call in scan["calls"].as_array().unwrap().iter().filter(|call| call["kind"] == "wrapper") {
        let (start, path) = (&call["range"]["start"], call["path"].as_str().unwrap());
        let cell = call["cell"].as_u64().map(|cell| format!("{cell}:")).unwrap_or_default();
        let place = format!("{path}:{cell}{}:{}", start["line"], start["column"]);
        let report = lensai(&folder, &["explain", "--format", "json", &place]).json();
        let mut calls = report["calls"].as_array().unwrap().iter();
        let explained =
            calls.find(|explained| explained["range"] == call["range"]).unwrap_or_else(|| panic!("{place}"));
        let leads_to = &explained["leads_to"];
        assert_eq!(leads_to["cost_usd"], call["cost_usd"], "{place}");
        let places = leads_to["requests"].as_array().unwrap().iter().map(|request| {
            let place = &request["place"];
            (place["path"].as_str().unwrap().to_owned(), place["range"]["start"]["line"].as_u64().unwrap())
        });
        let places: std::collections::BTreeSet<_> = places.collect();
        let reaches = call["reaches"].as_array().unwrap().iter();
        let reaches =
            reaches.map(|reach| (reach["path"].as_str().unwrap().to_owned(), reach["line"].as_u64().unwrap()));
        assert_eq!(places, reaches.collect(), "{place}");
        compared += 1;
    }
    assert!(compared > 10, "{compared}");
}
