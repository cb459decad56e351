//! What is found: requests to providers.

use std::sync::Arc;

use lensai_config::Annotation;
use lensai_text::Span;
use smol_str::SmolStr;

use crate::history::History;
use crate::prompt::Prompt;
use crate::sdk::Operation;

/// A request to a provider, at the place where it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The whole request expression, absolute in the text.
    pub span: Span,
    /// The SDK, by the name of its description.
    pub sdk: SmolStr,
    /// What is asked for.
    pub operation: Operation,
    /// Who is paid, in OpenTelemetry's names; none when it is not known.
    pub provider: Option<SmolStr>,
    /// The model.
    pub model: ModelRef,
    /// The function in which it stands, qualified within its file (`Summarizer.run`); empty at the top level.
    pub function: SmolStr,
    /// It stands in a loop of that function.
    pub in_loop: bool,
    /// What is sent.
    pub prompt: Arc<Prompt>,
    /// Limit of output tokens per answer, when it is a number that is known.
    pub max_output: Option<u64>,
    /// Whether the code limits the output at all.
    pub output_limit: OutputLimit,
    /// Number of answers asked for (`n`), when it is given as a number above one.
    pub answers: Option<u64>,
    /// How many requests it may send, one after the other.
    pub turns: TurnLimit,
    /// The messages grow with each turn of a conversation.
    pub history: Option<History>,
    /// What could not be known and matters to the reader, as sentences without a full stop.
    pub notes: Vec<String>,
    /// What a comment beside it says.
    pub annotation: Annotation,
    /// Where the parts of it stand.
    pub places: Places,
}

/// Whether the code limits the output of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OutputLimit {
    /// The request has no such argument, as far as its description says.
    #[default]
    NotOffered,
    /// The request has such an argument, and the code gives none.
    NotSet,
    /// The code gives one, known or not.
    Set,
}

/// How many requests a call may send, one after the other, each with all that was said before: the turns of an agent's loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TurnLimit {
    /// It is one request.
    #[default]
    One,
    /// At most so many, which are more than one: as the code says, else as the SDK does where the code says nothing.
    AtMost(u64),
    /// Nothing that is known limits them.
    Open,
}

/// Where the parts of a call stand, for an editor; absolute in the text of the call's file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    /// What is called, without its arguments.
    pub callee: Span,
    /// The function around it, with its decorators; none at the top level.
    pub function: Option<Span>,
    /// The argument that says the model, if it stands in the call.
    pub model: Option<Span>,
    /// The literal text that is the model, quotes included, if it stands in the same file: in the argument itself, or where the
    /// name in the argument gets its only value.
    pub model_literal: Option<Span>,
    /// The constant of another file whose text is the model, if the argument names one.
    pub model_constant: Option<Constant>,
    /// The argument that limits the output, if it stands in the call.
    pub max_output: Option<Span>,
    /// Where an argument that limits the output can be put, in the call or where its object is made in the same file; none when
    /// there is one, and when the SDK has none.
    pub add_max_output: Option<NewArgument>,
}

/// A name at the top of a file that gets one value only, which is a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Constant {
    /// The file, relative to the workspace, with `/`.
    pub path: SmolStr,
    /// The name.
    pub name: SmolStr,
}

/// Where an argument can be added, and how it is named there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewArgument {
    /// The arguments with their parentheses, or the object or dict with its braces.
    pub within: Span,
    /// The last of what already stands in there.
    pub after: Option<Span>,
    /// The name; of several those of the objects around it first (`inferenceConfig`, `maxTokens`).
    pub path: Vec<SmolStr>,
    /// How it is written.
    pub style: ArgumentStyle,
}

/// How a [`NewArgument`] is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArgumentStyle {
    /// `name=1` between parentheses.
    Keyword,
    /// `name: 1` between the braces of an object.
    Property,
    /// `"name": 1` between the braces of a dict.
    Entry,
}

/// The model of a request, as the code names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ModelRef {
    /// The one value, or the default among several.
    pub name: Option<SmolStr>,
    /// All values it may have, the default first; without duplicates.
    pub candidates: Vec<SmolStr>,
    /// Where the value stands.
    pub origin: ModelOrigin,
    /// Host of the client's base URL when it is no provider that is known.
    pub host: Option<SmolStr>,
}

/// Where the value of a model stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum ModelOrigin {
    /// In the call or in the same function.
    Literal,
    /// In a constant of a module.
    Constant,
    /// In a parameter's default.
    ParameterDefault,
    /// In the default of a read of the environment.
    EnvironmentDefault,
    /// In an attribute of a class or an instance.
    Attribute,
    /// In a configuration that the code reads.
    Configuration,
    /// With the caller.
    Caller,
    /// Nowhere that is known.
    #[default]
    Unknown,
}

impl ModelOrigin {
    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Literal => "literal",
            Self::Constant => "constant",
            Self::ParameterDefault => "parameter_default",
            Self::EnvironmentDefault => "environment_default",
            Self::Attribute => "attribute",
            Self::Configuration => "configuration",
            Self::Caller => "caller",
            Self::Unknown => "unknown",
        }
    }
}

/// The dotted name of a module, as functions are qualified with it: its path without ending, `__init__` and `index`.
pub fn module_name(path: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let stem = stem.strip_suffix("/__init__").or_else(|| stem.strip_suffix("/index")).unwrap_or(stem);
    stem.replace('/', ".")
}
