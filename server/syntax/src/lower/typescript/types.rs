//! Types as expressions: `A.B` is an attribute, `Promise<X>` an index, `A | B` a join; the rest is opaque.

use tree_sitter::Node;

use super::kind::Kind;
use super::{Hint, Shape, Walk, Work, field, span};
use crate::hir::{Expr, JoinOp};

impl<'t> Walk<'t, '_> {
    pub(super) fn type_(&mut self, node: Node<'t>) {
        let at = span(node);
        match self.kind(node) {
            Kind::Identifier | Kind::Member | Kind::Call | Kind::Subscript => {
                self.work.push(Work::Expr(node, Hint::None));
            }
            Kind::ThisType => {
                self.push(Expr::This, at);
            }
            Kind::TypeAnnotation => match self.only_child(node) {
                Some(inner) => self.work.push(Work::Type(inner)),
                None => self.opaque_leaf(node),
            },
            Kind::LiteralType if self.text_of(node) == "null" || self.text_of(node) == "undefined" => {
                self.push(Expr::None, at);
            }
            Kind::TypeQuery => match self.only_child(node) {
                Some(inner) => self.work.push(Work::Expr(inner, Hint::None)),
                None => self.opaque_leaf(node),
            },
            Kind::NestedType => {
                let fields = &self.table.fields;
                let kids = self.kids(node);
                let (module, name) = (field(&kids, fields.module), field(&kids, fields.name));
                self.done(kids);
                let (Some(module), Some(name)) = (module, name) else { return self.opaque_leaf(node) };
                self.work.push(Work::Attribute { name: span(name), at });
                self.work.push(Work::Expr(module, Hint::None));
            }
            Kind::GenericType => self.generic_type(node),
            Kind::ArrayType => match self.only_child(node) {
                Some(element) => {
                    self.work.extend([Work::Index(at), Work::Type(element), Work::Name("Array".into(), at)]);
                }
                None => self.opaque_leaf(node),
            },
            Kind::UnionType => self.union_type(node),
            _ => self.opaque_leaf(node),
        }
    }

    /// The first named child.
    pub(super) fn only_child(&mut self, node: Node<'t>) -> Option<Node<'t>> {
        let kids = self.kids(node);
        let child = kids.iter().find(|kid| kid.node.is_named()).map(|kid| kid.node);
        self.done(kids);
        child
    }

    pub(super) fn opaque_leaf(&mut self, node: Node<'t>) {
        let nothing = self.file.body().operands([]);
        self.push(Expr::Opaque(nothing), span(node));
    }

    /// `Map<K, V>`: several arguments are a sequence, as in Python's `dict[K, V]`.
    fn generic_type(&mut self, node: Node<'t>) {
        let at = span(node);
        let kids = self.kids(node);
        let name = field(&kids, self.table.fields.name);
        let arguments = kids.iter().find(|kid| kid.kind == Kind::TypeArguments).map(|kid| kid.node);
        self.done(kids);
        let (Some(name), Some(arguments)) = (name, arguments) else { return self.opaque_leaf(node) };
        let arguments_at = span(arguments);
        let kids = self.kids(arguments);
        let count = kids.iter().filter(|kid| kid.node.is_named()).count();
        let plan = self.plan();
        self.work.push(Work::Type(name));
        self.work.extend(kids.iter().filter(|kid| kid.node.is_named()).map(|kid| Work::Type(kid.node)));
        self.done(kids);
        if count != 1 {
            let shapes = self.shapes.len();
            self.shapes.extend(std::iter::repeat_n(Shape::Item, count));
            self.work.push(Work::Sequence { shapes, at: arguments_at });
        }
        self.work.push(Work::Index(at));
        self.planned(plan);
    }

    fn union_type(&mut self, node: Node<'t>) {
        let mut operands = Vec::new();
        let mut next = Some(node);
        while let Some(union) = next.take() {
            let kids = self.kids(union);
            let first = operands.len();
            for kid in kids.iter().rev().filter(|kid| kid.node.is_named()) {
                operands.push(kid.node);
            }
            self.done(kids);
            // Unions nest to the left.
            if operands.len() > first && operands.last().is_some_and(|left| self.kind(*left) == Kind::UnionType) {
                next = operands.pop();
            }
        }
        if let [only] = operands.as_slice() {
            self.work.push(Work::Type(*only));
            return;
        }
        self.work.push(Work::Join { op: JoinOp::Pipe, operands: operands.len(), at: span(node) });
        // They were collected from the last to the first, which is how the stack wants them.
        self.work.extend(operands.into_iter().map(Work::Type));
    }

    /// `type Client = OpenAI`: a name for the type, if it may be that of a class.
    pub(super) fn type_alias(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let (name, value) = (field(&kids, fields.name), field(&kids, fields.value));
        self.done(kids);
        let (Some(name), Some(value)) = (name, value) else { return };
        if matches!(self.kind(value), Kind::Identifier | Kind::NestedType | Kind::GenericType | Kind::TypeQuery) {
            self.work.push(Work::Declare { name: span(name), has_annotation: false, has_value: true });
            self.work.push(Work::Type(value));
        }
    }
}
