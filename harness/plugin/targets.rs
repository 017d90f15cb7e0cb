//! What a case is repeated for in one plugin.

use super::command::{Command, Need, TakesApp};
use super::each::{Each, Placeholder};
use super::file::{FileKind, PluginFile};
use super::open::Plugin;
use super::place::Place;
use crate::dokku::{Version, triggers};

/// What stands for the arguments of a trigger, by their names in Dokku's documentation; `conform` for all others.
const TRIGGER_ARGUMENTS: [(&str, &str); 12] = [
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
    ("SOURCECODE_WORK_DIR", "."),
];

/// Triggers that set the plugin itself up or down, and so are no concern of an app.
const OF_THE_PLUGIN: [&str; 4] = ["dependencies", "install", "uninstall", "update"];

/// The parts of a plugin that a case is repeated for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// The parts.
    pub items: Vec<Target>,
    /// Parts of which can't be told whether they belong to these.
    pub unknown: Vec<Unclear>,
    /// Why there is none, in one sentence, for the case that there is none.
    pub none_because: String,
}

/// One part of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// A short name, the only one of its kind in the plugin.
    pub label: String,
    /// The values of placeholders.
    pub bindings: Vec<(Placeholder, String)>,
    /// The words that `{arguments}` stands for.
    pub arguments: Vec<String>,
    /// Where it is in the plugin.
    pub place: Option<Place>,
}

/// A part that may or may not belong to those asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclear {
    /// Its short name.
    pub label: String,
    /// Why it can't be told, in one sentence.
    pub why: String,
}

impl Plugin {
    /// The parts of this plugin that a case is repeated for in this version of Dokku, in a stable order.
    #[must_use]
    pub fn targets(&self, each: Each, version: Version) -> Targets {
        match each {
            Each::Command => self.command_targets(),
            Each::AppCommand => self.app_command_targets(false),
            Each::RequiredAppCommand => self.app_command_targets(true),
            Each::SubcommandFile => self.file_targets(is_subcommand, "the plugin has no subcommands"),
            Each::Executable => self.file_targets(PluginFile::is_entry, "the plugin has no executables"),
            Each::ShellFile => self.file_targets(is_read_by_shell, "the plugin has no shell files"),
            Each::Trigger => self.trigger_targets(version, false),
            Each::AppTrigger => self.trigger_targets(version, true),
        }
    }

    fn command_targets(&self) -> Targets {
        Targets {
            items: self.commands().iter().map(|command| self.command_target(command, Vec::new())).collect(),
            none_because: "the plugin has no commands that its text shows".into(),
            ..Targets::default()
        }
    }

    fn app_command_targets(&self, required: bool) -> Targets {
        let mut targets = Targets {
            none_because: "no command is known to take an app as its first argument".into(),
            ..Targets::default()
        };
        for command in self.commands() {
            match &command.takes_app {
                TakesApp::Yes { need, .. } if !required || *need == Need::Required => {
                    targets.items.push(self.command_target(command, self.arguments(command)));
                }
                TakesApp::Yes { need: Need::Unknown, .. } => targets.unknown.push(Unclear {
                    label: command.name.clone(),
                    why: "the plugin's text does not tell whether the command can do without its app".into(),
                }),
                TakesApp::Unknown { why } => {
                    targets.unknown.push(Unclear { label: command.name.clone(), why: why.clone() });
                }
                TakesApp::Yes { .. } | TakesApp::No { .. } => {}
            }
        }
        targets
    }

    fn command_target(&self, command: &Command, arguments: Vec<String>) -> Target {
        let subcommand = command.name.split_once(':').map_or("default", |(_, subcommand)| subcommand);
        Target {
            label: command.name.clone(),
            bindings: vec![
                (Placeholder::Command, command.name.clone()),
                (Placeholder::Subcommand, subcommand.to_owned()),
            ],
            arguments,
            place: Some(command.place.clone()),
        }
    }

    /// Values for what the command needs after its app: what the author says, or a word of our own.
    fn arguments(&self, command: &Command) -> Vec<String> {
        let value = |name: &str| {
            let said = self.hints().values.get(name).cloned();
            said.unwrap_or_else(|| format!("conform-{}", name.replace([' ', '_'], "-")))
        };
        command.arguments_after_app().unwrap_or_default().into_iter().map(value).collect()
    }

    fn file_targets(&self, wanted: fn(&PluginFile) -> bool, none_because: &str) -> Targets {
        let items = self.files().iter().filter(|file| wanted(file)).map(|file| self.file_target(file));
        Targets { items: items.collect(), none_because: none_because.into(), ..Targets::default() }
    }

    fn file_target(&self, file: &PluginFile) -> Target {
        let mut bindings = vec![(Placeholder::File, file.name.clone())];
        if let FileKind::Subcommand(name) = &file.kind {
            let command = super::command::of_subcommand(self.name(), name);
            bindings.push((Placeholder::Command, command));
            bindings.push((Placeholder::Subcommand, name.clone()));
        }
        Target {
            label: file.name.clone(),
            bindings,
            arguments: Vec::new(),
            place: Some(Place { file: file.name.clone(), line: None }),
        }
    }

    fn trigger_targets(&self, version: Version, of_apps: bool) -> Targets {
        let named = self.files().iter().filter_map(|file| match &file.kind {
            FileKind::Trigger(name) if file.executable => Some((file, name)),
            _ => None,
        });
        let items = named
            .filter(|(_, name)| triggers::exists(name, version))
            .filter(|(_, name)| !of_apps || is_of_apps(name))
            .map(|(file, name)| {
                let mut target = self.file_target(file);
                target.bindings.push((Placeholder::Trigger, name.clone()));
                target.arguments = trigger_arguments(name);
                target
            });
        Targets {
            items: items.collect(),
            none_because: "the plugin has no such trigger".into(),
            ..Targets::default()
        }
    }
}

fn is_subcommand(file: &PluginFile) -> bool {
    matches!(file.kind, FileKind::Subcommand(_))
}

/// True for the shell files that Dokku or the plugin itself has a use for; not for those of its tests.
fn is_read_by_shell(file: &PluginFile) -> bool {
    file.is_shell() && !file.name.starts_with("tests/") && !file.name.starts_with("test/")
}

fn is_of_apps(trigger: &str) -> bool {
    !OF_THE_PLUGIN.contains(&trigger)
        && triggers::arguments(trigger).is_some_and(|names| names.first() == Some(&"APP"))
}

fn trigger_arguments(trigger: &str) -> Vec<String> {
    let value = |name: &str| {
        let known = TRIGGER_ARGUMENTS.iter().find(|(known, _)| *known == name);
        known.map_or("conform", |(_, value)| value).to_owned()
    };
    triggers::arguments(trigger).unwrap_or_default().into_iter().map(value).collect()
}
