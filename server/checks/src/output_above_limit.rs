//! `output-above-limit`: the call asks for longer answers than the model gives.

use lensai_cost::grouped;

use crate::check::{Fault, Place, Subject};
use crate::code::Code;

pub(crate) fn check(subject: &Subject<'_>) -> Option<Fault> {
    let asked = subject.call.max_output?;
    let (name, found) = subject.expected()?;
    let limit = found.limits().max_output.filter(|limit| asked > *limit)?;
    let message =
        format!("{} output tokens are asked for, and `{name}` gives at most {}", grouped(asked), grouped(limit));
    Some(Fault::new(Code::OutputAboveLimit, Place::Limit, message))
}
