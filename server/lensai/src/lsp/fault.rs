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
    let document = document.map_or_else(|| "none".to_owned(), hash);
    tracing::error!(during, document, "panicked at {place}");
}

/// Tells two texts apart, and says nothing of them.
fn hash(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_is_told_once_with_a_hash_and_no_text() {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(subscriber, || tell("analysis", Some("sk-very-secret")));
        let log = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(log.lines().count(), 1, "{log}");
        assert!(log.contains(&hash("sk-very-secret")) && log.contains("analysis"), "{log}");
        assert!(!log.contains("secret"), "{log}");
        assert_ne!(hash("a"), hash("b"));
    }
}
