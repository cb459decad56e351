//! Addresses that stand in another file than the call that sends a request to them: `fetch(API_URL)`.

use aho_corasick::AhoCorasick;
use lensai_calls::Database;
use lensai_semantics::{Importers, SourceFile};
use lensai_syntax::Language;
use lensai_syntax::skim::{ImportForm, SkimImport};
use memchr::memmem;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::{Look, Prefilter, Sources, begins_with_one, text_of};

impl Prefilter {
    /// The files that may send a request to an address of a file that they import, perhaps through one that hands on what it
    /// imports itself (`__init__.py`, `index.ts`).
    pub(crate) fn addressed<'l>(
        &self,
        database: &Database,
        sources: &Sources,
        looks: impl IntoIterator<Item = (SourceFile, &'l Look)>,
        importers: &Importers,
    ) -> FxHashSet<SourceFile> {
        let looks: FxHashMap<SourceFile, &Look> = looks.into_iter().collect();
        let may_take = looks.iter().filter(|(file, look)| self.may_take(look, file.language(database)));
        let may_take: FxHashSet<SourceFile> = may_take.map(|(file, _)| *file).collect();
        let importers_of = |file: SourceFile| importers.get(&file).into_iter().flatten().copied();
        let mut found = FxHashSet::default();
        for (file, look) in looks.iter().filter(|(_, look)| look.address.has) {
            let handed_on = importers_of(*file).filter(|importer| hands_on(importer.path(database)));
            let mut takers = importers_of(*file).chain(handed_on.flat_map(importers_of)).collect::<Vec<_>>();
            takers.retain(|taker| may_take.contains(taker) && !found.contains(taker));
            if !file.language(database).is_python() {
                // Which names a script imports nobody knows yet.
                found.extend(takers);
                continue;
            }
            let names: FxHashSet<&str> = look.address.given.iter().map(SmolStr::as_str).collect();
            // What a package holds itself is imported by its name.
            let module = file.path(database).rsplit('/').next().and_then(|name| name.strip_suffix(".py"));
            let module = module.filter(|name| *name != "__init__");
            let takes_one = |taker: &SourceFile| {
                let imports = || looks.get(taker).into_iter().flat_map(|look| look.imports());
                let last = |import: &'l SkimImport| import.module.rsplit('.').next().unwrap_or_default();
                imports().any(|import| import.form == ImportForm::Name && names.contains(last(import)))
                    || module.is_some_and(|module| {
                        imports().any(|import| last(import) == module)
                            && uses_attribute(&text_of(database, sources, *taker), module, &names)
                    })
            };
            if !names.is_empty() {
                found.extend(takers.into_iter().filter(takes_one));
            }
        }
        found
    }

    /// Whether a file may send a request to an address that it does not say itself.
    fn may_take(&self, look: &Look, language: Language) -> bool {
        // Python has no `fetch` of its own.
        let imports_common = || look.imports.iter().any(|import| begins_with_one(&import.module, &self.common));
        look.address.may_send && !look.address.sends && (!language.is_python() || imports_common())
    }

    /// The names that a Python text defines at its top with a part of an address in them, or with a class that has one:
    /// `settings = Settings()`.
    pub(super) fn given_addresses(&self, text: &str) -> Vec<SmolStr> {
        let names = self.address_parts.as_ref().map(|parts| names_with(parts, text)).unwrap_or_default();
        let mut names: Vec<SmolStr> = names.into_iter().map(SmolStr::new).collect();
        names.sort_unstable();
        names
    }
}

/// The names that a text defines at its top with a part of an address in them, or with such a class: `settings = Settings()`.
fn names_with<'t>(parts: &AhoCorasick, text: &'t str) -> FxHashSet<&'t str> {
    let definitions = definitions(text);
    let mut found = FxHashSet::default();
    let gives_part = |(_, body): &&(&'t str, &'t str)| {
        let is_class = body.starts_with("class ");
        parts.find_iter(*body).any(|part| {
            let before = body.get(..part.start()).unwrap_or_default();
            gives(before.rsplit('\n').next().unwrap_or_default(), is_class)
        })
    };
    found.extend(definitions.iter().filter(gives_part).map(|(name, _)| *name));
    let classes: FxHashSet<&str> = found.iter().copied().filter(|name| name.starts_with(char::is_uppercase)).collect();
    let makes_one = |(_, body): &&(&'t str, &'t str)| {
        body.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| classes.contains(word))
    };
    found.extend(definitions.iter().filter(makes_one).map(|(name, _)| *name));
    found
}

/// Whether a line gives what follows to others: what a method has for itself no other file sees.
fn gives(line: &str, in_class: bool) -> bool {
    let indent = line.len() - line.trim_start().len();
    let is_given = line.contains(['=', ':']) || line.trim_start().starts_with("return ");
    is_given && (!in_class || indent <= 4 || line.contains("self."))
}

/// What a Python text defines at its top: the name, and its line with those below that stand further in.
fn definitions(text: &str) -> Vec<(&str, &str)> {
    let mut starts = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if !line.starts_with([' ', '\t', ')', ']', '}', '\r', '\n', '#', '@']) {
            starts.push(offset);
        }
        offset += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let blocks = starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end));
    let named = blocks.filter_map(|block| {
        let rest = ["async def ", "class ", "def "].iter().find_map(|word| block.strip_prefix(word)).unwrap_or(block);
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_')?;
        let (name, after) = rest.split_at_checked(end)?;
        (!name.is_empty() && after.trim_start().starts_with(['=', ':', '('])).then_some((name, block))
    });
    named.collect()
}

/// Whether a text uses an attribute of a module that has one of these names.
fn uses_attribute(text: &str, module: &str, names: &FxHashSet<&str>) -> bool {
    let before = format!("{module}.");
    memmem::find_iter(text.as_bytes(), before.as_bytes()).any(|at| {
        let rest = text.get(at + before.len()..).unwrap_or_default();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest.get(..end).is_some_and(|name| names.contains(name))
    })
}

fn hands_on(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == "__init__.py" || name.starts_with("index.")
}
