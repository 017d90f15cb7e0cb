//! The commands of the core plugin checks, as they were from 0.38.0 on: which processes are deployed without a check.

use std::io::Write;

use super::app_name;
use super::failure::Failure;
use super::host::Host;
use super::properties::Properties;
use super::report::{self, Kind, Values};
use super::say;

/// What stands in for the types of processes where all are meant.
const ALL: &str = "_all_";

const REPORT: Kind = Kind {
    plugin: "checks",
    prefix: "checks",
    legacy_keys: false,
};

/// Answers `checks:NAME` with the arguments after it.
pub(super) fn run(
    host: &Host,
    name: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if name == "report" {
        return report::run(host, REPORT, arguments, |scope| values(host, scope), out);
    }
    let word = |index: usize| arguments.get(index).map_or("", String::as_str);
    let app = word(0);
    if name != "set" || app != "--global" {
        app_name::verify(host, app)?;
    }
    let types = Some(word(1))
        .filter(|types| !types.is_empty())
        .unwrap_or(ALL);
    match name {
        "set" => set(host, app, word(1), word(2), out),
        "enable" => enable(host, app, types, out),
        "disable" => exempt(host, app, types, ["Disabling", "disabled", "skipped"], out),
        "skip" => exempt(host, app, types, ["Skipping", "skipped", "disabled"], out),
        _ => Err(Failure::unmodelled(format!("`dokku checks:{name}`"))),
    }
}

fn set(
    host: &Host,
    scope: &str,
    name: &str,
    value: &str,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let properties = Properties::new(&host.lib, "checks", scope);
    match (name, value) {
        ("", _) => Err(Failure::new("No key specified")),
        ("wait-to-retire", "") => {
            say::head_unless_quiet(host, out, &format!("Unsetting {name}"));
            properties.delete(name)
        }
        ("wait-to-retire", value) => {
            say::head_unless_quiet(host, out, &format!("Setting {name} to {value}"));
            properties.set(name, value)
        }
        _ => {
            let text = "Invalid key specified, valid keys include: wait-to-retire";
            Err(Failure::new(text))
        }
    }
}

/// The types of processes in a list of an app.
fn listed(host: &Host, app: &str, list: &str) -> Vec<String> {
    let text = Properties::new(&host.lib, "checks", app).get(list);
    let text = text.unwrap_or_default();
    let types = text.split(',').filter(|one| !one.is_empty());
    types.map(str::to_owned).collect()
}

/// True if the processes of a type are in a list of an app, or all are.
pub(super) fn is_exempt(host: &Host, app: &str, process: &str, list: &str) -> bool {
    let listed = listed(host, app, list);
    listed.iter().any(|one| one == "_all_" || one == process)
}

fn keep(host: &Host, app: &str, list: &str, types: &[String]) -> Result<(), Failure> {
    let properties = Properties::new(&host.lib, "checks", app);
    match types {
        [] => properties.delete(list),
        types => properties.set(list, &types.join(",")),
    }
}

fn enable(host: &Host, app: &str, types: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let text = format!("Enabling zero downtime for app's ({app})");
    let (text, gone) = match types {
        ALL => (text, None),
        types => (
            format!("{text} proctypes ({types})"),
            Some(types.split(',').collect::<Vec<_>>()),
        ),
    };
    say::step(out, &text);
    ["disabled", "skipped"].iter().try_for_each(|list| {
        let mut left = listed(host, app, list);
        left.retain(|one| {
            gone.as_ref()
                .is_some_and(|gone| !gone.contains(&one.as_str()))
        });
        keep(host, app, list, &left)
    })
}

/// Puts types of processes on one list and takes them from the other.
fn exempt(
    host: &Host,
    app: &str,
    types: &str,
    [verb, list, other]: [&str; 3],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if types == ALL {
        say::step(out, &format!("{verb} zero downtime for app ({app})"));
        keep(host, app, list, &[ALL.to_owned()])?;
        return keep(host, app, other, &[]);
    }
    say::step(
        out,
        &format!("{verb} zero downtime for app's ({app}) proctypes ({types})"),
    );
    let (mut on, mut off) = (listed(host, app, list), listed(host, app, other));
    for one in types.split(',').filter(|one| !one.is_empty()) {
        if !on.iter().any(|known| known == one) {
            on.push(one.to_owned());
        }
        off.retain(|known| known != one);
    }
    on.retain(|known| known != ALL);
    keep(host, app, list, &on)?;
    keep(host, app, other, &off)
}

/// What `checks:report` shows, as it was from 0.38.22 on.
fn values(host: &Host, scope: &str) -> Values {
    let property = |scope: &str, name: &str| {
        Properties::new(&host.lib, "checks", scope)
            .get(name)
            .unwrap_or_default()
    };
    let or = |value: String, default: &str| match value.as_str() {
        "" => default.to_owned(),
        _ => value,
    };
    let (own, global) = (
        property(scope, "wait-to-retire"),
        property("--global", "wait-to-retire"),
    );
    let computed = or(or(own.clone(), &global), "60");
    let mut values = Values::from([
        ("--checks-computed-wait-to-retire".to_owned(), computed),
        ("--checks-global-wait-to-retire".to_owned(), global),
    ]);
    if scope != "--global" {
        values.insert("--checks-wait-to-retire".to_owned(), own);
        for list in ["disabled", "skipped"] {
            let types = or(property(scope, list), "none");
            values.insert(format!("--checks-{list}-list"), types);
        }
    }
    values
}
