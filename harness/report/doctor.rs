//! What a machine offers to keep plugins apart from it, as a page.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::sandbox::{Isolation, Machine};

/// What a machine offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doctor {
    /// The level that a run gets here if it asks for none.
    pub default: Isolation,
    /// The levels, the best first.
    pub levels: Vec<LevelPage>,
    /// Which form of Landlock the kernel has; 0 for none.
    pub landlock: i32,
    /// Ways to get more, one sentence each.
    pub advice: Vec<String>,
}

/// What there is to say of one level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelPage {
    /// The level.
    pub level: Isolation,
    /// Why it does not work here; none if it does.
    pub lacks: Option<String>,
    /// What it enforces here, each in a few words.
    pub enforces: Vec<String>,
}

/// The newest form of Landlock that something is gained from.
const NEWEST_LANDLOCK: i32 = 6;

impl Doctor {
    /// The page about a machine.
    #[must_use]
    pub fn of(machine: &Machine) -> Self {
        let page = |level: Isolation| LevelPage {
            level,
            lacks: machine.lacks(level).map(str::to_owned),
            enforces: machine.enforces(level),
        };
        Self {
            default: machine.best(),
            levels: [Isolation::Strict, Isolation::Portable, Isolation::Off]
                .map(page)
                .into(),
            landlock: machine.landlock,
            advice: advice(machine),
        }
    }
}

fn advice(machine: &Machine) -> Vec<String> {
    let mut advice = Vec::new();
    // Where no world can be made at all, the reason says what to do.
    let no_cell = machine.no_cell.as_deref();
    if let Some(why) = no_cell.filter(|why| machine.no_world.as_deref() != Some(why)) {
        advice.push(
            if why.contains("namespace") {
                "let users make namespaces: `sysctl user.max_user_namespaces` must not be 0, and neither \
                 `kernel.unprivileged_userns_clone=0` (Debian) nor `kernel.apparmor_restrict_unprivileged_userns=1` \
                 (Ubuntu) may be set; in a container, its seccomp profile must allow `unshare` and `mount`, as \
                 `--security-opt seccomp=unconfined` does for Docker"
            } else if why.contains("proc") {
                "a container that hides parts of /proc lets nobody mount another: start it with \
                 `--security-opt systempaths=unconfined`"
            } else {
                "isolation strict wants Linux 5.12 or newer, with user namespaces and tmpfs"
            }
            .to_owned(),
        );
    }
    if machine.landlock < NEWEST_LANDLOCK {
        advice.push(
            "Landlock wants a kernel that was built with it and names it in its `lsm=` list: Linux 5.13 for files, 6.7 \
             for TCP, 6.12 for abstract sockets and signals"
                .to_owned(),
        );
    }
    advice
}

impl fmt::Display for Doctor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for page in &self.levels {
            let mark = match (&page.lacks, page.level == self.default) {
                (Some(_), _) => "does not work here",
                (None, true) => "works, and is what a run gets",
                (None, false) => "works",
            };
            writeln!(f, "{}: {mark}", page.level)?;
            if let Some(why) = &page.lacks {
                writeln!(f, "     because: {why}")?;
                continue;
            }
            for enforced in &page.enforces {
                writeln!(f, "     {enforced}")?;
            }
        }
        match self.landlock {
            0 => writeln!(f, "Landlock: none")?,
            form => writeln!(f, "Landlock: form {form}")?,
        }
        for advice in &self.advice {
            writeln!(f, "to get more: {advice}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_a_place_for_worlds_has_no_level() {
        let why = Some("it has no room left; set TMPDIR to another folder".to_owned());
        let full = Machine {
            landlock: 7,
            sees_processes: true,
            no_cell: why.clone(),
            no_world: why,
        };
        let page = Doctor::of(&full);
        assert!(page.advice.is_empty() && page.levels.iter().all(|level| level.lacks.is_some()));
    }

    #[test]
    fn a_machine_without_namespaces_is_told_how_to_get_them() {
        let poor = Machine {
            landlock: 0,
            sees_processes: true,
            no_cell: Some("making namespaces: Operation not permitted".to_owned()),
            no_world: None,
        };
        let page = Doctor::of(&poor);
        assert_eq!((page.default, page.advice.len()), (Isolation::Portable, 2));
        let text = page.to_string();
        assert!(text.contains("strict: does not work here\n     because: making namespaces"));
        let rich = Machine {
            landlock: 7,
            sees_processes: true,
            no_cell: None,
            no_world: None,
        };
        let page = Doctor::of(&rich);
        assert_eq!((page.default, page.advice.len()), (Isolation::Strict, 0));
    }
}
