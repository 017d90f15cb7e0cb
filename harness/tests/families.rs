//! The families of core commands, one after the other: docker-options, network, ports, proxy, ps, storage, checks, certs,
//! plugin, events, nginx.

use std::path::Path;

use super::{Came, Rig, came};

/// What came of a command of an older version.
fn of(version: &str) -> Rig {
    let rig = Rig::of(version.parse().unwrap());
    rig.dokku("apps:create foo");
    rig.triggers();
    rig
}

fn newest() -> Rig {
    of("0.38.27")
}

fn failed(text: &str) -> Came {
    came(1, "", &format!(" !     {text}\n"))
}

fn silent() -> Came {
    came(0, "", "")
}

/// The rows of a report.
fn rows(rows: &[(&str, &str)]) -> String {
    let row = |(name, value): &(&str, &str)| format!("       {:31}{value}\n", format!("{name}:"));
    rows.iter().map(row).collect()
}

#[test]
fn options_are_added_and_taken_away_by_phase() {
    let rig = newest();
    let add = "docker-options:add foo build,deploy,run --link dokku.postgres.ls:x";
    assert_eq!(rig.dokku(add), silent());
    assert_eq!(
        rig.dokku("docker-options:add foo deploy -v /a:/a -p 80:80"),
        silent()
    );
    let link = "--link dokku.postgres.ls:x";
    let all = format!("{link} -p 80:80 -v /a:/a");
    let table = rows(&[
        ("Docker options build", link),
        ("Docker options deploy", &all),
        ("Docker options run", link),
    ]);
    assert_eq!(
        rig.dokku("--quiet docker-options:report foo"),
        came(0, &table, "")
    );
    let head = format!("=====> foo docker-options information\n{table}");
    assert_eq!(rig.dokku("docker-options:report foo"), came(0, &head, ""));
    let remove = "docker-options:remove foo build,deploy,run --link dokku.postgres.ls:x";
    assert_eq!(rig.dokku(remove), silent());
    assert_eq!(rig.dokku(remove), silent());
    assert_eq!(
        rig.dokku("docker-options:list foo --phase deploy"),
        came(0, "-p 80:80\n-v /a:/a\n", "")
    );
    let piped = rig.script("echo -n ' --x' | plugn trigger docker-args-deploy foo dockerfile web");
    assert_eq!(piped.1, " --env=NO_VHOST --x -p 80:80");
    let cleared = "-----> Clearing docker-options for foo on all phases\n";
    assert_eq!(rig.dokku("docker-options:clear foo"), came(0, cleared, ""));
    assert_eq!(
        rig.dokku("docker-options:add foo build"),
        failed("Please specify docker options to add to the phase")
    );
    let phases = "Phase(s) must be one of [build deploy run]";
    assert_eq!(rig.dokku("docker-options:add foo bad -x"), failed(phases));
    let missing = came(20, "", " !     App bar does not exist\n");
    assert_eq!(rig.dokku("docker-options:add bar run -x"), missing);
}

#[test]
fn options_lay_in_files_of_the_app() {
    for version in ["0.20.0", "0.24.10", "0.37.10"] {
        let rig = of(version);
        assert_eq!(
            rig.read("root/foo/DOCKER_OPTIONS_DEPLOY"),
            "--restart=on-failure:10\n"
        );
        assert_eq!(
            rig.dokku("docker-options:add foo build,deploy -v /a:/a"),
            silent()
        );
        let file = "--restart=on-failure:10\n-v /a:/a\n";
        assert_eq!(
            rig.read("root/foo/DOCKER_OPTIONS_DEPLOY"),
            file,
            "{version}"
        );
        let rows = [
            ("Docker options build:", "-v /a:/a "),
            (
                "Docker options deploy:",
                "--restart=on-failure:10 -v /a:/a ",
            ),
            ("Docker options run:", ""),
        ];
        let rows = rows.map(|(name, value)| format!("       {name:30} {value:25}\n"));
        let report = rig.dokku("--quiet docker-options:report foo");
        assert_eq!(report, came(0, &rows.concat(), ""), "{version}");
        assert_eq!(
            rig.dokku("docker-options:remove foo build -v /a:/a"),
            silent()
        );
        assert_eq!(rig.read("root/foo/DOCKER_OPTIONS_BUILD"), "");
        let script = "source \"$PLUGIN_AVAILABLE_PATH/docker-options/functions\"; APP=foo; p=(run); \
            add_passed_docker_option p[@] --link a; get_phases run,build";
        assert_eq!(rig.script(script), came(0, "run build\n", ""), "{version}");
        assert_eq!(rig.read("root/foo/DOCKER_OPTIONS_RUN"), "--link a\n");
    }
}

#[test]
fn networks_are_docker_s() {
    let rig = newest();
    assert_eq!(
        rig.dokku("network:create net"),
        came(0, "-----> Creating network net\n", "")
    );
    let call = "docker network create --attachable --label com.dokku.network-name=net net\n";
    assert_eq!(rig.read("root/.calls"), call);
    assert_eq!(
        rig.dokku("network:exists net"),
        came(0, "-----> Network exists\n", "")
    );
    assert_eq!(
        rig.dokku("network:exists x"),
        failed("Network does not exist")
    );
    let list = "=====> Networks\nbridge\nnet\n";
    assert_eq!(rig.dokku("network:list"), came(0, list, ""));
    assert_eq!(
        rig.dokku("--quiet network:list --dokku-managed"),
        came(0, "net\n", "")
    );
    assert_eq!(
        rig.dokku("network:destroy --force net"),
        came(0, "-----> Destroying network net\n", "")
    );
    let gone =
        " !     Unable to destroy network: Error response from daemon: network x not found\n\n";
    assert_eq!(
        rig.dokku("network:destroy --force x"),
        came(1, "-----> Destroying network x\n", gone)
    );
    let set = "=====> Setting attach-post-create to net\n";
    assert_eq!(
        rig.dokku("network:set foo attach-post-create net"),
        came(0, set, "")
    );
    assert_eq!(
        rig.dokku("network:set foo attach-post-deploy net"),
        failed("Network name already associated with this app: net")
    );
}

#[test]
fn ports_lead_where_they_are_told_and_the_plugins_hear_of_it() {
    let rig = newest();
    assert_eq!(
        rig.dokku("ports:add foo http:80:5000 https:443:5000"),
        silent()
    );
    assert_eq!(rig.triggers(), "post-proxy-ports-update foo add\n");
    let list = "-----> Port mappings for foo\n    -----> scheme  host port  container port\n    \
        http           80         5000\n    https          443        5000\n";
    assert_eq!(rig.dokku("ports:list foo"), came(0, list, ""));
    assert_eq!(
        rig.dokku("ports:add foo http:80:1"),
        failed(
            "Error validating all port mappings: The same scheme:host-port is being reused: http:80"
        )
    );
    assert_eq!(rig.dokku("ports:remove foo 80"), silent());
    assert_eq!(rig.read("lib/config/ports/foo/map"), "https:443:5000\n");
    assert_eq!(rig.dokku("ports:clear foo"), silent());
    assert_eq!(
        rig.triggers(),
        "post-proxy-ports-update foo remove\npost-proxy-ports-update foo clear\n"
    );
    assert_eq!(
        rig.dokku("ports:list foo"),
        failed("No port mappings configured for app")
    );
}

#[test]
fn the_proxy_is_switched_off_and_on() {
    let rig = newest();
    let (status, out, error) = rig.dokku("proxy:disable foo");
    assert_eq!(
        (status, out.as_str()),
        (0, "-----> Disabling proxy for app\n")
    );
    assert_eq!(error, " !     App foo has not been deployed\n");
    let again = "-----> Proxy is already disable for app\n";
    assert_eq!(rig.dokku("proxy:disable foo"), came(0, again, ""));
    assert_eq!(rig.dokku("proxy:enable foo").0, 0);
    let set = "=====> Setting type to caddy\n";
    assert_eq!(rig.dokku("proxy:set foo caddy"), came(0, set, ""));
    assert_eq!(rig.script("plugn trigger proxy-type foo").1, "caddy\n");
}

#[test]
fn an_app_that_is_not_deployed_has_processes_to_be() {
    let rig = newest();
    let scale = "-----> Scaling for foo\nproctype: qty\n--------: ---\nweb:  1\n";
    assert_eq!(rig.dokku("ps:scale foo"), came(0, scale, ""));
    let scaling = "-----> Scaling foo processes: web=2 worker=1\n";
    assert_eq!(
        rig.dokku("ps:scale foo web=2 worker=1"),
        came(0, scaling, "")
    );
    assert_eq!(
        rig.script("plugn trigger ps-current-scale foo").1,
        "web=2\nworker=1"
    );
    for command in ["stop", "start", "restart"] {
        let (status, out, error) = rig.dokku(&format!("ps:{command} foo"));
        // What comes of a deployment goes to a log, and both streams to one.
        let told = out + &error;
        let expected = (0, " !     App foo has not been deployed\n");
        assert_eq!((status, told.as_str()), expected, "{command}");
    }
    assert_eq!(
        rig.dokku("ps:set foo restart-policy x"),
        failed("Invalid restart-policy specified")
    );
    assert_eq!(rig.dokku("ps:report foo --running"), came(0, "false\n", ""));
    assert_eq!(
        rig.dokku("ps:report foo --deployed"),
        came(0, "false\n", "")
    );
}

#[test]
fn folders_are_made_and_mounted() {
    for version in ["0.38.27", "0.37.10"] {
        let rig = of(version);
        let made = "-----> Ensuring $E/lib/data/storage/x exists\n       Setting directory ownership to 32767:32767\n       \
            Directory ready for mounting\n";
        let (status, out, _) = rig.dokku("storage:ensure-directory x");
        assert_eq!((status, out.as_str()), (0, made), "{version}");
        assert!(rig.path("lib/data/storage/x").is_dir());
        assert_eq!(rig.dokku("storage:mount foo /a:/b"), silent(), "{version}");
        assert_eq!(
            rig.dokku("storage:mount foo /a:/b"),
            failed("Mount path already exists."),
            "{version}"
        );
        let list = "-----> foo volume bind-mounts:\n       /a:/b\n";
        assert_eq!(
            rig.dokku("storage:list foo"),
            came(0, list, ""),
            "{version}"
        );
        assert_eq!(
            rig.dokku("storage:unmount foo /a:/b"),
            silent(),
            "{version}"
        );
        assert_eq!(
            rig.dokku("storage:unmount foo /a:/b"),
            failed("Mount path does not exist."),
            "{version}"
        );
    }
    let rig = of("0.30.11");
    assert_eq!(rig.dokku("storage:mount foo /a:/b"), silent());
    assert_eq!(rig.read("root/foo/DOCKER_OPTIONS_RUN"), "-v /a:/b\n");
    assert_eq!(
        rig.dokku("storage:mount foo /a:/b"),
        failed("Mount path already exists.")
    );
    assert_eq!(
        rig.dokku("storage:mount foo /a"),
        failed("Storage path must be two valid paths divided by colon.")
    );
}

#[test]
fn checks_are_left_out_for_processes() {
    let rig = newest();
    let skipped = "-----> Skipping zero downtime for app's (foo) proctypes (web,worker)\n";
    assert_eq!(
        rig.dokku("checks:skip foo web,worker"),
        came(0, skipped, "")
    );
    assert_eq!(rig.dokku("checks:disable foo web").0, 0);
    assert_eq!(
        rig.dokku("checks:report foo --checks-skipped-list").1,
        "worker\n"
    );
    assert_eq!(
        rig.dokku("checks:report foo --checks-disabled-list").1,
        "web\n"
    );
    let enabled = "-----> Enabling zero downtime for app's (foo)\n";
    assert_eq!(rig.dokku("checks:enable foo"), came(0, enabled, ""));
    assert_eq!(
        rig.dokku("checks:report foo --checks-skipped-list").1,
        "none\n"
    );
    assert_eq!(
        rig.dokku("checks:set foo x y"),
        failed("Invalid key specified, valid keys include: wait-to-retire")
    );
}

#[test]
fn certificates_come_and_go_and_the_plugins_hear_of_it() {
    for version in ["0.22.4", "0.38.27"] {
        let rig = of(version);
        rig.write("crt", "a certificate\n", 0o644);
        rig.write("key", "a key\n", 0o644);
        let add = format!(
            "certs:add foo {} {}",
            rig.path("crt").display(),
            rig.path("key").display()
        );
        assert_eq!(rig.dokku(&add), silent(), "{version}");
        assert_eq!(
            rig.triggers(),
            "post-certs-update foo\npost-domains-update foo\n"
        );
        assert_eq!(rig.dokku("certs:show foo key"), came(0, "a key\n", ""));
        let removed = "-----> Removing SSL endpoint from foo\n";
        assert_eq!(rig.dokku("certs:remove foo"), came(0, removed, ""));
        assert_eq!(
            rig.triggers(),
            "post-certs-remove foo\npost-domains-update foo\n"
        );
        assert_eq!(
            rig.dokku("certs:remove foo"),
            failed("An app-specific SSL endpoint is not defined")
        );
    }
}

#[test]
fn settings_of_nginx_and_of_the_log_of_events_are_kept() {
    let rig = newest();
    let set = "=====> Setting hsts to false\n";
    assert_eq!(rig.dokku("nginx:set foo hsts false"), came(0, set, ""));
    assert_eq!(rig.read("lib/config/nginx/foo/hsts"), "false");
    let on = "Enabling dokku events logger\n";
    assert_eq!(rig.dokku("events:on"), came(0, on, ""));
    assert_eq!(
        rig.read("root/.dokkurc/DOKKU_EVENTS"),
        "export DOKKU_EVENTS=1\n"
    );
    assert_eq!(rig.dokku("events:off").0, 0);
    assert!(!rig.path("root/.dokkurc/DOKKU_EVENTS").exists());
}

#[test]
fn a_plugin_comes_from_a_folder_of_this_host() {
    let rig = newest();
    let manifest = rig.read("lib/plugins/available/witness/plugin.toml");
    rig.write("second/plugin.toml", &manifest, 0o644);
    let install = "#!/bin/sh\necho installed >>\"$DOKKU_ROOT/.calls\"\n";
    rig.write("second/install", install, 0o755);
    let who = "-c user.name=x -c user.email=x@dokku.invalid";
    for line in ["init -q", "add -A", &format!("{who} commit -qm x")] {
        let words: Vec<&str> = ["-C", "second"]
            .into_iter()
            .chain(line.split(' '))
            .collect();
        assert_eq!(rig.command(Path::new("git"), &words, &[], ""), silent());
    }
    let as_root = |line: &str| rig.fed(line, &[("WHO", "root")], "");
    let place = rig.path("second").display().to_string();
    let (status, out, error) = as_root(&format!("plugin:install file://{place} --name second"));
    assert_eq!(status, 0, "{out}{error}");
    assert!(out.contains("-----> Plugin second enabled\n"), "{out}");
    assert!(rig.path("lib/plugins/enabled/second/install").is_file());
    assert_eq!(rig.read("root/.calls"), "installed\n");
    assert_eq!(as_root("plugin:installed second").0, 0);
    let updated = |line: &str| {
        let (status, out, error) = as_root(line);
        assert_eq!(status, 0, "{line}: {out}{error}");
        out
    };
    rig.write("second/later", "", 0o644);
    for line in ["add -A", &format!("{who} commit -qm later"), "tag one"] {
        let words: Vec<&str> = ["-C", "second"]
            .into_iter()
            .chain(line.split(' '))
            .collect();
        assert_eq!(rig.command(Path::new("git"), &words, &[], ""), silent());
    }
    assert!(!rig.path("lib/plugins/available/second/later").exists());
    let out = updated("plugin:update second");
    assert!(out.contains("Plugin (second) updated\n"), "{out}");
    assert!(rig.path("lib/plugins/available/second/later").is_file());
    let out = updated("plugin:update second one");
    assert!(
        out.contains("Plugin (second) updated and pinned to one\n"),
        "{out}"
    );
    let pinned = rig.read("lib/plugins/available/second/.plugin_committish");
    assert_eq!(pinned, "one\n");
    let out = updated("plugin:update second");
    assert!(out.contains("Plugin pinned to one\n"), "{out}");
    let (status, _, error) = as_root("plugin:update third");
    assert_eq!(status, 1);
    assert!(
        error.ends_with(" !     Specified plugin not enabled or installed\n"),
        "{error}"
    );
    assert_eq!(as_root("plugin:uninstall second").0, 0);
    assert!(!rig.path("lib/plugins/available/second").exists());
    let (status, _, error) = as_root("plugin:install nowhere");
    assert_eq!(status, 1);
    assert!(
        error.ends_with(" !     Please retry with valid arguments\n"),
        "{error}"
    );
}
