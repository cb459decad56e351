//! `scan --format markdown`: for a pull request or a wiki, in GitHub's dialect.

use std::fmt::Write as _;

use super::View;
use super::json::{CallReport, ScanReport};
use super::routes::{amount, calls};
use super::table::{basis, expected, files, input, most, output, place, shown, sum};
use super::text::{clean, counted};

/// The whole output, with a newline at its end.
pub fn render(report: &ScanReport, view: &View) -> String {
    let mut out = String::from("## LLM calls\n\n");
    if report.calls.is_empty() {
        let _ = writeln!(out, "None found in {}.", counted(view.files, "file"));
        return out;
    }
    let totals = &report.totals;
    let _ = write!(out, "**{} in {}", counted(totals.calls, "call"), counted(files(report), "file"));
    if totals.unpriced > 0 {
        let _ = write!(out, ": {} priced, {} not", totals.priced, totals.unpriced);
    }
    out.push_str(".**");
    if totals.priced > 0 {
        let _ = write!(out, " {}.", sum(report));
    }
    out.push('\n');
    let shown: Vec<&CallReport> = shown(report, view).collect();
    for calls in shown.chunk_by(|one, other| one.path == other.path) {
        let Some(first) = calls.first() else { continue };
        let _ = writeln!(out, "\n### {}\n", code(&first.path));
        out.push_str("| Line | Model | Operation | Tokens in | Tokens out | Per call | At most | Notes |\n");
        out.push_str("| ---: | :--- | :--- | ---: | ---: | ---: | ---: | :--- |\n");
        for call in calls {
            row(&mut out, call);
        }
    }
    routes(&mut out, report);
    for sentence in basis(report, view) {
        let _ = write!(out, "\n_{sentence}._\n");
    }
    out
}

fn routes(out: &mut String, report: &ScanReport) {
    if report.routes.is_empty() {
        return;
    }
    out.push_str("\n### Routes\n\n| Route | Calls | Per request | Per month |\n| :--- | ---: | ---: | ---: |\n");
    for route in &report.routes {
        let month = route.per_month.as_ref().map(|month| amount(Some(month.cost_usd), route));
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            code(&route.name),
            calls(route),
            plain(&amount(route.cost_usd, route)),
            plain(&month.unwrap_or_default()),
        );
    }
}

fn row(out: &mut String, call: &CallReport) {
    let model = match (&call.model, call.models.as_slice()) {
        (Some(model), _) => code(model),
        (None, []) => "?".to_owned(),
        (None, models) => models.iter().map(|model| code(model)).collect::<Vec<_>>().join(" or "),
    };
    let notes: Vec<String> = call.notes.iter().map(|note| plain(note)).collect();
    let _ = writeln!(
        out,
        "| {} | {model} | {} | {} | {} | {} | {} | {} |",
        plain(&place(call)),
        call.operation.replace('_', " "),
        input(call),
        output(call),
        plain(&expected(call)),
        plain(&most(call)),
        notes.join("; "),
    );
}

/// A name as code. A cell ends at `|` even within code, and a backquote would end the code.
fn code(text: &str) -> String {
    format!("`{}`", clean(text).replace('`', "'").replace('|', "\\|"))
}

/// A text whose backquotes are kept as code, and in which nothing else is markup.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_code = false;
    for char in clean(text).chars() {
        match char {
            '`' => in_code = !in_code,
            '|' => out.push('\\'),
            '<' | '*' | '_' | '[' | ']' | '$' | '\\' if !in_code => out.push('\\'),
            _ => {}
        }
        out.push(char);
    }
    if in_code {
        out.push('`');
    }
    out
}
