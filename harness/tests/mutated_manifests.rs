//! A `plugin.toml` that was damaged in any way is read, or called broken at a line that it has.

use damage::{cases, damaged};
use dokku_conform::plugin::{Field, Manifest};
use patience::in_time;
use proptest::prelude::*;
use seeds::seeds;

mod damage;
mod patience;
mod reading;
mod scratch;
mod seeds;

const WORDS: &[&str] = &[
    "[plugin]\n",
    "[plugin.config]\n",
    "[[plugin]]\n",
    "plugin = {}\n",
    "plugin.config = {}\n",
    "plugin.version = 1\n",
    "description = ",
    "version = ",
    "\"\"\"",
    "'''",
    "\"\\u001b[2J\"",
    "\"\\uD800\"",
    "= ",
    ".",
    "[",
    "]",
    "{",
    "}",
    ",",
    "#",
    "\n",
    "1979-05-27T07:32:00Z",
    "0x",
    "nan",
    "inf",
    "1_0",
    "true",
    "\"",
    "'",
    "a.b.c.d.e.f = 1\n",
    "\\",
];

/// Reads it; it is in one line what is wrong, at a line that is there.
fn read(text: Vec<u8>) -> Manifest {
    let manifest = in_time(move || {
        let folder = reading::plugin(&[("plugin.toml", &text)]);
        reading::read(folder.path()).unwrap().manifest().clone()
    });
    if let Manifest::Broken { message, .. } = &manifest {
        assert!(!message.is_empty());
        assert!(!message.contains(char::is_control), "{message:?}");
    }
    manifest
}

proptest! {
    #![proptest_config(cases(50))]

    #[test]
    fn a_damaged_manifest_is_read_or_broken(text in damaged(seeds("fixtures", "plugin.toml"), WORDS)) {
        read(text);
    }

    #[test]
    fn what_is_written_is_read(description: String, version: String, config: bool) {
        let text = format!("plugin = {{ description = {}, version = {}{} }}\n",
            quoted(&description), quoted(&version), if config { ", config = {}" } else { "" });
        let Manifest::Parsed(fields) = read(text.into_bytes()) else {
            panic!("not parsed");
        };
        prop_assert_eq!(fields.description, Field::Text(description));
        prop_assert_eq!(fields.version, Field::Text(version));
        prop_assert_eq!(fields.config, config);
    }
}

fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|letter| format!("\\U{:08X}", u32::from(letter)))
        .collect();
    format!("\"{escaped}\"")
}

#[test]
fn no_manifest_asks_for_much() {
    let n = 50_000;
    let lines = |line: &dyn Fn(usize) -> String| (0..n / 2).map(line).collect::<String>();
    let bombs = [
        "[".repeat(10 * n),
        format!("a = {}", "[".repeat(10 * n)),
        format!("a = {}", "{a = ".repeat(2 * n)),
        format!("a = {}1{}", "{a=".repeat(79), "}".repeat(79)),
        format!("{}a = 1", "a.".repeat(5 * n)),
        format!("[{}a]", "a.".repeat(5 * n)),
        format!("[[{}a]]", "a.".repeat(5 * n)),
        format!("a = {{ {}a = 1 }}", "a.".repeat(5 * n)),
        lines(&|at| format!("k{at} = 1\n")),
        lines(&|at| format!("[t{at}]\n")),
        lines(&|at| format!("[a.t{at}]\n")),
        "[[a]]\n".repeat(n),
        "[[a.b]]\n".repeat(n),
        format!("[[a]]\n{}", "[[a.b]]\n".repeat(n)),
        (1..700)
            .map(|at| format!("[{}b]\n", "a.".repeat(at)))
            .collect(),
        (1..700)
            .map(|at| format!("{}b = 1\n", "a.".repeat(at)))
            .collect(),
        "= \n".repeat(3 * n),
        "a = 1\n".repeat(n),
        "#\n".repeat(5 * n),
        format!("a = \"{}", "\\u0041".repeat(n)),
        format!("a = \"\"\"{}", "\"\"\\\n".repeat(n)),
        format!("a = {}", "9".repeat(10 * n)),
        format!("a = [{}]", "1,".repeat(5 * n)),
        format!("a = [{}", "#\n".repeat(5 * n)),
        format!("a = 1{}", "_1".repeat(5 * n)),
        "\"".repeat(10 * n),
        "\0".repeat(10 * n),
        "\r".repeat(10 * n),
        format!("{}\n", "a".repeat(10 * n)),
    ];
    for bomb in bombs {
        read(bomb.into_bytes());
    }
}
