//! Which object of an SDK a value is.

mod composed;

use std::cell::Cell;
use std::collections::BTreeMap;

use lensai_semantics::{
    Args, Invoke, Param, Symbol, Value, caller_argument, external_bases, given_argument, given_to_package, index,
};
use smol_str::SmolStr;

use self::composed::parts_of;
use crate::db::Db;
use crate::index::{Entry, Index, Role};
use crate::request::is_open;
use crate::sdk::{Condition, Make, Sdk, Slots, Step};
use crate::symbol::{Capture, Segments, glob, is_module_of, matches, module_of, path_matches, symbol_of};

/// An object of a kind, with its slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    /// Index of its SDK.
    pub(crate) sdk: usize,
    /// Index of what made it, among the SDK's makes.
    make: Option<usize>,
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

impl Object {
    /// What made it, among the makes of its SDK.
    pub(crate) fn made_by(&self) -> Option<usize> {
        self.make
    }

    /// What stands for the object of a function that needs none.
    pub(crate) fn of_function(sdk: usize, report_as: &SmolStr) -> Self {
        Self {
            sdk,
            make: None,
            report_as: report_as.clone(),
            kind: SmolStr::default(),
            slots: BTreeMap::new(),
            provider: None,
        }
    }
}

/// Longer paths below an object are not followed.
const MAX_PATH: usize = 8;
/// More objects than this for one value are not told apart.
const MAX_PLACES: usize = 8;

/// Objects are followed from parameter to caller this often.
const MAX_HOPS: u8 = 3;

/// Slot of a composed object: its parts that are no objects.
pub(crate) const PARTS: &str = "parts";
/// Slot of an object that maps names to objects.
const TABLE: &str = "{table}";
/// Slot of an object: what `{p}` stood for.
pub(crate) const CAPTURE: &str = "{p}";

/// Applies descriptions to values, as a file of one language sees them.
pub(crate) struct Matcher<'db> {
    /// The queries.
    pub(crate) db: &'db dyn Db,
    /// What is described.
    pub(crate) index: &'db Index,
    /// The file is Python.
    pub(crate) python: bool,
    /// Ambient values are asked for (not while they are being collected).
    pub(crate) ambient: bool,
    /// From parameter to caller, so far.
    hops: Cell<u8>,
    /// Callers in other files are asked as well, and what they give comes before what a parameter is declared as. Not while it is
    /// found out what is a request: who looks for those need not read the files that import others.
    asks_importers: Cell<bool>,
}

impl<'db> Matcher<'db> {
    /// A matcher for files of a language.
    pub(crate) fn new(db: &'db dyn Db, python: bool) -> Self {
        Self {
            db,
            index: db.knowledge().index(db).as_ref(),
            python,
            ambient: true,
            hops: Cell::new(0),
            asks_importers: Cell::new(false),
        }
    }

    /// What is found with callers in other files.
    pub(crate) fn asking_importers<T>(&self, find: impl FnOnce(&Self) -> T) -> T {
        let before = self.asks_importers.replace(true);
        let found = find(self);
        self.asks_importers.set(before);
        found
    }

    /// The description of this index.
    pub(crate) fn sdk(&self, at: usize) -> Option<&'db Sdk> {
        self.index.sdks().get(at)
    }

    /// The patterns of a role that a symbol is.
    pub(crate) fn entries(&self, role: Role, symbol: &Symbol) -> Vec<(Entry, Capture)> {
        if !self.index.has_module(module_of(symbol)) {
            return Vec::new();
        }
        let entries = self.index.entries(role, symbol.path.last().map(SmolStr::as_str));
        if entries.is_empty() {
            return Vec::new();
        }
        let segments = Segments::of(symbol, self.python);
        let matching = entries.into_iter().filter_map(|entry| {
            let (sdk, pattern) = self.index.pattern(entry)?;
            Some((entry, matches(sdk, pattern, &segments)?))
        });
        matching.collect()
    }

    /// The SDKs that have a module.
    pub(crate) fn sdks_of(&self, module: &Symbol) -> impl Iterator<Item = usize> {
        let segments = Segments::of(module, self.python);
        let sdks = self.index.sdks().iter().enumerate();
        sdks.filter(move |(_, sdk)| is_module_of(sdk, &segments)).map(|(at, _)| at)
    }

    /// Whether a symbol makes or is an object on which a request can be made, or is a request itself.
    pub(crate) fn is_described(&self, symbol: &Symbol) -> bool {
        let useful = |entry: &Entry| self.index.is_useful(*entry);
        let roles = [Role::MakeCall, Role::MakeIs, Role::Same, Role::Compose, Role::Request];
        roles.into_iter().any(|role| self.entries(role, symbol).iter().any(|(entry, _)| useful(entry)))
    }

    /// The objects that a value can be. Values are bounded in depth, so this may recurse.
    pub(crate) fn places(&self, value: &Value) -> Vec<Place> {
        let mut found = match value {
            Value::Symbol(symbol) => self.symbol_places(symbol),
            Value::Invoke(invoke) => self.invoke_places(invoke),
            Value::Member(inner) => self.step(self.places(&inner.object), &inner.name, None),
            Value::Index(inner) => {
                self.places(&inner.object).into_iter().filter(|place| place.path.is_empty()).collect()
            }
            Value::Instance(instance) => {
                let bases = external_bases(self.db, instance.class);
                let roles = [Role::MakeCall, Role::Compose];
                let makes = |base: &Symbol| roles.iter().any(|role| !self.entries(*role, base).is_empty());
                if !bases.iter().filter_map(symbol_of).any(makes) {
                    return Vec::new();
                }
                let args = given_to_package(self.db, value);
                bases.iter().flat_map(|base| self.made_by_call(base, &args)).collect()
            }
            Value::Typed(typed) => self.made_by_call(&typed.declared, &Args::default()),
            Value::Param(param) => {
                let said = || {
                    let said = param.default.iter().chain(&param.declared);
                    said.map(|value| self.places(value)).find(|places| !places.is_empty()).unwrap_or_default()
                };
                let asks_importers = self.asks_importers.get();
                let mut found = if asks_importers { self.given_by_callers(param) } else { said() };
                if found.is_empty() {
                    found = match param.declared {
                        _ if asks_importers => said(),
                        // What it is declared as says what it is.
                        Some(_) => Vec::new(),
                        None => self.given_by_callers(param),
                    };
                }
                found
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

    /// The objects that callers give for a parameter.
    fn given_by_callers(&self, param: &Param) -> Vec<Place> {
        let hops = self.hops.get();
        if hops >= MAX_HOPS {
            return Vec::new();
        }
        self.hops.set(hops + 1);
        let ask = if self.asks_importers.get() { given_argument } else { caller_argument };
        let given = ask(self.db, param.function.file, param.function.item, param.index);
        let found = given.map(|given| self.places(&given)).unwrap_or_default();
        self.hops.set(hops);
        found
    }

    /// The objects among the places of a value.
    pub(crate) fn objects(&self, value: &Value) -> Vec<Object> {
        self.places(value).into_iter().filter(|place| place.path.is_empty()).map(|place| place.object).collect()
    }

    /// Symbols that are objects themselves: the longest beginning that is one; the rest is the way below it.
    fn symbol_places(&self, symbol: &Symbol) -> Vec<Place> {
        let mut found: Vec<Place> = Vec::new();
        for length in (0..=symbol.path.len()).rev() {
            let mut head = symbol.clone();
            head.path.truncate(length);
            for (entry, capture) in self.entries(Role::MakeIs, &head) {
                if found.iter().any(|place| place.object.sdk == entry.sdk) {
                    continue;
                }
                let Some(sdk) = self.sdk(entry.sdk) else { continue };
                let Some(make) = sdk.makes.get(entry.at) else { continue };
                let object = self.made(entry.sdk, entry.at, make, capture, &Args::default(), None);
                let steps = symbol.path.iter().skip(length);
                let path = steps.map(|name| Step { name: name.clone(), called: false });
                let path = path.filter(|step| !sdk.transparent.contains(step)).collect();
                found.push(Place { object, path });
            }
        }
        found
    }

    fn invoke_places(&self, invoke: &Invoke) -> Vec<Place> {
        let found = self.made_by_call(&invoke.callee, &invoke.args);
        if !found.is_empty() {
            return found;
        }
        // `Cited.from_llm(llm)`, of a class below one of a package that has this.
        if let Value::Member(member) = &invoke.callee
            && let Value::Class(class) = &member.object
        {
            let bases = external_bases(self.db, *class);
            let named = bases.iter().filter_map(symbol_of).map(|base| base.child(&member.name));
            return named.flat_map(|callee| self.made_by_call(&callee, &invoke.args)).collect();
        }
        let below = self.places(&invoke.callee);
        if !below.is_empty() {
            let called = self.called(below, &invoke.args);
            // `prompt.pipe(llm)`: what is called is an object, but of a kind that does not hold the other.
            if called.iter().any(|place| place.path.is_empty()) {
                return called;
            }
            let composed = self.composed_by_method(invoke);
            return if composed.is_empty() { called } else { composed };
        }
        self.composed_by_method(invoke)
    }

    /// `template.pipe(llm)`: the receiver is no object, but one of the parts is.
    fn composed_by_method(&self, invoke: &Invoke) -> Vec<Place> {
        let Value::Member(member) = &invoke.callee else { return Vec::new() };
        let step = [Step { name: member.name.clone(), called: true }];
        let composes = self.index.sdks().iter().flat_map(|sdk| &sdk.composes);
        if !composes.into_iter().any(|compose| compose.path.iter().any(|path| path_matches(path, &step))) {
            return Vec::new();
        }
        let parts: Vec<Value> = std::iter::once(member.object.clone()).chain(parts_of(&invoke.args)).collect();
        self.composed(&parts, |compose| compose.path.iter().any(|path| path_matches(path, &step)))
    }

    /// What a call of a symbol makes, keeps or composes.
    fn made_by_call(&self, callee: &Value, args: &Args) -> Vec<Place> {
        let Some(symbol) = symbol_of(callee) else { return Vec::new() };
        let mut found: Vec<Place> = Vec::new();
        for (entry, capture) in self.entries(Role::MakeCall, symbol) {
            if found.iter().any(|place| place.object.sdk == entry.sdk) {
                continue;
            }
            let Some(make) = self.sdk(entry.sdk).and_then(|sdk| sdk.makes.get(entry.at)) else { continue };
            let object = self.made(entry.sdk, entry.at, make, capture, args, None);
            if self.holds(&make.when, args, &object) {
                found.push(Place { object, path: Vec::new() });
            }
        }
        for (entry, _) in self.entries(Role::Same, symbol) {
            let Some(same) = self.sdk(entry.sdk).and_then(|sdk| sdk.sames.get(entry.at)) else { continue };
            let subject = match &same.subject {
                Some(source) => self.source(source, args, None, 0),
                None => args.positional.first().cloned(),
            };
            let objects = subject.map(|subject| self.objects(&subject)).unwrap_or_default();
            found.extend(
                objects
                    .into_iter()
                    .map(|object| Place { object: self.overlaid(object, &same.slots, args), path: Vec::new() }),
            );
        }
        for (entry, _) in self.entries(Role::Compose, symbol) {
            let Some(compose) = self.sdk(entry.sdk).and_then(|sdk| sdk.composes.get(entry.at)) else { continue };
            let held = compose.held.iter().find_map(|source| self.source(source, args, None, 0)).filter(is_open);
            found.extend(self.compose(entry.sdk, compose, &parts_of(args), held));
        }
        found
    }

    /// Whether a value begins with a call that would make an object but for a condition that its arguments do not meet:
    /// `boto3.client("s3")` is certainly no Bedrock client.
    pub(crate) fn is_ruled_out(&self, value: &Value) -> bool {
        match value {
            Value::Member(member) => self.is_ruled_out(&member.object),
            Value::Invoke(invoke) => match symbol_of(&invoke.callee) {
                Some(symbol) => {
                    !self.entries(Role::MakeCall, symbol).is_empty()
                        && self.made_by_call(&invoke.callee, &invoke.args).is_empty()
                }
                None => self.is_ruled_out(&invoke.callee),
            },
            _ => false,
        }
    }

    /// One attribute further, or one call when `args` are given.
    fn step(&self, places: Vec<Place>, name: &str, args: Option<&Args>) -> Vec<Place> {
        let mut found = Vec::new();
        let empty = Args::default();
        for mut place in places {
            let Some(sdk) = self.sdk(place.object.sdk) else { continue };
            let step = Step { name: SmolStr::new(name), called: args.is_some() };
            if sdk.transparent.contains(&step) {
                found.push(place);
                continue;
            }
            place.path.push(step);
            if place.path.len() <= MAX_PATH {
                found.extend(self.below(sdk, place, args.unwrap_or(&empty)));
            }
        }
        found
    }

    /// A call of what hangs below objects.
    fn called(&self, places: Vec<Place>, args: &Args) -> Vec<Place> {
        let called = places.into_iter().flat_map(|mut place| {
            let name = place.path.pop().map(|step| step.name).unwrap_or_default();
            self.step(vec![place], &name, Some(args))
        });
        called.collect()
    }

    /// What a path below an object makes, keeps or composes; else the place itself.
    fn below(&self, sdk: &Sdk, place: Place, args: &Args) -> Vec<Place> {
        let object = &place.object;
        // `provider("fast")` of `customProvider({languageModels: {fast: openai("gpt-4o")}})`
        if let Some(named) = self.in_table(object, args) {
            return named;
        }
        let on = |kinds: &[SmolStr]| kinds.contains(&object.kind);
        for (at, make) in sdk.makes.iter().enumerate().filter(|(_, make)| on(&make.on)) {
            if make.path.iter().any(|path| path_matches(path, &place.path)) {
                let made = self.made(object.sdk, at, make, None, args, Some(object));
                if self.holds(&make.when, args, &made) {
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
            if (on(&compose.holds) || object.kind == compose.kind)
                && compose.path.iter().any(|path| path_matches(path, &place.path))
            {
                let mut made = place.object;
                made.kind = compose.kind.clone();
                return vec![Place { object: made, path: Vec::new() }];
            }
        }
        vec![place]
    }

    /// What the table of an object has under a name; a name that is not known may be any of them.
    fn in_table(&self, object: &Object, args: &Args) -> Option<Vec<Place>> {
        let (Some(Value::List(tables)), Some(key)) = (object.slots.get(TABLE), args.positional.first()) else {
            return None;
        };
        let mut named = tables.items.iter().map(|table| self.places(&index(self.db, table, key)));
        named.find(|named| !named.is_empty())
    }

    /// The one object that the table of another has under a name.
    pub(crate) fn named_in_table(&self, object: &Object, args: &Args) -> Option<Object> {
        let mut named = self.in_table(object, args)?.into_iter().filter(|place| place.path.is_empty());
        named.next().filter(|_| named.next().is_none()).map(|place| place.object)
    }

    pub(crate) fn made(
        &self,
        sdk: usize,
        at: usize,
        make: &Make,
        capture: Capture,
        args: &Args,
        on: Option<&Object>,
    ) -> Object {
        // What is made on an object keeps its slots unless it has its own.
        let mut slots = on.map(|object| object.slots.clone()).unwrap_or_default();
        slots.extend(self.slots(&make.slots, args, on));
        if let Some(capture) = capture {
            slots.insert(SmolStr::new_static(CAPTURE), Value::text(&capture));
        }
        let tables: Vec<Value> = make.table.iter().filter_map(|source| self.source(source, args, on, 0)).collect();
        if !tables.is_empty() {
            slots.insert(SmolStr::new_static(TABLE), Value::list(tables, false));
        }
        let name = self.sdk(sdk).map(|sdk| sdk.name.clone()).unwrap_or_default();
        let inherited = on.map(|object| object.report_as.clone());
        let mut object = Object {
            sdk,
            make: Some(at),
            report_as: make.report_as.clone().or(inherited).unwrap_or(name),
            kind: make.kind.clone(),
            slots,
            provider: None,
        };
        let own = self.provider(&make.provider, args, Some(&object));
        object.provider = own.or_else(|| on.and_then(|on| on.provider.clone()));
        object
    }

    fn overlaid(&self, mut object: Object, slots: &Slots, args: &Args) -> Object {
        let more = self.slots(slots, args, Some(&object));
        if more.is_empty() {
            return object;
        }
        object.slots.extend(more);
        // Another base URL is another provider.
        let make = object.make.and_then(|at| self.sdk(object.sdk)?.makes.get(at));
        if let Some(provider) = make.and_then(|make| self.provider(&make.provider, &Args::default(), Some(&object))) {
            object.provider = Some(provider);
        }
        object
    }

    fn holds(&self, conditions: &[Condition], args: &Args, own: &Object) -> bool {
        conditions.iter().all(|condition| {
            let values = condition.source.iter().filter_map(|source| self.source(source, args, Some(own), 0));
            values.into_iter().any(|value| {
                let text = match &value {
                    Value::Bool(truth) => Some(if *truth { "true" } else { "false" }),
                    other => other.as_text(),
                };
                text.is_some_and(|text| condition.one_of.iter().any(|pattern| glob(pattern, text)))
            })
        })
    }
}
