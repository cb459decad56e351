//! What an expression can be.
//!
//! A value is a term: what is known is plain data; what comes from outside the project (a package's export, a call of
//! it, an attribute of that) stays symbolic, so that SDK descriptions can be applied to it without this crate
//! knowing any. Terms are bounded in weight and depth: what would be larger is [`Value::Unknown`].

use std::sync::Arc;

use lensai_syntax::hir::ItemId;
use smol_str::SmolStr;

use crate::db::SourceFile;

/// Terms heavier than this are unknown.
const MAX_WEIGHT: u32 = 4096;
/// Terms deeper than this are unknown: whoever walks a term may recurse.
const MAX_DEPTH: u16 = 96;
/// Lists and mappings keep this many elements; what follows is only known to be there.
pub(crate) const MAX_ELEMENTS: usize = 512;
/// Texts put together of parts that are longer than this, in bytes, are unknown: they could double at each step.
const MAX_TEXT: usize = 1 << 20;
/// A choice of more values than this is unknown.
const MAX_ALTERNATIVES: usize = 12;

/// What an expression can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Not known, and why.
    Unknown(Reason),
    /// `None`, `null`, `undefined`.
    None,
    /// A truth value.
    Bool(bool),
    /// A number, as it is written.
    Number(Arc<Number>),
    /// A text, of literal parts and named holes.
    Text(Arc<Text>),
    /// A list, tuple, set or array.
    List(Arc<List>),
    /// A dict or object literal.
    Mapping(Arc<Mapping>),
    /// Something a package exports.
    Symbol(Arc<Symbol>),
    /// A module of the project.
    Module(SourceFile),
    /// A class of the project.
    Class(ItemRef),
    /// A function of the project, perhaps bound to a receiver or to first arguments.
    Function(Arc<Function>),
    /// An instance of a class of the project.
    Instance(Arc<Instance>),
    /// A parameter of a function of the project: known to whoever calls it.
    Param(Arc<Param>),
    /// A read of the environment.
    Environment(Arc<Environment>),
    /// An attribute of a value that is symbolic.
    Member(Arc<Member>),
    /// An element of a value that is symbolic; also a generic with its arguments.
    Index(Arc<Index>),
    /// A call of a value that is symbolic.
    Invoke(Arc<Invoke>),
    /// Values joined by `|`.
    Pipe(Arc<Several>),
    /// One of several, and nothing says which.
    OneOf(Arc<Several>),
    /// The first that is given (`a or b`, `a ?? b`).
    Fallback(Arc<Several>),
    /// Something that is declared to be of this type.
    Typed(Arc<Typed>),
}

/// Why a value is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// It is computed in a way that is not followed.
    Computed,
    /// It depends on itself.
    Cycle,
    /// The term would be too large.
    TooLarge,
    /// Nothing in the code gives it.
    Undefined,
}

/// An item of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ItemRef {
    /// The file.
    pub file: SourceFile,
    /// The item.
    pub item: ItemId,
}

/// Where a literal stands, seen from its use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// In the same function.
    Literal,
    /// In a constant of a module.
    Constant,
    /// In an attribute of a class or an instance.
    Attribute,
    /// In a parameter's default.
    ParameterDefault,
    /// In the default of a read of the environment.
    EnvironmentDefault,
    /// In the default of a setting (pydantic's `BaseSettings`).
    Configuration,
}

/// A number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// As it is written, without separators.
    pub text: SmolStr,
    /// Where it stands.
    pub origin: Origin,
}

/// A text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Parts in order; two literals never stand side by side.
    pub parts: Vec<TextPart>,
    /// Where its literal parts stand.
    pub origin: Origin,
    size: Size,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextPart {
    /// Literal text.
    Literal(Arc<str>),
    /// A value that is not known as one text, by its name in the code.
    Hole(SmolStr, Value),
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Elements that are known, in order.
    pub items: Vec<Value>,
    /// There may be more, or fewer.
    pub open: bool,
    size: Size,
}

/// A mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Entries in order; of equal keys the last counts.
    pub entries: Vec<(SmolStr, Value)>,
    /// What was spread into it and is no mapping that is known.
    pub spreads: Vec<Value>,
    /// Where it stands.
    pub origin: Origin,
    size: Size,
}

/// Something a package exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// The module as it is imported; empty for what the language gives everyone (`fetch`, `dict`).
    pub module: SmolStr,
    /// The path in it; empty for the module itself.
    pub path: Vec<SmolStr>,
}

/// A function of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// The function.
    pub item: ItemRef,
    /// The instance or class it is bound to.
    pub receiver: Option<Value>,
    /// First arguments that are bound (`functools.partial`).
    pub bound: Args,
    size: Size,
}

/// An instance of a class of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// The class.
    pub class: ItemRef,
    /// What it was made with; none when that is not known (`self` in a method).
    pub args: Option<Args>,
    size: Size,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// The function.
    pub function: ItemRef,
    /// Its index among the parameters.
    pub index: u32,
    /// Its name.
    pub name: SmolStr,
    /// Its default.
    pub default: Option<Value>,
    /// Its declared type.
    pub declared: Option<Value>,
    size: Size,
}

/// A read of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// The variable.
    pub name: SmolStr,
    /// What stands in when it is not set.
    pub default: Option<Value>,
    size: Size,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Of what.
    pub object: Value,
    /// Its name.
    pub name: SmolStr,
    size: Size,
}

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Of what.
    pub object: Value,
    /// Which.
    pub index: Value,
    size: Size,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoke {
    /// What is called.
    pub callee: Value,
    /// With what.
    pub args: Args,
    size: Size,
}

/// Several values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Several {
    /// Two or more.
    pub values: Vec<Value>,
    size: Size,
}

/// A value of a declared type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The type: a symbol.
    pub declared: Value,
    size: Size,
}

/// Arguments of a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Args {
    /// By position.
    pub positional: Vec<Value>,
    /// By name, in order; of equal names the last counts.
    pub keywords: Vec<(SmolStr, Value)>,
    /// What was spread into them and is no list or mapping that is known.
    pub spreads: Vec<Value>,
}

/// Weight and depth of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Size {
    weight: u32,
    depth: u16,
}

impl Size {
    fn of<'v>(children: impl IntoIterator<Item = &'v Value>) -> Self {
        let mut size = Self { weight: 1, depth: 1 };
        for child in children {
            let child = child.size();
            size.weight = size.weight.saturating_add(child.weight);
            size.depth = size.depth.max(child.depth.saturating_add(1));
        }
        size
    }

    fn fits(self) -> bool {
        self.weight <= MAX_WEIGHT && self.depth <= MAX_DEPTH
    }
}

/// Builds a term unless it is too large.
fn bounded(size: Size, build: impl FnOnce(Size) -> Value) -> Value {
    if size.fits() { build(size) } else { Value::Unknown(Reason::TooLarge) }
}

impl Value {
    /// A text without holes.
    pub fn text(text: &str) -> Self {
        Self::template(vec![TextPart::Literal(text.into())])
    }

    /// A text of parts.
    pub fn template(parts: Vec<TextPart>) -> Self {
        let length = |part: &TextPart| match part {
            TextPart::Literal(text) => text.len(),
            TextPart::Hole(..) => 1,
        };
        if parts.len() > 1 && parts.iter().map(length).sum::<usize>() > MAX_TEXT {
            return Self::Unknown(Reason::TooLarge);
        }
        let mut merged: Vec<TextPart> = Vec::with_capacity(parts.len());
        let mut run = String::new();
        for part in parts {
            match part {
                TextPart::Literal(text) => run.push_str(&text),
                TextPart::Hole(..) => {
                    if !run.is_empty() {
                        merged.push(TextPart::Literal(std::mem::take(&mut run).into()));
                    }
                    if merged.len() < MAX_ELEMENTS {
                        merged.push(part);
                    }
                }
            }
        }
        if !run.is_empty() || merged.is_empty() {
            merged.push(TextPart::Literal(run.into()));
        }
        let size = Size::of(merged.iter().filter_map(|part| match part {
            TextPart::Literal(_) => None,
            TextPart::Hole(_, value) => Some(value),
        }));
        bounded(size, |size| Self::Text(Arc::new(Text { parts: merged, origin: Origin::Literal, size })))
    }

    /// A number.
    pub fn number(text: &str) -> Self {
        Self::Number(Arc::new(Number { text: SmolStr::new(text), origin: Origin::Literal }))
    }

    /// A list.
    pub fn list(mut items: Vec<Self>, mut open: bool) -> Self {
        if items.len() > MAX_ELEMENTS {
            items.truncate(MAX_ELEMENTS);
            open = true;
        }
        bounded(Size::of(&items), |size| Self::List(Arc::new(List { items, open, size })))
    }

    /// A mapping.
    pub fn mapping(mut entries: Vec<(SmolStr, Self)>, spreads: Vec<Self>) -> Self {
        entries.truncate(MAX_ELEMENTS);
        let size = Size::of(entries.iter().map(|(_, value)| value).chain(&spreads));
        let origin = Origin::Literal;
        bounded(size, |size| Self::Mapping(Arc::new(Mapping { entries, spreads, origin, size })))
    }

    /// What a package exports.
    pub fn symbol(module: &str, path: &[&str]) -> Self {
        let path = path.iter().map(SmolStr::new).collect();
        Self::Symbol(Arc::new(Symbol { module: SmolStr::new(module), path }))
    }

    /// A function.
    pub fn function(item: ItemRef, receiver: Option<Self>, bound: Args) -> Self {
        let size = Size::of(receiver.iter().chain(bound.values()));
        bounded(size, |size| Self::Function(Arc::new(Function { item, receiver, bound, size })))
    }

    /// An instance.
    pub fn instance(class: ItemRef, args: Option<Args>) -> Self {
        let size = Size::of(args.iter().flat_map(Args::values));
        bounded(size, |size| Self::Instance(Arc::new(Instance { class, args, size })))
    }

    /// A parameter.
    pub fn param(
        function: ItemRef,
        index: u32,
        name: SmolStr,
        default: Option<Self>,
        declared: Option<Self>,
    ) -> Self {
        let size = Size::of(default.iter().chain(&declared));
        bounded(size, |size| Self::Param(Arc::new(Param { function, index, name, default, declared, size })))
    }

    /// A read of the environment.
    pub fn environment(name: SmolStr, default: Option<Self>) -> Self {
        let size = Size::of(&default);
        bounded(size, |size| Self::Environment(Arc::new(Environment { name, default, size })))
    }

    /// An attribute of a symbolic value.
    pub fn symbolic_member(object: Self, name: SmolStr) -> Self {
        let size = Size::of([&object]);
        bounded(size, |size| Self::Member(Arc::new(Member { object, name, size })))
    }

    /// An element of a symbolic value.
    pub fn symbolic_index(object: Self, index: Self) -> Self {
        let size = Size::of([&object, &index]);
        bounded(size, |size| Self::Index(Arc::new(Index { object, index, size })))
    }

    /// A call of a symbolic value.
    pub fn symbolic_call(callee: Self, args: Args) -> Self {
        let size = Size::of(std::iter::once(&callee).chain(args.values()));
        bounded(size, |size| Self::Invoke(Arc::new(Invoke { callee, args, size })))
    }

    /// Values joined by `|`.
    pub fn pipe(values: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(values.len());
        for value in values {
            match value {
                Self::Pipe(inner) => flat.extend(inner.values.iter().cloned()),
                other => flat.push(other),
            }
        }
        bounded(Size::of(&flat), |size| Self::Pipe(Arc::new(Several { values: flat, size })))
    }

    /// One of several. Equal values are one; a value that is not known yields to those that are, unless all are unknown.
    pub fn one_of(values: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        let mut unknown = None;
        let mut add = |value: Self, flat: &mut Vec<Self>| {
            if let Self::Unknown(reason) = value {
                unknown = unknown.or(Some(reason));
            } else if !flat.contains(&value) && flat.len() <= MAX_ALTERNATIVES {
                flat.push(value);
            }
        };
        for value in values {
            match value {
                Self::OneOf(inner) => inner.values.iter().for_each(|value| add(value.clone(), &mut flat)),
                other => add(other, &mut flat),
            }
        }
        if flat.len() > MAX_ALTERNATIVES {
            return Self::Unknown(Reason::TooLarge);
        }
        if flat.len() < 2 {
            return flat.pop().unwrap_or(Self::Unknown(unknown.unwrap_or(Reason::Undefined)));
        }
        bounded(Size::of(&flat), |size| Self::OneOf(Arc::new(Several { values: flat, size })))
    }

    /// The first that is given. What is certainly given ends the list; `None` is never given.
    pub fn fallback(values: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        let mut unknown = None;
        let mut queue: std::collections::VecDeque<Self> = values.into_iter().collect();
        while let Some(value) = queue.pop_front() {
            match value {
                Self::Fallback(inner) => inner.values.iter().rev().for_each(|value| queue.push_front(value.clone())),
                Self::None => {}
                Self::Unknown(reason) => unknown = unknown.or(Some(reason)),
                // `os.environ.get(k) or d` is a read with a default.
                Self::Environment(read) if read.default.is_none() && queue.len() == 1 => {
                    let default = queue.pop_front();
                    flat.push(Self::environment(read.name.clone(), default));
                }
                value => {
                    let certain = value.is_given();
                    if !flat.contains(&value) && flat.len() <= MAX_ALTERNATIVES {
                        flat.push(value);
                    }
                    if certain {
                        break;
                    }
                }
            }
        }
        if flat.len() < 2 {
            return match flat.pop() {
                Some(value) => value,
                None => unknown.map_or(Self::None, Self::Unknown),
            };
        }
        bounded(Size::of(&flat), |size| Self::Fallback(Arc::new(Several { values: flat, size })))
    }

    /// Something declared to be of a type.
    pub fn typed(declared: Self) -> Self {
        let size = Size::of([&declared]);
        bounded(size, |size| Self::Typed(Arc::new(Typed { declared, size })))
    }

    /// Whether it is certainly neither null nor empty.
    fn is_given(&self) -> bool {
        match self {
            Self::Text(text) => text.parts.iter().any(|part| matches!(part, TextPart::Literal(text) if !text.is_empty())),
            Self::Number(number) => number.text != "0",
            Self::Bool(value) => *value,
            Self::Mapping(_) | Self::Class(_) | Self::Function(_) | Self::Instance(_) | Self::Symbol(_) => true,
            _ => false,
        }
    }

    /// Whether nothing is known of it.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// The text, if it is one without holes.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => match text.parts.as_slice() {
                [TextPart::Literal(text)] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// The number, if it is a whole one that is not negative.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(number) => whole(&number.text),
            _ => None,
        }
    }

    /// Says where a literal stands, seen from a use across that border; what already crossed one keeps its origin.
    pub fn seen_from(self, origin: Origin) -> Self {
        match self {
            Self::Text(text) if text.origin == Origin::Literal => {
                let mut text = Arc::unwrap_or_clone(text);
                text.origin = origin;
                Self::Text(Arc::new(text))
            }
            Self::Number(number) if number.origin == Origin::Literal => {
                Self::Number(Arc::new(Number { text: number.text.clone(), origin }))
            }
            Self::Mapping(mapping) if mapping.origin == Origin::Literal => {
                let mut mapping = Arc::unwrap_or_clone(mapping);
                mapping.origin = origin;
                Self::Mapping(Arc::new(mapping))
            }
            Self::OneOf(several) => {
                Self::one_of(several.values.iter().map(|value| value.clone().seen_from(origin)))
            }
            Self::Fallback(several) => {
                Self::fallback(several.values.iter().map(|value| value.clone().seen_from(origin)))
            }
            // What an object was made with stands where the object is made.
            Self::Invoke(invoke) => {
                let args = invoke.args.map(|value| value.clone().seen_from(origin));
                Self::symbolic_call(invoke.callee.clone().seen_from(origin), args)
            }
            Self::Member(member) => {
                Self::symbolic_member(member.object.clone().seen_from(origin), member.name.clone())
            }
            Self::Pipe(several) => {
                Self::pipe(several.values.iter().map(|value| value.clone().seen_from(origin)).collect())
            }
            Self::Instance(instance) if instance.args.is_some() => {
                let args = instance.args.as_ref().map(|args| args.map(|value| value.clone().seen_from(origin)));
                Self::instance(instance.class, args)
            }
            other => other,
        }
    }

    fn size(&self) -> Size {
        match self {
            Self::Unknown(_) | Self::None | Self::Bool(_) | Self::Number(_) | Self::Module(_) | Self::Class(_) => {
                Size { weight: 1, depth: 1 }
            }
            Self::Symbol(symbol) => {
                let depth = u16::try_from(symbol.path.len()).unwrap_or(u16::MAX).saturating_add(1);
                Size { weight: u32::from(depth), depth }
            }
            Self::Text(text) => text.size,
            Self::List(list) => list.size,
            Self::Mapping(mapping) => mapping.size,
            Self::Function(function) => function.size,
            Self::Instance(instance) => instance.size,
            Self::Param(param) => param.size,
            Self::Environment(read) => read.size,
            Self::Member(member) => member.size,
            Self::Index(index) => index.size,
            Self::Invoke(invoke) => invoke.size,
            Self::Pipe(several) | Self::OneOf(several) | Self::Fallback(several) => several.size,
            Self::Typed(typed) => typed.size,
        }
    }
}

impl Args {
    /// All values in it.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.positional.iter().chain(self.keywords.iter().map(|(_, value)| value)).chain(&self.spreads)
    }

    /// The same arguments with other values.
    pub(crate) fn map(&self, change: impl Fn(&Value) -> Value) -> Self {
        Self {
            positional: self.positional.iter().map(&change).collect(),
            keywords: self.keywords.iter().map(|(name, value)| (name.clone(), change(value))).collect(),
            spreads: self.spreads.iter().map(&change).collect(),
        }
    }

    /// The argument of this name: a keyword, else the key of an options object.
    pub fn named(&self, name: &str) -> Option<&Value> {
        let keyword = self.keywords.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value);
        keyword.or_else(|| {
            self.positional.iter().find_map(|value| match value {
                Value::Mapping(mapping) => mapping.get(name),
                _ => None,
            })
        })
    }
}

impl Args {
    /// Adds what `*value` gives.
    pub(crate) fn spread(&mut self, value: Value) {
        match value {
            Value::List(list) if !list.open => self.positional.extend(list.items.iter().cloned()),
            other => self.spreads.push(other),
        }
    }

    /// Adds what `**value` gives.
    pub(crate) fn spread_keywords(&mut self, value: Value) {
        match value {
            Value::Mapping(mapping) => {
                self.keywords.extend(mapping.entries.iter().map(|(key, value)| (key.clone(), value.clone().seen_from(mapping.origin))));
                self.spreads.extend(mapping.spreads.iter().cloned());
            }
            other => self.spreads.push(other),
        }
    }
}

impl Mapping {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

impl Symbol {
    /// The symbol below this one.
    pub fn child(&self, name: &str) -> Value {
        let mut path = self.path.clone();
        path.push(SmolStr::new(name));
        Value::Symbol(Arc::new(Self { module: self.module.clone(), path }))
    }

    /// Module and path as one dotted name (`os.environ.get`).
    pub fn dotted(&self) -> String {
        let mut name = self.module.to_string();
        for part in &self.path {
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(part);
        }
        name
    }
}

/// A whole number in the spellings of both languages.
fn whole(text: &str) -> Option<u64> {
    let text = text.trim_end_matches('n');
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u64::from_str_radix(hex, 16).ok();
    }
    text.parse().ok().or_else(|| {
        // `1e3`, `4096.0`
        let value: f64 = text.parse().ok()?;
        let exact = value >= 0.0 && value <= 9_007_199_254_740_992.0 && value.fract() == 0.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, positive and below 2^53")]
        exact.then_some(value as u64)
    })
}
