//! Addresses that are asked without an SDK: which request a URL is, as far as it is known.

use std::collections::BTreeSet;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use lensai_semantics::{Args, Member, SourceFile, Symbol, TextPart, Value, caller_argument, facts};
use lensai_syntax::hir::Body;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use crate::db::Db;
use crate::index::Index;
use crate::object::{Matcher, Object};
use crate::request::Match;
use crate::sdk::{Descriptions, Request, SlotSource};
use crate::slots::host_of;
use crate::symbol::{glob, symbol_of};

/// What is not known stands between two of these, by its name in the code: `⟨OLLAMA_URL⟩/api/chat`.
pub(crate) const UNKNOWN: char = '\u{fffc}';
/// More addresses than this for one value are not told apart.
const MAX_ADDRESSES: usize = 8;
/// Longer addresses are not looked at.
const MAX_LENGTH: usize = 2000;
/// Values are followed this far.
const MAX_DEPTH: usize = 8;

/// The SDKs, by index, of which one of the texts stands in a file.
#[salsa::tracked(returns(clone))]
pub(crate) fn mentioned(db: &dyn Db, file: SourceFile) -> Arc<[usize]> {
    if db.knowledge().addressed_files(db).contains(&file) {
        // An import may bring any.
        let sdks = (0..).zip(db.knowledge().index(db).sdks());
        return sdks.filter(|(_, sdk)| !sdk.mention.is_empty()).map(|(at, _)| at).collect();
    }
    // One look over all texts costs less than to ask for each item whether it changed.
    let found: BTreeSet<usize> = facts(db, file).items.iter().flat_map(|item| mentioned_by(db, &item.body)).collect();
    found.into_iter().collect()
}

/// The SDKs of which one of the texts stands in a body; some more than once.
fn mentioned_by<'b>(db: &'b dyn Db, body: &'b Body) -> impl Iterator<Item = usize> + 'b {
    let mentions = db.knowledge().index(db).mentions();
    let texts = if mentions.may_be_in(body) { body.texts.as_slice() } else { &[] };
    texts.iter().flat_map(|text| mentions.in_text(text))
}

/// Texts that say where a request may be.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    /// The SDK and the text of each.
    texts: Vec<(usize, SmolStr)>,
    automaton: Option<AhoCorasick>,
    /// The characters that the texts begin with, as in [`Body::text_characters`].
    begins: u128,
    /// The first two bytes of the texts; none where one of them is shorter.
    pairs: Option<FxHashSet<[u8; 2]>>,
}

impl Mentions {
    pub(crate) fn new(descriptions: &Descriptions) -> Self {
        let sdks = descriptions.sdks.iter().enumerate();
        let texts: Vec<_> = sdks.flat_map(|(at, sdk)| sdk.mention.iter().map(move |text| (at, text.clone()))).collect();
        // It fails for more texts than there can be.
        let automaton = AhoCorasick::new(texts.iter().map(|(_, text)| text.as_str())).ok();
        // A text that begins with another character may stand anywhere.
        let bit = |text: &SmolStr| text.bytes().next().filter(u8::is_ascii).map_or(u128::MAX, |first| 1 << first);
        let begins = texts.iter().fold(0, |all, (_, text)| all | bit(text));
        let pairs = texts.iter().map(|(_, text)| text.as_bytes().first_chunk().copied()).collect();
        Self { texts, automaton, begins, pairs }
    }

    /// Whether a text of a body may hold one.
    pub(crate) fn may_be_in(&self, body: &Body) -> bool {
        body.text_characters & self.begins != 0
    }

    /// The SDKs, by index, of which a text holds one; some more than once.
    pub(crate) fn in_text(&self, text: &str) -> Vec<usize> {
        // Nearly every text is done with here.
        if let Some(firsts) = &self.pairs {
            let mut pairs = text.as_bytes().windows(2).filter_map(<[u8]>::first_chunk);
            if !pairs.any(|pair| self.begins & (1_u128 << (pair[0] & 127)) != 0 && firsts.contains(pair)) {
                return Vec::new();
            }
        }
        let found = self.automaton.iter().flat_map(|automaton| automaton.find_overlapping_iter(text));
        let whole = found.filter(|found| is_whole(text, found.start(), found.end()));
        whole.filter_map(|found| Some(self.texts.get(found.pattern().as_usize())?.0)).collect()
    }
}

/// The automaton is made of the texts.
impl PartialEq for Mentions {
    fn eq(&self, other: &Self) -> bool {
        self.texts == other.texts
    }
}

impl Eq for Mentions {}

/// Whether a part of a text is not cut out of a longer name.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let is_name = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$');
    let Some(((before, part), after)) =
        text.split_at_checked(end).and_then(|(head, tail)| Some((head.split_at_checked(start)?, tail)))
    else {
        return false;
    };
    let is_cut = |inner: Option<char>, outer: Option<char>| is_name(inner) && is_name(outer);
    !is_cut(part.chars().next(), before.chars().next_back()) && !is_cut(part.chars().next_back(), after.chars().next())
}

/// The names that requests have in a file: those of HTTP libraries are everywhere, and say something only where an address
/// is mentioned.
#[derive(Clone, Copy)]
pub(crate) struct RequestNames<'db> {
    index: &'db Index,
    with_addresses: bool,
}

impl<'db> RequestNames<'db> {
    /// Those of a file.
    pub(crate) fn of(db: &'db dyn Db, file: SourceFile) -> Self {
        Self { index: db.knowledge().index(db), with_addresses: !mentioned(db, file).is_empty() }
    }

    /// Whether a request may have this last name.
    pub(crate) fn contains(self, name: &str) -> bool {
        self.is_of_object(name) || self.is_of_address(name)
    }

    /// Whether a request that is known by what it is called on may have this last name.
    pub(crate) fn is_of_object(self, name: &str) -> bool {
        self.index.is_request_name(name)
    }

    /// Whether a request that is known by its address may have this last name.
    pub(crate) fn is_of_address(self, name: &str) -> bool {
        self.with_addresses && self.index.is_address_name(name)
    }
}

impl Matcher<'_> {
    /// Whether a request is sent to an address that its description names; what the address captures becomes slots of
    /// its object.
    pub(crate) fn is_at_address(&self, found: &mut Match<'_>, args: &Args) -> bool {
        let request = found.request;
        if request.url.is_empty() {
            return true;
        }
        let sources = request.slots.get("url").map(Vec::as_slice).unwrap_or_default();
        let own = found.object.as_ref();
        let urls = sources.iter().filter_map(|source| self.source(source, args, own, 0));
        let urls: Vec<Value> = urls.filter(|url| !is_method(url)).collect();
        let base = request.slots.get("base_url").and_then(|sources| self.slot(sources, args, found.object.as_ref()));
        // At some position: what is a text there is an address or a method.
        let sources = request.slots.get("body").map(Vec::as_slice).unwrap_or_default();
        let mut bodies = sources.iter().filter_map(|source| self.source(source, args, own, 0));
        let body = bodies.find(|body| !matches!(body, Value::Text(_) | Value::Unknown(_) | Value::None));
        // What tells it may be given by callers, as the address: `self._post(url, {"model": …})`.
        let body = match body {
            Some(Value::Param(param)) if !request.needs.is_empty() => {
                let given = caller_argument(self.db, param.function.file, param.function.item, param.index);
                Some(given.unwrap_or(Value::Param(param)))
            }
            body => body,
        };
        let is_client = found.object.is_some();
        let addresses = urls.iter().enumerate().flat_map(|(at, url)| {
            let addresses = self.addresses(url, base.as_ref(), is_client).into_iter();
            addresses.map(move |address| (at, address))
        });
        let matching = addresses.filter_map(|(at, address)| {
            // What is not known is an address only where addresses stand.
            let mut patterns = request.url.iter().filter(|pattern| at == 0 || !pattern.starts_with(UNKNOWN));
            let captured = patterns.find_map(|pattern| address_matches(pattern, &address))?;
            Some((address, captured))
        });
        // One that says what is captured, and as little else as possible: `options.model || "gemini-2.0-flash"` stands in an address,
        // and before it a base that may have a further folder.
        let length =
            |captured: &Option<(SmolStr, SmolStr)>| captured.as_ref().map_or(usize::MAX, |(_, text)| text.len());
        let mut matching: Vec<_> = matching.collect();
        matching.sort_by_key(|(_, captured)| length(captured));
        let mut is_found = false;
        for (address, captured) in matching {
            // Of the other addresses that it may be only one counts that says whose it is.
            let provider = host_of(self.db.knowledge().providers(self.db), &address);
            if is_found && provider.is_none() {
                continue;
            }
            let name = self.sdk(found.sdk).map(|sdk| sdk.name.clone()).unwrap_or_default();
            let mut object = found.object.clone().unwrap_or_else(|| Object::of_function(found.sdk, &name));
            object.slots.extend(captured.map(|(name, text)| (name, Value::text(&text))));
            object.slots.extend(body.clone().map(|body| (SmolStr::new_static("body"), body)));
            let gives = |source: &SlotSource| {
                let value = self.source(source, args, Some(&object), 0);
                let is_known = |value: &Value| !body.as_ref().is_some_and(|body| is_asked_of(value, body));
                value.as_ref().is_some_and(is_known) || self.has_key(source, args, Some(&object))
            };
            if !request.needs.iter().all(|any| any.iter().any(gives)) {
                continue;
            }
            is_found = true;
            object.provider = object.provider.take().or(provider);
            let is_known = object.provider.is_some();
            found.object = Some(object);
            if is_known {
                break;
            }
        }
        is_found
    }

    /// The addresses that a request may be sent to, as far as they are known.
    pub(crate) fn addresses_given(&self, request: &Request, object: Option<&Object>, args: &Args) -> Vec<String> {
        let sources = request.slots.get("url").map(Vec::as_slice).unwrap_or_default();
        let urls = sources.iter().filter_map(|source| self.source(source, args, object, 0));
        let urls: Vec<Value> = urls.filter(|url| !is_method(url)).collect();
        let base = request.slots.get("base_url").and_then(|sources| self.slot(sources, args, object));
        urls.iter().flat_map(|url| self.addresses(url, base.as_ref(), object.is_some())).collect()
    }

    /// Whether a value may be an address that a description names, or hold one: of one below a base more must be known.
    pub(crate) fn may_be_address(&self, value: &Value) -> bool {
        let given = match value {
            Value::Param(param) if param.default.is_none() => {
                caller_argument(self.db, param.function.file, param.function.item, param.index)
            }
            _ => None,
        };
        match given.as_ref().unwrap_or(value) {
            Value::Mapping(_) => true,
            Value::OneOf(several) | Value::Fallback(several) => {
                several.values.iter().any(|value| self.may_be_address(value))
            }
            Value::Unknown(_) | Value::None | Value::Number(_) | Value::Bool(_) => false,
            value if !self.places(value).is_empty() => true,
            value => self.texts(value, 0).iter().any(|url| {
                let is_whole = url.contains("://") || url.starts_with(UNKNOWN);
                if is_whole { self.is_address(plain(url)) } else { url.contains('/') }
            }),
        }
    }

    fn is_address(&self, address: &str) -> bool {
        let requests = self.index.sdks().iter().flat_map(|sdk| &sdk.requests);
        requests.flat_map(|request| &request.url).any(|pattern| address_matches(pattern, address).is_some())
    }

    /// The addresses that a value can be, below a base when it says no host itself.
    fn addresses(&self, url: &Value, base: Option<&Value>, is_client: bool) -> Vec<String> {
        let bases = base.map(|base| self.texts(base, 0)).unwrap_or_default();
        let urls = self.texts(url, 0);
        let all = urls.into_iter().flat_map(|url| {
            if url.is_empty() && bases.is_empty() {
                // An empty default is there to be replaced.
                return vec![hole("")];
            }
            if url.contains("://") || url.starts_with(UNKNOWN) {
                return vec![url];
            }
            let below = |base: &String| format!("{}/{}", base.trim_end_matches('/'), url.trim_start_matches('/'));
            match (bases.is_empty(), is_client) {
                (false, _) => bases.iter().map(below).collect(),
                // The client knows; a page's own routes mostly stand below `/api`.
                (true, true) if !url.starts_with("/api/") => vec![below(&hole("client"))],
                // A page's own route.
                (true, _) => Vec::new(),
            }
        });
        all.take(MAX_ADDRESSES).map(|url| plain(&url).to_owned()).collect()
    }

    /// The texts that a value can be.
    fn texts(&self, value: &Value, depth: usize) -> Vec<String> {
        if depth > MAX_DEPTH {
            return vec![hole("")];
        }
        let mut found = match value {
            Value::Text(text) => {
                let mut all = vec![String::new()];
                for part in &text.parts {
                    let pieces = match part {
                        TextPart::Literal(literal) => vec![literal.text.to_string()],
                        TextPart::Hole(name, value) => self.named(value, name, depth),
                    };
                    // What is asked for behind the address does not matter: it must not crowd out what it may be.
                    let (asked, open): (Vec<String>, Vec<String>) =
                        all.into_iter().partition(|head| head.contains('?'));
                    let longer = open.iter().flat_map(|head| pieces.iter().map(move |piece| format!("{head}{piece}")));
                    all = asked.into_iter().chain(longer).collect();
                    all.retain(|text| text.len() <= MAX_LENGTH);
                    limit(&mut all);
                }
                all
            }
            Value::OneOf(several) | Value::Fallback(several) => {
                several.values.iter().flat_map(|value| self.texts(value, depth + 1)).collect()
            }
            Value::Param(param) => {
                let given = match &param.default {
                    Some(default) => Some(default.clone()),
                    None => caller_argument(self.db, param.function.file, param.function.item, param.index),
                };
                match given {
                    Some(given) if given != Value::None => self.texts(&given, depth + 1),
                    _ => vec![hole(&param.name)],
                }
            }
            Value::Environment(read) => match &read.default {
                Some(default) => self.texts(default, depth + 1),
                None => vec![hole(&read.name)],
            },
            Value::Invoke(invoke) => match &invoke.callee {
                // `base.rstrip("/")`, `url.replace(/\/$/, "")`, `url.toString()`
                Value::Member(member) if is_kept(member) => self.texts(&member.object, depth + 1),
                callee => match symbol_of(callee).map(Symbol::dotted).as_deref() {
                    Some("URL" | "urllib.parse.urljoin") => self.joined(&invoke.args, depth),
                    _ => vec![hole("")],
                },
            },
            Value::Member(member) => vec![hole(&member.name)],
            _ => vec![hole("")],
        };
        limit(&mut found);
        found
    }

    /// The texts of a hole; what is not known has its name.
    fn named(&self, value: &Value, name: &str, depth: usize) -> Vec<String> {
        let nothing = hole("");
        let texts = self.texts(value, depth + 1).into_iter();
        // An empty default is there to be replaced.
        texts.map(|text| if text == nothing || text.is_empty() { hole(name) } else { text }).collect()
    }

    /// `new URL("/v1/messages", base)`, `urljoin(base, "/v1/messages")`
    fn joined(&self, args: &Args, depth: usize) -> Vec<String> {
        let texts = |at: usize| args.positional.get(at).map(|value| self.texts(value, depth + 1)).unwrap_or_default();
        let (first, second) = (texts(0), texts(1));
        if second.is_empty() {
            return first;
        }
        let (bases, paths) = if self.python { (first, second) } else { (second, first) };
        let join = |base: &String, path: &String| {
            if path.contains("://") {
                return path.clone();
            }
            format!("{}/{}", base.trim_end_matches('/'), path.trim_start_matches('/'))
        };
        bases.iter().flat_map(|base| paths.iter().map(move |path| join(base, path))).collect()
    }
}

/// Whether a value is no more than an attribute that was asked of something that is not known to have it.
fn is_asked_of(value: &Value, object: &Value) -> bool {
    match value {
        Value::Member(member) => member.object == *object || is_asked_of(&member.object, object),
        Value::OneOf(several) | Value::Fallback(several) => {
            let objects = match object {
                Value::OneOf(objects) | Value::Fallback(objects) => objects.values.as_slice(),
                other => std::slice::from_ref(other),
            };
            several.values.iter().all(|value| objects.iter().any(|object| is_asked_of(value, object)))
        }
        _ => false,
    }
}

/// Whether a value is no address but a method: `request("POST", url)`.
fn is_method(value: &Value) -> bool {
    value.as_text().is_some_and(|text| !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase()))
}

/// Keeps the first of several texts, each once.
fn limit(texts: &mut Vec<String>) {
    let mut seen = FxHashSet::default();
    texts.retain(|text| seen.insert(text.clone()));
    texts.truncate(MAX_ADDRESSES);
}

fn hole(name: &str) -> String {
    format!("{UNKNOWN}{name}{UNKNOWN}")
}

/// Methods of texts that leave an address what it is.
fn is_kept(member: &Member) -> bool {
    matches!(
        member.name.as_str(),
        "rstrip"
            | "lstrip"
            | "strip"
            | "removesuffix"
            | "trim"
            | "replace"
            | "toString"
            | "join"
            | "human_repr"
            | "encode"
    )
}

/// An address without scheme, query, fragment and slash at its end.
fn plain(url: &str) -> &str {
    let url = url.trim();
    let url = url.split_once("://").map_or(url, |(_, rest)| rest);
    url.split(['?', '#']).next().unwrap_or(url).trim_end_matches('/')
}

/// Whether an address is what a pattern names.
pub(crate) fn is_at(pattern: &str, address: &str) -> bool {
    address_matches(pattern, address).is_some()
}

/// Whether an address is what a pattern names, and what `{name}` in it stood for.
#[expect(clippy::option_option, reason = "no match, a match, and a match that captured something")]
fn address_matches(pattern: &str, address: &str) -> Option<Option<(SmolStr, SmolStr)>> {
    let lower = address.to_lowercase();
    let Some((before, (name, after))) =
        pattern.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    else {
        return glob(pattern, &lower).then_some(None);
    };
    if !glob(&format!("{before}*{after}"), &lower) {
        return None;
    }
    let boundaries = || lower.char_indices().map(|(at, _)| at).chain([lower.len()]);
    let starts = boundaries().filter(|start| lower.get(..*start).is_some_and(|head| glob(before, head)));
    let mut spans = starts.flat_map(|start| boundaries().filter(move |end| *end > start).map(move |end| (start, end)));
    let (start, end) = spans.find(|(_, end)| lower.get(*end..).is_some_and(|tail| glob(after, tail)))?;
    // Lower case may have another length: then nothing is captured.
    let text = if lower.len() == address.len() { address.get(start..end) } else { None };
    Some(text.filter(|text| !text.contains(UNKNOWN)).map(|text| (SmolStr::new(name), SmolStr::new(text))))
}
