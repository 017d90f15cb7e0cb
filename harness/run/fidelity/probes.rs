//! The plugins that the command lines are about: they show what Dokku gives to a plugin.

use std::collections::BTreeMap;

use crate::world::{App, Blueprint, InstalledPlugin, PluginSource};

/// Answers from `commands` alone, as plugins do in every version.
const PROBE: [(&str, &str); 2] = [
    ("commands", include_str!("probes/commands")),
    ("echo-back", include_str!("probes/echo-back")),
];

/// Answers from subcommands, as plugins do since 0.5.0.
const SUB: [(&str, &str); 3] = [
    ("commands", include_str!("probes/sub-commands")),
    ("subcommands/default", include_str!("probes/show")),
    ("subcommands/world", include_str!("probes/show")),
];

const MANIFEST: &str =
    "[plugin]\ndescription = \"shows what it gets\"\nversion = \"1.0.0\"\n[plugin.config]\n";

/// What is installed besides Dokku's own plugins: `probe` and `sub`, and `core-sub`, which is `sub` as a core plugin.
pub(super) fn plugins() -> Vec<InstalledPlugin> {
    let plugin = |name: &str, files: &[(&str, &str)], core| InstalledPlugin {
        name: name.to_owned(),
        source: PluginSource::Texts(
            files
                .iter()
                .chain(&[("plugin.toml", MANIFEST)])
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect(),
        ),
        core,
    };
    vec![
        plugin("probe", &PROBE, false),
        plugin("sub", &SUB, false),
        plugin("core-sub", &SUB, true),
    ]
}

/// The apps: `foo`, `web`, which is deployed and configured, and two whose names break a rule.
pub(super) fn blueprint() -> Blueprint {
    let app = |name: &str| App {
        name: name.to_owned(),
        ..App::default()
    };
    let config = [
        ("COLOUR", "dark blue"),
        ("QUOTED", "it's $HOME \"now\" or never"),
    ];
    let web = App {
        deployed: true,
        config: config
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        domains: vec!["web.example.com".to_owned()],
        ..app("web")
    };
    Blueprint {
        apps: vec![app("foo"), web, app("Bad_dir"), app("under_score")],
        config: BTreeMap::from([("SHARED".to_owned(), "1".to_owned())]),
        ..Blueprint::default()
    }
}
