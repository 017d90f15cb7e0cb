//! A record as JUnit XML, which continuous integration reads.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::mark::Mark;
use super::told::{self, plain};
use super::{CaseRecord, Class, Record, visible};

/// The record as one suite for each plugin, Dokku version and requirement, which are the suite's properties. What the
/// form has no word for is a skipped test with the reason: what was not judged is no pass, and a broken `should` that
/// does not count is no failure. The message begins with the true word. Of a comparison it says what became of the case,
/// and a suite's property `compared` what became of its cases.
///
/// Source: the schema `junit-10` that Jenkins holds reports against.
///
/// # Errors
/// Those of the writer.
pub fn junit(record: &Record, strict: bool, writer: impl io::Write) -> io::Result<()> {
    let mut suites: Vec<Suite<'_>> = Vec::new();
    let mut known = BTreeMap::new();
    for case in &record.cases {
        let key = (&case.plugin, case.dokku, &case.requirement);
        let index = *known.entry(key).or_insert(suites.len());
        match suites.get_mut(index) {
            Some(suite) => suite.0.push(case),
            None => suites.push(Suite(vec![case])),
        }
    }
    let mut xml = Writer::new_with_indent(writer, b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = Suite(record.cases.iter().collect());
    xml.create_element("testsuites")
        .with_attribute(("name", "dokku-conform"))
        .with_attributes(
            all.counts(strict)
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        )
        .with_attribute(("time", &*seconds(record.footer.duration_ms)))
        .write_inner_content(|xml| {
            suites
                .iter()
                .try_for_each(|suite| suite.write(xml, record, strict))
        })?;
    xml.into_inner().write_all(b"\n")
}

/// The cases of one plugin, version and requirement; at least one.
struct Suite<'r>(Vec<&'r CaseRecord>);

impl Suite<'_> {
    fn counts(&self, strict: bool) -> [(&'static str, String); 3] {
        let count = |wanted: Mark| {
            let marks = self.0.iter().map(|case| Mark::of(case, strict));
            marks.filter(|mark| *mark == wanted).count().to_string()
        };
        [
            ("tests", self.0.len().to_string()),
            ("failures", count(Mark::Fail)),
            ("errors", count(Mark::Error)),
        ]
    }

    fn write<W: io::Write>(
        &self,
        xml: &mut Writer<W>,
        record: &Record,
        strict: bool,
    ) -> io::Result<()> {
        let Some(first) = self.0.first() else {
            return Ok(());
        };
        let skipped = |case: &&&CaseRecord| is_skipped(Mark::of(case, strict));
        let skipped = self.0.iter().filter(skipped).count().to_string();
        let time = self.0.iter().map(|case| case.duration_ms).sum();
        let name = format!(
            "{} {} on Dokku {}",
            first.plugin, first.requirement, first.dokku
        );
        let mut properties = vec![
            ("requirement", first.requirement.clone()),
            ("level", first.level.to_string()),
            ("dokku", first.dokku.to_string()),
            ("isolation", record.header.isolation.to_string()),
        ];
        let classes: BTreeSet<Class> = self.0.iter().filter_map(|case| case.class()).collect();
        if !classes.is_empty() {
            let words: Vec<&str> = classes.into_iter().map(Class::words).collect();
            properties.push(("compared", words.join(", ")));
        }
        xml.create_element("testsuite")
            .with_attribute(("name", &*visible(&name)))
            .with_attributes(
                self.counts(strict)
                    .iter()
                    .map(|(name, value)| (*name, value.as_str())),
            )
            .with_attribute(("skipped", &*skipped))
            .with_attribute(("time", &*seconds(time)))
            .write_inner_content(|xml| {
                xml.create_element("properties")
                    .write_inner_content(|xml| {
                        properties.iter().try_for_each(|(name, value)| {
                            let property = xml.create_element("property");
                            let named = property.with_attribute(("name", *name));
                            named
                                .with_attribute(("value", value.as_str()))
                                .write_empty()?;
                            Ok(())
                        })
                    })?;
                self.0.iter().try_for_each(|case| test(xml, case, strict))
            })?;
        Ok(())
    }
}

fn is_skipped(mark: Mark) -> bool {
    matches!(
        mark,
        Mark::Warn | Mark::Known | Mark::Expected | Mark::Inconclusive | Mark::Skip
    )
}

fn test<W: io::Write>(xml: &mut Writer<W>, case: &CaseRecord, strict: bool) -> io::Result<()> {
    let mark = Mark::of(case, strict);
    let class = format!("{}.{}", case.plugin, case.requirement);
    let test = (xml.create_element("testcase"))
        .with_attribute(("name", &*visible(&case.case)))
        .with_attribute(("classname", &*visible(&class)))
        .with_attribute(("time", &*seconds(case.duration_ms)));
    let element = match mark {
        Mark::Pass => {
            test.write_empty()?;
            return Ok(());
        }
        Mark::Fail => "failure",
        Mark::Error => "error",
        Mark::Warn | Mark::Known | Mark::Expected | Mark::Inconclusive | Mark::Skip => "skipped",
    };
    test.write_inner_content(|xml| {
        let said = match &case.expected {
            Some(expected) if mark == Mark::Expected => expected.to_string(),
            _ => told::said(case),
        };
        let message = match &case.compared {
            Some(compared) => format!("{} ({}): {said}", mark.word(), compared.of(case.outcome)),
            None => format!("{}: {said}", mark.word()),
        };
        let said = xml
            .create_element(element)
            .with_attribute(("message", &*message));
        match mark.is_news() {
            true => said
                .with_attribute(("type", case.requirement.as_str()))
                .write_text_content(BytesText::new(&plain(case, true)))?,
            false => said.write_empty()?,
        };
        if case.flaky {
            xml.create_element("flakyFailure")
                .with_attribute(("message", &*visible(&case.reason)))
                .with_attribute(("type", case.requirement.as_str()))
                .write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn seconds(millis: u64) -> String {
    format!("{}.{:03}", millis / 1000, millis % 1000)
}
