//! Mounts, and what classes and their methods are registered under.

use lensai_semantics::{Args, Evaluator, ItemRef, Made, Value, head, item, resolve_module};
use lensai_syntax::hir::{Expr, ExprId, ItemKind, Slice};
use smol_str::SmolStr;

use super::arguments::expressions;
use super::{Called, Looker};
use crate::entry::handler::{Handler, answers, methods};
use crate::entry::model::{ClassForm, EntryForm, Framework, MountForm, Start};
use crate::entry::mounts::Mount;
use crate::entry::path::{UNKNOWN, argument, text, texts, word};
use crate::entry::router::{Router, description, exported_routers, is_group, is_itself, routers};
use crate::entry::symbols::Symbols;

/// More leads than this are not followed.
const MAX_LEADS: usize = 64;

impl Looker<'_, '_> {
    pub(super) fn mount(
        &mut self,
        framework: &Framework,
        form: &MountForm,
        called: Called,
        args: &Args,
        router: Option<Router>,
    ) {
        let Some(slice) = called.args else { return };
        let itself = Router {
            id: Made::Expr(self.at, called.call),
            framework: None,
            under: SmolStr::default(),
            is_child: false,
        };
        let on = match form.on.first() {
            None => router,
            Some(source) if is_itself(&source.start) => Some(itself.clone()),
            Some(_) => {
                let on = form.on.iter().flat_map(|source| expressions(self.db, self.at, self.body, slice, source));
                let on: Vec<(ItemRef, ExprId)> = on.collect();
                on.into_iter().flat_map(|(at, expr)| routers(self.db, at, expr)).next()
            }
        };
        // On something that nobody knows nothing is mounted.
        if on.is_none() && (!form.on.is_empty() || !form.method.is_empty() || form.listed) {
            return;
        }
        let mut what: Vec<Made> = Vec::new();
        for source in &form.what {
            if is_itself(&source.start) {
                what.push(itself.id);
            }
            for (at, expr) in expressions(self.db, self.at, self.body, slice, source) {
                if form.named {
                    // A command or a group of them, each a function.
                    let functions = lensai_semantics::named(self.db, at, expr);
                    what.extend(functions.into_iter().filter(|made| matches!(made, Made::Item(_))));
                }
                what.extend(self.mounted(framework, at, expr).into_iter().map(|router| router.id));
            }
        }
        what.dedup();
        let given = self.prefix(form, slice, args, &what);
        let separator = mount_separator(framework);
        for what in what {
            let prefix = match what {
                // A command has its name already.
                Made::Item(function) if form.named => self.group_name(framework, function, given.clone()),
                _ => given.clone(),
            };
            // What is given as a whole is not below itself.
            if on.as_ref().is_some_and(|on| on.id == what) {
                continue;
            }
            self.found.mounts.push(Mount {
                what,
                on: on.clone(),
                prefix,
                replaces: form.replaces,
                separator: separator.clone(),
            });
        }
    }

    /// `@cli.group("name")`: what it decorates is below the other group.
    pub(super) fn group(&mut self, object: ExprId, args: Option<Slice>) {
        for above in routers(self.db, self.at, object) {
            let Some(framework) = above.framework.and_then(|framework| description(self.db, framework)) else {
                continue;
            };
            let values = args.map(|args| self.evaluator.args(args)).unwrap_or_default();
            let given = framework.children.iter().find_map(|child| argument(&child.prefix, &values));
            let given = given.and_then(|given| text(&given));
            let prefix = self.group_name(framework, self.at, given);
            let separator = mount_separator(framework);
            let what = Made::Item(self.at);
            self.found.mounts.push(Mount { what, on: Some(above), prefix, replaces: false, separator });
        }
    }

    /// The name of a group; none of a command.
    fn group_name(&self, framework: &Framework, function: ItemRef, given: Option<SmolStr>) -> Option<SmolStr> {
        if !is_group(self.db, function) {
            return None;
        }
        let name = || head(self.db, function.file, function.item).map(|head| SmolStr::new(head.name.replace('_', "-")));
        given.map(|given| word(&given, framework)).or_else(name)
    }

    /// The prefix that a mount gives: not what it mounts, nor what stands beside that.
    fn prefix(&mut self, form: &MountForm, args: Slice, values: &Args, what: &[Made]) -> Option<SmolStr> {
        let value = argument(&form.prefix, values)?;
        let is_mounted = form.prefix.iter().any(|source| {
            matches!(source.start, Start::Position(_))
                && expressions(self.db, self.at, self.body, args, source).into_iter().any(|(at, expr)| {
                    let routers = routers(self.db, at, expr);
                    routers.iter().any(|router| what.contains(&router.id))
                })
        });
        if is_mounted { None } else { texts(&value).into_iter().next() }
    }

    /// The routers that are mounted by an expression, also through calls that hand them through.
    fn mounted(&self, framework: &Framework, at: ItemRef, expr: ExprId) -> Vec<Router> {
        let mut found = Vec::new();
        let mut open: Vec<(ItemRef, ExprId, Option<&SmolStr>)> = vec![(at, expr, None)];
        let mut steps = 0;
        while let Some((at, expr, name)) = open.pop() {
            steps += 1;
            if steps > MAX_LEADS {
                break;
            }
            if let Some(name) = name {
                found.extend(self.named_module(at, expr, name));
            }
            let handed = lensai_semantics::named(self.db, at, expr);
            let mut is_through = false;
            for made in &handed {
                let Made::Expr(at, expr) = *made else { continue };
                let body = item(self.db, at.file, at.item);
                let Expr::Call { callee, args, .. } = body.expr(expr) else { continue };
                let value = Evaluator::new(self.db, at).eval(callee);
                let symbols = Symbols::new(self.db, framework, at.file);
                let all = self.db.knowledge().frameworks(self.db).all.iter();
                let through = framework.throughs.iter().map(|through| (through, symbols));
                let others = all.flat_map(|other| {
                    let symbols = Symbols::new(self.db, other, at.file);
                    other.throughs.iter().map(move |through| (through, symbols))
                });
                let Some((through, _)) =
                    through.chain(others).find(|(through, symbols)| symbols.is_one_of(&through.call, &value))
                else {
                    continue;
                };
                is_through = true;
                for source in &through.what {
                    for (at, expr) in expressions(self.db, at, &body, args, source) {
                        open.push((at, expr, Some(&through.name)));
                    }
                }
            }
            if !is_through {
                found.extend(routers(self.db, at, expr));
                // A pair of a list and its name space.
                for made in handed {
                    if let Made::Expr(at, expr) = made
                        && let body = item(self.db, at.file, at.item)
                        && let Expr::Sequence(elements) = body.expr(expr)
                        && let Some(lensai_syntax::hir::Element::Item(first)) = body.elements(elements).first()
                        && !matches!(body.expr(*first), Expr::Call { .. })
                    {
                        open.push((at, *first, name));
                    }
                }
            }
        }
        found
    }

    /// The routers of a module that is named by a text or handed over itself.
    fn named_module(&self, at: ItemRef, expr: ExprId, name: &str) -> Vec<Router> {
        let file = match Evaluator::new(self.db, at).eval(expr) {
            Value::Module(file) => Some(file),
            value => value.as_text().and_then(|module| resolve_module(self.db, at.file, module)),
        };
        file.map(|file| exported_routers(self.db, file, name)).unwrap_or_default()
    }

    /// The decorator of the class around this function that a framework describes.
    pub(super) fn class_of<'f>(&self, framework: &'f Framework) -> Option<(&'f ClassForm, ItemRef, ExprId)> {
        let this = head(self.db, self.at.file, self.at.item)?;
        let class = ItemRef { file: self.at.file, item: this.parent? };
        if head(self.db, class.file, class.item)?.kind != ItemKind::Class {
            return None;
        }
        let body = item(self.db, class.file, class.item);
        let mut evaluator = Evaluator::new(self.db, class);
        body.decorators.iter().find_map(|decorator| {
            let callee = match body.expr(*decorator) {
                Expr::Call { callee, .. } => callee,
                _ => *decorator,
            };
            let value = evaluator.eval(callee);
            let symbols = Symbols::new(self.db, framework, class.file);
            let form = framework.classes.iter().find(|form| symbols.is_one_of(&form.call, &value))?;
            Some((form, class, *decorator))
        })
    }

    /// The prefixes of what is registered in the class around this function.
    pub(super) fn class_prefixes(&self, framework: &Framework) -> Vec<SmolStr> {
        let Some((form, class, decorator)) = self.class_of(framework) else { return Vec::new() };
        let body = item(self.db, class.file, class.item);
        let Expr::Call { args, .. } = body.expr(decorator) else { return Vec::new() };
        let args = Evaluator::new(self.db, class).args(args);
        argument(&form.prefix, &args).map(|value| texts(&value)).unwrap_or_default()
    }

    /// The methods of a class that handles an entry: the HTTP method that each answers, and what follows the path.
    pub(super) fn views(
        &self,
        framework: &Framework,
        entry: &EntryForm,
        handler: &Handler,
    ) -> Vec<(SmolStr, ItemRef, SmolStr)> {
        let views: Vec<_> =
            framework.views.iter().filter(|view| view.resource.is_some() == entry.resource).cloned().collect();
        let mut found: Vec<(SmolStr, ItemRef, SmolStr)> = answers(self.db, handler.item, &handler.methods, &views)
            .into_iter()
            .map(|answer| (answer.http, answer.method, answer.resource.unwrap_or_default()))
            .collect();
        if entry.resource {
            for (method, name) in methods(self.db, handler.item.file, handler.item.item) {
                found.extend(
                    self.extra(
                        framework,
                        method,
                        &name,
                        &views
                            .iter()
                            .find_map(|view| view.resource.clone().filter(|resource| resource.len() > 1))
                            .unwrap_or_default(),
                    ),
                );
            }
        }
        found
    }

    /// What a decorator says of a method of a set of routes.
    fn extra(&self, framework: &Framework, method: ItemRef, name: &str, one: &str) -> Vec<(SmolStr, ItemRef, SmolStr)> {
        let body = item(self.db, method.file, method.item);
        let mut evaluator = Evaluator::new(self.db, method);
        for decorator in &body.decorators {
            let Expr::Call { callee, args, .. } = body.expr(*decorator) else { continue };
            let value = evaluator.eval(callee);
            let symbols = Symbols::new(self.db, framework, method.file);
            let Some(verb) =
                framework.verbs.iter().find(|verb| !verb.detail.is_empty() && symbols.is_one_of(&verb.call, &value))
            else {
                continue;
            };
            let args = evaluator.args(args);
            let is_detail = matches!(argument(&verb.detail, &args), Some(Value::Bool(true)));
            let path = argument(&verb.path, &args).and_then(|value| text(&value)).unwrap_or_else(|| SmolStr::new(name));
            let suffix = SmolStr::new(format!("{}{path}/", if is_detail { one } else { "/" }));
            let methods = argument(&verb.methods, &args).map(|value| texts(&value)).unwrap_or_default();
            let methods = if methods.is_empty() {
                vec![verb.http.clone().unwrap_or(SmolStr::new_static(UNKNOWN))]
            } else {
                methods
            };
            return methods.iter().map(|http| (SmolStr::new(http.to_uppercase()), method, suffix.clone())).collect();
        }
        Vec::new()
    }

    /// The HTTP methods that the decorators of a function say.
    pub(super) fn verbs(&self, framework: &Framework, handler: ItemRef) -> Vec<SmolStr> {
        if framework.verbs.is_empty() {
            return Vec::new();
        }
        let body = item(self.db, handler.file, handler.item);
        let mut evaluator = Evaluator::new(self.db, handler);
        let symbols = Symbols::new(self.db, framework, handler.file);
        for decorator in &body.decorators {
            let (callee, args) = match body.expr(*decorator) {
                Expr::Call { callee, args, .. } => (callee, Some(args)),
                _ => (*decorator, None),
            };
            let value = evaluator.eval(callee);
            let Some(verb) = framework.verbs.iter().find(|verb| symbols.is_one_of(&verb.call, &value)) else {
                continue;
            };
            let args = args.map(|args| evaluator.args(args)).unwrap_or_default();
            let given = argument(&verb.methods, &args).map(|value| texts(&value)).unwrap_or_default();
            let all = if given.is_empty() { verb.http.iter().cloned().collect() } else { given };
            return all.iter().map(|http| SmolStr::new(http.to_uppercase())).collect();
        }
        Vec::new()
    }
}

/// What stands between the prefix of a mount and what follows: procedures follow the path of what answers for them.
fn mount_separator(framework: &Framework) -> SmolStr {
    if framework.tables.is_empty() { framework.separator.clone() } else { SmolStr::new_static("/") }
}
