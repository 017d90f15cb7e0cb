//! A `conformance.yaml` that was damaged in any way is taken as it stands, or refused at places that are in it.

use damage::{cases, damaged};
use dokku_conform::spec::{
    Conformance, Diagnostics, KnownFailures, Requirement, Source, builtin, load_conformance,
};
use patience::in_time;
use proptest::prelude::*;
use spots::are_in;
use std::sync::LazyLock;

mod damage;
mod patience;
mod spots;

const WHOLE: &str = "\
name: hello
placeholders: {service: my-service, \"git url\": \"https://example.org/x.git\"}
app_commands:
  commands: [hello:app, hello:link]
  not: [hello:world]
trigger_files:
  post-deploy: {home/dokku/app/ENV: \"export A=b\\n\"}
expectations:
  - id: app-flag
    case: the flag equals the argument
    dokku: {since: \"0.5.0\", until: \"0.20.4\"}
    reason: the old dispatcher drops it
    issue: https://example.org/1
    expires: 2027-01-31
  - {id: help-columns, dokku: \"0.38.27\", reason: \"no, comma\"}
";

const WORDS: &[&str] = &[
    "name: ",
    "placeholders: ",
    "app_commands: ",
    "not: ",
    "trigger_files: ",
    "expectations: ",
    "id: ",
    "case: ",
    "dokku: ",
    "since: ",
    "until: ",
    "reason: ",
    "expires: ",
    "2027-02-30",
    "-9999-01-01",
    "0001-01-01",
    "99999.99999.99999",
    "0.38.27",
    "../",
    "/",
    "..",
    "\"\\0\"",
    "{}",
    "[]",
    "- ",
    "*a",
    "&a ",
    "!!str ",
    "|\n",
    "? ",
    "\n",
    "  ",
    "#",
    "~",
    "'",
    "\"",
    "{",
    "}",
    "app-flag",
    "app-required",
    "<<: ",
];

static KNOWN: LazyLock<Vec<Requirement>> = LazyLock::new(|| builtin().unwrap());

fn read(text: &[u8]) -> Result<Conformance, Diagnostics> {
    let source = Source::new("conformance.yaml", text);
    in_time(move || load_conformance(&source, &KNOWN))
}

/// What is taken says what it must; what is refused is refused at places that are there.
fn holds(text: &[u8]) {
    // The same in a file that is keyed by plugin.
    let whole = String::from_utf8_lossy(text);
    let list = whole.rsplit("\nexpectations:").next().unwrap_or_default();
    let keyed = format!("hello:{list}");
    let source = Source::new("known.yaml", keyed.as_bytes());
    let keyed_read = in_time(move || {
        KnownFailures::read(&source)?
            .of("hello", &KNOWN)
            .map(|_| ())
    });
    if let Err(mistakes) = keyed_read {
        are_in(keyed.as_bytes(), &mistakes);
    }
    match read(text) {
        Err(mistakes) => are_in(text, &mistakes),
        Ok(said) => {
            let lines = String::from_utf8_lossy(text)
                .replace('\r', "\n")
                .split('\n')
                .count();
            for failure in &said.expectations {
                assert!(!failure.reason.trim().is_empty());
                assert!((1..=lines).contains(&failure.spot.line));
                assert!(KNOWN.iter().any(|rule| rule.id == failure.id));
            }
            let paths = said.trigger_files.values().flat_map(|files| files.keys());
            assert!(paths.clone().all(|path| !path.starts_with('/') && !path.split('/').any(|part| part == "..")));
            assert!(
                said.other_commands
                    .iter()
                    .all(|command| !said.app_commands.contains(command))
            );
        }
    }
}

#[test]
fn the_whole_file_is_taken() {
    assert_eq!(read(WHOLE.as_bytes()).unwrap().expectations.len(), 2);
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn a_damaged_file_is_taken_or_refused_at_its_place(text in damaged(vec![WHOLE.into()], WORDS)) {
        holds(&text);
    }

    #[test]
    fn what_is_written_is_taken_as_it_was(
        name in "[a-z][a-z0-9-]{0,8}",
        values in prop::collection::btree_map("[a-z]{1,8}", "[ -~é]{0,12}", 0..4),
        with in prop::collection::vec("[a-z]{1,5}:[a-z]{1,5}", 0..4),
        reason in "[ -~]{0,12}x",
        day in 1..28_i8,
    ) {
        // JSON is YAML.
        let text = serde_json::json!({
            "name": name, "placeholders": values, "app_commands": {"commands": with},
            "expectations": [{"id": "app-flag", "reason": reason, "expires": format!("2027-02-{day:02}")}],
        });
        let read = read(text.to_string().as_bytes()).unwrap();
        prop_assert_eq!(read.name, Some(name));
        prop_assert_eq!(read.placeholders, values);
        prop_assert_eq!(read.app_commands, with);
        prop_assert_eq!(&read.expectations[0].reason, &reason);
        prop_assert_eq!(read.expectations[0].expires, Some(jiff::civil::date(2027, 2, day)));
    }
}

#[test]
fn no_file_asks_for_much() {
    let n = 60_000;
    let list = |item: &dyn Fn(usize) -> String, n: usize| (0..n).map(item).collect::<String>();
    let texts = [
        format!(
            "app_commands:\n  commands: [{0}]\n  not: [{0}]\n",
            list(&|at| format!("c{at},\n  "), n)
        ),
        format!(
            "app_commands:\n  commands: [{0}]\n  not: [{0}]\n",
            list(&|at| format!("c{at},\n  "), 4900)
        ),
        format!(
            "trigger_files:\n  x: {{{}}}\n",
            list(&|at| format!("f{at}: x,\n  "), n)
        ),
        format!(
            "trigger_files:\n  x: {{{}}}\n",
            list(&|at| format!("f{at}: x,\n  "), 9900)
        ),
        format!(
            "trigger_files: {{{}}}\n",
            list(&|at| format!("f{at}: {{a: x}},\n  "), 4900)
        ),
        format!(
            "trigger_files: {{{}}}\n",
            list(&|at| format!("f{at}: {{/a: x}},\n  "), 4900)
        ),
        format!(
            "placeholders: {{{}}}\n",
            list(&|at| format!("f{at}: x,\n  "), 9900)
        ),
        format!(
            "expectations: [{}]\n",
            "{id: app-flag, reason: x},\n  ".repeat(3300)
        ),
        format!(
            "expectations: [{}]\n",
            "{id: app-flog, case: y, reason: '', dokku: x, expires: z},\n  ".repeat(1600)
        ),
        format!(
            "expectations: [{{id: |\n{}",
            "  aaaaaaaaaaaaaaaaaa\n".repeat(n / 2)
        ),
        format!(
            "expectations:\n- id: |\n{}  reason: x\n",
            "    aaaaaaaaaaaaaaaaaaaaaaaa\n".repeat(n / 2)
        ),
        format!(
            "expectations:\n- id: app-flag\n  reason: x\n  dokku: '{}'\n",
            "9.".repeat(n)
        ),
        format!(
            "expectations:\n- id: app-flag\n  reason: x\n  expires: '{}'\n",
            "9".repeat(8000)
        ),
        format!("name: |\n{}", "  aaaaaaaaaaaaaaaaaa/\n".repeat(n / 2)),
    ];
    for text in texts {
        holds(text.as_bytes());
    }
}
