//! The lines of help that a plugin's text holds.

use std::sync::LazyLock;

use regex::Regex;

use super::file::{FileKind, PluginFile};
use super::language::Language;
use super::open::Plugin;
use super::place::Place;
use super::shell::{Constants, Script};
use super::usage::{self, Argument, Usage};

/// A line of help, found in the plugin's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpLine {
    /// Where it stands.
    pub place: Place,
    /// What it says.
    pub usage: Usage,
    /// True if it is made from comments, which do not tell what may be left out.
    pub of_comments: bool,
}

/// How many lines of help are kept.
const MOST: usize = 5000;

/// A string in the source of another language.
static STRINGS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"["'`]([^"'`\\\n]*)"#).ok());

impl Plugin {
    /// The lines of help that its text holds: here-documents, `echo`, the comments that official plugins generate their
    /// help from. A line that only running would tell is not among them.
    #[must_use]
    pub fn help_lines(&self) -> &[HelpLine] {
        self.help.get_or_init(|| {
            let known = self.command_names();
            let own = format!("{}:", self.name);
            let is_command = |word: &str| {
                word == self.name
                    || word.strip_prefix(&own).is_some_and(is_subcommand)
                    || known.iter().any(|(name, _)| name == word)
            };
            let mut lines = Vec::new();
            for (file, script) in self.reached() {
                let constants = self.constants(file);
                lines.extend(printed(file, script, constants, &is_command));
                lines.extend(self.commented(file, script, constants));
            }
            for file in self.files.iter().filter(|file| file.is_entry()) {
                lines.extend(quoted(file, &is_command));
            }
            lines.truncate(MOST);
            lines
        })
    }

    /// The help that a subcommand's comments make: `#A app, the app to run it on` and `declare desc="..."`.
    fn commented(
        &self,
        file: &PluginFile,
        script: &Script,
        constants: &Constants,
    ) -> Option<HelpLine> {
        let FileKind::Subcommand(subcommand) = &file.kind else {
            return None;
        };
        let arguments: Vec<(u32, Argument)> = script
            .comments
            .iter()
            .filter_map(|comment| {
                let text = comment.text.strip_prefix("#A ")?;
                Some((comment.line, Argument::of_comment(text.trim())?))
            })
            .collect();
        let documented = script
            .comments
            .iter()
            .find(|comment| comment.text.starts_with("#A ") || comment.text.starts_with("#E "))?;
        let description = script
            .assignments
            .iter()
            .find(|assignment| assignment.name == "desc")
            .and_then(|assignment| match &assignment.value {
                super::shell::Assigned::Word(word) => constants.resolve(word),
                _ => None,
            });
        Some(HelpLine {
            place: Place {
                file: file.name.clone(),
                line: Some(arguments.first().map_or(documented.line, |(line, _)| *line)),
            },
            usage: Usage {
                command: super::command::of_subcommand(&self.name, subcommand),
                arguments: arguments
                    .into_iter()
                    .map(|(_, argument)| argument)
                    .collect(),
                description,
            },
            of_comments: true,
        })
    }
}

/// True for what may be the name of a subcommand; not for `%s`, `<subcommand>` and other places for one.
fn is_subcommand(word: &str) -> bool {
    !word.is_empty()
        && word
            .chars()
            .all(|letter| letter.is_alphanumeric() || "_-.:+".contains(letter))
}

/// The lines that a script prints from here-documents and with `echo`.
fn printed(
    file: &PluginFile,
    script: &Script,
    constants: &Constants,
    is_command: &dyn Fn(&str) -> bool,
) -> Vec<HelpLine> {
    let mut found = Vec::new();
    let mut add = |line: u32, text: &str| {
        if let Some(usage) = usage::parse(text, is_command) {
            let place = Place {
                file: file.name.clone(),
                line: Some(line),
            };
            found.push(HelpLine {
                place,
                usage,
                of_comments: false,
            });
        }
    };
    for heredoc in &script.heredocs {
        for (line, text) in (heredoc.line..).zip(&heredoc.lines) {
            if heredoc.literal {
                add(line, text);
            } else if let Some(text) = constants.expand(text) {
                add(line, &text);
            }
        }
    }
    for invocation in &script.invocations {
        if !invocation.name.is("echo") && !invocation.name.is("printf") {
            continue;
        }
        for word in &invocation.arguments {
            for (line, text) in
                (word.line..).zip(constants.resolve(word).iter().flat_map(|text| text.lines()))
            {
                add(line, text);
            }
        }
    }
    found
}

/// The lines of help in the strings of a program in another language.
fn quoted(file: &PluginFile, is_command: &dyn Fn(&str) -> bool) -> Vec<HelpLine> {
    let other = matches!(
        file.language(),
        Language::Node | Language::Python | Language::Other
    );
    let (true, Ok(text), Some(strings)) = (other, file.text(), STRINGS.as_ref()) else {
        return Vec::new();
    };
    (1_u32..)
        .zip(text.lines())
        .flat_map(|(line, text)| {
            strings
                .captures_iter(text)
                .filter_map(|captures| usage::parse(captures.get(1)?.as_str(), is_command))
                .map(move |usage| HelpLine {
                    place: Place {
                        file: file.name.clone(),
                        line: Some(line),
                    },
                    usage,
                    of_comments: false,
                })
        })
        .collect()
}
