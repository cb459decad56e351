//! Classes of the project: attributes, methods, bases.

#![expect(clippy::needless_pass_by_value, reason = "salsa's signature: a query owns its key")]

mod dynamic;
mod parts;

use std::sync::Arc;

use lensai_syntax::hir::{Binding, Body, Bound, Expr, ExprId, ItemId, ItemKind, NameId, Place as Target, Store};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

pub(crate) use self::parts::stored_in_part;
use crate::callers::{importers, is_mentioned, items_naming, items_with};
use crate::db::{Db, SourceFile, head, item, outline};
use crate::eval::Evaluator;
use crate::function::{has_decorator, is_static};
use crate::value::{Args, ItemRef, Origin, Reason, Value};
use crate::{flow, ops, with_stack};

/// More fields than this are not dumped.
const MAX_FIELDS: usize = 64;
/// Of more files than this nobody is asked what classes in them store: the first ones say what kind of thing it is.
const MAX_HEIRS: usize = 12;
/// More classes than this are not searched for an attribute.
const MAX_ANCESTORS: usize = 64;

/// What a class itself says of an attribute: its fields, what its methods store on the instance, its methods.
#[salsa::tracked(returns(clone), cycle_result = attribute_in_cycle)]
pub fn class_attribute(db: &dyn Db, file: SourceFile, class: ItemId, name: SmolStr) -> Option<Value> {
    with_stack(|| own_attribute(db, ItemRef { file, item: class }, &name))
}

#[expect(clippy::unnecessary_wraps, reason = "salsa's signature")]
fn attribute_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: ItemId, _: SmolStr) -> Option<Value> {
    Some(Value::Unknown(Reason::Cycle))
}

fn own_attribute(db: &dyn Db, class: ItemRef, name: &str) -> Option<Value> {
    let body = item(db, class.file, class.item);
    // Of a property that can be set the getter counts.
    let is_setter = |binding: &&Binding| matches!(binding.value, Bound::Item(inner) if has_decorator(&item(db, class.file, inner), &["setter", "deleter"]));
    let field = body.find_name(name).and_then(|id| body.bindings_of(id).rev().find(|binding| !is_setter(binding)));
    if let Some(binding) = field
        && let Bound::Item(inner) = binding.value
        && head(db, class.file, inner).is_some_and(|head| head.kind != ItemKind::Class)
    {
        return Some(Value::function(ItemRef { file: class.file, item: inner }, None, crate::Args::default()));
    }
    let declared = field.map(|binding| Evaluator::new(db, class).bound(binding));
    let Stored { mut values, certain } = stored(db, class, name, declared.clone());
    // A field that the constructor hands to a base of a package (pydantic).
    if let Some(binding) = field
        && binding.annotation.is_some()
        && let Some(value) = given_to_base(db, class, name).filter(is_of_use)
    {
        values.push(value);
    }
    // What is given from outside is at least what the class declares.
    if let Some(annotation) = field.and_then(|binding| binding.annotation)
        && values.iter().any(ops::is_given)
    {
        let mut evaluator = Evaluator::new(db, class);
        let annotation = evaluator.eval(annotation);
        for value in values.iter_mut().filter(|value| ops::is_given(value)) {
            *value = ops::cast(evaluator.work(), class.file, value.clone(), &annotation);
        }
    }
    // What the constructor stores in any case stands in for what the class declares.
    if let (Some(binding), Some(value)) = (field, declared) {
        let is_needed = !values.iter().any(is_of_use);
        if is_needed || (!certain && matches!(binding.value, Bound::Value(_)) && is_of_use(&value)) {
            values.push(value);
        }
    }
    if values.is_empty() {
        return None;
    }
    values.retain(|value| *value != Value::None);
    if values.is_empty() {
        return Some(Value::None);
    }
    Some(dynamic::filled(db, class, name, Value::one_of(values)))
}

/// What the constructor of a class hands to its base under the name of a field.
fn given_to_base(db: &dyn Db, class: ItemRef, name: &str) -> Option<Value> {
    let constructor = constructor(db, class)?;
    let args = base_arguments(db, constructor.file, constructor.item)?;
    args.keywords.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.clone())
}

fn is_of_use(value: &Value) -> bool {
    !matches!(value, Value::None | Value::Unknown(_))
}

/// What methods of a class store on the instance under a name.
struct Stored {
    /// The constructor's first.
    values: Vec<Value>,
    /// The constructor stores something in any case.
    certain: bool,
}

fn stored(db: &dyn Db, class: ItemRef, name: &str, declared: Option<Value>) -> Stored {
    let mut initial = declared.unwrap_or(Value::None);
    let mut values = Vec::new();
    let mut certain = false;
    let mut later = Vec::new();
    for method in methods_and_closures(db, class) {
        let body = item(db, class.file, method.item);
        let is_constructor = is_constructor(db, method);
        if is_constructor
            && let Some(index) = body.params.iter().position(|param| param.is_attribute && param.name == name)
        {
            certain = true;
            let param = &body.params[index];
            values.push(Evaluator::new(db, method).param(u32::try_from(index).unwrap_or(u32::MAX), param));
        }
        let Some(id) = body.find_name(name) else { continue };
        let stores: Vec<_> = body
            .stores
            .iter()
            .filter(|store| store.place == Target::Attribute(id) && is_self(db, method, &body, body.expr(store.object)))
            .copied()
            .collect();
        if stores.is_empty() {
            continue;
        }
        certain |= is_constructor && stores.iter().any(|store| flow::is_certain(&body, store.block));
        // What is made of what the attribute was: `this.params = {...this.params, stream: true}`.
        let is_own = |expr: &Expr| matches!(*expr, Expr::Attribute { object, name } if name == id && is_self(db, method, &body, body.expr(object)));
        if !is_constructor && body.exprs.iter().any(is_own) {
            later.push((method, id, stores));
        } else {
            store_all(db, method, id, &initial, stores, &mut values);
        }
    }
    let known = values.iter().filter(|value| is_of_use(value)).cloned().collect::<Vec<_>>();
    if !known.is_empty() {
        initial = Value::one_of(known);
    }
    for (method, id, stores) in later {
        store_all(db, method, id, &initial, stores, &mut values);
    }
    Stored { values, certain }
}

/// Where methods of a class itself store something on the instance under a name: the method and the value, the constructor first.
pub(crate) fn stores_on_instance(db: &dyn Db, class: ItemRef, name: &str) -> Vec<(ItemRef, ExprId)> {
    let mut found = Vec::new();
    for method in methods_and_closures(db, class) {
        let body = item(db, class.file, method.item);
        let Some(id) = body.find_name(name) else { continue };
        let stores = body.stores.iter().filter(|store| {
            store.place == Target::Attribute(id) && is_self(db, method, &body, body.expr(store.object))
        });
        found.extend(stores.filter_map(|store| Some((method, store.value?))));
    }
    found
}

/// Adds what a method stores on the instance under a name, of which this is known before it runs.
fn store_all(db: &dyn Db, method: ItemRef, name: NameId, initial: &Value, stores: Vec<Store>, values: &mut Vec<Value>) {
    let mut initial = initial.clone();
    let mut evaluator = Evaluator::new(db, method).with_initial(name, initial.clone());
    let last = stores.len().saturating_sub(1);
    for (at, store) in stores.into_iter().enumerate() {
        let value = store.value.map_or(Value::None, |value| evaluator.eval(value));
        // What comes after may be made of it: `self.model = make(self.model)`.
        if at < last && is_of_use(&value) {
            let is_certain = flow::is_certain(evaluator.body(), store.block);
            initial = if is_certain { value.clone() } else { Value::one_of([initial, value.clone()]) };
            evaluator = Evaluator::new(db, method).with_initial(name, initial.clone());
        }
        let declared = store.annotation.filter(|_| !is_of_use(&value)).map(|annotation| {
            let annotation = evaluator.eval(annotation);
            ops::declared(evaluator.work(), method.file, &annotation)
        });
        values.push(declared.filter(is_of_use).unwrap_or(value));
    }
}

/// The names of the fields that a class and its ancestors declare (`model: str = "…"`), as a dump of an instance has them.
pub(crate) fn fields(db: &dyn Db, class: ItemRef) -> Vec<SmolStr> {
    let mut names: Vec<SmolStr> = Vec::new();
    for class in ancestors(db, class).into_iter().rev() {
        let body = item(db, class.file, class.item);
        for binding in body.bindings.iter().filter(|binding| binding.annotation.is_some()) {
            let name = body.name(binding.name);
            if names.len() < MAX_FIELDS && !name.starts_with('_') && !names.iter().any(|known| known == name) {
                names.push(SmolStr::new(name));
            }
        }
    }
    names
}

/// The functions of a class, the constructor first.
fn methods(db: &dyn Db, class: ItemRef) -> Vec<ItemRef> {
    let outline = outline(db, class.file);
    let mut methods: Vec<ItemRef> = (0..)
        .map(ItemId)
        .zip(outline.iter())
        .filter(|(_, head)| head.parent == Some(class.item) && head.kind == ItemKind::Function)
        .map(|(id, _)| ItemRef { file: class.file, item: id })
        .collect();
    methods.sort_by_key(|method| !is_constructor(db, *method));
    methods
}

/// The same with the functions of scripts that stand in them: in arrow functions `this` is the same.
pub(crate) fn methods_and_closures(db: &dyn Db, class: ItemRef) -> Vec<ItemRef> {
    let mut found = methods(db, class);
    if class.file.language(db).is_python() {
        return found;
    }
    let mut inside: FxHashSet<ItemId> = found.iter().map(|method| method.item).collect();
    for (id, head) in (0..).map(ItemId).zip(outline(db, class.file).iter()) {
        // What stands in another comes after it.
        if head.kind != ItemKind::Class && head.parent.is_some_and(|parent| inside.contains(&parent)) {
            inside.insert(id);
            found.push(ItemRef { file: class.file, item: id });
        }
    }
    found
}

pub(crate) fn is_constructor(db: &dyn Db, method: ItemRef) -> bool {
    head(db, method.file, method.item).is_some_and(|head| {
        matches!(head.name.as_str(), "__init__" | "constructor" | "__post_init__" | "model_post_init")
    })
}

pub(crate) fn is_self(db: &dyn Db, method: ItemRef, body: &Body, object: Expr) -> bool {
    match object {
        Expr::This => true,
        Expr::Name(name) => {
            method.file.language(db).is_python()
                && !is_static(body)
                && body.params.first().is_some_and(|param| param.name == body.name(name))
        }
        _ => false,
    }
}

/// The constructor of a class itself.
pub(crate) fn constructor(db: &dyn Db, class: ItemRef) -> Option<ItemRef> {
    methods(db, class).into_iter().find(|method| {
        head(db, method.file, method.item).is_some_and(|head| matches!(head.name.as_str(), "__init__" | "constructor"))
    })
}

/// What a constructor gives the one of a base: the arguments of its first `super().__init__(…)`, `Base.__init__(self, …)` or
/// `super(…)`.
#[salsa::tracked(returns(clone), cycle_result = base_arguments_in_cycle)]
pub(crate) fn base_arguments(db: &dyn Db, file: SourceFile, constructor: ItemId) -> Option<Arc<Args>> {
    with_stack(|| {
        let mut evaluator = Evaluator::new(db, ItemRef { file, item: constructor });
        let body = Arc::clone(evaluator.body());
        let (args, is_unbound) = body.exprs.iter().find_map(|expr| match *expr {
            Expr::Call { callee, args, .. } => match body.expr(callee) {
                Expr::Super => Some((args, false)),
                Expr::Attribute { object, name } if body.name(name) == "__init__" => {
                    Some((args, body.expr(object) != Expr::Super))
                }
                _ => None,
            },
            _ => None,
        })?;
        let mut args = evaluator.args(args);
        if is_unbound && !args.positional.is_empty() {
            // The instance itself.
            args.positional.remove(0);
        }
        Some(Arc::new(args))
    })
}

fn base_arguments_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: ItemId) -> Option<Arc<Args>> {
    None
}

/// The bases of a class, as values.
#[salsa::tracked(returns(clone), cycle_result = bases_in_cycle)]
pub fn bases(db: &dyn Db, file: SourceFile, class: ItemId) -> Arc<[Value]> {
    with_stack(|| {
        let mut evaluator = Evaluator::new(db, ItemRef { file, item: class });
        let body = Arc::clone(evaluator.body());
        body.bases.iter().map(|base| ops::generic_base(&evaluator.eval(*base))).collect()
    })
}

fn bases_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: ItemId) -> Arc<[Value]> {
    Arc::from([])
}

/// A class with all its ancestors of the project, nearest first.
pub fn ancestors(db: &dyn Db, class: ItemRef) -> Vec<ItemRef> {
    let mut found = vec![class];
    let mut next = 0;
    while let Some(current) = found.get(next).copied() {
        for base in bases(db, current.file, current.item).iter() {
            if let Value::Class(base) = base
                && !found.contains(base)
                && found.len() < MAX_ANCESTORS
            {
                found.push(*base);
            }
        }
        next += 1;
    }
    found
}

/// The classes of the same file that are below a class, in order. Only those are looked at that name it, or one that is below it.
pub(crate) fn heirs(db: &dyn Db, class: ItemRef) -> Vec<ItemRef> {
    let (outline, mut found, mut open) = (outline(db, class.file), Vec::new(), vec![class]);
    while let Some(above) = open.pop() {
        let Some(name) = outline.get(above.item.0 as usize).map(|head| head.name.clone()) else { continue };
        for id in items_naming(db, class.file, name).iter() {
            let other = ItemRef { file: class.file, item: *id };
            let is_class = outline.get(id.0 as usize).is_some_and(|head| head.kind == ItemKind::Class);
            let is_new = is_class && other != class && !found.contains(&other) && found.len() < MAX_ANCESTORS;
            if is_new && !item(db, other.file, *id).bases.is_empty() && ancestors(db, other).contains(&class) {
                found.push(other);
                open.push(other);
            }
        }
    }
    found.sort_unstable_by_key(|heir| heir.item.0);
    found
}

/// The classes of other files that are below a class and may say something of an attribute, in order. Nobody is asked who does not
/// name both.
#[salsa::tracked(returns(clone), cycle_result = heirs_in_cycle)]
pub(crate) fn heirs_elsewhere(db: &dyn Db, file: SourceFile, class: ItemId, attribute: SmolStr) -> Arc<[ItemRef]> {
    let class = ItemRef { file, item: class };
    // A look at the text is cheaper than a parse: it is stored, or defined.
    let ways = [format!(".{attribute} ="), format!(".{attribute}: "), format!("def {attribute}(")];
    let says = |importer: &&SourceFile| ways.iter().any(|way| is_mentioned(db, **importer, way));
    let (mut found, mut open) = (Vec::new(), vec![class]);
    while let Some(above) = open.pop() {
        let Some(name) = head(db, above.file, above.item).map(|head| head.name.clone()) else { continue };
        for importer in importers(db, above.file).iter().filter(says).take(MAX_HEIRS) {
            for id in items_with(db, *importer, name.clone()).iter() {
                let other = ItemRef { file: *importer, item: *id };
                let is_class = head(db, other.file, *id).is_some_and(|head| head.kind == ItemKind::Class);
                if !is_class || found.len() >= MAX_ANCESTORS || found.contains(&other) || other == class {
                    continue;
                }
                if !item(db, other.file, *id).bases.is_empty() && ancestors(db, other).contains(&above) {
                    for heir in std::iter::once(other).chain(heirs(db, other)) {
                        if heir.file != file && !found.contains(&heir) {
                            found.push(heir);
                            open.push(heir);
                        }
                    }
                }
            }
        }
    }
    found.sort_by(|a, b| (a.file.path(db), a.item.0).cmp(&(b.file.path(db), b.item.0)));
    found.into()
}

fn heirs_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: ItemId, _: SmolStr) -> Arc<[ItemRef]> {
    Arc::from([])
}

/// The bases of a class that come from packages, nearest first.
pub fn external_bases(db: &dyn Db, class: ItemRef) -> Vec<Value> {
    let all = ancestors(db, class);
    let bases = all.into_iter().flat_map(|class| bases(db, class.file, class.item).to_vec());
    bases.filter(|base| !matches!(base, Value::Class(_) | Value::Unknown(_) | Value::None)).collect()
}

/// An attribute of a class or of its ancestors, with the class that has it.
pub fn attribute(db: &dyn Db, class: ItemRef, name: &str) -> Option<(Value, ItemRef)> {
    let ancestors = ancestors(db, class);
    let declared = ancestors.iter().find_map(|class| {
        let value = class_attribute(db, class.file, class.item, SmolStr::new(name))?;
        let origin = if is_settings(db, *class) { Origin::Configuration } else { Origin::Attribute };
        Some((value.seen_from(origin), *class))
    });
    declared.or_else(|| {
        let value = dynamic::attribute(db, class.file, class.item, SmolStr::new(name))?;
        Some((value.seen_from(Origin::Attribute), class))
    })
}

/// Whether a class holds settings: pydantic's `BaseSettings`, or by its name.
fn is_settings(db: &dyn Db, class: ItemRef) -> bool {
    let is_named = head(db, class.file, class.item).is_some_and(|this| {
        ["Settings", "Config", "Configuration", "Options"].iter().any(|end| this.name.ends_with(end))
    });
    is_named
        || external_bases(db, class).iter().any(|base| match base {
            Value::Symbol(symbol) => symbol.path.last().is_some_and(|name| name == "BaseSettings"),
            _ => false,
        })
}

/// The class around an item, and whether the item sees it as a class (class method) and not as an instance. The body of a class
/// is in it: `this` in a field's initial value is the instance.
pub(crate) fn around(db: &dyn Db, at: ItemRef) -> Option<(ItemRef, bool)> {
    if head(db, at.file, at.item)?.kind == ItemKind::Class {
        return Some((at, false));
    }
    let mut current = at.item;
    loop {
        let this = head(db, at.file, current)?;
        let parent = this.parent?;
        if head(db, at.file, parent)?.kind == ItemKind::Class {
            let body = item(db, at.file, current);
            let as_class =
                has_decorator(&body, &["classmethod"]) || (is_static(&body) && !at.file.language(db).is_python());
            return Some((ItemRef { file: at.file, item: parent }, as_class));
        }
        current = parent;
    }
}
