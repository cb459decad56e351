//! Documents, and what edits make of them.

use std::path::Path;

use serde_json::{Value, json};

use crate::client::Client;
use crate::editors::{Editor, uri};

/// A call of a model.
pub(crate) fn call(model: &str) -> String {
    format!(
        "from openai import OpenAI\n\nclient = OpenAI()\n\n\ndef ask(text):\n    return client.chat.completions.create(\n        \
         model={model}, max_tokens=100, messages=[{{\"role\": \"user\", \"content\": text}}]\n    )\n"
    )
}

/// What a document's calls are expected to cost, rounded, and of which models they are.
pub(crate) async fn known(client: &mut Client, uri: &str) -> String {
    let totals = client.request("lensai/totals", json!({"uri": uri})).await;
    let model = |total: &Value| total["model"].as_str().unwrap_or("?").to_owned();
    let models: Vec<String> = totals["models"].as_array().unwrap().iter().map(model).collect();
    let usd: f64 = totals["totals"]["expectedUsd"].as_str().unwrap().parse().unwrap();
    format!("{usd:.4} {}", models.join(" ")).trim_end().to_owned()
}

fn range(from: (u32, u32), to: (u32, u32)) -> Value {
    let at = |(line, character)| json!({"line": line, "character": character});
    json!({"start": at(from), "end": at(to)})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsaved_document_is_looked_at_at_once() {
    for editor in Editor::ALL {
        let mut client = editor.start(&[]).await;
        let untitled = "untitled:Untitled-1";
        client.open(untitled, "python", &call("\"gpt-4o\"")).await;
        assert_eq!(known(&mut client, untitled).await, "0.0015 gpt-4o");
        client.close(untitled).await;
        assert_eq!(known(&mut client, untitled).await, "0.0000");
        client.grant_all().await;
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_counted_before_the_vocabularies_were_read_is_set_right() {
    // One that can be told of new hints is answered at once; the other waits.
    for (editor, waits) in [(Editor::VsCode, false), (Editor::Mute, true)] {
        let mut client = editor.start_cold().await;
        client
            .open(
                "untitled:a",
                "python",
                &call("\"gpt-4\"").replace("content\": text", "content\": \"Say hello to everybody.\""),
            )
            .await;
        let hints = json!({"textDocument": {"uri": "untitled:a"}, "range": range((0, 0), (99, 0))});
        let first = client.request("textDocument/inlayHint", hints.clone()).await;
        let said = client.settled().await;
        let label = |hints: &Value| hints[0]["label"].as_str().unwrap_or_default().to_owned();
        let last = label(&client.request("textDocument/inlayHint", hints).await);
        assert_eq!(last, "≈ $0.0064 · 112 tok");
        assert!(
            label(&first) == last || (!waits && said.iter().any(|it| it["method"] == "workspace/inlayHint/refresh")),
            "{first} {said:#?}"
        );
        client.grant_all().await;
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_are_counted_as_the_client_counts() {
    let only_32 = json!({"general": {"positionEncodings": ["utf-32", "utf-16"]}});
    for (editor, encoding) in [
        (Editor::VsCode, "utf-16"),
        (Editor::Neovim, "utf-8"),
        (Editor::Helix, "utf-8"),
        (Editor::Emacs, "utf-8"),
        (Editor::Mute, "utf-16"),
        (Editor::Mute, "utf-32"),
    ] {
        let mut client = if encoding == "utf-32" {
            Client::initialized(json!({"capabilities": only_32})).await
        } else {
            editor.start(&[]).await
        };
        assert_eq!(client.server_capabilities["positionEncoding"], encoding);
        // The name stands behind characters of two and of four bytes.
        let text = format!("é😀 = 1; MODEL = \"gpt-4o\"\n{}", call("MODEL"));
        let column = text.find("4o").unwrap();
        let column = match encoding {
            "utf-8" => column,
            "utf-16" => text[..column].encode_utf16().count(),
            _ => text[..column].chars().count(),
        };
        client.open("untitled:a", "python", &text).await;
        assert_eq!(known(&mut client, "untitled:a").await, "0.0015 gpt-4o");
        let column = u32::try_from(column).unwrap();
        let change = json!({"range": range((0, column), (0, column + 2)), "text": "4.1"});
        client.change("untitled:a", 2, json!([change])).await;
        assert_eq!(known(&mut client, "untitled:a").await, "0.0012 gpt-4.1");
        // What goes out is counted in the same way.
        let at = json!({"textDocument": {"uri": "untitled:a"}, "position": {"line": 0, "character": column}});
        let hover = client.request("textDocument/hover", at).await;
        assert_eq!(hover["range"]["start"]["character"], column - 4, "{editor:?} {encoding}");
        client.grant_all().await;
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_made_one_after_another() {
    let mut client = Editor::Mute.start(&[]).await;
    client.open("untitled:a", "python", "").await;
    let changes = json!([
        {"text": call("\"gpt\"")},
        {"range": range((7, 18), (7, 18)), "text": "-4o"},
        {"range": range((7, 21), (7, 21)), "text": "-mini"},
    ]);
    client.change("untitled:a", 2, changes).await;
    assert_eq!(known(&mut client, "untitled:a").await, "0.0001 gpt-4o-mini");
    // Nothing, and everything.
    client.change("untitled:a", 3, json!([])).await;
    assert_eq!(known(&mut client, "untitled:a").await, "0.0001 gpt-4o-mini");
    client.change("untitled:a", 4, json!([{"text": ""}])).await;
    assert_eq!(known(&mut client, "untitled:a").await, "0.0000");
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_outside_of_the_text_are_clamped() {
    for editor in Editor::ALL {
        let mut client = editor.start(&[]).await;
        client.open("untitled:a", "python", "x").await;
        let far = json!({"range": range((9, 9), (99, 99)), "text": format!("\n{}", call("\"gpt-4o\""))});
        client.change("untitled:a", 2, json!([far])).await;
        assert_eq!(known(&mut client, "untitled:a").await, "0.0015 gpt-4o");
        // A range that ends before it starts is where it starts.
        let odd = json!({"range": range((9, 99), (0, 0)), "text": "\n"});
        client.change("untitled:a", 3, json!([odd])).await;
        assert_eq!(known(&mut client, "untitled:a").await, "0.0015 gpt-4o");
        client.grant_all().await;
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_version_is_refused() {
    for editor in Editor::ALL {
        let mut client = editor.start(&[]).await;
        client.open("untitled:a", "python", &call("\"gpt-4o\"")).await;
        client.change("untitled:a", 5, json!([{"text": call("\"gpt-4.1\"")}])).await;
        client.change("untitled:a", 4, json!([{"text": ""}])).await;
        assert_eq!(known(&mut client, "untitled:a").await, "0.0012 gpt-4.1");
        // Of a document that is not open there is nothing to change, and nothing to say.
        client.change("untitled:b", 1, json!([{"text": call("\"gpt-4o\"")}])).await;
        assert_eq!(known(&mut client, "untitled:b").await, "0.0000");
        client.close("untitled:b").await;
        client.grant_all().await;
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_folder_owns_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (outer, inner) = (folder.path().join("outer"), folder.path().join("outer/inner"));
    let tokens = |count: u32| format!("[assumptions]\noutput_tokens = {count}\n");
    write(&outer, "lensai.toml", &tokens(100));
    write(&inner, "lensai.toml", &tokens(50));
    let text = call("\"gpt-4o\"").replace("max_tokens=100, ", "");
    let files = [outer.join("a.py"), inner.join("a.py"), folder.path().join("a.py")];
    let mut client = Editor::Mute.start(&[&outer]).await;
    for file in &files {
        client.open(&uri(file), "python", &text).await;
    }
    // 200 tokens of a text that is not known, and those of the answer.
    let [one, two, three] = files.each_ref().map(|file| uri(file));
    assert_eq!(known(&mut client, &one).await, "0.0015 gpt-4o");
    assert_eq!(known(&mut client, &two).await, "0.0015 gpt-4o");
    assert_eq!(known(&mut client, &three).await, "0.0035 gpt-4o");
    let inner_folder = json!([{"uri": uri(&inner), "name": "inner"}]);
    let event = json!({"event": {"added": inner_folder, "removed": []}});
    client.notify("workspace/didChangeWorkspaceFolders", event).await;
    eventually(&mut client, &two, "0.0010 gpt-4o").await;
    assert_eq!(known(&mut client, &one).await, "0.0015 gpt-4o");
    let event = json!({"event": {"added": [], "removed": inner_folder}});
    client.notify("workspace/didChangeWorkspaceFolders", event).await;
    eventually(&mut client, &two, "0.0015 gpt-4o").await;
    client.grant_all().await;
    client.finish().await;
}

/// Waits until this is known of a document without an edit of it.
pub(crate) async fn eventually(client: &mut Client, uri: &str, expected: &str) {
    let since = std::time::Instant::now();
    loop {
        let known = known(client, uri).await;
        if known == expected {
            return;
        }
        assert!(since.elapsed() < crate::client::PATIENCE, "{uri}: {known}, not {expected}");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

pub(crate) fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}
