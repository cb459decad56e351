//! `retired-model`: by the price list, the vendor no longer serves the model.
//!
//! The dates come from public price lists and not from the vendors, who do put off the end of a model: the message says so, and
//! the finding is a warning unless the settings make it an error.

use lensai_models::{Date, Status};

use crate::check::{Fault, Place, Subject};
use crate::code::Code;

pub(crate) fn check(subject: &Subject<'_>) -> Option<Fault> {
    let retired: Vec<(&str, Date)> = subject
        .found()
        .filter_map(|(name, found)| match found.status(subject.today) {
            Status::Retired(end) => Some((name, end)),
            Status::Active | Status::Deprecated(_) => None,
        })
        .collect();
    let (name, end) = retired.first()?;
    let day = subject.catalogue.as_of();
    let message =
        format!("`{name}` is listed as retired since {end} (price list of {day}): its vendor has the last word");
    Some(Fault::new(Code::RetiredModel, Place::Model, message))
}
