//! The commands that a plugin answers.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::file::{FileKind, PluginFile};
use super::flow::Flow;
use super::help::HelpLine;
use super::open::Plugin;
use super::place::Place;
use super::shell::{Assigned, Condition, Constants, Part, Script, Word};
use super::usage::Argument;

/// A command of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What a user types after `dokku`.
    pub name: String,
    /// The file that answers it and, in `commands`, the line of its arm.
    pub place: Place,
    /// What the plugin's help says of it, as far as its text tells.
    pub help: Option<HelpLine>,
    /// Whether its first argument is an app.
    pub takes_app: TakesApp,
}

/// Whether the first argument of a command is an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakesApp {
    /// It is.
    Yes {
        /// How that is known.
        how: Evidence,
        /// Where that is seen.
        place: Place,
        /// Whether the command can do without.
        need: Need,
    },
    /// It is not.
    No {
        /// How that is known, in one sentence.
        why: String,
    },
    /// The text does not tell.
    Unknown {
        /// Why not, in one sentence.
        why: String,
    },
}

/// How it is known that a command takes an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The plugin's author said so in `conformance.yaml`.
    Told,
    /// The first argument goes to `verify_app_name`, or the command ends if DOKKU_ROOT has no directory of that name.
    Verified,
    /// The plugin's help shows `<app>` as the first argument.
    Documented,
    /// The first argument is put into a variable named like an app.
    Declared,
}

/// Whether a command can do without its app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It can't.
    Required,
    /// It can: it then looks at all apps, say.
    Optional,
    /// The text does not tell.
    Unknown,
}

impl Command {
    /// The names of the arguments that must follow the app, without their brackets; none if the help does not say.
    #[must_use]
    pub fn arguments_after_app(&self) -> Option<Vec<&str>> {
        let arguments = &self.help.as_ref()?.usage.arguments;
        let (first, rest) = arguments.split_first()?;
        first.is_app().then(|| {
            rest.iter()
                .filter(|argument| !argument.optional)
                .map(|argument| argument.name.as_str())
                .collect()
        })
    }
}

/// `<name>` for `default`, else `<name>:<subcommand>`.
pub(super) fn of_subcommand(name: &str, subcommand: &str) -> String {
    match subcommand {
        "default" => name.to_owned(),
        _ => format!("{name}:{subcommand}"),
    }
}

/// How many patterns of a `commands` are looked at.
const MOST: usize = 2000;

/// Verbs of commands whose app need not be there yet.
const CREATING: [&str; 7] = [
    "create", "new", "clone", "init", "add-app", "rename", "import",
];

/// `case 'name:cmd':` of other languages.
static OTHER_CASE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?:case\s+|==\s*)["']([A-Za-z0-9][\w:.-]*)["']"#).ok());

impl Plugin {
    /// The commands that the plugin answers, in alphabetical order, as far as its text tells.
    #[must_use]
    pub fn commands(&self) -> &[Command] {
        self.commands.get_or_init(|| {
            let mut names = self.command_names();
            names.extend(self.documented_names());
            names.sort_by(|one, other| one.0.cmp(&other.0));
            names.dedup_by(|one, other| one.0 == other.0);
            let count = names.len();
            names
                .into_iter()
                .map(|(name, place)| self.command(name, place, count))
                .collect()
        })
    }

    /// True if this is the file of `subcommands` that Dokku runs for a command.
    #[must_use]
    pub fn answers(&self, file: &PluginFile, command: &str) -> bool {
        matches!(&file.kind, FileKind::Subcommand(name) if of_subcommand(&self.name, name) == command)
    }

    /// What is known of a command, one of so many.
    fn command(&self, name: String, place: Place, of: usize) -> Command {
        let help = self.help_for(&name).cloned();
        let takes_app = self.takes_app(&name, &place, help.as_ref(), of);
        Command {
            name,
            place,
            help,
            takes_app,
        }
    }

    /// What the help says of a command: the line with the most arguments, since a summary has none.
    fn help_for(&self, name: &str) -> Option<&HelpLine> {
        let mut best: Option<&HelpLine> = None;
        for line in self.help_lines() {
            let more = |known: &HelpLine| line.usage.arguments.len() > known.usage.arguments.len();
            if line.usage.command == name && best.is_none_or(more) {
                best = Some(line);
            }
        }
        best
    }

    /// The commands that files in `subcommands` and patterns in `commands` name.
    pub(super) fn command_names(&self) -> Vec<(String, Place)> {
        let mut names: Vec<(String, Place)> = self
            .files
            .iter()
            .filter(|file| file.executable && file.has_plain_name())
            .filter_map(|file| match &file.kind {
                FileKind::Subcommand(subcommand) => {
                    Some((of_subcommand(&self.name, subcommand), at(file, None)))
                }
                _ => None,
            })
            .collect();
        let mut add = |name: String, place: Place| {
            if !names.iter().any(|(known, _)| *known == name) {
                names.push((name, place));
            }
        };
        if let Some(file) = self.commands_file() {
            if let Ok(script) = file.script() {
                let constants = self.constants(file);
                for (name, line) in patterns(script, constants, &self.name) {
                    add(name, at(file, Some(line)));
                }
            } else {
                for (name, line) in other_patterns(file) {
                    add(name, at(file, Some(line)));
                }
            }
        }
        names
    }

    /// The commands of the help that a pattern such as `name:*` in `commands` answers.
    fn documented_names(&self) -> Vec<(String, Place)> {
        let Some(file) = self.commands_file() else {
            return Vec::new();
        };
        let Ok(script) = file.script() else {
            return Vec::new();
        };
        let constants = self.constants(file);
        let wild: Vec<(String, u32)> = script
            .cases
            .iter()
            .filter(|case| is_command_word(script, &case.value))
            .flat_map(|case| &case.arms)
            .flat_map(|arm| arm.patterns.iter().map(|pattern| (pattern, arm.line)))
            .filter_map(|(pattern, line)| {
                let text = constants.resolve(pattern)?;
                let start = text.strip_suffix('*')?;
                start.ends_with(':').then(|| (start.to_owned(), line))
            })
            .collect();
        let known = self.command_names();
        self.help_lines()
            .iter()
            .filter_map(|help| {
                let (_, line) = wild
                    .iter()
                    .find(|(start, _)| help.usage.command.starts_with(start))?;
                Some((help.usage.command.clone(), at(file, Some(*line))))
            })
            .filter(|(name, _)| !known.iter().any(|(other, _)| other == name))
            .collect()
    }

    fn takes_app(&self, name: &str, place: &Place, help: Option<&HelpLine>, of: usize) -> TakesApp {
        match self.hints.app_commands.get(name) {
            Some(true) => {
                return TakesApp::Yes {
                    how: Evidence::Told,
                    place: Place {
                        file: "conformance.yaml".to_owned(),
                        line: None,
                    },
                    need: Need::Required,
                };
            }
            Some(false) => return no("`conformance.yaml` says so"),
            None => {}
        }
        if name.ends_with(":help") {
            return no("it shows help");
        }
        let file = self.files.iter().find(|file| file.name == place.file);
        let flow = file.and_then(|file| self.flow(file, name, of));
        judge(name, help, flow)
    }
}

/// Weighs what the help says against what the text does.
fn judge(name: &str, help: Option<&HelpLine>, flow: Option<Flow>) -> TakesApp {
    let documented = help.map(|help| help.usage.arguments.first());
    let need = need(help, flow.as_ref());
    let readable = flow.is_some();
    let flow = flow.unwrap_or_default();
    let says_app = documented.flatten().is_some_and(Argument::is_app);
    if let Some((number, place)) = flow.verified {
        return match number {
            1 if documented == Some(None) && !flow.always_verified => {
                unknown("its help shows no argument, but its text may verify one")
            }
            1 => TakesApp::Yes {
                how: Evidence::Verified,
                place,
                need,
            },
            _ if says_app => unknown(&format!(
                "its help shows an app first, its text verifies argument {number} ({place})"
            )),
            _ => no(&format!("its app is argument {number} ({place})")),
        };
    }
    let app_at = flow.app_at.as_ref().map(|(number, _)| *number);
    if says_app || (documented.is_none() && app_at == Some(1)) {
        if let (Some(place), false) = (&flow.mistaken, says_app) {
            return unknown(&format!(
                "its text takes the command itself for the app ({place})"
            ));
        }
        if let Some(place) = flow.creates {
            return unknown(&format!("it may create the app ({place})"));
        }
        if CREATING.contains(&name.rsplit(':').next().unwrap_or(name)) {
            return unknown("it may be for an app that is not there yet, as its name says");
        }
    }
    match documented {
        Some(Some(first)) if first.is_app() => {
            let place = help.map(|help| help.place.clone()).unwrap_or_default();
            match app_at {
                Some(number) if number > 1 => unknown(&format!(
                    "its help shows an app first, its text takes argument {number} for it"
                )),
                None if readable
                    && flow.named.is_none()
                    && flow.mistaken.is_none()
                    && !flow.passed_on
                    && flow.lost.is_none() =>
                {
                    unknown("its help shows an app first, but its text was not seen to take one")
                }
                _ => TakesApp::Yes {
                    how: Evidence::Documented,
                    place,
                    need,
                },
            }
        }
        Some(_) if app_at == Some(1) => {
            unknown("its help shows no app first, but its text takes its first argument for one")
        }
        Some(Some(first)) => no(&format!("its help shows <{}> first", first.name)),
        Some(None) => no("its help shows no argument"),
        None => match flow.app_at {
            Some((1, place)) if place.file == "commands" => {
                unknown("`commands` takes the first argument of every command for an app")
            }
            Some((1, place)) => TakesApp::Yes {
                how: Evidence::Declared,
                place,
                need,
            },
            Some((number, place)) => no(&format!("its app is argument {number} ({place})")),
            None => unknown(&flow.lost.unwrap_or_else(|| {
                "neither its help nor its text says what its first argument is".to_owned()
            })),
        },
    }
}

fn need(help: Option<&HelpLine>, flow: Option<&Flow>) -> Need {
    let first = help.and_then(|help| help.usage.arguments.first());
    let printed = help.is_some_and(|help| !help.of_comments);
    match (first, flow) {
        (Some(first), _) if first.optional => Need::Optional,
        (_, Some(flow)) if flow.refuses_empty => Need::Required,
        (_, Some(flow)) if flow.allows_empty => Need::Optional,
        (_, Some(flow)) if flow.always_verified => Need::Required,
        (Some(first), _) if printed && first.is_app() && !first.alternative => Need::Required,
        _ => Need::Unknown,
    }
}

fn no(why: &str) -> TakesApp {
    TakesApp::No {
        why: why.to_owned(),
    }
}

fn unknown(why: &str) -> TakesApp {
    TakesApp::Unknown {
        why: why.to_owned(),
    }
}

fn at(file: &PluginFile, line: Option<u32>) -> Place {
    Place {
        file: file.name.clone(),
        line,
    }
}

/// True if a word is the command: `$1`, or a variable that is set to it.
pub(super) fn is_command_word(script: &Script, word: &Word) -> bool {
    word.variable().is_some_and(|variable| {
        variable.name == "1"
            || script.assignments.iter().any(|assignment| {
                assignment.name == variable.name
                    && matches!(&assignment.value, Assigned::Word(word)
                        if word.variable().is_some_and(|from| from.name == "1"))
            })
    })
}

/// The commands that a `commands` lists: the patterns of its `case`, and the words of a test such as
/// `[[ " help name:help " == *" $1 "* ]]`.
fn patterns(script: &Script, constants: &Constants, own: &str) -> Vec<(String, u32)> {
    let mut found: Vec<(String, u32)> = Vec::new();
    for case in &script.cases {
        if !is_command_word(script, &case.value) {
            continue;
        }
        for arm in &case.arms {
            for pattern in &arm.patterns {
                let wild = pattern.parts.iter().any(|part| {
                    matches!(part, Part::Text { text, quoted: false } if text.contains(['*', '?', '[']))
                });
                if let (false, Some(text)) = (wild, constants.resolve(pattern)) {
                    found.push((text, arm.line));
                }
            }
        }
    }
    let mut asked = BTreeSet::new();
    let conditions = script
        .invocations
        .iter()
        .flat_map(|one| &one.site.conditions);
    for condition in conditions.filter(|one| asked.insert(Arc::as_ptr(one))) {
        listed(condition, constants, &mut found);
    }
    found.truncate(MOST);
    let spaces = spaces(&found);
    found.retain(|(name, _)| {
        is_command_name(name) && (name.contains(':') || name == own || spaces.contains(name))
    });
    found
}

/// What stands before the colon in the names that have one.
fn spaces(found: &[(String, u32)]) -> BTreeSet<String> {
    found
        .iter()
        .filter_map(|(name, _)| Some(name.split_once(':')?.0.to_owned()))
        .collect()
}

fn listed(condition: &Condition, constants: &Constants, found: &mut Vec<(String, u32)>) {
    match condition {
        Condition::Not(inner) => listed(inner, constants, found),
        Condition::All(all) | Condition::Any(all) => {
            for inner in all {
                listed(inner, constants, found);
            }
        }
        Condition::Binary { left, right, .. } => {
            let asks = right.variables().any(|variable| variable.name == "1");
            if let (true, Some(text)) = (asks, constants.resolve(left))
                && text.starts_with(' ')
            {
                found.extend(
                    text.split_whitespace()
                        .map(|word| (word.to_owned(), left.line)),
                );
            }
        }
        _ => {}
    }
}

fn is_command_name(name: &str) -> bool {
    name != "help"
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ":._-".contains(c))
        && !name.ends_with(':')
}

/// The commands that a `commands` in another language compares with.
fn other_patterns(file: &PluginFile) -> Vec<(String, u32)> {
    let (Ok(text), Some(pattern)) = (file.text(), OTHER_CASE.as_ref()) else {
        return Vec::new();
    };
    let mut found: Vec<(String, u32)> = (1_u32..)
        .zip(text.lines())
        .flat_map(|(line, text)| {
            pattern
                .captures_iter(text)
                .filter_map(move |captures| Some((captures.get(1)?.as_str().to_owned(), line)))
        })
        .take(MOST)
        .collect();
    let spaces = spaces(&found);
    found
        .retain(|(name, _)| is_command_name(name) && (name.contains(':') || spaces.contains(name)));
    found
}
