//! A call of a function that leads to requests.

use std::fmt::Write as _;

use lensai_cost::{PricedPart, PricedWrapper, about, short_count};

use super::Hover;
use crate::markdown::code;
use crate::view::FileView;

/// So many requests are listed.
const SHOWN: usize = 8;

/// What the innermost such call at an offset leads to. Its arguments may hold others.
pub(super) fn at(view: &FileView<'_>, offset: u32) -> Option<Hover> {
    let held = view.wrappers.iter().filter(|wrapper| {
        let span = wrapper.span;
        span.start <= offset && offset <= span.end && view.slice(span).is_some()
    });
    let wrapper = held.min_by_key(|wrapper| wrapper.span.len())?;
    Some(Hover { span: wrapper.span, markdown: markdown(wrapper) })
}

fn markdown(wrapper: &PricedWrapper) -> String {
    let sum = &wrapper.sum;
    let calls = match sum.requests {
        0 => "LLM calls that are too far away to be followed".to_owned(),
        1 => "1 LLM call".to_owned(),
        several => format!("{several} LLM calls"),
    };
    let cost = match (sum.unpriced == sum.requests, sum.is_open || sum.unpriced > 0) {
        (true, _) => "?".to_owned(),
        (false, true) => format!("≈ {} and more", about(sum.expected)),
        (false, false) => format!("≈ {}", about(sum.expected)),
    };
    let mut text = format!("**{cost}** · leads to {calls}\n");
    for part in wrapper.parts.iter().take(SHOWN) {
        text.push_str(&line(part));
    }
    if wrapper.parts.len() > SHOWN {
        let _ = write!(text, "\n- and {} more", wrapper.parts.len() - SHOWN);
    }
    match sum.high {
        Some(high) if high == sum.expected => {}
        Some(high) => {
            let _ = write!(text, "\n\nAt most {}.", high.rounded());
        }
        None => text.push_str("\n\nNo upper bound is known."),
    }
    text
}

fn line(part: &PricedPart) -> String {
    let call = &part.call;
    let model = call.model.name.as_ref().or_else(|| call.model.candidates.first());
    let model = model.map_or_else(|| "model not known".to_owned(), |name| code(name));
    let times = match part.times {
        Some(1) => String::new(),
        Some(times) => format!("{times} × "),
        None => "any number of ".to_owned(),
    };
    let cost = part.estimate.cost.and_then(|cost| cost.expected).map_or_else(|| "?".to_owned(), about);
    let sent = part.estimate.input.as_ref().map(|input| format!(" · {} tok in", short_count(input.total.expected)));
    let place = if call.function.is_empty() {
        code(&part.path)
    } else {
        format!("{} in {}", code(&call.function), code(&part.path))
    };
    format!("\n- {times}{model} · {cost}{} — {place}", sent.unwrap_or_default())
}
