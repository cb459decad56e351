//! Any sequence of edits, once it has settled, gives what opening the final text gives.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::client::{Client, PATIENCE, SETTLED};
use crate::editors::Editor;

const PYTHON: &str = "from openai import OpenAI\n\nMODEL = \"gpt-4o\"\nclient = OpenAI()\n\n\nclass Bot:\n    def __init__(self, model=MODEL):\n        self.model = model\n\n    def ask(self, text):\n        # lensai: output=20\n        return client.chat.completions.create(model=self.model, messages=[{\"role\": \"user\", \"content\": f\"Say {text}\"}])\n\n\nBot().ask(\"é😀\")\n";
const SCRIPT: &str = "import OpenAI from \"openai\";\n\nconst MODEL = \"gpt-4.1\";\nconst client = new OpenAI();\n\nexport async function ask(text: string) {\n  return client.chat.completions.create({ model: MODEL, max_tokens: 10, messages: [{ role: \"user\", content: `Say ${text} 😀` }] });\n}\n";

/// What is written, in pieces that break and mend code.
const PIECES: [&str; 16] = [
    "",
    "x",
    "\n",
    "    ",
    "\"",
    "(",
    ")",
    "{",
    "}",
    "😀",
    "\r\n",
    "\r",
    "-mini",
    "def f():\n",
    "/* ",
    "client.chat.completions.create(model=MODEL)\n",
];

/// An edit as numbers: where from and to, as parts of the text, and the piece.
type Edit = (u16, u16, usize);

#[test]
fn edits_that_have_settled_are_the_final_text() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let edits = prop::collection::vec((any::<u16>(), 0_u16..400, 0..PIECES.len()), 1..25);
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    let client = std::cell::RefCell::new(runtime.block_on(Editor::Neovim.start(&[])));
    let turn = std::cell::Cell::new(0);
    let outcome = TestRunner::new(config).run(&(edits, any::<bool>()), |(edits, is_python)| {
        turn.set(turn.get() + 1);
        let mut client = client.borrow_mut();
        let (one, other) = runtime.block_on(both(&mut client, turn.get(), &edits, is_python));
        prop_assert_eq!(one, other);
        Ok(())
    });
    outcome.unwrap();
    runtime.block_on(client.into_inner().leave());
}

/// What is known after the edits, and after opening what they make.
async fn both(client: &mut Client, turn: u32, edits: &[Edit], is_python: bool) -> (Value, Value) {
    let (language, mut text) =
        if is_python { ("python", PYTHON.to_owned()) } else { ("typescript", SCRIPT.to_owned()) };
    let (edited, opened) = (format!("untitled:edited-{turn}"), format!("untitled:opened-{turn}"));
    client.open(&edited, language, &text).await;
    for (version, (from, length, piece)) in (2..).zip(edits) {
        let start = text.floor_char_boundary(usize::from(*from) % (text.len() + 1));
        let end = text.floor_char_boundary((start + usize::from(*length) / 10).min(text.len()));
        // An edit cannot stand between the two characters of a line end.
        let (start, end) = (before_line_end(&text, start), before_line_end(&text, end));
        let range = json!({"start": position(&text, start), "end": position(&text, end)});
        client.change(&edited, version, json!([{"range": range, "text": PIECES[*piece]}])).await;
        text.replace_range(start..end, PIECES[*piece]);
        if version % 5 == 0 {
            client.hints(&edited).await;
        }
    }
    client.open(&opened, language, &text).await;
    // As long as it takes to settle, which on a busy machine may be long: what is the same is not looked at again.
    let since = std::time::Instant::now();
    let (one, other) = loop {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let (one, other) = (everything(client, &edited).await, everything(client, &opened).await);
        if (one == other && since.elapsed() > SETTLED) || since.elapsed() > PATIENCE {
            break (one, other);
        }
    };
    client.close(&edited).await;
    client.close(&opened).await;
    (one, other)
}

async fn everything(client: &mut Client, uri: &str) -> Value {
    let mut hints = client.hints(uri).await;
    for hint in &mut hints {
        hint["data"] = Value::Null;
    }
    let totals = client.request("lensai/totals", json!({"uri": uri})).await;
    json!({"hints": hints, "totals": totals["totals"], "models": totals["models"]})
}

fn before_line_end(text: &str, at: usize) -> usize {
    if at > 0 && text.as_bytes()[at - 1..].starts_with(b"\r\n") { at - 1 } else { at }
}

/// In bytes, as this client counts.
fn position(text: &str, offset: usize) -> Value {
    let index = lensai_text::LineIndex::new(text);
    let place = index.line_column(u32::try_from(offset).unwrap(), lensai_text::Encoding::Utf8, text);
    json!({"line": place.line, "character": place.column})
}
