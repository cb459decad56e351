//! Reads messages off the input, so that one that cannot be read does not end the server: the framework ends at the first.
//!
//! What is sound is handed on as it came. What is not becomes a request of a method of our own, which [`super::guard`] answers.

use serde_json::{Value, json};
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tower_lsp::jsonrpc::{Error, Request, Response};

/// The method of what could not be read; its parameter is the code of the error.
pub(super) const UNREADABLE: &str = "$lensai/unreadable";

/// Longer messages are not taken: no document is that long.
const MOST_BYTES: usize = 512 * 1024 * 1024;
/// Longer lines are none of a header.
const MOST_IN_A_HEADER: usize = 4 * 1024;

/// Hands messages on until there are no more, or nobody takes them.
pub(super) async fn pass_on<R: AsyncRead + Unpin, W: AsyncWrite + Unpin>(input: R, mut to: W) {
    let mut input = BufReader::new(input);
    while let Some(body) = next(&mut input).await {
        let body = match body.and_then(|body| check(&body).map(|()| body)) {
            Ok(body) => body,
            Err(error) => unreadable(&error),
        };
        let header = format!("Content-Length: {}\r\n\r\n", body.len());
        if to.write_all(header.as_bytes()).await.is_err() || to.write_all(&body).await.is_err() {
            return;
        }
    }
}

/// The body of the next message; none at the end of the input.
async fn next<R: AsyncBufRead + Unpin>(input: &mut R) -> Option<Result<Vec<u8>, Error>> {
    let mut length = None;
    let mut is_first = true;
    loop {
        let line = line(input).await?;
        if line.is_empty() {
            // A line of its own before a header says nothing.
            if is_first {
                continue;
            }
            break;
        }
        is_first = false;
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        if name.trim().eq_ignore_ascii_case("content-length") {
            length = value.trim().parse::<usize>().ok();
        }
    }
    let Some(length) = length else { return Some(Err(Error::parse_error())) };
    if length > MOST_BYTES {
        tokio::io::copy(&mut input.take(u64::try_from(length).unwrap_or(u64::MAX)), &mut tokio::io::sink())
            .await
            .ok()?;
        return Some(Err(Error::invalid_request()));
    }
    let mut body = Vec::new();
    let read = input.take(u64::try_from(length).unwrap_or(u64::MAX)).read_to_end(&mut body).await.ok()?;
    (read == length).then_some(Ok(body))
}

/// A line of a header, without its end. Of one that is too long only the beginning is kept.
async fn line<R: AsyncBufRead + Unpin>(input: &mut R) -> Option<String> {
    let mut line = Vec::new();
    loop {
        let available = input.fill_buf().await.ok().filter(|bytes| !bytes.is_empty())?;
        let end = available.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(available.len(), |end| end + 1);
        if line.len() < MOST_IN_A_HEADER {
            line.extend_from_slice(available.get(..taken).unwrap_or_default());
        }
        input.consume(taken);
        if end.is_some() {
            return Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned());
        }
    }
}

/// Whether the framework can read a message.
fn check(body: &[u8]) -> Result<(), Error> {
    let message: Value = serde_json::from_slice(body).map_err(|_| Error::parse_error())?;
    let is_sound = if message.get("method").is_some() {
        serde_json::from_value::<Request>(message).is_ok()
    } else {
        serde_json::from_value::<Response>(message).is_ok()
    };
    if is_sound { Ok(()) } else { Err(Error::invalid_request()) }
}

fn unreadable(error: &Error) -> Vec<u8> {
    json!({"jsonrpc": "2.0", "id": null, "method": UNREADABLE, "params": [error.code.code()]}).to_string().into_bytes()
}

/// The answer to what could not be read.
pub(super) fn answer(request: &Request) -> Option<Response> {
    if request.method() != UNREADABLE {
        return None;
    }
    let code = request.params().and_then(|params| params.get(0)).and_then(Value::as_i64);
    let is_parsed = code == Some(Error::invalid_request().code.code());
    let error = if is_parsed { Error::invalid_request() } else { Error::parse_error() };
    Some(Response::from_error(tower_lsp::jsonrpc::Id::Null, error))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    async fn read(input: &str) -> Vec<String> {
        let mut to = Vec::new();
        pass_on(input.as_bytes(), &mut to).await;
        let mut from = to.as_slice();
        let mut bodies = Vec::new();
        while let Some(body) = next(&mut from).await {
            let body: Value = serde_json::from_slice(&body.unwrap()).unwrap();
            bodies.push(match body["method"].as_str() {
                Some(UNREADABLE) => format!("error {}", body["params"][0]),
                _ => body.to_string(),
            });
        }
        bodies
    }

    #[tokio::test]
    async fn what_is_sound_is_handed_on_and_the_rest_is_answered() {
        let good = r#"{"jsonrpc":"2.0","method":"exit"}"#;
        let message = |body: &str| format!("Content-Length: {}\r\n\r\n{body}", body.len());
        let deep = format!("{}{}", "[".repeat(2_000), "]".repeat(2_000));
        for (input, expected) in [
            (message(good), good.to_owned()),
            (format!("\r\nContent-Type: x\r\ncontent-length:{}\r\n\r\n{good}", good.len()), good.to_owned()),
            (message("{"), "error -32700".to_owned()),
            (message(&format!(r#"{{"jsonrpc":"2.0","method":"x","params":{deep}}}"#)), "error -32700".to_owned()),
            (message("[]"), "error -32600".to_owned()),
            (message(r#"{"jsonrpc":"2.0","id":1,"error":7}"#), "error -32600".to_owned()),
            ("Content-Type: x\r\n\r\n".to_owned(), "error -32700".to_owned()),
            ("Content-Length: -1\r\n\r\n".to_owned(), "error -32700".to_owned()),
            (format!("{}\r\n\r\n", "x".repeat(100_000)), "error -32700".to_owned()),
        ] {
            let name: String = input.chars().take(60).collect();
            assert_eq!(read(&format!("{input}{}", message(good))).await, [expected, good.to_owned()], "{name}");
        }
        // The input ends in the middle of something.
        for input in ["", "Content-Length: 5", "Content-Length: 5\r\n\r\n{}", "\r\n\r\n"] {
            assert_eq!(read(input).await, [] as [String; 0], "{input}");
        }
    }
}
