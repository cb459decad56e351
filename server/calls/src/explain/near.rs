//! Which requests a call comes near, and what of them does not hold.

use lensai_semantics::trail::Tracer;
use lensai_semantics::{Args, ItemRef, Value, item};
use lensai_syntax::hir::{ExprId, Slice};
use smol_str::SmolStr;

use super::missed::{NearMiss, last_name};
use super::shown::{address_text, modules_text, path_text, source_text, symbol_pattern_text, value_text};
use super::{Description, file_of};
use crate::find::{chain, imported_sdks};
use crate::index::Role;
use crate::object::Matcher;
use crate::request::{Match, is_open, value_chain};
use crate::sdk::{Path, Request, Sdk};
use crate::slots::is_named;
use crate::symbol::{glob, path_matches, symbol_of};

/// More near misses of one call are not told.
const MAX_NEAR: usize = 4;

/// The part of a description that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// What is called is not of these modules.
    Module {
        /// What is called.
        is: String,
        /// The modules of the SDK.
        modules: Vec<String>,
    },
    /// It is called on an object of another kind.
    Kind {
        /// The kind, and its SDK.
        is: String,
        /// The kinds on which it would be a request.
        wants: Vec<SmolStr>,
    },
    /// What it is called on is known, and is no object of the SDK.
    Receiver {
        /// What it is, with names between backquotes.
        is: String,
    },
    /// The way from the object is another one.
    Path {
        /// As it is written.
        is: String,
        /// As it would have to be.
        wants: Vec<String>,
    },
    /// An argument is no object of a kind.
    Takes {
        /// Which argument, as the description writes it.
        argument: String,
        /// The kind.
        kind: SmolStr,
    },
    /// The address is another one.
    Address {
        /// What is known of it.
        is: Vec<String>,
        /// How many patterns were tried.
        patterns: usize,
    },
    /// Something without which the address says too little is not sent.
    Needs {
        /// One of these in each row.
        missing: Vec<String>,
    },
    /// No text of the file says that such a request may be in it.
    Mention {
        /// One of these would.
        texts: Vec<SmolStr>,
    },
    /// What it is called on is not known, and its names alone say too little.
    Receiverless,
    /// What it is called on is not known, and these arguments that would tell it are not given.
    Missing {
        /// By name or position.
        arguments: Vec<SmolStr>,
    },
    /// What it is called on is not known, and the file imports nothing of the SDK.
    Near {
        /// Its modules.
        modules: Vec<String>,
    },
    /// Everything holds that was looked at, but in this place it is not taken for a request.
    Place,
}

impl Failed {
    /// How far the matching came: what failed later is nearer.
    fn stage(&self) -> usize {
        match self {
            Self::Module { .. } | Self::Receiver { .. } | Self::Mention { .. } => 0,
            Self::Receiverless => 1,
            Self::Path { .. } => 2,
            Self::Kind { .. } => 3,
            Self::Near { .. } => 4,
            Self::Missing { .. } => 5,
            Self::Takes { .. } | Self::Address { .. } => 6,
            Self::Needs { .. } | Self::Place => 7,
        }
    }
}

/// The requests with the same last name, the nearest first.
pub(super) fn misses(
    matcher: &Matcher<'_>,
    at: ItemRef,
    tracer: &mut Tracer<'_>,
    value: &Value,
    (callee, args): (ExprId, Slice),
) -> Vec<NearMiss> {
    let body = item(matcher.db, at.file, at.item);
    let symbol_name = symbol_of(value).and_then(|symbol| symbol.path.last()).map(SmolStr::as_str);
    let Some(name) = symbol_name.or_else(|| last_name(&body, callee)) else { return Vec::new() };
    let values = tracer.evaluator(at).args(args);
    let imported = imported_sdks(matcher.db, at.file);
    let written = chain(&body, callee);
    let call = Called { matcher, at, value, written, values: &values, imported: &imported };
    let mut found: Vec<(usize, usize, NearMiss)> = Vec::new();
    for (index, sdk) in matcher.index.sdks().iter().enumerate() {
        let modules = if matcher.python { &sdk.python } else { &sdk.typescript };
        if modules.is_empty() && sdk.mention.is_empty() {
            continue;
        }
        let mut of_sdk: Vec<(usize, NearMiss)> = Vec::new();
        for (number, request) in sdk.requests.iter().enumerate().filter(|(_, request)| has_name(request, name)) {
            let failed = call.failed(index, sdk, request);
            let description = Description {
                sdk: sdk.name.clone(),
                file: file_of(sdk),
                table: "request",
                number: number + 1,
                pattern: pattern(sdk, request, name),
            };
            of_sdk.push((failed.stage(), NearMiss { description, failed }));
        }
        of_sdk.sort_by_key(|(stage, _)| std::cmp::Reverse(*stage));
        if let Some((stage, nearest)) = of_sdk.into_iter().next() {
            let is_imported = usize::from(imported.contains(&index));
            found.push((is_imported, stage, nearest));
        }
    }
    // What is imported comes first, then what failed last.
    found.sort_by_key(|(is_imported, stage, _)| std::cmp::Reverse((*is_imported, *stage)));
    // A name that only happens to be the same says nothing, where others come nearer.
    let best = found.iter().map(|(imported, stage, _)| imported * 2 + stage).max().unwrap_or_default();
    found.retain(|(is_imported, stage, _)| is_imported * 2 + stage + 4 > best);
    // What is not even of the right origin is worth no more than an example.
    found.truncate(if best == 0 { 1 } else { MAX_NEAR });
    found.into_iter().map(|(.., miss)| miss).collect()
}

struct Called<'a, 'db> {
    matcher: &'a Matcher<'db>,
    at: ItemRef,
    value: &'a Value,
    /// The names, as they are written.
    written: Option<Vec<SmolStr>>,
    values: &'a Args,
    imported: &'a [usize],
}

impl<'db> Called<'_, 'db> {
    fn failed(&self, index: usize, sdk: &'db Sdk, request: &'db Request) -> Failed {
        let by_symbol = symbol_of(self.value).filter(|_| !request.call.is_empty());
        if let Some(symbol) = by_symbol {
            let entries = self.matcher.entries(Role::Request, symbol);
            let number = sdk.requests.iter().position(|other| std::ptr::eq(other, request));
            if entries.iter().any(|(entry, _)| entry.sdk == index && Some(entry.at) == number) {
                return self.behind(index, sdk, request, None);
            }
            if request.path.is_empty() {
                return self.other_module(sdk);
            }
        }
        if request.path.is_empty() {
            return if is_open(self.value) { self.other_module(sdk) } else { self.other_receiver() };
        }
        let places = self.matcher.places(self.value);
        let own = places.iter().find(|place| place.object.sdk == index);
        if let Some(place) = own {
            let object = &place.object;
            if !request.on.contains(&object.kind) {
                let is = format!("a `{}` of {}", object.kind, sdk.name);
                return Failed::Kind { is, wants: request.on.clone() };
            }
            let mut path = place.path.clone();
            match path.last_mut() {
                Some(last) => last.called = true,
                None => path.push(crate::sdk::Step { name: SmolStr::default(), called: true }),
            }
            if !request.path.iter().any(|wanted| path_matches(wanted, &path)) {
                let wants = request.path.iter().map(path_text).collect();
                return Failed::Path { is: path_text(&Path(path)), wants };
            }
            return self.behind(index, sdk, request, Some(object.clone()));
        }
        if let Some(place) = places.first() {
            let name = self.matcher.sdk(place.object.sdk).map(|sdk| sdk.name.clone()).unwrap_or_default();
            return Failed::Receiver { is: format!("a `{}` of {name}", place.object.kind) };
        }
        if !is_open(self.value) || self.matcher.is_ruled_out(self.value) {
            return self.other_receiver();
        }
        self.unseen(index, sdk, request)
    }

    /// What of a request does not hold whose receiver is not known.
    fn unseen(&self, index: usize, sdk: &'db Sdk, request: &'db Request) -> Failed {
        if request.unseen.is_empty() {
            return if begins_in_package(self.value) { self.other_receiver() } else { Failed::Receiverless };
        }
        let chains: Vec<Vec<SmolStr>> = self.written.clone().into_iter().chain(value_chain(self.value)).collect();
        let ends =
            |chain: &Vec<SmolStr>| self.matcher.unseen_requests(chain).any(|(_, unseen)| std::ptr::eq(unseen, request));
        if !chains.iter().any(ends) {
            if begins_in_package(self.value) {
                return self.other_receiver();
            }
            let is = self.written.iter().flatten().filter(|name| !name.is_empty()).cloned().collect::<Vec<_>>();
            return Failed::Path { is: is.join("."), wants: request.path.iter().map(path_text).collect() };
        }
        let is_given = |key: &SmolStr| match key.parse::<usize>() {
            Ok(at) => self.values.positional.len() > at,
            Err(_) => is_named(self.matcher.db, self.values, key),
        };
        let missing: Vec<SmolStr> = request.unseen.iter().filter(|key| !is_given(key)).cloned().collect();
        if !missing.is_empty() {
            return Failed::Missing { arguments: missing };
        }
        if request.near && !self.imported.contains(&index) {
            return Failed::Near { modules: modules_text(sdk, self.matcher.python) };
        }
        self.behind(index, sdk, request, None)
    }

    /// What comes after the name and the receiver: the arguments and the address.
    fn behind(
        &self,
        index: usize,
        sdk: &'db Sdk,
        request: &'db Request,
        object: Option<crate::object::Object>,
    ) -> Failed {
        for (source, kind) in &request.takes {
            let value = self.matcher.source(source, self.values, None, 0);
            let is_one = |value: &Value| self.matcher.objects(value).iter().any(|object| object.kind == *kind);
            if !value.as_ref().is_some_and(is_one) {
                return Failed::Takes { argument: source_text(source), kind: kind.clone() };
            }
        }
        if !sdk.mention.is_empty() && !crate::address::mentioned(self.matcher.db, self.at.file).contains(&index) {
            return Failed::Mention { texts: sdk.mention.clone() };
        }
        let mut seen = Match { sdk: index, request, object };
        if !self.matcher.is_at_address(&mut seen, self.values) {
            let addresses = self.matcher.addresses_given(request, seen.object.as_ref(), self.values);
            let is_it = |address: &String| request.url.iter().any(|url| crate::address::is_at(url, address));
            if addresses.iter().any(is_it) {
                let row = |row: &Vec<_>| row.iter().map(source_text).collect::<Vec<_>>().join(" or ");
                return Failed::Needs { missing: request.needs.iter().map(row).collect() };
            }
            let is = addresses.iter().map(|address| address_text(address)).collect();
            return Failed::Address { is, patterns: request.url.len() };
        }
        Failed::Place
    }

    fn other_module(&self, sdk: &Sdk) -> Failed {
        let is = value_text(self.matcher.db, self.value);
        Failed::Module { is, modules: modules_text(sdk, self.matcher.python) }
    }

    fn other_receiver(&self) -> Failed {
        let is = match self.value {
            Value::Member(member) => value_text(self.matcher.db, &member.object),
            other => value_text(self.matcher.db, other),
        };
        Failed::Receiver { is: format!("`{is}`") }
    }
}

/// Whether a value begins with what a package exports.
fn begins_in_package(value: &Value) -> bool {
    match value {
        Value::Symbol(symbol) => !symbol.module.is_empty(),
        Value::Member(member) => begins_in_package(&member.object),
        Value::Index(index) => begins_in_package(&index.object),
        Value::Invoke(invoke) => begins_in_package(&invoke.callee),
        _ => false,
    }
}

/// Whether a request has a last name.
fn has_name(request: &Request, name: &str) -> bool {
    let paths = request.path.iter().filter_map(|path| path.0.last()).map(|step| &step.name);
    let symbols = request.call.iter().filter_map(|symbol| symbol.export.last());
    // A pattern that any name matches says nothing of it.
    let mut names = paths.chain(symbols).filter(|pattern| pattern.chars().any(char::is_alphanumeric));
    names.any(|pattern| glob(&pattern.replace("{p}", "*"), name))
}

/// The pattern of a request that has a last name.
fn pattern(sdk: &Sdk, request: &Request, name: &str) -> String {
    let path = request.path.iter().find(|path| path.0.last().is_some_and(|step| glob(&step.name, name)));
    let symbol = || request.call.iter().find(|symbol| symbol.export.last().is_some_and(|last| glob(last, name)));
    match path {
        Some(path) => path_text(path),
        None => symbol().map(|symbol| symbol_pattern_text(sdk, symbol)).unwrap_or_default(),
    }
}
