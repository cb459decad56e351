//! What entries are registered on: its identity is the place where it is made.

use std::sync::Arc;

use lensai_semantics::{Evaluator, ItemRef, Made, SourceFile, Value, head, item, made, made_export};
use lensai_syntax::hir::{Body, Bound, Expr, ExprId, ItemId, ItemKind, Slice};
use smol_str::SmolStr;

use super::frameworks::Frameworks;
use super::model::{Framework, RouterForm, Sources, Start};
use super::path::{argument, join, text};
use super::symbols::Symbols;
use super::{callers, path};
use crate::db::Db;

/// More leads than this are not followed.
const MAX_LEADS: usize = 64;

/// A router, as an expression names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Router {
    /// Where it is made: a call, a list, a function that stands for it, a parameter that it is given as.
    pub(crate) id: Made,
    /// Its framework; none of a list.
    pub(crate) framework: Option<usize>,
    /// What methods like `route("/x")` put before what is registered on it.
    pub(crate) under: SmolStr,
    /// It is what such a method gave.
    pub(crate) is_child: bool,
}

impl Router {
    /// What holds routes, and is of no framework by itself.
    pub(crate) fn list(id: Made) -> Self {
        Self { id, framework: None, under: SmolStr::default(), is_child: false }
    }
}

/// A method or attribute between an expression and the router that it is reached from.
#[derive(Debug, Clone)]
struct Link {
    at: ItemRef,
    name: SmolStr,
    args: Option<Slice>,
}

/// The routers that an expression may be.
pub(crate) fn routers(db: &dyn Db, at: ItemRef, expr: ExprId) -> Vec<Router> {
    let frameworks = db.knowledge().frameworks(db);
    let mut search = Search { db, frameworks, open: Vec::new(), found: Vec::new() };
    search.open.push((made(db, at, expr), Vec::new()));
    search.run();
    search.found
}

/// The same of what a module gives others under a name.
pub(crate) fn exported_routers(db: &dyn Db, file: SourceFile, name: &str) -> Vec<Router> {
    let frameworks = db.knowledge().frameworks(db);
    let mut search = Search { db, frameworks, open: Vec::new(), found: Vec::new() };
    search.open.push((made_export(db, file, name, true), Vec::new()));
    search.run();
    search.found
}

struct Search<'db> {
    db: &'db dyn Db,
    frameworks: &'db Frameworks,
    /// What is still to be looked at, with the links that lead from it, the outermost first.
    open: Vec<(Vec<Made>, Vec<Link>)>,
    found: Vec<Router>,
}

impl Search<'_> {
    fn run(&mut self) {
        let mut leads = 0;
        while let Some((all, links)) = self.open.pop() {
            for made in all {
                leads += 1;
                if leads > MAX_LEADS {
                    return;
                }
                self.look(made, &links);
            }
        }
    }

    fn look(&mut self, made: Made, links: &[Link]) {
        match made {
            Made::Param(function, index) => {
                for router in param_routers(self.db, function.file, function.item, index).iter() {
                    // Given as a parameter it has an identity of its own: its prefixes are those of all that is given.
                    if let Some(framework) = router.framework {
                        self.add(made, framework, links);
                    }
                }
            }
            Made::Item(function) => {
                for framework in decorated_as_router(self.db, function.file, function.item).iter() {
                    self.add(made, *framework, links);
                }
            }
            Made::Module(file) => {
                if !file.language(self.db).is_python() {
                    let default = made_export(self.db, file, "default", true);
                    self.open.push((default, links.to_vec()));
                }
            }
            Made::Expr(at, expr) => self.expr(at, expr, links),
        }
    }

    fn expr(&mut self, at: ItemRef, expr: ExprId, links: &[Link]) {
        let body = item(self.db, at.file, at.item);
        match body.expr(expr) {
            Expr::Call { callee, args, .. } => {
                if let Some((framework, _)) = maker(self.db, at, &body, expr, callee) {
                    return self.add(Made::Expr(at, expr), framework, links);
                }
                if let Expr::Attribute { object, name } = body.expr(callee) {
                    self.follow(at, object, body.name(name), Some(args), links);
                } else if links.is_empty() {
                    // What takes a list of routes as its arguments stands for it.
                    self.add_list(Made::Expr(at, expr));
                }
            }
            Expr::Attribute { object, name } if !self.add_object(at, expr, links) => {
                self.follow(at, object, body.name(name), None, links);
            }
            Expr::Name(_) => {
                self.add_object(at, expr, links);
            }
            Expr::Sequence(_) if links.is_empty() => self.add_list(Made::Expr(at, expr)),
            _ => {}
        }
    }

    /// Adds what a package has that is a router by itself.
    fn add_object(&mut self, at: ItemRef, expr: ExprId, links: &[Link]) -> bool {
        let value = Evaluator::new(self.db, at).eval(expr);
        let made = if matches!(value, Value::Symbol(_)) {
            made_by(self.db, at.file, &value, |form| &form.object)
        } else {
            None
        };
        if let Some((framework, _)) = made {
            self.add(Made::Expr(at, expr), framework, links);
        }
        made.is_some()
    }

    fn follow(&mut self, at: ItemRef, object: ExprId, name: &str, args: Option<Slice>, links: &[Link]) {
        let mut links = links.to_vec();
        links.push(Link { at, name: SmolStr::new(name), args });
        if links.len() < MAX_LEADS {
            self.open.push((made(self.db, at, object), links));
        }
    }

    /// Adds what is made by a framework, if all links from it lead to a router.
    fn add(&mut self, id: Made, framework: usize, links: &[Link]) {
        let Some(description) = self.frameworks.get(framework) else { return };
        let mut under = SmolStr::default();
        let mut is_child = false;
        for link in links.iter().rev() {
            if let Some(child) = description.children.iter().find(|child| child.method.contains(&link.name)) {
                let Some(args) = link.args else { return };
                let args = Evaluator::new(self.db, link.at).args(args);
                let prefix = argument(&child.prefix, &args)
                    .map(|value| text(&value).unwrap_or(SmolStr::new_static(path::UNKNOWN)));
                let prefix = path::word(&prefix.unwrap_or_default(), description);
                under = join(&under, &prefix, &description.separator);
                is_child = true;
            } else if !description
                .routers
                .iter()
                .flat_map(|router| &router.same)
                .any(|same| same == "*" || *same == link.name)
            {
                return;
            }
        }
        let router = Router { id, framework: Some(framework), under, is_child };
        if !self.found.contains(&router) {
            self.found.push(router);
        }
    }

    fn add_list(&mut self, id: Made) {
        let router = Router::list(id);
        if !self.found.contains(&router) {
            self.found.push(router);
        }
    }
}

/// The framework, and its form, of the router that a call makes.
pub(crate) fn maker<'db>(
    db: &'db dyn Db,
    at: ItemRef,
    body: &Body,
    call: ExprId,
    callee: ExprId,
) -> Option<(usize, &'db RouterForm)> {
    let value = Evaluator::new(db, at).eval(callee);
    let is_open = matches!(value, Value::Unknown(_) | Value::Function(_) | Value::Param(_) | Value::None);
    if is_open || body.expr(call) == Expr::None {
        return None;
    }
    made_by(db, at.file, &value, |form| &form.call)
}

/// The first framework with a router that is made by a value, or declared to be it.
fn made_by<'db>(
    db: &'db dyn Db,
    file: SourceFile,
    value: &Value,
    patterns: impl Fn(&RouterForm) -> &[crate::sdk::SymbolPattern],
) -> Option<(usize, &'db RouterForm)> {
    let frameworks = db.knowledge().frameworks(db);
    frameworks.all.iter().enumerate().find_map(|(at, framework)| {
        let symbols = Symbols::new(db, framework, file);
        let form = framework.routers.iter().find(|form| symbols.is_one_of(patterns(form), value))?;
        Some((at, form))
    })
}

/// The frameworks that a function stands for a router of, by its decorators: `@click.group()`.
#[salsa::tracked(returns(clone), cycle_result = no_router_in_cycle)]
fn decorated_as_router(db: &dyn Db, file: SourceFile, function: ItemId) -> Arc<[usize]> {
    lensai_semantics::with_stack(|| made_by_decorators(db, ItemRef { file, item: function }))
}

fn no_router_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: ItemId) -> Arc<[usize]> {
    Arc::from([])
}

fn made_by_decorators(db: &dyn Db, at: ItemRef) -> Arc<[usize]> {
    let body = item(db, at.file, at.item);
    let mut found = Vec::new();
    for decorator in &body.decorators {
        let callee = match body.expr(*decorator) {
            Expr::Call { callee, .. } => callee,
            _ => *decorator,
        };
        let made = maker(db, at, &body, *decorator, callee).map(|(framework, _)| framework);
        let child = match body.expr(callee) {
            // `@cli.group()` on another group.
            Expr::Attribute { object, name } if made.is_none() => {
                let name = body.name(name);
                let of = |router: &Router| {
                    let description = db.knowledge().frameworks(db).get(router.framework?)?;
                    description
                        .children
                        .iter()
                        .any(|child| child.method.iter().any(|method| method == name))
                        .then_some(router.framework?)
                };
                if db.knowledge().frameworks(db).is_child(name) {
                    routers(db, at, object).iter().find_map(of)
                } else {
                    None
                }
            }
            _ => None,
        };
        found.extend(made.or(child));
    }
    found.into()
}

/// Whether a function stands for a router.
pub(crate) fn is_group(db: &dyn Db, function: ItemRef) -> bool {
    !decorated_as_router(db, function.file, function.item).is_empty()
}

/// The routers that a parameter may be: by its type, or by what its function is given.
#[salsa::tracked(returns(clone), cycle_result = none_in_cycle)]
pub(crate) fn param_routers(db: &dyn Db, file: SourceFile, function: ItemId, index: u32) -> Arc<[Router]> {
    lensai_semantics::with_stack(|| {
        let at = ItemRef { file, item: function };
        let id = Made::Param(at, index);
        if let Some(framework) = declared(db, at, index) {
            return Arc::from([Router { id, framework: Some(framework), under: SmolStr::default(), is_child: false }]);
        }
        let mut found: Vec<Router> = Vec::new();
        for given in callers::given(db, at, index).iter() {
            if !found.contains(&given.router) {
                found.push(given.router.clone());
            }
        }
        if found.is_empty()
            && let Some(framework) = by_custom(db, at, index)
        {
            found.push(Router { id, framework: Some(framework), under: SmolStr::default(), is_child: false });
        }
        found.into()
    })
}

fn none_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: ItemId, _: u32) -> Arc<[Router]> {
    Arc::from([])
}

/// The framework whose router a parameter is declared to be, or that its function is declared to be a plugin of.
fn declared(db: &dyn Db, at: ItemRef, index: u32) -> Option<usize> {
    let body = item(db, at.file, at.item);
    let param = body.params.get(index as usize)?;
    if let Some(annotation) = param.annotation {
        let value = Evaluator::new(db, at).eval(annotation);
        return Some(made_by(db, at.file, &value, |form| &form.is)?.0);
    }
    if index != 0 {
        return None;
    }
    // `const routes: FastifyPluginAsync = async (fastify) => …`
    let this = head(db, at.file, at.item)?;
    let parent = ItemRef { file: at.file, item: this.parent? };
    let around = item(db, parent.file, parent.item);
    let annotation = around.bindings.iter().find_map(|binding| match binding.value {
        Bound::Value(value) if around.expr(value) == Expr::Function(at.item) => binding.annotation,
        _ => None,
    })?;
    let value = Evaluator::new(db, parent).eval(annotation);
    Some(made_by(db, at.file, &value, |form| &form.plugin)?.0)
}

/// The framework whose routers have the name of a parameter by custom: of the first one of a function that stands alone in a module.
fn by_custom(db: &dyn Db, at: ItemRef, index: u32) -> Option<usize> {
    let body = item(db, at.file, at.item);
    let param = body.params.get(index as usize).filter(|_| index == 0)?;
    let this = head(db, at.file, at.item)?;
    if this.parent != Some(ItemId::MODULE) || this.kind == ItemKind::Class {
        return None;
    }
    let frameworks = db.knowledge().frameworks(db);
    frameworks.all.iter().position(|framework| framework.routers.iter().any(|form| form.names.contains(&param.name)))
}

/// The prefix with which a router is made.
pub(crate) fn own_prefix(db: &dyn Db, id: Made) -> Option<SmolStr> {
    given_at_making(db, id, |form| &form.prefix)
}

/// The name with which a router is made.
pub(crate) fn own_name(db: &dyn Db, id: Made) -> Option<SmolStr> {
    given_at_making(db, id, |form| &form.name)
}

fn given_at_making(db: &dyn Db, id: Made, sources: impl Fn(&RouterForm) -> &Sources) -> Option<SmolStr> {
    let Made::Expr(at, expr) = id else { return None };
    let body = item(db, at.file, at.item);
    let Expr::Call { callee, args, .. } = body.expr(expr) else { return None };
    let (_, form) = maker(db, at, &body, expr, callee)?;
    let sources = sources(form);
    if sources.is_empty() {
        return None;
    }
    let value = argument(sources, &Evaluator::new(db, at).args(args))?;
    if value == Value::None { None } else { Some(text(&value).unwrap_or(SmolStr::new_static(path::UNKNOWN))) }
}

/// The description of a framework.
pub(crate) fn description(db: &dyn Db, framework: usize) -> Option<&Framework> {
    db.knowledge().frameworks(db).get(framework)
}

/// Whether a source names the call itself.
pub(crate) fn is_itself(start: &Start) -> bool {
    matches!(start, Start::Itself)
}
