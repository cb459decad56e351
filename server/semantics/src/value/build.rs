//! Makes terms, and keeps each within its bounds: whoever makes one larger gets an unknown.

use std::collections::VecDeque;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::db::SourceFile;

use super::{
    Args, Environment, Function, Index, Instance, Invoke, ItemRef, List, Literal, Mapping, Member, Number, Origin,
    Param, Reason, Several, Symbol, Text, TextPart, Typed, Value,
};

/// Terms heavier than this are unknown.
const MAX_WEIGHT: u32 = 4096;
/// Terms deeper than this are unknown: whoever walks a term may recurse.
const MAX_DEPTH: u16 = 96;
/// Lists and mappings keep this many elements; what follows is only known to be there.
pub(crate) const MAX_ELEMENTS: usize = 512;
/// Texts put together of parts that are longer than this, in bytes, are unknown: they could double at each step.
const MAX_TEXT: usize = 1 << 20;
/// A choice of more values than this is unknown: factories have a branch for each provider.
const MAX_ALTERNATIVES: usize = 32;

/// Weight and depth of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Size {
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

/// Literals side by side are one, of the file that most of it stands in.
fn joined(run: &mut Vec<Literal>) -> Option<TextPart> {
    let literal = match run.as_slice() {
        [] | [_] => run.pop()?,
        _ => {
            let file = run.iter().max_by_key(|literal| (literal.file.is_some(), literal.text.len()))?.file;
            let text: String = run.drain(..).map(|literal| literal.text).fold(String::new(), |text, more| text + &more);
            Literal { text: text.into(), file }
        }
    };
    Some(TextPart::Literal(literal))
}

impl Literal {
    /// A piece of this text.
    pub(crate) fn piece(&self, text: &str) -> TextPart {
        TextPart::Literal(Self { text: text.into(), file: self.file })
    }
}

impl TextPart {
    /// Literal text that no file says: it is made of others.
    pub(crate) fn made(text: &str) -> Self {
        Self::Literal(Literal { text: text.into(), file: None })
    }

    /// Literal text of a file.
    pub(crate) fn literal(text: Arc<str>, file: SourceFile) -> Self {
        Self::Literal(Literal { text, file: Some(file) })
    }
}

impl Value {
    /// A text without holes that no file says.
    pub fn text(text: &str) -> Self {
        Self::template(vec![TextPart::made(text)])
    }

    /// A text without holes, as a file says it.
    pub fn literal(text: Arc<str>, file: SourceFile) -> Self {
        Self::template(vec![TextPart::literal(text, file)])
    }

    /// A text of parts.
    pub fn template(parts: Vec<TextPart>) -> Self {
        let length = |part: &TextPart| match part {
            TextPart::Literal(literal) => literal.text.len(),
            TextPart::Hole(..) => 1,
        };
        if parts.len() > 1 && parts.iter().map(length).sum::<usize>() > MAX_TEXT {
            return Self::Unknown(Reason::TooLarge);
        }
        let mut merged: Vec<TextPart> = Vec::with_capacity(parts.len());
        let mut run: Vec<Literal> = Vec::new();
        for part in parts {
            match part {
                TextPart::Literal(literal) if literal.text.is_empty() => {}
                TextPart::Literal(literal) => run.push(literal),
                TextPart::Hole(..) => {
                    merged.extend(joined(&mut run));
                    if merged.len() < MAX_ELEMENTS {
                        merged.push(part);
                    }
                }
            }
        }
        merged.extend(joined(&mut run));
        if merged.is_empty() {
            merged.push(TextPart::made(""));
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
    pub fn param(function: ItemRef, index: u32, name: SmolStr, default: Option<Self>, declared: Option<Self>) -> Self {
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
        let mut queue: VecDeque<Self> = values.into_iter().collect();
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
