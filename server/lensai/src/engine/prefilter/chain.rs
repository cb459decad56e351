//! Chains of names so distinctive that they need no import.

use lensai_syntax::Language;
use memchr::memmem;
use smol_str::SmolStr;

use super::mention::is_word;

/// A chain of names that tells a request: `chat.completions.create`, with the arguments that it must have.
pub(super) struct Chain {
    names: Vec<SmolStr>,
    /// Names of arguments; whatever the chain may be said with, one of these sets is given whole.
    keys: Vec<Vec<SmolStr>>,
}

impl Chain {
    /// A chain that counts with any of these sets of arguments.
    pub(super) fn new(names: Vec<SmolStr>, keys: Vec<Vec<SmolStr>>) -> Self {
        Self { names, keys }
    }

    /// Whether a text may hold a call of it: over lines and optional chaining too. It may say too much.
    pub(super) fn occurs(&self, text: &str, language: Language) -> bool {
        let Some(last) = self.names.last() else { return false };
        memmem::find_iter(text.as_bytes(), last.as_bytes()).any(|at| {
            let Some((head, tail)) = text.get(..at).zip(text.get(at + last.len()..)) else { return false };
            self.follows(head) && !is_comment(head, language) && self.is_called(tail, language)
        })
    }

    /// Whether the name before the last one stands at the end of a text.
    fn follows(&self, head: &str) -> bool {
        let Some(head) = head.trim_end().strip_suffix('.') else { return false };
        let [.., before, _] = self.names.as_slice() else { return true };
        // What may stand between two names of a chain: `?`, `!`, blanks, a call or an index.
        head.trim_end_matches(|between: char| between.is_whitespace() || matches!(between, '?' | '!'))
            .ends_with(before.as_str())
            || head.ends_with([')', ']'])
    }

    /// Whether a text begins with a call that has the arguments.
    fn is_called(&self, tail: &str, language: Language) -> bool {
        if !language.is_python() {
            // Type arguments, comments and an object that is made elsewhere may come: nothing is ruled out by them.
            return !tail.starts_with(|next: char| next.is_alphanumeric() || next == '_' || next == '$');
        }
        let Some(args) = tail.trim_start_matches([' ', '\t', '\\', '\r', '\n']).strip_prefix('(') else { return false };
        let args = arguments(args);
        let has = |key: &SmolStr| key.parse::<usize>().is_ok() || args.contains(key.as_str());
        // What is spread may hold anything.
        args.contains("**") || self.keys.iter().any(|keys| keys.iter().all(has))
    }
}

/// Whether a name is called somewhere in a text; a call with type arguments, or over an optional step, is one too. A function of
/// this name is none, and neither is a decorator: `@router.post("/v1/chat/completions")` says what is answered, not what is asked.
pub(super) fn is_called(text: &str, name: &str) -> bool {
    memmem::find_iter(text.as_bytes(), name.as_bytes()).any(|at| {
        let rest = text.get(at + name.len()..).unwrap_or_default();
        let line = || text.get(..at).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
        rest.trim_start_matches([' ', '\t']).starts_with(['(', '<', '?', '!'])
            && is_word(text.as_bytes(), at, at + name.len())
            && !line().trim_start().starts_with('@')
            && !line().ends_with("def ")
    })
}

/// A name by which something is set for everyone.
pub(super) enum Setter {
    /// `dspy.configure(…)`
    Called(SmolStr),
    /// `openai.base_url = …`
    Assigned(SmolStr),
}

impl Setter {
    pub(super) fn name(&self) -> &SmolStr {
        match self {
            Self::Called(name) | Self::Assigned(name) => name,
        }
    }

    /// Whether a text may set something by it.
    pub(super) fn occurs(&self, text: &str) -> bool {
        match self {
            Self::Called(name) => is_called(text, name),
            Self::Assigned(name) => memmem::find_iter(text.as_bytes(), name.as_bytes()).any(|at| {
                let Some((head, tail)) = text.get(..at).zip(text.get(at + name.len()..)) else { return false };
                let tail = tail.trim_start_matches([' ', '\t']);
                // One of several targets, with a type, or alone.
                head.trim_end().ends_with('.') && tail.starts_with(['=', ',', ':', ')']) && !tail.starts_with("==")
            }),
        }
    }
}

/// Whether what comes next stands in a comment of its own line, or in an example of a docstring.
fn is_comment(head: &str, language: Language) -> bool {
    let line = head.rsplit(['\n', '\r']).next().unwrap_or(head).trim_start();
    if language.is_python() { line.starts_with('#') || line.starts_with(">>>") } else { line.starts_with("//") }
}

/// The text up to the bracket that closes; all of it when strings or brackets are not what they seem.
fn arguments(text: &str) -> &str {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => return text.get(..at).unwrap_or(text),
            b')' | b']' | b'}' => depth -= 1,
            b'#' => match memchr::memchr2(b'\n', b'\r', bytes.get(at..).unwrap_or(&[])) {
                Some(line) => at += line,
                None => return text,
            },
            b'"' | b'\'' => match string(bytes.get(at..).unwrap_or(&[])) {
                Some(length) => at += length - 1,
                None => return text,
            },
            _ => {}
        }
        at += 1;
    }
    text
}

/// The length of the string that begins here, if it ends.
fn string(bytes: &[u8]) -> Option<usize> {
    let quote = *bytes.first()?;
    let is_long = bytes.starts_with(&[quote; 3]);
    let mut at = if is_long { 3 } else { 1 };
    loop {
        match *bytes.get(at)? {
            b'\\' => at += 1,
            b'\n' if !is_long => return None,
            byte if byte == quote && !is_long => return Some(at + 1),
            byte if byte == quote && bytes.get(at..at + 3) == Some(&[quote; 3]) => return Some(at + 3),
            _ => {}
        }
        at += 1;
    }
}
