//! Steps and faults as sentences.

use lensai_calls::explain::{By, CalleeKind, Failed, Missed};
use lensai_semantics::Reason;
use lensai_semantics::trail::{End, What};

/// The name of a step for programs, and what it says to people.
pub(super) fn step(what: &What) -> (&'static str, String) {
    match what {
        What::Bound(name) => ("bound", format!("`{name}` gets its value")),
        What::Part(name) => ("part", format!("`{name}` gets a part of a value")),
        What::Imported { name, module } if name == module => ("imported", format!("`{module}` is imported")),
        What::Imported { name, module } => ("imported", format!("`{name}` is imported from `{module}`")),
        What::HandedOn(name) => ("handed_on", format!("`{name}` is handed on from another module")),
        What::Tested(name) => ("tested", format!("a test says what `{name}` is")),
        What::Stored(name) => ("stored", format!("stored as the attribute `{name}`")),
        What::Put(key) => ("put", format!("put under `{key}`")),
        What::Key(key) => ("key", format!("stands under `{key}`")),
        What::Element => ("element", "an element of a list".to_owned()),
        What::Parameter { name, function } if function.is_empty() => ("parameter", format!("the parameter `{name}`")),
        What::Parameter { name, function } => ("parameter", format!("the parameter `{name}` of `{function}`")),
        What::Default(name) => ("default", format!("the default of `{name}`")),
        What::Argument(name) => ("argument", format!("given for `{name}` by a call")),
        What::Returned(function) => ("returned", format!("what `{function}` returns")),
        What::Through(name) => ("through", format!("by way of `{name}`")),
        What::Choice => ("choice", "one of several".to_owned()),
        What::Joined => ("joined", "put together".to_owned()),
        What::Environment(name) => {
            ("environment", format!("the variable `{name}` of the environment, or what stands in for it"))
        }
        What::Declared(name) => ("declared", format!("declared as `{name}`")),
        What::Note(text) => ("note", text.to_string()),
        What::End(end) => self::end(end),
    }
}

fn end(end: &End) -> (&'static str, String) {
    match end {
        End::Literal => ("literal", "the value itself".to_owned()),
        End::Call => ("call", "made by this call".to_owned()),
        End::Symbol(name) => ("symbol", format!("`{name}`, which is no code of this project")),
        End::Collection => ("collection", "a list or mapping as a whole".to_owned()),
        End::Pipe => ("pipe", "parts that are put one behind the other".to_owned()),
        End::Instance(class) => ("instance", format!("an instance of the project's class `{class}`")),
        End::Definition(name) if name.is_empty() => ("definition", "a function of the project".to_owned()),
        End::Definition(name) => ("definition", format!("`{name}` is defined in the project")),
        End::Module => ("module", "a module of the project".to_owned()),
        End::Caller(name) => ("caller", format!("unknown: no call is known that gives `{name}`")),
        End::Environment(name) => {
            ("environment", format!("unknown: the variable `{name}` of the environment, without a default"))
        }
        End::Missing(name) => ("missing", format!("unknown: nothing here has `{name}`")),
        End::Unknown(reason) => ("unknown", format!("unknown: {}", self::reason(*reason))),
        End::Again => ("again", "the same as above".to_owned()),
        End::TooFar => ("too_far", "unknown: the way is too long to be followed".to_owned()),
    }
}

fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Computed => "it is computed in a way that is not followed",
        Reason::Cycle => "it depends on itself",
        Reason::TooLarge => "it is too large to be followed",
        Reason::Undefined => "nothing in the code gives it",
    }
}

/// Whether a step ends a way without a value.
pub(super) fn is_unknown(kind: &str, text: &str) -> bool {
    matches!(kind, "caller" | "environment" | "missing" | "unknown" | "too_far") && text.starts_with("unknown")
}

/// By what a request is known.
pub(super) fn by(by: &By, pattern: &str, is_handed_on: bool) -> String {
    let known = match by {
        By::Function { symbol } if symbol.is_empty() => format!("`{pattern}` is called"),
        By::Function { symbol } => format!("`{symbol}` is called"),
        By::Object { kind } => format!("`{pattern}` is called on a `{kind}`"),
        By::Address { address, pattern } => format!("it is sent to `{address}`, which `{pattern}` describes"),
        By::Names { names, arguments } => {
            let arguments: Vec<String> = arguments.iter().map(|name| format!("`{}`", argument(name))).collect();
            let with = arguments.join(" and ");
            format!("what it is called on is not known, but `{names}` with {with} can be nothing else")
        }
    };
    if is_handed_on { format!("{known}; the method is handed on to be called") } else { known }
}

/// An argument, by its name or position.
fn argument(key: &str) -> String {
    match key.parse::<usize>() {
        Ok(at) => format!("argument {}", at + 1),
        Err(_) => key.to_owned(),
    }
}

/// What is called that is no request, and the name of that for programs.
pub(super) fn callee(missed: &Missed) -> (&'static str, String) {
    let name = &missed.callee;
    let (kind, text) = match missed.kind {
        CalleeKind::Function => ("function", format!("`{name}` is a function of this project, and no request itself")),
        CalleeKind::Class => ("class", format!("`{name}` is a class of this project, and no request itself")),
        CalleeKind::Package => ("package", format!("`{name}` comes from a package")),
        CalleeKind::Language => ("language", format!("`{name}` is no name of the project, and nothing imports it")),
        CalleeKind::Object => ("object", format!("`{name}` is, or hangs below, an object of a described SDK")),
        CalleeKind::Parameter => ("parameter", format!("`{name}` is given to the function around it")),
        CalleeKind::Unknown => ("unknown", "what is called is not known".to_owned()),
    };
    match &missed.makes {
        Some(makes) => (kind, format!("{text}; the call makes a {makes}, on which requests are made")),
        None => (kind, text),
    }
}

/// What of a description does not hold, by name and as a sentence.
pub(super) fn failed(failed: &Failed) -> (&'static str, String) {
    match failed {
        Failed::Module { is, modules } => {
            ("module", format!("`{is}` is not imported from {}", any_of(modules.iter().map(String::as_str))))
        }
        Failed::Kind { is, wants } => {
            let wants = any_of(wants.iter().map(smol_str::SmolStr::as_str));
            ("kind", format!("it is called on {is}, and not on a {wants}"))
        }
        Failed::Receiver { is } => ("receiver", format!("it is called on {is}, which is no object of this SDK")),
        Failed::Path { is, wants } => ("path", format!("`{is}` is not {}", any_of(wants.iter().map(String::as_str)))),
        Failed::Takes { argument: key, kind } => {
            ("takes", format!("`{}` is not known to be a `{kind}`", argument(key)))
        }
        Failed::Address { is, patterns } if is.is_empty() => (
            "address",
            format!("nothing is known of its address, which would have to match one of {patterns} patterns"),
        ),
        Failed::Address { is, patterns } => {
            let is = any_of(is.iter().map(String::as_str));
            ("address", format!("its address is {is}, which matches none of {patterns} patterns"))
        }
        Failed::Needs { missing } => {
            let missing = missing.iter().map(|row| format!("`{row}`")).collect::<Vec<_>>().join(" and ");
            ("needs", format!("the address alone says too little, and {missing} is not sent"))
        }
        Failed::Mention { texts } => {
            let texts = any_of(texts.iter().map(smol_str::SmolStr::as_str));
            (
                "mention",
                format!("no text of the file holds {texts}, without which none of these requests is looked for"),
            )
        }
        Failed::Receiverless => {
            ("receiverless", "what it is called on is not known, and its name alone says too little".to_owned())
        }
        Failed::Missing { arguments } => {
            let names = arguments.iter().map(|name| format!("`{}`", argument(name))).collect::<Vec<_>>().join(" and ");
            let is = if arguments.len() == 1 { "is" } else { "are" };
            ("missing", format!("what it is called on is not known, and {names} {is} not given, which would tell it"))
        }
        Failed::Near { modules } => {
            let modules = any_of(modules.iter().map(String::as_str));
            ("near", format!("what it is called on is not known, and the file imports nothing of {modules}"))
        }
        Failed::Place => ("place", "everything that was looked at holds, but no request is made here".to_owned()),
    }
}

/// `a`, `b` or `c`; of many the first.
fn any_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 4;
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if names.len() > MOST {
        return format!("{}, …", names.get(..MOST).unwrap_or_default().join(", "));
    }
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    }
}
