//! All descriptions together, and what can be asked of them before any file is parsed.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::{SmolStr, ToSmolStr};

use super::model::{ModulePattern, Path, Request, Sdk, SymbolPattern};
use super::parse::parse;

/// The built-in descriptions: file and text. A test holds that every file of the folder stands here.
pub const BUILTIN: &[(&str, &str)] = &[
    ("agno.toml", include_str!("../../../../queries/sdks/agno.toml")),
    ("anthropic.toml", include_str!("../../../../queries/sdks/anthropic.toml")),
    ("autogen.toml", include_str!("../../../../queries/sdks/autogen.toml")),
    ("azure-ai-inference.toml", include_str!("../../../../queries/sdks/azure-ai-inference.toml")),
    ("bedrock.toml", include_str!("../../../../queries/sdks/bedrock.toml")),
    ("cerebras.toml", include_str!("../../../../queries/sdks/cerebras.toml")),
    ("chatgpt.toml", include_str!("../../../../queries/sdks/chatgpt.toml")),
    ("claude-agent-sdk.toml", include_str!("../../../../queries/sdks/claude-agent-sdk.toml")),
    ("cloudflare-ai.toml", include_str!("../../../../queries/sdks/cloudflare-ai.toml")),
    ("cohere.toml", include_str!("../../../../queries/sdks/cohere.toml")),
    ("crewai.toml", include_str!("../../../../queries/sdks/crewai.toml")),
    ("dashscope.toml", include_str!("../../../../queries/sdks/dashscope.toml")),
    ("dspy.toml", include_str!("../../../../queries/sdks/dspy.toml")),
    ("elevenlabs.toml", include_str!("../../../../queries/sdks/elevenlabs.toml")),
    ("fireworks.toml", include_str!("../../../../queries/sdks/fireworks.toml")),
    ("genkit.toml", include_str!("../../../../queries/sdks/genkit.toml")),
    ("google-adk.toml", include_str!("../../../../queries/sdks/google-adk.toml")),
    ("google-genai.toml", include_str!("../../../../queries/sdks/google-genai.toml")),
    ("google-generativeai.toml", include_str!("../../../../queries/sdks/google-generativeai.toml")),
    ("groq.toml", include_str!("../../../../queries/sdks/groq.toml")),
    ("haystack.toml", include_str!("../../../../queries/sdks/haystack.toml")),
    ("huggingface.toml", include_str!("../../../../queries/sdks/huggingface.toml")),
    ("instructor.toml", include_str!("../../../../queries/sdks/instructor.toml")),
    ("langchain.toml", include_str!("../../../../queries/sdks/langchain.toml")),
    ("litellm.toml", include_str!("../../../../queries/sdks/litellm.toml")),
    ("llama-index.toml", include_str!("../../../../queries/sdks/llama-index.toml")),
    ("llm.toml", include_str!("../../../../queries/sdks/llm.toml")),
    ("mastra.toml", include_str!("../../../../queries/sdks/mastra.toml")),
    ("mistral.toml", include_str!("../../../../queries/sdks/mistral.toml")),
    ("nemoguardrails.toml", include_str!("../../../../queries/sdks/nemoguardrails.toml")),
    ("ollama.toml", include_str!("../../../../queries/sdks/ollama.toml")),
    ("openai-agents.toml", include_str!("../../../../queries/sdks/openai-agents.toml")),
    ("openai.toml", include_str!("../../../../queries/sdks/openai.toml")),
    ("openrouter.toml", include_str!("../../../../queries/sdks/openrouter.toml")),
    ("portkey.toml", include_str!("../../../../queries/sdks/portkey.toml")),
    ("pydantic-ai.toml", include_str!("../../../../queries/sdks/pydantic-ai.toml")),
    ("qianfan.toml", include_str!("../../../../queries/sdks/qianfan.toml")),
    ("raw-http.toml", include_str!("../../../../queries/sdks/raw-http.toml")),
    ("replicate.toml", include_str!("../../../../queries/sdks/replicate.toml")),
    ("sagemaker.toml", include_str!("../../../../queries/sdks/sagemaker.toml")),
    ("semantic-kernel.toml", include_str!("../../../../queries/sdks/semantic-kernel.toml")),
    ("smolagents.toml", include_str!("../../../../queries/sdks/smolagents.toml")),
    ("spice.toml", include_str!("../../../../queries/sdks/spice.toml")),
    ("strands.toml", include_str!("../../../../queries/sdks/strands.toml")),
    ("together.toml", include_str!("../../../../queries/sdks/together.toml")),
    ("vercel-ai.toml", include_str!("../../../../queries/sdks/vercel-ai.toml")),
    ("vertexai.toml", include_str!("../../../../queries/sdks/vertexai.toml")),
    ("voltagent.toml", include_str!("../../../../queries/sdks/voltagent.toml")),
    ("voyage.toml", include_str!("../../../../queries/sdks/voyage.toml")),
    ("vscode-lm.toml", include_str!("../../../../queries/sdks/vscode-lm.toml")),
    ("watsonx.toml", include_str!("../../../../queries/sdks/watsonx.toml")),
    ("writer.toml", include_str!("../../../../queries/sdks/writer.toml")),
    ("xai.toml", include_str!("../../../../queries/sdks/xai.toml")),
    ("xinference.toml", include_str!("../../../../queries/sdks/xinference.toml")),
    ("zhipuai.toml", include_str!("../../../../queries/sdks/zhipuai.toml")),
];

/// Descriptions of SDKs, each name once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Descriptions {
    /// The descriptions: the built-in ones by file name, then those that were added.
    pub sdks: Vec<Sdk>,
}

impl Descriptions {
    /// The built-in ones.
    pub fn builtin() -> Self {
        // A test parses each of them, so none is lost here.
        Self { sdks: BUILTIN.iter().filter_map(|(file, text)| parse(file, text).ok()).collect() }
    }

    /// Adds descriptions; one with a name that is taken replaces the earlier one.
    pub fn with(mut self, more: Vec<Sdk>) -> Self {
        for sdk in more {
            match self.sdks.iter_mut().find(|known| known.name == sdk.name) {
                Some(known) => *known = sdk,
                None => self.sdks.push(sdk),
            }
        }
        self
    }

    /// The last names of all requests (`create`, `invoke`, `generateText`): a file in which none of them occurs sends
    /// none of these requests itself. Calls of an object itself (`llm("…")`) have no name and are not covered.
    /// A name may hold `*`. Those of [`Self::address_words`] are apart.
    pub fn request_words(&self) -> BTreeSet<SmolStr> {
        let requests = self.requests().filter(|request| request.url.is_empty());
        requests.flat_map(|request| words(&request.path, &request.call)).collect()
    }

    /// The last names of requests that are only made on a part of an object (`beta.conversations.append`), each with the names that
    /// such a part has.
    pub(crate) fn parts(&self) -> FxHashMap<SmolStr, FxHashSet<SmolStr>> {
        let mut parts: FxHashMap<SmolStr, FxHashSet<SmolStr>> = FxHashMap::default();
        let mut others: FxHashSet<SmolStr> = FxHashSet::default();
        for sdk in &self.sdks {
            for request in sdk.requests.iter().filter(|request| request.url.is_empty()) {
                others.extend(words(&[], &request.call));
                for path in &request.path {
                    let mut names = path.0.iter().rev().map(|step| &step.name).filter(|name| !name.is_empty());
                    match (names.next(), names.next()) {
                        (Some(last), Some(part)) => {
                            let parts = parts.entry(last.clone()).or_default();
                            let transparent = sdk.transparent.iter().map(|step| &step.name);
                            parts.extend(std::iter::once(part).chain(transparent).cloned());
                        }
                        (last, _) => others.extend(last.cloned()),
                    }
                }
            }
        }
        parts.retain(|last, parts| {
            !others.contains(last) && !parts.iter().chain([last]).any(|name| name.contains(['*', '{']))
        });
        parts
    }

    /// The names of requests that are known by their address: of functions and methods, and of modules that are called
    /// themselves.
    pub fn address_words(&self) -> BTreeSet<SmolStr> {
        let requests = || self.requests().filter(|request| !request.url.is_empty());
        let is_module = |symbol: &&SymbolPattern| symbol.export.iter().all(|name| name == "default");
        let modules = requests().flat_map(|request| &request.call).filter(is_module);
        let modules = modules.filter_map(|symbol| symbol.module.as_ref()?.segments.last().cloned());
        let names = requests().flat_map(|request| words(&request.path, &request.call));
        // What the language gives everyone is handed around under nearly the same name: `this._fetch`, `fetch2` of a bundler.
        let is_global = |symbol: &&SymbolPattern| {
            symbol.export.len() == 1
                && symbol.module.as_ref().is_some_and(|module| module.segments == [SmolStr::new_static("globalThis")])
        };
        let given =
            requests().flat_map(|request| &request.call).filter(is_global).filter_map(|symbol| symbol.export.first());
        let given =
            given.flat_map(|name| [format!("_{name}"), format!("#{name}"), format!("{name}2")]).map(SmolStr::from);
        names.filter(|name| name != "default").chain(modules).chain(given).collect()
    }

    /// The last names of all that makes an object (`OpenAI`, `createOpenAI`, `Chat*`).
    pub fn make_words(&self) -> BTreeSet<SmolStr> {
        let makes = self.sdks.iter().flat_map(|sdk| &sdk.makes);
        makes.flat_map(|make| words(&make.path, &make.call).chain(words(&[], &make.is))).collect()
    }

    /// How the names of all modules begin, up to the first `*` or `{p}`: `openai`, `google.genai`, `langchain_`,
    /// `@ai-sdk/`. A module of any SDK is one of them or begins with one of them.
    pub fn modules(&self) -> BTreeSet<SmolStr> {
        let mut modules = BTreeSet::new();
        for sdk in &self.sdks {
            modules.extend(sdk.python.iter().map(|module| beginning(module, ".")));
            modules.extend(sdk.typescript.iter().map(|module| beginning(module, "/")));
        }
        modules
    }

    /// As [`Self::modules`], without those that a module of the project takes precedence over.
    pub fn externals(&self) -> BTreeSet<SmolStr> {
        let mut modules = self.modules();
        for name in self.sdks.iter().flat_map(|sdk| &sdk.shared_names) {
            modules.remove(name);
        }
        modules
    }

    /// Method paths that tell a request without knowing its receiver, by their names (`chat.completions.create`), each
    /// with the sets of arguments one of which it needs. Requests that take an object are left out: what makes that object
    /// is imported in some file, or is a path itself.
    pub fn distinctive(&self) -> BTreeMap<SmolStr, Vec<Vec<SmolStr>>> {
        let mut paths: BTreeMap<SmolStr, Vec<Vec<SmolStr>>> = BTreeMap::new();
        for request in self.requests().filter(|request| is_distinctive(request) && !request.near) {
            for path in &request.path {
                paths.entry(dotted(path)).or_default().push(request.unseen.clone());
            }
        }
        paths
    }

    /// The same of requests that are so only where something of their SDK is imported, with the place of that.
    pub fn distinctive_near(&self) -> BTreeMap<(usize, SmolStr), Vec<Vec<SmolStr>>> {
        let mut paths: BTreeMap<(usize, SmolStr), Vec<Vec<SmolStr>>> = BTreeMap::new();
        for (at, sdk) in self.sdks.iter().enumerate() {
            for request in sdk.requests.iter().filter(|request| is_distinctive(request) && request.near) {
                for path in &request.path {
                    paths.entry((at, dotted(path))).or_default().push(request.unseen.clone());
                }
            }
        }
        paths
    }

    pub(crate) fn requests(&self) -> impl Iterator<Item = &Request> {
        self.sdks.iter().flat_map(|sdk| &sdk.requests)
    }
}

fn is_distinctive(request: &Request) -> bool {
    !request.unseen.is_empty() && request.takes.is_empty() && request.url.is_empty()
}

fn words<'a>(paths: &'a [Path], symbols: &'a [SymbolPattern]) -> impl Iterator<Item = SmolStr> + 'a {
    let methods = paths.iter().filter_map(|path| path.0.iter().rfind(|step| !step.name.is_empty()));
    let exports = symbols.iter().filter_map(|symbol| symbol.export.last());
    methods.map(|step| &step.name).chain(exports).map(|name| name.replace("{p}", "*").to_smolstr())
}

fn beginning(module: &ModulePattern, separator: &str) -> SmolStr {
    let name = module.segments.join(separator);
    name.split(['*', '{']).next().unwrap_or_default().to_smolstr()
}

fn dotted(path: &Path) -> SmolStr {
    let names: Vec<&str> = path.0.iter().map(|step| step.name.as_str()).filter(|name| !name.is_empty()).collect();
    names.join(".").to_smolstr()
}
