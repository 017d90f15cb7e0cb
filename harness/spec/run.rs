//! What a step runs.

use super::matcher::fill_words;
use super::{Template, Unfilled, Values};

/// What a step runs: of [`Template`]s as a spec writes it, of [`String`]s once its placeholders are filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run<W> {
    /// A command line through the dispatcher.
    Dokku {
        /// The words after `dokku`.
        args: Vec<W>,
    },
    /// A file of the plugin, as Dokku would execute it.
    File {
        /// The file, relative to the plugin's root.
        file: W,
        /// Its arguments.
        args: Vec<W>,
    },
    /// A trigger, as plugn would start it in the plugin.
    Trigger {
        /// The trigger's name.
        trigger: W,
        /// Its arguments.
        args: Vec<W>,
    },
    /// A program of the host, such as `bash`, in the plugin's folder.
    Program {
        /// The program's name.
        program: W,
        /// Its arguments.
        args: Vec<W>,
    },
    /// A shell file of the plugin, sourced in bash where the core functions are present.
    Source {
        /// The file, relative to the plugin's root.
        file: W,
    },
}

impl Run<Template> {
    /// The same with every placeholder filled.
    ///
    /// # Errors
    /// If a placeholder has no value.
    pub fn fill(&self, values: &Values) -> Result<Run<String>, Unfilled> {
        let words = |args: &[Template]| fill_words(args, values);
        Ok(match self {
            Self::Dokku { args } => Run::Dokku { args: words(args)? },
            Self::File { file, args } => Run::File {
                file: file.fill(values)?,
                args: words(args)?,
            },
            Self::Trigger { trigger, args } => Run::Trigger {
                trigger: trigger.fill(values)?,
                args: words(args)?,
            },
            Self::Program { program, args } => Run::Program {
                program: program.fill(values)?,
                args: words(args)?,
            },
            Self::Source { file } => Run::Source {
                file: file.fill(values)?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Placeholder;
    use super::*;

    #[test]
    fn placeholders_are_filled_after_the_words_are_split() {
        let run = Run::Dokku {
            args: ["{command}", "{app}", "{arguments}"]
                .map(|word| Template::parse(word).unwrap())
                .to_vec(),
        };
        let values = Values::new()
            .with(Placeholder::Command, "hello:world")
            .with(Placeholder::App, "an app")
            .with_arguments(vec![]);
        let filled = run.fill(&values).unwrap();
        let args = vec!["hello:world".to_owned(), "an app".to_owned()];
        assert_eq!(filled, Run::Dokku { args });
    }
}
