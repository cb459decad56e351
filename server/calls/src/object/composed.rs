//! Objects that are made of others: `prompt | llm | parser`.

use lensai_semantics::{Args, Value};
use smol_str::SmolStr;

use super::{Matcher, Object, PARTS, Place};
use crate::request::is_open;
use crate::sdk::Compose;

impl Matcher<'_> {
    pub(super) fn composed(&self, parts: &[Value], wanted: impl Fn(&Compose) -> bool) -> Vec<Place> {
        let sdks = self.index.sdks().iter().enumerate();
        let composes = sdks.flat_map(|(index, sdk)| sdk.composes.iter().map(move |compose| (index, compose)));
        let wanted = composes.filter(|(_, compose)| wanted(compose));
        wanted.flat_map(|(index, compose)| self.compose(index, compose, parts, None)).collect()
    }

    /// One object of several, if one of them is of a kind that it must hold, or stands where only such a one may; of a part that
    /// may be one of several objects one for each.
    pub(super) fn compose(&self, sdk: usize, compose: &Compose, parts: &[Value], unknown: Option<Value>) -> Vec<Place> {
        let is_held = |object: &Object| {
            object.sdk == sdk && (compose.holds.contains(&object.kind) || object.kind == compose.kind)
        };
        let held = |part: &Value| -> Vec<Object> { self.objects(part).into_iter().filter(is_held).collect() };
        let mut found = parts.iter().rev().map(held).find(|held| !held.is_empty()).unwrap_or_default();
        if found.is_empty() {
            let unseen = || unknown.map(|held| self.unseen_held(sdk, held));
            found.extend(self.unseen_part(sdk, compose, parts).or_else(unseen));
        }
        let places = found.into_iter().map(|mut object| {
            object.kind = compose.kind.clone();
            let rest = parts.iter().filter(|part| !self.objects(part).iter().any(is_held)).cloned();
            let known = match object.slots.get(PARTS) {
                Some(Value::List(inner)) => inner.items.clone(),
                _ => Vec::new(),
            };
            object.slots.insert(SmolStr::new_static(PARTS), Value::list(rest.chain(known).collect(), false));
            Place { object, path: Vec::new() }
        });
        places.collect()
    }

    /// What stands for a part of which nothing is known, when a part before it is evidence: `prompt | self.llm`.
    fn unseen_part(&self, sdk: usize, compose: &Compose, parts: &[Value]) -> Option<Object> {
        let is_evidence = |part: &Value| {
            self.objects(part).iter().any(|object| object.sdk == sdk && compose.unseen.contains(&object.kind))
        };
        let first = parts.iter().position(is_evidence)?;
        let open = parts.iter().skip(first + 1).find(|part| is_open(part) && self.places(part).is_empty())?;
        Some(self.unseen_held(sdk, open.clone()))
    }

    /// What stands for something that is held, and of which nothing is known.
    fn unseen_held(&self, sdk: usize, held: Value) -> Object {
        let name = self.sdk(sdk).map(|sdk| sdk.name.clone()).unwrap_or_default();
        let mut object = Object::of_function(sdk, &name);
        object.slots.insert(SmolStr::new_static("model"), held);
        object
    }
}

/// Parts of a composition: arguments, with lists and options opened.
pub(super) fn parts_of(args: &Args) -> Vec<Value> {
    let values = args.positional.iter().chain(args.keywords.iter().map(|(_, value)| value));
    let opened = values.flat_map(|value| match value {
        Value::List(list) => list.items.clone(),
        Value::Mapping(mapping) => mapping.entries.iter().map(|(_, value)| value.clone()).collect(),
        other => vec![other.clone()],
    });
    opened.collect()
}
