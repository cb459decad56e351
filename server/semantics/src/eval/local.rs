//! Names in a body: bindings that reach a place, parameters, and what was stored into a local value since.

use std::sync::Arc;

use lensai_syntax::hir::{
    Arg, Binding, Body, Bound, Expr, ExprId, ItemId, ItemKind, NameId, Param, ParamKind, Place as Target, Store,
};
use smol_str::SmolStr;

use super::Evaluator;
use crate::db::head;
use crate::flow::{self, Place};
use crate::function::is_static;
use crate::value::{Args, ItemRef, Mapping, Origin, Reason, Value};
use crate::{ops, scope};

impl Evaluator<'_> {
    /// The value of a name at a place, seen from inside the body.
    pub(crate) fn name_at(&mut self, name: &str, place: Place) -> Option<Value> {
        let body = Arc::clone(&self.body);
        let id = body.find_name(name)?;
        let mut needed = Vec::new();
        needs_of_name(&body, id, place, &mut needed);
        self.require(needed);
        self.local(&body, id, place)
    }

    /// The value of a binding.
    pub(crate) fn bound(&mut self, binding: &Binding) -> Value {
        let mut needed = Vec::new();
        needs_of_binding(binding, &mut needed);
        self.require(needed);
        self.value_of_binding(binding)
    }

    /// The value of a parameter's default, or of its declared type.
    pub(crate) fn param(&mut self, index: u32, param: &Param) -> Value {
        self.require(param.default.into_iter().chain(param.annotation));
        self.value_of_param(index, param)
    }

    /// What a name means at a place, in this body or around it.
    pub(super) fn name(&self, body: &Body, name: NameId, place: Place) -> Value {
        if !is_outside(body, name, place)
            && let Some(value) = self.local(body, name, place)
        {
            return value;
        }
        scope::outer_name(self.db, self.at, body.name(name))
    }

    /// The value of a name that this body binds.
    fn local(&self, body: &Body, name: NameId, place: Place) -> Option<Value> {
        let reaching = flow::reaching(body, name, place);
        let mut values: Vec<Value> = reaching.bindings.iter().map(|binding| self.value_of_binding(binding)).collect();
        if !reaching.certain {
            let text = body.name(name);
            let param = body.params.iter().enumerate().find(|(_, param)| param.name == text);
            if let Some((index, param)) = param {
                values.push(self.value_of_param(u32::try_from(index).unwrap_or(u32::MAX), param));
            }
        }
        if values.is_empty() {
            // Definitions and imports further down: functions are called after the module ran.
            let later =
                body.bindings_of(name).filter(|binding| matches!(binding.value, Bound::Item(_) | Bound::Import(_)));
            values.extend(later.map(|binding| self.value_of_binding(binding)));
        }
        if values.is_empty() {
            return None;
        }
        let value = self.changed(body, name, place, Value::one_of(values));
        // In a script, calls and constants are in one body: by custom, constants are in capitals.
        let is_constant = self.at.item == ItemId::MODULE && is_in_capitals(body.name(name));
        Some(if is_constant { value.seen_from(Origin::Constant) } else { value })
    }

    /// A local value with what was stored into it, or appended to it, since it was bound.
    fn changed(&self, body: &Body, name: NameId, place: Place, value: Value) -> Value {
        let since = flow::reaching(body, name, place).bindings.last().map_or(ExprId(0), |binding| binding.time);
        match &value {
            Value::Mapping(mapping) => {
                let changed = self.changed_mapping(body, name, place, since, Mapping::clone(mapping));
                changed.unwrap_or(value)
            }
            // `options.model ??= "gpt-4o"`: what was stored, before what the caller gave.
            Value::Param(param) if param.declared.as_ref().is_none_or(are_options) => {
                let Value::Mapping(given) = Value::mapping(Vec::new(), vec![value.clone()]) else { return value };
                let changed = self.changed_mapping(body, name, place, since, Mapping::clone(&given));
                changed.unwrap_or(value)
            }
            Value::List(list) => {
                let mut items = list.items.clone();
                let mut open = list.open;
                for (method, args) in changes_to(body, name, place) {
                    let args = self.bind(args);
                    match method {
                        "append" | "push" => items.extend(args.positional),
                        "extend" | "insert" | "unshift" => open = true,
                        _ => {}
                    }
                }
                if items.len() == list.items.len() && open == list.open { value } else { Value::list(items, open) }
            }
            _ => value,
        }
    }

    /// A mapping with what was stored into it; none when nothing was.
    fn changed_mapping(
        &self,
        body: &Body,
        name: NameId,
        place: Place,
        since: ExprId,
        mut mapping: Mapping,
    ) -> Option<Value> {
        let mut touched = false;
        for store in stores_to(body, name, place).filter(|store| store.time >= since) {
            let key = match store.place {
                Target::Attribute(name) => Some(SmolStr::new(body.name(name))),
                Target::Index(key) => self.value(key).as_text().map(SmolStr::new),
            };
            if let (Some(key), Some(new)) = (key, store.value) {
                touched = true;
                mapping.entries.push((key, self.value(new)));
            }
        }
        for (_, args) in changes_to(body, name, place).filter(|(method, _)| *method == "update") {
            touched = true;
            let args = self.bind(args);
            mapping.entries.extend(args.keywords);
            for value in args.positional {
                match value {
                    Value::Mapping(more) => mapping.entries.extend(more.entries.iter().cloned()),
                    other => mapping.spreads.push(other),
                }
            }
        }
        touched.then(|| Value::mapping(mapping.entries, mapping.spreads).seen_from(mapping.origin))
    }

    fn value_of_binding(&self, binding: &Binding) -> Value {
        let value = match &binding.value {
            Bound::Value(value) => self.value(*value),
            Bound::Part { of, path, default } => {
                let part = ops::project(self.work(), self.value(*of), path);
                match default {
                    Some(default) if matches!(part, Value::None | Value::Unknown(_)) => self.value(*default),
                    Some(default) => Value::fallback([part, self.value(*default)]),
                    None => part,
                }
            }
            Bound::Element { of, path } => {
                let element = ops::element(&self.value(*of));
                ops::project(self.work(), element, path)
            }
            Bound::Entered(value) => ops::entered(self.work(), &self.value(*value)),
            Bound::Item(id) => match head(self.db, self.at.file, *id).map(|head| head.kind) {
                Some(ItemKind::Class) => Value::Class(ItemRef { file: self.at.file, item: *id }),
                _ => Value::function(ItemRef { file: self.at.file, item: *id }, None, Args::default()),
            },
            Bound::Import(index) => match self.body.imports.get(*index as usize) {
                Some(import) => scope::imported(self.db, self.at.file, import),
                None => Value::Unknown(Reason::Undefined),
            },
            Bound::Unknown => Value::Unknown(Reason::Undefined),
        };
        match binding.annotation {
            Some(annotation) if matches!(value, Value::Unknown(_) | Value::None) => {
                let declared = ops::declared(self.work(), self.at.file, &self.value(annotation));
                if declared.is_unknown() { value } else { declared }
            }
            _ => value,
        }
    }

    fn value_of_param(&self, index: u32, param: &Param) -> Value {
        let is_method = self.head.as_ref().is_some_and(|this| {
            this.parent
                .and_then(|parent| head(self.db, self.at.file, parent))
                .is_some_and(|parent| parent.kind == ItemKind::Class)
        });
        if index == 0 && is_method && self.at.file.language(self.db).is_python() && !is_static(&self.body) {
            return scope::this(self.db, self.at);
        }
        if matches!(param.kind, ParamKind::Rest) {
            return Value::param(self.at, index, param.name.clone(), None, None);
        }
        let default = param.default.map(|default| self.value(default).seen_from(Origin::ParameterDefault));
        let declared =
            param.annotation.map(|annotation| ops::declared(self.work(), self.at.file, &self.value(annotation)));
        let declared = declared.filter(|declared| !declared.is_unknown());
        Value::param(self.at, index, param.name.clone(), default, declared)
    }
}

/// What must be evaluated before a name at a place.
pub(super) fn needs_of_name(body: &Body, name: NameId, place: Place, out: &mut Vec<ExprId>) {
    if is_outside(body, name, place) {
        return;
    }
    let reaching = flow::reaching(body, name, place);
    for binding in &reaching.bindings {
        needs_of_binding(binding, out);
    }
    if !reaching.certain
        && let Some(param) = body.params.iter().find(|param| param.name == body.name(name))
    {
        out.extend(param.default.into_iter().chain(param.annotation));
    }
    for store in stores_to(body, name, place) {
        out.extend(store.value);
        if let Target::Index(key) = store.place {
            out.push(key);
        }
    }
    for (_, args) in changes_to(body, name, place) {
        out.extend(args.iter().map(|arg| arg.value()));
    }
}

/// Whether a name at a place belongs to the scope around the body.
fn is_outside(body: &Body, name: NameId, place: Place) -> bool {
    place.time.0 < body.prelude || body.outer_names.contains(&name)
}

/// Whether a declared type is one of options, by its name: what is stored into such an object is an entry of it.
fn are_options(declared: &Value) -> bool {
    let Value::Typed(typed) = declared else { return false };
    let Value::Symbol(symbol) = &typed.declared else { return false };
    let ends = ["Params", "Options", "Config", "Request", "Input", "Args", "NonStreaming", "Streaming"];
    symbol.path.last().is_some_and(|name| ends.iter().any(|end| name.ends_with(end)))
}

fn is_in_capitals(name: &str) -> bool {
    name.chars().all(|c| c.is_uppercase() || c.is_ascii_digit() || c == '_')
}

/// What must be evaluated before a binding.
fn needs_of_binding(binding: &Binding, out: &mut Vec<ExprId>) {
    out.extend(binding.annotation);
    match &binding.value {
        Bound::Value(value) | Bound::Entered(value) => out.push(*value),
        Bound::Part { of, default, .. } => {
            out.push(*of);
            out.extend(*default);
        }
        Bound::Element { of, .. } => out.push(*of),
        Bound::Item(_) | Bound::Import(_) | Bound::Unknown => {}
    }
}

/// What is stored into a local value before a place.
fn stores_to(body: &Body, name: NameId, place: Place) -> impl Iterator<Item = &Store> {
    let end = body.stores.partition_point(|store| store.time <= place.time);
    body.stores.get(..end).unwrap_or(&[]).iter().filter(move |store| {
        body.expr(store.object) == Expr::Name(name) && flow::happened(body, store.block, place.block)
    })
}

/// Calls of methods that change a local value before a place: method and arguments.
fn changes_to(body: &Body, name: NameId, place: Place) -> impl Iterator<Item = (&str, &[Arg])> {
    let end = body.changes.partition_point(|call| *call <= place.time);
    body.changes.get(..end).unwrap_or(&[]).iter().filter_map(move |call| {
        let Expr::Call { callee, args, .. } = body.expr(*call) else { return None };
        let Expr::Attribute { object, name: method } = body.expr(callee) else { return None };
        let counts = body.expr(object) == Expr::Name(name) && flow::happened(body, body.block_of(*call), place.block);
        counts.then(|| (body.name(method), body.args(args)))
    })
}
