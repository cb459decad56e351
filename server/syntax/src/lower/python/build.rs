//! Parents of lowered expressions.

use lensai_text::Span;

use super::{Lowering, length};
use crate::hir::{Arg, ChoiceKind, Element, Entry, Expr, ExprId, JoinOp, NameId, Part, TextId};

/// What a lowered expression is to the parent that waits for it.
#[derive(Clone, Copy)]
pub(super) enum Mark {
    Plain,
    Keyword(NameId),
    Spread,
    KeywordSpread,
    /// A part of a template that is no expression.
    Text(TextId),
}

/// The parent: how many operands (or marks) it takes.
#[derive(Clone, Copy)]
pub(super) enum Build {
    Attribute(NameId),
    Index,
    /// A callee, and as many marked arguments.
    Call(u32),
    /// As many marked elements.
    Sequence(u32),
    /// As many marked entries: a pair is two values.
    Mapping(u32),
    /// As many marked parts.
    Template(u32),
    Choice(ChoiceKind, u32),
    Join(JoinOp, u32),
    Opaque(u32),
    Await,
    /// Its key comes before its element, if it has one.
    Comprehension {
        has_key: bool,
    },
    Super,
}

impl Lowering<'_, '_> {
    pub(super) fn build(&mut self, build: Build, span: Span) {
        let expr = match build {
            Build::Attribute(name) => Expr::Attribute { object: self.pop(), name },
            Build::Index => {
                let index = self.pop();
                Expr::Index { object: self.pop(), index }
            }
            Build::Call(count) => self.call_expr(count as usize),
            Build::Sequence(count) => self.sequence(count as usize),
            Build::Mapping(count) => self.mapping(count as usize),
            Build::Template(count) => self.template(count as usize),
            Build::Choice(kind, count) => Expr::Choice { kind, operands: self.take_operands(count) },
            Build::Join(op, count) => Expr::Join { op, operands: self.take_operands(count) },
            Build::Opaque(count) => Expr::Opaque(self.take_operands(count)),
            Build::Await => Expr::Await(self.pop()),
            Build::Comprehension { has_key } => {
                let element = self.pop();
                Expr::Comprehension { key: has_key.then(|| self.pop()), element }
            }
            Build::Super => Expr::Super,
        };
        self.push(expr, span);
    }

    fn take_operands(&mut self, count: u32) -> crate::hir::Slice {
        let start = self.values.len().saturating_sub(count as usize);
        self.file.body().operands(self.values.drain(start..))
    }

    fn call_expr(&mut self, count: usize) -> Expr {
        let values = self.values.len().saturating_sub(count);
        let marks = self.marks.len().saturating_sub(count);
        let args = self.values.drain(values..).zip(self.marks.drain(marks..)).map(|(id, mark)| match mark {
            Mark::Plain | Mark::Text(_) => Arg::Positional(id),
            Mark::Keyword(name) => Arg::Keyword(name, id),
            Mark::Spread => Arg::Spread(id),
            Mark::KeywordSpread => Arg::KeywordSpread(id),
        });
        let args = self.file.body().args(args);
        Expr::Call { callee: self.pop(), args, is_new: false }
    }

    fn sequence(&mut self, count: usize) -> Expr {
        let values = self.values.len().saturating_sub(count);
        let marks = self.marks.len().saturating_sub(count);
        let elements = self.values.drain(values..).zip(self.marks.drain(marks..)).map(|(id, mark)| match mark {
            Mark::Spread | Mark::KeywordSpread => Element::Spread(id),
            Mark::Plain | Mark::Keyword(_) | Mark::Text(_) => Element::Item(id),
        });
        Expr::Sequence(self.file.body().elements(elements))
    }

    fn mapping(&mut self, count: usize) -> Expr {
        let marks = self.marks.len().saturating_sub(count);
        let waiting = self.marks.get(marks..).unwrap_or_default();
        let needed: usize = waiting.iter().map(|mark| if is_spread(*mark) { 1 } else { 2 }).sum();
        let mut values = self.values.drain(self.values.len().saturating_sub(needed)..);
        let entries = self.marks.drain(marks..).filter_map(|mark| {
            let first = values.next()?;
            if is_spread(mark) { Some(Entry::Spread(first)) } else { Some(Entry::Pair(first, values.next()?)) }
        });
        Expr::Mapping(self.file.body().entries(entries))
    }

    fn template(&mut self, count: usize) -> Expr {
        let marks = self.marks.len().saturating_sub(count);
        let waiting = self.marks.get(marks..).unwrap_or_default();
        let holes = waiting.iter().filter(|mark| !matches!(mark, Mark::Text(_))).count();
        let mut values = self.values.drain(self.values.len().saturating_sub(holes)..);
        let parts = self.marks.drain(marks..).filter_map(|mark| match mark {
            Mark::Text(text) => Some(Part::Text(text)),
            _ => values.next().map(Part::Hole),
        });
        Expr::Template(self.file.body().parts(parts))
    }

    /// Schedules an [`Expr::Opaque`] of operands that are scheduled before it.
    pub(super) fn opaque(&mut self, count: usize, span: Span) {
        self.tasks.push(super::Task::Build(Build::Opaque(length(count)), span));
    }

    /// An expression of which nothing is known.
    pub(super) fn push_unknown(&mut self, span: Span) -> ExprId {
        let operands = self.body().operands([]);
        let id = self.body().push(Expr::Opaque(operands), span);
        self.values.push(id);
        id
    }
}

fn is_spread(mark: Mark) -> bool {
    matches!(mark, Mark::Spread | Mark::KeywordSpread)
}
