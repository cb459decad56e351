//! Destructuring: `const {a, b: [c = 1], ...rest} = value`.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::kind::Kind;
use super::literal::{decode, is_identifier};
use super::{Hint, Walk, Work, field, span};
use crate::hir::{Bound, Expr, ExprId, Place, Step, Store};

/// Patterns deeper than this bind nothing known: paths are stored per name.
const MAX_DEPTH: usize = 32;

/// What a pattern takes apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The last value.
    Value,
    /// The last value, which stays the value of the assignment.
    Assigned,
    /// An element of the last value.
    Element,
    /// Nothing that is known.
    Unknown,
}

/// A source whose pattern is being lowered.
pub(super) struct Open {
    of: Option<ExprId>,
    is_element: bool,
    /// Where the path of this pattern begins.
    path: usize,
}

impl<'t> Walk<'t, '_> {
    pub(super) fn destructure(&mut self, pattern: Node<'t>, source: Source) {
        let of = match source {
            Source::Value | Source::Element => Some(self.pop()),
            Source::Assigned => self.values.last().copied(),
            Source::Unknown => None,
        };
        self.sources.push(Open { of, is_element: source == Source::Element, path: self.path.len() });
        self.work.push(Work::EndDestructure);
        self.work.push(Work::Pattern(pattern));
    }

    pub(super) fn end_destructure(&mut self) {
        if let Some(open) = self.sources.pop() {
            self.path.truncate(open.path);
        }
    }

    pub(super) fn pattern(&mut self, node: Node<'t>) {
        let kind = self.kind(node);
        match kind {
            Kind::ObjectPattern | Kind::Object => self.object_pattern(node),
            Kind::ArrayPattern | Kind::Array => self.array_pattern(node),
            Kind::DefaultPattern | Kind::Assignment => self.default_pattern(node),
            Kind::RestPattern | Kind::Spread => {
                let kids = self.kids(node);
                let inner = kids.iter().find(|kid| kid.node.is_named()).map(|kid| kid.node);
                self.done(kids);
                if let Some(inner) = inner {
                    self.work.extend([Work::Leave, Work::Pattern(inner), Work::Enter(Step::Rest)]);
                }
            }
            Kind::Transparent => {
                let kids = self.kids(node);
                let inner = kids.iter().find(|kid| kid.node.is_named()).map(|kid| kid.node);
                self.done(kids);
                self.work.extend(inner.map(Work::Pattern));
            }
            Kind::Identifier => self.pattern_leaf(node, None),
            Kind::Member => {
                let fields = &self.table.fields;
                let kids = self.kids(node);
                let (object, name) = (field(&kids, fields.object), field(&kids, fields.property));
                self.done(kids);
                if let (Some(object), Some(name)) = (object, name) {
                    // Evaluated before its store: the leaf finds the object as the last value.
                    self.work.push(Work::PatternDefault(name));
                    self.work.push(Work::Expr(object, Hint::None));
                }
            }
            _ => self.work.push(Work::Any(node)),
        }
    }

    fn object_pattern(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let plan = self.plan();
        for kid in &kids {
            match kid.kind {
                Kind::Identifier => {
                    let step = Step::Key(SmolStr::new(self.text_of(kid.node)));
                    self.work.extend([Work::Enter(step), Work::Pattern(kid.node), Work::Leave]);
                }
                Kind::DefaultPattern | Kind::Assignment => {
                    let left = kid.node.child_by_field_id(fields.left);
                    let key = left.filter(|left| self.kind(*left) == Kind::Identifier);
                    let step = Step::Key(key.map_or_else(SmolStr::default, |key| SmolStr::new(self.text_of(key))));
                    self.work.extend([Work::Enter(step), Work::Pattern(kid.node), Work::Leave]);
                }
                Kind::PairPattern | Kind::Pair => {
                    let pair = self.kids(kid.node);
                    let (key, value) = (field(&pair, fields.key), field(&pair, fields.value));
                    self.done(pair);
                    let (Some(key), Some(value)) = (key, value) else { continue };
                    if self.kind(key) == Kind::ComputedName {
                        self.work.push(Work::Any(key));
                    }
                    let step = Step::Key(self.key_text(key));
                    self.work.extend([Work::Enter(step), Work::Pattern(value), Work::Leave]);
                }
                Kind::RestPattern | Kind::Spread => self.work.push(Work::Pattern(kid.node)),
                _ => {}
            }
        }
        self.planned(plan);
        self.done(kids);
    }

    /// A key as it is known; empty when it is computed.
    fn key_text(&self, key: Node<'t>) -> SmolStr {
        match self.kind(key) {
            Kind::ComputedName => SmolStr::default(),
            Kind::String => SmolStr::new(decode(self.source(self.quoted(key)))),
            _ => SmolStr::new(self.text_of(key)),
        }
    }

    fn array_pattern(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        let plan = self.plan();
        let mut index = 0;
        for kid in &kids {
            match kid.kind {
                Kind::Comma => index += 1,
                Kind::RestPattern | Kind::Spread => self.work.push(Work::Pattern(kid.node)),
                _ if kid.node.is_named() => {
                    self.work.extend([Work::Enter(Step::Index(index)), Work::Pattern(kid.node), Work::Leave]);
                }
                _ => {}
            }
        }
        self.planned(plan);
        self.done(kids);
    }

    fn default_pattern(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let (left, right) = (field(&kids, fields.left), field(&kids, fields.right));
        self.done(kids);
        let (Some(left), Some(right)) = (left, right) else { return };
        let plan = self.plan();
        if self.kind(left) == Kind::Identifier {
            self.work.extend([Work::Expr(right, Hint::Name(span(left))), Work::PatternDefault(left)]);
        } else {
            self.work.extend([Work::Expr(right, Hint::None), Work::Drop, Work::Pattern(left)]);
        }
        self.planned(plan);
    }

    /// Binds a name, or stores into the attribute of this name of the object `default`.
    pub(super) fn pattern_leaf(&mut self, node: Node<'t>, default: Option<ExprId>) {
        let is_attribute = default.is_some() && node.kind().ends_with("property_identifier");
        let Some(open) = self.sources.last() else { return };
        let path = self.path.get(open.path..).unwrap_or(&[]);
        let of = open.of.filter(|_| path.len() <= MAX_DEPTH);
        if is_attribute {
            self.pattern_store(node, default, of.filter(|_| !open.is_element));
            return;
        }
        let value = match of {
            None => Bound::Unknown,
            Some(of) if open.is_element => Bound::Element { of, path: path.into() },
            // A bare name takes the whole value, as in `(a) = value`.
            Some(of) if path.is_empty() => Bound::Value(of),
            Some(of) => Bound::Part { of, path: path.into(), default },
        };
        self.bind(span(node), value, None);
    }

    /// `[this.a, this.b] = value`: the part is written out as an expression.
    fn pattern_store(&mut self, name: Node<'t>, object: Option<ExprId>, of: Option<ExprId>) {
        let (Some(object), Some(mut value)) = (object, of) else { return };
        let start = self.sources.last().map_or(0, |open| open.path);
        let at = span(name);
        let text = self.text_of(name);
        let body = self.file.body();
        for step in self.path.get(start..).unwrap_or(&[]) {
            let expr = match step {
                Step::Key(key) if is_identifier(key) => Expr::Attribute { object: value, name: body.name(key) },
                Step::Key(key) => {
                    let key = Expr::Text(body.text(key.as_str()));
                    Expr::Index { object: value, index: body.push(key, at) }
                }
                Step::Index(index) => {
                    let number = Expr::Number(body.text(index.to_string()));
                    Expr::Index { object: value, index: body.push(number, at) }
                }
                Step::Rest => Expr::Opaque(body.operands([value])),
            };
            value = body.push(expr, at);
        }
        let place = Place::Attribute(body.name(text));
        let (block, time) = (body.block, body.now());
        body.body.stores.push(Store { object, place, value: Some(value), annotation: None, block, time });
    }
}
