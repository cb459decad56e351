//! All descriptions together, and which of their parts a call may be by its name.

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::model::Framework;
use super::parse::parse;
use crate::sdk::SymbolPattern;
use crate::symbol::Glob;

/// The built-in descriptions: file and text. A test holds that every file of the folder stands here.
pub const BUILTIN: &[(&str, &str)] = &[
    ("apscheduler.toml", include_str!("../../../../queries/routes/apscheduler.toml")),
    ("argparse.toml", include_str!("../../../../queries/routes/argparse.toml")),
    ("aws-lambda.toml", include_str!("../../../../queries/routes/aws-lambda.toml")),
    ("bullmq.toml", include_str!("../../../../queries/routes/bullmq.toml")),
    ("celery.toml", include_str!("../../../../queries/routes/celery.toml")),
    ("click.toml", include_str!("../../../../queries/routes/click.toml")),
    ("cloudflare-workers.toml", include_str!("../../../../queries/routes/cloudflare-workers.toml")),
    ("commander.toml", include_str!("../../../../queries/routes/commander.toml")),
    ("django.toml", include_str!("../../../../queries/routes/django.toml")),
    ("dramatiq.toml", include_str!("../../../../queries/routes/dramatiq.toml")),
    ("express.toml", include_str!("../../../../queries/routes/express.toml")),
    ("fastapi.toml", include_str!("../../../../queries/routes/fastapi.toml")),
    ("fastify.toml", include_str!("../../../../queries/routes/fastify.toml")),
    ("flask.toml", include_str!("../../../../queries/routes/flask.toml")),
    ("hono.toml", include_str!("../../../../queries/routes/hono.toml")),
    ("koa.toml", include_str!("../../../../queries/routes/koa.toml")),
    ("nestjs.toml", include_str!("../../../../queries/routes/nestjs.toml")),
    ("nextjs.toml", include_str!("../../../../queries/routes/nextjs.toml")),
    ("nitro.toml", include_str!("../../../../queries/routes/nitro.toml")),
    ("node-cron.toml", include_str!("../../../../queries/routes/node-cron.toml")),
    ("quart.toml", include_str!("../../../../queries/routes/quart.toml")),
    ("remix.toml", include_str!("../../../../queries/routes/remix.toml")),
    ("rq.toml", include_str!("../../../../queries/routes/rq.toml")),
    ("schedule.toml", include_str!("../../../../queries/routes/schedule.toml")),
    ("starlette.toml", include_str!("../../../../queries/routes/starlette.toml")),
    ("sveltekit.toml", include_str!("../../../../queries/routes/sveltekit.toml")),
    ("trpc.toml", include_str!("../../../../queries/routes/trpc.toml")),
    ("typer.toml", include_str!("../../../../queries/routes/typer.toml")),
    ("yargs.toml", include_str!("../../../../queries/routes/yargs.toml")),
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
    /// Tables by the names that what takes them may have.
    tables: Vec<(Glob, FormRef)>,
    /// Methods that give a router with a longer prefix.
    children: FxHashSet<SmolStr>,
    /// Methods that take functions which are given a router.
    plugins: FxHashSet<SmolStr>,
    /// The names of forms and of children.
    words: FxHashSet<SmolStr>,
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
        let names = index.methods.keys().chain(index.functions.keys()).chain(&index.children);
        index.words = names.cloned().collect();
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
            self.tables.extend(table.names.iter().map(|name| (Glob::new(name), form(Role::Table, at))));
            self.mounting.extend(table.names.iter().map(|name| SmolStr::new(name.replace('*', ""))));
        }
        let children = description.children.iter().flat_map(|child| &child.method);
        self.children.extend(children.clone().cloned());
        // A group within a group is mounted where it is decorated.
        self.mounting.extend(children.cloned());
    }

    /// Modules that are always taken for the published package.
    pub(crate) fn externals(&self) -> impl Iterator<Item = SmolStr> + '_ {
        let external = self.all.iter().filter(|framework| framework.external);
        external.flat_map(|framework| &framework.python).map(|module| SmolStr::new(module.segments.join(".")))
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

    /// The tables that a function of this name may take.
    pub(crate) fn tables_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = FormRef> + 'a {
        self.tables.iter().filter(move |(pattern, _)| pattern.matches(name)).map(|(_, form)| *form)
    }

    /// Whether what has this name may register or mount something.
    pub(crate) fn are_named(&self, name: &str) -> bool {
        self.words.contains(name) || self.tables_of(name).next().is_some()
    }

    /// Whether a method of this name may give a router with a longer prefix.
    pub(crate) fn is_child(&self, name: &str) -> bool {
        self.children.contains(name)
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
