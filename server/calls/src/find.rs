//! Finds the requests of a file.

#![expect(clippy::needless_pass_by_value, reason = "salsa's signature: a query owns its key")]

mod describe;
mod handed;

use std::collections::BTreeSet;
use std::sync::Arc;

use lensai_semantics::{Evaluator, ItemRef, SourceFile, Value, facts, head, item, item_span, items, module};
use lensai_syntax::hir::{Arg, Body, Bound, Expr, ExprId, Imported, ItemId, Slice};
use smol_str::SmolStr;

use crate::address::{RequestNames, mentioned};
use crate::call::{Call, OutputLimit};
use crate::constant::{Outer, imported_constant};
use crate::db::{Chance, Db};
use crate::directive::{annotate, directives};
use crate::maker::{self, Made, Maker};
use crate::object::Matcher;
use crate::places::{self, function_around, is_of_module, module_literal};
use crate::request::{Match, is_open, value_chain};
use crate::sdk::Request;

/// The requests of a file, in order of place.
pub fn calls(db: &dyn Db, file: SourceFile) -> Vec<Call> {
    let mut found = Vec::new();
    for ItemRef { item: id, .. } in items(db, file).filter(|at| db.may_hold_requests(*at)) {
        let start = item_span(db, file, id).start;
        let calls = item_calls(db, file, id);
        found.extend(calls.iter().cloned().map(|ItemCall { call, outer_name, outer_maker }| {
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
            Call { span: call.span.shifted(start), places, ..call }
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
struct ItemCall {
    /// With spans relative to the item.
    call: Call,
    /// What of the module stands for the model.
    outer_name: Option<Outer>,
    /// One of these may stand for the object which limits the answers; and what makes that.
    outer_maker: Option<(Vec<maker::Outer>, Maker)>,
}

/// The requests of one item.
#[salsa::tracked(returns(clone))]
fn item_calls(db: &dyn Db, file: SourceFile, id: ItemId) -> Arc<[ItemCall]> {
    let at = ItemRef { file, item: id };
    let body = item(db, file, id);
    let matcher = Matcher::new(db, file.language(db).is_python());
    let calls_objects = calls_objects(db, file);
    let names = RequestNames::of(db, file);
    let evaluator = Evaluator::new(db, at);
    let mut finder = Finder { db, at, body: &body, evaluator, matcher, names, calls_objects };
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

/// Whether a file imports an SDK whose objects are called themselves.
#[salsa::tracked(returns(copy))]
pub(crate) fn calls_objects(db: &dyn Db, file: SourceFile) -> bool {
    let index = db.knowledge().index(db);
    let is_external = |name: &SmolStr| matches!(module(db, file, name.clone()), Value::Symbol(_));
    imported_modules(db, file).iter().any(|name| index.calls_objects_of(name) && is_external(name))
}

/// The SDKs of whose modules a file imports one.
#[salsa::tracked(returns(clone))]
fn imported_sdks(db: &dyn Db, file: SourceFile) -> Arc<[usize]> {
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

struct Finder<'db, 'b> {
    db: &'db dyn Db,
    at: ItemRef,
    body: &'b Body,
    evaluator: Evaluator<'db>,
    matcher: Matcher<'db>,
    names: RequestNames<'db>,
    /// The file imports an SDK whose objects are called themselves.
    calls_objects: bool,
}

impl Finder<'_, '_> {
    fn request(&mut self, call: ExprId, callee: ExprId, args: Slice) -> Option<ItemCall> {
        let is_worth_it = match self.chance(callee) {
            _ if is_of_list(&self.matcher, self.body, callee, args) => false,
            Chance::None => false,
            Chance::ByAddress => self.may_be_addressed(args),
            Chance::Any => true,
        };
        let direct = if is_worth_it { self.request_to(call, callee, args) } else { None };
        direct.or_else(|| self.handed_on(call, callee, args))
    }

    /// The request that calling `callee` with these arguments is; `call` is the whole of it.
    fn request_to(&mut self, call: ExprId, callee: ExprId, args: Slice) -> Option<ItemCall> {
        let chain = chain(self.body, callee);
        let value = self.evaluator.eval(callee);
        let mut seen = self.matcher.requests(&value);
        if seen.is_empty() {
            if !is_open(&value) || self.matcher.is_ruled_out(&value) {
                return None;
            }
            // What is written here; else what a name that is written here stands for.
            let mut chains: Vec<Vec<SmolStr>> = chain.into_iter().chain(value_chain(&value)).collect();
            let (db, file, matcher) = (self.db, self.at.file, &self.matcher);
            let may_be_here = |sdk: usize, request: &Request| {
                is_addressed(db, matcher, file, sdk) && (!request.near || imported_sdks(db, file).contains(&sdk))
            };
            // Before anything else is found out: what is given is often made far away.
            chains.retain(|chain| {
                self.matcher
                    .unseen_requests(chain)
                    .any(|(sdk, request)| self.may_give(request, args) && may_be_here(sdk, request))
            });
            if chains.is_empty() {
                return None;
            }
            let values = self.evaluator.args(args);
            let mut seen = chains.iter().find_map(|chain| self.matcher.unseen(chain, &values, may_be_here))?;
            seen.object = self.matcher.unseen_object(&seen, &value).or(seen.object);
            let mut described = self.described(call, &value, &values, &seen, &[]);
            // A client of another package that speaks the same protocol: who answers it is not known.
            if is_made_elsewhere(&value) {
                described.provider = None;
            }
            return Some(self.placed(described, callee, args, &seen));
        }
        seen.retain(|seen| is_addressed(self.db, &self.matcher, self.at.file, seen.sdk));
        if seen.is_empty() {
            return None;
        }
        let values = self.evaluator.args(args);
        seen.retain_mut(|seen| self.matcher.takes(seen.request, &values) && self.matcher.is_at_address(seen, &values));
        let (first, others) = seen.split_first()?;
        let described = self.described(call, &value, &values, first, others);
        Some(self.placed(described, callee, args, first))
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
            let value = self.evaluator.eval(value);
            may_be |= self.matcher.may_be_address(&value);
        }
        may_be
    }

    /// The call with the places of its parts.
    fn placed(&mut self, call: Call, callee: ExprId, args: Slice, seen: &Match<'_>) -> ItemCall {
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
        let outer_maker = match made.filter(|_| places.add_max_output.is_none()) {
            Some((Made::Here(place), _)) => {
                places.add_max_output = Some(place);
                None
            }
            Some((Made::Outside(outer), maker)) => Some((outer, maker)),
            None => None,
        };
        ItemCall { outer_name: finder.outer_name(request), outer_maker, call: Call { places, ..call } }
    }

    /// Whether a call says what is answered and not what is asked: `@router.post("/v1/chat/completions")`.
    fn is_route(&self, call: ExprId, callee: ExprId) -> bool {
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
            Expr::Name(name) => self.calls_objects || self.names_request(self.body.name(name)),
            Expr::Attribute { object, name } => {
                self.calls_objects
                    && matches!(self.body.expr(object), Expr::Name(_) | Expr::This | Expr::Attribute { .. })
                    && !is_of_collections(self.body.name(name))
            }
            Expr::Index { .. } | Expr::Call { .. } | Expr::Await(_) | Expr::Choice { .. } => self.calls_objects,
            _ => false,
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

/// Whether a name is one of a method that texts and collections have: nobody keeps an object under it that is called itself.
pub(crate) fn is_of_collections(name: &str) -> bool {
    matches!(
        name,
        "append"
            | "extend"
            | "insert"
            | "pop"
            | "remove"
            | "get"
            | "items"
            | "keys"
            | "values"
            | "update"
            | "setdefault"
            | "add"
            | "join"
            | "split"
            | "strip"
            | "replace"
            | "startswith"
            | "endswith"
            | "lower"
            | "upper"
            | "encode"
            | "decode"
            | "push"
            | "includes"
            | "trim"
            | "forEach"
    )
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
