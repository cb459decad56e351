//! Literal texts and numbers as their values.

use std::borrow::Cow;

use memchr::memchr;

/// The text of a string or template with its escapes decoded. An invalid escape stays as it is written.
pub(super) fn decode(raw: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'\\', raw.as_bytes()) else { return Cow::Borrowed(raw) };
    let mut text = String::with_capacity(raw.len());
    text.push_str(raw.get(..first).unwrap_or(""));
    let mut rest = raw.get(first..).unwrap_or("");
    while let Some(after) = rest.strip_prefix('\\') {
        let used = escape(after, &mut text);
        rest = after.get(used..).unwrap_or("");
        let plain = memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
        text.push_str(rest.get(..plain).unwrap_or(""));
        rest = rest.get(plain..).unwrap_or("");
    }
    Cow::Owned(text)
}

/// Decodes one escape; `after` begins behind the backslash. Returns how much of it was used.
fn escape(after: &str, text: &mut String) -> usize {
    let Some(first) = after.chars().next() else {
        text.push('\\');
        return 0;
    };
    let used = first.len_utf8();
    match first {
        'n' => text.push('\n'),
        't' => text.push('\t'),
        'r' => text.push('\r'),
        'b' => text.push('\u{8}'),
        'f' => text.push('\u{c}'),
        'v' => text.push('\u{b}'),
        '0' if !after[used..].starts_with(|c: char| c.is_ascii_digit()) => text.push('\0'),
        '\r' if after[used..].starts_with('\n') => return used + 1,
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => {}
        'x' => return hex(after.get(1..3), 3, after, text),
        'u' => return unicode(after, text),
        '0'..='9' => {
            text.push('\\');
            text.push(first);
        }
        other => text.push(other),
    }
    used
}

fn hex(digits: Option<&str>, used: usize, after: &str, text: &mut String) -> usize {
    if let Some(decoded) = digits.and_then(number).and_then(char::from_u32) {
        text.push(decoded);
        return used;
    }
    text.push('\\');
    text.push_str(after.get(..1).unwrap_or(""));
    1
}

fn unicode(after: &str, text: &mut String) -> usize {
    if let Some(inner) = after.strip_prefix("u{") {
        // No code point has more digits; leading zeros beyond that are not worth a long search.
        let close = inner.bytes().take(12).position(|byte| byte == b'}').unwrap_or(0);
        return hex(inner.get(..close), close + 3, after, text);
    }
    let Some(high) = after.get(1..5).and_then(number) else { return hex(None, 0, after, text) };
    let low = after.get(5..11).and_then(|low| low.strip_prefix("\\u")).and_then(number);
    if let (0xd800..=0xdbff, Some(low @ 0xdc00..=0xdfff)) = (high, low) {
        let point = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        text.extend(char::from_u32(point));
        return 11;
    }
    hex(after.get(1..5), 5, after, text)
}

fn number(digits: &str) -> Option<u32> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, 16).ok()
}

/// Whether a text can stand behind a dot.
pub(super) fn is_identifier(text: &str) -> bool {
    let mut bytes = text.bytes();
    let is_start = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$' || byte >= 0x80;
    bytes.next().is_some_and(is_start) && bytes.all(|byte| is_start(byte) || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded() {
        assert_eq!(decode(r"a\n\t\x41\u0042\u{1F600}\'\\"), "a\n\tAB\u{1F600}'\\");
        assert_eq!(decode(r"\ud83d\ude00"), "\u{1F600}");
        assert_eq!(decode("a\\\nb\\\r\nc"), "abc");
    }

    #[test]
    fn invalid_escapes_stay() {
        assert_eq!(decode(r"\xZZ \u12 \u{} \ud83d \u{FFFFFFFFFFFF} \1"), r"\xZZ \u12 \u{} \ud83d \u{FFFFFFFFFFFF} \1");
        assert_eq!(decode("\\"), "\\");
        assert_eq!(decode("\\u{é}"), "\\u{é}");
        assert_eq!(decode("\\xé1"), "\\xé1");
    }
}
