//! What the features look at.

use std::collections::BTreeMap;

use lensai_calls::{Directive, module_name};
use lensai_checks::Finding;
use lensai_config::{Policy, Rate};
use lensai_cost::{PricedCall, PricedFunction, PricedWrapper};
use lensai_models::{Catalogue, Date};
use lensai_syntax::Language;
use lensai_text::Span;

/// One text, and all that is known of it.
#[derive(Debug, Clone, Copy)]
pub struct FileView<'a> {
    /// Relative to the workspace, with `/`; as it is for a file outside of one.
    pub path: &'a str,
    /// The language of the text.
    pub language: Language,
    /// The text; of a notebook the joined text of its cells.
    pub text: &'a str,
    /// Its calls, in order of place.
    pub calls: &'a [PricedCall],
    /// Its `lensai:` comments, in order of place.
    pub directives: &'a [Directive],
    /// Its findings, in order of place.
    pub findings: &'a [Finding],
    /// Its functions that lead to requests by way of others, or handle a route, in order of place.
    pub functions: &'a [PricedFunction],
    /// Its calls of functions that lead to requests, in order of place.
    pub wrappers: &'a [PricedWrapper],
}

/// What is the same for all files of a workspace.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Models, limits and prices.
    pub catalogue: &'a Catalogue,
    /// The day, UTC.
    pub today: Date,
    /// How often something is called, from `[traffic]` of the workspace. What names a function by its qualified name
    /// (`app.summarize.Summarizer.run`) counts for the calls in it.
    pub traffic: &'a BTreeMap<String, Rate>,
    /// Which models may be used: others are not offered.
    pub policy: &'a Policy,
}

impl<'a> FileView<'a> {
    /// The text of a span; none when it is not one of this text.
    pub(crate) fn slice(&self, span: Span) -> Option<&'a str> {
        self.text.get(span.range())
    }

    /// The innermost call of which a place holds an offset. `place` gives spans of a call.
    pub(crate) fn call_at(
        &self,
        offset: u32,
        place: impl Fn(&PricedCall) -> Option<Span>,
    ) -> Option<(usize, &'a PricedCall)> {
        let touched = self.calls.iter().enumerate().filter_map(|(at, call)| {
            let span = place(call)?;
            let holds = span.start <= offset && offset <= span.end && self.slice(span).is_some();
            holds.then_some((span.len(), at, call))
        });
        touched.min_by_key(|(length, ..)| *length).map(|(_, at, call)| (at, call))
    }
}

impl Context<'_> {
    /// How often a call is made: as the comment beside it says, else as the workspace says of its function.
    pub(crate) fn traffic_of(&self, view: &FileView<'_>, priced: &PricedCall) -> Option<(Rate, Whence)> {
        if let Some(rate) = priced.call.annotation.calls {
            return Some((rate, Whence::Comment));
        }
        if self.traffic.is_empty() || priced.call.function.is_empty() {
            return None;
        }
        let name = format!("{}.{}", module_name(view.path), priced.call.function);
        self.traffic.get(&name).map(|rate| (*rate, Whence::Configuration))
    }

    /// Whether the workspace allows a model.
    pub(crate) fn allows(&self, model: &str) -> bool {
        let any = |globs: &[String]| globs.iter().any(|glob| matches(glob, model));
        (self.policy.allow.is_empty() || any(&self.policy.allow)) && !any(&self.policy.deny)
    }
}

/// Who says how often something is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whence {
    Comment,
    Configuration,
}

/// Whether a glob, in which `*` is any text, is a whole name.
fn matches(glob: &str, name: &str) -> bool {
    let mut parts = glob.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_are_whole_names() {
        for (glob, name, fits) in [
            ("gpt-*", "gpt-4o", true),
            ("*-preview", "gpt-4.5-preview", true),
            ("gpt-4o", "gpt-4o-mini", false),
            ("a*a", "a", false),
            ("*", "", true),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c-b", false),
        ] {
            assert_eq!(matches(glob, name), fits, "{glob} {name}");
        }
    }
}
