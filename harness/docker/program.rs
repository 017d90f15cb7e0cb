//! What a program in a container does, as far as that can be known without running it.

use super::daemon::container::{Container, Line, Phase};
use super::daemon::mount::Place;
use super::daemon::network::PREDEFINED;
use super::daemon::{Fate, State};
use super::rules::{Outcome, Rules, is_named};

/// What a program did, or that it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ran {
    Ended(Ended),
    /// It runs on; what it has written is known only from a rule.
    Stays(Option<Vec<Line>>),
    /// Nobody knows.
    Unknown,
}

/// What a program did that has ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) status: u8,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Ended {
    fn silently(status: u8) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// What it wrote, line by line.
    pub(super) fn lines(&self) -> Vec<Line> {
        lines(&self.stdout, &self.stderr)
    }
}

fn lines(stdout: &str, stderr: &str) -> Vec<Line> {
    let of = |text: &str, is_error: bool| -> Vec<Line> {
        let line = |text: &str| Line {
            is_error,
            text: text.to_owned(),
            at: 0,
        };
        text.lines().map(line).collect()
    };
    [of(stdout, false), of(stderr, true)].concat()
}

/// Whether somebody waits for a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ground {
    Front,
    Back,
}

impl Ran {
    /// What becomes of a container that runs this, and what it writes.
    pub(super) fn fate(&self, container: &Container) -> (Fate, Option<Vec<Line>>) {
        match self {
            Self::Ended(ended) => (Fate::Ends(ended.status), Some(ended.lines())),
            Self::Stays(lines) => (Fate::Stays, lines.clone()),
            Self::Unknown => (Fate::Unknown(name("run", &container.words())), None),
        }
    }
}

/// What a call is called by that is not modelled.
pub(super) fn name(verb: &str, words: &[String]) -> String {
    match told(words) {
        Some(word) => format!("`docker {verb}` of `{}`", plain(&word)),
        None => format!("`docker {verb}` of an image's own program"),
    }
}

/// The program that a command is about: not `env`, nor the shell that is given a script.
fn told(words: &[String]) -> Option<String> {
    let (first, rest) = words.split_first()?;
    match rest {
        [flag, script] if is_shell(first) && flag.starts_with('-') && flag.ends_with('c') => {
            script.split_whitespace().next().map(str::to_owned)
        }
        [_, ..] if first == "env" => {
            let mut rest = rest.iter();
            rest.find(|word| !word.contains('=') && !word.starts_with('-'))
                .cloned()
        }
        _ => Some(first.clone()),
    }
}

/// A word as it can stand in a sentence.
fn plain(word: &str) -> String {
    let base = word.rsplit('/').next().unwrap_or(word);
    base.chars()
        .filter(|letter| !letter.is_control())
        .take(40)
        .collect()
}

/// What comes of `exec` in a container.
pub(super) fn executed(container: &Container, words: &[String], rules: &Rules) -> Ran {
    by_rule(container, words, rules).unwrap_or_else(|| {
        match trivial(words, container, Ground::Front) {
            Some(ended) => Ran::Ended(ended),
            None => Ran::Unknown,
        }
    })
}

/// What comes of the program that a container was made for.
pub(super) fn main(container: &Container, rules: &Rules, ground: Ground) -> Ran {
    let image = with_tag(&container.image);
    let exits = rules.faults.exits.iter();
    if let Some((_, status)) = exits.clone().find(|(name, _)| is_named(&image, name)) {
        return Ran::Ended(Ended::silently(*status));
    }
    let words = container.words();
    if let Some(ran) = by_rule(container, &words, rules) {
        return ran;
    }
    let waits = container.host.open_stdin || container.host.tty;
    match words.first().map(String::as_str) {
        None if SHELLS_BY_NATURE.iter().any(|name| is_named(&image, name)) => match (waits, ground)
        {
            (false, _) => Ran::Ended(Ended::default()),
            (true, Ground::Back) => Ran::Stays(None),
            (true, Ground::Front) => Ran::Unknown,
        },
        None => service(ground),
        Some(shell) if is_shell(shell) && words.len() == 1 => match (waits, ground) {
            (false, _) => Ran::Ended(Ended::default()),
            (true, Ground::Back) if container.host.tty => Ran::Stays(Some(Vec::new())),
            _ => Ran::Unknown,
        },
        Some("sleep" | "tail") if ground == Ground::Back => Ran::Stays(Some(Vec::new())),
        Some(_) => match trivial(&words, container, ground) {
            Some(ended) => Ran::Ended(ended),
            None if is_task(&words) => Ran::Unknown,
            None => service(ground),
        },
    }
}

/// What an image is made to run: nobody waits for its end.
fn service(ground: Ground) -> Ran {
    match ground {
        Ground::Back => Ran::Stays(None),
        Ground::Front => Ran::Unknown,
    }
}

/// Images that run a shell, which ends where there is nothing to read.
const SHELLS_BY_NATURE: [&str; 5] = ["alpine", "bash", "busybox", "debian", "ubuntu"];

fn is_shell(word: &str) -> bool {
    let base = word.rsplit('/').next().unwrap_or(word);
    matches!(base, "sh" | "bash" | "ash" | "dash")
}

/// True for a command that comes to an end by itself in most cases: what a shell is given, and a program that is called
/// by its path or is one of the system's small ones. What is left is a service.
fn is_task(words: &[String]) -> bool {
    const SMALL: [&str; 24] = [
        "awk", "cat", "chmod", "chown", "cp", "curl", "date", "find", "gosu", "grep", "head", "id",
        "ls", "mkdir", "mv", "rm", "sed", "su", "tar", "test", "touch", "wget", "which", "whoami",
    ];
    let first = words.first().map_or("", String::as_str);
    is_shell(first) || SMALL.contains(&first) || (first.starts_with('/') && first != "/start")
}

fn with_tag(image: &str) -> String {
    match super::daemon::reference::Reference::read(image) {
        Ok(name) => name.tagged().to_string(),
        Err(_) => image.to_owned(),
    }
}

fn by_rule(container: &Container, words: &[String], rules: &Rules) -> Option<Ran> {
    let image = with_tag(&container.image);
    let rule = rules.programs.iter().find(|rule| {
        let is_here = rule
            .container
            .as_ref()
            .is_none_or(|name| *name == container.name);
        let is_of = rule
            .image
            .as_ref()
            .is_none_or(|name| is_named(&image, name));
        is_here && is_of && rule.command.fit(words)
    })?;
    Some(match rule.outcome {
        Outcome::Ends(status) => Ran::Ended(Ended {
            status,
            stdout: rule.stdout.clone(),
            stderr: rule.stderr.clone(),
        }),
        Outcome::Stays => Ran::Stays(Some(lines(&rule.stdout, &rule.stderr))),
    })
}

/// What a command does that does the same wherever it is: `true`, `echo`, the rights of what is there.
fn trivial(words: &[String], container: &Container, ground: Ground) -> Option<Ended> {
    let (first, rest) = words.split_first()?;
    let base = first.rsplit('/').next().unwrap_or(first);
    match (base, rest) {
        ("true" | ":", _) => Some(Ended::default()),
        ("false", _) => Some(Ended::silently(1)),
        ("sleep", [_, ..]) if ground == Ground::Front => {
            let ends = rest.iter().all(|word| word != "infinity");
            ends.then(Ended::default)
        }
        ("echo", words) => Some(Ended {
            stdout: echoed(words)?,
            ..Ended::default()
        }),
        ("chmod" | "chown" | "chgrp", [_, _, ..]) => {
            let mut paths = rest.iter().filter(|word| word.starts_with('/')).peekable();
            let are_there = paths.peek().is_some() && paths.all(|path| is_mount(container, path));
            are_there.then(Ended::default)
        }
        (shell, [flag, script]) if is_shell(shell) && flag == "-c" => {
            scripted(script, container, ground)
        }
        _ => None,
    }
}

/// True if a path of the container is a folder that lies elsewhere, and therefore is there.
fn is_mount(container: &Container, path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let mut mounts = container.mounts.iter();
    mounts.any(|mount| mount.place != Place::Tmpfs && mount.target.trim_end_matches('/') == path)
}

fn echoed(words: &[String]) -> Option<String> {
    let (end, words) = match words.split_first() {
        Some((flag, rest)) if flag == "-n" => ("", rest),
        Some((flag, _)) if flag.starts_with('-') => return None,
        _ => ("\n", words),
    };
    let text = words.join(" ");
    (!text.contains('\\')).then(|| format!("{text}{end}"))
}

/// What a shell makes of a script of such commands.
fn scripted(script: &str, container: &Container, ground: Ground) -> Option<Ended> {
    const SPECIAL: [char; 16] = [
        '$', '`', '|', '<', '>', '(', ')', '{', '}', '*', '?', '[', '#', '!', '~', '\\',
    ];
    if script.contains(SPECIAL) {
        return None;
    }
    let mut whole = Ended::default();
    for line in script.replace("&&", "\n&").split(['\n', ';']) {
        let (line, is_second) = match line.strip_prefix('&') {
            Some(line) => (line, true),
            None => (line, false),
        };
        if line.contains('&') {
            return None;
        }
        if is_second && whole.status != 0 {
            continue;
        }
        let words = shell_words::split(line).ok()?;
        let ended = match words
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .as_slice()
        {
            [] => continue,
            ["exit"] => return Some(whole),
            ["exit", status] => {
                whole.status = status.parse().ok()?;
                return Some(whole);
            }
            _ => trivial(&words, container, ground)?,
        };
        whole.status = ended.status;
        whole.stdout += &ended.stdout;
        whole.stderr += &ended.stderr;
    }
    Some(whole)
}

/// What Dokku's own image does that waits until others answer, such as `dokku/wait -c db:5432`: it ends well where each
/// of them runs, and reaches it. How long it would wait in vain, and what it would say then, is not known.
pub(super) fn waited(state: &State, container: &Container) -> Option<Ended> {
    if !is_named(&with_tag(&container.image), "dokku/wait") {
        return None;
    }
    let words = container.words();
    let [flag, hosts] = words.as_slice() else {
        return None;
    };
    let is_up = |host: &str| {
        let name = host.split(':').next().unwrap_or(host);
        let linked = container.host.links.iter().filter_map(|link| {
            let (target, alias) = link.split_once(':').unwrap_or((link, link));
            (alias == name).then_some(target)
        });
        let named = state.containers.iter().filter(|one| {
            one.networks.iter().any(|(network, endpoint)| {
                let is_own = !PREDEFINED.contains(&network.as_str());
                let is_alias =
                    one.name == name || endpoint.aliases.iter().any(|alias| alias == name);
                is_own && is_alias && container.networks.contains_key(network)
            })
        });
        let runs = |one: &Container| one.phase == Phase::Running && one.doubt.is_none();
        linked
            .filter_map(|target| state.container(target).ok())
            .chain(named)
            .any(runs)
    };
    let all = flag == "-c" && hosts.split(',').all(is_up);
    all.then(Ended::default)
}
