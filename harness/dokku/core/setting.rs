//! `<plugin>:set`: one property of an app or of the host, as the core plugins that are written in Go take it.

use std::io::Write;

use super::app_name;
use super::failure::Failure;
use super::host::Host;
use super::properties::Properties;
use super::say;

/// Which properties a plugin has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    /// The name under which the plugin keeps them.
    pub(super) plugin: &'static str,
    /// Those that an app can have.
    pub(super) own: &'static [&'static str],
    /// Those that the host can have for all apps.
    pub(super) shared: &'static [&'static str],
}

impl Settings {
    /// Sets a property of an app, or of `--global`; an empty value takes it away.
    pub(super) fn set(
        &self,
        host: &Host,
        scope: &str,
        name: &str,
        value: &str,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        if scope == "--global" {
            if !self.shared.contains(&name) {
                return Err(Failure::new("Property cannot be specified globally"));
            }
        } else {
            app_name::verify(host, scope)?;
        }
        if name.is_empty() {
            return Err(Failure::new("No property specified"));
        }
        let mut known: Vec<&str> = [self.own, self.shared].concat();
        known.sort_unstable();
        known.dedup();
        if !known.contains(&name) {
            let known = known.join(", ");
            let text = format!("Invalid property specified, valid properties include: {known}");
            return Err(Failure::new(text));
        }
        let properties = Properties::new(&host.lib, self.plugin, scope);
        if value.is_empty() {
            say::head_unless_quiet(host, out, &format!("Unsetting {name}"));
            properties.delete(name)
        } else {
            say::head_unless_quiet(host, out, &format!("Setting {name} to {value}"));
            properties.set(name, value)
        }
    }
}
