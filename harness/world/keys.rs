//! The private keys that a plugin's tests had made, for those that follow: a real key costs a second of a processor, and
//! a suite asks for a hundred.

use std::collections::BTreeMap;
use std::fs::{self, DirEntry};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;

use super::layout::{KEYS, Layout};
use crate::sandbox::beneath;

/// How many keys are kept, and how long one may be: whoever is tested can put anything where they lie.
const MOST: usize = 64;
const LONGEST: u64 = 32 << 10;

/// Keys by the names of their files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Keys(BTreeMap<String, Vec<u8>>);

impl Keys {
    /// Lays them into a world.
    ///
    /// # Errors
    /// If the system refuses.
    pub(super) fn lay(&self, layout: &Layout) -> io::Result<()> {
        beneath::make_dirs(layout.root(), Path::new(KEYS))?;
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL;
        for (name, key) in &self.0 {
            beneath::open(layout.root(), &below(name), flags)?.write_all(key)?;
        }
        Ok(())
    }

    /// Those that lie in a world. What can't be read is none.
    pub(super) fn of(layout: &Layout) -> Self {
        let entries = fs::read_dir(layout.keys()).into_iter().flatten();
        let key = |entry: DirEntry| {
            let name = entry.file_name().into_string().ok()?;
            let key = read(layout.root(), &below(&name)).ok()?;
            (!name.starts_with('.')).then_some((name, key))
        };
        Self(entries.flatten().filter_map(key).take(MOST).collect())
    }

    /// Takes those of another world; of two of one name the first stays.
    pub(super) fn add(&mut self, others: Self) {
        for (name, key) in others.0 {
            if self.0.len() < MOST {
                self.0.entry(name).or_insert(key);
            }
        }
    }
}

/// The path of a key below a world's root.
fn below(name: &str) -> PathBuf {
    Path::new(KEYS).join(name)
}

fn read(root: &Path, path: &Path) -> io::Result<Vec<u8>> {
    let mut key = Vec::new();
    let file = beneath::open(root, path, OFlag::O_RDONLY)?;
    file.take(LONGEST + 1).read_to_end(&mut key)?;
    match key.len() as u64 > LONGEST {
        true => Err(io::ErrorKind::FileTooLarge.into()),
        false => Ok(key),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn world() -> (tempfile::TempDir, Layout) {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout::new(root.path().to_owned());
        (root, layout)
    }

    #[test]
    fn what_lies_in_one_world_is_laid_into_the_next() {
        let ((_first, one), (_second, other)) = (world(), world());
        Keys::default().lay(&one).unwrap();
        fs::write(one.keys().join("rsa-2048-0"), "first").unwrap();
        let mut keys = Keys::of(&one);
        keys.lay(&other).unwrap();
        assert_eq!(fs::read(other.keys().join("rsa-2048-0")).unwrap(), b"first");
        fs::write(other.keys().join("rsa-2048-0"), "changed").unwrap();
        fs::write(other.keys().join("rsa-2048-1"), "second").unwrap();
        keys.add(Keys::of(&other));
        let texts: Vec<&[u8]> = keys.0.values().map(Vec::as_slice).collect();
        assert_eq!(texts, [b"first".as_slice(), b"second"]);
    }

    #[test]
    fn what_is_no_key_is_not_taken() {
        let (_root, layout) = world();
        assert_eq!(Keys::of(&layout), Keys::default());
        Keys::default().lay(&layout).unwrap();
        let at = |name: &str| layout.keys().join(name);
        symlink("/etc/passwd", at("link")).unwrap();
        fs::create_dir(at("folder")).unwrap();
        fs::write(at(".unfinished"), "key").unwrap();
        fs::write(at("large"), vec![0; 40 << 10]).unwrap();
        assert_eq!(Keys::of(&layout), Keys::default());
        for number in 0..100 {
            fs::write(at(&format!("rsa-2048-{number}")), "key").unwrap();
        }
        assert_eq!(Keys::of(&layout).0.len(), MOST);
    }
}
