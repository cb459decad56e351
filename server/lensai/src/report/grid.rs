//! Columns over several groups of rows: all groups share the widths, so that figures stand under each other in the whole
//! output. Lines are never wrapped and have no borders, which is all that a list needs.

use super::text::{Palette, Style, shorten_end, shorten_middle, width};

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) title: &'static str,
    pub(crate) align: Align,
    /// What gives way when the lines are too long; a column that does not is never shortened.
    pub(crate) shrink: Shrink,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// How a column gives way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shrink {
    Never,
    /// In the middle of its texts, down to this many columns.
    Middle(usize),
    /// At the end of its texts, down to nothing.
    End,
}

/// A text in a style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) style: Style,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style }
    }

    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Style::Plain)
    }
}

/// Space before the first column and between columns.
const INDENT: usize = 2;
const GAP: usize = 2;

/// A text that is shortened at its end to less than this is left out.
const NOISE: usize = 8;

/// Columns with the widths that they have in the output.
#[derive(Debug)]
pub(crate) struct Grid {
    columns: Vec<(Column, usize)>,
    palette: Palette,
}

impl Grid {
    /// Widths for these rows in lines of at most `columns`. A column in which every row is empty is left out.
    pub(crate) fn new<'a>(
        columns: &[Column],
        rows: impl Iterator<Item = &'a Vec<Cell>>,
        line: usize,
        palette: Palette,
    ) -> Self {
        let mut widths = vec![0; columns.len()];
        for row in rows {
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = width(&cell.text).max(*widest);
            }
        }
        let mut columns: Vec<(Column, usize)> = columns
            .iter()
            .zip(widths)
            .map(|(column, widest)| (*column, if widest == 0 { 0 } else { widest.max(width(column.title)) }))
            // One long name must not take the room of what every line has to say.
            .map(|(column, widest)| match column.shrink {
                Shrink::Middle(least) => (column, widest.min(least.max(line / 3))),
                Shrink::Never | Shrink::End => (column, widest),
            })
            .collect();
        fit(&mut columns, line);
        Self { columns, palette }
    }

    /// The line of titles.
    pub(crate) fn header(&self) -> String {
        self.line(self.columns.iter().map(|(column, _)| Cell::new(column.title, Style::Faint)))
    }

    /// The line of a row.
    pub(crate) fn row(&self, cells: &[Cell]) -> String {
        self.line(cells.iter().cloned())
    }

    fn line(&self, cells: impl Iterator<Item = Cell>) -> String {
        let mut out = String::new();
        let mut pending = INDENT;
        for (cell, (column, columns)) in cells.zip(&self.columns) {
            if *columns == 0 {
                continue;
            }
            let text = match column.shrink {
                Shrink::Middle(_) => shorten_middle(&cell.text, *columns),
                Shrink::Never | Shrink::End => shorten_end(&cell.text, *columns),
            };
            let pad = columns.saturating_sub(width(&text));
            let (before, after) = if column.align == Align::Right { (pad, 0) } else { (0, pad) };
            pending += before;
            // Spaces at the end of a text are space, so that no line ends with one.
            let shown = text.trim_end();
            if !shown.is_empty() {
                out.extend(std::iter::repeat_n(' ', std::mem::take(&mut pending)));
                out.push_str(&self.palette.paint(cell.style, shown));
            }
            pending += width(&text) - width(shown);
            pending += after + GAP;
        }
        out
    }
}

/// Takes from the columns that give way until a line fits or nothing is left to take: first what gives way at its end, then
/// from left to right.
fn fit(columns: &mut [(Column, usize)], line: usize) {
    let shown = columns.iter().filter(|(_, columns)| *columns > 0).count();
    let sum: usize = columns.iter().map(|(_, columns)| columns).sum();
    let mut over = (sum + INDENT + GAP * shown.saturating_sub(1)).saturating_sub(line);
    for (_, columns) in columns.iter_mut().filter(|(column, _)| column.shrink == Shrink::End) {
        let give = over.min(*columns);
        // A few letters of a note are noise.
        let give = if give > 0 && *columns - give < NOISE { *columns } else { give };
        *columns -= give;
        over = over.saturating_sub(give);
    }
    for (column, columns) in columns {
        if let Shrink::Middle(least) = column.shrink {
            let give = over.min(columns.saturating_sub(least));
            *columns -= give;
            over -= give;
        }
    }
}
