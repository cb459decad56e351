//! How calls were found and what their figures rest on: the shape that `explain --format json` prints, and its views.

mod build;
mod call;
mod outline;
mod price;
mod said;
mod views;

use lensai_models::Money;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::json::{CostUsd, ErrorReport, Range, SCHEMA, Tokens, decimal, methods};

pub use self::build::Explainer;
pub use self::views::{markdown, text};

/// What there is to say of a place.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "lensai explain")]
pub struct ExplainReport {
    /// The version of this shape.
    pub schema: u32,
    /// The version of the program that wrote it.
    pub version: String,
    /// The file, as places below name it, with `/`.
    pub path: String,
    /// In a notebook: the 0-based index of the cell in the file.
    pub cell: Option<u32>,
    /// The line that was asked about, 1-based.
    pub line: u32,
    /// The column, when it was asked about one, 1-based.
    pub column: Option<u32>,
    /// Why a scan of the project does not look at the file, when it does not.
    pub left_out: Option<String>,
    /// Calls at that place, in order.
    pub calls: Vec<CallExplained>,
    /// What could not be read of the file.
    pub errors: Vec<ErrorReport>,
}

/// A call, and how it was found or why it was not.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CallExplained {
    /// The whole call.
    pub range: Range,
    /// What is called, as it is written.
    pub callee: String,
    /// How it was found and what its figures rest on; null when it is no request.
    pub request: Option<RequestExplained>,
    /// Why it is no request; null when it is one.
    pub not_found: Option<NotFound>,
    /// The requests that it leads to, when it calls a function of the project that makes some; null when it is one itself.
    pub leads_to: Option<LeadsToExplained>,
}

/// What a call of a function of the project leads to.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LeadsToExplained {
    /// Of all that is known, with the arguments of this call; null when nothing is.
    pub cost_usd: Option<CostUsd>,
    /// Some of it is done an unknown number of times, which is counted once.
    pub is_open: bool,
    /// How many of the requests have no known price.
    pub unpriced: usize,
    /// Each request as often as there are ways to it, in order.
    pub requests: Vec<LedToExplained>,
}

/// A request that a call leads to.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LedToExplained {
    /// Where it stands.
    pub place: PlaceExplained,
    /// The SDK.
    pub sdk: String,
    /// What is asked for.
    pub operation: String,
    /// The model, with the arguments of the call that leads to it.
    pub model: Option<String>,
    /// How often it is sent each time; null when nothing says it.
    pub times: Option<u64>,
    /// What it costs once.
    pub cost_usd: Option<CostUsd>,
}

/// A request, step by step.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RequestExplained {
    /// The SDK that it is reported as.
    pub sdk: String,
    /// What is asked for.
    pub operation: String,
    /// Qualified name of the function around it, or of the module.
    pub function: String,
    /// How it was found.
    pub found: FoundExplained,
    /// Which model, and whence.
    pub model: ModelExplained,
    /// What is sent.
    pub prompt: PromptExplained,
    /// What limits the answers.
    pub limits: LimitsExplained,
    /// Who is paid.
    pub provider: ProviderExplained,
    /// What it costs.
    pub cost: CostExplained,
    /// Comments that are about it.
    pub comments: Vec<CommentExplained>,
    /// From where it is reached: the routes and other entries that lead to it, the shortest way first; the calls of the function
    /// around it when none does.
    pub reached_from: Vec<ReachedFromExplained>,
    /// What a reader must know about the numbers.
    pub notes: Vec<String>,
}

/// A way on which a request is reached.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReachedFromExplained {
    /// Of which kind the entry is: `route`, `task`, `schedule`, `command`, `function`; null when it is none.
    pub kind: Option<String>,
    /// The entry as reports name it: `POST /api/chat`; of a call the qualified name of the function around it.
    pub name: String,
    /// The framework that calls it.
    pub framework: Option<String>,
    /// How often the request is sent each time; null when nothing says it.
    pub times: Option<u64>,
    /// From where the entry is registered, over calls of functions, to the one around the request.
    pub steps: Vec<StepExplained>,
}

/// How a request was found.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FoundExplained {
    /// The part of a description that it is.
    pub description: DescriptionExplained,
    /// By what it is known.
    pub by: Evidence,
    /// The same as a sentence.
    pub text: String,
    /// Its method is handed on to be called.
    pub handed_on: bool,
    /// From what is called to where it begins.
    pub steps: Vec<StepExplained>,
    /// Other descriptions that it may be.
    pub others: Vec<DescriptionExplained>,
}

/// By what a request is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// The object that it is made on.
    Object,
    /// The function that is called.
    Function,
    /// The address that it is sent to.
    Address,
    /// Its names and arguments alone.
    Names,
}

/// A part of a description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DescriptionExplained {
    /// The SDK.
    pub sdk: String,
    /// The file: one of those built in below `queries/sdks`, or `lensai.toml`.
    pub file: String,
    /// Which table: `request`.
    pub table: String,
    /// Which of these tables in the file, from 1.
    pub number: usize,
    /// Its path or symbol.
    pub pattern: String,
}

/// A step on the way to where a value begins.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StepExplained {
    /// The index of the step before it; null for a first one. Steps with the same one are alternatives, or parts.
    pub after: Option<usize>,
    /// What happens, by name: `bound`, `imported`, `stored`, `parameter`, `default`, `argument`, `returned`, `literal`, ….
    pub kind: String,
    /// The same as a sentence.
    pub text: String,
    /// Where.
    pub place: Option<PlaceExplained>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PlaceExplained {
    /// The file, with `/`.
    pub path: String,
    /// In a notebook: the 0-based index of the cell in the file.
    pub cell: Option<u32>,
    /// What it is about.
    pub range: Range,
    /// The line in which it begins, without the white space around it; the beginning of a long one.
    pub code: String,
}

/// Where a slot of a request gets its value.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SlotExplained {
    /// The slot.
    pub slot: String,
    /// The source that gave it, as the description writes it; null when none gives anything.
    pub source: Option<String>,
    /// All sources, in the order in which they are asked.
    pub sources: Vec<String>,
    /// From there to where the value begins.
    pub steps: Vec<StepExplained>,
}

/// Which model is asked, and how that is known.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ModelExplained {
    /// The one value known, or the default among several.
    pub name: Option<String>,
    /// All values that it may have.
    pub models: Vec<String>,
    /// Where the value stands.
    pub origin: String,
    /// Why it is not known, when it is not.
    pub unknown: Option<String>,
    /// Where it comes from; null when requests of this kind name no model.
    pub slot: Option<SlotExplained>,
    /// What the catalogue has of each of them.
    pub catalogue: Vec<CatalogueExplained>,
}

/// What the catalogue has of a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CatalogueExplained {
    /// The name, as the code has it.
    pub name: String,
    /// The form of it that a rule of the catalogue fits.
    pub form: Option<String>,
    /// That rule.
    pub rule: Option<String>,
    /// The model that it means; null when there is none.
    pub model: Option<String>,
    /// Whose price list has it.
    pub provider: Option<String>,
    /// Why there is none.
    pub missing: Option<String>,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PromptExplained {
    /// The messages, in order.
    pub messages: Vec<MessageExplained>,
    /// More is sent that is not known.
    pub open: bool,
    /// The names of tools whose definitions are sent; `…` for one without a name.
    pub tools: Vec<String>,
    /// The name of the schema of the answer.
    pub schema: Option<String>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct MessageExplained {
    /// `system`, `user`, …; null when it is not known.
    pub role: Option<String>,
    /// Its parts, in order.
    pub parts: Vec<PartExplained>,
}

/// A part of a message.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PartExplained {
    /// `text`, `hole` or `media`.
    pub kind: String,
    /// The beginning of the text; the name of what is only known at run time; what it is, if it is no text.
    pub text: String,
    /// Tokens of a text that is known, and tokens that are assumed of what is not; null for what is no text.
    pub tokens: Option<u64>,
    /// Where the text stands.
    pub place: Option<PlaceExplained>,
}

/// What limits the answers.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LimitsExplained {
    /// The limit of output tokens that the code sets for one answer.
    pub max_output_tokens: Option<u64>,
    /// The same of the model itself.
    pub model_max_output_tokens: Option<u64>,
    /// How many answers are asked for, when that is more than one.
    pub answers: Option<u64>,
    /// How many requests it may send one after the other, when that is a number above one that is known.
    pub max_turns: Option<u64>,
    /// What it comes to, as a sentence.
    pub text: String,
    /// Where these come from.
    pub slots: Vec<SlotExplained>,
}

/// Who is paid.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ProviderExplained {
    /// Their name; null when it is not known.
    pub name: Option<String>,
    /// The host, when it is none that is known.
    pub host: Option<String>,
    /// Where the address of the client comes from, when the code says one.
    pub slot: Option<SlotExplained>,
}

/// What a call costs, and how that is reckoned.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CostExplained {
    /// Tokens sent; null where they are not counted.
    pub input_tokens: Option<Tokens>,
    /// Tokens of the answers; null where they are not counted.
    pub output_tokens: Option<Tokens>,
    /// The parts of the sum; empty when it is not one of tokens and rates of one model.
    pub parts: Vec<CostPart>,
    /// The sum; null when it is not known.
    pub cost_usd: Option<CostUsd>,
    /// Why there is no expected cost.
    pub unpriced: Option<String>,
    /// The layer of the price catalogue that the rates come from.
    pub source: Option<String>,
    /// The day for which they stand.
    pub as_of: Option<String>,
    /// Tokens assumed for each text that is only known at run time.
    pub assumed_tokens_per_hole: u64,
    /// Tokens assumed for an answer.
    pub assumed_output_tokens: u64,
}

/// A part of a cost: tokens × rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CostPart {
    /// `input` or `output`.
    pub part: String,
    /// `low`, `expected` or `high`.
    pub bound: String,
    /// How many.
    pub tokens: u64,
    /// What they rest on.
    #[schemars(schema_with = "methods")]
    pub method: lensai_tokens::Method,
    /// US dollars for a million of them.
    #[schemars(schema_with = "decimal")]
    pub usd_per_mtok: String,
    /// The product, in US dollars.
    #[schemars(schema_with = "decimal")]
    pub usd: Money,
}

/// A `lensai:` comment.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CommentExplained {
    /// What follows `lensai:`.
    pub text: String,
    /// What it does.
    pub does: String,
    /// Where it stands.
    pub place: Option<PlaceExplained>,
}

/// Why a call is no request.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NotFound {
    /// What is called, as far as it is known.
    pub callee: String,
    /// What that is: `function`, `class`, `package`, `language`, `object`, `parameter` or `unknown`.
    pub kind: String,
    /// The same as a sentence.
    pub text: String,
    /// From what is called to where it begins.
    pub steps: Vec<StepExplained>,
    /// Requests that it comes near, the nearest first.
    pub near: Vec<NearExplained>,
}

/// A request that a call comes near.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NearExplained {
    /// What describes it.
    pub description: DescriptionExplained,
    /// What of it does not hold, by name: `module`, `kind`, `receiver`, `path`, `takes`, `address`, `needs`, `mention`,
    /// `receiverless`, `missing`, `near`, `place`.
    pub failed: String,
    /// The same as a sentence.
    pub text: String,
}

/// The JSON schema of [`ExplainReport`].
pub fn schema() -> Schema {
    SchemaSettings::default().for_serialize().into_generator().into_root_schema_for::<ExplainReport>()
}

/// The one document, with a newline at its end.
pub fn json(report: &ExplainReport) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}

impl ExplainReport {
    /// A report of a place of which nothing is said yet.
    fn of(path: String, cell: Option<u32>, line: u32, column: Option<u32>) -> Self {
        Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            path,
            cell,
            line,
            column,
            left_out: None,
            calls: Vec::new(),
            errors: Vec::new(),
        }
    }
}
