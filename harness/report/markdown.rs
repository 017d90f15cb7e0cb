//! A record as Markdown: for a pull request, or as the summary of a job.

use std::fmt::Write as _;

use super::cell::cell;
use super::compare::{Cause, Outline, causes, named};
use super::mark::Mark;
use super::text::slow;
use super::told::plain;
use super::{Against, CaseRecord, Counts, Expected, Record, visible};
use crate::link::is_link;

/// How long the details may be, in bytes: GitHub takes a summary of 1 MiB.
const LONGEST: usize = 900 << 10;

/// How many changes since an older record are told in its table.
const CAUSES: usize = 100;

/// How many slow cases are told.
const SLOW_ONES: usize = 50;

/// What differs from the older record, if it is held against one, and the counts of each plugin; then what did not pass with its evidence, the worst first.
#[must_use]
pub fn markdown(record: &Record, strict: bool) -> String {
    let mut text = heading(record);
    if let Some(against) = &record.header.against {
        comparison(&mut text, record, against);
    }
    text.push_str(
        "| plugin | passed | failed | of them no `must` | expected failures | skipped | inconclusive | errors |\n\
        |---|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for plugin in &record.header.plugins {
        let cases = record
            .cases
            .iter()
            .filter(|case| case.plugin == plugin.label);
        row(&mut text, &plugin.label, Counts::of(cases));
    }
    let mut news: Vec<_> = (record.cases.iter())
        .map(|case| (Mark::of(case, strict), case))
        .filter(|(mark, _)| mark.is_news())
        .collect();
    news.sort_by_key(|(mark, _)| *mark);
    let mut is_apart = false;
    for (index, (mark, case)) in news.iter().enumerate() {
        if *mark == Mark::Expected && !is_apart {
            is_apart = true;
            text.push_str("\n### Expected failures\n");
        }
        if text.len() > LONGEST {
            let left = news.len() - index;
            let _ = writeln!(text, "\nAnd {left} more, which are in the record.");
            break;
        }
        details(&mut text, record, *mark, case);
    }
    let slow = slow(&record.cases);
    if !slow.is_empty() {
        text.push_str("\n### Slow\n\n| plugin | requirement | case | Dokku | of its deadline |\n|---|---|---|---|--:|\n");
    }
    for (percent, case) in slow.iter().take(SLOW_ONES) {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {percent} % |",
            cell(&case.plugin),
            cell(&case.requirement),
            cell(&case.case),
            case.dokku
        );
    }
    text
}

fn heading(record: &Record) -> String {
    let header = &record.header;
    let versions: Vec<_> = header.dokku.iter().map(ToString::to_string).collect();
    format!(
        "## dokku-conform\n\nProgram {}, Dokku {}, isolation {}, {} cases.\n\n",
        cell(&header.program),
        versions.join(", "),
        header.isolation,
        record.cases.len()
    )
}

/// In what the runs differ, how many cases became what, and which.
fn comparison(text: &mut String, record: &Record, against: &Against) {
    let outline = Outline::of(record);
    let against_it = format!("Held {against}.");
    let _ = writeln!(text, "{}\n", cell(&against_it));
    let lines: Vec<String> = against.others().chain(outline.lines()).collect();
    for line in &lines {
        let _ = writeln!(text, "- {}", cell(line));
    }
    if !lines.is_empty() {
        text.push('\n');
    }
    let _ = writeln!(text, "{}\n", cell(&outline.counts()));
    let causes: Vec<_> = causes(record).into_iter().filter(Cause::is_told).collect();
    if causes.is_empty() {
        return;
    }
    text.push_str(
        "| since then | level | requirement | plugins | cases |\n|---|---|---|---|---|\n",
    );
    for cause in causes.iter().take(CAUSES) {
        let Some(case) = cause.cases.first() else {
            continue;
        };
        let compared = case.compared.as_ref();
        let cases: Vec<&str> = cause.cases.iter().map(|case| &*case.case).collect();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            cell(&compared.map_or_else(String::new, |one| one.of(case.outcome))),
            case.level,
            cell(&case.requirement),
            cell(&named(&cause.plugins())),
            cell(&named(&cases))
        );
    }
    match causes.len().saturating_sub(CAUSES) {
        0 => text.push('\n'),
        more => {
            let _ = writeln!(
                text,
                "\nAnd {more} changes more, which are in the record.\n"
            );
        }
    }
}

fn row(text: &mut String, plugin: &str, counts: Counts) {
    let _ = writeln!(
        text,
        "| {} | {} | {} | {} | {} | {} | {} | {} |",
        cell(plugin),
        counts.pass,
        counts.fail - counts.expected,
        counts.warn,
        counts.expected,
        counts.skip,
        counts.inconclusive,
        counts.error
    );
}

fn details(text: &mut String, record: &Record, mark: Mark, case: &CaseRecord) {
    let place = case.evidence.place.as_ref().map(ToString::to_string);
    let _ = write!(
        text,
        "\n<details><summary>{}: {} <b>{}</b> {} {}</summary>\n\n",
        mark.word(),
        inline(&case.plugin),
        inline(&case.requirement),
        inline(&place.unwrap_or_default()),
        inline(&case.reason),
    );
    let name = match &case.compared {
        Some(compared) => format!(
            "{}, Dokku {}: {}",
            case.case,
            case.dokku,
            compared.of(case.outcome)
        ),
        None => format!("{}, Dokku {}", case.case, case.dokku),
    };
    let _ = writeln!(text, "{}\n", cell(&name));
    if let Some(expected) = &case.expected {
        let _ = writeln!(text, "{}\n", accepted(expected));
    }
    let _ = writeln!(text, "{}", fenced(&plain(case, false)));
    let rule = record.header.rule(&case.plugin, &case.requirement);
    let is_broken = matches!(mark, Mark::Fail | Mark::Warn | Mark::Known | Mark::Expected);
    let fix = rule.and_then(|rule| rule.fix.as_deref());
    if let Some(fix) = fix.filter(|_| is_broken) {
        let _ = writeln!(text, "{}", fenced(fix));
    }
    text.push_str("</details>\n");
}

/// Why a failure is accepted.
fn accepted(expected: &Expected) -> String {
    let mut text = format!("Expected: {}", inline(&expected.reason));
    match &expected.issue {
        Some(issue) if is_link(issue) => {
            let _ = write!(text, " (<{issue}>)");
        }
        Some(issue) => {
            let _ = write!(text, " ({})", inline(issue));
        }
        None => {}
    }
    if let Some(last) = &expected.expires {
        let _ = write!(text, ", until {}", inline(last));
    }
    let _ = write!(text, ". {}", inline(&expected.place.to_string()));
    text
}

/// A text within a line of HTML.
pub(super) fn inline(text: &str) -> String {
    let mut safe = String::new();
    for letter in visible(&text.replace('\n', " ")).chars() {
        match letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '/' | '.' | ',') {
            true => safe.push(letter),
            // Neither HTML nor Markdown nor the name of a person who would be told of it.
            false => {
                let _ = write!(safe, "&#{};", u32::from(letter));
            }
        }
    }
    safe
}

/// A text as a block of code that nothing in it can end.
pub(super) fn fenced(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(visible).collect();
    let text = lines.join("\n");
    let runs = text.split(|letter| letter != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or_default().max(2) + 1);
    format!("{fence}text\n{text}\n{fence}\n")
}
