//! Which object of an SDK a value is.

use std::collections::BTreeMap;

use lensai_semantics::{Args, Invoke, Value, external_bases, index, member};
use smol_str::SmolStr;

use crate::ambient;
use crate::db::Db;
use crate::sdk::{
    Compose, Condition, Make, Path, ProviderRule, Request, Sdk, SlotSource, SlotStart, SlotStep, Slots, Step,
};
use crate::symbol::{Capture, Segments, glob, matches, path_matches, symbol_of};

/// An object of a kind, with its slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    /// Index of its SDK.
    pub(crate) sdk: usize,
    /// The SDK as which its requests are reported.
    pub(crate) report_as: SmolStr,
    /// The kind.
    pub(crate) kind: SmolStr,
    /// Its slots.
    pub(crate) slots: BTreeMap<SmolStr, Value>,
    /// Who is paid, when making it says so.
    pub(crate) provider: Option<SmolStr>,
}

/// An object, or what hangs below it: `client.chat` is the client with the path `chat`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The object.
    pub(crate) object: Object,
    /// The way from there.
    pub(crate) path: Vec<Step>,
}

/// Longer paths below an object are not followed.
const MAX_PATH: usize = 8;
/// More objects than this for one value are not told apart.
const MAX_PLACES: usize = 8;
/// Slots that are objects are followed this far.
const MAX_DEPTH: usize = 6;

/// Applies descriptions to values, as a file of one language sees them.
pub(crate) struct Matcher<'db> {
    /// The queries.
    pub(crate) db: &'db dyn Db,
    /// What is described.
    pub(crate) sdks: &'db [Sdk],
    /// The file is Python.
    pub(crate) python: bool,
    /// Ambient values are asked for (not while they are being collected).
    pub(crate) ambient: bool,
}

impl<'db> Matcher<'db> {
    /// A matcher for files of a language.
    pub(crate) fn new(db: &'db dyn Db, python: bool) -> Self {
        let sdks = db.knowledge().descriptions(db).sdks.as_slice();
        Self { db, sdks, python, ambient: true }
    }

    /// The objects that a value can be. Values are bounded in depth, so this may recurse.
    pub(crate) fn places(&self, value: &Value) -> Vec<Place> {
        let mut found = match value {
            Value::Symbol(_) => self.symbol_places(value),
            Value::Invoke(invoke) => self.invoke_places(invoke),
            Value::Member(inner) => self.step(self.places(&inner.object), &inner.name, None),
            Value::Index(inner) => {
                self.places(&inner.object).into_iter().filter(|place| place.path.is_empty()).collect()
            }
            Value::Instance(instance) => {
                let empty = Args::default();
                let args = instance.args.as_ref().unwrap_or(&empty);
                let bases = external_bases(self.db, instance.class);
                bases.iter().flat_map(|base| self.made_by_call(base, args)).collect()
            }
            Value::Typed(typed) => self.made_by_call(&typed.declared, &Args::default()),
            Value::Param(param) => {
                let given = param.default.iter().chain(&param.declared);
                given.map(|value| self.places(value)).find(|places| !places.is_empty()).unwrap_or_default()
            }
            Value::OneOf(several) | Value::Fallback(several) => {
                several.values.iter().flat_map(|value| self.places(value)).collect()
            }
            Value::Pipe(several) => self.composed(&several.values, |compose| compose.pipe_operator),
            _ => Vec::new(),
        };
        found.truncate(MAX_PLACES);
        found
    }

    /// The objects among the places of a value.
    pub(crate) fn objects(&self, value: &Value) -> Vec<Object> {
        self.places(value).into_iter().filter(|place| place.path.is_empty()).map(|place| place.object).collect()
    }

    fn symbol_places(&self, value: &Value) -> Vec<Place> {
        let Some(symbol) = symbol_of(value) else { return Vec::new() };
        let mut found = Vec::new();
        for (index, sdk) in self.sdks.iter().enumerate() {
            for make in sdk.makes.iter().filter(|make| !make.is.is_empty()) {
                // The longest beginning of the symbol that is an object; the rest is the way below it.
                for length in (0..=symbol.path.len()).rev() {
                    let mut head = symbol.clone();
                    head.path.truncate(length);
                    let segments = Segments::of(&head, self.python);
                    let Some(capture) = make.is.iter().find_map(|pattern| matches(sdk, pattern, &segments)) else {
                        continue;
                    };
                    let object = self.made(index, make, &capture, &Args::default(), None);
                    let steps = symbol.path.iter().skip(length);
                    let path = steps.map(|name| Step { name: name.clone(), called: false });
                    let path = path.filter(|step| !sdk.transparent.contains(step)).collect();
                    found.push(Place { object, path });
                    break;
                }
            }
        }
        found
    }

    fn invoke_places(&self, invoke: &Invoke) -> Vec<Place> {
        if symbol_of(&invoke.callee).is_some() {
            let found = self.made_by_call(&invoke.callee, &invoke.args);
            if !found.is_empty() {
                return found;
            }
        }
        self.called(self.places(&invoke.callee), &invoke.args)
    }

    /// What a call of a symbol makes, keeps or composes.
    fn made_by_call(&self, callee: &Value, args: &Args) -> Vec<Place> {
        let Some(symbol) = symbol_of(callee) else { return Vec::new() };
        let segments = Segments::of(symbol, self.python);
        let mut found = Vec::new();
        for (index, sdk) in self.sdks.iter().enumerate() {
            let made = sdk.makes.iter().find_map(|make| {
                let capture = make.call.iter().find_map(|pattern| matches(sdk, pattern, &segments))?;
                let object = self.made(index, make, &capture, args, None);
                self.holds(&make.when, args, Some(&object)).then_some(object)
            });
            found.extend(made.map(|object| Place { object, path: Vec::new() }));
            for same in &sdk.sames {
                if same.call.iter().any(|pattern| matches(sdk, pattern, &segments).is_some())
                    && let Some(subject) = same.subject.as_ref().and_then(|source| self.source(source, args, None, 0))
                {
                    let objects = self.objects(&subject);
                    found.extend(
                        objects
                            .into_iter()
                            .map(|object| Place { object: self.overlaid(object, &same.slots, args), path: Vec::new() }),
                    );
                }
            }
            for compose in &sdk.composes {
                if compose.call.iter().any(|pattern| matches(sdk, pattern, &segments).is_some()) {
                    found.extend(self.compose(index, compose, &parts_of(args)));
                }
            }
        }
        found
    }

    /// One attribute further, or one call when `args` are given.
    fn step(&self, places: Vec<Place>, name: &str, args: Option<&Args>) -> Vec<Place> {
        let called = args.is_some();
        let mut found = Vec::new();
        for mut place in places {
            let Some(sdk) = self.sdks.get(place.object.sdk) else { continue };
            let step = Step { name: SmolStr::new(name), called };
            if sdk.transparent.contains(&step) {
                found.push(place);
                continue;
            }
            place.path.push(step);
            if place.path.len() > MAX_PATH {
                continue;
            }
            let empty = Args::default();
            let args = args.unwrap_or(&empty);
            found.extend(self.below(sdk, place, args));
        }
        found
    }

    /// A call of what hangs below objects.
    fn called(&self, places: Vec<Place>, args: &Args) -> Vec<Place> {
        let mut found = Vec::new();
        for mut place in places {
            let name = place.path.pop().map(|step| step.name).unwrap_or_default();
            found.extend(self.step(vec![place], &name, Some(args)));
        }
        found
    }

    /// What a path below an object makes, keeps or composes; else the place itself.
    fn below(&self, sdk: &Sdk, place: Place, args: &Args) -> Vec<Place> {
        let object = &place.object;
        // `provider("fast")` of `customProvider({languageModels: {fast: openai("gpt-4o")}})`
        if let (Some(table), Some(key)) = (object.slots.get(TABLE), args.positional.first())
            && key.as_text().is_some()
        {
            let named = self.places(&index(self.db, table, key));
            if !named.is_empty() {
                return named;
            }
        }
        let on = |kinds: &[SmolStr]| kinds.contains(&object.kind);
        for make in sdk.makes.iter().filter(|make| on(&make.on)) {
            if make.path.iter().any(|path| path_matches(path, &place.path)) {
                let made = self.made(object.sdk, make, &None, args, Some(object));
                if self.holds(&make.when, args, Some(&made)) {
                    return vec![Place { object: made, path: Vec::new() }];
                }
            }
        }
        for same in sdk.sames.iter().filter(|same| on(&same.on)) {
            if same.path.iter().any(|path| path_matches(path, &place.path)) {
                return vec![Place { object: self.overlaid(place.object, &same.slots, args), path: Vec::new() }];
            }
        }
        for compose in &sdk.composes {
            if on(&compose.holds) && compose.path.iter().any(|path| path_matches(path, &place.path)) {
                let mut made = place.object;
                made.kind = compose.kind.clone();
                return vec![Place { object: made, path: Vec::new() }];
            }
        }
        vec![place]
    }

    fn composed(&self, parts: &[Value], wanted: impl Fn(&Compose) -> bool) -> Vec<Place> {
        let composes =
            self.sdks.iter().enumerate().flat_map(|(index, sdk)| sdk.composes.iter().map(move |c| (index, c)));
        composes
            .filter(|(_, compose)| wanted(compose))
            .flat_map(|(index, compose)| self.compose(index, compose, parts))
            .collect()
    }

    /// One object of several, if one of them is of a kind that it must hold.
    fn compose(&self, sdk: usize, compose: &Compose, parts: &[Value]) -> Option<Place> {
        let held = parts.iter().rev().find_map(|part| {
            let mut objects = self.objects(part).into_iter();
            objects.find(|object| {
                object.sdk == sdk && (compose.holds.contains(&object.kind) || object.kind == compose.kind)
            })
        })?;
        let mut object = held;
        object.kind = compose.kind.clone();
        let rest = parts.iter().filter(|part| self.objects(part).is_empty()).cloned().collect();
        object.slots.insert(SmolStr::new_static(PARTS), Value::list(rest, false));
        Some(Place { object, path: Vec::new() })
    }

    fn made(&self, index: usize, make: &Make, capture: &Capture, args: &Args, on: Option<&Object>) -> Object {
        let sdk = self.sdks.get(index);
        // What is made on an object keeps its slots unless it has its own.
        let mut slots = on.map(|object| object.slots.clone()).unwrap_or_default();
        slots.extend(self.slots(&make.slots, args, on));
        if let Some(capture) = capture {
            slots.insert(SmolStr::new_static("{p}"), Value::text(capture));
        }
        let name = sdk.map(|sdk| sdk.name.clone()).unwrap_or_default();
        let inherited = on.map(|object| object.report_as.clone());
        let mut object = Object {
            sdk: index,
            report_as: make.report_as.clone().or(inherited).unwrap_or(name),
            kind: make.kind.clone(),
            slots,
            provider: None,
        };
        object.provider =
            self.provider(&make.provider, args, Some(&object)).or_else(|| on.and_then(|on| on.provider.clone()));
        if let Some(table) = &make.table
            && let Some(table) = self.source(table, args, on, 0)
        {
            object.slots.insert(SmolStr::new_static(TABLE), table);
        }
        object
    }

    fn overlaid(&self, mut object: Object, slots: &Slots, args: &Args) -> Object {
        let more = self.slots(slots, args, Some(&object));
        object.slots.extend(more);
        object
    }

    fn holds(&self, conditions: &[Condition], args: &Args, own: Option<&Object>) -> bool {
        conditions.iter().all(|condition| {
            let values = condition.source.iter().filter_map(|source| self.source(source, args, own, 0));
            values
                .filter_map(|value| value.as_text().map(str::to_owned))
                .any(|text| condition.one_of.iter().any(|pattern| glob(pattern, &text)))
        })
    }

    /// The slots of a call that are known.
    pub(crate) fn slots(&self, slots: &Slots, args: &Args, own: Option<&Object>) -> BTreeMap<SmolStr, Value> {
        slots.iter().filter_map(|(name, sources)| Some((name.clone(), self.slot(sources, args, own)?))).collect()
    }

    /// The first source that gives something; else what the first one that is there gives.
    pub(crate) fn slot(&self, sources: &[SlotSource], args: &Args, own: Option<&Object>) -> Option<Value> {
        let mut first = None;
        for source in sources {
            match self.source(source, args, own, 0) {
                Some(value) if !matches!(value, Value::Unknown(_) | Value::None) => return Some(value),
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
            SlotStart::Own(slot) => own?.slots.get(slot)?.clone(),
            SlotStart::Ambient(name) => {
                let sdk = own.map(|object| object.sdk);
                if !self.ambient {
                    return None;
                }
                ambient::value(self.db, sdk, name)?
            }
            SlotStart::Literal(text) => Value::text(text),
        };
        source.steps.iter().try_fold(start, |value, step| self.slot_step(value, step))
    }

    fn slot_step(&self, value: Value, step: &SlotStep) -> Option<Value> {
        match step {
            SlotStep::Key(name) => match member(self.db, &value, name) {
                Value::Unknown(_) => None,
                // A mapping that has no such key answers with a term that stands for its attribute.
                Value::Member(inner) if matches!(inner.object, Value::Mapping(_)) => None,
                // An options class of the SDK (`GenerateContentConfig(max_output_tokens=…)`) made in place.
                Value::Member(inner) => match &inner.object {
                    Value::Invoke(made) => named(self.db, &made.args, name),
                    _ => Some(Value::Member(inner)),
                },
                other => Some(other),
            },
            SlotStep::Own(slot) => {
                let objects = self.objects(&value);
                let values: Vec<Value> = objects.iter().filter_map(|object| object.slots.get(slot).cloned()).collect();
                (!values.is_empty()).then(|| Value::one_of(values))
            }
            SlotStep::Json => Some(json(&value).unwrap_or(value)),
        }
    }

    /// Who is paid.
    pub(crate) fn provider(&self, rule: &ProviderRule, args: &Args, own: Option<&Object>) -> Option<SmolStr> {
        let providers = self.db.knowledge().providers(self.db);
        let text = |source: &Option<SlotSource>| {
            let value = self.source(source.as_ref()?, args, own, 0)?;
            crate::model_ref::model_ref(self, &value).name
        };
        if let Some(url) = text(&rule.host_of) {
            let known = providers.of_host(&url).map(SmolStr::new);
            let host = || crate::sdk::host_and_port(&url).map(|(host, _)| SmolStr::new(host));
            return known.or_else(host);
        }
        if let Some(model) = text(&rule.prefix_of)
            && let Some((prefix, _)) = model.split_once(['/', ':'])
            && let Some(known) = providers.of_alias(prefix)
        {
            return Some(SmolStr::new(known));
        }
        if let Some(name) = text(&rule.slot) {
            return Some(providers.of_alias(&name).map_or(name.clone(), SmolStr::new));
        }
        let literal = rule.literal.as_ref()?;
        let name = match own.and_then(|object| object.slots.get("{p}")).and_then(Value::as_text) {
            Some(capture) => SmolStr::new(literal.replace("{p}", capture)),
            None if literal.contains("{p}") => return None,
            None => literal.clone(),
        };
        Some(providers.of_alias(&name).map_or(name.clone(), SmolStr::new))
    }

    /// The requests that a call of a value is, each with the object on which it is made.
    pub(crate) fn requests(&self, callee: &Value, args: &Args) -> Vec<(usize, &'db Request, Option<Object>)> {
        let mut found = Vec::new();
        let callees = match callee {
            Value::OneOf(several) | Value::Fallback(several) => several.values.as_slice(),
            other => std::slice::from_ref(other),
        };
        for callee in callees {
            if let Some(symbol) = symbol_of(callee) {
                let segments = Segments::of(symbol, self.python);
                for (index, sdk) in self.sdks.iter().enumerate() {
                    let request = sdk.requests.iter().find(|request| {
                        request.call.iter().any(|pattern| matches(sdk, pattern, &segments).is_some())
                            && self.takes(request, args)
                    });
                    found.extend(request.map(|request| (index, request, None)));
                }
            }
            for mut place in self.places(callee) {
                let Some(sdk) = self.sdks.get(place.object.sdk) else { continue };
                match place.path.last_mut() {
                    Some(last) => last.called = true,
                    None => place.path.push(Step { name: SmolStr::default(), called: true }),
                }
                let request = sdk.requests.iter().find(|request| {
                    request.on.contains(&place.object.kind)
                        && request.path.iter().any(|path| path_matches(path, &place.path))
                        && self.takes(request, args)
                });
                found.extend(request.map(|request| (place.object.sdk, request, Some(place.object))));
            }
        }
        found
    }

    fn takes(&self, request: &Request, args: &Args) -> bool {
        request.takes.iter().all(|(source, kind)| {
            self.source(source, args, None, 0)
                .is_some_and(|value| self.objects(&value).iter().any(|object| object.kind == *kind))
        })
    }

    /// The requests that a call must be by its method path and arguments alone.
    pub(crate) fn unseen(&self, chain: &[SmolStr], args: &Args) -> Option<(usize, &'db Request)> {
        self.sdks.iter().enumerate().find_map(|(index, sdk)| {
            let request = sdk.requests.iter().find(|request| {
                !request.unseen.is_empty()
                    && request.path.iter().any(|path| ends_with(chain, path, sdk))
                    && request.unseen.iter().all(|key| {
                        named(self.db, args, key).is_some() || (!args.spreads.is_empty() && request.unseen.len() > 1)
                    })
            })?;
            Some((index, request))
        })
    }
}

/// Slot of a composed object: its parts that are no objects.
pub(crate) const PARTS: &str = "parts";
/// Slot of an object that maps names to objects.
pub(crate) const TABLE: &str = "{table}";

/// The argument of this name, also in what was spread into the arguments.
pub(crate) fn named(db: &dyn Db, args: &Args, name: &str) -> Option<Value> {
    if let Some(value) = args.named(name) {
        return Some(value.clone());
    }
    // What is spread and symbolic may have it: `**self.params`, `...options`.
    let options = args.positional.iter().filter_map(|value| match value {
        Value::Mapping(mapping) => Some(mapping.spreads.as_slice()),
        _ => None,
    });
    let spreads = options.flatten().chain(&args.spreads);
    let found: Vec<Value> = spreads
        .filter(|spread| {
            matches!(spread, Value::Instance(_) | Value::OneOf(_) | Value::Fallback(_) | Value::Mapping(_))
        })
        .map(|spread| member(db, spread, name))
        .filter(|value| !matches!(value, Value::Unknown(_) | Value::Member(_)))
        .collect();
    (!found.is_empty()).then(|| Value::one_of(found))
}

/// What a JSON text was made from.
fn json(value: &Value) -> Option<Value> {
    let Value::Invoke(invoke) = value else { return None };
    match &invoke.callee {
        // `json.dumps(body).encode()`
        Value::Member(inner) => json(&inner.object),
        callee => {
            let name = symbol_of(callee)?.dotted();
            matches!(
                name.as_str(),
                "json.dumps" | "JSON.stringify" | "orjson.dumps" | "ujson.dumps" | "simplejson.dumps"
            )
            .then(|| invoke.args.positional.first().cloned())?
        }
    }
}

/// Parts of a composition: positional arguments, with lists opened.
fn parts_of(args: &Args) -> Vec<Value> {
    let values = args.positional.iter().chain(args.keywords.iter().map(|(_, value)| value));
    values
        .flat_map(|value| match value {
            Value::List(list) => list.items.clone(),
            other => vec![other.clone()],
        })
        .collect()
}

/// Whether the names of a chain end with a path that has something before it.
fn ends_with(chain: &[SmolStr], path: &Path, sdk: &Sdk) -> bool {
    let seen: Vec<&SmolStr> =
        chain.iter().filter(|name| !sdk.transparent.iter().any(|step| step.name == **name)).collect();
    let steps = &path.0;
    seen.len() > steps.len()
        && seen
            .iter()
            .rev()
            .zip(steps.iter().rev())
            .all(|(have, want)| **have == want.name || (want.name.contains('*') && glob(&want.name, have)))
}
