//! What took the place of what is gone.

use crate::dokku::core::table;
use crate::dokku::{Version, triggers};

const TABLE: &str = include_str!("../data/api/instead.tsv");

/// What to do instead of using this in that version, in a few words. The kind is `function`, `file`, `call` (of a
/// trigger) or `variable`.
#[must_use]
pub fn instead(kind: &str, name: &str, version: Version) -> Option<&'static str> {
    table::rows(TABLE)
        .filter_map(table::cells::<3>)
        .find(|[its_kind, its_name, _]| *its_kind == kind && *its_name == name)
        .map(|[_, _, instead]| instead)
        .filter(|instead| is_possible(instead, version))
}

/// True unless the advice is to call a trigger that the version does not know.
pub fn is_possible(advice: &str, version: Version) -> bool {
    advice.split("plugn trigger ").skip(1).all(|rest| {
        let name: String = rest
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect();
        triggers::exists(&name, version)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        assert!(table::rows(TABLE).all(|row| table::cells::<3>(row).is_some()));
    }

    #[test]
    fn no_advice_is_better_than_one_that_does_not_work_yet() {
        let advice = |version| instead("function", "add_proxy_ports", version);
        assert!(advice(Version::NEWEST).is_some());
        let advice = |version| instead("function", "list_app_proxy_ports", version);
        assert!(advice(Version::NEWEST).is_some());
        assert_eq!(advice(Version::new(0, 20, 0)), None);
    }
}
