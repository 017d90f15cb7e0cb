//! The world before a case.

use std::collections::BTreeMap;

use super::ArgvMatcher;
use crate::docker::{Outcome, Setting};
use crate::dokku::Version;
use crate::sandbox::Isolation;
use crate::words::words;
use crate::world::Companion;

words! {
    /// Who runs a case.
    pub enum User {
        /// The user `dokku`.
        Dokku = "dokku",
        /// The superuser, as for `install` and `plugin:*`.
        Root = "root",
    }
}

/// The world before a case.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The apps that exist.
    pub apps: Vec<App>,
    /// The global config.
    pub config: BTreeMap<String, String>,
    /// Global config that must not be shown: planted to see whether it leaks.
    pub secrets: BTreeMap<String, String>,
    /// Variables of the caller.
    pub environment: BTreeMap<String, String>,
    /// Stored properties: plugin → app → key → value.
    pub properties: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
    /// The plugins that are installed beside the one under test.
    pub neighbours: Vec<Neighbour>,
    /// Whether the steps have a terminal.
    pub tty: bool,
    /// Who runs the steps; none for whom Dokku would run them as.
    pub user: Option<User>,
    /// Where the steps start.
    pub cwd: Cwd,
    /// The file mode creation mask.
    pub umask: Option<u32>,
    /// What stand-ins answer, before the world's own answers; the first that fits counts.
    pub answers: Vec<Answer>,
    /// What there is in docker, and what goes wrong with it.
    pub docker: Setting,
    /// What programs in docker's containers do; the first that fits counts.
    pub programs: Vec<ContainerProgram>,
    /// The only Dokku version that the case runs in; none for each version of the run.
    pub dokku: Option<Version>,
    /// Files below the world's root, path → text.
    pub files: BTreeMap<String, String>,
    /// The lowest level of isolation that the case can be run at; none for any.
    pub isolation: Option<Isolation>,
}

impl Given {
    /// The first neighbour that the world brings along, if there is one.
    #[must_use]
    pub fn companion(&self) -> Option<Companion> {
        self.neighbours
            .iter()
            .find_map(|neighbour| match neighbour {
                Neighbour::Known(known) => Some(*known),
                Neighbour::Written { .. } => None,
            })
    }
}

/// An app that exists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct App {
    /// Its name.
    pub name: String,
    /// Whether it was deployed.
    pub deployed: bool,
    /// Its config.
    pub config: BTreeMap<String, String>,
    /// Its domains; none for what Dokku gives it.
    pub domains: Option<Vec<String>>,
    /// The tag of its image, if it is not the usual one.
    pub tag: Option<String>,
}

/// A plugin that is installed beside the one under test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Neighbour {
    /// One that the world brings along.
    Known(Companion),
    /// One that the spec writes out.
    Written {
        /// Its name.
        name: String,
        /// Its files, path → text; those that begin with `#!` are executable.
        files: BTreeMap<String, String>,
    },
}

/// Where the steps of a case start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cwd {
    /// The user's home.
    #[default]
    Home,
    /// A folder that the user may not read.
    Unreadable,
    /// This folder below the world's root.
    Path(String),
}

/// What a stand-in answers.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The program.
    pub program: String,
    /// The calls that it answers; none for every call.
    pub args: Option<ArgvMatcher>,
    /// The status that it exits with.
    pub exit: u8,
    /// What it prints.
    pub stdout: String,
    /// What it prints on standard error.
    pub stderr: String,
    /// The files that it leaves, path below the world's root → text.
    pub files: BTreeMap<String, String>,
}

/// What a program in a container does.
#[derive(Clone, Debug)]
pub struct ContainerProgram {
    /// The container's name; none for any.
    pub container: Option<String>,
    /// The image's name, without or with its tag; none for any.
    pub image: Option<String>,
    /// The command; none for every one.
    pub command: Option<ArgvMatcher>,
    /// What comes of it.
    pub outcome: Outcome,
    /// What it prints.
    pub stdout: String,
    /// What it prints on standard error.
    pub stderr: String,
}
