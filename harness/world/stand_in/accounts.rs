//! The users and groups of a world: those in its own `/etc`, and where it has none those of every Dokku host.

use std::fs;

use super::super::layout::Layout;
use crate::sandbox::account_file;

/// How much of a file is looked at.
const LARGEST: u64 = 256 << 10;

/// The texts of `passwd` and `group`.
#[derive(Debug)]
pub(super) struct Accounts {
    passwd: String,
    group: String,
}

/// A user, with the groups: the user's own first, then in the order of the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) id: u32,
    pub(super) groups: Vec<(u32, String)>,
}

impl Accounts {
    /// Those of this world.
    pub(super) fn of(layout: &Layout) -> Self {
        let text = |name: &str| {
            let path = layout.root().join("etc").join(name);
            let is_small =
                fs::metadata(&path).is_ok_and(|meta| meta.is_file() && meta.len() <= LARGEST);
            let own = is_small.then(|| fs::read_to_string(&path).ok()).flatten();
            own.unwrap_or_else(|| account_file(name).unwrap_or_default().to_owned())
        };
        Self {
            passwd: text("passwd"),
            group: text("group"),
        }
    }

    /// The user of this name.
    pub(super) fn person(&self, name: &str) -> Option<Person> {
        let mut rows = self.passwd.lines().map(cells);
        let row = rows.find(|row| row.first() == Some(&name))?;
        let [_, _, id, first, ..] = row.as_slice() else {
            return None;
        };
        let first: u32 = first.parse().ok()?;
        let all: Vec<(u32, &str, bool)> = self
            .group
            .lines()
            .filter_map(|line| {
                let row = cells(line);
                let [group, _, id, members, ..] = row.as_slice() else {
                    return None;
                };
                let is_member = members.split(',').any(|member| member == name);
                Some((id.parse().ok()?, *group, is_member))
            })
            .collect();
        let own = all.iter().filter(|(id, ..)| *id == first).take(1);
        let others = all.iter().filter(|(id, _, is_in)| *id != first && *is_in);
        let groups = own.chain(others);
        Some(Person {
            name: name.to_owned(),
            id: id.parse().ok()?,
            groups: groups
                .map(|(id, group, _)| (*id, (*group).to_owned()))
                .collect(),
        })
    }
}

impl Person {
    /// The names of the groups.
    pub(super) fn group_names(&self) -> Vec<&str> {
        self.groups.iter().map(|(_, name)| name.as_str()).collect()
    }
}

fn cells(line: &str) -> Vec<&str> {
    line.split(':').collect()
}
