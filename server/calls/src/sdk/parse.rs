//! Reads a description: TOML to the forms of [`super::model`], with the place of everything that is wrong.

use smol_str::SmolStr;
use toml::Spanned;

use super::language;
use super::model::{
    Ambient, BySlot, Compose, Condition, Make, ModulePattern, Operation, ProviderRule, Request, Same, Sdk, SlotSource,
    Slots, SymbolPattern,
};
use super::raw::{
    List, RawAmbient, RawCompose, RawDefaults, RawMake, RawProvider, RawRequest, RawSame, RawSdk, RawSettings, Table,
    Text,
};

/// Something in a description that cannot be understood, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct SdkError {
    /// The file, as it was named to the parser.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
}

/// Reads a file that holds one description. `file` is only for messages.
pub fn parse(file: &str, text: &str) -> Result<Sdk, Vec<SdkError>> {
    let mut reader = Reader::new(file, text);
    let raw = toml::from_str::<RawSdk>(text).map_err(|error| vec![reader.toml_error(&error)])?;
    let sdk = reader.sdk(&raw);
    reader.finish(sdk)
}

/// Reads the `[[sdk]]` tables of a `lensai.toml`; whatever else it holds is left alone.
pub fn parse_settings(file: &str, text: &str) -> Result<Vec<Sdk>, Vec<SdkError>> {
    let mut reader = Reader::new(file, text);
    let raw = toml::from_str::<RawSettings>(text).map_err(|error| vec![reader.toml_error(&error)])?;
    let sdks = raw.sdk.iter().map(|sdk| reader.sdk(sdk.get_ref())).collect();
    reader.finish(sdks)
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    /// Names of the TypeScript modules of the description that is being read.
    typescript: Vec<String>,
    errors: Vec<SdkError>,
}

impl<'a> Reader<'a> {
    fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, typescript: Vec::new(), errors: Vec::new() }
    }

    fn finish<T>(mut self, value: T) -> Result<T, Vec<SdkError>> {
        if self.errors.is_empty() {
            return Ok(value);
        }
        self.errors.sort_by_key(|error| (error.line, error.column));
        Err(self.errors)
    }

    fn sdk(&mut self, raw: &RawSdk) -> Sdk {
        self.typescript = raw.from.typescript.0.iter().map(|name| name.get_ref().clone()).collect();
        if raw.from.python.0.is_empty() && raw.from.typescript.0.is_empty() {
            self.wrong(&raw.sdk, "`from` names no module of either language");
        }
        if raw.sdk.get_ref().is_empty() {
            self.wrong(&raw.sdk, "the name is empty");
        }
        let sdk = Sdk {
            name: raw.sdk.get_ref().into(),
            python: self.modules(&raw.from.python, language::Separator::Dot),
            typescript: self.modules(&raw.from.typescript, language::Separator::Slash),
            shared_names: names(&raw.shared_names),
            transparent: self.list(&raw.transparent, language::step),
            mention: names(&raw.mention),
            provider: self.provider(&raw.provider),
            makes: raw.make.iter().map(|make| self.make(make)).collect(),
            sames: raw.same.iter().map(|same| self.same(same)).collect(),
            composes: raw.compose.iter().map(|compose| self.compose(compose)).collect(),
            ambients: raw.ambient.iter().map(|ambient| self.ambient(ambient.get_ref())).collect(),
            requests: raw.request.iter().map(|request| self.request(request, &raw.defaults)).collect(),
        };
        self.check_names(raw);
        sdk
    }

    fn make(&mut self, raw: &Spanned<RawMake>) -> Make {
        self.need(
            raw,
            [&raw.get_ref().call, &raw.get_ref().is, &raw.get_ref().path],
            "a `make` needs `call`, `is` or `path`",
        );
        let raw = raw.get_ref();
        self.on_and_path(&raw.on, &raw.path);
        let table = self.list(&raw.table, language::source);
        if raw.provider.0.literal.as_ref().is_some_and(|literal| literal.get_ref().contains("{p}")) {
            self.captures(raw);
        }
        Make {
            kind: raw.kind.get_ref().into(),
            report_as: raw.report_as.as_ref().map(|name| name.get_ref().into()),
            call: self.symbols(&raw.call),
            is: self.symbols(&raw.is),
            on: names(&raw.on),
            path: self.list(&raw.path, language::path),
            when: self.conditions(&raw.when),
            table,
            slots: self.slots(&raw.slots),
            provider: self.provider(&raw.provider),
        }
    }

    fn same(&mut self, raw: &Spanned<RawSame>) -> Same {
        self.need(raw, [&raw.get_ref().call, &raw.get_ref().path], "a `same` needs `call` or `path`");
        let raw = raw.get_ref();
        self.on_and_path(&raw.on, &raw.path);
        let call = self.symbols(&raw.call);
        let subject = match &raw.subject {
            Some(text) => self.read(text, language::source),
            None if call.is_empty() => None,
            None => language::source("0").ok(),
        };
        Same {
            on: names(&raw.on),
            path: self.list(&raw.path, language::path),
            call,
            subject,
            slots: self.slots(&raw.slots),
        }
    }

    fn compose(&mut self, raw: &Spanned<RawCompose>) -> Compose {
        let all = [&raw.get_ref().call, &raw.get_ref().path, &raw.get_ref().operator];
        self.need(raw, all, "a `compose` needs `call`, `path` or `operator`");
        let raw = raw.get_ref();
        for operator in &raw.operator.0 {
            if operator.get_ref() != "|" {
                self.wrong(operator, "the only operator that composes is `|`");
            }
        }
        Compose {
            kind: raw.kind.get_ref().into(),
            holds: names(&raw.holds),
            unseen: names(&raw.unseen),
            pipe_operator: !raw.operator.0.is_empty(),
            path: self.list(&raw.path, language::path),
            call: self.symbols(&raw.call),
            held: self.list(&raw.held, language::source),
        }
    }

    fn ambient(&mut self, raw: &RawAmbient) -> Ambient {
        let mut set = Vec::new();
        let mut assign = Vec::new();
        for text in &raw.set.0 {
            match text.get_ref().strip_suffix('=') {
                Some(attribute) => assign.extend(self.symbol(text, attribute.trim_end())),
                None => set.extend(self.symbol(text, text.get_ref())),
            }
        }
        if raw.set.0.is_empty() && raw.within.0.is_empty() {
            self.wrong(&raw.name, "an `ambient` needs `set` or `within`");
        }
        let within = self.symbols(&raw.within);
        if raw.value.0.is_empty() && !(set.is_empty() && within.is_empty()) {
            self.wrong(&raw.name, "`value` must say which argument is the value");
        }
        Ambient { name: raw.name.get_ref().into(), set, assign, within, value: self.list(&raw.value, language::source) }
    }

    fn request(&mut self, raw: &Spanned<RawRequest>, defaults: &RawDefaults) -> Request {
        let place = raw;
        let raw = raw.get_ref();
        let is_said = !raw.call.0.is_empty() || !raw.path.0.is_empty();
        let (on, path, call) =
            if is_said { (&raw.on, &raw.path, &raw.call) } else { (&defaults.on, &defaults.path, &defaults.call) };
        self.need(place, [call, path], "a `request` needs `call` or `path`");
        let unseen = if is_said || !raw.unseen.0.is_empty() { &raw.unseen } else { &defaults.unseen };
        if unseen.0.is_empty() {
            self.on_and_path(on, path);
        }
        let mut slots = self.slots(&defaults.slots);
        slots.extend(self.slots(&raw.slots));
        let mut by_model = Vec::new();
        for rule in &raw.by_model {
            let glob = self.read(&rule.glob, language::glob);
            by_model.extend(glob.zip(self.read(&rule.operation, language::operation)));
        }
        let mut by_slot = Vec::new();
        for rule in &raw.by_slot {
            if !slots.contains_key(rule.slot.get_ref().as_str()) {
                self.wrong(&rule.slot, "the request has no such slot");
            }
            let glob = rule.glob.as_ref().and_then(|glob| self.read(glob, language::glob));
            if let Some(operation) = self.read(&rule.operation, language::operation) {
                by_slot.push(BySlot { slot: rule.slot.get_ref().into(), glob, operation });
            }
        }
        let mut takes = Vec::new();
        for (argument, kind) in &raw.takes {
            takes.extend(self.read(argument, language::source).map(|source| (source, kind.get_ref().into())));
        }
        Request {
            on: names(on),
            path: self.list(path, language::path),
            call: self.symbols(call),
            takes,
            url: self.urls(raw, &slots),
            needs: self.list(&raw.needs, language::alternatives),
            operation: self.read(&raw.operation, language::operation).unwrap_or(Operation::Chat),
            by_model,
            by_slot,
            slots,
            provider: self.provider(&raw.provider),
            unseen: names(unseen),
            near: raw.near,
            report_as: raw.report_as.as_ref().map(|name| name.get_ref().into()),
        }
    }

    fn urls(&mut self, raw: &RawRequest, slots: &Slots) -> Vec<SmolStr> {
        if let (Some(url), false) = (raw.url.0.first(), slots.contains_key("url")) {
            self.wrong(url, "`url` needs a slot `url`");
        }
        self.list(&raw.url, language::address)
    }

    fn need<T, const N: usize>(&mut self, place: &Spanned<T>, lists: [&List; N], message: &str) {
        if lists.iter().all(|list| list.0.is_empty()) {
            self.wrong(place, message);
        }
    }

    /// A provider that is captured must be captured by whatever matches.
    fn captures(&mut self, raw: &RawMake) {
        let symbols = raw.call.0.iter().chain(&raw.is.0).filter(|symbol| !symbol.get_ref().contains("{p}"));
        for text in symbols.chain(&raw.path.0) {
            self.wrong(text, format!("`{}` captures no `{{p}}`, which the provider needs", text.get_ref()));
        }
    }

    fn on_and_path(&mut self, on: &List, path: &List) {
        match (on.0.first(), path.0.first()) {
            (Some(kind), None) => self.wrong(kind, "`on` needs `path`: which method of the object"),
            (None, Some(path)) => self.wrong(path, "`path` needs `on`: on objects of which kind"),
            _ => {}
        }
    }

    fn provider(&mut self, raw: &RawProvider) -> ProviderRule {
        let rules = &raw.0;
        let mut source = |text: &Option<Text>| text.as_ref().and_then(|text| self.read(text, language::source));
        ProviderRule {
            host_of: source(&rules.host_of),
            prefix_of: source(&rules.prefix_of),
            slot: source(&rules.slot),
            literal: rules.literal.as_ref().map(|text| text.get_ref().into()),
        }
    }

    fn conditions(&mut self, raw: &Table<List>) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for (sources, globs) in raw {
            if let Some(source) = self.read(sources, language::alternatives) {
                conditions.push(Condition { source, one_of: self.list(globs, language::glob) });
            }
        }
        conditions
    }

    fn slots(&mut self, raw: &Table<List>) -> Slots {
        let mut slots = Slots::new();
        for (name, sources) in raw {
            slots.insert(name.get_ref().into(), self.list::<SlotSource>(sources, language::source));
        }
        slots
    }

    fn modules(&mut self, list: &List, separator: language::Separator) -> Vec<ModulePattern> {
        self.list(list, |text| language::module(text, separator))
    }

    fn symbols(&mut self, list: &List) -> Vec<SymbolPattern> {
        list.0.iter().filter_map(|text| self.symbol(text, text.get_ref())).collect()
    }

    fn symbol(&mut self, place: &Text, symbol: &str) -> Option<SymbolPattern> {
        let read = language::symbol(symbol, |module| self.typescript.iter().any(|name| name == module));
        self.note(place, read)
    }

    fn list<T>(&mut self, list: &List, read: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        list.0.iter().filter_map(|text| self.read(text, &read)).collect()
    }

    fn read<T>(&mut self, text: &Text, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let value = read(text.get_ref());
        self.note(text, value)
    }

    fn note<T>(&mut self, place: &Text, value: Result<T, String>) -> Option<T> {
        value.map_err(|message| self.wrong(place, message)).ok()
    }

    /// A kind that nothing makes is a slip of the pen: no object would ever be of it. The same goes for ambient values.
    fn check_names(&mut self, raw: &RawSdk) {
        let makes = raw.make.iter().map(|make| make.get_ref().kind.get_ref());
        let composes = raw.compose.iter().map(|compose| compose.get_ref().kind.get_ref());
        let kinds: Vec<&String> = makes.chain(composes).collect();
        let mut used: Vec<&Text> = Vec::new();
        used.extend(raw.make.iter().flat_map(|make| &make.get_ref().on.0));
        used.extend(raw.same.iter().flat_map(|same| &same.get_ref().on.0));
        used.extend(raw.compose.iter().flat_map(|compose| &compose.get_ref().holds.0));
        used.extend(raw.compose.iter().flat_map(|compose| &compose.get_ref().unseen.0));
        used.extend(&raw.defaults.on.0);
        for request in &raw.request {
            used.extend(&request.get_ref().on.0);
            used.extend(request.get_ref().takes.values());
        }
        for kind in used {
            if !kinds.contains(&kind.get_ref()) {
                self.wrong(kind, format!("nothing makes an object of kind `{}`", kind.get_ref()));
            }
        }
        let ambients: Vec<&String> = raw.ambient.iter().map(|ambient| ambient.get_ref().name.get_ref()).collect();
        let slots = raw.make.iter().flat_map(|make| make.get_ref().slots.values());
        let slots = slots.chain(raw.request.iter().flat_map(|request| request.get_ref().slots.values()));
        for source in slots.flat_map(|list| &list.0) {
            let Some(rest) = source.get_ref().strip_prefix("ambient:") else { continue };
            let name = rest.split(['.', '@', '|']).next().unwrap_or(rest);
            if !ambients.iter().any(|known| *known == name) {
                self.wrong(source, format!("no `ambient` is named `{name}`"));
            }
        }
    }

    fn wrong<T>(&mut self, place: &Spanned<T>, message: impl Into<String>) {
        let error = self.error(place.span().start, message.into());
        self.errors.push(error);
    }

    fn toml_error(&self, error: &toml::de::Error) -> SdkError {
        let start = error.span().map_or(0, |span| span.start);
        self.error(start, error.message().replace('\n', "; "))
    }

    fn error(&self, offset: usize, message: String) -> SdkError {
        place_of(self.file, self.text, offset, message)
    }
}

/// What is wrong at an offset of a file's text.
pub(crate) fn place_of(file: &str, text: &str, offset: usize, message: String) -> SdkError {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or(before);
    SdkError {
        file: file.to_owned(),
        line: before.matches('\n').count() + 1,
        column: line.chars().count() + 1,
        message,
    }
}

fn names(list: &List) -> Vec<SmolStr> {
    list.0.iter().map(|name| name.get_ref().into()).collect()
}
