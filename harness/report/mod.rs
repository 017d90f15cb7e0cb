//! The record of a run, and its renderings.

mod again;
mod bound;
mod cell;
mod compare;
#[cfg(feature = "cli")]
mod compatibility;
mod ctrf;
mod diff;
mod doctor;
#[cfg(feature = "cli")]
mod ecosystem;
mod expected;
mod fidelity;
mod forecast;
mod github;
mod group;
#[cfg(feature = "cli")]
mod html;
mod journal;
#[cfg(feature = "cli")]
mod junit;
mod listing;
mod mark;
mod markdown;
#[cfg(feature = "cli")]
mod memory;
mod merge;
mod reading;
mod record;
mod sarif;
mod schema;
mod scope;
mod shelf;
mod shield;
mod sketch;
mod spot;
mod summary;
mod tap;
mod text;
mod told;
mod upstream;
mod writer;

pub use crate::millis::millis;
pub use crate::visible::{inert, inert_html, visible, visible_lines};
pub use compare::{Against, BadRename, Before, Class, Compared, Renames, compare};
#[cfg(feature = "cli")]
pub use compatibility::compatibility;
pub use ctrf::ctrf;
pub use diff::unified;
pub use doctor::{Doctor, LevelPage};
#[cfg(feature = "cli")]
pub use ecosystem::{Ecosystem, Member};
pub use expected::Expected;
pub use fidelity::{Agreements, FidelityLine, FidelityText, LineRecord, TreeRecord, loans};
pub use forecast::{ForecastText, badge, markdown as forecast_markdown};
pub use github::github;
#[cfg(feature = "cli")]
pub use html::html;
pub use journal::Journal;
#[cfg(feature = "cli")]
pub use junit::junit;
pub use listing::{Disabled, ListRecord, Shard, digest_of};
pub use markdown::markdown;
#[cfg(feature = "cli")]
pub use memory::{Key, Memory};
pub use merge::{Unmergeable, merge};
pub use reading::{Damage, Opening, Recorded, whole_lines};
pub use record::{
    CaseRecord, Footer, Header, Line, LineOf, PluginRecord, Record, RuleRecord, SLOW,
};
pub use sarif::sarif;
pub use schema::RECORD_SCHEMA;
pub use shelf::Shelf;
pub use shield::shield;
pub use sketch::{Sketch, Whereabouts};
pub use summary::Counts;
pub use tap::tap;
pub use text::{Palette, Text};
#[cfg(feature = "cli")]
pub use upstream::upstream_html;
pub use upstream::{
    Explanation, Regression, Regressions, Side, UPSTREAM_FORMAT, Upstream, UpstreamText, explain,
    upstream_lines, upstream_markdown,
};
pub use writer::InOrder;
