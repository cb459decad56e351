//! Where an attribute of an object of the project gets its value.

use lensai_syntax::hir::{Bound, Expr, Place as Target, Store};
use smol_str::SmolStr;

use super::{End, Goal, Kind, Tracer, What};
use crate::class::{self, is_constructor, is_self, methods_and_closures};
use crate::db::head;
use crate::function::has_decorator;
use crate::scope::qualified_name;
use crate::value::{ItemRef, Value};
use crate::{flow, function};

impl Tracer<'_> {
    /// `this`, or what is taken of it.
    pub(super) fn this(&mut self, goal: &Goal, at: ItemRef) {
        let Some((class, _)) = class::around(self.db, at) else { return self.missing(goal) };
        if let Some(key) = goal.key().cloned() {
            return self.then(vec![goal.next(Kind::Attribute(class, key)).taken()]);
        }
        let name = qualified_name(self.db, class.file, class.item);
        self.end(goal, End::Instance(name), None);
    }

    /// `super()`, or what is taken of it.
    pub(super) fn base(&mut self, goal: &Goal, at: ItemRef) {
        let Some((class, _)) = class::around(self.db, at) else { return self.missing(goal) };
        let Some(key) = goal.key().cloned() else { return self.missing(goal) };
        let bases = class::bases(self.db, class.file, class.item);
        let bases = bases.iter().filter_map(|base| match base {
            Value::Class(base) => Some(*base),
            _ => None,
        });
        let goals: Vec<Goal> = bases.map(|base| goal.next(Kind::Attribute(base, key.clone())).taken()).collect();
        if goals.is_empty() { self.missing(goal) } else { self.then(goals) }
    }

    pub(super) fn attribute(&mut self, goal: &Goal, class: ItemRef, name: &SmolStr) {
        // What an instance was made with, of a class whose fields are its parameters.
        if let Some(given) = self.given_field(goal, name) {
            return self.then(vec![given]);
        }
        for ancestor in class::ancestors(self.db, class) {
            if class::class_attribute(self.db, ancestor.file, ancestor.item, name.clone()).is_none() {
                continue;
            }
            let goals = self.own_attribute(goal, ancestor, name);
            if !goals.is_empty() {
                return self.then(goals);
            }
        }
        let heirs = class::heirs(self.db, class).into_iter();
        let heirs = heirs.filter(|heir| class::class_attribute(self.db, heir.file, heir.item, name.clone()).is_some());
        let heirs: Vec<Goal> = heirs.map(|heir| goal.next(Kind::Attribute(heir, name.clone()))).collect();
        if !heirs.is_empty() {
            return self.then(heirs);
        }
        let spot = Some(self.head_of(class));
        let end = match class::external_bases(self.db, class).first() {
            Some(Value::Symbol(base)) => End::Symbol(SmolStr::new(format!("{}.{name}", base.dotted()))),
            _ => End::Missing(name.clone()),
        };
        self.end(goal, end, spot);
    }

    /// The argument that an instance was made with for a field, when its class has no constructor.
    fn given_field(&mut self, goal: &Goal, name: &SmolStr) -> Option<Goal> {
        let frame = goal.frame.clone()?;
        let is_class =
            head(self.db, frame.function.file, frame.function.item)?.kind == lensai_syntax::hir::ItemKind::Class;
        if !is_class {
            return None;
        }
        let body = self.body(frame.site);
        let given = body.args(frame.args).iter().rev().find_map(|arg| match *arg {
            lensai_syntax::hir::Arg::Keyword(key, value) if body.name(key) == name => Some(value),
            _ => None,
        })?;
        let step = self.on(goal, What::Argument(name.clone()), Some(self.spot(frame.site, given)));
        Some(goal.next(Kind::Expr(frame.site, given)).within(frame.outer.clone()).after(step))
    }

    /// What a class itself says of an attribute.
    fn own_attribute(&mut self, goal: &Goal, class: ItemRef, name: &SmolStr) -> Vec<Goal> {
        let body = self.body(class);
        let field = body
            .find_name(name)
            .and_then(|id| body.bindings.iter().enumerate().rfind(|(_, binding)| binding.name == id));
        if let Some((_, binding)) = field
            && let Bound::Item(inner) = binding.value
        {
            return vec![self.method(goal, ItemRef { file: class.file, item: inner })];
        }
        let (mut goals, is_certain) = self.stored(goal, class, name);
        if let Some((index, binding)) = field {
            let value = match binding.value {
                Bound::Value(value) => self.eval(class, value),
                _ => Value::None,
            };
            let is_of_use = !matches!(value, Value::None | Value::Unknown(_));
            if goals.is_empty() || (!is_certain && is_of_use) {
                goals.push(goal.next(Kind::Binding(class, index)));
            }
        }
        goals
    }

    /// A method, or what a property gives.
    fn method(&self, goal: &Goal, method: ItemRef) -> Goal {
        let body = self.body(method);
        if has_decorator(&body, &["property", "cached_property", "computed_field", "computed"]) {
            return goal.next(Kind::Returns(method));
        }
        goal.next(Kind::Definition(method))
    }

    /// What methods store on the instance under a name, and whether the constructor does in any case.
    fn stored(&mut self, goal: &Goal, class: ItemRef, name: &SmolStr) -> (Vec<Goal>, bool) {
        let mut found: Vec<(Goal, bool)> = Vec::new();
        let mut put = Vec::new();
        let mut is_certain = false;
        for method in methods_and_closures(self.db, class) {
            let body = self.body(method);
            let is_first = is_constructor(self.db, method);
            if is_first && let Some(at) = body.params.iter().position(|param| param.is_attribute && param.name == *name)
            {
                is_certain = true;
                found.push((goal.next(Kind::Param(method, u32::try_from(at).unwrap_or(u32::MAX))), true));
            }
            let Some(id) = body.find_name(name) else { continue };
            for store in &body.stores {
                if store.place == Target::Attribute(id) && is_self(self.db, method, &body, body.expr(store.object)) {
                    is_certain |= is_first && flow::is_certain(&body, store.block);
                    let Some(value) = store.value else { continue };
                    let is_of_use = !matches!(self.eval(method, value), Value::None | Value::Unknown(_));
                    let step = Goal { after: None, ..goal.next(Kind::Expr(method, value)) };
                    found.push((step, is_of_use));
                    put.push((found.len() - 1, method, *store));
                }
            }
        }
        // Those of which nothing is known are of interest only when nothing is known of any.
        let has_use = found.iter().any(|(_, is_of_use)| *is_of_use);
        let mut goals = Vec::new();
        for (index, (found, is_of_use)) in found.into_iter().enumerate() {
            if has_use && !is_of_use {
                continue;
            }
            match put.iter().find(|(at, ..)| *at == index) {
                Some((_, method, store)) => {
                    let spot = Some(self.store_spot(*method, store));
                    let step = self.on(goal, What::Stored(name.clone()), spot);
                    goals.push(found.after(step));
                }
                None => goals.push(found),
            }
        }
        goals.extend(self.put_into_attribute(goal, class, name));
        (goals, is_certain)
    }

    /// `self.params["model"] = …`, `self.config.model = …`: what methods put into what the attribute holds.
    fn put_into_attribute(&mut self, goal: &Goal, class: ItemRef, name: &SmolStr) -> Vec<Goal> {
        let Some(key) = goal.key().cloned() else { return Vec::new() };
        let mut goals = Vec::new();
        for method in methods_and_closures(self.db, class) {
            let body = self.body(method);
            let Some(id) = body.find_name(name) else { continue };
            let is_it = |object: lensai_syntax::hir::ExprId| match body.expr(object) {
                Expr::Attribute { object, name } => name == id && is_self(self.db, method, &body, body.expr(object)),
                _ => false,
            };
            let stores: Vec<Store> = body.stores.iter().filter(|store| is_it(store.object)).copied().collect();
            let changes = body.changes.iter().filter_map(|call| match body.expr(*call) {
                Expr::Call { callee, args, .. } => match body.expr(callee) {
                    Expr::Attribute { object, name } if is_it(object) => Some((*call, name, args)),
                    _ => None,
                },
                _ => None,
            });
            let changes: Vec<_> = changes.collect();
            for store in stores {
                if let (Some(stored), Some(value)) = (self.key_of(method, &body, store.place), store.value)
                    && stored == key
                {
                    let step = self.on(goal, What::Put(key.clone()), Some(self.store_spot(method, &store)));
                    goals.push(goal.next(Kind::Expr(method, value)).taken().after(step));
                }
            }
            for (call, how, args) in changes {
                goals.extend(self.put(goal, method, &body, body.name(how), args, call));
            }
        }
        goals
    }

    /// What an item gives when it is asked for as a value: kept here so that a property and a method are told apart once.
    pub(super) fn is_method_of_class(&self, at: ItemRef) -> bool {
        let parent = head(self.db, at.file, at.item).and_then(|this| head(self.db, at.file, this.parent?));
        parent.is_some_and(|parent| parent.kind == lensai_syntax::hir::ItemKind::Class)
            && !function::is_static(&self.body(at))
    }
}
