//! Where the slots of objects and requests get their values, and who is paid.

use std::collections::BTreeMap;

use lensai_semantics::{Args, Value, given, member};
use smol_str::SmolStr;

use crate::address::UNKNOWN;
use crate::ambient;
use crate::db::Db;
use crate::model_ref::text_ref;
use crate::object::{CAPTURE, Matcher, Object};
use crate::sdk::{ProviderRule, Providers, SlotSource, SlotStart, SlotStep, Slots, host_and_port};
use crate::symbol::symbol_of;

/// Before the host of a base URL that is no provider's.
pub(crate) const HOST: &str = "host:";
/// Slots that are objects are followed this far.
const MAX_DEPTH: usize = 6;

impl Matcher<'_> {
    /// The slots of a call that are known.
    pub(crate) fn slots(&self, slots: &Slots, args: &Args, own: Option<&Object>) -> BTreeMap<SmolStr, Value> {
        slots.iter().filter_map(|(name, sources)| Some((name.clone(), self.slot(sources, args, own)?))).collect()
    }

    /// The first source that gives something; else what the first one that is there gives.
    pub(crate) fn slot(&self, sources: &[SlotSource], args: &Args, own: Option<&Object>) -> Option<Value> {
        let mut first = None;
        for source in sources {
            if is_missing_default(source, first.is_some(), sources, own) {
                continue;
            }
            match self.source(source, args, own, 0) {
                Some(value) if !matches!(value, Value::Unknown(_) | Value::None) && value.as_text() != Some("") => {
                    return Some(value);
                }
                Some(value) => first = first.or(Some(value)),
                None => {}
            }
        }
        first
    }

    /// The value of one source.
    pub(crate) fn source(&self, source: &SlotSource, args: &Args, own: Option<&Object>, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        let start = match &source.start {
            SlotStart::Keyword(name) => named(self.db, args, name)?,
            SlotStart::Position(at) => args.positional.get(*at)?.clone(),
            SlotStart::Own(slot) => slot_of(own?, slot)?,
            SlotStart::Ambient(name) => {
                if !self.ambient {
                    return None;
                }
                ambient::value(self.db, own.map(|object| object.sdk), name)?
            }
            SlotStart::Literal(text) => Value::text(text),
        };
        source.steps.iter().try_fold(start, |value, step| self.slot_step(value, step))
    }

    /// Whether a source ends with a key that a mapping has, whatever stands under it.
    pub(crate) fn has_key(&self, source: &SlotSource, args: &Args, own: Option<&Object>) -> bool {
        let Some((SlotStep::Key(name), before)) = source.steps.split_last() else { return false };
        let holder = SlotSource { start: source.start.clone(), steps: before.to_vec() };
        matches!(self.source(&holder, args, own, 0), Some(Value::Mapping(holder)) if holder.get(name).is_some())
    }

    fn slot_step(&self, value: Value, step: &SlotStep) -> Option<Value> {
        match step {
            SlotStep::Key(name) => match &value {
                // Texts and numbers have no parts.
                Value::Text(_) | Value::Number(_) | Value::Bool(_) => None,
                // Of a list the keys of all of it.
                Value::List(list) => {
                    let parts = list.items.iter().filter(|item| !matches!(item, Value::Text(_) | Value::Number(_)));
                    let values: Vec<Value> = parts.filter_map(|item| self.key(item, name)).collect();
                    (!values.is_empty()).then(|| Value::one_of(values))
                }
                // What is spread into a mapping has the key only when it is known to have it.
                Value::Mapping(mapping) if mapping.get(name).is_none() && !mapping.spreads.is_empty() => {
                    spread(self.db, &mapping.spreads, name)
                }
                _ => self.key(&value, name),
            },
            SlotStep::Own(slot) => {
                // Of a list of objects, those of all of them: a crew has the models of its agents.
                let parts = match &value {
                    Value::List(list) => list.items.as_slice(),
                    other => std::slice::from_ref(other),
                };
                let objects = parts.iter().flat_map(|part| self.objects(part));
                let values: Vec<Value> = objects.filter_map(|object| slot_of(&object, slot)).collect();
                (!values.is_empty()).then(|| Value::one_of(values))
            }
            SlotStep::Json => Some(json(&value).unwrap_or(value)),
        }
    }

    /// The key or attribute of a value.
    fn key(&self, value: &Value, name: &str) -> Option<Value> {
        match member(self.db, value, name) {
            Value::Unknown(_) => None,
            // A mapping that has no such key answers with a term that stands for its attribute.
            Value::Member(inner) if matches!(inner.object, Value::Mapping(_)) => None,
            // An options class of the SDK (`GenerateContentConfig(max_output_tokens=…)`) made in place.
            Value::Member(inner) => match &inner.object {
                Value::Invoke(made) => named(self.db, &made.args, name)
                    .or_else(|| made.args.positional.get(name.parse::<usize>().ok()?).cloned()),
                _ => Some(Value::Member(inner)),
            },
            other => Some(other),
        }
    }

    /// Who is paid, by a rule: `@x` in it is a slot of `own`.
    pub(crate) fn provider(&self, rule: &ProviderRule, args: &Args, own: Option<&Object>) -> Option<SmolStr> {
        let providers = self.db.knowledge().providers(self.db);
        let text = |source: &Option<SlotSource>| {
            let value = self.source(source.as_ref()?, args, own, 0)?;
            text_ref(self, &value).name
        };
        if let Some(url) = text(&rule.host_of) {
            return host_of(providers, &url);
        }
        if let Some(name) = text(&rule.slot) {
            return Some(SmolStr::new(providers.of_name(&name)));
        }
        if let Some(provider) = rule.prefix_of.as_ref().and_then(|source| {
            let models = text_ref(self, &self.source(source, args, own, 0)?);
            if let Some(name) = &models.name {
                return providers.of_prefix(name);
            }
            // One of several, all of one provider.
            let mut all = models.candidates.iter().map(|model| providers.of_prefix(model));
            let first = all.next()??;
            all.all(|other| other == Some(first)).then_some(first)
        }) {
            return Some(SmolStr::new(provider));
        }
        let literal = rule.literal.as_ref()?;
        let name = match own.and_then(|object| object.slots.get(CAPTURE)).and_then(Value::as_text) {
            Some(capture) => SmolStr::new(literal.replace(CAPTURE, capture)),
            None if literal.contains(CAPTURE) => return None,
            None => literal.clone(),
        };
        Some(SmolStr::new(providers.of_name(&name)))
    }
}

/// Whether a source is a text that holds where nothing is given, and something may be: an earlier source gives what is not known, or
/// asks an object of which nothing is known.
pub(crate) fn is_missing_default(
    source: &SlotSource,
    is_given: bool,
    sources: &[SlotSource],
    own: Option<&Object>,
) -> bool {
    let asks = || sources.iter().any(|source| matches!(source.start, SlotStart::Own(_)));
    let is_unknown = || own.is_none_or(|object| object.slots.is_empty());
    matches!(source.start, SlotStart::Literal(_)) && (is_given || (asks() && is_unknown()))
}

/// The provider of the host of an address; a host that is not known is named as one.
pub(crate) fn host_of(providers: &Providers, url: &str) -> Option<SmolStr> {
    let (host, _) = host_and_port(url)?;
    if host.contains(UNKNOWN) {
        return None;
    }
    Some(providers.of_host(url).map_or_else(|| SmolStr::new(format!("{HOST}{host}")), SmolStr::new))
}

fn slot_of(object: &Object, slot: &str) -> Option<Value> {
    let given = object.slots.get(slot).cloned();
    given.or_else(|| (slot == "provider").then(|| object.provider.as_deref().map(Value::text))?)
}

/// The argument of this name, also in what was spread into the arguments, and in options that are not written in the call.
pub(crate) fn named(db: &dyn Db, args: &Args, name: &str) -> Option<Value> {
    args.named(name).cloned().or_else(|| only_known(spread_into_args(db, args, name)))
}

/// Whether there may be an argument of this name: what is spread may hold it.
pub(crate) fn is_named(db: &dyn Db, args: &Args, name: &str) -> bool {
    args.named(name).is_some() || !spread_into_args(db, args, name).is_empty()
}

fn spread_into_args(db: &dyn Db, args: &Args, name: &str) -> Vec<Value> {
    let mut found = Vec::new();
    for value in &args.positional {
        match value {
            Value::Mapping(mapping) => mapping.spreads.iter().for_each(|spread| entry(db, spread, name, 0, &mut found)),
            options if is_options(db, options, 0) => entry(db, options, name, 0, &mut found),
            _ => {}
        }
    }
    for spread in &args.spreads {
        entry(db, spread, name, 0, &mut found);
    }
    found
}

/// What is known of values: not what was only asked for, of something that is not known.
fn only_known(mut values: Vec<Value>) -> Option<Value> {
    values.retain(|value| !is_only_asked(value));
    (!values.is_empty()).then(|| Value::one_of(values))
}

/// What something that is spread has under a name.
fn spread(db: &dyn Db, spreads: &[Value], name: &str) -> Option<Value> {
    let mut found = Vec::new();
    for spread in spreads {
        entry(db, spread, name, 0, &mut found);
    }
    only_known(found)
}

/// Whether a value stands for options: `create(params)`.
fn is_options(db: &dyn Db, value: &Value, depth: usize) -> bool {
    match value {
        Value::Mapping(_) => true,
        Value::OneOf(several) | Value::Fallback(several) => {
            several.values.iter().any(|value| is_options(db, value, depth))
        }
        Value::Param(_) | Value::Member(_) | Value::Index(_) if depth < MAX_DEPTH => {
            given(db, value).is_some_and(|value| is_options(db, &value, depth + 1))
        }
        _ => false,
    }
}

/// Adds what something that is spread (`**self.params`, `...options`) has under a name.
fn entry(db: &dyn Db, spread: &Value, name: &str, depth: usize, found: &mut Vec<Value>) {
    let value = match spread {
        Value::Instance(_) | Value::Mapping(_) => member(db, spread, name),
        Value::OneOf(several) | Value::Fallback(several) => {
            return several.values.iter().for_each(|value| entry(db, value, name, depth, found));
        }
        Value::Param(_) | Value::Member(_) | Value::Index(_) if depth < MAX_DEPTH => match given(db, spread) {
            Some(given) => return entry(db, &given, name, depth + 1, found),
            None => return,
        },
        _ => return,
    };
    if !matches!(value, Value::Unknown(_) | Value::Member(_)) {
        found.push(value);
    } else if let Value::Mapping(mapping) = spread
        && depth < MAX_DEPTH
    {
        mapping.spreads.iter().for_each(|spread| entry(db, spread, name, depth + 1, found));
    }
}

/// Whether a value is no more than what was asked for.
fn is_only_asked(value: &Value) -> bool {
    match value {
        Value::Unknown(_) | Value::Member(_) => true,
        Value::OneOf(several) | Value::Fallback(several) => several.values.iter().all(is_only_asked),
        _ => false,
    }
}

/// What a JSON text was made from.
fn json(value: &Value) -> Option<Value> {
    let Value::Invoke(invoke) = value else { return None };
    let first = invoke.args.positional.first();
    match &invoke.callee {
        // `json.dumps(body).encode()`, `new TextEncoder().encode(JSON.stringify(body))`
        Value::Member(inner) => json(&inner.object).or_else(|| json(first?)),
        callee => match symbol_of(callee)?.dotted().as_str() {
            "json.dumps" | "JSON.stringify" | "orjson.dumps" | "ujson.dumps" | "simplejson.dumps" => first.cloned(),
            "Buffer.from" | "bytes" | "bytearray" | "io.BytesIO" => json(first?),
            _ => None,
        },
    }
}
