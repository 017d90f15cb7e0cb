//! A spec that was damaged in any way either does not load, or still asserts something in every case.

use damage::{cases, damaged};
use dokku_conform::spec::{
    CallTest, Case, Diagnostics, Expectation, FileTest, Matcher, Requirement, Script, Source, Test,
    load,
};
use patience::in_time;
use proptest::prelude::*;
use seeds::seeds;
use spots::are_in;

mod damage;
mod patience;
mod seeds;
mod spots;

const EVERYTHING: &str = include_str!("../../fixtures/specs/everything.yaml");

/// The specs there are, and those that are broken already.
fn all() -> Vec<Vec<u8>> {
    let folders = ["specs", "fixtures/specs", "fixtures/broken-specs"];
    let texts = folders.iter().map(|folder| seeds(folder, ".yaml"));
    texts.flatten().collect()
}

const WORDS: &[&str] = &[
    "{}",
    "[]",
    "\"\"",
    "'",
    "\"",
    ": ",
    "- ",
    "\n",
    "\t",
    "*",
    "*a",
    "&a ",
    "!",
    "!!map ",
    "|",
    "|2-\n",
    ">",
    "#",
    "{",
    "}",
    "[",
    "]",
    ",",
    "null",
    "~",
    "---\n",
    "...\n",
    "\u{feff}",
    "\u{85}",
    "é",
    "{app}",
    "{arguments}",
    "{{",
    "$",
    "same_as",
    "<<: *a",
    "? ",
    "%YAML 1.2\n",
    "%",
    "  ",
    "0x",
    ".nan",
    "true",
    "\\u0000",
    "(a{1000}){1000}",
    "(?i)",
    "any_of:",
    "not: ",
    "each: app-command",
];

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
        Script::Inspect(_) | Script::Suite => true,
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

/// What becomes of a text, which must be told in time.
fn read(text: Vec<u8>) -> Result<Vec<Requirement>, Diagnostics> {
    let source = Source::new("damaged.yaml", text.clone());
    let loaded = in_time(move || load(&[source]));
    if let Err(mistakes) = &loaded {
        are_in(&text, mistakes);
    }
    loaded
}

#[test]
fn what_is_wrong_at_the_end_is_told_within_the_file() {
    for text in [
        "id: x\n? ".as_bytes(),
        b"---\n#",
        b"id: x\n?\n \n   \n ",
        b"\xef\xbb\xbfid: x \xe9",
        b"id: x\rtitle: y\r\n\xe9",
        b"\xef\xbb\xbf",
        b"a: [",
        b"a: \"",
        b"- &a",
        b"",
    ] {
        assert!(read(text.to_vec()).is_err());
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_damaged_spec_is_refused_or_still_asserts_something(text in damaged(all(), WORDS)) {
        if let Ok(requirements) = read(text) {
            prop_assert!(requirements.iter().all(asserts));
        }
    }
}

/// Texts that ask for more than their length lets expect.
fn bombs() -> Vec<(&'static str, String)> {
    // As many values as are read.
    let many = 9_900;
    let n = 50_000;
    let lines = |line: &dyn Fn(usize) -> String| (0..n).map(line).collect::<String>();
    vec![
        (
            "aliases on one line",
            format!("a: [{}]", "*a,".repeat(3 * n)),
        ),
        ("aliases", lines(&|_| "- *a\n".into())),
        ("anchors", lines(&|_| "- &a x\n".into())),
        (
            "anchors on one line",
            format!("a: [{}]", "&a x,".repeat(2 * n)),
        ),
        ("keys", lines(&|at| format!("k{at}: 1\n"))),
        ("the same key", lines(&|_| "k: 1\n".into())),
        ("keys that are lists", format!("{{{}}}", "[]: 1,".repeat(n))),
        ("open lists", "[".repeat(10 * n)),
        ("open maps", "{".repeat(10 * n)),
        ("open maps with keys", "{a: ".repeat(2 * n)),
        ("dashes", "- ".repeat(5 * n)),
        ("question marks", "? ".repeat(5 * n)),
        ("colons", ": ".repeat(5 * n)),
        (
            "deep by indentation",
            (0..1400)
                .map(|at| format!("{}a:\n", " ".repeat(at)))
                .collect(),
        ),
        ("one line", "a".repeat(10 * n)),
        ("one line of words", "a ".repeat(5 * n)),
        ("one long key", format!("{}: 1", "a".repeat(10 * n))),
        (
            "a plain text of many lines",
            format!("a: {}", lines(&|_| "b\n ".into())),
        ),
        (
            "a plain text of empty lines",
            format!("a: b{}c", "\n".repeat(10 * n)),
        ),
        (
            "a quoted text of many lines",
            format!("a: \"{}\"", "\n ".repeat(5 * n)),
        ),
        (
            "a quoted text without end",
            format!("a: \"{}", "x\\".repeat(5 * n)),
        ),
        ("escapes", format!("a: \"{}\"", "\\u0041".repeat(n))),
        ("a block", format!("a: |\n{}", lines(&|_| "  x\n".into()))),
        ("blanks", " ".repeat(10 * n)),
        ("tabs", "\t".repeat(10 * n)),
        (
            "empty lines behind values",
            format!("{}{}", "- 1\n".repeat(many), "\n".repeat(10 * n)),
        ),
        ("empty lines", "\n".repeat(10 * n)),
        ("returns", "\r".repeat(10 * n)),
        ("comments", "#\n".repeat(5 * n)),
        ("documents", "---\n".repeat(2 * n)),
        ("directives", "%A b\n".repeat(n)),
        ("tags", "- !a x\n".repeat(n)),
        ("a long tag", format!("!{} x", "a".repeat(10 * n))),
        ("a long number", format!("a: {}", "9".repeat(10 * n))),
        ("a long id", format!("id: {}\n", "a".repeat(10 * n))),
        (
            "a long unknown key",
            format!("id: x\n? {}\n: 1\n", "a".repeat(10 * n)),
        ),
        (
            "a long unknown word",
            format!("id: x\nlevel: {}\n", "m".repeat(10 * n)),
        ),
        (
            "unknown keys",
            format!("id: x\n{}", items(many, &|at| format!("levl{at}: 1\n"))),
        ),
        (
            "keys that can be told apart",
            items(many, &|at| format!("k{at}: 1\n")),
        ),
        (
            "an id of many lines",
            format!("id: '{}'\n", "aaaaaaaaaaaaaaaaaaaaaaa\n  ".repeat(many)),
        ),
        (
            "an unknown key of many lines",
            format!(
                "id: x\n? '{}'\n: 1\n",
                "aaaaaaaaaaaaaaaaaaaa\n  ".repeat(many)
            ),
        ),
        (
            "an unknown word of many lines",
            format!(
                "id: x\nlevel: '{}'\n",
                "mmmmmmmmmmmmmmmmmmm\n  ".repeat(many)
            ),
        ),
        ("open lists over many lines", "[[[[[[[[[[\n".repeat(n)),
        (
            "cases",
            format!(
                "{HEAD}cases:\n{}",
                "- {name: a, run: dokku x, expect: {exit: 0}}\n".repeat(many / 5)
            ),
        ),
        (
            "bad cases",
            format!("{HEAD}cases:\n{}", "- {}\n".repeat(many)),
        ),
        (
            "cases of a wrong type",
            format!("{HEAD}cases:\n{}", "- 1\n".repeat(many)),
        ),
        (
            "steps",
            format!(
                "{HEAD}cases:\n- name: a\n  steps:\n{}",
                items(many / 3, &|at| format!("  - {{as: s{at}, run: dokku x}}\n"))
            ),
        ),
        (
            "steps that look back",
            format!(
                "{HEAD}cases:\n- name: a\n  steps:\n{}  expect:\n{}",
                items(many / 8, &|at| format!("  - {{as: s{at}, run: dokku x}}\n")),
                items(many / 8, &|at| format!(
                    "    s{at}: {{stdout: {{same_as: s0}}}}\n"
                ))
            ),
        ),
        (
            "apps",
            of_case(&format!(
                "given: {{apps: [{}]}}, run: dokku x, expect: {{exit: 0}}",
                items(many, &|at| format!("a{at},\n"))
            )),
        ),
        (
            "the same app",
            of_case(&format!(
                "given: {{apps: [{}]}}, run: dokku x, expect: {{exit: 0}}",
                "a,\n".repeat(many)
            )),
        ),
        (
            "config",
            of_case(&format!(
                "given: {{config: {{{}}}}}, run: dokku x, expect: {{exit: 0}}",
                items(many, &|at| format!("A{at}: b,\n"))
            )),
        ),
        (
            "matchers",
            of_stdout(&format!("contains: [{}]", "a,\n".repeat(many))),
        ),
        (
            "empty matchers",
            of_stdout(&format!("contains: [{}]", "'',\n".repeat(many))),
        ),
        (
            "pointers",
            of_stdout(&format!(
                "json_at: {{{}}}",
                items(many, &|at| format!("/a{at}: 1,\n"))
            )),
        ),
        (
            "bad pointers",
            of_stdout(&format!(
                "json_at: {{{}}}",
                items(many, &|at| format!("a{at}: 1,\n"))
            )),
        ),
        (
            "expressions",
            of_stdout(&format!("matches: [{}]", "'(a{50}){50}',\n".repeat(many))),
        ),
        (
            "large expressions",
            of_stdout(&format!("matches: [{}]", "'\\w{500}',\n".repeat(10))),
        ),
        (
            "an expression of many lines",
            of_stdout(&format!("matches: '{}'", "(\\w{30}){30}|\n\n".repeat(many))),
        ),
        (
            "a deep expression",
            of_stdout(&format!("matches: '{}'", "((((((((((\n\n".repeat(many))),
        ),
        (
            "deep matchers",
            of_stdout(&format!("{}not: 1{}", "not: {".repeat(50), "}".repeat(50))),
        ),
        (
            "deep lists of matchers",
            of_stdout(&format!(
                "{}not: 1{}",
                "any_of: [{".repeat(25),
                "}]".repeat(25)
            )),
        ),
        ("placeholders", of_run(&"{app}\n".repeat(n))),
        ("braces", of_run(&"{{{{{{{{\n".repeat(n))),
        ("open braces of words", of_run(&"{aaa{bb\n".repeat(n))),
        ("quotes", of_run(&"''a'' \n".repeat(n))),
    ]
}

fn items(count: usize, item: &dyn Fn(usize) -> String) -> String {
    (0..count).map(item).collect()
}

fn of_case(text: &str) -> String {
    let text = text.replace('\n', "\n  ");
    format!("{HEAD}cases: [{{name: a, {text}}}]")
}

fn of_stdout(text: &str) -> String {
    of_case(&format!("run: dokku x, expect: {{stdout: {{{text}}}}}"))
}

fn of_run(text: &str) -> String {
    of_case(&format!("run: '{text}', expect: {{exit: 0}}"))
}

const HEAD: &str = "id: x\ntitle: t\nlevel: may\n";

#[test]
fn no_spec_asks_for_much() {
    for (what, text) in bombs() {
        println!("{what}");
        let _ = read(text.into_bytes());
    }
}
