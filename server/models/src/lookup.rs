//! From a written name to the model that it means.
//!
//! With a provider that has a price list, only that list counts, and those that the list itself falls back on (Azure sells
//! `OpenAI`'s models at `OpenAI`'s prices). Without one, or behind a gateway, the name itself must say whose model it is.

use crate::catalogue::{Catalogue, Match};
use crate::normal::{forms, is_bedrock, snapshot_forms, split_provider};
use crate::price::NoPrice;
use crate::provider::{Role, canonical_provider, role};
use crate::rule::Fit;
use crate::schema::{Model, Provider};

/// How the names of vendors' own models begin.
const VENDORS: &[(&str, &str)] = &[
    ("gpt-image", "openai"),
    ("gpt-", "openai"),
    ("chatgpt-", "openai"),
    ("ft:", "openai"),
    ("o1", "openai"),
    ("o3", "openai"),
    ("o4", "openai"),
    ("text-embedding-3", "openai"),
    ("text-embedding-ada", "openai"),
    ("whisper-1", "openai"),
    ("tts-1", "openai"),
    ("codex-mini", "openai"),
    ("computer-use", "openai"),
    ("claude", "anthropic"),
    ("gemini", "google"),
    ("mistral", "mistral"),
    ("ministral", "mistral"),
    ("magistral", "mistral"),
    ("codestral", "mistral"),
    ("devstral", "mistral"),
    ("pixtral", "mistral"),
    ("voxtral", "mistral"),
    ("open-mistral", "mistral"),
    ("open-mixtral", "mistral"),
    ("command", "cohere"),
    ("embed-", "cohere"),
    ("rerank-", "cohere"),
    ("c4ai-", "cohere"),
    ("deepseek-chat", "deepseek"),
    ("deepseek-reasoner", "deepseek"),
    ("deepseek-v", "deepseek"),
    ("deepseek-flash", "deepseek"),
    ("grok-", "x-ai"),
    ("sonar", "perplexity"),
    ("pplx-", "perplexity"),
    ("voyage-", "voyageai"),
    ("kimi", "moonshotai"),
    ("moonshot", "moonshotai"),
    ("glm-", "zai"),
    ("minimax-", "minimax"),
];

impl Catalogue {
    /// The model that a name means, or why there is none. See [`Catalogue::find`].
    pub fn lookup(&self, provider: Option<&str>, model: &str) -> Result<Match<'_>, NoPrice> {
        let forms = forms(model);
        match provider.map(str::trim).filter(|name| !name.is_empty()).map(|name| (name, role(name))) {
            Some((name, Some(Role::Sells(id)))) => self.sold_by(id, model, &forms).map(|found| found.paid_as(name)),
            Some((name, Some(Role::SelfHosted))) => Err(self_hosted(name)),
            Some((name, Some(Role::Unlisted))) => Err(no_price_list(name)),
            Some((_, Some(Role::PassesOn) | None)) | None => self.by_name(model, &forms),
        }
    }

    /// In one provider's list, or in those that it falls back on.
    fn sold_by(&self, id: &str, model: &str, forms: &[String]) -> Result<Match<'_>, NoPrice> {
        let Some(own) = self.provider(id) else { return Err(no_price_list(id)) };
        let chain: Vec<&Provider> =
            std::iter::once(own).chain(own.fallback.iter().filter_map(|id| self.provider(id))).collect();
        for provider in chain {
            for form in forms {
                if let Some((model, fit)) = best_with_snapshot(provider, form) {
                    return Ok(Match::new(self, own, model, forms, fit));
                }
            }
        }
        Err(NoPrice::NotListed { model: model.to_owned(), provider: own.name().to_owned() })
    }

    fn by_name(&self, model: &str, forms: &[String]) -> Result<Match<'_>, NoPrice> {
        let unknown = || NoPrice::UnknownModel { model: model.to_owned() };
        let Some(written) = forms.first() else { return Err(unknown()) };
        // A gateway's name for a provider: what follows is in that provider's list or in none.
        for form in forms {
            let Some((head, _)) = split_provider(form) else { continue };
            match role(head) {
                Some(Role::Sells(id)) => return self.sold_by(id, model, forms).map(|found| found.paid_as(head)),
                Some(Role::SelfHosted) => return Err(self_hosted(head)),
                Some(Role::Unlisted) => return Err(no_price_list(head)),
                Some(Role::PassesOn) | None => {}
            }
        }
        if forms.iter().any(|form| is_bedrock(form)) {
            return self.sold_by("aws", model, forms);
        }
        // OpenAI gives the weights of gpt-oss away and does not sell calls of it: the host's price counts.
        let open_weights = |form: &&String| form.starts_with("gpt-oss");
        for form in forms.iter().filter(|form| !open_weights(form)) {
            if let Some((_, vendor)) = VENDORS.iter().find(|(start, _)| form.starts_with(start))
                && let Ok(found) = self.sold_by(vendor, model, forms)
            {
                return Ok(found);
            }
        }
        self.sold_somewhere(written, forms).unwrap_or_else(|| Err(unknown()))
    }

    /// Open models have no vendor's list. Where everyone who lists the name asks the same, that is the price.
    fn sold_somewhere(&self, written: &str, forms: &[String]) -> Option<Result<Match<'_>, NoPrice>> {
        let sellers: Vec<(&Provider, &Model, Fit)> = self
            .providers()
            .filter_map(|provider| best(provider, written).map(|(model, fit)| (provider, model, fit)))
            .filter(|(.., fit)| fit.is_whole())
            .collect();
        let (provider, model, fit) = *sellers.first()?;
        if sellers
            .iter()
            .all(|(_, other, _)| other.prices.first().map(|row| &row.rate) == model.prices.first().map(|row| &row.rate))
        {
            return Some(Ok(Match::new(self, provider, model, forms, fit)));
        }
        let providers = sellers.iter().map(|(provider, ..)| provider.name().to_owned()).collect();
        Some(Err(NoPrice::Ambiguous { model: written.to_owned(), providers }))
    }
}

/// The best fit of a name; before a rule that knows only its beginning comes one that knows all of it but for a date or
/// revision: `gemini-2.0-flash-lite-001` is `gemini-2.0-flash-lite`, not what begins with `gemini-2.0-flash`.
fn best_with_snapshot<'a>(provider: &'a Provider, name: &str) -> Option<(&'a Model, Fit)> {
    let as_written = best(provider, name);
    if as_written.is_some_and(|(_, fit)| fit.is_whole()) {
        return as_written;
    }
    let undated =
        || snapshot_forms(name).into_iter().find_map(|form| best(provider, form).filter(|(_, fit)| fit.is_whole()));
    as_written.and_then(|_| undated()).or(as_written)
}

/// The model whose rule fits a name best; the first of equals. A model's own id means it, with or without a rule.
fn best<'a>(provider: &'a Provider, name: &str) -> Option<(&'a Model, Fit)> {
    let mut best: Option<(&Model, Fit)> = None;
    for model in &provider.models {
        let own = model.id.eq_ignore_ascii_case(name).then(|| Fit::equal(name));
        for fit in model.rules.iter().filter_map(|rule| rule.fit(name)).chain(own) {
            if best.is_none_or(|(_, other)| fit > other) {
                best = Some((model, fit));
            }
        }
    }
    best
}

fn self_hosted(name: &str) -> NoPrice {
    NoPrice::SelfHosted { provider: canonical_provider(name).unwrap_or(name).to_owned() }
}

fn no_price_list(name: &str) -> NoPrice {
    NoPrice::NoPriceList { provider: canonical_provider(name).unwrap_or(name).to_owned() }
}
