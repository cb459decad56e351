//! Code lenses, written above the functions.

use lensai_cost::{PricedFunction, Sum};
use lensai_ide::{Context, FileView, code_lenses};
use lensai_models::Money;
use lensai_text::Span;

use super::common::seen;
use super::{context, view};

fn lensed(path: &str, text: &str) -> String {
    let seen = seen(path, text);
    let mut out = text.to_owned();
    for lens in code_lenses(&view(&seen), &context()).iter().rev() {
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

/// A function that leads to requests: what it handles, its sum, and what its lens says.
#[test]
fn functions_that_lead_to_requests() {
    let sum = |usd: &str, requests, unpriced, is_open| {
        let expected = Money::from_usd(usd.parse().unwrap());
        Sum { expected, requests, unpriced, is_open, ..Sum::NOTHING }
    };
    let table = [
        (vec![], sum("0.0036", 2, 0, false), "≈ $0.0036 · 2 calls"),
        (vec!["POST /chat"], sum("0.021", 3, 0, false), "POST /chat · 3 calls · ≈ $0.021 / request"),
        (vec!["POST /chat"], sum("0.021", 3, 1, false), "POST /chat · 3 calls · ≈ $0.021 + ? / request"),
        (vec!["POST /chat"], sum("0.021", 1, 0, true), "POST /chat · 1 call · ≈ $0.021 + ? / request"),
        (vec!["POST /chat"], sum("0", 1, 1, false), "POST /chat · 1 call · ? / request"),
        (vec!["GET /a", "POST /a"], sum("0.00001", 1, 0, false), "GET /a and 1 more · 1 call · <$0.0001 / request"),
        (vec!["task digest"], sum("1.5", 1, 0, false), "task digest · 1 call · ≈ $1.50 / run"),
        (vec!["POST /paid"], sum("0.02", 1, 0, false), "POST /paid · 1 call · ≈ $0.02 / request · ≈ $200 / month"),
    ];
    let rate = lensai_config::Rate::try_from("10k/month".to_owned()).unwrap();
    let traffic = std::collections::BTreeMap::from([("POST /paid".to_owned(), rate)]);
    let seen = seen("app.py", "def handler(request):\n    return answer(request)\n");
    for (entries, sum, title) in table {
        let entries = entries.into_iter().map(str::to_owned).collect();
        let functions = [PricedFunction { span: Span::new(0, 10), entries, sum }];
        let lenses = code_lenses(
            &FileView { functions: &functions, ..view(&seen) },
            &Context { traffic: &traffic, ..context() },
        );
        assert_eq!(lenses.iter().map(|lens| lens.title.as_str()).collect::<Vec<_>>(), [title]);
    }
}
