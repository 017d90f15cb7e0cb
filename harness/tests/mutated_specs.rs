//! A spec that was damaged in any way either does not load, or still asserts something in every case.

use dokku_conform::spec::{
    CallTest, Case, Expectation, FileTest, Matcher, Requirement, Script, Source, Test, load,
};
use proptest::prelude::*;
use proptest::sample::Index;

const EVERYTHING: &str = include_str!("../../fixtures/specs/everything.yaml");

/// A way to damage a text.
#[derive(Clone, Debug)]
enum Damage {
    Truncate(Index),
    Remove(Index, usize),
    Replace(Index, u8),
    Insert(Index, &'static str),
    RepeatLine(Index),
    RemoveLine(Index),
    SwapLines(Index, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let telling = prop::sample::select(vec![
        "{}", "[]", "\"\"", "'", "\"", ": ", "- ", "\n", "\t", "*", "&a ", "!", "|", ">", "#", "{",
        "}", "[", "]", ",", "null", "~", "---\n", "\u{feff}", "\u{85}", "\0", "\r", "é", "{app}",
        "same_as", "?", "%",
    ]);
    prop_oneof![
        any::<Index>().prop_map(Damage::Truncate),
        (any::<Index>(), 1..30_usize).prop_map(|(at, count)| Damage::Remove(at, count)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Replace(at, byte)),
        (any::<Index>(), telling).prop_map(|(at, text)| Damage::Insert(at, text)),
        any::<Index>().prop_map(Damage::RepeatLine),
        any::<Index>().prop_map(Damage::RemoveLine),
        (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Damage::SwapLines(a, b)),
    ]
}

impl Damage {
    fn apply(self, text: &mut Vec<u8>) {
        let mut lines: Vec<Vec<u8>> = text
            .split_inclusive(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect();
        if text.is_empty() {
            return;
        }
        match self {
            Self::Truncate(at) => text.truncate(at.index(text.len())),
            Self::Remove(at, count) => {
                let start = at.index(text.len());
                let end = (start + count).min(text.len());
                text.drain(start..end);
            }
            Self::Replace(at, byte) => {
                let at = at.index(text.len());
                text[at] = byte;
            }
            Self::Insert(at, part) => {
                let at = at.index(text.len());
                text.splice(at..at, part.bytes());
            }
            Self::RepeatLine(at) => {
                let at = at.index(lines.len());
                lines.insert(at, lines[at].clone());
                *text = lines.concat();
            }
            Self::RemoveLine(at) => {
                lines.remove(at.index(lines.len()));
                *text = lines.concat();
            }
            Self::SwapLines(a, b) => {
                let (a, b) = (a.index(lines.len()), b.index(lines.len()));
                lines.swap(a, b);
                *text = lines.concat();
            }
        }
    }
}

fn asserts(requirement: &Requirement) -> bool {
    !requirement.cases.is_empty() && requirement.cases.iter().all(case_asserts)
}

fn case_asserts(case: &Case) -> bool {
    match &case.script {
        Script::Steps(steps) => {
            let mut expected = steps
                .iter()
                .filter_map(|step| step.expect.as_ref())
                .peekable();
            expected.peek().is_some() && expected.all(expectation_asserts)
        }
        Script::Inspect(_) => true,
    }
}

fn expectation_asserts(expectation: &Expectation) -> bool {
    let Expectation {
        exit,
        stdout,
        stderr,
        output,
        calls,
        files,
        leaves_none,
    } = expectation;
    let matchers: Vec<&Matcher> = [stdout, stderr, output].into_iter().flatten().collect();
    let something = exit.is_some()
        || !matchers.is_empty()
        || !calls.is_empty()
        || !files.is_empty()
        || *leaves_none;
    let calls_assert = calls
        .values()
        .all(|tests: &Vec<CallTest>| !tests.is_empty());
    let files_assert = files.iter().all(|test| match test {
        FileTest::Content { matcher, .. } => matcher_asserts(matcher),
        _ => true,
    });
    something && calls_assert && files_assert && matchers.into_iter().all(matcher_asserts)
}

fn matcher_asserts(matcher: &Matcher) -> bool {
    let test_asserts = |test: &Test| match test {
        Test::Contains(text)
        | Test::NotContains(text)
        | Test::StartsWith(text)
        | Test::EndsWith(text) => !text.is_empty(),
        Test::Matches(regex) => ["", "\n", "some text", "#!?\n~{}"]
            .iter()
            .any(|text| !regex.is_match(text)),
        Test::Lines(lines) => !lines.is_empty(),
        Test::EachLine(matcher) => matcher_asserts(matcher),
        Test::Not(matcher) => matcher_asserts(matcher),
        Test::AnyOf(matchers) | Test::AllOf(matchers) => {
            !matchers.is_empty() && matchers.iter().all(matcher_asserts)
        }
        Test::Exact(_) | Test::Empty(_) | Test::Json(_) | Test::JsonAt(..) | Test::SameAs(_) => {
            true
        }
    };
    !matcher.tests.is_empty() && matcher.tests.iter().all(test_asserts)
}

#[test]
fn the_whole_language_loads() {
    match load(&[Source::new("everything.yaml", EVERYTHING)]) {
        Ok(requirements) => assert!(requirements.iter().all(asserts)),
        Err(mistakes) => panic!("{mistakes}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_spec_is_refused_or_still_asserts_something(damages in prop::collection::vec(damage(), 1..4)) {
        let mut text = EVERYTHING.as_bytes().to_vec();
        damages.into_iter().for_each(|damage| damage.apply(&mut text));
        match load(&[Source::new("damaged.yaml", text)]) {
            Ok(requirements) => prop_assert!(requirements.iter().all(asserts)),
            Err(mistakes) => prop_assert!(mistakes.iter().all(|mistake| !mistake.to_string().is_empty())),
        }
    }
}
