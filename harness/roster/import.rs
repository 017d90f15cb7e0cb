//! A list made of the tables in which Dokku's documentation keeps its plugins.

use std::collections::HashMap;

use super::address::{address, owner};
use super::entry::is_name;
use super::table::{Found, TableRow, tables};
use super::url::Url;
use super::yaml;

/// A list that was made of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The list, as YAML that [`Roster::read`](super::Roster::read) reads without a mistake if it has rows.
    pub text: String,
    /// How many rows it has.
    pub rows: usize,
    /// The rows of the page that could not be read.
    pub unread: Vec<Told>,
    /// The rows whose name another has, with the name that they got.
    pub renamed: Vec<Told>,
}

/// What is told of a row of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The line that it is on, from 1.
    pub line: usize,
    /// What is to be told of it, as a sentence.
    pub why: String,
    /// The line's text.
    pub text: String,
}

/// How many rows are taken over, and how many bytes the list may have: what the reader of lists takes.
const MOST_ROWS: usize = 900;
const MOST_BYTES: usize = 900 << 10;
/// How many letters a cell may have.
const LONGEST_CELL: usize = 1000;
/// How many letters of a section's headings are kept.
const LONGEST_SECTION: usize = 300;

/// What stands before the rows.
const HEAD: &str =
    "# The plugins of this list, made by `dokku-conform plugins import`.\nplugins:\n";

/// Makes a list of the tables of a Markdown page, by the names of their columns: `Plugin` with a link to the repository,
/// `Author`, `Compatibility`. A plugin is called as its repository is, less a leading `dokku-`; where that name is taken,
/// its owner's stands before it.
#[must_use]
pub fn import(page: &str) -> Imported {
    let mut desk = Desk::default();
    desk.imported.text = HEAD.to_owned();
    for found in tables(page) {
        match found {
            Found::Row(row) => {
                if let Err(why) = desk.take(&row) {
                    desk.unread(row.line, why, row.text);
                }
            }
            Found::NoPlugins(line, text) => {
                desk.unread(line, "the table has no column `Plugin`".to_owned(), text);
            }
            Found::NoTable(line, text) => {
                let why = "it stands in no table, which has a line of dashes below its head";
                desk.unread(line, why.to_owned(), text);
            }
        }
    }
    desk.imported
}

/// Takes rows over, one after the other.
#[derive(Default)]
struct Desk {
    imported: Imported,
    /// The lines of the repositories and names that there are.
    repositories: HashMap<String, usize>,
    names: HashMap<String, usize>,
}

impl Desk {
    fn unread(&mut self, line: usize, why: String, text: String) {
        self.imported.unread.push(Told { line, why, text });
    }

    fn take(&mut self, row: &TableRow) -> Result<(), String> {
        let long = [&row.author, &row.compatibility];
        if long.iter().any(|cell| cell.chars().count() > LONGEST_CELL) {
            return Err(format!("a cell has more than {LONGEST_CELL} letters"));
        }
        let url = address(link(row)?)?;
        if let Some(line) = self.repositories.get(&url.as_str().to_lowercase()) {
            return Err(format!("its repository stands in line {line} already"));
        }
        let own = own_name(&url);
        let name = self.free_name(own, &url)?;
        let mut text = String::new();
        yaml::add(&mut text, "name", &name);
        yaml::add(&mut text, "git", url.as_str());
        let section: String = row.section.chars().take(LONGEST_SECTION).collect();
        for (key, cell) in [
            ("section", &section),
            ("author", &row.author),
            ("compatibility", &row.compatibility),
        ] {
            if !cell.is_empty() {
                yaml::add(&mut text, key, cell);
            }
        }
        if self.imported.rows >= MOST_ROWS || self.imported.text.len() + text.len() > MOST_BYTES {
            return Err(format!(
                "a list has room for {MOST_ROWS} plugins: make several of the page"
            ));
        }
        if let Some(line) = self.names.get(own) {
            let why = format!("`{own}` is what line {line} is called: this one is called `{name}`");
            let (line, text) = (row.line, row.text.clone());
            self.imported.renamed.push(Told { line, why, text });
        }
        self.imported.text.push_str(&text);
        self.imported.rows += 1;
        self.names.insert(name, row.line);
        self.repositories
            .insert(url.as_str().to_lowercase(), row.line);
        Ok(())
    }

    /// A name that no row has.
    fn free_name(&self, own: &str, url: &Url) -> Result<String, String> {
        let with_owner = owner(url).map_or(own.to_owned(), |owner| format!("{owner}-{own}"));
        let numbered = (2..=MOST_ROWS + 2).map(|number| format!("{with_owner}-{number}"));
        [own.to_owned(), with_owner.clone()]
            .into_iter()
            .chain(numbered)
            .find(|name| !self.names.contains_key(name))
            .filter(|name| is_name(name))
            .ok_or_else(|| format!("`{own}` can't be a name in a list"))
    }
}

/// What a row links to.
fn link(row: &TableRow) -> Result<&str, String> {
    match row.links.as_slice() {
        [only] => Ok(only),
        [] if row.name.starts_with("https://") || row.name.starts_with("http://") => Ok(&row.name),
        [] if row.name.starts_with('[') => {
            Err("its link is defined nowhere on the page".to_owned())
        }
        [] if row.name.is_empty() => Err("it names no plugin".to_owned()),
        [] => Err("it has no link to a repository".to_owned()),
        _ => Err("it has several links, of which any could be the repository".to_owned()),
    }
}

/// What a plugin of this repository is called by itself.
fn own_name(url: &Url) -> &str {
    let repository = url.repository();
    match repository.strip_prefix("dokku-") {
        None | Some("") => repository,
        Some(name) => name,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Entry, Roster};
    use super::*;
    use crate::spec::Source;

    fn entries(imported: &Imported) -> Vec<Entry> {
        if imported.rows == 0 {
            return Vec::new();
        }
        let roster = Roster::read(&Source::new("plugins.yaml", imported.text.as_str()))
            .unwrap_or_else(|mistakes| panic!("{mistakes}\n{}", imported.text));
        let entry = |row: super::super::Row| match row.entry {
            Ok(entry) => entry,
            Err(mistakes) => panic!("{mistakes}\n{}", imported.text),
        };
        let entries: Vec<Entry> = roster.rows.into_iter().map(entry).collect();
        assert_eq!(entries.len(), imported.rows);
        entries
    }

    const PAGE: &str = "# Plugins

## Official plugins (Beta)

| Plugin | Author | Compatibility |
| ------ | ------ | ------------- |
| [Redis (beta)](https://github.com/dokku/dokku-redis)<sup>1</sup> | [dokku][] | 0.4.0+ |
| [Sub](https://github.com/a/b/tree/main/sub) | [a][] | 0.4.0+ |

## Community: plugins #1

### Caching

Author | Plugin
--- | ---
[nobody][] | [Redis][redis]
x | ~~[Gone](https://github.com/x/dokku-gone.git/)~~

| [Lost](https://github.com/x/lost) | x | y |

### Unmaintained `Plugins`

| Plugin | Author | In Dokku Since |
| --- | --- | --- |
| [Old](http://github.com/x/old) | x\\|y | v0.5.0 |
| no link | x | |
| [none][nowhere] | | |
| [again](https://github.com/DOKKU/dokku-redis) | | |
| [page](https://example.org/x) | | |
| [short](https://github.com/x/dokku-short)
| [two](https://github.com/x/a) [links](https://github.com/x/b) | | |

| Setting | Value |
| --- | --- |
| a | b |

```
| [code](https://github.com/x/code) | | |
```

[dokku]: https://github.com/dokku
[redis]: https://github.com/ohardy/dokku-redis
";

    #[test]
    fn the_tables_of_a_page_become_a_list_and_what_could_not_be_read_is_told() {
        let imported = import(PAGE);
        let said: Vec<_> = entries(&imported)
            .into_iter()
            .map(|entry| {
                let claim = entry.compatibility.map(|claim| claim.text().to_owned());
                let (source, section) = (entry.source.to_string(), entry.section.unwrap());
                (entry.name, source, section, entry.author, claim)
            })
            .collect();
        let row =
            |name: &str, url: &str, section: &str, author: Option<&str>, claim: Option<&str>| {
                let text = |text: &str| text.to_owned();
                (
                    text(name),
                    format!("https://github.com/{url}"),
                    text(section),
                    author.map(text),
                    claim.map(text),
                )
            };
        let (caching, old) = (
            "Community: plugins #1 / Caching",
            "Community: plugins #1 / Unmaintained Plugins",
        );
        assert_eq!(
            said,
            [
                row(
                    "redis",
                    "dokku/dokku-redis",
                    "Official plugins (Beta)",
                    Some("dokku"),
                    Some("0.4.0+")
                ),
                row(
                    "ohardy-redis",
                    "ohardy/dokku-redis",
                    caching,
                    Some("nobody"),
                    None
                ),
                row("gone", "x/dokku-gone", caching, Some("x"), None),
                row("old", "x/old", old, Some("x|y"), None),
                row("short", "x/dokku-short", old, None, None),
            ]
        );
        let [renamed] = imported.renamed.as_slice() else {
            panic!("{imported:?}");
        };
        assert_eq!(
            (renamed.line, renamed.why.contains("line 7")),
            (16, true),
            "{renamed:?}"
        );
        let unread: Vec<(usize, &str)> = imported
            .unread
            .iter()
            .map(|told| (told.line, told.why.as_str()))
            .collect();
        assert_eq!(
            unread,
            [
                (8, "its link leads into a repository, and not to one"),
                (
                    19,
                    "it stands in no table, which has a line of dashes below its head"
                ),
                (26, "it has no link to a repository"),
                (27, "its link is defined nowhere on the page"),
                (28, "its repository stands in line 7 already"),
                (
                    29,
                    "`example.org` is no git host that is known: end the address with .git if it is one"
                ),
                (
                    31,
                    "it has several links, of which any could be the repository"
                ),
                (33, "the table has no column `Plugin`"),
            ]
        );
        assert!(imported.unread[0].text.starts_with("| [Sub]"));
    }

    #[test]
    fn a_page_that_would_be_too_large_a_list_is_taken_over_in_part() {
        let mut page = "| Plugin | Compatibility |\n| --- | --- |\n".to_owned();
        for number in 0..MOST_ROWS + 5 {
            page.push_str(&format!(
                "| [x](https://github.com/o/p{number}) | {} |\n",
                "\u{202E}".repeat(90)
            ));
        }
        let imported = import(&page);
        assert!(imported.rows > 500 && imported.rows <= MOST_ROWS);
        assert_eq!(entries(&imported).len(), imported.rows);
        assert!(
            imported
                .unread
                .iter()
                .all(|told| told.why.contains("a list has room for"))
        );
    }

    proptest! {
        #[test]
        fn whatever_the_cells_hold_the_list_is_read(
            rows in proptest::collection::vec((any::<String>(), "[ -~]{0,20}", any::<String>()), 1..6),
            section in any::<String>(),
        ) {
            let mut page = format!("## {section}\n\n| Plugin | Author | Compatibility |\n| - | - | - |\n");
            for (number, (author, name, claim)) in rows.iter().enumerate() {
                page.push_str(&format!("| [{name}](https://github.com/o/p{number}) | {author} | {claim} |\n"));
            }
            entries(&import(&page));
        }

        #[test]
        fn any_page_is_read_to_its_end(page in any::<String>(), link in "[a-z:/.@#?-]{0,30}") {
            entries(&import(&page));
            entries(&import(&format!("| Plugin |\n| - |\n| [x]({link}) |\n| [y](<https://github.com/o/{page}>) |")));
        }

        #[test]
        fn a_text_is_read_as_it_was_written(text in any::<String>()) {
            prop_assume!(text.chars().count() < LONGEST_CELL);
            let mut row = String::new();
            yaml::add(&mut row, "name", "x");
            yaml::add(&mut row, "path", "x");
            yaml::add(&mut row, "author", &text);
            let list = format!("plugins:\n{row}");
            let roster = Roster::read(&Source::new("plugins.yaml", list)).unwrap();
            let [only] = roster.rows.as_slice() else { panic!("{roster:?}") };
            prop_assert_eq!(only.entry.as_ref().unwrap().author.as_deref(), Some(text.as_str()));
        }
    }
}
