//! The world before a case.

use std::collections::BTreeMap;

use super::super::given::{Answer, App, Cwd, Given, Neighbour};
use super::super::raw;
use super::super::{ArgvMatcher, Test};
use super::matcher::Scope;
use super::{At, Desk, listed};
use crate::world::stand_in::UNMODELLED;
use crate::world::{Companion, barred};

/// What no stand-in can be called: this program is seen under that name where they are, and what notes that something is
/// not modelled under the other.
const RESERVED: [&str; 2] = ["conform", UNMODELLED];

impl Desk<'_> {
    /// The world before a case; what is wrong with it is told, and left out.
    pub(super) fn given(&mut self, raw: &raw::Given, scope: &Scope, at: At<'_>) -> Given {
        let variables = [
            ("config", &raw.config),
            ("secrets", &raw.secrets),
            ("environment", &raw.environment),
        ];
        for (key, texts) in variables {
            if let Some(texts) = texts {
                self.variables(texts, at.key(key));
            }
        }
        Given {
            apps: self.apps(raw.apps.as_deref().unwrap_or_default(), at.key("apps")),
            config: raw.config.clone().unwrap_or_default(),
            secrets: raw.secrets.clone().unwrap_or_default(),
            environment: raw.environment.clone().unwrap_or_default(),
            properties: self.properties(raw, at.key("properties")),
            neighbours: self.neighbours(raw, at),
            tty: raw.tty.unwrap_or_default(),
            user: raw.user,
            cwd: self.cwd(raw.cwd.as_deref(), at),
            umask: self.umask(raw.umask.as_deref(), at),
            answers: self.answers(
                raw.answers.as_deref().unwrap_or_default(),
                scope,
                at.key("answers"),
            ),
            docker: self.docker(raw.docker.as_ref(), at.key("docker")),
            programs: raw.docker.as_ref().map_or_else(Vec::new, |docker| {
                let programs = docker.programs.as_deref().unwrap_or_default();
                self.programs(programs, scope, at.key("docker").key("programs"))
            }),
            dokku: raw
                .dokku
                .as_ref()
                .and_then(|version| self.parse(version, at.key("dokku"))),
            files: self.world_files(raw.files.as_ref(), at.key("files")),
            isolation: raw.isolation,
        }
    }

    /// Stored properties: each name is that of a folder or of a file.
    fn properties(
        &mut self,
        raw: &raw::Given,
        at: At<'_>,
    ) -> BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>> {
        let properties = raw.properties.clone().unwrap_or_default();
        for (plugin, apps) in &properties {
            let at = at.key(plugin);
            self.file_name(plugin, at.position());
            for (app, keys) in apps {
                let at = at.key(app);
                self.file_name(app, at.position());
                for key in keys.keys() {
                    self.file_name(key, at.key(key).position());
                }
            }
        }
        properties
    }

    /// A file mode creation mask.
    pub(super) fn umask(&mut self, raw: Option<&str>, at: At<'_>) -> Option<u32> {
        self.octal(raw?, 0o777, at.key("umask"))
    }

    /// Tells of names and values that no variable can have.
    pub(super) fn variables(&mut self, texts: &BTreeMap<String, String>, at: At<'_>) {
        for (name, value) in texts {
            self.passable(value, at.key(name));
            let mut letters = name.chars();
            let good = letters
                .next()
                .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
                && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
            if !good {
                let help = "a name has letters, digits and `_`, and begins with no digit";
                let message = format!("`{name}` is no name of a variable");
                self.advise_at(at.name(name), message, help);
            }
        }
    }

    /// Files, path → text.
    pub(super) fn file_texts(
        &mut self,
        files: Option<&BTreeMap<String, String>>,
        at: At<'_>,
    ) -> BTreeMap<String, String> {
        let files = files.cloned().unwrap_or_default();
        for path in files.keys() {
            self.inner_path(path, at.name(path));
        }
        files
    }

    /// Files of a world, path below its root → text.
    pub(super) fn world_files(
        &mut self,
        files: Option<&BTreeMap<String, String>>,
        at: At<'_>,
    ) -> BTreeMap<String, String> {
        let told = self.mistakes.len();
        let files = self.file_texts(files, at);
        if self.mistakes.len() > told {
            return files;
        }
        for path in files.keys() {
            if let Some(barred) = barred(path) {
                let message = format!("`{path}` {barred}");
                self.advise_at(at.name(path), message, barred.help());
            }
            let mut above = path
                .match_indices('/')
                .filter_map(|(end, _)| path.get(..end));
            if let Some(other) = above.find(|other| files.contains_key(*other)) {
                let message = format!("`{other}` is said to be a file, and `{path}` lies in it");
                self.tell_at(at.name(path), message);
            }
        }
        files
    }

    fn apps(&mut self, raw: &[raw::App], at: At<'_>) -> Vec<App> {
        let mut apps: Vec<App> = Vec::new();
        for (raw, at) in listed(raw, at) {
            let app = match raw {
                raw::App::Name(name) => App {
                    name: name.clone(),
                    ..App::default()
                },
                raw::App::Full(raw) => {
                    if let Some(config) = &raw.config {
                        self.variables(config, at.key("config"));
                    }
                    App {
                        name: raw.name.clone(),
                        deployed: raw.deployed.unwrap_or_default(),
                        config: raw.config.clone().unwrap_or_default(),
                        domains: raw.domains.clone(),
                        tag: raw.tag.clone(),
                    }
                }
            };
            self.inner_path(&app.name, at.key("name").position());
            if apps.iter().any(|other| other.name == app.name) {
                let message = format!("the app `{}` stands here a second time", app.name);
                self.tell(at, message);
            }
            apps.push(app);
        }
        apps
    }

    fn neighbours(&mut self, raw: &raw::Given, at: At<'_>) -> Vec<Neighbour> {
        let one = raw.neighbour.iter().map(|raw| (raw, at.key("neighbour")));
        let many = raw.neighbours.as_deref().unwrap_or_default();
        let all: Vec<_> = one.chain(listed(many, at.key("neighbours"))).collect();
        all.into_iter()
            .filter_map(|(raw, at)| self.neighbour(raw, at))
            .collect()
    }

    fn neighbour(&mut self, raw: &raw::Neighbour, at: At<'_>) -> Option<Neighbour> {
        match raw {
            raw::Neighbour::Name(name) => {
                let known = name.parse().ok().map(Neighbour::Known);
                if known.is_none() {
                    let names: Vec<_> = Companion::ALL.iter().map(|known| known.as_str()).collect();
                    let help = format!(
                        "the world brings along: {}; any other is written out as {{name: ..., files: ...}}",
                        names.join(", ")
                    );
                    self.advise(at, format!("the world has no neighbour `{name}`"), help);
                }
                known
            }
            raw::Neighbour::Written(raw) => {
                self.file_name(&raw.name, at.key("name").position());
                Some(Neighbour::Written {
                    name: raw.name.clone(),
                    files: self.file_texts(Some(&raw.files), at.key("files")),
                })
            }
        }
    }

    pub(super) fn cwd(&mut self, raw: Option<&str>, at: At<'_>) -> Cwd {
        match raw {
            None | Some("home") => Cwd::Home,
            Some("unreadable") => Cwd::Unreadable,
            Some(path) => {
                self.inner_path(path, at.key("cwd").position());
                Cwd::Path(path.to_owned())
            }
        }
    }

    /// Tells of a matcher that a stand-in can't judge by itself.
    pub(super) fn simple(&mut self, args: Option<&ArgvMatcher>, at: At<'_>) {
        if let Some(ArgvMatcher::Joined(matcher)) = args
            && !matcher.tests.iter().all(Test::is_simple)
        {
            let help = "write exact, contains, starts_with, ends_with or matches";
            self.advise(at, "an answer can't be chosen by this", help);
        }
    }

    /// What stand-ins answer; those with a mistake are told, and left out.
    pub(super) fn answers(
        &mut self,
        raw: &[raw::Answer],
        scope: &Scope,
        at: At<'_>,
    ) -> Vec<Answer> {
        let scope = scope.without_steps();
        let mut answers = Vec::new();
        for (raw, at) in listed(raw, at) {
            let told = self.mistakes.len();
            self.file_name(&raw.program, at.key("program").position());
            if RESERVED.contains(&raw.program.as_str()) {
                let message = format!("`{}` is the harness's own program", raw.program);
                self.tell(at.key("program"), message);
            }
            let args = raw
                .args
                .as_ref()
                .and_then(|raw| self.argv(raw, &scope, at.key("args")));
            self.simple(args.as_ref(), at.key("args"));
            let files = self.world_files(raw.files.as_ref(), at.key("files"));
            if self.mistakes.len() == told {
                answers.push(Answer {
                    program: raw.program.clone(),
                    args,
                    exit: raw.exit.unwrap_or_default(),
                    stdout: raw.stdout.clone().unwrap_or_default(),
                    stderr: raw.stderr.clone().unwrap_or_default(),
                    files,
                });
            }
        }
        answers
    }
}
