//! The lines of a report on a terminal, and as Markdown.

use std::fmt::Write as _;

use super::ExplainReport;
use super::outline::{Line, lines};
use crate::report::Palette;
use crate::report::text::{Style, clean, shorten_end, shorten_middle, width, wrap};

/// Columns of a place, at most.
const WIDEST_PLACE: usize = 44;

/// For a terminal of so many columns.
pub fn text(report: &ExplainReport, columns: usize, palette: Palette) -> String {
    let lines = lines(report);
    let places = lines.iter().filter_map(|line| match line {
        Line::Step { place, .. } => Some(width(place)),
        _ => None,
    });
    let widest = places.max().unwrap_or_default().min(WIDEST_PLACE).min(columns / 2);
    let mut out = String::new();
    for (at, line) in lines.iter().enumerate() {
        match line {
            Line::Call { place, callee, text } => {
                if at > 0 {
                    out.push('\n');
                }
                let head = format!("{}  {}", clean(place), clean(callee));
                let _ = writeln!(out, "{}", palette.paint(Style::Strong, &shorten_end(&head, columns)));
                let _ = writeln!(out, "{}", shorten_end(&clean(text), columns));
            }
            Line::Section { name, text } => {
                let _ = write!(out, "\n{}", palette.paint(Style::Strong, name));
                paragraph(&mut out, text, columns, name.len() + 2);
            }
            Line::Plain(text) => {
                out.push_str("  ");
                paragraph(&mut out, text, columns, 2);
            }
            Line::Step { depth, place, text, code, is_unknown } => {
                let place = shorten_middle(place, widest).into_owned();
                let pad = " ".repeat(widest.saturating_sub(width(&place)));
                let inner = "  ".repeat(*depth);
                let mut line = format!("  {}{pad}  {inner}", palette.paint(Style::Faint, &clean(&place)));
                let used = 2 + widest + 2 + width(&inner);
                let room = columns.saturating_sub(used).max(20);
                let text = clean(text);
                let style = if *is_unknown { Style::Warning } else { Style::Plain };
                let wrapped = wrap(&text, room);
                for (at, part) in wrapped.iter().enumerate() {
                    if at > 0 {
                        let _ = write!(line, "\n{}", " ".repeat(used));
                    }
                    line.push_str(&palette.paint(style, part));
                }
                let last = wrapped.last().map_or(0, |last| width(last));
                let left = room.saturating_sub(last + 2);
                let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
                if !code.is_empty() && left >= 12 {
                    let code = shorten_end(&clean(&code), left).into_owned();
                    let _ = write!(line, "  {}", palette.paint(Style::Faint, &code));
                }
                let _ = writeln!(out, "{}", line.trim_end());
            }
        }
    }
    out
}

/// A text in lines that begin under each other; the first goes on where something stands already.
fn paragraph(out: &mut String, text: &str, columns: usize, indent: usize) {
    let text = clean(text);
    let lines = wrap(&text, columns.saturating_sub(indent).max(20));
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            out.push_str(&" ".repeat(indent));
        } else if indent > 2 {
            out.push_str("  ");
        }
        out.push_str(line);
        out.push('\n');
    }
    if lines.is_empty() {
        out.push('\n');
    }
}

/// As Markdown.
pub fn markdown(report: &ExplainReport) -> String {
    let mut out = String::new();
    let mut is_list = false;
    for line in lines(report) {
        let is_step = matches!(line, Line::Step { .. });
        if is_list && !is_step {
            out.push('\n');
        }
        is_list = is_step;
        match line {
            Line::Call { place, callee, text } => {
                let _ = write!(out, "## {}\n\n{}: {}\n\n", code(&callee), code(&place), sentence(&text));
            }
            Line::Section { name, text } => {
                let colon = if text.is_empty() { "" } else { ": " };
                let _ = write!(out, "**{name}**{colon}{}\n\n", sentence(&text));
            }
            Line::Plain(text) => {
                let _ = write!(out, "{}\n\n", sentence(&text));
            }
            Line::Step { depth, place, text, code: written, .. } => {
                let indent = "  ".repeat(depth);
                let place = if place.is_empty() { String::new() } else { format!("{} ", code(&place)) };
                let written: String = written.split_whitespace().collect::<Vec<_>>().join(" ");
                let written = if written.is_empty() { String::new() } else { format!(" — {}", code(&written)) };
                let _ = writeln!(out, "{indent}- {place}{}{written}", sentence(&text));
            }
        }
    }
    out
}

/// A text from the code that is looked at, as code.
fn code(text: &str) -> String {
    const LONGEST: usize = 120;
    format!("`{}`", shorten_end(&clean(text), LONGEST).replace('`', "'"))
}

/// A sentence in which names stand between backquotes, and nothing else is markup.
fn sentence(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_code = false;
    for char in clean(text).chars() {
        match char {
            '`' => in_code = !in_code,
            '|' | '<' | '>' | '*' | '_' | '[' | ']' | '!' | '\\' | '#' if !in_code => out.push('\\'),
            _ => {}
        }
        out.push(char);
    }
    if in_code {
        out.push('`');
    }
    out
}
