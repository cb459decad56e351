//! The description as TOML gives it: keys are checked, texts are not yet read. Every text keeps its place.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

/// A text and where it stands.
pub(crate) type Text = Spanned<String>;

/// A table whose keys are texts of a small language.
pub(super) type Table<V> = BTreeMap<Text, V>;

/// What of a `lensai.toml` is of interest here; its other keys are read elsewhere.
#[derive(Debug, Deserialize)]
pub(super) struct RawSettings {
    #[serde(default)]
    pub(super) sdk: Vec<Spanned<RawSdk>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSdk {
    #[serde(alias = "name")]
    pub(super) sdk: Text,
    pub(super) from: RawFrom,
    #[serde(default)]
    pub(super) shared_names: List,
    #[serde(default)]
    pub(super) transparent: List,
    #[serde(default)]
    pub(super) mention: List,
    #[serde(default)]
    pub(super) provider: RawProvider,
    #[serde(default)]
    pub(super) make: Vec<Spanned<RawMake>>,
    #[serde(default)]
    pub(super) same: Vec<Spanned<RawSame>>,
    #[serde(default)]
    pub(super) compose: Vec<Spanned<RawCompose>>,
    #[serde(default)]
    pub(super) ambient: Vec<Spanned<RawAmbient>>,
    #[serde(default)]
    pub(super) defaults: RawDefaults,
    #[serde(default)]
    pub(super) request: Vec<Spanned<RawRequest>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFrom {
    #[serde(default)]
    pub(crate) python: List,
    #[serde(default)]
    pub(crate) typescript: List,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMake {
    pub(super) kind: Text,
    #[serde(rename = "as")]
    pub(super) report_as: Option<Text>,
    #[serde(default)]
    pub(super) call: List,
    #[serde(default)]
    pub(super) is: List,
    #[serde(default)]
    pub(super) on: List,
    #[serde(default)]
    pub(super) path: List,
    #[serde(default)]
    pub(super) when: Table<List>,
    #[serde(default)]
    pub(super) table: List,
    #[serde(default)]
    pub(super) slots: Table<List>,
    #[serde(default)]
    pub(super) provider: RawProvider,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSame {
    #[serde(default)]
    pub(super) on: List,
    #[serde(default)]
    pub(super) path: List,
    #[serde(default)]
    pub(super) call: List,
    pub(super) subject: Option<Text>,
    #[serde(default)]
    pub(super) slots: Table<List>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCompose {
    pub(super) kind: Text,
    pub(super) holds: List,
    #[serde(default)]
    pub(super) unseen: List,
    #[serde(default)]
    pub(super) operator: List,
    #[serde(default)]
    pub(super) path: List,
    #[serde(default)]
    pub(super) call: List,
    #[serde(default)]
    pub(super) held: List,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAmbient {
    pub(super) name: Text,
    #[serde(default)]
    pub(super) set: List,
    #[serde(default)]
    pub(super) within: List,
    #[serde(default)]
    pub(super) value: List,
}

/// What a request has that does not say it itself.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDefaults {
    #[serde(default)]
    pub(super) on: List,
    #[serde(default)]
    pub(super) path: List,
    #[serde(default)]
    pub(super) call: List,
    #[serde(default)]
    pub(super) slots: Table<List>,
    #[serde(default)]
    pub(super) unseen: List,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRequest {
    #[serde(default)]
    pub(super) on: List,
    #[serde(default)]
    pub(super) path: List,
    #[serde(default)]
    pub(super) call: List,
    #[serde(default)]
    pub(super) takes: Table<Text>,
    #[serde(default)]
    pub(super) url: List,
    #[serde(default)]
    pub(super) needs: List,
    pub(super) operation: Text,
    #[serde(default)]
    pub(super) by_model: Vec<RawByModel>,
    #[serde(default)]
    pub(super) by_slot: Vec<RawBySlot>,
    #[serde(default)]
    pub(super) slots: Table<List>,
    #[serde(default)]
    pub(super) provider: RawProvider,
    #[serde(default)]
    pub(super) unseen: List,
    #[serde(default)]
    pub(super) near: bool,
    #[serde(rename = "as")]
    pub(super) report_as: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawByModel {
    #[serde(rename = "match")]
    pub(super) glob: Text,
    pub(super) operation: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBySlot {
    pub(super) slot: Text,
    #[serde(rename = "match")]
    pub(super) glob: Option<Text>,
    pub(super) operation: Text,
}

/// `["a", "b"]`, or `"a"` for a list of one.
#[derive(Debug, Default)]
pub(crate) struct List(pub(crate) Vec<Text>);

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A value that may have several forms keeps its place only when `Spanned` stands outermost.
        let texts = Spanned::<OneOrMany>::deserialize(deserializer)?;
        let place = texts.span();
        Ok(Self(match texts.into_inner() {
            OneOrMany::One(text) => vec![Spanned::new(place, text)],
            OneOrMany::Many(texts) => texts,
        }))
    }
}

enum OneOrMany {
    One(String),
    Many(Vec<Text>),
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;
        impl<'de> Visitor<'de> for Forms {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMany, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element()? {
                    texts.push(text);
                }
                Ok(OneOrMany::Many(texts))
            }
        }
        deserializer.deserialize_any(Forms)
    }
}

/// `"openai"`, or a table of rules.
#[derive(Debug, Default)]
pub(super) struct RawProvider(pub(super) RawProviderRules);

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProviderRules {
    pub(super) host_of: Option<Text>,
    pub(super) prefix_of: Option<Text>,
    pub(super) slot: Option<Text>,
    #[serde(alias = "else")]
    pub(super) literal: Option<Text>,
}

impl<'de> Deserialize<'de> for RawProvider {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;
        impl<'de> Visitor<'de> for Forms {
            type Value = TextOrRules;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a provider's name or a table of rules")
            }

            fn visit_str<E>(self, text: &str) -> Result<TextOrRules, E> {
                Ok(TextOrRules::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TextOrRules, A::Error> {
                RawProviderRules::deserialize(MapAccessDeserializer::new(map)).map(TextOrRules::Rules)
            }
        }
        enum TextOrRules {
            Text(String),
            Rules(RawProviderRules),
        }
        impl<'de> Deserialize<'de> for TextOrRules {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Forms)
            }
        }
        let rule = Spanned::<TextOrRules>::deserialize(deserializer)?;
        let place = rule.span();
        Ok(Self(match rule.into_inner() {
            TextOrRules::Text(text) => {
                RawProviderRules { literal: Some(Spanned::new(place, text)), ..RawProviderRules::default() }
            }
            TextOrRules::Rules(rules) => rules,
        }))
    }
}
