//! Which files are worth a parse.
//!
//! A file is parsed if it has a name that requests have and evidence that an SDK is near: an import of one, or, over any
//! number of imports within the project, a file that has one; or a chain so distinctive that it needs no import.
//! All other files are parsed only when a value leads into them. `--parse-all` must find nothing more.

use lensai_calls::Database;
use lensai_calls::sdk::{Descriptions, Sdk};
use lensai_semantics::{SourceFile, resolve_module};
use lensai_syntax::Language;
use lensai_syntax::skim::{Skim, SkimImport, Skimmer};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// What to look for in the bytes of a file.
pub(crate) struct Prefilter {
    skimmer: Skimmer,
    words: Vec<SmolStr>,
    requests: Vec<usize>,
    /// Chains that need no import: the words of each.
    distinctive: Vec<Vec<usize>>,
    setters: Vec<usize>,
    /// How the modules of all SDKs begin.
    modules: Vec<SmolStr>,
    /// How the modules of SDKs begin whose objects are called themselves.
    callable: Vec<SmolStr>,
}

/// What a look at the bytes of a file says.
pub(crate) struct Look {
    /// It imports an SDK.
    sdk: bool,
    /// It imports an SDK whose objects are called themselves.
    callable: bool,
    /// A name that requests have occurs in it.
    request: bool,
    /// All names of a distinctive chain occur in it.
    distinctive: bool,
    /// It may set something for everyone.
    pub(crate) sets_ambient: bool,
    imports: Vec<SkimImport>,
}

impl Prefilter {
    /// Compiles what the descriptions look for.
    pub(crate) fn new(descriptions: &Descriptions) -> Self {
        let mut words: Vec<SmolStr> = Vec::new();
        let mut word = |name: &str| {
            let at = words.iter().position(|known| known == name);
            at.unwrap_or_else(|| {
                words.push(SmolStr::new(name));
                words.len() - 1
            })
        };
        let requests = descriptions.request_words();
        let requests = requests.iter().filter(|name| !name.contains('*')).map(|name| word(name)).collect();
        let distinctive = descriptions.distinctive();
        let distinctive = distinctive
            .iter()
            .map(|chain| chain.split('.').filter(|name| !name.contains('*')).map(&mut word).collect())
            .collect();
        let ambients = descriptions.sdks.iter().flat_map(|sdk| &sdk.ambients);
        let setters = ambients.flat_map(|ambient| ambient.set.iter().chain(&ambient.within).chain(&ambient.assign));
        let setters = setters.filter_map(|pattern| pattern.export.last()).map(|name| word(name)).collect();
        let texts: Vec<&str> = words.iter().map(SmolStr::as_str).collect();
        Self {
            skimmer: Skimmer::new(&texts),
            requests,
            distinctive,
            setters,
            modules: descriptions.modules().into_iter().collect(),
            callable: callable_modules(&descriptions.sdks),
            words,
        }
    }

    /// Looks at the bytes of a file.
    pub(crate) fn look(&self, text: &[u8], language: Language) -> Look {
        let Skim { imports, words } = self.skimmer.skim(text, language);
        let has = |index: &usize| words.contains(*index);
        let sdk = imports.iter().any(|import| begins_with_one(&import.module, &self.modules));
        Look {
            sdk,
            callable: sdk && imports.iter().any(|import| begins_with_one(&import.module, &self.callable)),
            request: self.requests.iter().any(has),
            distinctive: self.distinctive.iter().any(|chain| chain.iter().all(has)),
            sets_ambient: sdk && self.setters.iter().any(has),
            imports,
        }
    }

    /// How many words are looked for.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }
}

/// The files that may hold a request, in order of path.
pub(crate) fn candidates(database: &Database, looks: &[(SourceFile, Look)]) -> Vec<SourceFile> {
    let index: FxHashMap<SourceFile, usize> = looks.iter().enumerate().map(|(at, (file, _))| (*file, at)).collect();
    if std::env::var("DBG").is_ok() {
        use std::collections::BTreeMap;
        let mut by: BTreeMap<String, usize> = BTreeMap::new();
        let mut n = 0;
        for (file, look) in looks.iter().filter(|(_, l)| l.request) {
            let ext: Vec<_> = look.imports.iter().filter(|i| begins_with_one(&i.module, &["openai","langchain","langchain_","litellm","anthropic","boto3","google.genai","dspy","ai","@ai-sdk/","@langchain/","langgraph","botocore"].map(SmolStr::new)) && resolve_module(database, *file, &i.module).is_none()).collect();
            if !ext.is_empty() { n += 1; }
            let mut m: Vec<String> = ext.iter().map(|i| i.module.split('.').next().unwrap().to_owned()).collect(); m.sort(); m.dedup();
            for x in m { *by.entry(x).or_default() += 1; }
        }
        eprintln!("{n} {by:?}");
    }
    // Who imports a file that is near an SDK is near it too.
    let mut importers: Vec<Vec<usize>> = vec![Vec::new(); looks.len()];
    for (at, (file, look)) in looks.iter().enumerate() {
        for import in &look.imports {
            if let Some(target) = resolve_module(database, *file, &import.module).and_then(|target| index.get(&target))
                && *target != at
            {
                importers[*target].push(at);
            }
        }
    }
    let mut near: Vec<bool> = looks.iter().map(|(_, look)| look.sdk).collect();
    let mut callable: Vec<bool> = looks.iter().map(|(_, look)| look.callable).collect();
    spread(&importers, &mut near);
    spread(&importers, &mut callable);
    if std::env::var("DBG").is_ok() {
        let c = |f: &dyn Fn(usize, &Look) -> bool| looks.iter().enumerate().filter(|(at, (_, l))| f(*at, l)).count();
        eprintln!("sdk {} near {} request {} callable-own {} callable {} distinctive {} near&req {} sdk&req {}", c(&|_, l| l.sdk), c(&|at, _| near[at]), c(&|_, l| l.request), c(&|_, l| l.callable), c(&|at, _| callable[at]), c(&|_, l| l.distinctive), c(&|at, l| near[at] && l.request), c(&|_, l| l.sdk && l.request));
    }
    let wanted = |at: usize, look: &Look| look.distinctive || (near[at] && look.request) || callable[at];
    looks.iter().enumerate().filter(|(at, (_, look))| wanted(*at, look)).map(|(_, (file, _))| *file).collect()
}

fn spread(importers: &[Vec<usize>], marked: &mut [bool]) {
    let mut queue: Vec<usize> = (0..marked.len()).filter(|at| marked[*at]).collect();
    while let Some(at) = queue.pop() {
        for importer in &importers[at] {
            if !std::mem::replace(&mut marked[*importer], true) {
                queue.push(*importer);
            }
        }
    }
}

fn callable_modules(sdks: &[Sdk]) -> Vec<SmolStr> {
    let is_callable = |sdk: &&Sdk| {
        let paths = sdk.requests.iter().flat_map(|request| &request.path);
        paths.into_iter().any(|path| path.0.iter().all(|step| step.name.is_empty()))
    };
    let only: Vec<Sdk> = sdks.iter().filter(is_callable).cloned().collect();
    Descriptions { sdks: only }.modules().into_iter().collect()
}

fn begins_with_one(module: &str, beginnings: &[SmolStr]) -> bool {
    beginnings.iter().any(|beginning| {
        module.strip_prefix(beginning.as_str()).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(['.', '/']) || beginning.ends_with(['_', '/', '-'])
        })
    })
}
