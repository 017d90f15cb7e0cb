//! The arguments of triggers, as Dokku's documentation gave them through time.

use crate::dokku::Version;
use crate::dokku::core::table;

/// A row for each text: the trigger, the first version with it, and the text; `?` where the documentation is silent.
const TABLE: &str = include_str!("../data/api/trigger_arguments.tsv");

/// The arguments in a line of the documentation, in the one spelling in which they are compared: `APP [PROC_TYPE]`. None
/// if the line is empty.
#[must_use]
pub fn arguments(line: &str) -> Option<String> {
    let line = line.trim().replace("\\|", "|");
    if line.is_empty() {
        return None;
    }
    let first: String = line.chars().take_while(|c| c.is_alphabetic()).collect();
    if first.eq_ignore_ascii_case("none") {
        return Some(String::new());
    }
    // What is said about the arguments follows them in parentheses.
    let list = line.split(" (").next().unwrap_or_default();
    let list: String = list.chars().filter(|c| !"`$\",".contains(*c)).collect();
    Some(list.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What the documentation of a version gives for a trigger; none if it gives nothing.
pub(super) fn documented(trigger: &str, version: Version) -> Option<&'static str> {
    let rows = table::rows(TABLE).filter_map(table::cells::<3>);
    let held = rows.filter(|[name, since, _]| {
        *name == trigger && table::span(since, "").is_some_and(|span| span.contains(version))
    });
    let [_, _, text] = held.last()?;
    (text != "?").then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dokku::triggers;

    #[test]
    fn every_row_is_read_and_written_as_it_is_compared() {
        for row in table::rows(TABLE) {
            let [name, since, text] = table::cells(row).unwrap();
            assert!(triggers::span(name).is_some(), "{row}");
            assert!(since.parse::<Version>().is_ok(), "{row}");
            assert!(text.is_empty() || arguments(text).as_deref() == Some(text));
        }
    }

    #[test]
    fn what_a_trigger_is_given_changed_with_the_versions() {
        let of = |version: &str| documented("network-get-listeners", version.parse().unwrap());
        assert_eq!(of("0.19.13"), Some("APP"));
        assert_eq!(of("0.20.0"), Some("APP PROCESS_TYPE"));
        assert_eq!(of("0.4.0"), None);
        assert_eq!(documented("install", Version::NEWEST), Some(""));
        assert_eq!(documented("cron-write", Version::NEWEST), None);
    }

    #[test]
    fn spelling_is_no_difference() {
        for line in [
            "`$APP` `$IMAGE_TAG`",
            " $APP  $IMAGE_TAG",
            "`$APP $IMAGE_TAG` (may be empty)",
        ] {
            assert_eq!(arguments(line).as_deref(), Some("APP IMAGE_TAG"));
        }
        assert_eq!(arguments("None, however `x`").as_deref(), Some(""));
        assert_eq!(arguments("  "), None);
    }
}
