//! Which files the core plugins consist of.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::{programs, shell, table};
use crate::dokku::{Span, Timeline, Version};

/// The file below DOKKU_LIB_ROOT that tells the core programs which version they imitate: its text, without a newline.
/// It lies beside `core-plugins/available`, where no plugin looks.
pub const VERSION_FILE: &str = "core-plugins/.version";

const PLUGINS: &str = include_str!("../data/plugins.tsv");

/// One file of a core plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreFile {
    /// Its path below `core-plugins/available`, such as `common/functions`.
    pub path: PathBuf,
    /// Its permission bits.
    pub mode: u32,
    /// What is in it.
    pub content: Content,
}

/// What a core file is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// This text.
    Text(String),
    /// The harness's own program, which tells by the path it was executed under what it is to be.
    Program,
}

/// The files of the core plugins of a version. Each plugin that the version had is there, with its `plugin.toml`.
#[must_use]
pub fn files(version: Version) -> Vec<CoreFile> {
    let manifests = plugins(version).map(|plugin| CoreFile {
        path: PathBuf::from(plugin).join("plugin.toml"),
        mode: 0o644,
        content: Content::Text(manifest(plugin, version)),
    });
    let scripts = shell::programs(version);
    let executed = programs::programs(version)
        .filter(|path| !scripts.contains_key(path))
        .map(|path| CoreFile {
            path: PathBuf::from(path),
            mode: 0o755,
            content: Content::Program,
        })
        .collect::<Vec<_>>();
    let shell = shell::files(version)
        .into_iter()
        .chain(scripts)
        .map(|(path, text)| CoreFile {
            path: PathBuf::from(path),
            mode: 0o755,
            content: Content::Text(text),
        });
    manifests.chain(shell).chain(executed).collect()
}

/// The names of the core plugins of a version.
pub fn plugins(version: Version) -> impl Iterator<Item = &'static str> {
    known()
        .iter()
        .filter(move |(_, span)| span.contains(version))
        .map(|(name, _)| *name)
}

/// The versions in which a core plugin came or went.
pub(super) fn plugin_turns() -> impl Iterator<Item = Version> {
    known().iter().flat_map(|(_, span)| span.turns())
}

/// The name, if a core plugin of any version bears it.
pub(super) fn is_plugin(name: &str) -> Option<&'static str> {
    known()
        .iter()
        .map(|(known, _)| *known)
        .find(|known| *known == name)
}

fn known() -> &'static [(&'static str, Span)] {
    static KNOWN: OnceLock<Vec<(&str, Span)>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        table::rows(PLUGINS)
            .filter_map(|row| {
                let [name, first, last] = table::cells(row)?;
                Some((name, table::span(first, last)?))
            })
            .collect()
    })
}

/// What core plugins are called where it is not their name.
const SUBJECTS: &[(&str, &str)] = &[
    ("00_dokku-standard", "standard"),
    ("20_events", "events logging"),
    ("certs", "certificate management"),
    ("named-containers", "named containers"),
];

/// Core plugins whose manifests nobody kept up.
const FORGOTTEN: &[(&str, &str)] = &[("builds", "0.34.0"), ("named-containers", "0.4.0.1")];

/// What the manifests of the core plugins say for a version, or none where that is Dokku's own: they kept that of their
/// first release until one of the next replaced it.
const MANIFESTS_SAY: Timeline<Option<Version>> =
    Timeline::new(Some(Version::OLDEST), &[(Version::new(0, 5, 1), None)]);

fn manifest(plugin: &str, version: Version) -> String {
    let subject = SUBJECTS.iter().find(|(name, _)| *name == plugin);
    let subject = subject.map_or(plugin, |(_, subject)| subject);
    let version = MANIFESTS_SAY.at(version).unwrap_or(version);
    let forgotten = FORGOTTEN.iter().find(|(name, _)| *name == plugin);
    let version =
        forgotten.map_or_else(|| version.to_string(), |(_, version)| (*version).to_owned());
    format!(
        "[plugin]\ndescription = \"dokku core {subject} plugin\"\nversion = \"{version}\"\n[plugin.config]\n"
    )
}

/// The versions in which something changed here that is not told file by file.
pub(super) fn turns() -> impl Iterator<Item = Version> {
    MANIFESTS_SAY.turns().into_iter()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_path_is_there_twice_and_every_file_belongs_to_a_plugin_of_the_version() {
        for version in ["0.4.0", "0.5.0", "0.12.0", "0.20.0", "0.30.0", "0.38.27"] {
            let version = version.parse().unwrap();
            let known: BTreeSet<_> = plugins(version).collect();
            let mut seen = BTreeSet::new();
            for file in files(version) {
                let plugin = file.path.iter().next().unwrap().to_str().unwrap();
                assert!(known.contains(plugin), "{version}: {}", file.path.display());
                assert!(
                    seen.insert(file.path.clone()),
                    "{version}: {}",
                    file.path.display()
                );
            }
        }
    }

    #[test]
    fn plugins_come_and_go() {
        let has = |name, version: Version| plugins(version).any(|plugin| plugin == name);
        assert!(has("tags", Version::new(0, 25, 7)) && !has("tags", Version::new(0, 26, 0)));
        assert!(has("scheduler-k3s", Version::NEWEST));
    }
}
