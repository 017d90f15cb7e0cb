//! What docker keeps in a world, where many processes change it at once and some are killed.

use assert_cmd::Command;
use predicates::str::diff;

/// A script in a world of its own.
fn script(text: &str) -> Command {
    let mut command = Command::cargo_bin("dokku-conform").unwrap();
    command.args(["run", "--isolation", "off", "--", "bash", "-c", text]);
    command
}

#[test]
fn fifty_calls_at_once_lose_no_update() {
    script(
        "for number in $(seq 50); do docker volume create volume-$number >/dev/null & done
        wait
        docker volume ls --quiet | sort | uniq | wc -l",
    )
    .assert()
    .success()
    .stdout(diff("50\n"));
}

#[test]
fn a_call_that_is_killed_leaves_what_was_or_what_is() {
    // Each is killed a little later than the one before it, from before its start to after its end.
    script(
        "for number in $(seq 60); do
            docker volume create killed-$number >/dev/null 2>&1 &
            printf -v moment 0.%06d $((number * 100))
            read -rt $moment <> <(:) || :
            kill -9 $! 2>/dev/null
            wait $! 2>/dev/null
            docker volume ls --quiet >/dev/null || exit 7
        done
        docker volume create last",
    )
    .assert()
    .success()
    .stdout(diff("last\n"));
}
