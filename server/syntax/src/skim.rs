//! What can be said of a file without parsing it: which modules it imports, and which of some words it holds.
//!
//! Runs over every file of a scan, so it works on raw bytes, in time linear in their number. It may say too much
//! (an import in a string or a comment), never too little.

mod javascript;
mod python;
mod scan;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use smol_str::SmolStr;

use crate::Language;
use scan::is_identifier;

/// The words to look for, compiled once per configuration.
#[derive(Debug, Clone)]
pub struct Skimmer {
    automaton: Option<AhoCorasick>,
    /// For each word whether it begins, and ends, with a character of identifiers.
    bounds: Box<[(bool, bool)]>,
}

/// What a file imports and which words it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skim {
    /// Modules that the file may import, in alphabetical order, each once.
    pub imports: Vec<SkimImport>,
    /// Which of the words occur.
    pub words: WordSet,
}

/// A module that a file may import.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SkimImport {
    /// The module as it is written (`openai`, `.b`, `./b`, `@ai-sdk/openai`).
    pub module: SmolStr,
    /// How it is imported.
    pub form: ImportForm,
}

/// What an import names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImportForm {
    /// All names of it: `from a import *`.
    All,
    /// The module: `import a`, any import of JavaScript.
    Module,
    /// `a` of `from a import b`: only what is named of it.
    Package,
    /// `a.b` of `from a import b`: `b` may be a module of the package `a`, or only a name in it.
    Name,
}

/// Some of the words of a [`Skimmer`], by their index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WordSet {
    bits: Box<[u64]>,
}

impl WordSet {
    fn new(words: usize) -> Self {
        Self { bits: vec![0; words.div_ceil(64)].into() }
    }

    fn insert(&mut self, word: usize) {
        if let Some(bits) = self.bits.get_mut(word / 64) {
            *bits |= 1 << (word % 64);
        }
    }

    /// Whether the word of this index occurs.
    pub fn contains(&self, word: usize) -> bool {
        self.bits.get(word / 64).is_some_and(|bits| bits & (1 << (word % 64)) != 0)
    }

    /// Whether none occurs.
    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|bits| *bits == 0)
    }

    /// The indexes of those that occur, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.bits.len() * 64).filter(|word| self.contains(*word))
    }

    /// Whether one of them is also in the other set.
    pub fn intersects(&self, other: &Self) -> bool {
        self.bits.iter().zip(&other.bits).any(|(a, b)| a & b != 0)
    }
}

impl Skimmer {
    /// Looks for these words; a [`WordSet`] names them by their index here. Empty words are never found.
    pub fn new(words: &[&str]) -> Self {
        let bounds = words
            .iter()
            .map(|word| {
                let (first, last) = (word.as_bytes().first(), word.as_bytes().last());
                (first.is_some_and(|byte| is_identifier(*byte)), last.is_some_and(|byte| is_identifier(*byte)))
            })
            .collect();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind((words.len() <= 4_000).then_some(AhoCorasickKind::DFA))
            .build(words)
            // Refused beyond 2^31 states: then no word is found.
            .ok();
        Self { automaton, bounds }
    }

    /// Skims a text, which need not be valid UTF-8.
    pub fn skim(&self, bytes: &[u8], language: Language) -> Skim {
        let mut imports = Vec::new();
        if language.is_python() {
            python::imports(bytes, &mut imports);
        } else {
            javascript::imports(bytes, &mut imports);
        }
        // A module that is imported as such comes before one of the same name of which only a part is.
        imports.sort_unstable();
        imports.dedup_by(|later, first| later.module == first.module);
        Skim { imports, words: self.words(bytes) }
    }

    /// The words that occur: identifiers and paths as a whole, not as a part of a longer identifier.
    fn words(&self, bytes: &[u8]) -> WordSet {
        let mut found = WordSet::new(self.bounds.len());
        let Some(automaton) = &self.automaton else { return found };
        for hit in automaton.find_overlapping_iter(bytes) {
            let word = hit.pattern().as_usize();
            let Some((at_start, at_end)) = self.bounds.get(word) else { continue };
            let before = hit.start().checked_sub(1).and_then(|at| bytes.get(at));
            let after = bytes.get(hit.end());
            let cut = (*at_start && before.is_some_and(|byte| is_identifier(*byte)))
                || (*at_end && after.is_some_and(|byte| is_identifier(*byte)));
            if !cut && !hit.is_empty() {
                found.insert(word);
            }
        }
        found
    }
}
