//! Functions, methods and their parameters.

use lensai_text::Span;
use smol_str::{SmolStr, format_smolstr};
use tree_sitter::Node;

use super::kind::Kind;
use super::literal::decode;
use super::pattern::Source;
use super::{Hint, Kid, Parameter, Then, Walk, Work, field, span};
use crate::hir::{ItemKind, ParamKind};

impl<'t> Walk<'t, '_> {
    pub(super) fn function_declaration(&mut self, node: Node<'t>) {
        let name = node.child_by_field_id(self.table.fields.name);
        let text = name.map_or("", |name| self.text_of(name));
        let item = self.file.begin(ItemKind::Function, text, span(node));
        let then = name.map_or(Then::Nothing, |name| Then::Bind { name: span(name), is_hoisted: true });
        let plan = self.plan();
        if node.has_error() || !self.file.is_known() {
            self.plan_function(node);
        }
        self.work.push(Work::End { item, then });
        self.planned(plan);
    }

    pub(super) fn function_expression(&mut self, node: Node<'t>, hint: Hint) {
        let own = node.child_by_field_id(self.table.fields.name);
        let (kind, name) = self.item_name(own, hint);
        let item = self.file.begin(kind, &name, span(node));
        let plan = self.plan();
        if node.has_error() || !self.file.is_known() {
            self.plan_function(node);
        }
        self.end_value(item, node);
        self.planned(plan);
    }

    /// A method of a class, or of an object literal where it is a value. In TypeScript its decorators stand before it.
    pub(super) fn method(&mut self, node: Node<'t>, decorators: &[Node<'t>], is_value: bool) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let has = |kind: Kind| kids.iter().any(|kid| kid.kind == kind && kid.field == 0);
        let is_static = has(Kind::Static) || has(Kind::StaticGet);
        let reads = has(Kind::Get) || has(Kind::StaticGet);
        let writes = has(Kind::Set);
        let is_private = kids.iter().any(|kid| {
            kid.kind == Kind::Skipped
                && kid.node.kind() == "accessibility_modifier"
                && self.text_of(kid.node) == "private"
        });
        let key = field(&kids, fields.name).filter(|key| self.kind(*key) != Kind::ComputedName);
        let own_decorators = kids.iter().filter(|kid| kid.kind == Kind::Decorator).map(|kid| kid.node);
        let decorators: Vec<_> = decorators.iter().copied().chain(own_decorators).collect();
        self.done(kids);
        let key = key.map(|key| self.name_span(key));
        let name = key.map_or_else(SmolStr::default, |key| SmolStr::new(decode(self.source(key))));
        let whole = span(node);
        let start = decorators.first().map_or(whole.start, |first| span(*first).start.min(whole.start));
        let item = self.file.begin(ItemKind::Function, &name, Span::new(start, whole.end));
        let plan = self.plan();
        if node.has_error() || !self.file.is_known() {
            self.plan_decorators(&decorators);
            let at = key.unwrap_or(whole);
            for (is, name) in [(is_static, "staticmethod"), (reads, "property"), (is_private, "private")] {
                if is {
                    self.work.extend([Work::Name(name.into(), at), Work::Decorator]);
                }
            }
            self.plan_function(node);
        }
        let then = match key {
            _ if is_value => Then::Value(whole),
            // A setter must not hide the getter of its name.
            Some(name) if !writes => Then::Bind { name, is_hoisted: false },
            _ => Then::Nothing,
        };
        self.work.push(Work::End { item, then });
        self.planned(plan);
    }

    pub(super) fn plan_decorators(&mut self, decorators: &[Node<'t>]) {
        for decorator in decorators {
            if let Some(inner) = self.only_child(*decorator) {
                self.work.extend([Work::Expr(inner, Hint::None), Work::Decorator]);
            }
        }
    }

    /// Plans parameters, return type and body of whatever has them.
    fn plan_function(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let mut patterns = Vec::new();
        if let Some(parameters) = field(&kids, fields.parameters) {
            let list = self.kids(parameters);
            let mut position = 0;
            for kid in list.iter().filter(|kid| kid.node.is_named()) {
                position += usize::from(self.plan_parameter(*kid, position, &mut patterns));
            }
            self.done(list);
        } else if let Some(parameter) = field(&kids, fields.parameter) {
            self.plan_name(parameter);
        }
        if let Some(type_) = field(&kids, fields.return_type) {
            self.work.extend([Work::Type(type_), Work::ReturnType]);
        }
        self.work.push(Work::Prelude);
        for (position, pattern) in patterns {
            self.work.push(Work::Name(format_smolstr!("#{position}"), span(pattern)));
            self.work.push(Work::Destructure { pattern, source: Source::Value });
        }
        match field(&kids, fields.body) {
            Some(body) if self.kind(body) != Kind::StatementBlock => {
                self.work.extend([Work::Expr(body, Hint::None), Work::Return { has_value: true }]);
            }
            body => self.plan_body(body),
        }
        self.done(kids);
    }

    /// `x => …`
    fn plan_name(&mut self, name: Node<'t>) {
        let name = SmolStr::new(self.text_of(name));
        let plain =
            Parameter { name, kind: ParamKind::Plain, has_annotation: false, has_default: false, is_attribute: false };
        self.work.push(Work::Param(plain));
    }

    /// False if it is no parameter.
    fn plan_parameter(&mut self, kid: Kid<'t>, position: usize, patterns: &mut Vec<(usize, Node<'t>)>) -> bool {
        let fields = &self.table.fields;
        let (mut pattern, mut type_, mut value, mut is_attribute) = (Some(kid.node), None, None, false);
        match kid.kind {
            Kind::Parameter => {
                let kids = self.kids(kid.node);
                for decorator in kids.iter().filter(|kid| kid.kind == Kind::Decorator) {
                    self.work.push(Work::Any(decorator.node));
                }
                pattern = field(&kids, fields.pattern).or_else(|| field(&kids, fields.name));
                (type_, value) = (field(&kids, fields.type_), field(&kids, fields.value));
                is_attribute = kids.iter().any(|kid| {
                    kid.kind == Kind::Readonly
                        || kid.kind == Kind::Skipped
                            && matches!(kid.node.kind(), "accessibility_modifier" | "override_modifier")
                });
                self.done(kids);
            }
            Kind::DefaultPattern => {
                let kids = self.kids(kid.node);
                (pattern, value) = (field(&kids, fields.left), field(&kids, fields.right));
                self.done(kids);
            }
            _ => {}
        }
        let Some(mut pattern) = pattern else { return false };
        let mut how = ParamKind::Plain;
        if self.kind(pattern) == Kind::RestPattern {
            how = ParamKind::Rest;
            match self.only_child(pattern) {
                Some(inner) => pattern = inner,
                None => return false,
            }
        }
        let name = match self.kind(pattern) {
            Kind::Identifier => SmolStr::new(self.text_of(pattern)),
            // `this: Foo` says what `this` is; it is not handed over.
            Kind::This => return false,
            _ => {
                patterns.push((position, pattern));
                format_smolstr!("#{position}")
            }
        };
        self.work.extend(type_.map(Work::Type));
        self.work.extend(value.map(|value| Work::Expr(value, Hint::None)));
        let (has_annotation, has_default) = (type_.is_some(), value.is_some());
        self.work.push(Work::Param(Parameter { name, kind: how, has_annotation, has_default, is_attribute }));
        true
    }
}
