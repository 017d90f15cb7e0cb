//! The checkout of the plugin that its tests run in, and the checkout of Dokku that old suites look for within it.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use super::super::Trial;
use crate::world::{Layout, copy_tree};

/// Below a world's root: where the plugin's own checkout lies, beside the installed plugin.
const CHECKOUT: &str = "home/suite";

/// Below a world's root: the plugin's own checkout.
pub(super) fn place_of(trial: &Trial) -> String {
    format!("{CHECKOUT}/{}", trial.plugin.name())
}

/// Copies the plugin to its checkout, and lays a Dokku in it where its tests look for one of their own. True if they do.
///
/// # Errors
/// If the world can't be written.
pub(super) fn check_out(layout: &Layout, trial: &Trial) -> io::Result<bool> {
    let plugin = &trial.plugin;
    let checkout = layout.root().join(place_of(trial));
    copy_tree(plugin.root(), &checkout)?;
    let Some(folder) = plugin.suite_dokku() else {
        return Ok(false);
    };
    let place = checkout.join(&folder);
    // Where a link of the plugin leads out of the checkout, nothing is laid.
    let parent = place.parent().and_then(|parent| parent.canonicalize().ok());
    let is_within = parent.is_some_and(|parent| {
        let checkout = checkout.canonicalize();
        checkout.is_ok_and(|checkout| parent.starts_with(checkout))
    });
    let is_free = place.symlink_metadata().is_err();
    if is_within && is_free {
        lay(layout, trial, &place)?;
    }
    Ok(is_within && is_free)
}

/// Lays what `git clone` of Dokku's repository brings, as far as a plugin's tests use it, with the plugin among its
/// plugins, as the `tests/setup.sh` of such suites does.
fn lay(layout: &Layout, trial: &Trial, place: &Path) -> io::Result<()> {
    let plugins = place.join("plugins");
    let seen = layout.seen();
    for folder in ["available", "enabled"] {
        fs::create_dir_all(plugins.join(folder))?;
    }
    // Who is called by a path that is not the world's own is not known for what it is.
    let dokku = format!(
        "#!/bin/sh\nexec '{}' \"$@\"\n",
        seen.bin().join("dokku").display()
    );
    let script = place.join("dokku");
    fs::write(&script, dokku)?;
    fs::set_permissions(&script, Permissions::from_mode(0o755))?;
    fs::write(place.join("VERSION"), format!("v{}\n", trial.version))?;
    let core = "available";
    for entry in fs::read_dir(layout.core_plugins().join(core))? {
        let name = entry?.file_name();
        symlink(
            seen.core_plugins().join(core).join(&name),
            plugins.join(&name),
        )?;
        enable(&plugins, Path::new(&name))?;
    }
    let name = trial.plugin.name();
    copy_tree(trial.plugin.root(), &plugins.join(name))?;
    enable(&plugins, Path::new(name))
}

fn enable(plugins: &Path, name: &Path) -> io::Result<()> {
    for folder in ["available", "enabled"] {
        symlink(Path::new("..").join(name), plugins.join(folder).join(name))?;
    }
    Ok(())
}
