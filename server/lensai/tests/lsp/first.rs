//! From a document to its hints.

use serde_json::json;

use crate::client::Client;

const CODE: &str = "from openai import OpenAI\n\nclient = OpenAI()\n\ndef ask(text):\n    return client.chat.completions.create(model=\"gpt-4o\", max_tokens=10, messages=[{\"role\": \"user\", \"content\": text}])\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_document_has_hints() {
    let mut client = Client::initialized(json!({"capabilities": {}})).await;
    client.open("untitled:Untitled-1", "python", CODE).await;
    let hints = client.labels("untitled:Untitled-1").await;
    assert_eq!(hints, ["5: x"]);
    client.finish().await;
}
