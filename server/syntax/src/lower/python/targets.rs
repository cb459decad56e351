//! Targets: names, attributes and elements that get a value, and patterns that take one apart.

use tree_sitter::Node;

use super::kinds::Kind;
use super::{Child, Lowering, Task, find, length, span};
use crate::hir::{Binding, Bound, Expr, ExprId, NameId, Place, Step, Store};

/// Deeper patterns bind their names to nothing known: a path is copied for each name.
const DEEPEST: u32 = 32;

/// What a target gets.
#[derive(Clone, Copy)]
pub(super) struct Goal {
    pub(super) source: Source,
    /// Which part of it: index into the paths, 0 for all of it.
    pub(super) path: u32,
    pub(super) annotation: Option<ExprId>,
}

/// From where a target gets its value.
#[derive(Clone, Copy)]
pub(super) enum Source {
    Value(ExprId),
    Element(ExprId),
    Entered(ExprId),
    Unknown,
}

/// A step of destructuring after those of its parent.
pub(super) struct PathStep {
    parent: u32,
    depth: u32,
    step: Step,
}

impl Goal {
    pub(super) const UNKNOWN: Self = Self { source: Source::Unknown, path: 0, annotation: None };
}

impl<'tree> Lowering<'tree, '_> {
    pub(super) fn target(&mut self, target: Child<'tree>, goal: Goal) {
        let node = target.node;
        match target.kind {
            Kind::Identifier => self.bind(node, goal),
            Kind::Attribute => {
                let children = self.children(node);
                if let (Some(object), Some(name)) =
                    (children.first(), children.get(1..).and_then(|rest| find(rest, Kind::Identifier)))
                {
                    let value = self.stored(node, goal);
                    self.tasks.push(Task::Expr(*object));
                    self.tasks.push(Task::StoreAttribute(name.node, value, goal.annotation));
                }
                self.recycle(children);
            }
            Kind::Subscript => {
                let children = self.children(node);
                if let Some((object, indexes)) = children.split_first() {
                    let value = self.stored(node, goal);
                    self.tasks.push(Task::Expr(*object));
                    self.index(node, indexes);
                    self.tasks.push(Task::StoreIndex(value, goal.annotation));
                }
                self.recycle(children);
            }
            Kind::AsPatternTarget | Kind::Parenthesized | Kind::Type | Kind::GenericType => {
                let inner = self.inner(node);
                self.tasks.extend(inner.map(|inner| Task::Target(inner, goal)));
            }
            Kind::Tuple
            | Kind::List
            | Kind::ExpressionList
            | Kind::PatternList
            | Kind::TuplePattern
            | Kind::ListPattern => self.pattern(node, goal),
            Kind::ListSplat | Kind::ListSplatPattern => {
                let rest = self.part(goal, Step::Rest);
                let inner = self.inner(node);
                self.tasks.extend(inner.map(|inner| Task::Target(inner, rest)));
            }
            _ => self.tasks.push(Task::Loose(target)),
        }
    }

    fn pattern(&mut self, node: Node<'tree>, goal: Goal) {
        let goal = if let Source::Entered(_) = goal.source {
            let source = self.hidden(node, goal, "#entered").map_or(Source::Unknown, Source::Value);
            Goal { source, path: 0, annotation: None }
        } else {
            Goal { annotation: None, ..goal }
        };
        let children = self.children(node);
        let mut after_rest = false;
        for (index, child) in children.iter().enumerate() {
            let part = if matches!(child.kind, Kind::ListSplat | Kind::ListSplatPattern) {
                after_rest = true;
                goal
            } else if after_rest {
                // Counted from an end that is not known.
                Goal::UNKNOWN
            } else {
                self.part(goal, Step::Index(length(index)))
            };
            self.tasks.push(Task::Target(*child, part));
        }
        self.recycle(children);
    }

    fn part(&mut self, goal: Goal, step: Step) -> Goal {
        if matches!(goal.source, Source::Unknown) {
            return Goal::UNKNOWN;
        }
        let depth = self.path_step(goal.path).map_or(0, |step| step.depth) + 1;
        if depth > DEEPEST {
            return Goal::UNKNOWN;
        }
        self.paths.push(PathStep { parent: goal.path, depth, step });
        Goal { path: length(self.paths.len()), annotation: None, ..goal }
    }

    fn path_step(&self, path: u32) -> Option<&PathStep> {
        self.paths.get((path as usize).checked_sub(1)?)
    }

    fn path(&self, mut path: u32) -> Box<[Step]> {
        let mut steps = Vec::new();
        while let Some(step) = self.path_step(path) {
            steps.push(step.step.clone());
            path = step.parent;
        }
        steps.reverse();
        steps.into()
    }

    fn bound(&self, goal: Goal) -> Bound {
        match goal.source {
            Source::Value(id) if goal.path == 0 => Bound::Value(id),
            Source::Value(of) => Bound::Part { of, path: self.path(goal.path), default: None },
            Source::Element(of) => Bound::Element { of, path: self.path(goal.path) },
            Source::Entered(id) => Bound::Entered(id),
            Source::Unknown => Bound::Unknown,
        }
    }

    /// Binds a name now.
    pub(super) fn bind(&mut self, name: Node<'tree>, goal: Goal) {
        let text = self.slice(name);
        if !text.is_empty() {
            let value = self.bound(goal);
            self.bind_to(name, text, value, goal.annotation);
        }
    }

    /// Binds `name` at the place of a node.
    pub(super) fn bind_to(
        &mut self,
        node: Node<'tree>,
        name: &str,
        value: Bound,
        annotation: Option<ExprId>,
    ) -> NameId {
        let body = self.body();
        let name = body.name(name);
        let (time, block, span) = (body.now(), body.block, body.relative(span(node)));
        body.body.bindings.push(Binding { name, value, annotation, block, time, span });
        name
    }

    /// A value that is no expression of the text (an element, what is entered, a part), made one: a hidden name.
    fn hidden(&mut self, node: Node<'tree>, goal: Goal, name: &str) -> Option<ExprId> {
        if let Source::Unknown = goal.source {
            return None;
        }
        let value = self.bound(goal);
        let name = self.bind_to(node, name, value, None);
        Some(self.body().push(Expr::Name(name), span(node)))
    }

    /// The value for a store.
    fn stored(&mut self, node: Node<'tree>, goal: Goal) -> Option<ExprId> {
        match goal.source {
            Source::Value(id) if goal.path == 0 => Some(id),
            Source::Value(_) => self.hidden(node, goal, "#part"),
            Source::Element(_) => self.hidden(node, goal, "#element"),
            Source::Entered(_) => self.hidden(node, goal, "#entered"),
            Source::Unknown => None,
        }
    }

    pub(super) fn each_target(&mut self, target: Child<'tree>) {
        let source = Source::Element(self.pop());
        self.target(target, Goal { source, path: 0, annotation: None });
    }

    pub(super) fn entered_target(&mut self, target: Child<'tree>) {
        let source = Source::Entered(self.peek());
        self.target(target, Goal { source, path: 0, annotation: None });
    }

    pub(super) fn named_target(&mut self, name: Node<'tree>) {
        let source = Source::Value(self.peek());
        self.bind(name, Goal { source, path: 0, annotation: None });
    }

    pub(super) fn store_attribute(&mut self, name: Node<'tree>, value: Option<ExprId>, annotation: Option<ExprId>) {
        let object = self.pop();
        let name = self.slice(name);
        let name = self.body().name(name);
        self.store(object, Place::Attribute(name), value, annotation);
    }

    pub(super) fn store_index(&mut self, value: Option<ExprId>, annotation: Option<ExprId>) {
        let index = self.pop();
        let object = self.pop();
        self.store(object, Place::Index(index), value, annotation);
    }

    fn store(&mut self, object: ExprId, place: Place, value: Option<ExprId>, annotation: Option<ExprId>) {
        let body = self.body();
        let (time, block) = (body.now(), body.block);
        body.body.stores.push(Store { object, place, value, annotation, block, time });
    }
}
