//! What the core's own commands, triggers and functions do on a host where nothing is deployed, through the dispatcher.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dokku_conform::dokku::core::{Content, VERSION_FILE, files, plugins};
use dokku_conform::dokku::Version;
use tempfile::TempDir;

/// Status, standard output, standard error.
type Came = (i32, String, String);

/// A host with all core plugins of the newest version, and a plugin that notes the triggers it gets.
struct Rig(TempDir);

const PROGRAMS: &[(&str, &str)] = &[
    ("conform-unmodelled", "echo \"$1 is not modelled\" >&2; exit 1"),
    ("sudo", "echo \"sudo $*\" >>\"$DOKKU_ROOT/.calls\"; [ -z \"$NGINX_BROKEN\" ]"),
    ("nginx", "exit 0"),
    ("systemctl", "exit 0"),
    ("chown", "exit 0"),
    ("hostname", "echo dokku.invalid"),
    ("id", "echo dokku"),
];

const TRIGGERS: &[&str] = &[
    "nginx-hostname", "post-app-rename", "post-app-rename-setup", "post-config-update", "post-create", "post-delete", "post-domains-update",
    "pre-delete", "pre-disable-vhost", "pre-enable-vhost", "scheduler-post-delete", "scheduler-retire", "scheduler-stop",
];

impl Rig {
    fn new() -> Self {
        let rig = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(rig.path("root")).unwrap();
        let program = env!("CARGO_BIN_EXE_dokku-conform");
        fs::create_dir_all(rig.path("bin")).unwrap();
        for name in ["dokku", "plugn", "column"] {
            symlink(program, rig.path("bin").join(name)).unwrap();
        }
        for (name, script) in PROGRAMS {
            rig.write(&format!("bin/{name}"), &format!("#!/bin/sh\n{script}\n"), 0o755);
        }
        for file in files(Version::NEWEST) {
            let path = format!("lib/core-plugins/available/{}", file.path.display());
            match &file.content {
                Content::Text(text) => rig.write(&path, text, file.mode),
                Content::Program => {
                    fs::create_dir_all(rig.path(&path).parent().unwrap()).unwrap();
                    symlink(program, rig.path(&path)).unwrap();
                }
            }
        }
        for name in plugins(Version::NEWEST) {
            rig.link(&format!("core-plugins/available/{name}"), &format!("core-plugins/enabled/{name}"));
            rig.link(&format!("core-plugins/available/{name}"), &format!("plugins/available/{name}"));
            rig.link(&format!("plugins/available/{name}"), &format!("plugins/enabled/{name}"));
        }
        rig.write(&format!("lib/{VERSION_FILE}"), &Version::NEWEST.to_string(), 0o644);
        for name in TRIGGERS {
            let note = format!("#!/bin/sh\necho \"{name} $*${{SKIP_REBUILD:+ unbuilt}}\" >>\"$DOKKU_ROOT/.triggers\"\n[ \"$REFUSED\" != {name} ] || {{ echo no >&2; exit 3; }}\n");
            rig.write(&format!("lib/plugins/available/witness/{name}"), &note, 0o755);
        }
        rig.write("lib/plugins/available/witness/plugin.toml", "[plugin]\ndescription = \"x\"\nversion = \"1\"\n[plugin.config]\n", 0o644);
        rig.link("plugins/available/witness", "plugins/enabled/witness");
        rig
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn write(&self, below: &str, text: &str, mode: u32) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn link(&self, target: &str, link: &str) {
        let link = self.path("lib").join(link);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(self.path("lib").join(target), link).unwrap();
    }

    fn read(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).unwrap_or_default()
    }

    fn command(&self, program: &Path, arguments: &[&str], environment: &[(&str, &str)], input: &str) -> Came {
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", self.path("bin").display()))
            .env("LC_ALL", "C")
            .env("HOME", self.path("root"))
            .env("USER", "dokku")
            .env("DOKKU_ROOT", self.path("root"))
            .env("DOKKU_LIB_PATH", self.path("lib"))
            .envs(environment.iter().copied())
            .current_dir(self.0.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&self.0.path().display().to_string(), "$E");
        (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
    }

    /// A command line of dokku.
    fn dokku(&self, line: &str) -> Came {
        self.fed(line, &[], "")
    }

    fn fed(&self, line: &str, environment: &[(&str, &str)], input: &str) -> Came {
        let words: Vec<&str> = line.split_whitespace().collect();
        self.command(&self.path("bin/dokku"), &words, environment, input)
    }

    /// A script in the environment of a plugin.
    fn script(&self, script: &str) -> Came {
        let lib = self.path("lib");
        let all = [
            ("DOKKU_LIB_ROOT", lib.clone()),
            ("PLUGIN_PATH", lib.join("plugins")),
            ("PLUGIN_AVAILABLE_PATH", lib.join("plugins/available")),
            ("PLUGIN_ENABLED_PATH", lib.join("plugins/enabled")),
            ("PLUGIN_CORE_PATH", lib.join("core-plugins")),
            ("PLUGIN_CORE_AVAILABLE_PATH", lib.join("core-plugins/available")),
            ("DOKKU_SYSTEM_USER", "dokku".into()),
            ("DOKKU_SYSTEM_GROUP", "dokku".into()),
            ("DOKKU_DISTRO", "debian".into()),
        ];
        let all: Vec<(&str, String)> = all.into_iter().map(|(name, path)| (name, path.display().to_string())).collect();
        let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.command(Path::new("/bin/bash"), &["-c", script], &all, "")
    }

    /// The triggers that came since the last time, one a line.
    fn triggers(&self) -> String {
        let text = self.read("root/.triggers");
        let _ = fs::remove_file(self.path("root/.triggers"));
        text
    }
}

fn came(status: i32, out: &str, error: &str) -> Came {
    (status, out.to_owned(), error.to_owned())
}

#[test]
fn explore() {
    let rig = Rig::new();
    for line in ["apps:list", "apps:create foo", "apps:exists foo", "apps:exists bar", "domains:report foo", "config:show foo",
        "domains:add foo foo.com", "domains:report foo", "domains:add foo bad_host", "domains:add foo", "domains:set-global dokku.me", "apps:create bar", "domains:reset bar", "domains:report bar --domains-app-vhosts",
        "apps:report foo --app-dir", "proxy:report foo", "network:report foo --format json", "urls bar", "plugin:list", "plugin:installed foo", "apps", "config foo", "apps:rename bar baz", "apps:list", "apps:destroy baz", "--force apps:destroy baz", "no-such", "domains:enable nope", "domains:disable foo", "domains:clear foo", "domains:clear-global", "apps:help"] {
        println!("$ {line}\n{:?}\n{}", rig.dokku(line), rig.triggers());
    }
    println!("{:?}", rig.fed("apps:destroy foo", &[], "foo\n"));
    println!("{:?}", rig.fed("apps:create foo", &[("REFUSED", "post-create")], "foo\n"));
    println!("{:?}", rig.script("source $PLUGIN_AVAILABLE_PATH/nginx-vhosts/functions; APP=foo; restart_nginx; validate_nginx; get_nginx_location; is_http2_push_enabled 1.22.1; is_http2_directive_supported 1.25.1; for p in access-log-path bind-address-ipv6; do fn-get-property --app foo --computed $p; echo; done; plugn trigger ports-get foo; plugn trigger domains-urls foo urls; plugn trigger network-get-property foo tld; cat $DOKKU_ROOT/.calls"));
    panic!();
}
