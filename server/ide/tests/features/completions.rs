//! Completions, as a list.

use lensai_ide::completions;

use super::common::seen;
use super::{context, cursor, view};

/// What is offered at `|`, in order: label, detail, and the line after it was taken.
fn offered(path: &str, marked: &str) -> String {
    let (text, at) = cursor(marked);
    let seen = seen(path, &text);
    let mut found = completions(&view(&seen), at, &context());
    found.sort_by(|one, other| one.sort.cmp(&other.sort));
    let lines = found.iter().map(|entry| {
        let struck = if entry.deprecated { "~" } else { "" };
        format!("{struck}{}{struck}  {}", entry.label, entry.detail)
    });
    let mut out: Vec<String> = lines.collect();
    if let Some(first) = found.first() {
        let mut after = text.clone();
        after.replace_range(first.replace.range(), &first.insert);
        let taken = after.lines().find(|line| !text.lines().any(|other| other == *line)).unwrap_or("the same");
        out.push(format!("→ {taken}"));
    }
    out.join("\n")
}

const HEAD: &str = "from openai import OpenAI\nclient = OpenAI()\n";

#[test]
fn models_of_whoever_is_paid() {
    insta::assert_snapshot!(offered("app.py", &format!("{HEAD}client.chat.completions.create(model=\"|\", messages=[])")), @r##"
    gpt-4.1  $2.00 in · $8.00 out per 1M · 1M context
    gpt-4.1-mini  $0.40 in · $1.60 out per 1M · 1M context
    gpt-4o  $2.50 in · $10.00 out per 1M · 128k context
    gpt-4o-mini  $0.15 in · $0.60 out per 1M · 128k context
    gpt-4-tiny  $30.00 in · $60.00 out per 1M · 16 context
    gpt-4o-audio-preview  $2.50 in · $10.00 out per 1M · 128k context
    ~gpt-4.5-preview~  deprecated · $75.00 in · $150.00 out per 1M · 128k context
    ~gpt-4~  retired 2026-10-23 · $30.00 in · $60.00 out per 1M · 8.2k context
    → client.chat.completions.create(model="gpt-4.1", messages=[])
    "##);
    insta::assert_snapshot!(offered("app.py", &format!("{HEAD}client.embeddings.create(model=\"te|xt\", input=[])")), @r##"
    text-embedding-3-small  $0.02 in per 1M · 8.2k context
    → client.embeddings.create(model="text-embedding-3-small", input=[])
    "##);
}

#[test]
fn models_where_a_name_says_so() {
    insta::assert_snapshot!(offered("settings.ts", "export const DEFAULT_MODEL = 'claude-|"), @r##"
    claude-sonnet-4-6  $3.00 in · $15.00 out per 1M · 1M context · anthropic
    claude-haiku-4-5  $1.00 in · $5.00 out per 1M · 200k context · anthropic
    claude-opus-4-5  $5.00 in · $25.00 out per 1M · 200k context · anthropic
    ~claude-sonnet-4-5~  ends 2026-11-30 · $3.00 in · $15.00 out per 1M · 200k context · anthropic
    → export const DEFAULT_MODEL = 'claude-sonnet-4-6
    "##);
    insta::assert_snapshot!(offered("settings.py", "model: str = \"openai/gpt-4o-m|\""), @r##"
    gpt-4o-mini  $0.15 in · $0.60 out per 1M · 128k context
    → model: str = "openai/gpt-4o-mini"
    "##);
    for other in ["greeting = 'claude-|'", "print('gpt-|')", "x = 1|", "f(\"model: \", \"gpt-|\")"] {
        assert_eq!(offered("settings.py", other), "", "{other}");
    }
}

#[test]
fn directives_in_comments() {
    let call = "client.chat.completions.create(model='gpt-4o', messages=[{'role': 'user', 'content': 'hello'}])\n";
    insta::assert_snapshot!(offered("app.py", &format!("{HEAD}# len|\n{call}")), @r##"
    lensai: calls=1k/month input=8 output=300  figures of the call below
    lensai: ignore  show no findings of the call below
    → # lensai: calls=1k/month input=8 output=300
    "##);
    insta::assert_snapshot!(offered("app.py", &format!("{HEAD}# lensai: |\n{call}")), @r##"
    calls=1k/month  how often the call is made
    input=8  tokens that are sent with each call
    output=300  tokens of the answer to each call
    ignore  show no findings of this call
    ignore[]  show no findings of one kind
    → # lensai: calls=1k/month
    "##);
    insta::assert_snapshot!(offered("app.py", &format!("{HEAD}# lensai: output=3 in|\n{call}")), @r##"
    calls=1k/month  how often the call is made
    input=8  tokens that are sent with each call
    → # lensai: output=3 calls=1k/month
    "##);
    insta::assert_snapshot!(offered("app.py", &format!("{HEAD}# lensai: ignore[call-in-loop, u|\n{call}")), @r##"
    unbounded-output  nothing limits the length of the answer
    unknown-model  the name of the model is in no price list
    unpriced-model  the model's price is not known
    deprecated-model  the model is about to end
    retired-model  the model is listed as ended
    context-overflow  what is sent does not fit the model's context window
    output-above-limit  the call asks for more output than the model gives
    growing-history  the messages grow with each turn of a conversation
    → # lensai: ignore[call-in-loop, unbounded-output
    "##);
    for nothing in ["# |", "# a comment |", "# lensai: input=|", "# lensai: ignore because |"] {
        assert_eq!(offered("app.py", nothing), "", "{nothing}");
    }
    insta::assert_snapshot!(offered("app.ts", "// lensai: calls=1k/month |"), @r##"
    input=1200  tokens that are sent with each call
    output=300  tokens of the answer to each call
    → // lensai: calls=1k/month input=1200
    "##);
}
