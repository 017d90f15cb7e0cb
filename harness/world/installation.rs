//! Building the fixed part of a world, and proving that nobody touched it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::blueprint::{Installation, InstalledPlugin, PluginSource};
use super::layout::Layout;
use super::stand_in;
use crate::dokku::core::{self, Content};

/// The largest file of a plugin that is installed; nothing that runs is larger, and a world is made often.
const LARGEST_FILE: u64 = 64 << 20;

/// The state of every file and folder of an installation just after it was built.
#[derive(Debug)]
pub(super) struct Seal(Vec<(PathBuf, Mark)>);

/// What changes when a file is changed. The kernel sets the time of change; no program can set it.
#[derive(Debug, PartialEq, Eq)]
struct Mark {
    changed: (i64, i64),
    inode: u64,
    size: u64,
    mode: u32,
}

impl Installation {
    /// Builds the installation at a place where nothing is yet, with `program` (this very program) as every stand-in.
    pub(super) fn build(
        &self,
        layout: &Layout,
        program: &Path,
        extra: &[String],
    ) -> io::Result<()> {
        make_dir(&layout.bin())?;
        let names: Vec<&str> = stand_in::names().collect();
        for name in names.into_iter().chain(extra.iter().map(String::as_str)) {
            match symlink(program, layout.bin().join(name)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                other => other?,
            }
        }
        self.build_core(layout, program)?;
        for plugin in &self.plugins {
            install(plugin, layout)?;
        }
        Ok(())
    }

    fn build_core(&self, layout: &Layout, program: &Path) -> io::Result<()> {
        let (core, all) = (layout.core_plugins(), layout.plugins());
        for dir in [
            core.join("available"),
            core.join("enabled"),
            all.join("available"),
            all.join("enabled"),
        ] {
            make_dir(&dir)?;
        }
        write(
            &layout.lib_root().join(core::VERSION_FILE),
            &self.version.to_string(),
            0o644,
        )?;
        write(&core.join("config.toml"), "", 0o644)?;
        write(&all.join("config.toml"), "", 0o644)?;
        for file in core::files(self.version) {
            let path = core.join("available").join(&file.path);
            if let Some(parent) = path.parent() {
                make_dir(parent)?;
            }
            match &file.content {
                Content::Text(text) => write(&path, text, file.mode)?,
                Content::Program => symlink(program, &path)?,
            }
        }
        for entry in fs::read_dir(core.join("available"))? {
            enable_core(layout, &entry?.file_name().to_string_lossy())?;
        }
        Ok(())
    }
}

/// Links a core plugin as plugn does: from both `enabled` folders and from the common `available` one.
fn enable_core(layout: &Layout, name: &str) -> io::Result<()> {
    let (core, all) = (layout.core_plugins(), layout.plugins());
    symlink(
        core.join("available").join(name),
        core.join("enabled").join(name),
    )?;
    symlink(
        core.join("available").join(name),
        all.join("available").join(name),
    )?;
    symlink(
        all.join("available").join(name),
        all.join("enabled").join(name),
    )
}

fn install(plugin: &InstalledPlugin, layout: &Layout) -> io::Result<()> {
    let home = if plugin.core {
        layout.core_plugins()
    } else {
        layout.plugins()
    };
    let to = home.join("available").join(&plugin.name);
    match &plugin.source {
        PluginSource::Directory(from) => copy_tree(from, &to)?,
        PluginSource::Texts(texts) => {
            for (path, text) in texts {
                let path = to.join(path);
                if let Some(parent) = path.parent() {
                    make_dir(parent)?;
                }
                let mode = if path.extension().is_some() {
                    0o644
                } else {
                    0o755
                };
                write(&path, text, mode)?;
            }
        }
    }
    if plugin.core {
        return enable_core(layout, &plugin.name);
    }
    symlink(&to, layout.plugins().join("enabled").join(&plugin.name))
}

/// Copies a plugin's files with their modes and links. What is no file, folder or link, can't be read, or is larger than
/// any program, is left out: a plugin that needs it shows so itself.
fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    let entries = WalkDir::new(from)
        .into_iter()
        .filter_entry(|entry| entry.file_name() != ".git");
    for entry in entries.flatten() {
        let Ok(relative) = entry.path().strip_prefix(from) else {
            continue;
        };
        let target = to.join(relative);
        let kind = entry.file_type();
        if kind.is_dir() {
            make_dir(&target)?;
        } else if kind.is_symlink() {
            symlink(fs::read_link(entry.path())?, &target)?;
        } else if kind.is_file() {
            copy_file(entry.path(), &target)?;
        }
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let Ok(mut source) = File::open(from) else {
        return Ok(());
    };
    let meta = source.metadata()?;
    if meta.len() > LARGEST_FILE {
        return Ok(());
    }
    let mode = meta.permissions().mode() & 0o777;
    let mut target = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode | 0o600)
        .open(to)?;
    io::copy(&mut source, &mut target)?;
    target.set_permissions(fs::Permissions::from_mode(mode))
}

/// Makes a folder and those above it, readable by all as a package would make them, whatever the umask.
pub(super) fn make_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o755).create(path)
}

/// Writes a new file with this mode.
pub(super) fn write(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(path)?;
    file.write_all(text.as_bytes())
}

impl Seal {
    /// Seals the installation as it is now.
    pub(super) fn set(layout: &Layout) -> io::Result<Self> {
        let mut marks = Vec::new();
        for fixed in [layout.bin(), layout.core_plugins(), layout.plugins()] {
            for entry in WalkDir::new(fixed) {
                let entry = entry.map_err(io::Error::from)?;
                // A link can't be changed, only replaced, and that changes its folder.
                if !entry.path_is_symlink() {
                    marks.push((entry.path().to_owned(), Mark::of(entry.path())?));
                }
            }
        }
        Ok(Self(marks))
    }

    /// True if nothing was changed since, so that the next case finds what a new installation would show it.
    pub(super) fn holds(&self) -> bool {
        self.0
            .iter()
            .all(|(path, mark)| Mark::of(path).is_ok_and(|now| now == *mark))
    }
}

impl Mark {
    fn of(path: &Path) -> io::Result<Self> {
        let meta = fs::symlink_metadata(path)?;
        Ok(Self {
            changed: (meta.ctime(), meta.ctime_nsec()),
            inode: meta.ino(),
            size: meta.size(),
            mode: meta.mode(),
        })
    }
}
