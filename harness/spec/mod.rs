//! The spec language: YAML → validated requirements; matchers and judging; diagnostics with line and column.

mod case;
mod diagnostic;
mod each;
mod expectation;
mod given;
mod judge;
mod matcher;
mod names;
mod observation;
mod page;
mod raw;
mod requirement;
mod run;
mod schema;
mod shape;
mod source;
mod template;
mod words;
mod yaml;

pub use case::{Case, PlaceHint, Script, Stdin, Step, Undecided};
pub use diagnostic::{Diagnostic, Diagnostics, Related, Spot};
pub use each::{Each, Placeholder};
pub use expectation::{CallTest, ExitTest, Expectation, FileTest, NamedExit, Statuses};
pub use given::{Answer, App, Cwd, Given, Neighbour, User};
pub use judge::{Mismatch, Terms, judge, undecided};
pub use matcher::{ArgvMatcher, Matcher, Test, Unjudged};
pub use names::{Id, Inspection, NameError, StepName};
pub use observation::{Observations, Observed};
pub use requirement::{Applies, Citation, Example, Level, Part, Requirement};
pub use run::Run;
pub use schema::{CONFORMANCE_SCHEMA, REQUIREMENT_SCHEMA};
pub use source::Source;
pub use template::{Template, Unfilled, UnknownPlaceholder, Values};
pub use words::UnknownWord;
