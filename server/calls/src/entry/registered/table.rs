//! Tables of procedures: names to procedures, to tables and to routers.

use lensai_semantics::{ItemRef, Made, item, named};
use lensai_syntax::hir::{Entry, Expr, ExprId};
use smol_str::SmolStr;

use super::arguments::expressions;
use super::{Called, Looker, Registration};
use crate::entry::EntryKind;
use crate::entry::handler;
use crate::entry::model::{Framework, Source, Start, Table};
use crate::entry::mounts::Mount;
use crate::entry::path::join;
use crate::entry::router::{Router, routers};

/// More of a table is not looked at.
const MAX_ENTRIES: usize = 1_000;

impl Looker<'_, '_> {
    pub(super) fn table(&mut self, framework: &Framework, at: usize, table: &Table, called: Called) {
        let Some(args) = called.args else { return };
        let router = Router {
            id: Made::Expr(self.at, called.call),
            framework: Some(at),
            under: SmolStr::default(),
            is_child: false,
        };
        let mut open: Vec<(ItemRef, ExprId, SmolStr)> = Vec::new();
        for source in &table.what {
            let found = expressions(self.db, self.at, self.body, args, source);
            open.extend(found.into_iter().map(|(at, expr)| (at, expr, SmolStr::default())));
        }
        open.reverse();
        let mut left = MAX_ENTRIES;
        while let Some((in_item, expr, path)) = open.pop() {
            for made in named(self.db, in_item, expr) {
                let Made::Expr(value_at, value) = made else { continue };
                left = left.saturating_sub(1);
                if left == 0 {
                    return;
                }
                let body = item(self.db, value_at.file, value_at.item);
                match body.expr(value) {
                    Expr::Mapping(entries) => {
                        let pairs = body.entries(entries).iter().rev().map(|entry| match *entry {
                            Entry::Pair(key, value) => {
                                let name = match body.expr(key) {
                                    Expr::Text(text) => body.text(text),
                                    _ => crate::entry::path::UNKNOWN,
                                };
                                (value_at, value, join(&path, name, &framework.separator))
                            }
                            Entry::Spread(value) => (value_at, value, path.clone()),
                        });
                        open.extend(pairs);
                    }
                    Expr::Call { callee, args, .. } => {
                        let method = match body.expr(callee) {
                            Expr::Attribute { name, .. } => body.name(name),
                            _ => "",
                        };
                        let http =
                            table.method.iter().find(|(name, _)| name == method).and_then(|(_, http)| http.clone());
                        let Some(http) = http else {
                            for below in routers(self.db, value_at, value) {
                                self.found.mounts.push(Mount {
                                    what: below.id,
                                    on: Some(router.clone()),
                                    prefix: Some(path.clone()).filter(|path| !path.is_empty()),
                                    replaces: false,
                                    separator: framework.separator.clone(),
                                });
                            }
                            continue;
                        };
                        let last = Source { start: Start::Last, keys: Vec::new() };
                        // What stands in another file is registered by the name that is given to it here.
                        let span = if in_item == self.at { self.body.span(expr) } else { self.body.span(called.call) };
                        for (at_value, handler) in expressions(self.db, value_at, &body, args, &last) {
                            for handler in handler::functions(self.db, at_value, handler, &|_| false) {
                                self.found.entries.push(Registration {
                                    kind: EntryKind::Route,
                                    framework: at,
                                    http: http.clone(),
                                    path: path.clone(),
                                    router: Some(router.clone()),
                                    handler: handler.item,
                                    span,
                                });
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}
