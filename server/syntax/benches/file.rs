//! One file of a thousand lines: what parsing, lowering and skimming it take.

#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use lensai_syntax::skim::Skimmer;
use lensai_syntax::{Language, Limits, facts};
use tree_sitter::Parser;

fn main() {
    divan::main();
}

const LANGUAGES: [Language; 3] = [Language::Python, Language::TypeScript, Language::JavaScript];

/// A class with two methods: ten lines.
const PYTHON: &str = r#"
class Summary@(Base):
    """Makes a summary."""
    def __init__(self, client: OpenAI, model: str = "gpt-4o") -> None:
        self.client, self.model = client, model
    async def run(self, text: str, *, limit: int = @) -> str | None:
        for part in [chunk for chunk in split(text, limit) if chunk.strip()]:
            messages = [{"role": "system", "content": PROMPT}, {"role": "user", "content": f"Text @: {part!r}"}]
            reply = await self.client.chat.completions.create(model=self.model, messages=messages, **self.options)
        return reply.choices[0].message.content if reply else None
"#;

const SCRIPT: &str = r#"
/** Makes a summary. */
export class Summary@ extends Base {
  constructor(client, model = "gpt-4o") { super(); this.client = client; this.model = model; }
  async run(text, { limit = @, ...options } = {}) {
    for (const part of split(text, limit).filter((chunk) => chunk.trim() !== "")) {
      const messages = [{ role: "system", content: PROMPT }, { role: "user", content: `Text @: ${part}` }];
      this.reply = await this.client.chat.completions.create({ model: this.model, messages, ...options });
    }
    return this.reply?.choices[0]?.message.content ?? null; } }
"#;

/// A program of a thousand lines.
fn program(language: Language) -> String {
    let (start, class) = if language.is_python() {
        ("from openai import OpenAI\n", PYTHON)
    } else {
        ("import OpenAI from 'openai';\n", SCRIPT)
    };
    let classes = (0..100).map(|number| class.trim_start().replace('@', &number.to_string()));
    let program: String = [start.to_owned()].into_iter().chain(classes).collect();
    assert_eq!(facts(&program, language, Limits::default()).problems, [], "it is measured as it should be");
    program
}

#[divan::bench(args = LANGUAGES)]
fn parse(bencher: Bencher, language: Language) {
    let text = program(language);
    let grammar = match language {
        Language::Python => tree_sitter_python::LANGUAGE.into(),
        Language::TypeScript | Language::Tsx => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        Language::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
    };
    let mut parser = Parser::new();
    parser.set_language(&grammar).unwrap();
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| parser.parse(black_box(&text), None));
}

/// Includes the parse.
#[divan::bench(args = LANGUAGES)]
fn lower(bencher: Bencher, language: Language) {
    let text = program(language);
    bencher.counter(BytesCount::of_str(&text)).bench(|| facts(black_box(&text), language, Limits::default()));
}

#[divan::bench(args = LANGUAGES)]
fn skim(bencher: Bencher, language: Language) {
    let text = program(language);
    let skimmer = Skimmer::new(&["create", "invoke", "completion", "generateText", "send_message", "converse"]);
    bencher.counter(BytesCount::of_str(&text)).bench(|| skimmer.skim(black_box(text.as_bytes()), language));
}
