//! Docker on a host where nothing was ever pulled, built or started.
//!
//! What would change that (run, create, pull, build, ...) is not modelled.

use super::Reply;

/// The version that the imitated Docker says it is.
const VERSION: &str = "27.5.1";

/// Objects that docker keeps, by the word of the command group.
#[derive(Clone, Copy)]
enum Object {
    Container,
    Image,
    Network,
    Volume,
}

impl Object {
    fn of_group(word: &str) -> Option<Self> {
        Some(match word {
            "container" => Self::Container,
            "image" => Self::Image,
            "network" => Self::Network,
            "volume" => Self::Volume,
            _ => return None,
        })
    }

    fn missing(self, name: &str) -> String {
        match self {
            Self::Container => format!("Error response from daemon: No such container: {name}\n"),
            Self::Image => format!("Error response from daemon: No such image: {name}\n"),
            Self::Network => format!("Error response from daemon: network {name} not found\n"),
            Self::Volume => format!("Error response from daemon: get {name}: no such volume\n"),
        }
    }

    fn header(self) -> &'static str {
        match self {
            Self::Container => {
                "CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES\n"
            }
            Self::Image => "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n",
            Self::Network => "NETWORK ID   NAME      DRIVER    SCOPE\n",
            Self::Volume => "DRIVER    VOLUME NAME\n",
        }
    }
}

/// What docker answers to these arguments.
pub(super) fn reply(args: &[String]) -> Reply {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["version" | "--version" | "-v" | "info", rest @ ..] => version(rest, words[0]),
        ["ps", rest @ ..] => list(Object::Container, rest),
        ["images", rest @ ..] => list(Object::Image, rest),
        ["inspect", rest @ ..] => inspect(None, rest),
        [
            "logs" | "stop" | "start" | "restart" | "kill" | "rm" | "pause" | "unpause" | "wait"
            | "port" | "exec" | "attach" | "rename" | "update" | "top" | "commit",
            rest @ ..,
        ] => on_missing(Object::Container, rest),
        ["rmi" | "tag" | "history", rest @ ..] => on_missing(Object::Image, rest),
        [group, verb, rest @ ..] => match Object::of_group(group) {
            Some(object) => grouped(object, verb, rest),
            None => Reply::Unknown,
        },
        _ => Reply::Unknown,
    }
}

fn grouped(object: Object, verb: &str, rest: &[&str]) -> Reply {
    match verb {
        // A host has three networks from the start, with ids of their own.
        "ls" | "list" | "ps" if !matches!(object, Object::Network) => list(object, rest),
        "inspect" => inspect(Some(object), rest),
        "logs" | "stop" | "start" | "restart" | "kill" | "rm" | "pause" | "unpause" | "wait"
        | "port" | "exec" | "attach" | "rename" | "update" | "top" | "commit" | "tag"
        | "history" | "disconnect" => on_missing(object, rest),
        _ => Reply::Unknown,
    }
}

/// An empty list: its heading, unless the ids alone or a format of one's own are asked for.
fn list(object: Object, rest: &[&str]) -> Reply {
    let bare = rest.iter().any(|word| {
        *word == "--quiet"
            || word.starts_with("--format")
            || (word.starts_with('-') && !word.starts_with("--") && word.contains('q'))
    });
    Reply::says(if bare { "" } else { object.header() })
}

fn inspect(object: Option<Object>, rest: &[&str]) -> Reply {
    let names = operands(rest, &["-f", "--format", "--type"]);
    if names.is_empty() {
        return Reply::Unknown;
    }
    let format = rest
        .iter()
        .any(|word| word.starts_with("-f") || word.starts_with("--format"));
    let stderr = names
        .iter()
        .map(|name| match object {
            Some(object) => object.missing(name),
            None => format!("Error: No such object: {name}\n"),
        })
        .collect();
    let stdout = if format { "\n" } else { "[]\n" }.to_owned();
    Reply::Known {
        status: 1,
        stdout,
        stderr,
    }
}

fn on_missing(object: Object, rest: &[&str]) -> Reply {
    // Options of these verbs that take a value: without them a value would be taken for a name.
    let valued = [
        "-t",
        "--time",
        "--timeout",
        "-s",
        "--signal",
        "-u",
        "--user",
        "-e",
        "--env",
        "-w",
        "--workdir",
        "-n",
        "--tail",
        "--since",
        "--until",
        "-m",
        "--message",
        "-a",
        "--author",
        "-c",
        "--change",
        "--detach-keys",
        "--env-file",
        "--memory",
        "--cpus",
    ];
    match operands(rest, &valued).first() {
        Some(name) => Reply::fails(1, object.missing(name)),
        None => Reply::Unknown,
    }
}

fn version(rest: &[&str], verb: &str) -> Reply {
    match (verb, rest) {
        ("--version" | "-v", _) => {
            Reply::says(format!("Docker version {VERSION}, build 9f9e405\n"))
        }
        ("version", ["-f" | "--format", format]) if format.contains(".Server.Version") => {
            Reply::says(format!("{VERSION}\n"))
        }
        ("version", ["-f" | "--format", format]) if format.contains(".Client.Version") => {
            Reply::says(format!("{VERSION}\n"))
        }
        _ => Reply::Unknown,
    }
}

/// The words that are no options, nor the value of one of those named.
fn operands<'a>(words: &[&'a str], valued: &[&str]) -> Vec<&'a str> {
    let mut names = Vec::new();
    let mut skip = false;
    for word in words {
        if std::mem::take(&mut skip) {
            continue;
        }
        if word.starts_with('-') {
            skip = valued.contains(word);
        } else {
            names.push(*word);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(line: &str) -> Reply {
        reply(
            &line
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn nothing_is_there_and_docker_says_so() {
        assert_eq!(ask("ps -aq"), Reply::says(""));
        assert_eq!(ask("images --format {{.ID}}"), Reply::says(""));
        assert_eq!(
            ask("container inspect --format {{.Id}} web"),
            Reply::Known {
                status: 1,
                stdout: "\n".into(),
                stderr: "Error response from daemon: No such container: web\n".into()
            }
        );
        assert_eq!(
            ask("stop -t 10 web"),
            Reply::fails(1, "Error response from daemon: No such container: web\n")
        );
    }

    #[test]
    fn what_would_make_something_is_not_modelled() {
        for line in [
            "run -d busybox",
            "pull busybox",
            "build .",
            "",
            "network ls",
            "container create x",
        ] {
            assert_eq!(ask(line), Reply::Unknown, "{line}");
        }
    }
}
