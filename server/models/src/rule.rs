//! Rules that say which written names mean a model.
//!
//! A rule is one lower-case string: `gpt-4o` is that name; `claude-2*` begins so; `*titan-embed-text` ends so; `*nova-lite*`
//! contains it; `#` stands for one digit; `gemini-2.5-pro*!-tts` begins so and does not contain `-tts`.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One rule of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    shape: Shape,
    text: Box<str>,
    except: Option<Box<str>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Contains,
    Suffix,
    Prefix,
    Digits,
    Equal,
}

/// How well a rule fits a name: the better one is greater. First what it says about the name, then how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fit(Shape, usize);

impl Fit {
    /// The fit of a name to itself.
    pub(crate) fn equal(name: &str) -> Self {
        Self(Shape::Equal, name.len())
    }

    /// True when the rule fixes the whole name, but for digits such as those of a date.
    pub(crate) fn is_whole(self) -> bool {
        self.0 >= Shape::Digits
    }
}

impl Rule {
    /// Reads a rule from its written form. Any text is a rule; letters are compared in lower case.
    pub fn new(written: &str) -> Self {
        let written = written.to_ascii_lowercase();
        let (pattern, except) = match written.split_once('!') {
            Some((pattern, except)) => (pattern, Some(except.into())),
            None => (written.as_str(), None),
        };
        let (shape, text) = match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
            (Some(rest), Some(_)) => (Shape::Contains, rest.strip_suffix('*').unwrap_or(rest)),
            (Some(rest), None) => (Shape::Suffix, rest),
            (None, Some(rest)) => (Shape::Prefix, rest),
            (None, None) if pattern.contains('#') => (Shape::Digits, pattern),
            (None, None) => (Shape::Equal, pattern),
        };
        Self { shape, text: text.into(), except }
    }

    /// What the rule looks for, without its stars.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True when the rule is one whole name.
    pub fn is_name(&self) -> bool {
        self.shape == Shape::Equal
    }

    /// True when the rule knows a part of names only, and not how they begin.
    pub(crate) fn is_part(&self) -> bool {
        matches!(self.shape, Shape::Contains | Shape::Suffix)
    }

    /// How well the rule fits a name, which must be in lower case; `None` when it does not.
    pub(crate) fn fit(&self, name: &str) -> Option<Fit> {
        let hit = match self.shape {
            Shape::Equal => *self.text == *name,
            Shape::Digits => like(&self.text, name.as_bytes()),
            Shape::Prefix => name.as_bytes().get(..self.text.len()).is_some_and(|head| like(&self.text, head)),
            Shape::Suffix => name.ends_with(&*self.text),
            Shape::Contains => name.contains(&*self.text),
        };
        let excepted = self.except.as_deref().is_some_and(|except| name.contains(except));
        (hit && !excepted).then_some(Fit(self.shape, self.text.len()))
    }
}

fn like(pattern: &str, name: &[u8]) -> bool {
    pattern.len() == name.len()
        && pattern.bytes().zip(name).all(|(wanted, byte)| wanted == *byte || wanted == b'#' && byte.is_ascii_digit())
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, after) = match self.shape {
            Shape::Contains => ("*", "*"),
            Shape::Suffix => ("*", ""),
            Shape::Prefix => ("", "*"),
            Shape::Digits | Shape::Equal => ("", ""),
        };
        write!(f, "{before}{}{after}", self.text)?;
        self.except.as_ref().map_or(Ok(()), |except| write!(f, "!{except}"))
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&std::borrow::Cow::<'de, str>::deserialize(deserializer)?))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn rules_fit_as_they_are_written() {
        let table = [
            ("gpt-4o", "gpt-4o", true),
            ("gpt-4o", "gpt-4o-mini", false),
            ("claude-2*", "claude-2.1", true),
            ("claude-2*", "my-claude-2", false),
            ("*titan-embed-text", "amazon.titan-embed-text", true),
            ("*titan-embed-text", "amazon.titan-embed-text-v2", false),
            ("*nova-lite*", "us.amazon.nova-lite-v1:0", true),
            ("claude-opus-5-########", "claude-opus-5-20260801", true),
            ("claude-opus-5-########", "claude-opus-5-2026080", false),
            ("claude-opus-5-########", "claude-opus-5-latest00", false),
            ("gemini-4-argon-#*", "gemini-4-argon-001", true),
            ("gemini-4-argon-#*", "gemini-4-argon-pro", false),
            ("gemini-2.5-pro*!-tts", "gemini-2.5-pro-preview", true),
            ("gemini-2.5-pro*!-tts", "gemini-2.5-pro-preview-tts", false),
            ("GLM-4.5", "glm-4.5", true),
            ("*", "anything", true),
            ("", "", true),
        ];
        for (rule, name, fits) in table {
            assert_eq!(Rule::new(rule).fit(name).is_some(), fits, "{rule} on {name}");
        }
    }

    #[test]
    fn a_rule_that_says_more_fits_better() {
        let fit = |rule: &str| Rule::new(rule).fit("claude-opus-5-20260801").unwrap();
        let order = [
            "*opus*",
            "*claude-opus*",
            "*20260801",
            "claude*",
            "claude-opus-5*",
            "claude-opus-5-########",
            "claude-opus-5-20260801",
        ];
        assert!(order.map(fit).is_sorted());
        assert!(fit("claude-opus-5-########").is_whole() && !fit("claude-opus-5*").is_whole());
    }

    #[test]
    fn rules_are_written_as_they_were_read() {
        for rule in ["gpt-4o", "claude-2*", "*x", "*x*", "a-####", "a*!b", "é*"] {
            assert_eq!(Rule::new(rule).to_string(), rule);
        }
        // A name that ends inside a character of the rule must not be cut there.
        assert!(Rule::new("aé*").fit("aè").is_none());
    }
}
