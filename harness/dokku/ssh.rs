//! Command lines that come by SSH, in one piece.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::child::{Streams, collect, no_process};
use super::dispatch::Dispatcher;
use super::ended::Ended;
use super::timeline::Timeline;
use super::turns::Turn;
use super::user::contains;
use super::version::Version;

const LINE: &str = "SSH_ORIGINAL_COMMAND";

/// How the line is cut into words.
enum Cut {
    /// At blanks, quotes being letters; patterns become the files that they match where `globs` is true. For a
    /// command that contains one of `quoted`, xargs cuts it and starts the dispatcher itself.
    Blanks {
        globs: bool,
        quoted: &'static [&'static str],
    },
    /// By `xargs -n 1`, which runs `echo` for each word; at blanks for a command that contains this.
    Echoed { unless: &'static str },
}

const CUT: Timeline<Cut> = Timeline::new(
    Cut::Blanks {
        globs: true,
        quoted: &["config", "docker-option"],
    },
    &[
        (
            Version::new(0, 4, 5),
            Cut::Blanks {
                globs: false,
                quoted: &["config", "docker-option"],
            },
        ),
        (Version::new(0, 34, 0), Cut::Echoed { unless: "git" }),
    ],
);

/// Runs the command line that came by SSH, if there is one, in a dispatcher of its own.
///
/// # Errors
/// The end of this dispatcher, with the status of the other.
pub(super) fn forward(dispatcher: &mut Dispatcher<'_>) -> Result<(), Ended> {
    if !dispatcher.variables.has(LINE) {
        return Ok(());
    }
    dispatcher.variables.keep(LINE);
    let line = dispatcher.variables.get(LINE).to_owned();
    let command = dispatcher.command().as_bytes();
    let words = match CUT.at(dispatcher.version) {
        Cut::Blanks { quoted, .. } if quoted.iter().any(|part| contains(command, part)) => {
            return Err(Ended(forward_by_xargs(dispatcher, &line)));
        }
        Cut::Blanks { globs: true, .. } => globbed_words(dispatcher, &line),
        Cut::Echoed { unless } if !contains(command, unless) => echoed_words(dispatcher, &line),
        _ => words_at_blanks(&line),
    };
    let program = dispatcher.called_as.as_os_str();
    Err(Ended(dispatcher.script().run(program, &words)))
}

/// The words of a text as a shell splits an unquoted variable.
pub(super) fn words_at_blanks(text: &OsStr) -> Vec<OsString> {
    text.as_bytes()
        .split(|byte| matches!(byte, b' ' | b'\t' | b'\n'))
        .filter(|word| !word.is_empty())
        .map(|word| OsStr::from_bytes(word).to_owned())
        .collect()
}

/// The words, and in place of each pattern the files that it matches, be they none. Which those are, bash says.
fn globbed_words(dispatcher: &Dispatcher<'_>, line: &OsStr) -> Vec<OsString> {
    if !line.as_bytes().iter().any(|byte| b"*?[".contains(byte)) {
        return words_at_blanks(line);
    }
    const PRINT: &str = r#"shopt -s nullglob; for word in $1; do printf '%s\0' "$word"; done"#;
    let arguments = [
        OsStr::new("-c"),
        OsStr::new(PRINT),
        OsStr::new("dokku"),
        line,
    ];
    let arguments: Vec<OsString> = arguments.map(OsString::from).to_vec();
    let (_, printed) = collect(|stdout| {
        let streams = Streams {
            stdout: Some(stdout),
            ..Streams::default()
        };
        dispatcher
            .script()
            .run_with(OsStr::new("bash"), &arguments, streams)
    });
    items(&printed, 0)
}

/// `xargs dokku <<<line`
fn forward_by_xargs(dispatcher: &Dispatcher<'_>, line: &OsStr) -> u8 {
    let text = [line.as_bytes(), b"\n"].concat();
    let arguments = [dispatcher.called_as.as_os_str().to_owned()];
    with_input(&text, |stdin| {
        let streams = Streams {
            stdin,
            ..Streams::default()
        };
        dispatcher
            .script()
            .run_with(OsStr::new("xargs"), &arguments, streams)
    })
}

/// The lines that `xargs -n 1` prints. It is xargs itself that is asked, since much of what it does with quotes and
/// with words that look like options of `echo` shows.
fn echoed_words(dispatcher: &Dispatcher<'_>, line: &OsStr) -> Vec<OsString> {
    let arguments: Vec<OsString> = ["-n", "1"].map(OsString::from).to_vec();
    let (_, printed) = collect(|stdout| {
        with_input(line.as_bytes(), |stdin| {
            let streams = Streams {
                stdin,
                stdout: Some(stdout),
                stderr: None,
            };
            dispatcher
                .script()
                .run_with(OsStr::new("xargs"), &arguments, streams)
        })
    });
    items(&printed, b'\n')
}

/// What stands before each mark, and after the last one if there is anything.
fn items(bytes: &[u8], mark: u8) -> Vec<OsString> {
    bytes
        .split_inclusive(|byte| *byte == mark)
        .map(|item| item.strip_suffix(&[mark]).unwrap_or(item))
        .map(|item| OsString::from_vec(item.to_vec()))
        .collect()
}

/// Runs something whose standard input is a text; none where there can be no pipe.
pub(super) fn with_input<T>(text: &[u8], run: impl FnOnce(Option<&io::PipeReader>) -> T) -> T {
    let Ok((reader, mut writer)) = io::pipe() else {
        return run(None);
    };
    std::thread::scope(|scope| {
        let write = move || {
            // Who does not read it all does not want it all.
            let _ = writer.write_all(text);
        };
        if std::thread::Builder::new()
            .spawn_scoped(scope, write)
            .is_err()
        {
            no_process();
        }
        let result = run(Some(&reader));
        drop(reader);
        result
    })
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Turn> {
    Turn::seen_by(&[LINE], CUT.turns())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_at_blanks_and_quotes_are_letters() {
        let words = words_at_blanks(OsStr::new(" a  'b c'\t\n*d "));
        assert_eq!(words, ["a", "'b", "c'", "*d"]);
    }

    #[test]
    fn a_last_line_needs_no_end_and_an_empty_one_counts() {
        assert_eq!(items(b"a\n\nb", b'\n'), ["a", "", "b"]);
        assert_eq!(items(b"a\n", b'\n'), ["a"]);
        assert!(items(b"", b'\n').is_empty());
    }
}
