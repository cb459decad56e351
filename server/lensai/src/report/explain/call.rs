//! The sections of a request: how it was found, model, prompt, limits, provider.

use lensai_calls::explain::{By, Found, Slot};
use lensai_calls::reach::{of_site, requests, ways_to, wrapper_sites};
use lensai_calls::{Call, Directive, OutputLimit, Prompt, PromptPart, TurnLimit, module_name};
use lensai_config::Directive as Said;
use lensai_cost::{grouped, provider};
use lensai_semantics::trail::{Spot, text_places};
use lensai_semantics::{SourceFile, qualified_name};
use lensai_text::Span;
use lensai_tokens::TokenCounter as _;

use super::build::{Builder, description};
use super::price;
use super::{
    CatalogueExplained, CommentExplained, Evidence, FoundExplained, LeadsToExplained, LedToExplained, LimitsExplained,
    MessageExplained, ModelExplained, PartExplained, PromptExplained, ProviderExplained, ReachedFromExplained,
    RequestExplained, StepExplained, said,
};
use crate::engine::pricing::Estimates;
use crate::report::json::CostUsd;
use crate::report::reach::cost;
use crate::report::text::clean;

/// So much of a text of a prompt is shown, in characters.
const LONGEST: usize = 160;
/// More parts of a prompt than these are not shown one by one.
const MAX_PARTS: usize = 200;

impl Builder<'_> {
    pub(super) fn request(
        &mut self,
        file: SourceFile,
        found: &Found,
        call: &Call,
        comments: &[Directive],
    ) -> RequestExplained {
        let explainer = self.explainer;
        let estimate = explainer.pricing.estimate(call, &explainer.assumptions, explainer.date);
        let slot = |name: &str| found.slots.iter().find(|slot| slot.name == name);
        RequestExplained {
            sdk: call.sdk.to_string(),
            operation: call.operation.as_str().to_owned(),
            function: self.qualified(file, &call.function),
            found: self.found(found),
            model: self.model(call, slot("model")),
            prompt: self.prompt(call),
            limits: self.limits(call, &found.slots),
            provider: ProviderExplained {
                name: call.provider.as_ref().map(ToString::to_string),
                host: call.model.host.as_ref().map(ToString::to_string),
                slot: slot("base_url").filter(|slot| slot.source.is_some()).map(|slot| self.slot(slot)),
            },
            cost: price::cost(call, &estimate, explainer),
            comments: self.comments(file, call, comments),
            reached_from: self.reached_from(file, call.span),
            notes: estimate.notes,
        }
    }

    /// The name of a function with its module; that of the module where there is none.
    fn qualified(&self, file: SourceFile, function: &str) -> String {
        let module = module_name(&(self.explainer.shown)(file.path(self.explainer.database)));
        if function.is_empty() { module } else { format!("{module}.{function}") }
    }

    fn reached_from(&mut self, file: SourceFile, span: Span) -> Vec<ReachedFromExplained> {
        let database = self.explainer.database;
        let ways = ways_to(database, file, span).into_iter().filter_map(|way| {
            let mut steps: Vec<(&str, String, Spot)> = Vec::new();
            if let Some(entry) = &way.entry {
                let handler = qualified_name(database, entry.handler.file, entry.handler.item);
                let text = format!("`{handler}` handles it");
                steps.push(("registered", text, Spot { file: entry.file, span: entry.span }));
            }
            steps.extend(way.through.iter().map(|call| {
                let name = qualified_name(database, call.function.file, call.function.item);
                ("called", format!("`{name}` is called"), Spot { file: call.file, span: call.span })
            }));
            let name = if let Some(entry) = &way.entry {
                entry.name.to_string()
            } else {
                let around = way.through.first()?.within;
                self.qualified(around.file, &qualified_name(database, around.file, around.item))
            };
            let steps = (0..).zip(steps).map(|(at, (kind, text, spot)): (usize, _)| StepExplained {
                after: at.checked_sub(1),
                kind: kind.to_owned(),
                text,
                place: Some(self.place(spot)),
            });
            Some(ReachedFromExplained {
                kind: way.entry.as_ref().map(|entry| entry.kind.as_str().to_owned()),
                name,
                framework: way.entry.as_ref().map(|entry| entry.framework.to_string()),
                times: way.times,
                steps: steps.collect(),
            })
        });
        ways.collect()
    }

    /// What a call of a function of the project leads to, if that are requests.
    pub(super) fn leads_to(&mut self, file: SourceFile, span: Span) -> Option<LeadsToExplained> {
        let explainer = self.explainer;
        let database = explainer.database;
        let site = wrapper_sites(database, file).into_iter().find(|site| site.span == span)?;
        let steps = of_site(database, site);
        let estimates =
            Estimates::new(|call: &Call| explainer.pricing.estimate(call, &explainer.assumptions, explainer.date));
        let sum = estimates.sum(&steps);
        let requests = requests(&steps).into_iter().map(|reached| {
            let (request, estimate) = (reached.request, estimates.of(reached.request));
            LedToExplained {
                place: self.place(Spot { file: request.file, span: request.call.span }),
                sdk: request.call.sdk.to_string(),
                operation: request.call.operation.as_str().to_owned(),
                model: request.call.model.name.as_ref().map(ToString::to_string),
                times: reached.times,
                cost_usd: estimate.cost.map(CostUsd::from),
            }
        });
        let requests: Vec<LedToExplained> = requests.collect();
        (!steps.is_empty()).then(|| LeadsToExplained {
            cost_usd: cost(&sum),
            is_open: sum.is_open,
            unpriced: sum.unpriced,
            requests,
        })
    }

    fn found(&mut self, found: &Found) -> FoundExplained {
        FoundExplained {
            description: description(&found.description),
            by: match found.by {
                By::Function { .. } => Evidence::Function,
                By::Object { .. } => Evidence::Object,
                By::Address { .. } => Evidence::Address,
                By::Names { .. } => Evidence::Names,
            },
            text: said::by(&found.by, &found.description.pattern, found.is_handed_on),
            handed_on: found.is_handed_on,
            steps: self.steps(&found.receiver),
            others: found.others.iter().map(description).collect(),
        }
    }

    fn model(&mut self, call: &Call, slot: Option<&Slot>) -> ModelExplained {
        let unknown = call.model.candidates.is_empty().then(|| {
            let note = call.notes.iter().find_map(|note| note.strip_prefix("the model is not known: "));
            note.unwrap_or("its value is not known statically").to_owned()
        });
        let catalogue = call.model.candidates.iter().map(|name| self.in_catalogue(call, name));
        let catalogue = catalogue.collect();
        ModelExplained {
            name: call.model.name.as_ref().map(ToString::to_string),
            models: call.model.candidates.iter().map(ToString::to_string).collect(),
            origin: call.model.origin.as_str().to_owned(),
            unknown,
            slot: slot.map(|slot| self.slot(slot)),
            catalogue,
        }
    }

    fn in_catalogue(&self, call: &Call, name: &str) -> CatalogueExplained {
        let nothing = CatalogueExplained {
            name: name.to_owned(),
            form: None,
            rule: None,
            model: None,
            provider: None,
            missing: None,
        };
        match self.explainer.pricing.catalogue.lookup(provider(call), name) {
            Ok(found) => {
                let fit = found.fitting();
                CatalogueExplained {
                    form: fit.map(|(form, _)| form.to_owned()),
                    rule: fit.map(|(_, rule)| rule.to_owned()),
                    model: Some(found.model.id.clone()),
                    provider: Some(found.provider_name().to_owned()),
                    ..nothing
                }
            }
            Err(reason) => CatalogueExplained { missing: Some(reason.to_string()), ..nothing },
        }
    }

    fn prompt(&mut self, call: &Call) -> PromptExplained {
        let Prompt { messages, open, tools, open_tools, schema } = call.prompt.as_ref();
        let name = call.model.name.as_ref().or(call.model.candidates.first());
        let counter = self.explainer.pricing.tokenizers.for_model(name.map_or("", |name| name.as_str()));
        let mut left = MAX_PARTS;
        let mut shown = Vec::new();
        for message in messages {
            let mut parts = Vec::new();
            for part in message.parts.iter().take(left) {
                parts.push(match part {
                    PromptPart::Text(text) => PartExplained {
                        kind: "text".to_owned(),
                        text: beginning(&text.text),
                        tokens: Some(counter.count(&text.text).expected),
                        place: text.path.as_ref().and_then(|path| self.of_text(path, &text.text)),
                    },
                    PromptPart::Hole(name) => PartExplained {
                        kind: "hole".to_owned(),
                        text: name.to_string(),
                        tokens: Some(self.explainer.assumptions.tokens_per_hole),
                        place: None,
                    },
                    PromptPart::Media(media) => PartExplained {
                        kind: "media".to_owned(),
                        text: media.kind.as_str().to_owned(),
                        tokens: None,
                        place: None,
                    },
                });
            }
            left = left.saturating_sub(parts.len().max(1));
            shown.push(MessageExplained { role: message.role.as_ref().map(ToString::to_string), parts });
            if left == 0 {
                break;
            }
        }
        let named =
            |name: &Option<smol_str::SmolStr>| name.as_ref().map_or_else(|| "…".to_owned(), ToString::to_string);
        let mut tools: Vec<String> = tools.iter().map(|tool| named(&tool.name)).collect();
        tools.extend(open_tools.then(|| "…".to_owned()));
        PromptExplained {
            messages: shown,
            open: *open || messages.is_empty(),
            tools,
            schema: schema.as_ref().map(|schema| named(&schema.name)),
        }
    }

    /// Where a text of a prompt stands; where it is put together of several, only the file is known.
    fn of_text(&mut self, path: &str, text: &str) -> Option<super::PlaceExplained> {
        let file = self.explainer.database.file(path)?;
        let spans = text_places(self.explainer.database, file, text);
        let span = spans.first().copied().or_else(|| {
            // The literal part of a template, as it is written.
            let paged = self.file(file);
            let line = text.lines().map(str::trim).find(|line| line.len() > 2)?;
            let start = u32::try_from(paged.text.find(line)?).ok()?;
            Some(Span::new(start, start + u32::try_from(line.len()).ok()?))
        })?;
        Some(self.place(Spot { file, span }))
    }

    fn limits(&mut self, call: &Call, slots: &[Slot]) -> LimitsExplained {
        let catalogue = &self.explainer.pricing.catalogue;
        let name = call.model.name.as_ref();
        let own = name.and_then(|name| catalogue.lookup(provider(call), name).ok()?.limits().max_output);
        let of_model = own.map(|own| format!("the model itself gives up to {}", grouped(own)));
        let text = match (call.output_limit, call.max_output) {
            (OutputLimit::NotOffered, _) => "requests of this kind have no limit to set".to_owned(),
            (OutputLimit::NotSet, _) => {
                let model = of_model.map(|text| format!("; {text}")).unwrap_or_default();
                format!("the code sets no limit{model}")
            }
            (OutputLimit::Set, Some(limit)) => format!("at most {} tokens an answer", grouped(limit)),
            (OutputLimit::Set, None) => "the code sets a limit whose value is not known".to_owned(),
        };
        let turns = match call.turns {
            TurnLimit::AtMost(turns) => Some(turns),
            TurnLimit::One | TurnLimit::Open => None,
        };
        let text = turns.map_or(text.clone(), |turns| format!("{text}; up to {} turns", grouped(turns)));
        let slots = slots.iter().filter(|slot| match slot.name.as_str() {
            "max_output" | "n" => true,
            "turns" => call.turns != TurnLimit::One,
            _ => false,
        });
        let slots = slots.filter(|slot| slot.source.is_some()).map(|slot| self.slot(slot)).collect();
        LimitsExplained {
            max_output_tokens: call.max_output,
            model_max_output_tokens: own,
            answers: call.answers,
            max_turns: turns,
            text,
            slots,
        }
    }

    fn comments(&mut self, file: SourceFile, call: &Call, comments: &[Directive]) -> Vec<CommentExplained> {
        let database = self.explainer.database;
        let spans: Vec<Span> = lensai_calls::calls(database, file).iter().map(|call| call.span).collect();
        let at = spans.iter().position(|span| *span == call.span);
        let about = comments.iter().filter(|comment| at.is_some_and(|at| comment.about(&spans).contains(&at)));
        let shown = about.map(|comment| {
            let does = match &comment.said {
                Ok(Said::Annotation(_)) => "takes the place of what is assumed".to_owned(),
                Ok(Said::Ignore(ignore)) if ignore.codes.is_empty() => "no finding is shown for it".to_owned(),
                Ok(Said::Ignore(ignore)) => format!("not shown for it: {}", ignore.codes.join(", ")),
                Err(fault) => format!("not understood: {fault}"),
            };
            let place = self.place(Spot { file, span: comment.span });
            CommentExplained { text: comment.text.to_string(), does, place: Some(place) }
        });
        shown.collect()
    }
}

/// The beginning of a text, in one line.
fn beginning(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown: String = clean(&one_line).chars().take(LONGEST).collect();
    if shown.chars().count() < one_line.chars().count() {
        shown.push('…');
    }
    shown
}
