//! Reads a description: TOML to the forms of [`super::model`], with the place of everything that is wrong.

use smol_str::SmolStr;
use toml::Spanned;

use super::EntryKind;
use super::model::{
    Child, ClassForm, EntryForm, FileForm, Framework, FunctionForm, MountForm, RouterForm, Source, Sources, Start,
    Table, Through, Verb, View,
};
use super::raw::{RawEntry, RawFile, RawFramework, RawFunction, RawMount};
use crate::sdk::{List, ModulePattern, SdkError, Separator, SymbolPattern, Text, language, place_of};

/// Reads a file that holds one description. `file` is only for messages.
pub fn parse(file: &str, text: &str) -> Result<Framework, Vec<SdkError>> {
    let mut reader = Reader { file, text, errors: Vec::new(), typescript: Vec::new() };
    let raw = toml::from_str::<RawFramework>(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        vec![place_of(file, text, start, error.message().replace('\n', "; "))]
    })?;
    let framework = reader.framework(&raw);
    if reader.errors.is_empty() {
        return Ok(framework);
    }
    reader.errors.sort_by_key(|error| (error.line, error.column));
    Err(reader.errors)
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    errors: Vec<SdkError>,
    /// Names of the TypeScript modules.
    typescript: Vec<String>,
}

impl Reader<'_> {
    fn framework(&mut self, raw: &RawFramework) -> Framework {
        if raw.framework.get_ref().is_empty() {
            self.wrong(&raw.framework, "the name is empty");
        }
        self.typescript = raw.from.typescript.0.iter().map(|name| name.get_ref().clone()).collect();
        let routers = raw.router.iter().map(|raw| {
            let place = raw;
            let raw = raw.get_ref();
            self.need(
                place,
                [&raw.call, &raw.is, &raw.plugin, &raw.names, &raw.object],
                "a `router` needs `call`, `is`, `object`, `plugin` or `names`",
            );
            RouterForm {
                call: self.symbols(&raw.call),
                is: self.symbols(&raw.is),
                plugin: self.symbols(&raw.plugin),
                names: names(&raw.names),
                object: self.symbols(&raw.object),
                prefix: self.sources(&raw.prefix),
                name: self.sources(&raw.name),
                same: names(&raw.same),
            }
        });
        let routers = routers.collect();
        let children =
            raw.child.iter().map(|raw| Child { method: names(&raw.method), prefix: self.sources(&raw.prefix) });
        let children = children.collect();
        Framework {
            name: raw.framework.get_ref().into(),
            python: self.modules(&raw.from.python, Separator::Dot),
            typescript: self.modules(&raw.from.typescript, Separator::Slash),
            external: raw.external,
            separator: raw.separator.as_deref().unwrap_or("/").into(),
            keeps_slash: raw.keeps_slash,
            routers,
            children,
            entries: raw.entry.iter().map(|raw| self.entry(raw)).collect(),
            mounts: raw.mount.iter().map(|raw| self.mount(raw)).collect(),
            throughs: raw
                .through
                .iter()
                .map(|raw| Through {
                    call: self.symbols(&raw.call),
                    what: self.sources(&raw.what),
                    name: raw.name.as_deref().unwrap_or("default").into(),
                    files: names(&raw.files),
                })
                .collect(),
            views: raw
                .view
                .iter()
                .map(|raw| View {
                    method: names(&raw.method),
                    http: raw.http.as_str().into(),
                    resource: raw.resource.as_deref().map(SmolStr::new),
                })
                .collect(),
            verbs: raw
                .verb
                .iter()
                .map(|raw| Verb {
                    call: self.symbols(&raw.call),
                    http: raw.http.as_deref().map(SmolStr::new),
                    methods: self.sources(&raw.methods),
                    detail: self.sources(&raw.detail),
                    path: self.sources(&raw.path),
                })
                .collect(),
            classes: raw
                .class
                .iter()
                .map(|raw| ClassForm { call: self.symbols(&raw.call), prefix: self.sources(&raw.prefix) })
                .collect(),
            tables: raw
                .table
                .iter()
                .map(|raw| Table {
                    call: self.symbols(&raw.call),
                    names: names(&raw.names),
                    what: self.sources(&raw.what),
                    method: words(&raw.method),
                })
                .collect(),
            files: raw.file.iter().map(|raw| self.file(raw)).collect(),
            functions: raw.function.iter().map(|raw| self.function(raw)).collect(),
        }
    }

    fn entry(&mut self, raw: &Spanned<RawEntry>) -> EntryForm {
        let place = raw;
        let raw = raw.get_ref();
        self.need(place, [&raw.method, &raw.call], "an `entry` needs `method` or `call`");
        self.need(place, [&raw.handler], "an `entry` needs `handler`: what handles it");
        let kind = self.kind(raw.kind.as_ref());
        if raw.path.0.is_empty() && kind == EntryKind::Route && !raw.within {
            self.wrong(place, "a route needs `path`");
        }
        let call = raw.call.0.iter().filter_map(|text| {
            let (symbol, http) = word(text.get_ref());
            Some((self.symbol(text, &symbol)?, http))
        });
        let call = call.collect();
        EntryForm {
            kind,
            method: words(&raw.method),
            call,
            http: raw.http.as_deref().map(SmolStr::new),
            methods: self.sources(&raw.methods),
            path: self.sources(&raw.path),
            name: self.sources(&raw.name),
            dashes: raw.dashes,
            handler: self.sources(&raw.handler),
            listed: raw.listed,
            resource: raw.resource,
            within: raw.within,
        }
    }

    fn mount(&mut self, raw: &Spanned<RawMount>) -> MountForm {
        let place = raw;
        let raw = raw.get_ref();
        self.need(place, [&raw.method, &raw.call], "a `mount` needs `method` or `call`");
        if !raw.global {
            self.need(place, [&raw.what], "a `mount` needs `what`: what is put below");
        }
        MountForm {
            method: names(&raw.method),
            call: self.symbols(&raw.call),
            what: self.sources(&raw.what),
            on: self.sources(&raw.on),
            prefix: self.sources(&raw.prefix),
            replaces: raw.replaces,
            listed: raw.listed,
            plugin: raw.plugin,
            named: raw.named,
            global: raw.global,
        }
    }

    fn file(&mut self, raw: &Spanned<RawFile>) -> FileForm {
        let place = raw;
        let raw = raw.get_ref();
        if raw.directive.is_none() {
            self.need(place, [&raw.root], "a `file` needs `root`: the folders below which it stands");
            self.need(place, [&raw.file], "a `file` needs `file`: its names");
            self.need(place, [&raw.export, &raw.table], "a `file` needs `export` or `table`");
        }
        FileForm {
            root: names(&raw.root),
            beside: names(&raw.beside),
            file: names(&raw.file),
            drop: names(&raw.drop),
            names_route: raw.names_route,
            dots: raw.dots,
            prefix: raw.prefix.as_deref().unwrap_or("").into(),
            export: words(&raw.export),
            table: words(&raw.table),
            suffix: names(&raw.suffix),
            directive: raw.directive.as_deref().map(SmolStr::new),
            kind: self.kind(raw.kind.as_ref()),
        }
    }

    fn function(&mut self, raw: &Spanned<RawFunction>) -> FunctionForm {
        let place = raw;
        let raw = raw.get_ref();
        if !raw.main {
            self.need(place, [&raw.name, &raw.key, &raw.is], "a `function` needs `name`, `key`, `is` or `main`");
        }
        let params = raw.params.0.iter().map(|names| names.get_ref().split('|').map(SmolStr::new).collect());
        FunctionForm {
            kind: self.kind(raw.kind.as_ref()),
            name: names(&raw.name),
            params: params.collect(),
            is: self.symbols(&raw.is),
            key: words(&raw.key),
            main: raw.main,
        }
    }

    fn kind(&mut self, raw: Option<&Text>) -> EntryKind {
        let Some(text) = raw else { return EntryKind::Route };
        EntryKind::of(text.get_ref()).unwrap_or_else(|| {
            let kinds = EntryKind::ALL.map(EntryKind::as_str).join("`, `");
            self.wrong(text, format!("`{}` is no kind of entry: there are `{kinds}`", text.get_ref()));
            EntryKind::Route
        })
    }

    fn sources(&mut self, list: &List) -> Sources {
        list.0.iter().filter_map(|text| self.note(text, source(text.get_ref()))).collect()
    }

    fn symbols(&mut self, list: &List) -> Vec<SymbolPattern> {
        list.0.iter().filter_map(|text| self.symbol(text, text.get_ref())).collect()
    }

    fn symbol(&mut self, place: &Text, text: &str) -> Option<SymbolPattern> {
        let read = language::symbol(text, |module| self.typescript.iter().any(|name| name == module));
        self.note(place, read)
    }

    fn modules(&mut self, list: &List, separator: Separator) -> Vec<ModulePattern> {
        list.0.iter().filter_map(|text| self.note(text, language::module(text.get_ref(), separator))).collect()
    }

    fn note<T>(&mut self, place: &Text, value: Result<T, String>) -> Option<T> {
        value.map_err(|message| self.wrong(place, message)).ok()
    }

    fn need<T, const N: usize>(&mut self, place: &Spanned<T>, lists: [&List; N], message: &str) {
        if lists.iter().all(|list| list.0.is_empty()) {
            self.wrong(place, message);
        }
    }

    fn wrong<T>(&mut self, place: &Spanned<T>, message: impl Into<String>) {
        self.errors.push(place_of(self.file, self.text, place.span().start, message.into()));
    }
}

/// Reads `0`, `prefix`, `last`, `any`, `decorated`, `itself`, `0.prefix`.
fn source(text: &str) -> Result<Source, String> {
    let mut parts = text.split('.').map(SmolStr::new);
    let start = match parts.next().as_deref() {
        None | Some("") => return Err(format!("`{text}` names no argument")),
        Some("last") => Start::Last,
        Some("any") => Start::Any,
        Some("decorated") => Start::Decorated,
        Some("itself") => Start::Itself,
        Some(position) if position.bytes().all(|byte| byte.is_ascii_digit()) => {
            Start::Position(position.parse().map_err(|_| format!("`{position}` is no position"))?)
        }
        Some(name) => Start::Name(SmolStr::new(name)),
    };
    let keys: Vec<SmolStr> = parts.collect();
    if keys.iter().any(SmolStr::is_empty) {
        return Err(format!("`{text}` has an empty part"));
    }
    Ok(Source { start, keys })
}

fn names(list: &List) -> Vec<SmolStr> {
    list.0.iter().map(|name| name.get_ref().into()).collect()
}

/// Reads `get` or `del=DELETE`.
fn words(list: &List) -> Vec<(SmolStr, Option<SmolStr>)> {
    list.0.iter().map(|text| word(text.get_ref())).collect()
}

fn word(text: &str) -> (SmolStr, Option<SmolStr>) {
    match text.split_once('=') {
        Some((name, http)) => (SmolStr::new(name), Some(SmolStr::new(http))),
        None => (SmolStr::new(text), None),
    }
}
