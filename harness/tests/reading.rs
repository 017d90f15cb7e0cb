//! A plugin, read in every way that there is.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use dokku_conform::dokku::Version;
use dokku_conform::plugin::{Inspection, Manifest, OpenError, Place, Plugin};
use tempfile::TempDir;

/// A plugin called `hello` of these files, all of them executable; goes away with the value.
pub(crate) fn plugin(files: &[(&str, &[u8])]) -> TempDir {
    let folder = super::scratch::scratch();
    let root = folder.path().join("hello");
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

/// Opens the plugin in a folder and asks it all that can be asked; every place that it tells is there.
pub(crate) fn read(folder: &Path) -> Result<Plugin, OpenError> {
    let plugin = Plugin::open(&folder.join("hello"), None)
        .inspect_err(|error| assert!(!error.to_string().contains(char::is_control)))?;
    let is_there = |place: &Place| is_there(&plugin, place);
    plugin
        .help_lines()
        .iter()
        .for_each(|line| is_there(&line.place));
    plugin
        .commands()
        .iter()
        .for_each(|command| is_there(&command.place));
    plugin
        .api_uses()
        .iter()
        .for_each(|one| is_there(&one.place));
    for version in [Version::OLDEST, Version::NEWEST] {
        for inspection in Inspection::ALL {
            let inspected = plugin.inspect(*inspection, version);
            let findings = inspected.findings.iter().chain(&inspected.unknown);
            findings.for_each(|finding| is_there(&finding.place));
        }
    }
    if let Manifest::Broken {
        line: Some(line), ..
    } = plugin.manifest()
    {
        is_there(&Place {
            file: "plugin.toml".to_owned(),
            line: Some(*line),
        });
    }
    Ok(plugin)
}

fn is_there(plugin: &Plugin, place: &Place) {
    let file = plugin.files().iter().find(|file| file.name == place.file);
    match (file, place.line) {
        (Some(file), Some(line)) => {
            let text = file.text().unwrap_or_else(|why| panic!("{place}: {why}"));
            let lines = text.split('\n').count();
            assert!((1..=lines).contains(&(line as usize)), "{place} of {lines}");
        }
        (None, Some(_)) => panic!("no file for {place}"),
        (_, None) => {}
    }
}
