//! From where a request is reached: the entries that lead to it, and the calls on the way.

use std::collections::VecDeque;

use lensai_semantics::{ItemRef, SourceFile, item, item_span};
use lensai_text::Span;
use rustc_hash::FxHashSet;

use super::parts::{What, leading};
use super::steps::{Entered, Step};
use super::unfold::of_function;
use super::{back, requesting_items};
use crate::db::Db;
use crate::entry::{Entry, entries_of};
use crate::find::item_calls;

/// Functions further back are not asked what leads to them.
const MAX_ITEMS: usize = 2_000;
/// More ways than these are not told.
const MAX_WAYS: usize = 50;

/// A way on which a request is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayTo {
    /// Where it begins; none when no entry leads to the request and these are just the calls of the function around it.
    pub entry: Option<Entry>,
    /// The calls on the way, in order: from the entry's handler to the function around the request.
    pub through: Vec<Through>,
    /// How often the request is sent on this way, when that is known.
    pub times: Option<u64>,
}

/// A call of a function of the project on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Through {
    /// The file of the call.
    pub file: SourceFile,
    /// The call, absolute in the text.
    pub span: Span,
    /// The function or module in which it stands.
    pub within: ItemRef,
    /// What is called.
    pub function: ItemRef,
}

/// The ways to the request that stands at `span` of a file, the shortest first. It is looked back from the request as long as
/// [`crate::Database::set_reaching_names`] was told the names of who is on the way.
pub fn ways_to(db: &dyn Db, file: SourceFile, span: Span) -> Vec<WayTo> {
    let is_around = |at: &ItemRef| {
        let start = item_span(db, file, at.item).start;
        item_calls(db, file, at.item).iter().any(|call| call.call.span.shifted(start) == span)
    };
    let Some(around) = requesting_items(db, file).into_iter().find(is_around) else { return Vec::new() };
    let mut ways = Vec::new();
    let mut seen: FxHashSet<ItemRef> = std::iter::once(around).collect();
    let mut open: VecDeque<ItemRef> = std::iter::once(around).collect();
    while let Some(at) = open.pop_front() {
        let entries = entries_of(db, at);
        if !entries.is_empty() {
            let steps = of_function(db, at);
            if let Some((through, times)) = way_in(&steps, at, (file, span)) {
                ways.extend(entries.iter().map(|entry| WayTo {
                    entry: Some(entry.clone()),
                    through: through.clone(),
                    times,
                }));
            }
        }
        if ways.len() >= MAX_WAYS || seen.len() >= MAX_ITEMS {
            break;
        }
        open.extend(back(db, at).items.into_iter().filter(|item| seen.insert(*item)));
    }
    ways.truncate(MAX_WAYS);
    if ways.is_empty() { callers_of(db, around) } else { ways }
}

/// The first way among the steps of a function to a request, with how often it is sent on it.
fn way_in(steps: &[Step], within: ItemRef, to: (SourceFile, Span)) -> Option<(Vec<Through>, Option<u64>)> {
    // Steps are bounded in depth, so this may recurse.
    steps.iter().find_map(|step| match step {
        Step::Request(request) if (request.file, request.call.span) == to => Some((Vec::new(), Some(1))),
        Step::Request(_) | Step::Cut(_) => None,
        Step::Function(entered) => {
            let (mut through, times) = way_in(&entered.steps, entered.function, to)?;
            let Entered { file, span, function, .. } = *entered;
            through.insert(0, Through { file, span, within, function });
            Some((through, times))
        }
        Step::Repeated { turns, steps } => {
            let (through, times) = way_in(steps, within, to)?;
            Some((through, times.zip(turns.expected).map(|(times, turns)| times.saturating_mul(turns))))
        }
        Step::Handler(steps) => way_in(steps, within, to),
        Step::Alternatives(arms) => arms.iter().find_map(|steps| way_in(steps, within, to)),
    })
}

/// The calls of a function that no entry leads to.
fn callers_of(db: &dyn Db, function: ItemRef) -> Vec<WayTo> {
    let mut ways = Vec::new();
    for caller in back(db, function).items {
        let body = item(db, caller.file, caller.item);
        let start = item_span(db, caller.file, caller.item).start;
        for part in leading(db, caller) {
            if matches!(&part.what, What::Call { targets, .. } if targets.contains(&function)) {
                let span = body.span(part.at).shifted(start);
                ways.push(WayTo {
                    entry: None,
                    through: vec![Through { file: caller.file, span, within: caller, function }],
                    times: None,
                });
            }
        }
    }
    ways.truncate(MAX_WAYS);
    ways
}
