//! Places that the facts do not keep: parameters, heads of functions, literal texts.

use std::sync::Arc;

use lensai_syntax::hir::Expr;
use lensai_text::Span;

use super::{Spot, Tracer};
use crate::db::{Content, Db, SourceFile, head, item, item_span, items};
use crate::value::ItemRef;

/// The text of a file as it is read.
fn text_of(db: &dyn Db, file: SourceFile) -> Arc<str> {
    match file.content(db) {
        Content::Open(text) | Content::Parsed(text, _) => Arc::clone(text),
        Content::Disk(_) => db.read(file.path(db)),
    }
}

/// Where a literal text stands in a file, in order.
pub fn text_places(db: &dyn Db, file: SourceFile, text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    for at in items(db, file) {
        let body = item(db, at.file, at.item);
        let start = item_span(db, at.file, at.item).start;
        let is_it = |expr: &Expr| matches!(*expr, Expr::Text(id) if body.text(id) == text);
        let spans = body.exprs.iter().zip(&body.spans).filter(|(expr, _)| is_it(expr));
        found.extend(spans.map(|(_, span)| span.shifted(start)));
    }
    found.sort();
    found
}

impl Tracer<'_> {
    /// The name of a function or class where it is defined; its beginning when it has none.
    pub(super) fn head_of(&self, at: ItemRef) -> Spot {
        let span = item_span(self.db, at.file, at.item);
        let beginning = Spot { file: at.file, span: Span { start: span.start, end: span.start } };
        let Some(this) = head(self.db, at.file, at.item).filter(|head| !head.name.is_empty()) else { return beginning };
        let text = text_of(self.db, at.file);
        let from = self.behind_decorators(at).unwrap_or(span.start);
        find_word(&text, Span { start: from, end: span.end }, &this.name)
            .map_or(beginning, |span| Spot { file: at.file, span })
    }

    /// The name of a parameter where it is declared.
    pub(super) fn param_place(&self, at: ItemRef, index: u32) -> Spot {
        let body = self.body(at);
        let whole = item_span(self.db, at.file, at.item);
        let absolute = |expr| body.span(expr).shifted(whole.start);
        let head = self.head_of(at);
        let Some(param) = body.params.get(index as usize) else { return head };
        let text = text_of(self.db, at.file);
        // It stands behind what belongs to the parameter before it, and before what belongs to itself.
        let before = body.params.get(..index as usize).unwrap_or_default();
        let parts = before.iter().flat_map(|param| param.default.into_iter().chain(param.annotation));
        let from = parts.map(|part| absolute(part).end).max().unwrap_or(head.span.end);
        let own = param.default.into_iter().chain(param.annotation).map(|part| absolute(part).start).min();
        let within = Span { start: from, end: own.unwrap_or(whole.end).max(from) };
        find_word(&text, within, &param.name).map_or(head, |span| Spot { file: at.file, span })
    }

    /// A name where it first stands in a file.
    pub(super) fn word(&self, file: SourceFile, name: &str) -> Option<Spot> {
        let text = text_of(self.db, file);
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        find_word(&text, Span { start: 0, end }, name).map(|span| Spot { file, span })
    }

    fn behind_decorators(&self, at: ItemRef) -> Option<u32> {
        let body = self.body(at);
        let start = item_span(self.db, at.file, at.item).start;
        body.decorators.iter().map(|decorator| body.span(*decorator).shifted(start).end).max()
    }
}

/// A name in a part of a text, as a whole word.
fn find_word(text: &str, within: Span, word: &str) -> Option<Span> {
    let part = text.get(within.start as usize..(within.end as usize).min(text.len()))?;
    let is_name = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || char == '_' || char == '$');
    part.match_indices(word).find_map(|(at, _)| {
        let (before, after) = (part.get(..at)?, part.get(at + word.len()..)?);
        let is_whole = !is_name(before.chars().next_back()) && !is_name(after.chars().next());
        let start = within.start + u32::try_from(at).ok()?;
        let end = start + u32::try_from(word.len()).ok()?;
        is_whole.then_some(Span { start, end })
    })
}
