//! Where what ends in any order becomes the cases of a record, in the order of the plan.

use super::output::Output;
use super::status::Status;
use crate::report::{CaseRecord, InOrder, LineOf};

/// Takes the cases of a run as they end.
pub(super) struct Desk<'o> {
    /// Those whose turn has come.
    pub(super) cases: Vec<CaseRecord>,
    /// What came of writing them.
    pub(super) written: Result<(), Status>,
    early: InOrder<CaseRecord>,
    output: Option<&'o mut Output>,
}

impl<'o> Desk<'o> {
    /// One that writes each case as its turn comes, if the record is wanted.
    pub(super) fn new(output: Option<&'o mut Output>) -> Self {
        Self {
            cases: Vec::new(),
            written: Ok(()),
            early: InOrder::default(),
            output,
        }
    }

    /// Takes the case with this place in the plan.
    pub(super) fn take(&mut self, index: usize, case: CaseRecord) {
        for case in self.early.take(index, case) {
            if let (Some(output), Ok(())) = (&mut self.output, &self.written) {
                self.written = output.write_line(&LineOf::Case(&case));
            }
            self.cases.push(case);
        }
    }
}
