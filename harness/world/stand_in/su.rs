//! `su` and `runuser` in a world: like `sudo` they run the command, and leave the world's `PATH` alone.

use std::ffi::{OsStr, OsString};

use super::super::User;
use super::super::layout::Layout;
use super::sudo::{BECAME, home};
use super::{Become, Reply};

/// What is asked.
#[derive(Debug, Default)]
struct Ask<'w> {
    /// Whether it is as if the user had logged in: in the user's home.
    logs_in: bool,
    /// Whether the caller's environment stays as it is.
    keeps_environment: bool,
    /// What a shell is given with `-c`.
    script: Option<&'w OsStr>,
    shell: Option<&'w OsStr>,
    /// `-u` of `runuser`, whose operands are a command.
    runs_as: Option<&'w OsStr>,
    operands: Vec<&'w OsStr>,
}

/// What `su` or `runuser` becomes that this user calls.
pub(super) fn reply(layout: &Layout, program: &str, args: &[OsString], caller: User) -> Reply {
    let Some(ask) = Ask::read(program, args) else {
        return Reply::Unknown;
    };
    let mut operands = ask.operands.iter().copied();
    let user = match ask.runs_as {
        Some(user) => user,
        None => operands.next().unwrap_or(OsStr::new("root")),
    };
    if caller != User::Root {
        return match program {
            "runuser" => Reply::fails(1, "runuser: may not be used by non-root users\n"),
            _ => Reply::Unmodelled("the password that `su` asks for".to_owned()),
        };
    }
    let Some(known) = user.to_str().and_then(User::of_name) else {
        // A host may have that user.
        return Reply::Unmodelled(format!("the user `{}` of `{program}`", user.display()));
    };
    let rest = operands.map(OsStr::to_owned);
    let command = match ask.runs_as {
        Some(_) => rest.collect(),
        None => ask.by_shell(rest),
    };
    if command.is_empty() {
        return Reply::Unknown;
    }
    Reply::Becomes(Become {
        command: ask.at_home(layout, known, command),
        environment: ask.environment(layout, known),
    })
}

impl<'w> Ask<'w> {
    /// Reads it; none for what is not understood.
    fn read(program: &str, args: &'w [OsString]) -> Option<Self> {
        let mut ask = Self::default();
        let mut words = args.iter().map(OsString::as_os_str);
        while let Some(word) = words.next() {
            // Behind the command of `runuser -u` the options are the command's own.
            let is_over = ask.runs_as.is_some() && !ask.operands.is_empty();
            match word.to_str() {
                _ if is_over => ask.operands.push(word),
                Some("--") => ask.operands.extend(words.by_ref()),
                Some("-" | "-l" | "--login") => ask.logs_in = true,
                Some("-m" | "-p" | "--preserve-environment") => ask.keeps_environment = true,
                Some("-c" | "--command") => ask.script = Some(words.next()?),
                // A login that is told what to do at once, as in `-lc`.
                Some("-lc") => (ask.logs_in, ask.script) = (true, Some(words.next()?)),
                Some("-s" | "--shell") => ask.shell = Some(words.next()?),
                Some("-u" | "--user") if program == "runuser" => ask.runs_as = Some(words.next()?),
                Some(option) if option.starts_with('-') => return None,
                _ => ask.operands.push(word),
            }
        }
        let is_mixed = ask.runs_as.is_some() && (ask.script.is_some() || ask.shell.is_some());
        (!is_mixed).then_some(ask)
    }

    /// The shell, and what it is given.
    fn by_shell(&self, rest: impl Iterator<Item = OsString>) -> Vec<OsString> {
        let shell = self.shell.unwrap_or(OsStr::new("/bin/bash")).to_owned();
        let script = self.script.map(|script| ["-c".into(), script.to_owned()]);
        let words = script.into_iter().flatten();
        std::iter::once(shell).chain(words).chain(rest).collect()
    }

    /// The command, begun in the user's home if that is asked. What a shell reads where somebody logs in would take the
    /// world's programs out of `PATH`.
    fn at_home(&self, layout: &Layout, user: User, command: Vec<OsString>) -> Vec<OsString> {
        match home(layout, user).filter(|_| self.logs_in) {
            Some(home) => ["env".into(), "-C".into(), home.into_os_string()]
                .into_iter()
                .chain(command)
                .collect(),
            None => command,
        }
    }

    fn environment(&self, layout: &Layout, user: User) -> Vec<(OsString, OsString)> {
        let name = OsString::from(user.name());
        let mut set = vec![(BECAME.into(), name.clone())];
        if self.keeps_environment && !self.logs_in {
            return set;
        }
        if let Some(home) = home(layout, user) {
            set.push(("HOME".into(), home.into_os_string()));
        }
        if self.logs_in || user != User::Root {
            set.extend(["USER", "LOGNAME"].map(|variable| (variable.into(), name.clone())));
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(line: &str, caller: User) -> Reply {
        let mut words = shell_words::split(line).unwrap().into_iter();
        let program = words.next().unwrap();
        let args: Vec<OsString> = words.map(OsString::from).collect();
        reply(&Layout::new("/".into()), &program, &args, caller)
    }

    /// What it becomes for root: the command, and what is set.
    fn becomes(line: &str) -> (Vec<String>, String) {
        let Reply::Becomes(what) = ask(line, User::Root) else {
            panic!("{line}: {:?}", ask(line, User::Root));
        };
        let set = what.environment.iter();
        let set = set.map(|(name, value)| format!("{}={}", name.display(), value.display()));
        let words = what.command.iter().map(|word| word.display().to_string());
        (words.collect(), set.collect::<Vec<_>>().join(" "))
    }

    const DOKKU: &str = "CONFORM_USER=dokku HOME=/home/dokku USER=dokku LOGNAME=dokku";

    #[test]
    fn a_shell_of_the_user_runs_the_command() {
        let own = |words: &[&str]| {
            let words = words.iter().map(|word| (*word).to_owned());
            (words.collect::<Vec<_>>(), DOKKU.to_owned())
        };
        let plain = own(&["/bin/bash", "-c", "crontab -l"]);
        assert_eq!(becomes("su dokku -c 'crontab -l'"), plain);
        assert_eq!(becomes("su -c 'crontab -l' dokku"), plain);
        assert_eq!(becomes("runuser dokku -c 'crontab -l'"), plain);
        let at_home = own(&["env", "-C", "/home/dokku", "/bin/sh", "-c", "id"]);
        assert_eq!(becomes("su - dokku -s /bin/sh -c id"), at_home);
        assert_eq!(becomes("runuser -u dokku -- id -un"), own(&["id", "-un"]));
        assert_eq!(becomes("runuser -u dokku id -un"), own(&["id", "-un"]));
        let of_root = "CONFORM_USER=root HOME=/root".to_owned();
        assert_eq!(becomes("su"), (vec!["/bin/bash".into()], of_root));
    }

    #[test]
    fn nobody_but_root_becomes_another_without_a_password() {
        let refused = Reply::fails(1, "runuser: may not be used by non-root users\n");
        assert_eq!(ask("runuser -u root id", User::Dokku), refused);
        let lacks = Reply::Unmodelled("the password that `su` asks for".to_owned());
        assert_eq!(ask("su -c id", User::Dokku), lacks);
    }

    #[test]
    fn what_is_not_known_is_named() {
        let lacks = Reply::Unmodelled("the user `postgres` of `su`".to_owned());
        assert_eq!(ask("su - postgres -c true", User::Root), lacks);
        for line in [
            "su -z",
            "su -c",
            "runuser -u dokku",
            "runuser -u dokku -c id",
        ] {
            assert_eq!(ask(line, User::Root), Reply::Unknown, "{line}");
        }
    }
}
