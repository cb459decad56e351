//! Calls and their arguments.

use tree_sitter::Node;

use super::build::{Build, Mark};
use super::kinds::Kind;
use super::{Child, Lowering, Task, operands, span};

impl<'tree> Lowering<'tree, '_> {
    pub(super) fn call(&mut self, node: Node<'tree>, children: &[Child<'tree>]) {
        let Some((callee, rest)) = children.split_first() else { return self.opaque(0, span(node)) };
        let arguments = rest.iter().find(|child| matches!(child.kind, Kind::ArgumentList | Kind::Generator));
        if callee.kind == Kind::Identifier && self.slice(callee.node) == "super" {
            self.tasks.extend(arguments.copied().map(Task::Loose));
            self.tasks.push(Task::Build(Build::Super, span(node)));
            return;
        }
        self.tasks.push(Task::Expr(*callee));
        let count = match arguments {
            Some(Child { node: list, kind: Kind::ArgumentList }) => {
                let arguments = self.children(*list);
                let count = self.arguments(*callee, &arguments);
                self.recycle(arguments);
                count
            }
            Some(generator) => {
                self.tasks.push(Task::Expr(*generator));
                self.marks.push(Mark::Plain);
                1
            }
            None => 0,
        };
        self.tasks.push(Task::Build(Build::Call(count), span(node)));
    }

    fn arguments(&mut self, callee: Child<'tree>, arguments: &[Child<'tree>]) -> u32 {
        let mut count = 0;
        for argument in arguments {
            let (mark, value) = match argument.kind {
                Kind::KeywordArgument => self.keyword(argument.node),
                Kind::ListSplat => (Mark::Spread, self.inner(argument.node)),
                Kind::DictionarySplat => (Mark::KeywordSpread, self.inner(argument.node)),
                Kind::Lambda if self.iterates(callee) => {
                    self.tasks.push(Task::IteratedLambda(argument.node));
                    self.marks.push(Mark::Plain);
                    count += 1;
                    continue;
                }
                kind if kind.is_expression() => (Mark::Plain, Some(*argument)),
                _ => continue,
            };
            if let Some(value) = value {
                self.tasks.push(Task::Expr(value));
                self.marks.push(mark);
                count += 1;
            }
        }
        count
    }

    fn keyword(&mut self, node: Node<'tree>) -> (Mark, Option<Child<'tree>>) {
        let parts = self.children(node);
        let name = parts.first().map_or("", |name| self.slice(name.node));
        let value = operands(&parts).nth(1);
        self.recycle(parts);
        (Mark::Keyword(self.body().name(name)), value)
    }

    /// Whether what is called runs a function once per element: the builtins, and the `map` of pools, executors and
    /// data frames.
    fn iterates(&self, callee: Child<'tree>) -> bool {
        let text = self.slice(callee.node);
        match callee.kind {
            Kind::Identifier => matches!(text, "map" | "filter" | "reduce"),
            Kind::Attribute => {
                let method = text.rsplit('.').next().unwrap_or_default();
                matches!(method.trim_start(), "map" | "imap" | "imap_unordered" | "starmap")
            }
            _ => false,
        }
    }
}
