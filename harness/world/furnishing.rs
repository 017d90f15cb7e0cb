//! Where a case may put files into a world.

use std::fmt;

/// The folders at a world's root that are its own at every level of isolation. What else is there is the machine's, which
/// a world only shows, or the harness's.
const OWN: [&str; 8] = ["etc", "home", "opt", "root", "run", "srv", "tmp", "var"];

/// Folders that every world has, and no file can be in the place of. Those above them are among them too.
const FOLDERS: [&str; 11] = [
    "etc/default",
    "home/dokku",
    "root",
    "run",
    "tmp",
    "var/lib/dokku/config",
    "var/lib/dokku/core-plugins/available",
    "var/lib/dokku/data",
    "var/lib/dokku/plugins/available",
    "var/lib/dokku/services",
    "var/log/dokku",
];

/// Folders of links to the plugins: what lies below such a link lies elsewhere.
const LINKS: [&str; 2] = [
    "var/lib/dokku/core-plugins/enabled",
    "var/lib/dokku/plugins/enabled",
];

/// The bytes that Linux lets a file's name have, and a path that is looked up from the root of a world: some are left for
/// where the world itself lies.
pub const LONGEST_NAME: usize = 255;
/// How long a path may be that is looked up from the root of a world.
pub const LONGEST_PATH: usize = 3000;

/// Why no file of a case can lie at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// The machine's own or the harness's.
    NotOwn,
    /// A folder that every world has.
    Folder,
    /// Behind the link to a plugin.
    Link,
    /// The path or a name in it is too long for a file system.
    Long,
}

impl Barred {
    /// The way out.
    #[must_use]
    pub fn help(self) -> String {
        match self {
            Self::NotOwn => format!("a world has files of its own in {}", OWN.join(", ")),
            Self::Folder => "name a file in it".to_owned(),
            Self::Link => "write it in `available`, where the links of `enabled` lead".to_owned(),
            Self::Long => {
                format!("a name has at most {LONGEST_NAME} bytes, a path {LONGEST_PATH}")
            }
        }
    }
}

impl fmt::Display for Barred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotOwn => "is not the world's own",
            Self::Folder => "is a folder of every world",
            Self::Link => "lies behind the link to a plugin",
            Self::Long => "is too long for a file system",
        })
    }
}

/// Why no file of a case can lie at this path below a world's root, which has no `.` nor `..`; none if it can.
#[must_use]
pub fn barred(path: &str) -> Option<Barred> {
    let first = path.split('/').next().unwrap_or_default();
    let is_long =
        path.len() > LONGEST_PATH || path.split('/').any(|name| name.len() > LONGEST_NAME);
    if !OWN.contains(&first) {
        Some(Barred::NotOwn)
    } else if FOLDERS
        .iter()
        .chain(&LINKS)
        .any(|folder| is_in(path, folder))
        || path == first
    {
        Some(Barred::Folder)
    } else if LINKS.iter().any(|links| is_in(links, path)) {
        Some(Barred::Link)
    } else {
        is_long.then_some(Barred::Long)
    }
}

/// True if the first path is the second, or a folder that this lies in.
fn is_in(folder: &str, path: &str) -> bool {
    let rest = path.strip_prefix(folder);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_lies_where_a_world_has_its_own() {
        for path in [
            "home/dokku/app/ENV",
            "var/lib/dokku/services/x/y",
            "var/lib/dokku/plugins/available/hello/x",
            "etc/nginx/nginx.conf",
            "tmp/x",
            "home/else/x",
        ] {
            assert_eq!(barred(path), None, "{path}");
        }
    }

    #[test]
    fn what_is_not_the_worlds_own_is_barred() {
        for path in [
            "usr/bin/docker",
            "dev/fd/6",
            "conform/calls.jsonl",
            "manner.json",
            "stand-ins/docker",
            "homes/x",
        ] {
            assert_eq!(barred(path), Some(Barred::NotOwn), "{path}");
        }
    }

    #[test]
    fn a_folder_of_every_world_stays_one() {
        for path in [
            "home",
            "home/dokku",
            "var/lib",
            "var/lib/dokku/plugins",
            "etc",
            "srv",
        ] {
            assert_eq!(barred(path), Some(Barred::Folder), "{path}");
        }
    }

    #[test]
    fn nothing_is_put_behind_a_link() {
        let path = "var/lib/dokku/plugins/enabled/hello/x";
        assert_eq!(barred(path), Some(Barred::Link));
        assert_eq!(
            barred("var/lib/dokku/plugins/enabled"),
            Some(Barred::Folder)
        );
    }

    #[test]
    fn no_name_is_longer_than_a_file_system_takes() {
        assert_eq!(barred(&format!("tmp/{}", "x".repeat(255))), None);
        assert_eq!(
            barred(&format!("tmp/{}", "é".repeat(128))),
            Some(Barred::Long)
        );
        assert_eq!(
            barred(&format!("tmp{}", "/x".repeat(1500))),
            Some(Barred::Long)
        );
    }
}
