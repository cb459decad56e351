//! The cost of a call, beside it.

use lensai_cost::PricedCall;
use lensai_models::Money;
use lensai_text::Span;

use crate::hover;
use crate::template::Template;
use crate::text::{line_end, offset};
use crate::view::{Context, FileView};

/// How hints are shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HintSettings {
    /// Calls that are expected to cost less have none. A cost that is not known is always shown.
    pub minimum_cost: Money,
    /// What they say.
    pub template: Template,
    /// Where they stand.
    pub position: HintPosition,
}

/// Where a hint stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum HintPosition {
    /// At the end of the line on which the call begins.
    #[default]
    EndOfLine,
    /// Behind the call's closing parenthesis.
    AfterCall,
}

/// A hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlayHint {
    /// Where it stands, in bytes.
    pub offset: u32,
    /// At most 24 characters.
    pub label: String,
    /// The call, by its index: for [`hint_tooltip`].
    pub call: usize,
}

/// The hints in a range of the text, in order of place.
pub fn inlay_hints(view: &FileView<'_>, range: Span, settings: &HintSettings) -> Vec<InlayHint> {
    let shown = view.calls.iter().enumerate().filter(|(_, priced)| is_worth_it(priced, settings.minimum_cost));
    let mut line = Line::default();
    let mut hints: Vec<InlayHint> = shown
        .filter_map(|(call, priced)| {
            let at = place(view, priced.call.span, settings.position, &mut line)?;
            let is_asked_for = range.start <= at && at <= range.end;
            is_asked_for.then(|| InlayHint { offset: at, label: settings.template.label(priced), call })
        })
        .collect();
    hints.sort_by_key(|hint| hint.offset);
    hints
}

/// The Markdown that a hint shows when it is pointed at; none when there is no such call.
pub fn hint_tooltip(view: &FileView<'_>, call: usize, context: &Context<'_>) -> Option<String> {
    view.calls.get(call).map(|priced| hover::of_call(view, priced, context))
}

fn is_worth_it(priced: &PricedCall, minimum: Money) -> bool {
    let expected = priced.estimate.cost.and_then(|cost| cost.expected);
    expected.is_none_or(|expected| expected >= minimum)
}

/// The line that was looked at last, from a call on it to its end: the next call is likely on the same one, and a line may be long.
#[derive(Default)]
struct Line {
    from: u32,
    end: u32,
}

/// Where the hint of a call stands; none when the call is not one of this text.
fn place(view: &FileView<'_>, call: Span, position: HintPosition, line: &mut Line) -> Option<u32> {
    view.slice(call)?;
    if position == HintPosition::AfterCall {
        return Some(call.end);
    }
    if call.start < line.from || call.start >= line.end {
        *line = Line { from: call.start, end: offset(line_end(view.text, call.start as usize)) };
    }
    Some(line.end)
}
