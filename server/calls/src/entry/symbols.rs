//! What of a framework a value is.

use lensai_semantics::{SourceFile, Symbol, Value, external_bases};
use smol_str::SmolStr;

use super::model::Framework;
use crate::db::Db;
use crate::sdk::{ModulePattern, SymbolPattern};
use crate::symbol::{Segments, is_below, name_matches, names};

/// Stands for any names in a pattern: `initTRPC.**.router`.
const ANY: &str = "**";

/// Holds values against the patterns of a framework, as a file of a language names things.
#[derive(Clone, Copy)]
pub(crate) struct Symbols<'db> {
    db: &'db dyn Db,
    framework: &'db Framework,
    python: bool,
}

impl<'db> Symbols<'db> {
    pub(crate) fn new(db: &'db dyn Db, framework: &'db Framework, file: SourceFile) -> Self {
        Self { db, framework, python: file.language(db).is_python() }
    }

    fn modules(&self) -> &'db [ModulePattern] {
        if self.python { &self.framework.python } else { &self.framework.typescript }
    }

    /// Whether a value is what one of these patterns names, or of a class of the project below it.
    pub(crate) fn is_one_of(&self, patterns: &[SymbolPattern], value: &Value) -> bool {
        patterns.iter().any(|pattern| self.is(pattern, value))
    }

    /// Whether a value is what a pattern names, or of a class of the project below it.
    pub(crate) fn is(&self, pattern: &SymbolPattern, value: &Value) -> bool {
        let mut open = vec![value.clone()];
        let mut steps = 0;
        while let Some(value) = open.pop() {
            steps += 1;
            if steps > 32 {
                break;
            }
            match &value {
                Value::Symbol(symbol) if names(self.modules(), pattern, &Segments::of(symbol, self.python)) => {
                    return true;
                }
                Value::Index(index) => open.push(index.object.clone()),
                Value::Typed(typed) => open.push(typed.declared.clone()),
                Value::OneOf(several) | Value::Fallback(several) => open.extend(several.values.iter().cloned()),
                Value::Class(class) => open.extend(external_bases(self.db, *class)),
                Value::Member(_) | Value::Invoke(_)
                    if pattern.export.iter().any(|name| name == ANY) && self.is_on_the_way(pattern, &value) =>
                {
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    /// `initTRPC.context().create().router` against `initTRPC.**.router`: calls on the way do not count.
    fn is_on_the_way(&self, pattern: &SymbolPattern, value: &Value) -> bool {
        let Some((symbol, way)) = way(value) else { return false };
        let modules = pattern.module.as_ref().map_or(self.modules(), std::slice::from_ref);
        let segments = Segments::of(&symbol, self.python);
        if !is_below(modules, &segments) {
            return false;
        }
        let all: Vec<&SmolStr> = symbol.path.iter().chain(&way).filter(|name| *name != "default").collect();
        let Some(any) = pattern.export.iter().position(|name| name == ANY) else { return false };
        let (first, last) = pattern.export.split_at(any);
        let last = last.get(1..).unwrap_or_default();
        let is = |want: &SmolStr, have: &&SmolStr| name_matches(want, have, &mut None);
        all.len() >= first.len() + last.len()
            && first.iter().zip(&all).all(|(want, have)| is(want, have))
            && last.iter().rev().zip(all.iter().rev()).all(|(want, have)| is(want, have))
    }
}

/// The symbol that a value begins with, and the names on the way from it.
fn way(value: &Value) -> Option<(Symbol, Vec<SmolStr>)> {
    let mut names = Vec::new();
    let mut current = value;
    loop {
        match current {
            Value::Symbol(symbol) => {
                names.reverse();
                return Some(((**symbol).clone(), names));
            }
            Value::Member(member) => {
                names.push(member.name.clone());
                current = &member.object;
            }
            Value::Invoke(invoke) => current = &invoke.callee,
            Value::Index(index) => current = &index.object,
            _ => return None,
        }
    }
}
