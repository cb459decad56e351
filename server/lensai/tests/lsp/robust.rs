//! What no client should do, and more than most do.

use std::time::{Duration, Instant};

use lensai::lsp::Ended;
use serde_json::{Value, json};

use crate::editors::Editor;
use crate::sync::{call, known};

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_are_none_are_answered_as_such() {
    for editor in Editor::ALL {
        let mut client = editor.start(&[]).await;
        for (body, code) in [
            ("{", -32700),
            ("\u{fffd}", -32700),
            ("[1, 2]", -32600),
            ("{\"jsonrpc\": \"1.0\", \"id\": 1, \"method\": \"shutdown\"}", -32600),
            ("{\"jsonrpc\": \"2.0\", \"id\": {}, \"method\": \"shutdown\"}", -32600),
            ("{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": 7}", -32600),
        ] {
            client.send_raw(body).await;
            let answer = client.answer_to_nobody().await;
            assert_eq!(answer["error"]["code"], code, "{body}");
        }
        // What they ask for is not there, or makes no sense.
        assert_eq!(client.refused("textDocument/flyTo", json!({})).await, -32601);
        assert_eq!(client.refused("textDocument/hover", json!({"textDocument": 7})).await, -32602);
        assert_eq!(client.refused("textDocument/hover", Value::Null).await, -32602);
        assert_eq!(client.refused("lensai/totals", json!({"uri": 7})).await, -32602);
        let far = json!({"textDocument": {"uri": "untitled:a"}, "position": {"line": -1, "character": 0}});
        assert_eq!(client.refused("textDocument/hover", far).await, -32602);
        client.notify("textDocument/unheardOf", json!({})).await;
        client.notify("$/unheardOf", json!({})).await;
        client.notify("textDocument/didOpen", json!({"textDocument": {"uri": "untitled:a"}})).await;
        client.notify("textDocument/didChange", json!(7)).await;
        client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": "untitled:a", "type": 2}]})).await;
        // An answer to what nobody asked.
        client.send(&json!({"jsonrpc": "2.0", "id": 4711, "result": null})).await;
        client.open("untitled:a", "python", &call("\"gpt-4o\"")).await;
        assert_eq!(known(&mut client, "untitled:a").await, "0.0015 gpt-4o");
        // Twice.
        client.open("untitled:a", "python", &call("\"gpt-4.1\"")).await;
        assert_eq!(known(&mut client, "untitled:a").await, "0.0012 gpt-4.1");
        client.grant_all().await;
        client.finish().await;
    }
}

/// A header that is none: the next message is read.
#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_is_none_does_not_end_the_server() {
    let mut client = Editor::Mute.start(&[]).await;
    client.send_bytes(b"Content-Type: nonsense\r\n\r\n").await;
    assert_eq!(client.answer_to_nobody().await["error"]["code"], -32700);
    client.open("untitled:a", "python", &call("\"gpt-4o\"")).await;
    assert_eq!(known(&mut client, "untitled:a").await, "0.0015 gpt-4o");
    client.grant_all().await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_outside_of_a_text_have_an_answer() {
    for editor in Editor::ALL {
        let mut client = editor.start(&[]).await;
        client.open("untitled:a", "python", &call("\"gpt-4o\"")).await;
        for (line, character) in [(0, u32::MAX), (u32::MAX, 0), (u32::MAX, u32::MAX), (7, 99_999)] {
            let place = json!({"line": line, "character": character});
            let at = json!({"textDocument": {"uri": "untitled:a"}, "position": place});
            client.request("textDocument/hover", at.clone()).await;
            client.request("textDocument/completion", at).await;
            let range = json!({"start": place, "end": {"line": 0, "character": 0}});
            let params = json!({"textDocument": {"uri": "untitled:a"}, "range": range, "context": {"diagnostics": []}});
            client.request("textDocument/codeAction", params.clone()).await;
            client.request("textDocument/inlayHint", params).await;
        }
        // A hint of nobody.
        let hint = json!({"position": {"line": 0, "character": 0}, "label": "x"});
        assert_eq!(client.request("inlayHint/resolve", hint.clone()).await, hint);
        for data in [json!(7), json!([0, 0, 0]), json!([1, 1, 99]), json!([1, 1, u64::MAX]), json!([1, 1])] {
            let mut hint = hint.clone();
            hint["data"] = data;
            assert_eq!(client.request("inlayHint/resolve", hint.clone()).await, hint);
        }
        client.grant_all().await;
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_documents() {
    let mut client = Editor::Mute.start(&[]).await;
    let name = |at: u32| format!("untitled:{at}");
    for at in 0..1000 {
        client.open(&name(at), "python", &call("\"gpt-4o\"")).await;
    }
    for at in [0, 1, 500, 999] {
        assert_eq!(known(&mut client, &name(at)).await, "0.0015 gpt-4o");
    }
    client.change(&name(500), 2, json!([{"text": call("\"gpt-4.1\"")}])).await;
    assert_eq!(known(&mut client, &name(500)).await, "0.0012 gpt-4.1");
    for at in 0..1000 {
        client.close(&name(at)).await;
    }
    assert_eq!(known(&mut client, &name(999)).await, "0.0000");
    client.grant_all().await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_fifty_thousand_lines() {
    let mut client = Editor::Mute.start(&[]).await;
    let filler =
        "def work(value, other=None):\n    if value:\n        return [value, other, 'text']\n    return None\n";
    let text = format!("{}{}{}", filler.repeat(6_250), call("\"gpt-4o\""), filler.repeat(6_250));
    assert!(text.lines().count() > 50_000);
    client.open("untitled:large", "python", &text).await;
    assert_eq!(known(&mut client, "untitled:large").await, "0.0015 gpt-4o");
    let place = json!({"line": 25_007, "character": 21});
    let edit = json!([{"range": {"start": place, "end": place}, "text": "-mini"}]);
    client.change("untitled:large", 2, edit).await;
    assert_eq!(known(&mut client, "untitled:large").await, "0.0001 gpt-4o-mini");
    client.grant_all().await;
    client.finish().await;
}

/// A client that is gone while it asks for much.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_dies_takes_the_server_along() {
    let mut client = Editor::VsCode.start(&[]).await;
    for at in 0..50 {
        client.open(&format!("untitled:{at}"), "python", &call("\"gpt-4o\"").repeat(40)).await;
        client.ask("lensai/totals", json!({"uri": format!("untitled:{at}")})).await;
    }
    client.ask("lensai/totals", json!({})).await;
    let since = Instant::now();
    assert_eq!(client.leave().await, Ended::Left);
    assert!(since.elapsed() < Duration::from_secs(10));
}

/// A folder that is no folder, and one that is not there.
#[tokio::test(flavor = "multi_thread")]
async fn folders_that_are_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let missing = folder.path().join("missing");
    let mut client = Editor::Neovim.start(&[&file, &missing]).await;
    let all = client.request("lensai/totals", json!({})).await;
    assert_eq!(all["totals"]["calls"], 0);
    let inside = crate::editors::uri(&missing.join("a.py"));
    client.open(&inside, "python", &call("\"gpt-4o\"")).await;
    assert_eq!(known(&mut client, &inside).await, "0.0015 gpt-4o");
    client.grant_all().await;
    client.finish().await;
}
