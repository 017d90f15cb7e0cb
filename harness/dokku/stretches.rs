//! Versions of a list that follow each other in it.

use super::Version;

/// Some of the versions of a list, as the first and the last of each stretch in which none of the list is missing.
#[must_use]
pub fn stretches(some: &[Version], all: &[Version]) -> Vec<(Version, Version)> {
    let mut stretches: Vec<(Version, Version)> = Vec::new();
    let mut goes_on = false;
    for version in all {
        let is_one = some.contains(version);
        match stretches.last_mut().filter(|_| goes_on) {
            Some(stretch) if is_one => stretch.1 = *version,
            None if is_one => stretches.push((*version, *version)),
            _ => {}
        }
        goes_on = is_one;
    }
    stretches
}
