//! JSON Schemas that are made of types and stand in the repository.

use std::path::{Path, PathBuf};

use schemars::Schema;

/// Compares a schema with the file of the repository that was made of it; with `UPDATE_SCHEMA` set, writes that anew.
pub(crate) fn keep(schema: &Schema, file: PathBuf, checked_in: &str) {
    let mut text = serde_json::to_string_pretty(schema).unwrap();
    text.push('\n');
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        std::fs::write(root.join(file), text).unwrap();
    } else {
        let old = file.display();
        assert!(
            text == checked_in,
            "{old} is old: UPDATE_SCHEMA=1 cargo test --lib schema"
        );
    }
}
