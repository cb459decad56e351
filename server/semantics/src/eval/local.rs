//! Names in a body: bindings that reach a place, and parameters.

use std::sync::Arc;

use lensai_syntax::hir::{
    Binding, Body, Bound, Equality, Expr, ExprId, ItemId, ItemKind, NameId, Param, ParamKind, Place as Target,
};

use super::Evaluator;
use super::changed::{changes_to, outer_of, stores_to};
use crate::db::{SourceFile, head};
use crate::flow::{self, Place};
use crate::function::is_static;
use crate::value::{Args, ItemRef, Origin, Reason, Value};
use crate::{forms, ops, scope};

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
        let name = body.name(name);
        let in_prelude = place.time.0 < body.prelude;
        scope::outer_name(self.db, self.at, name, self.fills.as_deref() != Some(name), in_prelude)
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
        let value = match known_text(self.at.file, body, name, place) {
            Some(text) => text,
            None => self.changed(body, name, place, Value::one_of(values)),
        };
        // In a script, calls and constants are in one body: by custom, constants are in capitals.
        let is_constant = self.at.item == ItemId::MODULE && is_in_capitals(body.name(name));
        Some(if is_constant { value.seen_from(Origin::Constant) } else { value })
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
                let element = match &self.turn {
                    Some((over, element)) if over == of => element.clone(),
                    _ => ops::element(&self.value(*of)),
                };
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
            Some(annotation) => ops::cast(self.work(), self.at.file, value, &self.value(annotation)),
            None => value,
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
        let default = param.default.map(|default| self.value(default)).or_else(|| {
            let is_declared = !self.body.decorators.is_empty() && self.at.file.language(self.db).is_python();
            if is_declared { forms::declared_beside(self.db, self.at, &self.body, &param.name) } else { None }
        });
        let default = default.map(|default| default.seen_from(Origin::ParameterDefault));
        let declared =
            param.annotation.map(|annotation| ops::declared(self.work(), self.at.file, &self.value(annotation)));
        let declared = declared.filter(|declared| !declared.is_unknown());
        Value::param(self.at, index, param.name.clone(), default, declared)
    }
}

/// The text that a test on the way to a place says a name is.
fn known_text(file: SourceFile, body: &Body, name: NameId, place: Place) -> Option<Value> {
    match body.expr(tested(body, name, place)?) {
        Expr::Text(text) => Some(Value::literal(body.shared_text(text), file)),
        _ => None,
    }
}

/// What a test on the way to a place says that a name equals.
pub(crate) fn tested(body: &Body, name: NameId, place: Place) -> Option<ExprId> {
    let holds = |equality: &&Equality| {
        equality.name == name
            && equality.value < place.time
            && flow::is_within(body, place.block, equality.block)
            // Unless it is bound anew since.
            && body.bindings_before(name, place.time).next_back().is_none_or(|last| last.time <= equality.value)
    };
    body.equalities.iter().rev().find(holds).map(|known| known.value)
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
        let places = [Some(store.place), outer_of(body, store.object)];
        out.extend(places.into_iter().flatten().filter_map(|place| match place {
            Target::Index(key) => Some(key),
            Target::Attribute(_) => None,
        }));
    }
    for change in changes_to(body, name, place) {
        out.extend(change.args.iter().map(|arg| arg.value()));
    }
}

/// Whether a name at a place belongs to the scope around the body. What the body certainly assigned to it just before is its
/// own (`global client; client = OpenAI()`).
pub(crate) fn is_outside(body: &Body, name: NameId, place: Place) -> bool {
    place.time.0 < body.prelude || (body.outer_names.contains(&name) && !flow::reaching(body, name, place).certain)
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
