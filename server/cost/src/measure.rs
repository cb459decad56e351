//! Tokens of a call: in, out, and what is assumed of both.

use lensai_calls::{Call, MediaKind, Operation, Prompt, PromptPart};
use lensai_tokens::{Count, Method, TokenCounter, Tokenizers, chat_overhead};

use crate::estimate::{Assumptions, Estimate, InputTokens};

/// The name that the calls' crate gives to a text that has none.
const NAMELESS: &str = "…";

/// Tokens sent with a call, or with the first of its turns, to one model. The name of a model that is not known is empty: it counts as an assumption.
pub(crate) fn input(call: &Call, model: &str, tokenizers: &Tokenizers, assumptions: &Assumptions) -> InputTokens {
    let fixed = fixed(call, model, tokenizers);
    let holes = Holes::of(call);
    let each = Count::new(0, assumptions.tokens_per_hole, None, Method::Assumed);
    let mut total = fixed + each.times(holes.sent);
    if call.prompt.has_definitions() {
        total.high = None;
    }
    if let Some(said) = call.annotation.input {
        // What the code sends for certain is sent whatever a comment says.
        total = Count::new(fixed.low, said.max(fixed.low), total.high, Method::Assumed);
    }
    InputTokens { total, fixed, holes: holes.names }
}

/// What a comment says of a call, as sentences.
pub(crate) fn said(call: &Call, estimate: &Estimate) -> Vec<String> {
    let mut notes = Vec::new();
    if let (Some(said), Some(input)) = (call.annotation.input, &estimate.input) {
        notes.push(match input.fixed.low {
            fixed if fixed > said => format!("a comment says {said} input tokens, but the code alone sends {fixed}"),
            _ => format!("{said} input tokens, as a comment says"),
        });
    }
    if let (Some(said), Some(output)) = (call.annotation.output, estimate.output) {
        notes.push(match output.expected {
            expected if expected < said => {
                format!("a comment says {said} output tokens, but no more than {expected} are possible")
            }
            _ => format!("{said} output tokens, as a comment says"),
        });
    }
    notes
}

/// What is known from the code, with the frame that a vendor puts around the messages of a chat.
fn fixed(call: &Call, model: &str, tokenizers: &Tokenizers) -> Count {
    let counter = tokenizers.for_model(model);
    let texts: Count =
        call.prompt.messages.iter().flat_map(|message| texts(&message.parts)).map(|text| counter.count(&text)).sum();
    match call.operation {
        Operation::Chat | Operation::Agent => texts + chat_overhead(model, call.prompt.messages.len()),
        _ => texts,
    }
}

/// The known texts of a message. Neighbours are one text: counted apart they could be a token more.
fn texts(parts: &[PromptPart]) -> Vec<String> {
    let mut texts = vec![String::new()];
    for part in parts {
        match (part, texts.last_mut()) {
            (PromptPart::Text(part), Some(last)) => last.push_str(&part.text),
            (PromptPart::Text(part), None) => texts.push(part.text.to_string()),
            (PromptPart::Hole(_) | PromptPart::Media(_), _) => texts.push(String::new()),
        }
    }
    texts
}

/// What is no text, as a sentence has it.
fn shown(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "an image",
        MediaKind::Audio => "a recording",
        MediaKind::Video => "a film",
        MediaKind::File => "a file",
    }
}

/// What is only known at run time.
pub(crate) struct Holes {
    /// Each name once, in order.
    pub(crate) names: Vec<String>,
    /// The same as a sentence has them.
    shown: Vec<String>,
    /// How many are sent: one that stands in two places is sent twice.
    pub(crate) sent: u64,
}

impl Holes {
    pub(crate) fn of(call: &Call) -> Self {
        let mut holes = Self { names: Vec::new(), shown: Vec::new(), sent: 0 };
        for part in call.prompt.messages.iter().flat_map(|message| &message.parts) {
            match part {
                PromptPart::Hole(name) => holes.add_named(name),
                PromptPart::Media(media) => holes.add(media.kind.as_str(), shown(media.kind).to_owned()),
                PromptPart::Text(_) => {}
            }
        }
        if is_open(&call.prompt) {
            holes.add_named(open_name(call.operation));
        }
        holes
    }

    fn add_named(&mut self, name: &str) {
        self.add(name, if name == NAMELESS { "a part of the prompt".to_owned() } else { format!("`{name}`") });
    }

    fn add(&mut self, name: &str, shown: String) {
        self.sent += 1;
        if !self.shown.contains(&shown) {
            self.names.push(name.to_owned());
            self.shown.push(shown);
        }
    }

    /// What is assumed of them, as a sentence; none without holes.
    pub(crate) fn note(&self, tokens: u64) -> Option<String> {
        let each = if self.sent > 1 { " for each" } else { "" };
        let (last, others) = self.shown.split_last()?;
        let subject = match others {
            [] if self.sent > 1 => format!("{last} is not known statically and is sent {} times", self.sent),
            [] => format!("{last} is not known statically"),
            others => format!("{} and {last} are not known statically", others.join(", ")),
        };
        Some(format!("{subject}: {tokens} tokens assumed{each}"))
    }
}

/// What is sent beside the messages and not counted, as a sentence.
pub(crate) fn uncounted(call: &Call) -> Option<String> {
    let Prompt { tools, open_tools, schema, .. } = call.prompt.as_ref();
    let shown = |name: &Option<_>| name.as_ref().map_or_else(|| NAMELESS.to_owned(), |name| format!("`{name}`"));
    let mut sent = Vec::new();
    if !tools.is_empty() || *open_tools {
        let mut names: Vec<String> = tools.iter().map(|tool| shown(&tool.name)).collect();
        names.extend(open_tools.then(|| NAMELESS.to_owned()));
        sent.push(format!("the definitions of its tools ({})", names.join(", ")));
    }
    sent.extend(schema.as_ref().map(|schema| format!("the schema of its answer ({})", shown(&schema.name))));
    (!sent.is_empty()).then(|| format!("sent too, and not counted: {}", sent.join(" and ")))
}

/// Something is sent that is not known at all.
fn is_open(prompt: &Prompt) -> bool {
    prompt.open || prompt.messages.is_empty()
}

/// What is sent and not known is named by what the operation calls it.
fn open_name(operation: Operation) -> &'static str {
    match operation {
        Operation::Chat | Operation::Agent => "messages",
        Operation::TextCompletion | Operation::Image => "prompt",
        Operation::Embeddings | Operation::Speech | Operation::Transcription => "input",
        Operation::Rerank => "documents",
    }
}

/// Tokens of all answers of a call, or of one of its turns; `limit` is the model's own. None where an answer is not paid by its text.
pub(crate) fn output(call: &Call, limit: Option<u64>, assumptions: &Assumptions) -> Option<Count> {
    match call.operation {
        Operation::Embeddings | Operation::Rerank => return Some(Count::ZERO),
        Operation::Image | Operation::Speech | Operation::Transcription => return None,
        Operation::Chat | Operation::TextCompletion | Operation::Agent => {}
    }
    let cap = call.max_output.or(limit);
    let answers = call.answers.unwrap_or(1);
    let limits = || [call.max_output, limit].into_iter().flatten();
    Some(match call.annotation.output {
        // Of all answers together.
        Some(said) => {
            let expected = limits().map(|limit| limit.saturating_mul(answers)).fold(said, u64::min);
            Count::new(0, expected, cap.map(|cap| cap.saturating_mul(answers)), Method::Assumed)
        }
        None => Count::new(0, limits().fold(assumptions.output_tokens, u64::min), cap, Method::Assumed).times(answers),
    })
}
