//! The arguments, as clap reads them.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

/// Finds every LLM call in Python and TypeScript code and says what it costs.
#[derive(Debug, Parser)]
#[command(name = "lensai", version, propagate_version = true, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options of every subcommand.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Global {
    /// Use this file instead of the nearest lensai.toml
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) config: Option<PathBuf>,
    /// Use the built-in defaults only
    #[arg(long, global = true)]
    pub(super) no_config: bool,
    /// When to colour the output
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub(super) color: Color,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say on stderr what was done
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(super) verbose: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List every call with its cost
    Scan(ScanArgs),
    /// Explain step by step how a call was found and priced, or why it was not
    Explain(ExplainArgs),
    /// Count tokens
    Tokens(TokensArgs),
    /// Look into the price catalogue
    Prices(PricesArgs),
    /// Print a JSON schema
    Schema(SchemaArgs),
    /// Serve an editor over stdin and stdout
    Lsp(LspArgs),
}

#[derive(Debug, Args)]
pub(super) struct ScanArgs {
    /// Files and folders; the current folder without any.
    ///
    /// Paths in the results are relative to the folder that is given, to the folder of the file that is given, or to the current
    /// folder when there are several.
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// How to write the results
    #[arg(long, value_enum, default_value_t = ScanFormat::Table)]
    pub(super) format: ScanFormat,
    /// List calls of your own functions that lead to LLM calls too; json and csv always have them
    #[arg(long)]
    pub(super) wrappers: bool,
    /// Parse every file, not only those that can hold a call
    #[arg(long)]
    pub(super) parse_all: bool,
    /// Number of threads; one per core without
    #[arg(long, value_name = "N", default_value_t = 0, hide = true)]
    pub(super) threads: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ScanFormat {
    Table,
    Json,
    Csv,
    Markdown,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// Anywhere in a call; in a notebook with the cell before the line.
    ///
    /// A line with several calls explains each of them, a column picks one. Lines and columns count from 1; cells of a notebook
    /// count from 0, and lines within them, as `scan` shows them.
    #[arg(value_name = "FILE:LINE[:COLUMN]")]
    pub(super) place: String,
    /// How to write the explanation
    #[arg(long, value_enum, default_value_t = TextFormat::Text)]
    pub(super) format: TextFormat,
}

#[derive(Debug, Args)]
pub(super) struct TokensArgs {
    /// Files, or `-` for stdin; stdin without any
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Count as this model does; `o200k_base` without
    #[arg(long, value_name = "MODEL", conflicts_with = "compare")]
    pub(super) model: Option<String>,
    /// Count as each of these models does
    #[arg(long, value_name = "MODEL,MODEL", value_delimiter = ',')]
    pub(super) compare: Vec<String>,
    /// How to write the results
    #[arg(long, value_enum, default_value_t = TextFormat::Text)]
    pub(super) format: TextFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TextFormat {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(super) struct PricesArgs {
    #[command(subcommand)]
    pub(super) command: PricesCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum PricesCommand {
    /// Show what a model costs, its limits and its status
    Show(ShowArgs),
    /// List the models of the catalogue
    List(ListArgs),
}

#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The model, as code names it
    pub(super) model: String,
    /// Who is paid, where the name does not say it
    #[arg(long, value_name = "NAME")]
    pub(super) provider: Option<String>,
    /// How to write the results
    #[arg(long, value_enum, default_value_t = TextFormat::Text)]
    pub(super) format: TextFormat,
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Only of this provider
    #[arg(long, value_name = "NAME")]
    pub(super) provider: Option<String>,
    /// Only models whose name holds this
    pub(super) filter: Option<String>,
    /// How to write the results
    #[arg(long, value_enum, default_value_t = TextFormat::Text)]
    pub(super) format: TextFormat,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Of what
    #[arg(value_enum)]
    pub(super) of: SchemaOf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaOf {
    /// lensai.toml
    Config,
    /// `scan --format json`
    Scan,
    /// `explain --format json`
    Explain,
}

#[derive(Debug, Args)]
pub(super) struct LspArgs {
    /// Write the log to this file, not to stderr
    #[arg(long, value_name = "FILE")]
    pub(super) log_file: Option<PathBuf>,
    /// How much is logged; the editor can change it
    #[arg(long, value_name = "LEVEL", value_enum)]
    pub(super) log_level: Option<LogLevel>,
    /// As many editors pass; it is the only way
    #[arg(long)]
    pub(super) stdio: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}
