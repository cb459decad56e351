//! Which imports can lead to a request.

use lensai_semantics::Symbol;
use smol_str::SmolStr;

use crate::db::Db;
use crate::object::Matcher;
use crate::symbol::{Segments, matches};

/// Whether a name that Python imports from a package (`from package import name`) is described, or is like a class of
/// which something is: `from openai import OpenAI`, but not `from langchain_core.documents import Document`.
///
/// A name may also be a module, below which anything may be described; only its use can tell.
pub fn leads(db: &dyn Db, package: &str, name: &str) -> bool {
    let matcher = Matcher::new(db, true);
    let symbol = Symbol { module: SmolStr::new(package), path: vec![SmolStr::new(name)] };
    let segments = Segments::of(&symbol, true);
    let mut holders = matcher.index.holders();
    matcher.is_described(&symbol) || holders.any(|(sdk, pattern)| matches(sdk, &pattern, &segments).is_some())
}
