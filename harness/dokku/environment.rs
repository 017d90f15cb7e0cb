//! The environment that the dispatcher gives to every plugin, version by version.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use nix::unistd::User;

use super::ended::Ended;
use super::host::Host;
use super::host_settings;
use super::timeline::Timeline;
use super::turns::Turn;
use super::variables::Variables;
use super::version::{Span, Version};

/// One thing that the dispatcher does while it sets up its environment.
enum Step {
    /// An exported variable, and what is assigned to it since each version.
    Variable(&'static str, Timeline<Value>),
    /// The host's own settings, a file below `/etc`.
    Settings(Timeline<Option<&'static str>>),
    /// `dokkurc` and `.dokkurc/*` of DOKKU_ROOT, in the versions that read them at this point.
    Dokkurc(Span),
}

/// What is assigned, if anything. A text may name earlier variables as `$NAME`; `$$` is the dispatcher's process id.
enum Value {
    /// Nothing: the version has no such variable.
    Absent,
    /// This text, whatever was there.
    Set(&'static str),
    /// This text if the variable was empty.
    Default(&'static str),
    /// The first variable, which itself gets this text if it was empty.
    DefaultOf(&'static str, &'static str),
    /// The home directory of this user if the variable was empty.
    DefaultHome(&'static str),
    /// If the variable was empty, the distribution if it is one of these, or else `ubuntu`.
    DefaultDistribution(&'static [&'static str]),
    /// The distribution.
    Distribution,
}

use Step::{Dokkurc, Settings, Variable};
use Value::{Absent, Default, DefaultDistribution, DefaultHome, DefaultOf, Distribution, Set};

const fn v(minor: u16, patch: u16) -> Version {
    Version::new(0, minor, patch)
}

/// What shows the value of a variable: its name, and what prints a whole environment.
macro_rules! shown_by {
    ($variable:literal) => {
        &[
            $variable,
            "printenv",
            "declare -x",
            "declare -p",
            "export -p",
            "compgen",
            "env |",
            "env|",
            "env)",
            "env >",
            "env`",
            ".environ",
            "/environ",
        ]
    };
}

/// Who sees two variables that new releases of images change.
const IMAGE_USERS: &[&str] = shown_by!("DOKKU_IMAGE");
const BUILDER_USERS: &[&str] = shown_by!("DOKKU_CNB_BUILDER");

/// In the order of the assignments. Source: the script `dokku` at each release.
const STEPS: &[Step] = &[
    // Set before the host's settings and defaulted after them, so that those alone can change it.
    Variable(
        "DOCKER_BIN",
        Timeline::new(Absent, &[(v(17, 5), Set("docker"))]),
    ),
    Settings(Timeline::new(
        None,
        &[
            (v(11, 5), Some("defaults/dokku")),
            (v(12, 0), Some("default/dokku")),
        ],
    )),
    Variable("DOKKU_ROOT", Timeline::new(DefaultHome("dokku"), &[])),
    Dokkurc(Span {
        since: Some(v(5, 0)),
        until: None,
    }),
    Variable(
        "DOKKU_HOST_ROOT",
        Timeline::new(Absent, &[(v(12, 3), Default("$DOKKU_ROOT"))]),
    ),
    Variable(
        "DOKKU_DISTRO",
        Timeline::new(
            Default("ubuntu"),
            &[
                (v(4, 4), DefaultDistribution(&["debian"])),
                (v(5, 0), DefaultDistribution(&["arch", "debian"])),
                (v(8, 0), Distribution),
            ],
        ),
    ),
    Variable(
        "DOCKER_BIN",
        Timeline::new(Absent, &[(v(17, 5), Default("docker"))]),
    ),
    Variable(
        "DOKKU_IMAGE",
        Timeline::new(
            Default("gliderlabs/herokuish"),
            &[
                (v(16, 0), Default("gliderlabs/herokuish:latest")),
                (v(25, 0), Default("gliderlabs/herokuish:latest-20")),
                (v(31, 0), Default("gliderlabs/herokuish:latest-22")),
                (v(35, 0), Default("gliderlabs/herokuish:latest-24")),
            ],
        ),
    ),
    Variable(
        "DOKKU_CNB_BUILDER",
        Timeline::new(
            Absent,
            &[
                (v(23, 0), Default("heroku/buildpacks")),
                (v(30, 5), Default("heroku/buildpacks:20")),
                (v(31, 0), Default("heroku/builder:22")),
                (v(35, 0), Default("heroku/builder:24")),
            ],
        ),
    ),
    Variable(
        "DOKKU_LIB_ROOT",
        Timeline::new(DefaultOf("DOKKU_LIB_PATH", "/var/lib/dokku"), &[]),
    ),
    Variable(
        "PLUGIN_PATH",
        Timeline::new(Default("$DOKKU_LIB_ROOT/plugins"), &[]),
    ),
    Variable(
        "PLUGIN_AVAILABLE_PATH",
        Timeline::new(Default("$PLUGIN_PATH/available"), &[]),
    ),
    Variable(
        "PLUGIN_ENABLED_PATH",
        Timeline::new(Default("$PLUGIN_PATH/enabled"), &[]),
    ),
    Variable(
        "PLUGIN_CORE_PATH",
        Timeline::new(Default("$DOKKU_LIB_ROOT/core-plugins"), &[]),
    ),
    Variable(
        "PLUGIN_CORE_AVAILABLE_PATH",
        Timeline::new(Default("$PLUGIN_CORE_PATH/available"), &[]),
    ),
    Variable(
        "PLUGIN_CORE_ENABLED_PATH",
        Timeline::new(Default("$PLUGIN_CORE_PATH/enabled"), &[]),
    ),
    Variable(
        "DOKKU_SYSTEM_GROUP",
        Timeline::new(Absent, &[(v(12, 11), Default("dokku"))]),
    ),
    Variable(
        "DOKKU_SYSTEM_USER",
        Timeline::new(Absent, &[(v(12, 11), Default("dokku"))]),
    ),
    Variable("DOKKU_API_VERSION", Timeline::new(Set("1"), &[])),
    Variable("DOKKU_NOT_IMPLEMENTED_EXIT", Timeline::new(Set("10"), &[])),
    Variable("DOKKU_VALID_EXIT", Timeline::new(Set("0"), &[])),
    Variable(
        "DOKKU_PID",
        Timeline::new(Absent, &[(v(18, 2), Set("$$")), (v(34, 0), Default("$$"))]),
    ),
    Variable(
        "DOKKU_LOGS_DIR",
        Timeline::new(Default("/var/log/dokku"), &[]),
    ),
    Variable(
        "DOKKU_LOGS_HOST_DIR",
        Timeline::new(Absent, &[(v(22, 6), Default("$DOKKU_LOGS_DIR"))]),
    ),
    Variable(
        "DOKKU_EVENTS_LOGFILE",
        Timeline::new(Default("$DOKKU_LOGS_DIR/events.log"), &[]),
    ),
    Variable(
        "DOKKU_CONTAINER_LABEL",
        Timeline::new(Absent, &[(v(4, 10), Set("dokku"))]),
    ),
    Variable(
        "DOKKU_GLOBAL_BUILD_ARGS",
        Timeline::new(Absent, &[(v(18, 0), Set(LABELS))]),
    ),
    Variable(
        "DOKKU_GLOBAL_RUN_ARGS",
        Timeline::new(
            Absent,
            &[
                (v(4, 10), Set("--label=$DOKKU_CONTAINER_LABEL")),
                (
                    v(7, 0),
                    Set("--label=$DOKKU_CONTAINER_LABEL --env=USER=herokuishuser"),
                ),
                (v(7, 1), Set("--label=$DOKKU_CONTAINER_LABEL")),
                (v(18, 0), Set(LABELS)),
            ],
        ),
    ),
    Dokkurc(Span {
        since: None,
        until: Some(v(4, 14)),
    }),
];

const LABELS: &str = "--label=org.label-schema.schema-version=1.0 --label=org.label-schema.vendor=dokku \
                      --label=$DOKKU_CONTAINER_LABEL";

/// Sets up the variables as that version's dispatcher does before it looks at its arguments.
///
/// # Errors
/// The status that the dispatcher ends with if a settings file can't be read or fails; the reason is on standard
/// error already.
pub(crate) fn set_up(
    variables: &mut Variables,
    version: Version,
    host: &Host,
    called_as: &Path,
    arguments: &[OsString],
) -> Result<(), Ended> {
    let settings = host_settings::Reader {
        version,
        called_as,
        arguments,
    };
    for step in STEPS {
        match step {
            Variable(name, values) => assign(variables, name, values.at(version), host),
            Settings(files) => {
                if let Some(file) = files.at(version) {
                    settings.read_file(variables, &host.etc.join(file))?;
                }
            }
            Dokkurc(span) => {
                if span.contains(version) {
                    settings.read_dokkurc(variables)?;
                }
            }
        }
    }
    Ok(())
}

fn assign(variables: &mut Variables, name: &str, value: &Value, host: &Host) {
    let text = match value {
        Absent => return,
        Set(text) => expand(variables, text),
        Default(text) => {
            let text = expand(variables, text);
            variables.or_default(name, text)
        }
        DefaultOf(other, text) => variables.or_default(other, *text),
        DefaultHome(user) => {
            let home = || User::from_name(user).ok().flatten();
            match variables.has(name) {
                true => variables.get(name).to_owned(),
                // A shell leaves `~user` as it is if there is no such user.
                false => home().map_or_else(|| format!("~{user}").into(), |user| user.dir.into()),
            }
        }
        DefaultDistribution(known) => {
            let distribution = host.distribution();
            let known = known
                .iter()
                .find(|id| distribution.as_deref() == Some(**id));
            variables.or_default(name, *known.unwrap_or(&"ubuntu"))
        }
        Distribution => host.distribution().unwrap_or_default().into(),
    };
    variables.export(name, text);
}

fn expand(variables: &Variables, text: &str) -> OsString {
    match text {
        "$$" => std::process::id().to_string().into(),
        _ => variables.expand(text),
    }
}

/// The variables that a version's dispatcher exports, each with what is assigned to it last, as a text.
pub(super) fn exported_in(version: Version) -> BTreeMap<&'static str, String> {
    let assigned = STEPS.iter().filter_map(|step| match step {
        Variable(name, values) => {
            let text = match values.at(version) {
                Absent => return None,
                Set(text) | Default(text) | DefaultOf(_, text) => (*text).to_owned(),
                DefaultHome(user) => format!("~{user}"),
                DefaultDistribution(known) => format!("{}, or else ubuntu", known.join(", ")),
                Distribution => "ID of /etc/os-release".to_owned(),
            };
            Some((*name, text))
        }
        Settings(_) | Dokkurc(_) => None,
    });
    assigned.collect()
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Turn> {
    STEPS.iter().flat_map(|step| -> Vec<Turn> {
        match step {
            Variable("DOKKU_IMAGE", values) => Turn::seen_by(IMAGE_USERS, values.turns()).collect(),
            Variable("DOKKU_CNB_BUILDER", values) => {
                Turn::seen_by(BUILDER_USERS, values.turns()).collect()
            }
            Variable(_, values) => Turn::of_all(values.turns()).collect(),
            Settings(files) => Turn::of_all(files.turns()).collect(),
            Dokkurc(span) => Turn::of_all(span.turns()).collect(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(version: Version, mut variables: Variables) -> Variables {
        variables.set("DOKKU_ROOT", "/nonexistent/root");
        let host = Host {
            etc: "/nonexistent/etc".into(),
        };
        set_up(&mut variables, version, &host, Path::new("dokku"), &[]).unwrap();
        variables
    }

    #[test]
    fn paths_follow_the_library_root_that_the_caller_names() {
        let mut given = Variables::default();
        given.set("DOKKU_LIB_PATH", "/lib/root");
        given.set("DOKKU_LIB_ROOT", "/ignored");
        let variables = environment(Version::NEWEST, given);
        assert_eq!(
            variables.get("PLUGIN_CORE_AVAILABLE_PATH"),
            "/lib/root/core-plugins/available"
        );
        assert_eq!(
            variables.get("PLUGIN_ENABLED_PATH"),
            "/lib/root/plugins/enabled"
        );
    }

    #[test]
    fn a_variable_appears_in_its_version_and_changes_in_its_own() {
        let value = |minor, patch, name: &str| {
            environment(v(minor, patch), Variables::default())
                .get(name)
                .to_owned()
        };
        assert_eq!(value(17, 4, "DOCKER_BIN"), "");
        assert_eq!(value(17, 5, "DOCKER_BIN"), "docker");
        assert_eq!(
            value(7, 0, "DOKKU_GLOBAL_RUN_ARGS"),
            "--label=dokku --env=USER=herokuishuser"
        );
        assert_eq!(value(17, 9, "DOKKU_GLOBAL_RUN_ARGS"), "--label=dokku");
        assert_eq!(value(4, 0, "DOKKU_DISTRO"), "ubuntu");
        assert_eq!(value(31, 0, "DOKKU_CNB_BUILDER"), "heroku/builder:22");
    }

    #[test]
    fn the_caller_changes_a_default_and_nothing_that_is_set() {
        let mut given = Variables::default();
        given.export("DOCKER_BIN", "podman");
        given.export("DOKKU_IMAGE", "mine");
        let variables = environment(Version::NEWEST, given);
        assert_eq!(variables.get("DOCKER_BIN"), "docker");
        assert_eq!(variables.get("DOKKU_IMAGE"), "mine");
    }
}
