//! Help that somebody wrote is read as it was meant; damaged help is read in time.

use bomb::many;
use damage::{cases, damaged};
use dokku_conform::plugin::{Argument, Plugin, Usage};
use patience::in_time;
use proptest::prelude::*;
use seeds::seeds;

mod bomb;
mod damage;
mod patience;
mod reading;
mod scratch;
mod seeds;

const WORDS: &[&str] = &[
    "<app>",
    "[<app>]",
    "<",
    ">",
    "[",
    "]",
    "(",
    ")",
    "|",
    " or ",
    ",",
    ", ",
    "  ",
    "\t",
    "hello:",
    "hello:x <app>, y\n",
    "--flag",
    "[--app <app>]",
    "...",
    "APP",
    "$cmd",
    "${cmd}:",
    "cat <<EOF\n",
    "EOF\n",
    "<<-'E'\n",
    "echo \"",
    "printf '%s\\n' ",
    "#A app, the app\n",
    "#E example\n",
    "declare desc=\"",
    "\"",
    "'",
    "`",
    "$(",
    "\\",
    ";;\n",
    "esac\n",
    "case \"$1\" in\n",
    "help | hello:help)\n",
    "\u{a0}",
    "\u{3000}",
];

/// How a plugin shows its help.
#[derive(Clone, Copy, Debug)]
enum Form {
    Document,
    LiteralDocument,
    Echo,
    Printf,
    Python,
}

const FORMS: [Form; 5] = [
    Form::Document,
    Form::LiteralDocument,
    Form::Echo,
    Form::Printf,
    Form::Python,
];

impl Form {
    fn commands(self, lines: &[String]) -> String {
        let each = |before: &str, after: &str| -> String {
            let lines = lines
                .iter()
                .map(|line| format!("{before}    {line}{after}\n"));
            lines.collect()
        };
        let shell = |text: String| {
            format!(
                "#!/usr/bin/env bash\ncase \"$1\" in\n  help)\n{text}    ;;\n  *)\n    exit 10\n    ;;\nesac\n"
            )
        };
        match self {
            Self::Document => shell(format!("    cat <<HELP\n{}HELP\n", each("", ""))),
            Self::LiteralDocument => shell(format!("    cat <<'HELP'\n{}HELP\n", each("", ""))),
            Self::Echo => shell(each("    echo \"", "\"")),
            Self::Printf => shell(each("    printf '%s\\n' '", "'")),
            Self::Python => format!(
                "#!/usr/bin/env python3\nimport sys\n{}",
                each("print(\"", "\")")
            ),
        }
    }
}

fn argument() -> impl Strategy<Value = (String, Option<Argument>)> {
    let name = "[a-z][a-z_-]{0,8}";
    prop_oneof![
        4 => (name, any::<bool>(), any::<bool>()).prop_map(|(name, optional, alternative)| {
            let shown = format!("<{name}>{}", if alternative { "|--global" } else { "" });
            let shown = if optional { format!("[{shown}]") } else { shown };
            (shown, Some(Argument { name, optional, alternative }))
        }),
        1 => "[A-Z][A-Z0-9_]{1,6}".prop_map(|name| {
            let argument = Argument { name: name.to_lowercase(), optional: false, alternative: false };
            (name, Some(argument))
        }),
        1 => name.prop_map(|name| (format!("[--{name} <value>]"), None)),
    ]
}

/// A line of help, and what it says.
fn line() -> impl Strategy<Value = (String, Usage)> {
    let arguments = prop::collection::vec(argument(), 0..4);
    let description = "[A-Za-z][A-Za-z0-9 .:;!?<>()_-]{0,20}[a-z]";
    ("[a-z][a-z0-9-]{0,8}", arguments, description).prop_map(|(name, arguments, description)| {
        let command = format!("hello:{name}");
        let shown: String = arguments
            .iter()
            .map(|(shown, _)| format!(" {shown}"))
            .collect();
        let line = format!("{command}{shown}, {description}");
        let usage = Usage {
            command,
            arguments: arguments
                .into_iter()
                .filter_map(|(_, argument)| argument)
                .collect(),
            description: Some(description),
        };
        (line, usage)
    })
}

/// What is made of the help of a plugin with these `commands`, in time.
fn help(text: Vec<u8>) -> Vec<Usage> {
    in_time(move || {
        let folder = reading::plugin(&[
            ("commands", &text),
            ("subcommands/default", b"#!/bin/bash\n"),
        ]);
        let read = |plugin: Plugin| {
            plugin
                .help_lines()
                .iter()
                .map(|line| line.usage.clone())
                .collect()
        };
        reading::read(folder.path()).map(read).unwrap()
    })
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn help_is_read_as_it_was_meant(
        lines in prop::collection::vec(line(), 1..6),
        form in prop::sample::select(FORMS.to_vec()),
    ) {
        let (lines, usages): (Vec<String>, Vec<Usage>) = lines.into_iter().unzip();
        prop_assert_eq!(help(form.commands(&lines).into_bytes()), usages);
    }

    #[test]
    fn damaged_help_is_read(text in damaged(seeds("fixtures/plugins", "/commands"), WORDS)) {
        for usage in help(text) {
            prop_assert!(usage.command == "hello" || !usage.command.is_empty());
            prop_assert!(!usage.command.contains(|letter: char| letter.is_whitespace() || letter == ','));
            prop_assert!(usage.description.is_none_or(|text| !text.trim().is_empty()));
        }
    }
}

#[test]
fn no_help_asks_for_much() {
    let n = many(500);
    let items = |item: &dyn Fn(usize) -> String, n: usize| (0..n).map(item).collect::<String>();
    let case = |text: &str| format!("#!/bin/bash\ncase $1 in\n{text}\nesac\n");
    let document = |text: &str| format!("#!/bin/bash\ncat <<E\n{text}\nE\n");
    let script = |text: &str| format!("#!/bin/bash\n{text}\n");
    let python = |text: &str| format!("#!/usr/bin/python3\n{text}\n");
    let words = items(&|at| format!("hello:{at} "), n / 4);
    let bombs = [
        // Each name is a text twice as long as the one before.
        script(
            &("A0='hello:x <app>, '\n".to_owned()
                + &items(&|at| format!("A{}=\"$A{at}$A{at}\"\n", at + 1), 60)
                + "echo $A60\n"),
        ),
        script(&format!(
            "A={}\nB={}\nC={}\nD={}\necho $D\n",
            "x".repeat(9),
            "$A".repeat(n),
            "$B".repeat(n),
            "$C".repeat(n)
        )),
        script(&("X=x\n".to_owned() + &"X=$X$X\n".repeat(60))),
        script(&"set -- \"$@\" \"$@\"\n".repeat(60)),
        script(&("A=(a b)\n".to_owned() + &"A=(\"${A[@]}\" \"${A[@]}\")\n".repeat(60))),
        script(&format!(
            "A='{}'\n{}",
            "hello:x <app>, y\n".repeat(n / 10),
            "echo \"$A\"\n".repeat(n / 2)
        )),
        // A list of commands is asked for before each of many commands.
        script(&format!(
            "if [[ \" {words} \" == *\" $1 \"* ]]; then\n{}fi\n",
            "a\n".repeat(n / 2)
        )),
        case(&items(&|at| format!("hello:{at}) a $1 ;;\n"), n / 3)),
        case(&format!(
            "hello:*) {} ;;\n",
            items(&|at| format!("echo 'hello:{at} <app>, x'\n"), n / 2)
        )),
        document(&items(&|at| format!("hello:{at} <app>, x\n"), n)),
        case(&format!(
            "{}) cat <<E\n{}E\n;;",
            words.trim().replace(' ', "|"),
            items(&|at| format!("hello:{at} <app>, x\n"), n)
        )),
        document(&format!("hello:x {}", "<".repeat(3 * n))),
        document(&format!("hello:x {}", "<a> ".repeat(n))),
        document(&format!("hello:x {}", "[<a>|".repeat(n / 2))),
        document(&format!("hello:x {}", ",".repeat(3 * n))),
        document(&"$".repeat(3 * n)),
        document(&"${".repeat(n)),
        document(&"\\".repeat(3 * n)),
        python(&items(&|at| format!("case 'hello:{at}': x\n"), n)),
        python(&items(&|at| format!("== 'a{at}' == 'b:{at}'\n"), n)),
        python(&items(&|at| format!("'hello:{at} <app>, x'\n"), n)),
        python(&"'".repeat(30 * n)),
        python(&"case ".repeat(6 * n)),
        python(&format!("case '{}", "a".repeat(30 * n))),
        script(&format!(
            "X=$(dirname \"$0\"{})\n{}",
            "/..".repeat(n),
            "source \"$X/a\"\n".repeat(n / 3)
        )),
        script(&items(
            &|at| format!("f{at}() {{ f{}; f{}; }}\n", at + 1, at + 1),
            n / 15,
        )),
        script(
            &("f() { f \"$@\" \"$@\"; f \"$@\" \"$@\"; }\n".to_owned() + &"f a b\n".repeat(n / 3)),
        ),
    ];
    for bomb in bombs {
        println!("{}", &bomb[..bomb.len().min(70)]);
        help(bomb.into_bytes());
    }
}
