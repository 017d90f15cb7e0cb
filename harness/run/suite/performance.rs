//! One run of a bats file in a world of its own, and as many as its verdicts need.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::super::attempt::{Play, told};
use super::super::command::Command;
use super::super::fault::Fault;
use super::super::scene::Scene;
use super::super::{Ground, StepEvidence, Trial, Verdict, doubt, install};
use super::Part;
use super::checkout::{check_out, place_of};
use super::tap::{Ended, Tap};
use super::verdict::numbers;
use crate::sandbox::{Exit, Target};
use crate::spec::{Case, Cwd, Run, Step, Template};
use crate::world::stand_in::OF_TEST;
use crate::world::{Call, Unknown};

/// How long a file may take, unless a person says otherwise.
const PATIENCE: Duration = Duration::from_secs(300);

/// How much longer than before a file may take that is given a terminal to see what it does then.
const AT_A_TERMINAL: Duration = Duration::from_secs(5);

/// Below a world's root: what every bash of a file reads as it begins.
const NOTED: &str = "conform/suite.bash";

/// It tells, to all that a test starts, the test's number, by which calls of stand-ins are known to be that test's. In all
/// versions of bats a test runs in a `bats-exec-test` of its own, behind whose options are the file, the test's function
/// and its number; only the newer ones tell that in a variable.
const NOTES: &str = r#"case $0 in
*/bats-exec-test)
  unset BASH_ENV
  for CONFORM_WORD in "$@"; do
    case ${CONFORM_STATE-} in
    '') [[ -f $CONFORM_WORD ]] && CONFORM_STATE=name ;;
    name) CONFORM_STATE=number ;;
    number)
      export CONFORM_TEST=$CONFORM_WORD
      break
      ;;
    esac
  done
  unset CONFORM_WORD CONFORM_STATE
  ;;
esac
"#;

/// What was seen of a file in one run.
#[derive(Clone, Debug)]
pub(super) struct Look {
    /// The command line, as one would type it.
    pub(super) command: String,
    pub(super) tap: Tap,
    pub(super) exit: Exit,
    pub(super) stderr: String,
    /// What was asked of stand-ins, with the number of the test that asked, if it was one.
    pub(super) calls: Vec<(Option<usize>, Call)>,
    /// What the plugin's `install` did, if it has one.
    pub(super) install: Option<StepEvidence>,
    pub(super) took: Duration,
}

impl Look {
    /// True if something failed for no want of what the world does not model, as far as is known.
    fn needs_confirmation(&self) -> bool {
        let may_count = |number: usize| {
            unmodelled(self.calls_before(Some(number))).is_none()
                && unmodelled(self.calls_of(number)).is_none()
        };
        let mut results = self.tap.results.iter();
        results.any(|(number, told)| told.ended == Ended::Badly && may_count(*number))
    }

    /// True if a test failed in this run, and not in that one as far as is known.
    fn fails_unlike(&self, other: &Self) -> bool {
        let mut results = self.tap.results.iter();
        results.any(|(number, told)| {
            let same = other.tap.results.get(number);
            let fails_too = same.is_some_and(|same| same.ended == Ended::Badly);
            told.ended == Ended::Badly && !fails_too
        })
    }

    /// True if a test passed that asked for what the world does not model.
    fn has_doubtful_pass(&self) -> bool {
        let mut results = self.tap.results.iter();
        results.any(|(number, told)| {
            told.ended == Ended::Well && unmodelled(self.calls_of(*number)).is_some()
        })
    }

    /// What the test of this number asked of stand-ins.
    pub(super) fn calls_of(&self, number: usize) -> impl Iterator<Item = &Call> {
        let calls = self.calls.iter();
        calls.filter_map(move |(of, call)| (*of == Some(number)).then_some(call))
    }

    /// What was asked before a test, of which it may have needed something: by `install`, by the file itself and by the
    /// tests before. For the file itself, what anybody asked.
    pub(super) fn calls_before(&self, number: Option<usize>) -> impl Iterator<Item = &Call> {
        let is_before = move |of: Option<usize>| match (of, number) {
            (Some(of), Some(number)) => of < number,
            (None, _) | (_, None) => true,
        };
        let calls = self.calls.iter();
        calls.filter_map(move |(of, call)| is_before(*of).then_some(call))
    }
}

/// What of these is not modelled, in one sentence; none if all is.
pub(super) fn unmodelled<'c>(calls: impl Iterator<Item = &'c Call>) -> Option<String> {
    doubt::sentence(&doubt::unmodelled_calls(calls))
}

/// How a run of a file is looked at.
#[derive(Clone, Copy, Debug)]
struct View {
    /// What those do that the world does not model.
    unknown: Unknown,
    /// Whether the tests have a terminal.
    tty: bool,
    /// How long it may take at most.
    most: Option<Duration>,
}

/// The runs of a file that its verdicts rest on.
#[derive(Debug)]
pub(super) struct Performance {
    /// What the world does not model says so and fails.
    pub(super) first: Look,
    /// The number that bats gave each test of the text that it told of, by the test's index.
    pub(super) numbers: BTreeMap<usize, usize>,
    /// The same once more, with a terminal, where something failed: a failure counts if it comes again.
    pub(super) again: Option<Look>,
    /// The same as at first, where something failed then and not with a terminal.
    pub(super) anew: Option<Look>,
    /// What the world does not model succeeds, where something passed that asked for such: that counts if it passes then
    /// too.
    pub(super) otherwise: Option<Look>,
}

/// The runs of one file that its parts share: a part that is tried again shares the next run with all that are.
pub(in super::super) struct Performances<'g> {
    ground: &'g Ground,
    turns: RefCell<Vec<Rc<Result<Performance, Fault>>>>,
}

impl<'g> Performances<'g> {
    /// None yet.
    pub(in super::super) fn new(ground: &'g Ground) -> Self {
        Self {
            ground,
            turns: RefCell::default(),
        }
    }

    /// The verdict on a part in the turn of this index, and how long it took. Turns are asked for in order.
    pub(in super::super) fn verdict(
        &self,
        trial: &Trial,
        part: &Part,
        turn: usize,
    ) -> (Verdict, Duration) {
        let known = self.turns.borrow().get(turn).cloned();
        let performance = known.unwrap_or_else(|| {
            let played = Rc::new(self.ground.perform(trial, part));
            self.turns.borrow_mut().push(Rc::clone(&played));
            played
        });
        self.ground.verdict_on(trial, part, &performance)
    }
}

impl Ground {
    fn perform(&self, trial: &Trial, part: &Part) -> Result<Performance, Fault> {
        let tty = part.suite.tty;
        let plain = View {
            unknown: Unknown::Fails,
            tty,
            most: self.most,
        };
        let look = |is_wanted: bool, view: View| match is_wanted && !self.cancel.requested() {
            true => self.look(trial, part, view).map(Some),
            false => Ok(None),
        };
        let first = self.look(trial, part, plain)?;
        // Where there is a terminal, a program may wait for somebody to type.
        let patience = first.took * 2 + AT_A_TERMINAL;
        let at_terminal = View {
            tty: true,
            most: Some(self.most.map_or(patience, |most| most.min(patience))),
            ..plain
        };
        let again = look(first.needs_confirmation(), at_terminal)?;
        let is_open = again
            .as_ref()
            .is_some_and(|again| first.fails_unlike(again));
        let anew = look(is_open && !tty, plain)?;
        let otherwise = look(
            first.has_doubtful_pass(),
            View {
                unknown: Unknown::Succeeds,
                ..plain
            },
        )?;
        Ok(Performance {
            numbers: numbers(&part.file, &first),
            first,
            again,
            anew,
            otherwise,
        })
    }

    /// Runs the file once.
    fn look(&self, trial: &Trial, part: &Part, view: View) -> Result<Look, Fault> {
        let (mut case, mut step) = (case_of(trial, part)?, step_of(part));
        case.given.tty = view.tty;
        let told_step = step.clone();
        let play = Play {
            installed: trial.plugin.has_trigger(install::TRIGGER),
            ..Play::new(trial, &case, std::slice::from_ref(&told_step))
        };
        let began = Instant::now();
        let mut scene = Scene::new(self, &play, view.unknown)?;
        let layout = scene.layout().clone();
        let has_own_dokku = check_out(&layout, trial)?;
        let mut calls = Vec::new();
        let install = match play.installed {
            true => {
                let (observed, command) = scene.play(&install_step(), view.most)?;
                calls.extend(observed.calls.iter().map(|call| (None, call.clone())));
                Some(told(None, command, &observed))
            }
            false => None,
        };
        let program = part.suite.bats.bring(&layout)?;
        let mut args = part.suite.bats.options();
        args.push(part.file.name.clone());
        let command = Command {
            target: Target::Program(program),
            name: "bats".into(),
            args: args.into_iter().map(Into::into).collect(),
            shown: shell_words::join(["bats", part.file.name.as_str()]),
            in_plugin: false,
        };
        let (variable, notes) = reads_notes(layout.seen().root());
        step.environment.insert(variable, Template::literal(notes));
        if has_own_dokku {
            let core = layout.seen().core_plugins();
            let core = Template::literal(core.to_string_lossy());
            step.environment.insert("PLUGIN_CORE_PATH".to_owned(), core);
        }
        let (observed, command) = scene.play_command(&step, command, view.most)?;
        calls.extend(observed.calls.into_iter().map(numbered));
        Ok(Look {
            command,
            tap: Tap::read(&observed.stdout.text()),
            exit: observed.exit,
            stderr: observed.stderr.text().into_owned(),
            calls,
            install,
            took: began.elapsed(),
        })
    }
}

/// The case of a part, in a world in which calls are known to be those of a test.
fn case_of(trial: &Trial, part: &Part) -> Result<Case, Fault> {
    let mut case = trial.case().cloned().ok_or(Fault::NoCase)?;
    case.given.environment.clone_from(&part.suite.environment);
    case.given.cwd = Cwd::Path(place_of(trial));
    case.given.files.insert(NOTED.to_owned(), NOTES.to_owned());
    Ok(case)
}

/// The step that runs the file. What it runs is said anew once it is known where bats lies in the world.
fn step_of(part: &Part) -> Step {
    let run = Run::Program {
        program: Template::literal("bats"),
        args: vec![Template::literal(part.file.name.clone())],
    };
    Step {
        deadline: Some(PATIENCE),
        ..Step::of(run)
    }
}

/// The plugin's `install`, which nobody starts from its checkout.
fn install_step() -> Step {
    Step {
        cwd: Some(Cwd::Home),
        ..install::step()
    }
}

/// A call with the number of the test that made it.
fn numbered(mut call: Call) -> (Option<usize>, Call) {
    let number = call.env.remove(OF_TEST);
    (number.and_then(|number| number.parse().ok()), call)
}

/// The variable that has every bash read the notes, as the world's own processes see them.
fn reads_notes(seen: &Path) -> (String, String) {
    let path = seen.join(NOTED);
    ("BASH_ENV".to_owned(), path.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// What a `bats-exec-test` that reads the notes tells to what it starts, called with these arguments.
    fn number(args: &[&str]) -> std::io::Result<String> {
        let folder = tempfile::tempdir()?;
        let (notes, test) = (
            folder.path().join("notes"),
            folder.path().join("bats-exec-test"),
        );
        std::fs::write(&notes, NOTES)?;
        std::fs::write(
            &test,
            "exec bash -c 'echo \"$CONFORM_TEST${BASH_ENV-}${CONFORM_WORD-}\"'\n",
        )?;
        let said = Command::new("bash")
            .arg(&test)
            .args(args)
            .env("BASH_ENV", &notes)
            .output()?;
        Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
    }

    #[test]
    fn what_a_test_starts_knows_the_test_s_number() {
        let file = std::env::current_exe().unwrap();
        let file = file.to_str().unwrap();
        let newest = ["--dummy-flag", "-T", file, "test_a ", "7", "7", "1"];
        assert_eq!(number(&newest).unwrap(), "7");
        assert_eq!(number(&[file, "test_a", "3"]).unwrap(), "3");
        assert_eq!(number(&[file]).unwrap(), "");
    }
}
