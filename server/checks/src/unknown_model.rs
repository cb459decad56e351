//! `unknown-model`: no price list has a model of this name.

use lensai_models::NoPrice;

use crate::check::{Candidate, Fault, Place, Subject};
use crate::code::Code;

/// Whose names are chosen by those who deploy a model: a name that is in no list is no fault there.
const DEPLOYED: [&str; 4] = ["azure.ai.openai", "azure.ai.inference", "aws.bedrock", "gcp.vertex_ai"];

pub(crate) fn check(subject: &Subject<'_>) -> Option<Fault> {
    let unknown: Vec<&str> =
        subject.models.iter().filter(|model| is_unknown(subject, model)).map(|model| model.name).collect();
    let first = unknown.first()?;
    let names = Subject::listed(&unknown);
    let verb = if unknown.len() > 1 { "are" } else { "is" };
    let list = match subject.models.iter().find(|model| model.name == *first).map(|model| &model.found) {
        Some(Err(NoPrice::NotListed { provider, .. })) => format!("in the price list of {provider}"),
        _ => "in any price list".to_owned(),
    };
    let near: Vec<&str> = match unknown.as_slice() {
        [only] => subject.catalogue.near(only, 2),
        _ => Vec::new(),
    };
    // A name that is listed elsewhere is not misspelt.
    let is_listed = near.iter().any(|near| near.eq_ignore_ascii_case(first));
    let meant = match near.as_slice() {
        [one] if !is_listed => format!("; did you mean `{one}`?"),
        [one, other, ..] if !is_listed => format!("; did you mean `{one}` or `{other}`?"),
        _ => String::new(),
    };
    let day = subject.catalogue.as_of();
    Some(Fault {
        code: Code::UnknownModel,
        place: Place::Model,
        message: format!("{names} {verb} not {list} ({day}){meant}"),
    })
}

/// Whether a name should be in a list and is not.
pub(crate) fn is_unknown(subject: &Subject<'_>, model: &Candidate<'_>) -> bool {
    let is_deployed = subject.call.provider.as_deref().is_some_and(|provider| DEPLOYED.contains(&provider));
    // Whoever runs a host names its models.
    let is_own = is_deployed || subject.call.model.host.is_some();
    !is_own && matches!(model.found, Err(NoPrice::UnknownModel { .. } | NoPrice::NotListed { .. }))
}
