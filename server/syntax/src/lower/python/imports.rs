//! Imports.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::kinds::Kind;
use super::{Child, Lowering, length};
use crate::hir::{Bound, Import, Imported};

impl<'tree> Lowering<'tree, '_> {
    /// `import a.b, c as d`
    pub(super) fn import(&mut self, children: &[Child<'tree>]) {
        for child in children {
            match child.kind {
                Kind::DottedName => {
                    let module = self.dotted(child.node);
                    match module.split_once('.') {
                        Some((root, _)) => {
                            let root = SmolStr::new(root);
                            self.bind_import(child.node, &root, module, Imported::Root);
                        }
                        None => self.bind_import(child.node, &module.clone(), module, Imported::Module),
                    }
                }
                Kind::AliasedImport => {
                    if let Some((name, alias)) = self.aliased(child.node) {
                        let bound = self.slice(alias);
                        self.bind_import(alias, bound, name, Imported::Module);
                    }
                }
                _ => {}
            }
        }
    }

    /// `from a import b, c as d`, `from . import b`, `from a import *`
    pub(super) fn import_from(&mut self, children: &[Child<'tree>]) {
        let names = children.iter().position(|child| matches!(child.kind, Kind::DottedName | Kind::RelativeImport));
        let Some((module, names)) = names.and_then(|at| children.get(at..)).and_then(<[_]>::split_first) else {
            return;
        };
        let module = self.dotted(module.node);
        self.import_names(&module, names);
    }

    pub(super) fn import_names(&mut self, module: &str, children: &[Child<'tree>]) {
        let module = SmolStr::new(module);
        for child in children {
            match child.kind {
                Kind::DottedName => {
                    let name = self.dotted(child.node);
                    self.bind_import(child.node, &name.clone(), module.clone(), Imported::Name(name));
                }
                Kind::AliasedImport => {
                    if let Some((name, alias)) = self.aliased(child.node) {
                        let bound = self.slice(alias);
                        self.bind_import(alias, bound, module.clone(), Imported::Name(name));
                    }
                }
                Kind::WildcardImport => self.bind_import(child.node, "*", module.clone(), Imported::All),
                _ => {}
            }
        }
    }

    fn aliased(&mut self, node: Node<'tree>) -> Option<(SmolStr, Node<'tree>)> {
        let parts = self.children(node);
        let both = match parts[..] {
            [name, .., alias] => Some((self.dotted(name.node), alias.node)),
            _ => None,
        };
        self.recycle(parts);
        both
    }

    /// A dotted name without the blanks that may stand in it.
    fn dotted(&self, node: Node<'tree>) -> SmolStr {
        let text = self.slice(node);
        if text.bytes().any(|byte| byte.is_ascii_whitespace() || byte == b'\\' || byte == b'#') {
            // In parentheses or over continued lines: comments do not occur in names that the grammar accepts.
            text.chars().filter(|char| !char.is_whitespace() && *char != '\\').collect()
        } else {
            SmolStr::new(text)
        }
    }

    fn bind_import(&mut self, node: Node<'tree>, bound: &str, module: SmolStr, what: Imported) {
        if bound.is_empty() || module.is_empty() {
            return;
        }
        let type_only = self.type_checking > 0;
        let imports = &mut self.body().body.imports;
        let index = length(imports.len());
        imports.push(Import { module, what, type_only });
        self.bind_to(node, bound, Bound::Import(index), None);
    }
}
