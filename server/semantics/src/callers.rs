//! What the callers of a function give it.

#![expect(clippy::needless_pass_by_value, reason = "salsa's signature: a query owns its key")]

use std::collections::BTreeSet;
use std::sync::Arc;

use lensai_syntax::hir::{Body, Expr, ExprId, ItemId, ItemKind, Slice};
use smol_str::SmolStr;

use crate::db::{Content, Db, Head, SourceFile, facts, head, item, items, outline};
use crate::eval::Evaluator;
use crate::function::{Environment, has_decorator};
use crate::value::{Args, ItemRef, Reason, Value};
use crate::{class, index, member, settings, with_stack};

/// More callers than this say nothing.
const MAX_CALLERS: usize = 50;
/// A file that more files import is not one of which a few calls say what it is given.
const MAX_IMPORTERS: usize = 200;

/// The argument for a parameter, over all calls of its function in its file; none when there are none there, or one of them
/// says nothing, or the function is handed on as a value.
///
/// A function that a file keeps to itself has no others: a Python function whose name begins with `_`, a function of a
/// TypeScript module that is not exported, a private method, a function inside another. Of others these calls are what is known; they count
/// when the name in them means the function.
#[salsa::tracked(returns(clone), cycle_result = argument_in_cycle)]
pub fn caller_argument(db: &dyn Db, file: SourceFile, function: ItemId, index: u32) -> Option<Value> {
    with_stack(|| {
        let called = Called::new(db, ItemRef { file, item: function }, index)?;
        // Handed on as a value it may be called from anywhere. A class is named for many reasons.
        if called.class.is_none() && is_handed_on(db, file, &called.name) {
            return None;
        }
        let mut values = Vec::new();
        called.collect(file, &items_naming(db, file, called.name.clone()), &mut values)?;
        // What the constructors of the classes below it give it.
        for heir in called.class.into_iter().flat_map(|class| class::heirs(db, class)) {
            if let Some(constructor) = class::constructor(db, heir)
                && let Some(args) = class::base_arguments(db, file, constructor.item)
            {
                values.push(called.given(&args)?);
            }
        }
        (!values.is_empty() && values.len() <= MAX_CALLERS).then(|| Value::one_of(values))
    })
}

/// The same over the files that import the function's. It tells what a call is given, never whether something is a request: who
/// looks for those need not read the files that import others.
#[salsa::tracked(returns(clone), cycle_result = argument_in_cycle)]
fn argument_elsewhere(db: &dyn Db, file: SourceFile, function: ItemId, index: u32) -> Option<Value> {
    with_stack(|| {
        let called = Called::new(db, ItemRef { file, item: function }, index)?;
        if called.is_private {
            return None;
        }
        let mut values = Vec::new();
        for importer in importers(db, file).iter() {
            called.collect(*importer, &items_with(db, *importer, called.name.clone()), &mut values)?;
        }
        (!values.is_empty()).then(|| Value::one_of(values))
    })
}

/// The argument for a parameter, over all calls of its function that are known, in its own file and in others.
pub fn given_argument(db: &dyn Db, file: SourceFile, function: ItemId, index: u32) -> Option<Value> {
    let here = caller_argument(db, file, function, index);
    let all: Vec<Value> = here.into_iter().chain(argument_elsewhere(db, file, function, index)).collect();
    (!all.is_empty()).then(|| Value::one_of(all))
}

/// A call of a function of the project.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallSite {
    /// The item in which it stands.
    pub(crate) at: ItemRef,
    /// Its arguments.
    pub(crate) args: Slice,
    /// Parameters before the first of them.
    pub(crate) shift: usize,
}

/// The calls of which [`given_argument`] asks what they give for a parameter, those of the function's own file first. Not remembered:
/// for whoever asks once.
pub(crate) fn call_sites(db: &dyn Db, function: ItemRef, index: u32) -> Vec<CallSite> {
    let Some(called) = Called::new(db, function, index) else { return Vec::new() };
    let mut found = Vec::new();
    if called.class.is_some() || !is_handed_on(db, function.file, &called.name) {
        called.sites(function.file, &items_naming(db, function.file, called.name.clone()), &mut found);
    }
    if !called.is_private {
        for importer in importers(db, function.file).iter() {
            called.sites(*importer, &items_with(db, *importer, called.name.clone()), &mut found);
        }
    }
    found
}

/// A function that is called, and one of its parameters.
struct Called<'db> {
    db: &'db dyn Db,
    function: ItemRef,
    index: u32,
    /// The class that it is the constructor of.
    class: Option<ItemRef>,
    /// What is called: the class of a constructor.
    name: SmolStr,
    /// Only its own file can call it.
    is_private: bool,
    /// Which instance it is does not matter here: a receiver takes the first parameter.
    receiver: Option<Value>,
}

impl<'db> Called<'db> {
    /// None for what has no name to call it by.
    fn new(db: &'db dyn Db, function: ItemRef, index: u32) -> Option<Self> {
        let this = head(db, function.file, function.item)?;
        let class = constructed(db, function, this);
        let name = match class {
            Some(class) => head(db, class.file, class.item)?.name.clone(),
            None => this.name.clone(),
        };
        if this.kind != ItemKind::Function || name.is_empty() || name.ends_with("__") {
            return None;
        }
        let is_private = class.is_none() && is_private(db, function, this);
        let receiver = is_method(db, function.file, function.item).then(|| Value::instance(function, None));
        Some(Self { db, function, index, class, name, is_private, receiver })
    }

    /// What arguments give for the parameter, if that is known.
    fn given(&self, args: &Args) -> Option<Value> {
        let environment = Environment::of_call(self.db, self.function, args, self.receiver.as_ref());
        environment.argument(self.db, self.function, self.index).filter(|given| !given.is_unknown())
    }

    /// Adds the calls in some items of a file.
    fn sites(&self, file: SourceFile, items: &[ItemId], found: &mut Vec<CallSite>) {
        let shift = usize::from(self.receiver.is_some() && file.language(self.db).is_python());
        for id in items {
            let at = ItemRef { file, item: *id };
            let body = item(self.db, file, *id);
            for (callee, args) in calls_of(&body, &self.name).into_iter().filter(|_| at != self.function) {
                let is_it = || means(&Evaluator::new(self.db, at).eval(callee), self.class.unwrap_or(self.function));
                if found.len() < MAX_CALLERS && (self.is_private || is_it()) {
                    found.push(CallSite { at, args, shift });
                }
            }
        }
    }

    /// Adds what the calls in some items of a file give; none when one of them says nothing, or there are too many.
    fn collect(&self, file: SourceFile, items: &[ItemId], values: &mut Vec<Value>) -> Option<()> {
        for id in items {
            let at = ItemRef { file, item: *id };
            let body = item(self.db, file, *id);
            for (callee, args) in calls_of(&body, &self.name) {
                let mut evaluator = Evaluator::new(self.db, at);
                // What calls itself hands on what it was given.
                if at == self.function
                    || (!self.is_private && !means(&evaluator.eval(callee), self.class.unwrap_or(self.function)))
                {
                    continue;
                }
                if values.len() >= MAX_CALLERS {
                    return None;
                }
                values.push(self.given(&evaluator.args(args))?);
            }
        }
        Some(())
    }
}

/// The class that a function is the constructor of.
fn constructed(db: &dyn Db, function: ItemRef, this: &Head) -> Option<ItemRef> {
    let class = ItemRef { file: function.file, item: this.parent? };
    let is_constructor = matches!(this.name.as_str(), "constructor" | "__init__");
    (is_constructor && head(db, class.file, class.item)?.kind == ItemKind::Class).then_some(class)
}

/// A value that begins with a parameter (`params`, `options.model`), with what the function is given for it, or else its
/// default, in its place; none when neither is known, and for all other values.
pub fn given(db: &dyn Db, value: &Value) -> Option<Value> {
    match value {
        Value::Param(param) => {
            let callers = given_argument(db, param.function.file, param.function.item, param.index);
            let known: Vec<Value> = callers.into_iter().chain(param.default.clone()).collect();
            (!known.is_empty()).then(|| Value::fallback(known))
        }
        Value::Member(inner) => match (given(db, &inner.object), &inner.object) {
            (Some(object), _) => Some(member(db, &object, &inner.name)),
            (None, Value::Param(param)) => settings::of_handler(db, param, &inner.name),
            (None, _) => None,
        },
        Value::Index(inner) => Some(index(db, &given(db, &inner.object)?, &inner.index)),
        _ => None,
    }
}

/// Whether a value is a function or class.
fn means(value: &Value, function: ItemRef) -> bool {
    match value {
        Value::Class(class) => *class == function,
        Value::Function(called) => called.item == function,
        Value::OneOf(several) | Value::Fallback(several) => several.values.iter().any(|value| means(value, function)),
        _ => false,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "salsa's signature")]
fn argument_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: ItemId, _: u32) -> Option<Value> {
    Some(Value::Unknown(Reason::Cycle))
}

/// Whether only its own file can call a function.
fn is_private(db: &dyn Db, function: ItemRef, this: &Head) -> bool {
    let file = function.file;
    let Some(parent) = this.parent.and_then(|parent| head(db, file, parent)) else { return false };
    match parent.kind {
        ItemKind::Function | ItemKind::Lambda { .. } => true,
        _ if file.language(db).is_python() => this.name.starts_with('_'),
        ItemKind::Class => this.name.starts_with('#') || has_decorator(&item(db, file, function.item), &["private"]),
        ItemKind::Module => {
            let exports = &item(db, file, ItemId::MODULE).exports;
            !exports.is_empty() && exports.iter().all(|export| export.name != this.name && export.name != "=")
        }
    }
}

fn is_method(db: &dyn Db, file: SourceFile, function: ItemId) -> bool {
    let parent = head(db, file, function).and_then(|this| head(db, file, this.parent?));
    parent.is_some_and(|parent| parent.kind == ItemKind::Class)
}

/// Whether a name is used in a body other than to call it.
fn is_handed_on(db: &dyn Db, file: SourceFile, name: &str) -> bool {
    items_naming(db, file, SmolStr::new(name)).iter().any(|id| {
        let body = item(db, file, *id);
        let Some(id) = body.find_name(name) else { return false };
        let uses = body.exprs.iter().filter(|expr| match expr {
            Expr::Name(used) | Expr::Attribute { name: used, .. } => *used == id,
            _ => false,
        });
        uses.count() > calls_of(&body, name).len()
    })
}

/// The items in which a name of one of the file's functions and classes occurs. An edit that names no other of them asks none
/// of these again.
#[salsa::tracked(returns(clone))]
pub(crate) fn items_naming(db: &dyn Db, file: SourceFile, name: SmolStr) -> Arc<[ItemId]> {
    let ids = items(db, file).map(|at| at.item);
    ids.filter(|id| named_in(db, file, *id).binary_search(&name).is_ok()).collect()
}

/// The names of the file's functions and classes that occur in an item, in order.
#[salsa::tracked(returns(clone))]
fn named_in(db: &dyn Db, file: SourceFile, id: ItemId) -> Arc<[SmolStr]> {
    let defined = defined(db, file);
    let body = item(db, file, id);
    let mut named: Vec<SmolStr> =
        body.names.iter().filter(|name| defined.binary_search(name).is_ok()).cloned().collect();
    named.sort_unstable();
    named.into()
}

/// The names of the functions and classes of a file, each once, in order.
#[salsa::tracked(returns(clone))]
fn defined(db: &dyn Db, file: SourceFile) -> Arc<[SmolStr]> {
    let names: BTreeSet<SmolStr> = outline(db, file).iter().map(|head| head.name.clone()).collect();
    names.into_iter().collect()
}

/// The files that import a file, also through a file that hands on what it imports by being the index of its folder; none
/// when there are too many to ask. Nobody asks a test what the code that it tests is given.
#[salsa::tracked(returns(clone))]
pub fn importers(db: &dyn Db, file: SourceFile) -> Arc<[SourceFile]> {
    let all = db.project().importers(db);
    let (mut found, mut next): (Vec<SourceFile>, usize) = (all.get(&file).cloned().unwrap_or_default(), 0);
    while let Some(importer) = found.get(next).copied() {
        if found.len() > MAX_IMPORTERS {
            return Arc::from([]);
        }
        if is_index(importer.path(db)) {
            let more = all.get(&importer).into_iter().flatten().filter(|more| !found.contains(more));
            let more: Vec<SourceFile> = more.copied().collect();
            found.extend(more);
        }
        next += 1;
    }
    found.retain(|importer| *importer != file && !is_test(importer.path(db)));
    found.sort_unstable_by(|a, b| a.path(db).cmp(b.path(db)));
    found.into()
}

/// Whether a file stands for its folder.
pub fn is_index(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name.split('.').next(), Some("__init__" | "index"))
}

/// Whether a file holds tests, by the names that test runners look for.
fn is_test(path: &str) -> bool {
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let is_named = stem.starts_with("test_") || stem == "conftest";
    is_named
        || ["_test", ".test", ".spec"].iter().any(|end| stem.ends_with(end))
        || parts.any(|folder| matches!(folder, "test" | "tests" | "__tests__" | "__mocks__"))
}

/// The items of a file in which a name occurs.
#[salsa::tracked(returns(clone))]
pub(crate) fn items_with(db: &dyn Db, file: SourceFile, name: SmolStr) -> Arc<[ItemId]> {
    // Most that import a file say nothing of one name in it.
    if !is_mentioned(db, file, &name) {
        return Arc::from([]);
    }
    let facts = facts(db, file);
    let items = (0..).map(ItemId).zip(&facts.items);
    items.filter(|(_, item)| item.body.find_name(&name).is_some()).map(|(id, _)| id).collect()
}

/// Whether a name occurs in the text of a file.
pub fn is_mentioned(db: &dyn Db, file: SourceFile, name: &str) -> bool {
    match file.content(db) {
        Content::Disk(_) => db.mentions(file.path(db), name),
        Content::Open(text) | Content::Parsed(text, _) => text.contains(name),
    }
}

/// The calls of a name, as a function or as a method: what is called, and the arguments.
fn calls_of(body: &Body, name: &str) -> Vec<(ExprId, Slice)> {
    let Some(id) = body.find_name(name) else { return Vec::new() };
    let calls = body.exprs.iter().filter_map(|expr| match *expr {
        Expr::Call { callee, args, .. } => match body.expr(callee) {
            Expr::Name(called) | Expr::Attribute { name: called, .. } if called == id => Some((callee, args)),
            _ => None,
        },
        _ => None,
    });
    calls.collect()
}

#[cfg(test)]
mod tests {
    use super::is_test;

    #[test]
    fn tests_are_known_by_their_names() {
        for path in
            ["test_a.py", "a/conftest.py", "a_test.py", "src/a.test.ts", "a.spec.tsx", "tests/a.py", "x/__tests__/a.js"]
        {
            assert!(is_test(path), "{path}");
        }
        for path in ["a.py", "latest.py", "src/testing.ts", "contest/a.py", "a/spec.ts"] {
            assert!(!is_test(path), "{path}");
        }
    }
}
