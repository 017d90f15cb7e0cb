//! What a file is written in, as its first bytes say.

use std::path::{Path, PathBuf};

/// What a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// A bash script.
    Bash,
    /// A script for the system's shell.
    Sh,
    /// A script for another shell of the Bourne family: dash, ksh, zsh, busybox.
    OtherShell,
    /// A Python script.
    Python,
    /// A Node script.
    Node,
    /// A script for another interpreter.
    Other,
    /// A compiled program.
    Binary,
    /// It has no first line that says.
    Unknown,
}

impl Language {
    /// True for every shell.
    #[must_use]
    pub fn is_shell(self) -> bool {
        matches!(self, Self::Bash | Self::Sh | Self::OtherShell)
    }
}

/// The first line of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter {
    /// What the kernel would run.
    pub program: PathBuf,
    /// The program that `env` would look up, if `program` is `env`.
    pub looked_up: Option<String>,
    /// True if the line ends with a carriage return, which becomes part of the last word.
    pub carriage_return: bool,
}

/// Whether an interpreter is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is on this host.
    Here,
    /// It is not on this host; a Dokku host may have it.
    NotHere(String),
    /// No host has it there.
    Nowhere(String),
}

/// Where `env` looks when Dokku runs a plugin.
pub const SEARCHED: [&str; 6] = [
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
];

/// True if this machine has a program of this name where Dokku, and so a plugin, looks for programs.
#[must_use]
pub fn is_on_path(name: &str) -> bool {
    let mut folders = SEARCHED.iter().map(Path::new);
    folders.any(|folder| folder.join(name).is_file())
}

/// Where a host may have programs that another has not.
const LOCAL: [&str; 6] = ["/usr/", "/opt/", "/home/", "/root/", "/snap/", "/nix/"];

impl Interpreter {
    /// Reads the first line of a file; none if it names no interpreter.
    #[must_use]
    pub fn read(head: &[u8]) -> Option<Self> {
        let line = head
            .strip_prefix(b"#!")?
            .split(|byte| *byte == b'\n')
            .next()?;
        let carriage_return = line.ends_with(b"\r");
        let line = String::from_utf8_lossy(line);
        let mut words = line.split_ascii_whitespace();
        let program = PathBuf::from(words.next()?);
        let looked_up = (program.file_name()? == "env")
            .then(|| {
                words
                    .find(|word| !word.starts_with('-') && !word.contains('='))
                    .map(str::to_owned)
            })
            .flatten();
        Some(Self {
            program,
            looked_up,
            carriage_return,
        })
    }

    /// The name of the program that reads the script.
    #[must_use]
    pub fn name(&self) -> String {
        self.looked_up.clone().unwrap_or_else(|| {
            self.program
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default()
        })
    }

    /// Whether this interpreter is there.
    #[must_use]
    pub fn presence(&self) -> Presence {
        if self.carriage_return {
            return Presence::Nowhere(format!("`{}\\r`", self.name()));
        }
        if !self.program.is_absolute() {
            return Presence::Nowhere(format!("`{}`", self.program.display()));
        }
        if !self.program.is_file() {
            let text = self.program.display().to_string();
            let local = LOCAL.iter().any(|start| text.starts_with(start));
            let shell = matches!(self.language(), Language::Bash | Language::Sh);
            return if local && !(shell && text.starts_with("/usr/bin/")) {
                Presence::NotHere(format!("`{text}`"))
            } else {
                Presence::Nowhere(format!("`{text}`"))
            };
        }
        match &self.looked_up {
            Some(name) if !is_on_path(name) => Presence::NotHere(format!("`{name}`")),
            _ => Presence::Here,
        }
    }

    /// What this interpreter reads.
    #[must_use]
    pub fn language(&self) -> Language {
        let name = self.name();
        let plain = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        match plain {
            "bash" => Language::Bash,
            "sh" => Language::Sh,
            "dash" | "ash" | "ksh" | "mksh" | "zsh" | "busybox" => Language::OtherShell,
            "python" | "pypy" => Language::Python,
            "node" | "nodejs" => Language::Node,
            _ => Language::Other,
        }
    }
}

/// What the first bytes of a file say of its language.
#[must_use]
pub(super) fn language(head: &[u8]) -> Language {
    if head.starts_with(b"\x7fELF") {
        return Language::Binary;
    }
    match Interpreter::read(head) {
        Some(interpreter) => interpreter.language(),
        None if head.contains(&0) => Language::Binary,
        None => Language::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_line_tells_the_language() {
        for (head, wanted) in [
            ("#!/bin/bash\n", Language::Bash),
            ("#!/usr/bin/env bash\r\n", Language::Bash),
            ("#! /bin/sh -e\n", Language::Sh),
            ("#!/usr/bin/env -S python3.11 -u\n", Language::Python),
            ("#!/usr/bin/env nodejs\n", Language::Node),
            ("#!/usr/bin/perl\n", Language::Other),
            ("\x7fELF\x02", Language::Binary),
            ("a\0b", Language::Binary),
            ("echo\n", Language::Unknown),
            ("#!\n", Language::Unknown),
            ("", Language::Unknown),
        ] {
            assert_eq!(language(head.as_bytes()), wanted, "{head:?}");
        }
    }

    #[test]
    fn what_no_host_has_differs_from_what_this_one_lacks() {
        let presence = |line: &str| Interpreter::read(line.as_bytes()).unwrap().presence();
        assert_eq!(presence("#!/bin/sh\n"), Presence::Here);
        assert!(matches!(presence("#!/bin/sh\r\n"), Presence::Nowhere(_)));
        assert!(matches!(presence("#!bash\n"), Presence::Nowhere(_)));
        assert!(matches!(
            presence("#!/no/such/interpreter\n"),
            Presence::Nowhere(_)
        ));
        assert!(matches!(
            presence("#!/opt/none/python\n"),
            Presence::NotHere(_)
        ));
        assert!(matches!(
            presence("#!/usr/bin/env no-such-interpreter\n"),
            Presence::NotHere(_)
        ));
    }
}
