//! What a case can be repeated for: a plugin's commands, files and triggers.

use std::collections::{BTreeMap, BTreeSet};

use super::command::{Command, TakesApp};
use super::file::{FileKind, Link, PluginFile};
use super::open::Plugin;
use super::place::Place;

/// What a case is repeated for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    /// Every command.
    Command,
    /// Every command whose first argument is an app.
    AppCommand,
    /// Every file in `subcommands`.
    SubcommandFile,
    /// Every file that Dokku executes.
    Executable,
    /// Every trigger.
    Trigger,
    /// Every shell script that Dokku runs, and those that these source.
    ShellFile,
}

/// One of the things that a case is repeated for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name in a test's name: unique among the targets, and the same in every run.
    pub label: String,
    /// What stands for each placeholder of the case: `command`, `arguments`, `file`, `trigger`.
    pub bindings: BTreeMap<String, Vec<String>>,
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
    /// Why there is none, if there is none.
    pub none_because: String,
    /// What may be one and why that can't be told, by label.
    pub unknown: Vec<(String, String)>,
}

impl Plugin {
    /// What a case is repeated for in this plugin.
    #[must_use]
    pub fn targets(&self, each: Each) -> Targets {
        let (items, none_because) = match each {
            Each::Command => (
                self.commands()
                    .iter()
                    .map(|command| self.of_command(command))
                    .collect(),
                "its text names no command",
            ),
            Each::AppCommand => (
                self.commands()
                    .iter()
                    .filter(|command| matches!(command.takes_app, TakesApp::Yes { .. }))
                    .map(|command| self.of_command(command))
                    .collect(),
                "no command of it is known to take an app",
            ),
            Each::SubcommandFile => (
                self.entries(|kind| matches!(kind, FileKind::Subcommand(_))),
                "it has no subcommands",
            ),
            Each::Executable => (
                self.entries(|_| true),
                "it has no executable that Dokku runs",
            ),
            Each::Trigger => (
                self.entries(|kind| matches!(kind, FileKind::Trigger(_))),
                "it has no triggers",
            ),
            Each::ShellFile => (self.shell_files(), "it has no shell scripts"),
        };
        let items = unique(items);
        let none_because = if items.is_empty() {
            none_because.to_owned()
        } else {
            String::new()
        };
        let unknown = match each {
            Each::AppCommand => self.unknown_app_commands(),
            _ => Vec::new(),
        };
        Targets {
            items,
            none_because,
            unknown,
        }
    }

    fn unknown_app_commands(&self) -> Vec<(String, String)> {
        self.commands()
            .iter()
            .filter_map(|command| match &command.takes_app {
                TakesApp::Unknown { why } => Some((label(&command.name), why.clone())),
                _ => None,
            })
            .collect()
    }

    fn of_command(&self, command: &Command) -> Target {
        let mut made_up = Vec::new();
        let names: Vec<&str> = match &command.takes_app {
            TakesApp::Yes { .. } => command.arguments_after_app().unwrap_or_default(),
            _ => command
                .help
                .iter()
                .flat_map(|help| &help.usage.arguments)
                .filter(|argument| !argument.optional)
                .map(|argument| argument.name.as_str())
                .collect(),
        };
        let arguments = names
            .into_iter()
            .map(|name| {
                self.hints.values.get(name).cloned().unwrap_or_else(|| {
                    made_up.push(name.to_owned());
                    format!(
                        "conform-{}",
                        label(name).replace('/', "-").trim_start_matches('-')
                    )
                })
            })
            .collect();
        Target {
            label: label(&command.name),
            bindings: BTreeMap::from([
                ("command".to_owned(), vec![command.name.clone()]),
                ("arguments".to_owned(), arguments),
            ]),
            made_up,
            place: command.place.clone(),
        }
    }

    /// The files of these kinds that Dokku would execute.
    fn entries(&self, wanted: impl Fn(&FileKind) -> bool) -> Vec<Target> {
        self.files
            .iter()
            .filter(|file| file.is_entry() && file.executable && wanted(&file.kind))
            .map(of_file)
            .collect()
    }

    /// The scripts that are reached, and the others in the root; a link only if its target is none of them.
    fn shell_files(&self) -> Vec<Target> {
        let reached: BTreeSet<&str> = self.reached().map(|(file, _)| file.name.as_str()).collect();
        self.files
            .iter()
            .filter(|file| match &file.link {
                Some(Link::Inside(_)) => false,
                _ => {
                    file.in_root() && file.language().is_shell()
                        || reached.contains(file.name.as_str())
                }
            })
            .filter(|file| {
                file.language().is_shell()
                    || file.kind != FileKind::Other
                    || reached.contains(file.name.as_str())
            })
            .map(of_file)
            .collect()
    }
}

fn of_file(file: &PluginFile) -> Target {
    let mut bindings = BTreeMap::from([("file".to_owned(), vec![file.name.clone()])]);
    if let FileKind::Trigger(trigger) = &file.kind {
        bindings.insert("trigger".to_owned(), vec![trigger.clone()]);
    }
    Target {
        label: label(&file.name),
        bindings,
        made_up: Vec::new(),
        place: Place {
            file: file.name.clone(),
            line: None,
        },
    }
}

/// A name with only what every report and shell leaves as it is.
fn label(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._:/-".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect()
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
