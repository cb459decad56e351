//! Functions, classes, lambdas and their parameters.

use lensai_text::Span;
use smol_str::{SmolStr, format_smolstr};
use tree_sitter::Node;

use super::kinds::Kind;
use super::targets::{Goal, Source};
use super::{Child, Lowering, Task, find, operands, span};
use crate::hir::{Bound, Expr, ItemId, ItemKind, Param, ParamKind, Return};

/// A parameter whose default and annotation are lowered.
#[derive(Clone, Copy)]
pub(super) struct ParameterShape<'tree> {
    name: Name<'tree>,
    kind: ParamKind,
    has_default: bool,
    has_annotation: bool,
}

#[derive(Clone, Copy)]
enum Name<'tree> {
    Plain(Node<'tree>),
    /// A pattern at this position.
    Pattern(u32),
}

impl<'tree> Lowering<'tree, '_> {
    pub(super) fn decorated(&mut self, node: Node<'tree>, children: &[Child<'tree>]) {
        for child in children {
            match child.kind {
                Kind::Function => self.function(node, child.node, children),
                Kind::Class => {
                    let parts = self.children(child.node);
                    self.class(node, &parts, children);
                    self.recycle(parts);
                }
                _ => {}
            }
        }
    }

    /// `whole` is the definition with its decorators.
    pub(super) fn function(&mut self, whole: Node<'tree>, definition: Node<'tree>, decorators: &[Child<'tree>]) {
        let name = self.name_of(definition);
        let item = self.begin(ItemKind::Function, name, whole);
        // What stands around a function counts for its imports alone.
        if self.type_checking == 0 && !whole.has_error() && self.file.is_known() {
            self.tasks.push(Task::EndItem(item, name));
            return;
        }
        let children = self.children(definition);
        self.decorators(decorators);
        let patterns = self.parameters(find(&children, Kind::Parameters));
        if let Some(result) = find(&children, Kind::Type) {
            self.tasks.push(Task::Expr(result));
            self.tasks.push(Task::ReturnType);
        }
        self.tasks.push(Task::Prelude);
        self.tasks.extend(patterns);
        self.tasks.extend(find(&children, Kind::Block).map(|block| Task::Statements(block.node)));
        self.tasks.push(Task::EndItem(item, name));
        self.recycle(children);
    }

    /// The name of a definition: of one that is known already no more is looked at.
    fn name_of(&mut self, definition: Node<'tree>) -> Option<Node<'tree>> {
        self.cursor.reset(definition);
        let mut is_there = self.cursor.goto_first_child();
        while is_there {
            let node = self.cursor.node();
            if Kind::of(node) == Kind::Identifier {
                return Some(node);
            }
            is_there = self.cursor.goto_next_sibling();
        }
        None
    }

    pub(super) fn class(&mut self, whole: Node<'tree>, children: &[Child<'tree>], decorators: &[Child<'tree>]) {
        let name = find(children, Kind::Identifier).map(|name| name.node);
        let item = self.begin(ItemKind::Class, name, whole);
        self.decorators(decorators);
        if let Some(bases) = find(children, Kind::ArgumentList) {
            let bases = self.children(bases.node);
            for base in &bases {
                if base.kind.is_expression() && base.kind != Kind::ListSplat {
                    self.tasks.push(Task::Expr(*base));
                    self.tasks.push(Task::Base);
                } else {
                    // `metaclass=M`, `*bases`
                    let value = self.children(base.node);
                    if let Some(value) = operands(&value).next_back() {
                        self.expr_and_drop(value);
                    }
                    self.recycle(value);
                }
            }
            self.recycle(bases);
        }
        self.tasks.push(Task::Prelude);
        self.tasks.extend(find(children, Kind::Block).map(|block| Task::Statements(block.node)));
        self.tasks.push(Task::EndItem(item, name));
    }

    pub(super) fn lambda(&mut self, node: Node<'tree>, iterates: bool) {
        let children = self.children(node);
        let item = self.begin(ItemKind::Lambda { iterates }, None, node);
        let patterns = self.parameters(find(&children, Kind::Parameters));
        self.tasks.push(Task::Prelude);
        self.tasks.extend(patterns);
        match operands(&children).next() {
            Some(value) => self.tasks.push(Task::Expr(value)),
            None => self.opaque(0, span(node)),
        }
        self.tasks.push(Task::EndLambda(item, span(node)));
        self.recycle(children);
    }

    fn begin(&mut self, kind: ItemKind, name: Option<Node<'tree>>, whole: Node<'tree>) -> ItemId {
        let name = name.map_or("", |name| self.slice(name));
        self.file.begin(kind, name, span(whole))
    }

    fn decorators(&mut self, children: &[Child<'tree>]) {
        for child in children {
            if child.kind == Kind::Decorator
                && let Some(decorator) = self.inner(child.node)
            {
                self.tasks.push(Task::Expr(decorator));
                self.tasks.push(Task::Decorator);
            }
        }
    }

    /// Schedules the parameters; gives the tasks that take patterns apart, for when the body has begun.
    fn parameters(&mut self, list: Option<Child<'tree>>) -> Vec<Task<'tree>> {
        let mut patterns = Vec::new();
        let Some(list) = list else { return patterns };
        let children = self.children(list.node);
        let mut plain = ParamKind::Plain;
        let mut position = 0;
        for child in &children {
            let parts = self.children(child.node);
            let (target, default) = match child.kind {
                Kind::PositionalSeparator => {
                    self.recycle(parts);
                    continue;
                }
                Kind::KeywordSeparator => {
                    plain = ParamKind::KeywordOnly;
                    self.recycle(parts);
                    continue;
                }
                Kind::DefaultParameter | Kind::TypedDefaultParameter => {
                    let after = parts.iter().skip_while(|part| part.kind != Kind::Equals);
                    (parts.first().copied(), after.copied().find(|part| part.kind.is_expression()))
                }
                Kind::TypedParameter => (parts.first().copied(), None),
                _ => (Some(*child), None),
            };
            let annotation = find(&parts, Kind::Type);
            self.recycle(parts);
            let Some(target) = target else { continue };
            let (name, kind) = match target.kind {
                Kind::ListSplatPattern => (self.inner(target.node).map(|name| Name::Plain(name.node)), ParamKind::Rest),
                Kind::DictionarySplatPattern => {
                    (self.inner(target.node).map(|name| Name::Plain(name.node)), ParamKind::KeywordRest)
                }
                Kind::Identifier => (Some(Name::Plain(target.node)), plain),
                Kind::TuplePattern => {
                    patterns.push(Task::ParameterPattern(target, position));
                    (Some(Name::Pattern(position)), plain)
                }
                _ => (None, plain),
            };
            let Some(name) = name else {
                self.tasks.push(Task::Loose(target));
                continue;
            };
            self.tasks.extend(default.map(Task::Expr));
            self.tasks.extend(annotation.map(Task::Expr));
            let (has_default, has_annotation) = (default.is_some(), annotation.is_some());
            self.tasks.push(Task::Parameter(ParameterShape { name, kind, has_default, has_annotation }));
            if kind == ParamKind::Rest {
                plain = ParamKind::KeywordOnly;
            }
            position += 1;
        }
        self.recycle(children);
        patterns
    }

    pub(super) fn parameter(&mut self, shape: ParameterShape<'tree>) {
        let annotation = shape.has_annotation.then(|| self.pop());
        let default = shape.has_default.then(|| self.pop());
        let name = match shape.name {
            Name::Plain(node) => SmolStr::new(self.slice(node)),
            Name::Pattern(position) => format_smolstr!("#{position}"),
        };
        self.body().body.params.push(Param { name, kind: shape.kind, default, annotation, is_attribute: false });
    }

    pub(super) fn parameter_pattern(&mut self, pattern: Child<'tree>, position: u32) {
        let body = self.body();
        let name = body.name(&format_smolstr!("#{position}"));
        let value = body.push(Expr::Name(name), span(pattern.node));
        self.target(pattern, Goal { source: Source::Value(value), path: 0, annotation: None });
    }

    pub(super) fn end_item(&mut self, item: ItemId, name: Option<Node<'tree>>) {
        self.file.end();
        if let Some(name) = name {
            let text = self.slice(name);
            if !text.is_empty() {
                self.bind_to(name, text, Bound::Item(item), None);
            }
        }
    }

    pub(super) fn end_lambda(&mut self, item: ItemId, span: Span) {
        let value = self.pop();
        let body = self.body();
        let block = body.block;
        body.body.returns.push(Return { value: Some(value), block, is_yield: false });
        self.file.end();
        self.push(Expr::Function(item), span);
    }
}
