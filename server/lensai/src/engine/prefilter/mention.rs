//! Where names occur in texts.

use aho_corasick::{AhoCorasick, MatchKind};
use lensai_calls::{Database, Through};
use lensai_semantics::SourceFile;
use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use salsa::Database as _;
use smol_str::SmolStr;

use super::graph::Takes;
use super::{Look, Sources, text_of};

/// What is looked for in a file: names of the files that it imports.
#[derive(Default)]
pub(super) struct Asked {
    /// Names that it imports, or may import.
    named: Through,
    /// Attributes of modules that it imports.
    qualified: Through,
    /// The names of these modules.
    modules: FxHashSet<SmolStr>,
}

impl Asked {
    /// Adds what is taken of the names of a file.
    pub(super) fn add(&mut self, takes: &Takes, given: &Through) {
        match takes {
            Takes::Name(name) => {
                let through = given.get(name).into_iter().flatten().cloned();
                self.named.entry(name.clone()).or_default().extend(through);
            }
            Takes::Attributes(module) => {
                self.modules.insert(module.clone());
                extend(&mut self.qualified, given);
            }
            Takes::Some | Takes::All => {
                extend(&mut self.named, given);
            }
        }
    }

    /// Whether what stands before a word is one of the modules, which may have got another name.
    fn is_attribute(&self, text: &[u8], at: usize) -> bool {
        let Some(owner) = text.get(..at).unwrap_or(&[]).trim_ascii_end().strip_suffix(b".") else { return false };
        let owner = owner.trim_ascii_end();
        let names = |module: &SmolStr| {
            let is_written = owner
                .strip_suffix(module.as_bytes())
                .is_some_and(|head| !head.last().is_some_and(|byte| is_part(*byte)));
            is_written || memmem::find(text, format!("{module} as ").as_bytes()).is_some()
        };
        self.modules.iter().any(names)
    }
}

/// Adds names; whether any was new.
pub(super) fn extend(known: &mut Through, more: &Through) -> bool {
    let mut grew = false;
    for (name, through) in more {
        let known = known.entry(name.clone()).or_default();
        let before = known.len();
        known.extend(through.iter().cloned());
        grew |= known.len() > before;
    }
    grew
}

/// Of some files those in which one of the names that are asked for occurs, with one of its attributes or as the base of
/// a class, or that hand on all names of another file.
pub(super) fn mentioning(
    sources: &Sources,
    database: &Database,
    looks: &[(SourceFile, Look)],
    asked: Vec<(usize, Asked)>,
) -> Vec<usize> {
    let names = asked.iter().flat_map(|(_, asked)| asked.named.iter().chain(&asked.qualified));
    let mut words: Vec<&SmolStr> = names.flat_map(|(name, through)| through.iter().chain([name])).collect();
    words.retain(|word| !word.is_empty());
    words.sort_unstable();
    words.dedup();
    let automaton =
        AhoCorasick::builder().match_kind(MatchKind::Standard).build(words.iter().map(|word| word.as_str()));
    let Ok(automaton) = automaton else { return asked.into_iter().map(|(at, _)| at).collect() };
    let files: Vec<(usize, SourceFile, &Asked)> = asked.iter().map(|(at, asked)| (*at, looks[*at].0, asked)).collect();
    let found = files.into_par_iter().map_with(database.clone(), |database, (at, file, asked)| {
        // An editor may not want to know any more.
        database.unwind_if_revision_cancelled();
        let text = text_of(database, sources, file);
        mentions(asked, text.as_bytes(), &automaton, &words).then_some(at)
    });
    found.flatten().collect()
}

/// Whether one of the names that are asked for occurs in a text.
fn mentions(asked: &Asked, text: &[u8], automaton: &AhoCorasick, words: &[&SmolStr]) -> bool {
    // Whoever imports a default export gives it a name.
    if asked.named.contains_key("default") {
        return true;
    }
    if memmem::find(text, b"export *").is_some() {
        return true;
    }
    let mut occurring: FxHashSet<&str> = FxHashSet::default();
    // Names that occur twice: what is imported and not used is there for other files.
    let mut used: FxHashSet<&str> = FxHashSet::default();
    let mut attributes: FxHashSet<&str> = FxHashSet::default();
    for hit in automaton.find_overlapping_iter(text).filter(|hit| is_name(text, hit.start(), hit.end())) {
        let Some(word) = words.get(hit.pattern().as_usize()) else { continue };
        if asked.named.contains_key(word.as_str()) && is_base(text, hit.start()) {
            return true;
        }
        if asked.qualified.contains_key(word.as_str()) && asked.is_attribute(text, hit.start()) {
            if is_base(text, hit.start()) {
                return true;
            }
            attributes.insert(word);
        }
        let is_quoted =
            hit.start().checked_sub(1).and_then(|at| text.get(at)).is_some_and(|byte| b"'\"".contains(byte));
        if !is_quoted && !occurring.insert(word) {
            used.insert(word);
        }
    }
    let is_reached = |through: &FxHashSet<SmolStr>| {
        through.iter().any(|attribute| attribute.is_empty() || occurring.contains(attribute.as_str()))
    };
    asked.named.iter().any(|(name, through)| {
        occurring.contains(name.as_str()) && (is_reached(through) || !used.contains(name.as_str()))
    }) || asked.qualified.iter().any(|(name, through)| attributes.contains(name.as_str()) && is_reached(through))
}

/// Whether a line has `class` before a place: what stands there may be a base.
fn is_base(text: &[u8], at: usize) -> bool {
    let before = text.get(..at).unwrap_or(&[]);
    let line = memchr::memrchr2(b'\n', b'\r', before).map_or(before, |start| before.get(start..).unwrap_or(&[]));
    memmem::find(line, b"class ").is_some()
}

/// Whether a word stands where code has names: not inside another word, and not in the middle of a sentence.
fn is_name(text: &[u8], start: usize, end: usize) -> bool {
    if !is_word(text, start, end) {
        return false;
    }
    let before = text.get(..start).unwrap_or(&[]).trim_ascii_end();
    let word = before.iter().rposition(|byte| !is_part(*byte)).map_or(before, |at| before.get(at + 1..).unwrap_or(&[]));
    // After a sign anything may follow; after a word only a keyword leads to a name, unless a line lies between.
    word.is_empty() || KEYWORDS.contains(&word) || text.get(before.len()..start).is_some_and(|gap| gap.contains(&b'\n'))
}

/// Whether what stands between two places is no part of a longer word.
pub(super) fn is_word(text: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).and_then(|before| text.get(before));
    !before.is_some_and(|byte| is_part(*byte)) && !text.get(end).is_some_and(|byte| is_part(*byte))
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$'
}

/// Words after which code has names.
const KEYWORDS: [&[u8]; 28] = [
    b"import", b"from", b"return", b"as", b"await", b"new", b"in", b"is", b"not", b"or", b"and", b"else", b"if",
    b"elif", b"while", b"with", b"yield", b"extends", b"typeof", b"export", b"default", b"class", b"type", b"const",
    b"let", b"of", b"lambda", b"case",
];
