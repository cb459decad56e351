//! Lists of messages as they are written: what is sent of them, what adds to them, and what cuts them.

use lensai_syntax::hir::{
    Arg, BlockId, BlockKind, Body, Bound, Element, Expr, ExprId, JoinOp, NameId, Place, Slice, Store,
};
use smol_str::{SmolStr, format_smolstr};

use crate::places::only_value;

/// Names that stand for each other, and lists within lists, are followed this far.
const MAX_DEPTH: usize = 6;
/// Methods that add to a list.
const ADDS: [&str; 6] = ["append", "extend", "insert", "push", "unshift", "appendleft"];
/// Methods that take away from one; the last message alone is often taken back when a request fails.
const CUTS: [&str; 7] = ["popleft", "shift", "splice", "clear", "remove", "truncate", "trim"];
/// Parts of the names of functions that keep a conversation short.
const SHORTENS: [&str; 14] = [
    "trim", "trunc", "prune", "summar", "compact", "compress", "condens", "shorten", "limit", "window", "clean",
    "reduce", "evict", "fit_",
];
/// Functions that give the same list again.
const COPIES: [&str; 8] = ["list", "tuple", "copy", "deepcopy", "structuredClone", "toArray", "from", "concat"];

/// With what the name of a list begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    This,
    Name(NameId),
}

/// A list, by the way to it: `messages`, `self.messages`, `histories[user]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct List {
    pub(super) root: Root,
    pub(super) path: Vec<SmolStr>,
}

/// Something is added to a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Growth {
    /// What does it.
    pub(super) at: ExprId,
    pub(super) block: BlockId,
    /// What is added.
    pub(super) added: Vec<ExprId>,
}

/// The lists of a body.
pub(super) struct Lists<'a> {
    pub(super) body: &'a Body,
}

impl Lists<'_> {
    /// The list that an expression is, by the name that it has had first.
    pub(super) fn list(&self, expr: ExprId) -> Option<List> {
        self.list_in(expr, 0)
    }

    fn list_in(&self, expr: ExprId, depth: usize) -> Option<List> {
        if depth > MAX_DEPTH {
            return None;
        }
        let (object, step) = match self.body.expr(expr) {
            Expr::This => return Some(List { root: Root::This, path: Vec::new() }),
            Expr::Name(name) => {
                let only = only_value(self.body, name).and_then(|value| self.list_in(value, depth + 1));
                // What a name of this body stands for is not found again in another one.
                return Some(only.unwrap_or(List { root: Root::Name(name), path: Vec::new() }));
            }
            Expr::Attribute { object, name } => (object, SmolStr::new(self.body.name(name))),
            Expr::Index { object, index } => match self.body.expr(index) {
                Expr::Text(text) => (object, SmolStr::new(self.body.text(text))),
                Expr::Name(name) => (object, format_smolstr!("[{}]", self.body.name(name))),
                Expr::Attribute { name, .. } => (object, format_smolstr!("[.{}]", self.body.name(name))),
                _ => return None,
            },
            _ => return None,
        };
        let mut list = self.list_in(object, depth + 1)?;
        list.path.push(step);
        Some(list)
    }

    /// The lists all of which are sent, by what is sent at a time.
    pub(super) fn sent(&self, expr: ExprId, time: ExprId) -> Vec<List> {
        let mut found = Vec::new();
        self.sent_in(expr, time, 0, &mut found);
        found
    }

    fn sent_in(&self, expr: ExprId, time: ExprId, depth: usize, found: &mut Vec<List>) {
        if depth > MAX_DEPTH {
            return;
        }
        let mut go = |expr| self.sent_in(expr, time, depth + 1, found);
        match self.body.expr(expr) {
            Expr::Name(name) => {
                if let Some(list) = self.list(expr)
                    && !found.contains(&list)
                {
                    found.push(list);
                }
                if let Some(binding) = self.body.bindings_before(name, time).next_back()
                    && let Bound::Value(value) = binding.value
                    && value < expr
                {
                    self.sent_in(value, binding.time, depth + 1, found);
                }
            }
            Expr::Attribute { .. } | Expr::Index { .. } => {
                found.extend(self.list(expr).filter(|list| !found.contains(list)));
            }
            Expr::Sequence(elements) => {
                for element in self.body.elements(elements) {
                    if let Element::Spread(value) = element {
                        go(*value);
                    }
                }
            }
            Expr::Join { op: JoinOp::Add, operands } | Expr::Choice { operands, .. } => {
                self.body.operands(operands).iter().for_each(|operand| go(*operand));
            }
            Expr::Comprehension { key: None, element } => {
                // `[{"role": m.role, "content": m.text} for m in self.messages]`
                let block = self.body.block_of(element);
                let of = self.body.bindings.iter().filter(|binding| binding.block == block);
                for binding in of {
                    if let Bound::Element { of, .. } = binding.value {
                        go(of);
                    }
                }
            }
            Expr::Call { callee, args, .. } => {
                let args = self.body.args(args);
                let first = args.first().map(|arg| arg.value());
                match self.body.expr(callee) {
                    Expr::Name(name) if COPIES.contains(&self.body.name(name)) => first.into_iter().for_each(go),
                    Expr::Attribute { object, name } => match self.body.name(name) {
                        "copy" | "concat" | "map" => go(object),
                        "slice" if args.is_empty() => go(object),
                        name if COPIES.contains(&name) => first.into_iter().for_each(go),
                        _ => {}
                    },
                    _ => {}
                }
            }
            Expr::Await(value) => go(value),
            _ => {}
        }
    }

    /// The entries of what was last stored where an expression says, before a time.
    pub(super) fn option(&self, expr: ExprId, time: ExprId) -> Option<Slice> {
        let value = match self.body.expr(expr) {
            Expr::Name(name) => match self.body.bindings_before(name, time).next_back()?.value {
                Bound::Value(value) => value,
                _ => return None,
            },
            Expr::Attribute { .. } => {
                let object = self.list(expr)?;
                self.stores_of(&object).filter(|store| store.time <= time).last()?.value?
            }
            _ => return None,
        };
        match self.body.expr(value) {
            Expr::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// What adds to a list, in order.
    pub(super) fn growths(&self, list: &List) -> Vec<Growth> {
        let mut found = Vec::new();
        for (at, expr) in (0..).map(ExprId).zip(&self.body.exprs) {
            let Expr::Call { callee, args, .. } = *expr else { continue };
            let Expr::Attribute { object, name } = self.body.expr(callee) else { continue };
            if ADDS.contains(&self.body.name(name)) && self.list(object).as_ref() == Some(list) {
                let args = self.body.args(args);
                let skipped = usize::from(self.body.name(name) == "insert");
                let added = args.iter().skip(skipped).flat_map(|arg| self.elements(arg.value())).collect();
                found.push(Growth { at, block: self.body.block_of(at), added });
            }
        }
        let stored = self.stores_of(list).filter_map(|store| Some((store.value?, store.block)));
        let bound = self.bindings_of(list).filter_map(|(value, block)| Some((value?, block)));
        for (value, block) in stored.chain(bound) {
            found.extend(self.added(list, value).map(|added| Growth { at: value, block, added }));
        }
        found.sort_by_key(|growth| growth.at);
        found
    }

    /// What of a new value of a list is beside all that was in it before; none when it is not all there.
    fn added(&self, list: &List, value: ExprId) -> Option<Vec<ExprId>> {
        let is_list = |expr: ExprId| self.list(expr).as_ref() == Some(list);
        let (mut is_kept, mut added) = (false, Vec::new());
        match self.body.expr(value) {
            Expr::Sequence(elements) => {
                for element in self.body.elements(elements) {
                    match *element {
                        Element::Spread(value) if is_list(value) => is_kept = true,
                        Element::Spread(value) | Element::Item(value) => added.push(value),
                    }
                }
            }
            Expr::Join { op: JoinOp::Add, operands } => {
                for operand in self.body.operands(operands) {
                    if is_list(*operand) {
                        is_kept = true;
                    } else {
                        added.extend(self.elements(*operand));
                    }
                }
            }
            Expr::Call { callee, args, .. } => match self.body.expr(callee) {
                Expr::Attribute { object, name } if self.body.name(name) == "concat" && is_list(object) => {
                    is_kept = true;
                    added.extend(self.body.args(args).iter().flat_map(|arg| self.elements(arg.value())));
                }
                _ => {}
            },
            _ => {}
        }
        (is_kept && !added.is_empty()).then_some(added)
    }

    /// The elements of a list that is written out, else what it is.
    fn elements(&self, expr: ExprId) -> Vec<ExprId> {
        match self.body.expr(expr) {
            Expr::Sequence(elements) if elements.len > 0 => {
                let elements = self.body.elements(elements).iter();
                elements
                    .map(|element| match element {
                        Element::Item(value) | Element::Spread(value) => *value,
                    })
                    .collect()
            }
            _ => vec![expr],
        }
    }

    /// The values that the name of a list gets, when a name is all it has; none for what is no value.
    fn bindings_of<'a>(&'a self, list: &'a List) -> impl Iterator<Item = (Option<ExprId>, BlockId)> + 'a {
        let name = match list.root {
            Root::Name(name) if list.path.is_empty() => Some(name),
            _ => None,
        };
        let bindings = name.into_iter().flat_map(|name| self.body.bindings_of(name));
        bindings.map(|binding| match binding.value {
            Bound::Value(value) => (Some(value), binding.block),
            _ => (None, binding.block),
        })
    }

    /// What is assigned to a list that has a way.
    fn stores_of<'a>(&'a self, list: &'a List) -> impl Iterator<Item = &'a Store> + 'a {
        self.body.stores.iter().filter(|store| {
            let step = match store.place {
                Place::Attribute(name) => Some(SmolStr::new(self.body.name(name))),
                Place::Index(index) => match self.body.expr(index) {
                    Expr::Text(text) => Some(SmolStr::new(self.body.text(text))),
                    Expr::Name(name) => Some(format_smolstr!("[{}]", self.body.name(name))),
                    _ => None,
                },
            };
            list.path.last() == step.as_ref()
                && self.list(store.object).is_some_and(|object| {
                    object.root == list.root && list.path.get(..list.path.len() - 1) == Some(&object.path)
                })
        })
    }

    /// Whether a list is made anew, cut or kept short within a block.
    pub(super) fn is_cut(&self, list: &List, region: BlockId) -> bool {
        let is_anew = |value: Option<ExprId>, block: BlockId| {
            self.is_within(block, region) && value.is_none_or(|value| self.added(list, value).is_none())
        };
        // What the way to it begins with is another one each time.
        let is_other = match list.root {
            Root::Name(name) if !list.path.is_empty() => {
                let mut bindings = self.body.bindings_of(name);
                region != BlockId::ROOT && bindings.any(|binding| self.is_within(binding.block, region))
            }
            _ => false,
        };
        // The key by which it is found is another one each time.
        let is_keyed = |step: &SmolStr| {
            let key = step.strip_prefix('[').and_then(|step| step.strip_suffix(']'));
            let name = key.and_then(|key| self.body.find_name(key));
            name.is_some_and(|name| self.body.bindings_of(name).any(|binding| self.is_within(binding.block, region)))
        };
        is_other
            || (region != BlockId::ROOT && list.path.iter().any(is_keyed))
            || self.bindings_of(list).any(|(value, block)| is_anew(value, block))
            || self.stores_of(list).any(|store| is_anew(store.value, store.block))
            || self.body.stores.iter().any(|store| {
                // `messages[:] = …`, `messages.length = 0`
                self.is_within(store.block, region) && self.list(store.object).as_ref() == Some(list)
            })
            || (0..)
                .map(ExprId)
                .zip(&self.body.exprs)
                .any(|(at, expr)| self.is_within(self.body.block_of(at), region) && self.cuts(list, at, *expr))
    }

    /// Whether an expression makes a list shorter, or looks at its length.
    fn cuts(&self, list: &List, at: ExprId, expr: Expr) -> bool {
        let is_list = |expr: ExprId| self.list(expr).as_ref() == Some(list);
        match expr {
            Expr::Call { callee, args, .. } => {
                let name = match self.body.expr(callee) {
                    Expr::Attribute { object, name } => {
                        let name = self.body.name(name);
                        let pops = || name == "pop" && !self.is_taken_back(at, self.body.args(args));
                        if is_list(object) && (CUTS.contains(&name) || pops()) {
                            return true;
                        }
                        name
                    }
                    Expr::Name(name) => self.body.name(name),
                    _ => return false,
                };
                let name = name.to_ascii_lowercase();
                SHORTENS.iter().any(|part| name.contains(part))
            }
            // `len(messages) > 20`, `messages.length > 20`
            Expr::Opaque(operands) => self.body.operands(operands).iter().any(|operand| {
                let of = match self.body.expr(*operand) {
                    Expr::Attribute { object, name } if self.body.name(name) == "length" => Some(object),
                    Expr::Call { callee, args, .. } => match (self.body.expr(callee), self.body.args(args)) {
                        (Expr::Name(name), [Arg::Positional(of)]) if self.body.name(name) == "len" => Some(*of),
                        _ => None,
                    },
                    _ => None,
                };
                of.is_some_and(is_list)
            }),
            // `del messages[0]`: of what nothing is done with.
            Expr::Index { object, .. } => is_list(object) && !self.is_used(at),
            _ => false,
        }
    }

    /// `messages.pop()` where something went wrong.
    fn is_taken_back(&self, at: ExprId, args: &[Arg]) -> bool {
        let is_handler = |kind: BlockKind| matches!(kind, BlockKind::Handler { .. });
        args.is_empty() && self.blocks_from(self.body.block_of(at)).any(|block| is_handler(self.body.block(block).kind))
    }

    /// Whether anything is done with an expression.
    fn is_used(&self, expr: ExprId) -> bool {
        let mut is_child = false;
        for at in (expr.0 + 1..).map(ExprId).take(self.body.exprs.len()) {
            if at.0 as usize >= self.body.exprs.len() {
                break;
            }
            self.body.children(at, &mut |child| is_child |= child == expr);
        }
        let of = |bound: &Bound| match *bound {
            Bound::Value(value) | Bound::Entered(value) => value == expr,
            Bound::Part { of, .. } | Bound::Element { of, .. } => of == expr,
            _ => false,
        };
        is_child
            || self.body.bindings.iter().any(|binding| of(&binding.value))
            || self.body.stores.iter().any(|store| store.value == Some(expr) || store.object == expr)
            || self.body.returns.iter().any(|given| given.value == Some(expr))
    }

    /// Whether a block is another one or stands within it.
    pub(super) fn is_within(&self, block: BlockId, region: BlockId) -> bool {
        self.blocks_from(block).any(|block| block == region)
    }

    /// The outermost choice within a region in which a block stands.
    pub(super) fn arm(&self, block: BlockId, region: BlockId) -> Option<BlockKind> {
        let within = self.blocks_from(block).take_while(|block| *block != region);
        within.map(|block| self.body.block(block).kind).filter(|kind| kind.group().is_some()).last()
    }

    /// The blocks within a region around another one at whose end nothing goes on.
    pub(super) fn diverging(&self, block: BlockId, region: BlockId) -> Vec<BlockId> {
        let within = self.blocks_from(block).take_while(|block| *block != region);
        within.filter(|block| self.body.block(*block).diverges).collect()
    }

    fn blocks_from(&self, block: BlockId) -> impl Iterator<Item = BlockId> + '_ {
        let next = |block: &BlockId| (*block != BlockId::ROOT).then(|| self.body.block(*block).parent);
        std::iter::successors(Some(block), next).take(self.body.blocks.len() + 1)
    }
}
