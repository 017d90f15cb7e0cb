//! The files of a world before and after.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use walkdir::WalkDir;

use super::change::{Change, FileState};
use super::layout::Layout;
use crate::sandbox::visible_utf8;

/// How many folders deep a world is compared: each step down costs as much as the whole way there.
const DEEPEST: usize = 500;
/// How much of a file's text is kept.
const KEPT: u64 = 64 << 10;
/// How much text a snapshot keeps in all, in bytes.
const ROOM: usize = 2 << 20;

/// The state of all that a plugin may change in a world: the home of dokku, its library folder and its logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot(BTreeMap<String, FileState>);

impl Snapshot {
    /// Takes a snapshot of a world. Core plugins are left out, and what lies deeper than a world is looked at;
    /// what can't be read has no content.
    ///
    /// # Errors
    /// If this process has no descriptors or no memory left to look: what it could not see is no change.
    pub fn take(layout: &Layout) -> io::Result<Self> {
        let core = layout.core_plugins();
        let tops = [layout.dokku_root(), layout.lib_root(), layout.logs()];
        let mut states = BTreeMap::new();
        let mut room = ROOM;
        // From the root on, which is no plugin's: a link in the place of a folder is told, and not followed.
        let walk = WalkDir::new(layout.root())
            .max_depth(DEEPEST)
            .into_iter()
            .filter_entry(|entry| {
                let path = entry.path();
                let concerns = |top: &PathBuf| path.starts_with(top) || top.starts_with(path);
                path != core && tops.iter().any(concerns)
            });
        for entry in walk {
            let entry = match entry.map_err(io::Error::from) {
                Ok(entry) => entry,
                Err(error) if is_lack(&error) => return Err(error),
                Err(_) => continue,
            };
            let is_way = tops
                .iter()
                .any(|top| top != entry.path() && top.starts_with(entry.path()));
            if is_way && entry.file_type().is_dir() {
                continue;
            }
            if let Ok(relative) = entry.path().strip_prefix(layout.root()) {
                let name = visible_utf8(relative.as_os_str().as_encoded_bytes()).into_owned();
                states.insert(name, state(entry.path(), &mut room)?);
            }
        }
        Ok(Self(states))
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

/// True if it is this process that lacks something, and not the file.
fn is_lack(error: &io::Error) -> bool {
    let known = error.raw_os_error().map(Errno::from_raw);
    matches!(known, Some(Errno::EMFILE | Errno::ENFILE | Errno::ENOMEM))
}

fn state(path: &Path, room: &mut usize) -> io::Result<FileState> {
    let Ok(meta) = fs::symlink_metadata(path) else {
        return Ok(FileState {
            kind: "special".into(),
            mode: 0,
            content: None,
        });
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
        match head(path, room) {
            Err(error) if is_lack(&error) => return Err(error),
            content => ("file", content.ok()),
        }
    } else {
        ("special", None)
    };
    Ok(FileState {
        kind: kind.into(),
        mode: meta.permissions().mode() & 0o7777,
        content,
    })
}

/// The beginning of a file's text; where there is no room for more, what tells it from another.
fn head(path: &Path, room: &mut usize) -> io::Result<String> {
    let mut bytes = Vec::new();
    let mut options = File::options();
    options.read(true);
    options.custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits());
    options.open(path)?.take(KEPT).read_to_end(&mut bytes)?;
    let text = visible_utf8(&bytes);
    Ok(match room.checked_sub(text.len()) {
        Some(left) => {
            *room = left;
            text.into_owned()
        }
        None => {
            let mut hasher = DefaultHasher::new();
            bytes.hash(&mut hasher);
            let length = bytes.len();
            format!("[{length} bytes, told apart by {:016x}]", hasher.finish())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::{nest, remove};

    #[test]
    fn what_came_went_and_changed_is_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout::new(dir.path().to_owned());
        let home = layout.dokku_root();
        fs::create_dir_all(home.join("app")).unwrap();
        fs::write(home.join("app/ENV"), "A=1").unwrap();
        fs::write(home.join("gone"), "").unwrap();
        let before = Snapshot::take(&layout).unwrap();
        fs::write(home.join("app/ENV"), "A=2").unwrap();
        fs::remove_file(home.join("gone")).unwrap();
        fs::write(home.join("new"), [0xFF]).unwrap();
        let changes = before.changes_to(&Snapshot::take(&layout).unwrap());
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

    #[test]
    fn a_link_in_the_place_of_a_folder_is_told_and_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let (root, secret) = (dir.path().join("root"), dir.path().join("secret"));
        let layout = Layout::new(root);
        fs::create_dir_all(layout.dokku_root()).unwrap();
        fs::create_dir_all(layout.logs().parent().unwrap()).unwrap();
        fs::create_dir(&secret).unwrap();
        fs::write(secret.join("key"), "secret").unwrap();
        std::os::unix::fs::symlink(&secret, layout.logs()).unwrap();
        let Snapshot(states) = Snapshot::take(&layout).unwrap();
        let names: Vec<&String> = states.keys().collect();
        assert_eq!(names, ["home/dokku", "var/log/dokku"]);
        assert_eq!(states["var/log/dokku"].kind, "link");
    }

    #[test]
    fn what_is_deeper_than_any_path_is_looked_at_as_far_as_it_goes() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout::new(dir.path().to_owned());
        fs::create_dir_all(layout.dokku_root()).unwrap();
        let before = Snapshot::take(&layout).unwrap();
        nest(&layout.dokku_root(), 3_000);
        let changes = before.changes_to(&Snapshot::take(&layout).unwrap());
        assert_eq!(changes.len(), DEEPEST - 2);
        remove(&layout.dokku_root()).unwrap();
    }

    #[test]
    fn what_there_is_no_room_for_is_told_apart_all_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout::new(dir.path().to_owned());
        let home = layout.dokku_root();
        fs::create_dir_all(&home).unwrap();
        let large = vec![b'x'; KEPT as usize];
        for number in 0..40 {
            fs::write(home.join(format!("{number:02}")), &large).unwrap();
        }
        let before = Snapshot::take(&layout).unwrap();
        let kept: usize = before
            .0
            .values()
            .flat_map(|one| &one.content)
            .map(String::len)
            .sum();
        assert!(kept < ROOM + 40 * 100, "{kept}");
        fs::write(home.join("39"), vec![b'y'; KEPT as usize]).unwrap();
        let changes = before.changes_to(&Snapshot::take(&layout).unwrap());
        assert_eq!(changes.len(), 1);
    }
}
