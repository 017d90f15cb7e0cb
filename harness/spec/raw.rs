//! The shape of a spec file as it is written; the JSON Schema is generated from these types.
//!
//! The descriptions are what an editor shows. A union holds only alternatives that differ in the kind of node (text, list,
//! map) or in a key that must be there, so that a mistake can be explained by the alternative that was meant.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Each, Level, NamedExit, Part, User};
use crate::sandbox::Isolation;

/// Declares types that are read from YAML and described by a JSON Schema, and refuse unknown keys.
macro_rules! shapes {
    ($($(#[$outer:meta])* $kind:ident $name:ident $(<$generic:ident>)? { $($body:tt)* })+) => {
        $(
            $(#[$outer])*
            #[derive(Clone, Debug, Deserialize)]
            #[cfg_attr(test, derive(schemars::JsonSchema))]
            #[serde(deny_unknown_fields)]
            pub(super) $kind $name $(<$generic>)? { $($body)* }
        )+
    };
}

type Texts = BTreeMap<String, String>;

shapes! {
    /// A requirement for Dokku plugins: one rule, and the cases that check it.
    struct Requirement {
        /// Its stable name: lower-case words joined by hyphens. The file is named after it.
        pub(super) id: String,
        /// The rule in one sentence.
        pub(super) title: String,
        /// How binding it is.
        pub(super) level: Level,
        /// The first Dokku version that it holds for, such as "0.5.0".
        pub(super) since: Option<String>,
        /// The last Dokku version that it holds for.
        pub(super) until: Option<String>,
        /// Where the rule is written down.
        pub(super) source: Option<Citation>,
        /// What goes wrong for whom when a plugin breaks it.
        pub(super) why: Option<String>,
        /// What an author does to keep it.
        pub(super) fix: Option<String>,
        /// Which plugins it concerns; without it, every plugin.
        pub(super) applies: Option<Applies>,
        /// The smallest plugins that keep and break it.
        pub(super) example: Option<Example>,
        /// The checks.
        pub(super) cases: Vec<Case>,
    }

    /// Where a rule is written down.
    struct Citation {
        /// The document.
        pub(super) doc: String,
        /// The heading in it.
        pub(super) section: Option<String>,
    }

    /// What a plugin has if the rule concerns it.
    struct Applies {
        /// It has this, or all of these.
        pub(super) has: Option<OneOrMany<Part>>,
        /// It has at least one of these.
        pub(super) has_any: Option<Vec<Part>>,
    }

    /// The smallest plugins that show a rule, path → text; a text that begins with `#!` is executable.
    struct Example {
        /// A plugin that keeps the rule.
        pub(super) passes: Texts,
        /// The same plugin, breaking it.
        pub(super) fails: Texts,
    }

    /// A check that runs one thing.
    struct RunCase {
        /// What it checks, in a few words.
        pub(super) name: String,
        /// Repeats the case for each of these parts of the plugin.
        pub(super) each: Option<Each>,
        /// The world before it.
        pub(super) given: Option<Given>,
        /// What is run: a `dokku ...` command line, or a map that says what.
        pub(super) run: Run,
        /// What it reads: `empty`, `open` (a pipe that nobody writes to), or {text: ...}.
        pub(super) stdin: Option<Stdin>,
        /// Variables for this process alone.
        pub(super) environment: Option<Texts>,
        /// How many seconds it may run.
        #[cfg_attr(test, schemars(range(min = 1, max = 3600)))]
        pub(super) deadline: Option<u32>,
        /// What it must do.
        pub(super) expect: Expectation,
        /// When the rule does not concern what was seen.
        pub(super) not_applicable: Option<Vec<Undecided>>,
        /// When nothing can be known.
        pub(super) undecided: Option<Vec<Undecided>>,
        /// Where in the plugin a failure is shown.
        pub(super) place: Option<Place>,
    }

    /// A check that runs several things in one world.
    struct StepsCase {
        /// What it checks, in a few words.
        pub(super) name: String,
        /// Repeats the case for each of these parts of the plugin.
        pub(super) each: Option<Each>,
        /// The world before it.
        pub(super) given: Option<Given>,
        /// Gives each step a new world of the same making, in place of one world for all.
        pub(super) fresh_worlds: Option<bool>,
        /// What is run, in order.
        pub(super) steps: Vec<Step>,
        /// What each step must do: step → expectation.
        pub(super) expect: BTreeMap<String, Expectation>,
        /// When the rule does not concern what was seen.
        pub(super) not_applicable: Option<Vec<Undecided>>,
        /// When nothing can be known.
        pub(super) undecided: Option<Vec<Undecided>>,
        /// Where in the plugin a failure is shown.
        pub(super) place: Option<Place>,
    }

    /// A check that reads the plugin's text.
    struct InspectCase {
        /// What it checks, in a few words.
        pub(super) name: String,
        /// The inspection.
        pub(super) inspect: String,
        /// What it must find.
        pub(super) expect: Findings,
    }

    /// What an inspection must find.
    struct Findings {
        /// Nothing.
        pub(super) findings: NoneWord,
    }

    /// One thing that is run.
    struct Step {
        /// The name by which `expect` and `same_as` mean it.
        #[serde(rename = "as")]
        pub(super) name: String,
        /// What is run: a `dokku ...` command line, or a map that says what.
        pub(super) run: Run,
        /// What it reads: `empty`, `open` (a pipe that nobody writes to), or {text: ...}.
        pub(super) stdin: Option<Stdin>,
        /// Variables for this process alone.
        pub(super) environment: Option<Texts>,
        /// How many seconds it may run.
        #[cfg_attr(test, schemars(range(min = 1, max = 3600)))]
        pub(super) deadline: Option<u32>,
        /// Whether it has a terminal.
        pub(super) tty: Option<bool>,
        /// The working directory, in place of the case's own: `home`, `unreadable`, or a path below the world's root.
        pub(super) cwd: Option<String>,
        /// Who runs it, in place of who runs the case.
        pub(super) user: Option<User>,
        /// The file mode creation mask, in place of the case's own.
        pub(super) umask: Option<String>,
    }

    /// A file of the plugin, as Dokku would execute it.
    struct RunFile {
        /// The file, relative to the plugin's root.
        pub(super) file: String,
        /// Its arguments.
        pub(super) args: Option<Vec<String>>,
        /// What it reads.
        pub(super) stdin: Option<Stdin>,
    }

    /// A trigger of the plugin.
    struct RunTrigger {
        /// The trigger's name.
        pub(super) trigger: String,
        /// Its arguments.
        pub(super) args: Option<Vec<String>>,
        /// What it reads.
        pub(super) stdin: Option<Stdin>,
    }

    /// A program of the host, in the plugin's folder.
    struct RunProgram {
        /// The program, such as `bash`.
        pub(super) program: String,
        /// Its arguments.
        pub(super) args: Option<Vec<String>>,
        /// What it reads.
        pub(super) stdin: Option<Stdin>,
    }

    /// A shell file of the plugin, sourced in bash where the core functions are present.
    struct RunSource {
        /// The file, relative to the plugin's root.
        pub(super) source: String,
    }

    /// A text to read.
    struct StdinText {
        /// The text.
        pub(super) text: String,
    }

    /// The world before a case.
    struct Given {
        /// The apps that exist: names, or maps that say more.
        pub(super) apps: Option<Vec<App>>,
        /// The global config.
        pub(super) config: Option<Texts>,
        /// Global config that must not be shown.
        pub(super) secrets: Option<Texts>,
        /// Variables of the caller.
        pub(super) environment: Option<Texts>,
        /// Stored properties: plugin → app → key → value.
        pub(super) properties: Option<BTreeMap<String, BTreeMap<String, Texts>>>,
        /// The plugin that is installed beside the one under test.
        pub(super) neighbour: Option<Neighbour>,
        /// The plugins that are installed beside the one under test.
        pub(super) neighbours: Option<Vec<Neighbour>>,
        /// Whether there is a terminal.
        pub(super) tty: Option<bool>,
        /// Who runs the case.
        pub(super) user: Option<User>,
        /// The working directory: `home`, `unreadable`, or a path below the world's root.
        pub(super) cwd: Option<String>,
        /// The file mode creation mask, such as "027".
        pub(super) umask: Option<String>,
        /// What stand-ins answer; the first that fits counts.
        pub(super) answers: Option<Vec<Answer>>,
        /// What there is in docker, what its programs do, and what goes wrong with it.
        pub(super) docker: Option<Docker>,
        /// The only Dokku version that the case runs in.
        pub(super) dokku: Option<String>,
        /// Files below the world's root, path → text.
        pub(super) files: Option<Texts>,
        /// The lowest level of isolation that the case can be run at: at a lower one it is inconclusive.
        pub(super) isolation: Option<Isolation>,
    }

    /// An app that exists.
    struct FullApp {
        /// Its name.
        pub(super) name: String,
        /// Whether it was deployed.
        pub(super) deployed: Option<bool>,
        /// Its config.
        pub(super) config: Option<Texts>,
        /// Its domains.
        pub(super) domains: Option<Vec<String>>,
        /// The tag of its image.
        pub(super) tag: Option<String>,
    }

    /// A plugin that is installed beside the one under test.
    struct WrittenNeighbour {
        /// Its name.
        pub(super) name: String,
        /// Its files, path → text; a text that begins with `#!` is executable.
        pub(super) files: Texts,
    }

    /// What a stand-in answers.
    struct Answer {
        /// The program.
        pub(super) program: String,
        /// The calls that it answers: the first words, or a matcher for all of them; without it, every call.
        pub(super) args: Option<Argv>,
        /// The status that it exits with.
        pub(super) exit: Option<u8>,
        /// What it prints.
        pub(super) stdout: Option<String>,
        /// What it prints on standard error.
        pub(super) stderr: Option<String>,
        /// The files that it leaves, path below the world's root → text.
        pub(super) files: Option<Texts>,
    }

    /// What there is in docker, what its programs do, and what goes wrong with it.
    struct Docker {
        /// The images: names, or maps that say the whole of their configuration.
        pub(super) images: Option<Vec<Image>>,
        /// The networks besides those of every host: names, or maps that say more.
        pub(super) networks: Option<Vec<Labelled>>,
        /// The volumes: names, or maps that say more.
        pub(super) volumes: Option<Vec<Labelled>>,
        /// The containers besides those of deployed apps.
        pub(super) containers: Option<Vec<Container>>,
        /// What programs in containers do; the first that fits counts.
        pub(super) programs: Option<Vec<ContainerProgram>>,
        /// What goes wrong.
        pub(super) faults: Option<Faults>,
    }

    /// An image, with the whole of its configuration.
    struct FullImage {
        /// Its name, without or with a tag.
        pub(super) name: String,
        /// Its labels.
        pub(super) labels: Option<Texts>,
        /// Its environment.
        pub(super) env: Option<Texts>,
        /// What it runs.
        pub(super) command: Option<Vec<String>>,
        /// What it runs before that.
        pub(super) entrypoint: Option<Vec<String>>,
        /// The ports that it exposes, such as "80/tcp".
        pub(super) exposes: Option<Vec<String>>,
        /// The folder that it starts in.
        pub(super) working_dir: Option<String>,
        /// The user that it runs as.
        pub(super) user: Option<String>,
    }

    /// A network or a volume.
    struct FullLabelled {
        /// Its name.
        pub(super) name: String,
        /// Its labels.
        pub(super) labels: Option<Texts>,
    }

    /// A container.
    struct Container {
        /// Its name.
        pub(super) name: String,
        /// Its image, which need not be told of.
        pub(super) image: String,
        /// Its labels.
        pub(super) labels: Option<Texts>,
        /// Its environment.
        pub(super) env: Option<Texts>,
        /// What it runs.
        pub(super) command: Option<Vec<String>>,
        /// What it publishes, as `docker run --publish` takes it.
        pub(super) ports: Option<Vec<String>>,
        /// What it mounts, as `docker run --volume` takes it.
        pub(super) volumes: Option<Vec<String>>,
        /// The networks that it is in; without it, the usual one.
        pub(super) networks: Option<Vec<String>>,
        /// Where it is in its life; without it, it runs.
        pub(super) state: Option<ContainerState>,
        /// The status that it has ended with.
        pub(super) exit: Option<u8>,
        /// What it wrote; without it, nobody knows.
        pub(super) logs: Option<String>,
    }

    /// What a program in a container does.
    struct ContainerProgram {
        /// The container's name; without it, any.
        pub(super) container: Option<String>,
        /// The image's name, without or with its tag; without it, any.
        pub(super) image: Option<String>,
        /// The command that is run or executed: its first words, or a matcher for all of it; without it, every command.
        pub(super) command: Option<Argv>,
        /// The status that it ends with.
        pub(super) exit: Option<u8>,
        /// Whether it keeps running instead.
        pub(super) stays: Option<bool>,
        /// What it prints.
        pub(super) stdout: Option<String>,
        /// What it prints on standard error.
        pub(super) stderr: Option<String>,
    }

    /// What goes wrong with docker.
    struct Faults {
        /// After so many commands the daemon can't be reached; with 0 it never could.
        pub(super) lost_after: Option<u32>,
        /// What can't be pulled: `everything`, or the names of images, without or with a tag.
        pub(super) unpullable: Option<Unpullable>,
        /// Whether the disk is full.
        pub(super) disk_full: Option<bool>,
        /// The images whose containers end at once, and with what status.
        pub(super) exits: Option<BTreeMap<String, u8>>,
    }

    /// What a step must do.
    struct Expectation {
        /// How it ends: a status, a word, a list of them, {same_as: step} or {not: ...}.
        pub(super) exit: Option<Exit>,
        /// What it prints.
        pub(super) stdout: Option<Matcher>,
        /// What it prints on standard error.
        pub(super) stderr: Option<Matcher>,
        /// What it prints on both, standard output first.
        pub(super) output: Option<Matcher>,
        /// What it asks of each program that the world stands in for.
        pub(super) calls: Option<BTreeMap<String, Calls>>,
        /// What it does to files, by their path below the world's root.
        pub(super) files: Option<Files>,
        /// The processes that it leaves running.
        pub(super) leaves: Option<NoneWord>,
    }

    /// The same end as an earlier step's.
    struct ExitSameAs {
        /// The step.
        pub(super) same_as: String,
    }

    /// Any end by itself but this.
    struct ExitNot {
        /// How it must not end.
        pub(super) not: Box<Exit>,
    }

    /// How a program is called.
    struct CallRules {
        /// Every call is like this: the first words, or a matcher for all of them.
        pub(super) every: Option<Argv>,
        /// At least one call is like this.
        pub(super) some: Option<Argv>,
        /// How many calls there are.
        pub(super) count: Option<usize>,
        /// The arguments of the calls, in order.
        pub(super) argv: Option<Vec<Vec<String>>>,
    }

    /// What happens to files; `*` stands for anything but `/`, `**` for anything.
    struct Files {
        /// Such a file is new.
        pub(super) created: Option<OneOrMany<String>>,
        /// Such a file was changed.
        pub(super) changed: Option<OneOrMany<String>>,
        /// Such a file is gone.
        pub(super) removed: Option<OneOrMany<String>>,
        /// Nothing happened to such files.
        pub(super) unchanged: Option<OneOrMany<String>>,
        /// Nothing happened to other files.
        pub(super) only: Option<OneOrMany<String>>,
        /// With `true`: nothing happened to any file.
        pub(super) none: Option<bool>,
        /// The permissions of new or changed files, path → such as "0755".
        pub(super) mode: Option<Texts>,
        /// The content of new or changed files, path → matcher.
        pub(super) content: Option<BTreeMap<String, Matcher>>,
    }

    /// What a text must be like; all of what is said holds.
    struct Tests {
        /// It is this text.
        pub(super) exact: Option<String>,
        /// This, or all of these, are in it.
        pub(super) contains: Option<OneOrMany<String>>,
        /// This, or any of these, is not in it.
        pub(super) not_contains: Option<OneOrMany<String>>,
        /// It begins with this.
        pub(super) starts_with: Option<String>,
        /// It ends with this.
        pub(super) ends_with: Option<String>,
        /// This regular expression is found in it; `^` and `$` are the ends of a line.
        pub(super) matches: Option<OneOrMany<String>>,
        /// These are its lines.
        pub(super) lines: Option<Vec<String>>,
        /// Every line is like this, and there is one.
        pub(super) each_line: Option<Box<Matcher>>,
        /// Whether it is empty.
        pub(super) empty: Option<bool>,
        /// It is JSON, and equal to this.
        #[serde(default, deserialize_with = "some_value")]
        pub(super) json: Option<Value>,
        /// It is JSON, with these values, JSON pointer → value.
        pub(super) json_at: Option<BTreeMap<String, Value>>,
        /// At least one of these holds.
        pub(super) any_of: Option<Vec<Matcher>>,
        /// All of these hold.
        pub(super) all_of: Option<Vec<Matcher>>,
        /// This does not hold.
        pub(super) not: Option<Box<Matcher>>,
        /// It is what it was in this earlier step.
        pub(super) same_as: Option<String>,
    }

    /// A reason why a case has no verdict.
    struct Undecided {
        /// The step to look at; without it, any step.
        pub(super) step: Option<String>,
        /// If this holds, the case has no verdict.
        pub(super) when: Expectation,
        /// Why it has none then.
        pub(super) because: String,
        /// The first Dokku version in which it counts; without it, every version.
        pub(super) since: Option<String>,
        /// The last Dokku version in which it counts.
        pub(super) until: Option<String>,
    }

    /// What a plugin says about its own conformance run.
    struct Conformance {
        /// The plugin's name, where it can't be read from the directory.
        pub(super) name: Option<String>,
        /// Values for what stands in angle brackets in the plugin's help, such as `service`.
        pub(super) placeholders: Option<Texts>,
        /// Which commands take an app as their first argument.
        pub(super) app_commands: Option<AppCommands>,
        /// The files that triggers need, trigger → path below the world's root → text.
        pub(super) trigger_files: Option<BTreeMap<String, Texts>>,
        /// What programs in docker's containers do, in every case; the first that fits counts.
        pub(super) programs: Option<Vec<ContainerProgram>>,
        /// What programs of the host answer, in every case, as a stand-in would; the first that fits counts.
        pub(super) answers: Option<Vec<Answer>>,
        /// Known failures.
        pub(super) expectations: Option<Vec<KnownFailure>>,
    }

    /// Which commands take an app as their first argument.
    struct AppCommands {
        /// These do.
        pub(super) commands: Option<Vec<String>>,
        /// These do not.
        pub(super) not: Option<Vec<String>>,
    }

    /// A known failure, and why it is accepted.
    struct KnownFailure {
        /// The requirement.
        pub(super) id: String,
        /// The case, as the spec or a report calls it: all that it is repeated for, or in brackets for what. Without it,
        /// whatever fails of the requirement.
        pub(super) case: Option<String>,
        /// The Dokku versions in which it fails, in the words of `--dokku`, where a minor is each of its releases: "0.30",
        /// "0.24,0.30..0.38", a list of such, or {since: ..., until: ...}. Without it, all.
        pub(super) dokku: Option<Versions>,
        /// Why it is accepted.
        pub(super) reason: String,
        /// Where it is discussed: a link that begins with https://.
        pub(super) issue: Option<String>,
        /// The day after which it is accepted no longer, such as "2026-12-31".
        pub(super) expires: Option<String>,
    }

    /// A span of versions, both ends included.
    struct VersionSpan {
        /// The first.
        pub(super) since: Option<String>,
        /// The last.
        pub(super) until: Option<String>,
    }

    /// Where in the plugin a failure is shown.
    struct LinePlace {
        /// The file.
        pub(super) file: String,
        /// A regular expression for the line.
        pub(super) line: String,
    }
}

/// Declares unions of shapes that differ in the kind of node or in a key that must be there.
macro_rules! unions {
    ($($(#[$outer:meta])* $name:ident $(<$generic:ident>)? { $($body:tt)* })+) => {
        $(
            $(#[$outer])*
            #[derive(Clone, Debug, Deserialize)]
            #[cfg_attr(test, derive(schemars::JsonSchema))]
            #[serde(untagged)]
            pub(super) enum $name $(<$generic>)? { $($body)* }
        )+
    };
}

unions! {
    /// One, or a list of several.
    OneOrMany<T> {
        One(T),
        Many(Vec<T>),
    }

    /// An image: its name, or all that is said of it.
    Image {
        Name(String),
        Full(FullImage),
    }

    /// A network or a volume: its name, or all that is said of it.
    Labelled {
        Name(String),
        Full(FullLabelled),
    }

    /// What can't be pulled.
    Unpullable {
        Word(EverythingWord),
        These(Vec<String>),
    }

    /// A check.
    Case {
        Run(Box<RunCase>),
        Steps(Box<StepsCase>),
        Inspect(Box<InspectCase>),
    }

    /// What is run.
    Run {
        Line(String),
        Words(Vec<String>),
        File(RunFile),
        Trigger(RunTrigger),
        Program(RunProgram),
        Source(RunSource),
    }

    /// What a process reads.
    Stdin {
        Word(StdinWord),
        Text(StdinText),
    }

    /// An app.
    App {
        Name(String),
        Full(FullApp),
    }

    /// A neighbour.
    Neighbour {
        Name(String),
        Written(WrittenNeighbour),
    }

    /// How a process ends.
    Exit {
        Status(u8),
        Named(NamedExit),
        AnyOf(Vec<Exit>),
        SameAs(ExitSameAs),
        Not(ExitNot),
    }

    /// How a program is called.
    Calls {
        Word(CallsWord),
        Rules(CallRules),
    }

    /// The arguments of a call: its first words as a list, or a matcher for all of them.
    Argv {
        Prefix(Vec<String>),
        Joined(Matcher),
    }

    /// What a text must be like: the text itself, or what holds of it.
    Matcher {
        Exact(String),
        Tests(Box<Tests>),
    }

    /// Versions of Dokku.
    Versions {
        Words(String),
        List(Vec<String>),
        Span(VersionSpan),
    }

    /// Where in the plugin a failure is shown: a file, or a line of it.
    Place {
        File(String),
        Line(LinePlace),
    }
}

/// Expectations of several plugins, keyed by the names that they are installed under.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(super) struct KnownFailures(pub(super) BTreeMap<String, Vec<KnownFailure>>);

/// A list of plugins, as a run of many reads it.
#[cfg(feature = "cli")]
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "the shape of the file alone: each plugin of it is decoded by itself"
)]
pub(super) struct Plugins {
    /// The plugins, one row each.
    pub(super) plugins: Vec<ListedPlugin>,
}

/// A plugin of a list.
#[cfg(feature = "cli")]
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ListedPlugin {
    /// What reports call it, a name that no other plugin of the list has: at most 100 letters, without `/`.
    pub(crate) name: String,
    /// The address of the repository that it is brought from: https://, http://, ssh://, git://, file:// or user@host:path.
    pub(crate) git: Option<String>,
    /// The folder that it is in, relative to the list's own, in place of `git`.
    pub(crate) path: Option<String>,
    /// The branch, the tag or the full commit of the repository; without it, the default branch.
    #[serde(rename = "ref")]
    pub(crate) reference: Option<String>,
    /// The heading that it stands under.
    pub(crate) section: Option<String>,
    /// Who wrote it.
    pub(crate) author: Option<String>,
    /// The Dokku versions that its author says it works with, in the words of Dokku's own list: 0.4.0+, 0.3.x.
    pub(crate) compatibility: Option<String>,
    /// The Dokku versions to check it in, in place of those of the run, in the words of `--dokku`: 0.38, [0.30, 0.38],
    /// 0.30..0.38, minors.
    #[expect(
        dead_code,
        reason = "a number loses the zeros at its end: what was written is asked for instead"
    )]
    pub(super) dokku: Option<ListedVersions>,
    /// Known failures, as in a conformance.yaml.
    pub(super) expectations: Option<Vec<KnownFailure>>,
    /// Why it is neither brought nor run.
    pub(crate) disabled: Option<String>,
}

/// Versions of Dokku. A minor may stand without quotes.
#[cfg(feature = "cli")]
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
#[expect(
    dead_code,
    reason = "the shape alone: what was written is asked for instead"
)]
pub(super) enum ListedVersions {
    Word(String),
    Number(f64),
    Several(Vec<ListedVersion>),
}

/// A version of Dokku, or a word for some.
#[cfg(feature = "cli")]
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
#[expect(
    dead_code,
    reason = "the shape alone: what was written is asked for instead"
)]
pub(super) enum ListedVersion {
    Word(String),
    Number(f64),
}

/// Declares enumerations of words that only the written form knows.
macro_rules! plain_words {
    ($($(#[$outer:meta])* $name:ident { $($body:tt)* })+) => {
        $(
            $(#[$outer])*
            #[derive(Clone, Copy, Debug, Deserialize)]
            #[cfg_attr(test, derive(schemars::JsonSchema))]
            #[serde(rename_all = "kebab-case")]
            pub(super) enum $name { $($body)* }
        )+
    };
}

plain_words! {
    /// The only thing that can be said.
    NoneWord { None }

    /// Whether a program is called.
    CallsWord { None, Some }

    /// All there is.
    EverythingWord { Everything }

    /// Where a container is in its life.
    ContainerState { Running, Created, Paused, Exited }

    /// What a process reads.
    StdinWord { Empty, Open }
}

/// Reads a JSON value, so that `null` is a value too and not an absence.
fn some_value<'de, D: serde::Deserializer<'de>>(reader: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(reader).map(Some)
}
