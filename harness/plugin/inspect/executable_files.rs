//! What Dokku runs is executable, with an interpreter that exists.

use std::path::Path;

use super::kind::{Inspected, finding};
use crate::dokku::{Version, triggers};
use crate::plugin::{FileKind, Finding, Language, Link, Place, Plugin, PluginFile, Presence};

pub(super) fn inspect(plugin: &Plugin, version: Version) -> Inspected {
    let mut inspected = Inspected::default();
    for file in plugin
        .files()
        .iter()
        .filter(|file| is_run(plugin, file, version))
    {
        inspected.looked_at += 1;
        look(file, &mut inspected);
    }
    for directory in plugin.directories() {
        let in_place = directory == "commands"
            || Path::new(directory)
                .parent()
                .is_some_and(|parent| parent == Path::new("subcommands"));
        if in_place {
            inspected.find(at(
                directory,
                "is a directory, which Dokku tries to execute (\"Is a directory\", status 126)",
            ));
        }
    }
    if let Some(source) = sources(plugin) {
        inspected.doubt(at(
            &source,
            "the plugin is built from source: what its build makes is not there yet",
        ));
    }
    inspected.or_skip("it has nothing that Dokku runs")
}

/// True for what this version of Dokku would try to run.
fn is_run(plugin: &Plugin, file: &PluginFile, version: Version) -> bool {
    match &file.kind {
        FileKind::Commands => true,
        FileKind::Trigger(name) => triggers::exists(name, version),
        FileKind::Subcommand(name) => {
            let text = name.starts_with('.')
                || Path::new(name)
                    .extension()
                    .is_some_and(|extension| extension == "md" || extension == "txt");
            file.executable || !(text || is_sourced(plugin, file))
        }
        _ => false,
    }
}

/// True for a library that other scripts of the plugin source.
fn is_sourced(plugin: &Plugin, file: &PluginFile) -> bool {
    plugin.reached().any(|(from, script)| {
        script.sources().any(|(_, word)| {
            plugin
                .own_file(from, script, word)
                .is_some_and(|found| found.path == file.path)
        })
    })
}

fn look(file: &PluginFile, inspected: &mut Inspected) {
    match file.link {
        Some(Link::Dangling) => {
            return inspected.find(finding(
                file,
                None,
                "is a link that leads nowhere".to_owned(),
            ));
        }
        Some(Link::Outside) => {
            return inspected.doubt(finding(
                file,
                None,
                "is a link that leaves the plugin: it was not looked at".to_owned(),
            ));
        }
        Some(Link::Inside(_)) | None => {}
    }
    if !file.executable {
        return inspected.find(finding(file, None, not_executable(file)));
    }
    match (file.interpreter(), file.language()) {
        (Some(interpreter), _) => match interpreter.presence() {
            Presence::Here => {}
            Presence::Nowhere(name) if interpreter.carriage_return => {
                inspected.find(finding(
                    file,
                    Some(1),
                    format!(
                        "its first line ends with a carriage return, so that it asks for {name}"
                    ),
                ));
            }
            Presence::Nowhere(name) => inspected.find(finding(
                file,
                Some(1),
                format!("its interpreter {name} does not exist"),
            )),
            Presence::NotHere(name) => inspected.doubt(finding(
                file,
                Some(1),
                format!("its interpreter {name} is not on this host; a Dokku host may have it"),
            )),
        },
        (None, Language::Binary) if !file.is_program() => inspected.find(finding(
            file,
            None,
            "is neither a script nor a program: its first bytes are neither `#!` nor an ELF header"
                .to_owned(),
        )),
        (None, Language::Binary) => {}
        (None, _) => inspected.doubt(finding(
            file,
            Some(1),
            "has no `#!` line: what runs it depends on what starts it".to_owned(),
        )),
    }
}

/// What is wrong with a file that is not executable: the bit alone does not help what could not be run with it.
fn not_executable(file: &PluginFile) -> String {
    match file.interpreter().map(|one| one.presence()) {
        Some(Presence::Nowhere(name)) => {
            format!("is not executable, and its interpreter {name} does not exist")
        }
        None if !file.is_program() => "is not executable, and has no `#!` line".to_owned(),
        _ => format!("is not executable: run `chmod +x {}`", file.name),
    }
}

/// The file that shows that the plugin is compiled, unless what is compiled is there already.
fn sources(plugin: &Plugin) -> Option<String> {
    let built = plugin
        .files()
        .iter()
        .any(|file| file.is_entry() && file.is_program());
    if built || plugin.commands_file().is_some() {
        return None;
    }
    plugin
        .files()
        .iter()
        .find(|file| {
            let extension = file
                .path
                .extension()
                .and_then(|extension| extension.to_str());
            matches!(extension, Some("go" | "rs" | "java" | "c" | "cr" | "hs"))
                && !file.path.starts_with("tests")
        })
        .map(|file| file.name.clone())
}

fn at(file: &str, message: &str) -> Finding {
    let place = Place {
        file: file.to_owned(),
        line: None,
    };
    Finding::new(place, message.to_owned())
}
