//! A workspace while it is edited: what is computed anew, and that nobody notices but by the time it takes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use lensai::engine::pricing::{Pricing, today};
use lensai::engine::workspace::{Index, Terms, Workspace};
use lensai_calls::sdk::Descriptions;
use lensai_checks::Settings;
use lensai_cost::Assumptions;
use lensai_syntax::Language;
use smol_str::SmolStr;

const MODELS: &str = "MODEL = \"gpt-4o\"\nOTHER = \"gpt-4.1\"\n\n\ndef unrelated():\n    return 1\n";
const USE: &str = "from openai import OpenAI\nfrom models import MODEL, OTHER\n\nclient = OpenAI()\n\n\ndef ask(text):\n    return client.chat.completions.create(model=MODEL, max_tokens=10, messages=[])\n\n\ndef other(text):\n    return client.chat.completions.create(model=OTHER, max_tokens=10, messages=[])\n";

/// Names of executed queries, each with how often.
type Executed = Arc<Mutex<BTreeMap<String, usize>>>;

struct Live {
    workspace: Workspace,
    executed: Executed,
    pricing: Pricing,
    levels: Settings,
}

impl Live {
    fn new(root: &Path) -> Self {
        let executed = Executed::default();
        let log = Arc::clone(&executed);
        let listener = move |event: salsa::Event| {
            if let salsa::EventKind::WillExecute { database_key } = event.kind {
                let name = format!("{database_key:?}");
                *log.lock().unwrap().entry(name.split('(').next().unwrap().to_owned()).or_default() += 1;
            }
        };
        let workspace = Workspace::new(root, Descriptions::builtin(), Some(Box::new(listener)));
        Self { workspace, executed, pricing: Pricing::builtin().unwrap(), levels: Settings::default() }
    }

    fn terms(&self) -> Terms<'_> {
        Terms { pricing: &self.pricing, assumptions: Assumptions::default(), date: today(), levels: &self.levels }
    }

    fn open(&mut self, path: &str, text: &str) {
        self.workspace.open(&SmolStr::new(path), Language::Python, &Arc::from(text));
    }

    fn edit(&mut self, path: &str, text: &str) {
        self.workspace.edit(&SmolStr::new(path), &Arc::from(text));
    }

    /// The models of the calls of a file, and what was executed to find them.
    fn models(&self, path: &str) -> (Vec<String>, BTreeMap<String, usize>) {
        self.executed.lock().unwrap().clear();
        let analysis = self.workspace.handle().analysis(&SmolStr::new(path), None, self.terms()).unwrap();
        let models = analysis.calls.iter().map(|priced| priced.call.model.name.as_deref().unwrap_or("?").to_owned());
        (models.collect(), self.executed.lock().unwrap().clone())
    }
}

fn counted(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[test]
fn only_what_changed_is_computed_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut live = Live::new(folder.path());
    live.open("models.py", MODELS);
    live.open("use.py", USE);
    assert_eq!(live.models("use.py").0, ["gpt-4o", "gpt-4.1"]);
    // What was asked costs nothing.
    assert_eq!(live.models("use.py").1, counted(&[]));

    // A constant of one file: of the other the function that uses it is looked at again, and no other.
    live.edit("models.py", &MODELS.replace("gpt-4o", "gpt-5"));
    let (models, executed) = live.models("use.py");
    assert_eq!(models, ["gpt-5", "gpt-4.1"]);
    assert_eq!((executed.get("item_calls"), executed.get("facts")), (Some(&1), Some(&1)), "{executed:?}");

    // A body that nobody asks for: nothing of the other file.
    live.edit("models.py", &MODELS.replace("gpt-4o", "gpt-5").replace("return 1", "return 22"));
    let (models, executed) = live.models("use.py");
    assert_eq!(models, ["gpt-5", "gpt-4.1"]);
    assert_eq!(executed.get("item_calls"), None, "{executed:?}");

    // An edit in a function: that one.
    live.edit("use.py", &USE.replace("max_tokens=10, messages=[])\n\n\ndef", "max_tokens=11, messages=[])\n\n\ndef"));
    let (_, executed) = live.models("use.py");
    assert_eq!((executed.get("item_calls"), executed.get("facts")), (Some(&1), Some(&1)), "{executed:?}");

    // Longer, so that all below it moves: that one, also where plain names are called, and the module, whose statements moved.
    let longer = USE
        .replace("def ask(text):\n", "def ask(text):\n    print(len(text))\n")
        .replace("def other(text):\n", "def other(text):\n    print(len(text))\n");
    live.edit("use.py", &longer);
    live.models("use.py");
    live.edit("use.py", &longer.replace("def ask(text):\n", "def ask(text):\n    print(text)\n"));
    let (_, executed) = live.models("use.py");
    assert_eq!(executed.get("item_calls"), Some(&2), "{executed:?}");

    // The same text again is no change at all.
    live.edit("models.py", &MODELS.replace("gpt-4o", "gpt-5").replace("return 1", "return 22"));
    assert_eq!(live.models("use.py").1, counted(&[]));
}

#[test]
fn whoever_computes_is_cancelled_by_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let mut live = Live::new(folder.path());
    live.open("use.py", &USE.repeat(100));
    let handle = live.workspace.handle();
    let running = std::thread::spawn(move || {
        let (pricing, levels) = (Pricing::builtin().unwrap(), Settings::default());
        let terms = Terms { pricing: &pricing, assumptions: Assumptions::default(), date: today(), levels: &levels };
        // Until the change comes, however fast it is computed.
        while handle.analysis(&SmolStr::new("use.py"), None, terms).is_some() {}
    });
    // It waits until the other one is gone.
    live.edit("use.py", USE);
    running.join().unwrap();
    assert_eq!(live.models("use.py").0, ["?", "?"]);
}

#[test]
fn an_index_spares_what_did_not_change_and_ends_when_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("models.py"), MODELS).unwrap();
    std::fs::write(folder.path().join("use.py"), USE).unwrap();
    std::fs::write(
        folder.path().join("alone.py"),
        USE.replace("from models import MODEL, OTHER", "MODEL = OTHER = \"gpt-4o\""),
    )
    .unwrap();
    let mut live = Live::new(folder.path());
    let listed = live.workspace.lister()();
    live.workspace.set_listing(listed);
    let index =
        |live: &Live, before: &Index| live.workspace.handle().index(before, live.terms(), &|_, _| true).unwrap();
    let first = index(&live, &Index::default());
    let paths = |index: &Index| index.files.iter().map(|file| file.path.to_string()).collect::<Vec<_>>();
    assert_eq!(paths(&first), ["alone.py", "use.py"]);
    std::fs::write(folder.path().join("models.py"), MODELS.replace("gpt-4o", "gpt-5")).unwrap();
    assert!(live.workspace.changed_on_disk(&SmolStr::new("models.py")));
    let second = index(&live, &first);
    assert!(Arc::ptr_eq(&first.files[0], &second.files[0]) && !Arc::ptr_eq(&first.files[1], &second.files[1]));
    assert!(live.workspace.handle().index(&second, live.terms(), &|_, _| false).is_none());
    // A file that is new, or gone, is for a listing to find.
    std::fs::remove_file(folder.path().join("use.py")).unwrap();
    assert!(!live.workspace.changed_on_disk(&SmolStr::new("use.py")));
    assert!(!live.workspace.changed_on_disk(&SmolStr::new("new.py")) || !folder.path().join("new.py").exists());
    let listed = live.workspace.lister()();
    live.workspace.set_listing(listed);
    assert_eq!(paths(&index(&live, &second)), ["alone.py"]);
}

#[test]
fn a_call_in_one_file_says_what_a_function_of_another_is_given() {
    const CHAT: &str = "from openai import OpenAI\n\n\ndef ask(model):\n    return OpenAI().chat.completions.create(model=model, max_tokens=10, messages=[])\n";
    const CALLER: &str = "from chat import ask\n\nask(\"gpt-4o\")\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("chat.py"), CHAT).unwrap();
    std::fs::write(folder.path().join("main.py"), CALLER).unwrap();
    let mut live = Live::new(folder.path());
    live.open("chat.py", CHAT);
    assert_eq!(live.models("chat.py").0, ["?"], "nobody knows yet who imports it");
    let listed = live.workspace.lister()();
    live.workspace.set_listing(listed);
    assert_eq!(live.models("chat.py").0, ["gpt-4o"]);
    live.open("main.py", CALLER);
    live.edit("main.py", &CALLER.replace("gpt-4o", "gpt-4.1"));
    assert_eq!(live.models("chat.py").0, ["gpt-4.1"]);
    // What it says besides is no reason to look again.
    live.edit("main.py", &format!("{}print(1)\n", CALLER.replace("gpt-4o", "gpt-4.1")));
    let (models, executed) = live.models("chat.py");
    assert_eq!((models[0].as_str(), executed.get("item_calls")), ("gpt-4.1", None), "{executed:?}");
    // It imports something else: that counts once it is quiet.
    let other = "from chat import other\n\n\ndef ask(model):\n    return model\n\n\nask(\"gpt-4.1\")\n";
    live.edit("main.py", other);
    live.workspace.settle(&SmolStr::new("main.py"));
    assert_eq!(live.models("chat.py").0, ["?"]);
    live.edit("main.py", "");
    live.workspace.settle(&SmolStr::new("main.py"));
    std::fs::write(folder.path().join("other.py"), CALLER).unwrap();
    let listed = live.workspace.lister()();
    live.workspace.set_listing(listed);
    assert_eq!(live.models("chat.py").0, ["gpt-4o"]);
}

#[test]
fn syntax_that_is_let_go_of_is_read_again_where_it_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("models.py"), MODELS).unwrap();
    std::fs::write(folder.path().join("use.py"), USE).unwrap();
    let mut live = Live::new(folder.path());
    live.open("use.py", USE);
    let listed = live.workspace.lister()();
    live.workspace.set_listing(listed);
    let index = live.workspace.handle().index(&Index::default(), live.terms(), &|_, _| true).unwrap();
    live.workspace.forget_syntax();
    // What was found out is known.
    assert_eq!(live.models("use.py").0, ["gpt-4o", "gpt-4.1"]);
    assert_eq!(live.models("use.py").1, counted(&[]));
    // An open text is edited as before: of it one function is looked at again, and nothing else is read.
    live.edit("use.py", &USE.replace("max_tokens=10, messages=[])\n\n\ndef", "max_tokens=11, messages=[])\n\n\ndef"));
    let (_, executed) = live.models("use.py");
    assert_eq!((executed.get("item_calls"), executed.get("facts")), (Some(&1), Some(&1)), "{executed:?}");
    // Another file that changes is read.
    std::fs::write(folder.path().join("models.py"), MODELS.replace("gpt-4o", "gpt-5")).unwrap();
    assert!(live.workspace.changed_on_disk(&SmolStr::new("models.py")));
    let (models, executed) = live.models("use.py");
    assert_eq!(models, ["gpt-5", "gpt-4.1"]);
    assert_eq!(executed.get("facts"), Some(&1), "{executed:?}");
    let again = live.workspace.handle().index(&index, live.terms(), &|_, _| true).unwrap();
    assert_eq!(again.files[0].calls[0].call.model.name.as_deref(), Some("gpt-5"));
}

/// Functions that use what nobody binds (`str`, `len`, `print`), plain calls and constants: an edit in one, by which all below it
/// moves, is an edit of that one, and of the module whose statements moved.
#[test]
fn an_edit_in_one_of_many_functions_leaves_the_others_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut live = Live::new(folder.path());
    let mut text = "from openai import OpenAI\nfrom models import MODEL\n\nclient = OpenAI()\n".to_owned();
    for at in 0..20 {
        let function = format!(
            "\n\ndef step_{at}(text: str, limit: int = {at}) -> str:\n    parts = []\n    for word in text.split():\n        if len(word) > limit:\n            parts.append(word)\n    print(parts)\n    prompt = f\"Step {{' '.join(parts)}} {{other(text)}}\"\n    return client.chat.completions.create(model=\"gpt-4o\" if limit else MODEL, messages=[{{\"role\": \"user\", \"content\": prompt}}])\n"
        );
        text += &function;
    }
    live.open("models.py", MODELS);
    live.open("use.py", &text);
    assert_eq!(live.models("use.py").0.len(), 20);
    live.edit(
        "use.py",
        &text.replace(
            "step_10(text: str, limit: int = 10) -> str:\n",
            "step_10(text: str, limit: int = 10) -> str:\n    note = 1\n",
        ),
    );
    let (models, executed) = live.models("use.py");
    assert_eq!((models.len(), executed.get("item_calls")), (20, Some(&2)), "{executed:?}");
}

const LEAF: &str = "from openai import OpenAI\n\nclient = OpenAI()\n\n\ndef summarise(text):\n    return client.chat.completions.create(model=\"gpt-4o\", max_tokens=100, messages=[{\"role\": \"user\", \"content\": text}])\n";
const ROUTE: &str = "from fastapi import FastAPI\nfrom leaf import summarise\n\napp = FastAPI()\n\n\n@app.post(\"/digest\")\ndef digest(texts: list[str]):\n    summarise(\"Hello\")\n    return summarise(texts[0])\n";

impl Live {
    /// The functions of a file that lead to requests: what they handle, how many requests, and what they are expected to cost.
    fn functions(&self, path: &str) -> Vec<(String, usize, String)> {
        let analysis = self.workspace.handle().analysis(&SmolStr::new(path), None, self.terms()).unwrap();
        let functions = analysis.functions.iter();
        functions.map(|it| (it.entries.join(", "), it.sum.requests, it.sum.expected.to_string())).collect()
    }

    /// Indexes until what leads to calls is known.
    fn index(&mut self) -> Index {
        let mut index = Index::default();
        loop {
            index = self.workspace.handle().index(&index, self.terms(), &|_, _| true).unwrap();
            if !self.workspace.set_reaching_names(Arc::clone(&index.names)) {
                return index;
            }
        }
    }
}

/// A keystroke in a function changes what the route costs that leads to it, in another file; what it leaves alone is not looked at.
#[test]
fn a_route_costs_what_a_function_of_another_file_costs_now() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("leaf.py"), LEAF).unwrap();
    std::fs::write(folder.path().join("route.py"), ROUTE).unwrap();
    let mut live = Live::new(folder.path());
    let listed = live.workspace.lister()();
    live.workspace.set_listing(listed);
    let index = live.index();
    assert_eq!(index.routes.len(), 1);
    live.open("leaf.py", LEAF);
    live.open("route.py", ROUTE);
    // "Hello" is a token, what is only known at run time 200; the frame of a chat 7; 100 tokens are answered: at $2.50 and $10.
    let digest = |cost: &str| vec![("POST /digest".to_owned(), 2, cost.to_owned())];
    assert_eq!(live.functions("route.py"), digest("0.0025375"));
    assert_eq!(live.functions("leaf.py"), [], "what only makes requests itself is told by them");
    live.edit("leaf.py", &LEAF.replace("max_tokens=100", "max_tokens=200"));
    live.executed.lock().unwrap().clear();
    assert_eq!(live.functions("route.py"), digest("0.0045375"));
    let executed = live.executed.lock().unwrap().clone();
    assert_eq!(executed.get("item_calls"), Some(&1), "{executed:?}");
    live.edit("leaf.py", &LEAF.replace("gpt-4o", "gpt-4o-mini"));
    assert_eq!(live.functions("route.py"), digest("0.00015225"));
    // A route that is written now is known at once: the function that it calls is one that leads to a request.
    live.edit("route.py", &ROUTE.replace("/digest", "/other"));
    assert_eq!(live.functions("route.py")[0].0, "POST /other");
    // The call is gone.
    live.edit("leaf.py", "def summarise(text):\n    return text\n");
    assert_eq!(live.functions("route.py"), []);
}
