//! Operators and assignments.

use lensai_text::Span;
use tree_sitter::Node;

use super::kind::Kind;
use super::pattern::Source;
use super::{Hint, Walk, Work, field, span};
use crate::hir::{BlockKind, ChoiceKind, Expr, JoinOp};

/// What an operator makes of its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Choose(ChoiceKind),
    Join(JoinOp),
    Other,
}

impl Operation {
    pub(super) fn of(operator: Kind) -> Self {
        match operator {
            Kind::Or => Self::Choose(ChoiceKind::Or),
            Kind::And => Self::Choose(ChoiceKind::And),
            Kind::Coalesce => Self::Choose(ChoiceKind::Coalesce),
            Kind::Plus => Self::Join(JoinOp::Add),
            Kind::Pipe => Self::Join(JoinOp::Pipe),
            Kind::Percent => Self::Join(JoinOp::Percent),
            Kind::Times => Self::Join(JoinOp::Times),
            _ => Self::Other,
        }
    }

    pub(super) fn work<'t>(self, operands: usize, at: Span) -> Work<'t> {
        match self {
            Self::Choose(kind) => Work::Choice { kind, operands, at },
            Self::Join(op) => Work::Join { op, operands, at },
            Self::Other => Work::Opaque { operands, at },
        }
    }
}

impl<'t> Walk<'t, '_> {
    /// Operands of one operator are flattened: a sum of 20,000 terms is one join.
    pub(super) fn binary(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let (left, operator, right) = self.operands(node);
        let operation = Operation::of(operator);
        let at = span(node);
        let end = self.plan();
        // Its place: how many operands there are is known below.
        self.work.push(Work::Drop);
        // From the last operand to the first: the order that the stack wants.
        let mut count = self.operand_of(operation, right);
        let mut next = left;
        while let Some(left) = next.take() {
            let is_same = operation != Operation::Other
                && self.kind(left) == Kind::Binary
                && left.child_by_field_id(fields.operator).is_some_and(|it| Operation::of(self.kind(it)) == operation);
            if is_same {
                let (inner, _, right) = self.operands(left);
                count += self.operand_of(operation, right);
                next = inner;
            } else {
                count += self.operand(Some(left));
            }
        }
        let operation = if count < 2 { Operation::Other } else { operation };
        if let Some(end) = self.work.get_mut(end) {
            *end = operation.work(count, at);
        }
    }

    /// A right operand: of a choice it is evaluated or not. The stack wants it from its end.
    fn operand_of(&mut self, operation: Operation, node: Option<Node<'t>>) -> usize {
        let is_choice = matches!(operation, Operation::Choose(_)) && node.is_some();
        let around = self.file.body().block;
        self.work.extend(is_choice.then_some(Work::Block(around)));
        let count = self.operand(node);
        self.work.extend(is_choice.then_some(Work::Open(BlockKind::Operand)));
        count
    }

    fn operand(&mut self, node: Option<Node<'t>>) -> usize {
        self.work.extend(node.map(|node| Work::Expr(node, Hint::None)));
        usize::from(node.is_some())
    }

    pub(super) fn operands(&mut self, node: Node<'t>) -> (Option<Node<'t>>, Kind, Option<Node<'t>>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let operator = kids.iter().find(|kid| kid.field == fields.operator).map_or(Kind::Other, |kid| kid.kind);
        let found = (field(&kids, fields.left), operator, field(&kids, fields.right));
        self.done(kids);
        found
    }

    pub(super) fn unary(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let is_void = kids.iter().any(|kid| kid.kind == Kind::Void);
        let argument = field(&kids, fields.argument);
        self.done(kids);
        match argument {
            // How compiled code writes `undefined`.
            Some(number) if is_void && self.kind(number) == Kind::Number => {
                self.push(Expr::None, span(node));
            }
            Some(argument) => {
                self.work.push(Work::Opaque { operands: 1, at: span(node) });
                self.work.push(Work::Expr(argument, Hint::None));
            }
            None => self.opaque(node),
        }
    }

    /// `x++`: what `x` is after it is not known.
    pub(super) fn update(&mut self, node: Node<'t>) {
        let Some(argument) = node.child_by_field_id(self.table.fields.argument) else { return self.opaque(node) };
        if self.kind(argument) == Kind::Identifier {
            self.work.push(Work::Assign(span(argument)));
        }
        self.work.push(Work::Opaque { operands: 1, at: span(node) });
        self.work.push(Work::Expr(argument, Hint::None));
    }

    /// The target of an assignment without parentheses and casts.
    fn target(&mut self, mut node: Node<'t>) -> Node<'t> {
        while self.kind(node) == Kind::Transparent {
            match self.only_child(node) {
                Some(inner) => node = inner,
                None => break,
            }
        }
        node
    }

    pub(super) fn assignment(&mut self, node: Node<'t>) {
        let (left, _, right) = self.operands(node);
        let (Some(left), Some(right)) = (left, right) else { return self.opaque(node) };
        let left = self.target(left);
        let plan = self.plan();
        match self.kind(left) {
            Kind::Identifier => {
                let name = span(left);
                self.work.extend([Work::Expr(right, Hint::Name(name)), Work::Assign(name)]);
            }
            Kind::Member | Kind::Subscript => {
                let place = self.plan_place(left);
                let hint = match place {
                    Some(Place::Attribute { name, .. }) => Hint::Name(name),
                    _ => Hint::None,
                };
                self.work.push(Work::Expr(right, hint));
                self.plan_store(place);
            }
            _ => {
                self.work.push(Work::Expr(right, Hint::None));
                self.work.push(Work::Destructure { pattern: left, source: Source::Assigned });
            }
        }
        self.planned(plan);
    }

    pub(super) fn augmented(&mut self, node: Node<'t>) {
        let at = span(node);
        let (left, operator, right) = self.operands(node);
        let (Some(left), Some(right)) = (left, right) else { return self.opaque(node) };
        let left = self.target(left);
        let plan = self.plan();
        let place = match self.kind(left) {
            Kind::Member | Kind::Subscript => {
                let place = self.plan_place(left);
                match place {
                    Some(Place::Attribute { name, .. }) => {
                        self.work.push(Work::PeekAttribute { name, at: span(left) });
                    }
                    Some(Place::Index) => self.work.push(Work::PeekIndex(span(left))),
                    None => self.work.push(Work::Leaf(Expr::None, span(left))),
                }
                Some(place)
            }
            _ => {
                self.work.push(Work::Expr(left, Hint::None));
                None
            }
        };
        let operation = Operation::of(operator);
        if matches!(operation, Operation::Choose(_)) {
            let around = self.file.body().block;
            self.work.extend([Work::Open(BlockKind::Operand), Work::Expr(right, Hint::None), Work::Block(around)]);
        } else {
            self.work.push(Work::Expr(right, Hint::None));
        }
        self.work.push(operation.work(2, at));
        match place {
            Some(place) => self.plan_store(place),
            None if self.kind(left) == Kind::Identifier => self.work.push(Work::Assign(span(left))),
            None => {}
        }
        self.planned(plan);
    }

    /// Plans the object, and the key, of what is assigned to.
    fn plan_place(&mut self, target: Node<'t>) -> Option<Place> {
        let fields = &self.table.fields;
        let kids = self.kids(target);
        let object = field(&kids, fields.object);
        let property = field(&kids, fields.property);
        let index = field(&kids, fields.index);
        self.done(kids);
        let object = object?;
        let name = property.map(span).or_else(|| index.and_then(|index| self.plain_key(index)));
        if name.is_none() && index.is_none() {
            return None;
        }
        self.work.push(Work::Expr(object, Hint::None));
        if let Some(name) = name {
            return Some(Place::Attribute { object: span(object), name });
        }
        self.work.extend(index.map(|index| Work::Expr(index, Hint::None)));
        Some(Place::Index)
    }

    fn plan_store(&mut self, place: Option<Place>) {
        match place {
            Some(Place::Attribute { object, name }) => self.work.push(Work::StoreAttribute { object, name }),
            Some(Place::Index) => self.work.push(Work::StoreIndex),
            None => {}
        }
    }
}

/// Where an assignment stores; its object, and key, are on the stack.
#[derive(Debug, Clone, Copy)]
enum Place {
    Attribute { object: Span, name: Span },
    Index,
}
