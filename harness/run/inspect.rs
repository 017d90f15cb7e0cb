//! The verdict of a case that reads the plugin's text.

use super::{Evidence, Outcome, Trial, Verdict};
use crate::plugin::Inspection;

pub(super) fn verdict(trial: &Trial, inspection: Inspection) -> Verdict {
    let seen = trial.plugin.inspect(inspection, trial.version);
    let place = seen.findings.first().map(|finding| finding.place.clone());
    if let Some(first) = seen.findings.first() {
        let reason = match seen.findings.len() {
            1 => first.message.clone(),
            more => format!("{} (and {} more)", first.message, more - 1),
        };
        let evidence = Evidence {
            place,
            findings: seen.findings,
            ..Evidence::default()
        };
        return Verdict {
            evidence,
            ..Verdict::bare(Outcome::Fail, reason)
        };
    }
    if let Some(first) = seen.unknown.first() {
        let reason = format!("{}: {}", first.place, first.message);
        let evidence = Evidence {
            findings: seen.unknown,
            ..Evidence::default()
        };
        return Verdict {
            evidence,
            ..Verdict::bare(Outcome::Inconclusive, reason)
        };
    }
    match seen.skip_because {
        Some(reason) => Verdict::bare(Outcome::Skip, reason),
        None => Verdict::bare(Outcome::Pass, ""),
    }
}
