//! Reading a record back, as far as it was written.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, RandomState};
use std::io::BufRead;

use serde::Deserialize;

use super::record::FORMAT;
use super::scope::Scope;
use super::{CaseRecord, Class, Counts, Footer, Header, Line, Record, Sketch, visible};

/// How every record begins.
const BEGINNING: &[u8] = br#"{"type":"header","#;
/// What editors and shells of Windows put before a text.
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();
/// How the line of a case begins, as this program writes it.
const CASE: &[u8] = br#"{"type":"case","#;

/// A record as far as it was written. Without a footer its run was not finished, and its cases are the first of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// What is run.
    pub header: Header,
    /// What came of the cases, in the order of the plan.
    pub cases: Vec<CaseRecord>,
    /// How the run ended, if it did.
    pub footer: Option<Footer>,
}

/// What makes a record one that nothing can be told from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Damage {
    /// The line, from 1 on.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

/// The part of a record that is whole lines: what comes after the last line's end was torn off while it was written.
#[must_use]
pub fn whole_lines(record: &[u8]) -> &[u8] {
    let end = record.iter().rposition(|byte| *byte == b'\n');
    end.and_then(|end| record.get(..=end)).unwrap_or_default()
}

/// A record of which only the header is read: who wrote it can be told before the rest is looked at.
#[derive(Clone, Debug)]
pub struct Opening<R> {
    /// What is run.
    pub header: Header,
    rest: Lines<R>,
}

impl<R: BufRead> Opening<R> {
    /// Reads the header of a record; none if its run died before it had written one.
    ///
    /// # Errors
    /// [`Damage`] if it is no record, or one in a newer form than this program's.
    pub fn read(record: R) -> Result<Option<Self>, Damage> {
        let mut lines = Lines::of(record);
        let Some((_, first)) = lines.next()? else {
            let torn = without_mark(&lines.line);
            return match BEGINNING.starts_with(torn) || torn.starts_with(BEGINNING) {
                true => Ok(None),
                false => Err(no_record()),
            };
        };
        let first = without_mark(first);
        let greeting: Greeting = serde_json::from_slice(first).map_err(|_| no_record())?;
        greeting.check()?;
        let line: Line = serde_json::from_slice(first).map_err(|error| damaged(1, &error))?;
        match line {
            Line::Header(header) => Ok(Some(Self {
                header,
                rest: lines,
            })),
            Line::Case(_) | Line::Footer(_) => Err(no_record()),
        }
    }

    /// Reads the header of a record that is to be whole.
    ///
    /// # Errors
    /// [`Damage`] as [`Opening::read`] has it, and if there is no whole header.
    pub fn begun(record: R) -> Result<Self, Damage> {
        Self::read(record)?.ok_or_else(|| unfinished(1, "no whole header"))
    }

    /// Reads the rest.
    ///
    /// # Errors
    /// [`Damage`] if a line is not what can stand there.
    pub fn read_on(self) -> Result<Recorded, Damage> {
        Ok(self.read_rest(whole)?.0)
    }

    /// Reads the rest of a whole record. What was seen is read of those cases alone of which that is wanted, and of the
    /// others only the place: most of a big record passed, and nobody asks how.
    ///
    /// # Errors
    /// [`Damage`] if a line is not what can stand there, or if the run did not go to its end.
    pub fn read_wanted(self, is_wanted: impl Fn(&Sketch) -> bool) -> Result<Record, Damage> {
        self.read_all(|text| {
            let sketch: Sketch = serde_json::from_slice(text)?;
            match is_wanted(&sketch) {
                true => whole(text),
                false => Ok(sketch.into()),
            }
        })
    }

    /// Reads the rest of a whole record, and each case so.
    fn read_all(
        self,
        read_case: impl Fn(&[u8]) -> serde_json::Result<CaseRecord>,
    ) -> Result<Record, Damage> {
        let planned = self.header.cases;
        let (mut recorded, torn) = self.read_rest(read_case)?;
        // Whoever copies a text may lose the end of its last line; a line that is JSON has all else.
        let is_whole = torn.is_empty() || recorded.end(&torn);
        let Recorded {
            header,
            cases,
            footer,
        } = recorded;
        match footer {
            Some(footer) if is_whole => Ok(Record {
                header,
                cases,
                footer,
            }),
            Some(_) => Err(Damage {
                line: cases.len() + 3,
                what: "something follows the footer".into(),
            }),
            None => {
                let has = format!("{} of {planned} cases and no footer", cases.len());
                Err(unfinished(cases.len() + 2, &has))
            }
        }
    }

    /// Reads all whole lines that are left, and each case so; besides, what follows them without an end.
    fn read_rest(
        self,
        read_case: impl Fn(&[u8]) -> serde_json::Result<CaseRecord>,
    ) -> Result<(Recorded, Vec<u8>), Damage> {
        let header = self.header;
        let mut known = Known::of(&header);
        let mut read = Read {
            planned: header.cases,
            cases: Vec::new(),
            footer: None,
        };
        let mut lines = self.rest;
        while let Some((number, text)) = lines.next()? {
            let line = match text.starts_with(CASE) {
                // As its kind stands first, the rest can be read for what it is.
                true => read_case(text).map(|case| Line::Case(Box::new(case))),
                false => serde_json::from_slice(text),
            };
            let line = line.map_err(|error| damaged(number, &error))?;
            let refuse = |what| Damage { line: number, what };
            if let Line::Case(case) = &line {
                known.meet(case, &read.cases).map_err(refuse)?;
            }
            read.add(line).map_err(refuse)?;
        }
        drop(known);
        let recorded = Recorded {
            header,
            cases: read.cases,
            footer: read.footer,
        };
        Ok((recorded, lines.line))
    }
}

impl Record {
    /// Reads a whole record.
    ///
    /// # Errors
    /// [`Damage`] if it is no record, one in a newer form than this program's, or one whose run did not go to its end.
    pub fn read(record: impl BufRead) -> Result<Self, Damage> {
        Opening::begun(record)?.read_all(whole)
    }
}

/// The lines of a record, of which one is held at a time.
#[derive(Clone, Debug)]
struct Lines<R> {
    record: R,
    number: usize,
    /// The line that was read last, or what stands in the place of one at the end.
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    fn of(record: R) -> Self {
        Self {
            record,
            number: 0,
            line: Vec::new(),
        }
    }

    /// The next whole line without its end, and its number; none if no other follows.
    fn next(&mut self) -> Result<Option<(usize, &[u8])>, Damage> {
        self.number += 1;
        self.line.clear();
        let read = self.record.read_until(b'\n', &mut self.line);
        read.map_err(|error| Damage {
            line: self.number,
            what: format!("it can't be read: {error}"),
        })?;
        let line = self.line.strip_suffix(b"\n");
        Ok(line.map(|line| (self.number, line)))
    }
}

/// What is to be said of a record that breaks off at a line, with no more than this whole.
fn unfinished(line: usize, whole: &str) -> Damage {
    Damage {
        line,
        what: format!(
            "its run did not go to its end: it has {whole}; `check --resume` goes on with it"
        ),
    }
}

/// A text without the mark that may stand before it.
fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

impl Recorded {
    /// Ends the record with this line, if it is the footer that is lacking.
    fn end(&mut self, line: &[u8]) -> bool {
        let is_next = self.footer.is_none() && self.cases.len() == self.header.cases;
        let line = serde_json::from_slice(line);
        let Some(Line::<Header, Box<CaseRecord>>::Footer(footer)) = line.ok().filter(|_| is_next)
        else {
            return false;
        };
        let is_its = footer.counts == Counts::of(&self.cases);
        self.footer = Some(footer).filter(|_| is_its);
        is_its
    }
}

/// What the cases of a record can be, by its header, and which of them were met.
struct Known<'h> {
    scope: Scope<'h>,
    state: RandomState,
    /// The hashes of what the cases are known by.
    met: HashSet<u64>,
}

impl<'h> Known<'h> {
    fn of(header: &'h Header) -> Self {
        Self {
            scope: Scope::of(header),
            state: RandomState::new(),
            met: HashSet::new(),
        }
    }

    /// Meets one more case, after these. Says why it can't be one of this record, if it can't.
    fn meet(&mut self, case: &CaseRecord, before: &[CaseRecord]) -> Result<(), String> {
        // Of what is gone by now the header need not know.
        if !is_gone(case) {
            self.place(case)?;
        }
        let is_new = self.met.insert(self.state.hash_one(key(case)));
        // Few cases only share a hash.
        match is_new || before.iter().all(|other| key(other) != key(case)) {
            true => Ok(()),
            false => Err(format!(
                "{} of {} for {} in Dokku {} stands there a second time",
                visible(&case.case),
                visible(&case.requirement),
                visible(&case.plugin),
                case.dokku
            )),
        }
    }

    /// Says what of a case the header does not have.
    fn place(&self, case: &CaseRecord) -> Result<(), String> {
        let lacks = |what: &str| Err(format!("a case of {what}, which the header does not have"));
        let (plugin, id) = (visible(&case.plugin), visible(&case.requirement));
        if !self.scope.has_plugin(&case.plugin) {
            return lacks(&format!("the plugin {plugin}"));
        }
        if !self.scope.has_version(case.dokku) {
            return lacks(&format!("Dokku {}", case.dokku));
        }
        match self.scope.level(&case.plugin, &case.requirement) {
            None => lacks(&format!("the requirement {id}")),
            Some(level) if level != case.level => Err(format!(
                "a case of {id} as a {}, which the header has as a {level}",
                case.level
            )),
            Some(_) => Ok(()),
        }
    }
}

/// True for a case that only the older of two compared records has.
fn is_gone(case: &CaseRecord) -> bool {
    matches!(case.class(), Some(Class::Gone | Class::Dropped))
}

/// What no two cases of a record have in common. What is gone may be called as something else is called now.
fn key(case: &CaseRecord) -> impl PartialEq + Hash + '_ {
    let CaseRecord {
        plugin,
        requirement,
        case: name,
        dokku,
        ..
    } = case;
    (plugin, requirement, name, *dokku, is_gone(case))
}

/// What was read of a record after its header.
struct Read {
    planned: usize,
    cases: Vec<CaseRecord>,
    footer: Option<Footer>,
}

impl Read {
    fn add(&mut self, line: Line) -> Result<(), String> {
        let planned = self.planned;
        if self.footer.is_some() {
            return Err("something follows the footer".into());
        }
        match line {
            Line::Header(_) => return Err("a second header: two records are in one file".into()),
            Line::Case(_) if self.cases.len() == planned => {
                return Err(format!("a case more than the {planned} of the header"));
            }
            Line::Case(case) => self.cases.push(*case),
            Line::Footer(_) if self.cases.len() < planned => {
                return Err(format!(
                    "the footer comes after {} of {planned} cases",
                    self.cases.len()
                ));
            }
            Line::Footer(footer) if footer.counts != Counts::of(&self.cases) => {
                return Err("the counts are not those of the cases".into());
            }
            Line::Footer(footer) => self.footer = Some(footer),
        }
        Ok(())
    }
}

/// What the header of every form has.
#[derive(Debug, Deserialize)]
struct Greeting {
    r#type: String,
    format: u32,
    program: String,
}

impl Greeting {
    fn check(&self) -> Result<(), Damage> {
        if self.r#type != "header" {
            return Err(no_record());
        }
        if self.format > FORMAT {
            return Err(Damage {
                line: 1,
                what: format!(
                    "dokku-conform {} wrote it in form {}, and this one reads no newer form than {FORMAT}",
                    visible(&self.program),
                    self.format
                ),
            });
        }
        Ok(())
    }
}

fn no_record() -> Damage {
    Damage {
        line: 1,
        what: "it does not begin with the header of a record".into(),
    }
}

/// The case of a line with all that was seen.
fn whole(line: &[u8]) -> serde_json::Result<CaseRecord> {
    serde_json::from_slice(line)
}

fn damaged(line: usize, error: &serde_json::Error) -> Damage {
    let said = error.to_string();
    // The place that it names is within the line. It knows none for what is JSON and no line of a record.
    let (cause, place) = match said.rsplit_once(" at line ") {
        Some((cause, _)) => (cause, format!(" at byte {}", error.column().max(1))),
        None => (&*said, String::new()),
    };
    Damage {
        line,
        what: format!("it is damaged{place}: {}", visible(cause)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn header() -> Value {
        json!({
            "type": "header", "format": FORMAT, "program": "0.1.0", "dokku": ["0.38.27"], "isolation": "off",
            "enforced": [], "time": "2026-01-01T00:00:00Z", "plugins": [{"label": "hello", "name": "hello", "path": "."}],
            "requirements": [{"id": "app-flag", "level": "must", "title": "a rule"}], "cases": 2,
        })
    }

    fn other() -> Value {
        with("case", "another")
    }

    /// The case with another value.
    fn with(key: &str, value: &str) -> Value {
        let mut case = case();
        case[key] = value.into();
        case
    }

    fn case() -> Value {
        json!({
            "type": "case", "plugin": "hello", "requirement": "app-flag", "level": "must", "case": "it",
            "dokku": "0.38.27", "outcome": "pass", "reason": "", "duration_ms": 1, "evidence": {},
        })
    }

    fn footer(pass: usize) -> Value {
        let counts =
            json!({"pass": pass, "fail": 0, "warn": 0, "skip": 0, "inconclusive": 0, "error": 0});
        json!({"type": "footer", "counts": counts, "duration_ms": 1})
    }

    fn record(lines: &[Value]) -> String {
        lines.iter().map(|line| format!("{line}\n")).collect()
    }

    fn read(record: &[u8]) -> Result<Option<Recorded>, Damage> {
        Opening::read(record)?.map(Opening::read_on).transpose()
    }

    fn damage(record: &[u8]) -> String {
        read(record).unwrap_err().to_string()
    }

    #[test]
    fn a_record_is_read_from_every_place_that_it_may_break_off_at() {
        let whole = record(&[header(), case(), other(), footer(2)]);
        for end in 0..=whole.len() {
            let part = &whole.as_bytes()[..end];
            let lines = whole_lines(part).split(|byte| *byte == b'\n').count() - 1;
            let recorded = read(part).unwrap();
            assert_eq!(recorded.is_none(), lines == 0, "{end}");
            // The last line has all but its end.
            let is_whole = end + 1 >= whole.len();
            assert_eq!(Record::read(part).is_ok(), is_whole, "{end}");
            let Some(recorded) = recorded else { continue };
            assert_eq!(recorded.cases.len(), (lines - 1).min(2));
            assert_eq!(recorded.footer.is_some(), end == whole.len());
        }
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for text in [
            "hello",
            "hello\n",
            "\n",
            "{}\n",
            "[1]\n",
            "\0\0",
            "{\"type\":\"tree\"}\n",
        ] {
            let said = damage(text.as_bytes());
            assert_eq!(
                said,
                "line 1: it does not begin with the header of a record"
            );
        }
    }

    #[test]
    fn a_newer_form_is_refused_whatever_it_is_like() {
        let newer = json!({"type": "header", "format": FORMAT + 1, "program": "9.0.0"});
        let said = damage(record(&[newer]).as_bytes());
        assert!(
            said.starts_with("line 1: dokku-conform 9.0.0 wrote it in form "),
            "{said}"
        );
        let hostile = json!({"type": "header", "format": FORMAT + 1, "program": "\u{1b}[2J"});
        let said = damage(record(&[hostile]).as_bytes());
        assert!(!said.contains('\u{1b}'), "{said:?}");
    }

    #[test]
    fn a_mark_before_the_text_is_no_part_of_it() {
        let text = "\u{FEFF}".to_owned() + &record(&[header(), case(), other(), footer(2)]);
        assert!(Record::read(text.as_bytes()).is_ok());
        assert_eq!(read(&text.as_bytes()[..10]), Ok(None));
    }

    #[test]
    fn what_the_header_does_not_have_is_no_case_of_the_record() {
        for (stray, said) in [
            (with("plugin", "other"), "a case of the plugin other, which"),
            (with("dokku", "0.30.0"), "a case of Dokku 0.30.0, which"),
            (
                with("requirement", "no-such"),
                "a case of the requirement no-such, which",
            ),
            (
                with("level", "should"),
                "a case of app-flag as a should, which the header has as a must",
            ),
            (
                case(),
                "it of app-flag for hello in Dokku 0.38.27 stands there a second time",
            ),
        ] {
            let told = damage(record(&[header(), case(), stray]).as_bytes());
            assert!(told.starts_with(&format!("line 3: {said}")), "{told}");
        }
        // Runs have requirements of their own, and compared records cases that are gone.
        let mut gone = with("plugin", "other");
        gone["compared"] = json!({"class": "gone", "was": "pass"});
        for fine in [
            with("requirement", "expectations"),
            with("requirement", "source"),
            gone,
        ] {
            assert!(read(record(&[header(), case(), fine]).as_bytes()).is_ok());
        }
        // A plugin's own requirement comes before that of all.
        let mut own = header();
        let rules = own["requirements"].as_array_mut().unwrap();
        rules.push(
            json!({"id": "app-flag", "plugin": "hello", "level": "should", "title": "its own"}),
        );
        assert!(read(record(&[own.clone(), with("level", "should")]).as_bytes()).is_ok());
        assert!(read(record(&[own, case()]).as_bytes()).is_err());
    }

    #[test]
    fn damage_is_told_with_its_line() {
        let mut without_level = case();
        without_level.as_object_mut().unwrap().remove("level");
        let mut endless = footer(2);
        endless["duration_ms"] = json!(u64::MAX);
        for (lines, expected) in [
            (
                vec![header(), without_level, case()],
                "line 2: it is damaged at byte ",
            ),
            (vec![header(), json!("x")], "line 2: it is damaged"),
            (vec![header(), header()], "line 2: a second header"),
            (
                vec![header(), case(), footer(1)],
                "line 3: the footer comes after 1 of 2 cases",
            ),
            (
                vec![header(), case(), other(), with("case", "a third")],
                "line 4: a case more than the 2",
            ),
            (
                vec![header(), case(), other(), footer(1)],
                "line 4: the counts are not",
            ),
            (
                vec![
                    header(),
                    case(),
                    other(),
                    footer(2),
                    with("case", "a third"),
                ],
                "line 5: something follows",
            ),
            (vec![header(), case(), endless], "line 3: it is damaged"),
        ] {
            let said = damage(record(&lines).as_bytes());
            assert!(said.starts_with(expected), "{said}");
        }
        let torn_after = record(&[header(), case(), other(), footer(2)]) + "{";
        let said = Record::read(torn_after.as_bytes()).unwrap_err().to_string();
        assert_eq!(said, "line 5: something follows the footer");
        let odd = record(&[header()]) + "\n";
        assert!(damage(odd.as_bytes()).starts_with("line 2: it is damaged at byte 1: EOF"));
        let torn_within = record(&[header(), case()]).replace("\"plugin\"", "\n\"plugin\"");
        assert!(damage(torn_within.as_bytes()).starts_with("line 2: it is damaged"));
    }
}
