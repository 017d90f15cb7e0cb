//! The words of a template's action.

/// A word between `{{` and `}}`, with the place of its first byte in the template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) at: usize,
    pub(super) kind: Token,
    /// True if blanks stand before it: `.A .B` are two operands, `.A.B` is one.
    pub(super) apart: bool,
}

/// What a word is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Dot,
    /// `.Name`
    Field(String),
    /// `$` or `$name`
    Variable(String),
    /// A function's name or a keyword.
    Name(String),
    /// A text, and how it was written.
    Text(String, String),
    Number(i64),
    Open,
    Close,
    Pipe,
    Comma,
    Declare,
    Assign,
}

/// What is wrong with an action's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LexError {
    /// Docker's own words for it.
    Said(String),
    /// Good for docker, and not modelled.
    Unmodelled(String),
}

/// The words of an action, whose text begins at this byte of the template.
pub(super) fn words(text: &str, start: usize) -> Result<Vec<Word>, LexError> {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let apart = trimmed.len() != rest.len();
        rest = trimmed;
        let Some(first) = rest.chars().next() else {
            return Ok(words);
        };
        let at = start + (text.len() - rest.len());
        let (kind, length) = word(first, rest)?;
        words.push(Word { at, kind, apart });
        rest = rest.get(length..).unwrap_or_default();
    }
}

fn word(first: char, rest: &str) -> Result<(Token, usize), LexError> {
    let single = |token| Ok((token, 1));
    match first {
        '(' => single(Token::Open),
        ')' => single(Token::Close),
        '|' => single(Token::Pipe),
        ',' => single(Token::Comma),
        '=' => single(Token::Assign),
        ':' if rest.starts_with(":=") => Ok((Token::Declare, 2)),
        '.' => {
            let name = identifier(rest.get(1..).unwrap_or_default());
            match (name, rest.chars().nth(1)) {
                ("", Some('0'..='9')) => Err(LexError::Unmodelled("a number with a point".into())),
                ("", _) => single(Token::Dot),
                (name, _) => Ok((Token::Field(name.to_owned()), name.len() + 1)),
            }
        }
        '$' => {
            let name = identifier(rest.get(1..).unwrap_or_default());
            Ok((Token::Variable(format!("${name}")), name.len() + 1))
        }
        '"' => quoted(rest),
        '`' => {
            let inner = rest.get(1..).unwrap_or_default();
            let end = inner
                .find('`')
                .ok_or_else(|| LexError::Said("unterminated raw quoted string".into()))?;
            let text = inner.get(..end).unwrap_or_default();
            Ok((Token::Text(text.into(), format!("`{text}`")), end + 2))
        }
        '0'..='9' | '-' | '+' => number(rest),
        letter if letter == '_' || letter.is_alphabetic() => {
            let name = identifier(rest);
            Ok((Token::Name(name.to_owned()), name.len()))
        }
        '\'' => Err(LexError::Unmodelled("a character constant".into())),
        other => Err(LexError::Said(format!("unexpected {other:?} in operand"))),
    }
}

fn identifier(text: &str) -> &str {
    let end = text
        .find(|letter: char| letter != '_' && !letter.is_alphanumeric())
        .unwrap_or(text.len());
    match text.starts_with(|letter: char| letter.is_ascii_digit()) {
        true => "",
        false => text.get(..end).unwrap_or_default(),
    }
}

fn number(rest: &str) -> Result<(Token, usize), LexError> {
    let end = rest
        .char_indices()
        .find(|(at, letter)| {
            !(letter.is_alphanumeric()
                || matches!(letter, '.' | '_')
                || (*at == 0 && matches!(letter, '-' | '+')))
        })
        .map_or(rest.len(), |(at, _)| at);
    let text = rest.get(..end).unwrap_or_default();
    match text.parse() {
        Ok(number) => Ok((Token::Number(number), end)),
        Err(_) => Err(LexError::Unmodelled(format!("the number {text}"))),
    }
}

/// A text in double quotes, with Go's escapes.
fn quoted(rest: &str) -> Result<(Token, usize), LexError> {
    let unterminated = || LexError::Said("unterminated quoted string".into());
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => {
                let source = rest.get(..=at).unwrap_or_default().to_owned();
                return Ok((Token::Text(text, source), at + 1));
            }
            '\n' => return Err(unterminated()),
            '\\' => match letters.next().map(|(_, letter)| letter) {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('r') => text.push('\r'),
                Some(letter @ ('"' | '\\')) => text.push(letter),
                Some(letter) => {
                    return Err(LexError::Unmodelled(format!("the escape \\{letter}")));
                }
                None => return Err(unterminated()),
            },
            letter => text.push(letter),
        }
    }
    Err(unterminated())
}
