//! What an instruction of a Dockerfile says of an image's configuration.

use super::super::daemon::container::Config;
use super::super::daemon::{Done, Trouble, overlay};
use super::super::setting::with_protocol;

/// Applies an instruction.
///
/// # Errors
/// If it does more than say something of the configuration, or what it says is not understood.
pub(super) fn apply(config: &mut Config, word: &str, rest: &str) -> Done<()> {
    let rest = rest.trim();
    let word = word.to_uppercase();
    let unmodelled = || Trouble::Unmodelled(format!("the instruction `{word}` of a Dockerfile"));
    if rest.contains('$') {
        return Err(unmodelled());
    }
    match word.as_str() {
        "CMD" => config.command = Some(command(rest)),
        "ENTRYPOINT" => {
            config.entrypoint = Some(command(rest));
            config.command = None;
        }
        "ENV" => {
            let own = assignments(rest).ok_or_else(unmodelled)?;
            config.env = overlay(&config.env, &own);
        }
        "LABEL" => {
            for label in assignments(rest).ok_or_else(unmodelled)? {
                let (name, value) = label.split_once('=').ok_or_else(unmodelled)?;
                config.labels.insert(name.to_owned(), value.to_owned());
            }
        }
        "EXPOSE" => config
            .exposed
            .extend(rest.split_whitespace().map(with_protocol)),
        "VOLUME" => config.volumes.extend(command_words(rest)),
        "WORKDIR" if rest.starts_with('/') => rest.clone_into(&mut config.working_dir),
        "USER" => rest.clone_into(&mut config.user),
        "STOPSIGNAL" => rest.clone_into(&mut config.stop_signal),
        "MAINTAINER" => {}
        _ => return Err(unmodelled()),
    }
    Ok(())
}

/// A command in the form of a list, or for the shell.
fn command(rest: &str) -> Vec<String> {
    serde_json::from_str(rest)
        .unwrap_or_else(|_| vec!["/bin/sh".into(), "-c".into(), rest.to_owned()])
}

fn command_words(rest: &str) -> Vec<String> {
    serde_json::from_str(rest)
        .unwrap_or_else(|_| rest.split_whitespace().map(str::to_owned).collect())
}

/// `name=value` words, or the old form of one name and one value.
fn assignments(rest: &str) -> Option<Vec<String>> {
    let words = shell_words::split(rest).ok()?;
    if words.iter().all(|word| word.contains('=')) {
        return Some(words);
    }
    let (name, value) = rest.split_once(char::is_whitespace)?;
    Some(vec![format!("{name}={}", value.trim())])
}
