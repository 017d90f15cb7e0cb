//! `dokku help`: what every plugin's `commands help` prints, as tables.

use std::ffi::{OsStr, OsString};
use std::io::{PipeWriter, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use walkdir::WalkDir;

use super::child::{Streams, collect, say};
use super::column::table;
use super::dispatch::Dispatcher;
use super::ended::Ended;
use super::glob::real_path;
use super::own_program::OwnProgram;
use super::ssh::{with_input, words_at_blanks};
use super::timeline::Timeline;
use super::user::contains;
use super::version::Version;
use super::{core, messages};

const fn v(minor: u16, patch: u16) -> Version {
    Version::new(0, minor, patch)
}

const USAGE: Timeline<&str> = Timeline::new(
    "Usage: dokku [--quiet|--trace|--rm-container|--rm|--force] COMMAND <app> [command-specific-options]",
    &[(
        v(25, 0),
        "Usage: dokku [--quiet|--trace|--force] COMMAND <app> [command-specific-options]",
    )],
);

/// Where the help comes from.
enum Form {
    /// One table, of what `plugn` collects.
    Trigger,
    /// A table of the core's commands and one of the community's; true if the lines around them can be quieted.
    Tables { quiet: bool },
}

const FORM: Timeline<Form> = Timeline::new(
    Form::Trigger,
    &[
        (v(5, 0), Form::Tables { quiet: false }),
        (v(12, 6), Form::Tables { quiet: true }),
    ],
);

/// Prints the help; all of it if the first argument after the command is `--all`.
///
/// # Errors
/// The status of the first plugin whose help failed.
pub(super) fn run(dispatcher: &mut Dispatcher<'_>) -> Result<(), Ended> {
    match FORM.at(dispatcher.version) {
        Form::Tables { quiet } => tables(dispatcher, *quiet),
        Form::Trigger => one_table(dispatcher),
    }
}

fn one_table(dispatcher: &Dispatcher<'_>) -> Result<(), Ended> {
    const OWN: &[u8] = b"    help, Print the list of commands\n";
    say(usage(dispatcher).as_bytes());
    say(b"");
    say(b"Options:");
    let arguments = ["trigger", "commands", "help"].map(OsString::from);
    // The dispatcher's own line is what the plugins can read: one that copies its input first shows it.
    let (status, text) = collect(|stdout| {
        with_input(OWN, |stdin| {
            let streams = Streams {
                stdin,
                stdout: Some(stdout),
                stderr: None,
            };
            dispatcher
                .script()
                .run_with(OsStr::new("plugn"), &arguments, streams)
        })
    });
    print(&table(&sorted(&text)));
    Ended::unless_zero(status)
}

fn tables(dispatcher: &mut Dispatcher<'_>, quiet: bool) -> Result<(), Ended> {
    dispatcher.variables.export("LC_ALL", "C");
    let dispatcher = &*dispatcher;
    let tell = |lines: &[&str]| {
        for line in lines {
            match quiet {
                true => messages::tell_quiet(&dispatcher.variables, line),
                false => say(line.as_bytes()),
            }
        }
    };
    let all = dispatcher
        .arguments
        .get(1)
        .is_some_and(|word| word == "--all");
    let enabled = Path::new(dispatcher.variables.get("PLUGIN_PATH")).join("enabled");
    let (core, community): (Vec<OsString>, Vec<OsString>) = commands_below(&enabled)
        .into_iter()
        .partition(|path| is_core(path));

    tell(&[
        usage(dispatcher),
        "",
        "Primary help options, type \"dokku COMMAND:help\" for more details, or dokku help --all to see all commands.",
        "",
        "Commands:",
        "",
    ]);
    let keep = if all { <[u8]>::to_vec } else { primary };
    print_help(dispatcher, &core, keep)?;
    if all || !community.is_empty() {
        tell(&["", "Community plugin commands:", ""]);
        print_help(dispatcher, &community, <[u8]>::to_vec)?;
    }
    Ok(())
}

fn usage(dispatcher: &Dispatcher<'_>) -> &'static str {
    USAGE.at(dispatcher.version)
}

/// `find -L folder -name commands`, cut at blanks as the script does: files and folders, at any depth, in the order
/// of the folders themselves.
fn commands_below(folder: &Path) -> Vec<OsString> {
    let mut found = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true) {
        let path = match &entry {
            Ok(entry) => Some(entry.path()),
            // A link that leads nowhere is found by its name too; one that leads back is not.
            Err(error) if error.loop_ancestor().is_none() => error.path(),
            Err(_) => None,
        };
        if let Some(path) = path.filter(|path| path.file_name() == Some(OsStr::new("commands"))) {
            found.extend(words_at_blanks(path.as_os_str()));
        }
    }
    found
}

fn is_core(path: &OsStr) -> bool {
    real_path(Path::new(path))
        .is_some_and(|path| contains(path.as_os_str().as_bytes(), "core-plugins"))
}

/// Prints the table of what the files say to `help`. The first that fails is the last that is asked.
fn print_help(
    dispatcher: &Dispatcher<'_>,
    files: &[OsString],
    keep: fn(&[u8]) -> Vec<u8>,
) -> Result<(), Ended> {
    let help = [OsString::from("help")];
    let own = OwnProgram::find();
    let ask = |file: &OsString, mut stdout: &PipeWriter| {
        let path = Path::new(file);
        if own.is(path)
            && let Some(lines) = core::help_lines(path, dispatcher.version)
        {
            // The reader is ours, and reads to the end.
            let _ = stdout.write_all(lines.as_bytes());
            return 0;
        }
        let streams = Streams {
            stdout: Some(stdout),
            ..Streams::default()
        };
        dispatcher.script().run_with(file, &help, streams)
    };
    let (status, text) = collect(|stdout| {
        let mut statuses = files.iter().map(|file| ask(file, stdout));
        statuses.find(|status| *status != 0).unwrap_or(0)
    });
    print(&table(&keep(&sorted(&text))));
    Ended::unless_zero(status)
}

fn print(text: &[u8]) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text).and_then(|()| out.flush());
}

/// `sort` in the C locale.
fn sorted(text: &[u8]) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    if lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines.sort_unstable();
    lines
        .iter()
        .flat_map(|line| [*line, b"\n"])
        .flatten()
        .copied()
        .collect()
}

/// The lines of the first-level commands, without their arguments. A line is taken for a subcommand's if it has a
/// colon anywhere. The arguments begin with a blank and one of `[`, `\`, `<`, `(`, and end at the last comma; the `-`
/// in the script's bracket expression stands between two backslashes and so is a range, and no option is cut.
fn primary(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in text
        .split_inclusive(|byte| *byte == b'\n')
        .filter(|line| !line.contains(&b':'))
    {
        let begins = |pair: &[u8]| matches!(pair, [blank, mark] if is_blank(*blank) && b"[\\<(".contains(mark));
        let start = line.windows(2).position(begins);
        let end = line.iter().rposition(|byte| *byte == b',');
        match (start, end) {
            (Some(start), Some(end)) if start + 1 < end => {
                out.extend_from_slice(line.get(..start).unwrap_or_default());
                out.extend_from_slice(line.get(end..).unwrap_or_default());
            }
            _ => out.extend_from_slice(line),
        }
    }
    out
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 11
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Version> {
    [USAGE.turns(), FORM.turns()].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colon_anywhere_drops_a_line_of_the_core() {
        let text = b"a, see http://x\nb:c, d\ne, f\n";
        assert_eq!(primary(text), b"e, f\n");
    }

    #[test]
    fn arguments_are_cut_up_to_the_last_comma() {
        assert_eq!(primary(b"  a [--x] <y>, first, second\n"), b"  a, second\n");
        assert_eq!(primary(b"  a (x)\n"), b"  a (x)\n");
        assert_eq!(primary(b"  a -x, b\n"), b"  a -x, b\n");
        assert_eq!(primary(b"  a, b <c>\n"), b"  a, b <c>\n");
    }

    #[test]
    fn lines_are_sorted_by_their_bytes_and_each_is_ended() {
        assert_eq!(sorted(b"b\nB\n\na"), b"\nB\na\nb\n");
        assert_eq!(sorted(b""), b"");
    }
}
