//! A list of plugins, for a run of many of them.
//!
//! ```yaml
//! # yaml-language-server: $schema=plugins.schema.json   (what `dokku-conform schema plugins` prints)
//! plugins:
//!   - name: postgres                    # what reports call it; no other row has the name
//!     git: https://github.com/dokku/dokku-postgres
//!     ref: "1.41.0"                     # a branch, a tag or a full commit; the default branch if left out
//!     section: Official Plugins         # the heading that it stands under
//!     author: dokku
//!     compatibility: 0.19.x+            # the Dokku versions that its author says it works with
//!     dokku: [0.30, 0.38]               # the Dokku versions to check it in, in place of those of the run
//!     expectations:                     # known failures, as in a conformance.yaml
//!       - id: help-columns
//!         reason: two columns are wanted here
//!   - name: mine
//!     path: ../dokku-mine               # a folder, from where the list is
//!   - name: gone
//!     git: https://github.com/somebody/dokku-gone
//!     disabled: its repository is gone  # neither brought nor run, and told with this reason
//! ```
//!
//! A mistake in a row is that row's: the others go on without it.

mod address;
mod claim;
mod entry;
mod import;
mod list;
mod reference;
mod source;
mod table;
mod url;
mod yaml;

pub use claim::Claim;
pub use entry::Entry;
pub use import::{Imported, Told, import};
pub use list::{Roster, Row};
pub use reference::{BadReference, Reference};
pub use source::Source;
pub use url::{BadUrl, Url};
