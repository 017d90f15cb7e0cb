//! Places of a plugin's text that a failing case points at.

use super::command::is_command_word;
use super::open::Plugin;
use super::place::Place;
use super::shell::{Case, Script};

/// A place that a requirement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Landmark {
    /// Where `commands` declines what is not its own, or should: its `*)`, a guard before all else, or its `esac`.
    CatchAll,
    /// Where `commands` answers `help`.
    Help,
}

/// The `case` in which a `commands` looks at the command that it is given, if it has one outside of its functions.
#[must_use]
pub fn command_case(script: &Script) -> Option<&Case> {
    let is_it = |case: &&Case| case.site.function.is_none() && is_command_word(script, &case.value);
    script.cases.iter().find(is_it)
}

impl Plugin {
    /// Where the landmark is, as far as the text tells: the file, and its line.
    #[must_use]
    pub fn landmark(&self, landmark: Landmark) -> Option<Place> {
        let file = self.commands_file()?;
        let place = |line| Place {
            file: file.name.clone(),
            line,
        };
        let Ok(script) = file.script() else {
            return Some(place(None));
        };
        let case = command_case(script);
        let arm = |wanted: &str| {
            case.and_then(|case| {
                case.arms
                    .iter()
                    .find(|arm| arm.patterns.iter().any(|pattern| pattern.is(wanted)))
            })
            .map(|arm| arm.line)
        };
        let line = match landmark {
            Landmark::Help => arm("help"),
            Landmark::CatchAll => arm("*").or_else(|| {
                case.map(|case| case.end_line).or_else(|| {
                    script
                        .invocations
                        .iter()
                        .find(|invocation| {
                            invocation.name.is("exit")
                                && invocation.arguments.iter().any(|word| {
                                    word.source.contains("NOT_IMPLEMENTED") || word.is("10")
                                })
                        })
                        .map(|invocation| invocation.site.line)
                })
            }),
        };
        Some(place(line))
    }
}
