//! Short forms of numbers, and text that fits a line.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Whether a view is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Palette {
    /// No escape sequences at all.
    Plain,
    /// The terminal's own colours.
    Coloured,
}

/// How a piece of text stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// It does not.
    Plain,
    /// Headings and totals.
    Strong,
    /// What can be skipped.
    Faint,
    /// What is not known.
    Warning,
}

impl Palette {
    /// The text in a style.
    pub(crate) fn paint(self, style: Style, text: &str) -> Cow<'_, str> {
        let code = match (self, style) {
            (Self::Plain, _) | (_, Style::Plain) => return Cow::Borrowed(text),
            _ if text.is_empty() => return Cow::Borrowed(text),
            (_, Style::Strong) => "1",
            (_, Style::Faint) => "2",
            (_, Style::Warning) => "33",
        };
        Cow::Owned(format!("\u{1b}[{code}m{text}\u{1b}[0m"))
    }
}

/// Columns that a text takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The text without characters that could move the cursor or change colours: names come from the code that is looked at.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    let hidden = |char: char| char.is_control() || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if text.contains(hidden) { Cow::Owned(text.replace(hidden, "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// The text in at most `columns`, shortened in its middle: the start and the end of a path or a model say most.
pub(crate) fn shorten_middle(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let head = take(text.chars(), room / 2);
    let tail: String = take(text.chars().rev(), room - room / 2).chars().rev().collect();
    Cow::Owned(format!("{head}…{tail}"))
}

/// The text in at most `columns`, shortened at its end.
pub(crate) fn shorten_end(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    Cow::Owned(format!("{}…", take(text.chars(), room).trim_end()))
}

/// As many characters as fit.
fn take(chars: impl Iterator<Item = char>, columns: usize) -> String {
    let mut used = 0;
    chars
        .take_while(|char| {
            used += char.width().unwrap_or(0);
            used <= columns
        })
        .collect()
}

/// The words in lines of at most `columns`; a longer word has a line of its own.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && width(&line) + 1 + width(word) > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// `1 call`, `3 calls`.
pub(crate) fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_shortened_to_the_columns_they_have() {
        assert_eq!(shorten_middle("app/services/summarize.py", 12), "app/s…ize.py");
        assert_eq!(shorten_middle("short", 5), "short");
        assert_eq!(shorten_middle("anything", 1), "…");
        assert_eq!(shorten_middle("anything", 0), "");
        assert_eq!(shorten_end("a note that is long", 8), "a note…");
        assert!(width(&shorten_middle("日本語のモデル名", 7)) <= 7);
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("incomprehensibilities no", 5), ["incomprehensibilities", "no"]);
    }

    #[test]
    fn what_moves_the_cursor_is_not_shown() {
        assert_eq!(clean("gpt\u{1b}[2J-4o\n"), "gpt\u{fffd}[2J-4o\u{fffd}");
        assert_eq!(clean("a\u{202e}b"), "a\u{fffd}b");
        assert!(matches!(clean("gpt-4o"), Cow::Borrowed(_)));
    }

    #[test]
    fn plain_means_no_escapes() {
        assert_eq!(Palette::Plain.paint(Style::Strong, "x"), "x");
        assert_eq!(Palette::Coloured.paint(Style::Strong, "x"), "\u{1b}[1mx\u{1b}[0m");
        assert_eq!(Palette::Coloured.paint(Style::Plain, "x"), "x");
    }
}
