//! What the code sets for everyone: a default model, a base URL.

use std::sync::Arc;

use lensai_semantics::{Evaluator, ItemRef, SourceFile, Symbol, Value, item, items};
use lensai_syntax::hir::{Expr, Place};
use smol_str::SmolStr;

use crate::db::Db;
use crate::object::Matcher;
use crate::sdk::{Ambient, Sdk};
use crate::symbol::{Segments, matches, symbol_of};

/// Something that was set: SDK, name and value.
pub(crate) type Setting = (usize, SmolStr, Value);

/// What one file sets for everyone, in order of place.
#[salsa::tracked(returns(clone))]
pub(crate) fn settings(db: &dyn Db, file: SourceFile) -> Arc<[Setting]> {
    let mut matcher = Matcher::new(db, file.language(db).is_python());
    matcher.ambient = false;
    let mut found = Vec::new();
    for at in items(db, file) {
        of_item(db, &matcher, at, &mut found);
    }
    found.into()
}

/// The value that is set for everyone; several when files disagree.
pub(crate) fn value(db: &dyn Db, sdk: Option<usize>, name: &str) -> Option<Value> {
    let files = db.knowledge().ambient_files(db);
    let mut values = Vec::new();
    for file in files.iter() {
        for (of, set, value) in settings(db, *file).iter() {
            if set == name && sdk.is_none_or(|sdk| sdk == *of) {
                values.push(value.clone());
            }
        }
    }
    (!values.is_empty()).then(|| Value::one_of(values))
}

fn of_item(db: &dyn Db, matcher: &Matcher<'_>, at: ItemRef, found: &mut Vec<Setting>) {
    let body = item(db, at.file, at.item);
    let ambients =
        || matcher.index.sdks().iter().enumerate().flat_map(|(i, sdk)| sdk.ambients.iter().map(move |a| (i, sdk, a)));
    let is_setter = |name: &str| {
        ambients().any(|(_, _, ambient)| {
            let functions = ambient.set.iter().chain(&ambient.within);
            functions.filter_map(|pattern| pattern.export.last()).any(|last| last == name)
        })
    };
    let is_target = |name: &str| {
        ambients().any(|(_, _, ambient)| {
            ambient.assign.iter().filter_map(|pattern| pattern.export.last()).any(|last| last == name)
        })
    };
    let mut evaluator = Evaluator::new(db, at);
    for (id, expr) in (0..).zip(&body.exprs) {
        let Expr::Call { callee, args, .. } = *expr else { continue };
        let last = match body.expr(callee) {
            Expr::Name(name) | Expr::Attribute { name, .. } => body.name(name),
            _ => continue,
        };
        // Aliased names are rare for setters: the last name decides whether a closer look is worth it.
        if !is_setter(last) || id < body.prelude {
            continue;
        }
        let callee = evaluator.eval(callee);
        let Some(symbol) = symbol_of(&callee).cloned() else { continue };
        for (index, sdk, ambient) in ambients() {
            if !sets(matcher, sdk, ambient, &symbol) {
                continue;
            }
            let args = evaluator.args(args);
            if let Some(value) = matcher.slot(&ambient.value, &args, None) {
                found.push((index, ambient.name.clone(), value));
            }
        }
    }
    for store in &body.stores {
        let (Place::Attribute(name), Some(value)) = (store.place, store.value) else { continue };
        if !is_target(body.name(name)) {
            continue;
        }
        let object = evaluator.eval(store.object);
        let Some(symbol) = symbol_of(&object) else { continue };
        let Value::Symbol(target) = symbol.child(body.name(name)) else { continue };
        let segments = Segments::of(&target, matcher.python);
        for (index, sdk, ambient) in ambients() {
            if ambient.assign.iter().any(|pattern| matches(sdk, pattern, &segments).is_some()) {
                found.push((index, ambient.name.clone(), evaluator.eval(value)));
            }
        }
    }
}

fn sets(matcher: &Matcher<'_>, sdk: &Sdk, ambient: &Ambient, symbol: &Symbol) -> bool {
    let segments = Segments::of(symbol, matcher.python);
    ambient.set.iter().chain(&ambient.within).any(|pattern| matches(sdk, pattern, &segments).is_some())
}
