//! The spec language: YAML → validated requirements; matchers and judging; diagnostics with line and column.

mod case;
mod each;
mod expectation;
mod given;
mod judge;
mod matcher;
mod names;
mod observation;
mod requirement;
mod run;
mod template;
mod words;

pub use case::{Case, PlaceHint, Script, Stdin, Step, Undecided};
pub use each::{Each, Placeholder};
pub use expectation::{CallTest, ExitTest, Expectation, FileTest, NamedExit, Statuses};
pub use given::{Answer, App, Cwd, Given, Neighbour, User};
pub use judge::{Mismatch, Terms, judge, undecided};
pub use matcher::{ArgvMatcher, Matcher, Test, Unjudged};
pub use names::{Id, Inspection, NameError, StepName};
pub use observation::{Observations, Observed};
pub use requirement::{Applies, Citation, Example, Level, Part, Requirement};
pub use run::Run;
pub use template::{Template, Unfilled, UnknownPlaceholder, Values};
pub use words::UnknownWord;
