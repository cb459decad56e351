//! Finds the requests of a file.

#![expect(clippy::needless_pass_by_value, reason = "salsa's signature: a query owns its key")]

mod handed;

use std::sync::Arc;

use lensai_config::Annotation;
use lensai_semantics::{
    Args, Evaluator, ItemRef, SourceFile, Value, facts, head, item, item_span, module, outline, qualified_name,
};
use lensai_syntax::hir::{BlockId, BlockKind, Body, Bound, Expr, ExprId, Imported, ItemId, ItemKind, Slice};
use smol_str::SmolStr;

use crate::address::{RequestNames, mentioned};
use crate::call::{Call, ModelRef, OutputLimit, Places};
use crate::constant::{Outer, imported_constant};
use crate::db::Db;
use crate::directive::{annotate, directives};
use crate::maker::{self, Made, Maker};
use crate::model_ref::{model_ref, number, why_unknown};
use crate::object::{Matcher, Object, PARTS};
use crate::places::{self, function_around, is_of_module, module_literal};
use crate::prompt::PromptBuilder;
use crate::request::{Match, is_open, value_chain};
use crate::sdk::{Operation, Request};
use crate::slots::HOST;
use crate::symbol::glob;

/// The requests of a file, in order of place.
pub fn calls(db: &dyn Db, file: SourceFile) -> Vec<Call> {
    let mut found = Vec::new();
    for index in 0..outline(db, file).len() {
        let id = ItemId(u32::try_from(index).unwrap_or(u32::MAX));
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
        if let Expr::Call { callee, args, is_new: false } = *expr {
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
    let mut found: Vec<usize> = Vec::new();
    for name in &*imported_modules(db, file) {
        if let Value::Symbol(symbol) = module(db, file, name.clone()) {
            found.extend(matcher.sdks_of(&symbol));
        }
    }
    found.sort_unstable();
    found.dedup();
    found.into()
}

/// The modules that a file imports, by the names it has for them. It rests on the whole file, so an edit asks for it once and not
/// for each item; it is nearly always what it was.
#[salsa::tracked(returns(clone))]
fn imported_modules(db: &dyn Db, file: SourceFile) -> Arc<[SmolStr]> {
    let facts = facts(db, file);
    let imports = facts.items.iter().flat_map(|item| &item.body.imports);
    let mut names: Vec<SmolStr> = imports.map(|import| import.module.clone()).collect();
    names.sort_unstable();
    names.dedup();
    names.into()
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
        let direct = if self.is_candidate(callee) { self.request_to(call, callee, args) } else { None };
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
            chains.retain(|chain| self.matcher.may_be_unseen(chain));
            if chains.is_empty() {
                return None;
            }
            let values = self.evaluator.args(args);
            let mut seen = chains.iter().find_map(|chain| {
                self.matcher.unseen(chain, &values, |sdk, request| {
                    self.is_addressed(sdk) && (!request.near || imported_sdks(self.db, self.at.file).contains(&sdk))
                })
            })?;
            seen.object = self.matcher.unseen_object(&seen, &value).or(seen.object);
            let mut described = self.describe(call, &seen, &values, &[]);
            // A client of another package that speaks the same protocol: who answers it is not known.
            if is_made_elsewhere(&value) {
                described.provider = None;
            }
            return Some(self.placed(described, callee, args, &seen));
        }
        let values = self.evaluator.args(args);
        seen.retain_mut(|seen| {
            self.matcher.takes(seen.request, &values)
                && self.is_addressed(seen.sdk)
                && self.matcher.is_at_address(seen, &values)
        });
        let (first, others) = seen.split_first()?;
        let described = self.describe(call, first, &values, others);
        Some(self.placed(described, callee, args, first))
    }

    /// Whether requests of an SDK may be in this file: of most they may be in any.
    fn is_addressed(&self, sdk: usize) -> bool {
        let is_free = self.matcher.sdk(sdk).is_none_or(|sdk| sdk.mention.is_empty());
        is_free || mentioned(self.db, self.at.file).contains(&sdk)
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

    /// Whether a closer look at a call is worth it: requests have names; objects that are called themselves are looked for
    /// where an SDK that has such is imported.
    fn is_candidate(&self, callee: ExprId) -> bool {
        self.has_candidate_form(callee) && self.db.may_be_request(self.at, callee)
    }

    fn has_candidate_form(&self, callee: ExprId) -> bool {
        match self.body.expr(callee) {
            // The request is where the method is called that hands on to its base.
            Expr::Attribute { object, .. } if self.body.expr(object) == Expr::Super => false,
            Expr::Attribute { name, .. } if self.names.contains(self.body.name(name)) => true,
            Expr::Name(name) => self.calls_objects || self.names_request(self.body.name(name)),
            Expr::Attribute { object, .. } => {
                self.calls_objects && matches!(self.body.expr(object), Expr::Name(_) | Expr::This)
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

    fn describe(&self, call: ExprId, seen: &Match<'_>, args: &Args, others: &[Match<'_>]) -> Call {
        let matcher = &self.matcher;
        let (request, object) = (seen.request, seen.object.as_ref());
        let slot = |name: &str| request.slots.get(name).and_then(|sources| matcher.slot(sources, args, object));
        let model_value = slot("model");
        let mut model = model_value.as_ref().map(|value| model_ref(matcher, value)).unwrap_or_default();
        for other in others.iter().filter(|other| other.object.is_some()) {
            let sources = other.request.slots.get("model");
            let more = sources.and_then(|sources| matcher.slot(sources, args, other.object.as_ref()));
            add_candidates(&mut model, more.map(|value| model_ref(matcher, &value)).unwrap_or_default());
        }
        let described = matcher.sdk(seen.sdk);
        let named = described.map(|sdk| sdk.name.clone()).unwrap_or_default();
        let report_as =
            request.report_as.clone().or_else(|| object.map(|object| object.report_as.clone())).unwrap_or(named);
        let model_objects = model_value.as_ref().map(|value| matcher.objects(value)).unwrap_or_default();
        let mut of_models = model_objects.iter().map(|object| &object.provider);
        // One of several models of several providers: who is paid is not known.
        let of_model = of_models.next().filter(|first| of_models.all(|other| other == *first)).cloned();
        // Rules of the request see its own slots before those of the object.
        let mut own = object.cloned().unwrap_or_else(|| Object::of_function(seen.sdk, &report_as));
        own.slots.extend(matcher.slots(&request.slots, args, object));
        let provider = matcher
            .provider(&request.provider, args, Some(&own))
            .or_else(|| if model_objects.is_empty() { None } else { of_model.clone()? })
            .or_else(|| object.and_then(|object| object.provider.clone()))
            .or_else(|| matcher.provider(&described?.provider, args, Some(&own)))
            .filter(|_| model_objects.is_empty() || of_model.is_some());
        // A client that may be of several providers is of none that is known.
        let differs = |other: &Match<'_>| {
            let other = other.object.as_ref().and_then(|object| object.provider.clone());
            let own = object.and_then(|object| object.provider.clone());
            other.is_some() && own.is_some() && other != own
        };
        let provider = provider.filter(|_| !others.iter().any(differs));
        // Who answers at a host of one's own is not known.
        let (host, provider) = match provider.as_deref().and_then(|provider| provider.strip_prefix(HOST)) {
            Some(host) => (Some(SmolStr::new(host)), None),
            None => (None, provider),
        };
        model.host = host;
        let operation = operation(request, &model);
        let mut notes = Vec::new();
        if model.candidates.is_empty() {
            let why = model_value.as_ref().map_or("its value is not known statically", why_unknown);
            notes.push(format!("the model is not known: {why}"));
        }
        let mut prompt = PromptBuilder::default();
        for name in ["system", "tools_prompt", "messages", PARTS, "input", "prompt"] {
            let value = match name {
                PARTS => object.and_then(|object| object.slots.get(PARTS).cloned()),
                name => slot(name),
            };
            match (name, value) {
                (_, None) => {}
                ("system", Some(value)) => prompt.text("system", name, &value),
                ("messages" | PARTS, Some(value)) => prompt.messages(name, &value),
                (_, Some(value)) if operation == Operation::Embeddings => prompt.inputs(name, &value),
                (_, Some(value)) => prompt.messages(name, &value),
            }
        }
        let limit = slot("max_output").filter(|value| *value != Value::None);
        let output_limit = match (request.slots.contains_key("max_output"), &limit) {
            (false, _) => OutputLimit::NotOffered,
            (true, None) => OutputLimit::NotSet,
            (true, Some(_)) => OutputLimit::Set,
        };
        Call {
            span: self.body.span(call),
            sdk: report_as,
            operation,
            provider,
            model,
            function: self.function(),
            in_loop: self.in_loop(call),
            prompt: prompt.finish(),
            max_output: limit.as_ref().and_then(|limit| number(self.db, limit)),
            output_limit,
            answers: slot("n").and_then(|n| number(self.db, &n)).filter(|n| *n > 1),
            notes,
            annotation: Annotation::default(),
            places: Places::default(),
        }
    }

    fn function(&self) -> SmolStr {
        qualified_name(self.db, self.at.file, self.at.item)
    }

    /// Whether a call stands in a loop of the function around it.
    fn in_loop(&self, call: ExprId) -> bool {
        if in_loop(self.body, self.body.block_of(call)) {
            return true;
        }
        let mut current = self.at.item;
        while let Some(this) = head(self.db, self.at.file, current) {
            let ItemKind::Lambda { iterates } = this.kind else { return false };
            if iterates {
                return true;
            }
            let Some(parent) = this.parent else { return false };
            if in_loop(&item(self.db, self.at.file, parent), this.parent_block) {
                return true;
            }
            current = parent;
        }
        false
    }
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

fn in_loop(body: &Body, block: BlockId) -> bool {
    let mut current = block;
    for _ in 0..body.blocks.len() {
        let this = body.block(current);
        if this.kind == BlockKind::Loop {
            return true;
        }
        if current == BlockId::ROOT {
            return false;
        }
        current = this.parent;
    }
    false
}

fn add_candidates(model: &mut ModelRef, more: ModelRef) {
    let was_empty = model.candidates.is_empty();
    for candidate in more.candidates {
        if !model.candidates.contains(&candidate) {
            model.candidates.push(candidate);
        }
    }
    if was_empty {
        model.origin = more.origin;
    }
    model.name = if model.candidates.len() == 1 { model.candidates.first().cloned() } else { None };
}

fn operation(request: &Request, model: &ModelRef) -> Operation {
    let names = || model.name.iter().chain(&model.candidates);
    let by_model = request.by_model.iter().find(|(pattern, _)| names().any(|name| glob(pattern, name)));
    by_model.map_or(request.operation, |(_, operation)| *operation)
}
