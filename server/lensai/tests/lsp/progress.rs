//! What is told of an index that takes long, and its end at the wish of the user. The index is held up by the test itself, and progress is
//! due at once: no clock says what happens.

use std::sync::{Condvar, Mutex};

use serde_json::{Value, json};

use crate::client::Client;
use crate::editors::{Editor, uri};
use crate::sync::{call, eventually, known, write};

/// Holds an index up, file by file, until it is opened.
struct Gate {
    is_open: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    const fn closed() -> Self {
        Self { is_open: Mutex::new(false), changed: Condvar::new() }
    }

    fn pass(&self) {
        drop(self.changed.wait_while(self.is_open.lock().unwrap(), |is_open| !*is_open).unwrap());
    }

    fn set(&self, is_open: bool) {
        *self.is_open.lock().unwrap() = is_open;
        self.changed.notify_all();
    }
}

const FILES: u64 = 3;

fn folder() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    for at in 0..FILES {
        write(folder.path(), &format!("file_{at}.py"), &call("\"gpt-4o\""));
    }
    let open = uri(&folder.path().join("file_0.py"));
    (folder, open)
}

/// An editor with a folder whose index waits, and one of its files open.
async fn held(editor: Editor, gate: fn(), folder: &tempfile::TempDir, open: &str) -> Client {
    let mut client = Client::start_held(gate).initialize(editor.initialize(&[folder.path()])).await;
    editor.greet(&mut client).await;
    client.open(open, "python", &call("\"gpt-4o\"")).await;
    client
}

/// The progress of an index that waits: its token, once it has begun.
async fn begun(client: &mut Client) -> Value {
    let token = client.grant("window/workDoneProgress/create", Value::Null).await["token"].clone();
    let begin = client.progress(&token).await;
    assert_eq!((&begin["kind"], &begin["cancellable"]), (&json!("begin"), &json!(true)), "{begin}");
    assert!(begin["title"].as_str().unwrap().starts_with("LensAI: indexing "), "{begin}");
    token
}

/// What is told until the end, and the end.
async fn until_end(client: &mut Client, token: &Value) -> (Vec<Value>, Value) {
    let mut reports = Vec::new();
    loop {
        let value = client.progress(token).await;
        match value["kind"].as_str() {
            Some("report") => reports.push(value),
            Some("end") => return (reports, value),
            _ => panic!("{value}"),
        }
    }
}

async fn totals(client: &mut Client) -> (Value, Value) {
    let totals = client.request("lensai/totals", json!({})).await;
    (totals["totals"]["calls"].clone(), totals["complete"].clone())
}

/// Hints of what is open are there meanwhile, and the rest says how far it is.
#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_takes_long_says_how_far_it_is() {
    static GATE: Gate = Gate::closed();
    for editor in Editor::ALL {
        GATE.set(false);
        let (folder, open) = folder();
        let mut client = held(editor, || GATE.pass(), &folder, &open).await;
        assert_eq!(client.hints(&open).await.len(), 1, "{editor:?}");
        let all = client.ask("lensai/totals", json!({})).await;
        if editor == Editor::Mute {
            GATE.set(true);
        } else {
            let token = begun(&mut client).await;
            // Told again and again for as long as it waits.
            let report = loop {
                let report = client.progress(&token).await;
                assert_eq!(report["kind"], "report");
                if report.get("message").is_some() {
                    break report;
                }
            };
            let message = report["message"].as_str().unwrap();
            assert!(message.ends_with(" of 3 files"), "{message}");
            assert!(report["percentage"].as_u64().unwrap() < 100);
            GATE.set(true);
            let (_, end) = until_end(&mut client, &token).await;
            assert_eq!(end, json!({"kind": "end"}));
        }
        let answer = client.answer(all).await["result"].clone();
        assert_eq!((&answer["totals"]["calls"], &answer["complete"]), (&json!(FILES), &json!(true)), "{editor:?}");
        client.grant_all().await;
        client.finish().await;
    }
}

/// The index ends where it is and stays so; what is open goes on, sums say that they are not whole, and `lensai.refresh` starts again.
#[tokio::test(flavor = "multi_thread")]
async fn an_index_ends_when_the_user_says_so() {
    static GATE: Gate = Gate::closed();
    for editor in [Editor::VsCode, Editor::Neovim, Editor::Helix, Editor::Emacs] {
        GATE.set(false);
        let (folder, open) = folder();
        let mut client = held(editor, || GATE.pass(), &folder, &open).await;
        let all = client.ask("lensai/totals", json!({})).await;
        let token = begun(&mut client).await;
        // Another's is not its own.
        client.notify("window/workDoneProgress/cancel", json!({"token": "lensai/0"})).await;
        client.notify("window/workDoneProgress/cancel", json!({"token": token})).await;
        // What is asked later is answered later, so the wish is known by now.
        assert_eq!(known(&mut client, &open).await, "0.0015 gpt-4o");
        GATE.set(true);
        let (_, end) = until_end(&mut client, &token).await;
        assert!(end["message"].as_str().unwrap().contains("lensai.refresh"), "{end}");
        // Whoever waited for sums is told that they are not whole, and so is who asks later.
        let answer = client.answer(all).await["result"].clone();
        assert_eq!((&answer["totals"]["calls"], &answer["complete"]), (&json!(0), &json!(false)), "{editor:?}");
        assert_eq!(totals(&mut client).await, (json!(0), json!(false)));

        // What is open goes on, also with what other files say.
        let text = format!("from file_1 import MODEL\n{}", call("MODEL"));
        client.change(&open, 2, json!([{"text": text}])).await;
        assert_eq!(client.hints(&open).await.len(), 1);
        let other = uri(&folder.path().join("file_1.py"));
        client.open(&other, "python", "MODEL = \"gpt-4.1\"\n").await;
        eventually(&mut client, &open, "0.0012 gpt-4.1").await;

        // A file that comes does not bring the index back.
        write(folder.path(), "later.py", &call("\"gpt-4o\""));
        let later = uri(&folder.path().join("later.py"));
        client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": later, "type": 1}]})).await;
        client.grant_all().await;
        assert_eq!(totals(&mut client).await, (json!(0), json!(false)));

        GATE.set(false);
        client.request("workspace/executeCommand", json!({"command": "lensai.refresh"})).await;
        let token = begun(&mut client).await;
        GATE.set(true);
        until_end(&mut client, &token).await;
        // Two files on the disk, the edited one, and the one that has come; the open one without a call has taken the place of its own.
        assert_eq!(totals(&mut client).await, (json!(FILES), json!(true)));
        client.grant_all().await;
        client.finish().await;
    }
}

/// A client that refuses a progress is told nothing more of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_progress_that_is_refused_is_not_shown() {
    static GATE: Gate = Gate::closed();
    let (folder, open) = folder();
    let mut client = held(Editor::Neovim, || GATE.pass(), &folder, &open).await;
    let (id, _) = client.asked("window/workDoneProgress/create").await;
    let error = json!({"code": -32603, "message": "no"});
    client.send(&json!({"jsonrpc": "2.0", "id": id, "error": error})).await;
    GATE.set(true);
    assert_eq!(totals(&mut client).await, (json!(FILES), json!(true)));
    client.grant_all().await;
    client.finish().await;
}
