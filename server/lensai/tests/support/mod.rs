//! Runs the program as a user does, with an end to its patience.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Far above what any scan here takes, even unoptimised on a busy machine: only a hang reaches it.
const PATIENCE: Duration = Duration::from_secs(40);

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

/// Runs `lensai` in a folder. Panics when it takes longer than any scan may, after ending it.
pub(crate) fn lensai(folder: &Path, args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lensai"));
    command.current_dir(folder).args(args);
    run(&mut command)
}

/// Runs a command that is `lensai` in some way.
pub(crate) fn run(command: &mut Command) -> Run {
    // Files, not pipes: whoever waits for the end must not be waited for by a full pipe.
    let streams = tempfile::tempdir().unwrap();
    let (out, err) = (streams.path().join("out"), streams.path().join("err"));
    let stream = |path: &Path| Stdio::from(File::create(path).unwrap());
    let mut child =
        command.env_remove("NO_COLOR").stdin(Stdio::null()).stdout(stream(&out)).stderr(stream(&err)).spawn().unwrap();
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("still running after {PATIENCE:?}: {command:?}");
        }
        thread::sleep(Duration::from_millis(2));
    };
    let stderr = String::from_utf8_lossy(&std::fs::read(err).unwrap()).into_owned();
    assert!(!stderr.contains("panicked"), "{command:?}\n{stderr}");
    // A signal (a stack that overflowed, memory that ran out) leaves no code.
    assert!(status.code().is_some(), "{command:?}: {status}\n{stderr}");
    Run { code: status.code(), stdout: std::fs::read(out).unwrap(), stderr }
}

impl Run {
    /// The one document of a run that went well.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        serde_json::from_slice(&self.stdout).unwrap()
    }
}

/// The folder of the fixtures.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").canonicalize().unwrap()
}
