//! Judging what was seen against what was expected. Pure: nothing is run or read here.

use globset::{Glob, GlobBuilder, GlobMatcher};

use super::matcher::{Context, Matcher, Test, fill_words};
use super::{
    CallTest, ExitTest, Expectation, FileTest, NamedExit, NoVerdict, Observations, Observed,
    Statuses, Step, StepName, Template, Unjudged, Values,
};
use crate::sandbox::Exit;
use crate::world::{Call, Change};

/// Something that was not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The step.
    pub step: StepName,
    /// What of it: `exit`, `stdout`, `calls of docker`, `files`, ...
    pub subject: String,
    /// What was expected, as text to be compared line by line with `actual`.
    pub expected: String,
    /// What was seen.
    pub actual: String,
}

/// What a judgment depends on beside the observations.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'t> {
    /// The values of placeholders.
    pub values: &'t Values,
    /// The statuses of the Dokku version.
    pub statuses: Statuses,
}

/// Everything that was not as expected, in the order of the steps.
///
/// # Errors
/// If a step with an expectation was not observed, or a placeholder has no value.
pub fn judge(
    steps: &[Step],
    observations: &Observations,
    terms: Terms<'_>,
) -> Result<Vec<Mismatch>, Unjudged> {
    let mut mismatches = Vec::new();
    for step in steps {
        if let Some(expectation) = &step.expect {
            let observed = find(observations, &step.name)?;
            let bench = Bench {
                step: &step.name,
                observed,
                observations,
                terms,
            };
            mismatches.extend(bench.judge(expectation)?);
        }
    }
    Ok(mismatches)
}

/// The first of these reasons that holds, if any.
///
/// # Errors
/// If a placeholder has no value.
pub fn no_verdict<'u>(
    reasons: impl IntoIterator<Item = &'u NoVerdict>,
    observations: &Observations,
    terms: Terms<'_>,
) -> Result<Option<&'u str>, Unjudged> {
    for reason in reasons {
        for (step, observed) in observations.iter() {
            if reason.step.as_ref().is_none_or(|only| only == step) {
                let bench = Bench {
                    step,
                    observed,
                    observations,
                    terms,
                };
                if bench.judge(&reason.when)?.is_empty() {
                    return Ok(Some(&reason.because));
                }
            }
        }
    }
    Ok(None)
}

fn find<'o>(observations: &'o Observations, step: &StepName) -> Result<&'o Observed, Unjudged> {
    observations
        .get(step)
        .ok_or_else(|| Unjudged::NotObserved(step.clone()))
}

/// Where one step is judged.
struct Bench<'b> {
    step: &'b StepName,
    observed: &'b Observed,
    observations: &'b Observations,
    terms: Terms<'b>,
}

impl Bench<'_> {
    fn judge(&self, expectation: &Expectation) -> Result<Vec<Mismatch>, Unjudged> {
        let mut mismatches = Vec::new();
        if let Some(test) = &expectation.exit {
            mismatches.extend(self.exit(test)?);
        }
        for (stream, matcher) in [
            (Stream::Stdout, &expectation.stdout),
            (Stream::Stderr, &expectation.stderr),
            (Stream::Output, &expectation.output),
        ] {
            if let Some(matcher) = matcher {
                let same = |step: &StepName| Ok(stream.of(find(self.observations, step)?));
                let text = stream.of(self.observed);
                mismatches.extend(self.matcher(stream.name(), matcher, &text, &same)?);
            }
        }
        for (program, tests) in &expectation.calls {
            for test in tests {
                mismatches.extend(self.calls(program, test)?);
            }
        }
        for test in &expectation.files {
            mismatches.extend(self.files(test)?);
        }
        if expectation.leaves_none && !self.observed.left.is_empty() {
            let left = self.observed.left.join("\n");
            mismatches.push(self.mismatch("leaves", "no process left running", left));
        }
        Ok(mismatches)
    }

    fn mismatch(
        &self,
        subject: impl Into<String>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Mismatch {
        Mismatch {
            step: self.step.clone(),
            subject: subject.into(),
            expected: expected.into(),
            actual: actual.into(),
        }
    }

    fn exit(&self, test: &ExitTest) -> Result<Option<Mismatch>, Unjudged> {
        let exit = self.observed.exit;
        if self.exit_holds(test, exit)? {
            return Ok(None);
        }
        let expected = self.exit_text(test)?;
        Ok(Some(self.mismatch("exit", expected, exit.to_string())))
    }

    fn exit_holds(&self, test: &ExitTest, exit: Exit) -> Result<bool, Unjudged> {
        let status = exit.status();
        let is = |wanted: u8| status == Some(i32::from(wanted));
        Ok(match test {
            ExitTest::Status(wanted) => is(*wanted),
            ExitTest::Named(name) => match name {
                NamedExit::Success => exit.is_success(),
                NamedExit::Failure => status.is_some() && !exit.is_success(),
                NamedExit::NotImplemented => is(self.terms.statuses.not_implemented),
                NamedExit::Valid => is(self.terms.statuses.valid),
                NamedExit::AppMissing => is(self.terms.statuses.app_missing),
                NamedExit::Signal => matches!(exit, Exit::Signal(_)),
                NamedExit::Deadline => matches!(exit, Exit::Deadline(_)),
                NamedExit::Flood => matches!(exit, Exit::Flood(_)),
            },
            ExitTest::AnyOf(tests) => {
                for test in tests {
                    if self.exit_holds(test, exit)? {
                        return Ok(true);
                    }
                }
                false
            }
            ExitTest::SameAs(step) => {
                status.is_some() && status == find(self.observations, step)?.exit.status()
            }
            ExitTest::Not(test) => status.is_some() && !self.exit_holds(test, exit)?,
        })
    }

    fn exit_text(&self, test: &ExitTest) -> Result<String, Unjudged> {
        let Statuses {
            not_implemented,
            valid,
            app_missing,
        } = self.terms.statuses;
        Ok(match test {
            ExitTest::Status(status) => format!("exit {status}"),
            ExitTest::Named(name) => match name {
                NamedExit::Success => "exit 0".to_owned(),
                NamedExit::Failure => "exit other than 0".to_owned(),
                NamedExit::NotImplemented => {
                    format!("exit {not_implemented} (DOKKU_NOT_IMPLEMENTED_EXIT)")
                }
                NamedExit::Valid => format!("exit {valid} (DOKKU_VALID_EXIT)"),
                NamedExit::AppMissing => format!("exit {app_missing} (the app does not exist)"),
                NamedExit::Signal => "ended by a signal".to_owned(),
                NamedExit::Deadline => "still running at the deadline".to_owned(),
                NamedExit::Flood => "ended because it wrote too much".to_owned(),
            },
            ExitTest::AnyOf(tests) => tests
                .iter()
                .map(|test| self.exit_text(test))
                .collect::<Result<Vec<_>, _>>()?
                .join(" or "),
            ExitTest::SameAs(step) => {
                let exit = find(self.observations, step)?.exit;
                format!("{exit} (as in the step {step})")
            }
            ExitTest::Not(test) => format!("not {}", self.exit_text(test)?),
        })
    }

    /// Judges a text; each test that does not hold is a mismatch of its own.
    fn matcher(
        &self,
        subject: &str,
        matcher: &Matcher,
        actual: &str,
        same: &dyn Fn(&StepName) -> Result<String, Unjudged>,
    ) -> Result<Vec<Mismatch>, Unjudged> {
        use predicates::Predicate;
        let context = Context {
            values: self.terms.values,
            same,
        };
        matcher.bears(actual)?;
        let mut mismatches = Vec::new();
        for test in &matcher.tests {
            if !test.judge(&context)?.eval(actual) {
                let (expected, actual) = sides(test, actual, &context)?;
                mismatches.push(self.mismatch(subject, expected, actual));
            }
        }
        Ok(mismatches)
    }

    fn calls(&self, program: &str, test: &CallTest) -> Result<Option<Mismatch>, Unjudged> {
        let values = self.terms.values;
        let calls: Vec<&Call> = self
            .observed
            .calls
            .iter()
            .filter(|call| call.program == program)
            .collect();
        let mut fitting = Vec::new();
        if let CallTest::Every(matcher) | CallTest::AtLeastOne(matcher) = test {
            for call in &calls {
                fitting.push(matcher.fits(&call.argv, values)?);
            }
        }
        let (holds, expected) = match test {
            CallTest::None => (calls.is_empty(), format!("no call of {program}")),
            CallTest::Some => (!calls.is_empty(), format!("a call of {program}")),
            CallTest::Count(count) => {
                (calls.len() == *count, format!("{count} calls of {program}"))
            }
            CallTest::Every(matcher) => (
                fitting.iter().all(|fits| *fits),
                format!(
                    "every call of {program} such that it {}",
                    matcher.describe(values)?
                ),
            ),
            CallTest::AtLeastOne(matcher) => (
                fitting.contains(&true),
                format!(
                    "a call of {program} such that it {}",
                    matcher.describe(values)?
                ),
            ),
            CallTest::Argv(lines) => {
                let expected = lines
                    .iter()
                    .map(|words| fill_words(words, values))
                    .collect::<Result<Vec<_>, _>>()?;
                (
                    calls.iter().map(|call| &call.argv).eq(&expected),
                    command_lines(program, expected.iter().map(Vec::as_slice)),
                )
            }
        };
        if holds {
            return Ok(None);
        }
        // Where some calls are as they should be, only the others are worth a look.
        let every = matches!(test, CallTest::Every(_));
        let shown = calls
            .iter()
            .enumerate()
            .filter(|(at, _)| !every || fitting.get(*at) == Some(&false))
            .map(|(_, call)| call.argv.as_slice());
        let actual = command_lines(program, shown);
        Ok(Some(self.mismatch(
            format!("calls of {program}"),
            expected,
            actual,
        )))
    }

    fn files(&self, test: &FileTest) -> Result<Vec<Mismatch>, Unjudged> {
        let changes = &self.observed.changes;
        match test {
            FileTest::Created(pattern) => self.some_change(pattern, "created", Deed::Created),
            FileTest::Changed(pattern) => self.some_change(pattern, "changed", Deed::Changed),
            FileTest::Removed(pattern) => self.some_change(pattern, "removed", Deed::Removed),
            FileTest::Unchanged(pattern) => {
                let (text, glob) = self.glob(pattern)?;
                let touched = changes.iter().filter(|change| glob.is_match(&change.path));
                Ok(self.no_changes(format!("unchanged {text}"), touched))
            }
            FileTest::Only(patterns) => {
                let globs = patterns
                    .iter()
                    .map(|pattern| self.glob(pattern))
                    .collect::<Result<Vec<_>, _>>()?;
                let names: Vec<&str> = globs.iter().map(|(text, _)| text.as_str()).collect();
                let others = changes
                    .iter()
                    .filter(|change| !globs.iter().any(|(_, glob)| glob.is_match(&change.path)));
                Ok(self.no_changes(format!("changes of {} alone", names.join(", ")), others))
            }
            FileTest::None => Ok(self.no_changes("no file changed".to_owned(), changes.iter())),
            FileTest::Mode { path, mode } => {
                let path = path.fill(self.terms.values)?;
                let found = self.after(&path).map(|file| file.mode & 0o7777);
                if found == Some(*mode) {
                    return Ok(Vec::new());
                }
                let actual = found.map_or_else(
                    || format!("{path} neither created nor changed"),
                    |found| format!("{path} with mode {found:04o}"),
                );
                let expected = format!("{path} with mode {mode:04o}");
                Ok(vec![self.mismatch("files", expected, actual)])
            }
            FileTest::Content { path, matcher } => {
                let path = path.fill(self.terms.values)?;
                let Some(file) = self.after(&path) else {
                    let expected = format!("{path} that {}", matcher.describe(self.terms.values)?);
                    let actual = format!("{path} neither created nor changed");
                    return Ok(vec![self.mismatch("files", expected, actual)]);
                };
                let Some(content) = &file.content else {
                    let expected = format!("{path} that {}", matcher.describe(self.terms.values)?);
                    let actual = format!("{path} is a {} without a text", file.kind);
                    return Ok(vec![self.mismatch("files", expected, actual)]);
                };
                let same = |step: &StepName| Err(Unjudged::NotObserved(step.clone()));
                self.matcher(&format!("content of {path}"), matcher, content, &same)
            }
        }
    }

    fn glob(&self, pattern: &Template) -> Result<(String, GlobMatcher), Unjudged> {
        let text = pattern.fill(self.terms.values)?;
        match glob(&text) {
            Ok(glob) => Ok((text, glob.compile_matcher())),
            Err(_) => Err(Unjudged::Glob(text)),
        }
    }

    fn after(&self, path: &str) -> Option<&crate::world::FileState> {
        self.observed
            .changes
            .iter()
            .find(|change| change.path == path)
            .and_then(|change| change.after.as_ref())
    }

    fn some_change(
        &self,
        pattern: &Template,
        word: &str,
        deed: Deed,
    ) -> Result<Vec<Mismatch>, Unjudged> {
        let (text, glob) = self.glob(pattern)?;
        let changes = &self.observed.changes;
        let found = changes
            .iter()
            .any(|change| Deed::of(change) == Some(deed) && glob.is_match(&change.path));
        if found {
            return Ok(Vec::new());
        }
        let actual = change_lines(changes.iter());
        Ok(vec![self.mismatch(
            "files",
            format!("{word} {text}"),
            actual,
        )])
    }

    fn no_changes<'c>(
        &self,
        expected: String,
        changes: impl Iterator<Item = &'c Change>,
    ) -> Vec<Mismatch> {
        let mut changes = changes.peekable();
        if changes.peek().is_none() {
            return Vec::new();
        }
        vec![self.mismatch("files", expected, change_lines(changes))]
    }
}

/// What a step printed, seen in one of three ways.
#[derive(Clone, Copy)]
enum Stream {
    Stdout,
    Stderr,
    Output,
}

impl Stream {
    const fn name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::Output => "output",
        }
    }

    fn of(self, observed: &Observed) -> String {
        match self {
            Self::Stdout => observed.stdout.text().into_owned(),
            Self::Stderr => observed.stderr.text().into_owned(),
            Self::Output => observed.output(),
        }
    }
}

/// What happened to a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Created,
    Changed,
    Removed,
}

impl Deed {
    fn of(change: &Change) -> Option<Self> {
        match (&change.before, &change.after) {
            (None, Some(_)) => Some(Self::Created),
            (Some(_), Some(_)) => Some(Self::Changed),
            (Some(_), None) => Some(Self::Removed),
            (None, None) => None,
        }
    }
}

/// A pattern of files, in which `*` does not cross a `/`.
pub(super) fn glob(text: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(text).literal_separator(true).build()
}

const NOTHING: &str = "(nothing)";
/// How the description of a text begins that is not asked for as a whole.
const TEXT_THAT: &str = "text that ";
const EACH_LINE: &str = "each line: ";

/// True if a side of a difference is no text that a program was to print, or printed, but words about it.
#[must_use]
pub fn is_description(side: &str) -> bool {
    side == NOTHING
        || [TEXT_THAT, EACH_LINE]
            .iter()
            .any(|words| side.starts_with(words))
}

fn shown(text: &str) -> String {
    if text.is_empty() {
        NOTHING.to_owned()
    } else {
        text.to_owned()
    }
}

/// The two sides of a difference: whole texts where the whole text is known, else what was asked for.
fn sides(test: &Test, actual: &str, context: &Context<'_>) -> Result<(String, String), Unjudged> {
    let values = context.values;
    let expected = match test {
        Test::Exact(expected) => shown(&expected.fill(values)?),
        Test::SameAs(step) => shown(&(context.same)(step)?),
        Test::Empty(true) => NOTHING.to_owned(),
        Test::Lines(lines) => {
            let lines = lines.iter().map(|line| line.fill(values));
            let text = lines.collect::<Result<Vec<_>, _>>()?.join("\n");
            // The end of the last line is no matter of this test, and nothing to be shown as different.
            match actual.ends_with('\n') {
                true => text + "\n",
                false => text,
            }
        }
        Test::EachLine(matcher) => {
            use predicates::Predicate;
            let judge = matcher.judge(context)?;
            let broken: Vec<String> = actual
                .lines()
                .enumerate()
                .filter(|(_, line)| !judge.eval(line))
                .map(|(at, line)| format!("line {}: {line}", at + 1))
                .collect();
            return Ok((
                format!("{EACH_LINE}{}", matcher.describe(values)?),
                shown(&broken.join("\n")),
            ));
        }
        _ => format!("{TEXT_THAT}{}", test.describe(values)?),
    };
    Ok((expected, shown(actual)))
}

fn command_lines<'a>(program: &str, calls: impl Iterator<Item = &'a [String]>) -> String {
    let lines: Vec<String> = calls
        .map(|argv| format!("{program} {}", shell_words::join(argv)))
        .collect();
    if lines.is_empty() {
        format!("no call of {program}")
    } else {
        lines.join("\n")
    }
}

fn change_lines<'c>(changes: impl Iterator<Item = &'c Change>) -> String {
    let lines: Vec<String> = changes
        .filter_map(|change| {
            let word = match Deed::of(change)? {
                Deed::Created => "created",
                Deed::Changed => "changed",
                Deed::Removed => "removed",
            };
            Some(format!("{word} {}", change.path))
        })
        .collect();
    if lines.is_empty() {
        "no file changed".to_owned()
    } else {
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Placeholder, Script, Source, load};
    use super::*;
    use crate::sandbox::Output;
    use crate::world::FileState;

    const STATUSES: Statuses = Statuses {
        not_implemented: 10,
        valid: 0,
        app_missing: 20,
    };

    fn seen(exit: Exit, stdout: &str) -> Observed {
        Observed {
            exit,
            stdout: Output::new(stdout.into(), false),
            stderr: Output::default(),
            calls: Vec::new(),
            changes: Vec::new(),
            left: Vec::new(),
        }
    }

    fn call(program: &str, argv: &[&str]) -> Call {
        Call {
            program: program.to_owned(),
            argv: argv.iter().map(ToString::to_string).collect(),
            stdin: None,
            cwd: "/".to_owned(),
            env: Default::default(),
            modelled: true,
            lacks: None,
        }
    }

    fn created(path: &str, mode: u32, content: &str) -> Change {
        Change {
            path: path.to_owned(),
            before: None,
            after: Some(FileState {
                kind: "file".to_owned(),
                mode,
                content: Some(content.to_owned()),
            }),
        }
    }

    /// A case of the language, with this text below its name.
    fn case(body: &str) -> super::super::Case {
        let text = format!(
            "{{id: x, title: x, level: may, cases: [{{name: x, given: {{apps: [my-app]}}, {body}}}]}}"
        );
        let loaded = load(&[Source::new("x.yaml", text)]);
        let mut requirements = loaded.unwrap_or_else(|mistakes| panic!("{mistakes}"));
        requirements.remove(0).cases.remove(0)
    }

    fn judged(body: &str, steps: &[(&str, Observed)]) -> Vec<Mismatch> {
        let case = case(body);
        let Script::Steps(script) = &case.script else {
            panic!("no steps");
        };
        let mut observations = Observations::new();
        for (name, observed) in steps {
            observations.push(name.parse().unwrap(), observed.clone());
        }
        let values = Values::new().with(Placeholder::App, "my-app");
        let terms = Terms {
            values: &values,
            statuses: STATUSES,
        };
        judge(script, &observations, terms).unwrap()
    }

    /// What is wrong with one observation under an `expect`: subject, expected, actual.
    fn wrong(expect: &str, observed: Observed) -> Vec<(String, String, String)> {
        judged(
            &format!("run: dokku x, expect: {expect}"),
            &[("run", observed)],
        )
        .into_iter()
        .map(|found| (found.subject, found.expected, found.actual))
        .collect()
    }

    fn holds(expect: &str, observed: Observed) -> bool {
        wrong(expect, observed).is_empty()
    }

    #[test]
    fn an_exit_is_judged_by_number_and_by_name() {
        let exit = |expect: &str, exit| holds(&format!("{{exit: {expect}}}"), seen(exit, ""));
        assert!(exit("not-implemented", Exit::Status(10)) && exit("[1, 20]", Exit::Status(20)));
        assert!(exit("failure", Exit::Signal(11)) && exit("139", Exit::Signal(11)));
        assert!(exit("{not: success}", Exit::Status(1)) && !exit("{not: 1}", Exit::Status(1)));
        assert_eq!(
            wrong("{exit: not-implemented}", seen(Exit::Status(0), "")),
            [(
                "exit".into(),
                "exit 10 (DOKKU_NOT_IMPLEMENTED_EXIT)".into(),
                "exit 0".into()
            )]
        );
    }

    #[test]
    fn a_process_that_was_ended_fits_no_exit_but_the_one_that_names_it() {
        for ended in [Exit::Deadline(1000), Exit::Flood(1 << 20)] {
            for expect in [
                "0",
                "failure",
                "{not: 0}",
                "{not: {not: 0}}",
                "[0, 1, failure]",
            ] {
                let expect = format!("{{exit: {expect}}}");
                assert!(!holds(&expect, seen(ended, "")), "{expect} {ended}");
            }
        }
        assert!(holds("{exit: deadline}", seen(Exit::Deadline(1000), "")));
        assert!(holds("{exit: [flood, 0]}", seen(Exit::Flood(1 << 20), "")));
        assert!(holds("{exit: {not: deadline}}", seen(Exit::Status(0), "")));
        let both = [
            ("a", seen(Exit::Flood(1 << 20), "")),
            ("b", seen(Exit::Flood(1 << 20), "")),
        ];
        let body = "steps: [{as: a, run: dokku x}, {as: b, run: dokku x}], expect: {b: {exit: {same_as: a}}}";
        assert_eq!(judged(body, &both).len(), 1);
    }

    #[test]
    fn every_matcher_can_hold_and_can_fail() {
        let text = "one, two\n{\"a\": [1]}\n";
        for (matcher, good) in [
            ("{contains: [one, two]}", true),
            ("{contains: [one, three]}", false),
            ("{not_contains: [three, four]}", true),
            ("{not_contains: [three, one]}", false),
            ("{starts_with: one}", true),
            ("{starts_with: two}", false),
            ("{ends_with: \"}\\n\"}", true),
            ("{ends_with: one}", false),
            ("{matches: 'two$'}", true),
            ("{matches: '^two'}", false),
            ("{lines: ['one, two', '{\"a\": [1]}']}", true),
            ("{lines: ['one, two']}", false),
            ("{each_line: {matches: 'o|a'}}", true),
            ("{each_line: {contains: o}}", false),
            ("{empty: false}", true),
            ("{empty: true}", false),
            ("{any_of: [{contains: x}, {contains: one}]}", true),
            ("{any_of: [{contains: x}, {contains: y}]}", false),
            ("{all_of: [{contains: one}, {contains: two}]}", true),
            ("{all_of: [{contains: one}, {contains: x}]}", false),
            ("{not: {contains: x}}", true),
            ("{not: {contains: one}}", false),
            ("{contains: one, starts_with: two}", false),
            ("{json: {a: [1]}}", false),
            ("one", false),
        ] {
            let expect = format!("{{stdout: {matcher}}}");
            assert_eq!(
                holds(&expect, seen(Exit::Status(0), text)),
                good,
                "{matcher}"
            );
        }
        let json = || seen(Exit::Status(0), "{\"a\": [1, null]}\n");
        assert!(holds(
            "{stdout: {json: {a: [1, null]}, json_at: {/a/0: 1}}}",
            json()
        ));
        assert!(!holds("{stdout: {json: {a: [1]}}}", json()));
        assert!(!holds("{stdout: {json_at: {/a/2: null}}}", json()));
        assert!(!holds(
            "{stdout: {each_line: {contains: a}}}",
            seen(Exit::Status(0), "")
        ));
        assert!(holds(
            "{stdout: {contains: '{app}'}}",
            seen(Exit::Status(0), "my-app")
        ));
    }

    #[test]
    fn steps_are_compared_stream_by_stream() {
        let body = "steps: [{as: a, run: dokku x}, {as: b, run: dokku x}],
            expect: {b: {exit: {same_as: a}, stdout: {same_as: a}, output: {not: {same_as: a}}}}";
        let a = seen(Exit::Status(1), "one\n");
        let mut b = seen(Exit::Status(1), "one\n");
        b.stderr = Output::new("more".into(), false);
        assert_eq!(judged(body, &[("a", a.clone()), ("b", b)]), []);
        let found = judged(body, &[("a", a), ("b", seen(Exit::Status(2), ""))]);
        let told: Vec<_> = found
            .iter()
            .map(|found| (found.expected.as_str(), found.actual.as_str()))
            .collect();
        let exit = ("exit 1 (as in the step a)", "exit 2");
        assert_eq!(told, [exit, ("one\n", "(nothing)")]);
    }

    #[test]
    fn calls_are_judged_by_program() {
        let mut observed = seen(Exit::Status(0), "");
        observed.calls = vec![
            call("docker", &["run", "--rm", "a b"]),
            call("docker", &["ps"]),
            call("nginx", &["-t"]),
        ];
        for (calls, good) in [
            ("{dokku: none}", true),
            ("{docker: none}", false),
            ("{docker: some}", true),
            ("{dokku: some}", false),
            ("{docker: {count: 2}}", true),
            ("{docker: {count: 3}}", false),
            ("{docker: {some: [run, --rm]}}", true),
            ("{docker: {some: [rm]}}", false),
            ("{docker: {some: {ends_with: \"'a b'\"}}}", true),
            ("{docker: {every: {matches: 'r|p'}}}", true),
            ("{docker: {every: [run]}}", false),
            ("{docker: {argv: [[run, --rm, a b], [ps]]}}", true),
            ("{docker: {argv: [[ps], [run, --rm, a b]]}}", false),
        ] {
            let expect = format!("{{calls: {calls}}}");
            assert_eq!(holds(&expect, observed.clone()), good, "{calls}");
        }
        let found = wrong("{calls: {docker: {every: [run]}}}", observed);
        assert_eq!(
            found[0].2, "docker ps",
            "the calls that are right are left out"
        );
    }

    #[test]
    fn files_are_judged_by_what_happened_to_them() {
        let mut observed = seen(Exit::Status(0), "");
        observed.changes = vec![created("home/dokku/my-app/ENV", 0o100_600, "export A=b\n")];
        for (files, good) in [
            ("{created: 'home/dokku/{app}/*'}", true),
            ("{created: 'home/*'}", false),
            ("{changed: '**'}", false),
            ("{removed: '**'}", false),
            ("{unchanged: 'etc/**'}", true),
            ("{unchanged: 'home/**'}", false),
            ("{only: ['home/dokku/**']}", true),
            ("{only: ['etc/**']}", false),
            ("{none: true}", false),
            ("{mode: {'home/dokku/{app}/ENV': '0600'}}", true),
            ("{mode: {'home/dokku/{app}/ENV': '0644'}}", false),
            ("{mode: {etc/passwd: '0644'}}", false),
            ("{content: {'home/dokku/{app}/ENV': {contains: A=b}}}", true),
            (
                "{content: {'home/dokku/{app}/ENV': {contains: hunter2}}}",
                false,
            ),
            ("{content: {etc/passwd: {not_contains: hunter2}}}", false),
        ] {
            let expect = format!("{{files: {files}}}");
            assert_eq!(holds(&expect, observed.clone()), good, "{files}");
        }
        assert!(holds(
            "{files: {none: true}, leaves: none}",
            seen(Exit::Status(0), "")
        ));
        observed.left = vec!["sleep 60".to_owned()];
        let found = wrong("{leaves: none}", observed);
        assert_eq!(found[0].2, "sleep 60");
    }

    #[test]
    fn what_was_not_seen_is_no_mismatch_but_an_error() {
        let case = case("run: dokku x, expect: {exit: 0}");
        let Script::Steps(steps) = &case.script else {
            panic!("no steps");
        };
        let values = Values::new();
        let terms = Terms {
            values: &values,
            statuses: STATUSES,
        };
        let judged = judge(steps, &Observations::new(), terms);
        assert_eq!(judged, Err(Unjudged::NotObserved(StepName::only())));
    }

    #[test]
    fn a_case_is_undecided_for_the_first_reason_that_holds() {
        let case = case(
            "run: dokku x, expect: {exit: 0}, undecided: [
                {when: {exit: 3}, because: three}, {when: {stdout: {contains: no}}, because: text}]",
        );
        let values = Values::new();
        let terms = Terms {
            values: &values,
            statuses: STATUSES,
        };
        let reason = |observed: Observed| {
            let mut observations = Observations::new();
            observations.push(StepName::only(), observed);
            no_verdict(&case.undecided, &observations, terms).unwrap()
        };
        assert_eq!(reason(seen(Exit::Status(3), "no")), Some("three"));
        assert_eq!(reason(seen(Exit::Status(1), "no")), Some("text"));
        assert_eq!(reason(seen(Exit::Status(1), "")), None);
    }
}
