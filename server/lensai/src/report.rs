//! Results for people and programs: one model of a scan, and a file for each form it is written in.

mod build;
pub mod csv;
pub mod explain;
mod grid;
pub mod json;
pub mod markdown;
mod reach;
mod routes;
pub mod table;
mod text;

pub use json::ScanReport;
pub use text::Palette;

/// What a view needs beside the report itself.
#[derive(Debug, Clone)]
pub struct View {
    /// Columns that a line may have.
    pub width: usize,
    /// Whether and how it is coloured.
    pub palette: Palette,
    /// Whether calls of the project's own functions that lead to requests are listed too.
    pub wrappers: bool,
    /// Files that were looked at.
    pub files: usize,
    /// Tokens taken for each text that is only known at run time.
    pub tokens_per_hole: u64,
    /// How many days ago the prices were those of the day; none when that does not matter.
    pub price_age_days: Option<i64>,
    /// Tokens taken for each answer.
    pub output_tokens: u64,
    /// Turns taken for each run of an agent.
    pub agent_turns: u64,
}
