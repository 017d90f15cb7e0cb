//! What earlier runs came to, by the content of all that it hangs on: what has not changed need not be run again.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::{CaseRecord, Header, digest_of};
use crate::digest::letters;
use crate::run::{Fate, Outcome, Trial};

/// How long what no run asked for is kept.
const PATIENCE: Duration = Duration::from_secs(60 * 24 * 60 * 60);
/// How many letters of a line's digest stand before it.
const SEAL: usize = 16;

/// The results of earlier runs on this ground, in a folder that many runs may use at once: one file for each state of a
/// plugin in each Dokku version, with a line for each case.
#[derive(Debug)]
pub struct Memory {
    folder: PathBuf,
    /// What all results of this run hang on.
    ground: String,
    /// The digest of each plugin of this run, by its label. What has none is not remembered.
    plugins: HashMap<String, String>,
    /// The file that was asked for last: questions come in the order of the plan.
    last: Mutex<Option<(PathBuf, Arc<Known>)>>,
}

/// The cases of a file, by requirement and case.
type Known = HashMap<(String, String), CaseRecord>;

impl Memory {
    /// The memory in this folder for the run of this header, on a ground of which these words tell what the header does
    /// not: the program, the specs, the machine.
    ///
    /// # Errors
    /// If the folder can't be made.
    pub fn open(folder: PathBuf, header: &Header, ground: &[String]) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let level = header.isolation.to_string();
        let words = [&header.program, &level].into_iter();
        let words = words.chain(&header.enforced).chain(&header.options);
        let named = header.plugins.iter().filter(|one| !one.digest.is_empty());
        Ok(Self {
            folder,
            ground: digest_of(words.chain(ground)),
            plugins: named
                .map(|one| {
                    let state = digest_of([one.name.as_str(), &one.digest]);
                    (one.label.clone(), state)
                })
                .collect(),
            last: Mutex::new(None),
        })
    }

    /// What came of a trial when all was as it is now; none if that is not known.
    #[must_use]
    pub fn recall(&self, trial: &Trial) -> Option<CaseRecord> {
        let known = self.known(self.file(trial)?)?;
        let key = (trial.requirement.id.to_string(), trial.case_name());
        known.get(&key).map(|case| case.clone().renewed(trial))
    }

    /// Keeps what came of a trial. What was not settled is tried anew the next time; what can't be written is known only to
    /// this run.
    pub fn keep(&self, trial: &Trial, case: &CaseRecord) {
        let is_settled = case.outcome != Outcome::Error && !case.flaky && case.runs.is_empty();
        if !is_settled || !matches!(trial.fate, Fate::Run) {
            return;
        }
        if let Some(path) = self.file(trial) {
            let _ = append(&path, case);
        }
    }

    /// The file of a trial's plugin and version.
    fn file(&self, trial: &Trial) -> Option<PathBuf> {
        let plugin = self.plugins.get(&trial.label)?;
        let version = trial.version.to_string();
        let name = digest_of([self.ground.as_str(), plugin, &version]);
        Some(self.folder.join(format!("{name}.jsonl")))
    }

    fn known(&self, path: PathBuf) -> Option<Arc<Known>> {
        let mut last = self.last.lock().ok()?;
        match &*last {
            Some((of, known)) if *of == path => Some(Arc::clone(known)),
            _ => {
                let known = Arc::new(read(&path));
                *last = Some((path, Arc::clone(&known)));
                Some(known)
            }
        }
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
    /// The same result, as that of this trial of another run.
    fn renewed(self, trial: &Trial) -> Self {
        Self {
            plugin: trial.label.clone(),
            level: trial.requirement.level,
            expected: super::record::expected(trial, self.outcome),
            compared: None,
            ..self
        }
    }
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
    if let Ok(file) = File::options().append(true).open(path) {
        let _ = file.set_modified(SystemTime::now());
    }
    let sound = |line: &[u8]| -> Option<CaseRecord> {
        let (written, rest) = line.split_at_checked(SEAL)?;
        let rest = rest.strip_prefix(b" ")?;
        (seal(rest).as_bytes() == written).then(|| serde_json::from_slice(rest).ok())?
    };
    text.split(|byte| *byte == b'\n')
        .filter_map(sound)
        .map(|case| ((case.requirement.clone(), case.case.clone()), case))
        .collect()
}

/// Adds a line at once: of several runs none writes in the midst of another's.
fn append(path: &Path, case: &CaseRecord) -> io::Result<()> {
    let text = serde_json::to_vec(case)?;
    let mut line = seal(&text).into_bytes();
    line.push(b' ');
    line.extend(text);
    line.push(b'\n');
    let mut options = File::options();
    let mut file = options.append(true).create(true).open(path)?;
    file.lock()?;
    file.write_all(&line)
}
