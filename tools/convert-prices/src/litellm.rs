//! litellm's table: what it knows of a model by exact name.

use std::collections::BTreeMap;

use anyhow::Result;
use lensai_models::Date;
use lensai_models::schema::{Model, Provider};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

/// litellm's prefix of a provider's names, and its name of that provider, for each of ours. The first that has a name wins.
const NAMES: &[(&str, &[(&str, &str)])] = &[
    ("openai", &[("", "openai"), ("", "text-completion-openai")]),
    ("anthropic", &[("", "anthropic")]),
    (
        "google",
        &[
            ("gemini/", "gemini"),
            ("", "vertex_ai-language-models"),
            ("", "vertex_ai-embedding-models"),
            ("vertex_ai/", "vertex_ai-anthropic_models"),
        ],
    ),
    ("aws", &[("", "bedrock_converse"), ("", "bedrock"), ("us.", "bedrock_converse")]),
    ("azure", &[("azure/", "azure"), ("azure_ai/", "azure_ai")]),
    ("mistral", &[("mistral/", "mistral")]),
    ("cohere", &[("", "cohere_chat"), ("", "cohere")]),
    ("groq", &[("groq/", "groq")]),
    ("deepseek", &[("deepseek/", "deepseek"), ("", "deepseek")]),
    ("x-ai", &[("xai/", "xai")]),
    ("perplexity", &[("perplexity/", "perplexity")]),
    ("together", &[("together_ai/", "together_ai")]),
    ("fireworks", &[("fireworks_ai/accounts/fireworks/models/", "fireworks_ai"), ("fireworks_ai/", "fireworks_ai")]),
    ("openrouter", &[("openrouter/", "openrouter")]),
    ("cerebras", &[("cerebras/", "cerebras")]),
    ("novita", &[("novita/", "novita")]),
    ("moonshotai", &[("moonshot/", "moonshot")]),
    ("minimax", &[("minimax/", "minimax")]),
    ("zai", &[("zai/", "zai")]),
    ("voyageai", &[("voyage/", "voyage")]),
    ("databricks", &[("databricks/", "databricks")]),
    ("cloudflare", &[("cloudflare/", "cloudflare")]),
    ("baseten", &[("baseten/", "baseten")]),
    ("ovhcloud", &[("ovhcloud/", "ovhcloud")]),
    ("github-copilot", &[("github_copilot/", "github_copilot")]),
];

/// The table.
#[derive(Debug)]
pub(crate) struct Table(Map<String, Value>);

impl Table {
    pub(crate) fn parse(json: &str) -> Result<Self> {
        let mut table: Map<String, Value> = serde_json::from_str(json)?;
        // It documents the fields and is no model.
        table.remove("sample_spec");
        Ok(Self(table))
    }

    /// Fills in what genai-prices lacks, by exact name.
    pub(crate) fn complete(&self, provider: &mut Provider) {
        let ends = self.ends(&provider.id);
        for model in &mut provider.models {
            let names = names(model);
            let first = |field: &str| {
                names.iter().find_map(|name| self.entry(&provider.id, name)?.get(field)?.as_u64()).filter(|n| *n > 0)
            };
            model.max_output = first("max_output_tokens");
            model.context = model.context.or_else(|| first("max_input_tokens"));
            model.retires = names.iter().filter_map(|name| Some((name.clone(), *ends.get(name)?))).collect();
        }
    }

    /// Dollars per million tokens in and out, by exact name.
    pub(crate) fn prices(&self, provider: &str, model: &Model) -> Option<(Decimal, Decimal)> {
        let entry = self.entry(provider, &model.id.to_ascii_lowercase())?;
        let per_million = |field: &str| {
            // The shortest decimal that reads back as the float is the number that was typed.
            let text = entry.get(field)?.as_f64()?.to_string();
            Decimal::from_str_exact(&text).ok()?.checked_mul(Decimal::from(1_000_000)).map(|rate| rate.normalize())
        };
        Some((per_million("input_cost_per_token")?, per_million("output_cost_per_token")?))
    }

    fn entry(&self, provider: &str, name: &str) -> Option<&Map<String, Value>> {
        spellings(provider).iter().find_map(|(prefix, theirs)| {
            let entry = self.0.get(&format!("{prefix}{name}")).and_then(Value::as_object)?;
            (entry.get("litellm_provider")?.as_str()? == *theirs).then_some(entry)
        })
    }

    /// The day on which each of a provider's names ends, where it is known.
    fn ends(&self, provider: &str) -> BTreeMap<String, Date> {
        let mut ends = BTreeMap::new();
        for (prefix, theirs) in spellings(provider).iter().rev() {
            for (key, entry) in &self.0 {
                let name = key
                    .strip_prefix(prefix)
                    .filter(|_| entry.get("litellm_provider").and_then(Value::as_str) == Some(theirs));
                let end = entry.get("deprecation_date").and_then(Value::as_str).and_then(|date| date.parse().ok());
                if let Some((name, end)) = name.zip(end) {
                    ends.insert(name.to_ascii_lowercase(), end);
                }
            }
        }
        ends
    }
}

fn spellings(provider: &str) -> &'static [(&'static str, &'static str)] {
    NAMES.iter().find(|(id, _)| *id == provider).map_or(&[], |(_, spellings)| spellings)
}

/// The model's id, then the other names that mean exactly it, in lower case.
fn names(model: &Model) -> Vec<String> {
    let mut names = vec![model.id.to_ascii_lowercase()];
    for rule in model.rules.iter().filter(|rule| rule.is_name()) {
        if !names.iter().any(|name| name == rule.text()) {
            names.push(rule.text().to_owned());
        }
    }
    names
}
