//! What leaves a container carries `$DOKKU_GLOBAL_RUN_ARGS`.

use super::docker::{DockerCall, calls};
use super::kind::{Inspected, finding};
use crate::plugin::Plugin;
use crate::plugin::shell::{Assigned, Word};

/// What carries Dokku's labels.
const CARRIER: &str = "DOKKU_GLOBAL_RUN_ARGS";

/// What the words between `run` and the image say.
#[derive(Clone, Copy, Debug, Default)]
struct Options {
    labelled: bool,
    removed: bool,
    detached: bool,
    kept: bool,
    open: bool,
}

pub(super) fn inspect(plugin: &Plugin) -> Inspected {
    let mut inspected = Inspected::default();
    for call in calls(plugin) {
        let Some((verb, words)) = container_words(&call) else {
            continue;
        };
        let mut options = Options {
            open: call.program.open,
            ..Options::default()
        };
        options.read(plugin, &call, words, 0);
        if options.removed && !options.detached && !options.open {
            continue;
        }
        inspected.looked_at += 1;
        if options.labelled {
            continue;
        }
        let say = |message: String| finding(call.file, Some(call.program.name.line), message);
        if options.kept {
            inspected.doubt(say(format!(
                "`docker {verb}` keeps its container: whether that is an intermediate one can't be told"
            )));
        } else if options.open || options.removed {
            inspected.doubt(say(format!(
                "`docker {verb}` may get ${CARRIER} from a variable"
            )));
        } else {
            inspected.find(say(format!(
                "`docker {verb}` leaves a container without ${CARRIER}, so that `dokku cleanup` does not know it"
            )));
        }
    }
    inspected.doubt_unread(plugin);
    inspected.or_skip("it runs no container that it does not remove")
}

/// `run` or `create`, and the words after it.
fn container_words<'c>(call: &DockerCall<'c>) -> Option<(&'static str, &'c [Word])> {
    let (first, rest) = call.program.arguments.split_first()?;
    let (verb, words) = if first.is("container") {
        rest.split_first()?
    } else {
        (first, rest)
    };
    match verb.literal()?.as_str() {
        "run" => Some(("run", words)),
        "create" => Some(("create", words)),
        _ => None,
    }
}

impl Options {
    fn read(&mut self, plugin: &Plugin, call: &DockerCall<'_>, words: &[Word], depth: u8) {
        let mut skip_next = false;
        for word in words {
            let carries = word.variables().any(|variable| variable.name == CARRIER);
            if carries {
                self.labelled = true;
                return;
            }
            if std::mem::take(&mut skip_next) {
                continue;
            }
            let start = word.known_start();
            if start.starts_with('-') {
                skip_next = self.option(start, word);
            } else if word.spreads() && !is_image(word) {
                self.spread(plugin, call, word, depth);
            } else {
                // The image: what follows is the container's own command.
                return;
            }
        }
    }

    /// Reads one option; true if its value is the next word.
    fn option(&mut self, start: &str, word: &Word) -> bool {
        // An array's element may hold an option and its value in one word.
        let (name, value) = start
            .split_once(['=', ' '])
            .map_or((start, None), |(name, value)| (name, Some(value)));
        match name {
            "--rm" => self.removed = value != Some("false"),
            "--detach" => self.detached = true,
            "--name" | "--restart" => self.kept = true,
            // Labels of the plugin's own choice that name Dokku.
            "--label" | "-l" if value.is_some_and(|value| value.contains("dokku")) => {
                self.kept = true
            }
            _ if !name.starts_with("--") && name.len() <= 4 && name.contains('d') => {
                self.detached = true;
            }
            _ => {}
        }
        let flag = matches!(
            name,
            "--rm"
                | "--detach"
                | "--interactive"
                | "--tty"
                | "--init"
                | "--privileged"
                | "--read-only"
                | "--publish-all"
                | "--no-healthcheck"
                | "--sig-proxy"
                | "--oom-kill-disable"
                | "--quiet"
        ) || !name.starts_with("--")
            && name
                .trim_start_matches('-')
                .chars()
                .all(|c| "ditPq".contains(c));
        !flag && value.is_none() && word.literal().is_some()
    }

    /// Looks up what an array or an unquoted variable holds.
    fn spread(&mut self, plugin: &Plugin, call: &DockerCall<'_>, word: &Word, depth: u8) {
        let Some(variable) = word.variable() else {
            self.open = true;
            return;
        };
        let assigned: Vec<&Assigned> = call
            .script
            .assignments
            .iter()
            .filter(|assignment| {
                assignment.name == variable.name
                    && assignment.site.function == call.invocation.site.function
            })
            .map(|assignment| &assignment.value)
            .collect();
        // What is put together elsewhere, or piece by piece, may hold anything.
        self.open |= assigned.is_empty() || depth > 2;
        if depth > 2 {
            return;
        }
        for value in assigned {
            match value {
                Assigned::Array(words) => self.read(plugin, call, words, depth + 1),
                Assigned::Word(word) => {
                    self.labelled |= word.source.contains(CARRIER);
                    self.kept |=
                        word.source.contains("--name") || word.source.contains("--restart");
                    self.open = true;
                }
                Assigned::Each(_) | Assigned::Unknown => self.open = true,
            }
        }
    }
}

/// True for a variable that by its name holds an image.
fn is_image(word: &Word) -> bool {
    word.variable().is_some_and(|variable| {
        variable.index.is_none() && variable.name.to_ascii_uppercase().contains("IMAGE")
    })
}
