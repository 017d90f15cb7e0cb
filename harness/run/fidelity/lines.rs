//! The command lines, as a person writes them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// As it was written, without the blanks around it.
    pub text: String,
    /// The variables that its caller has.
    pub environment: Vec<(String, String)>,
    /// What is run.
    pub program: Program,
    /// Its arguments.
    pub arguments: Vec<String>,
}

impl CommandLine {
    /// True if it asks for the list of all commands.
    #[must_use]
    pub fn is_help(&self) -> bool {
        let mut words = self.arguments.iter().map(String::as_str);
        let mut first = words.next();
        while let Some(flag) = first.filter(|word| word.starts_with("--")) {
            if flag == "--app" {
                words.next();
            }
            first = words.next();
        }
        let over_ssh = self
            .environment
            .iter()
            .any(|(name, _)| name == "SSH_ORIGINAL_COMMAND");
        self.program == Program::Dokku && !over_ssh && matches!(first, None | Some("help"))
    }

    /// True if shells that run for it tell what they do.
    #[must_use]
    pub fn is_traced(&self) -> bool {
        let by_flag = self.arguments.iter().any(|word| word.contains("--trace"));
        by_flag
            || self
                .environment
                .iter()
                .any(|(name, value)| name == "DOKKU_TRACE" || value.contains("--trace"))
    }
}

/// What a command line runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The dispatcher.
    Dokku,
    /// The keeper of plugins, in the environment that the dispatcher gives.
    Plugn,
}

/// Why command lines can't be read.
#[derive(Debug, thiserror::Error)]
pub enum LinesError {
    /// The file can't be read.
    #[error("{path} can't be read: {source}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A line is none.
    #[error("{name}:{number}: {why}: `{text}`", name = name.display())]
    Line {
        /// The file.
        name: PathBuf,
        /// The number of the line.
        number: usize,
        /// What is wrong with it.
        why: &'static str,
        /// The line.
        text: String,
    },
    /// There is none in the file.
    #[error("{path} has no command line in it", path = .0.display())]
    Empty(PathBuf),
}

/// What is run by default.
const BUILTIN: &str = include_str!("lines.txt");

/// The built-in command lines, in groups.
#[must_use]
pub fn builtin() -> Vec<Vec<CommandLine>> {
    parse(Path::new("lines.txt"), BUILTIN).unwrap_or_default()
}

/// The command lines of a file, in groups: those of a group run in one world, one after the other.
///
/// A line is a command line as one would type it, `dokku ...` or `plugn ...`, quoted as for a shell and with the caller's
/// variables before it; one that begins with a blank belongs to the group of the line above it. Blank lines and those
/// that begin with `#` say nothing.
///
/// # Errors
/// [`LinesError`] if the file can't be read, a line is none, or there is none.
pub fn read(path: &Path) -> Result<Vec<Vec<CommandLine>>, LinesError> {
    let text = fs::read_to_string(path).map_err(|source| LinesError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let groups = parse(path, &text)?;
    match groups.is_empty() {
        true => Err(LinesError::Empty(path.to_owned())),
        false => Ok(groups),
    }
}

fn parse(name: &Path, text: &str) -> Result<Vec<Vec<CommandLine>>, LinesError> {
    let mut groups: Vec<Vec<CommandLine>> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let wrong = |why| LinesError::Line {
            name: name.to_owned(),
            number: index + 1,
            why,
            text: line.trim().to_owned(),
        };
        let command = command_line(line.trim()).map_err(wrong)?;
        match groups.last_mut() {
            Some(group) if line.starts_with([' ', '\t']) => group.push(command),
            None if line.starts_with([' ', '\t']) => {
                return Err(wrong("there is no line above it that it could follow"));
            }
            _ => groups.push(vec![command]),
        }
    }
    Ok(groups)
}

fn command_line(text: &str) -> Result<CommandLine, &'static str> {
    let mut words = shell_words::split(text)
        .map_err(|_| "a quote is not closed")?
        .into_iter()
        .peekable();
    let mut environment = Vec::new();
    while let Some((name, value)) = words.peek().and_then(|word| assignment(word)) {
        environment.push((name, value));
        words.next();
    }
    let program = match words.next().as_deref() {
        Some("dokku") => Program::Dokku,
        Some("plugn") => Program::Plugn,
        _ => return Err("a command line begins with `dokku` or `plugn`"),
    };
    Ok(CommandLine {
        text: text.to_owned(),
        environment,
        program,
        arguments: words.collect(),
    })
}

/// `NAME=value`
fn assignment(word: &str) -> Option<(String, String)> {
    let (name, value) = word.split_once('=')?;
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    is_name.then(|| (name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Vec<CommandLine>>, String> {
        parse(Path::new("x"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_built_in_is_read_to_its_end() {
        let groups = parse(Path::new("lines.txt"), BUILTIN).unwrap();
        assert!(groups.iter().flatten().count() > 100);
    }

    #[test]
    fn indented_lines_follow_in_the_same_world() {
        let groups = read("# a\nA=b C= dokku x 'y z'\n  plugn list\n\ndokku\n").unwrap();
        let shape: Vec<usize> = groups.iter().map(Vec::len).collect();
        assert_eq!(shape, [2, 1]);
        let first = &groups[0][0];
        assert_eq!(first.arguments, ["x", "y z"]);
        assert_eq!(first.environment.len(), 2);
        assert_eq!(groups[0][1].program, Program::Plugn);
    }

    #[test]
    fn what_is_no_command_line_is_told_by_its_number() {
        for (text, said) in [
            ("dokku x\nrm -rf /\n", "x:2: a command line begins"),
            ("dokku 'x\n", "x:1: a quote"),
            ("  dokku x\n", "x:1: there is no line above"),
            ("A=b\n", "x:1: a command line begins"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.starts_with(said), "{error}");
        }
    }
}
