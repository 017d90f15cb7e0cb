//! A record as workflow commands, which GitHub turns into annotations on the plugin's files.

use std::fmt::Write as _;

use super::compare::{Cause, Outline, causes};
use super::mark::Mark;
use super::spot::Spot;
use super::text::counted;
use super::{Against, CaseRecord, Counts, Record, visible_lines};

/// How many annotations of one kind GitHub takes from a step.
const MOST: usize = 10;
/// How many changes since an older record are told.
const CAUSES: usize = 30;

/// An error for each broken rule and a warning for each that does not count, at its place in the plugin where that is
/// known: as many as GitHub shows, and how many more there are. What changed since an older record comes first. The job's
/// summary is the Markdown.
///
/// Source: GitHub's documentation of workflow commands, and of the limits of check runs.
#[must_use]
pub fn github(record: &Record, strict: bool) -> String {
    let mut text = String::new();
    if let Some(against) = &record.header.against {
        let told = comparison(record, against);
        let _ = writeln!(
            text,
            "::notice title=dokku-conform compared::{}",
            data(&told)
        );
    }
    for (kind, marks) in [
        ("error", &[Mark::Error, Mark::Fail][..]),
        ("warning", &[Mark::Warn]),
    ] {
        let is_of = |case: &&CaseRecord| marks.contains(&Mark::of(case, strict));
        let spots: Vec<Spot<'_>> = (record.cases.iter().filter(is_of))
            .flat_map(|case| Spot::of(record, case))
            .collect();
        for spot in unique(&spots).take(MOST) {
            write(&mut text, kind, spot);
        }
    }
    let counts = Counts::of(&record.cases);
    let mut told = format!(
        "{} passed, {} failed, {} of them no `must`, {} skipped, {} inconclusive, {} errors",
        counts.pass,
        counts.fail - counts.expected,
        counts.warn,
        counts.skip,
        counts.inconclusive,
        counts.error
    );
    if counts.expected > 0 {
        let _ = write!(told, ", {}", counted(counts.expected, "expected failure"));
    }
    let _ = writeln!(text, "::notice title=dokku-conform::{}", data(&told));
    text
}

/// In what the runs differ, how many cases became what, and the requirements of those of which that is news.
fn comparison(record: &Record, against: &Against) -> String {
    let outline = Outline::of(record);
    let mut lines = vec![against.to_string()];
    lines.extend(against.others());
    lines.push(outline.counts());
    lines.extend(outline.lines());
    let causes: Vec<_> = causes(record).into_iter().filter(Cause::is_told).collect();
    let told = causes.iter().take(CAUSES).filter_map(Cause::headline);
    lines.extend(told);
    let more = causes.len().saturating_sub(CAUSES);
    if more > 0 {
        lines.push(format!("and {more} more, which are in the record"));
    }
    lines.join("\n")
}

fn write(text: &mut String, kind: &str, spot: &Spot<'_>) {
    let mut properties = Vec::new();
    if let Some(place) = spot.place {
        properties.push(format!("file={}", property(&spot.file(place))));
        properties.extend(place.line.map(|line| format!("line={line}")));
    }
    let title = format!("{}: {}", spot.plugin, spot.requirement);
    properties.push(format!("title={}", property(&title)));
    let message = data(spot.message);
    let _ = writeln!(text, "::{kind} {}::{message}", properties.join(","));
}

/// Each once: several cases may speak of one place in the same words.
fn unique<'s, 'r>(spots: &'s [Spot<'r>]) -> impl Iterator<Item = &'s Spot<'r>> {
    let is_first = |(index, spot): &(usize, &'s Spot<'r>)| {
        !spots.iter().take(*index).any(|before| before == *spot)
    };
    let all = spots.iter().enumerate();
    all.filter(is_first).map(|(_, spot)| spot)
}

/// A text as the message of a command.
fn data(text: &str) -> String {
    visible_lines(text).replace('%', "%25").replace('\n', "%0A")
}

/// A text as a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
