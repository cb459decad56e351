//! The small languages inside a description's texts: modules, symbols, method paths, slot sources.
//!
//! Each function reads one text; its error is a sentence without a place, which the caller knows.

use smol_str::SmolStr;

use super::model::{ModulePattern, Operation, Path, SlotSource, SlotStart, SlotStep, Step, SymbolPattern};
use crate::address::UNKNOWN;

type Read<T> = Result<T, String>;

/// What separates the segments of a module's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Separator {
    /// Python: `langchain_core.runnables`.
    Dot,
    /// TypeScript: `@langchain/core/runnables`.
    Slash,
}

/// Reads `langchain_{p}` or `@ai-sdk/{p}`.
pub(crate) fn module(text: &str, separator: Separator) -> Read<ModulePattern> {
    let separator = match separator {
        Separator::Dot => '.',
        Separator::Slash => '/',
    };
    let segments = text.split(separator).map(|segment| pattern(segment, text)).collect::<Read<_>>()?;
    Ok(ModulePattern { segments })
}

/// Reads `module#export.path`, `export` or `module#`. A call's `()` at the end may be written and says nothing new.
///
/// `is_typescript` says of a module's name without `/` and `@` whether it is one of TypeScript.
pub(crate) fn symbol(text: &str, is_typescript: impl Fn(&str) -> bool) -> Read<SymbolPattern> {
    let (name, export) = match text.split_once('#') {
        Some((name, export)) => (Some(name), export),
        None => (None, text),
    };
    let module = match name {
        Some(name) if name.starts_with('@') || name.contains('/') || is_typescript(name) => {
            Some(module(name, Separator::Slash)?)
        }
        Some(name) => Some(module(name, Separator::Dot)?),
        None => None,
    };
    let export = export.strip_suffix("()").unwrap_or(export);
    if export.is_empty() && module.is_some() {
        return Ok(SymbolPattern { module, export: Vec::new() });
    }
    if export.contains("()") {
        return Err(format!(
            "`{text}` calls something on its way: describe what that call makes as a kind, and this as a path on it"
        ));
    }
    let export = export.split('.').map(|segment| pattern(segment, text)).collect::<Read<_>>()?;
    Ok(SymbolPattern { module, export })
}

/// One segment: a name in which `*` stands for any text and `{p}` captures one, at most once.
fn pattern(segment: &str, whole: &str) -> Read<SmolStr> {
    if segment.is_empty() {
        return Err(format!("`{whole}` has an empty part"));
    }
    if segment.matches("{p}").count() > 1 {
        return Err(format!("`{{p}}` stands twice in `{segment}`"));
    }
    if segment.replace("{p}", "").contains(['{', '}']) {
        return Err(format!("`{segment}`: only `{{p}}` can be captured"));
    }
    if let Some(wrong) = segment.chars().find(|c| c.is_whitespace() || "()[]#|\"'".contains(*c)) {
        return Err(format!("`{wrong}` has no meaning in `{whole}`"));
    }
    Ok(SmolStr::new(segment))
}

/// Reads `chat.completions.create()`, `runs.*()` or `()`.
pub(super) fn path(text: &str) -> Read<Path> {
    let mut steps = Vec::new();
    for part in text.split('.') {
        let name = part.trim_end_matches("()");
        let calls = (part.len() - name.len()) / 2;
        if name.is_empty() && (calls == 0 || !steps.is_empty()) {
            return Err(format!("`{text}` has an empty part"));
        }
        if name.contains(['{', '}']) {
            return Err(format!("`{text}`: a path captures nothing"));
        }
        if !name.is_empty() {
            steps.push(Step { name: pattern(name, text)?, called: calls > 0 });
        }
        let without_name = if name.is_empty() { calls } else { calls.saturating_sub(1) };
        steps.extend((0..without_name).map(|_| Step { name: SmolStr::default(), called: true }));
    }
    Ok(Path(steps))
}

/// Reads a path of one step: `beta` or `with_options()`.
pub(super) fn step(text: &str) -> Read<Step> {
    match path(text)?.0.as_slice() {
        [step] => Ok(step.clone()),
        _ => Err(format!("`{text}`: one attribute or method is meant here")),
    }
}

/// Reads `model`, `0`, `@x`, `0@model`, `@lm.@model`, `ambient:lm.@model`, `body|json.max_tokens` or `=text`.
pub(super) fn source(text: &str) -> Read<SlotSource> {
    if let Some(literal) = text.strip_prefix('=') {
        return Ok(SlotSource { start: SlotStart::Literal(literal.into()), steps: Vec::new() });
    }
    let (start, mut rest) = start(text)?;
    let mut steps = Vec::new();
    while let Some(mark) = rest.chars().next() {
        let after = &rest[mark.len_utf8()..];
        // `.@x` and `@x` say the same.
        let (mark, after) = match after.strip_prefix('@') {
            Some(slot) if mark == '.' => ('@', slot),
            _ => (mark, after),
        };
        let (name, remaining) = word(after);
        rest = remaining;
        if name.is_empty() {
            return Err(format!("`{text}`: a name is missing after `{mark}`"));
        }
        steps.push(match mark {
            '@' => SlotStep::Own(name.into()),
            '|' if name == "json" => SlotStep::Json,
            '|' => return Err(format!("`{text}`: `|{name}` is not known; only `|json` decodes")),
            _ => SlotStep::Key(name.into()),
        });
    }
    Ok(SlotSource { start, steps })
}

fn start(text: &str) -> Read<(SlotStart, &str)> {
    let (kind, rest): (fn(SmolStr) -> SlotStart, &str) = if let Some(rest) = text.strip_prefix('@') {
        (SlotStart::Own, rest)
    } else if let Some(rest) = text.strip_prefix("ambient:") {
        (SlotStart::Ambient, rest)
    } else {
        (SlotStart::Keyword, text)
    };
    let (name, rest) = word(rest);
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || "#(){}[]*:=".contains(c)) {
        return Err(format!("`{text}` names no argument, slot or ambient value"));
    }
    let is_position = name.len() == text.len() - rest.len() && name.bytes().all(|b| b.is_ascii_digit());
    if is_position {
        let position = name.parse().map_err(|_| format!("`{name}` is no position"))?;
        return Ok((SlotStart::Position(position), rest));
    }
    Ok((kind(name.into()), rest))
}

fn word(text: &str) -> (&str, &str) {
    text.split_at(text.find(['.', '@', '|']).unwrap_or(text.len()))
}

/// Reads sources with `|` between them, as in `0|service_name`; `|json` still belongs to what stands before it.
pub(super) fn alternatives(text: &str) -> Read<Vec<SlotSource>> {
    let mut parts: Vec<String> = Vec::new();
    for part in text.split('|') {
        match parts.last_mut() {
            Some(before) if part == "json" || part.starts_with("json.") || part.starts_with("json@") => {
                before.push('|');
                before.push_str(part);
            }
            _ => parts.push(part.to_owned()),
        }
    }
    parts.iter().map(|part| source(part)).collect()
}

/// Reads a pattern of an address: without scheme, in lower case, with `*` for any text, `…` for what is not known and at most one
/// `{name}`.
pub(super) fn address(text: &str) -> Read<SmolStr> {
    if text.contains("://") || text.chars().any(char::is_uppercase) {
        return Err(format!("`{text}`: an address stands here without its scheme, in lower case"));
    }
    let names = text.matches(['{', '}']).count();
    let captures =
        text.split_once('{').and_then(|(_, rest)| rest.split_once('}')).is_some_and(|(name, _)| !name.is_empty());
    if names > 2 || (names > 0 && !captures) {
        return Err(format!("`{text}`: one `{{name}}` at most captures a slot"));
    }
    Ok(text.replace('…', &UNKNOWN.to_string()).into())
}

/// Checks a glob.
pub(super) fn glob(text: &str) -> Read<SmolStr> {
    match globset::Glob::new(text) {
        Ok(_) => Ok(text.into()),
        Err(error) => Err(format!("`{text}` is no glob: {}", error.kind())),
    }
}

/// Reads an operation's name.
pub(super) fn operation(text: &str) -> Read<Operation> {
    Operation::ALL.into_iter().find(|operation| operation.as_str() == text).ok_or_else(|| {
        let known: Vec<_> = Operation::ALL.into_iter().map(Operation::as_str).collect();
        format!("`{text}` is no operation; known are {}", known.join(", "))
    })
}
