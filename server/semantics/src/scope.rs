//! Names across scopes and files.

#![expect(clippy::needless_pass_by_value, reason = "salsa's signature: a query owns its key")]

use std::sync::Arc;

use lensai_syntax::hir::{ExportTarget, Import, Imported, ItemId, ItemKind};
use smol_str::SmolStr;

use crate::db::{Db, SourceFile, facts, head, item};
use crate::eval::Evaluator;
use crate::flow::Place;
use crate::shared::with_shared;
use crate::value::{ItemRef, Origin, Reason, Value};
use crate::work::{Budget, Work};
use crate::{class, ops, resolve, with_stack};

/// The value that a name has in an item, when everything in it has run; none when the item does not bind it.
#[salsa::tracked(returns(clone), cycle_result = binding_in_cycle)]
pub(crate) fn scope_binding(
    db: &dyn Db,
    file: SourceFile,
    item: ItemId,
    name: SmolStr,
    at: Option<Place>,
) -> Option<Value> {
    with_stack(|| Evaluator::new(db, ItemRef { file, item }).name_at(&name, at.unwrap_or(Place::END)))
}

#[expect(clippy::unnecessary_wraps, reason = "salsa's signature")]
fn binding_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: ItemId, _: SmolStr, _: Option<Place>) -> Option<Value> {
    Some(Value::Unknown(Reason::Cycle))
}

/// What a module exports under a name; none when it does not.
#[salsa::tracked(returns(clone), cycle_result = export_in_cycle)]
pub fn export(db: &dyn Db, file: SourceFile, name: SmolStr) -> Option<Value> {
    with_stack(|| {
        if file.language(db).is_python() { python_export(db, file, &name) } else { script_export(db, file, &name) }
    })
}

fn export_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: SmolStr) -> Option<Value> {
    None
}

fn python_export(db: &dyn Db, file: SourceFile, name: &SmolStr) -> Option<Value> {
    if let Some(value) = module_name(db, file, name) {
        return Some(value);
    }
    resolve::submodule(db, file, name).map(Value::Module)
}

fn script_export(db: &dyn Db, file: SourceFile, name: &SmolStr) -> Option<Value> {
    let body = item(db, file, ItemId::MODULE);
    let mut stars = Vec::new();
    for export in &body.exports {
        if export.name == *name {
            return Some(match &export.target {
                ExportTarget::Local(local) => module_name(db, file, local)?,
                ExportTarget::Value(value) => constant(Evaluator::new(db, module_of(file)).eval(*value)),
                ExportTarget::From(module, what) => imported_from(db, file, module, what),
            });
        }
        match (&export.target, export.name.as_str()) {
            (ExportTarget::From(module, _), "*") => stars.push(module.clone()),
            (ExportTarget::Value(value), "=") => {
                let all = constant(Evaluator::new(db, module_of(file)).eval(*value));
                if name == "default" {
                    return Some(all);
                }
                let member = ops::member(Work::new(db, &Budget::default()), &all, name);
                if !matches!(member, Value::Unknown(_) | Value::None) {
                    return Some(member);
                }
            }
            _ => {}
        }
    }
    stars.into_iter().find_map(|module| match resolve::module(db, file, module) {
        Value::Module(other) if other != file => export(db, other, name.clone()),
        _ => None,
    })
}

fn module_of(file: SourceFile) -> ItemRef {
    ItemRef { file, item: ItemId::MODULE }
}

/// A literal of a module is a constant for everyone else.
fn constant(value: Value) -> Value {
    value.seen_from(Origin::Constant)
}

/// A name at the top level of a module, also through star imports.
fn module_name(db: &dyn Db, file: SourceFile, name: &SmolStr) -> Option<Value> {
    module_name_with(db, file, name, true)
}

fn module_name_with(db: &dyn Db, file: SourceFile, name: &SmolStr, shared: bool) -> Option<Value> {
    if let Some(value) = scope_binding(db, file, ItemId::MODULE, name.clone(), None) {
        let value = constant(value);
        let value = if shared { with_shared(db, module_of(file), name, value) } else { value };
        return Some(with_assigned(db, module_of(file), name, value));
    }
    if name.starts_with('_') {
        return None;
    }
    star_imports(db, file).iter().find_map(|module| match resolve::module(db, file, module.clone()) {
        Value::Module(other) if other != file => export(db, other, name.clone()),
        // Of a package's star import nothing is known: a name that nothing else binds may come from it.
        _ => None,
    })
}

/// A name of a scope with what functions in it assign to it (`global client`): a client that is made when it is first needed.
/// That nothing was assigned yet is no value that anyone uses.
fn with_assigned(db: &dyn Db, scope: ItemRef, name: &SmolStr, own: Value) -> Value {
    if !assigned_names(db, scope.file).iter().any(|(owner, _, assigned)| *owner == scope.item && assigned == name) {
        return own;
    }
    match assigned(db, scope.file, scope.item, name.clone()) {
        Value::Unknown(_) => own,
        assigned if matches!(own, Value::None | Value::Unknown(Reason::Undefined)) => assigned,
        assigned => Value::one_of([own, assigned]),
    }
}

/// What functions in a scope assign to one of its names.
#[salsa::tracked(returns(clone), cycle_result = assigned_in_cycle)]
fn assigned(db: &dyn Db, file: SourceFile, scope: ItemId, name: SmolStr) -> Value {
    with_stack(|| {
        let functions = assigned_names(db, file);
        let functions = functions.iter().filter(|(owner, _, assigned)| *owner == scope && *assigned == name);
        Value::one_of(functions.flat_map(|(_, at, _)| {
            let mut evaluator = Evaluator::new(db, ItemRef { file, item: *at });
            let body = Arc::clone(evaluator.body());
            let bindings: Vec<_> = body.find_name(&name).into_iter().flat_map(|name| body.bindings_of(name)).collect();
            let values: Vec<Value> = bindings.into_iter().map(|binding| evaluator.bound(binding)).collect();
            values.into_iter().map(constant).filter(|value| *value != Value::None)
        }))
    })
}

fn assigned_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: ItemId, _: SmolStr) -> Value {
    Value::Unknown(Reason::Cycle)
}

/// The scopes of whose names functions in them assign some, with the functions and the names.
#[salsa::tracked(returns(clone))]
pub(crate) fn assigned_names(db: &dyn Db, file: SourceFile) -> Arc<[(ItemId, ItemId, SmolStr)]> {
    let facts = facts(db, file);
    let mut found = Vec::new();
    for (at, item) in (0..).map(ItemId).zip(&facts.items) {
        let body = &item.body;
        for name in body.outer_names.iter().filter(|name| body.bindings_of(**name).next().is_some()) {
            let name = body.name(*name);
            found.push((owner_of(db, file, at, name), at, SmolStr::new(name)));
        }
    }
    found.into()
}

/// The scope around an item that declares a name: in Python the module, which `global` means.
fn owner_of(db: &dyn Db, file: SourceFile, at: ItemId, name: &str) -> ItemId {
    let mut current = head(db, file, at).and_then(|head| head.parent);
    while let Some(id) = current.filter(|id| *id != ItemId::MODULE && !file.language(db).is_python()) {
        let body = item(db, file, id);
        let bound = body.find_name(name).filter(|name| !body.outer_names.contains(name));
        let is_bound = bound.is_some_and(|name| body.bindings_of(name).next().is_some());
        if is_bound || body.params.iter().any(|param| param.name == name) {
            return id;
        }
        current = head(db, file, id).and_then(|head| head.parent);
    }
    ItemId::MODULE
}

/// The modules of which a module imports all names. A query of its own: a function with a name that nothing binds rests on it,
/// and not on all that stands in the module.
#[salsa::tracked(returns(clone))]
pub(crate) fn star_imports(db: &dyn Db, file: SourceFile) -> Arc<[SmolStr]> {
    let body = item(db, file, ItemId::MODULE);
    let stars = body.imports.iter().filter(|import| import.what == Imported::All);
    stars.map(|import| import.module.clone()).collect()
}

/// What a name means in the scopes around an item. `shared`: with what functions put into what it holds; not while that is found
/// out. `prelude`: it stands in the item's decorators, defaults and the like, which see what is directly around the item.
pub(crate) fn outer_name(db: &dyn Db, at: ItemRef, name: &str, shared: bool, prelude: bool) -> Value {
    let text = SmolStr::new(name);
    let module_name = |text: &SmolStr| module_name_with(db, at.file, text, shared);
    let mut current = at.item;
    while let Some(this) = head(db, at.file, current) {
        let Some(parent) = this.parent else { break };
        let Some(around) = head(db, at.file, parent) else { break };
        // Names of a class are seen in its body and in the preludes of what is directly in it; in scripts through `this` alone.
        let in_class = prelude && current == at.item && at.file.language(db).is_python();
        let visible = around.kind != ItemKind::Class || in_class;
        if parent == ItemId::MODULE {
            if let Some(value) = module_name(&text) {
                return value;
            }
        } else if visible {
            let inner = matches!(this.kind, ItemKind::Lambda { .. });
            let place = inner.then_some(Place { time: this.parent_time, block: this.parent_block });
            let bound = scope_binding(db, at.file, parent, text.clone(), place);
            let around = ItemRef { file: at.file, item: parent };
            if let Some(value) = bound.or_else(|| param_of(db, around, name)) {
                let value = if shared { with_shared(db, around, &text, value) } else { value };
                let is_script = !at.file.language(db).is_python();
                return if is_script { with_assigned(db, around, &text, value) } else { value };
            }
        }
        current = parent;
    }
    if at.item == ItemId::MODULE
        && let Some(value) = module_name(&text)
    {
        return value;
    }
    Value::symbol("", &[name])
}

fn param_of(db: &dyn Db, function: ItemRef, name: &str) -> Option<Value> {
    let body = item(db, function.file, function.item);
    let (index, param) = body.params.iter().enumerate().find(|(_, param)| param.name == name)?;
    Some(Evaluator::new(db, function).param(u32::try_from(index).ok()?, param))
}

/// What an import gives.
pub(crate) fn imported(db: &dyn Db, file: SourceFile, import: &Import) -> Value {
    imported_from(db, file, &import.module, &import.what)
}

/// The module that a dynamic import names.
pub(crate) fn imported_module(db: &dyn Db, file: SourceFile, module: &str) -> Value {
    resolve::module(db, file, SmolStr::new(module))
}

fn imported_from(db: &dyn Db, file: SourceFile, module: &SmolStr, what: &Imported) -> Value {
    match what {
        Imported::Module => resolve::module(db, file, module.clone()),
        Imported::Root => {
            let root = module.split('.').next().unwrap_or(module);
            resolve::module(db, file, SmolStr::new(root))
        }
        Imported::All => Value::Unknown(Reason::Undefined),
        Imported::Name(name) => match resolve::module(db, file, module.clone()) {
            Value::Module(other) if other == file => Value::Unknown(Reason::Cycle),
            Value::Module(other) => export(db, other, name.clone()).unwrap_or(Value::Unknown(Reason::Undefined)),
            external => {
                // A folder without `__init__.py` is a package too: the name may be one of its modules.
                if file.language(db).is_python() {
                    let separator = if module.ends_with('.') { "" } else { "." };
                    let inner = SmolStr::new(format!("{module}{separator}{name}"));
                    if let Value::Module(other) = resolve::module(db, file, inner) {
                        return Value::Module(other);
                    }
                }
                ops::member(Work::new(db, &Budget::default()), &external, name)
            }
        },
    }
}

/// `this`, or a method's first parameter: an instance of the class around it.
pub(crate) fn this(db: &dyn Db, at: ItemRef) -> Value {
    match class::around(db, at) {
        Some((class, true)) => Value::Class(class),
        Some((class, false)) => Value::instance(class, None),
        None => Value::Unknown(Reason::Undefined),
    }
}

/// `super()`: what the bases of the class around it give.
pub(crate) fn super_of(db: &dyn Db, at: ItemRef) -> Value {
    let Some((class, _)) = class::around(db, at) else { return Value::Unknown(Reason::Undefined) };
    let bases = class::bases(db, class.file, class.item);
    Value::one_of(bases.iter().map(|base| match base {
        Value::Class(base) => Value::instance(*base, None),
        other => ops::declared(Work::new(db, &Budget::default()), class.file, other),
    }))
}

/// The dotted name of an item within its file (`Summarizer.run`); lambdas have the name of what is around them.
pub fn qualified_name(db: &dyn Db, file: SourceFile, item: ItemId) -> SmolStr {
    let mut names: Vec<SmolStr> = Vec::new();
    let mut current = Some(item);
    while let Some(this) = current.and_then(|id| head(db, file, id)) {
        if !this.name.is_empty() && !matches!(this.kind, ItemKind::Lambda { .. } | ItemKind::Module) {
            names.push(this.name.clone());
        }
        current = this.parent;
    }
    names.reverse();
    SmolStr::new(names.join("."))
}
