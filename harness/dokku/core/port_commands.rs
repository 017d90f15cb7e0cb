//! The commands of the core plugin ports, as they were from 0.38.0 on.

use std::collections::BTreeSet;
use std::io::Write;

use super::app_name;
use super::failure::Failure;
use super::host::Host;
use super::ports::{self, Mapping};
use super::properties::Properties;
use super::report::{self, Kind, Values};
use super::request::{Known, Request};
use super::say;

const REPORT: Kind = Kind {
    plugin: "ports",
    prefix: "ports",
    legacy_keys: true,
};

/// What a person names: a mapping, or a port of the host for all that lead from it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Named {
    Mapping(Mapping),
    Port(u16),
}

impl Named {
    fn parse(text: &str) -> Result<Self, Failure> {
        let refused = |why: String| Failure::new(format!("Invalid port map {text} [{why}]"));
        let port = |part: &str, of: &str| match part.parse::<i64>() {
            Ok(number) => u16::try_from(number)
                .ok()
                .filter(|port| *port != 0)
                .ok_or_else(|| refused(format!("{of}={number}"))),
            Err(_) => {
                let why = format!("err=strconv.Atoi: parsing {part:?}: invalid syntax");
                Err(refused(why))
            }
        };
        let parts: Vec<&str> = text.splitn(3, ':').collect();
        match parts.as_slice() {
            [alone] => port(alone, "hostPort").map(Self::Port),
            [scheme, host, container] => {
                let number = |part: &str| part.parse::<i64>().is_ok();
                // A word that is no number is told of before a number out of range.
                if number(host) && !number(container) {
                    port(container, "containerPort")?;
                }
                Ok(Self::Mapping(Mapping {
                    scheme: (*scheme).to_owned(),
                    host: port(host, "hostPort")?,
                    container: port(container, "containerPort")?,
                }))
            }
            parts => Err(refused(format!("len={}", parts.len()))),
        }
    }

    /// What no two of a list may share.
    fn key(&self) -> String {
        match self {
            Self::Mapping(mapping) => format!("{}:{}", mapping.scheme, mapping.host),
            Self::Port(port) => format!("__internal__:{port}"),
        }
    }

    fn mapping(self) -> Option<Mapping> {
        match self {
            Self::Mapping(mapping) => Some(mapping),
            Self::Port(_) => None,
        }
    }
}

fn check_once<'a>(what: &str, all: impl Iterator<Item = &'a Named>) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    for key in all.map(Named::key) {
        if !seen.insert(key.clone()) {
            return Err(Failure::new(format!(
                "Error validating {what}: The same scheme:host-port is being reused: {key}"
            )));
        }
    }
    Ok(())
}

/// Answers `ports:NAME` with the arguments after it.
pub(super) fn run(
    host: &Host,
    name: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if name == "report" {
        return report::run(host, REPORT, arguments, |scope| values(host, scope), out);
    }
    let command = format!("ports:{name}");
    let request = Request::parse(&command, arguments, Known::default())?;
    let app = request.word(0);
    app_name::verify(host, app)?;
    match name {
        "list" => return list(host, app, out),
        "clear" => ports::clear(host, app)?,
        "add" | "remove" | "set" => change(host, name, app, request.words_from(1))?,
        _ => return Err(Failure::unmodelled(format!("`dokku {command}`"))),
    }
    host.tell("post-proxy-ports-update", &[app, name])
}

fn change(host: &Host, verb: &str, app: &str, words: &[&str]) -> Result<(), Failure> {
    if words.is_empty() {
        return Err(Failure::new("No port mapping specified"));
    }
    let words = words.join(" ");
    let named = words.trim().split(' ').map(Named::parse);
    let named = named.collect::<Result<Vec<_>, _>>()?;
    let old = || {
        ports::kept(host, app, "map")
            .into_iter()
            .map(Named::Mapping)
    };
    match verb {
        "add" => {
            check_once("new port mappings", named.iter())?;
            let all: Vec<Named> = old().chain(named).collect();
            check_once("all port mappings", all.iter())?;
            keep(host, app, all)
        }
        "set" => {
            check_once("port mappings", named.iter())?;
            keep(host, app, named)
        }
        _ => {
            let is_named = |one: &Named| match one {
                Named::Mapping(mapping) => {
                    named.contains(one) || named.contains(&Named::Port(mapping.host))
                }
                Named::Port(_) => false,
            };
            let left: Vec<Named> = old().filter(|one| !is_named(one)).collect();
            if left.is_empty() {
                return Properties::new(&host.lib, "ports", app).delete("map");
            }
            check_once("port mappings", left.iter())?;
            keep(host, app, left)
        }
    }
}

/// Sets the mappings of an app. A lone port is never kept.
fn keep(host: &Host, app: &str, all: Vec<Named>) -> Result<(), Failure> {
    let mappings = all.into_iter().filter_map(Named::mapping);
    let mut lines: Vec<String> = mappings.map(|mapping| mapping.to_string()).collect();
    lines.sort();
    Properties::new(&host.lib, "ports", app).set_items("map", &lines)
}

fn list(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let mappings = ports::kept(host, app, "map");
    if mappings.is_empty() {
        return Err(Failure::new("No port mappings configured for app"));
    }
    let mut lines: Vec<String> = mappings.iter().map(ToString::to_string).collect();
    if !host.quiet {
        lines.push("-----> scheme:host port:container port".to_owned());
    }
    lines.sort();
    say::step_unless_quiet(host, out, &format!("Port mappings for {app}"));
    for line in columns(&lines) {
        say::line(out, &line);
    }
    Ok(())
}

/// Lines whose cells, parted by colons, stand below each other.
fn columns(lines: &[String]) -> Vec<String> {
    let rows: Vec<Vec<&str>> = lines
        .iter()
        .map(|line| line.split(':').map(str::trim).collect())
        .collect();
    let width = |index: usize| {
        let cells = rows.iter().filter_map(|row| row.get(index));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let shown = |row: &Vec<&str>| {
        let cells = row.iter().enumerate().map(|(index, cell)| {
            if index + 1 == row.len() {
                (*cell).to_owned()
            } else {
                format!("{cell:width$}  ", width = width(index))
            }
        });
        format!("    {}", cells.collect::<String>())
    };
    rows.iter().map(shown).collect()
}

fn values(host: &Host, scope: &str) -> Values {
    if scope == "--global" {
        return Values::new();
    }
    let own = ports::kept(host, scope, "map");
    let found = ports::detected(host, scope);
    let text = |mappings: &[Mapping]| {
        let each: Vec<String> = mappings.iter().map(ToString::to_string).collect();
        each.join(" ")
    };
    // Upstream tells of no mappings as Go does of a slice that was never made.
    let json = |mappings: &[Mapping]| match mappings {
        [] => "null".to_owned(),
        some => ports::json(some),
    };
    Values::from(
        [
            ("--ports-map", text(&own)),
            ("--ports-map-json", json(&own)),
            ("--ports-map-detected", text(&found)),
            ("--ports-map-detected-json", json(&found)),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_mapping_is_told_why() {
        for (text, why) in [
            ("http:80", "len=2"),
            ("0", "hostPort=0"),
            ("http:80:65536", "containerPort=65536"),
            ("x", "err=strconv.Atoi: parsing \"x\": invalid syntax"),
            (
                "http:0:x",
                "err=strconv.Atoi: parsing \"x\": invalid syntax",
            ),
        ] {
            let expected = Failure::new(format!("Invalid port map {text} [{why}]"));
            assert_eq!(Named::parse(text), Err(expected));
        }
        assert_eq!(Named::parse("80"), Ok(Named::Port(80)));
    }

    #[test]
    fn cells_stand_below_each_other() {
        let lines = [
            "-> scheme:host port:x".to_owned(),
            "http:80:5000".to_owned(),
        ];
        assert_eq!(
            columns(&lines),
            [
                "    -> scheme  host port  x",
                "    http       80         5000"
            ]
        );
    }
}
