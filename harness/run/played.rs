//! Which of the plugin's files the steps of a case run.

use std::collections::BTreeMap;

use super::attempt::Play;
use crate::plugin::{FileKind, PluginFile};
use crate::spec::Run;

/// The plugin's files that the steps of a case start, and those that these source or run, as far as the text tells; each
/// once. A step whose words can't be filled starts none.
pub(super) fn files<'p>(play: &Play<'p>) -> Vec<&'p PluginFile> {
    let plugin = &play.trial.plugin;
    let runs = play
        .steps
        .iter()
        .filter_map(|step| step.run.fill(&play.trial.values).ok());
    let mut files: BTreeMap<&str, &PluginFile> = BTreeMap::new();
    for run in runs {
        let started = plugin
            .files()
            .iter()
            .filter(|file| starts(&run, file, play));
        for file in started.flat_map(|file| plugin.behind(file)) {
            files.insert(&file.name, file);
        }
    }
    files.into_values().collect()
}

/// True if the step starts this file itself.
fn starts(run: &Run<String>, file: &PluginFile, play: &Play<'_>) -> bool {
    match run {
        // A command that no subcommand answers goes to `commands`.
        Run::Dokku { args } => match &file.kind {
            FileKind::Commands => true,
            FileKind::Subcommand(_) => args
                .iter()
                .any(|word| play.trial.plugin.answers(file, word)),
            _ => false,
        },
        Run::File { file: name, .. } | Run::Source { file: name } => file.name == *name,
        Run::Trigger { trigger, .. } => {
            matches!(&file.kind, FileKind::Trigger(name) if name == trigger)
        }
        Run::Program { args, .. } => {
            let path = format!("./{}", file.name);
            args.iter().any(|word| word.contains(&path))
        }
    }
}
