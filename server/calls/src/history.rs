//! Whether the messages of a request grow with each turn: what is answered is added to the list that is sent again.
//!
//! Looked for in the body of the request alone, and as it is written: nothing is evaluated before a list is known to grow. What is
//! cut, made anew or counted on the way is no such list: a conversation that is kept short is not one that grows.

#![expect(clippy::needless_pass_by_value, reason = "salsa's signature: a query owns its key")]

mod answers;
mod lists;

use lensai_semantics::{Evaluator, Given, ItemRef, SourceFile, Value, head, item, outline, turns_over};
use lensai_syntax::hir::{
    Arg, BlockId, BlockKind, Body, Bound, Entry, Expr, ExprId, ItemId, ItemKind, NameId, Place, Slice,
};
use lensai_text::Span;
use smol_str::SmolStr;

use self::answers::Answers;
use self::lists::{Growth, List, Lists, Root};
use crate::db::Db;
use crate::prompt::{Message, PromptBuilder, PromptPart};
use crate::sdk::{Request, SlotStart};

/// A function of this name is called once, or makes what is called.
const ONCE: [&str; 4] = ["main", "__init__", "__main__", "constructor"];
/// What keeps a state over the runs of a script.
const KEPT: &str = "session_state";

/// A list of messages that grows with each turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// Where what is answered is added.
    pub grows_at: Span,
    /// How many turns there are, when the code says it.
    pub turns: Option<u64>,
    /// What is added with each turn beside the answer.
    pub beside: Vec<Message>,
}

impl History {
    /// The same `by` bytes further on.
    pub(crate) fn shifted(self, by: u32) -> Self {
        Self { grows_at: self.grows_at.shifted(by), ..self }
    }
}

/// What options hold that are put together before a call and given to it as a whole: `this.params = {…, messages: this.history}`.
pub(crate) fn in_options(body: &Body, request: &Request, args: Slice, call: ExprId) -> Option<ExprId> {
    let lists = Lists { body };
    let slots = ["messages", "input", "prompt"].iter().filter_map(|slot| request.slots.get(*slot));
    let keys = slots.flatten().filter_map(|source| match (&source.start, source.steps.as_slice()) {
        (SlotStart::Keyword(name), []) => Some(name),
        _ => None,
    });
    let keys: Vec<&SmolStr> = keys.collect();
    let options = body.args(args).iter().filter_map(|arg| match *arg {
        Arg::Positional(value) | Arg::KeywordSpread(value) => lists.option(value, call),
        _ => None,
    });
    options.into_iter().find_map(|entries| {
        body.entries(entries).iter().rev().find_map(|entry| match *entry {
            Entry::Pair(key, value) => match body.expr(key) {
                Expr::Text(text) if keys.iter().any(|known| *known == body.text(text)) => Some(value),
                _ => None,
            },
            Entry::Spread(_) => None,
        })
    })
}

/// A request, as it is looked at here.
pub(crate) struct Asked<'a> {
    pub(crate) at: ItemRef,
    pub(crate) body: &'a Body,
    pub(crate) call: ExprId,
    /// The argument that holds what is sent.
    pub(crate) sent: ExprId,
    /// What the functions around are given, innermost first.
    pub(crate) given: &'a [Given],
}

impl Asked<'_> {
    /// The list that grows, if there is one.
    pub(crate) fn history(&self, db: &dyn Db, evaluator: &mut Evaluator<'_>) -> Option<History> {
        let lists = Lists { body: self.body };
        lists.sent(self.sent, self.call).iter().find_map(|list| self.grows(db, evaluator, &lists, list))
    }

    fn grows(&self, db: &dyn Db, evaluator: &mut Evaluator<'_>, lists: &Lists<'_>, list: &List) -> Option<History> {
        let growths = lists.growths(list);
        if growths.is_empty() {
            return None;
        }
        let answers = Answers::of(self.body, lists, list, self.call);
        let mut around = Some(self.body.block_of(self.call));
        while let Some(block) = around {
            let is_loop = self.body.block(block).kind == BlockKind::Loop;
            if (is_loop || (block == BlockId::ROOT && self.is_kept(db, list)))
                && let Some(found) = self.grows_in(db, evaluator, lists, list, &growths, &answers, block)
            {
                return Some(found);
            }
            around = (block != BlockId::ROOT).then(|| self.body.block(block).parent);
        }
        None
    }

    /// Whether it grows with each turn of a loop, or each time that all of the body runs.
    #[expect(clippy::too_many_arguments, reason = "a list, and all that is known of it")]
    fn grows_in(
        &self,
        db: &dyn Db,
        evaluator: &mut Evaluator<'_>,
        lists: &Lists<'_>,
        list: &List,
        growths: &[Growth],
        answers: &Answers,
        region: BlockId,
    ) -> Option<History> {
        let is_in = |block: BlockId| lists.is_within(block, region);
        let growths: Vec<&Growth> = growths.iter().filter(|growth| is_in(growth.block)).collect();
        let goes_on = |growth: &&Growth| region == BlockId::ROOT || !self.leaves(lists, growth, &growths, region);
        // A request in an arm that ends with `return` is answered nowhere else.
        let ends = lists.diverging(self.body.block_of(self.call), region);
        let is_reached = |growth: &&Growth| ends.iter().all(|block| lists.is_within(growth.block, *block));
        let is_answer = |growth: &&Growth| growth.added.iter().any(|added| answers.holds(*added)) && is_reached(growth);
        let answer = growths.iter().copied().filter(is_answer).find(goes_on)?;
        if lists.is_cut(list, region) || self.is_short(db, list) {
            return None;
        }
        let turns = match region {
            BlockId::ROOT => None,
            block => turns_over(evaluator, block, &|value| Given::bind_all(db, self.given, value)).expected,
        };
        if turns.is_some_and(|turns| turns < 2) {
            return None;
        }
        let mut beside = Vec::new();
        let mut groups = Vec::new();
        let mut is_counted = false;
        for growth in growths.iter().copied() {
            match lists.arm(growth.block, region) {
                Some(BlockKind::Handler { .. }) => continue,
                Some(BlockKind::Arm { group, .. }) if growth.at != answer.at => {
                    // Of arms that exclude each other one counts; an arm may add several.
                    if groups.iter().any(|(known, block)| *known == group && *block != growth.block) {
                        continue;
                    }
                    groups.push((group, growth.block));
                }
                _ => {}
            }
            for added in &growth.added {
                if growth.at == answer.at && !is_counted && answers.holds(*added) {
                    is_counted = true;
                    continue;
                }
                let value = evaluator.eval(*added);
                beside.extend(messages(db, &Given::bind_all(db, self.given, value)));
            }
        }
        Some(History { grows_at: self.body.span(answer.at), turns, beside })
    }

    /// Whether nothing is sent again after something is added: it stands before a `return` or `break`.
    fn leaves(&self, lists: &Lists<'_>, growth: &Growth, growths: &[&Growth], region: BlockId) -> bool {
        let mut block = growth.block;
        while block != region && block != BlockId::ROOT {
            if self.body.block(block).diverges {
                let returns = self.body.returns.iter().any(|given| given.block == block && !given.is_yield);
                // What goes on adds what is answered to: the results of tools, the next question.
                let is_more = growths.iter().any(|other| other.at != growth.at && lists.is_within(other.block, block));
                return returns || !is_more;
            }
            block = self.body.block(block).parent;
        }
        false
    }

    /// Whether a list is there before the function is called, and after it.
    fn is_kept(&self, db: &dyn Db, list: &List) -> bool {
        let Some(this) = head(db, self.at.file, self.at.item) else { return false };
        let is_module = self.at.item == ItemId::MODULE;
        if is_module || matches!(this.kind, ItemKind::Class) {
            return is_module && list.path.iter().any(|step| step == KEPT);
        }
        if ONCE.contains(&this.name.as_str()) {
            return false;
        }
        match list.root {
            Root::This => !list.path.is_empty(),
            Root::Name(name) => {
                let is_method = || {
                    let parent = this.parent.and_then(|parent| head(db, self.at.file, parent));
                    parent.is_some_and(|parent| parent.kind == ItemKind::Class)
                };
                match self.body.params.iter().position(|param| param.name == self.body.name(name)) {
                    Some(0) => !list.path.is_empty() && is_method(),
                    Some(_) => false,
                    None => self.is_outer(name),
                }
            }
        }
    }

    /// Whether a list never holds more than so many: it is made with `maxlen`, here, around this or in another method.
    fn is_short(&self, db: &dyn Db, list: &List) -> bool {
        let file = self.at.file;
        let name = match (list.path.last(), list.root) {
            (Some(step), _) => step.clone(),
            (None, Root::Name(name)) => SmolStr::new(self.body.name(name)),
            (None, Root::This) => return false,
        };
        let mut around = Some(self.at.item);
        while let Some(id) = around {
            let this = head(db, file, id);
            let is_class = this.as_ref().is_some_and(|this| this.kind == ItemKind::Class);
            let outline = outline(db, file);
            let methods = (0..).map(ItemId).zip(outline.iter()).filter(|(_, head)| is_class && head.parent == Some(id));
            let mut all = std::iter::once(id).chain(methods.map(|(method, _)| method));
            if all.any(|id| makes_short(db, file, id, name.clone())) {
                return true;
            }
            around = this.and_then(|this| this.parent);
        }
        false
    }

    /// A name that gets its value outside of this body.
    fn is_outer(&self, name: NameId) -> bool {
        self.body.outer_names.contains(&name) || self.body.bindings_of(name).len() == 0
    }
}

/// Whether something of this name is made with `maxlen` in an item. A query of its own, so that a method rests on what another makes of
/// the list, and not on all that stands in it.
#[salsa::tracked(returns(copy))]
fn makes_short(db: &dyn Db, file: SourceFile, id: ItemId, name: SmolStr) -> bool {
    let body = item(db, file, id);
    let Some(name) = body.find_name(&name) else { return false };
    let is_short = |value: ExprId| match body.expr(value) {
        Expr::Call { args, .. } => {
            body.args(args).iter().any(|arg| matches!(arg, Arg::Keyword(key, _) if body.name(*key) == "maxlen"))
        }
        _ => false,
    };
    let bound = body.bindings_of(name).any(|binding| matches!(binding.value, Bound::Value(value) if is_short(value)));
    bound || body.stores.iter().any(|store| store.place == Place::Attribute(name) && store.value.is_some_and(is_short))
}

/// What a value adds as messages; what is not known is one of which nothing is known.
fn messages(db: &dyn Db, value: &Value) -> Vec<Message> {
    let mut builder = PromptBuilder::new(db);
    match value {
        Value::List(_) => builder.messages("messages", value),
        other => builder.message_of("messages", other),
    }
    let mut messages = builder.finish().messages.clone();
    if messages.is_empty() {
        messages.push(Message { role: None, parts: vec![PromptPart::Hole("messages".into())] });
    }
    messages
}
