//! What only a case can say of the programs in containers, and what goes wrong with docker in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::arguments::Arguments;

/// What only a case can say of docker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// What programs do; the first that fits counts.
    pub programs: Vec<Program>,
    /// What goes wrong.
    pub faults: Faults,
}

/// What a program in a container does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// The container's name; none for any.
    pub container: Option<String>,
    /// The image's name, without or with its tag; none for any.
    pub image: Option<String>,
    /// The command: with `exec` what is executed, else what is run, with the image's entrypoint if that is known.
    pub command: Arguments,
    /// What comes of it.
    pub outcome: Outcome,
    /// What it writes to standard output.
    pub stdout: String,
    /// What it writes to standard error.
    pub stderr: String,
}

/// What comes of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It ends with this status.
    Ends(u8),
    /// It keeps running.
    Stays,
}

/// What goes wrong with docker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    /// After how many commands that reach the daemon it is lost; none if it is not.
    pub lost_after: Option<u64>,
    /// What can't be pulled.
    pub pull: Unpullable,
    /// Whether the disk is full.
    pub disk_full: bool,
    /// The images whose containers end at once, with what status: name, without or with a tag → status.
    pub exits: BTreeMap<String, u8>,
}

/// What can't be pulled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unpullable {
    /// Everything can.
    #[default]
    Nothing,
    /// Nothing can.
    Everything,
    /// These can't: names, without or with a tag.
    These(Vec<String>),
}

impl Unpullable {
    /// True if the image of this name can't be pulled.
    pub(super) fn holds(&self, image: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::These(names) => names.iter().any(|name| is_named(image, name)),
        }
    }
}

/// True if an image, with its tag, is the one that a rule names without or with a tag.
pub(super) fn is_named(image: &str, name: &str) -> bool {
    let repository = image.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'));
    image == name || repository.is_some_and(|(repository, _)| repository == name)
}
