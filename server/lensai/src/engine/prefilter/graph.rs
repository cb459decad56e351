//! Who imports whom, and which imports lead to an SDK.

use lensai_calls::Database;
use lensai_semantics::SourceFile;
use lensai_syntax::skim::{ImportForm, SkimImport};
use memchr::memmem;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::super::importers::Resolver;
use super::mention::is_word;
use super::{Look, Prefilter, Sources, text_of};

/// Who imports whom.
pub(super) struct Graph {
    /// Of each file the modules of SDKs.
    pub(super) external: Vec<Vec<SmolStr>>,
    /// Of each file whether one of its imports may lead to a request.
    pub(super) leads: Vec<bool>,
    /// Of each file those that import it.
    pub(super) importers: Vec<Vec<Importer>>,
}

/// A file that imports another one.
pub(super) struct Importer {
    /// Its index.
    pub(super) at: usize,
    /// What it takes of it.
    pub(super) takes: Takes,
}

/// What a file takes of one that it imports.
pub(super) enum Takes {
    /// This name.
    Name(SmolStr),
    /// Attributes of the module, which has this name unless it gets another one.
    Attributes(SmolStr),
    /// Names that the skim does not tell (JavaScript).
    Some,
    /// All names.
    All,
}

impl Graph {
    /// Takes the imports out of the looks: nobody needs them any more.
    pub(super) fn new(
        database: &Database,
        sources: &Sources,
        resolver: &Resolver<'_>,
        prefilter: &Prefilter,
        looks: &mut [(SourceFile, Look)],
    ) -> Self {
        let index: FxHashMap<SourceFile, usize> = looks.iter().enumerate().map(|(at, (file, _))| (*file, at)).collect();
        let mut graph = Self { external: Vec::new(), leads: Vec::new(), importers: Vec::new() };
        graph.importers.resize_with(looks.len(), Vec::new);
        let mut known: FxHashMap<SmolStr, bool> = FxHashMap::default();
        for (at, (file, look)) in looks.iter_mut().enumerate() {
            let is_python = file.language(database).is_python();
            let mut external = Vec::new();
            let mut leads = false;
            // Names of SDKs that may be modules.
            let mut unclear = Vec::new();
            for SkimImport { module, form } in std::mem::take(&mut look.imports) {
                let target = |name: &str| resolver.file(*file, name).map(|target| index.get(&target));
                let of = if form == ImportForm::Name { module.rsplit_once('.') } else { None };
                if let Some((package, name)) = of
                    && let Some(Some(target)) = target(if package.is_empty() { "." } else { package })
                    && *target != at
                {
                    graph.importers[*target].push(Importer { at, takes: Takes::Name(SmolStr::new(name)) });
                }
                match target(&module) {
                    Some(Some(target)) if *target != at => {
                        let takes = match form {
                            ImportForm::Package => continue,
                            ImportForm::All => Takes::All,
                            _ if !is_python => Takes::Some,
                            _ => Takes::Attributes(SmolStr::new(module.rsplit('.').next().unwrap_or_default())),
                        };
                        graph.importers[*target].push(Importer { at, takes });
                    }
                    Some(_) => {}
                    None if !prefilter.is_of_sdk(&module) => {}
                    None => match (form, of) {
                        (ImportForm::Module | ImportForm::All, _) => {
                            leads = true;
                            external.push(module);
                        }
                        (ImportForm::Package, _) => external.push(module),
                        // A name in a module of the project is no SDK's.
                        (ImportForm::Name, Some((package, name))) if !leads && target(package).is_none() => {
                            leads = *known
                                .entry(module.clone())
                                .or_insert_with(|| lensai_calls::leads(database, package, name));
                            if !leads && !name.starts_with(char::is_uppercase) {
                                unclear.push(SmolStr::new(name));
                            }
                        }
                        (ImportForm::Name, _) => {}
                    },
                }
            }
            if !leads && !unclear.is_empty() {
                let text = text_of(database, sources, *file);
                leads = unclear.iter().any(|name| may_be_module(text.as_bytes(), name));
            }
            graph.external.push(external);
            graph.leads.push(leads);
        }
        graph
    }
}

/// Whether a name that is imported may be a module: unless all that is done with it is to call it.
fn may_be_module(text: &[u8], name: &str) -> bool {
    let mut others = 0;
    let mut calls = 0;
    for at in memmem::find_iter(text, name.as_bytes()).filter(|at| is_word(text, *at, at + name.len())) {
        let is_called = text.get(at + name.len()) == Some(&b'(');
        let is_decorator = at.checked_sub(1).and_then(|before| text.get(before)) == Some(&b'@');
        if is_called || is_decorator {
            calls += 1;
        } else {
            others += 1;
        }
    }
    // One of them is the import; without any use the name may be there for other files.
    others != 1 || calls == 0
}
