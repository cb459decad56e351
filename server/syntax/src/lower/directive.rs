//! Which line of code a `lensai:` comment is about.

use lensai_text::Span;

/// A comment is about code that stands at most this many lines below it: other comments and blank lines may stand between.
const MAX_LINES: usize = 16;

/// Lines are looked at this far, in bytes, on either side of a comment: many comments may stand on one long line.
const REACH: usize = 4_096;

/// The line of code of a comment: its own if there is code on it, else the next one that is neither blank nor a comment.
pub(super) fn line_of_code(text: &str, comment: Span) -> Span {
    let at = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    let (start, end) = (comment.start as usize, comment.end as usize);
    let from = text.floor_char_boundary(start.saturating_sub(REACH));
    let line_start =
        text.get(from..start).and_then(|before| before.rfind(['\n', '\r'])).map_or(from, |at| from + at + 1);
    let line_end = end_of_line(text, end);
    let has_code = |from: usize, to: usize| text.get(from..to).is_some_and(|code| !code.trim().is_empty());
    if has_code(line_start, start) || has_code(end, line_end) {
        return Span::new(at(line_start), at(line_end));
    }
    let mut from = next_line(text, line_end);
    for _ in 0..MAX_LINES {
        let to = end_of_line(text, from);
        let code = text.get(from..to).unwrap_or_default().trim_start();
        if !code.is_empty() && !["#", "//", "/*", "*"].iter().any(|comment| code.starts_with(comment)) {
            return Span::new(at(from), at(to));
        }
        if to >= text.len() {
            break;
        }
        from = next_line(text, to);
    }
    Span::new(comment.end, comment.end)
}

fn end_of_line(text: &str, from: usize) -> usize {
    let to = text.floor_char_boundary(from.saturating_add(REACH));
    text.get(from..to).and_then(|rest| rest.find(['\n', '\r'])).map_or(to, |at| from + at)
}

/// The start of the line after the one that ends here.
fn next_line(text: &str, end: usize) -> usize {
    let rest = text.get(end..).unwrap_or_default();
    end + match rest.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        // A line that is longer than what is looked at goes on.
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The code that `# x` in a text is about.
    fn about(text: &str) -> &str {
        let at = text.find("# x").map_or(0, |at| u32::try_from(at).unwrap_or(0));
        text.get(line_of_code(text, Span::new(at, at + 3)).range()).unwrap_or("no text")
    }

    #[test]
    fn a_comment_is_about_its_line_or_the_next_one_with_code() {
        assert_eq!(about("a()\nb()  # x\nc()"), "b()  # x");
        assert_eq!(about("a()\n  # x\n  b()\nc()"), "  b()");
        assert_eq!(about("# x\r\n\r\n# other\r\nb()\r\n"), "b()");
        assert_eq!(about("# x"), "");
        assert_eq!(about("# x\n\n"), "");
        assert_eq!(about(&format!("# x{}b()", "\n".repeat(40))), "");
        let long = "é".repeat(5_000);
        assert!(about(&format!("{long}# x")).len() < 4_200);
        assert!(about(&format!("# x\n{long}")).len() < 4_200);
    }
}
