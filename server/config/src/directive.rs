//! What a comment tells this program: `# lensai: calls=40k/month input=1200 output=300`, `# lensai: ignore[code] reason`.

use crate::parse::nearest;
use crate::traffic::Rate;

/// What a comment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Directive {
    /// Figures that the code does not say.
    Annotation(Annotation),
    /// Findings are not to be shown.
    Ignore(Ignore),
}

/// Figures of a call that its author knows better than the code shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Annotation {
    /// How often it is made.
    pub calls: Option<Rate>,
    /// Tokens that are sent with each call, all together.
    pub input: Option<u64>,
    /// Tokens of the answers to each call.
    pub output: Option<u64>,
}

/// Which findings are not to be shown, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ignore {
    /// Codes of findings; empty for all.
    pub codes: Vec<String>,
    /// Why, in the author's words; empty when they gave none.
    pub reason: String,
}

/// What is wrong with a directive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DirectiveError {
    /// Where the fault begins, in bytes from the start of the directive's text.
    pub at: usize,
    /// How many bytes it has.
    pub len: usize,
    /// What is wrong, and how it is written.
    pub message: String,
}

/// Characters of a wrong word that a message repeats.
const LONGEST_SHOWN: usize = 40;

impl Directive {
    /// Reads what follows `lensai:` in a comment.
    pub fn parse(text: &str) -> Result<Self, DirectiveError> {
        let words = || words(text);
        let Some((at, first)) = words().next() else {
            let message = "nothing is said: write `calls=40k/month`, `input=1200`, `output=300` or `ignore`".to_owned();
            return Err(DirectiveError { at: 0, len: text.len(), message });
        };
        if first == "ignore" || first.starts_with("ignore[") {
            return ignore(text, at).map(Self::Ignore);
        }
        let mut annotation = Annotation::default();
        for (at, word) in words() {
            annotation.read(word).map_err(|message| DirectiveError { at, len: word.len(), message })?;
        }
        Ok(Self::Annotation(annotation))
    }
}

impl Annotation {
    /// The figures of this annotation, and those of another where this one says none.
    pub fn or(self, other: Self) -> Self {
        Self {
            calls: self.calls.or(other.calls),
            input: self.input.or(other.input),
            output: self.output.or(other.output),
        }
    }

    fn read(&mut self, word: &str) -> Result<(), String> {
        let Some((key, value)) = word.split_once('=') else {
            let expected = "write `calls=40k/month`, `input=1200`, `output=300` or `ignore`";
            return Err(match nearest(word, &["calls", "input", "output", "ignore"]) {
                Some(near) => format!("`{}` is no directive (did you mean `{near}`?): {expected}", shown(word)),
                None => format!("`{}` is no directive: {expected}", shown(word)),
            });
        };
        let twice = |given: bool| if given { Err(format!("`{key}` is said twice")) } else { Ok(()) };
        match key {
            "calls" => {
                twice(self.calls.is_some())?;
                self.calls = Some(Rate::try_from(value.to_owned())?);
            }
            "input" => {
                twice(self.input.is_some())?;
                self.input = Some(tokens(value)?);
            }
            "output" => {
                twice(self.output.is_some())?;
                self.output = Some(tokens(value)?);
            }
            _ => {
                return Err(match nearest(key, &["calls", "input", "output"]) {
                    Some(near) => format!("unknown key `{}` (did you mean `{near}`?)", shown(key)),
                    None => format!("unknown key `{}` (there is `calls`, `input`, `output`)", shown(key)),
                });
            }
        }
        Ok(())
    }
}

/// A number of tokens: `1200`, `1_200`, `1.2k`.
fn tokens(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{}` is no number of tokens: write it as `1200` or `1.2k`", shown(text));
    let (digits, factor) = match text.as_bytes().last() {
        Some(b'k' | b'K') => (text.get(..text.len() - 1).unwrap_or_default(), 1_000_u64),
        Some(b'm' | b'M') => (text.get(..text.len() - 1).unwrap_or_default(), 1_000_000),
        _ => (text, 1),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let number = |digits: &str| -> Option<u64> {
        let plain = digits.replace('_', "");
        (!plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit())).then(|| plain.parse().ok())?
    };
    let mut total = number(whole).and_then(|whole| whole.checked_mul(factor)).ok_or_else(wrong)?;
    if digits.contains('.') {
        let places = u32::try_from(fraction.len()).ok().and_then(|places| 10_u64.checked_pow(places));
        let part = number(fraction).zip(places).and_then(|(part, places)| {
            let scaled = part.checked_mul(factor)?;
            scaled.is_multiple_of(places).then_some(scaled / places)
        });
        total = part.and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
    }
    Ok(total)
}

/// `ignore`, `ignore[code, code] reason`.
fn ignore(text: &str, at: usize) -> Result<Ignore, DirectiveError> {
    let rest = text.get(at + "ignore".len()..).unwrap_or_default();
    let Some(inner) = rest.strip_prefix('[') else {
        return Ok(Ignore { codes: Vec::new(), reason: rest.trim().to_owned() });
    };
    let fault = |message: &str| DirectiveError { at, len: text.len() - at, message: message.to_owned() };
    let (codes, reason) =
        inner.split_once(']').ok_or_else(|| fault("the list of codes is not closed: write `ignore[code] reason`"))?;
    let codes: Vec<String> = codes.split(',').map(|code| code.trim().to_owned()).collect();
    if codes.iter().any(String::is_empty) {
        return Err(fault("a code is missing: write `ignore[code] reason`, or `ignore` for all findings"));
    }
    Ok(Ignore { codes, reason: reason.trim().to_owned() })
}

/// As much of a word as a message can hold.
fn shown(word: &str) -> String {
    let short: String = word.chars().take(LONGEST_SHOWN).collect();
    if short.len() < word.len() { format!("{short}…") } else { short }
}

/// The words of a text with the byte at which each begins.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let start = text.as_ptr() as usize;
    text.split_whitespace().map(move |word| (word.as_ptr() as usize - start, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        match Directive::parse(text) {
            Ok(Directive::Annotation(Annotation { calls, input, output })) => {
                let calls = calls.and_then(Rate::per_month).map(|times| times.to_string());
                format!("{} {input:?} {output:?}", calls.unwrap_or_default())
            }
            Ok(Directive::Ignore(Ignore { codes, reason })) => format!("ignore {codes:?} {reason:?}"),
            Err(DirectiveError { at, len, message }) => format!("{at}+{len} {message}"),
        }
    }

    #[test]
    fn figures_are_read_in_any_order() {
        assert_eq!(said("calls=40k/month input=1200 output=300"), "40000 Some(1200) Some(300)");
        assert_eq!(said("  output=1.5k   input=1_200 "), " Some(1200) Some(1500)");
        assert_eq!(said("calls=12/minute"), "525600 None None");
        assert_eq!(said("input=2M"), " Some(2000000) None");
    }

    #[test]
    fn what_is_ignored_has_codes_and_a_reason() {
        assert_eq!(said("ignore"), r#"ignore [] """#);
        assert_eq!(said("ignore we know"), r#"ignore [] "we know""#);
        assert_eq!(said("ignore[call-in-loop] ten at most"), r#"ignore ["call-in-loop"] "ten at most""#);
        assert_eq!(said("ignore[a, b]"), r#"ignore ["a", "b"] """#);
    }

    #[test]
    fn a_fault_has_its_place_and_says_how_it_is_written() {
        assert_eq!(said("input=1200 outptu=3"), "11+8 unknown key `outptu` (did you mean `output`?)");
        assert_eq!(said("input=many"), "0+10 `many` is no number of tokens: write it as `1200` or `1.2k`");
        assert_eq!(said("input=1.2345k"), "0+13 `1.2345k` is no number of tokens: write it as `1200` or `1.2k`");
        assert_eq!(said("calls=lots"), "0+10 `lots` is no rate: write it as \"40k/month\" or \"12/minute\"");
        assert_eq!(said("input=1 input=2"), "8+7 `input` is said twice");
        assert!(said("ingore").starts_with("0+6 `ingore` is no directive (did you mean `ignore`?)"));
        assert!(said("").starts_with("0+0 nothing is said"));
        assert!(said("ignore[a").contains("not closed"));
        assert!(said("ignore[]").contains("a code is missing"));
        assert!(said("input=18446744073709551616").contains("no number"));
        assert!(said("input=18446744073709551615k").contains("no number"));
        assert!(said("input=0.").contains("no number"));
    }
}
