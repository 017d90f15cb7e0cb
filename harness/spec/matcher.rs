//! Matchers: what a text must be like.

use predicates::BoxPredicate;
use predicates::prelude::*;
use predicates::str as text;
use serde_json::Value;

use super::expression::is_bearable;
use super::{Expression, StepName, Template, Unfilled, Values};

/// What a text must be like: every test holds. At least one test is in it.
#[derive(Clone, Debug)]
pub struct Matcher {
    /// The tests.
    pub tests: Vec<Test>,
}

/// One thing that can be asked of a text.
#[derive(Clone, Debug)]
pub enum Test {
    /// It is this text, byte for byte.
    Exact(Template),
    /// This is in it.
    Contains(Template),
    /// This is not in it.
    NotContains(Template),
    /// It begins with this.
    StartsWith(Template),
    /// It ends with this.
    EndsWith(Template),
    /// This is found in it; `^` and `$` are the ends of a line.
    Matches(Expression),
    /// These are its lines.
    Lines(Vec<Template>),
    /// Every line is like this, and there is at least one.
    EachLine(Matcher),
    /// Whether it is empty.
    Empty(bool),
    /// It is JSON, and equal to this.
    Json(Value),
    /// It is JSON, with this value at this JSON pointer.
    JsonAt(String, Value),
    /// At least one of these holds.
    AnyOf(Vec<Matcher>),
    /// All of these hold.
    AllOf(Vec<Matcher>),
    /// This does not hold.
    Not(Box<Matcher>),
    /// It is what the same stream of an earlier step is.
    SameAs(StepName),
}

impl Test {
    /// True if it looks at the text alone and for one thing, so that it can be put as a regular expression.
    #[must_use]
    pub fn is_simple(&self) -> bool {
        matches!(
            self,
            Self::Exact(_)
                | Self::Contains(_)
                | Self::StartsWith(_)
                | Self::EndsWith(_)
                | Self::Matches(_)
        )
    }
}

/// How the arguments of a call must be.
#[derive(Clone, Debug)]
pub enum ArgvMatcher {
    /// They begin with these words.
    Prefix(Vec<Template>),
    /// Joined as a shell would quote them, they are like this.
    Joined(Matcher),
}

/// What a matcher needs to know beside the text.
pub(super) struct Context<'c> {
    /// The values of placeholders.
    pub(super) values: &'c Values,
    /// The text that `same_as` a step means.
    pub(super) same: &'c dyn Fn(&StepName) -> Result<String, Unjudged>,
}

/// Why something could not be judged; the harness's own mistake, not the plugin's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unjudged {
    /// A placeholder has no value.
    #[error(transparent)]
    Unfilled(#[from] Unfilled),
    /// A step was not run.
    #[error("the step `{0}` was not observed")]
    NotObserved(StepName),
    /// The text is too long for the regular expressions that it is held against.
    #[error("a text of {0} bytes is too long for a regular expression as large as this one's")]
    Heavy(usize),
    /// A pattern of files is none once its placeholders are filled.
    #[error("`{0}` is no pattern of files")]
    Glob(String),
}

/// A judge of a text, ready to be asked.
pub(super) type Judge = BoxPredicate<str>;

impl Matcher {
    /// Nothing, if its expressions can be looked for in this text in a short time.
    ///
    /// # Errors
    /// If they can't.
    pub(super) fn bears(&self, text: &str) -> Result<(), Unjudged> {
        match is_bearable(self.weight(), text.len()) {
            true => Ok(()),
            false => Err(Unjudged::Heavy(text.len())),
        }
    }

    /// How much its expressions weigh together.
    fn weight(&self) -> usize {
        let of = |test: &Test| match test {
            Test::Matches(expression) => expression.weight(),
            Test::AnyOf(matchers) | Test::AllOf(matchers) => {
                matchers.iter().map(Self::weight).sum()
            }
            Test::EachLine(matcher) => matcher.weight(),
            Test::Not(matcher) => matcher.weight(),
            _ => 0,
        };
        self.tests.iter().map(of).sum()
    }

    /// A judge for which all tests hold together.
    pub(super) fn judge(&self, context: &Context<'_>) -> Result<Judge, Unjudged> {
        let mut all = BoxPredicate::new(predicate::always());
        for test in &self.tests {
            all = BoxPredicate::new(all.and(test.judge(context)?));
        }
        Ok(all)
    }

    /// What it asks for, in words.
    pub(super) fn describe(&self, values: &Values) -> Result<String, Unfilled> {
        join(&self.tests, " and ", |test| test.describe(values))
    }
}

impl Test {
    /// A judge of this one test.
    pub(super) fn judge(&self, context: &Context<'_>) -> Result<Judge, Unjudged> {
        let fill = |template: &Template| template.fill(context.values);
        Ok(match self {
            Self::Exact(expected) => is(fill(expected)?),
            Self::Contains(part) => BoxPredicate::new(text::contains(fill(part)?)),
            Self::NotContains(part) => BoxPredicate::new(text::contains(fill(part)?).not()),
            Self::StartsWith(start) => BoxPredicate::new(text::starts_with(fill(start)?)),
            Self::EndsWith(end) => BoxPredicate::new(text::ends_with(fill(end)?)),
            Self::Matches(regex) => {
                let regex = regex.clone();
                holds(move |text| regex.is_match(text))
            }
            Self::Lines(lines) => {
                let lines = lines.iter().map(fill).collect::<Result<Vec<_>, _>>()?;
                holds(move |text| text.lines().eq(lines.iter().map(String::as_str)))
            }
            Self::EachLine(matcher) => {
                let judge = matcher.judge(context)?;
                holds(move |text| !text.is_empty() && text.lines().all(|line| judge.eval(line)))
            }
            Self::Empty(true) => BoxPredicate::new(text::is_empty()),
            Self::Empty(false) => BoxPredicate::new(text::is_empty().not()),
            Self::Json(expected) => {
                let expected = expected.clone();
                holds(move |text| json(text).is_some_and(|found| found == expected))
            }
            Self::JsonAt(pointer, expected) => {
                let (pointer, expected) = (pointer.clone(), expected.clone());
                holds(move |text| {
                    json(text).is_some_and(|found| found.pointer(&pointer) == Some(&expected))
                })
            }
            Self::AnyOf(matchers) => {
                let mut any = BoxPredicate::new(predicate::never());
                for matcher in matchers {
                    any = BoxPredicate::new(any.or(matcher.judge(context)?));
                }
                any
            }
            Self::AllOf(matchers) => {
                let mut all = BoxPredicate::new(predicate::always());
                for matcher in matchers {
                    all = BoxPredicate::new(all.and(matcher.judge(context)?));
                }
                all
            }
            Self::Not(matcher) => BoxPredicate::new(matcher.judge(context)?.not()),
            Self::SameAs(step) => is((context.same)(step)?),
        })
    }

    /// What it asks for, in words.
    pub(super) fn describe(&self, values: &Values) -> Result<String, Unfilled> {
        let quoted = |verb: &str, template: &Template| -> Result<String, Unfilled> {
            Ok(format!("{verb} {:?}", template.fill(values)?))
        };
        let alternatives = |matchers: &[Matcher], word: &str| -> Result<String, Unfilled> {
            let all = join(matchers, word, |matcher| matcher.describe(values))?;
            Ok(format!("({all})"))
        };
        Ok(match self {
            Self::Exact(expected) => quoted("is exactly", expected)?,
            Self::Contains(part) => quoted("contains", part)?,
            Self::NotContains(part) => quoted("does not contain", part)?,
            Self::StartsWith(start) => quoted("starts with", start)?,
            Self::EndsWith(end) => quoted("ends with", end)?,
            Self::Matches(regex) => format!("matches /{regex}/"),
            Self::Lines(lines) => {
                let lines = join(lines, ", ", |line| quoted("", line))?;
                format!("has the lines{lines}")
            }
            Self::EachLine(matcher) => format!("in each line {}", matcher.describe(values)?),
            Self::Empty(true) => "is empty".to_owned(),
            Self::Empty(false) => "is not empty".to_owned(),
            Self::Json(expected) => format!("is the JSON {expected}"),
            Self::JsonAt(pointer, expected) => format!("is JSON with {expected} at {pointer}"),
            Self::AnyOf(matchers) => alternatives(matchers, " or ")?,
            Self::AllOf(matchers) => alternatives(matchers, " and ")?,
            Self::Not(matcher) => format!("not ({})", matcher.describe(values)?),
            Self::SameAs(step) => format!("is the same as in the step {step}"),
        })
    }
}

impl Matcher {
    /// The steps whose text it compares with.
    #[must_use]
    pub fn same_as(&self) -> Vec<&StepName> {
        let mut steps = Vec::new();
        for test in &self.tests {
            match test {
                Test::SameAs(step) => steps.push(step),
                Test::AnyOf(matchers) | Test::AllOf(matchers) => {
                    steps.extend(matchers.iter().flat_map(Self::same_as));
                }
                Test::EachLine(matcher) => steps.extend(matcher.same_as()),
                Test::Not(matcher) => steps.extend(matcher.same_as()),
                _ => {}
            }
        }
        steps
    }
}

impl ArgvMatcher {
    /// True if a call with these arguments is like this.
    ///
    /// # Errors
    /// If a placeholder has no value.
    pub fn fits(&self, argv: &[String], values: &Values) -> Result<bool, Unjudged> {
        match self {
            Self::Prefix(words) => {
                let words = fill_words(words, values)?;
                Ok(argv.starts_with(&words))
            }
            Self::Joined(matcher) => {
                let same = |step: &StepName| Err(Unjudged::NotObserved(step.clone()));
                let context = Context {
                    values,
                    same: &same,
                };
                let line = shell_words::join(argv);
                matcher.bears(&line)?;
                Ok(matcher.judge(&context)?.eval(&line))
            }
        }
    }

    /// What it asks for, in words.
    pub(super) fn describe(&self, values: &Values) -> Result<String, Unfilled> {
        match self {
            Self::Prefix(words) => {
                let words = fill_words(words, values)?;
                Ok(format!("begins with {}", shell_words::join(words)))
            }
            Self::Joined(matcher) => matcher.describe(values),
        }
    }
}

/// The words that templates stand for.
pub(super) fn fill_words(words: &[Template], values: &Values) -> Result<Vec<String>, Unfilled> {
    let mut filled = Vec::new();
    for word in words {
        filled.extend(word.words(values)?);
    }
    Ok(filled)
}

fn is(expected: String) -> Judge {
    holds(move |text| text == expected)
}

fn holds(test: impl Fn(&str) -> bool + Send + Sync + 'static) -> Judge {
    BoxPredicate::new(predicate::function(test))
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

fn join<T>(
    items: &[T],
    between: &str,
    describe: impl Fn(&T) -> Result<String, Unfilled>,
) -> Result<String, Unfilled> {
    let parts: Vec<String> = items.iter().map(describe).collect::<Result<_, _>>()?;
    Ok(parts.join(between))
}
