//! Which models are of a family: what is newer, and what is cheaper.
//!
//! A name says its family and version: `claude-sonnet-4-5` and `claude-3-7-sonnet` are both `claude-sonnet`, of versions 4.5 and 3.7.

use std::cmp::Reverse;

use rust_decimal::Decimal;

use crate::catalogue::{Catalogue, Match, Status};
use crate::date::Date;
use crate::money::Money;
use crate::price::{Usage, When};
use crate::rule::Rule;
use crate::schema::{Model, Unit};

/// Words that only say how far a model has come.
const STAGES: [&str; 8] = ["latest", "preview", "exp", "experimental", "beta", "stable", "turbo", "high"];

/// Words for the size of a model.
const SIZES: [&str; 15] = [
    "flash", "haiku", "large", "lite", "medium", "micro", "mini", "nano", "opus", "plus", "pro", "small", "sonnet",
    "tiny", "ultra",
];

/// The name of a model, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Name<'a> {
    /// Family and size: `gpt`, `mini`.
    words: Vec<&'a str>,
    /// `[4, 5]`; of `gpt-4o`, which came after `gpt-4` and before `gpt-4.1`, `[4, 0, 1]`.
    version: Vec<u32>,
    is_preview: bool,
}

impl<'a> Name<'a> {
    fn of(id: &'a str) -> Self {
        let mut name = Self::default();
        let mut in_date = false;
        for token in id.rsplit('/').next().unwrap_or(id).split('-') {
            let digits = token.bytes().take_while(u8::is_ascii_digit).count();
            let is_number = digits > 0 && token.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            if is_number {
                // `20250929`, `2024-11-20`, `0613`, `001`
                in_date |= digits >= 3;
                if !in_date {
                    name.version.extend(token.split('.').filter_map(|part| part.parse::<u32>().ok()));
                }
                continue;
            }
            in_date = false;
            if STAGES.contains(&token) {
                name.is_preview |= matches!(token, "preview" | "exp" | "experimental" | "beta");
            } else if let Some(version) = token.strip_suffix('o').and_then(|version| version.parse::<u32>().ok()) {
                name.version.extend([version, 0, 1]);
            } else if let Some(version) = token.strip_prefix('v').and_then(|version| version.parse::<u32>().ok()) {
                name.version.push(version);
            } else if let Some(version) = token.strip_prefix('o').and_then(|version| version.parse::<u32>().ok()) {
                name.words.push("o");
                name.version.push(version);
            } else if !token.is_empty() {
                name.words.push(token);
            }
        }
        name.words.sort_unstable();
        name
    }

    /// Whether all that is said beside family and version is a size.
    fn is_general(&self, family: &str) -> bool {
        self.words.iter().all(|word| *word == family || SIZES.contains(word))
    }
}

/// The family that a name begins with: `gpt`, `claude`.
fn family(id: &str) -> &str {
    let last = id.rsplit('/').next().unwrap_or(id);
    let first = last.split('-').next().unwrap_or(last);
    match first.strip_prefix('o') {
        Some(version) if !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()) => "o",
        _ => first,
    }
}

impl Model {
    /// The name that a call can give to mean this model; none when only parts of such names are known.
    pub fn written_name(&self) -> Option<&str> {
        // `regional.` stands for the regions of Bedrock, and what ends so is the beginning of a name.
        let is_whole = |name: &&str| !name.starts_with("regional.") && !name.ends_with(['-', '.', '/']);
        let id_is_name = self.rules.iter().any(|rule| rule.text() == self.id && !rule.is_part());
        let first = || self.rules.iter().filter(|rule| rule.is_name()).map(Rule::text).find(is_whole);
        if id_is_name { Some(self.id.as_str()).filter(is_whole) } else { first() }
    }

    /// A key by which models of one provider are sorted: those for text in general first, later ones before earlier ones.
    pub fn order(&self) -> (bool, Reverse<Vec<u32>>, &str) {
        let name = Name::of(&self.id);
        let is_general = !name.version.is_empty() && name.is_general(family(&self.id)) && !name.is_preview;
        (!is_general, Reverse(name.version), &self.id)
    }
}

impl<'a> Match<'a> {
    /// The newest model in service of the same family and size, if there is one that is newer. A name without a version
    /// (`mistral-large-latest`) means the newest already.
    pub fn newer(&self, date: Date) -> Option<&'a Model> {
        let own = Name::of(&self.model.id);
        let others = self.others(date).filter(|(model, name)| {
            name.words == own.words
                && !own.version.is_empty()
                && name.version > own.version
                && (!name.is_preview || own.is_preview)
                && is_written(model) == is_written(self.model)
        });
        others.max_by(|(_, one), (_, other)| one.version.cmp(&other.version)).map(|(model, _)| model)
    }

    /// A model in service of another size of the same family, not older, for which a usage costs at least a tenth less, and that
    /// cost. Of several it is one with the same main version if there is one, and then the one that costs most.
    pub fn cheaper(&self, usage: &Usage, date: Date) -> Option<(&'a Model, Money)> {
        let own = Name::of(&self.model.id);
        let cost = |model: &Model| {
            let price = model.price(&When::on(date), "", date).ok()?;
            price.cost(usage).ok().map(|cost| cost.total())
        };
        let most = cost(self.model)?.times(Decimal::new(9, 1));
        let others = self.others(date).filter(|(model, name)| {
            family(&model.id) == family(&self.model.id)
                && name.is_general(family(&model.id))
                && name.words != own.words
                && name.version >= own.version
                && !name.is_preview
                && is_written(model) == is_written(self.model)
        });
        let priced = others.filter_map(|(model, name)| Some((model, name, cost(model)?)));
        let cheaper = priced.filter(|(.., cost)| *cost <= most && !cost.is_zero());
        let rank =
            |name: &Name<'_>, cost: Money| (name.version.first() == own.version.first(), cost, name.version.clone());
        cheaper.max_by_key(|(_, name, cost)| rank(name, *cost)).map(|(model, _, cost)| (model, cost))
    }

    /// The provider's other models in service whose names can be written.
    fn others(&self, date: Date) -> impl Iterator<Item = (&'a Model, Name<'a>)> {
        let (catalogue, provider, own) = (self.catalogue(), self.provider, self.model);
        let lists = std::iter::once(provider).chain(provider.fallback.iter().filter_map(|id| catalogue.provider(id)));
        lists.flat_map(|provider| &provider.models).filter_map(move |model| {
            let name = model.written_name().filter(|_| model.id != own.id)?;
            let found = catalogue.lookup(Some(&provider.id), name).ok().filter(|found| found.model.id == model.id)?;
            (found.status(date) == Status::Active).then(|| (model, Name::of(&model.id)))
        })
    }
}

/// Whether a model answers with text: embeddings do not.
fn is_written(model: &Model) -> bool {
    model.prices.first().is_some_and(|row| row.rate.get(Unit::Out).is_some())
}

impl Catalogue {
    /// The providers whose models are mostly their own: where a name is written without a provider, it is most likely theirs.
    pub fn vendors(&self) -> impl Iterator<Item = &crate::schema::Provider> {
        let ids = ["openai", "anthropic", "google", "mistral", "cohere", "deepseek", "x-ai"];
        ids.into_iter().filter_map(|id| self.provider(id))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn names_say_family_and_version() {
        let table: [(&str, &[&str], &[u32]); 11] = [
            ("claude-v1", &["claude"], &[1]),
            ("gpt-4", &["gpt"], &[4]),
            ("gpt-4o-mini", &["gpt", "mini"], &[4, 0, 1]),
            ("gpt-4.1", &["gpt"], &[4, 1]),
            ("gpt-3.5-turbo-0125", &["gpt"], &[3, 5]),
            ("claude-3-7-sonnet-latest", &["claude", "sonnet"], &[3, 7]),
            ("claude-sonnet-4-5-20250929", &["claude", "sonnet"], &[4, 5]),
            ("o4-mini", &["mini", "o"], &[4]),
            ("gpt-4o-2024-11-20", &["gpt"], &[4, 0, 1]),
            ("gemini-2.5-flash-lite", &["flash", "gemini", "lite"], &[2, 5]),
            ("", &[], &[]),
        ];
        for (id, words, version) in table {
            let name = Name::of(id);
            assert_eq!((name.words.as_slice(), name.version.as_slice()), (words, version), "{id}");
        }
        assert!(Name::of("gpt-4").version < Name::of("gpt-4o").version);
        assert!(Name::of("gpt-4o").version < Name::of("gpt-4.1").version);
        assert_eq!((family("o4-mini"), family("openai/gpt-5"), family("olmo")), ("o", "gpt", "olmo"));
    }

    const FILE: &str = r#"{"schema":1,"as_of":"2026-11-09","currency":"USD","source":[],"providers":[{"id":"openai","models":[
        {"id":"gpt-4o","match":["gpt-4o"],"prices":[{"rate":{"in":"2.5","out":"10"}}]},
        {"id":"gpt-4o-mini","match":["gpt-4o-mini"],"prices":[{"rate":{"in":"0.15","out":"0.6"}}]},
        {"id":"gpt-4.1","match":["gpt-4.1"],"prices":[{"rate":{"in":"2","out":"8"}}]},
        {"id":"gpt-5","match":["gpt-5"],"retires":{"gpt-5":"2026-12-01"},"prices":[{"rate":{"in":"1","out":"8"}}]},
        {"id":"gpt-6-preview","match":["gpt-6-preview"],"prices":[{"rate":{"in":"1","out":"8"}}]},
        {"id":"gpt-9-audio","match":["gpt-9-audio"],"prices":[{"rate":{"in":"0.1","out":"0.1"}}]},
        {"id":"text-embedding-3-small","match":["text-embedding-3-small"],"prices":[{"rate":{"in":"0.02"}}]}]}]}"#;

    #[test]
    fn models_are_sorted_and_named_as_they_are_written() {
        let catalogue = Catalogue::parse(FILE, "t").unwrap();
        let mut models: Vec<&Model> = catalogue.list().map(|(_, model)| model).collect();
        models.sort_by(|one, other| one.order().cmp(&other.order()));
        let names: Vec<&str> = models.iter().map(|model| model.id.as_str()).collect();
        assert_eq!(names[..5], ["gpt-5", "gpt-4.1", "gpt-4o", "gpt-4o-mini", "gpt-9-audio"]);
        let written = |rules: &str| {
            let text = format!(r#"{{"id":"x-1","match":[{rules}],"prices":[]}}"#);
            serde_json::from_str::<Model>(&text).unwrap().written_name().map(str::to_owned)
        };
        assert_eq!(written(r#""x-1*""#).as_deref(), Some("x-1"));
        assert_eq!(written(r#""*x-1*","y-1""#).as_deref(), Some("y-1"));
        assert_eq!(written(r#""*x-1*","regional.y-1""#), None);
    }

    #[test]
    fn newer_and_cheaper_models_are_in_service_and_of_the_family() {
        let catalogue = Catalogue::parse(FILE, "t").unwrap();
        let today = "2026-11-21".parse().unwrap();
        let newer = |name: &str| catalogue.find(None, name).unwrap().newer(today).map(|model| model.id.as_str());
        assert_eq!([newer("gpt-4o"), newer("gpt-4.1"), newer("gpt-4o-mini")], [Some("gpt-4.1"), None, None]);
        let cheaper = |name: &str| {
            let found = catalogue.find(None, name).unwrap();
            let (model, cost) = found.cheaper(&Usage::new(1000, 1000), today)?;
            Some(format!("{} {cost}", model.id))
        };
        assert_eq!(cheaper("gpt-4o").as_deref(), Some("gpt-4o-mini 0.00075"));
        assert_eq!(cheaper("gpt-4o-mini"), None);
        assert_eq!(cheaper("gpt-4.1"), None);
        assert_eq!(cheaper("text-embedding-3-small"), None);
    }
}
