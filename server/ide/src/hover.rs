//! What is shown of the thing under the mouse.

mod call;
mod model;
mod wrapper;

use lensai_text::Span;

use crate::named::model_at;
use crate::text::index;
use crate::view::{Context, FileView};

pub(crate) use self::call::of_call;
pub(crate) use self::model::card;
use self::model::of_model;

/// A hover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub span: Span,
    /// What it says, as Markdown.
    pub markdown: String,
}

/// The hover at an offset: over a text that names a model its limits and prices, over what is called its cost in parts, over a
/// call of a function that leads to requests these.
pub fn hover(view: &FileView<'_>, offset: u32, context: &Context<'_>) -> Option<Hover> {
    let at = index(view.text, offset);
    if let Some(named) = model_at(view, at, context) {
        return Some(Hover { span: named.span, markdown: of_model(view, &named, context) });
    }
    let Some((_, priced)) = view.call_at(offset, |priced| Some(priced.call.places.callee)) else {
        return wrapper::at(view, offset);
    };
    Some(Hover { span: priced.call.places.callee, markdown: of_call(view, priced, context) })
}
