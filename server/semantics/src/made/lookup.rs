//! From a name to what it is bound to, in its body, around it and in other files.

use std::sync::Arc;

use lensai_syntax::hir::{Binding, Body, Bound, ExportTarget, Expr, ExprId, Imported, ItemId, ItemKind, Step as Part};
use smol_str::SmolStr;

use super::{At, Lead, Made, Search, Step, Take};
use crate::db::{SourceFile, head, item};
use crate::flow::{Place, reaching};
use crate::function::is_static;
use crate::scope::star_imports;
use crate::value::{ItemRef, Value};
use crate::{class, resolve};

impl Search<'_> {
    /// What a name in an expression leads to; nothing when nothing in the project binds it.
    pub(super) fn name(&self, at: ItemRef, body: &Arc<Body>, expr: ExprId, name: &str, steps: &[Step]) -> Vec<Lead> {
        if expr.0 >= body.prelude
            && let Some(leads) = self.name_in(at, body, name, Place::of(body, expr), steps)
        {
            return leads;
        }
        // Before the body, it is the scope around it as it is at that time; in the body, as it is in the end.
        let mut is_prelude = expr.0 < body.prelude;
        let mut current = at.item;
        while let Some(this) = head(self.db, at.file, current) {
            let Some(parent) = this.parent else { break };
            let around = ItemRef { file: at.file, item: parent };
            let is_class = head(self.db, at.file, parent).is_some_and(|head| head.kind == ItemKind::Class);
            if !is_class || is_prelude {
                let body = item(self.db, at.file, parent);
                let place =
                    if is_prelude { Place { time: this.parent_time, block: this.parent_block } } else { Place::END };
                if let Some(leads) = self.name_in(around, &body, name, place, steps) {
                    return leads;
                }
            }
            is_prelude &= is_class;
            current = parent;
        }
        self.through_stars(at.file, name, steps)
    }

    /// What a name of a module leads to.
    fn module_name(&self, file: SourceFile, name: &str, steps: &[Step]) -> Vec<Lead> {
        let module = ItemRef { file, item: ItemId::MODULE };
        let body = item(self.db, file, ItemId::MODULE);
        let own = self.name_in(module, &body, name, Place::END, steps);
        own.unwrap_or_else(|| self.through_stars(file, name, steps))
    }

    fn through_stars(&self, file: SourceFile, name: &str, steps: &[Step]) -> Vec<Lead> {
        if name.starts_with('_') {
            return Vec::new();
        }
        let stars = star_imports(self.db, file);
        let modules = stars.iter().filter_map(|module| self.file_of(file, module)).filter(|other| *other != file);
        modules.map(|other| Lead::with(At::Export(other, SmolStr::new(name)), steps)).collect()
    }

    /// What a name leads to in a body, at a place; none when the body does not bind it.
    fn name_in(&self, at: ItemRef, body: &Arc<Body>, name: &str, place: Place, steps: &[Step]) -> Option<Vec<Lead>> {
        let reached = body.find_name(name).map(|id| {
            let reached = reaching(body, id, place);
            if !reached.bindings.is_empty() {
                return (reached.bindings, reached.certain);
            }
            // What is bound further down: functions are called after all of it has run.
            (body.bindings_of(id).collect(), false)
        });
        let (bindings, certain) = reached.unwrap_or_default();
        let mut leads: Vec<Lead> =
            bindings.iter().rev().flat_map(|binding| self.binding(at, body, binding, steps)).collect();
        let param = body.params.iter().position(|param| param.name == name);
        if let Some(index) = param.filter(|_| !certain) {
            leads.extend(self.param(at, body, index, steps));
        }
        (!bindings.is_empty() || param.is_some()).then_some(leads)
    }

    /// What a parameter leads to: the first one of a Python method is the instance.
    fn param(&self, at: ItemRef, body: &Body, index: usize, steps: &[Step]) -> Vec<Lead> {
        let is_python = at.file.language(self.db).is_python();
        let is_method = || {
            let parent = head(self.db, at.file, at.item).and_then(|this| head(self.db, at.file, this.parent?));
            parent.is_some_and(|parent| parent.kind == ItemKind::Class)
        };
        if index == 0 && is_python && is_method() && !is_static(body) {
            return class::around(self.db, at).map(|(class, _)| self.member_leads(class, steps)).unwrap_or_default();
        }
        let made = Made::Param(at, u32::try_from(index).unwrap_or(u32::MAX));
        // What is declared of it has the attributes.
        if steps.is_empty() { vec![Lead::new(At::Made(made))] } else { Vec::new() }
    }

    pub(super) fn binding(&self, at: ItemRef, body: &Body, binding: &Binding, steps: &[Step]) -> Vec<Lead> {
        let value = |value: ExprId| Lead::with(At::Expr(at, value), steps);
        match &binding.value {
            Bound::Value(bound) | Bound::Entered(bound) => vec![value(*bound)],
            Bound::Part { of, path, default } => {
                let mut leads = vec![Lead { at: At::Expr(at, *of), steps: with_parts(steps, path) }];
                leads.extend(default.map(value));
                leads
            }
            Bound::Element { of, path } => {
                let mut steps = with_parts(steps, path);
                steps.push(Step { take: Take::Any, of: None });
                vec![Lead { at: At::Expr(at, *of), steps }]
            }
            Bound::Item(id) => {
                let item = Made::Item(ItemRef { file: at.file, item: *id });
                vec![Lead::with(At::Made(item), steps)]
            }
            Bound::Import(index) => match body.imports.get(*index as usize) {
                Some(import) => self.imported(at.file, &import.module, &import.what, steps),
                None => Vec::new(),
            },
            Bound::Unknown => Vec::new(),
        }
    }

    fn file_of(&self, from: SourceFile, module: &str) -> Option<SourceFile> {
        match resolve::module(self.db, from, SmolStr::new(module)) {
            Value::Module(file) => Some(file),
            _ => None,
        }
    }

    fn imported(&self, from: SourceFile, module: &str, what: &Imported, steps: &[Step]) -> Vec<Lead> {
        if *what == Imported::Root {
            return self.imported_root(from, module, steps);
        }
        let at = match what {
            Imported::Root | Imported::All => None,
            Imported::Module => self.file_of(from, module).map(|file| At::Made(Made::Module(file))),
            Imported::Name(name) => match self.file_of(from, module) {
                Some(file) if file != from => Some(At::Export(file, name.clone())),
                // `from . import a` in the package itself.
                Some(file) => resolve::submodule(self.db, file, name).map(|file| At::Made(Made::Module(file))),
                // A folder without `__init__.py` is a package too: the name may be one of its modules.
                None if from.language(self.db).is_python() => {
                    let separator = if module.ends_with('.') { "" } else { "." };
                    let inner = self.file_of(from, &format!("{module}{separator}{name}"));
                    inner.map(|file| At::Made(Made::Module(file)))
                }
                None => None,
            },
        };
        at.map(|at| Lead::with(at, steps)).into_iter().collect()
    }

    /// `import a.b.c` binds `a`. Where that is a folder without a file of its own, the names behind it lead on.
    fn imported_root(&self, from: SourceFile, module: &str, steps: &[Step]) -> Vec<Lead> {
        let mut names = module.split('.');
        let mut name = names.next().unwrap_or(module).to_owned();
        let mut left = steps;
        loop {
            if let Some(file) = self.file_of(from, &name) {
                return vec![Lead::with(At::Made(Made::Module(file)), left)];
            }
            let (Some(next), Some((Step { take: Take::Key(key), .. }, rest))) = (names.next(), left.split_last())
            else {
                return Vec::new();
            };
            if next != key {
                return Vec::new();
            }
            left = rest;
            name.push('.');
            name.push_str(next);
        }
    }

    /// What a module gives others under a name.
    pub(super) fn export(&mut self, file: SourceFile, name: &str, steps: &[Step]) {
        let leads = if file.language(self.db).is_python() {
            self.python_export(file, name, steps)
        } else {
            self.script_export(file, name, steps)
        };
        self.push(leads);
    }

    fn python_export(&self, file: SourceFile, name: &str, steps: &[Step]) -> Vec<Lead> {
        let own = self.module_name(file, name, steps);
        if !own.is_empty() {
            return own;
        }
        let module = resolve::submodule(self.db, file, name);
        module.map(|module| Lead::with(At::Made(Made::Module(module)), steps)).into_iter().collect()
    }

    fn script_export(&self, file: SourceFile, name: &str, steps: &[Step]) -> Vec<Lead> {
        let module = ItemRef { file, item: ItemId::MODULE };
        let body = item(self.db, file, ItemId::MODULE);
        if let Some(export) = body.exports.iter().find(|export| export.name == name) {
            return match &export.target {
                ExportTarget::Local(local) => self.module_name(file, local, steps),
                ExportTarget::Value(value) => vec![Lead::with(At::Expr(module, *value), steps)],
                ExportTarget::From(other, what) => self.imported(file, other, what, steps),
            };
        }
        let mut leads = Vec::new();
        for export in &body.exports {
            match (&export.target, export.name.as_str()) {
                (ExportTarget::From(other, _), "*") => {
                    let other = self.file_of(file, other).filter(|other| *other != file);
                    leads.extend(other.map(|other| Lead::with(At::Export(other, SmolStr::new(name)), steps)));
                }
                (ExportTarget::Value(value), "=") if name == "default" => {
                    leads.push(Lead::with(At::Expr(module, *value), steps));
                }
                (ExportTarget::Value(value), "=") if matches!(body.expr(*value), Expr::Mapping(_)) => {
                    let mut steps = steps.to_vec();
                    steps.push(Step { take: Take::Key(SmolStr::new(name)), of: None });
                    leads.push(Lead { at: At::Expr(module, *value), steps });
                }
                _ => {}
            }
        }
        leads
    }

    /// `module.exports = value`: what `require` gives.
    pub(super) fn module_value(&self, file: SourceFile) -> Option<Lead> {
        let body = item(self.db, file, ItemId::MODULE);
        let export = body.exports.iter().find(|export| export.name == "=")?;
        let module = ItemRef { file, item: ItemId::MODULE };
        match export.target {
            ExportTarget::Value(value) => Some(Lead::new(At::Expr(module, value))),
            _ => None,
        }
    }
}

/// The steps that a destructuring takes before others, the next one last.
fn with_parts(steps: &[Step], path: &[Part]) -> Vec<Step> {
    let parts = path.iter().rev().map(|part| match part {
        Part::Index(index) => Take::Index(*index),
        Part::Key(key) => Take::Key(key.clone()),
        Part::Rest => Take::Any,
    });
    steps.iter().cloned().chain(parts.map(|take| Step { take, of: None })).collect()
}
