//! String literals: prefixes, escapes, f-strings and implicit concatenation.

use lensai_text::Span;

use super::build::{Build, Mark};
use super::kinds::Kind;
use super::{Child, Lowering, Task, operands};
use crate::hir::Expr;

impl<'tree> Lowering<'tree, '_> {
    /// Lowers adjacent string literals to one text or template.
    pub(super) fn literal(&mut self, strings: &[Child<'tree>], whole: Span) {
        if let [only] = strings
            && let Some(plain) = Literal::of(self.slice(only.node)).plain()
        {
            let text = self.file.body().text(plain);
            self.push(Expr::Text(text), whole);
            return;
        }
        let mut text = String::new();
        let mut count = 0;
        for string in strings {
            if string.kind != Kind::String {
                continue;
            }
            let source = self.slice(string.node);
            let literal = Literal::of(source);
            if !literal.is_formatted {
                literal.decode(literal.content, &mut text);
                continue;
            }
            let start = string.node.start_byte() + literal.start;
            let end = start + literal.content.len();
            let mut from = start;
            let holes = self.children(string.node);
            for hole in &holes {
                if hole.kind != Kind::Interpolation {
                    continue;
                }
                let (hole_start, hole_end) = (hole.node.start_byte(), hole.node.end_byte());
                literal.decode(self.text.get(from..hole_start).unwrap_or_default(), &mut text);
                from = hole_end;
                count += self.hole(*hole, &mut text);
            }
            self.recycle(holes);
            literal.decode(self.text.get(from..end).unwrap_or_default(), &mut text);
        }
        if count == 0 {
            let text = self.body().text(text);
            self.push(Expr::Text(text), whole);
            return;
        }
        count += self.text_part(&mut text);
        self.tasks.push(Task::Build(Build::Template(count), whole));
    }

    /// Schedules a hole, after the text before it; gives the number of parts.
    fn hole(&mut self, hole: Child<'tree>, text: &mut String) -> u32 {
        let children = self.children(hole.node);
        let value = operands(&children).next();
        if let Some(equals) = children.iter().find(|child| child.kind == Kind::Equals) {
            // `{x=}` shows itself.
            let shown = hole.node.start_byte() + 1..equals.node.end_byte();
            text.push_str(self.text.get(shown).unwrap_or_default());
        }
        let mut count = 0;
        if let Some(value) = value {
            count += self.text_part(text);
            self.marks.push(Mark::Plain);
            self.tasks.push(Task::Expr(value));
            count += 1;
        }
        // Calls may stand in a format specification.
        let specification = children.iter().filter(|child| child.kind == Kind::FormatSpecifier);
        self.tasks.extend(specification.copied().map(Task::Loose));
        self.recycle(children);
        count
    }

    fn text_part(&mut self, text: &mut String) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let part = self.body().text(text.as_str());
        text.clear();
        self.marks.push(Mark::Text(part));
        1
    }
}

/// Whether a literal can have holes.
pub(super) fn may_have_holes(source: &str) -> bool {
    Literal::of(source).is_formatted
}

/// A string literal as it is written.
#[derive(Clone, Copy)]
struct Literal<'a> {
    /// What stands between the quotes.
    content: &'a str,
    /// Where that begins.
    start: usize,
    is_raw: bool,
    is_bytes: bool,
    is_formatted: bool,
}

impl<'a> Literal<'a> {
    fn of(source: &'a str) -> Self {
        let prefix_len = source.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (prefix, rest) = source.split_at(prefix_len);
        let has = |letter: u8| prefix.bytes().any(|byte| byte.eq_ignore_ascii_case(&letter));
        let quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quotes| rest.starts_with(quotes)).unwrap_or("");
        let content = rest.strip_prefix(quotes).unwrap_or(rest);
        let content = content.strip_suffix(quotes).unwrap_or(content);
        Self {
            content,
            start: prefix_len + quotes.len(),
            is_raw: has(b'r'),
            is_bytes: has(b'b'),
            is_formatted: has(b'f') || has(b't'),
        }
    }

    /// The content, if it stands for itself.
    fn plain(self) -> Option<&'a str> {
        let is_plain = !self.is_formatted && memchr::memchr2(b'\\', b'\r', self.content.as_bytes()).is_none();
        is_plain.then_some(self.content)
    }

    /// Appends what a part of the content stands for.
    fn decode(self, part: &str, out: &mut String) {
        let braces = self.is_formatted;
        let special =
            |byte: u8| byte == b'\\' && !self.is_raw || byte == b'\r' || braces && matches!(byte, b'{' | b'}');
        let mut rest = part;
        while let Some(at) = rest.bytes().position(special) {
            let (plain, from) = rest.split_at(at);
            out.push_str(plain);
            rest = match from.as_bytes() {
                [b'\\', ..] => self.escape(from, out),
                // Python reads every line end as a line feed.
                [b'\r', b'\n', ..] => from.get(1..).unwrap_or_default(),
                [b'\r', ..] => replace(from, 1, '\n', out),
                [b'{', b'{', ..] => replace(from, 2, '{', out),
                [b'}', b'}', ..] => replace(from, 2, '}', out),
                _ => keep(from, 1, out),
            };
        }
        out.push_str(rest);
    }

    /// Decodes the escape at the beginning of `from`, gives what follows it. What is no valid escape stays.
    fn escape<'p>(self, from: &'p str, out: &mut String) -> &'p str {
        let Some(kind) = from.as_bytes().get(1) else { return keep(from, 1, out) };
        let simple = match kind {
            b'\n' => return from.get(2..).unwrap_or_default(),
            b'\r' => {
                let rest = from.get(2..).unwrap_or_default();
                return rest.strip_prefix('\n').unwrap_or(rest);
            }
            b'0'..=b'7' => {
                let digits = from.bytes().skip(1).take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
                return number(from, 1, digits, 8, out);
            }
            b'x' => return number(from, 2, 2, 16, out),
            b'u' if !self.is_bytes => return number(from, 2, 4, 16, out),
            b'U' if !self.is_bytes => return number(from, 2, 8, 16, out),
            b'N' if !self.is_bytes && from.as_bytes().get(2) == Some(&b'{') => {
                // The names of characters are not known here: the escape stays, with its braces.
                let len = from.find('}').map_or(from.len(), |end| end + 1);
                return keep(from, len, out);
            }
            b'\\' => '\\',
            b'\'' => '\'',
            b'"' => '"',
            b'a' => '\u{7}',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'v' => '\u{b}',
            _ => return keep(from, 1, out),
        };
        replace(from, 2, simple, out)
    }
}

/// Decodes `digits` digits after `skip` bytes.
fn number<'p>(from: &'p str, skip: usize, digits: usize, radix: u32, out: &mut String) -> &'p str {
    let end = skip + digits;
    let char = from
        .get(skip..end)
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .and_then(|text| u32::from_str_radix(text, radix).ok())
        .and_then(char::from_u32);
    match char {
        Some(char) => replace(from, end, char, out),
        None => keep(from, 1, out),
    }
}

fn replace<'p>(from: &'p str, len: usize, with: char, out: &mut String) -> &'p str {
    out.push(with);
    from.get(len..).unwrap_or_default()
}

fn keep<'p>(from: &'p str, len: usize, out: &mut String) -> &'p str {
    out.push_str(from.get(..len).unwrap_or_default());
    from.get(len..).unwrap_or_default()
}
