//! `scan --format csv`: a row for each call.
//!
//! The first row names the columns ([`HEADER`]). Lists are joined by a space (`models`) or `; ` (`notes`, `holes`); what is not
//! known is an empty field; money is an exact decimal in US dollars.

use lensai_models::Money;

use super::json::{CallReport, Kind, ScanReport};

/// The columns, in order.
pub const HEADER: &[&str] = &[
    "path",
    "cell",
    "line",
    "column",
    "end_line",
    "end_column",
    "language",
    "kind",
    "sdk",
    "operation",
    "provider",
    "model",
    "models",
    "model_origin",
    "function",
    "route",
    "in_loop",
    "input_tokens_low",
    "input_tokens_expected",
    "input_tokens_high",
    "input_method",
    "holes",
    "output_tokens_low",
    "output_tokens_expected",
    "output_tokens_high",
    "output_method",
    "max_output_tokens",
    "cost_low_usd",
    "cost_expected_usd",
    "cost_high_usd",
    "input_usd_per_mtok",
    "output_usd_per_mtok",
    "price_source",
    "price_as_of",
    "notes",
];

/// The whole output.
pub fn render(report: &ScanReport) -> Result<Vec<u8>, ::csv::Error> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER)?;
    for call in &report.calls {
        writer.write_record(record(call))?;
    }
    writer.into_inner().map_err(|error| ::csv::Error::from(error.into_error()))
}

fn record(call: &CallReport) -> Vec<String> {
    let input = call.input_tokens.as_ref();
    let sent = input.map(|input| input.total);
    let price = call.price.as_ref();
    vec![
        call.path.clone(),
        known(call.cell),
        call.range.start.line.to_string(),
        call.range.start.column.to_string(),
        call.range.end.line.to_string(),
        call.range.end.column.to_string(),
        call.language.clone(),
        match call.kind {
            Kind::Direct => "direct".to_owned(),
            Kind::Wrapper => "wrapper".to_owned(),
        },
        call.sdk.clone(),
        call.operation.clone(),
        known(call.provider.as_ref()),
        known(call.model.as_ref()),
        call.models.join(" "),
        call.model_origin.clone(),
        call.function.clone(),
        known(call.route.as_ref()),
        call.in_loop.to_string(),
        known(sent.map(|tokens| tokens.low)),
        known(sent.map(|tokens| tokens.expected)),
        known(sent.and_then(|tokens| tokens.high)),
        known(sent.map(|tokens| tokens.method)),
        input.map(|input| input.holes.join("; ")).unwrap_or_default(),
        known(call.output_tokens.map(|tokens| tokens.low)),
        known(call.output_tokens.map(|tokens| tokens.expected)),
        known(call.output_tokens.and_then(|tokens| tokens.high)),
        known(call.output_tokens.map(|tokens| tokens.method)),
        known(call.max_output_tokens),
        known(call.cost_usd.map(|cost| cost.low)),
        known(call.expected_cost()),
        known::<Money>(call.cost_usd.and_then(|cost| cost.high)),
        known(price.and_then(|price| price.input_per_mtok.as_ref())),
        known(price.and_then(|price| price.output_per_mtok.as_ref())),
        known(price.map(|price| &price.source)),
        known(price.map(|price| &price.as_of)),
        call.notes.join("; "),
    ]
}

fn known<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
