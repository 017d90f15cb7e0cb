//! The one entry of the core plugins' programs: which of them it is told by the path it was executed under.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use super::config_program::{self, App};
use super::failure::Failure;
use super::host::Host;
use super::report::{self, Kind};
use super::{
    apps, checks, common_helper, docker_options, domains, file, git, help, modelled, network,
    networks, nginx, port_commands, prop, proxy, proxy_commands, ps, storage, triggers,
};
use crate::dokku::{Timeline, Version};

/// Which core program a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Program {
    /// `common/common`, `common/prop`, `config/config_sub`, `nginx-vhosts/nginx-property`.
    Helper(Helper),
    /// `<plugin>/commands`.
    Commands { plugin: String },
    /// `<plugin>/subcommands/<name>`.
    Subcommand { plugin: String, name: String },
    /// Any other file of a core plugin.
    Trigger { plugin: String, name: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Helper {
    Common,
    Prop,
    ConfigSub,
    NginxProperty,
}

/// Whether the functions of config/functions check the app's name, which they did as long as they ran the commands.
const FUNCTIONS_VERIFY: Timeline<App> =
    Timeline::new(App::Verified, &[(Version::new(0, 27, 5), App::Trusted)]);

/// Runs as the core program that the path names, by its last two or three parts: the directory of a core plugin, and
/// a file in it. Gives none if it names no such program.
///
/// What the world does not model is noted through `conform-unmodelled`, and ends with that program's status.
#[must_use]
pub fn run(called_as: &Path, arguments: &[OsString]) -> Option<u8> {
    let program = Program::of(called_as)?;
    let arguments: Vec<String> = arguments
        .iter()
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let mut out = io::stdout().lock();
    let (quiet, version, came) = match Host::from_environment() {
        Err(failure) => (false, Version::NEWEST, Err(failure)),
        Ok(mut host) => {
            let arguments = program.without_flags(&arguments, &mut host);
            let quiet = host.quiet && program == Program::Helper(Helper::Common);
            let came = program.answer(&host, arguments, &mut out);
            (quiet, host.version, came)
        }
    };
    // Who closed the stream wants no more of it.
    let _ = out.flush();
    Some(came.map_or_else(|failure| failure.end(quiet, version), |()| 0))
}

impl Program {
    fn of(path: &Path) -> Option<Self> {
        let mut parts = path.iter().rev().filter_map(|part| part.to_str());
        let (name, parent) = (parts.next()?, parts.next()?);
        if parent == "subcommands" {
            return file::is_plugin(parts.next()?).map(|plugin| Self::Subcommand {
                plugin: plugin.to_owned(),
                name: name.to_owned(),
            });
        }
        let plugin = file::is_plugin(parent)?.to_owned();
        Some(match (plugin.as_str(), name) {
            ("common", "common") => Self::Helper(Helper::Common),
            ("common", "prop") => Self::Helper(Helper::Prop),
            ("config", "config_sub") => Self::Helper(Helper::ConfigSub),
            ("nginx-vhosts", "nginx-property") => Self::Helper(Helper::NginxProperty),
            (_, "commands") => Self::Commands { plugin },
            _ => Self::Trigger {
                plugin,
                name: name.to_owned(),
            },
        })
    }

    /// The arguments less the flags that common/common takes before its verb.
    fn without_flags<'a>(&self, arguments: &'a [String], host: &mut Host) -> &'a [String] {
        let mut rest = arguments;
        if *self == Self::Helper(Helper::Common) {
            while let [flag, after @ ..] = rest
                && flag == "--quiet"
            {
                host.quiet = true;
                rest = after;
            }
        }
        rest
    }

    fn answer(
        &self,
        host: &Host,
        arguments: &[String],
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        match self {
            Self::Helper(Helper::Common) => common_helper::run(host, arguments, out),
            Self::Helper(Helper::Prop) => prop::run(host, arguments, out),
            Self::Helper(Helper::ConfigSub) => match arguments {
                [] => Err(Failure::unmodelled("`config/config_sub` without a verb")),
                [verb, rest @ ..] => {
                    let app = *FUNCTIONS_VERIFY.at(host.version);
                    config_program::run(host, verb, rest, app, out)
                }
            },
            Self::Helper(Helper::NginxProperty) => nginx::run(host, arguments, out),
            Self::Commands { plugin } => help::run(host, plugin, arguments, out),
            Self::Subcommand { plugin, name } => subcommand(host, plugin, name, arguments, out),
            Self::Trigger { plugin, name } => triggers::run(host, plugin, name, arguments, out),
        }
    }
}

fn reported(
    host: &Host,
    plugin: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let kind = |name, legacy_keys| Kind {
        plugin: name,
        prefix: name,
        legacy_keys,
    };
    match plugin {
        "domains" => {
            let values = |scope: &str| domains::values(host, scope);
            report::run(host, kind("domains", false), arguments, values, out)
        }
        "network" => {
            let values = |scope: &str| network::values(host, scope);
            report::run(host, kind("network", true), arguments, values, out)
        }
        "proxy" => {
            let values = |scope: &str| proxy::values(host, scope);
            report::run(host, kind("proxy", true), arguments, values, out)
        }
        _ => Err(Failure::unmodelled(format!("`dokku {plugin}:report`"))),
    }
}

fn subcommand(
    host: &Host,
    plugin: &str,
    name: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let program = format!("subcommands/{name}");
    let is_modelled = modelled::asked(plugin, &program, host.version);
    // The first argument is the command itself.
    let rest = arguments.get(1..).unwrap_or_default();
    match (plugin, name) {
        _ if !is_modelled => Err(Failure::unmodelled(format!("`dokku {plugin}:{name}`"))),
        ("config", _) => config_program::run(host, name, rest, App::Verified, out),
        ("apps", _) => apps::run(host, name, rest, out),
        ("checks", _) => checks::run(host, name, rest, out),
        ("git", _) => git::run(host, name, rest),
        ("docker-options", _) => docker_options::run(host, name, rest, out),
        ("ports", _) => port_commands::run(host, name, rest, out),
        ("ps", _) => ps::run(host, name, rest, out),
        ("storage", _) => storage::run(host, name, rest, out),
        (_, "report") => reported(host, plugin, rest, out),
        ("network", _) => networks::run(host, name, rest, out),
        ("proxy", _) => proxy_commands::run(host, name, rest, out),
        _ => Err(Failure::unmodelled(format!("`dokku {plugin}:{name}`"))),
    }
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Version> {
    [FUNCTIONS_VERIFY.turns()].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_known_by_its_place() {
        let of = |path: &str| Program::of(Path::new(path));
        assert_eq!(of("/x/common/prop"), Some(Program::Helper(Helper::Prop)));
        assert_eq!(
            of("/x/config/subcommands/get"),
            Some(Program::Subcommand {
                plugin: "config".into(),
                name: "get".into()
            })
        );
        assert_eq!(
            of("/x/apps/commands"),
            Some(Program::Commands {
                plugin: "apps".into()
            })
        );
        for none in [
            "docker",
            "/bin/docker",
            "/x/hello/commands",
            "/x/hello/subcommands/get",
        ] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
