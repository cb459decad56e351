//! What stands under a key: in a mapping as it is written, and what is put there later.

use lensai_syntax::hir::{Arg, Body, Entry, Expr, ExprId, NameId, Place as Target, Slice, Store};
use smol_str::SmolStr;

use super::{Access, End, Goal, Kind, Tracer, What};
use crate::eval::stores_to;
use crate::flow::{self, Place};
use crate::shared::{Put, fillers, puts};
use crate::value::ItemRef;

impl Tracer<'_> {
    pub(super) fn mapping(&mut self, goal: &Goal, at: ItemRef, body: &Body, entries: Slice) {
        let entries = body.entries(entries);
        let key = match goal.rest.first() {
            None => return self.end(goal, End::Collection, None),
            Some(Access::Key(key)) => Some(key.clone()),
            Some(_) => None,
        };
        let mut goals = Vec::new();
        let mut others = Vec::new();
        for entry in entries.iter().rev() {
            match *entry {
                Entry::Pair(written, value) => {
                    let written = self.eval(at, written);
                    match (&key, written.as_text()) {
                        (Some(key), Some(written)) if key != written => {}
                        (Some(key), Some(_)) => {
                            let step = self.on(goal, What::Key(key.clone()), Some(self.spot(at, value)));
                            goals.push(goal.next(Kind::Expr(at, value)).taken().after(step));
                            break;
                        }
                        _ => others.push(goal.next(Kind::Expr(at, value)).taken()),
                    }
                }
                Entry::Spread(value) => others.push(goal.next(Kind::Expr(at, value))),
            }
        }
        if goals.is_empty() {
            others.reverse();
            goals = others;
        }
        if goals.is_empty() {
            return self.missing(goal);
        }
        if goals.len() > 1 {
            let step = self.on(goal, What::Choice, None);
            goals = goals.into_iter().map(|goal| goal.after(step)).collect();
        }
        self.then(goals);
    }

    /// What is stored before a place into what a name holds, under the key that is taken; and whether that is certain.
    pub(super) fn stored_into(
        &mut self,
        goal: &Goal,
        at: ItemRef,
        body: &Body,
        name: NameId,
        place: Place,
    ) -> (Vec<Goal>, bool) {
        let Some(key) = goal.key().cloned() else { return (Vec::new(), false) };
        let since = flow::reaching(body, name, place).bindings.last().map(|binding| binding.time);
        let stores: Vec<Store> = stores_to(body, name, place)
            .filter(|store| since.is_none_or(|since| store.time >= since))
            .filter(|store| body.expr(store.object) == Expr::Name(name))
            .copied()
            .collect();
        let mut goals = Vec::new();
        for store in stores {
            let (Some(under), Some(value)) = (self.key_of(at, body, store.place), store.value) else { continue };
            if under == key {
                if flow::certainly_happened(body, store.block, place.block) {
                    goals.clear();
                    let step = self.on(goal, What::Put(key.clone()), Some(self.store_spot(at, &store)));
                    goals.push((goal.next(Kind::Expr(at, value)).taken().after(step), true));
                } else {
                    let step = self.on(goal, What::Put(key.clone()), Some(self.store_spot(at, &store)));
                    goals.push((goal.next(Kind::Expr(at, value)).taken().after(step), false));
                }
            }
        }
        let changes: Vec<ExprId> = body.changes.iter().copied().filter(|call| *call <= place.time).collect();
        for call in changes {
            goals.extend(self.changed(goal, at, body, name, call).into_iter().map(|goal| (goal, false)));
        }
        let is_certain = goals.iter().any(|(_, is_certain)| *is_certain);
        (goals.into_iter().map(|(goal, _)| goal).collect(), is_certain)
    }

    /// `params.update(model="gpt-4o")`, `params.setdefault("model", "gpt-4o")`
    fn changed(&mut self, goal: &Goal, at: ItemRef, body: &Body, name: NameId, call: ExprId) -> Vec<Goal> {
        let Expr::Call { callee, args, .. } = body.expr(call) else { return Vec::new() };
        let Expr::Attribute { object, name: method } = body.expr(callee) else { return Vec::new() };
        if body.expr(object) != Expr::Name(name) {
            return Vec::new();
        }
        self.put(goal, at, body, body.name(method), args, call)
    }

    /// What a method puts under the key that is taken.
    pub(super) fn put(
        &mut self,
        goal: &Goal,
        at: ItemRef,
        body: &Body,
        method: &str,
        args: Slice,
        call: ExprId,
    ) -> Vec<Goal> {
        let Some(key) = goal.key().cloned() else { return Vec::new() };
        let args = body.args(args);
        let spot = Some(self.spot(at, call));
        match (method, args) {
            ("set" | "setdefault" | "append", [Arg::Positional(under), Arg::Positional(value)]) => {
                if self.eval(at, *under).as_text() != Some(key.as_str()) {
                    return Vec::new();
                }
                let step = self.on(goal, What::Put(key), spot);
                vec![goal.next(Kind::Expr(at, *value)).taken().after(step)]
            }
            ("update", _) => {
                let mut goals = Vec::new();
                for arg in args {
                    match *arg {
                        Arg::Keyword(name, value) if body.name(name) == key => {
                            goals.push(goal.next(Kind::Expr(at, value)).taken());
                        }
                        Arg::Positional(value) | Arg::KeywordSpread(value) => {
                            let more = self.eval(at, value);
                            if matches!(&more, crate::Value::Mapping(more) if more.get(&key).is_some()) {
                                goals.push(goal.next(Kind::Expr(at, value)));
                            }
                        }
                        _ => {}
                    }
                }
                if goals.is_empty() {
                    return goals;
                }
                let step = self.on(goal, What::Put(key), spot);
                goals.into_iter().map(|goal| goal.after(step)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What functions put under the key that is taken into what a scope around them holds.
    pub(super) fn put_by_functions(&mut self, goal: &Goal, scope: ItemRef, name: &SmolStr) -> Vec<Goal> {
        let Some(key) = goal.key().cloned() else { return Vec::new() };
        let fillers = fillers(self.db, scope.file);
        let mut goals = Vec::new();
        for (_, item, _) in fillers.iter().filter(|(owner, _, filled)| *owner == scope.item && filled == name) {
            let at = ItemRef { file: scope.file, item: *item };
            let body = self.body(at);
            for (put, _) in puts(&body).filter(|(_, into)| body.name(*into) == name) {
                match put {
                    Put::Store(index) => {
                        let Some(store) = body.stores.get(index).copied() else { continue };
                        if let (Some(stored), Some(value)) = (self.key_of(at, &body, store.place), store.value)
                            && stored == key
                        {
                            let step = self.on(goal, What::Put(key.clone()), Some(self.store_spot(at, &store)));
                            goals.push(goal.next(Kind::Expr(at, value)).taken().within(None).after(step));
                        }
                    }
                    Put::Call(call) => {
                        let Expr::Call { callee, args, .. } = body.expr(call) else { continue };
                        let Expr::Attribute { name: method, .. } = body.expr(callee) else { continue };
                        let put = self.put(goal, at, &body, body.name(method), args, call);
                        goals.extend(put.into_iter().map(|goal| goal.within(None)));
                    }
                }
            }
        }
        goals
    }

    pub(super) fn key_of(&mut self, at: ItemRef, body: &Body, place: Target) -> Option<SmolStr> {
        match place {
            Target::Attribute(name) => Some(SmolStr::new(body.name(name))),
            Target::Index(key) => self.eval(at, key).as_text().map(SmolStr::new),
        }
    }

    /// From what is stored into to the value.
    pub(super) fn store_spot(&self, at: ItemRef, store: &Store) -> super::Spot {
        let body = self.body(at);
        let object = body.span(store.object);
        let end = store.value.map_or(object.end, |value| body.span(value).end);
        self.absolute(at, lensai_text::Span { start: object.start, end: end.max(object.end) })
    }
}
