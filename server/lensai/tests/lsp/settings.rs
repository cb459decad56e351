//! What the user sets, in the editor and in `lensai.toml`.

use serde_json::{Value, json};

use crate::editors::{Editor, uri};
use crate::sync::{call, eventually, known, write};

#[tokio::test(flavor = "multi_thread")]
async fn settings_hold_at_once() {
    let mut client = Editor::Neovim.start(&[]).await;
    let file = "untitled:a";
    client.open(file, "python", &call("\"no-such-model\"")).await;
    assert_eq!(client.diagnostics(file).await["diagnostics"][0]["code"], "unknown-model");
    assert_eq!(client.hints(file).await.len(), 1);
    client.nothing_more().await;

    // Another severity, then none.
    for (level, severity) in [("hint", json!(4)), ("error", json!(1))] {
        client.notify("workspace/didChangeConfiguration", json!({"settings": null})).await;
        client.grant("workspace/configuration", json!([{"severity": {"unknown-model": level}}])).await;
        let sent = client.diagnostics(file).await;
        assert_eq!(sent["diagnostics"][0]["severity"], severity);
        client.grant("workspace/inlayHint/refresh", Value::Null).await;
        client.nothing_more().await;
    }
    client.notify("workspace/didChangeConfiguration", json!({"settings": null})).await;
    client
        .grant("workspace/configuration", json!([{"severity": {"unknown-model": "off"}, "hints": {"enable": false}}]))
        .await;
    assert_eq!(client.diagnostics(file).await["diagnostics"], json!([]));
    client.grant("workspace/inlayHint/refresh", Value::Null).await;
    assert_eq!(client.hints(file).await.len(), 0);

    // The master switch.
    client.notify("workspace/didChangeConfiguration", json!({"settings": null})).await;
    client.grant("workspace/configuration", json!([{}])).await;
    client.diagnostics(file).await;
    client.grant("workspace/inlayHint/refresh", Value::Null).await;
    client.notify("workspace/didChangeConfiguration", json!({"settings": null})).await;
    client.grant("workspace/configuration", json!([{"enable": false}])).await;
    assert_eq!(client.diagnostics(file).await["diagnostics"], json!([]));
    client.grant("workspace/inlayHint/refresh", Value::Null).await;
    assert_eq!(client.hints(file).await.len(), 0);
    let params = json!({"textDocument": {"uri": file}, "position": {"line": 6, "character": 20}});
    assert_eq!(client.request("textDocument/hover", params).await, Value::Null);
    assert_eq!(known(&mut client, file).await, "0.0000");
    let all = client.request("lensai/totals", json!({})).await;
    assert_eq!(all["totals"]["calls"], 0);
    client.finish().await;
}

/// Where hints stand, what they say, and from which cost on there are some.
#[tokio::test(flavor = "multi_thread")]
async fn hints_are_as_the_user_wants_them() {
    let file = "untitled:a";
    let mut client = Editor::Mute.start(&[]).await;
    client.open(file, "python", &format!("{}{}", call("\"gpt-4o\""), call("\"no-such-model\""))).await;
    for (hints, expected) in [
        (json!({}), [Some((6, 42)), Some((15, 42))]),
        (json!({"position": "afterCall"}), [Some((8, 5)), Some((17, 5))]),
        // What it costs is not known: it may be dear.
        (json!({"minimumCostUsd": 0.01}), [Some((15, 42)), None]),
        (json!({"minimumCostUsd": "0.0001", "template": "{output} of {model}"}), [Some((6, 42)), Some((15, 42))]),
    ] {
        client.notify("workspace/didChangeConfiguration", json!({"settings": {"lensai": {"hints": hints}}})).await;
        let shown = client.hints(file).await;
        let at = |hint: &Value| {
            let place = &hint["position"];
            (place["line"].as_u64().unwrap(), place["character"].as_u64().unwrap())
        };
        let places: Vec<_> = shown.iter().map(at).collect();
        assert_eq!(places, expected.into_iter().flatten().collect::<Vec<_>>(), "{hints}");
        if hints.get("template").is_some() {
            assert_eq!(shown[0]["label"], "100 of gpt-4o");
        }
    }
    client.grant_all().await;
    client.finish().await;
}

/// Lenses are there for who wants them, in every editor that asks for some, and go when they are wanted no more.
#[tokio::test(flavor = "multi_thread")]
async fn lenses_come_and_go_with_their_setting() {
    let file = "untitled:a";
    for editor in Editor::ALL {
        let mut client = editor.start(&[]).await;
        client.open(file, "python", &call("\"gpt-4o\"")).await;
        let params = json!({"textDocument": {"uri": file}});
        assert_eq!(client.request("textDocument/codeLens", params.clone()).await, Value::Null, "{editor:?}");
        client.nothing_more().await;
        for is_on in [true, false] {
            let settings = json!({"codeLens": {"enable": is_on}});
            client.notify("workspace/didChangeConfiguration", json!({"settings": {"lensai": settings}})).await;
            if editor != Editor::Mute {
                client.grant("workspace/configuration", json!([settings])).await;
            }
            if matches!(editor, Editor::VsCode | Editor::Neovim) {
                client.grant("workspace/inlayHint/refresh", Value::Null).await;
            }
            if editor == Editor::VsCode {
                client.grant("workspace/codeLens/refresh", Value::Null).await;
                client.grant("workspace/diagnostic/refresh", Value::Null).await;
            }
            client.nothing_more().await;
            let lenses = client.request("textDocument/codeLens", params.clone()).await;
            if is_on {
                let titles: Vec<_> = lenses.as_array().unwrap().iter().map(|lens| &lens["command"]["title"]).collect();
                assert_eq!(titles, ["≈ $0.0015 · 1 call"], "{editor:?}");
                assert_eq!(lenses[0]["range"]["start"], json!({"line": 5, "character": 0}));
            } else {
                assert_eq!(lenses, Value::Null, "{editor:?}");
            }
        }
        client.finish().await;
    }
}

/// A client that cannot be asked sends its settings along.
#[tokio::test(flavor = "multi_thread")]
async fn settings_come_with_the_first_message_and_later_ones() {
    let mut params = Editor::Mute.initialize(&[]);
    params["initializationOptions"] = json!({"hints": {"enable": false}});
    let mut client = crate::client::Client::initialized(params).await;
    client.open("untitled:a", "python", &call("\"gpt-4o\"")).await;
    assert_eq!(client.hints("untitled:a").await.len(), 0);
    let settings = json!({"lensai": {"hints": {"template": "{model}"}, "codeLens": {"enable": true}}});
    client.notify("workspace/didChangeConfiguration", json!({"settings": settings})).await;
    assert_eq!(client.labels("untitled:a").await, ["6: gpt-4o"]);
    let params = json!({"textDocument": {"uri": "untitled:a"}});
    let lenses = client.request("textDocument/codeLens", params).await;
    assert_eq!(lenses.as_array().unwrap().len(), 1);
    client.grant_all().await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_a_workspace_is_read_when_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let text = call("\"gpt-4o\"").replace("max_tokens=100, ", "");
    write(folder.path(), "a.py", &text);
    let (file, settings) = (uri(&folder.path().join("a.py")), uri(&folder.path().join("lensai.toml")));
    let mut client = Editor::Emacs.start(&[folder.path()]).await;
    client.open(&file, "python", &text).await;
    assert_eq!(known(&mut client, &file).await, "0.0035 gpt-4o");
    client.grant_all().await;
    let changed = |kind: u8| json!({"changes": [{"uri": settings, "type": kind}]});

    write(folder.path(), "lensai.toml", "[assumptions]\noutput_tokens = 100\n[findings]\nunbounded-output = \"off\"\n");
    client.notify("workspace/didChangeWatchedFiles", changed(1)).await;
    eventually(&mut client, &file, "0.0015 gpt-4o").await;
    client.grant_all().await;

    // Broken: it is told where, and the last good one is kept.
    write(folder.path(), "lensai.toml", "[assumptions]\noutput_token = 100\n");
    client.notify("workspace/didChangeWatchedFiles", changed(2)).await;
    let sent = client.diagnostics(&settings).await;
    assert_eq!(sent["diagnostics"].as_array().unwrap().len(), 1);
    let diagnostic = &sent["diagnostics"][0];
    assert_eq!((&diagnostic["code"], &diagnostic["severity"]), (&json!("config-invalid"), &json!(1)));
    assert_eq!(diagnostic["range"]["start"], json!({"line": 1, "character": 0}));
    let message = diagnostic["message"].as_str().unwrap();
    assert!(message.contains("did you mean `output_tokens`?"), "{message}");
    assert_eq!(known(&mut client, &file).await, "0.0015 gpt-4o");

    // A file of a workspace says nothing of where to go or who asks.
    write(folder.path(), "lensai.toml", "[prompts]\nvault_url = \"https://elsewhere.example\"\n");
    client.notify("workspace/didChangeWatchedFiles", changed(2)).await;
    assert_eq!(client.diagnostics(&settings).await["diagnostics"][0]["code"], "forbidden-key");

    // Mended, with an SDK of its own; then gone.
    let sdk = "[assumptions]\noutput_tokens = 50\n";
    write(folder.path(), "lensai.toml", sdk);
    client.notify("workspace/didChangeWatchedFiles", changed(2)).await;
    assert_eq!(client.diagnostics(&settings).await["diagnostics"], json!([]));
    eventually(&mut client, &file, "0.0010 gpt-4o").await;
    std::fs::remove_file(folder.path().join("lensai.toml")).unwrap();
    client.notify("workspace/didChangeWatchedFiles", changed(3)).await;
    eventually(&mut client, &file, "0.0035 gpt-4o").await;
    client.grant_all().await;
    client.finish().await;
}

/// A description of an SDK in `lensai.toml` holds as soon as it is written.
#[tokio::test(flavor = "multi_thread")]
async fn an_sdk_of_a_workspace_is_known_when_it_is_described() {
    let folder = tempfile::tempdir().unwrap();
    let text = "from acme_llm import ask\n\nask(\"gpt-4o\", \"Hello\")\n";
    write(folder.path(), "a.py", text);
    let (file, settings) = (uri(&folder.path().join("a.py")), uri(&folder.path().join("lensai.toml")));
    let mut client = Editor::Emacs.start(&[folder.path()]).await;
    client.open(&file, "python", text).await;
    assert_eq!(known(&mut client, &file).await, "0.0000");
    let sdk = "[[sdk]]\nsdk = \"acme\"\nfrom = { python = \"acme_llm\" }\nprovider = \"openai\"\n\n[[sdk.request]]\ncall = [\"ask\"]\noperation = \"chat\"\nslots = { model = [\"0\"], prompt = [\"1\"] }\n";
    write(folder.path(), "lensai.toml", sdk);
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": settings, "type": 1}]})).await;
    let since = std::time::Instant::now();
    while known(&mut client, &file).await == "0.0000" {
        assert!(since.elapsed() < crate::client::PATIENCE, "{:#?}", client.settled().await);
    }
    client.grant_all().await;
    client.finish().await;
}

/// In a folder that is not trusted nothing is taken from outside of it: neither settings from above it nor what a link leads to.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_not_trusted_is_all_there_is() {
    let repository = tempfile::tempdir().unwrap();
    let folder = |name: &str| repository.path().join(name);
    let tokens = |count: u32| format!("[assumptions]\noutput_tokens = {count}\n");
    std::fs::create_dir(folder(".git")).unwrap();
    write(repository.path(), "lensai.toml", &tokens(50));
    write(&folder("own"), "lensai.toml", &tokens(100));
    std::fs::create_dir(folder("linked")).unwrap();
    std::os::unix::fs::symlink(folder("lensai.toml"), folder("linked/lensai.toml")).unwrap();
    let text = call("\"gpt-4o\"").replace("max_tokens=100, ", "");
    let folders = ["plain", "own", "linked"].map(folder);
    for name in &folders {
        write(name, "a.py", &text);
    }
    let files = folders.each_ref().map(|name| uri(&name.join("a.py")));
    let outside = uri(&folder("a.py"));
    for (trusted, expected) in [
        (Some(json!(true)), ["0.0010", "0.0015", "0.0010", "0.0010"]),
        // An editor without the notion of trust.
        (None, ["0.0010", "0.0015", "0.0010", "0.0010"]),
        (Some(json!(false)), ["0.0035", "0.0015", "0.0035", "0.0035"]),
        (Some(json!("true")), ["0.0035", "0.0015", "0.0035", "0.0035"]),
        (Some(Value::Null), ["0.0035", "0.0015", "0.0035", "0.0035"]),
    ] {
        let mut params = Editor::Helix.initialize(&folders.each_ref().map(std::path::PathBuf::as_path));
        if let Some(trusted) = &trusted {
            params["initializationOptions"] = json!({"trusted": trusted});
        }
        let mut client = crate::client::Client::initialized(params).await;
        Editor::Helix.greet(&mut client).await;
        for (file, expected) in files.iter().chain([&outside]).zip(expected) {
            client.open(file, "python", &text).await;
            assert_eq!(known(&mut client, file).await, format!("{expected} gpt-4o"), "{trusted:?} {file}");
        }
        // Not when it changes either.
        let settings = uri(&folder("lensai.toml"));
        client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": settings, "type": 2}]})).await;
        for (file, expected) in files.iter().chain([&outside]).zip(expected) {
            assert_eq!(known(&mut client, file).await, format!("{expected} gpt-4o"), "{trusted:?} {file}");
        }
        client.grant_all().await;
        client.finish().await;
    }
}
