//! What a module hands on: names behind which there may be objects of SDKs.
//!
//! Whoever imports such a name may send requests without importing an SDK; who imports none cannot, but for chains that
//! are distinctive by themselves. This reads the facts of one file and evaluates nothing: it may say too much.

mod above;
mod candidates;
mod modules;

use std::cell::RefCell;
use std::sync::Arc;

use lensai_semantics::{Head, SourceFile, Symbol, Value, facts, outline, submodule};
use lensai_syntax::hir::{Binding, Body, Bound, Expr, ExprId, ItemId, ItemKind, NameId, Place, Slice};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use self::above::given_above;
use self::candidates::Seen;
use self::modules::loads_module;
use crate::db::{Chance, Db};
use crate::index::Role;
use crate::object::Matcher;
use crate::sdk::Condition;
use crate::symbol::glob;

/// What a module hands on. `known` is what other modules hand on, as far as that is known.
pub fn carried(db: &dyn Db, file: SourceFile, known: &Known) -> Carried {
    let matcher = Matcher::new(db, file.language(db).is_python());
    let outline = outline(db, file);
    let mut flow = Flow::new(db, file, &matcher, outline, known);
    if flow.tainted.is_empty() && flow.packages.is_empty() && flow.modules.is_empty() {
        return Carried { names: flow.handed, above: Vec::new() };
    }
    let names = flow.hand_on();
    let above = given_above(db, file, outline, &names);
    Carried { names, above }
}

/// What a module hands on.
#[derive(Default)]
pub struct Carried {
    /// To whoever imports it.
    pub names: Through,
    /// To the files of classes above its own: under [`HEIRS`], the attributes through which their methods reach an object.
    pub above: Vec<(SourceFile, Through)>,
}

/// Stands for the classes of other files that are below those of a file.
const HEIRS: &str = "#heirs";

/// The calls of a module that may be requests, by what is called: they have the name of one, and an object may be where that is
/// asked for, or what stands before the name says enough. `known` is what other modules hand on, all of it; `names_modules` when other
/// files may load modules by the names that stand here in quotes.
pub fn candidates(
    db: &dyn Db,
    file: SourceFile,
    known: &Known,
    names_modules: bool,
) -> FxHashMap<ItemId, FxHashMap<ExprId, Chance>> {
    let matcher = Matcher::new(db, file.language(db).is_python());
    let outline = outline(db, file);
    let mut flow = Flow::new(db, file, &matcher, outline, known);
    if names_modules {
        flow.taint_named_modules();
    }
    flow.tainted.extend(known.get(&file).and_then(|given| given.get(HEIRS)).into_iter().flatten().cloned());
    flow.candidates()
}

/// What each module hands on.
pub type Known = FxHashMap<SourceFile, Through>;

/// Names with the attributes through which an object is reached; the empty one is the name itself. A default export, and
/// `module.exports`, have the name `default`.
pub type Through = FxHashMap<SmolStr, FxHashSet<SmolStr>>;

/// Where objects of SDKs may flow within a file.
struct Flow<'f, 'db> {
    db: &'f dyn Db,
    file: SourceFile,
    matcher: &'f Matcher<'db>,
    outline: &'f [Head],
    bodies: Vec<Arc<Body>>,
    /// Names behind which an object may be: of imports, functions, classes, variables, and attributes of any class.
    tainted: FxHashSet<SmolStr>,
    /// Names of modules of packages, and what each stands for.
    packages: FxHashMap<SmolStr, Arc<Symbol>>,
    /// Names of modules of the project.
    modules: FxHashMap<SmolStr, SourceFile>,
    known: &'f Known,
    /// What imports bind, as it is handed on where it comes from.
    handed: Through,
    /// Attributes through which imported names hold objects.
    attributes: FxHashSet<SmolStr>,
    /// An object may come from another file of the project that imports an SDK whose objects are called themselves.
    takes_callables: bool,
    /// What is made with the name of an SDK's module may be an object.
    names_modules: bool,
    /// What is known to lead to no object, as far as it is known where there are any.
    clean: RefCell<Seen>,
}

/// Larger expressions are taken to hold an object.
const MAX_STEPS: usize = 4000;

impl<'f, 'db> Flow<'f, 'db> {
    /// What the imports of a file bind.
    fn new(db: &'f dyn Db, file: SourceFile, matcher: &'f Matcher<'db>, outline: &'f [Head], known: &'f Known) -> Self {
        let mut flow = Self {
            db,
            file,
            matcher,
            outline,
            // Nobody remembers what rests on these: there is no query to ask for each.
            bodies: facts(db, file).items.iter().map(|item| Arc::clone(&item.body)).collect(),
            tainted: FxHashSet::default(),
            packages: FxHashMap::default(),
            modules: FxHashMap::default(),
            known,
            handed: FxHashMap::default(),
            attributes: FxHashSet::default(),
            takes_callables: false,
            names_modules: false,
            clean: RefCell::default(),
        };
        flow.taint_imports();
        flow
    }

    /// Whether a chain of attributes begins with a module and leads to something described; none when it begins with
    /// something else.
    fn in_module(&self, body: &Body, chain: ExprId) -> Option<bool> {
        let mut names = Vec::new();
        let mut current = chain;
        while let Expr::Attribute { object, name } = body.expr(current) {
            names.push(body.name(name));
            current = object;
            if names.len() > MAX_CHAIN {
                return None;
            }
        }
        let Expr::Name(root) = body.expr(current) else { return None };
        let root = body.name(root);
        if let Some(module) = self.modules.get(root) {
            let mut module = *module;
            for name in names.iter().rev() {
                if self.known.get(&module).is_some_and(|given| given.contains_key(*name)) {
                    return Some(true);
                }
                match submodule(self.db, module, name) {
                    Some(inner) => module = inner,
                    None => return Some(false),
                }
            }
            return Some(false);
        }
        let mut symbol = Arc::clone(self.packages.get(root)?);
        for name in names.iter().rev() {
            let Value::Symbol(child) = symbol.child(name) else { return None };
            symbol = child;
            if self.matcher.is_described(&symbol) {
                return Some(true);
            }
        }
        Some(false)
    }

    /// Whether a call makes an object only on a condition that no literal of its arguments meets: `boto3.client("s3")`.
    fn is_ruled_out(&self, body: &Body, callee: ExprId, args: Slice) -> bool {
        let Expr::Attribute { object, name } = body.expr(callee) else { return false };
        let Expr::Name(root) = body.expr(object) else { return false };
        let Some(Value::Symbol(symbol)) = self.packages.get(body.name(root)).map(|root| root.child(body.name(name)))
        else {
            return false;
        };
        let makes = self.matcher.entries(Role::MakeCall, &symbol);
        let mut conditions = makes.iter().map(|(entry, _)| {
            let make = self.matcher.sdk(entry.sdk).and_then(|sdk| sdk.makes.get(entry.at));
            make.map_or(&[] as &[_], |make| make.when.as_slice())
        });
        let texts = || {
            body.args(args).iter().filter_map(|arg| match body.expr(arg.value()) {
                Expr::Text(text) => Some(body.text(text)),
                _ => None,
            })
        };
        let meets =
            |condition: &Condition| texts().any(|text| condition.one_of.iter().any(|pattern| glob(pattern, text)));
        !makes.is_empty() && texts().next().is_some() && conditions.all(|all| !all.is_empty() && !all.iter().all(meets))
    }

    /// What the module hands on.
    fn hand_on(&mut self) -> Through {
        let mut reached = self.settle(Self::flows);
        self.exports(&mut reached);
        reached.remove("");
        reached
    }

    /// Follows objects until nothing new is reached; the top-level names that they reach.
    fn settle(&mut self, flows: Flows<Self>) -> Through {
        let mut reached = Through::default();
        loop {
            let mut new: Vec<SmolStr> = Vec::new();
            for at in 0..self.bodies.len() {
                self.reach(at, flows, &mut new, &mut reached);
            }
            let before = self.tainted.len();
            self.tainted.extend(new);
            self.clean.take();
            if self.tainted.len() == before {
                break;
            }
        }
        reached
    }

    /// Adds what an item binds to an object: `new` within the file, `reached` for whoever imports the module.
    fn reach(&self, at: usize, flows: Flows<Self>, new: &mut Vec<SmolStr>, reached: &mut Through) {
        let (Some(body), Some(head)) = (self.bodies.get(at), self.outline.get(at)) else { return };
        let is_class = head.kind == ItemKind::Class;
        let flows = |expr: ExprId| flows(self, at, expr);
        let returns_object = || {
            let values = body.returns.iter().filter_map(|result| result.value);
            values.chain(body.return_type).any(flows)
        };
        let binding_flows = |binding: &Binding| bound_to(binding).into_iter().chain(binding.annotation).any(flows);
        self.reach_holders(at, &flows, new);
        let mut attribute = |name: &str, reached: &mut Through| {
            new.push(SmolStr::new(name));
            if let Some(class) = self.class_around(at) {
                add(reached, &class, name);
            }
        };
        for store in &body.stores {
            if let Place::Attribute(name) = store.place
                && store.value.is_some_and(flows)
            {
                attribute(body.name(name), reached);
            }
        }
        for param in body.params.iter().filter(|param| param.is_attribute) {
            if param.annotation.is_some_and(flows) {
                attribute(&param.name, reached);
            }
        }
        if is_class || at == 0 {
            if body.bases.iter().any(|base| flows(*base)) {
                add(reached, &head.name, "");
                new.push(head.name.clone());
            }
            for binding in body.bindings.iter().filter(|binding| binding_flows(binding)) {
                let name = body.name(binding.name);
                new.push(SmolStr::new(name));
                if is_class {
                    add(reached, &head.name, name);
                } else {
                    add(reached, name, "");
                }
            }
            return;
        }
        // A name of the module that a function assigns (`global client`).
        for name in &body.outer_names {
            if body.bindings_of(*name).any(binding_flows) {
                let name = body.name(*name);
                new.push(SmolStr::new(name));
                add(reached, name, "");
            }
        }
        if !returns_plain_data(body) && returns_object() {
            new.push(head.name.clone());
            match self.class_around(at) {
                // Any attribute of it may be an object.
                Some(class) if head.name == "__getattr__" => {
                    add(reached, &class, "");
                    new.push(class);
                }
                Some(class) => add(reached, &class, &head.name),
                None if head.parent == Some(ItemId::MODULE) => add(reached, &head.name, ""),
                None => {}
            }
        }
    }

    /// Adds what an object is put into: `state["chain"] = chain`, `agents.append(agent)`.
    fn reach_holders(&self, at: usize, flows: &dyn Fn(ExprId) -> bool, new: &mut Vec<SmolStr>) {
        let Some(body) = self.bodies.get(at) else { return };
        let is_of_module = |name: &str, id: NameId| {
            let module = self.bodies.first();
            let module = module.and_then(|module| Some((module, module.find_name(name)?)));
            module.is_some_and(|(module, name)| module.bindings_of(name).next().is_some())
                && (at == 0
                    || body.bindings_of(id).next().is_none() && body.params.iter().all(|param| param.name != name))
        };
        let holder = |object: ExprId| {
            let (Expr::Name(id) | Expr::Attribute { name: id, .. }) = body.expr(object) else { return None };
            let name = body.name(id);
            let holds = match body.expr(object) {
                // What an instance holds is its class's own.
                Expr::Attribute { .. } => matches!(name, "session_state" | "user_session"),
                _ => is_of_module(name, id),
            };
            holds.then_some(name)
        };
        // Few names hold anything: that is asked before what is put there is looked at.
        for store in body.stores.iter().filter(|store| matches!(store.place, Place::Index(_))) {
            if let Some(name) = holder(store.object).filter(|_| store.value.is_some_and(flows)) {
                new.push(SmolStr::new(name));
            }
        }
        for change in &body.changes {
            let Expr::Call { callee, args, .. } = body.expr(*change) else { continue };
            let Expr::Attribute { object, .. } = body.expr(callee) else { continue };
            if let Some(name) = holder(object).filter(|_| body.args(args).iter().any(|arg| flows(arg.value()))) {
                new.push(SmolStr::new(name));
            }
        }
    }

    /// The name of the top-level class in which an item lies.
    fn class_around(&self, at: usize) -> Option<SmolStr> {
        let mut current = self.outline.get(at)?;
        loop {
            let parent = self.outline.get(current.parent?.0 as usize)?;
            if parent.kind == ItemKind::Class {
                return Some(parent.name.clone());
            }
            current = parent;
        }
    }

    /// Whether an object may be what an expression gives: a tainted name is in it, directly or over local names.
    /// What a request gives is no object.
    fn flows(&self, at: usize, root: ExprId) -> bool {
        let Some(body) = self.bodies.get(at) else { return false };
        let mut stack = vec![root];
        let mut seen: FxHashSet<ExprId> = FxHashSet::default();
        while let Some(expr) = stack.pop() {
            if !seen.insert(expr) {
                continue;
            }
            if seen.len() > MAX_STEPS {
                return true;
            }
            stack.extend(body.cast_of(expr));
            match body.expr(expr) {
                Expr::Name(name) => {
                    let text = body.name(name);
                    if self.tainted.contains(text) {
                        return true;
                    }
                    for binding in body.bindings_of(name) {
                        stack.extend(bound_to(binding).into_iter().chain(binding.annotation));
                    }
                    let param = body.params.iter().find(|param| param.name == text);
                    stack.extend(param.into_iter().flat_map(|param| param.annotation.into_iter().chain(param.default)));
                }
                Expr::Attribute { object, name } => {
                    match self.in_module(body, expr) {
                        Some(true) => return true,
                        Some(false) => continue,
                        None => {}
                    }
                    let name = body.name(name);
                    if is_self(body, object) && self.tainted.contains(name) {
                        return true;
                    }
                    if self.may_hold(name) {
                        stack.push(object);
                    }
                }
                Expr::Call { callee, args, .. } if loads_module(self.matcher.index, body, callee, args) => return true,
                Expr::Call { callee, .. } if self.is_request(body, callee) => {}
                Expr::Call { callee, args, .. } if self.is_ruled_out(body, callee, args) => {}
                // A class keeps what it is made with; what a function does with it is not known, and it is seldom handed on.
                Expr::Call { callee, .. } if !keeps_arguments(body, callee) => stack.push(callee),
                Expr::ImportModule(_) => return true,
                // A closure that makes something is the item's own.
                Expr::Function(id) => {
                    if self.outline.get(id.0 as usize).is_some_and(|head| self.tainted.contains(&head.name)) {
                        return true;
                    }
                    let inner = self.bodies.get(id.0 as usize);
                    if inner.is_some_and(|inner| inner.names.iter().any(|name| self.tainted.contains(name))) {
                        return true;
                    }
                }
                Expr::Opaque(_) => {}
                _ => body.children(expr, &mut |child| stack.push(child)),
            }
        }
        false
    }

    /// Whether an attribute of this name may hold or give an object where its owner has to do with one.
    fn may_hold(&self, name: &str) -> bool {
        self.matcher.index.is_step(name)
            || self.tainted.contains(name)
            || self.attributes.contains(name)
            || CONTAINER_METHODS.contains(&name)
    }

    fn is_request(&self, body: &Body, callee: ExprId) -> bool {
        match body.expr(callee) {
            Expr::Attribute { name, .. } | Expr::Name(name) => self.matcher.index.is_request_name(body.name(name)),
            _ => false,
        }
    }
}

/// Whether an object may be what an expression of an item gives.
type Flows<F> = fn(&F, usize, ExprId) -> bool;

/// What a binding holds, or a part of. What is imported is handed on as it is where it comes from.
fn bound_to(binding: &Binding) -> Option<ExprId> {
    match &binding.value {
        Bound::Value(value) | Bound::Entered(value) | Bound::Element { of: value, .. } => Some(*value),
        Bound::Part { of, .. } => Some(*of),
        Bound::Import(_) | Bound::Item(_) | Bound::Unknown => None,
    }
}

/// Whether a function is declared to return nothing but what the language has of itself (`-> str`).
fn returns_plain_data(body: &Body) -> bool {
    let Some(declared) = body.return_type else { return false };
    let mut stack = vec![declared];
    while let Some(expr) = stack.pop() {
        match body.expr(expr) {
            Expr::Name(name) if !PLAIN_TYPES.contains(&body.name(name)) => return false,
            Expr::Attribute { .. } | Expr::Text(_) => return false,
            _ => body.children(expr, &mut |child| stack.push(child)),
        }
    }
    true
}

fn add(reached: &mut Through, name: &str, through: &str) {
    reached.entry(SmolStr::new(name)).or_default().insert(SmolStr::new(through));
}

/// Whether an expression is the instance, or the class, of the method around it.
fn is_self(body: &Body, object: ExprId) -> bool {
    match body.expr(object) {
        Expr::This => true,
        Expr::Name(name) => matches!(body.name(name), "self" | "cls"),
        _ => false,
    }
}

/// Whether what is called keeps its arguments: a class, or what binds arguments.
fn keeps_arguments(body: &Body, callee: ExprId) -> bool {
    match body.expr(callee) {
        Expr::Name(name) | Expr::Attribute { name, .. } => {
            let name = body.name(name);
            name.starts_with(|first: char| first.is_uppercase())
                || matches!(name, "partial" | "cast" | "run" | "pipe" | "getattr")
        }
        _ => true,
    }
}

/// Methods of containers and promises that give what is in them.
const CONTAINER_METHODS: [&str; 14] = [
    "get",
    "items",
    "values",
    "pop",
    "copy",
    "setdefault",
    "find",
    "at",
    "then",
    "result",
    "bind",
    "append",
    "update",
    "unwrap",
];

/// Longer chains of attributes do not begin with a module.
const MAX_CHAIN: usize = 12;

/// Stands for what a dynamic import gives.
const IMPORTED: &str = "#imported";

/// Types that are no SDK's objects, with those that only hold others.
const PLAIN_TYPES: [&str; 30] = [
    "str", "int", "float", "bool", "bytes", "dict", "list", "tuple", "set", "Dict", "List", "Tuple", "Set", "Optional",
    "Union", "Iterable", "Mapping", "Sequence", "Literal", "NoReturn", "string", "number", "boolean", "void", "Array",
    "Record", "Promise", "never", "datetime", "Path",
];
