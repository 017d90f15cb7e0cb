//! Where scripts end, and what they end without.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::answers::FILE_TESTS;
use super::expand::{Expander, shape};
use super::guard::Holds;
use super::question::{LOOKERS, commands_in};
use super::sourced::canonical;
use crate::plugin::shell::{Condition, Invocation, Script, Site};

/// What ends a script.
const EXITS: [&str; 3] = ["exit", "dokku_log_fail", "dokku_log_exit"];

/// How often functions that end are looked for among those that call one.
pub(super) const DEEPEST: usize = 4;

/// What a script ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    /// 0.
    Success,
    /// Another known one.
    Failure,
    /// That of the command before.
    Last,
    /// One that only running tells.
    Unknown,
}

/// A function of a file, or the text outside of all functions.
pub(super) type Stretch = (usize, Option<usize>);

/// Where the scripts of a process end.
#[derive(Debug, Default)]
pub(super) struct Ends {
    /// The functions that end the script wherever they are called, each with what that ends with.
    enders: BTreeMap<String, Status>,
    /// The byte after which nothing of a stretch is reached.
    last: BTreeMap<Stretch, usize>,
    /// The files without which a stretch is left, or the script: then there is no stretch.
    without: BTreeSet<(String, Option<Stretch>)>,
}

impl Ends {
    /// Finds where these scripts end, given whether a condition holds.
    pub(super) fn of(
        scripts: &[&Script],
        expander: &Expander<'_>,
        holds: impl Fn(&Arc<Condition>) -> Holds,
    ) -> Self {
        let mut ends = Self::default();
        let mut enders: BTreeMap<String, Status> = BTreeMap::new();
        let always = |site: &Site| {
            let mut conditions = site.conditions.iter();
            !site.apart && conditions.all(|one| holds(one) == Holds::Always)
        };
        for _ in 0..DEEPEST {
            let before = enders.len();
            for script in scripts {
                for one in &script.invocations {
                    let function = one.site.function.and_then(|at| script.functions.get(at));
                    if let Some(function) = function
                        && let Some(status) = exits(one, &enders)
                        && always(&one.site)
                    {
                        enders.entry(function.name.clone()).or_insert(status);
                    }
                }
            }
            if enders.len() == before {
                break;
            }
        }
        for (file, script) in scripts.iter().enumerate() {
            for one in &script.invocations {
                let stretch = (file, one.site.function);
                // Outside of a function a script that is started can't return.
                let leaves = one.name.is("return") && stretch != (0, None);
                let ends_all = exits(one, &enders).is_some();
                if !(leaves || ends_all) || one.site.apart {
                    continue;
                }
                if script.broken.is_empty() && always(&one.site) {
                    let last = ends.last.entry(stretch).or_insert(one.site.at);
                    *last = (*last).min(one.site.at);
                }
                let scope = (!ends_all).then_some(stretch);
                for condition in &one.site.conditions {
                    let mut files = BTreeSet::new();
                    asked_files(condition, scripts, script, expander, &mut files);
                    ends.without
                        .extend(files.into_iter().map(|file| (file, scope)));
                }
            }
        }
        ends.enders = enders;
        ends
    }

    /// What the script, or this stretch of it, ends with by this command; none if it does not end it.
    pub(super) fn ending(&self, invocation: &Invocation, stretch: Stretch) -> Option<Status> {
        // Outside of a function a script that is started can't return: that fails with what it is told to return.
        if invocation.name.is("return") {
            let status = status(invocation);
            return (stretch != (0, None) || status == Status::Failure).then_some(status);
        }
        exits(invocation, &self.enders)
    }

    /// The commands of a script that end it, or a function of it.
    pub(super) fn among(script: &Script) -> impl Iterator<Item = &Invocation> {
        script
            .invocations
            .iter()
            .filter(|one| one.name.is("return") || EXITS.iter().any(|end| one.name.is(end)))
    }

    /// True if nothing comes to this site, since what stands before it ends.
    pub(super) fn is_behind(&self, file: usize, site: &Site) -> bool {
        self.last
            .get(&(file, site.function))
            .is_some_and(|last| *last < site.at)
    }

    /// True if a script, or this site's stretch of it, ends where the file of this shape is not there.
    pub(super) fn without(&self, shape: &str, file: usize, site: &Site) -> bool {
        let path = canonical(shape);
        self.without.iter().any(|(tested, scope)| {
            let is_it = path
                .strip_prefix(tested.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            is_it && scope.is_none_or(|scope| scope == (file, site.function))
        })
    }
}

/// What the script ends with by this command; none if it does not end it.
fn exits(invocation: &Invocation, enders: &BTreeMap<String, Status>) -> Option<Status> {
    let name = &invocation.name;
    if name.is("exit") {
        Some(status(invocation))
    } else if name.is("dokku_log_fail") {
        Some(Status::Failure)
    } else if name.is("dokku_log_exit") {
        Some(Status::Success)
    } else if name.is("exec") && !invocation.arguments.is_empty() {
        Some(Status::Unknown)
    } else {
        enders.get(&name.source).copied()
    }
}

/// What an `exit` or a `return` is told to end with.
fn status(invocation: &Invocation) -> Status {
    let Some(word) = invocation.arguments.first() else {
        return Status::Last;
    };
    match word.literal().map(|text| text.parse::<i64>()) {
        Some(Ok(0)) => Status::Success,
        Some(Ok(_)) => Status::Failure,
        None if word.variable().is_some_and(|one| one.name == "?") => Status::Last,
        _ => Status::Unknown,
    }
}

/// The files that a condition asks for: by a test, by a command that needs them, or in a function that it calls.
fn asked_files(
    condition: &Condition,
    scripts: &[&Script],
    script: &Script,
    expander: &Expander<'_>,
    found: &mut BTreeSet<String>,
) {
    match condition {
        Condition::Not(inner) => asked_files(inner, scripts, script, expander, found),
        Condition::All(all) | Condition::Any(all) => {
            for one in all {
                asked_files(one, scripts, script, expander, found);
            }
        }
        Condition::Unary { operator, operand } if FILE_TESTS.contains(&operator.as_str()) => {
            found.insert(canonical(&shape(&expander.expand(operand))));
        }
        Condition::Succeeds(text) => {
            let called: BTreeSet<&str> = commands_in(text).collect();
            let needs = |one: &&Invocation| {
                let name = one.name.source.as_str();
                let looks = matches!(name, "source" | ".") || LOOKERS.contains(&name);
                let own = scripts
                    .iter()
                    .any(|script| script.function_names().any(|function| function == name));
                one.site.tested && called.contains(name) && (looks || own)
            };
            for word in script
                .invocations
                .iter()
                .filter(needs)
                .flat_map(|one| &one.arguments)
                .filter(|word| text.contains(&word.source))
            {
                found.insert(canonical(&shape(&expander.expand(word))));
            }
            for script in scripts {
                for test in &script.tests {
                    let function = test.site.function.and_then(|at| script.functions.get(at));
                    if function.is_some_and(|one| called.contains(one.name.as_str())) {
                        let plain = !matches!(test.condition, Condition::Succeeds(_));
                        if plain {
                            asked_files(&test.condition, scripts, script, expander, found);
                        }
                    }
                }
            }
        }
        _ => {}
    }
}
