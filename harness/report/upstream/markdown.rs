//! The report as Markdown, for a pull request: what breaks plugins in the open, the rest folded.

use std::fmt::Write as _;

use super::{Regression, Upstream, became, by_plugin, counted, hold, many};
use crate::dokku::Version;
use crate::dokku::surface::{Change, Facet};
use crate::report::cell::cell;
use crate::report::markdown::inline;

/// How long it may be, in bytes: a comment on GitHub takes 65536 letters.
const LONGEST: usize = 60_000;
/// How many places of a plugin, and how many cases of a change, are named.
const SHOWN: usize = 8;

/// The report, as long as a comment may be.
#[must_use]
pub fn markdown(upstream: &Upstream) -> String {
    let mut text = format!(
        "## From {} to {}\n\n{}\n",
        inline(&upstream.old.name()),
        inline(&upstream.new.name()),
        verdict(upstream)
    );
    let mut sections = regressions(upstream);
    sections.extend(users(upstream));
    sections.extend(changes(upstream));
    let left = sections.len();
    for (index, section) in sections.iter().enumerate() {
        if text.len() + section.len() > LONGEST {
            let left = many(left - index, "section", "sections");
            let _ = writeln!(text, "\nAnd {left} more, which are in the record.");
            break;
        }
        text.push_str(section);
    }
    let untold = upstream.untold();
    if !untold.is_empty() {
        text.push_str("\n<details><summary>What was not compared</summary>\n\n");
        for sentence in untold {
            let _ = writeln!(text, "- {}", inline(&sentence));
        }
        text.push_str("\n</details>\n");
    }
    text
}

/// What it comes to, in a sentence.
fn verdict(upstream: &Upstream) -> String {
    let plugins = many(upstream.plugins.len(), "plugin", "plugins");
    let using = upstream.users.iter().map(|user| &user.plugin);
    let using: std::collections::BTreeSet<&String> = using.collect();
    let uses = match using.len() {
        0 if upstream.plugins.is_empty() => return "No plugins were looked at.".to_owned(),
        0 => format!("None of {plugins} uses what changed"),
        count => format!("{count} of {plugins} use what changed"),
    };
    let Some(regressions) = &upstream.regressions else {
        return format!("{uses}. No checks were run.");
    };
    let unexplained = regressions.unexplained().count();
    match regressions.plugins().len() {
        0 => format!("{uses}, and no check regresses."),
        count => format!(
            "{uses}. The checks of **{count}** regress, in {}; no change explains {unexplained} of them.",
            many(regressions.cases.len(), "case", "cases")
        ),
    }
}

fn regressions(upstream: &Upstream) -> Vec<String> {
    let Some(regressions) = &upstream.regressions else {
        return Vec::new();
    };
    let mut sections: Vec<String> = Vec::new();
    for explained in regressions.explained(&upstream.changes) {
        let Some(change) = upstream.changes.changes.get(explained.change) else {
            continue;
        };
        let cases: Vec<_> = explained
            .cases
            .iter()
            .map(|(case, why)| (*case, why.evidence.as_str()))
            .collect();
        sections.push(folded(&title(change, upstream.new.version), &cases));
    }
    let unexplained: Vec<_> = regressions
        .unexplained()
        .map(|case| (case, case.reason.as_str()))
        .collect();
    if !unexplained.is_empty() {
        sections.push(folded("no change explains", &unexplained));
    }
    if let Some(first) = sections.first_mut() {
        first.insert_str(0, "\n### What regresses\n");
    }
    sections
}

/// Cases below a line that opens them.
fn folded(title: &str, cases: &[(&Regression, &str)]) -> String {
    let mut plugins: Vec<&str> = cases.iter().map(|(case, _)| case.plugin.as_str()).collect();
    plugins.dedup();
    let names: Vec<String> = plugins
        .iter()
        .take(SHOWN)
        .map(|name| inline(name))
        .collect();
    let mut text = format!(
        "\n<details><summary>{title}: {}, {}{}</summary>\n\n| plugin | rule | case | what is seen |\n|---|---|---|---|\n",
        many(cases.len(), "case", "cases"),
        names.join(", "),
        if plugins.len() > SHOWN { ", …" } else { "" }
    );
    for (case, said) in cases.iter().take(SHOWN) {
        let expected = if case.is_expected { " (expected)" } else { "" };
        let _ = writeln!(
            text,
            "| {} | {} {} | {}{expected} | {} |",
            inline(&case.plugin),
            case.level,
            inline(&case.requirement),
            inline(&case.case),
            inline(said)
        );
    }
    if cases.len() > SHOWN {
        let _ = writeln!(
            text,
            "\nAnd {} more, which are in the record.",
            cases.len() - SHOWN
        );
    }
    text.push_str("\n</details>\n");
    text
}

/// A change in a line of HTML.
fn title(change: &Change, newest: Version) -> String {
    format!(
        "{} <b>{}</b> {}",
        change.facet,
        inline(&change.name),
        inline(&became(change, newest))
    )
}

fn users(upstream: &Upstream) -> Vec<String> {
    let mut sections: Vec<String> = Vec::new();
    for (change, users) in upstream.used() {
        let by_plugin = by_plugin(&users);
        let mut text = format!(
            "\n<details><summary>{}: {}</summary>\n\n",
            title(change, upstream.new.version),
            many(by_plugin.len(), "plugin", "plugins")
        );
        if let Some(instead) = &change.instead {
            let _ = writeln!(text, "Instead: {}\n", cell(instead));
        }
        for (plugin, users) in by_plugin {
            let places: Vec<String> = users
                .iter()
                .take(SHOWN)
                .map(|user| match hold(&user.hold) {
                    note if note.is_empty() => inline(&user.place.to_string()),
                    note => format!("{} ({})", inline(&user.place.to_string()), inline(&note)),
                })
                .collect();
            let more = match users.len().saturating_sub(SHOWN) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let _ = writeln!(text, "- {}: {}{more}", inline(plugin), places.join(", "));
        }
        text.push_str("\n</details>\n");
        sections.push(text);
    }
    if let Some(first) = sections.first_mut() {
        first.insert_str(0, "\n### Who uses what changed\n");
    }
    sections
}

fn changes(upstream: &Upstream) -> Vec<String> {
    let mut sections = Vec::new();
    for facet in Facet::ALL {
        let Some(tally) = counted(upstream.tally(*facet)) else {
            continue;
        };
        let mut text = format!(
            "\n<details><summary>{}: {tally}</summary>\n\n",
            facet.plural()
        );
        let changes = upstream
            .changes
            .changes
            .iter()
            .filter(|one| one.facet == *facet);
        for change in changes {
            let own = if change.is_for_plugins() {
                ""
            } else {
                " (Dokku's own affair)"
            };
            let _ = writeln!(
                text,
                "- {} {}{own}",
                inline(&change.name),
                inline(&became(change, upstream.new.version))
            );
        }
        text.push_str("\n</details>\n");
        sections.push(text);
    }
    match sections.first_mut() {
        Some(first) => first.insert_str(0, "\n### What changed\n"),
        None => sections.push("\nNothing changed that plugins could see.\n".to_owned()),
    }
    sections
}
