//! `crontab`: each user's own table, kept where Debian's cron keeps it.

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::super::User;
use super::super::layout::Layout;
use super::Reply;

/// How much of a table is read.
const LARGEST: u64 = 256 << 10;

/// What is asked.
#[derive(Debug, PartialEq, Eq)]
enum Ask<'a> {
    List,
    Remove,
    /// To take what this file has, or standard input.
    Install(Option<&'a str>),
}

/// What `crontab` answers to this user.
pub(super) fn reply(layout: &Layout, args: &[String], caller: User) -> Reply {
    let Some((ask, whose)) = read(args) else {
        return Reply::Unknown;
    };
    let user = match whose.map(User::of_name) {
        None => caller,
        Some(None) => {
            let name = whose.unwrap_or_default();
            return Reply::fails(1, format!("crontab:  user `{name}' unknown\n"));
        }
        Some(Some(user)) if caller == User::Root || user == caller => user,
        Some(Some(_)) => return Reply::fails(1, "must be privileged to use -u\n"),
    };
    answer(&place(layout, user), &ask, user).unwrap_or(Reply::Unknown)
}

/// What is asked, and whose table it is about; none for a call that is not known.
fn read(args: &[String]) -> Option<(Ask<'_>, Option<&str>)> {
    let (mut ask, mut whose) = (None, None);
    let mut rest = args.iter().map(String::as_str);
    while let Some(word) = rest.next() {
        let one = match word {
            "-u" => {
                whose = Some(rest.next()?);
                continue;
            }
            "-l" => Ask::List,
            "-r" => Ask::Remove,
            "-" => Ask::Install(None),
            option if option.starts_with('-') => return None,
            file => Ask::Install(Some(file)),
        };
        if ask.replace(one).is_some() {
            return None;
        }
    }
    Some((ask.unwrap_or(Ask::Install(None)), whose))
}

fn place(layout: &Layout, user: User) -> PathBuf {
    let folder = layout.root().join("var/spool/cron/crontabs");
    folder.join(user.name())
}

/// # Errors
/// If the table is not this process's to read or write, as in a world that keeps it from who runs a step.
fn answer(table: &Path, ask: &Ask<'_>, user: User) -> io::Result<Reply> {
    let none = || Reply::fails(1, format!("no crontab for {}\n", user.name()));
    match ask {
        Ask::List => match fs::read_to_string(table) {
            Ok(text) => Ok(Reply::says(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(none()),
            Err(error) => Err(error),
        },
        Ask::Remove => match fs::remove_file(table) {
            Ok(()) => Ok(Reply::silent(0)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(none()),
            Err(error) => Err(error),
        },
        Ask::Install(file) => {
            let text = match file {
                None => limited(io::stdin()),
                Some(file) => match fs::File::open(file) {
                    Err(error) if error.kind() == ErrorKind::NotFound => {
                        return Ok(Reply::fails(
                            1,
                            format!("{file}: No such file or directory\n"),
                        ));
                    }
                    opened => opened.and_then(limited),
                },
            }?;
            if let Some(line) = wrong(&text) {
                let name = file.unwrap_or("-");
                return Ok(Reply::fails(
                    1,
                    format!(
                        "\"{name}\":{line}: bad minute\nerrors in crontab file, can't install.\n"
                    ),
                ));
            }
            if let Some(folder) = table.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(table, text)?;
            Ok(Reply::silent(0))
        }
    }
}

fn limited(from: impl Read) -> io::Result<String> {
    let mut text = String::new();
    from.take(LARGEST).read_to_string(&mut text)?;
    Ok(text)
}

/// The number of the first line, from 0 as cron counts, that is neither empty nor a comment, a variable or an entry.
fn wrong(text: &str) -> Option<usize> {
    let is_right = |line: &str| {
        let line = line.trim();
        let is_name = |name: &str| {
            let name = name.trim();
            !name.is_empty() && !name.contains(char::is_whitespace)
        };
        let is_variable = || line.split_once('=').is_some_and(|(name, _)| is_name(name));
        let begins = |letter: char| letter.is_ascii_digit() || matches!(letter, '*' | '@');
        line.is_empty() || line.starts_with('#') || line.starts_with(begins) || is_variable()
    };
    text.lines().position(|line| !is_right(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_table_is_kept_for_each_user() {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout::new(root.path().to_owned());
        let file = root.path().join("table");
        fs::write(&file, "# mine\nA=b\n* * * * * true\n").unwrap();
        let file = file.to_str().unwrap();
        let ask = |line: &str, user| reply(&layout, &words(line), user);
        assert_eq!(
            ask("-l", User::Dokku),
            Reply::fails(1, "no crontab for dokku\n")
        );
        assert_eq!(
            ask(&format!("-u dokku {file}"), User::Root),
            Reply::silent(0)
        );
        let listed = Reply::says("# mine\nA=b\n* * * * * true\n");
        assert_eq!(ask("-l", User::Dokku), listed);
        assert_eq!(ask("-u dokku -l", User::Root), listed);
        assert_eq!(
            ask("-l", User::Root),
            Reply::fails(1, "no crontab for root\n")
        );
        assert_eq!(ask("-r", User::Dokku), Reply::silent(0));
        assert_eq!(
            ask("-r", User::Dokku),
            Reply::fails(1, "no crontab for dokku\n")
        );
    }

    #[test]
    fn what_is_not_allowed_and_what_is_not_known_is_told() {
        let layout = Layout::new("/no/such".into());
        let ask = |line: &str, user| reply(&layout, &words(line), user);
        assert_eq!(
            ask("-u root -l", User::Dokku),
            Reply::fails(1, "must be privileged to use -u\n")
        );
        assert_eq!(
            ask("-u nobody-here -l", User::Root),
            Reply::fails(1, "crontab:  user `nobody-here' unknown\n")
        );
        assert_eq!(ask("-e", User::Root), Reply::Unknown);
        assert_eq!(ask("-l -r", User::Root), Reply::Unknown);
        let missing = Reply::fails(1, "/no/such/file: No such file or directory\n");
        assert_eq!(ask("/no/such/file", User::Root), missing);
    }

    #[test]
    fn a_table_that_cron_would_not_take_is_refused() {
        assert_eq!(
            wrong("\n# x\nMAILTO=\"\"\n@daily x\n*/5 * * * * x\n0 1 * * * x\n"),
            None
        );
        assert_eq!(wrong("# x\nnonsense here\n"), Some(1));
    }
}
