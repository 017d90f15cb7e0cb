//! How much of what a case saw a record keeps: whatever a plugin writes, a line of it has a bound.

use crate::plugin::Finding;
use crate::run::{Difference, Evidence, StepEvidence};
use crate::world::{Call, Change};

/// How much of a stream a record keeps, in bytes.
const STREAM: usize = 128 << 10;
/// How much of any other text.
const TEXT: usize = 16 << 10;
/// How many calls, changes, processes, differences or findings there may be of one kind.
const MOST: usize = 1000;
/// How many bytes all texts of a case may have together, as they are written.
const ROOM: usize = 4 << 20;

/// What is left of the bound of one case, and what was left out for it. A text tells itself what it lacks.
struct Room {
    left: usize,
    /// How many of each kind.
    items: Vec<(&'static str, usize)>,
}

/// The evidence as a record keeps it, and the reason. It tells itself what it lacks.
pub(super) fn bounded(evidence: &Evidence, reason: &str) -> (Evidence, String) {
    let mut room = Room {
        left: ROOM,
        items: Vec::new(),
    };
    let mut reason = reason.to_owned();
    room.text(&mut reason, TEXT);
    let mut evidence = evidence.clone();
    if let Some(place) = &mut evidence.place {
        room.text(&mut place.file, TEXT);
    }
    room.list("differences", &mut evidence.differences, difference);
    room.list("findings", &mut evidence.findings, finding);
    let install = evidence.install.as_deref_mut().into_iter();
    for one in install.chain(&mut evidence.steps) {
        step(one, &mut room);
    }
    evidence.left_out = room.told();
    (evidence, reason)
}

fn difference(one: &mut Difference, room: &mut Room) {
    for text in [&mut one.subject, &mut one.expected, &mut one.actual] {
        // They are short already but for their marks.
        room.text(text, 2 * TEXT);
    }
}

fn finding(one: &mut Finding, room: &mut Room) {
    room.text(&mut one.place.file, TEXT);
    room.text(&mut one.message, TEXT);
    if let Some(excerpt) = &mut one.excerpt {
        room.text(excerpt, TEXT);
    }
}

fn step(step: &mut StepEvidence, room: &mut Room) {
    room.text(&mut step.stdout, STREAM);
    room.text(&mut step.stderr, STREAM);
    room.text(&mut step.command, TEXT);
    for (_, value) in &mut step.environment {
        room.text(value, TEXT);
    }
    room.list("calls", &mut step.calls, call);
    room.list("changes of files", &mut step.changes, change);
    room.list("processes that it left", &mut step.left, |line, room| {
        room.text(line, TEXT);
    });
}

fn call(call: &mut Call, room: &mut Room) {
    let texts = call.argv.iter_mut().chain(call.env.values_mut());
    for text in texts.chain(&mut call.stdin).chain([&mut call.cwd]) {
        room.text(text, TEXT);
    }
}

fn change(change: &mut Change, room: &mut Room) {
    room.text(&mut change.path, TEXT);
    for state in change.before.iter_mut().chain(&mut change.after) {
        if let Some(content) = &mut state.content {
            room.text(content, TEXT);
        }
    }
}

impl Room {
    /// Takes the middle out of a text that is too long for a record, or for what is left of the room.
    fn text(&mut self, text: &mut String, most: usize) {
        clip(text, most, self.left);
        self.left = self.left.saturating_sub(written(text));
    }

    /// Takes what is too much out of a list, and bounds the rest.
    fn list<T>(
        &mut self,
        kind: &'static str,
        list: &mut Vec<T>,
        bound: impl Fn(&mut T, &mut Self),
    ) {
        /// How many bytes an entry takes beside its texts, so that empty ones are counted too.
        const ENTRY: usize = 100;
        let all = list.len();
        let mut kept = 0;
        for item in list.iter_mut().take(MOST) {
            if self.left < ENTRY {
                break;
            }
            bound(item, self);
            self.left = self.left.saturating_sub(ENTRY);
            kept += 1;
        }
        list.truncate(kept);
        if kept < all {
            self.items.push((kind, all - kept));
        }
    }

    /// What was left out, in a sentence; none if nothing was.
    fn told(&self) -> Option<String> {
        let item = |(kind, count): &(&str, usize)| format!("{count} {kind}");
        let all: Vec<String> = self.items.iter().map(item).collect();
        (!all.is_empty()).then(|| format!("left out of the record: {}", all.join(", ")))
    }
}

/// Takes the middle out of a text of more bytes than that, or of more as it is written than there is room.
fn clip(text: &mut String, most: usize, room: usize) {
    let most = match written(text) > room {
        // Whatever its letters are, each byte of it is written with six at most.
        true => most.min(room / 6),
        false => most,
    };
    if text.len() <= most {
        return;
    }
    let boundary = |at: &usize| text.is_char_boundary(*at);
    let head = (0..=most / 2).rev().find(boundary).unwrap_or_default();
    let tail = (text.len() - most / 2..)
        .find(boundary)
        .unwrap_or(text.len());
    let left_out = tail - head;
    text.replace_range(head..tail, &format!("\n[{left_out} bytes left out]\n"));
}

/// How many bytes a text has where JSON writes it.
fn written(text: &str) -> usize {
    let byte = |byte: u8| match byte {
        b'\n' | b'\r' | b'\t' | b'"' | b'\\' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    text.bytes().map(byte).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::Exit;

    fn step() -> StepEvidence {
        StepEvidence {
            name: None,
            command: "dokku x".to_owned(),
            environment: Vec::new(),
            exit: Exit::Status(0),
            stdout: String::new(),
            stderr: String::new(),
            calls: Vec::new(),
            changes: Vec::new(),
            left: Vec::new(),
        }
    }

    fn of(steps: Vec<StepEvidence>) -> (Evidence, usize) {
        let evidence = Evidence {
            steps,
            ..Evidence::default()
        };
        let (evidence, reason) = bounded(&evidence, "why");
        assert_eq!(reason, "why");
        let length = serde_json::to_string(&evidence).unwrap().len();
        (evidence, length)
    }

    #[test]
    fn a_long_text_loses_its_middle() {
        let mut text = format!("begin{}end", "é".repeat(STREAM));
        clip(&mut text, STREAM, ROOM);
        assert!(text.starts_with("begin") && text.ends_with("end"));
        assert!(text.len() < STREAM + 100 && text.contains(" bytes left out]"));
        let mut short = "é".repeat(STREAM / 2);
        clip(&mut short, STREAM, ROOM);
        assert_eq!(short.len(), STREAM);
    }

    #[test]
    fn whatever_a_plugin_leaves_behind_a_line_has_a_bound() {
        let title = StepEvidence {
            left: vec!["\u{1}".repeat(1_800_000); 90],
            ..step()
        };
        let change = Change {
            path: "\u{1}".repeat(3000),
            before: None,
            after: None,
        };
        let names = StepEvidence {
            changes: vec![change; 18_000],
            ..step()
        };
        for (one, left_out) in [
            (title, " processes that it left"),
            (names.clone(), " changes of files"),
        ] {
            let (evidence, length) = of(vec![one]);
            assert!(length < ROOM + (1 << 20), "{length}");
            assert!(evidence.left_out.unwrap().ends_with(left_out));
        }
        let (_, length) = of(vec![names; 50]);
        assert!(length < ROOM + (1 << 20), "{length}");
    }

    #[test]
    fn what_is_no_more_than_usual_is_kept_whole() {
        let usual = StepEvidence {
            stdout: "x\n".repeat(STREAM / 2),
            left: vec!["sleep 60".to_owned(); 100],
            ..step()
        };
        let (evidence, _) = of(vec![usual.clone(), usual.clone()]);
        assert_eq!(evidence.steps, [usual.clone(), usual]);
        assert_eq!(evidence.left_out, None);
    }
}
