//! The shell functions of core files, through time.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::Life;
use crate::dokku::Span;
use crate::dokku::core::{functions, table};

/// What the versions before 0.4.0 had and none has had since.
const OLD: &str = include_str!("../data/api/old_functions.tsv");

/// For each name, the core files that define it, each with the versions in which it does.
type Functions = BTreeMap<&'static str, BTreeMap<&'static str, Life>>;

/// The core files that define a function of this name, below the core plugins' directory, each with the versions in
/// which it does. None for a name that was never Dokku's.
pub fn definitions(name: &str) -> impl Iterator<Item = (&'static str, &'static Life)> {
    known()
        .get(name)
        .into_iter()
        .flatten()
        .map(|(file, life)| (*file, life))
}

/// True if some version had a function of this name. A name of one word, such as `usage`, is anybody's.
#[must_use]
pub fn is_function(name: &str) -> bool {
    name.contains(['_', '-']) && known().contains_key(name)
}

fn known() -> &'static Functions {
    static KNOWN: OnceLock<Functions> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let old = table::rows(OLD).filter_map(|row| {
            let [file, name, first, last] = table::cells(row)?;
            Some((file, name, table::span(first, last)?))
        });
        let mut spans: BTreeMap<&str, BTreeMap<&str, Vec<Span>>> = BTreeMap::new();
        let newer = functions()
            .iter()
            .map(|function| (function.file, function.name, function.span));
        for (file, name, span) in newer.chain(old) {
            spans
                .entry(name)
                .or_default()
                .entry(file)
                .or_default()
                .push(span);
        }
        spans
            .into_iter()
            .map(|(name, files)| {
                let lives = files
                    .into_iter()
                    .map(|(file, spans)| (file, spans.into_iter().collect()));
                (name, lives.collect())
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dokku::Version;

    #[test]
    fn every_row_of_the_old_is_read() {
        for row in table::rows(OLD) {
            let [file, name, first, last] = table::cells(row).unwrap();
            let span = table::span(first, last).unwrap();
            assert!(span.until < Some(Version::OLDEST), "{row}");
            assert!(definitions(name).any(|(known, _)| known == file), "{row}");
        }
    }

    #[test]
    fn a_function_may_move_from_file_to_file() {
        let at = |version: &str| {
            let version = version.parse().unwrap();
            definitions("is_app_vhost_enabled")
                .filter(|(_, life)| life.contains(version))
                .map(|(file, _)| file)
                .collect::<Vec<_>>()
        };
        assert_eq!(at("0.4.0"), ["nginx-vhosts/functions"]);
        assert_eq!(at("0.5.0"), ["common/functions"]);
        assert_eq!(at("0.12.0"), ["domains/functions"]);
    }

    #[test]
    fn a_name_that_was_never_dokkus_is_not_known() {
        assert!(is_function("is_image_buildstep_based"));
        assert!(!is_function("my_function") && !is_function("usage"));
    }
}
