//! An editor over pipes in memory. Every message that the server sends must be asked for: what is left over fails the test.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use lensai::lsp::{Ended, Hooks, Options, serve};
use lensai_tokens::Tokenizers;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Far above what any answer takes, even unoptimised on a busy machine: only a hang reaches it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// Longer than the server waits before it speaks by itself.
pub(crate) const SETTLED: Duration = Duration::from_millis(900);

/// Read once for all servers here: what is counted roughly at first is a test of its own.
static TOKENIZERS: LazyLock<Arc<Tokenizers>> = LazyLock::new(|| {
    let tokenizers = Tokenizers::new();
    tokenizers.warm();
    Arc::new(tokenizers)
});

/// Nothing is held up. On a busy machine anything may take long: progress is shown where a test wants it.
const UNHELD: Hooks = Hooks { fault: || panic!("on purpose"), before_file: || {}, patience: Duration::MAX };

pub(crate) struct Client {
    to: Option<DuplexStream>,
    from: UnboundedReceiver<Value>,
    /// Read, and not asked for yet.
    left: VecDeque<Value>,
    last_id: i64,
    server: JoinHandle<Ended>,
    /// What the server said of itself.
    pub(crate) server_capabilities: Value,
}

impl Client {
    /// A server that nobody has spoken to.
    pub(crate) fn start() -> Self {
        Self::start_with(Some(Arc::clone(&TOKENIZERS)), UNHELD)
    }

    /// A server whose index calls `before_file` before each file, and that shows progress at once.
    pub(crate) fn start_held(before_file: fn()) -> Self {
        Self::start_with(Some(Arc::clone(&TOKENIZERS)), Hooks { before_file, patience: Duration::ZERO, ..UNHELD })
    }

    fn start_with(tokenizers: Option<Arc<Tokenizers>>, hooks: Hooks) -> Self {
        let (to, input) = tokio::io::duplex(1 << 20);
        let (output, from) = tokio::io::duplex(1 << 20);
        let options = Options { hooks: Some(hooks), tokenizers, ..Options::default() };
        let server = tokio::spawn(async move { serve(input, output, &options).await.unwrap() });
        let (sender, receiver) = unbounded_channel();
        tokio::spawn(async move {
            let mut from = BufReader::new(from);
            while let Some(message) = read(&mut from).await {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Self {
            to: Some(to),
            from: receiver,
            left: VecDeque::new(),
            last_id: 0,
            server,
            server_capabilities: Value::Null,
        }
    }

    /// A client that says these things in `initialize`, after which the server is ready.
    pub(crate) async fn initialized(params: Value) -> Self {
        Self::start().initialize(params).await
    }

    /// The same, of a server that has everything to read yet.
    pub(crate) async fn initialized_cold(params: Value) -> Self {
        Self::start_with(None, UNHELD).initialize(params).await
    }

    pub(crate) async fn initialize(mut self, params: Value) -> Self {
        let result = self.request("initialize", params).await;
        self.server_capabilities = result["capabilities"].clone();
        self.notify("initialized", json!({})).await;
        self
    }

    pub(crate) async fn send(&mut self, message: &Value) {
        self.send_raw(&message.to_string()).await;
    }

    /// Sends a text as the body of a message.
    pub(crate) async fn send_raw(&mut self, body: &str) {
        let message = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.to.as_mut().unwrap().write_all(message.as_bytes()).await.unwrap();
    }

    /// Sends bytes as they are.
    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        self.to.as_mut().unwrap().write_all(bytes).await.unwrap();
    }

    pub(crate) async fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params})).await;
    }

    /// Asks, without waiting for the answer.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.last_id += 1;
        let id = self.last_id;
        let mut message = json!({"jsonrpc": "2.0", "id": id, "method": method});
        // Some requests have none, and `null` is not that.
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(&message).await;
        id
    }

    /// The whole answer to a question.
    pub(crate) async fn answer(&mut self, id: i64) -> Value {
        self.take(&format!("the answer to {id}"), |message| message["id"] == id && message.get("method").is_none())
            .await
    }

    /// The next answer to a message that could not be read.
    pub(crate) async fn answer_to_nobody(&mut self) -> Value {
        self.take("an answer to nobody", |message| message["id"].is_null() && message.get("error").is_some()).await
    }

    /// Asks, and gives the result.
    #[track_caller]
    pub(crate) fn request(&mut self, method: &str, params: Value) -> impl Future<Output = Value> {
        let caller = std::panic::Location::caller();
        let method = method.to_owned();
        async move {
            let id = self.ask(&method, params).await;
            let answer = self.answer(id).await;
            assert!(answer.get("error").is_none(), "{caller}: {method}: {answer}");
            answer["result"].clone()
        }
    }

    /// Asks for what must be refused, and gives the error's code.
    pub(crate) async fn refused(&mut self, method: &str, params: Value) -> i64 {
        let id = self.ask(method, params).await;
        let answer = self.answer(id).await;
        answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("{method} was not refused: {answer}"))
    }

    /// The next request of the server of this method: its id and what it asks.
    pub(crate) async fn asked(&mut self, method: &str) -> (Value, Value) {
        let message = self.take(method, |message| message["method"] == method && message.get("id").is_some()).await;
        (message["id"].clone(), message["params"].clone())
    }

    /// Answers the next request of the server of this method, and gives what it asked.
    pub(crate) async fn grant(&mut self, method: &str, result: Value) -> Value {
        let (id, params) = self.asked(method).await;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "result": result})).await;
        params
    }

    /// The diagnostics that are sent next for a document.
    pub(crate) async fn diagnostics(&mut self, uri: &str) -> Value {
        let method = "textDocument/publishDiagnostics";
        let message = self.take(uri, |message| message["method"] == method && message["params"]["uri"] == uri).await;
        message["params"].clone()
    }

    /// What is told next of a progress.
    pub(crate) async fn progress(&mut self, token: &Value) -> Value {
        let is_it = |message: &Value| message["method"] == "$/progress" && message["params"]["token"] == *token;
        self.take(&format!("progress of {token}"), is_it).await["params"]["value"].clone()
    }

    /// Grants what the server asks by itself, and takes the diagnostics that it sends, until it has nothing more to say: where
    /// something else is looked at.
    pub(crate) async fn grant_all(&mut self) {
        loop {
            let left = self.settled().await;
            if left.is_empty() {
                return;
            }
            for message in left {
                let method = message["method"].as_str().unwrap_or_default();
                if method.ends_with("/refresh") {
                    self.send(&json!({"jsonrpc": "2.0", "id": message["id"], "result": null})).await;
                } else {
                    assert_eq!(method, "textDocument/publishDiagnostics", "nobody asked for {message}");
                }
            }
        }
    }

    async fn take(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.left.iter().position(&is_it) {
            return self.left.remove(at).unwrap();
        }
        loop {
            let message = timeout(PATIENCE, self.from.recv()).await;
            let message = message.unwrap_or_else(|_| panic!("{what} did not come; instead: {:#?}", self.left));
            let message = message.unwrap_or_else(|| panic!("the server ended before {what}"));
            if is_it(&message) {
                return message;
            }
            self.left.push_back(message);
        }
    }

    /// What the server says by itself until it has nothing more to say.
    pub(crate) async fn settled(&mut self) -> Vec<Value> {
        while let Ok(Some(message)) = timeout(SETTLED, self.from.recv()).await {
            self.left.push_back(message);
        }
        self.left.drain(..).collect()
    }

    /// Fails when the server said something that nobody asked for.
    pub(crate) async fn nothing_more(&mut self) {
        let left = self.settled().await;
        assert!(left.is_empty(), "nobody asked for {left:#?}");
    }

    /// Ends the server as the protocol wants it; nothing may be left over.
    pub(crate) async fn finish(mut self) {
        self.nothing_more().await;
        assert_eq!(self.request("shutdown", Value::Null).await, Value::Null);
        self.send(&json!({"jsonrpc": "2.0", "method": "exit"})).await;
        let ended = timeout(PATIENCE, &mut self.server).await.unwrap().unwrap();
        assert_eq!(ended, Ended::Asked);
        assert_eq!(self.from.recv().await, None);
    }

    /// Leaves without a word.
    pub(crate) async fn leave(mut self) -> Ended {
        drop(self.to.take());
        timeout(PATIENCE, &mut self.server).await.unwrap().unwrap()
    }

    /// How the server ends.
    pub(crate) async fn ended(&mut self) -> Ended {
        timeout(PATIENCE, &mut self.server).await.unwrap().unwrap()
    }

    // ---- documents

    pub(crate) async fn open(&mut self, uri: &str, language: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document})).await;
    }

    pub(crate) async fn change(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({"uri": uri, "version": version});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes})).await;
    }

    pub(crate) async fn close(&mut self, uri: &str) {
        self.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}})).await;
    }

    /// The hints of a whole document.
    pub(crate) async fn hints(&mut self, uri: &str) -> Vec<Value> {
        let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 999_999, "character": 0}});
        let params = json!({"textDocument": {"uri": uri}, "range": range});
        self.request("textDocument/inlayHint", params).await.as_array().cloned().unwrap_or_default()
    }

    /// The labels of the hints of a whole document, with their lines.
    pub(crate) async fn labels(&mut self, uri: &str) -> Vec<String> {
        let hints = self.hints(uri).await;
        let label = |hint: &Value| format!("{}: {}", hint["position"]["line"], hint["label"].as_str().unwrap());
        hints.iter().map(label).collect()
    }
}

async fn read(from: &mut BufReader<DuplexStream>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => {
                if let Some(number) = line.strip_prefix("Content-Length: ") {
                    length = number.parse().unwrap();
                }
            }
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).await.ok()?;
    Some(serde_json::from_slice(&body).unwrap())
}
