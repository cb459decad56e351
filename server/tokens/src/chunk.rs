//! Long texts in pieces, so that no single call of the tokenizer works for long.
//!
//! The cost of a vocabulary's merge loop grows faster than a run without any break (a megabyte of one letter, or of spaces),
//! so a piece has at most 256 KiB. A cut after a line break and before an ASCII letter or digit is where the vocabularies'
//! own first step cuts too, and costs no exactness; a cut anywhere else may shift the count by a token or two.

/// The longest piece handed to a tokenizer, in bytes.
pub(crate) const LONGEST: usize = 256 * 1024;

/// What a cut that is not a natural one can shift a count by, in tokens either way.
pub(crate) const TOKENS_PER_CUT: u64 = 2;

/// A piece of a text, and whether the cut at its end is one that cannot change the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    pub(crate) text: &'a str,
    pub(crate) natural: bool,
}

/// The pieces of a text in order: their texts joined are the text.
pub(crate) fn pieces(text: &str, longest: usize) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (at, natural) = cut(rest, longest);
        let (piece, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        rest = tail;
        Some(Piece { text: piece, natural })
    })
}

/// Where to cut, and whether that is harmless: after the last good line break, else after the last line break, else hard.
fn cut(text: &str, longest: usize) -> (usize, bool) {
    // A char has at most four bytes: even a tiny limit makes progress.
    let longest = longest.max(4);
    if text.len() <= longest {
        return (text.len(), true);
    }
    let hard = text.floor_char_boundary(longest);
    let bytes = text.as_bytes();
    let mut any = None;
    let window = bytes.get(..hard).unwrap_or(bytes);
    for (at, _) in window.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n') {
        if bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) {
            return (at + 1, true);
        }
        any = any.or(Some(at + 1));
    }
    (any.unwrap_or(hard), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, longest: usize) -> Vec<(&str, bool)> {
        pieces(text, longest).map(|piece| (piece.text, piece.natural)).collect()
    }

    #[test]
    fn a_cut_prefers_a_line_break_before_a_word() {
        assert_eq!(split("one\ntwo\n  three\n", 12), [("one\n", true), ("two\n  three\n", true)]);
        assert_eq!(split("aaaa\n/bbb\n/ccc", 10), [("aaaa\n/bbb\n", false), ("/ccc", true)]);
        assert_eq!(split("aaaaaaaa", 4), [("aaaa", false), ("aaaa", true)]);
        assert_eq!(split("", 4), []);
    }

    #[test]
    fn a_char_is_never_cut() {
        assert_eq!(split("ééé", 5), [("éé", false), ("é", true)]);
        assert_eq!(split("😀😀", 1), [("😀", false), ("😀", true)]);
    }
}
