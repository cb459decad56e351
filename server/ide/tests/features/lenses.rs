//! Code lenses, written above the functions.

use lensai_ide::code_lenses;

use super::common::seen;
use super::view;

fn lensed(path: &str, text: &str) -> String {
    let seen = seen(path, text);
    let mut out = text.to_owned();
    for lens in code_lenses(&view(&seen)).iter().rev() {
        out.insert_str(lens.span.start as usize, &format!("⟦{}⟧ ", lens.title));
    }
    out.trim().to_owned()
}

#[test]
fn python() {
    insta::assert_snapshot!(lensed("app.py", r#"
from openai import OpenAI
client = OpenAI()
client.chat.completions.create(model="gpt-4o", messages=[])

class Bot:
    @retry
    def ask(self, text):
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}])
        return [client.embeddings.create(model="text-embedding-3-small", input=part) for part in text]

    def other(self, model):
        client.chat.completions.create(model=model, messages=[])
        client.chat.completions.create(model="gpt-4o", messages=[])

    def loop(self):
        while True:
            client.chat.completions.create(model="gpt-4o", messages=[])

    def nothing(self, model):
        client.chat.completions.create(model=model, messages=[])
"#), @r##"
    from openai import OpenAI
    client = OpenAI()
    client.chat.completions.create(model="gpt-4o", messages=[])

    class Bot:
        ⟦≈ $0.0035 · 2 calls, 1 in a loop⟧ @retry
        def ask(self, text):
            client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}])
            return [client.embeddings.create(model="text-embedding-3-small", input=part) for part in text]

        ⟦≈ $0.0035 and 1 unknown · 2 calls⟧ def other(self, model):
            client.chat.completions.create(model=model, messages=[])
            client.chat.completions.create(model="gpt-4o", messages=[])

        ⟦≈ $0.0035 a turn · 1 call in a loop⟧ def loop(self):
            while True:
                client.chat.completions.create(model="gpt-4o", messages=[])

        ⟦? · 1 call⟧ def nothing(self, model):
            client.chat.completions.create(model=model, messages=[])
    "##);
}

#[test]
fn typescript() {
    insta::assert_snapshot!(lensed("app.ts", r#"
import OpenAI from "openai";
const client = new OpenAI();
export async function all(texts: string[]) {
  return Promise.all(texts.map((text) => client.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: text }] })));
}
export const ask = async (text: string) => client.responses.create({ model: "gpt-4o", input: text });
"#), @r##"
    import OpenAI from "openai";
    const client = new OpenAI();
    export ⟦≈ $0.0035 a turn · 1 call in a loop⟧ async function all(texts: string[]) {
      return Promise.all(texts.map((text) => client.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: text }] })));
    }
    export const ask = ⟦≈ $0.0035 · 1 call⟧ async (text: string) => client.responses.create({ model: "gpt-4o", input: text });
    "##);
}
