//! Finding files as a shell's patterns do.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// `folder/*`: whatever does not begin with a dot, in the order of the C locale; nothing if there is no such folder.
pub(crate) fn visible_entries(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<OsString> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.file_name()))
        .filter(|name| !name.as_bytes().starts_with(b"."))
        .collect();
    names.sort();
    names.into_iter().map(|name| folder.join(name)).collect()
}

/// `folder/*/name`: the entry of that name in each visible folder that has one, be it a dangling link.
pub(crate) fn in_each(folder: &Path, name: &str) -> Vec<PathBuf> {
    visible_entries(folder)
        .into_iter()
        .map(|entry| entry.join(name))
        .filter(|path| path.symlink_metadata().is_ok())
        .collect()
}

/// `readlink -f`: the path without links, where the last part need not exist; none where an earlier one does not.
pub(crate) fn real_path(path: &Path) -> Option<PathBuf> {
    /// More links in a row are a loop to the kernel.
    const LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        if let Ok(real) = path.canonicalize() {
            return Some(real);
        }
        let parent = path.parent()?.to_owned();
        match path.read_link() {
            Ok(target) => path = parent.join(target),
            Err(_) => return Some(parent.canonicalize().ok()?.join(path.file_name()?)),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_pattern_gives_sorted_visible_entries() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b", "B", "10", ".hidden"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("b/commands"), "").unwrap();
        symlink("nowhere", folder.path().join("10/commands")).unwrap();
        let names = |paths: Vec<PathBuf>| -> Vec<String> {
            let relative = |path: &PathBuf| {
                path.strip_prefix(folder.path())
                    .unwrap()
                    .display()
                    .to_string()
            };
            paths.iter().map(relative).collect()
        };
        assert_eq!(names(visible_entries(folder.path())), ["10", "B", "b"]);
        assert_eq!(
            names(in_each(folder.path(), "commands")),
            ["10/commands", "b/commands"]
        );
    }

    #[test]
    fn the_last_part_of_a_real_path_need_not_exist() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        symlink("gone", root.join("link")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        assert_eq!(real_path(&root.join("none")), Some(root.join("none")));
        assert_eq!(real_path(&root.join("link")), Some(root.join("gone")));
        assert_eq!(real_path(&root.join("none/none")), None);
        assert_eq!(real_path(&root.join("loop")), None);
    }
}
