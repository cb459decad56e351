//! Another model: the one that was meant, a newer one, a cheaper one.

use lensai_calls::Constant;
use lensai_checks::Code;
use lensai_cost::provider;
use lensai_models::{Match, Model, Money, Usage, When};
use lensai_text::Span;
use rust_decimal::Decimal;

use super::{CodeAction, ConstantEdit, Edit, Subject};
use crate::markdown::clean;
use crate::text::unquoted;

pub(super) fn actions(subject: &Subject<'_>) -> Vec<CodeAction> {
    let Some((name, place)) = written(subject) else { return Vec::new() };
    let there = match place {
        Place::Here(_) => String::new(),
        Place::There(constant) => format!(" in `{}`", clean(&constant.path)),
    };
    let catalogue = subject.context.catalogue;
    let replace = |model: &str, title: String, fixes: Vec<usize>| {
        let prefix = name.rsplit_once('/').map(|(prefix, _)| format!("{prefix}/")).unwrap_or_default();
        let text = format!("{prefix}{model}");
        match place {
            Place::Here(span) => Subject::action(title, Edit { span, text }, fixes),
            Place::There(constant) => {
                let edit = ConstantEdit { constant: constant.clone(), old: name.to_owned(), new: text };
                Subject::elsewhere(format!("{title}{there}"), edit, fixes)
            }
        }
    };
    let Some(found) = catalogue.find(provider(&subject.priced.call), name) else {
        let fixes = subject.with_codes(&[Code::UnknownModel]);
        if fixes.is_empty() {
            return Vec::new();
        }
        let near = catalogue.near(name, 3).into_iter().filter(|near| subject.context.allows(near));
        let mut actions: Vec<CodeAction> =
            near.map(|near| replace(near, format!("Use `{}`", clean(near)), fixes.clone())).collect();
        if let Some(first) = actions.first_mut() {
            first.preferred = true;
        }
        return actions;
    };
    let usage = usage(subject);
    let mut actions = Vec::new();
    let allowed = |model: &&Model| model.written_name().is_some_and(|name| subject.context.allows(name));
    let newer = found.newer(subject.context.today).filter(allowed);
    if let Some((model, name)) = newer.and_then(|model| Some((model, model.written_name()?))) {
        let fixes = subject.with_codes(&[Code::DeprecatedModel, Code::RetiredModel]);
        let mends = !fixes.is_empty();
        let change = cost(subject, model, &usage).zip(own_cost(&found, subject, &usage));
        let change = change.map(|(new, old)| format!(" ({})", compared(new, old))).unwrap_or_default();
        let mut action = replace(name, format!("Use the newer `{}`{change}", clean(name)), fixes);
        action.preferred = mends;
        actions.push(action);
    }
    if let Some((model, new)) = found.cheaper(&usage, subject.context.today).filter(|(model, _)| allowed(model))
        && let (Some(name), Some(old)) = (model.written_name(), own_cost(&found, subject, &usage))
        && newer.is_none_or(|newer| newer.id != model.id)
    {
        actions.push(replace(name, format!("Use the cheaper `{}` ({})", clean(name), compared(new, old)), Vec::new()));
    }
    actions
}

/// Where the name of a model is written.
#[derive(Clone, Copy)]
enum Place<'a> {
    /// Between these quotes of this text.
    Here(Span),
    /// In a constant of another file.
    There(&'a Constant),
}

/// The name of the model and where it is written, if it is written as one literal.
fn written<'a>(subject: &Subject<'a>) -> Option<(&'a str, Place<'a>)> {
    let call = &subject.priced.call;
    if let (Some(constant), [only]) = (&call.places.model_constant, call.model.candidates.as_slice()) {
        return Some((only.as_str(), Place::There(constant)));
    }
    let literal = call.places.model_literal?;
    let inner = unquoted(subject.view.text, literal)?;
    let name = subject.view.slice(inner)?;
    call.model.candidates.iter().any(|candidate| candidate == name).then_some((name, Place::Here(inner)))
}

/// What the call is expected to take.
fn usage(subject: &Subject<'_>) -> Usage {
    let estimate = &subject.priced.estimate;
    let input = estimate.input.as_ref().map_or(0, |input| input.total.expected);
    Usage::new(input.max(1), estimate.output.map_or(0, |output| output.expected))
}

fn own_cost(found: &Match<'_>, subject: &Subject<'_>, usage: &Usage) -> Option<Money> {
    let price = found.price(&When::on(subject.context.today)).ok()?;
    price.cost(usage).ok().map(|cost| cost.total())
}

fn cost(subject: &Subject<'_>, model: &Model, usage: &Usage) -> Option<Money> {
    let found = subject.context.catalogue.find(provider(&subject.priced.call), model.written_name()?)?;
    own_cost(&found, subject, usage)
}

/// `94 % cheaper`, `about as expensive`, `2.5 times as expensive`.
fn compared(new: Money, old: Money) -> String {
    let ratio = new.usd().checked_div(old.usd()).unwrap_or(Decimal::ONE);
    if ratio < Decimal::new(95, 2) {
        let saved = ((Decimal::ONE - ratio) * Decimal::ONE_HUNDRED).round();
        format!("{saved} % cheaper")
    } else if ratio <= Decimal::new(105, 2) {
        "at about the same price".to_owned()
    } else if ratio < Decimal::TWO {
        let more = ((ratio - Decimal::ONE) * Decimal::ONE_HUNDRED).round();
        format!("{more} % more expensive")
    } else {
        format!("{} times the price", ratio.round_sf(2).unwrap_or(ratio).normalize())
    }
}
