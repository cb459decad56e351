//! The rules of an estimate, each on a small call and a catalogue of its own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use lensai_calls::{
    Call, Definition, History, Media, MediaKind, Message, ModelOrigin, ModelRef, Operation, OutputLimit, Places,
    Prompt, PromptPart, StaticText, TurnLimit,
};
use lensai_config::Annotation;
use lensai_cost::{Assumptions, Estimate, estimate};
use lensai_models::Catalogue;
use lensai_text::Span;
use lensai_tokens::{Count, Method, Tokenizers};

const CATALOGUE: &str = r#"{"schema":1,"as_of":"2026-11-09","currency":"USD","source":[],"providers":[
{"id":"openai","models":[
 {"id":"gpt-4o","match":["gpt-4o"],"context":128000,"max_output":16384,"prices":[{"rate":{"in":"2.5","out":"10"}}]},
 {"id":"gpt-4o-mini","match":["gpt-4o-mini"],"max_output":100,"prices":[{"rate":{"in":"0.15","out":"0.6"}}]},
 {"id":"gpt-4-old","match":["gpt-4-old"],"deprecated":true,"retires":{"gpt-4-old":"2026-12-01"},"prices":[{"rate":{"in":"30","out":"60"}}]},
 {"id":"gpt-4-half","match":["gpt-4-half"],"prices":[{"rate":{"in":"30"}}]},
 {"id":"gpt-5-long","match":["gpt-5-long"],"prices":[{"rate":{"in":"1","out":"2"},"tiers":[{"above":150,"rate":{"in":"10"}}]}]},
 {"id":"text-embedding-3-small","match":["text-embedding-3-small"],"prices":[{"rate":{"in":"0.02"}}]},
 {"id":"gpt-image-1","match":["gpt-image-1"],"prices":[{"rate":{"in":"5"}}]},
 {"id":"whisper-1","match":["whisper-1"],"prices":[{"rate":{"audio_hours":"0.36"}}]}]},
{"id":"cohere","models":[
 {"id":"rerank-v3.5","match":["rerank-v3.5"],"prices":[{"rate":{"requests":"2"}}]}]}]}"#;

/// A chat with `gpt-4o` at `OpenAI` that says "hello world" (2 tokens, 7 around it).
fn chat() -> Call {
    Call {
        span: Span::new(0, 1),
        sdk: "openai".into(),
        operation: Operation::Chat,
        provider: Some("openai".into()),
        model: model(&["gpt-4o"], Some("gpt-4o")),
        function: "".into(),
        in_loop: false,
        prompt: says(&["hello world"]),
        max_output: None,
        output_limit: OutputLimit::NotSet,
        turns: TurnLimit::One,
        history: None,
        answers: None,
        notes: Vec::new(),
        annotation: Annotation::default(),
        places: Places::default(),
    }
}

fn model(candidates: &[&str], name: Option<&str>) -> ModelRef {
    ModelRef {
        name: name.map(Into::into),
        candidates: candidates.iter().map(|name| (*name).into()).collect(),
        origin: ModelOrigin::Caller,
        host: None,
    }
}

/// One message; a part in braces is a hole.
fn says(parts: &[&str]) -> Arc<Prompt> {
    let part = |part: &&str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(hole) => PromptPart::Hole(hole.into()),
        None => PromptPart::Text(StaticText { text: (*part).into(), path: None }),
    };
    let message = Message { role: Some("user".into()), parts: parts.iter().map(part).collect() };
    Arc::new(Prompt { messages: vec![message], ..Prompt::default() })
}

fn of(call: &Call) -> Estimate {
    let catalogue = Catalogue::parse(CATALOGUE, "builtin").unwrap();
    let date = "2026-11-21".parse().unwrap();
    estimate(call, &catalogue, &Tokenizers::new(), &Assumptions::default(), date)
}

/// Low, expected and high as decimal strings.
fn cost(estimate: &Estimate) -> [Option<String>; 3] {
    let cost = estimate.cost;
    [
        cost.map(|cost| cost.low.to_string()),
        cost.and_then(|cost| cost.expected).map(|usd| usd.to_string()),
        cost.and_then(|cost| cost.high).map(|usd| usd.to_string()),
    ]
}

fn usd(low: &str, expected: &str, high: &str) -> [Option<String>; 3] {
    [low, expected, high].map(|usd| (!usd.is_empty()).then(|| usd.to_owned()))
}

#[test]
fn a_known_prompt_and_a_limit_give_a_cost_with_both_bounds() {
    let estimate = of(&Call { max_output: Some(512), ..chat() });
    let input = estimate.input.clone().unwrap();
    assert_eq!((input.total, input.fixed, input.holes.len()), (Count::exact(9), Count::exact(9), 0));
    assert_eq!(estimate.output, Some(Count::new(0, 300, Some(512), Method::Assumed)));
    assert_eq!(cost(&estimate), usd("0.0000225", "0.0030225", "0.0051425"));
    let price = estimate.price.unwrap();
    assert_eq!((price.input_per_mtok.as_deref(), price.output_per_mtok.as_deref()), (Some("2.50"), Some("10.00")));
    assert_eq!((price.source.as_str(), price.as_of.to_string().as_str()), ("builtin", "2026-11-09"));
    assert_eq!((estimate.notes.as_slice(), estimate.unpriced), ([].as_slice(), None));
}

#[test]
fn a_hole_is_assumed_and_takes_the_upper_bound_away() {
    let estimate = of(&Call { prompt: says(&["hello world", "{text}"]), max_output: Some(512), ..chat() });
    let input = estimate.input.clone().unwrap();
    assert_eq!(input.total, Count::new(9, 209, None, Method::Assumed));
    assert_eq!((input.fixed, input.holes.as_slice()), (Count::exact(9), ["text".to_owned()].as_slice()));
    assert_eq!(cost(&estimate), usd("0.0000225", "0.0035225", ""));
    assert_eq!(estimate.notes, ["`text` is not known statically: 200 tokens assumed"]);
}

#[test]
fn what_a_comment_says_takes_the_place_of_assumptions_within_what_is_possible() {
    let says = |input, output, max_output| {
        let annotation = Annotation { calls: None, input, output };
        of(&Call { prompt: says(&["hello world", "{text}"]), max_output, annotation, ..chat() })
    };
    let plain = says(Some(1200), Some(50), None);
    assert_eq!(plain.input.unwrap().total, Count::new(9, 1200, None, Method::Assumed));
    assert_eq!(plain.output, Some(Count::new(0, 50, Some(16384), Method::Assumed)));
    assert_eq!(plain.notes, ["1200 input tokens, as a comment says", "50 output tokens, as a comment says"]);
    let impossible = says(Some(3), Some(900), Some(512));
    assert_eq!(impossible.input.unwrap().total, Count::new(9, 9, None, Method::Assumed));
    assert_eq!(impossible.output, Some(Count::new(0, 512, Some(512), Method::Assumed)));
    assert_eq!(
        impossible.notes,
        [
            "a comment says 3 input tokens, but the code alone sends 9",
            "a comment says 900 output tokens, but no more than 512 are possible"
        ]
    );
}

#[test]
fn holes_are_named_once_and_counted_as_often_as_they_are_sent() {
    let notes = |parts: &[&str]| of(&Call { prompt: says(parts), ..chat() }).notes;
    assert_eq!(notes(&["{a}", " or ", "{b}"]), ["`a` and `b` are not known statically: 200 tokens assumed for each"]);
    assert_eq!(notes(&["{…}"]), ["a part of the prompt is not known statically: 200 tokens assumed"]);
    assert_eq!(
        notes(&["{a}", " or ", "{a}"]),
        ["`a` is not known statically and is sent 2 times: 200 tokens assumed for each"]
    );
    let twice = of(&Call { prompt: says(&["{a}", "{a}"]), ..chat() }).input.unwrap();
    assert_eq!((twice.total.expected, twice.holes.len()), (407, 1));
}

#[test]
fn messages_that_are_not_known_are_a_hole() {
    for prompt in [Prompt::default(), Prompt { open: true, ..Prompt::default() }] {
        let estimate = of(&Call { prompt: Arc::new(prompt), ..chat() });
        let input = estimate.input.unwrap();
        assert_eq!((input.total, input.fixed), (Count::new(0, 200, None, Method::Assumed), Count::ZERO));
        assert_eq!(estimate.notes, ["`messages` is not known statically: 200 tokens assumed"]);
    }
    let open = Arc::new(Prompt { open: true, ..Prompt::clone(&says(&["hello world"])) });
    let input = of(&Call { prompt: open, ..chat() }).input.unwrap();
    assert_eq!((input.total.low, input.total.expected), (9, 209));
}

#[test]
fn what_is_no_text_is_a_hole_of_its_kind() {
    let image = || PromptPart::Media(Media { kind: MediaKind::Image, detail: None });
    let message = Message { role: Some("user".into()), parts: vec![image(), image()] };
    let prompt = Arc::new(Prompt { messages: vec![message], ..Prompt::default() });
    let estimate = of(&Call { prompt, ..chat() });
    assert_eq!(estimate.input.unwrap().holes, ["image"]);
    assert_eq!(estimate.notes, ["an image is not known statically and is sent 2 times: 200 tokens assumed for each"]);
}

#[test]
fn definitions_that_are_not_counted_are_said_and_leave_no_upper_bound() {
    let tool = Definition { name: Some("search".into()), parts: Vec::new() };
    let schema = Some(Definition { name: None, parts: Vec::new() });
    let prompt = Prompt { tools: vec![tool], open_tools: true, schema, ..Prompt::clone(&says(&["hello world"])) };
    let estimate = of(&Call { prompt: Arc::new(prompt), ..chat() });
    assert_eq!(estimate.input.unwrap().total, Count::new(9, 9, None, Method::Exact));
    assert_eq!(
        estimate.notes,
        ["sent too, and not counted: the definitions of its tools (`search`, …) and the schema of its answer (…)"]
    );
}

#[test]
fn texts_beside_each_other_are_one_text() {
    let input = of(&Call { prompt: says(&["hel", "lo wor", "ld"]), ..chat() }).input.unwrap();
    assert_eq!(input.fixed, Count::exact(9));
}

#[test]
fn an_answer_ends_at_its_limit_else_at_the_models() {
    let output = |max_output, answers, name: &str| {
        of(&Call { max_output, answers, model: model(&[name], Some(name)), ..chat() }).output.unwrap()
    };
    let assumed = |expected, high| Count::new(0, expected, high, Method::Assumed);
    assert_eq!(output(Some(50), None, "gpt-4o"), assumed(50, Some(50)));
    assert_eq!(output(None, None, "gpt-4o"), assumed(300, Some(16_384)));
    assert_eq!(output(None, None, "gpt-4o-mini"), assumed(100, Some(100)));
    assert_eq!(output(None, None, "gpt-4-half"), assumed(300, None));
    assert_eq!(output(Some(50), Some(3), "gpt-4o"), assumed(150, Some(150)));
}

#[test]
fn embeddings_are_exact_when_their_texts_are() {
    let embed = |parts: &[&str]| {
        let model = model(&["text-embedding-3-small"], Some("text-embedding-3-small"));
        of(&Call { operation: Operation::Embeddings, model, prompt: says(parts), ..chat() })
    };
    let known = embed(&["hello world"]);
    assert_eq!((known.input.clone().unwrap().total, known.output), (Count::exact(2), Some(Count::ZERO)));
    assert_eq!(cost(&known), usd("0.00000004", "0.00000004", "0.00000004"));
    assert_eq!(known.price.unwrap().output_per_mtok, None);
    assert_eq!(cost(&embed(&["{text}"])), usd("0", "0.000004", ""));
}

#[test]
fn a_model_that_is_not_known_has_tokens_and_no_cost() {
    let estimate = of(&Call { model: model(&[], None), provider: None, ..chat() });
    let input = estimate.input.clone().unwrap();
    assert!(input.total.expected > 2 && input.total.method == Method::Assumed, "{input:?}");
    assert_eq!((estimate.cost, estimate.price.clone()), (None, None));
    assert_eq!(estimate.notes, ["the model is not known: it comes from the caller"]);
    assert_eq!(estimate.unpriced.as_deref(), Some("the model is not known: it comes from the caller"));
}

#[test]
fn a_name_that_is_not_listed_has_no_price_and_near_names() {
    let estimate = of(&Call { model: model(&["gpt-4o-mni"], Some("gpt-4o-mni")), ..chat() });
    assert_eq!(estimate.cost, None);
    assert_eq!(
        estimate.unpriced.as_deref(),
        Some("`gpt-4o-mni` is not in the price list of openai; did you mean `gpt-4o-mini`?")
    );
}

#[test]
fn a_missing_part_of_a_price_is_no_price() {
    let estimate = of(&Call { model: model(&["gpt-4-half"], Some("gpt-4-half")), ..chat() });
    assert_eq!((estimate.cost, estimate.price), (None, None));
    assert_eq!(estimate.unpriced.as_deref(), Some("`gpt-4-half` has no rate for output"));
}

#[test]
fn none_of_several_models_is_made_the_default() {
    let several = |names: &[&str], name| of(&Call { model: model(names, name), max_output: Some(100), ..chat() });
    let none = several(&["gpt-4o", "gpt-4o-mini"], None);
    assert_eq!(cost(&none), usd("0.00000135", "", "0.0010225"));
    assert_eq!(none.unpriced.as_deref(), Some("the model is one of `gpt-4o` or `gpt-4o-mini`"));
    assert_eq!(none.price, None);
    let default = several(&["gpt-4o", "gpt-4o-mini"], Some("gpt-4o"));
    assert_eq!(cost(&default), usd("0.00000135", "0.0010225", "0.0010225"));
    assert_eq!(default.notes, ["the model may also be `gpt-4o-mini`: the bounds are over all of them"]);
    let unknown = several(&["gpt-4o", "no-such-model"], None);
    assert_eq!((unknown.cost, unknown.price), (None, None));
    let beside = several(&["gpt-4o", "no-such-model"], Some("gpt-4o"));
    assert_eq!(cost(&beside), usd("0.0000225", "0.0010225", "0.0010225"));
    assert!(beside.notes[0].contains("bounds are those of `gpt-4o` alone"), "{:?}", beside.notes);
    let only = several(&["gpt-4o"], None);
    assert_eq!(cost(&only), usd("0.0000225", "0.0010225", "0.0010225"));
}

#[test]
fn long_inputs_are_priced_by_their_own_tier_at_each_point() {
    let estimate = of(&Call {
        model: model(&["gpt-5-long"], Some("gpt-5-long")),
        prompt: says(&["hello world", "{text}"]),
        max_output: Some(0),
        ..chat()
    });
    // 8 tokens at $1, 208 at $10.
    assert_eq!(cost(&estimate), usd("0.000008", "0.00208", ""));
}

#[test]
fn an_agent_sends_all_that_was_said_before_with_each_turn() {
    let agent = |turns| Call { operation: Operation::Agent, turns, max_output: Some(10), ..chat() };
    // 9 tokens sent, 10 answered; then each turn sends 10 + 200 more: 9 + 219 + 429 = 657, and 3 × 10.
    let open = of(&agent(TurnLimit::Open));
    assert_eq!(open.input.clone().unwrap().total, Count::new(9, 657, None, Method::Assumed));
    assert_eq!(open.input.clone().unwrap().fixed, Count::exact(9));
    assert_eq!(open.output, Some(Count::new(0, 30, None, Method::Assumed)));
    assert_eq!(cost(&open), usd("0.0000225", "0.0019425", ""));
    let turns = open.turns.unwrap();
    assert_eq!((turns.expected, turns.limit, turns.at_limit), (3, None, None));
    assert_eq!(open.notes, ["any number of turns: 3 are assumed, each with all that was said before"]);
    // All ten: 10 × 9 + 45 × 210 = 9,540 tokens sent, 100 answered.
    let ten = of(&agent(TurnLimit::AtMost(10)));
    assert_eq!(cost(&ten), cost(&open));
    assert_eq!(ten.output, Some(Count::new(0, 30, Some(100), Method::Assumed)));
    let turns = ten.turns.unwrap();
    assert_eq!((turns.expected, turns.limit), (3, Some(10)));
    assert_eq!(turns.at_limit.map(|usd| usd.to_string()).as_deref(), Some("0.02485"));
    assert_eq!(ten.notes, ["up to 10 turns: 3 are assumed, each with all that was said before; 10 cost $0.025"]);
    // 9 + 219 = 228 tokens sent, 20 answered.
    let two = of(&agent(TurnLimit::AtMost(2)));
    assert_eq!(cost(&two), usd("0.0000225", "0.00077", ""));
    assert_eq!(two.notes, ["up to 2 turns: 2 are assumed, each with all that was said before"]);
    // More turns than can be added up have no sum.
    let many = of(&agent(TurnLimit::AtMost(u64::MAX)));
    assert_eq!((cost(&many), many.turns.unwrap().at_limit), (cost(&open), None));
}

#[test]
fn one_turn_is_one_request_whatever_is_asked_for() {
    let agent = of(&Call { operation: Operation::Agent, max_output: Some(10), ..chat() });
    let chat = of(&Call { max_output: Some(10), ..chat() });
    assert_eq!((cost(&agent), agent.turns, agent.notes), (cost(&chat), None, Vec::new()));
}

#[test]
fn long_contexts_have_their_rates_by_each_turn_and_not_by_all() {
    let name = "gpt-5-long";
    let turns = TurnLimit::Open;
    let estimate = of(&Call { model: model(&[name], Some(name)), max_output: Some(10), turns, ..chat() });
    // 8 at $1, 218 and 428 at $10, 3 × 10 at $2.
    assert_eq!(cost(&estimate), usd("0.000008", "0.006528", ""));
}

#[test]
fn what_a_comment_says_of_an_agent_is_said_of_all_its_turns() {
    let annotation = Annotation { calls: None, input: Some(1200), output: Some(300) };
    let estimate = of(&Call { turns: TurnLimit::AtMost(10), annotation, ..chat() });
    assert_eq!(cost(&estimate), usd("0.0000225", "0.006", ""));
    assert_eq!(estimate.notes[0], "up to 10 turns: what a comment says is taken for all of them");
}

/// A chat of at most 100 tokens an answer that is said to grow with each turn, by a message of a part beside the answer.
fn conversation(turns: Option<u64>, beside: &str) -> Call {
    let beside = says(&[beside]).messages.clone();
    let history = Some(History { grows_at: Span::new(0, 1), turns, beside });
    Call { history, max_output: Some(100), ..chat() }
}

#[test]
fn a_conversation_costs_more_each_turn() {
    let reckoned = |call: &Call| {
        let history = of(call).history.unwrap();
        let cost = history.cost.unwrap();
        let cost = [cost.first, cost.last, cost.total].map(|usd| usd.to_string());
        (history.turns, history.is_assumed, history.first_input, history.last_input, cost)
    };
    let usd = |first: &str, last: &str, total: &str| [first, last, total].map(str::to_owned);
    // 9 tokens sent, then 100 + 200 more each time: 9 + 309 + 609 + 909 = 1,836, and 4 × 100 answered.
    let four = conversation(Some(4), "{text}");
    assert_eq!(reckoned(&four), (4, false, 9, 909, usd("0.0010225", "0.0032725", "0.00859")));
    // 100 + 2 more each time: 10 × 9 + 45 × 102 = 4,680, and 10 × 100 answered.
    let ten = conversation(None, "hello world");
    assert_eq!(reckoned(&ten), (10, true, 9, 927, usd("0.0010225", "0.0033175", "0.0217")));
    // The estimate itself is that of one turn.
    assert_eq!(cost(&of(&four)), cost(&of(&Call { max_output: Some(100), ..chat() })));
    // Each turn is a run of two requests: 9 + 309 sent in the first; 309 + 609 in the second, as the answer of the run and the question
    // are there too. 318 + 918 = 1,236 tokens, and 4 × 100 answered.
    let agent = Call { turns: TurnLimit::AtMost(2), ..conversation(Some(2), "{text}") };
    assert_eq!(reckoned(&agent), (2, false, 9, 309, usd("0.002795", "0.004295", "0.00709")));
    assert_eq!(of(&conversation(Some(1), "{text}")).history, None);
}

#[test]
fn a_conversation_with_a_model_without_a_price_still_has_its_tokens() {
    let call = Call { model: model(&["no-such-model"], Some("no-such-model")), ..conversation(Some(3), "{text}") };
    let history = of(&call).history.unwrap();
    assert_eq!((history.first_input + 600, history.cost), (history.last_input, None));
}

#[test]
fn the_turns_of_one_of_several_models_are_those_of_all() {
    let several = Call { model: model(&["gpt-4o", "gpt-4o-mini"], None), turns: TurnLimit::AtMost(4), ..chat() };
    let estimate = of(&Call { max_output: Some(10), ..several });
    let turns = estimate.turns.unwrap();
    assert_eq!((turns.expected, turns.limit, turns.at_limit), (3, Some(4), None));
    assert_eq!(cost(&estimate), usd("0.00000135", "", ""));
}

#[test]
fn what_is_not_paid_by_tokens_says_so() {
    for (operation, name, start) in [
        (Operation::Image, "gpt-image-1", "an image is paid by"),
        (Operation::Speech, "tts-1", "speech is paid by"),
        (Operation::Transcription, "whisper-1", "a transcription is paid by"),
    ] {
        let estimate = of(&Call { operation, model: model(&[name], Some(name)), ..chat() });
        assert_eq!((estimate.cost, estimate.output), (None, None), "{operation:?}");
        assert!(estimate.unpriced.unwrap().starts_with(start), "{operation:?}");
        assert_eq!(estimate.input.is_none(), operation == Operation::Transcription);
        assert_eq!(estimate.notes.len(), 1);
    }
}

#[test]
fn a_rerank_is_paid_by_the_search() {
    let estimate = of(&Call {
        operation: Operation::Rerank,
        provider: Some("cohere".into()),
        model: model(&["rerank-v3.5"], Some("rerank-v3.5")),
        prompt: Arc::default(),
        ..chat()
    });
    assert_eq!(cost(&estimate), usd("0.002", "0.002", ""));
}

#[test]
fn the_end_of_a_model_and_an_unknown_host_are_noted() {
    let old = of(&Call { model: model(&["gpt-4-old"], Some("gpt-4-old")), ..chat() });
    assert_eq!(old.notes, ["`gpt-4-old` is deprecated and retires on 2026-12-01"]);
    assert!(old.cost.is_some());
    assert_eq!(old.status.map(lensai_models::Status::as_str), Some("deprecated"));
    let mut own = chat();
    own.provider = None;
    own.model.host = Some("llm.corp.example".into());
    let own = of(&own);
    assert_eq!(own.notes, ["requests go to `llm.corp.example`: priced as at openai"]);
    let mut local = chat();
    local.provider = None;
    local.model.host = Some("localhost:11434".into());
    assert_eq!(of(&local).cost, None);
}

#[test]
fn notes_of_the_call_come_first_and_none_twice() {
    let note = "the model is not known: it comes from the caller".to_owned();
    let first = "the tools are not counted".to_owned();
    let estimate = of(&Call { model: model(&[], None), notes: vec![first.clone(), note.clone()], ..chat() });
    assert_eq!(estimate.notes, [first, note]);
}
