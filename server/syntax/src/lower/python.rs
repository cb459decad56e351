//! Lowering of Python: one walk over the tree with a stack of tasks.
//!
//! A task lowers a node, or finishes what its children began. A step pushes the tasks that follow it in order of
//! evaluation; the loop turns them round, so that the first is on top. Each expression leaves one [`ExprId`] on the
//! stack of values, and nothing ever recurses on the depth of the code.

mod assign;
mod build;
mod calls;
mod comments;
mod definitions;
mod expressions;
mod flow;
mod imports;
mod kinds;
mod matching;
mod statements;
mod strings;
mod targets;

use lensai_text::Span;
use tree_sitter::{Node, Tree, TreeCursor};

use self::assign::{AugmentedOp, Form};
use self::build::{Build, Mark};
use self::definitions::ParameterShape;
use self::kinds::Kind;
use self::targets::{Goal, PathStep};
use crate::builder::{BodyBuilder, FileBuilder};
use crate::hir::{BlockId, BlockKind, Expr, ExprId, ItemId, Problem, Slice};
use crate::parse::Clock;

/// Lowers a tree into the open module of `file`.
///
/// False when time ran out: what stands in `file` then is of no use.
pub(crate) fn lower(tree: &Tree, text: &str, file: &mut FileBuilder, clock: &mut Clock) -> bool {
    let root = tree.root_node();
    if let Some(span) = comments::first_error(root) {
        file.problems.push(Problem::SyntaxError(span));
    }
    comments::directives(root, text, &mut file.directives);
    Lowering {
        text,
        file,
        tasks: vec![Task::Statements(root)],
        values: Vec::new(),
        marks: Vec::new(),
        paths: Vec::new(),
        cursor: root.walk(),
        pool: Vec::new(),
        type_checking: 0,
    }
    .run(clock)
}

/// The state of the walk.
struct Lowering<'tree, 'a> {
    text: &'a str,
    file: &'a mut FileBuilder,
    tasks: Vec<Task<'tree>>,
    /// Lowered expressions that wait for their parent.
    values: Vec<ExprId>,
    /// What the waiting expressions are to their parent: arguments, elements, parts.
    marks: Vec<Mark>,
    /// Paths of destructuring, as a tree.
    paths: Vec<PathStep>,
    cursor: TreeCursor<'tree>,
    /// Lists of children that can be used again.
    pool: Vec<Vec<Child<'tree>>>,
    /// Depth of `if TYPE_CHECKING:`.
    type_checking: u32,
}

/// A child of a node that is of interest.
#[derive(Clone, Copy)]
struct Child<'tree> {
    node: Node<'tree>,
    kind: Kind,
}

/// A piece of work. "Takes" is from the stack of values, "leaves" is onto it.
#[derive(Clone, Copy)]
enum Task<'tree> {
    /// Leaves the expression.
    Expr(Child<'tree>),
    /// Takes a value that nothing uses.
    Drop,
    /// Takes an equality that holds in the block that is opened next.
    Holds,
    /// Lowers what calls there are below a node of whatever kind.
    Loose(Child<'tree>),
    Statement(Child<'tree>),
    /// The statements of a block or module.
    Statements(Node<'tree>),
    /// Takes operands, leaves their parent.
    Build(Build, Span),
    Open(BlockKind),
    /// Makes a block the current one again.
    Restore(BlockId),
    /// The same, behind a block that runs in place.
    CloseInto(BlockId),
    /// The loop that is open turns at least once.
    Entered,
    /// Inside (or no longer inside) `if TYPE_CHECKING:`.
    TypeChecking(bool),
    Target(Child<'tree>, Goal),
    /// Takes what is iterated.
    EachTarget(Child<'tree>),
    /// Binds what the value on top gives when it is entered; the value stays.
    EnteredTarget(Child<'tree>),
    /// Binds the value on top; the value stays.
    NamedTarget(Node<'tree>),
    /// Binds the value on top, after taking an annotation; the value stays.
    Assign(Child<'tree>, Form),
    /// Takes the target as it was and the operand, leaves the joined value.
    Augment(AugmentedOp, Span),
    /// Takes the object.
    StoreAttribute(Node<'tree>, Option<ExprId>, Option<ExprId>),
    /// Takes object and index.
    StoreIndex(Option<ExprId>, Option<ExprId>),
    /// Takes a value if there is one.
    Return(bool),
    /// Takes a value if there is one, leaves the value of the `yield`.
    Yield(bool, Span),
    /// A lambda that runs once per element.
    IteratedLambda(Node<'tree>),
    /// Takes the parameter's annotation and default.
    Parameter(ParameterShape<'tree>),
    /// Destructures the parameter of this position.
    ParameterPattern(Child<'tree>, u32),
    Decorator,
    Base,
    ReturnType,
    /// The real body begins.
    Prelude,
    /// Closes an item and binds its name.
    EndItem(ItemId, Option<Node<'tree>>),
    /// Takes the value of a lambda, closes it and leaves it.
    EndLambda(ItemId, Span),
}

impl<'tree, 'a> Lowering<'tree, 'a> {
    fn run(mut self, clock: &mut Clock) -> bool {
        while let Some(task) = self.tasks.pop() {
            let start = self.tasks.len();
            self.step(task);
            if let Some(new) = self.tasks.get_mut(start..) {
                new.reverse();
            }
            if clock.is_late() {
                return false;
            }
        }
        true
    }

    fn step(&mut self, task: Task<'tree>) {
        match task {
            Task::Expr(child) => self.expression(child),
            Task::Drop => {
                self.values.pop();
            }
            Task::Holds => {
                let equality = self.pop();
                self.body().holds_in_next_block(equality);
            }
            Task::Loose(child) => self.loose(child),
            Task::Statement(child) => self.statement(child),
            Task::Statements(node) => self.statements(node),
            Task::Build(build, span) => self.build(build, span),
            Task::Open(kind) => {
                self.body().open(kind);
            }
            Task::Restore(block) => self.body().block = block,
            Task::CloseInto(block) => self.body().close_into(block),
            Task::Entered => self.body().is_entered(),
            Task::TypeChecking(true) => self.type_checking += 1,
            Task::TypeChecking(false) => self.type_checking = self.type_checking.saturating_sub(1),
            Task::Target(target, goal) => self.target(target, goal),
            Task::EachTarget(target) => self.each_target(target),
            Task::EnteredTarget(target) => self.entered_target(target),
            Task::NamedTarget(name) => self.named_target(name),
            Task::Assign(target, form) => self.assign(target, form),
            Task::Augment(op, span) => self.augment(op, span),
            Task::StoreAttribute(name, value, annotation) => self.store_attribute(name, value, annotation),
            Task::StoreIndex(value, annotation) => self.store_index(value, annotation),
            Task::Return(has_value) => self.returned(has_value),
            Task::Yield(has_value, span) => self.yielded(has_value, span),
            Task::IteratedLambda(node) => self.lambda(node, true),
            Task::Parameter(shape) => self.parameter(shape),
            Task::ParameterPattern(pattern, position) => self.parameter_pattern(pattern, position),
            Task::Decorator => {
                let id = self.pop();
                self.body().body.decorators.push(id);
            }
            Task::Base => {
                let id = self.pop();
                self.body().body.bases.push(id);
            }
            Task::ReturnType => {
                let id = self.pop();
                self.body().body.return_type = Some(id);
            }
            Task::Prelude => {
                let body = self.body();
                body.body.prelude = body.now().0;
            }
            Task::EndItem(item, name) => self.end_item(item, name),
            Task::EndLambda(item, span) => self.end_lambda(item, span),
        }
    }

    fn body(&mut self) -> &mut BodyBuilder {
        self.file.body()
    }

    fn push(&mut self, expr: Expr, span: Span) {
        let id = self.body().push(expr, span);
        self.values.push(id);
    }

    /// The value on top. There is always one: each expression leaves one. Should a tree be so broken that there is
    /// not, an unknown value stands in.
    fn pop(&mut self) -> ExprId {
        match self.values.pop() {
            Some(id) => id,
            None => self.unknown(),
        }
    }

    fn peek(&mut self) -> ExprId {
        let id = self.pop();
        self.values.push(id);
        id
    }

    fn unknown(&mut self) -> ExprId {
        let body = self.body();
        let start = body.start;
        body.push(Expr::Opaque(Slice { start: 0, len: 0 }), Span::new(start, start))
    }

    /// The text of a node.
    fn slice(&self, node: Node<'tree>) -> &'a str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The children that say something. Children of syntax errors are put before what the step pushes.
    fn children(&mut self, node: Node<'tree>) -> Vec<Child<'tree>> {
        let mut children = self.pool.pop().unwrap_or_default();
        children.clear();
        self.cursor.reset(node);
        if self.cursor.goto_first_child() {
            loop {
                let node = self.cursor.node();
                let kind = Kind::of(node);
                match kind {
                    Kind::Token | Kind::Extra | Kind::StringPart => {}
                    Kind::Error => self.tasks.push(Task::Loose(Child { node, kind })),
                    _ => children.push(Child { node, kind }),
                }
                if !self.cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        children
    }

    fn recycle(&mut self, children: Vec<Child<'tree>>) {
        if self.pool.len() < 8 && children.capacity() < 4096 {
            self.pool.push(children);
        }
    }

    fn expr_and_drop(&mut self, child: Child<'tree>) {
        self.tasks.push(Task::Expr(child));
        self.tasks.push(Task::Drop);
    }

    /// Schedules a block below the current one.
    fn block(&mut self, kind: BlockKind, block: Option<Node<'tree>>) {
        if let Some(node) = block {
            let outer = self.body().block;
            self.tasks.push(Task::Open(kind));
            self.tasks.push(Task::Statements(node));
            self.tasks.push(Task::Restore(outer));
        }
    }
}

/// Where a node stands.
fn span(node: Node<'_>) -> Span {
    // Texts above 4 GiB are refused before they are parsed.
    Span::new(u32::try_from(node.start_byte()).unwrap_or(u32::MAX), u32::try_from(node.end_byte()).unwrap_or(u32::MAX))
}

/// The children that are expressions.
fn operands<'c, 'tree>(children: &'c [Child<'tree>]) -> impl DoubleEndedIterator<Item = Child<'tree>> + 'c {
    children.iter().copied().filter(|child| child.kind.is_expression())
}

fn find<'tree>(children: &[Child<'tree>], kind: Kind) -> Option<Child<'tree>> {
    children.iter().copied().find(|child| child.kind == kind)
}

fn length(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
