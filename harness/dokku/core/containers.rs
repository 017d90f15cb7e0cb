//! The containers of an app, by the files that name them.

use std::fs;

use super::docker;
use super::failure::Failure;
use super::host::Host;

/// A container of an app, which need not be there any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Its type of process.
    pub(super) process: String,
    /// Which of that type it is, counted from one.
    pub(super) number: usize,
    pub(super) id: String,
}

impl Named {
    /// Its process, such as `web.1`.
    pub(super) fn dyno(&self) -> String {
        format!("{}.{}", self.process, self.number)
    }
}

/// The containers of an app, by type and number.
pub(super) fn of(host: &Host, app: &str) -> Vec<Named> {
    let entries = fs::read_dir(host.app(app)).into_iter().flatten().flatten();
    let mut all: Vec<Named> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let (process, number) = name.strip_prefix("CONTAINER.")?.rsplit_once('.')?;
            let text = fs::read_to_string(entry.path()).ok()?;
            Some(Named {
                process: process.to_owned(),
                number: number.parse().ok()?,
                id: text.lines().next()?.to_owned(),
            })
        })
        .collect();
    all.sort_by(|one, other| (&one.process, one.number).cmp(&(&other.process, other.number)));
    all
}

/// Forgets a container of an app.
pub(super) fn forget(host: &Host, app: &str, process: &str, number: usize) {
    for kind in ["CONTAINER", "IP", "PORT"] {
        // What is not there needs no forgetting.
        let _ = fs::remove_file(host.app(app).join(format!("{kind}.{process}.{number}")));
    }
}

/// Removes what is written of an app's containers in files whose names begin so.
pub(super) fn forget_all(host: &Host, app: &str, prefixes: &[&str]) {
    let entries = fs::read_dir(host.app(app)).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if prefixes.iter().any(|prefix| name.starts_with(prefix)) {
            // What is not there needs no forgetting.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// True if a container runs.
pub(super) fn runs(id: &str) -> Result<bool, Failure> {
    Ok(docker::shown(id, "{{.State.Running}}")? == "true")
}
