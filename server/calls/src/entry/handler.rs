//! What handles an entry: functions behind names, wrappers and bound methods, and the methods of classes.

use lensai_semantics::{
    Evaluator, ItemRef, Made, SourceFile, Value, ancestors, head, item, made_export, made_member, named, outline,
};
use lensai_syntax::hir::{Arg, Element, Entry, Expr, ExprId, ItemId, ItemKind};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use super::model::View;
use crate::db::Db;

/// More leads than this are not followed.
const MAX_LEADS: usize = 64;

/// A function or class that handles something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Handler {
    /// The function or class.
    pub(crate) item: ItemRef,
    /// It is a class.
    pub(crate) is_class: bool,
    /// Of a class the HTTP methods with the names of its methods, where they are given: `as_view({"get": "list"})`.
    pub(crate) methods: Vec<(SmolStr, SmolStr)>,
}

/// The functions and classes that an expression hands over, also through the calls of what wraps them. `is_class`: whether a
/// method of a class of this name makes a function of it.
pub(crate) fn functions(db: &dyn Db, at: ItemRef, expr: ExprId, is_class: &dyn Fn(&str) -> bool) -> Vec<Handler> {
    functions_of(db, named(db, at, expr), is_class)
}

/// The same of what something leads to.
pub(crate) fn functions_of(db: &dyn Db, made: Vec<Made>, is_class: &dyn Fn(&str) -> bool) -> Vec<Handler> {
    let mut found = Vec::new();
    let mut seen = FxHashSet::default();
    let mut open = vec![Lead { made, methods: Vec::new() }];
    while let Some(Lead { made, methods }) = open.pop() {
        for made in made {
            if seen.len() >= MAX_LEADS || !seen.insert(made) {
                continue;
            }
            match made {
                Made::Item(item) => add(db, item, &methods, &mut found),
                Made::Module(file) if !file.language(db).is_python() => {
                    open.push(Lead { made: made_export(db, file, "default", false), methods: methods.clone() });
                }
                Made::Expr(at, expr) => of_expr(db, at, expr, is_class, &mut open, &mut found),
                Made::Param(..) | Made::Module(_) => {}
            }
        }
    }
    found
}

struct Lead {
    made: Vec<Made>,
    methods: Vec<(SmolStr, SmolStr)>,
}

fn of_expr(
    db: &dyn Db,
    at: ItemRef,
    expr: ExprId,
    is_class: &dyn Fn(&str) -> bool,
    open: &mut Vec<Lead>,
    found: &mut Vec<Handler>,
) {
    let body = item(db, at.file, at.item);
    let lead = |value: ExprId| Lead { made: named(db, at, value), methods: Vec::new() };
    match body.expr(expr) {
        Expr::Call { callee, args, is_new: false } => {
            let args = body.args(args);
            if let Expr::Attribute { object, name } = body.expr(callee)
                && is_class(body.name(name))
            {
                let mut lead = lead(object);
                if let Some(Arg::Positional(mapping)) = args.first() {
                    lead.methods = pairs(&body, *mapping);
                }
                return open.push(lead);
            }
            // `controller.create.bind(controller)`
            if let Expr::Attribute { object, name } = body.expr(callee)
                && body.name(name) == "bind"
                && !at.file.language(db).is_python()
            {
                return open.push(lead(object));
            }
            let before = (open.len(), found.len());
            for arg in args.iter().rev() {
                let value = arg.value();
                if matches!(
                    body.expr(value),
                    Expr::Function(_) | Expr::Name(_) | Expr::Attribute { .. } | Expr::Call { is_new: false, .. }
                ) && hands_functions(db, at, value)
                {
                    open.push(lead(value));
                }
            }
            if (open.len(), found.len()) == before {
                of_value(db, Evaluator::new(db, at).eval(expr), found);
            }
        }
        // Of several in a row the last one answers.
        Expr::Sequence(elements) => {
            if let Some(Element::Item(last)) = body.elements(elements).last() {
                open.push(lead(*last));
            }
        }
        _ => of_value(db, Evaluator::new(db, at).eval(expr), found),
    }
}

/// Whether an argument is a function of the project, or a call that may wrap one.
fn hands_functions(db: &dyn Db, at: ItemRef, value: ExprId) -> bool {
    named(db, at, value).into_iter().any(|made| match made {
        Made::Item(_) => true,
        Made::Expr(at, expr) => {
            let body = item(db, at.file, at.item);
            match body.expr(expr) {
                Expr::Call { args, is_new, .. } => !is_new && !body.args(args).is_empty(),
                Expr::Attribute { .. } => {
                    matches!(Evaluator::new(db, at).eval(expr), Value::Function(_) | Value::Class(_))
                }
                _ => false,
            }
        }
        _ => false,
    })
}

/// The functions of the project that a value is.
fn of_value(db: &dyn Db, value: Value, found: &mut Vec<Handler>) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Function(function) => add(db, function.item, &[], found),
            Value::Class(class) => add(db, class, &[], found),
            Value::OneOf(several) | Value::Fallback(several) => open.extend(several.values.iter().rev().cloned()),
            _ => {}
        }
    }
}

fn add(db: &dyn Db, item: ItemRef, methods: &[(SmolStr, SmolStr)], found: &mut Vec<Handler>) {
    let Some(this) = head(db, item.file, item.item) else { return };
    if this.kind != ItemKind::Module && !found.iter().any(|known| known.item == item) {
        found.push(Handler { item, is_class: this.kind == ItemKind::Class, methods: methods.to_vec() });
    }
}

/// The texts of a mapping by its keys.
fn pairs(body: &lensai_syntax::hir::Body, mapping: ExprId) -> Vec<(SmolStr, SmolStr)> {
    let Expr::Mapping(entries) = body.expr(mapping) else { return Vec::new() };
    let text = |expr| match body.expr(expr) {
        Expr::Text(text) => Some(SmolStr::new(body.text(text))),
        _ => None,
    };
    let pair = |entry: &Entry| match *entry {
        Entry::Pair(key, value) => Some((text(key)?, text(value)?)),
        Entry::Spread(_) => None,
    };
    body.entries(entries).iter().filter_map(pair).collect()
}

/// A method of a class that answers an HTTP method.
pub(crate) struct Answer {
    pub(crate) http: SmolStr,
    pub(crate) method: ItemRef,
    /// What follows the path of a set of routes.
    pub(crate) resource: Option<SmolStr>,
}

/// The methods of a class and its ancestors of the project that answer HTTP methods. `given`: these instead.
pub(crate) fn answers(db: &dyn Db, class: ItemRef, given: &[(SmolStr, SmolStr)], views: &[View]) -> Vec<Answer> {
    if !given.is_empty() {
        let method = |(http, name): &(SmolStr, SmolStr)| match made_member(db, class, name).first() {
            Some(Made::Item(method)) => {
                Some(Answer { http: SmolStr::new(http.to_uppercase()), method: *method, resource: None })
            }
            _ => None,
        };
        return given.iter().filter_map(method).collect();
    }
    let mut found: Vec<Answer> = Vec::new();
    let mut seen: FxHashSet<SmolStr> = FxHashSet::default();
    for class in ancestors(db, class) {
        for (method, name) in methods(db, class.file, class.item) {
            let Some(view) = views.iter().find(|view| view.method.contains(&name)) else { continue };
            if seen.insert(name) {
                found.push(Answer { http: view.http.clone(), method, resource: view.resource.clone() });
            }
        }
    }
    found
}

/// The methods of a class itself, by name, in order.
pub(crate) fn methods(db: &dyn Db, file: SourceFile, class: ItemId) -> Vec<(ItemRef, SmolStr)> {
    let outline = outline(db, file);
    let all = (0..).map(ItemId).zip(outline.iter());
    let own = all.filter(|(_, head)| head.parent == Some(class) && head.kind == ItemKind::Function);
    own.map(|(item, head)| (ItemRef { file, item }, head.name.clone())).collect()
}
