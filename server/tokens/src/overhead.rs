//! What a vendor adds around the messages of a chat, in tokens.
//!
//! Each frame was held against recorded calls with their billed usage: `OpenAI` 37 of 38 chats, its reasoning models 12 of 12,
//! Claude 23 of 23 single messages. Tools, images and response schemas have costs of their own, which are not in here.

use crate::count::{Count, Method};
use crate::encoding::Encoding;

/// The constants of one vendor's chat format.
#[derive(Debug, Clone, Copy)]
struct Frame {
    /// Tokens for each message, beside its text.
    per_message: u64,
    /// Tokens for each message after the first, when they differ from `per_message`.
    per_further: u64,
    /// Tokens once for each request.
    once: u64,
    /// How far either way the sum was seen to be off.
    slack: u64,
    method: Method,
}

const fn frame(per_message: u64, per_further: u64, once: u64, slack: u64, method: Method) -> Frame {
    Frame { per_message, per_further, once, slack, method }
}

/// Three tokens of markup and one for the role in each message, three to open the reply: the count that `OpenAI` describes
/// in its cookbook, "How to count tokens with tiktoken".
const OPENAI: Frame = frame(4, 4, 3, 0, Method::Exact);
/// The same with one token less to open the reply: recorded for o3, o3-mini, gpt-5 … gpt-5.6-sol.
const OPENAI_REASONING: Frame = frame(4, 4, 2, 0, Method::Exact);
/// Recorded for a single user message; a system text adds its own tokens only, a further turn three to four.
const CLAUDE_3: Frame = frame(7, 3, 0, 1, Method::Ratio);
const CLAUDE_4_7: Frame = frame(11, 3, 0, 1, Method::Ratio);
const CLAUDE_4_8: Frame = frame(6, 3, 0, 1, Method::Ratio);
/// Nothing on Gemini 2.0; none to two tokens on 2.5 and later.
const GEMINI: Frame = frame(0, 0, 0, 0, Method::Ratio);
const GEMINI_2_5: Frame = frame(0, 0, 1, 1, Method::Ratio);
/// Recorded: three for one message, five with a system message.
const MISTRAL: Frame = frame(3, 2, 0, 1, Method::Ratio);
/// Recorded: three for a message.
const DEEPSEEK: Frame = frame(3, 3, 0, 2, Method::Ratio);
/// Recorded: five for GLM 4.7, twelve for GLM 5.
const GLM_4: Frame = frame(5, 3, 0, 2, Method::Ratio);
const GLM_5: Frame = frame(12, 3, 0, 2, Method::Ratio);
/// Where nothing was recorded.
const ASSUMED: Frame = frame(4, 4, 0, 4, Method::Assumed);

/// The tokens that a chat of `messages` messages (the system message is one) costs beside the texts of its messages.
///
/// No messages cost nothing: that is no chat. A `name` given to an `OpenAI` message costs one more token each, and its text.
pub fn chat_overhead(model: &str, messages: usize) -> Count {
    let Some(further) = u64::try_from(messages).unwrap_or(u64::MAX).checked_sub(1) else { return Count::ZERO };
    let frame = frame_of(model);
    let expected =
        frame.per_further.saturating_mul(further).saturating_add(frame.per_message).saturating_add(frame.once);
    // Frames recorded with one message drift by a token or so with each further one.
    let slack = if frame.slack == 0 { 0 } else { frame.slack.saturating_add(further) };
    let slack = if frame.method == Method::Assumed { expected } else { slack };
    Count::new(expected.saturating_sub(slack), expected, Some(expected.saturating_add(slack)), frame.method)
}

fn frame_of(model: &str) -> Frame {
    let lower = model.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let name = name.strip_prefix("ft:").unwrap_or(name);
    match Encoding::for_model(name) {
        // Seen to differ: o1-mini billed eight tokens more, the search models bill the user's text alone.
        Encoding::O200kBase
            if name.contains("search") || name.starts_with("o1-mini") || name.starts_with("o1-preview") =>
        {
            Frame { method: Method::Assumed, ..OPENAI }
        }
        Encoding::O200kBase if is_reasoning(name) => OPENAI_REASONING,
        Encoding::O200kBase | Encoding::Cl100kBase => OPENAI,
        Encoding::Gpt6 => Frame { method: Method::Assumed, ..OPENAI_REASONING },
        Encoding::Claude2 | Encoding::Claude3 => CLAUDE_3,
        Encoding::Claude47 if name.contains("4-7") || name.contains("4.7") => CLAUDE_4_7,
        Encoding::Claude47 => CLAUDE_4_8,
        Encoding::ClaudeNewer => Frame { method: Method::Assumed, ..CLAUDE_4_8 },
        Encoding::Gemini if name.contains("gemini-1") || name.contains("gemini-2.0") => GEMINI,
        Encoding::Gemini => GEMINI_2_5,
        Encoding::MistralTekken | Encoding::MistralSpm => MISTRAL,
        Encoding::DeepSeek => DEEPSEEK,
        Encoding::Glm if name.contains("glm-5") => GLM_5,
        Encoding::Glm => GLM_4,
        // gpt-oss, Llama, Qwen and the rest: their hosts add system headers of their own, up to a hundred tokens.
        _ => ASSUMED,
    }
}

fn is_reasoning(name: &str) -> bool {
    ["gpt-5", "o1", "o3", "o4", "computer-use", "codex"].iter().any(|series| name.starts_with(series))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_those_recorded() {
        let table = [
            ("gpt-4o", 1, 7, Method::Exact),
            ("gpt-4o", 2, 11, Method::Exact),
            ("gpt-3.5-turbo", 2, 11, Method::Exact),
            ("openai/gpt-5-mini", 1, 6, Method::Exact),
            ("o3-mini", 3, 14, Method::Exact),
            ("o1-mini", 1, 7, Method::Assumed),
            ("gpt-4o-search-preview", 2, 11, Method::Assumed),
            ("gpt-6-sol", 1, 6, Method::Assumed),
            ("claude-3-haiku-20240307", 1, 7, Method::Ratio),
            ("claude-sonnet-4-5", 3, 13, Method::Ratio),
            ("claude-opus-4-7", 1, 11, Method::Ratio),
            ("claude-opus-4-8", 1, 6, Method::Ratio),
            ("claude-sonnet-5-5", 1, 6, Method::Assumed),
            ("gemini-2.0-flash", 4, 0, Method::Ratio),
            ("gemini-2.5-pro", 1, 1, Method::Ratio),
            ("mistral-large-latest", 1, 3, Method::Ratio),
            ("mistral-large-latest", 2, 5, Method::Ratio),
            ("deepseek-chat", 1, 3, Method::Ratio),
            ("glm-5", 1, 12, Method::Ratio),
            ("command-r", 2, 8, Method::Assumed),
        ];
        for (model, messages, expected, method) in table {
            let count = chat_overhead(model, messages);
            assert_eq!((count.expected, count.method), (expected, method), "{model} × {messages}");
        }
    }

    #[test]
    fn bounds_widen_with_turns_and_stay_precise_for_openai() {
        assert!(chat_overhead("gpt-4o", 50).is_precise());
        let one = chat_overhead("claude-3-opus", 1);
        let ten = chat_overhead("claude-3-opus", 10);
        assert!(ten.expected - ten.low > one.expected - one.low);
        assert_eq!(chat_overhead("support-bot", 2), Count::new(0, 8, Some(16), Method::Assumed));
    }

    #[test]
    fn no_messages_are_no_chat_and_many_do_not_overflow() {
        assert_eq!(chat_overhead("gpt-4o", 0), Count::ZERO);
        assert!(chat_overhead("gpt-4o", usize::MAX).expected > 0);
    }
}
