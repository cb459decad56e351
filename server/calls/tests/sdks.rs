//! The descriptions in `queries/sdks`, the format they are written in, and the table of providers.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path as FilePath;

use lensai_calls::sdk::{
    BUILTIN, Descriptions, Operation, Path, Providers, Sdk, SdkError, SlotSource, SlotStart, SlotStep, Step, fold,
    host_and_port, parse, parse_settings,
};

/// A description with these lines after its head.
fn sdk(rest: &str) -> Sdk {
    let text = with_head(rest);
    parse("t.toml", &text).unwrap_or_else(|errors| panic!("{text}\n{errors:#?}"))
}

fn with_head(rest: &str) -> String {
    format!("sdk = \"t\"\nfrom = {{ python = [\"t\"], typescript = [\"@t/{{p}}\", \"plain.js\"] }}\n{rest}\n")
}

/// Every error of a description with these lines after its head (two lines), as `line:column message`.
fn errors(rest: &str) -> Vec<String> {
    let errors = parse("t.toml", &with_head(rest)).err().unwrap_or_default();
    errors.iter().map(|SdkError { line, column, message, .. }| format!("{line}:{column} {message}")).collect()
}

/// Sources of the slot `model` of one request.
fn sources(list: &str) -> Vec<SlotSource> {
    let sdk = sdk(&format!(
        "[[ambient]]\nname = \"lm\"\nset = \"f\"\nvalue = \"lm\"\n[[request]]\ncall = \"f\"\noperation = \"chat\"\nslots = {{ model = {list} }}"
    ));
    sdk.requests[0].slots["model"].clone()
}

fn source(text: &str) -> SlotSource {
    sources(&format!("\"{text}\"")).remove(0)
}

fn steps(path: &str) -> Vec<(String, bool)> {
    let sdk = sdk(&format!(
        "make = [{{ kind = \"k\", call = \"K\" }}]\n[[request]]\non = \"k\"\npath = \"{path}\"\noperation = \"chat\""
    ));
    let Path(steps) = &sdk.requests[0].path[0];
    steps.iter().map(|Step { name, called }| (name.to_string(), *called)).collect()
}

/// A symbol as `module segments # export segments`.
fn symbol(text: &str) -> String {
    let sdk = sdk(&format!("make = [{{ kind = \"k\", call = \"{text}\" }}]"));
    let symbol = &sdk.makes[0].call[0];
    let module = symbol.module.as_ref().map(|module| module.segments.join(" "));
    format!("{} # {}", module.unwrap_or_else(|| "any".to_owned()), symbol.export.join(" "))
}

// ---- the descriptions

#[test]
fn every_file_of_the_folder_is_listed_and_has_the_name_of_its_sdk() {
    let folder = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../../queries/sdks");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> =
        names.filter(|name| FilePath::new(name).extension().is_some_and(|kind| kind == "toml")).collect();
    assert_eq!(files, BUILTIN.iter().map(|(file, _)| (*file).to_owned()).collect());
    assert!(BUILTIN.is_sorted(), "listed by file name");
    for sdk in Descriptions::builtin().sdks {
        assert!(files.contains(&format!("{}.toml", sdk.name)), "{}", sdk.name);
    }
}

#[test]
fn every_builtin_parses() {
    for (file, text) in BUILTIN {
        if let Err(errors) = parse(file, text) {
            panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
        }
    }
    assert_eq!(Descriptions::builtin().sdks.len(), BUILTIN.len());
}

#[test]
fn every_literal_provider_is_known() {
    let providers = Providers::builtin();
    let names = providers.names();
    for sdk in Descriptions::builtin().sdks {
        let rules = sdk.makes.iter().map(|make| &make.provider);
        let rules = rules.chain(sdk.requests.iter().map(|request| &request.provider)).chain([&sdk.provider]);
        for literal in rules.filter_map(|rule| rule.literal.as_ref()) {
            assert!(literal == "{p}" || names.contains(literal.as_str()), "{}: {literal}", sdk.name);
        }
    }
}

#[test]
fn management_endpoints_are_no_requests() {
    let words = Descriptions::builtin().request_words();
    for word in
        ["list", "retrieve", "delete", "cancel", "poll", "count_tokens", "countTokens", "upload", "get", "update"]
    {
        assert!(!words.contains(word), "{word}");
    }
}

#[test]
fn what_is_distinctive_is_no_common_method() {
    let distinctive = Descriptions::builtin().distinctive();
    for name in ["create", "invoke", "run", "send", "generate", "stream", "completion", "complete", "post", "fetch", ""]
    {
        assert!(!distinctive.contains_key(name), "{name}");
    }
    for name in
        ["chat.completions.create", "messages.create", "responses.create", "models.generate_content", "converse"]
    {
        assert!(distinctive.contains_key(name), "{name}");
    }
}

#[test]
fn words_for_the_prefilter() {
    let all = Descriptions::builtin();
    let (words, makes, modules) = (all.request_words(), all.make_words(), all.modules());
    for word in
        ["create", "invoke", "generateText", "acompletion", "sendMessage", "send", "embedQuery", "converse_stream"]
    {
        assert!(words.contains(word), "{word}");
    }
    assert!(!words.contains(""), "a call of the object itself has no name");
    for word in ["OpenAI", "AzureOpenAI", "Chat*", "create*", "init_chat_model", "BedrockRuntimeClient", "LM"] {
        assert!(makes.contains(word), "{word}");
    }
    for module in ["openai", "langchain", "langchain_", "@ai-sdk/", "google.genai", "@anthropic-ai/sdk", "ai", "boto3"]
    {
        assert!(modules.contains(module), "{module}");
    }
}

#[test]
fn what_a_user_adds_replaces_what_has_its_name() {
    let text = "[project]\nname = \"x\"\n[[sdk]]\nname = \"openai\"\nfrom = { python = \"acme.llm\" }\n[[sdk]]\nname = \"acme\"\nfrom = { python = \"acme.llm\" }\nrequest = [{ call = \"ask\", operation = \"chat\" }]\n";
    let more = parse_settings("lensai.toml", text).unwrap();
    let all = Descriptions::builtin().with(more);
    assert_eq!(all.sdks.len(), BUILTIN.len() + 1);
    let openai = all.sdks.iter().find(|sdk| sdk.name == "openai").unwrap();
    assert!(openai.requests.is_empty());
    assert_eq!(all.sdks.last().unwrap().requests[0].call[0].export, ["ask"]);
}

// ---- the format

#[test]
fn a_list_of_one_may_be_written_without_brackets() {
    let one = sdk(
        "make = [{ kind = \"k\", call = \"K\" }]\nrequest = [{ on = \"k\", path = \"f()\", operation = \"chat\", slots = { model = \"m\" } }]",
    );
    let list = sdk(
        "make = [{ kind = \"k\", call = [\"K\"] }]\nrequest = [{ on = [\"k\"], path = [\"f()\"], operation = \"chat\", slots = { model = [\"m\"] } }]",
    );
    assert_eq!(one, list);
}

#[test]
fn modules_and_symbols() {
    assert_eq!(symbol("OpenAI"), "any # OpenAI");
    assert_eq!(symbol("t#"), "t # ");
    assert_eq!(symbol("t.sub#A.b"), "t sub # A b");
    assert_eq!(symbol("t_{p}#Chat*"), "t_{p} # Chat*");
    assert_eq!(symbol("@t/{p}#{p}"), "@t {p} # {p}");
    assert_eq!(symbol("langchain/chat_models/{p}#*"), "langchain chat_models {p} # *");
    assert_eq!(symbol("plain.js#f"), "plain.js # f", "a TypeScript module of this description");
    assert_eq!(symbol("other.py#f()"), "other py # f");
}

#[test]
fn paths() {
    let called = |name: &str| (name.to_owned(), true);
    let plain = |name: &str| (name.to_owned(), false);
    assert_eq!(steps("chat.completions.create()"), [plain("chat"), plain("completions"), called("create")]);
    assert_eq!(steps("()"), [called("")]);
    assert_eq!(steps("runs.*()"), [plain("runs"), called("*")]);
    assert_eq!(steps("f()()"), [called("f"), called("")]);
    assert_eq!(steps("bind().invoke()"), [called("bind"), called("invoke")]);
    assert_eq!(steps("id"), [plain("id")]);
}

#[test]
fn slot_sources() {
    use SlotStart::{Ambient, Keyword, Literal, Own, Position};
    let expected = |start, steps: &[SlotStep]| SlotSource { start, steps: steps.to_vec() };
    let key = |name: &str| SlotStep::Key(name.into());
    let own = |name: &str| SlotStep::Own(name.into());
    assert_eq!(source("model"), expected(Keyword("model".into()), &[]));
    assert_eq!(source("0"), expected(Position(0), &[]));
    assert_eq!(source("12.text"), expected(Position(12), &[key("text")]));
    assert_eq!(source("3d"), expected(Keyword("3d".into()), &[]));
    assert_eq!(source("@x"), expected(Own("x".into()), &[]));
    assert_eq!(source("0@model"), expected(Position(0), &[own("model")]));
    assert_eq!(source("@lm.@model"), expected(Own("lm".into()), &[own("model")]));
    assert_eq!(source("@lm@model"), source("@lm.@model"));
    assert_eq!(source("ambient:lm.@model"), expected(Ambient("lm".into()), &[own("model")]));
    assert_eq!(source("body|json.max_tokens"), expected(Keyword("body".into()), &[SlotStep::Json, key("max_tokens")]));
    assert_eq!(source("inferenceConfig.maxTokens"), expected(Keyword("inferenceConfig".into()), &[key("maxTokens")]));
    assert_eq!(source("=a.b|c@d"), expected(Literal("a.b|c@d".into()), &[]));
    assert_eq!(sources("[\"model\", \"0\"]").len(), 2);
}

#[test]
fn providers_conditions_and_operations() {
    let sdk = sdk(
        "provider = \"openai\"\n[[make]]\nkind = \"k\"\ncall = \"K{p}\"\nwhen = { \"0|service|json.name\" = [\"a*\", \"b\"] }\nprovider = { host_of = \"@base_url\", else = \"{p}\" }\n[[request]]\non = \"k\"\npath = \"f()\"\ntakes = { \"0\" = \"k\" }\noperation = \"chat\"\nby_model = [{ match = \"*embed*\", operation = \"embeddings\" }]",
    );
    assert_eq!(sdk.provider.literal.as_deref(), Some("openai"));
    assert_eq!(sdk.makes[0].provider.literal.as_deref(), Some("{p}"));
    assert!(sdk.makes[0].provider.host_of.is_some());
    let condition = &sdk.makes[0].when[0];
    assert_eq!(condition.source.len(), 2);
    assert_eq!(condition.source[1].steps, [SlotStep::Json, SlotStep::Key("name".into())]);
    assert_eq!(condition.one_of, ["a*", "b"]);
    assert_eq!(sdk.requests[0].takes, [(source("0"), "k".into())]);
    assert_eq!(sdk.requests[0].by_model, [("*embed*".into(), Operation::Embeddings)]);
}

#[test]
fn what_requests_have_in_common_is_said_once() {
    let sdk = sdk(
        "mention = \"/v1/ask\"\n[[make]]\nkind = \"k\"\ncall = \"K\"\n[defaults]\ncall = \"post\"\non = \"k\"\npath = \"post()\"\nunseen = \"0\"\nslots = { url = \"0\", n = \"n\" }\n[[request]]\nurl = [\"a.example/v1/ask\", \"*/models/{model}:ask\"]\noperation = \"chat\"\nslots = { n = \"m\" }\n[[request]]\ncall = \"f\"\noperation = \"chat\"",
    );
    assert_eq!(sdk.mention, ["/v1/ask"]);
    let [first, second] = sdk.requests.as_slice() else { panic!("{:?}", sdk.requests) };
    assert_eq!((first.call.len(), first.on.len(), first.path.len(), first.unseen.len()), (1, 1, 1, 1));
    assert_eq!(first.url, ["a.example/v1/ask", "*/models/{model}:ask"]);
    assert_eq!((&first.slots["url"], &first.slots["n"]), (&vec![source("0")], &vec![source("m")]));
    assert_eq!((second.path.len(), second.unseen.len(), second.slots.len()), (0, 0, 2));
}

#[test]
fn a_module_of_the_project_comes_before_a_shared_name() {
    let sdk = sdk("shared_names = \"t\"");
    let all = Descriptions { sdks: vec![sdk] };
    assert!(all.modules().contains("t"));
    assert!(!all.externals().contains("t"));
}

#[test]
fn ambient_values_are_set_by_calls_and_by_assignments() {
    let sdk = sdk(
        "[[ambient]]\nname = \"lm\"\nset = [\"configure()\", \"t.core#Settings.llm =\"]\nwithin = \"context()\"\nvalue = \"lm\"",
    );
    let ambient = &sdk.ambients[0];
    assert_eq!(ambient.set[0].export, ["configure"]);
    assert_eq!(ambient.assign[0].export, ["Settings", "llm"]);
    assert_eq!(ambient.within[0].export, ["context"]);
}

#[test]
fn the_subject_of_a_function_is_its_first_argument_unless_it_says_otherwise() {
    assert_eq!(sdk("same = [{ call = \"wrap\" }]").sames[0].subject, Some(source("0")));
    assert_eq!(sdk("same = [{ call = \"wrap\", subject = \"model\" }]").sames[0].subject, Some(source("model")));
}

#[test]
fn the_examples_of_the_readme_parse() {
    let readme = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../../queries/sdks/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let blocks: Vec<&str> = readme.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 2);
    assert_eq!(parse("README.md", blocks[0]).unwrap().requests.len(), 1);
    let own = parse_settings("README.md", blocks[1]).unwrap();
    assert_eq!((own[0].name.as_str(), own[0].makes.len(), own[0].requests.len()), ("acme-llm", 1, 1));
}

// ---- errors

#[test]
fn an_unknown_key_is_an_error_with_its_place_and_the_known_ones() {
    let found = errors("[[make]]\nkind = \"k\"\ncal = [\"K\"]");
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("5:1 unknown field `cal`, expected one of"), "{}", found[0]);
    assert!(found[0].contains("`call`"), "{}", found[0]);
    let found = errors("provider = { host = \"x\" }");
    assert!(found[0].starts_with("3:14 unknown field `host`"), "{}", found[0]);
    assert!(errors("transparent = [1]")[0].starts_with("3:16 "));
    assert!(errors("transparent = true")[0].contains("a text or a list of texts"));
    assert!(errors("request = [{ call = \"f\" }]")[0].contains("missing field `operation`"));
    assert!(errors("]")[0].starts_with("3:1 "));
}

#[test]
fn every_text_that_is_not_understood_is_reported_at_its_place() {
    let found = errors(
        "[[make]]\nkind = \"k\"\ncall = [\"K\", \"a..b\", \"{q}\"]\nslots = { \"é\" = \"x\", model = [\"m|xml\", \"@\"] }",
    );
    assert_eq!(
        found,
        [
            "5:14 `a..b` has an empty part",
            "5:22 `{q}`: only `{p}` can be captured",
            "6:31 `m|xml`: `|xml` is not known; only `|json` decodes",
            "6:40 `@` names no argument, slot or ambient value",
        ]
    );
}

#[test]
fn each_mistake_has_its_sentence() {
    let one = |rest: &str, message: &str| {
        let found = errors(rest);
        assert!(found.iter().any(|error| error.contains(message)), "{message}: {found:?}");
    };
    one("transparent = [\"a.b\"]", "one attribute or method is meant here");
    one("make = [{ kind = \"k\" }]", "a `make` needs `call`, `is` or `path`");
    one("make = [{ kind = \"k\", call = \"Session().client\" }]", "describe what that call makes as a kind");
    one("make = [{ kind = \"k\", call = \"K\", path = \"f()\" }]", "`path` needs `on`");
    one("make = [{ kind = \"k\", call = \"K\", on = \"k\" }]", "`on` needs `path`");
    one("make = [{ kind = \"k\", call = \"K\", provider = \"{p}\" }]", "`K` captures no `{p}`");
    one("make = [{ kind = \"k\", call = \"K\", when = { \"0\" = \"[\" } }]", "is no glob");
    one("same = [{ on = \"x\", path = \"f()\" }]", "nothing makes an object of kind `x`");
    one("compose = [{ kind = \"k\", holds = \"k\", operator = \"+\" }]", "the only operator that composes is `|`");
    one("ambient = [{ name = \"a\" }]", "needs `set` or `within`");
    one("ambient = [{ name = \"a\", set = \"f\" }]", "`value` must say which argument is the value");
    one(
        "request = [{ call = \"f\", operation = \"talk\" }]",
        "`talk` is no operation; known are chat, text_completion",
    );
    one(
        "request = [{ call = \"f\", operation = \"chat\", slots = { model = \"ambient:x\" } }]",
        "no `ambient` is named `x`",
    );
    one("request = [{ operation = \"chat\" }]", "a `request` needs `call` or `path`");
    one("request = [{ call = \"f\", url = \"a/b\", operation = \"chat\" }]", "`url` needs a slot `url`");
    let url = |url: &str, message: &str| {
        one(
            &format!(
                "request = [{{ call = \"f\", url = \"{url}\", operation = \"chat\", slots = {{ url = \"0\" }} }}]"
            ),
            message,
        );
    };
    url("https://a.example", "without its scheme, in lower case");
    url("a.example/Models", "without its scheme, in lower case");
    url("a/{x}/{y}", "one `{name}` at most");
    url("a/{}", "one `{name}` at most");
}

#[test]
fn an_error_in_the_settings_has_the_line_of_the_settings() {
    let text = "[budget]\nmonthly_usd = \"3\"\n\n[[sdk]]\nname = \"acme\"\nfrom = {}\n";
    let errors = parse_settings("lensai.toml", text).unwrap_err();
    assert_eq!(errors[0].to_string(), "lensai.toml:5:8: `from` names no module of either language");
}

// ---- providers

#[test]
fn a_provider_by_host() {
    let providers = Providers::builtin();
    for (url, provider) in [
        ("https://api.openai.com/v1", Some("openai")),
        ("https://user:key@api.openai.com:443/v1?x=1", Some("openai")),
        ("https://eu.api.openai.com/v1", Some("openai")),
        ("https://acme.openai.azure.com/openai/deployments/x", Some("azure.ai.openai")),
        ("api.anthropic.com", Some("anthropic")),
        ("https://openrouter.ai/api/v1", Some("openrouter")),
        ("https://us-central1-aiplatform.googleapis.com/v1", Some("gcp.vertex_ai")),
        ("https://generativelanguage.googleapis.com/v1beta/openai/", Some("gcp.gemini")),
        ("https://bedrock-runtime.us-east-1.amazonaws.com", Some("aws.bedrock")),
        ("HTTPS://API.GROQ.COM/openai/v1", Some("groq")),
        ("http://localhost:11434/v1", Some("ollama")),
        ("http://localhost:8000/v1", Some("self-hosted")),
        ("http://127.0.0.1:11434", Some("ollama")),
        ("http://[::1]:8000/v1", Some("self-hosted")),
        ("https://oai.helicone.ai/v1", Some("openai")),
        ("https://llm.acme.example/v1", None),
        ("https://api.openai.com.evil.example/v1", None),
        ("https://notapi.openai.com/v1", None),
        ("", None),
        ("https://", None),
    ] {
        assert_eq!(providers.of_host(url), provider, "{url}");
    }
}

#[test]
fn a_provider_by_name_and_by_prefix() {
    let providers = Providers::builtin();
    assert_eq!(providers.of_alias("google_genai"), Some("gcp.gemini"));
    assert_eq!(providers.of_alias("amazon-bedrock"), Some("aws.bedrock"));
    assert_eq!(providers.of_alias("TogetherAI"), Some("together_ai"));
    assert_eq!(providers.of_alias("mistralai"), Some("mistral_ai"));
    assert_eq!(providers.of_alias("acme"), None);
    assert_eq!(providers.of_name("Acme"), "acme");
    assert_eq!(providers.of_prefix("openai/gpt-4o"), Some("openai"));
    assert_eq!(providers.of_prefix("anthropic:claude-sonnet-4-5"), Some("anthropic"));
    assert_eq!(providers.of_prefix("gpt-4o"), Some("openai"));
    assert_eq!(providers.of_prefix("llama3.2"), None);
    assert_eq!(providers.of_prefix("acme/gpt-4o"), None);
    assert_eq!(providers.of_prefix("accounts/fireworks/models/x"), None);
    assert_eq!(fold("Azure-Open_AI"), "azureopenai");
}

#[test]
fn every_provider_stands_for_itself() {
    let providers = Providers::builtin();
    for name in [
        "openai",
        "anthropic",
        "groq",
        "cohere",
        "deepseek",
        "mistral_ai",
        "x_ai",
        "perplexity",
        "ollama",
        "together_ai",
    ] {
        assert!(providers.names().contains(name), "{name}");
    }
    assert!(Providers::read("[alias]\n[host]\n[hots]\n").is_err());
}

#[test]
fn hosts_of_addresses() {
    assert_eq!(host_and_port("http://Example.com.:8080/x"), Some(("example.com".to_owned(), Some(8080))));
    assert_eq!(host_and_port("[::1]:80"), Some(("::1".to_owned(), Some(80))));
    assert_eq!(host_and_port("{host}/v1"), Some(("{host}".to_owned(), None)));
    assert_eq!(host_and_port(" "), None);
}
