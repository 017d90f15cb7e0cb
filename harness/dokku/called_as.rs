//! The name that this program was started under.

use std::ffi::{CStr, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// The path that the kernel executed this program under, as it was given to it: a symbolic link is not followed.
///
/// `argv[0]` would not do, since whoever starts a program writes there what it likes: a plugin that says
/// `exec -a x dokku` still means `dokku`. None where the kernel told nothing.
#[must_use]
pub fn called_as() -> Option<PathBuf> {
    // SAFETY: getauxval only reads the vector that the kernel left for this process.
    let address = unsafe { nix::libc::getauxval(nix::libc::AT_EXECFN) };
    if address == 0 {
        return None;
    }
    // SAFETY: AT_EXECFN is the address of a string that ends with NUL and lives as long as the process does.
    let path = unsafe { CStr::from_ptr(address as *const nix::libc::c_char) };
    Some(PathBuf::from(OsStr::from_bytes(path.to_bytes())))
}
