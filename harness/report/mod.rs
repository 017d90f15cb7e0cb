//! The record of a run, and its renderings.

mod diff;
mod doctor;
mod fidelity;
mod forecast;
mod group;
#[cfg(feature = "cli")]
mod html;
mod reading;
mod record;
mod summary;
mod text;
mod visible;
mod writer;

pub use diff::unified;
pub use doctor::{Doctor, LevelPage};
pub use fidelity::{Agreements, FidelityLine, FidelityText, LineRecord, TreeRecord, loans};
pub use forecast::{ForecastText, badge, markdown};
#[cfg(feature = "cli")]
pub use html::Html;
pub use reading::{Damage, Opening, Recorded, whole_lines};
pub use record::{CaseRecord, Footer, Header, Line, PluginRecord, Record, RuleRecord, millis};
pub use summary::Counts;
pub use text::{Palette, Text};
pub use visible::visible;
pub use writer::InOrder;
