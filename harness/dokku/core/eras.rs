//! Tests of what common/functions does in one version and another, as runs of each version's own showed.

use super::testing::{Came, Host};

fn came(version: &str, script: &str) -> Came {
    Host::of(version.parse().unwrap())
        .app("foo")
        .app("under_score")
        .app("Bad")
        .sourced("common/functions", script)
}

fn failed(status: i32, text: &str) -> Came {
    (status, String::new(), text.to_owned())
}

const LONG: &str = " !     App name must begin with lowercase alphanumeric character, and cannot include uppercase \
    characters, colons, or underscores\n";
const SHORT: &str = "App name must begin with lowercase alphanumeric character\n";

#[test]
fn a_missing_app_is_refused_in_the_words_of_the_time() {
    for (versions, expected) in [
        (
            &["0.4.0", "0.10.4", "0.21.4"][..],
            failed(1, "App x does not exist\n"),
        ),
        (
            &["0.22.0", "0.23.9"],
            failed(1, " !     App x does not exist\n"),
        ),
        (
            &["0.24.0", "0.27.4"],
            failed(20, " !     App x does not exist\n"),
        ),
    ] {
        for version in versions {
            assert_eq!(came(version, "verify_app_name x"), expected, "{version}");
        }
    }
}

#[test]
fn an_empty_name_is_refused_in_the_words_of_the_time() {
    for (version, expected) in [
        (
            "0.4.0",
            failed(1, "(verify_app_name) APP must not be null\n"),
        ),
        ("0.10.4", failed(1, "APP must not be null\n")),
        ("0.22.0", failed(1, " !     APP must not be null\n")),
        ("0.22.3", failed(1, "")),
        ("0.27.4", failed(1, "")),
    ] {
        assert_eq!(came(version, "verify_app_name ''"), expected, "{version}");
    }
}

#[test]
fn a_bad_name_is_refused_and_for_a_time_costs_the_directory() {
    for (version, expected, kept) in [
        ("0.4.7", (0, String::new(), String::new()), true),
        ("0.4.8", failed(1, SHORT), false),
        ("0.21.4", failed(1, SHORT), false),
        ("0.22.1", failed(1, LONG), false),
        ("0.22.2", failed(1, LONG), true),
        ("0.22.3", failed(1, ""), true),
        ("0.22.8", failed(1, LONG), true),
    ] {
        let host = Host::of(version.parse().unwrap()).app("Bad");
        let came = host.sourced("common/functions", "verify_app_name Bad");
        assert_eq!(came, expected, "{version}");
        assert_eq!(host.home().join("Bad").is_dir(), kept, "{version}");
    }
}

#[test]
fn from_0_27_5_on_a_program_judges_the_name() {
    let host = Host::of("0.38.27".parse().unwrap());
    host.core_program(
        "common/common",
        "[ \"$*\" = '--quiet verify-app-name foo' ]",
    );
    let verified =
        |app: &str| host.sourced("common/functions", &format!("verify_app_name '{app}'"));
    assert_eq!(verified("foo").0, 0);
    assert_eq!(verified(""), failed(20, " !     App  does not exist\n"));
}

#[test]
fn warnings_went_to_standard_output_once() {
    let warned = |version| came(version, "dokku_log_warn a b");
    let text = " !     a b\n".to_owned();
    assert_eq!(warned("0.8.0"), (0, text.clone(), String::new()));
    assert_eq!(warned("0.8.1"), (0, String::new(), text));
}

#[test]
fn failures_take_their_status_from_the_environment_since_0_24_0() {
    let failing = "DOKKU_FAIL_EXIT_CODE=42 dokku_log_fail a b";
    assert_eq!(came("0.23.9", failing).0, 1);
    assert_eq!(came("0.24.0", failing).0, 42);
}

#[test]
fn quiet_silences_what_says_so_in_its_name() {
    let quiet = "export DOKKU_QUIET_OUTPUT=1; dokku_log_info1 loud; dokku_log_info1_quiet soft; dokku_log_warn_quiet soft";
    assert_eq!(
        came("0.38.27", quiet),
        (0, "-----> loud\n".into(), String::new())
    );
}

#[test]
fn arguments_are_parsed_into_exported_variables() {
    let parsed = |version| {
        let script =
            "parse_args --quiet --app foo --x; env | grep -E '^DOKKU_(QUIET|APP|GLOBAL)' | sort";
        came(version, script).1
    };
    assert_eq!(parsed("0.4.0"), "DOKKU_QUIET_OUTPUT=1\n");
    assert_eq!(
        parsed("0.5.0"),
        "DOKKU_APP_NAME=foo\nDOKKU_QUIET_OUTPUT=1\n"
    );
    let newest = "DOKKU_APP_NAME=foo\nDOKKU_GLOBAL_FLAGS=--quiet --app --x\nDOKKU_QUIET_OUTPUT=1\n";
    assert_eq!(parsed("0.38.27"), newest);
}

#[test]
fn sourcing_says_and_changes_nothing_in_any_file() {
    for version in ["0.4.0", "0.12.0", "0.21.0", "0.29.0", "0.38.27"] {
        let version = version.parse().unwrap();
        let host = Host::of(version);
        let mut files: Vec<_> = super::functions_in(version)
            .map(|function| function.file)
            .collect();
        files.dedup();
        for file in files {
            let came = host.sourced(file, "true");
            assert_eq!(came, (0, String::new(), String::new()), "{version} {file}");
        }
    }
}

#[test]
fn what_is_not_modelled_says_so_when_it_is_called() {
    let (status, out, said) = came("0.38.27", "dokku_receive foo");
    assert_eq!((status, out.as_str()), (1, ""));
    assert_eq!(
        said,
        "function dokku_receive of common/functions is not modelled\n"
    );
}
