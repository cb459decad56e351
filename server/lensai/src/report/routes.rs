//! The section of a report that has the routes.

use super::View;
use super::grid::{Align, Cell, Column, Grid, Shrink};
use super::json::{CostUsd, RouteReport, ScanReport};
use super::table::about;
use super::text::{Style, clean, counted};

const ROUTE: Column = Column { title: "route", align: Align::Left, shrink: Shrink::Middle(16) };
const CALLS: Column = Column { title: "calls", align: Align::Right, shrink: Shrink::Never };
const EACH: Column = Column { title: "per request", align: Align::Right, shrink: Shrink::Never };
const MONTH: Column = Column { title: "per month", align: Align::Right, shrink: Shrink::Never };
const NOTES: Column = Column { title: "", align: Align::Left, shrink: Shrink::End };

/// The routes with what a request of each costs; empty when there are none.
pub(super) fn section(report: &ScanReport, view: &View) -> String {
    if report.routes.is_empty() {
        return String::new();
    }
    let has_month = report.routes.iter().any(|route| route.per_month.is_some());
    let mut columns = vec![ROUTE, CALLS, EACH];
    columns.extend(has_month.then_some(MONTH));
    columns.push(NOTES);
    let rows: Vec<Vec<Cell>> = report.routes.iter().map(|route| row(route, has_month)).collect();
    let grid = Grid::new(&columns, rows.iter(), view.width, view.palette);
    let mut text = grid.header() + "\n";
    for row in &rows {
        text.push_str(&grid.row(row));
        text.push('\n');
    }
    text
}

fn row(route: &RouteReport, has_month: bool) -> Vec<Cell> {
    let mut cells =
        vec![Cell::plain(clean(&route.name)), Cell::plain(calls(route)), Cell::plain(amount(route.cost_usd, route))];
    if has_month {
        let month = route.per_month.as_ref();
        cells.push(Cell::plain(month.map(|month| amount(Some(month.cost_usd), route)).unwrap_or_default()));
    }
    let mut remarks = Vec::new();
    if route.is_open {
        let more = if route.reaches.is_empty() { "too deep to follow" } else { "and more in a loop" };
        remarks.push(more.to_owned());
    }
    if route.unpriced > 0 {
        remarks.push(format!("{} not priced", counted(route.unpriced, "call")));
    }
    cells.push(Cell::new(remarks.join(", "), Style::Faint));
    cells
}

/// How many calls a route leads to; those that were not followed are not none.
pub(super) fn calls(route: &RouteReport) -> String {
    if route.reaches.is_empty() && route.is_open { "?".to_owned() } else { route.reaches.len().to_string() }
}

/// What a route costs: `≈ $0.0042`, with `+ ?` when there is more that is not known.
pub(super) fn amount(cost: Option<CostUsd>, route: &RouteReport) -> String {
    let known = cost.and_then(|cost| cost.expected).map_or_else(|| "?".to_owned(), about);
    if known != "?" && (route.is_open || route.unpriced > 0) { format!("{known} + ?") } else { known }
}
