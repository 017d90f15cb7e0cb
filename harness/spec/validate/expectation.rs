//! Expectations: at least one thing each.

use std::collections::BTreeMap;

use super::super::judge::glob;
use super::super::{CallTest, ExitTest, Expectation, FileTest, Template, raw};
use super::matcher::Scope;
use super::{At, Desk, each, listed};

impl Desk<'_> {
    pub(super) fn expectation(
        &mut self,
        raw: &raw::Expectation,
        scope: &Scope,
        at: At<'_>,
    ) -> Option<Expectation> {
        let told = self.mistakes.len();
        let exit = raw
            .exit
            .as_ref()
            .and_then(|raw| self.exit(raw, scope, at.key("exit")));
        let mut stream = |key: &str, raw: Option<&raw::Matcher>| {
            raw.and_then(|raw| self.matcher(raw, scope, at.key(key)))
        };
        let stdout = stream("stdout", raw.stdout.as_ref());
        let stderr = stream("stderr", raw.stderr.as_ref());
        let output = stream("output", raw.output.as_ref());
        let calls = raw
            .calls
            .as_ref()
            .map(|raw| self.calls(raw, scope, at.key("calls")))
            .unwrap_or_default();
        let files = raw
            .files
            .as_ref()
            .map(|raw| self.files(raw, scope, at.key("files")))
            .unwrap_or_default();
        let nothing = raw.exit.is_none()
            && raw.stdout.is_none()
            && raw.stderr.is_none()
            && raw.output.is_none()
            && raw.calls.is_none()
            && raw.files.is_none()
            && raw.leaves.is_none();
        if nothing {
            let help = "say at least one of: exit, stdout, stderr, output, calls, files, leaves";
            self.advise(at, "this expectation asserts nothing", help);
        }
        (self.mistakes.len() == told).then_some(Expectation {
            exit,
            stdout,
            stderr,
            output,
            calls,
            files,
            leaves_none: raw.leaves.is_some(),
        })
    }

    fn exit(&mut self, raw: &raw::Exit, scope: &Scope, at: At<'_>) -> Option<ExitTest> {
        match raw {
            raw::Exit::Status(status) => Some(ExitTest::Status(*status)),
            raw::Exit::Named(name) => Some(ExitTest::Named(*name)),
            raw::Exit::AnyOf(tests) => {
                if !self.some_of("exit", !tests.is_empty(), at) {
                    return None;
                }
                let tests: Vec<_> = listed(tests, at)
                    .map(|(test, at)| self.exit(test, scope, at))
                    .collect();
                tests
                    .into_iter()
                    .collect::<Option<_>>()
                    .map(ExitTest::AnyOf)
            }
            raw::Exit::SameAs(raw) => self
                .earlier(&raw.same_as, scope, at.key("same_as"))
                .map(ExitTest::SameAs),
            raw::Exit::Not(raw) => self
                .exit(&raw.not, scope, at.key("not"))
                .map(|test| ExitTest::Not(Box::new(test))),
        }
    }

    fn calls(
        &mut self,
        raw: &BTreeMap<String, raw::Calls>,
        scope: &Scope,
        at: At<'_>,
    ) -> BTreeMap<String, Vec<CallTest>> {
        self.some_of("calls", !raw.is_empty(), at);
        raw.iter()
            .map(|(program, raw)| {
                let tests = match raw {
                    raw::Calls::Word(raw::CallsWord::None) => vec![CallTest::None],
                    raw::Calls::Word(raw::CallsWord::Some) => vec![CallTest::Some],
                    raw::Calls::Rules(raw) => self.call_rules(program, raw, scope, at.key(program)),
                };
                (program.clone(), tests)
            })
            .collect()
    }

    fn call_rules(
        &mut self,
        program: &str,
        raw: &raw::CallRules,
        scope: &Scope,
        at: At<'_>,
    ) -> Vec<CallTest> {
        let mut tests = Vec::new();
        let mut said = false;
        if let Some(raw) = &raw.every {
            said = true;
            let matcher = self.argv(raw, scope, at.key("every"));
            tests.extend(matcher.map(CallTest::Every));
        }
        if let Some(raw) = &raw.some {
            said = true;
            let matcher = self.argv(raw, scope, at.key("some"));
            tests.extend(matcher.map(CallTest::AtLeastOne));
        }
        if let Some(count) = raw.count {
            said = true;
            tests.push(CallTest::Count(count));
        }
        if let Some(raw) = &raw.argv {
            said = true;
            let at = at.key("argv");
            let lines: Vec<_> = listed(raw, at)
                .map(|(words, at)| self.words(words, scope, at))
                .collect();
            tests.extend(lines.into_iter().collect::<Option<_>>().map(CallTest::Argv));
        }
        self.some_of(program, said, at);
        tests
    }

    fn files(&mut self, raw: &raw::Files, scope: &Scope, at: At<'_>) -> Vec<FileTest> {
        let told = self.mistakes.len();
        let mut tests = Vec::new();
        type Test = fn(Template) -> FileTest;
        let kinds = [
            ("created", &raw.created, FileTest::Created as Test),
            ("changed", &raw.changed, FileTest::Changed),
            ("removed", &raw.removed, FileTest::Removed),
            ("unchanged", &raw.unchanged, FileTest::Unchanged),
        ];
        for (key, patterns, test) in kinds {
            if let Some(patterns) = patterns {
                let patterns = self.patterns(key, patterns, scope, at.key(key));
                tests.extend(patterns.into_iter().map(test));
            }
        }
        if let Some(patterns) = &raw.only {
            let at = at.key("only");
            if each(patterns, at).any(|(pattern, _)| pattern == "**") {
                self.tell(
                    at,
                    "`only: \"**\"` allows every file, so it asserts nothing",
                );
            }
            tests.push(FileTest::Only(self.patterns("only", patterns, scope, at)));
        }
        match raw.none {
            Some(true) => tests.push(FileTest::None),
            Some(false) => {
                let help = "leave it out, or say which files: created, changed, removed";
                self.advise(at.key("none"), "`none: false` asserts nothing", help);
            }
            None => {}
        }
        if let Some(modes) = &raw.mode {
            let at = at.key("mode");
            self.some_of("mode", !modes.is_empty(), at);
            for (path, mode) in modes {
                let template = self.path(path, scope, at);
                let mode = self.octal(mode, 0o7777, at.key(path));
                let pair = template.zip(mode);
                tests.extend(pair.map(|(path, mode)| FileTest::Mode { path, mode }));
            }
        }
        if let Some(contents) = &raw.content {
            let at = at.key("content");
            self.some_of("content", !contents.is_empty(), at);
            for (path, matcher) in contents {
                let template = self.path(path, scope, at);
                let matcher = self.matcher(matcher, &scope.without_steps(), at.key(path));
                let pair = template.zip(matcher);
                tests.extend(pair.map(|(path, matcher)| FileTest::Content { path, matcher }));
            }
        }
        if tests.is_empty() && self.mistakes.len() == told {
            self.some_of("files", false, at);
        }
        tests
    }

    fn path(&mut self, path: &str, scope: &Scope, at: At<'_>) -> Option<Template> {
        if self.inner_path(path, at.name(path)) {
            self.template(path, scope, at)
        } else {
            None
        }
    }

    fn patterns(
        &mut self,
        key: &str,
        patterns: &raw::OneOrMany<String>,
        scope: &Scope,
        at: At<'_>,
    ) -> Vec<Template> {
        let mut templates = Vec::new();
        self.some_of(key, each(patterns, at).next().is_some(), at);
        for (pattern, at) in each(patterns, at) {
            if let Err(error) = glob(pattern) {
                let message = format!("no valid pattern of files: {}", error.kind());
                self.tell(at, message);
            } else if self.inner_path(pattern, at.position()) {
                templates.extend(self.template(pattern, scope, at));
            }
        }
        templates
    }
}
