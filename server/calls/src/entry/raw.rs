//! The description as TOML gives it: keys are checked, texts are not yet read.

use serde::Deserialize;
use toml::Spanned;

use crate::sdk::{List, RawFrom, Text};

/// Makes the structs of tables: every key may be left out but those that are marked.
macro_rules! tables {
    ($($name:ident { $($(#[$attribute:meta])* $field:ident: $kind:ty),* $(,)? })*) => {
        $(
            #[derive(Debug, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(super) struct $name {
                $($(#[$attribute])* pub(super) $field: $kind),*
            }
        )*
    };
}

tables! {
    RawFramework {
        framework: Text,
        #[serde(default)] from: RawFrom,
        #[serde(default)]
        external: bool,
        separator: Option<String>,
        #[serde(default)] keeps_slash: bool,
        #[serde(default)] router: Vec<Spanned<RawRouter>>,
        #[serde(default)] child: Vec<RawChild>,
        #[serde(default)] entry: Vec<Spanned<RawEntry>>,
        #[serde(default)] mount: Vec<Spanned<RawMount>>,
        #[serde(default)] through: Vec<RawThrough>,
        #[serde(default)] view: Vec<RawView>,
        #[serde(default)] verb: Vec<RawVerb>,
        #[serde(default)] class: Vec<RawClass>,
        #[serde(default)] table: Vec<RawTable>,
        #[serde(default)] file: Vec<Spanned<RawFile>>,
        #[serde(default)] function: Vec<Spanned<RawFunction>>,
    }
    RawRouter {
        #[serde(default)] call: List,
        #[serde(default)] is: List,
        #[serde(default)] plugin: List,
        #[serde(default)] names: List,
        #[serde(default)] prefix: List,
        #[serde(default)] object: List,
        #[serde(default)] name: List,
        #[serde(default)] same: List,
    }
    RawChild { method: List, #[serde(default)] prefix: List }
    RawEntry {
        kind: Option<Text>,
        #[serde(default)] method: List,
        #[serde(default)] call: List,
        http: Option<String>,
        #[serde(default)] methods: List,
        #[serde(default)] path: List,
        #[serde(default)] name: List,
        #[serde(default)] dashes: bool,
        #[serde(default)] handler: List,
        #[serde(default)] listed: bool,
        #[serde(default)] resource: bool,
        #[serde(default)] within: bool,
    }
    RawMount {
        #[serde(default)] method: List,
        #[serde(default)] call: List,
        #[serde(default)] what: List,
        #[serde(default)] on: List,
        #[serde(default)] prefix: List,
        #[serde(default)] replaces: bool,
        #[serde(default)] listed: bool,
        #[serde(default)] plugin: bool,
        #[serde(default)] named: bool,
        #[serde(default)] global: bool,
    }
    RawThrough { call: List, what: List, name: Option<String>, #[serde(default)] files: List }
    RawView { method: List, http: String, resource: Option<String> }
    RawVerb {
        call: List,
        http: Option<String>,
        #[serde(default)] methods: List,
        #[serde(default)] detail: List,
        #[serde(default)] path: List,
    }
    RawClass { call: List, #[serde(default)] prefix: List }
    RawTable { call: List, #[serde(default)] names: List, what: List, method: List }
    RawFile {
        kind: Option<Text>,
        #[serde(default)] root: List,
        #[serde(default)] beside: List,
        #[serde(default)] file: List,
        #[serde(default)] drop: List,
        #[serde(default)] names_route: bool,
        #[serde(default)] dots: bool,
        prefix: Option<String>,
        #[serde(default)] export: List,
        #[serde(default)] table: List,
        #[serde(default)] suffix: List,
        directive: Option<String>,
    }
    RawFunction {
        kind: Option<Text>,
        #[serde(default)] name: List,
        #[serde(default)] params: List,
        #[serde(default)] is: List,
        #[serde(default)] key: List,
        #[serde(default)] main: bool,
    }
}
