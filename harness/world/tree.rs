//! Making the fixed part of a world of a real Dokku.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use walkdir::WalkDir;

use super::installation::{Program, copy_file, imitate, make_dir};
use super::layout::Layout;
use crate::dokku::Tree;
use crate::dokku::core;

/// From how many bytes on a file is a link to the tree's own. Such a file is a compiled program; to copy all of a Dokku
/// takes half a second and as many megabytes, for every world.
const LARGE: u64 = 256 << 10;

/// The tree's own program of a name that the world would stand in for, if it has one.
pub(super) fn real_program<'t>(tree: &'t Tree, name: &str) -> Option<&'t Path> {
    (name == "plugn").then(|| tree.plugn()).flatten()
}

/// Where plugn keeps a shell of its own, which it unpacks when it finds none: on a host that happened long ago.
const SHELL_OF_PLUGN: &str = ".basher/bash";

/// Gives the machine's bash to a real plugn, so that it does not unpack one in every world.
pub(super) fn keep_bash(layout: &Layout) -> io::Result<()> {
    let kept = layout.dokku_root().join(SHELL_OF_PLUGN);
    if let Some(folder) = kept.parent() {
        make_dir(folder)?;
    }
    let search = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&search)
        .map(|folder| folder.join("bash"))
        .find(|path| path.is_file());
    symlink(found.unwrap_or_else(|| "/bin/bash".into()), kept)
}

/// Puts the tree's dispatcher and core plugins in their places, and lends it what it has not built.
pub(super) fn install(tree: &Tree, layout: &Layout, program: &Program) -> io::Result<()> {
    let script = layout.real_dispatcher();
    if let Some(folder) = script.parent() {
        make_dir(folder)?;
    }
    copy_file(tree.script(), &script)?;
    plant(tree, &layout.core_plugins().join("available"))?;
    let mut lent = core::files(tree.version());
    lent.retain(|file| tree.lent().contains(&file.path));
    imitate(layout, program, &lent)
}

/// Copies the core plugins, each with the files that an installation has of it.
fn plant(tree: &Tree, to: &Path) -> io::Result<()> {
    let below = |path: &Path| path.strip_prefix(tree.plugins()).map(Path::to_owned);
    let walk = WalkDir::new(tree.plugins())
        .min_depth(1)
        .into_iter()
        .filter_entry(|entry| {
            let is_plugin = entry.depth() > 1 || entry.file_type().is_dir();
            let is_source = below(entry.path()).is_ok_and(|path| tree.is_source(&path));
            is_plugin && !is_source && entry.file_name() != ".git"
        });
    for entry in walk {
        let entry = entry.map_err(io::Error::from)?;
        let Ok(path) = below(entry.path()) else {
            continue;
        };
        let (target, kind) = (to.join(path), entry.file_type());
        if kind.is_dir() {
            make_dir(&target)?;
        } else if kind.is_symlink() {
            symlink(fs::read_link(entry.path())?, &target)?;
        } else if kind.is_file() {
            match entry.metadata().map_err(io::Error::from)?.len() {
                LARGE.. => symlink(entry.path(), &target)?,
                _ => copy_file(entry.path(), &target)?,
            }
        }
    }
    Ok(())
}
