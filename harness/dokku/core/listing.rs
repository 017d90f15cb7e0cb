//! `<plugin>:report` as the core plugins that are shell scripts give it: a table of an app, or one value.

use std::io::Write;

use super::app_name;
use super::common_helper::visible;
use super::failure::Failure;
use super::host::Host;
use super::say;

/// What a listing shows of one app: flags and their values, in the order in which they are told.
pub(super) type Items = Vec<(&'static str, String)>;

/// What is done about a flag that was asked for and has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// The command fails.
    Fails,
    /// Every value is followed by an empty line, even one that is not there.
    EndsWithLine,
}

/// Answers `<plugin>:report` with the arguments after it.
pub(super) fn run(
    host: &Host,
    title: &str,
    missing: Missing,
    arguments: &[String],
    items: impl Fn(&str) -> Items,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let word = |index: usize| arguments.get(index).map_or("", String::as_str);
    let (app, flag) = match word(0) {
        flag if flag.starts_with("--") => ("", flag),
        app => (app, word(1)),
    };
    if !app.is_empty() {
        return one(host, title, missing, app, flag, &items, out);
    }
    let apps = visible(host, &host.apps())?;
    if apps.is_empty() {
        say::warn("You haven't deployed any applications yet");
    }
    for app in apps {
        // Upstream passes over the apps that it can't tell of.
        if let Err(failure) = one(host, title, missing, &app, flag, &items, out) {
            failure.end(false, host.version);
        }
    }
    Ok(())
}

fn one(
    host: &Host,
    title: &str,
    missing: Missing,
    app: &str,
    flag: &str,
    items: &impl Fn(&str) -> Items,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    app_name::verify(host, app)?;
    let items = items(app);
    if flag.is_empty() || flag == "true" {
        say::head_unless_quiet(host, out, &format!("{app} {title} information"));
        for (flag, value) in items {
            say::detail(out, &row(flag, &value));
        }
        return Ok(());
    }
    let found = items.iter().find(|(known, _)| *known == flag);
    let Some((_, value)) = found else {
        let known: Vec<&str> = items.iter().map(|(known, _)| *known).collect();
        let text = format!("Invalid flag passed, valid flags: {}", known.join(" "));
        return Err(Failure::new(text));
    };
    if !value.is_empty() {
        say::line(out, value);
    }
    match missing {
        Missing::Fails if value.is_empty() => return Err(Failure::new("not deployed")),
        Missing::Fails => {}
        Missing::EndsWithLine => say::line(out, ""),
    }
    Ok(())
}

fn row(flag: &str, value: &str) -> String {
    let words = flag.trim_start_matches("--").replace('-', " ");
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    let name: String = first.into_iter().chain(letters).chain([':']).collect();
    format!("{name:30} {value:25}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_two_columns() {
        let expected = format!("{:30} {:25}", "Storage run mounts:", "-v /a:/a ");
        assert_eq!(row("--storage-run-mounts", "-v /a:/a "), expected);
    }
}
