//! The files of a world before and after.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use walkdir::WalkDir;

use super::change::{Change, FileState};
use super::layout::Layout;
use crate::sandbox::visible_utf8;

/// How much of a file's text is kept.
const KEPT: u64 = 64 << 10;

/// The state of all that a plugin may change in a world: the home of dokku, its library folder and its logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot(BTreeMap<String, FileState>);

impl Snapshot {
    /// Takes a snapshot of a world. Core plugins are left out; what can't be read has no content.
    #[must_use]
    pub fn take(layout: &Layout) -> Self {
        let core = layout.core_plugins();
        let mut states = BTreeMap::new();
        for top in [layout.dokku_root(), layout.lib_root(), layout.logs()] {
            let walk = WalkDir::new(top)
                .into_iter()
                .filter_entry(|entry| entry.path() != core);
            for entry in walk.flatten() {
                if let Ok(relative) = entry.path().strip_prefix(layout.root()) {
                    let name = visible_utf8(relative.as_os_str().as_encoded_bytes()).into_owned();
                    states.insert(name, state(entry.path()));
                }
            }
        }
        Self(states)
    }

    /// What is different in a later snapshot, by path.
    #[must_use]
    pub fn changes_to(&self, later: &Self) -> Vec<Change> {
        let mut paths: Vec<_> = self.0.keys().chain(later.0.keys()).collect();
        paths.sort();
        paths.dedup();
        paths
            .into_iter()
            .map(|path| Change {
                path: path.clone(),
                before: self.0.get(path).cloned(),
                after: later.0.get(path).cloned(),
            })
            .filter(|change| change.before != change.after)
            .collect()
    }
}

fn state(path: &Path) -> FileState {
    let Ok(meta) = fs::symlink_metadata(path) else {
        return FileState {
            kind: "special".into(),
            mode: 0,
            content: None,
        };
    };
    let kind = meta.file_type();
    let (kind, content) = if kind.is_dir() {
        ("directory", None)
    } else if kind.is_symlink() {
        let target = fs::read_link(path).ok();
        (
            "link",
            target.map(|target| visible_utf8(target.as_os_str().as_encoded_bytes()).into_owned()),
        )
    } else if kind.is_file() {
        ("file", head(path))
    } else {
        ("special", None)
    };
    FileState {
        kind: kind.into(),
        mode: meta.permissions().mode() & 0o7777,
        content,
    }
}

fn head(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path)
        .ok()?
        .take(KEPT)
        .read_to_end(&mut bytes)
        .ok()?;
    Some(visible_utf8(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_went_and_changed_is_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout::new(dir.path().to_owned());
        let home = layout.dokku_root();
        fs::create_dir_all(home.join("app")).unwrap();
        fs::write(home.join("app/ENV"), "A=1").unwrap();
        fs::write(home.join("gone"), "").unwrap();
        let before = Snapshot::take(&layout);
        fs::write(home.join("app/ENV"), "A=2").unwrap();
        fs::remove_file(home.join("gone")).unwrap();
        fs::write(home.join("new"), [0xFF]).unwrap();
        let changes = before.changes_to(&Snapshot::take(&layout));
        let told: Vec<_> = changes
            .iter()
            .map(|change| {
                (
                    change.path.as_str(),
                    change.before.is_some(),
                    change.after.is_some(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("home/dokku/app/ENV", true, true),
                ("home/dokku/gone", true, false),
                ("home/dokku/new", false, true)
            ]
        );
        let after = changes.last().and_then(|change| change.after.clone());
        assert_eq!(
            after.and_then(|state| state.content).as_deref(),
            Some("\\xFF")
        );
    }
}
