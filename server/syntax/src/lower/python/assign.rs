//! Assignments. As expressions they leave the value that was assigned.

use lensai_text::Span;
use tree_sitter::Node;

use super::build::Build;
use super::kinds::Kind;
use super::targets::{Goal, Source};
use super::{Child, Lowering, Task, operands, span};
use crate::hir::{Binding, Bound, Expr, ExprId, JoinOp, Place, Store};

/// What an assignment has besides its target.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Value,
    /// A value below an annotation.
    Annotated,
    /// An annotation only.
    Declared,
}

/// Operator of an augmented assignment.
#[derive(Clone, Copy)]
pub(super) struct AugmentedOp(Option<JoinOp>);

impl<'tree> Lowering<'tree, '_> {
    /// `a = b = value`, `a: T = value`, `a: T`.
    pub(super) fn assignment(&mut self, node: Node<'tree>, children: &[Child<'tree>]) {
        let Some((first, rest)) = children.split_first() else { return self.opaque(0, span(node)) };
        let annotation = rest.iter().find(|child| child.kind == Kind::Type);
        let mut value = value_of(rest);
        let mut targets = self.pool.pop().unwrap_or_default();
        targets.clear();
        targets.push(*first);
        while let Some(Child { node: next, kind: Kind::Assignment }) = value {
            let below = self.children(next);
            if let Some((target, rest)) = below.split_first() {
                targets.push(*target);
                value = value_of(rest);
            } else {
                value = None;
            }
            self.recycle(below);
        }
        match (value, annotation) {
            (Some(value), None) => {
                self.tasks.push(Task::Expr(value));
                self.tasks.extend(targets.iter().map(|target| Task::Assign(*target, Form::Value)));
            }
            (Some(value), Some(annotation)) => {
                self.tasks.push(Task::Expr(value));
                self.tasks.push(Task::Expr(*annotation));
                self.tasks.push(Task::Assign(*first, Form::Annotated));
            }
            (None, Some(annotation)) => {
                self.tasks.push(Task::Expr(*annotation));
                self.tasks.push(Task::Assign(*first, Form::Declared));
            }
            (None, None) => self.opaque(0, span(node)),
        }
        self.recycle(targets);
    }

    pub(super) fn assign(&mut self, target: Child<'tree>, form: Form) {
        let (annotation, source) = match form {
            Form::Value => (None, Source::Value(self.peek())),
            Form::Annotated => {
                let annotation = self.pop();
                (Some(annotation), Source::Value(self.peek()))
            }
            Form::Declared => (Some(self.peek()), Source::Unknown),
        };
        self.target(target, Goal { source, path: 0, annotation });
    }

    pub(super) fn augmented(&mut self, node: Node<'tree>, children: &[Child<'tree>]) {
        let [left, op, .., right] = children else { return self.opaque(0, span(node)) };
        let op = match op.kind {
            Kind::PlusEquals => Some(JoinOp::Add),
            Kind::PipeEquals => Some(JoinOp::Pipe),
            Kind::PercentEquals => Some(JoinOp::Percent),
            Kind::TimesEquals => Some(JoinOp::Times),
            _ => None,
        };
        if !left.kind.is_expression() || !right.kind.is_expression() {
            let values = operands(children).map(Task::Expr);
            self.tasks.extend(values);
            return self.opaque(operands(children).count(), span(node));
        }
        self.tasks.push(Task::Expr(*left));
        self.tasks.push(Task::Expr(*right));
        self.tasks.push(Task::Augment(AugmentedOp(op), span(node)));
    }

    pub(super) fn augment(&mut self, op: AugmentedOp, span: Span) {
        let right = self.pop();
        let left = self.peek();
        self.values.push(right);
        self.build(op.0.map_or(Build::Opaque(2), |op| Build::Join(op, 2)), span);
        let value = self.peek();
        let body = self.body();
        let (time, block) = (body.now(), body.block);
        let store = |object: ExprId, place| Store { object, place, value: Some(value), annotation: None, block, time };
        match body.body.expr(left) {
            Expr::Name(name) => {
                let span = body.body.span(left);
                let value = Bound::Value(value);
                body.body.bindings.push(Binding { name, value, annotation: None, block, time, span });
            }
            Expr::Attribute { object, name } => body.body.stores.push(store(object, Place::Attribute(name))),
            Expr::Index { object, index } => body.body.stores.push(store(object, Place::Index(index))),
            _ => {}
        }
    }
}

/// What stands to the right of `=`.
fn value_of<'tree>(rest: &[Child<'tree>]) -> Option<Child<'tree>> {
    let equals = rest.iter().position(|child| child.kind == Kind::Equals)?;
    rest.get(equals + 1..).and_then(|after| operands(after).next())
}
