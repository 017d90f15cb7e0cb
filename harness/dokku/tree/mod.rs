//! A real Dokku on disk, and what it takes to run it in place of the imitated one.

mod dispatcher;
mod release;
mod shape;
mod unbuilt;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::core::{self, Content};
use super::version::Version;
use super::versions::UnknownVersion;
pub use dispatcher::become_dispatcher;
use shape::Place;
pub use shape::Shape;

/// A real Dokku: an installation of it, or a checkout of its sources.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tree {
    root: PathBuf,
    shape: Shape,
    script: PathBuf,
    plugins: PathBuf,
    plugn: Option<PathBuf>,
    version: Version,
    told: Option<Version>,
    lent: BTreeSet<PathBuf>,
    lacking: BTreeSet<PathBuf>,
}

/// Why a directory can't be used as a tree. All are the asker's to mend.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// The directory, or a file that is needed of it, can't be read.
    #[error("{path} can't be read: {source}", path = path.display())]
    Unreadable {
        /// What can't be read.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is nothing in it.
    #[error("{path} is empty: {wanted}", path = .0.display(), wanted = shape::WANTED)]
    Empty(PathBuf),
    /// It is no Dokku at all.
    #[error("{path} is no Dokku: {wanted}", path = .0.display(), wanted = shape::WANTED)]
    NoDokku(PathBuf),
    /// It would be one if there were more of it.
    #[error("{path} looks like {shape} of Dokku, but {missing} is missing in it", path = path.display())]
    Partial {
        /// The directory.
        path: PathBuf,
        /// What it looks like.
        shape: Shape,
        /// The path below it that is not there.
        missing: &'static str,
    },
    /// The file that tells its version tells none.
    #[error("{file} says `{text}`, which names no release of Dokku: give the version with --dokku", file = file.display())]
    BrokenVersion {
        /// The file.
        file: PathBuf,
        /// What it says.
        text: String,
    },
    /// Nothing in it tells its version.
    #[error("nothing in {path} tells its version (looked for {looked}): give it with --dokku", path = path.display())]
    NoVersion {
        /// The directory.
        path: PathBuf,
        /// The files that could have told.
        looked: String,
    },
    /// The version that it is of is not known to this program.
    #[error("{told_by} says so: {source}; give the version that is nearest to it with --dokku", told_by = told_by.display())]
    UnknownVersion {
        /// The file.
        told_by: PathBuf,
        /// Which version, and the nearest that is known.
        source: UnknownVersion,
    },
}

impl Tree {
    /// Reads a directory as a real Dokku. `version` takes the place of the version that the directory tells.
    ///
    /// # Errors
    /// [`TreeError`] if it is none, or does not tell its version.
    pub fn open(root: &Path, version: Option<Version>) -> Result<Self, TreeError> {
        let unreadable = |source| TreeError::Unreadable {
            path: root.to_owned(),
            source,
        };
        let mut entries = fs::read_dir(root).map_err(unreadable)?;
        if entries.next().is_none() {
            return Err(TreeError::Empty(root.to_owned()));
        }
        // The world's links lead to it from elsewhere.
        let real = fs::canonicalize(root).map_err(unreadable)?;
        let place = Place::find(&real).map_err(|missing| missing.of(root))?;
        let script = readable(real.join(place.script))?;
        let (version, told) = match (version, release::told(&real, place.tellers)) {
            (Some(version), told) => (version, told.ok()),
            (None, told) => {
                let told = told?;
                (told, Some(told))
            }
        };
        let plugins = real.join(place.plugins);
        let (lent, lacking) = match place.shape {
            Shape::Installation => Default::default(),
            Shape::Checkout => {
                let known: BTreeSet<PathBuf> = core::files(version)
                    .into_iter()
                    .filter(|file| file.content == Content::Program)
                    .map(|file| file.path)
                    .collect();
                unbuilt::programs(&plugins, &known)
                    .into_iter()
                    .partition(|path| known.contains(path))
            }
        };
        Ok(Self {
            shape: place.shape,
            plugn: place.plugn.map(|path| real.join(path)),
            root: root.to_owned(),
            script,
            plugins,
            version,
            told,
            lent,
            lacking,
        })
    }

    /// The directory, as the person named it.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What it is.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The version that its files tell, if they tell one.
    #[must_use]
    pub fn told(&self) -> Option<Version> {
        self.told
    }

    /// Its dispatcher, the script `dokku`.
    #[must_use]
    pub fn script(&self) -> &Path {
        &self.script
    }

    /// The folder of its core plugins.
    #[must_use]
    pub fn plugins(&self) -> &Path {
        &self.plugins
    }

    /// Its plugn, if it brings one.
    #[must_use]
    pub fn plugn(&self) -> Option<&Path> {
        self.plugn.as_deref()
    }

    /// The programs that it has the sources of alone and that the imitated Dokku has, so that it lends them. Paths below
    /// the folder of the core plugins.
    #[must_use]
    pub fn lent(&self) -> &BTreeSet<PathBuf> {
        &self.lent
    }

    /// The programs that it has the sources of alone and that nobody lends.
    #[must_use]
    pub fn lacking(&self) -> &BTreeSet<PathBuf> {
        &self.lacking
    }

    /// True for a file of a core plugin that an installation does not have: what its programs are built from. The path is
    /// below the folder of the core plugins.
    #[must_use]
    pub fn is_source(&self, path: &Path) -> bool {
        self.shape == Shape::Checkout && unbuilt::is_source(path)
    }
}

/// A file that can be read, by its path.
fn readable(path: PathBuf) -> Result<PathBuf, TreeError> {
    match File::open(&path) {
        Ok(_) => Ok(path),
        Err(source) => Err(TreeError::Unreadable { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use tempfile::TempDir;

    use super::*;

    fn tree(files: &[(&str, &str)]) -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        dir
    }

    fn complaint(files: &[(&str, &str)]) -> String {
        Tree::open(tree(files).path(), None)
            .unwrap_err()
            .to_string()
    }

    const CHECKOUT: [(&str, &str); 2] = [("dokku", ""), ("plugins/common/functions", "")];

    #[test]
    fn a_checkout_an_installation_and_its_library_are_told_apart() {
        let checkout = tree(&[CHECKOUT.as_slice(), &[("VERSION", "v0.30.11-3-gabc\n")]].concat());
        let read = Tree::open(checkout.path(), None).unwrap();
        assert_eq!(read.shape(), Shape::Checkout);
        assert_eq!(read.version(), Version::new(0, 30, 11));
        assert_eq!(read.plugn(), None);

        let installed = tree(&[
            ("usr/bin/dokku", ""),
            ("usr/bin/plugn", ""),
            ("var/lib/dokku/core-plugins/available/common/functions", ""),
            ("var/lib/dokku/STABLE_VERSION", "0.24.10"),
        ]);
        let read = Tree::open(installed.path(), None).unwrap();
        assert_eq!(read.shape(), Shape::Installation);
        assert_eq!(read.version(), Version::new(0, 24, 10));
        assert!(read.plugn().is_some_and(Path::is_file));
        let library = installed.path().join("var/lib/dokku");
        let again = Tree::open(&library, None).unwrap();
        assert_eq!(
            fs::canonicalize(again.script()).unwrap(),
            fs::canonicalize(read.script()).unwrap()
        );
    }

    #[test]
    fn what_is_no_dokku_is_told_what_it_lacks() {
        assert!(complaint(&[]).contains("is empty"));
        assert!(complaint(&[("README", "")]).contains("is no Dokku"));
        assert!(complaint(&CHECKOUT[1..]).contains("but dokku is missing"));
        assert!(complaint(&CHECKOUT[..1]).contains("but plugins/common/functions is missing"));
        let installed = [("usr/bin/dokku", "")];
        assert!(complaint(&installed).contains("an installation"));
        let nowhere = Tree::open(Path::new("/nonexistent/dokku"), None).unwrap_err();
        assert!(nowhere.to_string().contains("can't be read"));
    }

    #[test]
    fn a_version_is_told_or_given() {
        let with = |file, text| [CHECKOUT.as_slice(), &[(file, text)]].concat();
        let version = |file, text| {
            Tree::open(tree(&with(file, text)).path(), None).map(|tree| tree.version())
        };
        assert_eq!(
            version("debian/control", "Package: dokku\nVersion: 0.4.14\n").unwrap(),
            Version::new(0, 4, 14)
        );
        assert_eq!(
            version("Makefile", "DOKKU_VERSION ?= v0.12.0\n").unwrap(),
            Version::new(0, 12, 0)
        );
        for (file, text, said) in [
            ("VERSION", "~master (2020-01-01)\n", "names no release"),
            ("VERSION", "", "names no release"),
            ("VERSION", "99.0.0", "0.38.27"),
            ("Makefile", "DOKKU_VERSION ?= master\n", "--dokku"),
        ] {
            let error = version(file, text).unwrap_err().to_string();
            assert!(error.contains(said), "{file} {text}: {error}");
        }
        let given = tree(&with("VERSION", "~master"));
        let read = Tree::open(given.path(), Some(Version::new(0, 38, 0))).unwrap();
        assert_eq!(read.version(), Version::new(0, 38, 0));
    }

    #[test]
    fn what_is_not_built_is_named_and_lent() {
        let sources = [
            CHECKOUT.as_slice(),
            &[
                ("VERSION", "0.38.27"),
                ("plugins/config/src/commands/commands.go", ""),
                (
                    "plugins/config/Makefile",
                    "SUBCOMMANDS = subcommands/get subcommands/nonesuch\nBUILD = commands subcommands\n",
                ),
                ("plugins/config/subcommands/get", "built"),
                ("plugins/apps/functions", ""),
            ],
        ]
        .concat();
        let dir = tree(&sources);
        let read = Tree::open(dir.path(), None).unwrap();
        let has = |set: &BTreeSet<PathBuf>, path: &str| set.contains(Path::new(path));
        assert!(has(read.lent(), "config/commands") && has(read.lent(), "config/subcommands/set"));
        assert!(!has(read.lent(), "config/subcommands/get"));
        assert!(has(read.lacking(), "config/subcommands/nonesuch"));
        assert!(!read.lent().iter().any(|path| path.starts_with("apps")));
        assert!(
            read.is_source(Path::new("config/src")) && read.is_source(Path::new("config/x.go"))
        );
        assert!(!read.is_source(Path::new("config/commands")));
    }
}
