//! Control flow.

use tree_sitter::Node;

use super::kinds::Kind;
use super::targets::Goal;
use super::{Child, Lowering, Task, find, operands};
use crate::hir::BlockKind;

impl<'tree> Lowering<'tree, '_> {
    /// Conditions stand in the block around the `if`, and each branch is an arm: a chain of `elif` stays flat.
    pub(super) fn if_statement(&mut self, children: &[Child<'tree>]) {
        let exhaustive = children.iter().any(|child| child.kind == Kind::Else);
        let arm = BlockKind::Arm { group: self.body().new_group(), exhaustive };
        self.branch(children, arm);
        for clause in children {
            if matches!(clause.kind, Kind::Elif | Kind::Else) {
                let parts = self.children(clause.node);
                self.branch(&parts, arm);
                self.recycle(parts);
            }
        }
    }

    fn branch(&mut self, children: &[Child<'tree>], arm: BlockKind) {
        let condition = operands(children).next();
        let types = condition.is_some_and(|condition| self.is_type_checking(condition));
        if let Some(condition) = condition {
            self.tasks.push(Task::Expr(condition));
            self.tasks.push(if is_equality(condition.node) { Task::Holds } else { Task::Drop });
        }
        if types {
            self.tasks.push(Task::TypeChecking(true));
        }
        self.block(arm, find(children, Kind::Block).map(|block| block.node));
        if types {
            self.tasks.push(Task::TypeChecking(false));
        }
    }

    fn is_type_checking(&self, condition: Child<'tree>) -> bool {
        match condition.kind {
            Kind::Identifier => self.slice(condition.node) == "TYPE_CHECKING",
            Kind::Attribute => self.slice(condition.node).ends_with(".TYPE_CHECKING"),
            _ => false,
        }
    }

    pub(super) fn for_statement(&mut self, children: &[Child<'tree>]) {
        let [target, iterable, ..] = children else { return };
        let outer = self.body().block;
        self.tasks.push(Task::Expr(*iterable));
        self.tasks.push(Task::Open(BlockKind::Loop));
        self.tasks.push(Task::EachTarget(*target));
        self.tasks.extend(find(children, Kind::Block).map(|block| Task::Statements(block.node)));
        self.tasks.push(Task::Restore(outer));
        self.after_loop(children);
    }

    /// The condition is evaluated as often as the body.
    pub(super) fn while_statement(&mut self, children: &[Child<'tree>]) {
        let outer = self.body().block;
        self.tasks.push(Task::Open(BlockKind::Loop));
        if let Some(condition) = operands(children).next() {
            self.expr_and_drop(condition);
            if condition.kind == Kind::True {
                self.tasks.push(Task::Entered);
            }
        }
        self.tasks.extend(find(children, Kind::Block).map(|block| Task::Statements(block.node)));
        self.tasks.push(Task::Restore(outer));
        self.after_loop(children);
    }

    fn after_loop(&mut self, children: &[Child<'tree>]) {
        if let Some(clause) = find(children, Kind::Else) {
            // It runs or does not: a `break` leaves it out.
            self.clause(clause, BlockKind::Operand);
        }
    }

    /// A clause that has a block only.
    fn clause(&mut self, clause: Child<'tree>, kind: BlockKind) {
        let parts = self.children(clause.node);
        self.block(kind, find(&parts, Kind::Block).map(|block| block.node));
        self.recycle(parts);
    }

    pub(super) fn try_statement(&mut self, children: &[Child<'tree>]) {
        self.block(BlockKind::Plain, find(children, Kind::Block).map(|block| block.node));
        let handler = BlockKind::Handler { group: self.body().new_group() };
        for clause in children {
            match clause.kind {
                Kind::Except => self.except(*clause, handler),
                Kind::Else => self.clause(*clause, BlockKind::Plain),
                Kind::Finally => self.clause(*clause, BlockKind::Finally),
                _ => {}
            }
        }
    }

    fn except(&mut self, clause: Child<'tree>, handler: BlockKind) {
        let outer = self.body().block;
        let parts = self.children(clause.node);
        self.tasks.push(Task::Open(handler));
        for part in operands(&parts) {
            if part.kind == Kind::AsPattern {
                // The exception: nothing is known of it.
                let sides = self.children(part.node);
                if let Some(kind) = operands(&sides).next() {
                    self.expr_and_drop(kind);
                }
                self.tasks.extend(find(&sides, Kind::AsPatternTarget).map(|name| Task::Target(name, Goal::UNKNOWN)));
                self.recycle(sides);
            } else {
                self.expr_and_drop(part);
            }
        }
        self.tasks.extend(find(&parts, Kind::Block).map(|block| Task::Statements(block.node)));
        self.tasks.push(Task::Restore(outer));
        self.recycle(parts);
    }

    /// Managers are evaluated and bound in the block around the `with`: their names outlive it.
    pub(super) fn with_statement(&mut self, children: &[Child<'tree>]) {
        // `contextlib.suppress` goes on behind the `with` when something went wrong in it.
        let mut goes_on = false;
        if let Some(clause) = find(children, Kind::WithClause) {
            let items = self.children(clause.node);
            for item in &items {
                if let Some(manager) = self.inner(item.node) {
                    goes_on |= self.slice(manager.node).contains("suppress");
                    self.expr_and_drop(manager);
                }
            }
            self.recycle(items);
        }
        let outer = self.body().block;
        self.tasks.push(Task::Open(BlockKind::Plain));
        self.tasks.extend(find(children, Kind::Block).map(|block| Task::Statements(block.node)));
        self.tasks.push(if goes_on { Task::Restore(outer) } else { Task::CloseInto(outer) });
    }
}

/// Whether a condition is `a == b`.
fn is_equality(condition: Node<'_>) -> bool {
    condition.kind() == "comparison_operator"
        && condition.child_count() == 3
        && condition.child(1).is_some_and(|operator| operator.kind() == "==")
}
