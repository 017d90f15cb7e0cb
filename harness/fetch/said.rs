//! What git means by what it says.

use crate::sandbox::visible_utf8;
use crate::visible::visible;

/// What kept git from its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The repository is not there.
    Repository,
    /// The branch, tag or commit is not there.
    Reference,
    /// The repository is not for everybody.
    Credentials,
    /// The place is not to be reached.
    Unreachable,
    /// The disk is full.
    DiskFull,
    /// Something else, as a damaged repository of the cache's own.
    Other,
}

/// What stands in git's messages, in the order in which they are looked for: the last lines of several often say less than
/// those before.
const SIGNS: [(Trouble, &[&str]); 6] = [
    (
        Trouble::DiskFull,
        &[
            "no space left on device",
            "disk quota exceeded",
            "file too large",
            "out of disk",
        ],
    ),
    (
        Trouble::Reference,
        &[
            "couldn't find remote ref",
            "could not find remote ref",
            "not our ref",
            "unadvertised object",
            "remote did not send all necessary objects",
        ],
    ),
    (
        Trouble::Credentials,
        &[
            "could not read username",
            "could not read password",
            "authentication failed",
            "permission denied (",
            "returned error: 401",
            "returned error: 403",
            "access denied",
            "terminal prompts disabled",
            "host key verification failed",
        ],
    ),
    (
        Trouble::Unreachable,
        &[
            "could not resolve",
            "couldn't resolve",
            "failed to connect",
            "couldn't connect",
            "connection refused",
            "connection timed out",
            "connection reset",
            "connection closed",
            "network is unreachable",
            "no route to host",
            "unable to connect",
            "unable to look up",
            "operation timed out",
            "early eof",
            "hung up unexpectedly",
            "empty reply from server",
            "rpc failed",
            "server certificate",
            "ssl certificate",
            "ssl connect",
            "ssl routines",
            "gnutls_handshake",
            "gnutls recv",
            "tls connection",
            "returned error: 429",
            "returned error: 5",
            "unexpected disconnect",
        ],
    ),
    (
        Trouble::Repository,
        &[
            "repository not found",
            "does not appear to be a git repository",
            "returned error: 404",
            "returned error: 410",
            "not valid: is this a git repository",
            "no such repository",
            "repository does not exist",
            "project you were looking for could not be found",
            "' not found",
        ],
    ),
    (Trouble::Unreachable, &["unable to access"]),
];

impl Trouble {
    /// Reads what git said.
    pub(super) fn of(said: &str) -> Self {
        let said = said.to_lowercase();
        let found = SIGNS
            .iter()
            .find(|(_, signs)| signs.iter().any(|sign| said.contains(sign)));
        found.map_or(Self::Other, |(trouble, _)| *trouble)
    }
}

/// How many letters of what git said are told.
const TOLD: usize = 400;

/// The last words of git, on one line, as they can be shown.
pub(super) fn last_words(stderr: &[u8]) -> String {
    let text = visible_utf8(stderr);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let telling: Vec<&str> = lines
        .clone()
        .filter(|line| {
            ["fatal:", "error:", "remote:", "ssh:"]
                .iter()
                .any(|mark| line.starts_with(mark))
        })
        // What follows a cause for everybody, and says nothing of it.
        .filter(|line| !line.starts_with("fatal: Could not read from remote repository"))
        .collect();
    let words = match telling.as_slice() {
        [] => lines
            .clone()
            .next_back()
            .unwrap_or("it said nothing")
            .to_owned(),
        telling => telling.join(" "),
    };
    let shown = visible(&words);
    match shown.char_indices().nth(TOLD) {
        None => shown.into_owned(),
        Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_says_is_understood() {
        for (said, trouble) in [
            (
                "fatal: couldn't find remote ref nowhere",
                Trouble::Reference,
            ),
            (
                "fatal: remote error: upload-pack: not our ref 0a0a",
                Trouble::Reference,
            ),
            (
                "remote: Repository not found.\nfatal: repository 'https://x/' not found",
                Trouble::Repository,
            ),
            (
                "fatal: '/srv/x' does not appear to be a git repository\nfatal: Could not read from remote repository.",
                Trouble::Repository,
            ),
            (
                "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
                Trouble::Credentials,
            ),
            (
                "git@github.com: Permission denied (publickey).",
                Trouble::Credentials,
            ),
            (
                "fatal: unable to access 'https://x/': Could not resolve host: x",
                Trouble::Unreachable,
            ),
            (
                "fatal: unable to access 'http://x/': The requested URL returned error: 503",
                Trouble::Unreachable,
            ),
            (
                "fatal: unable to access 'http://x/': The requested URL returned error: 404",
                Trouble::Repository,
            ),
            (
                "fatal: unable to access 'http://x/': server certificate verification failed",
                Trouble::Unreachable,
            ),
            (
                "fatal: repository 'https://x/dokku-ssl-certificate/' not found",
                Trouble::Repository,
            ),
            (
                "fatal: unable to access 'https://x/': something new",
                Trouble::Unreachable,
            ),
            (
                "fatal: write error: No space left on device",
                Trouble::DiskFull,
            ),
            (
                "fatal: not a git repository: '/x/repository.git'",
                Trouble::Other,
            ),
            ("", Trouble::Other),
        ] {
            assert_eq!(Trouble::of(said), trouble, "{said}");
        }
    }

    #[test]
    fn its_last_words_are_shown_on_one_line_and_hide_nothing() {
        let said = last_words(b"warning: x\nerror: a\x1b[31m\xFF\nfatal: b\n");
        assert_eq!(said, "error: a\\x1B[31m\\xFF fatal: b");
        assert_eq!(last_words(b""), "it said nothing");
        assert_eq!(last_words(b"a\nb\n"), "b");
        assert_eq!(last_words(&[b'a'; 1000]).chars().count(), TOLD + 1);
    }
}
