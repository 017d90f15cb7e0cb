//! The page as a whole.

use std::fmt;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::cell::Tally;
use super::entry::Entries;
use super::mark::Mark;
use super::matrix::Matrix;
use super::shown::{Line, Lines, line, slug};
use crate::report::Record;
use crate::report::text::{counted, dokku};

/// What the page looks like.
pub(super) const STYLE: &str = include_str!("style.css");
/// What the page does.
pub(super) const SCRIPT: &str = include_str!("script.js");
/// What a browser lets the page do: nothing but to be styled and scripted by itself. The empty icon keeps browsers from
/// asking for one.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// Writes the page of a record.
pub(super) fn write(
    f: &mut fmt::Formatter<'_>,
    record: &Record,
    matrix: &Matrix<'_>,
) -> fmt::Result {
    let tally = matrix.tally();
    write!(f, "{}<html lang=\"en\">", DOCTYPE.into_string())?;
    f.write_str(&head(record, &tally).into_string())?;
    f.write_str("<body>")?;
    f.write_str(&banner(record).into_string())?;
    f.write_str("<main>")?;
    f.write_str(&filters(matrix, &tally).into_string())?;
    f.write_str(r#"<h2 id="matrix-title">Plugins and requirements</h2>"#)?;
    matrix.write(f, record)?;
    told(f, record, matrix)?;
    f.write_str(&rules(record).into_string())?;
    f.write_str("</main>")?;
    f.write_str(&foot().into_string())?;
    f.write_str("</body></html>\n")
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
                "dokku-conform: " (tally.count(Mark::Fail)) " failed of "
                (counted(record.cases.len(), "case"))
            }
            style { (PreEscaped(STYLE)) }
        }
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
                li { (counted(header.requirements.len(), "requirement")) ", " (counted(record.cases.len(), "case")) }
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

/// The counts, which are filters where there is a script.
fn filters(matrix: &Matrix<'_>, tally: &Tally) -> Markup {
    html! {
        form #filters role="search" aria-label="Filter the cases" {
            fieldset.outcomes {
                legend { "Outcome" }
                @for mark in Mark::ALL {
                    label {
                        input type="checkbox" name="outcome" value=(mark.word()) hidden
                            data-letter=(mark.letter());
                        span.key.(mark.letter()) {}
                        b { (tally.count(mark)) } " " (mark.plural())
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
fn told(f: &mut fmt::Formatter<'_>, record: &Record, matrix: &Matrix<'_>) -> fmt::Result {
    f.write_str(r#"<section id="told"><h2>What did not pass</h2>"#)?;
    let mut entries = Entries::new(record, matrix);
    let rows = matrix.rows.iter().filter(|row| row.has_section());
    for row in rows {
        f.write_str(&entries.section(row, &matrix.rules).into_string())?;
    }
    if matrix.entries() == 0 {
        f.write_str("<p>Nothing.</p>")?;
    }
    f.write_str("</section>")
}

/// What each requirement asks.
fn rules(record: &Record) -> Markup {
    html! {
        section #requirements {
            h2 { "Requirements" }
            @for rule in &record.header.requirements {
                details.rule {
                    summary { span.level { (line(&rule.level)) } " " b { (Line(&rule.id)) } " " (Line(&rule.title)) }
                    div id={ "rule:" (slug(&rule.id)) } {
                        @match &rule.fix {
                            Some(fix) => div.fix { (Lines(fix.trim_end())) },
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
            p { "The record of the run has every case with all that was seen; this page shows a part." }
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
