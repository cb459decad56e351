//! What an expression can be.
//!
//! A value is a term: what is known is plain data; what comes from outside the project (a package's export, a call of
//! it, an attribute of that) stays symbolic, so that SDK descriptions can be applied to it without this crate
//! knowing any. Terms are bounded in weight and depth: what would be larger is [`Value::Unknown`].

mod args;
mod build;

use std::sync::Arc;

use lensai_syntax::hir::ItemId;
use smol_str::SmolStr;

use self::build::Size;
use crate::db::SourceFile;

pub use self::args::Args;
pub(crate) use self::build::MAX_ELEMENTS;

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
    Literal(Literal),
    /// A value that is not known as one text, by its name in the code.
    Hole(SmolStr, Value),
}

/// Literal text of a [`Text`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// The text, shared with the syntax of the file in which it stands.
    pub text: Arc<str>,
    /// That file, of a text put together the one that most of it stands in; none for what no file says.
    pub file: Option<SourceFile>,
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
    /// Entries in order; of equal keys the last counts. The empty key stands for keys that are not known.
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

impl Value {
    /// Whether it is certainly neither null nor empty.
    pub(crate) fn is_given(&self) -> bool {
        match self {
            Self::Text(text) => {
                text.parts.iter().any(|part| matches!(part, TextPart::Literal(literal) if !literal.text.is_empty()))
            }
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
                [TextPart::Literal(literal)] => Some(&literal.text),
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
            Self::OneOf(several) => Self::one_of(several.values.iter().map(|value| value.clone().seen_from(origin))),
            Self::Fallback(several) => {
                Self::fallback(several.values.iter().map(|value| value.clone().seen_from(origin)))
            }
            // What an object was made with stands where the object is made.
            Self::Invoke(invoke) => {
                let args = invoke.args.map(|value| value.clone().seen_from(origin));
                Self::symbolic_call(invoke.callee.clone().seen_from(origin), args)
            }
            Self::Member(member) => Self::symbolic_member(member.object.clone().seen_from(origin), member.name.clone()),
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
}

impl Function {
    /// Arguments of a call of it, behind those that are bound.
    pub(crate) fn with_bound(&self, args: &Args) -> Args {
        let mut all = self.bound.clone();
        all.positional.extend(args.positional.iter().cloned());
        all.keywords.extend(args.keywords.iter().cloned());
        all.spreads.extend(args.spreads.iter().cloned());
        all
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
        let exact = (0.0..=9_007_199_254_740_992.0).contains(&value) && value.fract() == 0.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, positive and below 2^53")]
        exact.then_some(value as u64)
    })
}
