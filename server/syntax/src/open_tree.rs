//! The tree of a text that is being edited: what an edit leaves alone is not parsed again.

use tree_sitter::{InputEdit, Point, Tree};

use crate::Language;
use crate::builder::{Difference, Earlier, KnownItem};
use crate::hir::Facts;
use crate::parse::{Clock, Limits, lowered, normalised, parse, too_large};

/// The syntax tree of an open text, kept from one edit to the next.
///
/// While somebody types, [`Self::facts`] is fast. Where a text has errors, a tree that grew by edits can differ from one that is
/// parsed in one go, so whoever wants the final word asks [`Self::facts_anew`] once the text is quiet.
#[derive(Debug)]
pub struct OpenTree {
    language: Language,
    /// The text of the tree, as its grammar reads it.
    text: String,
    tree: Option<Tree>,
    /// The tree grew by edits.
    is_patched: bool,
    /// Items of the text that may be found again.
    known: Vec<KnownItem>,
}

impl OpenTree {
    /// The tree of a text that nothing is known of yet.
    pub fn new(language: Language) -> Self {
        Self { language, text: String::new(), tree: None, is_patched: false, known: Vec::new() }
    }

    /// The facts of a text that may differ from the last one anywhere; close to it is fast.
    pub fn facts(&mut self, text: &str, limits: Limits) -> Facts {
        if u32::try_from(text.len()).is_err() {
            self.tree = None;
            return too_large(self.language);
        }
        let text = normalised(text, self.language);
        let mut earlier = None;
        if let Some(tree) = &mut self.tree {
            let difference = difference(&self.text, &text);
            if difference.old_end > difference.start || difference.new_end > difference.start {
                tree.edit(&input_edit(&self.text, &text, difference));
                self.is_patched = true;
            }
            earlier = Some(Earlier { items: std::mem::take(&mut self.known), difference });
        }
        self.read(text.into_owned(), earlier, limits)
    }

    /// The facts of the last text again, from a tree that is parsed in one go; none when the tree is such a one already.
    pub fn facts_anew(&mut self, limits: Limits) -> Option<Facts> {
        if !self.is_patched {
            return None;
        }
        self.tree = None;
        let text = std::mem::take(&mut self.text);
        Some(self.read(text, None, limits))
    }

    fn read(&mut self, text: String, earlier: Option<Earlier>, limits: Limits) -> Facts {
        if self.tree.is_none() {
            self.is_patched = false;
        }
        let mut clock = Clock::start(limits);
        self.tree = parse(&text, self.language, limits, self.tree.as_ref());
        self.text = text;
        let (facts, known) = lowered(self.tree.as_ref(), &self.text, self.language, earlier, &mut clock);
        self.known = known;
        facts
    }
}

/// The one range outside of which two texts are equal. Its ends lie between characters.
fn difference(old: &str, new: &str) -> Difference {
    let (before, after) = (old.as_bytes(), new.as_bytes());
    let shorter = before.len().min(after.len());
    let mut start = same_beginning(before, after);
    while !old.is_char_boundary(start) || !new.is_char_boundary(start) {
        start -= 1;
    }
    let (before, after) = (&before[before.len() + start - shorter..], &after[after.len() + start - shorter..]);
    let mut tail = same_end(before, after);
    while !old.is_char_boundary(old.len() - tail) || !new.is_char_boundary(new.len() - tail) {
        tail -= 1;
    }
    Difference { start, old_end: old.len() - tail, new_end: new.len() - tail }
}

/// Bytes that the compiler compares at once.
const BLOCK: usize = 64;

/// How many bytes two texts begin with in common.
fn same_beginning(old: &[u8], new: &[u8]) -> usize {
    let blocks = old.chunks_exact(BLOCK).zip(new.chunks_exact(BLOCK)).take_while(|(old, new)| old == new).count();
    let skipped = blocks * BLOCK;
    let rest = old.iter().zip(new).skip(skipped);
    skipped + rest.take_while(|(old, new)| old == new).count()
}

/// How many bytes two texts end with in common.
fn same_end(old: &[u8], new: &[u8]) -> usize {
    let blocks = old.rchunks_exact(BLOCK).zip(new.rchunks_exact(BLOCK)).take_while(|(old, new)| old == new).count();
    let skipped = blocks * BLOCK;
    let rest = old.iter().rev().zip(new.iter().rev()).skip(skipped);
    skipped + rest.take_while(|(old, new)| old == new).count()
}

fn input_edit(old: &str, new: &str, edit: Difference) -> InputEdit {
    InputEdit {
        start_byte: edit.start,
        old_end_byte: edit.old_end,
        new_end_byte: edit.new_end,
        start_position: point(old, edit.start),
        old_end_position: point(old, edit.old_end),
        new_end_position: point(new, edit.new_end),
    }
}

/// Row and column as the parser counts them: line feeds, and bytes.
fn point(text: &str, offset: usize) -> Point {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    let column = memchr::memrchr(b'\n', before).map_or(offset, |line_feed| offset - line_feed - 1);
    Point::new(memchr::memchr_iter(b'\n', before).count(), column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differs(old: &str, new: &str) -> (usize, usize, usize) {
        let Difference { start, old_end, new_end } = difference(old, new);
        (start, old_end, new_end)
    }

    #[test]
    fn a_difference_is_one_range() {
        assert_eq!(differs("abc", "abc"), (3, 3, 3));
        assert_eq!(differs("abc", "aXc"), (1, 2, 2));
        assert_eq!(differs("abc", "abXXc"), (2, 2, 4));
        assert_eq!(differs("aaaa", "aaa"), (3, 4, 3));
        assert_eq!(differs("", "x"), (0, 0, 1));
        // Characters that share their first or last bytes are different characters.
        assert_eq!(differs("xéy", "xèy"), (1, 3, 3));
        assert_eq!(differs("é", "\u{129}"), (0, 2, 2));
        let long = "a".repeat(200);
        assert_eq!(differs(&format!("{long}b{long}"), &format!("{long}{long}")), (200, 201, 200));
    }

    #[test]
    fn an_edited_tree_says_what_a_new_one_says() {
        let limits = Limits::default();
        let texts = ["def f():\n    return 1\n", "def f():\n    x = '1'\n    return 1\n", "", "class A:\r    y = 2\r"];
        let mut tree = OpenTree::new(Language::Python);
        assert!(tree.facts_anew(limits).is_none());
        for text in texts {
            assert_eq!(tree.facts(text, limits), crate::facts(text, Language::Python, limits), "{text:?}");
        }
        assert_eq!(tree.facts_anew(limits), Some(crate::facts(texts[3], Language::Python, limits)));
        assert!(tree.facts_anew(limits).is_none());
    }
}
