//! Which calls of a file may be requests, once it is known where objects may be in it.

use lensai_syntax::hir::{Arg, Body, Bound, Expr, ExprId, Imported, ItemId, NameId, Place, Slice};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::{Flow, MAX_STEPS, bound_to, is_self};
use crate::address::RequestNames;
use crate::db::Chance;
use crate::find::{calls_objects, chain, is_of_collections, is_of_list, method_name};

/// Expressions and names of items that were looked at.
#[derive(Default)]
pub(super) struct Seen {
    exprs: FxHashSet<(usize, ExprId)>,
    names: FxHashSet<(usize, NameId)>,
}

impl Flow<'_, '_> {
    pub(super) fn candidates(mut self) -> FxHashMap<ItemId, FxHashMap<ExprId, Chance>> {
        let mut found: FxHashMap<ItemId, FxHashMap<ExprId, Chance>> = FxHashMap::default();
        let mut open = Vec::new();
        let names = RequestNames::of(self.db, self.file);
        let calls_objects = self.takes_callables || calls_objects(self.db, self.file);
        let aliases = self.aliases(names);
        for (at, body) in self.bodies.iter().enumerate() {
            for expr in &body.exprs {
                let Expr::Call { callee, args, is_new: false } = *expr else { continue };
                let is_of_list = is_of_list(self.matcher, body, callee, args);
                let by_name = |callee: ExprId, args: Option<Slice>| match body.expr(callee) {
                    _ if is_of_list && args.is_some() => Some(false),
                    Expr::Attribute { object, name } if self.is_on_no_part(body, object, body.name(name), &aliases) => {
                        Some(false)
                    }
                    Expr::Attribute { name, .. } if names.is_of_object(body.name(name)) => {
                        let is_unseen = self.may_be_unseen(body, callee, args, &aliases);
                        if is_unseen { Some(true) } else { self.is_in_module(body, callee) }
                    }
                    Expr::Name(name) if aliases.contains(body.name(name)) => Some(true),
                    Expr::Name(name) if names.is_of_object(body.name(name)) => None,
                    _ => Some(false),
                };
                // Whoever sends it: the address says more, and stands elsewhere.
                let by_address = |callee: ExprId| match body.expr(callee) {
                    Expr::Attribute { name, .. } | Expr::Name(name) => names.is_of_address(body.name(name)),
                    _ => false,
                };
                // A method may be handed on to be called.
                let handed = body.args(args).iter().map(|arg| (arg.value(), by_name(arg.value(), None)));
                let called = match by_name(callee, Some(args)) {
                    Some(false) if calls_objects && !is_collection_method(body, callee) => None,
                    known => known,
                };
                for (callee, may_be) in std::iter::once((callee, called)).chain(handed) {
                    if may_be == Some(true) {
                        found.entry(item_id(at)).or_default().insert(callee, Chance::Any);
                    } else if by_address(callee) {
                        found.entry(item_id(at)).or_default().entry(callee).or_insert(Chance::ByAddress);
                    }
                    if may_be.is_none() {
                        open.push((at, callee));
                    }
                }
            }
        }
        if open.is_empty() {
            return found;
        }
        // From here on parts of the file give objects to each other in every way.
        self.settle(Self::may_be_object);
        open.retain(|(at, callee)| self.may_be_object(*at, *callee));
        for (at, callee) in open {
            found.entry(item_id(at)).or_default().insert(callee, Chance::Any);
        }
        found
    }

    /// Whether requests of this name are made only on parts of objects, and this is none of them: a list has an `append` too. What
    /// is given to a function, or made by one, may be one under any name.
    fn is_on_no_part(&self, body: &Body, object: ExprId, name: &str, aliases: &FxHashSet<&str>) -> bool {
        let Some(parts) = self.matcher.index.parts_with(name) else { return false };
        let (Expr::Name(id) | Expr::Attribute { name: id, .. }) = body.expr(object) else { return false };
        let part = body.name(id);
        let is_given = body.params.iter().any(|param| param.name == part);
        !is_given && !parts.contains(part) && !aliases.contains(part)
    }

    /// Whether what stands before the name of a request may say enough, with the arguments: `….chat.completions.create(messages=…)`.
    fn may_be_unseen(&self, body: &Body, callee: ExprId, args: Option<Slice>, aliases: &FxHashSet<&str>) -> bool {
        let Some(chain) = chain(body, callee) else { return false };
        if chain.iter().any(|name| aliases.contains(name.as_str())) {
            return true;
        }
        let mut requests = self.matcher.unseen_requests(&chain);
        let Some(args) = args else { return requests.next().is_some() };
        let args = body.args(args);
        let is_open =
            !self.matcher.python || args.iter().any(|arg| matches!(arg, Arg::Spread(_) | Arg::KeywordSpread(_)));
        let given = |key: &SmolStr| match key.parse::<usize>() {
            Ok(at) => args.len() > at,
            Err(_) => args.iter().any(|arg| matches!(arg, Arg::Keyword(name, _) if body.name(*name) == key)),
        };
        requests.any(|(_, request)| is_open || request.unseen.iter().all(given))
    }

    /// Names, of variables and attributes, that stand for a part of a chain, or for a request under its name or another:
    /// `completions = client.chat.completions`, `from litellm import completion as complete`.
    fn aliases(&self, names: RequestNames<'_>) -> FxHashSet<&str> {
        let index = self.matcher.index;
        let mut aliases = FxHashSet::default();
        for body in &self.bodies {
            let is_part = |value: ExprId| match body.expr(called(body, value)) {
                Expr::Attribute { name, .. } => index.is_step(body.name(name)),
                Expr::Name(name) => self.packages.contains_key(body.name(name)),
                _ => false,
            };
            let is_request = |value: ExprId| method_name(body, value).is_some_and(|name| names.contains(name));
            for binding in &body.bindings {
                let is_alias = match &binding.value {
                    Bound::Value(value) => is_part(*value) || is_request(*value),
                    Bound::Import(at) => match body.imports.get(*at as usize).map(|import| &import.what) {
                        Some(Imported::Name(name)) => *name != body.name(binding.name) && names.contains(name),
                        _ => false,
                    },
                    _ => false,
                };
                if is_alias {
                    aliases.insert(body.name(binding.name));
                }
            }
            for store in &body.stores {
                if let Place::Attribute(name) = store.place
                    && store.value.is_some_and(|value| is_part(value) || is_request(value))
                {
                    aliases.insert(body.name(name));
                }
            }
        }
        aliases
    }

    /// Whether a method is one of a module that gives objects; none when that is not how it begins.
    fn is_in_module(&self, body: &Body, callee: ExprId) -> Option<bool> {
        // A module may be an object itself.
        let is_object =
            || chain(body, callee).is_some_and(|chain| chain.first().is_some_and(|root| self.tainted.contains(root)));
        Some(self.in_module(body, callee)? || is_object())
    }

    /// Whether an object may be what an expression of an item gives. Unlike [`Self::flows`] this asks about what the file does
    /// with an object, so that all of a call's parts count, and what a parameter is given is not known.
    fn may_be_object(&self, at: usize, root: ExprId) -> bool {
        let mut seen = Seen::default();
        let may_be = self.reaches_object(at, root, &mut seen);
        // All that was seen leads to none, and does not until more is known.
        if !may_be {
            let mut clean = self.clean.borrow_mut();
            clean.exprs.extend(seen.exprs);
            clean.names.extend(seen.names);
        }
        may_be
    }

    fn reaches_object(&self, at: usize, root: ExprId, seen: &mut Seen) -> bool {
        let mut stack = vec![(at, root)];
        while let Some((at, expr)) = stack.pop() {
            if self.clean.borrow().exprs.contains(&(at, expr)) || !seen.exprs.insert((at, expr)) {
                continue;
            }
            let Some(body) = self.bodies.get(at) else { continue };
            if seen.exprs.len() > MAX_STEPS {
                return true;
            }
            stack.extend(body.cast_of(expr).map(|declared| (at, declared)));
            match body.expr(expr) {
                Expr::This => {
                    if self.is_of_tainted_class(at) {
                        return true;
                    }
                }
                Expr::Name(_) if is_self(body, expr) => {
                    if self.is_of_tainted_class(at) {
                        return true;
                    }
                }
                Expr::Name(name) => {
                    let is_known = self.clean.borrow().names.contains(&(at, name)) || !seen.names.insert((at, name));
                    if !is_known && self.may_name_object(at, body, name, &mut stack) {
                        return true;
                    }
                }
                Expr::Attribute { object, name } => {
                    let name = body.name(name);
                    if self.tainted.contains(name) || self.attributes.contains(name) {
                        return true;
                    }
                    stack.push((at, object));
                }
                Expr::ImportModule(_) => return true,
                Expr::Text(text) if self.names_modules && self.matcher.index.has_module(body.text(text)) => {
                    return true;
                }
                Expr::Function(id) => {
                    let inner = self.bodies.get(id.0 as usize);
                    if inner.is_some_and(|inner| inner.names.iter().any(|name| self.tainted.contains(name))) {
                        return true;
                    }
                }
                _ => body.children(expr, &mut |child| stack.push((at, child))),
            }
        }
        false
    }

    /// Whether a name may be of an object; else what it is bound to is put on the stack.
    fn may_name_object(&self, at: usize, body: &Body, name: NameId, stack: &mut Vec<(usize, ExprId)>) -> bool {
        let text = body.name(name);
        if self.tainted.contains(text) || self.packages.contains_key(text) || self.modules.contains_key(text) {
            return true;
        }
        let (mut at, mut body, mut name) = (at, body, Some(name));
        loop {
            if let Some(param) = body.params.iter().find(|param| param.name == text) {
                // What it is declared as says what it is; what is quoted there is not looked into.
                let Some(declared) = param.annotation else { return true };
                if says_nothing(body, declared) {
                    return true;
                }
                stack.push((at, declared));
                stack.extend(param.default.map(|default| (at, default)));
                return false;
            }
            let mut is_bound = false;
            for binding in name.into_iter().flat_map(|name| body.bindings_of(name)) {
                is_bound = true;
                if matches!(binding.value, Bound::Unknown) {
                    return true;
                }
                stack.extend(bound_to(binding).into_iter().chain(binding.annotation).map(|expr| (at, expr)));
            }
            let (false, Some(parent)) = (is_bound, self.parent(at)) else { return false };
            let Some(outer) = self.bodies.get(parent) else { return false };
            (at, body, name) = (parent, outer, outer.find_name(text));
        }
    }

    /// The item around another.
    fn parent(&self, at: usize) -> Option<usize> {
        Some(self.outline.get(at)?.parent?.0 as usize)
    }

    /// Whether the instance that a method works on may be an object.
    fn is_of_tainted_class(&self, at: usize) -> bool {
        self.class_around(at).is_none_or(|class| self.tainted.contains(&class))
    }
}

fn is_collection_method(body: &Body, callee: ExprId) -> bool {
    matches!(body.expr(callee), Expr::Attribute { name, .. } if is_of_collections(body.name(name)))
}

/// Whether a declared type says nothing of what it is: any at all, or one in quotes, which are not looked into.
fn says_nothing(body: &Body, declared: ExprId) -> bool {
    let mut stack = vec![declared];
    while let Some(expr) = stack.pop() {
        match body.expr(expr) {
            Expr::Text(_) => return true,
            Expr::Name(name) | Expr::Attribute { name, .. } if matches!(body.name(name), "Any" | "object") => {
                return true;
            }
            _ => body.children(expr, &mut |child| stack.push(child)),
        }
    }
    false
}

/// What is called or awaited to give a value; the value itself where nothing is.
fn called(body: &Body, value: ExprId) -> ExprId {
    let mut current = value;
    loop {
        match body.expr(current) {
            Expr::Call { callee: of, .. } | Expr::Await(of) => current = of,
            _ => return current,
        }
    }
}

fn item_id(at: usize) -> ItemId {
    ItemId(u32::try_from(at).unwrap_or(u32::MAX))
}
