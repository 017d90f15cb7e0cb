//! What the tests of this folder share: bash, and a host of one version in a temporary directory.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::file::{Content, VERSION_FILE, files};
use crate::dokku::Version;

/// Runs bash on a script given on its standard input.
pub(super) fn bash(options: &[&str], script: &str) -> Output {
    feed(Command::new("bash").args(options), script)
}

fn feed(command: &mut Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

/// The core shell files of one version, and programs that a test puts beside them.
pub(super) struct Host {
    root: tempfile::TempDir,
}

/// What a script came to: its status, standard output and standard error.
pub(super) type Came = (i32, String, String);

impl Host {
    pub(super) fn of(version: Version) -> Self {
        let host = Self {
            root: tempfile::tempdir().unwrap(),
        };
        for file in files(version) {
            if let Content::Text(text) = file.content {
                host.put(&host.core().join(file.path), &text, file.mode);
            }
        }
        host.put(&host.lib().join(VERSION_FILE), &version.to_string(), 0o644);
        fs::create_dir_all(host.home()).unwrap();
        host.program(
            "conform-unmodelled",
            "echo \"$1 is not modelled\" >&2; exit 1",
        );
        host
    }

    pub(super) fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    pub(super) fn lib(&self) -> PathBuf {
        self.root.path().join("lib")
    }

    pub(super) fn core(&self) -> PathBuf {
        self.lib().join("core-plugins/available")
    }

    /// An app, which is a directory.
    pub(super) fn app(self, name: &str) -> Self {
        fs::create_dir_all(self.home().join(name)).unwrap();
        self
    }

    /// A program on the PATH, as a shell script.
    pub(super) fn program(&self, name: &str, script: &str) {
        let path = self.root.path().join("bin").join(name);
        self.put(&path, &format!("#!/bin/sh\n{script}\n"), 0o755);
    }

    /// A program of a core plugin, as a shell script.
    pub(super) fn core_program(&self, path: &str, script: &str) {
        self.put(
            &self.core().join(path),
            &format!("#!/bin/sh\n{script}\n"),
            0o755,
        );
    }

    /// Runs a script that has sourced one of the core files.
    pub(super) fn sourced(&self, file: &str, script: &str) -> Came {
        let mut command = Command::new("bash");
        command
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", self.root.path().join("bin").display()),
            )
            .env("LC_ALL", "C")
            .env("DOKKU_ROOT", self.home())
            .env("DOKKU_LIB_ROOT", self.lib())
            .env("DOCKER_BIN", "docker")
            .env("PLUGIN_CORE_AVAILABLE_PATH", self.core())
            .env("PLUGIN_AVAILABLE_PATH", self.core());
        let all = format!("source \"$PLUGIN_CORE_AVAILABLE_PATH/{file}\"\n{script}\n");
        let output = feed(&mut command, &all);
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (
            output.status.code().unwrap_or(-1),
            text(output.stdout),
            text(output.stderr),
        )
    }

    fn put(&self, path: &Path, text: &str, mode: u32) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
}
