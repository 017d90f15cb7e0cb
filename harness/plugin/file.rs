//! One file of a plugin.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::language::{Interpreter, Language, language};
use super::shell::{Constants, Script, Unread};

/// How much is read of any file.
const MOST: u64 = 1024 * 1024;

/// How much is read to tell a file's language: the kernel reads no more of a first line.
const HEAD: u64 = 256;

/// What a file is to Dokku.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// `commands`.
    Commands,
    /// `subcommands/<name>`.
    Subcommand(String),
    /// A file in the root with the name of a trigger that some version of Dokku calls.
    Trigger(String),
    /// `functions`.
    Functions,
    /// `config`.
    Config,
    /// `plugin.toml`.
    Manifest,
    /// Anything else.
    Other,
}

impl FileKind {
    /// True for a trigger that sets the plugin itself up or down, and so is no concern of an app.
    #[must_use]
    pub fn is_of_set_up(&self) -> bool {
        const OF_THE_PLUGIN: [&str; 4] = ["dependencies", "install", "uninstall", "update"];
        matches!(self, Self::Trigger(name) if OF_THE_PLUGIN.contains(&name.as_str()))
    }
}

/// Where a symbolic link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// To a file of the plugin, named relative to the plugin's root.
    Inside(PathBuf),
    /// Out of the plugin: it is not read.
    Outside,
    /// Nowhere.
    Dangling,
}

/// One file of a plugin. What it holds is read when it is asked for, and at most once.
#[derive(Debug)]
pub struct PluginFile {
    /// Its path, relative to the plugin's root.
    pub path: PathBuf,
    /// The same as text, with bytes that are not UTF-8 shown as `\xNN`.
    pub name: String,
    /// What it is to Dokku.
    pub kind: FileKind,
    /// True if somebody may execute it.
    pub executable: bool,
    /// Where it leads, if it is a symbolic link.
    pub link: Option<Link>,
    absolute: PathBuf,
    head: OnceLock<Vec<u8>>,
    text: OnceLock<Result<String, Unread>>,
    /// Where each line of the text begins.
    lines: OnceLock<Vec<usize>>,
    script: OnceLock<Result<Script, Unread>>,
    /// The variables that it can rely on as a script, with those of the files that it sources.
    pub(super) constants: OnceLock<Constants>,
}

impl PluginFile {
    pub(super) fn new(
        root: &Path,
        path: PathBuf,
        kind: FileKind,
        executable: bool,
        link: Option<Link>,
    ) -> Self {
        Self {
            absolute: root.join(&path),
            name: shown(&path),
            path,
            kind,
            executable,
            link,
            head: OnceLock::new(),
            text: OnceLock::new(),
            lines: OnceLock::new(),
            script: OnceLock::new(),
            constants: OnceLock::new(),
        }
    }

    /// True if a shell reads it: a shell is its interpreter, or it has none and others source it.
    #[must_use]
    pub fn is_shell(&self) -> bool {
        self.language().is_shell()
    }

    /// True if Dokku would run it: `commands`, a subcommand or a trigger.
    #[must_use]
    pub fn is_entry(&self) -> bool {
        matches!(
            self.kind,
            FileKind::Commands | FileKind::Subcommand(_) | FileKind::Trigger(_)
        )
    }

    /// True if it lies in the plugin's root.
    #[must_use]
    pub fn in_root(&self) -> bool {
        self.path.components().count() == 1
    }

    /// True for a compiled program.
    #[must_use]
    pub fn is_program(&self) -> bool {
        self.head().starts_with(b"\x7fELF")
    }

    /// What it is written in.
    #[must_use]
    pub fn language(&self) -> Language {
        language(self.head())
    }

    /// True if its path can be written in a command line as it is: it is UTF-8, without control characters.
    #[must_use]
    pub fn has_plain_name(&self) -> bool {
        self.path
            .to_str()
            .is_some_and(|path| !path.contains(char::is_control))
    }

    /// True if its path is text, be it of letters that nobody types: a case can name it.
    #[must_use]
    pub fn has_text_name(&self) -> bool {
        self.path.to_str().is_some()
    }

    /// The interpreter that its first line names.
    #[must_use]
    pub fn interpreter(&self) -> Option<Interpreter> {
        Interpreter::read(self.head())
    }

    /// Its text, with bytes that are not UTF-8 replaced.
    ///
    /// # Errors
    /// [`Unread`] if it can't be read, leads out of the plugin, or is larger than 1 MiB.
    pub fn text(&self) -> Result<&str, &Unread> {
        self.text
            .get_or_init(|| {
                let mut bytes = Vec::new();
                self.read(MOST + 1, &mut bytes)?;
                if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MOST {
                    return Err(Unread::TooLarge);
                }
                Ok(String::from_utf8_lossy(&bytes).into_owned())
            })
            .as_deref()
    }

    /// What it says, read as a shell script.
    ///
    /// # Errors
    /// [`Unread`] as for [`text`](Self::text), and if its first bytes say that it is something else.
    pub fn script(&self) -> Result<&Script, &Unread> {
        self.script
            .get_or_init(|| {
                if !self.language().is_shell() && self.language() != Language::Unknown {
                    return Err(Unread::NotShell);
                }
                Script::read(self.text().map_err(Clone::clone)?)
            })
            .as_ref()
    }

    /// A line of it, from 1, without the blanks around it.
    #[must_use]
    pub fn line(&self, number: u32) -> Option<&str> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        let text = self.text().ok()?;
        let lines = self.lines.get_or_init(|| {
            let ends = text.match_indices('\n').map(|(end, _)| end + 1);
            std::iter::once(0).chain(ends).collect()
        });
        let rest = text.get(*lines.get(index)?..)?;
        rest.lines().next().map(str::trim)
    }

    fn head(&self) -> &[u8] {
        self.head.get_or_init(|| {
            let mut bytes = Vec::new();
            match self.read(HEAD, &mut bytes) {
                Ok(()) => bytes,
                Err(_) => Vec::new(),
            }
        })
    }

    fn read(&self, most: u64, bytes: &mut Vec<u8>) -> Result<(), Unread> {
        match self.link {
            Some(Link::Outside) => {
                return Err(Unread::Unreadable("it leads out of the plugin".to_owned()));
            }
            Some(Link::Dangling) => {
                return Err(Unread::Unreadable("it leads nowhere".to_owned()));
            }
            Some(Link::Inside(_)) | None => {}
        }
        File::open(&self.absolute)
            .and_then(|file| file.take(most).read_to_end(bytes))
            .map(|_| ())
            .map_err(|error| Unread::Unreadable(error.to_string()))
    }
}

/// A path as text; each byte that is not part of valid UTF-8 is shown as `\xNN`.
pub(super) fn shown(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    crate::sandbox::visible_utf8(path.as_os_str().as_bytes()).into_owned()
}
