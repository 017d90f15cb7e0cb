//! The words of docker options as a shell would split them, with nothing in them expanded.

/// Why a text could not be split as a shell would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotWords;

/// The words of a text, their quotes taken away. What a shell would expand stays as it is written. A text with an
/// open quote, or with a sign that ends a command, has no words.
pub(super) fn split(text: &str) -> Result<Vec<String>, NotWords> {
    let mut words = Vec::new();
    let mut letters = Letters(text);
    let mut word: Option<String> = None;
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' | '\n' => words.extend(word.take()),
            '#' if word.is_none() => break,
            ';' | '&' | '|' | '<' | '>' | '(' | ')' => return Err(NotWords),
            '\\' => {
                let word = word.get_or_insert_default();
                match letters.next() {
                    Some('\n') => {}
                    Some(next) => word.push(next),
                    None => word.push('\\'),
                }
            }
            '\'' => word.get_or_insert_default().push_str(&letters.up_to('\'')?),
            '"' => word.get_or_insert_default().push_str(&letters.quoted()?),
            '$' | '`' => word
                .get_or_insert_default()
                .push_str(&letters.expansion(letter)?),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Ok(words)
}

/// What is left of a text.
struct Letters<'a>(&'a str);

impl Letters<'_> {
    fn next(&mut self) -> Option<char> {
        let mut letters = self.0.chars();
        let letter = letters.next();
        self.0 = letters.as_str();
        letter
    }

    /// What comes before the next such letter, which is taken too.
    fn up_to(&mut self, end: char) -> Result<String, NotWords> {
        let (before, after) = self.0.split_once(end).ok_or(NotWords)?;
        let before = before.to_owned();
        self.0 = after;
        Ok(before)
    }

    /// What stands between double quotes, the first of which is taken already.
    fn quoted(&mut self) -> Result<String, NotWords> {
        let mut text = String::new();
        loop {
            match self.next().ok_or(NotWords)? {
                '"' => return Ok(text),
                '\\' => match self.next().ok_or(NotWords)? {
                    '\n' => {}
                    escaped @ ('$' | '`' | '"' | '\\') => text.push(escaped),
                    other => text.extend(['\\', other]),
                },
                sign @ ('$' | '`') => text.push_str(&self.expansion(sign)?),
                other => text.push(other),
            }
        }
    }

    /// What a shell would expand, as it is written, from its first sign on, which is taken already.
    fn expansion(&mut self, sign: char) -> Result<String, NotWords> {
        let mut text = String::from(sign);
        let end = match (sign, self.0.chars().next()) {
            ('`', _) => {
                text.push_str(&self.up_to('`')?);
                text.push('`');
                return Ok(text);
            }
            (_, Some('(')) => ')',
            (_, Some('{')) => '}',
            _ => return Ok(text),
        };
        let mut depth = 0;
        while let Some(letter) = self.next() {
            text.push(letter);
            match letter {
                '(' | '{' => depth += 1,
                ')' | '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 && letter == end {
                return Ok(text);
            }
        }
        Err(NotWords)
    }
}

/// The words in one text that a shell splits into them again.
pub(super) fn join(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| quote(word)).collect();
    quoted.join(" ")
}

fn quote(word: &str) -> String {
    let is_special = |letter: char| " \t\n\"'$`\\*?[]<>|&;(){}!#~".contains(letter);
    if word.is_empty() || word.contains(is_special) {
        format!("'{}'", word.replace('\'', "'\\''"))
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lose_their_quotes_and_keep_what_would_be_expanded() {
        for (text, words) in [
            ("--link a  --link b", &["--link", "a", "--link", "b"][..]),
            (r#"--label "foo bar""#, &["--label", "foo bar"]),
            (r#"key="a b"'c'"#, &["key=a bc"]),
            (
                "--label x=$(id -u) $HOME `a b`",
                &["--label", "x=$(id -u)", "$HOME", "`a b`"],
            ),
            (r#"--label "r=Host(\`a\`)""#, &["--label", "r=Host(`a`)"]),
            (r"k=a\ b", &["k=a b"]),
            ("-v /a:/a # a note", &["-v", "/a:/a"]),
            (" \t ", &[]),
        ] {
            assert_eq!(split(text).unwrap(), words, "{text}");
        }
        for open in ["--x 'a", "\"a", "a;b", "$(a", "a | b"] {
            assert_eq!(split(open), Err(NotWords), "{open}");
        }
    }

    #[test]
    fn what_is_joined_is_split_again() {
        let words = ["plain", "a b", "it's", "$V", ""].map(str::to_owned);
        assert_eq!(join(&words), r"plain 'a b' 'it'\''s' '$V' ''");
        assert_eq!(split(&join(&words)).unwrap(), words);
    }
}
