//! Every feature as each editor gets it.

use serde_json::{Value, json};

use crate::client::Client;
use crate::editors::Editor;

const FILE: &str = "untitled:a";

/// Two faults and a directive.
const CODE: &str = r#"from openai import OpenAI

client = OpenAI()


def ask(text):
    """😀"""
    return client.chat.completions.create(model="no-such-model", messages=[{"role": "user", "content": text}])


def cheap(text):
    return client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}])


# lensai: 
"#;

fn at(line: u32, character: u32) -> Value {
    json!({"textDocument": {"uri": FILE}, "position": {"line": line, "character": character}})
}

/// Diagnostics in the way of the editor.
async fn diagnostics(editor: Editor, client: &mut Client) -> Vec<Value> {
    let found = if editor == Editor::VsCode {
        let params = json!({"textDocument": {"uri": FILE}});
        let report = client.request("textDocument/diagnostic", params).await;
        assert_eq!(report["kind"], "full");
        report["items"].clone()
    } else {
        let sent = client.diagnostics(FILE).await;
        assert_eq!(sent["version"], 1);
        sent["diagnostics"].clone()
    };
    found.as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_explained() {
    let options = json!({"capabilities": {}, "initializationOptions": {"explainCommand": "lensai.showExplanation"}});
    let mut client = Client::initialized(options).await;
    client.open(FILE, "python", CODE).await;
    client.diagnostics(FILE).await;
    let ask = |line: u32| {
        let place = json!({"uri": FILE, "position": {"line": line, "character": 14}});
        json!({"command": "lensai.explain", "arguments": [place]})
    };
    let answer = client.request("workspace/executeCommand", ask(11)).await;
    let call = &answer["report"]["calls"][0];
    assert_eq!(call["request"]["model"]["name"], "gpt-4o");
    assert_eq!(call["range"]["start"], json!({"line": 12, "column": 12}));
    let text = answer["text"].as_str().unwrap();
    assert!(text.contains("Described by `[[request]]` 1 of queries/sdks/openai.toml."), "{text}");
    assert!(answer["markdown"].as_str().unwrap().contains("**Model**: `gpt-4o`"), "{answer}");
    // Where no call stands there is nothing to explain, and that is an answer.
    let nothing = client.request("workspace/executeCommand", ask(4)).await;
    assert_eq!(nothing["report"]["calls"], json!([]));
    // A client that says by which of its commands it shows one has a link to it.
    let hover = client.request("textDocument/hover", at(11, 14)).await;
    let shown = hover["contents"]["value"].as_str().unwrap();
    assert!(shown.contains("[Explain](command:lensai.showExplanation?%5B%7B"), "{shown}");
    client.refused("workspace/executeCommand", json!({"command": "lensai.explain", "arguments": []})).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_editor_gets_what_it_can_show() {
    for editor in Editor::ALL {
        let mut client = editor.start(&[]).await;
        let can = client.server_capabilities.clone();
        assert_eq!(can["textDocumentSync"]["change"], 2, "{editor:?}");
        assert_eq!(can["hoverProvider"], true);
        assert_eq!(can.get("diagnosticProvider").is_some(), editor == Editor::VsCode, "{editor:?}");
        assert_eq!(can.get("codeActionProvider").is_some(), editor != Editor::Mute, "{editor:?}");
        let encoding = match editor {
            Editor::VsCode | Editor::Mute => "utf-16",
            Editor::Neovim | Editor::Helix | Editor::Emacs => "utf-8",
        };
        assert_eq!(can["positionEncoding"], encoding, "{editor:?}");
        client.open(FILE, "python", CODE).await;

        // Hints are complete at once; tooltips come with them, or when they are asked for.
        let hints = client.hints(FILE).await;
        let lines: Vec<u64> = hints.iter().map(|hint| hint["position"]["line"].as_u64().unwrap()).collect();
        assert_eq!(lines, [7, 11], "{editor:?}");
        for hint in &hints {
            let label = hint["label"].as_str().unwrap();
            assert!(!label.is_empty() && label.chars().count() <= 24, "{label}");
            let is_lazy = matches!(editor, Editor::VsCode | Editor::Neovim);
            assert_eq!(hint.get("tooltip").is_some(), !is_lazy, "{editor:?}");
            assert_eq!(can["inlayHintProvider"]["resolveProvider"], is_lazy);
            let whole = if is_lazy { client.request("inlayHint/resolve", hint.clone()).await } else { hint.clone() };
            assert_eq!(whole["label"], hint["label"]);
            shows_as(editor, &whole["tooltip"]);
        }
        // Only in the range that is asked for.
        let range = json!({"start": {"line": 10, "character": 0}, "end": {"line": 12, "character": 0}});
        let params = json!({"textDocument": {"uri": FILE}, "range": range});
        let some = client.request("textDocument/inlayHint", params).await;
        assert_eq!(some.as_array().unwrap().len(), 1, "{editor:?}");

        let found = diagnostics(editor, &mut client).await;
        let codes: Vec<&str> = found.iter().map(|it| it["code"].as_str().unwrap()).collect();
        assert!(codes.contains(&"unknown-model"), "{editor:?} {codes:?}");
        assert!(found.iter().all(|it| it["source"] == "lensai" && it["message"].is_string()));

        let hover = client.request("textDocument/hover", at(11, 20)).await;
        shows_as(editor, &hover["contents"]);
        assert!(hover["contents"]["value"].as_str().unwrap().contains("gpt-4o"), "{hover}");
        assert_eq!(hover["range"]["start"]["line"], 11);
        assert_eq!(client.request("textDocument/hover", at(1, 0)).await, Value::Null);

        complete(editor, &mut client).await;
        act(editor, &mut client, &found).await;

        // Off until the user wants them.
        let params = json!({"textDocument": {"uri": FILE}});
        assert_eq!(client.request("textDocument/codeLens", params).await, Value::Null);
        client.close(FILE).await;
        if editor != Editor::VsCode {
            assert_eq!(client.diagnostics(FILE).await["diagnostics"], json!([]));
        }
        client.finish().await;
    }
}

/// A text with a structure, without marks for an editor that shows them as they are.
fn shows_as(editor: Editor, content: &Value) {
    assert_eq!(content["kind"], editor.format(), "{editor:?}");
    let text = content["value"].as_str().unwrap();
    let has_marks = text.contains("**") || text.contains('`') || text.contains('|');
    assert_eq!(has_marks, editor.format() == "markdown", "{editor:?} {text}");
}

async fn complete(editor: Editor, client: &mut Client) {
    let line = CODE.lines().nth(11).unwrap();
    let column = u32::try_from(line.find("gpt-4o").unwrap() + 3).unwrap();
    let models = client.request("textDocument/completion", at(11, column)).await;
    let models = models.as_array().unwrap();
    let mini = models.iter().find(|item| item["label"] == "gpt-4o-mini").unwrap();
    assert!(mini["detail"].as_str().unwrap().contains('$'), "{mini}");
    // The whole name is replaced, not what stands before the cursor.
    assert_eq!(mini["textEdit"]["range"]["start"]["character"], column - 3);
    assert_eq!(mini["textEdit"]["range"]["end"]["character"], column + 3);
    let is_old = |item: &Value| item["tags"] == json!([1]) || item["deprecated"] == true;
    assert!(models.iter().any(is_old), "{editor:?}");
    let tagged = models.iter().any(|item| item.get("tags").is_some());
    assert_eq!(tagged, editor != Editor::Mute);
    let directives = client.request("textDocument/completion", at(14, 10)).await;
    assert!(
        directives.as_array().unwrap().iter().any(|item| item["label"].as_str().unwrap().contains("ignore")),
        "{directives}"
    );
    assert_eq!(client.request("textDocument/completion", at(1, 0)).await, Value::Null);
}

async fn act(editor: Editor, client: &mut Client, diagnostics: &[Value]) {
    let ask = |only: Value| {
        let place = json!({"line": 11, "character": 20});
        let mut context = json!({"diagnostics": diagnostics});
        if !only.is_null() {
            context["only"] = only;
        }
        json!({"textDocument": {"uri": FILE}, "range": {"start": place, "end": place}, "context": context})
    };
    let actions = client.request("textDocument/codeAction", ask(Value::Null)).await;
    if editor == Editor::Mute {
        assert_eq!(actions, Value::Null);
        return;
    }
    let actions = actions.as_array().unwrap();
    assert!(!actions.is_empty(), "{editor:?}");
    for action in actions {
        let edit = &action["edit"];
        let edits = if editor == Editor::Neovim {
            edit["changes"][FILE].clone()
        } else {
            assert_eq!(edit["documentChanges"][0]["textDocument"], json!({"uri": FILE, "version": 1}));
            edit["documentChanges"][0]["edits"].clone()
        };
        assert!(!edits.as_array().unwrap().is_empty(), "{action}");
    }
    let only = client.request("textDocument/codeAction", ask(json!(["quickfix"]))).await;
    assert!(only.as_array().unwrap().iter().all(|action| action["kind"] == "quickfix"));
    let none = client.request("textDocument/codeAction", ask(json!(["source"]))).await;
    assert_eq!(none, json!([]));
}
