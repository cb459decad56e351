//! Who is paid: providers by the names and hosts under which code speaks of them (`queries/providers.toml`).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

const BUILTIN: &str = include_str!("../../../../queries/providers.toml");

/// Providers by alias and by host, in OpenTelemetry's names.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Providers {
    /// Names in modules, class names and model prefixes, folded by [`fold`].
    alias: BTreeMap<String, String>,
    /// Hosts, each exact or with `*` for any text, and with a port when only that port is meant.
    host: BTreeMap<String, String>,
    /// Models that libraries which route by name alone send to one provider, with `*` for any text.
    model: BTreeMap<String, String>,
}

impl Providers {
    /// The built-in table.
    pub fn builtin() -> Self {
        // A test reads it, so it is never empty.
        Self::read(BUILTIN).unwrap_or_default()
    }

    /// Reads a table.
    pub fn read(text: &str) -> Result<Self, toml::de::Error> {
        let mut table: Self = toml::from_str(text)?;
        table.alias = table.alias.into_iter().map(|(name, provider)| (fold(&name), provider)).collect();
        Ok(table)
    }

    /// The provider of a host, given as a URL, a host or a host with its port; none when it is not known.
    ///
    /// The most exact entry wins: a name without `*` before one with, and a longer one before a shorter one.
    pub fn of_host(&self, url_or_host: &str) -> Option<&str> {
        let (host, port) = host_and_port(url_or_host)?;
        let with_port = port.map(|port| format!("{host}:{port}"));
        let exact = with_port.as_ref().and_then(|host| self.host.get(host)).or_else(|| self.host.get(&host));
        if let Some(provider) = exact {
            return Some(provider);
        }
        let matching = self.host.iter().filter(|(pattern, _)| matches(pattern, &host));
        let best = matching.max_by_key(|(pattern, _)| pattern.len());
        best.map(|(_, provider)| provider.as_str())
    }

    /// The provider that a name stands for (`google-vertex`, `azure_openai`, `OpenAI`); none when it is not known.
    pub fn of_alias(&self, name: &str) -> Option<&str> {
        self.alias.get(&fold(name)).map(String::as_str)
    }

    /// Like [`Self::of_alias`]; a name that is not known is itself the provider's, in lower case.
    pub fn of_name(&self, name: &str) -> String {
        self.of_alias(name).map_or_else(|| name.to_lowercase(), str::to_owned)
    }

    /// The provider before the first `/` or `:` of a model's name; none when what stands there is no known provider. Of a name
    /// without one it is who alone sells such models.
    pub fn of_prefix(&self, model: &str) -> Option<&str> {
        if let Some((prefix, _)) = model.split_once(['/', ':']) {
            return self.of_alias(prefix);
        }
        let found = self.model.iter().find(|(pattern, _)| matches(pattern, model));
        found.map(|(_, provider)| provider.as_str())
    }

    /// Every provider of the table, each once.
    pub fn names(&self) -> BTreeSet<&str> {
        self.alias.values().chain(self.host.values()).chain(self.model.values()).map(String::as_str).collect()
    }
}

/// The host of a URL, lower case and without credentials, and its port when the URL names one.
pub fn host_and_port(url_or_host: &str) -> Option<(String, Option<u16>)> {
    let rest = url_or_host.trim();
    let rest = rest.split_once("://").map_or(rest, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((v6, rest)) => (v6, rest.strip_prefix(':')),
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    (!host.is_empty()).then(|| (host, port.and_then(|port| port.parse().ok())))
}

/// The form in which names are compared: `AzureOpenAI`, `azure-openai` and `azure_openai` are one name, because case and
/// the signs between words say nothing. Two captures of `{p}` in one pattern are equal in the same sense.
pub fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// `*` stands for any text; the pieces between are searched from the left, the last one at the end.
fn matches(pattern: &str, host: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == host };
    let Some(mut host) = host.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for piece in middle.split('*') {
        match host.find(piece) {
            Some(found) => host = &host[found + piece.len()..],
            None => return false,
        }
    }
    host.ends_with(last)
}
