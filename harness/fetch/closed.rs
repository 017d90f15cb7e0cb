//! What surrounds git: nothing of whoever runs the harness, and nothing that runs a program.

use std::ffi::OsString;
use std::path::Path;

/// Variables that say how the network is reached, and whom to trust there.
const OF_THE_NETWORK: [&str; 12] = [
    "ALL_PROXY",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "PATH",
];

/// How a source is reached by way of ssh: asking nobody, and lending nothing to the other side.
const SSH: &str = "ssh -oBatchMode=yes -oForwardAgent=no -oForwardX11=no -oClearAllForwardings=yes \
                   -oPermitLocalCommand=no -oConnectTimeout=30";

/// Settings that go before those of any file. What is fetched is not held to every rule of `git fsck`: many an old
/// repository breaks one, and a plugin must not be lost to it; that each object is what its name says is always looked at.
pub(super) const SETTINGS: [&str; 20] = [
    "advice.detachedHead=false",
    "core.attributesFile=/dev/null",
    "core.autocrlf=false",
    "core.excludesFile=/dev/null",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.logAllRefUpdates=false",
    "core.symlinks=true",
    "core.untrackedCache=false",
    "credential.helper=",
    "fetch.fsckObjects=false",
    "fetch.recurseSubmodules=no",
    "filter.lfs.clean=",
    "filter.lfs.process=",
    "filter.lfs.required=false",
    "filter.lfs.smudge=",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.ext.allow=never",
    "submodule.recurse=false",
];

/// The whole environment of git, with this folder as a home with nothing in it, and these protocols allowed. The agent that
/// holds keys is left to what is reached by ssh, whose own settings and known hosts are the user's.
pub(super) fn environment(home: &Path, protocols: &str, is_ssh: bool) -> Vec<(OsString, OsString)> {
    let fixed = [
        ("GCM_INTERACTIVE", "never"),
        ("GIT_ALLOW_PROTOCOL", protocols),
        ("GIT_ASKPASS", ""),
        ("GIT_ATTR_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_SYSTEM", "/dev/null"),
        ("GIT_NO_LAZY_FETCH", "1"),
        ("GIT_NO_REPLACE_OBJECTS", "1"),
        ("GIT_OPTIONAL_LOCKS", "0"),
        ("GIT_SSH_COMMAND", SSH),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("LC_ALL", "C"),
        ("SSH_ASKPASS", ""),
        ("SSH_ASKPASS_REQUIRE", "never"),
    ];
    let fixed = fixed.map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let agent = is_ssh.then_some("SSH_AUTH_SOCK");
    let kept = OF_THE_NETWORK.into_iter().chain(agent);
    let kept = kept.filter_map(|name| Some((OsString::from(name), std::env::var_os(name)?)));
    let home = ["HOME", "XDG_CONFIG_HOME", "TMPDIR"]
        .map(|name| (OsString::from(name), home.as_os_str().to_owned()));
    fixed.into_iter().chain(kept).chain(home).collect()
}
