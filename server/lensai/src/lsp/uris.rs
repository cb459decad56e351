//! URIs as clients write them. Some leave characters as they are that RFC 3986 wants encoded (`app/[id]/page.tsx`), and a strict
//! reader would refuse the whole message.

use std::fmt::Write as _;

use serde_json::Value;
use tower_lsp::jsonrpc::Request;

/// Keys of the protocol whose texts are URIs.
const KEYS: [&str; 3] = ["uri", "rootUri", "document"];

/// The request with all its URIs as the RFC has them.
pub(super) fn strict(request: Request) -> Request {
    if !request.params().is_some_and(needs_care) {
        return request;
    }
    let (method, id, params) = request.into_parts();
    let mut params = params.unwrap_or_default();
    let mut open = vec![&mut params];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    match value {
                        Value::String(uri) if KEYS.contains(&key.as_str()) => *uri = encoded(uri),
                        value => open.push(value),
                    }
                }
            }
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
    let rebuilt = Request::build(method).params(params);
    match id {
        Some(id) => rebuilt.id(id).finish(),
        None => rebuilt.finish(),
    }
}

fn needs_care(params: &Value) -> bool {
    let mut open = vec![params];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    match value {
                        Value::String(uri) if KEYS.contains(&key.as_str()) => {
                            if uri.bytes().any(|byte| !is_fine(byte)) {
                                return true;
                            }
                        }
                        value => open.push(value),
                    }
                }
            }
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
    false
}

/// Whether a byte may stand in the path of a URI as it is.
fn is_fine(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/?#".contains(&byte)
}

fn encoded(uri: &str) -> String {
    let mut encoded = String::with_capacity(uri.len());
    for byte in uri.bytes() {
        if is_fine(byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a text does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_rfc_wants_encoded_is() {
        let params = json!({
            "textDocument": {"uri": "file:///a b/[id]/é.tsx", "text": "[x]", "languageId": "typescriptreact"},
            "cells": [{"document": "vscode-notebook-cell:/a|b.ipynb#W0"}],
        });
        let request = strict(Request::build("m").params(params).id(1).finish());
        let params = request.params().unwrap();
        assert_eq!(params["textDocument"]["uri"], "file:///a%20b/%5Bid%5D/%C3%A9.tsx");
        assert_eq!(params["textDocument"]["text"], "[x]");
        assert_eq!(params["cells"][0]["document"], "vscode-notebook-cell:/a%7Cb.ipynb#W0");
        assert_eq!((request.method(), request.id()), ("m", Some(&1.into())));
        let fine = Request::build("m").params(json!({"uri": "file:///c%3A/a.py"})).finish();
        assert_eq!(strict(fine.clone()), fine);
    }
}
