//! All descriptions together, and which of their parts a call may be by its name.

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::model::Framework;
use super::parse::parse;
use crate::sdk::SymbolPattern;

/// The built-in descriptions: file and text. A test holds that every file of the folder stands here.
pub const BUILTIN: &[(&str, &str)] = &[
    ("express.toml", include_str!("../../../../queries/routes/express.toml")),
    ("fastapi.toml", include_str!("../../../../queries/routes/fastapi.toml")),
];

/// A list of a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Entry,
    Mount,
    Table,
}

/// A form by its place: framework, list, index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FormRef {
    pub(crate) framework: usize,
    pub(crate) role: Role,
    pub(crate) at: usize,
}

/// Descriptions of frameworks, with what finds them.
#[derive(Debug, PartialEq, Eq, Default)]
pub struct Frameworks {
    /// The descriptions.
    pub all: Vec<Framework>,
    /// Forms by the method of a router that they are.
    methods: FxHashMap<SmolStr, Vec<FormRef>>,
    /// Forms by the last name of a function that they are.
    functions: FxHashMap<SmolStr, Vec<FormRef>>,
    /// Methods that take functions which are given a router.
    plugins: FxHashSet<SmolStr>,
    /// What makes routers out of functions or calls, by its last name; empty for modules themselves.
    routers: FxHashMap<SmolStr, Vec<(usize, usize)>>,
    /// Words of mounts: a file without any mounts nothing.
    mounting: FxHashSet<SmolStr>,
}

impl Frameworks {
    /// The built-in ones.
    pub fn builtin() -> Self {
        // A test parses each of them, so none is lost here.
        Self::new(BUILTIN.iter().filter_map(|(file, text)| parse(file, text).ok()).collect())
    }

    /// Indexes descriptions.
    pub fn new(all: Vec<Framework>) -> Self {
        let mut index = Self::default();
        for (framework, description) in all.iter().enumerate() {
            index.add(framework, description);
        }
        index.all = all;
        index
    }

    fn add(&mut self, framework: usize, description: &Framework) {
        let form = |role, at| FormRef { framework, role, at };
        for (at, entry) in description.entries.iter().enumerate() {
            let methods = entry.method.iter().map(|(name, _)| name);
            add(&mut self.methods, methods, form(Role::Entry, at));
            add(&mut self.functions, entry.call.iter().map(|(symbol, _)| last(symbol)), form(Role::Entry, at));
        }
        for (at, mount) in description.mounts.iter().enumerate() {
            add(&mut self.methods, &mount.method, form(Role::Mount, at));
            add(&mut self.functions, mount.call.iter().map(last), form(Role::Mount, at));
            self.mounting.extend(mount.method.iter().chain(mount.call.iter().map(last)).cloned());
            if mount.plugin {
                self.plugins.extend(mount.method.iter().cloned());
            }
        }
        for (at, table) in description.tables.iter().enumerate() {
            add(&mut self.functions, table.call.iter().map(last), form(Role::Table, at));
            self.mounting.extend(table.call.iter().map(last).cloned());
        }
        for (at, router) in description.routers.iter().enumerate() {
            let mut names: Vec<SmolStr> = router.call.iter().map(|symbol| last(symbol).clone()).collect();
            names.dedup();
            for name in names {
                self.routers.entry(name).or_default().push((framework, at));
            }
        }
    }

    /// The description.
    pub(crate) fn get(&self, framework: usize) -> Option<&Framework> {
        self.all.get(framework)
    }

    /// The forms that a method of this name may be.
    pub(crate) fn of_method(&self, name: &str) -> &[FormRef] {
        self.methods.get(name).map_or(&[], Vec::as_slice)
    }

    /// The forms that a function of this name may be.
    pub(crate) fn of_function(&self, name: &str) -> &[FormRef] {
        self.functions.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether a method of this name may take a function that is given a router.
    pub(crate) fn takes_plugins(&self, name: &str) -> bool {
        self.plugins.contains(name)
    }

    /// What mounts something, by its last name, in order.
    pub(crate) fn mounting(&self) -> Vec<&SmolStr> {
        let mut words: Vec<&SmolStr> = self.mounting.iter().filter(|word| !word.is_empty()).collect();
        words.sort_unstable();
        words
    }
}

fn add<'a>(index: &mut FxHashMap<SmolStr, Vec<FormRef>>, names: impl IntoIterator<Item = &'a SmolStr>, form: FormRef) {
    for name in names {
        let forms = index.entry(name.clone()).or_default();
        if forms.last() != Some(&form) {
            forms.push(form);
        }
    }
}

const EMPTY: &SmolStr = &SmolStr::new_static("");

/// The last name of a pattern; of a default export or a module itself nothing is known.
fn last(symbol: &SymbolPattern) -> &SmolStr {
    symbol.export.last().filter(|name| *name != "default").unwrap_or(EMPTY)
}
