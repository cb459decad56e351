//! How a call was found, or why it was not: the matching is done once more, and each part of it says where it stands.
//!
//! Nothing of this is kept beside the calls; it is computed for whoever asks about a place. The trails to where values begin are
//! those of [`lensai_semantics::trail`]; this module knows which slots they begin and go on with.

mod ambients;
mod arguments;
mod makers;
mod missed;
mod near;
mod shown;
mod slots;

use lensai_semantics::trail::{Step, Tracer};
use lensai_semantics::{ItemRef, SourceFile, Value, item, item_span, items};
use lensai_syntax::hir::{Expr, ExprId, Slice};
use lensai_text::Span;
use smol_str::SmolStr;

use self::shown::{address_text, path_text, symbol_pattern_text};
use self::slots::{Site, SlotTracer};
use crate::db::Db;
use crate::find::{Finder, Recognised};
use crate::index::Role;
use crate::object::Matcher;
use crate::request::Match;
use crate::sdk::{BUILTIN, Operation, parse};
use crate::symbol::symbol_of;

pub use self::missed::{CalleeKind, Missed, NearMiss};
pub use self::near::Failed;

/// A call, and what it is or is not.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The whole call, absolute in the text.
    pub span: Span,
    /// What is called.
    pub callee: Span,
    /// What was looked at.
    pub outcome: Outcome,
}

/// Whether a call is a request.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It is, and this is how it is known.
    Found(Box<Found>),
    /// It is not.
    Missed(Box<Missed>),
}

/// How a request is known.
#[derive(Debug, Clone)]
pub struct Found {
    /// What describes it.
    pub description: Description,
    /// By what.
    pub by: By,
    /// The method is handed on, and called with what follows it.
    pub is_handed_on: bool,
    /// From what is called to where it begins.
    pub receiver: Vec<Step>,
    /// What else it may be.
    pub others: Vec<Description>,
    /// Where its model, its limit and so on come from, in this order.
    pub slots: Vec<Slot>,
}

/// A part of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The name of the SDK.
    pub sdk: SmolStr,
    /// The file in which it stands: of those built in below `queries/sdks`, else `lensai.toml`.
    pub file: SmolStr,
    /// Which of the tables (`request`, `make`, `same`, `compose`).
    pub table: &'static str,
    /// Which of them, from 1.
    pub number: usize,
    /// Its path or symbol that says it.
    pub pattern: String,
}

/// By what a request is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A function of the SDK is called.
    Function {
        /// As the code names it.
        symbol: String,
    },
    /// A method of an object is called.
    Object {
        /// The object's kind, in its description.
        kind: SmolStr,
    },
    /// It is sent to an address that is described.
    Address {
        /// As far as it is known.
        address: String,
        /// What it matches.
        pattern: SmolStr,
    },
    /// Its names and arguments can be nothing else, whatever it is called on.
    Names {
        /// The names.
        names: String,
        /// The arguments that tell it.
        arguments: Vec<SmolStr>,
    },
}

/// Where a slot of a request gets its value.
#[derive(Debug, Clone)]
pub struct Slot {
    /// The slot: `model`, `max_output`, `base_url`, ….
    pub name: SmolStr,
    /// The source that gave it, as the description writes it; none when no source gives anything.
    pub source: Option<String>,
    /// All sources, in the order in which they are asked.
    pub sources: Vec<String>,
    /// From there to where its value begins.
    pub steps: Vec<Step>,
}

/// The calls that lie in a part of a file or around it, in order of place. Those that are requests count before all others; of
/// others only those count that begin or end in it, or else the innermost one around it.
pub fn explain(db: &dyn Db, file: SourceFile, within: Span) -> Vec<Explained> {
    let mut found = Vec::new();
    let mut missed: Vec<(Span, ItemRef, ExprId)> = Vec::new();
    for at in items(db, file) {
        let whole = item_span(db, file, at.item);
        if !touches(whole, within) {
            continue;
        }
        let body = item(db, file, at.item);
        let mut finder = Finder::new(db, at, &body, &[]);
        for (id, expr) in (0..).map(ExprId).zip(&body.exprs) {
            let Expr::Call { callee, args, is_new } = *expr else { continue };
            let span = body.span(id).shifted(whole.start);
            if !touches(span, within) {
                continue;
            }
            let recognised =
                if is_new || finder.is_route(id, callee) { None } else { finder.recognised(id, callee, args) };
            match recognised {
                Some(recognised) => found.push(Explained {
                    span,
                    callee: body.span(recognised.callee).shifted(whole.start),
                    outcome: Outcome::Found(Box::new(of_request(db, at, callee, recognised))),
                }),
                None => missed.push((span, at, id)),
            }
        }
    }
    if found.is_empty() {
        let begins = |span: Span| within.contains(span.start) || within.contains(span.end.saturating_sub(1));
        let inner = missed.iter().map(|(span, ..)| *span).filter(|span| !begins(*span)).min_by_key(|span| span.len());
        let has_own = missed.iter().any(|(span, ..)| begins(*span));
        missed.retain(|(span, ..)| if has_own { begins(*span) } else { Some(*span) == inner });
        missed.sort_by_key(|(span, ..)| *span);
        missed.truncate(MAX_MISSED);
        found.extend(missed.into_iter().map(|(span, at, id)| missed::explained(db, at, id, span)));
    }
    found.sort_by_key(|explained| explained.span);
    found
}

/// More calls of one line that are no requests are not explained.
const MAX_MISSED: usize = 6;

fn touches(span: Span, within: Span) -> bool {
    span.start < within.end.max(within.start + 1) && within.start < span.end
}

fn of_request(db: &dyn Db, at: ItemRef, called: ExprId, recognised: Recognised<'_>) -> Found {
    let matcher = Matcher::new(db, at.file.language(db).is_python());
    let Recognised { callee, args, value, values, matches, by_names } = recognised;
    let mut tracer = SlotTracer::new(db, &matcher);
    let ends = tracer.tracer.follow(None, at, callee, Vec::new());
    for end in ends {
        tracer.makers(end, 0);
    }
    let receiver = std::mem::replace(&mut tracer.tracer, Tracer::new(db)).finish();
    let site = Site { at, callee, args, leaf: None };
    let mut descriptions = matches.iter().map(|seen| described(&matcher, seen, &value)).collect::<Vec<_>>();
    let others = descriptions.split_off(1.min(descriptions.len()));
    let first = matches.first();
    let slots = first.map(|seen| tracer.slots(&site, seen, &values)).unwrap_or_default();
    Found {
        description: descriptions.pop().unwrap_or_else(Description::none),
        by: match (first, by_names) {
            (Some(seen), Some(names)) => By::Names {
                names: names.iter().filter(|name| !name.is_empty()).cloned().collect::<Vec<_>>().join("."),
                arguments: seen.request.unseen.clone(),
            },
            (Some(seen), None) => by(&matcher, seen, &value, &values),
            (None, _) => By::Function { symbol: String::new() },
        },
        is_handed_on: callee != called,
        receiver,
        others,
        slots,
    }
}

fn by(matcher: &Matcher<'_>, seen: &Match<'_>, callee: &Value, values: &lensai_semantics::Args) -> By {
    if !seen.request.url.is_empty() {
        let addresses = matcher.addresses_given(seen.request, seen.object.as_ref(), values);
        let matching = addresses.iter().find_map(|address| {
            let pattern = seen.request.url.iter().find(|pattern| crate::address::is_at(pattern, address))?;
            Some((address_text(address), pattern.clone()))
        });
        if let Some((address, pattern)) = matching {
            return By::Address { address, pattern };
        }
    }
    match &seen.object {
        Some(object) if !object.kind.is_empty() => By::Object { kind: object.kind.clone() },
        _ => By::Function { symbol: symbol_of(callee).map(shown::symbol_text).unwrap_or_default() },
    }
}

/// The description of a request, with the pattern that the call is.
fn described(matcher: &Matcher<'_>, seen: &Match<'_>, callee: &Value) -> Description {
    let Some(sdk) = matcher.sdk(seen.sdk) else { return Description::none() };
    let number = sdk.requests.iter().position(|request| std::ptr::eq(request, seen.request)).unwrap_or_default();
    let last = symbol_of(callee).and_then(|symbol| symbol.path.last().cloned()).or_else(|| match callee {
        Value::Member(member) => Some(member.name.clone()),
        _ => None,
    });
    let is_it = |name: &str| last.as_deref().is_some_and(|last| crate::symbol::glob(name, last));
    let paths = &seen.request.path;
    let path = paths.iter().find(|path| path.0.last().is_some_and(|step| is_it(&step.name))).or(paths.first());
    let entries = symbol_of(callee).map(|symbol| matcher.entries(Role::Request, symbol)).unwrap_or_default();
    let entry = entries.iter().find(|(entry, _)| entry.sdk == seen.sdk && entry.at == number);
    let symbol = entry.and_then(|(entry, _)| Some(matcher.index.pattern(*entry)?.1));
    let pattern = match (symbol, path) {
        (Some(symbol), _) => symbol_pattern_text(sdk, symbol),
        (None, Some(path)) => path_text(path),
        (None, None) => seen.request.call.first().map(|symbol| symbol_pattern_text(sdk, symbol)).unwrap_or_default(),
    };
    Description { sdk: sdk.name.clone(), file: file_of(sdk), table: "request", number: number + 1, pattern }
}

/// The file of a description: one that a workspace describes itself stands in its settings.
fn file_of(sdk: &crate::sdk::Sdk) -> SmolStr {
    let name = format!("{}.toml", sdk.name);
    let builtin = BUILTIN.iter().find(|(file, _)| *file == name);
    let is_builtin = builtin.is_some_and(|(file, text)| parse(file, text).is_ok_and(|builtin| builtin == *sdk));
    if is_builtin { SmolStr::new(format!("queries/sdks/{name}")) } else { SmolStr::new_static("lensai.toml") }
}

impl Description {
    fn none() -> Self {
        Self { sdk: SmolStr::default(), file: SmolStr::default(), table: "request", number: 0, pattern: String::new() }
    }
}

/// The operations that a description may ask for, for whoever shows it.
pub fn operation_of(db: &dyn Db, description: &Description) -> Option<Operation> {
    let sdks = db.knowledge().index(db).sdks();
    let sdk = sdks.iter().find(|sdk| sdk.name == description.sdk)?;
    sdk.requests.get(description.number.checked_sub(1)?).map(|request| request.operation)
}

/// The arguments of a call, with what is called; none for anything else.
fn call_of(body: &lensai_syntax::hir::Body, expr: ExprId) -> Option<(ExprId, Slice)> {
    match body.expr(expr) {
        Expr::Call { callee, args, .. } => Some((callee, args)),
        _ => None,
    }
}
