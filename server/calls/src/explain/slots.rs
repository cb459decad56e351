//! Where the slots of a request get their values, step by step.

use lensai_semantics::trail::{Access, End, Leaf, Spot, Tracer, What, text_places};
use lensai_semantics::{Args, ItemRef, SourceFile, TextPart, Value, given, item};
use lensai_syntax::hir::{Arg, Expr, ExprId, Slice};
use smol_str::SmolStr;

use super::Slot;
use super::shown::source_text;
use crate::db::Db;
use crate::model_ref::model_ref;
use crate::object::Matcher;
use crate::request::Match;
use crate::sdk::{Request, SlotSource, SlotStart, SlotStep};
use crate::slots::is_missing_default;

/// The slots that are explained, in this order.
const SLOTS: [&str; 5] = ["model", "max_output", "n", "turns", "base_url"];
/// From object to object this often.
pub(super) const MAX_DEPTH: usize = 5;

/// A call whose arguments are looked into.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub(super) at: ItemRef,
    pub(super) callee: ExprId,
    pub(super) args: Slice,
    /// The end of a way that led here; none for the request itself.
    pub(super) leaf: Option<Leaf>,
}

/// Follows slots.
pub(super) struct SlotTracer<'m, 'db> {
    pub(super) db: &'db dyn Db,
    pub(super) matcher: &'m Matcher<'db>,
    pub(super) tracer: Tracer<'db>,
}

impl<'m, 'db> SlotTracer<'m, 'db> {
    pub(super) fn new(db: &'db dyn Db, matcher: &'m Matcher<'db>) -> Self {
        Self { db, matcher, tracer: Tracer::new(db) }
    }

    /// The slots of a request that are explained.
    pub(super) fn slots(&mut self, site: &Site, seen: &Match<'_>, values: &Args) -> Vec<Slot> {
        let mut found = Vec::new();
        for name in SLOTS {
            let name = SmolStr::new_static(name);
            let Some(sources) = seen.request.slots.get(&name) else {
                if name == "base_url" && seen.object.as_ref().is_some_and(|object| object.slots.contains_key(&name)) {
                    let source = SlotSource { start: SlotStart::Own(name.clone()), steps: Vec::new() };
                    found.push(self.slot(&name, &[source], site, seen, values));
                }
                continue;
            };
            let slot = self.slot(&name, sources, site, seen, values);
            // A number of answers, or of turns, is mostly not given, and then there is one.
            if !matches!(name.as_str(), "n" | "turns") || slot.source.is_some() {
                found.push(slot);
            }
        }
        found
    }

    fn slot(&mut self, name: &SmolStr, sources: &[SlotSource], site: &Site, seen: &Match<'_>, values: &Args) -> Slot {
        self.tracer = Tracer::new(self.db);
        let own = seen.object.as_ref();
        let value = self.matcher.slot(sources, values, own);
        let chosen = self.chosen(sources, values, own);
        let ends = match chosen {
            Some(source) => self.source(None, source, site, Some((seen.request, seen)), values, 0),
            None => Vec::new(),
        };
        if name == "model" {
            for end in ends {
                self.model_of(end, 0);
            }
            if let Some(value) = &value {
                self.complete(value);
            }
        }
        Slot {
            name: name.clone(),
            source: chosen.map(source_text),
            sources: sources.iter().map(source_text).collect(),
            steps: std::mem::replace(&mut self.tracer, Tracer::new(self.db)).finish(),
        }
    }

    /// The source that gives a slot its value, as the matching chooses it.
    fn chosen<'s>(
        &self,
        sources: &'s [SlotSource],
        values: &Args,
        own: Option<&crate::object::Object>,
    ) -> Option<&'s SlotSource> {
        let mut first = None;
        for source in sources {
            if is_missing_default(source, first.is_some(), sources, own) {
                continue;
            }
            match self.matcher.source(source, values, own, 0) {
                Some(value) if !matches!(value, Value::Unknown(_) | Value::None) && value.as_text() != Some("") => {
                    return Some(source);
                }
                Some(_) => first = first.or(Some(source)),
                None => {}
            }
        }
        first
    }

    /// The first of these sources that gives something at a call that makes an object.
    pub(super) fn of_maker(
        &mut self,
        after: Option<usize>,
        sources: &[SlotSource],
        site: &Site,
        depth: usize,
    ) -> Option<Vec<usize>> {
        let values = self.tracer.evaluator(site.at).args(site.args);
        let chosen = self.chosen(sources, &values, None)?;
        Some(self.source(after, chosen, site, None, &values, depth))
    }

    /// Follows one source; gives the ends.
    fn source(
        &mut self,
        after: Option<usize>,
        source: &SlotSource,
        site: &Site,
        request: Option<(&Request, &Match<'_>)>,
        values: &Args,
        depth: usize,
    ) -> Vec<usize> {
        if depth > MAX_DEPTH {
            return Vec::new();
        }
        let keys = source.steps.iter().take_while(|step| matches!(step, SlotStep::Key(_)));
        let keys: Vec<Access> = keys
            .filter_map(|step| match step {
                SlotStep::Key(name) => Some(Access::Key(name.clone())),
                _ => None,
            })
            .collect();
        let further = source.steps.get(keys.len()..).unwrap_or_default();
        let (starts, said) = match &source.start {
            SlotStart::Keyword(name) => (self.named(site.at, site.args, name), format!("the argument `{name}`")),
            SlotStart::Position(at) => (self.at_position(site.at, site.args, *at), ordinal(*at)),
            SlotStart::Literal(text) => {
                self.tracer.note(after, What::Note(SmolStr::new(format!("the description says `{text}`"))), None);
                return Vec::new();
            }
            SlotStart::Ambient(name) => {
                let ends = self.ambient(after, name, depth);
                return self.further(ends, further, depth);
            }
            SlotStart::Own(slot) => return self.own(after, slot, source, site, request, values, depth),
        };
        let mut ends = Vec::new();
        for (expr, access) in starts {
            let note = What::Note(SmolStr::new(&said));
            let step = self.tracer.note(after, note, Some(self.tracer.spot(site.at, expr)));
            let rest = access.into_iter().chain(keys.clone()).collect();
            ends.extend(self.follow(Some(step), site, expr, rest));
        }
        self.further(ends, further, depth)
    }

    pub(super) fn follow(&mut self, after: Option<usize>, site: &Site, expr: ExprId, rest: Vec<Access>) -> Vec<usize> {
        match &site.leaf {
            Some(leaf) => self.tracer.follow_beside(after, leaf, expr, rest),
            None => self.tracer.follow(after, site.at, expr, rest),
        }
    }

    /// A slot of the object on which a call is made, or of the request itself (its body, what its address says).
    #[expect(clippy::too_many_arguments, reason = "a source, and all that it may be asked of")]
    fn own(
        &mut self,
        after: Option<usize>,
        slot: &SmolStr,
        source: &SlotSource,
        site: &Site,
        request: Option<(&Request, &Match<'_>)>,
        values: &Args,
        depth: usize,
    ) -> Vec<usize> {
        if let Some((described, seen)) = request {
            if let Some(sources) = described.slots.get(slot).filter(|_| slot == "body") {
                let mut ends = Vec::new();
                for body in sources {
                    if self
                        .matcher
                        .source(body, values, None, 0)
                        .is_none_or(|value| matches!(value, Value::Text(_) | Value::None))
                    {
                        continue;
                    }
                    let steps = body.steps.iter().chain(&source.steps).cloned().collect();
                    let inner = SlotSource { start: body.start.clone(), steps };
                    ends.extend(self.source(after, &inner, site, request, values, depth + 1));
                    break;
                }
                return ends;
            }
            let is_captured = described.url.iter().any(|url| url.contains(&format!("{{{slot}}}")))
                && seen.object.as_ref().is_some_and(|object| object.slots.contains_key(slot));
            if is_captured && let Some(sources) = described.slots.get("url") {
                let note =
                    What::Note(SmolStr::new(format!("a part of the address, which is `{{{slot}}}` in its pattern")));
                let step = self.tracer.note(after, note, None);
                let chosen = self.chosen(sources, values, None);
                return chosen
                    .map(|url| self.source(Some(step), url, site, None, values, depth + 1))
                    .unwrap_or_default();
            }
        }
        // What is called leads to the object.
        let ends = self.follow(after, site, site.callee, Vec::new());
        let ends: Vec<usize> =
            ends.into_iter().flat_map(|end| self.slot_of_maker(end, slot, depth + 1).unwrap_or_default()).collect();
        self.further(ends, &source.steps, depth)
    }

    /// What follows the keys of a source: slots of objects, what a JSON text was made from.
    fn further(&mut self, ends: Vec<usize>, steps: &[SlotStep], depth: usize) -> Vec<usize> {
        let Some((step, others)) = steps.split_first() else { return ends };
        let mut next = Vec::new();
        for end in ends {
            match step {
                SlotStep::Own(slot) => {
                    for end in self.elements(end) {
                        next.extend(self.slot_of_maker(end, slot, depth + 1).unwrap_or_default());
                    }
                }
                SlotStep::Json => next.extend(self.json(end, others)),
                SlotStep::Key(name) => {
                    let Some(leaf) = self.leaf(end) else { continue };
                    let key = vec![Access::Key(name.clone())];
                    next.extend(self.tracer.follow_beside(Some(end), &leaf, leaf.expr, key));
                }
            }
        }
        let others = match step {
            SlotStep::Json => others.iter().skip_while(|step| matches!(step, SlotStep::Key(_))).cloned().collect(),
            _ => others.to_vec(),
        };
        self.further(next, &others, depth)
    }

    /// The elements of a list as a whole, where a way ends with one: a crew has the models of its agents.
    fn elements(&mut self, end: usize) -> Vec<usize> {
        let Some(leaf) = self.leaf(end).filter(|leaf| leaf.rest.is_empty()) else { return vec![end] };
        let body = item(self.db, leaf.at.file, leaf.at.item);
        match body.expr(leaf.expr) {
            Expr::Sequence(_) | Expr::Comprehension { key: None, .. } => {
                self.tracer.follow_beside(Some(end), &leaf, leaf.expr, vec![Access::Any])
            }
            _ => vec![end],
        }
    }

    /// What a JSON text was made from, or the object itself.
    fn json(&mut self, end: usize, steps: &[SlotStep]) -> Vec<usize> {
        let keys = steps.iter().map_while(|step| match step {
            SlotStep::Key(name) => Some(Access::Key(name.clone())),
            _ => None,
        });
        let keys: Vec<Access> = keys.collect();
        let Some(leaf) = self.leaf(end) else { return Vec::new() };
        let body = item(self.db, leaf.at.file, leaf.at.item);
        let mut expr = leaf.expr;
        for _ in 0..MAX_DEPTH {
            let Expr::Call { callee, args, .. } = body.expr(expr) else { break };
            let first = body.args(args).iter().find_map(|arg| match *arg {
                Arg::Positional(value) => Some(value),
                _ => None,
            });
            // `json.dumps(body).encode()`
            let object = match body.expr(callee) {
                Expr::Attribute { object, .. } if matches!(body.expr(object), Expr::Call { .. }) => Some(object),
                _ => None,
            };
            match object.or(first) {
                Some(inner) => expr = inner,
                None => break,
            }
        }
        self.tracer.follow_beside(Some(end), &leaf, expr, keys)
    }

    pub(super) fn leaf(&self, end: usize) -> Option<Leaf> {
        self.tracer.steps().get(end)?.leaf.clone()
    }

    /// Where an object is found in `model`, the model of that object counts.
    fn model_of(&mut self, end: usize, depth: usize) {
        let is_object = self.leaf(end).is_some_and(|leaf| {
            let value = self.tracer.eval(leaf.at, leaf.expr);
            !self.matcher.places(&value).is_empty()
        });
        if is_object && depth < MAX_DEPTH {
            for end in self.slot_of_maker(end, &SmolStr::new_static("model"), depth).unwrap_or_default() {
                self.model_of(end, depth + 1);
            }
        }
    }

    /// Adds where the texts stand that a model is known by and no step has led to: what frameworks do with a text is not always a
    /// step that can be shown.
    fn complete(&mut self, value: &Value) {
        let found = model_ref(self.matcher, value);
        let mut texts = Vec::new();
        literals(self.db, value, 0, &mut texts);
        for (text, file) in texts {
            let is_named = found.candidates.iter().any(|name| name.contains(text.as_str()));
            let spots: Vec<Spot> =
                text_places(self.db, file, &text).into_iter().map(|span| Spot { file, span }).collect();
            let is_shown = |spot: &Spot| {
                let ends = self
                    .tracer
                    .steps()
                    .iter()
                    .filter(|step| matches!(step.what, What::End(End::Literal) | What::Joined));
                ends.filter_map(|step| step.spot).any(|shown| {
                    shown.file == spot.file && shown.span.start <= spot.span.start && spot.span.end <= shown.span.end
                })
            };
            if !is_named || spots.iter().any(is_shown) {
                continue;
            }
            if let Some(spot) = spots.first() {
                let note = What::Note(SmolStr::new_static("the value is read from here"));
                let step = self.tracer.note(None, note, Some(*spot));
                self.tracer.note(Some(step), What::End(End::Literal), Some(*spot));
            }
        }
    }
}

/// The literal texts that a value is made of, with their files.
fn literals(db: &dyn Db, value: &Value, depth: usize, found: &mut Vec<(SmolStr, SourceFile)>) {
    const MAX_LITERALS: usize = 12;
    if depth > MAX_DEPTH + MAX_DEPTH || found.len() >= MAX_LITERALS {
        return;
    }
    let go = |value: &Value| literals(db, value, depth + 1, found);
    match value {
        Value::Text(text) => {
            for part in &text.parts {
                match part {
                    TextPart::Literal(literal) => {
                        let literal = literal.file.map(|file| (SmolStr::new(&literal.text), file));
                        found.extend(literal.filter(|literal| !found.contains(literal)));
                    }
                    TextPart::Hole(_, value) => literals(db, value, depth + 1, found),
                }
            }
        }
        Value::OneOf(several) | Value::Fallback(several) | Value::Pipe(several) => {
            several.values.iter().for_each(go);
        }
        Value::List(list) => list.items.iter().for_each(go),
        Value::Environment(read) => read.default.iter().for_each(go),
        Value::Param(param) if param.default.is_some() => param.default.iter().for_each(go),
        Value::Param(_) | Value::Member(_) | Value::Index(_) => given(db, value).iter().for_each(go),
        Value::Invoke(invoke) => invoke.args.values().for_each(go),
        Value::Instance(instance) => instance.args.iter().flat_map(Args::values).for_each(go),
        Value::Function(function) => function.receiver.iter().for_each(go),
        _ => {}
    }
}

fn ordinal(at: usize) -> String {
    match at {
        0 => "the first argument".to_owned(),
        1 => "the second argument".to_owned(),
        2 => "the third argument".to_owned(),
        at => format!("argument {}", at + 1),
    }
}
