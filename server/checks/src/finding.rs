//! What a check says.

use std::collections::BTreeMap;

use lensai_config::Level;
use lensai_text::Span;

use crate::code::Code;

/// How loud a finding is, loudest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Shown discreetly.
    Hint,
    /// Good to know.
    Info,
    /// Probably wrong.
    Warning,
    /// Certainly wrong.
    Error,
}

impl Severity {
    /// The name in JSON and settings: `hint`, `info`, `warning`, `error`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Something to mend, or to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub code: Code,
    /// How loud it is, as the settings have it.
    pub severity: Severity,
    /// Where it is shown, absolute in the text.
    pub span: Span,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// Other places in the same text that belong to it.
    pub related: Vec<Related>,
    /// The call that it is about, by its index; none for a comment.
    pub call: Option<usize>,
}

/// A place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Absolute in the text.
    pub span: Span,
    /// What is there.
    pub message: String,
}

/// How loud each finding is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    levels: BTreeMap<Code, Level>,
}

impl Settings {
    /// The settings of a file or a client, by the names of codes; a name that is no code is left out and handed back.
    pub fn from_names<'a>(levels: impl IntoIterator<Item = (&'a str, Level)>) -> (Self, Vec<&'a str>) {
        let (mut settings, mut unknown) = (Self::default(), Vec::new());
        for (name, level) in levels {
            match Code::from_name(name) {
                Some(code) => drop(settings.levels.insert(code, level)),
                None => unknown.push(name),
            }
        }
        (settings, unknown)
    }

    /// These settings, with those of `over` in their place where it has some.
    pub fn with(mut self, over: &Self) -> Self {
        self.levels.extend(&over.levels);
        self
    }

    /// How loud a finding is; none when it is turned off.
    pub fn severity(&self, code: Code) -> Option<Severity> {
        self.severity_or(code, code.default_level())
    }

    /// How loud a finding is that has a default of its own.
    pub(crate) fn severity_or(&self, code: Code, default: Level) -> Option<Severity> {
        match self.levels.get(&code).copied().unwrap_or(default) {
            Level::Off => None,
            Level::Hint => Some(Severity::Hint),
            Level::Info => Some(Severity::Info),
            Level::Warning => Some(Severity::Warning),
            Level::Error => Some(Severity::Error),
        }
    }
}
