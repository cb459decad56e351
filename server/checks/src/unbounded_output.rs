//! `unbounded-output`: nothing limits the answer below what the model can give.

use lensai_calls::{Operation, OutputLimit};
use lensai_cost::grouped;
use lensai_models::{Match, Money, Usage, When};

use crate::check::{Fault, Place, Subject};
use crate::code::Code;

pub(crate) fn check(subject: &Subject<'_>) -> Option<Fault> {
    let is_written = matches!(subject.call.operation, Operation::Chat | Operation::TextCompletion);
    if !is_written || subject.call.output_limit != OutputLimit::NotSet {
        return None;
    }
    let (_, found) = subject.expected()?;
    let limit = found.limits().max_output?;
    let most = longest(found, limit, subject).map_or_else(|| format!("{} tokens", grouped(limit)), Money::rounded);
    // It stands behind the hint at the end of the line, where there is little room: the hover has the rest.
    Some(Fault::new(Code::UnboundedOutput, Place::Callee, format!("no limit, up to {most}")))
}

/// What the longest answer costs.
fn longest(found: &Match<'_>, limit: u64, subject: &Subject<'_>) -> Option<Money> {
    let price = found.price(&When::on(subject.today)).ok()?;
    price.cost(&Usage::new(0, limit)).ok().map(|cost| cost.output)
}
