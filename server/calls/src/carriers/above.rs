//! From classes to those above them in other files: a base sends with the client that a class below it makes.

use lensai_semantics::{Head, ItemRef, SourceFile, ancestors, item};
use lensai_syntax::hir::{ItemId, ItemKind};
use smol_str::SmolStr;

use super::{HEIRS, Through};
use crate::db::Db;

/// What classes of a file give those above them in other files: `self.client.chat` in a base, where a class below it makes the client.
pub(super) fn given_above(
    db: &dyn Db,
    file: SourceFile,
    outline: &[Head],
    names: &Through,
) -> Vec<(SourceFile, Through)> {
    let mut given: Vec<(SourceFile, Through)> = Vec::new();
    for (id, head) in (0..).map(ItemId).zip(outline).filter(|(_, head)| head.kind == ItemKind::Class) {
        let Some(attributes) = names.get(&head.name).filter(|through| through.iter().any(|name| !name.is_empty()))
        else {
            continue;
        };
        if item(db, file, id).bases.is_empty() {
            continue;
        }
        for above in ancestors(db, ItemRef { file, item: id }).into_iter().filter(|above| above.file != file) {
            let at = given.iter().position(|(known, _)| *known == above.file).unwrap_or_else(|| {
                given.push((above.file, Through::default()));
                given.len() - 1
            });
            if let Some((_, through)) = given.get_mut(at) {
                let attributes = attributes.iter().filter(|name| !name.is_empty()).cloned();
                through.entry(SmolStr::new_static(HEIRS)).or_default().extend(attributes);
            }
        }
    }
    given
}
