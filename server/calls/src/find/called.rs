//! Objects that are called themselves (`llm("…")`): such requests have no name by which they could be looked for.

use std::sync::Arc;

use lensai_semantics::{SourceFile, Value, head, is_index, is_mentioned, item, module, outline};
use lensai_syntax::hir::{Body, Bound, Expr, ExprId, Imported, ItemId, ItemKind};
use smol_str::SmolStr;

use super::{Finder, imported_modules, is_of_collections};
use crate::db::Db;

/// Where objects may come from that are called themselves.
pub(super) enum Called {
    /// It is told of each call of the file.
    Told,
    /// The modules that the file imports and that may give some, by the names it has for them.
    From(Arc<[SmolStr]>),
}

impl Called {
    pub(super) fn of(db: &dyn Db, file: SourceFile) -> Self {
        if db.is_narrowed(file) { Self::Told } else { Self::From(givers(db, file)) }
    }
}

/// Whether a file imports an SDK whose objects are called themselves.
#[salsa::tracked(returns(copy))]
pub(crate) fn calls_objects(db: &dyn Db, file: SourceFile) -> bool {
    imported_modules(db, file).iter().any(|name| is_of_sdk(db, file, name))
}

/// Whether a file may give such an object to those that import it: it imports such an SDK, or hands on for one that does.
pub(crate) fn gives_called_objects(db: &dyn Db, file: SourceFile) -> bool {
    calls_objects(db, file) || (is_index(file.path(db)) && !givers(db, file).is_empty())
}

/// The modules that a file imports and that may give such an object, by the names it has for them.
#[salsa::tracked(returns(clone), cycle_result = givers_in_cycle)]
fn givers(db: &dyn Db, file: SourceFile) -> Arc<[SmolStr]> {
    let index = db.knowledge().index(db);
    // A look at the text is cheaper than a parse.
    let mentions_one = |other| index.modules_of_callables().iter().any(|module| is_mentioned(db, other, module));
    let gives = |name: &&SmolStr| match module(db, file, (*name).clone()) {
        Value::Symbol(_) => index.calls_objects_of(name),
        Value::Module(other) => {
            other != file && (is_index(other.path(db)) || mentions_one(other)) && gives_called_objects(db, other)
        }
        _ => false,
    };
    imported_modules(db, file).iter().filter(gives).cloned().collect()
}

fn givers_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile) -> Arc<[SmolStr]> {
    Arc::from([])
}

fn is_of_sdk(db: &dyn Db, file: SourceFile, name: &SmolStr) -> bool {
    db.knowledge().index(db).calls_objects_of(name) && matches!(module(db, file, name.clone()), Value::Symbol(_))
}

impl Finder<'_, '_> {
    /// Whether what is called has the form of an object, and may be one by where its name comes from.
    pub(super) fn may_be_called_object(&self, callee: ExprId) -> bool {
        if matches!(&self.called, Called::From(givers) if givers.is_empty()) {
            return false;
        }
        match self.body.expr(callee) {
            Expr::Name(name) => self.may_name_object(self.body.name(name)),
            Expr::Attribute { object, name } => {
                let name = self.body.name(name);
                !is_of_collections(name)
                    && match self.body.expr(object) {
                        Expr::This => !is_method(self.db, self.at.file, SmolStr::new(name)),
                        Expr::Name(of) => {
                            let of = self.body.name(of);
                            self.may_name_object(of)
                                && !(of == "self" && is_method(self.db, self.at.file, SmolStr::new(name)))
                        }
                        Expr::Attribute { .. } => true,
                        _ => false,
                    }
            }
            Expr::Index { .. } | Expr::Call { .. } | Expr::Await(_) | Expr::Choice { .. } => true,
            _ => false,
        }
    }

    /// Whether a name may stand for an object: functions and classes of the project are none, and what is imported only when it
    /// comes from where there are some.
    fn may_name_object(&self, name: &str) -> bool {
        let may_come_from = |module: &SmolStr| match &self.called {
            Called::Told => true,
            Called::From(givers) => givers.contains(module),
        };
        let (db, file) = (self.db, self.at.file);
        let mut bound = named(db, file, self.body, name);
        let mut current = head(db, file, self.at.item).and_then(|head| head.parent);
        while let (Named::Nothing, Some(around)) = (&bound, current) {
            bound = named_in(db, file, around, SmolStr::new(name));
            current = head(db, file, around).and_then(|head| head.parent);
        }
        match bound {
            Named::Imported(modules) => modules.iter().any(may_come_from),
            Named::Any => true,
            Named::Plain => false,
            // It may be among all that a module gives.
            Named::Nothing => imports_all(db, file),
        }
    }
}

/// What a name stands for, as far as its bindings say it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Named {
    /// It is not bound here.
    Nothing,
    /// Functions and classes as they are written.
    Plain,
    /// Something of one of these modules.
    Imported(Arc<[SmolStr]>),
    /// Any value.
    Any,
}

/// The same of an item around others: a query of its own, so that a function rests on the names that it uses alone.
#[salsa::tracked(returns(clone))]
fn named_in(db: &dyn Db, file: SourceFile, around: ItemId, name: SmolStr) -> Named {
    named(db, file, &item(db, file, around), &name)
}

fn named(db: &dyn Db, file: SourceFile, body: &Body, name: &str) -> Named {
    if body.params.iter().any(|param| param.name == name) {
        return Named::Any;
    }
    let mut modules = Vec::new();
    let mut found = Named::Nothing;
    for binding in body.find_name(name).into_iter().flat_map(|name| body.bindings_of(name)) {
        match binding.value {
            Bound::Import(at) => modules.extend(body.imports.get(at as usize).map(|import| import.module.clone())),
            Bound::Item(inner) if !is_decorated(db, file, inner) => found = Named::Plain,
            _ => return Named::Any,
        }
    }
    if modules.is_empty() { found } else { Named::Imported(modules.into()) }
}

/// Whether a function or a class is decorated, so that its name may stand for something else.
#[salsa::tracked(returns(copy))]
fn is_decorated(db: &dyn Db, file: SourceFile, id: ItemId) -> bool {
    !item(db, file, id).decorators.is_empty()
}

/// Whether a name is that of methods of the file's classes, and of nothing else on them that is known by its decorator.
#[salsa::tracked(returns(copy))]
fn is_method(db: &dyn Db, file: SourceFile, name: SmolStr) -> bool {
    let outline = outline(db, file);
    let is_of_class = |parent: Option<ItemId>| {
        parent.and_then(|id| outline.get(id.0 as usize)).is_some_and(|head| head.kind == ItemKind::Class)
    };
    let mut methods = (0..)
        .map(ItemId)
        .zip(outline.iter())
        .filter(|(_, head)| head.name == name && head.kind == ItemKind::Function && is_of_class(head.parent))
        .peekable();
    methods.peek().is_some() && methods.all(|(id, _)| !is_decorated(db, file, id))
}

/// Whether a file imports all names of a module.
#[salsa::tracked(returns(copy))]
fn imports_all(db: &dyn Db, file: SourceFile) -> bool {
    item(db, file, ItemId::MODULE).imports.iter().any(|import| import.what == Imported::All)
}
