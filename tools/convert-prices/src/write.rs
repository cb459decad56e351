//! The catalogue's text: JSON with one model a line, so that a difference between two versions can be read.

use anyhow::Result;
use lensai_models::schema::{File, Provider};
use serde_json::to_string;

pub(crate) fn text(file: &File) -> Result<String> {
    let providers = file.providers.iter().map(provider).collect::<Result<Vec<_>>>()?;
    let lines = [
        "{".to_owned(),
        format!("\"schema\":{},", file.schema),
        format!("\"as_of\":{},", to_string(&file.as_of)?),
        format!("\"currency\":{},", to_string(&file.currency)?),
        format!("\"source\":{},", to_string(&file.source)?),
        format!("\"providers\":[\n{}\n]", providers.join(",\n")),
        "}\n".to_owned(),
    ];
    Ok(lines.join("\n"))
}

fn provider(provider: &Provider) -> Result<String> {
    let fallback = match provider.fallback.as_slice() {
        [] => String::new(),
        fallback => format!("\"fallback\":{},", to_string(fallback)?),
    };
    let models = provider.models.iter().map(to_string).collect::<Result<Vec<_>, _>>()?;
    Ok(format!("{{\"id\":{},{fallback}\"models\":[\n{}\n]}}", to_string(&provider.id)?, models.join(",\n")))
}
