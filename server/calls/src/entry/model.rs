//! Frameworks as data: what remains of a description after it was read. `queries/routes/README.md` has the format.

use smol_str::SmolStr;

use super::EntryKind;
use crate::sdk::{ModulePattern, SymbolPattern};

/// How a framework is told where work comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Framework {
    /// Its name.
    pub name: SmolStr,
    /// Its modules in Python.
    pub python: Vec<ModulePattern>,
    /// Its modules in TypeScript.
    pub typescript: Vec<ModulePattern>,
    /// Its modules are meant even where a file of the project has their name.
    pub external: bool,
    /// What stands between a prefix and what follows it.
    pub separator: SmolStr,
    /// A slash at the end of a path is part of it.
    pub keeps_slash: bool,
    /// What entries are registered on.
    pub routers: Vec<RouterForm>,
    /// Methods of a router that give one with a longer prefix.
    pub children: Vec<Child>,
    /// What registers an entry.
    pub entries: Vec<EntryForm>,
    /// What puts a router below another.
    pub mounts: Vec<MountForm>,
    /// Calls that hand through what is mounted.
    pub throughs: Vec<Through>,
    /// Methods of a class that is registered, by the HTTP method that they answer.
    pub views: Vec<View>,
    /// Decorators that say which HTTP methods a function answers.
    pub verbs: Vec<Verb>,
    /// Decorators of classes whose methods are registered.
    pub classes: Vec<ClassForm>,
    /// Tables of procedures.
    pub tables: Vec<Table>,
    /// Files that are routes by their path.
    pub files: Vec<FileForm>,
    /// Functions that are entries by their name.
    pub functions: Vec<FunctionForm>,
}

/// Where an argument is taken from: the first that is given.
pub(crate) type Sources = Vec<Source>;

/// An argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Which.
    pub start: Start,
    /// Keys on the way from it.
    pub keys: Vec<SmolStr>,
}

/// Which argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// By position.
    Position(usize),
    /// By name, or under this key in an options object.
    Name(SmolStr),
    /// The last by position.
    Last,
    /// Any by position.
    Any,
    /// What the call decorates.
    Decorated,
    /// The call itself.
    Itself,
}

/// What makes an object on which entries are registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouterForm {
    /// What makes it, as a call or as a decorator of a function that stands for it.
    pub call: Vec<SymbolPattern>,
    /// What it is declared as.
    pub is: Vec<SymbolPattern>,
    /// Types of functions whose first parameter it is.
    pub plugin: Vec<SymbolPattern>,
    /// Names that it has by custom as a parameter of a function that is exported.
    pub names: Vec<SmolStr>,
    /// What is one by itself.
    pub object: Vec<SymbolPattern>,
    /// Its prefix.
    pub prefix: Sources,
    /// Its name, which is its prefix where it is put below another without one.
    pub name: Sources,
    /// Attributes and methods that give the same router; `*` for all.
    pub same: Vec<SmolStr>,
}

/// A method of a router that gives one with a longer prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Its names.
    pub method: Vec<SmolStr>,
    /// What the prefix is longer by.
    pub prefix: Sources,
}

/// What registers an entry.
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the format")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryForm {
    /// Of which kind.
    pub kind: EntryKind,
    /// Methods of a router, with the HTTP method that each stands for.
    pub method: Vec<(SmolStr, Option<SmolStr>)>,
    /// Functions of the framework, in the same way.
    pub call: Vec<(SymbolPattern, Option<SmolStr>)>,
    /// The HTTP method where nothing says another.
    pub http: Option<SmolStr>,
    /// Where the HTTP methods are given.
    pub methods: Sources,
    /// Where the path is given.
    pub path: Sources,
    /// Where the name is given, of what has no path.
    pub name: Sources,
    /// `_` in the name of a function is written `-`.
    pub dashes: bool,
    /// What handles it.
    pub handler: Sources,
    /// It stands in a list that is given to a router.
    pub listed: bool,
    /// The class that handles it is a set of routes, for all and for one.
    pub resource: bool,
    /// It is a method of a class with this decorator.
    pub within: bool,
}

/// What puts a router below another.
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the format")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountForm {
    /// Methods of the router above.
    pub method: Vec<SmolStr>,
    /// Functions of the framework.
    pub call: Vec<SymbolPattern>,
    /// What is put below.
    pub what: Sources,
    /// The router above, where it is an argument.
    pub on: Sources,
    /// Under which prefix.
    pub prefix: Sources,
    /// Its prefix stands in for the router's own.
    pub replaces: bool,
    /// It stands in a list that is given to a router.
    pub listed: bool,
    /// What is put below may be a function that is given a router.
    pub plugin: bool,
    /// The name of what is put below is the prefix where none is given: groups of commands.
    pub named: bool,
    /// The prefix is that of everything in the program.
    pub global: bool,
}

/// A call that hands through what is mounted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Through {
    /// The function.
    pub call: Vec<SymbolPattern>,
    /// What it hands through.
    pub what: Sources,
    /// The name that is meant of a module.
    pub name: SmolStr,
    /// How the files are called in which one mounts another by the name of its module.
    pub files: Vec<SmolStr>,
}

/// A method of a class that is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The names of methods.
    pub method: Vec<SmolStr>,
    /// The HTTP method that they answer.
    pub http: SmolStr,
    /// What follows the path, where the class is a set of routes; none when it is not one of these.
    pub resource: Option<SmolStr>,
}

/// A decorator that says which HTTP methods a function answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verb {
    /// The decorator.
    pub call: Vec<SymbolPattern>,
    /// The HTTP method.
    pub http: Option<SmolStr>,
    /// Where the HTTP methods are given.
    pub methods: Sources,
    /// Of a method of a set of routes: whether it is about one; where that is given.
    pub detail: Sources,
    /// Where its path is given, if not by the name of the method.
    pub path: Sources,
}

/// A decorator of classes whose methods are registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassForm {
    /// The decorator.
    pub call: Vec<SymbolPattern>,
    /// The prefix of what is registered in it.
    pub prefix: Sources,
}

/// A table of procedures: a mapping of names to these, to other tables and to routers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What takes it.
    pub call: Vec<SymbolPattern>,
    /// Names that what takes it may have, with `*` for any text.
    pub names: Vec<SmolStr>,
    /// The table.
    pub what: Sources,
    /// Methods that make a procedure of a function, with the HTTP method.
    pub method: Vec<(SmolStr, Option<SmolStr>)>,
}

/// Files that are routes by their path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileForm {
    /// Folders below which they stand, the first that fits.
    pub root: Vec<SmolStr>,
    /// Names of files in a root that tell it from a folder of the same name.
    pub beside: Vec<SmolStr>,
    /// Names of the files, without the ending, with `*` for any text.
    pub file: Vec<SmolStr>,
    /// What of the path is no part of the route.
    pub drop: Vec<SmolStr>,
    /// The name of the file is a part of the route.
    pub names_route: bool,
    /// Dots in names separate parts.
    pub dots: bool,
    /// What stands before the route.
    pub prefix: SmolStr,
    /// Exported names, with the HTTP method that each answers.
    pub export: Vec<(SmolStr, Option<SmolStr>)>,
    /// Exported mappings of names to handlers, with the HTTP method.
    pub table: Vec<(SmolStr, Option<SmolStr>)>,
    /// The HTTP method may stand at the end of the file's name: `chat.post.ts`.
    pub suffix: Vec<SmolStr>,
    /// A text that stands alone at the head of the file (`use server`): all functions that it exports are entries.
    pub directive: Option<SmolStr>,
    /// The kind of entry.
    pub kind: EntryKind,
}

/// Functions that are entries by their name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionForm {
    /// The kind of entry.
    pub kind: EntryKind,
    /// Names of functions of a module.
    pub name: Vec<SmolStr>,
    /// Names that its first parameters have; one of those that are separated by `|`.
    pub params: Vec<Vec<SmolStr>>,
    /// Types of such functions.
    pub is: Vec<SymbolPattern>,
    /// Keys of a mapping that is the default export.
    pub key: Vec<(SmolStr, Option<SmolStr>)>,
    /// What is called where a module is run as a program (`if __name__ == "__main__"`).
    pub main: bool,
}
