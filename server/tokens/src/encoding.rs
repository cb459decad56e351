//! Which vocabulary a model has.
//!
//! The mapping is by the model's own name, wherever a gateway or a region has put it: `gpt-4o`, `openai/gpt-4o`,
//! `azure/gpt-4o`, `us.anthropic.claude-sonnet-4-5-20250929-v1:0`.

use crate::count::Method;
use crate::ratio::{self, Row};

/// A vocabulary, or a family of models whose vocabulary is approximated by a ratio to `o200k_base`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Encoding {
    /// gpt-4o, gpt-4.1, gpt-4.5, o1, o3, o4, gpt-5 … gpt-5.6.
    O200kBase,
    /// gpt-oss: `o200k_base` with further special tokens, so that plain text counts alike.
    O200kHarmony,
    /// gpt-4, gpt-3.5, text-embedding-*.
    Cl100kBase,
    /// gpt-6 and later: no public mapping, `o200k_base` is assumed.
    Gpt6,
    /// Claude 1 and 2.
    Claude2,
    /// Claude 3 to 4.6.
    Claude3,
    /// Claude 4.7 to 5.1.
    Claude47,
    /// Claude 5.2 and later: the vocabulary of 4.7 is assumed.
    ClaudeNewer,
    /// Gemini and Gemma.
    Gemini,
    /// Llama 3 and 4.
    Llama3,
    /// `DeepSeek` V3 and V4.
    DeepSeek,
    /// Qwen 2.5 and 3.
    Qwen,
    /// Mistral models since Nemo.
    MistralTekken,
    /// Mistral models before: 7B, Mixtral, Large 2.
    MistralSpm,
    /// Kimi K2 and K3.
    Kimi,
    /// GLM 4 and 5.
    Glm,
    /// `MiniMax` M2.
    MiniMax,
    /// A known vendor whose vocabulary was not measured: Cohere, Grok, Nova, Voyage, …
    Unmeasured,
    /// A model that no rule knows.
    Unknown,
}

/// How a family is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Plan {
    /// With the vocabulary itself.
    Own,
    /// As `o200k_base` by the measured row; the method says whether that row was measured for this very family.
    Measured(&'static Row, Method),
    /// As `o200k_base` times `per_mille` / 1000, ± `percent`, because nothing better is known.
    Guess { per_mille: u64, percent: u64 },
}

impl Encoding {
    /// The vocabulary of a model, by its name in any spelling that a vendor, gateway or SDK uses.
    pub fn for_model(model: &str) -> Self {
        let lower = model.to_ascii_lowercase();
        // What comes before the last slash is a gateway's path: `openai/`, `accounts/fireworks/models/`.
        let name = lower.rsplit('/').next().unwrap_or_default();
        let name = name.strip_prefix("ft:").unwrap_or(name);
        openai(name).or_else(|| claude(name)).or_else(|| open_weights(name)).unwrap_or_else(|| unmeasured(name))
    }

    /// The name shown to people and in JSON. Those of real vocabularies are their published names; the others name the
    /// family that the ratio was measured for.
    pub const fn name(self) -> &'static str {
        match self {
            Self::O200kBase => "o200k_base",
            Self::O200kHarmony => "o200k_harmony",
            Self::Cl100kBase => "cl100k_base",
            Self::Gpt6 => "gpt-6",
            Self::Claude2 => "claude-2",
            Self::Claude3 => "claude-3",
            Self::Claude47 => "claude-4.7",
            Self::ClaudeNewer => "claude-5.2",
            Self::Gemini => "gemini",
            Self::Llama3 => "llama-3",
            Self::DeepSeek => "deepseek-v3",
            Self::Qwen => "qwen-2.5",
            Self::MistralTekken => "mistral-tekken",
            Self::MistralSpm => "mistral-spm",
            Self::Kimi => "kimi-k2",
            Self::Glm => "glm-4",
            Self::MiniMax => "minimax-m2",
            Self::Unmeasured => "unmeasured",
            Self::Unknown => "unknown",
        }
    }

    pub(crate) const fn plan(self) -> Plan {
        match self {
            Self::O200kBase | Self::O200kHarmony | Self::Cl100kBase => Plan::Own,
            Self::Gpt6 => Plan::Guess { per_mille: 1000, percent: 15 },
            Self::Claude2 => Plan::Measured(&ratio::CLAUDE_2, Method::Ratio),
            Self::Claude3 => Plan::Measured(&ratio::CLAUDE_3, Method::Ratio),
            Self::Claude47 => Plan::Measured(&ratio::CLAUDE_4_7, Method::Ratio),
            Self::ClaudeNewer => Plan::Measured(&ratio::CLAUDE_4_7, Method::Assumed),
            Self::Gemini => Plan::Measured(&ratio::GEMINI, Method::Ratio),
            Self::Llama3 => Plan::Measured(&ratio::LLAMA_3, Method::Ratio),
            Self::DeepSeek => Plan::Measured(&ratio::DEEPSEEK, Method::Ratio),
            Self::Qwen => Plan::Measured(&ratio::QWEN, Method::Ratio),
            Self::MistralTekken => Plan::Measured(&ratio::MISTRAL_TEKKEN, Method::Ratio),
            Self::MistralSpm => Plan::Measured(&ratio::MISTRAL_SPM, Method::Ratio),
            Self::Kimi => Plan::Measured(&ratio::KIMI, Method::Ratio),
            Self::Glm => Plan::Measured(&ratio::GLM, Method::Ratio),
            Self::MiniMax => Plan::Measured(&ratio::MINIMAX, Method::Ratio),
            Self::Unmeasured | Self::Unknown => Plan::Guess { per_mille: 1100, percent: 20 },
        }
    }
}

/// The name of a model's encoding, as in `tokens --format json`: `o200k_base`, `claude-4.7`, …
pub fn encoding_name(model: &str) -> &'static str {
    Encoding::for_model(model).name()
}

/// `OpenAI`'s names, also behind a dot (`openai.gpt-oss-120b-1:0` on Bedrock) and in Azure's spelling (`gpt-35-turbo`).
fn openai(name: &str) -> Option<Encoding> {
    const PREFIXES: &[(&str, Encoding)] = &[
        ("gpt-oss", Encoding::O200kHarmony),
        ("gpt-4o", Encoding::O200kBase),
        ("gpt-4.1", Encoding::O200kBase),
        ("gpt-4.5", Encoding::O200kBase),
        ("gpt-5", Encoding::O200kBase),
        ("chatgpt-4o", Encoding::O200kBase),
        ("codex-mini", Encoding::O200kBase),
        ("computer-use-preview", Encoding::O200kBase),
        ("gpt-4", Encoding::Cl100kBase),
        ("gpt-3.5", Encoding::Cl100kBase),
        ("gpt-35", Encoding::Cl100kBase),
        ("davinci-002", Encoding::Cl100kBase),
        ("babbage-002", Encoding::Cl100kBase),
        ("text-embedding-3", Encoding::Cl100kBase),
        ("text-embedding-ada", Encoding::Cl100kBase),
        ("gpt-", Encoding::Gpt6),
    ];
    let name = name.strip_prefix("openai.").unwrap_or(name);
    // `gpt-2` and `gpt-j` are other people's vocabularies, not a later `gpt-6`.
    if let Some(rest) = name.strip_prefix("gpt-")
        && !rest.starts_with("oss")
        && !rest.starts_with(|c: char| matches!(c, '3'..='9'))
    {
        return None;
    }
    if let Some((_, encoding)) = PREFIXES.iter().find(|(prefix, _)| name.starts_with(prefix)) {
        return Some(*encoding);
    }
    // `o1`, `o3-mini`, `o4-mini-2025-04-16`: the digit must end the word, so that `o1js` is not a model.
    let series = ["o1", "o3", "o4"].iter().find_map(|series| name.strip_prefix(series))?;
    (series.is_empty() || series.starts_with(['-', ':', '@'])).then_some(Encoding::O200kBase)
}

fn claude(name: &str) -> Option<Encoding> {
    let (_, rest) = name.split_once("claude")?;
    Some(match claude_version(rest) {
        Some((0..=2, _)) => Encoding::Claude2,
        Some((3, _) | (4, 0..=6)) => Encoding::Claude3,
        Some((4, _) | (5, 0..=1)) => Encoding::Claude47,
        // Without a version (`claude-sonnet-latest`) it is the newest one, like any later version.
        Some(_) | None => Encoding::ClaudeNewer,
    })
}

/// Major and minor version in what follows `claude`: `-3-5-sonnet-20241022`, `-opus-4-7`, `-sonnet-4.5@20250929`, `-v2:1`.
fn claude_version(rest: &str) -> Option<(u32, u32)> {
    // Dates have more than two digits; `v2` of Bedrock's Claude 2 is `claude-v2`, while `-v1:0` at the end is a revision.
    let rest = rest.split_once("-v1:").map_or(rest, |(head, _)| head);
    let mut numbers = rest
        .split(|c: char| !c.is_ascii_alphanumeric())
        .map(|word| word.strip_prefix('v').unwrap_or(word))
        .skip_while(|word| !is_small_number(word));
    let major = numbers.next()?.parse().ok()?;
    let minor = numbers.next().filter(|word| is_small_number(word)).and_then(|word| word.parse().ok());
    Some((major, minor.unwrap_or(0)))
}

fn is_small_number(word: &str) -> bool {
    matches!(word.len(), 1..=2) && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn open_weights(name: &str) -> Option<Encoding> {
    // A distilled model keeps the vocabulary of the model that it was distilled into, so these come first.
    const WORDS: &[(&str, Encoding)] = &[
        ("distill-llama", Encoding::Llama3),
        ("distill-qwen", Encoding::Qwen),
        ("gemini", Encoding::Gemini),
        ("gemma", Encoding::Gemini),
        ("deepseek", Encoding::DeepSeek),
        ("qwen", Encoding::Qwen),
        ("qwq", Encoding::Qwen),
        ("kimi", Encoding::Kimi),
        ("glm-", Encoding::Glm),
        ("minimax", Encoding::MiniMax),
    ];
    // The last Mistral models with a SentencePiece vocabulary.
    const SPM: &[&str] = &[
        "mistral-7b",
        "mixtral",
        "mistral-tiny",
        "mistral-medium-2312",
        "mistral-small-2402",
        "mistral-large-2402",
        "mistral-large-2407",
        "mistral-large-2411",
        "codestral-2405",
    ];
    const TEKKEN: &[&str] = &["mistral", "ministral", "codestral", "devstral", "magistral", "pixtral", "voxtral"];

    if let Some((_, encoding)) = WORDS.iter().find(|(word, _)| name.contains(word)) {
        return Some(*encoding);
    }
    if SPM.iter().any(|word| name.contains(word)) {
        return Some(Encoding::MistralSpm);
    }
    if TEKKEN.iter().any(|word| name.contains(word)) {
        return Some(Encoding::MistralTekken);
    }
    llama(name)
}

/// Llama 3 and 4 only: Llama 1, 2 and Code Llama have another vocabulary, which was not measured.
fn llama(name: &str) -> Option<Encoding> {
    let (before, rest) = name.split_once("llama")?;
    let version = rest.trim_start_matches(['-', 'v']);
    (!before.ends_with("code") && version.starts_with(['3', '4'])).then_some(Encoding::Llama3)
}

fn unmeasured(name: &str) -> Encoding {
    const WORDS: &[&str] =
        &["command", "cohere", "grok", "nova-", "titan", "voyage", "sonar", "jamba", "palmyra", "phi-", "granite"];
    if WORDS.iter().any(|word| name.contains(word)) || name.starts_with("embed-") {
        Encoding::Unmeasured
    } else {
        Encoding::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_have_their_encodings() {
        use Encoding as E;
        let table = [
            ("gpt-4o", E::O200kBase),
            ("gpt-4o-mini-2024-07-18", E::O200kBase),
            ("openai/gpt-4.1-nano", E::O200kBase),
            ("azure/gpt-5.6-sol", E::O200kBase),
            ("ft:gpt-4o-mini-2024-07-18:org::id", E::O200kBase),
            ("o1", E::O200kBase),
            ("o3-mini", E::O200kBase),
            ("o4-mini-2025-04-16", E::O200kBase),
            ("chatgpt-4o-latest", E::O200kBase),
            ("gpt-oss-120b", E::O200kHarmony),
            ("openai.gpt-oss-120b-1:0", E::O200kHarmony),
            ("gpt-4", E::Cl100kBase),
            ("gpt-4-turbo", E::Cl100kBase),
            ("gpt-3.5-turbo", E::Cl100kBase),
            ("gpt-35-turbo", E::Cl100kBase),
            ("text-embedding-3-small", E::Cl100kBase),
            ("text-embedding-ada-002", E::Cl100kBase),
            ("gpt-6-sol", E::Gpt6),
            ("gpt-6.1-terra", E::Gpt6),
            ("claude-2.1", E::Claude2),
            ("claude-instant-1.2", E::Claude2),
            ("anthropic.claude-v2:1", E::Claude2),
            ("claude-3-opus-20240229", E::Claude3),
            ("claude-3-5-sonnet-latest", E::Claude3),
            ("claude-sonnet-4-20250514", E::Claude3),
            ("claude-sonnet-4-5-20250929", E::Claude3),
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", E::Claude3),
            ("bedrock/anthropic.claude-3-haiku-20240307-v1:0", E::Claude3),
            ("claude-opus-4.6", E::Claude3),
            ("claude-sonnet-4-5@20250929", E::Claude3),
            ("claude-opus-4-7", E::Claude47),
            ("claude-opus-4-8", E::Claude47),
            ("claude-opus-5", E::Claude47),
            ("claude-fable-5-1", E::Claude47),
            ("anthropic/claude-sonnet-5.5", E::ClaudeNewer),
            ("claude-fable-5-2", E::ClaudeNewer),
            ("claude-sonnet-latest", E::ClaudeNewer),
            ("gemini-2.5-pro", E::Gemini),
            ("models/gemini-2.0-flash-001", E::Gemini),
            ("google/gemma-3-27b-it", E::Gemini),
            ("llama-3.3-70b-versatile", E::Llama3),
            ("us.meta.llama3-1-70b-instruct-v1:0", E::Llama3),
            ("accounts/fireworks/models/llama-v3p1-8b-instruct", E::Llama3),
            ("meta-llama/Llama-4-Scout-17B-16E-Instruct", E::Llama3),
            ("deepseek-r1-distill-llama-70b", E::Llama3),
            ("deepseek-r1-distill-qwen-32b", E::Qwen),
            ("deepseek-chat", E::DeepSeek),
            ("Qwen/Qwen2.5-72B-Instruct", E::Qwen),
            ("mistral-large-latest", E::MistralTekken),
            ("open-mistral-nemo", E::MistralTekken),
            ("open-mixtral-8x7b", E::MistralSpm),
            ("mistral-large-2411", E::MistralSpm),
            ("moonshotai/kimi-k2-instruct", E::Kimi),
            ("glm-4.7", E::Glm),
            ("MiniMax-M2", E::MiniMax),
            ("command-r-plus", E::Unmeasured),
            ("grok-4", E::Unmeasured),
            ("us.amazon.nova-pro-v1:0", E::Unmeasured),
            ("voyage-3-large", E::Unmeasured),
            ("llama-2-70b-chat", E::Unknown),
            ("codellama-34b", E::Unknown),
            ("gpt-2", E::Unknown),
            ("gpt-j-6b", E::Unknown),
            ("o1js", E::Unknown),
            ("support-bot", E::Unknown),
            ("", E::Unknown),
            ("/", E::Unknown),
            ("claude-", E::ClaudeNewer),
        ];
        for (model, encoding) in table {
            assert_eq!(Encoding::for_model(model), encoding, "{model}");
        }
    }

    #[test]
    fn names_are_the_published_ones_where_there_are_any() {
        assert_eq!(encoding_name("gpt-4o"), "o200k_base");
        assert_eq!(encoding_name("gpt-4"), "cl100k_base");
        assert_eq!(encoding_name("claude-opus-4-7"), "claude-4.7");
    }
}
