//! The names of findings.

use std::fmt;

use lensai_config::Level;

/// What a finding is about. The name is stable, and each has a page in `docs/findings`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// No price list has a model of this name.
    UnknownModel,
    /// The model is known, and its price is not.
    UnpricedModel,
    /// The vendor advises against the model, or is about to end it.
    DeprecatedModel,
    /// The vendor no longer serves the model.
    RetiredModel,
    /// What is sent does not fit the model's context window.
    ContextOverflow,
    /// The call asks for longer answers than the model gives.
    OutputAboveLimit,
    /// Nothing limits the answer below what the model can give.
    UnboundedOutput,
    /// The call stands in a loop.
    CallInLoop,
    /// The messages of the call grow with each turn of a conversation.
    GrowingHistory,
    /// A `lensai:` comment that cannot be read.
    ConfigInvalid,
}

impl Code {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 10] = [
        Self::UnknownModel,
        Self::UnpricedModel,
        Self::DeprecatedModel,
        Self::RetiredModel,
        Self::ContextOverflow,
        Self::OutputAboveLimit,
        Self::UnboundedOutput,
        Self::CallInLoop,
        Self::GrowingHistory,
        Self::ConfigInvalid,
    ];

    /// The name in diagnostics, settings and comments: `unbounded-output`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownModel => "unknown-model",
            Self::UnpricedModel => "unpriced-model",
            Self::DeprecatedModel => "deprecated-model",
            Self::RetiredModel => "retired-model",
            Self::ContextOverflow => "context-overflow",
            Self::OutputAboveLimit => "output-above-limit",
            Self::UnboundedOutput => "unbounded-output",
            Self::CallInLoop => "call-in-loop",
            Self::GrowingHistory => "growing-history",
            Self::ConfigInvalid => "config-invalid",
        }
    }

    /// The code of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }

    /// Whether this is the code of a finding, also of one that only a later version or another subcommand makes: a comment may
    /// ignore it.
    pub fn is_name(name: &str) -> bool {
        Self::from_name(name).is_some() || ELSEWHERE.contains(&name)
    }

    /// How loud it is when nobody says otherwise.
    pub const fn default_level(self) -> Level {
        match self {
            // What is counted is the least that is sent: certain to fail when it runs.
            Self::ContextOverflow => Level::Error,
            // Likely to fail. Names, dates and limits are those of price lists, not of the vendors.
            Self::UnknownModel | Self::RetiredModel | Self::OutputAboveLimit | Self::ConfigInvalid => Level::Warning,
            // Good to know; often meant so.
            Self::DeprecatedModel | Self::UnpricedModel | Self::CallInLoop | Self::GrowingHistory => Level::Info,
            Self::UnboundedOutput => Level::Hint,
        }
    }

    /// What it says, in a few words, for completions and settings.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::UnknownModel => "the name of the model is in no price list",
            Self::UnpricedModel => "the model's price is not known",
            Self::DeprecatedModel => "the model is about to end",
            Self::RetiredModel => "the model is listed as ended",
            Self::ContextOverflow => "what is sent does not fit the model's context window",
            Self::OutputAboveLimit => "the call asks for more output than the model gives",
            Self::UnboundedOutput => "nothing limits the length of the answer",
            Self::CallInLoop => "the call is made once for each turn of a loop",
            Self::GrowingHistory => "the messages grow with each turn of a conversation",
            Self::ConfigInvalid => "a `lensai:` comment cannot be read",
        }
    }
}

/// Codes of findings that are not made for one call.
const ELSEWHERE: [&str; 19] = [
    "archived-prompt",
    "batchable",
    "budget-monthly",
    "budget-per-call",
    "budget-stop",
    "cache-unfriendly-prompt",
    "cheaper-model",
    "estimate-drift",
    "fallback-drift",
    "forbidden-key",
    "latency-slo",
    "missing-variable",
    "model-not-allowed",
    "outdated-pin",
    "provider-sunset",
    "unexpected-variable",
    "unknown-prompt",
    "unknown-version",
    "unpublished-prompt",
];

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
