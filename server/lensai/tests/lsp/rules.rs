//! What was measured of the framework, each with the rule that mends it.

use std::time::Instant;

use lensai::lsp::Ended;
use serde_json::{Value, json};

use crate::client::{Client, PATIENCE};
use crate::editors::Editor;
use crate::sync::{call, known};

/// Rule 1: a notification changes the state before it waits for anything, or edits would change places.
#[tokio::test(flavor = "multi_thread")]
async fn edits_keep_their_order() {
    let mut client = Editor::Mute.start(&[]).await;
    let text = call("\"\"");
    client.open("untitled:a", "python", &text).await;
    let place = text[..text.find("\"\"").unwrap()].rsplit('\n').next().unwrap().len() + 1;
    // One character after another: any other order would be another name.
    for (at, letter) in "gpt-4.1-mini".chars().enumerate() {
        let at = json!({"line": 7, "character": place + at});
        let change = json!([{"range": {"start": at, "end": at}, "text": letter.to_string()}]);
        client.change("untitled:a", 2 + i32::try_from(place).unwrap(), change).await;
    }
    assert_eq!(known(&mut client, "untitled:a").await, "0.0002 gpt-4.1-mini");
    client.finish().await;
}

/// Rule 1, for requests: what is asked before an edit is answered, and so is what is asked after it.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_sees_the_edits_before_it() {
    let mut client = Editor::Mute.start(&[]).await;
    client.open("untitled:a", "python", "").await;
    let mut asked = Vec::new();
    for version in 2..40 {
        let model = if version % 2 == 0 { "\"gpt-4o\"" } else { "\"gpt-4.1\"" };
        client.change("untitled:a", version, json!([{"text": call(model)}])).await;
        asked.push(client.ask("lensai/totals", json!({"uri": "untitled:a"})).await);
    }
    let answers = asked.len();
    for id in asked {
        assert_eq!(client.answer(id).await["result"]["totals"]["calls"], 1);
    }
    assert_eq!(answers, 38);
    assert_eq!(known(&mut client, "untitled:a").await, "0.0012 gpt-4.1");
    client.finish().await;
}

/// Rule 2: at the framework's default of four, requests that hang would block edits and cancellations.
#[tokio::test(flavor = "multi_thread")]
async fn requests_that_hang_keep_nobody_out() {
    for editor in Editor::ALL {
        let mut client = editor.start(&[]).await;
        let mut hanging = Vec::new();
        for _ in 0..20 {
            hanging.push(client.ask("lensai/test/hang", json!({})).await);
        }
        client.open("untitled:a", "python", &call("\"gpt-4o\"")).await;
        assert_eq!(known(&mut client, "untitled:a").await, "0.0015 gpt-4o");
        for id in hanging {
            client.notify("$/cancelRequest", json!({"id": id})).await;
            assert_eq!(client.answer(id).await["error"]["code"], -32800);
        }
        client.grant_all().await;
        client.finish().await;
    }
}

/// Rule 3: what computes does so elsewhere; a storm of cancelled requests leaves nothing behind.
#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_cancellations_leaves_the_server_quick() {
    for editor in Editor::ALL {
        let mut client = editor.start(&[]).await;
        let large = call("\"gpt-4o\"").repeat(300);
        client.open("untitled:large", "python", &large).await;
        for version in 2..40 {
            let change = json!([{"text": format!("{large}# {version}\n")}]);
            client.change("untitled:large", version, change).await;
            let asked = client.ask("lensai/totals", json!({"uri": "untitled:large"})).await;
            client.notify("$/cancelRequest", json!({"id": asked})).await;
            // Cancelled, or done before it could be.
            let answer = client.answer(asked).await;
            assert!(answer["error"]["code"] == -32800 || answer.get("result").is_some(), "{answer}");
        }
        let totals = client.request("lensai/totals", json!({"uri": "untitled:large"})).await;
        assert_eq!(totals["totals"]["calls"], 300);
        // Cancelling what never was, and what is over, is no fault.
        for id in [json!(1), json!(999_999), json!("x")] {
            client.notify("$/cancelRequest", json!({"id": id})).await;
        }
        client.grant_all().await;
        client.finish().await;
    }
}

/// Rule 4: a client that does not answer keeps nothing waiting.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_answers_nothing_is_served() {
    let mut client = Client::initialized(Editor::VsCode.initialize(&[])).await;
    // Both stay without an answer.
    client.asked("client/registerCapability").await;
    client.asked("workspace/configuration").await;
    client.open("untitled:a", "python", &call("\"gpt-4o\"")).await;
    assert_eq!(known(&mut client, "untitled:a").await, "0.0015 gpt-4o");
    client.notify("workspace/didChangeConfiguration", json!({"settings": null})).await;
    client.asked("workspace/configuration").await;
    client.change("untitled:a", 2, json!([{"text": call("\"gpt-4.1\"")}])).await;
    assert_eq!(known(&mut client, "untitled:a").await, "0.0012 gpt-4.1");
    client.grant_all().await;
    client.finish().await;
}

/// Rule 5: a handler that panics answers with an internal error, and the server goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_an_internal_error() {
    for editor in Editor::ALL {
        let mut client = editor.start(&[]).await;
        client.open("untitled:a", "python", &call("\"gpt-4o\"")).await;
        for _ in 0..5 {
            let params = json!({"textDocument": {"uri": "untitled:a"}});
            assert_eq!(client.refused("lensai/test/panic", params).await, -32603);
        }
        assert_eq!(known(&mut client, "untitled:a").await, "0.0015 gpt-4o");
        client.grant_all().await;
        client.finish().await;
    }
}

/// Rule 6: the end of the input is the end of the server, also while a request hangs.
#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_input_ends_the_server() {
    let mut client = Editor::Mute.start(&[]).await;
    client.ask("lensai/test/hang", json!({})).await;
    let since = Instant::now();
    assert_eq!(client.leave().await, Ended::Left);
    assert!(since.elapsed() < PATIENCE / 4);
}

/// Rule 6: so is the end of the client's process.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_clients_process_ends_the_server() {
    let mut process = std::process::Command::new("sleep").arg("60").spawn().unwrap();
    let params = json!({"processId": process.id(), "capabilities": {}});
    let mut client = Client::initialized(params).await;
    client.ask("lensai/test/hang", json!({})).await;
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(client.ended().await, Ended::Left);
}

/// After `shutdown` requests are refused; `exit` without it is no orderly end.
#[tokio::test(flavor = "multi_thread")]
async fn the_order_of_the_end() {
    let mut client = Editor::Mute.start(&[]).await;
    client.request("shutdown", Value::Null).await;
    assert_eq!(client.refused("lensai/totals", json!({})).await, -32600);
    assert_eq!(client.refused("shutdown", Value::Null).await, -32600);
    client.send(&json!({"jsonrpc": "2.0", "method": "exit"})).await;
    assert_eq!(client.ended().await, Ended::Asked);

    let mut client = Editor::Mute.start(&[]).await;
    client.send(&json!({"jsonrpc": "2.0", "method": "exit"})).await;
    assert_eq!(client.ended().await, Ended::Left);

    // Nothing is answered before `initialize`.
    let mut client = Client::start();
    assert_eq!(client.refused("lensai/totals", json!({})).await, -32002);
    assert_eq!(client.leave().await, Ended::Left);
}
