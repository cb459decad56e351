//! Names of packages as module specifiers give them.

use std::borrow::Cow;

/// The package and the path in it that a specifier means: `https://esm.sh/openai@4.20.1` and `npm:openai@4` are `openai`. What is
/// no address of a package is itself.
pub(crate) fn package(specifier: &str) -> Cow<'_, str> {
    let Some(path) = path_of(specifier) else { return Cow::Borrowed(specifier) };
    let path = path.split(['?', '#']).next().unwrap_or(path);
    // The version stands behind the name, and so behind the `/` of a scope.
    let scope = if path.starts_with('@') { path.find('/').map_or(path.len(), |slash| slash + 1) } else { 0 };
    let Some(at) = path.get(scope..).and_then(|name| name.find('@')).map(|at| scope + at) else {
        return Cow::Borrowed(path);
    };
    let (name, version) = path.split_at(at);
    let rest = version.find('/').and_then(|slash| version.get(slash..)).unwrap_or("");
    if rest.is_empty() { Cow::Borrowed(name) } else { Cow::Owned(format!("{name}{rest}")) }
}

/// What a specifier says behind its registry: where packages are served from, they stand behind one of these.
fn path_of(specifier: &str) -> Option<&str> {
    if let Some(path) = specifier.strip_prefix("npm:").or_else(|| specifier.strip_prefix("jsr:")) {
        return Some(path.trim_start_matches('/'));
    }
    let (_, mut path) = specifier.strip_prefix("https://")?.split_once('/')?;
    // `deno.land/x/openai`, `cdn.jsdelivr.net/npm/openai`, `esm.sh/v135/openai`, `esm.sh/stable/react`
    while let Some((first, rest)) = path.split_once('/') {
        let is_build = |first: &str| {
            first
                .strip_prefix('v')
                .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
        };
        if !matches!(first, "x" | "npm" | "stable" | "pin") && !is_build(first) {
            break;
        }
        path = rest;
    }
    (!path.is_empty()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::package;

    #[test]
    fn addresses_of_packages_are_their_names() {
        let named = |specifier: &'static str, name: &str| assert_eq!(package(specifier), name);
        named("openai", "openai");
        named("./openai", "./openai");
        named("@ai-sdk/openai", "@ai-sdk/openai");
        named("npm:openai@4.20.1", "openai");
        named("npm:/openai@4/helpers/zod", "openai/helpers/zod");
        named("npm:@anthropic-ai/sdk", "@anthropic-ai/sdk");
        named("jsr:@openai/openai@^4", "@openai/openai");
        named("https://esm.sh/@langchain/openai@0.3.0/dist/x?deps=zod@3", "@langchain/openai/dist/x");
        named("https://esm.sh/v135/openai@4.20.1", "openai");
        named("https://deno.land/x/openai@v4.20.1/mod.ts", "openai/mod.ts");
        named("https://cdn.jsdelivr.net/npm/ollama@0.5/+esm", "ollama/+esm");
        named("https://esm.sh/", "https://esm.sh/");
        named("node:fs", "node:fs");
        named("npm:", "");
        named("npm:@", "@");
    }
}
