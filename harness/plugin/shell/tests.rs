use super::*;

fn script(text: &str) -> Script {
    Script::read(text).unwrap()
}

fn names(script: &Script) -> Vec<String> {
    script
        .invocations
        .iter()
        .map(|invocation| invocation.name.shown())
        .collect()
}

#[test]
fn commands_are_found_wherever_they_run_and_nowhere_else() {
    let read = script(concat!(
        "# docker comment\n",
        "x=$(docker ps | awk '{print $1}')\n",
        "echo \"docker in a string\" 'docker' $(dokku apps:list)\n",
        "cat <<EOF | sort\n    docker in a document $(docker inside)\nEOF\n",
        "if ! docker a; then docker b; fi\n",
        "f() { docker c; }\n",
    ));
    assert_eq!(
        names(&read),
        [
            "docker", "awk", "echo", "dokku", "cat", "sort", "docker", "docker", "docker", "docker"
        ]
    );
    assert_eq!(read.heredocs[0].line, 5);
    assert_eq!(
        read.heredocs[0].lines,
        ["    docker in a document $(docker inside)"]
    );
    assert!(read.broken.is_empty());
}

#[test]
fn words_keep_what_is_known_and_what_is_not() {
    let read = script("\"$DOCKER_BIN\" run \" a $1 b\" \"${X[@]}\" $Y \"${APP:-web}\" --label=x\n");
    let invocation = &read.invocations[0];
    assert_eq!(invocation.name.variable().unwrap().name, "DOCKER_BIN");
    let arguments = &invocation.arguments;
    assert!(arguments[0].is("run"));
    assert_eq!(arguments[1].shown(), " a $1 b");
    assert!(arguments[2].spreads() && arguments[3].spreads());
    assert!(!arguments[4].spreads());
    assert!(arguments[4].variable().unwrap().keeps_value());
    assert!(arguments[5].is("--label=x"));
}

#[test]
fn conditions_are_read_for_tests_and_arms() {
    let read = script(concat!(
        "[[ \"$1\" == \"$cmd\" ]] && shift 1\n",
        "[[ \" help \" == *\" $1 \"* ]] || exit 10\n",
        "case \"$1\" in\n  help | x:help) a ;;\n  *) b ;;\nesac\n",
    ));
    let shift = &read.invocations[0];
    assert!(
        matches!(&*shift.site.conditions[0], Condition::Binary { operator, .. } if operator == "==")
    );
    let exit = &read.invocations[1];
    assert!(matches!(&*exit.site.conditions[0], Condition::Not(_)));
    let case = &read.cases[0];
    assert_eq!(
        (case.arms.len(), case.arms[1].line, case.end_line),
        (2, 5, 6)
    );
    assert!(matches!(&*read.invocations[3].site.conditions[0],
        Condition::Arm { earlier, patterns, .. } if earlier.len() == 2 && patterns.len() == 1));
}

#[test]
fn the_command_test_and_loops_have_conditions_too() {
    let read = script(concat!(
        "test -f \"$A\" && a\n",
        "if test ! -d /x -a \"$B\" = b; then b; fi\n",
        "while declare -F c >/dev/null; do c; done\n",
        "until [[ -z $D ]]; do d; done\n",
    ));
    let conditions = |name: &str| {
        let found = read.invocations.iter().find(|one| one.name.is(name));
        found.unwrap().site.conditions.clone()
    };
    assert!(matches!(&*conditions("a")[0], Condition::Unary { operator, .. } if operator == "-f"));
    let Condition::All(both) = &*conditions("b")[0] else {
        panic!("{:?}", conditions("b"));
    };
    assert!(matches!(&both[0], Condition::Not(_)));
    assert!(matches!(&both[1], Condition::Binary { operator, .. } if operator == "="));
    assert!(matches!(&*conditions("c")[0], Condition::Succeeds(text) if text.contains("-F c")));
    assert!(matches!(&*conditions("d")[0], Condition::Not(_)));
    assert_eq!(read.tests.len(), 2);
}

#[test]
fn what_a_read_takes_is_known_by_its_text() {
    let read = script(concat!(
        "IFS=. read -r major minor <<< \"$(dokku version)\"\n",
        "while read -r line; do a; done < <(plugn trigger x)\n",
        "b | while read -r other; do c; done\n",
        "for one in $(d); do e; done\n",
        "(( minor < 22 )) && f\n",
        "X=1 g &\n",
    ));
    let inputs: Vec<(&str, bool)> = read
        .inputs
        .iter()
        .map(|input| (input.names[0].as_str(), !input.text.is_empty()))
        .collect();
    assert_eq!(
        inputs,
        [
            ("major", true),
            ("line", true),
            ("other", true),
            ("one", true)
        ]
    );
    assert!(read.inputs[0].text.contains("dokku version"));
    assert_eq!(read.inputs[2].text, "b");
    let last = read.invocations.last().unwrap();
    assert!(last.site.apart && last.environment == ["X"]);
    let f = &read.invocations[read.invocations.len() - 2];
    assert!(
        matches!(&*f.site.conditions[0], Condition::Binary { left, .. } if left.is("minor")),
        "{:?}",
        f.site.conditions
    );
}

#[test]
fn the_program_behind_a_wrapper_is_found() {
    let read = script(concat!(
        "sudo -u dokku -H dokku apps:list\n",
        "ls | xargs -n 1 -I{} /usr/bin/docker rm {}\n",
        "command -v docker\n",
        "env A=b timeout -k 1 5 docker ps\n",
        "if ! suppress_output \"$DOCKER_BIN\" container run x; then :; fi\n",
    ));
    assert!(read.invocations[0].runs("dokku"));
    assert!(read.invocations[2].runs("docker"));
    assert!(read.invocations[2].program().unwrap().open);
    assert!(read.invocations[3].program().is_none());
    assert!(read.invocations[4].runs("docker"));
    assert_eq!(
        read.invocations[5]
            .program()
            .unwrap()
            .name
            .variable()
            .unwrap()
            .name,
        "DOCKER_BIN"
    );
}

#[test]
fn constants_come_from_assignments_that_agree() {
    let mut constants = Constants::default();
    constants.learn(&script(
        "P=\"redis\"\nQ=\"$P:help\"\nR=a\nR=b\nfor S in a; do :; done\n",
    ));
    assert_eq!(constants.get("Q"), Some("redis:help"));
    assert_eq!(constants.get("R"), None);
    assert_eq!(constants.get("S"), None);
    assert_eq!(
        constants.expand("    $P:link ${P} \\$5").as_deref(),
        Some("    redis:link redis $5")
    );
    assert_eq!(constants.expand("$unknown"), None);
}

#[test]
fn broken_and_hostile_texts_are_bounded() {
    assert!(!script("case x in\n a) if then\n").broken.is_empty());
    assert_eq!(Script::read(&"a".repeat(200 * 1024)), Err(Unread::LongLine));
    let deep = format!("{}echo{}", "(".repeat(3000), ")".repeat(3000));
    assert!(Script::read(&deep).is_ok_and(|script| !script.broken.is_empty()));
    assert!(Script::read("\u{0}\u{1}\u{fffd}\n").is_ok());
}

#[test]
fn tracing_is_seen_however_it_is_written() {
    assert!(script("set -eo pipefail; [[ $DOKKU_TRACE ]] && set -x\n").traces());
    assert!(script("[[ $DOKKU_TRACE ]] && set -o xtrace\n").traces());
    assert!(!script("set -eo pipefail\nset -- x\n").traces());
}

#[test]
fn endless_scripts_are_read_as_far_as_a_person_writes() {
    for line in [
        "a\n",
        "case $1 in\n",
        " x) ;;\n",
        "cat <<E\nE\n",
        "if a; then b; el",
        "a && ",
        "$(",
        "{ ",
    ] {
        let _ = Script::read(&line.repeat(2_000));
    }
    let arms = format!("case $1 in\n{}esac\n", " x) a ;;\n".repeat(21_000));
    assert!(!script(&arms).broken.is_empty());
    let elifs = format!("if a; then b\n{}fi\n", "elif a; then b; c\n".repeat(10_001));
    assert!(!script(&elifs).broken.is_empty());
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_reading(text in "[-a-z$\"'(){}\\[\\]|&;<>=\\n\\\\ #*!`é]{0,200}") {
        let _ = Script::read(&text);
    }
}
