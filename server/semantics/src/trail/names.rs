//! Where a name gets its value: in its body, around it, in another file.

use lensai_syntax::hir::{Body, Bound, ExportTarget, Expr, Import, Imported, ItemId, ItemKind, Step as Part};
use smol_str::SmolStr;

use super::{Access, End, Goal, Kind, MAX_ALTERNATIVES, Tracer, What};
use crate::db::{SourceFile, head};
use crate::eval::{is_outside, tested};
use crate::flow::{self, Place};
use crate::scope::{assigned_names, star_imports};
use crate::value::{ItemRef, Reason, Value};
use crate::{ops, resolve};

impl Tracer<'_> {
    pub(super) fn name(&mut self, goal: &Goal, at: ItemRef, name: &SmolStr, place: Place) {
        let body = self.body(at);
        let goals = match body.find_name(name) {
            Some(id) if !is_outside(&body, id, place) => {
                if let Some(known) = tested(&body, id, place) {
                    let step = self.on(goal, What::Tested(name.clone()), Some(self.spot(at, known)));
                    return self.then(vec![goal.next(Kind::Expr(at, known)).after(step)]);
                }
                self.local(goal, at, &body, name, place)
            }
            _ => Vec::new(),
        };
        if goals.is_empty() {
            return self.then(vec![goal.next(Kind::Outer(at, name.clone()))]);
        }
        self.then(goals);
    }

    /// What gives a name of a body its value at a place; nothing when the body does not bind it.
    fn local(&mut self, goal: &Goal, at: ItemRef, body: &Body, name: &SmolStr, place: Place) -> Vec<Goal> {
        let Some(id) = body.find_name(name) else { return Vec::new() };
        let mut goals = Vec::new();
        if goal.key().is_some() {
            let (stored, is_certain) = self.stored_into(goal, at, body, id, place);
            goals.extend(stored);
            if is_certain {
                return goals;
            }
        }
        let index_of = |wanted: &lensai_syntax::hir::Binding| {
            body.bindings.iter().position(|binding| std::ptr::eq(binding, wanted))
        };
        let reaching = flow::reaching(body, id, place);
        let bound = reaching.bindings.iter().filter_map(|binding| index_of(binding));
        let mut bound: Vec<usize> = bound.collect();
        if !reaching.certain
            && let Some(param) = body.params.iter().position(|param| param.name == *name)
        {
            goals.push(goal.next(Kind::Param(at, u32::try_from(param).unwrap_or(u32::MAX))));
        }
        if bound.is_empty() && goals.is_empty() {
            let later =
                body.bindings_of(id).filter(|binding| matches!(binding.value, Bound::Item(_) | Bound::Import(_)));
            bound.extend(later.filter_map(index_of));
        }
        // That there is nothing yet is no value that anyone uses.
        let is_nothing = |index: &usize| match body.bindings.get(*index).map(|binding| &binding.value) {
            Some(Bound::Value(value)) => body.expr(*value) == Expr::None,
            _ => false,
        };
        if bound.len() + goals.len() > 1 && !bound.iter().all(is_nothing) {
            bound.retain(|index| !is_nothing(index));
        }
        goals.extend(bound.into_iter().map(|index| goal.next(Kind::Binding(at, index))));
        goals
    }

    /// A name in the scopes around an item.
    pub(super) fn outer(&mut self, goal: &Goal, at: ItemRef, name: &SmolStr) {
        let mut current = at.item;
        while let Some(this) = head(self.db, at.file, current) {
            let Some(parent) = this.parent else { break };
            let Some(around) = head(self.db, at.file, parent) else { break };
            if parent == ItemId::MODULE {
                break;
            }
            if around.kind != ItemKind::Class || current == at.item {
                let scope = ItemRef { file: at.file, item: parent };
                let is_inner = matches!(this.kind, ItemKind::Lambda { .. });
                let place =
                    if is_inner { Place { time: this.parent_time, block: this.parent_block } } else { Place::END };
                let goals = self.in_scope(goal, scope, name, place);
                if !goals.is_empty() {
                    return self.then(goals);
                }
            }
            current = parent;
        }
        let goals = self.of_module(goal, at.file, name);
        if goals.is_empty() {
            let spot = None;
            return self.end(goal, End::Symbol(name.clone()), spot);
        }
        self.then(goals);
    }

    /// What gives a name of a scope its value for what stands in it.
    fn in_scope(&mut self, goal: &Goal, scope: ItemRef, name: &SmolStr, place: Place) -> Vec<Goal> {
        let body = self.body(scope);
        let mut goals = match body.find_name(name) {
            Some(id) if !is_outside(&body, id, place) => self.local(goal, scope, &body, name, place),
            _ => Vec::new(),
        };
        if goals.is_empty()
            && let Some(param) = body.params.iter().position(|param| param.name == *name)
        {
            goals.push(goal.next(Kind::Param(scope, u32::try_from(param).unwrap_or(u32::MAX))));
        }
        goals.extend(self.put_by_functions(goal, scope, name));
        self.with_assigned(goal, scope, name, goals)
    }

    /// A name at the top of a module, also through star imports.
    fn of_module(&mut self, goal: &Goal, file: SourceFile, name: &SmolStr) -> Vec<Goal> {
        let module = ItemRef { file, item: ItemId::MODULE };
        // What a script calls its own name is seen from the end of it.
        let goals = self.in_scope(&goal.clone().within(None), module, name, Place::END);
        if !goals.is_empty() || name.starts_with('_') {
            return goals;
        }
        let found =
            star_imports(self.db, file).iter().find_map(|star| match resolve::module(self.db, file, star.clone()) {
                Value::Module(other) if other != file => {
                    crate::scope::export(self.db, other, name.clone()).map(|_| other)
                }
                _ => None,
            });
        found.map(|other| goal.next(Kind::Export(other, name.clone())).within(None)).into_iter().collect()
    }

    /// With what functions of a scope assign to one of its names.
    fn with_assigned(&mut self, goal: &Goal, scope: ItemRef, name: &SmolStr, own: Vec<Goal>) -> Vec<Goal> {
        let names = assigned_names(self.db, scope.file);
        let assigning = names.iter().filter(|(owner, _, assigned)| *owner == scope.item && assigned == name);
        let mut goals = Vec::new();
        for (_, at, _) in assigning {
            let at = ItemRef { file: scope.file, item: *at };
            let body = self.body(at);
            let Some(id) = body.find_name(name) else { continue };
            for (index, binding) in body.bindings.iter().enumerate().filter(|(_, binding)| binding.name == id) {
                let is_nothing = matches!(binding.value, Bound::Value(value) if body.expr(value) == Expr::None);
                if !is_nothing {
                    goals.push(goal.next(Kind::Binding(at, index)).within(None));
                }
            }
        }
        if goals.is_empty() {
            return own;
        }
        let is_nothing = |goal: &Goal| match goal.kind {
            Kind::Binding(at, index) => {
                let body = self.body(at);
                let value = body.bindings.get(index).map(|binding| binding.value.clone());
                matches!(value, Some(Bound::Value(value)) if body.expr(value) == Expr::None)
                    || matches!(value, Some(Bound::Unknown))
            }
            _ => false,
        };
        own.into_iter().filter(|goal| !is_nothing(goal)).chain(goals).collect()
    }

    /// What a module gives others under a name.
    pub(super) fn export(&mut self, goal: &Goal, file: SourceFile, name: &SmolStr) {
        let goal = &goal.clone().within(None);
        let module = ItemRef { file, item: ItemId::MODULE };
        if file.language(self.db).is_python() {
            let goals = self.of_module(goal, file, name);
            if !goals.is_empty() {
                return self.then(goals);
            }
            return match resolve::submodule(self.db, file, name) {
                Some(inner) => self.in_module(goal, inner),
                None => self.missing_in(goal, file, name),
            };
        }
        let body = self.body(module);
        let mut stars = Vec::new();
        for export in &body.exports {
            if export.name == *name {
                return match &export.target {
                    ExportTarget::Local(local) => {
                        let goals = self.of_module(goal, file, local);
                        if goals.is_empty() { self.missing_in(goal, file, name) } else { self.then(goals) }
                    }
                    ExportTarget::Value(value) => self.then(vec![goal.next(Kind::Expr(module, *value))]),
                    ExportTarget::From(from, what) => {
                        let spot = self.word(file, name);
                        let step = self.on(goal, What::HandedOn(name.clone()), spot);
                        let import = Import { module: from.clone(), what: what.clone(), type_only: false };
                        self.import(&goal.clone().after(step), file, &import);
                    }
                };
            }
            match (&export.target, export.name.as_str()) {
                (ExportTarget::From(from, _), "*") => stars.push(from.clone()),
                (ExportTarget::Value(value), "=") if name == "default" => {
                    return self.then(vec![goal.next(Kind::Expr(module, *value))]);
                }
                (ExportTarget::Value(value), "=") => {
                    let all = self.eval(module, *value);
                    if !matches!(crate::member(self.db, &all, name), Value::Unknown(_) | Value::None) {
                        let inner = goal.next(Kind::Expr(module, *value)).taking(Access::Key(name.clone()));
                        return self.then(vec![inner]);
                    }
                }
                _ => {}
            }
        }
        for from in stars {
            if let Value::Module(other) = resolve::module(self.db, file, from)
                && other != file
                && crate::scope::export(self.db, other, name.clone()).is_some()
            {
                return self.then(vec![goal.next(Kind::Export(other, name.clone()))]);
            }
        }
        self.missing_in(goal, file, name);
    }

    fn missing_in(&mut self, goal: &Goal, file: SourceFile, name: &SmolStr) {
        let spot = Some(super::Spot { file, span: lensai_text::Span::default() });
        self.end(goal, End::Missing(name.clone()), spot);
    }

    pub(super) fn binding(&mut self, goal: &Goal, at: ItemRef, index: usize) {
        let body = self.body(at);
        let Some(binding) = body.bindings.get(index) else { return };
        let name = SmolStr::new(body.name(binding.name));
        let spot = Some(self.absolute(at, binding.span));
        // A type says what the value is where nothing else does.
        if let (Some(annotation), Bound::Value(value)) = (binding.annotation, &binding.value)
            && matches!(self.eval(at, *value), Value::Unknown(_) | Value::None)
        {
            let step = self.on(goal, What::Bound(name), spot);
            return self.declared(&goal.clone().after(step), at, annotation);
        }
        match &binding.value {
            Bound::Value(value) | Bound::Entered(value) => {
                let step = self.on(goal, What::Bound(name), spot);
                self.then(vec![goal.next(Kind::Expr(at, *value)).after(step)]);
            }
            Bound::Part { of, path, default } => {
                let step = self.on(goal, What::Part(name), spot);
                let inner = part_of(goal.next(Kind::Expr(at, *of)).after(step), path);
                let default = default.map(|default| goal.next(Kind::Expr(at, default)).after(step));
                let whole = self.eval(at, *of);
                let part = ops::project(self.evaluator(at).work(), whole, path);
                let mut goals = vec![inner];
                if let Some(default) = default {
                    if matches!(part, Value::None | Value::Unknown(_)) {
                        goals.clear();
                    }
                    goals.push(default);
                }
                self.then(goals);
            }
            Bound::Element { of, path } => {
                let step = self.on(goal, What::Part(name), spot);
                let inner = part_of(goal.next(Kind::Expr(at, *of)).after(step), path);
                self.then(vec![inner.taking(Access::Any)]);
            }
            Bound::Item(id) => self.then(vec![goal.next(Kind::Definition(ItemRef { file: at.file, item: *id }))]),
            Bound::Import(import) => {
                let Some(import) = body.imports.get(*import as usize) else { return };
                let what = What::Imported { name, module: import.module.clone() };
                let step = self.on(goal, what, spot);
                self.import(&goal.clone().after(step), at.file, import);
            }
            Bound::Unknown => match binding.annotation {
                Some(annotation) => {
                    let step = self.on(goal, What::Bound(name), spot);
                    self.declared(&goal.clone().after(step), at, annotation);
                }
                None => self.end(goal, End::Unknown(Reason::Undefined), spot),
            },
        }
    }

    /// What an import gives.
    fn import(&mut self, goal: &Goal, file: SourceFile, import: &Import) {
        let module = match &import.what {
            Imported::Root => import.module.split('.').next().map_or_else(|| import.module.clone(), SmolStr::new),
            _ => import.module.clone(),
        };
        let name = match &import.what {
            Imported::Name(name) => Some(name.clone()),
            _ => None,
        };
        match resolve::module(self.db, file, module.clone()) {
            Value::Module(other) if other == file => self.end(goal, End::Unknown(Reason::Cycle), None),
            Value::Module(other) => match name {
                Some(name) => self.then(vec![goal.next(Kind::Export(other, name)).within(None)]),
                None => self.in_module(goal, other),
            },
            _ => {
                let Some(name) = name else { return self.end(goal, End::Symbol(module), None) };
                let separator = if module.ends_with('.') { "" } else { "." };
                let inner = SmolStr::new(format!("{module}{separator}{name}"));
                if file.language(self.db).is_python()
                    && let Value::Module(other) = resolve::module(self.db, file, inner)
                {
                    return self.in_module(goal, other);
                }
                self.end(goal, End::Symbol(SmolStr::new(format!("{module}#{name}"))), None);
            }
        }
    }

    /// A module of the project, or what is taken of it.
    pub(super) fn in_module(&mut self, goal: &Goal, file: SourceFile) {
        if let Some(name) = goal.key().cloned() {
            return self.then(vec![goal.next(Kind::Export(file, name)).taken().within(None)]);
        }
        let spot = Some(super::Spot { file, span: lensai_text::Span::default() });
        self.end(goal, End::Module, spot);
    }

    /// Something that is declared to be of a type.
    pub(super) fn declared(&mut self, goal: &Goal, at: ItemRef, annotation: lensai_syntax::hir::ExprId) {
        let value = self.eval(at, annotation);
        let said = ops::declared(self.evaluator(at).work(), at.file, &value);
        let spot = Some(self.spot(at, annotation));
        let mut goals = Vec::new();
        let mut alternatives = match said {
            Value::OneOf(several) | Value::Fallback(several) => several.values.clone(),
            one => vec![one],
        };
        alternatives.truncate(MAX_ALTERNATIVES);
        for said in alternatives {
            match said {
                Value::Instance(instance) => {
                    let name = crate::qualified_name(self.db, instance.class.file, instance.class.item);
                    let step = self.on(goal, What::Declared(name.clone()), spot);
                    match goal.key().cloned() {
                        Some(key) => {
                            goals.push(goal.next(Kind::Attribute(instance.class, key)).taken().after(step));
                        }
                        None => self.end(&goal.clone().after(step), End::Instance(name), spot),
                    }
                }
                Value::Typed(typed) => {
                    let name = match &typed.declared {
                        Value::Symbol(symbol) => SmolStr::new(symbol.dotted()),
                        _ => SmolStr::default(),
                    };
                    let step = self.on(goal, What::Declared(name.clone()), spot);
                    let inner = goal.next(Kind::Expr(at, annotation)).after(step);
                    self.end(&inner, End::Symbol(name), spot);
                }
                _ => self.end(goal, End::Unknown(Reason::Undefined), spot),
            }
        }
        self.then(goals);
    }
}

/// The part of what a goal is about that destructuring takes.
fn part_of(goal: Goal, path: &[Part]) -> Goal {
    path.iter().rev().fold(goal, |goal, part| match part {
        Part::Index(index) => goal.taking(Access::At(*index)),
        Part::Key(key) => goal.taking(Access::Key(key.clone())),
        Part::Rest => goal,
    })
}
