//! The exit statuses that mean something to Dokku, version by version.

use super::{Timeline, Version};

/// The status by which `commands` declines a command: `DOKKU_NOT_IMPLEMENTED_EXIT`.
pub const NOT_IMPLEMENTED: u8 = 10;

/// The status by which `commands` says that it has answered: `DOKKU_VALID_EXIT`.
pub const VALID: u8 = 0;

/// What `verify_app_name` ends with for an app that does not exist.
const APP_MISSING: Timeline<u8> = Timeline::new(1, &[(Version::new(0, 24, 0), 20)]);

/// What `verify_app_name` of a version ends with for an app that does not exist.
#[must_use]
pub fn app_missing(version: Version) -> u8 {
    *APP_MISSING.at(version)
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Version> {
    [APP_MISSING.turns()].into_iter().flatten()
}
