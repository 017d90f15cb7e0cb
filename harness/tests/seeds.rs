//! The texts that damage is done to.

use std::path::Path;

/// How long a text may be.
const LONGEST: usize = 128 << 10;

/// The files of this repository below a folder, and those below the folder that HOSTILE_SEEDS names, whose names end
/// so. A test of a folder that is not there would test nothing.
pub(crate) fn seeds(folder: &str, ending: &str) -> Vec<Vec<u8>> {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let more = std::env::var_os("HOSTILE_SEEDS");
    let folders = std::iter::once(ours).chain(more.map(Into::into));
    let mut found: Vec<Vec<u8>> = folders
        .flat_map(|folder| walkdir::WalkDir::new(folder).sort_by_file_name())
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .filter(|entry| entry.path().to_string_lossy().ends_with(ending))
        .map(|entry| std::fs::read(entry.path()).unwrap())
        .filter(|text| text.len() < LONGEST)
        .collect();
    found.sort();
    found.dedup();
    assert!(!found.is_empty(), "no {ending} below {folder}");
    found
}
