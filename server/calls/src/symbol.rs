//! Patterns of modules, exports and names against what the code names.

use lensai_semantics::{Symbol, Value};
use smol_str::SmolStr;

use crate::sdk::{ModulePattern, Path, Sdk, Step, SymbolPattern, fold};

/// What `{p}` stood for.
pub(crate) type Capture = Option<SmolStr>;

/// A symbol cut into segments: those of its module and path in one row.
pub(crate) struct Segments {
    /// All segments.
    pub(crate) all: Vec<SmolStr>,
    /// How many of them the module has.
    module: usize,
    /// The module is written as in Python.
    python: bool,
}

impl Segments {
    /// Segments of a symbol, as a file of this language names it.
    pub(crate) fn of(symbol: &Symbol, python: bool) -> Self {
        let separator = if python { '.' } else { '/' };
        let module = module_of(symbol);
        let mut all: Vec<SmolStr> = module.split(separator).filter(|part| !part.is_empty()).map(SmolStr::new).collect();
        let module = all.len();
        all.extend(symbol.path.iter().cloned());
        Self { all, module, python }
    }
}

/// The module of a symbol, as patterns name it: what the language gives everyone (`fetch`) is one too.
pub(crate) fn module_of(symbol: &Symbol) -> &str {
    if symbol.module.is_empty() { "globalThis" } else { &symbol.module }
}

/// Whether a symbol is what a pattern of an SDK names; what `{p}` stood for.
///
/// A module covers its submodules, and a package may hand an export through: in Python what stands between the module
/// and the export does not matter.
pub(crate) fn matches(sdk: &Sdk, pattern: &SymbolPattern, symbol: &Segments) -> Option<Capture> {
    // Cheap and decisive for nearly all pairs.
    if let (Some(want), Some(last)) = (pattern.export.last(), symbol.all.last())
        && !want.contains(['*', '{'])
        && want != last
    {
        return None;
    }
    let modules = match &pattern.module {
        Some(module) => std::slice::from_ref(module),
        None if symbol.python => sdk.python.as_slice(),
        None => sdk.typescript.as_slice(),
    };
    modules.iter().find_map(|module| matches_in(module, &pattern.export, symbol))
}

/// The same for one of these modules, where the pattern names none itself.
pub(crate) fn names(modules: &[ModulePattern], pattern: &SymbolPattern, symbol: &Segments) -> bool {
    let modules = pattern.module.as_ref().map_or(modules, std::slice::from_ref);
    modules.iter().any(|module| matches_in(module, &pattern.export, symbol).is_some())
}

/// Whether a symbol is of one of these modules, or of one below them.
pub(crate) fn is_below(modules: &[ModulePattern], symbol: &Segments) -> bool {
    let mut capture = None;
    modules.iter().any(|module| {
        module.segments.len() <= symbol.all.len()
            && module.segments.iter().zip(&symbol.all).all(|(want, have)| name_matches(want, have, &mut capture))
    })
}

fn matches_in(module: &ModulePattern, export: &[SmolStr], symbol: &Segments) -> Option<Capture> {
    let segments = &module.segments;
    let all = &symbol.all;
    let mut capture = None;
    let (path_start, flexible) = if symbol.python { (segments.len(), true) } else { (symbol.module, false) };
    if all.len() < segments.len() || (!symbol.python && symbol.module < segments.len()) {
        return None;
    }
    // The whole symbol is the module itself.
    if export.is_empty() && all.len() != segments.len() {
        return None;
    }
    for (want, have) in segments.iter().zip(all) {
        name_matches(want, have, &mut capture).then_some(())?;
    }
    let path = all.get(path_start..)?;
    if path.len() < export.len() {
        return None;
    }
    let tail = path.get(path.len() - export.len()..)?;
    // What stands before the export: any module in Python, at most `default` in TypeScript.
    let before = path.get(..path.len() - export.len())?;
    if !flexible && !before.iter().all(|name| name == "default") {
        return None;
    }
    for (want, have) in export.iter().zip(tail) {
        name_matches(want, have, &mut capture).then_some(())?;
    }
    Some(capture)
}

/// Whether a module is one of an SDK, or below one.
pub(crate) fn is_module_of(sdk: &Sdk, module: &Segments) -> bool {
    is_below(if module.python { &sdk.python } else { &sdk.typescript }, module)
}

/// One segment against one with `*` or `{p}`. `{p}` must stand for the same text wherever it occurs.
pub(crate) fn name_matches(want: &str, have: &str, capture: &mut Capture) -> bool {
    if want == have {
        return true;
    }
    // Cheap and decisive for nearly all pairs.
    if !may_begin(want, have) {
        return false;
    }
    if let Some((before, after)) = want.split_once("{p}") {
        let Some(middle) = have.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)) else { return false };
        if let Some(known) = capture {
            return fold(known) == fold(middle);
        }
        *capture = Some(SmolStr::new(middle));
        return !middle.is_empty();
    }
    glob(want, have)
}

/// Whether a text begins as a pattern does, by the first byte.
pub(crate) fn may_begin(pattern: &str, text: &str) -> bool {
    match pattern.as_bytes().first() {
        Some(b'*' | b'{') | None => true,
        first => first == text.as_bytes().first(),
    }
}

/// `*` stands for any text.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let Some((first, others)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let (middle, last) = others.rsplit_once('*').map_or((None, others), |(middle, last)| (Some(middle), last));
    for part in middle.into_iter().flat_map(|middle| middle.split('*')) {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or(""),
            None => return false,
        }
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

/// A pattern with `*` that many texts are held against, taken apart once.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Glob {
    first: SmolStr,
    /// What must stand between the ends, in this order; none where nothing may: there is no `*`.
    middle: Option<Vec<SmolStr>>,
    last: SmolStr,
}

impl Glob {
    pub(crate) fn new(pattern: &str) -> Self {
        let mut parts: Vec<SmolStr> = pattern.split('*').map(SmolStr::new).collect();
        let last = if parts.len() > 1 { parts.pop() } else { None };
        let first = if parts.is_empty() { SmolStr::default() } else { parts.remove(0) };
        Self { first, middle: last.is_some().then_some(parts), last: last.unwrap_or_default() }
    }

    /// As [`glob`].
    pub(crate) fn matches(&self, text: &str) -> bool {
        let Some(middle) = &self.middle else { return text == self.first };
        // Nearly all texts end otherwise.
        let ends = text.ends_with(self.last.as_str()) && text.starts_with(self.first.as_str());
        if !ends || text.len() < self.first.len() + self.last.len() {
            return false;
        }
        let Some(mut rest) = text.get(self.first.len()..text.len() - self.last.len()) else { return false };
        middle.iter().all(|part| match rest.find(part.as_str()) {
            Some(at) => {
                rest = rest.get(at + part.len()..).unwrap_or("");
                true
            }
            None => false,
        })
    }
}

/// Whether a path of steps is what a pattern names.
pub(crate) fn path_matches(pattern: &Path, path: &[Step]) -> bool {
    pattern.0.len() == path.len()
        && pattern.0.iter().zip(path).all(|(want, have)| {
            want.called == have.called
                && (want.name == have.name || (want.name.contains('*') && glob(&want.name, &have.name)))
        })
}

/// The symbol behind a value, without type arguments.
pub(crate) fn symbol_of(value: &Value) -> Option<&Symbol> {
    match value {
        Value::Symbol(symbol) => Some(symbol),
        Value::Index(index) => symbol_of(&index.object),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Glob, glob};

    #[test]
    fn a_pattern_that_is_taken_apart_says_the_same() {
        let patterns = ["", "*", "**", "a", "a*", "*a", "a*a", "*a*", "ab*ba", "a*b*c", "*é", "a**c"];
        let texts = ["", "a", "aa", "aba", "abba", "ab", "abc", "aXbYc", "abcc", "é", "aé", "c"];
        for pattern in patterns {
            for text in texts {
                assert_eq!(Glob::new(pattern).matches(text), glob(pattern, text), "{pattern:?} {text:?}");
            }
        }
    }
}
