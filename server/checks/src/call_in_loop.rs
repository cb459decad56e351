//! `call-in-loop`: the call is made once for each turn of a loop.

use crate::check::{Fault, Place, Subject};
use crate::code::Code;

pub(crate) fn check(subject: &Subject<'_>) -> Option<Fault> {
    if !subject.call.in_loop {
        return None;
    }
    let expected = subject.estimate.cost.and_then(|cost| cost.expected);
    let cost = expected.map(|cost| format!(": {} each time", cost.rounded())).unwrap_or_default();
    Some(Fault::new(Code::CallInLoop, Place::Callee, format!("this call is made once for each turn of a loop{cost}")))
}
