//! What a case can be repeated for: a plugin's commands, files and triggers.

use std::collections::BTreeSet;

use super::command::{Command, Evidence, Need, TakesApp, of_subcommand};
use super::each::{Each, Placeholder};
use super::file::{FileKind, Link, PluginFile};
use super::open::Plugin;
use super::place::Place;
use crate::dokku::{Version, reserved, triggers};

/// What stands for the arguments of a trigger, by their names in Dokku's documentation.
const TRIGGER_ARGUMENTS: [(&str, &str); 15] = [
    ("APP", "conform-app"),
    ("BUILDER_TYPE", "herokuish"),
    ("DOKKU_SCHEDULER", "docker-local"),
    ("IMAGE_SOURCE_TYPE", "herokuish"),
    ("IMAGE_TAG", "latest"),
    ("INTERNAL_IP_ADDRESS", "127.0.0.1"),
    ("INTERNAL_PORT", "5000"),
    ("IP", "127.0.0.1"),
    ("PORT", "5000"),
    ("PROCESS_TYPE", "web"),
    ("PROC_TYPE", "web"),
    ("REV", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
    ("RESTART_APP", "false"),
    ("SOURCECODE_WORK_DIR", "."),
    ("TMP_WORK_DIR", "."),
];

/// How many arguments a command is given, and how much of an argument's name is in a value that is made up: more than any
/// usage has, and little enough for every command line.
const MOST_ARGUMENTS: usize = 100;
const LONGEST_WORD: usize = 100;

/// One of the things that a case is repeated for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name in a test's name: unique among the targets, and the same in every run.
    pub label: String,
    /// What stands for the placeholders of the case, but for `{arguments}`.
    pub bindings: Vec<(Placeholder, String)>,
    /// The words that `{arguments}` stands for.
    pub arguments: Vec<String>,
    /// The names of the arguments whose value is made up, since the author gives none.
    pub made_up: Vec<String>,
    /// Where it is.
    pub place: Place,
}

/// All that a case is repeated for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// The targets.
    pub items: Vec<Target>,
    /// What may be one.
    pub unknown: Vec<Unclear>,
    /// Why there is none, for the case that there is none.
    pub none_because: &'static str,
}

/// What may belong to the targets: the plugin's text does not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclear {
    /// Its name in a test's name.
    pub label: String,
    /// Why it can't be told, in one sentence.
    pub why: String,
}

impl Plugin {
    /// What a case is repeated for in this plugin, as that version of Dokku sees it, in a stable order.
    #[must_use]
    pub fn targets(&self, each: Each, version: Version) -> Targets {
        let (items, none_because) = match each {
            Each::Command => (
                self.command_targets(each, version),
                "its text names no command",
            ),
            Each::AppCommand => (
                self.command_targets(each, version),
                "no command of it is known to take an app first",
            ),
            Each::RequiredAppCommand => (
                self.command_targets(each, version),
                "no command of it is known to need an app first",
            ),
            Each::VerifyingAppCommand => (
                self.command_targets(each, version),
                "no command of it is known to leave the check of its app to `verify_app_name`",
            ),
            Each::SubcommandFile => (
                self.entries(|kind| {
                    matches!(kind, FileKind::Subcommand(_)) && self.runs(kind, version)
                }),
                "it has no subcommands",
            ),
            Each::Executable => (
                self.entries(|kind| self.runs(kind, version)),
                "it has no executable that Dokku runs",
            ),
            Each::Trigger => (
                self.entries(|kind| is_trigger(kind, version)),
                "it has no triggers",
            ),
            Each::AppTrigger => (
                self.entries(|kind| {
                    is_trigger(kind, version) && is_of_apps(kind) && can_be_called(kind)
                }),
                "it has no trigger whose first argument is an app",
            ),
            Each::ShellFile => (self.shell_files(), "it has no shell scripts"),
            Each::ShellCommands => (
                self.commands_file()
                    .filter(|file| file.is_shell())
                    .map(|file| self.file_target(file))
                    .into_iter()
                    .collect(),
                "`commands` is no shell script",
            ),
            Each::BuiltFile => (
                self.built_files()
                    .into_iter()
                    .map(|(name, place)| Target {
                        label: label(&name),
                        bindings: vec![(Placeholder::File, name)],
                        arguments: Vec::new(),
                        made_up: Vec::new(),
                        place,
                    })
                    .collect(),
                "nothing that Dokku runs of it is known to be built in `install`",
            ),
        };
        Targets {
            items: unique(items),
            unknown: self.unclear(each, version),
            none_because,
        }
    }

    /// True if the plugin asks `verify_app_name` and has no words of its own for a missing app.
    fn leaves_it_to_dokku(&self) -> bool {
        self.mentions("verify_app_name") && !self.mentions("does not exist")
    }

    /// The parts of which can't be told whether they belong here.
    fn unclear(&self, each: Each, version: Version) -> Vec<Unclear> {
        if each == Each::AppTrigger {
            let kinds = self.entries(|kind| {
                is_trigger(kind, version) && is_of_apps(kind) && !can_be_called(kind)
            });
            let why = "what Dokku calls the trigger with is not modelled".to_owned();
            return kinds
                .into_iter()
                .map(|target| Unclear {
                    label: target.label,
                    why: why.clone(),
                })
                .collect();
        }
        let unclear = |command: &Command| {
            let taken = || reserved(&command.name, version);
            let why = match (&command.takes_app, each) {
                (TakesApp::Unknown { why }, Each::AppCommand | Each::RequiredAppCommand) => {
                    why.clone()
                }
                (
                    TakesApp::Yes {
                        need: Need::Unknown,
                        ..
                    },
                    Each::RequiredAppCommand,
                ) => "the plugin's text does not tell whether it can do without the app".to_owned(),
                _ if self.concerns(each, command) => taken()?,
                _ => return None,
            };
            Some(Unclear {
                label: label(&command.name),
                why,
            })
        };
        let commands = self.commands().iter().filter_map(unclear);
        commands.chain(self.oddly_named(each)).collect()
    }

    /// The files with a name that a case can't write; Dokku would execute or source them all the same.
    fn oddly_named(&self, each: Each) -> impl Iterator<Item = Unclear> {
        let files: Vec<&PluginFile> = match each {
            Each::SubcommandFile | Each::Executable => self
                .entry_files(|_| true)
                .filter(|file| !file.has_plain_name())
                .collect(),
            Each::ShellFile => self
                .shell_scripts()
                .filter(|file| !file.has_text_name())
                .collect(),
            _ => Vec::new(),
        };
        files.into_iter().map(|file| Unclear {
            label: label(&file.name),
            why: format!(
                "the name of `{}` has bytes that a case can't write: rename the file",
                file.name
            ),
        })
    }

    /// True if a command is one of what the case is repeated for, as far as the plugin's text tells.
    fn concerns(&self, each: Each, command: &Command) -> bool {
        let TakesApp::Yes { how, need, .. } = &command.takes_app else {
            return each == Each::Command;
        };
        match each {
            Each::Command | Each::AppCommand => true,
            Each::RequiredAppCommand => *need == Need::Required,
            Each::VerifyingAppCommand => *how == Evidence::Verified && self.leaves_it_to_dokku(),
            _ => false,
        }
    }

    /// The commands that the case is repeated for and that Dokku leaves to plugins.
    fn command_targets(&self, each: Each, version: Version) -> Vec<Target> {
        let is_run = |command: &&Command| {
            let file = self
                .files
                .iter()
                .find(|file| file.name == command.place.file);
            file.is_none_or(|file| self.runs(&file.kind, version))
        };
        let commands = self
            .commands()
            .iter()
            .filter(|command| self.concerns(each, command))
            .filter(is_run)
            .filter(|command| reserved(&command.name, version).is_none());
        commands
            .map(|command| self.command_target(command))
            .collect()
    }

    fn command_target(&self, command: &Command) -> Target {
        let mut made_up = Vec::new();
        let arguments = argument_names(command)
            .into_iter()
            .take(MOST_ARGUMENTS)
            .map(|name| {
                self.hints.values.get(name).cloned().unwrap_or_else(|| {
                    made_up.push(name.to_owned());
                    let word = label(name).replace('/', "-");
                    let word = word.trim_start_matches('-');
                    format!("conform-{}", word.get(..LONGEST_WORD).unwrap_or(word))
                })
            })
            .collect();
        Target {
            label: label(&command.name),
            bindings: command_bindings(&command.name),
            arguments,
            made_up,
            place: command.place.clone(),
        }
    }

    /// The files of these kinds that Dokku would execute.
    fn entries(&self, wanted: impl Fn(&FileKind) -> bool) -> Vec<Target> {
        self.entry_files(wanted)
            .filter(|file| file.has_plain_name())
            .map(|file| self.file_target(file))
            .collect()
    }

    fn entry_files(&self, wanted: impl Fn(&FileKind) -> bool) -> impl Iterator<Item = &PluginFile> {
        self.files
            .iter()
            .filter(move |file| file.is_entry() && file.executable && wanted(&file.kind))
    }

    /// The scripts that Dokku runs or that these source, and the others in the root; a link into the plugin is read
    /// where it leads.
    fn shell_scripts(&self) -> impl Iterator<Item = &PluginFile> {
        let reached: BTreeSet<&str> = self.reached().map(|(file, _)| file.name.as_str()).collect();
        let is_one = move |file: &&PluginFile| {
            !matches!(file.link, Some(Link::Inside(_)))
                && (reached.contains(file.name.as_str())
                    || file.in_root() && file.language().is_shell())
        };
        self.files.iter().filter(is_one)
    }

    fn shell_files(&self) -> Vec<Target> {
        self.shell_scripts()
            .filter(|file| file.has_text_name())
            .map(|file| self.file_target(file))
            .collect()
    }

    fn file_target(&self, file: &PluginFile) -> Target {
        let mut bindings = vec![(Placeholder::File, file.name.clone())];
        let mut arguments = Vec::new();
        match &file.kind {
            FileKind::Subcommand(name) => {
                bindings.extend(command_bindings(&of_subcommand(self.name(), name)))
            }
            FileKind::Trigger(name) => {
                bindings.push((Placeholder::Trigger, name.clone()));
                arguments = trigger_arguments(name);
            }
            _ => {}
        }
        Target {
            label: label(&file.name),
            bindings,
            arguments,
            made_up: Vec::new(),
            place: Place {
                file: file.name.clone(),
                line: None,
            },
        }
    }
}

/// The names of the arguments that a command needs besides its app.
fn argument_names(command: &Command) -> Vec<&str> {
    if matches!(command.takes_app, TakesApp::Yes { .. }) {
        return command.arguments_after_app().unwrap_or_default();
    }
    let arguments = command.help.iter().flat_map(|help| &help.usage.arguments);
    arguments
        .filter(|argument| !argument.optional)
        .map(|argument| argument.name.as_str())
        .collect()
}

fn command_bindings(command: &str) -> Vec<(Placeholder, String)> {
    let subcommand = command
        .split_once(':')
        .map_or("default", |(_, subcommand)| subcommand);
    vec![
        (Placeholder::Command, command.to_owned()),
        (Placeholder::Subcommand, subcommand.to_owned()),
    ]
}

fn is_trigger(kind: &FileKind, version: Version) -> bool {
    matches!(kind, FileKind::Trigger(name) if triggers::exists(name, version))
}

fn is_of_apps(kind: &FileKind) -> bool {
    let FileKind::Trigger(name) = kind else {
        return false;
    };
    !kind.is_of_set_up()
        && triggers::arguments(name).is_some_and(|names| names.first() == Some(&"APP"))
}

/// True if there is a value for each of the trigger's arguments.
fn can_be_called(kind: &FileKind) -> bool {
    let FileKind::Trigger(name) = kind else {
        return false;
    };
    let names = triggers::arguments(name).unwrap_or_default();
    trigger_arguments(name).len() == names.len()
}

/// The values of the trigger's arguments, as far as there are any.
fn trigger_arguments(trigger: &str) -> Vec<String> {
    let value = |name: &str| {
        let known = TRIGGER_ARGUMENTS.iter().find(|(known, _)| *known == name);
        known.map(|(_, value)| (*value).to_owned())
    };
    triggers::arguments(trigger)
        .unwrap_or_default()
        .into_iter()
        .filter_map(value)
        .collect()
}

/// A name with only what every report and shell leaves as it is.
fn label(name: &str) -> String {
    let safe = |letter: char| {
        if letter.is_ascii_alphanumeric() || "._:/-".contains(letter) {
            letter
        } else {
            '_'
        }
    };
    name.chars().map(safe).collect()
}

fn unique(mut items: Vec<Target>) -> Vec<Target> {
    let mut taken = BTreeSet::new();
    for item in &mut items {
        let mut number = 2;
        let bare = item.label.clone();
        while !taken.insert(item.label.clone()) {
            item.label = format!("{bare}-{number}");
            number += 1;
        }
    }
    items
}
