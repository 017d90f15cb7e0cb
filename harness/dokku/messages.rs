//! What the dispatcher itself says, and on which stream.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::child::{say, say_error};
use super::ended::Ended;
use super::timeline::Timeline;
use super::variables::Variables;
use super::version::Version;

const MARK: &[u8] = b" !     ";

/// Where warnings go.
enum Stream {
    Output,
    Error,
}

const WARNINGS: Timeline<Stream> =
    Timeline::new(Stream::Output, &[(Version::new(0, 8, 1), Stream::Error)]);

/// True in the versions whose last words begin with the mark.
const FAILURES_MARKED: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 22, 0), true)]);

/// The variable that overrides the status of a failure.
const FAILURE_STATUS: Timeline<Option<&str>> = Timeline::new(
    None,
    &[(Version::new(0, 24, 0), Some("DOKKU_FAIL_EXIT_CODE"))],
);

/// `dokku_log_warn`
pub(crate) fn warn(version: Version, text: &[u8]) {
    let line = [MARK, text].concat();
    match WARNINGS.at(version) {
        Stream::Error => say_error(&line),
        Stream::Output => say(&line),
    }
}

/// `dokku_log_warn_quiet`: a warning, unless the output is quiet.
pub(crate) fn warn_quiet(version: Version, variables: &Variables, text: &str) {
    if !variables.has("DOKKU_QUIET_OUTPUT") {
        warn(version, text.as_bytes());
    }
}

/// `dokku_log_fail`: the last words, and the end that they announce.
pub(crate) fn fail(version: Version, variables: &Variables, text: &str) -> Ended {
    let mark = match FAILURES_MARKED.at(version) {
        true => MARK,
        false => b"",
    };
    say_error(&[mark, text.as_bytes()].concat());
    let status = FAILURE_STATUS
        .at(version)
        .map_or(OsStr::new(""), |name| variables.get(name));
    Ended(exit_status(status))
}

/// `dokku_log_quiet`: a line of output, unless the output is quiet.
pub(crate) fn tell_quiet(variables: &Variables, text: &str) {
    if !variables.has("DOKKU_QUIET_OUTPUT") {
        say(text.as_bytes());
    }
}

/// What `exit "${STATUS:=1}"` ends with: the number's low byte, and 2 for what is no number.
fn exit_status(text: &OsStr) -> u8 {
    match text.as_bytes() {
        b"" => 1,
        _ => text
            .to_str()
            .and_then(|text| text.trim().parse::<i64>().ok())
            .and_then(|number| u8::try_from(number.rem_euclid(256)).ok())
            .unwrap_or(2),
    }
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Version> {
    [
        WARNINGS.turns(),
        FAILURES_MARKED.turns(),
        FAILURE_STATUS.turns(),
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_the_low_byte_of_a_number() {
        let cases = [("", 1), ("42", 42), ("256", 0), ("-1", 255), ("x", 2)];
        for (text, status) in cases {
            assert_eq!(exit_status(OsStr::new(text)), status, "{text}");
        }
    }
}
