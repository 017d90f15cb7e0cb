//! The page as a whole.

use maud::{DOCTYPE, Markup, PreEscaped, Render, html};

use super::cell::Tally;
use super::entry::Entries;
use super::matrix::Matrix;
use super::shown::{Line, Prose, line, number, slug};
use super::sign::{self, MARKS};
use crate::report::mark::Mark;
use crate::report::text::{counted, dokku};
use crate::report::{Record, RuleRecord};

/// What the page looks like.
pub(in crate::report) const STYLE: &str = include_str!("style.css");
/// What the page does.
pub(super) const SCRIPT: &str = include_str!("script.js");
/// What a browser lets the page do: nothing but to be styled and scripted by itself. The empty icon keeps browsers from
/// asking for one.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// The page of a record.
pub(super) fn page(record: &Record, matrix: &Matrix<'_>) -> String {
    let tally = matrix.tally();
    let mut page = String::new();
    for part in [
        html! { (DOCTYPE) (PreEscaped(r#"<html lang="en">"#)) },
        head(record, &tally),
        html! { (PreEscaped("<body>")) (banner(record)) (PreEscaped("<main>")) },
        filters(matrix, &tally, record.header.against.is_some()),
        html! { h2 #matrix-title { "Plugins and requirements" } },
    ] {
        part.render_to(&mut page);
    }
    matrix.write(&mut page, record);
    told(&mut page, record, matrix);
    html! {
        (rules(record)) (PreEscaped("</main>")) (foot()) (PreEscaped("</body></html>\n"))
    }
    .render_to(&mut page);
    page
}

fn head(record: &Record, tally: &Tally) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(POLICY);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            link rel="icon" href="data:,";
            title {
                "dokku-conform: " (number(tally.count(Mark::Fail))) " failed of " (cases(record))
            }
            style { (PreEscaped(STYLE)) }
        }
    }
}

/// How many cases there are.
fn cases(record: &Record) -> String {
    match record.cases.len() {
        1 => "1 case".into(),
        count => format!("{} cases", number(count)),
    }
}

/// What was run.
fn banner(record: &Record) -> Markup {
    let header = &record.header;
    let took = record.footer.duration_ms;
    html! {
        header {
            h1 { "Conformance of " (counted(header.plugins.len(), "plugin")) " with Dokku " (dokku(&header.dokku)) }
            ul.facts {
                li { "dokku-conform " (Line(&header.program)) }
                li { time datetime=(Line(&header.time)) { (Line(&header.time)) } }
                li { "in " (took / 1000) "." (format!("{:02}", took % 1000 / 10)) " s" }
                li { (counted(header.requirements.len(), "requirement")) ", " (cases(record)) }
                li {
                    details {
                        summary { "isolation " (line(&header.isolation)) }
                        ul { @for what in &header.enforced { li { (Line(what)) } } }
                    }
                }
            }
        }
    }
}

/// The counts, which are filters where there is a script. What was broken before too is known where the record is held
/// against an older one.
fn filters(matrix: &Matrix<'_>, tally: &Tally, is_compared: bool) -> Markup {
    let can_be = |mark: &Mark| is_compared || *mark != Mark::Known;
    html! {
        form #filters role="search" aria-label="Filter the cases" {
            fieldset.outcomes {
                legend { "Outcome" }
                @for mark in MARKS.into_iter().filter(can_be) {
                    label {
                        input type="checkbox" name="outcome" value=(mark.word()) hidden
                            data-letter=(sign::letter(mark));
                        span.key.(sign::letter(mark)) {}
                        b { (number(tally.count(mark))) } " " (sign::counted(mark))
                    }
                }
            }
            div.fields hidden {
                label { "Plugin" input type="search" name="plugin" autocomplete="off" spellcheck="false"; }
                label {
                    "Requirement"
                    input type="search" name="requirement" list="rules" autocomplete="off" spellcheck="false";
                }
                datalist #rules { @for id in &matrix.rules { option value=(Line(id)); } }
                label hidden[matrix.versions.len() < 2] {
                    "Dokku"
                    select name="dokku" {
                        option value="" { "every version" }
                        @for version in &matrix.versions { option { (version.to_string()) } }
                    }
                }
                button type="reset" { "Show all" }
            }
            p #shown role="status" {}
        }
    }
}

/// All that is told of cells.
fn told(page: &mut String, record: &Record, matrix: &Matrix<'_>) {
    page.push_str(r#"<section id="told"><h2>What did not pass</h2>"#);
    let mut entries = Entries::new(record, matrix);
    let rows = matrix.rows.iter().filter(|row| row.has_section());
    for row in rows {
        entries.section(row, &matrix.rules).render_to(page);
    }
    if matrix.entries() == 0 {
        page.push_str("<p>Nothing.</p>");
    }
    page.push_str("</section>");
}

/// The place on the page where a requirement is told.
pub(super) fn anchor(rule: &RuleRecord) -> String {
    match &rule.plugin {
        Some(plugin) => format!("rule:{}/{}", slug(&rule.id), slug(plugin)),
        None => format!("rule:{}", slug(&rule.id)),
    }
}

/// What each requirement asks.
fn rules(record: &Record) -> Markup {
    html! {
        section #requirements {
            h2 { "Requirements" }
            @for rule in &record.header.requirements {
                details.rule {
                    summary {
                        span.level { (line(&rule.level)) } " " b { (Line(&rule.id)) } " "
                        @if let Some(plugin) = &rule.plugin { "of " (Line(plugin)) ": " }
                        (Prose(&rule.title))
                    }
                    div id=(anchor(rule)) {
                        @match &rule.fix {
                            Some(fix) => div.fix { (Prose(fix.trim_end())) },
                            None => p.faint { "Nothing is said on how to keep it." },
                        }
                    }
                }
            }
        }
    }
}

fn foot() -> Markup {
    html! {
        footer {
            p { "The record of the run has every case with all that was seen; this page shows a part: of passes and skips the mark alone." }
        }
        dialog #dialog aria-labelledby="dialog-title" {
            header {
                h2 #dialog-title {}
                button type="button" name="previous" aria-label="Previous" title="Previous (k)" { "↑" }
                button type="button" name="next" aria-label="Next" title="Next (j)" { "↓" }
                button type="button" name="close" aria-label="Close" title="Close (Esc)" { "×" }
            }
            div #dialog-body tabindex="-1" {}
        }
        script { (PreEscaped(SCRIPT)) }
    }
}
