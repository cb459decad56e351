//! Fills [`Facts`]: what both lowerings share.

mod changes;
mod order;

use std::sync::Arc;

use lensai_text::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use crate::Language;
use crate::hir::{
    Arg, Binding, Block, BlockId, BlockKind, Body, Case, Count, Directive, Element, Entry, Equality, Expr, ExprId,
    Facts, Item, ItemId, ItemKind, Jump, NameId, Part, Problem, Slice, TextId,
};

/// The facts of a file under construction: finished items and a stack of open ones.
pub(crate) struct FileBuilder {
    items: Vec<Item>,
    /// What an earlier reading of nearly the same text knows.
    earlier: Option<Earlier>,
    /// Items whose text is sound and says all that their content depends on.
    sound: Vec<ItemId>,
    stack: Vec<BodyBuilder>,
    pub(crate) directives: Vec<Directive>,
    pub(crate) problems: Vec<Problem>,
}

impl FileBuilder {
    /// Begins with the module open.
    pub(crate) fn new(module: Span) -> Self {
        let mut file = Self {
            items: Vec::new(),
            earlier: None,
            sound: Vec::new(),
            stack: Vec::new(),
            directives: Vec::new(),
            problems: Vec::new(),
        };
        file.begin(ItemKind::Module, "", module);
        file
    }

    /// Opens an item inside the current one; `span` is the whole definition, absolute.
    pub(crate) fn begin(&mut self, kind: ItemKind, name: &str, span: Span) -> ItemId {
        let id = ItemId(index(self.items.len()));
        let (parent, parent_block, parent_time) = match self.stack.last() {
            Some(outer) => (Some(outer.item), outer.block, outer.now()),
            None => (None, BlockId::ROOT, ExprId(0)),
        };
        let name = SmolStr::new(name);
        self.items.push(Item { kind, name, parent, parent_block, parent_time, span, body: Arc::default() });
        self.stack.push(BodyBuilder::new(id, span.start));
        id
    }

    /// With what an earlier reading of nearly the same text knows.
    pub(crate) fn with_earlier(self, earlier: Option<Earlier>) -> Self {
        Self { earlier, ..self }
    }

    /// Gives the item that was just opened the content that it had earlier. False when it had none, or another one: then it has
    /// to be lowered. Only for items whose text is sound and says all that their content depends on.
    pub(crate) fn is_known(&mut self) -> bool {
        let Some(builder) = self.stack.last_mut() else { return false };
        let item = builder.item;
        self.sound.push(item);
        let (Some(earlier), Some(item)) = (&self.earlier, self.items.get(item.0 as usize)) else { return false };
        builder.known = earlier.find(item.kind, item.span);
        builder.known.is_some()
    }

    /// Closes the current item. The module stays open until [`FileBuilder::finish`].
    pub(crate) fn end(&mut self) {
        if self.stack.len() > 1 {
            self.close();
        }
    }

    /// The body of the current item.
    pub(crate) fn body(&mut self) -> &mut BodyBuilder {
        if self.stack.is_empty() {
            // Not reached: `end` keeps the module open. An empty body costs nothing and cannot panic.
            self.stack.push(BodyBuilder::new(ItemId::MODULE, 0));
        }
        let last = self.stack.len() - 1;
        &mut self.stack[last]
    }

    /// Closes all that is open.
    pub(crate) fn finish(self, language: Language) -> Facts {
        self.finish_with_known(language).0
    }

    /// Closes all that is open; also gives what may be known when nearly the same text is read again.
    pub(crate) fn finish_with_known(mut self, language: Language) -> (Facts, Vec<KnownItem>) {
        while !self.stack.is_empty() {
            self.close();
        }
        // Ids of items within others would be wrong in another file.
        let mut is_leaf = vec![true; self.items.len()];
        for parent in self.items.iter().filter_map(|item| item.parent) {
            if let Some(is_leaf) = is_leaf.get_mut(parent.0 as usize) {
                *is_leaf = false;
            }
        }
        let sound = self.sound.iter().map(|id| id.0 as usize).filter(|slot| is_leaf.get(*slot) == Some(&true));
        let mut known: Vec<KnownItem> = sound
            .filter_map(|slot| self.items.get(slot))
            .map(|item| KnownItem { kind: item.kind, span: item.span, body: Arc::clone(&item.body) })
            .collect();
        known.sort_by_key(|item| item.span);
        order::in_order(&mut self.items);
        self.items.shrink_to_fit();
        (Facts { language, items: self.items, directives: self.directives, problems: self.problems }, known)
    }

    fn close(&mut self) {
        if let Some(builder) = self.stack.pop() {
            let slot = builder.item.0 as usize;
            if let Some(item) = self.items.get_mut(slot) {
                item.body = builder.known.clone().unwrap_or_else(|| Arc::new(builder.finish()));
            }
        }
    }
}

/// An item that may be found again.
#[derive(Debug, Clone)]
pub(crate) struct KnownItem {
    kind: ItemKind,
    span: Span,
    body: Arc<Body>,
}

/// What an earlier reading of a text knows, and where that text differs from this one.
#[derive(Debug)]
pub(crate) struct Earlier {
    /// Sorted by span.
    pub(crate) items: Vec<KnownItem>,
    pub(crate) difference: Difference,
}

/// What differs between two texts, in bytes: the range of the old one became the range of the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) start: usize,
    pub(crate) old_end: usize,
    pub(crate) new_end: usize,
}

impl Earlier {
    /// The content that an item at this place had.
    fn find(&self, kind: ItemKind, span: Span) -> Option<Arc<Body>> {
        let Difference { start, old_end, new_end } = self.difference;
        let (from, to) = (span.start as usize, span.end as usize);
        let before = |at: usize| u32::try_from(at - new_end + old_end).ok();
        let span = if to <= start {
            span
        } else if from >= new_end {
            Span::new(before(from)?, before(to)?)
        } else {
            return None;
        };
        let at = self.items.binary_search_by_key(&span, |item| item.span).ok()?;
        self.items.get(at).filter(|item| item.kind == kind).map(|item| Arc::clone(&item.body))
    }
}

/// So many names are looked through faster than hashed.
const FEW_NAMES: usize = 8;

/// A body under construction, with where it belongs.
pub(crate) struct BodyBuilder {
    /// The item this is the body of.
    pub(crate) item: ItemId,
    /// What is built.
    pub(crate) body: Body,
    /// Start of the item in the text: spans are relative to it.
    pub(crate) start: u32,
    /// The block in which the next expression stands.
    pub(crate) block: BlockId,
    /// Ids of the names of a body that has many.
    names: FxHashMap<SmolStr, NameId>,
    groups: u32,
    /// The bindings that are assignments to a name, and do not declare it.
    assignments: Vec<u32>,
    /// What the item holds, when that is known already.
    known: Option<Arc<Body>>,
}

impl BodyBuilder {
    /// An empty body of an item that starts at `start`.
    pub(crate) fn new(item: ItemId, start: u32) -> Self {
        let root = Block { parent: BlockId::ROOT, kind: BlockKind::Root, diverges: false, jump: None, time: ExprId(0) };
        Self {
            item,
            body: Body { blocks: vec![root], ..Body::default() },
            start,
            block: BlockId::ROOT,
            names: FxHashMap::default(),
            groups: 0,
            assignments: Vec::new(),
            known: None,
        }
    }

    /// Adds an expression at an absolute span.
    pub(crate) fn push(&mut self, expr: Expr, span: Span) -> ExprId {
        let id = self.now();
        self.body.exprs.push(expr);
        self.body.spans.push(self.relative(span));
        self.body.blocks_of.push(self.block);
        id
    }

    /// The id that the next expression gets.
    pub(crate) fn now(&self) -> ExprId {
        ExprId(index(self.body.exprs.len()))
    }

    /// An absolute span made relative to the item.
    pub(crate) fn relative(&self, span: Span) -> Span {
        Span::new(span.start.saturating_sub(self.start), span.end.saturating_sub(self.start))
    }

    /// The id of a name.
    pub(crate) fn name(&mut self, name: &str) -> NameId {
        let known = &self.body.names;
        let found = if known.len() <= FEW_NAMES {
            known.iter().position(|known| known == name).map(|at| NameId(index(at)))
        } else {
            self.names.get(name).copied()
        };
        if let Some(id) = found {
            return id;
        }
        let id = NameId(index(known.len()));
        self.body.names.push(SmolStr::new(name));
        if id.0 as usize >= FEW_NAMES {
            let new = if self.names.is_empty() { 0 } else { id.0 as usize };
            let new = self.body.names.iter().enumerate().skip(new);
            self.names.extend(new.map(|(at, name)| (name.clone(), NameId(index(at)))));
        }
        id
    }

    /// Adds a literal text.
    pub(crate) fn text(&mut self, text: impl Into<Arc<str>>) -> TextId {
        let text = text.into();
        let characters = text.bytes().filter(u8::is_ascii).map(|byte| 1_u128 << byte);
        self.body.text_characters = characters.fold(self.body.text_characters, |all, one| all | one);
        self.body.texts.push(text);
        TextId(index(self.body.texts.len() - 1))
    }

    /// Adds arguments.
    pub(crate) fn args(&mut self, args: impl IntoIterator<Item = Arg>) -> Slice {
        append(&mut self.body.args, args)
    }

    /// Adds parts of a template.
    pub(crate) fn parts(&mut self, parts: impl IntoIterator<Item = Part>) -> Slice {
        append(&mut self.body.parts, parts)
    }

    /// Adds entries of a mapping.
    pub(crate) fn entries(&mut self, entries: impl IntoIterator<Item = Entry>) -> Slice {
        append(&mut self.body.entries, entries)
    }

    /// Adds elements of a sequence.
    pub(crate) fn elements(&mut self, elements: impl IntoIterator<Item = Element>) -> Slice {
        append(&mut self.body.elements, elements)
    }

    /// Adds operands.
    pub(crate) fn operands(&mut self, operands: impl IntoIterator<Item = ExprId>) -> Slice {
        append(&mut self.body.operands, operands)
    }

    /// Opens a block below the current one and makes it the current one; the caller restores the block it had.
    pub(crate) fn open(&mut self, kind: BlockKind) -> BlockId {
        let id = BlockId(index(self.body.blocks.len()));
        let time = self.now();
        self.body.blocks.push(Block { parent: self.block, kind, diverges: false, jump: None, time });
        self.block = id;
        id
    }

    /// Notes what an equality says in the block that is opened next.
    pub(crate) fn holds_in_next_block(&mut self, equality: ExprId) {
        let Expr::Opaque(operands) = self.body.expr(equality) else { return };
        let [left, right] = *self.body.operands(operands) else { return };
        let (name, value) = match (self.body.expr(left), self.body.expr(right)) {
            (Expr::Name(name), Expr::Text(_)) => (name, right),
            (Expr::Text(_), Expr::Name(name)) => (name, left),
            _ => return,
        };
        let block = BlockId(index(self.body.blocks.len()));
        self.body.equalities.push(Equality { block, name, value });
    }

    /// Notes that the loop which is open goes on as long as what was evaluated last holds, when that is a count.
    pub(crate) fn counts(&mut self, is_inclusive: bool, is_down: bool) {
        let Some(Expr::Opaque(operands)) = self.body.exprs.last().copied() else { return };
        let [counted, to] = *self.body.operands(operands) else { return };
        if let Expr::Name(name) = self.body.expr(counted) {
            self.body.counts.push(Count { block: self.block, name, to, is_inclusive, is_down, step: None });
        }
    }

    /// Notes that the loop which is open counts by the last operand of what was evaluated last: `i += 2`, `i = i + 2`. What steps
    /// another name than the condition compares counts nothing.
    pub(crate) fn counts_by(&mut self) {
        let operands = match self.body.exprs.last() {
            Some(Expr::Opaque(operands) | Expr::Join { operands, .. }) => *operands,
            _ => return,
        };
        let (name, step) = match *self.body.operands(operands) {
            [counted] => (self.body.expr(counted), None),
            [counted, step] => (self.body.expr(counted), Some(step)),
            _ => return,
        };
        let block = self.block;
        let Some(at) = self.body.counts.iter().rposition(|count| count.block == block) else { return };
        if let Some(count) = self.body.counts.get_mut(at)
            && name == Expr::Name(count.name)
        {
            count.step = step;
        } else {
            self.body.counts.remove(at);
        }
    }

    /// Notes that the block which is open is a loop that turns at least once.
    pub(crate) fn is_entered(&mut self) {
        self.body.entered_loops.push(self.block);
    }

    /// Notes that the block which is open, and ends, is a case of a `switch`.
    pub(crate) fn end_case(&mut self) {
        let this = self.body.block(self.block);
        self.body.cases.push(Case { block: self.block, falls: !this.diverges && this.jump.is_none() });
    }

    /// A number for a new group of arms.
    pub(crate) fn new_group(&mut self) -> u32 {
        self.groups += 1;
        self.groups
    }

    /// Says that control never leaves the current block at its end.
    pub(crate) fn diverges(&mut self) {
        if let Some(block) = self.body.blocks.get_mut(self.block.0 as usize) {
            block.diverges = true;
        }
    }

    /// Says by which jump control leaves the current block at its end.
    pub(crate) fn jumps(&mut self, jump: Jump) {
        if let Some(block) = self.body.blocks.get_mut(self.block.0 as usize) {
            block.diverges |= jump != Jump::BreakSwitch;
            block.jump = Some(jump);
        }
    }

    /// Closes a block that runs in place: what leaves it at its end leaves the one around it.
    pub(crate) fn close_into(&mut self, around: BlockId) {
        let inner = self.body.block(self.block);
        self.block = around;
        if let Some(block) = self.body.blocks.get_mut(around.0 as usize) {
            block.diverges |= inner.diverges;
            block.jump = block.jump.or(inner.jump);
        }
    }

    /// What was bound last is an assignment to a name that may be of an outer scope (`client = new OpenAI()`).
    pub(crate) fn last_is_assignment(&mut self) {
        self.assignments.extend(self.body.bindings.len().checked_sub(1).map(index));
    }

    /// Names that are assigned and nowhere declared are of an outer scope.
    fn collect_outer_names(&mut self) {
        if self.item == ItemId::MODULE || self.assignments.is_empty() {
            return;
        }
        let body = &mut self.body;
        let is_declaration = |(at, _): &(usize, &Binding)| self.assignments.binary_search(&index(*at)).is_err();
        let declarations = body.bindings.iter().enumerate().filter(is_declaration).map(|(_, binding)| binding.name);
        // Of a name that is assigned often only the first time is looked at.
        let mut known: FxHashSet<NameId> = declarations.chain(body.outer_names.iter().copied()).collect();
        for at in &self.assignments {
            let Some(name) = body.bindings.get(*at as usize).map(|binding| binding.name) else { continue };
            let is_param = || body.params.iter().any(|param| param.name == body.name(name));
            if known.insert(name) && !is_param() {
                body.outer_names.push(name);
            }
        }
    }

    /// Gives back what tables have too much of: bodies live as long as the index.
    pub(crate) fn finish(mut self) -> Body {
        self.collect_outer_names();
        let body = &mut self.body;
        changes::collect(body);
        let names = &body.names;
        body.names_sorted = (0..index(names.len())).map(NameId).collect();
        body.names_sorted.sort_unstable_by_key(|id| names.get(id.0 as usize));
        let bindings = &body.bindings;
        body.bindings_by_name = (0..index(bindings.len())).collect();
        body.bindings_by_name.sort_by_key(|i| bindings.get(*i as usize).map(|binding| (binding.name, binding.time)));
        body.exprs.shrink_to_fit();
        body.spans.shrink_to_fit();
        body.blocks_of.shrink_to_fit();
        body.blocks.shrink_to_fit();
        body.bindings.shrink_to_fit();
        body.stores.shrink_to_fit();
        body.equalities.shrink_to_fit();
        body.entered_loops.shrink_to_fit();
        // Of a `switch` within a case the cases end first.
        body.cases.sort_by_key(|case| case.block);
        body.cases.shrink_to_fit();
        body.casts.shrink_to_fit();
        body.returns.shrink_to_fit();
        body.params.shrink_to_fit();
        body.imports.shrink_to_fit();
        body.args.shrink_to_fit();
        body.parts.shrink_to_fit();
        body.entries.shrink_to_fit();
        body.elements.shrink_to_fit();
        body.operands.shrink_to_fit();
        body.names.shrink_to_fit();
        body.texts.shrink_to_fit();
        self.body
    }
}

/// Whether a function handed to a method of this name runs once per element.
pub(crate) fn iterates(method: &str) -> ItemKind {
    let iterates = matches!(
        method,
        "map" | "forEach" | "flatMap" | "filter" | "reduce" | "reduceRight" | "some" | "every" | "find" | "findIndex"
    );
    ItemKind::Lambda { iterates }
}

fn append<T>(table: &mut Vec<T>, new: impl IntoIterator<Item = T>) -> Slice {
    let start = index(table.len());
    table.extend(new);
    Slice { start, len: index(table.len()) - start }
}

/// Tables are indexed with 32 bits: files above 4 GiB are refused before they are parsed.
fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
