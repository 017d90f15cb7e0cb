//! The shapes in which a Dokku lies on a disk.

use std::fmt;
use std::path::Path;

use super::TreeError;
use super::release::Teller;

/// What a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// What a package or `make install` leaves.
    Installation,
    /// The sources, built or not.
    Checkout,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Installation => "an installation",
            Self::Checkout => "a checkout",
        })
    }
}

/// What a directory must have to be one or the other, for who gave one that has neither.
pub(super) const WANTED: &str = "a checkout has `dokku` and `plugins/common/functions`, the root of an installation has \
     `usr/bin/dokku` and `var/lib/dokku/core-plugins/available/common/functions`, and its library folder has \
     `core-plugins/available/common/functions`";

/// Where the parts of a shape lie, each path below the directory.
struct Outline {
    shape: Shape,
    plugins: &'static str,
    functions: &'static str,
    scripts: &'static [&'static str],
    plugns: &'static [&'static str],
    tellers: &'static [Teller],
}

const OUTLINES: [Outline; 3] = [
    Outline {
        shape: Shape::Checkout,
        plugins: "plugins",
        functions: "plugins/common/functions",
        scripts: &["dokku"],
        plugns: &["plugn", "bin/plugn"],
        tellers: &[
            Teller::Whole("STABLE_VERSION"),
            Teller::Whole("VERSION"),
            Teller::Field("debian/control", "Version:"),
            Teller::Field("Makefile", "DOKKU_VERSION"),
        ],
    },
    Outline {
        shape: Shape::Installation,
        plugins: "var/lib/dokku/core-plugins/available",
        functions: "var/lib/dokku/core-plugins/available/common/functions",
        scripts: &["usr/bin/dokku", "usr/local/bin/dokku"],
        plugns: &["usr/bin/plugn", "usr/local/bin/plugn"],
        tellers: &[
            Teller::Whole("var/lib/dokku/STABLE_VERSION"),
            Teller::Whole("var/lib/dokku/VERSION"),
            Teller::Whole("home/dokku/VERSION"),
        ],
    },
    Outline {
        shape: Shape::Installation,
        plugins: "core-plugins/available",
        functions: "core-plugins/available/common/functions",
        scripts: &[
            "../../../usr/bin/dokku",
            "../../../usr/local/bin/dokku",
            "dokku",
        ],
        plugns: &[
            "../../../usr/bin/plugn",
            "../../../usr/local/bin/plugn",
            "plugn",
        ],
        tellers: &[
            Teller::Whole("STABLE_VERSION"),
            Teller::Whole("VERSION"),
            Teller::Whole("../../../home/dokku/VERSION"),
        ],
    },
];

/// The parts of a tree that were found, each path below its directory.
pub(super) struct Place {
    pub(super) shape: Shape,
    pub(super) plugins: &'static str,
    pub(super) script: &'static str,
    pub(super) plugn: Option<&'static str>,
    pub(super) tellers: &'static [Teller],
}

/// Why a directory has no shape.
pub(super) enum Missing {
    All,
    Part(Shape, &'static str),
}

impl Missing {
    pub(super) fn of(self, root: &Path) -> TreeError {
        let path = root.to_owned();
        match self {
            Self::All => TreeError::NoDokku(path),
            Self::Part(shape, missing) => TreeError::Partial {
                path,
                shape,
                missing,
            },
        }
    }
}

impl Place {
    /// The parts of the tree in a directory.
    pub(super) fn find(root: &Path) -> Result<Self, Missing> {
        let mut missing = Missing::All;
        for outline in &OUTLINES {
            let first = |paths: &'static [&'static str]| {
                paths.iter().copied().find(|path| root.join(path).is_file())
            };
            let script = first(outline.scripts);
            let has_functions = root.join(outline.functions).is_file();
            match script {
                Some(script) if has_functions => {
                    return Ok(Self {
                        shape: outline.shape,
                        plugins: outline.plugins,
                        script,
                        plugn: first(outline.plugns),
                        tellers: outline.tellers,
                    });
                }
                Some(script) if !script.starts_with("..") => {
                    missing = Missing::Part(outline.shape, outline.functions);
                }
                None if has_functions => {
                    let wanted = outline.scripts.first().copied().unwrap_or("dokku");
                    missing = Missing::Part(outline.shape, wanted);
                }
                _ => continue,
            }
            return Err(missing);
        }
        Err(missing)
    }
}
