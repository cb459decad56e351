//! No file takes longer than it may, whatever is in it.

use std::time::{Duration, Instant};

use lensai_syntax::hir::Problem;
use lensai_syntax::{Language, Limits, facts};

/// What takes long to parse, and what is quickly parsed and takes long to lower.
#[test]
fn a_file_that_takes_too_long_is_given_up_and_says_so() {
    let limits = Limits { deadline: Duration::from_millis(30) };
    for (language, line) in [
        (Language::Python, "x1 = f(x0, {'a': [x0]})\n"),
        (Language::TypeScript, "const x1 = f(x0, { a: [x0] });\n"),
        (Language::JavaScript, "g(`${a}`);\n"),
    ] {
        let text = line.repeat(200_000);
        let start = Instant::now();
        let facts = facts(&text, language, limits);
        assert_eq!(facts.problems, [Problem::Deadline], "{language:?}");
        assert_eq!(facts.items.len(), 1, "the module stands, and is empty");
        // Two hundred times the limit: only a walk that does not look at the clock is slower.
        assert!(start.elapsed() < Duration::from_secs(6), "{language:?}");
    }
}

/// The limits that a file has in a scan: 1.5 s for the parse, 2 s in all.
#[test]
fn the_deadline_of_a_scan() {
    assert_eq!(Limits::default().deadline, Duration::from_millis(1500));
}
