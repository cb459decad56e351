//! The vocabularies, read on first use, and the counters of models over them.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use tiktoken::CoreBpe;

use crate::chunk::{LONGEST, TOKENS_PER_CUT, pieces};
use crate::count::{Count, Method};
use crate::encoding::{Encoding, Plan};
use crate::kind::Traits;
use crate::ratio;

/// Counts the tokens of a text.
pub trait TokenCounter {
    /// The name of the encoding, as in JSON: `o200k_base`, `claude-4.7`, …
    fn name(&self) -> &str;

    /// The tokens of a text by itself, without anything that a vendor adds around it. Markup such as `<|endoftext|>` is
    /// counted as the plain text that it is in a message.
    fn count(&self, text: &str) -> Count;
}

/// The vocabularies of a process, and the counts they have made.
///
/// Make one and share it: it is `Send + Sync`. A vocabulary is read at the first count that needs it (about 80 ms for
/// `o200k_base`, half of that for `cl100k_base`, 10 to 25 MB each), so an editor starts with
/// [rough counts](Self::rough_until_warm).
#[derive(Default)]
pub struct Tokenizers {
    o200k: OnceLock<CoreBpe>,
    cl100k: OnceLock<CoreBpe>,
    /// A vocabulary that is not read yet is not waited for.
    is_rough: AtomicBool,
    memo: Memo,
}

impl std::fmt::Debug for Tokenizers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokenizers")
            .field("o200k", &self.o200k.get().is_some())
            .field("cl100k", &self.cl100k.get().is_some())
            .finish_non_exhaustive()
    }
}

impl Tokenizers {
    /// No vocabulary is read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// These never wait for a vocabulary: until [`Tokenizers::warm`] has read them all, a text whose vocabulary is not there
    /// is guessed by its length, with [`Method::Assumed`] and wide bounds. For an editor, where a first answer at once that
    /// is set right a moment later is worth more than the right one later.
    pub fn rough_until_warm() -> Self {
        Self { is_rough: AtomicBool::new(true), ..Self::default() }
    }

    /// Whether counts may still be guesses that [`Tokenizers::warm`] would set right.
    pub fn is_rough(&self) -> bool {
        self.is_rough.load(Ordering::Acquire)
    }

    /// The counter of a model, by its name in any spelling that [`Encoding::for_model`] knows. Every name has one: that of an
    /// unknown model counts with [`Method::Assumed`].
    pub fn for_model(&self, model: &str) -> Counter<'_> {
        self.for_encoding(Encoding::for_model(model))
    }

    /// The counter of an encoding.
    pub fn for_encoding(&self, encoding: Encoding) -> Counter<'_> {
        Counter { tokenizers: self, encoding }
    }

    /// Reads the vocabularies, so that no count waits for one.
    pub fn warm(&self) {
        for encoding in [Encoding::O200kBase, Encoding::Cl100kBase] {
            let _vocabulary = self.vocabulary(encoding);
        }
        self.is_rough.store(false, Ordering::Release);
    }

    fn vocabulary(&self, encoding: Encoding) -> &CoreBpe {
        let (cell, read) = self.cell(encoding);
        cell.get_or_init(read)
    }

    /// Where the vocabulary of an encoding is kept, and what reads it.
    fn cell(&self, encoding: Encoding) -> (&OnceLock<CoreBpe>, fn() -> CoreBpe) {
        if encoding == Encoding::Cl100kBase {
            (&self.cl100k, tiktoken::encoding::cl100k_base)
        } else {
            (&self.o200k, tiktoken::encoding::o200k_base)
        }
    }

    /// Whether a count in this encoding would have to wait for its vocabulary, and is not to.
    fn must_guess(&self, encoding: Encoding) -> bool {
        self.is_rough() && self.cell(encoding).0.get().is_none()
    }

    /// The count of an encoding's vocabulary: its own, or `o200k_base` where the family has none here.
    fn raw(&self, encoding: Encoding, text: &str) -> Count {
        let key = Key::new(encoding == Encoding::Cl100kBase, text);
        if let Some(count) = self.memo.get(key) {
            return count;
        }
        let vocabulary = self.vocabulary(encoding);
        let mut tokens = 0_u64;
        let mut slack = 0_u64;
        for piece in pieces(text, LONGEST) {
            tokens = tokens.saturating_add(u64::try_from(vocabulary.count(piece.text)).unwrap_or(u64::MAX));
            slack += if piece.natural { 0 } else { TOKENS_PER_CUT };
        }
        let count = if slack == 0 {
            Count::exact(tokens)
        } else {
            Count::new(tokens.saturating_sub(slack), tokens, Some(tokens.saturating_add(slack)), Method::Ratio)
        };
        self.memo.put(key, count);
        count
    }
}

/// Counts with the encoding of one model.
#[derive(Debug, Clone, Copy)]
pub struct Counter<'a> {
    tokenizers: &'a Tokenizers,
    encoding: Encoding,
}

impl Counter<'_> {
    /// The encoding that this counter counts with.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }
}

impl TokenCounter for Counter<'_> {
    fn name(&self) -> &str {
        self.encoding.name()
    }

    fn count(&self, text: &str) -> Count {
        // Nothing is nothing in every vocabulary, and needs none to be read.
        if text.is_empty() {
            return Count::ZERO;
        }
        if self.tokenizers.must_guess(self.encoding) {
            return ratio::guess_by_length(text);
        }
        let base = self.tokenizers.raw(self.encoding, text);
        match self.encoding.plan() {
            Plan::Own => base,
            Plan::Measured(row, method) => row.apply(base.expected, &Traits::of(text), method),
            Plan::Guess { per_mille, percent } => ratio::guess(base.expected, per_mille, percent),
        }
    }
}

/// Which text was counted with which vocabulary: by length and hash, not by the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    cl100k: bool,
    len: usize,
    hash: u64,
}

impl Key {
    fn new(cl100k: bool, text: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Self { cl100k, len: text.len(), hash: hasher.finish() }
    }
}

/// Counts already made. An editor asks for the same literals at every keystroke.
#[derive(Default)]
struct Memo(Mutex<HashMap<Key, Count>>);

impl Memo {
    /// Entries of some 60 bytes: at most a quarter of a megabyte.
    const MOST: usize = 4096;

    fn get(&self, key: Key) -> Option<Count> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied()
    }

    /// A full memo starts anew: what is in use comes back at once, and no order of use has to be kept.
    fn put(&self, key: Key, count: Count) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= Self::MOST {
            counts.clear();
        }
        counts.insert(key, count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memo_is_bounded() {
        let memo = Memo::default();
        for n in 0..3 * Memo::MOST {
            memo.put(Key { cl100k: false, len: n, hash: 0 }, Count::exact(1));
        }
        assert!(memo.0.lock().is_ok_and(|counts| counts.len() <= Memo::MOST));
    }

    #[test]
    fn what_is_rough_is_right_once_it_is_warm() {
        let tokenizers = Tokenizers::rough_until_warm();
        let text = "Summarise the ticket in two sentences, and name the product that it is about.";
        for model in ["gpt-4o", "gpt-4", "claude-sonnet-4-5"] {
            let guess = tokenizers.for_model(model).count(text);
            assert_eq!(guess.method, Method::Assumed);
            let right = Tokenizers::new().for_model(model).count(text);
            assert!(
                guess.low <= right.expected && guess.high.is_some_and(|high| right.expected <= high),
                "{guess:?} {right:?}"
            );
        }
        assert!(tokenizers.is_rough() && tokenizers.o200k.get().is_none(), "no vocabulary was read for a guess");
        tokenizers.warm();
        assert!(!tokenizers.is_rough());
        assert_eq!(tokenizers.for_model("gpt-4").count(text), Tokenizers::new().for_model("gpt-4").count(text));
    }

    #[test]
    fn tokenizers_are_shared_between_threads() {
        fn shared<T: Send + Sync>(_: &T) {}
        shared(&Tokenizers::new());
    }

    #[test]
    fn the_two_vocabularies_are_not_mixed_up_in_the_memo() {
        let tokenizers = Tokenizers::new();
        let text = "请用一句话总结下面的文章";
        let o200k = tokenizers.for_model("gpt-4o").count(text);
        let cl100k = tokenizers.for_model("gpt-4").count(text);
        assert!(cl100k.expected > o200k.expected, "{cl100k:?} {o200k:?}");
        assert_eq!(tokenizers.for_model("gpt-4o").count(text), o200k);
    }
}
