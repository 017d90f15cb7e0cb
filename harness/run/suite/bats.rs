//! The bats of this machine.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use regex::Regex;

use crate::world::{Layout, copy_tree};

/// Where a world shows what the system has, so that a bats there need not be brought along.
const OF_THE_SYSTEM: [&str; 4] = ["/usr", "/bin", "/nix", "/gnu"];

/// Below a world's root: where a bats of elsewhere is laid.
const BROUGHT: &str = "home/suite/.bats";

/// From this version on bats tells what the last `run` of a failed test printed.
const TELLS_OUTPUT: (u32, u32) = (1, 5);

/// From this version on bats tells how long each test took.
const TELLS_TIME: (u32, u32) = (1, 2);

/// What bats says when it is asked for its version.
static VERSION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)^bats (\d{1,4})\.(\d{1,4})").ok());

/// Why no suite can be run with the bats of this machine.
#[derive(Debug, thiserror::Error)]
pub enum NoBats {
    /// There is none on `PATH`.
    #[error(
        "there is no `bats` on PATH, which runs a plugin's own tests: `apt-get install bats` brings it on Debian and Ubuntu, `npm install --global bats` everywhere"
    )]
    Missing,
    /// It can't be started.
    #[error("{}: it can't be started: {error}", file.display())]
    Broken {
        /// Its file.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It does not say which bats it is.
    #[error("{}: it is no bats: asked for its version, it does not tell one", file.display())]
    Other {
        /// Its file.
        file: PathBuf,
    },
}

/// A bats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bats {
    /// Its file, behind every link.
    program: PathBuf,
    version: (u32, u32),
}

impl Bats {
    /// The first on this search path, as `PATH` has one.
    ///
    /// # Errors
    /// [`NoBats`] if there is none, or none that can be used.
    pub fn find(path: Option<&OsStr>) -> Result<Self, NoBats> {
        let folders = path.map(std::env::split_paths).into_iter().flatten();
        let mut found = folders.map(|folder| folder.join("bats"));
        let program = found
            .find(|file| is_program(file))
            .and_then(|file| fs::canonicalize(file).ok())
            .ok_or(NoBats::Missing)?;
        let said = Command::new(&program)
            .arg("--version")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| NoBats::Broken {
                file: program.clone(),
                error,
            })?;
        let version = version(&String::from_utf8_lossy(&said.stdout));
        match version {
            Some(version) => Ok(Self { program, version }),
            None => Err(NoBats::Other { file: program }),
        }
    }

    /// Its version, as `1.14`.
    #[must_use]
    pub fn version(&self) -> String {
        let (major, minor) = self.version;
        format!("{major}.{minor}")
    }

    /// The options that make it tell as much as it can in a form that can be read.
    pub(super) fn options(&self) -> Vec<String> {
        let mut options = vec!["--tap"];
        if self.version >= TELLS_TIME {
            options.push("--timing");
        }
        if self.version >= TELLS_OUTPUT {
            options.push("--print-output-on-failure");
        }
        options.into_iter().map(str::to_owned).collect()
    }

    /// Where it is to be started in the world of this layout, to which it is brought if the world does not show it.
    ///
    /// # Errors
    /// If it can't be brought.
    pub(super) fn bring(&self, layout: &Layout) -> io::Result<PathBuf> {
        let is_shown = OF_THE_SYSTEM
            .iter()
            .any(|folder| self.program.starts_with(folder));
        if is_shown {
            return Ok(self.program.clone());
        }
        let to = layout.root().join(BROUGHT);
        for part in self.parts() {
            let Some((from, name)) = part else { continue };
            let target = to.join(name);
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent)?;
            }
            match from.is_dir() {
                true => copy_tree(&from, &target)?,
                false => fs::copy(&from, &target).map(drop)?,
            }
        }
        Ok(layout.seen().root().join(BROUGHT).join("bin/bats"))
    }

    /// What it consists of, and where that belongs below its own folder.
    fn parts(&self) -> [Option<(PathBuf, &'static str)>; 3] {
        let root = self.program.parent().and_then(Path::parent);
        let folder = |names: &[&'static str]| {
            let there = |name: &&'static str| Some((root?.join(name), *name));
            let mut there = names.iter().filter_map(there);
            there.find(|(path, _)| path.is_dir())
        };
        [
            Some((self.program.clone(), "bin/bats")),
            // Its oldest form has no folder of its own there.
            folder(&["libexec/bats-core", "libexec"]),
            folder(&["lib/bats-core"]),
        ]
    }
}

fn is_program(file: &Path) -> bool {
    let may_run = |meta: Metadata| meta.is_file() && meta.permissions().mode() & 0o111 != 0;
    fs::metadata(file).is_ok_and(may_run)
}

fn version(said: &str) -> Option<(u32, u32)> {
    let found = VERSION.as_ref()?.captures(said.trim())?;
    let part = |index: usize| found.get(index)?.as_str().parse().ok();
    Some((part(1)?, part(2)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bats_tells_its_version() {
        assert_eq!(version("Bats 1.14.0\n"), Some((1, 14)));
        assert_eq!(version("Bats 0.4.0"), Some((0, 4)));
        assert_eq!(version("bash 5"), None);
    }

    #[test]
    fn an_old_bats_is_not_asked_for_what_it_does_not_know() {
        let options = |version| {
            let program = PathBuf::from("/usr/bin/bats");
            Bats { program, version }.options().join(" ")
        };
        assert_eq!(options((0, 4)), "--tap");
        assert_eq!(options((1, 2)), "--tap --timing");
        assert_eq!(options((1, 14)), "--tap --timing --print-output-on-failure");
    }

    #[test]
    fn no_bats_on_the_path_is_told_with_where_to_get_it() {
        for path in [None, Some(OsStr::new("/no/such/folder"))] {
            let told = Bats::find(path).unwrap_err().to_string();
            assert!(
                told.contains("apt-get install bats") && told.contains("npm"),
                "{told}"
            );
        }
    }
}
