//! Holding what came of a command line in the one world against what came in the other.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use super::lines::CommandLine;
use crate::sandbox::Exit;
use crate::world::{Change, FileState};

/// What came of a command line in one world.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// How it ended.
    pub exit: Exit,
    /// What it wrote to standard output, with the world's root as `[ROOT]`.
    pub stdout: String,
    /// What it wrote to standard error, likewise.
    pub stderr: String,
    /// What it changed in the files.
    pub changes: Vec<Change>,
    /// What it used that the harness does not model, in a few words each.
    pub unmodelled: BTreeSet<String>,
}

/// Whether both worlds came to the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// Both did the same.
    Equal,
    /// They did not.
    Differs,
    /// They did not, and one of them used something that the harness knows it does not model.
    NotModelled,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What: `exit`, `stdout`, `stderr`, or the path of a file.
    pub subject: String,
    /// As it was in the world of the real Dokku.
    pub tree: String,
    /// As it was in that of the imitated one.
    pub built_in: String,
}

/// bash's own words about a line of a script of the world.
static OF_BASH: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^\[ROOT\]/[^\s:]+: (?:line \d+: )?([^:\n]+): .*$").ok());

/// Where a Go program tells after its last words what it was doing.
static OF_GO: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?s)\ngoroutine \d+ \[running\]:\n.*").ok());

/// A line that a shell traces.
static TRACED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?m)^\++ .*\n?").ok());

/// Where Dokku's help speaks of the probes, or of itself.
const OF_NOTE: [&str; 4] = ["probe:", "sub:", "Usage: dokku", "Community plugin"];

/// What differs between the two outcomes of a command line.
pub(super) fn differences(
    line: &CommandLine,
    tree: &Outcome,
    built_in: &Outcome,
) -> Vec<Difference> {
    let printed = |outcome: &Outcome| match line.is_help() {
        true => of_note(&outcome.stdout),
        false => outcome.stdout.clone(),
    };
    let traced = line.is_traced();
    let difference = |subject: &str, tree: String, built_in: String| {
        (tree != built_in).then(|| Difference {
            subject: subject.to_owned(),
            tree,
            built_in,
        })
    };
    let paths: BTreeSet<&str> = [tree, built_in]
        .into_iter()
        .flat_map(|outcome| &outcome.changes)
        .map(|change| change.path.as_str())
        .collect();
    let files = paths
        .into_iter()
        .filter_map(|path| difference(path, after(tree, path), after(built_in, path)));
    [
        difference("exit", tree.exit.to_string(), built_in.exit.to_string()),
        difference("stdout", printed(tree), printed(built_in)),
        difference(
            "stderr",
            essence(&tree.stderr, traced),
            essence(&built_in.stderr, traced),
        ),
    ]
    .into_iter()
    .flatten()
    .chain(files)
    .collect()
}

/// What the differences amount to, after another line of the group that was not modelled or after none.
pub(super) fn agreement(
    differences: &[Difference],
    tree: &Outcome,
    built_in: &Outcome,
    follows: bool,
) -> Agreement {
    let unmodelled = !(tree.unmodelled.is_empty() && built_in.unmodelled.is_empty());
    match (differences, unmodelled || follows) {
        ([], _) => Agreement::Equal,
        (_, true) => Agreement::NotModelled,
        (_, false) => Agreement::Differs,
    }
}

/// Of the list of all commands what counts: the words about Dokku's own commands are the harness's own, and so is the
/// width of a column of them.
fn of_note(help: &str) -> String {
    let lines = help
        .lines()
        .filter(|line| OF_NOTE.iter().any(|part| line.contains(part)));
    lines
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n")
        .collect()
}

/// The text without what does not count. Of bash's own messages the name of the command counts, and neither the line nor
/// the words; of a trace nothing, since most of it is of the dispatcher and the core plugins themselves.
fn essence(text: &str, traced: bool) -> String {
    let (Some(of_bash), Some(of_go), Some(trace)) = (&*OF_BASH, &*OF_GO, &*TRACED) else {
        return text.to_owned();
    };
    let text = of_bash.replace_all(text, "[bash] $1");
    let text = of_go.replace_all(&text, "");
    match traced {
        true => trace.replace_all(&text, "").into_owned(),
        false => text.into_owned(),
    }
}

/// A file as an outcome left it, if that changed it.
fn after(outcome: &Outcome, path: &str) -> String {
    match outcome.changes.iter().find(|change| change.path == path) {
        None => "unchanged".to_owned(),
        Some(change) => change.after.as_ref().map_or("gone".to_owned(), state),
    }
}

fn state(state: &FileState) -> String {
    let FileState {
        kind,
        mode,
        content,
    } = state;
    match content {
        Some(content) => format!("{kind} {mode:o}\n{content}"),
        None => format!("{kind} {mode:o}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines::Program;
    use super::*;

    fn outcome(exit: u8, stderr: &str) -> Outcome {
        Outcome {
            exit: Exit::Status(exit),
            stdout: String::new(),
            stderr: stderr.to_owned(),
            changes: Vec::new(),
            unmodelled: BTreeSet::new(),
        }
    }

    /// `dokku` with these arguments.
    fn line(arguments: &[&str]) -> CommandLine {
        CommandLine {
            text: String::new(),
            environment: Vec::new(),
            program: Program::Dokku,
            arguments: arguments.iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    fn subjects(tree: &Outcome, built_in: &Outcome, traced: bool) -> Vec<String> {
        let line = line(if traced { &["--trace", "x"] } else { &["x"] });
        let found = differences(&line, tree, built_in);
        found.into_iter().map(|one| one.subject).collect()
    }

    #[test]
    fn of_the_words_of_bash_the_command_counts() {
        let real = outcome(1, "[ROOT]/a/functions: line 7: x: command not found\nb\n");
        let ours = outcome(1, "[ROOT]/b/functions: line 9: x: command not found\nb\n");
        let other = outcome(1, "[ROOT]/b/functions: line 9: y: command not found\nb\n");
        assert!(subjects(&real, &ours, false).is_empty());
        assert_eq!(subjects(&real, &other, false), ["stderr"]);
        assert_eq!(subjects(&real, &outcome(2, &ours.stderr), false), ["exit"]);
    }

    #[test]
    fn of_a_trace_nothing_counts() {
        let real = outcome(0, "+ a\n++ b\nword\n");
        assert!(subjects(&real, &outcome(0, "+ c\nword\n"), true).is_empty());
        assert!(subjects(&real, &outcome(0, "word\n"), true).is_empty());
        assert_eq!(subjects(&real, &outcome(0, "work\n"), true), ["stderr"]);
        assert_eq!(
            subjects(&real, &outcome(0, "+ c\nword\n"), false),
            ["stderr"]
        );
    }

    #[test]
    fn a_file_that_one_alone_changed_differs() {
        let file = |mode| FileState {
            kind: "file".into(),
            mode,
            content: Some("A=1\n".into()),
        };
        let changed = |after| Outcome {
            changes: vec![Change {
                path: "home/dokku/x".into(),
                before: None,
                after,
            }],
            ..outcome(0, "")
        };
        assert!(
            subjects(
                &changed(Some(file(0o600))),
                &changed(Some(file(0o600))),
                false
            )
            .is_empty()
        );
        for other in [changed(Some(file(0o644))), changed(None), outcome(0, "")] {
            let found = subjects(&changed(Some(file(0o600))), &other, false);
            assert_eq!(found, ["home/dokku/x"]);
        }
    }

    #[test]
    fn what_is_not_modelled_is_neither_equal_nor_different() {
        let (real, mut ours) = (outcome(0, ""), outcome(1, ""));
        let found = differences(&line(&["x"]), &real, &ours);
        assert_eq!(agreement(&found, &real, &ours, false), Agreement::Differs);
        let after = agreement(&found, &real, &ours, true);
        assert_eq!(after, Agreement::NotModelled);
        ours.unmodelled.insert("`dokku x:y`".into());
        assert_eq!(
            agreement(&found, &real, &ours, false),
            Agreement::NotModelled
        );
        assert_eq!(agreement(&[], &real, &ours, true), Agreement::Equal);
    }

    #[test]
    fn of_the_help_what_is_of_note_counts() {
        let said = |stdout: &str| Outcome {
            stdout: stdout.to_owned(),
            ..outcome(0, "")
        };
        let real = said("Usage: dokku x\n    apps    Upstream's words\n    probe:args   Shows\n");
        let ours = said("Usage: dokku x\n    apps    Ours\n    probe:args  Shows\n");
        for asked in [["--quiet", "help"].as_slice(), &["--app", "x"], &[]] {
            assert!(
                differences(&line(asked), &real, &ours).is_empty(),
                "{asked:?}"
            );
        }
        assert_eq!(differences(&line(&["apps"]), &real, &ours).len(), 1);
        assert_eq!(differences(&line(&["help"]), &real, &said("")).len(), 1);
    }
}
