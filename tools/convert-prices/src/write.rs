//! The catalogue's text: JSON with one model a line, so that a difference between two versions can be read.

use anyhow::Result;
use lensai_models::schema::{File, Provider};

pub(crate) fn text(file: &File) -> Result<String> {
    let mut out = String::from("{\n");
    out += &format!("\"schema\":{},\n", file.schema);
    out += &format!("\"as_of\":{},\n", serde_json::to_string(&file.as_of)?);
    out += &format!("\"currency\":{},\n", serde_json::to_string(&file.currency)?);
    out += &format!("\"source\":{},\n", serde_json::to_string(&file.source)?);
    let providers = file.providers.iter().map(provider).collect::<Result<Vec<_>>>()?;
    out += &format!("\"providers\":[\n{}\n]\n}}\n", providers.join(",\n"));
    Ok(out)
}

fn provider(provider: &Provider) -> Result<String> {
    let fallback = match provider.fallback.as_slice() {
        [] => String::new(),
        fallback => format!("\"fallback\":{},", serde_json::to_string(fallback)?),
    };
    let models = provider.models.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    Ok(format!("{{\"id\":{},{fallback}\"models\":[\n{}\n]}}", serde_json::to_string(&provider.id)?, models.join(",\n")))
}
