//! What a function or module registers and mounts: calls and decorators held against the descriptions.

mod arguments;
mod mounted;
mod table;

use std::sync::Arc;

use lensai_semantics::{Args, Evaluator, ItemRef, Made, SourceFile, Value, facts, head, item};
use lensai_syntax::hir::{Body, Expr, ExprId, ItemId, ItemKind, Slice};
use lensai_text::Span;
use smol_str::SmolStr;

use self::arguments::{Containers, expressions};
use super::EntryKind;
use super::frameworks::{FormRef, Role};
use super::handler::{self, Handler};
use super::model::{EntryForm, Framework, Start};
use super::mounts::Mount;
use super::path::{self, UNKNOWN, argument, join, text, texts};
use super::router::{Router, description, routers};
use super::symbols::Symbols;
use crate::db::Db;

/// What an item registers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Registered {
    pub(crate) entries: Vec<Registration>,
    pub(crate) mounts: Vec<Mount>,
}

/// An entry without what its router is mounted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Registration {
    pub(crate) kind: EntryKind,
    pub(crate) framework: usize,
    /// The HTTP method, of a route.
    pub(crate) http: SmolStr,
    /// Its own path or name.
    pub(crate) path: SmolStr,
    pub(crate) router: Option<Router>,
    pub(crate) handler: ItemRef,
    /// Relative to the item.
    pub(crate) span: Span,
}

/// What an item registers and mounts, in order of place.
#[salsa::tracked(returns(clone))]
pub(crate) fn registrations(db: &dyn Db, file: SourceFile, id: ItemId) -> Arc<Registered> {
    let body = item(db, file, id);
    let frameworks = db.knowledge().frameworks(db);
    let at = ItemRef { file, item: id };
    let mut looker = Looker {
        db,
        at,
        body: &body,
        evaluator: Evaluator::new(db, at),
        containers: None,
        found: Registered::default(),
    };
    for (call, expr) in (0..).map(ExprId).zip(&body.exprs) {
        if let Expr::Call { callee, args, .. } = *expr {
            looker.call(call, callee, Some(args));
        }
    }
    for decorator in &body.decorators {
        if !matches!(body.expr(*decorator), Expr::Call { .. }) {
            looker.call(*decorator, *decorator, None);
        }
    }
    let mut found = looker.found;
    debug_assert!(found.entries.iter().all(|entry| frameworks.get(entry.framework).is_some()));
    found.entries.sort_by_key(|entry| (entry.span, entry.path.clone(), entry.http.clone()));
    Arc::new(found)
}

pub(super) struct Looker<'db, 'b> {
    pub(super) db: &'db dyn Db,
    pub(super) at: ItemRef,
    pub(super) body: &'b Body,
    pub(super) evaluator: Evaluator<'db>,
    /// The lists and calls around expressions, found out when they are first asked for.
    containers: Option<Containers>,
    pub(super) found: Registered,
}

/// A call that is looked at.
#[derive(Clone, Copy)]
pub(super) struct Called {
    pub(super) call: ExprId,
    pub(super) callee: ExprId,
    pub(super) args: Option<Slice>,
    pub(super) is_decorator: bool,
}

impl Looker<'_, '_> {
    fn call(&mut self, call: ExprId, callee: ExprId, args: Option<Slice>) {
        let frameworks = self.db.knowledge().frameworks(self.db);
        let is_decorator = self.body.decorators.contains(&call);
        let this = Called { call, callee, args, is_decorator };
        if let Expr::Attribute { object, name } = self.body.expr(callee) {
            if is_decorator && frameworks.is_child(self.body.name(name)) {
                self.group(object, args);
            }
            let forms = frameworks.of_method(self.body.name(name));
            let forms: Vec<FormRef> = forms.iter().copied().filter(|form| self.may_be(*form, this)).collect();
            if !forms.is_empty() {
                let above = routers(self.db, self.at, object);
                for router in above {
                    for form in forms.iter().filter(|form| Some(form.framework) == router.framework) {
                        self.form(*form, this, Some(router.clone()));
                    }
                }
            }
        }
        let name = match self.body.expr(callee) {
            Expr::Name(name) | Expr::Attribute { name, .. } => self.body.name(name),
            _ => return,
        };
        let original = imported_name(self.db, self.at, self.body, name);
        let name = original.as_deref().unwrap_or(name);
        let forms = frameworks.of_function(name).iter().copied().chain(frameworks.tables_of(name));
        let forms: Vec<FormRef> = forms.filter(|form| self.may_be(*form, this)).collect();
        if forms.is_empty() {
            return;
        }
        let value = self.evaluator.eval(callee);
        for form in forms {
            if self.is_function(form, &value) {
                let router = self.container_of(form, this);
                self.form(form, this, router);
            }
        }
    }

    /// Whether a call can be what a form describes, by its shape alone.
    fn may_be(&self, form: FormRef, called: Called) -> bool {
        let Some(framework) = description(self.db, form.framework) else { return false };
        let is_python = self.at.file.language(self.db).is_python();
        if if is_python { framework.python.is_empty() } else { framework.typescript.is_empty() } {
            return false;
        }
        match form.role {
            Role::Entry => framework.entries.get(form.at).is_some_and(|entry| {
                let is_decorator = entry.handler.iter().any(|source| source.start == Start::Decorated);
                let takes_others = entry.handler.iter().any(|source| source.start != Start::Decorated);
                (called.is_decorator && is_decorator)
                    || (takes_others
                        && called.args.is_some_and(|args| args.len > 0)
                        && called.call.0 >= self.body.prelude)
            }),
            Role::Mount | Role::Table => !called.is_decorator && called.args.is_some(),
        }
    }

    /// Whether what is called is the function that a form names.
    fn is_function(&self, form: FormRef, value: &Value) -> bool {
        let Some(framework) = description(self.db, form.framework) else { return false };
        let symbols = Symbols::new(self.db, framework, self.at.file);
        match form.role {
            Role::Entry => framework
                .entries
                .get(form.at)
                .is_some_and(|entry| entry.call.iter().any(|(symbol, _)| symbols.is(symbol, value))),
            Role::Mount => framework.mounts.get(form.at).is_some_and(|mount| symbols.is_one_of(&mount.call, value)),
            Role::Table => framework.tables.get(form.at).is_some_and(|table| symbols.is_one_of(&table.call, value)),
        }
    }

    /// The list that a call stands in, for a form that stands in lists.
    fn container_of(&mut self, form: FormRef, called: Called) -> Option<Router> {
        let framework = description(self.db, form.framework)?;
        let is_listed = match form.role {
            Role::Entry => framework.entries.get(form.at)?.listed,
            Role::Mount => framework.mounts.get(form.at)?.listed,
            Role::Table => false,
        };
        if !is_listed {
            // What it decorates may be put below a group elsewhere.
            let is_mounted = called.is_decorator && framework.mounts.iter().any(|mount| mount.named);
            return is_mounted.then(|| Router::list(Made::Item(self.at)));
        }
        let containers = self.containers.get_or_insert_with(|| Containers::of(self.body));
        let around = containers.around(self.body, called.call)?;
        // `urlpatterns.append(path(…))`
        if let Expr::Call { callee, .. } = self.body.expr(around)
            && let Expr::Attribute { object, name } = self.body.expr(callee)
            && matches!(self.body.name(name), "append" | "extend" | "insert" | "push")
        {
            return routers(self.db, self.at, object).into_iter().next();
        }
        Some(Router::list(Made::Expr(self.at, around)))
    }

    fn form(&mut self, form: FormRef, called: Called, router: Option<Router>) {
        let Some(framework) = description(self.db, form.framework) else { return };
        let args = match called.args {
            Some(args) => self.evaluator.args(args),
            None => Args::default(),
        };
        match form.role {
            Role::Entry => {
                if let Some(entry) = framework.entries.get(form.at) {
                    let value = Entering { framework, at: form.framework, entry, called, args: &args, router };
                    self.entry(&value);
                }
            }
            Role::Mount => {
                if let Some(mount) = framework.mounts.get(form.at) {
                    self.mount(framework, mount, called, &args, router);
                }
            }
            Role::Table => {
                if let Some(table) = framework.tables.get(form.at) {
                    self.table(framework, form.framework, table, called);
                }
            }
        }
    }

    fn entry(&mut self, entering: &Entering<'_>) {
        let Entering { framework, entry, called, .. } = *entering;
        let handlers = self.handlers(framework, entry, called);
        if handlers.is_empty() || (entry.within && self.class_of(framework).is_none()) {
            return;
        }
        let prefix = if entry.within { self.class_prefixes(framework) } else { Vec::new() };
        let paths = Self::paths(entering, &handlers);
        let span = self.body.span(called.call);
        for handler in handlers {
            let views = if handler.is_class { self.views(framework, entry, &handler) } else { Vec::new() };
            let answers: Vec<(Vec<SmolStr>, ItemRef, SmolStr)> = if handler.is_class {
                views.into_iter().map(|(http, method, suffix)| (vec![http], method, suffix)).collect()
            } else {
                vec![(self.http(entering, handler.item), handler.item, SmolStr::default())]
            };
            for (https, method, suffix) in answers {
                for path in &paths {
                    let path = path.clone().unwrap_or_else(|| self.name_of(entry, method));
                    let prefixes = if prefix.is_empty() { vec![SmolStr::default()] } else { prefix.clone() };
                    for (before, http) in
                        prefixes.iter().flat_map(|before| https.iter().map(move |http| (before, http)))
                    {
                        let path = join(before, &path, &framework.separator);
                        let path = if suffix.is_empty() {
                            path
                        } else {
                            SmolStr::new(format!("{}{suffix}", path.trim_end_matches('/')))
                        };
                        self.found.entries.push(Registration {
                            kind: entry.kind,
                            framework: entering.at,
                            http: http.clone(),
                            path,
                            router: entering.router.clone(),
                            handler: method,
                            span,
                        });
                    }
                }
            }
        }
    }

    /// The functions that handle an entry.
    fn handlers(&mut self, framework: &Framework, entry: &EntryForm, called: Called) -> Vec<Handler> {
        for source in &entry.handler {
            if source.start == Start::Decorated {
                if called.is_decorator {
                    let is_class =
                        head(self.db, self.at.file, self.at.item).is_some_and(|this| this.kind == ItemKind::Class);
                    return vec![Handler { item: self.at, is_class, methods: Vec::new() }];
                }
                continue;
            }
            let Some(args) = called.args.filter(|_| !called.is_decorator) else { continue };
            let is_class = |name: &str| name == "as_view" && !framework.views.is_empty();
            let mut found = Vec::new();
            for (at, expr) in expressions(self.db, self.at, self.body, args, source) {
                for handler in handler::functions(self.db, at, expr, &is_class) {
                    // A class answers only where the framework says by which methods.
                    if (!handler.is_class || !framework.views.is_empty()) && !found.contains(&handler) {
                        found.push(handler);
                    }
                }
            }
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// The paths of an entry; none for what has the name of its handler.
    fn paths(entering: &Entering<'_>, handlers: &[Handler]) -> Vec<Option<SmolStr>> {
        let Entering { entry, called, args, .. } = *entering;
        if entry.kind != EntryKind::Route {
            let child = entering.router.as_ref().map(|router| router.under.clone()).filter(|under| !under.is_empty());
            let name = argument(&entry.name, args).and_then(|value| text(&value));
            let name = name.map(|name| path::word(&name, entering.framework));
            return match (name, child) {
                (Some(name), _) if !name.is_empty() => vec![Some(name)],
                // Its router has the name.
                (_, Some(_)) => vec![Some(SmolStr::default())],
                _ => vec![None],
            };
        }
        let is_child = entering.router.as_ref().is_some_and(|router| router.is_child);
        let given = argument(&entry.path, args);
        let found = given.as_ref().map(texts).unwrap_or_default();
        let is_bare = called.args.is_none_or(|args| args.len == 0);
        match (found.is_empty(), is_child || is_bare || entry.within) {
            (false, _) => found.into_iter().map(Some).collect(),
            (true, true) => vec![Some(SmolStr::default())],
            // What is given is no text: the path of something else, and no route.
            (true, false) => match given {
                Some(Value::Function(_) | Value::Mapping(_) | Value::Number(_) | Value::Bool(_)) => Vec::new(),
                _ if handlers.is_empty() => Vec::new(),
                _ => vec![Some(SmolStr::new_static(UNKNOWN))],
            },
        }
    }

    /// The HTTP methods that an entry answers.
    fn http(&mut self, entering: &Entering<'_>, handler: ItemRef) -> Vec<SmolStr> {
        let Entering { framework, entry, called, args, .. } = *entering;
        if entry.kind != EntryKind::Route {
            return vec![SmolStr::default()];
        }
        if let Some(value) = argument(&entry.methods, args) {
            let methods: Vec<SmolStr> =
                texts(&value).iter().map(|method| SmolStr::new(method.to_uppercase())).collect();
            if !methods.is_empty() {
                return methods;
            }
        }
        if let Some(http) = &entry.http {
            let said = if http == "ANY" { self.verbs(framework, handler) } else { Vec::new() };
            return if said.is_empty() { vec![http.clone()] } else { said };
        }
        let name = match self.body.expr(called.callee) {
            Expr::Name(name) | Expr::Attribute { name, .. } => SmolStr::new(self.body.name(name)),
            _ => SmolStr::default(),
        };
        let name = imported_name(self.db, self.at, self.body, &name).unwrap_or(name);
        let methods = entry.method.iter().filter(|(method, _)| *method == name).map(|(_, http)| http.clone());
        let calls = entry.call.iter().filter(|(symbol, _)| symbol.export.last() == Some(&name));
        let said = methods.chain(calls.map(|(_, http)| http.clone())).next().flatten();
        vec![said.unwrap_or_else(|| SmolStr::new(name.to_uppercase()))]
    }

    /// The name of what has no other: that of its function.
    fn name_of(&self, entry: &EntryForm, handler: ItemRef) -> SmolStr {
        let name = head(self.db, handler.file, handler.item).map(|head| head.name.clone()).unwrap_or_default();
        if entry.dashes { SmolStr::new(name.replace('_', "-")) } else { name }
    }
}

/// An entry that is registered by a call.
pub(super) struct Entering<'a> {
    pub(super) framework: &'a Framework,
    /// Its index.
    pub(super) at: usize,
    pub(super) entry: &'a EntryForm,
    pub(super) called: Called,
    pub(super) args: &'a Args,
    pub(super) router: Option<Router>,
}

/// The name that an imported name has in its own module, where it is another.
fn imported_name(db: &dyn Db, at: ItemRef, body: &Body, name: &str) -> Option<SmolStr> {
    let original = renamed_by(body).find(|(local, _)| *local == name).map(|(_, original)| original.clone());
    original.or_else(|| {
        let renamed = renamed(db, at.file);
        renamed.iter().find(|(local, _)| local == name).map(|(_, original)| original.clone())
    })
}

/// What a file imports under another name: the name here, and its own. Apart from the module's body, which is another one whenever
/// a function above something in it grows.
#[salsa::tracked(returns(clone))]
fn renamed(db: &dyn Db, file: SourceFile) -> Arc<[(SmolStr, SmolStr)]> {
    let body = item(db, file, ItemId::MODULE);
    renamed_by(&body).map(|(local, original)| (SmolStr::new(local), original.clone())).collect()
}

fn renamed_by(body: &Body) -> impl Iterator<Item = (&str, &SmolStr)> {
    body.renamed_imports().filter(|(_, original)| *original != "default")
}

/// The items of a file that name what a description names: no other registers or mounts anything. One look over the whole file
/// costs less than to ask for each of its items whether it changed.
#[salsa::tracked(returns(clone))]
pub(crate) fn registering(db: &dyn Db, file: SourceFile) -> Arc<[ItemId]> {
    let facts = facts(db, file);
    let frameworks = db.knowledge().frameworks(db);
    let renamed = renamed(db, file);
    let is_renamed =
        |name: &str| renamed.iter().any(|(local, original)| local == name && frameworks.are_named(original));
    let names_one = |body: &Body| {
        body.names.iter().any(|name| frameworks.are_named(name) || is_renamed(name))
            || renamed_by(body).any(|(_, original)| frameworks.are_named(original))
    };
    let items = (0..).map(ItemId).zip(&facts.items);
    items.filter(|(_, item)| names_one(&item.body)).map(|(id, _)| id).collect()
}
