//! The parts of a run as one record.

use std::collections::{BTreeMap, HashMap};

use jiff::SignedDuration;

use super::{Counts, Header, PluginRecord, Record, RuleRecord, Shard};
use crate::run::{EXPECTATIONS, SOURCE};

/// Why records can't be merged. The first word of each sentence is which record, by its place among those given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmergeable {
    /// There is nothing.
    #[error("no record is given: name those of all shards")]
    Nothing,
    /// It is not the part of a run.
    #[error("record {place} is none of a shard: `nightly --shard I/N` writes such")]
    NoShard {
        /// Which of the records, from 1.
        place: usize,
    },
    /// It is of another plan.
    #[error("record {place} is of another run than the first: {what}")]
    Other {
        /// Which of the records, from 1.
        place: usize,
        /// In what they differ.
        what: String,
    },
    /// It holds the same part as another.
    #[error("record {place} is of shard {shard}, of which there is one already")]
    Twice {
        /// Which of the records, from 1.
        place: usize,
        /// The part.
        shard: Shard,
    },
    /// Parts are missing.
    #[error(
        "shards {shards} are missing: a plugin that nobody checked would look as if it were gone"
    )]
    Missing {
        /// Which, as words.
        shards: String,
    },
}

/// The record of a run of which these are all parts, each once, in any order: the same as that of a run in one piece, but
/// for its times.
///
/// # Errors
/// [`Unmergeable`] if they are not all parts of one run.
pub fn merge(records: Vec<Record>) -> Result<Record, Unmergeable> {
    let mut parts: BTreeMap<usize, Record> = BTreeMap::new();
    let mut first: Option<Header> = None;
    for (index, record) in records.into_iter().enumerate() {
        let place = index + 1;
        let shard = shard_of(&record).ok_or(Unmergeable::NoShard { place })?;
        match &first {
            None => first = Some(record.header.clone()),
            Some(header) => {
                if let Some(what) = difference(header, &record.header) {
                    return Err(Unmergeable::Other { place, what });
                }
            }
        }
        if parts.insert(shard.index, record).is_some() {
            return Err(Unmergeable::Twice { place, shard });
        }
    }
    let list = first.and_then(|header| header.list);
    let of = list.and_then(|list| list.shard).map_or(0, |shard| shard.of);
    if of == 0 {
        return Err(Unmergeable::Nothing);
    }
    let missing = (1..=of).filter(|index| !parts.contains_key(index));
    let missing: Vec<String> = missing.map(|index| format!("{index}/{of}")).collect();
    match missing.is_empty() {
        true => joined(parts).ok_or(Unmergeable::Nothing),
        false => Err(Unmergeable::Missing {
            shards: missing.join(", "),
        }),
    }
}

fn shard_of(record: &Record) -> Option<Shard> {
    record.header.list.as_ref()?.shard
}

/// In what the parts of two runs differ, that those of one have in common.
fn difference(one: &Header, other: &Header) -> Option<String> {
    let plan = |header: &Header| header.list.as_ref().map(|list| list.plan.clone());
    let of = |header: &Header| header.list.as_ref()?.shard.map(|shard| shard.of);
    if of(one) != of(other) {
        return Some("it is one of another number of shards".to_owned());
    }
    if plan(one) != plan(other) {
        return Some(
            "the list, the Dokku versions, the specs or the options are others".to_owned(),
        );
    }
    // A run may begin before midnight in one place and after it in another.
    if let Some((one, other)) = one.day().zip(other.day())
        && one.duration_until(other).abs() > SignedDuration::from_hours(24)
    {
        return Some(format!("that began on {one}, this on {other}"));
    }
    let mut told = one.circumstances(other);
    // Parts may be of other versions, where plugins have some of their own.
    told.retain(|what| !what.starts_with("Dokku:"));
    if one.against.is_some() || other.against.is_some() {
        return Some("it is held against an older record already: merge first".to_owned());
    }
    told.into_iter().next()
}

/// These parts of one run, by their places.
fn joined(parts: BTreeMap<usize, Record>) -> Option<Record> {
    let mut parts = parts.into_values();
    let mut all = parts.next()?;
    for mut part in parts {
        let (header, other) = (&mut all.header, &mut part.header);
        header.plugins.append(&mut other.plugins);
        header.dokku.append(&mut other.dokku);
        header.time = std::mem::take(&mut header.time).min(std::mem::take(&mut other.time));
        for rule in std::mem::take(&mut other.requirements) {
            if !header.requirements.contains(&rule) {
                header.requirements.push(rule);
            }
        }
        all.cases.append(&mut part.cases);
        all.footer.duration_ms = all.footer.duration_ms.max(part.footer.duration_ms);
    }
    let header = &mut all.header;
    header.dokku.sort_unstable();
    header.dokku.dedup();
    header.cases = all.cases.len();
    if let Some(list) = &mut header.list {
        list.shard = None;
    }
    let row = |plugin: &PluginRecord| plugin.provenance.as_ref().map_or(0, |one| one.row);
    header.plugins.sort_by_key(row);
    let plugins = header.plugins.iter().enumerate();
    let places: HashMap<&str, usize> = plugins
        .map(|(place, plugin)| (plugin.label.as_str(), place))
        .collect();
    all.cases
        .sort_by_key(|case| places.get(case.plugin.as_str()).copied());
    header
        .requirements
        .sort_by_cached_key(|rule| order(rule, &places));
    all.footer.counts = Counts::of(&all.cases);
    Some(all)
}

/// The order of requirements in the record of a run in one piece: those of all, those of each plugin, those of runs
/// themselves.
fn order(rule: &RuleRecord, places: &HashMap<&str, usize>) -> (u8, Option<usize>, String) {
    let own = rule.plugin.as_deref();
    let kind = match rule.id.as_str() {
        SOURCE => 2,
        EXPECTATIONS => 3,
        _ => u8::from(own.is_some()),
    };
    let place = own.and_then(|label| places.get(label).copied());
    (kind, place, rule.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::record::sample;
    use crate::report::{CaseRecord, ListRecord};
    use crate::run::{Outcome, Provenance};

    fn case(plugin: &str, name: &str) -> CaseRecord {
        CaseRecord {
            plugin: plugin.to_owned(),
            ..crate::report::compare::tests::case(name, Outcome::Pass, "")
        }
    }

    /// The record of the rows of this list of four that are of a shard; of all for none.
    fn part(shard: Option<Shard>) -> Record {
        let rows = [(1, "d"), (2, "b"), (3, "c"), (4, "a")];
        let rows = rows.map(|(row, name)| (row, name.to_owned()));
        let rows = rows
            .into_iter()
            .filter(|(row, _)| shard.is_none_or(|one| one.has(*row)));
        let (rows, names): (Vec<usize>, Vec<String>) = rows.unzip();
        let cases = names
            .iter()
            .flat_map(|name| [case(name, "one"), case(name, "two")]);
        let mut record = sample(cases.collect());
        for (row, plugin) in rows.into_iter().zip(&mut record.header.plugins) {
            plugin.provenance = Some(Provenance {
                row,
                ..Provenance::default()
            });
        }
        record.header.list = Some(ListRecord {
            path: "plugins.yaml".to_owned(),
            rows: 4,
            disabled: Vec::new(),
            plan: "1".to_owned(),
            shard,
        });
        record
    }

    fn parts(of: usize) -> Vec<Record> {
        let shards = (1..=of).rev().map(|index| Shard { index, of });
        shards.map(|shard| part(Some(shard))).collect()
    }

    #[test]
    fn parts_in_any_order_are_the_whole() {
        for of in [1, 2, 3, 4] {
            assert_eq!(merge(parts(of)), Ok(part(None)), "{of}");
        }
    }

    #[test]
    fn what_is_not_all_of_one_run_is_refused() {
        let told = |records: Vec<Record>| merge(records).unwrap_err().to_string();
        assert!(told(Vec::new()).contains("no record"));
        assert!(told(vec![part(None)]).contains("record 1 is none of a shard"));
        let mut twice = parts(2);
        twice.push(part(Some(Shard { index: 1, of: 2 })));
        assert!(told(twice).contains("record 3 is of shard 1/2"));
        let mut lacking = parts(4);
        lacking.remove(1);
        assert!(told(lacking).contains("shards 3/4 are missing"));
        let mut other = parts(2);
        if let Some(list) = &mut other[1].header.list {
            list.plan = "2".to_owned();
        }
        assert!(told(other).contains("record 2 is of another run"));
        assert!(told([parts(2), parts(3)].concat()).contains("another number of shards"));
        let mut program = parts(2);
        program[1].header.program = "9".to_owned();
        assert!(told(program).contains("version of dokku-conform"));
    }
}
