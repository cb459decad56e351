//! Imports, and the calls that compiled code uses for them.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::kind::Kind;
use super::{Hint, Walk, Work, field, span};
use crate::hir::{Bound, Export, ExportTarget, Expr, ExprId, Import, Imported};
use crate::package::package;

impl<'t> Walk<'t, '_> {
    pub(super) fn import(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        let type_only = kids.iter().any(|kid| kid.kind == Kind::TypeOnly);
        let source = field(&kids, self.table.fields.source);
        let clause = kids.iter().find(|kid| matches!(kid.kind, Kind::ImportClause | Kind::ImportRequire)).copied();
        self.done(kids);
        let Some(clause) = clause else {
            // For its effects: nothing is bound, but the file depends on it.
            if let Some(module) = source.and_then(|source| self.module_name(source)) {
                self.add_import(module, Imported::Module, type_only);
            }
            return;
        };
        let kids = self.kids(clause.node);
        let source = source.or_else(|| field(&kids, self.table.fields.source));
        let Some(module) = source.and_then(|source| self.module_name(source)) else { return self.done(kids) };
        for kid in &kids {
            match kid.kind {
                Kind::Identifier => {
                    let is_require = clause.kind == Kind::ImportRequire;
                    let what = if is_require { Imported::Module } else { Imported::Name("default".into()) };
                    self.bind_import(kid.node, module.clone(), what, type_only);
                }
                Kind::NamespaceImport => {
                    if let Some(name) = self.only_child(kid.node) {
                        self.bind_import(name, module.clone(), Imported::Module, type_only);
                    }
                }
                Kind::NamedImports => self.named_imports(kid.node, &module, type_only),
                _ => {}
            }
        }
        self.done(kids);
    }

    fn named_imports(&mut self, node: Node<'t>, module: &SmolStr, type_only: bool) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        for specifier in kids.iter().filter(|kid| kid.kind == Kind::ImportSpecifier) {
            let parts = self.kids(specifier.node);
            let type_only = type_only || parts.iter().any(|kid| kid.kind == Kind::TypeOnly && kid.field == 0);
            let (name, alias) = (field(&parts, fields.name), field(&parts, fields.alias));
            self.done(parts);
            if let Some(name) = name {
                let what = Imported::Name(SmolStr::new(self.source(self.name_span(name))));
                self.bind_import(alias.unwrap_or(name), module.clone(), what, type_only);
            }
        }
        self.done(kids);
    }

    fn add_import(&mut self, module: SmolStr, what: Imported, type_only: bool) -> u32 {
        let imports = &mut self.file.body().body.imports;
        imports.push(Import { module, what, type_only });
        u32::try_from(imports.len() - 1).unwrap_or(u32::MAX)
    }

    /// Imports are bound before the module runs.
    fn bind_import(&mut self, name: Node<'t>, module: SmolStr, what: Imported, type_only: bool) {
        let import = self.add_import(module, what, type_only);
        self.bind_at(self.name_span(name), Bound::Import(import), None, ExprId(0));
    }

    /// `import A = B.C`
    pub(super) fn import_alias(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        let mut named = kids.iter().filter(|kid| kid.node.is_named()).map(|kid| kid.node);
        if let (Some(name), Some(value)) = (named.next(), named.next()) {
            self.work.push(Work::Declare { name: span(name), has_annotation: false, has_value: true });
            self.work.push(Work::Expr(value, Hint::None));
        }
        self.done(kids);
    }

    /// The argument of `require("x")` and `import("x")`.
    fn module_argument(&mut self, arguments: Node<'t>) -> Option<SmolStr> {
        let argument = self.only_child(arguments)?;
        self.module_name(argument)
    }

    /// The module that a string names.
    pub(super) fn module_name(&mut self, string: Node<'t>) -> Option<SmolStr> {
        Some(SmolStr::new(package(&self.string(string)?)))
    }

    fn push_module(&mut self, node: Node<'t>, module: &str) {
        let module = self.file.body().text(module);
        self.push(Expr::ImportModule(module), span(node));
    }

    /// `import("x")`; false if it is not known what is imported.
    pub(super) fn import_call(&mut self, node: Node<'t>, arguments: Node<'t>) -> bool {
        let module = self.module_argument(arguments);
        let is_known = module.is_some();
        if let Some(module) = module {
            self.push_module(node, &module);
        }
        is_known
    }

    /// `require("x")`, and what compilers put around it: `__importDefault(require("x"))` is the module itself, so that
    /// `.default` of it means what it meant in the source. True if the call was one of these.
    pub(super) fn module_call(&mut self, node: Node<'t>, function: &str, arguments: Node<'t>) -> bool {
        match function {
            "require" => match self.module_argument(arguments) {
                Some(module) => self.push_module(node, &module),
                None => return false,
            },
            "__importDefault"
            | "__importStar"
            | "__toESM"
            | "_interopRequireDefault"
            | "_interopRequireWildcard"
            | "_interop_require_default"
            | "_interop_require_wildcard" => match self.only_child(arguments) {
                Some(module) => self.work.push(Work::Expr(module, Hint::None)),
                None => return false,
            },
            "__exportStar" => {
                self.export_star(arguments);
                return false;
            }
            _ => return false,
        }
        true
    }

    /// `__exportStar(require("./x"), exports)`
    fn export_star(&mut self, arguments: Node<'t>) {
        let Some(call) = self.only_child(arguments).filter(|call| self.kind(*call) == Kind::Call) else { return };
        let Some(arguments) = call.child_by_field_id(self.table.fields.arguments) else { return };
        if let Some(module) = self.module_argument(arguments) {
            let target = ExportTarget::From(module, Imported::All);
            self.file.body().body.exports.push(Export { name: "*".into(), target });
        }
    }
}
