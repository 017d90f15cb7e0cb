//! Where what ends in any order becomes the cases of a record, in the order of the plan.

use super::output::Output;
use super::status::Status;
use crate::report::{CaseRecord, InOrder, LineOf};
use crate::run::Plan;

/// Takes the cases of a run as they end.
pub(super) struct Desk<'o> {
    /// Those whose turn has come, after those that were there before.
    pub(super) cases: Vec<CaseRecord>,
    /// What came of writing them.
    pub(super) written: Result<(), Status>,
    early: InOrder<CaseRecord>,
    /// How many were there before.
    first: usize,
    plan: &'o Plan,
    output: Option<&'o mut Output>,
}

impl<'o> Desk<'o> {
    /// One that goes on after these cases of a plan, and writes each further one as its turn comes, if the record is
    /// wanted.
    pub(super) fn after(
        cases: Vec<CaseRecord>,
        plan: &'o Plan,
        output: Option<&'o mut Output>,
    ) -> Self {
        let mut desk = Self {
            first: cases.len(),
            cases,
            written: Ok(()),
            early: InOrder::default(),
            plan,
            output,
        };
        desk.follow();
        desk
    }

    /// Takes the case with this place in the plan.
    pub(super) fn take(&mut self, place: usize, case: CaseRecord) {
        self.write(place, case);
        self.follow();
    }

    /// Takes the cases whose turn has come and that follow from those before them.
    fn follow(&mut self) {
        let trial = |place: usize| self.plan.trials.get(place);
        while let Some(case) =
            trial(self.cases.len()).and_then(|trial| CaseRecord::following(trial, &self.cases))
        {
            self.write(self.cases.len(), case);
        }
    }

    fn write(&mut self, place: usize, case: CaseRecord) {
        for case in self.early.take(place - self.first, case) {
            if let (Some(output), Ok(())) = (&mut self.output, &self.written) {
                self.written = output.write_line(&LineOf::Case(&case));
            }
            self.cases.push(case);
        }
    }
}
