//! Inlay hints, written into the source where an editor shows them.

use lensai_ide::{HintPosition, HintSettings, Template, hint_tooltip, inlay_hints};
use lensai_models::Money;
use lensai_text::Span;

use super::common::{Seen, seen};
use super::{context, view};

const EVERYTHING: Span = Span::new(0, u32::MAX);

/// The text with its hints in `⟦ ⟧`.
fn hinted(seen: &Seen, settings: &HintSettings) -> String {
    let mut text = seen.text.to_string();
    for hint in inlay_hints(&view(seen), EVERYTHING, settings).iter().rev() {
        assert!(hint.label.chars().count() <= 24, "{}", hint.label);
        text.insert_str(hint.offset as usize, &format!("  ⟦{}⟧", hint.label));
    }
    text.trim().to_owned()
}

const PYTHON: &str = r#"
import os
from openai import OpenAI

client = OpenAI()
MODEL = "gpt-4o"


def ask(text, model):
    answer = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": f"Summarise: {text}"}],
        max_tokens=512,
    )
    client.embeddings.create(model="text-embedding-3-small", input="ten known tokens are here and nothing else")
    client.chat.completions.create(model=model, messages=[])  # whatever it is
    client.chat.completions.create(model="gpt-4o" if text else "gpt-4o-mini", messages=[], max_tokens=10)
    client.images.generate(model="gpt-image-1", prompt=text)
    # lensai: input=50k output=2k
    return client.chat.completions.create(model="claude-opus-4-5", messages=[]), client.embeddings.create(model="text-embedding-3-small", input=text)
"#;

#[test]
fn python() {
    insta::assert_snapshot!(hinted(&seen("app.py", PYTHON), &HintSettings::default()), @r##"
    import os
    from openai import OpenAI

    client = OpenAI()
    MODEL = "gpt-4o"


    def ask(text, model):
        answer = client.chat.completions.create(  ⟦≈ $0.0035 · 512 tok⟧
            model=MODEL,
            messages=[{"role": "user", "content": f"Summarise: {text}"}],
            max_tokens=512,
        )
        client.embeddings.create(model="text-embedding-3-small", input="ten known tokens are here and nothing else")  ⟦<$0.0001 · 8 tok⟧
        client.chat.completions.create(model=model, messages=[])  # whatever it is  ⟦? · 500 tok⟧
        client.chat.completions.create(model="gpt-4o" if text else "gpt-4o-mini", messages=[], max_tokens=10)  ⟦? · 210 tok⟧
        client.images.generate(model="gpt-image-1", prompt=text)  ⟦? · 200 tok⟧
        # lensai: input=50k output=2k
        return client.chat.completions.create(model="claude-opus-4-5", messages=[]), client.embeddings.create(model="text-embedding-3-small", input=text)  ⟦? · 52k tok⟧  ⟦≈ $0.001 · 50k tok⟧
    "##);
}

#[test]
fn typescript() {
    let text = r#"
import OpenAI from "openai";
import { generateText } from "ai";
import { anthropic } from "@ai-sdk/anthropic";

const client = new OpenAI();

export async function ask(question: string) {
  const answer = await client.responses.create({
    model: "gpt-4.1-mini",
    input: question, // as it comes
    max_output_tokens: 200,
  });
  const { text } = await generateText({ model: anthropic("claude-haiku-4-5"), prompt: `Translate: ${answer.output_text}` });
  return text;
}
"#;
    insta::assert_snapshot!(hinted(&seen("app.ts", text), &HintSettings::default()), @r##"
    import OpenAI from "openai";
    import { generateText } from "ai";
    import { anthropic } from "@ai-sdk/anthropic";

    const client = new OpenAI();

    export async function ask(question: string) {
      const answer = await client.responses.create({  ⟦≈ $0.0004 · 407 tok⟧
        model: "gpt-4.1-mini",
        input: question, // as it comes
        max_output_tokens: 200,
      });
      const { text } = await generateText({ model: anthropic("claude-haiku-4-5"), prompt: `Translate: ${answer.output_text}` });  ⟦≈ $0.0017 · 510 tok⟧
      return text;
    }
    "##);
}

#[test]
fn settings_move_thin_and_reword_them() {
    let seen = seen("app.py", PYTHON);
    let settings = HintSettings {
        minimum_cost: Money::from_usd("0.004".parse().unwrap()),
        template: Template::parse("{model}: {cost} · in {input} · out {output}").unwrap(),
        position: HintPosition::AfterCall,
    };
    insta::assert_snapshot!(hinted(&seen, &settings), @r##"
    import os
    from openai import OpenAI

    client = OpenAI()
    MODEL = "gpt-4o"


    def ask(text, model):
        answer = client.chat.completions.create(
            model=MODEL,
            messages=[{"role": "user", "content": f"Summarise: {text}"}],
            max_tokens=512,
        )
        client.embeddings.create(model="text-embedding-3-small", input="ten known tokens are here and nothing else")
        client.chat.completions.create(model=model, messages=[])  ⟦in 200 · out 300⟧  # whatever it is
        client.chat.completions.create(model="gpt-4o" if text else "gpt-4o-mini", messages=[], max_tokens=10)  ⟦in 200 · out 10⟧
        client.images.generate(model="gpt-image-1", prompt=text)  ⟦gpt-image-1: ? · in 200⟧
        # lensai: input=50k output=2k
        return client.chat.completions.create(model="claude-opus-4-5", messages=[])  ⟦claude-opus-4-5: ?⟧, client.embeddings.create(model="text-embedding-3-small", input=text)
    "##);
}

#[test]
fn only_what_is_asked_for_is_given() {
    let seen = seen("app.py", PYTHON);
    let all = inlay_hints(&view(&seen), EVERYTHING, &HintSettings::default());
    let second = all[1].offset;
    let one = inlay_hints(&view(&seen), Span::new(second, second), &HintSettings::default());
    assert_eq!(one, all[1..2]);
    assert!(all.is_sorted_by_key(|hint| hint.offset));
    assert!(hint_tooltip(&view(&seen), all[1].call, &context()).unwrap().contains("text-embedding-3-small"));
    assert_eq!(hint_tooltip(&view(&seen), usize::MAX, &context()), None);
}
