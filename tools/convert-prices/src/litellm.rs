//! litellm's table: what it knows of a model by exact name.

use std::collections::BTreeMap;

use anyhow::Result;
use lensai_models::schema::{Model, Provider, Row};
use lensai_models::{Catalogue, Date, Rates, Rule, Unit};
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
            ("", "gemini"),
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

/// litellm's names of clouds whose dates are the earliest on which a model may end, not those on which it does: Vertex lists
/// models that are sold at an introductory price beyond such a date. They say nothing sure, so they are left out.
const EARLIEST_ONLY: &[&str] = &[
    "vertex_ai-language-models",
    "vertex_ai-embedding-models",
    "vertex_ai-anthropic_models",
    "bedrock",
    "bedrock_converse",
    "azure",
    "azure_ai",
    "databricks",
    "github_copilot",
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

    /// Fills in the limits that genai-prices lacks, by exact name.
    pub(crate) fn complete(&self, provider: &mut Provider) {
        for model in &mut provider.models {
            let names = names(model);
            let first = |field: &str| {
                names.iter().find_map(|name| self.entry(&provider.id, name)?.get(field)?.as_u64()).filter(|n| *n > 0)
            };
            model.max_output = first("max_output_tokens");
            model.context = model.context.or_else(|| first("max_input_tokens"));
        }
    }

    /// Adds `OpenAI`'s fine-tuned models that no rule of the catalogue names: they cost more than the models they are made of.
    pub(crate) fn add_fine_tuned(&self, providers: &mut [Provider]) {
        let Some(openai) = providers.iter_mut().find(|provider| provider.id == "openai") else { return };
        for name in self.0.keys().filter(|name| name.starts_with("ft:")) {
            let tuned = |rule: &Rule| rule.text().starts_with("ft:") && name.starts_with(rule.text());
            let covered = openai.models.iter().any(|model| model.rules.iter().any(tuned));
            let Some(rate) = self.entry("openai", name).map(rates).filter(|rate| !covered && !rate.is_empty()) else {
                continue;
            };
            openai.models.push(Model {
                id: name.clone(),
                rules: vec![Rule::new(&format!("{name}*"))],
                context: None,
                max_output: None,
                deprecated: false,
                retires: BTreeMap::new(),
                prices: vec![Row { rate, ..Row::default() }],
            });
        }
    }

    /// Dollars per million tokens in and out, by exact name.
    pub(crate) fn prices(&self, provider: &str, model: &Model) -> Option<(Decimal, Decimal)> {
        let entry = self.entry(provider, &model.id.to_ascii_lowercase())?;
        let rates = rates(entry);
        rates.get(Unit::In).zip(rates.get(Unit::Out))
    }

    fn entry(&self, provider: &str, name: &str) -> Option<&Map<String, Value>> {
        spellings(provider).iter().find_map(|(prefix, theirs)| {
            let entry = self.0.get(&format!("{prefix}{name}")).and_then(Value::as_object)?;
            (entry.get("litellm_provider")?.as_str()? == *theirs).then_some(entry)
        })
    }

    /// Writes down on which day each written name stops to work, with the model that the catalogue takes the name for.
    pub(crate) fn retire(&self, catalogue: &Catalogue, providers: &mut [Provider]) {
        for provider in providers {
            for (name, end) in self.ends(&provider.id) {
                // Another provider's list (Azure falls back on that of `OpenAI`) must not take this one's dates.
                let found = catalogue.find(Some(&provider.id), &name).map(|found| found.model.id.clone());
                let own = found.and_then(|id| provider.models.iter_mut().find(|model| model.id == id));
                if let Some(model) = own {
                    model.retires.insert(name, end);
                }
            }
        }
    }

    /// The day on which each of a provider's names ends, where it is known.
    fn ends(&self, provider: &str) -> BTreeMap<String, Date> {
        let mut ends = BTreeMap::new();
        for (prefix, theirs) in spellings(provider).iter().rev().filter(|(_, theirs)| !EARLIEST_ONLY.contains(theirs)) {
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

fn rates(entry: &Map<String, Value>) -> Rates {
    const FIELDS: &[(&str, Unit)] = &[
        ("input_cost_per_token", Unit::In),
        ("output_cost_per_token", Unit::Out),
        ("cache_read_input_token_cost", Unit::CacheRead),
    ];
    let mut rates = Rates::default();
    for (field, unit) in FIELDS {
        // The shortest decimal that reads back as the float is the number that was typed.
        let text = entry.get(*field).and_then(Value::as_f64).map(|rate| rate.to_string());
        let rate = text.and_then(|text| Decimal::from_str_exact(&text).ok()?.checked_mul(Decimal::from(1_000_000)));
        if let Some(rate) = rate {
            rates.set(*unit, rate.normalize());
        }
    }
    rates
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
