//! The one small form to which Python and TypeScript are lowered.
//!
//! A file becomes [`Facts`]: a table of [`Item`]s (the module, its classes, functions and lambdas), each with a
//! [`Body`] of its own. A body is an arena in **order of evaluation**: a child comes before its parent and a statement
//! before the next one, so an [`ExprId`] also tells the time, and whoever evaluates a body never recurses.
//! Spans in a body are relative to the start of its item: a body that did not change compares equal after an edit above it.

mod block;
mod body;

use lensai_text::Span;
use smol_str::SmolStr;

use crate::Language;

pub use self::block::{Block, BlockKind, Case, Count, Equality, Jump};
pub use self::body::Body;

/// What one file says, by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The language the file was read as.
    pub language: Language,
    /// Items in order of their start; the first is the module.
    pub items: Vec<Item>,
    /// `lensai:` comments in order of place.
    pub directives: Vec<Directive>,
    /// What went wrong while reading the file. Facts are complete but for these places.
    pub problems: Vec<Problem>,
}

impl Facts {
    /// The facts of an empty text.
    pub fn empty(language: Language) -> Self {
        crate::parse::facts("", language, crate::Limits::default())
    }
}

/// Something of a file that could not be read as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The text at this place is not valid in the language; calls beside it are found.
    SyntaxError(Span),
    /// Parsing took longer than the deadline and was given up: the facts are empty.
    Deadline,
    /// The file is larger than what can be addressed or parsed: the facts are empty.
    TooLarge,
}

/// A `lensai:` comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// The comment, absolute in the text.
    pub span: Span,
    /// What follows `lensai:`, trimmed.
    pub text: Box<str>,
    /// The line of code that it is about, absolute in the text: the one it stands in, or the next one below it. Empty when
    /// there is none.
    pub line: Span,
}

/// Index of an [`Item`] in [`Facts::items`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId(pub u32);

impl ItemId {
    /// The module itself.
    pub const MODULE: Self = Self(0);
}

/// A module, class, function or lambda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Its name; empty for lambdas and anonymous functions and classes without a binding.
    pub name: SmolStr,
    /// The item in which it is defined; none for the module.
    pub parent: Option<ItemId>,
    /// The block of the parent's body in which it is defined.
    pub parent_block: BlockId,
    /// How many expressions of the parent come before its definition: the parent's time.
    pub parent_time: ExprId,
    /// The whole definition with its decorators, absolute in the text.
    pub span: Span,
    /// Its content.
    pub body: std::sync::Arc<Body>,
}

/// Kind of an [`Item`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemKind {
    /// The file (or all cells of a notebook).
    Module,
    /// A class.
    Class,
    /// A function with a name; a method when its parent is a class.
    Function,
    /// A lambda, an arrow function or a function expression.
    /// `iterates`: it is handed to `map`, `forEach`, `filter`, `flatMap`, `reduce`, … and so runs once per element.
    Lambda {
        /// Runs once per element of what it is handed to.
        iterates: bool,
    },
}

/// Index of an [`Expr`] in [`Body::exprs`]; also the time at which it is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub u32);

/// Index of a name in [`Body::names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(pub u32);

/// Index of a text in [`Body::texts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TextId(pub u32);

/// Index of a [`Block`] in [`Body::blocks`]; 0 is the body itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(pub u32);

impl BlockId {
    /// The body itself.
    pub const ROOT: Self = Self(0);
}

/// Part of one of a body's side tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slice {
    /// First index.
    pub start: u32,
    /// Number of elements.
    pub len: u32,
}

/// An expression. What neither carries a value nor leads to a call is [`Expr::Opaque`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expr {
    /// A name.
    Name(NameId),
    /// `this` (Python's `self` is the first parameter of a method).
    This,
    /// `super()` / `super`.
    Super,
    /// `object.name`, `object?.name`; in TypeScript also `object["name"]`, unless the key could not be written as a name:
    /// that is an [`Expr::Index`].
    Attribute {
        /// What is accessed.
        object: ExprId,
        /// The attribute.
        name: NameId,
    },
    /// `object[index]`; generics such as `Agent[Deps]` in Python look the same.
    Index {
        /// What is accessed.
        object: ExprId,
        /// The index or key.
        index: ExprId,
    },
    /// `callee(args)`, `new callee(args)`; type arguments are dropped.
    Call {
        /// What is called.
        callee: ExprId,
        /// Arguments, in [`Body::args`].
        args: Slice,
        /// `new`.
        is_new: bool,
    },
    /// A literal text with its escapes decoded; adjacent literals are one.
    Text(TextId),
    /// An f-string or template literal, in [`Body::parts`].
    Template(Slice),
    /// A number as it is written, without separators (`1_000` is `1000`).
    Number(TextId),
    /// `True`, `true`, `False`, `false`.
    Bool(bool),
    /// `None`, `null`, `undefined`.
    None,
    /// `{…}` with keys, in [`Body::entries`]. `dict(a=1)` is a call.
    Mapping(Slice),
    /// A list, tuple, set or array, in [`Body::elements`].
    Sequence(Slice),
    /// A comprehension or generator expression: any number of `element`.
    Comprehension {
        /// What each key is, of a dict comprehension.
        key: Option<ExprId>,
        /// What each element (for a dict comprehension: each value) is.
        element: ExprId,
    },
    /// One of several operands: `a or b`, `a || b`, `a ?? b`, `x if c else y`, `c ? x : y`.
    Choice {
        /// How one is chosen.
        kind: ChoiceKind,
        /// The operands that may be the value, in [`Body::operands`]: for `Conditional` then, else (the test is
        /// evaluated before, and is not listed).
        operands: Slice,
    },
    /// Operands joined by one operator, flattened: `a + b + c`, `a | b | c`, `a % b`; in [`Body::operands`].
    Join {
        /// The operator.
        op: JoinOp,
        /// Two or more operands.
        operands: Slice,
    },
    /// A lambda, function expression or class expression.
    Function(ItemId),
    /// The module that a dynamic import or `require` names.
    ImportModule(TextId),
    /// `await operand`.
    Await(ExprId),
    /// Anything else; its children are in [`Body::operands`] because calls may stand in them.
    Opaque(Slice),
}

/// How [`Expr::Choice`] chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChoiceKind {
    /// The first that is truthy (`or`, `||`).
    Or,
    /// The first that is not null (`??`).
    Coalesce,
    /// `and`, `&&`: the last, or an earlier falsy one.
    And,
    /// `x if c else y`, `c ? x : y`.
    Conditional,
}

/// Operator of [`Expr::Join`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JoinOp {
    /// `+`
    Add,
    /// `|`
    Pipe,
    /// `%` (text formatting in Python)
    Percent,
    /// `*`
    Times,
}

/// An argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arg {
    /// `value`
    Positional(ExprId),
    /// `name=value`
    Keyword(NameId, ExprId),
    /// `*value`, `...value`
    Spread(ExprId),
    /// `**value`
    KeywordSpread(ExprId),
}

impl Arg {
    /// The value that is given.
    pub fn value(self) -> ExprId {
        match self {
            Self::Positional(value) | Self::Keyword(_, value) | Self::Spread(value) | Self::KeywordSpread(value) => {
                value
            }
        }
    }
}

/// A part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Literal text.
    Text(TextId),
    /// A hole.
    Hole(ExprId),
}

/// An entry of a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entry {
    /// `key: value`, `{key}`, `[key]: value`; a plain key is an [`Expr::Text`]. Methods of object literals are pairs too.
    Pair(ExprId, ExprId),
    /// `**value`, `...value`
    Spread(ExprId),
}

/// An element of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Element {
    /// `value`
    Item(ExprId),
    /// `*value`, `...value`
    Spread(ExprId),
}

/// A name that gets a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Binding {
    /// The name.
    pub name: NameId,
    /// What it gets.
    pub value: Bound,
    /// Its declared type (`x: OpenAI`, `let x: OpenAI`).
    pub annotation: Option<ExprId>,
    /// The block in which it stands.
    pub block: BlockId,
    /// Visible to expressions of this time and later.
    pub time: ExprId,
    /// The bound name, relative to the start of the item.
    pub span: Span,
}

/// What a name is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Bound {
    /// A value.
    Value(ExprId),
    /// A part of a value: destructuring.
    Part {
        /// The value that is taken apart.
        of: ExprId,
        /// Which part.
        path: Box<[Step]>,
        /// The value if the part is missing (`{a = 1}`).
        default: Option<ExprId>,
    },
    /// An element of a value: loop variable.
    Element {
        /// What is iterated.
        of: ExprId,
        /// Which part of the element (`for k, v in …`); empty for the element itself.
        path: Box<[Step]>,
    },
    /// What a context manager gives (`with e as x`).
    Entered(ExprId),
    /// A function or class.
    Item(ItemId),
    /// An import, index into [`Body::imports`].
    Import(u32),
    /// Declared without a value, or a value that is never known (`except E as x`, `catch (x)`).
    Unknown,
}

/// A step of destructuring.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// The element of this index.
    Index(u32),
    /// The attribute or key.
    Key(SmolStr),
    /// What is left.
    Rest,
}

/// `object.name = value`, `object[key] = value`; of `object.name += value` the value is a [`Expr::Join`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Store {
    /// What is changed.
    pub object: ExprId,
    /// Where.
    pub place: Place,
    /// The new value; absent for a class field that is declared without one.
    pub value: Option<ExprId>,
    /// Its declared type.
    pub annotation: Option<ExprId>,
    /// The block in which it stands.
    pub block: BlockId,
    /// Visible to expressions of this time and later.
    pub time: ExprId,
}

/// Target of a [`Store`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// `.name`
    Attribute(NameId),
    /// `[key]`
    Index(ExprId),
}

/// A `return`, the value of an expression lambda, or a `yield`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Return {
    /// What is returned.
    pub value: Option<ExprId>,
    /// The block in which it stands.
    pub block: BlockId,
    /// It is a `yield`.
    pub is_yield: bool,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Param {
    /// Its name. A pattern is called `#0`, `#1`, … by its position, and the names in it are bindings with [`Bound::Part`] of
    /// an [`Expr::Name`] of that.
    pub name: SmolStr,
    /// Kind of parameter.
    pub kind: ParamKind,
    /// Default.
    pub default: Option<ExprId>,
    /// Declared type.
    pub annotation: Option<ExprId>,
    /// `constructor(private client: OpenAI)`: also an attribute of the instance.
    pub is_attribute: bool,
}

/// Kind of a [`Param`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParamKind {
    /// May be given by position or by name.
    Plain,
    /// After `*` in Python.
    KeywordOnly,
    /// `*args`, `...args`
    Rest,
    /// `**kwargs`
    KeywordRest,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Import {
    /// The module as it is written (`.b`, `openai.types`, `./b`, `@ai-sdk/openai`).
    pub module: SmolStr,
    /// What of it.
    pub what: Imported,
    /// `import type`, `if TYPE_CHECKING:`.
    pub type_only: bool,
}

/// What of a module is imported.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Imported {
    /// The module (`import a as b`, `import * as b from "a"`, `const b = require("a")`).
    Module,
    /// The first segment of a dotted module (`import a.b.c` binds `a`).
    Root,
    /// One name of it (`from a import b`, `import {b} from "a"`; `default` for a default import).
    Name(SmolStr),
    /// All names of it (`from a import *`); the binding has the name `*`.
    All,
}

/// An export of a TypeScript or JavaScript module. Exports of `CommonJS` (`module.exports = …`, `exports.x = …`) count as well.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Export {
    /// The exported name; `default`; `*` for `export * from`; `=` for `module.exports = value`.
    pub name: SmolStr,
    /// What it is.
    pub target: ExportTarget,
}

/// What an [`Export`] gives.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ExportTarget {
    /// A name of this module.
    Local(SmolStr),
    /// A value.
    Value(ExprId),
    /// Something of another module.
    From(SmolStr, Imported),
}
