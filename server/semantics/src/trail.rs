//! By which steps a value comes about: from an expression back to the text, the call or the gap with which it begins.
//!
//! Nothing of this is kept in values, and nothing is computed unless somebody asks: a [`Tracer`] walks the same facts as the
//! evaluator, by the same rules about which binding reaches a place, and asks the evaluator where only a value says how to go
//! on (which function is called, which class an object is of). It keeps a list of what is still to be followed, so it does not
//! recurse, and it ends after a bounded number of steps.

mod attributes;
mod callers;
mod expressions;
mod mappings;
mod names;
mod places;

use std::rc::Rc;

use lensai_syntax::hir::{Body, ExprId, Slice};
use lensai_text::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use crate::db::{Db, SourceFile, item, item_span};
use crate::eval::Evaluator;
use crate::flow::Place;
use crate::value::{ItemRef, Reason, Value};

pub use self::places::text_places;

/// More steps than this are not gone.
const MAX_STEPS: usize = 300;
/// More alternatives than this of one step are not followed.
const MAX_ALTERNATIVES: usize = 8;
/// A way of more steps than this is not gone to its end.
const MAX_LENGTH: usize = 60;

/// A step on the way to where a value begins.
#[derive(Debug, Clone)]
pub struct Step {
    /// The step before it; none for a first one. Several steps after one are alternatives, or parts of what is put together.
    pub after: Option<usize>,
    /// What happens here.
    pub what: What,
    /// Where, if a place of the project says it.
    pub spot: Option<Spot>,
    /// Where it goes on, when the way ends here with something that could be gone into.
    pub leaf: Option<Leaf>,
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spot {
    /// The file.
    pub file: SourceFile,
    /// Absolute in its text.
    pub span: Span,
}

/// What happens at a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A name gets the value.
    Bound(SmolStr),
    /// A name gets an element of it, or a part.
    Part(SmolStr),
    /// A name is imported from a module.
    Imported {
        /// The name here.
        name: SmolStr,
        /// The module, as it is written.
        module: SmolStr,
    },
    /// A module hands on under this name what it has from another one.
    HandedOn(SmolStr),
    /// A test says that the name has this value here.
    Tested(SmolStr),
    /// Stored as this attribute of the instance.
    Stored(SmolStr),
    /// Stored, or put, under this key.
    Put(SmolStr),
    /// What a mapping has under this key.
    Key(SmolStr),
    /// An element of a list.
    Element,
    /// A parameter of a function.
    Parameter {
        /// The parameter.
        name: SmolStr,
        /// The function, qualified within its file; empty for one without a name.
        function: SmolStr,
    },
    /// What stands in for a parameter that is not given.
    Default(SmolStr),
    /// What a call gives for a parameter.
    Argument(SmolStr),
    /// What a function returns.
    Returned(SmolStr),
    /// A function of the language or of a package gives what it is given, or a part of it.
    Through(SmolStr),
    /// One of several.
    Choice,
    /// Put together of several.
    Joined,
    /// A variable of the environment.
    Environment(SmolStr),
    /// A type that is declared.
    Declared(SmolStr),
    /// The way ends.
    End(End),
    /// Something of whoever asked: see [`Tracer::note`].
    Note(SmolStr),
}

/// How a way ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// With a text, a number or another literal: the value itself.
    Literal,
    /// With a call of something that is no code of the project.
    Call,
    /// With what a package exports, or what the language gives: its dotted name.
    Symbol(SmolStr),
    /// With a list or a mapping as a whole.
    Collection,
    /// With parts that are piped into each other.
    Pipe,
    /// With an instance of a class of the project.
    Instance(SmolStr),
    /// With a class or function of the project.
    Definition(SmolStr),
    /// With a module of the project.
    Module,
    /// With a parameter that no known call gives.
    Caller(SmolStr),
    /// With a variable of the environment that has no default.
    Environment(SmolStr),
    /// With an object that has no such attribute or key, as far as the code says.
    Missing(SmolStr),
    /// Not known.
    Unknown(Reason),
    /// At a place that another step has gone on from.
    Again,
    /// Because it would be too long.
    TooFar,
}

/// An expression at which a way ends, and what is still to be taken of its value.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// The item.
    pub at: ItemRef,
    /// The expression in it.
    pub expr: ExprId,
    /// Attributes and elements of it that were asked for, the next one first.
    pub rest: Vec<Access>,
    frame: Option<Rc<Frame>>,
}

/// What is taken of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Access {
    /// An attribute, or the element under a key.
    Key(SmolStr),
    /// The element at a position.
    At(u32),
    /// Any element.
    Any,
}

/// A call into which a way has gone: what its parameters are.
#[derive(Debug)]
struct Frame {
    /// The function; a class without a constructor.
    function: ItemRef,
    /// Who calls it.
    site: ItemRef,
    args: Slice,
    /// Parameters before the first argument.
    shift: usize,
    outer: Option<Rc<Frame>>,
}

/// What is still to be followed.
#[derive(Debug, Clone)]
struct Goal {
    after: Option<usize>,
    kind: Kind,
    rest: Vec<Access>,
    frame: Option<Rc<Frame>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Kind {
    Expr(ItemRef, ExprId),
    /// A name at a place in an item.
    Name(ItemRef, SmolStr, Place),
    /// A name in the scopes around an item.
    Outer(ItemRef, SmolStr),
    Export(SourceFile, SmolStr),
    Binding(ItemRef, usize),
    Param(ItemRef, u32),
    /// What the calls of a function give for a parameter.
    Callers(ItemRef, u32),
    Attribute(ItemRef, SmolStr),
    Returns(ItemRef),
    Definition(ItemRef),
}

type Seen = (Kind, Vec<Access>, usize);

/// Follows values back to where they begin.
pub struct Tracer<'db> {
    db: &'db dyn Db,
    steps: Vec<Step>,
    goals: Vec<Goal>,
    seen: FxHashSet<Seen>,
    evaluators: FxHashMap<ItemRef, Evaluator<'db>>,
}

impl<'db> Tracer<'db> {
    /// One that has gone no step.
    pub fn new(db: &'db dyn Db) -> Self {
        Self { db, steps: Vec::new(), goals: Vec::new(), seen: FxHashSet::default(), evaluators: FxHashMap::default() }
    }

    /// All steps so far. A step comes after the one that it follows.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The steps, when no more is to be followed.
    pub fn finish(self) -> Vec<Step> {
        self.steps
    }

    /// Adds a step of the caller's own.
    pub fn note(&mut self, after: Option<usize>, what: What, spot: Option<Spot>) -> usize {
        self.steps.push(Step { after, what, spot, leaf: None });
        self.steps.len() - 1
    }

    /// Follows an expression, or what is taken of it; gives the steps with which its ways end.
    pub fn follow(&mut self, after: Option<usize>, at: ItemRef, expr: ExprId, rest: Vec<Access>) -> Vec<usize> {
        self.run(Goal { after, kind: Kind::Expr(at, expr), rest, frame: None })
    }

    /// The same of an expression beside one at which a way ended: an argument of a call, an operand.
    pub fn follow_beside(&mut self, after: Option<usize>, leaf: &Leaf, expr: ExprId, rest: Vec<Access>) -> Vec<usize> {
        self.run(Goal { after, kind: Kind::Expr(leaf.at, expr), rest, frame: leaf.frame.clone() })
    }

    /// What an expression of an item can be.
    pub fn eval(&mut self, at: ItemRef, expr: ExprId) -> Value {
        self.evaluator(at).eval(expr)
    }

    /// The evaluator of an item.
    pub fn evaluator(&mut self, at: ItemRef) -> &mut Evaluator<'db> {
        let db = self.db;
        self.evaluators.entry(at).or_insert_with(|| Evaluator::new(db, at))
    }

    /// The place of an expression.
    pub fn spot(&self, at: ItemRef, expr: ExprId) -> Spot {
        self.absolute(at, item(self.db, at.file, at.item).span(expr))
    }

    fn absolute(&self, at: ItemRef, span: Span) -> Spot {
        Spot { file: at.file, span: span.shifted(item_span(self.db, at.file, at.item).start) }
    }

    fn body(&self, at: ItemRef) -> std::sync::Arc<Body> {
        item(self.db, at.file, at.item)
    }

    fn run(&mut self, goal: Goal) -> Vec<usize> {
        let first = self.steps.len();
        self.goals.push(goal);
        while let Some(goal) = self.goals.pop() {
            let frame = goal.frame.as_ref().map_or(0, |frame| Rc::as_ptr(frame) as usize);
            if self.steps.len() >= MAX_STEPS || self.length(goal.after) >= MAX_LENGTH {
                self.end(&goal, End::TooFar, None);
                if self.steps.len() >= MAX_STEPS + MAX_ALTERNATIVES {
                    self.goals.clear();
                }
            } else if self.seen.insert((goal.kind.clone(), goal.rest.clone(), frame)) {
                self.step(&goal);
            } else {
                self.end(&goal, End::Again, None);
            }
        }
        let ends = (first..).zip(self.steps.get(first..).unwrap_or_default());
        ends.filter(|(_, step)| matches!(step.what, What::End(_))).map(|(at, _)| at).collect()
    }

    /// How many steps a way has so far.
    fn length(&self, mut after: Option<usize>) -> usize {
        let mut length = 0;
        while let Some(at) = after.filter(|_| length <= MAX_LENGTH) {
            length += 1;
            after = self.steps.get(at).and_then(|step| step.after);
        }
        length
    }

    fn step(&mut self, goal: &Goal) {
        match goal.kind.clone() {
            Kind::Expr(at, expr) => self.expression(goal, at, expr),
            Kind::Name(at, name, place) => self.name(goal, at, &name, place),
            Kind::Outer(at, name) => self.outer(goal, at, &name),
            Kind::Export(file, name) => self.export(goal, file, &name),
            Kind::Binding(at, index) => self.binding(goal, at, index),
            Kind::Param(at, index) => self.param(goal, at, index),
            Kind::Callers(at, index) => self.callers(goal, at, index),
            Kind::Attribute(class, name) => self.attribute(goal, class, &name),
            Kind::Returns(function) => self.returns(goal, function),
            Kind::Definition(at) => self.definition(goal, at),
        }
    }

    /// Ends a way.
    fn end(&mut self, goal: &Goal, end: End, spot: Option<Spot>) {
        let spot = spot.or_else(|| match goal.kind {
            Kind::Expr(at, expr) => Some(self.spot(at, expr)),
            _ => None,
        });
        let leaf = match goal.kind {
            Kind::Expr(at, expr) => Some(Leaf { at, expr, rest: goal.rest.clone(), frame: goal.frame.clone() }),
            _ => None,
        };
        self.steps.push(Step { after: goal.after, what: What::End(end), spot, leaf });
    }

    /// Adds a step to a way, which goes on from there.
    fn on(&mut self, goal: &Goal, what: What, spot: Option<Spot>) -> usize {
        self.note(goal.after, what, spot)
    }

    /// Follows these next, the first of them first.
    fn then(&mut self, goals: Vec<Goal>) {
        self.goals.extend(goals.into_iter().take(MAX_ALTERNATIVES).rev());
    }
}

impl Goal {
    /// What comes next on the same way.
    fn next(&self, kind: Kind) -> Self {
        Self { kind, ..self.clone() }
    }

    /// The same behind another step.
    fn after(self, step: usize) -> Self {
        Self { after: Some(step), ..self }
    }

    /// The same without what is taken first.
    fn taken(mut self) -> Self {
        if !self.rest.is_empty() {
            self.rest.remove(0);
        }
        self
    }

    /// The same, with something that is taken before the rest.
    fn taking(mut self, first: Access) -> Self {
        self.rest.insert(0, first);
        self
    }

    /// The same outside of the call that the way has gone into.
    fn within(self, frame: Option<Rc<Frame>>) -> Self {
        Self { frame, ..self }
    }

    /// The key or attribute that is taken first.
    fn key(&self) -> Option<&SmolStr> {
        match self.rest.first() {
            Some(Access::Key(name)) => Some(name),
            _ => None,
        }
    }
}
