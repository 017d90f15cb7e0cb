//! The versions in which the imitated Dokku changed.

use std::collections::BTreeSet;

use super::core;
use super::{
    Version, arguments, auth, command, dispatch, early, environment, help, host_settings, messages,
    plugn, ssh, statuses, user,
};

/// The versions in which something changed that every plugin meets: how a command is dispatched, what its environment
/// is, where Dokku keeps its files.
#[must_use]
pub fn turns() -> BTreeSet<Version> {
    let mut turns: BTreeSet<Version> = core::turns().collect();
    turns.extend(arguments::turns());
    turns.extend(auth::turns());
    turns.extend(command::turns());
    turns.extend(dispatch::turns());
    turns.extend(early::turns());
    turns.extend(environment::turns());
    turns.extend(help::turns());
    turns.extend(host_settings::turns());
    turns.extend(messages::turns());
    turns.extend(plugn::turns());
    turns.extend(ssh::turns());
    turns.extend(statuses::turns());
    turns.extend(user::turns());
    turns
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use walkdir::WalkDir;

    use super::*;

    #[test]
    fn every_version_is_a_release() {
        let releases = crate::dokku::releases();
        for turn in turns() {
            assert!(
                turn < Version::OLDEST || releases.contains(&turn),
                "{turn} was never released"
            );
        }
    }

    /// What one forgets here is a change that no forecast sees.
    #[test]
    fn no_timeline_is_forgotten() {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("harness/dokku");
        for entry in WalkDir::new(sources) {
            let path = entry.unwrap().into_path();
            if path.extension().is_none_or(|end| end != "rs") || path.ends_with("timeline.rs") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for line in text.lines().filter(|line| line.contains(": Timeline<")) {
                let Some(name) = line
                    .strip_prefix("const ")
                    .or_else(|| line.strip_prefix("pub(super) const "))
                else {
                    continue;
                };
                let name = name.split(':').next().unwrap();
                let turns = format!("{name}.turns()");
                assert!(text.contains(&turns), "{} of {}", name, path.display());
            }
        }
    }
}
