//! Labels of hints, as the user wants them.

use lensai_cost::{Estimate, PricedCall, short_count};

use crate::markdown::clean;

/// Characters of a label: editors cut longer ones.
const LONGEST: usize = 24;
/// What stands between the segments of a label.
const BETWEEN: &str = " · ";

/// A label with places for figures: `≈ {cost} · {tokens} tok`.
///
/// Segments between ` · ` of which a figure is not known are left out, except for the cost: that is `?`. When there is no room for
/// all segments, the last ones are left out. A `≈` at the start is only shown where it is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    segments: Vec<Vec<Part>>,
}

/// A part of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Figure(Figure),
}

/// What can stand in a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Figure {
    Cost,
    Tokens,
    Input,
    Output,
    Model,
}

/// A template that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTemplate {
    /// There is no such figure.
    #[error("`{{{0}}}` is no figure: there is `{{cost}}`, `{{tokens}}`, `{{input}}`, `{{output}}`, `{{model}}`")]
    UnknownFigure(String),
    /// A `{` that is not closed.
    #[error("a `{{` is not closed")]
    NotClosed,
    /// Nothing would be shown.
    #[error("the template is empty: to see no hints turn them off")]
    Empty,
}

impl Template {
    /// Reads a template.
    pub fn parse(text: &str) -> Result<Self, InvalidTemplate> {
        if text.trim().is_empty() {
            return Err(InvalidTemplate::Empty);
        }
        Ok(Self { segments: text.split(BETWEEN).map(segment).collect::<Result<_, _>>()? })
    }

    /// The label of a call, of at most 24 characters.
    pub(crate) fn label(&self, priced: &PricedCall) -> String {
        let figures = Figures::of(priced);
        let mut segments: Vec<String> = self.segments.iter().filter_map(|parts| figures.segment(parts)).collect();
        let length = |segments: &[String]| segments.join(BETWEEN).chars().count();
        while segments.len() > 1 && length(&segments) > LONGEST {
            segments.pop();
        }
        let label = segments.join(BETWEEN);
        let label = match label.strip_prefix("≈ ") {
            Some(rest) if figures.is_exact || rest.starts_with(['?', '<', '≤']) => rest.to_owned(),
            _ => label,
        };
        if label.chars().count() <= LONGEST {
            return label;
        }
        label.chars().take(LONGEST - 1).chain(['…']).collect()
    }
}

impl Default for Template {
    /// `≈ {cost} · {tokens} tok`.
    fn default() -> Self {
        let text = |text: &str| Part::Text(text.to_owned());
        Self {
            segments: vec![
                vec![text("≈ "), Part::Figure(Figure::Cost)],
                vec![Part::Figure(Figure::Tokens), text(" tok")],
            ],
        }
    }
}

fn segment(text: &str) -> Result<Vec<Part>, InvalidTemplate> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or(InvalidTemplate::NotClosed)?;
        parts.push(Part::Text(clean(before)));
        parts.push(Part::Figure(match name.trim() {
            "cost" => Figure::Cost,
            "tokens" => Figure::Tokens,
            "input" => Figure::Input,
            "output" => Figure::Output,
            "model" => Figure::Model,
            other => return Err(InvalidTemplate::UnknownFigure(other.chars().take(40).collect())),
        }));
        rest = after;
    }
    parts.push(Part::Text(clean(rest)));
    Ok(parts)
}

/// The figures of a call, as they are shown.
struct Figures {
    cost: String,
    is_exact: bool,
    input: Option<u64>,
    output: Option<u64>,
    model: Option<String>,
}

impl Figures {
    fn of(priced: &PricedCall) -> Self {
        let estimate = &priced.estimate;
        let cost = estimate.cost;
        let exact = cost.and_then(|cost| Some((cost.low, cost.expected?, cost.high?)));
        Self {
            cost: cost_text(estimate),
            is_exact: exact.is_some_and(|(low, expected, high)| low == expected && expected == high),
            input: estimate.input.as_ref().map(|input| input.total.expected),
            output: estimate.output.map(|output| output.expected),
            model: priced.call.model.name.as_ref().map(|name| clean(name)),
        }
    }

    /// A segment with its figures; none when one is not known.
    fn segment(&self, parts: &[Part]) -> Option<String> {
        let figure = |figure: &Figure| match figure {
            Figure::Cost => Some(self.cost.clone()),
            Figure::Tokens if self.input.is_none() && self.output.is_none() => None,
            Figure::Tokens => {
                Some(short_count(self.input.unwrap_or_default().saturating_add(self.output.unwrap_or_default())))
            }
            Figure::Input => self.input.map(short_count),
            Figure::Output => self.output.map(short_count),
            Figure::Model => self.model.clone(),
        };
        let part = |part: &Part| match part {
            Part::Text(text) => Some(text.clone()),
            Part::Figure(name) => figure(name),
        };
        parts.iter().map(part).collect()
    }
}

/// What a call is expected to cost; a range when it is one of several models; `?` when it is not known.
pub(crate) fn cost_text(estimate: &Estimate) -> String {
    let Some(cost) = estimate.cost else { return "?".to_owned() };
    match (cost.expected, cost.high) {
        (Some(expected), _) => expected.rounded(),
        (None, Some(high)) if cost.low.rounded() == high.rounded() => high.rounded(),
        (None, Some(high)) if cost.low.rounded().starts_with('<') => format!("≤ {}", high.rounded()),
        (None, Some(high)) => format!("{}–{}", cost.low.rounded(), high.rounded()),
        (None, None) => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_read_or_say_what_is_wrong() {
        assert_eq!(Template::parse("≈ {cost} · {tokens} tok").map(|read| read.segments.len()), Ok(2));
        let fault = |text: &str| Template::parse(text).map_or_else(|fault| fault.to_string(), |_| "fine".to_owned());
        assert!(fault("{price}").starts_with("`{price}` is no figure: there is `{cost}`"));
        assert_eq!(fault("{cost"), "a `{` is not closed");
        assert_eq!(fault("  "), "the template is empty: to see no hints turn them off");
        assert_eq!(fault("no figures"), "fine");
    }
}
