//! From text to facts: parsing with a deadline, then one walk over the tree.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use lensai_text::Span;
use tree_sitter::{ParseOptions, Parser, Tree};

use crate::Language;
use crate::builder::{Earlier, FileBuilder, KnownItem};
use crate::hir::{Facts, Problem};
use crate::lower;

/// What one file may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest time that parsing may take. What follows it may take until a third of it is over once more: 2 s for a
    /// parse of 1.5 s.
    pub deadline: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { deadline: Duration::from_millis(1500) }
    }
}

/// Reads a text as a language. Never fails: what could not be read is in [`Facts::problems`].
pub fn facts(text: &str, language: Language, limits: Limits) -> Facts {
    if u32::try_from(text.len()).is_err() {
        return too_large(language);
    }
    let mut clock = Clock::start(limits);
    let text = normalised(text, language);
    lowered(parse(&text, language, limits, None).as_ref(), &text, language, None, &mut clock).0
}

/// The facts of a text that is too large to be addressed.
pub(crate) fn too_large(language: Language) -> Facts {
    let mut file = FileBuilder::new(Span::new(0, u32::MAX));
    file.problems.push(Problem::TooLarge);
    file.finish(language)
}

/// The facts in a tree of a text that is [`normalised`], with what may be known of it when it is read again; without a tree the
/// text took too long to parse.
pub(crate) fn lowered(
    tree: Option<&Tree>,
    text: &str,
    language: Language,
    earlier: Option<Earlier>,
    clock: &mut Clock,
) -> (Facts, Vec<KnownItem>) {
    let module = Span::new(0, u32::try_from(text.len()).unwrap_or(u32::MAX));
    let mut file = FileBuilder::new(module).with_earlier(earlier);
    let is_read = match (tree, language) {
        (Some(tree), Language::Python) => lower::python::lower(tree, text, &mut file, clock),
        (Some(tree), Language::TypeScript | Language::Tsx | Language::JavaScript) => {
            lower::typescript::lower(tree, text, &mut file, clock)
        }
        (None, _) => false,
    };
    if !is_read {
        file = FileBuilder::new(module);
        file.problems.push(Problem::Deadline);
    }
    file.finish_with_known(language)
}

/// A text as the grammar of a language reads it. The Python grammar ends a line with a line feed only; offsets stay what they are.
pub(crate) fn normalised(text: &str, language: Language) -> Cow<'_, str> {
    if language.is_python() && has_lone_returns(text) {
        Cow::Owned(lone_returns_replaced(text))
    } else {
        Cow::Borrowed(text)
    }
}

/// Bounds the time for a file.
pub(crate) struct Clock {
    end: Option<Instant>,
    steps: u32,
    late: bool,
}

impl Clock {
    pub(crate) fn start(limits: Limits) -> Self {
        Self { end: Instant::now().checked_add(limits.deadline / 3 * 4), steps: 0, late: false }
    }

    /// Whether time has run out. To be asked at each step: only now and then it looks at the clock.
    pub(crate) fn is_late(&mut self) -> bool {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(1024) {
            self.late = self.end.is_some_and(|end| Instant::now() > end);
        }
        self.late
    }
}

fn has_lone_returns(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'))
}

fn lone_returns_replaced(text: &str) -> String {
    let mut characters = text.chars().peekable();
    let mut replaced = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        let lone = character == '\r' && characters.peek() != Some(&'\n');
        replaced.push(if lone { '\n' } else { character });
    }
    replaced
}

/// Parses a text, anew or with what an earlier tree knows; none when it takes too long.
pub(crate) fn parse(text: &str, language: Language, limits: Limits, old: Option<&Tree>) -> Option<Tree> {
    let grammar = match language {
        Language::Python => tree_sitter_python::LANGUAGE.into(),
        Language::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        Language::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
        Language::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
    };
    let mut parser = Parser::new();
    parser.set_language(&grammar).ok()?;
    let start = Instant::now();
    let mut progress = |_: &tree_sitter::ParseState| {
        if start.elapsed() > limits.deadline { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let bytes = text.as_bytes();
    let mut read = |offset: usize, _| bytes.get(offset..).unwrap_or(&[]);
    parser.parse_with_options(&mut read, old, Some(ParseOptions::new().progress_callback(&mut progress)))
}
