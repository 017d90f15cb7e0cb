//! Lists of plugins on the command line.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use dokku_conform::roster::{Roster, Row, import};
use dokku_conform::spec::{PLUGINS_SCHEMA, Source};

const PROGRAM: &str = env!("CARGO_BIN_EXE_dokku-conform");
const LISTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lists");

/// What it prints, what it tells, and its exit status.
fn run(folder: &Path, args: &[&str]) -> (String, String, i32) {
    let output = Command::new(PROGRAM)
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        text(output.stdout),
        text(output.stderr),
        output.status.code().unwrap(),
    )
}

#[test]
fn a_list_without_mistakes_is_fine_and_is_as_the_schema_says() {
    let (out, told, status) = run(Path::new(LISTS), &["plugins", "check", "plugins.yaml"]);
    assert_eq!(
        (out.as_str(), told.as_str(), status),
        ("2 plugins, no mistakes\n", "", 0)
    );
    let (schema, _, _) = run(Path::new(LISTS), &["schema", "plugins"]);
    assert_eq!(schema, PLUGINS_SCHEMA);
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler
        .add_resource("schema.json", serde_json::from_str(&schema).unwrap())
        .unwrap();
    let schema = compiler.compile("schema.json", &mut schemas).unwrap();
    let is_valid = |name: &str| {
        let text = fs::read_to_string(Path::new(LISTS).join(name)).unwrap();
        let list: serde_json::Value = serde_yaml::from_str(&text).unwrap();
        schemas.validate(&list, schema).is_ok()
    };
    assert!(is_valid("plugins.yaml") && !is_valid("broken.yaml"));
}

#[test]
fn every_row_with_a_mistake_is_told() {
    let (out, told, status) = run(Path::new(LISTS), &["plugins", "check", "broken.yaml"]);
    assert_eq!((out.as_str(), status), ("5 plugins, 4 with mistakes\n", 2));
    for part in [
        "broken.yaml:4:11: a second row has the name `hello`",
        "broken.yaml:2:11: the first is here",
        "broken.yaml:7:5: unknown key `gti`",
        "did you mean `git`?",
        "`--upload-pack=touch` is no address of a repository",
        "the key `name` is missing",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let (_, told, status) = run(Path::new(LISTS), &["plugins", "check", "nowhere.yaml"]);
    assert!(
        status == 2 && told.contains("nowhere.yaml: can't be read"),
        "{told}"
    );
}

#[test]
fn a_page_becomes_a_list_that_is_read() {
    let place = tempfile::tempdir().unwrap();
    let page = format!("{LISTS}/community.md");
    let (list, told, status) = run(place.path(), &["plugins", "import", &page]);
    assert_eq!(status, 0);
    for part in [
        "community.md:9: not read: its link leads into a repository",
        "community.md:10: not read: it has no link",
        "community.md:8: `lamp` is what line 7 is called: this one is called `conform-b-lamp`",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let (out, _, status) = run(
        place.path(),
        &["plugins", "import", &page, "--output", "plugins.yaml"],
    );
    assert_eq!(
        (out.as_str(), status),
        ("wrote plugins.yaml: 2 plugins\n", 0)
    );
    assert_eq!(
        fs::read_to_string(place.path().join("plugins.yaml")).unwrap(),
        list
    );
    let (out, _, status) = run(place.path(), &["plugins", "check", "plugins.yaml"]);
    assert_eq!((out.as_str(), status), ("2 plugins, no mistakes\n", 0));
    let roster = Roster::read(&Source::new("plugins.yaml", list)).unwrap();
    let names: Vec<&str> = roster
        .rows
        .iter()
        .map(|row: &Row| row.name.as_str())
        .collect();
    assert_eq!(names, ["lamp", "conform-b-lamp"]);
}

#[test]
fn a_list_that_is_there_stays_and_a_page_without_plugins_makes_none() {
    let place = tempfile::tempdir().unwrap();
    let page = format!("{LISTS}/community.md");
    fs::write(place.path().join("mine.yaml"), "mine").unwrap();
    let (_, told, status) = run(
        place.path(),
        &["plugins", "import", &page, "--output", "mine.yaml"],
    );
    assert!(
        status == 2 && told.contains("mine.yaml is there already"),
        "{told}"
    );
    assert_eq!(
        fs::read_to_string(place.path().join("mine.yaml")).unwrap(),
        "mine"
    );
    for (text, part) in [
        (&b"# no table\n"[..], "has no plugin that could be read"),
        (b"\xFF", "is not UTF-8"),
    ] {
        fs::write(place.path().join("page.md"), text).unwrap();
        let (out, told, status) = run(
            place.path(),
            &["plugins", "import", "page.md", "--output", "new.yaml"],
        );
        assert!(
            out.is_empty() && status == 2 && told.contains(part),
            "{told}"
        );
        assert!(!place.path().join("new.yaml").exists());
    }
}

#[test]
fn letters_that_hide_are_shown() {
    let page = "| Plugin |\n| - |\n| a \u{202E}\u{1B}[31m |\n";
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("page.md"), page).unwrap();
    let (_, told, _) = run(place.path(), &["plugins", "import", "page.md"]);
    assert!(told.contains("\\u{202E}\\x1B[31m"), "{told}");
    assert_eq!(import(page).unread.len(), 1);
}
