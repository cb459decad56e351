//! Conversations whose messages grow with each turn, and what only looks like one.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "shared with the tests of what is shown in editors")]
mod common;

use common::{Seen, seen, seen_among};
use lensai_checks::{Code, Settings, Severity};
use lensai_config::Level;

const PYTHON: &str = "import streamlit as st\nfrom openai import OpenAI\nclient = OpenAI()\n";
const TYPESCRIPT: &str = "import OpenAI from \"openai\";\nconst client = new OpenAI();\n";

fn python(code: &str) -> Seen {
    seen("app.py", &format!("{PYTHON}{}", with_requests(code, "model=\"gpt-4o\", max_tokens=100")))
}

fn typescript(code: &str) -> Seen {
    seen("app.ts", &format!("{TYPESCRIPT}{}", with_requests(code, "model: \"gpt-4o\", max_tokens: 100")))
}

/// `ASK(…` stands for a request with these arguments first.
fn with_requests(code: &str, args: &str) -> String {
    code.replace("ASK({", &format!("client.chat.completions.create({{{args}, "))
        .replace("ASK(", &format!("client.chat.completions.create({args}, "))
}

fn grows(seen: &Seen) -> bool {
    assert_eq!(seen.calls.len(), 1, "{}", seen.text);
    seen.findings.iter().any(|finding| finding.code == Code::GrowingHistory)
}

#[test]
fn what_grows_says_what_it_comes_to() {
    let code = r#"
def main():
    messages = [{"role": "system", "content": "You are kind."}]
    while True:
        messages.append({"role": "user", "content": input("> ")})
        answer = ASK(messages=messages)
        messages.append({"role": "assistant", "content": answer.choices[0].message.content})
"#;
    insta::assert_snapshot!(python(code).with_findings().replace(PYTHON, "").trim_start(), @r##"
    def main():
        messages = [{"role": "system", "content": "You are kind."}]
        while True:
            messages.append({"role": "user", "content": input("> ")})
            answer = client.chat.completions.create(model="gpt-4o", max_tokens=100, messages=messages)
                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ info [call-in-loop] this call is made once for each turn of a loop: $0.002 each time
                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ info [growing-history] the messages grow with each turn: $0.002 for the first, $0.0088 for the 10th, $0.054 for 10 turns together (assumed)
            messages.append({"role": "assistant", "content": answer.choices[0].message.content})
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ related: what is answered is added here, and sent again
    "##);
    let code = r#"
async function main(questions: string[]) {
  const messages = [];
  for (let turn = 0; turn < 4; turn++) {
    messages.push({ role: "user", content: "Go on." });
    const answer = await ASK({ messages });
    messages.push(answer.choices[0].message);
  }
}
"#;
    insta::assert_snapshot!(typescript(code).with_findings().replace(TYPESCRIPT, "").trim_start(), @r##"
    async function main(questions: string[]) {
      const messages = [];
      for (let turn = 0; turn < 4; turn++) {
        messages.push({ role: "user", content: "Go on." });
        const answer = await client.chat.completions.create({model: "gpt-4o", max_tokens: 100,  messages });
                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ info [call-in-loop] this call is made once for each turn of a loop: $0.0015 each time
                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ info [growing-history] the messages grow with each turn: $0.0015 for the first, $0.0023 for the 4th, $0.0076 for 4 turns together
        messages.push(answer.choices[0].message);
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ related: what is answered is added here, and sent again
      }
    }
    "##);
}

/// The programs of a Markdown file: a name, the code, and whether the messages grow.
fn programs(text: &'static str) -> Vec<(&'static str, &'static str, bool)> {
    let (_, parts) = text.split_once("## They grow\n").unwrap();
    let (growing, quiet) = parts.split_once("## They do not\n").unwrap();
    let of = |part: &'static str, grows| {
        let blocks = part.split("```\n").map(str::trim).filter(|block| !block.is_empty());
        blocks.map(move |block| {
            let (name, code) = block.split_once(":\n\n```").unwrap();
            (name, code.split_once('\n').unwrap().1.trim_end_matches("```"), grows)
        })
    };
    of(growing, true).chain(of(quiet, false)).collect()
}

#[test]
fn conversations_that_grow_and_what_looks_like_them() {
    let mut wrong = Vec::new();
    let mut look = |programs: &[(&'static str, &'static str, bool)], seen: fn(&str) -> Seen| {
        assert!(programs.len() > 16);
        wrong.extend(
            programs.iter().filter(|(_, code, expected)| grows(&seen(code)) != *expected).map(|(name, ..)| *name),
        );
    };
    look(&programs(include_str!("histories/python.md")), python);
    look(&programs(include_str!("histories/typescript.md")), typescript);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn comments_and_settings_turn_it_off() {
    let (_, code, _) = programs(include_str!("histories/python.md"))[0];
    let off = Settings::from_names([("growing-history", Level::Off)]).0;
    let warning = Settings::from_names([("growing-history", Level::Warning)]).0;
    let text = format!("{PYTHON}{}", with_requests(code, "model=\"gpt-4o\", max_tokens=100"));
    assert!(!grows(&seen_among(&[("app.py", &text)], &off)));
    let loud = seen_among(&[("app.py", &text)], &warning);
    let severity = loud.findings.iter().find(|finding| finding.code == Code::GrowingHistory).unwrap().severity;
    assert_eq!(severity, Severity::Warning);
    let ignored = text.replace(
        "        answer = client",
        "        # lensai: ignore[growing-history] ten turns at most\n        answer = client",
    );
    assert!(!grows(&seen("app.py", &ignored)));
    let others = ignored.replace("growing-history", "call-in-loop");
    assert!(grows(&seen("app.py", &others)));
}
