//! `unknown-model`: no price list has a model of this name.
//!
//! A warning where the name looks like a slip of the hand. Otherwise the model may be newer than the list: good to know, no more.

use lensai_calls::Operation;
use lensai_config::Level;
use lensai_models::NoPrice;

use crate::check::{Candidate, Fault, Place, Subject};
use crate::code::Code;

/// Whose names are chosen by those who deploy a model: a name that is in no list is no fault there.
const DEPLOYED: [&str; 4] = ["azure.ai.openai", "azure.ai.inference", "aws.bedrock", "gcp.vertex_ai"];

pub(crate) fn check(subject: &Subject<'_>) -> Option<Fault> {
    let unknown: Vec<&Candidate<'_>> = subject.models.iter().filter(|model| is_unknown(subject, model)).collect();
    let names: Vec<&str> = unknown.iter().map(|model| model.name).collect();
    let list = match &unknown.first()?.found {
        Err(NoPrice::NotListed { provider, .. }) => format!("in the price list of {provider}"),
        _ => "in any price list".to_owned(),
    };
    let slip = names.iter().find_map(|name| subject.catalogue.slip(name));
    let meant = slip.map(|slip| format!("; did you mean `{slip}`?")).unwrap_or_default();
    let verb = if names.len() > 1 { "are" } else { "is" };
    let day = subject.catalogue.as_of();
    Some(Fault {
        code: Code::UnknownModel,
        level: slip.is_none().then_some(Level::Info),
        place: Place::Model,
        message: format!("{} {verb} not {list} ({day}){meant}", Subject::listed(&names)),
        related: None,
    })
}

/// Whether a name should be in a list and is in none.
pub(crate) fn is_unknown(subject: &Subject<'_>, model: &Candidate<'_>) -> bool {
    if !matches!(model.found, Err(NoPrice::UnknownModel { .. } | NoPrice::NotListed { .. })) {
        return false;
    }
    // The lists are those of tokens: models for images and sound are in few of them.
    let is_listed_kind =
        !matches!(subject.call.operation, Operation::Image | Operation::Speech | Operation::Transcription);
    let is_deployed = subject.call.provider.as_deref().is_some_and(|provider| DEPLOYED.contains(&provider));
    // Whoever runs a host names its models.
    let is_own = is_deployed || subject.call.model.host.is_some();
    // A name that others list was written on purpose: the client may well be told elsewhere whom to ask.
    let is_elsewhere = || {
        let anywhere = subject.catalogue.lookup(None, model.name);
        matches!(anywhere, Ok(_) | Err(NoPrice::Ambiguous { .. }))
    };
    is_listed_kind && !is_own && !is_elsewhere()
}
