//! `sudo` in a world: everybody is the same user in truth, so it runs the command, and leaves the world's `PATH` alone.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::super::User;
use super::super::layout::Layout;
use super::{Become, Reply};

/// The variable that tells, below a sudo, which user it has changed to: `id` looks at it.
pub(super) const BECAME: &str = "CONFORM_USER";

/// Users of a host besides those of a world. Nothing is known of them but that they are there.
const OTHERS: [&str; 2] = ["nobody", "www-data"];

/// What the options of a call say.
#[derive(Debug, Default)]
struct Options {
    /// Who the command is to be run as; root for none.
    user: Option<OsString>,
    /// `-i` or `-s`: by a shell.
    by_shell: bool,
    /// `-E`: with the caller's environment, and so with its home.
    keeps_environment: bool,
    /// `-H`: with the user's own home all the same.
    sets_home: bool,
}

/// What the options ask for in place of a command.
enum Instead {
    /// `-v`, `-k` or `-K`: to renew or forget that the caller is trusted, which changes nothing here.
    Nothing,
    /// Anything else.
    Unknown,
}

/// The command behind sudo's own options, with `NAME=value` words kept for `env`.
pub(super) fn reply(layout: &Layout, args: &[OsString]) -> Reply {
    let mut rest = args.iter();
    let options = match Options::read(&mut rest) {
        Ok(options) => options,
        Err(Instead::Nothing) => return Reply::silent(0),
        Err(Instead::Unknown) => return Reply::Unknown,
    };
    let user = options.user.as_deref().unwrap_or(OsStr::new("root"));
    let user = match (user.to_str().and_then(User::of_name), user.to_str()) {
        (Some(user), _) => Some(user),
        (None, Some(name)) if OTHERS.contains(&name) => None,
        // A host may have that user.
        _ => return Reply::Unmodelled(format!("the user `{}` of `sudo`", user.display())),
    };
    let mut command: Vec<OsString> = rest.cloned().collect();
    let variables = command
        .iter()
        .take_while(|word| variable(word).is_some())
        .count();
    let given: Vec<OsString> = command.drain(..variables).collect();
    let given = given.iter().filter_map(|word| variable(word));
    if options.by_shell {
        command = shell(command);
    }
    if command.is_empty() {
        return Reply::Unknown;
    }
    let own = user.map(|user| options.environment(layout, user));
    Reply::Becomes(Become {
        command,
        environment: own.into_iter().flatten().chain(given).collect(),
    })
}

impl Options {
    /// Takes them from the front of the words, up to the command.
    fn read<'w>(rest: &mut std::slice::Iter<'w, OsString>) -> Result<Self, Instead> {
        let mut options = Self::default();
        while let Some(word) = rest.as_slice().first() {
            let text = word.as_encoded_bytes();
            if text == b"--" {
                rest.next();
                return Ok(options);
            }
            let is_option = text.len() > 1 && text.starts_with(b"-");
            if !is_option {
                return Ok(options);
            }
            rest.next();
            match word.to_str() {
                None => return Err(Instead::Unknown),
                Some(long) if long.starts_with("--") => options.long(long, rest)?,
                Some(short) => options.short(short, rest)?,
            }
        }
        Ok(options)
    }

    fn long(
        &mut self,
        word: &str,
        rest: &mut std::slice::Iter<'_, OsString>,
    ) -> Result<(), Instead> {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(OsString::from(value))),
            None => (word, None),
        };
        match name {
            "--user" => self.user = value.or_else(|| rest.next().cloned()),
            "--group" | "--prompt" | "--close-from" | "--host" | "--chdir" => {
                if value.is_none() {
                    rest.next();
                }
            }
            "--preserve-env" => self.keeps_environment = true,
            "--set-home" => self.sets_home = true,
            "--login" | "--shell" => self.by_shell = true,
            "--non-interactive" | "--stdin" | "--preserve-groups" | "--background" => {}
            "--validate" | "--reset-timestamp" | "--remove-timestamp" => {
                return Err(Instead::Nothing);
            }
            _ => return Err(Instead::Unknown),
        }
        Ok(())
    }

    /// Letters behind one dash. The value of one that takes a value is what is left of the word, or the next word.
    fn short(
        &mut self,
        word: &str,
        rest: &mut std::slice::Iter<'_, OsString>,
    ) -> Result<(), Instead> {
        let mut letters = word.chars();
        letters.next();
        while let Some(letter) = letters.next() {
            match letter {
                'u' | 'g' | 'p' | 'C' | 'h' | 'r' | 't' | 'D' | 'R' | 'T' | 'U' => {
                    let value = match letters.as_str() {
                        "" => rest.next().cloned(),
                        value => Some(OsString::from(value)),
                    };
                    if letter == 'u' {
                        self.user = value;
                    }
                    return Ok(());
                }
                'E' => self.keeps_environment = true,
                'H' => self.sets_home = true,
                'i' | 's' => self.by_shell = true,
                'n' | 'S' | 'P' | 'b' | 'A' | 'B' | 'N' => {}
                'v' | 'k' | 'K' => {
                    // Before a command `-k` only has the trust not used.
                    if letter != 'k' || rest.as_slice().is_empty() {
                        return Err(Instead::Nothing);
                    }
                }
                _ => return Err(Instead::Unknown),
            }
        }
        Ok(())
    }

    /// What is set for the command: who it is run by, and whose home it has.
    fn environment(&self, layout: &Layout, user: User) -> Vec<(OsString, OsString)> {
        let name = user.name();
        let mut set = vec![(BECAME, OsString::from(name))];
        if !self.keeps_environment {
            set.extend(["USER", "LOGNAME"].map(|variable| (variable, OsString::from(name))));
        }
        let home = home(layout, user).filter(|_| self.sets_home || !self.keeps_environment);
        set.extend(home.map(|home| ("HOME", home.into_os_string())));
        let set = set.into_iter();
        set.map(|(variable, value)| (variable.into(), value))
            .collect()
    }
}

/// The user's home; none for root's where the world is not the root.
pub(super) fn home(layout: &Layout, user: User) -> Option<PathBuf> {
    match user {
        User::Dokku => Some(layout.dokku_root()),
        User::Root => (layout.root() == Path::new("/")).then(|| PathBuf::from("/root")),
    }
}

/// `NAME=value`, if it is that.
fn variable(word: &OsStr) -> Option<(OsString, OsString)> {
    let text = word.as_bytes();
    let at = text.iter().position(|byte| *byte == b'=')?;
    let (name, value) = (text.get(..at)?, text.get(at + 1..)?);
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let is_name = !name.is_empty() && name.iter().all(is_letter);
    let owned = |bytes: &[u8]| OsStr::from_bytes(bytes).to_owned();
    is_name.then(|| (owned(name), owned(value)))
}

/// The shell that runs this; by itself where there is nothing.
fn shell(command: Vec<OsString>) -> Vec<OsString> {
    let mut words = vec![OsString::from("bash")];
    if !command.is_empty() {
        words.extend(["-c", "\"$@\"", "sudo"].map(OsString::from));
        words.extend(command);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(line: &str) -> Reply {
        let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        reply(&Layout::new("/".into()), &words)
    }

    /// What it becomes: what is set, and the command.
    fn becomes(line: &str) -> String {
        let Reply::Becomes(what) = ask(line) else {
            panic!("{line}: {:?}", ask(line));
        };
        let set = what.environment.iter();
        let set = set.map(|(name, value)| format!("{}={}", name.display(), value.display()));
        let words = what.command.iter().map(|word| word.display().to_string());
        set.chain(words).collect::<Vec<String>>().join(" ")
    }

    const ROOT: &str = "CONFORM_USER=root USER=root LOGNAME=root HOME=/root";
    const DOKKU: &str = "CONFORM_USER=dokku USER=dokku LOGNAME=dokku HOME=/home/dokku";

    #[test]
    fn options_go_and_the_command_stays() {
        assert_eq!(becomes("-u root -H nginx -t"), format!("{ROOT} nginx -t"));
        assert_eq!(becomes("-n true"), format!("{ROOT} true"));
        assert_eq!(becomes("A=b make"), format!("{ROOT} A=b make"));
        assert_eq!(becomes("-u dokku ls -u"), format!("{DOKKU} ls -u"));
        assert_eq!(becomes("--user=dokku -- ls"), format!("{DOKKU} ls"));
        assert_eq!(becomes("-Hu dokku ls"), format!("{DOKKU} ls"));
        assert_eq!(becomes("-udokku ls"), format!("{DOKKU} ls"));
        assert_eq!(
            becomes("-E -- dokku version"),
            "CONFORM_USER=root dokku version"
        );
        assert_eq!(
            becomes("-u dokku -E -H /x/dokku version"),
            "CONFORM_USER=dokku HOME=/home/dokku /x/dokku version"
        );
    }

    #[test]
    fn a_shell_runs_what_it_is_asked_to() {
        assert_eq!(becomes("-i"), format!("{ROOT} bash"));
        assert_eq!(becomes("-iu dokku"), format!("{DOKKU} bash"));
        assert_eq!(
            becomes("-i id -un"),
            format!("{ROOT} bash -c \"$@\" sudo id -un")
        );
        assert_eq!(becomes("bash -c true"), format!("{ROOT} bash -c true"));
    }

    #[test]
    fn what_is_no_command_is_known_or_said_to_be_unknown() {
        assert_eq!(ask("-v"), Reply::silent(0));
        assert_eq!(ask("-k"), Reply::silent(0));
        assert_eq!(becomes("-u www-data id"), "id");
        for line in ["-l", "", "-u", "-e file"] {
            assert_eq!(ask(line), Reply::Unknown, "{line}");
        }
        let lacks = Reply::Unmodelled("the user `rm` of `sudo`".to_owned());
        assert_eq!(ask("-u rm -rf /x"), lacks);
    }
}
