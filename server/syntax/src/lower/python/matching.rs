//! `match`.

use tree_sitter::Node;

use super::kinds::Kind;
use super::targets::Goal;
use super::{Child, Lowering, Task, find, operands};
use crate::hir::BlockKind;

impl<'tree> Lowering<'tree, '_> {
    pub(super) fn match_statement(&mut self, children: &[Child<'tree>]) {
        operands(children).for_each(|subject| self.expr_and_drop(subject));
        let Some(block) = find(children, Kind::Block) else { return };
        let cases = self.children(block.node);
        let exhaustive =
            cases.iter().rev().find(|case| case.kind == Kind::Case).is_some_and(|case| self.always(case.node));
        let arm = BlockKind::Arm { group: self.body().new_group(), exhaustive };
        for case in &cases {
            if case.kind == Kind::Case {
                self.case(case.node, arm);
            } else {
                self.tasks.push(Task::Loose(*case));
            }
        }
        self.recycle(cases);
    }

    /// `case _:` and `case name:` take everything.
    fn always(&mut self, case: Node<'tree>) -> bool {
        let parts = self.children(case);
        let only = match parts[..] {
            [pattern, block] if pattern.kind == Kind::CasePattern && block.kind == Kind::Block => Some(pattern.node),
            _ => None,
        };
        self.recycle(parts);
        let Some(pattern) = only else { return false };
        let parts = self.children(pattern);
        let always = match parts[..] {
            [part] => part.kind == Kind::Underscore || part.kind == Kind::DottedName && self.is_capture(part.node),
            _ => false,
        };
        self.recycle(parts);
        always
    }

    fn case(&mut self, case: Node<'tree>, arm: BlockKind) {
        let outer = self.body().block;
        let parts = self.children(case);
        self.tasks.push(Task::Open(arm));
        for part in &parts {
            match part.kind {
                Kind::CasePattern => self.captures(part.node),
                Kind::IfClause => {
                    if let Some(guard) = self.inner(part.node) {
                        self.expr_and_drop(guard);
                    }
                }
                Kind::Block => self.tasks.push(Task::Statements(part.node)),
                _ => {}
            }
        }
        self.tasks.push(Task::Restore(outer));
        self.recycle(parts);
    }

    /// Schedules a binding for each name that a pattern captures.
    fn captures(&mut self, pattern: Node<'tree>) {
        let mut rest = vec![pattern];
        while let Some(node) = rest.pop() {
            let children = self.children(node);
            let kind = Kind::of(node);
            // The class of `Point(x=0)` and the attribute of `x=0` are no captures.
            let skipped = usize::from(matches!(kind, Kind::ClassPattern | Kind::KeywordPattern));
            let first_new = rest.len();
            for child in children.iter().skip(skipped) {
                match child.kind {
                    Kind::DottedName if self.is_capture(child.node) => self.capture(*child),
                    Kind::Identifier if matches!(kind, Kind::AsPattern | Kind::SplatPattern) => self.capture(*child),
                    Kind::DottedName | Kind::String | Kind::Concatenated => {}
                    child_kind if child_kind.is_leaf() => {}
                    _ => rest.push(child.node),
                }
            }
            if let Some(new) = rest.get_mut(first_new..) {
                new.reverse();
            }
            self.recycle(children);
        }
    }

    fn capture(&mut self, name: Child<'tree>) {
        if self.slice(name.node) != "_" {
            self.tasks.push(Task::Target(Child { node: name.node, kind: Kind::Identifier }, Goal::UNKNOWN));
        }
    }

    fn is_capture(&self, name: Node<'tree>) -> bool {
        !self.slice(name).contains('.')
    }
}
