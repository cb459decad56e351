//! What the forms of a report look like, on a scan made by hand.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;

use lensai::engine::{LocatedCall, Position, Scan, ScanError};
use lensai::report::{Palette, ScanReport, View, csv, json, markdown, table};
use lensai_calls::{
    Call, Message, ModelOrigin, ModelRef, Operation, OutputLimit, Places, Prompt, PromptPart, StaticText, TurnLimit,
};
use lensai_config::Annotation;
use lensai_cost::{Assumptions, estimate};
use lensai_models::Catalogue;
use lensai_syntax::Language;
use lensai_text::Span;
use lensai_tokens::Tokenizers;

const CATALOGUE: &str = r#"{"schema":1,"as_of":"2026-11-09","currency":"USD","source":[],"providers":[
{"id":"openai","models":[
 {"id":"gpt-4o","match":["gpt-4o"],"max_output":16384,"prices":[{"rate":{"in":"2.5","out":"10"}}]},
 {"id":"gpt-4o-mini","match":["gpt-4o-mini"],"max_output":16384,"prices":[{"rate":{"in":"0.15","out":"0.6"}}]},
 {"id":"text-embedding-3-small","match":["text-embedding-3-small"],"prices":[{"rate":{"in":"0.02"}}]}]},
{"id":"anthropic","models":[
 {"id":"claude-sonnet-4-5","match":["claude-sonnet-4-5*"],"max_output":64000,"prices":[{"rate":{"in":"3","out":"15"}}]}]}]}"#;

/// A call by what matters to a view: a part of the prompt in braces is a hole.
fn call(path: &str, line: u32, models: &[&str], prompt: &[&str]) -> LocatedCall {
    let part = |part: &&str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(hole) => PromptPart::Hole(hole.into()),
        None => PromptPart::Text(StaticText { text: (*part).into(), path: None }),
    };
    let parts = prompt.iter().map(part).collect();
    LocatedCall {
        path: path.to_owned(),
        language: Language::of_path(path).unwrap(),
        cell: None,
        start: Position { line, column: 9 },
        end: Position { line: line + 7, column: 6 },
        function: "app.summarize.Summarizer.run".to_owned(),
        call: Call {
            span: Span::new(0, 1),
            sdk: "openai".into(),
            operation: Operation::Chat,
            provider: Some("openai".into()),
            model: ModelRef {
                name: models.first().filter(|_| models.len() == 1).map(|name| (*name).into()),
                candidates: models.iter().map(|name| (*name).into()).collect(),
                origin: if models.is_empty() { ModelOrigin::Caller } else { ModelOrigin::Constant },
                host: None,
            },
            function: "Summarizer.run".into(),
            in_loop: false,
            prompt: Arc::new(Prompt {
                messages: vec![Message { role: Some("user".into()), parts }],
                ..Prompt::default()
            }),
            max_output: Some(512),
            output_limit: OutputLimit::Set,
            turns: TurnLimit::One,
            history: None,
            answers: None,
            notes: Vec::new(),
            annotation: Annotation::default(),
            places: Places::default(),
        },
        routes: Vec::new(),
    }
}

/// A scan with something of everything.
fn scan() -> Scan {
    let mut claude = call("app/summarize.py", 45, &["claude-sonnet-4-5-20250929"], &["{history}"]);
    claude.call.sdk = "anthropic".into();
    claude.call.provider = Some("anthropic".into());
    claude.call.max_output = Some(64_000);
    claude.call.in_loop = true;
    let caller = call("app/summarize.py", 80, &[], &["Translate: ", "{text}"]);
    let either = call("app/summarize.py", 97, &["gpt-4o", "gpt-4o-mini"], &["{text}"]);
    let mut embed = call("notebooks/evaluate.ipynb", 6, &["text-embedding-3-small"], &["ten | tokens"]);
    embed.cell = Some(4);
    embed.call.operation = Operation::Embeddings;
    embed.call.max_output = None;
    let mut agent =
        call("web/app/api/conversations/[id]/messages/route.ts", 112, &["gpt-4o-mini"], &["You help.", "{input}"]);
    agent.call.operation = Operation::Agent;
    agent.call.turns = TurnLimit::AtMost(10);
    agent.call.max_output = None;
    Scan {
        calls: vec![
            call("app/summarize.py", 12, &["gpt-4o"], &["Summarize the text in one sentence:\n", "{text}"]),
            claude,
            call("app/summarize.py", 60, &["gpt-4o-mini"], &["Tell me a joke about invoices."]),
            caller,
            either,
            embed,
            agent,
        ],
        errors: vec![ScanError {
            path: "bad.py".to_owned(),
            message: "not valid UTF-8 from byte 17; read as Latin-1".to_owned(),
        }],
        ..Scan::default()
    }
}

fn report(scan: &Scan) -> ScanReport {
    let catalogue = Catalogue::parse(CATALOGUE, "builtin").unwrap();
    let tokenizers = Tokenizers::new();
    let date = "2026-11-21".parse().unwrap();
    ScanReport::new(".", scan, &BTreeMap::new(), |call| {
        estimate(call, &catalogue, &tokenizers, &Assumptions::default(), date)
    })
}

fn view(width: usize) -> View {
    View {
        width,
        palette: Palette::Plain,
        wrappers: false,
        files: 12,
        price_age_days: Some(12),
        tokens_per_hole: 200,
        output_tokens: 300,
        agent_turns: 3,
    }
}

#[test]
fn a_table_fits_eighty_columns() {
    insta::assert_snapshot!(table::render(&report(&scan()), &view(80)), @r#"
       line  model                       operation     in  out   per call
    app/summarize.py
         12  gpt-4o                      chat         216  300  ≈ $0.0035
         45  claude-sonnet-4-5-20250929  chat         207  300  ≈ $0.0051  in a loop
         60  gpt-4o-mini                 chat          14  300  ≈ $0.0002
         80  ?                           chat         207  300          ?
         97  ?                           chat         207  300          ?  2 models

    notebooks/evaluate.ipynb
      [4] 6  text-embedding-3-small      embeddings     3    -   <$0.0001

    web/app/api/conversations/[id]/messages/route.ts
        112  gpt-4o-mini                 agent       2.1k  900  ≈ $0.0009  3 turns

    Not priced
      the model is not known: it comes from the caller
        app/summarize.py:80
      the model is one of `gpt-4o` or `gpt-4o-mini`
        app/summarize.py:97

    7 calls in 3 files: 5 priced, 2 not
    ≈ $0.0097 when each priced call is made once (from $0.0001, no upper bound)

    Prices: built-in catalogue of 2026-11-09. Assumed: 200 tokens for each text that
    is only known at run time; 300 tokens for each answer, within its limit; 3 turns
    of each agent, within its limit.
    "#);
}

#[test]
fn a_wider_table_has_the_bounds_too() {
    insta::assert_snapshot!(table::render(&report(&scan()), &view(120)), @r#"
       line  model                       operation     in  out   per call  at most
    app/summarize.py
         12  gpt-4o                      chat         216  300  ≈ $0.0035
         45  claude-sonnet-4-5-20250929  chat         207  300  ≈ $0.0051           in a loop
         60  gpt-4o-mini                 chat          14  300  ≈ $0.0002  $0.0003
         80  ?                           chat         207  300          ?
         97  ?                           chat         207  300          ?           2 models

    notebooks/evaluate.ipynb
      [4] 6  text-embedding-3-small      embeddings     3    -   <$0.0001

    web/app/api/conversations/[id]/messages/route.ts
        112  gpt-4o-mini                 agent       2.1k  900  ≈ $0.0009           3 turns

    Not priced
      the model is not known: it comes from the caller
        app/summarize.py:80
      the model is one of `gpt-4o` or `gpt-4o-mini`
        app/summarize.py:97

    7 calls in 3 files: 5 priced, 2 not
    ≈ $0.0097 when each priced call is made once (from $0.0001, no upper bound)

    Prices: built-in catalogue of 2026-11-09. Assumed: 200 tokens for each text that is only known at run time; 300 tokens
    for each answer, within its limit; 3 turns of each agent, within its limit.
    "#);
}

#[test]
fn a_narrow_table_shortens_names_in_their_middle() {
    let text = table::render(&report(&scan()), &view(56));
    assert!(text.contains("claud…250929"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 56), "{text}");
}

#[test]
fn a_table_has_no_space_at_the_end_of_its_lines_and_no_escapes_unless_asked() {
    for width in [40, 80, 100, 200] {
        let text = table::render(&report(&scan()), &view(width));
        assert!(text.lines().all(|line| line.trim_end() == line), "{text}");
        assert!(!text.contains('\u{1b}') && text.ends_with('\n'));
    }
    let coloured = table::render(&report(&scan()), &View { palette: Palette::Coloured, ..view(80) });
    assert!(coloured.contains("\u{1b}[33m?\u{1b}[0m"));
    let stripped =
        coloured.replace("\u{1b}[0m", "").replace("\u{1b}[1m", "").replace("\u{1b}[2m", "").replace("\u{1b}[33m", "");
    assert_eq!(stripped, table::render(&report(&scan()), &view(80)));
}

#[test]
fn what_is_not_known_is_never_nothing() {
    let unknown = Scan { calls: vec![call("a.py", 1, &[], &["hello"])], ..Scan::default() };
    let report = report(&unknown);
    for text in [table::render(&report, &view(80)), markdown::render(&report, &view(80))] {
        assert!(text.contains('?') && !text.contains("$0"), "{text}");
    }
    let json = json::render(&report).unwrap();
    assert!(json.contains("\"cost_usd\": null") && json.contains("\"price\": null"), "{json}");
}

#[test]
fn old_prices_and_models_about_to_end_are_said_to_be() {
    let old = report(&scan());
    let text = table::render(&old, &View { price_age_days: Some(46), ..view(80) });
    assert!(text.contains("2026-11-09, 46 days old"), "{text}");
    assert!(!table::render(&old, &view(80)).contains("days old"));
    let mut ending = old.clone();
    ending.calls[0].ending = Some("deprecated");
    assert!(table::render(&ending, &view(90)).contains("  deprecated\n"));
}

#[test]
fn no_calls_are_a_sentence_that_helps() {
    let empty = report(&Scan::default());
    let text = table::render(&empty, &view(80));
    assert!(text.starts_with("No LLM calls found in 12 files") && text.contains("--parse-all"), "{text}");
    let text = table::render(&empty, &View { files: 0, ..view(80) });
    assert_eq!(text, "There are no Python, TypeScript or JavaScript files and no notebooks in `.`.\n");
    assert_eq!(markdown::render(&empty, &view(80)), "## LLM calls\n\nNone found in 12 files.\n");
}

#[test]
fn names_from_the_code_cannot_steer_the_terminal_or_the_page() {
    let mut evil = call("a.py", 1, &["x\u{1b}[2J|`y"], &["hi"]);
    evil.call.notes = vec!["<img src=x> | *bold* `a|b`".to_owned()];
    let report = report(&Scan { calls: vec![evil], ..Scan::default() });
    assert!(!table::render(&report, &view(80)).contains('\u{1b}'));
    let page = markdown::render(&report, &view(80));
    assert!(!page.contains('\u{1b}') && page.contains("\\<img src=x> \\| \\*bold\\* `a\\|b`"), "{page}");
}

#[test]
fn markdown_is_a_table_for_each_file() {
    insta::assert_snapshot!(markdown::render(&report(&scan()), &view(80)), @r#"
    ## LLM calls

    **7 calls in 3 files: 5 priced, 2 not.** ≈ $0.0097 when each priced call is made once (from $0.0001, no upper bound).

    ### `app/summarize.py`

    | Line | Model | Operation | Tokens in | Tokens out | Per call | At most | Notes |
    | ---: | :--- | :--- | ---: | ---: | ---: | ---: | :--- |
    | 12 | `gpt-4o` | chat | 216 | 300 | ≈ \$0.0035 |  | `text` is not known statically: 200 tokens assumed |
    | 45 | `claude-sonnet-4-5-20250929` | chat | 207 | 300 | ≈ \$0.0051 |  | `history` is not known statically: 200 tokens assumed |
    | 60 | `gpt-4o-mini` | chat | 14 | 300 | ≈ \$0.0002 | \$0.0003 |  |
    | 80 | ? | chat | 207 | 300 | ? |  | `text` is not known statically: 200 tokens assumed; the model is not known: it comes from the caller |
    | 97 | `gpt-4o` or `gpt-4o-mini` | chat | 207 | 300 | ? |  | `text` is not known statically: 200 tokens assumed; the model is one of `gpt-4o` or `gpt-4o-mini` |

    ### `notebooks/evaluate.ipynb`

    | Line | Model | Operation | Tokens in | Tokens out | Per call | At most | Notes |
    | ---: | :--- | :--- | ---: | ---: | ---: | ---: | :--- |
    | \[4\] 6 | `text-embedding-3-small` | embeddings | 3 | - | \<\$0.0001 |  |  |

    ### `web/app/api/conversations/[id]/messages/route.ts`

    | Line | Model | Operation | Tokens in | Tokens out | Per call | At most | Notes |
    | ---: | :--- | :--- | ---: | ---: | ---: | ---: | :--- |
    | 112 | `gpt-4o-mini` | agent | 2.1k | 900 | ≈ \$0.0009 |  | up to 10 turns: 3 are assumed, each with all that was said before; 10 cost \$0.0055; `input` is not known statically: 200 tokens assumed |

    _Prices: built-in catalogue of 2026-11-09._

    _Assumed: 200 tokens for each text that is only known at run time; 300 tokens for each answer, within its limit; 3 turns of each agent, within its limit._
    "#);
}

#[test]
fn csv_has_a_row_for_each_call() {
    let bytes = csv::render(&report(&scan())).unwrap();
    insta::assert_snapshot!(String::from_utf8(bytes).unwrap(), @r#"
    path,cell,line,column,end_line,end_column,language,kind,sdk,operation,provider,model,models,model_origin,function,route,in_loop,input_tokens_low,input_tokens_expected,input_tokens_high,input_method,holes,output_tokens_low,output_tokens_expected,output_tokens_high,output_method,max_output_tokens,cost_low_usd,cost_expected_usd,cost_high_usd,input_usd_per_mtok,output_usd_per_mtok,price_source,price_as_of,notes
    app/summarize.py,,12,9,19,6,python,direct,openai,chat,openai,gpt-4o,gpt-4o,constant,app.summarize.Summarizer.run,,false,16,216,,assumed,text,0,300,512,assumed,512,0.00004,0.00354,,2.50,10.00,builtin,2026-11-09,`text` is not known statically: 200 tokens assumed
    app/summarize.py,,45,9,52,6,python,direct,anthropic,chat,anthropic,claude-sonnet-4-5-20250929,claude-sonnet-4-5-20250929,constant,app.summarize.Summarizer.run,,true,6,207,,assumed,history,0,300,64000,assumed,64000,0.000018,0.005121,,3.00,15.00,builtin,2026-11-09,`history` is not known statically: 200 tokens assumed
    app/summarize.py,,60,9,67,6,python,direct,openai,chat,openai,gpt-4o-mini,gpt-4o-mini,constant,app.summarize.Summarizer.run,,false,14,14,14,exact,,0,300,512,assumed,512,0.0000021,0.0001821,0.0003093,0.15,0.60,builtin,2026-11-09,
    app/summarize.py,,80,9,87,6,python,direct,openai,chat,openai,,,caller,app.summarize.Summarizer.run,,false,2,207,,assumed,text,0,300,512,assumed,512,,,,,,,,`text` is not known statically: 200 tokens assumed; the model is not known: it comes from the caller
    app/summarize.py,,97,9,104,6,python,direct,openai,chat,openai,,gpt-4o gpt-4o-mini,constant,app.summarize.Summarizer.run,,false,7,207,,assumed,text,0,300,512,assumed,512,0.00000105,,,,,,,`text` is not known statically: 200 tokens assumed; the model is one of `gpt-4o` or `gpt-4o-mini`
    notebooks/evaluate.ipynb,4,6,9,13,6,python,direct,openai,embeddings,openai,text-embedding-3-small,text-embedding-3-small,constant,app.summarize.Summarizer.run,,false,3,3,3,exact,,0,0,0,exact,,0.00000006,0.00000006,0.00000006,0.02,,builtin,2026-11-09,
    web/app/api/conversations/[id]/messages/route.ts,,112,9,119,6,typescript,direct,openai,agent,openai,gpt-4o-mini,gpt-4o-mini,constant,app.summarize.Summarizer.run,,false,10,2130,,assumed,input,0,900,163840,assumed,,0.0000015,0.0008595,,0.15,0.60,builtin,2026-11-09,"up to 10 turns: 3 are assumed, each with all that was said before; 10 cost $0.0055; `input` is not known statically: 200 tokens assumed"
    "#);
}

#[test]
fn json_is_the_document_of_the_contract() {
    let one = Scan { calls: scan().calls.into_iter().take(1).collect(), ..scan() };
    insta::assert_snapshot!(json::render(&report(&one)).unwrap(), @r#"
    {
      "schema": 1,
      "version": "0.1.0",
      "root": ".",
      "calls": [
        {
          "path": "app/summarize.py",
          "cell": null,
          "language": "python",
          "range": {
            "start": {
              "line": 12,
              "column": 9
            },
            "end": {
              "line": 19,
              "column": 6
            }
          },
          "kind": "direct",
          "reaches": [],
          "sdk": "openai",
          "operation": "chat",
          "provider": "openai",
          "model": "gpt-4o",
          "models": [
            "gpt-4o"
          ],
          "model_origin": "constant",
          "function": "app.summarize.Summarizer.run",
          "route": null,
          "routes": [],
          "in_loop": false,
          "input_tokens": {
            "low": 16,
            "expected": 216,
            "high": null,
            "method": "assumed",
            "static": {
              "tokens": 16,
              "method": "exact"
            },
            "holes": [
              "text"
            ]
          },
          "output_tokens": {
            "low": 0,
            "expected": 300,
            "high": 512,
            "method": "assumed"
          },
          "max_output_tokens": 512,
          "turns": null,
          "cost_usd": {
            "low": "0.00004",
            "expected": "0.00354",
            "high": null
          },
          "price": {
            "input_per_mtok": "2.50",
            "output_per_mtok": "10.00",
            "source": "builtin",
            "as_of": "2026-11-09"
          },
          "prompts": [],
          "notes": [
            "`text` is not known statically: 200 tokens assumed"
          ]
        }
      ],
      "prompt_refs": [],
      "routes": [],
      "totals": {
        "calls": 1,
        "priced": 1,
        "unpriced": 0,
        "expected_usd_per_pass": "0.00354"
      },
      "errors": [
        {
          "path": "bad.py",
          "message": "not valid UTF-8 from byte 17; read as Latin-1"
        }
      ]
    }
    "#);
}

#[test]
fn json_follows_its_schema() {
    let schema = serde_json::to_value(json::schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let document = value(&json::render(&report(&scan())).unwrap());
    let faults: Vec<String> = validator.iter_errors(&document).map(|fault| fault.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new());
    // The schema says something: keys that may be null must still be there.
    let mut broken = document;
    broken["calls"][0].as_object_mut().unwrap().remove("route");
    assert!(!validator.is_valid(&broken));
}
