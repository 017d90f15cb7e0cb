//! The early end of a script.

/// The script has ended with this status; what it had to say is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ended(pub(crate) u8);

impl Ended {
    /// What `set -e` makes of a command's status: nothing if it is 0, the end of the script if not.
    pub(crate) fn unless_zero(status: u8) -> Result<(), Self> {
        match status {
            0 => Ok(()),
            status => Err(Self(status)),
        }
    }
}
