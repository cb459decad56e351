//! Aliases of module paths in `tsconfig.json` and `jsconfig.json`.

use std::path::Path;

use lensai_semantics::Alias;
use serde_json::Value;
use smol_str::SmolStr;

use super::ScanError;

/// The aliases of all configurations, the innermost folder first; what is wrong with one goes to `errors`.
pub(crate) fn aliases(root: &Path, configs: &[String], errors: &mut Vec<ScanError>) -> Vec<Alias> {
    let mut found = Vec::new();
    for path in configs {
        let parsed = std::fs::read_to_string(root.join(path))
            .map_err(|error| format!("cannot be read: {error}"))
            .and_then(|text| {
                let options = jsonc_parser::ParseOptions::default();
                jsonc_parser::parse_to_serde_value::<Value>(&text, &options)
                    .map_err(|error| format!("not valid: {error}"))
            });
        match parsed {
            Ok(config) => found.extend(of_config(path, &config)),
            Err(message) => errors.push(ScanError { path: path.clone(), message }),
        }
    }
    found.sort_by(|a: &Alias, b| b.folder.len().cmp(&a.folder.len()).then_with(|| b.prefix.len().cmp(&a.prefix.len())));
    found
}

fn of_config(path: &str, config: &Value) -> Vec<Alias> {
    let folder = path.rfind('/').map_or("", |slash| &path[..=slash]);
    let options = &config["compilerOptions"];
    let base = options["baseUrl"].as_str().map(|base| join(folder, base));
    let mut found = Vec::new();
    if let Some(paths) = options["paths"].as_object() {
        let base = base.clone().unwrap_or_else(|| folder.to_owned());
        for (pattern, targets) in paths {
            let prefix = pattern.strip_suffix('*');
            let targets = targets.as_array().into_iter().flatten().filter_map(Value::as_str);
            found.push(Alias {
                folder: SmolStr::new(folder),
                prefix: SmolStr::new(prefix.unwrap_or(pattern)),
                exact: prefix.is_none(),
                targets: targets.map(|target| SmolStr::new(join(&base, target.trim_end_matches('*')))).collect(),
            });
        }
    }
    // With a base every module may be below it.
    if let Some(base) = base {
        found.push(Alias {
            folder: SmolStr::new(folder),
            prefix: SmolStr::default(),
            exact: false,
            targets: vec![SmolStr::new(base)],
        });
    }
    found
}

/// A path of a configuration joined to its folder; folders keep their trailing `/`.
fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let is_folder = path.ends_with('/')
        || matches!(path, "." | "..")
        || !path.contains('.') && path.ends_with(|c: char| c.is_alphanumeric());
    let mut joined = parts.join("/");
    if is_folder && !joined.is_empty() {
        joined.push('/');
    }
    joined
}
