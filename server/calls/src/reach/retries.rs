//! Packages that call a function again when it fails.

use lensai_semantics::{Args, Turns, Value};
use lensai_syntax::hir::{Body, Expr, ExprId};

/// What a package calls again, and how its attempts are bounded.
struct Retry {
    /// The package.
    module: &'static str,
    /// What of it; of a package that exports one function also the default export.
    names: &'static [&'static str],
    /// The option that bounds the attempts.
    bound: &'static str,
    /// What the option counts.
    counts: Counts,
    /// The attempts when the option is not given; none when there is no bound then.
    default: Option<u64>,
}

/// What the option of a [`Retry`] counts.
#[derive(Clone, Copy)]
enum Counts {
    /// All calls.
    Attempts,
    /// The calls after the first.
    Retries,
    /// It is not a number but a condition: `stop_after_attempt(3)`.
    Condition(&'static str),
}

/// All that are known, by what their documentation says.
const RETRIES: [Retry; 13] = [
    // https://tenacity.readthedocs.io
    Retry {
        module: "tenacity",
        names: &["retry"],
        bound: "stop",
        counts: Counts::Condition("stop_after_attempt"),
        default: None,
    },
    // https://github.com/litl/backoff
    Retry {
        module: "backoff",
        names: &["on_exception", "on_predicate"],
        bound: "max_tries",
        counts: Counts::Attempts,
        default: None,
    },
    // https://stamina.hynek.me
    Retry { module: "stamina", names: &["retry"], bound: "attempts", counts: Counts::Attempts, default: Some(10) },
    // https://github.com/rholder/retrying
    Retry {
        module: "retrying",
        names: &["retry"],
        bound: "stop_max_attempt_number",
        counts: Counts::Attempts,
        default: None,
    },
    // https://github.com/invl/retry and its successor
    Retry { module: "retry", names: &["retry"], bound: "tries", counts: Counts::Attempts, default: None },
    Retry { module: "retry.api", names: &["retry"], bound: "tries", counts: Counts::Attempts, default: None },
    Retry { module: "retry2", names: &["retry"], bound: "tries", counts: Counts::Attempts, default: None },
    // https://github.com/sindresorhus/p-retry
    Retry { module: "p-retry", names: &["pRetry"], bound: "retries", counts: Counts::Retries, default: Some(11) },
    // https://github.com/vercel/async-retry
    Retry { module: "async-retry", names: &["retry"], bound: "retries", counts: Counts::Retries, default: Some(11) },
    // https://github.com/tim-kos/node-retry, as promises
    Retry { module: "promise-retry", names: &["retry"], bound: "retries", counts: Counts::Retries, default: Some(11) },
    // https://github.com/normartin/ts-retry-promise
    Retry {
        module: "ts-retry-promise",
        names: &["retry"],
        bound: "retries",
        counts: Counts::Retries,
        default: Some(11),
    },
    // https://github.com/coveo/exponential-backoff
    Retry {
        module: "exponential-backoff",
        names: &["backOff"],
        bound: "numOfAttempts",
        counts: Counts::Attempts,
        default: Some(10),
    },
    // https://github.com/franckLdx/ts-retry
    Retry {
        module: "ts-retry",
        names: &["retry", "retryAsync"],
        bound: "maxTry",
        counts: Counts::Attempts,
        default: Some(5),
    },
];

/// Whether what is called may be one of these, by how it is written: most attributes (`router.post`, `texts.map`) are not. A plain name
/// may have any meaning.
pub(super) fn may_be(body: &Body, callee: ExprId) -> bool {
    match body.expr(callee) {
        Expr::Name(_) => true,
        Expr::Attribute { name, .. } => {
            let name = body.name(name);
            name.contains("retry") || RETRIES.iter().any(|retry| retry.names.contains(&name))
        }
        _ => false,
    }
}

/// How often what is handed to this, or decorated with it, is called; none when it calls nothing again. Nobody expects that it fails.
pub(super) fn turns(callee: &Value, args: &Args) -> Option<Turns> {
    let Value::Symbol(symbol) = callee else { return None };
    let is_it = |retry: &&Retry| {
        retry.module == symbol.module
            && match symbol.path.as_slice() {
                [] => true,
                [name] => name == "default" || retry.names.contains(&name.as_str()),
                _ => false,
            }
    };
    let retry = RETRIES.iter().find(is_it)?;
    let high = match (option(args, retry.bound), retry.counts) {
        (None, _) => retry.default,
        (Some(bound), Counts::Attempts) => bound.as_u64(),
        (Some(bound), Counts::Retries) => bound.as_u64().map(|retries| retries.saturating_add(1)),
        (Some(bound), Counts::Condition(name)) => condition(bound, name),
    };
    Some(Turns { low: 1, expected: Some(1), high: high.map(|attempts| attempts.max(1)) })
}

/// The same for a decorator, with or without arguments.
pub(super) fn turns_of_decorator(decorator: &Value) -> Option<Turns> {
    match decorator {
        Value::Invoke(invoke) => turns(&invoke.callee, &invoke.args),
        other => turns(other, &Args::default()),
    }
}

/// A keyword, or what an options object has under its name.
fn option<'a>(args: &'a Args, name: &str) -> Option<&'a Value> {
    let keyword = args.keywords.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value);
    keyword.or_else(|| {
        args.positional.iter().find_map(|value| match value {
            Value::Mapping(options) => options.get(name),
            _ => None,
        })
    })
}

/// The number that a condition is made with; of several of which any ends it the least.
fn condition(value: &Value, name: &str) -> Option<u64> {
    match value {
        Value::Invoke(invoke) => match &invoke.callee {
            Value::Symbol(symbol) if symbol.path.last().is_some_and(|last| last == name) => {
                let first = invoke.args.positional.first();
                first.or_else(|| invoke.args.keywords.first().map(|(_, value)| value))?.as_u64()
            }
            Value::Symbol(symbol) if symbol.path.last().is_some_and(|last| last == "stop_any") => {
                invoke.args.positional.iter().filter_map(|part| condition(part, name)).min()
            }
            _ => None,
        },
        Value::Pipe(several) => several.values.iter().filter_map(|part| condition(part, name)).min(),
        _ => None,
    }
}
