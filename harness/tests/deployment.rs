//! What an app's deployment tells the plugins, and leaves of it on the host and in docker.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use assert_cmd::Command;
use scratch::scratch;
use tempfile::TempDir;

mod scratch;

/// The triggers that the witness notes, with their arguments.
const TRIGGERS: &[&str] = &[
    "check-deploy",
    "core-post-deploy",
    "core-post-extract",
    "deploy-source-set",
    "docker-args-process-deploy",
    "nginx-pre-reload",
    "post-build",
    "post-container-create",
    "post-deploy",
    "post-extract",
    "post-release-builder",
    "post-stop",
    "pre-build",
    "pre-deploy",
    "pre-receive-app",
    "pre-release-builder",
    "pre-start",
    "scheduler-post-deploy-process",
];

/// What changes from run to run: ids, folders and revisions.
const STEADY: &str = r"sed -E 's/[0-9a-f]{64}/ID/g; s/[0-9a-f]{40}/REV/g; s#(/[^ ]*)?/dokku-[A-Za-z0-9]{6}#DIR#g;
    s/172\.17\.0\.[0-9]+/ADDRESS/g; s/upcoming-[0-9]+/upcoming/; s/\([0-9a-f]{12}\)/(ID)/'";

/// A plugin that notes the triggers it gets.
fn witness() -> (TempDir, PathBuf) {
    let folder = scratch();
    let plugin = folder.path().join("witness");
    fs::create_dir_all(&plugin).unwrap();
    let toml = "[plugin]\ndescription = \"x\"\nversion = \"1\"\n[plugin.config]\n";
    fs::write(plugin.join("plugin.toml"), toml).unwrap();
    for name in TRIGGERS {
        let file = plugin.join(name);
        let text = format!("#!/bin/sh\necho \"{name} $*\" >>\"$DOKKU_ROOT/.told\"\n");
        fs::write(&file, text).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    (folder, plugin)
}

/// What a script says in a world of a version with the witness, where `told` shows and forgets what it noted.
fn said(version: &str, script: &str) -> String {
    let (_folder, plugin) = witness();
    let text = format!(
        "told() {{ cat \"$DOKKU_ROOT/.told\"; rm -f \"$DOKKU_ROOT/.told\"; }}
        {{ dokku apps:create foo; }} >/dev/null 2>&1; rm -f \"$DOKKU_ROOT/.told\"
        {{ {script}\n}} 2>&1 | {STEADY}"
    );
    let output = Command::cargo_bin("dokku-conform")
        .unwrap()
        .args(["run", "--isolation", "off", "--dokku", version, "--plugin"])
        .arg(plugin)
        .args(["--", "bash", "-c", &text])
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What plugins are told of the deployment of an image, in every version that is modelled.
const TOLD: &str = "\
core-post-extract foo DIR REV
post-extract foo DIR REV
pre-receive-app foo dockerfile DIR REV
pre-build dockerfile foo DIR
post-build dockerfile foo DIR
pre-release-builder dockerfile foo dokku/foo:latest
pre-deploy foo latest
post-release-builder dockerfile foo dokku/foo:latest
docker-args-process-deploy foo dockerfile latest web
docker-args-process-deploy foo dockerfile latest web 1
post-container-create app ID foo deploy web
check-deploy foo ID web 5000 ADDRESS 1
scheduler-post-deploy-process foo web
nginx-pre-reload foo  
core-post-deploy foo   latest
post-deploy foo   latest
deploy-source-set foo docker-image nginx:alpine
";

#[test]
fn plugins_hear_of_a_deployment_in_order() {
    for version in ["0.38.0", "0.38.27"] {
        let script = "dokku git:from-image foo nginx:alpine >/dev/null && told";
        let told = said(version, script);
        // The proxy is told of twice by some, since its first configuration comes before the app counts as deployed.
        let mut lines: Vec<&str> = told.lines().collect();
        lines.dedup();
        let expected: Vec<&str> = TOLD.lines().collect();
        lines.retain(|line| !line.starts_with("nginx-pre-reload"));
        let expected: Vec<&str> = expected
            .into_iter()
            .filter(|line| !line.starts_with("nginx-pre-reload"))
            .collect();
        assert_eq!(lines, expected, "{version}");
        assert!(told.contains("nginx-pre-reload foo"), "{version}: {told}");
    }
}

#[test]
fn a_deployed_app_has_a_container_and_files_that_name_it() {
    let script = "dokku git:from-image foo nginx:alpine >/dev/null
        cd \"$DOKKU_ROOT/foo\"
        ls -d CONTAINER* IP* PORT*; cat CONTAINER.web.1 PORT.web.1; echo; cat IP.web.1; echo
        docker ps --format '{{.Names}} {{.Image}} {{.Label \"com.dokku.dyno\"}}'
        dokku ps:report foo --deployed; dokku ps:report foo --running; dokku ps:scale foo web=2 >/dev/null
        ls CONTAINER*; dokku ps:report foo --processes";
    let expected = "CONTAINER.web.1\nIP.web.1\nPORT.web.1\nID\n5000\nADDRESS\nfoo.web.1 dokku/foo:latest web.1\n\
        true\ntrue\nCONTAINER.web.1\nCONTAINER.web.2\n2\n";
    assert_eq!(said("0.38.27", script), expected);
}

#[test]
fn a_deployed_app_is_released_anew_after_its_configuration_changed() {
    let script = "dokku git:from-image foo nginx:alpine >/dev/null; told >/dev/null
        dokku config:set foo KEY=value | sed -n '/^----->/p'
        told | grep -c '^post-deploy'
        dokku config:set --no-restart foo KEY=other >/dev/null; told 2>/dev/null | wc -l
        docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' foo.web.1 | grep KEY";
    let said = said("0.38.27", script);
    assert!(
        said.starts_with("-----> Setting config vars\n-----> Restarting app foo\n"),
        "{said}"
    );
    assert!(said.ends_with("\n1\n0\nKEY=value\n"), "{said}");
}

#[test]
fn an_app_is_stopped_started_and_destroyed() {
    let script = "dokku git:from-image foo nginx:alpine >/dev/null; told >/dev/null
        dokku ps:stop foo; told; dokku ps:report foo --running
        dokku ps:start foo >/dev/null 2>&1; told | head -n1; dokku ps:report foo --running
        dokku --force apps:destroy foo >/dev/null; docker ps --quiet | wc -l; ls -d \"$DOKKU_ROOT/foo\" 2>/dev/null";
    let expected = "-----> Stopping foo\npost-stop foo\nfalse\npre-start foo\ntrue\n0\n";
    assert_eq!(said("0.38.27", script), expected);
}

#[test]
fn an_image_has_to_be_named_and_its_app_to_be_there() {
    let script = "dokku git:from-image foo; dokku git:from-image bar x";
    let expected = " !     Please specify a docker image\n !     App bar does not exist\n";
    assert_eq!(said("0.38.27", script), expected);
}

#[test]
fn a_new_name_and_a_copy_are_deployed_too() {
    let script = "dokku git:from-image foo nginx:alpine >/dev/null
        dokku apps:clone foo copy >/dev/null; docker inspect --format '{{.State.Running}}' foo.web.1
        dokku apps:rename foo bar >/dev/null
        ls -d \"$DOKKU_ROOT/foo\" 2>/dev/null; docker ps --format '{{.Names}} {{.Image}}' | sort";
    let said = said("0.38.27", script);
    assert!(said.contains("true\n"), "{said}");
    let running: Vec<&str> = said
        .lines()
        .filter(|line| line.ends_with(":latest"))
        .collect();
    assert_eq!(
        running,
        ["bar.web.1 dokku/bar:latest", "copy.web.1 dokku/copy:latest"],
        "{said}"
    );
}
