//! Exports, of ES modules and of `CommonJS`.

use lensai_text::Span;
use smol_str::SmolStr;
use tree_sitter::Node;

use super::kind::Kind;
use super::{Hint, Kid, Walk, Work, field};
use crate::hir::{BlockId, Export, ExportTarget, Expr, ExprId, Imported, ItemId};

impl<'t> Walk<'t, '_> {
    pub(super) fn export(&mut self, node: Node<'t>) {
        let fields = &self.table.fields;
        let kids = self.kids(node);
        let source = field(&kids, fields.source).and_then(|source| self.module_name(source));
        let declaration = kids.iter().find(|kid| kid.field == fields.declaration).copied();
        let is_default = kids.iter().any(|kid| kid.kind == Kind::Default && kid.field == 0);
        if let Some(declaration) = declaration {
            let decorators = kids.iter().filter(|kid| kid.kind == Kind::Decorator).map(|kid| kid.node).collect();
            self.export_declaration(declaration, decorators, is_default);
        } else if let Some(value) = field(&kids, fields.value) {
            self.export_value(value, "default");
        } else if let Some(clause) = kids.iter().find(|kid| kid.kind == Kind::ExportClause) {
            self.export_clause(clause.node, source.as_ref());
        } else if let Some(module) = source {
            let namespace = kids.iter().find(|kid| kid.kind == Kind::NamespaceExport).map(|kid| kid.node);
            match namespace.and_then(|namespace| self.only_child(namespace)) {
                Some(name) => {
                    let name = SmolStr::new(self.source(self.name_span(name)));
                    self.add_export(name, ExportTarget::From(module, Imported::Module));
                }
                None => self.add_export("*".into(), ExportTarget::From(module, Imported::All)),
            }
        } else if kids.iter().any(|kid| kid.kind == Kind::Equals) {
            let value = kids.iter().find(|kid| kid.node.is_named()).map(|kid| kid.node);
            if let Some(value) = value {
                self.export_value(value, "=");
            }
        } else {
            self.work.extend(kids.iter().rev().filter(|kid| kid.node.is_named()).map(|kid| Work::Any(kid.node)));
        }
        self.done(kids);
    }

    /// Whether what is exported here is exported by the module, not by a namespace in it.
    fn is_module_level(&mut self) -> bool {
        let body = self.file.body();
        body.item == ItemId::MODULE && body.block == BlockId::ROOT
    }

    fn add_export(&mut self, name: SmolStr, target: ExportTarget) {
        if self.is_module_level() {
            self.file.body().body.exports.push(Export { name, target });
        }
    }

    fn export_value(&mut self, value: Node<'t>, name: &str) {
        if self.is_module_level() {
            self.work.push(Work::Export(name.into()));
            self.work.push(Work::Expr(value, Hint::None));
        } else {
            self.work.push(Work::Any(value));
        }
    }

    fn export_declaration(&mut self, declaration: Kid<'t>, decorators: Box<[Node<'t>]>, is_default: bool) {
        if self.is_module_level() {
            let since = self.file.body().body.bindings.len();
            self.work.push(Work::ExportBound { since, is_default });
        }
        if declaration.kind == Kind::ClassDeclaration {
            self.work.push(Work::Class(declaration.node, decorators));
        } else {
            self.work.push(Work::Any(declaration.node));
        }
    }

    /// `export const {a, b} = …`, `export function f() {}`
    pub(super) fn export_bound(&mut self, since: usize, is_default: bool) {
        let body = &mut self.file.body().body;
        for binding in body.bindings.get(since..).unwrap_or(&[]) {
            let local = body.names.get(binding.name.0 as usize).cloned().unwrap_or_default();
            let name = if is_default { "default".into() } else { local.clone() };
            body.exports.push(Export { name, target: ExportTarget::Local(local) });
        }
    }

    /// `export {a, b as c}`, with or without `from "module"`.
    fn export_clause(&mut self, clause: Node<'t>, module: Option<&SmolStr>) {
        let fields = &self.table.fields;
        let kids = self.kids(clause);
        for specifier in kids.iter().filter(|kid| kid.kind == Kind::ExportSpecifier) {
            let parts = self.kids(specifier.node);
            let (name, alias) = (field(&parts, fields.name), field(&parts, fields.alias));
            self.done(parts);
            let Some(name) = name else { continue };
            let exported = SmolStr::new(self.source(self.name_span(alias.unwrap_or(name))));
            let local = SmolStr::new(self.source(self.name_span(name)));
            let target = match module {
                Some(module) => ExportTarget::From(module.clone(), Imported::Name(local)),
                None => ExportTarget::Local(local),
            };
            self.add_export(exported, target);
        }
        self.done(kids);
    }

    /// `module.exports = value`, `exports.name = value`
    pub(super) fn export_store(&mut self, object: Span, name: Span, value: ExprId) {
        let (object, name) = (self.source(object), self.source(name));
        let exported = match (object, name) {
            ("module", "exports") => "=",
            // Says what the file was compiled from.
            (_, "__esModule") => return,
            ("exports" | "module.exports", name) => name,
            _ => return,
        };
        let body = self.file.body();
        // Compiled code first declares its exports: `exports.a = exports.b = void 0`.
        let is_declaration = matches!(body.body.expr(value), Expr::None);
        if body.item == ItemId::MODULE && !is_declaration {
            let name = SmolStr::new(exported);
            body.body.exports.push(Export { name, target: ExportTarget::Value(value) });
        }
    }

    /// `Object.defineProperty(exports, "name", { enumerable: true, get: function () { return module_1.name; } })`
    pub(super) fn define_property(&mut self, arguments: Node<'t>) {
        if self.file.body().item != ItemId::MODULE {
            return;
        }
        let kids = self.kids(arguments);
        let mut named = kids.iter().filter(|kid| kid.node.is_named()).map(|kid| kid.node);
        let found = (named.next(), named.next(), named.next());
        self.done(kids);
        let (Some(object), Some(name), Some(descriptor)) = found else { return };
        if !matches!(self.text_of(object), "exports" | "module.exports") || self.kind(descriptor) != Kind::Object {
            return;
        }
        let (Some(name), Some(value)) = (self.string(name), self.getter_value(descriptor)) else { return };
        self.work.push(Work::Export(name));
        self.work.push(Work::Expr(value, Hint::None));
    }

    /// What the getter of a property descriptor returns, if that is a name or an attribute.
    fn getter_value(&mut self, descriptor: Node<'t>) -> Option<Node<'t>> {
        let fields = &self.table.fields;
        let kids = self.kids(descriptor);
        let getter = kids.iter().map(|kid| kid.node).find_map(|pair| {
            let key = pair.child_by_field_id(fields.key).or_else(|| pair.child_by_field_id(fields.name))?;
            let function =
                if self.kind(pair) == Kind::Method { Some(pair) } else { pair.child_by_field_id(fields.value) };
            function.filter(|_| self.text_of(key) == "get")
        });
        self.done(kids);
        let mut value = getter?.child_by_field_id(fields.body)?;
        while matches!(self.kind(value), Kind::StatementBlock | Kind::Return) {
            value = self.only_child(value)?;
        }
        matches!(self.kind(value), Kind::Identifier | Kind::Member).then_some(value)
    }
}
