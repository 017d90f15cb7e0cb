//! Having the name of what is to be destroyed typed in.

use std::io::{self, BufRead as _, Write};

use super::failure::Failure;
use super::say;

/// Asks on standard output for the name of a thing, and fails unless that comes on standard input.
pub(super) fn confirm(kind: &str, name: &str, out: &mut dyn Write) -> Result<(), Failure> {
    say::warn("WARNING: Potentially Destructive Action");
    say::warn(&format!("This command will destroy {kind} {name}."));
    say::warn(&format!("To proceed, type \"{name}\""));
    // Who closed the stream wants no more of it.
    let _ = write!(out, "> ");
    let _ = out.flush();
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.map_err(|error| Failure::new(error.to_string()))?;
    let mut words = line.split_whitespace();
    match (words.next(), words.next()) {
        (None, _) if line.is_empty() => Err(Failure::new("EOF")),
        (None, _) => Err(Failure::new("unexpected newline")),
        (Some(_), Some(_)) => Err(Failure::new("expected newline")),
        (Some(answer), None) if answer == name => Ok(()),
        (Some(_), None) => Err(Failure::Plain(
            "Confirmation did not match test. Aborted.".to_owned(),
        )),
    }
}
