//! The content of one item, and how it is read: ids to expressions, names, texts and slices of the side tables.

use std::sync::Arc;

use lensai_text::Span;
use smol_str::SmolStr;

use super::{
    Arg, Binding, Block, BlockId, BlockKind, Bound, Case, Count, Element, Entry, Equality, Export, Expr, ExprId,
    Import, Imported, NameId, Param, Part, Return, Slice, Store, TextId,
};

/// Texts of this length, in bytes, are worth more than a copy.
const SHARED_TEXT: usize = 256;

/// Content of an item: an arena in order of evaluation.
///
/// Expressions below `prelude` (decorators, base classes, parameter defaults, annotations) belong to the scope around
/// the item and are evaluated there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Body {
    /// Expressions, children before parents.
    pub exprs: Vec<Expr>,
    /// Where each expression stands, relative to the start of the item.
    pub spans: Vec<Span>,
    /// The block in which each expression stands.
    pub blocks_of: Vec<BlockId>,
    /// Number of expressions that belong to the scope around the item.
    pub prelude: u32,
    /// Blocks; the first is the body itself.
    pub blocks: Vec<Block>,
    /// Names bound in this body, in order of time.
    pub bindings: Vec<Binding>,
    /// Assignments to attributes and elements, in order of time; `setattr(object, "name", value)` is one.
    pub stores: Vec<Store>,
    /// Calls that change what a name or an attribute holds, in order of time: methods (`append`, `extend`, `insert`, `push`, `set`,
    /// `setdefault`, `unshift`, `update`), and `setattr` with a name that is not written out.
    pub changes: Vec<ExprId>,
    /// What tests say of names in the arms of an `if`, in order of time.
    pub equalities: Vec<Equality>,
    /// What the conditions of counting loops compare, in order of time.
    pub counts: Vec<Count>,
    /// Loops that turn at least once when they are reached (`while True`, `for (;;)`, `do … while`), in order of place.
    pub entered_loops: Vec<BlockId>,
    /// Cases of `switch`es that hold statements, in order of place.
    pub cases: Vec<Case>,
    /// `return`s (for an expression lambda: its value; Python and TypeScript `yield`s as well), in order of time.
    pub returns: Vec<Return>,
    /// Parameters, in order.
    pub params: Vec<Param>,
    /// Imports of this body, wherever they stand.
    pub imports: Vec<Import>,
    /// Exports of a TypeScript or JavaScript module.
    pub exports: Vec<Export>,
    /// Base classes of a class (`extends`; not `implements`).
    pub bases: Vec<ExprId>,
    /// Decorators, outermost first.
    pub decorators: Vec<ExprId>,
    /// Declared type of what a function returns.
    pub return_type: Option<ExprId>,
    /// Expressions that are said to be of a type (`x as T`) and the type, in order of time. The expression is otherwise as if
    /// nothing were said.
    pub casts: Vec<(ExprId, ExprId)>,
    /// Names that assignments in this body bind in an outer scope: Python's `global` and `nonlocal`, in TypeScript what is assigned
    /// and not declared.
    pub outer_names: Vec<NameId>,
    /// Side table of [`Expr::Call`].
    pub args: Vec<Arg>,
    /// Side table of [`Expr::Template`].
    pub parts: Vec<Part>,
    /// Side table of [`Expr::Mapping`].
    pub entries: Vec<Entry>,
    /// Side table of [`Expr::Sequence`].
    pub elements: Vec<Element>,
    /// Side table of [`Expr::Choice`], [`Expr::Join`], [`Expr::Opaque`].
    pub operands: Vec<ExprId>,
    /// Names, each once, in order of first use.
    pub names: Vec<SmolStr>,
    /// The ids of `names`, sorted by name.
    pub names_sorted: Vec<NameId>,
    /// Indexes into `bindings`, sorted by name, then time.
    pub bindings_by_name: Vec<u32>,
    /// Decoded literal texts; values share them.
    pub texts: Vec<Arc<str>>,
    /// The ASCII characters that stand in the texts, a bit for each: who looks for a text in all bodies of a file skips most of them.
    pub text_characters: u128,
}

impl Body {
    /// The name.
    pub fn name(&self, id: NameId) -> &str {
        self.names.get(id.0 as usize).map_or("", SmolStr::as_str)
    }

    /// The id of a name, if the body uses it.
    pub fn find_name(&self, name: &str) -> Option<NameId> {
        let found = self.names_sorted.binary_search_by(|id| self.name(*id).cmp(name)).ok()?;
        self.names_sorted.get(found).copied()
    }

    /// The bindings of a name, in order of time.
    pub fn bindings_of(&self, name: NameId) -> impl DoubleEndedIterator<Item = &Binding> + ExactSizeIterator {
        self.bindings_before(name, ExprId(u32::MAX))
    }

    /// The bindings of a name that are visible at a time, in order of time.
    pub fn bindings_before(
        &self,
        name: NameId,
        time: ExprId,
    ) -> impl DoubleEndedIterator<Item = &Binding> + ExactSizeIterator {
        let key = |index: &u32| self.bindings.get(*index as usize).map(|binding| (binding.name, binding.time));
        let start = self.bindings_by_name.partition_point(|index| key(index) < Some((name, ExprId(0))));
        let end = self.bindings_by_name.partition_point(|index| key(index) <= Some((name, time)));
        let all = self.bindings_by_name.get(start..end).unwrap_or(&[]);
        all.iter().map(|index| &self.bindings[*index as usize])
    }

    /// What is imported under another name than it has: the name here, and its own. A default import has any name.
    pub fn renamed_imports(&self) -> impl Iterator<Item = (&str, &SmolStr)> {
        self.bindings.iter().filter_map(|binding| {
            let Bound::Import(index) = binding.value else { return None };
            let Imported::Name(own) = &self.imports.get(index as usize)?.what else { return None };
            let here = self.name(binding.name);
            (here != own).then_some((here, own))
        })
    }

    /// The text.
    pub fn text(&self, id: TextId) -> &str {
        self.texts.get(id.0 as usize).map_or("", |text| text)
    }

    /// The text, to be kept: a long one is shared. A short one that outlives the syntax around it would keep whole pages of memory from
    /// being given back.
    pub fn shared_text(&self, id: TextId) -> Arc<str> {
        match self.texts.get(id.0 as usize) {
            Some(text) if text.len() >= SHARED_TEXT => Arc::clone(text),
            Some(text) => Arc::from(&**text),
            None => Arc::from(""),
        }
    }

    /// The expression.
    pub fn expr(&self, id: ExprId) -> Expr {
        self.exprs.get(id.0 as usize).copied().unwrap_or(Expr::None)
    }

    /// The type that an expression is said to be of.
    pub fn cast_of(&self, id: ExprId) -> Option<ExprId> {
        let at = self.casts.binary_search_by_key(&id, |(value, _)| *value).ok()?;
        self.casts.get(at).map(|(_, declared)| *declared)
    }

    /// Where the expression stands, relative to the start of the item.
    pub fn span(&self, id: ExprId) -> Span {
        self.spans.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// The block in which the expression stands.
    pub fn block_of(&self, id: ExprId) -> BlockId {
        self.blocks_of.get(id.0 as usize).copied().unwrap_or(BlockId::ROOT)
    }

    /// The block.
    pub fn block(&self, id: BlockId) -> Block {
        self.blocks.get(id.0 as usize).copied().unwrap_or(Block {
            parent: BlockId::ROOT,
            kind: BlockKind::Root,
            diverges: false,
            jump: None,
            time: ExprId(0),
        })
    }

    /// The block as a case of a `switch`.
    pub fn case(&self, id: BlockId) -> Option<Case> {
        let at = self.cases.binary_search_by_key(&id, |case| case.block).ok()?;
        self.cases.get(at).copied()
    }

    /// Hands the direct children of an expression to `each`.
    pub fn children(&self, expr: ExprId, each: &mut dyn FnMut(ExprId)) {
        match self.expr(expr) {
            Expr::Attribute { object, .. } => each(object),
            Expr::Index { object, index } => {
                each(object);
                each(index);
            }
            Expr::Call { callee, args, .. } => {
                each(callee);
                self.args(args).iter().for_each(|arg| each(arg.value()));
            }
            Expr::Template(parts) => {
                for part in self.parts(parts) {
                    if let Part::Hole(hole) = part {
                        each(*hole);
                    }
                }
            }
            Expr::Mapping(entries) => {
                for entry in self.entries(entries) {
                    match entry {
                        Entry::Pair(key, value) => {
                            each(*key);
                            each(*value);
                        }
                        Entry::Spread(value) => each(*value),
                    }
                }
            }
            Expr::Sequence(elements) => {
                for element in self.elements(elements) {
                    let (Element::Item(value) | Element::Spread(value)) = element;
                    each(*value);
                }
            }
            Expr::Comprehension { key, element } => {
                key.into_iter().for_each(&mut *each);
                each(element);
            }
            Expr::Choice { operands, .. } | Expr::Join { operands, .. } | Expr::Opaque(operands) => {
                self.operands(operands).iter().for_each(|operand| each(*operand));
            }
            Expr::Await(value) => each(value),
            Expr::Name(_)
            | Expr::This
            | Expr::Super
            | Expr::Text(_)
            | Expr::Number(_)
            | Expr::Bool(_)
            | Expr::None
            | Expr::Function(_)
            | Expr::ImportModule(_) => {}
        }
    }

    /// Arguments of a call.
    pub fn args(&self, slice: Slice) -> &[Arg] {
        part_of(&self.args, slice)
    }

    /// Parts of a template.
    pub fn parts(&self, slice: Slice) -> &[Part] {
        part_of(&self.parts, slice)
    }

    /// Entries of a mapping.
    pub fn entries(&self, slice: Slice) -> &[Entry] {
        part_of(&self.entries, slice)
    }

    /// Elements of a sequence.
    pub fn elements(&self, slice: Slice) -> &[Element] {
        part_of(&self.elements, slice)
    }

    /// Operands of a choice, a join or an opaque expression.
    pub fn operands(&self, slice: Slice) -> &[ExprId] {
        part_of(&self.operands, slice)
    }
}

fn part_of<T>(table: &[T], slice: Slice) -> &[T] {
    let start = slice.start as usize;
    table.get(start..start + slice.len as usize).unwrap_or(&[])
}
