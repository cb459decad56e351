//! Which file applies to a folder.

use std::path::{Path, PathBuf};

use lensai_config::FILE_NAME;

/// The `lensai.toml` that applies to a file or folder: the nearest one in it or above it.
///
/// The search ends at the root of a repository (a folder with `.git`): what lies above belongs to something else, and must
/// not change the figures of this one. `start` should be absolute; of a relative one only the named folders are searched.
pub(super) fn find_upwards(start: &Path) -> Option<PathBuf> {
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
