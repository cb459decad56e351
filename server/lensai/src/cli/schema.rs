//! `lensai schema`: JSON schemas.

use super::Exit;
use super::args::SchemaOf;
use super::console;
use crate::report::{explain, json};

pub(super) fn run(of: SchemaOf) -> anyhow::Result<Exit> {
    let schema = match of {
        SchemaOf::Config => lensai_config::json_schema(),
        SchemaOf::Scan => json::schema(),
        SchemaOf::Explain => explain::schema(),
    };
    let mut text = serde_json::to_string_pretty(&schema)?;
    text.push('\n');
    console::results(text.as_bytes())?;
    Ok(Exit::Fine)
}
