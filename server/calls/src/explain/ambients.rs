//! Where something is set for everyone.

use lensai_semantics::trail::What;
use lensai_semantics::{Value, item, items};
use lensai_syntax::hir::{Expr, ExprId, Place};
use smol_str::SmolStr;

use super::slots::{MAX_DEPTH, Site, SlotTracer};
use crate::symbol::{Segments, matches, symbol_of};

impl SlotTracer<'_, '_> {
    /// Follows what is set for everyone under a name; gives the ends.
    pub(super) fn ambient(&mut self, after: Option<usize>, name: &SmolStr, depth: usize) -> Vec<usize> {
        let mut ends = Vec::new();
        if depth > MAX_DEPTH {
            return ends;
        }
        let files: Vec<_> = self.db.knowledge().ambient_files(self.db).to_vec();
        let note = || What::Note(SmolStr::new(format!("set for everyone as `{name}`")));
        for at in files.into_iter().flat_map(|file| items(self.db, file)) {
            let body = item(self.db, at.file, at.item);
            for (id, expr) in (0..).map(ExprId).zip(&body.exprs) {
                let Expr::Call { callee, args, .. } = *expr else { continue };
                let (Expr::Name(last) | Expr::Attribute { name: last, .. }) = body.expr(callee) else { continue };
                if id.0 < body.prelude || !self.is_setter(name, body.name(last)) {
                    continue;
                }
                let function = self.tracer.eval(at, callee);
                let Some(symbol) = symbol_of(&function).cloned() else { continue };
                let segments = Segments::of(&symbol, self.matcher.python);
                let sdks = self.matcher.index.sdks();
                for (sdk, ambient) in sdks.iter().flat_map(|sdk| sdk.ambients.iter().map(move |ambient| (sdk, ambient)))
                {
                    let mut patterns = ambient.set.iter().chain(&ambient.within);
                    if ambient.name == *name && patterns.any(|pattern| matches(sdk, pattern, &segments).is_some()) {
                        let step = self.tracer.note(after, note(), Some(self.tracer.spot(at, id)));
                        let site = Site { at, callee, args, leaf: None };
                        ends.extend(self.of_maker(Some(step), &ambient.value, &site, depth + 1).unwrap_or_default());
                    }
                }
            }
            for store in &body.stores {
                let (Place::Attribute(attribute), Some(value)) = (store.place, store.value) else { continue };
                if !self.is_setter(name, body.name(attribute)) {
                    continue;
                }
                let object = self.tracer.eval(at, store.object);
                let Some(Value::Symbol(target)) = symbol_of(&object).map(|symbol| symbol.child(body.name(attribute)))
                else {
                    continue;
                };
                let segments = Segments::of(&target, self.matcher.python);
                let sdks = self.matcher.index.sdks();
                let is_set = sdks.iter().any(|sdk| {
                    let mut ambients = sdk.ambients.iter().filter(|ambient| ambient.name == *name);
                    ambients.any(|ambient| ambient.assign.iter().any(|it| matches(sdk, it, &segments).is_some()))
                });
                if is_set {
                    let step = self.tracer.note(after, note(), Some(self.tracer.spot(at, value)));
                    ends.extend(self.tracer.follow(Some(step), at, value, Vec::new()));
                }
            }
        }
        ends
    }

    /// Whether something of this name sets it.
    fn is_setter(&self, ambient: &str, name: &str) -> bool {
        let ambients = self.matcher.index.sdks().iter().flat_map(|sdk| &sdk.ambients);
        let mut patterns = ambients
            .filter(|known| known.name == ambient)
            .flat_map(|known| known.set.iter().chain(&known.within).chain(&known.assign));
        patterns.any(|pattern| pattern.export.last().is_some_and(|last| last == name))
    }
}
