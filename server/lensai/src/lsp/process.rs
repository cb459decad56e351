//! The process around the server: it ends with its client.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::Notify;

/// Tells when there is nothing more to read.
pub(super) struct Ending<R> {
    inner: R,
    ended: Arc<Notify>,
}

impl<R> Ending<R> {
    pub(super) fn new(inner: R, ended: Arc<Notify>) -> Self {
        Self { inner, ended }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Ending<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let (before, room) = (to.filled().len(), to.remaining());
        let read = Pin::new(&mut self.inner).poll_read(context, to);
        let is_over = match &read {
            Poll::Ready(Ok(())) => room > 0 && to.filled().len() == before,
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        };
        if is_over {
            self.ended.notify_one();
        }
        read
    }
}

/// Waits until a process is gone. On systems where that cannot be seen it waits for ever: the end of the input tells it there.
pub(super) async fn gone(process: u32) {
    /// A client that dies closes our input in nearly all cases: this is for the others.
    #[cfg(unix)]
    const STEP: std::time::Duration = std::time::Duration::from_secs(3);
    #[cfg(unix)]
    if let Some(pid) = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw) {
        loop {
            // No permission to signal it: it is there.
            if rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH) {
                return;
            }
            tokio::time::sleep(STEP).await;
        }
    }
    let _ = process;
    std::future::pending().await
}
