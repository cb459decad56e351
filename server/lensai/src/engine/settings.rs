//! A workspace's settings: which file applies to it, and what that file says.

use std::path::{Path, PathBuf};

use lensai_calls::sdk::{Sdk, SdkError, parse_settings};
use lensai_config::{Error, FILE_NAME, Workspace};
use lensai_cost::Assumptions;

/// What a workspace's file says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// Budgets, traffic, policies and assumptions.
    pub workspace: Workspace,
    /// SDKs and gateways that it describes itself.
    pub sdks: Vec<Sdk>,
}

/// What is wrong with a file of settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults {
    /// Why nothing of the file can be used.
    pub settings: Option<Error>,
    /// Why none of its descriptions of SDKs can be used; the rest of the file can.
    pub sdks: Vec<SdkError>,
}

impl Settings {
    /// Reads the text of a file. `file` is only for messages. Without settings the whole file is unusable.
    pub fn parse(file: &str, text: &str) -> (Option<Self>, Faults) {
        let workspace = match Workspace::parse(text) {
            Ok(workspace) => workspace,
            Err(error) => return (None, Faults { settings: Some(error), sdks: Vec::new() }),
        };
        // What is wrong with a description says nothing about the rest of the file.
        match parse_settings(file, text.trim_start_matches('\u{feff}')) {
            Ok(sdks) => (Some(Self { workspace, sdks }), Faults::default()),
            Err(errors) => (Some(Self { workspace, sdks: Vec::new() }), Faults { settings: None, sdks: errors }),
        }
    }

    /// What is taken for numbers that the code does not say.
    pub fn assumptions(&self) -> Assumptions {
        let lensai_config::Assumptions { tokens_per_hole, output_tokens, agent_turns, history_turns } =
            self.workspace.assumptions;
        Assumptions { tokens_per_hole, output_tokens, agent_turns, history_turns }
    }
}

/// The `lensai.toml` that applies to a file or folder: the nearest one in it or above it.
///
/// The search ends at the root of a repository (a folder with `.git`): what lies above belongs to something else, and must
/// not change the figures of this one. `start` should be absolute; of a relative one only the named folders are searched.
pub fn find_upwards(start: &Path) -> Option<PathBuf> {
    for folder in start.ancestors() {
        let file = folder.join(FILE_NAME);
        if file.is_file() {
            return Some(file);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_nearest_file_applies_and_a_repository_ends_the_search() {
        let root = std::env::temp_dir().join(format!("lensai-find-{}", std::process::id()));
        let inner = root.join("repository/app/deep");
        fs::create_dir_all(&inner).unwrap();
        fs::create_dir_all(root.join("repository/.git")).unwrap();
        fs::write(root.join(FILE_NAME), "").unwrap();
        assert_eq!(find_upwards(&inner), None);
        assert_eq!(find_upwards(&root.join("other/missing")), Some(root.join(FILE_NAME)));
        fs::write(root.join("repository").join(FILE_NAME), "").unwrap();
        assert_eq!(find_upwards(&inner), Some(root.join("repository").join(FILE_NAME)));
        fs::remove_dir_all(&root).unwrap();
    }
}
