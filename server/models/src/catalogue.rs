//! The catalogue in memory, and what is asked of it.

use std::collections::HashMap;

use lensai_tokens::Encoding;
use serde::Serialize;

use crate::date::Date;
use crate::near::{near, slip};
use crate::price::{Cost, NoPrice, Price, Usage, When};
use crate::provider::canonical_provider;
use crate::rule::Fit;
use crate::schema::{File, Model, Provider, SCHEMA};

static BUILTIN: &str = include_str!("../data/catalogue.json");

/// How long before its end a model counts as deprecated. Vendors publish the earliest end of a model on the day that they
/// release it: a date a year ahead is no warning.
const NOTICE_DAYS: i64 = 183;

/// Models, limits and prices.
#[derive(Debug)]
pub struct Catalogue {
    file: File,
    source: String,
    /// Position in `file.providers` by id.
    by_id: HashMap<String, usize>,
}

/// A catalogue that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidCatalogue {
    /// Not the JSON that a catalogue is.
    #[error("not a price catalogue: {0}")]
    Json(#[from] serde_json::Error),
    /// Made for another version of the program.
    #[error("the catalogue has schema {found}, this program reads {SCHEMA}")]
    Schema {
        /// The version in the file.
        found: u32,
    },
    /// Rates in another currency would be taken for dollars.
    #[error("the catalogue's rates are in {0}, not in USD")]
    Currency(String),
}

impl Catalogue {
    /// The catalogue in this program. It is parsed anew at each call (a few milliseconds): make one and share it.
    pub fn builtin() -> Result<Self, InvalidCatalogue> {
        Self::parse(BUILTIN, "builtin")
    }

    /// A catalogue from its JSON. `source` is the layer's name, carried by every price.
    pub fn parse(json: &str, source: &str) -> Result<Self, InvalidCatalogue> {
        let file: File = serde_json::from_str(json)?;
        if file.schema != SCHEMA {
            return Err(InvalidCatalogue::Schema { found: file.schema });
        }
        if file.currency != "USD" {
            return Err(InvalidCatalogue::Currency(file.currency));
        }
        let by_id = file.providers.iter().enumerate().map(|(at, provider)| (provider.id.clone(), at)).collect();
        Ok(Self { file, source: source.to_owned(), by_id })
    }

    /// The last day whose prices are in here.
    pub fn as_of(&self) -> Date {
        self.file.as_of
    }

    /// The whole document, for views of the data itself.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// The providers, in the order of their ids.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.file.providers.iter()
    }

    /// A provider by the catalogue's own id.
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.by_id.get(id).and_then(|at| self.file.providers.get(*at))
    }

    /// Every model of every provider, in the order of the catalogue.
    pub fn list(&self) -> impl Iterator<Item = (&Provider, &Model)> {
        self.providers().flat_map(|provider| provider.models.iter().map(move |model| (provider, model)))
    }

    /// The model that a name means. `provider` is who is paid, in any spelling ([`canonical_provider`](crate::canonical_provider));
    /// without one, or with a gateway or an unknown one, the name itself must say whose model it is. The name may carry a
    /// gateway, a region, a date, a revision. [`lookup`](Self::lookup) tells why there is none.
    pub fn find(&self, provider: Option<&str>, model: &str) -> Option<Match<'_>> {
        self.lookup(provider, model).ok()
    }

    /// The `n` model ids nearest to a name, for "did you mean".
    pub fn near(&self, name: &str, n: usize) -> Vec<&str> {
        let written = crate::normal::split_provider(name).map_or(name, |(_, rest)| rest);
        near(written, self.list().map(|(_, model)| model.id.as_str()), n)
    }

    /// The model id that a name seems to be a slip of the hand away from; none for what may be another version.
    pub fn slip(&self, name: &str) -> Option<&str> {
        let written = crate::normal::split_provider(name).map_or(name, |(_, rest)| rest);
        slip(written, self.list().map(|(_, model)| model.id.as_str()))
    }

    /// What a usage costs, or why that is not known.
    pub fn cost(&self, provider: Option<&str>, model: &str, usage: &Usage, when: &When) -> Result<Cost, NoPrice> {
        self.lookup(provider, model)?.price(when)?.cost(usage)
    }
}

/// A model found.
#[derive(Debug, Clone)]
pub struct Match<'a> {
    catalogue: &'a Catalogue,
    /// Who is paid.
    pub provider: &'a Provider,
    /// The model, as priced.
    pub model: &'a Model,
    paid_as: Option<&'static str>,
    forms: Vec<String>,
    whole: bool,
    /// False when the model is from a list that the provider's own falls back on.
    own: bool,
}

/// Limits of a model in tokens, as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Limits {
    /// The context window.
    pub context: Option<u64>,
    /// The most output tokens of one call.
    pub max_output: Option<u64>,
}

/// Where a model stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "status", content = "date", rename_all = "lowercase")]
pub enum Status {
    /// In service.
    Active,
    /// Advised against, or about to end: on that day, when it is known.
    Deprecated(Option<Date>),
    /// No longer served since that day.
    Retired(Date),
}

impl Status {
    /// `active`, `deprecated` or `retired`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deprecated(_) => "deprecated",
            Self::Retired(_) => "retired",
        }
    }

    /// The day on which the model ends or ended.
    pub const fn date(self) -> Option<Date> {
        match self {
            Self::Active => None,
            Self::Deprecated(date) => date,
            Self::Retired(date) => Some(date),
        }
    }
}

impl<'a> Match<'a> {
    /// `seller` is paid; the model may be from a list that the seller's falls back on.
    pub(crate) fn new(
        catalogue: &'a Catalogue,
        seller: &'a Provider,
        model: &'a Model,
        forms: &[String],
        fit: Fit,
    ) -> Self {
        let own = seller.models.iter().any(|each| std::ptr::eq(each, model));
        Self { own, catalogue, provider: seller, paid_as: None, model, forms: forms.to_vec(), whole: fit.is_whole() }
    }

    /// With the name that the call gives the provider: Vertex AI and the Gemini API are one price list.
    pub(crate) fn paid_as(self, name: &str) -> Self {
        Self { paid_as: canonical_provider(name), ..self }
    }

    /// Who is paid, by the name for results: `openai`, `gcp.vertex_ai`.
    pub fn provider_name(&self) -> &'a str {
        self.paid_as.unwrap_or_else(|| self.provider.name())
    }

    /// The form of the name that means this model, and the rule of the catalogue that it fits: the model's own name where no rule
    /// does.
    pub fn fitting(&self) -> Option<(&str, &'a str)> {
        let rules = || self.model.rules.iter();
        self.forms.iter().find_map(|form| {
            let fitting = rules().filter_map(|rule| Some((rule.fit(form)?, rule.text())));
            let best = fitting.reduce(|best, other| if other.0 > best.0 { other } else { best });
            let own = self.model.id.eq_ignore_ascii_case(form).then_some(self.model.id.as_str());
            Some((form.as_str(), best.map(|(_, rule)| rule).or(own)?))
        })
    }

    /// Where it was found.
    pub(crate) fn catalogue(&self) -> &'a Catalogue {
        self.catalogue
    }

    /// The rates that hold for a call, or why there are none.
    pub fn price(&self, when: &When) -> Result<Price, NoPrice> {
        self.model.price(when, &self.catalogue.source, self.catalogue.file.as_of)
    }

    /// True when the name is that of a fine-tuned model and the list has only its base: the price is the base's, and a
    /// fine-tuned model usually costs more.
    pub fn is_base_of_fine_tuned(&self) -> bool {
        let tuned = self.forms.iter().any(|form| form.starts_with("ft:"));
        tuned && !self.model.rules.iter().any(|rule| rule.text().starts_with("ft:"))
    }

    /// The limits. Where only the beginning of the name is known (`gpt-5-something` is priced as `gpt-5`), they are not.
    pub fn limits(&self) -> Limits {
        let named = |form: &String| *form == self.model.id || self.model.rules.iter().any(|rule| rule.text() == form);
        if self.whole || self.forms.iter().any(named) {
            Limits { context: self.model.context, max_output: self.model.max_output }
        } else {
            Limits::default()
        }
    }

    /// Where the model stands on a day. A written name may end earlier than others of its model. Another provider's dates
    /// are not this one's: a model sold on from another list is active as far as is known.
    pub fn status(&self, date: Date) -> Status {
        if !self.own {
            return Status::Active;
        }
        let own = self.forms.iter().find_map(|form| self.model.retires.get(form));
        match own.copied() {
            Some(end) if end <= date => Status::Retired(end),
            Some(end) if self.model.deprecated || date.days_until(end) <= NOTICE_DAYS => Status::Deprecated(Some(end)),
            None if self.model.deprecated => Status::Deprecated(None),
            Some(_) | None => Status::Active,
        }
    }

    /// The vocabulary that the model counts with.
    pub fn encoding(&self) -> Encoding {
        Encoding::for_model(&self.model.id)
    }
}
