//! Why a call is no request.

use lensai_semantics::trail::{Step, Tracer};
use lensai_semantics::{ItemRef, Value, item, item_span};
use lensai_syntax::hir::{Expr, ExprId};
use lensai_text::Span;

use super::near::{self, Failed};
use super::shown::value_text;
use super::{Description, Explained, Outcome, call_of};
use crate::db::Db;
use crate::object::Matcher;

/// What was looked at of a call that is no request.
#[derive(Debug, Clone)]
pub struct Missed {
    /// What is called, as far as it is known: `stripe#Charge.create`, `summarize`.
    pub callee: String,
    /// What that is.
    pub kind: CalleeKind,
    /// What the call makes, if that is an object on which requests are made.
    pub makes: Option<String>,
    /// From what is called to where it begins.
    pub steps: Vec<Step>,
    /// Requests that have the same last name, the nearest first.
    pub near: Vec<NearMiss>,
}

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalleeKind {
    /// A function of the project.
    Function,
    /// A class of the project.
    Class,
    /// Something of a package, or of an object that a package makes.
    Package,
    /// Something that the language gives.
    Language,
    /// An object of an SDK, or what hangs below it.
    Object,
    /// Something that is given to the function around it.
    Parameter,
    /// Not known.
    Unknown,
}

/// A request that a call comes near.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// What describes it.
    pub description: Description,
    /// What of it does not hold.
    pub failed: Failed,
}

pub(super) fn explained(db: &dyn Db, at: ItemRef, id: ExprId, span: Span) -> Explained {
    let body = item(db, at.file, at.item);
    let start = item_span(db, at.file, at.item).start;
    let Some((callee, args)) = call_of(&body, id) else {
        return Explained { span, callee: span, outcome: Outcome::Missed(Box::new(Missed::nothing())) };
    };
    let matcher = Matcher::new(db, at.file.language(db).is_python());
    let mut tracer = Tracer::new(db);
    let value = tracer.eval(at, callee);
    let made = tracer.eval(at, id);
    let makes = matcher.objects(&made).into_iter().next().and_then(|object| {
        let sdk = matcher.sdk(object.sdk)?;
        // Objects that are described only so that they are not taken for others.
        (object.kind != "value").then(|| format!("`{}` of {}", object.kind, sdk.name))
    });
    let near = near::misses(&matcher, at, &mut tracer, &value, (callee, args));
    tracer.follow(None, at, callee, Vec::new());
    let missed =
        Missed { callee: value_text(db, &value), kind: kind_of(&matcher, &value), makes, steps: tracer.finish(), near };
    Explained { span, callee: body.span(callee).shifted(start), outcome: Outcome::Missed(Box::new(missed)) }
}

impl Missed {
    fn nothing() -> Self {
        Self { callee: String::new(), kind: CalleeKind::Unknown, makes: None, steps: Vec::new(), near: Vec::new() }
    }
}

fn kind_of(matcher: &Matcher<'_>, value: &Value) -> CalleeKind {
    if !matcher.places(value).is_empty() {
        return CalleeKind::Object;
    }
    match value {
        Value::Function(_) => CalleeKind::Function,
        Value::Class(_) => CalleeKind::Class,
        Value::Symbol(symbol) if symbol.module.is_empty() => CalleeKind::Language,
        Value::Symbol(_) | Value::Typed(_) => CalleeKind::Package,
        Value::Member(member) => kind_of(matcher, &member.object),
        Value::Index(index) => kind_of(matcher, &index.object),
        Value::Invoke(invoke) => kind_of(matcher, &invoke.callee),
        Value::Param(_) => CalleeKind::Parameter,
        Value::OneOf(several) | Value::Fallback(several) => {
            several.values.first().map_or(CalleeKind::Unknown, |value| kind_of(matcher, value))
        }
        _ => CalleeKind::Unknown,
    }
}

/// The last name of what is called.
pub(super) fn last_name(body: &lensai_syntax::hir::Body, callee: ExprId) -> Option<&str> {
    match body.expr(callee) {
        Expr::Name(name) | Expr::Attribute { name, .. } => Some(body.name(name)),
        _ => None,
    }
}
