//! Lists the specs of `specs/`, so that they are built into the library; and says how the program is linked.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    link_at_a_fixed_address();
    list_specs()
}

/// Each step of a case starts the program several times. At an address of its own choice the loader would first have to
/// correct some twenty thousand places in it, which is a fifth of the time of a start.
fn link_at_a_fixed_address() {
    let target = |part: &str| env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}

fn list_specs() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let specs = root.join("specs");
    println!("cargo::rerun-if-changed={}", specs.display());
    let mut files = fs::read_dir(&specs)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "yaml")
    });
    files.sort();
    let entries: String = files.iter().map(|path| entry(path)).collect();
    fs::write(out.join("builtin.rs"), format!("&[{entries}]"))
}

/// The name that diagnostics show, and the text.
fn entry(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    let shown = Path::new("specs").join(name);
    format!("({shown:?}, include_str!({path:?})),")
}
