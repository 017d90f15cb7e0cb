//! A record that was damaged in any way is read as far as it was written, or refused at a place that is in it.

use damage::{cases, damaged};
use dokku_conform::report::{
    CaseRecord, Damage, Line, Opening, Record, Recorded, Renames, compare, whole_lines,
};
use patience::in_time;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

mod damage;
mod patience;

const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\n",
    "\n\n",
    "null",
    "{}",
    "[[[[",
    "{\"a\":",
    "\"type\":\"header\",",
    "\"type\":\"footer\",",
    "\"type\":\"case\",",
    "\"format\":2,",
    "\"format\":1,",
    "\"cases\":0,",
    "\\u0000",
    "\\ud800",
    "\\u001b[2J",
    "1e400",
    "-0",
    "18446744073709551616",
    "\"0.4.0\"",
    "\"dokku\":\"99999.0.0\",",
];

const OUTCOMES: [&str; 5] = ["pass", "fail", "skip", "inconclusive", "error"];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,12}",
        any::<String>(),
        Just("line\n\u{1b}[0m\0\u{2028}\"\\".to_owned()),
    ]
}

fn place() -> impl Strategy<Value = Value> {
    (text(), prop::option::of(any::<u32>())).prop_map(|(file, line)| match line {
        Some(line) => json!({"file": file, "line": line}),
        None => json!({"file": file}),
    })
}

/// The longest duration that a record may have, in milliseconds: a year.
const LONGEST: u64 = 365 * 24 * 60 * 60 * 1000;

fn case() -> impl Strategy<Value = Value> {
    let evidence = (
        prop::option::of(place()),
        prop::collection::vec((place(), text()), 0..3),
    );
    let evidence = evidence.prop_map(|(place, findings)| {
        let findings: Vec<Value> = findings
            .into_iter()
            .map(|(place, message)| json!({"place": place, "message": message, "excerpt": "x"}))
            .collect();
        let mut evidence = json!({"findings": findings});
        if let Some(place) = place {
            evidence["place"] = place;
        }
        evidence
    });
    let outcome = prop::sample::select(OUTCOMES.to_vec());
    (text(), text(), outcome, 0..=LONGEST, evidence).prop_map(
        |(name, reason, outcome, duration, evidence)| {
            json!({
                "type": "case", "plugin": "", "requirement": "app-flag", "level": "must", "case": name,
                "dokku": "0.38.27", "outcome": outcome, "reason": reason, "duration_ms": duration,
                "evidence": evidence,
            })
        },
    )
}

/// A record of a run that was finished, or not.
fn record() -> impl Strategy<Value = Vec<Line>> {
    let cases = prop::collection::vec(case(), 0..6);
    (text(), text(), cases, 0..3_usize, 0..=LONGEST).prop_map(|(name, path, mut cases, lacking, duration)| {
        // The header has its plugin, and none is a case twice.
        for (number, case) in cases.iter_mut().enumerate() {
            case["plugin"] = name.clone().into();
            case["case"] = format!("{number} {}", case["case"].as_str().unwrap()).into();
        }
        let planned = cases.len() + lacking;
        let mut lines = vec![json!({
            "type": "header", "format": 1, "program": "0.1.0", "dokku": ["0.38.27", "0.4.0"], "isolation": "off",
            "enforced": [name], "time": "2026-01-01T00:00:00Z", "cases": planned,
            "plugins": [{"label": name, "name": name, "path": path, "notes": []}],
            "requirements": [{"id": "app-flag", "level": "must", "title": path, "fix": name}],
        })];
        if lacking == 0 {
            let count = |outcome: &&str| cases.iter().filter(|case| case["outcome"] == **outcome).count();
            let counts: serde_json::Map<String, Value> = OUTCOMES
                .iter()
                .map(|outcome| ((*outcome).to_owned(), count(outcome).into()))
                .chain([("warn".to_owned(), 0.into())])
                .collect();
            let footer = json!({"type": "footer", "counts": counts, "duration_ms": duration});
            lines.extend(cases);
            lines.push(footer);
        } else {
            lines.extend(cases);
        }
        lines
            .into_iter()
            .map(|line| serde_json::from_value(line).unwrap())
            .collect()
    })
}

fn written(lines: &[Line]) -> Vec<u8> {
    lines
        .iter()
        .flat_map(|line| format!("{}\n", serde_json::to_string(line).unwrap()).into_bytes())
        .collect()
}

fn read(text: Vec<u8>) -> Result<Option<Recorded>, Damage> {
    in_time(move || {
        Opening::read(text.as_slice())?
            .map(Opening::read_on)
            .transpose()
    })
}

/// The lines that a record was read from.
fn lines_of(recorded: Recorded) -> Vec<Line> {
    let cases = recorded
        .cases
        .into_iter()
        .map(|case| Line::Case(Box::new(case)));
    let footer = recorded.footer.map(Line::Footer);
    std::iter::once(Line::Header(recorded.header))
        .chain(cases)
        .chain(footer)
        .collect()
}

/// The damage is told in one line, of a line that is there, at a byte of it.
fn is_in(text: &[u8], damage: &Damage) {
    let said = damage.to_string();
    let hidden = |letter: char| letter.is_control() && letter != '\t';
    assert!(!said.contains(hidden), "{said:?}");
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let line = lines.get(damage.line - 1);
    let line = line.unwrap_or_else(|| panic!("no line for: {said}"));
    if let Some((_, rest)) = damage.what.split_once("damaged at byte ") {
        let byte: usize = rest.split(':').next().unwrap().parse().unwrap();
        assert!((1..=line.len() + 1).contains(&byte), "no such byte: {said}");
    }
}

/// What a damaged record comes to: what of it is read would be written as it is read.
fn holds(text: Vec<u8>) {
    match read(text.clone()) {
        Err(damage) => is_in(&text, &damage),
        Ok(None) => assert!(whole_lines(&text).is_empty()),
        Ok(Some(recorded)) => {
            assert!(recorded.cases.len() <= recorded.header.cases);
            let lines = lines_of(recorded);
            let again = read(written(&lines)).unwrap().unwrap();
            assert_eq!(lines_of(again), lines);
            let count = whole_lines(&text)
                .iter()
                .filter(|byte| **byte == b'\n')
                .count();
            assert_eq!(lines.len(), count);
        }
    }
}

/// Some records, as they are written.
fn seeds() -> Vec<Vec<u8>> {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let record = record();
    (0..20)
        .map(|_| written(&record.new_tree(&mut runner).unwrap().current()))
        .collect()
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn a_record_that_is_written_is_read_back_the_same(lines in record()) {
        prop_assert_eq!(lines_of(read(written(&lines)).unwrap().unwrap()), lines);
    }

    #[test]
    fn a_damaged_record_is_read_or_refused_at_its_place(text in damaged(seeds(), WORDS)) {
        holds(text);
    }
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn a_record_that_is_cut_anywhere_is_never_whole(one in record(), other in record()) {
        let (one, other) = (written(&one), written(&other));
        for end in 0..one.len() {
            let (part, _) = one.split_at(end);
            // But where the end of its last line alone is missing.
            let is_whole = end + 1 == one.len() && part.ends_with(b"}");
            let is_footer = Record::read(one.as_slice()).is_ok();
            prop_assert_eq!(Record::read(part).is_ok(), is_whole && is_footer, "{}", end);
            prop_assert!(read(part.to_vec()).is_ok(), "{end}");
            // Nor is it where another run wrote after it.
            let mixed = [part, &other].concat();
            prop_assert!(end == 0 || Record::read(mixed.as_slice()).is_err(), "{end}");
        }
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn two_records_that_are_cut_anywhere_are_no_record_together(
        one in record(), other in record(), ends in any::<(Index, Index)>(),
    ) {
        let (one, other) = (written(&one), written(&other));
        let (first, last) = (ends.0.index(one.len()), ends.1.index(other.len() + 1));
        let both = [one.split_at(first).0, other.split_at(last).0].concat();
        let is_other = first == 0 && last + 1 >= other.len();
        let is_one = first + 1 == one.len() && last == 0;
        prop_assert!(is_other || is_one || Record::read(both.as_slice()).is_err());
        holds(both);
    }

    #[test]
    fn what_is_seen_of_a_case_decides_nothing_else(one in record(), end in any::<Index>()) {
        let one = written(&one);
        let (part, _) = one.split_at(end.index(one.len() + 1));
        let without = Opening::begun(part).and_then(|opening| opening.read_wanted(|_| false));
        match (Record::read(part), without) {
            (Ok(whole), Ok(without)) => {
                prop_assert_eq!(whole.header, without.header);
                prop_assert_eq!(whole.footer, without.footer);
                for (case, other) in whole.cases.into_iter().zip(without.cases) {
                    prop_assert_eq!(&case.evidence.place, &other.evidence.place);
                    let alike = CaseRecord { evidence: case.evidence.clone(), ..other };
                    prop_assert_eq!(case, alike);
                }
            }
            (whole, without) => prop_assert_eq!(whole.unwrap_err(), without.unwrap_err()),
        }
    }

    #[test]
    fn any_two_records_are_compared(one in record(), other in record()) {
        let read = |lines: &[Line]| Record::read(written(lines).as_slice());
        let (Ok(one), Ok(other)) = (read(&one), read(&other)) else { return Ok(()) };
        let told = in_time(move || compare(&one, other, &Renames::default()));
        let lines: Vec<Line> = lines_of(Recorded {
            header: told.header.clone(),
            cases: told.cases.clone(),
            footer: Some(told.footer.clone()),
        });
        prop_assert_eq!(read(&lines).unwrap(), told);
    }
}

#[test]
fn no_record_asks_for_much() {
    let n = 300_000;
    let header = |cases: usize| {
        format!(
            "{{\"type\":\"header\",\"format\":1,\"program\":\"0.1.0\",\"dokku\":[],\"isolation\":\"off\",\"enforced\":[],\
             \"time\":\"\",\"plugins\":[],\"requirements\":[],\"cases\":{cases}}}\n"
        )
    };
    let text = "a".repeat(3 * n);
    let bombs = [
        "[".repeat(3 * n),
        "{\"a\":".repeat(n) + "\n",
        header(0) + &"[".repeat(3 * n) + "\n",
        header(0) + &"{\"type\":".repeat(n) + "\n",
        header(usize::MAX) + &"\n".repeat(3 * n),
        header(usize::MAX) + &header(1).repeat(n / 100),
        header(1) + "{\"type\":\"" + &text + "\"}\n",
        header(1) + "{\"type\":\"case\",\"level\":\"" + &text + "\"}\n",
        header(1) + "{\"type\":\"case\",\"" + &"a\":1,\"".repeat(n) + "\"}\n",
        format!("{{\"type\":\"header\",\"format\":2,\"program\":\"{text}\"}}\n"),
        "{\"type\":\"header\",\"format\":2,\"program\":\"\\u001b[2J\\n\"}\n".to_owned(),
        "{\"type\":\"header\",".to_owned() + &text,
        "\n".repeat(3 * n),
    ];
    for bomb in bombs {
        holds(bomb.into_bytes());
    }
}
