//! Where objects are made, and which of their slots are given there.

use lensai_semantics::trail::{Leaf, What};
use lensai_semantics::{Value, item};
use lensai_syntax::hir::{Arg, Expr, ExprId};
use smol_str::SmolStr;

use super::shown::{path_text, symbol_pattern_text};
use super::slots::{MAX_DEPTH, Site, SlotTracer};
use super::{call_of, file_of};
use crate::index::Role;
use crate::object::Object;
use crate::sdk::Sdk;
use crate::symbol::{glob, symbol_of};

impl SlotTracer<'_, '_> {
    /// Says what is made at the end of a way, and goes on to what that is made on.
    pub(super) fn makers(&mut self, end: usize, depth: usize) {
        let Some(leaf) = self.leaf(end).filter(|_| depth < MAX_DEPTH) else { return };
        let value = self.tracer.eval(leaf.at, leaf.expr);
        let Some(object) = self.matcher.objects(&value).into_iter().next() else {
            return self.parts(end, &leaf, depth);
        };
        if let Some(said) = self.made_text(&object) {
            let spot = Some(self.tracer.spot(leaf.at, leaf.expr));
            self.tracer.note(Some(end), What::Note(SmolStr::new(said)), spot);
        }
        let body = item(self.db, leaf.at.file, leaf.at.item);
        let Some((callee, args)) = call_of(&body, leaf.expr) else { return self.parts(end, &leaf, depth) };
        let function = self.tracer.eval(leaf.at, callee);
        let next = match symbol_of(&function) {
            // What keeps the object the same shows it among its arguments.
            Some(symbol) if self.matcher.entries(Role::MakeCall, symbol).is_empty() => {
                let of_object = body.args(args).iter().map(|arg| arg.value());
                of_object.filter(|value| self.is_object(&leaf, *value)).collect()
            }
            Some(_) => Vec::new(),
            None => vec![callee],
        };
        for expr in next {
            for end in self.tracer.follow_beside(Some(end), &leaf, expr, Vec::new()) {
                self.makers(end, depth + 1);
            }
        }
    }

    /// The parts of what is put together of several.
    fn parts(&mut self, end: usize, leaf: &Leaf, depth: usize) {
        for part in self.operands(leaf) {
            for end in self.tracer.follow_beside(Some(end), leaf, part, Vec::new()) {
                self.makers(end, depth + 1);
            }
        }
    }

    /// The operands of a pipe that are objects of an SDK.
    fn operands(&mut self, leaf: &Leaf) -> Vec<ExprId> {
        let body = item(self.db, leaf.at.file, leaf.at.item);
        let operands: Vec<ExprId> = match body.expr(leaf.expr) {
            Expr::Join { operands, .. } => body.operands(operands).to_vec(),
            _ => Vec::new(),
        };
        let held: Vec<ExprId> = operands.iter().copied().filter(|operand| self.has_model(leaf, *operand)).collect();
        if held.is_empty() {
            operands.into_iter().filter(|operand| self.is_object(leaf, *operand)).collect()
        } else {
            held
        }
    }

    fn is_object(&mut self, leaf: &Leaf, expr: ExprId) -> bool {
        let value = self.tracer.eval(leaf.at, expr);
        !self.matcher.places(&value).is_empty()
    }

    fn has_model(&mut self, leaf: &Leaf, expr: ExprId) -> bool {
        let value = self.tracer.eval(leaf.at, expr);
        self.matcher.objects(&value).iter().any(|object| object.slots.contains_key("model"))
    }

    /// What makes an object, for people: its kind and the description that says so.
    fn made_text(&self, object: &Object) -> Option<String> {
        let sdk = self.matcher.sdk(object.sdk)?;
        let at = object.made_by()?;
        let make = sdk.makes.get(at)?;
        if make.kind != object.kind {
            // What is put together has the rest from the part that it holds.
            return Some(format!("a `{}` of {}, which holds what follows", object.kind, file_of(sdk)));
        }
        let patterns = make.call.iter().chain(&make.is).map(|pattern| symbol_pattern_text(sdk, pattern));
        let pattern = patterns.chain(make.path.iter().map(path_text)).next().unwrap_or_default();
        let more = make.call.len() + make.is.len() + make.path.len();
        let more = if more > 1 { ", …" } else { "" };
        Some(format!("a `{}` of {}: [[make]] {} (`{pattern}`{more})", object.kind, file_of(sdk), at + 1))
    }

    /// Where a slot of the object that is made at the end of a way gets its value: the ends of the ways from there; none when the
    /// object has no such slot.
    pub(super) fn slot_of_maker(&mut self, end: usize, slot: &SmolStr, depth: usize) -> Option<Vec<usize>> {
        let leaf = self.leaf(end).filter(|_| depth <= MAX_DEPTH)?;
        let body = item(self.db, leaf.at.file, leaf.at.item);
        let value = self.tracer.eval(leaf.at, leaf.expr);
        let after = match self.matcher.objects(&value).first().and_then(|object| self.made_text(object)) {
            Some(said) => {
                let place = self.tracer.spot(leaf.at, leaf.expr);
                Some(self.tracer.note(Some(end), What::Note(SmolStr::new(said)), Some(place)))
            }
            None => Some(end),
        };
        let Some((callee, args)) = call_of(&body, leaf.expr) else {
            return self.slot_of_other(after, &leaf, &value, slot, depth);
        };
        let site = Site { at: leaf.at, callee, args, leaf: Some(leaf.clone()) };
        let function = self.tracer.eval(leaf.at, callee);
        if let Some(symbol) = symbol_of(&function).cloned() {
            for (entry, _) in self.matcher.entries(Role::MakeCall, &symbol) {
                let sdk = self.matcher.sdk(entry.sdk)?;
                let sources = sdk.makes.get(entry.at).and_then(|make| make.slots.get(slot));
                if let Some(ends) = sources.and_then(|sources| self.of_maker(after, sources, &site, depth)) {
                    return Some(ends);
                }
            }
            for (entry, _) in self.matcher.entries(Role::Same, &symbol) {
                let same = self.matcher.sdk(entry.sdk)?.sames.get(entry.at)?;
                let own = same.slots.get(slot).and_then(|sources| self.of_maker(after, sources, &site, depth));
                if own.is_some() {
                    return own;
                }
            }
            // What keeps or composes objects has them among its arguments.
            let given = body.args(args).iter().map(|arg| arg.value());
            let objects: Vec<ExprId> = given.filter(|value| self.is_object(&leaf, *value)).collect();
            return self.slot_of_all(after, &leaf, &objects, slot, depth);
        }
        let name = match body.expr(callee) {
            Expr::Attribute { name, .. } => SmolStr::new(body.name(name)),
            _ => SmolStr::default(),
        };
        let sdks: Vec<usize> = self.matcher.objects(&value).iter().map(|object| object.sdk).collect();
        for sdk in sdks.into_iter().filter_map(|sdk| self.matcher.sdk(sdk)) {
            for sources in method_slots(sdk, &name, slot) {
                if let Some(ends) = self.of_maker(after, sources, &site, depth) {
                    return Some(ends);
                }
            }
        }
        // `prompt.pipe(llm)`
        let given = body.args(args).iter().filter_map(|arg| match *arg {
            Arg::Positional(value) => Some(value),
            _ => None,
        });
        let mut objects: Vec<ExprId> = given.filter(|value| self.has_model(&leaf, *value)).collect();
        objects.insert(0, callee);
        self.slot_of_all(after, &leaf, &objects, slot, depth)
    }

    /// Of a pipe, a module, a declared type.
    fn slot_of_other(
        &mut self,
        after: Option<usize>,
        leaf: &Leaf,
        value: &Value,
        slot: &SmolStr,
        depth: usize,
    ) -> Option<Vec<usize>> {
        let operands = self.operands(leaf);
        if !operands.is_empty() {
            return self.slot_of_all(after, leaf, &operands, slot, depth);
        }
        // What stands for itself may have what was set for everyone.
        let object = self.matcher.objects(value).into_iter().next()?;
        let make = self.matcher.sdk(object.sdk)?.makes.get(object.made_by()?)?;
        let ambient = make.slots.get(slot)?.iter().find_map(|source| match &source.start {
            crate::sdk::SlotStart::Ambient(name) => Some(name.clone()),
            _ => None,
        })?;
        Some(self.ambient(after, &ambient, depth))
    }

    fn slot_of_all(
        &mut self,
        after: Option<usize>,
        leaf: &Leaf,
        objects: &[ExprId],
        slot: &SmolStr,
        depth: usize,
    ) -> Option<Vec<usize>> {
        let mut found = None;
        for object in objects {
            for end in self.tracer.follow_beside(after, leaf, *object, Vec::new()) {
                if let Some(ends) = self.slot_of_maker(end, slot, depth + 1) {
                    found.get_or_insert_with(Vec::new).extend(ends);
                }
            }
        }
        found
    }
}

/// The sources of a slot of what a method makes, or adds to its object.
fn method_slots<'s>(sdk: &'s Sdk, method: &str, slot: &str) -> Vec<&'s Vec<crate::sdk::SlotSource>> {
    let is_it = |paths: &[crate::sdk::Path]| {
        paths.iter().any(|path| path.0.last().is_some_and(|step| step.called && glob(&step.name, method)))
    };
    let makes = sdk.makes.iter().filter(|make| is_it(&make.path)).filter_map(|make| make.slots.get(slot));
    let sames = sdk.sames.iter().filter(|same| is_it(&same.path)).filter_map(|same| same.slots.get(slot));
    makes.chain(sames).collect()
}
