use super::Inspection;
use crate::dokku::Version;
use crate::plugin::fixture::{Fixture, places};

const SHELL: &str = "#!/usr/bin/env bash\n";

fn plugin() -> Fixture {
    Fixture::new("dokku-p")
}

#[test]
fn names_are_read_as_they_are_written() {
    for inspection in Inspection::ALL {
        assert_eq!(inspection.to_string().parse(), Ok(*inspection));
    }
    let error = "docker".parse::<Inspection>().unwrap_err().to_string();
    assert!(error.contains("docker-bin"), "{error}");
}

#[test]
fn what_is_not_executable_or_has_no_interpreter_is_found() {
    let inspected = plugin()
        .with_mode("commands", SHELL, 0o644)
        .with("subcommands/crlf", "#!/bin/bash\r\necho\r\n")
        .with("subcommands/gone", "#!/no/such/interpreter\n")
        .with("subcommands/odd", "#!/usr/bin/env no-such-interpreter\n")
        .with("subcommands/good", SHELL)
        .with_mode("subcommands/README.md", "text", 0o644)
        .with_mode("pre-release", SHELL, 0o644)
        .with_mode("post-delete", SHELL, 0o644)
        .with_link("update", "nowhere")
        .inspect(Inspection::ExecutableFiles);
    assert_eq!(
        places(&inspected.findings),
        [
            "commands",
            "post-delete",
            "subcommands/crlf:1",
            "subcommands/gone:1",
            "update"
        ]
    );
    assert_eq!(places(&inspected.unknown), ["subcommands/odd:1"]);
}

#[test]
fn what_a_build_makes_is_not_missed() {
    let inspected = plugin()
        .with("plugin.toml", "")
        .with("src/main.go", "package main\n")
        .inspect(Inspection::ExecutableFiles);
    assert!(inspected.findings.is_empty());
    assert_eq!(places(&inspected.unknown), ["src/main.go"]);
}

#[test]
fn a_manifest_lacks_what_it_lacks() {
    let inspect = |text: &str| {
        plugin()
            .with("plugin.toml", text)
            .inspect(Inspection::PluginToml)
    };
    assert!(
        inspect("[plugin]\ndescription='d'\nversion='1'\n[plugin.config]\n")
            .findings
            .is_empty()
    );
    assert_eq!(inspect("[plugin]\ndescription=''\n").findings.len(), 3);
    assert_eq!(places(&inspect("[plugin\n").findings), ["plugin.toml:1"]);
    let absent = plugin()
        .with("commands", SHELL)
        .inspect(Inspection::PluginToml);
    assert_eq!(places(&absent.findings), ["plugin.toml"]);
}

#[test]
fn docker_is_found_in_command_position_of_what_dokku_reaches() {
    let inspected = plugin()
        .with(
            "commands",
            format!(
                "{SHELL}source \"$(dirname \"$0\")/helpers\"\n\"$DOCKER_BIN\" ps\necho docker ps\ncommand -v docker\n\
                 docker ps\ncat <<EOF\ndocker ps\nEOF\n"
            ),
        )
        .with("helpers", "x=$(sudo docker images)\n")
        .with("tests/run", format!("{SHELL}docker ps\n"))
        .inspect(Inspection::DockerBin);
    assert_eq!(places(&inspected.findings), ["commands:6", "helpers:1"]);
    assert_eq!(inspected.looked_at, 3);
}

#[test]
fn a_container_that_stays_needs_labels() {
    let inspected = plugin()
        .with(
            "install",
            concat!(
                "#!/usr/bin/env bash\n",
                "docker run --rm -v a:b image\n",
                "docker run -d $IMAGE true\n",
                "\"$DOCKER_BIN\" container run $DOKKU_GLOBAL_RUN_ARGS -d \"$IMAGE\"\n",
                "docker run \"${ARGS[@]}\" \"$IMAGE\"\n",
                "docker create --name kept image\n",
                "f() {\n  local own=(-e x)\n  docker run \"${own[@]}\" image --rm\n",
                "  local full=($DOKKU_GLOBAL_RUN_ARGS)\n  docker run \"${full[@]}\" image\n}\n",
                "docker start run\n",
            ),
        )
        .inspect(Inspection::DockerRunLabels);
    assert_eq!(places(&inspected.findings), ["install:3", "install:9"]);
    assert_eq!(places(&inspected.unknown), ["install:5", "install:6"]);
    assert_eq!(inspected.looked_at, 6);
}

#[test]
fn an_image_without_a_tag_is_found_where_it_is_one() {
    let inspected = plugin()
        .with(
            "post-deploy",
            concat!(
                "#!/usr/bin/env bash\nAPP=$1\nIMAGE=\"dokku/$APP\"\n",
                "docker inspect \"dokku/$APP\"\ndocker inspect \"dokku/$APP:$TAG\"\n",
                "echo \"dokku/$APP\"\ndocker ps --filter \"dokku/$APP\"\n",
            ),
        )
        .with("pre-build", format!("{SHELL}IMAGE=\"dokku/$APP\"\n"))
        .inspect(Inspection::ImageNames);
    assert_eq!(
        places(&inspected.findings),
        ["post-deploy:3", "post-deploy:4"]
    );
    assert_eq!(places(&inspected.unknown), ["pre-build:2"]);
}

#[test]
fn a_trigger_that_restarts_is_found_and_a_command_is_not() {
    let set = "config_set \"$APP\" A=b\nconfig_unset --no-restart \"$APP\" A\ndokku config:set --global A=b\n";
    let inspected = plugin()
        .with(
            "post-create",
            format!("{SHELL}{set}dokku config:set \"$APP\" A=b\n"),
        )
        .with("subcommands/set", format!("{SHELL}{set}"))
        .inspect(Inspection::ConfigNoRestart);
    assert_eq!(
        places(&inspected.findings),
        ["post-create:2", "post-create:5"]
    );
    assert_eq!(inspected.looked_at, 4);
}

#[test]
fn the_dokku_binary_is_found_behind_other_programs_too() {
    let inspected = plugin()
        .with(
            "commands",
            concat!(
                "#!/usr/bin/env bash\ndokku apps:list | xargs -n 1 sudo -u dokku dokku ps:restart\n",
                "echo dokku apps:list\n",
                "if declare -f add >/dev/null; then add; else dokku docker-options:add; fi\n",
            ),
        )
        .inspect(Inspection::NoNestedDokku);
    assert_eq!(inspected.findings.len(), 2);
    assert_eq!(places(&inspected.unknown), ["commands:4"]);
}

#[test]
fn triggers_are_known_gone_misspelt_or_not_known() {
    let fixture = plugin()
        .with(
            "post-deploy",
            format!("{SHELL}\"$(dirname \"$0\")/run-helper\"\n"),
        )
        .with("run-helper", SHELL)
        .with("docker-args", SHELL)
        .with("post-domain-update", SHELL)
        .with("service-list", SHELL)
        .with("app-list", SHELL)
        .with_mode("pre-delete", SHELL, 0o644);
    let inspected = fixture.inspect(Inspection::TriggersKnown);
    assert_eq!(
        places(&inspected.findings),
        ["docker-args", "post-domain-update"]
    );
    assert!(inspected.findings[0].message.contains("docker-args-build"));
    assert!(
        inspected.findings[1]
            .message
            .contains("post-domains-update")
    );
    assert_eq!(places(&inspected.unknown), ["service-list"]);
    let old = fixture
        .open()
        .inspect(Inspection::TriggersKnown, Version::new(0, 3, 26));
    assert_eq!(places(&old.unknown), ["app-list", "service-list"]);
    assert!(!places(&old.findings).contains(&"docker-args".to_owned()));
}

#[test]
fn a_repository_is_named_by_its_remote_and_else_by_its_directory() {
    let config = "[remote \"origin\"]\n\turl = git@example.com:o/hello.git\n";
    let inspect = |fixture: &Fixture| fixture.inspect(Inspection::RepositoryName);
    let named = plugin().with("commands", SHELL);
    assert!(inspect(&named).findings.is_empty() && inspect(&named).looked_at == 1);
    let other = Fixture::new("checkout").with("commands", SHELL);
    assert!(inspect(&other).skip_because.is_some());
    assert_eq!(
        inspect(&named.with(".git/config", config)).findings.len(),
        1
    );
}

#[test]
fn a_script_that_never_traces_is_found() {
    let inspected = plugin()
        .with("commands", format!("{SHELL}[[ $DOKKU_TRACE ]] && set -x\n"))
        .with("install", format!("{SHELL}echo\n"))
        .with(
            "update",
            format!("{SHELL}source \"$PLUGIN_CORE_AVAILABLE_PATH/common/functions\"\n"),
        )
        .with("subcommands/x", format!("{SHELL}source \"$ELSEWHERE\"\n"))
        .inspect(Inspection::TraceLine);
    assert_eq!(places(&inspected.findings), ["install:1"]);
    assert_eq!(places(&inspected.unknown), ["subcommands/x:1"]);
}

#[test]
fn what_can_not_be_read_leaves_api_exists_open_and_the_rest_is_judged() {
    let breaking = "#!/usr/bin/env bash\nsource \"$PLUGIN_AVAILABLE_PATH/storage/functions\"\n";
    let long = format!("#!/usr/bin/env bash\n{}\n", "x ".repeat(2_600_000));
    let plugin = Fixture::new("hello")
        .with("commands", breaking)
        .with("subcommands/long", long)
        .with(
            "subcommands/latin",
            b"#!/usr/bin/env bash\n# caf\xe9\necho caf\xe9\n",
        )
        .with(
            "subcommands/open",
            "#!/usr/bin/env bash\nif [[ ; then\n((\n",
        )
        .with("subcommands/python", "#!/usr/bin/env python3\nprint(1)\n")
        .with(
            "subcommands/self",
            "#!/usr/bin/env bash\nsource \"$(dirname \"$0\")/self\"\n",
        );
    let inspected = plugin.inspect(Inspection::ApiExists);
    assert_eq!(places(&inspected.findings), ["commands:2"]);
    let unknown = places(&inspected.unknown).join(" ");
    for name in ["long", "latin", "open", "python", "self"] {
        assert!(
            unknown.contains(&format!("subcommands/{name}")),
            "{name} in {unknown}"
        );
    }
}
