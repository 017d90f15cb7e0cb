//! Docker's command line: which commands there are, and how the words behind them are read.

use std::sync::LazyLock;

use super::reply::{Answer, Reply};

/// The commands: paths, how many operands, where options end, usage, what it does, options.
const TABLE: &str = include_str!("commands.tsv");

/// Commands of the real docker that are not modelled, nor groups of them.
const UNMODELLED: [&str; 22] = [
    "app",
    "builder",
    "buildx",
    "checkpoint",
    "compose",
    "config",
    "context",
    "debug",
    "extension",
    "help",
    "init",
    "manifest",
    "model",
    "node",
    "plugin",
    "sbom",
    "scout",
    "secret",
    "service",
    "stack",
    "swarm",
    "trust",
];

/// The groups that are modelled.
const GROUPS: [&str; 5] = ["container", "image", "network", "system", "volume"];

/// Other names of commands.
const ALIASES: [(&str, &str); 10] = [
    ("container list", "container ls"),
    ("container ps", "container ls"),
    ("container remove", "container rm"),
    ("image list", "image ls"),
    ("image remove", "image rm"),
    ("image rmi", "image rm"),
    ("network list", "network ls"),
    ("network remove", "network rm"),
    ("volume list", "volume ls"),
    ("volume remove", "volume rm"),
];

/// Options before the command that take a value.
const GLOBAL_VALUED: [&str; 10] = [
    "-H",
    "--host",
    "-c",
    "--context",
    "-l",
    "--log-level",
    "--config",
    "--tlscacert",
    "--tlscert",
    "--tlskey",
];
/// Options before the command that take none.
const GLOBAL: [&str; 4] = ["-D", "--debug", "--tls", "--tlsverify"];

/// An option of a command.
#[derive(Clone, Copy, Debug)]
struct Flag {
    short: Option<char>,
    name: &'static str,
    has_value: bool,
}

/// A command.
#[derive(Debug)]
struct Command {
    paths: Vec<&'static str>,
    least: usize,
    most: Option<usize>,
    /// Whether options may stand behind operands.
    is_mixed: bool,
    usage: &'static str,
    about: &'static str,
    flags: Vec<Flag>,
}

static COMMANDS: LazyLock<Vec<Command>> =
    LazyLock::new(|| TABLE.lines().filter_map(Command::of).collect());

impl Command {
    fn of(row: &'static str) -> Option<Self> {
        let cells: Vec<&'static str> = row.split('\t').collect();
        let [paths, counts, order, usage, about, options] = cells.as_slice() else {
            return None;
        };
        let (least, most) = counts.split_once("..").unwrap_or((counts, counts));
        let flag = |text: &'static str| {
            let (text, has_value) = match text.strip_suffix('=') {
                Some(text) => (text, true),
                None => (text, false),
            };
            let (short, name) = match text.split_once(',') {
                Some((short, name)) => (short.chars().next(), name),
                None => (None, text),
            };
            Flag {
                short,
                name,
                has_value,
            }
        };
        Some(Self {
            paths: paths.split(',').collect(),
            least: least.parse().ok()?,
            most: most.parse().ok(),
            is_mixed: *order == "any",
            usage,
            about,
            flags: options.split_whitespace().map(flag).collect(),
        })
    }

    /// Why so many operands are too few or too many, in docker's words.
    fn wrong_count(&self, count: usize) -> Option<String> {
        let is_right = count >= self.least && self.most.is_none_or(|most| count <= most);
        if is_right {
            return None;
        }
        let noun = |number: usize| if number == 1 { "argument" } else { "arguments" };
        Some(match (self.least, self.most) {
            (0, Some(0)) => "accepts no arguments".to_owned(),
            (least, Some(most)) if least == most => {
                format!("requires exactly {least} {}", noun(least))
            }
            (0, Some(most)) => format!("requires at most {most} {}", noun(most)),
            (least, Some(most)) => {
                format!(
                    "requires at least {least} and at most {most} {}",
                    noun(most)
                )
            }
            (least, None) => format!("requires at least {least} {}", noun(least)),
        })
    }
}

/// A command line that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The command, such as `container ls`.
    pub(super) command: String,
    options: Vec<(&'static str, String)>,
    pub(super) operands: Vec<String>,
}

impl Line {
    /// True if an option without a value is set.
    pub(super) fn is(&self, name: &str) -> bool {
        self.value(name)
            .is_some_and(|value| matches!(value, "true" | "1" | "t" | "T" | "TRUE" | "True"))
    }

    /// The value of an option; the last one counts.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.values(name).last().copied()
    }

    /// The values of an option.
    pub(super) fn values(&self, name: &str) -> Vec<&str> {
        let named = self.options.iter().filter(|(known, _)| *known == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The values of an option that takes several, split at commas.
    pub(super) fn split_values(&self, name: &str) -> Vec<&str> {
        let values = self.values(name);
        values
            .into_iter()
            .flat_map(|value| value.split(','))
            .collect()
    }

    /// The first of the options named here that was given.
    pub(super) fn given(&self, names: &[&str]) -> Option<&str> {
        let mut options = self.options.iter();
        options
            .find(|(name, _)| names.contains(name))
            .map(|(name, _)| *name)
    }

    /// The operand at this place.
    pub(super) fn operand(&self, at: usize) -> &str {
        self.operands.get(at).map_or("", String::as_str)
    }

    /// Its last word.
    pub(super) fn verb(&self) -> &str {
        self.command.rsplit(' ').next().unwrap_or_default()
    }
}

/// Reads a command line.
///
/// # Errors
/// With what docker answers to one that is none, or that the world does not know.
pub(super) fn read(args: &[String]) -> Result<Line, Answer> {
    let unmodelled = |what: &str| {
        Err(Answer::Unmodelled(
            format!("`docker {what}`").replace(" `", "`"),
        ))
    };
    let mut words = args.iter().map(String::as_str).peekable();
    loop {
        match words.peek() {
            None => return unmodelled(""),
            Some(word) if GLOBAL.contains(word) => {
                words.next();
            }
            Some(word) if GLOBAL_VALUED.contains(word) => {
                words.next();
                words.next();
            }
            Some(&("-v" | "--version")) => return Err(version()),
            Some(&("-h" | "--help")) => return unmodelled("--help"),
            Some(word) if word.starts_with('-') && word.contains('=') => {
                words.next();
            }
            Some(word) if word.starts_with("--") => {
                return Err(Reply::fails(
                    125,
                    format!("unknown flag: {word}\nSee 'docker --help'.\n"),
                )
                .into());
            }
            Some(_) => break,
        }
    }
    let first = words.next().unwrap_or_default();
    let path = if GROUPS.contains(&first) {
        match words.next() {
            None | Some("--help" | "-h") => return unmodelled(first),
            Some(second) => format!("{first} {second}"),
        }
    } else {
        first.to_owned()
    };
    let path = ALIASES
        .iter()
        .find(|(alias, _)| *alias == path)
        .map_or(path.as_str(), |(_, name)| name);
    let known = COMMANDS
        .iter()
        .find(|command| command.paths.contains(&path));
    match known {
        Some(command) => parse(command, path, words),
        None if path.contains(' ') || UNMODELLED.contains(&first) => unmodelled(path),
        None => Err(Reply::fails(
            1,
            format!("docker: '{first}' is not a docker command.\nSee 'docker --help'\n"),
        )
        .into()),
    }
}

/// What `docker --version` says.
fn version() -> Answer {
    Reply::says(format!(
        "Docker version {}, build {}\n",
        super::VERSION,
        super::COMMIT
    ))
    .into()
}

fn parse<'w>(
    command: &'static Command,
    path: &str,
    mut words: impl Iterator<Item = &'w str>,
) -> Result<Line, Answer> {
    let wrong = |what: String| {
        let text = format!("{what}\nSee 'docker {path} --help'.\n");
        Answer::from(Reply::fails(125, text))
    };
    let mut line = Line {
        command: path.to_owned(),
        options: Vec::new(),
        operands: Vec::new(),
    };
    while let Some(word) = words.next() {
        let is_over = !command.is_mixed && !line.operands.is_empty();
        if is_over || !word.starts_with('-') || word == "-" {
            line.operands.push(word.to_owned());
            continue;
        }
        if word == "--" {
            line.operands.extend(words.by_ref().map(str::to_owned));
            break;
        }
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (long, None),
            };
            if name == "help" {
                return Err(Answer::Unmodelled(format!("`docker {path} --help`")));
            }
            let flag = command.flags.iter().find(|flag| flag.name == name);
            let flag = flag.ok_or_else(|| wrong(format!("unknown flag: --{name}")))?;
            let value = match (value, flag.has_value) {
                (Some(value), _) => value.to_owned(),
                (None, false) => "true".to_owned(),
                (None, true) => words
                    .next()
                    .ok_or_else(|| wrong(format!("flag needs an argument: --{name}")))?
                    .to_owned(),
            };
            line.options.push((flag.name, value));
            continue;
        }
        let mut rest = word.get(1..).unwrap_or_default();
        while let Some(letter) = rest.chars().next() {
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
            let flag = command.flags.iter().find(|flag| flag.short == Some(letter));
            let flag = match flag {
                Some(flag) => flag,
                None if letter == 'h' => {
                    return Err(Answer::Unmodelled(format!("`docker {path} -h`")));
                }
                None => {
                    return Err(wrong(format!(
                        "unknown shorthand flag: '{letter}' in {word}"
                    )));
                }
            };
            let value = match (rest.strip_prefix('='), flag.has_value) {
                (Some(value), _) => {
                    rest = "";
                    value.to_owned()
                }
                (None, false) => "true".to_owned(),
                (None, true) if !rest.is_empty() => std::mem::take(&mut rest).to_owned(),
                (None, true) => words
                    .next()
                    .ok_or_else(|| wrong(format!("flag needs an argument: '{letter}' in {word}")))?
                    .to_owned(),
            };
            line.options.push((flag.name, value));
        }
    }
    match command.wrong_count(line.operands.len()) {
        None => Ok(line),
        Some(why) => Err(Reply::fails(
            1,
            format!(
                "\"docker {path}\" {why}.\nSee 'docker {path} --help'.\n\nUsage:  docker {path} {}\n\n{}\n",
                command.usage, command.about
            )
            .replace(&format!("docker {path} \n"), &format!("docker {path}\n")),
        )
        .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(text: &str) -> Result<Line, Answer> {
        read(&shell_words::split(text).unwrap())
    }

    fn said(text: &str) -> (u8, String) {
        match ask(text) {
            Err(Answer::Said(reply)) => (reply.status, reply.stderr),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn every_row_is_a_command() {
        assert_eq!(COMMANDS.len(), TABLE.lines().count());
        for (_, name) in ALIASES {
            assert!(
                COMMANDS.iter().any(|command| command.paths.contains(&name)),
                "{name}"
            );
        }
    }

    #[test]
    fn options_are_read_as_docker_reads_them() {
        let line =
            ask("run --rm -it -e A=b --env C=d --name=web -p80:80 -- busybox ls -l").unwrap();
        assert!(line.is("rm") && line.is("tty") && line.is("interactive"));
        assert_eq!(line.values("env"), ["A=b", "C=d"]);
        assert_eq!(
            (line.value("name"), line.value("publish")),
            (Some("web"), Some("80:80"))
        );
        assert_eq!(line.operands, ["busybox", "ls", "-l"]);
        let line = ask("-D -H x container ps -aqf name=x --no-trunc=true").unwrap();
        assert_eq!(line.command, "container ls");
        assert!(line.is("all") && line.is("quiet") && line.is("no-trunc"));
        assert_eq!(line.value("filter"), Some("name=x"));
        let line = ask("inspect web --format {{.Id}}").unwrap();
        assert_eq!(
            (line.operand(0), line.value("format")),
            ("web", Some("{{.Id}}"))
        );
    }

    #[test]
    fn what_is_no_command_line_is_refused_in_dockers_words() {
        assert_eq!(
            said("rm"),
            (1, "\"docker rm\" requires at least 1 argument.\nSee 'docker rm --help'.\n\nUsage:  docker rm [OPTIONS] CONTAINER [CONTAINER...]\n\nRemove one or more containers\n".into())
        );
        assert_eq!(
            said("run --bogus x"),
            (
                125,
                "unknown flag: --bogus\nSee 'docker run --help'.\n".into()
            )
        );
        assert_eq!(
            said("ps -Q"),
            (
                125,
                "unknown shorthand flag: 'Q' in -Q\nSee 'docker ps --help'.\n".into()
            )
        );
        assert_eq!(said("version --format").0, 125);
        assert_eq!(
            said("frob").1,
            "docker: 'frob' is not a docker command.\nSee 'docker --help'\n"
        );
        assert!(
            said("tag a")
                .1
                .starts_with("\"docker tag\" requires exactly 2 arguments.\n")
        );
        assert!(
            said("port")
                .1
                .contains("requires at least 1 and at most 2 arguments.")
        );
        assert!(
            said("ps x")
                .1
                .starts_with("\"docker ps\" accepts no arguments.\n")
        );
        assert_eq!(
            ask("compose up"),
            Err(Answer::Unmodelled("`docker compose`".into()))
        );
        assert_eq!(
            ask("container"),
            Err(Answer::Unmodelled("`docker container`".into()))
        );
        assert_eq!(ask(""), Err(Answer::Unmodelled("`docker`".into())));
    }
}
