//! Texts that name models.

use lensai_cost::{PricedCall, provider};
use lensai_models::Match;
use lensai_text::Span;

use crate::text::{Place, place};
use crate::view::{Context, FileView};

/// Names are no longer than this.
const LONGEST: usize = 200;

/// A text literal that names a model.
pub(crate) struct Named<'a> {
    /// What is between its quotes.
    pub(crate) span: Span,
    /// The name as it is written.
    pub(crate) name: &'a str,
    /// The model, when the catalogue knows it.
    pub(crate) found: Option<Match<'a>>,
    /// A call of this text that goes to it, if there is one.
    pub(crate) call: Option<&'a PricedCall>,
}

/// The model that the literal at an index names. Where no call says so, only a name that the catalogue knows in full, and that no
/// other word looks like, is taken for one.
pub(crate) fn model_at<'a>(view: &FileView<'a>, at: usize, context: &Context<'a>) -> Option<Named<'a>> {
    let Place::Literal(span) = place(view.text, at, view.language) else { return None };
    let name = view.slice(span).filter(|name| !name.is_empty() && name.len() <= LONGEST)?;
    let goes_to = |priced: &&PricedCall| priced.call.model.candidates.iter().any(|candidate| candidate == name);
    let holds = |priced: &&PricedCall| {
        let places = &priced.call.places;
        [places.model_literal, places.model]
            .into_iter()
            .flatten()
            .any(|place| place.start <= span.start && span.end <= place.end)
    };
    let mut calls = view.calls.iter().filter(goes_to);
    let here = calls.clone().find(holds);
    if let Some(call) = here.or_else(|| calls.next()) {
        let found = context.catalogue.find(provider(&call.call), name);
        return Some(Named { span, name, found, call: Some(call) });
    }
    let looks_like_one = name.contains('-') && name.bytes().any(|byte| byte.is_ascii_digit()) && !name.contains(' ');
    let found = looks_like_one.then(|| context.catalogue.find(None, name)).flatten()?;
    let limits = found.limits();
    let is_whole = limits.context.is_some() || limits.max_output.is_some();
    is_whole.then_some(Named { span, name, found: Some(found), call: None })
}
