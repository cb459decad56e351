//! Notebooks, and cells that are documents of their own.

use serde_json::{Value, json};

use crate::client::Client;
use crate::editors::Editor;
use crate::sync::known;

const NOTEBOOK: &str = "file:///srv/nb/evaluate.ipynb";

fn cell(name: &str) -> String {
    format!("vscode-notebook-cell:/srv/nb/evaluate.ipynb#{name}")
}

fn listed(name: &str, kind: u8) -> Value {
    json!({"kind": kind, "document": cell(name)})
}

fn text(name: &str, language: &str, text: &str) -> Value {
    json!({"uri": cell(name), "languageId": language, "version": 1, "text": text})
}

const CLIENT: &str = "%pip install openai\nfrom openai import OpenAI\nclient = OpenAI()\nMODEL = \"gpt-4o\"";
const ASK: &str = "client.chat.completions.create(model=MODEL, max_tokens=100, messages=[{\"role\": \"user\", \"content\": input()}])";

async fn change(client: &mut Client, version: i32, cells: Value) {
    let params = json!({"notebookDocument": {"uri": NOTEBOOK, "version": version}, "change": {"cells": cells}});
    client.notify("notebookDocument/didChange", params).await;
}

async fn hint_lines(client: &mut Client, name: &str) -> Vec<u64> {
    client.hints(&cell(name)).await.iter().map(|hint| hint["position"]["line"].as_u64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn cells_are_one_text_and_answers_belong_to_their_cell() {
    let mut client = Editor::VsCode.start(&[]).await;
    let params = json!({
        "notebookDocument": {"uri": NOTEBOOK, "notebookType": "jupyter-notebook", "version": 1,
            "cells": [listed("text", 1), listed("first", 2), listed("ask", 2), listed("sql", 2)]},
        "cellTextDocuments": [text("text", "markdown", "# gpt-4o"), text("first", "python", CLIENT),
            text("ask", "python", &format!("\n{ASK}")), text("sql", "sql", "SELECT 1")],
    });
    client.notify("notebookDocument/didOpen", params).await;
    // A name of one cell is known in the next, and the call is one of that cell alone.
    assert_eq!(known(&mut client, &cell("ask")).await, "0.0015 gpt-4o");
    assert_eq!(known(&mut client, &cell("first")).await, "0.0000");
    assert_eq!(known(&mut client, &cell("text")).await, "0.0000");
    assert_eq!(hint_lines(&mut client, "ask").await, [1]);
    assert_eq!(hint_lines(&mut client, "first").await, [] as [u64; 0]);

    // Text of a cell.
    let at = json!({"line": 3, "character": 15});
    let edit = json!({"range": {"start": at, "end": {"line": 3, "character": 15}}, "text": "-mini"});
    let document = json!({"uri": cell("first"), "version": 2});
    change(&mut client, 2, json!({"textContent": [{"document": document, "changes": [edit]}]})).await;
    assert_eq!(known(&mut client, &cell("ask")).await, "0.0001 gpt-4o-mini");

    // A cell between the two, which sets another model.
    let structure = json!({
        "array": {"start": 2, "deleteCount": 0, "cells": [listed("between", 2)]},
        "didOpen": [text("between", "python", "MODEL = \"gpt-4.1\"")],
    });
    change(&mut client, 3, json!({"structure": structure})).await;
    assert_eq!(known(&mut client, &cell("ask")).await, "0.0012 gpt-4.1");

    // It moves behind the call: out, and in again without its text.
    change(
        &mut client,
        4,
        json!({"structure": {"array": {"start": 2, "deleteCount": 2,
        "cells": [listed("ask", 2), listed("between", 2)]}}}),
    )
    .await;
    assert_eq!(known(&mut client, &cell("ask")).await, "0.0001 gpt-4o-mini");

    // Gone.
    let structure = json!({"array": {"start": 1, "deleteCount": 1}, "didClose": [{"uri": cell("first")}]});
    change(&mut client, 5, json!({"structure": structure})).await;
    assert_eq!(known(&mut client, &cell("first")).await, "0.0000");
    // More than there is, and a notebook that is not open.
    change(&mut client, 6, json!({"structure": {"array": {"start": 90, "deleteCount": 90}}})).await;
    let params = json!({"notebookDocument": {"uri": "file:///other.ipynb", "version": 1}, "change": {}});
    client.notify("notebookDocument/didChange", params).await;
    let params = json!({"notebookDocument": {"uri": NOTEBOOK}, "cellTextDocuments": []});
    client.notify("notebookDocument/didClose", params).await;
    assert_eq!(known(&mut client, &cell("ask")).await, "0.0000");
    client.grant_all().await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cells_as_documents_are_joined_as_they_are_opened() {
    let mut client = Editor::Mute.start(&[]).await;
    client.open(&cell("W0"), "python", CLIENT).await;
    client.open(&cell("W1"), "python", ASK).await;
    client.open(&cell("W2"), "markdown", "text").await;
    client.open("vscode-notebook-cell:/srv/nb/other.ipynb#W0", "python", ASK).await;
    assert_eq!(known(&mut client, &cell("W1")).await, "0.0015 gpt-4o");
    assert_eq!(hint_lines(&mut client, "W1").await, [0]);
    assert_eq!(hint_lines(&mut client, "W0").await, [] as [u64; 0]);
    let edit = json!([{"text": CLIENT.replace("4o", "4.1")}]);
    client.change(&cell("W0"), 2, edit).await;
    assert_eq!(known(&mut client, &cell("W1")).await, "0.0012 gpt-4.1");
    client.close(&cell("W0")).await;
    assert_eq!(known(&mut client, &cell("W0")).await, "0.0000");
    // Of a client that is not known the call is still one, of a model that is not.
    assert_eq!(known(&mut client, &cell("W1")).await, "0.0000 ?");
    client.close(&cell("W1")).await;
    client.grant_all().await;
    client.finish().await;
}

/// The source of a notebook, opened as the text that it is, holds no Python.
#[tokio::test(flavor = "multi_thread")]
async fn the_source_of_a_notebook_is_no_python() {
    let mut client = Editor::Neovim.start(&[]).await;
    client.open(NOTEBOOK, "json", "{\"cells\": []}").await;
    assert_eq!(known(&mut client, NOTEBOOK).await, "0.0000");
    assert_eq!(client.hints(NOTEBOOK).await, [] as [Value; 0]);
    client.finish().await;
}
