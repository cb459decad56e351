//! The tables of `lensai.toml`.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::date::Date;
use crate::money::Usd;
use crate::traffic::Rate;

/// The settings of a workspace: budgets, traffic, policies, prompts. Never endpoints or credentials.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "lensai.toml")]
pub struct Workspace {
    /// What the workspace is.
    pub project: Project,
    /// What is taken for numbers that the code does not say.
    pub assumptions: Assumptions,
    /// How often a route is called, by method and path: `"POST /api/chat" = "40k/month"`; or a function, by its name as `scan` has
    /// it: `"app.summarize.Summarizer.run" = "12/minute"`.
    pub traffic: BTreeMap<String, Rate>,
    /// What may be spent.
    pub budget: Budget,
    /// Which models may be used.
    pub policy: Policy,
    /// Where the prompts of the workspace are.
    pub prompts: PromptSettings,
    /// How loud each finding is, by its code: `unbounded-output = "off"`. What is not named is as it is by default.
    pub findings: BTreeMap<String, Level>,
    /// Descriptions of SDKs and gateways of your own, each as a file of `queries/sdks` has it.
    ///
    /// They are only accepted here. `lensai-calls` reads them from the same text, with their places.
    #[schemars(schema_with = "tables")]
    pub sdk: Vec<toml::Table>,
}

/// Any tables: the keys of a description are checked where descriptions are read.
fn tables(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": { "type": "object" } })
}

/// What the workspace is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Project {
    /// Its name in reports.
    pub name: Option<String>,
}

/// What is taken for numbers that the code does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Assumptions {
    /// Tokens of each text that is only known at run time.
    pub tokens_per_hole: u64,
    /// Tokens of an answer, as far as its limit allows.
    pub output_tokens: u64,
    /// Turns of an agent's run, as far as its limit allows: requests that it sends one after the other, each with all that was said
    /// before.
    #[serde(deserialize_with = "at_least_one")]
    #[schemars(range(min = 1))]
    pub agent_turns: u64,
    /// Turns of a conversation whose messages grow with each of them, where the code does not say how many there are.
    #[serde(deserialize_with = "at_least_one")]
    #[schemars(range(min = 1))]
    pub history_turns: u64,
}

/// Nothing has less than one turn.
fn at_least_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let turns = u64::deserialize(deserializer)?;
    if turns == 0 { Err(D::Error::custom("at least 1 turn is needed")) } else { Ok(turns) }
}

impl Default for Assumptions {
    fn default() -> Self {
        Self { tokens_per_hole: 200, output_tokens: 300, agent_turns: 3, history_turns: 10 }
    }
}

/// What may be spent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Budget {
    /// US dollars a month for the whole workspace.
    pub monthly_usd: Option<Usd>,
    /// US dollars for one call.
    pub per_call_usd: Option<Usd>,
    /// At which percentages of a budget there is a finding.
    pub thresholds: Vec<u32>,
    /// A budget that is spent is an error, not a warning.
    pub hard_stop: bool,
    /// Budgets of models.
    pub model: Vec<MatchedBudget>,
    /// Budgets of routes.
    pub route: Vec<MatchedBudget>,
    /// A window in which a spent budget is only a warning.
    #[serde(rename = "override")]
    pub overridden: Option<Override>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            monthly_usd: None,
            per_call_usd: None,
            thresholds: vec![50, 75, 90, 100],
            hard_stop: true,
            model: Vec::new(),
            route: Vec::new(),
            overridden: None,
        }
    }
}

/// A budget for what a pattern matches.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatchedBudget {
    /// A glob over models (`gpt-5*`) or routes (`POST /api/*`).
    #[serde(rename = "match")]
    pub matches: String,
    /// US dollars a month.
    #[serde(default)]
    pub monthly_usd: Option<Usd>,
    /// US dollars for one call.
    #[serde(default)]
    pub per_call_usd: Option<Usd>,
}

/// A window in which a spent budget is only a warning.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The last day on which it holds.
    pub until: Date,
    /// Why it is there.
    pub reason: String,
    /// Who granted it.
    #[serde(default)]
    pub by: Option<String>,
}

/// Which models may be used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Globs over models: others are not allowed. Empty: all are.
    pub allow: Vec<String>,
    /// Globs over models that are not allowed.
    pub deny: Vec<String>,
}

/// How loud a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not shown at all.
    Off,
    /// Shown discreetly.
    Hint,
    /// Good to know.
    Info,
    /// Probably wrong.
    Warning,
    /// Certainly wrong.
    Error,
}

/// Where the prompts of the workspace are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PromptSettings {
    /// A folder of the workspace, relative to `lensai.toml`.
    pub directory: Option<RelativeFolder>,
}

/// A folder inside the workspace, with `/`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct RelativeFolder(String);

impl RelativeFolder {
    /// The path, relative to the file that names it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RelativeFolder {
    type Error = String;

    /// Refuses what leads out of the workspace: its file is not trusted to point anywhere else.
    fn try_from(path: String) -> Result<Self, String> {
        let drive = path.as_bytes().get(1) == Some(&b':');
        if path.starts_with(['/', '\\', '~']) || drive || path.split(['/', '\\']).any(|segment| segment == "..") {
            return Err(format!("`{path}` leads out of the workspace: a folder inside it is needed"));
        }
        Ok(Self(path))
    }
}
