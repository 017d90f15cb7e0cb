//! What earlier runs came to, by the content of all that it hangs on: what has not changed need not be run again. What a
//! case came to in one Dokku version it comes to in those in which nothing changed that it meets.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{CaseRecord, Header, PluginRecord, digest_of};
use crate::digest::letters;
use crate::dokku::{Era, Version};
use crate::run::{Checked, Fate, HelpOfAll, Outcome, Trial, Unchanged};

/// How long what no run asked for is kept.
const PATIENCE: Duration = Duration::from_secs(60 * 24 * 60 * 60);
/// How many letters of a line's digest stand before it, and of that of what its case is filled with.
const SEAL: usize = 16;
/// How many files are known at a time.
const FILES: usize = 16;

/// The results of earlier runs on this ground, in a folder that many runs may use at once: one file for each state of a
/// plugin in each Dokku version, with a line for each case.
#[derive(Debug)]
pub struct Memory {
    folder: PathBuf,
    /// What all results of this run hang on.
    ground: String,
    /// The plugins of this run, by their labels. What has no digest is not remembered.
    plugins: HashMap<String, Remembered>,
    /// The files that were asked for last: questions come in the order of the plan.
    read: Mutex<HashMap<PathBuf, Arc<Known>>>,
}

/// What is known of a plugin before its results are asked for.
#[derive(Debug)]
struct Remembered {
    /// The digest of its name and its files.
    digest: String,
    /// In which versions its cases come to the same.
    unchanged: Unchanged,
}

/// All that the result of a trial hangs on, but for what Dokku's programs are asked in it: two trials that are alike in
/// this come to the same, if the version of each is in the [era](crate::run::Verdict::era) of the other's verdict.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    file: PathBuf,
    case: CaseKey,
}

/// Requirement and case, and the digest of what they are filled with and judged by in a version.
type CaseKey = (String, String, String);

/// What came of a case, and in which versions it comes to the same.
#[derive(Debug, Serialize, Deserialize)]
struct Come {
    era: Era,
    case: CaseRecord,
}

/// The results in a file.
type Known = HashMap<CaseKey, Vec<Come>>;

impl Memory {
    /// The memory in this folder for the run of this header and these plugins, on a ground of which these words tell what
    /// the header does not: the program, the specs, the machine.
    ///
    /// # Errors
    /// If the folder can't be made.
    pub fn open(
        folder: PathBuf,
        header: &Header,
        plugins: &[Checked],
        ground: &[String],
    ) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let level = header.isolation.to_string();
        let words = [&header.program, &level].into_iter();
        let words = words.chain(&header.enforced).chain(&header.options);
        let digests: HashMap<&str, &PluginRecord> = (header.plugins.iter())
            .filter(|one| !one.digest.is_empty())
            .map(|one| (one.label.as_str(), one))
            .collect();
        let ground = digest_of(words.chain(ground));
        let remembered = |checked: &Checked| {
            let record = digests.get(checked.label.as_str())?;
            let digest = digest_of([record.name.as_str(), &record.digest]);
            let name = digest_of([ground.as_str(), &digest, "unchanged"]);
            let of = || Ok::<_, Infallible>(Unchanged::of(&checked.plugin));
            let Ok(unchanged) = kept(&folder.join(format!("{name}.json")), of);
            let state = Remembered { digest, unchanged };
            Some((checked.label.clone(), state))
        };
        Ok(Self {
            plugins: plugins.par_iter().filter_map(remembered).collect(),
            ground,
            folder,
            read: Mutex::default(),
        })
    }

    /// What the result of a trial hangs on; none if it is not remembered.
    #[must_use]
    pub fn key(&self, trial: &Trial) -> Option<Key> {
        if !matches!(trial.fate, Fate::Run) {
            return None;
        }
        let plugin = self.plugins.get(&trial.label)?;
        let since = plugin.unchanged.since(trial).to_string();
        let name = digest_of([self.ground.as_str(), &plugin.digest, &since]);
        Some(Key {
            file: self.folder.join(format!("{name}.jsonl")),
            case: case_key(trial),
        })
    }

    /// What came of a trial when all was as it is now; none if that is not known. Of several results that of the oldest
    /// version.
    #[must_use]
    pub fn recall(&self, key: &Key, trial: &Trial) -> Option<CaseRecord> {
        let known = self.known(&key.file)?;
        let results = known.get(&key.case)?.iter();
        let fitting = results.filter(|one| one.era.contains(trial.version));
        let oldest = fitting.min_by_key(|one| one.case.dokku)?;
        Some(oldest.case.renewed(trial))
    }

    /// What the help of a host is on which all of these are installed, in a version: as it was when all was as it is now, or
    /// else as it is `seen`.
    ///
    /// # Errors
    /// Those of `seen`.
    pub fn help_of_all(
        &self,
        plugins: &[&Checked],
        version: Version,
        seen: impl FnOnce() -> Result<HelpOfAll, String>,
    ) -> Result<HelpOfAll, String> {
        let digest = |checked: &&Checked| Some(self.plugins.get(&checked.label)?.digest.as_str());
        let Some(digests) = plugins.iter().map(digest).collect::<Option<Vec<_>>>() else {
            return seen();
        };
        let version = version.to_string();
        let words = [self.ground.as_str(), "help", &version].into_iter();
        let name = digest_of(words.chain(digests));
        kept(&self.folder.join(format!("{name}.json")), seen)
    }

    /// Keeps what came of a trial, and in which versions it comes to the same. What was not settled is tried anew the next
    /// time; what can't be written is known only to this run.
    pub fn keep(&self, key: &Key, case: &CaseRecord, era: Era) {
        let is_settled = case.outcome != Outcome::Error && !case.flaky && case.runs.is_empty();
        if is_settled {
            let case = case.clone();
            let _ = append(&key.file, &key.case.2, &Come { era, case });
        }
    }

    fn known(&self, path: &Path) -> Option<Arc<Known>> {
        let mut files = self.read.lock().ok()?;
        if let Some(known) = files.get(path) {
            return Some(Arc::clone(known));
        }
        if files.len() >= FILES {
            files.clear();
        }
        let known = Arc::new(read(path));
        files.insert(path.to_owned(), Arc::clone(&known));
        Some(known)
    }

    /// Removes what no run has asked for in a long time. What can't be removed stays.
    pub fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        for entry in entries.flatten() {
            let is_old = |time: SystemTime| time.elapsed().is_ok_and(|since| since > PATIENCE);
            let asked = entry.metadata().and_then(|meta| meta.modified());
            if asked.is_ok_and(is_old) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

impl CaseRecord {
    /// The same result, as that of this trial of another run or version.
    #[must_use]
    pub fn renewed(&self, trial: &Trial) -> Self {
        let played = self.played_in.unwrap_or(self.dokku);
        Self {
            plugin: trial.label.clone(),
            level: trial.requirement.level,
            dokku: trial.version,
            expected: super::record::expected(trial, self.outcome),
            compared: None,
            played_in: Some(played).filter(|played| *played != trial.version),
            ..self.clone()
        }
    }
}

/// What a file keeps that is found out in this way, which takes long. What can't be written is found out again the next
/// time, and so is what is not as it was written.
fn kept<T: Serialize + DeserializeOwned, E>(
    path: &Path,
    find_out: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let known = || -> Option<T> {
        let text = fs::read(path).ok()?;
        note_asked(path);
        let (written, rest) = text.split_at_checked(SEAL)?;
        (seal(rest).as_bytes() == written).then_some(())?;
        serde_json::from_slice(rest).ok()
    };
    if let Some(known) = known() {
        return Ok(known);
    }
    let found = find_out()?;
    if let Ok(text) = serde_json::to_vec(&found) {
        let _ = fs::write(path, [seal(&text).as_bytes(), &text].concat());
    }
    Ok(found)
}

/// Notes on a file that it was asked for.
fn note_asked(path: &Path) {
    if let Ok(file) = File::options().append(true).open(path) {
        let _ = file.set_modified(SystemTime::now());
    }
}

fn case_key(trial: &Trial) -> CaseKey {
    let held = trial.case().map(|case| case.held_in(trial.version));
    let words = format!("{:?} {held:?} {:?}", trial.values, trial.place);
    (
        trial.requirement.id.to_string(),
        trial.case_name(),
        short(&words),
    )
}

/// A digest that tells the cases of one name apart.
fn short(words: &str) -> String {
    let mut digest = digest_of([words]);
    digest.truncate(SEAL);
    digest
}

fn seal(line: &[u8]) -> String {
    let mut seal = letters(&Sha256::digest(line));
    seal.truncate(SEAL);
    seal
}

/// The cases in a file; none if there is no such file. A line that is not as it was written is none. That the file was
/// asked for is noted on it.
fn read(path: &Path) -> Known {
    let Ok(text) = fs::read(path) else {
        return Known::new();
    };
    note_asked(path);
    let sound = |line: &[u8]| -> Option<(CaseKey, Come)> {
        let (written, rest) = line.split_at_checked(SEAL)?;
        let rest = rest.strip_prefix(b" ")?;
        if seal(rest).as_bytes() != written {
            return None;
        }
        let (words, rest) = rest.split_at_checked(SEAL)?;
        let result: Come = serde_json::from_slice(rest.strip_prefix(b" ")?).ok()?;
        let words = String::from_utf8(words.to_vec()).ok()?;
        let CaseRecord {
            requirement, case, ..
        } = &result.case;
        Some(((requirement.clone(), case.clone(), words), result))
    };
    let mut known = Known::new();
    for (key, result) in text.split(|byte| *byte == b'\n').filter_map(sound) {
        known.entry(key).or_default().push(result);
    }
    known
}

/// Adds a line at once: of several runs none writes in the midst of another's.
fn append(path: &Path, words: &str, result: &Come) -> io::Result<()> {
    let mut text = format!("{words} ").into_bytes();
    serde_json::to_writer(&mut text, result)?;
    let mut line = seal(&text).into_bytes();
    line.push(b' ');
    line.extend(text);
    line.push(b'\n');
    let mut options = File::options();
    let mut file = options.append(true).create(true).open(path)?;
    file.lock()?;
    file.write_all(&line)
}
