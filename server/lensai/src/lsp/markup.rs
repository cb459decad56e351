//! Texts with a structure, for clients that show Markdown and for those that show it as it is written.

use tower_lsp::ls_types::{MarkupContent, MarkupKind};
use unicode_width::UnicodeWidthStr;

/// The text in a form that the client shows well.
pub(super) fn markup(markdown: String, reads_markdown: bool) -> MarkupContent {
    if reads_markdown {
        MarkupContent { kind: MarkupKind::Markdown, value: markdown }
    } else {
        MarkupContent { kind: MarkupKind::PlainText, value: plain(&markdown) }
    }
}

/// The same without marks, and with columns where there was a table.
fn plain(markdown: &str) -> String {
    let mut out = String::new();
    let mut table: Vec<Vec<String>> = Vec::new();
    for line in markdown.lines() {
        let Some(row) = line.strip_prefix('|') else {
            push_table(&mut out, &table);
            table.clear();
            out.push_str(&unmarked(line));
            out.push('\n');
            continue;
        };
        let cells: Vec<&str> = row.trim_end().trim_end_matches('|').split(" |").map(str::trim).collect();
        // What says how columns are aligned.
        if !cells.iter().all(|cell| cell.chars().all(|char| matches!(char, '-' | ':' | ' ' | '|'))) {
            table.push(cells.into_iter().map(unmarked).collect());
        }
    }
    push_table(&mut out, &table);
    out.truncate(out.trim_end().len());
    out
}

/// The first column to the left, figures to the right.
fn push_table(out: &mut String, rows: &[Vec<String>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let blanks = " ".repeat(width.saturating_sub(cell.width()));
            let (before, after) = if column == 0 { ("", blanks.as_str()) } else { (blanks.as_str(), "") };
            line.push_str(if column == 0 { "" } else { "  " });
            line.extend([before, cell, after]);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

/// A line without the marks of emphasis, code and escapes.
fn unmarked(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' => out.extend(chars.next_if(char::is_ascii_punctuation).or(Some('\\'))),
            '*' if chars.next_if_eq(&'*').is_some() => {}
            '`' => {}
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKDOWN: &str = "**≈ $0.0006** a call · `deepseek-chat`\n\n| part | tokens | cost |\n| :--- | ---: | ---: |\n\
        | sent, in the code | ≈ 39 | <$0.0001 |\n| answer | ≈ 300 | $0.0003 |\n\n* `a\\_b` is **not** known\n";

    #[test]
    fn a_client_gets_what_it_reads() {
        let markdown = markup(MARKDOWN.to_owned(), true);
        assert_eq!((markdown.kind, markdown.value.as_str()), (MarkupKind::Markdown, MARKDOWN));
        let plain = markup(MARKDOWN.to_owned(), false);
        assert_eq!(plain.kind, MarkupKind::PlainText);
        let expected = "≈ $0.0006 a call · deepseek-chat\n\npart               tokens      cost\n\
            sent, in the code    ≈ 39  <$0.0001\nanswer              ≈ 300   $0.0003\n\n* a_b is not known";
        assert_eq!(plain.value, expected);
    }

    #[test]
    fn what_is_no_markdown_stays() {
        for text in ["", "|", "||||", "\\", "a | b", "`", "**"] {
            let shown = markup(text.to_owned(), false).value;
            assert!(shown.len() <= text.len(), "{text} became {shown}");
        }
    }
}
