//! `unpriced-model`: the model may be right, and what it costs is not known.

use lensai_calls::Operation;
use lensai_models::{NoPrice, When};

use crate::check::{Candidate, Fault, Place, Subject};
use crate::code::Code;
use crate::unknown_model::is_unknown;

pub(crate) fn check(subject: &Subject<'_>) -> Option<Fault> {
    if !is_sold_by_tokens(subject.call.operation) {
        return None;
    }
    let reason = subject.models.iter().find_map(|model| reason(subject, model))?;
    Some(Fault::new(Code::UnpricedModel, Place::Model, format!("the cost is not known: {reason}")))
}

/// Images and sound have prices of their own, which nobody expects to see here.
fn is_sold_by_tokens(operation: Operation) -> bool {
    !matches!(operation, Operation::Image | Operation::Speech | Operation::Transcription)
}

/// Why a model has no price; none when it has one, when its name is a fault of its own, and when it runs on the user's machines.
fn reason(subject: &Subject<'_>, model: &Candidate<'_>) -> Option<String> {
    match &model.found {
        Err(NoPrice::SelfHosted { .. }) => None,
        Err(_) if is_unknown(subject, model) => None,
        Err(reason) => Some(reason.to_string()),
        Ok(found) => {
            let price = match found.price(&When::on(subject.today)) {
                Ok(price) => price,
                Err(reason) => return Some(reason.to_string()),
            };
            let is_free_of_rates = price.rates.is_empty();
            let missing = || format!("`{}` has no rate for tokens", model.name);
            is_free_of_rates.then(missing)
        }
    }
}
