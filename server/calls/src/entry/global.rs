//! The prefix that a program puts before all of its routes, wherever these are.

use std::sync::Arc;

use lensai_semantics::{Evaluator, SourceFile, importers, is_mentioned, item, items};
use lensai_syntax::hir::Expr;
use smol_str::SmolStr;

use super::mounts::Prefix;
use super::path::{UNKNOWN, argument, text};
use super::router::{description, routers};
use crate::db::Db;

/// More files than this are not asked.
const MAX_FILES: usize = 256;

/// The prefixes of all routes of a framework in a program that a file is a part of; that of nothing where none is set.
#[salsa::tracked(returns(clone))]
pub(crate) fn prefixes(db: &dyn Db, file: SourceFile, framework: usize) -> Arc<[Prefix]> {
    let mut found = Vec::new();
    let forms: Vec<_> = description(db, framework)
        .map(|framework| framework.mounts.iter().filter(|mount| mount.global).collect())
        .unwrap_or_default();
    if !forms.is_empty() {
        let mut files = vec![file];
        let mut next = 0;
        while let Some(current) = files.get(next).copied() {
            next += 1;
            for form in &forms {
                if !form.method.iter().any(|method| is_mentioned(db, current, method)) {
                    continue;
                }
                for at in items(db, current) {
                    let body = item(db, at.file, at.item);
                    for expr in &body.exprs {
                        let Expr::Call { callee, args, .. } = *expr else { continue };
                        let Expr::Attribute { object, name } = body.expr(callee) else { continue };
                        let is_named = form.method.iter().any(|method| method == body.name(name));
                        if is_named && routers(db, at, object).iter().any(|router| router.framework == Some(framework))
                        {
                            let args = Evaluator::new(db, at).args(args);
                            let prefix = argument(&form.prefix, &args).and_then(|value| text(&value));
                            let prefix = prefix.unwrap_or(SmolStr::new_static(UNKNOWN));
                            if !found.contains(&prefix) {
                                found.push(prefix);
                            }
                        }
                    }
                }
            }
            for importer in importers(db, current).iter() {
                if files.len() < MAX_FILES && !files.contains(importer) {
                    files.push(*importer);
                }
            }
        }
    }
    if found.is_empty() {
        found.push(SmolStr::default());
    }
    found.into_iter().map(|path| Prefix { path, separator: None }).collect()
}
