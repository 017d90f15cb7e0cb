//! The files that a plugin's repository is given.

use super::origin::{Origin, VERSION};
use crate::words::words;

words! {
    /// A file that a plugin's repository is given.
    pub enum Piece {
        /// `Cargo.toml`, which names this crate.
        Cargo = "cargo",
        /// `tests/conformance.rs`, the test.
        Test = "test",
        /// `.gitignore`, for what Cargo builds.
        Ignore = "ignore",
        /// `reports/.gitignore`, in the folder where runs leave their records.
        Reports = "reports",
        /// `conformance.yaml`, in which the author says what can't be guessed.
        Conformance = "conformance",
        /// The workflow for GitHub.
        Workflow = "workflow",
    }
}

impl Piece {
    /// Its path below the plugin's root.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Cargo => "Cargo.toml",
            Self::Test => "tests/conformance.rs",
            Self::Ignore => ".gitignore",
            Self::Reports => "reports/.gitignore",
            Self::Conformance => "conformance.yaml",
            Self::Workflow => ".github/workflows/conformance.yml",
        }
    }

    /// What it says for a plugin of this name.
    pub(super) fn text(self, name: &str, origin: &Origin) -> String {
        let text = match self {
            Self::Cargo => include_str!("text/Cargo.toml.in"),
            Self::Test => include_str!("text/conformance.rs.in"),
            Self::Ignore => include_str!("text/gitignore.in"),
            Self::Reports => include_str!("text/reports.in"),
            Self::Conformance => include_str!("text/conformance.yaml.in"),
            Self::Workflow => include_str!("text/conformance.yml.in"),
        };
        let package = format!("dokku-{}", name.replace('.', "-"));
        text.replace("@NAME@", name)
            .replace("@PACKAGE@", &package)
            .replace("@VERSION@", VERSION)
            .replace("@DEPENDENCY@", &origin.dependency())
            .replace("@INSTALL@", &origin.install())
    }

    /// What its author has to do where another file of its name is there already, if that file lacks something.
    pub(super) fn lacks(self, there: &str, origin: &Origin) -> Option<String> {
        match self {
            Self::Cargo if !has_test(there) => Some(format!(
                "to have the test, add to it\n  [dev-dependencies]\n  dokku-conform = {}\n  [[test]]\n  name = \"conformance\"\n  harness = false",
                origin.dependency()
            )),
            Self::Ignore if !there.lines().any(ignores_build) => {
                Some("add the line `/target` to it".to_owned())
            }
            _ => None,
        }
    }
}

/// True for a Cargo.toml that names this crate and has a test that is its own harness.
fn has_test(manifest: &str) -> bool {
    let Ok(manifest) = manifest.parse::<toml::Table>() else {
        return false;
    };
    let names_crate = ["dev-dependencies", "dependencies"].iter().any(|section| {
        let section = manifest.get(*section).and_then(toml::Value::as_table);
        section.is_some_and(|section| section.contains_key("dokku-conform"))
    });
    let tests = manifest.get("test").and_then(toml::Value::as_array);
    let is_own =
        |test: &toml::Value| test.get("harness").and_then(toml::Value::as_bool) == Some(false);
    names_crate && tests.is_some_and(|tests| tests.iter().any(is_own))
}

/// True for a line of a .gitignore that leaves out what Cargo builds.
fn ignores_build(line: &str) -> bool {
    let line = line.trim_end();
    let line = line.strip_prefix('/').unwrap_or(line);
    line.strip_suffix('/').unwrap_or(line) == "target"
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::spec;

    /// The written conformance.yaml, with its examples or without.
    fn load(with_examples: bool) -> spec::Conformance {
        let text = Piece::Conformance.text("true", &Origin::Registry);
        let text: String = text
            .lines()
            .map(|line| match line.strip_prefix("#| ") {
                Some(example) if with_examples => format!("{example}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let source = spec::Source {
            name: PathBuf::from("conformance.yaml"),
            text: text.into_bytes(),
        };
        let known = spec::builtin().unwrap();
        spec::load_conformance(&source, &known).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn the_written_conformance_yaml_can_be_read() {
        let bare = spec::Conformance {
            name: Some("true".to_owned()),
            ..spec::Conformance::default()
        };
        assert_eq!(format!("{:?}", load(false)), format!("{bare:?}"));
    }

    #[test]
    fn each_example_in_it_can_be_read_and_says_something() {
        let said = load(true);
        assert_eq!(said.placeholders["service"], "lollipop");
        assert_eq!(said.app_commands, ["true:enable"]);
        assert_eq!(said.other_commands, ["true:list"]);
        assert_eq!(said.expectations.len(), 1);
    }

    #[test]
    fn the_manifest_is_toml_that_has_the_test() {
        for origin in [
            Origin::Registry,
            "https://example.com/x.git".parse().unwrap(),
        ] {
            let text = Piece::Cargo.text("a.b_c-1", &origin);
            let manifest: toml::Table = text.parse().unwrap();
            assert_eq!(manifest["package"]["name"].as_str(), Some("dokku-a-b_c-1"));
            assert_eq!(Piece::Cargo.lacks(&text, &origin), None);
        }
    }

    #[test]
    fn what_a_file_lacks_is_told() {
        let lacks = |piece: Piece, there| piece.lacks(there, &Origin::Registry).is_some();
        assert!(lacks(Piece::Cargo, "[package]\nname = \"x\"\n"));
        assert!(lacks(Piece::Cargo, "[[["));
        assert!(lacks(Piece::Ignore, "tmp\n!/target-x\n"));
        for line in ["/target", "target/\r", "/target/", "target"] {
            assert!(!lacks(Piece::Ignore, line), "{line}");
        }
        assert!(!lacks(Piece::Workflow, ""));
    }

    #[test]
    fn nothing_is_left_to_be_filled_in() {
        for piece in Piece::ALL {
            let text = piece.text("hello", &Origin::Registry);
            let marks = ["@NAME", "@PACKAGE", "@VERSION", "@DEPENDENCY", "@INSTALL"];
            assert!(marks.iter().all(|mark| !text.contains(mark)), "{text}");
            assert!(text.ends_with('\n'));
        }
    }
}
