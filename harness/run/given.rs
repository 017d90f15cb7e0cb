//! From what a case is given to the blueprint of its world.

use std::collections::BTreeMap;

use super::Trial;
use crate::docker::{Program, Setting};
use crate::plugin::{Plugin, is_on_path};
use crate::spec::{
    self, ArgvMatcher, Case, Matcher, Neighbour, Script, Step, Test, Unfilled, Values,
};
use crate::world::stand_in::OPENSSL;
use crate::world::{
    Answer, App, Arguments, Blueprint, Installation, InstalledPlugin, Origin, PluginSource,
    Unknown, User,
};

/// Why a case's world can't be made: the spec's mistake.
#[derive(Debug, thiserror::Error)]
pub(super) enum GivenError {
    /// A matcher that an answer can't use.
    #[error("an answer's `args` can be exact, contains, starts_with, ends_with or matches")]
    Matcher,
    /// A placeholder without a value.
    #[error(transparent)]
    Unfilled(#[from] Unfilled),
    /// A neighbour that would lie in the plugin's own folder.
    #[error("no neighbour can have the plugin's own name, {0}")]
    Namesake(String),
}

/// What is installed for a case.
pub(super) fn installation(
    plugin: &Plugin,
    origin: Origin,
    case: &Case,
) -> Result<Installation, GivenError> {
    let mut plugins = vec![InstalledPlugin {
        name: plugin.name().to_owned(),
        source: PluginSource::Directory(plugin.root().to_owned()),
        core: false,
    }];
    let beside = |wanted| install_neighbour(wanted, plugin.name());
    plugins.extend(case.given.neighbours.iter().map(beside));
    match plugins.iter().skip(1).any(|one| one.name == plugin.name()) {
        true => Err(GivenError::Namesake(plugin.name().to_owned())),
        false => Ok(Installation { origin, plugins }),
    }
}

fn install_neighbour(wanted: &Neighbour, plugin: &str) -> InstalledPlugin {
    let (name, files) = match wanted {
        Neighbour::Known(known) => {
            let name = known.name_beside(plugin);
            let files = known.files(&name);
            (name, files)
        }
        Neighbour::Written { name, files } => (name.clone(), files.clone()),
    };
    InstalledPlugin {
        name,
        source: PluginSource::Texts(files),
        core: false,
    }
}

/// The world of a case besides what is installed. The files that an author says a trigger needs are there where it is
/// called, but for those that the case itself gives.
pub(super) fn blueprint(
    trial: &Trial,
    case: &Case,
    unknown: Unknown,
) -> Result<Blueprint, GivenError> {
    let (given, values) = (&case.given, &trial.values);
    let mut config = given.config.clone();
    config.extend(given.secrets.clone());
    let mut files = values
        .trigger()
        .and_then(|trigger| trial.plugin.hints().trigger_files.get(trigger))
        .cloned()
        .unwrap_or_default();
    files.extend(given.files.clone());
    Ok(Blueprint {
        apps: given.apps.iter().map(app).collect(),
        config,
        properties: given.properties.clone(),
        files,
        user: user(given.user),
        own_settings: false,
        docker: docker(trial, case)?,
        answers: given
            .answers
            .iter()
            .map(|rule| answer(rule, values))
            .chain(trial.plugin.hints().answers.iter().cloned().map(Ok))
            .collect::<Result<_, _>>()?,
        unknown,
        spares_keys: matches!(case.script, Script::Suite) && is_on_path(OPENSSL),
    })
}

/// The variables that a case and a step of it add.
pub(super) fn environment(
    case: &Case,
    step: &Step,
    values: &Values,
) -> Result<Vec<(String, String)>, Unfilled> {
    let given = case.given.environment.iter();
    let given = given.map(|(key, value)| Ok((key.clone(), value.clone())));
    let own = step.environment.iter();
    let own = own.map(|(key, value)| Ok((key.clone(), value.fill(values)?)));
    given.chain(own).collect()
}

/// What stands in for a program that is not there, and answers as if it were not.
pub(super) fn absent(program: &str) -> Answer {
    Answer {
        program: program.to_owned(),
        arguments: Arguments::Any,
        status: NOT_FOUND,
        stdout: String::new(),
        stderr: format!("{program}: command not found\n"),
        files: BTreeMap::new(),
    }
}

/// The status of a command that a shell does not find.
const NOT_FOUND: u8 = 127;

/// Who runs what a case does not say more of.
pub(super) fn user(said: Option<spec::User>) -> User {
    match said {
        Some(spec::User::Root) => User::Root,
        Some(spec::User::Dokku) | None => User::Dokku,
    }
}

/// What there is in docker for a case. What the case says of programs counts before what the plugin's author says.
fn docker(trial: &Trial, case: &Case) -> Result<Setting, GivenError> {
    let mut setting = case.given.docker.clone();
    let own = case.given.programs.iter();
    let own: Result<Vec<_>, _> = own.map(|one| program(one, &trial.values)).collect();
    let programs = &mut setting.rules.programs;
    programs.extend(own?);
    programs.extend(trial.plugin.hints().programs.iter().cloned());
    Ok(setting)
}

/// What a program in a container does.
pub(super) fn program(
    rule: &spec::ContainerProgram,
    values: &Values,
) -> Result<Program, GivenError> {
    Ok(Program {
        container: rule.container.clone(),
        image: rule.image.clone(),
        command: arguments(rule.command.as_ref(), values)?,
        outcome: rule.outcome,
        stdout: rule.stdout.clone(),
        stderr: rule.stderr.clone(),
    })
}

fn app(app: &spec::App) -> App {
    App {
        name: app.name.clone(),
        deployed: app.deployed,
        config: app.config.clone(),
        domains: app.domains.clone().unwrap_or_default(),
    }
}

/// What a stand-in answers.
pub(super) fn answer(rule: &spec::Answer, values: &Values) -> Result<Answer, GivenError> {
    Ok(Answer {
        program: rule.program.clone(),
        arguments: arguments(rule.args.as_ref(), values)?,
        status: rule.exit,
        stdout: rule.stdout.clone(),
        stderr: rule.stderr.clone(),
        files: rule.files.clone(),
    })
}

fn arguments(matcher: Option<&ArgvMatcher>, values: &Values) -> Result<Arguments, GivenError> {
    Ok(match matcher {
        None => Arguments::Any,
        Some(ArgvMatcher::Prefix(words)) => Arguments::Prefix(
            words
                .iter()
                .map(|word| word.fill(values))
                .collect::<Result<_, _>>()?,
        ),
        Some(ArgvMatcher::Joined(matcher)) => Arguments::Matching(patterns(matcher, values)?),
    })
}

/// A matcher as regular expressions, which a stand-in can judge by itself.
fn patterns(matcher: &Matcher, values: &Values) -> Result<Vec<String>, GivenError> {
    let literal = |text: &spec::Template| text.fill(values).map(|text| regex::escape(&text));
    matcher
        .tests
        .iter()
        .map(|test| {
            Ok(match test {
                Test::Exact(text) => format!(r"\A{}\z", literal(text)?),
                Test::Contains(text) => literal(text)?,
                Test::StartsWith(text) => format!(r"\A{}", literal(text)?),
                Test::EndsWith(text) => format!(r"{}\z", literal(text)?),
                Test::Matches(regex) => format!("(?m){}", regex.as_str()),
                _ => return Err(GivenError::Matcher),
            })
        })
        .collect()
}
