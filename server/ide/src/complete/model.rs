//! Names of models.

use lensai_calls::Operation;
use lensai_cost::{PricedCall, provider, rate_text, short_count};
use lensai_models::{Match, Model, Provider, Status, Unit, When, canonical_provider};
use lensai_text::Span;

use super::{Completion, CompletionKind};
use crate::hover;
use crate::text::{line_start, offset};
use crate::view::{Context, FileView};

/// A list that is longer helps nobody.
const MOST: usize = 120;

/// What can be written in a text literal that names a model; nothing in other literals.
pub(super) fn completions(view: &FileView<'_>, at: usize, span: Span, context: &Context<'_>) -> Vec<Completion> {
    let call = holder(view, span);
    if call.is_none() && !is_called_model(view, span) {
        return Vec::new();
    }
    let Some(begun) = view.text.get(span.start as usize..at) else { return Vec::new() };
    // Behind `openai/` a gateway's model of that provider is named.
    let (prefix, written) = begun.rsplit_once('/').map_or((None, begun), |(prefix, rest)| (Some(prefix), rest));
    let replace = Span::new(offset(at - written.len()), span.end.max(offset(at)));
    let operation = call.map(|call| call.call.operation);
    let sellers = sellers(view, call, prefix, context);
    let several = sellers.len() > 1;
    let mut found: Vec<(Ranked<'_>, Match<'_>)> = sellers
        .into_iter()
        .enumerate()
        .flat_map(|(order, seller)| models(seller, order, written, operation, context))
        .collect();
    found.sort_by(|(one, _), (other, _)| {
        (one.ends, one.order).cmp(&(other.ends, other.order)).then_with(|| one.model.order().cmp(&other.model.order()))
    });
    found.dedup_by(|(one, _), (other, _)| one.name == other.name);
    found.truncate(MOST);
    let entry = |(rank, (ranked, found)): (usize, (Ranked<'_>, Match<'_>))| Completion {
        label: ranked.name.to_owned(),
        kind: CompletionKind::Model,
        replace,
        insert: ranked.name.to_owned(),
        detail: detail(&found, ranked.status, several, context),
        documentation: Some(hover::card(&found, context)),
        deprecated: ranked.ends > 0,
        sort: format!("{rank:04}"),
    };
    found.into_iter().enumerate().map(entry).collect()
}

/// A model with what it is sorted by.
struct Ranked<'a> {
    name: &'a str,
    status: Status,
    /// 0 in service, 1 about to end, 2 ended.
    ends: u8,
    /// The seller's place in the list of sellers.
    order: usize,
    model: &'a Model,
}

/// The call whose model a literal is.
fn holder<'a>(view: &FileView<'a>, span: Span) -> Option<&'a PricedCall> {
    let holds = |place: Span| place.start <= span.start && span.end <= place.end;
    view.calls.iter().find(|priced| {
        let places = &priced.call.places;
        places.model.is_some_and(holds) || places.model_literal.is_some_and(holds)
    })
}

/// Whether what is written before a literal on its line says that it is a model: `model=`, `"model": `, `CHAT_MODEL = `.
fn is_called_model(view: &FileView<'_>, span: Span) -> bool {
    let start = line_start(view.text, span.start as usize);
    let Some(before) = view.text.get(start..span.start as usize) else { return false };
    let before = before.trim_end_matches(['"', '\'', '`', 'f', 'r', 'b', ' ', '\t']);
    let Some(before) = ["=", ":", "??", "||", "or", "?"].iter().find_map(|sign| before.strip_suffix(sign)) else {
        return false;
    };
    let from = before.rfind([',', '(', '{', ';']).map_or(0, |at| at + 1);
    before.get(from..).is_some_and(|name| name.to_ascii_lowercase().contains("model"))
}

/// Whose models are offered: those of whoever is paid for the call, else of the file's calls, else of the well-known vendors.
fn sellers<'a>(
    view: &FileView<'a>,
    call: Option<&PricedCall>,
    prefix: Option<&str>,
    context: &Context<'a>,
) -> Vec<&'a Provider> {
    let by_name = |name: &str| {
        let name = canonical_provider(name)?;
        context.catalogue.providers().find(|provider| provider.name() == name)
    };
    if let Some(prefix) = prefix {
        return by_name(prefix).into_iter().collect();
    }
    let of_call = |priced: &PricedCall| provider(&priced.call).and_then(by_name);
    if let Some(seller) = call.and_then(of_call) {
        let fallback = seller.fallback.iter().filter_map(|id| context.catalogue.provider(id));
        return std::iter::once(seller).chain(fallback).collect();
    }
    let mut sellers: Vec<&Provider> = Vec::new();
    for seller in view.calls.iter().filter_map(of_call) {
        if !sellers.iter().any(|known| known.id == seller.id) {
            sellers.push(seller);
        }
    }
    if sellers.is_empty() { context.catalogue.vendors().collect() } else { sellers }
}

/// The models of a seller whose names hold what is written, and that can do what is asked.
fn models<'a>(
    seller: &'a Provider,
    order: usize,
    written: &str,
    operation: Option<Operation>,
    context: &Context<'a>,
) -> Vec<(Ranked<'a>, Match<'a>)> {
    let written = written.to_ascii_lowercase();
    let named = seller.models.iter().filter_map(|model| Some((model, model.written_name()?)));
    let fitting = named.filter(|(model, name)| {
        name.to_ascii_lowercase().contains(&written) && can(model, operation) && context.allows(name)
    });
    let ranked = fitting.filter_map(|(model, name)| {
        let found = context.catalogue.lookup(Some(&seller.id), name).ok()?;
        let status = found.status(context.today);
        let ends = match status {
            Status::Active => 0,
            Status::Deprecated(_) => 1,
            Status::Retired(_) => 2,
        };
        Some((Ranked { name, status, ends, order, model }, found))
    });
    ranked.collect()
}

/// Whether a model may be asked for something, by what it is paid for.
fn can(model: &Model, operation: Option<Operation>) -> bool {
    let has = |unit| model.prices.iter().any(|row| row.rate.get(unit).is_some());
    match operation {
        Some(Operation::Chat | Operation::TextCompletion | Operation::Agent) => has(Unit::In) && has(Unit::Out),
        Some(Operation::Embeddings) => has(Unit::In) && !has(Unit::Out),
        _ => true,
    }
}

/// `$2.50 in · $10.00 out per 1M · 128k context`.
fn detail(found: &Match<'_>, status: Status, several: bool, context: &Context<'_>) -> String {
    let mut parts = Vec::new();
    match status {
        Status::Active => {}
        Status::Deprecated(None) => parts.push("deprecated".to_owned()),
        Status::Deprecated(Some(end)) => parts.push(format!("ends {end}")),
        Status::Retired(end) => parts.push(format!("retired {end}")),
    }
    if let Ok(price) = found.price(&When::on(context.today)) {
        let rate = |rate: Option<_>, name: &str| rate.map(|rate| format!("${} {name}", rate_text(rate)));
        let rates: Vec<String> =
            rate(price.input_per_mtok(), "in").into_iter().chain(rate(price.output_per_mtok(), "out")).collect();
        if !rates.is_empty() {
            parts.push(format!("{} per 1M", rates.join(" · ")));
        }
    }
    parts.extend(found.limits().context.map(|context| format!("{} context", short_count(context))));
    if several {
        parts.push(found.provider_name().to_owned());
    }
    parts.join(" · ")
}
