//! The record of what stand-ins were asked: one line of JSON a call.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};

use super::super::call::Call;
use super::super::layout::Layout;
use crate::sandbox::visible_utf8;

/// The prefixes of the variables that a record keeps.
const OF_NOTE: [&str; 3] = ["DOKKU_", "PLUGIN_", "SSH_"];

/// Adds a call to the record. Each is one write to a file opened for appending, so that calls at the same time do not
/// mix. A record that can't be written is a fault of the plugin under test alone (it took the folder away), and is seen
/// by the runner when it reads the record.
pub(super) fn append(layout: &Layout, program: &str, args: &[OsString], modelled: bool) {
    let text = |value: &OsString| visible_utf8(value.as_encoded_bytes()).into_owned();
    let call = Call {
        program: program.to_owned(),
        argv: args.iter().map(text).collect(),
        stdin: None,
        cwd: std::env::current_dir().map_or_else(|_| "?".into(), |path| path.display().to_string()),
        env: std::env::vars_os()
            .map(|(key, value)| (text(&key), text(&value)))
            .filter(|(key, _)| OF_NOTE.iter().any(|prefix| key.starts_with(prefix)))
            .collect(),
        modelled,
    };
    let Ok(mut line) = serde_json::to_vec(&call) else {
        return;
    };
    line.push(b'\n');
    if let Ok(mut file) = OpenOptions::new()
        .append(true)
        .create(true)
        .open(layout.calls())
    {
        let _ = file.write_all(&line);
    }
}

/// The calls recorded in a world so far, in order; none if no stand-in was called.
///
/// # Errors
/// If the record can't be read or is not a record.
pub fn read(layout: &Layout) -> io::Result<Vec<Call>> {
    let text = match fs::read_to_string(layout.calls()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    text.lines()
        .map(|line| serde_json::from_str(line).map_err(io::Error::from))
        .collect()
}
