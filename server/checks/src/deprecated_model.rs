//! `deprecated-model`: the vendor advises against the model, or is about to end it.

use lensai_models::Status;

use crate::check::{Fault, Place, Subject};
use crate::code::Code;

pub(crate) fn check(subject: &Subject<'_>) -> Option<Fault> {
    let (name, end) = subject.found().find_map(|(name, found)| match found.status(subject.today) {
        Status::Deprecated(end) => Some((name, end)),
        Status::Active | Status::Retired(_) => None,
    })?;
    let message = match end {
        Some(end) => {
            let days = subject.today.days_until(end);
            let days = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
            format!("`{name}` is listed as ending on {end}, in {days}")
        }
        None => format!("`{name}` is listed as deprecated"),
    };
    Some(Fault::new(Code::DeprecatedModel, Place::Model, message))
}
