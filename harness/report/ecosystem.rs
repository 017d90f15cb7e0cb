//! The state of a list of plugins in one page: what they break most, what they do to their neighbours, and drafts of
//! issues. In Markdown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;

use super::cell::cell;
use super::markdown::fenced;
use super::told::plain;
use super::{CaseRecord, PluginRecord, Record};
use crate::dokku::reserved;
use crate::roster::Url;
use crate::run::{EXPECTATIONS, HelpOfAll, Outcome, SOURCE};
use crate::sandbox::Exit;

/// The requirement that tells of plugins which take commands that are not theirs.
const DECLINES: &str = "unknown-command-declined";
/// What Dokku's own plugins are called among the others.
const ITSELF: &str = "Dokku itself";
/// How many plugins, or lines, are named.
const NAMED: usize = 12;

/// What a plugin answers and listens to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What the record calls it.
    pub label: String,
    /// The name that it is installed under.
    pub name: String,
    /// Its commands.
    pub commands: Vec<String>,
    /// The triggers that it has a file for.
    pub triggers: Vec<String>,
}

/// What the page is made of.
#[derive(Debug)]
pub struct Ecosystem<'r> {
    /// The run.
    pub record: &'r Record,
    /// The plugins that were there.
    pub members: Vec<Member>,
    /// The help of a host that has all of them, or why there is none.
    pub help: Result<HelpOfAll, String>,
    /// Whether a broken `should` counts.
    pub strict: bool,
}

/// Failures with one root: the same rule, broken in the same file, in the same way.
struct Root<'r> {
    first: &'r CaseRecord,
    plugins: BTreeSet<&'r str>,
    cases: usize,
}

impl Ecosystem<'_> {
    /// The page.
    #[must_use]
    pub fn page(&self) -> String {
        let header = &self.record.header;
        let missing = header
            .plugins
            .iter()
            .filter_map(PluginRecord::missing)
            .count();
        let mut text = format!(
            "# The state of the plugins\n\n{} plugins, of which {missing} could not be had, in Dokku {}, by dokku-conform {} on {}.\n",
            header.plugins.len(),
            header
                .dokku
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", "),
            header.program,
            header.time.get(..10).unwrap_or(&header.time),
        );
        self.broken(&mut text);
        self.takers(&mut text);
        self.help_of_all(&mut text);
        self.collisions(&mut text);
        self.drafts(&mut text);
        text
    }

    fn failures(&self) -> impl Iterator<Item = &CaseRecord> {
        let is_one = |case: &&CaseRecord| {
            case.outcome == Outcome::Fail
                && case.level.counts(self.strict)
                && case.expected.is_none()
                && ![SOURCE, EXPECTATIONS].contains(&case.requirement.as_str())
        };
        self.record.cases.iter().filter(is_one)
    }

    /// Which requirements are broken most.
    fn broken(&self, text: &mut String) {
        let mut rules: BTreeMap<&str, (BTreeSet<&str>, usize)> = BTreeMap::new();
        for case in self.failures() {
            let rule = rules.entry(&case.requirement).or_default();
            rule.0.insert(&case.plugin);
            rule.1 += 1;
        }
        let expected = self
            .record
            .cases
            .iter()
            .filter(|case| case.expected.is_some())
            .count();
        let mut rules: Vec<_> = rules.into_iter().collect();
        rules.sort_by_key(|(_, (plugins, _))| std::cmp::Reverse(plugins.len()));
        text.push_str("\n## What is broken most\n\n");
        if expected > 0 {
            let _ = writeln!(
                text,
                "{expected} failures are expected, and left out of all that follows.\n"
            );
        }
        if rules.is_empty() {
            text.push_str("Nothing that counts is broken.\n");
            return;
        }
        text.push_str("| Requirement | Plugins | Cases | Which |\n|---|--:|--:|---|\n");
        for (rule, (plugins, cases)) in rules {
            let names = named(plugins.iter().copied());
            let _ = writeln!(text, "| `{rule}` | {} | {cases} | {names} |", plugins.len());
        }
    }

    /// Which plugins swallow or end unknown commands for the whole host.
    fn takers(&self, text: &mut String) {
        text.push_str("\n## Plugins that keep commands from their neighbours\n\n");
        let takes =
            |case: &&CaseRecord| case.requirement == DECLINES && case.outcome == Outcome::Fail;
        let mut seen: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        for case in self.record.cases.iter().filter(takes) {
            seen.entry((&case.plugin, &case.case))
                .or_insert(&case.reason);
        }
        if seen.is_empty() {
            text.push_str("None: each declines what is not its own.\n");
            return;
        }
        text.push_str("| Plugin | Case | What it does |\n|---|---|---|\n");
        for ((plugin, case), reason) in seen {
            let _ = writeln!(
                text,
                "| {} | {} | {} |",
                cell(plugin),
                cell(case),
                cell(reason)
            );
        }
    }

    /// What `dokku help --all` looks like with all of them installed.
    fn help_of_all(&self, text: &mut String) {
        text.push_str("\n## The help of a host that has all of them\n\n");
        let help = match &self.help {
            Ok(help) => help,
            Err(why) => {
                let _ = writeln!(text, "It could not be seen: {}.", cell(why));
                return;
            }
        };
        let [stdout, stderr] = &help.streams;
        for one in &help.breakers {
            let _ = writeln!(
                text,
                "`{}` ends it for the whole host, with {}:\n\n{}",
                one.name,
                exit(one.exit),
                fenced(&shortened(
                    &one.stderr.lines().map(str::to_owned).collect::<Vec<_>>()
                ))
            );
        }
        let without = match help.breakers.is_empty() {
            true => "",
            false => ", without those,",
        };
        let _ = writeln!(
            text,
            "`dokku help --all` in Dokku {}{without} ends with {} and prints {} lines.",
            help.version,
            exit(help.exit),
            stdout.lines().count()
        );
        if !help.left_out.is_empty() {
            let names = named(help.left_out.iter().map(String::as_str));
            let _ = writeln!(
                text,
                "\nNot installed, since their names are taken: {names}."
            );
        }
        if !help.unbuilt.is_empty() {
            let names = named(help.unbuilt.iter().map(String::as_str));
            let _ = writeln!(
                text,
                "\nNot installed, since a host has them as their `install` builds them: {names}."
            );
        }
        let lines = Lines::of(stdout);
        if !lines.broken.is_empty() {
            text.push_str("\nLines that have no second column, or no command in the first:\n\n");
            text.push_str(&fenced(&shortened(&lines.broken)));
        }
        if !lines.twice.is_empty() {
            text.push_str("\nCommands that are listed more than once:\n\n");
            text.push_str(&fenced(&shortened(&lines.twice)));
        }
        if help.exit != Exit::Status(0) {
            text.push_str(
                "\nIt did not come to its end: what is missing after the last line is not known.\n",
            );
        } else if lines.broken.is_empty() && lines.twice.is_empty() {
            text.push_str("\nEach line has a command and what it does, and none is there twice.\n");
        }
        if !stderr.is_empty() {
            text.push_str("\nOn standard error:\n\n");
            let all: Vec<String> = stderr.lines().map(str::to_owned).collect();
            text.push_str(&fenced(&shortened(&all)));
        }
        text.push_str("\n<details><summary>The whole help</summary>\n\n");
        text.push_str(&fenced(stdout));
        text.push_str("</details>\n");
    }

    /// Which names are used by several plugins.
    fn collisions(&self, text: &mut String) {
        let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut commands: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut triggers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for member in &self.members {
            names.entry(&member.name).or_default().insert(&member.label);
            for command in &member.commands {
                commands.entry(command).or_default().insert(&member.label);
            }
            for trigger in &member.triggers {
                triggers.entry(trigger).or_default().insert(&member.label);
            }
        }
        // What the newest Dokku of the run answers itself is used by that too.
        if let Some(newest) = self.record.header.dokku.last() {
            for (command, users) in &mut commands {
                if reserved(command, *newest).is_some() {
                    users.insert(ITSELF);
                }
            }
        }
        text.push_str("\n## Names that several plugins use\n\n");
        text.push_str("Two plugins of one name can't be installed together, and of a command the first that answers gets it.\n\n");
        table(text, "Plugin name", &names);
        table(text, "Command", &commands);
        text.push_str("Each plugin with a trigger's file is called in turn; where one reads what the other printed, the order counts.\n\n");
        table(text, "Trigger", &triggers);
    }

    /// A draft of an issue for each root cause.
    fn drafts(&self, text: &mut String) {
        let mut roots: BTreeMap<(&str, String, String), Root<'_>> = BTreeMap::new();
        for case in self.failures() {
            let place = case.evidence.place.as_ref();
            let file = place.map_or("", |place| place.file.as_str());
            let name = self.name(&case.plugin);
            let key = (
                case.requirement.as_str(),
                anonymous(file, name),
                anonymous(&case.reason, name),
            );
            let root = roots.entry(key).or_insert_with(|| Root {
                first: case,
                plugins: BTreeSet::new(),
                cases: 0,
            });
            root.plugins.insert(&case.plugin);
            root.cases += 1;
        }
        let mut roots: Vec<Root<'_>> = roots.into_values().collect();
        roots.sort_by_key(|root| std::cmp::Reverse((root.plugins.len(), root.cases)));
        text.push_str("\n## Drafts of issues\n\nNothing of this is sent anywhere. Failures that are alike are one draft, with all plugins that show them.\n");
        for root in &roots {
            self.draft(text, root);
        }
    }

    fn draft(&self, text: &mut String, root: &Root<'_>) {
        let case = root.first;
        let rule = self.record.header.rule(&case.plugin, &case.requirement);
        let title = rule.map_or(case.requirement.as_str(), |rule| rule.title.as_str());
        let _ = writeln!(
            text,
            "\n<details><summary>{}: {}</summary>\n",
            cell(&case.requirement),
            named(root.plugins.iter().copied())
        );
        let place = case.evidence.place.as_ref().map(ToString::to_string);
        let mut body = format!("{} is not kept\n\n", case.requirement);
        let _ = writeln!(body, "Dokku asks of plugins: {title}.");
        let _ = writeln!(body, "Here: {}", case.reason);
        if let Some(place) = place {
            let _ = writeln!(body, "Where: {place}");
        }
        let _ = writeln!(body, "\n{}", plain(case, false));
        if let Some(fix) = rule.and_then(|rule| rule.fix.as_deref()) {
            let _ = writeln!(body, "A way to mend it:\n\n{fix}");
        }
        let plugins = self.record.header.plugins.iter();
        let plugin = plugins.into_iter().find(|one| one.label == case.plugin);
        if let Some(plugin) = plugin {
            let _ = writeln!(body, "To see it: {}", reproduction(plugin, case));
        }
        text.push_str(&fenced(&body));
        text.push_str("</details>\n");
    }

    /// The name that a plugin is installed under.
    fn name(&self, label: &str) -> &str {
        let mut members = self.members.iter();
        let member = members.find(|member| member.label == label);
        member.map_or("", |member| member.name.as_str())
    }
}

/// One line of shell that shows it.
fn reproduction(plugin: &PluginRecord, case: &CaseRecord) -> String {
    let check = |path: &str| {
        format!(
            "dokku-conform check {path} --only {} --dokku {}",
            case.requirement, case.dokku
        )
    };
    let path = shell_words::quote(&plugin.path);
    match plugin
        .provenance
        .as_ref()
        .and_then(|one| one.commit.as_deref())
    {
        Some(commit) if Url::parse(&plugin.path).is_ok() => format!(
            "git clone {path} plugin && git -C plugin checkout {commit} && {} --name {}",
            check("plugin"),
            shell_words::quote(&plugin.name)
        ),
        _ => check(&path),
    }
}

/// A text without what is one plugin's own: its name, and which of its commands it is about.
fn anonymous(text: &str, name: &str) -> String {
    static COMMAND: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"<plugin>:[\w:.-]+").ok());
    let text = match name {
        "" => text.to_owned(),
        name => text.replace(name, "<plugin>"),
    };
    match &*COMMAND {
        Some(command) => command
            .replace_all(&text, "<plugin>:<command>")
            .into_owned(),
        None => text,
    }
}

/// The lines of a host's help that are wrong.
struct Lines {
    broken: Vec<String>,
    twice: Vec<String>,
}

impl Lines {
    /// A line of it begins with a command, and what it does stands after at least two blanks.
    fn of(help: &str) -> Self {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let mut broken = Vec::new();
        for line in help.lines().filter(|line| is_of_a_command(line)) {
            let entry = line.trim();
            let Some(command) = entry.split_whitespace().next() else {
                continue;
            };
            *seen.entry(command).or_default() += 1;
            let has_second = entry
                .split_once("  ")
                .is_some_and(|(_, rest)| !rest.trim().is_empty());
            if !has_second {
                broken.push(line.to_owned());
            }
        }
        let twice = seen.into_iter().filter(|(_, count)| *count > 1);
        Self {
            broken,
            twice: twice
                .map(|(command, count)| format!("{command} ({count} times)"))
                .collect(),
        }
    }
}

/// True for a line of the list of commands: it is indented. The others are headings.
fn is_of_a_command(line: &str) -> bool {
    line.starts_with([' ', '\t']) && !line.trim().is_empty()
}

/// The first of many lines.
fn shortened(lines: &[String]) -> String {
    const MOST: usize = 60;
    let mut text = lines
        .iter()
        .take(MOST)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n");
    if lines.len() > MOST {
        let _ = write!(text, "\nand {} more", lines.len() - MOST);
    }
    text
}

fn table(text: &mut String, what: &str, uses: &BTreeMap<&str, BTreeSet<&str>>) {
    let shared: Vec<_> = uses.iter().filter(|(_, users)| users.len() > 1).collect();
    if shared.is_empty() {
        let _ = writeln!(text, "{what}: none is used twice.\n");
        return;
    }
    let _ = writeln!(text, "| {what} | Plugins | Which |\n|---|--:|---|");
    for (name, users) in shared {
        let names = named(users.iter().copied());
        let _ = writeln!(text, "| {} | {} | {names} |", cell(name), users.len());
    }
    text.push('\n');
}

/// The first few of many names.
fn named<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let count = names.len();
    let mut shown: Vec<String> = names.take(NAMED).map(cell).collect();
    if count > NAMED {
        shown.push(format!("and {} more", count - NAMED));
    }
    shown.join(", ")
}

fn exit(exit: Exit) -> String {
    match exit {
        Exit::Status(status) => format!("exit {status}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dokku::Version;
    use crate::report::compare::tests::case;
    use crate::report::record::sample;

    fn member(name: &str, commands: &[&str]) -> Member {
        Member {
            label: name.to_owned(),
            name: name.to_owned(),
            commands: commands.iter().map(|one| (*one).to_owned()).collect(),
            triggers: vec!["post-deploy".to_owned()],
        }
    }

    fn page(cases: Vec<CaseRecord>, help: &str) -> String {
        let members = vec![
            member("redis", &["redis:list", "list"]),
            member("mysql", &["list"]),
        ];
        let help = HelpOfAll {
            version: Version::NEWEST,
            left_out: vec!["apps".to_owned()],
            unbuilt: vec!["limit".to_owned()],
            breakers: Vec::new(),
            exit: Exit::Status(0),
            streams: [help.to_owned(), String::new()],
        };
        let page = Ecosystem {
            record: &sample(cases),
            members,
            help: Ok(help),
            strict: false,
        };
        page.page()
    }

    fn failing(plugin: &str, reason: &str) -> CaseRecord {
        CaseRecord {
            plugin: plugin.to_owned(),
            ..case("a", Outcome::Fail, reason)
        }
    }

    #[test]
    fn what_shared_code_does_to_many_plugins_is_one_draft() {
        let cases = vec![
            failing("redis", "`dokku redis:list`: exit 1"),
            failing("redis", "`dokku redis:info`: exit 1"),
            failing("mysql", "`dokku mysql:list`: exit 1"),
            failing("mysql", "`dokku mysql:list`: exit 2"),
        ];
        let page = page(cases, "");
        assert_eq!(page.matches("<summary>help-command: ").count(), 2, "{page}");
        assert!(
            page.contains("<summary>help-command: mysql, redis</summary>"),
            "{page}"
        );
        assert!(
            page.contains("| `help-command` | 2 | 4 | mysql, redis |"),
            "{page}"
        );
    }

    #[test]
    fn the_help_tells_what_is_broken_and_what_is_twice() {
        let help =
            "Usage: dokku\n\nCommands:\n\n    a:b <x>   does it\n    c:d\n    a:b       again\n";
        let page = page(Vec::new(), help);
        assert!(page.contains("    c:d\n"), "{page}");
        assert!(page.contains("a:b (2 times)"), "{page}");
        assert!(page.contains("names are taken: apps"), "{page}");
    }

    #[test]
    fn names_that_several_use_are_told() {
        let page = page(Vec::new(), "");
        assert!(page.contains("| list | 2 | mysql, redis |"), "{page}");
        assert!(
            page.contains("| post-deploy | 2 | mysql, redis |"),
            "{page}"
        );
        assert!(page.contains("Plugin name: none is used twice."), "{page}");
    }

    #[test]
    fn no_word_of_a_plugin_breaks_out() {
        let page = page(
            vec![failing("redis", "</details>\n# x\n```\n::error ::x")],
            "```\n</details>\n",
        );
        let outside: Vec<&str> = page.lines().filter(|line| line.starts_with("# ")).collect();
        assert_eq!(outside.first(), Some(&"# The state of the plugins"));
        // A fence that is longer than any within it.
        assert!(page.contains("````text"), "{page}");
    }
}
