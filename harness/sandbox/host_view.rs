//! What a plugin is shown of the machine: the programs and libraries, and of `/etc` what they need.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// The folders of the root in which a system keeps its programs and libraries.
const OF_PROGRAMS: [&str; 9] = [
    "usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "nix", "gnu",
];

/// What programs read in `/etc` that tells nothing of whose machine it is: files, links, and folders of such.
pub(super) const OF_ETC: [&str; 32] = [
    "alternatives",
    "bash.bashrc",
    "bashrc",
    "ca-certificates.conf",
    "debian_version",
    "gai.conf",
    "host.conf",
    "inputrc",
    "java-8-openjdk",
    "java-11-openjdk",
    "java-17-openjdk",
    "java-21-openjdk",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "locale.alias",
    "locale.conf",
    "localtime",
    "login.defs",
    "lsb-release",
    "magic",
    "magic.mime",
    "mime.types",
    "os-release",
    "profile",
    "protocols",
    "rpc",
    "services",
    "shells",
    "terminfo",
    "timezone",
    "xattr.conf",
];

/// The same within folders of which the rest is the machine's own: what `openssl` reads before it does anything.
const WITHIN_ETC: [&str; 1] = ["ssl/openssl.cnf"];

/// The largest file of `/etc` that is copied; no list of programs is longer.
const LARGEST: u64 = 4 << 20;

/// The devices that every program may expect.
pub(super) const DEVICES: [&str; 6] = ["full", "null", "random", "tty", "urandom", "zero"];

/// The users that a Dokku host has, and the group files that belong to them.
const ACCOUNTS: [(&str, &str); 4] = [
    (
        "passwd",
        "root:x:0:0:root:/root:/bin/bash\n\
         www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n\
         dokku:x:1000:1000:,,,:/home/dokku:/bin/bash\n\
         nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    ),
    (
        "group",
        "root:x:0:\nadm:x:4:dokku\nsudo:x:27:\nwww-data:x:33:\ndocker:x:999:dokku\ndokku:x:1000:\nnogroup:x:65534:\n",
    ),
    (
        "nsswitch.conf",
        "passwd: files\ngroup: files\nhosts: files\n",
    ),
    (
        "hosts",
        "127.0.0.1 localhost\n127.0.1.1 dokku\n::1 localhost\n",
    ),
];

/// The folders of `/etc` that Debian, and the packages which Dokku depends on, give every Dokku host.
const OF_PACKAGES: [&str; 16] = [
    "bash_completion.d",
    "cron.d",
    "cron.daily",
    "default",
    "init.d",
    "logrotate.d",
    "nginx/conf.d",
    "nginx/sites-available",
    "nginx/sites-enabled",
    "profile.d",
    "rsyslog.d",
    "ssl/certs",
    "ssl/private",
    "sudoers.d",
    "sysctl.d",
    "systemd/system",
];

/// A folder of the root of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Folder {
    /// It is there.
    Real(PathBuf),
    /// It is a link to this path.
    Link(PathBuf, PathBuf),
}

impl Folder {
    /// Its path on the machine.
    pub(super) fn into_path(self) -> PathBuf {
        match self {
            Self::Real(path) | Self::Link(path, _) => path,
        }
    }
}

/// The folders with programs and libraries that this machine has.
pub(super) fn folders() -> impl Iterator<Item = Folder> {
    OF_PROGRAMS.into_iter().filter_map(|name| {
        let path = Path::new("/").join(name);
        let kind = fs::symlink_metadata(&path).ok()?.file_type();
        if kind.is_symlink() {
            let target = fs::read_link(&path).ok()?;
            return Some(Folder::Link(path, target));
        }
        kind.is_dir().then_some(Folder::Real(path))
    })
}

/// Makes a folder that can stand for `/etc`: what programs need of the machine's own, and the users and names of a Dokku
/// host. What can't be read is left out, and what is there already stays.
///
/// # Errors
/// If the folder can't be written.
pub fn furnish_etc(to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for name in OF_ETC {
        copy(&Path::new("/etc").join(name), &to.join(name))?;
    }
    for name in OF_PACKAGES {
        fs::create_dir_all(to.join(name))?;
    }
    for name in WITHIN_ETC {
        copy(&Path::new("/etc").join(name), &to.join(name))?;
    }
    for (name, text) in ACCOUNTS {
        fs::write(to.join(name), text)?;
    }
    fs::write(to.join("hostname"), format!("{HOST_NAME}\n"))?;
    Ok(())
}

/// What `passwd`, `group` or another file of accounts holds at first.
#[must_use]
pub fn account_file(name: &str) -> Option<&'static str> {
    let mut files = ACCOUNTS.iter();
    files.find_map(|(known, text)| (*known == name).then_some(*text))
}

/// What the machine is called inside.
pub(super) const HOST_NAME: &str = "dokku";

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let Ok(meta) = fs::symlink_metadata(from) else {
        return Ok(());
    };
    if meta.is_symlink() {
        return fs::read_link(from).and_then(|target| symlink(target, to));
    }
    if meta.is_file() {
        if meta.len() <= LARGEST
            && let Ok(bytes) = fs::read(from)
        {
            fs::write(to, bytes)?;
        }
        return Ok(());
    }
    fs::create_dir(to)?;
    for entry in fs::read_dir(from).into_iter().flatten().flatten() {
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
