//! Expressions.

use tree_sitter::Node;

use super::build::{Build, Mark};
use super::kinds::Kind;
use super::{Child, Lowering, Task, find, length, operands, span};
use crate::hir::{BlockKind, ChoiceKind, Expr, JoinOp};

impl<'tree> Lowering<'tree, '_> {
    /// Leaves exactly one value, at once or by the tasks it pushes.
    pub(super) fn expression(&mut self, child: Child<'tree>) {
        let Child { node, kind } = child;
        match kind {
            Kind::Identifier => self.name_expression(node),
            Kind::Integer | Kind::Float => self.number(node),
            Kind::True => self.push(Expr::Bool(true), span(node)),
            Kind::False => self.push(Expr::Bool(false), span(node)),
            Kind::None => self.push(Expr::None, span(node)),
            Kind::Ellipsis => {
                self.push_unknown(span(node));
            }
            Kind::String => self.literal(&[child], span(node)),
            Kind::Lambda => self.lambda(node, false),
            _ => {
                let children = self.children(node);
                self.compound(node, kind, &children);
                self.recycle(children);
            }
        }
    }

    fn name_expression(&mut self, node: Node<'tree>) {
        let text = self.slice(node);
        if text.is_empty() {
            // A missing name that the parser made up.
            self.push_unknown(span(node));
            return;
        }
        let name = self.body().name(text);
        self.push(Expr::Name(name), span(node));
    }

    fn number(&mut self, node: Node<'tree>) {
        let text = self.slice(node);
        let text =
            if text.contains('_') { self.file.body().text(text.replace('_', "")) } else { self.file.body().text(text) };
        self.push(Expr::Number(text), span(node));
    }

    fn compound(&mut self, node: Node<'tree>, kind: Kind, children: &[Child<'tree>]) {
        match kind {
            Kind::Unary if matches!(children, [minus, number] if minus.kind == Kind::Operator && number.kind == Kind::Integer && self.slice(minus.node) == "-") =>
            {
                self.number(node);
            }
            Kind::Attribute | Kind::MemberType => self.attribute(node, children),
            Kind::Call => self.call(node, children),
            Kind::Subscript | Kind::GenericType => self.subscript(node, children),
            Kind::Parenthesized | Kind::Type | Kind::AsPatternTarget => match operands(children).next() {
                Some(inner) => self.tasks.push(Task::Expr(inner)),
                None => self.opaque(0, span(node)),
            },
            Kind::Binary | Kind::UnionType | Kind::Boolean => self.operator(node, children),
            Kind::Conditional => self.conditional(node, children),
            Kind::Named => match (children.first(), operands(children).nth(1)) {
                (Some(name), Some(value)) => {
                    self.tasks.push(Task::Expr(value));
                    self.tasks.push(Task::NamedTarget(name.node));
                }
                _ => self.opaque_of(node, children),
            },
            Kind::AsPattern => match (operands(children).next(), find(children, Kind::AsPatternTarget)) {
                (Some(value), Some(target)) => {
                    self.tasks.push(Task::Expr(value));
                    self.tasks.push(Task::EnteredTarget(target));
                }
                _ => self.opaque_of(node, children),
            },
            Kind::Assignment => self.assignment(node, children),
            Kind::Augmented => self.augmented(node, children),
            Kind::Await => match operands(children).next() {
                Some(operand) => {
                    self.tasks.push(Task::Expr(operand));
                    self.tasks.push(Task::Build(Build::Await, span(node)));
                }
                None => self.opaque(0, span(node)),
            },
            Kind::List
            | Kind::Set
            | Kind::Tuple
            | Kind::ExpressionList
            | Kind::PatternList
            | Kind::ListPattern
            | Kind::TuplePattern => {
                let count = self.elements(children);
                self.tasks.push(Task::Build(Build::Sequence(count), span(node)));
            }
            Kind::Dictionary => self.dictionary(node, children),
            Kind::ListComprehension | Kind::SetComprehension | Kind::DictionaryComprehension | Kind::Generator => {
                self.comprehension(node, children);
            }
            Kind::Concatenated => self.literal(children, span(node)),
            Kind::Yield => {
                let value = operands(children).next();
                self.tasks.extend(value.map(Task::Expr));
                self.tasks.push(Task::Yield(value.is_some(), span(node)));
            }
            _ => self.opaque_of(node, children),
        }
    }

    fn opaque_of(&mut self, node: Node<'tree>, children: &[Child<'tree>]) {
        let before = self.tasks.len();
        self.tasks.extend(operands(children).map(Task::Expr));
        let count = self.tasks.len() - before;
        self.opaque(count, span(node));
    }

    fn attribute(&mut self, node: Node<'tree>, children: &[Child<'tree>]) {
        match (children.first(), children.get(1..).and_then(|rest| find(rest, Kind::Identifier))) {
            (Some(object), Some(name)) => {
                let name = self.slice(name.node);
                let name = self.body().name(name);
                self.tasks.push(Task::Expr(*object));
                self.tasks.push(Task::Build(Build::Attribute(name), span(node)));
            }
            _ => self.opaque_of(node, children),
        }
    }

    /// `a[b]`, and `A[B]` as a type.
    fn subscript(&mut self, node: Node<'tree>, children: &[Child<'tree>]) {
        let Some((object, rest)) = children.split_first() else { return self.opaque(0, span(node)) };
        self.tasks.push(Task::Expr(*object));
        match find(rest, Kind::TypeParameter) {
            Some(types) => {
                let types = self.children(types.node);
                self.index(node, &types);
                self.recycle(types);
            }
            None => self.index(node, rest),
        }
        self.tasks.push(Task::Build(Build::Index, span(node)));
    }

    /// Schedules what stands in brackets: several indexes are one tuple.
    pub(super) fn index(&mut self, node: Node<'tree>, children: &[Child<'tree>]) {
        let mut indexes = operands(children);
        match (indexes.next(), indexes.next_back()) {
            (Some(first), Some(last)) => {
                let all = lensai_text::Span::new(span(first.node).start, span(last.node).end);
                let count = self.elements(children);
                self.tasks.push(Task::Build(Build::Sequence(count), all));
            }
            (Some(only), None) => self.tasks.push(Task::Expr(only)),
            _ => self.opaque(0, span(node)),
        }
    }

    /// Schedules the elements of a sequence and marks them.
    fn elements(&mut self, children: &[Child<'tree>]) -> u32 {
        let mut count = 0;
        for child in children {
            let splat = matches!(child.kind, Kind::ListSplat | Kind::ListSplatPattern);
            let value = match child.kind {
                _ if splat => self.inner(child.node),
                kind if kind.is_expression() => Some(*child),
                _ => None,
            };
            if let Some(value) = value {
                self.tasks.push(Task::Expr(value));
                self.marks.push(if splat { Mark::Spread } else { Mark::Plain });
                count += 1;
            }
        }
        count
    }

    /// The first expression below a node.
    pub(super) fn inner(&mut self, node: Node<'tree>) -> Option<Child<'tree>> {
        let children = self.children(node);
        let inner = operands(&children).next();
        self.recycle(children);
        inner
    }

    /// Operators of the same kind are flattened: `a + b + c` is a tree as deep as it has terms.
    fn operator(&mut self, node: Node<'tree>, children: &[Child<'tree>]) {
        let Some((mut left, op, right)) = binary(children) else { return self.opaque_of(node, children) };
        let mut rights = self.pool.pop().unwrap_or_default();
        rights.clear();
        rights.push(right);
        while op.flattens() && matches!(left.kind, Kind::Binary | Kind::Boolean | Kind::UnionType | Kind::Type) {
            let below = self.children(left.node);
            let next = if left.kind == Kind::Type {
                below.first().map(|only| (*only, None))
            } else {
                binary(&below).filter(|(_, other, _)| *other == op).map(|(left, _, right)| (left, Some(right)))
            };
            self.recycle(below);
            let Some((next, right)) = next else { break };
            rights.extend(right);
            left = next;
        }
        self.tasks.push(Task::Expr(left));
        let outer = self.body().block;
        for right in rights.iter().rev().copied() {
            if matches!(op, Operator::Choice(_)) {
                // It is evaluated or not.
                self.tasks.extend([Task::Open(BlockKind::Operand), Task::Expr(right), Task::Restore(outer)]);
            } else {
                self.tasks.push(Task::Expr(right));
            }
        }
        let count = length(rights.len() + 1);
        self.recycle(rights);
        let build = match op {
            Operator::Join(op) => Build::Join(op, count),
            Operator::Choice(kind) => Build::Choice(kind, count),
            Operator::Other => Build::Opaque(count),
        };
        self.tasks.push(Task::Build(build, span(node)));
    }

    fn conditional(&mut self, node: Node<'tree>, children: &[Child<'tree>]) {
        let mut parts = operands(children);
        let (Some(then), Some(test), Some(otherwise)) = (parts.next(), parts.next(), parts.next()) else {
            return self.opaque_of(node, children);
        };
        let body = self.body();
        let outer = body.block;
        let arm = BlockKind::Arm { group: body.new_group(), exhaustive: true };
        self.expr_and_drop(test);
        for value in [then, otherwise] {
            self.tasks.push(Task::Open(arm));
            self.tasks.push(Task::Expr(value));
            self.tasks.push(Task::Restore(outer));
        }
        self.tasks.push(Task::Build(Build::Choice(ChoiceKind::Conditional, 2), span(node)));
    }

    fn dictionary(&mut self, node: Node<'tree>, children: &[Child<'tree>]) {
        let mut count = 0;
        for child in children {
            let below = self.children(child.node);
            let (first, second) = two(&below);
            match (child.kind, first, second) {
                (Kind::Pair, Some(key), Some(value)) => {
                    self.tasks.push(Task::Expr(key));
                    self.tasks.push(Task::Expr(value));
                    self.marks.push(Mark::Plain);
                    count += 1;
                }
                (Kind::DictionarySplat, Some(value), None) => {
                    self.tasks.push(Task::Expr(value));
                    self.marks.push(Mark::Spread);
                    count += 1;
                }
                _ => self.tasks.push(Task::Loose(*child)),
            }
            self.recycle(below);
        }
        self.tasks.push(Task::Build(Build::Mapping(count), span(node)));
    }

    /// The clauses come before the element; the first iterable is evaluated outside.
    fn comprehension(&mut self, node: Node<'tree>, children: &[Child<'tree>]) {
        let outer = self.body().block;
        for clause in children {
            match clause.kind {
                Kind::ForIn => {
                    let parts = self.children(clause.node);
                    if let Some((target, iterables)) = parts.split_first() {
                        self.index(clause.node, iterables);
                        self.tasks.push(Task::Open(BlockKind::Loop));
                        self.tasks.push(Task::EachTarget(*target));
                    }
                    self.recycle(parts);
                }
                Kind::IfClause => {
                    if let Some(condition) = self.inner(clause.node) {
                        self.expr_and_drop(condition);
                    }
                }
                _ => {}
            }
        }
        let mut has_key = false;
        match children.iter().find(|child| child.kind == Kind::Pair || child.kind.is_expression()) {
            Some(Child { node: pair, kind: Kind::Pair }) => {
                let parts = self.children(*pair);
                match two(&parts) {
                    (Some(key), Some(value)) => {
                        self.tasks.push(Task::Expr(key));
                        self.tasks.push(Task::Expr(value));
                        has_key = true;
                    }
                    _ => self.opaque_of(*pair, &parts),
                }
                self.recycle(parts);
            }
            Some(element) => self.tasks.push(Task::Expr(*element)),
            None => self.opaque(0, span(node)),
        }
        self.tasks.push(Task::Restore(outer));
        self.tasks.push(Task::Build(Build::Comprehension { has_key }, span(node)));
    }
}

fn two<'tree>(children: &[Child<'tree>]) -> (Option<Child<'tree>>, Option<Child<'tree>>) {
    let mut parts = operands(children);
    (parts.next(), parts.next())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Join(JoinOp),
    Choice(ChoiceKind),
    Other,
}

impl Operator {
    fn flattens(self) -> bool {
        self != Self::Other
    }
}

/// Left side, operator and right side.
fn binary<'tree>(children: &[Child<'tree>]) -> Option<(Child<'tree>, Operator, Child<'tree>)> {
    let [left, op, .., right] = children else { return None };
    let op = match op.kind {
        Kind::Plus => Operator::Join(JoinOp::Add),
        Kind::Pipe => Operator::Join(JoinOp::Pipe),
        Kind::Percent => Operator::Join(JoinOp::Percent),
        Kind::Times => Operator::Join(JoinOp::Times),
        Kind::OrToken => Operator::Choice(ChoiceKind::Or),
        Kind::AndToken => Operator::Choice(ChoiceKind::And),
        Kind::Operator => Operator::Other,
        _ => return None,
    };
    (left.kind.is_expression() && right.kind.is_expression()).then_some((*left, op, *right))
}
