//! Links, pipes, sockets, and what may not be read.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::support;
use crate::tree::{Found, PYTHON_CLIENT, Tree, request};

#[test]
fn loops_of_links() {
    let tree = Tree::new().with("a/b/inner.py", format!("{PYTHON_CLIENT}{}", request("py", "m")));
    symlink("..", tree.path().join("a/b/up")).unwrap();
    symlink(tree.path(), tree.path().join("a/all")).unwrap();
    symlink("self.py", tree.path().join("self.py")).unwrap();
    symlink("there.py", tree.path().join("here.py")).unwrap();
    symlink("here.py", tree.path().join("there.py")).unwrap();
    let found = tree.scan();
    assert_eq!(found.calls.len(), 1, "each file once: {found:?}");
    for path in ["self.py", "here.py", "there.py"] {
        assert!(found.says(path, ""), "{path}: {found:?}");
    }
}

#[test]
fn links_that_lead_nowhere() {
    let tree = Tree::new();
    symlink("nowhere", tree.path().join("dangling.py")).unwrap();
    symlink("/nowhere/at/all", tree.path().join("dangling.ts")).unwrap();
    symlink("nowhere", tree.path().join("not-ours")).unwrap();
    let found = tree.scan();
    assert_eq!(found.calls.len(), 0);
    assert!(found.says("dangling.py", "") && found.says("dangling.ts", ""), "{found:?}");
    assert!(!found.says("not-ours", ""), "{found:?}");
    let run = support::lensai(tree.path(), &["scan", "dangling.py"]);
    assert_eq!((run.code, run.stdout.len()), (Some(2), 0), "{}", run.stderr);
    assert!(run.stderr.contains("dangling.py"), "{}", run.stderr);
}

/// A file that two names have within the tree is one file, at its own place.
#[test]
fn links_to_good_files_within_the_tree_add_nothing() {
    let tree = Tree::new().with("a/inner.py", format!("{PYTHON_CLIENT}{}", request("py", "m")));
    symlink("a/inner.py", tree.path().join("link.py")).unwrap();
    symlink("a", tree.path().join("link")).unwrap();
    let found = tree.scan();
    assert_eq!(found.errors, []);
    assert_eq!(found.calls.iter().map(|call| call.path.as_str()).collect::<Vec<_>>(), ["a/inner.py"]);
}

fn make_pipe(tree: &Tree, name: &str) {
    assert!(Command::new("mkfifo").arg(tree.path().join(name)).status().unwrap().success());
}

#[test]
fn pipes_and_sockets_are_not_waited_for() {
    let tree = Tree::new();
    for name in ["pipe.py", "pipe.ipynb", "tsconfig.json"] {
        make_pipe(&tree, name);
    }
    let _socket = std::os::unix::net::UnixListener::bind(tree.path().join("socket.ts")).unwrap();
    let found = tree.scan();
    assert_eq!(found.calls.len(), 0);
    for path in ["pipe.py", "pipe.ipynb", "socket.ts"] {
        assert!(found.says(path, "not a regular file"), "{path}: {found:?}");
    }
}

#[test]
fn a_named_pipe_or_socket_ends_with_2() {
    let tree = Tree::new();
    make_pipe(&tree, "pipe.py");
    make_pipe(&tree, "pipe.ipynb");
    let _socket = std::os::unix::net::UnixListener::bind(tree.path().join("socket.ts")).unwrap();
    for path in ["pipe.py", "pipe.ipynb", "socket.ts"] {
        let run = support::lensai(tree.path(), &["scan", path]);
        assert_eq!((run.code, run.stdout.len()), (Some(2), 0), "{path}: {}", run.stderr);
        assert!(run.stderr.contains(path), "{}", run.stderr);
    }
}

#[test]
fn settings_that_are_pipes_are_not_waited_for() {
    for name in ["lensai.toml", "tsconfig.json", ".gitignore", ".ignore", "app/.gitignore"] {
        let tree = Tree::new().with("app/inner.py", format!("{PYTHON_CLIENT}{}", request("py", "m")));
        make_pipe(&tree, name);
        let found = tree.scan();
        let is_said = found.errors.iter().any(|(path, message)| format!("{path} {message}").contains(".gitignore"));
        assert!(found.models() == ["m"] || is_said, "{name}: {found:?}");
    }
}

/// Runs as somebody who may not read everything.
fn as_nobody(tree: &Tree, args: &[&str]) -> support::Run {
    let is_root = fs::metadata(tree.path()).unwrap().uid() == 0;
    let mut command = if is_root {
        // Where the program lies may be closed to others, so it is copied to where it is not.
        let program = tree.path().join(".git/lensai");
        fs::copy(env!("CARGO_BIN_EXE_lensai"), &program).unwrap();
        fs::set_permissions(tree.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = Command::new(program);
        command.uid(65_534).gid(65_534);
        command
    } else {
        Command::new(env!("CARGO_BIN_EXE_lensai"))
    };
    support::run(command.current_dir(tree.path()).args(args))
}

#[test]
fn files_and_folders_that_may_not_be_read() {
    let text = format!("{PYTHON_CLIENT}{}", request("py", "m"));
    let tree = Tree::of("closed.py", &text).with("closed/inner.py", &text).with("tsconfig.json", "{}");
    let close = |name: &str, mode| {
        fs::set_permissions(tree.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    for name in ["closed.py", "closed", "tsconfig.json"] {
        close(name, 0o000);
    }
    let scan = as_nobody(&tree, &["scan", ".", "--format", "json"]);
    let named = as_nobody(&tree, &["scan", "closed.py"]);
    let folder = as_nobody(&tree, &["scan", "closed"]);
    // Whoever clears up must get in.
    close("closed", 0o755);

    let found = Found::of(&scan);
    assert_eq!(found.calls.len(), 0);
    for path in ["closed.py", "closed", "tsconfig.json"] {
        assert!(found.says(path, "cannot be read"), "{path}: {found:?}");
    }
    for (run, name) in [(named, "closed.py"), (folder, "closed")] {
        assert_eq!((run.code, run.stdout.len()), (Some(2), 0), "{}", run.stderr);
        assert!(run.stderr.contains(name), "{}", run.stderr);
    }
}

#[test]
fn names_that_are_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let tree = Tree::new();
    let text = format!("{PYTHON_CLIENT}{}", request("py", "m"));
    // Not every file system takes such a name.
    if fs::write(tree.path().join(OsStr::from_bytes(b"caf\xe9.py")), &text).is_err() {
        return;
    }
    let tree = tree.with("new\nline.py", &text).with("a b/ü.py", &text);
    let found = tree.scan();
    assert!(found.calls.iter().any(|call| call.path == "a b/ü.py"), "{found:?}");
    assert!(found.calls.iter().any(|call| call.path == "new\nline.py"), "{found:?}");
    assert!(found.calls.len() == 3 || found.errors.len() == 1, "{found:?}");
}
