//! The names that a written model name can stand for, from what is written to the bare name of the model.
//!
//! `bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0` is, step by step, without its gateway, its region, its vendor, its
//! revision and its date, `claude-sonnet-4-5`. Each step is a form of its own: a price list may know any of them.

use crate::provider::{self, Role};

/// A name longer than this is no model's: work on it is bounded.
const LONGEST: usize = 256;

/// The forms of a name in lower case, the written one first, each once. Empty for an empty or absurdly long name.
pub(crate) fn forms(written: &str) -> Vec<String> {
    let written = written.trim().to_ascii_lowercase();
    if written.is_empty() || written.len() > LONGEST {
        return Vec::new();
    }
    let mut forms = vec![written];
    // Again and again: a gateway may sell another gateway's names (`litellm_proxy/azure/gpt-4o`).
    for step in [gateway, path, gateway, gateway, region, vendor, fine_tuned, at, revision, date, edition, revision] {
        let Some(last) = forms.last() else { break };
        if let Some(next) = step(last).filter(|next| !next.is_empty() && next.len() < last.len()) {
            let next = next.to_owned();
            forms.push(next);
        }
    }
    forms
}

/// The forms of a name without what marks a snapshot of a model: `@…`, a revision, a date, an edition.
pub(crate) fn snapshot_forms(name: &str) -> Vec<&str> {
    let mut forms = vec![name];
    for step in [at, revision, date, edition] {
        forms.extend(forms.last().copied().and_then(step).filter(|next| !next.is_empty()));
    }
    forms.split_off(1)
}

/// Splits a gateway's or provider's name off: `openai/gpt-4o`, `openai:gpt-4o` → (`openai`, `gpt-4o`).
pub(crate) fn split_provider(name: &str) -> Option<(&str, &str)> {
    let known = |(head, rest): (&'_ str, &'_ str)| !rest.is_empty() && provider::role(head).is_some();
    name.split_once('/').filter(|pair| known(*pair)).or_else(|| name.split_once(':').filter(|pair| known(*pair)))
}

/// `models/x`, `publishers/google/models/x`, `arn:aws:bedrock:…:inference-profile/x`.
fn path(name: &str) -> Option<&str> {
    let is_path = name.starts_with("models/")
        || name.contains("/models/")
        || name.starts_with("arn:")
        || name.starts_with("tunedmodels/");
    is_path.then(|| name.rsplit('/').next()).flatten()
}

fn gateway(name: &str) -> Option<&str> {
    let (head, rest) = split_provider(name)?;
    // Azure's names have a data zone in between: `azure/eu/gpt-4o`.
    let zoned = || ["eu/", "us/", "global/", "global-standard/"].iter().find_map(|zone| rest.strip_prefix(zone));
    if provider::role(head) == Some(Role::Sells("azure")) { zoned().or(Some(rest)) } else { Some(rest) }
}

/// `us.anthropic.claude-…`, `global.amazon.nova-…`: the region of an inference profile.
fn region(name: &str) -> Option<&str> {
    const REGIONS: &[&str] = &["us", "eu", "apac", "ap", "global", "us-gov", "jp", "au", "ca", "sa", "in", "regional"];
    let (head, rest) = name.split_once('.')?;
    (REGIONS.contains(&head) && is_vendor(rest)).then_some(rest)
}

const VENDORS: &[&str] = &[
    "anthropic",
    "amazon",
    "meta",
    "mistral",
    "cohere",
    "ai21",
    "deepseek",
    "qwen",
    "openai",
    "stability",
    "twelvelabs",
    "writer",
    "moonshotai",
    "moonshot",
    "zai",
    "minimax",
    "google",
    "nvidia",
];

fn is_vendor(name: &str) -> bool {
    name.split_once('.').is_some_and(|(head, _)| VENDORS.contains(&head))
}

/// True for the way Bedrock writes names: `anthropic.claude-…`, with or without a region.
pub(crate) fn is_bedrock(name: &str) -> bool {
    is_vendor(name) || region(name).is_some()
}

/// `anthropic.claude-…`.
fn vendor(name: &str) -> Option<&str> {
    is_vendor(name).then(|| name.split_once('.').map(|(_, rest)| rest)).flatten()
}

/// `ft:gpt-4o-mini-2024-07-18:org:name:id`.
fn fine_tuned(name: &str) -> Option<&str> {
    name.strip_prefix("ft:")?.split(':').next()
}

/// `claude-sonnet-4-5@20250929`, `gemini-2.5-pro@default`.
fn at(name: &str) -> Option<&str> {
    name.rsplit_once('@').map(|(head, _)| head)
}

/// `…-v1:0`, `…-v2`, `…:0`: a revision on Bedrock.
fn revision(name: &str) -> Option<&str> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let name_without = name.rsplit_once(':').filter(|(_, minor)| digits(minor)).map(|(head, _)| head);
    let head = name_without.unwrap_or(name);
    let versioned = head.rsplit_once("-v").filter(|(_, major)| digits(major)).map(|(head, _)| head);
    versioned.or(name_without)
}

/// `…-20250929`, `…-2025-09-29`.
fn date(name: &str) -> Option<&str> {
    let shaped = |shape: &[u8]| {
        let at = name.len().checked_sub(shape.len())?;
        let (head, tail) = name.split_at_checked(at)?;
        let like = tail
            .bytes()
            .zip(shape)
            .all(|(byte, wanted)| if *wanted == b'#' { byte.is_ascii_digit() } else { byte == *wanted });
        (like && (tail.starts_with("-20") || tail.starts_with("-19"))).then_some(head)
    };
    shaped(b"-####-##-##").or_else(|| shaped(b"-########"))
}

/// `gemini-2.0-flash-001`.
fn edition(name: &str) -> Option<&str> {
    let (head, tail) = name.rsplit_once('-')?;
    (tail.len() == 3 && tail.starts_with("00") && tail.bytes().all(|byte| byte.is_ascii_digit())).then_some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_down_to_the_bare_model() {
        let table = [
            ("gpt-4o", "gpt-4o"),
            ("models/gemini-2.5-pro", "gemini-2.5-pro"),
            ("openai/gpt-4o", "gpt-4o"),
            ("openai:gpt-4o", "gpt-4o"),
            ("anthropic/claude-sonnet-4-5", "claude-sonnet-4-5"),
            ("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
            ("eu.amazon.nova-pro-v1:0", "nova-pro"),
            (
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-haiku-20240307-v1:0",
                "claude-3-haiku",
            ),
            ("claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
            ("claude-opus-4-1-20250805", "claude-opus-4-1"),
            ("gpt-4o-2024-08-06", "gpt-4o"),
            ("gemini-2.5-flash-001", "gemini-2.5-flash"),
            ("vertex_ai/gemini-2.0-flash@default", "gemini-2.0-flash"),
            ("publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro"),
            ("ft:gpt-4o-mini-2024-07-18:acme:support:abc123", "gpt-4o-mini"),
            ("azure/gpt-4o", "gpt-4o"),
            ("azure/eu/gpt-4o-2024-08-06", "gpt-4o"),
            ("litellm_proxy/azure/gpt-4o", "gpt-4o"),
            ("openrouter/openai/gpt-4o", "gpt-4o"),
            ("text-embedding-ada-002", "text-embedding-ada"),
            ("  GPT-4o ", "gpt-4o"),
            ("meta-llama/Llama-3.3-70B-Instruct-Turbo", "meta-llama/llama-3.3-70b-instruct-turbo"),
            ("fireworks_ai/accounts/fireworks/models/llama-v3p1-8b-instruct", "llama-v3p1-8b-instruct"),
            ("llama3:8b", "llama3:8b"),
            ("amazon.titan-embed-text-v2:0", "titan-embed-text"),
        ];
        for (written, bare) in table {
            assert_eq!(forms(written).last().map(String::as_str), Some(bare), "{written}");
        }
    }

    #[test]
    fn every_step_is_a_form_and_no_form_is_empty() {
        assert_eq!(
            forms("bedrock/us.anthropic.claude-3-haiku-20240307-v1:0"),
            [
                "bedrock/us.anthropic.claude-3-haiku-20240307-v1:0",
                "us.anthropic.claude-3-haiku-20240307-v1:0",
                "anthropic.claude-3-haiku-20240307-v1:0",
                "claude-3-haiku-20240307-v1:0",
                "claude-3-haiku-20240307",
                "claude-3-haiku",
            ]
        );
        for odd in ["", " ", "/", "openai/", ":", "@", "-v1:0", "-20250929", "ft:", "é-00é", "models/", "😀@😀"] {
            assert!(forms(odd).iter().all(|form| !form.is_empty()), "{odd:?}");
        }
        assert!(forms(&"x".repeat(10_000)).is_empty());
    }
}
