//! Every mistake that a spec can hold, each in a file of its own, beside the message that it must yield.
//!
//! With `UPDATE_EXPECTED` set, the messages are written instead of compared.

use std::path::{Path, PathBuf};
use std::{env, fs};

use dokku_conform::spec::{Diagnostics, Source, builtin, load, load_conformance, load_dir};

/// The fixtures of a folder: spec files, and folders of several.
fn fixtures(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/broken-specs");
    let entries = fs::read_dir(root.join(folder)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_dir() || path.extension().is_some_and(|e| e == "yaml"));
    paths.sort();
    paths
}

/// Holds each fixture's message against the one beside it.
fn compare(paths: &[PathBuf], mistakes: impl Fn(&Path) -> Diagnostics) {
    assert!(!paths.is_empty());
    for path in paths {
        let root = path.parent().unwrap().to_str().unwrap();
        let message = mistakes(path).to_string().replace(&format!("{root}/"), "");
        let beside = path.with_extension("expected");
        if env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(beside, message).unwrap();
        } else {
            let expected = fs::read_to_string(&beside).unwrap_or_default();
            assert_eq!(message, expected, "{}", path.display());
        }
    }
}

fn source(path: &Path) -> Source {
    Source::read(path).unwrap_or_else(|mistake| panic!("{mistake}"))
}

#[test]
fn broken_specs_are_explained() {
    let paths = fixtures("");
    let paths: Vec<PathBuf> = paths
        .into_iter()
        .filter(|path| !path.ends_with("conformance"))
        .collect();
    compare(&paths, |path| {
        let loaded = if path.is_dir() {
            load_dir(path)
        } else {
            load(&[source(path)])
        };
        loaded
            .err()
            .unwrap_or_else(|| panic!("{} loads", path.display()))
    });
}

#[test]
fn broken_conformance_files_are_explained() {
    let known = builtin().unwrap();
    compare(&fixtures("conformance"), |path| {
        let loaded = load_conformance(&source(path), &known);
        loaded
            .err()
            .unwrap_or_else(|| panic!("{} loads", path.display()))
    });
}
