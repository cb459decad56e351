//! Mappings that are filled step by step: `params["model"] = …`, `params.update(…)`, `kwargs.setdefault("max_tokens", …)`.

use lensai_syntax::hir::{Body, Bound, Expr, ExprId, ParamKind, Step};
use smol_str::SmolStr;

use crate::db::{Db, item};
use crate::value::{Args, Origin, Value};
use crate::work::Work;
use crate::{Reason, ops};

/// The key of entries whose key is not known.
pub(crate) const ANY_KEY: SmolStr = SmolStr::new_static("");

/// A mapping under construction.
pub(crate) struct Filling {
    entries: Vec<(SmolStr, Value)>,
    spreads: Vec<Value>,
    origin: Origin,
}

impl Filling {
    /// What fills a value, if that is a mapping, or may be one: what is not known is in it as it is.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Mapping(mapping) => Some(Self {
                entries: mapping.entries.clone(),
                spreads: mapping.spreads.clone(),
                origin: mapping.origin,
            }),
            Value::Param(param) if param.declared.as_ref().is_none_or(are_options) => {
                Some(Self { entries: Vec::new(), spreads: vec![value.clone()], origin: Origin::Literal })
            }
            Value::Unknown(_) => {
                Some(Self { entries: Vec::new(), spreads: vec![value.clone()], origin: Origin::Literal })
            }
            _ => None,
        }
    }

    /// `mapping[key] = value`, always or perhaps.
    pub(crate) fn set(&mut self, key: Option<SmolStr>, value: Value, is_certain: bool) {
        let Some(key) = key else { return self.entries.push((ANY_KEY, value)) };
        let known = if is_certain { None } else { self.entries.iter_mut().rev().find(|(known, _)| *known == key) };
        match known {
            Some((_, known)) => *known = Value::one_of([known.clone(), value]),
            None => self.entries.push((key, value)),
        }
    }

    /// `mapping[outer][key] = value`, when it is known what stands under the outer key.
    pub(crate) fn set_within(&mut self, outer: &str, key: Option<SmolStr>, value: Value, is_certain: bool) {
        let held = self.entries.iter_mut().rev().find(|(known, _)| known == outer);
        if let Some((_, held)) = held
            && let Some(mut inner) = Self::of(held)
        {
            inner.set(key, value, is_certain);
            *held = inner.finish();
        }
    }

    /// `mapping.update(…)` on some ways only.
    pub(crate) fn perhaps_update(&mut self, args: Args) {
        let mut more = Self { entries: Vec::new(), spreads: Vec::new(), origin: self.origin };
        more.update(args);
        more.entries.into_iter().for_each(|(key, value)| self.set(Some(key), value, false));
        self.spreads.extend(more.spreads);
    }

    /// `mapping.update(…)`
    pub(crate) fn update(&mut self, args: Args) {
        self.entries.extend(args.keywords);
        for value in args.positional {
            ops::spread_into(value, &mut self.entries, &mut self.spreads);
        }
        self.spreads.extend(args.spreads);
    }

    /// `mapping.setdefault(key, value)`
    pub(crate) fn set_default(&mut self, work: Work<'_>, args: &Args) {
        let [key, default] = args.positional.as_slice() else { return };
        let Some(key) = key.as_text() else { return };
        if self.entries.iter().any(|(known, _)| known == key) {
            return;
        }
        let given = self.spreads.iter().map(|spread| ops::member(work, spread, key)).collect::<Vec<_>>();
        let value = Value::fallback(given.into_iter().chain([default.clone()]));
        self.entries.push((SmolStr::new(key), value));
    }

    /// `mapping.setdefault(key, value)` for all entries of another.
    pub(crate) fn set_defaults(&mut self, work: Work<'_>, defaults: &Value) {
        let Value::Mapping(defaults) = defaults else { return };
        for (key, value) in &defaults.entries {
            let value = value.clone().seen_from(defaults.origin);
            self.set_default(work, &Args { positional: vec![Value::text(key), value], ..Args::default() });
        }
    }

    /// The mapping.
    pub(crate) fn finish(self) -> Value {
        Value::mapping(self.entries, self.spreads).seen_from(self.origin)
    }
}

/// Whether a declared type is one of options, by its name: what is stored into such an object is an entry of it.
fn are_options(declared: &Value) -> bool {
    let Value::Typed(typed) = declared else { return false };
    let Value::Symbol(symbol) = &typed.declared else { return false };
    let ends = ["Params", "Options", "Config", "Request", "Input", "Args", "NonStreaming", "Streaming"];
    symbol.path.last().is_some_and(|name| ends.iter().any(|end| name.ends_with(end)))
}

/// Whether a value is certainly a mapping: a literal, or what takes all keywords that are left (`**kwargs`).
pub(crate) fn is_mapping(db: &dyn Db, value: &Value) -> bool {
    match value {
        Value::Mapping(_) => true,
        Value::Param(param) => {
            let body = item(db, param.function.file, param.function.item);
            body.params.get(param.index as usize).is_some_and(|param| param.kind == ParamKind::KeywordRest)
        }
        Value::OneOf(several) | Value::Fallback(several) => several.values.iter().all(|value| is_mapping(db, value)),
        _ => false,
    }
}

/// The values of a mapping whose key is not known.
pub(crate) fn any_value(mapping: &crate::value::Mapping) -> Value {
    if !mapping.spreads.is_empty() {
        return Value::Unknown(Reason::Computed);
    }
    Value::one_of(mapping.entries.iter().map(|(_, value)| value.clone().seen_from(mapping.origin)))
}

/// The values under keys that are not known: what a key that is not among the known ones may give.
pub(crate) fn under_any_key(mapping: &crate::value::Mapping) -> impl Iterator<Item = Value> {
    let unnamed = mapping.entries.iter().filter(|(key, _)| *key == ANY_KEY);
    unnamed.map(|(_, value)| value.clone().seen_from(mapping.origin))
}

/// The mapping over whose entries a loop runs, when a key and a value are those of one entry: of
/// `for key, value in mapping.items(): …`.
pub(crate) fn mapping_of_entries(body: &Body, key: ExprId, value: ExprId) -> Option<ExprId> {
    match (entry_of(body, key)?, entry_of(body, value)?) {
        ((of, 0), (from, 1)) if of == from => Some(of),
        _ => None,
    }
}

/// Of a loop variable over the entries of a mapping (`for key, value in mapping.items()`): the mapping, and whether it is the
/// key (0) or the value (1).
fn entry_of(body: &Body, expr: ExprId) -> Option<(ExprId, u32)> {
    let Expr::Name(name) = body.expr(expr) else { return None };
    body.bindings_of(name).find_map(|binding| {
        let Bound::Element { of, path } = &binding.value else { return None };
        let [Step::Index(at)] = **path else { return None };
        let Expr::Call { callee, .. } = body.expr(*of) else { return None };
        match body.expr(callee) {
            Expr::Attribute { object, name } if body.name(name) == "items" => Some((object, at)),
            _ => None,
        }
    })
}
