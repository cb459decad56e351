//! `scan --format json`: the shape that other programs rely on. `lensai schema scan` prints its schema.

use lensai_cost::Cost;
use lensai_models::Money;
use lensai_tokens::Method;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

/// The version of this shape: it changes when a field changes its meaning or goes away.
pub const SCHEMA: u32 = 1;

/// The result of a scan.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "lensai scan")]
pub struct ScanReport {
    /// The version of this shape.
    pub schema: u32,
    /// The version of the program that wrote it.
    pub version: String,
    /// The folder that paths are relative to, as it was given.
    pub root: String,
    /// Every call found, sorted by path, cell and start.
    pub calls: Vec<CallReport>,
    /// References to prompts of a prompt system.
    pub prompt_refs: Vec<serde_json::Value>,
    /// Routes, tasks, commands and other entries that lead to calls, sorted by name.
    pub routes: Vec<RouteReport>,
    /// Sums over the direct `calls`.
    pub totals: Totals,
    /// What could not be read as asked.
    pub errors: Vec<ErrorReport>,
}

/// A call with its place and its cost.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CallReport {
    /// Relative to the root, with `/`.
    pub path: String,
    /// In a notebook: the 0-based index of the cell in the file.
    pub cell: Option<u32>,
    /// `python`, `typescript` or `javascript`.
    pub language: String,
    /// The whole request expression, from its receiver to the closing parenthesis.
    pub range: Range,
    /// What it is.
    pub kind: Kind,
    /// Of a wrapper: the requests that it leads to.
    pub reaches: Vec<Reach>,
    /// The name of the SDK's description.
    pub sdk: String,
    /// What is asked for.
    #[schemars(schema_with = "operations")]
    pub operation: String,
    /// Who is paid.
    pub provider: Option<String>,
    /// The one value known, or the default among several.
    pub model: Option<String>,
    /// All values that the model may have.
    pub models: Vec<String>,
    /// Where the value of the model stands.
    #[schemars(schema_with = "origins")]
    pub model_origin: String,
    /// Qualified name of the function around it, or of the module.
    pub function: String,
    /// The only route that leads to it.
    pub route: Option<String>,
    /// All routes that lead to it.
    pub routes: Vec<String>,
    /// It stands in a loop of its function.
    pub in_loop: bool,
    /// Tokens sent; null where they are not counted.
    pub input_tokens: Option<InputTokens>,
    /// Tokens of the answers; null where they are not counted.
    pub output_tokens: Option<Tokens>,
    /// The limit of output tokens that the code sets for one answer.
    pub max_output_tokens: Option<u64>,
    /// The requests that it sends one after the other, each with all that was said before; null where it is one. Tokens and cost are
    /// those of all that are expected.
    pub turns: Option<Turns>,
    /// What one call costs; null when that is not known, with the reason in `notes`.
    pub cost_usd: Option<CostUsd>,
    /// The rates that the cost rests on.
    pub price: Option<Price>,
    /// Prompts of a prompt system that it sends.
    pub prompts: Vec<serde_json::Value>,
    /// What a reader must know about the numbers.
    pub notes: Vec<String>,
    /// How its model is about to end (`deprecated`, `retired`), for views.
    #[serde(skip)]
    pub ending: Option<&'static str>,
    /// Why it has no expected cost, for views.
    #[serde(skip)]
    pub unpriced: Option<String>,
}

/// The turns of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Turns {
    /// At least so many.
    pub low: u64,
    /// Most likely.
    pub expected: u64,
    /// At most, when something limits them.
    pub high: Option<u64>,
    /// US dollars when all of `high` are taken, with what is expected of each: no upper bound.
    #[schemars(schema_with = "decimal_or_null")]
    pub high_expected_usd: Option<Money>,
}

/// What a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The request itself.
    Direct,
    /// A call of a project function that leads to requests.
    Wrapper,
}

/// A request that a wrapper leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reach {
    /// Relative to the root, with `/`.
    pub path: String,
    /// 1-based.
    pub line: u32,
    /// How often; null when that is not known.
    pub times: Option<u64>,
}

/// A route or another entry, and what one request of it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RouteReport {
    /// `POST /api/chat`, `task summarize`.
    pub name: String,
    /// What it is.
    #[schemars(schema_with = "entries")]
    pub kind: String,
    /// The framework that calls it.
    pub framework: String,
    /// Where it is registered, relative to the root, with `/`.
    pub path: String,
    /// In a notebook: the 0-based index of the cell in the file.
    pub cell: Option<u32>,
    /// 1-based.
    pub line: u32,
    /// Qualified name of the function that handles it.
    pub handler: String,
    /// The calls that it leads to.
    pub reaches: Vec<Reach>,
    /// How many of these have no known cost: they are in no sum.
    pub unpriced: usize,
    /// Some of it is done an unknown number of times: the cost is what is known, and there is more.
    #[serde(rename = "open")]
    pub is_open: bool,
    /// What one request costs; null when nothing of it is priced.
    pub cost_usd: Option<CostUsd>,
    /// What that makes in a month; null when `[traffic]` does not say how often it is called.
    pub per_month: Option<PerMonth>,
}

/// A month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PerMonth {
    /// How often, as a decimal string.
    #[schemars(schema_with = "decimal")]
    pub times: String,
    /// What that costs.
    pub cost_usd: CostUsd,
}

/// From the first character to the one after the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Range {
    /// First character.
    pub start: Position,
    /// After the last character.
    pub end: Position,
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Position {
    /// 1-based; in a notebook it counts from the start of the cell.
    pub line: u32,
    /// 1-based, in Unicode scalar values.
    pub column: u32,
}

/// A number of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tokens {
    /// Not fewer.
    pub low: u64,
    /// Most likely.
    pub expected: u64,
    /// Not more; null when there is no bound.
    pub high: Option<u64>,
    /// What the number rests on.
    #[schemars(schema_with = "methods")]
    pub method: Method,
}

/// Tokens sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InputTokens {
    /// All of them.
    #[serde(flatten)]
    pub total: Tokens,
    /// Of these: what is known from the code.
    #[serde(rename = "static")]
    pub fixed: StaticTokens,
    /// What is only known at run time, by its name in the code.
    pub holes: Vec<String>,
}

/// Tokens that are known from the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StaticTokens {
    /// Most likely.
    pub tokens: u64,
    /// What the number rests on.
    #[schemars(schema_with = "methods")]
    pub method: Method,
}

/// US dollars as exact decimal strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CostUsd {
    /// Not less.
    #[schemars(schema_with = "decimal")]
    pub low: Money,
    /// Most likely; null when the model is one of several and none is the default.
    #[schemars(schema_with = "decimal_or_null")]
    pub expected: Option<Money>,
    /// Not more; null when there is no bound.
    #[schemars(schema_with = "decimal_or_null")]
    pub high: Option<Money>,
}

impl From<Cost> for CostUsd {
    fn from(Cost { low, expected, high }: Cost) -> Self {
        Self { low, expected, high }
    }
}

/// The rates that a cost rests on, in US dollars as exact decimal strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Price {
    /// For a million input tokens.
    pub input_per_mtok: Option<String>,
    /// For a million output tokens; null when the model has none.
    pub output_per_mtok: Option<String>,
    /// The layer that it comes from.
    pub source: String,
    /// The day for which it stands.
    pub as_of: String,
}

/// Sums over all direct calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Totals {
    /// How many there are.
    pub calls: usize,
    /// Of these: with an expected cost.
    pub priced: usize,
    /// Of these: without.
    pub unpriced: usize,
    /// US dollars when every priced call is made once.
    #[schemars(schema_with = "decimal")]
    pub expected_usd_per_pass: Money,
}

/// Something that could not be read as asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErrorReport {
    /// Relative to the root, with `/`.
    pub path: String,
    /// What went wrong.
    pub message: String,
}

/// The JSON schema of [`ScanReport`].
pub fn schema() -> Schema {
    // Of what is written, not of what would be read: a key that may be null is still always there.
    SchemaSettings::default().for_serialize().into_generator().into_root_schema_for::<ScanReport>()
}

/// The one document, with a newline at its end.
pub fn render(report: &ScanReport) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}

fn operations(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum":
        ["chat", "text_completion", "embeddings", "image", "speech", "transcription", "rerank", "agent"] })
}

fn entries(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["route", "task", "schedule", "command", "function"] })
}

fn origins(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["literal", "constant", "parameter_default", "environment_default",
        "attribute", "configuration", "caller", "unknown"] })
}

pub(super) fn methods(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum":
        ["exact", "vendor-vocabulary", "reconstructed", "ratio", "observed", "assumed"] })
}

pub(super) fn decimal(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": r"^\d+(\.\d+)?$" })
}

fn decimal_or_null(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "null"], "pattern": r"^\d+(\.\d+)?$" })
}
