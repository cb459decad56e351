//! Steps over raw bytes.

use memchr::{memchr2, memmem};
use smol_str::SmolStr;

use super::{ImportForm, SkimImport};

/// A comment is skipped only this far: a text of nothing but comment starts stays linear.
const MAX_COMMENT: usize = 2_000;
/// No module has a longer name.
pub(super) const MAX_MODULE: usize = 500;

/// Whether a byte is part of an identifier. Bytes beyond ASCII are not: what is taken for a word too often costs a
/// parse, what is missed costs a call.
pub(super) fn is_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$'
}

/// A position in a text.
#[derive(Clone, Copy)]
pub(super) struct Scan<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) at: usize,
}

impl<'b> Scan<'b> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.at..).unwrap_or(&[])
    }

    /// Steps over this if it comes next.
    pub(super) fn eat(&mut self, text: &[u8]) -> bool {
        let is_next = self.rest().starts_with(text);
        if is_next {
            self.at += text.len();
        }
        is_next
    }

    /// Steps over bytes for which this holds, and gives them.
    pub(super) fn take(&mut self, is: impl Fn(u8) -> bool) -> &'b [u8] {
        let rest = self.rest();
        let len = rest.iter().position(|byte| !is(*byte)).unwrap_or(rest.len());
        self.at += len;
        rest.get(..len).unwrap_or(&[])
    }

    /// Steps over the rest of a line, or far into it.
    pub(super) fn skip_line(&mut self) {
        let rest = self.rest();
        let near = rest.get(..MAX_COMMENT).unwrap_or(rest);
        self.at += memchr2(b'\n', b'\r', near).unwrap_or(near.len());
    }

    /// Steps over the rest of a `/* … */`, or far into it.
    pub(super) fn skip_block(&mut self) {
        let rest = self.rest();
        let near = rest.get(..MAX_COMMENT).unwrap_or(rest);
        self.at += memmem::find(near, b"*/").map_or(near.len(), |end| end + 2);
    }
}

/// Adds a module that is written in one piece or in two.
pub(super) fn add(imports: &mut Vec<SkimImport>, package: &[u8], name: &[u8], form: ImportForm) {
    let (Ok(package), Ok(name)) = (std::str::from_utf8(package), std::str::from_utf8(name)) else { return };
    if package.len() + name.len() > MAX_MODULE || (package.is_empty() && name.is_empty()) {
        return;
    }
    let dot = if package.is_empty() || name.is_empty() || package.ends_with('.') { "" } else { "." };
    let module: SmolStr = [package, dot, name].into_iter().collect();
    imports.push(SkimImport { module, form });
}
