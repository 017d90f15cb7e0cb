//! The list, row by row.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::entry::Entry;
use crate::spec::{self, Diagnostic, Diagnostics, Listing, Related};

/// A list of plugins.
#[derive(Debug)]
pub struct Roster {
    /// Its file, as diagnostics show it.
    pub file: PathBuf,
    /// Its rows, at least one, in their order.
    pub rows: Vec<Row>,
}

/// A row of a list.
#[derive(Debug)]
pub struct Row {
    /// What the row calls the plugin; `row 3` where it does not say, `redis (row 3)` where a row before it says the same. No
    /// other row is called so.
    pub name: String,
    /// The line that it begins in, from 1.
    pub line: usize,
    /// What it says, or every mistake in it.
    pub entry: Result<Entry, Diagnostics>,
}

impl Roster {
    /// Reads a list. What its rows name is not looked for.
    ///
    /// # Errors
    /// What is wrong with the whole file: it is no YAML, or has no rows. A mistake in a row is that row's.
    pub fn read(source: &spec::Source) -> Result<Self, Diagnostics> {
        let listing = Listing::read(source)?;
        let folder = source.name.parent().unwrap_or(&source.name);
        let written_names = || {
            listing
                .rows()
                .filter_map(|row| row.text("name").map(str::to_owned))
        };
        let mut labels = Labels::beside(written_names());
        let mut names: HashMap<String, Related> = HashMap::new();
        let mut rows = Vec::new();
        for (index, written) in listing.rows().enumerate() {
            let mut mistakes = Vec::new();
            let name = written.text("name").filter(|name| !name.is_empty());
            if let Some(name) = name {
                match names.get(name) {
                    Some(first) => mistakes.push(Diagnostic {
                        related: Some(first.clone()),
                        ..written
                            .mistake("name", format!("a second row has the name `{name}`"))
                            .help("give one of them another name: reports and baselines go by it")
                    }),
                    None => {
                        names.insert(
                            name.to_owned(),
                            written.related("name", "the first is here"),
                        );
                    }
                }
            }
            let entry = match Entry::read(&written, folder) {
                Ok(entry) if mistakes.is_empty() => Ok(entry),
                Ok(_) => Err(mistakes),
                Err(found) => {
                    mistakes.extend(found);
                    Err(mistakes)
                }
            };
            rows.push(Row {
                name: labels.of(name, index + 1),
                line: written.spot().map_or(1, |spot| spot.line),
                entry: entry.map_err(Diagnostics::from),
            });
        }
        Ok(Self {
            file: source.name.clone(),
            rows,
        })
    }

    /// Every mistake in its rows, in their order.
    pub fn mistakes(&self) -> impl Iterator<Item = &Diagnostic> {
        self.rows
            .iter()
            .filter_map(|row| row.entry.as_ref().err())
            .flatten()
    }
}

/// What rows are called: reports and records go by it, so that no two are called alike.
struct Labels {
    /// The names that stand in rows.
    written: HashSet<String>,
    given: HashSet<String>,
}

impl Labels {
    fn beside(written: impl Iterator<Item = String>) -> Self {
        Self {
            written: written.collect(),
            given: HashSet::new(),
        }
    }

    /// What the row of this number is called that says this name, or none.
    fn of(&mut self, name: Option<&str>, number: usize) -> String {
        let is_first = |name: &&str| !self.given.contains(*name);
        let label = match (name.filter(is_first), name) {
            (Some(name), _) => name.to_owned(),
            (None, Some(name)) => self.made_up(format!("{name} (row {number})")),
            (None, None) => self.made_up(format!("row {number}")),
        };
        self.given.insert(label.clone());
        label
    }

    /// The first of the words with more and more behind them that no row says.
    fn made_up(&self, mut words: String) -> String {
        while self.written.contains(&words) || self.given.contains(&words) {
            words.push('*');
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Source;
    use super::*;
    use crate::dokku::Version;
    use crate::spec::builtin;

    fn roster(text: &str) -> Roster {
        Roster::read(&spec::Source::new("lists/plugins.yaml", text)).unwrap()
    }

    /// What is told of the only broken row.
    fn refused(row: &str) -> String {
        let roster = roster(&format!("plugins:\n  - {}\n", row.replace('\n', "\n    ")));
        let [row] = roster.rows.as_slice() else {
            panic!("{roster:?}");
        };
        row.entry.as_ref().unwrap_err().to_string()
    }

    fn broken(text: &str) -> String {
        Roster::read(&spec::Source::new("plugins.yaml", text))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_row_says_what_is_brought_and_how_it_is_checked() {
        let roster = roster(
            "plugins:
  - name: postgres
    git: https://github.com/dokku/dokku-postgres
    ref: \"1.41.0\"
    section: Official Plugins
    author: dokku
    compatibility: 0.19.x+
    dokku: [0.30, 0.36..0.38, newest]
    expectations:
      - id: app-flag
        reason: known
  - name: mine
    path: ../dokku-mine
    dokku: 0.30
    disabled: not ready
",
        );
        let entry = |index: usize| roster.rows[index].entry.as_ref().unwrap();
        let (first, second) = (entry(0), entry(1));
        let Source::Git { url, reference } = &first.source else {
            panic!("{first:?}");
        };
        assert_eq!(url.repository(), "dokku-postgres");
        assert_eq!(reference.as_ref().unwrap().as_str(), "1.41.0");
        let versions = |entry: &Entry| -> Vec<String> {
            let versions = entry.dokku.as_ref().unwrap();
            versions.all().iter().map(ToString::to_string).collect()
        };
        assert_eq!(
            versions(first),
            [
                "0.30.11",
                "0.36.11",
                "0.37.10",
                &Version::NEWEST.to_string()
            ]
        );
        assert_eq!(versions(second), ["0.30.11"]);
        let [failure] = &first.expectations.of(&builtin().unwrap()).unwrap()[..] else {
            panic!("one is expected");
        };
        assert_eq!(failure.spot.line, 10);
        assert_eq!(
            second.source,
            Source::Path(Path::new("lists/../dokku-mine").into())
        );
        assert_eq!(second.disabled.as_deref(), Some("not ready"));
        assert_eq!((roster.rows[0].line, roster.rows[1].line), (2, 12));
    }

    #[test]
    fn a_mistake_is_its_rows_and_the_others_go_on() {
        let roster = roster(
            "plugins:
  - name: a
    gti: https://github.com/x/a
  - {name: b, git: https://github.com/x/b}
  - git: https://github.com/x/c
  - name: b
    git: https://github.com/x/d
  - name: e
    name: f
    git: https://github.com/x/e
  - {name: g, path: g}
  - 12
  - name: h
    git: &x https://github.com/x/h
",
        );
        let names: Vec<&str> = roster.rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(
            names,
            ["a", "b", "row 3", "b (row 4)", "e", "g", "row 7", "h"]
        );
        let sound: Vec<bool> = roster.rows.iter().map(|row| row.entry.is_ok()).collect();
        assert_eq!(
            sound,
            [false, true, false, false, false, true, false, false]
        );
        let told: Vec<String> = roster.mistakes().map(ToString::to_string).collect();
        assert!(told[0].contains("unknown key `gti`") && told[0].contains("did you mean `git`?"));
        assert!(told[0].contains("lists/plugins.yaml:3:5"), "{}", told[0]);
        assert!(told[1].contains("the key `name` is missing"), "{}", told[1]);
        assert!(told[2].contains("a second row has the name `b`"));
        assert!(
            told[2].contains("plugins.yaml:4:12: the first is here"),
            "{}",
            told[2]
        );
        assert!(told[3].contains("the key `name` stands here a second time"));
        assert!(told[4].contains("expected a map"), "{}", told[4]);
        assert!(told[5].contains("an anchor"), "{}", told[5]);
    }

    #[test]
    fn what_a_row_must_not_say_is_told_with_the_way_out() {
        for (row, parts) in [
            (
                "name: a",
                &["neither `git` nor `path`", "git: https://"][..],
            ),
            (
                "name: a\ngit: https://x.org/a/b\npath: x",
                &["both `git` and `path`"],
            ),
            ("name: a\npath: x\nref: main", &["`ref`", "git"]),
            ("name: ''\npath: x", &["`name` says nothing"]),
            (
                "name: a/b\npath: x",
                &["`a/b` is no name here", "without `/`"],
            ),
            ("name: \"a\\nb\"\npath: x", &["is no name here"]),
            ("name: \"a\\u202eb\"\npath: x", &["is no name here"]),
            ("name: '..'\npath: x", &["is no name here"]),
            ("name: -a\npath: x", &["is no name here"]),
            ("name: ' a'\npath: x", &["is no name here"]),
            ("name: a\npath: ''", &["`path` says nothing"]),
            ("name: a\npath: ~/x", &["`~`"]),
            ("name: a\npath: \"a\\0b\"", &["NUL"]),
            (
                "name: a\ngit: --upload-pack=x",
                &["`--upload-pack=x` is no address"],
            ),
            ("name: a\ngit: 'ext::sh -c x'", &["is no address"]),
            ("name: a\ngit: ftp://x.org/a", &["https://"]),
            ("name: a\ngit: https://user:pass@x.org/a/b", &["password"]),
            ("name: a\ngit: ../x", &["path: ../x"]),
            (
                "name: a\ngit: https://x.org/a/b\nref: --x",
                &["`--x` is no name of a branch"],
            ),
            (
                "name: a\ngit: https://x.org/a/b\nref: 1.40",
                &["put it in quotes: \"1.40\""],
            ),
            (
                "name: a\npath: x\ndokku: 0.99",
                &["Dokku 0.99 is not known"],
            ),
            ("name: a\npath: x\ndokku: []", &["`dokku` names no version"]),
            (
                "name: a\npath: x\ndisabled: ''",
                &["`disabled` says nothing"],
            ),
            (
                "name: a\npath: x\nexpectations: [{id: b, reason: ''}]",
                &["`reason` says nothing"],
            ),
        ] {
            let told = refused(row);
            for part in parts {
                assert!(told.contains(part), "{row}: {told}");
            }
        }
        let long = format!("name: {}\npath: x", "a".repeat(101));
        assert!(refused(&long).contains("at most 100"));
    }

    #[test]
    fn a_file_that_is_no_list_is_refused_as_a_whole() {
        for (text, part) in [
            ("", "is empty"),
            ("plugins: [", "no valid YAML"),
            ("- a\n", "is no list of plugins"),
            ("plugins: []\n", "the list has no plugins"),
            ("plugins: x\n", "the list has no plugins"),
            ("plugns: [{name: a, path: b}]\n", "did you mean `plugins`?"),
            ("{}\n", "the key `plugins` is missing"),
            (
                "plugins: [{name: a, path: b}]\nmore: 1\n",
                "unknown key `more`",
            ),
        ] {
            let told = broken(text);
            assert!(told.contains(part), "{text}: {told}");
        }
    }
}
