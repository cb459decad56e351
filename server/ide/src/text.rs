//! Places in a text: lines, comments and text literals, found without parsing, so that they are also found in what is half written.

use lensai_syntax::Language;
use lensai_text::Span;

/// Lines are looked at this far, in bytes, on either side of an offset.
const REACH: usize = 2_000;

/// An offset as an index that is within the text and between two characters.
pub(crate) fn index(text: &str, offset: u32) -> usize {
    let mut at = (offset as usize).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// An index as an offset.
pub(crate) fn offset(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// The start of the line that holds an index.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind(['\n', '\r'])).map_or(0, |found| found + 1)
}

/// The end of the line that holds an index, without what ends it.
pub(crate) fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find(['\n', '\r'])).map_or(text.len(), |found| at + found)
}

/// What a line begins with before anything is written.
pub(crate) fn indent(text: &str, line_start: usize) -> &str {
    let rest = text.get(line_start..).unwrap_or_default();
    let end = rest.find(|char: char| !matches!(char, ' ' | '\t')).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

/// What ends the lines of a text: that of its first line.
pub(crate) fn line_ending(text: &str) -> &'static str {
    match text.find(['\n', '\r']).and_then(|at| text.get(at..)) {
        Some(rest) if rest.starts_with("\r\n") => "\r\n",
        Some(rest) if rest.starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// What stands at an index of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Inside a text literal of one line: what is between its quotes. Where the closing one is missing it ends with the characters
    /// that names of models have.
    Literal(Span),
    /// In a comment: from behind its mark to the end of the line.
    Comment(Span),
    /// In code.
    Code,
}

/// What stands at an index, by the marks on its line.
pub(crate) fn place(text: &str, at: usize, language: Language) -> Place {
    let start = line_start(text, at);
    if at - start > REACH {
        return Place::Code;
    }
    let end = line_end(text, at).min(index(text, offset(at + REACH)));
    let line = text.get(start..end).unwrap_or_default();
    let mut chars = line.char_indices();
    while let Some((from, char)) = chars.next() {
        if start + from >= at {
            break;
        }
        let rest = line.get(from..).unwrap_or_default();
        let mark = if language.is_python() { "#" } else { "//" };
        if rest.starts_with(mark) {
            return Place::Comment(Span::new(offset(start + from + mark.len()), offset(end)));
        }
        if !language.is_python() && rest.starts_with("/*") {
            let close = rest.find("*/").map_or(end, |close| start + from + close);
            if at <= close {
                return Place::Comment(Span::new(offset(start + from + 2), offset(close)));
            }
            while chars.as_str().len() > end.saturating_sub(close + 2) && chars.next().is_some() {}
            continue;
        }
        if !matches!(char, '"' | '\'' | '`') || (char == '`' && language.is_python()) {
            continue;
        }
        let open = start + from + 1;
        let mut close = None;
        let mut is_escaped = false;
        for (to, inner) in chars.by_ref() {
            if inner == char && !is_escaped {
                close = Some(start + to);
                break;
            }
            is_escaped = inner == '\\' && !is_escaped;
        }
        match close {
            Some(close) if at > close => {}
            Some(close) => return Place::Literal(Span::new(offset(open), offset(close))),
            None => return Place::Literal(Span::new(offset(open), offset(name_end(text, at.max(open), end)))),
        }
    }
    Place::Code
}

/// How far the characters of a model's name go on.
fn name_end(text: &str, from: usize, end: usize) -> usize {
    let rest = text.get(from..end).unwrap_or_default();
    let is_name = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.' | '/' | ':' | '@');
    from + rest.find(|char| !is_name(char)).unwrap_or(rest.len())
}

/// What is between the quotes of a literal.
pub(crate) fn unquoted(text: &str, literal: Span) -> Option<Span> {
    let written = text.get(literal.range())?;
    let quotes = u32::try_from(written.find(|char: char| !matches!(char, '"' | '\'' | '`'))?).ok()?;
    Some(Span::new(literal.start + quotes, literal.end.checked_sub(quotes)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands at `|`, as `kind:text`.
    fn at(marked: &str, language: Language) -> String {
        let at = marked.find('|').unwrap_or(0);
        let text = marked.replace('|', "");
        match place(&text, at, language) {
            Place::Literal(span) => format!("literal:{}", text.get(span.range()).unwrap_or("no text")),
            Place::Comment(span) => format!("comment:{}", text.get(span.range()).unwrap_or("no text")),
            Place::Code => "code".to_owned(),
        }
    }

    #[test]
    fn literals_and_comments_are_found_on_their_line() {
        let python = |marked| at(marked, Language::Python);
        assert_eq!(python("f(model=\"gpt|-4o\", x='y')"), "literal:gpt-4o");
        assert_eq!(python("f(model=\"|\")"), "literal:");
        assert_eq!(python("f(model=\"gpt-4o\"|)"), "code");
        assert_eq!(python("f(model=\"gpt|-4o, x=1)"), "literal:gpt-4o");
        assert_eq!(python("f(model='a\\'b|c')"), "literal:a\\'bc");
        assert_eq!(python("f('#', 1)  # lens|ai: ignore\nx"), "comment: lensai: ignore");
        assert_eq!(python("f(\n  '''x|"), "literal:x");
        assert_eq!(python("|"), "code");
        let script = |marked| at(marked, Language::Tsx);
        assert_eq!(script("f({ model: `gpt|` })"), "literal:gpt");
        assert_eq!(script("f(/* lensai: ig|nore */ 1)"), "comment: lensai: ignore ");
        assert_eq!(script("f(/* x */ 'a|')"), "literal:a");
        assert_eq!(script("f('http://x|') // y"), "literal:http://x");
        assert_eq!(script("f() // lensai: |"), "comment: lensai: ");
    }

    #[test]
    fn any_offset_has_an_index() {
        assert_eq!([index("é", 0), index("é", 1), index("é", 2), index("é", 9)], [0, 0, 2, 2]);
        assert_eq!([line_start("a\r\nb", 3), line_end("a\r\nb", 0), line_end("a", 1)], [3, 1, 1]);
        assert_eq!([line_ending("a\r\nb"), line_ending("a\rb"), line_ending("a")], ["\r\n", "\r", "\n"]);
        assert_eq!(indent("  \tx", 0), "  \t");
    }
}
