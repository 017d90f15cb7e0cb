//! `plugn`, which keeps Dokku's plugins and calls their triggers.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::child::{Script, is_executable, say, say_error};
use super::dispatch::library;
use super::ended::Ended;
use super::glob::visible_entries;
use super::host::version_of;
use super::plugin_toml;
use super::timeline::Timeline;
use super::turns::Turn;
use super::update::Checkout;
use super::variables::Variables;
use super::version::Version;

const fn v(minor: u16, patch: u16) -> Version {
    Version::new(0, minor, patch)
}

/// The version of plugn that Dokku's own packages were built with. A host may have had another.
const RELEASES: Timeline<&str> = Timeline::new(
    "0.1.0",
    &[
        (v(4, 4), "0.2.0"),
        (v(4, 8), "0.2.1"),
        (v(7, 2), "0.2.2"),
        (v(8, 2), "0.3.0"),
        (v(15, 0), "0.3.2"),
        (v(21, 0), "0.5.0"),
        (v(22, 1), "0.5.1"),
        (v(22, 4), "0.6.0"),
        (v(22, 9), "0.6.1"),
        (v(27, 0), "0.8.2"),
        (v(28, 0), "0.12.0"),
        (v(33, 8), "0.13.0"),
        (v(34, 7), "0.15.3"),
        (v(35, 18), "0.16.0"),
        (v(38, 0), "0.17.0"),
        (v(38, 26), "0.17.1"),
    ],
);

/// What is looked at before a trigger is run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Test {
    /// Whether it can be executed, as a folder can; every plugin's configuration is exported first.
    Executable,
    /// Whether it is a file; one that can't be executed is told of and passed over.
    File,
}

const TEST: Timeline<Test> = Timeline::new(Test::Executable, &[(v(28, 0), Test::File)]);

/// The words that ask for the version, and that need no PLUGIN_PATH.
const VERSION_WORDS: Timeline<&[&str]> = Timeline::new(
    &[],
    &[
        (v(28, 0), &["version"]),
        (v(35, 18), &["version", "--version", "-v"]),
    ],
);

/// Whether `update` fetches, and pulls the branch that is checked out. Before, it went by way of `master`.
const FETCHES: Timeline<bool> = Timeline::new(false, &[(v(34, 7), true)]);

/// One run of `plugn`.
struct Plugn<'a> {
    called_as: &'a Path,
    dokku: Version,
    variables: Variables,
}

/// The commands and what each is for.
const COMMANDS: &[(&str, &str)] = &[
    ("config", "Plugin configuration"),
    ("disable", "Disable a plugin"),
    ("enable", "Enable a plugin"),
    ("help", "Shows help information for a command"),
    ("init", "Initialize an empty plugin path"),
    ("install", "Install a new plugin from a Git URL"),
    ("list", "List all local plugins"),
    ("source", "Source commands for sourcable plugins"),
    ("trigger", "Triggers hook in enabled plugins"),
    ("uninstall", "Remove plugin from available plugins"),
    (
        "update",
        "Update plugin and optionally pin to commit/tag/branch",
    ),
    ("version", "Show version"),
];

/// The commands of `plugn config`.
const CONFIG_COMMANDS: &[(&str, &str)] = &[
    ("export", "Export plugin configuration"),
    ("get", "Get plugin configuration"),
    ("set", "Set plugin configuration"),
];

/// Runs a command line of `plugn` and gives the exit status.
pub(super) fn run(called_as: &Path, arguments: &[OsString]) -> u8 {
    let variables = Variables::inherited();
    let root = match variables.has("DOKKU_LIB_ROOT") {
        true => PathBuf::from(variables.get("DOKKU_LIB_ROOT")),
        false => library(&variables),
    };
    let dokku = match version_of(&root) {
        Ok(version) => version,
        Err(sentence) => {
            say_error(format!("plugn: {sentence}").as_bytes());
            return 1;
        }
    };
    let mut plugn = Plugn {
        called_as,
        dokku,
        variables,
    };
    match plugn.run(arguments) {
        Ok(()) => 0,
        Err(Ended(status)) => status,
    }
}

impl Plugn<'_> {
    fn run(&mut self, arguments: &[OsString]) -> Result<(), Ended> {
        let release = *RELEASES.at(self.dokku);
        self.variables.export("PLUGN_VERSION", release);
        if let (Ok(text), Ok(here)) = (fs::read(".plugn"), std::env::current_dir()) {
            self.variables
                .export("PLUGIN_PATH", here.join(OsString::from_vec(text)));
        }
        let (command, rest) = match arguments.split_first() {
            Some((command, rest)) => (command.as_os_str(), rest),
            None => (OsStr::new(""), arguments),
        };
        let versions = VERSION_WORDS.at(self.dokku);
        if versions.iter().any(|word| command == *word) {
            return self.version();
        }
        if !self.variables.has("PLUGIN_PATH") {
            say(b"!! PLUGIN_PATH is not set in environment");
            return Err(Ended(2));
        }
        let argument = |index: usize| rest.get(index).map_or(OsStr::new(""), OsString::as_os_str);
        match command.as_bytes() {
            b"trigger" => self.trigger(argument(0), rest.get(1..).unwrap_or_default()),
            b"version" => self.version(),
            b"list" => self.list(),
            b"enable" => self.enable(argument(0)),
            b"disable" => self.disable(argument(0)),
            b"init" => self.init(),
            b"uninstall" => self.uninstall(argument(0)),
            b"source" => self.source(),
            b"config" => self.config(rest),
            b"help" if rest.is_empty() => usage(OsStr::new(""), None, COMMANDS),
            b"install" => self.install(argument(0), argument(1)),
            b"update" if *FETCHES.at(self.dokku) => {
                let folder = self.path("available").join(argument(0));
                Checkout::new(self.script(), argument(0), folder).update(argument(1))
            }
            b"update" | b"help" => Err(self.unmodelled(command)),
            _ => usage(command, None, COMMANDS),
        }
    }

    fn script(&self) -> Script<'_> {
        Script {
            name: self.called_as,
            variables: &self.variables,
        }
    }

    fn path(&self, below: &str) -> PathBuf {
        Path::new(self.variables.get("PLUGIN_PATH")).join(below)
    }

    fn unmodelled(&self, command: &OsStr) -> Ended {
        Ended(
            self.script()
                .unmodelled(&format!("plugn {}", command.to_string_lossy())),
        )
    }

    fn version(&self) -> Result<(), Ended> {
        say(self.variables.expand("plugn: $PLUGN_VERSION").as_bytes());
        Ok(())
    }

    /// Runs the trigger of each enabled plugin that has it, in order, until one fails. They share one standard input.
    fn trigger(&mut self, hook: &OsStr, arguments: &[OsString]) -> Result<(), Ended> {
        let test = *TEST.at(self.dokku);
        super::core::note_looked(None, &hook.to_string_lossy(), self.dokku);
        for plugin in visible_entries(&self.path("enabled")) {
            let name = plugin.file_name().unwrap_or_default().to_owned();
            let mut file = plugin.into_os_string();
            file.push("/");
            file.push(hook);
            let path = Path::new(&file);
            if test == Test::File && !path.is_file() {
                continue;
            }
            let executable = is_executable(path);
            if test == Test::Executable || executable {
                self.export_config(&name);
            }
            if executable {
                Ended::unless_zero(self.script().run(&file, arguments))?;
            } else if test == Test::File {
                say_error(
                    &[
                        b"Trigger '",
                        hook.as_bytes(),
                        b"' is not executable, skipping plugin (",
                        name.as_bytes(),
                        b")",
                    ]
                    .concat(),
                );
            }
        }
        Ok(())
    }

    /// Exports the plugin's configuration to its trigger, and to those of the plugins after it.
    fn export_config(&mut self, plugin: &OsStr) {
        match self.configured(plugin) {
            Ok(settings) => {
                for setting in settings {
                    let value = self.variables.get(&setting.override_name).to_owned();
                    let value = if value.is_empty() {
                        setting.value.into()
                    } else {
                        value
                    };
                    self.variables.export(&setting.name, value);
                }
            }
            Err(complaint) => say_error(complaint.as_bytes()),
        }
    }

    /// The settings that the plugin declares, with the values that the host gave them.
    fn configured(&self, plugin: &OsStr) -> Result<Vec<Setting>, String> {
        let declared = self.path("available").join(plugin).join("plugin.toml");
        let keys = plugin_toml::config_keys(&declared)?;
        let given = plugin_toml::read(&self.path("config.toml")).unwrap_or_default();
        let plugin = plugin.to_string_lossy();
        let as_variable = |text: &str| text.replace('-', "_").to_uppercase();
        let setting = |key: String| Setting {
            name: format!("CONFIG_{}", as_variable(&key)),
            override_name: format!("{}_{}", as_variable(&plugin), as_variable(&key)),
            value: plugin_toml::text_at(&given, &plugin, &key).unwrap_or_default(),
        };
        Ok(keys.into_iter().map(setting).collect())
    }

    fn list(&self) -> Result<(), Ended> {
        for plugin in visible_entries(&self.path("available")) {
            let name = plugin.file_name().unwrap_or_default();
            let status = match self.path("enabled").join(name).exists() {
                true => "enabled",
                false => "disabled",
            };
            let table = plugin_toml::read(&plugin.join("plugin.toml"));
            if let Err(complaint) = &table {
                say_error(complaint.as_bytes());
            }
            let table = table.unwrap_or_default();
            let of = |key| plugin_toml::text_at(&table, "plugin", key).unwrap_or_default();
            let name = name.to_string_lossy();
            let line = format!(
                "  {name:<20} {:<5} {status:<10} {}",
                of("version"),
                of("description")
            );
            say(line.as_bytes());
        }
        Ok(())
    }

    /// Clones a plugin that lies on this host with git. One from elsewhere, one that is an archive and one that is
    /// there already are not modelled.
    fn install(&self, url: &OsStr, name: &OsStr) -> Result<(), Ended> {
        let text = url.to_string_lossy();
        let is_here = text.starts_with("file:") || text.starts_with('/');
        let is_archive = [".tar.gz", ".tgz"].iter().any(|end| text.ends_with(end));
        let file = text.rsplit('/').next().unwrap_or_default();
        let stem = file.split('.').next().unwrap_or_default();
        let name = match name.is_empty() {
            true => OsStr::new(stem),
            false => name,
        };
        let available = self.path("available");
        if !is_here || is_archive || available.join(name).exists() {
            return Err(self.unmodelled(OsStr::new("install")));
        }
        let arguments = [
            "-C".into(),
            available.into_os_string(),
            "clone".into(),
            url.to_owned(),
            name.to_owned(),
        ];
        match self.script().run(OsStr::new("git"), &arguments) {
            0 => Ok(()),
            status => Err(Ended(status)),
        }
    }

    /// Links the plugin, be it there or not.
    fn enable(&self, plugin: &OsStr) -> Result<(), Ended> {
        let enabled = self.path("enabled");
        let link = enabled.join(plugin);
        let linked = fs::create_dir_all(&enabled)
            .and_then(|()| match link.symlink_metadata() {
                // `ln -fs` puts the link into what is a folder, and replaces what is not.
                Ok(_) if link.is_dir() => Ok(link.join(plugin)),
                Ok(_) => fs::remove_file(&link).map(|()| link),
                Err(_) => Ok(link),
            })
            .and_then(|link| {
                let _ = fs::remove_file(&link);
                symlink(self.path("available").join(plugin), link)
            });
        self.or_complain(linked)
    }

    fn disable(&self, plugin: &OsStr) -> Result<(), Ended> {
        let enabled = self.path("enabled");
        let removed =
            fs::create_dir_all(&enabled).and_then(|()| fs::remove_file(enabled.join(plugin)));
        self.or_complain(removed)
    }

    fn uninstall(&self, plugin: &OsStr) -> Result<(), Ended> {
        for folder in ["enabled", "available"] {
            let path = self.path(folder).join(plugin);
            let removed = match path.symlink_metadata() {
                Ok(found) if found.is_dir() => fs::remove_dir_all(&path),
                Ok(_) => fs::remove_file(&path),
                Err(_) => Ok(()),
            };
            self.or_complain(removed)?;
        }
        Ok(())
    }

    fn init(&self) -> Result<(), Ended> {
        let made = fs::create_dir_all(self.path(""))
            .and_then(|()| {
                fs::OpenOptions::new()
                    .create(true)
                    .append(true)
                    .open(self.path("config.toml"))
            })
            .and_then(|_| fs::create_dir_all(self.path("enabled")))
            .and_then(|()| fs::create_dir_all(self.path("available")));
        self.or_complain(made)?;
        say(self
            .variables
            .expand("Initialized empty Plugn plugin path in $PLUGIN_PATH")
            .as_bytes());
        Ok(())
    }

    /// Prints the lines that source what plugins offer to shells.
    fn source(&self) -> Result<(), Ended> {
        for plugin in visible_entries(&self.path("enabled")) {
            let mut name = plugin.file_name().unwrap_or_default().to_owned();
            name.push(".sh");
            let file = plugin.join(name);
            if file.is_file() {
                say(&[b"source ", file.as_os_str().as_bytes()].concat());
            }
        }
        Ok(())
    }

    fn config(&self, arguments: &[OsString]) -> Result<(), Ended> {
        let argument = |index: usize| {
            arguments
                .get(index)
                .map_or(OsStr::new(""), OsString::as_os_str)
        };
        let plugin = argument(1);
        let key = argument(2).to_string_lossy();
        match argument(0).as_bytes() {
            b"get" => {
                let given = self.or_explain(plugin_toml::read(&self.path("config.toml")))?;
                let plugin = plugin.to_string_lossy();
                if !given.contains_key(plugin.as_ref()) {
                    let gone = "interface {} is nil, not map[string]interface {}";
                    say_error(format!("panic: interface conversion: {gone}").as_bytes());
                    return Err(Ended(2));
                }
                let value = plugin_toml::text_at(&given, &plugin, &key);
                say(value.as_deref().unwrap_or("<nil>").as_bytes());
                Ok(())
            }
            b"export" => {
                for setting in self.or_explain(self.configured(plugin))? {
                    let Setting {
                        name,
                        override_name,
                        value,
                    } = setting;
                    say(format!("export {name}=\"${{{override_name}:-\"{value}\"}}\"").as_bytes());
                }
                Ok(())
            }
            b"set" => Err(self.unmodelled(OsStr::new("config set"))),
            other => usage(
                OsStr::from_bytes(other),
                Some("Plugin configuration"),
                CONFIG_COMMANDS,
            ),
        }
    }

    fn or_complain(&self, result: io::Result<()>) -> Result<(), Ended> {
        result.map_err(|error| {
            self.script()
                .complain(OsStr::new("plugn"), &error.to_string());
            Ended(1)
        })
    }

    fn or_explain<T>(&self, result: Result<T, String>) -> Result<T, Ended> {
        result.map_err(|complaint| {
            say_error(complaint.as_bytes());
            Ended(1)
        })
    }
}

/// One setting of a plugin, as its triggers get it.
struct Setting {
    /// The variable that they get.
    name: String,
    /// The variable of the caller that goes before the value.
    override_name: String,
    value: String,
}

/// Lists the commands: in answer to one that there is not, or to none.
fn usage(command: &OsStr, title: Option<&str>, commands: &[(&str, &str)]) -> Result<(), Ended> {
    if !command.is_empty() {
        say(&[b"No such command: ", command.as_bytes()].concat());
    } else if let Some(title) = title {
        say(title.as_bytes());
    }
    say(b"");
    say(b"Available commands:");
    for (name, purpose) in commands {
        say(format!("  {name:<28} {purpose}").as_bytes());
    }
    say(b"");
    match command.is_empty() {
        true => Ok(()),
        false => Err(Ended(2)),
    }
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Turn> {
    let of_version = [RELEASES.turns(), VERSION_WORDS.turns()];
    let of_update = Turn::seen_by(&["plugn update", "plugin:update"], FETCHES.turns());
    Turn::of_all(TEST.turns())
        .chain(of_update)
        .chain(Turn::seen_by(
            &[
                "plugn version",
                "plugn --version",
                "plugn -v",
                "plugn \"",
                "plugn $",
                "PLUGN",
            ],
            of_version.into_iter().flatten(),
        ))
}
