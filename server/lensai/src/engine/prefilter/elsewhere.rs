//! Addresses that stand in another file than the call that sends a request to them: `fetch(API_URL)`.

use aho_corasick::AhoCorasick;
use lensai_calls::Database;
use lensai_semantics::{Importers, SourceFile, is_index};
use lensai_syntax::Language;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::{Look, Prefilter, Sends, begins_with_one};

/// A file with settings for others is not longer than this, in bytes.
const MAX_SETTINGS: usize = 32_000;

impl Prefilter {
    /// The files that may send a request to an address of a file that they import, perhaps through one that hands on what it
    /// imports itself (`__init__.py`, `index.ts`).
    pub(crate) fn addressed<'l>(
        &self,
        database: &Database,
        looks: impl IntoIterator<Item = (SourceFile, &'l Look)>,
        importers: &Importers,
    ) -> FxHashSet<SourceFile> {
        let looks: FxHashMap<SourceFile, &Look> = looks.into_iter().collect();
        let may_take = looks.iter().filter(|(file, look)| self.may_take(look, file.language(database)));
        let takers: FxHashMap<SourceFile, &Look> = may_take.map(|(file, look)| (*file, *look)).collect();
        let mut by_name: FxHashMap<&str, Vec<(SourceFile, &str)>> = FxHashMap::default();
        for (taker, look) in takers.iter().filter(|(taker, _)| taker.language(database).is_python()) {
            for import in look.imports() {
                let (package, name) = import.module.rsplit_once('.').unwrap_or(("", &import.module));
                by_name.entry(name).or_default().push((*taker, package.rsplit('.').next().unwrap_or_default()));
            }
        }
        let importers_of = |file: &SourceFile| importers.get(file).map(Vec::as_slice).unwrap_or_default();
        let mut found = FxHashSet::default();
        for (file, look) in looks.iter().filter(|(_, look)| look.address.has) {
            if !file.language(database).is_python() {
                // Which names a script imports nobody knows yet.
                let direct = importers_of(file).iter();
                let handed_on = direct.clone().filter(|by| is_index(by.path(database))).flat_map(importers_of);
                found.extend(direct.chain(handed_on).filter(|taker| takers.contains_key(*taker)));
                continue;
            }
            let mut folders = file.path(database).rsplit('/');
            let module = folders.next().and_then(|name| name.strip_suffix(".py")).unwrap_or_default();
            let folder = folders.next().unwrap_or_default();
            let named = |name: &str| by_name.get(name).into_iter().flatten().copied();
            for name in &look.address.given {
                let from_here = named(name).filter(|(_, package)| ["", module, folder].contains(package));
                found.extend(from_here.map(|(taker, _)| taker));
            }
            // `from app import settings`, `import settings`: any of its names may be meant.
            if is_of_settings(module) && !look.address.given.is_empty() {
                let of_module = named(module).map(|(taker, _)| taker);
                found.extend(of_module.filter(|taker| importers_of(file).contains(taker)));
            }
        }
        found
    }

    /// Whether a file may send a request to an address that it does not say itself.
    fn may_take(&self, look: &Look, language: Language) -> bool {
        // Python has no `fetch` of its own.
        let imports_common = || look.imports.iter().any(|import| begins_with_one(&import.module, &self.common));
        look.address.may_send && look.address.sends == Sends::No && (!language.is_python() || imports_common())
    }

    /// The names that a Python text defines at its top with a part of an address in them, or with a class that has one:
    /// `settings = Settings()`.
    pub(super) fn given_addresses(&self, text: &str) -> Vec<SmolStr> {
        if text.len() > MAX_SETTINGS {
            return Vec::new();
        }
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

/// Whether a module is one that others import as a whole for what it holds.
fn is_of_settings(module: &str) -> bool {
    ["config", "setting", "const", "env", "url", "endpoint", "default"].iter().any(|word| module.contains(word))
}
