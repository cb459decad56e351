//! What a request asks for: who is paid, which model, what is sent.

use lensai_config::Annotation;
use lensai_semantics::{Args, ItemRef, Value, head, item, qualified_name};
use lensai_syntax::hir::{BlockId, BlockKind, Body, ExprId, ItemKind};
use smol_str::SmolStr;

use super::Finder;
use crate::call::{Call, ModelRef, OutputLimit, Places, TurnLimit};
use crate::db::Db;
use crate::model_ref::{model_ref, number, why_unknown};
use crate::object::{Object, PARTS};
use crate::operation::operation;
use crate::prompt::PromptBuilder;
use crate::request::Match;
use crate::sdk::{Operation, Request};
use crate::slots::HOST;

impl Finder<'_, '_> {
    /// The call; when its model is not known here, with what other files give.
    pub(super) fn described(
        &self,
        call: ExprId,
        callee: &Value,
        args: &Args,
        first: &Match<'_>,
        others: &[Match<'_>],
    ) -> Call {
        let here = self.describe(call, first, args, others);
        if !here.model.candidates.is_empty() || !first.request.slots.contains_key("model") {
            return here;
        }
        let elsewhere = self.matcher.asking_importers(|matcher| {
            let mut seen = matcher.requests(callee);
            seen.retain_mut(|seen| {
                seen.object.is_some() && matcher.takes(seen.request, args) && matcher.is_at_address(seen, args)
            });
            let (first, others) = seen.split_first().unwrap_or((first, others));
            self.describe(call, first, args, others)
        });
        if elsewhere.model.candidates.is_empty() { here } else { elsewhere }
    }

    fn describe(&self, call: ExprId, seen: &Match<'_>, args: &Args, others: &[Match<'_>]) -> Call {
        let matcher = &self.matcher;
        let (request, object) = (seen.request, seen.object.as_ref());
        let slot = |name: &str| request.slots.get(name).and_then(|sources| matcher.slot(sources, args, object));
        let model_value = slot("model");
        let mut model = model_value.as_ref().map(|value| model_ref(matcher, value)).unwrap_or_default();
        let is_named_here = !model.candidates.is_empty();
        for other in others.iter().filter(|other| other.object.is_some()) {
            let sources = other.request.slots.get("model");
            let more = sources.and_then(|sources| matcher.slot(sources, args, other.object.as_ref()));
            add_candidates(&mut model, more.map(|value| model_ref(matcher, &value)).unwrap_or_default());
        }
        let described = matcher.sdk(seen.sdk);
        let named = described.map(|sdk| sdk.name.clone()).unwrap_or_default();
        // A client that may be of the SDK itself, or one that goes by another name (Azure's), is of the SDK.
        let is_other = |other: &&Object| object.is_some_and(|object| object.report_as != other.report_as);
        let mut objects = others.iter().filter(|other| other.sdk == seen.sdk).filter_map(|other| other.object.as_ref());
        let of_object = match objects.find(is_other) {
            Some(_) => Some(named.clone()),
            None => object.map(|object| object.report_as.clone()),
        };
        let report_as = request.report_as.clone().or(of_object).unwrap_or(named);
        let model_objects = model_value.as_ref().map(|value| matcher.objects(value)).unwrap_or_default();
        // `llm or OpenAI()`: what is only declared says nothing against the model that is named.
        let is_named = model.name.is_some() && model_objects.iter().any(|object| object.provider.is_some());
        let mut of_models = model_objects.iter().map(|object| &object.provider).filter(|of| of.is_some() || !is_named);
        // One of several models of several providers: who is paid is not known.
        let of_model = of_models.next().filter(|first| of_models.all(|other| other == *first)).cloned();
        // Rules of the request see its own slots before those of the object.
        let mut own = object.cloned().unwrap_or_else(|| Object::of_function(seen.sdk, &report_as));
        own.slots.extend(matcher.slots(&request.slots, args, object));
        let provider = matcher
            .provider(&request.provider, args, Some(&own))
            .or_else(|| if model_objects.is_empty() { None } else { of_model.clone()? })
            .or_else(|| object.and_then(|object| object.provider.clone()))
            .or_else(|| {
                let mut objects = others.iter().filter_map(|other| other.object.as_ref());
                if is_named_here || model.name.is_none() {
                    None
                } else {
                    objects.find_map(|object| object.provider.clone())
                }
            })
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
        let operation = operation(request, &model, &own);
        let mut notes = Vec::new();
        if model.candidates.is_empty() {
            let why = model_value.as_ref().map_or("its value is not known statically", why_unknown);
            notes.push(format!("the model is not known: {why}"));
        }
        let mut prompt = PromptBuilder::new(self.db);
        for name in ["system", "messages", PARTS, "input", "prompt"] {
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
        if let Some(tools) = slot("tools") {
            prompt.tools(&tools);
        }
        if let Some(schema) = slot("schema") {
            prompt.schema(&schema);
        }
        let limit = slot("max_output").filter(|value| *value != Value::None);
        Call {
            span: self.body.span(call),
            sdk: report_as,
            operation,
            provider,
            model,
            function: self.function(),
            in_loop: in_loop(self.db, self.at, self.body, call),
            prompt: prompt.finish(),
            max_output: limit.as_ref().and_then(|limit| number(self.db, limit)),
            output_limit: output_limit(request, limit.as_ref()),
            answers: slot("n").and_then(|n| number(self.db, &n)).filter(|n| *n > 1),
            turns: self.turn_limit(slot("turns").as_ref(), operation),
            history: None,
            notes,
            annotation: Annotation::default(),
            places: Places::default(),
        }
    }

    fn turn_limit(&self, turns: Option<&Value>, operation: Operation) -> TurnLimit {
        match turns.map(|turns| number(self.db, turns)) {
            Some(Some(0 | 1)) => TurnLimit::One,
            Some(Some(turns)) => TurnLimit::AtMost(turns),
            Some(None) => TurnLimit::Open,
            None if operation == Operation::Agent => TurnLimit::Open,
            None => TurnLimit::One,
        }
    }

    fn function(&self) -> SmolStr {
        qualified_name(self.db, self.at.file, self.at.item)
    }
}

fn output_limit(request: &Request, limit: Option<&Value>) -> OutputLimit {
    match (request.slots.contains_key("max_output"), limit) {
        (false, _) => OutputLimit::NotOffered,
        (true, None) => OutputLimit::NotSet,
        (true, Some(_)) => OutputLimit::Set,
    }
}

/// Whether a call stands in a loop of the function around it.
pub(crate) fn in_loop(db: &dyn Db, at: ItemRef, body: &Body, call: ExprId) -> bool {
    if is_in_loop(body, body.block_of(call)) {
        return true;
    }
    let mut current = at.item;
    while let Some(this) = head(db, at.file, current) {
        let ItemKind::Lambda { iterates } = this.kind else { return false };
        if iterates {
            return true;
        }
        let Some(parent) = this.parent else { return false };
        if is_in_loop(&item(db, at.file, parent), this.parent_block) {
            return true;
        }
        current = parent;
    }
    false
}

fn is_in_loop(body: &Body, block: BlockId) -> bool {
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
