//! Match clauses of genai-prices as rules of ours.

use anyhow::{Result, bail};
use lensai_models::Rule;
use serde::Deserialize;

/// A clause as genai-prices has it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Clause {
    Equals(String),
    StartsWith(String),
    EndsWith(String),
    Contains(String),
    Regex(String),
    Or(Vec<Clause>),
    And(Vec<Clause>),
}

impl Clause {
    /// The rules that together match what the clause matches.
    pub(crate) fn rules(&self) -> Result<Vec<Rule>> {
        Ok(self.written()?.iter().map(|written| Rule::new(written)).collect())
    }

    fn written(&self) -> Result<Vec<String>> {
        Ok(match self {
            Self::Equals(text) => vec![literal(text)?],
            Self::StartsWith(text) => vec![format!("{}*", literal(text)?)],
            Self::EndsWith(text) => vec![format!("*{}", literal(text)?)],
            Self::Contains(text) => vec![format!("*{}*", literal(text)?)],
            Self::Regex(regex) => expand(regex)?,
            Self::Or(clauses) => {
                let parts = clauses.iter().map(Self::written).collect::<Result<Vec<_>>>()?;
                parts.into_iter().flatten().collect()
            }
            Self::And(clauses) => and(clauses)?,
        })
    }
}

fn literal(text: &str) -> Result<String> {
    if text.contains(['*', '#', '!']) {
        bail!("`{text}` has a character that rules give a meaning");
    }
    Ok(text.to_owned())
}

/// The one conjunction in use: a rule, and a look-ahead that keeps speech models out.
fn and(clauses: &[Clause]) -> Result<Vec<String>> {
    const NO_SPEECH: &str = "^(?!.*-[tT][tT][sS](?:$|-))";
    match clauses {
        [clause, Clause::Regex(regex)] if regex == NO_SPEECH => {
            Ok(clause.written()?.into_iter().map(|rule| format!("{rule}!-tts")).collect())
        }
        _ => bail!("no rule for the conjunction {clauses:?}"),
    }
}

/// The regular expressions in use are literals with digits, alternatives of one character and optional groups: as many rules
/// as they have readings.
fn expand(regex: &str) -> Result<Vec<String>> {
    let Some(body) = regex.strip_prefix('^') else { bail!("`{regex}` is not anchored") };
    let (body, end) = body.strip_suffix('$').map_or((body, "*"), |body| (body, ""));
    let body = body.replace(r"\d{8}", "########").replace(r"\d{4}", "####").replace(r"\d{2}", "##").replace(r"\d", "#");
    let mut readings = vec![String::new()];
    let mut rest = body.as_str();
    while let Some(first) = rest.chars().next() {
        let (options, length): (Vec<String>, usize) = match first {
            '(' => {
                let Some(inside) = rest.find(")?").and_then(|end| rest.get(1..end)) else {
                    bail!("no rule for `{regex}`")
                };
                (vec![String::new(), inside.replace('\\', "")], inside.len() + 3)
            }
            '[' => {
                let Some(inside) = rest.find(']').and_then(|end| rest.get(1..end)) else {
                    bail!("no rule for `{regex}`")
                };
                (inside.chars().map(String::from).collect(), inside.len() + 2)
            }
            '\\' => {
                let Some(escaped) = rest.chars().nth(1) else { bail!("`{regex}` ends in a backslash") };
                (vec![escaped.to_string()], 1 + escaped.len_utf8())
            }
            '|' | ')' | '?' | '+' | '*' | '{' | '.' => bail!("no rule for `{regex}`"),
            plain => (vec![plain.to_string()], plain.len_utf8()),
        };
        readings = readings.iter().flat_map(|head| options.iter().map(move |tail| format!("{head}{tail}"))).collect();
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(readings.into_iter().map(|reading| format!("{reading}{end}")).collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn regular_expressions_become_rules() {
        let table: &[(&str, &[&str])] = &[
            (r"^claude-opus-5[-@]\d{8}$", &["claude-opus-5-########", "claude-opus-5@########"]),
            (r"^gpt-5\.6-sol-\d{4}-\d{2}-\d{2}$", &["gpt-5.6-sol-####-##-##"]),
            (r"^composer-2\.5\[fast=true\]$", &["composer-2.5[fast=true]"]),
            (r"^gemini-4-argon-\d", &["gemini-4-argon-#*"]),
            (
                r"^(typesafe/)?jev-1\.13(-\d{8})?$",
                &["jev-1.13", "jev-1.13-########", "typesafe/jev-1.13", "typesafe/jev-1.13-########"],
            ),
        ];
        for (regex, rules) in table {
            assert_eq!(expand(regex).unwrap(), *rules, "{regex}");
        }
        for bad in ["gpt", "^a|b$", "^a+$", "^a.b$", "^(a$", "^[a$", "^a\\"] {
            assert!(expand(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_the_known_conjunction_is_taken() {
        let clause =
            |regex: &str| Clause::And(vec![Clause::StartsWith("g".to_owned()), Clause::Regex(regex.to_owned())]);
        assert_eq!(clause("^(?!.*-[tT][tT][sS](?:$|-))").written().unwrap(), ["g*!-tts"]);
        assert!(clause("^x").written().is_err());
    }
}
