//! What docker answers.

use super::daemon::Trouble;

/// What a command writes and ends with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The exit status.
    pub status: u8,
    /// What it writes to standard output.
    pub stdout: String,
    /// What it writes to standard error.
    pub stderr: String,
}

/// How a call of docker is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// So.
    Said(Reply),
    /// The world does not know: what it lacks, by name.
    Unmodelled(String),
}

impl Reply {
    /// A success that writes this.
    pub(super) fn says(text: impl Into<String>) -> Self {
        Self {
            stdout: text.into(),
            ..Self::default()
        }
    }

    /// A failure that writes this.
    pub(super) fn fails(status: u8, text: impl Into<String>) -> Self {
        Self {
            status,
            stderr: text.into(),
            ..Self::default()
        }
    }

    /// Writes a line to standard output.
    pub(super) fn say(&mut self, line: &str) {
        self.stdout.push_str(line);
        self.stdout.push('\n');
    }

    /// Writes a line to standard error.
    pub(super) fn warn(&mut self, line: &str) {
        self.stderr.push_str(line);
        self.stderr.push('\n');
    }

    /// Takes note of something that went wrong, and goes on.
    ///
    /// # Errors
    /// If it is not known what docker would have said.
    pub(super) fn note(&mut self, trouble: Trouble) -> Result<(), Trouble> {
        match trouble {
            Trouble::Unmodelled(_) => Err(trouble),
            told => {
                self.status = 1;
                self.warn(&told.to_string());
                Ok(())
            }
        }
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::Said(reply)
    }
}
