//! Building the fixed part of a world, and proving that nobody touched it.

use std::collections::HashSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use nix::fcntl::{AtFlags, OFlag};
use nix::sys::stat::Mode;
use rustix::fs::SeekFrom;
use rustix::io::Errno;
use walkdir::{DirEntry, WalkDir};

use super::blueprint::{Installation, InstalledPlugin, PluginSource};
use super::kept::is_record;
use super::layout::Layout;
use super::origin::Origin;
use super::{stand_in, tree};
use crate::dokku::core::{self, Content, CoreFile};
use crate::sandbox::remove;

/// The largest file of a plugin that is installed; nothing that runs is larger, and a world is made often.
pub const LARGEST_FILE: u64 = 64 << 20;

/// How many bytes the files of a plugin that are installed may have together, as their sizes tell.
pub const LARGEST_PLUGIN: u64 = 1 << 30;

/// What the tag file of a cache directory begins with.
const CACHE_SIGNATURE: &[u8; 43] = b"Signature: 8a477f597d28d172789f06886806bc55";

/// How many milliseconds a seal may take to ripen.
const RIPENING_MS: u32 = 50;

/// The state of every file and folder of an installation just after it was built.
#[derive(Debug)]
pub(super) struct Seal {
    folders: Vec<Sealed>,
    ripe: bool,
}

/// A folder with all that is in it.
#[derive(Debug)]
struct Sealed {
    folder: PathBuf,
    /// The mark of each path below the folder; the folder itself is `.`. Short paths: they are looked up for each case.
    marks: Vec<(PathBuf, Mark)>,
}

/// The harness's own program, as the programs of worlds are made from it.
#[derive(Debug)]
pub(super) struct Program {
    /// Its file.
    pub(super) file: PathBuf,
    /// A symbolic link to it.
    pub(super) link: PathBuf,
}

/// Seconds and nanoseconds.
type Time = (i64, i64);

/// What changes when a file is changed. The kernel sets the time of change; no program can set it.
#[derive(Debug, PartialEq, Eq)]
struct Mark {
    changed: Time,
    inode: u64,
    size: i64,
    mode: u32,
}

impl Program {
    /// Puts the program at a path. A symbolic link can't be changed, so that all can be names of one: a name costs far
    /// less than a link of its own. Where the file system refuses that, or has enough of it, it is a link of its own.
    fn put(&self, path: &Path) -> io::Result<()> {
        fs::hard_link(&self.link, path).or_else(|_| symlink(&self.file, path))
    }
}

impl Installation {
    /// Builds the installation at a place where nothing is yet, with `program` as every stand-in.
    pub(super) fn build(
        &self,
        layout: &Layout,
        program: &Program,
        extra: &[String],
    ) -> io::Result<()> {
        make_dir(&layout.bin())?;
        let real = self.origin.tree();
        for name in stand_in::names() {
            match real.and_then(|tree| tree::real_program(tree, name)) {
                Some(file) => symlink(file, layout.bin().join(name))?,
                None => program.put(&layout.bin().join(name))?,
            }
        }
        self.build_core(layout, program)?;
        settle(layout, program, self.plugins.iter(), extra.iter())
    }

    fn build_core(&self, layout: &Layout, program: &Program) -> io::Result<()> {
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
            &self.origin.version().to_string(),
            0o644,
        )?;
        write(&core.join("config.toml"), "", 0o644)?;
        write(&all.join("config.toml"), "", 0o644)?;
        match &self.origin {
            Origin::BuiltIn(version) => imitate(layout, program, &core::files(*version))?,
            Origin::Tree(tree) => tree::install(tree, layout, program)?,
        }
        for entry in fs::read_dir(core.join("available"))? {
            enable_core(layout, &entry?.file_name().to_string_lossy())?;
        }
        Ok(())
    }
}

/// Writes files of imitated core plugins.
pub(super) fn imitate(layout: &Layout, program: &Program, files: &[CoreFile]) -> io::Result<()> {
    let mut made = HashSet::new();
    for file in files {
        let path = layout.core_plugins().join("available").join(&file.path);
        if let Some(parent) = path.parent()
            && made.insert(parent.to_owned())
        {
            make_dir(parent)?;
        }
        match &file.content {
            Content::Text(text) => write(&path, text, file.mode)?,
            Content::Program => program.put(&path)?,
        }
    }
    Ok(())
}

/// Adds plugins and further stand-ins to what is built.
pub(super) fn settle<'p>(
    layout: &Layout,
    program: &Program,
    mut plugins: impl Iterator<Item = &'p InstalledPlugin>,
    extra: impl Iterator<Item = &'p String>,
) -> io::Result<()> {
    for name in own_programs(extra) {
        program.put(&layout.bin().join(name))?;
    }
    plugins.try_for_each(|plugin| install(plugin, layout))
}

/// Takes away again what [`settle`] added, where none of the plugins is a core plugin.
pub(super) fn clear<'p>(
    layout: &Layout,
    plugins: impl Iterator<Item = &'p InstalledPlugin>,
    extra: impl Iterator<Item = &'p String>,
) -> io::Result<()> {
    for name in own_programs(extra) {
        fs::remove_file(layout.bin().join(name))?;
    }
    for plugin in plugins {
        fs::remove_file(layout.plugins().join("enabled").join(&plugin.name))?;
        remove(&layout.plugin(&plugin.name))?;
    }
    Ok(())
}

/// The programs among these that not every world stands in for.
fn own_programs<'p>(names: impl Iterator<Item = &'p String>) -> impl Iterator<Item = &'p String> {
    names.filter(|name| stand_in::names().all(|known| known != name.as_str()))
}

/// Links a core plugin as plugn does: from both `enabled` folders and from the common `available` one.
fn enable_core(layout: &Layout, name: &str) -> io::Result<()> {
    let (core, all, seen) = (layout.core_plugins(), layout.plugins(), layout.seen());
    let real = seen.core_plugins().join("available").join(name);
    symlink(&real, core.join("enabled").join(name))?;
    symlink(&real, all.join("available").join(name))?;
    symlink(
        seen.plugins().join("available").join(name),
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
        PluginSource::Directory(from) => {
            fits(&plugin.name, from)?;
            copy_tree(from, &to)?;
        }
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
    symlink(
        layout.seen().plugin(&plugin.name),
        layout.plugins().join("enabled").join(&plugin.name),
    )
}

/// Nothing, if a plugin's files are not too large together.
fn fits(name: &str, from: &Path) -> io::Result<()> {
    let size = |entry: DirEntry| entry.metadata().map_or(0, |meta| meta.len());
    let files = parts(from, false).filter(|entry| entry.file_type().is_file());
    let installed = files.map(size).filter(|size| *size <= LARGEST_FILE);
    let mut left = LARGEST_PLUGIN;
    for size in installed {
        left = left.checked_sub(size).ok_or_else(|| {
            let most = LARGEST_PLUGIN >> 20;
            let why = format!("the files of the plugin {name} have more than {most} MiB together");
            io::Error::new(io::ErrorKind::FileTooLarge, why)
        })?;
    }
    Ok(())
}

/// Copies a plugin's files with their modes and links. What is no file, folder or link, can't be read, or is larger than
/// any program, is left out: a plugin that needs it shows so itself.
///
/// # Errors
/// If the copy can't be written.
pub fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    for entry in parts(from, false) {
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

/// What is installed of a plugin in this directory, in the order of names if that is wanted; what can't be listed is left
/// out.
pub fn parts(directory: &Path, in_order: bool) -> impl Iterator<Item = DirEntry> {
    let walk = WalkDir::new(directory);
    let walk = if in_order {
        walk.sort_by_file_name()
    } else {
        walk
    };
    walk.into_iter()
        .filter_entry(|entry| {
            let is_other = || entry.file_name() == ".git" || is_cache(entry) || is_record(entry);
            // The plugin's own folder may lie in a folder of a tool, and be tagged as that is.
            entry.depth() == 0 || !is_other()
        })
        .flatten()
}

/// True if a build tool says of a directory that it holds nothing of the plugin's own, as Cargo does of `target`: by the
/// file that <https://bford.info/cachedir/> describes.
#[must_use]
pub fn is_cache(entry: &DirEntry) -> bool {
    let is_tag = |mut tag: File| {
        let mut start = [0; CACHE_SIGNATURE.len()];
        tag.read_exact(&mut start).is_ok() && start == *CACHE_SIGNATURE
    };
    let tag = entry.path().join("CACHEDIR.TAG");
    entry.file_type().is_dir()
        && fs::symlink_metadata(&tag).is_ok_and(|meta| meta.is_file())
        && File::open(tag).is_ok_and(is_tag)
}

pub(super) fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
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
    copy_data(&mut source, &mut target)?;
    target.set_permissions(fs::Permissions::from_mode(mode))
}

/// Copies what is in a file, and leaves its holes holes.
fn copy_data(source: &mut File, target: &mut File) -> io::Result<()> {
    let size = source.metadata()?.len();
    let mut at = 0;
    while at < size {
        let start = match rustix::fs::seek(&*source, SeekFrom::Data(at)) {
            // No data follows.
            Err(Errno::NXIO) => break,
            // Where the file system knows no holes, all is data.
            Err(Errno::INVAL) => at,
            start => start?,
        };
        let end = match rustix::fs::seek(&*source, SeekFrom::Hole(start)) {
            Err(Errno::INVAL) => size,
            end => end?,
        };
        source.seek(io::SeekFrom::Start(start))?;
        target.seek(io::SeekFrom::Start(start))?;
        let length = end.saturating_sub(start);
        if io::copy(&mut source.take(length), target)? < length {
            break;
        }
        at = end;
    }
    // What it ends with may be a hole.
    target.set_len(size)
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
    /// Seals the installation as it is now. `clock` is a file of the same file system.
    pub(super) fn set(layout: &Layout, clock: &Path) -> io::Result<Self> {
        let folders = [layout.bin(), layout.core_plugins(), layout.plugins()]
            .into_iter()
            .map(Sealed::of)
            .collect::<io::Result<Vec<_>>>()?;
        let marks = folders.iter().flat_map(|sealed| &sealed.marks);
        let newest = marks.map(|(_, mark)| mark.changed).max();
        Ok(Self {
            folders,
            ripe: ripens(newest.unwrap_or_default(), clock)?,
        })
    }

    /// True if nothing was changed since, so that the next case finds what a new installation would show it.
    pub(super) fn holds(&self) -> bool {
        self.ripe && self.folders.iter().all(Sealed::holds)
    }
}

impl Sealed {
    fn of(folder: PathBuf) -> io::Result<Self> {
        let base = open_folder(&folder)?;
        let mut marks = Vec::new();
        for entry in WalkDir::new(&folder) {
            let entry = entry.map_err(io::Error::from)?;
            // A link can't be changed, only replaced, and that changes its folder.
            if entry.path_is_symlink() {
                continue;
            }
            let below = entry.path().strip_prefix(&folder).unwrap_or(entry.path());
            let path = Path::new(".").join(below);
            let mark = Mark::at(base.as_fd(), &path)?;
            marks.push((path, mark));
        }
        Ok(Self { folder, marks })
    }

    fn holds(&self) -> bool {
        open_folder(&self.folder).is_ok_and(|base| {
            self.marks
                .iter()
                .all(|(path, mark)| Mark::at(base.as_fd(), path).is_ok_and(|now| now == *mark))
        })
    }
}

/// Opens a folder to look up paths below it.
fn open_folder(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    Ok(nix::fcntl::open(path, flags, Mode::empty())?)
}

/// Waits until a change bears a later time than this one: some kernels keep times of change in steps of up to 10 ms, and
/// a change within the same step as the building would not be seen. False if that does not come to pass, as when the
/// clock was set back.
fn ripens(newest: Time, clock: &Path) -> io::Result<bool> {
    for _ in 0..RIPENING_MS {
        fs::set_permissions(clock, fs::Permissions::from_mode(0o600))?;
        let meta = fs::metadata(clock)?;
        if (meta.ctime(), meta.ctime_nsec()) > newest {
            return Ok(true);
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(false)
}

impl Mark {
    /// The mark of what is at a path below a folder.
    fn at(folder: BorrowedFd<'_>, path: &Path) -> io::Result<Self> {
        let stat = nix::sys::stat::fstatat(folder, path, AtFlags::AT_SYMLINK_NOFOLLOW)?;
        Ok(Self {
            changed: (stat.st_ctime, stat.st_ctime_nsec),
            inode: stat.st_ino,
            size: stat.st_size,
            mode: stat.st_mode,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_has_the_same_bytes_and_no_more_room() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        let mut file = File::create(at("holes")).unwrap();
        let size = LARGEST_FILE / 8;
        for offset in [1 << 20, 3 << 20] {
            file.seek(io::SeekFrom::Start(offset)).unwrap();
            file.write_all(b"text").unwrap();
        }
        file.set_len(size).unwrap();
        fs::write(at("plain"), "#!/bin/sh\n").unwrap();
        fs::write(at("empty"), "").unwrap();
        for name in ["holes", "plain", "empty"] {
            let copy = at(&format!("{name}-copy"));
            copy_file(&at(name), &copy).unwrap();
            assert!(
                fs::read(at(name)).unwrap() == fs::read(&copy).unwrap(),
                "{name}"
            );
            let room = |path: &Path| fs::metadata(path).unwrap().blocks();
            assert!(room(&copy) <= room(&at(name)) + 64, "{name}");
        }
    }

    #[test]
    fn a_plugin_that_is_too_large_is_not_installed() {
        let place = tempfile::tempdir().unwrap();
        let sparse = |name: String, size: u64| {
            let file = File::create(place.path().join(name)).unwrap();
            file.set_len(size).unwrap();
        };
        sparse("larger-than-any-program".to_owned(), 20 << 30);
        for number in 0..LARGEST_PLUGIN / LARGEST_FILE {
            assert!(fits("hello", place.path()).is_ok());
            sparse(number.to_string(), LARGEST_FILE);
        }
        assert!(fits("hello", place.path()).is_ok());
        sparse("one-more".to_owned(), 1);
        let error = fits("hello", place.path()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert!(error.to_string().contains("hello have more than 1024 MiB"));
    }
}
