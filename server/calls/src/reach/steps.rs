//! What is done on the way to requests, as a tree.

use std::sync::Arc;

use lensai_semantics::{ItemRef, SourceFile, Turns};
use lensai_text::Span;

use crate::call::Call;

/// Steps in order; what leads to no request is left out.
pub type Steps = Vec<Step>;

/// Something that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A request is sent.
    Request(Request),
    /// A function of the project is called.
    Function(Entered),
    /// A loop.
    Repeated {
        /// How often it turns.
        turns: Turns,
        /// What is done in each turn.
        steps: Steps,
    },
    /// One of these: arms that exclude each other. An empty one does nothing that matters.
    Alternatives(Vec<Steps>),
    /// Done when something went wrong.
    Handler(Steps),
    /// What follows is not looked at.
    Cut(Cut),
}

impl Step {
    /// The steps directly in this one, in order; of alternatives those of all.
    pub fn inner(&self) -> impl DoubleEndedIterator<Item = &Self> {
        let arms = match self {
            Self::Function(entered) => std::slice::from_ref(&entered.steps),
            Self::Repeated { steps, .. } | Self::Handler(steps) => std::slice::from_ref(steps),
            Self::Alternatives(arms) => arms.as_slice(),
            Self::Request(_) | Self::Cut(_) => &[],
        };
        arms.iter().flatten()
    }
}

/// A request with what it is given on this way to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The file in which it stands.
    pub file: SourceFile,
    /// The request.
    pub call: Arc<Call>,
}

/// A call of a function of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// The file of the call.
    pub file: SourceFile,
    /// The call, absolute in the text.
    pub span: Span,
    /// The function.
    pub function: ItemRef,
    /// What it does.
    pub steps: Steps,
}

/// Why what follows is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cut {
    /// The function calls itself: how often nobody knows.
    Recursion,
    /// There is more than is worth following.
    TooMuch,
}
