//! `growing-history`: what is answered is added to the messages, so that each turn sends more than the one before it.

use lensai_cost::grouped;

use crate::check::{Fault, Place, Subject};
use crate::code::Code;

pub(crate) fn check(subject: &Subject<'_>) -> Option<Fault> {
    let grows_at = subject.call.history.as_ref()?.grows_at;
    let history = subject.estimate.history?;
    let turns = history.turns;
    let last = ordinal(turns);
    let assumed = if history.is_assumed { " (assumed)" } else { "" };
    let grows = match history.cost {
        Some(cost) => format!(
            "{} for the first, {} for the {last}, {} for {} turns together{assumed}",
            cost.first.rounded(),
            cost.last.rounded(),
            cost.total.rounded(),
            grouped(turns),
        ),
        None => format!(
            "{} tokens are sent with the first, {} with the {last}{assumed}",
            grouped(history.first_input),
            grouped(history.last_input),
        ),
    };
    let message = format!("the messages grow with each turn: {grows}");
    let related = Some((grows_at, "what is answered is added here, and sent again"));
    Some(Fault { related, ..Fault::new(Code::GrowingHistory, Place::Callee, message) })
}

/// `2nd`, `11th`, `1,000th`
fn ordinal(number: u64) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{}{ending}", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::ordinal;

    #[test]
    fn ordinals() {
        let table =
            [(2, "2nd"), (3, "3rd"), (10, "10th"), (11, "11th"), (12, "12th"), (21, "21st"), (1_000, "1,000th")];
        for (number, shown) in table {
            assert_eq!(ordinal(number), shown);
        }
    }
}
