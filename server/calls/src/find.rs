//! Finds the requests of a file.

#![expect(clippy::needless_pass_by_value, reason = "salsa's signature: a query owns its key")]

mod called;
mod collections;
mod describe;
mod handed;

use std::collections::BTreeSet;
use std::sync::Arc;

use lensai_semantics::{
    Args, Evaluator, Given, ItemRef, SourceFile, Value, facts, head, item, item_span, items, module,
};
use lensai_syntax::hir::{Arg, Body, Bound, Expr, ExprId, Imported, ItemId, Slice};
use smol_str::SmolStr;

use self::called::Called;
pub(crate) use self::called::{calls_objects, gives_called_objects};
pub(crate) use self::collections::is_of_collections;
pub(crate) use self::describe::in_loop;
use crate::address::{RequestNames, mentioned};
use crate::call::{Call, OutputLimit};
use crate::constant::{Outer, imported_constant};
use crate::db::{Chance, Db};
use crate::directive::{annotate, directives};
use crate::history::{Asked, in_options};
use crate::maker::{self, Made, Maker};
use crate::object::Matcher;
use crate::places::{self, function_around, is_of_module, module_literal};
use crate::request::{Match, is_open, value_chain};
use crate::sdk::{Operation, Request};

/// The requests of a file, in order of place.
pub fn calls(db: &dyn Db, file: SourceFile) -> Vec<Call> {
    let mut found = Vec::new();
    for ItemRef { item: id, .. } in items(db, file).filter(|at| db.may_hold_requests(*at)) {
        let start = item_span(db, file, id).start;
        let calls = item_calls(db, file, id);
        found.extend(calls.iter().cloned().map(|ItemCall { call, outer_name, outer_maker, .. }| {
            let mut places = call.places.shifted(start);
            places.function = function_around(db, file, id);
            if places.model_literal.is_none()
                && let Some(Outer { name, member }) = outer_name.filter(|outer| is_of_module(db, file, id, &outer.name))
            {
                places.model_literal = member.is_none().then(|| module_literal(db, file, &name)).flatten();
                if places.model_literal.is_none() {
                    places.model_constant = imported_constant(db, file, name, member);
                }
            }
            if let Some((outer, maker)) = outer_maker {
                places.add_max_output = maker::outside(db, file, id, outer, maker);
            }
            let history = call.history.map(|history| history.shifted(start));
            Call { span: call.span.shifted(start), places, history, ..call }
        }));
    }
    found.sort_by_key(|call| call.span);
    annotate(&mut found, &directives(db, file));
    found
}

/// The same, remembered: as long as nothing changes that they rest on it is the same list, at the same place in memory. For files
/// that are asked about again and again.
#[salsa::tracked(returns(clone))]
pub fn remembered_calls(db: &dyn Db, file: SourceFile) -> Arc<[Call]> {
    calls(db, file).into()
}

/// A request of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemCall {
    /// The expression that it is.
    pub(crate) expr: ExprId,
    /// With spans relative to the item.
    pub(crate) call: Call,
    /// What of the module stands for the model.
    outer_name: Option<Outer>,
    /// One of these may stand for the object which limits the answers; and what makes that.
    outer_maker: Option<(Vec<maker::Outer>, Maker)>,
}

/// The requests of one item.
#[salsa::tracked(returns(clone))]
pub(crate) fn item_calls(db: &dyn Db, file: SourceFile, id: ItemId) -> Arc<[ItemCall]> {
    let body = item(db, file, id);
    let mut finder = Finder::new(db, ItemRef { file, item: id }, &body, &[]);
    let mut found = Vec::new();
    for (id, expr) in (0..).map(ExprId).zip(&body.exprs) {
        if let Expr::Call { callee, args, is_new: false } = *expr
            && !finder.is_route(id, callee)
        {
            found.extend(finder.request(id, callee, args));
        }
    }
    found.into()
}

/// A request of an item as it is when the functions around it are given something; innermost first. None when that makes another
/// thing of it.
pub(crate) fn call_given(db: &dyn Db, at: ItemRef, call: ExprId, given: &[Given]) -> Option<Call> {
    let body = item(db, at.file, at.item);
    let Expr::Call { callee, args, .. } = body.expr(call) else { return None };
    Finder::new(db, at, &body, given).request(call, callee, args).map(|found| found.call)
}

/// The SDKs of whose modules a file imports one.
#[salsa::tracked(returns(clone))]
pub(crate) fn imported_sdks(db: &dyn Db, file: SourceFile) -> Arc<[usize]> {
    let matcher = Matcher::new(db, file.language(db).is_python());
    let mut found = BTreeSet::new();
    for name in &*imported_modules(db, file) {
        if let Value::Symbol(symbol) = module(db, file, name.clone()) {
            found.extend(matcher.sdks_of(&symbol));
        }
    }
    found.into_iter().collect()
}

/// The modules that a file imports, by the names it has for them. It rests on the whole file, so an edit asks for it once and not
/// for each item; it is nearly always what it was.
#[salsa::tracked(returns(clone))]
fn imported_modules(db: &dyn Db, file: SourceFile) -> Arc<[SmolStr]> {
    let facts = facts(db, file);
    let imports = facts.items.iter().flat_map(|item| &item.body.imports);
    let names: BTreeSet<SmolStr> = imports.map(|import| import.module.clone()).collect();
    names.into_iter().collect()
}

/// Whether a name is bound to a request in an item around others; none when it is not bound there. A query of its own, so that a
/// function rests on the names that it uses and not on all that stands around it.
#[salsa::tracked(returns(copy))]
fn names_request_in(db: &dyn Db, file: SourceFile, around: ItemId, name: SmolStr) -> Option<bool> {
    bound_to_request(RequestNames::of(db, file), &item(db, file, around), &name)
}

fn bound_to_request(names: RequestNames<'_>, body: &Body, name: &str) -> Option<bool> {
    let mut is_bound = None;
    for binding in body.find_name(name).into_iter().flat_map(|name| body.bindings_of(name)) {
        is_bound = Some(false);
        let bound = match &binding.value {
            Bound::Import(at) => match body.imports.get(*at as usize).map(|import| &import.what) {
                Some(Imported::Name(name)) => Some(name.as_str()),
                _ => None,
            },
            Bound::Value(value) => method_name(body, *value),
            _ => None,
        };
        if bound.is_some_and(|name| names.contains(name)) {
            return Some(true);
        }
    }
    is_bound
}

/// The name of the method or function that a value is: `client.create`, `create`, `client.create.bind(client)`.
pub(crate) fn method_name(body: &Body, value: ExprId) -> Option<&str> {
    match body.expr(value) {
        Expr::Attribute { name, .. } | Expr::Name(name) => Some(body.name(name)),
        Expr::Call { callee, .. } => match body.expr(callee) {
            Expr::Attribute { object, name } if body.name(name) == "bind" => match body.expr(object) {
                Expr::Attribute { name, .. } => Some(body.name(name)),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// An address is among as many arguments without a name: `request("POST", url)`.
const ADDRESS_POSITIONS: usize = 2;

/// A call that is a request.
pub(crate) struct Recognised<'db> {
    /// What is called: the method itself, where it is handed on.
    pub(crate) callee: ExprId,
    /// What it is given.
    pub(crate) args: Slice,
    /// The value of what is called.
    pub(crate) value: Value,
    /// The values of what it is given.
    pub(crate) values: Args,
    /// The requests that it may be; the first counts.
    pub(crate) matches: Vec<Match<'db>>,
    /// The names it is known by, when nothing says on what it is made.
    pub(crate) by_names: Option<Vec<SmolStr>>,
}

/// Finds requests in the body of an item.
pub(crate) struct Finder<'db, 'b> {
    db: &'db dyn Db,
    at: ItemRef,
    body: &'b Body,
    evaluator: Evaluator<'db>,
    matcher: Matcher<'db>,
    names: RequestNames<'db>,
    /// An object that is called itself may be in the file.
    called: Called,
    /// What the functions around are given, innermost first.
    given: &'b [Given],
}

impl<'db, 'b> Finder<'db, 'b> {
    pub(crate) fn new(db: &'db dyn Db, at: ItemRef, body: &'b Body, given: &'b [Given]) -> Self {
        Self {
            db,
            at,
            body,
            evaluator: Evaluator::new(db, at),
            matcher: Matcher::new(db, at.file.language(db).is_python()),
            names: RequestNames::of(db, at.file),
            called: Called::of(db, at.file),
            given,
        }
    }
}

impl<'db> Finder<'db, '_> {
    /// What an expression is, with what the functions around are given.
    fn eval(&mut self, expr: ExprId) -> Value {
        let value = self.evaluator.eval(expr);
        Given::bind_all(self.db, self.given, value)
    }

    fn args(&mut self, args: Slice) -> Args {
        let args = self.evaluator.args(args);
        Given::bind_all_args(self.db, self.given, args)
    }

    fn request(&mut self, call: ExprId, callee: ExprId, args: Slice) -> Option<ItemCall> {
        let found = self.recognised(call, callee, args)?;
        let Recognised { callee, args, value, values, matches, by_names } = found;
        let (first, others) = matches.split_first()?;
        let mut described = self.described(call, &value, &values, first, others);
        // A client of another package that speaks the same protocol: who answers it is not known.
        if by_names.is_some() && is_made_elsewhere(&value) {
            described.provider = None;
        }
        Some(self.placed(call, described, callee, args, first))
    }

    /// What a call is as a request: of what is called, or of a method that is handed on.
    pub(crate) fn recognised(&mut self, call: ExprId, callee: ExprId, args: Slice) -> Option<Recognised<'db>> {
        let is_worth_it = match self.chance(callee) {
            _ if is_of_list(&self.matcher, self.body, callee, args) => false,
            Chance::None => false,
            Chance::ByAddress => self.may_be_addressed(args),
            Chance::Any => true,
        };
        let direct = if is_worth_it { self.recognised_as(callee, args) } else { None };
        direct.or_else(|| {
            let (method, args) = self.handed_on(call, callee, args)?;
            self.recognised_as(method, args)
        })
    }

    /// The request that calling `callee` with these arguments is.
    fn recognised_as(&mut self, callee: ExprId, args: Slice) -> Option<Recognised<'db>> {
        let chain = chain(self.body, callee);
        let value = self.eval(callee);
        let mut matches = self.matcher.requests(&value);
        if matches.is_empty() {
            if !is_open(&value) || self.matcher.is_ruled_out(&value) {
                return None;
            }
            // What is written here; else what a name that is written here stands for.
            let mut chains: Vec<Vec<SmolStr>> = chain.into_iter().chain(value_chain(&value)).collect();
            // Before anything else is found out: what is given is often made far away.
            chains.retain(|chain| {
                self.matcher
                    .unseen_requests(chain)
                    .any(|(sdk, request)| self.may_give(request, args) && self.may_be_here(sdk, request))
            });
            if chains.is_empty() {
                return None;
            }
            let values = self.args(args);
            let (chain, mut seen) = chains.iter().find_map(|chain| {
                let seen = self.matcher.unseen(chain, &values, |sdk, request| self.may_be_here(sdk, request));
                Some((chain.clone(), seen?))
            })?;
            seen.object = self.matcher.unseen_object(&seen, &value).or(seen.object);
            return Some(Recognised { callee, args, value, values, matches: vec![seen], by_names: Some(chain) });
        }
        let (db, file) = (self.db, self.at.file);
        matches.retain(|seen| is_addressed(db, &self.matcher, file, seen.sdk));
        if matches.is_empty() {
            return None;
        }
        let values = self.args(args);
        matches
            .retain_mut(|seen| self.matcher.takes(seen.request, &values) && self.matcher.is_at_address(seen, &values));
        (!matches.is_empty()).then_some(Recognised { callee, args, value, values, matches, by_names: None })
    }

    /// Whether a request that is known by its names alone may be in this file.
    fn may_be_here(&self, sdk: usize, request: &Request) -> bool {
        is_addressed(self.db, &self.matcher, self.at.file, sdk)
            && (!request.near || imported_sdks(self.db, self.at.file).contains(&sdk))
    }

    /// Whether a call may have the arguments that tell a request, as far as that can be seen of how it is written.
    fn may_give(&self, request: &Request, args: Slice) -> bool {
        let args = self.body.args(args);
        // What is given without a name may be an object that has it; what is spread may be anything.
        let is_open = args.iter().any(|arg| !matches!(arg, Arg::Keyword(..)));
        let is_named =
            |key: &SmolStr| args.iter().any(|arg| matches!(arg, Arg::Keyword(name, _) if self.body.name(*name) == key));
        is_open || request.unseen.iter().all(is_named)
    }

    /// Whether what is given to a call of an HTTP library may be the address of a request. Looked at first: who sends it is often
    /// made far away, and mostly sends something else.
    fn may_be_addressed(&mut self, args: Slice) -> bool {
        let args = self.body.args(args);
        let mut may_be = false;
        let mut position = 0;
        for arg in args {
            let value = match *arg {
                Arg::Positional(value) if position < ADDRESS_POSITIONS => value,
                Arg::Keyword(name, value) if self.body.name(name) == "url" => value,
                Arg::Spread(_) | Arg::KeywordSpread(_) => return true,
                _ => continue,
            };
            position += 1;
            let value = self.eval(value);
            may_be |= self.matcher.may_be_address(&value);
        }
        may_be
    }

    /// The call with the places of its parts.
    fn placed(&mut self, expr: ExprId, call: Call, callee: ExprId, args: Slice, seen: &Match<'_>) -> ItemCall {
        let (body, request) = (self.body, seen.request);
        let maker = Maker::of(&self.matcher, seen).filter(|_| call.output_limit == OutputLimit::NotSet);
        let made = maker.and_then(|maker| {
            // Objects that are called themselves are what is called.
            Some((maker.made(&self.matcher, &mut self.evaluator, body, callee)?, maker))
        });
        let is_python = self.at.file.language(self.db).is_python();
        let is_elsewhere = seen.object.as_ref().is_some_and(|object| object.slots.contains_key("base_url"));
        let callee = body.span(callee);
        let finder = places::Finder { body, is_python, is_elsewhere, call: call.span, callee, args };
        let mut places = finder.places(request);
        let sent = finder
            .sent(request)
            .or_else(|| in_options(body, request, args, expr))
            .filter(|_| is_conversation(call.operation));
        let asked = sent.map(|sent| Asked { at: self.at, body, call: expr, sent, given: self.given });
        let history = asked.and_then(|asked| asked.history(self.db, &mut self.evaluator));
        let outer_maker = match made.filter(|_| places.add_max_output.is_none()) {
            Some((Made::Here(place), _)) => {
                places.add_max_output = Some(place);
                None
            }
            Some((Made::Outside(outer), maker)) => Some((outer, maker)),
            None => None,
        };
        ItemCall { expr, outer_name: finder.outer_name(request), outer_maker, call: Call { history, places, ..call } }
    }

    /// Whether a call says what is answered and not what is asked: `@router.post("/v1/chat/completions")`.
    pub(crate) fn is_route(&self, call: ExprId, callee: ExprId) -> bool {
        let is_of_address = matches!(self.body.expr(callee), Expr::Attribute { name, .. } if self.matcher.index.is_address_name(self.body.name(name)));
        is_of_address && self.body.decorators.contains(&call)
    }

    /// Which requests a call may be: they have names; objects that are called themselves are looked for where an SDK that has
    /// such is imported.
    fn chance(&self, callee: ExprId) -> Chance {
        // The first is a look into a table.
        match self.db.chance(self.at, callee) {
            Chance::None => Chance::None,
            chance if self.has_candidate_form(callee) => chance,
            _ => Chance::None,
        }
    }

    fn has_candidate_form(&self, callee: ExprId) -> bool {
        match self.body.expr(callee) {
            // The request is where the method is called that hands on to its base.
            Expr::Attribute { object, .. } if self.body.expr(object) == Expr::Super => false,
            Expr::Attribute { name, .. } if self.names.contains(self.body.name(name)) => true,
            Expr::Name(name) if self.names_request(self.body.name(name)) => true,
            _ => self.may_be_called_object(callee),
        }
    }

    /// Whether a name is that of a request, or is bound to one: an import under another name, a bound method.
    fn names_request(&self, name: &str) -> bool {
        self.names.contains(name) || self.is_bound_to_request(name)
    }

    fn is_bound_to_request(&self, name: &str) -> bool {
        let mut bound = bound_to_request(self.names, self.body, name);
        let mut current = head(self.db, self.at.file, self.at.item).and_then(|head| head.parent);
        while let (None, Some(id)) = (bound, current) {
            bound = names_request_in(self.db, self.at.file, id, SmolStr::new(name));
            current = head(self.db, self.at.file, id).and_then(|head| head.parent);
        }
        bound == Some(true)
    }
}

/// Whether what is sent may be what was said before.
fn is_conversation(operation: Operation) -> bool {
    matches!(operation, Operation::Chat | Operation::TextCompletion | Operation::Agent)
}

/// Whether requests of an SDK may be in a file: of most they may be in any.
fn is_addressed(db: &dyn Db, matcher: &Matcher<'_>, file: SourceFile, sdk: usize) -> bool {
    let is_free = matcher.sdk(sdk).is_none_or(|sdk| sdk.mention.is_empty());
    is_free || mentioned(db, file).contains(&sdk)
}

/// Whether a call of Python is one that lists have, as it is written: `lines.append(line)`. What has the same name in an SDK is given
/// its arguments by their names. What a list is given may be made far away, and nobody needs to know it.
pub(crate) fn is_of_list(matcher: &Matcher<'_>, body: &Body, callee: ExprId, args: Slice) -> bool {
    let Expr::Attribute { name, .. } = body.expr(callee) else { return false };
    matcher.python
        && matches!(body.name(name), "append" | "extend")
        && matches!(body.args(args), [Arg::Positional(_)])
        && matcher.index.is_given_by_name(body.name(name))
}

/// The names of an attribute chain, outermost last; at least two.
pub(crate) fn chain(body: &Body, callee: ExprId) -> Option<Vec<SmolStr>> {
    let mut names = Vec::new();
    let mut current = callee;
    loop {
        match body.expr(current) {
            Expr::Attribute { object, name } if names.len() < 16 => {
                names.push(SmolStr::new(body.name(name)));
                current = object;
            }
            Expr::Call { callee, .. } => current = callee,
            Expr::Await(value) => current = value,
            Expr::Index { object, .. } => current = object,
            Expr::Name(name) => {
                names.push(SmolStr::new(body.name(name)));
                break;
            }
            _ => {
                names.push(SmolStr::default());
                break;
            }
        }
    }
    names.reverse();
    (names.len() > 1).then_some(names)
}

/// Whether a value begins with what a class or function of a package made.
fn is_made_elsewhere(value: &Value) -> bool {
    match value {
        Value::Member(member) => is_made_elsewhere(&member.object),
        Value::Index(index) => is_made_elsewhere(&index.object),
        Value::Invoke(invoke) => match &invoke.callee {
            Value::Symbol(symbol) => !symbol.module.is_empty() && !symbol.module.starts_with(['.', '/']),
            callee => is_made_elsewhere(callee),
        },
        _ => false,
    }
}
