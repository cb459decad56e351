//! All checks over the calls of a file.

use std::collections::BTreeMap;

use lensai_calls::{Call, Directive};
use lensai_config::{Directive as Said, Level};
use lensai_cost::{Estimate, PricedCall, provider};
use lensai_models::{Catalogue, Date, Match, NoPrice};
use lensai_text::Span;

use crate::code::Code;
use crate::finding::{Finding, Related, Settings};
use crate::{
    call_in_loop, context_overflow, deprecated_model, growing_history, invalid_directive, output_above_limit,
    retired_model, unbounded_output, unknown_model, unpriced_model,
};

/// What the checks need beside the calls.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Models, limits and prices.
    pub catalogue: &'a Catalogue,
    /// The day, UTC.
    pub today: Date,
    /// How loud each finding is.
    pub settings: &'a Settings,
}

/// What one check says of a call.
pub(crate) struct Fault {
    pub(crate) code: Code,
    /// How loud it is when nobody says otherwise, if that is not as the code has it.
    pub(crate) level: Option<Level>,
    pub(crate) place: Place,
    pub(crate) message: String,
    /// Another place of the same text that belongs to it, and what is there.
    pub(crate) related: Option<(Span, &'static str)>,
}

impl Fault {
    pub(crate) fn new(code: Code, place: Place, message: String) -> Self {
        Self { code, level: None, place, message, related: None }
    }
}

/// Where a fault is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Where the call says its model.
    Model,
    /// Where the call limits its output.
    Limit,
    /// What is called.
    Callee,
}

/// A call, as a check sees it.
pub(crate) struct Subject<'a> {
    pub(crate) call: &'a Call,
    pub(crate) estimate: &'a Estimate,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) today: Date,
    /// What each model that it may go to is, in the order of the candidates.
    pub(crate) models: Vec<Candidate<'a>>,
}

/// What the models of a file are, by who is paid and the name: the calls of a file share a few of them.
type Known<'a> = BTreeMap<(Option<&'a str>, &'a str), Result<Match<'a>, NoPrice>>;

/// A model that a call may go to.
pub(crate) struct Candidate<'a> {
    /// As it is written.
    pub(crate) name: &'a str,
    pub(crate) found: Result<Match<'a>, NoPrice>,
}

impl<'a> Subject<'a> {
    fn new(priced: &'a PricedCall, context: &Context<'a>, known: &mut Known<'a>) -> Self {
        let call = &priced.call;
        let mut lookup = |name: &'a str| {
            let key = (provider(call), name);
            let found = known.entry(key).or_insert_with(|| context.catalogue.lookup(key.0, name)).clone();
            Candidate { name, found }
        };
        let models = call.model.candidates.iter().map(|name| lookup(name)).collect();
        Self { call, estimate: &priced.estimate, catalogue: context.catalogue, today: context.today, models }
    }

    /// The models that are found.
    pub(crate) fn found(&self) -> impl Iterator<Item = (&'a str, &Match<'a>)> {
        self.models.iter().filter_map(|candidate| Some((candidate.name, candidate.found.as_ref().ok()?)))
    }

    /// The model that is expected: the default of several, or the only one.
    pub(crate) fn expected(&self) -> Option<(&'a str, &Match<'a>)> {
        let name = self.call.model.name.as_deref();
        let only = (self.models.len() == 1).then(|| self.models.first().map(|only| only.name)).flatten();
        let name = name.or(only)?;
        self.found().find(|(candidate, _)| *candidate == name)
    }

    /// The names as a list for a sentence.
    pub(crate) fn listed(names: &[&str]) -> String {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        match names.split_last() {
            Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
            _ => names.concat(),
        }
    }
}

/// The findings of a file, in order of place. `calls` and `directives` are all of the file's, in order.
pub fn check(calls: &[PricedCall], directives: &[Directive], context: &Context<'_>) -> Vec<Finding> {
    let (mut findings, mut known) = (Vec::new(), Known::new());
    for (index, priced) in calls.iter().enumerate() {
        let subject = Subject::new(priced, context, &mut known);
        let faults = [
            unknown_model::check(&subject),
            unpriced_model::check(&subject),
            deprecated_model::check(&subject),
            retired_model::check(&subject),
            context_overflow::check(&subject),
            output_above_limit::check(&subject),
            unbounded_output::check(&subject),
            call_in_loop::check(&subject),
            growing_history::check(&subject),
        ];
        findings.extend(faults.into_iter().flatten().filter_map(|fault| finding(fault, index, &priced.call, context)));
    }
    let spans: Vec<Span> = calls.iter().map(|priced| priced.call.span).collect();
    let ignored = Ignored::new(directives, &spans);
    findings.retain(|finding| !ignored.holds(finding));
    if let Some(severity) = context.settings.severity(Code::ConfigInvalid) {
        findings.extend(invalid_directive::check(directives, &spans, severity));
    }
    findings.sort_by_key(|finding| (finding.span, finding.code));
    findings
}

fn finding(fault: Fault, index: usize, call: &Call, context: &Context<'_>) -> Option<Finding> {
    let places = &call.places;
    let inside = |span: &Span| call.span.start <= span.start && span.end <= call.span.end;
    let (span, elsewhere) = match fault.place {
        Place::Model => {
            let literal = places.model_literal.filter(|literal| inside(literal));
            let elsewhere = places.model_literal.filter(|literal| !inside(literal));
            (literal.or(places.model).or(elsewhere).unwrap_or(places.callee), elsewhere)
        }
        Place::Limit => (places.max_output.unwrap_or(places.callee), None),
        Place::Callee => (places.callee, None),
    };
    let model = elsewhere.filter(|elsewhere| *elsewhere != span).map(|model| (model, "the model is named here"));
    let related = model.into_iter().chain(fault.related);
    Some(Finding {
        code: fault.code,
        severity: context.settings.severity_or(fault.code, fault.level.unwrap_or(fault.code.default_level()))?,
        span,
        message: fault.message,
        related: related.map(|(span, message)| Related { span, message: message.to_owned() }).collect(),
        call: Some(index),
    })
}

/// So many comments about one line are asked.
const MAX_ON_A_LINE: usize = 16;

/// What comments turn off.
struct Ignored<'a> {
    /// The codes (all, when there are none) and the line of each, in order of line.
    comments: Vec<(&'a [String], Span)>,
    /// The comments about each call.
    of_call: BTreeMap<usize, Vec<usize>>,
}

impl<'a> Ignored<'a> {
    fn new(directives: &'a [Directive], spans: &[Span]) -> Self {
        let mut ignored = Self { comments: Vec::new(), of_call: BTreeMap::new() };
        for directive in directives {
            let Ok(Said::Ignore(ignore)) = &directive.said else { continue };
            for call in directive.about(spans) {
                ignored.of_call.entry(call).or_default().push(ignored.comments.len());
            }
            ignored.comments.push((&ignore.codes, directive.line));
        }
        ignored
    }

    fn holds(&self, finding: &Finding) -> bool {
        let names_it = |codes: &[String]| codes.is_empty() || codes.iter().any(|code| code == finding.code.as_str());
        let about_call = finding.call.and_then(|call| self.of_call.get(&call)).into_iter().flatten();
        about_call.filter_map(|at| self.comments.get(*at)).any(|(codes, _)| names_it(codes))
            || self.on_line(finding.span.start).any(names_it)
            || finding.related.iter().any(|related| self.on_line(related.span.start).any(names_it))
    }

    /// The codes of comments about the line that holds an offset.
    fn on_line(&self, offset: u32) -> impl Iterator<Item = &'a [String]> {
        let after = self.comments.partition_point(|(_, line)| line.start <= offset);
        let near = self.comments.get(after.saturating_sub(MAX_ON_A_LINE)..after).unwrap_or_default();
        near.iter().filter(move |(_, line)| line.contains(offset)).map(|(codes, _)| *codes)
    }
}
