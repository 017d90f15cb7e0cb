//! Tests of what stands between a use and its failure, shape by shape.

use super::Certainty;
use super::tests::{COMMON, breaks, uses};
use crate::dokku::Version;

const PS: &str = "source \"$PLUGIN_CORE_AVAILABLE_PATH/common/functions\"\n\
                  source \"$PLUGIN_AVAILABLE_PATH/ps/functions\"\nAPP=\"$1\"\n";
const PROPERTIES: &str = "F=\"$PLUGIN_CORE_AVAILABLE_PATH/common/property-functions\"\n";
const TAGS: &str = "F=\"$PLUGIN_AVAILABLE_PATH/tags/functions\"\n";

fn none_breaks(head: &str, texts: &[&str], version: &str) {
    for text in texts {
        let found = breaks(&format!("{head}{text}"), version);
        assert_eq!(found, Vec::<String>::new(), "{text}");
    }
}

fn each_breaks(head: &str, texts: &[&str], version: &str) {
    for text in texts {
        let found = breaks(&format!("{head}{text}"), version);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
    }
}

#[test]
fn what_a_guarded_file_brings_is_guarded_with_it() {
    let head = format!("{COMMON}{PROPERTIES}");
    let call = "fn-plugin-property-get x y z";
    none_breaks(
        &head,
        &[
            &format!("[[ -f \"$F\" ]] || exit 0\nsource \"$F\"\n{call}"),
            &format!("if [ ! -e $F ]; then dokku_log_fail old; fi\nsource \"$F\"\n{call}"),
            &format!("source \"$F\" 2>/dev/null || exit 0\n{call}"),
            &format!("need() {{ [[ -f \"$F\" ]] || exit 1; }}\nneed\nsource \"$F\"\n{call}"),
            &format!("die() {{ echo; exit 1; }}\n[[ -f \"$F\" ]] || die no\nsource \"$F\"\n{call}"),
            &format!("if [[ -f \"$F\" ]]; then source \"$F\"; {call}; fi"),
            &format!("if [[ -f \"$F\" ]]; then source \"$F\"; A=1; fi\n[[ $A ]] && {call}"),
            &format!("use() {{ [[ -f \"$F\" ]]; }}\nif use; then source \"$F\"; {call}; fi"),
        ],
        "0.5.8",
    );
    each_breaks(
        &head,
        &[
            &format!("[[ -f \"$F\" ]] && source \"$F\"\n{call}"),
            &format!("source \"$F\" 2>/dev/null || true\n{call}"),
            &format!(
                "a() {{ [[ -f \"$F\" ]] || return 0; }}\na\n[[ -f \"$F\" ]] && source \"$F\"\n{call}"
            ),
        ],
        "0.5.8",
    );
}

#[test]
fn a_function_that_asks_makes_its_callers_ask() {
    none_breaks(
        PS,
        &[
            "has() { declare -F \"$1\" >/dev/null; }\nif has ps_stop; then ps_stop x; fi",
            "has() { [[ \"$(type -t \"$1\")\" == function ]]; }\nhas ps_stop && ps_stop x",
            "has() {\n  local n=\"$1\"\n  declare -f -F \"$n\" >/dev/null\n  return $?\n}\nif has ps_stop; then ps_stop x; fi",
            "can() { declare -F ps_stop >/dev/null; }\nif can; then ps_stop x; fi",
            "has() { command -v \"$1\" >/dev/null 2>&1; }\nhas ps_stop || exit 0\nps_stop x",
            "old() {\n local v; v=\"$(dokku version)\"\n [[ \"$v\" == *0.21* ]]\n}\nif old; then ps_stop x; fi",
            "new() { printf '%s\\n' \"$1\" \"$(cat /var/lib/dokku/VERSION)\" | sort -V -C; }\nif new 0.22.0; then a; else ps_stop x; fi",
        ],
        "0.38.27",
    );
    each_breaks(
        PS,
        &[
            "has() { command -v \"$1\" >/dev/null; }\nhas jq && ps_stop x",
            "is() { [[ -d \"$SERVICES/$1\" ]]; }\nis x && ps_stop x",
            "list() {\n declare -F ps_start >/dev/null && echo\n ls \"$SERVICES\"\n}\n[[ -n \"$(list)\" ]] && ps_stop x",
        ],
        "0.38.27",
    );
}

#[test]
fn files_are_asked_for_in_many_ways() {
    none_breaks(
        &format!("{COMMON}{TAGS}"),
        &[
            "test -f \"$F\" && . \"$F\"",
            "if test -d \"$PLUGIN_AVAILABLE_PATH/tags\"; then source \"$F\"; fi",
            "ls \"$F\" &>/dev/null && source \"$F\"",
            "[[ -d \"$PLUGIN_CORE_AVAILABLE_PATH/tags\" ]] || exit 0\nsource \"$F\"",
        ],
        "0.38.27",
    );
}

#[test]
fn versions_are_followed_through_variables() {
    none_breaks(
        PS,
        &[
            "V=\"$(dokku version)\"\nm=${V#*.}; m=${m%%.*}\nif (( m < 22 )); then ps_stop x; fi",
            "V=\"$(cat /var/lib/dokku/VERSION)\"\nm=\"$(echo \"$V\" | cut -d. -f2)\"\nif [[ \"$m\" -lt 22 ]]; then ps_stop x; fi",
            "IFS=. read -r a m p <<< \"$(dokku version)\"\nif [[ $m -lt 22 ]]; then ps_stop x; fi",
            "V=($(dokku version | tr . ' '))\nif [[ ${V[3]} -lt 22 ]]; then ps_stop x; fi",
            "m=\"$(dokku version | cut -d. -f2)\"\nO=\n[ \"$m\" -lt 22 ] && O=1\nif [[ $O ]]; then ps_stop x; fi",
            "[[ \"$(dokku version)\" =~ 0.([0-9]+) ]]\nif (( BASH_REMATCH[1] < 22 )); then ps_stop x; fi",
        ],
        "0.38.27",
    );
    each_breaks(
        PS,
        &["V=\"postgres:$IMAGE_VERSION\"\nm=\"${V#*:}\"\n[[ $m -lt 22 ]] && ps_stop x"],
        "0.38.27",
    );
}

#[test]
fn what_a_trigger_of_nobody_says_is_missed_only_where_a_text_is_made_of_it() {
    none_breaks(
        COMMON,
        &[
            "X=\"$(plugn trigger ps-current-scale a)\"\nX=\"${X:-1}\"",
            "X=\"$(plugn trigger ps-current-scale a)\"\nif [[ \"$X\" == \"\" ]]; then X=1; fi\ndocker run \"a:$X\"",
            "for l in $(plugn trigger ps-current-scale a); do echo $l; done",
            "while read -r l; do echo $l; done < <(plugn trigger ps-current-scale a)",
            "plugn() { echo own; }\nX=\"$(plugn trigger ps-current-scale a)\"\ndocker run \"a:$X\"",
            "X=\"$(plugn trigger ps-current-scale a)\"\necho \"it is $X\"",
        ],
        "0.12.13",
    );
    each_breaks(
        COMMON,
        &["X=\"$(plugn trigger ps-current-scale a)\"\ndocker run \"a:$X\""],
        "0.12.13",
    );
}

#[test]
fn a_variable_that_is_looked_at_or_shown_is_no_break() {
    none_breaks(
        COMMON,
        &[
            "if [[ \"$DOCKER_BIN\" == \"\" ]]; then docker ps; else \"$DOCKER_BIN\" ps; fi",
            "if [[ \"x$DOCKER_BIN\" = \"x\" ]]; then docker ps; else $DOCKER_BIN ps; fi",
            "if [[ -v DOCKER_BIN ]]; then $DOCKER_BIN ps; fi",
            "if test -n \"$DOCKER_BIN\"; then $DOCKER_BIN ps; fi",
            "case \"$DOCKER_BIN\" in \"\") docker ps ;; *) $DOCKER_BIN ps ;; esac",
            "f() { $DOCKER_BIN ps; }\nDOCKER_BIN=docker f",
            "echo \"docker is $DOCKER_BIN\"",
            "eval \"$(cat /etc/default/dokku)\"\n$DOCKER_BIN ps",
        ],
        "0.12.13",
    );
    each_breaks(
        COMMON,
        &["DOCKER_BIN=docker make\n$DOCKER_BIN ps"],
        "0.12.13",
    );
}

#[test]
fn what_the_plugin_makes_itself_is_there() {
    none_breaks(
        COMMON,
        &[
            "F=\"$DOKKU_ROOT/$1/DOCKER_OPTIONS_DEPLOY\"\ntouch \"$F\"\ncat \"$F\"",
            "cat > \"$DOKKU_ROOT/$1/URLS\" <<END\nx\nEND\ncat \"$DOKKU_ROOT/$1/URLS\"",
        ],
        "0.38.27",
    );
    let settings = "source \"$PLUGIN_AVAILABLE_PATH/config/functions\"\n";
    none_breaks(
        settings,
        &[
            "config_set --no-restart a DOKKU_SKIP_DEPLOY=true\nX=\"$(config_get a DOKKU_SKIP_DEPLOY)\"",
        ],
        "0.38.27",
    );
    each_breaks(
        settings,
        &["X=\"$(config_get a DOKKU_SKIP_DEPLOY)\""],
        "0.38.27",
    );
}

#[test]
fn loops_flags_and_searches_ask_too() {
    none_breaks(
        PS,
        &[
            "while declare -F ps_stop >/dev/null; do ps_stop x; break; done",
            "until ! declare -F ps_stop >/dev/null; do ps_stop x; break; done",
            "declare -F ps_stop >/dev/null 2>&1; H=$?\nif [[ $H -eq 0 ]]; then ps_stop x; fi",
            "command -V ps_stop >/dev/null 2>&1 && ps_stop x",
            "grep -q ps_stop \"$PLUGIN_AVAILABLE_PATH/ps/functions\" && ps_stop x",
            "if dokku help | grep -q ps:startall; then ps_stop x; fi",
            "set +e\nps_stop x 2>/dev/null\nrc=$?\nset -e\n[[ $rc -eq 127 ]] && true",
        ],
        "0.38.27",
    );
    each_breaks(
        PS,
        &["ps_stop x\nrc=$?\n[[ $rc -eq 127 ]] && true"],
        "0.38.27",
    );
}

#[test]
fn own_definitions_are_seen_however_they_are_written() {
    none_breaks(
        PS,
        &[
            "function  ps_stop\n{\n echo own; }\nps_stop x",
            "ps_stop  () { echo own; }\nps_stop x",
            "alias foo=bar ps_stop='echo own'\nps_stop x",
            "eval \"$(cat \"$(dirname \"$0\")/lib.txt\")\"\nps_stop x",
            "eval \"$(<lib.txt)\"\nps_stop x",
        ],
        "0.38.27",
    );
    each_breaks(
        PS,
        &[
            "eval \"$(ssh-agent)\"\nps_stop x",
            "no_ps_stop () { true; }\nps_stop x",
        ],
        "0.38.27",
    );
}

#[test]
fn what_is_never_reached_breaks_nothing() {
    none_breaks(
        PS,
        &[
            "if false; then ps_stop x; fi",
            "exit 0\nps_stop x",
            "return 0 2>/dev/null || exit 0\nps_stop x",
            "exec plugn trigger foo\nps_stop x",
            "f() { return 0; ps_stop x; }\nf",
        ],
        "0.38.27",
    );
    each_breaks(
        PS,
        &[
            "(exit 0)\nps_stop x",
            "[[ $1 ]] && exit 0\nps_stop x",
            "exec 2>&1\nps_stop x",
            "exec sleep 1 &\nps_stop x",
            "f() { return 0; }\nf\nps_stop x",
            "return 0 || true\nps_stop x",
        ],
        "0.38.27",
    );
}

#[test]
fn a_function_of_a_file_that_is_not_sourced_is_gone_when_every_file_has_lost_it() {
    let text = format!("{COMMON}ps_stop x");
    assert!(breaks(&text, "0.38.27")[0].contains("which is gone since Dokku 0.22.0"));
    assert!(breaks(&text, "0.12.13")[0].contains("is in `ps/functions`, a file that"));
}

#[test]
fn what_was_not_parsed_is_named_as_the_reason() {
    let text = format!("#!/usr/bin/env bash\n{PS}ps_stop x\nif then (\n");
    let plugin = crate::plugin::fixture::Fixture::new("greeter").with("commands", text);
    let plugin = plugin.open();
    let said: Vec<String> = plugin
        .api_uses()
        .iter()
        .filter(|one| !one.works_in(Version::NEWEST))
        .map(|one| format!("{:?}", one.certainty))
        .collect();
    assert!(
        said.iter().all(|one| one.contains("could not be parsed")),
        "{said:?}"
    );
}

#[test]
fn a_question_guards_what_hangs_on_it_and_nothing_else() {
    const ASK: &str = "declare -F ps_stop >/dev/null";
    each_breaks(
        PS,
        &[
            &format!("if {ASK}; then ps_stop x; fi\necho later\nps_stop x"),
            &format!("case $1 in a) if {ASK}; then echo; fi ;; b) ps_stop x ;; esac"),
            &format!("safe() {{ if {ASK}; then ps_stop x; fi; }}\nsafe\nps_stop x"),
            &format!("if ! {ASK}; then ps_stop x; fi"),
            &format!("if {ASK}; then echo; else ps_stop x; fi"),
            "if declare -F ps_start >/dev/null; then echo; else ps_stop x; fi",
            &format!("stop() {{ ps_stop x; }}\nif {ASK}; then stop; fi\nstop"),
        ],
        "0.38.27",
    );
    none_breaks(
        PS,
        &[
            &format!("main() {{ {ASK} || return 0; stop; }}\nstop() {{ ps_stop x; }}\nmain"),
            &format!("{ASK} || exit 0\nmain() {{ ps_stop x; }}\nmain"),
            &format!("({ASK} || exit 0; ps_stop x)"),
            &format!("if ! {ASK}; then exit 0; fi\nps_stop x"),
            &format!("if ! {ASK}; then ps_stop() {{ echo; }}; fi\nps_stop x"),
            "if declare -F ps_start >/dev/null; then ps_stop x; fi",
            "want() { declare -F \"$1\" >/dev/null || exit 0; }\nwant ps_stop\nps_stop x",
        ],
        "0.38.27",
    );
    let tags = format!("{COMMON}{TAGS}");
    each_breaks(&tags, &["[[ -f \"$F\" ]] || source \"$F\""], "0.38.27");
}

#[test]
fn what_ends_in_failure_catches_nothing() {
    each_breaks(
        PS,
        &[
            "ps_stop x || dokku_log_fail no",
            "ps_stop x || exit 1",
            "ps_stop x || exit $?",
            "ps_stop x || false",
            "ps_stop x || { echo no; exit 1; }",
            "die() { echo; exit 2; }\nps_stop x || die",
            "X=\"$(ps_stop x)\" || exit 1",
        ],
        "0.38.27",
    );
    none_breaks(
        PS,
        &[
            "ps_stop x || :",
            "ps_stop x || echo no",
            "ps_stop x || exit 0",
            "ps_stop x || false || true",
            "stop() { ps_stop x || return 1; }\nstop",
            "{ ps_stop x; echo; } || exit 1",
            "stop() { ps_stop x; echo; }\nstop || exit 1",
            "ps_stop x || { [[ $1 ]] && exit 1; }",
        ],
        "0.38.27",
    );
}

#[test]
fn a_plugin_that_refuses_a_dokku_does_not_work_there() {
    for text in [
        "declare -F ps_stop >/dev/null || dokku_log_fail new\nps_stop x",
        "need() { declare -F \"$1\" >/dev/null || { echo; exit 1; }; }\nneed ps_stop\nps_stop x",
    ] {
        let found = breaks(&format!("{PS}{text}"), "0.38.27");
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        let said = "refuses a Dokku without `ps_stop`, which is gone since Dokku 0.22.0";
        assert!(found[0].starts_with(said), "{found:?}");
    }
}

#[test]
fn where_the_script_goes_on_a_failure_is_none_for_certain() {
    none_breaks(
        COMMON,
        &[
            "set +e\nsource \"$PLUGIN_AVAILABLE_PATH/tags/functions\" 2>/dev/null\nset -e",
            "set +e\nps_stop x\nX=$(ps_stop x)\nset -e",
            "stop() { ps_stop x; }\nset +e\nstop\nset -e",
        ],
        "0.38.27",
    );
    each_breaks(
        COMMON,
        &[
            "set +e\ntrue\nset -e\nps_stop x",
            "case $1 in a) set +e ;; b) ps_stop x ;; esac",
        ],
        "0.38.27",
    );
}

#[test]
fn a_file_that_no_version_of_a_core_plugin_has_is_missed_where_there_is_the_plugin() {
    let text = "source \"$PLUGIN_AVAILABLE_PATH/network/functions\"";
    assert!(breaks(text, "0.10.0").is_empty());
    let found = breaks(text, "0.38.27");
    assert_eq!(
        found,
        ["sources `network/functions`, which no version of Dokku has"]
    );
    none_breaks(
        COMMON,
        &[
            "source \"$PLUGIN_AVAILABLE_PATH/postgres/functions\"",
            "[[ -f \"$PLUGIN_AVAILABLE_PATH/network/functions\" ]] && source \"$PLUGIN_AVAILABLE_PATH/network/functions\"",
        ],
        "0.38.27",
    );
}

#[test]
fn a_path_in_a_loop_over_words_is_each_of_them() {
    let body = "; do . \"$PLUGIN_AVAILABLE_PATH/$i/functions\"; done\nconfig_get x y";
    let found = breaks(&format!("for i in storage config{body}"), "0.38.27");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("sources `storage/functions`"));
    none_breaks("", &[&format!("for i in storage config{body}")], "0.30.0");
    none_breaks("", &[&format!("for i in $WHAT{body}")], "0.38.27");
}

#[test]
fn a_status_that_is_kept_is_no_failure_that_is_forgotten() {
    for text in [
        "ps_stop x || rc=$?\nexit ${rc:-0}",
        "ps_stop x || rc=1\n[[ $rc -eq 0 ]] || dokku_log_fail no",
        "inner() { ps_stop x; }\nouter() { local e=0; inner || e=\"$?\"; return \"$e\"; }\nouter",
    ] {
        assert_eq!(certainties(text), ["unsure"], "{text}");
    }
    assert_eq!(certainties("ps_stop x || return $?"), ["certain"]);
    assert_eq!(certainties("ps_stop x || X=none"), Vec::<&str>::new());
}

#[test]
fn of_several_questions_one_that_is_enough_decides_nothing() {
    let texts = ["if [[ -n \"$2\" ]] || declare -F ps_stop; then ps_stop x; fi"];
    assert_eq!(certainties(texts[0]), ["unsure"]);
    for text in [
        "if [[ -n \"$2\" ]] && declare -F ps_stop; then ps_stop x; fi",
        "if [[ -z \"$2\" ]] || ! declare -F ps_stop; then exit 0; fi\nps_stop x",
        "if [[ -z \"$2\" ]] || ! declare -F ps_stop; then true; else ps_stop x; fi",
    ] {
        assert_eq!(certainties(text), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn a_folder_that_is_there_has_not_every_file() {
    let call = "F=\"$PLUGIN_CORE_AVAILABLE_PATH/docker-options\"\nif [[ -d \"$F\" ]]; then source \"$F/functions\"; fi";
    assert_eq!(breaks(&format!("{COMMON}{call}"), "0.37.10").len(), 0);
    assert_eq!(breaks(&format!("{COMMON}{call}"), "0.38.27").len(), 1);
    assert_eq!(
        breaks(
            &format!(
                "{COMMON}{}",
                call.replace("-d \"$F\"", "-f \"$F/functions\"")
            ),
            "0.38.27"
        )
        .len(),
        0
    );
}

#[test]
fn a_function_is_called_by_a_known_variable_and_by_time() {
    for text in ["time ps_stop x", "time -p ps_stop x", "F=ps_stop\n\"$F\" x"] {
        assert_eq!(certainties(text), ["certain"], "{text}");
    }
}

#[test]
fn whether_a_version_could_be_told_is_not_which_it_is() {
    let check = "V=\"$(cat \"$DOKKU_LIB_ROOT/VERSION\")\" # of dokku\nif [[ -z \"$V\" ]]; then dokku_log_fail none; fi\nps_stop x";
    let check = check
        .replace("V=", "DOKKU_VERSION=")
        .replace("$V", "$DOKKU_VERSION");
    assert_eq!(certainties(&check), ["certain"]);
    let check = check.replace("-z \"$DOKKU_VERSION\"", "\"$DOKKU_VERSION\" == \"0.21.4\"");
    assert_eq!(certainties(&check), ["unsure"]);
}

#[test]
fn many_calls_of_what_may_end_are_one() {
    let ender = "f() { if ! declare -F ps_stop >/dev/null; then exit 0; fi; }";
    let many = |name: &str| format!("{name}\n").repeat(300);
    let calls = format!(
        "{ender}\ng() {{\n{}}}\nh() {{\n{}}}\n{}ps_stop x",
        many("f"),
        many("g"),
        many("h")
    );
    assert_eq!(certainties(&calls), Vec::<&str>::new());
}

#[test]
fn what_may_end_in_too_many_ways_is_not_known() {
    let ender = "f() { if [[ -z \"$1\" ]]; then exit 1; fi; }";
    let many = |name: &str, of: &str| -> String {
        (0..150).map(|at| format!("{name} {at}{of}\n")).collect()
    };
    let calls = |count: usize| {
        let lines = many("f", "$1")
            .lines()
            .take(count)
            .collect::<Vec<_>>()
            .join("\n");
        format!("{ender}\ng() {{\n{lines}\n}}\n{}ps_stop x", many("g", ""))
    };
    assert_eq!(certainties(&calls(2)), ["certain"]);
    assert_eq!(certainties(&calls(150)), ["unsure"]);
}

#[test]
fn a_text_that_grows_with_each_call_is_not_followed_for_ever() {
    let much = "$1".repeat(2000);
    let calls = format!(
        "f() {{ if [[ -z \"{much}\" ]]; then exit 1; fi; }}\ng() {{ f \"{much}\"; }}\nh() {{ g \"{much}\"; }}\nh \"{much}\"\nps_stop x"
    );
    assert_eq!(certainties(&calls), ["unsure"]);
}

#[test]
fn functions_of_one_name_that_call_each_other_are_read_in_time() {
    let began = std::time::Instant::now();
    let text = "f() { f; g; }; g() { f; g; }\nf\n".repeat(2500);
    assert_eq!(certainties(&format!("{text}ps_stop x")), ["certain"]);
    let asked = "if ! declare -F ps_stop; then exit 0; fi\n";
    assert_eq!(
        certainties(&format!("{asked}{text}ps_stop x")),
        Vec::<&str>::new()
    );
    assert!(began.elapsed().as_secs() < 20);
}

/// How certain each use is that is gone in 0.38.27.
fn certainties(text: &str) -> Vec<&'static str> {
    let version = Version::NEWEST;
    let uses = uses(&format!("{PS}{text}"));
    let gone = uses
        .iter()
        .filter(|one| one.name == "ps_stop" && !one.works_in(version));
    gone.filter_map(|one| match one.certainty {
        Certainty::Certain => Some("certain"),
        Certainty::Unsure(_) => Some("unsure"),
        Certainty::Guarded => None,
    })
    .collect()
}
