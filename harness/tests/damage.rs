//! Texts that somebody damaged, on purpose or not: what the tests of readers of strangers' files are fed with.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::Index;

/// How long a damaged text may become.
const LONGEST: usize = 128 << 10;

/// A way to damage a text.
#[derive(Clone, Debug)]
pub(crate) enum Damage {
    Truncate(Index),
    Remove(Index, usize),
    Replace(Index, u8),
    Flip(Index, u8),
    Insert(Index, &'static [u8]),
    RepeatLine(Index),
    RemoveLine(Index),
    SwapLines(Index, Index),
    /// Some bytes, so many times.
    Repeat(Index, usize, usize),
    /// A part of the text, or of another one, put somewhere else.
    Splice(Index, Index, Index, Index),
}

/// A text that was damaged in one to four ways; seldom not at all. The damage is made of the text itself, of the others
/// and of `words`, which are what the reader looks for.
pub(crate) fn damaged(
    seeds: Vec<Vec<u8>>,
    words: &'static [&'static str],
) -> impl Strategy<Value = Vec<u8>> {
    assert!(!seeds.is_empty());
    let damages = prop::collection::vec(damage(words), 0..5);
    (any::<Index>(), damages).prop_map(move |(first, damages)| {
        let mut text = seeds[first.index(seeds.len())].clone();
        damages
            .into_iter()
            .for_each(|damage| damage.apply(&mut text, &seeds));
        text.truncate(LONGEST);
        text
    })
}

fn damage(words: &'static [&'static str]) -> impl Strategy<Value = Damage> {
    /// What upsets readers of any form.
    const UPSETTING: &[&[u8]] = &[
        b"\0",
        b"\r",
        b"\r\n",
        b"\t",
        b"\n",
        b"\x1b[2J",
        b"\xff\xfe",
        b"\xc3",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"\xc2\x85",
        b"\xe2\x80\xa8",
        "é".as_bytes(),
        "\u{1f600}".as_bytes(),
        b"99999999999999999999999",
        b"-1",
        b"1e999",
        b"\"",
        b"'",
        b"\\",
    ];
    let words: Vec<&'static [u8]> = words.iter().map(|word| word.as_bytes()).collect();
    let any = any::<Index>;
    prop_oneof![
        1 => any().prop_map(Damage::Truncate),
        2 => (any(), 1..30_usize).prop_map(|(at, count)| Damage::Remove(at, count)),
        1 => (any(), prop::num::u8::ANY).prop_map(|(at, byte)| Damage::Replace(at, byte)),
        1 => (any(), 0..8_u8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        3 => (any(), prop::sample::select(words)).prop_map(|(at, word)| Damage::Insert(at, word)),
        1 => (any(), prop::sample::select(UPSETTING)).prop_map(|(at, word)| Damage::Insert(at, word)),
        1 => any().prop_map(Damage::RepeatLine),
        1 => any().prop_map(Damage::RemoveLine),
        1 => (any(), any()).prop_map(|(a, b)| Damage::SwapLines(a, b)),
        1 => (any(), 1..40_usize, 1..3000_usize).prop_map(|(at, width, times)| Damage::Repeat(at, width, times)),
        2 => (any(), any(), any(), any()).prop_map(|(from, a, b, to)| Damage::Splice(from, a, b, to)),
    ]
}

impl Damage {
    fn apply(self, text: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        if text.is_empty() {
            return;
        }
        match self {
            Self::Truncate(at) => text.truncate(at.index(text.len())),
            Self::Remove(at, width) => {
                text.drain(part(text, at, width));
            }
            Self::Replace(at, byte) => {
                let at = at.index(text.len());
                text[at] = byte;
            }
            Self::Flip(at, bit) => {
                let at = at.index(text.len());
                text[at] ^= 1 << bit;
            }
            Self::Insert(at, word) => put(text, at, word),
            Self::RepeatLine(at) => {
                let mut lines = lines(text);
                let at = at.index(lines.len());
                lines.insert(at, lines[at]);
                *text = lines.concat();
            }
            Self::RemoveLine(at) => {
                let mut lines = lines(text);
                lines.remove(at.index(lines.len()));
                *text = lines.concat();
            }
            Self::SwapLines(a, b) => {
                let mut lines = lines(text);
                let (a, b) = (a.index(lines.len()), b.index(lines.len()));
                lines.swap(a, b);
                *text = lines.concat();
            }
            Self::Repeat(at, width, times) => {
                let part = part(text, at, width);
                let times = times.min(LONGEST / part.len());
                let many = text[part.clone()].repeat(times);
                text.splice(part, many);
            }
            Self::Splice(from, a, b, to) => {
                let from = &seeds[from.index(seeds.len())];
                let (a, b) = (a.index(from.len() + 1), b.index(from.len() + 1));
                put(text, to, &from[a.min(b)..a.max(b)]);
            }
        }
    }
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

fn part(text: &[u8], at: Index, width: usize) -> Range<usize> {
    let start = at.index(text.len());
    start..(start + width).min(text.len())
}

fn put(text: &mut Vec<u8>, at: Index, part: &[u8]) {
    let at = at.index(text.len());
    text.splice(at..at, part.iter().copied());
}

/// How a property is tested: on this many cases, or as many as PROPTEST_CASES says.
pub(crate) fn cases(few: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let cases = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => asked.cases,
        None => few,
    };
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 2000,
        ..asked
    }
}
