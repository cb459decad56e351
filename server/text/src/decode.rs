//! From the bytes of a file to text.
//!
//! By hand and with `std` alone: sources are UTF-8 but for a few in UTF-16 (with a byte order mark) and a few old ones
//! in Latin-1, and the tables of all other encodings would be dead weight.

use std::borrow::Cow;
use std::fmt;

/// How far a NUL byte is looked for that tells a binary file.
const BINARY_WINDOW: usize = 8 * 1024;

/// The text of a file. Offsets in it count from after a byte order mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text; empty for a binary file.
    pub text: Cow<'a, str>,
    /// How the bytes were read.
    pub encoding: SourceEncoding,
    /// What the user should know about it.
    pub warning: Option<DecodeWarning>,
}

/// How the bytes of a file stand for text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceEncoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 after a byte order mark.
    Utf8Bom,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// ISO 8859-1.
    Latin1,
}

/// Why the text of a file may not be what its author wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecodeWarning {
    /// Read as Latin-1: not UTF-8 from this byte.
    NotUtf8 {
        /// The first byte that is not valid, from the start of the file.
        byte: usize,
    },
    /// UTF-16 with characters that are none: they were replaced.
    NotUtf16 {
        /// The first byte that is not valid, from the start of the file.
        byte: usize,
    },
    /// Not text.
    Binary {
        /// The first NUL byte.
        byte: usize,
    },
}

impl fmt::Display for DecodeWarning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 { byte } => write!(formatter, "not valid UTF-8 from byte {byte}; read as Latin-1"),
            Self::NotUtf16 { byte } => write!(formatter, "not valid UTF-16 from byte {byte}; characters replaced"),
            Self::Binary { byte } => write!(formatter, "binary file (NUL byte at {byte}); skipped"),
        }
    }
}

/// Reads bytes as text. Never fails: says in [`Decoded::warning`] what it had to assume.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return utf16(rest, SourceEncoding::Utf16Le, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return utf16(rest, SourceEncoding::Utf16Be, u16::from_be_bytes);
    }
    if let Some(byte) = bytes.iter().take(BINARY_WINDOW).position(|byte| *byte == 0) {
        let warning = Some(DecodeWarning::Binary { byte });
        return Decoded { text: Cow::Borrowed(""), encoding: SourceEncoding::Utf8, warning };
    }
    let (rest, encoding) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, SourceEncoding::Utf8Bom),
        None => (bytes, SourceEncoding::Utf8),
    };
    match std::str::from_utf8(rest) {
        Ok(text) => Decoded { text: Cow::Borrowed(text), encoding, warning: None },
        Err(error) => {
            let byte = bytes.len() - rest.len() + error.valid_up_to();
            let warning = (!says_latin1(rest)).then_some(DecodeWarning::NotUtf8 { byte });
            let text = rest.iter().copied().map(char::from).collect::<String>();
            Decoded { text: Cow::Owned(text), encoding: SourceEncoding::Latin1, warning }
        }
    }
}

fn utf16(bytes: &[u8], encoding: SourceEncoding, unit: fn([u8; 2]) -> u16) -> Decoded<'static> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    let mut read = 2;
    let mut bad = None;
    for char in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let char = char.unwrap_or_else(|_| {
            bad.get_or_insert(read);
            char::REPLACEMENT_CHARACTER
        });
        // A lone surrogate and the character that replaces it are one unit both.
        read += 2 * char.len_utf16();
        text.push(char);
    }
    if !odd.is_empty() {
        bad.get_or_insert(read);
    }
    let warning = bad.map(|byte| DecodeWarning::NotUtf16 { byte });
    Decoded { text: Cow::Owned(text), encoding, warning }
}

/// Whether one of the first two lines is a comment that declares Latin-1, as Python allows (PEP 263).
/// Only asked of what is no UTF-8: a text that is valid UTF-8 is shown as that by editors, whatever it declares.
fn says_latin1(bytes: &[u8]) -> bool {
    bytes.split(|byte| *byte == b'\n').take(2).any(|line| {
        let line = line.trim_ascii();
        if !line.starts_with(b"#") {
            return false;
        }
        let Some(at) = line.windows(6).position(|window| window == b"coding") else { return false };
        let Some([b':' | b'=', rest @ ..]) = line.get(at + 6..) else { return false };
        let rest = rest.trim_ascii_start();
        let len = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte)).count();
        let name = String::from_utf8_lossy(rest.get(..len).unwrap_or_default()).to_ascii_lowercase().replace('_', "-");
        matches!(name.as_str(), "latin-1" | "latin1" | "l1" | "iso-8859-1" | "iso8859-1" | "8859" | "cp819")
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(bytes: &[u8]) -> (String, SourceEncoding, String) {
        let decoded = decode(bytes);
        let warning = decoded.warning.map_or(String::new(), |warning| warning.to_string());
        (decoded.text.into_owned(), decoded.encoding, warning)
    }

    #[test]
    fn utf8_is_borrowed_and_its_mark_stripped() {
        assert!(matches!(decode("é".as_bytes()).text, Cow::Borrowed("é")));
        assert_eq!(shown(b"\xef\xbb\xbfa"), ("a".into(), SourceEncoding::Utf8Bom, String::new()));
        assert_eq!(shown(b""), (String::new(), SourceEncoding::Utf8, String::new()));
    }

    #[test]
    fn utf16_with_a_mark() {
        assert_eq!(shown(b"\xff\xfea\0\x3d\xd8\x00\xde"), ("a😀".into(), SourceEncoding::Utf16Le, String::new()));
        assert_eq!(shown(b"\xfe\xff\0a\0\0"), ("a\0".into(), SourceEncoding::Utf16Be, String::new()));
        let warning = "not valid UTF-16 from byte 4; characters replaced".to_owned();
        assert_eq!(shown(b"\xfe\xff\0a\xd8\0\0b\0"), ("a\u{fffd}b".into(), SourceEncoding::Utf16Be, warning.clone()));
        assert_eq!(shown(b"\xff\xfea\0b"), ("a".into(), SourceEncoding::Utf16Le, warning));
    }

    #[test]
    fn what_is_no_utf8_is_latin1() {
        let bytes = b"x = 'a' # a good \xe9t\xe9";
        let warning = "not valid UTF-8 from byte 17; read as Latin-1".to_owned();
        assert_eq!(shown(bytes), ("x = 'a' # a good été".into(), SourceEncoding::Latin1, warning));
        let warning = "not valid UTF-8 from byte 4; read as Latin-1".to_owned();
        assert_eq!(shown(b"\xef\xbb\xbfa\xe9"), ("aé".into(), SourceEncoding::Latin1, warning));
    }

    #[test]
    fn declared_latin1_is_no_surprise() {
        for comment in ["# -*- coding: latin-1 -*-", "#!/bin/python\n# vim: set fileencoding=ISO_8859-1 :"] {
            let bytes = [comment.as_bytes(), b"\n'\xe9'"].concat();
            assert_eq!(decode(&bytes).warning, None, "{comment}");
        }
        for comment in
            ["# -*- coding: cp1252 -*-", "\n\n# coding: latin-1", "x = 'coding: latin-1'", "# coding latin-1"]
        {
            let bytes = [comment.as_bytes(), b"\n'\xe9'"].concat();
            assert!(decode(&bytes).warning.is_some(), "{comment}");
        }
    }

    #[test]
    fn binary_files_are_skipped() {
        let warning = "binary file (NUL byte at 4); skipped".to_owned();
        assert_eq!(shown(b"\x7fELF\0\xff"), (String::new(), SourceEncoding::Utf8, warning));
        let late = format!("{}\0", "a".repeat(BINARY_WINDOW));
        assert_eq!(decode(late.as_bytes()).text, late);
        let just = format!("{}\0", "a".repeat(BINARY_WINDOW - 1));
        assert_eq!(decode(just.as_bytes()).warning, Some(DecodeWarning::Binary { byte: BINARY_WINDOW - 1 }));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes_are_decoded(bytes in any::<Vec<u8>>(), mark in 0_usize..4) {
            let mark: &[u8] = [&b""[..], b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"][mark];
            let bytes = [mark, &bytes].concat();
            let decoded = decode(&bytes);
            if let Some(DecodeWarning::NotUtf8 { byte } | DecodeWarning::NotUtf16 { byte } | DecodeWarning::Binary { byte }) = decoded.warning {
                prop_assert!(byte < bytes.len());
            }
        }

        #[test]
        fn text_is_kept(text in "[^\0]*") {
            prop_assert_eq!(decode(text.as_bytes()).text, text.strip_prefix('\u{feff}').unwrap_or(&text));
        }
    }
}
