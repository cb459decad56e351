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

/// In Python.
const GROWING: [(&str, &str); 14] = [
    (
        "an instance keeps it",
        r#"
class Bot:
    def __init__(self):
        self.messages = []

    def ask(self, text):
        self.messages.append({"role": "user", "content": text})
        answer = ASK(messages=self.messages)
        reply = answer.choices[0].message.content
        self.messages.append({"role": "assistant", "content": reply})
        return reply
"#,
    ),
    (
        "a module keeps it",
        r#"
history = []

def ask(text):
    history.append({"role": "user", "content": text})
    answer = ASK(messages=history)
    history.append(answer.choices[0].message)
    return answer
"#,
    ),
    (
        "another name for it",
        r#"
class Bot:
    def ask(self, text):
        messages = self.messages
        messages.append({"role": "user", "content": text})
        answer = ASK(messages=messages)
        messages.append(answer.choices[0].message)
"#,
    ),
    (
        "a list around it",
        r#"
class Bot:
    def ask(self, text):
        answer = ASK(messages=[{"role": "system", "content": "Hi"}, *self.turns, {"role": "user", "content": text}])
        self.turns += [{"role": "user", "content": text}, {"role": "assistant", "content": answer.choices[0].message.content}]
"#,
    ),
    (
        "a list made of it",
        r#"
def main(system):
    turns = []
    for text in texts():
        messages = [system] + turns
        turns = turns + [{"role": "user", "content": text}]
        answer = ASK(messages=messages)
        turns = turns + [answer.choices[0].message]
"#,
    ),
    (
        "a stream",
        r#"
def main():
    messages = []
    while True:
        messages.append({"role": "user", "content": input()})
        stream = ASK(messages=messages, stream=True)
        parts = []
        for chunk in stream:
            parts.append(chunk.choices[0].delta.content or "")
        messages.append({"role": "assistant", "content": "".join(parts)})
"#,
    ),
    (
        "a loop that calls tools",
        r#"
def run(messages):
    while True:
        message = ASK(messages=messages).choices[0].message
        if message.tool_calls:
            messages.append(message)
            for call in message.tool_calls:
                messages.append({"role": "tool", "tool_call_id": call.id, "content": run_tool(call)})
            continue
        return message.content
"#,
    ),
    (
        "a state of a script",
        r#"
if prompt := st.chat_input():
    st.session_state.messages.append({"role": "user", "content": prompt})
    stream = ASK(messages=[{"role": m["role"], "content": m["content"]} for m in st.session_state.messages], stream=True)
    response = st.write_stream(stream)
    st.session_state.messages.append({"role": "assistant", "content": response})
"#,
    ),
    (
        "one of many by a key",
        r#"
histories = {}

def ask(user, text):
    histories[user].append({"role": "user", "content": text})
    answer = ASK(messages=histories[user])
    histories[user].append({"role": "assistant", "content": answer.choices[0].message.content})
"#,
    ),
    (
        "a question taken back where the request fails",
        r#"
class Bot:
    def ask(self, text):
        self.messages.append({"role": "user", "content": text})
        try:
            answer = ASK(messages=self.messages)
        except Exception:
            self.messages.pop()
            raise
        self.messages.append(answer.choices[0].message)
"#,
    ),
    (
        "a text",
        r#"
def main():
    prompt = "You are kind."
    while True:
        prompt += input()
        answer = client.completions.create(model="gpt-4o", prompt=prompt, max_tokens=100)
        prompt += answer.choices[0].text
"#,
    ),
    (
        "answers that are mended",
        r#"
def main(messages):
    for attempt in range(3):
        text = ASK(messages=messages).choices[0].message.content
        try:
            return parse(text)
        except ValueError as error:
            messages.extend([{"role": "assistant", "content": text}, {"role": "user", "content": str(error)}])
"#,
    ),
    (
        "a global name",
        r#"
messages = []

def ask(text):
    global messages
    messages = messages + [{"role": "user", "content": text}]
    answer = ASK(messages=messages)
    messages = messages + [answer.choices[0].message]
"#,
    ),
    (
        "each question is a loop of its own",
        r#"
def main(questions):
    for question in questions:
        messages = [{"role": "user", "content": question}]
        while True:
            message = ASK(messages=messages).choices[0].message
            messages.append(message)
            if not message.tool_calls:
                break
"#,
    ),
];

/// In Python.
const QUIET: [(&str, &str); 16] = [
    (
        "what is answered is returned",
        r#"
def main(messages):
    for step in range(4):
        if step < 3:
            answer = think(messages)
        else:
            answer = ASK(messages=messages)
            return answer
        messages.append(answer.message)
"#,
    ),
    (
        "a new list each time",
        r#"
def main(texts):
    for text in texts:
        messages = [{"role": "user", "content": text}]
        answer = ASK(messages=messages)
        messages.append(answer.choices[0].message)
        save(messages)
"#,
    ),
    (
        "not what is answered",
        r#"
def main(texts):
    messages = []
    results = []
    for text in texts:
        messages.append({"role": "user", "content": text})
        results.append(ASK(messages=messages))
"#,
    ),
    (
        "a list that is not sent",
        r#"
def main(texts):
    results = []
    for text in texts:
        answer = ASK(messages=[{"role": "user", "content": text}])
        results.append(answer.choices[0].message)
"#,
    ),
    (
        "the last ten are sent",
        r#"
class Bot:
    def ask(self, text):
        self.messages.append({"role": "user", "content": text})
        answer = ASK(messages=self.messages[-10:])
        self.messages.append(answer.choices[0].message)
"#,
    ),
    (
        "the last ten are kept",
        r#"
class Bot:
    def ask(self, text):
        self.messages.append({"role": "user", "content": text})
        answer = ASK(messages=self.messages)
        self.messages.append(answer.choices[0].message)
        self.messages = self.messages[-10:]
"#,
    ),
    (
        "the first is taken away",
        r#"
def main():
    messages = []
    while True:
        messages.append({"role": "user", "content": input()})
        answer = ASK(messages=messages)
        messages.append(answer.choices[0].message)
        if len(messages) > 10:
            messages.pop(0)
"#,
    ),
    (
        "the first are deleted",
        r#"
def main():
    messages = []
    while True:
        messages.append({"role": "user", "content": input()})
        answer = ASK(messages=messages)
        messages.append(answer.choices[0].message)
        del messages[1]
"#,
    ),
    (
        "a function keeps it short",
        r#"
class Bot:
    def ask(self, text):
        self.messages.append({"role": "user", "content": text})
        self._trim_history()
        answer = ASK(messages=self.messages)
        self.messages.append(answer.choices[0].message)
"#,
    ),
    (
        "a queue that is as long as it is",
        r#"
from collections import deque

class Bot:
    def __init__(self):
        self.messages = deque(maxlen=10)

    def ask(self, text):
        self.messages.append({"role": "user", "content": text})
        answer = ASK(messages=list(self.messages))
        self.messages.append(answer.choices[0].message)
"#,
    ),
    (
        "a module's queue",
        r#"
from collections import deque

messages = deque([], maxlen=10)

def ask(text):
    messages.append({"role": "user", "content": text})
    answer = ASK(messages=list(messages))
    messages.append(answer.choices[0].message)
"#,
    ),
    (
        "once, and no loop",
        r#"
def ask(text):
    messages = [{"role": "user", "content": text}]
    answer = ASK(messages=messages)
    messages.append(answer.choices[0].message)
    return messages
"#,
    ),
    (
        "nothing is sent after it",
        r#"
def ask(messages):
    for attempt in range(5):
        answer = ASK(messages=messages)
        if answer.choices:
            messages.append(answer.choices[0].message)
            return messages
"#,
    ),
    (
        "another conversation each time",
        r#"
def main(conversations):
    for conversation in conversations:
        answer = ASK(messages=conversation.messages)
        conversation.messages.append(answer.choices[0].message)
"#,
    ),
    (
        "by another key each time",
        r#"
def main(histories):
    for user in histories:
        answer = ASK(messages=histories[user])
        histories[user].append(answer.choices[0].message)
"#,
    ),
    (
        "it begins anew in each turn",
        r#"
def main():
    messages = []
    while True:
        messages.clear()
        messages.append({"role": "user", "content": input()})
        answer = ASK(messages=messages)
        messages.append(answer.choices[0].message)
"#,
    ),
];

/// In TypeScript.
const GROWING_TS: [(&str, &str); 9] = [
    (
        "a loop",
        r#"
async function main() {
  const messages: Message[] = [];
  while (true) {
    messages.push({ role: "user", content: await ask() });
    const answer = await ASK({ messages });
    messages.push(answer.choices[0].message);
  }
}
"#,
    ),
    (
        "an instance keeps it",
        r#"
class Bot {
  private messages: Message[] = [];
  async ask(text: string) {
    this.messages.push({ role: "user", content: text });
    const answer = await ASK({ messages: this.messages });
    const reply = answer.choices[0].message.content;
    this.messages.push({ role: "assistant", content: reply });
    return reply;
  }
}
"#,
    ),
    (
        "a module keeps it",
        r#"
const history: Message[] = [];
export async function ask(text: string) {
  history.push({ role: "user", content: text });
  const { choices } = await ASK({ messages: history });
  history.push(choices[0].message);
}
"#,
    ),
    (
        "a list made of it",
        r#"
let messages: Message[] = [];
export async function ask(text: string) {
  messages = [...messages, { role: "user", content: text }];
  const answer = await ASK({ messages });
  messages = [...messages, answer.choices[0].message];
}
"#,
    ),
    (
        "a list around it",
        r#"
class Bot {
  async ask(text: string) {
    const answer = await ASK({ messages: [system, ...this.turns, { role: "user", content: text }] });
    this.turns = this.turns.concat([{ role: "user", content: text }, answer.choices[0].message]);
  }
}
"#,
    ),
    (
        "a stream",
        r#"
async function main(messages: Message[]) {
  for (const text of texts()) {
    messages.push({ role: "user", content: text });
    let full = "";
    for await (const chunk of await ASK({ messages, stream: true })) {
      full += chunk.choices[0].delta.content ?? "";
    }
    messages.push({ role: "assistant", content: full });
  }
}
"#,
    ),
    (
        "a loop that calls tools",
        r#"
async function run(messages: Message[]) {
  for (let step = 0; step < 5; step++) {
    const { message } = (await ASK({ messages })).choices[0];
    messages.push(message);
    if (!message.tool_calls) return message.content;
    for (const call of message.tool_calls) {
      messages.push({ role: "tool", tool_call_id: call.id, content: await runTool(call) });
    }
  }
}
"#,
    ),
    (
        "a variable around the function",
        r#"
export function chat() {
  const messages: Message[] = [];
  return async (text: string) => {
    messages.push({ role: "user", content: text });
    const answer = await ASK({ messages });
    messages.push(answer.choices[0].message);
  };
}
"#,
    ),
    (
        "one of many by a key",
        r#"
const sessions: Record<string, Message[]> = {};
export async function ask(id: string, text: string) {
  sessions[id].push({ role: "user", content: text });
  const answer = await ASK({ messages: sessions[id] });
  sessions[id].push(answer.choices[0].message);
}
"#,
    ),
];

/// In TypeScript.
const QUIET_TS: [(&str, &str); 9] = [
    (
        "a new list each time",
        r#"
async function main(texts: string[]) {
  for (const text of texts) {
    const messages = [{ role: "user", content: text }];
    const answer = await ASK({ messages });
    messages.push(answer.choices[0].message);
  }
}
"#,
    ),
    (
        "a new list for each request",
        r#"
export async function POST(request: Request) {
  const { messages } = await request.json();
  const answer = await ASK({ messages });
  messages.push(answer.choices[0].message);
  return Response.json(messages);
}
"#,
    ),
    (
        "not what is answered",
        r#"
async function main(texts: string[]) {
  const messages: Message[] = [];
  for (const text of texts) {
    messages.push({ role: "user", content: text });
    console.log(await ASK({ messages }));
  }
}
"#,
    ),
    (
        "the last ten are sent",
        r#"
class Bot {
  async ask(text: string) {
    this.messages.push({ role: "user", content: text });
    const answer = await ASK({ messages: this.messages.slice(-10) });
    this.messages.push(answer.choices[0].message);
  }
}
"#,
    ),
    (
        "the last ten are kept",
        r#"
class Bot {
  async ask(text: string) {
    this.messages.push({ role: "user", content: text });
    const answer = await ASK({ messages: this.messages });
    this.messages.push(answer.choices[0].message);
    this.messages = this.messages.slice(-10);
  }
}
"#,
    ),
    (
        "the first is taken away",
        r#"
class Bot {
  async ask(text: string) {
    if (this.messages.length > 20) this.messages.shift();
    this.messages.push({ role: "user", content: text });
    const answer = await ASK({ messages: this.messages });
    this.messages.push(answer.choices[0].message);
  }
}
"#,
    ),
    (
        "its length is set",
        r#"
const history: Message[] = [];
export async function ask(text: string) {
  history.length = 0;
  history.push({ role: "user", content: text });
  const answer = await ASK({ messages: history });
  history.push(answer.choices[0].message);
}
"#,
    ),
    (
        "a state of a page",
        r#"
function Page() {
  const [messages, setMessages] = useState([]);
  async function ask(text: string) {
    const answer = await ASK({ messages: [...messages, { role: "user", content: text }] });
    setMessages([...messages, answer.choices[0].message]);
  }
}
"#,
    ),
    (
        "nothing is sent after it",
        r#"
async function main(messages: Message[]) {
  for (let attempt = 0; attempt < 3; attempt++) {
    const answer = await ASK({ messages });
    if (answer.choices.length > 0) {
      messages.push(answer.choices[0].message);
      break;
    }
  }
}
"#,
    ),
];

#[test]
fn conversations_that_grow_and_what_looks_like_them() {
    let mut wrong = Vec::new();
    let mut look = |table: &[(&'static str, &str)], expected: bool, seen: fn(&str) -> Seen| {
        wrong
            .extend(table.iter().filter(|(_, code)| grows(&seen(code)) != expected).map(|(name, _)| (*name, expected)));
    };
    look(&GROWING, true, python);
    look(&QUIET, false, python);
    look(&GROWING_TS, true, typescript);
    look(&QUIET_TS, false, typescript);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn comments_and_settings_turn_it_off() {
    let (_, code) = GROWING[0];
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
