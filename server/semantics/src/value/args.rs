//! Arguments of a call.

use smol_str::SmolStr;

use super::Value;

/// Arguments of a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Args {
    /// By position.
    pub positional: Vec<Value>,
    /// By name, in order; of equal names the last counts.
    pub keywords: Vec<(SmolStr, Value)>,
    /// What was spread into them and is no list or mapping that is known.
    pub spreads: Vec<Value>,
}

impl Args {
    /// All values in it.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.positional.iter().chain(self.keywords.iter().map(|(_, value)| value)).chain(&self.spreads)
    }

    /// The same arguments with other values.
    pub(crate) fn map(&self, change: impl Fn(&Value) -> Value) -> Self {
        Self {
            positional: self.positional.iter().map(&change).collect(),
            keywords: self.keywords.iter().map(|(name, value)| (name.clone(), change(value))).collect(),
            spreads: self.spreads.iter().map(&change).collect(),
        }
    }

    /// The argument of this name: a keyword, else the key of an options object.
    pub fn named(&self, name: &str) -> Option<&Value> {
        let keyword = self.keywords.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value);
        keyword.or_else(|| {
            self.positional.iter().find_map(|value| match value {
                Value::Mapping(mapping) => mapping.get(name),
                _ => None,
            })
        })
    }

    /// Adds what `*value` gives.
    pub(crate) fn spread(&mut self, value: Value) {
        match value {
            Value::List(list) if !list.open => self.positional.extend(list.items.iter().cloned()),
            other => self.spreads.push(other),
        }
    }

    /// Adds what `**value` gives.
    pub(crate) fn spread_keywords(&mut self, value: Value) {
        match value {
            Value::Mapping(mapping) => {
                self.keywords.extend(
                    mapping.entries.iter().map(|(key, value)| (key.clone(), value.clone().seen_from(mapping.origin))),
                );
                self.spreads.extend(mapping.spreads.iter().cloned());
            }
            other => self.spreads.push(other),
        }
    }
}
