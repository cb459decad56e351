//! What an SDK description says, after parsing: the format is documented in `queries/sdks/README.md`.

use std::collections::BTreeMap;

use smol_str::SmolStr;

/// A parsed description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sdk {
    /// Its name in reports.
    pub name: SmolStr,
    /// Modules through which it is imported in Python.
    pub python: Vec<ModulePattern>,
    /// Modules through which it is imported in TypeScript and JavaScript.
    pub typescript: Vec<ModulePattern>,
    /// Beginnings of those modules whose names projects use for their own too: a module of the project comes first.
    pub shared_names: Vec<SmolStr>,
    /// Attributes and methods that give the same object again (`beta`, `with_options()`).
    pub transparent: Vec<Step>,
    /// Texts one of which must stand in a file for any of its requests to be there. Empty: none.
    pub mention: Vec<SmolStr>,
    /// Who is paid, when neither the object nor the request says it.
    pub provider: ProviderRule,
    /// What makes an object of a kind.
    pub makes: Vec<Make>,
    /// What keeps an object the same and may add slots to it.
    pub sames: Vec<Same>,
    /// What composes objects.
    pub composes: Vec<Compose>,
    /// What sets a value for everyone.
    pub ambients: Vec<Ambient>,
    /// What is a request.
    pub requests: Vec<Request>,
}

impl Sdk {
    /// Whether its objects may be called themselves (`llm("…")`): such requests have no name.
    pub fn calls_objects(&self) -> bool {
        let mut paths = self.requests.iter().flat_map(|request| &request.path);
        paths.any(|path| path.0.iter().all(|step| step.name.is_empty()))
    }
}

/// Makes an object of a kind. The first that matches wins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Make {
    /// The kind.
    pub kind: SmolStr,
    /// The SDK it is reported as, when not this one.
    pub report_as: Option<SmolStr>,
    /// Calls of these, `new` of these, or a value declared to be one of these.
    pub call: Vec<SymbolPattern>,
    /// These themselves, without a call.
    pub is: Vec<SymbolPattern>,
    /// The kinds on which `path` is looked for.
    pub on: Vec<SmolStr>,
    /// Method paths on an object of these kinds.
    pub path: Vec<Path>,
    /// What must hold of the arguments.
    pub when: Vec<Condition>,
    /// An argument that maps names to objects: calls with such a name give that object (`customProvider`).
    pub table: Vec<SlotSource>,
    /// Where its slots come from.
    pub slots: Slots,
    /// Who is paid.
    pub provider: ProviderRule,
}

/// A call that gives the object again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Same {
    /// Kinds it holds for.
    pub on: Vec<SmolStr>,
    /// Methods of the object.
    pub path: Vec<Path>,
    /// Functions that take the object.
    pub call: Vec<SymbolPattern>,
    /// Which argument of `call` is the object.
    pub subject: Option<SlotSource>,
    /// Slots that the call adds or replaces.
    pub slots: Slots,
}

/// Puts objects together to one that holds the slots of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compose {
    /// The kind of the result.
    pub kind: SmolStr,
    /// The kind that one part must have (else the result is no object); slots are taken from it.
    pub holds: Vec<SmolStr>,
    /// Kinds that are evidence: after a part of such a kind, a part of which nothing is known counts as what is held.
    pub unseen: Vec<SmolStr>,
    /// The parts are joined by `|`.
    pub pipe_operator: bool,
    /// Methods of a part that take the next parts.
    pub path: Vec<Path>,
    /// Functions that take the parts: positionally, or in a list.
    pub call: Vec<SymbolPattern>,
    /// Arguments of `call` that are what is held whatever they are.
    pub held: Vec<SlotSource>,
}

/// Sets a value for everyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambient {
    /// Its name in slots (`ambient:lm`).
    pub name: SmolStr,
    /// Functions that set it.
    pub set: Vec<SymbolPattern>,
    /// Attributes whose assignment sets it (`llama_index.core#Settings.llm =`).
    pub assign: Vec<SymbolPattern>,
    /// Functions that set it within a block.
    pub within: Vec<SymbolPattern>,
    /// Which argument is the value.
    pub value: Vec<SlotSource>,
}

/// What is asked for when a slot holds something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BySlot {
    /// The slot.
    pub slot: SmolStr,
    /// A glob for one of its texts, in small letters. None: anything.
    pub glob: Option<SmolStr>,
    /// What is asked for.
    pub operation: Operation,
}

/// A request to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Kinds of the object on which `path` is called.
    pub on: Vec<SmolStr>,
    /// Method paths.
    pub path: Vec<Path>,
    /// Functions.
    pub call: Vec<SymbolPattern>,
    /// Arguments that must be objects of a kind.
    pub takes: Vec<(SlotSource, SmolStr)>,
    /// Globs one of which the slot `url` must match, without scheme and query (raw HTTP). Empty: any. `{name}` captures a
    /// slot.
    pub url: Vec<SmolStr>,
    /// At such an address: slots and arguments; of each row one must give something.
    pub needs: Vec<Vec<SlotSource>>,
    /// What is asked for.
    pub operation: Operation,
    /// Other operations by the model's name: the first glob that matches.
    pub by_model: Vec<(SmolStr, Operation)>,
    /// Other operations by what a slot holds, before those by the model.
    pub by_slot: Vec<BySlot>,
    /// Where its slots come from: `model`, `messages`, `prompt`, `system`, `input`, `max_output`, `tools`, `n`, ….
    pub slots: Slots,
    /// Who is paid.
    pub provider: ProviderRule,
    /// When the receiver is not known: still a request if the call ends with the path, gives these arguments (by name or
    /// position) and `takes` holds. Empty: never.
    pub unseen: Vec<SmolStr>,
    /// That holds only in files that import something of the SDK.
    pub near: bool,
    /// The SDK it is reported as, when not that of the object.
    pub report_as: Option<SmolStr>,
}

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// Messages in, a message out.
    Chat,
    /// Prompt in, text out (legacy endpoints).
    TextCompletion,
    /// Texts in, vectors out.
    Embeddings,
    /// Images out.
    Image,
    /// Text in, speech out.
    Speech,
    /// Speech in, text out.
    Transcription,
    /// Documents in, an order out.
    Rerank,
    /// A run of an agent: any number of requests.
    Agent,
}

impl Operation {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 8] = [
        Self::Chat,
        Self::TextCompletion,
        Self::Embeddings,
        Self::Image,
        Self::Speech,
        Self::Transcription,
        Self::Rerank,
        Self::Agent,
    ];

    /// The name in reports (OpenTelemetry's, as far as it has one).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::TextCompletion => "text_completion",
            Self::Embeddings => "embeddings",
            Self::Image => "image",
            Self::Speech => "speech",
            Self::Transcription => "transcription",
            Self::Rerank => "rerank",
            Self::Agent => "agent",
        }
    }
}

/// Named slots, each with its sources: the first that resolves wins.
pub type Slots = BTreeMap<SmolStr, Vec<SlotSource>>;

/// Where a slot's value is found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SlotSource {
    /// Where to begin.
    pub start: SlotStart,
    /// Where to go from there.
    pub steps: Vec<SlotStep>,
}

/// Beginning of a [`SlotSource`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SlotStart {
    /// `name`: the keyword argument, or the key of an options object.
    Keyword(SmolStr),
    /// `0`: the positional argument.
    Position(usize),
    /// `@x`: a slot of the object on which the call is made.
    Own(SmolStr),
    /// `ambient:x`: what was set for everyone.
    Ambient(SmolStr),
    /// `=text`: this text.
    Literal(SmolStr),
}

/// A step of a [`SlotSource`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SlotStep {
    /// `.name`: the key or attribute.
    Key(SmolStr),
    /// `@x`: the slot, if it is an object.
    Own(SmolStr),
    /// `|json`: what a JSON text was made from, or says.
    Json,
}

/// Who is paid: the first rule that gives an answer, in the order of the fields.
///
/// `@x` is the slot `x` of the make or request itself when it has one, else of the object it is called on.
/// Without any rule an object has the provider of the object it was made on, and a request that of its receiver;
/// last comes the SDK's own rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProviderRule {
    /// The provider of the host of this URL; a host that is not known is itself the answer.
    pub host_of: Option<SlotSource>,
    /// This text, as a name of a provider. Every object has a slot `provider`: the answer of its own rule.
    pub slot: Option<SlotSource>,
    /// What stands before `/` or `:` in this text, when it is a known provider.
    pub prefix_of: Option<SlotSource>,
    /// This text; `{p}` is what the module pattern captured.
    pub literal: Option<SmolStr>,
}

/// A condition on an argument: one of the globs matches its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The argument, by its sources.
    pub source: Vec<SlotSource>,
    /// Globs.
    pub one_of: Vec<SmolStr>,
}

/// A method path such as `chat.completions.create()` or `()`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path(pub Vec<Step>);

/// A step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Step {
    /// The attribute; empty for a call of the object itself. May hold `*`.
    pub name: SmolStr,
    /// It is called.
    pub called: bool,
}

/// A module, by its segments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModulePattern {
    /// Segments between `.` (Python) or `/` (TypeScript), each literal, with `*`, or with one `{p}`.
    pub segments: Vec<SmolStr>,
}

impl ModulePattern {
    /// Its name in Python, when it has one only.
    pub fn python_name(&self) -> Option<String> {
        let is_plain = self.segments.iter().all(|segment| !segment.contains(['*', '{']));
        is_plain.then(|| self.segments.join("."))
    }
}

/// Something a module exports: `module#export`, or only `export` for any module of the SDK.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SymbolPattern {
    /// The module; none for any of the SDK's. It covers its submodules.
    pub module: Option<ModulePattern>,
    /// The exported path by its segments, each literal, with `*` or `{p}`; empty for the module itself.
    pub export: Vec<SmolStr>,
}
