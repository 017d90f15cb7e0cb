//! The report as a page for a browser: one file that asks nothing of the network and has no script.

use maud::{DOCTYPE, Markup, html};

use super::{Regression, Upstream, became, by_plugin, counted, hold, many};
use crate::dokku::Version;
use crate::dokku::surface::{Change, Facet};
use crate::report::html::{Line, Prose, STYLE};

/// What a browser lets the page do: nothing but to be styled by itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// The page.
#[must_use]
pub fn html(upstream: &Upstream) -> String {
    let (old, new) = (upstream.old.name(), upstream.new.name());
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                link rel="icon" href="data:,";
                title { "dokku-conform: from " (Line(&old)) " to " (Line(&new)) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "From " (Line(&old)) " to " (Line(&new)) }
                    ul.facts {
                        li { "dokku-conform " (env!("CARGO_PKG_VERSION")) }
                        li { (many(upstream.plugins.len(), "plugin", "plugins")) }
                        @if let Some(regressions) = &upstream.regressions {
                            @for (class, count) in &regressions.classes {
                                li { (count) " " (class.words()) }
                            }
                        } @else {
                            li { "no checks were run" }
                        }
                    }
                }
                main {
                    (regressions(upstream))
                    (users(upstream))
                    (changes(upstream))
                    (untold(upstream))
                }
            }
        }
    };
    let mut text = page.into_string();
    text.push('\n');
    text
}

fn title(change: &Change, newest: Version) -> Markup {
    html! {
        (change.facet.as_str()) " " code { (Line(&change.name)) } " " (Line(&became(change, newest)))
    }
}

fn regressions(upstream: &Upstream) -> Markup {
    let Some(regressions) = &upstream.regressions else {
        return html! {};
    };
    let unexplained: Vec<_> = regressions
        .unexplained()
        .map(|case| (case, case.reason.as_str()))
        .collect();
    html! {
        section #regressions {
            h2 { "What regresses" }
            @if regressions.cases.is_empty() { p { "Nothing." } }
            @for explained in regressions.explained(&upstream.changes) {
                @if let Some(change) = upstream.changes.changes.get(explained.change) {
                    h3 { (title(change, upstream.new.version)) }
                    @let cases: Vec<_> = explained.cases.iter().map(|(case, why)| (*case, why.evidence.as_str())).collect();
                    (cases_of(&cases))
                }
            }
            @if !unexplained.is_empty() {
                h3 { "No change explains" }
                (cases_of(&unexplained))
            }
        }
    }
}

fn cases_of(cases: &[(&Regression, &str)]) -> Markup {
    html! {
        ul {
            @for (case, said) in cases {
                li {
                    b { (Line(&case.plugin)) } " " span.level { (case.level.as_str()) } " " (Line(&case.requirement))
                    ", " (Line(&case.case))
                    @if case.is_expected { " (expected)" }
                    p.faint { (Prose(said)) }
                }
            }
        }
    }
}

fn users(upstream: &Upstream) -> Markup {
    let used = upstream.used();
    html! {
        section #users {
            h2 { "Who uses what changed" }
            @if used.is_empty() { p { "None of the plugins, as far as their texts tell." } }
            @for (change, users) in used {
                details {
                    @let plugins = by_plugin(&users);
                    summary { (title(change, upstream.new.version)) ": " (many(plugins.len(), "plugin", "plugins")) }
                    @if let Some(instead) = &change.instead { p { "Instead: " (Prose(instead)) } }
                    ul {
                        @for (plugin, users) in plugins {
                            li {
                                b { (Line(plugin)) }
                                ul.plain {
                                    @for user in users {
                                        li { code { (Line(&user.place.to_string())) } " " span.faint { (Line(&hold(&user.hold))) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn changes(upstream: &Upstream) -> Markup {
    html! {
        section #changes {
            h2 { "What changed" }
            @if upstream.changes.changes.is_empty() { p { "Nothing that plugins could see." } }
            @for facet in Facet::ALL {
                @if let Some(tally) = counted(upstream.tally(*facet)) {
                    details {
                        summary { (facet.plural()) ": " (tally) }
                        ul {
                            @for change in upstream.changes.changes.iter().filter(|one| one.facet == *facet) {
                                li {
                                    code { (Line(&change.name)) } " " (Line(&became(change, upstream.new.version)))
                                    @if !change.is_for_plugins() { span.faint { " Dokku's own affair" } }
                                    @if let Some(instead) = &change.instead { p.faint { (Prose(instead)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn untold(upstream: &Upstream) -> Markup {
    let untold = upstream.untold();
    html! {
        @if !untold.is_empty() {
            section #untold {
                h2 { "What was not compared" }
                ul { @for sentence in &untold { li { (Line(sentence)) } } }
            }
        }
    }
}
