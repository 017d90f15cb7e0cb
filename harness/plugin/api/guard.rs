//! What a script asks before it uses something.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::answers::{Answers, FILE_TESTS, Held, line_of};
use super::ends::{Ends, Status, Stretch};
use super::expand::{Expander, shape};
use super::leaves::{Leave, leaves};
use super::question::{
    asks_function, is_dokkus, lists_dokku, looks_at_dokku, takes_version, tells_version, texts_of,
};
use super::rescue::{Rescued, rescued};
use super::told::{Facts, Subject, Told};
use super::used::Certainty;
use crate::dokku::api::Life;
use crate::dokku::core::words_in;
use crate::plugin::shell::{Assigned, Condition, Script, Site, Variable, Word};

/// What the scripts of a process ask for, anywhere.
#[derive(Debug, Default)]
pub(super) struct Guards<'s> {
    scripts: Vec<&'s Script>,
    /// What each condition tells, by its place in memory.
    told: BTreeMap<*const Condition, Told>,
    /// Where the scripts may be left by what is not there, by the stretch that is left.
    leaves: BTreeMap<Stretch, Vec<Leave>>,
    /// True if that is too much to be followed, and none of it is known.
    is_lost: bool,
    /// What is asked for by a command on whose status nothing hangs at once: the stretch, the byte it stands at.
    loose: Vec<(Stretch, usize, Subject)>,
    /// What is asked for by anything.
    asked: BTreeSet<Subject>,
    /// The versions that have what is asked for, where that is known.
    lives: BTreeMap<Subject, Life>,
    /// The variables whose value is looked at, each with what that makes of a use of them.
    variables: BTreeMap<&'s str, Certainty>,
    /// The variables that are assigned what has to do with Dokku's version.
    versions: BTreeSet<&'s str>,
    answers: Answers<'s>,
    /// Where the scripts end.
    pub(super) ends: Ends,
    /// True if something ends under a condition on Dokku's version.
    ends_by_version: bool,
    /// Whether each condition holds, by its place in memory: the sites of a script share theirs.
    known: BTreeMap<*const Condition, Holds>,
}

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// In every version from 0.4.0 on.
    Always,
    /// In none of them.
    Never,
    /// It depends on what the host has: it guards.
    Asks,
    /// It depends on something that is set, or not, by what the host has.
    Hints,
    /// It depends on something else.
    Else,
}

impl Holds {
    /// Whether the opposite holds.
    fn not(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            other => other,
        }
    }
}

impl<'s> Guards<'s> {
    /// Collects what these scripts ask for.
    pub(super) fn of(scripts: &[&'s Script], expander: &Expander<'_>) -> Self {
        let mut guards = Self {
            scripts: scripts.to_vec(),
            answers: Answers::of(scripts, expander),
            ..Self::default()
        };
        for assignment in scripts.iter().flat_map(|script| &script.assignments) {
            if let Assigned::Word(word) = &assignment.value
                && assignment.name != "DOKKU_API_VERSION"
                && tells_version(&word.source)
            {
                guards.versions.insert(&assignment.name);
            }
        }
        for script in scripts {
            guards.learn_script(script);
        }
        guards.judge(scripts, expander);
        let mut answers = std::mem::take(&mut guards.answers);
        answers.hint(scripts, |site| {
            site.conditions
                .iter()
                .any(|one| guards.held(one) == Holds::Asks)
        });
        guards.answers = answers;
        guards.judge(scripts, expander);
        guards.ends = Ends::of(scripts, expander, |condition| guards.held(condition));
        guards.tell(expander);
        guards.ends_by_version = scripts.iter().any(|script| {
            Ends::among(script).any(|end| {
                end.site.conditions.iter().any(|one| {
                    guards.held(one) == Holds::Asks
                        && texts_of(one).iter().any(|text| guards.asks_version(text))
                })
            })
        });
        guards
    }

    fn learn_script(&mut self, script: &'s Script) {
        let mut seen = BTreeSet::new();
        for condition in conditions(script) {
            if seen.insert(Arc::as_ptr(condition)) {
                self.learn(condition);
            }
        }
        for test in &script.tests {
            self.learn(&test.condition);
        }
    }

    fn learn(&mut self, condition: &'s Condition) {
        match condition {
            Condition::Unary { operator, operand } if !FILE_TESTS.contains(&operator.as_str()) => {
                let names = operand.variables().map(|one| one.name.as_str());
                // `[[ -v NAME ]]` names it without a dollar.
                let bare = (operator == "-v").then_some(operand.source.as_str());
                for name in names.chain(bare) {
                    self.variables.insert(name, Certainty::Guarded);
                }
            }
            Condition::Binary { left, right, .. } => {
                self.compare(left, std::slice::from_ref(right));
                self.compare(right, std::slice::from_ref(left));
            }
            Condition::Arm {
                value,
                earlier,
                patterns,
            } => {
                self.compare(value, earlier);
                self.compare(value, patterns);
            }
            Condition::Not(inner) => self.learn(inner),
            Condition::All(all) | Condition::Any(all) => {
                for one in all {
                    self.learn(one);
                }
            }
            _ => {}
        }
    }

    /// Learns that a word's variables are compared: with nothing, which asks whether they have a value, or with something.
    fn compare(&mut self, word: &'s Word, others: &[Word]) {
        let text: String = word
            .parts
            .iter()
            .map(|part| match part {
                crate::plugin::shell::Part::Text { text, .. } => text.as_str(),
                _ => "",
            })
            .collect();
        let empty = others.iter().any(|other| other.is(&text));
        let certainty = if empty {
            Certainty::Guarded
        } else {
            Certainty::Unsure("its value is looked at")
        };
        for variable in word.variables() {
            let known = self.variables.entry(&variable.name).or_insert(certainty);
            *known = (*known).min(certainty);
        }
    }

    /// Settles whether each condition holds.
    fn judge(&mut self, scripts: &[&'s Script], expander: &Expander<'_>) {
        let mut known = BTreeMap::new();
        for condition in scripts.iter().flat_map(|script| conditions(script)) {
            known
                .entry(Arc::as_ptr(condition))
                .or_insert_with(|| self.holds(condition, expander));
        }
        self.known = known;
    }

    /// Settles what the conditions tell, and where the scripts are left by what is not there.
    fn tell(&mut self, expander: &Expander<'_>) {
        let tell = |one: &Condition| Told::by(one, &self.answers, expander);
        let mut told = BTreeMap::new();
        let mut loose = Vec::new();
        for (file, script) in self.scripts.iter().enumerate() {
            for condition in conditions(script) {
                let place = Arc::as_ptr(condition);
                told.entry(place).or_insert_with(|| tell(condition));
            }
            for one in script.invocations.iter().filter(|one| !one.site.tested) {
                let asked = tell(&Condition::Succeeds(line_of(one))).holds.there;
                let stretch = (file, one.site.function);
                loose.extend(asked.into_iter().map(|what| (stretch, one.site.at, what)));
            }
            for test in script.tests.iter().filter(|one| !one.site.tested) {
                let stretch = (file, test.site.function);
                let asked = tell(&test.condition).holds.there;
                loose.extend(asked.into_iter().map(|what| (stretch, test.site.at, what)));
            }
        }
        let leaves = leaves(&self.scripts, &self.ends, &tell);
        self.is_lost = leaves.is_none();
        let leaves = leaves.unwrap_or_default();
        let inner = leaves.iter().flat_map(|leave| &leave.inner);
        self.asked = told
            .values()
            .chain(inner)
            .flat_map(|one| {
                [&one.holds, &one.fails]
                    .into_iter()
                    .flat_map(|facts| facts.there.iter().chain(&facts.gone))
            })
            .chain(loose.iter().map(|(_, _, what)| what))
            .cloned()
            .collect();
        self.told = told;
        self.loose = loose;
        for leave in leaves {
            self.leaves.entry(leave.stretch).or_default().push(leave);
        }
    }

    /// What is asked for by anything.
    pub(super) fn subjects(&self) -> impl Iterator<Item = &Subject> {
        self.asked.iter()
    }

    /// Takes these for the versions that have what is asked for.
    pub(super) fn know(&mut self, lives: BTreeMap<Subject, Life>) {
        self.lives = lives;
    }

    /// True if something asks for it, or for the folder that it lies in.
    pub(super) fn asks_for(&self, subject: &Subject) -> bool {
        subject.needed().any(|one| self.asked.contains(&one))
    }

    /// What is known at this site, by the conditions around it and by what would have left before.
    fn facts(&self, file: usize, site: &Site) -> Facts {
        let around = site.conditions.iter().filter_map(|one| self.told(one));
        let mut facts = around.fold(Facts::default(), |facts, told| facts.and(&told.holds));
        for leave in self.leaves_before(file, site) {
            if let [told] = self.parts(leave, &site.conditions).as_slice() {
                facts = facts.and(&told.fails);
            }
        }
        facts
    }

    /// True if something before this site asks for the subject, and it is not plain what hangs on the answer.
    fn may_ask(&self, file: usize, site: &Site, subject: &Subject) -> bool {
        let stretch = (file, site.function);
        let loosely = self
            .loose
            .iter()
            .any(|(asking, at, what)| *asking == stretch && *at < site.at && what == subject);
        loosely
            || self.leaves_before(file, site).any(|leave| {
                let parts = self.parts(leave, &site.conditions);
                parts.iter().any(|told| told.fails.has(subject))
            })
    }

    fn leaves_before(&self, file: usize, site: &Site) -> impl Iterator<Item = &Leave> {
        let stretch = (file, site.function);
        let at = site.at;
        let apart = site.apart;
        let leaves = self.leaves.get(&stretch).into_iter().flatten();
        leaves.filter(move |one| one.at < at && (apart || !one.apart))
    }

    /// What each condition tells on which it hangs that a stretch is left, beside those around both.
    fn parts(&self, leave: &Leave, around: &[Arc<Condition>]) -> Vec<Told> {
        let shared = leave
            .outer
            .iter()
            .zip(around)
            .take_while(|(one, other)| Arc::ptr_eq(one, other))
            .count();
        let rest = leave.outer.iter().skip(shared);
        rest.filter(|one| self.held(one) != Holds::Always)
            .map(|one| self.told(one).cloned().unwrap_or_default())
            .chain(leave.inner.iter().cloned())
            .collect()
    }

    fn told(&self, condition: &Arc<Condition>) -> Option<&Told> {
        self.told.get(&Arc::as_ptr(condition))
    }

    /// The versions in which this site is reached, by what is asked for around it and before.
    pub(super) fn reached_in(&self, file: usize, site: &Site) -> Life {
        let facts = self.facts(file, site);
        let life = |one: &Subject| self.lives.get(one);
        let there = facts.there.iter().filter_map(life).cloned();
        let gone = facts.gone.iter().filter_map(life).map(Life::not);
        there
            .chain(gone)
            .fold(Life::always(), |all, one| all.and(&one))
    }

    /// Where the scripts end in failure where there is no function of some name: the stretch, the line, the name, and
    /// how surely it hangs on that alone.
    pub(super) fn refusals(&self) -> Vec<(Stretch, u32, &str, Certainty)> {
        const MORE: Certainty = Certainty::Unsure("whether it asks may hang on more");
        let mut found = Vec::new();
        for leave in self.leaves.values().flatten() {
            let fails = leave.status == Status::Failure && !leave.apart;
            let is_last = !leave.returns || leave.stretch.1.is_none();
            if !(fails && is_last && leave.names) {
                continue;
            }
            let arms = leave.outer.iter().filter(|one| !is_arm(one));
            let outer = arms
                .filter(|one| self.held(one) != Holds::Always)
                .map(|one| self.told(one));
            let parts: Vec<Option<&Told>> = outer.chain(leave.inner.iter().map(Some)).collect();
            let certainty = match parts.as_slice() {
                [Some(told)] if told.decided_by().is_some() => Certainty::Certain,
                _ => MORE,
            };
            for part in parts.into_iter().flatten() {
                for subject in &part.holds.gone {
                    if let Subject::Function(name) = subject {
                        found.push((leave.stretch, leave.line, name.as_str(), certainty));
                    }
                }
            }
        }
        found
    }

    /// What is made of a use of the variable by the conditions that look at its value; none if none does.
    pub(super) fn asks_for_variable(&self, name: &str) -> Option<Certainty> {
        self.variables.get(name).copied()
    }

    /// How sure it is that a use of the subject at this site is reached from around it, and that its failure is one; none
    /// if it never is.
    pub(super) fn certainty(
        &self,
        file: usize,
        site: &Site,
        subject: Option<&Subject>,
    ) -> Option<Certainty> {
        let failing = self.failing(file, site, |rescued| match rescued {
            Rescued::No => Certainty::Certain,
            _ => Certainty::Unsure("the text does not tell what is done where it fails"),
        });
        Some(failing.min(self.reached(file, site, subject, true)?))
    }

    /// How sure it is that what is called at this site is reached, and that a failure in it to use the subject is one; none
    /// if it never is.
    pub(super) fn certainty_of_called(
        &self,
        file: usize,
        site: &Site,
        subject: Option<&Subject>,
    ) -> Option<Certainty> {
        let failing = self.failing(file, site, |_| {
            Certainty::Unsure("what calls it takes care of its failure")
        });
        Some(failing.min(self.reached(file, site, subject, false)?))
    }

    /// How sure it is that a failure at this site is one, where what is done about it may not help by what that is.
    fn failing(
        &self,
        file: usize,
        site: &Site,
        unless_rescued: impl FnOnce(Rescued) -> Certainty,
    ) -> Certainty {
        match self.rescued(file, site) {
            Some(Rescued::Yes) => Certainty::Guarded,
            Some(other) => unless_rescued(other),
            None if site.tested => Certainty::Unsure("its status decides what is done next"),
            None => Certainty::Certain,
        }
    }

    fn rescued(&self, file: usize, site: &Site) -> Option<Rescued> {
        let script = self.scripts.get(file)?;
        rescued(script, (file, site.function), site, &self.ends)
    }

    /// How sure it is that this site is reached where the subject is not there; `narrowed` if what else it hangs on is
    /// looked at in [`Self::reached_in`].
    fn reached(
        &self,
        file: usize,
        site: &Site,
        subject: Option<&Subject>,
        narrowed: bool,
    ) -> Option<Certainty> {
        if self.ends.is_behind(file, site) {
            return None;
        }
        let mut certainty = if self.ends_by_version {
            Certainty::Unsure("the script looks at Dokku's version and may end")
        } else if self.is_lost {
            Certainty::Unsure("where the script may end is too much to be followed")
        } else {
            Certainty::Certain
        };
        let asks_again = |one: &Told| {
            let known = |one: &Subject| self.lives.contains_key(one);
            subject.is_some_and(|subject| {
                one.holds.lacks(subject) || narrowed && one.decided_by().is_some_and(known)
            })
        };
        for condition in &site.conditions {
            let most = match self.held(condition) {
                Holds::Never => return None,
                Holds::Always | Holds::Else => continue,
                _ if self.told(condition).is_some_and(asks_again) => continue,
                Holds::Asks => Certainty::Guarded,
                Holds::Hints => {
                    Certainty::Unsure("whether it is reached depends on what Dokku has")
                }
            };
            certainty = certainty.min(most);
        }
        if let Some(subject) = subject.filter(|one| self.asks_for(one)) {
            if self.answers_for(&self.facts(file, site), subject) {
                certainty = Certainty::Guarded;
            } else if self.may_ask(file, site, subject) {
                certainty = certainty.min(Certainty::Unsure("the script asks for it before"));
            }
        }
        Some(certainty)
    }

    /// True if these facts tell that the subject is there. A folder does not, where it is known when it was there: that
    /// bounds the versions in which the subject is used.
    fn answers_for(&self, facts: &Facts, subject: &Subject) -> bool {
        let mut there = facts.there.iter().filter(|one| subject.needs(one));
        there.any(|one| one == subject || !self.lives.contains_key(one))
    }

    fn held(&self, condition: &Arc<Condition>) -> Holds {
        let known = self.known.get(&Arc::as_ptr(condition));
        known.copied().unwrap_or(Holds::Else)
    }

    fn holds(&self, condition: &Condition, expander: &Expander<'_>) -> Holds {
        match condition {
            Condition::Not(inner) => match &**inner {
                Condition::All(parts) => {
                    any(parts.iter().map(|one| self.holds(one, expander).not()))
                }
                Condition::Any(parts) => {
                    all(parts.iter().map(|one| self.holds(one, expander).not()))
                }
                inner => self.holds(inner, expander).not(),
            },
            Condition::All(parts) => all(parts.iter().map(|one| self.holds(one, expander))),
            Condition::Any(parts) => any(parts.iter().map(|one| self.holds(one, expander))),
            Condition::Unary { operator, operand } => {
                if is_api_version(operand) {
                    return match operator.as_str() {
                        "-n" => Holds::Always,
                        "-z" => Holds::Never,
                        _ => Holds::Asks,
                    };
                }
                // Whether the script could tell a version at all says nothing of which it is.
                let told = |one: &Variable| self.versions.contains(one.name.as_str());
                if matches!(operator.as_str(), "-n" | "-z") && operand.variable().is_some_and(told)
                {
                    return Holds::Else;
                }
                if FILE_TESTS.contains(&operator.as_str())
                    && is_dokkus(&shape(&expander.expand(operand)))
                {
                    return Holds::Asks;
                }
                self.asked(condition)
            }
            Condition::Binary {
                left,
                operator,
                right,
            } => equal(left, operator, right).unwrap_or_else(|| self.asked(condition)),
            Condition::Succeeds(text) => match text.split_whitespace().next() {
                Some("true" | ":") => Holds::Always,
                // Nothing comes after the last two.
                Some("false" | "exit" | "return") => Holds::Never,
                _ if looks_at_dokku(&expander.expand_text(text)) => Holds::Asks,
                _ => self.asked(condition),
            },
            Condition::Arm { .. } | Condition::Unknown => self.asked(condition),
        }
    }

    fn asked(&self, condition: &Condition) -> Holds {
        let texts = texts_of(condition);
        let is_command = matches!(condition, Condition::Succeeds(_));
        let held = texts
            .iter()
            .filter_map(|text| {
                if is_command {
                    self.answers.in_command(text)
                } else {
                    self.answers.in_words(text)
                }
            })
            .max();
        let whole = texts.join(" ");
        if held == Some(Held::Answer)
            || asks_function(&whole)
            || self.asks_version(&whole)
            || looks_at_dokku(&whole)
        {
            Holds::Asks
        } else if held == Some(Held::Hint) || lists_dokku(&whole) {
            Holds::Hints
        } else {
            Holds::Else
        }
    }

    fn asks_version(&self, text: &str) -> bool {
        tells_version(text)
            || takes_version(text)
            || words_in(text).any(|word| self.versions.contains(word))
    }
}

/// Whether all of several hold.
fn all(parts: impl Iterator<Item = Holds>) -> Holds {
    heaviest(&parts.collect::<Vec<_>>(), Holds::Never)
}

/// Whether one of several holds: where one that does not ask is enough, what asks is not what decides.
fn any(parts: impl Iterator<Item = Holds>) -> Holds {
    let parts: Vec<Holds> = parts.collect();
    let others = |one: &Holds| matches!(one, Holds::Hints | Holds::Else);
    match heaviest(&parts, Holds::Always) {
        Holds::Asks if parts.iter().any(others) => Holds::Hints,
        other => other,
    }
}

/// Whether a condition of several holds, of which one that comes to `settling` settles it.
fn heaviest(parts: &[Holds], settling: Holds) -> Holds {
    let weights = [settling, Holds::Asks, Holds::Hints, Holds::Else];
    let heaviest = weights.into_iter().find(|weight| parts.contains(weight));
    heaviest.unwrap_or(settling.not())
}

/// Every condition that something in the script stands under, as often as something does.
fn conditions(script: &Script) -> impl Iterator<Item = &Arc<Condition>> {
    let invoked = script.invocations.iter().map(|one| &one.site);
    let assigned = script.assignments.iter().map(|one| &one.site);
    let redirected = script.redirections.iter().map(|one| &one.site);
    invoked
        .chain(assigned)
        .chain(redirected)
        .flat_map(|site| &site.conditions)
}

fn is_arm(condition: &Condition) -> bool {
    matches!(condition, Condition::Arm { .. })
}

/// Whether the comparison of two known texts holds.
fn equal(left: &Word, operator: &str, right: &Word) -> Option<Holds> {
    let (left, right) = (left.literal()?, right.literal()?);
    let (left, right) = (left.parse::<i64>().ok()?, right.parse::<i64>().ok()?);
    let holds = match operator {
        "-eq" | "==" | "=" => left == right,
        "-ne" | "!=" => left != right,
        _ => return None,
    };
    Some(if holds { Holds::Always } else { Holds::Never })
}

/// `$DOKKU_API_VERSION`, which is 1 in every version from 0.4.0 on.
fn is_api_version(word: &Word) -> bool {
    word.variable()
        .is_some_and(|variable| variable.name == "DOKKU_API_VERSION")
}
