//! The process around the server: it ends with its client.

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
    std::future::pending::<()>().await;
}
