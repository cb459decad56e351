//! A client that waits for each answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

pub(crate) struct Client {
    server: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    folder: PathBuf,
    last_id: u64,
    version: u64,
    /// When the server was started.
    pub(crate) since: Instant,
}

impl Client {
    /// Starts the server on a folder, as an editor that asks for diagnostics.
    pub(crate) fn start(program: &Path, folder: &Path) -> Self {
        let since = Instant::now();
        let mut server = Command::new(program).arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (to, from) = (server.stdin.take().unwrap(), BufReader::new(server.stdout.take().unwrap()));
        let mut client = Self { server, to, from, folder: folder.to_path_buf(), last_id: 0, version: 1, since };
        let capabilities = json!({
            "general": {"positionEncodings": ["utf-16"]},
            "workspace": {"inlayHint": {"refreshSupport": true}, "diagnostics": {"refreshSupport": true}},
            "textDocument": {"diagnostic": {}, "inlayHint": {"resolveSupport": {"properties": ["tooltip"]}}},
        });
        let folders = json!([{"uri": format!("file://{}", folder.display()), "name": "bench"}]);
        client.request("initialize", &json!({"capabilities": capabilities, "workspaceFolders": folders}));
        client.notify("initialized", &json!({}));
        client
    }

    pub(crate) fn uri(&self, name: &str) -> String {
        format!("file://{}", self.folder.join(name).display())
    }

    pub(crate) fn open(&mut self, uri: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": "python", "version": 1, "text": text});
        self.notify("textDocument/didOpen", &json!({"textDocument": document}));
    }

    pub(crate) fn change(&mut self, uri: &str, changes: &Value) {
        self.version += 1;
        let document = json!({"uri": uri, "version": self.version});
        self.notify("textDocument/didChange", &json!({"textDocument": document, "contentChanges": changes}));
    }

    /// How many hints a document has.
    pub(crate) fn hints(&mut self, uri: &str) -> usize {
        let params = json!({"textDocument": {"uri": uri}, "range": whole()});
        self.request("textDocument/inlayHint", &params).as_array().map_or(0, Vec::len)
    }

    /// When the answers to both were there. What this client does with them is not the server's time.
    pub(crate) fn hints_and_diagnostics(&mut self, uri: &str) -> Instant {
        let params = json!({"textDocument": {"uri": uri}, "range": whole()});
        let one = self.ask("textDocument/inlayHint", &params);
        let other = self.ask("textDocument/diagnostic", &json!({"textDocument": {"uri": uri}}));
        let mut open = vec![one, other];
        let mut came = Instant::now();
        while !open.is_empty() {
            let body = self.read_body();
            came = Instant::now();
            let message = self.taken(&body);
            if let Some(id) = message["id"].as_u64().filter(|_| message.get("method").is_none()) {
                assert!(message.get("result").is_some(), "{message}");
                open.retain(|asked| *asked != id);
            }
        }
        came
    }

    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Value {
        let id = self.ask(method, params);
        loop {
            let message = self.read();
            if message["id"] == id && message.get("method").is_none() {
                assert!(message.get("error").is_none(), "{message}");
                return message["result"].clone();
            }
        }
    }

    fn ask(&mut self, method: &str, params: &Value) -> u64 {
        self.last_id += 1;
        let mut message = json!({"jsonrpc": "2.0", "id": self.last_id, "method": method});
        if !params.is_null() {
            message["params"] = params.clone();
        }
        self.write(&message);
        self.last_id
    }

    fn notify(&mut self, method: &str, params: &Value) {
        self.write(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn write(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.to, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        self.to.flush().unwrap();
    }

    /// The next message.
    fn read(&mut self) -> Value {
        let body = self.read_body();
        self.taken(&body)
    }

    fn read_body(&mut self) -> Vec<u8> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.from.read_line(&mut line).unwrap() > 0, "the server ended");
            match line.trim_end() {
                "" => break,
                line => length = line.strip_prefix("Content-Length: ").map_or(length, |number| number.parse().unwrap()),
            }
        }
        let mut body = vec![0; length];
        self.from.read_exact(&mut body).unwrap();
        body
    }

    /// A message; questions of the server are answered by nothing.
    fn taken(&mut self, body: &[u8]) -> Value {
        let message: Value = serde_json::from_slice(body).unwrap();
        if let (Some(id), true) = (message.get("id"), message.get("method").is_some()) {
            let answer = json!({"jsonrpc": "2.0", "id": id, "result": null});
            self.write(&answer);
        }
        message
    }

    /// Memory that the server has now.
    pub(crate) fn resident_mb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()).map_or(0, |kb| kb / 1024)
    }

    /// CPU time that the server has taken.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.server.id())).unwrap_or_default();
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        // User and system time, in hundredths of a second.
        let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        Duration::from_millis(ticks * 10)
    }

    pub(crate) fn end(mut self) {
        self.request("shutdown", &Value::Null);
        self.write(&json!({"jsonrpc": "2.0", "method": "exit"}));
        self.server.wait().unwrap();
    }
}

fn whole() -> Value {
    json!({"start": {"line": 0, "character": 0}, "end": {"line": 999_999, "character": 0}})
}
