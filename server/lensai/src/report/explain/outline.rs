//! The report as lines, before they are laid out for a terminal or as Markdown.

use lensai_cost::{about, grouped};

use crate::report::text::counted;

use super::{
    CallExplained, CostExplained, ExplainReport, LeadsToExplained, LimitsExplained, ModelExplained, NotFound,
    PlaceExplained, PromptExplained, RequestExplained, SlotExplained, StepExplained, said,
};

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// A call, and what it is in short.
    Call { place: String, callee: String, text: String },
    /// A section, with its answer.
    Section { name: &'static str, text: String },
    /// A step with its place and the code there.
    Step { depth: usize, place: String, text: String, code: String, is_unknown: bool },
    /// A sentence.
    Plain(String),
}

/// The lines of a report.
pub(super) fn lines(report: &ExplainReport) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(reason) = &report.left_out {
        lines.push(Line::Plain(format!("A scan of the project does not look at `{}`: {reason}.", report.path)));
    }
    for error in &report.errors {
        lines.push(Line::Plain(format!("`{}`: {}.", error.path, error.message)));
    }
    for call in &report.calls {
        of_call(report, call, &mut lines);
    }
    if report.calls.is_empty() && report.left_out.is_none() {
        let cell = report.cell.map(|cell| format!("{cell}:")).unwrap_or_default();
        let column = report.column.map(|column| format!(":{column}")).unwrap_or_default();
        lines.push(Line::Plain(format!("No call stands at `{}:{cell}{}{column}`.", report.path, report.line)));
    }
    lines
}

fn of_call(report: &ExplainReport, call: &CallExplained, lines: &mut Vec<Line>) {
    let at = call.range.start;
    let in_cell = report.cell.map(|cell| format!("[{cell}]")).unwrap_or_default();
    let place = format!("{}{in_cell}:{}:{}", report.path, at.line, at.column);
    let text = match (&call.request, &call.not_found) {
        (Some(request), _) => headline(request),
        _ => match &call.leads_to {
            Some(leads_to) => {
                let known = leads_to.cost_usd.and_then(|cost| cost.expected);
                let more = if leads_to.is_open || leads_to.unpriced > 0 { " + ?" } else { "" };
                let known =
                    known.map_or_else(|| "cost not known".to_owned(), |cost| format!("{}{more} a call", about(cost)));
                let requests = counted(leads_to.requests.len(), "request");
                format!("calls a function that leads to {requests}, {known}")
            }
            None => "no request that is described".to_owned(),
        },
    };
    lines.push(Line::Call { place, callee: call.callee.clone(), text });
    if let Some(request) = &call.request {
        of_request(request, lines);
    }
    match (&call.leads_to, &call.not_found) {
        (Some(leads_to), _) => of_function(leads_to, call.not_found.as_ref(), lines),
        (None, Some(not_found)) => of_miss(not_found, lines),
        (None, None) => {}
    }
}

fn headline(request: &RequestExplained) -> String {
    let operation = request.operation.replace('_', " ");
    let cost = request.cost.cost_usd.and_then(|cost| cost.expected);
    let cost = cost.map_or_else(|| "cost not known".to_owned(), |cost| format!("{} a call", about(cost)));
    format!("{operation} by {}, {cost}", request.sdk)
}

fn of_request(request: &RequestExplained, lines: &mut Vec<Line>) {
    let found = &request.found;
    lines.push(Line::Section { name: "Found", text: found.text.clone() });
    let of = &found.description;
    lines.push(Line::Plain(format!("Described by `[[{}]]` {} of {}.", of.table, of.number, of.file)));
    steps(&found.steps, lines);
    for other in &found.others {
        lines.push(Line::Plain(format!("It may also be `{}` of {}.", other.pattern, other.file)));
    }
    model(&request.model, lines);
    prompt(&request.prompt, request.cost.assumed_tokens_per_hole, lines);
    limits(&request.limits, lines);
    provider(request, lines);
    cost(&request.cost, lines);
    for note in &request.notes {
        lines.push(Line::Plain(format!("Note: {note}.")));
    }
    if !request.comments.is_empty() {
        lines.push(Line::Section { name: "Comments", text: String::new() });
        for comment in &request.comments {
            lines.push(step(
                0,
                comment.place.as_ref(),
                &format!("`lensai: {}`: {}", comment.text, comment.does),
                false,
            ));
        }
    }
    if !request.reached_from.is_empty() {
        let is_entry = request.reached_from.iter().any(|way| way.kind.is_some());
        let text =
            if is_entry { String::new() } else { "calls of the function; no entry is known to lead here".to_owned() };
        lines.push(Line::Section { name: "Reached from", text });
        for way in &request.reached_from {
            let framework = way.framework.as_ref().map(|framework| format!(" of {framework}")).unwrap_or_default();
            // Of a call that no entry leads to nobody asks how often it is made.
            let times = if way.kind.is_some() { how_often(way.times, " each") } else { String::new() };
            lines.push(Line::Plain(format!("`{}`{framework}{times}", way.name)));
            steps(&way.steps, lines);
        }
    }
}

fn model(model: &ModelExplained, lines: &mut Vec<Line>) {
    let names = model.models.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
    let text = match (&model.name, &model.unknown) {
        (Some(name), _) if names.len() > 1 => format!("`{name}` by default; {} in all", names.join(", ")),
        (Some(name), _) => format!("`{name}` ({})", model.origin.replace('_', " ")),
        (None, Some(unknown)) => format!("not known: {unknown}"),
        (None, None) => format!("one of {}", names.join(", ")),
    };
    lines.push(Line::Section { name: "Model", text });
    match &model.slot {
        Some(slot) => of_slot(slot, lines),
        None => lines.push(Line::Plain("Requests of this kind name no model.".to_owned())),
    }
    for entry in &model.catalogue {
        let line = match (&entry.model, &entry.missing) {
            (Some(id), _) => {
                let provider = entry.provider.as_deref().unwrap_or("?");
                let rule = match (&entry.form, &entry.rule) {
                    (Some(form), Some(rule)) if *form != entry.name => {
                        format!(", as `{form}`, which the rule `{rule}` fits")
                    }
                    (_, Some(rule)) if *rule != entry.name => format!(", by the rule `{rule}`"),
                    _ => String::new(),
                };
                format!("The catalogue has `{}` as `{id}` of {provider}{rule}.", entry.name)
            }
            (None, Some(missing)) => format!("The catalogue has no price for `{}`: {missing}.", entry.name),
            (None, None) => continue,
        };
        lines.push(Line::Plain(line));
    }
}

fn of_slot(slot: &SlotExplained, lines: &mut Vec<Line>) {
    if slot.source.is_none() {
        let sources = slot.sources.iter().map(|source| format!("`{source}`")).collect::<Vec<_>>().join(", ");
        lines.push(Line::Plain(format!("Nothing gives it: the description asks {sources}.")));
    }
    steps(&slot.steps, lines);
}

fn prompt(prompt: &PromptExplained, per_hole: u64, lines: &mut Vec<Line>) {
    let parts = || prompt.messages.iter().flat_map(|message| &message.parts);
    let known: u64 = parts().filter(|part| part.kind == "text").filter_map(|part| part.tokens).sum();
    let holes = parts().filter(|part| part.kind == "hole").count();
    let open = if prompt.open { ", and more that is not known" } else { "" };
    let holes = match holes {
        0 => String::new(),
        1 => format!(", 1 part only known at run time ({per_hole} tokens assumed)"),
        many => format!(", {many} parts only known at run time ({per_hole} tokens assumed for each)"),
    };
    lines.push(Line::Section { name: "Prompt", text: format!("{} tokens in the code{holes}{open}", grouped(known)) });
    for message in &prompt.messages {
        let role = message.role.as_deref().unwrap_or("?");
        for part in &message.parts {
            let text = match (part.kind.as_str(), part.tokens) {
                ("text", Some(tokens)) => format!("{role}: {} tokens, “{}”", grouped(tokens), part.text),
                ("hole", Some(tokens)) => format!("{role}: `{}`, {} tokens assumed", part.text, grouped(tokens)),
                _ => format!("{role}: {}", part.text),
            };
            // The text itself is there to be read.
            let place = part.place.as_ref().map(|place| PlaceExplained { code: String::new(), ..place.clone() });
            lines.push(step(0, place.as_ref(), &text, false));
        }
    }
    if !prompt.tools.is_empty() {
        lines.push(Line::Plain(format!("Tools are sent too: {}.", prompt.tools.join(", "))));
    }
    if let Some(schema) = &prompt.schema {
        lines.push(Line::Plain(format!("A schema of the answer is sent too: {schema}.")));
    }
}

fn limits(limits: &LimitsExplained, lines: &mut Vec<Line>) {
    lines.push(Line::Section { name: "Limits", text: limits.text.clone() });
    for slot in &limits.slots {
        of_slot(slot, lines);
    }
    if let Some(answers) = limits.answers {
        lines.push(Line::Plain(format!("{answers} answers are asked for.")));
    }
}

fn provider(request: &RequestExplained, lines: &mut Vec<Line>) {
    let provider = &request.provider;
    let text = match (&provider.name, &provider.host) {
        (Some(name), _) => name.clone(),
        (None, Some(host)) => format!("not known: requests go to `{host}`"),
        (None, None) => "not known".to_owned(),
    };
    lines.push(Line::Section { name: "Provider", text });
    if let Some(slot) = &provider.slot {
        of_slot(slot, lines);
    }
}

fn cost(cost: &CostExplained, lines: &mut Vec<Line>) {
    let sum = |money: Option<lensai_models::Money>| money.map_or_else(|| "?".to_owned(), |money| format!("${money}"));
    let text = match (&cost.cost_usd, &cost.unpriced) {
        (Some(usd), _) => {
            format!("low {}, expected {}, high {}", sum(Some(usd.low)), sum(usd.expected), sum(usd.high))
        }
        (None, Some(reason)) => format!("not known: {reason}"),
        (None, None) => "not known".to_owned(),
    };
    lines.push(Line::Section { name: "Cost", text });
    for bound in ["low", "expected", "high"] {
        let parts: Vec<String> = cost
            .parts
            .iter()
            .filter(|part| part.bound == bound)
            .map(|part| {
                format!("{} {} tokens × ${} / 1M = ${}", part.part, grouped(part.tokens), part.usd_per_mtok, part.usd)
            })
            .collect();
        if !parts.is_empty() {
            lines.push(step(0, None, &format!("{bound}: {}", parts.join(" + ")), false));
        }
    }
    if let (Some(source), Some(as_of)) = (&cost.source, &cost.as_of) {
        lines.push(Line::Plain(format!("Rates of the {source} catalogue of {as_of}.")));
    }
}

fn of_function(leads_to: &LeadsToExplained, called: Option<&NotFound>, lines: &mut Vec<Line>) {
    if let Some(called) = called {
        lines.push(Line::Section { name: "Calls", text: format!("`{}`", called.callee) });
        steps(&called.steps, lines);
    }
    lines.push(Line::Section { name: "Leads to", text: String::new() });
    for request in &leads_to.requests {
        let model = request.model.as_deref().unwrap_or("?");
        let cost = request.cost_usd.and_then(|cost| cost.expected).map_or_else(|| "?".to_owned(), about);
        let times = how_often(request.times, "");
        let text = format!("{} by {}, `{model}`, {cost}{times}", request.operation.replace('_', " "), request.sdk);
        lines.push(step(0, Some(&request.place), &text, false));
    }
}

/// How often something is sent, after what is; once goes without saying.
fn how_often(times: Option<u64>, each: &str) -> String {
    match times {
        Some(1) => String::new(),
        Some(times) => format!(", {times} times{each}"),
        None => ", an unknown number of times".to_owned(),
    }
}

fn of_miss(miss: &NotFound, lines: &mut Vec<Line>) {
    lines.push(Line::Section { name: "Not found", text: miss.text.clone() });
    steps(&miss.steps, lines);
    if miss.near.is_empty() {
        lines.push(Line::Plain("No description has a request of that name.".to_owned()));
    }
    for near in &miss.near {
        let of = &near.description;
        lines.push(Line::Plain(format!(
            "No `{}` of {} (`[[{}]]` {}): {}.",
            of.pattern, of.file, of.table, of.number, near.text
        )));
    }
}

/// Steps, with alternatives further in.
fn steps(steps: &[StepExplained], lines: &mut Vec<Line>) {
    // Depth first: what follows a step stands below it.
    let mut waiting: Vec<(usize, usize)> = roots(steps, None).into_iter().rev().map(|at| (at, 0)).collect();
    let mut shown = 0;
    while let Some((at, depth)) = waiting.pop() {
        let Some(this) = steps.get(at).filter(|_| shown < steps.len()) else { continue };
        shown += 1;
        let next = roots(steps, Some(at));
        // A value that stands in the same line as what gets it needs no line of its own.
        let is_same_line = this.kind == "literal"
            && this.after.is_some_and(|after| {
                steps.get(after).is_some_and(|before| same_line(before, this)) && roots(steps, Some(after)).len() == 1
            });
        let is_noted = matches!(this.kind.as_str(), "call" | "definition" | "collection") && !next.is_empty();
        if !(is_same_line || is_noted) {
            let is_unknown = said::is_unknown(&this.kind, &this.text);
            // The code of the line before says it already.
            let before = this.after.and_then(|after| steps.get(after));
            let is_repeated = before.is_some_and(|before| same_line(before, this));
            let place = this.place.clone().map(|place| {
                let code = if is_repeated { String::new() } else { place.code };
                PlaceExplained { code, ..place }
            });
            lines.push(step(depth, place.as_ref(), &this.text, is_unknown));
        }
        let inner = if next.len() > 1 { depth + 1 } else { depth };
        waiting.extend(next.into_iter().rev().map(|at| (at, inner)));
    }
}

fn roots(steps: &[StepExplained], after: Option<usize>) -> Vec<usize> {
    (0..).zip(steps).filter(|(_, step)| step.after == after).map(|(at, _)| at).collect()
}

fn same_line(one: &StepExplained, other: &StepExplained) -> bool {
    match (&one.place, &other.place) {
        (Some(one), Some(other)) => {
            one.path == other.path && one.cell == other.cell && one.range.start.line == other.range.start.line
        }
        _ => false,
    }
}

fn step(depth: usize, place: Option<&PlaceExplained>, text: &str, is_unknown: bool) -> Line {
    let code = place.map(|place| place.code.clone()).unwrap_or_default();
    let place = place.map(|place| {
        let cell = place.cell.map(|cell| format!("[{cell}]")).unwrap_or_default();
        format!("{}{cell}:{}:{}", place.path, place.range.start.line, place.range.start.column)
    });
    Line::Step { depth, place: place.unwrap_or_default(), text: text.to_owned(), code, is_unknown }
}
