//! A cell of the matrix: all cases of one plugin and one requirement.

use std::iter::Sum;

use maud::{Markup, html};

use super::sign::{MARKS, letter};
use crate::report::CaseRecord;
use crate::report::mark::Mark;

/// How many cases have each mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally([usize; MARKS.len()]);

impl Tally {
    fn add(&mut self, mark: Mark) {
        if let Some(count) = self.0.get_mut(mark as usize) {
            *count += 1;
        }
    }

    /// How many have this mark.
    pub(super) fn count(&self, mark: Mark) -> usize {
        self.0.get(mark as usize).copied().unwrap_or_default()
    }

    /// The most urgent mark; none if there is no case.
    fn worst(&self) -> Option<Mark> {
        MARKS.into_iter().find(|mark| self.count(*mark) > 0)
    }

    /// As the page's script reads it: each letter, and how many if not one.
    fn data(&self) -> String {
        let some = MARKS.into_iter().filter(|mark| self.count(*mark) > 0);
        let one = |mark: Mark| match self.count(mark) {
            1 => letter(mark).to_owned(),
            count => format!("{}{count}", letter(mark)),
        };
        some.map(one).collect()
    }
}

impl<'t> Sum<&'t Tally> for Tally {
    fn sum<I: Iterator<Item = &'t Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, one| {
            for (total, count) in sum.0.iter_mut().zip(one.0) {
                *total += count;
            }
            sum
        })
    }
}

/// The cases of one plugin and one requirement.
#[derive(Debug)]
pub(super) struct Cell<'r> {
    /// By Dokku version.
    pub(super) tallies: Vec<Tally>,
    /// Those that a reader wants to know more of.
    pub(super) told: Vec<&'r CaseRecord>,
}

impl<'r> Cell<'r> {
    /// One without cases, for so many versions.
    pub(super) fn new(versions: usize) -> Self {
        Self {
            tallies: vec![Tally::default(); versions],
            told: Vec::new(),
        }
    }

    /// Adds a case of the version with this index.
    pub(super) fn add(&mut self, case: &'r CaseRecord, version: usize, mark: Mark) {
        if let Some(tally) = self.tallies.get_mut(version) {
            tally.add(mark);
        }
        if mark.is_news() {
            self.told.push(case);
        }
    }

    /// The most urgent mark of all versions; none if there is no case.
    pub(super) fn worst(&self) -> Option<Mark> {
        self.tallies.iter().filter_map(Tally::worst).min()
    }

    /// As the page's script reads it: the tally of each version, but one for all where they are the same.
    pub(super) fn data(&self) -> String {
        match self.tallies.split_first() {
            Some((first, rest)) if rest.iter().all(|one| one == first) => first.data(),
            _ => self
                .tallies
                .iter()
                .map(Tally::data)
                .collect::<Vec<_>>()
                .join(","),
        }
    }

    /// In how many versions it has this mark as the worst, of those in which it has cases.
    fn share(&self, mark: Mark) -> (usize, usize) {
        let worsts = || self.tallies.iter().filter_map(Tally::worst);
        (
            worsts().filter(|one| *one == mark).count(),
            worsts().count(),
        )
    }

    /// The cell of the table: the word of its mark, and in how many of the versions it is so if not in all. It leads to
    /// its evidence where there is some. The style sheet shows a sign instead, and the page's script writes the same.
    pub(super) fn render(&self, link: impl FnOnce() -> String) -> Markup {
        let Some(mark) = self.worst() else {
            return html! { td role="cell" {} };
        };
        let (some, all) = self.share(mark);
        let share = (some < all).then(|| format!("{some}/{all}"));
        let word = html! {
            (mark.word())
            @if some < all { " in " (some) " of " (all) " versions" }
        };
        html! {
            @if self.told.is_empty() {
                td.(letter(mark)) role="cell" data-share=[share] { (word) }
            } @else {
                td role="cell" { a.(letter(mark)) href=(link()) data-share=[share] { (word) } }
            }
        }
    }
}
