//! Makes `server/models/data/catalogue.json` from two public data sets, both MIT:
//!
//! * `genai-prices` (Pydantic): prices, match rules, context windows;
//! * `litellm` (`BerriAI`), its `model_prices_and_context_window_backup.json`: most output tokens, ends of service, and context
//!   windows that the former lacks, all by exact name.
//!
//! The wheel of `genai-prices` ships its data as Python. With the package installed, this writes it as JSON:
//!
//! ```sh
//! python -c '
//! import json, datetime, decimal
//! from genai_prices.data import providers
//! def plain(x):
//!     if isinstance(x, decimal.Decimal): return format(x, "f")
//!     if isinstance(x, (datetime.date, datetime.time)): return x.isoformat()
//!     if isinstance(x, list): return [plain(i) for i in x]
//!     if isinstance(x, dict): return {k: plain(v) for k, v in x.items()}
//!     if hasattr(x, "__dict__"):
//!         return {k.rstrip("_"): plain(v) for k, v in vars(x).items() if v is not None and k != "extractors"}
//!     return x
//! print(json.dumps(plain(providers)))' > genai.json
//! ```
//!
//! The same input gives the same output, byte for byte. What the two data sets price differently by more than 1 % is listed
//! on standard error, for a human to look at.

mod conflicts;
mod genai;
mod litellm;
mod rules;
mod write;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;
use lensai_models::schema::{File, SCHEMA, Source};
use lensai_models::{Catalogue, Date};

/// Converts price data to the catalogue that is embedded in `lensai-models`.
#[derive(Debug, Parser)]
struct Arguments {
    /// The data of genai-prices as JSON.
    #[arg(long)]
    genai: PathBuf,
    /// The version of genai-prices.
    #[arg(long)]
    genai_version: String,
    /// litellm's table of models.
    #[arg(long)]
    litellm: PathBuf,
    /// The version of litellm.
    #[arg(long)]
    litellm_version: String,
    /// The last day whose prices the data knows: the latest day in it that is not in the future.
    #[arg(long)]
    as_of: Date,
    /// Where to write the catalogue.
    #[arg(long)]
    output: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let read = |path: &PathBuf| fs::read_to_string(path).with_context(|| format!("reading {}", path.display()));
    let genai: Vec<genai::Provider> = serde_json::from_str(&read(&arguments.genai)?).context("genai-prices")?;
    let litellm = litellm::Table::parse(&read(&arguments.litellm)?).context("litellm")?;

    let mut providers = genai.into_iter().map(genai::Provider::convert).collect::<Result<Vec<_>>>()?;
    providers.sort_by(|a, b| a.id.cmp(&b.id));
    litellm.add_fine_tuned(&mut providers);
    for provider in &mut providers {
        litellm.complete(provider);
    }
    for conflict in conflicts::find(&providers, &litellm, arguments.as_of) {
        eprintln!("{conflict}");
    }
    let source =
        |id: &str, version: &str| Source { id: id.to_owned(), version: version.to_owned(), license: "MIT".to_owned() };
    let mut file = File {
        schema: SCHEMA,
        as_of: arguments.as_of,
        currency: "USD".to_owned(),
        source: vec![source("genai-prices", &arguments.genai_version), source("litellm", &arguments.litellm_version)],
        providers,
    };
    let catalogue = Catalogue::parse(&write::text(&file)?, "converted")?;
    litellm.retire(&catalogue, &mut file.providers);
    fs::write(&arguments.output, write::text(&file)?).with_context(|| format!("writing {}", arguments.output.display()))
}
