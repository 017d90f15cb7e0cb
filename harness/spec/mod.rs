//! The spec language: YAML → validated requirements; matchers and judging; diagnostics with line and column.

#[cfg(feature = "cli")]
mod addition;
mod case;
mod case_name;
mod conformance;
mod diagnostic;
mod expectation;
mod expression;
mod given;
mod judge;
mod known_failure;
mod known_failures;
#[cfg(feature = "cli")]
mod listing;
mod load;
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
mod validate;
mod yaml;

pub use crate::plugin::{Each, Inspection, Part, Placeholder};
#[cfg(feature = "cli")]
pub use addition::{quoted, with_items};
pub use case::{Case, NoVerdict, PlaceHint, Script, Stdin, Step};
pub use case_name::CaseName;
pub use conformance::Conformance;
pub use diagnostic::{Diagnostic, Diagnostics, Related, Spot};
pub use expectation::{CallTest, ExitTest, Expectation, FileTest, NamedExit, Statuses};
pub use expression::Expression;
pub use given::{Answer, App, ContainerProgram, Cwd, Given, Neighbour, User};
pub use judge::{Mismatch, Terms, is_description, judge, no_verdict};
pub use known_failure::KnownFailure;
pub(crate) use known_failure::repeated;
pub use known_failures::KnownFailures;
#[cfg(feature = "cli")]
pub use listing::ListedFailures;
#[cfg(feature = "cli")]
pub(crate) use listing::{Listing, Written};
pub use load::{builtin, load, load_conformance, load_dir};
pub use matcher::{ArgvMatcher, Matcher, Test, Unjudged};
pub use names::{Id, NameError, StepName};
pub use observation::{Observations, Observed};
#[cfg(feature = "cli")]
pub(crate) use raw::ListedPlugin;
pub use requirement::{Applies, Citation, Example, Level, Requirement};
pub use run::Run;
#[cfg(feature = "cli")]
pub use schema::PLUGINS_SCHEMA;
pub use schema::{CONFORMANCE_SCHEMA, EXPECTATIONS_SCHEMA, REQUIREMENT_SCHEMA};
pub use source::Source;
pub use template::{Template, Unfilled, UnknownPlaceholder, Values};
