//! Counts that others published, and texts that try to hurt.

use std::time::{Duration, Instant};

use lensai_tokens::{Count, Encoding, Method, TokenCounter, Tokenizers, chat_overhead};

/// From `OpenAI`'s cookbook ("How to count tokens with tiktoken"): text, `cl100k_base`, `o200k_base`.
const PUBLISHED: &[(&str, u64, u64)] = &[
    ("hello world", 2, 2),
    ("tiktoken is great!", 6, 6),
    ("antidisestablishmentarianism", 6, 6),
    ("2 + 2 = 4", 7, 7),
    ("お誕生日おめでとう", 9, 8),
];

#[test]
fn published_counts_are_met() {
    let tokenizers = Tokenizers::new();
    for (text, cl100k, o200k) in PUBLISHED {
        assert_eq!(tokenizers.for_encoding(Encoding::Cl100kBase).count(text), Count::exact(*cl100k), "{text}");
        assert_eq!(tokenizers.for_encoding(Encoding::O200kBase).count(text), Count::exact(*o200k), "{text}");
    }
}

/// Billed prompt tokens that `OpenAI`'s own reference pages and read-me files show for whole chats.
#[test]
fn published_chats_are_met() {
    let tokenizers = Tokenizers::new();
    let chats: &[(&str, &[&str], u64)] = &[
        ("gpt-4o", &["You are a helpful assistant.", "Hello!"], 19),
        ("gpt-3.5-turbo", &["Say this is a test!"], 13),
        ("gpt-4.1", &["Hello!"], 9),
    ];
    for (model, messages, billed) in chats {
        let counter = tokenizers.for_model(model);
        let texts: Count = messages.iter().map(|text| counter.count(text)).sum();
        assert_eq!(texts + chat_overhead(model, messages.len()), Count::exact(*billed), "{model}");
    }
}

/// Our own texts, one of each kind, as counted when the vocabularies were verified against 12,620 slices of the reference
/// implementation: a change here means that the engine changed.
#[test]
fn texts_of_every_kind_keep_their_counts() {
    let tokenizers = Tokenizers::new();
    let table: &[(&str, u64, u64)] = &[
        ("You are a patient assistant. Answer in two short sentences, and never promise a refund.", 18, 18),
        ("def area(radius: float) -> float:\n    return 3.14159 * radius ** 2\n", 22, 22),
        ("export const price = (tokens: number) => tokens * 0.0000025;\n", 19, 19),
        ("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}", 18, 19),
        ("# Task\n\n- Summarise the ticket\n- Quote the *customer*\n\n| a | b |\n|---|---|\n", 26, 26),
        ("请用一句话总结下面的文章，并列出三个关键点。", 21, 15),
        ("Кратко перескажи следующий текст.", 13, 9),
        ("👩‍👩‍👧‍👦 naïve café — 12345678", 26, 19),
        ("<|endoftext|><|im_start|>", 12, 12),
        ("\r\n\t \u{a0}\u{200b}\n\n\n   x", 7, 7),
    ];
    for (text, cl100k, o200k) in table {
        let counts = (
            tokenizers.for_encoding(Encoding::Cl100kBase).count(text).expected,
            tokenizers.for_encoding(Encoding::O200kBase).count(text).expected,
        );
        assert_eq!(counts, (*cl100k, *o200k), "{text:?}");
    }
}

#[test]
fn families_without_a_vocabulary_here_have_bounds_around_their_ratio() {
    let tokenizers = Tokenizers::new();
    let prose = "The invoice was paid twice, so the customer asks for the second amount back. ".repeat(20);
    let base = tokenizers.for_model("gpt-4o").count(&prose).expected;
    let claude = tokenizers.for_model("claude-opus-4-7").count(&prose);
    assert_eq!(claude.method, Method::Ratio);
    assert_eq!(claude.expected, (base * 1433 + 500) / 1000);
    assert!(claude.low < claude.expected && claude.high > Some(claude.expected));
    assert_eq!(tokenizers.for_model("gpt-6-sol").count(&prose).method, Method::Assumed);
    assert_eq!(tokenizers.for_model("gpt-6-sol").count(&prose).expected, base);
    assert_eq!(tokenizers.for_model("no-such-model").count(&prose).expected, (base * 1100 + 500) / 1000);
    for model in ["claude-opus-4-7", "command-r", "gpt-6-sol", "no-such-model", "gpt-4o"] {
        assert_eq!(tokenizers.for_model(model).count(""), Count::ZERO, "{model}");
    }
}

#[test]
fn hostile_texts_end_and_do_not_panic() {
    const MEGABYTE: usize = 1 << 20;
    let tokenizers = Tokenizers::new();
    tokenizers.warm();
    let letters: String = (0..MEGABYTE as u64)
        .map(|n| char::from(b'a' + (n.wrapping_mul(6_364_136_223_846_793_005) >> 59) as u8 % 26))
        .collect();
    let texts = [
        " ".repeat(MEGABYTE),
        "a".repeat(MEGABYTE),
        "\n".repeat(MEGABYTE),
        "\0".repeat(MEGABYTE),
        "=".repeat(MEGABYTE),
        "😀".repeat(MEGABYTE / 4),
        "中".repeat(MEGABYTE / 3),
        "\u{301}".repeat(MEGABYTE / 2),
        letters,
    ];
    for text in &texts {
        let start = Instant::now();
        for model in ["gpt-4o", "gpt-4", "claude-opus-5"] {
            let count = tokenizers.for_model(model).count(text);
            assert!(count.expected > 0 && count.low <= count.expected, "{count:?}");
            // Cut inside a run without breaks: no longer exact, and says so.
            assert_ne!(count.method, Method::Exact);
        }
        // Far above what it takes (under a second in release), so that a loaded machine does not fail it.
        assert!(start.elapsed() < Duration::from_mins(1), "{:?}: {:?}", text.chars().next(), start.elapsed());
    }
}

#[test]
fn a_long_text_of_lines_is_counted_exactly_in_pieces() {
    let tokenizers = Tokenizers::new();
    let line = "Every line ends where the vocabulary would have cut anyway.\n";
    let counter = tokenizers.for_model("gpt-4o");
    let one = counter.count(line);
    let many = counter.count(&line.repeat(10_000));
    assert_eq!(many, one.times(10_000));
    assert_eq!(many.method, Method::Exact);
}
