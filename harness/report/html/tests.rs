//! What a page holds, and what it keeps out.

use serde_json::{Value, json};

use super::*;
use crate::report::{Renames, compare};

/// All that a plugin could print to leave its place in a page.
const HOSTILE: &str =
    "a\u{1B}[31m]]></script><!--&amp;\"'\u{202E}\0\n<img src=x onerror=\"alert(1)\">";

/// A record of these cases: plugin, requirement, version, outcome, and what was printed.
fn record(cases: &[(&str, &str, &str, &str, &str)]) -> Record {
    let mut versions: Vec<&str> = cases.iter().map(|case| case.2).collect();
    versions.sort_unstable();
    versions.dedup();
    let mut names: Vec<&str> = cases.iter().map(|case| case.0).collect();
    names.dedup();
    let plugin = |name: &&str| json!({"label": name, "name": name, "path": name, "notes": [{"place": name, "message": name}]});
    let case = |(plugin, requirement, dokku, outcome, printed): &(_, _, _, &str, &str)| {
        let evidence = match *outcome {
            "fail" => seen(printed),
            _ => json!({}),
        };
        json!({"plugin": plugin, "requirement": requirement, "level": "must", "case": printed, "dokku": dokku,
            "outcome": outcome, "reason": printed, "duration_ms": 1, "evidence": evidence})
    };
    let cases: Vec<Value> = cases.iter().map(case).collect();
    let header = json!({"format": 1, "program": "0.1.0", "dokku": versions, "isolation": "strict", "enforced": [HOSTILE],
        "time": "2026-01-02T03:04:05Z", "cases": cases.len(), "plugins": names.iter().map(plugin).collect::<Vec<_>>(),
        "requirements": [{"id": "one", "level": "must", "title": HOSTILE, "fix": HOSTILE}]});
    let counts = json!({"pass": 0, "fail": 0, "warn": 0, "skip": 0, "inconclusive": 0, "error": 0});
    Record {
        header: serde_json::from_value(header).unwrap(),
        cases: cases
            .into_iter()
            .map(|case| serde_json::from_value(case).unwrap())
            .collect(),
        footer: serde_json::from_value(json!({"counts": counts, "duration_ms": 1234})).unwrap(),
    }
}

/// What a case saw that printed this everywhere.
fn seen(printed: &str) -> Value {
    let step = json!({"name": printed, "command": printed, "environment": [[printed, printed]], "exit": {"status": 1},
        "stdout": printed, "stderr": printed, "left": [printed],
        "calls": [{"program": printed, "argv": [printed], "stdin": printed, "cwd": "/", "modelled": false}],
        "changes": [{"path": printed, "before": null, "after": {"kind": printed, "mode": 420, "content": printed}}]});
    json!({"place": {"file": printed, "line": 1}, "install": step, "steps": [step],
        "differences": [{"step": printed, "subject": printed, "expected": "", "actual": printed}],
        "findings": [{"place": {"file": printed}, "message": printed, "excerpt": printed}]})
}

fn page(record: &Record) -> String {
    html(record, false)
}

/// How many cases the rows of a page tell the script of, for so many versions.
fn counted(page: &str, versions: usize) -> usize {
    let rows = page.split("data-cells=\"").skip(1);
    let cells = rows.flat_map(|row| row.split('"').next().unwrap().split(' '));
    let tally = |text: &str| -> usize {
        let counts = text
            .split(|letter: char| letter.is_ascii_lowercase())
            .skip(1);
        counts.map(|count| count.parse().unwrap_or(1)).sum()
    };
    let cell = |cell: &str| match cell.contains(',') {
        true => cell.split(',').map(tally).sum(),
        false => tally(cell) * versions,
    };
    cells.map(cell).sum()
}

#[test]
fn nothing_that_a_plugin_prints_is_markup_or_hidden() {
    let page = page(&record(&[(HOSTILE, HOSTILE, "0.38.27", "fail", HOSTILE)]));
    assert!(page.contains("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;"));
    assert!(page.contains("a\\x1B[31m]]&gt;&lt;/script&gt;&lt;!--&amp;amp;&quot;'\\u{202E}\\0"));
    for raw in ["<img", "<!--", "\u{1B}", "\u{202E}", "\0"] {
        assert!(!page.contains(raw), "{raw:?} is in the page");
    }
    assert_eq!(page.matches("</script>").count(), 1);
    assert_eq!(page.matches("</style>").count(), 1);
}

#[test]
fn style_and_script_can_stand_in_a_page() {
    for text in [page::STYLE, page::SCRIPT] {
        assert!(!text.contains("</") && !text.contains("<!--"));
        assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("@import"));
    }
}

#[test]
fn every_case_is_counted_once() {
    let cases = [
        ("a", "one", "0.37.5", "fail", "x"),
        ("a", "one", "0.37.5", "fail", "y"),
        ("a", "one", "0.38.27", "pass", "x"),
        ("a", "two", "0.38.27", "skip", "x"),
        ("b", "one", "0.37.5", "inconclusive", "x"),
        ("b", "one", "0.38.27", "inconclusive", "x"),
        ("b", "three", "0.38.27", "error", "x"),
    ];
    let record = record(&cases);
    let page = page(&record);
    assert_eq!(counted(&page, 2), cases.len());
    assert!(page.contains(r#"data-cells="f2,p ,s ""#), "{page}");
    assert!(page.contains(r#"data-cells="i  ,e""#));
    // The page says how many of the versions a mark is about, if not about all.
    assert!(page.contains("fail in 1 of 2 versions"));
}

#[test]
fn each_cell_that_did_not_pass_leads_to_its_evidence() {
    let record = record(&[
        ("a plugin", "one", "0.38.27", "fail", "x"),
        ("a plugin", "two", "0.38.27", "pass", "x"),
    ]);
    let page = page(&record);
    assert!(page.contains(r##"href="#a~20~plugin/one""##));
    assert_eq!(page.matches(r#"id="a~20~plugin/one""#).count(), 1);
    assert!(!page.contains("plugin/two\""));
    assert!(page.contains("dokku-conform check 'a plugin' --only one<"));
}

#[test]
fn what_was_broken_before_is_counted_where_that_is_known() {
    let case = ("a plugin", "one", "0.38.27", "fail", "x");
    let mut record = record(&[case]);
    assert!(!page(&record).contains("broken before too"));
    record = compare(&record.clone(), record, &Renames::default());
    assert!(page(&record).contains("<b>1</b> broken before too"));
}

#[test]
fn what_was_seen_before_is_referred_to() {
    let long = "a long line\n".repeat(50);
    let cases = [
        ("a", "one", "0.38.27", "fail", long.as_str()),
        ("b", "one", "0.38.27", "fail", long.as_str()),
    ];
    let page = page(&record(&cases));
    assert!(page.contains(r##"The same was seen in <a href="#a/one">a/one</a>"##));
}

#[test]
fn a_page_has_room_for_so_much_and_says_what_is_left_out() {
    let texts: Vec<String> = (0..2000)
        .map(|n| format!("{n} {}\n", "x".repeat(50)).repeat(200))
        .collect();
    let names: Vec<String> = (0..2000).map(|n| n.to_string()).collect();
    let cases: Vec<_> = names
        .iter()
        .zip(&texts)
        .map(|(name, text)| (name.as_str(), "one", "0.38.27", "fail", text.as_str()))
        .collect();
    let page = page(&record(&cases));
    assert!(page.len() < 15_000_000, "{}", page.len());
    assert!(page.contains("more steps are in the record"));
}
