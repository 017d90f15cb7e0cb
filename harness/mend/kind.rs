//! The mends there are.

use crate::words::words;

words! {
    /// A mend, called as the requirement that it is about.
    pub enum Mend {
        /// The execute bit of a script or program that Dokku runs.
        ExecuteBit = "executable-files",
        /// `plugin.toml`, or what is missing in it.
        Manifest = "plugin-toml",
        /// The arm of `commands` that declines what is not its own.
        CatchAll = "unknown-command-declined",
        /// The line that honours DOKKU_TRACE.
        TraceLine = "trace-supported",
        /// The quotes around all arguments where they are put in order.
        Quotes = "arguments-intact",
    }
}
