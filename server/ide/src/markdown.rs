//! Pieces of Markdown. What comes from the code that is looked at is not trusted to be harmless in it.

/// Characters of a name that are shown.
const LONGEST: usize = 120;

/// A text from the code, as code.
pub(crate) fn code(text: &str) -> String {
    let mut shown: String = clean(text).chars().take(LONGEST).collect();
    if shown.chars().count() < text.chars().count() {
        shown.push('…');
    }
    format!("`{}`", shown.replace('`', "'").replace('|', "\\|"))
}

/// A sentence in which names stand between backquotes, and nothing else is markup.
pub(crate) fn sentence(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_code = false;
    for char in clean(text).chars() {
        match char {
            '`' => in_code = !in_code,
            '|' => out.push('\\'),
            '<' | '>' | '*' | '_' | '[' | ']' | '!' | '\\' if !in_code => out.push('\\'),
            _ => {}
        }
        out.push(char);
    }
    if in_code {
        out.push('`');
    }
    out
}

/// Without what could move the cursor or turn the direction of writing.
pub(crate) fn clean(text: &str) -> String {
    let hidden = |char: char| char.is_control() || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|char| if hidden(char) { '\u{fffd}' } else { char }).collect()
}

/// A table: the first row is its head, and all columns but the first hold numbers.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let Some(head) = rows.first() else { return String::new() };
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut out = line(head);
    let marks: Vec<String> = (0..head.len()).map(|at| if at == 0 { ":---" } else { "---:" }.to_owned()).collect();
    out.push_str(&line(&marks));
    rows.iter().skip(1).for_each(|row| out.push_str(&line(row)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_code_says_is_no_markup() {
        assert_eq!(code("a`b|c\nd"), "`a'b\\|c\u{fffd}d`");
        assert_eq!(code(&"x".repeat(500)).chars().count(), LONGEST + 3);
        assert_eq!(sentence("`a_b` is *not* known <b>"), "`a_b` is \\*not\\* known \\<b\\>");
        assert_eq!(sentence("an open ` quote"), "an open ` quote`");
    }
}
