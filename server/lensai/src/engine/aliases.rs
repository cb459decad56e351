//! Aliases of module paths: `paths` of `tsconfig.json` and `jsconfig.json`, and the packages of a workspace by their names.

use std::path::Path;

use lensai_semantics::Alias;
use serde_json::Value;
use smol_str::SmolStr;

use super::ScanError;

/// Files that say what a module name means.
pub(crate) const CONFIGS: [&str; 3] = ["tsconfig.json", "jsconfig.json", "package.json"];
/// Configurations are followed this far to what they extend.
const MAX_EXTENDED: usize = 8;
/// Conditions of an export are followed this far.
const MAX_DEPTH: usize = 6;

/// The aliases of all configurations, the innermost folder first; what is wrong with one goes to `errors`.
pub(crate) fn aliases(root: &Path, configs: &[String], errors: &mut Vec<ScanError>) -> Vec<Alias> {
    let mut found = Vec::new();
    for path in configs {
        match read(root, path) {
            Ok(package) if path.ends_with("package.json") => found.extend(of_package(folder_of(path), &package)),
            Ok(config) => found.extend(of_config(path, &config, &|path| read(root, path).ok())),
            // Templates have some that are none yet; nothing is lost but a name.
            Err(_) if path.ends_with("package.json") => {}
            Err(message) => errors.push(ScanError { path: path.clone(), message }),
        }
    }
    found.sort_by(|a: &Alias, b| b.folder.len().cmp(&a.folder.len()).then_with(|| b.prefix.len().cmp(&a.prefix.len())));
    found
}

fn read(root: &Path, path: &str) -> Result<Value, String> {
    let text = std::fs::read_to_string(root.join(path)).map_err(|error| format!("cannot be read: {error}"))?;
    let options = jsonc_parser::ParseOptions::default();
    jsonc_parser::parse_to_serde_value::<Value>(&text, &options).map_err(|error| format!("not valid: {error}"))
}

/// The folder of a path, with a trailing `/`; empty for the root.
fn folder_of(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..=slash])
}

/// The name of a package stands for its sources, wherever they are built to.
fn of_package(folder: &str, package: &Value) -> Vec<Alias> {
    let Some(name) = package["name"].as_str().filter(|name| !name.is_empty()) else { return Vec::new() };
    let alias = |prefix: String, exact: bool, targets: Vec<String>| Alias {
        folder: SmolStr::default(),
        prefix: SmolStr::new(prefix),
        exact,
        is_package: true,
        targets: targets.iter().map(SmolStr::new).collect(),
    };
    let mut entries = Vec::new();
    for key in ["source", "types", "typings", "module", "main"] {
        entries.extend(package[key].as_str().map(str::to_owned));
    }
    let exports = &package["exports"];
    paths_in(if exports["."].is_null() { exports } else { &exports["."] }, 0, &mut entries);
    let mut targets: Vec<String> = entries.iter().flat_map(|entry| sources(folder, entry)).collect();
    targets.extend(["src/index", "index", "src/main"].map(|entry| format!("{folder}{entry}")));
    let mut found = vec![
        alias(name.to_owned(), true, targets),
        alias(format!("{name}/"), false, vec![format!("{folder}src/"), folder.to_owned()]),
    ];
    for (key, value) in exports.as_object().into_iter().flatten() {
        let Some(inner) = key.strip_prefix("./").filter(|inner| !inner.contains('*')) else { continue };
        let mut entries = Vec::new();
        paths_in(value, 0, &mut entries);
        let targets = entries.iter().flat_map(|entry| sources(folder, entry)).collect();
        found.push(alias(format!("{name}/{inner}"), true, targets));
    }
    found
}

/// All paths among the conditions of an export.
fn paths_in(export: &Value, depth: usize, found: &mut Vec<String>) {
    match export {
        Value::String(path) => found.push(path.clone()),
        Value::Object(conditions) if depth < MAX_DEPTH => {
            for (_, value) in conditions.iter().filter(|(key, _)| !key.starts_with('.')) {
                paths_in(value, depth + 1, found);
            }
        }
        _ => {}
    }
}

/// Where the source of a file of a package may stand: itself, or what it is built from.
fn sources(folder: &str, path: &str) -> Vec<String> {
    let path = path.trim_start_matches("./");
    let whole = format!("{folder}{path}");
    let stem = path.strip_suffix(".d.ts").or_else(|| path.rsplit_once('.').map(|(stem, _)| stem)).unwrap_or(path);
    let Some((_, inner)) = stem.split_once('/') else { return vec![whole] };
    let inner = inner.trim_start_matches("esm/").trim_start_matches("cjs/").trim_start_matches("types/");
    vec![format!("{folder}src/{inner}"), whole]
}

fn of_config(path: &str, config: &Value, read: &dyn Fn(&str) -> Option<Value>) -> Vec<Alias> {
    let folder = folder_of(path);
    let mut found = Vec::new();
    let (mut at, mut config) = (path.to_owned(), config.clone());
    for _ in 0..MAX_EXTENDED {
        of_options(folder, folder_of(&at), &config["compilerOptions"], &mut found);
        // Its own `paths` stand for those of what it extends.
        if config["compilerOptions"]["paths"].is_object() {
            break;
        }
        let Some(base) = config["extends"].as_str().filter(|base| base.starts_with('.')) else { break };
        let base = join(folder_of(&at), base);
        let base = match base.strip_suffix(".json") {
            Some(_) => base,
            None => format!("{}.json", base.trim_end_matches('/')),
        };
        let Some(extended) = read(&base) else { break };
        (at, config) = (base, extended);
    }
    found
}

/// Aliases that hold in `folder`, from options that stand in `at`.
fn of_options(folder: &str, at: &str, options: &Value, found: &mut Vec<Alias>) {
    let base = options["baseUrl"].as_str().map(|base| join(at, base));
    if let Some(paths) = options["paths"].as_object() {
        let base = base.clone().unwrap_or_else(|| at.to_owned());
        for (pattern, targets) in paths {
            let prefix = pattern.strip_suffix('*');
            let targets = targets.as_array().into_iter().flatten().filter_map(Value::as_str);
            found.push(Alias {
                folder: SmolStr::new(folder),
                prefix: SmolStr::new(prefix.unwrap_or(pattern)),
                exact: prefix.is_none(),
                is_package: false,
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
            is_package: false,
            targets: vec![SmolStr::new(base)],
        });
    }
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
