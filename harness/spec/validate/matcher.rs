//! Matchers: none that asserts nothing.

use std::collections::BTreeSet;

use super::super::matcher::{ArgvMatcher, Matcher, Test};
use super::super::{Each, Expression, Placeholder, StepName, Template, raw};
use super::{At, Desk, each, listed};

/// What a text can refer to where it stands.
pub(super) struct Scope {
    /// The placeholders that have a value.
    pub(super) placeholders: BTreeSet<Placeholder>,
    /// The steps that have run before.
    pub(super) earlier: Vec<StepName>,
    /// All steps of the case.
    pub(super) steps: Vec<StepName>,
    /// False where there is nothing that two steps could have the same.
    pub(super) comparable: bool,
}

impl Scope {
    /// That of a text which refers to nothing.
    pub(super) fn bare() -> Self {
        Self {
            placeholders: BTreeSet::new(),
            earlier: Vec::new(),
            steps: Vec::new(),
            comparable: false,
        }
    }
}

impl Desk<'_> {
    /// A text with placeholders.
    pub(super) fn template(&mut self, text: &str, scope: &Scope, at: At<'_>) -> Option<Template> {
        let template = match Template::parse(text) {
            Ok(template) => template,
            Err(error) => {
                let all: Vec<String> = Placeholder::ALL
                    .iter()
                    .map(|placeholder| format!("{{{placeholder}}}"))
                    .collect();
                let word = &error.0;
                let help = format!(
                    "the placeholders are {}; write {{{{{word}}}}} if the braces are meant",
                    all.join(", ")
                );
                self.advise(at, error.to_string(), help);
                return None;
            }
        };
        let missing = template
            .placeholders()
            .find(|placeholder| !scope.placeholders.contains(placeholder));
        match missing {
            None => Some(template),
            Some(placeholder) => {
                let message = format!("the placeholder `{{{placeholder}}}` has no value here");
                self.advise(at, message, source_of(placeholder));
                None
            }
        }
    }

    /// A text that something is looked for by; an empty one is found everywhere.
    fn part(&mut self, key: &str, text: &str, scope: &Scope, at: At<'_>) -> Option<Template> {
        if text.is_empty() && key == "not_contains" {
            self.tell(
                at,
                "every text contains the empty one, so this can never hold",
            );
            return None;
        }
        if text.is_empty() {
            let message = format!("`{key}` with an empty text asserts nothing");
            self.advise(
                at,
                message,
                "for output that must be empty write {empty: true}",
            );
            return None;
        }
        self.template(text, scope, at)
    }

    pub(super) fn matcher(
        &mut self,
        raw: &raw::Matcher,
        scope: &Scope,
        at: At<'_>,
    ) -> Option<Matcher> {
        let tests = match raw {
            raw::Matcher::Exact(text) => self
                .template(text, scope, at)
                .map(Test::Exact)
                .into_iter()
                .collect(),
            raw::Matcher::Tests(raw) => {
                let told = self.mistakes.len();
                let tests = self.tests(raw, scope, at);
                if tests.is_empty() && self.mistakes.len() == told {
                    let help =
                        "say what the text must be like, such as {contains: ...} or {empty: true}";
                    self.advise(at, "this matcher asserts nothing", help);
                }
                tests
            }
        };
        (!tests.is_empty()).then_some(Matcher { tests })
    }

    fn tests(&mut self, raw: &raw::Tests, scope: &Scope, at: At<'_>) -> Vec<Test> {
        let mut tests = Vec::new();
        if let Some(text) = &raw.exact {
            let text = self.template(text, scope, at.key("exact"));
            tests.extend(text.map(Test::Exact));
        }
        self.parts(
            "contains",
            raw.contains.as_ref(),
            Test::Contains,
            (scope, at),
            &mut tests,
        );
        self.parts(
            "not_contains",
            raw.not_contains.as_ref(),
            Test::NotContains,
            (scope, at),
            &mut tests,
        );
        if let Some(text) = &raw.starts_with {
            let text = self.part("starts_with", text, scope, at.key("starts_with"));
            tests.extend(text.map(Test::StartsWith));
        }
        if let Some(text) = &raw.ends_with {
            let text = self.part("ends_with", text, scope, at.key("ends_with"));
            tests.extend(text.map(Test::EndsWith));
        }
        if let Some(patterns) = &raw.matches {
            let at = at.key("matches");
            self.some_of("matches", each(patterns, at).next().is_some(), at);
            for (pattern, at) in each(patterns, at) {
                tests.extend(self.telling_regex(pattern, at).map(Test::Matches));
            }
        }
        if let Some(lines) = &raw.lines {
            let at = at.key("lines");
            if lines.is_empty() {
                let help = "for output that must be empty write {empty: true}";
                self.advise(at, "`lines` without a line asserts nothing", help);
            } else {
                let lines: Vec<_> = listed(lines, at)
                    .map(|(line, at)| self.template(line, scope, at))
                    .collect();
                tests.extend(lines.into_iter().collect::<Option<_>>().map(Test::Lines));
            }
        }
        if let Some(matcher) = &raw.each_line {
            let matcher = self.matcher(matcher, scope, at.key("each_line"));
            tests.extend(matcher.map(Test::EachLine));
        }
        tests.extend(raw.empty.map(Test::Empty));
        tests.extend(raw.json.clone().map(Test::Json));
        if let Some(values) = &raw.json_at {
            let at = at.key("json_at");
            self.some_of("json_at", !values.is_empty(), at);
            for (pointer, value) in values {
                if pointer.is_empty() || pointer.starts_with('/') {
                    tests.push(Test::JsonAt(pointer.clone(), value.clone()));
                } else {
                    let message = format!("`{pointer}` is no JSON pointer");
                    let help = format!("begin it with a slash: /{pointer}");
                    self.advise_at(at.name(pointer), message, help);
                }
            }
        }
        self.several(
            "any_of",
            raw.any_of.as_ref(),
            Test::AnyOf,
            (scope, at),
            &mut tests,
        );
        self.several(
            "all_of",
            raw.all_of.as_ref(),
            Test::AllOf,
            (scope, at),
            &mut tests,
        );
        if let Some(matcher) = &raw.not {
            let matcher = self.matcher(matcher, scope, at.key("not"));
            tests.extend(matcher.map(|matcher| Test::Not(Box::new(matcher))));
        }
        if let Some(step) = &raw.same_as {
            let step = self.earlier(step, scope, at.key("same_as"));
            tests.extend(step.map(Test::SameAs));
        }
        tests
    }

    fn parts(
        &mut self,
        key: &str,
        parts: Option<&raw::OneOrMany<String>>,
        test: fn(Template) -> Test,
        (scope, at): (&Scope, At<'_>),
        tests: &mut Vec<Test>,
    ) {
        let Some(parts) = parts else { return };
        let at = at.key(key);
        self.some_of(key, each(parts, at).next().is_some(), at);
        for (text, at) in each(parts, at) {
            tests.extend(self.part(key, text, scope, at).map(test));
        }
    }

    fn several(
        &mut self,
        key: &str,
        matchers: Option<&Vec<raw::Matcher>>,
        test: fn(Vec<Matcher>) -> Test,
        (scope, at): (&Scope, At<'_>),
        tests: &mut Vec<Test>,
    ) {
        let Some(matchers) = matchers else { return };
        let at = at.key(key);
        if self.some_of(key, !matchers.is_empty(), at) {
            let matchers: Vec<_> = listed(matchers, at)
                .map(|(matcher, at)| self.matcher(matcher, scope, at))
                .collect();
            tests.extend(matchers.into_iter().collect::<Option<_>>().map(test));
        }
    }

    /// Tells of a list or map without anything in it.
    pub(super) fn some_of(&mut self, key: &str, some: bool, at: At<'_>) -> bool {
        if !some {
            self.tell(at, format!("`{key}` with nothing in it asserts nothing"));
        }
        some
    }

    /// A regular expression that some text does not match.
    fn telling_regex(&mut self, pattern: &str, at: At<'_>) -> Option<Expression> {
        let regex = self.regex(pattern, at)?;
        if matches_everything(&regex) {
            let message = format!("`matches: {pattern}` matches every text, so it asserts nothing");
            let help = "for output that must not be empty write {empty: false}";
            self.advise(at, message, help);
            return None;
        }
        Some(regex)
    }

    /// The name of a step that has run before.
    pub(super) fn earlier(&mut self, step: &str, scope: &Scope, at: At<'_>) -> Option<StepName> {
        if !scope.comparable {
            let help = "it compares the exit, stdout, stderr or output of two steps";
            self.advise(at, "`same_as` can't be used here", help);
            return None;
        }
        let is = |name: &&StepName| name.as_str() == step;
        if let Some(name) = scope.earlier.iter().find(is) {
            return Some(name.clone());
        }
        let message = if scope.steps.iter().any(|name| is(&name)) {
            format!("`same_as` needs an earlier step, and `{step}` is none")
        } else {
            format!("there is no step `{step}`")
        };
        let names: Vec<&str> = scope.earlier.iter().map(StepName::as_str).collect();
        let help = if names.is_empty() {
            "no step has run before this one".to_owned()
        } else {
            format!("the earlier steps are: {}", names.join(", "))
        };
        self.advise(at, message, help);
        None
    }

    pub(super) fn argv(
        &mut self,
        raw: &raw::Argv,
        scope: &Scope,
        at: At<'_>,
    ) -> Option<ArgvMatcher> {
        match raw {
            raw::Argv::Prefix(words) => {
                if !self.some_of("args", !words.is_empty(), at) {
                    return None;
                }
                self.words(words, scope, at).map(ArgvMatcher::Prefix)
            }
            raw::Argv::Joined(matcher) => {
                // No stream of another step is like the arguments of a call.
                let scope = scope.without_steps();
                self.matcher(matcher, &scope, at).map(ArgvMatcher::Joined)
            }
        }
    }

    /// Words of a command line.
    pub(super) fn words(
        &mut self,
        words: &[String],
        scope: &Scope,
        at: At<'_>,
    ) -> Option<Vec<Template>> {
        let words: Vec<_> = listed(words, at)
            .map(|(word, at)| self.word(word, scope, at))
            .collect();
        words.into_iter().collect()
    }

    /// A word of a command line; `{arguments}` is several, so it can't be a part of one.
    pub(super) fn word(&mut self, word: &str, scope: &Scope, at: At<'_>) -> Option<Template> {
        if !self.passable(word, at) {
            return None;
        }
        let template = self.template(word, scope, at)?;
        let several = Placeholder::Arguments;
        if !template.is_only(several) && template.placeholders().any(|hole| hole == several) {
            let message = format!("`{{arguments}}` is a part of `{word}`");
            self.advise(
                at,
                message,
                "it stands for several words: let it stand alone",
            );
            return None;
        }
        Some(template)
    }
}

impl Scope {
    /// The same where no step can be compared with.
    pub(super) fn without_steps(&self) -> Self {
        Self {
            placeholders: self.placeholders.clone(),
            earlier: Vec::new(),
            steps: Vec::new(),
            comparable: false,
        }
    }
}

/// How to come by a placeholder's value.
fn source_of(placeholder: Placeholder) -> String {
    if placeholder == Placeholder::App {
        return "name an app in `given: {apps: [...]}`".to_owned();
    }
    if placeholder == Placeholder::Neighbour {
        return "name one that the world brings along in `given: {neighbour: ...}`".to_owned();
    }
    let sources: Vec<String> = Each::ALL
        .iter()
        .filter(|each| each.placeholders().contains(&placeholder))
        .map(|each| format!("`each: {each}`"))
        .collect();
    format!("it has one in a case with {}", sources.join(" or "))
}

/// True if the expression is found in texts as unlike as can be, the empty one among them.
fn matches_everything(regex: &Expression) -> bool {
    let printable: String = (' '..='~').collect();
    ["", "\n", "a\nb\n", printable.as_str()]
        .iter()
        .all(|text| regex.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_that_every_text_matches_is_known() {
        let everything = |pattern: &str| matches_everything(&Expression::parse(pattern).unwrap());
        for pattern in ["", ".*", "^.*$", "x*", "^", "$", "(a|b)?", r"[\s\S]*", "|x"] {
            assert!(everything(pattern), "{pattern}");
        }
        for pattern in [".+", "^$\n?x", r"\A\z", r"\A[^x]*\z", "a", r"\S"] {
            assert!(!everything(pattern), "{pattern}");
        }
    }
}
