//! From what was seen of a bats file to the verdicts on it and on its tests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;

use super::super::attempt::{Play, percent};
use super::super::decide::of_fault;
use super::super::doubt::{self, Hearsay};
use super::super::fault::Fault;
use super::super::{Evidence, Ground, Outcome, StepEvidence, Trial, Verdict};
use super::Part;
use super::performance::{Look, Performance, unmodelled};
use super::said::{self, Failure};
use super::tap::{Ended, Told};
use crate::plugin::TestFile;
use crate::sandbox::Exit;
use crate::spec::Case;

/// What bats says of a helper that a file loads and that is not there.
static MISSING_HELPER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(bats-[a-z]+)\b[^\n]*(?:does not exist|no such file|not found)|could not find [^\n]*\b(bats-[a-z]+)\b").ok()
});

/// A verdict before the evidence is with it.
type Word = (Outcome, String);

/// When a failure comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comes {
    /// Each time, as far as is known.
    Again,
    /// Each time but with a terminal.
    WithoutTerminal,
    /// Not each time.
    Sometimes,
}

/// What was seen of one file, as its parts look at it.
struct Judge<'j> {
    ground: &'j Ground,
    trial: &'j Trial,
    case: &'j Case,
    part: &'j Part,
    seen: &'j Performance,
    /// The numbers that bats gave tests of the text.
    known: BTreeSet<usize>,
}

impl Ground {
    /// The verdict on a part, from what came of playing its file; and how long it took.
    pub(super) fn verdict_on(
        &self,
        trial: &Trial,
        part: &Part,
        performance: &Result<Performance, Fault>,
    ) -> (Verdict, Duration) {
        let seen = match performance {
            Ok(seen) => seen,
            Err(fault) => {
                let verdict = of_fault(fault, trial, self.stock.isolation());
                return (verdict, Duration::ZERO);
            }
        };
        let Some(case) = trial.case() else {
            let verdict = of_fault(&Fault::NoCase, trial, self.stock.isolation());
            return (verdict, Duration::ZERO);
        };
        let judge = Judge {
            ground: self,
            trial,
            case,
            part,
            seen,
            known: seen.numbers.values().copied().collect(),
        };
        match part.test {
            Some(index) => judge.test(index),
            None => (judge.file(), seen.first.took),
        }
    }
}

/// The number in what bats told of each test of a file, by the test's index: its place, if the title fits that; else the
/// first that is free whose title does.
pub(super) fn numbers(file: &TestFile, look: &Look) -> BTreeMap<usize, usize> {
    let results = &look.tap.results;
    let mut numbers = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for (index, test) in file.tests.iter().enumerate() {
        let fits = |number: &usize| {
            results
                .get(number)
                .is_some_and(|told| test.may_be_called(&told.title))
        };
        let free = |number: &&usize| !taken.contains(*number) && fits(number);
        let own = index + 1;
        let number = Some(&own)
            .filter(free)
            .or_else(|| results.keys().find(free));
        if let Some(number) = number.copied() {
            taken.insert(number);
            numbers.insert(index, number);
        }
    }
    numbers
}

impl Judge<'_> {
    /// The verdict on a test.
    fn test(&self, index: usize) -> (Verdict, Duration) {
        let number = self.seen.numbers.get(&index).copied();
        let told = number.and_then(|number| self.seen.first.tap.results.get(&number));
        let (Some(number), Some(told)) = (number, told) else {
            return (self.not_run(index), Duration::ZERO);
        };
        let took = told.took.unwrap_or_default();
        let verdict = match &told.ended {
            Ended::Skipped(why) if why.trim().is_empty() => {
                Verdict::bare(Outcome::Skip, "the test skips itself")
            }
            Ended::Skipped(why) => Verdict::bare(
                Outcome::Skip,
                format!("the test skips itself: {}", why.trim()),
            ),
            Ended::Well => match self.passes_otherwise(number, told) {
                Ok(()) => self.verdict((Outcome::Pass, String::new()), Some(number), &[]),
                Err(names) => self.verdict((Outcome::Inconclusive, names), Some(number), &[]),
            },
            Ended::Badly => self.failed(number, told),
        };
        (verdict, took)
    }

    /// Nothing, if a test that passed does so too when what it asked for, and is not modelled, succeeds; else what that is.
    fn passes_otherwise(&self, number: usize, told: &Told) -> Result<(), String> {
        let Some(names) = unmodelled(self.seen.first.calls_of(number)) else {
            return Ok(());
        };
        let otherwise = self.seen.otherwise.as_ref();
        let same = otherwise.and_then(|look| look.tap.results.get(&number));
        match same {
            Some(same) if same.ended == told.ended && same.title == told.title => Ok(()),
            _ => Err(names),
        }
    }

    /// The verdict on a test that failed.
    fn failed(&self, number: usize, told: &Told) -> Verdict {
        let failure = Failure::read(&told.lines);
        let word = self.word_on(Some(number), told, &failure);
        let mut verdict = self.verdict(word, Some(number), &told.lines);
        verdict.evidence.differences = vec![failure.difference()];
        let place = verdict.evidence.place.as_mut();
        if let (Some(place), Some(line)) = (place, failure.line) {
            place.line = Some(line);
        }
        verdict.flaky = self.comes_again(number) == Comes::Sometimes
            && verdict.outcome == Outcome::Inconclusive;
        verdict
    }

    /// What is said of a failure: that of a test, or of what is none but fails under this number.
    fn word_on(&self, number: Option<usize>, told: &Told, failure: &Failure) -> Word {
        let again = || self.doubt_again(number?);
        let first = self.doubt(&self.seen.first, number, &told.lines);
        if let Some(why) = first.or_else(again) {
            return (Outcome::Inconclusive, why);
        }
        let sentence = failure.sentence();
        match number.map(|number| self.comes_again(number)) {
            None | Some(Comes::Again) => (Outcome::Fail, sentence),
            Some(Comes::WithoutTerminal) => (
                Outcome::Inconclusive,
                format!("it passes with a terminal, which it has with --tty alone: {sentence}"),
            ),
            Some(Comes::Sometimes) => (
                Outcome::Inconclusive,
                format!("it passed when it was run again: {sentence}"),
            ),
        }
    }

    /// Why a failure may not be the plugin's own that came again: where there is a terminal, it may come of something else.
    fn doubt_again(&self, number: usize) -> Option<String> {
        let look = self.seen.again.as_ref()?;
        let told = look.tap.results.get(&number)?;
        let fails = told.ended == Ended::Badly;
        fails.then(|| self.doubt(look, Some(number), &told.lines))?
    }

    /// Whether what failed at first did so when the file was run again.
    fn comes_again(&self, number: usize) -> Comes {
        let fails = |look: Option<&Look>| {
            let told = look?.tap.results.get(&number)?;
            Some(told.ended == Ended::Badly)
        };
        let (again, anew) = (&self.seen.again, &self.seen.anew);
        match (fails(again.as_ref()), fails(anew.as_ref())) {
            (Some(true), _) | (None, Some(true) | None) => Comes::Again,
            (Some(false), Some(true)) => Comes::WithoutTerminal,
            (_, Some(false)) | (Some(false), None) => Comes::Sometimes,
        }
    }

    /// Why a failure, seen in this look with these lines, may not be the plugin's own; none if nothing speaks against it.
    fn doubt(&self, look: &Look, number: Option<usize>, lines: &[String]) -> Option<String> {
        if let Some(names) = number.and_then(|number| unmodelled(look.calls_of(number))) {
            return Some(names);
        }
        if let Some(names) = unmodelled(look.calls_before(number)) {
            return Some(format!(
                "something before it in its file asked for more than there is, and may have left it without what it needs: {names}"
            ));
        }
        let evidence = self.evidence(look, number, lines);
        let steps = [];
        let play = Play {
            installed: evidence.install.is_some(),
            ..Play::new(self.trial, self.case, &steps)
        };
        let of_failure = doubt::of_failure(&play, &evidence, self.ground, Hearsay::Counts);
        of_failure.map(|doubt| doubt.to_string())
    }

    /// The verdict on a test of which bats told nothing.
    fn not_run(&self, index: usize) -> Verdict {
        let (outcome, why) = self.word_on_file();
        let first =
            (0..self.part.file.tests.len()).find(|index| !self.seen.numbers.contains_key(index));
        let was_running = matches!(self.seen.first.exit, Exit::Deadline(_)) && first == Some(index);
        let (outcome, reason) = match outcome {
            Outcome::Fail if was_running => (Outcome::Fail, format!("it did not end: {why}")),
            Outcome::Fail => (Outcome::Skip, format!("bats did not run it: {why}")),
            Outcome::Pass | Outcome::Skip => (Outcome::Skip, "bats did not run it".to_owned()),
            Outcome::Inconclusive | Outcome::Error => {
                (outcome, format!("bats did not run it: {why}"))
            }
        };
        Verdict {
            evidence: Evidence {
                place: self.trial.place.clone(),
                ..Evidence::default()
            },
            ..Verdict::bare(outcome, reason)
        }
    }

    /// The verdict on the file itself.
    fn file(&self) -> Verdict {
        let word = self.word_on_file();
        let lines = self.loose_lines();
        let shown: &[String] = match word.0 {
            Outcome::Pass | Outcome::Skip => &[],
            _ => &lines,
        };
        let mut verdict = self.verdict(word, None, shown);
        if let Some(place) = said::unreadable(&lines, &self.part.file.name) {
            verdict.evidence.place = Some(place);
        }
        if self.seen.first.exit.status().is_some() {
            let (took, whole) = (self.seen.first.took, self.ground.most);
            verdict.slowest = whole.map_or(0, |whole| percent(took, whole));
        }
        verdict
    }

    fn word_on_file(&self) -> Word {
        let Look {
            tap, exit, install, ..
        } = &self.seen.first;
        let lines = self.loose_lines();
        let doubted = |why: String| match self.doubt(&self.seen.first, None, &lines) {
            Some(doubt) => (Outcome::Inconclusive, doubt),
            None => (Outcome::Fail, why),
        };
        if let Some(helper) = missing_helper(&lines) {
            let why = format!(
                "it needs {helper}, which is not here: fetch the plugin's submodules (`git submodule update --init`), or install it where bats looks"
            );
            return (Outcome::Inconclusive, why);
        }
        if exit.status().is_none() {
            return doubted(format!("bats was ended: {exit}"));
        }
        let strangers = || {
            tap.results
                .iter()
                .filter(|(number, _)| !self.is_known(**number))
        };
        if let Some((_, told)) = strangers().find(|(_, told)| told.ended == Ended::Badly) {
            let sentence = Failure::read(&told.lines).sentence();
            return doubted(format!("{}: {sentence}", told.title));
        }
        if install.as_ref().is_some_and(|run| !run.exit.is_success()) {
            return doubted("the plugin's `install` failed".to_owned());
        }
        match tap.planned {
            None if matches!(exit, Exit::Status(126 | 127)) => {
                let why = format!("bats itself did not run: {exit}");
                (Outcome::Inconclusive, why)
            }
            None => {
                let said = lines.iter().find(|line| !line.trim().is_empty());
                let said = said.map_or("nothing", |line| line.trim());
                doubted(format!("bats could not read it, and says: {said}"))
            }
            Some(_) if self.part.file.tests.is_empty() && tap.results.is_empty() => {
                (Outcome::Skip, "there is no test in it".to_owned())
            }
            Some(planned) if tap.results.len() < planned => {
                let told = tap.results.len();
                doubted(format!(
                    "bats ended after {told} of {planned} tests: {exit}"
                ))
            }
            Some(_) => (Outcome::Pass, String::new()),
        }
    }

    /// True if what bats told under this number is of a test of the text.
    fn is_known(&self, number: usize) -> bool {
        self.known.contains(&number)
    }

    /// What was said of no test of the text.
    fn loose_lines(&self) -> Vec<String> {
        let Look { tap, stderr, .. } = &self.seen.first;
        let strangers = tap
            .results
            .iter()
            .filter(|(number, _)| !self.is_known(**number));
        let of_strangers = strangers.flat_map(|(_, told)| &told.lines);
        let loose = tap.loose.iter().chain(of_strangers).cloned();
        loose.chain(stderr.lines().map(str::to_owned)).collect()
    }

    fn verdict(&self, (outcome, reason): Word, number: Option<usize>, lines: &[String]) -> Verdict {
        let is_news = !matches!(outcome, Outcome::Pass | Outcome::Skip);
        let mut verdict = Verdict::bare(outcome, reason);
        verdict.evidence = match is_news {
            true => self.evidence(&self.seen.first, number, lines),
            false => Evidence {
                place: self.trial.place.clone(),
                ..Evidence::default()
            },
        };
        verdict
    }

    fn evidence(&self, look: &Look, number: Option<usize>, lines: &[String]) -> Evidence {
        let mine = |of: Option<usize>| number.is_none() || of == number;
        let calls = look.calls.iter().filter(|(of, _)| mine(*of));
        let environment = self.part.suite.environment.iter();
        let step = StepEvidence {
            name: None,
            command: look.command.clone(),
            environment: environment
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
            exit: look.exit,
            stdout: lines
                .iter()
                .flat_map(|line| [line.as_str(), "\n"])
                .collect(),
            stderr: String::new(),
            calls: calls.map(|(_, call)| call.clone()).collect(),
            changes: Vec::new(),
            left: Vec::new(),
        };
        Evidence {
            place: self.trial.place.clone(),
            install: look.install.clone().map(Box::new),
            steps: vec![step],
            ..Evidence::default()
        }
    }
}

/// The helper that is said not to be there, of those that come with a bats.
fn missing_helper(lines: &[String]) -> Option<String> {
    let pattern = MISSING_HELPER.as_ref()?;
    let found = lines.iter().find_map(|line| pattern.captures(line))?;
    let name = found.get(1).or_else(|| found.get(2))?;
    let name = name.as_str();
    (!["bats-core", "bats-exec", "bats-run"].contains(&name)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugin::Test;

    #[test]
    fn a_helper_that_is_not_there_is_named() {
        let of = |line: &str| missing_helper(&[line.to_owned()]);
        let old = "bats: /x/tests/test_helper/bats-support/load.bash does not exist";
        assert_eq!(of(old).as_deref(), Some("bats-support"));
        let new = "Could not find library 'bats-assert' relative to test file or in BATS_LIB_PATH";
        assert_eq!(of(new).as_deref(), Some("bats-assert"));
        assert_eq!(of("bats: /x/tests/helper.bash does not exist"), None);
        assert_eq!(of("/tmp/bats-run-x/1: No such file"), None);
    }

    #[test]
    fn tests_keep_their_numbers_though_others_come_between() {
        let test = |title: &str| Test {
            title: title.to_owned(),
            line: 1,
        };
        let file = TestFile {
            name: "tests/a.bats".into(),
            tests: vec![test("a"), test("b"), test("c")],
        };
        let look = |text: &str| Look {
            command: String::new(),
            tap: super::super::tap::Tap::read(text),
            exit: Exit::Status(0),
            stderr: String::new(),
            calls: Vec::new(),
            install: None,
            took: Duration::ZERO,
        };
        let of = |text: &str| numbers(&file, &look(text)).into_iter().collect::<Vec<_>>();
        assert_eq!(of("ok 1 a\nok 2 b\nok 3 c\n"), [(0, 1), (1, 2), (2, 3)]);
        assert_eq!(of("ok 1 new\nok 2 a\nok 3 c\n"), [(0, 2), (2, 3)]);
        assert_eq!(of(""), []);
    }
}
