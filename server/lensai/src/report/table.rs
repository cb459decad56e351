//! `scan --format table`: what a person reads on a terminal.

use std::collections::BTreeMap;

use lensai_cost::short_count;
use lensai_models::Money;

use super::View;
use super::grid::{Align, Cell, Column, Grid, Shrink};
use super::json::{CallReport, Kind, ScanReport};
use super::routes;
use super::text::{Style, clean, counted, shorten_middle, wrap};

const LINE: Column = Column { title: "line", align: Align::Right, shrink: Shrink::Never };
const MODEL: Column = Column { title: "model", align: Align::Left, shrink: Shrink::Middle(12) };
const OPERATION: Column = Column { title: "operation", align: Align::Left, shrink: Shrink::Middle(9) };
const INPUT: Column = Column { title: "in", align: Align::Right, shrink: Shrink::Never };
const OUTPUT: Column = Column { title: "out", align: Align::Right, shrink: Shrink::Never };
const COST: Column = Column { title: "per call", align: Align::Right, shrink: Shrink::Never };
const MOST: Column = Column { title: "at most", align: Align::Right, shrink: Shrink::Never };
const NOTES: Column = Column { title: "", align: Align::Left, shrink: Shrink::End };

/// The narrowest line on which the upper bound of a cost has room beside the rest.
const WITH_MOST: usize = 96;

/// A catalogue that is older than this may be wrong.
const STALE_DAYS: i64 = 45;

/// Decimal places that an amount has at most.
const PLACES_SHOWN: usize = 4;

/// Places shown for one reason: a list of hundreds helps nobody, and JSON has them all.
const PLACES: usize = 12;

/// The whole output, with a newline at its end.
pub fn render(report: &ScanReport, view: &View) -> String {
    if report.calls.is_empty() {
        return nothing(report, view);
    }
    let mut out = Output { text: String::new(), view };
    out.calls(report);
    out.routes(report);
    out.unpriced(report);
    out.totals(report);
    out.footer(report);
    out.text
}

/// What to do when nothing was found.
fn nothing(report: &ScanReport, view: &View) -> String {
    let root = clean(&report.root);
    let text = if view.files == 0 {
        format!("There are no Python, TypeScript or JavaScript files and no notebooks in `{root}`.")
    } else {
        format!(
            "No LLM calls found in {} in `{root}`. If there should be some, `--parse-all` also looks into files that name no \
             SDK, and `[[sdk]]` in lensai.toml describes an SDK or gateway of your own.",
            counted(view.files, "file"),
        )
    };
    lines(&wrap(&text, view.width), "")
}

struct Output<'a> {
    text: String,
    view: &'a View,
}

impl Output<'_> {
    fn push(&mut self, style: Style, line: &str) {
        self.text.push_str(&self.view.palette.paint(style, line));
        self.text.push('\n');
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    /// The calls by file, all files in the same columns.
    fn calls(&mut self, report: &ScanReport) {
        let wide = self.view.width >= WITH_MOST;
        let mut columns = vec![LINE, MODEL, OPERATION, INPUT, OUTPUT, COST];
        columns.extend(wide.then_some(MOST));
        columns.push(NOTES);
        let calls: Vec<&CallReport> = shown(report, self.view).collect();
        let rows: Vec<Vec<Cell>> = calls.iter().map(|call| row(call, wide)).collect();
        let grid = Grid::new(&columns, rows.iter(), self.view.width, self.view.palette);
        self.text.push_str(&grid.header());
        let mut file = None;
        for (call, row) in calls.iter().zip(&rows) {
            if file != Some(&call.path) {
                file = Some(&call.path);
                self.blank();
                self.push(Style::Strong, &shorten_middle(&clean(&call.path), self.view.width));
            }
            self.text.push_str(&grid.row(row));
            self.blank();
        }
    }

    fn routes(&mut self, report: &ScanReport) {
        let section = routes::section(report, self.view);
        if !section.is_empty() {
            self.blank();
            self.text.push_str(&section);
        }
    }

    /// The calls without an expected cost by the reason, in the order in which reasons first appear.
    fn unpriced(&mut self, report: &ScanReport) {
        let mut order = Vec::new();
        let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for call in report.calls.iter().filter(|call| call.kind == Kind::Direct && call.expected_cost().is_none()) {
            let reason = call.unpriced.as_deref().unwrap_or("the price is not known");
            let of_reason = places.entry(reason).or_insert_with(|| {
                order.push(reason);
                Vec::new()
            });
            of_reason.push(format!("{}:{}", clean(&call.path), place(call)));
        }
        if order.is_empty() {
            return;
        }
        self.blank();
        self.push(Style::Strong, "Not priced");
        for reason in order {
            let all = places.remove(reason).unwrap_or_default();
            self.text.push_str(&lines(&wrap(&clean(reason), self.view.width.saturating_sub(2)), "  "));
            let mut shown: Vec<String> = all.iter().take(PLACES).map(|place| unbreakable(place)).collect();
            if all.len() > PLACES {
                shown.push(unbreakable(&format!("and {} more", all.len() - PLACES)));
            }
            for line in wrap(&shown.join(", "), self.view.width.saturating_sub(4)) {
                let line = format!("    {}", line.replace(NO_BREAK, " "));
                self.push(Style::Faint, &shorten_middle(&line, self.view.width));
            }
        }
    }

    fn totals(&mut self, report: &ScanReport) {
        let totals = &report.totals;
        self.blank();
        let mut line = format!("{} in {}", counted(totals.calls, "call"), counted(files(report), "file"));
        if totals.unpriced > 0 {
            line = format!("{line}: {} priced, {} not", totals.priced, totals.unpriced);
        }
        self.push(Style::Strong, &line);
        if totals.priced > 0 {
            for line in wrap(&sum(report), self.view.width) {
                self.push(Style::Plain, &line);
            }
        }
    }

    /// What the figures rest on.
    fn footer(&mut self, report: &ScanReport) {
        let text = basis(report, self.view).join(". ");
        if !text.is_empty() {
            self.blank();
            for line in wrap(&format!("{text}."), self.view.width) {
                self.push(Style::Faint, &line);
            }
        }
    }
}

fn row(call: &CallReport, wide: bool) -> Vec<Cell> {
    let mut cells = vec![
        Cell::new(place(call), Style::Faint),
        model(call),
        Cell::plain(call.operation.replace('_', " ")),
        Cell::plain(input(call)),
        Cell::plain(output(call)),
        cost(call),
    ];
    if wide {
        cells.push(Cell::new(to_the_point(most(call)), Style::Faint));
    }
    cells.push(Cell::new(remarks(call).join(", "), Style::Faint));
    cells
}

/// The line; in a notebook with the cell before it.
pub(super) fn place(call: &CallReport) -> String {
    let line = call.range.start.line;
    call.cell.map_or_else(|| line.to_string(), |cell| format!("[{cell}] {line}"))
}

fn model(call: &CallReport) -> Cell {
    match (&call.model, call.models.as_slice()) {
        (Some(model), _) | (None, [model]) => Cell::plain(clean(model)),
        (None, _) => Cell::new("?", Style::Warning),
    }
}

/// Tokens sent, in short.
pub(super) fn input(call: &CallReport) -> String {
    call.input_tokens.as_ref().map_or_else(|| "?".to_owned(), |tokens| short_count(tokens.total.expected))
}

/// Tokens of the answers, in short; nothing for an operation that has none.
pub(super) fn output(call: &CallReport) -> String {
    match call.output_tokens {
        None => "?".to_owned(),
        Some(tokens) if tokens.high == Some(0) => "-".to_owned(),
        Some(tokens) => short_count(tokens.expected),
    }
}

fn cost(call: &CallReport) -> Cell {
    match call.expected_cost() {
        Some(_) => Cell::plain(to_the_point(expected(call))),
        None => Cell::new("?", Style::Warning),
    }
}

/// The amount with space for the decimal places that it does not have, so that points stand under each other.
fn to_the_point(amount: String) -> String {
    let missing = amount.split_once('.').map_or(0, |(_, places)| PLACES_SHOWN.saturating_sub(places.len()));
    amount + &" ".repeat(missing)
}

/// The expected cost: with `≈` when it may be another, `?` when it is not known.
pub(super) fn expected(call: &CallReport) -> String {
    match call.cost_usd {
        Some(cost) if cost.expected == Some(cost.low) && cost.expected == cost.high => cost.low.rounded(),
        Some(cost) => cost.expected.map_or_else(|| "?".to_owned(), about),
        None => "?".to_owned(),
    }
}

/// `≈ $0.0042`; what is below all digits shown is about as much already.
pub(super) fn about(amount: Money) -> String {
    let amount = amount.rounded();
    if amount.starts_with('<') { amount } else { format!("≈ {amount}") }
}

/// The upper bound, when there is one and it is not the expected cost itself.
pub(super) fn most(call: &CallReport) -> String {
    let cost = call.cost_usd.filter(|cost| cost.expected != cost.high);
    cost.and_then(|cost| cost.high).map(Money::rounded).unwrap_or_default()
}

/// Between which amounts a cost lies, when that is not one amount.
fn bounds(low: Money, high: Option<Money>) -> String {
    match high {
        Some(high) if high == low => String::new(),
        Some(high) => format!("{} to {}", low.rounded(), high.rounded()),
        None if low.is_zero() => "no bounds".to_owned(),
        None => format!("from {}", low.rounded()),
    }
}

/// What is special about a call, in a few words.
fn remarks(call: &CallReport) -> Vec<String> {
    let mut remarks = Vec::new();
    if call.kind == Kind::Wrapper {
        remarks.push("wrapper".to_owned());
    }
    if call.in_loop {
        remarks.push("in a loop".to_owned());
    }
    if let Some(turns) = &call.turns {
        remarks.push(if turns.expected == 1 { "one turn".to_owned() } else { format!("{} turns", turns.expected) });
    }
    match (&call.model, call.models.len()) {
        (Some(_), more @ 2..) => remarks.push(format!("or {} more", more - 1)),
        (None, several @ 2..) => remarks.push(format!("{several} models")),
        _ => {}
    }
    remarks.extend(call.ending.map(str::to_owned));
    remarks
}

/// The calls that a view lists: those of the project's own functions only when they are asked for.
pub(super) fn shown<'r>(report: &'r ScanReport, view: &View) -> impl Iterator<Item = &'r CallReport> + use<'r> {
    let wrappers = view.wrappers;
    report.calls.iter().filter(move |call| wrappers || call.kind == Kind::Direct)
}

/// How many files have calls.
pub(super) fn files(report: &ScanReport) -> usize {
    let direct: Vec<&CallReport> = report.calls.iter().filter(|call| call.kind == Kind::Direct).collect();
    direct.chunk_by(|one, other| one.path == other.path).count()
}

/// The sum over a pass, with its bounds, as a sentence.
pub(super) fn sum(report: &ScanReport) -> String {
    let priced = || {
        report
            .calls
            .iter()
            .filter(|call| call.kind == Kind::Direct)
            .filter_map(|call| call.cost_usd)
            .filter(|cost| cost.expected.is_some())
    };
    let low: Money = priced().map(|cost| cost.low).sum();
    let high: Option<Money> = priced().map(|cost| cost.high).sum();
    let expected = report.totals.expected_usd_per_pass;
    let sum = if expected == low && high == Some(low) { expected.rounded() } else { about(expected) };
    let each = if report.totals.unpriced > 0 { "each priced call" } else { "each call" };
    let range = match (bounds(low, high), high) {
        (range, _) if range.is_empty() => String::new(),
        (range, Some(_)) => format!(" ({range})"),
        (range, None) if low.is_zero() => format!(" ({range})"),
        (range, None) => format!(" ({range}, no upper bound)"),
    };
    format!("{sum} when {each} is made once{range}")
}

/// What the figures rest on, as sentences.
pub(super) fn basis(report: &ScanReport, view: &View) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut sources: Vec<String> = report
        .calls
        .iter()
        .filter_map(|call| call.price.as_ref())
        .map(|price| {
            let source = if price.source == "builtin" { "built-in catalogue" } else { &price.source };
            format!("{} of {}", clean(source), price.as_of)
        })
        .collect();
    sources.sort();
    sources.dedup();
    if !sources.is_empty() {
        let age = view.price_age_days.filter(|days| *days > STALE_DAYS);
        let old = age.map(|days| format!(", {days} days old: they may have changed")).unwrap_or_default();
        sentences.push(format!("Prices: {}{old}", sources.join("; ")));
    }
    let holes = report.calls.iter().any(|call| call.input_tokens.as_ref().is_some_and(|input| !input.holes.is_empty()));
    let answers = report.calls.iter().any(|call| call.output_tokens.is_some_and(|tokens| tokens.high != Some(0)));
    let mut assumed = Vec::new();
    if holes {
        assumed.push(format!("{} tokens for each text that is only known at run time", view.tokens_per_hole));
    }
    if answers {
        assumed.push(format!("{} tokens for each answer, within its limit", view.output_tokens));
    }
    if report.calls.iter().any(|call| call.turns.is_some()) {
        let turns = if view.agent_turns == 1 { "1 turn".to_owned() } else { format!("{} turns", view.agent_turns) };
        assumed.push(format!("{turns} of each agent, within its limit"));
    }
    if !assumed.is_empty() {
        sentences.push(format!("Assumed: {}", assumed.join("; ")));
    }
    sentences
}

/// Stands for a space at which a line is not broken, so that a place stays in one piece; no `clean` text holds it.
const NO_BREAK: char = '\u{1f}';

fn unbreakable(text: &str) -> String {
    text.replace(' ', NO_BREAK.encode_utf8(&mut [0; 4]))
}

fn lines(lines: &[String], indent: &str) -> String {
    lines.iter().flat_map(|line| [indent, line, "\n"]).collect()
}
