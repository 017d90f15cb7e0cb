//! The facts of one script.

use std::sync::Arc;

use super::condition::Condition;
use super::word::{Part, Word};

/// What one script says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// Every command in command position, in the order of the text.
    pub invocations: Vec<Invocation>,
    /// Every assignment, in the order of the text.
    pub assignments: Vec<Assignment>,
    /// Every function that it defines.
    pub functions: Vec<Function>,
    /// Every `case`.
    pub cases: Vec<Case>,
    /// Every here-document.
    pub heredocs: Vec<Heredoc>,
    /// Every test, whether or not something hangs on it.
    pub tests: Vec<Test>,
    /// Every place where variables take what a `read` reads, or the values of a loop.
    pub inputs: Vec<Input>,
    /// Every redirection to or from a file.
    pub redirections: Vec<Redirection>,
    /// Every comment.
    pub comments: Vec<Comment>,
    /// The regions that could not be parsed: nothing is known of them.
    pub broken: Vec<Lines>,
}

/// Why a script was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// The file could not be read, or is none.
    #[error("it can't be read: {0}")]
    Unreadable(String),
    /// It is larger than is read of any file.
    #[error("it is larger than 1 MiB")]
    TooLarge,
    /// It has a line that no person wrote.
    #[error("it has a line longer than 100 KiB")]
    LongLine,
    /// It is not a shell script.
    #[error("it is not a shell script")]
    NotShell,
    /// The grammar gave up.
    #[error("it could not be parsed as shell")]
    Unparsed,
}

/// A run of lines, from 1, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The first.
    pub first: u32,
    /// The last.
    pub last: u32,
}

/// Where in the script something stands, and what it takes to get there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The byte it begins at: the order of the text.
    pub at: usize,
    /// The line it begins on, from 1.
    pub line: u32,
    /// The innermost function around it, as an index into [`Script::functions`].
    pub function: Option<usize>,
    /// What must hold within that function for it to be reached, outermost first.
    pub conditions: Vec<Arc<Condition>>,
    /// True if it runs in a shell of its own, so that what it sets is lost.
    pub apart: bool,
    /// True if its status decides what happens next: a condition, the left of `&&` or `||`, a `!`.
    pub tested: bool,
    /// What is done where it fails, the innermost first: the right of each `||` that it stands to the left of, also
    /// around a substitution that it stands in.
    pub rescues: Vec<Rescue>,
    /// True if what it prints is taken: `$(...)` or `<(...)`.
    pub captured: bool,
}

/// The right of a `||`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rescue {
    /// The bytes from its beginning to its end.
    pub bytes: (usize, usize),
    /// How many conditions are around it.
    pub depth: usize,
    /// True if the left fails where this command does: it is no part of a block, a pipeline or an argument there.
    pub direct: bool,
}

/// What is asked: `[[ ... ]]`, `(( ... ))`, or `declare -f NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// Where it stands.
    pub site: Site,
    /// When it holds.
    pub condition: Condition,
}

/// Where variables take their values from outside of an assignment: by `read`, or as the variable of a `for`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Where it stands.
    pub site: Site,
    /// The variables.
    pub names: Vec<String>,
    /// The text of what they come from: a here-string, the file or commands of a redirection, the commands before a `|`.
    pub text: String,
}

/// A file that a redirection names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirection {
    /// Where it stands.
    pub site: Site,
    /// True if the file is read.
    pub reads: bool,
    /// The file.
    pub file: Word,
}

/// A command in command position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// Where it stands.
    pub site: Site,
    /// The word in command position.
    pub name: Word,
    /// The words after it.
    pub arguments: Vec<Word>,
    /// The variables that are set for it alone: `NAME=value command`.
    pub environment: Vec<String>,
}

/// What is assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assigned {
    /// One word.
    Word(Word),
    /// The elements of an array.
    Array(Vec<Word>),
    /// The words of a loop, one after the other.
    Each(Vec<Word>),
    /// Something that only running tells: an element of an array, what a loop is given.
    Unknown,
}

/// An assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Where it stands.
    pub site: Site,
    /// The variable's name.
    pub name: String,
    /// Its new value.
    pub value: Assigned,
    /// True for `+=`.
    pub appends: bool,
}

/// A function's definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line it begins on.
    pub line: u32,
    /// The byte it begins at.
    pub at: usize,
}

/// A `case`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Where it stands.
    pub site: Site,
    /// The line of its `esac`.
    pub end_line: u32,
    /// What it looks at.
    pub value: Word,
    /// Its arms.
    pub arms: Vec<CaseArm>,
}

/// An arm of a `case`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseArm {
    /// Its patterns.
    pub patterns: Vec<Word>,
    /// The line of the first pattern.
    pub line: u32,
    /// The bytes from its first pattern to its end.
    pub bytes: (usize, usize),
}

/// A here-document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The line of its first line of text.
    pub line: u32,
    /// Its lines, as they stand.
    pub lines: Vec<String>,
    /// True if variables in it are left as they are.
    pub literal: bool,
    /// Where the command stands that reads it.
    pub site: Site,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its line.
    pub line: u32,
    /// The byte it begins at.
    pub at: usize,
    /// Its text, with the `#`.
    pub text: String,
}

impl Invocation {
    /// The word that names the file, if it sources one.
    #[must_use]
    pub fn sourced(&self) -> Option<&Word> {
        let sources = self.name.is("source") || self.name.is(".");
        self.arguments.first().filter(|_| sources)
    }
}

impl Script {
    /// The names of the functions that it defines.
    pub fn function_names(&self) -> impl Iterator<Item = &str> {
        self.functions.iter().map(|function| function.name.as_str())
    }

    /// True if some command of it turns tracing on.
    #[must_use]
    pub fn traces(&self) -> bool {
        self.invocations.iter().any(|invocation| {
            invocation.name.is("set")
                && invocation.arguments.iter().any(|argument| {
                    argument.literal().is_some_and(|text| {
                        text == "xtrace"
                            || (text.starts_with('-')
                                && !text.starts_with("--")
                                && text.contains('x'))
                    })
                })
        })
    }

    /// The word for every value of the loop whose variable stands in it; the word itself if there is none, if the variable
    /// is assigned in another way too, or if the values are more than a person writes.
    #[must_use]
    pub fn each(&self, word: &Word) -> Vec<Word> {
        let values = |part: &Part| match part {
            Part::Variable(one) if one.is_plain() => self.values(&one.name),
            _ => None,
        };
        let mut parts = word.parts.iter().enumerate();
        let looped = parts.find_map(|(place, part)| Some((place, values(part)?)));
        let Some((place, values)) = looped else {
            return vec![word.clone()];
        };
        let with = |value: &Word| {
            let mut parts = word.parts.clone();
            parts.splice(place..=place, value.parts.iter().cloned());
            Word {
                parts,
                ..word.clone()
            }
        };
        values.into_iter().map(with).collect()
    }

    /// The values of a variable that loops alone assign.
    fn values(&self, name: &str) -> Option<Vec<&Word>> {
        const MOST: usize = 64;
        let mut values = Vec::new();
        for assignment in self.assignments.iter().filter(|one| one.name == name) {
            let Assigned::Each(words) = &assignment.value else {
                return None;
            };
            values.extend(words);
        }
        let is_loop = (1..=MOST).contains(&values.len());
        is_loop.then_some(values)
    }

    /// The files that it sources, as the word that names each.
    pub fn sources(&self) -> impl Iterator<Item = (&Invocation, &Word)> {
        let invocations = self.invocations.iter();
        invocations.filter_map(|invocation| Some((invocation, invocation.sourced()?)))
    }
}
