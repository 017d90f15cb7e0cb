//! Cases: what they run, and what they expect of it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::shape::nearest;
use super::super::{
    Case, Each, Given, NoVerdict, PlaceHint, Placeholder, Run, Script, Stdin, Step, StepName,
    Template, User, raw,
};
use super::matcher::Scope;
use super::{At, Desk, listed};

impl Desk<'_> {
    /// A case; none if anything in it is wrong.
    pub(in super::super) fn case(&mut self, raw: &raw::Case, at: At<'_>) -> Option<Case> {
        let told = self.mistakes.len();
        let case = match raw {
            raw::Case::Run(raw) => self.run_case(raw, at),
            raw::Case::Steps(raw) => self.steps_case(raw, at),
            raw::Case::Inspect(raw) => self.inspect_case(raw, at),
        };
        case.filter(|_| self.mistakes.len() == told)
    }

    fn run_case(&mut self, raw: &raw::RunCase, at: At<'_>) -> Option<Case> {
        let name = self.said(&raw.name, "name", at.key("name"));
        let mut scope = Scope::of_case(raw.each, raw.given.as_ref());
        let given = self.case_given(raw.given.as_ref(), &scope, at);
        let process = Process {
            run: &raw.run,
            stdin: raw.stdin.as_ref(),
            environment: raw.environment.as_ref(),
            deadline: raw.deadline,
            tty: None,
            cwd: None,
            user: None,
            umask: None,
        };
        let step = self.step(StepName::only(), &process, &scope, at);
        scope.steps.push(StepName::only());
        let expect = self.expectation(&raw.expect, &scope, at.key("expect"));
        let not_applicable = self.no_verdict(
            raw.not_applicable.as_deref(),
            &scope,
            at.key("not_applicable"),
        );
        let undecided = self.no_verdict(raw.undecided.as_deref(), &scope, at.key("undecided"));
        let place = self.place(raw.place.as_ref(), &scope, at);
        let step = Step { expect, ..step? };
        Some(Case {
            name: name?,
            each: raw.each,
            given,
            fresh_worlds: false,
            script: Script::Steps(vec![step]),
            not_applicable,
            undecided,
            place,
        })
    }

    fn steps_case(&mut self, raw: &raw::StepsCase, at: At<'_>) -> Option<Case> {
        let name = self.said(&raw.name, "name", at.key("name"));
        let mut scope = Scope::of_case(raw.each, raw.given.as_ref());
        let given = self.case_given(raw.given.as_ref(), &scope, at);
        scope.steps = raw
            .steps
            .iter()
            .filter_map(|step| step.name.parse().ok())
            .collect();
        let steps = self.steps(raw, &mut scope, at);
        self.expected_steps(raw, at);
        scope.earlier.clone_from(&scope.steps);
        let not_applicable = self.no_verdict(
            raw.not_applicable.as_deref(),
            &scope,
            at.key("not_applicable"),
        );
        let undecided = self.no_verdict(raw.undecided.as_deref(), &scope, at.key("undecided"));
        let place = self.place(raw.place.as_ref(), &scope, at);
        Some(Case {
            name: name?,
            each: raw.each,
            given,
            fresh_worlds: raw.fresh_worlds.unwrap_or_default(),
            script: Script::Steps(steps),
            not_applicable,
            undecided,
            place,
        })
    }

    fn inspect_case(&mut self, raw: &raw::InspectCase, at: At<'_>) -> Option<Case> {
        // What an inspection must find can be said in one way only.
        let raw::Findings {
            findings: raw::NoneWord::None,
        } = raw.expect;
        let name = self.said(&raw.name, "name", at.key("name"));
        let inspection = self.parse(&raw.inspect, at.key("inspect"));
        Some(Case {
            name: name?,
            each: None,
            given: Given::default(),
            fresh_worlds: false,
            script: Script::Inspect(inspection?),
            not_applicable: Vec::new(),
            undecided: Vec::new(),
            place: None,
        })
    }

    fn case_given(&mut self, raw: Option<&raw::Given>, scope: &Scope, at: At<'_>) -> Given {
        raw.map(|raw| self.given(raw, scope, at.key("given")))
            .unwrap_or_default()
    }

    /// The steps in order, each with what is expected of it.
    fn steps(&mut self, raw: &raw::StepsCase, scope: &mut Scope, at: At<'_>) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let list = at.key("steps");
        self.some_of("steps", !raw.steps.is_empty(), list);
        let expect = at.key("expect");
        for (step, at) in listed(&raw.steps, list) {
            let Some(name) = self.parse::<StepName>(&step.name, at.key("as")) else {
                continue;
            };
            if scope.earlier.contains(&name) {
                let message = format!("the step `{name}` stands here a second time");
                self.tell(at.key("as"), message);
                continue;
            }
            let process = Process {
                run: &step.run,
                stdin: step.stdin.as_ref(),
                environment: step.environment.as_ref(),
                deadline: step.deadline,
                tty: step.tty,
                cwd: step.cwd.as_deref(),
                user: step.user,
                umask: step.umask.as_deref(),
            };
            let valid = self.step(name.clone(), &process, scope, at);
            let expect = raw
                .expect
                .get(name.as_str())
                .and_then(|raw| self.expectation(raw, scope, expect.key(name.as_str())));
            steps.extend(valid.map(|valid| Step { expect, ..valid }));
            scope.earlier.push(name);
        }
        steps
    }

    /// Tells of expectations for steps that are not there, and of a case that expects nothing.
    fn expected_steps(&mut self, raw: &raw::StepsCase, at: At<'_>) {
        let at = at.key("expect");
        if raw.expect.is_empty() {
            let help = "say for at least one step what it must do";
            self.advise(at, "this case expects nothing of any step", help);
        }
        let names: Vec<&str> = raw.steps.iter().map(|step| step.name.as_str()).collect();
        for name in raw
            .expect
            .keys()
            .filter(|name| !names.contains(&name.as_str()))
        {
            let help = match nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the steps are: {}", names.join(", ")),
            };
            self.advise_at(at.name(name), format!("there is no step `{name}`"), help);
        }
    }

    fn step(
        &mut self,
        name: StepName,
        process: &Process<'_>,
        scope: &Scope,
        at: At<'_>,
    ) -> Option<Step> {
        let run_at = at.key("run");
        let run = self.run(process.run, scope, run_at);
        let inner = process.run.stdin();
        if let (Some(_), Some(_)) = (inner, process.stdin) {
            self.tell(
                at.key("stdin"),
                "`stdin` is said a second time, beside `run` and in it",
            );
        }
        let stdin = match (inner, process.stdin) {
            (Some(raw), _) => self.stdin(raw, scope, run_at.key("stdin")),
            (None, Some(raw)) => self.stdin(raw, scope, at.key("stdin")),
            (None, None) => Some(Stdin::Empty),
        };
        let environment = self.environment(process.environment, scope, at.key("environment"));
        Some(Step {
            name,
            run: run?,
            stdin: stdin?,
            environment: environment?,
            deadline: process
                .deadline
                .map(|seconds| Duration::from_secs(seconds.into())),
            tty: process.tty,
            cwd: process.cwd.map(|path| self.cwd(Some(path), at)),
            user: process.user,
            umask: self.umask(process.umask, at),
            expect: None,
        })
    }

    fn environment(
        &mut self,
        raw: Option<&BTreeMap<String, String>>,
        scope: &Scope,
        at: At<'_>,
    ) -> Option<BTreeMap<String, Template>> {
        let Some(raw) = raw else {
            return Some(BTreeMap::new());
        };
        self.variables(raw, at);
        let pairs: Vec<_> = raw
            .iter()
            .map(|(key, text)| {
                let text = self.template(text, scope, at.key(key));
                text.map(|text| (key.clone(), text))
            })
            .collect();
        pairs.into_iter().collect()
    }

    fn stdin(&mut self, raw: &raw::Stdin, scope: &Scope, at: At<'_>) -> Option<Stdin> {
        match raw {
            raw::Stdin::Word(raw::StdinWord::Empty) => Some(Stdin::Empty),
            raw::Stdin::Word(raw::StdinWord::Open) => Some(Stdin::Open),
            raw::Stdin::Text(raw) => self
                .template(&raw.text, scope, at.key("text"))
                .map(Stdin::Text),
        }
    }

    fn run(&mut self, raw: &raw::Run, scope: &Scope, at: At<'_>) -> Option<Run<Template>> {
        let args = |raw: &Option<Vec<String>>| raw.clone().unwrap_or_default();
        match raw {
            raw::Run::Line(line) => {
                let words = self.split(line, at)?;
                self.dokku(&words, scope, at)
            }
            raw::Run::Words(words) => self.dokku(words, scope, at),
            raw::Run::File(raw) => {
                let file = self.file(&raw.file, scope, at.key("file"));
                let args = self.words(&args(&raw.args), scope, at.key("args"));
                let (file, args) = file.zip(args)?;
                Some(Run::File { file, args })
            }
            raw::Run::Trigger(raw) => {
                let trigger = self.file(&raw.trigger, scope, at.key("trigger"));
                let args = self.words(&args(&raw.args), scope, at.key("args"));
                let (trigger, args) = trigger.zip(args)?;
                Some(Run::Trigger { trigger, args })
            }
            raw::Run::Program(raw) => {
                let program = self.said(&raw.program, "program", at.key("program"));
                let program = program.and_then(|text| self.word(&text, scope, at.key("program")));
                let args = self.words(&args(&raw.args), scope, at.key("args"));
                let (program, args) = program.zip(args)?;
                Some(Run::Program { program, args })
            }
            raw::Run::Source(raw) => {
                let file = self.file(&raw.source, scope, at.key("source"))?;
                Some(Run::Source { file })
            }
        }
    }

    fn file(&mut self, path: &str, scope: &Scope, at: At<'_>) -> Option<Template> {
        if self.inner_path(path, at.position()) {
            self.template(path, scope, at)
        } else {
            None
        }
    }

    /// The words of a command line, in the shell's quoting.
    fn split(&mut self, line: &str, at: At<'_>) -> Option<Vec<String>> {
        let Ok(words) = shell_words::split(line) else {
            self.tell(at, "a quote in this command line is not closed");
            return None;
        };
        let operator = words.iter().find(|word| {
            matches!(
                word.as_str(),
                "|" | "||" | "&&" | "&" | ";" | "<" | ">" | ">>" | "2>&1" | "2>"
            )
        });
        if let Some(operator) = operator {
            let message =
                format!("no shell reads this command line, so `{operator}` is one of its words");
            let help = "make it several steps; if the word is meant, write the command line as a list of words";
            self.advise(at, message, help);
            return None;
        }
        Some(words)
    }

    fn dokku(&mut self, words: &[String], scope: &Scope, at: At<'_>) -> Option<Run<Template>> {
        match words.split_first() {
            Some((first, _)) if first == "dokku" => {
                // A command line in one text has one place, a list has one for each word.
                let words = self.words(words, scope, at)?;
                let args = words.into_iter().skip(1).collect();
                Some(Run::Dokku { args })
            }
            Some((first, _)) if first.contains('=') => {
                let message = "a command line begins with `dokku`";
                let help = format!("say {first} under `environment`");
                self.advise(at, message, help);
                None
            }
            _ => {
                let help = "for another program write {program: ..., args: [...]}, for a file of the plugin {file: ...}";
                self.advise(at, "a command line begins with `dokku`", help);
                None
            }
        }
    }

    /// Reasons why a case has no verdict.
    fn no_verdict(
        &mut self,
        raw: Option<&[raw::Undecided]>,
        scope: &Scope,
        at: At<'_>,
    ) -> Vec<NoVerdict> {
        let mut reasons = Vec::new();
        let scope = Scope {
            placeholders: scope.placeholders.clone(),
            earlier: scope.steps.clone(),
            steps: scope.steps.clone(),
            comparable: true,
        };
        for (raw, at) in listed(raw.unwrap_or_default(), at) {
            let known = |name: &String| scope.steps.iter().find(|step| step.as_str() == name);
            let step = raw.step.as_ref().and_then(known).cloned();
            if let (Some(name), None) = (&raw.step, &step) {
                let names: Vec<&str> = scope.steps.iter().map(StepName::as_str).collect();
                let help = format!("the steps are: {}", names.join(", "));
                self.advise(at.key("step"), format!("there is no step `{name}`"), help);
            }
            let when = self.expectation(&raw.when, &scope, at.key("when"));
            let because = self.said(&raw.because, "because", at.key("because"));
            let holds = self.span(raw.since.as_deref(), raw.until.as_deref(), at);
            reasons.extend(when.zip(because).map(|(when, because)| NoVerdict {
                step,
                when,
                because,
                holds,
            }));
        }
        reasons
    }

    fn place(&mut self, raw: Option<&raw::Place>, scope: &Scope, at: At<'_>) -> Option<PlaceHint> {
        let at = at.key("place");
        match raw? {
            raw::Place::File(file) => {
                let file = self.file(file, scope, at)?;
                Some(PlaceHint { file, line: None })
            }
            raw::Place::Line(raw) => {
                let file = self.file(&raw.file, scope, at.key("file"));
                let line = self.regex(&raw.line, at.key("line"));
                let (file, line) = file.zip(line)?;
                Some(PlaceHint {
                    file,
                    line: Some(line),
                })
            }
        }
    }
}

/// What is said of one process, in a case with one `run` or in a step.
struct Process<'r> {
    run: &'r raw::Run,
    stdin: Option<&'r raw::Stdin>,
    environment: Option<&'r BTreeMap<String, String>>,
    deadline: Option<u32>,
    tty: Option<bool>,
    cwd: Option<&'r str>,
    user: Option<User>,
    umask: Option<&'r str>,
}

impl raw::Given {
    /// True if one of the neighbours is of those that the world brings along.
    fn has_companion(&self) -> bool {
        let many = self.neighbours.iter().flatten();
        let mut all = self.neighbour.iter().chain(many);
        all.any(|one| matches!(one, raw::Neighbour::Name(_)))
    }
}

impl raw::Run {
    fn stdin(&self) -> Option<&raw::Stdin> {
        match self {
            Self::File(raw) => raw.stdin.as_ref(),
            Self::Trigger(raw) => raw.stdin.as_ref(),
            Self::Program(raw) => raw.stdin.as_ref(),
            Self::Line(_) | Self::Words(_) | Self::Source(_) => None,
        }
    }
}

impl Scope {
    /// What the texts of a case can refer to before any step has run.
    fn of_case(each: Option<Each>, given: Option<&raw::Given>) -> Self {
        let mut placeholders = std::collections::BTreeSet::from([Placeholder::Name]);
        placeholders.extend(each.into_iter().flat_map(Each::placeholders));
        if given.is_some_and(|given| given.apps.as_ref().is_some_and(|apps| !apps.is_empty())) {
            placeholders.insert(Placeholder::App);
        }
        if given.is_some_and(raw::Given::has_companion) {
            placeholders.insert(Placeholder::Neighbour);
        }
        Self {
            placeholders,
            earlier: Vec::new(),
            steps: Vec::new(),
            comparable: true,
        }
    }
}
