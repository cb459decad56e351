//! What of one item may lead to requests, and whether it does.

use std::sync::Arc;

use lensai_semantics::{Each, ItemRef, SourceFile, item, item_span, items, outline, sites, with_stack};
use lensai_syntax::hir::{Arg, Body, Expr, ExprId, ItemId, ItemKind, Slice};
use lensai_text::Span;

use crate::db::Db;
use crate::find::{in_loop, item_calls};

/// Something in an item that may lead to requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// The expression: the request, the call, or the function that stands there.
    pub(super) at: ExprId,
    pub(super) what: What,
}

/// What it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A request.
    Request,
    /// A call of functions of the project, by what is called and with what.
    Call { callee: ExprId, args: Slice, each: Option<Each>, targets: Arc<[ItemRef]> },
    /// A function without a name that is called where it stands, once or for each element of something, or by what a call hands it to.
    Inner { item: ItemId, each: Option<Each>, handed_to: Option<ExprId> },
}

/// What of an item may lead to requests, in order of place. Whether it does is another question, which this one must not ask: functions
/// may call each other in a ring.
#[salsa::tracked(returns(clone))]
fn parts(db: &dyn Db, file: SourceFile, id: ItemId) -> Arc<[Part]> {
    let body = item(db, file, id);
    let mut found: Vec<Part> = Vec::new();
    if db.looks_for_requests(file) {
        found.extend(item_calls(db, file, id).iter().map(|call| Part { at: call.expr, what: What::Request }));
    }
    let names = db.knowledge().reaching_names(db);
    for name in body.names.iter().filter(|name| names.contains(*name)) {
        for site in sites(db, file, id, name.clone()).iter() {
            // A request is not a call of what sends it.
            if found.iter().any(|part| part.at == site.call) {
                continue;
            }
            let targets = Arc::clone(&site.targets);
            let what = What::Call { callee: site.callee, args: site.args, each: site.each, targets };
            found.push(Part { at: site.call, what });
        }
    }
    let outline = outline(db, file);
    let children = (0..).map(ItemId).zip(outline.iter()).filter(|(_, head)| head.parent == Some(id));
    for (child, head) in children {
        let ItemKind::Lambda { iterates } = head.kind else { continue };
        if head.name.is_empty()
            && let Some(stands) = called_where_it_stands(&body, child, head.parent_time)
        {
            let Standing { at, of, handed_to } = stands;
            found
                .push(Part { at, what: What::Inner { item: child, each: iterates.then_some(Each { of }), handed_to } });
        }
    }
    found.sort_by_key(|part| part.at);
    found.into()
}

/// Where a function without a name stands.
struct Standing {
    at: ExprId,
    /// What it is handed to a method of.
    of: Option<ExprId>,
    /// The call that it is handed to.
    handed_to: Option<ExprId>,
}

/// Where a function without a name stands when it is called there or handed to what calls it.
fn called_where_it_stands(body: &Body, child: ItemId, from: ExprId) -> Option<Standing> {
    let from = from.0.saturating_sub(1);
    let mut exprs = (from..).map(ExprId).zip(body.exprs.iter().skip(from as usize));
    let (at, _) = exprs.find(|(_, expr)| **expr == Expr::Function(child))?;
    for (call, expr) in exprs {
        let Expr::Call { callee, args, .. } = *expr else { continue };
        if callee == at {
            return Some(Standing { at, of: None, handed_to: None });
        }
        if body
            .args(args)
            .iter()
            .any(|arg| matches!(arg, Arg::Positional(value) | Arg::Keyword(_, value) if *value == at))
        {
            let of = match body.expr(callee) {
                Expr::Attribute { object, .. } => Some(object),
                _ => None,
            };
            return Some(Standing { at, of, handed_to: Some(call) });
        }
    }
    None
}

/// Whether an item leads to a request.
pub fn has_requests(db: &dyn Db, at: ItemRef) -> bool {
    reaches(db, at.file, at.item)
}

/// The same, as a query. Functions that call each other in a ring reach what one of them reaches: from nothing to the least
/// answer that holds for all of them.
#[salsa::tracked(returns(copy), cycle_initial = reaches_nothing)]
fn reaches(db: &dyn Db, file: SourceFile, id: ItemId) -> bool {
    with_stack(|| parts(db, file, id).iter().any(|part| leads_on(db, file, part)))
}

/// Whether an item calls functions that lead to requests, itself or in functions that stand in it.
pub(super) fn calls_functions(db: &dyn Db, at: ItemRef) -> bool {
    parts(db, at.file, at.item).iter().any(|part| match &part.what {
        What::Request => false,
        What::Call { .. } => leads_on(db, at.file, part),
        What::Inner { item, .. } => calls_functions(db, ItemRef { file: at.file, item: *item }),
    })
}

fn leads_on(db: &dyn Db, file: SourceFile, part: &Part) -> bool {
    match &part.what {
        What::Request => true,
        What::Call { targets, .. } => targets.iter().any(|target| reaches(db, target.file, target.item)),
        What::Inner { item, .. } => reaches(db, file, *item),
    }
}

/// What of an item leads to requests, in order of place; of a call only the functions that do.
pub(super) fn leading(db: &dyn Db, at: ItemRef) -> Vec<Part> {
    let parts = parts(db, at.file, at.item);
    parts.iter().filter(|part| leads_on(db, at.file, part)).cloned().collect()
}

fn reaches_nothing(_: &dyn Db, _: salsa::Id, _: SourceFile, _: ItemId) -> bool {
    false
}

/// A call of a function of the project that leads to requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WrapperSite {
    /// The item in which it stands.
    pub at: ItemRef,
    /// The call.
    pub call: ExprId,
    /// The same, absolute in the text.
    pub span: Span,
    /// It is made in a loop of the function around it, or for each element of something.
    pub in_loop: bool,
}

/// The calls in a file of functions that lead to requests, in order of place.
pub fn wrapper_sites(db: &dyn Db, file: SourceFile) -> Vec<WrapperSite> {
    let mut found = Vec::new();
    for at in items(db, file) {
        for part in parts(db, file, at.item).iter() {
            if let What::Call { each, .. } = &part.what
                && leads_on(db, file, part)
            {
                let body = item(db, file, at.item);
                let span = body.span(part.at).shifted(item_span(db, file, at.item).start);
                let in_loop = each.is_some() || in_loop(db, at, &body, part.at);
                found.push(WrapperSite { at, call: part.at, span, in_loop });
            }
        }
    }
    found.sort_by_key(|site| site.span);
    found
}
