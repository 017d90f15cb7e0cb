//! A run from its header to its reports: what was done before is not done again, and the record is written as it goes.

use std::path::Path;
use std::time::Instant;

use super::form::Form;
use super::keep::Keep;
use super::manner::Manner;
use super::output::Output;
use super::reports::{Reports, Wanted};
use super::resume::Begun;
use super::status::{Status, tell};
use super::work::Work;
use crate::report::{
    self, Before, Counts, Footer, Header, LineOf, Memory, Record, Recorded, Renames, millis,
};
use crate::run::{Ground, Plan};
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
            pace: manner.pace(),
            plan,
            ground: self.ground,
            memory: self.memory,
            before: before.as_ref(),
        };
        let record = finish(&work, begun, output.as_mut())?;
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

/// The whole record of a run, with what was left to do. The output takes its further lines as they come.
fn finish(
    work: &Work<'_>,
    begun: Begun,
    mut output: Option<&mut Output>,
) -> Result<Record, Status> {
    let spent = begun.spent(work.pace.jobs);
    let Recorded {
        header,
        mut cases,
        footer,
    } = begun.recorded;
    let footer = match footer {
        Some(footer) => footer,
        None => {
            let started = Instant::now();
            cases = work.perform(cases, begun.later, output.as_deref_mut())?;
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
