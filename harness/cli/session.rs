//! A run from its header to its reports: what was done before is not done again, and the record is written as it goes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use super::desk::Desk;
use super::form::Form;
use super::keep::Keep;
use super::manner::Manner;
use super::output::Output;
use super::progress::Progress;
use super::reports::{Reports, Wanted};
use super::resume::Begun;
use super::status::{Status, tell};
use crate::report::{
    self, Before, CaseRecord, Counts, Footer, Header, LineOf, Memory, Record, Recorded, Renames,
    millis,
};
use crate::run::{self, Fate, Finished, Ground, Outcome, Plan, Trial, Verdict};
use crate::visible::visible_path;

/// A run that is about to begin.
pub(super) struct Session<'s> {
    pub(super) manner: &'s Manner,
    pub(super) plan: &'s Plan,
    pub(super) ground: &'s Ground,
    /// What the record begins with.
    pub(super) header: Header,
    /// The reports that are to be written.
    pub(super) wanted: Vec<Wanted>,
    /// The older record that the run is held against, if one is.
    pub(super) older: Option<Record>,
    /// What earlier runs know, if they are asked.
    pub(super) memory: Option<&'s Memory>,
}

/// What is left to do of a run, and how.
struct Work<'s> {
    manner: &'s Manner,
    plan: &'s Plan,
    ground: &'s Ground,
    memory: Option<&'s Memory>,
    /// The older record that the run is held against, if it is.
    before: Option<&'s Before<'s>>,
}

impl Session<'_> {
    /// Runs what is left to run, and writes all reports. Gives the record, held against the older one if there is one.
    pub(super) fn run(self) -> Result<Record, Status> {
        let Self {
            manner,
            plan,
            header,
            mut wanted,
            older,
            ..
        } = self;
        let resumed = manner.resume.as_deref();
        let keep = match wanted.iter().any(|one| one.form == Form::Jsonl) || manner.no_record {
            true => None,
            false => Keep::of(&header.run, resumed),
        };
        wanted.extend(keep.as_ref().map(Keep::wanted));
        let mut begun = begun(resumed, &wanted, header, plan)?;
        let (record, others): (Vec<_>, Vec<_>) =
            wanted.iter().partition(|one| one.form == Form::Jsonl);
        let mut output = match record.as_slice() {
            [] => None,
            [record, ..] => Some(begun.output(record.file.as_deref())?),
        };
        let reports = Reports::open(record.into_iter().skip(1).chain(others))?;
        let renames = Renames::default();
        let before = older
            .as_ref()
            .map(|old| Before::new(old, &begun.recorded.header, &renames));
        let work = Work {
            manner,
            plan,
            ground: self.ground,
            memory: self.memory,
            before: before.as_ref(),
        };
        let record = work.finish(begun, output.as_mut())?;
        if let Some(output) = output {
            output.end()?;
        }
        let kept = keep.map_or(Ok(()), Keep::end);
        let record = match older {
            Some(old) => report::compare(&old, record, &renames),
            None => record,
        };
        reports.write(&record, manner.view())?;
        kept?;
        Ok(record)
    }
}

/// What of the run is on record already: nothing, unless one is to be resumed.
fn begun(
    resumed: Option<&Path>,
    wanted: &[Wanted],
    header: Header,
    plan: &Plan,
) -> Result<Begun, Status> {
    let Some(path) = resumed else {
        return Ok(Begun::nothing(header));
    };
    let begun = Begun::read(path, wanted, header, plan)?;
    let name = visible_path(path);
    let (done, all) = (begun.done(), plan.trials.len());
    match (&begun.recorded.footer, begun.errors) {
        (Some(_), _) => tell(&format!("{name} is finished: nothing is left to run")),
        (None, 0) => tell(&format!("{name} has {done} of {all} cases")),
        (None, errors) => tell(&format!(
            "{name} has {done} of {all} cases, and errors in place of {errors}, which are run again"
        )),
    }
    Ok(begun)
}

impl Work<'_> {
    /// The whole record, with what was left to run. The output takes its further lines as they come.
    fn finish(&self, begun: Begun, mut output: Option<&mut Output>) -> Result<Record, Status> {
        let spent = begun.spent(self.manner.jobs);
        let Recorded {
            header,
            mut cases,
            footer,
        } = begun.recorded;
        let footer = match footer {
            Some(footer) => footer,
            None => {
                let started = Instant::now();
                cases = self.perform(cases, begun.later, output.as_deref_mut())?;
                let footer = Footer {
                    counts: Counts::of(&cases),
                    duration_ms: millis(spent + started.elapsed()),
                };
                if let Some(output) = output {
                    output.write_line(&LineOf::Footer(&footer))?;
                }
                footer
            }
        };
        Ok(Record {
            header,
            cases,
            footer,
        })
    }

    /// Runs what of the plan has not been done: what follows the cases before, but for those that were done later and what
    /// is remembered. Gives all, and writes each further one as its turn comes if the record is wanted.
    fn perform(
        &self,
        before: Vec<CaseRecord>,
        mut later: BTreeMap<usize, CaseRecord>,
        output: Option<&mut Output>,
    ) -> Result<Vec<CaseRecord>, Status> {
        let Self { plan, ground, .. } = *self;
        let record = output
            .as_ref()
            .map(|output| output.file_name().map(str::to_owned));
        let following = plan.trials.iter().enumerate().skip(before.len());
        let mut left = Vec::new();
        for (place, trial) in following {
            if later.contains_key(&place) || matches!(trial.fate, Fate::Follows(_)) {
                continue;
            }
            match self.memory.and_then(|memory| memory.recall(trial)) {
                Some(case) => {
                    later.insert(place, case);
                }
                None => left.push((place, trial.clone())),
            }
        }
        let (places, trials): (Vec<usize>, Vec<Trial>) = left.into_iter().unzip();
        let left = Plan { trials };
        let mut desk = Desk::after(before, plan, output);
        for (place, case) in later {
            desk.take(place, case);
        }
        let progress = Progress::new(left.trials.len());
        let desk = Mutex::new(desk);
        let needs_look = |trial: &Trial, verdict: &Verdict| self.needs_look(trial, verdict);
        let watch = |trial: &Trial, finished: &Finished| {
            progress.step();
            let case = CaseRecord::new(trial, finished);
            if let Some(memory) = self.memory {
                memory.keep(trial, &case);
            }
            let (Ok(mut desk), Some(place)) = (desk.lock(), places.get(finished.index)) else {
                return;
            };
            desk.take(*place, case);
            // A record that can't be written is not worth the time of the other cases.
            if desk.written.is_err() {
                ground.cancel.request();
            }
        };
        let (jobs, repeats) = (self.manner.jobs, self.manner.repeats());
        let finished = run::run_repeatedly(&left, ground, jobs, repeats, &needs_look, &watch);
        progress.end();
        finished.map_err(Status::broken)?;
        let desk = desk.into_inner().map_err(|_| Status::Broken)?;
        desk.written?;
        let (ran, all) = (desk.cases.len(), plan.trials.len());
        if ran < all {
            let advice = match record {
                Some(Some(name)) => format!("; --resume {name} goes on with what is on record"),
                Some(None) => "; --resume goes on with what is on record".to_owned(),
                None => String::new(),
            };
            return Err(Status::broken(format!(
                "interrupted: {ran} of {all} cases ran{advice}"
            )));
        }
        Ok(desk.cases)
    }

    /// True if one look at a case is not enough for whoever asks for more.
    fn needs_look(&self, trial: &Trial, verdict: &Verdict) -> bool {
        let was = self.before.and_then(|before| before.outcome(trial));
        matches!(verdict.outcome, Outcome::Fail | Outcome::Error)
            || was.is_some_and(|was| was != verdict.outcome)
    }
}
