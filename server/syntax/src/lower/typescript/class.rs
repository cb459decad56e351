//! Classes and enums.

use lensai_text::Span;
use tree_sitter::Node;

use super::kind::Kind;
use super::{Hint, Then, Walk, Work, field, span};
use crate::hir::ItemKind;

impl<'t> Walk<'t, '_> {
    /// `outer`: decorators that stand before `export`.
    pub(super) fn class_declaration(&mut self, node: Node<'t>, outer: &[Node<'t>]) {
        let name = node.child_by_field_id(self.table.fields.name).map(span);
        let text = name.map_or("", |name| self.source(name));
        let whole = span(node);
        let start = outer.first().map_or(whole.start, |first| span(*first).start.min(whole.start));
        let item = self.file.begin(ItemKind::Class, text, Span::new(start, whole.end));
        let then = name.map_or(Then::Nothing, |name| Then::Bind { name, is_hoisted: false });
        self.class_body(node, outer, Work::End { item, then });
    }

    pub(super) fn class_expression(&mut self, node: Node<'t>, hint: Hint) {
        let own = node.child_by_field_id(self.table.fields.name);
        let (_, name) = self.item_name(own, hint);
        let item = self.file.begin(ItemKind::Class, &name, span(node));
        self.class_body(node, &[], Work::End { item, then: Then::Value(span(node)) });
    }

    fn class_body(&mut self, node: Node<'t>, outer: &[Node<'t>], end: Work<'t>) {
        let kids = self.kids(node);
        let plan = self.plan();
        self.plan_decorators(outer);
        let own: Vec<_> = kids.iter().filter(|kid| kid.kind == Kind::Decorator).map(|kid| kid.node).collect();
        self.plan_decorators(&own);
        for heritage in kids.iter().filter(|kid| kid.kind == Kind::ClassHeritage) {
            self.plan_bases(heritage.node);
        }
        self.work.push(Work::Prelude);
        for body in kids.iter().filter(|kid| kid.kind == Kind::ClassBody) {
            self.work.push(Work::Members(body.node));
        }
        self.work.push(end);
        self.planned(plan);
        self.done(kids);
    }

    /// JavaScript has the base in the clause itself, TypeScript in `extends_clause` beside `implements_clause`.
    fn plan_bases(&mut self, heritage: Node<'t>) {
        let kids = self.kids(heritage);
        for kid in kids.iter().filter(|kid| kid.node.is_named()) {
            if kid.kind == Kind::ExtendsClause {
                self.plan_bases_in(kid.node);
            } else if kid.kind.is_expression() {
                self.work.extend([Work::Expr(kid.node, Hint::None), Work::Base]);
            }
        }
        self.done(kids);
    }

    fn plan_bases_in(&mut self, clause: Node<'t>) {
        let kids = self.kids(clause);
        for kid in kids.iter().filter(|kid| kid.field == self.table.fields.value && kid.node.is_named()) {
            self.work.extend([Work::Expr(kid.node, Hint::None), Work::Base]);
        }
        self.done(kids);
    }

    /// In TypeScript the decorators of a method stand before it, beside the other members.
    pub(super) fn members(&mut self, body: Node<'t>) {
        let kids = self.kids(body);
        let plan = self.plan();
        let mut decorators = Vec::new();
        for kid in kids.iter().filter(|kid| kid.node.is_named()) {
            if kid.kind == Kind::Decorator {
                decorators.push(kid.node);
                continue;
            }
            let decorators = std::mem::take(&mut decorators);
            if kid.kind == Kind::Method {
                self.work.push(Work::Method(kid.node, decorators.into()));
            } else {
                self.work.extend(decorators.into_iter().chain([kid.node]).map(Work::Any));
            }
        }
        self.planned(plan);
        self.done(kids);
    }

    pub(super) fn field(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let key = field(&kids, fields.name).or_else(|| field(&kids, fields.property));
        let (type_, value) = (field(&kids, fields.type_), field(&kids, fields.value));
        let plan = self.plan();
        for decorator in kids.iter().filter(|kid| kid.kind == Kind::Decorator) {
            self.work.push(Work::Any(decorator.node));
        }
        self.done(kids);
        let name = key.filter(|key| self.kind(*key) != Kind::ComputedName).map(|key| self.name_span(key));
        if name.is_none() {
            self.work.extend(key.map(Work::Any));
        }
        self.work.extend(type_.map(Work::Type));
        self.work.extend(value.map(|value| Work::Expr(value, name.map_or(Hint::None, Hint::Name))));
        let (has_annotation, has_value) = (type_.is_some(), value.is_some());
        // A computed name is empty and binds nothing.
        let name = name.unwrap_or_default();
        self.work.push(Work::Declare { name, has_annotation, has_value });
        self.planned(plan);
    }

    /// An enum is a class whose members are bindings.
    pub(super) fn enum_(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let (name, body) = (field(&kids, fields.name), field(&kids, fields.body));
        self.done(kids);
        let Some(name) = name else { return };
        let item = self.file.begin(ItemKind::Class, self.text_of(name), span(node));
        let plan = self.plan();
        self.work.push(Work::Prelude);
        if let Some(body) = body {
            let members = self.kids(body);
            for member in members.iter().filter(|kid| kid.node.is_named()) {
                let (mut key, mut value) = (Some(member.node), None);
                if member.kind == Kind::EnumAssignment {
                    let kids = self.kids(member.node);
                    (key, value) = (field(&kids, fields.name), field(&kids, fields.value));
                    self.done(kids);
                }
                let Some(key) = key.filter(|key| self.kind(*key) != Kind::ComputedName) else { continue };
                let name = self.name_span(key);
                self.work.extend(value.map(|value| Work::Expr(value, Hint::Name(name))));
                self.work.push(Work::Declare { name, has_annotation: false, has_value: value.is_some() });
            }
            self.done(members);
        }
        let then = Then::Bind { name: span(name), is_hoisted: false };
        self.work.push(Work::End { item, then });
        self.planned(plan);
    }
}
