//! The parts that a plugin has or has not.

use std::collections::BTreeSet;

use super::file::FileKind;
use super::open::Plugin;
use crate::dokku::{Version, triggers};
use crate::words::words;

words! {
    /// A part that a plugin has or has not.
    pub enum Part {
        /// The executable `commands`.
        Commands = "commands",
        /// A folder `subcommands` with files in it.
        Subcommands = "subcommands",
        /// At least one trigger.
        Triggers = "triggers",
        /// The file `functions`.
        Functions = "functions",
        /// The trigger `install`, executable.
        Install = "install",
        /// The file `plugin.toml`.
        PluginToml = "plugin-toml",
        /// At least one executable file.
        Executables = "executables",
        /// At least one file that a shell reads.
        ShellFiles = "shell-files",
        /// A build file, such as a `Makefile` or `go.mod`.
        Build = "build",
    }
}

impl Plugin {
    /// The parts that this plugin has, where triggers are those that this version of Dokku calls.
    #[must_use]
    pub fn parts(&self, version: Version) -> BTreeSet<Part> {
        let mut parts = BTreeSet::new();
        for file in self.files() {
            match &file.kind {
                FileKind::Commands => parts.insert(Part::Commands),
                FileKind::Subcommand(_) => parts.insert(Part::Subcommands),
                FileKind::Functions => parts.insert(Part::Functions),
                FileKind::Manifest => parts.insert(Part::PluginToml),
                FileKind::Trigger(name) => {
                    if name == "install" && file.executable {
                        parts.insert(Part::Install);
                    }
                    triggers::exists(name, version) && parts.insert(Part::Triggers)
                }
                FileKind::Config | FileKind::Other => {
                    is_build_file(&file.name) && parts.insert(Part::Build)
                }
            };
            if file.is_entry() && file.executable {
                parts.insert(Part::Executables);
            }
            if file.is_shell() {
                parts.insert(Part::ShellFiles);
            }
        }
        parts
    }

    /// True if the plugin has a trigger of this name, which Dokku can run.
    #[must_use]
    pub fn has_trigger(&self, name: &str) -> bool {
        self.files().iter().any(|file| {
            file.executable && matches!(&file.kind, FileKind::Trigger(trigger) if trigger == name)
        })
    }
}

/// True for files in the root that say how the plugin is built.
fn is_build_file(name: &str) -> bool {
    matches!(
        name,
        "Makefile"
            | "makefile"
            | "go.mod"
            | "Cargo.toml"
            | "package.json"
            | "build.sh"
            | "CMakeLists.txt"
    )
}
