//! Several files that know of each other, on the disk and open.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::client::Client;
use crate::editors::{Editor, uri};
use crate::sync::{call, eventually, write};

/// A folder in which `use.py` takes its model from `models.py`.
fn two_files() -> (tempfile::TempDir, String, String) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "app/models.py", "MODEL = \"gpt-4o\"\n");
    let using = format!("from .models import MODEL\n{}", call("MODEL"));
    write(folder.path(), "app/use.py", &using);
    let [models, user] = ["app/models.py", "app/use.py"].map(|name| uri(&folder.path().join(name)));
    (folder, models, user)
}

fn text(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_constant_in_one_open_file_changes_another() {
    for editor in Editor::ALL {
        let (folder, models, user) = two_files();
        let mut client = editor.start(&[folder.path()]).await;
        client.open(&user, "python", &text(folder.path(), "app/use.py")).await;
        client.open(&models, "python", &text(folder.path(), "app/models.py")).await;
        eventually(&mut client, &user, "0.0015 gpt-4o").await;
        let before = client.settled().await;
        client.change(&models, 2, json!([{"text": "MODEL = \"gpt-4.1\"\n"}])).await;
        eventually(&mut client, &user, "0.0012 gpt-4.1").await;
        // Whoever can be told is told, and only once.
        let told: Vec<Value> =
            client.settled().await.into_iter().filter(|message| message.get("id").is_some()).collect();
        let methods: Vec<&str> = told.iter().filter_map(|message| message["method"].as_str()).collect();
        let expected: &[&str] = match editor {
            Editor::VsCode => &["workspace/inlayHint/refresh", "workspace/diagnostic/refresh"],
            Editor::Neovim => &["workspace/inlayHint/refresh"],
            _ => &[],
        };
        // The second question waits for the answer of the first.
        assert_eq!(methods, &expected[..expected.len().min(1)], "{editor:?} {before:?}");
        for message in &told {
            client.send(&json!({"jsonrpc": "2.0", "id": message["id"], "result": null})).await;
        }
        for method in expected.iter().skip(1) {
            client.grant(method, Value::Null).await;
        }
        // An edit that changes nothing that is shown tells nobody.
        client.change(&models, 3, json!([{"text": "MODEL = \"gpt-4.1\"\n# a comment\n"}])).await;
        client.nothing_more().await;
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_is_known_until_a_file_is_open_and_after() {
    let (folder, models, user) = two_files();
    let mut client = Editor::Emacs.start(&[folder.path()]).await;
    client.open(&user, "python", &text(folder.path(), "app/use.py")).await;
    eventually(&mut client, &user, "0.0015 gpt-4o").await;
    // What is on the disk counts until the file is open.
    write(folder.path(), "app/models.py", "MODEL = \"gpt-4.1\"\n");
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": models, "type": 2}]})).await;
    eventually(&mut client, &user, "0.0012 gpt-4.1").await;
    client.open(&models, "python", "MODEL = \"gpt-4o-mini\"\n").await;
    eventually(&mut client, &user, "0.0001 gpt-4o-mini").await;
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": models, "type": 2}]})).await;
    client.close(&models).await;
    eventually(&mut client, &user, "0.0012 gpt-4.1").await;
    // A file that goes, and one that comes.
    std::fs::remove_file(folder.path().join("app/models.py")).unwrap();
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": models, "type": 3}]})).await;
    eventually(&mut client, &user, "0.0000 ?").await;
    write(folder.path(), "app/models.py", "MODEL = \"gpt-4o\"\n");
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": models, "type": 1}]})).await;
    eventually(&mut client, &user, "0.0015 gpt-4o").await;
    client.grant_all().await;
    client.finish().await;
}

/// What says how sources are read is watched as well: where aliases lead, and what is ignored.
#[tokio::test(flavor = "multi_thread")]
async fn aliases_and_ignored_files_are_read_when_they_change() {
    let folder = tempfile::tempdir().unwrap();
    let using = "import OpenAI from \"openai\";\nimport { MODEL } from \"@models\";\nconst client = new OpenAI();\nexport const ask = (text: string) =>\n  client.chat.completions.create({ model: MODEL, max_tokens: 100, messages: [{ role: \"user\", content: text }] });\n";
    let alias = |to: &str| format!("{{\"compilerOptions\": {{\"paths\": {{\"@models\": [\"./{to}.ts\"]}}}}}}");
    write(folder.path(), "one.ts", "export const MODEL = \"gpt-4o\";\n");
    write(folder.path(), "two.ts", "export const MODEL = \"gpt-4.1\";\n");
    write(folder.path(), "use.ts", using);
    write(folder.path(), "tsconfig.json", &alias("one"));
    let user = uri(&folder.path().join("use.ts"));
    let mut client = Editor::Helix.start(&[folder.path()]).await;
    client.open(&user, "typescript", using).await;
    eventually(&mut client, &user, "0.0015 gpt-4o").await;
    let changed = |name: &str, kind: u8| json!({"changes": [{"uri": uri(&folder.path().join(name)), "type": kind}]});
    write(folder.path(), "tsconfig.json", &alias("two"));
    client.notify("workspace/didChangeWatchedFiles", changed("tsconfig.json", 2)).await;
    eventually(&mut client, &user, "0.0012 gpt-4.1").await;
    write(folder.path(), ".gitignore", "two.ts\n");
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    client.notify("workspace/didChangeWatchedFiles", changed(".gitignore", 1)).await;
    eventually(&mut client, &user, "0.0000 ?").await;
    std::fs::remove_file(folder.path().join(".gitignore")).unwrap();
    client.notify("workspace/didChangeWatchedFiles", changed(".gitignore", 3)).await;
    eventually(&mut client, &user, "0.0012 gpt-4.1").await;
    client.grant_all().await;
    client.finish().await;
}

/// The fix of a model that a constant of another file names changes that file: as it is open, else as it is on the disk.
#[tokio::test(flavor = "multi_thread")]
async fn the_fix_of_a_constant_is_in_its_own_file() {
    for editor in Editor::ALL {
        let (folder, models, user) = two_files();
        write(folder.path(), "app/models.py", "\"\"\"😀\"\"\"; MODEL = \"gpt-4o-minii\"\n");
        let mut client = editor.start(&[folder.path()]).await;
        client.open(&user, "python", &text(folder.path(), "app/use.py")).await;
        client.labels(&user).await;
        client.grant_all().await;
        let place = json!({"line": 7, "character": 20});
        let ask = json!({"textDocument": {"uri": user}, "range": {"start": place, "end": place}, "context": {"diagnostics": [], "only": ["quickfix"]}});
        // Closed, open as it is, moved by an edit, another text, closed again.
        let states = [
            None,
            Some("\"\"\"😀\"\"\"; MODEL = \"gpt-4o-minii\"\n"),
            Some("# first\n\nMODEL = \"gpt-4o-minii\"\n"),
            Some("MODEL = str()\n"),
        ];
        for (at, state) in states.iter().enumerate() {
            let version = i32::try_from(at).unwrap();
            if let Some(state) = state {
                if at == 1 {
                    client.open(&models, "python", state).await;
                } else {
                    client.change(&models, version, json!([{"text": state}])).await;
                }
            }
            let actions = client.request("textDocument/codeAction", ask.clone()).await;
            let actions = actions.as_array().cloned().unwrap_or_default();
            let is_fix = |action: &&Value| action["title"].as_str().unwrap().starts_with("Use `gpt-4o-mini`");
            let fix = actions.iter().find(is_fix);
            if editor == Editor::Mute || at == 3 {
                assert_eq!(fix, None, "{editor:?} {at}");
                continue;
            }
            let fix = fix.unwrap_or_else(|| panic!("{editor:?} {at}: {actions:#?}"));
            assert!(fix["title"].as_str().unwrap().ends_with(" in `app/models.py`"), "{fix}");
            assert_eq!(fix["diagnostics"].as_array().unwrap().len(), 1, "{fix}");
            let edits = if editor == Editor::Neovim {
                fix["edit"]["changes"][&models].clone()
            } else {
                let change = &fix["edit"]["documentChanges"][0];
                let version = if at == 0 { Value::Null } else { json!(version) };
                assert_eq!(change["textDocument"], json!({"uri": models, "version": version}), "{editor:?} {at}");
                change["edits"].clone()
            };
            let (line, column) = match (at, editor) {
                (2, _) => (2, 9),
                (_, Editor::VsCode) => (0, 19),
                _ => (0, 21),
            };
            let range =
                json!({"start": {"line": line, "character": column}, "end": {"line": line, "character": column + 12}});
            assert_eq!(edits.as_array().unwrap().len(), 1);
            assert_eq!(edits[0]["range"], range, "{editor:?} {at}");
            assert_eq!(edits[0]["newText"], "gpt-4o-mini");
        }
        client.grant_all().await;
        client.finish().await;
    }
}

/// Without watched files a save tells.
#[tokio::test(flavor = "multi_thread")]
async fn a_save_tells_what_is_on_the_disk() {
    let (folder, _, user) = two_files();
    let mut client = Editor::Mute.start(&[folder.path()]).await;
    client.open(&user, "python", &text(folder.path(), "app/use.py")).await;
    eventually(&mut client, &user, "0.0015 gpt-4o").await;
    let other = uri(&folder.path().join("app/other.py"));
    let change = json!([{"text": text(folder.path(), "app/use.py").replace(".models", ".other")}]);
    client.change(&user, 2, change).await;
    eventually(&mut client, &user, "0.0000 ?").await;
    write(folder.path(), "app/other.py", "MODEL = \"gpt-4.1\"\n");
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": other}})).await;
    eventually(&mut client, &user, "0.0012 gpt-4.1").await;
    client.grant_all().await;
    client.finish().await;
}

/// What nobody told is not known until `lensai.refresh`: then hints, findings and sums are of what the disk has.
#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_reads_everything_again() {
    let (folder, _, user) = two_files();
    let mut client = Editor::Mute.start(&[folder.path()]).await;
    client.open(&user, "python", &text(folder.path(), "app/use.py")).await;
    eventually(&mut client, &user, "0.0015 gpt-4o").await;
    let before = totals(&mut client).await;
    assert_eq!(before.0, [(user.clone(), 1)]);
    let labels = client.labels(&user).await;
    client.nothing_more().await;

    // A constant of one file, a file that is new, settings, and what is ignored.
    write(folder.path(), "app/models.py", "MODEL = \"gpt-4\"\n");
    write(folder.path(), "app/new.py", &call("\"gpt-4o\""));
    write(folder.path(), "app/ignored.py", &call("\"gpt-4o\""));
    write(folder.path(), ".gitignore", "ignored.py\n");
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    write(folder.path(), "lensai.toml", "[assumptions]\ntokens_per_hole = 400\n");
    client.nothing_more().await;
    assert_eq!((totals(&mut client).await, client.labels(&user).await), (before, labels));

    let command = json!({"command": "lensai.refresh", "arguments": []});
    assert_eq!(client.request("workspace/executeCommand", command).await, Value::Null);
    let new = uri(&folder.path().join("app/new.py"));
    let (files, sum) = totals(&mut client).await;
    assert_eq!(files, [(new, 1), (user.clone(), 1)]);
    eventually(&mut client, &user, "0.0182 gpt-4").await;
    assert_eq!(client.labels(&user).await, ["7: ≈ $0.018 · 507 tok"]);
    // 407 tokens in and 100 out, of `gpt-4` and of `gpt-4o`.
    assert_eq!(sum, "0.0202275");
    // A finding that the other model brings.
    let sent = client.diagnostics(&user).await;
    assert_eq!(sent["diagnostics"][0]["code"], "retired-model", "{sent}");

    let code = client.refused("workspace/executeCommand", json!({"command": "lensai.other"})).await;
    assert_eq!(code, -32602);
    client.finish().await;
}

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/support-bot").canonicalize().unwrap()
}

/// What `scan` says of a folder: for each file its number of calls and what they cost.
fn scanned(root: &Path) -> (Vec<(String, u64)>, String) {
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_lensai"))
        .current_dir(root)
        .args(["scan", "--format", "json"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let mut files = std::collections::BTreeMap::new();
    for call in report["calls"].as_array().unwrap().iter().filter(|call| call["kind"] == "direct") {
        *files.entry(uri(&root.join(call["path"].as_str().unwrap()))).or_default() += 1;
    }
    (files.into_iter().collect(), report["totals"]["expected_usd_per_pass"].as_str().unwrap().to_owned())
}

async fn totals(client: &mut Client) -> (Vec<(String, u64)>, String) {
    let totals = client.request("lensai/totals", json!({})).await;
    let file = |file: &Value| {
        (file["uri"].as_str().unwrap().replace("%5B", "[").replace("%5D", "]"), file["calls"].as_u64().unwrap())
    };
    let files = totals["files"].as_array().unwrap().iter().map(file).collect();
    (files, totals["totals"]["expectedUsd"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_says_what_scan_says() {
    let root = fixture();
    let (files, sum) = scanned(&root);
    assert!(files.len() > 3, "{files:?}");
    let mut client = Editor::Mute.start(&[&root]).await;
    assert_eq!(totals(&mut client).await, (files.clone(), sum.clone()));
    // Opening a file as it is changes nothing.
    for (uri, calls) in &files {
        let path = uri.strip_prefix("file://").unwrap();
        let language = match path.rsplit_once('.') {
            Some((_, "ipynb")) => continue,
            Some((_, "py")) => "python",
            _ => "typescript",
        };
        client.open(uri, language, &std::fs::read_to_string(path).unwrap()).await;
        let totals = client.request("lensai/totals", json!({"uri": uri})).await;
        assert_eq!(totals["totals"]["calls"], *calls, "{uri}");
    }
    assert_eq!(totals(&mut client).await, (files, sum));
    client.grant_all().await;
    client.finish().await;
}
