//! What a folder hands down to whatever is made in it, beside its name and what lies in it.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{lgetxattr, llistxattr};
use rustix::io::Errno;

/// How many bytes the names of a folder's attributes, and the value of one, may have: what a system sets itself is far
/// shorter.
const MOST: usize = 1 << 10;

/// The rights to a folder, whose it is, and the extended attributes of it, among which are the rights that its files
/// begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Nature {
    mode: u32,
    user: u32,
    group: u32,
    attributes: Vec<Attribute>,
}

/// A name and a value.
type Attribute = (Vec<u8>, Vec<u8>);

impl Nature {
    /// That of a folder, to which no link is followed.
    ///
    /// # Errors
    /// If it can't be looked at, or has more or longer attributes than any system sets.
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        let meta = fs::symlink_metadata(folder)?;
        Ok(Self {
            mode: meta.mode(),
            user: meta.uid(),
            group: meta.gid(),
            attributes: attributes(folder)?,
        })
    }

    /// True if the other has the same attributes, whatever its rights.
    pub(super) fn has_attributes_of(&self, other: &Self) -> bool {
        self.attributes == other.attributes
    }
}

/// The extended attributes of a folder, in the order of their names; none where the file system has no such thing.
fn attributes(folder: &Path) -> io::Result<Vec<Attribute>> {
    let mut names = [0; MOST];
    let length = match llistxattr(folder, &mut names[..]) {
        Err(Errno::NOTSUP) => 0,
        length => length?,
    };
    let names = names.get(..length).unwrap_or_default();
    let value = |name: &[u8]| {
        let mut value = [0; MOST];
        let length = lgetxattr(folder, name, &mut value[..])?;
        Ok((
            name.to_owned(),
            value.get(..length).unwrap_or_default().to_owned(),
        ))
    };
    let names = names
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty());
    let mut attributes = names.map(value).collect::<io::Result<Vec<_>>>()?;
    attributes.sort_unstable();
    Ok(attributes)
}

#[cfg(test)]
mod tests {
    use rustix::fs::{XattrFlags, lsetxattr};

    use super::*;

    #[test]
    fn rights_to_come_and_marks_change_a_folders_nature() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path();
        let plain = Nature::of(path).unwrap();
        assert_eq!(Nature::of(path).unwrap(), plain);
        if lsetxattr(path, "user.mark", b"x", XattrFlags::empty()) == Err(Errno::NOTSUP) {
            return;
        }
        let marked = Nature::of(path).unwrap();
        assert!(marked != plain && !marked.has_attributes_of(&plain));
        lsetxattr(path, "user.mark", &[b'x'; MOST + 1], XattrFlags::empty()).unwrap();
        assert!(Nature::of(path).is_err());
    }
}
