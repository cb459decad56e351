//! The embedded catalogue: well-known models at their prices, and what must hold for all of it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use lensai_models::{Catalogue, Date, Limits, NoPrice, Service, Status, Unit, Usage, When};

fn catalogue() -> Catalogue {
    Catalogue::builtin().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn now() -> When {
    When::on(day("2026-11-21"))
}

/// Provider, written name, id in the catalogue, dollars per million tokens in and out (empty: no such rate).
const GOLDEN: &[(&str, &str, &str, &str, &str)] = &[
    ("openai", "gpt-4o", "gpt-4o", "2.5", "10"),
    ("openai", "gpt-4o-mini", "gpt-4o-mini", "0.15", "0.6"),
    ("openai", "gpt-4.1", "gpt-4.1", "2", "8"),
    ("openai", "gpt-4.1-mini", "gpt-4.1-mini", "0.4", "1.6"),
    ("openai", "gpt-4.1-nano", "gpt-4.1-nano", "0.1", "0.4"),
    ("openai", "gpt-4-turbo", "gpt-4-turbo", "10", "30"),
    ("openai", "gpt-4", "gpt-4", "30", "60"),
    ("openai", "gpt-3.5-turbo", "gpt-3.5-turbo", "0.5", "1.5"),
    ("openai", "o1", "o1", "15", "60"),
    ("openai", "o3", "o3", "2", "8"),
    ("openai", "o3-mini", "o3-mini", "1.1", "4.4"),
    ("openai", "o4-mini", "o4-mini", "1.1", "4.4"),
    ("openai", "gpt-5", "gpt-5", "1.25", "10"),
    ("openai", "gpt-5-mini", "gpt-5-mini", "0.25", "2"),
    ("openai", "gpt-5-nano", "gpt-5-nano", "0.05", "0.4"),
    ("openai", "gpt-5.2", "gpt-5.2", "1.75", "14"),
    ("openai", "gpt-5.4", "gpt-5.4", "2.5", "15"),
    ("openai", "gpt-5.6-sol", "gpt-5.6-sol", "4", "20"),
    ("openai", "gpt-6-sol", "gpt-6-sol", "2", "10"),
    ("openai", "gpt-6.1-terra", "gpt-6.1-terra", "1", "5"),
    ("openai", "text-embedding-3-small", "text-embedding-3-small", "0.02", ""),
    ("openai", "text-embedding-3-large", "text-embedding-3-large", "0.13", ""),
    ("openai", "text-embedding-ada-002", "text-embedding-ada-002", "0.1", ""),
    ("anthropic", "claude-3-5-sonnet-20241022", "claude-3-5-sonnet", "3", "15"),
    ("anthropic", "claude-3-5-haiku-latest", "claude-3-5-haiku-latest", "0.8", "4"),
    ("anthropic", "claude-3-haiku-20240307", "claude-3-haiku", "0.25", "1.25"),
    ("anthropic", "claude-3-opus-20240229", "claude-3-opus-latest", "15", "75"),
    ("anthropic", "claude-sonnet-4-20250514", "claude-sonnet-4-0", "3", "15"),
    ("anthropic", "claude-sonnet-4-5", "claude-sonnet-4-5", "3", "15"),
    ("anthropic", "claude-opus-4-1-20250805", "claude-opus-4-1", "15", "75"),
    ("anthropic", "claude-opus-4-5", "claude-opus-4-5", "5", "25"),
    ("anthropic", "claude-haiku-4-5", "claude-haiku-4-5", "1", "5"),
    ("anthropic", "claude-opus-5", "claude-opus-5", "5", "25"),
    ("anthropic", "claude-sonnet-5-5", "claude-sonnet-5-5", "2", "10"),
    ("anthropic", "claude-fable-5-2", "claude-fable-5-2", "8", "40"),
    ("gcp.gemini", "gemini-2.5-pro", "gemini-2.5-pro", "1.25", "10"),
    ("gcp.gemini", "gemini-2.5-flash", "gemini-2.5-flash", "0.3", "2.5"),
    ("gcp.gemini", "gemini-2.0-flash-lite-001", "gemini-2.0-flash-lite", "0.075", "0.3"),
    ("gcp.gemini", "gemini-3.6-flash", "gemini-3.6-flash", "0.75", "3.75"),
    ("gcp.gemini", "gemini-embedding-001", "gemini-embedding-001", "0.15", ""),
    ("gcp.vertex_ai", "claude-sonnet-4-5@20250929", "claude-sonnet-4-5", "3", "15"),
    ("mistral_ai", "mistral-large-4", "mistral-large-4", "0.7", "2.1"),
    ("mistral_ai", "mistral-small-latest", "mistral-small-latest", "0.15", "0.6"),
    ("mistral_ai", "codestral-latest", "codestral", "0.3", "0.9"),
    ("deepseek", "deepseek-v4-pro", "deepseek-v4-pro", "0.66", "1.98"),
    ("x_ai", "grok-4", "grok-4-0709", "3", "15"),
    ("groq", "llama-3.3-70b-versatile", "llama-3.3-70b-versatile", "0.59", "0.79"),
    ("groq", "llama-3.1-8b-instant", "llama-3.1-8b-instant", "0.05", "0.08"),
    ("cohere", "command-r-plus", "command-r-plus", "2.5", "10"),
    ("cohere", "command-a-03-2025", "command-a", "2.5", "10"),
    ("perplexity", "sonar", "sonar", "1", "1"),
    ("perplexity", "sonar-pro", "sonar-pro", "3", "15"),
    ("together", "meta-llama/Llama-3.3-70B-Instruct-Turbo", "meta-llama/Llama-3.3-70B-Instruct-Turbo", "0.88", "0.88"),
    ("fireworks", "accounts/fireworks/models/deepseek-v3p2", "deepseek-v3p2", "0.56", "1.68"),
    ("openrouter", "anthropic/claude-sonnet-4.5", "anthropic/claude-sonnet-4.5", "3", "15"),
    ("openrouter", "openai/gpt-4o", "openai/gpt-4o", "2.5", "10"),
    (
        "aws.bedrock",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "regional.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "3.3",
        "16.5",
    ),
    ("aws.bedrock", "amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0", "0.8", "3.2"),
    ("azure.ai.openai", "gpt-4o", "gpt-4o", "2.5", "10"),
    ("voyageai", "voyage-3-large", "voyage-3-large", "0.18", ""),
    ("zai", "glm-4.6", "GLM-4.6", "0.6", "2.2"),
    // Without a provider, the name says whose model it is.
    ("", "gpt-4o", "gpt-4o", "2.5", "10"),
    ("", "openai/gpt-4o", "gpt-4o", "2.5", "10"),
    ("", "openai:gpt-4o", "gpt-4o", "2.5", "10"),
    ("", "models/gemini-2.5-pro", "gemini-2.5-pro", "1.25", "10"),
    ("", "vertex_ai/gemini-2.5-flash-001", "gemini-2.5-flash", "0.3", "2.5"),
    ("", "groq/llama-3.1-8b-instant", "llama-3.1-8b-instant", "0.05", "0.08"),
    ("", "llama-3.3-70b-versatile", "llama-3.3-70b-versatile", "0.59", "0.79"),
    ("", "azure/eu/gpt-4o-2024-08-06", "gpt-4o", "2.5", "10"),
    ("", "openrouter/openai/gpt-4o", "openai/gpt-4o", "2.5", "10"),
    (
        "",
        "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "regional.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "3.3",
        "16.5",
    ),
    // A gateway or an unknown name of one hands on to the vendor.
    ("litellm", "anthropic/claude-opus-5", "claude-opus-5", "5", "25"),
    ("my-gateway", "gpt-4o", "gpt-4o", "2.5", "10"),
    // Fine-tuned models have prices of their own.
    ("openai", "ft:gpt-4o-mini-2024-07-18:acme::abc", "ft:gpt-4o-mini", "0.3", "1.2"),
    ("openai", "ft:gpt-4.1-mini-2025-04-14:acme::abc", "ft:gpt-4.1-mini-2025-04-14", "0.8", "3.2"),
];

#[test]
fn well_known_models_have_their_prices() {
    let catalogue = catalogue();
    for (provider, name, id, input, output) in GOLDEN {
        let provider = Some(*provider).filter(|provider| !provider.is_empty());
        let found = catalogue.lookup(provider, name).unwrap_or_else(|why| panic!("{name}: {why}"));
        let price = found.price(&now()).unwrap();
        let shown = |rate: Option<rust_decimal::Decimal>| rate.map(|rate| rate.to_string()).unwrap_or_default();
        assert_eq!(found.model.id, *id, "{name}");
        assert_eq!(
            (shown(price.input_per_mtok()), shown(price.output_per_mtok())),
            ((*input).to_owned(), (*output).to_owned()),
            "{name}"
        );
    }
}

#[test]
fn who_is_paid_has_one_name() {
    let catalogue = catalogue();
    let table = [
        (None, "gpt-4o", "openai"),
        (None, "gemini-2.5-pro", "gcp.gemini"),
        (Some("vertexai"), "gemini-2.5-pro", "gcp.vertex_ai"),
        (None, "vertex_ai/gemini-2.5-pro", "gcp.vertex_ai"),
        (Some("azure"), "gpt-4o", "azure.ai.openai"),
        (Some("bedrock"), "amazon.nova-pro-v1:0", "aws.bedrock"),
        (Some("xai"), "grok-4", "x_ai"),
        (Some("litellm"), "mistral/mistral-small-latest", "mistral_ai"),
    ];
    for (provider, model, name) in table {
        assert_eq!(
            catalogue.find(provider, model).map(|found| found.provider_name()),
            Some(name),
            "{provider:?} {model}"
        );
    }
}

#[test]
fn what_is_not_known_says_why() {
    let catalogue = catalogue();
    let table = [
        (None, "gpt-9000-turbo", "unknown-model"),
        (None, "claude", "unknown-model"),
        (None, "", "unknown-model"),
        (None, "llama3", "unknown-model"),
        (Some("azure"), "prod-chat", "not-listed"),
        (Some("groq"), "gpt-4o", "not-listed"),
        (Some("ollama"), "gpt-4o", "self-hosted"),
        (None, "ollama/llama3", "self-hosted"),
        (Some("lm_studio"), "qwen", "self-hosted"),
        (Some("replicate"), "meta/llama-3", "no-price-list"),
        (None, "gpt-oss-120b", "ambiguous"),
    ];
    for (provider, model, reason) in table {
        let why = catalogue.lookup(provider, model).err().map(|why| why.reason());
        assert_eq!(why, Some(reason), "{provider:?} {model}");
        assert!(catalogue.find(provider, model).is_none());
    }
    // Billed by the hour, and a chat model asked for a service that it does not have.
    let usage = Usage::new(10, 10);
    assert!(matches!(catalogue.cost(None, "whisper-1", &usage, &now()), Err(NoPrice::NoRate { .. })));
    let flex = now().with_service(Service::Flex);
    assert!(matches!(catalogue.cost(None, "claude-2.1", &usage, &flex), Err(NoPrice::NoService { .. })));
}

#[test]
fn bills_are_exact() {
    let catalogue = catalogue();
    let total = |provider, model, usage: Usage, when: &When| {
        catalogue.cost(Some(provider), model, &usage, when).unwrap().total().to_string()
    };
    assert_eq!(total("openai", "text-embedding-3-small", Usage::new(10, 0), &now()), "0.0000002");
    assert_eq!(total("openai", "gpt-4o", Usage::new(241, 300), &now()), "0.0036025");
    assert_eq!(total("openai", "gpt-4o", Usage::new(1000, 0).cached(600), &now()), "0.00175");
    assert_eq!(total("openai", "gpt-4o", Usage::new(1000, 0).cached(5000), &now()), "0.00125");
    assert_eq!(total("openai", "gpt-4o", Usage::new(1000, 500), &now().with_service(Service::Batch)), "0.00375");
    // A long input prices the whole call anew.
    assert_eq!(total("openai", "gpt-5.4", Usage::new(272_000, 1000), &now()), "0.695");
    assert_eq!(total("openai", "gpt-5.4", Usage::new(272_001, 1000), &now()), "1.382505");
    // Dated prices: o3 was cut in June 2025.
    assert_eq!(total("openai", "o3", Usage::new(1000, 0), &When::on(day("2025-06-09"))), "0.01");
    assert_eq!(total("openai", "o3", Usage::new(1000, 0), &When::on(day("2025-06-10"))), "0.002");
}

#[test]
fn the_hour_counts_where_the_vendor_says_so() {
    let catalogue = catalogue();
    let found = catalogue.find(Some("deepseek"), "deepseek-v4-pro").unwrap();
    let input = |minute| {
        let price = found.price(&When { minute, ..now() }).unwrap();
        assert!(price.varies_by_hour);
        price.input_per_mtok().unwrap().to_string()
    };
    assert_eq!(
        [input(Some(30)), input(Some(60)), input(Some(239)), input(Some(240))],
        ["0.66", "1.32", "1.32", "0.66"]
    );
    // At no particular hour it is the price of most of the day: here the lower, for the older scheme the higher one.
    assert_eq!(input(None), "0.66");
    let older = catalogue.find(Some("deepseek"), "deepseek-chat").unwrap().price(&now()).unwrap();
    assert_eq!(older.input_per_mtok().unwrap().to_string(), "0.27");
}

#[test]
fn prices_are_shown_as_the_contract_says() {
    let price = catalogue().find(None, "gpt-4o").unwrap().price(&now()).unwrap();
    let json = serde_json::to_value(&price).unwrap();
    assert_eq!((&json["input_per_mtok"], &json["output_per_mtok"]), (&"2.50".into(), &"10.00".into()));
    assert_eq!((&json["cache_read_per_mtok"], &json["source"]), (&"1.25".into(), &"builtin".into()));
    assert_eq!(json["as_of"], catalogue().as_of().to_string());
    let embedding = catalogue().find(None, "text-embedding-3-small").unwrap().price(&now()).unwrap();
    assert!(serde_json::to_value(&embedding).unwrap()["output_per_mtok"].is_null());
}

#[test]
fn limits_and_life_are_known_where_the_name_is() {
    let catalogue = catalogue();
    let find = |model| catalogue.find(None, model).unwrap();
    assert_eq!(find("gpt-4o").limits(), Limits { context: Some(128_000), max_output: Some(16_384) });
    assert_eq!(find("openai/gpt-4o-2024-08-06").limits().max_output, Some(16_384));
    // Priced by the beginning of its name: whether it has the same limits, nobody said.
    assert_eq!(find("claude-3-5-sonnet-experimental").limits(), Limits::default());
    assert_eq!(find("claude-3-5-sonnet-20241022").limits().context, Some(200_000));

    let end = day("2026-11-30");
    let sonnet = find("claude-sonnet-4-5");
    assert_eq!(sonnet.status(day("2026-01-01")), Status::Active);
    assert_eq!(sonnet.status(day("2026-11-21")), Status::Deprecated(Some(end)));
    assert_eq!(sonnet.status(end), Status::Retired(end));
    assert_eq!(find("claude-opus-5").status(day("2026-11-21")), Status::Active);
    assert_eq!(catalogue.find(Some("moonshotai"), "kimi-k2").unwrap().status(day("2026-11-21")).as_str(), "deprecated");
    // OpenAI's dates are not Azure's.
    assert_eq!(catalogue.find(Some("azure"), "gpt-4-turbo").unwrap().status(day("2026-11-21")), Status::Active);
    assert_eq!(serde_json::to_string(&Status::Retired(end)).unwrap(), r#"{"status":"retired","date":"2026-11-30"}"#);
}

#[test]
fn near_names_are_suggested() {
    let catalogue = catalogue();
    assert_eq!(catalogue.near("gpt4o", 1), ["gpt-4o"]);
    assert_eq!(catalogue.near("claude-sonet-4-5", 1), ["claude-sonnet-4-5"]);
    assert_eq!(catalogue.near("openai/gpt-4o-mni", 1), ["gpt-4o-mini"]);
    assert!(catalogue.near("completely-different-thing", 5).is_empty());
    assert!(catalogue.near("", 5).is_empty());
}

#[test]
fn the_catalogue_is_sound() {
    let catalogue = catalogue();
    assert!(catalogue.list().count() > 2300);
    let mut seen = BTreeSet::new();
    for (provider, model) in catalogue.list() {
        let name = format!("{} {}", provider.id, model.id);
        assert!(seen.insert(name.to_ascii_lowercase()), "{name} twice");
        assert!(!model.rules.is_empty() && !model.prices.is_empty(), "{name}");
        assert!(model.context.is_none_or(|tokens| (128..=20_000_000).contains(&tokens)), "{name}");
        assert!(model.max_output.is_none_or(|tokens| (1..=20_000_000).contains(&tokens)), "{name}");
        for row in &model.prices {
            let tiers = row.tiers.iter().map(|tier| &tier.rate);
            for (unit, rate) in std::iter::once(&row.rate).chain(tiers).flat_map(lensai_models::Rates::iter) {
                assert!(rate >= 0.into() && rate <= 10_000.into(), "{name} {unit:?} {rate}");
            }
            assert!(row.tiers.is_sorted_by_key(|tier| tier.above), "{name}");
        }
        // Every model can be found by its own id, and by nothing that would loop or panic.
        assert!(catalogue.find(Some(&provider.id), &model.id).is_some(), "{name}");
        assert!(lensai_models::canonical_provider(&provider.id).is_some(), "{}", provider.id);
    }
}

#[test]
fn a_cached_token_is_seldom_dearer_than_a_fresh_one() {
    let catalogue = catalogue();
    let dearer = |(_, model): &(&lensai_models::Provider, &lensai_models::Model)| {
        model.prices.iter().any(|row| {
            let pair = row.rate.get(Unit::CacheRead).zip(row.rate.get(Unit::In));
            pair.is_some_and(|(read, fresh)| read > fresh)
        })
    };
    assert!(catalogue.list().filter(dearer).count() < 10);
}

#[test]
fn hostile_names_have_no_price_and_do_no_harm() {
    let catalogue = catalogue();
    let long = "a/".repeat(50_000);
    for name in [
        long.as_str(),
        "😀",
        "\0",
        "////",
        ":::",
        "ft:",
        "us.",
        "anthropic.",
        "*",
        "#",
        "models/",
        "ollama/",
        "-v1:0",
        "é@é",
    ] {
        for provider in
            [None, Some("openai"), Some("aws"), Some("openrouter"), Some(""), Some("😀"), Some(long.as_str())]
        {
            let _ = catalogue.lookup(provider, name);
        }
        let _ = catalogue.near(name, 3);
        let _ = lensai_models::provider_of_host(name);
    }
}

#[test]
fn other_catalogues_are_checked() {
    let with = |schema: u32, currency: &str, rate: &str| {
        format!(
            r#"{{"schema":{schema},"as_of":"2026-01-01","currency":"{currency}","source":[],"providers":[{{"id":"openai","models":[{{"id":"m","match":["m"],"prices":[{{"rate":{{"in":"{rate}"}}}}]}}]}}]}}"#
        )
    };
    let good = Catalogue::parse(&with(1, "USD", "1.5"), "organisation").unwrap();
    assert_eq!(good.find(Some("openai"), "m").unwrap().price(&now()).unwrap().source, "organisation");
    for bad in [with(2, "USD", "1"), with(1, "EUR", "1"), with(1, "USD", "-1"), with(1, "USD", "1e3"), String::new()] {
        assert!(Catalogue::parse(&bad, "test").is_err(), "{bad}");
    }
}
