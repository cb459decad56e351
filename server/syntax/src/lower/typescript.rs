//! Lowers TypeScript, TSX and JavaScript.
//!
//! One loop over a stack of [`Work`]: a node puts what has to be done for it on the stack, in order of evaluation, and
//! values come back on a second stack. So nesting costs memory, never call depth. The three grammars share most of
//! their node kinds; [`kind::Table`] maps all of them to one enum.

mod class;
mod exports;
mod expression;
mod finish;
mod function;
mod kind;
mod literal;
mod module;
mod operator;
mod pattern;
mod statement;
mod types;

use lensai_text::Span;
use smol_str::SmolStr;
use tree_sitter::{Node, Tree, TreeCursor};

use super::directive::line_of_code;
use crate::builder::FileBuilder;
use crate::hir::{
    BlockId, BlockKind, Bound, ChoiceKind, Directive, Expr, ExprId, ItemId, JoinOp, ParamKind, Problem, Step,
};
use crate::parse::Clock;
use kind::{Kind, Table};
use pattern::Source;

///
/// False when time ran out: what stands in `file` then is of no use.
pub(crate) fn lower(tree: &Tree, text: &str, file: &mut FileBuilder, clock: &mut Clock) -> bool {
    let root = tree.root_node();
    if root.has_error() {
        file.problems.push(Problem::SyntaxError(first_error(root)));
    }
    let mut walk = Walk {
        text,
        table: Table::of(&tree.language()),
        file,
        cursor: root.walk(),
        work: vec![Work::Any(root)],
        values: Vec::new(),
        shapes: Vec::new(),
        path: Vec::new(),
        sources: Vec::new(),
        breakables: Vec::new(),
        spare: Vec::new(),
        has_directives: memchr::memmem::find(text.as_bytes(), b"lensai:").is_some(),
    };
    while let Some(work) = walk.work.pop() {
        walk.step(work);
        if clock.is_late() {
            return false;
        }
    }
    walk.hoist();
    file.directives.sort_by_key(|directive| directive.span);
    file.directives.dedup();
    true
}

/// The first node that is not valid.
fn first_error(root: Node<'_>) -> Span {
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        // That the whole file is an error says nothing: what in it?
        if (node.is_error() || node.is_missing()) && node != root {
            return span(node);
        }
        if !cursor.goto_first_child() {
            return span(node);
        }
        while !cursor.node().has_error() && !cursor.node().is_missing() {
            if !cursor.goto_next_sibling() {
                return span(cursor.node());
            }
        }
    }
}

fn span(node: Node<'_>) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(node.start_byte()), offset(node.end_byte()))
}

/// What a function or class is named by where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hint {
    None,
    /// It is bound to the name at this place.
    Name(Span),
    /// It is handed to a method that runs it once per element.
    Iterates,
}

/// One thing to do. Those that name a [`Span`] as `at` end the expression at that place.
enum Work<'t> {
    /// Lowers a statement, or whatever calls stand in a node; leaves no value.
    Any(Node<'t>),
    /// Lowers an expression; leaves one value, as all below do unless they say otherwise.
    Expr(Node<'t>, Hint),
    /// Lowers a type.
    Type(Node<'t>),
    /// Binds the names of a pattern to the innermost source. Leaves no value.
    Pattern(Node<'t>),
    /// Binds a name of a pattern; its default is the last value.
    PatternDefault(Node<'t>),
    /// Takes a value apart; see [`Source`].
    Destructure {
        pattern: Node<'t>,
        source: Source,
    },
    /// Ends [`Work::Destructure`].
    EndDestructure,
    Enter(Step),
    Leave,
    /// The members of a class. Leaves no value, nor do the two below.
    Members(Node<'t>),
    /// A method with the decorators that stand before it.
    Method(Node<'t>, Box<[Node<'t>]>),
    /// A class with the decorators that stand before its `export`.
    Class(Node<'t>, Box<[Node<'t>]>),
    /// A method of an object literal.
    ObjectMethod(Node<'t>),
    /// The key of an object literal.
    Key(Node<'t>),
    /// An expression without children.
    Leaf(Expr, Span),
    /// A name that does not stand in the text.
    Name(SmolStr, Span),
    /// Forgets a value.
    Drop,
    /// Takes an equality that holds in the block that is opened next.
    Holds,
    /// Keeps the last value of this many.
    Last(u32),
    Open(BlockKind),
    /// The condition of a counting loop was evaluated.
    Counts {
        is_inclusive: bool,
        is_down: bool,
    },
    /// The step of a counting loop was evaluated.
    CountsBy,
    /// The loop that is open turns at least once.
    Entered,
    /// Ends a case of a `switch`, before its block is closed.
    EndCase,
    /// Closes a block that runs in place.
    CloseInto(BlockId),
    /// Goes back to a block.
    Block(BlockId),
    EndBreakable,
    Attribute {
        name: Span,
        at: Span,
    },
    /// Like `Attribute`, but the object stays below.
    PeekAttribute {
        name: Span,
        at: Span,
    },
    Index(Span),
    PeekIndex(Span),
    Call {
        shapes: usize,
        is_new: bool,
        at: Span,
    },
    Template {
        shapes: usize,
        at: Span,
    },
    Mapping {
        shapes: usize,
        at: Span,
    },
    Sequence {
        shapes: usize,
        at: Span,
    },
    Choice {
        kind: ChoiceKind,
        operands: usize,
        at: Span,
    },
    Join {
        op: JoinOp,
        operands: usize,
        at: Span,
    },
    Opaque {
        operands: usize,
        at: Span,
    },
    Await(Span),
    /// What is said to be of the type below it; the value stays.
    Cast,
    Yield {
        has_value: bool,
        at: Span,
    },
    /// Binds a name to the last value, which stays.
    Assign(Span),
    /// Binds a declared name.
    Declare {
        name: Span,
        has_annotation: bool,
        has_value: bool,
    },
    StoreAttribute {
        object: Span,
        name: Span,
    },
    StoreIndex,
    /// `return`; leaves no value, nor do those below.
    Return {
        has_value: bool,
    },
    Decorator,
    Base,
    ReturnType,
    Param(Parameter),
    /// The real body of an item begins.
    Prelude,
    /// Closes an item.
    End {
        item: ItemId,
        then: Then,
    },
    /// Exports the last value.
    Export(SmolStr),
    /// Exports the names bound since.
    ExportBound {
        since: usize,
        is_default: bool,
    },
}

/// What becomes of an item.
enum Then {
    /// It is a value.
    Value(Span),
    /// It is bound in its parent, at the given time.
    Bind { name: Span, is_hoisted: bool },
    /// Nothing: setters and methods whose name is computed.
    Nothing,
}

/// A parameter whose annotation and default are on the stack.
struct Parameter {
    name: SmolStr,
    kind: ParamKind,
    has_annotation: bool,
    has_default: bool,
    is_attribute: bool,
}

/// What the values of an argument list, object, array or template are.
#[derive(Clone, Copy)]
enum Shape {
    /// One value.
    Item,
    /// One value, spread.
    Spread,
    /// Two values.
    Pair,
    /// No value: literal text of a template.
    Text(Span),
}

/// A child.
#[derive(Clone, Copy)]
struct Kid<'t> {
    node: Node<'t>,
    kind: Kind,
    field: u16,
}

struct Walk<'t, 'f> {
    text: &'t str,
    table: &'static Table,
    file: &'f mut FileBuilder,
    cursor: TreeCursor<'t>,
    work: Vec<Work<'t>>,
    values: Vec<ExprId>,
    shapes: Vec<Shape>,
    /// Steps of the patterns that are being taken apart.
    path: Vec<Step>,
    sources: Vec<pattern::Open>,
    /// Loops and switches around; true for a switch.
    breakables: Vec<bool>,
    /// Lists of children to be used again.
    spare: Vec<Vec<Kid<'t>>>,
    has_directives: bool,
}

impl<'t> Walk<'t, '_> {
    fn step(&mut self, work: Work<'t>) {
        match work {
            Work::Any(node) => self.any(node),
            Work::Expr(node, hint) => self.expr(node, hint),
            Work::Type(node) => self.type_(node),
            Work::Pattern(node) => self.pattern(node),
            Work::PatternDefault(node) => {
                let default = self.pop();
                self.pattern_leaf(node, Some(default));
            }
            Work::Destructure { pattern, source } => self.destructure(pattern, source),
            Work::EndDestructure => self.end_destructure(),
            Work::Enter(step) => self.path.push(step),
            Work::Leave => {
                self.path.pop();
            }
            Work::Key(node) => self.key(node),
            Work::Members(node) => self.members(node),
            Work::Method(node, decorators) => self.method(node, &decorators, false),
            Work::Class(node, decorators) => self.class_declaration(node, &decorators),
            Work::ObjectMethod(node) => self.method(node, &[], true),
            Work::Open(kind) => {
                self.file.body().open(kind);
            }
            Work::Counts { is_inclusive, is_down } => self.file.body().counts(is_inclusive, is_down),
            Work::CountsBy => self.file.body().counts_by(),
            Work::Entered => self.file.body().is_entered(),
            Work::EndCase => self.file.body().end_case(),
            Work::CloseInto(around) => self.file.body().close_into(around),
            Work::Block(block) => self.file.body().block = block,
            Work::EndBreakable => {
                self.breakables.pop();
            }
            other => self.finish(other),
        }
    }

    /// What follows is put on the stack in order of evaluation; [`Walk::planned`] turns it around.
    fn plan(&self) -> usize {
        self.work.len()
    }

    fn planned(&mut self, plan: usize) {
        if let Some(planned) = self.work.get_mut(plan..) {
            planned.reverse();
        }
    }

    fn push(&mut self, expr: Expr, at: Span) -> ExprId {
        let id = self.file.body().push(expr, at);
        self.values.push(id);
        id
    }

    /// The last value. The stack is never empty where one is due; if it were, the value is unknown.
    fn pop(&mut self) -> ExprId {
        if let Some(id) = self.values.pop() {
            return id;
        }
        let body = self.file.body();
        let nothing = body.operands([]);
        let start = body.start;
        body.push(Expr::Opaque(nothing), Span::new(start, start))
    }

    fn kind(&self, node: Node<'t>) -> Kind {
        self.table.kind(node.kind_id())
    }

    fn source(&self, at: Span) -> &'t str {
        self.text.get(at.range()).unwrap_or("")
    }

    fn text_of(&self, node: Node<'t>) -> &'t str {
        self.source(span(node))
    }

    /// The content of a string or template literal, between its quotes.
    fn quoted(&self, node: Node<'t>) -> Span {
        let whole = span(node);
        let text = self.source(whole);
        let Some(quote @ ('"' | '\'' | '`')) = text.chars().next() else { return whole };
        let is_closed = text.len() > 1 && text.ends_with(quote);
        Span::new(whole.start + 1, if is_closed { whole.end - 1 } else { whole.end })
    }

    /// The decoded value of a string, or of a template without holes.
    fn string(&mut self, node: Node<'t>) -> Option<SmolStr> {
        let kind = self.kind(node);
        if kind == Kind::TemplateString {
            let kids = self.kids(node);
            let has_holes = kids.iter().any(|kid| kid.kind == Kind::TemplateHole);
            self.done(kids);
            if has_holes {
                return None;
            }
        } else if kind != Kind::String {
            return None;
        }
        Some(SmolStr::new(literal::decode(self.source(self.quoted(node)))))
    }

    /// The place of a name or key: what stands between the quotes of a string.
    fn name_span(&self, node: Node<'t>) -> Span {
        if self.kind(node) == Kind::String { self.quoted(node) } else { span(node) }
    }

    /// Children without comments and errors. What stands in an error is lowered after the node: see `Work::Any`.
    fn kids(&mut self, node: Node<'t>) -> Vec<Kid<'t>> {
        let mut kids = self.spare.pop().unwrap_or_default();
        self.cursor.reset(node);
        if !self.cursor.goto_first_child() {
            return kids;
        }
        loop {
            let node = self.cursor.node();
            let kind = self.table.kind(node.kind_id());
            match kind {
                Kind::Comment => {
                    if self.has_directives {
                        self.directive(node);
                    }
                }
                Kind::Error => self.work.push(Work::Any(node)),
                _ => {
                    let field = self.cursor.field_id().map_or(0, u16::from);
                    kids.push(Kid { node, kind, field });
                }
            }
            if !self.cursor.goto_next_sibling() {
                return kids;
            }
        }
    }

    /// Gives a list of children back.
    fn done(&mut self, mut kids: Vec<Kid<'t>>) {
        kids.clear();
        self.spare.push(kids);
    }

    fn directive(&mut self, comment: Node<'t>) {
        let text = self.text_of(comment);
        let inner = match text.strip_prefix("/*") {
            Some(block) => block.strip_suffix("*/").unwrap_or(block).trim_start_matches('*'),
            None => text.trim_start_matches('/'),
        };
        if let Some(directive) = inner.trim().strip_prefix("lensai:") {
            let (span, text) = (span(comment), directive.trim().into());
            self.file.directives.push(Directive { span, text, line: line_of_code(self.text, span) });
        }
    }

    /// Binds a name from now on.
    fn bind(&mut self, name: Span, value: Bound, annotation: Option<ExprId>) {
        let time = self.file.body().now();
        self.bind_at(name, value, annotation, time);
    }

    fn bind_at(&mut self, name: Span, value: Bound, annotation: Option<ExprId>, time: ExprId) {
        let text = self.source(name);
        if text.is_empty() {
            return;
        }
        let body = self.file.body();
        let binding = crate::hir::Binding {
            name: body.name(text),
            value,
            annotation,
            block: body.block,
            time,
            span: body.relative(name),
        };
        body.body.bindings.push(binding);
    }

    /// Functions and imports are bound before anything runs: brings bindings into the order of their time.
    fn hoist(&mut self) {
        let bindings = &mut self.file.body().body.bindings;
        if !bindings.is_sorted_by_key(|binding| binding.time) {
            bindings.sort_by_key(|binding| binding.time);
        }
    }
}

/// The child in a field.
fn field<'t>(kids: &[Kid<'t>], field: u16) -> Option<Node<'t>> {
    kids.iter().find(|kid| kid.field == field).map(|kid| kid.node)
}
