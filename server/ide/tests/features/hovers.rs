//! Hovers, as the Markdown that an editor is given.

use std::collections::BTreeMap;

use lensai_ide::{Context, hover};

use super::common::{seen, today};
use super::{context, cursor, view};

/// The hover at `|`: what it is about, and what it says.
fn hovered(path: &str, marked: &str) -> String {
    let (text, at) = cursor(marked);
    let seen = seen(path, &text);
    match hover(&view(&seen), at, &context()) {
        Some(hover) => format!("[{}]\n\n{}", &text[hover.span.range()], hover.markdown),
        None => "nothing".to_owned(),
    }
}

#[test]
fn over_a_call_in_python() {
    insta::assert_snapshot!(hovered("app.py", r#"
from openai import OpenAI
client = OpenAI()
def ask(text):
    return client.chat.completions.cre|ate(
        model="gpt-4o",
        messages=[{"role": "system", "content": "You are a patient assistant who answers in one sentence."}, {"role": "user", "content": text}],
        max_tokens=512,
    )
"#), @r##"
    [client.chat.completions.create]

    **≈ $0.0036** a call · `gpt-4o` · openai · chat

    | part | tokens | at most | per 1M | cost |
    | :--- | ---: | ---: | ---: | ---: |
    | sent, in the code (exact) | 22 | 22 | $2.50 | $0.0001 |
    | sent, at run time (assumed) | ≈ 200 | ? | $2.50 | $0.0005 |
    | answer (assumed) | ≈ 300 | 512 | $10.00 | $0.003 |

    At least $0.0001; no upper bound is known.

    **≈ $36 a month** for 10,000 calls (`[traffic]` in `lensai.toml`).

    * `text` is not known statically: 200 tokens assumed

    `gpt-4o`: context window of 128,000 tokens, answers of up to 16,384.

    _Prices of 2026-11-09. Source: built-in list._

    _Say more in a comment above: `# lensai: calls=40k/month input=1200 output=300`. Hints are turned off with `lensai.hints.enable`._
    "##);
}

#[test]
fn over_a_call_that_a_comment_says_more_of() {
    insta::assert_snapshot!(hovered("lib/ask.ts", r#"
import Anthropic from "@anthropic-ai/sdk";
const anthropic = new Anthropic();
export async function ask(texts: string[]) {
  for (const text of texts) {
    // lensai: calls=40k/month input=1200 output=300
    await anthropic.mess|ages.create({ model: "claude-haiku-4-5", max_tokens: 1024, messages: [{ role: "user", content: text }] });
  }
}
"#), @r##"
    [anthropic.messages.create]

    **≈ $0.0027** a call · `claude-haiku-4-5` · anthropic · chat

    | part | tokens | at most | per 1M | cost |
    | :--- | ---: | ---: | ---: | ---: |
    | sent, in the code (ratio) | ≈ 7 | 8 | $1.00 | <$0.0001 |
    | sent, at run time (assumed) | ≈ 1,193 | ? | $1.00 | $0.0012 |
    | answer (assumed) | ≈ 300 | 1,024 | $5.00 | $0.0015 |

    No upper bound is known.

    **≈ $110 a month** for 40,000 calls (as the comment says, one turn of the loop each).

    * 1200 input tokens, as a comment says
    * 300 output tokens, as a comment says
    * made once for each turn of a loop

    `claude-haiku-4-5`: context window of 200,000 tokens, answers of up to 64,000.

    _Prices of 2026-11-09. Source: built-in list._

    _Say more in a comment above: `// lensai: calls=40k/month input=1200 output=300`. Hints are turned off with `lensai.hints.enable`._
    "##);
}

#[test]
fn over_calls_of_which_less_is_known() {
    insta::assert_snapshot!(hovered("other.py", r#"
from openai import OpenAI
client = OpenAI()
def ask(model, text):
    client.chat.comple|tions.create(model=model, messages=[{"role": "user", "content": text}])
"#), @r##"
    [client.chat.completions.create]

    **Cost not known** · model not known · openai · chat

    | part | tokens | at most | per 1M | cost |
    | :--- | ---: | ---: | ---: | ---: |
    | sent, in the code (assumed) | ≈ 4 | 8 | ? | ? |
    | sent, at run time (assumed) | ≈ 200 | ? | ? | ? |
    | answer (assumed) | ≈ 300 | ? | ? | ? |

    * the model is not known: it comes from the caller
    * `text` is not known statically: 200 tokens assumed
    * nothing limits the answer below what the model can give: `max_completion_tokens` does

    _Say more in a comment above: `# lensai: calls=40k/month input=1200 output=300`. Hints are turned off with `lensai.hints.enable`._
    "##);
    insta::assert_snapshot!(hovered("other.py", r#"
from openai import OpenAI
client = OpenAI()
def ask(quick, text):
    client.chat.comple|tions.create(model="gpt-4o-mini" if quick else "gpt-4o", messages=[{"role": "user", "content": "hello"}], max_tokens=10)
"#), @r##"
    [client.chat.completions.create]

    **≤ $0.0001 a call** · `gpt-4o-mini` or `gpt-4o` · openai · chat

    | part | tokens | at most | per 1M | cost |
    | :--- | ---: | ---: | ---: | ---: |
    | sent, in the code (exact) | 8 | 8 | ? | ? |
    | answer (assumed) | ≈ 10 | 10 | ? | ? |

    At most $0.0001.

    * the model is one of `gpt-4o-mini` or `gpt-4o`

    _Say more in a comment above: `# lensai: calls=40k/month input=1200 output=300`. Hints are turned off with `lensai.hints.enable`._
    "##);
    insta::assert_snapshot!(hovered("other.py", r#"
from openai import OpenAI
OpenAI().emb|eddings.create(model="text-embedding-3-small", input="ten known tokens are here and nothing else")
"#), @r##"
    [OpenAI().embeddings.create]

    **<$0.0001** a call · `text-embedding-3-small` · openai · embeddings

    | part | tokens | at most | per 1M | cost |
    | :--- | ---: | ---: | ---: | ---: |
    | sent, in the code (exact) | 8 | 8 | $0.02 | <$0.0001 |

    `text-embedding-3-small`: context window of 8,192 tokens.

    _Prices of 2026-11-09. Source: built-in list._

    _Say more in a comment above: `# lensai: calls=40k/month input=1200 output=300`. Hints are turned off with `lensai.hints.enable`._
    "##);
}

#[test]
fn over_the_name_of_a_model() {
    insta::assert_snapshot!(hovered("app.py", r#"
from openai import OpenAI
MODEL = "gpt-|4o"
OpenAI().chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "hello there"}])
"#), @r##"
    [gpt-4o]

    **`gpt-4o`** · openai

    | limits and prices |  |
    | :--- | ---: |
    | context window | 128,000 tokens |
    | longest answer | 16,384 tokens |
    | input | $2.50 per 1M tokens |
    | input from the cache | $1.25 per 1M tokens |
    | output | $10.00 per 1M tokens |

    This call sends 9 tokens: less than 0.1 % of the window.

    _Prices of 2026-11-09. Source: built-in list._
    "##);
    insta::assert_snapshot!(hovered("app.ts", "const model = 'claude-sonnet-4-5-2025|0929';"), @r##"
    [claude-sonnet-4-5-20250929]

    **`claude-sonnet-4-5-20250929`** is priced as `claude-sonnet-4-5` · anthropic

    **Listed as ending on 2026-11-30.**

    | limits and prices |  |
    | :--- | ---: |
    | context window | 200,000 tokens |
    | longest answer | 64,000 tokens |
    | input | $3.00 per 1M tokens |
    | input from the cache | $0.30 per 1M tokens |
    | output | $15.00 per 1M tokens |

    _Prices of 2026-11-09. Source: built-in list._
    "##);
    insta::assert_snapshot!(hovered("app.py", r#"
from openai import OpenAI
OpenAI().chat.completions.create(model="gpt-4|o-mni", messages=[])
"#), @r##"
    [gpt-4o-mni]

    **`gpt-4o-mni`** is in no price list (2026-11-09): what it costs is not known.

    Near to it: `gpt-4o-mini`, `gpt-4.1-mini`
    "##);
    insta::assert_snapshot!(hovered("app.py", r#"x = "gpt|-4""#), @r##"
    [gpt-4]

    **`gpt-4`** · openai

    **Listed as retired since 2026-10-23; its vendor has the last word.**

    | limits and prices |  |
    | :--- | ---: |
    | context window | 8,192 tokens |
    | longest answer | 4,096 tokens |
    | input | $30.00 per 1M tokens |
    | output | $60.00 per 1M tokens |

    _Prices of 2026-11-09. Source: built-in list._
    "##);
}

#[test]
fn over_anything_else_there_is_nothing() {
    for code in ["x = 'comma|nd'", "# gpt-|4o", "print('an-80|s-song')", "|", "x = 'gpt-4o is |good'"] {
        assert_eq!(hovered("app.py", code), "nothing", "{code}");
    }
}

#[test]
fn old_prices_are_named_as_such() {
    let (text, at) = cursor("x = 'gpt|-4o'");
    let seen = seen("app.py", &text);
    let says =
        |day: &str| hover(&view(&seen), at, &Context { today: day.parse().unwrap(), ..context() }).unwrap().markdown;
    assert!(says("2026-12-24").ends_with("_Prices of 2026-11-09. Source: built-in list._"));
    assert!(says("2026-12-25").contains("46 days old: a newer version of this program has newer ones"));
    assert!(today() > "2026-11-09".parse().unwrap());
}

#[test]
fn traffic_of_the_workspace_counts_for_the_function_that_it_names() {
    let code =
        "from openai import OpenAI\ndef ask():\n    OpenAI().chat.completions.create(model='gpt-4o', messages=[])\n";
    let seen = seen("app.py", code);
    let at = u32::try_from(code.find("create").unwrap()).unwrap();
    let with = hover(&view(&seen), at, &context()).unwrap().markdown;
    assert!(with.contains("**≈ $35 a month** for 10,000 calls (`[traffic]` in `lensai.toml`)"), "{with}");
    let none = BTreeMap::new();
    let without = hover(&view(&seen), at, &Context { traffic: &none, ..context() }).unwrap().markdown;
    assert!(!without.contains("a month"));
}
