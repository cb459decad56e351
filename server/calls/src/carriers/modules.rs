//! From module to module: what imports bind, and what exports give to others.

use lensai_semantics::{SourceFile, Value, module, resolve_module, submodule};
use lensai_syntax::hir::{Body, Bound, ExportTarget, Expr, ExprId, Import, Imported, Slice};
use smol_str::SmolStr;

use super::{Flow, HEIRS, IMPORTED, Through, add};
use crate::find::gives_called_objects;
use crate::index::Index;

impl Flow<'_, '_> {
    /// Notes what the imports of the file bind.
    pub(super) fn taint_imports(&mut self) {
        for (at, body) in self.bodies.clone().iter().enumerate() {
            for binding in &body.bindings {
                if let Bound::Import(index) = binding.value
                    && let Some(import) = body.imports.get(index as usize)
                {
                    let through = self.taint_import(body.name(binding.name), import);
                    // What a function imports is its own.
                    if at == 0 && !through.is_empty() {
                        for (name, through) in through {
                            self.handed.entry(name).or_default().extend(through);
                        }
                    }
                }
            }
        }
        // `require("openai")`, `await import("openai")`, `import_module("openai")`: there is no import to name.
        let index = self.matcher.index;
        let is_import = |body: &Body, expr: &Expr| match *expr {
            Expr::ImportModule(_) => true,
            Expr::Call { callee, args, .. } => loads_module(index, body, callee, args),
            _ => false,
        };
        if self.bodies.iter().any(|body| body.exprs.iter().any(|expr| is_import(body, expr))) {
            self.tainted.insert(SmolStr::new_static(IMPORTED));
        }
    }

    /// Notes the modules of SDKs that stand in quotes, for other files to load: what is loaded is seldom called anything else
    /// (`extra_dependency_names = ["cohere"]`, `self.cohere.Client()`).
    pub(super) fn taint_named_modules(&mut self) {
        self.names_modules = true;
        let texts = self.bodies.iter().flat_map(|body| body.exprs.iter().map(move |expr| (body, expr)));
        let texts =
            texts.filter_map(|(body, expr)| if let Expr::Text(text) = expr { Some(body.text(*text)) } else { None });
        let modules: Vec<SmolStr> =
            texts.filter(|text| self.matcher.index.has_module(text)).map(SmolStr::new).collect();
        self.tainted.extend(modules.iter().flat_map(|module| module.split('.')).map(SmolStr::new));
    }

    /// Notes what an import binds; what it hands on, under the names that it binds.
    fn taint_import(&mut self, bound: &str, import: &Import) -> Through {
        let symbol = match module(self.db, self.file, import.module.clone()) {
            Value::Module(target) => return self.taint_from(bound, import, target),
            Value::Symbol(symbol) => symbol,
            _ => return Through::default(),
        };
        if !self.matcher.index.hands_on(&symbol.module) {
            return Through::default();
        }
        let named = match &import.what {
            Imported::Name(name) => match symbol.child(name) {
                Value::Symbol(symbol) => symbol,
                _ => return Through::default(),
            },
            _ => symbol,
        };
        let bound = SmolStr::new(bound);
        let mut handed = Through::default();
        let is_described = self.matcher.is_described(&named);
        // What has no capital may be a module, which leads on where it is used: here its chains are looked at one by one.
        if is_described || !named.path.last().is_some_and(|name| name.starts_with(char::is_uppercase)) {
            add(&mut handed, &bound, "");
        }
        if is_described {
            self.tainted.insert(bound.clone());
        }
        self.packages.insert(bound, named);
        handed
    }

    /// What is imported from a module of the project.
    fn taint_from(&mut self, bound: &str, import: &Import, target: SourceFile) -> Through {
        let given = self.known.get(&target);
        let bound = SmolStr::new(bound);
        let mut handed = Through::default();
        match &import.what {
            Imported::Name(name) => {
                if let Some(through) = given.and_then(|given| given.get(name)) {
                    handed.insert(bound, through.clone());
                } else if let Some(module) = submodule(self.db, target, name) {
                    self.modules.insert(bound, module);
                }
            }
            Imported::All => {
                handed.extend(given.into_iter().flatten().map(|(name, through)| (name.clone(), through.clone())));
                handed.remove("default");
                handed.remove(HEIRS);
            }
            Imported::Module => {
                // `const client = require("./client")` may be what that module is.
                if given.is_some_and(|given| given.contains_key("default")) {
                    add(&mut handed, &bound, "");
                }
                self.modules.insert(bound, target);
            }
            Imported::Root => {
                if let Some(root) = resolve_module(self.db, self.file, &bound) {
                    self.modules.insert(bound, root);
                }
            }
        }
        let takes_module =
            || matches!(import.what, Imported::Module | Imported::Root) && given.is_some_and(|given| !given.is_empty());
        self.takes_callables |= (!handed.is_empty() || takes_module()) && gives_called_objects(self.db, target);
        self.tainted.extend(handed.keys().cloned());
        self.attributes.extend(handed.values().flatten().cloned());
        handed
    }

    /// Adds what a script exports, and what a module imports, under the names that others see.
    pub(super) fn exports(&self, reached: &mut Through) {
        for (name, through) in &self.handed {
            reached.entry(name.clone()).or_default().extend(through.iter().cloned());
        }
        let Some(root) = self.bodies.first() else { return };
        for export in &root.exports {
            let name = if export.name == "=" { SmolStr::new_static("default") } else { export.name.clone() };
            match &export.target {
                ExportTarget::Local(local) if self.tainted.contains(local) => {
                    let through = reached.get(local).cloned();
                    let through = through.unwrap_or_else(|| std::iter::once(SmolStr::default()).collect());
                    reached.entry(name).or_default().extend(through);
                }
                ExportTarget::Value(value) if self.flows(0, *value) => add(reached, &name, ""),
                ExportTarget::Local(_) | ExportTarget::Value(_) => {}
                ExportTarget::From(from, what) => self.export_from(&name, from, what, reached),
            }
        }
    }

    fn export_from(&self, name: &SmolStr, from: &SmolStr, what: &Imported, reached: &mut Through) {
        let target = match module(self.db, self.file, from.clone()) {
            Value::Module(target) => target,
            // A package's export under a name of the project: the package may be an SDK.
            Value::Symbol(symbol) if self.matcher.index.hands_on(&symbol.module) => {
                return add(reached, name, "");
            }
            _ => return,
        };
        let Some(given) = self.known.get(&target) else { return };
        match what {
            Imported::Name(inner) => {
                if let Some(through) = given.get(inner) {
                    reached.entry(name.clone()).or_default().extend(through.iter().cloned());
                }
            }
            Imported::All => {
                for (name, through) in given.iter().filter(|(name, _)| !matches!(name.as_str(), "default" | HEIRS)) {
                    reached.entry(name.clone()).or_default().extend(through.iter().cloned());
                }
            }
            Imported::Module | Imported::Root => add(reached, name, ""),
        }
    }
}

/// Whether a call loads a module of an SDK by its name (Python).
pub(super) fn loads_module(index: &Index, body: &Body, callee: ExprId, args: Slice) -> bool {
    let is_loader = match body.expr(callee) {
        Expr::Name(name) | Expr::Attribute { name, .. } => matches!(body.name(name), "import_module" | "__import__"),
        _ => false,
    };
    is_loader
        && body.args(args).first().is_some_and(|arg| match body.expr(arg.value()) {
            Expr::Text(text) => index.has_module(body.text(text)),
            _ => false,
        })
}
