//! What a case is repeated for, and the placeholders that its texts may hold.

use crate::words::words;

words! {
    /// The parts of a plugin that a case can be repeated for.
    pub enum Each {
        /// Every command of the plugin.
        Command = "command",
        /// Every command whose first argument is `<app>`.
        AppCommand = "app-command",
        /// Every command that hands its first argument to `verify_app_name`.
        VerifyingAppCommand = "verifying-app-command",
        /// Every command that can't do without an app as its first argument.
        RequiredAppCommand = "required-app-command",
        /// Every file in `subcommands`.
        SubcommandFile = "subcommand-file",
        /// Every executable file.
        Executable = "executable",
        /// Every trigger that the plugin implements.
        Trigger = "trigger",
        /// Every trigger whose first argument is an app, but those that install or remove the plugin.
        AppTrigger = "app-trigger",
        /// Every file that a shell reads.
        ShellFile = "shell-file",
        /// The file `commands`, if a shell reads it.
        ShellCommands = "shell-commands",
        /// Every executable that is not there before `install` has built it.
        BuiltFile = "built-file",
    }
}

words! {
    /// What a spec can leave open in a text, written in braces.
    pub enum Placeholder {
        /// The whole command, such as `hello:world`.
        Command = "command",
        /// The command without the plugin's name, such as `world`.
        Subcommand = "subcommand",
        /// The further arguments that the command needs, as words of their own.
        Arguments = "arguments",
        /// The first app of the world.
        App = "app",
        /// A file of the plugin, relative to its root.
        File = "file",
        /// The name of a trigger.
        Trigger = "trigger",
        /// The plugin's name.
        Name = "name",
        /// The name of the first neighbour that the world brings along.
        Neighbour = "neighbour",
    }
}

impl Each {
    /// The placeholders that a case repeated for this can use, beside `{name}` and `{app}`.
    #[must_use]
    pub const fn placeholders(self) -> &'static [Placeholder] {
        use Placeholder::{Arguments, Command, File, Subcommand, Trigger};
        match self {
            Self::Command
            | Self::AppCommand
            | Self::VerifyingAppCommand
            | Self::RequiredAppCommand => &[Command, Subcommand, Arguments],
            Self::SubcommandFile => &[Command, Subcommand, Arguments, File],
            Self::Executable | Self::ShellFile | Self::ShellCommands | Self::BuiltFile => &[File],
            Self::Trigger | Self::AppTrigger => &[Trigger, File, Arguments],
        }
    }
}
