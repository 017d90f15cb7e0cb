//! The flags before and between the arguments of a `dokku` command line.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::ended::Ended;
use super::messages;
use super::timeline::Timeline;
use super::variables::Variables;
use super::version::Version;

/// A flag that is known wherever it stands, and what it does since each version.
struct Flag {
    spellings: &'static [&'static str],
    effect: Timeline<Effect>,
}

struct Effect {
    /// The variable that is exported as `1`.
    exports: Option<&'static str>,
    /// What the user is told, unless the output is quiet.
    warns: Option<&'static str>,
}

const fn exports(name: &'static str) -> Effect {
    Effect {
        exports: Some(name),
        warns: None,
    }
}

const NOTHING: Effect = Effect {
    exports: None,
    warns: None,
};

const fn v(minor: u16, patch: u16) -> Version {
    Version::new(0, minor, patch)
}

const FLAGS: &[Flag] = &[
    Flag {
        spellings: &["--quiet"],
        effect: Timeline::new(exports("DOKKU_QUIET_OUTPUT"), &[]),
    },
    Flag {
        spellings: &["--trace"],
        effect: Timeline::new(exports("DOKKU_TRACE"), &[]),
    },
    Flag {
        spellings: &["--force"],
        effect: Timeline::new(exports("DOKKU_APPS_FORCE_DELETE"), &[]),
    },
    Flag {
        spellings: &["--rm-container", "--rm"],
        effect: Timeline::new(
            exports("DOKKU_RM_CONTAINER"),
            &[
                (
                    v(25, 0),
                    Effect {
                        exports: None,
                        warns: Some(
                            "Deprecated: all run containers are now removed on exit by default",
                        ),
                    },
                ),
                (v(30, 0), NOTHING),
            ],
        ),
    },
    Flag {
        spellings: &["--detach"],
        effect: Timeline::new(
            NOTHING,
            &[
                (v(5, 7), exports("DOKKU_DETACH_CONTAINER")),
                (
                    v(25, 0),
                    Effect {
                        exports: Some("DOKKU_DETACH_CONTAINER"),
                        warns: Some(
                            "Deprecated: use run:detached instead of using the --detach flag",
                        ),
                    },
                ),
                (v(30, 0), NOTHING),
            ],
        ),
    },
];

/// How `--app` finds its value, in the versions that have it.
enum AppLookup {
    /// A second `--app` looks one word too early, since the value of the first was not counted.
    Miscounted,
    /// The next word.
    Next,
}

const APP: Timeline<Option<AppLookup>> = Timeline::new(
    None,
    &[
        (v(5, 0), Some(AppLookup::Miscounted)),
        (v(8, 1), Some(AppLookup::Next)),
    ],
);

/// The variable that gathers the flags of the line.
const GATHERED: Timeline<Option<&str>> =
    Timeline::new(None, &[(v(19, 0), Some("DOKKU_GLOBAL_FLAGS"))]);

/// `parse_args`: exports what the flags of the whole line ask for. Source: `common/functions` at each release.
pub(crate) fn export_flags(arguments: &[OsString], version: Version, variables: &mut Variables) {
    let mut gathered = Vec::new();
    let mut counted = 0;
    let mut words = arguments.iter().enumerate();
    while let Some((index, word)) = words.next() {
        apply_flag(word, version, variables);
        let lookup = APP.at(version).as_ref().filter(|_| word == "--app");
        if word.as_bytes().starts_with(b"--") {
            gathered.push(b' ');
            gathered.extend_from_slice(word.as_bytes());
        }
        counted += 1;
        if let Some(lookup) = lookup {
            let at = match lookup {
                AppLookup::Miscounted => counted,
                AppLookup::Next => index + 1,
            };
            let app = arguments.get(at).cloned().unwrap_or_default();
            variables.export("DOKKU_APP_NAME", app);
            words.next();
        }
    }
    if let Some(name) = *GATHERED.at(version)
        && !variables.has(name)
    {
        variables.export(name, OsString::from_vec(trimmed_lines(&echoed(&gathered))));
    }
}

fn apply_flag(word: &OsStr, version: Version, variables: &mut Variables) {
    let known = FLAGS
        .iter()
        .find(|flag| flag.spellings.iter().any(|spelling| word == *spelling));
    let Some(effect) = known.map(|flag| flag.effect.at(version)) else {
        return;
    };
    if let Some(text) = effect.warns {
        messages::warn_quiet(version, variables, text);
    }
    if let Some(name) = effect.exports {
        variables.export(name, "1");
    }
}

/// What `echo -e` prints for a text: backslash escapes become what they stand for.
fn echoed(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let Some((letter, after)) = rest.split_first().filter(|_| *byte == b'\\') else {
            out.push(*byte);
            continue;
        };
        rest = after;
        match letter {
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'c' => break,
            b'e' | b'E' => out.push(27),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'v' => out.push(11),
            b'\\' => out.push(b'\\'),
            b'0' => out.push(take_number(&mut rest, 3, 8).unwrap_or(0)),
            b'x' => match take_number(&mut rest, 2, 16) {
                Some(number) => out.push(number),
                None => out.extend_from_slice(b"\\x"),
            },
            other => out.extend_from_slice(&[b'\\', *other]),
        }
    }
    // A variable of a shell ends at NUL's place as if it were not there.
    out.retain(|byte| *byte != 0);
    out
}

/// The number that a text begins with, of at most so many digits, cut down to a byte.
fn take_number(text: &mut &[u8], digits: usize, radix: u32) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(radix);
    let values: Vec<u32> = text.iter().take(digits).map_while(digit).collect();
    *text = text.get(values.len()..).unwrap_or_default();
    let number = values
        .into_iter()
        .reduce(|number, digit| number * radix + digit)?;
    u8::try_from(number % 256).ok()
}

/// The text with the blanks at both ends of each line, and the line ends at its own end, removed.
fn trimmed_lines(text: &[u8]) -> Vec<u8> {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 11;
    let trim = |line: &[u8]| {
        let start = line
            .iter()
            .position(|byte| !is_blank(byte))
            .unwrap_or(line.len());
        let end = line
            .iter()
            .rposition(|byte| !is_blank(byte))
            .map_or(start, |last| last + 1);
        line.get(start..end).unwrap_or_default().to_vec()
    };
    let mut lines: Vec<Vec<u8>> = text.split(|byte| *byte == b'\n').map(trim).collect();
    while lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    lines.join(&b'\n')
}

/// How the flags before the command are dropped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dropping {
    /// Each leading `--word`.
    Words,
    /// `--app` with its value too, but the value then ends the run of flags.
    AppEnds,
    /// `--app` with its value too.
    App,
    /// The same, and `--version` stays.
    AppNotVersion,
}

const DROPPING: Timeline<Dropping> = Timeline::new(
    Dropping::Words,
    &[
        (v(5, 0), Dropping::AppEnds),
        (v(8, 1), Dropping::App),
        (v(15, 0), Dropping::AppNotVersion),
    ],
);

/// The arguments without the flags before the command, known or not, as the dispatcher's own loop drops them: it
/// walks over the words and drops from the front, which is not always the word that it looks at.
///
/// # Errors
/// 1, without a word, where the script ends because there was nothing left to drop.
pub(crate) fn drop_leading_flags(
    arguments: Vec<OsString>,
    version: Version,
) -> Result<Vec<OsString>, Ended> {
    let dropping = *DROPPING.at(version);
    let mut dropped = 0;
    let mut shift = |count: usize| -> Result<(), Ended> {
        match dropped + count <= arguments.len() {
            true => dropped += count,
            false => return Err(Ended(1)),
        }
        Ok(())
    };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_bytes() {
            b"--version" if dropping == Dropping::AppNotVersion => {}
            b"--app" if dropping == Dropping::AppEnds => shift(2)?,
            b"--app" if dropping != Dropping::Words => {
                if shift(2).is_ok() {
                    words.next();
                }
            }
            flag if flag.starts_with(b"--") => shift(1)?,
            _ => break,
        }
    }
    let mut arguments = arguments;
    Ok(arguments.split_off(dropped))
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Version> {
    let flags = FLAGS.iter().flat_map(|flag| flag.effect.turns());
    [APP.turns(), GATHERED.turns(), DROPPING.turns()]
        .into_iter()
        .flatten()
        .chain(flags)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    fn left(line: &str, version: Version) -> Result<Vec<OsString>, Ended> {
        drop_leading_flags(words(line), version)
    }

    fn flags(line: &str, version: Version) -> Variables {
        let mut variables = Variables::default();
        export_flags(&words(line), version, &mut variables);
        variables
    }

    #[test]
    fn leading_flags_go_and_later_ones_stay() {
        for version in [v(4, 0), v(5, 0), v(8, 1), v(38, 27)] {
            assert_eq!(
                left("--quiet --nosuch a --force", version),
                Ok(words("a --force"))
            );
        }
        assert_eq!(left("--app foo a", v(4, 0)), Ok(words("foo a")));
        assert_eq!(left("--app foo a", v(5, 0)), Ok(words("a")));
        assert_eq!(left("--app foo --quiet a", v(8, 0)), Ok(words("--quiet a")));
        assert_eq!(left("--app foo --quiet a", v(8, 1)), Ok(words("a")));
    }

    #[test]
    fn version_stays_and_is_dropped_in_place_of_a_later_flag() {
        assert_eq!(left("--version", v(14, 6)), Ok(words("")));
        assert_eq!(left("--version", v(15, 0)), Ok(words("--version")));
        assert_eq!(
            left("--version --quiet a", v(15, 0)),
            Ok(words("--quiet a"))
        );
    }

    #[test]
    fn an_app_flag_without_a_value_ends_the_early_versions_and_stays_in_the_later() {
        assert_eq!(left("--app", v(5, 0)), Err(Ended(1)));
        assert_eq!(left("--quiet --app", v(8, 1)), Ok(words("--app")));
    }

    #[test]
    fn the_app_is_the_word_after_the_flag_wherever_it_stands() {
        assert_eq!(flags("a --app foo", v(38, 27)).get("DOKKU_APP_NAME"), "foo");
        assert_eq!(flags("a --app foo", v(4, 14)).get("DOKKU_APP_NAME"), "");
        assert_eq!(flags("--app a --app b", v(8, 1)).get("DOKKU_APP_NAME"), "b");
        assert_eq!(
            flags("--app a --app b", v(8, 0)).get("DOKKU_APP_NAME"),
            "--app"
        );
    }

    #[test]
    fn the_gathered_flags_have_no_value_of_app_and_are_unescaped() {
        let gathered = |line| flags(line, v(19, 0)).get("DOKKU_GLOBAL_FLAGS").to_owned();
        assert_eq!(gathered("--app foo --quiet x --y"), "--app --quiet --y");
        assert_eq!(gathered(r"--a\x41\0101\tb\q\\"), "--aAA\tb\\q\\");
        assert_eq!(gathered(r"--a\n\n"), "--a");
        assert_eq!(gathered(r"--a\c --b"), "--a");
        assert_eq!(gathered("x"), "");
    }
}
