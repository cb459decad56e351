//! Statements that are not control flow.

use lensai_text::Span;
use tree_sitter::Node;

use super::build::Build;
use super::kinds::Kind;
use super::{Child, Lowering, Task, operands, strings};
use crate::hir::{Jump, Return};

impl<'tree> Lowering<'tree, '_> {
    pub(super) fn statements(&mut self, node: Node<'tree>) {
        let children = self.children(node);
        self.tasks.extend(children.iter().copied().map(Task::Statement));
        self.recycle(children);
    }

    pub(super) fn statement(&mut self, child: Child<'tree>) {
        let Child { node, kind } = child;
        match kind {
            Kind::Pass => return,
            Kind::Break => return self.body().jumps(Jump::Break),
            Kind::Continue => return self.body().jumps(Jump::Continue),
            Kind::Function => return self.function(node, node, &[]),
            _ if !kind.is_statement() => return self.loose(child),
            _ => {}
        }
        let children = self.children(node);
        match kind {
            Kind::ExpressionStatement => {
                for child in operands(&children) {
                    if !self.is_plain_text(child) {
                        self.expr_and_drop(child);
                    }
                }
            }
            Kind::Return => {
                let value = operands(&children).next();
                self.tasks.extend(value.map(Task::Expr));
                self.tasks.push(Task::Return(value.is_some()));
            }
            Kind::Raise => {
                operands(&children).for_each(|child| self.expr_and_drop(child));
                self.body().diverges();
            }
            Kind::Global | Kind::Nonlocal => {
                for child in &children {
                    let text = self.slice(child.node);
                    let name = self.body().name(text);
                    self.body().body.outer_names.push(name);
                }
            }
            Kind::TypeAlias => {
                if let [left, .., right] = children[..] {
                    self.tasks.push(Task::Expr(right));
                    self.tasks.push(Task::Assign(left, super::Form::Value));
                    self.tasks.push(Task::Drop);
                }
            }
            Kind::Import => self.import(&children),
            Kind::ImportFrom => self.import_from(&children),
            Kind::FutureImport => self.import_names("__future__", &children),
            Kind::If => self.if_statement(&children),
            Kind::For => self.for_statement(&children),
            Kind::While => self.while_statement(&children),
            Kind::Try => self.try_statement(&children),
            Kind::With => self.with_statement(&children),
            Kind::Match => self.match_statement(&children),
            Kind::Class => self.class(node, &children, &[]),
            Kind::Decorated => self.decorated(node, &children),
            _ => self.tasks.extend(children.iter().copied().map(Task::Loose)),
        }
        self.recycle(children);
    }

    /// A docstring, or a string that stands for a comment.
    fn is_plain_text(&mut self, child: Child<'tree>) -> bool {
        match child.kind {
            Kind::String => !strings::may_have_holes(self.slice(child.node)),
            Kind::Concatenated => {
                let parts = self.children(child.node);
                let plain = parts.iter().all(|part| !strings::may_have_holes(self.slice(part.node)));
                self.recycle(parts);
                plain
            }
            kind => kind.is_leaf(),
        }
    }

    /// Finds statements and expressions below a node that is not as the grammar wants it.
    pub(super) fn loose(&mut self, child: Child<'tree>) {
        let Child { node, kind } = child;
        match kind {
            Kind::Block | Kind::Module => self.tasks.push(Task::Statements(node)),
            Kind::Assignment | Kind::Augmented => self.expr_and_drop(child),
            _ if kind.is_statement() => self.tasks.push(Task::Statement(child)),
            _ if kind.is_expression() => {
                if !self.is_plain_text(child) {
                    self.expr_and_drop(child);
                }
            }
            _ => {
                let children = self.children(node);
                self.tasks.extend(children.iter().copied().map(Task::Loose));
                self.recycle(children);
            }
        }
    }

    pub(super) fn returned(&mut self, has_value: bool) {
        let value = has_value.then(|| self.pop());
        let body = self.body();
        let block = body.block;
        body.body.returns.push(Return { value, block, is_yield: false });
        body.diverges();
    }

    /// `yield value`. `yield from value` counts as a `yield` of the whole.
    pub(super) fn yielded(&mut self, has_value: bool, span: Span) {
        let value = has_value.then(|| self.peek());
        let body = self.body();
        let block = body.block;
        body.body.returns.push(Return { value, block, is_yield: true });
        self.build(Build::Opaque(u32::from(has_value)), span);
    }
}
