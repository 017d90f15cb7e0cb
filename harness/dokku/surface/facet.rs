//! The kinds of things that Dokku offers to plugins.

use crate::words::words;

words! {
    /// A kind of thing that Dokku offers to plugins. In the order in which a report tells of them.
    pub enum Facet {
        /// A shell function of a core file.
        Function = "function",
        /// A core file with functions, which plugins source.
        File = "file",
        /// A trigger that Dokku calls.
        Trigger = "trigger",
        /// A variable that Dokku exports.
        Variable = "variable",
        /// A command of `dokku`.
        Command = "command",
        /// An exit status that means something.
        Status = "status",
        /// A file or folder that Dokku keeps.
        Path = "path",
        /// A key of the config that Dokku keeps its own settings under.
        Setting = "setting",
        /// A way of use, such as the meaning of an argument.
        Form = "form",
        /// A plugin of Dokku's own, whose name no other can have.
        Plugin = "plugin",
    }
}

impl Facet {
    /// What the text of a Dokku tells, and not its behaviour alone.
    pub const IN_A_TREE: [Self; 7] = [
        Self::Function,
        Self::File,
        Self::Trigger,
        Self::Variable,
        Self::Command,
        Self::Status,
        Self::Plugin,
    ];

    /// Several of them, as a word.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Function => "functions",
            Self::File => "files",
            Self::Trigger => "triggers",
            Self::Variable => "variables",
            Self::Command => "commands",
            Self::Status => "exit statuses",
            Self::Path => "paths",
            Self::Setting => "settings",
            Self::Form => "forms of use",
            Self::Plugin => "core plugins",
        }
    }
}
