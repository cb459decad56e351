//! Which request a call is.

use lensai_semantics::{Args, Value};
use smol_str::SmolStr;

use crate::index::Role;
use crate::object::{Matcher, Object};
use crate::sdk::{Path, Request, Sdk, SlotStart, Step};
use crate::slots::is_named;
use crate::symbol::{glob, path_matches, symbol_of};

/// A request that a call is, and the object on which it is made.
#[derive(Debug, Clone)]
pub(crate) struct Match<'db> {
    /// Index of the SDK.
    pub(crate) sdk: usize,
    /// The request's description.
    pub(crate) request: &'db Request,
    /// The object; none for functions, and when the receiver is not known.
    pub(crate) object: Option<Object>,
}

impl<'db> Matcher<'db> {
    /// The requests that a call of a value may be; its arguments are not asked yet.
    pub(crate) fn requests(&self, callee: &Value) -> Vec<Match<'db>> {
        let mut found = Vec::new();
        let callees = match callee {
            Value::OneOf(several) | Value::Fallback(several) => several.values.as_slice(),
            other => std::slice::from_ref(other),
        };
        for callee in callees {
            if let Some(symbol) = symbol_of(callee) {
                for (entry, _) in self.entries(Role::Request, symbol) {
                    let request = self.sdk(entry.sdk).and_then(|sdk| sdk.requests.get(entry.at));
                    found.extend(request.map(|request| Match { sdk: entry.sdk, request, object: None }));
                }
            }
            for mut place in self.places(callee) {
                let sdk = place.object.sdk;
                let Some(described) = self.sdk(sdk) else { continue };
                match place.path.last_mut() {
                    Some(last) => last.called = true,
                    None => place.path.push(Step { name: SmolStr::default(), called: true }),
                }
                let matching = described.requests.iter().filter(|request| {
                    request.on.contains(&place.object.kind)
                        && request.path.iter().any(|path| path_matches(path, &place.path))
                });
                found.extend(matching.map(|request| Match { sdk, request, object: Some(place.object.clone()) }));
            }
        }
        found
    }

    /// Whether the arguments that must be objects are.
    pub(crate) fn takes(&self, request: &Request, args: &Args) -> bool {
        request.takes.iter().all(|(source, kind)| {
            self.source(source, args, None, 0)
                .is_some_and(|value| self.objects(&value).iter().any(|object| object.kind == *kind))
        })
    }

    /// The request that a call must be by its method path and arguments alone.
    /// `may` says which there may be.
    pub(crate) fn unseen(
        &self,
        chain: &[SmolStr],
        args: &Args,
        may: impl Fn(usize, &Request) -> bool,
    ) -> Option<Match<'db>> {
        let given = |key: &SmolStr| match key.parse::<usize>() {
            Ok(at) => args.positional.len() > at,
            Err(_) => is_named(self.db, args, key),
        };
        // Arguments that are spread may hold what is asked for, when the path says much; but not what tells SDKs apart.
        let may_be_spread = |request: &Request, key: &SmolStr| {
            let slots = request.slots.iter().filter(|(name, _)| !matches!(name.as_str(), "tools" | "schema"));
            let mut sources = slots.flat_map(|(_, sources)| sources);
            sources.any(|source| matches!(&source.start, SlotStart::Keyword(name) if name == key))
        };
        let spread = |request: &Request| {
            let shortest = request.path.iter().map(|path| path.0.len()).min().unwrap_or(0);
            !args.spreads.is_empty()
                && shortest + request.unseen.len() > 3
                && shortest > 1
                && request.unseen.iter().all(|key| given(key) || may_be_spread(request, key))
        };
        // What is given as a whole may hold it too.
        let whole = |request: &Request| request.path.iter().all(|path| path.0.len() > 2) && holds_more(args);
        // The longest path says most: `chat.completions.create` is no `completions.create`.
        let mut requests: Vec<_> = self.unseen_requests(chain).collect();
        requests.sort_by_key(|(sdk, request)| std::cmp::Reverse(self.matched_length(*sdk, request, chain)));
        requests.into_iter().find_map(|(sdk, request)| {
            let is_given = request.unseen.iter().all(given) || spread(request) || whole(request);
            let mut found = Match { sdk, request, object: None };
            (is_given && may(sdk, request) && self.takes(request, args) && self.is_at_address(&mut found, args))
                .then_some(found)
        })
    }

    /// The number of steps of the longest path that the chain ends with.
    fn matched_length(&self, sdk: usize, request: &Request, chain: &[SmolStr]) -> usize {
        let Some(sdk) = self.sdk(sdk) else { return 0 };
        let paths = request.path.iter().filter(|path| ends_with(chain, path, sdk));
        paths.map(|path| path.0.len()).max().unwrap_or(0)
    }

    /// The object on which such a request is made, when at least the call is known that made it on another one of which nothing is
    /// known: the model in `client.getGenerativeModel({model}).generateContent(…)`.
    pub(crate) fn unseen_object(&self, seen: &Match<'_>, callee: &Value) -> Option<Object> {
        let receiver = match callee {
            Value::Member(member) => &member.object,
            Value::OneOf(several) | Value::Fallback(several) => {
                return several.values.iter().find_map(|value| self.unseen_object(seen, value));
            }
            _ => return None,
        };
        let Value::Invoke(invoke) = receiver else { return None };
        let chain = value_chain(&invoke.callee)?;
        let sdk = self.sdk(seen.sdk)?;
        let mut makes = sdk.makes.iter().enumerate().filter(|(_, make)| seen.request.on.contains(&make.kind));
        let (at, make) = makes.find(|(_, make)| make.path.iter().any(|path| ends_with(&chain, path, sdk)))?;
        let object = self.made(seen.sdk, at, make, None, &invoke.args, None);
        Some(self.named_in_table(&object, &invoke.args).unwrap_or(object))
    }

    /// Requests that are known by their path, which the names of a chain end as.
    pub(crate) fn unseen_requests<'a>(
        &'a self,
        chain: &'a [SmolStr],
    ) -> impl Iterator<Item = (usize, &'db Request)> + 'a
    where
        'db: 'a,
    {
        let ending = chain.last().into_iter().flat_map(|last| self.index.unseen(last));
        ending.filter(move |(sdk, request)| {
            self.sdk(*sdk).is_some_and(|sdk| request.path.iter().any(|path| ends_with(chain, path, sdk)))
        })
    }
}

/// Whether arguments may hold more than what is written in the call: `create(params)`, `create({ ...params, stream: true })`.
fn holds_more(args: &Args) -> bool {
    !args.spreads.is_empty()
        || args.positional.iter().any(|value| match value {
            Value::Mapping(mapping) => !mapping.spreads.is_empty(),
            other => is_open(other),
        })
}

/// The names of the attributes that a value went through, outermost last; what it begins with has no name.
pub(crate) fn value_chain(value: &Value) -> Option<Vec<SmolStr>> {
    let mut names = Vec::new();
    let mut current = value;
    loop {
        match current {
            Value::Member(member) if names.len() < 16 => {
                names.push(member.name.clone());
                current = &member.object;
            }
            // What a call gives is not what is called.
            Value::Invoke(_) if names.is_empty() => return None,
            Value::Invoke(invoke) => current = &invoke.callee,
            Value::Index(index) => current = &index.object,
            Value::OneOf(several) | Value::Fallback(several) => current = several.values.first()?,
            _ => break,
        }
    }
    names.push(SmolStr::default());
    names.reverse();
    (names.len() > 1).then_some(names)
}

/// Whether the names of a chain end with a path that has something before it.
fn ends_with(chain: &[SmolStr], path: &Path, sdk: &Sdk) -> bool {
    let steps = &path.0;
    // Cheap and decisive for nearly all pairs.
    if chain.last().map(SmolStr::as_str) != steps.last().map(|step| step.name.as_str())
        && !steps.last().is_some_and(|step| step.name.contains('*'))
    {
        return false;
    }
    let is_transparent = |name: &&SmolStr| sdk.transparent.iter().any(|step| step.name == **name);
    let seen: Vec<&SmolStr> = chain.iter().filter(|name| !is_transparent(name)).collect();
    let same = |have: &SmolStr, want: &Step| *have == want.name || (want.name.contains('*') && glob(&want.name, have));
    // A step with a pattern names what the request is made on.
    let names_receiver = steps.first().is_some_and(|step| step.name.contains('*'));
    seen.len() + usize::from(names_receiver) > steps.len()
        && seen.iter().rev().zip(steps.iter().rev()).all(|(have, want)| same(have, want))
}

/// Whether nothing says what a value is, so that its name may be evidence.
pub(crate) fn is_open(value: &Value) -> bool {
    match value {
        Value::Unknown(_)
        | Value::Param(_)
        | Value::Member(_)
        | Value::Index(_)
        | Value::Invoke(_)
        | Value::Symbol(_) => true,
        Value::OneOf(several) | Value::Fallback(several) => several.values.iter().all(is_open),
        _ => false,
    }
}
