//! From the name of a module, as it is written, to a file of the project.

#![expect(clippy::needless_pass_by_value, reason = "salsa's signature: a query owns its key")]

use lensai_syntax::Language;
use smol_str::SmolStr;

use crate::db::{Db, Project, SourceFile};
use crate::value::Value;

/// Endings that a TypeScript or JavaScript module may have, in order of trial.
const SCRIPT_ENDINGS: [&str; 8] = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];
/// More folders than this above a file are not searched for a module.
const MAX_FOLDERS: usize = 64;

/// The module of this name, seen from a file: a file of the project, or else what a package exports.
#[salsa::tracked(returns(clone))]
pub fn module(db: &dyn Db, from: SourceFile, name: SmolStr) -> Value {
    match resolve(db, db.project(), from, &name) {
        Some(file) => Value::Module(file),
        None => Value::symbol(&name, &[]),
    }
}

/// The submodule of a package of the project.
pub fn submodule(db: &dyn Db, package: SourceFile, name: &str) -> Option<SourceFile> {
    if !package.language(db).is_python() {
        return None;
    }
    let folder = package.path(db).strip_suffix("__init__.py")?;
    python_file(db, db.project(), folder, name)
}

/// The file of the project that a module name means, seen from a file. Not memoised: for whoever asks once.
pub fn resolve_module(db: &dyn Db, from: SourceFile, name: &str) -> Option<SourceFile> {
    resolve(db, db.project(), from, name)
}

fn resolve(db: &dyn Db, project: Project, from: SourceFile, name: &str) -> Option<SourceFile> {
    let path = from.path(db).as_str();
    match from.language(db) {
        Language::Python => python(db, project, path, name),
        Language::TypeScript | Language::Tsx | Language::JavaScript => script(db, project, path, name),
    }
}

fn python(db: &dyn Db, project: Project, from: &str, name: &str) -> Option<SourceFile> {
    let rest = name.trim_start_matches('.');
    let dots = name.len() - rest.len();
    if dots > 0 {
        let mut folder = parent(from);
        for _ in 1..dots {
            folder = parent(folder.strip_suffix('/')?);
        }
        return python_file(db, project, folder, &rest.replace('.', "/"));
    }
    let relative = rest.replace('.', "/");
    let first = rest.split('.').next().unwrap_or(rest);
    let external = is_external(db, project, rest);
    let mut folder = parent(from);
    for _ in 0..MAX_FOLDERS {
        // Inside a package of that name, the name means the package itself, unless it is a package of another one
        // (`app/ollama/` that says `import ollama`): names begin at the top.
        let inside = from
            .get(folder.len()..)
            .is_some_and(|tail| tail.strip_prefix(first).is_some_and(|tail| tail.starts_with('/')))
            && !project.files(db).contains_key(format!("{folder}__init__.py").as_str());
        if (!external || inside)
            && let Some(found) = python_file(db, project, folder, &relative)
                .or_else(|| python_file(db, project, &format!("{folder}src/"), &relative))
            // A module does not import itself: `openai.py` that says `import openai` means the package.
            && found.path(db) != from
        {
            return Some(found);
        }
        let Some(inner) = folder.strip_suffix('/') else { break };
        folder = parent(inner);
    }
    None
}

fn python_file(db: &dyn Db, project: Project, folder: &str, relative: &str) -> Option<SourceFile> {
    let files = project.files(db);
    let relative = relative.trim_matches('/');
    let stem =
        if relative.is_empty() { folder.trim_end_matches('/').to_owned() } else { format!("{folder}{relative}") };
    let package = if stem.is_empty() { "__init__.py".to_owned() } else { format!("{stem}/__init__.py") };
    files.get(package.as_str()).or_else(|| files.get(format!("{stem}.py").as_str())).copied()
}

fn script(db: &dyn Db, project: Project, from: &str, name: &str) -> Option<SourceFile> {
    if name.starts_with('.') {
        return script_file(db, project, &joined(parent(from), name)?);
    }
    if let Some(rooted) = name.strip_prefix('/') {
        return script_file(db, project, rooted);
    }
    let aliases = project.aliases(db).iter();
    for alias in aliases.filter(|alias| from.starts_with(alias.folder.as_str())) {
        let rest = match name.strip_prefix(alias.prefix.as_str()) {
            Some("") if alias.exact => "",
            Some(rest) if !alias.exact => rest,
            _ => continue,
        };
        // The sources of an SDK are not what its users mean.
        if alias.is_package && is_external(db, project, name) {
            continue;
        }
        let found = alias.targets.iter().find_map(|target| script_file(db, project, &format!("{target}{rest}")));
        if found.is_some() {
            return found;
        }
    }
    customary(db, project, from, name)
}

/// What a bundler's customary prefix means where no configuration says it: `@/lib/ai` in a Vite, Nuxt or `SvelteKit` project.
/// No package can have such a name.
fn customary(db: &dyn Db, project: Project, from: &str, name: &str) -> Option<SourceFile> {
    let (prefix, rest) = name.split_once('/')?;
    let folders: &[&str] = match prefix {
        "@" | "~" => &["src/", "app/", ""],
        "@@" | "~~" => &[""],
        "$lib" => &["src/lib/"],
        _ => return None,
    };
    let mut outer = parent(from);
    for _ in 0..MAX_FOLDERS {
        let found = folders.iter().find_map(|folder| script_file(db, project, &format!("{outer}{folder}{rest}")));
        let Some(inner) = outer.strip_suffix('/').filter(|_| found.is_none()) else { return found };
        outer = parent(inner);
    }
    None
}

/// The file of a script module, with the endings and index files that bundlers and Node try.
fn script_file(db: &dyn Db, project: Project, stem: &str) -> Option<SourceFile> {
    let files = project.files(db);
    let get = |path: &str| files.get(path).copied();
    if let Some(file) = get(stem) {
        return Some(file);
    }
    // `./a.js` in TypeScript means the file that is compiled to it.
    if let Some((base, "js" | "jsx" | "mjs" | "cjs")) = stem.rsplit_once('.')
        && let Some(file) = SCRIPT_ENDINGS.iter().find_map(|ending| get(&format!("{base}{ending}")))
    {
        return Some(file);
    }
    let with_ending = SCRIPT_ENDINGS.iter().find_map(|ending| get(&format!("{stem}{ending}")));
    with_ending.or_else(|| {
        let folder = stem.trim_end_matches('/');
        let index = if folder.is_empty() { "index".to_owned() } else { format!("{folder}/index") };
        SCRIPT_ENDINGS.iter().find_map(|ending| get(&format!("{index}{ending}")))
    })
}

/// A relative module name joined to a folder; none when it leaves the root.
fn joined(folder: &str, name: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn is_external(db: &dyn Db, project: Project, name: &str) -> bool {
    project.externals(db).prefixes.iter().any(|prefix| {
        name.strip_prefix(prefix.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']) || prefix.ends_with(['_', '/']))
    })
}

/// The folder of a path, with a trailing `/`; empty for the root.
fn parent(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| path.get(..=slash).unwrap_or(""))
}
