//! The commands of `dokku`, through time.

use std::collections::BTreeSet;

use super::{Life, commands};
use crate::dokku::command::{PROXIES, STANDARD};
use crate::dokku::{Span, Version, core};

/// The versions in which a command does what it is for; none if it is not known to be Dokku's.
#[must_use]
pub fn command(name: &str) -> Option<Life> {
    let kept = commands().iter().find(|entry| entry.name == name);
    let kept = kept.map(|entry| entry.life.clone());
    match (kept, answered(name)) {
        (Some(kept), Some(answered)) => Some(kept.and(&answered)),
        (kept, answered) => kept.or(answered),
    }
}

/// The commands of a version, by `command_of`, which gives the command that a core program answers.
#[must_use]
pub fn commands_in(
    version: Version,
    command_of: impl Fn(&str) -> Option<String>,
) -> BTreeSet<String> {
    let has = |span: &Span| {
        let since = span.since.filter(|since| is_known_before(*since));
        Span { since, ..*span }.contains(version)
    };
    let mut names: BTreeSet<String> = core::program_spans()
        .filter(|(_, span)| has(span))
        .filter_map(|(program, _)| command_of(program))
        .collect();
    for entry in commands() {
        match command(entry.name).is_some_and(|life| life.contains(version)) {
            true => names.insert(entry.name.to_owned()),
            false => names.remove(entry.name),
        };
    }
    names
}

/// The versions in which a plugin of Dokku's own has a program for `plugin:subcommand`; none if no version had.
fn answered(name: &str) -> Option<Life> {
    let (space, subcommand) = name.split_once(':')?;
    let plugin = match space {
        "events" => "20_events".to_owned(),
        proxy if PROXIES.at(Version::NEWEST).contains(&proxy) => format!("{proxy}-vhosts"),
        plugin => plugin.to_owned(),
    };
    let spans: Vec<Span> = core::spans_of_subcommand(&plugin, subcommand)
        .map(|span| Span {
            since: span.since.filter(|since| is_known_before(*since)),
            ..span
        })
        .collect();
    (!spans.is_empty()).then(|| spans.into_iter().collect())
}

/// True if the subcommands were files just before a version, each known by its name. What is among the first of these
/// files may be as old as Dokku itself.
fn is_known_before(version: Version) -> bool {
    version
        .previous()
        .is_some_and(|before| STANDARD.at(before).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(name: &str) -> Option<String> {
        let life = command(name)?;
        let spans: Vec<String> = life.spans().iter().map(ToString::to_string).collect();
        Some(spans.join(", "))
    }

    #[test]
    fn a_command_lives_as_long_as_its_program_and_as_it_is_of_use() {
        for (name, life) in [
            ("git:from-image", "0.24.0 and newer"),
            ("apps:exists", "0.11.5 and newer"),
            ("ports:report", "0.31.0 and newer"),
            ("config:get", "every version"),
            ("nginx:show-config", "0.20.0 and newer"),
            ("nginx:show-conf", "0.17.0 to 0.29.4"),
            ("domains:set-global", "0.6.5 and older, 0.8.0 and newer"),
            ("scheduler-k3s:cluster-add", "0.33.0 to 0.36.11"),
            ("ps:startall", "0.12.5 to 0.21.4"),
            ("ls", "0.11.6 and older"),
        ] {
            assert_eq!(spans(name).as_deref(), Some(life), "{name}");
        }
        for stranger in ["postgres:create", "apps:fly", "hello", "apps:help", "apps:"] {
            assert_eq!(spans(stranger), None, "{stranger}");
        }
    }
}
