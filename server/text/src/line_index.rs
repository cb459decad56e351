//! From offsets to lines and columns and back.

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units, as editors count by default.
    Utf16,
    /// Characters (Unicode scalar values).
    Utf32,
}

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct LineColumn {
    /// Line, from 0.
    pub line: u32,
    /// Column, from 0, in units of an [`Encoding`].
    pub column: u32,
}

/// Where the lines of a text begin.
///
/// Lines end with LF, CR or CRLF and with nothing else, as in editors. The index keeps no text: who asks gives the text
/// the index was made of, and it is looked at only in lines that are not ASCII. Of another text the answers are
/// meaningless, but still answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    /// Start of each line; the first is 0.
    starts: Vec<u32>,
    /// End of the last line's content, and length of the text.
    len: u32,
    /// Lines with other than ASCII characters, sorted.
    wide: Vec<u32>,
}

impl LineIndex {
    /// Finds the lines of a text. What lies beyond 4 GiB is part of the last line.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let inside_crlf = |at: &usize| bytes.get(*at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n');
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).filter(|at| !inside_crlf(at));
        starts.extend(ends.map_while(|at| u32::try_from(at + 1).ok()));
        let len = length(text.len());
        let mut wide = Vec::new();
        if !text.is_ascii() {
            let ends = starts.iter().skip(1).copied().chain([len]);
            let lines = (0..).zip(starts.iter().zip(ends));
            let line = |start: u32, end: u32| bytes.get(start as usize..end as usize).unwrap_or_default();
            wide.extend(lines.filter(|(_, (start, end))| !line(**start, *end).is_ascii()).map(|(at, _)| at));
        }
        Self { starts, len, wide }
    }

    /// Number of lines: one more than there are line ends.
    pub fn line_count(&self) -> u32 {
        length(self.starts.len())
    }

    /// Where an offset is. An offset inside a character or a CRLF is taken as its start, one behind the text as its end.
    pub fn line_column(&self, offset: u32, encoding: Encoding, text: &str) -> LineColumn {
        let offset = offset.min(self.len);
        let line = length(self.starts.partition_point(|start| *start <= offset).saturating_sub(1));
        let (start, end) = self.content(line, text);
        let bytes = offset.min(end) - start;
        let column = if self.is_wide(line) {
            units(floor(text.get(start as usize..end as usize).unwrap_or_default(), bytes), encoding)
        } else {
            bytes
        };
        LineColumn { line, column }
    }

    /// The offset of a place. A column behind the end of its line is its end (before the line end), a line behind the last
    /// the end of the text; a column inside a character is the character's start.
    pub fn offset(&self, place: LineColumn, encoding: Encoding, text: &str) -> u32 {
        if place.line >= self.line_count() {
            return self.len;
        }
        let (start, end) = self.content(place.line, text);
        if !self.is_wide(place.line) {
            return start.saturating_add(place.column).min(end);
        }
        let content = text.get(start as usize..end as usize).unwrap_or_default();
        if encoding == Encoding::Utf8 {
            return start + length(floor(content, place.column).len());
        }
        let mut column = 0;
        for (at, char) in content.char_indices() {
            column += width(char, encoding);
            if column > place.column {
                return start + length(at);
            }
        }
        end
    }

    /// Start and end of a line without its line end.
    fn content(&self, line: u32, text: &str) -> (u32, u32) {
        let at = |line: usize| self.starts.get(line).copied();
        let start = at(line as usize).unwrap_or(self.len);
        let Some(next) = at(line as usize + 1) else { return (start, self.len) };
        let byte = |at: u32| text.as_bytes().get(at as usize);
        let last = next.saturating_sub(1);
        let end = match (last.checked_sub(1), byte(last)) {
            (Some(before), Some(b'\n')) if before >= start && byte(before) == Some(&b'\r') => before,
            _ => last,
        };
        (start, end.max(start))
    }

    fn is_wide(&self, line: u32) -> bool {
        self.wide.binary_search(&line).is_ok()
    }
}

/// The beginning of a text up to `bytes`, or up to the start of the character there.
fn floor(text: &str, bytes: u32) -> &str {
    let mut end = (bytes as usize).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn units(text: &str, encoding: Encoding) -> u32 {
    match encoding {
        Encoding::Utf8 => length(text.len()),
        Encoding::Utf16 | Encoding::Utf32 => text.chars().map(|char| width(char, encoding)).sum(),
    }
}

fn width(char: char, encoding: Encoding) -> u32 {
    match encoding {
        Encoding::Utf8 => length(char.len_utf8()),
        Encoding::Utf16 => length(char.len_utf16()),
        Encoding::Utf32 => 1,
    }
}

fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];

    fn at(text: &str, offset: u32, encoding: Encoding) -> (u32, u32) {
        let place = LineIndex::new(text).line_column(offset, encoding, text);
        (place.line, place.column)
    }

    fn back(text: &str, line: u32, column: u32, encoding: Encoding) -> u32 {
        LineIndex::new(text).offset(LineColumn { line, column }, encoding, text)
    }

    #[test]
    fn only_cr_lf_and_crlf_end_lines() {
        let text = "a\nb\rc\r\nd\u{2028}\u{b}\u{c}\u{85}e";
        assert_eq!(LineIndex::new(text).line_count(), 4);
        assert_eq!(at(text, 2, Encoding::Utf8), (1, 0));
        assert_eq!(at(text, 4, Encoding::Utf8), (2, 0));
        assert_eq!(at(text, 7, Encoding::Utf8), (3, 0));
        assert_eq!(LineIndex::new("").line_count(), 1);
        assert_eq!(LineIndex::new("\n").line_count(), 2);
        assert_eq!(LineIndex::new("\r\r\n").line_count(), 3);
    }

    #[test]
    fn columns_count_what_is_asked_for() {
        let text = "x\né😀z";
        let z = 2 + 2 + 4;
        assert_eq!(ALL.map(|encoding| at(text, z, encoding)), [(1, 6), (1, 3), (1, 2)]);
        assert_eq!(
            [6, 3, 2].into_iter().zip(ALL).map(|(column, encoding)| back(text, 1, column, encoding)).max(),
            Some(z)
        );
    }

    #[test]
    fn the_middle_of_a_character_is_its_start() {
        let text = "a😀b";
        for offset in 1..5 {
            assert_eq!(ALL.map(|encoding| at(text, offset, encoding).1), [1, 1, 1]);
        }
        assert_eq!(back(text, 0, 2, Encoding::Utf16), 1);
        assert_eq!(back(text, 0, 3, Encoding::Utf8), 1);
        assert_eq!(at("a\r\nb", 2, Encoding::Utf16), (0, 1));
    }

    #[test]
    fn what_lies_outside_is_clamped() {
        assert_eq!(at("ab\ncd", 99, Encoding::Utf16), (1, 2));
        assert_eq!(back("ab\r\ncd", 0, 99, Encoding::Utf16), 2);
        assert_eq!(back("é\r\ncd", 0, 99, Encoding::Utf16), 2);
        assert_eq!(back("ab\ncd", 9, 0, Encoding::Utf16), 5);
        assert_eq!(back("ab", 0, u32::MAX, Encoding::Utf8), 2);
        assert_eq!(back("é", 0, u32::MAX, Encoding::Utf32), 2);
    }

    #[test]
    fn another_text_is_no_reason_to_panic() {
        let index = LineIndex::new("é\r\né\n\n");
        for text in ["", "x", "😀😀😀😀"] {
            for number in 0..12 {
                for encoding in ALL {
                    index.line_column(number, encoding, text);
                    index.offset(LineColumn { line: number, column: number }, encoding, text);
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn offsets_survive_the_round_trip(text in "[a-c\r\né😀\u{2028}]{0,40}") {
            let index = LineIndex::new(&text);
            for offset in 0..=text.len() {
                let inside_crlf = offset > 0 && text.as_bytes()[offset - 1..].starts_with(b"\r\n");
                for encoding in ALL {
                    let place = index.line_column(length(offset), encoding, &text);
                    let again = index.offset(place, encoding, &text) as usize;
                    prop_assert!(text.is_char_boundary(again));
                    if text.is_char_boundary(offset) && !inside_crlf {
                        prop_assert_eq!(again, offset);
                    } else {
                        prop_assert!(again < offset);
                    }
                }
            }
        }

        #[test]
        fn any_place_has_an_offset(text in any::<String>(), line in 0_u32..9, column in any::<u32>()) {
            let index = LineIndex::new(&text);
            for encoding in ALL {
                for column in [column, column % 50] {
                    let offset = index.offset(LineColumn { line, column }, encoding, &text);
                    prop_assert!(text.is_char_boundary(offset as usize));
                }
            }
        }
    }
}
