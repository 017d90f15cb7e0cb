//! Every form of the report, with what strangers wrote.

use super::*;
use crate::plugin::Place;
use crate::report::{Class, Palette};
use crate::spec::Level;

const HOSTILE: &str =
    "x|y</summary><script>alert(1)</script>`@team` \u{1b}[2J\u{202e}\n::error::x [a](b)";

fn hostile() -> Upstream {
    let changes = Changes {
        changes: vec![Change {
            facet: Facet::Function,
            name: HOSTILE.to_owned(),
            what: What::Removed,
            places: [HOSTILE.to_owned()].into(),
            instead: Some("call `other`".to_owned()),
            since: None,
            audience: None,
        }],
        left_out: vec![Facet::Path, Facet::Setting],
        gaps: vec![HOSTILE.to_owned()],
    };
    let case = |explanations| Regression {
        plugin: HOSTILE.to_owned(),
        requirement: HOSTILE.to_owned(),
        level: Level::Must,
        case: HOSTILE.to_owned(),
        reason: HOSTILE.to_owned(),
        is_expected: false,
        explanations,
    };
    let explanation = Explanation {
        facet: Facet::Function,
        name: HOSTILE.to_owned(),
        evidence: HOSTILE.to_owned(),
    };
    let side = |label: &str| Side {
        label: label.to_owned(),
        version: Version::NEWEST,
        is_tree: true,
    };
    Upstream {
        old: side("old"),
        new: side(HOSTILE),
        plugins: vec![HOSTILE.to_owned()],
        changes,
        users: vec![User {
            plugin: HOSTILE.to_owned(),
            facet: Facet::Function,
            name: HOSTILE.to_owned(),
            place: Place {
                file: HOSTILE.to_owned(),
                line: Some(3),
            },
            hold: Hold::Unsure(HOSTILE.to_owned()),
        }],
        regressions: Some(Regressions {
            cases: vec![case(vec![explanation]), case(Vec::new())],
            classes: [(Class::Regressed, 2)].into(),
            errors: 0,
        }),
    }
}

#[test]
fn no_form_is_broken_by_what_strangers_wrote() {
    let upstream = hostile();
    let text = UpstreamText {
        upstream: &upstream,
        verbose: true,
        palette: Palette::default(),
    };
    let text = text.to_string();
    let markdown = upstream_markdown(&upstream);
    for shown in [&text, &markdown] {
        assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
        assert!(
            shown
                .lines()
                .all(|line| !line.trim_start().starts_with("::")),
            "{shown}"
        );
    }
    assert!(
        !markdown.contains("<script") && !markdown.contains("@team"),
        "{markdown}"
    );
    let open = markdown.matches("<details>").count();
    assert_eq!(markdown.matches("</summary>").count(), open);
    assert_eq!(markdown.matches("</details>").count(), open);
    let html = upstream_html(&upstream);
    assert!(
        !html.contains("<script") && !html.contains('\u{202e}'),
        "{html}"
    );
    for line in upstream_lines(&upstream) {
        assert!(!line.to_string().contains('\n'));
    }
}

#[test]
fn the_record_begins_with_its_form_and_ends_with_its_counts() {
    let lines = upstream_lines(&hostile());
    let types: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["type"].as_str())
        .collect();
    let expected = [
        "header",
        "change",
        "user",
        "regression",
        "regression",
        "footer",
    ];
    assert_eq!(types, expected);
    assert_eq!(lines[0]["format"], UPSTREAM_FORMAT);
    assert_eq!(lines[5]["unexplained"], 1);
    assert_eq!(lines[5]["classes"]["regressed"], 2);
}

#[test]
fn what_is_the_same_is_told_as_such() {
    let mut upstream = hostile();
    upstream.changes = Changes::default();
    upstream.users.clear();
    upstream.regressions = Some(Regressions::default());
    let text = UpstreamText {
        upstream: &upstream,
        verbose: false,
        palette: Palette::default(),
    };
    assert!(text.to_string().contains("nothing that plugins could see"));
    assert!(upstream_markdown(&upstream).contains("Nothing changed"));
    assert!(upstream_html(&upstream).contains("Nothing that plugins could see"));
}
