//! What is found in code, shown under it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "shared with the tests of what is shown in editors")]
mod common;

use common::{Seen, seen, seen_among};
use lensai_checks::{Code, Settings, Severity};
use lensai_config::Level;

const OPENAI: &str = "from openai import OpenAI\nclient = OpenAI()\n";

/// A Python file that asks `OpenAI` for something.
fn python(code: &str) -> Seen {
    seen("app.py", &format!("{OPENAI}{code}"))
}

/// What is found, without the head of the file.
fn found(code: &str) -> String {
    python(code).with_findings().replace(OPENAI, "").trim_start().to_owned()
}

fn codes(seen: &Seen) -> Vec<&'static str> {
    seen.findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn a_call_with_nothing_to_say_about_has_no_finding() {
    let code = r#"client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "hi"}], max_tokens=100)"#;
    assert_eq!(codes(&python(code)), [""; 0]);
}

#[test]
fn names_of_models() {
    insta::assert_snapshot!(found(r#"
MODEL = "gpt-4"
client.chat.completions.create(model="gpt-4o-mni", messages=[], max_tokens=10)
client.chat.completions.create(model="no-such-thing-at-all", messages=[], max_tokens=10)
client.chat.completions.create(model=MODEL, messages=[], max_tokens=10)
client.chat.completions.create(model="gpt-4.5-preview", messages=[], max_tokens=10)
client.chat.completions.create(model="gpt-free", messages=[], max_tokens=10)
"#), @r##"
    MODEL = "gpt-4"
            ^^^^^^^ related: the model is named here
    client.chat.completions.create(model="gpt-4o-mni", messages=[], max_tokens=10)
                                         ^^^^^^^^^^^^ warning [unknown-model] `gpt-4o-mni` is not in the price list of openai (2026-11-09); did you mean `gpt-4o-mini`?
    client.chat.completions.create(model="no-such-thing-at-all", messages=[], max_tokens=10)
                                         ^^^^^^^^^^^^^^^^^^^^^^ info [unknown-model] `no-such-thing-at-all` is not in the price list of openai (2026-11-09)
    client.chat.completions.create(model=MODEL, messages=[], max_tokens=10)
                                         ^^^^^ warning [retired-model] `gpt-4` is listed as retired since 2026-10-23 (price list of 2026-11-09): its vendor has the last word
    client.chat.completions.create(model="gpt-4.5-preview", messages=[], max_tokens=10)
                                         ^^^^^^^^^^^^^^^^^ info [deprecated-model] `gpt-4.5-preview` is listed as deprecated
    client.chat.completions.create(model="gpt-free", messages=[], max_tokens=10)
                                         ^^^^^^^^^^ info [unpriced-model] the cost is not known: `gpt-free` has no rate for tokens
    "##);
}

#[test]
fn a_model_that_ends_soon_says_when() {
    insta::assert_snapshot!(seen("app.ts", r#"
import Anthropic from "@anthropic-ai/sdk";
const anthropic = new Anthropic();
export async function answer(text: string) {
  return anthropic.messages.create({
    model: "claude-sonnet-4-5",
    max_tokens: 1000000,
    messages: [{ role: "user", content: text }],
  });
}
"#).with_findings(), @r##"
    import Anthropic from "@anthropic-ai/sdk";
    const anthropic = new Anthropic();
    export async function answer(text: string) {
      return anthropic.messages.create({
        model: "claude-sonnet-4-5",
               ^^^^^^^^^^^^^^^^^^^ info [deprecated-model] `claude-sonnet-4-5` is listed as ending on 2026-11-30, in 9 days
        max_tokens: 1000000,
                    ^^^^^^^ warning [output-above-limit] 1,000,000 output tokens are asked for, and `claude-sonnet-4-5` gives at most 64,000
        messages: [{ role: "user", content: text }],
      });
    }
    "##);
}

#[test]
fn sizes() {
    insta::assert_snapshot!(found(r#"
def ask(text):
    client.chat.completions.create(
        model="gpt-4-tiny",
        messages=[{"role": "user", "content": "This is longer than sixteen tokens, as everyone can see who counts them."}],
        max_tokens=9,
    )
    client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}])
    # lensai: input=200k
    client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}], max_tokens=1)
"#), @r##"
    def ask(text):
        client.chat.completions.create(
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error [context-overflow] at least 22 tokens are sent, and the context window of `gpt-4-tiny` has 16
            model="gpt-4-tiny",
            messages=[{"role": "user", "content": "This is longer than sixteen tokens, as everyone can see who counts them."}],
            max_tokens=9,
                       ^ warning [output-above-limit] 9 output tokens are asked for, and `gpt-4-tiny` gives at most 8
        )
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}])
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ hint [unbounded-output] no limit, up to $0.16
        # lensai: input=200k
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}], max_tokens=1)
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error [context-overflow] a comment says 200,000 input tokens, and the context window of `gpt-4o` has 128,000
    "##);
}

#[test]
fn loops() {
    insta::assert_snapshot!(found(r#"
def ask(texts):
    for text in texts:
        client.embeddings.create(model="text-embedding-3-small", input=text)
"#), @r##"
    def ask(texts):
        for text in texts:
            client.embeddings.create(model="text-embedding-3-small", input=text)
            ^^^^^^^^^^^^^^^^^^^^^^^^ info [call-in-loop] this call is made once for each turn of a loop: <$0.0001 each time
    "##);
}

#[test]
fn what_users_run_or_name_themselves_is_no_unknown_model() {
    let own = seen(
        "a.py",
        "from openai import OpenAI\nc = OpenAI(base_url='http://llm.internal/v1')\nc.chat.completions.create(model='ours-7b', messages=[], max_tokens=5)",
    );
    assert_eq!(codes(&own), ["unpriced-model"]);
    let local = seen(
        "a.py",
        "from openai import OpenAI\nc = OpenAI(base_url='http://localhost:11434/v1')\nc.chat.completions.create(model='ours-7b', messages=[], max_tokens=5)",
    );
    assert_eq!(codes(&local), [""; 0], "{:?}", local.calls);
    let azure = seen(
        "a.py",
        "from openai import AzureOpenAI\nc = AzureOpenAI()\nc.chat.completions.create(model='our-deployment', messages=[], max_tokens=5)",
    );
    assert_eq!(codes(&azure), ["unpriced-model"]);
    let image = python("client.images.generate(model='dall-e-9', prompt='a cat')");
    assert_eq!(codes(&image), [""; 0]);
    let another = python("client.chat.completions.create(model='claude-haiku-4-5', messages=[], max_tokens=5)");
    assert_eq!(codes(&another), ["unpriced-model"]);
}

#[test]
fn a_limit_that_is_given_and_not_known_is_a_limit() {
    let given = python(
        "import os\nclient.chat.completions.create(model='gpt-4o', messages=[], max_tokens=int(os.environ['N']))",
    );
    assert_eq!(codes(&given), [""; 0]);
    let open = python("client.chat.completions.create(model='gpt-4o', messages=[], max_tokens=None)");
    assert_eq!(codes(&open), ["unbounded-output"]);
}

#[test]
fn comments_turn_findings_off() {
    insta::assert_snapshot!(found(r#"
# lensai: ignore
client.chat.completions.create(model="gpt-4o", messages=[])
client.chat.completions.create(model="gpt-4o", messages=[])  # lensai: ignore[unbounded-output] short by nature
client.chat.completions.create(  # lensai: ignore[call-in-loop]
    model="gpt-4o", messages=[])
client.chat.completions.create(
    model="gpt-4o",
    messages=[],  # lensai: ignore[unbounded-output]
)
MODEL = "gpt-4"  # lensai: ignore[retired-model] we have our own contract
client.chat.completions.create(model=MODEL, messages=[], max_tokens=10)
"#), @r##"
    # lensai: ignore
    client.chat.completions.create(model="gpt-4o", messages=[])
    client.chat.completions.create(model="gpt-4o", messages=[])  # lensai: ignore[unbounded-output] short by nature
    client.chat.completions.create(  # lensai: ignore[call-in-loop]
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ hint [unbounded-output] no limit, up to $0.16
        model="gpt-4o", messages=[])
    client.chat.completions.create(
        model="gpt-4o",
        messages=[],  # lensai: ignore[unbounded-output]
    )
    MODEL = "gpt-4"  # lensai: ignore[retired-model] we have our own contract
    client.chat.completions.create(model=MODEL, messages=[], max_tokens=10)
    "##);
}

#[test]
fn comments_that_say_nothing_useful_are_named() {
    insta::assert_snapshot!(found(r#"
# lensai: input=1200
x = 1
# lensai: ignore[unbound-output]
# lensai: outptu=3
# lensai:
client.chat.completions.create(model="gpt-4o", messages=[], max_tokens=10)
"#), @r##"
    # lensai: input=1200
    ^^^^^^^^^^^^^^^^^^^^ warning [config-invalid] this comment is beside no call that is found: it changes nothing
    x = 1
    # lensai: ignore[unbound-output]
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning [config-invalid] `unbound-output` is no code of a finding: see docs/findings
    # lensai: outptu=3
    ^^^^^^^^^^^^^^^^^^ warning [config-invalid] unknown key `outptu` (did you mean `output`?)
    # lensai:
    ^^^^^^^^^ warning [config-invalid] nothing is said: write `calls=40k/month`, `input=1200`, `output=300` or `ignore`
    client.chat.completions.create(model="gpt-4o", messages=[], max_tokens=10)
    "##);
}

#[test]
fn settings_make_findings_louder_or_turn_them_off() {
    let (file, unknown) = Settings::from_names([("unbounded-output", Level::Off), ("unbound", Level::Off)]);
    assert_eq!(unknown, ["unbound"]);
    let (client, _) = Settings::from_names([("call-in-loop", Level::Error)]);
    let settings = file.with(&client);
    let code = format!("{OPENAI}for x in y:\n    client.chat.completions.create(model='gpt-4o', messages=[])");
    let seen = seen_among(&[("a.py", &code)], &settings);
    assert_eq!(codes(&seen), ["call-in-loop"]);
    assert_eq!(seen.findings[0].severity, Severity::Error);
}

#[test]
fn every_code_has_a_name_and_a_page() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/findings");
    for code in Code::ALL {
        assert_eq!(Code::from_name(code.as_str()), Some(code));
        let page = std::fs::read_to_string(folder.join(format!("{code}.md"))).unwrap();
        assert!(page.starts_with(&format!("# {code}\n")), "{code}");
        for part in ["## Example", "## How to mend it", "## How to turn it off"] {
            assert!(page.contains(part), "{code}: {part}");
        }
        let level = format!("Level: `{}`", Settings::default().severity(code).unwrap().as_str());
        assert!(page.contains(&level), "{code}: {level}");
    }
    let pages = std::fs::read_dir(folder).unwrap().count();
    assert_eq!(pages, Code::ALL.len() + 1, "a page for each code, and an index");
}
