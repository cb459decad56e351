//! Stands around the whole service: a handler that panics answers with an internal error, and the server goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::Value;
use tower_lsp::jsonrpc::{Id, Request, Response};
use tower_lsp::ls_types::Uri;
use tower_service::Service;

use super::fault::{self, Fault};
use super::framing;
use super::session::Session;
use super::uris;

/// A service whose requests cannot take it down.
pub(super) struct Guard<S> {
    inner: S,
    session: Arc<Session>,
}

impl<S> Guard<S> {
    pub(super) fn new(inner: S, session: Arc<Session>) -> Self {
        Self { inner, session }
    }
}

/// What is needed of a request if it ends in a panic.
struct Asked {
    session: Arc<Session>,
    id: Option<Id>,
    method: String,
    uri: Option<Uri>,
}

impl Asked {
    fn failed(&self) -> Option<Response> {
        let state = self.session.state();
        let text = self.uri.as_ref().and_then(|uri| Some(Arc::clone(&state.document(uri)?.text)));
        drop(state);
        fault::tell(&self.method, text.as_deref());
        self.id.clone().map(|id| Response::from_error(id, Fault.into()))
    }
}

impl<S> Service<Request> for Guard<S>
where
    S: Service<Request, Response = Option<Response>>,
    S::Future: Send + 'static,
    S::Error: 'static,
{
    type Response = Option<Response>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if let Some(answer) = framing::answer(&request) {
            return async move { Ok(Some(answer)) }.boxed();
        }
        let request = uris::strict(request);
        let uri = request.params().and_then(|params| params.pointer("/textDocument/uri")).and_then(Value::as_str);
        let asked = Asked {
            session: Arc::clone(&self.session),
            id: request.id().cloned(),
            method: request.method().to_owned(),
            uri: uri.and_then(|uri| uri.parse().ok()),
        };
        let Ok(answer) = catch_unwind(AssertUnwindSafe(|| self.inner.call(request))) else {
            return async move { Ok(asked.failed()) }.boxed();
        };
        AssertUnwindSafe(answer).catch_unwind().map(move |answer| answer.unwrap_or_else(|_| Ok(asked.failed()))).boxed()
    }
}
