//! Which files are worth a parse.
//!
//! A file is parsed if it imports an SDK and has a name that requests have; or holds a chain so distinctive that it needs
//! no import; or has such a name and one behind which a module that it leads to holds an object of an SDK. All other
//! files are parsed only when a value leads into them. `--parse-all` must find nothing more.

use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use lensai_calls::sdk::Descriptions;
use lensai_calls::{Carried, Database, Through, carried};
use lensai_semantics::{Content, SourceFile, resolve_module};
use lensai_syntax::Language;
use lensai_syntax::skim::{Skim, SkimImport, Skimmer};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::source::Sources;

/// What to look for in the text of a file.
pub(crate) struct Prefilter {
    skimmer: Skimmer,
    requests: Vec<usize>,
    /// Chains that need no import: their names.
    distinctive: Vec<Vec<SmolStr>>,
    distinctive_words: Vec<Vec<usize>>,
    sdks: Vec<SdkWords>,
}

/// What is looked for of one SDK.
struct SdkWords {
    /// How its modules begin.
    modules: Vec<SmolStr>,
    /// Names that set something for everyone.
    setters: Vec<usize>,
    /// Its objects may be called themselves.
    calls_objects: bool,
}

/// What a look at the text of a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// A name that requests have occurs in it.
    request: bool,
    /// A distinctive chain occurs in it.
    distinctive: bool,
    /// SDKs whose setters occur in it.
    setters: Vec<usize>,
    imports: Vec<SkimImport>,
}

impl Prefilter {
    /// Compiles what the descriptions look for.
    pub(crate) fn new(descriptions: &Descriptions) -> Self {
        let mut words = Words::default();
        let requests = descriptions.request_words();
        let requests = requests.iter().filter(|name| !name.contains('*')).map(|name| words.add(name)).collect();
        let distinctive: Vec<Vec<SmolStr>> = descriptions
            .distinctive()
            .iter()
            .map(|chain| chain.split('.').filter(|name| !name.contains('*')).map(SmolStr::new).collect())
            .collect();
        let distinctive_words =
            distinctive.iter().map(|chain| chain.iter().map(|name| words.add(name)).collect()).collect();
        let sdks = descriptions.sdks.iter().map(|sdk| {
            let ambients = sdk.ambients.iter();
            let setters = ambients.flat_map(|ambient| ambient.set.iter().chain(&ambient.within).chain(&ambient.assign));
            SdkWords {
                setters: setters.filter_map(|pattern| pattern.export.last()).map(|name| words.add(name)).collect(),
                calls_objects: sdk.calls_objects(),
                modules: Descriptions { sdks: vec![sdk.clone()] }.modules().into_iter().collect(),
            }
        });
        let sdks = sdks.collect();
        let texts: Vec<&str> = words.0.iter().map(SmolStr::as_str).collect();
        Self { skimmer: Skimmer::new(&texts), requests, distinctive, distinctive_words, sdks }
    }

    /// Looks at the text of a file.
    pub(crate) fn look(&self, text: &str, language: Language) -> Look {
        let Skim { imports, words } = self.skimmer.skim(text.as_bytes(), language);
        let has = |index: &usize| words.contains(*index);
        let chains = self.distinctive.iter().zip(&self.distinctive_words);
        let setters = (0..).zip(&self.sdks).filter(|(_, sdk)| sdk.setters.iter().any(has));
        Look {
            request: self.requests.iter().any(has),
            distinctive: chains.into_iter().any(|(chain, words)| words.iter().all(has) && has_chain(text, chain)),
            setters: setters.map(|(at, _)| at).collect(),
            imports,
        }
    }

    /// Tells the database in which files something may be set for everyone, and selects the files that may hold a
    /// request, in order of path; all of them when `all` is set.
    pub(crate) fn select(
        &self,
        database: &mut Database,
        sources: &Sources,
        looks: Vec<(SourceFile, Look)>,
        all: bool,
    ) -> Vec<SourceFile> {
        // Before any question is asked: what is set for everyone is an input.
        let ambient = looks.iter().filter(|(file, look)| self.sets_ambient(database, *file, look));
        let ambient = ambient.map(|(file, _)| *file).collect();
        database.set_ambient_files(ambient);
        if all {
            return looks.iter().map(|(file, _)| *file).collect();
        }
        self.wanted(database, sources, looks)
    }

    /// Whether something may be set for everyone in a file.
    pub(crate) fn sets_ambient(&self, database: &Database, file: SourceFile, look: &Look) -> bool {
        look.setters.iter().filter_map(|setter| self.sdks.get(*setter)).any(|sdk| {
            look.imports.iter().any(|import| {
                !import.is_guess
                    && begins_with_one(&import.module, &sdk.modules)
                    && resolve_module(database, file, &import.module).is_none()
            })
        })
    }

    /// Selects the files that may hold a request, in order of path.
    pub(crate) fn wanted(
        &self,
        database: &Database,
        sources: &Sources,
        mut looks: Vec<(SourceFile, Look)>,
    ) -> Vec<SourceFile> {
        let graph = Graph::new(database, &self.sdks, &mut looks);
        let looks = looks.as_slice();
        let imports_sdk = |at: usize, wanted: &dyn Fn(&SdkWords) -> bool| {
            graph.external[at]
                .iter()
                .any(|module| self.sdks.iter().any(|sdk| wanted(sdk) && begins_with_one(module, &sdk.modules)))
        };
        let near: Vec<usize> = (0..looks.len()).filter(|at| imports_sdk(*at, &|_| true)).collect();
        let mut wanted: FxHashSet<usize> = FxHashSet::default();
        for (at, (_, look)) in looks.iter().enumerate() {
            let calls_objects = || imports_sdk(at, &|sdk| sdk.calls_objects);
            if look.distinctive || (near.binary_search(&at).is_ok() && (look.request || calls_objects())) {
                wanted.insert(at);
            }
        }
        follow(database, sources, looks, &graph, near, &mut wanted);
        let mut wanted: Vec<usize> = wanted.into_iter().collect();
        wanted.sort_unstable();
        wanted.into_iter().map(|at| looks[at].0).collect()
    }
}

/// Adds files with names behind which other files hold objects, from import to import.
fn follow(
    database: &Database,
    sources: &Sources,
    looks: &[(SourceFile, Look)],
    graph: &Graph,
    near: Vec<usize>,
    wanted: &mut FxHashSet<usize>,
) {
    let mut seen: FxHashSet<usize> = near.iter().copied().collect();
    let mut known = Through::default();
    let mut frontier = near;
    while !frontier.is_empty() {
        let files: Vec<(usize, SourceFile)> = frontier.iter().map(|at| (*at, looks[*at].0)).collect();
        let carriers: Vec<(usize, Vec<Carried>)> = files
            .into_par_iter()
            .map_with(database.clone(), |database, (at, file)| (at, carried(database, file, &known)))
            .collect();
        // Whoever imports a file that hands something on, and names it.
        let mut importers: FxHashSet<usize> = FxHashSet::default();
        let mut next: FxHashSet<usize> = FxHashSet::default();
        for (at, names) in carriers {
            if names.is_empty() {
                continue;
            }
            importers.extend(graph.importers[at].iter().copied().filter(|importer| !seen.contains(importer)));
            for carried in names {
                // A default export has the name that its importer gives it.
                if carried.name == "default" {
                    next.extend(graph.importers[at].iter().copied());
                } else {
                    known.entry(carried.name).or_default().extend(if carried.through.is_empty() {
                        vec![SmolStr::default()]
                    } else {
                        carried.through
                    });
                }
            }
        }
        let importers: Vec<usize> = importers.into_iter().collect();
        next.extend(mentioning(sources, database, looks, &importers, &known));
        frontier = next.into_iter().filter(|at| seen.insert(*at)).collect();
        frontier.sort_unstable();
        wanted.extend(frontier.iter().copied().filter(|at| looks[*at].1.request));
    }
}

/// Of some files those in which one of the names occurs, with one of its attributes or as the base of a class, or that
/// hand on all names of another file.
fn mentioning(
    sources: &Sources,
    database: &Database,
    looks: &[(SourceFile, Look)],
    among: &[usize],
    names: &Through,
) -> Vec<usize> {
    let mut words: Vec<&SmolStr> = names.iter().flat_map(|(name, through)| through.iter().chain([name])).collect();
    words.retain(|word| !word.is_empty());
    words.sort_unstable();
    words.dedup();
    let automaton =
        AhoCorasick::builder().match_kind(MatchKind::Standard).build(words.iter().map(|word| word.as_str()));
    let Ok(automaton) = automaton else { return among.to_vec() };
    let text_of = |at: &usize| match looks[*at].0.content(database) {
        Content::Open(text) | Content::Parsed(text, _) => Some(Arc::clone(text)),
        Content::Disk(_) => None,
    };
    let files: Vec<(usize, SmolStr, Option<Arc<str>>)> =
        among.iter().map(|at| (*at, looks[*at].0.path(database).clone(), text_of(at))).collect();
    let found = files.into_par_iter().filter(|(_, path, open)| {
        let read = open.clone().unwrap_or_else(|| sources.read(path).text);
        let text = read.as_bytes();
        if memchr::memmem::find(text, b"import *").is_some() || memchr::memmem::find(text, b"export *").is_some() {
            return true;
        }
        let mut occurring: FxHashSet<&str> = FxHashSet::default();
        for hit in automaton.find_overlapping_iter(text).filter(|hit| is_name(text, hit.start(), hit.end())) {
            let Some(word) = words.get(hit.pattern().as_usize()) else { continue };
            if is_base(text, hit.start()) && names.contains_key(word.as_str()) {
                return true;
            }
            occurring.insert(word);
        }
        occurring.iter().any(|word| {
            let mut through = names.get(*word).into_iter().flatten();
            through.any(|attribute| attribute.is_empty() || occurring.contains(attribute.as_str()))
        })
    });
    found.map(|(at, ..)| at).collect()
}

/// Whether a line has `class` before a place: what stands there may be a base.
fn is_base(text: &[u8], at: usize) -> bool {
    let before = text.get(..at).unwrap_or(&[]);
    let line = memchr::memrchr2(b'\n', b'\r', before).map_or(before, |start| before.get(start..).unwrap_or(&[]));
    memchr::memmem::find(line, b"class ").is_some()
}

/// Whether a word stands where code has names: not inside another word, and not in the middle of a sentence.
fn is_name(text: &[u8], start: usize, end: usize) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'$';
    let before = text.get(..start).unwrap_or(&[]);
    if before.last().is_some_and(is_part) || text.get(end).is_some_and(is_part) {
        return false;
    }
    let before = before.trim_ascii_end();
    let word = before.iter().rposition(|byte| !is_part(byte)).map_or(before, |at| before.get(at + 1..).unwrap_or(&[]));
    // After a sign anything may follow; after a word only a keyword leads to a name, unless a line lies between.
    word.is_empty() || KEYWORDS.contains(&word) || text.get(before.len()..start).is_some_and(|gap| gap.contains(&b'\n'))
}

/// Words after which code has names.
const KEYWORDS: [&[u8]; 28] = [
    b"import", b"from", b"return", b"as", b"await", b"new", b"in", b"is", b"not", b"or", b"and", b"else", b"if",
    b"elif", b"while", b"with", b"yield", b"extends", b"typeof", b"export", b"default", b"class", b"type", b"const",
    b"let", b"of", b"lambda", b"case",
];

/// Whether the last names of a chain follow each other somewhere: `.completions.create`, over lines and optional chaining too.
fn has_chain(text: &str, chain: &[SmolStr]) -> bool {
    let [.., before, last] = chain else { return true };
    memchr::memmem::find_iter(text.as_bytes(), last.as_bytes()).any(|at| {
        let Some(head) = text.get(..at) else { return false };
        let Some(head) = head.trim_end().strip_suffix('.') else { return false };
        // What may stand between two names of a chain: `?`, `!`, blanks, a call or an index.
        head.trim_end().trim_end_matches(['?', '!']).ends_with(before.as_str()) || head.ends_with([')', ']'])
    })
}

/// Who imports whom.
struct Graph {
    /// Of each file the modules of SDKs.
    external: Vec<Vec<SmolStr>>,
    /// Of each file those that import it.
    importers: Vec<Vec<usize>>,
}

impl Graph {
    /// Takes the imports out of the looks: nobody needs them any more.
    fn new(database: &Database, sdks: &[SdkWords], looks: &mut [(SourceFile, Look)]) -> Self {
        let index: FxHashMap<SourceFile, usize> = looks.iter().enumerate().map(|(at, (file, _))| (*file, at)).collect();
        let mut graph = Self { external: Vec::new(), importers: vec![Vec::new(); looks.len()] };
        for (at, (file, look)) in looks.iter_mut().enumerate() {
            let mut external = Vec::new();
            for import in std::mem::take(&mut look.imports) {
                match resolve_module(database, *file, &import.module).map(|target| index.get(&target)) {
                    Some(Some(target)) if *target != at => graph.importers[*target].push(at),
                    Some(_) => {}
                    None if import.is_guess => {}
                    None if !sdks.iter().any(|sdk| begins_with_one(&import.module, &sdk.modules)) => {}
                    None => external.push(import.module),
                }
            }
            graph.external.push(external);
        }
        graph
    }
}

/// Words, each once.
#[derive(Default)]
struct Words(Vec<SmolStr>);

impl Words {
    fn add(&mut self, word: &str) -> usize {
        let known = self.0.iter().position(|known| known == word);
        known.unwrap_or_else(|| {
            self.0.push(SmolStr::new(word));
            self.0.len() - 1
        })
    }
}

fn begins_with_one(module: &str, beginnings: &[SmolStr]) -> bool {
    beginnings.iter().any(|beginning| {
        module
            .strip_prefix(beginning.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']) || beginning.ends_with(['_', '/', '-']))
    })
}
