//! Amounts, exactly as written.

use std::borrow::Cow;
use std::fmt;

use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};

/// US dollars: never negative, exact.
///
/// Written in quotes (`"0.05"`), or as a whole number. A number with a point is refused: TOML reads it as a binary float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(Decimal);

impl Usd {
    /// The amount.
    pub fn get(self) -> Decimal {
        self.0
    }
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UsdVisitor)
    }
}

struct UsdVisitor;

impl Visitor<'_> for UsdVisitor {
    type Value = Usd;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount in US dollars such as \"0.05\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Usd, E> {
        match Decimal::from_str_exact(text) {
            Ok(amount) if !amount.is_sign_negative() => Ok(Usd(amount)),
            _ => Err(E::custom(format!("`{text}` is no amount in US dollars: write it as \"0.05\""))),
        }
    }

    fn visit_i64<E: de::Error>(self, whole: i64) -> Result<Usd, E> {
        if whole < 0 {
            return Err(E::custom(format!("`{whole}` is negative: a budget is an amount in US dollars")));
        }
        Ok(Usd(Decimal::from(whole)))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Usd, E> {
        Err(E::custom(format!("an amount with a point is written in quotes, so that it stays exact: \"{number}\"")))
    }
}

impl JsonSchema for Usd {
    fn schema_name() -> Cow<'static, str> {
        "Usd".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "US dollars, in quotes so that they stay exact.",
            "anyOf": [{ "type": "string", "pattern": r"^\d+(\.\d+)?$" }, { "type": "integer", "minimum": 0 }]
        })
    }
}
