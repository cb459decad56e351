//! Where the object is made on which a request is made: when the request itself takes no limit of its answers, that is where one belongs.

use lensai_semantics::{Evaluator, ItemRef, SourceFile, head, item, item_span, outline};
use lensai_syntax::hir::{Body, Expr, ExprId, ItemId, ItemKind, JoinOp, Place, Store};
use smol_str::SmolStr;

use crate::call::NewArgument;
use crate::db::Db;
use crate::index::Role;
use crate::object::Matcher;
use crate::places::{self, is_of_module, only_value};
use crate::request::Match;
use crate::sdk::SlotStart;
use crate::symbol::symbol_of;

/// More expressions than these are not looked at on the way to where an object is made.
const MAX_STEPS: usize = 24;
/// The slot that limits answers, of requests and of objects.
const LIMIT: &str = "max_output";

/// What makes an object, by its place among the descriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Maker {
    sdk: usize,
    make: usize,
    /// It is told to ask at another address than the SDK's own.
    is_elsewhere: bool,
}

/// Where an object is made.
pub(crate) enum Made {
    /// Where a limit can be put, relative to the item that was looked at.
    Here(NewArgument),
    /// Outside of it, in what one of these stands for.
    Outside(Vec<Outer>),
}

/// What gets its value outside of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Outer {
    /// A name.
    Name(SmolStr),
    /// An attribute of the object of the method that the item is.
    Attribute(SmolStr),
}

impl Maker {
    /// What makes the object of a request that takes its limit from there.
    pub(crate) fn of(matcher: &Matcher<'_>, seen: &Match<'_>) -> Option<Self> {
        let sources = seen.request.slots.get(LIMIT)?;
        let is_own = |start: &SlotStart| matches!(start, SlotStart::Own(slot) if slot == LIMIT);
        let object = seen.object.as_ref()?;
        let maker =
            Self { sdk: seen.sdk, make: object.made_by()?, is_elsewhere: object.slots.contains_key("base_url") };
        let offers = matcher.sdk(maker.sdk)?.makes.get(maker.make)?.slots.contains_key(LIMIT);
        let takes = sources.iter().any(|source| is_own(&source.start) && source.steps.is_empty());
        (offers && takes).then_some(maker)
    }

    /// Where the object is made that an expression is or leads to; none when that is not certain.
    pub(crate) fn made(
        self,
        matcher: &Matcher<'_>,
        evaluator: &mut Evaluator<'_>,
        body: &Body,
        from: ExprId,
    ) -> Option<Made> {
        let (mut open, mut here, mut outside) = (vec![from], Vec::new(), Vec::new());
        for _ in 0..MAX_STEPS {
            let Some(current) = open.pop() else { break };
            match body.expr(current) {
                Expr::Name(name) => match only_value(body, name) {
                    Some(value) => open.push(value),
                    None if body.bindings_of(name).len() == 0 => {
                        let name = body.name(name);
                        let is_parameter = body.params.iter().any(|param| param.name == name);
                        outside.extend((!is_parameter).then(|| Outer::Name(SmolStr::new(name))));
                    }
                    None => {}
                },
                Expr::Attribute { object, name } if is_own(body, object) => {
                    outside.push(Outer::Attribute(SmolStr::new(body.name(name))));
                }
                Expr::Await(inner) | Expr::Attribute { object: inner, .. } => open.push(inner),
                Expr::Join { op: JoinOp::Pipe, operands } => open.extend(body.operands(operands)),
                Expr::Call { callee, args, .. } => {
                    let value = evaluator.eval(callee);
                    let entries = symbol_of(&value).map(|symbol| matcher.entries(Role::MakeCall, symbol));
                    let mut entries = entries.unwrap_or_default().into_iter();
                    let first = entries.find(|(entry, _)| entry.sdk == self.sdk);
                    if first.is_some_and(|(entry, _)| entry.at == self.make) {
                        let sources = matcher.sdk(self.sdk)?.makes.get(self.make)?.slots.get(LIMIT)?;
                        let finder = places::Finder {
                            body,
                            is_python: matcher.python,
                            is_elsewhere: self.is_elsewhere,
                            call: body.span(current),
                            callee: body.span(callee),
                            args,
                        };
                        here.push(finder.place_for(sources, |_| true)?);
                    } else if let Expr::Attribute { object, .. } = body.expr(callee) {
                        // `llm.bind_tools(…)`, `prompt.pipe(llm)`
                        open.push(object);
                        open.extend(body.args(args).iter().map(|arg| arg.value()));
                    }
                }
                _ => {}
            }
        }
        match (here.pop(), here.is_empty()) {
            (Some(place), true) => Some(Made::Here(place)),
            (None, _) if !outside.is_empty() => Some(Made::Outside(outside)),
            // Of several it is not known which one it is.
            _ => None,
        }
    }
}

/// Where a limit can be put in what one of these stands for, which an item names; absolute in the text.
pub(crate) fn outside(
    db: &dyn Db,
    file: SourceFile,
    id: ItemId,
    outer: Vec<Outer>,
    maker: Maker,
) -> Option<NewArgument> {
    let class = head(db, file, id).and_then(|head| head.parent);
    let class = class.filter(|class| head(db, file, *class).is_some_and(|head| head.kind == ItemKind::Class));
    let mut places = outer.into_iter().filter_map(|outer| {
        let around = match &outer {
            Outer::Name(name) => Some(ItemId::MODULE).filter(|_| is_of_module(db, file, id, name)),
            Outer::Attribute(_) => class,
        };
        let (at, place) = stored(db, file, around?, outer, maker)?;
        Some(place.shifted(item_span(db, file, at).start))
    });
    places.next().filter(|first| places.all(|other| other == *first))
}

/// The item in which the one value is made that a module gives a name or a class an attribute, and where a limit can be put there,
/// relative to that item.
#[salsa::tracked(returns(clone))]
fn stored(db: &dyn Db, file: SourceFile, around: ItemId, outer: Outer, maker: Maker) -> Option<(ItemId, NewArgument)> {
    let (at, value) = match outer {
        Outer::Name(name) => {
            let body = item(db, file, around);
            (around, only_value(&body, body.find_name(&name)?)?)
        }
        Outer::Attribute(name) => only_store(db, file, around, &name)?,
    };
    let matcher = Matcher::new(db, file.language(db).is_python());
    let mut evaluator = Evaluator::new(db, ItemRef { file, item: at });
    match maker.made(&matcher, &mut evaluator, &item(db, file, at), value)? {
        Made::Here(place) => Some((at, place)),
        Made::Outside(_) => None,
    }
}

/// The one value that the methods of a class give an attribute of theirs, with the method; none when the class itself gives it one.
fn only_store(db: &dyn Db, file: SourceFile, class: ItemId, name: &str) -> Option<(ItemId, ExprId)> {
    let own = item(db, file, class);
    if own.find_name(name).is_some_and(|name| own.bindings_of(name).len() > 0) {
        return None;
    }
    let mut found = Vec::new();
    for (at, head) in (0..).map(ItemId).zip(outline(db, file).iter()) {
        if head.parent != Some(class) || head.kind != ItemKind::Function {
            continue;
        }
        let body = item(db, file, at);
        let Some(name) = body.find_name(name) else { continue };
        let is_it = |store: &&Store| store.place == Place::Attribute(name) && is_own(&body, store.object);
        found.extend(body.stores.iter().filter(is_it).map(|store| (at, store.value)));
    }
    match found.as_slice() {
        [(at, Some(value))] => Some((*at, *value)),
        _ => None,
    }
}

/// Whether an expression of a method is the object of the method.
fn is_own(body: &Body, object: ExprId) -> bool {
    match body.expr(object) {
        Expr::This => true,
        Expr::Name(name) => body.params.first().is_some_and(|param| param.name == body.name(name)),
        _ => false,
    }
}
