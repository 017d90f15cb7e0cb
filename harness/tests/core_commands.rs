//! What the core's own commands, triggers and functions do on a host where nothing is deployed, through the dispatcher.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dokku_conform::dokku::Version;
use dokku_conform::dokku::core::{Content, VERSION_FILE, files, plugins};
use scratch::scratch;
use tempfile::TempDir;

mod families;
mod scratch;

/// Status, standard output, standard error.
type Came = (i32, String, String);

/// A host with all core plugins of a version, and a plugin that notes the triggers it gets.
struct Rig(TempDir);

const PROGRAMS: &[(&str, &str)] = &[
    (
        "conform-unmodelled",
        "echo \"$1 is not modelled\" >&2; exit 1",
    ),
    ("conform-lacks", "exit 0"),
    (
        "sudo",
        "echo \"sudo $*\" >>\"$DOKKU_ROOT/.calls\"; [ -z \"$NGINX_BROKEN\" ]",
    ),
    ("nginx", "exit 0"),
    ("systemctl", "exit 0"),
    ("chown", "exit 0"),
    ("hostname", "echo dokku.invalid"),
    ("id", "echo \"${WHO:-dokku}\""),
    ("docker", DOCKER),
    ("logger", "exec cat >/dev/null"),
];

/// A docker with the networks `bridge` and `net`.
const DOCKER: &str = r#"network() {
  echo "{\"CreatedAt\":\"\",\"Driver\":\"bridge\",\"ID\":\"0\",\"IPv6\":\"false\",\"Internal\":\"false\",\"Labels\":\"$2\",\"Name\":\"$1\",\"Scope\":\"local\"}"
}
echo "docker $*" >>"$DOKKU_ROOT/.calls"
case "$1 $2 $3" in
  'network ls '*) network bridge; network net com.dokku.network-name=net ;;
  'network rm net' | 'network create '*) ;;
  *) echo "Error response from daemon: network $3 not found" >&2; exit 1 ;;
esac"#;

const TRIGGERS: &[&str] = &[
    "nginx-hostname",
    "post-app-rename",
    "post-app-rename-setup",
    "post-certs-remove",
    "post-certs-update",
    "post-config-update",
    "post-create",
    "post-delete",
    "post-domains-update",
    "post-proxy-ports-update",
    "pre-delete",
    "pre-disable-vhost",
    "pre-enable-vhost",
    "scheduler-post-delete",
    "scheduler-retire",
    "scheduler-stop",
];

impl Rig {
    fn new() -> Self {
        Self::of(Version::NEWEST)
    }

    fn of(version: Version) -> Self {
        let rig = Self(scratch());
        fs::create_dir_all(rig.path("root")).unwrap();
        let program = env!("CARGO_BIN_EXE_dokku-conform");
        // The program takes itself for the dispatcher of a world only where a world's own file lies.
        rig.write("manner.json", "{}", 0o644);
        for name in ["conform", "stand-ins"] {
            fs::create_dir_all(rig.path(name)).unwrap();
        }
        for name in ["conform/dokku", "stand-ins/plugn", "stand-ins/column"] {
            symlink(program, rig.path(name)).unwrap();
        }
        for (name, script) in PROGRAMS {
            rig.write(
                &format!("stand-ins/{name}"),
                &format!("#!/bin/sh\n{script}\n"),
                0o755,
            );
        }
        for file in files(version) {
            let path = format!("lib/core-plugins/available/{}", file.path.display());
            match &file.content {
                Content::Text(text) => rig.write(&path, text, file.mode),
                Content::Program => {
                    fs::create_dir_all(rig.path(&path).parent().unwrap()).unwrap();
                    symlink(program, rig.path(&path)).unwrap();
                }
            }
        }
        for name in plugins(version) {
            rig.link(
                &format!("core-plugins/available/{name}"),
                &format!("core-plugins/enabled/{name}"),
            );
            rig.link(
                &format!("core-plugins/available/{name}"),
                &format!("plugins/available/{name}"),
            );
            rig.link(
                &format!("plugins/available/{name}"),
                &format!("plugins/enabled/{name}"),
            );
        }
        rig.write(&format!("lib/{VERSION_FILE}"), &version.to_string(), 0o644);
        for name in TRIGGERS {
            let note = format!(
                "#!/bin/sh\necho \"{name} $*${{SKIP_REBUILD:+ unbuilt}}\" >>\"$DOKKU_ROOT/.triggers\"\n[ \"$REFUSED\" != {name} ] || {{ echo no >&2; exit 3; }}\n"
            );
            rig.write(
                &format!("lib/plugins/available/witness/{name}"),
                &note,
                0o755,
            );
        }
        rig.write(
            "lib/plugins/available/witness/plugin.toml",
            "[plugin]\ndescription = \"x\"\nversion = \"1\"\n[plugin.config]\n",
            0o644,
        );
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

    fn command(
        &self,
        program: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
        input: &str,
    ) -> Came {
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", self.path("stand-ins").display()),
            )
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
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes).replace(&self.0.path().display().to_string(), "$E")
        };
        (
            output.status.code().unwrap_or(-1),
            text(&output.stdout),
            text(&output.stderr),
        )
    }

    /// A command line of dokku.
    fn dokku(&self, line: &str) -> Came {
        self.fed(line, &[], "")
    }

    fn fed(&self, line: &str, environment: &[(&str, &str)], input: &str) -> Came {
        let words: Vec<&str> = line.split_whitespace().collect();
        self.command(&self.path("conform/dokku"), &words, environment, input)
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
            (
                "PLUGIN_CORE_AVAILABLE_PATH",
                lib.join("core-plugins/available"),
            ),
            ("DOKKU_SYSTEM_USER", "dokku".into()),
            ("DOKKU_SYSTEM_GROUP", "dokku".into()),
            ("DOKKU_DISTRO", "debian".into()),
        ];
        let all: Vec<(&str, String)> = all
            .into_iter()
            .map(|(name, path)| (name, path.display().to_string()))
            .collect();
        let all: Vec<(&str, &str)> = all
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
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

const WARNING: &str = " !     WARNING: Potentially Destructive Action\n !     This command will destroy app foo.\n \
    !     To proceed, type \"foo\"\n";
const DESTROYED: &str = "-----> Destroying foo (including all add-ons)\n-----> Cleaning up...\n-----> Retiring old \
    containers and images\n";

#[test]
fn an_app_comes_to_be_and_the_plugins_hear_of_it() {
    let rig = Rig::new();
    let none = " !     You haven't deployed any applications yet\n";
    assert_eq!(rig.dokku("apps:list"), came(0, "=====> My Apps\n", none));
    let created = "-----> Creating foo...\n-----> Global server virtual host not set, disabling app vhost...\n";
    assert_eq!(rig.dokku("apps:create foo"), came(0, created, ""));
    let heard = "pre-disable-vhost foo\npost-config-update foo set NO_VHOST\npost-domains-update foo disable\npost-create foo\n";
    assert_eq!(rig.triggers(), heard);
    assert_eq!(
        rig.dokku("config:show foo"),
        came(0, "=====> foo env vars\nNO_VHOST:  1\n", "")
    );
    assert_eq!(
        rig.dokku("apps:create foo"),
        came(1, "", " !     Name is already taken\n")
    );
    assert_eq!(
        rig.dokku("apps:exists bar"),
        came(20, "", " !     App bar does not exist\n")
    );
    assert_eq!(
        rig.dokku("apps:list --format json"),
        came(0, "[\"foo\"]\n", "")
    );
}

#[test]
fn a_plugin_that_refuses_ends_the_command_and_is_heard_twice() {
    let rig = Rig::new();
    let (status, _, said) = rig.fed("apps:create foo", &[("REFUSED", "post-create")], "");
    assert_eq!((status, said.as_str()), (1, "no\n !     no\n\n"));
}

#[test]
fn an_app_is_destroyed_once_its_name_is_typed() {
    let rig = Rig::new();
    for (input, error) in [
        ("", "EOF"),
        ("\n", "unexpected newline"),
        ("foo bar\n", "expected newline"),
    ] {
        rig.dokku("apps:create foo");
        let error = format!("{WARNING} !     {error}\n");
        assert_eq!(
            rig.fed("apps:destroy foo", &[], input),
            came(1, "> ", &error)
        );
    }
    let error = format!("{WARNING}Confirmation did not match test. Aborted.\n");
    assert_eq!(
        rig.fed("apps:destroy foo", &[], "fool\n"),
        came(1, "> ", &error)
    );
    rig.triggers();
    let destroyed = format!("> {DESTROYED}");
    assert_eq!(
        rig.fed("apps:destroy foo", &[], "foo\n"),
        came(0, &destroyed, WARNING)
    );
    let heard = "pre-delete foo latest\nscheduler-stop docker-local foo true\nscheduler-post-delete docker-local foo latest\n\
        post-delete foo latest\nscheduler-retire docker-local foo\n";
    assert_eq!(rig.triggers(), heard);
    assert!(!rig.path("root/foo").exists() && !rig.path("lib/config/foo").exists());
    rig.dokku("apps:create foo");
    assert_eq!(
        rig.dokku("--force apps:destroy foo"),
        came(0, DESTROYED, "")
    );
}

#[test]
fn a_new_name_takes_the_configuration_and_the_names_along() {
    let rig = Rig::new();
    rig.dokku("domains:set-global dokku.me");
    rig.dokku("apps:create foo");
    rig.dokku("config:set --no-restart foo KEY=value");
    rig.triggers();
    let (status, out, error) = rig.dokku("apps:rename foo bar");
    assert_eq!((status, error.as_str()), (0, ""));
    assert!(
        out.starts_with("-----> Renaming foo to bar\n-----> Creating bar...\n")
            && out.ends_with(DESTROYED),
        "{out}"
    );
    let heard = rig.triggers();
    assert!(
        heard.contains("post-create bar\npost-app-rename-setup foo bar\npre-delete foo latest\n"),
        "{heard}"
    );
    assert!(
        heard.ends_with("scheduler-retire docker-local foo\npost-app-rename foo bar unbuilt\n"),
        "{heard}"
    );
    assert_eq!(rig.dokku("config:get bar KEY"), came(0, "value\n", ""));
    assert_eq!(rig.dokku("urls bar"), came(0, "http://bar.dokku.me\n", ""));
}

#[test]
fn names_are_added_and_taken_away() {
    let rig = Rig::new();
    rig.dokku("apps:create foo");
    rig.triggers();
    assert_eq!(
        rig.dokku("domains:add foo foo.com"),
        came(0, "-----> Added foo.com to foo\n", "")
    );
    let heard = "pre-enable-vhost foo\npost-config-update foo set NO_VHOST\npost-domains-update foo enable\n\
        post-domains-update foo add foo.com\n";
    assert_eq!(rig.triggers(), heard);
    let invalid = " !     bad_host is invalid. exiting...\n";
    assert_eq!(rig.dokku("domains:add foo bad_host"), came(1, "", invalid));
    let missing =
        " !     Please specify a domain name. Usage: dokku foo  <domain> [<domain> ...]\n";
    assert_eq!(rig.dokku("domains:add foo"), came(1, "", missing));
    let values = [
        ("app enabled", "true"),
        ("app vhosts", "foo.com"),
        ("global enabled", "false"),
        ("global vhosts", ""),
    ];
    let lines =
        values.map(|(name, value)| format!("       {:31}{value}\n", format!("Domains {name}:")));
    let report = format!("=====> foo domains information\n{}", lines.concat());
    assert_eq!(rig.dokku("domains:report foo"), came(0, &report, ""));
    assert_eq!(
        rig.dokku("domains:remove foo foo.com"),
        came(0, "-----> Removed foo.com from foo\n", "")
    );
    assert_eq!(rig.read("root/foo/VHOST"), "");
    assert_eq!(
        rig.dokku("domains:clear bar"),
        came(20, "", " !     App bar does not exist\n")
    );
}

#[test]
fn plugins_get_answers_from_the_core() {
    let rig = Rig::new();
    rig.dokku("apps:create foo");
    let asked = |script: &str| rig.script(script);
    assert_eq!(
        asked("plugn trigger proxy-type foo; plugn trigger ports-get foo"),
        came(0, "nginx\nhttp:80:5000\n", "")
    );
    assert_eq!(
        asked("plugn trigger domains-urls foo urls"),
        came(0, "http://dokku.invalid\n", "")
    );
    assert_eq!(
        asked("plugn trigger network-get-property foo bind-all-interfaces"),
        came(0, "false\n", "")
    );
    let wrong = " !     Invalid network property specified: x\n";
    assert_eq!(
        asked("plugn trigger network-get-property foo x"),
        came(1, "", wrong)
    );
}

#[test]
fn nginx_is_checked_and_told_to_read_its_configuration() {
    let rig = Rig::new();
    rig.dokku("apps:create foo");
    let source = "source $PLUGIN_AVAILABLE_PATH/nginx-vhosts/functions; ";
    let asked = |script: &str| rig.script(&format!("{source}{script}"));
    assert_eq!(
        asked("APP=foo restart_nginx; validate_nginx"),
        came(0, "", "")
    );
    let calls = rig
        .read("root/.calls")
        .replace(&rig.0.path().display().to_string(), "$E");
    assert_eq!(
        calls,
        "sudo $E/stand-ins/systemctl reload nginx\nsudo $E/stand-ins/nginx -t\n"
    );
    let missing = " !     No nginx config found for foo\n";
    assert_eq!(
        asked("NGINX_BROKEN=1; export NGINX_BROKEN; validate_nginx"),
        came(1, "", missing)
    );
    for (version, push, directive) in [
        ("1.13.8", false, false),
        ("1.22.1", true, false),
        ("1.25.1", false, true),
    ] {
        let script =
            format!("is_http2_push_enabled {version}; is_http2_directive_supported {version}");
        assert_eq!(
            asked(&script),
            came(0, &format!("{push}\n{directive}\n"), ""),
            "{version}"
        );
    }
    let disabled =
        "fn-plugin-property-write nginx foo access-log-path off; nginx_logs nginx:access-logs foo";
    assert_eq!(
        asked(disabled),
        came(1, "", " !     access logs are disabled for this app\n")
    );
}

#[test]
fn a_command_of_nobody_starts_no_core_plugin_and_ends_as_ever() {
    let rig = Rig::new();
    let error = " !     `no-such` is not a dokku command.\n !     See `dokku help` for a list of available commands.\n";
    assert_eq!(rig.dokku("no-such"), came(1, "", error));
    assert_eq!(
        rig.dokku("apps"),
        came(
            0,
            "=====> My Apps\n",
            " !     You haven't deployed any applications yet\n"
        )
    );
}

/// Every version's own program refuses a missing app in its own words: `plugn trigger app-exists` and `apps:exists`.
#[test]
fn a_missing_app_is_refused_in_the_words_of_the_time() {
    for (version, status, mark) in [
        ("0.20.0", 1, "FAILED: "),
        ("0.21.4", 1, "FAILED: "),
        ("0.22.0", 1, " !     "),
        ("0.23.9", 1, " !     "),
        ("0.24.0", 20, " !     "),
        ("0.38.27", 20, " !     "),
    ] {
        let rig = Rig::of(version.parse().unwrap());
        let refused = (
            status,
            String::new(),
            format!("{mark}App x does not exist\n"),
        );
        assert_eq!(
            rig.script("plugn trigger app-exists x"),
            refused,
            "{version}"
        );
        assert_eq!(rig.dokku("apps:exists x"), refused, "{version}");
        let unnamed = format!("{mark}Please specify an app to run the command on\n");
        assert_eq!(rig.dokku("apps:exists").2, unnamed, "{version}");
    }
}

#[test]
fn deleting_a_property_that_is_not_there_was_once_a_failure() {
    let script = "source \"$PLUGIN_CORE_AVAILABLE_PATH/common/property-functions\"; \
        fn-plugin-property-delete probe foo key";
    let text = "Unable to remove probe property foo.key\n".to_owned();
    for (version, came) in [
        ("0.19.10", (1, String::new(), text.clone())),
        ("0.20.4", (1, String::new(), text)),
        ("0.21.0", (0, String::new(), String::new())),
        ("0.38.27", (0, String::new(), String::new())),
    ] {
        let rig = Rig::of(version.parse().unwrap());
        assert_eq!(rig.script(script), came, "{version}");
    }
}
