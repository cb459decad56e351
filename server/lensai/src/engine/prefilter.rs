//! Which files are worth a parse.
//!
//! A file is parsed if it imports an SDK and has a name that requests have; or holds a chain so distinctive that it needs
//! no import; or has such a name and one behind which a module that it leads to holds an object of an SDK. All other
//! files are parsed only when a value leads into them. `--parse-all` must find nothing more.

mod chain;
mod elsewhere;
mod graph;
mod literals;
mod mention;

use std::sync::Arc;

use aho_corasick::AhoCorasick;
use lensai_calls::sdk::{Descriptions, ModulePattern, Sdk, SymbolPattern};
use lensai_calls::{Candidates, Carried, Database, Known, Through, candidates, carried};
use lensai_semantics::{Content, SourceFile, resolve_module};
use lensai_syntax::Language;
use lensai_syntax::skim::{ImportForm, Skim, SkimImport, Skimmer};
use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use self::chain::{Chain, Setter, is_called};
use self::graph::{Graph, Takes};
use self::mention::{Asked, extend, mentioning};
use super::importers::{Resolver, importers};
use super::source::Sources;

/// What to look for in the text of a file.
pub(crate) struct Prefilter {
    skimmer: Skimmer,
    requests: Vec<usize>,
    /// Functions that load a module by its name.
    loaders: [usize; 2],
    /// Names of modules of SDKs as texts.
    quoted: Vec<(usize, String)>,
    /// Chains that need no import, with the words in them.
    distinctive: Vec<(Chain, Vec<usize>)>,
    /// Chains that need an import of something of an SDK, and which.
    near: Vec<(Chain, Vec<usize>, usize)>,
    sdks: Vec<SdkWords>,
    /// How the modules of all of them begin, by the first byte.
    modules: FxHashMap<Option<u8>, Vec<SmolStr>>,
    /// Texts one of which must stand in a file for requests of libraries that everybody uses.
    mentions: Vec<usize>,
    /// The same, to be found with their places.
    mention_texts: Option<AhoCorasick>,
    /// Those of them that are part of an address.
    addresses: Vec<usize>,
    /// The same, to be found in a part of a file.
    address_parts: Option<AhoCorasick>,
    /// Names of such requests.
    address_words: Vec<(usize, SmolStr)>,
    /// The modules of these libraries.
    common: Vec<SmolStr>,
}

/// What is looked for of one SDK.
struct SdkWords {
    /// How its modules begin.
    modules: Vec<SmolStr>,
    /// Names that set something for everyone.
    setters: Vec<(usize, Setter)>,
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
    address: Addresses,
    late: Late,
    /// SDKs whose setters occur in it.
    setters: Vec<usize>,
    imports: Vec<SkimImport>,
}

impl Look {
    /// The modules that the file may import.
    pub(crate) fn imports(&self) -> &[SkimImport] {
        &self.imports
    }
}

/// What a file has to do with requests that are known by their address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Addresses {
    /// A part of an address occurs in it.
    has: bool,
    /// In Python: the names at its top by which others get one.
    given: Vec<SmolStr>,
    /// A name occurs in it of what may send a request to one.
    may_send: bool,
    /// Whether it says where, or what is sent, and calls what may send it.
    sends: Sends,
}

/// Whether a file sends something to an address that it says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Sends {
    /// It says none.
    #[default]
    No,
    /// It says one, or what is sent, but not in a literal, where alone that counts.
    Named,
    /// It may.
    Perhaps,
}

/// What a file has to do with modules that are loaded by their name (Python).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Late {
    /// It calls what loads a module.
    loads: bool,
    /// It has the name of an SDK's module as a text that may be one to load.
    names: bool,
}

/// The files that may hold a request.
pub(crate) struct Wanted {
    /// In order of path. One in which no call may be one is among them: what is wrong with it is said.
    pub(crate) files: Vec<SourceFile>,
    /// Those that name modules of SDKs for others to load.
    naming: FxHashSet<SourceFile>,
    /// What files hand on.
    known: Known,
}

impl Prefilter {
    /// Compiles what the descriptions look for.
    pub(crate) fn new(descriptions: &Descriptions) -> Self {
        let mut words = Words::default();
        let requests = descriptions.request_words();
        let requests = requests.iter().filter(|name| !name.contains('*')).map(|name| words.add(name)).collect();
        let loaders = ["import_module", "__import__"].map(|name| words.add(name));
        let modules = descriptions.sdks.iter().filter(|sdk| sdk.mention.is_empty()).flat_map(|sdk| &sdk.python);
        let modules = modules.filter_map(ModulePattern::python_name);
        let quoted = modules.flat_map(|name| [format!("\"{name}\""), format!("'{name}'")]);
        let quoted = quoted.map(|text| (words.add(&text), text)).collect();
        let mut chain = |names: SmolStr, keys: Vec<Vec<SmolStr>>| -> (Chain, Vec<usize>) {
            let names: Vec<SmolStr> = names.split('.').filter(|name| !name.contains('*')).map(SmolStr::new).collect();
            let found = names.iter().map(|name| words.add(name)).collect();
            (Chain::new(names, keys), found)
        };
        let distinctive = descriptions.distinctive().into_iter().map(|(names, keys)| chain(names, keys)).collect();
        let near = descriptions.distinctive_near().into_iter().map(|((sdk, names), keys)| {
            let (chain, found) = chain(names, keys);
            (chain, found, sdk)
        });
        let near = near.collect();
        let sdks = descriptions.sdks.iter().map(|sdk| {
            let ambients = sdk.ambients.iter();
            let setters = ambients.flat_map(|ambient| {
                let last = |pattern: &SymbolPattern| pattern.export.last().cloned();
                let called = ambient.set.iter().chain(&ambient.within).filter_map(last).map(Setter::Called);
                called.chain(ambient.assign.iter().filter_map(last).map(Setter::Assigned))
            });
            SdkWords {
                setters: setters.map(|setter| (words.add(setter.name()), setter)).collect(),
                calls_objects: sdk.calls_objects(),
                // To import what everybody uses for everything says nothing.
                modules: if sdk.mention.is_empty() { modules_of(sdk) } else { Vec::new() },
            }
        });
        let sdks: Vec<SdkWords> = sdks.collect();
        let mut modules: FxHashMap<Option<u8>, Vec<SmolStr>> = FxHashMap::default();
        for module in sdks.iter().flat_map(|sdk| &sdk.modules) {
            modules.entry(module.bytes().next()).or_default().push(module.clone());
        }
        let common = descriptions.sdks.iter().filter(|sdk| !sdk.mention.is_empty()).flat_map(modules_of).collect();
        let mentions = descriptions.sdks.iter().flat_map(|sdk| &sdk.mention);
        let (address_parts, others): (Vec<SmolStr>, Vec<SmolStr>) =
            mentions.cloned().partition(|text| text.contains(['/', ':', '.']));
        // They fail for more texts than there can be.
        let mention_texts = AhoCorasick::new(address_parts.iter().chain(&others).map(SmolStr::as_str)).ok();
        let parts = AhoCorasick::new(address_parts.iter().map(SmolStr::as_str)).ok();
        let addresses: Vec<usize> = address_parts.iter().map(|text| words.add(text)).collect();
        let mentions = addresses.iter().copied().chain(others.iter().map(|text| words.add(text))).collect();
        let address_words = descriptions.address_words().into_iter().map(|name| (words.add(&name), name)).collect();
        let texts: Vec<&str> = words.0.iter().map(SmolStr::as_str).collect();
        Self {
            skimmer: Skimmer::new(&texts),
            requests,
            loaders,
            quoted,
            distinctive,
            near,
            sdks,
            modules,
            mentions,
            mention_texts,
            addresses,
            address_parts: parts,
            address_words,
            common,
        }
    }

    /// Looks at the text of a file.
    pub(crate) fn look(&self, text: &str, language: Language) -> Look {
        let Skim { imports, words } = self.skimmer.skim(text.as_bytes(), language);
        let has = |index: &usize| words.contains(*index);
        // Python has no `fetch` of its own.
        let imports_common = || imports.iter().any(|import| begins_with_one(&import.module, &self.common));
        let may_send = self.address_words.iter().any(|(word, _)| has(word));
        let has_address = self.addresses.iter().any(has);
        let gives = has_address && language.is_python();
        let sends = may_send
            && self.mentions.iter().any(has)
            && (!language.is_python() || imports_common())
            && self.sends(text);
        let says = |texts: &AhoCorasick| !language.is_python() || literals::may_say(text, texts);
        let sends = if !sends {
            Sends::No
        } else if self.mention_texts.as_ref().is_none_or(says) {
            Sends::Perhaps
        } else {
            Sends::Named
        };
        let mut chains = self.distinctive.iter().filter(|(_, words)| words.iter().all(has));
        let imports_of = |sdk: usize| {
            self.sdks
                .get(sdk)
                .is_some_and(|sdk| imports.iter().any(|import| begins_with_one(&import.module, &sdk.modules)))
        };
        let near = || {
            let mut chains = self.near.iter().filter(|(_, words, sdk)| words.iter().all(has) && imports_of(*sdk));
            chains.any(|(chain, ..)| chain.occurs(text, language))
        };
        let sets = |(word, setter): &(usize, Setter)| has(word) && setter.occurs(text);
        let setters = (0..).zip(&self.sdks).filter(|(_, sdk)| sdk.setters.iter().any(sets));
        Look {
            request: self.requests.iter().any(has),
            address: Addresses {
                has: has_address,
                given: if gives { self.given_addresses(text) } else { Vec::new() },
                may_send,
                sends,
            },
            distinctive: chains.any(|(chain, _)| chain.occurs(text, language)) || near(),
            late: Late {
                loads: language.is_python() && self.loaders.iter().any(has),
                names: language.is_python()
                    && self.quoted.iter().any(|(word, quoted)| has(word) && is_loaded(text, quoted)),
            },
            setters: setters.map(|(at, _)| at).collect(),
            imports,
        }
    }

    /// Whether a text calls what may send a request to an address.
    fn sends(&self, text: &str) -> bool {
        self.address_words.iter().any(|(_, name)| is_called(text, name))
    }

    /// Tells the database in which files something may be set for everyone, and selects the files that may hold a
    /// request, in order of path; all of them when `all` is set.
    pub(crate) fn select(
        &self,
        database: &mut Database,
        sources: &Sources,
        mut looks: Vec<(SourceFile, Look)>,
        all: bool,
    ) -> Vec<SourceFile> {
        // Before any question is asked: what is set for everyone is an input.
        let ambient = looks.iter().filter(|(file, look)| self.sets_ambient(database, *file, look));
        let ambient = ambient.map(|(file, _)| *file).collect();
        database.set_ambient_files(ambient);
        let resolver = Resolver::of_all(database);
        let imported = looks.iter().map(|(file, look)| (*file, resolver.imported(*file, look.imports())));
        let importers = importers(database, imported);
        let addressed = self.addressed(database, looks.iter().map(|(file, look)| (*file, look)), &importers);
        let graph = (!all).then(|| Graph::new(database, sources, &resolver, self, &mut looks));
        database.set_importers(importers);
        database.set_addressed_files(addressed);
        let Some(graph) = graph else { return looks.iter().map(|(file, _)| *file).collect() };
        let Wanted { files, naming, known } = self.wanted_in(database, sources, &mut looks, &graph);
        let candidates: Candidates = files
            .par_iter()
            .map_with(database.clone(), |database, file| {
                (*file, candidates(database, *file, &known, naming.contains(file)))
            })
            .collect();
        database.look_only_at(candidates);
        files
    }

    /// Whether a module may be one of an SDK.
    fn is_of_sdk(&self, module: &str) -> bool {
        self.modules.get(&module.bytes().next()).is_some_and(|beginnings| begins_with_one(module, beginnings))
    }

    /// Whether something may be set for everyone in a file.
    pub(crate) fn sets_ambient(&self, database: &Database, file: SourceFile, look: &Look) -> bool {
        look.setters.iter().filter_map(|setter| self.sdks.get(*setter)).any(|sdk| {
            look.imports.iter().any(|import| {
                import.form != ImportForm::Name
                    && begins_with_one(&import.module, &sdk.modules)
                    && resolve_module(database, file, &import.module).is_none()
            })
        })
    }

    /// Selects the files that may hold a request.
    pub(crate) fn wanted(&self, database: &Database, sources: &Sources, mut looks: Vec<(SourceFile, Look)>) -> Wanted {
        let graph = Graph::new(database, sources, &Resolver::of_all(database), self, &mut looks);
        self.wanted_in(database, sources, &mut looks, &graph)
    }

    fn wanted_in(
        &self,
        database: &Database,
        sources: &Sources,
        looks: &mut [(SourceFile, Look)],
        graph: &Graph,
    ) -> Wanted {
        // Who loads a module by its name may do so for another file, which names it.
        let are_loaded = looks.iter().any(|(_, look)| look.late.loads);
        for (_, look) in looks.iter_mut() {
            look.late.names &= are_loaded && look.request;
        }
        let looks: &[(SourceFile, Look)] = looks;
        let calls_objects = |at: usize| {
            let mut modules = graph.external[at].iter();
            let sdks = || self.sdks.iter().filter(|sdk| sdk.calls_objects);
            modules.any(|module| sdks().any(|sdk| begins_with_one(module, &sdk.modules)))
        };
        let near: Vec<usize> = (0..looks.len()).filter(|at| graph.leads[*at]).collect();
        let mut wanted: FxHashSet<usize> = FxHashSet::default();
        let addressed = database.addressed_files();
        for (at, (file, look)) in looks.iter().enumerate() {
            let is_near = || graph.leads[at] && (look.request || calls_objects(at));
            let is_addressed = || addressed.contains(file) && self.sends(&text_of(database, sources, *file));
            if look.distinctive
                || look.address.sends == Sends::Perhaps
                || look.late.names
                || is_near()
                || is_addressed()
            {
                wanted.insert(at);
            }
        }
        let known = follow(database, sources, looks, graph, near, &mut wanted);
        let mut wanted: Vec<usize> = wanted.into_iter().collect();
        wanted.sort_unstable();
        let files = wanted.iter().map(|at| looks[*at].0).collect();
        let naming = wanted.iter().map(|at| &looks[*at]).filter(|(_, look)| look.late.names).map(|(file, _)| *file);
        Wanted { files, naming: naming.collect(), known }
    }
}

/// Adds files with names behind which other files hold objects, from import to import, until nothing new is known. Gives
/// what all these hand on.
fn follow(
    database: &Database,
    sources: &Sources,
    looks: &[(SourceFile, Look)],
    graph: &Graph,
    near: Vec<usize>,
    wanted: &mut FxHashSet<usize>,
) -> Known {
    let mut seen: FxHashSet<usize> = near.iter().copied().collect();
    let mut known = Known::default();
    let index: FxHashMap<SourceFile, usize> = looks.iter().enumerate().map(|(at, (file, _))| (*file, at)).collect();
    let mut frontier = near;
    while !frontier.is_empty() {
        let files: Vec<(usize, SourceFile)> = frontier.iter().map(|at| (*at, looks[*at].0)).collect();
        let carried: Vec<(usize, SourceFile, Carried)> = files
            .into_par_iter()
            .map_with(database.clone(), |database, (at, file)| (at, file, carried(database, file, &known)))
            .collect();
        // Whoever imports a file that hands on more than was known.
        let mut next: FxHashSet<usize> = FxHashSet::default();
        let mut asked: FxHashMap<usize, Asked> = FxHashMap::default();
        for (at, file, Carried { names, above }) in carried {
            for (file, through) in above {
                // It is for the methods of these classes, and handed on no further.
                if extend(known.entry(file).or_default(), &through)
                    && let Some(at) = index.get(&file)
                    && looks.get(*at).is_some_and(|(_, look)| look.request)
                    && has_one(&text_of(database, sources, file), &through)
                {
                    wanted.insert(*at);
                }
            }
            if !extend(known.entry(file).or_default(), &names) {
                continue;
            }
            let given = &known[&file];
            for importer in &graph.importers[at] {
                if matches!(&importer.takes, Takes::Name(name) if !given.contains_key(name)) {
                    continue;
                }
                if seen.contains(&importer.at) || matches!(importer.takes, Takes::All) {
                    next.insert(importer.at);
                } else {
                    asked.entry(importer.at).or_default().add(&importer.takes, given);
                }
            }
        }
        let asked: Vec<_> = asked.into_iter().collect();
        next.extend(mentioning(sources, database, looks, asked));
        seen.extend(&next);
        frontier = next.into_iter().collect();
        frontier.sort_unstable();
        wanted.extend(frontier.iter().copied().filter(|at| looks[*at].1.request));
    }
    known
}

/// Whether one of some attributes occurs in a text.
fn has_one(text: &str, attributes: &Through) -> bool {
    attributes.values().flatten().any(|name| memmem::find(text.as_bytes(), format!(".{name}").as_bytes()).is_some())
}

/// Whether a name in quotes stands behind something that by its name has to do with modules: `optional_import("litellm")`,
/// `packages = ["cohere"]`. Providers have the same names in all sorts of tables.
fn is_loaded(text: &str, quoted: &str) -> bool {
    const BEFORE: usize = 64;
    memmem::find_iter(text.as_bytes(), quoted.as_bytes()).any(|at| {
        let before = text.as_bytes().get(at.saturating_sub(BEFORE)..at).unwrap_or_default();
        let before = before.to_ascii_lowercase();
        MODULE_WORDS.iter().any(|word| memmem::find(&before, word.as_bytes()).is_some())
    })
}

/// What stands in the names of functions that load modules, and of lists of such.
const MODULE_WORDS: [&str; 6] = ["import", "load", "module", "package", "require", "depend"];

/// The text of a file: of an editor's document as it is there, else of the disk.
fn text_of(database: &Database, sources: &Sources, file: SourceFile) -> Arc<str> {
    match file.content(database) {
        Content::Open(text) | Content::Parsed(text, _) => Arc::clone(text),
        Content::Disk(_) => sources.read(file.path(database)).text,
    }
}

/// How the modules of an SDK begin.
fn modules_of(sdk: &Sdk) -> Vec<SmolStr> {
    Descriptions { sdks: vec![sdk.clone()] }.modules().into_iter().collect()
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
    // Cheap and decisive for nearly all pairs.
    let first = module.as_bytes().first();
    beginnings.iter().filter(|beginning| beginning.as_bytes().first() == first).any(|beginning| {
        module
            .strip_prefix(beginning.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']) || beginning.ends_with(['_', '/', '-']))
    })
}
