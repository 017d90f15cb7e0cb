//! `sudo` in a world: everybody is the same user in truth, so it runs the command, and leaves the world's `PATH` alone.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::Reply;

/// The variable that tells, below a sudo that was to change to the user dokku, that it has: `id` looks at it.
pub(super) const BECAME: &str = "CONFORM_USER";

/// The command behind sudo's own options, with `NAME=value` words kept for `env`.
pub(super) fn reply(args: &[OsString]) -> Reply {
    let mut rest = args.iter();
    let mut command = Vec::new();
    let mut is_dokku = false;
    while let Some(word) = rest.next() {
        match word.as_encoded_bytes() {
            b"--" => {
                command.extend(rest.by_ref().cloned());
            }
            b"-u" | b"--user" => is_dokku = rest.next().is_some_and(|user| user == "dokku"),
            b"--user=dokku" => is_dokku = true,
            b"-g" | b"--group" | b"-C" | b"-h" | b"-p" | b"-r" | b"-t" => {
                rest.next();
            }
            b"-l" | b"-v" | b"-V" | b"-e" | b"-K" | b"--list" | b"--validate" | b"--version"
            | b"--edit" => {
                return Reply::Unknown;
            }
            b"-i" | b"-s" | b"--login" | b"--shell" => command.push(OsString::from("bash")),
            [b'-', ..] => {}
            _ => {
                command.push(word.clone());
                command.extend(rest.by_ref().cloned());
            }
        }
    }
    if command.len() > 1
        && command.first().is_some_and(|word| word == "bash")
        && !is_shell_call(args)
    {
        command.splice(
            1..1,
            [
                OsString::from("-c"),
                OsString::from("\"$@\""),
                OsString::from("sudo"),
            ],
        );
    }
    let Some(first) = command.first() else {
        return Reply::Unknown;
    };
    let has_variables = first.as_encoded_bytes().contains(&b'=');
    if is_dokku {
        command.insert(0, OsString::from(format!("{BECAME}=dokku")));
    }
    if is_dokku || has_variables {
        command.insert(0, OsString::from("env"));
    }
    Reply::Becomes(command)
}

/// True if `bash` is the command itself, not what `-i` or `-s` put there.
fn is_shell_call(args: &[OsString]) -> bool {
    let asks_for_shell = |arg: &OsString| {
        ["-i", "-s", "--login", "--shell"]
            .iter()
            .any(|option| arg == OsStr::new(option))
    };
    !args.iter().any(asks_for_shell)
}

/// Becomes the command; returns only if it can't be run, with the status that sudo has for that.
pub(super) fn become_command(command: &[OsString]) -> u8 {
    let Some((program, args)) = command.split_first() else {
        return 1;
    };
    let error = Command::new(program).args(args).exec();
    let missing = error.kind() == io::ErrorKind::NotFound;
    let cause = if missing {
        "command not found".to_owned()
    } else {
        error.to_string()
    };
    let _ = writeln!(io::stderr(), "sudo: {}: {cause}", program.to_string_lossy());
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(line: &str) -> Reply {
        reply(
            &line
                .split_whitespace()
                .map(OsString::from)
                .collect::<Vec<_>>(),
        )
    }

    fn becomes(line: &str) -> Reply {
        Reply::Becomes(line.split_whitespace().map(OsString::from).collect())
    }

    #[test]
    fn options_go_and_the_command_stays() {
        assert_eq!(ask("-u root -H nginx -t"), becomes("nginx -t"));
        assert_eq!(ask("-E -- dokku version"), becomes("dokku version"));
        assert_eq!(ask("A=b make"), becomes("env A=b make"));
        assert_eq!(
            ask("-u dokku -E -H /x/dokku version"),
            becomes("env CONFORM_USER=dokku /x/dokku version")
        );
        assert_eq!(ask("-i"), becomes("bash"));
        assert_eq!(ask("-i id -un"), becomes("bash -c \"$@\" sudo id -un"));
        assert_eq!(ask("bash -c true"), becomes("bash -c true"));
        assert_eq!(ask("-l"), Reply::Unknown);
        assert_eq!(ask(""), Reply::Unknown);
    }
}
