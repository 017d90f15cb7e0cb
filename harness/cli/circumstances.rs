//! What the results of a run hang on beside the plugins and the options: the program, the specs, the machine.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::sys::utsname::uname;
use nix::unistd::Uid;

use super::status::Status;
use crate::plugin::SEARCHED;
use crate::report::digest_of;
use crate::run;

/// In a few words each: which program this is, to the byte, which specs it adds, and what the machine is and has.
pub(super) fn circumstances(specs: Option<&Path>) -> Result<Vec<String>, Status> {
    let program = env::current_exe().and_then(fs::read);
    let mut words = vec![digest_of([program.map_err(Status::broken)?])];
    if specs.is_some() {
        let rules = run::requirements(specs).map_err(Status::usage)?;
        words.push(digest_of([format!("{rules:?}")]));
    }
    let system = uname().map_err(Status::broken)?;
    let parts = [system.sysname(), system.release(), system.machine()];
    words.extend(parts.map(|part| part.to_string_lossy().into_owned()));
    words.push(fs::read_to_string("/etc/os-release").unwrap_or_default());
    words.push(format!("root: {}", Uid::effective().is_root()));
    words.push(programs());
    Ok(words)
}

/// The digest of the names, sizes and times of all programs: another bash, or one that was not there, may change what a
/// plugin does.
fn programs() -> String {
    let mut all: Vec<String> = SEARCHED.iter().flat_map(|folder| listed(folder)).collect();
    all.sort_unstable();
    digest_of(all)
}

fn listed(folder: &str) -> Vec<String> {
    let told = |entry: io::Result<fs::DirEntry>| -> Option<String> {
        let path = entry.ok()?.path();
        let meta = fs::metadata(&path).ok()?;
        let (size, changed) = (meta.len(), meta.mtime());
        Some(format!("{} {size} {changed}", path.display()))
    };
    let entries = fs::read_dir(folder);
    entries.map_or_else(|_| Vec::new(), |entries| entries.filter_map(told).collect())
}
