//! Tests of what is found in small plugins.

use super::{Certainty, Effect, Kind, Use};
use crate::dokku::Version;
use crate::plugin::fixture::Fixture;

pub(super) const COMMON: &str = "source \"$PLUGIN_CORE_AVAILABLE_PATH/common/functions\"\n";

/// What a plugin with this text in a subcommand uses.
pub(super) fn uses(text: &str) -> Vec<Use> {
    let script = format!("#!/usr/bin/env bash\nset -eo pipefail\n{text}\n");
    Fixture::new("greeter")
        .with("subcommands/greet", script)
        .open()
        .api_uses()
        .to_vec()
}

fn v(version: &str) -> Version {
    version.parse().unwrap()
}

/// What a version breaks for certain and loudly.
fn broken(uses: &[Use], version: &str) -> Vec<String> {
    uses.iter()
        .filter(|one| one.is_certain() && one.effect == Effect::Fails)
        .filter(|one| one.kind != Kind::Name && !one.works_in(v(version)))
        .map(|one| one.says(v(version)))
        .collect()
}

pub(super) fn breaks(text: &str, version: &str) -> Vec<String> {
    broken(&uses(text), version)
}

#[test]
fn a_function_that_went_away_breaks_from_the_version_on_that_lacks_it() {
    let text = format!(
        "{COMMON}source \"$PLUGIN_AVAILABLE_PATH/ps/functions\"\nstop() {{\n  ps_stop \"$1\"\n}}\nstop \"$@\""
    );
    assert_eq!(breaks(&text, "0.21.4"), Vec::<String>::new());
    let said = breaks(&text, "0.22.0");
    assert_eq!(said.len(), 1);
    assert!(
        said[0].starts_with("calls `ps_stop`, which is gone since Dokku 0.22.0; call"),
        "{said:?}"
    );
}

#[test]
fn what_asks_first_or_catches_the_failure_is_no_break() {
    for text in [
        "if declare -f -F ps_stop >/dev/null; then\n  ps_stop x\nfi",
        "declare -f ps_stop >/dev/null || exit 0\nps_stop x",
        "if [[ \"$(type -t ps_stop)\" == function ]]; then ps_stop x; fi",
        "command -v ps_stop >/dev/null && ps_stop x",
        "ps_stop x || true",
        "X=\"$(ps_stop x || true)\"",
        "if ! ps_stop x; then echo no; fi",
        "ps_stop() { true; }\nps_stop x",
        "helper() { ps_stop x; }\nhelper || true",
        "helper() { ps_stop x; }",
        "if [[ \"$(dokku_version)\" == \"dokku version 0.21.4\" ]]; then ps_stop x; fi",
        "V=$(cat \"$DOKKU_LIB_ROOT/VERSION\" || true)\nif [[ \"$V\" < 0.22 ]]; then ps_stop x; fi",
        "if [[ -z \"$DOKKU_API_VERSION\" ]]; then ps_stop x; fi",
        "eval 'ps_stop() { true; }'\nps_stop x",
        "source \"$SOMETHING\"\nps_stop x",
        "docker exec x bash -c 'ps_stop x'",
        "cat <<'END'\nps_stop x\nEND",
    ] {
        let text = format!("{COMMON}source \"$PLUGIN_AVAILABLE_PATH/ps/functions\"\n{text}");
        assert_eq!(breaks(&text, "0.30.0"), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_stands_in_the_way_of_nothing_is_a_break_all_the_same() {
    for text in [
        "if [[ -n \"$DOKKU_API_VERSION\" ]]; then ps_stop x; fi",
        "command -v jq >/dev/null && ps_stop x",
        "for app in a b; do\n  ps_stop \"$app\"\ndone",
        "case \"$1\" in\n  a) ps_stop x ;;\nesac",
        "helper() { ps_stop x; }\nsuppress_output helper",
        "echo \"$(ps_stop x)\"",
    ] {
        let text = format!("{COMMON}source \"$PLUGIN_AVAILABLE_PATH/ps/functions\"\n{text}");
        assert_eq!(breaks(&text, "0.30.0").len(), 1, "{text}");
    }
}

#[test]
fn a_function_that_moved_is_looked_for_where_it_was() {
    let text = format!("{COMMON}is_app_vhost_enabled x");
    assert!(breaks(&text, "0.11.6").is_empty());
    let said = breaks(&text, "0.12.0").join("");
    assert_eq!(
        said,
        "calls `is_app_vhost_enabled`, which since Dokku 0.12.0 is in `domains/functions`, a file that this script does \
         not source; source \"$PLUGIN_CORE_AVAILABLE_PATH/domains/functions\""
    );
    let both = format!(
        "{COMMON}source \"$PLUGIN_AVAILABLE_PATH/domains/functions\"\nis_app_vhost_enabled x"
    );
    assert!(breaks(&both, "0.12.0").is_empty());
}

#[test]
fn what_comes_with_a_core_file_counts_as_sourced() {
    let text = "source \"$PLUGIN_AVAILABLE_PATH/nginx-vhosts/functions\"\nget_app_domains x";
    assert!(breaks(text, "0.20.4").is_empty());
    assert_eq!(breaks(text, "0.21.0").len(), 1);
}

#[test]
fn sourced_files_are_found_by_computed_paths() {
    let library = "source \"$PLUGIN_BASE_PATH/common/functions\"\nstop_all() { get_app_urls x; }\n";
    for path in [
        "$(dirname \"$0\")/../functions",
        "$(dirname \"$(dirname \"${BASH_SOURCE[0]}\")\")/functions",
        "$(dirname \"$(cd \"$(dirname \"${BASH_SOURCE[0]}\")\" && pwd)\")/functions",
        "$PLUGIN_AVAILABLE_PATH/greeter/functions",
        "$PLUGIN_ENABLED_PATH/greeter/functions",
    ] {
        let script = format!("#!/usr/bin/env bash\nsource \"{path}\"\nstop_all\n");
        let plugin = Fixture::new("greeter")
            .with("functions", library)
            .with("subcommands/greet", script);
        let plugin = plugin.open();
        let said = broken(plugin.api_uses(), "0.29.0");
        assert_eq!(said.len(), 1, "{path}: {said:?}");
        assert_eq!(plugin.api_uses()[0].place.file, "functions");
    }
}

#[test]
fn a_core_file_is_found_beside_the_plugin() {
    let script =
        "#!/usr/bin/env bash\nsource \"$(dirname $0)/../common/functions\"\nget_app_urls x\n";
    let plugin = Fixture::new("greeter").with("commands", script);
    assert_eq!(broken(plugin.open().api_uses(), "0.29.0").len(), 1);
    assert!(broken(plugin.open().api_uses(), "0.28.4").is_empty());
}

#[test]
fn a_file_that_is_gone_is_missed_unless_it_is_tested_for() {
    let plain = "source \"$PLUGIN_AVAILABLE_PATH/storage/functions\"";
    assert!(breaks(plain, "0.37.4").is_empty());
    assert!(
        breaks(plain, "0.37.5")[0]
            .starts_with("sources `storage/functions`, which is gone since Dokku 0.37.5")
    );
    let tested =
        format!("if [[ -f \"$PLUGIN_AVAILABLE_PATH/storage/functions\" ]]; then {plain}; fi");
    assert!(breaks(&tested, "0.37.5").is_empty());
}

#[test]
fn the_old_layout_and_its_programs_are_gone_since_0_4_0() {
    let text = "#!/usr/bin/env bash\nsource \"$PLUGIN_PATH/common/functions\"\npluginhook post-deploy x\n\
                is_image_buildstep_based x\n";
    let plugin = Fixture::new("greeter").with("commands", text).open();
    let said = broken(plugin.api_uses(), "0.4.0").join("\n");
    for part in [
        "sources `$PLUGIN_PATH/common/functions`, which is gone since Dokku 0.4.0; source \"$PLUGIN_CORE_AVAILABLE_PATH/",
        "calls `pluginhook`, which is gone since Dokku 0.4.0; call `plugn trigger`",
        "calls `is_image_buildstep_based`, which is gone since Dokku 0.3.26; call `is_image_herokuish_based`",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn variables_are_read_only_where_dokku_sets_them() {
    let plain = "\"$DOCKER_BIN\" container ls";
    assert!(breaks(plain, "0.17.4")[0].contains("is set only from Dokku 0.17.5 on"));
    assert!(breaks(plain, "0.17.5").is_empty());
    for guarded in [
        "\"${DOCKER_BIN:-docker}\" ps",
        "DOCKER_BIN=docker\n\"$DOCKER_BIN\" ps",
        ": \"${DOCKER_BIN:=docker}\"\n\"$DOCKER_BIN\" ps",
        "if [[ -n \"$DOCKER_BIN\" ]]; then \"$DOCKER_BIN\" ps; fi",
        "echo \"$DOKKU_GLOBAL_RUN_ARGS\"",
    ] {
        assert!(breaks(guarded, "0.17.4").is_empty(), "{guarded}");
    }
    let image = format!("{COMMON}verify_app_name \"$1\"\ndocker run \"$IMAGE\"");
    assert!(
        breaks(&image, "0.5.0")[0]
            .contains("`$IMAGE`, which is not set any more since Dokku 0.4.0")
    );
    assert!(breaks("docker run \"$IMAGE\"", "0.5.0").is_empty());
    assert!(breaks(&format!("IMAGE=x\n{image}"), "0.5.0").is_empty());
}

#[test]
fn files_that_moved_are_found_when_they_are_read() {
    for (text, good, bad) in [
        ("cat \"$DOKKU_ROOT/VERSION\"", "0.18.1", "0.18.2"),
        ("X=$(< /home/dokku/$APP/URLS)", "0.28.4", "0.29.0"),
        (
            "F=\"$DOKKU_ROOT/$APP\"\ngrep x \"$F/ENV\"",
            "0.37.10",
            "0.38.0",
        ),
        (
            "sed -n 1p \"$DOKKU_ROOT/$APP/DOCKER_OPTIONS_RUN\"",
            "0.37.10",
            "0.38.0",
        ),
    ] {
        assert!(breaks(text, good).is_empty(), "{text}");
        assert_eq!(breaks(text, bad).len(), 1, "{text}");
        let tested = text.replace("cat ", "[[ -f \"$DOKKU_ROOT/VERSION\" ]] && cat ");
        assert!(
            tested == text || breaks(&tested, bad).is_empty(),
            "{tested}"
        );
    }
    assert!(breaks("rm -f \"$DOKKU_ROOT/VERSION\"", "0.30.0").is_empty());
}

#[test]
fn commands_settings_and_triggers_are_followed_too() {
    assert!(breaks("dokku proxy:ports-add x http:80:80", "0.32.0")[0].contains("dokku ports:add"));
    assert!(breaks("sudo -u dokku dokku ls", "0.12.0")[0].contains("`dokku ls`"));
    assert!(breaks("dokku apps:list", "0.38.27").is_empty());
    let setting = format!(
        "{COMMON}source \"$PLUGIN_AVAILABLE_PATH/config/functions\"\nX=$(config_get \"$1\" DOKKU_PROXY_PORT_MAP)"
    );
    assert!(breaks(&setting, "0.30.11").is_empty());
    assert!(breaks(&setting, "0.31.0")[0].contains("ports-get"));
    assert!(
        breaks(
            "X=$(plugn trigger network-get-port a web false)\ncurl \"http://a:$X\"",
            "0.31.0"
        )[0]
        .contains("network-get-port")
    );
    assert!(breaks("plugn trigger network-compute-ports a web false", "0.31.0").is_empty());
    let falls_back = format!(
        "{COMMON}X=\"$(plugn trigger ports-get-available)\"\nif [[ -z \"$X\" ]]; then\n  X=\"$(get_available_port)\"\nfi"
    );
    assert!(breaks(&falls_back, "0.20.0").is_empty());
    assert!(breaks(&falls_back, "0.38.27").is_empty());
}

#[test]
fn hooks_and_names_are_uses_without_a_sound() {
    let plugin = Fixture::new("pack")
        .with("pre-build-cnb", "#!/bin/sh\n")
        .open();
    let of = |kind| {
        plugin
            .api_uses()
            .iter()
            .find(|one| one.kind == kind)
            .unwrap()
    };
    let hook = of(Kind::Trigger);
    assert_eq!(
        hook.says(v("0.24.0")),
        "implements the trigger pre-build-cnb, which is not called any more since Dokku 0.24.0; pre-build-pack took its \
         place"
    );
    assert_eq!(
        (hook.effect, hook.certainty),
        (Effect::Silent, Certainty::Certain)
    );
    let name = of(Kind::Name);
    assert!(name.works_in(v("0.36.11")) && !name.works_in(v("0.37.0")));
}

#[test]
fn forms_of_use_are_found_with_their_versions() {
    let found = |fixture: Fixture, form: &str| {
        let plugin = fixture.open();
        plugin
            .api_uses()
            .iter()
            .find(|one| one.kind == Kind::Form && one.name == form)
            .map(|one| one.life.clone())
    };
    let script = |text: &str| format!("#!/usr/bin/env bash\n{COMMON}{text}\n");
    let command = |text: &str| Fixture::new("greeter").with("commands", script(text));
    let breaks_first = |fixture, form: &str| {
        let life = found(fixture, form).unwrap_or_else(|| panic!("{form} is not found"));
        Version::released()
            .iter()
            .find(|version| **version >= Version::OLDEST && !life.contains(**version))
            .map(ToString::to_string)
            .unwrap()
    };
    for (text, form, version) in [
        (
            "grep '^export A' \"$DOKKU_ROOT/$APP/ENV\"",
            "exports-in-env-file",
            "0.11.0",
        ),
        ("X=$(dokku_log_warn hi)", "warning-captured", "0.8.1"),
        (
            "read x < <(config_get app A)",
            "config-get-in-read",
            "0.11.0",
        ),
        (
            "plugn trigger network-get-listeners \"$APP\"",
            "listeners-without-type",
            "0.20.0",
        ),
        (
            "T=$(get_running_image_tag a)\nif [[ -z \"$T\" ]]; then exit; fi",
            "tag-may-be-empty",
            "0.26.0",
        ),
        (
            "(verify_app_name a)\nif [[ $? -eq 1 ]]; then exit; fi",
            "status-1-of-verify-app-name",
            "0.24.0",
        ),
    ] {
        assert_eq!(breaks_first(command(text), form), version, "{text}");
    }
    let help = command("cat && cat <<END\n  help\nEND");
    assert_eq!(breaks_first(help, "input-in-help"), "0.5.0");
    let hook = |name: &str, text: &str| Fixture::new("greeter").with(name, script(text));
    assert_eq!(
        breaks_first(hook("pre-build", "APP=\"$1\""), "app-first-in-pre-build"),
        "0.32.0"
    );
    assert_eq!(
        found(
            hook("pre-build", "APP=\"$1\"\nX=\"$2\""),
            "app-first-in-pre-build"
        ),
        None
    );
    assert_eq!(
        breaks_first(hook("pre-restore", "APP=\"$2\""), "app-in-pre-restore"),
        "0.29.0"
    );
    assert_eq!(
        breaks_first(hook("user-auth", "true"), "user-auth-alone"),
        "0.18.0"
    );
    let plain = Fixture::new("greeter").with_mode("post-deploy", script("true"), 0o644);
    let plain = plain.with("commands", script("true"));
    assert_eq!(breaks_first(plain, "trigger-not-executable"), "0.28.0");
    let named = Fixture::new("my-plugin").with("commands", script("true"));
    assert_eq!(breaks_first(named, "name-with-plugin"), "0.4.7");
}

/// The first version that the plugin does not work in, with what it says there, for uses of a kind.
fn first_break(fixture: Fixture, kind: Kind) -> (String, String) {
    let plugin = fixture.open();
    let uses = plugin.api_uses().iter().filter(|one| one.kind == kind);
    let breaks = |one: &Use| {
        Version::released()
            .iter()
            .find(|version| **version >= Version::OLDEST && !one.works_in(**version))
            .map(|version| (*version, one.says(*version)))
    };
    let (version, said) = uses
        .filter(breaks_certainly)
        .filter_map(breaks)
        .min()
        .unwrap();
    (version.to_string(), said)
}

fn breaks_certainly(one: &&Use) -> bool {
    one.is_certain()
}

#[test]
fn each_change_of_the_past_is_named_with_its_version() {
    let command = |text: &str| {
        Fixture::new("greeter").with("commands", format!("#!/usr/bin/env bash\n{text}\n"))
    };
    let sourcing = |file: &str, text: &str| {
        command(&format!(
            "{COMMON}source \"$PLUGIN_AVAILABLE_PATH/{file}\"\n{text}"
        ))
    };
    let hook = |name: &str| Fixture::new("greeter").with(name, "#!/bin/sh\ntrue\n");
    let named = |name: &str| Fixture::new(name).with("commands", "#!/bin/sh\ntrue\n");
    for (entry, plugin, kind, version, part) in [
        (
            8,
            command("pluginhook post-deploy a"),
            Kind::Program,
            "0.4.0",
            "plugn trigger",
        ),
        (
            10,
            hook("docker-args"),
            Kind::Trigger,
            "0.4.0",
            "docker-args-deploy",
        ),
        (
            10,
            hook("pre-release"),
            Kind::Trigger,
            "0.4.0",
            "pre-release-buildpack",
        ),
        (
            11,
            command(&format!(
                "{COMMON}verify_app_name \"$1\"\ndocker run $IMAGE"
            )),
            Kind::Variable,
            "0.4.0",
            "get_app_image_name",
        ),
        (
            19,
            command("cp a \"$DOKKU_ROOT/$APP/nginx.conf.template\""),
            Kind::Path,
            "0.5.0",
            "sigil",
        ),
        (
            20,
            command("dokku release \"$APP\""),
            Kind::Command,
            "0.6.0",
            "`dokku release`",
        ),
        (
            28,
            sourcing("tags/functions", "tag_image a b"),
            Kind::File,
            "0.12.0",
            "git:from-image",
        ),
        (
            29,
            command(&format!("{COMMON}get_app_urls a\nget_cmd_from_procfile a")),
            Kind::Function,
            "0.4.0",
            "0.5.0",
        ),
        (
            35,
            command("cat \"$DOKKU_ROOT/VERSION\""),
            Kind::Path,
            "0.18.2",
            "$DOKKU_LIB_ROOT/VERSION",
        ),
        (
            37,
            sourcing("ps/functions", "dokku_log_info1 a\ndokku ps:stopall"),
            Kind::Command,
            "0.4.0",
            "0.11.4",
        ),
        (44, hook("pre-build-cnb"), Kind::Trigger, "0.4.0", "0.22.0"),
        (46, hook("tags-create"), Kind::Trigger, "0.26.0", "0.26.0"),
        (
            53,
            command("cat /home/dokku/$APP/URLS"),
            Kind::Path,
            "0.29.0",
            "domains-urls",
        ),
        (
            55,
            command("dokku proxy:ports-add a"),
            Kind::Command,
            "0.4.0",
            "0.6.0",
        ),
        (
            59,
            command("flock \"$DOKKU_ROOT/$APP/.deploy.lock\" true"),
            Kind::Path,
            "0.4.0",
            "0.6.0",
        ),
        (
            61,
            named("pack"),
            Kind::Name,
            "0.37.0",
            "since Dokku 0.37.0",
        ),
        (
            62,
            sourcing("storage/functions", "true"),
            Kind::File,
            "0.4.0",
            "0.5.0",
        ),
        (
            64,
            command("cat \"$DOKKU_ROOT/$APP/DOCKER_OPTIONS_RUN\""),
            Kind::Path,
            "0.38.0",
            "docker-args-run",
        ),
        (
            65,
            sourcing("config/functions", "config_get a DOKKU_START_CMD"),
            Kind::Setting,
            "0.38.0",
            "ps:report",
        ),
        (
            67,
            command(&format!("{COMMON}get_cmd_from_image a")),
            Kind::Function,
            "0.4.0",
            "0.5.7",
        ),
        (
            68,
            command(&format!("{COMMON}fn-report-emit-json a")),
            Kind::Function,
            "0.4.0",
            "0.38.0",
        ),
    ] {
        let (first, said) = first_break(plugin, kind);
        assert_eq!(first, version, "{entry}: {said}");
        assert!(said.contains(part), "{entry}: {said}");
    }
}

#[test]
fn what_came_late_and_went_again_has_both_ends() {
    let script = |text: &str| {
        format!(
            "#!/usr/bin/env bash\n{COMMON}source \"$PLUGIN_AVAILABLE_PATH/ps/functions\"\n{text}\n"
        )
    };
    for (name, last, first_without) in [
        ("get_cmd_from_procfile", "0.21.4", "0.22.0"),
        ("get_app_raw_tcp_ports", "0.30.11", "0.31.0"),
        ("get_available_port", "0.31.5", "0.32.0"),
        ("get_cmd_from_image", "0.38.6", "0.38.7"),
        ("fn-report-emit-json", "0.38.21", "0.38.22"),
    ] {
        let plugin = Fixture::new("greeter")
            .with("commands", script(name))
            .open();
        assert!(broken(plugin.api_uses(), last).is_empty(), "{name}");
        let said = broken(plugin.api_uses(), first_without);
        let since = format!("gone since Dokku {first_without}");
        assert!(said.iter().any(|one| one.contains(&since)), "{said:?}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_strange(text in r#"(source |\$\(|declare -f |ps_stop|"|'|\{|\}|\n|if |\[\[ -f |\]\]|; then|fi|\$PLUGIN_PATH/|common/functions|é|eval ){0,40}"#) {
        for one in uses(&text) {
            let _ = one.says(Version::NEWEST);
        }
    }
}

#[test]
fn the_files_that_a_loop_sources_by_a_pattern_are_read() {
    let head = format!(
        "#!/usr/bin/env bash\nset -eo pipefail\n{COMMON}source \"$PLUGIN_AVAILABLE_PATH/ps/functions\"\n"
    );
    for found in [
        "for f in \"$(dirname \"$0\")\"/lib/*.sh; do source \"$f\"; done",
        "HERE=\"$(cd \"$(dirname \"${BASH_SOURCE[0]}\")\" && pwd)\"\nfor f in $HERE/lib/?.sh; do . $f; done",
        "for f in \"$PLUGIN_AVAILABLE_PATH\"/greeter/lib/*; do\n  [[ -f \"$f\" ]] && source \"$f\"\ndone",
        "for f in a b; do source \"$(dirname \"$0\")/lib/$f.sh\"; done",
    ] {
        let uses = Fixture::new("greeter")
            .with("commands", format!("{head}{found}\ngreet_two \"$2\"\n"))
            .with("lib/a.sh", "greet_one() { ps_stop \"$1\"; }\n")
            .with("lib/b.sh", "greet_two() { greet_one \"$1\"; }\n")
            .with("lib/deep/c.sh", "ps_start \"$1\"\n")
            .open()
            .api_uses()
            .to_vec();
        let said = broken(&uses, "0.22.0");
        assert_eq!(said.len(), 1, "{found}: {said:?}");
        assert!(said[0].starts_with("calls `ps_stop`"), "{found}: {said:?}");
    }
}
