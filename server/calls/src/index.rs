//! Descriptions, found by the last name of what they describe.

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use crate::address::Mentions;
use crate::sdk::{Descriptions, Request, Sdk, SlotStart, SymbolPattern};
use crate::symbol::{Glob, may_begin};

/// What a symbol pattern stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// `make.call`
    MakeCall,
    /// `make.is`
    MakeIs,
    /// `same.call`
    Same,
    /// `compose.call`
    Compose,
    /// `request.call`
    Request,
}

/// A symbol pattern by its place: SDK, list, entry, pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// Index of the SDK.
    pub(crate) sdk: usize,
    /// The list.
    pub(crate) role: Role,
    /// Index in the list.
    pub(crate) at: usize,
    pattern: usize,
}

/// Descriptions with what finds them.
#[derive(Debug, PartialEq, Eq)]
pub struct Index {
    descriptions: Descriptions,
    exact: FxHashMap<SmolStr, Vec<Entry>>,
    globs: Globs<Entry>,
    /// Patterns of modules themselves.
    modules: Vec<Entry>,
    /// How the names of the SDKs' modules begin.
    beginnings: Vec<SmolStr>,
    /// The same of those whose objects are handed on: not of libraries that everybody uses for everything.
    handed_on: Vec<SmolStr>,
    names: FxHashSet<SmolStr>,
    /// Last names of requests that are known by their address.
    address_names: FxHashSet<SmolStr>,
    /// Of last names of requests that are only made on a part of an object, the names that such parts have.
    parts: FxHashMap<SmolStr, FxHashSet<SmolStr>>,
    /// Last names of requests of which one is given something by its position.
    positional: FxHashSet<SmolStr>,
    mentions: Mentions,
    name_globs: Globs<()>,
    /// Names of attributes on the way from an object to another one or to a request.
    steps: FxHashSet<SmolStr>,
    step_globs: Globs<()>,
    /// How the modules of SDKs begin whose objects are called themselves.
    callable: Vec<SmolStr>,
    /// Requests that are known by their path, as SDK and request, by the last name of one.
    unseen: FxHashMap<SmolStr, Vec<(usize, usize)>>,
    /// Those of which a path ends with a pattern.
    unseen_globs: Vec<(usize, usize)>,
}

impl Index {
    /// Indexes descriptions.
    pub fn new(descriptions: Descriptions) -> Self {
        let mut index = Self {
            exact: FxHashMap::default(),
            globs: Globs::default(),
            modules: Vec::new(),
            beginnings: Vec::new(),
            handed_on: Vec::new(),
            names: FxHashSet::default(),
            address_names: FxHashSet::default(),
            parts: FxHashMap::default(),
            positional: FxHashSet::default(),
            mentions: Mentions::default(),
            name_globs: Globs::default(),
            steps: FxHashSet::default(),
            step_globs: Globs::default(),
            callable: Vec::new(),
            unseen: FxHashMap::default(),
            unseen_globs: Vec::new(),
            descriptions: Descriptions::default(),
        };
        for (at, sdk) in descriptions.sdks.iter().enumerate() {
            index.add(at, sdk);
        }
        index.mentions = Mentions::new(&descriptions);
        index.address_names = descriptions.address_words().into_iter().collect();
        for name in descriptions.request_words() {
            if name.contains('*') {
                index.name_globs.add(&name, ());
            } else {
                index.names.insert(name);
            }
        }
        index.parts = descriptions.parts();
        let positional = descriptions.requests().filter(|request| takes_positions(request));
        index.positional = positional
            .flat_map(|request| &request.path)
            .filter_map(|path| path.0.last())
            .map(|last| last.name.clone())
            .collect();
        let callable = descriptions.sdks.iter().filter(|sdk| sdk.calls_objects()).cloned().collect();
        index.callable = Descriptions { sdks: callable }.modules().into_iter().collect();
        let mut beginnings = descriptions.modules();
        beginnings.extend(index.named_modules(&descriptions));
        index.beginnings = beginnings.into_iter().collect();
        let common = descriptions.sdks.iter().filter(|sdk| !sdk.mention.is_empty()).cloned().collect();
        let common = Descriptions { sdks: common }.modules();
        index.handed_on = index.beginnings.iter().filter(|beginning| !common.contains(*beginning)).cloned().collect();
        index.descriptions = descriptions;
        index
    }

    /// How the modules begin that patterns name themselves.
    fn named_modules(&self, descriptions: &Descriptions) -> Vec<SmolStr> {
        let entries = self.exact.values().flatten().chain(self.globs.all()).chain(&self.modules);
        let patterns = entries.filter_map(|entry| pattern(&descriptions.sdks, *entry)?.1.module.as_ref());
        let first = patterns.filter_map(|module| module.segments.first());
        first.filter_map(|name| name.split(['*', '{']).next().map(SmolStr::new)).collect()
    }

    fn add(&mut self, at: usize, sdk: &Sdk) {
        let mut add = |role, item, patterns: &[SymbolPattern]| {
            for (pattern, symbol) in patterns.iter().enumerate() {
                let entry = Entry { sdk: at, role, at: item, pattern };
                match symbol.export.last() {
                    None => self.modules.push(entry),
                    Some(name) if name.contains(['*', '{']) => {
                        self.globs.add(&name.replace("{p}", "*"), entry);
                    }
                    Some(name) => self.exact.entry(name.clone()).or_default().push(entry),
                }
            }
        };
        for (item, make) in sdk.makes.iter().enumerate() {
            add(Role::MakeCall, item, &make.call);
            add(Role::MakeIs, item, &make.is);
        }
        sdk.sames.iter().enumerate().for_each(|(item, same)| add(Role::Same, item, &same.call));
        sdk.composes.iter().enumerate().for_each(|(item, compose)| add(Role::Compose, item, &compose.call));
        sdk.requests.iter().enumerate().for_each(|(item, request)| add(Role::Request, item, &request.call));
        for (item, request) in sdk.requests.iter().enumerate().filter(|(_, request)| !request.unseen.is_empty()) {
            for last in request.path.iter().filter_map(|path| path.0.last()) {
                let known = if last.name.contains('*') {
                    &mut self.unseen_globs
                } else {
                    self.unseen.entry(last.name.clone()).or_default()
                };
                known.push((at, item));
            }
        }
        let paths = sdk.makes.iter().flat_map(|make| &make.path);
        let paths = paths.chain(sdk.sames.iter().flat_map(|same| &same.path));
        let paths = paths.chain(sdk.composes.iter().flat_map(|compose| &compose.path));
        let paths = paths.chain(sdk.requests.iter().flat_map(|request| &request.path));
        for step in paths.flat_map(|path| &path.0).chain(&sdk.transparent) {
            if step.name.contains('*') {
                self.step_globs.add(&step.name, ());
            } else {
                self.steps.insert(step.name.clone());
            }
        }
    }

    /// The descriptions.
    pub(crate) fn sdks(&self) -> &[Sdk] {
        &self.descriptions.sdks
    }

    /// The patterns of a role that a symbol with this last name (none: a module itself) may match, in order.
    pub(crate) fn entries(&self, role: Role, last: Option<&str>) -> Vec<Entry> {
        let mut found: Vec<Entry> = match last {
            None => self.modules.clone(),
            Some(last) => {
                self.exact.get(last).into_iter().flatten().chain(self.globs.matching(last)).copied().collect()
            }
        };
        found.retain(|entry| entry.role == role);
        found.sort_unstable();
        found
    }

    /// The requests that are known by their path which may have this last name, each with its SDK, in order.
    pub(crate) fn unseen(&self, last: &str) -> impl Iterator<Item = (usize, &Request)> {
        let mut found: Vec<(usize, usize)> =
            self.unseen.get(last).into_iter().flatten().chain(&self.unseen_globs).copied().collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|(sdk, request)| Some((sdk, self.sdks().get(sdk)?.requests.get(request)?)))
    }

    /// The pattern of an entry.
    pub(crate) fn pattern(&self, entry: Entry) -> Option<(&Sdk, &SymbolPattern)> {
        pattern(&self.descriptions.sdks, entry)
    }

    /// Whether an object of a module may be handed on from file to file.
    pub(crate) fn hands_on(&self, module: &str) -> bool {
        self.handed_on.iter().any(|beginning| module.starts_with(beginning.as_str()))
    }

    /// Whether an entry leads to a request: objects of the kind `value` are described only so that they are not taken for
    /// others, and those that need a text to be mentioned are looked for where it is.
    pub(crate) fn is_useful(&self, entry: Entry) -> bool {
        if self.descriptions.sdks.get(entry.sdk).is_none_or(|sdk| !sdk.mention.is_empty()) {
            return false;
        }
        let make = || self.descriptions.sdks.get(entry.sdk)?.makes.get(entry.at);
        match entry.role {
            Role::MakeCall | Role::MakeIs => make().is_some_and(|make| make.kind != "value"),
            Role::Same | Role::Compose | Role::Request => true,
        }
    }

    /// Whether a module may be one of an SDK.
    pub(crate) fn has_module(&self, module: &str) -> bool {
        let mut beginnings = self.beginnings.iter().filter(|beginning| may_begin(beginning, module));
        beginnings.any(|beginning| module.starts_with(beginning.as_str()))
    }

    /// The patterns of what holds something that is described: `PromptTemplate` where `PromptTemplate.from_template` is.
    pub(crate) fn holders(&self) -> impl Iterator<Item = (&Sdk, SymbolPattern)> {
        let entries = self.exact.values().flatten().chain(self.globs.all());
        let patterns = entries.filter(|entry| self.is_useful(**entry)).filter_map(|entry| self.pattern(*entry));
        patterns.flat_map(|(sdk, pattern)| {
            let lengths = 1..pattern.export.len();
            lengths.map(move |length| {
                let export = pattern.export.iter().take(length).cloned().collect();
                (sdk, SymbolPattern { module: pattern.module.clone(), export })
            })
        })
    }

    /// The texts that say where a request may be.
    pub(crate) fn mentions(&self) -> &Mentions {
        &self.mentions
    }

    /// Whether a request that is known by its address may have this last name.
    pub(crate) fn is_address_name(&self, name: &str) -> bool {
        self.address_names.contains(name)
    }

    /// Whether any other request may have this last name.
    pub(crate) fn is_request_name(&self, name: &str) -> bool {
        self.names.contains(name) || self.name_globs.matching(name).next().is_some()
    }

    /// The names that the parts of objects have on which requests of this last name are made, if they are made on nothing else.
    pub(crate) fn parts_with(&self, name: &str) -> Option<&FxHashSet<SmolStr>> {
        self.parts.get(name)
    }

    /// Whether requests of this last name are made only on parts of objects, and are given all they are given by its name.
    pub(crate) fn is_given_by_name(&self, name: &str) -> bool {
        self.parts.contains_key(name) && !self.positional.contains(name)
    }

    /// Whether an attribute of this name may lead from an object to another one, or to a request.
    pub(crate) fn is_step(&self, name: &str) -> bool {
        self.steps.contains(name) || self.step_globs.matching(name).next().is_some()
    }

    /// How the modules of SDKs begin whose objects are called themselves.
    pub(crate) fn modules_of_callables(&self) -> &[SmolStr] {
        &self.callable
    }

    /// Whether a module may be one of an SDK whose objects are called themselves.
    pub(crate) fn calls_objects_of(&self, module: &str) -> bool {
        self.callable.iter().any(|beginning| module.starts_with(beginning.as_str()))
    }
}

/// Patterns with `*`, by their first byte: a name is held against few of them.
#[derive(Debug, PartialEq, Eq)]
struct Globs<T>(FxHashMap<Option<u8>, Vec<(Glob, T)>>);

impl<T> Default for Globs<T> {
    fn default() -> Self {
        Self(FxHashMap::default())
    }
}

impl<T> Globs<T> {
    fn add(&mut self, pattern: &str, of: T) {
        let first = pattern.bytes().next().filter(|byte| *byte != b'*');
        self.0.entry(first).or_default().push((Glob::new(pattern), of));
    }

    /// What the patterns that a name matches stand for, in no order.
    fn matching(&self, name: &str) -> impl Iterator<Item = &T> {
        let firsts = name.bytes().next().map(Some).into_iter().chain([None]);
        let patterns = firsts.filter_map(|first| self.0.get(&first));
        patterns.flatten().filter(move |(pattern, _)| pattern.matches(name)).map(|(_, of)| of)
    }

    fn all(&self) -> impl Iterator<Item = &T> {
        self.0.values().flatten().map(|(_, of)| of)
    }
}

/// Whether a request is given something by its position.
fn takes_positions(request: &Request) -> bool {
    let mut sources = request.slots.values().flatten().chain(request.takes.iter().map(|(source, _)| source));
    sources.any(|source| matches!(source.start, SlotStart::Position(_)))
        || request.unseen.iter().any(|key| key.parse::<usize>().is_ok())
}

fn pattern(sdks: &[Sdk], entry: Entry) -> Option<(&Sdk, &SymbolPattern)> {
    let sdk = sdks.get(entry.sdk)?;
    let patterns = match entry.role {
        Role::MakeCall => &sdk.makes.get(entry.at)?.call,
        Role::MakeIs => &sdk.makes.get(entry.at)?.is,
        Role::Same => &sdk.sames.get(entry.at)?.call,
        Role::Compose => &sdk.composes.get(entry.at)?.call,
        Role::Request => &sdk.requests.get(entry.at)?.call,
    };
    Some((sdk, patterns.get(entry.pattern)?))
}
