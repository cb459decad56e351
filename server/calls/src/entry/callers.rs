//! Who may name what a file has: the files that import it, and what functions in them are given.

use std::sync::Arc;

use lensai_semantics::{
    Evaluator, ItemRef, Made, SourceFile, head, importers, is_mentioned, item, items, made_export, named,
};
use lensai_syntax::hir::{Arg, Body, Bound, ExportTarget, Expr, ExprId, ItemId, ItemKind, Slice};
use smol_str::SmolStr;

use super::handler;
use super::path::{UNKNOWN, argument, text};
use super::router::{Router, routers};
use crate::db::Db;

/// More files than this are not asked.
const MAX_FILES: usize = 64;

/// A file and those that may name what it has: who imports it, also through files that hand on what they import.
#[salsa::tracked(returns(clone))]
pub(crate) fn files_around(db: &dyn Db, file: SourceFile) -> Arc<[SourceFile]> {
    let mut found = vec![file];
    let mut next = 0;
    while let Some(current) = found.get(next).copied() {
        next += 1;
        if current != file && !hands_on(db, current) {
            continue;
        }
        for importer in importers(db, current).iter() {
            if found.len() < MAX_FILES && !found.contains(importer) {
                found.push(*importer);
            }
        }
    }
    found.into()
}

/// Whether a script exports something that it imports.
#[salsa::tracked(returns(copy))]
fn hands_on(db: &dyn Db, file: SourceFile) -> bool {
    if file.language(db).is_python() {
        return false;
    }
    let body = item(db, file, ItemId::MODULE);
    body.exports.iter().any(|export| match &export.target {
        ExportTarget::From(..) => true,
        ExportTarget::Local(name) => body
            .find_name(name)
            .is_some_and(|name| body.bindings_of(name).any(|binding| matches!(binding.value, Bound::Import(_)))),
        ExportTarget::Value(value) => matches!(body.expr(*value), Expr::Mapping(_)),
    })
}

/// A router that a function is given, and the prefix that it gets there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) router: Router,
    pub(crate) prefix: SmolStr,
}

/// The routers that a parameter of a function is given: where it is called with one, or handed to a method of one
/// (`app.register(routes, { prefix })`).
pub(crate) fn given(db: &dyn Db, function: ItemRef, index: u32) -> Arc<[Given]> {
    given_to(db, function.file, function.item, index)
}

#[salsa::tracked(returns(clone), cycle_result = none_in_cycle)]
fn given_to(db: &dyn Db, file: SourceFile, id: ItemId, index: u32) -> Arc<[Given]> {
    lensai_semantics::with_stack(|| {
        let function = ItemRef { file, item: id };
        let Some(this) = head(db, file, id) else { return Arc::from([]) };
        if this.kind == ItemKind::Class || this.kind == ItemKind::Module {
            return Arc::from([]);
        }
        let is_default = is_default_export(db, function);
        let own_name =
            if this.name.is_empty() { bound_name(db, function).unwrap_or_default() } else { this.name.clone() };
        let mut found = Vec::new();
        for other in files_around(db, file).iter() {
            if !is_default && !own_name.is_empty() && !is_mentioned(db, *other, &own_name) {
                continue;
            }
            // What has no name and is not exported is known where it stands.
            if *other != file && own_name.is_empty() && !is_default {
                break;
            }
            let name = (!is_default || *other == file).then(|| own_name.clone());
            for at in items(db, *other) {
                let asks = Asks { db, function, index, name: name.as_deref(), parent: this.parent };
                asks.item(at, &mut found);
            }
        }
        found.into()
    })
}

fn none_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: ItemId, _: u32) -> Arc<[Given]> {
    Arc::from([])
}

/// The name that a function without one has by what wraps it: `const routes = plugin(async (app) => …)`.
fn bound_name(db: &dyn Db, function: ItemRef) -> Option<SmolStr> {
    let parent = ItemRef { file: function.file, item: head(db, function.file, function.item)?.parent? };
    let body = item(db, parent.file, parent.item);
    let wraps = |value: ExprId| {
        matches!(body.expr(value), Expr::Call { .. })
            && handler::functions(db, parent, value, &|_| false).iter().any(|found| found.item == function)
    };
    let binding = body.bindings.iter().find(|binding| matches!(binding.value, Bound::Value(value) if wraps(value)))?;
    Some(SmolStr::new(body.name(binding.name)))
}

/// Whether a function is what a module gives as its default.
pub(crate) fn is_default_export(db: &dyn Db, function: ItemRef) -> bool {
    if function.file.language(db).is_python() {
        return false;
    }
    let body = item(db, function.file, ItemId::MODULE);
    let mut exports = body.exports.iter().filter(|export| matches!(export.name.as_str(), "default" | "="));
    exports.next().is_some()
        && made_export(db, function.file, "default", false).into_iter().any(|made| match made {
            Made::Item(item) => item == function,
            Made::Expr(at, expr) => {
                handler::functions(db, at, expr, &|_| false).iter().any(|found| found.item == function)
            }
            _ => false,
        })
}

struct Asks<'a> {
    db: &'a dyn Db,
    function: ItemRef,
    index: u32,
    /// The name by which it is called; none when it may be called by any.
    name: Option<&'a str>,
    parent: Option<ItemId>,
}

impl Asks<'_> {
    fn item(&self, at: ItemRef, found: &mut Vec<Given>) {
        let body = item(self.db, at.file, at.item);
        for expr in &body.exprs {
            let Expr::Call { callee, args, .. } = *expr else { continue };
            self.call(at, &body, callee, args, found);
        }
    }

    fn call(&self, at: ItemRef, body: &Body, callee: ExprId, args: Slice, found: &mut Vec<Given>) {
        let name = match body.expr(callee) {
            Expr::Name(name) | Expr::Attribute { name, .. } => body.name(name),
            _ => "",
        };
        if let Expr::Attribute { object, .. } = body.expr(callee)
            && self.db.knowledge().frameworks(self.db).takes_plugins(name)
        {
            if self.index == 0 && self.is_handed(at, body, args) {
                found.extend(self.mounted(at, object, name, args));
            }
            return;
        }
        let may_be_called = match self.name {
            Some("") => matches!(body.expr(callee), Expr::Function(id) if id == self.function.item),
            Some(wanted) => wanted == name,
            None => matches!(body.expr(callee), Expr::Name(_) | Expr::ImportModule(_) | Expr::Attribute { .. }),
        };
        if !may_be_called || at == self.function || !named(self.db, at, callee).contains(&Made::Item(self.function)) {
            return;
        }
        let is_method = self.parent.and_then(|parent| head(self.db, self.function.file, parent));
        let is_method = is_method.is_some_and(|parent| parent.kind == ItemKind::Class);
        let shift = usize::from(is_method && self.function.file.language(self.db).is_python());
        let Some(position) = (self.index as usize).checked_sub(shift) else { return };
        let own = item(self.db, self.function.file, self.function.item);
        let param = own.params.get(self.index as usize).map(|param| param.name.clone()).unwrap_or_default();
        let mut positional = body.args(args).iter().filter(|arg| matches!(arg, Arg::Positional(_)));
        let named =
            body.args(args).iter().find(|arg| matches!(arg, Arg::Keyword(name, _) if body.name(*name) == param));
        if let Some(arg) = named.or_else(|| positional.nth(position)) {
            let given = routers(self.db, at, arg.value()).into_iter().filter(|router| router.framework.is_some());
            found.extend(given.map(|router| Given { router, prefix: SmolStr::default() }));
        }
    }

    /// Whether one of the arguments is the function.
    fn is_handed(&self, at: ItemRef, body: &Body, args: Slice) -> bool {
        let is = |arg: &Arg| {
            let functions = handler::functions(self.db, at, arg.value(), &|_| false);
            functions.iter().any(|found| found.item == self.function)
        };
        body.args(args).iter().any(is)
    }

    /// The routers with a method that takes functions to which a router is given.
    fn mounted(&self, at: ItemRef, object: ExprId, name: &str, args: Slice) -> Vec<Given> {
        let above = routers(self.db, at, object);
        let frameworks = self.db.knowledge().frameworks(self.db);
        let mut found = Vec::new();
        for router in above {
            let Some(framework) = router.framework.and_then(|framework| frameworks.get(framework)) else { continue };
            let forms = framework.mounts.iter();
            let mut forms = forms.filter(|form| form.plugin && form.method.iter().any(|method| method == name));
            let Some(form) = forms.next() else { continue };
            let args = Evaluator::new(self.db, at).args(args);
            let prefix =
                argument(&form.prefix, &args).map(|value| text(&value).unwrap_or(SmolStr::new_static(UNKNOWN)));
            found.push(Given { router, prefix: prefix.unwrap_or_default() });
        }
        found
    }
}
