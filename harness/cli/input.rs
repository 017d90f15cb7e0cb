//! Files that a person names to be read.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Where a process has its own streams: a pipe that is named so was put there for it.
const OWN_STREAMS: [&str; 3] = ["/dev/fd/", "/dev/stdin", "/proc/self/fd/"];

/// What has an end at once, wherever it is named.
const NOTHING: &str = "/dev/null";

/// Opens a file to be read: a regular one, or one of the streams of this process, as `/dev/stdin` or `<(...)` name them.
/// What else there is may keep whoever opens it waiting for ever, or has no end.
///
/// # Errors
/// If it can't be opened, or is something else.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let name = path.to_string_lossy();
    let is_own = OWN_STREAMS.iter().any(|stream| name.starts_with(stream)) || name == NOTHING;
    let is_endless = |kind: fs::FileType| !kind.is_file() && !kind.is_dir();
    if !is_own && is_endless(fs::metadata(path)?.file_type()) {
        return Err(io::Error::other(
            "it is a pipe or a device, and no file; as a stream it can be given by the name /dev/stdin",
        ));
    }
    File::open(path)
}

#[cfg(test)]
mod tests {
    use nix::sys::stat::Mode;

    use super::*;

    #[test]
    fn a_pipe_is_read_where_it_is_a_stream_alone() {
        let place = tempfile::tempdir().unwrap();
        let pipe = place.path().join("pipe");
        nix::unistd::mkfifo(&pipe, Mode::S_IRWXU).unwrap();
        assert!(open(&pipe).is_err());
        assert!(open(Path::new("/dev/zero")).is_err());
        assert!(open(Path::new(NOTHING)).is_ok());
        let (reader, _writer) = io::pipe().unwrap();
        let number = std::os::fd::AsRawFd::as_raw_fd(&reader);
        assert!(open(Path::new(&format!("/dev/fd/{number}"))).is_ok());
    }
}
