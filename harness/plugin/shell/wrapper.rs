//! The program that a command runs in the end, behind `sudo`, `xargs`, `env` and the like.

use super::script::Invocation;
use super::word::Word;

/// How many wrappers are looked behind.
const MOST: usize = 20;

/// A program and what it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program<'i> {
    /// The word that names it.
    pub name: &'i Word,
    /// The words after it.
    pub arguments: &'i [Word],
    /// True if more arguments come from elsewhere, as with `xargs`.
    pub open: bool,
}

/// A command that runs the command after its options.
struct Wrapper {
    name: &'static str,
    /// The options whose value is the next word.
    valued: &'static [&'static str],
    /// How many words of its own follow the options.
    own: usize,
    /// True if it takes `NAME=value` words.
    assigns: bool,
    /// Options with which it runs nothing that can be read here.
    opaque: &'static [&'static str],
}

const fn wrapper(
    name: &'static str,
    valued: &'static [&'static str],
    own: usize,
    assigns: bool,
    opaque: &'static [&'static str],
) -> Wrapper {
    Wrapper {
        name,
        valued,
        own,
        assigns,
        opaque,
    }
}

/// `suppress_output` is a function of Dokku's `common/functions`, the others are the system's.
const WRAPPERS: &[Wrapper] = &[
    wrapper("exec", &["-a"], 0, false, &[]),
    wrapper("command", &[], 0, false, &["-v", "-V", "-pv", "-pV"]),
    wrapper("builtin", &[], 0, false, &[]),
    wrapper(
        "sudo",
        &[
            "-u", "-g", "-h", "-p", "-C", "-r", "-t", "-U", "-D", "-R", "-T", "--user", "--group",
        ],
        0,
        true,
        &["-l", "-v", "-e", "-k", "-K"],
    ),
    wrapper("env", &["-u", "-C", "--unset", "--chdir"], 0, true, &["-S"]),
    wrapper(
        "xargs",
        &[
            "-n",
            "-L",
            "-I",
            "-P",
            "-s",
            "-d",
            "-E",
            "-a",
            "--max-args",
            "--max-procs",
            "--max-lines",
            "--replace",
            "--delimiter",
            "--arg-file",
        ],
        0,
        false,
        &[],
    ),
    wrapper("nohup", &[], 0, false, &[]),
    wrapper("setsid", &[], 0, false, &[]),
    wrapper("time", &["-f", "-o"], 0, false, &[]),
    wrapper("nice", &["-n", "--adjustment"], 0, false, &[]),
    wrapper("ionice", &["-c", "-n", "-p"], 0, false, &["-p"]),
    wrapper(
        "timeout",
        &["-s", "-k", "--signal", "--kill-after"],
        1,
        false,
        &[],
    ),
    wrapper("flock", &["-w", "-E", "--timeout"], 1, false, &["-c", "-u"]),
    wrapper("suppress_output", &[], 0, false, &[]),
];

impl Invocation {
    /// The program that this command runs in the end; none if it runs none, or if the text does not tell.
    #[must_use]
    pub fn program(&self) -> Option<Program<'_>> {
        let mut program = Program {
            name: &self.name,
            arguments: &self.arguments,
            open: false,
        };
        for _ in 0..MOST {
            let name = program.name.literal();
            let name = name.as_deref().map(base);
            let Some(wrapper) = WRAPPERS.iter().find(|one| name == Some(one.name)) else {
                return Some(program);
            };
            let inner = wrapper.inner(program.arguments)?;
            program = Program {
                open: program.open || wrapper.name == "xargs",
                ..inner
            };
        }
        None
    }

    /// True if the program run in the end has this name, with or without a directory before it.
    #[must_use]
    pub fn runs(&self, name: &str) -> bool {
        self.program()
            .and_then(|program| program.name.literal())
            .is_some_and(|text| base(&text) == name)
    }
}

impl Wrapper {
    fn inner<'i>(&self, mut words: &'i [Word]) -> Option<Program<'i>> {
        let mut own = self.own;
        let mut options = true;
        loop {
            let (first, rest) = words.split_first()?;
            let text = first.literal();
            match text.as_deref() {
                Some("--") if options => {
                    options = false;
                    words = rest;
                }
                Some(option) if options && option.starts_with('-') && option.len() > 1 => {
                    if self.opaque.contains(&option) {
                        return None;
                    }
                    words = if self.valued.contains(&option) {
                        rest.get(1..)?
                    } else {
                        rest
                    };
                }
                _ if self.assigns && is_assignment(first) => words = rest,
                _ if own > 0 => {
                    own -= 1;
                    words = rest;
                }
                _ => {
                    return Some(Program {
                        name: first,
                        arguments: rest,
                        open: false,
                    });
                }
            }
        }
    }
}

fn is_assignment(word: &Word) -> bool {
    word.known_start().split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

fn base(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or(text)
}
