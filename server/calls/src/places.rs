//! Where the parts of a call stand, and where one can be added.

use lensai_semantics::{SourceFile, head, item, item_span};
use lensai_syntax::hir::{Arg, Body, Bound, Entry, Expr, ExprId, ItemId, ItemKind, NameId, Slice};
use lensai_text::Span;
use smol_str::SmolStr;

use crate::call::{ArgumentStyle, NewArgument, Places};
use crate::constant::Outer;
use crate::db::Db;
use crate::sdk::{Request, SlotSource, SlotStart, SlotStep};

/// Names that stand for each other are followed this far.
const MAX_NAMES: usize = 4;

/// The places in a call's own body, relative to its item.
pub(crate) struct Finder<'a> {
    pub(crate) body: &'a Body,
    pub(crate) is_python: bool,
    /// The client is told to ask at another address than the SDK's own.
    pub(crate) is_elsewhere: bool,
    /// The call's span.
    pub(crate) call: Span,
    /// What is called.
    pub(crate) callee: Span,
    pub(crate) args: Slice,
}

/// Where a source leads: an argument that is there, or a place for one.
enum Found {
    There(ExprId),
    Missing(Option<NewArgument>),
}

impl Finder<'_> {
    /// The places of a request's parts.
    pub(crate) fn places(&self, request: &Request) -> Places {
        let sources = |slot: &str| request.slots.get(slot).map(Vec::as_slice).unwrap_or_default();
        let model = sources("model").iter().find_map(|source| self.there(source));
        let max_output = sources("max_output").iter().find_map(|source| self.there(source));
        let is_whole = |new: &NewArgument| new.after.is_none_or(|after| !after.is_empty());
        let add = || self.addable(sources("max_output"), sources("model")).filter(is_whole);
        // What the parser puts where something is missing (`model: }`) stands nowhere.
        let span = |expr| Some(self.body.span(expr)).filter(|span| !span.is_empty());
        Places {
            callee: self.callee,
            function: None,
            model: model.and_then(span),
            model_literal: model.and_then(|model| self.literal(model)).and_then(span),
            model_constant: None,
            max_output: max_output.and_then(span),
            add_max_output: if max_output.is_some() { None } else { add() },
        }
    }

    /// The argument that holds what is sent.
    pub(crate) fn sent(&self, request: &Request) -> Option<ExprId> {
        let slots = ["messages", "input", "prompt"].iter().filter_map(|slot| request.slots.get(*slot));
        slots.flatten().find_map(|source| self.there(source))
    }

    /// A place for the argument that limits the output.
    fn addable(&self, sources: &[SlotSource], models: &[SlotSource]) -> Option<NewArgument> {
        let in_arguments = |source: &SlotSource| matches!(source.start, SlotStart::Keyword(_));
        let says_model = models.iter().any(|source| in_arguments(source) && self.there(source).is_some());
        // A call that does not say its model may take anything: the variables of a prompt, say. Python's named arguments are
        // more certain where they are an object of the request's own.
        self.place_for(sources, |source| says_model || (self.is_python && !source.steps.is_empty()))
    }

    /// A place for an argument of one of these sources, by the name that fits the language. Of several the first is the newest;
    /// whoever speaks the SDK's language at a host of their own is sure to understand the oldest.
    pub(crate) fn place_for(&self, sources: &[SlotSource], fits: impl Fn(&SlotSource) -> bool) -> Option<NewArgument> {
        let sources = sources.iter().filter(|source| fits(source));
        let mut places: Vec<NewArgument> = sources.filter_map(|source| self.missing(source)).collect();
        let is_camel =
            |new: &NewArgument| new.path.iter().any(|name| name.bytes().any(|byte| byte.is_ascii_uppercase()));
        if places.iter().any(|new| is_camel(new) != self.is_python) {
            places.retain(|new| is_camel(new) != self.is_python);
        }
        if self.is_elsewhere { places.pop() } else { places.into_iter().next() }
    }

    /// What stands for the model, when it gets its value outside of the call's own body.
    pub(crate) fn outer_name(&self, request: &Request) -> Option<Outer> {
        let sources = request.slots.get("model")?;
        let model = self.behind(sources.iter().find_map(|source| self.there(source))?);
        match self.body.expr(model) {
            Expr::Name(name) => Some(Outer { name: self.unbound(name)?, member: None }),
            Expr::Attribute { object, name: member } => match self.body.expr(object) {
                Expr::Name(name) => {
                    Some(Outer { name: self.unbound(name)?, member: Some(SmolStr::new(self.body.name(member))) })
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A name that gets its value outside of this body.
    fn unbound(&self, name: NameId) -> Option<SmolStr> {
        let is_bound = self.body.bindings_of(name).len() > 0;
        let name = self.body.name(name);
        let is_parameter = || self.body.params.iter().any(|param| param.name == name);
        (!is_bound && !is_parameter()).then(|| SmolStr::new(name))
    }

    fn there(&self, source: &SlotSource) -> Option<ExprId> {
        match self.follow(source)? {
            Found::There(found) => Some(found),
            Found::Missing(_) => None,
        }
    }

    fn missing(&self, source: &SlotSource) -> Option<NewArgument> {
        if source.steps.contains(&SlotStep::Json) {
            // What a vendor's body is made of is the vendor's, and the source does not say whose it is.
            return None;
        }
        match self.follow(source)? {
            Found::There(_) => None,
            Found::Missing(place) => place,
        }
    }

    fn follow(&self, source: &SlotSource) -> Option<Found> {
        let mut keys = source.steps.iter();
        let mut current = match &source.start {
            SlotStart::Keyword(name) => match self.named(name) {
                Some(found) => found,
                None => return Some(Found::Missing(self.new_named(name, &source.steps))),
            },
            SlotStart::Position(at) => self.positional(*at)?,
            SlotStart::Own(_) | SlotStart::Ambient(_) | SlotStart::Literal(_) => return None,
        };
        while let Some(step) = keys.next() {
            let inner = self.behind(current);
            let key = match step {
                SlotStep::Key(key) => key,
                SlotStep::Json => {
                    current = self.text_of_json(inner);
                    continue;
                }
                SlotStep::Own(_) => return None,
            };
            match self.member(inner, key) {
                Some(found) => current = found,
                None => return Some(Found::Missing(self.new_member(inner, key, keys.as_slice()))),
            }
        }
        Some(Found::There(current))
    }

    /// `json.dumps(body)`, `JSON.stringify(body)`: what is made a text.
    fn text_of_json(&self, expr: ExprId) -> ExprId {
        match self.body.expr(expr) {
            Expr::Call { args, .. } => match self.body.args(args).first() {
                Some(Arg::Positional(first)) => *first,
                _ => expr,
            },
            _ => expr,
        }
    }

    fn positional(&self, at: usize) -> Option<ExprId> {
        let positional = self.body.args(self.args).iter().filter_map(|arg| match arg {
            Arg::Positional(value) => Some(*value),
            _ => None,
        });
        positional.into_iter().nth(at)
    }

    /// The argument of this name: a keyword, else the key of an options object.
    fn named(&self, name: &str) -> Option<ExprId> {
        let args = self.body.args(self.args);
        let keyword = args.iter().rev().find_map(|arg| match arg {
            Arg::Keyword(key, value) if self.body.name(*key) == name => Some(*value),
            _ => None,
        });
        keyword.or_else(|| {
            args.iter().find_map(|arg| match arg {
                Arg::Positional(value) => self.member(self.behind(*value), name),
                _ => None,
            })
        })
    }

    /// The value of a key in an object, or of a keyword in a call that makes one.
    fn member(&self, object: ExprId, name: &str) -> Option<ExprId> {
        match self.body.expr(object) {
            Expr::Mapping(entries) => self.body.entries(entries).iter().rev().find_map(|entry| match entry {
                Entry::Pair(key, value) => (self.text(*key)? == name).then_some(*value),
                Entry::Spread(_) => None,
            }),
            Expr::Call { args, .. } => self.body.args(args).iter().rev().find_map(|arg| match arg {
                Arg::Keyword(key, value) if self.body.name(*key) == name => Some(*value),
                _ => None,
            }),
            _ => None,
        }
    }

    fn text(&self, expr: ExprId) -> Option<&str> {
        match self.body.expr(expr) {
            Expr::Text(text) => Some(self.body.text(text)),
            _ => None,
        }
    }

    /// The literal text that an expression is, or that the one argument of the call is which it is (`openai("gpt-4o")`).
    fn literal(&self, expr: ExprId) -> Option<ExprId> {
        let inner = self.behind(expr);
        match self.body.expr(inner) {
            Expr::Text(_) => Some(inner),
            Expr::Call { args, .. } => match self.body.args(args).first() {
                Some(Arg::Positional(first)) => self.text(*first).map(|_| *first),
                _ => None,
            },
            _ => None,
        }
    }

    /// What stands behind a name that gets one value in this body.
    fn behind(&self, expr: ExprId) -> ExprId {
        let mut current = expr;
        for _ in 0..MAX_NAMES {
            let next = match self.body.expr(current) {
                Expr::Name(name) => only_value(self.body, name),
                Expr::Await(value) => Some(value),
                _ => None,
            };
            match next {
                Some(next) => current = next,
                None => break,
            }
        }
        current
    }

    /// A place for an argument of a name: after the other arguments, or in the last options object.
    fn new_named(&self, name: &SmolStr, steps: &[SlotStep]) -> Option<NewArgument> {
        let path = path(name, steps)?;
        let args = self.body.args(self.args);
        let has_spread = args.iter().any(|arg| matches!(arg, Arg::Spread(_) | Arg::KeywordSpread(_)));
        if has_spread {
            // What is spread may hold it already.
            return None;
        }
        if self.is_python {
            return Some(NewArgument {
                within: Span::new(self.callee.end, self.call.end),
                after: args.iter().map(|arg| self.body.span(arg.value())).max_by_key(|span| span.end),
                path,
                style: ArgumentStyle::Keyword,
            });
        }
        let objects = args.iter().rev().map(|arg| self.behind(arg.value()));
        let mut objects = objects.filter(|value| matches!(self.body.expr(*value), Expr::Mapping(_)));
        self.in_object(objects.next()?, path)
    }

    /// A place for a key of an object.
    fn new_member(&self, object: ExprId, name: &SmolStr, steps: &[SlotStep]) -> Option<NewArgument> {
        let path = path(name, steps)?;
        match self.body.expr(object) {
            Expr::Mapping(_) => self.in_object(object, path),
            Expr::Call { callee, args, .. } if self.is_python => {
                let args = self.body.args(args);
                if args.iter().any(|arg| matches!(arg, Arg::Spread(_) | Arg::KeywordSpread(_))) {
                    return None;
                }
                Some(NewArgument {
                    within: Span::new(self.body.span(callee).end, self.body.span(object).end),
                    after: args.iter().map(|arg| self.body.span(arg.value())).max_by_key(|span| span.end),
                    path,
                    style: ArgumentStyle::Keyword,
                })
            }
            _ => None,
        }
    }

    fn in_object(&self, object: ExprId, path: Vec<SmolStr>) -> Option<NewArgument> {
        let Expr::Mapping(entries) = self.body.expr(object) else { return None };
        let mut after: Option<Span> = None;
        for entry in self.body.entries(entries) {
            let Entry::Pair(_, value) = entry else { return None };
            let span = self.body.span(*value);
            after = after.filter(|after| after.end >= span.end).or(Some(span));
        }
        let style = if self.is_python { ArgumentStyle::Entry } else { ArgumentStyle::Property };
        Some(NewArgument { within: self.body.span(object), after, path, style })
    }
}

/// A name and the keys below it; none when it is not keys alone.
fn path(name: &SmolStr, steps: &[SlotStep]) -> Option<Vec<SmolStr>> {
    let mut path = vec![name.clone()];
    for step in steps {
        let SlotStep::Key(key) = step else { return None };
        path.push(key.clone());
    }
    Some(path)
}

/// The value of a name that gets one value only.
pub(crate) fn only_value(body: &Body, name: NameId) -> Option<ExprId> {
    let mut bindings = body.bindings_of(name);
    match (bindings.next().map(|binding| &binding.value), bindings.next()) {
        (Some(Bound::Value(value)), None) => Some(*value),
        _ => None,
    }
}

impl Places {
    /// The same places `by` bytes further on.
    pub(crate) fn shifted(self, by: u32) -> Self {
        let shift = |span: Option<Span>| span.map(|span| span.shifted(by));
        Self {
            callee: self.callee.shifted(by),
            function: self.function,
            model: shift(self.model),
            model_literal: shift(self.model_literal),
            model_constant: self.model_constant,
            max_output: shift(self.max_output),
            add_max_output: self.add_max_output.map(|new| new.shifted(by)),
        }
    }
}

impl NewArgument {
    /// The same place `by` bytes further on.
    pub(crate) fn shifted(self, by: u32) -> Self {
        Self { within: self.within.shifted(by), after: self.after.map(|after| after.shifted(by)), ..self }
    }
}

/// Whether a name that an item does not bind is the module's: no function around the item binds it.
pub(crate) fn is_of_module(db: &dyn Db, file: SourceFile, id: ItemId, name: &str) -> bool {
    let mut current = head(db, file, id).and_then(|head| head.parent);
    while let Some(id) = current.filter(|id| *id != ItemId::MODULE) {
        let body = item(db, file, id);
        let binds = body.find_name(name).is_some_and(|name| body.bindings_of(name).len() > 0);
        if binds || body.params.iter().any(|param| param.name == name) {
            return false;
        }
        current = head(db, file, id).and_then(|head| head.parent);
    }
    true
}

/// The function that an item is or stands in, absolute in the text.
pub(crate) fn function_around(db: &dyn Db, file: SourceFile, id: ItemId) -> Option<Span> {
    let mut current = Some(id);
    while let Some(id) = current {
        let this = head(db, file, id)?;
        if this.kind == ItemKind::Function {
            return Some(item_span(db, file, id));
        }
        current = this.parent;
    }
    None
}

/// The literal text that a name of the module gets as its only value, absolute in the text.
pub(crate) fn module_literal(db: &dyn Db, file: SourceFile, name: &str) -> Option<Span> {
    let body = item(db, file, ItemId::MODULE);
    let value = only_value(&body, body.find_name(name)?)?;
    let start = item_span(db, file, ItemId::MODULE).start;
    matches!(body.expr(value), Expr::Text(_)).then(|| body.span(value).shifted(start))
}
