//! The tests that a plugin brings along for itself: bats files, and what their text says of the tests in them.
//!
//! How bats finds a test in a text: <https://bats-core.readthedocs.io/en/stable/writing-tests.html>.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use regex::{Captures, Regex};

use super::Plugin;
use super::file::PluginFile;
use super::shell::Constants;

/// How many tests of a file are known: nobody writes more.
const MOST: usize = 2000;

/// How the name of such a file ends.
const EXTENSION: &str = "bats";

/// The folders that authors keep them in.
const FOLDERS: [&str; 2] = ["test", "tests"];

/// Folders within those that hold what others wrote: helpers for bats, each with tests of its own, and samples.
const OF_OTHERS: [&str; 5] = ["bats", "fixtures", "libs", "node_modules", "test_helper"];

/// The line that begins a test, with its title; and the older form of a function that a comment makes a test.
static BEGINS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[ \t]*@test[ \t]+(.*[^ \t])[ \t]+\{").ok());
static IS_MARKED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^[ \t]*(?:function[ \t]+)?([^ \t()]+)[ \t]*\(?\)?[ \t]+\{[ \t]+#[ \t]*@test[ \t]*$",
    )
    .ok()
});

/// A variable in a title.
static VARIABLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\$(?:\{([A-Za-z_]\w*)[^}]*\}|([A-Za-z_]\w*))").ok());

/// How the helpers of a suite set DOKKU_ROOT to a folder beside themselves.
static OWN_DOKKU: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?m)^\s*(?:export\s+)?DOKKU_ROOT=["']?\$\(cd [^\n]*BASH_SOURCE[^\n]*&& pwd\)/([A-Za-z0-9_-][\w.-]*)["']?\s*$"#).ok()
});

/// A bats file of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestFile {
    /// Its path, relative to the plugin's root.
    pub name: String,
    /// Its tests, in the order of the text.
    pub tests: Vec<Test>,
}

/// One test of a bats file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// Its title, with the variables that the plugin's texts give one value alone; unique within the file.
    pub title: String,
    /// The line that begins it, from 1.
    pub line: u32,
}

impl TestFile {
    fn read(file: &PluginFile, constants: &Constants) -> Option<Self> {
        let mut tests: Vec<Test> = Vec::new();
        let mut titles = BTreeSet::new();
        for (number, line) in (1_u32..).zip(file.text().ok()?.lines()) {
            let Some(raw) = title(line.trim_end_matches('\r')) else {
                continue;
            };
            let title = filled(raw, constants);
            let title = distinct(title, &titles);
            titles.insert(title.clone());
            tests.push(Test {
                title,
                line: number,
            });
            if tests.len() >= MOST {
                break;
            }
        }
        Some(Self {
            name: file.name.clone(),
            tests,
        })
    }
}

impl Test {
    /// True if bats may tell of this test under this title: a variable of its own title that is not known stands for
    /// anything.
    #[must_use]
    pub fn may_be_called(&self, title: &str) -> bool {
        // One that ends with a variable of no value ends with the blank before it, which is lost.
        self.fits(title) || self.fits(&format!("{title} "))
    }

    fn fits(&self, title: &str) -> bool {
        let Some(variable) = VARIABLE.as_ref() else {
            return false;
        };
        let mut parts = variable.split(&self.title);
        let Some(first) = parts.next() else {
            return title.is_empty();
        };
        let Some(mut rest) = title.strip_prefix(first) else {
            return false;
        };
        let mut parts = parts.peekable();
        if parts.peek().is_none() {
            return rest.is_empty();
        }
        while let Some(part) = parts.next() {
            let is_last = parts.peek().is_none();
            let found = if is_last {
                rest.ends_with(part).then_some("")
            } else {
                rest.split_once(part).map(|(_, after)| after)
            };
            let Some(after) = found else {
                return false;
            };
            rest = after;
        }
        true
    }
}

impl Plugin {
    /// The plugin's bats files, in the order of their names. One that can't be read, and one that lies where others'
    /// helpers lie, is none of them.
    #[must_use]
    pub fn suite(&self) -> Vec<Arc<TestFile>> {
        let constants = self.constants_of_tests();
        let mut files: Vec<&PluginFile> = self.files().iter().filter(|one| is_suite(one)).collect();
        files.sort_by(|one, other| one.name.cmp(&other.name));
        let read = files
            .into_iter()
            .filter_map(|file| TestFile::read(file, &constants));
        read.map(Arc::new).collect()
    }

    /// The folder, relative to the plugin's root, in which the plugin's tests look for a checkout of Dokku that their own
    /// `setup.sh` clones; none if they look for Dokku where a host has it.
    #[must_use]
    pub fn suite_dokku(&self) -> Option<String> {
        let beside = self.files().iter().filter(|file| is_beside(file));
        let found = beside.filter_map(|file| {
            let text = file.text().ok()?;
            let name = OWN_DOKKU.as_ref()?.captures(text)?.get(1)?.as_str();
            let folder = file.name.rsplit_once('/')?.0;
            Some(format!("{folder}/{name}"))
        });
        found.min()
    }

    /// What the texts beside the tests, and those in the plugin's root, give one value alone.
    fn constants_of_tests(&self) -> Constants {
        let mut constants = Constants::default();
        let speaks = |file: &&PluginFile| {
            (file.in_root() || is_beside(file)) && (file.is_shell() || file.name.ends_with(".bash"))
        };
        let scripts = self.files().iter().filter(speaks);
        for script in scripts.filter_map(|file| file.script().ok()) {
            constants.learn(script);
        }
        constants
    }
}

/// True for a file in a folder of tests, and in none within that.
fn is_beside(file: &PluginFile) -> bool {
    let folders = FOLDERS.iter();
    let rest = folders.filter_map(|folder| file.name.strip_prefix(folder)?.strip_prefix('/'));
    rest.last().is_some_and(|rest| !rest.contains('/'))
}

fn is_suite(file: &PluginFile) -> bool {
    let mut parts: Vec<&str> = file.name.split('/').collect();
    let Some(name) = parts.pop() else {
        return false;
    };
    let is_bats = name
        .rsplit_once('.')
        .is_some_and(|(stem, extension)| !stem.is_empty() && extension == EXTENSION);
    let mut folders = parts.iter();
    let is_in_place = folders.next().is_none_or(|first| FOLDERS.contains(first));
    let is_of_others = |part: &&str| OF_OTHERS.contains(part) || part.starts_with("bats-");
    is_bats && is_in_place && file.has_plain_name() && !folders.any(is_of_others)
}

/// The title of the test that a line begins, as it is written.
fn title(line: &str) -> Option<&str> {
    let begun = BEGINS.as_ref()?.captures(line);
    let found = begun.or_else(|| IS_MARKED.as_ref()?.captures(line))?;
    let written = found.get(1)?.as_str();
    let quote = |letter: char| matches!(letter, '"' | '\'');
    let written = written.strip_prefix(quote).unwrap_or(written);
    Some(written.strip_suffix(quote).unwrap_or(written))
}

/// The title with the values of the variables that are known.
fn filled(title: &str, constants: &Constants) -> String {
    let Some(variable) = VARIABLE.as_ref() else {
        return title.to_owned();
    };
    let value = |found: &Captures<'_>| {
        let whole = found.get(0).map_or("", |whole| whole.as_str());
        let name = found.get(1).or_else(|| found.get(2));
        let known = name.and_then(|name| constants.get(name.as_str()));
        known
            .filter(|value| !value.is_empty() && !value.contains(char::is_control))
            .unwrap_or(whole)
            .to_owned()
    };
    variable.replace_all(title, value).into_owned()
}

/// The title, with a number behind it if a test before has it already.
fn distinct(title: String, before: &BTreeSet<String>) -> String {
    let is_taken = |title: &str| before.contains(title);
    if !is_taken(&title) {
        return title;
    }
    let mut numbered = (2..).map(|number: u32| format!("{title} ({number})"));
    numbered.find(|title| !is_taken(title)).unwrap_or(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(title: &str) -> Test {
        Test {
            title: title.to_owned(),
            line: 1,
        }
    }

    #[test]
    fn the_line_of_a_test_gives_its_title() {
        assert_eq!(title("@test \"(a:b) it works\" {"), Some("(a:b) it works"));
        assert_eq!(title("  @test 'x' { skip; }"), Some("x"));
        assert_eq!(title("@test bare words {"), Some("bare words"));
        assert_eq!(title("it_works() { # @test"), Some("it_works"));
        assert_eq!(title("function it_works { # @test"), Some("it_works"));
        assert_eq!(title("# @test \"x\" {"), None);
        assert_eq!(title("echo @test"), None);
    }

    #[test]
    fn a_variable_that_is_not_known_stands_for_anything() {
        let of = test("($A:help) it ${B} works");
        assert!(of.may_be_called("(hello:help) it really works"));
        assert!(!of.may_be_called("(hello:help) it works not"));
        assert!(!of.may_be_called("hello:help"));
        assert!(test("plain").may_be_called("plain") && !test("plain").may_be_called("plainer"));
        assert!(test("ends $A").may_be_called("ends so"));
        assert!(test("ends $A").may_be_called("ends"));
    }

    #[test]
    fn a_second_test_of_a_title_is_told_apart() {
        let before = ["x", "x (2)"].map(str::to_owned).into();
        assert_eq!(distinct("x".into(), &before), "x (3)");
        assert_eq!(distinct("y".into(), &before), "y");
    }
}
