//! The changes of a plugin's files, gathered before any is written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::{Left, Mend, Mends};
use crate::plugin::shell::Script;
use crate::plugin::{Link, Place, Plugin, PluginFile};

/// A changed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// Its path, relative to the plugin's root, with no link in it.
    pub path: PathBuf,
    /// What it says; none if it is not there yet.
    pub before: Option<String>,
    /// What it is to say.
    pub after: String,
    /// True if it is to be executable, and is not.
    pub executable: bool,
    /// What is mended, each with the name under which the check knows the file.
    pub made: BTreeSet<(Mend, String)>,
    /// What is left for the author to do about it.
    pub advice: Option<&'static str>,
}

impl Mended {
    /// What it mends.
    pub fn mends(&self) -> impl Iterator<Item = Mend> {
        self.made.iter().map(|(mend, _)| *mend)
    }
}

/// The changes of one file.
#[derive(Debug, Default)]
struct Sheet {
    before: Option<String>,
    edits: Vec<Edit>,
    executable: bool,
    made: BTreeSet<(Mend, String)>,
    advice: Option<&'static str>,
}

/// A text in the place of some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edit {
    bytes: Range<usize>,
    text: String,
}

/// The changes of all files.
#[derive(Debug)]
pub(super) struct Sheets<'p> {
    pub(super) plugin: &'p Plugin,
    sheets: BTreeMap<PathBuf, Sheet>,
    left: Vec<Left>,
}

impl<'p> Sheets<'p> {
    pub(super) fn new(plugin: &'p Plugin) -> Self {
        Self {
            plugin,
            sheets: BTreeMap::new(),
            left: Vec::new(),
        }
    }

    /// The plugin's file at a place.
    pub(super) fn file(&self, place: &Place) -> Option<&'p PluginFile> {
        let mut files = self.plugin.files().iter();
        files.find(|file| file.name == place.file)
    }

    /// Leaves something as it is.
    pub(super) fn leave(&mut self, mend: Mend, place: &Place, why: impl Into<String>) {
        self.left.push(Left {
            mend,
            place: place.clone(),
            why: why.into(),
        });
    }

    /// A shell script as it can be mended, with its text; leaves it if it can't be.
    pub(super) fn script(
        &mut self,
        mend: Mend,
        place: &Place,
    ) -> Option<(&'p PluginFile, &'p Script, &'p str)> {
        let read = self.readable(place).and_then(|(file, text)| {
            let script = file.script().map_err(ToString::to_string)?;
            if !script.broken.is_empty() {
                return Err("a part of the file can't be read as shell".to_owned());
            }
            if text.contains('\r') {
                return Err("the file has carriage returns".to_owned());
            }
            Ok((file, script, text))
        });
        read.map_err(|why| self.leave(mend, place, why)).ok()
    }

    /// A file with its whole text, exactly as it is.
    pub(super) fn readable(&self, place: &Place) -> Result<(&'p PluginFile, &'p str), String> {
        let file = self.file(place).ok_or("it is no file of the plugin")?;
        let text = file.text().map_err(ToString::to_string)?;
        let path = real(file).ok_or("it is a link out of the plugin")?;
        let bytes = fs::read(self.plugin.root().join(path)).map_err(|error| error.to_string())?;
        match bytes == text.as_bytes() {
            true => Ok((file, text)),
            false => Err("it is not UTF-8".to_owned()),
        }
    }

    /// Puts a text in the place of these bytes of a file that was read here.
    pub(super) fn edit(&mut self, mend: Mend, file: &PluginFile, bytes: Range<usize>, text: &str) {
        let Some(sheet) = self.sheet(mend, file) else {
            return;
        };
        let edit = Edit {
            bytes,
            text: text.to_owned(),
        };
        // Two names may lead to one file.
        if !sheet.edits.contains(&edit) {
            sheet.edits.push(edit);
        }
    }

    /// Makes a file executable.
    pub(super) fn execute(&mut self, mend: Mend, file: &PluginFile) {
        if let Some(sheet) = self.sheet(mend, file) {
            sheet.executable = true;
        }
    }

    /// Says what is left to do about a file that is changed.
    pub(super) fn advise(&mut self, file: &PluginFile, advice: &'static str) {
        if let Some(sheet) = real(file).and_then(|path| self.sheets.get_mut(path)) {
            sheet.advice = Some(advice);
        }
    }

    /// Adds a file that is not there.
    pub(super) fn create(&mut self, mend: Mend, name: &str, text: &str, advice: &'static str) {
        let sheet = self.sheets.entry(PathBuf::from(name)).or_default();
        sheet.edits.push(Edit {
            bytes: 0..0,
            text: text.to_owned(),
        });
        sheet.made.insert((mend, name.to_owned()));
        sheet.advice = Some(advice);
    }

    fn sheet(&mut self, mend: Mend, file: &PluginFile) -> Option<&mut Sheet> {
        let sheet = self.sheets.entry(real(file)?.to_owned()).or_default();
        if sheet.before.is_none() {
            sheet.before = Some(file.text().unwrap_or_default().to_owned());
        }
        sheet.made.insert((mend, file.name.clone()));
        Some(sheet)
    }

    /// Everything that was gathered.
    pub(super) fn finish(self) -> Mends {
        let mut mends = Mends {
            files: Vec::new(),
            left: self.left,
        };
        for (path, mut sheet) in self.sheets {
            let before = sheet.before.as_deref().unwrap_or_default();
            let is_shell = sheet.made.iter().all(|(mend, _)| *mend != Mend::Manifest);
            match after(before, &mut sheet.edits)
                .filter(|after| !is_shell || !spoils(before, after))
            {
                Some(after) => mends.files.push(Mended {
                    path,
                    after,
                    before: sheet.before,
                    executable: sheet.executable,
                    made: sheet.made,
                    advice: sheet.advice,
                }),
                None => mends
                    .left
                    .extend(sheet.made.into_iter().map(|(mend, file)| Left {
                        mend,
                        place: Place { file, line: None },
                        why: "the file would not be valid shell any more".to_owned(),
                    })),
            }
        }
        mends
    }
}

/// Where a file's bytes are; none if that is no file of the plugin.
fn real(file: &PluginFile) -> Option<&Path> {
    match &file.link {
        None => Some(&file.path),
        Some(Link::Inside(path)) => Some(path),
        Some(Link::Outside | Link::Dangling) => None,
    }
}

/// True if a script that could be read can be read no longer.
fn spoils(before: &str, after: &str) -> bool {
    let is_broken = |text: &str| Script::read(text).is_ok_and(|script| !script.broken.is_empty());
    before != after && is_broken(after) && !is_broken(before)
}

/// The text with all edits; none if they are in each other's way.
fn after(before: &str, edits: &mut [Edit]) -> Option<String> {
    edits.sort_by_key(|edit| (edit.bytes.start, edit.bytes.end));
    let mut after = String::with_capacity(before.len() + 80);
    let mut at = 0;
    for edit in edits.iter() {
        after.push_str(before.get(at..edit.bytes.start)?);
        after.push_str(&edit.text);
        at = edit.bytes.end;
    }
    after.push_str(before.get(at..)?);
    Some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(bytes: Range<usize>, text: &str) -> Edit {
        Edit {
            bytes,
            text: text.to_owned(),
        }
    }

    #[test]
    fn edits_are_made_in_the_order_of_the_text() {
        let mut edits = [edit(2..3, "C"), edit(0..0, ">"), edit(3..3, "<")];
        assert_eq!(after("abc", &mut edits).unwrap(), ">abC<");
    }

    #[test]
    fn edits_in_each_others_way_are_not_made() {
        assert_eq!(after("abc", &mut [edit(0..2, ""), edit(1..3, "")]), None);
        assert_eq!(after("abc", &mut [edit(0..9, "")]), None);
    }

    #[test]
    fn what_would_be_no_shell_any_more_is_seen() {
        assert!(spoils("#!/bin/sh\n:\n", "#!/bin/sh\nif (:\n"));
        assert!(!spoils("#!/bin/sh\nif (:\n", "#!/bin/sh\nif (::\n"));
    }
}
