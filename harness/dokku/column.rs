//! The table form of util-linux's `column`, which Dokku and plugins lay their help out with.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;

use super::child::say_error;

/// How the lines are cut into cells.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Separators {
    /// At runs of blanks.
    Blanks,
    /// At each of these bytes, so that two in a row have an empty cell between them.
    Each(Vec<u8>),
}

/// What the options ask for.
#[derive(Debug, PartialEq, Eq)]
struct Request {
    separators: Separators,
    between: Vec<u8>,
    files: Vec<OsString>,
}

/// The lines of a text as a table whose columns stand two blanks apart, cut at commas: `column -t -s,` in the C locale.
pub(crate) fn table(text: &[u8]) -> Vec<u8> {
    lay_out(text, &Separators::Each(b",".to_vec()), b"  ")
}

/// Runs the program `column`. Only its table form is known here.
pub(crate) fn run(arguments: Vec<OsString>) -> u8 {
    let request = match parse(arguments) {
        Ok(request) => request,
        Err(sentence) => {
            say_error(format!("column: {sentence}").as_bytes());
            return 1;
        }
    };
    let mut text = Vec::new();
    let mut status = 0;
    if request.files.is_empty() {
        let _ = io::stdin().read_to_end(&mut text);
    }
    for file in &request.files {
        match fs::read(file) {
            Ok(bytes) => text.extend(bytes),
            Err(_) => {
                let name = [b"column: ", file.as_bytes(), b": No such file or directory"].concat();
                say_error(&name);
                status = 1;
            }
        }
    }
    let table = lay_out(&text, &request.separators, &request.between);
    match io::stdout()
        .write_all(&table)
        .and_then(|()| io::stdout().flush())
    {
        Ok(()) => status,
        Err(_) => 1,
    }
}

fn parse(arguments: Vec<OsString>) -> Result<Request, String> {
    const LONG: &[(&str, u8)] = &[
        ("--table", b't'),
        ("--separator", b's'),
        ("--output-separator", b'o'),
        ("--output-width", b'c'),
    ];
    let mut request = Request {
        separators: Separators::Blanks,
        between: b"  ".to_vec(),
        files: Vec::new(),
    };
    let mut is_table = false;
    let mut words = arguments.into_iter();
    while let Some(word) = words.next() {
        let bytes = word.as_bytes();
        if bytes == b"--" {
            request.files.extend(words);
            break;
        }
        let mut letters: Vec<(u8, Option<Vec<u8>>)> = Vec::new();
        if bytes.starts_with(b"--") {
            let mut parts = bytes.splitn(2, |byte| *byte == b'=');
            let name = parts.next().unwrap_or_default();
            let value = parts.next().map(<[u8]>::to_vec);
            let known = LONG.iter().find(|(long, _)| long.as_bytes() == name);
            let (_, letter) = known.ok_or_else(|| not_known(bytes))?;
            letters.push((*letter, value));
        } else if let Some(cluster) = bytes
            .strip_prefix(b"-")
            .filter(|cluster| !cluster.is_empty())
        {
            letters = spell_out(cluster);
        } else {
            request.files.push(word);
            continue;
        }
        for (letter, value) in letters {
            if letter == b't' {
                is_table = true;
                continue;
            }
            if !b"cso".contains(&letter) {
                return Err(not_known(&[b'-', letter]));
            }
            let value = match value {
                Some(value) => value,
                None => words
                    .next()
                    .ok_or_else(|| {
                        format!("option requires an argument -- '{}'", char::from(letter))
                    })?
                    .as_bytes()
                    .to_vec(),
            };
            match letter {
                b's' => request.separators = Separators::Each(value),
                b'o' => request.between = value,
                // The width is no limit for a table.
                _ => {}
            }
        }
    }
    match is_table {
        true => Ok(request),
        false => Err("only the table form (-t) is known here".to_owned()),
    }
}

/// `-tc2` as `t`, and `c` with `2`.
fn spell_out(cluster: &[u8]) -> Vec<(u8, Option<Vec<u8>>)> {
    let mut letters = Vec::new();
    let mut rest = cluster;
    while let Some((letter, after)) = rest.split_first() {
        if b"cso".contains(letter) {
            letters.push((*letter, (!after.is_empty()).then(|| after.to_vec())));
            break;
        }
        letters.push((*letter, None));
        rest = after;
    }
    letters
}

fn not_known(option: &[u8]) -> String {
    format!(
        "option {} is not known here",
        String::from_utf8_lossy(option)
    )
}

fn lay_out(text: &[u8], separators: &Separators, between: &[u8]) -> Vec<u8> {
    let rows: Vec<Vec<Vec<u8>>> = text
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.iter().all(|byte| is_blank(*byte)))
        .map(|line| cells(&legible(line), separators))
        .collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| width(cell)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let mut out = Vec::new();
    for row in &rows {
        for (column, widest) in widths.iter().enumerate() {
            let cell = row.get(column).map_or(&b""[..], Vec::as_slice);
            out.extend_from_slice(cell);
            if column + 1 < columns {
                out.resize(out.len() + widest.saturating_sub(width(cell)), b' ');
                out.extend_from_slice(between);
            }
        }
        out.push(b'\n');
    }
    out
}

fn cells(line: &[u8], separators: &Separators) -> Vec<Vec<u8>> {
    match separators {
        Separators::Blanks => line
            .split(|byte| matches!(byte, b' ' | b'\t'))
            .filter(|cell| !cell.is_empty())
            .map(<[u8]>::to_vec)
            .collect(),
        Separators::Each(bytes) => line
            .split(|byte| bytes.contains(byte))
            .map(<[u8]>::to_vec)
            .collect(),
    }
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 11
}

/// The line as the C locale can show it: a byte that is no ASCII becomes `\xNN`, and then a `\x` that was there before
/// is spelt out too.
fn legible(line: &[u8]) -> Vec<u8> {
    if line.is_ascii() {
        return line.to_vec();
    }
    let mut text = Vec::with_capacity(line.len());
    for (at, byte) in line.iter().enumerate() {
        let is_escape = *byte == b'\\' && line.get(at + 1) == Some(&b'x');
        match is_escape || !byte.is_ascii() {
            true => text.extend_from_slice(format!("\\x{byte:02x}").as_bytes()),
            false => text.push(*byte),
        }
    }
    text
}

/// How many places the cell takes up: control characters take none.
fn width(cell: &[u8]) -> usize {
    cell.iter().filter(|byte| !byte.is_ascii_control()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_comma_begins_a_column_and_blanks_at_the_start_stay() {
        let text = b"    a <app>, does this\n    ab, does, that\n\n  \n,x\n";
        let expected =
            b"    a <app>   does this  \n    ab        does        that\n             x           \n";
        assert_eq!(table(text), expected);
        assert_eq!(table(b""), b"");
    }

    #[test]
    fn bytes_that_the_locale_can_not_show_are_spelt_and_control_characters_take_no_place() {
        let text = "é\\x,\tb\n\\x\t,c\n".as_bytes();
        let expected = b"\\xc3\\xa9\\x5cx  \tb\n\\x\t             c\n";
        assert_eq!(table(text), expected);
    }

    #[test]
    fn options_are_read_in_each_of_their_forms() {
        let request = |line: &str| parse(line.split_whitespace().map(OsString::from).collect());
        let commas = request("-c2 -t -s,").unwrap();
        assert_eq!(commas.separators, Separators::Each(b",".to_vec()));
        assert_eq!(request("-ts , -c 2").unwrap(), commas);
        assert_eq!(
            request("--table --separator=, --output-width 2").unwrap(),
            commas
        );
        assert_eq!(request("-t x").unwrap().files, ["x"]);
        for wrong in ["", "-c2", "-t -x", "-t -s", "--json"] {
            assert!(request(wrong).is_err(), "{wrong}");
        }
    }
}
