//! Faults of this program: told once, with a place in our code and never with what the user wrote.

use std::cell::RefCell;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::panic::PanicHookInfo;

use tower_lsp::jsonrpc::{Error, ErrorCode};

/// A fault of this program kept something from being done. It is told already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault;

impl From<Fault> for Error {
    fn from(_: Fault) -> Self {
        Self { code: ErrorCode::InternalError, message: "a fault of lensai: its log has the place".into(), data: None }
    }
}

thread_local! {
    /// Where the last panic of this thread was.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on a panic says nothing by itself: its message may hold what the user wrote. Its place is kept for [`tell`].
/// Only for a process that is a server.
pub(super) fn hush() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let place = info.location().map(|at| format!("{}:{}:{}", at.file(), at.line(), at.column()));
        // A thread that ends has no place for it, and nobody to tell it.
        let _ = PLACE.try_with(|kept| *kept.borrow_mut() = place);
    }));
}

/// Tells a panic that was caught on this thread, with the hash of the document that it is about.
pub(super) fn tell(during: &str, document: Option<&str>) {
    let place = PLACE.with(|kept| kept.borrow_mut().take()).unwrap_or_else(|| "an unknown place".to_owned());
    if let Some(text) = document {
        tracing::error!(during, document = %hash(text), "panicked at {place}");
    } else {
        tracing::error!(during, "panicked at {place}");
    }
}

/// Tells two texts apart, and says nothing of them.
fn hash(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
