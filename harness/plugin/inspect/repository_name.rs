//! The repository is called `dokku-<name>`.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::kind::Inspected;
use crate::plugin::{Finding, Place, Plugin};

/// No repository's own configuration is longer.
const MOST: u64 = 64 * 1024;

pub(super) fn inspect(plugin: &Plugin) -> Inspected {
    let mut inspected = Inspected {
        looked_at: 1,
        ..Inspected::default()
    };
    let remote = remote_name(plugin.root());
    let directory = plugin
        .root()
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    match remote {
        Some(name) if is_right(&name) => {}
        Some(name) => inspected.find(Finding::new(
            Place {
                file: ".git/config".to_owned(),
                line: None,
            },
            format!("the repository is called `{name}`, not `dokku-<name>`"),
        )),
        None if is_right(&directory) => {}
        None => {
            return Inspected::skip(
                "its repository's name is not known: its directory has no git remote called origin",
            );
        }
    }
    inspected
}

fn is_right(name: &str) -> bool {
    name.strip_prefix("dokku-")
        .is_some_and(|rest| !rest.is_empty())
}

/// The last part of the address of the remote `origin`, less `.git`.
fn remote_name(root: &Path) -> Option<String> {
    let path = root.join(".git/config");
    if !path.symlink_metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path)
        .ok()?
        .take(MOST)
        .read_to_end(&mut bytes)
        .ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut in_origin = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            in_origin = line == "[remote \"origin\"]";
        } else if let (true, Some((key, value))) = (in_origin, line.split_once('='))
            && key.trim() == "url"
        {
            let address = value.trim().trim_end_matches('/');
            let last = address.rsplit(['/', ':']).next()?;
            let name = last.strip_suffix(".git").unwrap_or(last);
            return (!name.is_empty()).then(|| name.to_owned());
        }
    }
    None
}
