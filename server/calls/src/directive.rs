//! Comments that say something of the calls beside them.

use lensai_config::{Annotation, Directive as Said, DirectiveError};
use lensai_semantics::{SourceFile, facts};
use lensai_text::Span;

use crate::call::Call;
use crate::db::Db;

/// So many calls before a comment are asked whether they hold it.
const MAX_LOOK_BACK: usize = 64;

/// A `lensai:` comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// The comment, absolute in the text.
    pub span: Span,
    /// The line of code that it is about; empty when there is none.
    pub line: Span,
    /// What follows `lensai:`, trimmed.
    pub text: Box<str>,
    /// What it says, or what is wrong with it.
    pub said: Result<Said, DirectiveError>,
}

/// The directives of a file, in order of place.
pub fn directives(db: &dyn Db, file: SourceFile) -> Vec<Directive> {
    let facts = facts(db, file);
    let read = facts.directives.iter().map(|directive| Directive {
        span: directive.span,
        line: directive.line,
        text: directive.text.clone(),
        said: Said::parse(&directive.text),
    });
    read.collect()
}

impl Directive {
    /// Which calls it is about: those that start on its line of code, else the innermost one that it stands in. `spans` are those
    /// of all calls of the file, in order; the answer is indexes of them.
    pub fn about(&self, spans: &[Span]) -> std::ops::Range<usize> {
        let from = spans.partition_point(|span| span.start < self.line.start);
        let to = spans.partition_point(|span| span.start < self.line.end);
        if from < to {
            return from..to;
        }
        let before = spans.partition_point(|span| span.start <= self.span.start);
        let held = |at: &usize| spans.get(*at).is_some_and(|span| span.contains(self.span.start));
        let found = (before.saturating_sub(MAX_LOOK_BACK)..before).rev().find(held);
        found.map_or(0..0, |at| at..at + 1)
    }
}

/// Puts what comments say to the calls that they are about. Of two the one that stands nearer to the call counts.
pub(crate) fn annotate(calls: &mut [Call], directives: &[Directive]) {
    if directives.is_empty() {
        return;
    }
    let spans: Vec<Span> = calls.iter().map(|call| call.span).collect();
    for directive in directives {
        let Ok(Said::Annotation(annotation)) = &directive.said else { continue };
        for call in calls.get_mut(directive.about(&spans)).unwrap_or_default() {
            call.annotation = Annotation::or(*annotation, call.annotation);
        }
    }
}
