//! Constants of other files that stand for models.

use lensai_semantics::{SourceFile, item, resolve_module};
use lensai_syntax::hir::{Bound, Expr, Imported, ItemId};
use lensai_syntax::{Language, Limits, facts};
use lensai_text::Span;
use smol_str::{SmolStr, format_smolstr};

use crate::call::Constant;
use crate::db::Db;
use crate::places::only_value;

/// A name is followed through this many files and other names.
const MAX_STEPS: usize = 8;

/// How an item names something that is bound around it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Outer {
    /// The name.
    pub(crate) name: SmolStr,
    /// What is taken of it: `settings.MODEL`.
    pub(crate) member: Option<SmolStr>,
}

/// The constant of another file that a name of a module stands for.
#[salsa::tracked(returns(clone))]
pub(crate) fn imported_constant(
    db: &dyn Db,
    file: SourceFile,
    name: SmolStr,
    member: Option<SmolStr>,
) -> Option<Constant> {
    let (mut at, mut name, mut member) = (file, name, member);
    for _ in 0..MAX_STEPS {
        let body = item(db, at, ItemId::MODULE);
        let mut bindings = body.bindings_of(body.find_name(&name)?);
        let (Some(binding), None) = (bindings.next(), bindings.next()) else { return None };
        match &binding.value {
            Bound::Import(import) => {
                let import = body.imports.get(*import as usize).filter(|import| !import.type_only)?;
                match (&import.what, member.take()) {
                    (Imported::Module, Some(of)) => {
                        at = resolve_module(db, at, &import.module)?;
                        name = of;
                    }
                    // `from app import settings`
                    (Imported::Name(module), Some(of)) => {
                        let dot = if import.module.ends_with('.') { "" } else { "." };
                        at = resolve_module(db, at, &format_smolstr!("{}{dot}{module}", import.module))?;
                        name = of;
                    }
                    (Imported::Name(of), None) => {
                        at = resolve_module(db, at, &import.module)?;
                        name = of.clone();
                    }
                    _ => return None,
                }
            }
            Bound::Value(value) if member.is_none() => match body.expr(*value) {
                Expr::Text(_) if at != file => return Some(Constant { path: at.path(db).clone(), name }),
                Expr::Name(other) => name = SmolStr::new(body.name(other)),
                _ => return None,
            },
            _ => return None,
        }
    }
    None
}

/// The literal that a name at the top of a text gets as its only value, quotes included.
pub fn constant_in(text: &str, language: Language, name: &str) -> Option<Span> {
    let facts = facts(text, language, Limits::default());
    let module = facts.items.first()?;
    let value = only_value(&module.body, module.body.find_name(name)?)?;
    let span = module.body.span(value).shifted(module.span.start);
    matches!(module.body.expr(value), Expr::Text(_)).then_some(span)
}
