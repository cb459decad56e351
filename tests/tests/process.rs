//! The language server as a process: its exit codes, its log, and what the log never holds.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

const SECRET: &str = "sk-very-secret";

/// A folder that is gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("lensai-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn log(&self) -> PathBuf {
        self.0.join("server.log")
    }

    fn logged(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is only litter.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Server {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    last_id: u64,
}

impl Server {
    fn start(command: &mut Command) -> Self {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (to, from) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        Self { process, to, from: BufReader::new(from), last_id: 0 }
    }

    /// The program with a log at a level.
    fn logging(log: &Path, level: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lensai-under-test"));
        Self::start(command.args(["lsp", "--stdio", "--log-level", level, "--log-file"]).arg(log))
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.to, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    }

    fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// The whole answer to a request; what is told meanwhile is passed over.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let mut message = json!({"jsonrpc": "2.0", "id": self.last_id, "method": method});
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(&message);
        loop {
            let answer = self.next();
            if answer["id"] == self.last_id {
                return answer;
            }
        }
    }

    fn next(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.from.read_line(&mut line).unwrap() > 0, "the server ended");
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", number)) => length = number.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.from.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    fn initialize(&mut self, options: &Value) {
        let answer = self.ask("initialize", json!({"capabilities": {}, "initializationOptions": options}));
        assert!(answer.get("result").is_some(), "{answer}");
    }

    /// Opens a document of version 3.
    fn open(&mut self, text: &str) {
        let document = json!({"uri": "untitled:a", "languageId": "python", "version": 3, "text": text});
        self.notify("textDocument/didOpen", &json!({"textDocument": document}));
    }

    /// An edit of an older version, which is refused with a warning in the log.
    fn edit_too_late(&mut self, version: i32) {
        let document = json!({"uri": "untitled:a", "version": version});
        let change = json!({"textDocument": document, "contentChanges": [{"text": SECRET}]});
        self.notify("textDocument/didChange", &change);
    }

    fn shut_down(&mut self) {
        assert_eq!(self.ask("shutdown", Value::Null)["result"], Value::Null);
    }

    fn exit(&mut self) {
        self.send(&json!({"jsonrpc": "2.0", "method": "exit"}));
    }

    /// Its exit code, once it has no input any more.
    fn ended(mut self) -> Option<i32> {
        drop(self.to);
        // Whatever it still says is taken, so that no full pipe holds it up.
        std::io::copy(&mut self.from, &mut std::io::sink()).unwrap();
        self.process.wait().unwrap().code()
    }
}

#[test]
fn the_exit_code_says_how_it_ended() {
    let folder = Folder::new("codes");
    for (shuts_down, exits, code) in [(true, true, 0), (false, true, 1), (true, false, 0), (false, false, 1)] {
        let mut server = Server::logging(&folder.log(), "error");
        server.initialize(&Value::Null);
        server.open(SECRET);
        if shuts_down {
            server.shut_down();
        }
        if exits {
            server.exit();
        }
        assert_eq!(server.ended(), Some(code), "{shuts_down} {exits}");
    }
    assert_eq!(folder.logged(), "");
}

/// The level of the log follows the settings, there and back, and without one it is that of the command line again.
#[test]
fn the_level_of_the_log_changes_while_it_runs() {
    let folder = Folder::new("level");
    let mut server = Server::logging(&folder.log(), "error");
    server.initialize(&json!({"severity": {"no-such-code": "off"}, "logLevel": "warn"}));
    server.open("x = 1\n");
    let levels =
        [(None, false), (Some("error"), false), (Some("info"), true), (Some("off"), false), (Some("trace"), true)];
    let again = [(Some("loud"), false), (Some("warn"), true), (None, false)];
    let mut expected = Vec::new();
    for (version, (level, is_logged)) in levels.into_iter().chain(again).enumerate() {
        let settings = level.map_or_else(|| json!({}), |level| json!({"logLevel": level}));
        server.notify("workspace/didChangeConfiguration", &json!({"settings": {"lensai": settings}}));
        let version = i32::try_from(version).unwrap() - 10;
        server.edit_too_late(version);
        if is_logged {
            expected.push(format!("version={version} last=3"));
        }
    }
    server.shut_down();
    server.exit();
    assert_eq!(server.ended(), Some(0));
    let log = folder.logged();
    // The first level came from the client as well, above that of the command line.
    assert!(log.contains("lensai.severity.no-such-code"), "{log}");
    let refused = log.lines().filter(|line| line.contains("an edit of an older version was refused"));
    let refused: Vec<&str> = refused.filter_map(|line| Some(line.split_once(" refused ")?.1.trim())).collect();
    assert_eq!(refused, expected, "{log}");
    assert!(!log.contains("secret"), "{log}");
}

/// A handler that panics is logged once, with a hash that tells the document from others, and nothing that stood in it.
#[test]
fn a_panic_is_logged_once_without_what_the_user_wrote() {
    let folder = Folder::new("panic");
    let mut command = Command::new(env!("CARGO_BIN_EXE_lensai-under-test"));
    let mut server = Server::start(command.arg("faulty-lsp").arg(folder.log()));
    server.initialize(&Value::Null);
    let text = format!("key = \"{SECRET}\"\n");
    server.open(&text);
    let answer = server.ask("lensai/test/panic", json!({"textDocument": {"uri": "untitled:a"}}));
    assert_eq!(answer["error"]["code"], -32603, "{answer}");
    assert!(!answer.to_string().contains(SECRET), "{answer}");
    // It goes on.
    let totals = server.ask("lensai/totals", json!({"uri": "untitled:a"}));
    assert_eq!(totals["result"]["totals"]["calls"], 0, "{totals}");
    server.shut_down();
    server.exit();
    assert_eq!(server.ended(), Some(0));

    let log = folder.logged();
    assert_eq!(log.lines().count(), 1, "{log}");
    let mut hasher = DefaultHasher::new();
    text.as_str().hash(&mut hasher);
    assert!(log.contains(&format!("{:016x}", hasher.finish())), "{log}");
    assert!(log.contains("ERROR") && log.contains("panicked at ") && log.contains("lensai-under-test.rs:"), "{log}");
    assert!(!log.contains(SECRET) && !log.contains("understand"), "{log}");
}
