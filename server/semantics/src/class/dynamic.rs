//! Attributes that no line names: what is filled into a mapping that an attribute holds, and what `setattr` with a name that is
//! computed, or `__getattr__`, gives.

use std::sync::Arc;

use lensai_syntax::hir::{Arg, Body, Expr, ExprId, Place as Target};
use smol_str::SmolStr;

use super::{ancestors, class_attribute, is_constructor, is_of_use, is_self, methods, methods_and_closures};
use crate::db::{Db, SourceFile, item};
use crate::eval::{Evaluator, grows};
use crate::fill::{Filling, mapping_of_entries};
use crate::function::Environment;
use crate::shared::is_map;
use crate::value::{Args, ItemRef, Reason, Value};
use crate::{flow, function, intrinsics, ops, with_stack};

/// The value of an attribute with what methods fill into it: `self.params["model"] = …`, `self.params.update(…)`.
pub(super) fn filled(db: &dyn Db, class: ItemRef, name: &str, value: Value) -> Value {
    if let Value::List(list) = &value
        && !list.open
        && is_grown(db, class, name)
    {
        return Value::list(list.items.clone(), true);
    }
    let is_map = is_map(&value);
    let empty = is_map.then(|| Value::mapping(Vec::new(), Vec::new()));
    let Some(mut filling) = Filling::of(empty.as_ref().unwrap_or(&value)) else { return value };
    let mut is_touched = false;
    for method in methods(db, class) {
        let body = item(db, class.file, method.item);
        let Some(id) = body.find_name(name) else { continue };
        let mut evaluator = Evaluator::new(db, method);
        let is_constructor = is_constructor(db, method);
        let is_it = |object: ExprId| match body.expr(object) {
            Expr::Attribute { object, name } => name == id && is_self(db, method, &body, body.expr(object)),
            _ => false,
        };
        for store in body.stores.iter().filter(|store| is_it(store.object)) {
            let key = match store.place {
                Target::Index(key) => evaluator.eval(key).as_text().map(SmolStr::new),
                // `this.params.model = …`
                Target::Attribute(name) if matches!(value, Value::Mapping(_)) => Some(SmolStr::new(body.name(name))),
                Target::Attribute(_) => continue,
            };
            let Some(new) = store.value else { continue };
            if let Target::Index(key) = store.place
                && let Some(entries) = mapping_of_entries(&body, key, new)
            {
                filling.perhaps_update(Args { positional: vec![evaluator.eval(entries)], ..Args::default() });
                is_touched = true;
                continue;
            }
            let is_certain = is_constructor && flow::is_certain(&body, store.block);
            filling.set(key, evaluator.eval(new), is_certain);
            is_touched = true;
        }
        for change in &body.changes {
            let Expr::Call { callee, args, .. } = body.expr(*change) else { continue };
            let Expr::Attribute { object, name: method } = body.expr(callee) else { continue };
            if !is_it(object) {
                continue;
            }
            match body.name(method) {
                "setdefault" => {
                    let args = evaluator.args(args);
                    filling.set_default(evaluator.work(), &args);
                }
                "set" if is_map => {
                    let args = evaluator.args(args);
                    let [key, new] = args.positional.as_slice() else { continue };
                    filling.set(key.as_text().map(SmolStr::new), new.clone(), false);
                }
                "update" if matches!(value, Value::Mapping(_)) => filling.perhaps_update(evaluator.args(args)),
                _ => continue,
            }
            is_touched = true;
        }
    }
    if is_touched { filling.finish() } else { value }
}

/// Whether a method puts something into the list that an attribute holds.
fn is_grown(db: &dyn Db, class: ItemRef, name: &str) -> bool {
    methods_and_closures(db, class).into_iter().any(|method| {
        let body = item(db, class.file, method.item);
        let Some(id) = body.find_name(name) else { return false };
        body.changes.iter().any(|change| {
            let Expr::Call { callee, .. } = body.expr(*change) else { return false };
            let Expr::Attribute { object, name: method_name } = body.expr(callee) else { return false };
            let Expr::Attribute { object, name } = body.expr(object) else { return false };
            name == id && grows(body.name(method_name)) && is_self(db, method, &body, body.expr(object))
        })
    })
}

/// An attribute of instances of a class that neither it nor its ancestors name.
#[salsa::tracked(returns(clone), cycle_result = attribute_in_cycle)]
pub(super) fn attribute(
    db: &dyn Db,
    file: SourceFile,
    class: lensai_syntax::hir::ItemId,
    name: SmolStr,
) -> Option<Value> {
    with_stack(|| {
        let class = ItemRef { file, item: class };
        if !file.language(db).is_python() || name.starts_with("__") {
            return None;
        }
        let mut found = Vec::new();
        for owner in ancestors(db, class) {
            for method in methods(db, owner) {
                found.extend(Setter { db, class, method, name: &name }.values());
            }
        }
        if found.iter().any(is_of_use) {
            return Some(Value::one_of(found));
        }
        if let Some(gathered) = gathered(db, class, &name) {
            return Some(gathered);
        }
        let asked = ancestors(db, class).into_iter().find_map(|owner| {
            let getter = class_attribute(db, owner.file, owner.item, SmolStr::new_static("__getattr__"))?;
            let Value::Function(getter) = getter else { return None };
            let args = Args { positional: vec![Value::text(&name)], ..Args::default() };
            let this = Value::instance(class, None);
            let result = function::returns(db, getter.item.file, getter.item.item);
            let environment = Environment::of_call(db, getter.item, &args, Some(&this));
            Some(environment.substitute(Evaluator::new(db, getter.item).work(), &result))
        });
        asked.filter(is_of_use)
    })
}

/// What methods give that a package's decorator gathers under the plural of its name: `self.agents`, of all that are decorated with
/// `@agent`.
fn gathered(db: &dyn Db, class: ItemRef, name: &str) -> Option<Value> {
    let singular = name.strip_suffix('s')?;
    let (this, args) = (Value::instance(class, None), Args::default());
    let mut found = Vec::new();
    for owner in ancestors(db, class) {
        for method in methods(db, owner) {
            let mut evaluator = Evaluator::new(db, method);
            let body = Arc::clone(evaluator.body());
            let gathers = |decorator: Value| match decorator {
                Value::Symbol(symbol) => {
                    !symbol.module.is_empty() && symbol.path.last().is_some_and(|last| last == singular)
                }
                _ => false,
            };
            if body.decorators.iter().any(|decorator| gathers(evaluator.eval(*decorator))) {
                let result = function::returns(db, method.file, method.item);
                let environment = Environment::of_call(db, method, &args, Some(&this));
                found.push(environment.substitute(evaluator.work(), &result));
            }
        }
    }
    (!found.is_empty()).then(|| Value::list(found, false))
}

fn attribute_in_cycle(
    _: &dyn Db,
    _: salsa::Id,
    _: SourceFile,
    _: lensai_syntax::hir::ItemId,
    _: SmolStr,
) -> Option<Value> {
    None
}

/// A method that may set an attribute of a name that is computed.
struct Setter<'s> {
    db: &'s dyn Db,
    /// The class of the instance.
    class: ItemRef,
    method: ItemRef,
    /// The attribute that is asked for.
    name: &'s str,
}

impl Setter<'_> {
    fn values(&self) -> Vec<Value> {
        let body = item(self.db, self.method.file, self.method.item);
        let changes = body.changes.iter().filter_map(|change| match body.expr(*change) {
            Expr::Call { callee, args, .. } => Some((callee, body.args(args))),
            _ => None,
        });
        let values = changes.filter_map(|(callee, args)| match (body.expr(callee), args) {
            (Expr::Name(_), [Arg::Positional(object), Arg::Positional(key), Arg::Positional(value)])
                if is_self(self.db, self.method, &body, body.expr(*object)) =>
            {
                self.of_setattr(&body, *key, *value)
            }
            (Expr::Attribute { object, name }, args) if body.name(name) == "update" => {
                self.of_dict(&body, object, args)
            }
            _ => None,
        });
        values.collect()
    }

    /// `setattr(self, key, value)`: the value when the key is the name that is asked for.
    fn of_setattr(&self, body: &Body, key: ExprId, value: ExprId) -> Option<Value> {
        // `for key, value in mapping.items(): setattr(self, key, value)`
        if let Some(of) = mapping_of_entries(body, key, value) {
            return self.entry(body, of);
        }
        // `setattr(self, key, options.get(key, value))`
        if let Expr::Call { args, .. } = body.expr(value)
            && let [Arg::Positional(asked), Arg::Positional(default)] = *body.args(args)
            && body.expr(asked) == body.expr(key)
            && let Some(of) = mapping_of_entries(body, key, default)
        {
            return self.entry(body, of);
        }
        // `for key in mapping: setattr(self, key, mapping[key])`
        if let Expr::Index { object, index } = body.expr(value)
            && body.expr(index) == body.expr(key)
        {
            return self.entry(body, object);
        }
        // `setattr(self, package, importlib.import_module(package))`: a module has the name of the attribute.
        let value = Evaluator::new(self.db, self.method).eval(value);
        intrinsics::is_import(&value).then(|| crate::resolve::module(self.db, self.class.file, SmolStr::new(self.name)))
    }

    /// `self.__dict__.update(mapping)`
    fn of_dict(&self, body: &Body, object: ExprId, args: &[Arg]) -> Option<Value> {
        let Expr::Attribute { object, name } = body.expr(object) else { return None };
        if body.name(name) != "__dict__" || !is_self(self.db, self.method, body, body.expr(object)) {
            return None;
        }
        args.iter().find_map(|arg| match *arg {
            Arg::Keyword(name, value) => {
                (body.name(name) == self.name).then(|| Evaluator::new(self.db, self.method).eval(value))
            }
            Arg::Positional(mapping) | Arg::KeywordSpread(mapping) => self.entry(body, mapping),
            Arg::Spread(_) => None,
        })
    }

    /// The entry of a mapping under the name that is asked for; an attribute of the instance is that of its class.
    fn entry(&self, body: &Body, mapping: ExprId) -> Option<Value> {
        let mut evaluator = Evaluator::new(self.db, self.method);
        let mapping = match body.expr(mapping) {
            Expr::Attribute { object, name } if is_self(self.db, self.method, body, body.expr(object)) => {
                let of =
                    |class: &ItemRef| class_attribute(self.db, class.file, class.item, SmolStr::new(body.name(name)));
                ancestors(self.db, self.class).iter().find_map(of)?
            }
            _ => evaluator.eval(mapping),
        };
        let value = ops::index(evaluator.work(), &mapping, &Value::text(self.name));
        (!matches!(value, Value::Unknown(Reason::Undefined))).then_some(value)
    }
}
