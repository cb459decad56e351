//! Where the object is made on which a request is made: when the request itself takes no limit of its answers, that is where one belongs.

#![expect(clippy::needless_pass_by_value, reason = "salsa's signature: a query owns its key")]

use lensai_semantics::{Evaluator, ItemRef, SourceFile, item};
use lensai_syntax::hir::{Body, Expr, ExprId, ItemId, JoinOp};
use smol_str::SmolStr;

use crate::call::NewArgument;
use crate::db::Db;
use crate::index::Role;
use crate::object::Matcher;
use crate::places::{self, only_value};
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
    /// Outside of it, in what one of these names stands for.
    Outside(Vec<SmolStr>),
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
                        outside.extend((!is_parameter).then(|| SmolStr::new(name)));
                    }
                    None => {}
                },
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

/// Where a limit can be put in what one of the names of a module stands for, relative to the module's own item.
pub(crate) fn in_module(db: &dyn Db, file: SourceFile, names: Vec<SmolStr>, maker: Maker) -> Option<NewArgument> {
    let place = |name| in_module_query(db, file, name, maker.sdk, maker.make, maker.is_elsewhere);
    let mut places = names.into_iter().filter_map(place);
    places.next().filter(|first| places.all(|other| other == *first))
}

#[salsa::tracked(returns(clone))]
fn in_module_query(
    db: &dyn Db,
    file: SourceFile,
    name: SmolStr,
    sdk: usize,
    make: usize,
    is_elsewhere: bool,
) -> Option<NewArgument> {
    let body = item(db, file, ItemId::MODULE);
    let value = only_value(&body, body.find_name(&name)?)?;
    let matcher = Matcher::new(db, file.language(db).is_python());
    let mut evaluator = Evaluator::new(db, ItemRef { file, item: ItemId::MODULE });
    match (Maker { sdk, make, is_elsewhere }).made(&matcher, &mut evaluator, &body, value)? {
        Made::Here(place) => Some(place),
        Made::Outside(_) => None,
    }
}
