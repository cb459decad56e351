//! Expressions: what a node needs lowered before it, and in which order.

use lensai_text::Span;
use smol_str::SmolStr;
use tree_sitter::Node;

use super::kind::Kind;
use super::literal::{decode, is_identifier};
use super::operator::Operation;
use super::{Hint, Kid, Shape, Then, Walk, Work, field, span};
use crate::builder::iterates;
use crate::hir::{BlockKind, ChoiceKind, Expr, ItemKind};

impl<'t> Walk<'t, '_> {
    pub(super) fn expr(&mut self, node: Node<'t>, hint: Hint) {
        let at = span(node);
        let kind = self.kind(node);
        match kind {
            Kind::Identifier => {
                let name = self.file.body().name(self.text.get(at.range()).unwrap_or(""));
                self.push(Expr::Name(name), at);
            }
            Kind::Member => self.member(node),
            Kind::Call => self.call(node),
            Kind::New => self.new_(node),
            Kind::String => self.text_leaf(node),
            Kind::TemplateString => self.template(node),
            Kind::Number => {
                let text = self.source(at);
                let body = self.file.body();
                let text = if text.contains('_') { body.text(text.replace('_', "")) } else { body.text(text) };
                self.push(Expr::Number(text), at);
            }
            Kind::This => self.leaf(Expr::This, node),
            Kind::Super => self.leaf(Expr::Super, node),
            Kind::True => self.leaf(Expr::Bool(true), node),
            Kind::False => self.leaf(Expr::Bool(false), node),
            Kind::Null => self.leaf(Expr::None, node),
            Kind::Regex | Kind::Meta | Kind::ImportKeyword => self.opaque_leaf(node),
            Kind::Transparent | Kind::Spread => self.transparent(node, hint),
            Kind::Object => self.object(node),
            Kind::Array => self.array(node),
            Kind::Function => self.function_expression(node, hint),
            Kind::Class => self.class_expression(node, hint),
            Kind::Subscript => self.subscript(node),
            Kind::Ternary => self.ternary(node),
            Kind::Binary => self.binary(node),
            Kind::Unary => self.unary(node),
            Kind::Update => self.update(node),
            Kind::Assignment => self.assignment(node),
            Kind::Augmented => self.augmented(node),
            Kind::Await | Kind::Yield => {
                let value = self.only_child(node);
                self.work.push(match kind {
                    Kind::Yield => Work::Yield { has_value: value.is_some(), at },
                    _ if value.is_some() => Work::Await(at),
                    _ => Work::Opaque { operands: 0, at },
                });
                self.work.extend(value.map(|value| Work::Expr(value, Hint::None)));
            }
            Kind::Sequence => self.sequence(node),
            Kind::Jsx | Kind::JsxPart => {
                let plan = self.plan();
                let operands = self.plan_jsx(node);
                self.work.push(Work::Opaque { operands, at });
                self.planned(plan);
            }
            _ => self.opaque(node),
        }
    }

    fn leaf(&mut self, expr: Expr, node: Node<'t>) {
        self.push(expr, span(node));
    }

    fn text_leaf(&mut self, node: Node<'t>) {
        let text = decode(self.source(self.quoted(node)));
        let text = self.file.body().text(text);
        self.push(Expr::Text(text), span(node));
    }

    /// Anything else: its children are kept because calls may stand in them.
    pub(super) fn opaque(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        let plan = self.plan();
        let mut operands = 0;
        for kid in kids.iter().filter(|kid| kid.node.is_named()) {
            if kid.kind.is_expression() {
                operands += 1;
                self.work.push(Work::Expr(kid.node, Hint::None));
            } else {
                self.work.push(Work::Any(kid.node));
            }
        }
        self.work.push(Work::Opaque { operands, at: span(node) });
        self.planned(plan);
        self.done(kids);
    }

    fn transparent(&mut self, node: Node<'t>, hint: Hint) {
        let kids = self.kids(node);
        let inner = kids.iter().find(|kid| kid.node.is_named() && kid.kind != Kind::TypeArguments).copied();
        let is_cast = node.kind() == "as_expression";
        let last = kids.last().copied().filter(|last| is_cast && last.node.is_named());
        let declared = last.filter(|last| matches!(last.kind, Kind::Identifier | Kind::NestedType | Kind::GenericType));
        self.done(kids);
        match inner {
            Some(inner) => match declared {
                Some(declared) => {
                    let plan = self.plan();
                    self.work.extend([Work::Type(declared.node), Work::Expr(inner.node, hint), Work::Cast]);
                    self.planned(plan);
                }
                None => self.work.push(Work::Expr(inner.node, hint)),
            },
            None => self.opaque_leaf(node),
        }
    }

    fn member(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let (object, property) = (field(&kids, fields.object), field(&kids, fields.property));
        self.done(kids);
        let (Some(object), Some(property)) = (object, property) else { return self.opaque(node) };
        self.work.push(Work::Attribute { name: span(property), at: span(node) });
        self.work.push(Work::Expr(object, Hint::None));
    }

    fn subscript(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let (object, index) = (field(&kids, fields.object), field(&kids, fields.index));
        self.done(kids);
        let (Some(object), Some(index)) = (object, index) else { return self.opaque(node) };
        if let Some(name) = self.plain_key(index) {
            self.work.push(Work::Attribute { name, at: span(node) });
        } else {
            self.work.push(Work::Index(span(node)));
            self.work.push(Work::Expr(index, Hint::None));
        }
        self.work.push(Work::Expr(object, Hint::None));
    }

    /// The content of a key such as `["name"]` that could stand behind a dot.
    pub(super) fn plain_key(&self, index: Node<'t>) -> Option<Span> {
        let inner = (self.kind(index) == Kind::String).then(|| self.quoted(index))?;
        is_identifier(self.source(inner)).then_some(inner)
    }

    fn call(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let (callee, arguments) = (field(&kids, fields.function), field(&kids, fields.arguments));
        self.done(kids);
        let (Some(callee), Some(arguments)) = (callee, arguments) else { return self.opaque(node) };
        if let Some((inner, outer)) = self.awaited_call(callee, arguments) {
            let plan = self.plan();
            match outer {
                Some(arguments) => {
                    let at = Span::new(span(inner).start, span(node).end);
                    self.plan_call(at, inner, Some(arguments), Hint::None, false);
                }
                None => self.work.push(Work::Expr(inner, Hint::None)),
            }
            self.work.push(Work::Await(span(node)));
            return self.planned(plan);
        }
        let hint = match self.kind(callee) {
            Kind::ImportKeyword if self.import_call(node, arguments) => return,
            Kind::Identifier => {
                if self.module_call(node, self.text_of(callee), arguments) {
                    return;
                }
                Hint::None
            }
            Kind::Member => {
                let property = callee.child_by_field_id(fields.property);
                let method = property.map_or("", |property| self.text_of(property));
                if self.module_call(node, method, arguments) {
                    return;
                }
                let runs_per_element = iterates(method) == ItemKind::Lambda { iterates: true }
                    || method == "from" && self.text_of(callee) == "Array.from";
                if method == "defineProperty" {
                    self.define_property(arguments);
                }
                if runs_per_element { Hint::Iterates } else { Hint::None }
            }
            Kind::Await | Kind::Unary | Kind::Binary => return self.generic_call(node, callee, arguments),
            _ => Hint::None,
        };
        let plan = self.plan();
        self.plan_call(span(node), callee, Some(arguments), hint, false);
        self.planned(plan);
    }

    /// The grammar reads `await f<T>(x)` as `(await f)<T>(x)`, and `!f<T>(x)` and `a + f<T>(x)` alike. What is called
    /// is the last operand.
    /// The grammar takes `await (0, a.b)(c)` for a call of a function `await`: what is awaited, and the arguments that it is called
    /// with, if it is.
    fn awaited_call(&mut self, callee: Node<'t>, arguments: Node<'t>) -> Option<(Node<'t>, Option<Node<'t>>)> {
        let fields = &self.table.fields;
        let (name, inner, outer) = match self.kind(callee) {
            Kind::Identifier => (callee, arguments, None),
            Kind::Call => {
                let name = callee.child_by_field_id(fields.function)?;
                (name, callee.child_by_field_id(fields.arguments)?, Some(arguments))
            }
            _ => return None,
        };
        if self.kind(name) != Kind::Identifier || self.text_of(name) != "await" {
            return None;
        }
        let kids = self.kids(inner);
        let last = kids.iter().rfind(|kid| kid.node.is_named()).map(|kid| kid.node);
        self.done(kids);
        last.map(|last| (last, outer))
    }

    fn generic_call(&mut self, node: Node<'t>, callee: Node<'t>, arguments: Node<'t>) {
        let end = span(node).end;
        let outer = self.file.body().block;
        let plan = self.plan();
        let mut around = Vec::new();
        let mut callee = callee;
        loop {
            let at = Span::new(span(callee).start, end);
            let kind = self.kind(callee);
            callee = match kind {
                Kind::Await | Kind::Unary => {
                    // Without its operand nothing is called.
                    let Some(inner) = self.only_child(callee) else { break };
                    around.push(if kind == Kind::Await { Work::Await(at) } else { Work::Opaque { operands: 1, at } });
                    inner
                }
                Kind::Binary => {
                    let (Some(left), operator, Some(right)) = self.operands(callee) else { break };
                    self.work.push(Work::Expr(left, Hint::None));
                    let operation = Operation::of(operator);
                    around.push(operation.work(2, at));
                    if matches!(operation, Operation::Choose(_)) {
                        self.work.push(Work::Open(BlockKind::Operand));
                        around.push(Work::Block(outer));
                    }
                    right
                }
                _ => break,
            };
        }
        self.plan_call(Span::new(span(callee).start, end), callee, Some(arguments), Hint::None, false);
        self.work.extend(around.into_iter().rev());
        self.planned(plan);
    }

    fn new_(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let (callee, arguments) = (field(&kids, fields.constructor), field(&kids, fields.arguments));
        self.done(kids);
        let Some(callee) = callee else { return self.opaque(node) };
        let plan = self.plan();
        self.plan_call(span(node), callee, arguments, Hint::None, true);
        self.planned(plan);
    }

    fn plan_call(&mut self, at: Span, callee: Node<'t>, arguments: Option<Node<'t>>, hint: Hint, is_new: bool) {
        let shapes = self.shapes.len();
        self.work.push(Work::Expr(callee, Hint::None));
        match arguments {
            Some(template) if self.kind(template) == Kind::TemplateString => {
                self.shapes.push(Shape::Item);
                self.work.push(Work::Expr(template, Hint::None));
            }
            Some(arguments) => {
                let kids = self.kids(arguments);
                for kid in kids.iter().filter(|kid| kid.node.is_named()) {
                    self.shapes.push(if kid.kind == Kind::Spread { Shape::Spread } else { Shape::Item });
                    self.work.push(Work::Expr(kid.node, hint));
                }
                self.done(kids);
            }
            None => {}
        }
        self.work.push(Work::Call { shapes, is_new, at });
    }

    fn template(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        if !kids.iter().any(|kid| kid.kind == Kind::TemplateHole) {
            self.done(kids);
            return self.text_leaf(node);
        }
        let content = self.quoted(node);
        let shapes = self.shapes.len();
        let plan = self.plan();
        let mut from = content.start;
        for hole in kids.iter().filter(|kid| kid.kind == Kind::TemplateHole) {
            let hole_at = span(hole.node);
            if hole_at.start > from {
                self.shapes.push(Shape::Text(Span::new(from, hole_at.start)));
            }
            from = hole_at.end;
            if let Some(inner) = self.only_child(hole.node) {
                self.shapes.push(Shape::Item);
                self.work.push(Work::Expr(inner, Hint::None));
            }
        }
        if content.end > from {
            self.shapes.push(Shape::Text(Span::new(from, content.end)));
        }
        self.work.push(Work::Template { shapes, at: span(node) });
        self.planned(plan);
        self.done(kids);
    }

    fn object(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let shapes = self.shapes.len();
        let plan = self.plan();
        for kid in &kids {
            match kid.kind {
                Kind::Pair => {
                    let pair = self.kids(kid.node);
                    let (key, value) = (field(&pair, fields.key), field(&pair, fields.value));
                    self.done(pair);
                    let (Some(key), Some(value)) = (key, value) else { continue };
                    self.shapes.push(Shape::Pair);
                    self.work.push(Work::Key(key));
                    self.work.push(Work::Expr(value, self.name_hint(key)));
                }
                Kind::Identifier => {
                    self.shapes.push(Shape::Pair);
                    self.work.extend([Work::Key(kid.node), Work::Expr(kid.node, Hint::None)]);
                }
                Kind::Spread => {
                    self.shapes.push(Shape::Spread);
                    self.work.push(Work::Expr(kid.node, Hint::None));
                }
                Kind::Method => self.plan_object_method(*kid),
                // `{a = 1}` is a pattern in the place of a value: its default may hold a call.
                _ if kid.node.is_named() => self.work.push(Work::Any(kid.node)),
                _ => {}
            }
        }
        self.work.push(Work::Mapping { shapes, at: span(node) });
        self.planned(plan);
        self.done(kids);
    }

    fn plan_object_method(&mut self, method: Kid<'t>) {
        self.shapes.push(Shape::Pair);
        match method.node.child_by_field_id(self.table.fields.name) {
            Some(key) => self.work.push(Work::Key(key)),
            None => self.work.push(Work::Leaf(Expr::None, span(method.node))),
        }
        self.work.push(Work::ObjectMethod(method.node));
    }

    /// What a function is named by a key.
    pub(super) fn name_hint(&self, key: Node<'t>) -> Hint {
        match self.kind(key) {
            Kind::ComputedName => Hint::None,
            _ => Hint::Name(self.name_span(key)),
        }
    }

    pub(super) fn key(&mut self, node: Node<'t>) {
        if self.kind(node) == Kind::ComputedName {
            match self.only_child(node) {
                Some(inner) => self.work.push(Work::Expr(inner, Hint::None)),
                None => self.opaque_leaf(node),
            }
        } else {
            let text = decode(self.source(self.name_span(node)));
            let text = self.file.body().text(text);
            self.push(Expr::Text(text), span(node));
        }
    }

    fn array(&mut self, node: Node<'t>) {
        let at = span(node);
        let kids = self.kids(node);
        let shapes = self.shapes.len();
        let plan = self.plan();
        let mut is_hole = true;
        for kid in &kids {
            if kid.kind == Kind::Comma {
                if is_hole {
                    self.shapes.push(Shape::Item);
                    self.work.push(Work::Leaf(Expr::None, span(kid.node)));
                }
                is_hole = true;
            } else if kid.node.is_named() {
                is_hole = false;
                self.shapes.push(if kid.kind == Kind::Spread { Shape::Spread } else { Shape::Item });
                self.work.push(Work::Expr(kid.node, Hint::None));
            }
        }
        self.work.push(Work::Sequence { shapes, at });
        self.planned(plan);
        self.done(kids);
    }

    fn ternary(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let condition = field(&kids, fields.condition);
        let arms = [field(&kids, fields.consequence), field(&kids, fields.alternative)];
        self.done(kids);
        let around = self.file.body().block;
        let group = self.file.body().new_group();
        let plan = self.plan();
        if let Some(condition) = condition {
            self.work.extend([Work::Expr(condition, Hint::None), Work::Drop]);
        }
        let mut operands = 0;
        for arm in arms.into_iter().flatten() {
            operands += 1;
            self.work.push(Work::Open(BlockKind::Arm { group, exhaustive: true }));
            self.work.push(Work::Expr(arm, Hint::None));
            self.work.push(Work::Block(around));
        }
        self.work.push(Work::Choice { kind: ChoiceKind::Conditional, operands, at: span(node) });
        self.planned(plan);
    }

    /// `(a, b)`: its value is the last. Also compiled code's `(0, module.f)(…)`.
    fn sequence(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        let plan = self.plan();
        let mut count = 0;
        for kid in kids.iter().filter(|kid| kid.node.is_named()) {
            count += 1;
            self.work.push(Work::Expr(kid.node, Hint::None));
        }
        self.done(kids);
        if count == 0 {
            return self.opaque_leaf(node);
        }
        self.work.push(Work::Last(count));
        self.planned(plan);
    }

    /// Plans what has a value in an element, its opening tag and its attributes; nested elements are expressions.
    fn plan_jsx(&mut self, node: Node<'t>) -> usize {
        let name = self.table.fields.name;
        let kids = self.kids(node);
        let mut operands = 0;
        for kid in kids.iter().filter(|kid| kid.field != name) {
            match kid.kind {
                Kind::JsxPart => operands += self.plan_jsx(kid.node),
                Kind::Jsx | Kind::Transparent => {
                    operands += 1;
                    self.work.push(Work::Expr(kid.node, Hint::None));
                }
                _ => {}
            }
        }
        self.done(kids);
        operands
    }

    /// A name that is given to a function or class where it stands.
    pub(super) fn item_name(&mut self, own: Option<Node<'t>>, hint: Hint) -> (ItemKind, SmolStr) {
        let own = own.map(|own| SmolStr::new(self.text_of(own)));
        match (hint, own) {
            (Hint::Name(name), _) => (ItemKind::Function, SmolStr::new(decode(self.source(name)))),
            (Hint::Iterates, own) => (ItemKind::Lambda { iterates: true }, own.unwrap_or_default()),
            (Hint::None, Some(own)) => (ItemKind::Function, own),
            (Hint::None, None) => (ItemKind::Lambda { iterates: false }, SmolStr::default()),
        }
    }

    /// The end of an item that is a value.
    pub(super) fn end_value(&mut self, item: crate::hir::ItemId, node: Node<'t>) {
        self.work.push(Work::End { item, then: Then::Value(span(node)) });
    }
}
