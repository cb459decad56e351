//! A part of a project says what the whole project says of it: constants, clients and aliases may lie above it or beside it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::path::Path;

use serde_json::Value;
use support::lensai;

const FILES: [(&str, &str); 7] = [
    ("shared/llm.py", "from openai import OpenAI\nclient = OpenAI()\nMODEL = 'gpt-4o-mini'\n"),
    (
        "app/chat/answer.py",
        "from shared.llm import MODEL, client\nclient.responses.create(model=MODEL, input='hello')\n",
    ),
    ("app/chat/empty.py", "\n"),
    ("app/broken.py", "from openai import OpenAI\nx.create(\ndef (:\n"),
    ("tsconfig.json", "{ \"compilerOptions\": { \"paths\": { \"@/*\": [\"./web/*\"] } } }"),
    (
        "web/client.ts",
        "import OpenAI from 'openai';\nexport const ai = new OpenAI();\nexport const model = 'gpt-4o';\n",
    ),
    ("web/pages/chat.ts", "import { ai, model } from '@/client';\nai.responses.create({ model, input: 'hello' });\n"),
];

/// A repository; `.git` marks it as such.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (path, text) in FILES {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Path, function and model of each call, and the paths of the errors.
fn scan(folder: &Path, args: &[&str]) -> (Vec<String>, Vec<String>) {
    let args: Vec<&str> = ["scan", "--format", "json"].into_iter().chain(args.iter().copied()).collect();
    let run = lensai(folder, &args);
    let json = run.json();
    let call = |call: &Value| {
        let text = |key: &str| call[key].as_str().unwrap_or("?").to_owned();
        format!("{} {} {}", text("path"), text("function"), text("model"))
    };
    let calls = json["calls"].as_array().unwrap().iter().map(call).collect();
    let errors = json["errors"].as_array().unwrap().iter().map(|error| error["path"].as_str().unwrap().to_owned());
    (calls, errors.collect())
}

#[test]
fn a_folder_of_a_repository() {
    let folder = repository();
    let (calls, errors) = scan(folder.path(), &["app/chat"]);
    assert_eq!(calls, ["answer.py answer gpt-4o-mini"]);
    assert!(errors.is_empty(), "what lies outside is not reported: {errors:?}");
    let (calls, errors) = scan(folder.path(), &["app"]);
    assert_eq!(calls, ["chat/answer.py chat.answer gpt-4o-mini"]);
    assert_eq!(errors, ["broken.py"]);
    assert_eq!(scan(folder.path(), &["web/pages"]).0, ["chat.ts chat gpt-4o"]);
}

#[test]
fn a_file_and_several_paths() {
    let folder = repository();
    assert_eq!(scan(folder.path(), &["app/chat/answer.py"]).0, ["answer.py answer gpt-4o-mini"]);
    assert_eq!(scan(&folder.path().join("app/chat"), &["answer.py"]).0, ["answer.py answer gpt-4o-mini"]);
    let expected = ["app/chat/answer.py app.chat.answer gpt-4o-mini", "web/pages/chat.ts web.pages.chat gpt-4o"];
    assert_eq!(scan(folder.path(), &["web/pages", "app/chat"]).0, expected);
    assert_eq!(scan(folder.path(), &[]).0, expected);
}

#[test]
fn a_part_says_what_the_whole_says() {
    let folder = repository();
    for part in ["app/chat", "web/pages"] {
        let (alone, _) = scan(folder.path(), &[part, "--parse-all"]);
        assert_eq!(alone, scan(folder.path(), &[part]).0);
    }
}

#[test]
fn without_a_repository_the_nearest_settings_mark_the_project() {
    let folder = repository();
    fs::remove_dir(folder.path().join(".git")).unwrap();
    assert_eq!(scan(folder.path(), &["app/chat"]).0, ["answer.py answer ?"]);
    fs::write(folder.path().join("lensai.toml"), "").unwrap();
    assert_eq!(scan(folder.path(), &["app/chat"]).0, ["answer.py answer gpt-4o-mini"]);
}

#[test]
fn what_was_looked_at_is_what_was_asked_for() {
    let folder = repository();
    let run = lensai(folder.path(), &["scan", "-v", "app/chat"]);
    assert!(run.stderr.contains("2 files looked at"), "{}", run.stderr);
}

#[test]
fn the_folders_of_the_support_bot() {
    let models = |folder: &str, prefix: &str| -> Vec<String> {
        let json = lensai(&support::fixtures(), &["scan", "--format", "json", folder]).json();
        let calls = json["calls"].as_array().unwrap().iter();
        let of_part = calls.filter_map(|call| {
            let path = call["path"].as_str().unwrap().strip_prefix(prefix)?;
            Some(format!("{path}:{} {}", call["range"]["start"]["line"], call["models"]))
        });
        of_part.collect()
    };
    for part in ["service", "web", "service/support_bot"] {
        let whole = models("support-bot", &format!("{part}/"));
        assert!(!whole.is_empty(), "{part}");
        assert_eq!(models(&format!("support-bot/{part}"), ""), whole, "{part}");
    }
}
