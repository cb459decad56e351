//! Statements: order, branches, loops, returns.

use tree_sitter::Node;

use super::kind::Kind;
use super::pattern::Source;
use super::{Hint, Kid, Walk, Work, field, span};
use crate::hir::{BlockKind, Jump};

impl<'t> Walk<'t, '_> {
    /// Lowers a statement, or whatever stands in a node that is none.
    pub(super) fn any(&mut self, node: Node<'t>) {
        let kind = self.kind(node);
        match kind {
            Kind::ExpressionStatement => self.expression_statement(node),
            Kind::Declaration => self.declaration(node),
            Kind::StatementBlock => self.block(node, BlockKind::Plain),
            Kind::If => self.if_(node),
            Kind::Switch => self.switch(node),
            Kind::For => self.for_(node),
            Kind::ForIn => self.for_in(node),
            Kind::While | Kind::Do => self.while_(node, kind == Kind::Do),
            Kind::Try => self.try_(node),
            Kind::With | Kind::Labeled | Kind::StaticBlock => self.with(node),
            Kind::Break | Kind::Continue => self.jump(kind),
            Kind::Return => self.return_(node),
            Kind::Throw => self.throw(node),
            Kind::Import => self.import(node),
            Kind::ImportAlias => self.import_alias(node),
            Kind::Export => self.export(node),
            Kind::FunctionDeclaration => self.function_declaration(node),
            Kind::ClassDeclaration => self.class_declaration(node, &[]),
            Kind::Method => self.method(node, &[], false),
            Kind::Field => self.field(node),
            Kind::Enum => self.enum_(node),
            Kind::Namespace => self.namespace(node),
            Kind::TypeAlias => self.type_alias(node),
            Kind::Declarator => self.declarator(node),
            Kind::Skipped | Kind::TypeAnnotation | Kind::TypeArguments => {}
            _ if kind.is_expression() => {
                self.work.push(Work::Drop);
                self.work.push(Work::Expr(node, Hint::None));
            }
            _ => self.children(node),
        }
    }

    /// What has no meaning of its own, or is not valid: its children, one by one.
    pub(super) fn children(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        self.work.extend(kids.iter().rev().filter(|kid| kid.node.is_named()).map(|kid| Work::Any(kid.node)));
        self.done(kids);
    }

    /// Plans the statements of a body, which needs no block of its own.
    pub(super) fn plan_body(&mut self, body: Option<Node<'t>>) {
        let Some(body) = body else { return };
        if self.kind(body) != Kind::StatementBlock {
            self.work.push(Work::Any(body));
            return;
        }
        let kids = self.kids(body);
        self.work.extend(kids.iter().filter(|kid| kid.node.is_named()).map(|kid| Work::Any(kid.node)));
        self.done(kids);
    }

    fn block(&mut self, node: Node<'t>, kind: BlockKind) {
        let around = self.file.body().block;
        let plan = self.plan();
        self.work.push(Work::Open(kind));
        self.plan_body(Some(node));
        self.work.push(Work::CloseInto(around));
        self.planned(plan);
    }

    fn expression_statement(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        if let Some(kid) = kids.iter().find(|kid| kid.node.is_named()) {
            match kid.kind {
                Kind::String => {}
                Kind::Namespace => self.work.push(Work::Any(kid.node)),
                _ => {
                    self.work.push(Work::Drop);
                    self.work.push(Work::Expr(kid.node, Hint::None));
                }
            }
        }
        self.done(kids);
    }

    fn declaration(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        self.work.extend(kids.iter().rev().filter(|kid| kid.kind == Kind::Declarator).map(|kid| Work::Any(kid.node)));
        self.done(kids);
    }

    fn declarator(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let (name, type_, value) = (field(&kids, fields.name), field(&kids, fields.type_), field(&kids, fields.value));
        self.done(kids);
        let Some(name) = name else { return };
        let plan = self.plan();
        if self.kind(name).is_pattern() {
            if let Some(type_) = type_ {
                self.work.extend([Work::Type(type_), Work::Drop]);
            }
            let source = match value {
                Some(value) => {
                    self.work.push(Work::Expr(value, Hint::None));
                    Source::Value
                }
                None => Source::Unknown,
            };
            self.work.push(Work::Destructure { pattern: name, source });
        } else {
            let name = span(name);
            self.work.extend(type_.map(Work::Type));
            self.work.extend(value.map(|value| Work::Expr(value, Hint::Name(name))));
            self.work.push(Work::Declare { name, has_annotation: type_.is_some(), has_value: value.is_some() });
        }
        self.planned(plan);
    }

    /// A chain of `if` and `else if`: its arms are siblings, however long it is.
    fn if_(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let mut arms = Vec::new();
        let mut otherwise = None;
        let mut next = Some(node);
        while let Some(node) = next.take() {
            let kids = self.kids(node);
            arms.push((field(&kids, fields.condition), field(&kids, fields.consequence)));
            let clause = field(&kids, fields.alternative);
            self.done(kids);
            let Some(clause) = clause else { break };
            let kids = self.kids(clause);
            let last = kids.iter().rev().find(|kid| kid.node.is_named()).copied();
            self.done(kids);
            match last {
                Some(Kid { node, kind: Kind::If, .. }) => next = Some(node),
                last => otherwise = Some(last.map(|kid| kid.node)),
            }
        }
        let around = self.file.body().block;
        let group = self.file.body().new_group();
        let kind = BlockKind::Arm { group, exhaustive: otherwise.is_some() };
        let plan = self.plan();
        for (condition, consequence) in arms {
            if let Some(condition) = condition {
                let taken = if is_equality(condition) { Work::Holds } else { Work::Drop };
                self.work.extend([Work::Expr(condition, Hint::None), taken]);
            }
            self.work.push(Work::Open(kind));
            self.plan_body(consequence);
            self.work.push(Work::Block(around));
        }
        if let Some(otherwise) = otherwise {
            self.work.push(Work::Open(kind));
            self.plan_body(otherwise);
            self.work.push(Work::Block(around));
        }
        self.planned(plan);
    }

    /// Cases that share their statements (`case "a": case "b": …`) are one arm.
    fn switch(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let (value, body) = (field(&kids, fields.value), field(&kids, fields.body));
        self.done(kids);
        let Some(body) = body else { return };
        let cases = self.kids(body);
        let around = self.file.body().block;
        let group = self.file.body().new_group();
        let exhaustive = cases.iter().any(|case| case.kind == Kind::SwitchDefault);
        self.breakables.push(true);
        let plan = self.plan();
        if let Some(value) = value {
            self.work.extend([Work::Expr(value, Hint::None), Work::Drop]);
        }
        for case in cases.iter().filter(|case| matches!(case.kind, Kind::SwitchCase | Kind::SwitchDefault)) {
            let kids = self.kids(case.node);
            if let Some(value) = field(&kids, fields.value) {
                self.work.extend([Work::Expr(value, Hint::None), Work::Drop]);
            }
            let mut statements = kids.iter().filter(|kid| kid.node.is_named() && kid.field != fields.value).peekable();
            if statements.peek().is_some() {
                self.work.push(Work::Open(BlockKind::Arm { group, exhaustive }));
                self.work.extend(statements.map(|kid| Work::Any(kid.node)));
                self.work.extend([Work::EndCase, Work::Block(around)]);
            }
            self.done(kids);
        }
        self.work.push(Work::EndBreakable);
        self.planned(plan);
        self.done(cases);
    }

    fn for_(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let plan = self.plan();
        let around = self.file.body().block;
        self.plan_all(&kids, fields.initializer);
        self.work.push(Work::Open(BlockKind::Loop));
        self.plan_all(&kids, fields.condition);
        let condition = kids.iter().find(|kid| kid.field == fields.condition && kid.node.is_named());
        let increment = field(&kids, fields.increment);
        let counts = condition.zip(increment).and_then(|(condition, step)| self.counts(condition.node, step));
        let is_counted = counts.is_some();
        self.work.extend(counts);
        if condition.is_none_or(|condition| condition.node.kind() == "empty_statement" || is_true(condition.node)) {
            self.work.push(Work::Entered);
        }
        self.plan_body(field(&kids, fields.body));
        self.plan_all(&kids, fields.increment);
        self.work.extend(is_counted.then_some(Work::CountsBy));
        self.work.extend([Work::Block(around), Work::EndBreakable]);
        self.breakables.push(false);
        self.planned(plan);
        self.done(kids);
    }

    /// Whether a condition and a step are those of a loop that counts up, or down.
    fn counts(&mut self, condition: Node<'t>, step: Node<'t>) -> Option<Work<'t>> {
        let is_statement = self.kind(condition) == Kind::ExpressionStatement;
        let condition = if is_statement { self.only_child(condition)? } else { condition };
        let operator = |node: Node<'t>| Some(node.child_by_field_id(self.table.fields.operator)?.kind());
        let steps_down = match operator(step).or_else(|| operator(step.child_by_field_id(self.table.fields.right)?))? {
            "++" | "+=" | "+" => false,
            "--" | "-=" | "-" => true,
            _ => return None,
        };
        let (is_down, is_inclusive) = match operator(condition)? {
            "<" => (false, false),
            "<=" => (false, true),
            ">" => (true, false),
            ">=" => (true, true),
            _ => return None,
        };
        (is_down == steps_down).then_some(Work::Counts { is_inclusive, is_down })
    }

    /// The named children in a field (`;` may have it too).
    fn plan_all(&mut self, kids: &[Kid<'t>], field: u16) {
        let kids = kids.iter().filter(|kid| kid.field == field && kid.node.is_named());
        self.work.extend(kids.map(|kid| Work::Any(kid.node)));
    }

    fn for_in(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let plan = self.plan();
        let around = self.file.body().block;
        let right = field(&kids, fields.right);
        self.work.extend(right.map(|right| Work::Expr(right, Hint::None)));
        self.work.push(Work::Open(BlockKind::Loop));
        if let Some(pattern) = field(&kids, fields.left) {
            let source = if right.is_some() { Source::Element } else { Source::Unknown };
            self.work.push(Work::Destructure { pattern, source });
        } else if right.is_some() {
            self.work.push(Work::Drop);
        }
        self.plan_body(field(&kids, fields.body));
        self.work.extend([Work::Block(around), Work::EndBreakable]);
        self.breakables.push(false);
        self.planned(plan);
        self.done(kids);
    }

    fn while_(&mut self, node: Node<'t>, is_body_first: bool) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let plan = self.plan();
        let around = self.file.body().block;
        self.work.push(Work::Open(BlockKind::Loop));
        if is_body_first || field(&kids, fields.condition).is_some_and(is_true) {
            self.work.push(Work::Entered);
        }
        if is_body_first {
            self.plan_body(field(&kids, fields.body));
        }
        self.plan_all(&kids, fields.condition);
        if !is_body_first {
            self.plan_body(field(&kids, fields.body));
        }
        self.work.extend([Work::Block(around), Work::EndBreakable]);
        self.breakables.push(false);
        self.planned(plan);
        self.done(kids);
    }

    fn try_(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let plan = self.plan();
        let around = self.file.body().block;
        self.work.push(Work::Open(BlockKind::Plain));
        self.plan_body(field(&kids, fields.body));
        self.work.push(Work::Block(around));
        if let Some(handler) = field(&kids, fields.handler) {
            let kids = self.kids(handler);
            let group = self.file.body().new_group();
            self.work.push(Work::Open(BlockKind::Handler { group }));
            if let Some(pattern) = field(&kids, fields.parameter) {
                self.work.push(Work::Destructure { pattern, source: Source::Unknown });
            }
            self.plan_body(field(&kids, fields.body));
            self.work.push(Work::Block(around));
            self.done(kids);
        }
        if let Some(finalizer) = field(&kids, fields.finalizer) {
            let kids = self.kids(finalizer);
            self.work.push(Work::Open(BlockKind::Finally));
            self.plan_body(field(&kids, fields.body));
            self.work.push(Work::Block(around));
            self.done(kids);
        }
        self.planned(plan);
        self.done(kids);
    }

    /// `with (object) …`, `label: …`, `static { … }`.
    fn with(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let plan = self.plan();
        self.plan_all(&kids, fields.object);
        self.work.extend(field(&kids, fields.body).map(Work::Any));
        self.planned(plan);
        self.done(kids);
    }

    /// A `break` that only leaves a `switch` goes on behind it: what its arm bound is seen there.
    fn jump(&mut self, kind: Kind) {
        let is_in_switch = self.breakables.last() == Some(&true);
        self.file.body().jumps(match kind {
            Kind::Continue => Jump::Continue,
            _ if is_in_switch => Jump::BreakSwitch,
            _ => Jump::Break,
        });
    }

    fn return_(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        let value = kids.iter().find(|kid| kid.node.is_named()).map(|kid| kid.node);
        self.done(kids);
        self.work.push(Work::Return { has_value: value.is_some() });
        self.work.extend(value.map(|value| Work::Expr(value, Hint::None)));
        self.file.body().diverges();
    }

    fn throw(&mut self, node: Node<'t>) {
        self.children(node);
        self.file.body().diverges();
    }

    /// `namespace A { … }`: its content runs once, in place.
    fn namespace(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let body = field(&kids, fields.body);
        self.done(kids);
        if let Some(body) = body {
            self.block(body, BlockKind::Plain);
        }
    }
}

/// A condition without the parentheses around it.
fn inner(condition: Node<'_>) -> Option<Node<'_>> {
    let is_wrapped = matches!(condition.kind(), "parenthesized_expression" | "expression_statement");
    if is_wrapped { condition.named_child(0) } else { Some(condition) }
}

/// Whether a condition is `true`.
fn is_true(condition: Node<'_>) -> bool {
    inner(condition).is_some_and(|inner| inner.kind() == "true")
}

/// Whether a condition is `(a === b)`.
fn is_equality(condition: Node<'_>) -> bool {
    inner(condition).is_some_and(|inner| {
        inner.kind() == "binary_expression"
            && inner.child_by_field_name("operator").is_some_and(|operator| matches!(operator.kind(), "===" | "=="))
    })
}
