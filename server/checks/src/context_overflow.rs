//! `context-overflow`: what is sent does not fit the model's context window.

use lensai_calls::Operation;
use lensai_cost::grouped;

use crate::check::{Fault, Place, Subject};
use crate::code::Code;

pub(crate) fn check(subject: &Subject<'_>) -> Option<Fault> {
    let input = subject.estimate.input.as_ref()?;
    let is_one_text = match subject.call.operation {
        Operation::Chat | Operation::TextCompletion | Operation::Agent => true,
        // Texts of an embedding are sent side by side, each with the whole window to itself.
        Operation::Embeddings => subject.call.prompt.messages.len() <= 1,
        Operation::Image | Operation::Speech | Operation::Transcription | Operation::Rerank => false,
    };
    if !is_one_text {
        return None;
    }
    let (name, found) = subject.expected()?;
    let context = found.limits().context?;
    let message = if input.fixed.low > context {
        format!(
            "at least {} tokens are sent, and the context window of `{name}` has {}",
            grouped(input.fixed.low),
            grouped(context)
        )
    } else if subject.call.annotation.input.is_some_and(|said| said > context) {
        format!(
            "a comment says {} input tokens, and the context window of `{name}` has {}",
            grouped(subject.call.annotation.input?),
            grouped(context)
        )
    } else {
        return None;
    };
    Some(Fault::new(Code::ContextOverflow, Place::Callee, message))
}
